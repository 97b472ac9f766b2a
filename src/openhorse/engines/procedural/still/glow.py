"""A picture, its layout and its lights in, light coming alive out: lamps twinkle, flames flicker, water glitters.

Knows no camera: everything is where it is in the given picture, and warp.py carries it along.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernel is compiled by Numba, which types its arguments itself.

from __future__ import annotations

import math

import cv2
import numpy as np
from numba import njit

from openhorse.engines.procedural.drawing.noise import ROW, F, I, gradient_noise, smoothstep
from openhorse.engines.procedural.still.analysis import Layout
from openhorse.engines.procedural.still.lights import Lights
from openhorse.engines.procedural.still.plate import Field, Pixels


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
