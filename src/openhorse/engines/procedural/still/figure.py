"""A small picture in, its central subject out: a soft matte, and how far it is to be believed.

Knows no scene. A face and the body below it are proposed first, then what stands out from the border's colours;
GrabCut draws the outline.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.still.plate import Field, Pixels, guided

Mask = NDArray[np.bool_]

SEPARABLE = 0.5
"""From this confidence on a subject may move before its ground; below it both bend as one surface."""
_BELIEVABLE = 0.12


@dataclass(frozen=True, slots=True)
class Figure:
    """A subject: `matte` is height × width, 1 inside; `confidence` is 0…1; `face` tells that one was seen."""

    matte: Field
    confidence: float
    face: bool = False

    @property
    def separable(self) -> bool:
        """Whether the outline is good enough to move the subject before its ground."""
        return self.confidence >= SEPARABLE

    def centre(self) -> tuple[float, float]:
        """Its centre of area, as parts of the width and of the height."""
        height, width = self.matte.shape
        total = max(1e-6, float(self.matte.sum()))
        x = float(self.matte.sum(0) @ np.arange(width, dtype=np.float32)) / total
        y = float(self.matte.sum(1) @ np.arange(height, dtype=np.float32)) / total
        return (x + 0.5) / width, (y + 0.5) / height

    def cut_off(self) -> frozenset[str]:
        """The borders that it reaches: left, right, top, bottom."""
        solid = self.matte > 0.4
        ends = {"left": solid[:, :2], "right": solid[:, -2:], "top": solid[:2], "bottom": solid[-2:]}
        return frozenset(side for side, strip in ends.items() if strip.any())

    def foot(self) -> float:
        """Where its lowest part stands, as a part of the height."""
        rows = np.flatnonzero((self.matte > 0.4).any(1))
        return float((rows[-1] + 1) / self.matte.shape[0]) if len(rows) else 1.0

    def girth(self) -> float:
        """The radius of the widest circle inside it, as a part of the picture's mean side."""
        height, width = self.matte.shape
        solid = cv2.copyMakeBorder((self.matte > 0.5).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        return float(cv2.distanceTransform(solid, cv2.DIST_L2, 3).max()) / float(np.sqrt(height * width))

    def relief(self) -> Field:
        """The subject as a rounded body: 0 at its outline and outside, 1 where it is thickest."""
        height, width = self.matte.shape
        solid = (self.matte > 0.5).astype(np.uint8)
        if not solid.any():
            return np.zeros((height, width), np.float32)
        # the border is no outline: a body that is cut off by it goes on
        tall, wide = height // 4, width // 4
        padded = cv2.copyMakeBorder(solid, tall, tall, wide, wide, cv2.BORDER_REPLICATE)
        inside = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[tall : tall + height, wide : wide + width]
        thin = np.clip(1 - inside / max(4.0, float(inside.max()) * 0.9), 0, 1)
        round_body = np.sqrt(np.maximum(1 - thin * thin, 0)).astype(np.float32)
        relief: Field = cv2.GaussianBlur(round_body, (0, 0), max(height, width) / 34)
        return relief / max(1e-3, float(relief.max()))


def find_figure(rgb: Pixels, fine: Field | None = None) -> Figure | None:
    """The subject of a small picture (a few hundred pixels a side), or None when nothing holds its middle.

    `fine` is the picture's finest detail (see `Look`): a subject whose outline is out of focus is a blur behind one.
    """
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    face = find_face(rgb)
    seeds = _salient_seeds(lab) if face is None else _body_seeds(face)
    if seeds is None:
        return None
    solid = _outlined(rgb, seeds)
    if solid is None:
        return None
    confidence = min(1.0, _confidence(lab, solid) * (1.5 if face is not None else 0.3 if _is_floor(solid) else 1.0))
    if face is None and fine is not None and _is_blur(fine, solid):
        confidence *= 0.4
    if confidence < _BELIEVABLE and face is None:
        return None
    reach = max(2, max(solid.shape) // 90)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    matte = guided(grey, solid.astype(np.float32), reach, 1e-3)
    return Figure(np.clip((matte - 0.15) / 0.7, 0, 1).astype(np.float32), confidence, face is not None)


def _is_blur(fine: Field, solid: Mask) -> bool:
    """Whether neither the outline of a part nor what is in it is sharper than the ground about it."""
    grown = [cv2.dilate(solid.astype(np.uint8), np.ones((side, side), np.uint8)) > 0 for side in (7, 25)]
    core = [cv2.erode(solid.astype(np.uint8), np.ones((side, side), np.uint8)) > 0 for side in (3, 9)]
    rim, ring = solid & ~core[0], grown[1] & ~grown[0]
    rim[[0, -1]] = False
    rim[:, [0, -1]] = False
    if not (rim.any() and ring.any() and core[1].any()):
        return False
    sharp = float((cv2.dilate(fine, np.ones((5, 5), np.uint8))[rim] > 10).mean())
    return sharp < 0.55 and float(fine[core[1]].mean()) < 2.2 * float(fine[ring].mean())


def find_face(rgb: Pixels) -> Mask | None:
    """A face near the middle of a small picture, as a filled mask; None when none is seen.

    A compact upright patch of skin colour (Chai & Ngan 1999, YCrCb) that is not flat inside.
    """
    height, width = rgb.shape[:2]
    tones = cv2.cvtColor(cv2.GaussianBlur(rgb, (0, 0), 1.2), cv2.COLOR_RGB2YCrCb)
    luma, red, blue = tones[..., 0], tones[..., 1], tones[..., 2]
    skin = ((red > 137) & (red < 172) & (blue > 80) & (blue < 125) & (luma > 60)).astype(np.uint8)
    skin = cv2.morphologyEx(skin, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    skin = cv2.morphologyEx(skin, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    count, parts, boxes, centres = cv2.connectedComponentsWithStats(skin, connectivity=4)
    best: tuple[float, Mask] | None = None
    for name in range(1, count):
        left, top, wide, tall, area = (int(value) for value in boxes[name])
        share, solid = area / (height * width), area / (wide * tall)
        x, y = centres[name][0] / width, centres[name][1] / height
        inside = left > 1 and top > 1 and left + wide < width - 1 and top + tall < height - 1
        if not (inside and 0.012 < share < 0.25 and 0.7 < tall / wide < 2.1 and solid > 0.5):
            continue
        if not (0.22 < x < 0.78 and 0.1 < y < 0.6) or float(luma[parts == name].std()) < 9:
            continue
        if (best is None or share > best[0]) and _has_eyes(luma, (left, top, wide, tall)):
            best = share, parts == name
    return None if best is None else best[1]


def _has_eyes(luma: NDArray[np.uint8], box: tuple[int, int, int, int]) -> bool:
    """Whether small dark spots lie in the upper part of a box on both sides: wood, sand and a glow have none."""
    left, top, wide, tall = box
    side = max(3, wide // 4) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    dark = cv2.morphologyEx(luma, cv2.MORPH_BLACKHAT, kernel)[top + tall // 10 : top + tall * 3 // 5]
    halves = ((0.1, 0.48), (0.52, 0.9))
    spots = [dark[:, int(left + wide * first) : int(left + wide * last)] for first, last in halves]
    return all(spot.size > 0 and float(np.percentile(spot, 95)) > 22 for spot in spots)


def _body_seeds(face: Mask) -> NDArray[np.uint8]:
    """GrabCut labels from a face: the head about it and the shoulders and trunk below it are likely."""
    height, width = face.shape
    rows, columns = np.nonzero(face)
    x, y = float(columns.mean()), float(rows.mean())
    tall, wide = float(np.ptp(rows) + 1), float(np.ptp(columns) + 1)
    labels = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    chin, shoulder = y + tall * 0.55, y + tall * 1.0
    body = np.array(
        [
            (x - wide * 0.4, chin),
            (x + wide * 0.4, chin),
            (x + wide * 1.3, shoulder),
            (x + wide * 1.9, height),
            (x - wide * 1.9, height),
            (x - wide * 1.3, shoulder),
        ]
    )
    cv2.fillPoly(labels, [body.astype(np.int32)], cv2.GC_PR_FGD)
    cv2.ellipse(labels, ((x, y - tall * 0.1), (wide * 1.5, tall * 1.65), 0), cv2.GC_PR_FGD, cv2.FILLED)
    trunk = np.array([(x - wide * 0.3, y), (x + wide * 0.3, y), (x + wide * 0.7, height), (x - wide * 0.7, height)])
    cv2.fillPoly(labels, [trunk.astype(np.int32)], cv2.GC_FGD)
    labels[face] = cv2.GC_FGD
    far = np.abs(np.arange(width) - x) > wide * 2.6
    labels[: int(max(1, y - tall * 1.2))] = cv2.GC_BGD
    labels[: int(shoulder), far] = cv2.GC_BGD
    return labels


def _salient_seeds(lab: NDArray[np.float32]) -> NDArray[np.uint8] | None:
    """GrabCut labels from what stands out; None when nothing does."""
    height, width = lab.shape[:2]
    salience = _salience(lab)
    if float(salience.max()) < 10:
        return None
    scaled = np.clip(salience / float(np.percentile(salience, 99.5)) * 255, 0, 255).astype(np.uint8)
    threshold, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    labels = np.where(scaled > threshold * 0.8, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[scaled > min(250, threshold * 1.5)] = cv2.GC_FGD
    rim = max(1, min(height, width) // 60)
    for strip in (labels[:rim], labels[: height * 2 // 3, :rim], labels[: height * 2 // 3, -rim:]):
        strip[strip == cv2.GC_PR_BGD] = cv2.GC_BGD
    return labels


def _salience(lab: NDArray[np.float32]) -> Field:
    """How far each pixel's colour is from what the top and the sides of the border show, towards the middle."""
    height, width = lab.shape[:2]
    rim = max(2, min(height, width) // 24)
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.5)
    strips = (smooth[:rim], smooth[: height * 3 // 4, :rim], smooth[: height * 3 // 4, -rim:])
    border = np.concatenate([strip.reshape(-1, 3) for strip in strips])
    cv2.setRNGSeed(0)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    _, names, centres = cv2.kmeans(np.ascontiguousarray(border), 4, None, stop, 1, cv2.KMEANS_PP_CENTERS)
    shares = np.bincount(names.ravel(), minlength=4) / len(border)
    nearest = np.full((height, width), np.inf, np.float32)
    for centre, share in zip(centres, shares, strict=True):
        # a colour that is rare on the border may be the subject, cut off by it
        if share > 0.06:
            nearest = np.minimum(nearest, np.sqrt(((smooth - centre) ** 2).sum(2)))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    off = ((x / width - 0.5) / 0.42) ** 2 + ((y / height - 0.56) / 0.52) ** 2
    salience: Field = nearest * np.exp(-off * 0.8)
    return salience


def _outlined(rgb: Pixels, labels: NDArray[np.uint8]) -> Mask | None:
    """GrabCut from `labels`; the one largest part, without holes."""
    if not ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).any() or not (labels == cv2.GC_BGD).any():
        return None
    found = cut(rgb, labels, rounds=4).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, parts, boxes, _ = cv2.connectedComponentsWithStats(found, connectivity=4)
    if count < 2:
        return None
    largest = (parts == 1 + int(np.argmax(boxes[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    outline, _ = cv2.findContours(largest, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    solid: Mask = cv2.drawContours(np.zeros_like(largest), outline, -1, 1, cv2.FILLED) > 0
    return solid


def cut(rgb: Pixels, labels: NDArray[np.uint8], rounds: int) -> Mask:
    """GrabCut (Rother et al. 2004) of a small picture from its labels; both sides must be labelled somewhere."""
    # at half the size it is four times as fast, and every mask is drawn to the picture's edges afterwards
    height, width = labels.shape
    half = max(16, width // 2), max(16, height // 2)
    small = cv2.resize(labels, half, interpolation=cv2.INTER_NEAREST)
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(
        cv2.resize(rgb, half, interpolation=cv2.INTER_AREA), small, None, *models, rounds, cv2.GC_INIT_WITH_MASK
    )
    share = ((small == cv2.GC_FGD) | (small == cv2.GC_PR_FGD)).astype(np.float32)
    found: Mask = cv2.resize(share, (width, height), interpolation=cv2.INTER_LINEAR) > 0.5
    return found


def _confidence(lab: NDArray[np.float32], solid: Mask) -> float:
    """0…1 from size, place, contact with the border, and how much of the outline is an edge of the picture."""
    height, width = solid.shape
    if not 0.03 < float(solid.mean()) < 0.75:
        return 0.0
    upper = solid[: height // 2]
    touching = max(float(solid[0].mean()), float(upper[:, 0].mean()), float(upper[:, -1].mean()))
    middle = float(solid[height // 4 : height - height // 4, width // 3 : width - width // 3].mean())
    core = cv2.erode(solid.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    rim = solid & ~core
    rim[[0, -1]] = False
    rim[:, [0, -1]] = False
    if not rim.any():
        return 0.0
    smooth = cv2.blur(lab, (3, 3))
    steps = [np.abs(np.roll(smooth, 4, axis) - np.roll(smooth, -4, axis)).sum(2) for axis in (0, 1)]
    contrast = np.maximum(*steps)
    # in a picture that is all edges an outline upon edges proves little
    usual = float((contrast > 24).mean())
    sharp = (float((contrast[rim] > 24).mean()) - usual) / (1 - usual + 1e-3)
    worth = np.clip((sharp - 0.3) / 0.45, 0, 1) * np.clip((0.5 - _overlap(lab, solid)) / 0.2, 0, 1)
    return float(worth * np.clip(middle * 2.2, 0, 1) * np.clip(1 - touching * 1.6, 0, 1))


def _is_floor(solid: Mask) -> bool:
    """Whether it runs from the left border to the right one: the ground on which things stand."""
    low = solid[solid.shape[0] * 2 // 3 :]
    return float(low[:, 0].mean()) > 0.4 and float(low[:, -1].mean()) > 0.4


def _overlap(lab: NDArray[np.float32], solid: Mask) -> float:
    """How likely, by colour alone, what lies just outside the outline is to belong inside: 0…1.

    A cut through the middle of a body, with the same fur on either side, gives about a half.
    """
    cell = (lab / 24).astype(np.int32)
    key = cell[..., 0] * 121 + cell[..., 1] * 11 + cell[..., 2]
    inside = np.bincount(key[solid], minlength=1331) / max(1, solid.sum())
    outside = np.bincount(key[~solid], minlength=1331) / max(1, (~solid).sum())
    likely = (inside / (inside + outside + 1e-9))[key]
    grown = [cv2.dilate(solid.astype(np.uint8), np.ones((side, side), np.uint8)) > 0 for side in (5, 25)]
    ring = grown[1] & ~grown[0]
    return float(likely[ring].mean()) if ring.any() else 0.0
