"""What burns and what smokes: a fire, smoke, candles, fireworks, and banks of mist. Knows no place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Canvas, add_scaled
from openhorse.engines.procedural.drawing.piles import lay
from openhorse.engines.procedural.drawing.strokes import draw_strokes
from openhorse.engines.procedural.effects.air import Air, Effect, Kit, Numbers
from openhorse.engines.procedural.effects.fall import strokes_of
from openhorse.engines.procedural.parts.grain import grain, layer_of, smooth
from openhorse.engines.procedural.score import Bed, Hit
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.firelight import Fire
from openhorse.engines.procedural.world.scenery import Flat


class Plume:
    """A flame or a column of smoke: noise that streams upwards through a shape.

    It stands at `x`, `y`, `z`, `wide` × `tall` metres.
    """

    def __init__(
        self, air: Air, place: tuple[float, float, float], size: tuple[float, float], smoky: bool, fine: int = 80
    ) -> None:
        self.x, self.y, self.z = place
        self._wide, self._tall = size
        self._width, self._height = fine, round(fine * size[1] / size[0])
        self._smoky, self._lean = smoky, 0.35 * air.windy
        random = air.random(f"plume {self.x:.2f} {self.z:.2f} {smoky}")
        side = 256
        self._coarse = grain((side, side), (5, 4), random, 4)
        self._fine = grain((side, side), (11, 8), random, 3)
        self._light = air.light
        y, x = np.mgrid[0 : self._height, 0 : self._width].astype(np.float32)
        self._up = (1 - (y + 0.5) / self._height).astype(np.float32)
        self._off = ((x + 0.5) / self._width * 2 - 1).astype(np.float32)

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        """Draw it over `out` at `t`."""
        if self.z - camera.z < 0.5:
            return
        sheet = self._smoke(t) if self._smoky else self._flame(t)
        metre = camera.metre(self.z)
        scale = self._wide * metre / self._width
        top = camera.row(self.y, self.z) - sheet.shape[1] * scale
        left = camera.column(self.x, self.z) - sheet.shape[2] * scale / 2
        lay(out, np.maximum(sheet, 0).astype(np.float32), (left, top, scale))

    def _noise(self, field: Numbers, rise: float, t: float, sway: Numbers) -> Numbers:
        rows = (np.arange(self._height, dtype=np.float32)[:, None] * (132 / self._height) + rise * t * 60) % 256
        columns = (np.arange(self._width, dtype=np.float32)[None, :] * (108 / self._width) + sway) % 256
        rows, columns = np.broadcast_arrays(rows, columns)
        found: Numbers = cv2.remap(
            field, np.ascontiguousarray(columns), np.ascontiguousarray(rows), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        )  # fmt: skip
        return found

    def _flame(self, t: float) -> Numbers:
        up, off = self._up, self._off
        lick = self._noise(self._coarse, 2.3, t, 8 * np.sin(2 * t + up * 5))
        fine = self._noise(self._fine, 3.6, t, 31 + 4 * np.sin(3.1 * t + up * 8))
        bent = off + (0.30 * lick + 0.16 * fine) * up * 1.3 + 0.10 * math.sin(2.6 * t) * up - self._lean * up * 0.35
        shape = 0.80 * (1 - up) ** 0.72 * np.clip(up * 9 + 0.42, 0, 1)
        heat = np.clip((shape - np.abs(bent)) * 2.6, 0, 1) + 0.42 * (lick + 0.6 * fine) * (0.25 + up)
        heat = np.clip(heat * np.clip((shape - np.abs(bent)) * 7, 0, 1) * (1.15 - 0.55 * up), 0, 1.3)
        heat *= np.clip((1 - np.abs(off)) * 8, 0, 1) * np.clip((1 - up) * 8, 0, 1)
        red, green, blue = 2.2 * heat**0.9, 0.80 * heat**1.8, 0.13 * heat**4.0
        cover = np.clip(heat * 1.5, 0, 0.85)
        return np.stack([red, green, blue, cover])

    def _smoke(self, t: float) -> Numbers:
        up, off = self._up, self._off
        puff = self._noise(self._coarse, 0.62, t, 5 * np.sin(0.5 * t + up * 3))
        fine = self._noise(self._fine, 0.85, t, 40 + 3 * np.sin(0.8 * t + up * 5))
        bent = off - self._lean * 0.55 * up**1.4 + (0.34 * puff + 0.14 * fine) * up**0.7
        shape = 0.12 + 0.55 * up**0.8
        soft = np.clip((shape - np.abs(bent)) / (0.10 + 0.30 * up), 0, 1)
        dense = soft * smooth(-0.35, 0.65, (puff + 0.6 * fine + 0.25 - 0.45 * up).astype(np.float32))
        cover = 0.62 * dense * (1 - up) ** 0.7 * np.clip(up * 8, 0, 1) * np.clip((1 - np.abs(off)) * 5, 0, 1)
        shade = 0.8 + 0.5 * (puff + 0.6 * fine)
        colour = self._light.ambient * 0.8 + self._light.key * 0.10 + self._light.air * 0.10
        return np.stack([*(cover * shade * float(part) for part in colour), cover])


class _Glow:
    """The light that a fire throws on what is round it."""

    def __init__(self, place: tuple[float, float, float], reach: float) -> None:
        self.x, self.y, self.z = place
        self._reach = reach
        side = 64
        y, x = np.mgrid[0:side, 0:side].astype(np.float32) / (side / 2) - 1 + 1 / side
        fall = np.clip(1 - np.hypot(x, y), 0, 1) ** 2.2
        ink = fall[..., None] * np.array((1.0, 0.40, 0.10), np.float32)
        self._sheet = np.ascontiguousarray(ink.transpose(2, 0, 1), np.float32)
        self.z += 0.02

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        if self.z - camera.z < 0.5:
            return
        scale = 2 * self._reach * camera.metre(self.z) / 64
        flick = 0.30 * (1 + 0.16 * math.sin(9.7 * t) + 0.12 * math.sin(15.1 * t + 1) + 0.08 * math.sin(23 * t))
        left = camera.column(self.x, self.z) - 32 * scale
        add_scaled(out, self._sheet * np.float32(flick), left, camera.row(self.y + 0.3, self.z) - 32 * scale, scale)


def _spot(air: Air) -> tuple[float, float, float]:
    """Beside the stage, where a fire is seen and in nobody's way."""
    random = air.random("hearth")
    z = min(max(air.scenery.stage[0] * 1.35, 4.5), max(4.5, 0.8 * air.scenery.stage[1]))
    z = max(z, 1.3 * air.lens.nearest)
    side = 1.0 if random.random() < 0.5 else -1.0
    return side * 0.30 * air.lens.reach(z), 0.0, z


