"""A cut-out's outline in, its arms out: where it shows them apart from the body, and where shoulder and hand are.

Knows no motion. Lengths are parts of the cut-out's height. An arm that lies against the body is none: it could not be
moved without tearing the body.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from openhorse.engines.procedural.ensemble.limbs import Bone, Point, Points, smooth
from openhorse.engines.procedural.ensemble.silhouette import Build, Kind, Mask, enlarged
from openhorse.engines.procedural.still.plate import Field

_ROWS = 240
"""Rows at which an outline is read."""

_LEAST = 0.07
"""The length that must stand apart from the body, in heights."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: shoulder, elbow and hand at rest, its width, and the side (−1 left, 1 right) on which it hangs.

    `left` and `right` are its edges row by row from row `first` of `_ROWS`; `free` is the first of those rows in which
    it stands apart from the body.
    """

    shoulder: Point
    elbow: Point
    hand: Point
    width: float
    side: int
    first: int
    free: int
    edges: tuple[tuple[int, int], ...]

    def mask(self, shape: tuple[int, int]) -> tuple[Field, Field]:
        """Where the arm is, 0…1, at `shape` (rows, columns), and what the body lacks without it."""
        rows, columns = shape
        wide = max(8, round(columns * _ROWS / rows))
        whole, lacking = np.zeros((_ROWS, wide), np.float32), np.zeros((_ROWS, wide), np.float32)
        for row, (left, right) in enumerate(self.edges, self.first):
            part = np.s_[row, max(0, left - 1) : right + 1]
            whole[part] = 1
            # the body keeps the shoulder, the arm lies over it
            lacking[part] = float(row >= self.free)
        centre = round(self.shoulder[0] * _ROWS), round(self.shoulder[1] * _ROWS)
        cv2.circle(whole, centre, max(2, round(0.5 * self.width * _ROWS)), 1.0, -1)
        # along its upper edges it melts into the body
        whole = cv2.GaussianBlur(whole, (0, 0), 0.9)
        return enlarged(whole, (columns, rows)), enlarged(lacking, (columns, rows))


def find_arms(alpha: Field, build: Build) -> tuple[Arm, ...]:
    """The arms of a figure, from left to right; none of what is no figure."""
    if build.kind not in (Kind.FIGURE, Kind.GOWN):
        return ()
    rows, columns = alpha.shape
    size = max(8, round(columns * _ROWS / rows)), _ROWS
    solid = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA) > 0.5, bool)
    hips = float(np.mean([leg.hip[1] for leg in build.legs])) if build.legs else 0.62
    neck = build.neck if build.neck is not None else 0.3
    span = round((neck + 0.02) * _ROWS), min(_ROWS - 1, round((hips + 0.1) * _ROWS))
    found = (_arm(solid, span, side, build) for side in (-1, 1))
    return tuple(arm for arm in found if arm is not None)


def _arm(solid: Mask, span: tuple[int, int], side: int, build: Build) -> Arm | None:
    """The arm on one side: the outermost stretch of those rows in which it is apart from the trunk."""
    middle = float(np.median([leg.hip[0] for leg in build.legs])) if build.legs else float(np.median(build.middle))
    best = max(_chains(solid, span, side, middle * _ROWS), key=len, default={})
    if len(best) < _LEAST * _ROWS:
        return None
    ordered = [best[row] for row in sorted(best)]
    width = float(np.median([right - left for left, right in ordered]))
    free, last = min(best), max(best)
    # what goes on down to the ground is a leg or a coat, what comes from above the shoulder a staff or hair
    if last > span[1] + 0.1 * _ROWS or width > 0.16 * _ROWS or free <= span[0] + 1:
        return None
    upper = _upwards(solid, free, best[free], width, (span[0], side))
    edges = (*upper, *ordered)
    first = free - len(upper)
    top = edges[: max(1, round(0.6 * width))]
    low = edges[-max(2, round(0.5 * width)) :]
    shoulder = float(np.mean([a + b for a, b in top])) / 2, first + 0.35 * width
    hand = float(np.mean([a + b for a, b in low])) / 2, last - 0.35 * width
    half = edges[len(edges) // 2]
    elbow = (half[0] + half[1]) / 2, first + len(edges) / 2
    points = [(x / _ROWS, y / _ROWS) for x, y in (shoulder, elbow, hand)]
    if math.dist(points[0], points[2]) < 1.2 * width / _ROWS:
        return None
    return Arm(points[0], points[1], points[2], width / _ROWS, side, first, free, edges)


def _chains(solid: Mask, span: tuple[int, int], side: int, middle: float) -> list[dict[int, tuple[int, int]]]:
    """Unbroken columns of outermost stretches on one side of the middle, with the trunk beside them."""
    chains: list[dict[int, tuple[int, int]]] = []
    for row in range(span[0], min(_ROWS, span[1] + round(0.12 * _ROWS))):
        runs = _runs(solid[row])
        outer = runs[0 if side < 0 else -1] if len(runs) > 1 else None
        if outer is None or (outer[1] >= middle if side < 0 else outer[0] <= middle):
            continue
        last = chains[-1] if chains else None
        before = last.get(row - 1) if last else None
        if last is not None and before is not None and before[0] < outer[1] and before[1] > outer[0]:
            last[row] = outer
        elif row < span[1] and any(one[1] - one[0] > outer[1] - outer[0] for one in runs if one != outer):
            chains.append({row: outer})
    return chains


def _upwards(
    solid: Mask, free: int, start: tuple[int, int], width: float, where: tuple[int, int]
) -> list[tuple[int, int]]:
    """Its edges above the row where it joins the body, top first: as wide as it is, along the outline."""
    highest, side = where
    edges: list[tuple[int, int]] = []
    outer = start[0] if side < 0 else start[1]
    for row in range(free - 1, highest - 1, -1):
        runs = _runs(solid[row])
        near = [run for run in runs if run[0] <= outer + 2 and run[1] >= outer - 2]
        if not near:
            break
        edge = near[0][0] if side < 0 else near[-1][1]
        # where the outline turns in to the neck the arm is at its end
        if abs(edge - outer) > max(3.0, 0.6 * width):
            break
        outer = edge
        edges.append((edge, round(edge + width)) if side < 0 else (round(edge - width), edge))
    return edges[::-1]


def _runs(line: Mask) -> list[tuple[int, int]]:
    padded = np.concatenate(([False], line, [False]))
    changes = np.flatnonzero(padded[1:] != padded[:-1])
    pairs = zip(changes[::2], changes[1::2], strict=True)
    return [(int(a), int(b)) for a, b in pairs if b - a > 2]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where an arm is seen: its shoulder, elbow and hand."""

    shoulder: Point
    elbow: Point
    hand: Point

    def unbent(self, arm: Arm, x: Points, y: Points) -> tuple[Points, Points]:
        """Where the points that are seen at `x`, `y` are in the cut-out."""
        upper = Bone((arm.shoulder, arm.elbow), (self.shoulder, self.elbow))
        lower = Bone((arm.elbow, arm.hand), (self.elbow, self.hand))
        first, second = upper.undone(x, y), lower.undone(x, y)
        way = upper.way[0] + lower.way[0], upper.way[1] + lower.way[1]
        length = math.hypot(*way)
        if length < 0.3:
            # bent back upon itself: nothing blends between the halves
            way, length = lower.way, 1.0
        soft = max(0.02, 0.8 * arm.width)
        below = smooth(((x - self.elbow[0]) * way[0] + (y - self.elbow[1]) * way[1]) / (length * soft) + 0.5)
        one, other = (a + (b - a) * below for a, b in zip(first, second, strict=True))
        return one, other


def reached(arm: Arm, at: Point, turn: tuple[float, float, float, float], facing: int) -> Reach:
    """Where an arm is whose shoulder is seen `at`; `turn` is a Swing's angle, bend, length and hang."""
    angle, bend, short, hang = turn
    way = facing or arm.side
    upper, lower = _polar(arm.shoulder, arm.elbow), _polar(arm.elbow, arm.hand)
    # angles are from hanging straight down, positive to the right on the screen
    high = upper[1] * (1 - hang) + way * angle
    low = lower[1] * (1 - hang) + way * (angle + bend)
    elbow = at[0] + short * upper[0] * math.sin(high), at[1] + short * upper[0] * math.cos(high)
    hand = elbow[0] + short * lower[0] * math.sin(low), elbow[1] + short * lower[0] * math.cos(low)
    return Reach(at, elbow, hand)


def _polar(start: Point, end: Point) -> tuple[float, float]:
    across, down = end[0] - start[0], end[1] - start[1]
    return math.hypot(across, down), math.atan2(across, down)
