"""Pydantic models of request bodies in, OpenAPI fragments out: handlers read raw bytes, the docs page still knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel


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
