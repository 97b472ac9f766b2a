"""Somebody on their place: where they are at a moment, how far turned to us, what they look at and reach for.

Knows no pixels and no scenery.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from openhorse.engines.procedural.players.bearing import ease
from openhorse.engines.procedural.players.company import family_of
from openhorse.engines.procedural.players.player import Aim, Player
from openhorse.engines.procedural.players.timeline import Timeline, timeline_of

THINGS = frozenset(("things", "table", "garden"))
"""Families of players that stay where they are put."""


class Cord(NamedTuple):
    """A string from somebody's hand (right and up of the ground point, metres) to a place on another placed one."""

    hand: tuple[float, float]
    other: int
    to: tuple[float, float]
    slack: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A player of a kind, where its ground point is at the start, which way it goes (metres a second), and faces.

    `mount` is the number of the placed one on which it sits. `turn` is how far it is turned towards us from the side
    that it faces, `aims` what it looks at and reaches for; a `path` of its own tells how far right and up it is at a
    moment, and a `cord` is a string that it holds. On such a path it
    `bounces` every so many seconds, and is heard where it `lands` of that time, in parts of it.
    """

    kind: str
    player: Player
    x: float
    y: float
    z: float
    way: float
    facing: int
    mount: int | None = None
    turn: float = 0.0
    aims: Aim | None = None
    path: Callable[[float], tuple[float, float]] | None = None
    cord: Cord | None = None
    bounces: float = 0.0
    lands: tuple[float, ...] = (0.5,)

    @property
    def still(self) -> bool:
        """Whether it is a thing that stays where it is, and mostly as it is."""
        return not self.way and family_of(self.kind) in THINGS

    @property
    def timeline(self) -> Timeline | None:
        """When it does what, where it does several things."""
        return timeline_of(self.player)

    def gone(self, t: float) -> float:
        """How far right it has gone by `t`, but for a path of its own."""
        timeline = self.timeline
        return self.way * t if timeline is None else math.copysign(timeline.gone(t), self.way)

    def at(self, t: float) -> float:
        """How far right it is at `t`."""
        return self.x + self.gone(t) + (0.0 if self.path is None else self.path(t)[0])

    def turned(self, t: float) -> float:
        """How far it is turned towards us at `t` from the side that it faces, 0…1."""
        if self.timeline is None or self.aims is not None:
            return self.turn
        return max(self.turn, self.timeline.turn(t))

    def lifted(self, t: float) -> float:
        """How high it is above its place."""
        if self.path is not None:
            return self.path(t)[1]
        return 0.0 if self.timeline is None else self.timeline.lift(t)

    def aim(self, t: float) -> Aim | None:
        """What it looks at and reaches for at `t`: one that comes does so when it is there."""
        if self.aims is None or self.timeline is None:
            return self.aims
        return replace(self.aims, share=ease((t - self.timeline.starts[-1] + 0.2) / 0.6))
