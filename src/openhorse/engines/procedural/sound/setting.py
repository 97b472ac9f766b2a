"""A Score comes in, what its sounds happen among goes out: which space answers, what rain falls on. Knows no samples.

Scenes may say both; where they do not, the beds tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openhorse.engines.procedural.score import BedKind, Score, Space, Surface
from openhorse.engines.procedural.sound.synthesis import Room

ROOMS: Mapping[Space, Room | None] = {
    "open": None,
    "wood": Room(seconds=0.9, brightness=2600, gap_seconds=0.03),
    "valley": Room(seconds=2.4, brightness=2200, gap_seconds=0.14),
    "canyon": Room(seconds=1.1, brightness=4200, gap_seconds=0.022),
    "room": Room(seconds=0.45, brightness=6000, gap_seconds=0.004),
}
"""How each space answers; nothing comes back over a beach. A slope half as far as sound goes in 0.28 s is near."""

_SPACES: tuple[tuple[BedKind, Space], ...] = (
    ("room", "room"),
    ("cafe", "room"),
    ("traffic", "canyon"),
    ("neon", "canyon"),
    ("waves", "open"),
    ("lapping", "valley"),
    ("waterfall", "valley"),
    ("stream", "valley"),
    ("leaves", "wood"),
)
_SURFACES: tuple[tuple[BedKind, Surface], ...] = (
    ("room", "roof"),
    ("cafe", "roof"),
    ("traffic", "pavement"),
    ("neon", "pavement"),
    ("waves", "sand"),
    ("lapping", "water"),
    ("waterfall", "water"),
    ("stream", "water"),
    ("leaves", "leaves"),
)
"""The first bed that is heard decides."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The space and the surface, whether the sea is there (its birds are gulls), and whether the ground is wet."""

    space: Space = "open"
    surface: Surface = "ground"
    by_the_sea: bool = False
    wet: bool = False

    @property
    def room(self) -> Room | None:
        """What gives sound back, None under the open sky."""
        return ROOMS[self.space]


def setting_of(score: Score) -> Setting:
    """What `score` says of its space and surface, and for the rest what its beds tell."""
    kinds = {bed.kind for bed in score.beds}
    spaces: list[Space] = [space for kind, space in _SPACES if kind in kinds]
    surfaces: list[Surface] = [surface for kind, surface in _SURFACES if kind in kinds]
    return Setting(
        score.space or (spaces or ["open"])[0],
        score.surface or (surfaces or ["ground"])[0],
        "waves" in kinds,
        bool(kinds & {"rain", "drips"}),
    )
