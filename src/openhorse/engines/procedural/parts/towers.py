"""A light and random numbers in, a row of city towers out: thousands of windows, crowns, spires, neon.

Knows no place. A row goes on seamlessly to both sides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer, fitted, lettering, soften
from openhorse.engines.procedural.parts.grain import grain, smooth
from openhorse.engines.procedural.parts.model import Light
from openhorse.engines.procedural.world.hours import Daylight

Planes = NDArray[np.float32]
_LAMPS = np.array(((1.0, 0.50, 0.16), (1.0, 0.66, 0.30), (1.0, 0.84, 0.58), (0.50, 0.74, 1.0)), np.float32)
_NEONS = (linear(255, 40, 140), linear(40, 220, 255), linear(150, 60, 255), linear(255, 120, 30), linear(60, 255, 170))
_WALLS = (
    linear(92, 104, 120),
    linear(128, 124, 120),
    linear(70, 84, 100),
    linear(150, 140, 126),
    linear(84, 92, 96),
    linear(110, 92, 84),
)
_WORDS = ("NOVA", "KAIRO", "ZEN", "ORBIT", "HOTEL", "RAMEN", "LUX", "NEON", "CLUB 88", "SYN", "AERO", "VEGA")
_FINER = 2
_SEEN = 0.9
"""How bright the brightest windows are."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of towers: its width and height in metres, pixels a metre; how many; their heights' low and high part.

    `lit` is the part of windows that are lit; `neon` (0…1) how many towers wear neon.
    """

    wide: float
    tall: float
    metre: float
    count: int
    heights: tuple[float, float] = (0.3, 0.9)
    lit: float = 0.45
    neon: float = 0.0


def towers(row: Row, light: Daylight, random: np.random.Generator) -> Layer:
    """The row as a layer, its foot opaque in most places."""
    width, height = (math.ceil(part * row.metre) * _FINER for part in (row.wide, row.tall))
    metre = row.metre * _FINER
    picture, cover = np.zeros((height, width, 3), np.float32), np.zeros((height, width), np.float32)
    shine = np.zeros((height, width, 3), np.float32)
    order = random.permutation(row.count)
    for place in order:
        middle = (place + random.uniform(0.1, 0.9)) / row.count * width
        # the city's heart is off the middle of the frame
        heart = math.exp(-(((middle / width - 0.62) / 0.22) ** 2))
        low, high = row.heights
        part = low + (high - low) * (0.25 + 0.75 * heart) * random.uniform(0.3, 1.0)
        wide = metre * random.uniform(0.12, 0.24) * row.tall * (1.2 - 0.5 * part)
        tower = _tower(max(8, round(wide)), max(8, round(part * height)), metre, row, light, random)
        for off in (-width, 0, width):
            _stand((picture, cover, shine), tower, round(middle - wide / 2) + off)
    size = (width // _FINER, height // _FINER)
    small = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (picture, cover, shine)]
    lamps = small[2]
    if lamps.max() > 0:
        lamps = lamps + soften(lamps, 1.4, 1.4, 2) * np.float32(0.3) + soften(lamps, 9, 9, 4) * np.float32(0.22)
    return np.dstack([small[0] * small[1][..., None] + lamps, small[1]]).astype(np.float32)


def _stand(row: tuple[Planes, Planes, Planes], tower: tuple[Planes, Planes, Planes], left: int) -> None:
    """Put a tower before what stands already."""
    height, width = row[1].shape
    tall, wide = tower[1].shape
    x0, x1 = max(0, left), min(width, left + wide)
    if x1 <= x0:
        return
    rows, columns = slice(max(0, height - tall), height), slice(x0, x1)
    part = slice(x0 - left, x1 - left)
    own = slice(max(0, tall - height), tall)
    mask = tower[1][own, part]
    row[0][rows, columns] = np.where(mask[..., None] > 0.5, tower[0][own, part], row[0][rows, columns])
    row[2][rows, columns] = np.where(mask[..., None] > 0.5, 0, row[2][rows, columns]) + tower[2][own, part]
    row[1][rows, columns] = np.maximum(row[1][rows, columns], mask)


def _tower(
    wide: int, tall: int, metre: float, row: Row, light: Daylight, random: np.random.Generator
) -> tuple[Planes, Planes, Planes]:
    """One tower: its colours, its outline, its lights."""
    mask, mast = _outline(wide, tall, metre, random)
    colour = _skin(wide, tall, light, random)
    shine = np.zeros((tall, wide, 3), np.float32)
    body = slice(mast, tall)
    glass, lamps = _windows(wide, tall - mast, metre, row, light, random)
    colour[body] *= glass
    shine[body] += lamps
    shine *= mask[..., None]
    if random.random() < row.neon and light.lamps > 0.1:
        _dress(shine, mask, mast, light, random)
    elif light.lamps > 0.4 and random.random() < 0.3:
        # a lit crown
        crown = slice(mast, mast + max(2, round(5 * metre)))
        tone = _LAMPS[random.integers(0, 4)] * np.float32(0.5 * light.lamps)
        shine[crown] += tone * mask[crown][..., None] * np.linspace(0.3, 1, shine[crown].shape[0])[:, None, None]
    return colour, mask, shine


def _outline(wide: int, tall: int, metre: float, random: np.random.Generator) -> tuple[Planes, int]:
    """The tower's outline, height × width, and how many rows from its top the body begins."""
    mask = np.zeros((tall, wide), np.float32)
    mast = round(min(0.22 * tall, random.uniform(0.5, 1.0) * 34 * metre)) if random.random() < 0.35 else 0
    form = random.integers(0, 6)
    x = (np.arange(wide, dtype=np.float32) + 0.5) / wide
    y = (np.arange(tall - mast, dtype=np.float32) / max(1, tall - mast))[:, None]
    body = mask[mast:]
    off = np.abs(x - 0.5)[None, :] * 2
    match form:
        case 0 | 1:
            body[:] = 1
        case 2:  # set back in steps
            steps = np.select([y < 0.10, y < 0.24, y < 0.45], [0.42, 0.62, 0.82], 1.0)
            body[:] = off <= steps
        case 3:  # a slanted top
            lean = x[None, :] if random.random() < 0.5 else 1 - x[None, :]
            body[:] = y > 0.16 * lean
        case 4:  # tapering, with a curved shoulder
            body[:] = off <= np.minimum(1.0, 0.62 + 0.38 * np.sqrt(np.clip(y / 0.5, 0, 1)))
        case _:  # a pointed crown
            body[:] = off <= np.clip(y / 0.12, 0.04, 1.0)
    if mast:
        half = max(1, round(0.35 * metre))
        middle = wide // 2
        mask[:mast, max(0, middle - half) : middle + half] = 1
        mask[mast // 2 : mast, max(0, middle - 3 * half) : middle + 3 * half] = 1
    return mask, mast


def _skin(wide: int, tall: int, light: Daylight, random: np.random.Generator) -> Planes:
    """The walls' colours: two faces, glass that mirrors the sky, dark at the foot."""
    lamp = Light(light)
    edge = random.uniform(0.28, 0.72)
    faces = lamp.on(np.array((-0.5, 0.0, -0.86))), lamp.on(np.array((0.6, 0.0, -0.8)))
    wall = _WALLS[random.integers(0, len(_WALLS))] * np.float32(random.uniform(0.35, 0.9))
    glassy = random.uniform(0.0, 0.6)
    up = np.linspace(1, 0, tall, dtype=np.float32)[:, None, None]
    sky = light.sky.horizon * (1 - up) + light.sky.zenith * up
    x = (np.arange(wide, dtype=np.float32) / wide)[None, :, None]
    colour = np.where(x < edge, wall * faces[0], wall * faces[1]).astype(np.float32)
    mirrored = sky * np.where(x < edge, np.float32(0.5), np.float32(0.8)) * np.float32(0.55)
    colour = colour * (1 - glassy) + mirrored * np.float32(glassy)
    colour = colour * (0.75 + 0.25 * smooth(0, 0.3, up[..., 0]))[..., None]
    return np.broadcast_to(colour, (tall, wide, 3)).astype(np.float32)


def _windows(
    wide: int, tall: int, metre: float, row: Row, light: Daylight, random: np.random.Generator
) -> tuple[Planes, Planes]:
    """What the windows do to the wall's colour (height × width × 3 to multiply by), and the light of those lit."""
    kind = random.integers(0, 3)
    floor = max(3.0, random.uniform(3.4, 4.4) * metre)
    bay = max(3.0, random.uniform(2.4, 4.6) * metre)
    y, x = np.arange(tall, dtype=np.float32), np.arange(wide, dtype=np.float32)
    floors, bays = (y / floor).astype(int), (x / bay).astype(int)
    open_y = (y % floor) / floor > (0.36, 0.5, 0.12)[kind]
    open_x = (x % bay) / bay > (0.34, 0.06, 0.30)[kind]
    pane = (open_y[:, None] & open_x[None, :]).astype(np.float32)
    table = random.random((floors[-1] + 1, bays[-1] + 1))
    office = random.random((floors[-1] + 1, 1))
    lit = row.lit * random.uniform(0.5, 1.3)
    chance = np.where(office < 0.18, lit * 1.9, np.where(office > 0.8, lit * 0.3, lit))
    bright = np.where(table < chance, 0.10 + 0.85 * random.random(table.shape) ** 3.0, 0.0) * light.lamps * _SEEN
    share = random.random(table.shape)
    own = random.integers(0, 4)
    tones = np.where((share < 0.72)[..., None], _LAMPS[own], _LAMPS[random.integers(0, 4, table.shape)])
    lamps = (bright[..., None] * tones).astype(np.float32)[floors][:, bays] * pane[..., None]
    gloom = 1 - np.float32(0.45) * pane * random.uniform(0.7, 1.2, table.shape)[floors][:, bays]
    return np.repeat(gloom[..., None], 3, 2).astype(np.float32), lamps.astype(np.float32)


def _dress(shine: Planes, mask: Planes, mast: int, light: Daylight, random: np.random.Generator) -> None:
    """Neon on a tower: lines down its edges, rings, a sign with letters, a screen."""
    tall, wide = mask.shape
    tone = _NEONS[random.integers(0, len(_NEONS))] * np.float32(1.1 * light.lamps)
    other = _NEONS[random.integers(0, len(_NEONS))] * np.float32(0.9 * light.lamps)
    thick = max(1, wide // 40)
    if random.random() < 0.6:
        edge = np.clip(mask - cv2.erode(mask, np.ones((1, 2 * thick + 1), np.uint8)), 0, 1)
        shine += edge[..., None] * tone
    for _ in range(random.integers(0, 4)):
        y = round(mast + random.uniform(0.02, 0.6) * (tall - mast))
        shine[y : y + thick * 2] += mask[y : y + thick * 2][..., None] * other
    high, broad = round(0.34 * (tall - mast)), round(0.26 * wide)
    if high > 16 and broad > 6 and random.random() < 0.75:
        top = round(mast + random.uniform(0.08, 0.35) * (tall - mast))
        left = round(random.uniform(0.05, 0.65) * wide)
        _sign(shine[top : top + high, left : left + broad], _WORDS[random.integers(0, len(_WORDS))], tone, other)
    elif high > 16:
        top, left = round(mast + 0.15 * (tall - mast)), round(0.2 * wide)
        screen = shine[top : top + high // 2, left : left + round(0.6 * wide)]
        wash = grain((screen.shape[1], screen.shape[0]), (2, 2), random, 3)[..., None]
        screen[:] = (tone * (0.35 + 0.5 * smooth(-0.4, 0.5, wash)) + other * 0.5 * smooth(0.0, 0.6, -wash)) * 0.8


def _sign(panel: Planes, word: str, tone: Planes, other: Planes) -> None:
    """Letters one below the other on a dark panel with a lit frame."""
    high, broad = panel.shape[:2]
    panel[:] = other * np.float32(0.10)
    panel[:2], panel[-2:], panel[:, :2], panel[:, -2:] = (other * np.float32(0.8),) * 4
    step = high / len(word)
    for k, letter in enumerate(word):
        if letter == " ":
            continue
        size = max(3, round(min(0.7 * broad, 0.72 * step)))
        ink = fitted(lettering(letter, 48), size, size).astype(np.float32) / 255
        top, left = round((k + 0.5) * step - size / 2), (broad - size) // 2
        spot = panel[max(0, top) : top + size, left : left + size]
        spot += ink[: spot.shape[0], : spot.shape[1], None] * tone * np.float32(1.2)
