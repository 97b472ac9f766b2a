"""A building's measures and style come in, its street front goes out: what it is made of, and the light it gives.

Each front is painted flat, in metres along the street and up, and knows nothing of where it will stand in a
picture; only its shop windows, which are looked into at an angle, know from where they are seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import fitted, lettering
from openhorse.engines.procedural.street.signs import WORDS, character

Grid = NDArray[np.float32]
Rgb = NDArray[np.float32]

STOREY = 3.0
SHOP_HEIGHT = 3.7


@dataclass(frozen=True, slots=True)
class Colours:
    """The street's palette, linear: signs, shop light, window light, walls."""

    neon: tuple[Rgb, ...]
    shop: tuple[Rgb, ...]
    window: tuple[Rgb, ...]
    wall: tuple[Rgb, ...]


@dataclass(frozen=True, slots=True)
class Building:
    """One house of the row: `z0`…`z1` along the street, `height` up (metres), `lit` the part of windows with light.

    `mirrored` houses stand on the right, where the street runs leftwards: their words are painted the other way.
    """

    z0: float
    z1: float
    height: float
    style: Literal["punched", "ribbon", "balcony"]
    wall: Rgb
    window: Rgb
    lit: float
    shop_level: float
    mirrored: bool
    seed: int


class Front:
    """A front being painted: `surface` and `light` are rows × columns × 3, the top row at `top` metres."""

    def __init__(self, z0: float, z1: float, top: float, across: float, up: float) -> None:
        """`across` and `up` are pixels per metre along the street and upwards."""
        self.z0, self.top = z0, top
        self.columns, self.rows = max(2, round((z1 - z0) * across)), max(2, round(top * up))
        self.across, self.up = self.columns / (z1 - z0), self.rows / top
        self.surface: Rgb = np.zeros((self.rows, self.columns, 3), np.float32)
        self.light: Rgb = np.zeros_like(self.surface)

    def span(self, z0: float, z1: float, y0: float, y1: float) -> tuple[slice, slice]:
        """The pixels of a rectangle in metres, at least one each way where it is inside."""
        left, right = round((z0 - self.z0) * self.across), round((z1 - self.z0) * self.across)
        upper, lower = round((self.top - y1) * self.up), round((self.top - y0) * self.up)
        right, lower = max(right, left + 1), max(lower, upper + 1)
        return slice(max(0, upper), max(0, lower)), slice(max(0, left), max(0, right))

    def cover(self, z0: float, z1: float, y0: float, y1: float, colour: Rgb | float) -> None:
        """Put an unlit material over a rectangle."""
        place = self.span(z0, z1, y0, y1)
        self.surface[place] = colour
        self.light[place] = 0

    def shade(self, z0: float, z1: float, y0: float, y1: float, factor: float) -> None:
        """Darken or brighten a rectangle's material."""
        self.surface[self.span(z0, z1, y0, y1)] *= np.float32(factor)

    def shine(self, z0: float, z1: float, y0: float, y1: float, colour: Rgb | float) -> None:
        """Put light over a rectangle; the material under it is gone."""
        place = self.span(z0, z1, y0, y1)
        self.surface[place] = 0
        self.light[place] = colour

    def metres(self, place: tuple[slice, slice]) -> tuple[Grid, Grid]:
        """Where the pixels of a rectangle are: along the street (a row) and up (a column)."""
        rows, columns = place
        shape = self.light[place].shape
        z = self.z0 + (np.arange(columns.start, columns.start + shape[1], dtype=np.float32) + 0.5) / self.across
        y = self.top - (np.arange(rows.start, rows.start + shape[0], dtype=np.float32) + 0.5) / self.up
        return z[None, :].astype(np.float32), y[:, None].astype(np.float32)


@dataclass(frozen=True, slots=True)
class Eye:
    """From where shop windows are looked into: how far in front of the wall, and how high (metres)."""

    distance: float
    height: float


