"""A cast and how its members stand to each other in, spots on the ground out: who stands where and how large.

The leading member stands in the middle and is the largest; the others are grouped about it in a loose arc, where they
hide nobody's face and no prop. Knows no pixels and no time.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openhorse.engines.procedural.brief import Shot
from openhorse.engines.procedural.ensemble.carrying import Relations, bonds_of, understood
from openhorse.engines.procedural.ensemble.casting import Member
from openhorse.engines.procedural.ensemble.gait import AIRBORNE, TRAVELLING
from openhorse.engines.procedural.ensemble.silhouette import Kind
from openhorse.engines.procedural.ensemble.sprites import foot_column
from openhorse.engines.procedural.ensemble.tailoring import torso_of

_TALL = {
    Kind.FIGURE: 0.56, Kind.GOWN: 0.56, Kind.ANIMAL: 0.4, Kind.VEHICLE: 0.36, Kind.BALL: 0.24, Kind.MASCOT: 0.34,
    Kind.HANGING: 0.46, Kind.THING: 0.32, Kind.BUST: 0.56,
}  # fmt: skip
"""Heights at depth 1, as parts of a wide frame's height."""
_ALONE = {Kind.BALL: 1.5, Kind.MASCOT: 1.4, Kind.THING: 1.5, Kind.HANGING: 1.1}
_EASE = 1.04
"""How much wider clothes are than who wears them."""
_HELD = 0.32
"""The greatest height of what is held, in heights of who holds it."""

_HORIZON, _FOOT = 0.54, 0.885
"""About where the horizon is, and who stands at depth 1, in parts of the frame's height."""

_DEPTHS = (1.06, 1.2, 1.4, 1.7)
_PROP_DEPTHS = (0.92, 1.0, 1.15, 1.4)
_EDGE = 0.41
"""How far from the middle anybody may reach, in frame widths: the camera will come nearer."""

_HIDDEN = 0.12
"""The part of anybody that others may hide."""

