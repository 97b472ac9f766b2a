"""Painted sheets and where each of them lies in a frame in; all of them drawn over it, in one pass, row by row, out.

A row of the frame is finished while it is in the nearest cache. Sheets are kept as one word of 64 bits a texel: four
numbers of 16 bits, a five-bit exponent and eleven bits behind the point each, 0 … 255, to 1/4096 of themselves.
Knows not what the sheets show.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call,no-any-return"
# The kernels are compiled by Numba, which types their arguments itself.

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import C0, C05, C1, INLINE, ROW, F, I, U, floor_int, gradient_noise
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips

Words = NDArray[np.uint64]

_SHIFT = 12
_ROUND = I(1 << (_SHIFT - 1))
_DOWN, UP = F(2.0**-103), F(2.0**103)
_HALF_UP, _HALF_DOWN = F(2.0**64), F(2.0**-64)
_LEAST, _MOST = F(2e-7), F(255)
_IN_STRIPS = 40_000
"""Pixels from which on sheets are drawn by several threads."""
STREAK_ROWS = 320
STREAKS_A_SECOND = 80.0


@njit(**INLINE)
def _coded(x):
    x = min(x, _MOST)
    x = x if x > _LEAST else C0
    return np.uint16(I(F(x * _DOWN).view(np.int32) + _ROUND) >> I(_SHIFT))


@njit(**INLINE)
def _number(coded):
    """One number, in 2⁻¹⁰³."""
    return I(I(coded) << I(_SHIFT)).view(np.float32)


@njit(**INLINE)
def low(word):
    """The first of a word's two numbers, in 2⁻¹⁰³."""
    return I((word & U(0xFFFF)) << U(_SHIFT)).view(np.float32)


@njit(**INLINE)
def high(word):
    """The second of a word's two numbers, in 2⁻¹⁰³."""
    return I((word >> U(16)) << U(_SHIFT)).view(np.float32)


@njit(**ROW)
def _pack(values, out):
    for i in range(out.shape[0]):
        out[i] = _coded(values[i])


@njit(**STRIP)
def _pack_planes(plain, out, layer, stride, corner, first, last):
    # plain: four planes of `layer` numbers, `stride` a row; out: the words of a part of them that begins at `corner`
    for y in range(first, last):
        red = np.uint64(corner + y * stride)
        green, blue, cover = red + np.uint64(layer), red + np.uint64(2 * layer), red + np.uint64(3 * layer)
        words = out[y]
        for i in range(words.shape[0]):
            k = np.uint64(i)
            one = np.uint64(_coded(plain[red + k])) | (np.uint64(_coded(plain[green + k])) << np.uint64(16))
            two = np.uint64(_coded(plain[blue + k])) | (np.uint64(_coded(plain[cover + k])) << np.uint64(16))
            words[k] = one | (two << np.uint64(32))


@njit(**ROW)
def _unpack(numbers, out):
    for i in range(out.shape[0]):
        out[i] = _number(numbers[i]) * UP


@njit(**INLINE)
def join_row(line, texels, above, below, count, gain_above, gain_below):
    """Two rows of texels in one: `above` and `below` are where they begin, in numbers; a clear texel at both ends."""
    one, other = gain_above * _HALF_UP, gain_below * _HALF_UP
    for i in range(4):
        line[i] = np.uint16(0)
    for i in range(count):
        k = np.uint64(i)
        a = _number(texels[above + k])
        b = _number(texels[below + k])
        x = F((a * one + b * other) * _HALF_DOWN)
        line[k + np.uint64(4)] = np.uint16(I(F(x).view(np.int32) + _ROUND) >> I(_SHIFT))
    for i in range(4):
        line[np.uint64(count + 4 + i)] = np.uint16(0)


@njit(**INLINE)
def _pour(line, streaks, first, second, share, count):
    """Streaks that lie over a row of falling water: `first` and `second` are where their two rows begin."""
    for i in range(count):
        k = np.uint64(i)
        pattern = streaks[first + k] * (C1 - share) + streaks[second + k] * share
        cover = F(0.42) + F(0.58) * pattern
        shine = cover * (F(0.75) + C05 * pattern)
        for c in range(4):
            at = np.uint64(4) * (k + np.uint64(1)) + np.uint64(c)
            line[at] = _coded(_number(line[at]) * UP * (shine if c < 3 else cover))


