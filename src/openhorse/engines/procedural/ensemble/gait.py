"""A kind of body in, its way of getting along out: gaits, their pace and rhythm, and what a pose is made of.

Knows no pixels and no moment: `posing` does. Lengths are parts of the body's height, angles radians.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from openhorse.engines.procedural.ensemble.silhouette import Build, Kind


class Gait(StrEnum):
    """How an actor moves. BUST is a walk seen from the waist up, GLIDE a walk without legs; STAND has no life.

    BOUND is the run of an animal whose legs cannot be told apart; HOP crosses the ground in leaps, JUMP does not.
    SWAY is the greeting of who shows no arm.
    """

    WALK = "walk"
    RUN = "run"
    BOUND = "bound"
    BUST = "bust"
    GLIDE = "glide"
    HOP = "hop"
    JUMP = "jump"
    DANCE = "dance"
    WAVE = "wave"
    SWAY = "sway"
    TURN = "turn"
    SIT = "sit"
    SLEEP = "sleep"
    ROLL = "roll"
    BOUNCE = "bounce"
    DRIVE = "drive"
    FLOAT = "float"
    FLY = "fly"
    SWIM = "swim"
    BREATHE = "breathe"
    LOOK = "look"
    SHOWN = "shown"
    STAND = "stand"


TRAVELLING = frozenset(
    {Gait.WALK, Gait.RUN, Gait.BOUND, Gait.BUST, Gait.GLIDE, Gait.ROLL, Gait.BOUNCE, Gait.DRIVE, Gait.HOP, Gait.FLY,
     Gait.SWIM}
)  # fmt: skip
"""Gaits that cross the ground when the company does."""

STEPPING = frozenset({Gait.WALK, Gait.RUN})
LEGGED = STEPPING | {Gait.JUMP, Gait.DANCE, Gait.SIT, Gait.TURN}
"""Gaits for which legs are taken apart from the trunk."""

ARMED = frozenset({Gait.WALK, Gait.RUN, Gait.JUMP, Gait.DANCE, Gait.WAVE})
"""Gaits for which arms are, where they are seen apart from it."""

AIRBORNE = frozenset({Gait.FLOAT, Gait.FLY, Gait.SWIM})
"""Gaits that never touch the ground."""

_CYCLES = {
    Gait.BUST: 1.16, Gait.GLIDE: 1.3, Gait.HOP: 1.1, Gait.JUMP: 1.15, Gait.BOUNCE: 1.0, Gait.ROLL: 1.0,
    Gait.DRIVE: 1.0, Gait.BOUND: 0.62, Gait.DANCE: 1.05, Gait.SWIM: 1.5, Gait.FLY: 1.9, Gait.SLEEP: 4.6,
}  # fmt: skip
_PACES = {
    Gait.BUST: 0.36, Gait.GLIDE: 0.26, Gait.HOP: 0.36, Gait.BOUNCE: 0.5, Gait.ROLL: 0.55, Gait.DRIVE: 0.85,
    Gait.BOUND: 1.05, Gait.SWIM: 0.3, Gait.FLY: 0.3,
}  # fmt: skip


def duty_of(build: Build, gait: Gait) -> float:
    """The part of its cycle for which a foot is on the ground."""
    if gait is Gait.RUN:
        return 0.36 if build.kind is Kind.ANIMAL else 0.42
    return 0.6


@dataclass(frozen=True, slots=True)
class Foot:
    """A foot's way from where it rests: along the ground, up from it, and how far its toe is tipped down."""

    along: float = 0.0
    lift: float = 0.0
    tip: float = 0.0


@dataclass(frozen=True, slots=True)
class Swing:
    """An arm's way from how it was drawn: turned at the shoulder by `angle` and at the elbow by `bend` more.

    Positive is outwards and up for who faces us, forwards for who is seen from the side. `short` is its length as it
    comes towards us; `hang` (0…1) lets it first hang down, however it was drawn.
    """

    angle: float = 0.0
    bend: float = 0.0
    short: float = 1.0
    hang: float = 0.0


