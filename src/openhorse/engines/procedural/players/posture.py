"""A build, a gait and a phase in, the riding of the trunk out, and a place to collect the capsules of one pose.

Knows no limbs: quadruped.py and face.py draw them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.players.gait import Gait
from openhorse.engines.procedural.players.species import Build

Array = NDArray[np.floating]
Point = tuple[float, float]
Place = tuple[float, float, float]
Head = Callable[[float, float, float], Place]
"""Places a point of the head (ahead, up, sideways) in the world."""

_TURN = 2 * math.pi


@dataclass(frozen=True, slots=True)
class Skin:
    """What covers a capsule: linear colour, hair length in metres (None for the build's), wet gloss, hang of the hair.

    `flow` is 0 where hair runs back along the trunk and 1 where it hangs.
    """

    colour: Array
    fur: float | None = None
    gloss: float = 0.0
    flow: float = 0.0


@dataclass(frozen=True, slots=True)
class Tread:
    """Where a pair of legs that do not step are put: from their place at rest, in leg lengths, and how they bend.

    `angle` is the direction from the toe to the hock or wrist in degrees, `up` how high a foot is held, `apart` how far
    the left foot is before the right one.
    """

    x: float = 0.0
    angle: float = 97.0
    up: float = 0.0
    apart: float = 0.0


@dataclass(frozen=True, slots=True)
class Attitude:
    """What an animal does besides stepping: angles in radians, lengths in those of its own body.

    `height` is the trunk's, as a part of that of standing; `tilt` raises the chest; `neck` raises the neck and `reach`
    lengthens it; `fall` lifts the nose, `turn` brings the face to the viewer. `gape` opens the mouth, `blink` shuts the
    eyes (0…1), `tail` raises the tail, `wag` (−1…1) swings it, `prick` moves the ears, `breath` fills the ribs.
    `short` draws up the legs of one that lies; `lift` is how high it is in the air. `planted` is how far the legs have
    left their step for where they are put, 0…1.
    """

    height: float = 1.0
    tilt: float = 0.0
    hind: Tread | None = None
    fore: Tread | None = None
    near: Tread | None = None
    neck: float = 0.0
    reach: float = 1.0
    fall: float = 0.0
    turn: float = 0.0
    gape: float = 0.0
    blink: float = 0.0
    tail: float = 0.0
    wag: float = 0.0
    prick: float = 0.0
    breath: float = 0.0
    short: float = 1.0
    lift: float = 0.0
    sway: float = 0.0
    planted: float = 1.0


UPRIGHT = Attitude()


def standing(build: Build) -> float:
    """How high the trunk's middle is when it stands; long legs keep some bend, so that they reach as they stride."""
    long = 0.50 * build.leg if build.face is None else min(0.50 * build.leg, 0.452 * build.leg + 0.05)
    return long + 0.03 * (build.girth - 1)


class Posture:
    """Collects the capsules of one pose."""

    def __init__(self, build: Build, gait: Gait, phase: float, attitude: Attitude = UPRIGHT) -> None:
        self.build, self.gait, self.phase, self.attitude = build, gait, phase, attitude
        self.leg = build.leg * attitude.short
        self.capsules: list[list[float]] = []
        turn = _TURN * phase
        height = standing(build)
        bounce = gait.bounces * turn
        self.flex = gait.flex * math.cos(turn - _TURN * 0.93)  # +1 gathered, −1 stretched
        lift = gait.bob * math.cos(bounce - gait.bounces * _TURN * 0.93)
        self.centre = height * attitude.height
        self.rise = lift * build.leg + attitude.lift
        tilt = gait.pitch * math.cos(turn - _TURN * 0.33) + attitude.tilt
        self.cos_tilt, self.sin_tilt = math.cos(tilt), math.sin(tilt)

    def wave(self, lag: float) -> float:
        """A swing once a cycle, in the gait's strength, `lag` of a cycle late."""
        return math.sin(_TURN * (self.phase - lag)) * (0.35 + 0.65 * self.flying)

    @property
    def flying(self) -> float:
        """How nearly it gallops at full stretch, 0…1: then hair streams and tails swing."""
        return min(1.0, max(0.0, 10 * self.gait.flex - 9))

    def trunk(self, x: float, y: float, z: float = 0.0) -> Place:
        """A point given from the trunk's middle, as the trunk now rides."""
        x *= self.build.body
        return (
            x * self.cos_tilt - y * self.sin_tilt,
            self.centre + self.rise + x * self.sin_tilt + y * self.cos_tilt,
            z,
        )

    def add(
        self, start: Place, end: Place, radii: Point, skin: Skin | Array, blend: float = 0.05, flat: float = 1.0
    ) -> None:
        """One capsule; a bare colour is covered with the build's body hair.

        `blend` is how far it melts into its neighbours, in metres; `flat` above 1 thins it sideways.
        """
        cover = skin if isinstance(skin, Skin) else Skin(skin)
        hair = self.build.hair if cover.fur is None else cover.fur
        gloss = cover.gloss if cover.gloss or cover.fur is not None else self.build.sheen
        colour = (float(channel) for channel in cover.colour)
        self.capsules.append([*start, *end, *radii, *colour, blend, flat, hair, gloss, cover.flow])
