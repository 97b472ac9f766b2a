"""Pieces of pictures in, one over another out: what actors are made of and how they are laid onto a frame.

Knows no body and no motion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.ensemble.cutout import Cutout
from openhorse.engines.procedural.ensemble.palette import rounded
from openhorse.engines.procedural.still.plate import Field, Pixels

Sprite = NDArray[np.uint8]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Stance:
    """Where an actor's foot is on the screen, in pixels, and how large it is against its sprite."""

    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Contact:
    """Where something meets the ground: its column and row on the screen, half its width, and how far it is above.

    All in pixels.
    """

    x: float
    y: float
    half: float
    above: float


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of a frame: premultiplied RGBA (height × width × 4) and the frame's column and row of its corner."""

    rgba: Sprite
    left: int
    top: int

    def lay(self, onto: Pixels) -> None:
        """Put it over `onto` (height × width × 3), in place."""
        if not self.rgba.size:
            return
        rows, columns = self.rgba.shape[:2]
        region = onto[self.top : self.top + rows, self.left : self.left + columns]
        clear = cv2.cvtColor(255 - self.rgba[..., 3], cv2.COLOR_GRAY2RGB)
        behind = cv2.multiply(np.ascontiguousarray(region), clear, scale=1 / 255)
        region[:] = cv2.add(behind, np.ascontiguousarray(self.rgba[..., :3]))

    def hazed(self, colour: NDArray[np.float32], amount: float) -> Patch:
        """The same with so much (0…1) of the air's `colour` (0…255) before it."""
        if amount < 0.04 or not self.rgba.size:
            return self
        cover = cv2.merge(
            [cv2.multiply(self.rgba[..., 3], float(value) / 255) for value in colour] + [self.rgba[..., 3]]
        )
        return Patch(
            np.asarray(cv2.addWeighted(self.rgba, 1 - amount, cover, amount, 0), np.uint8), self.left, self.top
        )

    def lay_within(self, onto: Pixels) -> None:
        """`lay` what of it is inside `onto` at its lower edge."""
        rows = max(0, min(self.rgba.shape[0], onto.shape[0] - self.top))
        Patch(self.rgba[:rows], self.left, self.top).lay(onto)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the sprite: premultiplied RGBA with a clear border, and where its corner is in the sprite."""

    rgba: Sprite
    left: int
    top: int


def foot_column(alpha: Field) -> float:
    """The column of a cut-out's `alpha` above which its weight rests.

    The middle of its lowest tenth, drawn somewhat to the middle of the whole.
    """
    columns = np.arange(alpha.shape[1], dtype=np.float32)
    low = alpha[-max(2, alpha.shape[0] // 10) :].sum(0) + 1e-6
    whole = alpha.sum(0) + 1e-6
    return float(0.6 * (low * columns).sum() / low.sum() + 0.4 * (whole * columns).sum() / whole.sum())


def resized(cutout: Cutout, height: int) -> tuple[Pixels, Field]:
    """A cut-out's colours and alpha at `height` pixels."""
    rows, columns = cutout.alpha.shape
    scale = height / rows
    size = max(4, round(columns * scale)), max(4, height)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    rgb = cv2.resize(cutout.rgb, size, interpolation=how)
    alpha = np.clip(cv2.resize(cutout.alpha, size, interpolation=how), 0, 1)
    return np.asarray(rgb, np.uint8), np.asarray(alpha, np.float32)


def piece_of(rgb: Pixels, alpha: Field, box: Box, pad: int) -> Piece:
    """The part `box` (top, left, bottom, right) of a sprite with a clear border of `pad` pixels."""
    top, left, bottom, right = box
    part = np.s_[top:bottom, left:right]
    cover = alpha[part]
    rgba = rounded(np.dstack([rgb[part] * cover[..., None], cover * 255]))
    padded = cv2.copyMakeBorder(rgba, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    return Piece(np.asarray(padded, np.uint8), left - pad, top - pad)


def over(canvas: Sprite, piece: NDArray[Any], top: int, left: int) -> None:
    """Lay premultiplied `piece` over `canvas` at `top`, `left`, in place."""
    rows, columns = piece.shape[:2]
    region = canvas[top : top + rows, left : left + columns]
    clear = cv2.merge([255 - piece[..., 3]] * 4)
    behind = cv2.multiply(np.ascontiguousarray(region), clear, scale=1 / 255)
    region[:] = cv2.add(behind, np.ascontiguousarray(piece))