@dataclass(frozen=True, slots=True)
class Pose:
    """A moment of a gait. `along` of the feet is towards where the body faces, or towards us.

    `sway` and `rise` move the trunk, `lean` tips it about its foot or hips, `stretch` makes it taller and thinner,
    `twist` raises its right and lowers its left, `turn` (−1…1) turns head and trunk as if they were round,
    `nod` is the head's own sway; `roll` turns wheels and balls; `vigour` (0…1) is how much of the gait is left.
    `gather` draws all that is low together (negative throws it apart), `arch` raises the back; `wag` swings the tail of
    what swims by so much, at the wave's `beat` (radians); `flap` lowers both sides (negative raises them).
    """

    sway: float = 0.0
    rise: float = 0.0
    lean: float = 0.0
    stretch: float = 0.0
    twist: float = 0.0
    turn: float = 0.0
    nod: float = 0.0
    roll: float = 0.0
    vigour: float = 0.0
    feet: tuple[Foot, ...] = ()
    arms: tuple[Swing, ...] = ()
    gather: float = 0.0
    arch: float = 0.0
    wag: float = 0.0
    beat: float = 0.0
    flap: float = 0.0


@dataclass(frozen=True, slots=True)
class Course:
    """How somebody gets along: `pace` in heights a second, `cycle` in seconds, out of step by `phase` (0…1).

    `until` is when it comes to rest, None when it never does.
    """

    gait: Gait
    pace: float
    cycle: float
    phase: float = 0.0
    until: float | None = None

    def vigour(self, t: float) -> float:
        """1 while it goes, 0 when it has come to rest; the change takes 0.8 s."""
        if self.until is None:
            return 1.0
        left = min(1.0, max(0.0, (self.until - t) / 0.8))
        return left * left * (3 - 2 * left)

    def going(self, t: float) -> float:
        """Seconds' worth of way that lie behind it: t until it slows down."""
        if self.until is None or t <= self.until - 0.8:
            return t
        left = min(1.0, max(0.0, (self.until - t) / 0.8))
        # the integral of 3x² − 2x³ from `left` to 1
        return self.until - 0.8 + 0.8 * (0.5 - (left**3 - 0.5 * left**4))

    def turns(self, t: float) -> float:
        """Cycles that lie behind it, its phase included."""
        return self.going(t) / self.cycle + self.phase

    def falls(self, seconds: float, steps: int) -> list[float]:
        """The moments at which the cycle, cut in `steps` parts, begins a part anew and something comes down."""
        end = min(seconds, self.until - 0.4) if self.until is not None else seconds
        first = math.floor(self.phase * steps) + 1
        moments = []
        while (at := (first / steps - self.phase) * self.cycle) < end:
            if at > 0.05:
                moments.append(at)
            first += 1
        return moments


def leg_length(build: Build) -> float:
    """From hip to sole, 0 without legs."""
    return sum(leg.sole[1] - leg.hip[1] for leg in build.legs) / max(1, len(build.legs))


def reach_of(build: Build, gait: Gait) -> float:
    """How far a foot reaches either way."""
    if not build.legs:
        return 0.06
    return leg_length(build) * (0.42 if gait is Gait.RUN else 0.29)


def course_of(build: Build, gait: Gait, phase: float = 0.0) -> Course:
    """The way of getting along that comes naturally to a body."""
    if gait in STEPPING:
        long = leg_length(build) or 0.3
        cycle = max(0.5, (0.62 if gait is Gait.RUN else 1.15) * math.sqrt(long / 0.36))
        return Course(gait, 2 * reach_of(build, gait) / (duty_of(build, gait) * cycle), cycle, phase)
    return Course(gait, _PACES.get(gait, 0.0), _CYCLES.get(gait, 3.6), phase)


def in_stride(build: Build) -> bool:
    """Whether an animal was caught in mid-run: its legs reach out and do not stand upright."""
    if build.kind is not Kind.ANIMAL:
        return False
    if len(build.legs) < 2:
        return True
    apart = [abs(leg.sole[0] - leg.hip[0]) / max(0.05, leg.sole[1] - leg.hip[1]) for leg in build.legs]
    return sum(apart) / len(apart) > 0.3
