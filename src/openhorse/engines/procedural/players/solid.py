"""A mesh, its bones, a light and a scale in; its picture out: triangles with shadow, occlusion, gloss and glow.

Knows no player: people.py, vehicles.py and things.py build and pose the meshes. Views are orthographic.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call,arg-type,operator"
# Much of this module is compiled by Numba, which types the kernels' arguments itself.

from __future__ import annotations

import itertools
import math
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
from openhorse.engines.procedural.players.mesh import Array, Mesh
from openhorse.engines.procedural.players.player import Sprite

_FAR = -1e6
_MARGIN = 2
_LARGEST = 1100  # pixels across; a larger picture is drawn so large and enlarged
_SHADOW_SIZE = 288
_PANE = np.array((0.012, 0.017, 0.024), np.float32)


@dataclass(frozen=True, slots=True)
class View:
    """Pixels per metre, and how the rig is turned: `yaw` about the upright, `pitch` the camera's look down, radians."""

    metre: float
    yaw: float
    pitch: float = 0.0


@njit(**INLINE)
def _from(value, slope, low):
    # the first column, counted from the box's, at which an edge's value is not below 0 any more
    return max(low, I(math.ceil(-value / slope - F(1e-3)))) if slope > F(1e-9) else low


@njit(**INLINE)
def _until(value, slope, high):
    # the last one at which it is not below 0 yet; −1 where it never is
    if slope < F(-1e-9):
        return min(high, I(math.floor(-value / slope + F(1e-3))))
    return I(-1) if slope <= F(1e-9) and value < F(-1e-4) else high


@njit(**ROW)
def _select(seen, faces, chosen, width, height):
    # the triangles that may cover the middle of a pixel; returns how many
    count = 0
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ay, by, cy = seen[a, 1], seen[b, 1], seen[c, 1]
        ax, bx, cx = seen[a, 0], seen[b, 0], seen[c, 0]
        y0, y1 = math.ceil(min(ay, by, cy)), math.floor(max(ay, by, cy))
        x0, x1 = math.ceil(min(ax, bx, cx)), math.floor(max(ax, bx, cx))
        if y0 <= y1 and x0 <= x1 and y1 >= 0 and x1 >= 0 and y0 < height and x0 < width:
            chosen[count, 0] = a
            chosen[count, 1] = b
            chosen[count, 2] = c
            count += 1
    return count


@njit(**STRIP)
def _draw(planes, seen, worn, faces, first, last):
    # rows `first` to `last` of the buffers: depth, normal, colour and the first vertex of what is nearest
    width = planes.shape[2]
    for y in range(first, last):
        for x in range(width):
            planes[0, y, x] = F(-1e6)
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ay, by, cy = seen[a, 1], seen[b, 1], seen[c, 1]
        y0 = max(I(math.ceil(min(ay, by, cy))), first)
        y1 = min(I(math.floor(max(ay, by, cy))) + 1, last)
        if y0 >= y1:
            continue
        ax, bx, cx = seen[a, 0], seen[b, 0], seen[c, 0]
        x0 = max(I(math.ceil(min(ax, bx, cx))), 0)
        x1 = min(I(math.floor(max(ax, bx, cx))) + 1, width)
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if x0 >= x1 or abs(area) < F(1e-7):
            continue
        front = C1 if area < C0 else -C1
        per = C1 / area
        az, bz, cz = seen[a, 2], seen[b, 2], seen[c, 2]
        ux, vx, wx = (by - cy) * per, (cy - ay) * per, (ay - by) * per
        zx = az * ux + bz * vx + cz * wx
        fx = F(x0)
        for y in range(y0, y1):
            fy = F(y)
            u0 = ((bx - fx) * (cy - fy) - (cx - fx) * (by - fy)) * per
            v0 = ((cx - fx) * (ay - fy) - (ax - fx) * (cy - fy)) * per
            w0 = C1 - u0 - v0
            z0 = az * u0 + bz * v0 + cz * w0
            low = _from(w0, wx, _from(v0, vx, _from(u0, ux, I(0))))
            high = _until(w0, wx, _until(v0, vx, _until(u0, ux, I(x1 - x0 - 1))))
            for step in range(low, high + 1):
                x = x0 + step
                z = z0 + zx * F(step)
                if z <= planes[0, y, x]:
                    continue
                u = u0 + ux * F(step)
                v = v0 + vx * F(step)
                w = C1 - u - v
                planes[0, y, x] = z
                for k in range(3):
                    planes[1 + k, y, x] = (worn[a, k] * u + worn[b, k] * v + worn[c, k] * w) * front
                for k in range(3, 10):
                    planes[1 + k, y, x] = worn[a, k] * u + worn[b, k] * v + worn[c, k] * w


