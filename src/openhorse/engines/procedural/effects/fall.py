"""Rain and snow in, streaks, splashes and flakes in depth out. Knows no place."""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernel is compiled by Numba, which types its arguments itself.

from __future__ import annotations

import math

import numpy as np
from numba import njit

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import C0, C1, ROW, F, sqrt
from openhorse.engines.procedural.drawing.strokes import STROKE_COLUMNS, draw_strokes
from openhorse.engines.procedural.effects.air import Air, Box, Kit, Numbers, blur, boxes, hashed
from openhorse.engines.procedural.world.camera import Camera

_OPEN = 1 / 48
"""Seconds that the shutter is open: what moves is drawn as long as it moves meanwhile."""


@njit(**ROW)
def _rings(light, rings, colour):
    # rings: x, y, half axes across and down, thickness (in parts of the half axis), strength
    height = light.shape[1]
    width = light.shape[2]
    for k in range(rings.shape[0]):
        cx, cy, rx, ry, thick, strong = rings[k, 0], rings[k, 1], rings[k, 2], rings[k, 3], rings[k, 4], rings[k, 5]
        x0 = max(0, int(cx - rx * F(1.4) - C1))
        x1 = min(width, int(cx + rx * F(1.4)) + 2)
        y0 = max(0, int(cy - ry * F(1.4) - C1))
        y1 = min(height, int(cy + ry * F(1.4)) + 2)
        for y in range(y0, y1):
            dy = (F(y) - cy) / ry
            for x in range(x0, x1):
                dx = (F(x) - cx) / rx
                d = (sqrt(dx * dx + dy * dy) - C1) / thick
                a = max(C1 - d * d, C0)
                # its far side catches the sky, its near side is in shade
                a = a * strong * (F(0.7) - F(0.5) * dy)
                light[0, y, x] += colour[0] * a
                light[1, y, x] += colour[1] * a
                light[2, y, x] += colour[2] * a


def strokes_of(*columns: Numbers | float) -> Numbers:
    """Strokes from their columns; single numbers are the same for all."""
    length = max(np.size(column) for column in columns)
    table = np.empty((length, STROKE_COLUMNS), np.float32)
    for k, column in enumerate(columns):
        table[:, k] = column
    return table


class _Drops:
    """Falling drops of one depth."""

    def __init__(self, air: Air, box: Box) -> None:
        self._air, self._box, self.z = air, box, box.far
        random = air.random(f"drops {box.near}")
        count = len(box.spots)
        self._speed = random.uniform(7.0, 9.5, count).astype(np.float32)
        self._thick = random.uniform(0.0007, 0.0013, count).astype(np.float32)
        self._lean = air.windy * 0.75
        light = air.light
        self._colour = np.maximum(light.air * 1.25 + light.ambient * 0.9, 0.12)

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        seen = self._box.seen(camera, (self._lean * t, -self._speed * t, 0.0))
        soft = 0.45 * blur(self._air, seen.z, 6.0)
        radius = self._thick * seen.metre
        wide = np.maximum(radius, 0.34) + 0.5 * soft
        strong = seen.here * np.clip(radius / wide, 0.36, 1) * 0.62
        long = _OPEN * seen.metre * 1.15
        lean = self._lean * long
        red, green, blue = self._colour
        draw_strokes(
            out,
            strokes_of(
                seen.x - lean, seen.y - self._speed * long, seen.x, seen.y, wide * 0.5, wide, 0.5 + soft, strong,
                red, green, blue,
            ),
        )  # fmt: skip


