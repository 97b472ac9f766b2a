"""A kind of body and a moment in, a pose out: where the trunk, the head, each foot and each wheel are.

Knows no pixels. Lengths are parts of the body's height, angles radians; feet on the ground move exactly as fast against
the body as the body moves over the ground, so that no foot slides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from openhorse.engines.procedural.ensemble.silhouette import Build, Kind


class Gait(StrEnum):
    """How an actor moves. BUST is a walk seen from the waist up, GLIDE a walk without legs; STAND has no life."""

    WALK = "walk"
    RUN = "run"
    BUST = "bust"
    GLIDE = "glide"
    HOP = "hop"
    ROLL = "roll"
    BOUNCE = "bounce"
    DRIVE = "drive"
    FLOAT = "float"
    BREATHE = "breathe"
    LOOK = "look"
    SHOWN = "shown"
    STAND = "stand"


TRAVELLING = frozenset({Gait.WALK, Gait.RUN, Gait.BUST, Gait.GLIDE, Gait.ROLL, Gait.BOUNCE, Gait.DRIVE, Gait.HOP})
"""Gaits that cross the ground when the company does."""

_CYCLES = {Gait.BUST: 1.16, Gait.GLIDE: 1.3, Gait.HOP: 1.1, Gait.BOUNCE: 1.0, Gait.ROLL: 1.0, Gait.DRIVE: 1.0}
_PACES = {Gait.BUST: 0.36, Gait.GLIDE: 0.26, Gait.HOP: 0.36, Gait.BOUNCE: 0.5, Gait.ROLL: 0.55, Gait.DRIVE: 0.85}
_DUTY = {Gait.WALK: 0.6, Gait.RUN: 0.42}
"""The part of its cycle for which a foot is on the ground."""


@dataclass(frozen=True, slots=True)
class Foot:
    """A foot's way from where it rests: along the ground, up from it, and how far its toe is tipped down."""

    along: float = 0.0
    lift: float = 0.0
    tip: float = 0.0