def fire(air: Air) -> Kit:
    """A camp fire with its glow and its smoke."""
    x, y, z = _spot(air)
    size = min(1.0, 0.45 + 0.4 * air.lens.eye)
    flame = Plume(air, (x, y + 0.04 * size, z - 0.01), (0.85 * size, 1.15 * size), smoky=False)
    smoke = Plume(air, (x, y + 0.7 * size, z + 0.02), (1.9 * size, 3.4 * size), smoky=True)
    glow = _Glow((x, y, z), 2.1 * size)
    beds = (Bed("fire", 0.55, pan=0.5 + 0.3 * (1 if x > 0 else -1)),)
    fires = (Fire(x, y, z, 1.5 * size, 1.7 * size),)
    return Kit((smoke, flame, glow), (_logs(air, (x, y, z), size),), beds, fires=fires)


def _logs(air: Air, place: tuple[float, float, float], size: float) -> Flat:
    """Crossed logs among stones."""
    metre = min(air.lens.metre(place[2]) * 1.1, 420)
    wide, tall = 1.2 * size * metre, 0.36 * size * metre
    canvas, random = Canvas(0, 0, wide, tall), air.random("logs")
    dark = linear(46, 30, 22) * (air.light.ambient + 0.10)
    hot = linear(150, 62, 22) * 0.8
    for k in range(5):
        lean, foot = random.uniform(-0.28, 0.28), wide * (0.26 + 0.12 * k)
        start, end = (foot - lean * wide, tall * 0.88), (foot + lean * wide, tall * random.uniform(0.12, 0.5))
        canvas.limb(start, end, 0.07 * wide * 0.6, 0.05 * wide * 0.6, dark * random.uniform(0.7, 1.3))
        inner = (start[0] * 0.4 + end[0] * 0.6, start[1] * 0.4 + end[1] * 0.6)
        canvas.limb(inner, end, 0.016 * wide, 0.024 * wide, hot)
    for k in range(9):
        x = wide * (0.06 + 0.11 * k)
        stone = linear(90, 84, 80) * (air.light.ambient * 1.2 + air.light.key * 0.2)
        warm = np.array((0.22, 0.08, 0.02)) * math.exp(-(((x / wide - 0.5) / 0.3) ** 2))
        canvas.ellipse(x, tall * 0.86, wide * random.uniform(0.05, 0.075), tall * 0.15, stone + warm)
    return Flat(canvas.layer(), metre, place[0], place[2] - 0.03, haze=0.2)


