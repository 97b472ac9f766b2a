"""A photograph's layers in, one picture out: clouds over its sky, light and shade over its land, haze and what falls.

A row at a time: its layers are read where the camera shows them, joined, lit and converted while they are in the cache.
Knows no motion of the layers themselves. Display-referred throughout: a photograph is already graded.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernels are compiled by Numba, which types their arguments itself.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Darkroom, chroma_row, tone_row
from openhorse.engines.procedural.drawing.noise import (
    C0,
    C05,
    C1,
    INLINE,
    ROW,
    F,
    I,
    hash_uint,
    mix,
    smoothstep,
)
from openhorse.engines.procedural.drawing.sampling import (
    CELL,
    OPAQUE,
    OPEN,
    Sheet,
    cover_of,
    grid_row,
    mix_rows,
    sample_row,
    sampling_buffers,
    spread_row,
)
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.still.clouds import ROW_STEP, Clouds
from openhorse.engines.procedural.still.plate import Field, Pixels
from openhorse.vocabulary import Frame

_SEGMENT = 32
"""Cells of a row that are judged together: whether the front hides all, or nothing."""
_GRAIN = 4096


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


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer at one moment.

    `maps` tells on a coarse grid which point of the frame at rest is seen where: x and y when the shutter closes,
    and, with more than one of the `taps` that are averaged, x and y when it opened (2 or 4 × rows × columns).
    `detail` (0…1) is how far `sharp`, the same layer from a larger picture, takes the place of `sheet`.
    """

    sheet: Sheet
    maps: NDArray[np.float32]
    taps: int = 1
    sharp: Sheet | None = None
    detail: float = 0.0

    def flat(self) -> tuple[Any, ...]:
        """All of it as the kernel reads it."""
        sharp = self.sharp or self.sheet
        shown = F(0.0 if self.sharp is None else self.detail)
        return (*(_flat(s) for s in (self.sheet, sharp)), self.sheet.tiles, sharp.tiles, self.maps, I(self.taps), shown)


def _flat(sheet: Sheet) -> tuple[Any, ...]:
    rows, columns = sheet.words.shape
    return sheet.pairs, I(rows), I(columns), sheet.numbers


@dataclass(frozen=True, slots=True)
class Veil:
    """Haze: its colour (0…255), and how much it hides of the front and of the back, each on a coarse grid (0…1)."""

    colour: tuple[float, float, float]
    front: Field
    back: Field


@dataclass(frozen=True, slots=True)
class Falling:
    """What falls: masks (height × width, 255 covers all) behind a subject and before everything, and its colour.

    `colour` is 3 × rows × columns on a coarse grid, 0…255. With `hidden` what is far is hidden by the front.
    """

    far: NDArray[np.uint8]
    near: NDArray[np.uint8]
    colour: NDArray[np.float32]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """All that is joined into frame `index`: the front, what it stands before, if anything, and what lies over both.

    `shine` is light added, on the coarse grid of `maps`: 0 leaves the picture.
    """

    index: int
    front: Layer
    back: Layer | None
    shine: Field
    weather: Weather
    veil: Veil | None = None
    falling: Falling | None = None


@njit(**ROW)
def _cloud_row(red, green, blue, density, light, opacity):
    per_255 = F(1 / 255.0)
    for x in range(density.shape[0]):
        r = red[x] * per_255
        g = green[x] * per_255
        b = blue[x] * per_255
        cloud = density[x] * opacity
        # a cloud is lit by its sky: bright by day, hardly there by night
        top = max(r, max(g, b))
        lit = min(top * F(0.72) + F(0.36) * smoothstep(F(0.25), F(0.75), top), F(0.985))
        grey = (r + g + b) * F(0.333)
        dim = F(0.80) + F(0.04) * grey
        r = mix(r, mix(mix(r, grey, F(0.4)) * dim, mix(lit, r, F(0.14)), light[x]), cloud)
        g = mix(g, mix(mix(g, grey, F(0.4)) * dim, mix(lit, g, F(0.14)) * F(0.99), light[x]), cloud)
        b = mix(b, mix(mix(b, grey, F(0.4)) * dim, mix(lit, b, F(0.14)) * F(0.985), light[x]), cloud)
        red[x] = r * F(255)
        green[x] = g * F(255)
        blue[x] = b * F(255)


