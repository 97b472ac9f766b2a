"""Depth, sway and ripple in, a map of displacements out: the camera's and the wind's motion as one smooth warp.

Knows no scene and no colours. Maps are made on a coarse grid and read between its points: smooth by construction.
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

from openhorse.engines.procedural.drawing.noise import C0, C05, C1, ROW, F, I, gradient_noise, smoothstep, sqrt
from openhorse.engines.procedural.drawing.sampling import CELL
from openhorse.engines.procedural.still.camera import View
from openhorse.engines.procedural.still.plate import Field

VIEW = View()
"""The camera at rest."""


@dataclass(frozen=True, slots=True)
class Motion:
    """What moves at one moment; all lengths in pixels of the frame, all of it zero at the first frame.

    `view` is the camera's. `turn` shifts a body to the right, the more the nearer its parts are; `body` is the depth
    at which bodies begin. `sway` and `ripple` are the greatest swing of plants and of water at
    `t` seconds, `flame` that of a flame's tip; `breath` lifts a chest. `spread` enlarges the sky, above row `horizon`,
    about (`spread_x`, `horizon`).
    """

    t: float
    view: View = VIEW
    turn: float = 0.0
    body: float = 0.0
    sway: float = 0.0
    ripple: float = 0.0
    spread: float = 0.0
    spread_x: float = 0.0
    horizon: float = 0.0
    flame: float = 0.0
    breath: float = 0.0


@dataclass(frozen=True, slots=True)
class Matter:
    """What a layer is made of: fields of any size, 0…1.

    `depth` is how near it is. `plants` sway, `water` ripples, `flames` lick, the more the higher in them (`rise`), and
    `chest` breathes; what is None does not.
    """

    depth: Field
    plants: Field | None = None
    water: Field | None = None
    flames: Field | None = None
    rise: Field | None = None
    chest: Field | None = None


@njit(**ROW)
def _view_row(map_x, map_y, depth, y, c):
    # c: zoom far, zoom near, pivot far x and y, pivot near x and y, yaw, pitch, roll, recede far and near, half sizes
    far, near, fx, fy, nx, ny = c[0], c[1], c[2], c[3], c[4], c[5]
    mid_x, mid_y = c[11] - C05, c[12] - C05
    b = (y - mid_y) / c[12]
    lean = far + c[7] * b
    for x in range(map_x.shape[0]):
        d = depth[x]
        across = (F(I(x)) - C05) * F(CELL) - C05
        a = (across - mid_x) / c[11]
        k = C1 / (C1 + lean + (near - far) * d + c[6] * a) - C1
        # the middle shrinks, the border stays: 1 on the whole border, 0 in the middle
        aa, bb = a * a, b * b
        out = sqrt(min(max(aa + bb - aa * bb, C0), C1))
        back = (c[9] + (c[10] - c[9]) * d) * (C1 - out * out * out)
        map_x[x] = across + (across - fx - (nx - fx) * d) * k + (across - mid_x) * back - c[8] * (y - mid_y)
        map_y[x] = y + (y - fy - (ny - fy) * d) * k + (y - mid_y) * back + c[8] * (across - mid_x)


@njit(nogil=True, **ROW)
def _view(map_x, map_y, depth, rows, c):
    for row in range(rows):
        _view_row(map_x[row], map_y[row], depth[row], (F(I(row)) - C05) * F(CELL) - C05, c)


@njit(**ROW)
def _turn_row(map_x, map_y, depth, y, m):
    # m: t, turn, body, sway, ripple, spread, spread x, horizon
    turn = m[1]
    sky = smoothstep(C0, F(0.04), (m[7] - y) / (m[7] + C1)) * m[5]
    widen = C1 / (C1 + sky) - C1
    per_width = C1 / F(map_x.shape[0] - I(1))
    per_body = C1 / (C1 - m[2])
    down = (y - m[7]) * widen
    for x in range(map_x.shape[0]):
        along = F(I(x)) * per_width
        # at a border that cuts a subject off it stays where it is: there is nothing to bring into view
        held = smoothstep(C0, F(0.16), min(along, C1 - along))
        across = (F(I(x)) - C05) * F(CELL) - C05
        body = max(depth[x] - m[2], C0) * per_body
        map_x[x] += (across - m[6]) * widen - turn * body * held
        map_y[x] += down


@njit(**ROW)
def _sway_row(map_x, map_y, depth, plants, y, unit, m):
    t, sway = m[0], m[3]
    v = y / unit
    for x in range(map_x.shape[0]):
        u = ((F(I(x)) - C05) * F(CELL) - C05) / unit
        # gusts travel with the wind; between them plants hardly move
        gust = F(0.35) + max(F(0.25) + gradient_noise(u * F(0.0032) - t * F(0.42), v * F(0.0025) + F(3.0)) * F(1.7), C0)
        flutter = gradient_noise(u * F(0.014) - t * F(1.5), v * F(0.011) + t * F(0.2))
        flutter += F(0.45) * gradient_noise(u * F(0.04) - t * F(2.5) + F(7.0), v * F(0.033) - t * F(0.4))
        swing = plants[x] * sway * gust * (F(0.15) + F(0.85) * depth[x])
        map_x[x] -= (flutter + F(0.3) * gust) * swing
        map_y[x] += abs(flutter) * swing * F(0.25)


@njit(**ROW)
def _ripple_row(map_x, map_y, depth, water, y, unit, m):
    t, ripple = m[0], m[4]
    v = y / unit
    for x in range(map_x.shape[0]):
        u = ((F(I(x)) - C05) * F(CELL) - C05) / unit
        # waves are flattened by perspective, the more the farther
        w = water[x] * ripple * (F(0.12) + F(0.88) * depth[x])
        map_x[x] += w * gradient_noise(u * F(0.022) - t * F(0.4), v * F(0.16) + t * F(1.0))
        map_y[x] += w * F(0.7) * gradient_noise(u * F(0.024) + t * F(0.5), v * F(0.2) - t * F(1.3))


@njit(**ROW)
def _most(row):
    most = C0
    for x in range(row.shape[0]):
        most = max(most, row[x])
    return most


# One thread: the grid is small, and a parallel loop costs every user two seconds more of compiling.
@njit(nogil=True, **ROW)
def _stir(map_x, map_y, depth, plants, water, rows, unit, m):
    for row in range(rows):
        y = (F(I(row)) - C05) * F(CELL) - C05
        _turn_row(map_x[row], map_y[row], depth[row], y, m)
        # noise is most of the work, and most rows hold neither plants nor water
        if m[3] > C0 and _most(plants[row]) > C0:
            _sway_row(map_x[row], map_y[row], depth[row], plants[row], y, unit, m)
        if m[4] > C0 and _most(water[row]) > C0:
            _ripple_row(map_x[row], map_y[row], depth[row], water[row], y, unit, m)


class Warp:
    """Displaces one layer of a picture; its maps are reused from frame to frame."""

    def __init__(self, width: int, height: int, matter: Matter) -> None:
        """Plants and water are stilled towards the borders, so that nothing tears."""
        self.width, self.height = width, height
        # the length by which noise is measured: the picture moves alike at every size
        self._unit = F((width * height / 921600) ** 0.5)
        self._cells = -(-width // CELL), -(-height // CELL)
        edge = _border_window(*self._cells)
        nothing = np.zeros((2, 2), np.float32)
        fields = [self._on_grid(matter.depth)]
        fields += [self._on_grid(nothing if field is None else field, edge) for field in (matter.plants, matter.water)]
        # what few pictures have is carried along only where it is
        self._extra = {}
        for name in ("flames", "rise", "chest"):
            field = getattr(matter, name)
            if field is not None:
                self._extra[name] = len(fields)
                fields.append(self._on_grid(field))
        self._fields = np.stack(fields)
        self._moved_fields = np.zeros_like(self._fields)
        self._stirred = [bool(field.any()) for field in self._fields]
        rows, columns = self._fields.shape[1:]
        self._coarse = np.zeros((2, rows, columns), np.float32)
        self._places = np.zeros_like(self._coarse)

    def bend(self, motion: Motion) -> NDArray[np.float32]:
        """What point of the layer is seen where after `motion`: x and y on the grid, reused by the next call."""
        rows = self._coarse.shape[1]
        fields = self._followed(motion.view, rows)
        m = np.array(
            (
                *(motion.t, motion.turn, motion.body, motion.sway, motion.ripple),
                *(motion.spread, motion.spread_x, motion.horizon),
            ),
            np.float32,
        )
        _stir(*self._coarse, *fields[:3], rows, self._unit, m)
        if motion.flame and "flames" in self._extra:
            self._lick(fields[self._extra["flames"]], fields[self._extra["rise"]], motion)
        if motion.breath and "chest" in self._extra:
            self._coarse[1] += fields[self._extra["chest"]] * F(motion.breath)
        return self._coarse

    def _followed(self, view: View, rows: int) -> NDArray[np.float32]:
        """Depth, plants and water where the camera has brought them; the camera's map is left in the coarse grid."""
        width, height = F(self.width), F(self.height)
        c = np.array(
            (
                *(view.zoom_far, view.zoom_near),
                *(view.pivot_far[0] * (width - 1), view.pivot_far[1] * (height - 1)),
                *(view.pivot_near[0] * (width - 1), view.pivot_near[1] * (height - 1)),
                *(view.yaw, view.pitch, view.roll, view.recede_far, view.recede_near, width / 2, height / 2),
            ),
            np.float32,
        )
        _view(*self._coarse, self._fields[0], rows, c)
        if view == VIEW:
            return self._fields
        # how near a point of the frame is depends on what the camera shows there, and that on how near it is:
        # twice round is enough, as depth is smooth
        for field in (0, *range(len(self._fields))):
            if field == 0 or self._stirred[field]:
                np.multiply(self._coarse[:, :rows], F(1 / CELL), out=self._places[:, :rows])
                self._places[:, :rows] += F(0.5 + 0.5 / CELL)
                cv2.remap(
                    self._fields[field],
                    self._places[0, :rows],
                    self._places[1, :rows],
                    cv2.INTER_LINEAR,
                    dst=self._moved_fields[field, :rows],
                    borderMode=cv2.BORDER_REPLICATE,
                )
            if field == 0:
                _view(*self._coarse, self._moved_fields[0], rows, c)
        return self._moved_fields

    def _lick(self, flames: Field, rise: Field, motion: Motion) -> None:
        """Flames lean and stretch, their tips most, by waves that run up them."""
        t = np.float32(motion.t)
        lean = 0.6 * math.sin(5.1 * motion.t) + 0.4 * math.sin(8.7 * motion.t + 1.0)
        wave = np.sin(rise * np.float32(5.0) - t * np.float32(13.0)) + np.sin(
            rise * np.float32(8.5) - t * np.float32(21.0)
        )
        tip = flames * rise * np.float32(motion.flame)
        self._coarse[0] += tip * (np.float32(0.8 * lean) + np.float32(0.35) * wave * rise)
        self._coarse[1] += tip * np.float32(0.9 * math.sin(3.7 * motion.t) + 0.6 * math.sin(9.3 * motion.t + 2.0))

    @property
    def grid(self) -> tuple[int, int]:
        """Columns and rows of the grid on which `follow` takes fields."""
        return self._fields.shape[2], self._fields.shape[1]

    def nearness(self, view: View) -> Field:
        """How near things are on the grid, 0…1, as the camera shows them; for the view of the last `bend`."""
        near: Field = self._fields[0] if view == VIEW else self._moved_fields[0]
        return near

    def follow(self, field: Field, view: View) -> Field:
        """A field on the grid as the camera shows it; for the view of the last `bend`."""
        if view != VIEW:
            columns, rows = self._places
            field = cv2.remap(field, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return field

    def _on_grid(self, field: Field, window: Field | None = None) -> Field:
        cells = np.clip(cv2.resize(np.asarray(field, np.float32), self._cells, interpolation=cv2.INTER_LINEAR), 0, 1)
        if window is not None:
            cells = cells * window
        return np.ascontiguousarray(cv2.copyMakeBorder(cells, 1, 1, 1, 1, cv2.BORDER_REPLICATE))


def _border_window(columns: int, rows: int) -> Field:
    """1 inside, falling smoothly to 0 at the border."""
    reach = max(2.0, 0.04 * min(columns, rows))
    x = np.clip((np.minimum(np.arange(columns), np.arange(columns)[::-1])) / reach, 0, 1)
    y = np.clip((np.minimum(np.arange(rows), np.arange(rows)[::-1])) / reach, 0, 1)
    flat = np.minimum(x[None, :], y[:, None])
    window: Field = (flat * flat * (3 - 2 * flat)).astype(np.float32)
    return window