@njit(**INLINE)
def _find(places, shares, n, start, per_pixel, most, leans, lean, sway):
    """Before which texel of a joined row each pixel lies, and how far behind it."""
    for i in range(n):
        k = np.uint64(i)
        u = start + F(I(i)) * per_pixel
        if sway != C0:
            u -= sway * leans[lean + k]
        u = min(max(u, C0), most)
        at = I(u)
        places[k] = U(at)
        shares[k] = u - F(at)


# Loads from places that are known only then: apart from the maths, which stay vectorised.
@njit(**INLINE)
def fetch_row(line, places, n, left, right):
    """The texel at each of `n` places of a joined row, and the one after it."""
    for i in range(n):
        k = np.uint64(i)
        at = np.uint64(places[k])
        left[k] = line[at]
        right[k] = line[at + np.uint64(1)]


@njit(**INLINE)
def _lay_over(red, green, blue, x0, n, left, right, shares, gain, hides):
    for i in range(n):
        k = np.uint64(i)
        x = x0 + k
        f = shares[k] * UP
        e = UP - f
        a, b = left[np.uint64(2) * k], right[np.uint64(2) * k]
        c, d = left[np.uint64(2) * k + np.uint64(1)], right[np.uint64(2) * k + np.uint64(1)]
        through = C1 - (high(c) * e + high(d) * f) * hides
        red[x] = red[x] * through + (low(a) * e + low(b) * f) * gain
        green[x] = green[x] * through + (high(a) * e + high(b) * f) * gain
        blue[x] = blue[x] * through + (low(c) * e + low(d) * f) * gain


@njit(**STRIP)
def _draw(out, texels, numbers, spans, streaks, leans, table, rows, items, first, last):
    # table: where a sheet's texels begin, rows, columns, where its spans begin, blocks, spans a block, streaks
    # items: left, top, scale, −1 if upside down, sway, gain, hides, seconds of fall, its phase; rows: from, to, sheet,
    # lean
    width = I(out.shape[2])
    wide = I(0)
    for k in range(rows.shape[0]):
        wide = max(wide, I(table[rows[k, 2], 2]))
    line = np.empty(wide + 2, np.uint64)
    words = line.view(np.uint16)
    places = np.empty(width, np.uint32)
    shares = np.empty(width, np.float32)
    left, right = np.empty(width, np.uint64), np.empty(width, np.uint64)
    left_words, right_words = left.view(np.uint32), right.view(np.uint32)
    for y in range(first, last):
        red, green, blue = out[0, y], out[1, y], out[2, y]
        for k in range(rows.shape[0]):
            if y < rows[k, 0] or y >= rows[k, 1]:
                continue
            sheet = rows[k, 2]
            tall = I(table[sheet, 1])
            scale = items[k, 2]
            per_pixel = C1 / scale
            v = (F(y) + C05 - items[k, 1]) * per_pixel - C05
            if items[k, 3] < C0:
                v = F(tall) - C1 - v
            if v <= F(-1) or v >= F(tall):
                continue
            row = I(v + C1) - I(1)
            share = v - F(row)
            above, below = max(row, I(0)), min(row + I(1), tall - I(1))
            gain_above = C0 if row < 0 else C1 - share
            gain_below = C0 if row + 1 >= tall else share
            up = max(C1 - (v + C05) / F(tall), C0)
            sway = items[k, 4] * up * (C05 + C05 * up)
            reach = (abs(sway) * F(1.4) + C1) * scale
            most = I(table[sheet, 5])
            block = I(table[sheet, 3]) + above * I(table[sheet, 4]) // tall * most
            stride = np.uint64(table[sheet, 2])
            upper = np.uint64(table[sheet, 0]) + np.uint64(above) * stride
            lower = np.uint64(table[sheet, 0]) + np.uint64(below) * stride
            for s in range(block, block + most):
                start, end = spans[s, 0], spans[s, 1]
                if start >= end:
                    break
                x0 = max(floor_int(items[k, 0] + F(start) * scale - reach), I(0))
                x1 = min(floor_int(items[k, 0] + F(end) * scale + reach) + I(1), width)
                n = x1 - x0
                if n <= 0:
                    continue
                # only the texels that the frame shows
                u0 = (F(x0) + C05 - items[k, 0]) * per_pixel - C05
                slack = abs(sway) * F(1.4) + F(2)
                start = max(start, I(max(u0 - slack, C0)))
                end = min(end, I(max(u0 + F(n) * per_pixel + slack, C0)) + I(1))
                count = end - start
                if count <= 0:
                    continue
                one, other = upper + np.uint64(start), lower + np.uint64(start)
                join_row(words, numbers, one * np.uint64(4), other * np.uint64(4), count * 4, gain_above, gain_below)
                if table[sheet, 6] >= 0:
                    down = (v + C05) / F(tall)
                    at = down * (F(1.6) - F(0.65) * down) * items[k, 7] + items[k, 8]
                    at -= F(floor_int(at * F(1 / STREAK_ROWS))) * F(STREAK_ROWS)
                    streak = I(at) % I(STREAK_ROWS)
                    following = (streak + I(1)) % I(STREAK_ROWS)
                    begin = np.uint64(table[sheet, 6]) + np.uint64(start)
                    _pour(
                        words, streaks, begin + np.uint64(streak) * stride, begin + np.uint64(following) * stride,
                        at - F(I(at)), count,
                    )  # fmt: skip
                lean = np.uint64(max(rows[k, 3], I(0))) * np.uint64(width) + np.uint64(x0)
                _find(
                    places, shares, n, u0 - F(start) + C1, per_pixel, F(count) + F(0.9999), leans, lean, sway
                )  # fmt: skip
                fetch_row(line, places, n, left, right)
                _lay_over(
                    red, green, blue, np.uint64(x0), n, left_words, right_words, shares, items[k, 5], items[k, 6]
                )  # fmt: skip


