"""A gait and a phase in, where a foot is in its cycle out. Knows no bones and no pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gait:
    """How the feet follow one another. Footfalls are phases of hind left, hind right, fore left, fore right.

    `cycle` is in seconds at full speed; `stance` is the part of it that a foot is on the ground; `reach` is the
    way of a foot on the ground, in metres; `lift` how high it swings; the rest are the swings of the trunk.
    """

    name: str
    footfalls: tuple[float, float, float, float]
    cycle: float
    stance: float
    reach: float
    lift: float
    bob: float
    pitch: float
    flex: float
    bounces: int = 2

    @property
    def stride(self) -> float:
        """Metres forward in one cycle."""
        return self.reach / self.stance


GALLOP = Gait("gallop", (0.0, 0.11, 0.45, 0.60), 0.54, 0.27, 0.46, 0.20, 0.022, 0.075, 1.0)
TROT = Gait("trot", (0.0, 0.5, 0.5, 0.0), 0.62, 0.44, 0.36, 0.11, 0.014, 0.0, 0.12)
WALK = Gait("walk", (0.0, 0.5, 0.25, 0.75), 1.05, 0.62, 0.32, 0.07, 0.006, 0.012, 0.05)
STAND = Gait("stand", (0.5, 0.5, 0.5, 0.5), 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)

# Direction from the toe up to the hock (hind) or the wrist (fore), in degrees, through stance (0…1) and swing (1…2).
_HOCK = ((0.0, 116.0), (0.45, 102.0), (0.8, 82.0), (1.0, 58.0), (1.22, 30.0), (1.5, 48.0), (1.8, 98.0))
_WRIST = ((0.0, 112.0), (0.5, 94.0), (0.85, 76.0), (1.0, 52.0), (1.25, 8.0), (1.55, 14.0), (1.82, 92.0))
_UPRIGHT = {True: 100.0, False: 94.0}


@dataclass(frozen=True, slots=True)
class Step:
    """A leg in its cycle: the toe's way from its place at rest, its height, and the angle of the foot's bone."""

    x: float
    y: float
    foot_angle: float
    air: float
    down: bool


def step(gait: Gait, leg: float, phase: float, hind: bool) -> Step:
    """A foot `phase` (0…1) after its footfall, for legs `leg` times a retriever's.

    Its speed is continuous from ground to air and back.
    """
    if gait.reach == 0:
        return Step(0.0, 0.0, _UPRIGHT[hind], 0.0, True)
    p = phase % 1.0
    ahead = 0.44 if hind else 0.50
    first, last = ahead * gait.reach * leg, (ahead - 1) * gait.reach * leg
    if p < gait.stance:
        q = p / gait.stance
        return Step(first + (last - first) * q, 0.0, _foot_angle(gait, q, hind), 0.0, True)
    s = (p - gait.stance) / (1 - gait.stance)
    speed = -gait.stride * leg * (1 - gait.stance) * 0.5  # half the ground's speed keeps overshoot short
    s2, s3 = s * s, s * s * s
    x = (2 * s3 - 3 * s2 + 1) * last + (3 * s2 - 2 * s3) * first + (s3 - 2 * s2 + s + s3 - s2) * speed
    air = math.sin(math.pi * s**0.85) ** 1.2
    lift = gait.lift * leg * air * (0.8 if hind else 1.0)
    return Step(x, lift, _foot_angle(gait, 1 + s, hind), air, False)


def _foot_angle(gait: Gait, at: float, hind: bool) -> float:
    # slower gaits bend the feet less
    bent = _around([(k / 2, v) for k, v in (_HOCK if hind else _WRIST)], at / 2)
    part = min(1.0, 0.35 + gait.lift * 3.3)
    return _UPRIGHT[hind] + (bent - _UPRIGHT[hind]) * part


def _around(keys: Sequence[tuple[float, float]], at: float) -> float:
    """A closed smooth curve through (phase, value) `keys`, phases rising within 0…1 (Catmull–Rom)."""
    count = len(keys)
    last = max((i for i in range(count) if keys[i][0] <= at), default=count - 1)
    times = [keys[(last + k) % count][0] + math.floor((last + k) / count) for k in (-1, 0, 1, 2)]
    values = [keys[(last + k) % count][1] for k in (-1, 0, 1, 2)]
    if at < times[1]:
        at += 1
    span = times[2] - times[1]
    t = (at - times[1]) / span
    into = (values[2] - values[0]) / (times[2] - times[0]) * span
    out = (values[3] - values[1]) / (times[3] - times[1]) * span
    t2, t3 = t * t, t * t * t
    start, end = 2 * t3 - 3 * t2 + 1, 3 * t2 - 2 * t3
    return start * values[1] + end * values[2] + (t3 - 2 * t2 + t) * into + (t3 - t2) * out
