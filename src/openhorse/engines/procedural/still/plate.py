"""A picture in, plates out: the picture cropped to a frame, and its holes filled from what surrounds them.

Knows no scene and no motion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.shelf import remembered

Pixels = NDArray[np.uint8]
"""height × width × 3, display-referred RGB, C order."""
Field = NDArray[np.float32]
"""height × width, one number for each pixel."""


def fit(rgb: Pixels, width: int, height: int) -> Pixels:
    """`rgb` scaled to cover `width` × `height` and cropped about its middle. Any size and ratio.

    Reduces by area and enlarges by Lanczos; a picture of the very size is copied unchanged.
    """
    rows, columns = rgb.shape[:2]
    scale = max(width / columns, height / rows)
    size = max(width, round(columns * scale)), max(height, round(rows * scale))
    # cropping first keeps an extreme ratio from making a huge intermediate picture
    cut_w, cut_h = min(columns, round(width / scale) + 2), min(rows, round(height / scale) + 2)
    if (cut_w, cut_h) != (columns, rows):
        x, y = (columns - cut_w) // 2, (rows - cut_h) // 2
        rgb = rgb[y : y + cut_h, x : x + cut_w]
        size = max(width, round(cut_w * scale)), max(height, round(cut_h * scale))
    if size != (rgb.shape[1], rgb.shape[0]):
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LANCZOS4)
    x, y = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(rgb[y : y + height, x : x + width])


def fill(image: NDArray[np.float32] | NDArray[np.uint8], mask: Field) -> NDArray[np.float32]:
    """`image` (height × width, or × channels) with its holes filled smoothly from around them.

    `mask` is height × width: 1 where the picture is known, 0 where it is a hole. Pull-push over a
    pyramid: known pixels are kept bit for bit in float32. With nothing known the image comes back as it is.
    """
    values = np.asarray(image, np.float32)
    weights = np.clip(np.asarray(mask, np.float32), 0, 1)
    if not weights.any():
        return values.copy()
    return _pushed(*_pulled(values, weights))


def _across(weights: Field, like: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights shaped to multiply an image with or without channels."""
    return weights[..., None] if like.ndim == 3 else weights


def _pulled(values: NDArray[np.float32], weights: Field) -> tuple[list[NDArray[np.float32]], list[Field]]:
    """Pyramids of the weighted image and of its weights, finest first."""
    images, masks = [values * _across(weights, values)], [weights]
    while min(masks[-1].shape) > 2:
        images.append(cv2.pyrDown(images[-1]))
        masks.append(cv2.pyrDown(masks[-1]))
    return images, masks