@njit(**ROW)
def _veil_rows(front, back, over_front, over_back, red, green, blue):
    for x in range(over_front.shape[0]):
        v, w = over_front[x], over_back[x]
        # the front is multiplied by its cover, and so is the haze before it
        cover = (C1 - front[3, x] * F(1 / 255.0)) * v
        front[0, x] += red * cover - front[0, x] * v
        front[1, x] += green * cover - front[1, x] * v
        front[2, x] += blue * cover - front[2, x] * v
        back[0, x] += (red - back[0, x]) * w
        back[1, x] += (green - back[1, x]) * w
        back[2, x] += (blue - back[2, x]) * w


@njit(**ROW)
def _light_row(front_r, front_g, front_b, opening, back_r, back_g, back_b, shine, ground, tint_r, tint_g, tint_b):
    # ground: how far the back takes light and shade here; the picture is left in the front's place
    per_255 = F(1 / 255.0)
    for x in range(shine.shape[0]):
        behind = opening[x] * per_255
        # highlights keep their white: brightening fades out towards it
        top = max(back_r[x], max(back_g[x], back_b[x]))
        brightest = (max(front_r[x], max(front_g[x], front_b[x])) + top * behind) * per_255
        k = shine[x]
        k = min(k, C0) + max(k, C0) * (C1 - F(0.7) * brightest)
        over = C1 + k
        under = behind * (C1 + k * ground)
        front_r[x] = (front_r[x] * over + back_r[x] * under) * tint_r
        front_g[x] = (front_g[x] * over + back_g[x] * under) * tint_g
        front_b[x] = (front_b[x] * over + back_b[x] * under) * tint_b


@njit(**ROW)
def _sift_row(red, green, blue, opening, far, near, colour_r, colour_g, colour_b, hidden):
    per_255 = F(1 / 255.0)
    for x in range(far.shape[0]):
        # what falls far away is hidden by a subject that stands before it
        seen = C1 - hidden * (C1 - opening[x] * per_255)
        behind = F(far[x]) * per_255 * seen
        cover = behind + F(near[x]) * per_255 * (C1 - behind)
        red[x] += (max(colour_r[x], red[x]) - red[x]) * cover
        green[x] += (max(colour_g[x], green[x]) - green[x]) * cover
        blue[x] += (max(colour_b[x], blue[x]) - blue[x]) * cover


@njit(**ROW)
def _round_row(red, green, blue, grain):
    # whole numbers, 0…255; the grain spreads these steps, so that slow changes of light show no bands
    for x in range(grain.shape[0]):
        red[x] = F(I(min(max(red[x], C0), F(255)) + grain[x]))
        green[x] = F(I(min(max(green[x], C0), F(255)) + grain[x]))
        blue[x] = F(I(min(max(blue[x], C0), F(255)) + grain[x]))


@njit(**ROW)
def _print_row(red, green, blue, out_r, out_g, out_b):
    for x in range(out_r.shape[0]):
        out_r[x] = np.uint8(I(red[x]))
        out_g[x] = np.uint8(I(green[x]))
        out_b[x] = np.uint8(I(blue[x]))


@njit(**INLINE)
def _follow_row(layer, y, line, points):
    """The points of row `y` in a layer: on the grid into `line`, for every pixel into `points`."""
    maps, taps = layer[4], layer[5]
    row, share = grid_row(y)
    for k in range(4 if taps > 1 else 2):
        mix_rows(line[k], maps[k, row], maps[k, row + 1], share)
        spread_row(line[k], points[k])


@njit(**INLINE)
def _read_part(layer, points, a, b, buffers, colours):
    """The colours of columns `a` … `b` − 1 of a row, from one sheet or from the two that take turns."""
    first, second, taps, detail = layer[0], layer[1], layer[5], layer[6]
    far = I(2) if taps > 1 else I(0)
    where = (points[0, a:b], points[1, a:b], points[far, a:b], points[far + 1, a:b])
    into = (colours[0, a:b], colours[1, a:b], colours[2, a:b], colours[3, a:b])
    if detail < C1:
        sample_row(first[0], first[1], first[2], first[3], where, taps, C1 - detail, True, buffers, into)
    if detail > C0:
        sample_row(second[0], second[1], second[2], second[3], where, taps, detail, detail >= C1, buffers, into)


