"""A flat, a camera and a moment in; the flat drawn over a frame, swaying, repeated and in haze. Knows no place."""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernels are compiled by Numba, which types their arguments itself.

from __future__ import annotations

import math

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import C0, C05, C1, ROW, F, I, gradient_noise
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.parts.grain import grain
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Flat

_SMALLEST = 2
_IN_STRIPS = 40_000
"""Pixels from which on a flat is drawn by several threads."""


@njit(**ROW)
def _places_row(us, x0, n, left, per_pixel, sway, t, unit):
    for i in range(n):
        us[i] = (F(x0 + I(i)) + C05 - left) * per_pixel - C05
    if sway != C0:
        # leaves flutter, the whole leans
        for i in range(n):
            x = F(x0 + I(i))
            us[i] -= sway * (F(0.6) + F(0.8) * gradient_noise(x * unit - t * F(0.9), t * F(0.35)))


@njit(**ROW)
def _join_rows(out, one, other, gain_one, gain_other):
    for i in range(one.shape[0]):
        out[i] = one[i] * gain_one + other[i] * gain_other


@njit(**ROW)
def _over_row(red, green, blue, lines, us, n, last, gain, hides):
    for i in range(n):
        u = us[i]
        if u <= F(-1) or u >= F(last + 1):
            continue
        k = I(u + C1) - I(1)
        f = u - F(k)
        k0, k1 = max(k, I(0)), min(k + I(1), I(last))
        w0 = C0 if k < 0 else C1 - f
        w1 = C0 if k + 1 > last else f
        through = C1 - (lines[3, k0] * w0 + lines[3, k1] * w1) * hides
        red[i] = red[i] * through + (lines[0, k0] * w0 + lines[0, k1] * w1) * gain
        green[i] = green[i] * through + (lines[1, k0] * w0 + lines[1, k1] * w1) * gain
        blue[i] = blue[i] * through + (lines[2, k0] * w0 + lines[2, k1] * w1) * gain


@njit(**STRIP)
def _lay(out, sheet, spans, place, numbers, first, last):
    # place: left, top, pixels per texel, and −1 for one that hangs upside down from its top; numbers: sway of the top
    # in texels, t, noise per pixel, gain, hides
    tall, wide = sheet.shape[1], sheet.shape[2]
    width = out.shape[2]
    left, top, scale, turned = place[0], place[1], place[2], place[3]
    lines = np.empty((4, wide), np.float32)
    us = np.empty(width, np.float32)
    per_pixel = C1 / scale
    for y in range(first, last):
        v = (F(y) + C05 - top) * per_pixel - C05
        if turned < C0:
            v = F(tall) - C1 - v
        if v <= F(-1) or v >= F(tall):
            continue
        row = I(v + C1) - I(1)
        share = v - F(row)
        above, below = max(row, I(0)), min(row + I(1), I(tall - 1))
        gain_above = C0 if row < 0 else C1 - share
        gain_below = C0 if row + 1 >= tall else share
        up = max(C1 - (v + C05) / F(tall), C0)
        sway = numbers[0] * up * (C05 + C05 * up)
        reach = (abs(sway) * F(1.4) + C1) * scale
        block = above * I(spans.shape[0]) // I(tall)
        for s in range(spans.shape[1]):
            start, end = spans[block, s, 0], spans[block, s, 1]
            if start >= end:
                break
            x0 = max(I(math.floor(left + F(start) * scale - reach)), I(0))
            x1 = min(I(math.floor(left + F(end) * scale + reach)) + I(1), I(width))
            n = x1 - x0
            if n <= 0:
                continue
            for c in range(4):
                one, other = sheet[c, above], sheet[c, below]
                _join_rows(lines[c], one[start:end], other[start:end], gain_above, gain_below)
            _places_row(us, x0, n, left + F(start) * scale, per_pixel, sway, numbers[1], numbers[2])
            red, green, blue = out[0, y], out[1, y], out[2, y]
            _over_row(
                red[x0:x1], green[x0:x1], blue[x0:x1], lines, us, n, I(end - start - 1), numbers[3], numbers[4]
            )  # fmt: skip