def paint_front(building: Building, top: float, density: tuple[float, float], colours: Colours, eye: Eye) -> Front:
    """Paint a building's front up to `top` metres at `density` pixels per metre (along the street, up)."""
    front = Front(building.z0, building.z1, min(top, building.height), *density)
    random = np.random.default_rng(building.seed)
    _lay_wall(front, building, random)
    for storey in range(1, int(building.height / STOREY) + 1):
        base = SHOP_HEIGHT + (storey - 1) * STOREY
        if base + 0.4 < front.top and base + 2.4 < building.height:
            _paint_storey(front, building, base, random)
    _paint_ground_floor(front, building, colours, eye, random)
    if front.top == building.height:
        front.cover(building.z0, building.z1, building.height - 0.35, building.height, building.wall * 1.5)
        front.shade(building.z0, building.z1, building.height - 0.55, building.height - 0.35, 0.5)
    return front


def _lay_wall(front: Front, building: Building, random: np.random.Generator) -> None:
    """Plaster or tiles with patches and rain streaks."""
    wide, tall = building.z1 - building.z0, front.top
    patches = random.random((max(2, int(tall * 0.7)), max(2, int(wide * 0.9)))).astype(np.float32)
    streaks = random.random((max(2, int(tall * 0.25)), max(2, int(wide * 6)))).astype(np.float32)
    size = (front.columns, front.rows)
    texture = 0.62 + 0.5 * cv2.resize(patches, size, interpolation=cv2.INTER_LINEAR)
    texture *= 0.72 + 0.5 * cv2.resize(streaks, size, interpolation=cv2.INTER_LINEAR)
    if front.across > 14:
        grain = random.random((front.rows, front.columns)).astype(np.float32)
        texture *= 0.88 + 0.24 * grain
        z, y = front.metres((slice(0, front.rows), slice(0, front.columns)))
        joints = (np.mod(y, 0.32) < 0.03) | (np.mod(z + 0.31 * np.floor(y / 0.32), 0.62) < 0.03)
        texture *= np.where(joints, np.float32(0.72), np.float32(1))
    front.surface[:] = texture[..., None] * building.wall


def _paint_storey(front: Front, building: Building, base: float, random: np.random.Generator) -> None:
    z0, z1 = building.z0, building.z1
    if building.style == "ribbon":
        front.cover(z0, z1, base - 0.1, base + 0.62, building.wall * random.uniform(0.9, 1.2))
        _paint_row(front, building, (base + 0.75, base + 2.45), 1.25, 0.04, random)
    elif building.style == "balcony":
        _paint_row(front, building, (base + 0.1, base + 2.3), 2.3, 0.16, random)
        _paint_balcony(front, building, base, random)
    else:
        front.cover(z0, z1, base - 0.06, base + 0.12, building.wall * 1.45)
        front.shade(z0, z1, base - 0.3, base - 0.06, 0.55)
        _paint_row(front, building, (base + 0.75, base + 2.3), 1.75, 0.22, random)


def _paint_row(
    front: Front, building: Building, ys: tuple[float, float], pitch: float, gap: float, random: np.random.Generator
) -> None:
    """A row of windows `pitch` metres apart, `gap` of it wall on either side."""
    length = building.z1 - building.z0 - 0.5
    count = max(1, round(length / pitch))
    step = length / count
    for number in range(count):
        left = building.z0 + 0.25 + step * (number + gap)
        right = left + step * (1 - 2 * gap)
        lit = random.random() < building.lit
        _paint_window(front, building, (left, right, *ys), random if lit else None)
        kind = random.random()
        if kind < 0.16 and building.style == "punched":
            _paint_cooler(front, left, ys[0], building.wall)


def _paint_window(
    front: Front,
    building: Building,
    box: tuple[float, float, float, float],
    random: np.random.Generator | None,
) -> None:
    """A framed pane: dark glass, or (given `random`) a lit room behind it."""
    z0, z1, y0, y1 = box
    front.cover(z0 - 0.07, z1 + 0.07, y0 - 0.07, y1 + 0.07, building.wall * 0.5)
    place = front.span(z0, z1, y0, y1)
    z, y = front.metres(place)
    if z.size == 0 or y.size == 0:
        return
    u, v = (z - z0) / (z1 - z0), (y - y0) / (y1 - y0)
    if random is None:
        front.surface[place] = (0.016 + 0.03 * np.clip(v + 0.6 * u - 0.5, 0, 1))[..., None] * np.float32(1)
    else:
        front.surface[place] = 0
        front.light[place] = _room_light(u, v, building.window, random)
    middle = (z0 + z1) / 2
    front.cover(middle - 0.03, middle + 0.03, y0, y1, 0.012)
    if y1 - y0 > 1.6:
        front.cover(z0, z1, y0 + (y1 - y0) * 0.68, y0 + (y1 - y0) * 0.68 + 0.05, 0.012)


