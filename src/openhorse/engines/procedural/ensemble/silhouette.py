"""A cut-out in, a Build out: what kind of thing its outline shows, how sure that is, and where it bends or turns.

Knows no motion, no scene and no prompt. Lengths are parts of the cut-out's height; x goes right from its left edge,
y down from its top.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Nature
from openhorse.engines.procedural.ensemble.cutout import Cutout
from openhorse.engines.procedural.still.plate import Field

_ROWS = 240
"""Rows at which an outline is read."""

Mask = NDArray[np.bool_]
Run = tuple[int, int]


class Kind(StrEnum):
    """What an outline shows. GOWN is somebody whose legs are not to be seen, HANGING what could not stand."""

    FIGURE = "two-legged figure"
    GOWN = "figure without legs to be seen"
    ANIMAL = "four-legged animal"
    VEHICLE = "vehicle"
    BALL = "ball"
    MASCOT = "round mascot"
    BUST = "bust"
    HANGING = "thing in the air"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: the places of its hip, knee and sole, its width, and its left and right edge row by row.

    `rows` are the first row and the edges of each row down to the sole, in rows of the outline as it is read.
    """

    hip: tuple[float, float]
    knee: tuple[float, float]
    sole: tuple[float, float]
    width: float
    first: int
    edges: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel's centre and radius."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Build:
    """What a cut-out is built like.

    `confidence` is 0…1. `facing` is −1 (left), 1 (right) or 0 (towards us). `neck` is the row between head and
    shoulders, None when none is seen. `middle` and `half` are the outline's centre and half-width at 24 rows from the
    top down.
    """

    kind: Kind
    confidence: float
    facing: int
    legs: tuple[Leg, ...]
    wheels: tuple[Wheel, ...]
    neck: float | None
    middle: NDArray[np.float32]
    half: NDArray[np.float32]


def read_build(cutout: Cutout) -> Build:
    """The build of a cut-out; always an answer, THING when nothing else is likely."""
    solid = _solid(cutout)
    middle, half = _spine(solid)
    legs = _legs(solid)
    wheels = tuple(wheel for wheel in _wheels(solid) if not any(_is_foot_of(wheel, leg) for leg in legs))
    neck = _neck(half)
    kind, confidence = _kind(solid, legs, wheels, neck, "bottom" in cutout.open_sides)
    facing = 0
    if kind is Kind.ANIMAL or kind is Kind.VEHICLE:
        facing = _head_side(solid)
    elif kind is Kind.FIGURE:
        facing = _toe_side(solid, legs)
    if kind not in (Kind.FIGURE, Kind.ANIMAL):
        legs = ()
    return Build(kind, confidence, facing, legs, wheels if kind is Kind.VEHICLE else (), neck, middle, half)


def _solid(cutout: Cutout) -> Mask:
    """The outline at the size at which it is read."""
    rows, columns = cutout.alpha.shape
    size = max(8, round(columns * _ROWS / rows)), _ROWS
    return np.asarray(cv2.resize(cutout.alpha, size, interpolation=cv2.INTER_AREA) > 0.5, bool)


def named_build(cutout: Cutout, nature: Nature | None) -> Build:
    """The build of a cut-out that the prompt calls something: its words outrank the outline wherever they fit."""
    build = read_build(cutout)
    kind = build.kind if nature is None else _kind_of(nature, build, cutout.alpha.shape[1] / cutout.alpha.shape[0])
    if kind is build.kind:
        return build
    facing = build.facing
    if kind in (Kind.ANIMAL, Kind.VEHICLE) or nature in ("flyer", "swimmer"):
        facing = _head_side(_solid(cutout))
    legs = build.legs if kind in (Kind.FIGURE, Kind.ANIMAL) else ()
    return replace(build, kind=kind, confidence=1.0, facing=facing, legs=legs)


def _kind_of(nature: Nature, build: Build, aspect: float) -> Kind:
    """What the outline of somebody or something so called must be."""
    kind = build.kind
    match nature:
        case "person":
            fits = kind in (Kind.FIGURE, Kind.GOWN, Kind.BUST, Kind.MASCOT)
            return kind if fits else Kind.MASCOT if aspect > 1.3 else Kind.GOWN
        case "beast":
            return kind if kind in (Kind.ANIMAL, Kind.FIGURE, Kind.BUST, Kind.MASCOT, Kind.GOWN) else Kind.MASCOT
        case "vehicle":
            return Kind.VEHICLE if aspect > 0.7 else kind
        case "ball":
            return Kind.BALL if 0.7 < aspect < 1.4 else kind
        case "flyer" | "swimmer":
            return kind if kind is Kind.BUST else Kind.HANGING
        case "plant" | "thing":
            return kind if kind in (Kind.THING, Kind.HANGING) else Kind.THING


