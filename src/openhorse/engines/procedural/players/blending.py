"""Two postures and a share in, the one between them out: of people, animals and birds. Knows no acts and no time.

A foot that changes its place is lifted on the way, so that it steps and does not slide.
"""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any, TypeVar

from openhorse.engines.procedural.players.gait import Gait, Step
from openhorse.engines.procedural.players.person import Limb, Stance
from openhorse.engines.procedural.players.plumage import Perch
from openhorse.engines.procedural.players.posture import Attitude, Tread

T = TypeVar("T", Stance, Attitude, Limb, Tread, Gait, Step, Perch)
_LIFT = 0.45
"""How high a foot is lifted at most, as a part of the way by which it is put elsewhere."""


def between(first: T, second: T, share: float) -> T:
    """The posture a `share` (0…1) of the way from one to the other, number by number."""
    if share <= 0:
        return first
    if share >= 1:
        return second
    mixed = {
        one.name: _mixed(getattr(first, one.name), getattr(second, one.name), share)
        for one in fields(first)
        if one.init
    }
    return replace(first, **mixed)


def _mixed(first: Any, second: Any, share: float) -> Any:
    match first, second:
        case (bool(), _) | (str(), _):
            return first if share < 0.5 else second
        case (int() | float(), int() | float()):
            return first + (second - first) * share
        case (tuple(), tuple()):
            return tuple(_mixed(a, b, share) for a, b in zip(first, second, strict=True))
        case (Limb(), Limb()) | (Tread(), Tread()):
            return between(first, second, share)
        case (None, None):
            return None
        case _:
            return second if first is None else first


def stepped(first: Stance, second: Stance, share: float) -> Stance:
    """The stance between two in which each foot that is put elsewhere takes a step."""
    mixed = between(first, second, share)
    if not 0 < share < 1:
        return mixed
    feet = tuple(
        replace(foot, y=foot.y + _rise(a.x - b.x, a.z - b.z, share))
        for foot, a, b in zip(mixed.feet, first.feet, second.feet, strict=True)
    )
    return replace(mixed, feet=(feet[0], feet[1]))


def put_down(going: Step, standing: Step, share: float) -> Step:
    """A leg between its step and where it is to stand."""
    mixed = between(going, standing, share)
    return replace(mixed, y=mixed.y + _rise(going.x - standing.x, 0.0, share))


def _rise(ahead: float, aside: float, share: float) -> float:
    return min(0.09, _LIFT * math.hypot(ahead, aside)) * 4 * share * (1 - share)