@njit(**ROW)
def _lean(out, first, unit, t):
    # leaves flutter, the whole leans
    for i in range(out.shape[0]):
        out[i] = F(0.6) + F(0.8) * gradient_noise((F(I(i)) + first) * unit - t * F(0.9), t * F(0.35))


def pack(layer: NDArray[np.float32]) -> Words:
    """A sheet of height × width × 4 (0 … 255) as words."""
    values = np.ascontiguousarray(layer, np.float32)
    words: Words = np.empty(values.shape[:2], np.uint64)
    _pack(values.ravel(), words.ravel().view(np.uint16))
    return words


@dataclass(frozen=True, slots=True)
class Laid:
    """Where a sheet lies: its number, its left and top in pixels of the frame, pixels per texel.

    `turned` −1 hangs it upside down from its top. In the wind its top is `sway` texels off at `t` seconds, with `unit`
    waves of it a pixel. `gain` multiplies its light; with `hides` 0 it is added to what is behind it. One that pours
    is streaked by what falls for `seconds` from its top to its foot.
    """

    sheet: int
    left: float
    top: float
    scale: float
    turned: float = 1.0
    sway: float = 0.0
    unit: float = 0.01
    t: float = 0.0
    gain: float = 1.0
    hides: float = 1.0
    seconds: float = 0.0


