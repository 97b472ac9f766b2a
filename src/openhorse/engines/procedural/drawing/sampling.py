# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call,no-any-return"
# Kernels are untyped: Numba's decorators are, and it infers their types itself.
"""A picture and a coarse map in, rows of its displaced colours out: kernels for loops that finish a row at a time.

One row is drawn, lit and converted while it is in the nearest cache; a whole frame's maps and layers never exist.
Knows no camera and no layers' meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import C0, C1, INLINE, ROW, F, I, U

CELL = 4
"""Pixels of the frame to one cell of a coarse grid, each way; a grid reaches one cell beyond the frame."""
TILE = 16
"""Pixels of a sheet to one entry of its tiles, each way."""
OPAQUE, OPEN = 1, 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """A layer's pixels as a kernel reads them: one word of red, green, blue and opening for each.

    `words` is rows × columns; a point (x, y) of the frame is at (`scale` × x + `left`, `scale` × y + `top`) in it.
    `tiles` tells of every tile of `TILE` pixels whether nothing behind it shows (OPAQUE) or nothing of it (OPEN).
    """

    words: NDArray[np.uint32]
    tiles: NDArray[np.uint8]
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0

    @property
    def pairs(self) -> NDArray[np.uint64]:
        """Every word and the one after it, as one word of twice the length: the sheet in one row, overlapping."""
        return np.ndarray((self.words.size - 1,), np.uint64, self.words, strides=(4,))

    @property
    def numbers(self) -> NDArray[np.float32]:
        """Scale, left and top, as a kernel reads them."""
        return np.array((self.scale, self.left, self.top), np.float32)

    def repainted(self, pixels: NDArray[np.uint8]) -> Sheet:
        """The same sheet in other colours: `pixels` are height × width × 4, as open as they were, or × 3, opaque."""
        if pixels.shape[2] == 3:
            pixels = cv2.merge([*cv2.split(pixels), np.zeros(pixels.shape[:2], np.uint8)])
        return replace(self, words=pixels.view(np.uint32)[..., 0])


def lay(pixels: NDArray[np.uint8], scale: float = 1.0, left: float = 0.0, top: float = 0.0) -> Sheet:
    """A sheet of `pixels` (height × width × 3, opaque, or × 4 with its opening: 255 shows only what is behind)."""
    if pixels.shape[2] == 3:
        pixels = cv2.merge([*cv2.split(pixels), np.zeros(pixels.shape[:2], np.uint8)])
    words = np.ascontiguousarray(pixels).view(np.uint32)[..., 0]
    return Sheet(words, _tiles(words), scale, left, top)


def _tiles(words: NDArray[np.uint32]) -> NDArray[np.uint8]:
    found = np.zeros((-(-words.shape[0] // TILE), -(-words.shape[1] // TILE)), np.uint8)
    _judge_tiles(words, found)
    return found


@njit(**ROW)
def _judge_tiles(words, found):
    for i in range(found.shape[0]):
        for j in range(found.shape[1]):
            opaque, clear = True, True
            # a pixel is read together with its right and its lower neighbour
            for y in range(i * TILE, min((i + 1) * TILE + 1, words.shape[0])):
                for x in range(j * TILE, min((j + 1) * TILE + 1, words.shape[1])):
                    word = words[y, x]
                    opaque = opaque and (word >> U(24)) == U(0)
                    clear = clear and word == U(0xFF000000)
            found[i, j] = (OPAQUE if opaque else 0) | (OPEN if clear else 0)


@njit(**ROW)
def mix_rows(out, one, other, share):
    """`one` and `other` in the parts 1 − `share` and `share`."""
    for i in range(out.shape[0]):
        out[i] = one[i] + (other[i] - one[i]) * share


@njit(**ROW)
def spread_row(coarse, fine):
    """A row of a coarse grid with its border, enlarged by linear interpolation to CELL × (columns − 2) pixels."""
    for i in range(coarse.shape[0] - 2):
        a, b, c = coarse[i], coarse[i + 1], coarse[i + 2]
        right, left = c - b, b - a
        fine[4 * i] = a + left * F(0.625)
        fine[4 * i + 1] = a + left * F(0.875)
        fine[4 * i + 2] = b + right * F(0.125)
        fine[4 * i + 3] = b + right * F(0.375)


@njit(**INLINE)
def grid_row(y):
    """Where between the rows of a coarse grid row `y` of the frame lies: the row above it, and the share below."""
    at = F(y) * F(1 / CELL) + F(0.625)
    row = I(at)
    return row, at - F(row)


@njit(**ROW)
def cover_of(tiles, xs, ys, numbers, rows, columns):
    """OPAQUE, OPEN or 0: what the tiles say of all that the points (xs, ys), linearly joined, can reach."""
    low_x, high_x, low_y, high_y = xs[0], xs[0], ys[0], ys[0]
    for i in range(1, xs.shape[0]):
        low_x, high_x = min(low_x, xs[i]), max(high_x, xs[i])
        low_y, high_y = min(low_y, ys[i]), max(high_y, ys[i])
    scale, left, top = numbers[0], numbers[1], numbers[2]
    # a hundredth more: the same sums are rounded otherwise where the points are read
    x0 = I(max(scale * low_x + left - F(0.01), C0)) // TILE
    x1 = I(min(max(scale * high_x + left + F(0.01), C0), F(columns - 1))) // TILE
    y0 = I(max(scale * low_y + top - F(0.01), C0)) // TILE
    y1 = I(min(max(scale * high_y + top + F(0.01), C0), F(rows - 1))) // TILE
    found = OPAQUE | OPEN
    for i in range(min(y0, I(tiles.shape[0] - 1)), y1 + 1):
        for j in range(min(x0, I(tiles.shape[1] - 1)), x1 + 1):
            found &= tiles[i, j]
    return found


@njit(**ROW)
def _find_places(xs, ys, far_xs, far_ys, along, numbers, rows, columns, places, us, vs):
    # the point is `along` the way from (xs, ys) to (far_xs, far_ys)
    last_x, last_y = F(columns - 1), F(rows - 1)
    inner_x, inner_y = I(columns - 2), I(rows - 2)
    scale, left, top = numbers[0], numbers[1], numbers[2]
    for i in range(xs.shape[0]):
        x = min(max((xs[i] + (far_xs[i] - xs[i]) * along) * scale + left, C0), last_x)
        y = min(max((ys[i] + (far_ys[i] - ys[i]) * along) * scale + top, C0), last_y)
        column, row = min(I(x), inner_x), min(I(y), inner_y)
        us[i] = x - F(column)
        vs[i] = y - F(row)
        places[i] = U(row * I(columns) + column)


# Loads from places that are known only then: apart from the maths, which stay vectorised. Two neighbours at once: the
# time goes into keeping what was loaded.
@njit(**ROW)
def _fetch(pairs, places, count, columns, upper, lower):
    below = np.uint64(U(columns))
    for i in range(count):
        k = np.uint64(places[i])
        upper[i] = pairs[k]
        lower[i] = pairs[k + below]


@njit(**INLINE)
def _channel(word, shift):
    return F(I((word >> U(shift)) & U(255)))


@njit(**ROW)
def _weigh(upper, lower, us, vs, kept, share, red, green, blue, opening):
    # upper, lower: the words of two neighbours for each pixel
    for i in range(I(red.shape[0])):
        u, v = us[i], vs[i]
        w11 = u * v * share
        w01, w10 = u * share - w11, v * share - w11
        w00 = share - w01 - w10 - w11
        a, b, c, d = upper[2 * i], upper[2 * i + 1], lower[2 * i], lower[2 * i + 1]
        red[i] = red[i] * kept + (
            _channel(a, 0) * w00 + _channel(b, 0) * w01 + _channel(c, 0) * w10 + _channel(d, 0) * w11
        )
        green[i] = green[i] * kept + (
            _channel(a, 8) * w00 + _channel(b, 8) * w01 + _channel(c, 8) * w10 + _channel(d, 8) * w11
        )
        blue[i] = blue[i] * kept + (
            _channel(a, 16) * w00 + _channel(b, 16) * w01 + _channel(c, 16) * w10 + _channel(d, 16) * w11
        )
        opening[i] = opening[i] * kept + (
            _channel(a, 24) * w00 + _channel(b, 24) * w01 + _channel(c, 24) * w10 + _channel(d, 24) * w11
        )


@njit(**INLINE)
def sample_row(pairs, rows, columns, numbers, points, taps, weight, fresh, buffers, colours):
    """Colours (red, green, blue, opening; 0…255) of a sheet along `points`: x, y, and x, y at the shutter's other end.

    `pairs` is the sheet's. `taps` samples are averaged between both ends, times `weight`, and added to
    what `colours` holds unless `fresh`. `buffers` are those of `sampling_buffers`, at least as long as `points`.
    """
    places, upper, lower, upper_words, lower_words, us, vs = buffers
    per_tap = weight / F(taps)
    for tap in range(taps):
        along = F(tap) / F(max(taps - 1, 1))
        kept = C0 if fresh and tap == 0 else C1
        _find_places(points[0], points[1], points[2], points[3], along, numbers, rows, columns, places, us, vs)
        _fetch(pairs, places, I(points[0].shape[0]), columns, upper, lower)
        _weigh(upper_words, lower_words, us, vs, kept, per_tap, colours[0], colours[1], colours[2], colours[3])


@njit(**INLINE)
def sampling_buffers(length):
    """Room for `sample_row` to read `length` pixels at once."""
    upper, lower = np.empty(length, np.uint64), np.empty(length, np.uint64)
    us, vs = np.empty(length, np.float32), np.empty(length, np.float32)
    return np.empty(length, np.uint32), upper, lower, upper.view(np.uint32), lower.view(np.uint32), us, vs