def _pushed(images: list[NDArray[np.float32]], masks: list[Field]) -> NDArray[np.float32]:
    """The coarsest estimate, replaced by finer ones wherever those are known."""
    total = np.maximum(masks[-1], 1e-6)
    current = images[-1] / _across(total, images[-1])
    for image, mask in zip(images[-2::-1], masks[-2::-1], strict=True):
        current = cv2.resize(current, (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_LINEAR)
        known = _across(mask, image)
        # image already carries one factor of its weight: image / weight × weight is image itself
        current = image + current * (1 - known)
    return current


@dataclass(frozen=True, slots=True)
class Layers:
    """A picture taken apart: front + open × back is the picture again, to within one level.

    `front` is height × width × 4: colours times their cover, and how open it is (255 where only the back shows).
    `back` is height × width × 3 and whole: what the front hides is filled in from around it.
    """

    front: Pixels
    back: Pixels


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a back shows through a picture. Both fields may be of any size.

    `shown` is 1 where the back is thought to show, soft at outlines; `sure` 1 where it shows beyond doubt.
    With `thin`, whatever differs from the filled back counts as front: stalks and wires that no mask resolves.
    With `near`, what is hidden is made of what is just beside it rather than of what is level with it.
    `seam` is a level line (a part of the height) across which the back's colours have nothing to do with each other.
    """

    shown: Field
    sure: Field
    thin: bool = False
    near: bool = False
    seam: float | None = None


@remembered
def split(rgb: Pixels, opening: Opening) -> Layers:
    """Take a picture apart where `opening` says so."""
    height, width = rgb.shape[:2]
    columns, rows = plate_size(width, height)
    small = cv2.resize(rgb, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32)
    sure = cv2.resize(opening.sure, (columns, rows), interpolation=cv2.INTER_LINEAR)
    certain = cv2.erode((sure > 0.9).astype(np.float32), np.ones((3, 3), np.uint8))
    filled = _mirrored(small, certain) if opening.near else _filled(small, certain, opening.seam)
    if opening.thin:
        shown = cv2.resize(opening.shown, (columns, rows), interpolation=cv2.INTER_LINEAR) > 0.6
        certain, filled = _grown(small, certain, filled, shown, opening.seam)
    # where it is certain the back is the picture itself; the change to what was filled in is gradual
    inner = cv2.blur(cv2.erode(certain, np.ones((3, 3), np.uint8)), (3, 3))
    inner = cv2.resize(inner, (width, height), interpolation=cv2.INTER_LINEAR)
    shown_full = cv2.resize(opening.shown, (width, height), interpolation=cv2.INTER_LINEAR)
    back = _blended(rgb, filled, inner)
    return _unmixed(rgb, back, np.maximum(np.clip(shown_full, 0, 1), inner), opening.thin)


def plate_size(width: int, height: int) -> tuple[int, int]:
    """The columns and rows at which a picture of this size is taken apart: at most 800 on the longer side."""
    scale = min(1.0, 800 / max(width, height))
    return max(8, round(width * scale)), max(8, round(height * scale))


def _blended(rgb: Pixels, filled: NDArray[np.float32], inner: Field) -> Pixels:
    """`rgb` where `inner` is 1, `filled` (smaller, floating) enlarged where it is 0."""
    height, width = rgb.shape[:2]
    planes = []
    for picture, smooth in zip(cv2.split(rgb), cv2.split(filled), strict=True):
        back = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
        back += (picture - back) * inner
        planes.append(np.rint(np.clip(back, 0, 255)).astype(np.uint8))
    merged: Pixels = cv2.merge(planes)
    return merged


def _unmixed(rgb: Pixels, back: Pixels, share: Field, thin: bool) -> Layers:
    """Layers whose front is what remains of each colour when the back's share is taken out of it."""
    pairs = list(zip(cv2.split(rgb), cv2.split(back), strict=True))
    if thin:
        difference = largest(cv2.absdiff(rgb, back)).astype(np.float32)
        share = np.minimum(share, np.clip((35 - difference) / 26, 0, 1))
    # no colour may be less than nothing: what is darker than the back cannot be quite open
    for picture, behind in pairs:
        share = np.minimum(share, (picture + np.float32(1)) / (behind + np.float32(1)))
    whole = np.rint(share * np.float32(255))
    share = whole * np.float32(1 / 255)
    covers = [np.clip(np.rint(picture - behind * share), 0, 255).astype(np.uint8) for picture, behind in pairs]
    return Layers(cv2.merge([*covers, whole.astype(np.uint8)]), back)


def largest(channels: NDArray[Any]) -> NDArray[Any]:
    """The greatest of each pixel's three channels (NumPy's own maximum over a last axis is slow)."""
    first, second, third = cv2.split(channels)
    most: NDArray[Any] = cv2.max(cv2.max(first, second), third)
    return most


def _grown(
    small: NDArray[np.float32],
    certain: Field,
    filled: NDArray[np.float32],
    shown: NDArray[np.bool_],
    seam: float | None,
) -> tuple[Field, NDArray[np.float32]]:
    """The certain part grown into gaps whose colour is the one that was filled in there, and filled again."""
    for tolerance in (14.0, 10.0):
        alike = (largest(cv2.absdiff(small, filled)) < tolerance) & shown
        alike = cv2.morphologyEx(alike.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
        certain = np.where(alike, 1, certain * shown).astype(np.float32)
        filled = _filled(small, certain, seam)
    return certain, filled


def _filled(small: NDArray[np.float32], certain: Field, seam: float | None) -> NDArray[np.float32]:
    """Holes filled, rather from the side than from above or below: skies and seas are level."""
    rows = small.shape[0]
    row = 0 if seam is None else min(rows, max(0, round(seam * rows)))
    if not 2 < row < rows - 2:
        return _levelled(small, certain)
    return np.concatenate([_levelled(small[:row], certain[:row]), _levelled(small[row:], certain[row:])])


def _levelled(small: NDArray[np.float32], certain: Field) -> NDArray[np.float32]:
    rows, columns = certain.shape
    narrow = max(2, columns // 6), rows
    weights = cv2.resize(certain, narrow, interpolation=cv2.INTER_AREA)
    squeezed = cv2.resize(small * certain[..., None], narrow, interpolation=cv2.INTER_AREA)
    squeezed /= np.maximum(weights, 1e-3)[..., None]
    filled = cv2.resize(fill(squeezed, np.minimum(weights * 3, 1)), (columns, rows), interpolation=cv2.INTER_LINEAR)
    return filled if certain.any() else small.copy()


def _mirrored(small: NDArray[np.float32], certain: Field) -> NDArray[np.float32]:
    """Holes filled by what is known, turned over at their outlines, and farther inside smoothly."""
    rows, columns = certain.shape
    hole = (certain < 0.5).astype(np.uint8)
    if not hole.any() or hole.all():
        return fill(small, certain)
    away, names = cv2.distanceTransformWithLabels(hole, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    places = np.zeros((2, int(names.max()) + 1), np.float32)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    known = hole == 0
    places[0, names[known]], places[1, names[known]] = x[known], y[known]
    reach = max(4.0, 0.06 * max(rows, columns))
    # neighbours that have different nearest places are brought together, or there would be seams
    to_x, to_y = (cv2.GaussianBlur(places[axis][names] - own, (0, 0), reach / 8) for axis, own in ((0, x), (1, y)))
    at_x, at_y = x + 2 * to_x, y + 2 * to_y
    inside = ((at_x >= 0) & (at_x < columns) & (at_y >= 0) & (at_y < rows)).astype(np.float32)
    sample = cv2.remap(small, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sure = cv2.remap(certain, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sure *= inside * np.clip((sure - 0.9) * 10, 0, 1) * np.clip(2 - 2 * away / np.float32(reach), 0, 1)
    weights = np.where(known, certain, sure)
    return fill(np.where(known[..., None], small, sample), weights)


def guided(guide: Field, values: Field, radius: int, epsilon: float) -> Field:
    """`values` smoothed so that their edges follow those of `guide` (He et al. 2010).

    Both are height × width float32, `guide` in 0…1; `radius` is the half-width of the window in pixels and
    `epsilon` the variance of the guide (0…1 squared) below which the result is flat.
    """
    side = (2 * radius + 1, 2 * radius + 1)
    mean_guide, mean_values = cv2.blur(guide, side), cv2.blur(values, side)
    covariance = cv2.blur(guide * values, side) - mean_guide * mean_values
    variance = cv2.blur(guide * guide, side) - mean_guide * mean_guide
    slope = covariance / (variance + epsilon)
    offset = mean_values - slope * mean_guide
    smoothed: Field = cv2.blur(slope, side) * guide + cv2.blur(offset, side)
    return smoothed
