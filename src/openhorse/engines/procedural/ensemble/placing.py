"""A cast in, spots on the ground out: who stands where and how large, side by side in one or two rows.

Knows no pixels and no time.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openhorse.engines.procedural.brief import Shot
from openhorse.engines.procedural.ensemble.actor import foot_column
from openhorse.engines.procedural.ensemble.casting import Member
from openhorse.engines.procedural.ensemble.silhouette import Kind

_TALL = {
    Kind.FIGURE: 0.56, Kind.GOWN: 0.56, Kind.ANIMAL: 0.4, Kind.VEHICLE: 0.36, Kind.BALL: 0.24, Kind.MASCOT: 0.34,
    Kind.HANGING: 0.46, Kind.THING: 0.32, Kind.BUST: 0.56,
}  # fmt: skip
"""Heights at depth 1, as parts of a wide frame's height."""
_ALONE = {Kind.BALL: 1.5, Kind.MASCOT: 1.4, Kind.THING: 1.5, Kind.HANGING: 1.1}
_FRONT = 4
_BACK_DEPTH = 1.55


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the ground: right of the middle in pixels at depth 1, depth, and height at depth 1."""

    right: float
    depth: float
    height: float


def spots(members: Sequence[Member], shot: Shot) -> list[Spot]:
    """A spot for each member in their order: actors in front with the first in the middle, props in the gaps behind."""
    front = [index for index, member in enumerate(members) if not member.prop][: _FRONT if _wide(shot) else 2]
    behind = [index for index in range(len(members)) if index not in front]
    if not front or len(members) <= 2:
        front, behind = list(range(len(members)))[:_FRONT], list(range(len(members)))[_FRONT:]
    alone = len(members) == 1
    found: dict[int, Spot] = {}
    order = _middle_out(front)
    columns = _row(members, order, shot, 1.0, alone)
    for lane, (index, (x, tall)) in enumerate(zip(order, columns, strict=True)):
        depth = 1.0 if index == 0 else 1.06 + 0.06 * (lane % 2)
        found[index] = Spot(x * depth, depth, tall)
    if behind:
        order = _middle_out(behind)
        gaps = _gaps([x for x, _ in columns], len(order), shot)
        for index, x, (_, tall) in zip(order, gaps, _row(members, order, shot, _BACK_DEPTH, alone), strict=True):
            found[index] = Spot(x * _BACK_DEPTH, _BACK_DEPTH, tall * 1.12)
    return [
        _bust(member, shot) if member.bust else _wider(found[index], member, alone)
        for index, member in enumerate(members)
    ]


def _wide(shot: Shot) -> bool:
    return shot.width > shot.height


def _middle_out(indices: Sequence[int]) -> list[int]:
    """From left to right with the first in the middle, the next beside it, and so on."""
    ordered: list[int] = []
    for number, index in enumerate(indices):
        ordered.insert(0 if number % 2 == 0 and number else len(ordered), index)
    return ordered


def _aspect(member: Member) -> float:
    rows, columns = member.cutout.alpha.shape
    return float(columns / rows)


def _row(
    members: Sequence[Member], order: Sequence[int], shot: Shot, depth: float, alone: bool
) -> list[tuple[float, float]]:
    """Columns on the screen from the middle, and heights at depth 1, of those who stand in one row."""
    if not order:
        return []
    frame = shot.height if _wide(shot) else min(shot.height, shot.width * 1.35)
    talls, widths = [], []
    for index in order:
        member = members[index]
        tall = _TALL[member.build.kind] * member.size * frame * (_ALONE.get(member.build.kind, 1.12) if alone else 1)
        share = (0.42 if _wide(shot) else 0.72) if alone else 0.5
        tall = min(tall, share * shot.width / _aspect(member))
        talls.append(tall)
        widths.append(tall * _aspect(member) / depth)
    gap = 0.05 * shot.width if len(order) < 4 else 0.025 * shot.width
    total = sum(widths) + gap * (len(order) - 1)
    squeeze = min(1.0, 0.86 * shot.width / total)
    spread = max(1.0, 0.62 * shot.width / (total * squeeze)) if len(order) > 1 else 1.0
    x, found = -total * squeeze * spread / 2, []
    for tall, wide in zip(talls, widths, strict=True):
        slot = (wide + gap * (len(order) - 1) / len(order)) * squeeze * spread
        found.append((x + slot / 2, tall * squeeze))
        x += slot
    return found


def _gaps(front: Sequence[float], count: int, shot: Shot) -> list[float]:
    """Columns between and beside those of the front row, the inner ones first taken, then in order."""
    if not front:
        return [((number + 0.5) / count - 0.5) * 0.86 * shot.width for number in range(count)]
    ends = [-0.43 * shot.width, *front, 0.43 * shot.width]
    middles = [(a + b) / 2 for a, b in itertools.pairwise(ends)]
    if len(front) == 1:
        middles = [front[0] - 0.27 * shot.width, front[0] + 0.27 * shot.width]
    if count > len(middles):
        return [((number + 0.5) / count - 0.5) * 0.9 * shot.width for number in range(count)]
    return sorted(sorted(middles, key=abs)[:count])


def _wider(spot: Spot, member: Member, alone: bool) -> Spot:
    """What floats is a little farther away, so that it is seen against the sky."""
    if member.build.kind is Kind.HANGING and not alone:
        return replace(spot, depth=max(spot.depth, 1.2))
    return spot


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
