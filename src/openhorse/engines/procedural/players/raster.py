"""Vertices and triangles in; what is nearest at every sample out: its depth and whose triangle it is.

Each triangle is set up once, whatever the strips it is filled in. Knows no colour, no light and no player.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call,arg-type,operator"
# Most of this module is compiled by Numba, which types the kernels' arguments itself.

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import C0, C1, ROW, F, I
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.players.lanes import cover_eight

Array = NDArray[np.floating[Any]]
Floats = NDArray[np.float32]

FAR = -1e6
"""The depth where nothing is."""
CLEAR = np.float32(-1e5)
"""What is below this is empty."""

_ROWS = 8
"""Of `rows`: the first, the middle's, the end; the triangle's number; is its middle left; layer; least, most column."""
_EDGES = 12
"""Of `edges`: top column, row, middle's; slopes to the end, the middle, on; top depth, along x, y; nearest, slack."""
_SLACK = np.float32(2e-4)
"""Samples that a front reaches beyond its edges, for no gap between two: backs do not, or they would hide the fronts
that they share an edge with."""
_LAYERS = 6
_STRIP_ROWS = 400
"""Rows that are worth a thread: each strip goes through all triangles."""
_VECTOR = 8


@njit(**ROW)
def _set_up(seen, faces, shut, sense, width, height, rows, edges):
    # the triangles that may cover the middle of a sample, those of closed bodies that look away left out; how many
    count = 0
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, bx, cx = seen[a, 0], seen[b, 0], seen[c, 0]
        ay, by, cy = seen[a, 1], seen[b, 1], seen[c, 1]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        back = area * sense > C0
        if abs(area) < F(1e-7) or (back and shut[f]):
            continue
        x0, x1 = min(ax, bx, cx), max(ax, bx, cx)
        if x1 < C0 or x0 > F(width - 1):
            continue
        az, bz, cz = seen[a, 2], seen[b, 2], seen[c, 2]
        nearest, per = max(az, bz, cz), C1 / area
        zx = ((bz - az) * (cy - ay) - (cz - az) * (by - ay)) * per
        zy = ((cz - az) * (bx - ax) - (bz - az) * (cx - ax)) * per
        if by < ay:  # from the top down
            ax, ay, az, bx, by, bz = bx, by, bz, ax, ay, az
        if cy < ay:
            ax, ay, az, cx, cy, cz = cx, cy, cz, ax, ay, az
        if cy < by:
            bx, by, cx, cy = cx, cy, bx, by
        y0 = max(I(math.ceil(ay)), I(0))
        y2 = min(I(math.ceil(cy)) if back else I(math.floor(cy)) + I(1), height)
        if y0 >= y2:
            continue
        e = edges[count]
        e[0], e[1], e[2], e[3] = ax, ay, bx, by
        e[4] = (cx - ax) / (cy - ay)
        e[5] = (bx - ax) / max(by - ay, F(1e-9))
        e[6] = (cx - bx) / max(cy - by, F(1e-9))
        e[7], e[8], e[9], e[10], e[11] = az, zx, zy, nearest, C0 if back else _SLACK
        rows[count, 6], rows[count, 7] = max(I(x0), I(0)), min(I(x1) + I(1), width - I(1))
        rows[count, 0], rows[count, 1], rows[count, 2] = y0, min(max(I(math.ceil(by)), y0), y2), y2
        rows[count, 3], rows[count, 4] = f, I((bx - ax) * (cy - ay) < (cx - ax) * (by - ay))
        count += 1
    return count


@njit(**ROW)
def _sort(rows, edges, count, order, ends):
    # the triangles from the nearest layer to the farthest; where in `order` each layer ends
    low, high = F(1e9), F(-1e9)
    for f in range(count):
        low = min(low, edges[f, 10])
        high = max(high, edges[f, 10])
    per = F(ends.shape[0]) / max(high - low, F(1e-9))
    most = I(ends.shape[0] - 1)
    for k in range(ends.shape[0]):
        ends[k] = 0
    for f in range(count):
        rows[f, 5] = min(I((high - edges[f, 10]) * per), most)
        ends[rows[f, 5]] += 1
    start = 0
    for k in range(ends.shape[0]):
        ends[k], start = start, start + ends[k]
    for f in range(count):
        k = rows[f, 5]
        order[ends[k]] = f
        ends[k] += 1


@njit(**ROW)
def _farthest(depth, tiles, column, first, last):
    # the farthest that is seen in each tile of 8 × 8 samples
    for j in range(tiles.shape[0]):
        top, end = first + j * 8, min(first + j * 8 + 8, last)
        for x in range(column.shape[0]):
            column[x] = depth[top, x]
        for y in range(top + 1, end):
            for x in range(column.shape[0]):
                column[x] = min(column[x], depth[y, x])
        for i in range(tiles.shape[1]):
            least = column[i * 8]
            for x in range(i * 8 + 1, i * 8 + 8):
                least = min(least, column[x])
            tiles[j, i] = least


