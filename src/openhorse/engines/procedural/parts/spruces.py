"""Colours and a size in, a spruce or a fir out: whorls of drooping branches hung with twigs, and snow on them.

Knows neither place nor hour: colours are given.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
"""Height × width × 4: premultiplied linear colour and coverage."""

_SHADES = 6
_SHIFT = 4  # OpenCV takes points in sixteenths of a pixel


@dataclass(frozen=True, slots=True)
class Needles:
    """A conifer's colours (sRGB, 0…255) in shade and in light, the side the light comes from, and snow 0…1.

    `depth` 0…1 is how strongly light and shade part; `fine` how many twigs there are (1 for a tree of 600 pixels).
    """

    shade: tuple[float, float, float]
    light: tuple[float, float, float]
    snow_colour: tuple[float, float, float] = (205.0, 214.0, 230.0)
    side: float = -1.0
    snow: float = 0.0
    depth: float = 0.6
    fine: float = 1.0


@dataclass(frozen=True, slots=True)
class _Strokes:
    """Curves (n × points × 2, pixels), each with a layer from back to front and a shade 0…1."""

    curves: NDArray[np.float64]
    layer: NDArray[np.int64]
    shade: NDArray[np.float64]


def paint_spruce(rng: np.random.Generator, height: int, width: int, needles: Needles) -> Picture:
    """One spruce standing on the bottom edge of a picture of `height` × `width` pixels, tip near the top."""
    scale = 2 if height > 120 else 3
    tall, wide = height * scale, width * scale
    canvas = np.zeros((tall, wide, 4), np.uint8)
    branches = _branches(rng, tall * 0.985, wide, needles)
    _trunk(canvas, tall, wide, needles)
    twigs = _twigs(rng, branches, tall, needles)
    snow = _snow(rng, branches, needles)
    thick = max(1, round(tall * 0.0017 / max(needles.fine, 0.25)))
    for layer in range(5):
        _draw(canvas, twigs, layer, (needles.shade, needles.light), thick)
        if needles.snow > 0:
            pale = tuple(0.55 * part for part in needles.snow_colour)
            _draw(canvas, snow, layer, (pale, needles.snow_colour), thick + scale // 2)
    return _to_light(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA))


def painted(colour: NDArray[np.float32]) -> tuple[float, float, float]:
    """A linear colour as the painter takes it: sRGB, 0…255."""
    whole = np.clip(colour, 0, 1)
    red, green, blue = np.where(whole < 0.0031308, whole * 12.92, 1.055 * whole ** (1 / 2.4) - 0.055) * 255
    return float(red), float(green), float(blue)


def _branches(rng: np.random.Generator, tall: float, wide: float, needles: Needles) -> _Strokes:
    """Whorls of branches from the foot to the tip, each a drooping curve of 8 points."""
    whorls = int(np.clip(20 + 22 * needles.fine, 16, 44))
    each = 9 if needles.fine > 0.6 else 7
    up = (np.arange(whorls) + 0.5 + rng.uniform(-0.35, 0.35, whorls)) / whorls
    up = np.repeat(0.05 + 0.94 * np.clip(up, 0, 1) ** 0.93, each)
    around = rng.uniform(0, 2 * np.pi, up.size)
    # a crown is never a perfect cone: slow swellings, single branches broken short
    swell = 1 + 0.16 * np.sin(up * rng.uniform(9, 16) + rng.uniform(0, 6)) + 0.10 * rng.normal(size=up.size)
    broken = np.where(rng.random(up.size) < 0.13, rng.uniform(0.35, 0.7, up.size), 1.0)
    taper = np.minimum((1 - up) ** 0.82, 0.30 + up * 4.5)  # the lowest branches are shorter: they lacked light
    length = (0.455 * wide * taper + 0.004 * tall) * np.clip(swell, 0.5, 1.3) * broken
    across, front = np.cos(around), np.sin(around)
    along = np.linspace(0, 1, 8)[None, :]
    lean = rng.normal() * 0.006 * tall * up**2
    droop = (0.30 + 0.34 * (1 - up) + 0.07 * rng.normal(size=up.size))[:, None]
    x = wide / 2 + lean[:, None] + (length * across)[:, None] * along
    fall = droop * along - 0.30 * along**2.6 + 0.16 * front[:, None] * along
    y = tall * (1.015 - up)[:, None] + length[:, None] * fall
    layer = np.clip(((front + 1) * 2.5).astype(np.int64), 0, 4)
    lit = 0.9 * np.clip(across * needles.side + 0.15, 0, 1) ** 1.4 + 0.10 * front + 0.10 * rng.normal(size=up.size)
    return _Strokes(np.stack([x, y], axis=-1), layer, lit)


def _twigs(rng: np.random.Generator, branches: _Strokes, tall: float, needles: Needles) -> _Strokes:
    """Hanging twigs along every branch: they, not the branches, make the outline."""
    count = max(5, int(26 * needles.fine))
    at = np.sort(rng.uniform(0.06, 1, (len(branches.curves), count)), axis=1)
    start = _along(branches.curves, at)
    reach = branches.curves[:, -1] - branches.curves[:, 0]
    span = np.abs(reach[:, :1]) + 0.012 * tall
    length = span * (0.34 - 0.20 * at) * rng.uniform(0.45, 1.25, at.shape) + 0.004 * tall
    outward = np.sign(reach[:, :1]) * rng.uniform(0.1, 0.95, at.shape) + rng.normal(size=at.shape) * 0.25
    downward = rng.uniform(0.25, 1.0, at.shape) * np.clip(span / (0.05 * tall), 0.15, 1)
    per_length = length / np.hypot(outward, downward)
    tip = start + np.stack([outward * per_length, downward * per_length], axis=-1)
    middle = (start + tip) / 2 + np.stack([outward * per_length * 0.14, -downward * per_length * 0.16], axis=-1)
    curves = np.stack([start, middle, tip], axis=2).reshape(-1, 3, 2)
    # light reaches the outer twigs; what lies within the crown stays dark
    shade = branches.shade[:, None] * (0.12 + 0.88 * at**1.5) + 0.13 * rng.normal(size=at.shape)
    shade = shade * needles.depth + 0.10
    boughs = _Strokes(branches.curves[:, ::2][:, :3], branches.layer, branches.shade * 0.2)
    return _Strokes(
        np.concatenate([boughs.curves, curves]),
        np.concatenate([boughs.layer, np.repeat(branches.layer, count)]),
        np.concatenate([boughs.shade, shade.ravel()]),
    )


def _snow(rng: np.random.Generator, branches: _Strokes, needles: Needles) -> _Strokes:
    """Pads of snow on the outer half of some branches."""
    start = rng.uniform(0.05, 0.55, (len(branches.curves), 1))
    at = start + (0.95 - start) * np.linspace(0, 1, 4)[None, :]
    curves = _along(branches.curves, at)
    curves[..., 1] -= 1.0
    laden = rng.random(len(curves)) < needles.snow
    shade = 0.35 + branches.shade * needles.depth * 0.8 + 0.1 * rng.normal(size=len(curves))
    return _Strokes(curves[laden], branches.layer[laden], shade[laden])


def _along(curves: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points on each curve at fractions `at` (n × m): n × m × 2."""
    place = np.clip(at, 0, 0.9999) * (curves.shape[1] - 1)
    index = place.astype(np.int64)
    part = (place - index)[..., None]
    row = np.arange(len(curves))[:, None]
    return np.asarray(curves[row, index] * (1 - part) + curves[row, index + 1] * part)


