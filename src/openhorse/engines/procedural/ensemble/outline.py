"""A mask and its picture in, what the mask is worth as a subject's outline out; and the plain repairs of masks.

Knows no way of finding a subject. Pictures come as Lab (height × width × 3) of a small copy, masks at the same size.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.still.plate import fill

Mask = NDArray[np.bool_]
Lab = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Worth:
    """What speaks for an outline, each 0…1.

    `edge`: how much of it lies on an edge of the picture; `apart`: how unlike the colours on its two sides are, all
    along it; `unlike`: how unlike the subject the ground about it is; `free`: how little of the frame's rim it covers;
    `shape`: how compact it is; `size`: whether it is neither a speck nor nearly everything.
    """

    edge: float
    apart: float
    unlike: float
    free: float
    shape: float
    size: float

    @property
    def total(self) -> float:
        """All of it as one number, 0…1: no strength makes up for a weakness."""
        weights = ((self.edge, 1.0), (self.apart, 0.8), (self.unlike, 1.7), (self.free, 0.8), (self.shape, 0.5))
        product = float(np.prod([max(1e-6, value) ** weight for value, weight in weights]))
        return float(product ** (1 / 2.3) * self.size)


def worth(lab: Lab, solid: Mask) -> Worth:
    """What `solid` is worth as an outline in `lab`."""
    share = float(solid.mean())
    if not 0.0015 < share < 0.93:
        return Worth(0, 0, 0, 0, 0, 0)
    size = np.clip(share / 0.003, 0, 1) * np.clip((0.88 - share) / 0.2, 0, 1)
    return Worth(
        _edge(lab, solid),
        float(np.clip((contrast(lab, solid) - 4) / 16, 0, 1)),
        float(np.clip((0.62 - _overlap(lab, solid)) / 0.45, 0, 1)),
        float(np.clip(1.12 - 2.6 * rim_contact(solid), 0, 1)),
        float(np.clip((solidity(solid) - 0.3) / 0.4, 0, 1)),
        float(size),
    )


def _edge(lab: Lab, solid: Mask) -> float:
    """The part of the outline upon a clear edge, less what any line would have in a picture so busy."""
    smooth = cv2.GaussianBlur(lab, (0, 0), 0.8)
    steps = np.hypot(*(np.abs(cv2.Sobel(smooth, cv2.CV_32F, *axis)).max(2) for axis in ((1, 0), (0, 1)))) / 8
    line = _line(solid)
    if not line.any():
        return 0.0
    near = cv2.dilate(steps.astype(np.float32), np.ones((3, 3), np.uint8))
    usual = float((near > 4).mean())
    on = float((near[line] > 4).mean())
    return float(np.clip(((on - usual) / (1 - usual + 1e-3) - 0.15) / 0.65, 0, 1))


def _line(solid: Mask) -> Mask:
    """The pixels just outside of the outline, without the frame's rim."""
    line = (cv2.dilate(solid.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & ~solid
    line[[0, -1]] = False
    line[:, [0, -1]] = False
    return np.asarray(line, bool)


def contrast(lab: Lab, solid: Mask) -> float:
    """The lower quartile of the colour step (ΔE) between just inside and just outside."""
    reach = max(2, max(solid.shape) // 110)
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    mask = solid.astype(np.uint8)
    line = _line(solid)
    if not line.any():
        return 0.0
    inner = fill(lab, (cv2.erode(mask, kernel) > 0).astype(np.float32))
    outer = fill(lab, (cv2.dilate(mask, kernel) == 0).astype(np.float32))
    return float(np.percentile(np.linalg.norm(inner - outer, axis=2)[line], 25))


def _overlap(lab: Lab, solid: Mask) -> float:
    """How likely by its colours the ground near the outline is to belong inside: 0…1, a half for the same colours."""
    cell = np.clip((lab + np.array((0, 110, 110), np.float32)) / 10, 0, 21).astype(np.int32)
    key = cell[..., 0] * 484 + cell[..., 1] * 22 + cell[..., 2]
    length = 22 * 484
    reach = max(5, round(0.5 * float(np.sqrt(solid.sum())))) | 1
    grown = cv2.dilate(solid.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))) > 0
    ring = grown & ~(cv2.dilate(solid.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    if not ring.any():
        return 0.5
    inside = np.bincount(key[solid], minlength=length) / max(1, solid.sum())
    outside = np.bincount(key[ring], minlength=length) / max(1, ring.sum())
    likely = inside / (inside + outside + 1e-9)
    return float(likely[key[ring]].mean())


def rim_contact(solid: Mask) -> float:
    """The part of the top and side borders that the subject covers; most of the bottom is forgiven."""
    sides = np.concatenate([solid[0], solid[:, 0], solid[:, -1]])
    return float(sides.mean() + 0.15 * max(0.0, float(solid[-1].mean()) - 0.75))


def solidity(solid: Mask) -> float:
    """Area over the area of the convex hull."""
    contours, _ = cv2.findContours(solid.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return 0.0
    hull = cv2.convexHull(np.concatenate(contours))
    return float(solid.sum() / max(1.0, cv2.contourArea(hull)))


def agreement(one: Mask, other: Mask) -> float:
    """Intersection over union."""
    return float((one & other).sum() / max(1, (one | other).sum()))


# --- repairs --------------------------------------------------------------------------------------------------


def opened(mask: Mask, side: int) -> Mask:
    """Without what is thinner than `side` pixels."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0, bool)


def grown(mask: Mask, reach: int) -> Mask:
    """With everything within `reach` pixels; without, where `reach` is negative."""
    side = 2 * abs(reach) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    change = cv2.dilate if reach > 0 else cv2.erode
    return np.asarray(change(mask.astype(np.uint8), kernel, borderType=cv2.BORDER_REPLICATE) > 0, bool)


def from_border(mask: Mask) -> Mask:
    """The parts of a mask that reach the frame's rim."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching = np.zeros(labels.max() + 1, bool)
    touching[rim] = True
    touching[0] = False
    return np.asarray(touching[labels], bool)


def closed(mask: Mask) -> Mask:
    """With its holes closed; what the frame's rim closes off is no hole."""
    outside = from_border(~np.pad(mask, 1))[1:-1, 1:-1]
    return np.asarray(~outside, bool)


def largest(mask: Mask, least: float = 0.1) -> Mask:
    """The largest piece, with pieces of at least `least` of its size."""
    count, labels, facts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return mask
    areas = facts[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return np.asarray((areas > least * areas.max())[labels], bool)