@njit(**INLINE)
def _judge_rows(layer, row, found):
    """For every segment of the rows between `row` of the grid and the next: OPAQUE if the layer hides all behind it,
    OPEN if it hides nothing."""
    first, second, maps, detail = layer[0], layer[1], layer[4], layer[6]
    cells = maps.shape[2] - 2
    for k in range(found.shape[0]):
        a, b = k * _SEGMENT, min((k + 1) * _SEGMENT, cells) + 2
        seen = OPAQUE | OPEN
        for end in range(2 if layer[5] > 1 else 1):
            x, y = 2 * end, 2 * end + 1
            for below in range(2):
                xs, ys = maps[x, row + below, a:b], maps[y, row + below, a:b]
                if detail < C1:
                    seen &= cover_of(layer[2], xs, ys, first[3], first[1], first[2])
                if detail > C0:
                    seen &= cover_of(layer[3], xs, ys, second[3], second[1], second[2])
        found[k] = seen


@njit(**INLINE)
def _read_row(layer, found, without, points, buffers, colours):
    """The colours of those segments of a row that are not `without` (OPAQUE or OPEN)."""
    start = I(0)
    while start < found.shape[0]:
        stop = start + I(1)
        if not found[start] & without:
            # neighbours are read together: every call counts references, which takes as long as many pixels
            while stop < found.shape[0] and not found[stop] & without:
                stop += I(1)
            b = min(stop * I(_SEGMENT * CELL), I(points.shape[1]))
            _read_part(layer, points, start * I(_SEGMENT * CELL), b, buffers, colours)
        start = stop


@njit(**INLINE)
def _clear_row(found, colours):
    """Nothing but the back where the front is open."""
    for k in range(found.shape[0]):
        if found[k] & OPEN:
            a, b = k * _SEGMENT * CELL, min((k + 1) * _SEGMENT * CELL, colours.shape[1])
            colours[0, a:b], colours[1, a:b], colours[2, a:b] = C0, C0, C0
            colours[3, a:b] = F(255)


@njit(**INLINE)
def _enlarge_row(field, y, line, out):
    """Row `y` of the frame of a coarse field."""
    row, share = grid_row(y)
    mix_rows(line, field[row], field[row + 1], share)
    spread_row(line, out)


@njit(**INLINE)
def _overcast_row(density, light, y, opacity, line, rows, back):
    at = max((F(y) - C05) / F(ROW_STEP), C0)
    row = min(I(at), I(density.shape[0] - 2))
    mix_rows(line, density[row], density[row + 1], at - F(row))
    spread_row(line, rows[0])
    mix_rows(line, light[row], light[row + 1], at - F(row))
    spread_row(line, rows[1])
    _cloud_row(back[0], back[1], back[2], rows[0], rows[1], opacity)


