"""A kind of world and a light in, a globe that turns out: lit on one side, with air along its edge, and rings.

Knows no place and no camera.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import add_scaled
from openhorse.engines.procedural.drawing.piles import lay
from openhorse.engines.procedural.parts.grain import Field, grain, mixed, smooth
from openhorse.engines.procedural.world.hours import Daylight

_TURN = 0.006
"""Turns of the globe a second."""
_MAP = (1024, 512)


class Globe:
    """A world of `pixels` radius at most; drawn at any size."""

    def __init__(self, surface: NDArray[np.float32], shade: NDArray[np.float32], map_x: Field, map_y: Field) -> None:
        """`surface` is its map (height × width × 3); `shade` 4 × side × side: light by channel, and cover."""
        self._surface = np.concatenate([surface, surface[:, :8]], axis=1)
        self._shade, self._map_x, self._map_y = shade, map_x, map_y
        self.halo: NDArray[np.float32] | None = None
        self.rings: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None

    def draw(self, out: Planes, middle: tuple[float, float], radius: float, t: float) -> None:
        """Draw it over `out` round `middle` (column, row)."""
        side = self._shade.shape[1]
        scale = 2 * radius * 1.02 / side
        top = middle[1] - side / 2 * scale
        # only the rows that the frame shows
        first = min(side - 2, max(0, math.floor(-top / scale) - 1))
        last = max(first + 2, min(side, math.ceil((out.shape[1] - top) / scale) + 1))
        turned = np.mod(self._map_x[first:last] + _TURN * t * _MAP[0], _MAP[0])
        ground = cv2.remap(self._surface, turned, self._map_y[first:last], cv2.INTER_LINEAR)
        shade = self._shade[:, first:last]
        sheet = np.empty_like(shade)
        for channel in range(3):
            np.multiply(ground[..., channel], shade[channel], out=sheet[channel])
        sheet[3] = shade[3]
        corner = middle[0] - side / 2 * scale, top + first * scale
        if self.rings is not None:
            self._ring(out, self.rings[0], middle, radius)
        if self.halo is not None:
            wide = 2 * radius * 1.5 / self.halo.shape[2]
            add_scaled(out, self.halo, middle[0] - 1.5 * radius, middle[1] - 1.5 * radius, wide)
        lay(out, sheet, (*corner, scale))
        if self.rings is not None:
            self._ring(out, self.rings[1], middle, radius)

    def _ring(self, out: Planes, sheet: NDArray[np.float32], middle: tuple[float, float], radius: float) -> None:
        scale = 2 * radius * 2.4 / sheet.shape[2]
        lay(out, sheet, (middle[0] - 2.4 * radius, middle[1] - sheet.shape[1] / 2 * scale, scale))


def globe(kind: str, pixels: int, light: Daylight, random: np.random.Generator, ringed: bool) -> Globe:
    """A "gas", "rock", "ocean" or "ice" world of about `pixels` radius."""
    side = min(1500, max(32, round(2 * pixels * 1.02)))
    y, x = (np.mgrid[0:side, 0:side].astype(np.float32) + 0.5) / side * 2.04 - 1.02
    far = np.hypot(x, y)
    ahead = np.sqrt(np.clip(1 - far**2, 0, 1))
    tilt = float(random.uniform(-0.4, 0.4))
    u, v = x * math.cos(tilt) - y * math.sin(tilt), x * math.sin(tilt) + y * math.cos(tilt)
    map_x = (np.arctan2(u, np.maximum(ahead, 1e-3)) / math.tau + 0.5) * _MAP[0]
    map_y = (np.arcsin(np.clip(v, -1, 1)) / math.pi + 0.5) * (_MAP[1] - 1)
    right, up = float(light.towards[0]), float(light.towards[1])
    facing = x * right - y * up + ahead * 0.28
    day = smooth(-0.10, 0.55, facing.astype(np.float32))
    airy = kind in ("ocean", "gas", "ice")
    rim = (1 - ahead) ** 3 * day
    tint = np.array((0.35, 0.6, 1.0) if kind != "gas" else (1.0, 0.75, 0.5), np.float32)
    shade = np.empty((4, side, side), np.float32)
    for channel in range(3):
        lit = day * float(light.key[channel]) * 0.56 + 0.004
        shade[channel] = lit * (1 - 0.35 * (1 - ahead)) + (rim * float(tint[channel]) * 0.8 if airy else 0)
    shade[3] = np.clip((1 - far) * side * 0.5 + 0.5, 0, 1)
    shade[:3] *= shade[3]
    world = Globe(_surface(kind, random), shade, map_x.astype(np.float32), map_y.astype(np.float32))
    if airy:
        world.halo = _halo(light, tint)
    if ringed:
        world.rings = _rings(light, random)
    return world


def _halo(light: Daylight, tint: NDArray[np.float32]) -> NDArray[np.float32]:
    """The air's glow round the lit edge."""
    side = 320
    y, x = (np.mgrid[0:side, 0:side].astype(np.float32) + 0.5) / side * 3 - 1.5
    far = np.hypot(x, y)
    facing = (x * float(light.towards[0]) - y * float(light.towards[1])) / np.maximum(far, 1e-3)
    glow = np.exp(-np.clip(far - 0.99, 0, None) / 0.035) * np.clip(0.25 + 0.9 * facing, 0, 1) * (far > 0.95)
    wide = np.exp(-np.clip(far - 0.99, 0, None) / 0.13) * np.clip(0.1 + 0.5 * facing, 0, 1) * (far > 0.95) * 0.25
    sheet = (glow * 0.55 + wide)[None] * tint[:, None, None]
    edge = np.clip((1.48 - far) * 6, 0, 1)
    return np.ascontiguousarray(sheet * edge, np.float32)


