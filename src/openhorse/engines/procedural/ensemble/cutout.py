"""A picture in, its subject out: colours, alpha, where it was cut off, and how far the cut may be trusted.

Knows no scene and no motion. Four ways, the surest first: the picture's own alpha, a flood of its plain ground, a face
with the body below it, and saliency (barrier distance from the border) with GrabCut. The matte is finished by unmixing
colours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.ensemble.palette import rounded, to_lab
from openhorse.engines.procedural.still.figure import Figure, find_figure
from openhorse.engines.procedural.still.plate import Field, Pixels, fill, guided
from openhorse.vocabulary import Picture

CONFIDENT = 0.5
"""A cut-out below this is not shown: the picture is framed instead."""

_SMALL = 200
_SMALL_FIGURE = 320
_WHOLE, _HEADLESS = 0.6, 0.3
"""A cut that shows less than this part of a person is worth at most so much."""
_BORDER_SEED = 20240917

Mask = NDArray[np.bool_]
How = Literal["alpha", "ground", "face", "saliency"]


@dataclass(frozen=True, slots=True)
class Cutout:
    """A subject, cropped to its bounds.

    `rgb` is height × width × 3 with the old ground's colour taken out of the edges, `alpha` height × width in 0…1.
    `confidence` is 0…1. `open_sides` names the sides of the picture (left, right, bottom, top) that cut it off.
    `share` is the part of the picture that the subject covers.
    """

    rgb: Pixels
    alpha: Field
    confidence: float
    how: How
    open_sides: frozenset[str]
    share: float

    @property
    def trusted(self) -> bool:
        """Whether it is good enough to be shown without its picture."""
        return self.confidence >= CONFIDENT


def pixels(picture: Picture) -> NDArray[np.uint8]:
    """The picture as a height × width × 4 array that shares its memory."""
    return np.asarray(picture.pixels, np.uint8).reshape(picture.height, picture.width, 4)


def opaque(picture: Picture, ground: tuple[int, int, int] = (255, 255, 255)) -> Pixels:
    """The picture as height × width × 3; where it is clear, `ground` shows through."""
    rgba = pixels(picture)
    if not picture.has_alpha:
        return np.ascontiguousarray(rgba[..., :3])
    alpha = rgba[..., 3:].astype(np.float32) / 255
    mixed = rgba[..., :3] * alpha + np.array(ground, np.float32) * (1 - alpha)
    return rounded(mixed)


def cut_out(picture: Picture, longest: int = 1080) -> Cutout:
    """The picture's subject by the surest way that works; always an answer, see its confidence.

    The picture is reduced first so that neither side has more than `longest` pixels.
    """
    rgba = _shrunk(pixels(picture), longest)
    if picture.has_alpha:
        own = _by_alpha(rgba)
        if own is not None:
            return own
    rgb = np.ascontiguousarray(rgba[..., :3])
    small = _shrunk(rgb, _SMALL)
    lab = to_lab(small)
    plain = _plain_ground(lab)
    if plain is not None:
        cut = _by_ground(rgb)
        if cut is not None:
            return cut
    figure = find_figure(_shrunk(rgb, _SMALL_FIGURE))
    if figure is None or not figure.face:
        return _by_saliency(rgb, small, lab)
    person, other = _by_figure(rgb, figure), _by_saliency(rgb, small, lab)
    if other.share < _WHOLE * person.share:
        # A head without its body is worse than a framed portrait.
        other = replace(other, confidence=min(other.confidence, _HEADLESS))
    return max(person, other, key=lambda cut: cut.confidence)


def _shrunk(image: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    rows, columns = image.shape[:2]
    scale = longest / max(rows, columns)
    if scale >= 1:
        return np.ascontiguousarray(image)
    size = max(2, round(columns * scale)), max(2, round(rows * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


# --- by the picture's own alpha -------------------------------------------------------------------------------


def _by_alpha(rgba: NDArray[np.uint8]) -> Cutout | None:
    """The subject as the picture's alpha has it; None when nearly all or nearly nothing is clear."""
    alpha = np.asarray(rgba[..., 3], np.float32) / np.float32(255)
    solid = float((alpha > 0.5).mean())
    if not 0.005 < solid < 0.97:
        return None
    rgb = np.ascontiguousarray(rgba[..., :3])
    # clear pixels often hold black or white: spread the subject's colours over them before any resampling
    spread = fill(rgb, (alpha > 0.9).astype(np.float32))
    known = rounded(np.where((alpha > 0.9)[..., None], rgb, spread))
    return _cropped(known, alpha, 1.0, "alpha")


