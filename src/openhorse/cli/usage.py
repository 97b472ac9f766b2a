"""`openhorse usage`: what was ordered goes to standard output, as a table for people, or for programs."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openhorse.cli.options import AsJson, ServerHere
from openhorse.cli.terminal import DataFolder, aligned, opened_house, write_json
from openhorse.errors import InvalidOrder

if TYPE_CHECKING:
    from openhorse.charges import Charge

_COLUMNS = ("day", "key", "label", "dialect", "model", "tasks", "films", "failed", "cancelled", "unfinished")
_MONEY = ("spent_usd", "held_usd")
_CHARGES = ("day", "upstream", "kind", "asked", "films", "unsure", "unfinished")
_CHARGED = ("charged_usd", "at_risk_usd", "expected_usd", "earned_usd")


def usage(
    data: DataFolder = None,
    key: Annotated[str | None, typer.Option(help="One key's id, or how its secret begins; else all.")] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="The first day, UTC; the first of the month when not given.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last day; today when not given.")] = None,
    server: ServerHere = None,
    upstream: Annotated[
        bool, typer.Option("--upstream", help="Show what hosted vendors were asked for, and charged, instead.")
    ] = False,
    by_month: Annotated[bool, typer.Option("--by-month", help="With --upstream, add up each month.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV with a header.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show films and money by day, key and model: all keys' of a data folder, or with --server a key's own."""
    columns: Sequence[str]
    if by_month and not upstream:
        raise InvalidOrder("--by-month is for --upstream")
    if upstream:
        if server is not None or key is not None:
            raise InvalidOrder("--upstream shows a whole data folder: leave --server and --key out")
        lines, columns = _upstreams(data, (first, last), by_month), (*_CHARGES, *_CHARGED)
    else:
        lines = _here(data, key, first, last) if server is None else _there(server, key, first, last)
        columns = (*_COLUMNS, *_MONEY)
    if as_json:
        write_json(lines)
    elif as_csv:
        writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _tame(value) for name, value in line.items()} for line in lines)
    else:
        _print_table(lines, [name for name in columns if name != "key"])


def _here(data: Path | None, key: str | None, first: str | None, last: str | None) -> list[dict[str, Any]]:
    from openhorse import accounts
    from openhorse import usage as room
    from openhorse.house import now
    from openhorse.server.usage import write_line

    span = room.read_span(first, last, now())
    with opened_house(data) as house, house.database.reading() as connection:
        key_id = None if key is None else accounts.key_called(connection, key).id
        return [write_line(line) for line in room.usage(connection, span, key_id)]


def _there(server: str, key: str | None, first: str | None, last: str | None) -> list[dict[str, Any]]:
    from openhorse.cli.remote import client_of

    with client_of(server) as client:
        found: list[dict[str, Any]] = client.usage(first=first, last=last, key=key)["data"]
        return found


def _upstreams(data: Path | None, days: tuple[str | None, str | None], by_month: bool) -> list[dict[str, Any]]:
    from openhorse.charges import charges
    from openhorse.house import now
    from openhorse.usage import read_span

    with opened_house(data) as house, house.database.reading() as connection:
        return [_write_charge(charge) for charge in charges(connection, read_span(*days, now()), by_month=by_month)]


def _write_charge(charge: Charge) -> dict[str, Any]:
    """Dollars as text, exact, as usage has them."""
    money = (charge.charged, charge.at_risk, charge.expected, charge.earned)
    return {
        "day": charge.day.isoformat(),
        "upstream": charge.engine,
        "kind": charge.kind or "",
        "asked": charge.asked,
        "films": charge.films,
        "unsure": charge.unsure,
        "unfinished": charge.unfinished,
        **{name: f"{micros / 1_000_000:.6f}" for name, micros in zip(_CHARGED, money, strict=True)},
    }


def _print_table(lines: list[dict[str, Any]], shown: Sequence[str]) -> None:
    rows = [tuple(shown), *(tuple(str(line[name]) for name in shown) for line in lines)]
    for row in aligned(rows):
        print(row)
    spent = sum(float(line.get("spent_usd") or line.get("charged_usd") or 0) for line in lines)
    films = sum(line["films"] for line in lines)
    print(f"{films} film{'' if films == 1 else 's'}, ${spent:.6f}")


def _tame(value: Any) -> Any:
    """A label that a spreadsheet would take for a formula, made a text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