def smoke(air: Air) -> Kit:
    """Smoke that rises at both sides."""
    _x, _y, z = _spot(air)
    reach = air.lens.reach(z * 1.8)
    far = (Plume(air, (side * reach, 0.0, z * 1.8), (5.0, 8.5), smoky=True) for side in (-0.34, 0.22))
    return Kit((*far, Plume(air, (0.46 * air.lens.reach(z), 0.0, z), (2.4, 4.2), smoky=True)))


def candles(air: Air) -> Kit:
    """Clusters of candles at both sides of the stage, on the ground or on the table."""
    random = air.random("candles")
    flats: list[Flat] = []
    effects: list[Effect] = []
    y = air.scenery.table or 0.0
    small = 0.55 if air.scenery.table is not None else 1.0
    near = max(air.scenery.stage[0], air.lens.nearest * 1.15)
    for k in range(9):
        side = 1 if k % 2 else -1
        z = near * random.uniform(1.05, 1.8)
        x = side * air.lens.reach(z) * random.uniform(0.24, 0.44)
        tall = small * random.uniform(0.12, 0.3)
        flats.append(_candle(air, (x, y, z), tall))
        effects.append(Plume(air, (x, y + tall * 0.96, z - 0.01), (0.07 * small, 0.14 * small), smoky=False, fine=16))
        effects.append(_Glow((x, y + tall - 0.2, z - 0.015), 0.38 * small))
    return Kit(tuple(effects), tuple(flats))


def _candle(air: Air, place: tuple[float, float, float], tall: float) -> Flat:
    metre = min(air.lens.metre(place[2]) * 1.1, 900)
    wide = 0.075 * metre
    height = tall * metre
    y, x = np.mgrid[0 : max(3, round(height)), 0 : max(3, round(wide))].astype(np.float32)
    off = (x + 0.5) / wide * 2 - 1
    inside = np.clip((0.9 - np.abs(off)) * wide * 0.5, 0, 1)
    lit = np.sqrt(np.clip(1 - off**2, 0, 1))[..., None]
    down = np.exp(-y / max(1.0, 0.45 * height))[..., None]
    wax = linear(240, 226, 200) * (air.light.ambient * 1.2 + 0.02) * (0.4 + 0.6 * lit)
    warm = down * np.array((1.3, 0.62, 0.20), np.float32) * (0.5 + 0.5 * lit)
    return Flat(layer_of((wax + warm).astype(np.float32), inside.astype(np.float32)), metre, *_at(place), haze=0.1)