@dataclass(frozen=True, slots=True)
class Pose:
    """A moment of a gait. `along` of the feet is towards where the body faces, or towards us.

    `sway` and `rise` move the trunk, `lean` tips it about its foot or hips, `stretch` makes it taller and thinner,
    `twist` raises its right and lowers its left, `turn` (−1…1) turns head and trunk as if they were round,
    `nod` is the head's own sway; `roll` turns wheels and balls; `vigour` (0…1) is how much of the gait is left.
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


def reach_of(build: Build, gait: Gait) -> float:
    """How far a foot reaches either way."""
    if not build.legs:
        return 0.06
    long = sum(leg.sole[1] - leg.hip[1] for leg in build.legs) / len(build.legs)
    return long * (0.42 if gait is Gait.RUN else 0.29)


def course_of(build: Build, gait: Gait, phase: float = 0.0) -> Course:
    """The way of getting along that comes naturally to a body."""
    if gait in (Gait.WALK, Gait.RUN):
        long = sum(leg.sole[1] - leg.hip[1] for leg in build.legs) / max(1, len(build.legs)) or 0.3
        cycle = max(0.5, (0.62 if gait is Gait.RUN else 1.15) * math.sqrt(long / 0.36))
        return Course(gait, 2 * reach_of(build, gait) / (_DUTY[gait] * cycle), cycle, phase)
    return Course(gait, _PACES.get(gait, 0.0), _CYCLES.get(gait, 3.6), phase)


def pose_at(build: Build, course: Course, t: float) -> Pose:
    """What a body does at `t` seconds."""
    gait, turns, vigour = course.gait, course.turns(t), course.vigour(t)
    idle = _idle(build, t, course.phase)
    match gait:
        case Gait.STAND:
            return Pose()
        case Gait.WALK | Gait.RUN:
            pose = _stepping(build, gait, turns, vigour)
        case Gait.BUST | Gait.GLIDE:
            wave, twice = math.sin(math.tau * turns), abs(math.sin(math.tau * turns))
            deep = 0.7 if gait is Gait.BUST else 1.0
            rise = (0.016 * twice - (0.03 if gait is Gait.BUST else 0)) * vigour
            pose = Pose(0.008 * wave * vigour, rise, 0.026 * deep * wave * vigour, nod=-0.012 * wave * vigour,
                        twist=0.03 * wave * vigour, vigour=vigour)  # fmt: skip
        case Gait.HOP:
            pose = _hop(turns % 1, 0.17 * vigour, vigour)
        case Gait.BOUNCE:
            pose = _hop(turns % 1, 0.42 * vigour, vigour, _rolled(build, course, t))
        case Gait.ROLL:
            return Pose(roll=_rolled(build, course, t), vigour=vigour)
        case Gait.DRIVE:
            shake = 0.0035 * math.sin(math.tau * 2.3 * t) + 0.0025 * math.sin(math.tau * 3.7 * t + 1)
            return Pose(
                rise=shake, twist=0.006 * math.sin(math.tau * 0.8 * t), roll=_rolled(build, course, t), vigour=vigour
            )
        case Gait.FLOAT:
            wave = math.sin(math.tau * t / 3.6 + course.phase * 5)
            return Pose(0.01 * wave, 0.09 + 0.03 * wave, 0.03 * math.sin(math.pi * t / 3.6 + 1), turn=0.12 * wave)
        case Gait.SHOWN:
            return Pose(turn=0.35 * math.sin(math.tau * t / 6.5 + course.phase * 5))
        case _:
            return idle
    return _mixed(idle, pose, vigour)


def _idle(build: Build, t: float, phase: float) -> Pose:
    """Breath, a shift of the weight and a look about."""
    breath = math.sin(math.tau * (t / 3.4 + phase))
    shift = math.sin(math.tau * (t / 6.3 + phase) + 0.4)
    look = math.sin(math.tau * (t / 5.2 + phase) - 0.9)
    look = look * abs(look) ** 0.5
    if build.kind is Kind.BUST:
        return Pose(0.004 * shift, 0, 0.01 * shift, 0.006 * breath, turn=0.5 * look, nod=0.012 * look)
    if build.kind is Kind.ANIMAL:
        return Pose(0.003 * shift, 0, 0, 0.006 * breath, 0.006 * breath, turn=0.1 * look, nod=0.012 * look)
    if build.kind is Kind.MASCOT:
        return Pose(0, 0, 0.02 * shift, 0.022 * breath, turn=0.2 * look)
    if build.kind in (Kind.FIGURE, Kind.GOWN):
        return Pose(0.012 * shift, 0, 0.012 * shift, 0.007 * breath, 0.02 * shift, 0.3 * look, -0.01 * shift)
    return Pose(stretch=0.005 * breath, turn=0.2 * look)


def _stepping(build: Build, gait: Gait, turns: float, vigour: float) -> Pose:
    duty, reach = _DUTY[gait], reach_of(build, gait)
    long = reach / (0.42 if gait is Gait.RUN else 0.29)
    high = long * (0.34 if gait is Gait.RUN else 0.17)
    feet = tuple(_foot((turns + offset) % 1, duty, reach, high) for offset in _offsets(build, gait))
    wave, swing = math.sin(math.tau * turns), math.cos(math.tau * turns)
    run = gait is Gait.RUN
    if build.kind is Kind.ANIMAL:
        bounce = abs(math.sin(math.tau * turns + 0.6))
        rise = long * ((0.13 if run else 0.05) * bounce - (0.06 if run else 0.03))
        return Pose(0, rise, 0, 0, (0.03 if run else 0.016) * math.sin(2 * math.tau * turns), 0,
                    0.012 * wave, vigour=vigour, feet=feet)  # fmt: skip
    # highest when one leg stands upright under the body, lowest when both are apart
    rise = long * (0.05 if not run else 0.11) * math.cos(2 * math.tau * turns + (math.pi * 0.6 if not run else 0.3))
    rise -= long * 0.015
    if build.facing:
        lean = build.facing * (0.09 if run else 0.025)
        return Pose(0, rise, lean, twist=0.012 * swing, turn=0.1 * swing, nod=0.006 * wave, vigour=vigour, feet=feet)
    over = 0.02 * math.sin(math.tau * (turns - 0.05))
    return Pose(over, rise, 0.02 * math.sin(math.tau * turns + 0.3), 0, -0.075 * swing, 0.26 * swing, -0.008 * wave,
                vigour=vigour, feet=feet)  # fmt: skip


def _offsets(build: Build, gait: Gait) -> tuple[float, ...]:
    """The part of the cycle by which each leg is ahead; twins of single legs come after the legs themselves."""
    count = len(build.legs)
    if build.kind is not Kind.ANIMAL:
        return (0.0, 0.5)[:count] or (0.0,)
    # diagonal pairs together at a trot, one after the other at a walk
    front = 0.5 if gait is Gait.RUN else 0.25
    pairs = [index < count / 2 for index in range(count)]
    seen = {True: 0, False: 0}
    offsets = []
    for left in pairs:
        hind = left == (build.facing > 0)
        offsets.append(((0.0 if hind else front) + 0.5 * seen[left]) % 1)
        seen[left] += 1
    return tuple(offsets + [(offset + 0.5) % 1 for offset in offsets])


def _foot(part: float, duty: float, reach: float, high: float) -> Foot:
    if part < duty:
        share = part / duty
        return Foot(reach * (1 - 2 * share), 0.0, 0.35 * max(0.0, share - 0.75) / 0.25)
    share = (part - duty) / (1 - duty)
    eased = share * share * (3 - 2 * share)
    return Foot(reach * (2 * eased - 1), high * math.sin(math.pi * share), 0.35 - 0.6 * eased if share < 0.9 else 0.0)


def _hop(part: float, high: float, vigour: float, roll: float = 0.0) -> Pose:
    """A crouch, a flight of six tenths of the cycle, a landing that gives."""
    if part < 0.2:
        return Pose(stretch=-0.11 * vigour * math.sin(math.pi * part / 0.2), roll=roll, vigour=vigour)
    if part < 0.8:
        flight = (part - 0.2) / 0.6
        fast = abs(1 - 2 * flight)
        return Pose(0, high * 4 * flight * (1 - flight), stretch=0.05 * vigour * fast, roll=roll, vigour=vigour)
    return Pose(stretch=-0.09 * vigour * math.sin(math.pi * (part - 0.8) / 0.2), roll=roll, vigour=vigour)


def _rolled(build: Build, course: Course, t: float) -> float:
    """The angle by which what is round has turned on its way."""
    radius = build.wheels[0].radius if build.wheels else 0.5
    return course.pace * course.going(t) / max(0.05, radius)


def _mixed(idle: Pose, pose: Pose, vigour: float) -> Pose:
    """A gait that dies away into breathing."""
    if vigour >= 1:
        return pose
    rest = 1 - vigour
    return Pose(
        idle.sway * rest + pose.sway * vigour,
        pose.rise * vigour,
        idle.lean * rest + pose.lean * vigour,
        idle.stretch * rest + pose.stretch,
        idle.twist * rest + pose.twist * vigour,
        idle.turn * rest + pose.turn * vigour,
        idle.nod * rest + pose.nod * vigour,
        pose.roll,
        vigour,
        tuple(Foot(foot.along * vigour, foot.lift * vigour, foot.tip * vigour) for foot in pose.feet),
    )
