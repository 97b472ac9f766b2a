"""Who is tied to whom and where they stand in, the same at the right distance out: how they face, look and reach.

Knows no pixels. Two of a tie keep their distance for the whole shot, as both go the same way or none goes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from openhorse.engines.procedural.players.company import family_of
from openhorse.engines.procedural.players.player import Aim, Point
from openhorse.engines.procedural.world.pairing import Manner, Tie
from openhorse.engines.procedural.world.placed import Cord, Placed

_APART: dict[Manner, float] = {"talk": 0.62, "wave": 1.15, "watch": 0.85, "dance": 0.42, "hug": 0.155, "throw": 1.7}
"""How far apart two people are, in their mean height."""
_PERIOD = 2.6
"""Seconds for a ball to go and to come back."""


def bring_together(placed: Sequence[Placed], ties: Sequence[Tie], firsts: dict[int, int]) -> tuple[Placed, ...]:
    """Everybody where their ties want them; `firsts` tells the number in `placed` of each of the cast."""
    found = list(placed)
    for tie in ties:
        if tie.one not in firsts or tie.other not in firsts:
            continue
        a, b = firsts[tie.one], firsts[tie.other]
        if tie.manner == "throw" and found[b].kind == "ball":
            ends = [
                firsts[other.other if other.one == tie.one else other.one]
                for other in ties
                if other.manner == "throw" and other is not tie and tie.one in other[1:]
            ]
            found[b] = _thrown(found[b], found[a], found[ends[0]] if ends else None)
            continue
        first = found[min(a, b)]
        found[a], found[b] = (replace(found[k], x=first.x, z=first.z) for k in (a, b))
        found[a], found[b] = _SETTERS[tie.manner](found[a], found[b], tie.manner)
        aims = found[a].aims
        if tie.manner in ("lead", "fly") and aims is not None:
            to = _neck(found[b]) if tie.manner == "lead" else (0.0, 0.45 * found[b].player.tall)
            cord = Cord(aims.hands[0][:2], b, to, 0.10 if tie.manner == "lead" else 0.06)
            found[a] = replace(found[a], cord=cord)
    return tuple(found)


def _head(one: Placed) -> tuple[float, float]:
    """Where a head is: right and up of the ground point."""
    if family_of(one.kind) in ("people", "robots"):
        return 0.0, 0.92 * one.player.tall
    return one.facing * (_front(one) - 0.12 * one.player.tall), 0.88 * one.player.tall


def _neck(one: Placed) -> tuple[float, float]:
    return one.facing * 0.62 * _front(one), 0.70 * one.player.tall


def _front(one: Placed) -> float:
    """How far ahead of its ground point an animal's nose is."""
    return float(getattr(one.player, "front", 0.5 * one.player.long))


def _seen_from(one: Placed, point: tuple[float, float], other: Placed) -> Point:
    """A point of `other` as `one` sees it."""
    return other.x + point[0] - one.x, other.y + point[1] - one.y, one.z - other.z


def _apart(one: Placed, other: Placed, far: float) -> tuple[Placed, Placed]:
    """Two who face each other, about the middle between them; both stay."""
    side = one.facing or (1 if other.facing <= 0 else -1)
    middle = one.x
    first = replace(one, x=middle - side * far / 2, facing=side, way=one.way if one.timeline else 0.0, turn=_open(one))
    second = replace(
        other, x=middle + side * far / 2, z=one.z * 1.004, y=one.y, facing=-side, way=0.0, turn=_open(other)
    )
    return first, second


def _open(one: Placed) -> float:
    """How far somebody who faces another is still turned to us, so that their face is seen."""
    return 0.25 if family_of(one.kind) == "people" else 0.0


def _gazing(one: Placed, other: Placed, hands: tuple[Point, ...] = ()) -> Placed:
    return replace(one, aims=Aim(_seen_from(one, _head(other), other), hands))