def _trunk(canvas: NDArray[np.uint8], tall: int, wide: int, needles: Needles) -> None:
    half = tall * 0.0085
    middle, tip = wide / 2, tall * 0.02
    corners = np.array([(middle - half, tall), (middle + half, tall), (middle + 0.7, tip), (middle - 0.7, tip)])
    colour = tuple(0.75 * part for part in needles.shade)
    cv2.fillConvexPoly(canvas, _fixed(corners), (*colour, 255.0), cv2.LINE_AA, _SHIFT)


def _draw(
    canvas: NDArray[np.uint8],
    strokes: _Strokes,
    layer: int,
    colours: tuple[tuple[float, ...], tuple[float, ...]],
    thick: int,
) -> None:
    """Draw the strokes of one layer, dark ones first, in as many calls as there are shades."""
    dark, light = np.array(colours[0]), np.array(colours[1])
    level = np.clip((strokes.shade * _SHADES).astype(np.int64), 0, _SHADES - 1)
    for shade in range(_SHADES):
        chosen = strokes.curves[(strokes.layer == layer) & (level == shade)]
        if len(chosen):
            # layers further back lie in the crown's own shadow
            colour = (dark + (light - dark) * shade / (_SHADES - 1)) * (0.72 + 0.07 * layer)
            cv2.polylines(canvas, list(_fixed(chosen)), False, (*colour.tolist(), 255.0), thick, cv2.LINE_AA, _SHIFT)


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.round(points * (1 << _SHIFT)).astype(np.int32)


def _to_light(picture: NDArray[np.uint8]) -> Picture:
    """8-bit premultiplied sRGB (as painted on nothing) to premultiplied linear."""
    cover = picture[..., 3:].astype(np.float32) / 255
    plain = picture[..., :3].astype(np.float32) / 255 / np.maximum(cover, 1e-3)
    lit = np.where(plain < 0.04045, plain / 12.92, ((np.minimum(plain, 1) + 0.055) / 1.055) ** 2.4) * cover
    return np.concatenate([lit, cover], axis=2, dtype=np.float32)