def _room_light(u: Grid, v: Grid, colour: Rgb, random: np.random.Generator) -> Rgb:
    """A room through its window: ceiling lamp, curtains or a blind, now and then somebody."""
    lamp_u, strength = random.uniform(0.2, 0.8), random.uniform(0.10, 0.5)
    level = 0.35 + 0.75 * np.exp(-((u - lamp_u) ** 2) * 3 - (v - 0.95) ** 2 * 2.2)
    covering = random.random()
    if covering < 0.35:  # curtains, drawn aside or nearly closed
        open_to = random.uniform(0.1, 0.42)
        folds = 0.55 + 0.2 * np.sin(u * 70)
        level = np.where(np.abs(u - 0.5) > open_to, level * folds, level)
    elif covering < 0.6:  # a blind, half down
        level = np.where(v > random.uniform(0.15, 0.8), level * (0.5 + 0.12 * np.sin(v * 90)), level)
    if random.random() < 0.16:
        at = random.uniform(0.3, 0.7)
        head = ((u - at) / 0.09) ** 2 + ((v - 0.52) / 0.085) ** 2 < 1
        body = (np.abs(u - at) < 0.17) & (v < 0.42)
        level = np.where(head | body, level * 0.08, level)
    warm = 0.75 + 0.5 * random.random()
    tint = colour * np.array((warm, 1.0, 1.6 - 0.6 * warm), np.float32)
    return (level * strength)[..., None].astype(np.float32) * tint


def _paint_cooler(front: Front, z: float, y: float, wall: Rgb) -> None:
    """An air conditioner under a window: grille and shadow."""
    front.shade(z - 0.05, z + 0.95, y - 0.9, y - 0.72, 0.4)
    front.cover(z, z + 0.85, y - 0.74, y - 0.16, wall * 1.8 + 0.03)
    front.cover(z + 0.1, z + 0.6, y - 0.68, y - 0.22, wall * 0.6)


def _paint_balcony(front: Front, building: Building, base: float, random: np.random.Generator) -> None:
    z0, z1 = building.z0 + 0.15, building.z1 - 0.15
    front.shade(z0, z1, base + 2.2, base + 2.75, 0.45)
    if random.random() < 0.5:
        front.cover(z0, z1, base - 0.1, base + 0.95, building.wall * random.uniform(0.9, 1.5))
    else:
        front.cover(z0, z1, base - 0.12, base + 0.1, building.wall * 1.4)
        bars = int((z1 - z0) / 0.16)
        for number in range(bars):
            at = z0 + (z1 - z0) * number / bars
            front.cover(at, at + 0.03, base + 0.1, base + 0.95, building.wall * 0.55)
    front.cover(z0, z1, base + 0.95, base + 1.03, building.wall * 1.9)


def _paint_ground_floor(
    front: Front, building: Building, colours: Colours, eye: Eye, random: np.random.Generator
) -> None:
    z0, z1 = building.z0, building.z1
    front.cover(z0, z1, 0, SHOP_HEIGHT, building.wall * 0.55)
    shops = 1 if z1 - z0 < 6.5 else 2
    for number in range(shops):
        left = z0 + (z1 - z0) * (number + 0.04) / shops
        right = z0 + (z1 - z0) * (number + 0.96) / shops
        if random.random() < 0.12:
            _paint_shutter(front, building, left, right, random)
        else:
            _paint_shop(front, building, (left, right), colours, eye, random)
        _paint_fascia(front, building, (left, right), colours, random)
    front.cover(z0, z1, 0, 0.16, building.wall * 0.35)


def _paint_shutter(front: Front, building: Building, left: float, right: float, random: np.random.Generator) -> None:
    place = front.span(left, right, 0.1, 2.7)
    _, y = front.metres(place)
    slats = 0.6 + 0.4 * np.abs(np.sin(y * 24))
    front.surface[place] = (slats * random.uniform(0.05, 0.11))[..., None] * np.array((0.95, 1.0, 1.08), np.float32)


