"""A picture in, its plain ground out: whether it has one, what stands on it, and what is only a shadow there.

Knows no busy pictures. A ground is plain when the border shows a few colours only that change slowly across it: a sweep
of paper, a wall, a clear sky, or the checks that some programs draw for transparency.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from openhorse.engines.procedural.ensemble.outline import (
    Lab,
    Mask,
    closed,
    from_border,
    grown,
    largest,
    opened,
    solidity,
)
from openhorse.engines.procedural.still.plate import Field, fill

_SEED = 20240917


@dataclass(frozen=True, slots=True)
class Ground:
    """A plain ground: how far each pixel is from it (ΔE), the noise of the ground itself, and its colour everywhere.

    `part` is how much of the border lies on it.
    """

    distance: Field
    noise: float
    colour: Lab
    part: float


def find_ground(lab: Lab) -> Ground | None:
    """The plain ground of a picture; None when the border is not plain."""
    ground = _fitted(lab)
    return ground if ground is not None and ground.part > 0.8 else None


def standing(lab: Lab, ground: Ground) -> Mask | None:
    """What a flood of the ground from the frame's rim does not reach; None when that is nothing or nearly all."""
    slope = _slope(lab)
    away = lab - ground.colour
    chroma = np.hypot(away[..., 1], away[..., 2])
    near = float(np.clip(2.2 * ground.noise, 2.6, 7))
    # a soft shadow on the ground keeps its hue and has no edge
    soft = (chroma < 5) & (np.abs(away[..., 0]) < 38) & (slope < max(2.2, 1.5 * ground.noise))
    flooded = from_border((ground.distance < near) | soft)
    solid = opened(closed(largest(opened(~flooded, 3), 0.02)), 3)
    solid = _without_bites(ground, slope, solid)
    solid = without_shadow(lab, solid)
    share = float(solid.mean())
    return solid if 0.004 < share < 0.9 and not _is_interior(solid) else None


def _without_bites(ground: Ground, slope: Field, solid: Mask) -> Mask:
    """The subject with what the flood has bitten out of it: white on white is told by the faintest of outlines.

    Only on a ground so even that such an outline shows, and only what makes the subject rounder.
    """
    faint = max(0.8, 4 * ground.noise)
    if faint > 2.5 or not solid.any():
        return solid
    fine = closed(largest(opened(~from_border(ground.distance < faint) | solid, 3), 0.02))
    added = fine & ~solid
    line = grown(fine, 1) & ~fine & grown(added, 2)
    if float(added.sum()) < 0.03 * solid.sum() or not line.any():
        return solid
    # a shadow only fades; and it lies beside what throws it, not between its parts
    crisp = float((slope[line] > 3 * ground.noise + 0.3).mean()) > 0.6
    return fine if crisp and solidity(fine) > solidity(solid) + 0.04 else solid


