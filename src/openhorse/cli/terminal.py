"""What every command shares: the options that all have, the settings, and how things are said and shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from openhorse.house import House
    from openhorse.settings import Settings

# Not wrapped: what is shown is meant to be copied.
out = Console(stderr=True, highlight=False, soft_wrap=True)

DataFolder = Annotated[Path | None, typer.Option(help="Data folder; OPENHORSE_DATA when not given.")]


def say(text: str) -> None:
    """A line on standard error, as it is."""
    out.print(escaped(text))


def escaped(text: str) -> str:
    """`text`, of which nothing means a colour."""
    return text.replace("[", "\\[")


def write_json(value: Any) -> None:
    """`value` on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows, of as many cells each, as lines whose columns stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def settings_of(data: Path | None) -> Settings:
    """The settings, with another data folder when one is named."""
    from openhorse.settings import Settings

    return Settings() if data is None else Settings(data=data)


@contextmanager
def opened_house(data: Path | None) -> Iterator[House]:
    """All rooms of the installation, for a command that looks into them or changes something."""
    from openhorse.house import House

    house = House(settings_of(data), public_url="")
    try:
        yield house
    finally:
        house.close()
