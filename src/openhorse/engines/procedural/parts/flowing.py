"""Colours, a size and a moment in; ribbons of silk, ink in water or a field of light out, each moving all the time.

Knows no place. Drawn at full size row by row, or at a third of it where everything is soft.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernels are compiled by Numba, which types their arguments itself.

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import C0, C05, C1, ROW, F, I, clamp01, exp, fbm3, fbm5, mix, sqrt
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips

Inks = NDArray[np.float32]
"""Linear colours, n × 3: the ground, then the others from dark to light."""


@njit(**ROW)
def _silk_row(red, green, blue, y, middle, half, lean, inks, k, glow):
    # one ribbon: a band that turns over where its half width goes through nought
    for x in range(red.shape[0]):
        wide = max(abs(half[x]), F(2))
        v = (F(y) - middle[x]) / wide
        inside = clamp01((C1 - abs(v)) * wide * F(0.35))
        side = C1 if half[x] > C0 else C0
        s = C05 + C05 * v
        fold = C05 + C05 * lean[x]
        sheen = exp(C0 - (s - fold) * (s - fold) * F(14)) * F(0.55)
        rim = exp(C0 - (C1 - abs(v)) * F(9)) * F(0.30)
        a = inside * (F(0.28) + F(0.42) * s)
        near = inks[k, 0] * side + inks[k, 3] * (C1 - side)
        red[x] = (
            mix(red[x], near * (F(0.22) + F(0.62) * s + sheen), a) + inks[k, 6] * (rim + sheen * F(0.4)) * inside * glow
        )
        near = inks[k, 1] * side + inks[k, 4] * (C1 - side)
        green[x] = (
            mix(green[x], near * (F(0.22) + F(0.62) * s + sheen), a)
            + inks[k, 7] * (rim + sheen * F(0.4)) * inside * glow
        )
        near = inks[k, 2] * side + inks[k, 5] * (C1 - side)
        blue[x] = (
            mix(blue[x], near * (F(0.22) + F(0.62) * s + sheen), a)
            + inks[k, 8] * (rim + sheen * F(0.4)) * inside * glow
        )


@njit(**STRIP)
def _silk(out, middle, half, lean, inks, first, last):
    for y in range(first, last):
        for k in range(middle.shape[0]):
            _silk_row(out[0, y], out[1, y], out[2, y], y, middle[k], half[k], lean[k], inks, k, F(0.7))


@njit(**ROW)
def _ink_row(red, green, blue, y, scale, across, t, inks, seed):
    for x in range(red.shape[0]):
        u = (F(I(x)) - across) * scale
        v = F(y) * scale
        # the field bends itself twice, so that it curls as ink does
        a = fbm3(u + seed, v + t * F(0.045))
        b = fbm3(u + F(5.2) - t * F(0.038), v + seed + F(1.3))
        c = fbm3(u + F(2.6) * a + F(1.7) + t * F(0.05), v + F(2.6) * b + F(9.2))
        d = fbm3(u + F(2.6) * b + F(8.3), v + F(2.6) * a - t * F(0.042) + seed)
        f = fbm5(u + F(2.2) * c, v + F(2.2) * d)
        p = clamp01(f * F(1.15) + F(0.5))
        q = clamp01(sqrt(c * c + d * d) * F(1.9))
        w = clamp01(C05 + b * F(1.3))
        vein = exp(C0 - f * f * F(420)) * q * F(0.30)
        red[x] = mix(mix(inks[0, 0], inks[1, 0], p), mix(inks[2, 0], inks[3, 0], w), q) + inks[4, 0] * vein
        green[x] = mix(mix(inks[0, 1], inks[1, 1], p), mix(inks[2, 1], inks[3, 1], w), q) + inks[4, 1] * vein
        blue[x] = mix(mix(inks[0, 2], inks[1, 2], p), mix(inks[2, 2], inks[3, 2], w), q) + inks[4, 2] * vein


@njit(**STRIP)
def _ink(out, scale, across, t, inks, seed, first, last):
    for y in range(first, last):
        _ink_row(out[0, y], out[1, y], out[2, y], y, scale, across, t, inks, seed)


@njit(**ROW)
def _dune_row(red, green, blue, y, ridge, slope, ink, soft):
    for x in range(red.shape[0]):
        below = y - ridge[x]
        a = clamp01(below * C05 + C05)
        deep = exp(C0 - max(below, C0) * soft)
        lit = F(0.30) + deep * (F(0.55) + slope[x])
        edge = exp(C0 - max(below, C0) * soft * F(14)) * F(0.16)
        red[x] = mix(red[x], ink[0] * lit + ink[3] * edge, a)
        green[x] = mix(green[x], ink[1] * lit + ink[4] * edge, a)
        blue[x] = mix(blue[x], ink[2] * lit + ink[5] * edge, a)


@njit(**STRIP)
def _dunes(out, ridge, slope, inks, soft, first, last):
    # layers of light, one before the other; `ridge` is each one's outline, row by column
    layers = ridge.shape[0]
    highest, lowest = np.empty(layers, np.float32), np.empty(layers, np.float32)
    for k in range(layers):
        highest[k], lowest[k] = ridge[k].min(), ridge[k].max()
    for y in range(first, last):
        # what lies wholly behind another is not drawn
        start = 0
        for k in range(layers):
            if F(y) - lowest[k] >= C1:
                start = k
        for k in range(start, layers):
            if F(y) - highest[k] > F(-1):
                _dune_row(out[0, y], out[1, y], out[2, y], F(y), ridge[k], slope[k], inks[k], soft)


def _ground(out: Planes, inks: Inks, t: float) -> None:
    """A dark ground with a slow glow in it."""
    height, width = out.shape[1] // 16 + 1, out.shape[2] // 16 + 1
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = x / width - 0.5 - 0.22 * math.sin(0.21 * t), y / height - 0.42 - 0.12 * math.cos(0.17 * t)
    glow = np.exp(-(u * u * 5 + v * v * 7)).astype(np.float32)
    for channel in range(3):
        small = inks[0, channel] * (0.55 + 0.3 * glow) + inks[1, channel] * 0.24 * glow
        size = (width * 16, height * 16)
        out[channel] = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)[: out.shape[1], : out.shape[2]]


@dataclass(frozen=True, slots=True)
class Silk:
    """Ribbons of silk that wave and turn over, before a dark ground."""

    inks: Inks
    phases: NDArray[np.float32]
    """ribbons × 8, turns in radians."""

    def draw(self, out: Planes, x: float, t: float) -> None:
        """Fill `out` as it is at `t`, seen from `x` frame widths to the right."""
        _ground(out, self.inks, t)
        height, width = out.shape[1:]
        s = np.linspace(0, width / height, width, dtype=np.float32) + np.float32(x)
        middle, half, lean, colours = [], [], [], []
        for k, a in enumerate(self.phases):
            level = 0.22 + 0.56 * (k + 0.5) / len(self.phases)
            wave = 0.17 * np.sin(1.9 * s + a[0] + 0.31 * t) + 0.08 * np.sin(4.1 * s + a[1] - 0.43 * t)
            wave += 0.03 * np.sin(8.3 * s + a[2] + 0.62 * t)
            turn = np.sin(1.55 * s + a[3] + 0.27 * t) + 0.45 * np.sin(3.7 * s + a[4] - 0.36 * t)
            middle.append((level + wave) * height)
            half.append((0.04 + 0.115 * turn) * height)
            lean.append(np.sin(2.3 * s + a[5] + 0.5 * t))
            front, back = self.inks[1 + k % (len(self.inks) - 1)], self.inks[1 + (k + 1) % (len(self.inks) - 1)]
            colours.append(np.concatenate([front, back * 0.6, self.inks[-1] * 0.9]))
        tables = [np.ascontiguousarray(one, np.float32) for one in (middle, half, lean, colours)]
        in_strips(_silk, 0, height, out, *tables)


@dataclass(frozen=True, slots=True)
class Ink:
    """Ink that curls in water."""

    inks: Inks
    seed: float

    def draw(self, out: Planes, x: float, t: float) -> None:
        """Fill `out` as it is at `t`, seen from `x` frame widths to the right."""
        height, width = out.shape[1] // 2, out.shape[2] // 2
        small = np.empty((3, height, width), np.float32)
        scale = np.float32(1.7 / math.sqrt(height * width))
        in_strips(
            _ink, 0, height,
            small, scale, np.float32(width * (0.5 - x)), np.float32(t), self.inks, np.float32(self.seed),
        )  # fmt: skip
        for channel in range(3):
            cv2.resize(small[channel], (out.shape[2], out.shape[1]), dst=out[channel], interpolation=cv2.INTER_LINEAR)


@dataclass(frozen=True, slots=True)
class Dunes:
    """Waves of light, one before the other, like hills that flow."""

    inks: Inks
    phases: NDArray[np.float32]

    def draw(self, out: Planes, x: float, t: float) -> None:
        """Fill `out` as it is at `t`, seen from `x` frame widths to the right."""
        _ground(out, self.inks, t)
        height, width = out.shape[1:]
        s = np.linspace(0, width / height, width, dtype=np.float32) + np.float32(x)
        ridges, slopes, colours = [], [], []
        count = len(self.phases)
        for k, a in enumerate(self.phases):
            level = 0.30 + 0.68 * k / count
            pace = 0.16 + 0.05 * k
            rise = 0.11 * np.sin(1.7 * s + a[0] + pace * t) + 0.05 * np.sin(3.9 * s + a[1] - 1.5 * pace * t)
            rise += 0.02 * np.sin(8.1 * s + a[2] + 1.9 * pace * t)
            ridges.append((level - rise) * height)
            slopes.append(np.gradient(rise) * width * 0.35)
            part = k / max(1, count - 1) * (len(self.inks) - 2)
            low = min(len(self.inks) - 2, int(part))
            ink = self.inks[low] + (self.inks[low + 1] - self.inks[low]) * (part - low)
            colours.append(np.concatenate([ink * 1.1, self.inks[-1]]))
        tables = [np.ascontiguousarray(one, np.float32) for one in (ridges, slopes, colours)]
        in_strips(_dunes, 0, height, out, *tables, np.float32(4.2 / height))
