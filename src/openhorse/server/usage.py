"""GET /openhorse/v1/usage: what a key has ordered and what is left to it, or what all keys have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from openhorse.accounts import Key, Scope
from openhorse.errors import NotPermitted
from openhorse.ledger import MICROS
from openhorse.limits import Limits
from openhorse.server.gate import ADMIN, READ, admit
from openhorse.server.intake import Rooms
from openhorse.server.requests import Threads, json_response
from openhorse.usage import Line, Span, Standing, read_span, standing, usage

_QUERY = {
    "parameters": [
        {"name": name, "in": "query", "schema": {"type": "string"}, "description": meaning}
        for name, meaning in (
            ("from", "The first day, UTC, like 2026-11-21; the first of the month when not given."),
            ("to", "The last day; today when not given."),
            ("key", "A key's id; only a key with the scope admin may name another than itself."),
        )
    ]
}


def add_routes(router: APIRouter, rooms: Rooms, threads: Threads) -> None:
    """The one route, below the native prefix."""

    @router.get("/usage", openapi_extra=_QUERY, summary="Ask for usage and limits")
    async def show(request: Request) -> Response:
        """This key's films and money by day and model, its limits, and what is left; with `admin`, all keys'."""
        key = await admit(request, rooms, threads, READ, ADMIN)
        query = request.query_params
        span = read_span(query.get("from"), query.get("to"), rooms.now())
        return json_response(await threads.run(_told, rooms, key, query.get("key") or None, span))


def _told(rooms: Rooms, key: Key, asked: str | None, span: Span) -> dict[str, Any]:
    is_admin = Scope.ADMIN in key.scopes
    if asked not in (None, key.id) and not is_admin:
        raise NotPermitted("this key may ask for its own usage only: it lacks the scope 'admin'")
    whose = asked if is_admin else key.id
    with rooms.database.reading() as connection:
        lines = usage(connection, span, whose)
        left = _write_left(key.limits.over(rooms.defaults), standing(connection, key.id, rooms.now()))
    return {
        "object": "usage",
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "key": write_key(key) | left,
        "total": _write_total(lines),
        "data": [write_line(line) for line in lines],
    }


def write_key(key: Key) -> dict[str, Any]:
    """What may be shown of a key."""
    return {
        "id": key.id,
        "label": key.label,
        "prefix": key.prefix,
        "scopes": [scope.value for scope in Scope if scope in key.scopes],
    }


def write_line(line: Line) -> dict[str, Any]:
    """One line of the report; dollars as texts, as everywhere in our own dialect."""
    return {
        "day": line.day.isoformat(),
        "key": line.key_id,
        "label": line.label,
        "dialect": line.dialect,
        "model": line.model,
        "tasks": line.tasks,
        "films": line.films,
        "failed": line.failed,
        "cancelled": line.cancelled,
        "unfinished": line.unfinished,
        "spent_usd": _dollars(line.spent),
        "held_usd": _dollars(line.held),
    }


def _write_total(lines: Sequence[Line]) -> dict[str, Any]:
    counts = {
        name: sum(getattr(line, name) for line in lines)
        for name in ("tasks", "films", "failed", "cancelled", "unfinished")
    }
    spent, held = sum(line.spent for line in lines), sum(line.held for line in lines)
    return counts | {"spent_usd": _dollars(spent), "held_usd": _dollars(held)}


def _write_left(limits: Limits, now: Standing) -> dict[str, Any]:
    """The key's limits and, beside those that fill up, how far they have."""
    return {
        "balance_usd": _money(now.available),
        "day": {"ordered_usd": _dollars(now.day), "budget_usd": _money(limits.day_micros)},
        "month": {"ordered_usd": _dollars(now.month), "budget_usd": _money(limits.month_micros)},
        "storage": {"bytes": now.stored, "limit": limits.storage_bytes},
        "limits": {
            "reads_per_minute": limits.reads_per_minute,
            "writes_per_minute": limits.writes_per_minute,
            "waiting": limits.waiting,
            "unfinished": limits.unfinished,
        },
    }


def _money(micros: int | None) -> str | None:
    return None if micros is None else _dollars(micros)


def _dollars(micros: int) -> str:
    return f"{micros / MICROS:.6f}"
