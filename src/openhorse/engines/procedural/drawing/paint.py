"""Shapes and words in picture coordinates come in, linear light with premultiplied alpha goes out.

A small supersampled vector painter for scene set-up and for small moving figures. Knows no scene.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from openhorse.engines.procedural.drawing.piles import lay

Points = Sequence[tuple[float, float]]
Colour = Sequence[float] | NDArray[np.floating[Any]]
Layer = NDArray[np.float32]
"""height × width × 4: linear red, green, blue, premultiplied by the alpha in the fourth place."""
Mask = NDArray[np.uint8]

BRIGHTEST = 4.0
"""The highest linear value that a canvas holds; it stores 16 bits per channel."""

_SHIFT = 4  # OpenCV takes coordinates in sixteenths of a pixel
_ANGLES = np.linspace(0, 2 * np.pi, 25)[:-1]
_RING = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
_HALF_TURN = np.linspace(-np.pi / 2, np.pi / 2, 10)


class Canvas:
    """A rectangle of a picture to paint opaque shapes on, `samples`² times finer than its pixels.

    Coordinates are the picture's, in pixels, y downwards; pixel i covers i … i + 1. Colours are linear.
    What is painted later hides what was painted before, also where its alpha is below 1.
    """

    def __init__(self, left: float, top: float, width: float, height: float, samples: int = 3) -> None:
        self.left, self.top = math.floor(left), math.floor(top)
        self.width = max(1, math.ceil(left + width) - self.left)
        self.height = max(1, math.ceil(top + height) - self.top)
        self.samples = samples
        self._finer = samples << _SHIFT
        self._corner = np.array((self.left, self.top)) * self._finer + 0.5 * (1 << _SHIFT)
        self._ink = np.zeros((self.height * samples, self.width * samples, 4), np.uint16)

    def polygon(self, points: Points | NDArray[np.float64], colour: Colour, alpha: float = 1.0) -> None:
        """Fill a polygon; concave and self-crossing ones follow the even-odd rule."""
        cv2.fillPoly(self._ink, [self._fixed(points)], _raw(colour, alpha), cv2.LINE_8, _SHIFT)

    def line(self, points: Points | NDArray[np.float64], width: float, colour: Colour, alpha: float = 1.0) -> None:
        """Stroke an open path `width` pixels wide, with round ends; never thinner than one sample."""
        thick = max(1, round(width * self.samples))
        cv2.polylines(self._ink, [self._fixed(points)], False, _raw(colour, alpha), thick, cv2.LINE_8, _SHIFT)

    def ellipse(self, x: float, y: float, across: float, up: float, colour: Colour, alpha: float = 1.0) -> None:
        """Fill an upright ellipse round (x, y) with half axes `across` and `up`."""
        self.polygon(_RING * (across, up) + (x, y), colour, alpha)

    def limb(self, start: Sequence[float], end: Sequence[float], wide: float, narrow: float, colour: Colour) -> None:
        """Fill a tapered capsule from `start` with radius `wide` to `end` with radius `narrow`."""
        (x0, y0), (x1, y1) = start, end
        heading = math.atan2(y1 - y0, x1 - x0)
        turned = _HALF_TURN + heading
        arc = np.stack([np.cos(turned), np.sin(turned)], axis=1)  # round the end; minus it, round the start
        self.polygon(np.concatenate([arc * narrow + (x1, y1), arc * -wide + (x0, y0)]), colour)

    def layer(self) -> Layer:
        """What was painted, averaged down to pixels."""
        small = cv2.resize(self._ink, (self.width, self.height), interpolation=cv2.INTER_AREA)
        layer: Layer = small.astype(np.float32) * _SCALE
        return layer

    def _fixed(self, points: Points | NDArray[np.float64]) -> NDArray[np.int32]:
        spot = np.asarray(points, np.float64) * self._finer
        spot -= self._corner
        return np.rint(spot, out=spot).astype(np.int32)


_SCALE = np.array((BRIGHTEST, BRIGHTEST, BRIGHTEST, 1.0), np.float32) / 65535


def _raw(colour: Colour, alpha: float) -> tuple[float, float, float, float]:
    most = alpha * 65535 / BRIGHTEST
    red, green, blue = np.asarray(colour, np.float64).tolist()
    return min(65535.0, red * most), min(65535.0, green * most), min(65535.0, blue * most), alpha * 65535


def lay_over(picture: NDArray[np.float32], layer: Layer, left: int, top: int) -> None:
    """Composite `layer` onto `picture` (3 × height × width) with its corner at (left, top); the rest is cut off."""
    height, width = picture.shape[1:]
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + layer.shape[1]), min(height, top + layer.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    *colours, alpha = cv2.split(layer[y0 - top : y1 - top, x0 - left : x1 - left])
    through = cv2.subtract(1.0, alpha)
    for channel, colour in enumerate(colours):
        part = picture[channel, y0:y1, x0:x1]
        cv2.multiply(part, through, dst=part)
        cv2.add(part, colour, dst=part)


def add_scaled(picture: NDArray[np.float32], light: NDArray[np.float32], left: float, top: float, scale: float) -> None:
    """Add `light` (3 × height × width), enlarged by `scale`, to `picture` with its corner at (left, top)."""
    lay(picture, np.concatenate([light, np.zeros_like(light[:1])]), (left, top, scale), hides=0.0)


def soften(plane: NDArray[np.float32], across: float, down: float, reduce: int = 4) -> NDArray[np.float32]:
    """A wide Gaussian blur (standard deviations in pixels) made on a picture `reduce` times smaller.

    Takes and gives height × width or height × width × channels.
    """
    height, width = plane.shape[:2]
    small = cv2.resize(plane, (max(2, width // reduce), max(2, height // reduce)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigmaX=max(0.3, across / reduce), sigmaY=max(0.3, down / reduce))
    wide: NDArray[np.float32] = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return wide


@cache
def lettering(words: str, height: int) -> Mask:
    """Words as a mask of about `height` pixels, cut to the ink, in the typeface that Pillow ships."""
    font = ImageFont.load_default(size=height)
    left, top, right, bottom = font.getbbox(words, stroke_width=height / 24)
    image = Image.new("L", (math.ceil(right - left), math.ceil(bottom - top)), 0)
    ImageDraw.Draw(image).text((-left, -top), words, font=font, fill=255, stroke_width=height / 24)
    return np.asarray(image).copy()


def strokes(paths: Sequence[Points], size: int, width: float) -> Mask:
    """Paths in a unit square (y downwards) as a mask of `size` pixels each way; `width` is in unit squares."""
    fine = 3 * size
    image = np.zeros((fine, fine), np.uint8)
    for path in paths:
        spots = np.rint(np.asarray(path, np.float64) * fine * 16).astype(np.int32)
        cv2.polylines(image, [spots], False, 255, max(1, round(width * fine)), cv2.LINE_8, _SHIFT)
    mask: Mask = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
    return mask


def fitted(mask: Mask, width: int, height: int) -> Mask:
    """`mask` resized into exactly `width` × `height`."""
    smaller = width * height < mask.shape[0] * mask.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    resized: Mask = cv2.resize(mask, (max(1, width), max(1, height)), interpolation=method)
    return resized
