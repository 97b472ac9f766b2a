"""A part to fill in, the player who fills it out; None for a kind that nobody plays. Knows no family of players."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from openhorse.engines.procedural.players.player import Casting, Maker, Player

_FAMILIES = (
    "beasts",
    "birds",
    "fish",
    "insects",
    "sealife",
    "people",
    "robots",
    "vehicles",
    "cycling",
    "rails",
    "vessels",
    "things",
    "garden",
    "fires",
    "table",
    "aircraft",
)
"""The modules beside this one that have a table `PARTS`: the kinds they play, and who makes a player of each."""


@cache
def _families() -> dict[str, str]:
    """The family of every kind that is played."""
    return {kind: family for family in _FAMILIES for kind in import_module(f"{__package__}.{family}").PARTS}


def family_of(kind: str) -> str | None:
    """The family (the module's name) that plays a kind; None for one that nobody plays."""
    return _families().get(kind)


@cache
def parts() -> dict[str, Maker]:
    """Every kind that is played."""
    found: dict[str, Maker] = {}
    for family in _FAMILIES:
        found |= import_module(f"{__package__}.{family}").PARTS
    return found


def fill(casting: Casting) -> Player | None:
    """The player for a part."""
    maker = parts().get(casting.character.kind)
    return None if maker is None else maker(casting)
