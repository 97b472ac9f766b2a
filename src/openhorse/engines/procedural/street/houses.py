"""A row of buildings and the hour's light come in, the street's painted plate goes out. Knows no camera move.

The plate is painted once, from the middle of the camera's path, and lit by everything that shines in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.paint import Canvas, soften
from openhorse.engines.procedural.drawing.strips import side_by_side
from openhorse.engines.procedural.parts.grain import grain, mixed, smooth
from openhorse.engines.procedural.street.corridor import Corridor, Plate
from openhorse.engines.procedural.street.facades import SHOP_HEIGHT, Building, Colours, Eye, Front, Rgb, paint_front
from openhorse.engines.procedural.street.signs import PaintedSign, Sign, paint_sign
from openhorse.engines.procedural.world.scenery import Flat

MOST_PIXELS_PER_METRE = 260.0


@dataclass(frozen=True, slots=True)
class Light:
    """An hour's light, all linear: the sky's colours, what it throws on walls, how bright lamps are beside it.

    `haze` is the air's own colour and `clear` the distance in metres at which two thirds of the view are air.
    `glow` is the light at the street's end, `sun` what shines on the upper storeys of one side.
    """

    zenith: Rgb
    horizon: Rgb
    ambient: Rgb
    haze: Rgb
    glow: Rgb
    sun: Rgb
    clear: float
    lamps: float
    windows: float


class Easel:
    """The plate while it is painted: material and light (height × width × 3), and how much sky is left open."""

    def __init__(self, corridor: Corridor, width: int, height: int, centre: tuple[float, float]) -> None:
        self.corridor, self.width, self.height = corridor, width, height
        self.centre_x, self.horizon_y = centre
        self.surface: Rgb = np.zeros((height, width, 3), np.float32)
        self.light: Rgb = np.zeros_like(self.surface)
        self.open = np.ones((height, width), np.float32)

    def see(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        """Where a point of the street (right, up, ahead) is on the plate, and how many pixels a metre has there."""
        scale = self.corridor.focal / z
        return self.centre_x + x * scale, self.horizon_y - (y - self.corridor.eye) * scale, scale

    def rectangle(self, x0: float, x1: float, y0: float, y1: float, z: float) -> tuple[slice, slice]:
        """The plate's pixels of a rectangle that faces the viewer, in metres."""
        left, bottom, _ = self.see(min(x0, x1), min(y0, y1), z)
        right, top, _ = self.see(max(x0, x1), max(y0, y1), z)
        rows = slice(max(0, round(top)), max(0, max(round(bottom), round(top) + 1)))
        return rows, slice(max(0, round(left)), max(0, max(round(right), round(left) + 1)))

    def cover(self, place: tuple[slice, slice], surface: Rgb, light: Rgb | float = 0.0) -> None:
        """Put something opaque over a part of the plate."""
        self.surface[place] = surface
        self.light[place] = light
        self.open[place] = 0

    def stand(self, flat: Flat, lamps: float) -> None:
        """Paint in a flat as it is lit already; `lamps` is how bright light on the plate will be made."""
        left, top, metre = self.see(flat.x - flat.wide / 2, flat.y + flat.tall, flat.z)
        size = max(1, round(flat.wide * metre)), max(1, round(flat.tall * metre))
        layer = cv2.resize(flat.layer, size, interpolation=cv2.INTER_AREA)
        x, y = round(left), round(top)
        rows = slice(max(0, y), min(self.height, y + size[1]))
        columns = slice(max(0, x), min(self.width, x + size[0]))
        part = layer[rows.start - y : rows.stop - y, columns.start - x : columns.stop - x]
        through = 1 - part[..., 3:]
        self.surface[rows, columns] *= through
        self.light[rows, columns] = self.light[rows, columns] * through + part[..., :3] / lamps
        self.open[rows, columns] *= through[..., 0]

    def paste(self, canvas: Canvas, shines: float = 0.0) -> None:
        """Lay a painted canvas over the plate; `shines` of its colour is light, the rest material."""
        layer = canvas.layer()
        top, left = max(0, canvas.top), max(0, canvas.left)
        bottom, right = min(self.height, canvas.top + canvas.height), min(self.width, canvas.left + canvas.width)
        if bottom <= top or right <= left:
            return
        part = layer[top - canvas.top : bottom - canvas.top, left - canvas.left : right - canvas.left]
        place, through = (slice(top, bottom), slice(left, right)), 1 - part[..., 3:]
        self.surface[place] = self.surface[place] * through + part[..., :3] * (1 - shines)
        self.light[place] = self.light[place] * through + part[..., :3] * shines
        self.open[place] *= through[..., 0]


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is seen past the houses: sights that stand there, and whether anything moves in the sky."""

    sights: tuple[Flat, ...] = ()
    living: bool = False


def paint_plate(
    easel: Easel,
    houses: tuple[list[Building], list[Building]],
    signs: list[Sign],
    colours: Colours,
    light: Light,
    beyond: Beyond,
) -> Plate:
    """Paint skyline and houses (left row, right row), light them by their own lamps and `signs`, add the air.

    Signs are painted in only where they are too far away to move against their walls (`FAR_SIGNS`). What stands
    `beyond` rises at the street's end.
    """
    random = np.random.default_rng(houses[0][0].seed)
    sky = _paint_sky(easel, light, random)
    _paint_skyline(easel, colours, light, random)
    for sight in beyond.sights:
        easel.stand(sight, light.lamps)
    buildings = [(side, one) for side, row in ((-1, houses[0]), (1, houses[1])) for one in reversed(row)]
    # each front has random numbers of its own
    fronts = side_by_side(partial(_front, easel, building, colours) for _, building in buildings)
    for (side, building), front in zip(buildings, fronts, strict=True):
        _paint_end_wall(easel, side, building)
        if front is not None:
            _project(easel, side, building, front)
            _stretch_awning(easel, side, building, colours)
    spill = _hang_signs(easel, signs)
    planes = _expose(easel, sky, spill, light, random)
    if beyond.living:
        planes = np.concatenate([planes, easel.open[None]])
    return Plate(easel.corridor, planes, (easel.centre_x, easel.horizon_y))


FAR_SIGNS = 34.0
"""Metres beyond which signs belong to the plate."""


def _paint_sky(easel: Easel, light: Light, random: np.random.Generator) -> Rgb:
    rows = (np.arange(easel.height, dtype=np.float32) + 0.5 - easel.horizon_y) / easel.corridor.focal
    low = np.exp(np.minimum(rows, 0) * 2.6)[:, None, None]
    sky = np.broadcast_to(light.zenith * (1 - low) + light.horizon * low, easel.surface.shape).astype(np.float32)
    if light.sun.any():
        sky = mixed(sky, (light.horizon * 0.55 + light.sun * 0.3).astype(np.float32), _clouds(easel, random))
    return np.ascontiguousarray(sky)


def _clouds(easel: Easel, random: np.random.Generator) -> NDArray[np.float32]:
    """How much of the sky is cloud: fields that grow smaller and flatter towards the horizon."""
    field = grain((512, 512), (5, 5), random, 6)
    up = np.maximum(easel.horizon_y - np.arange(easel.height, dtype=np.float32) - 0.5, 2.0) / easel.corridor.focal
    aside = (np.arange(easel.width, dtype=np.float32) + 0.5 - easel.centre_x) / easel.corridor.focal
    far = 1 / (up + 0.16)
    across = ((aside[None, :] * far[:, None] * 0.12) % 1 * 511).astype(np.float32)
    down = np.broadcast_to(((far * 0.3) % 1 * 511).astype(np.float32)[:, None], across.shape)
    seen = cv2.remap(field, across, np.ascontiguousarray(down), cv2.INTER_LINEAR)
    return smooth(-0.05, 0.55, seen) * smooth(0.02, 0.12, up)[:, None] * np.float32(0.85)


def _sunlit(easel: Easel, random: np.random.Generator) -> NDArray[np.float32]:
    """Where the sun comes over the roofs of one side on the walls of the other, 0…1."""
    street, side = easel.corridor, 1 if random.random() < 0.5 else -1
    aside = (np.arange(easel.width, dtype=np.float32) + 0.5 - easel.centre_x) * side
    depth = street.focal * street.half_width / np.maximum(aside, 1.0)
    roofs = random.uniform(3.4, 7.5, 32).astype(np.float32)
    line = roofs[np.clip(depth / 6.5, 0, 31).astype(np.int32)]
    rows = np.arange(easel.height, dtype=np.float32) + 0.5 - easel.horizon_y
    metres = street.eye - rows[:, None] * depth[None, :] / street.focal
    return smooth(-0.12, 0.12, metres - line[None, :]) * (aside > 0)


def _paint_skyline(easel: Easel, colours: Colours, light: Light, random: np.random.Generator) -> None:
    """Towers beyond the street's end, with a few lit windows, nearly lost in the air."""
    for z in -np.sort(-random.uniform(115, 260, 60)):
        x, wide = random.normal() * 26, random.uniform(5, 14)
        tall = random.uniform(24, 95) * (1 if abs(x) > 7 else 0.55)
        body = colours.wall[int(random.integers(len(colours.wall)))] * random.uniform(0.5, 1.1)
        easel.cover(easel.rectangle(x - wide / 2, x + wide / 2, 0, tall, z), body)
        for _ in range(int(tall * 0.3)):
            wx, wy = x + wide * random.uniform(-0.46, 0.4), random.uniform(2, tall - 1.5)
            tint = colours.window[int(random.integers(len(colours.window)))] * random.uniform(0.1, 0.5)
            easel.cover(easel.rectangle(wx, wx + 0.7, wy, wy + 0.8, z), body, tint)
        if random.random() < 0.3:
            tint = colours.neon[int(random.integers(len(colours.neon)))]
            wx, wy = x + wide * random.uniform(-0.4, 0.2), tall * random.uniform(0.5, 0.85)
            easel.cover(easel.rectangle(wx, wx + 1.6, wy, wy + random.uniform(2, 8), z), body, tint * 0.8)