def _surface(kind: str, random: np.random.Generator) -> NDArray[np.float32]:
    """A world's map, its poles above and below."""
    y = np.linspace(-1, 1, _MAP[1], dtype=np.float32)[:, None]
    broad = grain(_MAP, (5, 3), random, 6)
    fine = grain(_MAP, (24, 12), random, 5)
    if kind == "gas":
        return _bands(random, broad, fine, y)
    if kind == "ocean":
        land = smooth(0.10, 0.20, (broad + 0.5 * fine - 0.05).astype(np.float32))
        green = mixed(
            linear(52, 88, 44),
            linear(150, 128, 84),
            smooth(-0.4, 0.5, (fine + 0.6 * (0.3 - np.abs(y))).astype(np.float32)),
        )
        picture = mixed(linear(8, 34, 78), green, land)
        ice = smooth(0.78, 0.9, (np.abs(y) + 0.12 * broad).astype(np.float32))
        picture = mixed(picture, linear(236, 242, 248), ice)
        twist = grain(_MAP, (6, 5), random, 6) + 0.5 * grain(_MAP, (14, 5), random, 5)
        cloud = smooth(0.0, 0.8, twist.astype(np.float32)) * np.float32(0.92)
        return mixed(picture, linear(250, 250, 252), cloud)
    inks = ((126, 112, 98), (66, 58, 54)) if kind == "rock" else ((206, 226, 240), (110, 150, 190))
    tone = smooth(-0.8, 0.8, (0.6 * broad + 0.5 * fine).astype(np.float32))
    picture = mixed(linear(*inks[1]), linear(*inks[0]), tone)
    relief = _craters(random) + 0.35 * fine
    slope = np.gradient(relief, axis=1) * 6
    return np.asarray(picture * np.clip(1 + slope, 0.35, 1.7)[..., None], np.float32)