def _at(place: tuple[float, float, float]) -> tuple[float, float, float]:
    """As a Flat takes it: x, z, y."""
    return place[0], place[2], place[1]


_INKS = (
    (1.0, 0.12, 0.06),
    (1.0, 0.50, 0.10),
    (0.12, 0.85, 0.25),
    (0.12, 0.32, 1.0),
    (0.95, 0.15, 0.75),
    (1.0, 0.66, 0.26),
)


@dataclass(frozen=True, slots=True)
class _Burst:
    """One rocket: when it starts, where it bursts, how its stars fly apart, their colours; `slow` ones trail long."""

    at: float
    place: Numbers
    flying: Numbers
    colour: Numbers
    slow: bool


class _Rockets:
    """Fireworks: each rises, bursts, and its stars fall and go out."""

    z = math.inf
    _RISE, _BURN = 0.9, 1.9

    def __init__(self, air: Air, starts: tuple[float, ...]) -> None:
        self._unit = math.sqrt(air.lens.width * air.lens.height) / 960
        top = air.lens.horizon / air.lens.focal
        self._bursts = [self._burst(air.random(f"rocket {k}"), start, top) for k, start in enumerate(starts)]

    def _burst(self, random: np.random.Generator, start: float, top: float) -> _Burst:
        kind = random.choice(["peony", "willow", "ring", "double"])
        count = {"peony": 170, "willow": 120, "ring": 72, "double": 190}[kind]
        heading, tip = random.uniform(0, math.tau, count), np.arccos(random.uniform(-1, 1, count))
        speed = np.full(count, 1.0)
        if kind == "ring":
            heading, tip = np.linspace(0, math.tau, count, endpoint=False), np.full(count, math.pi / 2)
        elif kind == "double":
            speed[: count // 2] = 0.55
        flying = np.stack([np.sin(tip) * np.cos(heading), np.sin(tip) * np.sin(heading)], 1)
        flying *= (speed * random.uniform(0.92, 1.05, count))[:, None] * random.uniform(0.30, 0.44)
        inks = np.array(_INKS)
        ink = inks[random.integers(0, len(inks))] if kind != "willow" else inks[1]
        colours = np.repeat(ink[None], count, 0)
        if kind == "double":
            colours[: count // 2] = inks[random.integers(0, len(inks))]
        place = np.array((random.uniform(-0.42, 0.42), random.uniform(0.42, 0.78) * top))
        return _Burst(start, place, flying, colours, bool(kind == "willow"))

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        for burst in self._bursts:
            age = t - burst.at
            if 0 <= age < self._RISE:
                self._rise(out, camera, burst, age / self._RISE)
            elif self._RISE <= age < self._RISE + self._BURN:
                self._burn(out, camera, burst, age - self._RISE)

    def _rise(self, out: Planes, camera: Camera, burst: _Burst, part: float) -> None:
        x, y = burst.place
        up, below = 1 - (1 - part) ** 2, 1 - (1 - max(0.0, part - 0.12)) ** 2
        column, unit = camera.centre + x * camera.focal, self._unit
        ends = (column, camera.horizon - below * y * camera.focal, column, camera.horizon - up * y * camera.focal)
        draw_strokes(
            out, np.array([(*ends, 0.1, 1.1 * unit, 1.2 * unit, 0.8 * (1 - part**4), 2.6, 1.5, 0.6)], np.float32)
        )

    def _burn(self, out: Planes, camera: Camera, burst: _Burst, age: float) -> None:
        place, flying, colour = burst.place, burst.flying, burst.colour
        part = age / self._BURN
        drag = 2.6
        fall = 0.045 if not burst.slow else 0.085

        def at(moment: float) -> Numbers:
            gone = flying * (1 - math.exp(-drag * moment)) / drag * 2.1
            return np.asarray(place + gone - np.array((0, fall * moment * moment)), np.float32)

        now, before = at(age), at(max(0.0, age - (0.10 if not burst.slow else 0.30)))
        number = np.arange(len(now))
        glitter = np.where(part > 0.55, 0.45 + 0.55 * np.sin(34 * age + number * 2.4), 1.0)
        strong = np.clip((1 - part) ** 1.1 * glitter * 1.15, 0, 1)
        hot = (0.5 + 2.4 * math.exp(-age * 8)) * (1 - 0.4 * part)
        white = math.exp(-age * 13)
        ink = (colour * (1 - white) + white) * hot * 1.5
        radius = self._unit * 1.15 * (1 - 0.5 * part)
        x0, y0 = camera.centre + before[:, 0] * camera.focal, camera.horizon - before[:, 1] * camera.focal
        x1, y1 = camera.centre + now[:, 0] * camera.focal, camera.horizon - now[:, 1] * camera.focal
        draw_strokes(
            out, strokes_of(x0, y0, x1, y1, 0.15, radius, radius * 0.9, strong, ink[:, 0], ink[:, 1], ink[:, 2])
        )
        if age < 0.5:
            x, y = camera.centre + place[0] * camera.focal, camera.horizon - place[1] * camera.focal
            wide, bright = 0.30 * camera.focal, 0.30 * math.exp(-age * 7)
            tone = colour.mean(axis=0) * 0.9 + 0.25
            draw_strokes(out, np.array([(x, y, x, y, 0, 0, wide, bright, *tone)], np.float32))


def fireworks(air: Air) -> Kit:
    """Rockets, a new one before the last has gone out."""
    random, starts = air.random("rockets"), []
    at = -0.6
    while at < air.shot.seconds - 0.4:
        starts.append(at)
        at += float(random.uniform(0.35, 0.95))
    hits = []
    for k, start in enumerate(starts):
        burst = start + _Rockets._RISE / air.rate
        pan = 0.5 + 0.3 * math.sin(k * 2.4)
        if start > 0:
            hits.append(Hit("whoosh", start, 0.25, pan))
        if burst < air.shot.seconds - 0.1:
            hits.append(Hit("landing", burst, 0.9, pan))
    return Kit((_Rockets(air, tuple(start * air.rate for start in starts)),), hits=tuple(hits))


def mist(air: Air) -> Kit:
    """Banks of mist that drift by at several distances."""
    random, lens, flats = air.random("mist"), air.lens, []
    tint = air.light.air * 1.05 + air.light.ambient * 0.15
    for k, (z, tall) in enumerate(((7.0, 1.3), (16.0, 3.2), (42.0, 8.0), (130.0, 20.0))):
        width, height = 384, 72
        period = lens.reach(z) * 1.7
        y = (np.arange(height, dtype=np.float32) + 0.5)[:, None] / height
        cloud = grain((width, height), (5, 2), random, 5)
        rise = smooth(0.0, 0.75, y.astype(np.float32)) * np.clip((1 - y) * 5, 0, 1)
        cover = rise * smooth(-0.55, 0.85, (cloud + 0.45 * y).astype(np.float32)) * (0.34, 0.42, 0.5, 0.55)[k]
        tall = min(tall, 0.9 * lens.eye + 0.055 * z)
        layer = layer_of((tint * (1 + 0.12 * cloud[..., None])).astype(np.float32), cover.astype(np.float32))
        wide = width * 1.0
        metre = wide / period
        high = max(4, round(tall * metre))
        layer = cv2.resize(layer, (width, high), interpolation=cv2.INTER_AREA if high < height else cv2.INTER_CUBIC)
        layer = np.clip(layer, 0, None).astype(np.float32)
        drift = air.windy * (0.5 + 0.25 * k) * air.rate
        flats.append(Flat(layer, metre, 0.0, z, -0.06 * tall, period=period, drift=drift, haze=0.0))
    return Kit(flats=tuple(flats))
