"""Walls in space and a light in, one painted picture of a building out. Knows no place and no particular building.

A building is a list of flat walls with ink on them (windows, beams, tiles). They are seen in true perspective from
where the lens is, those that face away are left out, and the rest is painted from the farthest to the nearest.
Lengths are metres: x to the right, y up, d away from the viewer; the building's foot is about (0, 0, 0).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Hour, Season
from openhorse.engines.procedural.drawing.paint import Canvas, Layer, soften
from openhorse.engines.procedural.parts.grain import grain, smooth
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Site

Colour = NDArray[np.floating[Any]]
Outline = Sequence[tuple[float, float]]
Vector = tuple[float, float, float]

RIGHT: Vector = (1.0, 0.0, 0.0)
UP: Vector = (0.0, 1.0, 0.0)
AWAY: Vector = (0.0, 0.0, 1.0)
SNOW = np.array((0.80, 0.85, 0.94), np.float32)


@dataclass(frozen=True, slots=True)
class Ink:
    """A shape on a wall, in the wall's own metres (right, up). With `thick` its outline is a line that wide.

    What `shines` has its colour whatever light falls on it.
    """

    outline: Outline
    colour: Colour
    thick: float = 0.0
    shines: bool = False


@dataclass(frozen=True, slots=True)
class Wall:
    """A flat face: its outline lies in the plane that `right` and `up` span from `origin`; it faces right × up.

    `near` puts it before (above 0) or behind what is as far away. A `roof` gathers snow. `twin` walls are seen from
    behind as well.
    """

    origin: Vector
    right: Vector
    up: Vector
    outline: Outline
    colour: Colour
    inks: tuple[Ink, ...] = ()
    near: float = 0.0
    roof: bool = False
    twin: bool = False


@dataclass(frozen=True, slots=True)
class Pose:
    """From where a building is seen: how far to its right the lens is, its eye's height, its distance; and its turn.

    What is farther from the lens's axis than `crop` (metres to each side, and up or down) is cut off.
    """

    aside: float
    eye: float
    z: float
    turn: float = 0.0
    crop: tuple[float, float] = (math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Finish:
    """How worn its surfaces are (0…1), whether snow lies on it, and how far lit windows shine (metres)."""

    worn: float = 0.5
    snow: bool = False
    glow: float = 1.0


def box(
    corner: Vector, size: Vector, colour: Colour, front: Iterable[Ink] = (), side: Iterable[Ink] = ()
) -> list[Wall]:
    """An upright box from its lower left near corner: front, both sides and top."""
    (x, y, d), (wide, tall, deep) = corner, size
    face = ((0, 0), (wide, 0), (wide, tall), (0, tall))
    flank = ((0, 0), (deep, 0), (deep, tall), (0, tall))
    lid = ((0, 0), (wide, 0), (wide, deep), (0, deep))
    flank_inks = tuple(side)
    return [
        Wall((x, y, d), RIGHT, UP, face, colour, tuple(front)),
        Wall((x + wide, y, d), AWAY, UP, flank, colour, flank_inks),
        Wall((x, y, d + deep), (0, 0, -1), UP, flank, colour, flank_inks),
        Wall((x, y + tall, d), RIGHT, AWAY, lid, colour, roof=True),
    ]


def drum(foot: Vector, low: float, high: float, tall: float, colours: Sequence[Colour], sides: int = 22) -> list[Wall]:
    """A round tower from the middle of its foot: radii below and above; `colours` are its bands from the ground up.

    With `high` 0 it is a cone.
    """
    x, y, d = foot
    bands = len(colours)
    walls = []
    for k in range(sides):
        a, b = math.tau * k / sides, math.tau * (k + 1) / sides
        for band, colour in enumerate(colours):
            part = band / bands, (band + 1) / bands
            radii = [low + (high - low) * p for p in part]
            ring = [
                (x + r * math.sin(t), y + tall * p, d - r * math.cos(t))
                for p, r, ends in zip(part, radii, ((a, b), (b, a)), strict=True)
                for t in ends
            ]
            walls.append(plane(ring, colour))
    return walls


def plane(corners: Sequence[Vector], colour: Colour, **how: bool | float) -> Wall:
    """A wall through corners in space that go round it counter-clockwise, seen from where it faces."""
    # plain numbers: a curved roof has hundreds of faces of three corners
    start = corners[0]
    right = _unit(_minus(corners[1], start))
    normal = _cross(right, _minus(corners[2], start))
    if _dot(normal, normal) < 1e-18:
        normal = _cross(right, _minus(corners[-1], start))
    up = _unit(_cross(normal, right))
    outline = [(_dot(_minus(corner, start), right), _dot(_minus(corner, start), up)) for corner in corners]
    return Wall(start, right, up, outline, colour, **how)  # type: ignore[arg-type]


def moved(walls: Iterable[Wall], by: Vector, turn: float = 0.0, scale: float = 1.0) -> list[Wall]:
    """The same walls turned about their foot (radians; their front goes to the right) and moved."""
    out = []
    for wall in walls:
        x, y, d = _turned(wall.origin, turn)
        origin = (x * scale + by[0], y * scale + by[1], d * scale + by[2])
        inks, outline = wall.inks, wall.outline
        if scale != 1:
            outline = [(u * scale, v * scale) for u, v in outline]
            inks = tuple(
                replace(ink, outline=[(u * scale, v * scale) for u, v in ink.outline], thick=ink.thick * scale)
                for ink in inks
            )
        right, up = _turned(wall.right, turn), _turned(wall.up, turn)
        out.append(Wall(origin, right, up, outline, wall.colour, inks, wall.near, wall.roof, wall.twin))
    return out


def _turned(point: Vector, turn: float) -> Vector:
    c, s = math.cos(turn), math.sin(turn)
    x, y, d = point
    return x * c - d * s, y, x * s + d * c


def _minus(one: Vector, other: Vector) -> Vector:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]


def _dot(one: Vector, other: Vector) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _cross(one: Vector, other: Vector) -> Vector:
    (a, b, c), (x, y, z) = one, other
    return b * z - c * y, c * x - a * z, a * y - b * x


def _unit(one: Vector) -> Vector:
    long = max(1e-9, math.sqrt(_dot(one, one)))
    return one[0] / long, one[1] / long, one[2] / long


class Light:
    """The hour's light on walls, as painters of backgrounds place it: from the sun's side, a little from the front."""

    def __init__(self, light: Daylight) -> None:
        side = math.copysign(1.0, float(light.towards[0]) or 1.0)
        up = float(light.towards[1])
        towards = np.array((0.80 * side, 0.25 + 0.6 * up, -0.16 - 0.45 * max(0.0, up - 0.1)))
        self._towards = towards / np.linalg.norm(towards)
        self._key, self._ambient, self._bounce = light.key, light.ambient, light.bounce

    def on(self, normal: NDArray[np.float64]) -> Colour:
        """What falls on a face."""
        direct = max(0.0, 0.08 + 0.92 * float(normal @ self._towards))
        above = float(normal[1])
        sky = self._ambient * np.float32(0.95 + 0.45 * above)
        ground = self._bounce * np.float32(0.9 * (0.5 - 0.5 * above))
        lit: Colour = (self._key * np.float32(0.8 * direct) + sky + ground).astype(np.float32)
        return lit


def paint_walls(
    walls: Sequence[Wall], light: Daylight, pose: Pose, metre: float, random: np.random.Generator, finish: Finish
) -> tuple[Layer, float, float]:
    """The walls' picture at `metre` pixels a metre; and how far right of its foot its middle is, how low its foot.

    The second and the third number are what a Flat's `x` and `y` must be raised by.
    """
    seen = sorted(_seen(moved(walls, (0, 0, 0), pose.turn), pose), key=lambda one: -one[0])
    if not seen:
        return np.zeros((4, 4, 4), np.float32), 0.0, 0.0
    spots = np.concatenate([_project(wall, wall.outline, pose) for _, wall, _ in seen])
    pad = 0.6 * finish.glow + 3 / metre
    (left, low), (right, high) = spots.min(0) - pad, spots.max(0) + pad
    low = max(low, min(0.0, float(spots[:, 1].min())) - 0.02, pose.eye - pose.crop[1])
    left, right = max(left, pose.aside - pose.crop[0]), min(right, pose.aside + pose.crop[0])
    high = min(high, pose.eye + pose.crop[1])
    if right - left < 2 / metre or high - low < 2 / metre:
        return np.zeros((4, 4, 4), np.float32), 0.0, 0.0
    frame = (left * metre, -high * metre, (right - left) * metre, (high - low) * metre)
    # large pictures are of near things, whose edges are softer
    samples = 3 if frame[2] * frame[3] < 250_000 else 2
    body, lamp = Canvas(*frame, samples=samples), Light(light)
    shines = any(ink.shines for _, wall, _ in seen for ink in wall.inks)
    shine = Canvas(*frame, samples=1) if shines else None
    for _, wall, normal in seen:
        _paint(wall, lamp.on(normal), pose, metre, (body, shine), finish)
    layer = _finished(body.layer(), None if shine is None else shine.layer(), light, metre, random, finish)
    return layer, (left + right) / 2, low


def _seen(walls: Iterable[Wall], pose: Pose) -> Iterable[tuple[float, Wall, NDArray[np.float64]]]:
    """The walls that face the lens: how far each is, and which way it faces."""
    lens = (pose.aside, pose.eye, -pose.z)
    for wall in walls:
        right, up, count = wall.right, wall.up, len(wall.outline)
        normal = _unit(_cross(up, right))
        u, v = (sum(point[k] for point in wall.outline) / count for k in (0, 1))
        origin = wall.origin
        middle = (
            origin[0] + u * right[0] + v * up[0] - lens[0],
            origin[1] + u * right[1] + v * up[1] - lens[1],
            origin[2] + u * right[2] + v * up[2] - lens[2],
        )
        if wall.twin and _dot(normal, middle) > 0:
            normal = (-normal[0], -normal[1], -normal[2])
        far = math.sqrt(_dot(middle, middle))
        facing = -_dot(normal, middle) / far
        if facing < 0.12:
            # a line on a face that is seen from its edge would be thicker than the face
            wall = replace(wall, inks=tuple(ink for ink in wall.inks if not ink.thick))
        if facing > 0:
            yield far - wall.near, wall, np.array(normal)


def _project(wall: Wall, outline: Outline | NDArray[np.float64], pose: Pose) -> NDArray[np.float64]:
    """Where points of a wall are seen in the plane of its foot, n × 2 metres."""
    flat = np.asarray(outline, np.float64)
    space = np.array(wall.origin) + flat @ np.array((wall.right, wall.up))
    nearer = pose.z / np.maximum(0.1 * pose.z, pose.z + space[:, 2])
    x = pose.aside + (space[:, 0] - pose.aside) * nearer
    y = pose.eye + (space[:, 1] - pose.eye) * nearer
    return np.stack([x, y], 1)


def _paint(
    wall: Wall, lit: Colour, pose: Pose, metre: float, canvases: tuple[Canvas, Canvas | None], finish: Finish
) -> None:
    body, shine = canvases
    buried = finish.snow and wall.roof
    inks = [ink for ink in wall.inks if ink.shines or not buried]
    # all outlines of a wall are projected at once: a house has thousands
    outlines = [wall.outline, *(ink.outline for ink in inks)]
    ends = np.cumsum([len(outline) for outline in outlines])[:-1]
    together = _project(wall, np.concatenate([np.asarray(one, np.float64) for one in outlines]), pose)
    face, *spots = np.split(together * (metre, -metre), ends)
    body.polygon(face, (SNOW if buried else wall.colour) * lit)
    if shine is not None:
        shine.polygon(face, (0, 0, 0))
    for ink, points in zip(inks, spots, strict=True):
        _stroke(body, ink, points, metre, ink.colour if ink.shines else ink.colour * lit)
        if ink.shines and shine is not None:
            _stroke(shine, ink, points, metre, ink.colour)


def _stroke(canvas: Canvas, ink: Ink, points: NDArray[np.float64], metre: float, colour: Colour) -> None:
    if ink.thick:
        canvas.line(points, ink.thick * metre, colour)
    else:
        canvas.polygon(points, colour)


def _finished(
    body: Layer, shine: Layer | None, light: Daylight, metre: float, random: np.random.Generator, finish: Finish
) -> Layer:
    """Weather on the surfaces, a dark foot, a rim of low sun, snow on ledges, and light about what shines."""
    height, width = body.shape[:2]
    cover = body[..., 3:]
    half = max(2, width // 2), max(2, height // 2)
    worn = grain(half, (max(2.0, width / metre / 2.5), max(2.0, height / metre / 4)), random, 5)
    worn = cv2.resize(worn, (width, height), interpolation=cv2.INTER_LINEAR)
    dirt = 1 + np.float32(0.20 * finish.worn) * worn
    up = (np.arange(height, dtype=np.float32)[::-1] + 0.5) / max(1.0, height)
    foot = (0.72 + 0.28 * smooth(0.0, 0.22, up))[:, None]
    matte = body[..., :3] * (dirt * foot)[..., None] + _rim(cover[..., 0], light, metre)[..., None] * (
        light.key * np.float32(0.22 * light.rim)
    )
    if finish.snow:
        lit = light.key * np.float32(0.35) + light.ambient * np.float32(1.2)
        ledge = _ledge(cover[..., 0], metre)[..., None]
        matte = matte * (1 - ledge) + SNOW * lit * ledge * cover
    bright = None if shine is None else shine[..., :3]
    if bright is not None and bright.max() > 0.01:
        reduce = 2 if min(height, width) < 200 else 4
        near = soften(bright, 0.10 * metre * finish.glow, 0.10 * metre * finish.glow, reduce)
        wide = soften(bright, 0.45 * metre * finish.glow, 0.45 * metre * finish.glow, reduce)
        matte = matte + near * np.float32(0.35) + wide * np.float32(0.3)
        matte *= _fade(height, width)[..., None]
    return np.dstack([matte, cover]).astype(np.float32)


def _fade(height: int, width: int) -> NDArray[np.float32]:
    """1 inside and 0 on the picture's border, so that no halo is cut; not at its foot."""
    across = np.minimum(np.arange(width), np.arange(width)[::-1]) / max(2.0, 0.02 * width)
    down = np.arange(height) / max(2.0, 0.02 * height)
    fade: NDArray[np.float32] = np.minimum(np.clip(across, 0, 1)[None, :], np.clip(down, 0, 1)[:, None]).astype(
        np.float32
    )
    return fade