def leakage(lab: Lab, solid: Mask, ground: Ground) -> float:
    """0…1: how much of an outline that is sharp elsewhere runs through mere shading, in the subject's hollows.

    There the ground's flood has run into the subject: a white pot has lost its lit half.
    """
    line = grown(solid, 1) & ~solid
    contours, _ = cv2.findContours(solid.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours or not line.any():
        return 0.0
    hull = np.zeros(solid.shape, np.uint8)
    cv2.fillPoly(hull, [cv2.convexHull(np.concatenate(contours))], (1,))
    slope = cv2.dilate(_slope(lab), np.ones((3, 3), np.uint8))
    faded = slope < min(4.0, 0.25 * float(np.percentile(slope[line], 75)))
    faint = max(0.8, 4 * ground.noise)
    if faint <= 2.5:
        # on so even a ground a faint outline is one all the same, if just the ground is outside
        faded &= ground.distance > faint
    return float((line & faded & grown(hull > 0, -2)).sum() / line.sum())


def without_shadow(lab: Lab, solid: Mask) -> Mask:
    """A subject without the shadow that it throws on its ground: the ground's own hue, darker and even.

    Only where the subject is of another hue; a grey thing on grey ground keeps all that is grey.
    """
    around = grown(solid, max(3, max(solid.shape) // 60))
    ground = fill(cv2.GaussianBlur(lab, (0, 0), 1.0), (~around).astype(np.float32))
    away = cv2.GaussianBlur(lab, (0, 0), 1.6) - ground
    chroma = np.hypot(away[..., 1], away[..., 2])
    if not solid.any() or float(np.median(chroma[solid])) < 14:
        return solid
    dark = solid & (chroma < 9 + 0.1 * np.abs(away[..., 0])) & (away[..., 0] < -4) & (away[..., 0] > -62)
    dark &= cv2.GaussianBlur(_slope(lab), (0, 0), 1.0) < 9
    dark = opened(dark, max(3, max(solid.shape) // 90) | 1)
    # it lies at the outline, and something is left without it
    # its own edge parts it from the ground by a few pixels
    touching = from_border(grown(dark, 4) | ~solid) & dark
    if float(touching.sum()) < 0.004 * solid.sum():
        return solid
    core = largest(opened(solid & ~grown(touching, 4), max(3, max(solid.shape) // 90) | 1), 0.1)
    left = closed(grown(core, 4) & solid & ~touching)
    # a shadow lies beside its subject; what would leave a bite was a part of it
    whole = left.sum() > 0.4 * solid.sum() and solidity(left) > solidity(solid) - 0.02
    return left if whole else solid


def _slope(lab: Lab) -> Field:
    smooth = cv2.GaussianBlur(lab[..., 0], (0, 0), 1.1)
    return np.asarray(cv2.morphologyEx(smooth, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)), np.float32)


def _on_rim(shape: tuple[int, ...]) -> Mask:
    """The top and side borders. The bottom is left out: subjects stand on it or are cut off there."""
    rows, columns = shape[:2]
    rim = max(2, min(rows, columns) // 40)
    on_rim = np.zeros((rows, columns), bool)
    on_rim[:rim] = True
    on_rim[: rows * 17 // 20, :rim] = on_rim[: rows * 17 // 20, -rim:] = True
    return on_rim


def _fitted(lab: Lab) -> Ground | None:
    """Up to three clusters of the border's colours, each with a slope across the picture."""
    rows, columns = lab.shape[:2]
    on_rim = _on_rim(lab.shape)
    smooth = cv2.GaussianBlur(lab, (0, 0), 0.8)
    values = np.ascontiguousarray(smooth[on_rim])
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], -1)
    best: Ground | None = None
    for count in (1, 2):
        names = _clusters(values, count)
        spread = max((float(np.linalg.norm(values[names == one].std(0))) for one in range(count)), default=99.0)
        if count == 2 and not _are_checks(values, names):
            continue
        colour, distance = lab, np.full((rows, columns), np.inf, np.float32)
        for one in range(count):
            own = names == one
            if own.sum() < 30:
                continue
            middle = np.median(values[own], axis=0)
            keep = np.linalg.norm(values[own] - middle, axis=1) < 20
            plane = np.linalg.lstsq(terms[on_rim][own][keep], values[own][keep], rcond=None)[0]
            model = (terms @ plane).astype(np.float32)
            # beyond the border's own range the slope is only a guess
            low, high = np.percentile(values[own], (0.5, 99.5), axis=0)
            model = np.clip(model, low - 3, high + 3).astype(np.float32)
            away = np.linalg.norm(smooth - model, axis=2).astype(np.float32)
            colour = np.where((away < distance)[..., None], model, colour)
            distance = np.minimum(distance, away)
        part = float((distance[on_rim] < 6).mean())
        noise = float(np.percentile(distance[on_rim], 70))
        if np.isfinite(spread) and (best is None or part > best.part + 0.06):
            best = Ground(distance, noise, np.asarray(colour, np.float32), part)
    return best


def _clusters(values: Lab, count: int) -> np.ndarray:
    if count == 1:
        return np.zeros(len(values), np.int32)
    cv2.setRNGSeed(_SEED)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 12, 0.3)
    _, names, _ = cv2.kmeans(values, count, None, stop, 1, cv2.KMEANS_PP_CENTERS)
    return np.asarray(names.ravel())


def _are_checks(values: Lab, names: np.ndarray) -> bool:
    """Whether two colours of a border may be the light and dark checks of a drawn transparency: both grey and pale."""
    middles = np.stack([np.median(values[names == one], axis=0) for one in range(2) if (names == one).any()])
    grey = float(np.abs(middles[:, 1:]).max()) < 4
    shares = np.bincount(names, minlength=2) / len(names)
    return len(middles) == 2 and grey and float(middles[:, 0].min()) > 55 and float(shares.min()) > 0.15


def _is_interior(solid: Mask) -> bool:
    """Whether what stands before a plain wall runs from the left border to the right: floor and furniture with it."""
    left, right = solid[:, 0].mean(), solid[:, -1].mean()
    return float(min(left, right)) > 0.05 and float(max(left, right)) < 0.9
