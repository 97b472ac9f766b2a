"""Outlines and materials in, meshes of triangles out: turned, bent, lofted and cut shapes, each vertex tied to bones.

Knows no player and no pixels. Lengths are metres; x is ahead, y up, z to the viewer of somebody who goes to the right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Place = Sequence[float] | Array


@dataclass(frozen=True, slots=True)
class Material:
    """A linear colour; how glossy it is, how light scatters in it (skin, wax), how it shines of itself, how metallic.

    `gloss`, `soft` and `metal` are 0…1; what `soft` is above 1 is let through, as by cloth. `glow` is in times of its
    colour.
    """

    colour: Place
    gloss: float = 0.0
    soft: float = 0.0
    glow: float = 0.0
    metal: float = 0.0


@dataclass(frozen=True, slots=True)
class Mesh:
    """n vertices and m triangles at rest.

    `points`, `normals`, `colours`: n × 3; `matter`: n × 4 (gloss, soft, glow, metal; a glow below 0 is a lamp's, which
    shines when it is dark); `faces`: m × 3;
    `bones`: n × 2, the two that carry a vertex, the second by `share` (n, 0…1); `sway`: n, metres that wind moves it.
    """

    points: Array
    normals: Array
    colours: Array
    matter: Array
    faces: NDArray[np.int32]
    bones: NDArray[np.int32]
    share: Array
    sway: Array

    def moved(self, x: float, y: float, z: float) -> Mesh:
        """Pushed aside."""
        return replace(self, points=self.points + np.array((x, y, z)))

    def turned(self, axis: int, angle: float) -> Mesh:
        """Turned about an axis (0 x, 1 y, 2 z) through the origin, in radians."""
        turn = rotation(axis, angle)
        return replace(self, points=self.points @ turn.T, normals=self.normals @ turn.T)

    def scaled(self, x: float, y: float | None = None, z: float | None = None) -> Mesh:
        """Stretched along the axes; by `x` alike when nothing else is said."""
        size = np.array((x, x if y is None else y, x if z is None else z))
        normals = self.normals / size
        return replace(self, points=self.points * size, normals=_unit(normals))

    def on(self, bone: int, other: int | None = None, share: Place | float = 0.0) -> Mesh:
        """Tied to a bone; or between two, `share` of the way."""
        bones = np.empty_like(self.bones)
        bones[:, 0], bones[:, 1] = bone, bone if other is None else other
        return replace(self, bones=bones, share=np.broadcast_to(np.asarray(share, np.float64), self.share.shape))

    def swaying(self, sway: Place | float) -> Mesh:
        """Moved by the wind."""
        return replace(self, sway=np.broadcast_to(np.asarray(sway, np.float64), self.sway.shape))

    def painted(self, where: NDArray[np.bool_] | Callable[[Array], NDArray[np.bool_]], material: Material) -> Mesh:
        """With every triangle that touches some of its vertices of another material, its edge sharp."""
        chosen = where(self.points) if callable(where) else where
        inside = chosen[self.faces].any(axis=1)
        taken, at = np.unique(self.faces[inside], return_inverse=True)
        count = len(self.points)
        faces = self.faces.copy()
        faces[inside] = count + at.reshape(-1, 3)
        colours = np.concatenate([self.colours, np.tile(np.asarray(material.colour, np.float64), (len(taken), 1))])
        matter = np.tile((material.gloss, material.soft, material.glow, material.metal), (len(taken), 1))
        return replace(
            self,
            points=np.concatenate([self.points, self.points[taken]]),
            normals=np.concatenate([self.normals, self.normals[taken]]),
            colours=colours,
            matter=np.concatenate([self.matter, matter]),
            faces=faces.astype(np.int32),
            bones=np.concatenate([self.bones, self.bones[taken]]),
            share=np.concatenate([self.share, self.share[taken]]),
            sway=np.concatenate([self.sway, self.sway[taken]]),
        )

    def tinted(self, where: NDArray[np.bool_], material: Material) -> Mesh:
        """With some of its vertices of another material, which runs softly into the rest."""
        colours, matter = self.colours.copy(), self.matter.copy()
        colours[where] = material.colour
        matter[where] = material.gloss, material.soft, material.glow, material.metal
        return replace(self, colours=colours, matter=matter)

    def coloured(self, colours: Array) -> Mesh:
        """With a colour of its own for each vertex (n × 3)."""
        return replace(self, colours=colours)


def rotation(axis: int, angle: float) -> Array:
    """A 3 × 3 turn about x, y or z, counterclockwise as seen from the axis' end."""
    cos, sin = math.cos(angle), math.sin(angle)
    turn = np.eye(3)
    a, b = (axis + 1) % 3, (axis + 2) % 3
    turn[a, a], turn[a, b], turn[b, a], turn[b, b] = cos, -sin, sin, cos
    return turn