def _rim(cover: NDArray[np.float32], light: Daylight, metre: float) -> NDArray[np.float32]:
    """Where the outline is turned to the sun, 0…1."""
    step = max(1.0, min(3.0, 0.12 * metre))
    right, up = float(light.towards[0]), float(light.towards[1])
    shift = np.array(((1, 0, -math.copysign(step, right)), (0, 1, step * (0.4 + up))), np.float64)
    hidden = cv2.warpAffine(cover, shift, (cover.shape[1], cover.shape[0]))
    low = 1.0 if light.hour in (Hour.DUSK, Hour.DAWN) else 0.5
    rim: NDArray[np.float32] = np.clip(cover - hidden, 0, 1) * np.float32(low)
    return rim


def _ledge(cover: NDArray[np.float32], metre: float) -> NDArray[np.float32]:
    """The upper edges of the outline, as thick as snow lies, 0…1."""
    step = max(1.0, 0.22 * metre)
    below = cv2.warpAffine(cover, np.array(((1, 0, 0), (0, 1, step)), np.float64), (cover.shape[1], cover.shape[0]))
    ledge: NDArray[np.float32] = np.clip(cover - below, 0, 1)
    return ledge


def is_snowy(site: Site) -> bool:
    """Whether snow lies."""
    brief = site.shot.brief
    return "snow" in brief.weather or brief.season is Season.WINTER
