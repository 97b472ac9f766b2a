"""A mesh, its bones, a light and a scale in; its picture out: triangles with shadow, occlusion, gloss and glow.

Knows no player: people.py, vehicles.py and things.py build and pose the meshes. Views are orthographic.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call,arg-type,operator"
# Much of this module is compiled by Numba, which types the kernels' arguments itself.

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import (
    C0,
    C05,
    C1,
    C2,
    INLINE,
    ROW,
    F,
    I,
    clamp01,
    mix,
    smoothstep,
    sqrt,
)
from openhorse.engines.procedural.drawing.strips import STRIP, in_strips
from openhorse.engines.procedural.players.creature import Light
from openhorse.engines.procedural.players.lanes import add_row, blend_rows
from openhorse.engines.procedural.players.mesh import Array, Mesh
from openhorse.engines.procedural.players.player import Sprite
from openhorse.engines.procedural.players.raster import CLEAR, Raster, bounds_of, carried
from openhorse.engines.procedural.players.shells import closed_faces

_MARGIN = 2
_LARGEST = 1100  # pixels across; a larger picture is drawn so large and enlarged
_SHADOW_SIZES = (128, 224, 320, 448)
_STRIP_ROWS = 200  # pixels' rows that are worth a thread
_SKIRT = 24  # pixels drawn beyond a window, which what lies behind its edge still darkens
_COARSER = 420  # pixels per metre from which every other pixel tells enough of how open the sky is
_PANE = np.array((0.012, 0.017, 0.024), np.float32)


@dataclass(frozen=True, slots=True)
class View:
    """Pixels per metre, and how the rig is turned: `yaw` about the upright, `pitch` the camera's look down, radians.

    `window` is all that is wanted, in pixels from the ground point: left, top, right and bottom, rows downwards.
    """

    metre: float
    yaw: float
    pitch: float = 0.0
    window: tuple[float, float, float, float] | None = None


@njit(**ROW)
def _look_up(lit, z, nx, ny, nz, across, down, depth, to_light, pixel):
    # how much of each place the light reaches: what it sees of two of its own pixels' width about there
    most_y, most_x = depth.shape[0] - 2, depth.shape[1] - 2
    for k in range(lit.shape[0]):
        px = across[k] * pixel + nx[k] * to_light[12]
        py = -down[k] * pixel + ny[k] * to_light[12]
        pz = z[k] + nz[k] * to_light[12]
        u = to_light[0] * px + to_light[1] * py + to_light[2] * pz + to_light[3] + C05
        v = to_light[4] * px + to_light[5] * py + to_light[6] * pz + to_light[7] + C05
        w = to_light[8] * px + to_light[9] * py + to_light[10] * pz + to_light[11] + to_light[13]
        i = min(max(I(u), I(1)), most_x)
        j = min(max(I(v), I(1)), most_y)
        fu, fv = clamp01(u - F(i)), clamp01(v - F(j))
        total = C0
        for r in range(3):
            row = j + r - 1
            here = (C1 - fu) * (C0 if depth[row, i - 1] > w else C1)
            here += C0 if depth[row, i] > w else C1
            here += fu * (C0 if depth[row, i + 1] > w else C1)
            total += here * (C1 - fv if r == 0 else (C1 if r == 1 else fv))
        lit[k] = total * F(0.25)


@njit(**ROW)
def _open(sky, across, down, near, reach):
    # how much of the sky each place sees, of a picture that has every few samples: the first, and how many
    most_y, most_x = near.shape[0] - 1, near.shape[1] - 1
    per = C1 / reach[1]
    for k in range(sky.shape[0]):
        u = min(max((across[k] - reach[0]) * per, C0), F(most_x))
        v = min(max((down[k] - reach[0]) * per, C0), F(most_y))
        i, j = I(u), I(v)
        i1, j1 = min(i + 1, most_x), min(j + 1, most_y)
        fu, fv = u - F(i), v - F(j)
        above = mix(near[j, i], near[j, i1], fu)
        sky[k] = mix(above, mix(near[j1, i], near[j1, i1], fu), fv)


@njit(**ROW)
def _light_row(out, nx, ny, nz, red, green, blue, gloss, soft, glow, metal, lit, near, light):
    # a row of pixels, lit: out is red, green, blue
    lx, ly, lz = light[0], light[1], light[2]
    inverse = C1 / sqrt(lx * lx + ly * ly + (lz + C1) * (lz + C1) + F(1e-6))
    half_x, half_y, half_z = lx * inverse, ly * inverse, (lz + C1) * inverse
    for x in range(nx.shape[0]):
        length = C1 / sqrt(nx[x] * nx[x] + ny[x] * ny[x] + nz[x] * nz[x] + F(1e-9))
        mx, my, mz = nx[x] * length, ny[x] * length, max(nz[x] * length, C0)
        facing = mx * lx + my * ly + mz * lz
        tender = min(soft[x], C1)
        thin = soft[x] - tender  # cloth lets light through
        wrap = F(0.12) + F(0.32) * tender
        direct = max((facing + wrap) / (C1 + wrap), C0)
        direct = direct * mix(lit[x], C1, F(0.25) * tender) + thin * max(-facing, C0)
        edge = C1 - mz
        edge2 = edge * edge
        rim = edge2 * edge * clamp01(F(0.12) + facing * F(1.15)) * light[12] * F(0.45) * lit[x]
        key = direct + rim
        # light that went through skin or wax comes out warmer
        warm = tender * clamp01(C1 - abs(facing) * F(2.2)) * F(0.16) * (F(0.4) + F(0.6) * lit[x])
        up = C05 + C05 * my
        down = C1 - up
        open_sky = near[x]
        shine = max(mx * half_x + my * half_y + mz * half_z, C0)
        s2 = shine * shine
        s4 = s2 * s2
        s16 = s4 * s4 * s4 * s4
        s64 = s16 * s16 * s16 * s16
        flash = (mix(s16 * F(0.20), s64 * F(1.5), gloss[x])) * gloss[x] * lit[x]
        fresnel = mix(F(0.05), F(0.75), metal[x]) + edge2 * edge2 * F(0.55)
        mirror = fresnel * gloss[x] * mix(open_sky, C1, F(0.4))
        back_y = C2 * mz * my
        sky_part = smoothstep(F(-0.10), F(0.16), back_y)
        bright = F(2.6) - F(1.2) * clamp01(back_y)
        matt = C1 - metal[x] * F(0.75)
        for c in range(3):
            tint = red[x] if c == 0 else (green[x] if c == 1 else blue[x])
            sun, sky, earth = light[3 + c], light[6 + c], light[9 + c]
            around = mix(earth * F(0.9), sky * bright, sky_part)
            body = tint * matt * (sun * key + (sky * up + earth * down) * open_sky)
            body += tint * sun * warm * (C1 if c == 0 else F(0.30))
            gleam = (around * mirror + sun * flash) * mix(C1, tint * F(1.6), metal[x])
            out[c, x] = body + gleam + tint * glow[x]


@njit(**INLINE)
def _goes_on(rows, g, k, had, many, steep):
    # whether the row k, of so `many` samples, continues the surface of the row g, which `had` some
    return (
        abs(rows[g, 10] * many - rows[k, 10] * had) < steep * had * many
        and rows[g, 0] * rows[k, 0] + rows[g, 1] * rows[k, 1] + rows[g, 2] * rows[k, 2] > F(0.6) * had * many
        and abs(rows[g, 8] * many - rows[k, 8] * had) < F(0.2) * had * many
    )


@njit(**INLINE)
def _count_owners(owner, left, top, samples, mine, sums):
    # the triangles that a pixel's samples show, the sums of their samples' places and how many; how many triangles
    kinds = 0
    for j in range(top, top + samples):
        for i in range(left, left + samples):
            f, k = owner[j, i], 0
            if f < 0:
                continue
            while k < kinds and mine[k] != f:
                k += 1
            if k == kinds:
                mine[k] = f
                sums[0, k], sums[1, k], sums[2, k] = C0, C0, C0
                kinds += 1
            sums[0, k] += F(i)
            sums[1, k] += F(j)
            sums[2, k] += C1
    return kinds


@njit(**STRIP)
def _shade(out, owner, seen, faces, worn, near, reach, cast, to_light, light, samples, pixel, first, last):
    # rows `first` to `last` of the sprite: the samples of a pixel that show one surface are lit as one
    width = out.shape[2]
    rows = np.empty((4 * width + 1, 16), np.float32)  # as `worn`, times how many samples
    b = np.empty((13, 4 * width), np.float32)  # what `worn` has, of one sample; then who lights it: sky, key
    at = np.empty((3, 4 * width), np.float32)  # sample across and down, and how many samples
    column = np.empty(4 * width, np.int32)
    part = np.empty((4, 4 * width), np.float32)
    mine = np.empty(9, np.int32)
    sums = np.empty((3, 9), np.float32)
    share, steep, half = C1 / F(samples * samples), F(5) * pixel * F(samples), C05 * F(samples - 1)
    middle = np.empty(10, np.float32)
    for k in range(1, 10):
        middle[k] = C1 / F(k)
    f = d = e = h = I(-1)
    ax = ay = bx = by = cx = cy = per = turn = C0
    for y in range(first, last):
        count = 0
        for x in range(width):
            top, left, begin, kinds = y * samples, x * samples, count, 1
            mine[0], one = owner[top, left], True
            for j in range(samples):
                for i in range(samples):
                    one &= owner[top + j, left + i] == mine[0]
            if one:  # all of it shows one triangle, or nothing
                if mine[0] < 0:
                    continue
                sums[0, 0], sums[1, 0] = samples * samples * (F(left) + half), samples * samples * (F(top) + half)
                sums[2, 0] = F(samples * samples)
            else:
                kinds = _count_owners(owner, left, top, samples, mine, sums)
            for k in range(kinds):
                many = sums[2, k]
                if mine[k] != f:
                    f = mine[k]
                    d, e, h = faces[f, 0], faces[f, 1], faces[f, 2]
                    ax, ay, bx, by, cx, cy = seen[d, 0], seen[d, 1], seen[e, 0], seen[e, 1], seen[h, 0], seen[h, 1]
                    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
                    turn, per = C1 if area < C0 else -C1, C1 / area
                p, q, per_sample = sums[0, k] * middle[I(many)], sums[1, k] * middle[I(many)], per * many
                # these weights count the samples; a place just beyond the edge of a sliver would have wild ones
                u = min(max(((bx - p) * (cy - q) - (cx - p) * (by - q)) * per_sample, C0), many)
                v = min(max(((cx - p) * (ay - q) - (ax - p) * (cy - q)) * per_sample, C0), many - u)
                w = many - u - v
                blend_rows(rows, count, worn, d, e, h, u, v, w, turn)
                g = begin
                while g < count and not _goes_on(rows, g, count, at[2, g], many, steep):
                    g += 1
                if g == count and g - begin < 4:
                    count += 1
                    column[g] = x
                    at[0, g], at[1, g], at[2, g] = sums[0, k], sums[1, k], many
                else:
                    g = min(g, begin + 3)
                    at[0, g] += sums[0, k]
                    at[1, g] += sums[1, k]
                    at[2, g] += many
                    add_row(rows, g, count)
        for c in range(4):
            for x in range(width):
                out[c, y, x] = C0
        if count == 0:
            continue
        for g in range(count):
            per = C1 / at[2, g]
            at[0, g] *= per
            at[1, g] *= per
            for c in range(11):
                b[c, g] = rows[g, c] * per
        n = count
        _look_up(b[12, :n], b[10, :n], b[0, :n], b[1, :n], b[2, :n], at[0, :n], at[1, :n], cast, to_light, pixel)
        _open(b[11, :n], at[0, :n], at[1, :n], near, reach)
        _light_row(
            part[:, :n],
            b[0, :n],
            b[1, :n],
            b[2, :n],
            b[3, :n],
            b[4, :n],
            b[5, :n],
            b[6, :n],
            b[7, :n],
            b[8, :n],
            b[9, :n],
            b[12, :n],
            b[11, :n],
            light,
        )
        for g in range(count):
            covers = at[2, g] * share
            for c in range(3):
                out[c, y, column[g]] += part[c, g] * covers
            out[3, y, column[g]] += covers


@dataclass(frozen=True, slots=True)
class _Frame:
    """Pixels per metre, the pixel of the ground point, the sprite's size, and how many samples a pixel has each way."""

    metre: float
    x: int
    y: int
    width: int
    height: int
    samples: int