def _paint_shop(
    front: Front,
    building: Building,
    ends: tuple[float, float],
    colours: Colours,
    eye: Eye,
    random: np.random.Generator,
) -> None:
    """A lit shop: windows to look into, a door, posts, and sometimes a machine that sells drinks."""
    left, right = ends
    light = colours.shop[int(random.integers(len(colours.shop)))] * building.shop_level
    machine = random.random() < 0.3 and right - left > 3.6
    glass_right = right - (1.25 if machine else 0)
    sill = random.choice((0.16, 0.45, 0.75))
    place = front.span(left, glass_right, sill, 2.65)
    front.surface[place] = 0
    front.light[place] = _interior(front, place, (left, glass_right), light, colours, eye, random)
    panes = max(2, round((glass_right - left) / 1.35))
    for number in range(panes + 1):
        at = left + (glass_right - left) * number / panes
        front.cover(at - 0.045, at + 0.045, 0.1, 2.7, 0.01)
    front.cover(left, glass_right, 2.14, 2.2, 0.01)
    if random.random() < 0.5:
        _hang_curtain(front, building, (left, glass_right), colours, random)
    if machine:
        _paint_machine(front, right - 1.1, colours, random)


def _interior(
    front: Front,
    place: tuple[slice, slice],
    ends: tuple[float, float],
    light: Rgb,
    colours: Colours,
    eye: Eye,
    random: np.random.Generator,
) -> Rgb:
    """What is seen through the glass: three planes behind one another, floor and ceiling, met by the line of sight."""
    z, y = front.metres(place)
    if z.size == 0 or y.size == 0:
        return np.zeros((*np.broadcast_shapes(z.shape, y.shape), 3), np.float32)
    # the true line of sight grazes the glass far down the street and would only ever meet the side wall
    along = np.minimum(z / eye.distance, 0.75)
    upward = (y - eye.height) / eye.distance
    back = 2.6
    z_back, y_back = z + along * back, y + upward * back * 0.7
    ceiling, floor = y_back > 2.7, y_back < 0.0
    level = 0.34 + 0.3 * np.clip(y_back / 2.7, 0, 1) + 0.1 * np.sin(z_back * 2.1)
    level = np.where(ceiling, 0.75 + 0.5 * (np.mod(z_back, 1.6) < 0.55), level)
    level = np.where(floor, 0.22, level)
    scene = level[..., None] * light
    wall = ~(ceiling | floor)
    scene = _shelve(scene, (z_back, y_back), wall, light, colours, random)
    depth = 1.3
    z_mid, y_mid = z + along * depth, y + upward * depth * 0.7
    for _ in range(int(random.integers(0, 3)) + int((ends[1] - ends[0]) / 4)):
        scene[_person(z_mid, y_mid, random.uniform(ends[0] + 0.5, ends[1] + 0.6), random)] *= 0.06
    scene = _display(scene, (z + along * 0.2, y), light, colours, random)
    lamps = (np.abs(np.mod(z_mid, 1.35) - 0.67) < 0.14) & (np.abs(y_mid - 2.28) < 0.1)
    scene[lamps] = light * 2.6
    edge = np.minimum(1, 0.45 + np.minimum(z - ends[0], ends[1] - z) / 0.6)
    seen: Rgb = (scene * edge[..., None]).astype(np.float32)
    return seen


def _shelve(
    scene: Rgb,
    at: tuple[Grid, Grid],
    wall: NDArray[np.bool_],
    light: Rgb,
    colours: Colours,
    random: np.random.Generator,
) -> Rgb:
    """Goods on the back wall: boards every forty centimetres, things of many widths and colours between them."""
    z, y = at
    cell_z, cell_y = np.floor(z / 0.17).astype(np.int32), np.floor(y / 0.42).astype(np.int32)
    table = random.random((64, 4)).astype(np.float32)
    pick = table[(cell_z * 7 + cell_y * 23) & 63]
    tall = np.mod(y, 0.42) < 0.1 + 0.25 * pick[..., 0]
    goods = wall & tall & (pick[..., 1] < 0.85) & (y > 0.3) & (y < 2.2)
    neon = np.stack(colours.neon)
    tint = 0.45 * light + 0.55 * neon[(pick[..., 2] * len(neon)).astype(np.int32) % len(neon)] * light.max()
    scene = np.where(goods[..., None], tint * (0.12 + 0.75 * pick[..., 3:4]), scene)
    board = wall & (np.mod(y, 0.42) > 0.385) & (y < 2.3)
    return np.where(board[..., None], scene * 0.35, scene)