def _kind(
    solid: Mask, legs: tuple[Leg, ...], wheels: tuple[Wheel, ...], neck: float | None, cut: bool
) -> tuple[Kind, float]:
    aspect = solid.shape[1] / solid.shape[0]
    symmetry, compact = _symmetry(solid), _compactness(solid)
    if compact > 0.93:
        return Kind.BALL, float(np.clip((compact - 0.9) / 0.06, 0, 1))
    if cut and aspect > 0.4:
        return Kind.BUST, 0.8
    if len(wheels) == 2 and aspect > 1.15:
        return Kind.VEHICLE, 0.9
    spread = (legs[-1].sole[0] - legs[0].sole[0]) / aspect if len(legs) > 1 else 0.0
    long = float(np.mean([leg.sole[1] - leg.hip[1] for leg in legs])) if legs else 0.0
    if aspect > 0.95 and len(legs) >= 2 and spread > 0.3 and symmetry < 0.86 and long > 0.12:
        return Kind.ANIMAL, float(np.clip(0.5 + (0.86 - symmetry) + 0.1 * (len(legs) - 2), 0, 1))
    if aspect < 1.05 and len(legs) == 2 and long > 0.1 and spread < 0.75:
        alike = min(legs[0].width, legs[1].width) / max(legs[0].width, legs[1].width)
    else:
        alike = 0.0
    if alike > 0.45:
        return Kind.FIGURE, float(np.clip(0.3 + 0.4 * alike + 1.2 * long, 0, 1))
    solidity = _solidity(solid)
    if _base(solid) < 0.24 and solidity > 0.7 and _weight_up(solid) and aspect < 1.4:
        return Kind.HANGING, 0.6
    if aspect < 0.8 and neck is not None:
        return Kind.GOWN, 0.5
    trunk = _trunk(solid)
    if 0.65 < aspect < 1.5 and _solidity(trunk) > 0.9 and _compactness(trunk) > 0.74:
        return Kind.MASCOT, 0.6
    return Kind.THING, 0.5


# --- shape ----------------------------------------------------------------------------------------------------