def lay(
    out: Planes,
    sheet: NDArray[np.float32],
    place: tuple[float, float, float],
    spans: NDArray[np.int32] | None = None,
    **how: float,
) -> None:
    """Lay a sheet (4 × height × width, premultiplied linear) over `out`: left, top, and pixels per pixel of the sheet.

    `how`: `sway` of its top in pixels of the sheet at `t` seconds with `unit` noise per pixel; `gain` multiplies its
    light; with `hides` 0 it is added; with `turned` −1 it is upside down. `spans` says where anything is on it.
    """
    left, top, scale = place
    rows = max(0, math.floor(top)), min(out.shape[1], math.ceil(top + sheet.shape[1] * scale) + 1)
    if rows[0] >= rows[1] or left > out.shape[2] or left + sheet.shape[2] * scale < 0:
        return
    where = np.array((left, top, scale, how.get("turned", 1.0)), np.float32)
    numbers = np.array(
        [how.get(k, v) for k, v in (("sway", 0), ("t", 0), ("unit", 0.01), ("gain", 1), ("hides", 1))], np.float32
    )
    if spans is None:
        spans = np.array([[[0, sheet.shape[2]]]], np.int32)
    if (rows[1] - rows[0]) * min(out.shape[2], sheet.shape[2] * scale) < _IN_STRIPS:
        _lay(out, sheet, spans, where, numbers, *rows)
    else:
        in_strips(_lay, *rows, out, sheet, spans, where, numbers)


_BLOCK = 12
"""Rows of a sheet for which one list says where anything is."""
_GAP = 16
"""Clear columns that end a span: fewer are drawn through."""


def spans_of(sheet: NDArray[np.float32]) -> NDArray[np.int32]:
    """Where anything is on a sheet: blocks of rows × spans × (first column, the one behind the last); none is 0, 0."""
    tall, wide = sheet.shape[1:]
    blocks = -(-tall // _BLOCK)
    something = (sheet.max(axis=0) > 0.002).astype(np.uint8)
    # a row is drawn from two, and blocks meet anywhere between them
    spread = cv2.dilate(something, np.ones((5, _GAP + 1), np.uint8))
    found = []
    for block in range(blocks):
        # the same whole numbers as the kernel's: row * blocks // tall
        first, last = -(-block * tall // blocks), -(-(block + 1) * tall // blocks)
        line = spread[first:last].max(axis=0) if last > first else np.zeros(wide, np.uint8)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], line, [0]]).astype(np.int8)))
        found.append(edges.reshape(-1, 2))
    spans = np.zeros((blocks, max(1, *(len(one) for one in found), 1), 2), np.int32)
    for block, one in enumerate(found):
        spans[block, : len(one)] = one
    return spans