def _person(z: Grid, y: Grid, at: float, random: np.random.Generator) -> NDArray[np.bool_]:
    """Where somebody stands or sits inside, as a shape."""
    tall = random.uniform(1.25, 1.75)
    lean = 0.05 * np.sin(y * 3 + at)
    head = ((z - at - lean) / 0.12) ** 2 + ((y - tall + 0.13) / 0.14) ** 2 < 1
    shoulders = 0.25 * np.clip((tall - 0.26 - y) / 0.14, 0, 1) ** 0.5
    body = (np.abs(z - at - lean) < shoulders) & (y < tall - 0.26)
    return np.asarray(head | body)


def _display(scene: Rgb, at: tuple[Grid, Grid], light: Rgb, colours: Colours, random: np.random.Generator) -> Rgb:
    """What stands right behind the glass: a counter's edge, posters, a small lit word."""
    z, y = at
    counter = random.uniform(0.7, 1.05)
    dark = (y < counter) & (y > counter - 0.07)
    scene = np.where((y < counter - 0.07)[..., None], scene * 0.3, scene)
    scene = np.where(dark[..., None], light * 0.75, scene)
    for _ in range(int(random.integers(1, 5))):
        left, low = float(random.uniform(z.min(), z.max())), random.uniform(0.8, 1.7)
        wide, high = random.uniform(0.2, 0.45), random.uniform(0.3, 0.6)
        poster = (z > left) & (z < left + wide) & (y > low) & (y < low + high)
        tint = colours.neon[int(random.integers(len(colours.neon)))]
        stripes = 0.35 + 0.5 * (np.sin((y - low) * 40 + left) > 0.2)
        scene = np.where(poster[..., None], tint * (stripes * float(light.max()) * 0.8)[..., None], scene)
    return scene


def _hang_curtain(
    front: Front, building: Building, ends: tuple[float, float], colours: Colours, random: np.random.Generator
) -> None:
    """Short split curtains over an entrance, lit from behind, each strip with a character."""
    left, right = ends
    tint = colours.neon[int(random.integers(len(colours.neon)))]
    start = left + (right - left) * random.uniform(0.0, 0.45)
    for strip in range(4):
        z0 = start + strip * 0.42
        if z0 + 0.4 > right:
            break
        place = front.span(z0, z0 + 0.39, 1.62, 2.2)
        rows, columns = front.light[place].shape[:2]
        if rows and columns:
            mark = fitted(character(int(random.integers(1 << 30))), columns, rows).astype(np.float32) / 255
            mark = mark[:, ::-1] if building.mirrored else mark
            hem = np.minimum(1, np.minimum(np.arange(columns) + 1, np.arange(columns)[::-1] + 1) / (0.05 * columns + 1))
            front.surface[place] = tint * 0.25
            front.light[place] = (tint * 0.12 + mark[..., None] * 0.4) * hem[:, None]


def _paint_machine(front: Front, left: float, colours: Colours, random: np.random.Generator) -> None:
    """A vending machine: a bright window with rows of cans, a dark body."""
    body = colours.neon[int(random.integers(len(colours.neon)))]
    front.cover(left, left + 0.95, 0.08, 1.9, body * 0.25)
    front.shine(left + 0.08, left + 0.87, 0.85, 1.8, np.array((0.75, 0.82, 0.9), np.float32))
    for shelf in range(3):
        for number in range(7):
            z0, y0 = left + 0.12 + number * 0.105, 0.92 + shelf * 0.3
            can = colours.neon[int(random.integers(len(colours.neon)))]
            front.shine(z0, z0 + 0.07, y0, y0 + 0.2, can * 0.6)
    front.shine(left + 0.1, left + 0.85, 0.62, 0.74, body * 0.9)


