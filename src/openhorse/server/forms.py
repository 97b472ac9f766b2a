"""A form's raw bytes and content type come in, its fields come out in the order sent. Knows no vendor.

Read from bytes that are in memory already, so that no part ever becomes a file on our disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from openhorse.errors import InvalidOrder, MalformedRequest, WrongContentType
from openhorse.server.requests import read_body

MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"

MOST_FIELDS = 100


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `filename` is None where it is text rather than a file."""

    name: str
    value: bytes
    filename: str | None = None
    content_type: str | None = None

    @property
    def text(self) -> str:
        """The value as text. Raises MalformedRequest where it is not UTF-8."""
        try:
            return self.value.decode()
        except UnicodeDecodeError:
            raise MalformedRequest(f"the form's field {self.name[:100]} is not UTF-8") from None


async def read_multipart_body(request: Request, limit: int) -> list[Field]:
    """The fields of a request's multipart form of at most `limit` bytes, taken in whole.

    Raises WrongContentType, RequestTooLarge or MalformedRequest.
    """
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind != MULTIPART:
        raise WrongContentType(f"the content type must be {MULTIPART}, not {kind[:100] or 'absent'}")
    return read_form(await read_body(request, limit), content_type)


def file_named(name: str, fields: Iterable[Field]) -> Field:
    """The form's one file called `name`. Raises InvalidOrder when there is none, MalformedRequest for several."""
    files = [field for field in fields if field.name == name and field.filename is not None]
    if len(files) > 1:
        raise MalformedRequest(f"the form has {len(files)} files called {name}; one is expected")
    if files:
        return files[0]
    raise InvalidOrder(f"{name} is required: a picture in a form field of that name", field=name)


def read_form(raw: bytes, content_type: str) -> list[Field]:
    """The fields of a multipart or URL-encoded form. Raises MalformedRequest saying what is wrong with it."""
    try:
        if content_type.partition(";")[0].strip().lower() == URLENCODED:
            pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
            return [Field(name, value.encode()) for name, value in pairs]
        return _read_multipart(raw, content_type)
    except ValueError as error:
        raise MalformedRequest(f"the body is not a valid form: {str(error)[:200]}") from None


def _read_multipart(raw: bytes, content_type: str) -> list[Field]:
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise ValueError("its content type names no boundary")
    parts = _Parts()
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": parts.begin,
            "on_header_field": parts.header_name,
            "on_header_value": parts.header_value,
            "on_header_end": parts.header_end,
            "on_part_data": parts.data,
            "on_part_end": parts.end,
            "on_end": parts.all,
        },
    )
    parser.write(raw)
    parser.finalize()
    if not parts.complete:  # else a picture that was cut off on its way would silently be left out
        raise ValueError("it ends before its last boundary")
    return parts.fields


class _Parts:
    """Told the pieces of a multipart body in order; keeps its fields."""

    def __init__(self) -> None:
        self.fields: list[Field] = []
        self.complete = False

    def begin(self) -> None:
        if len(self.fields) == MOST_FIELDS:
            raise ValueError(f"it has more than {MOST_FIELDS} fields")
        self._disposition, self._content_type, self._value = "", "", bytearray()
        self._header = [bytearray(), bytearray()]

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0] += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1] += data[start:end]

    def header_end(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = value.decode("latin-1")
        elif name.lower() == b"content-type":
            self._content_type = value.decode("latin-1").strip()
        self._header = [bytearray(), bytearray()]

    def data(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def end(self) -> None:
        options = parse_options_header(self._disposition)[1]
        if b"name" not in options:
            raise ValueError("one of its parts has no name")
        filename = options.get(b"filename")
        self.fields.append(
            Field(
                options[b"name"].decode("utf-8", "replace"),
                bytes(self._value),
                None if filename is None else filename.decode("utf-8", "replace"),
                self._content_type or None,
            )
        )

    def all(self) -> None:
        self.complete = True
