"""A photograph's layers in, one picture out: clouds over its sky, light and shade over its land.

Knows no motion of the layers themselves. Display-referred throughout: a photograph is already graded.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernels are compiled by Numba, which types their arguments itself.

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Darkroom, chroma_row
from openhorse.engines.procedural.drawing.noise import (
    C0,
    C05,
    C1,
    ROW,
    ROWS,
    F,
    I,
    clamp01,
    fbm2,
    fbm3,
    fbm5,
    hash_unit,
    mix,
    smoothstep,
)
from openhorse.engines.procedural.still.plate import Field, Pixels
from openhorse.vocabulary import Frame


@dataclass(frozen=True, slots=True)
class Weather:
    """The weather of one moment: all of it nought, and the tint one, at the first frame.

    `horizon` is a part of the height: above it clouds are drawn, below it light and shade fall on the back too.
    `clouds` is the opacity of drawn clouds, `cover` how many there are, `tint` multiplies the colours.
    """

    t: float
    horizon: float
    clouds: float = 0.0
    cover: float = 0.1
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)


@njit(**ROW)
def _cloud_row(density, light, y, horizon, aspect, t, seed, cover):
    width = density.shape[0]
    elevation = max((horizon - y), F(0.004))
    near = C1 / (elevation + F(0.17))
    fade = smoothstep(C0, F(0.10), elevation)
    for x in range(width):
        px = (F(I(x)) / F(width) - C05) * aspect * near * F(0.85) + t * F(0.05) + seed
        pz = near * F(1.25) + seed * F(0.3) + t * F(0.02)
        bend = fbm2(px * F(0.8) + F(5.0), pz * F(0.8))
        thick = fbm5(px * F(1.5) + bend * F(0.9), pz * F(1.5) + bend * F(0.9)) + bend * F(0.35)
        sunward = fbm3(px * F(1.5) + bend * F(0.9) + F(0.16), pz * F(1.5) + bend * F(0.9) - F(0.20)) + bend * F(0.35)
        density[x] = smoothstep(C0 - cover, F(0.42) - cover, thick) * fade
        light[x] = clamp01(F(0.62) + (thick - sunward) * F(1.7) - thick * F(0.25))


@njit(**ROWS)
def _clouds(density, light, rows, horizon, aspect, t, seed, cover):
    height = F(density.shape[0])
    for y in prange(rows):
        _cloud_row(density[y], light[y], (F(y) + C05) / height, horizon, aspect, t, seed, cover)


@njit(**ROW)
def _join_row(
    front_r, front_g, front_b, opening, back_r, back_g, back_b, density, light, shine, out_r, out_g, out_b, y, ground, a
):
    # ground: how far the back takes light and shade here; a: cloud opacity, tint×3, dither, frame number
    per_255 = F(1 / 255.0)
    seed_y = I(y + I(a[5]) * I(977))
    seed_x = I(I(a[5]) * I(1013))
    for x in range(out_r.shape[0]):
        behind = F(opening[x]) * per_255
        r = F(back_r[x]) * per_255
        g = F(back_g[x]) * per_255
        b = F(back_b[x]) * per_255
        cloud = density[x] * a[0]
        # a cloud is lit by its sky: bright by day, hardly there by night
        top = max(r, max(g, b))
        lit = min(top * F(0.72) + F(0.36) * smoothstep(F(0.25), F(0.75), top), F(0.985))
        grey = (r + g + b) * F(0.333)
        dim = F(0.80) + F(0.04) * grey
        r = mix(r, mix(mix(r, grey, F(0.4)) * dim, mix(lit, r, F(0.14)), light[x]), cloud)
        g = mix(g, mix(mix(g, grey, F(0.4)) * dim, mix(lit, g, F(0.14)) * F(0.99), light[x]), cloud)
        b = mix(b, mix(mix(b, grey, F(0.4)) * dim, mix(lit, b, F(0.14)) * F(0.985), light[x]), cloud)
        grain = (hash_unit(I(I(x) + seed_x), seed_y) - C05) * a[4] + C05
        # highlights keep their white: brightening fades out towards it
        brightest = max(F(front_r[x]), max(F(front_g[x]), F(front_b[x]))) * per_255 + top * behind
        k = shine[x]
        k = min(k, C0) + max(k, C0) * (C1 - F(0.7) * brightest)
        over = C1 + k
        under = behind * (C1 + k * ground)
        r = (F(front_r[x]) * per_255 * over + r * under) * a[1]
        g = (F(front_g[x]) * per_255 * over + g * under) * a[2]
        b = (F(front_b[x]) * per_255 * over + b * under) * a[3]
        out_r[x] = np.uint8(I(clamp01(r) * F(255) + grain))
        out_g[x] = np.uint8(I(clamp01(g) * F(255) + grain))
        out_b[x] = np.uint8(I(clamp01(b) * F(255) + grain))


@njit(**ROWS)
def _join(front, back, density, light, shine, out, horizon, a):
    height = F(out.shape[1])
    for y in prange(out.shape[1]):
        ground = smoothstep(horizon - F(0.01), horizon + F(0.04), F(y) / height)
        _join_row(
            front[0, y],
            front[1, y],
            front[2, y],
            front[3, y],
            back[0, y],
            back[1, y],
            back[2, y],
            density[y],
            light[y],
            shine[y],
            out[0, y],
            out[1, y],
            out[2, y],
            I(y),
            ground,
            a,
        )


@njit(**ROW)
def _sift_row(out, far, near, opening, colour):
    per_255 = F(1 / 255.0)
    for x in range(out.shape[0]):
        # what falls far away is hidden by a subject that stands before it
        behind = F(far[x]) * F(opening[x]) * (per_255 * per_255)
        cover = behind + F(near[x]) * per_255 * (C1 - behind)
        value = F(out[x])
        out[x] = np.uint8(I(value + (max(colour, value) - value) * cover + C05))


@njit(**ROWS)
def _sift(out, far, near, opening, colours):
    for y in prange(out.shape[1]):
        for channel in range(3):
            _sift_row(out[channel, y], far[y], near[y], opening[y], colours[channel])


@njit(**ROW)
def _tone_row(r_in, g_in, b_in, luma, blue, red):
    per_255 = F(1 / 255.0)
    for x in range(luma.shape[0]):
        r = F(r_in[x]) * per_255
        g = F(g_in[x]) * per_255
        b = F(b_in[x]) * per_255
        tone = F(0.2126) * r + F(0.7152) * g + F(0.0722) * b
        luma[x] = np.uint8(I(F(16.5) + F(219) * tone))
        blue[x] = b - tone
        red[x] = r - tone


# Darkroom.convert takes interleaved pixels; reading planes is four times as fast.
@njit(**ROWS)
def _to_yuv(planes, y_out, u_out, v_out):
    width = planes.shape[2]
    for pair in prange(planes.shape[1] // 2):
        rows = np.empty((4, width), np.float32)
        for k in range(2):
            y = pair * 2 + k
            _tone_row(planes[0, y], planes[1, y], planes[2, y], y_out[y], rows[k], rows[2 + k])
        chroma_row(rows[0], rows[1], rows[2], rows[3], u_out[pair], v_out[pair])


class Composite:
    """Joins the layers of one picture, frame by frame, in buffers of its own."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        """`seed` places the clouds."""
        self.width, self.height = width, height
        self._seed = (seed % 997) * 0.37 + 3.0
        half = (height // 2, width // 2)
        self._density, self._light = (np.zeros(half, np.float32) for _ in range(2))
        self._density_full, self._light_full = (np.zeros((height, width), np.float32) for _ in range(2))
        self._cloud_rows = 0
        self._front = np.zeros((4, height, width), np.uint8)
        self._back = np.zeros((3, height, width), np.uint8)
        self._out = np.zeros((3, height, width), np.uint8)
        self._rgb = np.zeros((height, width, 3), np.uint8)
        self._all_open = np.full((height, width), 255, np.uint8)
        self.falling = (236.0, 238.0, 242.0)

    def join(
        self,
        front: NDArray[np.uint8],
        back: Pixels | None,
        shine: Field,
        index: int,
        weather: Weather,
        fall: tuple[NDArray[np.uint8], NDArray[np.uint8]] | None = None,
    ) -> None:
        """Finish one picture, for `rgb` and `encode` to hand out.

        `front` is height × width × 4: colours times their cover, and how much of the back shows (255 all);
        without a `back` it has three channels and covers all. A `back` may end above the frame's lower border where
        nothing of it shows. `shine` (any size) is light added: 0 leaves the picture. `fall` is what
        falls behind a subject (the front of a picture with a back) and before everything, of the colour `falling`.
        """
        cv2.split(front, list(self._front[: front.shape[2]]))
        if back is not None:
            cv2.split(back, list(self._back[:, : back.shape[0]]))
        if weather.clouds > 0:
            self._draw_clouds(weather)
        size = (self.width, self.height)
        shine_full = cv2.resize(shine, size, interpolation=cv2.INTER_LINEAR)
        numbers = np.array((weather.clouds, *weather.tint, 0.9, index), np.float32)
        _join(
            self._front,
            self._back,
            self._density_full,
            self._light_full,
            shine_full,
            self._out,
            F(weather.horizon),
            numbers,
        )
        if fall is not None:
            opening = self._front[3] if front.shape[2] == 4 and weather.clouds == 0 else self._all_open
            _sift(self._out, *fall, opening, np.array(self.falling, np.float32))

    def rgb(self) -> Pixels:
        """The picture last joined, height × width × 3; the buffer is reused by the next call."""
        cv2.merge(list(self._out), self._rgb)
        return self._rgb

    def encode(self, darkroom: Darkroom) -> Frame:
        """The picture last joined as a frame in the planes of `darkroom`."""
        _to_yuv(self._out, darkroom.y, darkroom.u, darkroom.v)
        return darkroom.frame()

    def _draw_clouds(self, weather: Weather) -> None:
        rows = int(np.clip(np.ceil((weather.horizon + 0.02) * self._density.shape[0]), 1, self._density.shape[0]))
        aspect = F(self.width / self.height)
        _clouds(
            self._density,
            self._light,
            rows,
            F(weather.horizon),
            aspect,
            F(weather.t),
            F(self._seed),
            F(weather.cover),
        )
        bottom = min(self.height, rows * 2)
        for small, full in ((self._density, self._density_full), (self._light, self._light_full)):
            enlarged = cv2.resize(small[:rows], (self.width, rows * 2), interpolation=cv2.INTER_LINEAR)
            full[:bottom] = enlarged[:bottom]
            full[bottom : self._cloud_rows] = 0
        self._cloud_rows = bottom