@njit(**STRIP)
def _cast(depth, seen, faces, first, last):
    # the same for depth alone, as the light sees it
    width = depth.shape[1]
    for y in range(first, last):
        for x in range(width):
            depth[y, x] = F(-1e6)
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ay, by, cy = seen[a, 1], seen[b, 1], seen[c, 1]
        y0 = max(I(math.ceil(min(ay, by, cy))), first)
        y1 = min(I(math.floor(max(ay, by, cy))) + 1, last)
        if y0 >= y1:
            continue
        ax, bx, cx = seen[a, 0], seen[b, 0], seen[c, 0]
        x0 = max(I(math.ceil(min(ax, bx, cx))), 0)
        x1 = min(I(math.floor(max(ax, bx, cx))) + 1, width)
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if x0 >= x1 or abs(area) < F(1e-7):
            continue
        per = C1 / area
        ux, vx, wx = (by - cy) * per, (cy - ay) * per, (ay - by) * per
        az, bz, cz = seen[a, 2], seen[b, 2], seen[c, 2]
        zx = az * ux + bz * vx + cz * wx
        fx = F(x0)
        for y in range(y0, y1):
            fy = F(y)
            u0 = ((bx - fx) * (cy - fy) - (cx - fx) * (by - fy)) * per
            v0 = ((cx - fx) * (ay - fy) - (ax - fx) * (cy - fy)) * per
            w0 = C1 - u0 - v0
            z0 = az * u0 + bz * v0 + cz * w0
            low = _from(w0, wx, _from(v0, vx, _from(u0, ux, I(0))))
            high = _until(w0, wx, _until(v0, vx, _until(u0, ux, I(x1 - x0 - 1))))
            for step in range(low, high + 1):
                depth[y, x0 + step] = max(depth[y, x0 + step], z0 + zx * F(step))


@njit(**ROW)
def _look_up(lit, z, nx, ny, nz, y, left, depth, to_light, pixel):
    # how much of a row from `left` on the light reaches, each pixel by four looks into the light's depths
    most_y, most_x = depth.shape[0] - 1, depth.shape[1] - 1
    for x in range(lit.shape[0]):
        lit[x] = C1
        if z[x] < F(-1e5):
            continue
        px = F(x + left) * pixel + nx[x] * to_light[12]
        py = -F(y) * pixel + ny[x] * to_light[12]
        pz = z[x] + nz[x] * to_light[12]
        u = to_light[0] * px + to_light[1] * py + to_light[2] * pz + to_light[3]
        v = to_light[4] * px + to_light[5] * py + to_light[6] * pz + to_light[7]
        w = to_light[8] * px + to_light[9] * py + to_light[10] * pz + to_light[11]
        total = C0
        for k in range(4):
            du = F(-0.9) if k & 1 else F(0.9)
            dv = F(-0.9) if k & 2 else F(0.9)
            i = min(max(I(u + du + F((x + left + k) & 1) * F(0.6)), 0), most_x)
            j = min(max(I(v + dv + F((y + k) & 1) * F(0.6)), 0), most_y)
            total += C0 if depth[j, i] > w + to_light[13] else F(0.25)
        lit[x] = total


@njit(**ROW)
def _light_row(out, z, nx, ny, nz, red, green, blue, gloss, soft, glow, metal, lit, near, light):
    # a row of pixels, lit: out is red, green, blue, coverage
    lx, ly, lz = light[0], light[1], light[2]
    inverse = C1 / sqrt(lx * lx + ly * ly + (lz + C1) * (lz + C1) + F(1e-6))
    half_x, half_y, half_z = lx * inverse, ly * inverse, (lz + C1) * inverse
    for x in range(z.shape[0]):
        there = C1 if z[x] > F(-1e5) else C0
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
            out[c, x] = (body + gleam + tint * glow[x]) * there
        out[3, x] = there