def _bands(random: np.random.Generator, broad: Field, fine: Field, y: Field) -> NDArray[np.float32]:
    """A gas giant's bands, torn along their borders, with a great storm."""
    width, height = _MAP
    inks = (
        ((238, 214, 176), (188, 138, 96), (150, 92, 66), (246, 234, 210)),
        ((160, 200, 224), (70, 120, 180), (210, 232, 244), (98, 150, 200)),
        ((226, 180, 160), (150, 80, 110), (240, 214, 200), (110, 60, 100)),
    )[int(random.integers(3))]
    at = y * 7 + 0.35 * broad + 0.16 * fine * (0.4 + np.abs(np.sin(y * 11)))
    cx, cy = random.uniform(0.2, 0.8) * width, random.uniform(0.55, 0.7) * height
    columns = np.arange(width, dtype=np.float32)[None, :]
    rows = np.arange(height, dtype=np.float32)[:, None]
    storm = np.exp(-(((columns - cx) / 60) ** 2 + ((rows - cy) / 26) ** 2))
    at = at + 1.6 * storm
    tones = np.stack([linear(*ink) for ink in inks])
    spot = np.mod(at + 8, 4)
    low = np.floor(spot).astype(np.int64) % 4
    share = smooth(0.25, 0.75, (spot - np.floor(spot)).astype(np.float32))
    picture = tones[low] + (tones[(low + 1) % 4] - tones[low]) * share[..., None]
    return np.asarray(picture * (1 + 0.10 * fine[..., None]), np.float32)


def _craters(random: np.random.Generator) -> Field:
    width, height = _MAP
    field = np.zeros((height, width), np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(60):
        radius = float(5 + 34 * random.uniform(0, 1) ** 3)
        cx, cy = random.uniform(0, width), random.uniform(0.12, 0.88) * height
        x0, x1, y0, y1 = (round(v) for v in (cx - 2 * radius, cx + 2 * radius, cy - 2 * radius, cy + 2 * radius))
        part = np.s_[max(0, y0) : min(height, y1), max(0, x0) : min(width, x1)]
        far = np.hypot(x[part] - cx, y[part] - cy) / radius
        field[part] += (np.exp(-((far - 1) ** 2) * 18) * 0.6 - np.exp(-((far / 0.85) ** 4)) * 0.5) * (radius / 30)
    return field


def _rings(light: Daylight, random: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A ring's far half and its near half, 4 × height × width."""
    width, height = 1000, 420
    y, x = (np.mgrid[0:height, 0:width].astype(np.float32) + 0.5) / width * 4.8
    x, y = x - 2.4, y - 2.4 * height / width
    lean = float(random.uniform(0.12, 0.3)) * random.choice([-1.0, 1.0])
    u, v = x * math.cos(lean) + y * math.sin(lean), (y * math.cos(lean) - x * math.sin(lean)) / 0.26
    far = np.hypot(u, v)
    stripes = grain((1024, 1), (40, 1), random, 6)[0]
    tone = np.interp(far, np.linspace(1.2, 2.3, 1024), stripes).astype(np.float32)
    cover = smooth(1.25, 1.3, far) * smooth(2.25, 2.2, far) * np.clip(0.62 + 0.5 * tone, 0.06, 0.95)
    cover = cover * (1 - 0.9 * np.exp(-(((far - 1.86) / 0.03) ** 2)))
    # the globe's shadow falls on the ring behind it
    right = float(light.towards[0])
    dark = (
        smooth(0.95, 0.7, (np.abs(v * 0.26 + u * 0.05) * 1.6).astype(np.float32))
        * (np.sign(right) * u < 0)
        * (far < 2.3)
    )
    lit = (1 - 0.85 * dark * (np.abs(u) > 0.2))[..., None] * light.key * 0.55
    picture = linear(222, 196, 160) * (0.7 + 0.35 * tone[..., None]) * lit * cover[..., None]
    whole = np.dstack([picture, cover]).astype(np.float32).transpose(2, 0, 1)
    behind = whole * (v < 0)[None]
    before = whole * (v >= 0)[None]
    return np.ascontiguousarray(behind, np.float32), np.ascontiguousarray(before, np.float32)