class _Splashes:
    """Rings that drops make on the ground and on water, and what leaps up from the nearer ones."""

    z = 0.0

    def __init__(self, air: Air) -> None:
        self._air = air
        light = air.light
        self._colour = np.asarray(np.maximum(light.air * 0.5 + light.ambient * 0.5, 0.05), np.float32)
        pool = air.scenery.pool
        self._from = math.inf if pool is None else pool.near
        near = max(1.0, air.lens.nearest * 0.95)
        self._boxes = boxes(air, "splashes", ((near, near + 4, 80), (near + 3, near + 12, 190)), high=0.5)

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        for salt, box in enumerate(self._boxes):
            self._draw(out, camera, t, box, salt)

    def _draw(self, out: Planes, camera: Camera, t: float, box: Box, salt: int) -> None:
        number = np.arange(len(box.spots))
        life = 0.42 + 0.2 * hashed(number, number, salt)
        turn = np.floor(t / life + box.spots[:, 1])
        age = (t / life + box.spots[:, 1] - turn).astype(np.float32)
        cycle = turn.astype(np.int64)
        across, ahead = hashed(number, cycle, salt + 3) * box.wide, hashed(number, cycle, salt + 7) * 9
        seen = box.seen(camera, (across, 0.0, ahead))
        foot = camera.horizon + camera.eye * seen.metre
        on_water = seen.z + camera.z > self._from
        half = (0.015 + age * np.where(on_water, 0.10, 0.055)) * seen.metre
        flat = np.maximum(half * camera.eye / seen.z, 0.7)
        strong = seen.here * (1 - age) ** 1.5 * np.where(on_water, 0.26, 0.34)
        shown = (half > 0.9) & (foot < out.shape[1] + 9)
        thick = np.maximum(0.25, 1.1 / flat)
        rings = np.stack([seen.x, foot, half, flat, thick, strong], axis=1)[shown]
        _rings(out, np.ascontiguousarray(rings, np.float32), self._colour)
        self._leap(out, seen.x[shown], foot[shown], seen.metre[shown], age[shown])

    def _leap(self, out: Planes, x: Numbers, foot: Numbers, metre: Numbers, age: Numbers) -> None:
        up = metre * (0.055 * np.sin(np.minimum(age * 2.4, 1) * math.pi))
        strong = np.where(age < 0.42, 0.4, 0.0)
        radius = np.maximum(0.3, 0.0018 * metre)
        red, green, blue = self._colour * 1.6
        for side in (-1.0, 0.15, 1.1):
            out_by = side * metre * 0.06 * age
            draw_strokes(
                out,
                strokes_of(
                    x + out_by, foot - up, x + out_by * 0.85, foot - up * 0.6, radius, radius * 0.6, 0.6, strong,
                    red, green, blue,
                ),
            )  # fmt: skip


class _Flakes:
    """Falling flakes of one depth."""

    def __init__(self, air: Air, box: Box) -> None:
        self._air, self._box, self.z = air, box, box.far
        random = air.random(f"flakes {box.near}")
        count = len(box.spots)
        self._speed = random.uniform(0.75, 1.35, count).astype(np.float32)
        self._size = (0.0045 + 0.008 * random.uniform(0, 1, count) ** 2).astype(np.float32)
        self._turn = random.uniform(0, math.tau, (2, count)).astype(np.float32)
        self._pace = random.uniform(0.9, 2.2, count).astype(np.float32)
        self._colour = np.maximum(air.shine * 1.3 + air.light.air * 0.35, 0.26)

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        air = self._air
        sway = 0.14 * np.sin(self._pace * t + self._turn[0])
        moved = (air.windy * 0.8 * t + sway, -self._speed * t, 0.12 * np.cos(self._pace * 0.8 * t + self._turn[1]))
        seen = self._box.seen(camera, moved)
        soft = blur(air, seen.z, 7.0)
        true = self._size * seen.metre
        radius = np.maximum(true, 0.45) + 0.75 * soft
        # what is spread over more pixels is fainter on each
        strong = seen.here * np.clip(1.5 * (true / radius) ** 1.3, 0.10, 0.92)
        fell = self._speed * _OPEN * 0.5 * seen.metre
        went = air.windy * 0.4 * _OPEN * seen.metre
        red, green, blue = self._colour
        draw_strokes(
            out,
            strokes_of(
                seen.x - went, seen.y - fell, seen.x, seen.y, radius * 0.8, radius * 0.8, 0.5 + 0.3 * radius, strong,
                red, green, blue,
            ),
        )  # fmt: skip


def rain(air: Air) -> Kit:
    """Rain: four depths of drops, and where they end."""
    part = 1.6 if "lightning" in air.shot.brief.effects else 1.0
    depths = ((1.2, 2.6, 18), (2.4, 6, 170), (5, 13, 520), (12, 30, 560))
    full = tuple((near, far, round(count * part)) for near, far, count in depths)
    ends = (_Splashes(air),) if air.scenery.floor is not None or air.scenery.pool is not None else ()
    return Kit((*(_Drops(air, box) for box in boxes(air, "rain", full)), *ends))


def snow(air: Air) -> Kit:
    """Snow: five depths of flakes."""
    depths = ((0.8, 1.7, 14), (1.5, 3.4, 90), (3, 8, 380), (7, 18, 640), (16, 44, 800))
    return Kit(tuple(_Flakes(air, box) for box in boxes(air, "snow", depths)))