class Pile:
    """Sheets, all in one piece of memory, so that one call draws any number of them."""

    def __init__(self) -> None:
        self._texels: Words = np.zeros(0, np.uint64)
        self._used = 0
        self._spans = np.zeros((0, 2), np.int32)
        self._streaks = np.zeros(0, np.float32)
        self._table: list[tuple[int, ...]] = []

    def add(self, layer: NDArray[np.float32], streaks: NDArray[np.float32] | None = None) -> int:
        """Keep a sheet (height × width × 4, premultiplied linear) and give its number; `streaks` for one that pours."""
        values = np.ascontiguousarray(layer, np.float32)
        spans = spans_of(values)
        number = self._reserve((values.shape[0], values.shape[1]), spans, streaks)
        _pack(values.ravel(), self._words(number).view(np.uint16))
        return number

    def add_planes(self, planes: NDArray[np.float32], part: tuple[slice, slice]) -> int:
        """Keep a part (rows, columns) of a sheet of 4 × height × width; it is drawn whole, clear or not."""
        rows, columns = part
        tall, wide = rows.stop - rows.start, columns.stop - columns.start
        number = self._reserve((tall, wide), np.array([[[0, wide]]], np.int32), None)
        plain, words = np.ascontiguousarray(planes, np.float32).reshape(-1), self._words(number).reshape(tall, wide)
        height, width = planes.shape[1:]
        given = plain, words, height * width, width, rows.start * width + columns.start
        if tall * wide < _IN_STRIPS:
            _pack_planes(*given, 0, tall)
        else:
            in_strips(_pack_planes, 0, tall, *given)
        return number

    def size(self, number: int) -> tuple[int, int]:
        """A sheet's rows and columns."""
        return self._table[number][1], self._table[number][2]

    def layer(self, number: int) -> NDArray[np.float32]:
        """A sheet as it was added, to 1/4096."""
        out = np.empty((*self.size(number), 4), np.float32)
        _unpack(self._words(number).view(np.uint16), out.reshape(-1))
        return out

    def draw(self, out: Planes, laid: list[Laid]) -> None:
        """Draw sheets over `out` (3 × height × width), one after another."""
        height, width = out.shape[1:]
        shown: list[Laid] = []
        rows: list[tuple[int, int, int, int]] = []
        leans: list[tuple[float, float]] = []
        pixels = 0.0
        for one in laid:
            tall, wide = self.size(one.sheet)
            first, last = max(0, math.floor(one.top)), min(height, math.ceil(one.top + tall * one.scale) + 1)
            slack = (1.4 * abs(one.sway) + 1) * one.scale
            if first >= last or one.left - slack > width or one.left + wide * one.scale + slack < 0:
                continue
            pixels += (last - first) * min(width, wide * one.scale)
            rows.append((first, last, one.sheet, len(leans) if one.sway else -1))
            if one.sway:
                leans.append((one.unit, one.t))
            shown.append(one)
        if not shown:
            return
        phases = [-one.t * STREAKS_A_SECOND % STREAK_ROWS for one in shown]
        items = [
            (
                one.left,
                one.top,
                one.scale,
                one.turned,
                one.sway,
                one.gain,
                one.hides,
                one.seconds * STREAKS_A_SECOND,
                phase,
            )
            for one, phase in zip(shown, phases, strict=True)
        ]
        leaning = np.empty(max(1, len(leans)) * width, np.float32)
        for k, (unit, t) in enumerate(leans):
            _lean(leaning[k * width : (k + 1) * width], C0, F(unit), F(t))
        numbers = self._texels.view(np.uint16)
        given = (
            *(out, self._texels, numbers, self._spans, self._streaks, leaning, np.array(self._table, np.int64)),
            *(np.array(rows, np.int32), np.array(items, np.float32)),
        )
        span = min(first for first, *_ in rows), max(row[1] for row in rows)
        if pixels < _IN_STRIPS:
            _draw(*given, *span)
        else:
            in_strips(_draw, *span, *given)

    def _reserve(self, size: tuple[int, int], spans: NDArray[np.int32], streaks: NDArray[np.float32] | None) -> int:
        """Room for a sheet."""
        end = self._used + size[0] * size[1]
        if end > self._texels.size:
            grown = np.zeros(max(end, min(2 * self._texels.size, self._texels.size + (1 << 24))), np.uint64)
            grown[: self._used] = self._texels[: self._used]
            self._texels = grown
        poured = -1
        if streaks is not None:
            poured = self._streaks.size
            self._streaks = np.concatenate([self._streaks, np.ascontiguousarray(streaks, np.float32).ravel()])
        self._table.append((self._used, *size, len(self._spans), *spans.shape[:2], poured))
        self._spans = np.concatenate([self._spans, spans.reshape(-1, 2)])
        self._used = end
        return len(self._table) - 1

    def _words(self, number: int) -> Words:
        first, tall, wide, *_ = self._table[number]
        return self._texels[first : first + tall * wide]


def lay(out: Planes, sheet: Planes, place: tuple[float, float, float], **how: float) -> None:
    """Lay one sheet (4 × height × width, premultiplied linear) over `out`: left, top, pixels per texel; `how`: as Laid.

    For what is drawn anew for each frame.
    """
    left, top, scale = place
    tall, wide = sheet.shape[1:]
    columns = _seen(left, scale, wide, out.shape[2])
    rows = _seen(top, scale, tall, out.shape[1])
    if columns.start >= columns.stop or rows.start >= rows.stop:
        return
    left, top = left + columns.start * scale, top + rows.start * scale
    if how.get("turned", 1.0) < 0:
        rows = slice(tall - rows.stop, tall - rows.start)
    pile = Pile()
    pile.draw(out, [Laid(pile.add_planes(sheet, (rows, columns)), left, top, scale, **how)])


def _seen(start: float, scale: float, count: int, side: int) -> slice:
    """Which of a sheet's `count` texels the frame's side shows, and a few more."""
    return slice(max(0, math.floor(-start / scale) - 2), min(count, math.ceil((side - start) / scale) + 2))


_BLOCK = 12
"""Rows of a sheet for which one list says where anything is."""
_GAP = 24
"""Clear columns that end a span: fewer are drawn through."""


def spans_of(layer: NDArray[np.float32]) -> NDArray[np.int32]:
    """Where anything is on a sheet: blocks of rows × spans × (first column, the one behind the last); none is 0, 0."""
    tall, wide = layer.shape[:2]
    blocks = -(-tall // _BLOCK)
    # the four of a texel are one word: any of them
    something = ((layer > 0.002).view(np.uint32)[..., 0] != 0).view(np.uint8)
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