def _spine(solid: Mask) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Centre and half-width of the outline at 24 rows, in parts of the height, smoothed down."""
    columns = np.arange(solid.shape[1], dtype=np.float32)
    first = np.where(solid, columns, np.inf).min(1)
    last = np.where(solid, columns, -np.inf).max(1)
    known = np.isfinite(first)
    rows = np.arange(_ROWS)
    left, right = (np.interp(rows, rows[known], edge[known]) for edge in (first, last))
    at = np.linspace(0, _ROWS - 1, 24)
    middle, half = (np.interp(at, rows, values) / _ROWS for values in ((left + right) / 2, (right - left + 1) / 2))
    kernel = np.array((0.25, 0.5, 0.25))
    smooth = [np.convolve(np.pad(line, 1, mode="edge"), kernel, "valid").astype(np.float32) for line in (middle, half)]
    return smooth[0], smooth[1]


def _symmetry(solid: Mask) -> float:
    """Overlap of the outline with its own mirror image about its centre of area."""
    columns = np.arange(solid.shape[1])
    centre = float((solid.sum(0) * columns).sum() / max(1, solid.sum()))
    turn = np.array([[-1, 0, 2 * centre], [0, 1, 0]], np.float32)
    mirrored = cv2.warpAffine(solid.astype(np.uint8), turn, (solid.shape[1], solid.shape[0])) > 0
    return float((solid & mirrored).sum() / max(1, (solid | mirrored).sum()))


def _compactness(solid: Mask) -> float:
    """Area over the area of the smallest circle about it."""
    contours, _ = cv2.findContours(solid.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return 0.0
    _, radius = cv2.minEnclosingCircle(np.concatenate(contours))
    return float(solid.sum() / (np.pi * max(1.0, radius + 0.5) ** 2))


def _solidity(solid: Mask) -> float:
    contours, _ = cv2.findContours(solid.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return 0.0
    return float(solid.sum() / max(1.0, cv2.contourArea(cv2.convexHull(np.concatenate(contours)))))


def _trunk(solid: Mask) -> Mask:
    """The outline without what is thin: horns, sprouts, handles."""
    side = max(3, round(0.16 * _ROWS)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.morphologyEx(solid.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0, bool)


def _base(solid: Mask) -> float:
    """The width of what it would stand on, against its greatest width."""
    widths = solid.sum(1)
    return float(widths[-_ROWS // 20 :].mean() / max(1, widths.max()))


def _weight_up(solid: Mask) -> bool:
    rows = np.arange(solid.shape[0])
    return float((solid.sum(1) * rows).sum() / max(1, solid.sum())) < 0.47 * _ROWS


def _neck(half: NDArray[np.float32]) -> float | None:
    """Where the outline is narrow between a head and shoulders; None when it is nowhere so."""
    best: tuple[float, int] | None = None
    for row in range(3, 13):
        above, below = float(half[:row].max()), float(half[row + 1 : row + 7].max())
        if half[row] < 0.86 * above and half[row] < 0.86 * below:
            depth = float(half[row]) / min(above, below)
            if best is None or depth < best[0]:
                best = depth, row
    return None if best is None else best[1] / 23


def _head_side(solid: Mask) -> int:
    """−1 when a subject seen from the side looks left, 1 right: heads are high and at the front."""
    across = np.linspace(-1, 1, solid.shape[1], dtype=np.float32)
    upper = solid[: _ROWS * 3 // 10].sum(0)
    return 1 if float((upper * across).sum()) >= 0 else -1


def _toe_side(solid: Mask, legs: tuple[Leg, ...]) -> int:
    """Where both feet point: toes reach farther from the shin than heels. 0 when they point apart or nowhere."""
    ways = []
    for leg in legs:
        foot = leg.edges[-max(2, len(leg.edges) // 8) :]
        shin = leg.edges[len(leg.edges) // 2 : max(len(leg.edges) // 2 + 1, len(leg.edges) * 3 // 4)]
        if not shin:
            return 0
        toe = float(np.mean([right for _, right in foot])) - float(np.mean([right for _, right in shin]))
        heel = float(np.mean([left for left, _ in shin])) - float(np.mean([left for left, _ in foot]))
        ways.append((toe - heel) / max(2.0, leg.width * _ROWS))
    if len(ways) == 2 and min(ways) > 0.22:
        return 1
    if len(ways) == 2 and max(ways) < -0.22:
        return -1
    # a body that is nothing like its mirror image is seen from the side: it goes where its feet go on the whole
    if _symmetry(solid) < 0.72 and abs(sum(ways)) > 0.3:
        return 1 if sum(ways) > 0 else -1
    return 0


# --- legs -----------------------------------------------------------------------------------------------------


def _runs(line: Mask) -> list[Run]:
    """The solid stretches of a row: first column and the one past the last."""
    padded = np.concatenate(([False], line, [False]))
    changes = np.flatnonzero(padded[1:] != padded[:-1])
    return [(int(a), int(b)) for a, b in zip(changes[::2], changes[1::2], strict=True)]


def _legs(solid: Mask) -> tuple[Leg, ...]:
    """What stands below the body, from left to right: two to four columns that reach the ground, else nothing."""
    least = max(3, round(0.012 * max(solid.shape)))
    best: tuple[int, list[Run]] | None = None
    for row in range(_ROWS * 97 // 100, _ROWS * 70 // 100, -3):
        runs = [run for run in _runs(solid[row]) if run[1] - run[0] >= least]
        # a lower row is better, unless one farther up shows more legs apart
        if 2 <= len(runs) <= 4 and (best is None or len(runs) > len(best[1])):
            best = row, runs
    if best is None:
        return ()
    row, runs = best
    found = [leg for number in range(len(runs)) if (leg := _leg(solid, row, runs, number)) is not None]
    return tuple(found) if 2 <= len(found) <= 4 else ()


def _leg(solid: Mask, row: int, runs: list[Run], number: int) -> Leg | None:
    """Follow one of `runs` up to the body and down to the sole; None when it is no leg."""
    start = runs[number]
    edges = {row: start}
    widths = [start[1] - start[0]]
    current = start
    for upper in range(row - 1, _ROWS // 4, -1):
        over = [run for run in _runs(solid[upper]) if run[0] < current[1] and run[1] > current[0]]
        wide = over[0][1] - over[0][0] if len(over) == 1 else 0
        usual = float(np.median(widths[-24:]))
        others = (other for other in runs if other != start)
        meets = any(over and over[0][0] < other[1] and over[0][1] > other[0] for other in others)
        if len(over) != 1 or wide > 1.55 * usual + 3 or (meets and wide > 1.2 * usual + 2):
            break
        current = over[0]
        edges[upper] = current
        widths.append(wide)
    top = min(edges)
    left_limit = 0 if number == 0 else (runs[number - 1][1] + start[0]) // 2
    right_limit = solid.shape[1] if number == len(runs) - 1 else (start[1] + runs[number + 1][0]) // 2
    current = start
    for lower in range(row + 1, _ROWS):
        over = [run for run in _runs(solid[lower]) if run[0] < current[1] and run[1] > current[0]]
        if not over:
            break
        current = max(left_limit, over[0][0]), min(right_limit, over[-1][1])
        if current[1] - current[0] < 2:
            break
        edges[lower] = current
    bottom = max(edges)
    width = float(np.median([edges[at][1] - edges[at][0] for at in range(top, row + 1)]))
    # a leg is longer than it is wide and reaches the ground
    if bottom - top < max(0.08 * _ROWS, 0.7 * width) or bottom < 0.92 * _ROWS:
        return None
    ordered = tuple(edges[at] for at in range(top, bottom + 1))
    at_top = ordered[: max(1, len(ordered) // 6)]
    low = ordered[-max(1, len(ordered) // 10) :]
    half_way = ordered[len(ordered) // 2]
    hip = float(np.mean([a + b for a, b in at_top])) / 2, float(top) - 0.25 * width
    knee = (half_way[0] + half_way[1]) / 2, (hip[1] + bottom) / 2
    shin = ordered[len(ordered) * 3 // 4 : max(len(ordered) * 3 // 4 + 1, len(ordered) * 9 // 10)]
    sole = float(np.mean([a + b for a, b in (shin or low)])) / 2, float(bottom)
    scale = 1 / _ROWS
    points = [(x * scale, y * scale) for x, y in (hip, knee, sole)]
    return Leg(points[0], points[1], points[2], width * scale, top, ordered)


def leg_mask(leg: Leg, shape: tuple[int, int]) -> tuple[Field, Field]:
    """Where a leg is, 0…1, at `shape` (rows, columns): all of it with a cap inside the body, and what the body lacks.

    The first overlaps the body above the hip, the second stops at the hip, so that a leg that swings opens no gap.
    """
    rows, columns = shape
    wide = max(8, round(columns * _ROWS / rows))
    whole, lacking = np.zeros((_ROWS, wide), np.float32), np.zeros((_ROWS, wide), np.float32)
    for number, (left, right) in enumerate(leg.edges):
        row = leg.first + number
        part = np.s_[row, max(0, left - 2) : right + 2]
        whole[part] = 1
        lacking[part] = min(1.0, max(0.0, (number - 0.2 * leg.width * _ROWS) / max(2.0, 0.3 * leg.width * _ROWS)))
    reach = max(3, round(0.75 * leg.width * _ROWS))
    left, right = leg.edges[0]
    for up in range(1, reach):
        row = leg.first - up
        if row >= 0:
            inset = round((right - left) * 0.5 * (1 - np.sqrt(max(0.0, 1 - (up / reach) ** 2))))
            whole[row, left + inset : right - inset] = 1
    size = columns, rows
    return enlarged(cv2.GaussianBlur(whole, (0, 0), 0.8), size), enlarged(cv2.GaussianBlur(lacking, (0, 0), 0.8), size)


def enlarged(mask: Field, size: tuple[int, int]) -> Field:
    """A mask at another size (columns, rows), smoothly."""
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR), np.float32)


# --- wheels ---------------------------------------------------------------------------------------------------


def _is_foot_of(wheel: Wheel, leg: Leg) -> bool:
    """Whether what looks like a wheel is the round end of a leg that goes on straight above it."""
    return abs(leg.sole[0] - wheel.x) < 0.6 * wheel.radius and leg.hip[1] < wheel.y - 1.1 * wheel.radius


def _wheels(solid: Mask) -> tuple[Wheel, ...]:
    """The two circles on which an outline stands, from left to right; nothing when its lower edge shows none.

    A wheel's lower half stands free: there the edge follows a circle that touches the ground.
    """
    rows, columns = solid.shape
    if columns < 1.1 * rows:
        return ()
    lowest = np.where(solid.any(0), rows - 1 - solid[::-1].argmax(0), -1).astype(np.float32)
    found: list[tuple[float, Wheel]] = []
    for radius in range(round(0.12 * rows), round(0.4 * rows), 2):
        reach = round(0.8 * radius)
        across = np.arange(-reach, reach + 1)
        arc = radius - np.sqrt(radius**2 - across**2.0)
        for x in range(reach, columns - reach, 2):
            edge = lowest[x - reach : x + reach + 1]
            ground = float(edge[reach - 2 : reach + 3].max())
            if ground < 0.93 * rows:
                continue
            error = np.abs(ground - arc - edge)
            # a fender or a pipe may cover a part
            off = float(np.percentile(error, 70)) / radius
            if off < 0.07:
                found.append((off - 0.25 * radius / rows, Wheel(x / rows, (ground - radius) / rows, radius / rows)))
    best: tuple[float, tuple[Wheel, ...]] | None = None
    found.sort(key=lambda one: one[0])
    for off, one in found[:60]:
        for more, other in found[:60]:
            alike = abs(one.radius - other.radius) / max(one.radius, other.radius)
            if other.x - one.x < max(2.1 * one.radius, 0.3 * columns / rows) or alike > 0.25:
                continue
            if best is None or off + more + alike * 0.2 < best[0]:
                best = off + more + alike * 0.2, (one, other)
    return () if best is None else best[1]