def _front(easel: Easel, building: Building, colours: Colours) -> Front | None:
    """A house's front; None where the street begins beyond it."""
    street = easel.corridor
    nearest = max(building.z0, street.focal * street.half_width / max(easel.centre_x, 1))
    if nearest >= building.z1:
        return None
    top = street.eye + easel.horizon_y * building.z1 / street.focal + 0.5
    density = (
        min(MOST_PIXELS_PER_METRE, 1.25 * street.focal * street.half_width / nearest**2),
        min(MOST_PIXELS_PER_METRE, 1.15 * street.focal / nearest),
    )
    return paint_front(building, top, density, colours, Eye(street.half_width, street.eye))


def _paint_end_wall(easel: Easel, side: int, building: Building) -> None:
    """The wall that a house turns to the viewer where it rises over its nearer neighbour."""
    near, far = side * easel.corridor.half_width, side * (easel.corridor.half_width + 9)
    place = easel.rectangle(near, far, 0, building.height, building.z0)
    shape = easel.surface[place].shape
    if shape[0] < 2 or shape[1] < 2:
        return
    random = np.random.default_rng(building.seed + 1)
    streaks = random.random((2, max(2, shape[1] // 6))).astype(np.float32)
    texture = 0.5 + 0.4 * cv2.resize(streaks, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    easel.cover(place, texture[..., None] * building.wall)


def _project(easel: Easel, side: int, building: Building, front: Front) -> None:
    """Lay a flat front into the plate in perspective, from finer to coarser copies as it recedes."""
    street, centre = easel.corridor, easel.centre_x
    columns = np.arange(easel.width)
    aside = (columns + 0.5 - centre) * side
    depth = np.where(aside > 0, street.focal * street.half_width / np.maximum(aside, 1e-3), np.inf)
    crowding = front.across * depth**2 / (street.focal * street.half_width)
    levels = np.clip(np.floor(np.log2(np.maximum(crowding, 1e-3)) + 0.2), 0, 4)
    held = (depth >= building.z0) & (depth < building.z1)
    for level in np.unique(levels[held]):
        chosen = columns[held & (levels == level)]
        _project_columns(easel, building, front, depth, slice(int(chosen[0]), int(chosen[-1]) + 1), int(level))


def _project_columns(
    easel: Easel, building: Building, front: Front, depth: NDArray[np.float64], columns: slice, level: int
) -> None:
    street, here = easel.corridor, depth[columns]
    wide, tall = max(1, front.columns >> level), max(1, front.rows >> (level // 2))
    rows = np.arange(easel.height) + 0.5 - easel.horizon_y
    metres = street.eye - rows[:, None] * here[None, :] / street.focal
    down = ((front.top - metres) * tall / front.top - 0.5).astype(np.float32)
    across = (here - building.z0) * wide / (building.z1 - building.z0) - 0.5
    across = np.ascontiguousarray(np.broadcast_to(across.astype(np.float32), down.shape))
    roof = np.clip((building.height - metres) * street.focal / here[None, :] + 0.5, 0, 1).astype(np.float32)
    roof *= metres > -0.6
    through = 1 - roof
    place = (slice(None), columns)
    for whole, painted in ((easel.surface, front.surface), (easel.light, front.light)):
        small = cv2.resize(painted, (wide, tall), interpolation=cv2.INTER_AREA) if level else painted
        seen = cv2.remap(small, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        whole[place] = whole[place] * through[..., None] + seen * roof[..., None]
    easel.open[place] *= through


def _stretch_awning(easel: Easel, side: int, building: Building, colours: Colours) -> None:
    """Striped cloth over some shops, leaning into the street."""
    random = np.random.default_rng(building.seed + 2)
    if random.random() > 0.6:
        return
    street, half = easel.corridor, easel.corridor.half_width * side
    nearest = street.focal * street.half_width / max(easel.centre_x, 1) * 0.8
    z0, z1 = max(building.z0 + 0.3, nearest), building.z1 - 0.3
    if z1 - z0 < 0.8:
        return
    out = half - side * random.uniform(0.6, 1.1)
    stripes = max(3, round((z1 - z0) / 0.5))
    tint = colours.neon[int(random.integers(len(colours.neon)))] * 0.35
    plain = np.array((0.20, 0.19, 0.18), np.float32) if random.random() < 0.5 else tint * 0.6

    def at(x: float, y: float, z: float) -> tuple[float, float]:
        return easel.see(x, y, z)[:2]

    corners = [at(half, 2.85, z0), at(half, 2.85, z1), at(out, 2.3, z0), at(out, 2.3, z1)]
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    canvas = Canvas(min(xs) - 1, min(ys) - 1, max(xs) - min(xs) + 2, max(ys) - min(ys) + 2, samples=2)
    for number in range(stripes):
        a, b = (z0 + (z1 - z0) * (number + part) / stripes for part in (0, 1))
        cloth = tint if number % 2 else plain
        canvas.polygon([at(half, 2.85, a), at(half, 2.85, b), at(out, 2.5, b), at(out, 2.5, a)], cloth)
        canvas.polygon([at(out, 2.5, a), at(out, 2.5, b), at(out, 2.33, b), at(out, 2.33, a)], cloth * 0.6)
    easel.paste(canvas, shines=0.12)


def _hang_signs(easel: Easel, signs: list[Sign]) -> Rgb:
    """Light of all signs where they hang (to spill on walls); the far ones become part of the plate."""
    spill = np.zeros_like(easel.light)
    for sign in sorted(signs, key=lambda sign: -sign.z):
        x, y, scale = easel.see(sign.x, sign.y + sign.height, sign.z)
        painted = paint_sign(sign, scale) if sign.z > FAR_SIGNS else None
        left, top = round(x), round(y)
        width = max(3, round(sign.width * scale)) if painted is None else painted.board.shape[1]
        height = max(3, round(sign.height * scale)) if painted is None else painted.board.shape[0]
        x0, y0 = max(0, left), max(0, top)
        x1, y1 = min(easel.width, left + width), min(easel.height, top + height)
        if x1 <= x0 or y1 <= y0:
            continue
        place = (slice(y0, y1), slice(x0, x1))
        spill[place] += np.array(sign.colour, np.float32) * 0.5
        if painted is not None:
            _embed(easel, painted, place, (y0 - top, x0 - left))
    return spill


def _embed(easel: Easel, painted: PaintedSign, place: tuple[slice, slice], corner: tuple[int, int]) -> None:
    rows, columns = (slice(c, c + s.stop - s.start) for c, s in zip(corner, place, strict=True))
    board, light = painted.board[rows, columns], painted.light[rows, columns]
    through = 1 - board[..., 3:]
    easel.surface[place] = easel.surface[place] * through + board[..., :3]
    easel.light[place] = easel.light[place] * through + light
    easel.open[place] *= through[..., 0]


def _expose(easel: Easel, sky: Rgb, spill: Rgb, light: Light, random: np.random.Generator) -> NDArray[np.float32]:
    """Light the materials, brighten the lamps, lay the air over the depths: 3 × height × width."""
    street, scale = easel.corridor, easel.corridor.focal / 1100
    shining = easel.light * light.windows + spill * light.lamps
    near = soften(shining, 26 * scale, 26 * scale, 8)
    wide = soften(shining, 110 * scale, 110 * scale, 16)
    lit = easel.surface * (light.ambient * _occlusion(easel)[..., None] + 4.2 * near + 6.5 * wide)
    if light.sun.any():
        lit += easel.surface * light.sun * _sunlit(easel, random)[..., None]
    picture = lit + easel.light * light.lamps + sky * easel.open[..., None]
    aside = np.abs(np.arange(easel.width, dtype=np.float32) + 0.5 - easel.centre_x)
    depth = street.focal * street.half_width / np.maximum(aside, street.focal * street.half_width / 170)
    air = (1 - np.exp(-depth / light.clear))[None, :, None] * (1 - 0.85 * easel.open[..., None])
    picture = picture * (1 - air) + (light.haze + 0.11 * wide + 0.03 * near) * air
    picture += _end_glow(easel)[..., None] * light.glow
    return np.ascontiguousarray(picture.astype(np.float32).transpose(2, 0, 1))


def _occlusion(easel: Easel) -> NDArray[np.float32]:
    """How much of the sky a wall sees, 0…1: less towards the ground and down the canyon."""
    street = easel.corridor
    aside = np.abs(np.arange(easel.width, dtype=np.float32) + 0.5 - easel.centre_x)
    depth = np.minimum(street.focal * street.half_width / np.maximum(aside, 1), street.end)
    rows = np.arange(easel.height, dtype=np.float32) + 0.5 - easel.horizon_y
    metres = street.eye - rows[:, None] * depth[None, :] / street.focal
    seen: NDArray[np.float32] = (0.35 + 0.65 * np.clip(metres / (4 * SHOP_HEIGHT), 0, 1)).astype(np.float32)
    return seen


def _end_glow(easel: Easel) -> NDArray[np.float32]:
    width, focal = easel.width, easel.corridor.focal
    x = (np.arange(width, dtype=np.float32) - easel.centre_x) / (0.13 * focal)
    y = (np.arange(easel.height, dtype=np.float32) - easel.horizon_y + 0.03 * focal) / (0.16 * focal)
    glow: NDArray[np.float32] = (np.exp(-(y**2))[:, None] * np.exp(-(x**2))[None, :]).astype(np.float32)
    return glow
