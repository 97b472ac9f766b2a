"""Nothing but colours in, a landscape of no particular place out: what stands behind actors who were given no place.

Knows no actors, only the colours that it is to set off.
"""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.ensemble.palette import Swatch, from_lab
from openhorse.engines.procedural.still.plate import Pixels


def imagined(width: int, height: int, tint: Swatch | None, seed: int) -> Pixels:
    """A soft landscape of no particular place in colours that set off `tint`: sky, a low sun, rolling hills."""
    draw = np.random.default_rng(seed + 1)
    a, b = (float(tint.mean[1]), float(tint.mean[2])) if tint is not None else (0.0, 20.0)
    hue = math.atan2(b, a) + math.pi
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, width, dtype=np.float32)[None]
    canvas = _between(_lch(66, 30, hue), _lch(92, 16, hue + 0.9), np.clip(y / 0.6, 0, 1) ** 1.3 * np.ones_like(x))
    sun_x, aspect = 0.3 + 0.4 * float(draw.random()), width / height
    away = np.hypot((x - sun_x) * aspect, y - 0.42)
    canvas += np.exp(-((away / 0.42) ** 2))[..., None] * np.array((7, 2, 9), np.float32)
    canvas += np.clip((0.075 - away) * height / 2, 0, 1)[..., None] * np.array((6, 0, 6), np.float32)
    for layer in range(4):
        near = layer / 3
        crest = 0.5 + 0.055 * layer + _rolling(width, draw, 3 + 2 * layer) * (0.05 - 0.008 * layer)
        below = np.clip((y - crest[None]) * height / 1.5, 0, 1)
        mist = np.clip((y - crest[None]) / 0.12, 0, 1)
        lit, shade = _lch(84 - 26 * near, 15 + 9 * near, hue + 0.5 - 0.6 * near), _lch(90 - 22 * near, 12, hue + 0.7)
        canvas += (_between(lit, shade, mist * (1 - near * 0.6)) - canvas) * below[..., None]
    return from_lab(canvas)


def _lch(lightness: float, chroma: float, hue: float) -> NDArray[np.float32]:
    return np.array((lightness, chroma * math.cos(hue), chroma * math.sin(hue)), np.float32)


def _between(one: NDArray[np.float32], other: NDArray[np.float32], amount: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(one + (other - one) * amount[..., None], np.float32)


def _rolling(width: int, draw: np.random.Generator, bumps: int) -> NDArray[np.float32]:
    """A smooth random line of `width` values, about −1…1."""
    points = draw.standard_normal((1, bumps)).astype(np.float32)
    line = cv2.resize(points, (width, 1), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.GaussianBlur(line, (0, 0), width / bumps / 4)[0], np.float32)