class Easel:
    """Keeps the buffers of one player from picture to picture."""

    def __init__(self) -> None:
        self._out = np.empty(0, np.float32)
        self._seen, self._cast = Raster(), Raster()
        self._mesh: Mesh | None = None
        self._shut = np.empty(0, np.bool_)
        self._dressed: tuple[Mesh, Light, NDArray[np.float32]] | None = None

    def draw(self, mesh: Mesh, bones: Array, view: View, light: Light, wind: Array | None = None) -> Sprite:
        """A mesh carried by `bones` (count × 3 × 4), with its origin on the sprite's ground point."""
        points, normals = posed(mesh, bones, wind)
        turn = turned(view.yaw, view.pitch).astype(np.float32)
        points, normals = points @ turn.T, normals @ turn.T
        low, high = bounds_of(points)
        across = float(max(high[0] - low[0], high[1] - low[1])) * view.metre
        box = (float(low[0]), -float(high[1]), float(high[0]), -float(low[1]))
        left, top, right, bottom = _within([side * view.metre for side in box], view.window)
        shrink = min(1.0, _LARGEST / max(right - left, bottom - top, 1.0))
        x, y = math.ceil(-left * shrink) + _MARGIN, math.ceil(-top * shrink) + _MARGIN
        width, height = x + math.ceil(right * shrink) + _MARGIN, y + math.ceil(bottom * shrink) + _MARGIN
        samples = 3 if across < 170 else 2
        frame = _Frame(view.metre * shrink, x, y, max(width, 1), max(height, 1), samples)
        out = self._paint(mesh, points, normals, light, frame)
        if shrink == 1.0:
            return Sprite(out, float(x), float(y))
        size = (round(width / shrink), round(height / shrink))
        planes = np.stack([cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in out])
        return Sprite(planes, x * size[0] / width, y * size[1] / height)

    def _paint(self, mesh: Mesh, points: Array, normals: Array, light: Light, frame: _Frame) -> NDArray[np.float32]:
        if self._mesh is not mesh:
            self._mesh, self._shut = mesh, closed_faces(mesh)
        samples, fine = frame.samples, frame.metre * frame.samples
        corner = (frame.x * samples - 0.5, frame.y * samples - 0.5, 0.0)
        seen = points * np.array((fine, -fine, 1.0), np.float32) + np.array(corner, np.float32)
        worn = self._worn(mesh, light)
        worn[:, 0:3], worn[:, 10] = normals, seen[:, 2]
        depth, owner = self._seen.fill(seen, mesh.faces, self._shut, (frame.height * samples, frame.width * samples))
        near, reach = _open_sky(depth, samples, fine)
        cast, to_light = self._shadow(points, mesh.faces, light, frame)
        count = 4 * frame.height * frame.width
        if self._out.size < count:
            self._out = np.empty(count * 9 // 8, np.float32)
        out = self._out[:count].reshape(4, frame.height, frame.width)
        surfaces = (owner, seen, mesh.faces, worn, near, reach)
        lights = (cast, to_light, light.numbers())
        in_strips(_shade, 0, frame.height, out, *surfaces, *lights, np.int32(samples), F(1 / fine), least=_STRIP_ROWS)
        return out

    def _worn(self, mesh: Mesh, light: Light) -> NDArray[np.float32]:
        # what the vertices carry: normals, to be filled in, colours and matter, with the lamps lit as need be, and
        # depths, to be filled in
        if self._dressed is not None and self._dressed[0] is mesh and self._dressed[1] == light:
            return self._dressed[2]
        worn = np.zeros((len(mesh.points), 16), np.float32)
        worn[:, 3:6] = mesh.colours
        worn[:, 6:10] = mesh.matter
        lamps = mesh.matter[:, 2] < 0
        lit = darkness(light)
        worn[lamps, 8] = -mesh.matter[lamps, 2] * (0.12 + 0.88 * lit)
        panes = lamps & (mesh.matter[:, 0] > 0.85)  # a window by day is dark glass
        worn[panes, 3:6] += (_PANE - worn[panes, 3:6]) * (1 - lit)
        self._dressed = mesh, light, worn
        return worn

    def _shadow(
        self, points: Array, faces: NDArray[np.int32], light: Light, frame: _Frame
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        # depths as the light sees them, and the map from a sample's place to there
        to = np.array(light.towards)
        to /= np.sqrt((to * to).sum())
        side = np.cross((0.0, 1.0, 0.05), to)
        side /= np.sqrt((side * side).sum())
        basis = np.stack([side, np.cross(to, side), to])
        seen = points @ basis.T.astype(np.float32)
        low, high = bounds_of(seen)
        span = max(float((high - low)[:2].max()), 1e-6)
        size = next((size for size in _SHADOW_SIZES if size > 0.75 * span * frame.metre), _SHADOW_SIZES[-1])
        scale = (size - 8) / span
        start = np.array((4 - low[0] * scale, 4 - low[1] * scale, 0.0))
        seen = seen * np.array((scale, scale, 1.0), np.float32) + start.astype(np.float32)
        depth, _ = self._cast.fill(seen, faces, self._shut, (size, size), -1.0)
        corner = basis @ (
            (0.5 / frame.samples - frame.x) / frame.metre,
            (frame.y - 0.5 / frame.samples) / frame.metre,
            0,
        )
        rows = np.zeros((4, 4), np.float32)
        rows[:3, :3], rows[:3, 3] = basis, corner
        rows[:2] *= scale
        rows[:2, 3] += start[:2]
        rows[3, :2] = 2.2 / scale, 2.0 / scale
        return depth, rows.reshape(-1)


def _within(
    box: Sequence[float], window: tuple[float, float, float, float] | None
) -> tuple[float, float, float, float]:
    # the part of a box (left, top, right, bottom) that a window shows, and a little more
    left, top, right, bottom = box
    if window is None:
        return left, top, right, bottom
    left, top = max(left, window[0] - _SKIRT), max(top, window[1] - _SKIRT)
    right, bottom = min(right, window[2] + _SKIRT), min(bottom, window[3] + _SKIRT)
    return left, top, max(left, right), max(top, bottom)


def _open_sky(depth: NDArray[np.float32], samples: int, fine: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    # what lies deeper than its surroundings sees less of the sky; with its first sample, and every how many it has one
    reduce = 2 * samples * (1 if fine < _COARSER * samples else 2)
    first = reduce // 2 - 1 + samples % 2
    small = np.ascontiguousarray(depth[first::reduce, first::reduce])
    there = (small > CLEAR).astype(np.float32)
    filled = small * there
    open_sky = np.ones_like(small)
    for reach, strength, smaller in ((0.022, 9.0, 1), (0.075, 3.2, 3)):
        weight, mean = (_blurred(plane, reach * fine / reduce, smaller) for plane in (there, filled))
        hollow = np.clip((mean / np.maximum(weight, 1e-3) - filled) / reach, 0, 1.5) * weight
        open_sky /= 1 + strength * 0.16 * hollow
    open_sky = np.where(there > 0, open_sky, cv2.blur(open_sky, (3, 3)))
    return open_sky, np.array((first, reduce), np.float32)


def _blurred(plane: NDArray[np.float32], sigma: float, smaller: int) -> NDArray[np.float32]:
    # a Gaussian blur; where it is wide, of a smaller picture
    sigma = max(0.7, sigma)
    if sigma < 2 * smaller:
        smaller = 1
    height, width = plane.shape
    if smaller > 1:
        size = (-(-width // smaller), -(-height // smaller))
        plane = np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)
    wide = 2 * math.ceil(2.6 * sigma / smaller) + 1
    plane = np.asarray(cv2.GaussianBlur(plane, (wide, wide), sigma / smaller), np.float32)
    if smaller > 1:
        plane = np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return plane


def darkness(light: Light) -> float:
    """How much lamps are needed: 0 by day, 1 at night, and nearly so where the sun is as red as at dusk."""
    sky = sum(light.sky) / 3
    red = light.key[0] / max(light.key[2], 1e-6)
    return float(max(np.clip((0.19 - sky) / 0.09, 0, 1), 0.85 * np.clip((red - 1.8) / 1.5, 0, 1)))


def turned(yaw: float, pitch: float) -> Array:
    """The 3 × 3 turn from a rig's axes to the view's (right, up, to the viewer)."""
    cos_yaw, sin_yaw = math.cos(yaw), math.sin(yaw)
    cos_pitch, sin_pitch = math.cos(pitch), math.sin(pitch)
    return np.array(
        [
            [cos_yaw, 0, sin_yaw],
            [sin_yaw * sin_pitch, cos_pitch, -cos_yaw * sin_pitch],
            [-sin_yaw * cos_pitch, sin_pitch, cos_yaw * cos_pitch],
        ]
    )


def posed(mesh: Mesh, bones: Array, wind: Array | None) -> tuple[Array, Array]:
    """Points and normals as the bones carry them; `wind` (n × 3) moves what sways."""
    points, normals = carried(mesh.points, mesh.normals, bones.astype(np.float32), mesh.bones, mesh.share)
    if wind is not None:
        points += wind * mesh.sway[:, None]
    return points, normals


def sorted_mesh(mesh: Mesh) -> Mesh:
    """The same mesh in float32, its vertices in the order of their bones, those between two bones last."""
    order = np.lexsort((mesh.bones[:, 0], mesh.share > 0))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return Mesh(
        np.ascontiguousarray(mesh.points[order], np.float32),
        np.ascontiguousarray(mesh.normals[order], np.float32),
        np.ascontiguousarray(mesh.colours[order], np.float32),
        np.ascontiguousarray(mesh.matter[order], np.float32),
        np.ascontiguousarray(place[mesh.faces], np.int32),
        np.ascontiguousarray(mesh.bones[order]),
        np.ascontiguousarray(mesh.share[order], np.float32),
        np.ascontiguousarray(mesh.sway[order], np.float32),
    )
