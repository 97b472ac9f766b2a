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
from openhorse.engines.procedural.still.wind import licking


@njit(**ROW)
def _glitter_row(out, light, v, unit, t, strength):
    for x in range(out.shape[0]):
        u = F(I(x)) / unit
        a = gradient_noise(u * F(0.37) + t * F(0.4), v * F(0.9) - t * F(1.7))
        b = gradient_noise(u * F(0.29) - t * F(0.5) + F(9.0), v * F(0.8) + t * F(2.1))
        spark = smoothstep(F(0.13), F(0.5), a * b * F(4) + F(0.5) * a)
        out[x] += light[x] * strength * (spark - F(0.03))


@njit(nogil=True, **ROW)
def _glitter(out, light, unit, t, strength):
    for y in range(out.shape[0]):
        _glitter_row(out[y], light[y], F(I(y)) / unit, unit, t, strength)


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
        self._depth = (random.uniform(0.1, 0.36, count) / (1 + area / 60)).astype(np.float32)
        self._depth[0] = 0.0
        self._halo = None
        if lights.has_flames:
            # a flame that is low gives less light, but is itself hardly any duller
            self._halo = cv2.resize(lights.halo * (1 - np.float32(0.7) * licking(rgb, lights)), size)
        self._has_lamps = lights.has_lamps
        self._glitter = np.ascontiguousarray(_glittering(rgb, layout, size)) if layout.has_water else None
        self._unit = F(max(size) / 320)
        self._seed = seed % 97

    @property
    def shines(self) -> bool:
        """Whether there is anything at all to show."""
        return self._has_lamps or self._halo is not None or self._glitter is not None

    @property
    def is_of_water(self) -> bool:
        """Whether all that shines is water."""
        return self._glitter is not None and not self._has_lamps and self._halo is None

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
            light += self._halo * np.float32(wake * 0.45 * flicker(t, self._seed))
        if self._glitter is not None and glitter > 0:
            _glitter(light, self._glitter, self._unit, F(t), F(glitter * wake))
        return light


def _glittering(rgb: Pixels, layout: Layout, size: tuple[int, int]) -> Field:
    """How much of water glitters, 0…1: where it is bright and rough enough to catch the light, never a calm mirror."""
    if not layout.has_water:
        return np.zeros(size[::-1], np.float32)
    fine = cv2.cvtColor(cv2.resize(rgb, (3 * size[0], 3 * size[1]), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    # one mirrored outline or a shore makes no rough water: bumps have to be everywhere
    bumps = (cv2.absdiff(fine, cv2.GaussianBlur(fine, (0, 0), 2)) > 2).astype(np.float32)
    rough = cv2.resize(cv2.blur(bumps, (45, 45)), size, interpolation=cv2.INTER_AREA)
    grey = cv2.resize(fine, size, interpolation=cv2.INTER_AREA).astype(np.float32) * np.float32(1 / 255)
    # well inside the water: a shore, a reed or the sky beside it has no glitter
    water = cv2.resize(layout.water * (1 - layout.sky), size)
    inner = cv2.erode((water > 0.5).astype(np.float32), np.ones((3, 3), np.uint8))
    if not inner.any():
        return np.zeros(size[::-1], np.float32)
    low, high = (float(v) for v in np.percentile(grey[inner > 0], (55, 97)))
    bright = np.clip((grey - low) / max(0.08, high - low), 0, 1)
    glittering: Field = cv2.blur(inner, (3, 3)) * bright * np.clip((rough - 0.32) / 0.25, 0, 1)
    return glittering.astype(np.float32)


def flicker(t: float, seed: int) -> float:
    """A flame's brightness about its mean, −1…1: quick and uneven, with a lull now and then."""
    quick = math.sin(17.0 * t + seed) + 0.7 * math.sin(27.1 * t + 1.7 * seed) + 0.5 * math.sin(41.3 * t + 0.3 * seed)
    slow = math.sin(2.3 * t + seed) + 0.6 * math.sin(5.1 * t + 2.1 * seed)
    return 0.2 * quick * (0.55 + 0.45 * math.sin(1.3 * t + seed)) + 0.25 * slow