# --- by a plain ground ----------------------------------------------------------------------------------------


def _ground_model(lab: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """A plane through the colours of the top and side borders, and the part of the border that lies on it.

    The bottom is left out: subjects stand on it or are cut off there.
    """
    rows, columns = lab.shape[:2]
    rim = max(2, min(rows, columns) // 40)
    on_rim = np.zeros((rows, columns), bool)
    on_rim[:rim] = True
    on_rim[: rows * 17 // 20, :rim] = on_rim[: rows * 17 // 20, -rim:] = True
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(x), x, y], -1)
    known, values = terms[on_rim], lab[on_rim]
    keep = np.linalg.norm(values - np.median(values, 0), axis=1) < 18
    if keep.mean() < 0.5:
        return lab, 0.0
    plane = np.linalg.lstsq(known[keep], values[keep], rcond=None)[0]
    model = (terms @ plane).astype(np.float32)
    near = np.linalg.norm(lab - model, axis=2)[on_rim] < 6
    return model, float(near.mean())


def _plain_ground(lab: NDArray[np.float32]) -> NDArray[np.float32] | None:
    model, part = _ground_model(lab)
    return model if part > 0.82 else None


def _by_ground(rgb: Pixels) -> Cutout | None:
    """The subject on a plain ground: what a flood from the border does not reach. None when little is left."""
    lab = to_lab(rgb)
    model, _ = _ground_model(lab)
    away = lab - model
    distance = np.linalg.norm(away, axis=2)
    chroma = np.hypot(away[..., 1], away[..., 2])
    slope = cv2.morphologyEx(cv2.GaussianBlur(lab[..., 0], (0, 0), 1.2), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    # a soft shadow on the ground keeps its hue and has no edge
    ground = (distance < 7) | ((chroma < 5) & (distance < 38) & (slope < 3.0))
    flooded = _connected_to_border(ground)
    solid = _largest(_opened(~flooded, 3), 0.01)
    share = float(solid.mean())
    if not 0.01 < share < 0.9 or _is_interior(solid):
        return None
    alpha, colours = _unmixed(rgb, solid, 3)
    confidence = _confidence(lab, solid)
    return _cropped(colours, alpha, min(1.0, 0.35 + 0.75 * confidence), "ground")


def _is_interior(solid: Mask) -> bool:
    """Whether what stands before a plain wall runs from the left border to the right: floor and furniture with it."""
    left, right = solid[:, 0].mean(), solid[:, -1].mean()
    return float(min(left, right)) > 0.05 and float(max(left, right)) < 0.9


def _connected_to_border(mask: Mask) -> Mask:
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching = np.zeros(labels.max() + 1, bool)
    touching[rim] = True
    touching[0] = False
    return np.asarray(touching[labels], bool)


def _opened(mask: Mask, side: int) -> Mask:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0, bool)


def _largest(mask: Mask, least: float = 0.1) -> Mask:
    """The largest piece, with pieces of at least `least` of its size, and with its holes closed."""
    count, labels, facts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return mask
    areas = facts[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    kept = np.asarray((areas > least * areas.max())[labels], bool)
    outside = _connected_to_border(~np.pad(kept, 1))[1:-1, 1:-1]
    return ~outside


def _joined(mask: Mask, saliency: Field) -> Mask:
    """One piece: large pieces with a narrow gap that stands out (a dark collar) are bridged, the others dropped."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8))
    if count <= 2:
        return mask
    side = max(mask.shape) // 5 | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    padded = np.pad(mask.astype(np.uint8), side)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[side:-side, side:-side] > 0
    standing_out = saliency > 0.55 * float(saliency[mask].mean())
    bridges, gaps = cv2.connectedComponents(_opened(closed & ~mask & standing_out, 3).astype(np.uint8))
    joined = mask.copy()
    for bridge in range(1, bridges):
        part = gaps == bridge
        beside = labels[cv2.dilate(part.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0]
        if np.unique(beside[beside > 0]).size > 1:
            joined |= part
    joined = cv2.morphologyEx(joined.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)) > 0
    return _largest(joined, 0.5)


# --- by a face ------------------------------------------------------------------------------------------------


def _by_figure(rgb: Pixels, figure: Figure) -> Cutout:
    """A person, as the figure of a small copy of the picture outlines him."""
    alpha, colours = _finished(rgb, figure.matte)
    return _cropped(colours, alpha, figure.confidence, "face")


# --- by saliency ----------------------------------------------------------------------------------------------


def _by_saliency(rgb: Pixels, small: Pixels, lab: NDArray[np.float32]) -> Cutout:
    saliency = _saliency(lab)
    first = _grab(small, saliency, 0.5, 3)
    # a subject that is really there comes out alike from a bolder and a more timid start;
    # where the first is hopeless the second, which is slow, would not save it
    second = _grab(small, saliency, 0.8, 2) if _confidence(lab, first) > 0.3 else first
    both, either = (first & second).sum(), (first | second).sum()
    agreement = float(both / max(1, either))
    found = first if agreement > 0.6 else first & second
    solid = _trimmed(lab, _joined(found, saliency))
    # what had to be dropped may have been a part of the subject
    agreement *= min(1.0, float(solid.sum() / max(1, found.sum())))
    confidence = _confidence(lab, solid) * float(np.clip((agreement - 0.45) / 0.45, 0, 1)) ** 0.5
    alpha, colours = _finished(rgb, solid.astype(np.float32))
    return _cropped(colours, alpha, confidence, "saliency")


def _trimmed(lab: NDArray[np.float32], solid: Mask) -> Mask:
    """Without what goes on outside of it in the same colour and with no edge between: furniture, floor, wall.

    Kept only where the outline becomes more certain by it.
    """
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.0)
    steps = np.hypot(*(np.abs(cv2.Sobel(smooth, cv2.CV_32F, *axis)).max(2) for axis in ((1, 0), (0, 1))))
    cv2.setRNGSeed(_BORDER_SEED)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    _, names, _ = cv2.kmeans(smooth.reshape(-1, 3), 7, None, stop, 1, cv2.KMEANS_PP_CENTERS)
    names = names.reshape(solid.shape)
    kept = solid.copy()
    for name in range(7):
        count, parts, facts, _ = cv2.connectedComponentsWithStats(((names == name) & (steps < 22)).astype(np.uint8), 4)
        for part in range(1, count):
            area = int(facts[part, cv2.CC_STAT_AREA])
            if area < 0.004 * solid.size:
                continue
            region = parts == part
            inside = int((region & solid).sum())
            if 0 < inside < 0.75 * area:
                kept &= ~(cv2.dilate(region.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    if not kept.any():
        return solid
    kept = _largest(_opened(kept, 3), 0.5)
    better = kept.sum() > 0.3 * solid.sum() and _confidence(lab, kept) > _confidence(lab, solid) - 0.05
    return kept if better else solid


def _finished(rgb: Pixels, small: Field) -> tuple[Field, Pixels]:
    """Alpha and clean colours at the picture's size from a mask (0…1) of a small copy of it."""
    rows, columns = rgb.shape[:2]
    soft = cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    reach = max(3, max(rows, columns) // 120)
    edges = np.asarray(guided(grey, soft, reach, 4e-4) > 0.5, bool)
    edges = _largest(edges, 0.5) if edges.any() else edges
    return _unmixed(rgb, edges, max(3, reach // 2))


def _saliency(lab: NDArray[np.float32]) -> Field:
    """0…1: how hard a pixel is to reach from the border, how unlike the border and how central it is.

    After Zhang et al. 2015 (minimum barrier distance and backgroundness of the borders).
    """
    rows, columns = lab.shape[:2]
    barrier = _barrier_distance(cv2.GaussianBlur(lab, (0, 0), 1.0))
    unlike = _unlike_border(lab)
    combined = _stretched(barrier) + 0.7 * _stretched(unlike)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].astype(np.float32)
    central = np.exp(-(x * x / 0.9 + (y - 0.1) ** 2 / 1.3))
    smooth: Field = cv2.GaussianBlur(combined * central, (0, 0), max(rows, columns) / 90)
    return _stretched(smooth)


def _stretched(values: Field) -> Field:
    low, high = (float(limit) for limit in np.percentile(values, (2, 98)))
    return np.asarray(np.clip((values - low) / (high - low + 1e-6), 0, 1), np.float32)


def _barrier_distance(lab: NDArray[np.float32]) -> Field:
    """The least range of colour that any path from the top or side borders to a pixel must cross.

    Swept row by row in four directions: the recurrence runs along one axis, NumPy along the other.
    """
    distance = np.full(lab.shape, np.inf, np.float32)
    distance[0], distance[:, 0], distance[:, -1] = 0, 0, 0
    high, low = lab.copy(), lab.copy()
    state = (lab, distance, high, low)
    for _ in range(3):
        _sweep(*state)
        _sweep(*(np.flip(part, 0) for part in state))
        _sweep(*(part.transpose(1, 0, 2) for part in state))
        _sweep(*(np.flip(part.transpose(1, 0, 2), 0) for part in state))
    return np.asarray(distance.max(axis=2) * 0.6 + distance.sum(axis=2) * 0.4, np.float32)


def _sweep(
    values: NDArray[np.float32], distance: NDArray[np.float32], high: NDArray[np.float32], low: NDArray[np.float32]
) -> None:
    """One pass from the first row to the last; the three last arrays are updated in place."""
    for row in range(1, values.shape[0]):
        top = np.maximum(high[row - 1], values[row])
        bottom = np.minimum(low[row - 1], values[row])
        cost = np.where(np.isfinite(distance[row - 1]), top - bottom, np.inf)
        better = cost < distance[row]
        distance[row] = np.where(better, cost, distance[row])
        high[row] = np.where(better, top, high[row])
        low[row] = np.where(better, bottom, low[row])


def _unlike_border(lab: NDArray[np.float32]) -> Field:
    """Distance to the colours of three of the four borders: the one that is most unlike is let off."""
    rows, columns = lab.shape[:2]
    rim = max(3, min(rows, columns) // 12)
    parts = (lab[:rim], lab[-rim:], lab[:, :rim], lab[:, -rim:])
    maps = []
    for part in parts:
        colours = part.reshape(-1, 3)
        covariance = np.cov(colours, rowvar=False) + np.eye(3) * 9
        away = lab - colours.mean(0)
        squared = np.einsum("hwi,ij,hwj->hw", away, np.linalg.inv(covariance), away)
        far = np.sqrt(squared).astype(np.float32)
        maps.append(far / (np.percentile(far, 98) + 1e-6))
    stack = np.stack(maps)
    return np.asarray(stack.sum(0) - stack.max(0), np.float32)


def _grab(small: Pixels, saliency: Field, boldness: float, rounds: int) -> Mask:
    """GrabCut from the saliency: above its Otsu threshold is probably subject, well below certainly ground."""
    cv2.setRNGSeed(_BORDER_SEED)
    levels = (saliency * 255).astype(np.uint8)
    otsu = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0] / 255
    threshold = otsu * (0.55 + boldness * 0.6)
    marks = np.full(saliency.shape, cv2.GC_PR_BGD, np.uint8)
    marks[saliency > threshold] = cv2.GC_PR_FGD
    marks[saliency > max(threshold, float(np.percentile(saliency, 92)))] = cv2.GC_FGD
    marks[saliency < threshold * 0.35] = cv2.GC_BGD
    rim = max(1, small.shape[0] // 80)
    marks[:rim] = cv2.GC_BGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    try:
        cv2.grabCut(np.ascontiguousarray(small[..., ::-1]), marks, None, *models, rounds, cv2.GC_INIT_WITH_MASK)
    except cv2.error:  # no certain subject or no certain ground: the saliency alone must do
        marks = np.where(saliency > threshold, cv2.GC_FGD, cv2.GC_BGD).astype(np.uint8)
    return _largest(_opened((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD), 3))


# --- matte and confidence -------------------------------------------------------------------------------------


def _unmixed(rgb: Pixels, solid: Mask, reach: int) -> tuple[Field, Pixels]:
    """Alpha and clean colours: along the edge each pixel is taken apart into subject and ground.

    Both colours are carried into a band of ±`reach` pixels from the certain sides, and alpha is where
    the pixel lies between them; where the two are alike the mask decides.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    mask = solid.astype(np.uint8)
    inside = cv2.erode(mask, kernel, borderType=cv2.BORDER_REPLICATE) > 0
    outside = cv2.dilate(mask, kernel, borderType=cv2.BORDER_REPLICATE) == 0
    image = rgb.astype(np.float32)
    subject, ground = fill(image, inside.astype(np.float32)), fill(image, outside.astype(np.float32))
    gap = subject - ground
    length = (gap * gap).sum(2)
    along = ((image - ground) * gap).sum(2) / (length + 60.0)
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.8, reach * 0.35))
    trust = np.clip(length / 3000 - 0.15, 0, 1) * 0.8
    band = np.clip(along * trust + soft * (1 - trust), 0, 1)
    alpha = np.where(inside, 1.0, np.where(outside, 0.0, band)).astype(np.float32)
    # a hair narrower, so that no rim of the old ground is left
    alpha = np.clip((alpha - 0.12) / 0.8, 0, 1)
    clean = np.where(inside[..., None], image, subject * 0.75 + image * 0.25)
    clean = np.where((alpha > 0.02)[..., None], clean, subject)
    return alpha, rounded(clean)


def _confidence(lab: NDArray[np.float32], solid: Mask) -> float:
    """0…1 from the contrast across the edge, the part of the frame's rim it covers, its shape and its size."""
    share = float(solid.mean())
    if not 0.005 < share < 0.95:
        return 0.0
    contrast = np.clip((_edge_contrast(lab, solid) - 5) / 17, 0, 1)
    contact = np.clip(1.1 - 3.2 * _rim_contact(solid), 0, 1)
    shape = np.clip((_solidity(solid) - 0.4) / 0.35, 0, 1)
    size = np.clip(share / 0.03, 0, 1) * np.clip((0.85 - share) / 0.25, 0, 1)
    return float((contrast * contact * shape * size) ** 0.5)


def _edge_contrast(lab: NDArray[np.float32], solid: Mask) -> float:
    """The lower quartile of the colour step (ΔE) between just inside and just outside."""
    reach = max(2, max(solid.shape) // 110)
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    mask = solid.astype(np.uint8)
    rim = (cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0) & ~solid
    rim[0] = rim[-1] = False
    rim[:, 0] = rim[:, -1] = False
    if not rim.any():
        return 0.0
    inner = fill(lab, (cv2.erode(mask, kernel) > 0).astype(np.float32))
    outer = fill(lab, (cv2.dilate(mask, kernel) == 0).astype(np.float32))
    return float(np.percentile(np.linalg.norm(inner - outer, axis=2)[rim], 25))


def _rim_contact(solid: Mask) -> float:
    """The part of the top and side borders that the subject covers; half of the bottom is forgiven."""
    sides = np.concatenate([solid[0], solid[:, 0], solid[:, -1]])
    return float(sides.mean() + 0.15 * max(0.0, float(solid[-1].mean()) - 0.75))


def _solidity(solid: Mask) -> float:
    """Area over the area of the convex hull."""
    contours, _ = cv2.findContours(solid.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = cv2.convexHull(np.concatenate(contours))
    return float(solid.sum() / max(1.0, cv2.contourArea(hull)))


def _cropped(rgb: Pixels, alpha: Field, confidence: float, how: How) -> Cutout:
    seen = alpha > 0.1
    if not seen.any():
        return Cutout(rgb, alpha, 0.0, how, frozenset(), 0.0)
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    sides = {"top": alpha[0], "bottom": alpha[-1], "left": alpha[:, 0], "right": alpha[:, -1]}
    spans = {"top": np.ptp(columns), "bottom": np.ptp(columns), "left": np.ptp(rows), "right": np.ptp(rows)}
    # feet reach the lower edge of a closely trimmed picture too; a body that is cut off there covers most of it
    least = {"top": 0.12, "bottom": 0.55, "left": 0.12, "right": 0.12}
    cut = frozenset(side for side, line in sides.items() if (line > 0.5).sum() > least[side] * (spans[side] + 1))
    return Cutout(
        np.ascontiguousarray(rgb[part]), np.ascontiguousarray(alpha[part]), confidence, how, cut, float(seen.mean())
    )