def _paint_fascia(
    front: Front, building: Building, ends: tuple[float, float], colours: Colours, random: np.random.Generator
) -> None:
    """The band over a shop: a light box with a name, or lit letters on a dark board."""
    left, right = ends
    tint = colours.neon[int(random.integers(len(colours.neon)))]
    low, high = 2.85, 3.55
    front.shade(left, right, 2.65, 2.85, 0.6)
    place = front.span(left + 0.1, right - 0.1, low, high)
    rows, columns = front.light[place].shape[:2]
    if rows == 0 or columns == 0:
        return
    letters = _name(columns, rows, (right - left - 0.2) / (high - low), random)[..., None]
    letters = letters[:, ::-1] if building.mirrored else letters
    style = random.random()
    v = np.linspace(-1, 1, rows, dtype=np.float32)[:, None, None]
    if style < 0.4:
        face = tint * (0.72 - 0.3 * v**2) * building.shop_level * 1.6
        front.surface[place], front.light[place] = 0.0, face * (1 - letters) + letters * 1.25
    elif style < 0.6:
        face = np.array((0.9, 0.92, 1.0), np.float32) * (0.6 - 0.25 * v**2)
        front.surface[place], front.light[place] = 0.0, face * (1 - letters) + letters * tint * 0.5
    else:
        halo = cv2.GaussianBlur(letters[..., 0], (0, 0), max(0.6, rows * 0.12))[..., None]
        front.surface[place] = 0.02
        front.light[place] = tint * (1.3 * letters + 0.5 * halo) + 0.5 * letters


def _name(columns: int, rows: int, aspect: float, random: np.random.Generator) -> Grid:
    """A shop's name as coverage, `aspect` being the board's true width over its height."""
    ink = np.zeros((rows, columns), np.float32)
    masks = [lettering(WORDS[int(random.integers(len(WORDS)))], 72)] if random.random() < 0.5 else []
    masks += [character(int(random.integers(1 << 30))) for _ in range(int(random.integers(2, 5)))]
    total = sum(mask.shape[1] / mask.shape[0] for mask in masks) + 0.25 * (len(masks) - 1)
    high = min(0.62, 0.9 * aspect / total)  # of the board's height
    at, tall = (aspect - total * high) / 2, max(1, round(high * rows))
    for mask in masks:
        wide = mask.shape[1] / mask.shape[0] * high
        left = round(at / aspect * columns)
        stamp = fitted(mask, max(1, round(wide / aspect * columns)), tall)[:, : columns - left]
        top = (rows - tall) // 2
        ink[top : top + tall, left : left + stamp.shape[1]] = stamp.astype(np.float32) / 255
        at += wide + 0.25 * high
    return ink


def default_colours(neon: bool) -> Colours:
    """Magenta and cyan with a little orange, or the warmer lights of an ordinary town."""
    walls = ((60, 62, 78), (74, 64, 74), (56, 70, 82), (84, 78, 76), (66, 60, 70))
    town_walls = ((172, 150, 118), (150, 92, 74), (188, 168, 136), (112, 120, 122), (176, 124, 88), (134, 142, 124))
    tubes = ((255, 40, 140), (0, 215, 255), (150, 70, 255), (255, 50, 190), (40, 120, 255), (255, 110, 40),
             (60, 255, 190), (255, 200, 70))  # fmt: skip
    town = ((255, 176, 84), (255, 90, 50), (255, 216, 150), (70, 200, 140), (255, 60, 60), (90, 150, 255),
            (255, 236, 200))  # fmt: skip
    shops = ((255, 120, 190), (110, 210, 255), (255, 190, 120), (190, 130, 255), (255, 205, 150), (120, 255, 220))
    warm = ((255, 190, 110), (255, 205, 140), (255, 222, 180), (240, 240, 235))
    panes = ((255, 196, 120), (255, 225, 180), (150, 200, 255), (255, 150, 200))
    return Colours(
        neon=tuple(linear(*c) for c in (tubes if neon else town)),
        shop=tuple(linear(*c) for c in (shops if neon else warm)),
        window=tuple(linear(*c) for c in (panes if neon else panes[:2])),
        wall=tuple(linear(*c) for c in (walls if neon else town_walls)),
    )