@njit(**STRIP)
def _shade(out, planes, near, depth, to_light, light, samples, pixel, first, last):
    # rows `first` to `last` of the sprite, each the mean of `samples`² finer ones
    width = planes.shape[2]
    row = np.empty((4, width), np.float32)
    lit = np.empty(width, np.float32)
    share = C1 / F(samples * samples)
    for y in range(first, last):
        for c in range(4):
            for x in range(out.shape[2]):
                out[c, y, x] = C0
        for s in range(samples):
            fine = y * samples + s
            p = planes[:, fine]
            low, high = width, 0
            for x in range(width):
                if p[0, x] > F(-1e5):
                    low = min(low, x)
                    high = x + 1
            if low >= high:
                continue
            low -= low % samples
            high = min(high + samples - high % samples, width)
            p = p[:, low:high]
            part = row[:, : high - low]
            _look_up(lit[: high - low], p[0], p[1], p[2], p[3], fine, low, depth, to_light, pixel)
            _light_row(
                part,
                p[0],
                p[1],
                p[2],
                p[3],
                p[4],
                p[5],
                p[6],
                p[7],
                p[8],
                p[9],
                p[10],
                lit,
                near[fine, low:high],
                light,
            )
            for c in range(4):
                for x in range((high - low) // samples):
                    for k in range(samples):
                        out[c, y, low // samples + x] += part[c, x * samples + k] * share


class Easel:
    """Keeps the buffers of one player from picture to picture."""

    def __init__(self) -> None:
        self._store: dict[str, NDArray[np.float32]] = {}
        self._faces = np.empty((0, 3), np.int32)
        self._dressed: tuple[Mesh, Light, NDArray[np.float32]] | None = None

    def _buffer(self, name: str, *shape: int) -> NDArray[np.float32]:
        size = math.prod(shape)
        held = self._store.get(name)
        if held is None or held.size < size:
            held = self._store[name] = np.zeros(size + size // 8, np.float32)
        return held[:size].reshape(shape)

    def draw(self, mesh: Mesh, bones: Array, view: View, light: Light, wind: Array | None = None) -> Sprite:
        """A mesh carried by `bones` (count × 3 × 4), with its origin on the sprite's ground point."""
        points, normals = posed(mesh, bones, wind)
        turn = turned(view.yaw, view.pitch).astype(np.float32)
        points, normals = points @ turn.T, normals @ turn.T
        low, high = points.min(axis=0), points.max(axis=0)
        across = float(max(high[0] - low[0], high[1] - low[1])) * view.metre
        shrink = min(1.0, _LARGEST / max(across, 1.0))
        metre = view.metre * shrink
        samples = 3 if across < 170 else 2
        x0 = math.ceil(-low[0] * metre) + _MARGIN
        y0 = math.ceil(high[1] * metre) + _MARGIN
        width = x0 + math.ceil(high[0] * metre) + _MARGIN
        height = y0 + math.ceil(-low[1] * metre) + _MARGIN
        width, height = max(width, 1), max(height, 1)
        out = self._paint(mesh, points, normals, light, (metre, x0, y0, width, height, samples))
        if shrink == 1.0:
            return Sprite(out, float(x0), float(y0))
        size = (round(width / shrink), round(height / shrink))
        planes = np.stack([cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in out])
        return Sprite(planes, x0 * size[0] / width, y0 * size[1] / height)

    def _paint(
        self, mesh: Mesh, points: Array, normals: Array, light: Light, frame: tuple[float, int, int, int, int, int]
    ) -> NDArray[np.float32]:
        metre, x0, y0, width, height, samples = frame
        fine = metre * samples
        seen = np.empty((len(points), 3), np.float32)
        seen[:, 0] = points[:, 0] * fine + (x0 * samples - 0.5)
        seen[:, 1] = points[:, 1] * -fine + (y0 * samples - 0.5)
        seen[:, 2] = points[:, 2]
        worn = self._worn(mesh, light)
        worn[:, 0:3] = normals
        planes = self._buffer("planes", 11, height * samples, width * samples)
        faces = self._chosen(seen, mesh.faces, width * samples, height * samples)
        in_strips(_draw, 0, height * samples, planes, seen, worn, faces)
        near = self._occlusion(planes[0], samples, fine)
        depth, to_light = self._shadow(points, mesh.faces, light, (fine, x0 * samples, y0 * samples))
        out = self._buffer("out", 4, height, width)
        in_strips(
            _shade, 0, height, out, planes, near, depth, to_light, light.numbers(), np.int32(samples), F(1 / fine)
        )
        return out

    def _chosen(
        self, seen: NDArray[np.float32], faces: NDArray[np.int32], width: int, height: int
    ) -> NDArray[np.int32]:
        if len(self._faces) < len(faces):
            self._faces = np.empty((len(faces), 3), np.int32)
        count = _select(seen, faces, self._faces, width, height)
        return self._faces[:count]

    def _worn(self, mesh: Mesh, light: Light) -> NDArray[np.float32]:
        # what the vertices carry: normals, to be filled in, colours and matter, with the lamps lit as need be
        if self._dressed is not None and self._dressed[0] is mesh and self._dressed[1] == light:
            return self._dressed[2]
        worn = np.empty((len(mesh.points), 10), np.float32)
        worn[:, 3:6] = mesh.colours
        worn[:, 6:10] = mesh.matter
        lamps = mesh.matter[:, 2] < 0
        lit = darkness(light)
        worn[lamps, 8] = -mesh.matter[lamps, 2] * (0.12 + 0.88 * lit)
        panes = lamps & (mesh.matter[:, 0] > 0.85)  # a window by day is dark glass
        worn[panes, 3:6] += (_PANE - worn[panes, 3:6]) * (1 - lit)
        self._dressed = mesh, light, worn
        return worn

    def _occlusion(self, depth: NDArray[np.float32], samples: int, fine: float) -> NDArray[np.float32]:
        # what lies deeper than its surroundings sees less of the sky
        height, width = depth.shape
        reduce = 2 * samples
        small = np.ascontiguousarray(depth[samples // 2 :: reduce, samples // 2 :: reduce])
        there = (small > _FAR * 0.1).astype(np.float32)
        filled = np.where(there > 0, small, 0).astype(np.float32)
        open_sky = np.ones_like(small)
        for reach, strength in ((0.022, 9.0), (0.075, 3.2)):
            sigma = max(0.7, reach * fine / reduce)
            weight = cv2.GaussianBlur(there, (0, 0), sigma)
            mean = cv2.GaussianBlur(filled, (0, 0), sigma) / np.maximum(weight, 1e-3)
            hollow = np.clip((mean - filled) / reach, 0, 1.5) * weight
            open_sky /= 1 + strength * 0.16 * hollow
        open_sky = np.where(there > 0, open_sky, cv2.blur(open_sky, (3, 3)))
        near = self._buffer("near", height, width)
        cv2.resize(open_sky.astype(np.float32), (width, height), dst=near, interpolation=cv2.INTER_LINEAR)
        return near

    def _shadow(
        self, points: Array, faces: NDArray[np.int32], light: Light, origin: tuple[float, float, float]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        # depths as the light sees them, and the map from a fine pixel's place to there
        to = np.array(light.towards)
        to /= np.sqrt((to * to).sum())
        side = np.cross((0.0, 1.0, 0.05), to)
        side /= np.sqrt((side * side).sum())
        basis = np.stack([side, np.cross(to, side), to])
        cast = points @ basis.T.astype(np.float32)
        low, high = cast.min(axis=0), cast.max(axis=0)
        scale = (_SHADOW_SIZE - 8) / max(float((high - low)[:2].max()), 1e-6)
        seen = np.empty((len(points), 3), np.float32)
        seen[:, 0] = (cast[:, 0] - low[0]) * scale + 4
        seen[:, 1] = (cast[:, 1] - low[1]) * scale + 4
        seen[:, 2] = cast[:, 2]
        depth = self._buffer("cast", _SHADOW_SIZE, _SHADOW_SIZE)
        faces = self._chosen(seen, faces, _SHADOW_SIZE, _SHADOW_SIZE)
        in_strips(_cast, 0, _SHADOW_SIZE, depth, seen, faces)
        fine, x0, y0 = origin
        corner = np.array(((0.5 - x0) / fine, (y0 - 0.5) / fine, 0.0)) @ basis.T
        rows = np.zeros(14, np.float32)
        rows[0:3], rows[3] = basis[0] * scale, (corner[0] - low[0]) * scale + 4
        rows[4:7], rows[7] = basis[1] * scale, (corner[1] - low[1]) * scale + 4
        rows[8:11], rows[11] = basis[2], corner[2]
        rows[12], rows[13] = 2.2 / scale, 2.0 / scale
        return depth, rows


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
    """Points and normals as the bones carry them; `wind` (n × 3) moves what sways.

    Quick where the vertices of each bone follow one another, and those between two bones come last: see `sorted_mesh`.
    """
    carry = bones.astype(np.float32)
    points, normals = np.empty_like(mesh.points), np.empty_like(mesh.normals)
    first, last = mesh.bones[:, 0], mesh.bones[:, 1]
    rigid = int(np.searchsorted(mesh.share > 0, True))
    edges = (np.flatnonzero(np.diff(first[:rigid])) + 1).tolist() if rigid else []
    bounds = [0, *edges, rigid]
    for start, stop in itertools.pairwise(bounds):
        if stop > start:
            turn, to = carry[first[start], :, :3].T, carry[first[start], :, 3]
            points[start:stop] = mesh.points[start:stop] @ turn + to
            normals[start:stop] = mesh.normals[start:stop] @ turn
    if rigid < len(points):
        a, b = carry[first[rigid:]], carry[last[rigid:]]
        a += (b - a) * mesh.share[rigid:, None, None]
        points[rigid:] = np.einsum("nij,nj->ni", a[:, :, :3], mesh.points[rigid:]) + a[:, :, 3]
        normals[rigid:] = np.einsum("nij,nj->ni", a[:, :, :3], mesh.normals[rigid:])
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