def join(*meshes: Mesh) -> Mesh:
    """Several as one."""
    starts = np.cumsum([0, *(len(mesh.points) for mesh in meshes)])
    return Mesh(
        np.concatenate([m.points for m in meshes]),
        np.concatenate([m.normals for m in meshes]),
        np.concatenate([m.colours for m in meshes]),
        np.concatenate([m.matter for m in meshes]),
        np.concatenate([m.faces + start for m, start in zip(meshes, starts, strict=False)]).astype(np.int32),
        np.concatenate([m.bones for m in meshes]),
        np.concatenate([m.share for m in meshes]),
        np.concatenate([m.sway for m in meshes]),
    )


def refined(mesh: Mesh, inside: Callable[[Array], NDArray[np.bool_]], times: int = 2) -> Mesh:
    """With the triangles that some border runs through cut into four, so often: what is painted up to it is smooth.

    `inside` tells of places (n × 3) on which side of the border they are.
    """
    for _ in range(times):
        sides = inside(mesh.points)[mesh.faces]
        cut = sides.any(axis=1) & ~sides.all(axis=1)
        faces, count = mesh.faces[cut], len(mesh.points)
        edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
        pairs, at = np.unique(edges, axis=0, return_inverse=True)
        ab, bc, ca = (count + at.reshape(3, -1)).astype(np.int32)
        a, b, c = faces.T
        quarters = [np.stack(corners, axis=1) for corners in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]

        def between(values: Array, pairs: NDArray[np.int32] = pairs) -> Array:
            return np.concatenate([values, values[pairs].mean(axis=1)])

        mesh = Mesh(
            between(mesh.points),
            _unit(between(mesh.normals)),
            between(mesh.colours),
            between(mesh.matter),
            np.concatenate([mesh.faces[~cut], *quarters]).astype(np.int32),
            np.concatenate([mesh.bones, mesh.bones[pairs[:, 0]]]),
            between(mesh.share),
            between(mesh.sway),
        )
    return mesh


def _unit(vectors: Array) -> Array:
    length = np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True))
    return np.asarray(vectors / np.maximum(length, 1e-12))


def grid(points: Array, material: Material, closed: bool = False) -> Mesh:
    """A surface from u × v points; `closed` joins its last column with its first. Its front has u × v turn right."""
    rows, columns = points.shape[:2]
    along = np.gradient(points, axis=0)
    across = np.roll(points, -1, axis=1) - np.roll(points, 1, axis=1) if closed else np.gradient(points, axis=1)
    normals = _unit(np.cross(across, along))
    count = rows * columns
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns if closed else columns - 1), indexing="ij")
    a, b = i * columns + j, i * columns + (j + 1) % columns
    c, d = a + columns, b + columns
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([b, d, c], -1).reshape(-1, 3)])
    matter = np.array((material.gloss, material.soft, material.glow, material.metal))
    return Mesh(
        points.reshape(-1, 3),
        normals.reshape(-1, 3),
        np.tile(np.asarray(material.colour, np.float64), (count, 1)),
        np.tile(matter, (count, 1)),
        faces.astype(np.int32),
        np.zeros((count, 2), np.int32),
        np.zeros(count),
        np.zeros(count),
    )


def lathe(profile: Sequence[tuple[float, float]], material: Material, sides: int = 28) -> Mesh:
    """A profile of (radius, height), bottom first, turned about the y axis."""
    spots = np.array(profile, np.float64)
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    radius = np.maximum(spots[:, 0], 1e-4)[:, None]
    points = np.stack([radius * np.cos(turn), np.repeat(spots[:, 1:], sides, axis=1), radius * np.sin(-turn)], axis=-1)
    return grid(points, material, closed=True)