@njit(**STRIP)
def _finish(front, back, sky, shine, veil, fall, out, planes, grain, c, first, last):
    # sky: density, light; veil: front, back; fall: far, near, colours
    # out: red, green, blue; planes: y, u, v: one of the two is empty
    # c: cloud rows and opacity, horizon, tint×3, frame number, whether what falls far is hidden, haze's colour×3
    height, width = max(out.shape[1], planes[0].shape[0]), max(out.shape[2], planes[0].shape[1])
    columns = front[4].shape[2]
    cells = I(columns - 2)
    wide = cells * I(CELL)
    line = np.empty((4, columns), np.float32)
    points = np.empty((4, wide), np.float32)
    over, under = np.zeros((4, wide), np.float32), np.zeros((4, wide), np.float32)
    rows = np.empty((3, wide), np.float32)
    buffers = sampling_buffers(wide)
    found = np.zeros(-(-cells // _SEGMENT), np.int32)
    chroma = np.empty((4, width), np.float32)
    judged = I(-1)
    for pair in range(first, last):
        for half in range(2):
            y = I(pair * 2 + half)
            _follow_row(front, y, line, points)
            if grid_row(y)[0] != judged:
                judged = grid_row(y)[0]
                _judge_rows(front, judged, found)
            _clear_row(found, over)
            _read_row(front, found, I(OPEN), points, buffers, over)
            if not (found & OPAQUE).all():
                _follow_row(back, y, line, points)
                _read_row(back, found, I(OPAQUE), points, buffers, under)
                if F(y) < c[0]:
                    _overcast_row(sky[0], sky[1], y, c[1], line[0], rows, under)
            if veil[0].shape[0] > 0:
                _enlarge_row(veil[0], y, line[0], rows[0])
                _enlarge_row(veil[1], y, line[0], rows[1])
                _veil_rows(over, under, rows[0], rows[1], c[8], c[9], c[10])
            _enlarge_row(shine, y, line[0], rows[0])
            ground = smoothstep(c[2] - F(0.01), c[2] + F(0.04), F(y) / F(height))
            _light_row(
                over[0], over[1], over[2], over[3], under[0], under[1], under[2], rows[0], ground, c[3], c[4], c[5]
            )  # fmt: skip
            if fall[0].shape[0] > 0:
                for k in range(3):
                    _enlarge_row(fall[2][k], y, line[0], rows[k])
                _sift_row(
                    over[0], over[1], over[2], over[3], fall[0][y], fall[1][y], rows[0], rows[1], rows[2], c[7]
                )  # fmt: skip
            start = I(hash_uint(y, I(c[6])) % np.uint32(_GRAIN))
            _round_row(over[0], over[1], over[2], grain[start : start + width])
            if planes[0].shape[0] > 0:
                tone_row(over[0], over[1], over[2], planes[0][y], chroma[half], chroma[2 + half])
            else:
                _print_row(over[0], over[1], over[2], out[0, y], out[1, y], out[2, y])
        if planes[0].shape[0] > 0:
            chroma_row(chroma[0], chroma[1], chroma[2], chroma[3], planes[1][pair], planes[2][pair])


class Composite:
    """Joins the layers of one picture, frame by frame, in buffers of its own."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        """`seed` places the clouds."""
        self.width, self.height = width, height
        self._clouds = Clouds(width, height, seed)
        # room for a picture is taken when it is first asked for: most are only converted
        self._out = np.zeros((3, 0, 0), np.uint8)
        self._rgb = np.zeros((0, 0, 3), np.uint8)
        dither = np.random.default_rng(0).uniform(0.05, 0.95, _GRAIN)
        self._grain = np.resize(dither, _GRAIN + width).astype(np.float32)

    @property
    def grid(self) -> tuple[int, int]:
        """Columns and rows of the coarse grid, its border included."""
        return -(-self.width // CELL) + 2, -(-self.height // CELL) + 2

    def encode(self, moment: Moment, darkroom: Darkroom) -> Frame:
        """One picture as a frame in the planes of `darkroom`."""
        self._join(moment, _COLOURS, (darkroom.y, darkroom.u, darkroom.v))
        return darkroom.frame()

    def rgb(self, moment: Moment) -> Pixels:
        """One picture, height × width × 3, the very one that `encode` converts; the buffer is reused."""
        if not self._rgb.size:
            self._out = np.zeros((3, self.height, self.width), np.uint8)
            self._rgb = np.zeros((self.height, self.width, 3), np.uint8)
        self._join(moment, self._out, (_NOTHING, _NOTHING, _NOTHING))
        cv2.merge(list(self._out), self._rgb)
        return self._rgb

    def _join(self, moment: Moment, out: NDArray[np.uint8], planes: tuple[NDArray[np.uint8], ...]) -> None:
        weather, veil, fall = moment.weather, moment.veil, moment.falling
        clouded = 0
        if weather.clouds > 0:
            clouded = self._clouds.draw(weather.t, weather.horizon, weather.cover)
        front = moment.front.flat()
        numbers = (
            *(clouded, weather.clouds, weather.horizon, *weather.tint, moment.index),
            *(fall is not None and fall.hidden, *(veil.colour if veil else (0, 0, 0))),
        )
        in_strips(
            _finish,
            0,
            self.height // 2,
            front,
            front if moment.back is None else moment.back.flat(),
            (self._clouds.density, self._clouds.light),
            moment.shine,
            (_CLEAR, _CLEAR) if veil is None else (veil.front, veil.back),
            (_NOTHING, _NOTHING, _COLOURLESS) if fall is None else (fall.far, fall.near, fall.colour),
            out,
            planes,
            self._grain,
            np.array(numbers, np.float32),
        )


_NOTHING = np.zeros((0, 0), np.uint8)
_COLOURS = np.zeros((3, 0, 0), np.uint8)
_CLEAR = np.zeros((0, 0), np.float32)
_COLOURLESS = np.zeros((0, 0, 0), np.float32)
