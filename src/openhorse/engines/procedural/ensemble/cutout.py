"""A picture in, its subject out: colours, alpha, where it was cut off, and how far the cut may be trusted.

Knows no scene and no motion. Four ways: the picture's own alpha, what stands on its plain ground, a face with the body
below it, and what stands out by any of several guesses. Outlines compete by how well they fit the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.ensemble.ground import Ground, find_ground, leakage, standing, without_shadow
from openhorse.engines.procedural.ensemble.matte import finish
from openhorse.engines.procedural.ensemble.outline import Mask, contrast, worth
from openhorse.engines.procedural.ensemble.palette import rounded, to_lab
from openhorse.engines.procedural.ensemble.seeking import seek, shrunk
from openhorse.engines.procedural.still.figure import find_figure
from openhorse.engines.procedural.still.plate import Field, Pixels, fill
from openhorse.vocabulary import Picture

CONFIDENT = 0.7
"""A cut-out below this is not shown: the picture is framed instead."""

_SMALL = 440
_SMALL_FIGURE = 320
_WHOLE, _HEADLESS = 0.6, 0.3
"""A cut that shows less than this part of a person is worth at most so much."""
_SURE = 0.97
"""A plain ground that is as sure as this needs no second opinion."""

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
    whole = pixels(picture)
    rgba = shrunk(whole, longest)
    if picture.has_alpha:
        own = _by_alpha(rgba)
        if own is not None:
            return own
    found = _found(np.ascontiguousarray(rgba[..., :3]))
    rgb, solid = _closer(whole, found.solid, longest)
    alpha, colours = finish(rgb, solid, holes=found.how != "face")
    cut = _cropped(colours, alpha, found.confidence, found.how)
    return cut if solid.shape == found.solid.shape else replace(cut, share=float(found.solid.mean()))


def _closer(whole: NDArray[np.uint8], solid: Mask, longest: int) -> tuple[Pixels, Field]:
    """The colours and the mask to finish: of a small subject only its surroundings, as large as can be."""
    mask = solid.astype(np.float32)
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if not len(rows) or max(len(rows) / solid.shape[0], len(columns) / solid.shape[1]) > 0.45:
        return np.ascontiguousarray(shrunk(whole, longest)[..., :3]), mask
    tall, wide = max(4, len(rows) // 4), max(4, len(columns) // 4)
    top, bottom = max(0, rows[0] - tall), min(solid.shape[0], rows[-1] + 1 + tall)
    left, right = max(0, columns[0] - wide), min(solid.shape[1], columns[-1] + 1 + wide)
    down, across = whole.shape[0] / solid.shape[0], whole.shape[1] / solid.shape[1]
    part = whole[round(top * down) : round(bottom * down), round(left * across) : round(right * across), :3]
    return shrunk(np.ascontiguousarray(part), longest), np.ascontiguousarray(mask[top:bottom, left:right])


@dataclass(frozen=True, slots=True)
class _Outline:
    """A subject's mask at a small size, its confidence (0…1) and how it was found."""

    solid: Mask
    confidence: float
    how: How


def _found(rgb: Pixels) -> _Outline:
    """The best outline that any way finds."""
    small = shrunk(rgb, _SMALL)
    lab = to_lab(small)
    ground = _by_ground(lab)
    if ground is not None and ground.confidence > _SURE:
        return ground
    sought = seek(rgb)
    best = _Outline(
        without_shadow(to_lab(shrunk(rgb, max(sought.solid.shape))), sought.solid), sought.confidence, "saliency"
    )
    plain = find_ground(lab)
    if ground is not None and plain is not None and best.solid.shape == lab.shape[:2]:
        best = replace(best, confidence=best.confidence * _wholeness(lab, best.solid, plain))
    if ground is not None and (ground.confidence >= 0.9 * best.confidence or _holds(ground.solid, best.solid)):
        best = ground
    figure = find_figure(shrunk(rgb, _SMALL_FIGURE))
    if figure is None or not figure.face:
        return best
    person = _Outline(figure.matte > 0.5, _faced(figure.confidence), "face")
    if best.solid.mean() < _WHOLE * person.solid.mean():
        # A head without its body is worse than a framed portrait.
        best = replace(best, confidence=min(best.confidence, _HEADLESS))
    return max(person, best, key=lambda one: one.confidence)


def _faced(confidence: float) -> float:
    """A figure's own confidence, a half of which is enough, on the scale of the others."""
    return float(np.interp(confidence, (0, 0.5, 1), (0, CONFIDENT, 1)))


def _by_ground(lab: NDArray[np.float32]) -> _Outline | None:
    """What stands on a plain ground; None when the ground is not plain."""
    ground = find_ground(lab)
    solid = None if ground is None else standing(lab, ground)
    if ground is None or solid is None:
        return None
    # a plain ground may be nearly covered: a card, a sign
    room = float(np.clip((0.95 - solid.mean()) / 0.08, 0, 1))
    value = replace(worth(lab, solid), size=room)
    # on an even ground a faint edge is an edge
    faint = float(np.clip((contrast(lab, solid) - ground.noise) / (3 * ground.noise + 3), 0, 1))
    sure = 0.9 * faint * value.free * float(np.clip((ground.part - 0.75) / 0.2, 0, 1))
    return _Outline(
        solid, _wholeness(lab, solid, ground) * min(1.0, 0.2 + 0.85 * max(value.total, sure * room)), "ground"
    )


def _wholeness(lab: NDArray[np.float32], solid: Mask, ground: Ground) -> float:
    """A half to 1: less where the ground seems to have run into the subject."""
    return float(np.interp(leakage(lab, solid, ground), (0.05, 0.13), (1, 0.5)))


def _holds(one: Mask, other: Mask) -> bool:
    """Whether nearly all of the second mask (of about the same size) lies in the first."""
    resized = cv2.resize(other.astype(np.uint8), (one.shape[1], one.shape[0]), interpolation=cv2.INTER_NEAREST) > 0
    return bool((one & resized).sum() > 0.9 * resized.sum() and one.sum() < 1.6 * resized.sum())


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
