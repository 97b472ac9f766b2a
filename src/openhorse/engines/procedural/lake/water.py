# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
"""What stands above a lake in, its surface out: rippled reflection, depth colour and veils of mist on the water.

Knows no terrain, only the drawn rows above the shore. The kernels are untyped for mypy because
Numba's decorators are.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import (
    C0,
    C1,
    ROW,
    F,
    I,
    clamp01,
    exp,
    gradient_noise,
    mix,
    smoothstep,
)
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.lake.heights import fbm_row
from openhorse.engines.procedural.lake.relief import Camera


@dataclass(frozen=True, slots=True)
class Surface:
    """How the water is: ripple height (1 is a calm morning), depth colour, mist colour, veil strength 0…1."""

    ripple: float
    deep: NDArray[np.float32]
    mist: NDArray[np.float32]
    veil: float


@njit(**ROW)
def _ripple_row(map_x, map_y, tilt, shore, y, lens, ripple, t):
    n = map_x.shape[0]
    work = np.empty((4, n), np.float32)
    calm = work[0]
    px = work[1]
    py = work[2]
    world = work[3]
    below = max(F(y) - lens[2], F(0.4))
    z = lens[4] * lens[0] / below
    per_row = z / below  # units ahead that one row of the frame spans: finer waves than that are faded out
    steep = below / lens[0]
    swing = lens[0] * (F(0.30) + F(2.1) * min(steep, F(0.25))) * (F(0.35) + C1 / (C1 + z * F(1.1))) * ripple
    slow = C1 / (C1 + per_row * per_row * F(400))
    fast = C1 / (C1 + per_row * per_row * F(5000))
    fine = C1 / (C1 + per_row * per_row * F(26000))
    for x in range(n):
        tangent = (F(I(x)) - lens[1]) / lens[0] * z
        world[x] = tangent * lens[6] + z * lens[7] + lens[3]
        px[x] = world[x] * F(2.0) + t * F(0.05)
        py[x] = (z * lens[6] - tangent * lens[7] + lens[5]) * F(1.2) + t * F(0.03)
    fbm_row(calm, px, py, 3)
    for x in range(n):
        tangent = (F(I(x)) - lens[1]) / lens[0] * z
        wx = world[x]
        wz = z * lens[6] - tangent * lens[7] + lens[5]
        gust = F(0.22) + F(0.78) * smoothstep(F(-0.12), F(0.35), calm[x])
        swell = gradient_noise(wx * F(11) + t * F(0.30), wz * F(20) - t * F(0.5)) * slow
        chop = gradient_noise(wx * F(50) + t * F(0.8), wz * F(88) - t * F(1.2)) * fast
        cross = gradient_noise(wx * F(58) - t * F(0.9) + F(50), wz * F(74) + t * F(0.9)) * fast
        glint = gradient_noise(wx * F(128) - t * F(1.1), wz * F(200) - t * F(1.7)) * fine
        across = (chop * F(0.5) + glint * F(0.3) + swell * F(0.5)) * gust
        along = (cross * F(0.55) + glint * F(0.4) + swell * F(0.55)) * gust
        tilt[x] = along
        # what stands on the shore mirrors at the shore, what stands far behind it nearer to the horizon
        under = F(y) - shore[x]
        pivot = mix(C1, F(0.4), smoothstep(C0, F(0.09) * lens[0], under)) * (shore[x] - lens[2])
        map_x[x] = F(I(x)) + across * swing * F(0.05)
        map_y[x] = min(lens[2] - below + pivot * F(2) + along * swing * F(0.11), shore[x] - C1)


@njit(**STRIP)
def _ripples(map_x, map_y, tilt, shore, top, lens, ripple, t, first, last):
    for k in range(first, last):
        _ripple_row(map_x[k], map_y[k], tilt[k], shore, I(top + k), lens, ripple, t)


@njit(**ROW)
def _surface_row(out, mirrored, tilt, shore, k, y, lens, look, t):
    # look: deep×3, mist×3, veil, ripple
    n = tilt.shape[0]
    work = np.empty((3, n), np.float32)
    veil = work[0]
    px = work[1]
    py = work[2]
    below = max(F(y) - lens[2], F(0.7))
    steep = below / lens[0]
    z = min(lens[4] * lens[0] / below * F(5.0), F(30))
    for x in range(n):
        px[x] = ((F(I(x)) - lens[1]) / lens[0] + lens[7]) * z * F(1.3) + t * F(0.06)
        py[x] = z * F(0.9) - t * F(0.02) + lens[5] * F(0.4)
    fbm_row(veil, px, py, 4)
    clear = exp(C0 - steep * F(4.6))
    thick = exp(C0 - steep * F(10)) * look[6]
    red = out[0, y]
    green = out[1, y]
    blue = out[2, y]
    for x in range(n):
        # weights that are exactly 0 and 1: what an earlier frame left here must not show, not even in rounding
        water = clamp01(F(y) + C1 - shore[x])
        dry = C1 - water
        mirror = clamp01(F(0.07) + F(0.90) * clear * (C1 + tilt[x] * F(0.5)))
        far = exp(C0 - max(F(y) - shore[x], C0) / lens[0] * F(60)) * F(0.42) * min(look[6] * F(1.6), C1)
        m = clamp01(veil[x] * F(1.9) + F(0.14)) * thick
        m = far + m - far * m
        r = mix(mirrored[0, k, x] * F(0.94) * mirror + look[0] * (C1 - mirror), look[3], m)
        g = mix(mirrored[1, k, x] * F(0.96) * mirror + look[1] * (C1 - mirror), look[4], m)
        b = mix(mirrored[2, k, x] * mirror + look[2] * (C1 - mirror), look[5], m)
        red[x] = red[x] * dry + r * water
        green[x] = green[x] * dry + g * water
        blue[x] = blue[x] * dry + b * water


@njit(**STRIP)
def _surface(out, mirrored, tilt, shore, top, lens, look, t, first, last):
    for k in range(first, last):
        _surface_row(out, mirrored, tilt[k], shore, k, I(top + k), lens, look, t)


class Water:
    """Draws a lake's surface in frames of one size; its buffers are reused from frame to frame."""

    def __init__(self, width: int, height: int) -> None:
        self._maps = np.zeros((3, height, width), np.float32)
        self._mirrored = np.zeros((3, height, width), np.float32)

    def draw(self, out: Planes, shore: NDArray[np.float32], camera: Camera, surface: Surface, t: float) -> None:
        """Fill `out` (3 × height × width) below `shore` (a row for each column) from what is drawn above it."""
        first = max(0, int(camera.horizon_y))
        height = out.shape[1] - first
        map_x, map_y, tilt = (plane[:height] for plane in self._maps)
        lens = camera.flat()
        smooth = cv2.GaussianBlur(shore[None, :], (0, 0), 1.5)[0]
        in_strips(_ripples, 0, height, map_x, map_y, tilt, smooth, I(first), lens, F(surface.ripple), F(t))
        lowest = min(out.shape[1], int(shore.max()) + 2)
        for channel in range(3):
            # a film of capillary waves smears every reflection upwards and downwards a little
            above = cv2.blur(out[channel, :lowest], (1, 3))
            self._mirrored[channel, :height] = cv2.remap(
                above, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
        look = np.concatenate([surface.deep, surface.mist, (surface.veil, surface.ripple)]).astype(np.float32)
        in_strips(_surface, 0, height, out, self._mirrored, tilt, shore, I(first), lens, look, F(t))
