"""`openhorse usage`: what was ordered goes to standard output, as a table for people, or for programs."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from openhorse.cli.options import AsJson, ServerHere
from openhorse.cli.terminal import DataFolder, opened_house, write_json

_COLUMNS = ("day", "key", "label", "dialect", "model", "tasks", "films", "failed", "cancelled", "unfinished")
_MONEY = ("spent_usd", "held_usd")


def usage(
    data: DataFolder = None,
    key: Annotated[str | None, typer.Option(help="One key's id, or how its secret begins; else all.")] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="The first day, UTC; the first of the month when not given.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last day; today when not given.")] = None,
    server: ServerHere = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV with a header.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show films and money by day, key and model: all keys' of a data folder, or with --server a key's own."""
    lines = _here(data, key, first, last) if server is None else _there(server, key, first, last)
    if as_json:
        write_json(lines)
        return
    if as_csv:
        writer = csv.DictWriter(sys.stdout, (*_COLUMNS, *_MONEY), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _tame(value) for name, value in line.items()} for line in lines)
        return
    _print_table(lines)


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


def _print_table(lines: list[dict[str, Any]]) -> None:
    shown = ("day", "label", "dialect", "model", "tasks", "films", "failed", "cancelled", "unfinished", *_MONEY)
    rows = [shown, *(tuple(str(line[name]) for name in shown) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(shown))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    spent = sum(float(line["spent_usd"]) for line in lines)
    print(f"{sum(line['films'] for line in lines)} films, ${spent:.6f}")


def _tame(value: Any) -> Any:
    """A label that a spreadsheet would take for a formula, made a text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