def smooth(spots: Sequence[Place] | Array, steps: int = 6) -> Array:
    """A curve through places of any dimension (Catmull–Rom), `steps` to each stretch."""
    keys = np.asarray(spots, np.float64)
    keys = np.concatenate([2 * keys[:1] - keys[1:2], keys, 2 * keys[-1:] - keys[-2:-1]])
    found = []
    for k in range(len(keys) - 3):
        a, b, c, d = keys[k : k + 4]
        t = np.linspace(0, 1, steps, endpoint=False)[:, None]
        found.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate([*found, keys[-2:-1]])


def turned_smooth(profile: Sequence[tuple[float, float]], material: Material, sides: int = 28, steps: int = 5) -> Mesh:
    """A lathe whose profile is a smooth curve."""
    curve = smooth(profile, steps)
    return lathe([(max(0.0, float(r)), float(y)) for r, y in curve], material, sides)


def ball(place: Place, radii: float | Place, material: Material, fine: int = 14) -> Mesh:
    """An ellipsoid."""
    size = np.broadcast_to(np.asarray(radii, np.float64), (3,))
    angle = np.linspace(-np.pi / 2, np.pi / 2, fine)
    shape = lathe(list(zip(np.cos(angle).tolist(), np.sin(angle).tolist(), strict=True)), material, 2 * fine)
    return shape.scaled(*size.tolist()).moved(*(float(v) for v in place))


def tube(path: Sequence[Place] | Array, radii: Sequence[float] | float, material: Material, sides: int = 12) -> Mesh:
    """A pipe along a path with a radius at each of its points, its ends rounded off."""
    spots = np.asarray(path, np.float64)
    wide = np.broadcast_to(np.asarray(radii, np.float64), (len(spots),))
    first, last = spots[0] - spots[1], spots[-1] - spots[-2]
    first, last = _unit(first), _unit(last)
    caps = ((0.98, 0.18), (0.75, 0.66), (0.4, 0.92), (0.02, 1.0))
    before = [(spots[0] + first * wide[0] * out, wide[0] * part) for part, out in reversed(caps)]
    after = [(spots[-1] + last * wide[-1] * out, wide[-1] * part) for part, out in caps]
    spots = np.concatenate([[p for p, _ in before], spots, [p for p, _ in after]])
    wide = np.concatenate([[r for _, r in before], wide, [r for _, r in after]])
    return hose(spots, wide, material, sides)


def hose(spots: Array, wide: Array, material: Material, sides: int = 12, flat: float = 1.0) -> Mesh:
    """A pipe with open ends; `flat` is its other half axis in parts of the first."""
    way = _unit(np.gradient(spots, axis=0))
    mean = np.abs(way.mean(axis=0))
    up = np.eye(3)[int(np.argmin(mean))]
    side = _unit(np.cross(way, up))
    other = np.cross(side, way)
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = side[:, None] * np.cos(turn)[:, None] + other[:, None] * np.sin(-turn)[:, None] * flat
    return grid(spots[:, None] + ring * np.asarray(wide)[:, None, None], material, closed=True)


def plugged(pipe: Mesh, material: Material, sides: int) -> Mesh:
    """A pipe of so many sides with a lid on each end: nobody sees into it, so that its backs need not be drawn."""
    first, last = pipe.points[:sides], pipe.points[-sides:]
    below, above = (np.repeat(end.mean(axis=0, keepdims=True), sides, axis=0) for end in (first, last))
    lids = [grid(np.stack(rows), material, closed=True) for rows in ((below, first), (last, above))]
    return join(lids[0], pipe, lids[1])


def loft(sections: Sequence[tuple[float, ...]], material: Material, sides: int = 24, square: float = 2.0) -> Mesh:
    """Upright sections (x, y middle, half height, half width) along x, as superellipses of the power `square`."""
    keys = np.array(sections, np.float64)
    dense = np.linspace(0, 2 * np.pi, 721)
    power = 2.0 / square
    round_ = np.stack([np.sign(w) * np.abs(w) ** power for w in (np.cos(dense), np.sin(dense))], axis=1)
    way = np.concatenate([[0.0], np.cumsum(np.sqrt((np.diff(round_, axis=0) ** 2).sum(axis=1)))])
    even = np.linspace(0, way[-1], sides, endpoint=False)
    across, up = (np.interp(even, way, round_[:, k]) for k in (0, 1))
    x = np.repeat(keys[:, :1], sides, axis=1)
    points = np.stack([x, keys[:, 1:2] + keys[:, 2:3] * up, keys[:, 3:4] * across], axis=-1)
    return grid(points[:, ::-1], material, closed=True)