@njit(**STRIP)
def _fill(depth, owner, width, rows, edges, order, ends, first, last):
    # rows `first` to `last`: the depth of what is nearest, and which of the mesh's triangles it is; layer for layer,
    # so that what lies behind whole tiles that are covered already is left out
    tiles = np.empty(((last - first + 7) // 8, depth.shape[1] // 8), np.float32)
    column = np.empty(depth.shape[1], np.float32)
    for y in range(first, last):
        for x in range(depth.shape[1]):
            depth[y, x] = F(-1e6)
        for x in range(depth.shape[1]):
            owner[y, x] = I(-1)
    start = 0
    for layer in range(ends.shape[0]):
        if layer > 0:
            _farthest(depth, tiles, column, first, last)
        for k in range(start, ends[layer]):
            f = order[k]
            y0, y2 = max(rows[f, 0], first), min(rows[f, 2], last)
            if y0 >= y2:
                continue
            if layer > 0:
                hidden = True
                for j in range((y0 - first) >> 3, ((y2 - 1 - first) >> 3) + 1):
                    for i in range(rows[f, 6] >> 3, (rows[f, 7] >> 3) + 1):
                        hidden &= tiles[j, i] > edges[f, 10]
                if hidden:
                    continue
            mine, left, y1 = rows[f, 3], rows[f, 4], rows[f, 1]
            ax, ay, bx, by = edges[f, 0], edges[f, 1], edges[f, 2], edges[f, 3]
            whole, upper, lower = edges[f, 4], edges[f, 5], edges[f, 6]
            az, zx, zy, nearest = edges[f, 7], edges[f, 8], edges[f, 9], edges[f, 10]
            before, after = C1 - edges[f, 11], C1 + edges[f, 11]
            for y in range(y0, y2):
                down = F(y) - ay
                one = ax + down * whole
                two = ax + down * upper if y < y1 else bx + (F(y) - by) * lower
                low = I(max((two if left else one) + before, C0))
                high = min(I(max((one if left else two) + after, C0)), width)
                z = az + down * zy
                # a sample just beyond the edge of a sliver is not nearer than its nearest vertex
                for x in range(low, high, 8):
                    cover_eight(depth, owner, y, x, z + (F(x) - ax) * zx, zx, nearest, I(high - x), mine)
        start = ends[layer]


@njit(**ROW)
def _bound(points, bounds):
    # the least and the most of each axis
    for k in range(3):
        low, high = F(1e9), F(-1e9)
        for i in range(points.shape[0]):
            low = min(low, points[i, k])
            high = max(high, points[i, k])
        bounds[k], bounds[3 + k] = low, high


@njit(**ROW)
def _carry(points, normals, carry, bones, share, posed, turned):
    # each vertex and its normal as one bone carries them, or as a mixture of two
    for i in range(points.shape[0]):
        a, b, part = bones[i, 0], bones[i, 1], share[i]
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        p, q, r = normals[i, 0], normals[i, 1], normals[i, 2]
        for k in range(3):
            m0, m1, m2, m3 = carry[a, k, 0], carry[a, k, 1], carry[a, k, 2], carry[a, k, 3]
            if part > C0:
                m0 += (carry[b, k, 0] - m0) * part
                m1 += (carry[b, k, 1] - m1) * part
                m2 += (carry[b, k, 2] - m2) * part
                m3 += (carry[b, k, 3] - m3) * part
            posed[i, k] = m0 * x + m1 * y + m2 * z + m3
            turned[i, k] = m0 * p + m1 * q + m2 * r


def carried(
    points: Floats, normals: Floats, bones: Floats, tied: NDArray[np.int32], share: Floats
) -> tuple[Floats, Floats]:
    """Vertices and normals (n × 3) as `bones` (count × 3 × 4) carry them, each tied to two (n × 2), by `share` (n)."""
    posed, turned = np.empty_like(points), np.empty_like(normals)
    _carry(points, normals, bones, tied, share, posed, turned)
    return posed, turned


def bounds_of(points: Floats) -> tuple[Floats, Floats]:
    """The least and the most (3 each) of places (n × 3)."""
    found = np.empty(6, np.float32)
    _bound(points, found)
    return found[:3], found[3:]


class Raster:
    """Keeps its buffers from picture to picture."""

    def __init__(self) -> None:
        self._depth = np.empty(0, np.float32)
        self._owner = np.empty(0, np.int32)
        self._rows = np.empty((0, _ROWS), np.int32)
        self._edges = np.empty((0, _EDGES), np.float32)
        self._order = np.empty(0, np.int32)

    def fill(
        self, seen: Floats, faces: NDArray[np.int32], shut: NDArray[np.bool_], size: tuple[int, int], sense: float = 1.0
    ) -> tuple[Floats, NDArray[np.int32]]:
        """Triangles between vertices `seen` (n × 3: column, row, depth) in a picture of `size` (height, width).

        Out: the depth of what is nearest at each sample, FAR where nothing is, and the number of its triangle, −1
        there; both with some columns more. Those `shut` (m) bound closed bodies and are left out where
        their backs are seen: where they are wound clockwise, rows counted downwards; with a `sense` of −1,
        counterclockwise.
        """
        height, width = size
        across = (width // _VECTOR + 2) * _VECTOR
        if self._depth.size < height * across:
            self._depth = np.empty(height * across * 9 // 8, np.float32)
            self._owner = np.zeros(height * across * 9 // 8, np.int32)
        if len(self._rows) < len(faces):
            self._rows = np.empty((len(faces), _ROWS), np.int32)
            self._edges = np.empty((len(faces), _EDGES), np.float32)
            self._order = np.empty(len(faces), np.int32)
        depth = self._depth[: height * across].reshape(height, across)
        owner = self._owner[: height * across].reshape(height, across)
        count = _set_up(seen, faces, shut, F(sense), I(width), I(height), self._rows, self._edges)
        ends = np.empty(_LAYERS, np.int32)
        _sort(self._rows, self._edges, count, self._order, ends)
        in_strips(
            _fill, 0, height, depth, owner, I(width), self._rows, self._edges, self._order, ends, least=_STRIP_ROWS
        )
        return depth, owner
