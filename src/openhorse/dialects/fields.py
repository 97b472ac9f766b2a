"""Raw bytes and loose JSON values in, strict values out: what every dialect's wall is built of. Knows no vendor."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Annotated, Any, NoReturn, TypeVar

from annotated_types import Ge, Le
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from openhorse.errors import InvalidOrder, MalformedRequest

ModelType = TypeVar("ModelType", bound=BaseModel)

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

HAN_PROMPT_LIMIT, PROMPT_LIMIT = 2500, 5000
"""Code points of a prompt that are read: with and without Han characters (DashScope's reference pages)."""


class Strict(BaseModel):
    """A JSON object whose fields are exactly those declared, of exactly those types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Tolerant(BaseModel):
    """A JSON object with at least the fields declared, of exactly those types; any other field is ignored."""

    model_config = ConfigDict(extra="ignore", strict=True)


def _whole(value: Any) -> Any:
    """5.0 is the integer 5 (JSON has one kind of number); "5" and true are not."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


WholeNumber = Annotated[int, BeforeValidator(_whole)]


def whole_number(low: int, high: int) -> Any:
    """The type of a `WholeNumber` from `low` to `high`; its JSON schema tells both, as bounds around that would not."""
    return Annotated[int, Ge(low), Le(high), BeforeValidator(_whole)]


def read_json(raw: bytes) -> Any:
    """A JSON value from a request's raw body. Raises MalformedRequest saying where it breaks."""
    try:
        return json.loads(raw, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise MalformedRequest(
            f"the body is not valid JSON: {error.msg} at line {error.lineno} column {error.colno}"
        ) from None
    except UnicodeDecodeError:
        raise MalformedRequest("the body is not valid JSON: it is not UTF-8") from None
    except RecursionError:
        raise MalformedRequest("the body is not valid JSON: it is nested too deeply") from None
    except ValueError:  # an integer of more digits than Python reads
        raise MalformedRequest("the body is not valid JSON: a number is too long") from None


def _refuse_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"{name} is not a JSON value", name, 0)


def read_object(raw: Any) -> dict[str, Any]:
    """`raw` itself when it is a JSON object. Raises MalformedRequest."""
    if not isinstance(raw, dict):
        raise MalformedRequest("the body must be a JSON object")
    return raw


def validated(model: type[ModelType], value: Any, inside: str = "") -> ModelType:
    """`value` as `model`. Raises InvalidOrder whose message and field name the first offence.

    `inside` is the path of `value` within the body, for the message.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _invalid(error, inside) from None


def _invalid(error: ValidationError, inside: str) -> InvalidOrder:
    first = error.errors(include_url=False)[0]
    parts = [inside, *(str(part) for part in first["loc"] if not str(part).startswith("function-"))]
    path = ".".join(part for part in parts if part)
    kind = first["type"]
    if kind == "extra_forbidden":
        holder, _, name = path.rpartition(".")
        where = f" in {holder}" if holder else ""
        return InvalidOrder(f"additional properties '{name}' not allowed{where}", field=path)
    if kind == "missing":
        return InvalidOrder(f"{path} is required", field=path)
    message = "should be a JSON object" if kind in ("model_type", "model_attributes_type") else first["msg"]
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    return InvalidOrder(f"{path or 'the body'} {message[0].lower()}{message[1:]}", field=path or None)


def clean_prompt(prompt: str) -> str:
    """The prompt as the origin reads it: control characters dropped, over-long text cut by code points.

    2,500 code points are kept when a Han character occurs, else 5,000 (the origin truncates silently).
    """
    text = _CONTROL.sub("", prompt)
    limit = HAN_PROMPT_LIMIT if _HAN.search(text) else PROMPT_LIMIT
    return text[:limit].strip()


_MENTION = re.compile(r"\[\s*image\s*(\d+)\s*\]|\bcharacter(\d+)\b|(?<![地蓝版])图\s*(\d+)", re.IGNORECASE)


def mentions(prompt: str) -> list[str]:
    """The pictures that a prompt names, as it writes them, in its order."""
    return [match[0] for match in _MENTION.finditer(prompt)]


def check_mentions(prompt: str, pictures: int, field: str = "prompt") -> None:
    """Raises InvalidOrder when a reference prompt names a picture that did not come with it.

    `[Image N]`, `characterN` and `图N` are all read, whatever the dialect: the origin's documentation has used each.
    A picture that is never named is fine.
    """
    for match in _MENTION.finditer(prompt):
        number = next(group for group in match.groups() if group)
        if not 1 <= int(number[:9]) <= pictures:
            raise InvalidOrder(
                f"{field} names {match[0][:20]}, but {pictures} reference picture{'s' * (pictures != 1)} came with it",
                field=field,
            )


def short_prompt(prompt: str, limit: int) -> str:
    """`clean_prompt` for vendors that refuse what is too long. Raises InvalidOrder beyond `limit` code points."""
    if len(prompt) > limit:
        raise InvalidOrder(f"prompt must be at most {limit} characters long, not {len(prompt)}", field="prompt")
    return clean_prompt(prompt)


def write_time(moment: datetime | None) -> str | None:
    """An aware time in UTC as ISO 8601 with milliseconds and a Z; None stays None."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