def slab(place: Place, size: Place, material: Material, bevel: float = 0.0) -> Mesh:
    """A box about `place` of half sizes `size`, its edges rounded by `bevel`."""
    half = np.asarray(size, np.float64)
    bevel = min(bevel, float(half.min()) * 0.95)
    faces = []
    for axis in range(3):
        for sign in (-1, 1):
            u, v = (axis + 1) % 3, (axis + 2) % 3
            steps_u, steps_v = _rounded(half[u], bevel), _rounded(half[v], bevel)
            a, b = np.meshgrid(steps_u, steps_v if sign > 0 else steps_v[::-1], indexing="ij")
            spot = np.zeros((*a.shape, 3))
            spot[..., u], spot[..., v], spot[..., axis] = a, b, half[axis] * sign
            core = np.clip(spot, -(half - bevel), half - bevel)
            out = _unit(spot - core) if bevel else np.zeros_like(spot)
            if bevel:
                spot = core + out * bevel
            made = grid(np.swapaxes(spot, 0, 1), material)
            if bevel:
                made = replace(made, normals=np.swapaxes(out, 0, 1).reshape(-1, 3))
            faces.append(made)
    return join(*faces).moved(*(float(v) for v in place))


def _rounded(half: float, bevel: float) -> Array:
    if not bevel:
        return np.array((-half, half))
    inner = half - bevel
    bend = np.array((1.0, 0.66, 0.33)) * bevel
    return np.concatenate([-inner - bend, [-inner, inner], inner + bend[::-1]])


def plate(outline: Sequence[Place] | Array, thick: float, material: Material, bevel: float = 0.0) -> Mesh:
    """A shape cut from a sheet: an outline of (x, y), seen whole from its middle, `thick` along z.

    `bevel` rounds its edges.
    """
    edge = np.asarray(outline, np.float64)
    ahead = np.roll(edge, -1, axis=0)
    if float((edge[:, 0] * ahead[:, 1] - edge[:, 1] * ahead[:, 0]).sum()) < 0:
        edge = edge[::-1]
    middle = edge.mean(axis=0)
    deep = thick / 2
    towards = middle - edge
    towards /= np.maximum(np.sqrt((towards**2).sum(axis=1, keepdims=True)), 1e-9)
    rings = [(0.0, deep - bevel)]
    if bevel:
        rings = [(bevel * (1 - math.cos(a)), deep - bevel + bevel * math.sin(a)) for a in (0, 0.5, 1.05, math.pi / 2)]
    parts = []
    for sign in (1, -1):
        inset = [np.column_stack([edge + towards * i, np.full(len(edge), z * sign)]) for i, z in rings]
        if bevel:
            parts.append(grid(np.stack(inset if sign > 0 else inset[::-1]), material, closed=True))
        centre = np.column_stack([np.repeat(middle[None], len(edge), axis=0), np.full(len(edge), deep * sign)])
        near = inset[-1]
        cap = grid(np.stack([near, centre] if sign > 0 else [centre, near]), material, closed=True)
        parts.append(replace(cap, normals=np.tile((0.0, 0.0, float(sign)), (len(cap.points), 1))))
    wall = [np.column_stack([edge, np.full(len(edge), z)]) for z in (bevel - deep, deep - bevel)]
    parts.append(grid(np.stack(wall), material, closed=True))
    return join(*parts)


def ring(radius: float, thick: float, material: Material, sides: int = 32) -> Mesh:
    """A tyre about the z axis."""
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    path = np.stack([np.cos(turn) * radius, np.sin(turn) * radius, np.zeros(sides)], axis=-1)
    cross = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    out = path / radius
    points = (
        path[None]
        + out[None] * (np.cos(cross) * thick)[:, None, None]
        + np.array((0, 0, 1.0)) * (np.sin(cross) * thick)[:, None, None]
    )
    points = np.concatenate([points, points[:1]])
    return grid(points[::-1], material, closed=True)


def disc(radius: float, z: float, material: Material, sides: int = 28) -> Mesh:
    """A round plate about the z axis that looks towards +z (from below zero: towards −z)."""
    turned = lathe([(radius, 0.0), (0.0, 0.0)], material, sides).turned(0, math.pi / 2 if z >= 0 else -math.pi / 2)
    towards = (0.0, 0.0, 1.0 if z >= 0 else -1.0)
    return replace(turned, normals=np.tile(towards, (len(turned.points), 1))).moved(0, 0, z)