def _face(one: Placed, other: Placed, manner: Manner) -> tuple[Placed, Placed]:
    """They talk, wave, dance or look at each other."""
    far = _APART[manner] * 0.5 * (one.player.tall + other.player.tall)
    if family_of(other.kind) != "people":
        far = 0.5 * other.player.long + 0.55 * one.player.tall * (1.6 if manner == "throw" else 1.0)
    first, second = _apart(one, other, far)
    if manner != "dance":
        return _gazing(first, second), _gazing(second, first)
    high = 0.36 * (one.player.tall + other.player.tall)
    spots = [(0.5 * (second.x - first.x), high, near) for near in (0.20, -0.20)]
    back = [(-x, y, near) for x, y, near in spots]
    return _gazing(first, second, tuple(spots)), _gazing(second, first, tuple(back))


def _hug(one: Placed, other: Placed, manner: Manner) -> tuple[Placed, Placed]:
    """Arms round each other, or one's arms round an animal's neck."""
    if family_of(other.kind) != "people":
        return _touch(one, other, manner)
    lower = min(one.player.tall, other.player.tall)
    first, second = _apart(one, other, _APART["hug"] * 0.5 * (one.player.tall + other.player.tall))
    way = second.x - first.x
    beyond = way + math.copysign(0.06, way)
    over = [(beyond, 0.74 * lower, 0.13), (beyond, 0.62 * lower, -0.13)]
    under = [(-x, y - 0.10 * lower, near) for x, y, near in over]
    first, second = _gazing(first, second, tuple(over)), _gazing(second, first, tuple(under))
    return first, replace(second, z=first.z * 1.012)


def _touch(one: Placed, other: Placed, manner: Manner) -> tuple[Placed, Placed]:
    """A hand on an animal's head or neck, or held before its mouth."""
    low = other.player.tall < 1.1 * one.player.tall
    close = {"hug": 0.20, "pet": 0.34, "feed": 0.40}.get(manner, 0.3) * one.player.tall * (1.0 if low else 0.6)
    first, second = _apart(one, other, _front(other) + close)
    x, y, near = _seen_from(first, _head(second), second)
    side = second.facing
    if manner == "feed":
        hands: tuple[Point, ...] = ((x + side * 0.16 * other.player.tall, y - 0.10 * other.player.tall, near + 0.03),)
    elif manner == "pet":
        hands = ((x - side * 0.06 * other.player.tall, y + 0.10 * other.player.tall, near + 0.04),)
    else:
        neck = _seen_from(first, _neck(second), second)
        hands = ((neck[0], neck[1], 0.16), (neck[0], neck[1] - 0.04, -0.12))
    return _gazing(first, second, hands), _gazing(second, first)


def _hands(one: Placed, other: Placed, manner: Manner) -> tuple[Placed, Placed]:
    """Side by side, hand in hand, both turned to us by the same."""
    side = 1 if one.way >= 0 else -1
    low = 0.44 * min(one.player.tall, other.player.tall)
    wide = 0.16 * (one.player.tall + other.player.tall)
    turn = 0.55
    going = bool(one.way)
    way = 0.5 * (one.way + other.way) * (math.cos(0.82) / math.cos(0.42)) if going and other.way else 0.0
    first = replace(one, x=one.x + 0.5 * wide, way=way, turn=turn if going else 0.0)
    second = replace(
        other, x=one.x - 0.5 * wide, z=one.z - side * 0.5 * wide if going else one.z, y=one.y, way=way,
        facing=one.facing, turn=turn if going else 0.0,
    )  # fmt: skip
    x, _, near = _seen_from(first, (0.0, 0.0), second)
    high = max(0.42 * max(one.player.tall, other.player.tall), low)
    share = 0.5
    hand = (x * share, high if low < 0.9 * high else low, near * share)
    back = (-x * (1 - share), hand[1], -near * (1 - share))
    return replace(first, aims=Aim(None, (hand,))), replace(second, aims=Aim(None, (back,)))


def _lead(one: Placed, other: Placed, manner: Manner) -> tuple[Placed, Placed]:
    """A horse behind who leads it, a dog before who walks it."""
    side = 1 if one.way >= 0 else -1
    ahead = 1 if other.player.tall < 0.6 * one.player.tall else -1
    far = 0.5 * other.player.long + (0.62 if ahead > 0 else 0.40) * one.player.tall
    one = replace(one, x=one.x - 0.5 * side * ahead * far)
    second = replace(other, x=one.x + side * ahead * far, z=one.z * 1.01, y=one.y, way=one.way, facing=side)
    hand = (side * ahead * 0.22 * one.player.tall, 0.52 * one.player.tall, 0.05)
    return replace(one, aims=Aim(None, (hand,))), second


