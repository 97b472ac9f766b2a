# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call,no-any-return"
# Kernels are untyped: Numba's decorators are, and it infers their types itself.
"""Linear light in, video planes out: bloom, exposure, filmic curve, grade, vignette and grain, then BT.709 4:2:0.

Knows no scene: one fused pass per row, so that the conversion to YUV costs nothing extra.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import C0, C05, C1, INLINE, ROW, F, I, clamp01, hash_uint
from openhorse.engines.procedural.drawing.sampling import CELL, grid_row, mix_rows, spread_row
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips, side_by_side
from openhorse.vocabulary import Frame

_GRAIN = 4096
"""Numbers of the grain: a row begins anywhere among them."""
Planes = NDArray[np.float32]
"""3 × height × width, linear light."""


@dataclass(frozen=True, slots=True)
class Grade:
    """How linear light becomes a picture. `lift` and `gain` are per channel, after the filmic curve."""

    exposure: float = 1.0
    bloom: float = 0.35
    bloom_from: float = 0.8
    streak: float = 0.0
    vignette: float = 0.9
    saturation: float = 1.05
    lift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    grain: float = 0.03


@njit(**INLINE)
def _exposed(x):
    """The filmic curve fitted to ACES by Narkowicz (2015), and to display by about x^(1/2.2), to 1/20000.

    The curve is n / d; its fourth root is n · (n³ d)^(−1/4), which takes neither a division nor a square root.
    """
    x = min(max(x, F(1e-7)), F(64))
    n = x * (F(2.51) * x + F(0.03))
    k = n * n * n * (x * (F(2.43) * x + F(0.59)) + F(0.14))
    r = F(I(I(0x4F584000) - I(F(k).view(np.int32) >> I(2))).view(np.float32))
    d = k * (r * r) * (r * r) - C1
    r = r * (C1 + d * (F(-0.25) + d * (F(0.15625) - F(0.1171875) * d)))
    q = n * r
    s = q * q
    return clamp01(F(0.585122381) * s + F(0.783140355) * q - F(0.368262736) * s * s)


@njit(**ROW)
def _develop_row(r_in, g_in, b_in, r_glow, g_glow, b_glow, luma, blue, red, v, noise, g):
    # g: exposure, bloom, vignette, grain, saturation, lift×3, gain×3
    width = r_in.shape[0]
    per_width = C1 / F(width)
    v2 = v * v * F(1.1)
    for x in range(width):
        u = F(I(x)) * per_width - C05
        light = (C1 - g[2] * (u * u * F(1.1) + v2)) * g[0]
        r = _exposed((r_in[x] + r_glow[x] * g[1]) * light)
        gr = _exposed((g_in[x] + g_glow[x] * g[1]) * light)
        b = _exposed((b_in[x] + b_glow[x] * g[1]) * light)
        grey = F(0.2126) * r + F(0.7152) * gr + F(0.0722) * b
        r = clamp01(g[5] + (g[8] - g[5]) * (grey + (r - grey) * g[4]))
        gr = clamp01(g[6] + (g[9] - g[6]) * (grey + (gr - grey) * g[4]))
        b = clamp01(g[7] + (g[10] - g[7]) * (grey + (b - grey) * g[4]))
        grain = noise[x] * g[3] * (F(1.2) - grey)
        tone = F(0.2126) * r + F(0.7152) * gr + F(0.0722) * b
        luma[x] = np.uint8(I(F(16.5) + F(219) * clamp01(tone + grain)))
        blue[x] = b - tone
        red[x] = r - tone


@njit(**ROW)
def chroma_row(blue0, blue1, red0, red1, u_out, v_out):
    """Average two rows of B−Y and R−Y into one row of Cb and Cr."""
    for x in range(u_out.shape[0]):
        i = x * 2
        u = (blue0[i] + blue0[i + 1] + blue1[i] + blue1[i + 1]) * F(0.25)
        v = (red0[i] + red0[i + 1] + red1[i] + red1[i + 1]) * F(0.25)
        u_out[x] = np.uint8(I(F(128.5) + F(224 / 1.8556) * u))
        v_out[x] = np.uint8(I(F(128.5) + F(224 / 1.5748) * v))


@njit(**STRIP)
def _develop(light, glow, y_out, u_out, v_out, frame, noise, g, first, last):
    # glow: on a grid of one cell for CELL pixels, with a border of one cell
    height, width = light.shape[1], light.shape[2]
    rows = np.empty((4, width), np.float32)
    line = np.empty(glow.shape[2], np.float32)
    shine = np.empty((3, (glow.shape[2] - 2) * CELL), np.float32)
    for pair in range(first, last):
        for k in range(2):
            y = pair * 2 + k
            row, share = grid_row(y)
            for c in range(3):
                mix_rows(line, glow[c, row], glow[c, row + 1], share)
                spread_row(line, shine[c])
            v = F(y) / F(height) - C05
            start = I(hash_uint(y, frame) % np.uint32(_GRAIN))
            _develop_row(
                light[0, y], light[1, y], light[2, y], shine[0], shine[1], shine[2],
                y_out[y], rows[k], rows[2 + k], v, noise[start : start + width], g,
            )  # fmt: skip
        chroma_row(rows[0], rows[1], rows[2], rows[3], u_out[pair], v_out[pair])


@njit(**STRIP)
def _bright_parts(light, out, threshold, first, last):
    """What is brighter than the threshold, one number for CELL × CELL pixels."""
    height, width = light.shape[1], light.shape[2]
    whole = width // CELL
    line = np.empty((3, width), np.float32)
    for y in range(first, last):
        for c in range(3):
            ends = min(y * CELL + 1, height - 1), min(y * CELL + 2, height - 1), min(y * CELL + 3, height - 1)
            _add_rows(line[c], light[c, y * CELL], light[c, ends[0]], light[c, ends[1]], light[c, ends[2]])
            _add_columns(line[c], out[c, y, :whole])
            if whole < out.shape[2]:
                mean = C0
                for x in range(whole * CELL, width):
                    mean += line[c, x]
                out[c, y, whole] = mean / (F(4) * F(width - whole * CELL))
        _sift_row(out[0, y], out[1, y], out[2, y], threshold, F(1.5))


@njit(**ROW)
def _add_rows(out, a, b, c, d):
    for x in range(out.shape[0]):
        out[x] = (a[x] + b[x]) + (c[x] + d[x])


@njit(**ROW)
def _add_columns(line, out):
    for i in range(out.shape[0]):
        x = i * CELL
        out[i] = ((line[x] + line[x + 1]) + (line[x + 2] + line[x + 3])) * F(1 / 16)


@njit(**ROW)
def _sift_row(r, g, b, threshold, knee):
    for i in range(r.shape[0]):
        most = max(r[i], max(g[i], b[i]))
        k = clamp01(max(most - threshold, C0) / (most + F(1e-4)) * knee)
        r[i] = min(r[i] * k, F(12))
        g[i] = min(g[i] * k, F(12))
        b[i] = min(b[i] * k, F(12))


@njit(**ROW)
def tone_row(r_in, g_in, b_in, luma, blue, red):
    """One row of finished colours (0…255) as Y, and as B−Y and R−Y for `chroma_row`."""
    per_255 = F(1 / 255.0)
    for x in range(luma.shape[0]):
        r = F(r_in[x]) * per_255
        g = F(g_in[x]) * per_255
        b = F(b_in[x]) * per_255
        tone = F(0.2126) * r + F(0.7152) * g + F(0.0722) * b
        luma[x] = np.uint8(I(F(16.5) + F(219) * tone))
        blue[x] = b - tone
        red[x] = r - tone


@njit(**STRIP)
def _to_yuv(planes, y_out, u_out, v_out, first, last):
    rows = np.empty((4, planes.shape[2]), np.float32)
    for pair in range(first, last):
        for k in range(2):
            y = pair * 2 + k
            tone_row(planes[0, y], planes[1, y], planes[2, y], y_out[y], rows[k], rows[2 + k])
        chroma_row(rows[0], rows[1], rows[2], rows[3], u_out[pair], v_out[pair])


class Darkroom:
    """Develops frames of one size; its planes are reused from frame to frame."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._small = -(-width // CELL), -(-height // CELL)
        # room to develop in is taken when it is first needed: a finished picture is only converted
        self._bright = self._glow = np.zeros((3, 0, 0), np.float32)
        self._noise = np.zeros(0, np.float32)
        self.y = np.zeros((height, width), np.uint8)
        self.u = np.zeros((height // 2, width // 2), np.uint8)
        self.v = np.zeros_like(self.u)
        self._planes: NDArray[np.uint8] | None = None

    def develop(self, light: Planes, index: int, grade: Grade) -> Frame:
        """Linear `light` (3 × height × width) as frame `index` of a film (the index seeds the grain)."""
        if not self._glow.size:
            self._bright = np.zeros((3, self._small[1], self._small[0]), np.float32)
            random = np.random.default_rng(0).uniform(-0.5, 0.5, _GRAIN)
            self._noise = np.resize(random, _GRAIN + self.width).astype(np.float32)
            self._glow = np.zeros((3, self._small[1] + 2, self._small[0] + 2), np.float32)
        self._spread(light, grade)
        numbers = np.array(
            (grade.exposure, grade.bloom, grade.vignette, grade.grain, grade.saturation, *grade.lift, *grade.gain),
            np.float32,
        )
        pairs = self.height // 2
        in_strips(_develop, 0, pairs, light, self._glow, self.y, self.u, self.v, I(index), self._noise, numbers)
        return self.frame()

    def convert(self, rgb: NDArray[np.uint8]) -> Frame:
        """A finished picture (height × width × 3, C order, display-referred) as a frame, unchanged."""
        if self._planes is None:
            self._planes = np.empty((3, self.height, self.width), np.uint8)
        # planes are read four times as fast as interleaved pixels
        cv2.split(rgb, list(self._planes))
        in_strips(_to_yuv, 0, self.height // 2, self._planes, self.y, self.u, self.v)
        return self.frame()

    def frame(self) -> Frame:
        """The planes as they stand."""
        return Frame(self.y.data, self.u.data, self.v.data)

    def _spread(self, light: Planes, grade: Grade) -> None:
        bright = self._bright
        in_strips(_bright_parts, 0, bright.shape[1], light, bright, F(grade.bloom_from))
        scale = (self.width * self.height / 921600) ** 0.5
        channels = zip(bright, self._glow, strict=True)
        list(side_by_side(partial(self._spread_channel, *planes, grade, scale) for planes in channels))

    def _spread_channel(self, bright: Planes, glow: Planes, grade: Grade, scale: float) -> None:
        width, height = self.width, self.height
        sixteenth, thirty_second = _reduced(width, height, 16), _reduced(width, height, 32)
        near = cv2.GaussianBlur(bright, (0, 0), 2.0 * scale)
        middle = cv2.GaussianBlur(cv2.resize(bright, sixteenth, interpolation=cv2.INTER_AREA), (0, 0), 3.2 * scale)
        far = cv2.GaussianBlur(cv2.resize(middle, thirty_second, interpolation=cv2.INTER_AREA), (0, 0), 5 * scale)
        far = cv2.resize(far, sixteenth, interpolation=cv2.INTER_CUBIC)
        wide = cv2.resize(middle * 0.35 + far * 0.3, self._small, interpolation=cv2.INTER_LINEAR)
        if grade.streak:
            reach = (width // 24 | 1, 1)
            wide += grade.streak * cv2.blur(cv2.blur(bright, reach), reach)
        cv2.copyMakeBorder(cv2.addWeighted(near, 0.5, wide, 1, 0), 1, 1, 1, 1, cv2.BORDER_REPLICATE, dst=glow)


def _reduced(width: int, height: int, by: int) -> tuple[int, int]:
    return max(2, width // by), max(2, height // by)


def to_rgb(frame: Frame, width: int, height: int) -> NDArray[np.uint8]:
    """A frame back as height × width × 3 RGB, for looking at it (stills, tests)."""
    y = (np.asarray(frame.y, np.float32).reshape(height, width) - 16) / 219
    half = (height // 2, width // 2)
    u, v = (
        cv2.resize(np.asarray(plane, np.float32).reshape(half), (width, height)) / 224 - 128 / 224
        for plane in (frame.u, frame.v)
    )
    rgb = np.dstack([y + 1.5748 * v, y - 0.1873 * u - 0.4681 * v, y + 1.8556 * u])
    return (np.clip(rgb, 0, 1) * 255 + 0.5).astype(np.uint8)
