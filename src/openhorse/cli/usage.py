"""`openhorse usage`: what was ordered goes to standard output, as a table for people or as CSV for programs."""

from __future__ import annotations

import csv
import sys
from typing import Annotated, Any

import typer

from openhorse.cli.terminal import DataFolder, opened_house

_COLUMNS = ("day", "key", "label", "dialect", "model", "tasks", "films", "failed", "cancelled", "unfinished")
_MONEY = ("spent_usd", "held_usd")


def usage(
    data: DataFolder = None,
    key: Annotated[str | None, typer.Option(help="One key's id, or how its secret begins; else all.")] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="The first day, UTC; the first of the month when not given.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last day; today when not given.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV with a header.")] = False,
) -> None:
    """Show films and money by day, key and model."""
    from openhorse import accounts
    from openhorse import usage as room
    from openhorse.house import now
    from openhorse.server.usage import write_line

    span = room.read_span(first, last, now())
    with opened_house(data) as house, house.database.reading() as connection:
        key_id = None if key is None else accounts.key_called(connection, key).id
        lines = [write_line(line) for line in room.usage(connection, span, key_id)]
    if as_csv:
        writer = csv.DictWriter(sys.stdout, (*_COLUMNS, *_MONEY), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _tame(value) for name, value in line.items()} for line in lines)
        return
    _print_table(lines)


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
