"""Depth, sway and ripple in, a displaced picture out: the camera's and the wind's motion as one smooth warp.

Knows no scene and no colours. Maps are made on a coarse grid and enlarged: they are smooth by construction.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernels are compiled by Numba, which types their arguments itself.

from __future__ import annotations

from dataclasses import astuple, dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import C0, C05, C1, ROW, F, I, gradient_noise, smoothstep
from openhorse.engines.procedural.still.plate import Field

CELL = 4
"""Pixels of the frame to one cell of the grid, each way; the grid reaches one cell beyond the frame."""


@dataclass(frozen=True, slots=True)
class Motion:
    """What moves at one moment; all lengths in pixels of the frame, all of it zero at the first frame.

    `zoom_far` and `zoom_near` are how much the farthest and the nearest parts are enlarged about (`pivot_x`,
    `pivot_y`); with none below nought nothing outside the picture comes into view. `turn` and `lift` shift what is
    near to the right and up. `sway` and `ripple` are the greatest swing of plants and of water at `t` seconds.
    `spread` enlarges the sky, above row `horizon`, about (`spread_x`, `horizon`).
    """

    t: float
    zoom_far: float = 0.0
    zoom_near: float = 0.0
    pivot_x: float = 0.0
    pivot_y: float = 0.0
    turn: float = 0.0
    lift: float = 0.0
    sway: float = 0.0
    ripple: float = 0.0
    spread: float = 0.0
    spread_x: float = 0.0
    horizon: float = 0.0


@njit(**ROW)
def _map_row(map_x, map_y, depth, plants, water, y, down, unit, m):
    # down: y as a part of the frame's height
    # m: t, zoom far, zoom near, pivot x, pivot y, turn, lift, sway, ripple, spread, spread x, horizon
    t, far, near, turn, lift, sway, ripple = m[0], m[1], m[2], m[5], m[6], m[7], m[8]
    sky = smoothstep(C0, F(0.04), (m[11] - y) / (m[11] + C1)) * m[9]
    widen = C1 / (C1 + sky) - C1
    v = y / unit
    # at a border that cuts a subject off it stays where it is: there is nothing to bring into view
    lift *= smoothstep(C0, F(0.12), min(down, C1 - down))
    per_width = C1 / F(map_x.shape[0] - I(1))
    for x in range(map_x.shape[0]):
        along = F(I(x)) * per_width
        held = smoothstep(C0, F(0.16), min(along, C1 - along))
        across = (F(I(x)) - C05) * F(CELL) - C05
        u = across / unit
        d = depth[x]
        k = C1 / (C1 + far + (near - far) * d) - C1
        sx = (across - m[3]) * k - turn * d * held + (across - m[10]) * widen
        sy = (y - m[4]) * k + lift * d + (y - m[11]) * widen
        # gusts travel with the wind; between them plants hardly move
        gust = F(0.35) + max(F(0.25) + gradient_noise(u * F(0.0032) - t * F(0.42), v * F(0.0025) + F(3.0)) * F(1.7), C0)
        flutter = gradient_noise(u * F(0.014) - t * F(1.5), v * F(0.011) + t * F(0.2))
        flutter += F(0.45) * gradient_noise(u * F(0.04) - t * F(2.5) + F(7.0), v * F(0.033) - t * F(0.4))
        swing = plants[x] * sway * gust * (F(0.35) + F(0.65) * d)
        sx -= (flutter + F(0.3) * gust) * swing
        sy += abs(flutter) * swing * F(0.25)
        # waves are flattened by perspective, the more the farther
        w = water[x] * ripple * (F(0.25) + F(0.75) * d)
        sx += w * gradient_noise(u * F(0.022) - t * F(0.4), v * F(0.16) + t * F(1.0))
        sy += w * F(0.7) * gradient_noise(u * F(0.024) + t * F(0.5), v * F(0.2) - t * F(1.3))
        map_x[x] = across + sx
        map_y[x] = y + sy


# One thread: the grid is small, and a parallel loop costs every user two seconds more of compiling.
@njit(nogil=True, **ROW)
def _map(map_x, map_y, depth, plants, water, rows, unit, m):
    for row in range(rows):
        y = (F(I(row)) - C05) * F(CELL) - C05
        down = F(I(row)) / F(map_x.shape[0] - 1)
        _map_row(map_x[row], map_y[row], depth[row], plants[row], water[row], y, down, unit, m)


class Warp:
    """Displaces one layer of a picture; its maps and its picture are reused from frame to frame."""

    def __init__(self, width: int, height: int, depth: Field, plants: Field, water: Field) -> None:
        """The fields are of any size (0…1); plants and water are stilled towards the borders, so that nothing tears."""
        self.width, self.height = width, height
        # the length by which noise is measured: the picture moves alike at every size
        self._unit = F((width * height / 921600) ** 0.5)
        self._cells = -(-width // CELL), -(-height // CELL)
        edge = _border_window(*self._cells)
        self._fields = np.stack([self._on_grid(depth), self._on_grid(plants, edge), self._on_grid(water, edge)])
        self._moved_fields = np.zeros_like(self._fields)
        rows, columns = self._fields.shape[1:]
        self._coarse = np.zeros((2, rows, columns), np.float32)
        self._fine = np.zeros((2, rows * CELL, columns * CELL), np.float32)
        self._moved = np.zeros((height, width, 1), np.uint8)

    def apply(self, layer: NDArray[np.uint8], motion: Motion, rows: int | None = None) -> NDArray[np.uint8]:
        """`layer` (height × width × channels) as it looks after `motion`; only the first `rows` rows if given."""
        m = np.array(astuple(motion), np.float32)
        height = self.height if rows is None else min(rows, self.height)
        coarse_rows = min(self._coarse.shape[1], -(-height // CELL) + 2)
        _map(*self._coarse, *self._followed(motion), coarse_rows, self._unit, m)
        size = (self._fine.shape[2], coarse_rows * CELL)
        for coarse, fine in zip(self._coarse, self._fine, strict=True):
            cv2.resize(coarse[:coarse_rows], size, dst=fine[: size[1]], interpolation=cv2.INTER_LINEAR)
        map_x, map_y = self._fine[:, CELL : CELL + height, CELL : CELL + self.width]
        if self._moved.shape[2] != layer.shape[2]:
            self._moved = np.zeros((self.height, self.width, layer.shape[2]), np.uint8)
        moved = self._moved[:height]
        # a pixel or two of swing at the very border repeats it: a mirror image would be seen
        cv2.remap(layer, map_x, map_y, cv2.INTER_LINEAR, dst=moved, borderMode=cv2.BORDER_REPLICATE)
        return moved

    def _followed(self, motion: Motion) -> NDArray[np.float32]:
        """Depth, plants and water where the camera has brought them by now, as near as one zoom for all can tell."""
        zoom = (motion.zoom_far + motion.zoom_near) / 2
        if zoom == 0:
            return self._fields
        scale = 1 / (1 + zoom)
        x, y = ((pivot + 0.5) / CELL + 0.5 for pivot in (motion.pivot_x, motion.pivot_y))
        matrix = np.array(((scale, 0, x * (1 - scale)), (0, scale, y * (1 - scale))), np.float32)
        size = (self._fields.shape[2], self._fields.shape[1])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        for field, moved in zip(self._fields, self._moved_fields, strict=True):
            cv2.warpAffine(field, matrix, size, dst=moved, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return self._moved_fields

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
