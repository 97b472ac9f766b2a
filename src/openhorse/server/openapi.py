"""Pydantic models of request bodies in, OpenAPI fragments out: handlers read raw bytes, the docs page still knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from openhorse.dialects import NAMES, dialect_named
from openhorse.dialects.refusals import HTTP_STATUS
from openhorse.errors import OpenHorseError

_OPEN_PATHS = (
    "/health",
    "/ready",
    "/files/",
    "/uploads/",
    "/dashscope/api/v1/uploads/oss",
    "/openhorse/v1/catalog",
    "/evolink/v1/catalog/",
)
"""What needs no key: a link's signature is its permission, and what is on offer is no secret."""

_STATUSES = tuple(sorted({*HTTP_STATUS.values(), 406}))


def one_of(bodies: Sequence[type[BaseModel]]) -> dict[str, Any]:
    """A route's request body: any one of `bodies`."""
    schemas = [_inlined(body.model_json_schema()) for body in bodies]
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _inlined(schema: Any, definitions: dict[str, Any] | None = None) -> Any:
    """The schema with its own `$defs` put where they are referred to: an OpenAPI fragment has no place for them."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    known = schema.get("$defs", definitions) or {}
    if "$ref" in schema:
        return _inlined(known[schema["$ref"].rpartition("/")[2]], known)
    return {name: _inlined(part, known) for name, part in schema.items() if name != "$defs"}


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """The whole schema with what holds for every operation: the key it needs, and its dialect's refusals."""
    schema.setdefault("components", {})["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    refusals = {name: _refusals(name) for name in NAMES}
    for path, operations in schema["paths"].items():
        first = path.split("/")[1]
        for operation in operations.values():
            if not path.startswith(_OPEN_PATHS):
                operation["security"] = [{"key": []}]
            operation["responses"].pop("422", None)  # the framework's own shape, which no customer ever sees
            for status, refusal in refusals[first if first in NAMES else "native"].items():
                operation["responses"].setdefault(status, refusal)
    return schema


def _refusals(dialect: str) -> Mapping[str, Any]:
    """Every HTTP status below 500, and those of trouble with others, in the dialect's shape as it really is written."""
    words = dialect_named(dialect)
    schema = _shape_of(words.write_error(OpenHorseError("why")).body)
    content = {"application/json": {"schema": schema}}
    return {str(status): {"description": "Refused", "content": content} for status in _STATUSES if status != 500}


def _shape_of(value: Any) -> dict[str, Any]:
    """A JSON schema of values like `value`; texts may be null, since not every refusal names a field."""
    if isinstance(value, dict):
        properties = {name: _shape_of(part) for name, part in value.items()}
        return {"type": "object", "properties": properties, "required": list(value)}
    if isinstance(value, bool):
        return {"type": "boolean"}
    return {"type": "integer"} if isinstance(value, int) else {"type": ["string", "null"]}