_OPPOSITE = {
    "left_of": "right_of", "right_of": "left_of", "behind": "in_front_of", "in_front_of": "behind",
    "next_to": "next_to", "chasing": "chased",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the ground: right of the middle in pixels at depth 1, depth, and height at depth 1."""

    right: float
    depth: float
    height: float


@dataclass(frozen=True, slots=True)
class _Stand:
    """Somebody on the screen: column of the middle, depth, height at depth 1, aspect, and the width of its lane."""

    x: float
    depth: float
    tall: float
    aspect: float
    lane: float

    @property
    def half(self) -> float:
        """Half its width on the screen."""
        return 0.5 * self.tall * self.aspect / self.depth

    def box(self, height: float) -> tuple[float, float, float, float]:
        """Left, right, top and bottom; a little less than all of it, for nobody fills his bounds."""
        foot = height * (_HORIZON + (_FOOT - _HORIZON) / self.depth)
        half = 0.88 * self.half + self.lane / 2
        return self.x - half, self.x + half, foot - self.tall / self.depth, foot


def spots(members: Sequence[Member], shot: Shot, relations: Relations = ()) -> list[Spot]:
    """A spot for each member in their order.

    `relations` are (subject, word, object) by the members' numbers: left_of, right_of, next_to, behind, in_front_of,
    on, holding, riding or chasing.
    """
    if not members:
        return []
    words = understood(relations, len(members))
    carried = bonds_of(words)
    if len(members) == 1:
        return [_bust(members[0], shot) if members[0].bust else _alone(members[0], shot)]
    best: tuple[float, float, dict[int, _Stand]] | None = None
    for step in range(16):
        share = 0.93**step
        stands, hidden = _composed(members, shot, words, share)
        # smaller is worse too: when nothing fits, what fits best
        if best is None or hidden + 0.2 * (1 - share) < best[0]:
            best = hidden + 0.2 * (1 - share), share, stands
        if hidden <= _HIDDEN:
            break
    assert best is not None
    _, share, stands = best
    found = []
    for index, member in enumerate(members):
        stand = stands[carried[index][1]] if index in carried else stands[index]
        tall = _height(member, shot, share)
        if index in carried and carried[index][0] == "held":
            tall = min(tall, _HELD * stand.tall / max(1.0, math.sqrt(_aspect(member))))
        if index in carried and carried[index][0] == "worn":
            body = torso_of(members[carried[index][1]].cutout.alpha)
            # as wide as the body with its arms, but never to the feet
            tall = min(_EASE * body.wide / _aspect(member), 0.92 - body.neck) * stand.tall
        spot = Spot(stand.x * stand.depth, stand.depth, tall if index in carried else stand.tall)
        found.append(_bust(member, shot) if member.bust else spot)
    return found


def _wide(shot: Shot) -> bool:
    return shot.width > shot.height


def _aspect(member: Member) -> float:
    rows, columns = member.cutout.alpha.shape
    return float(columns / rows)


def _height(member: Member, shot: Shot, share: float) -> float:
    """What its kind usually has at depth 1; things among people are small."""
    frame = shot.height if _wide(shot) else min(shot.height, shot.width * 1.35)
    tall = _TALL[member.build.kind] * member.size * frame * share
    small = 1.0
    if member.prop and member.dressed:
        small = 0.72 if member.build.kind in (Kind.THING, Kind.BALL) else 0.9
    return min(tall * small, 0.5 * shot.width / _aspect(member))


def _alone(member: Member, shot: Shot) -> Spot:
    tall = _height(replace(member, prop=False), shot, _ALONE.get(member.build.kind, 1.12))
    if member.aside:
        tall = min(tall, 0.24 * shot.width / _aspect(member))
        return Spot(-0.29 * shot.width, 1.0, tall)
    return Spot(0.0, 1.0, min(tall, (0.42 if _wide(shot) else 0.72) * shot.width / _aspect(member)))


# --- several ---


def _composed(members: Sequence[Member], shot: Shot, words: Relations, share: float) -> tuple[dict[int, _Stand], float]:
    """Everyone who is not carried, one after the other where it hides and is hidden least; and the worst of it."""
    carried = bonds_of(words)
    order = sorted((index for index in range(len(members)) if index not in carried), key=lambda k: members[k].prop)
    stands: dict[int, _Stand] = {}
    for index in order:
        member = members[index]
        options = _options(member, shot, share, first=not stands)
        if not stands and "behind" in {word for word, _ in _words(index, words)}:
            options = [replace(options[0], depth=1.4)]
        stands[index] = min(options, key=lambda one: _cost(one, index, stands, members, shot, words))
    # who came early could not know who would come: all but the first may step aside once
    for index in order[1:]:
        others = {key: stand for key, stand in stands.items() if key != index}
        options = _options(members[index], shot, share, first=False)
        stands[index] = min(options, key=lambda one: _cost(one, index, others, members, shot, words))
    left = min(one.box(shot.height)[0] for one in stands.values())
    right = max(one.box(shot.height)[1] for one in stands.values())
    aside = (left + right) / 2 if len(stands) < 4 else 0.0
    stands = {index: replace(one, x=one.x - aside) for index, one in stands.items()}
    worst = max((_hidden(one, [other for other in stands.values() if other is not one], shot)
                 for one in stands.values()), default=0.0)  # fmt: skip
    beyond = max(0.0, (right - left) / shot.width - 2.1 * _EDGE)
    return stands, max(worst, beyond)


def _options(member: Member, shot: Shot, share: float, *, first: bool) -> list[_Stand]:
    """Where somebody may stand: in the middle who comes first, else along several rows."""
    tall, aspect = _height(member, shot, share), _aspect(member)
    along = member.build.facing and not member.prop and member.gait in TRAVELLING
    lane = 0.1 * shot.width if along else 0.0
    if first:
        return [_Stand(0.0, 1.0, tall, aspect, lane)]
    depths: tuple[float, ...] = _PROP_DEPTHS if member.prop else _DEPTHS
    if member.build.kind is Kind.HANGING or member.gait in AIRBORNE or not member.dressed:
        depths = _DEPTHS[1:4]
    columns = [0.025 * step * shot.width for step in range(-19, 20)]
    return [_Stand(x, depth, tall, aspect, lane) for depth, x in itertools.product(depths, columns)]


def _hidden(one: _Stand, others: Sequence[_Stand], shot: Shot) -> float:
    """The part of somebody that those before it hide, the upper half counting twice."""
    left, right, top, foot = one.box(shot.height)
    total = 0.0
    for other in others:
        # of two at the same depth either may be drawn last
        if other.depth > one.depth:
            continue
        o_left, o_right, o_top, o_foot = other.box(shot.height)
        across = max(0.0, min(right, o_right) - max(left, o_left))
        for above, below in ((top, (top + foot) / 2), (top, foot)):
            down = max(0.0, min(below, o_foot) - max(above, o_top))
            total += across * down / ((right - left) * (foot - top))
    return total


def _cost(
    one: _Stand, index: int, stands: dict[int, _Stand], members: Sequence[Member], shot: Shot, words: Relations
) -> float:
    """How bad a place is: what is hidden, how far out it is, how lopsided the group, what the words say."""
    others = list(stands.values())
    cost = 9 * _hidden(one, others, shot)
    for other in others:
        cost += 9 * _hidden(other, [one], shot)
        apart = abs(one.x - other.x) / shot.width
        # side by side they must not overlap, and nobody stands in another's column
        overlap = (
            max(0.0, one.half + other.half + (one.lane + other.lane) / 2 + 0.015 * shot.width - abs(one.x - other.x))
            / shot.width
        )
        cost += (30 if abs(one.depth - other.depth) < 0.1 else 2) * overlap + 80 * max(0.0, 0.075 - apart)
    left, right, *_ = one.box(shot.height)
    cost += 400 * max(0.0, -left / shot.width - _EDGE, right / shot.width - _EDGE)
    balance = sum(other.x for other in others) + one.x
    cost += 0.6 * abs(one.x) / shot.width + 0.35 * abs(balance) / shot.width + 0.5 * abs(one.depth - 1.0)
    return cost + sum(_unlike(one, word, stands[other], members[index]) / shot.width
                      for word, other in _words(index, words) if other in stands)  # fmt: skip


def _words(index: int, words: Relations) -> list[tuple[str, int]]:
    """What is said of somebody, also where another is the subject."""
    said = [(word, other) for subject, word, other in words if subject == index]
    return said + [(_OPPOSITE[word], subject) for subject, word, other in words if other == index and word in _OPPOSITE]


def _unlike(one: _Stand, word: str, other: _Stand, member: Member) -> float:
    """How far, in pixels, somebody is from standing to another as the word says."""
    beside = one.half + other.half
    away = one.x - other.x
    level = 400 * abs(one.depth - other.depth)
    match word:
        case "left_of":
            return 6 * abs(away + 1.15 * beside) + level
        case "right_of":
            return 6 * abs(away - 1.15 * beside) + level
        case "next_to":
            return 6 * abs(abs(away) - 1.1 * beside) + level
        case "behind":
            return 2 * abs(abs(away) - 0.75 * beside) + 4000 * max(0.0, other.depth + 0.3 - one.depth)
        case "in_front_of":
            return 2 * abs(abs(away) - 0.75 * beside) + 4000 * max(0.0, one.depth + 0.1 - other.depth)
        case "chasing" | "chased":
            back = -1 if word == "chasing" else 1
            return 6 * abs(away - back * (member.build.facing or 1) * 1.2 * beside) + level
    return 0.0


def _bust(member: Member, shot: Shot) -> Spot:
    """Somebody cut off at the waist stands so near that the frame's lower edge hides it."""
    width, height = shot.width, shot.height
    aspect = _aspect(member)
    depth = 0.6
    seen = min(0.86 * height, (0.6 if width > height else 0.94) * width / aspect)
    wide = seen * aspect
    # centred by its middle, not by where it would stand
    x = (foot_column(member.cutout.alpha) / member.cutout.alpha.shape[1] - 0.5) * wide
    if "left" in member.cutout.open_sides:
        x = -width / 2 + wide * 0.46 - 0.02 * width
    elif "right" in member.cutout.open_sides:
        x = width / 2 - wide * 0.46 + 0.02 * width
    return Spot(x * depth, depth, seen * depth)