def _carry(one: Placed, other: Placed, manner: Manner) -> tuple[Placed, Placed]:
    """A small animal in somebody's arms."""
    side = one.facing or 1
    high = 0.55 * one.player.tall
    second = replace(
        other, x=one.x + side * 0.10 * one.player.tall, y=one.y + high, z=one.z - 0.02, way=one.way, facing=side
    )
    under = high + 0.06 * other.player.tall
    hands = tuple(
        (side * (0.10 * one.player.tall + reach), under, near) for reach, near in ((0.10, 0.16), (-0.06, 0.12))
    )
    return replace(one, aims=Aim((side * 0.3, 0.72 * one.player.tall, 0.6), hands)), second


def _fly(one: Placed, other: Placed, manner: Manner) -> tuple[Placed, Placed]:
    """A kite high before the wind, its string in both hands."""
    side = 1 if one.facing >= 0 else -1
    tall = one.player.tall
    kite = replace(
        other,
        x=one.x + side * 1.9 * tall,
        y=one.y + max(0.8 * tall, 2.35 * tall - other.player.tall),
        z=one.z * 1.05,
        way=one.way,
        facing=side,
    )
    hands = ((side * 0.24 * tall, 0.66 * tall, 0.06), (side * 0.20 * tall, 0.62 * tall, -0.06))
    return replace(one, facing=side, aims=Aim((kite.x - one.x, kite.y + 0.5 * other.player.tall, 0.0), hands)), kite


def _dribble(one: Placed, other: Placed, manner: Manner) -> tuple[Placed, Placed]:
    """A ball that is bounced beside the one who plays."""
    side = one.facing or 1
    tall = one.player.tall
    ahead, high = side * 0.30 * tall, 0.44 * tall

    def path(t: float) -> tuple[float, float]:
        beat = (t / 0.72) % 1.0
        return 0.0, high * abs(1 - 2 * beat) ** 1.6

    ball = replace(other, x=one.x + ahead, y=one.y, z=one.z - 0.10, way=one.way, path=path, bounces=0.72)
    return replace(one, aims=Aim((ahead, 0.2 * tall, 0.1), ((ahead, high + 0.26, 0.10),))), ball


def _thrown(ball: Placed, one: Placed, other: Placed | None) -> Placed:
    """A ball that goes to and fro between two, or up and down over one."""
    tall = one.player.tall
    far = 0.0 if other is None else other.x - one.x
    side = 1 if far >= 0 else -1
    start = (side * 0.24 * tall, 0.72 * tall)
    people = other is not None and family_of(other.kind) == "people"
    catch = 0.72 * other.player.tall if other is not None and people else 0.8 * (other.player.tall if other else tall)
    end = (far - side * (0.24 * tall if people else 0.42 * (other.player.long if other else 0.0)), catch)

    def path(t: float) -> tuple[float, float]:
        beat = (t / _PERIOD) % 1.0
        if beat < 0.5:
            return _arc(start, end, (beat - 0.10) / 0.34, 0.42 * tall)
        return _arc(end, start, (beat - 0.60) / 0.34, 0.42 * tall if people else 0.12 * tall)

    middle = replace(ball, x=one.x, y=one.y, z=one.z - 0.03, way=0.0, path=path)
    return replace(middle, bounces=_PERIOD, lands=(0.44, 0.94))  # each catch is heard


def _arc(start: tuple[float, float], end: tuple[float, float], part: float, high: float) -> tuple[float, float]:
    part = min(1.0, max(0.0, part))
    up = start[1] + (end[1] - start[1]) * part + high * 4 * part * (1 - part)
    return start[0] + (end[0] - start[0]) * part, up


_SETTERS: dict[Manner, Callable[[Placed, Placed, Manner], tuple[Placed, Placed]]] = {
    "talk": _face, "wave": _face, "watch": _face, "dance": _face, "throw": _face, "hug": _hug, "pet": _touch,
    "feed": _touch, "hands": _hands, "lead": _lead, "carry": _carry, "fly": _fly, "dribble": _dribble,
}  # fmt: skip