class Flatwork:
    """One flat ready to be drawn, in the sizes in which it may be seen."""

    def __init__(self, flat: Flat, light: Daylight, seed: int) -> None:
        self.flat = flat
        hidden = light.haze(flat.z * flat.haze)
        planes = np.ascontiguousarray(flat.layer.transpose(2, 0, 1), np.float32)
        if hidden > 0.01 and not flat.glow:
            planes[:3] = planes[:3] * (1 - hidden) + planes[3] * light.air[:, None, None] * hidden
        elif hidden > 0.01:
            planes[:3] *= 1 - hidden
        # copies that join without a gap lie over one another a little: their soft edges would be seen through
        self._joint = 2 if 0 < flat.period < flat.wide + 0.5 / flat.metre else 0
        self._levels, self._drawn = [planes], [self._joined(planes)]
        self._spans = [spans_of(self._drawn[0])]
        self._seed = seed
        self._streaks = _streaks(self._drawn[0].shape[2], seed) if flat.pour else None

    def draw(self, out: Planes, camera: Camera, t: float, wind: float = 1.0, mirrored: float = 0.0) -> None:
        """Draw it at `t`; `wind` is the gust's force. `mirrored` (0…1) draws its image in level water instead."""
        flat = self.flat
        if flat.z - camera.z < 0.3:
            return
        metre = camera.metre(flat.z)
        level, scale = self._level(metre / flat.metre)
        sheet = self._drawn[level]
        if self._streaks is not None:
            sheet = _poured(sheet, self._streaks, flat, t)
        step = flat.metre / 2**level
        sway = 0.0 if flat.sway == 0 else flat.sway * wind * step * (0.75 + 0.25 * math.sin(1.7 * t + self._seed % 7))
        gain = _burning(flat.lamp, t, self._seed)
        foot = camera.row(flat.y, flat.z)
        top = foot - sheet.shape[1] * scale
        how = {"sway": sway, "t": t, "unit": 1.6 / max(24.0, metre), "gain": gain, "hides": 0.0 if flat.glow else 1.0}
        if mirrored:
            # as far below its own ground's level as it stands above it
            top = camera.row(-flat.y, flat.z)
            how |= {"turned": -1.0, "gain": gain * mirrored, "hides": how["hides"] * mirrored}
        first = flat.x + flat.drift * t - flat.wide / 2
        for x in self._repeated(first, camera, out.shape[2]):
            lay(out, sheet, (camera.column(x, flat.z), top, scale), self._spans[level], **how)

    def _repeated(self, first: float, camera: Camera, width: int) -> list[float]:
        """The left ends of all its copies in the frame."""
        flat = self.flat
        if flat.period <= 0:
            return [first]
        metre = camera.metre(flat.z)
        left, right = camera.x - camera.centre / metre, camera.x + (width - camera.centre) / metre
        start = math.ceil((left - flat.wide - 2 * flat.sway - first) / flat.period)
        end = math.floor((right + 2 * flat.sway - first) / flat.period)
        return [first + k * flat.period for k in range(start, end + 1)]

    def _joined(self, sheet: NDArray[np.float32]) -> NDArray[np.float32]:
        """One of its sizes, with some of its beginning at its end if copies join."""
        return np.concatenate([sheet, sheet[:, :, : self._joint]], axis=2) if self._joint else sheet

    def _level(self, scale: float) -> tuple[int, float]:
        """The size to draw from, and how much it is then enlarged: 0.7 to 1.4 unless it is near."""
        level = 0
        while scale < 0.7 and min(self._levels[level].shape[1:]) >= 2 * _SMALLEST:
            if level + 1 == len(self._levels):
                above = self._levels[level]
                size = max(1, above.shape[2] // 2), max(1, above.shape[1] // 2)
                small = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in above]
                self._levels.append(np.ascontiguousarray(small, np.float32))
                self._drawn.append(self._joined(self._levels[-1]))
                self._spans.append(spans_of(self._drawn[-1]))
            level, scale = level + 1, scale * 2
        return level, scale


_STREAK_ROWS = 320
_STREAKS_A_SECOND = 80.0


def _streaks(width: int, seed: int) -> NDArray[np.float32]:
    """What falls in falling water, by its time of fall: 0…1, seamless downwards."""
    random = np.random.default_rng((seed, 5))
    fine = grain((width, _STREAK_ROWS), (width / 4, 26), random, 2)
    broad = grain((width, _STREAK_ROWS), (width / 22, 12), random, 2)
    return np.clip(0.56 + 0.42 * fine + 0.45 * broad, 0, 1).astype(np.float32)


def _poured(sheet: NDArray[np.float32], streaks: NDArray[np.float32], flat: Flat, t: float) -> NDArray[np.float32]:
    """The sheet with streaks that have fallen for `t` seconds; they leave slowly and arrive fast, drawn out."""
    rows, columns = sheet.shape[1:]
    down = (np.arange(rows, dtype=np.float64) + 0.5) / rows
    fallen = down * (1.6 - 0.65 * down) * flat.tall / flat.pour
    at = (fallen - t) * _STREAKS_A_SECOND % _STREAK_ROWS
    first = at.astype(np.int64) % _STREAK_ROWS
    share = (at - np.floor(at)).astype(np.float32)[:, None]
    across = streaks if columns == streaks.shape[1] else cv2.resize(streaks, (columns, _STREAK_ROWS))
    pattern = across[first] * (1 - share) + across[(first + 1) % _STREAK_ROWS] * share
    poured = sheet * (np.float32(0.42) + np.float32(0.58) * pattern)
    poured[:3] *= np.float32(0.75) + np.float32(0.5) * pattern
    return np.ascontiguousarray(poured)


def _burning(lamp: str, t: float, seed: int) -> float:
    """How bright a lamp is at `t`, 1 in the mean."""
    phase = seed * 2.399
    if lamp == "flicker":
        return 1 + 0.18 * math.sin(11.3 * t + phase) + 0.12 * math.sin(17.9 * t + 2 * phase)
    if lamp == "pulse":
        return 0.85 + 0.3 * math.sin(math.tau * t / 3.1 + phase)
    if lamp == "blink":
        return 1.6 if (t / 1.3 + phase) % 1 < 0.45 else 0.1
    return 1.0
