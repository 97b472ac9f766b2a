"""A picture and its layout in, its own lights coming alive out: lamps twinkle, flames flicker, water glitters.

Knows no camera: everything is where it is in the given picture, and warp.py carries it along.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernel is compiled by Numba, which types its arguments itself.

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Hour
from openhorse.engines.procedural.drawing.noise import ROW, F, I, gradient_noise, smoothstep
from openhorse.engines.procedural.still.analysis import Layout
from openhorse.engines.procedural.still.plate import Field, Pixels

_MOST_LAMPS = 500
_MOST_FLAMES = 6


@dataclass(frozen=True, slots=True)
class Lights:
    """The lights of a picture at the working size.

    `lamps` numbers them from 1, 0 where there is none; `flames` is 1 in a flame, soft, and `rise` how high above its
    foot, 0…1; `halo` is what the flames light, 0…1; `flame_width` is the widest one's, a part of the mean side.
    """

    lamps: NDArray[np.int32]
    flames: Field
    rise: Field
    halo: Field
    flame_width: float = 0.0

    @property
    def has_lamps(self) -> bool:
        """Whether any lamp was found."""
        return bool(self.lamps.any())

    @property
    def has_flames(self) -> bool:
        """Whether any flame was found."""
        return bool(self.flames.any())


def find_lights(rgb: Pixels, layout: Layout, brief: Brief) -> Lights:
    """What shines by itself in a picture (height × width × 3, any size): in the dark, or where the prompt says so."""
    height, width = layout.depth.shape
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    value = small.max(axis=2)
    dark = float(np.median(value)) < 96 or brief.hour is Hour.NIGHT
    found = _flames(small) if dark or "flame" in brief.life else _no_flames(height, width)
    if (dark and "flame" not in brief.life and not found.has_flames) or "lights" in brief.life:
        return replace(found, lamps=_lamps(value, found.flames))
    return found


def _lamps(value: NDArray[np.uint8], flames: Field) -> NDArray[np.int32]:
    """Small and bright against what is around them."""
    side = max(7, max(value.shape) // 22) | 1
    standing_out = cv2.morphologyEx(value, cv2.MORPH_TOPHAT, np.ones((side, side), np.uint8))
    mask = ((standing_out > 50) & (value > 115) & (flames < 0.05)).astype(np.uint8)
    count, parts, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    area = boxes[:, cv2.CC_STAT_AREA]
    kept = np.flatnonzero((area < 0.012 * mask.size) & (np.arange(count) > 0))
    kept = kept[np.argsort(-area[kept], kind="stable")][:_MOST_LAMPS]
    names = np.zeros(count, np.int32)
    names[kept] = np.arange(1, len(kept) + 1)
    # a lamp lights a little of what is about it
    grown: NDArray[np.int32] = cv2.dilate(names[parts].astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    return grown


def _no_flames(height: int, width: int) -> Lights:
    nothing = np.zeros((height, width), np.float32)
    return Lights(np.zeros((height, width), np.int32), nothing, nothing, nothing)


def _flames(small: Pixels) -> Lights:
    """Upright, very bright and yellow or orange; none where there are too many, as those are windows and lamps."""
    height, width = small.shape[:2]
    none = _no_flames(height, width)
    red, green, blue = (small[..., channel].astype(np.int16) for channel in range(3))
    mask = ((red > 205) & (green > 105) & (red > green) & (red - blue > 25) & (green + 12 > blue)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for left, top, wide, tall, area in boxes[1:].tolist():
        if 0.0004 < area / mask.size < 0.12 and tall > 1.15 * wide and tall > 5 and top > 1:
            found.append((left, top, wide, tall))
    if not 0 < len(found) <= _MOST_FLAMES:
        return none
    flames, rise, halo = (np.zeros((height, width), np.float32) for _ in range(3))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    side = math.sqrt(height * width)
    for left, top, wide, tall in found:
        # the dark around a flame moves along, so that its outline does not tear
        middle, foot = left + wide / 2, top + tall
        around = np.clip(1.6 - np.abs(x - middle) / (1.3 * wide + 2), 0, 1)
        up = (foot - y) / tall
        reach = np.clip(np.minimum((up + 0.05) * 4, (2.1 - up) / 0.8), 0, 1)
        flames = np.maximum(flames, around * reach)
        rise = np.maximum(rise, np.clip(up, 0, 1.3) * (around * reach > 0))
        away = np.hypot(x - middle, y - (top + tall / 2)) / (0.28 * side)
        halo = np.maximum(halo, np.exp(-away))
    return replace(
        none,
        flames=flames.astype(np.float32),
        rise=rise.astype(np.float32),
        halo=halo.astype(np.float32),
        flame_width=max(wide for _, _, wide, _ in found) / side,
    )


@njit(**ROW)
def _glitter_row(out, water, light, v, unit, t, strength):
    for x in range(out.shape[0]):
        u = F(I(x)) / unit
        a = gradient_noise(u * F(0.37) + t * F(0.4), v * F(0.9) - t * F(1.7))
        b = gradient_noise(u * F(0.29) - t * F(0.5) + F(9.0), v * F(0.8) + t * F(2.1))
        spark = smoothstep(F(0.13), F(0.5), a * b * F(4) + F(0.5) * a)
        out[x] += water[x] * light[x] * strength * (spark - F(0.03))


@njit(nogil=True, **ROW)
def _glitter(out, water, light, unit, t, strength):
    for y in range(out.shape[0]):
        _glitter_row(out[y], water[y], light[y], F(I(y)) / unit, unit, t, strength)


class Glow:
    """The light of one picture's own lamps, flames and water, on a grid of `size` (columns, rows)."""

    def __init__(self, rgb: Pixels, layout: Layout, lights: Lights, size: tuple[int, int], seed: int) -> None:
        """`rgb` is the picture at any size; `seed` decides when what flashes."""
        random = np.random.default_rng(seed + 5)
        self._lamps = cv2.resize(lights.lamps.astype(np.float32), size, interpolation=cv2.INTER_NEAREST).astype(
            np.int32
        )
        count = int(lights.lamps.max()) + 1
        self._phase = random.uniform(0, math.tau, (2, count)).astype(np.float32)
        self._rate = (random.uniform(0.25, 1.3, count) * math.tau).astype(np.float32)
        # a window may go dark for a moment, a whole sign may not
        area = np.bincount(lights.lamps.ravel(), minlength=count)
        self._depth = (random.uniform(0.15, 0.55, count) / (1 + area / 60)).astype(np.float32)
        self._depth[0] = 0.0
        self._halo = cv2.resize(lights.halo, size) if lights.has_flames else None
        self._has_lamps = lights.has_lamps
        self._water = np.ascontiguousarray(cv2.resize(layout.water, size), np.float32) if layout.has_water else None
        grey = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
        grey = grey.astype(np.float32) * np.float32(1 / 255)
        # the brightest parts of the water are what mirrors the sun
        self._light = np.ascontiguousarray(_bright_parts(grey, layout, size), np.float32)
        self._unit = F(max(size) / 320)
        self._seed = seed % 97

    @property
    def shines(self) -> bool:
        """Whether there is anything at all to show."""
        return self._has_lamps or self._halo is not None or self._water is not None

    @property
    def is_of_water(self) -> bool:
        """Whether all that shines is water."""
        return self._water is not None and not self._has_lamps and self._halo is None

    def at(self, t: float, glitter: float) -> Field:
        """Light added at `t` seconds as a part of what is there; `glitter` (0…1) is that of the water."""
        wake = min(1.0, t / 1.5)
        if self._has_lamps:
            swing = np.sin(self._phase[0] + self._rate * np.float32(t))
            # mostly steady, now and then a dip or a flash
            flash = swing * np.abs(np.sin(self._phase[1] + np.float32(0.9 * t)))
            light: Field = (self._depth * flash * np.float32(wake))[self._lamps]
        else:
            light = np.zeros(self._lamps.shape, np.float32)
        if self._halo is not None:
            light += self._halo * np.float32(wake * 0.5 * flicker(t, self._seed))
        if self._water is not None and glitter > 0:
            _glitter(light, self._water, self._light, self._unit, F(t), F(glitter * wake))
        return light


def _bright_parts(grey: Field, layout: Layout, size: tuple[int, int]) -> Field:
    if not layout.has_water:
        return grey
    water = cv2.resize(layout.water, size) > 0.5
    if not water.any():
        return grey
    low, high = (float(v) for v in np.percentile(grey[water], (35, 97)))
    bright: Field = np.clip((grey - low) / max(0.08, high - low), 0.06, 1).astype(np.float32)
    return bright


def flicker(t: float, seed: int) -> float:
    """A flame's brightness about its mean, −1…1: quick and uneven, with a lull now and then."""
    quick = math.sin(17.0 * t + seed) + 0.7 * math.sin(27.1 * t + 1.7 * seed) + 0.5 * math.sin(41.3 * t + 0.3 * seed)
    slow = math.sin(2.3 * t + seed) + 0.6 * math.sin(5.1 * t + 2.1 * seed)
    return 0.2 * quick * (0.55 + 0.45 * math.sin(1.3 * t + seed)) + 0.25 * slow
