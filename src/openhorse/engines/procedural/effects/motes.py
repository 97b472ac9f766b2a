"""Small things adrift in: fireflies, dust, sparks, petals, leaves, bubbles, lanterns in depth out. Knows no place."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.stamps import Stamps
from openhorse.engines.procedural.drawing.strokes import draw_strokes
from openhorse.engines.procedural.effects.air import Air, Box, Kit, Numbers, Seen, blur, boxes
from openhorse.engines.procedural.effects.fall import strokes_of
from openhorse.engines.procedural.gusts import force
from openhorse.engines.procedural.world.camera import Camera

_FACES = 20
"""In how many turns a tumbling thing is painted."""


class _Fireflies:
    """Points of light that wander and blink."""

    def __init__(self, air: Air, box: Box, colour: tuple[float, float, float] = (1.0, 0.95, 0.20)) -> None:
        self._box, self.z, self._air, self._colour = box, box.far, air, np.array(colour, np.float32)
        random = air.random(f"fireflies {box.near}")
        count = len(box.spots)
        self._phase = random.uniform(0, math.tau, (4, count)).astype(np.float32)
        self._pace = random.uniform(0.5, 1.1, (3, count)).astype(np.float32)
        self._blink = (math.tau / random.uniform(1.8, 3.6, count)).astype(np.float32)

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        a, pace = self._phase, self._pace
        moved = (
            0.45 * np.sin(pace[0] * t + a[0]) + 0.12 * np.sin(2.7 * pace[1] * t + a[1]),
            0.22 * np.sin(pace[1] * t + a[2]) + 0.07 * np.sin(3.1 * pace[2] * t + a[0]),
            0.3 * np.sin(pace[2] * t + a[1]),
        )
        seen = self._box.seen(camera, moved)
        shine = np.clip(0.25 + np.sin(self._blink * t + a[3]), 0, 1) ** 1.5 * seen.here
        soft = blur(self._air, seen.z, 5.0)
        core = np.maximum(0.011 * seen.metre, 0.7) + 0.5 * soft
        halo = 0.085 * seen.metre + 2 * soft
        faint = np.clip(0.011 * seen.metre / core, 0.25, 1)
        draw_strokes(
            out, strokes_of(seen.x, seen.y, seen.x, seen.y, 0.0, 0.0, halo, 0.30 * shine * faint, *self._colour)
        )
        draw_strokes(
            out,
            strokes_of(
                seen.x,
                seen.y,
                seen.x,
                seen.y,
                core * 0.5,
                core * 0.5,
                0.6 * core,
                shine * faint,
                *(4.2 * self._colour + 0.7),
            ),
        )


class _Dust:
    """Motes that hang in the light."""

    def __init__(self, air: Air, box: Box, colour: Numbers, strong: float, size: float) -> None:
        self._box, self.z, self._air = box, box.far, air
        self._colour, self._strong, self._size = colour, strong, size
        random = air.random(f"dust {box.near}")
        count = len(box.spots)
        self._phase = random.uniform(0, math.tau, (3, count)).astype(np.float32)
        self._pace = random.uniform(0.2, 0.6, count).astype(np.float32)
        self._big = (0.5 + random.uniform(0, 1, count) ** 2).astype(np.float32)

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        a = self._phase
        moved = (
            self._air.windy * 0.16 * t + 0.2 * np.sin(self._pace * t + a[0]),
            0.16 * np.sin(self._pace * 1.3 * t + a[1]) - 0.02 * t,
            0.2 * np.sin(self._pace * t + a[2]),
        )
        seen = self._box.seen(camera, moved)
        true = self._size * self._big * seen.metre
        radius = np.maximum(true, 0.35) + 0.8 * blur(self._air, seen.z, 4.0)
        twinkle = 0.7 + 0.3 * np.sin(2.1 * self._pace * t + a[1])
        strong = seen.here * twinkle * np.clip(1.6 * true / radius, 0.08, 1) * self._strong
        red, green, blue = self._colour
        draw_strokes(
            out,
            strokes_of(
                seen.x, seen.y, seen.x, seen.y, radius * 0.6, radius * 0.6, 0.4 + 0.5 * radius, strong,
                red, green, blue,
            ),
        )  # fmt: skip


class _Sparks:
    """Embers that rise, swirl and go out."""

    def __init__(self, air: Air, box: Box) -> None:
        self._box, self.z, self._air = box, box.far, air
        random = air.random(f"sparks {box.near}")
        count = len(box.spots)
        self._phase = random.uniform(0, math.tau, (3, count)).astype(np.float32)
        self._speed = random.uniform(0.5, 1.6, count).astype(np.float32)

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        now, before = self._seen(camera, t), self._seen(camera, t - 1 / 40)
        joined = np.abs(now.y - before.y) < 60
        glow = np.clip(0.55 + 0.45 * np.sin(7 * self._speed * t + self._phase[0]), 0, 1) * now.here * joined
        radius = np.maximum(0.0035 * now.metre, 0.45)
        hot = 1.5 + 3.5 * glow
        draw_strokes(out, strokes_of(now.x, now.y, now.x, now.y, 0.0, 0.0, radius * 7, 0.22 * glow, 1.0, 0.32, 0.05))
        draw_strokes(
            out,
            strokes_of(before.x, before.y, now.x, now.y, radius * 0.5, radius, 0.6, glow, hot, hot * 0.42, hot * 0.09),
        )

    def _seen(self, camera: Camera, t: float) -> Seen:
        a = self._phase
        swirl = 0.22 * np.sin(1.7 * self._speed * t + a[1]) + 0.08 * np.sin(5.3 * t + a[2])
        return self._box.seen(camera, (self._air.windy * 0.5 * t + swirl, self._speed * t, 0.1 * np.sin(t + a[0])))


@dataclass(frozen=True, slots=True)
class Way:
    """How a painted thing goes: metres a second up, how far it swings, its size in metres, how fast it tumbles.

    `carried` is the part of the wind that takes it along. `flicker` is how much its own light varies.
    """

    up: float
    swing: float
    size: float
    tumble: float
    carried: float
    flicker: float = 0.0


class _Painted:
    """Painted things of one depth: `kinds` of `faces` turns each."""

    def __init__(self, air: Air, box: Box, stamps: Stamps, kinds: int, faces: int, way: Way) -> None:
        self._box, self.z, self._air = box, box.far, air
        self._stamps, self._faces, self._way = stamps, faces, way
        random = air.random(f"painted {box.near} {way.size}")
        count = len(box.spots)
        self._kind = random.integers(0, kinds, count)
        self._phase = random.uniform(0, math.tau, (4, count)).astype(np.float32)
        self._pace = random.uniform(0.7, 1.4, count).astype(np.float32)
        self._size = (way.size * random.uniform(0.75, 1.3, count)).astype(np.float32)
        self._depth = np.zeros((0, 0), np.float32)

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        if self._depth.shape != out.shape[1:]:
            self._depth = np.full(out.shape[1:], 1e9, np.float32)
        air, way, a, pace = self._air, self._way, self._phase, self._pace
        gone = air.windy * way.carried * (t + 0.5 * math.sin(0.9 * t) * force(t, air.shot.seed))
        swing = way.swing * np.sin(1.9 * pace * t + a[0])
        moved = (
            gone * (0.7 + 0.5 * pace) + swing,
            way.up * pace * t + 0.3 * way.swing * np.sin(3.8 * pace * t + 2 * a[0]),
            0.6 * way.swing * np.sin(1.3 * pace * t + a[1]),
        )
        seen = self._box.seen(camera, moved)
        turn = np.mod((way.tumble * pace * t + a[2]) / math.tau + 0.08 * np.sin(1.9 * pace * t + a[0]), 1)
        face = np.minimum((turn * self._faces).astype(np.int64), self._faces - 1)
        tall = self._size * seen.metre * np.minimum(1, 3 * seen.here)
        burning = 1 + way.flicker * np.sin(9 * pace * t + a[3]) * np.sin(5.3 * t + a[1])
        places = np.stack([seen.x, seen.y + tall / 2, tall, self._kind * self._faces + face, burning, seen.z], axis=1)
        shown = (tall > 1.2) & (tall < 0.7 * out.shape[1]) & (seen.here > 0)
        order = np.argsort(-seen.z[shown], kind="stable")
        self._stamps.draw(out, self._depth, places[shown][order].astype(np.float32))


def _turned(shape: Callable[[np.ndarray, np.ndarray], np.ndarray], colour: Numbers, shade: Numbers) -> Numbers:
    """A flat thing's faces as it tumbles, `_FACES` × 56 × 56 × 4; `shape` covers a unit square (−1…1)."""
    side = 56
    y, x = np.mgrid[0 : side * 2, 0 : side * 2].astype(np.float32) / side - 1 + 0.5 / side
    faces = []
    for k in range(_FACES):
        angle = math.tau * k / _FACES
        roll, tip = angle + 0.6, math.cos(angle * 2 + 0.4) * 0.82 + 0.16
        u = (x * math.cos(roll) + y * math.sin(roll)) * 1.12
        v = (y * math.cos(roll) - x * math.sin(roll)) * 1.12 / (math.copysign(max(0.16, abs(tip)), tip))
        inside = np.clip((1 - shape(u, v)) * side * 0.32 + 0.5, 0, 1)
        inside[:2], inside[-2:], inside[:, :2], inside[:, -2:] = 0, 0, 0, 0
        lit = np.clip(0.5 + 0.5 * math.sin(angle * 2) + 0.3 * u, 0, 1)[..., None]
        vein = 1 - 0.16 * np.exp(-((v / 0.09) ** 2))[..., None]
        ink = (shade + (colour - shade) * lit) * vein * inside[..., None]
        face = np.dstack([ink, inside]).astype(np.float32)
        faces.append(cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA))
    return np.stack(faces)


def _petal(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """A cherry's petal: a drop with a notch at its broad end."""
    wide = 0.58 * np.sqrt(np.clip(1 - u * u, 1e-4, 1)) * (0.72 + 0.42 * u) + 1e-3
    notch = np.clip(1.5 - (np.hypot(u - 1.0, v * 1.6) / 0.22), 0, 1)
    return np.asarray(np.where(np.abs(u) < 0.98, np.abs(v) / wide, 2.0) + notch)


def _leaf(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """A leaf with a point and a stalk."""
    wide = 0.46 * np.clip(1 - u, 0, 2) ** 0.62 * np.clip(u + 0.82, 0, 2) ** 0.5 + 1e-3
    wide = wide * (1 + 0.07 * np.sin(u * 21)) + np.where(u < -0.7, 0.035, 0)
    return np.where(np.abs(u) < 0.97, np.abs(v) / wide, 2.0)


def _maple(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """A maple's leaf: five lobes and a stalk."""
    angle, far = np.arctan2(v, u), np.hypot(u, v)
    lobes = 0.42 + 0.5 * np.abs(np.cos(angle * 2.5)) ** 1.4 * (0.62 + 0.38 * np.cos(angle))
    stalk = np.where((u < 0) & (u > -0.95), np.abs(v) / 0.05, 2.0)
    return np.asarray(np.minimum(far / lobes, stalk))


def _tumbling(air: Air, what: str, forms: list[Numbers], way: Way, depths: tuple[tuple[float, float, int], ...]) -> Kit:
    stamps = Stamps(np.concatenate(forms))
    return Kit(tuple(_Painted(air, box, stamps, len(forms), _FACES, way) for box in boxes(air, what, depths)))


def petals(air: Air) -> Kit:
    """Cherry petals that fall and turn in the wind."""
    lit = np.asarray(air.light.ambient * 1.5 + air.light.key * 0.5, np.float32)
    forms = [
        _turned(_petal, linear(255, 214, 224) * lit, linear(236, 150, 176) * lit),
        _turned(_petal, linear(255, 232, 238) * lit, linear(244, 176, 196) * lit),
    ]
    depths = ((1.2, 2.6, 10), (2.4, 6, 80), (5, 13, 260), (12, 30, 300))
    return _tumbling(air, "petals", forms, Way(-0.5, 0.22, 0.05, 2.4, 1.3), depths)


def leaves(air: Air) -> Kit:
    """Leaves that the wind takes along; in autumn's colours where it is autumn."""
    lit = np.asarray(air.light.ambient * 1.3 + air.light.key * 0.55, np.float32)
    season = air.shot.brief.season
    if season is None or season.value in ("autumn", "winter"):
        inks = ((218, 120, 30), (196, 66, 30), (226, 176, 50), (150, 86, 40))
    else:
        inks = ((120, 160, 54), (150, 176, 70), (92, 134, 50), (180, 180, 80))
    forms = []
    for k, ink in enumerate(inks):
        colour = linear(*ink) * lit
        forms.append(_turned(_maple if k % 2 else _leaf, colour, colour * np.float32(0.42)))
    depths = ((1.3, 3, 10), (2.6, 7, 75), (6, 15, 190), (14, 34, 200))
    return _tumbling(air, "leaves", forms, Way(-0.75, 0.3, 0.085, 3.0, 2.1), depths)


def bubbles(air: Air) -> Kit:
    """Bubbles that rise: of air under water, of soap elsewhere."""
    under = air.scenery.medium == "water"
    way = Way(0.42 if under else 0.10, 0.08 if under else 0.3, 0.035 if under else 0.12, 0.0, 0.1 if under else 0.5)
    kinds = [_bubble(air, under, k) for k in range(3)]
    stamps = Stamps(np.stack(kinds))
    depths = ((1.2, 3, 8 if under else 3), (2.6, 7, 50 if under else 14), (6, 16, 90 if under else 26))
    return Kit(tuple(_Painted(air, box, stamps, len(kinds), 1, way) for box in boxes(air, "bubbles", depths)))


def _bubble(air: Air, under: bool, kind: int) -> Numbers:
    """A clear ball, bright along its edge, with a window in it."""
    side = 72
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / (side / 2) - 1 + 1 / side
    far = np.hypot(x, y) / 0.92
    inside = np.clip((1 - far) * side * 0.4, 0, 1)
    edge = np.exp(-(((far - 0.95) / 0.09) ** 2)) * inside
    window = np.exp(-(((x + 0.36) / 0.2) ** 2 + ((y + 0.42) / 0.14) ** 2)) * inside
    below = np.exp(-(((x - 0.3) / 0.3) ** 2 + ((y - 0.5) / 0.14) ** 2)) * inside * 0.35
    hue = np.stack([0.6 + 0.4 * np.sin(4 * x + 3 * y + kind * 2 + k * 2.1) for k in range(3)], axis=-1)
    if under:
        hue = np.ones_like(hue) * np.array((0.75, 0.95, 1.0), np.float32)
    lit = air.shine * 1.2 + air.light.air * 0.4
    colour = (hue * edge[..., None] * 0.75 + (window * 1.6 + below)[..., None]) * lit
    cover = np.clip(0.05 * inside + 0.30 * edge + 0.6 * window, 0, 1)
    return np.asarray(np.dstack([colour, cover]), np.float32)


def lanterns(air: Air) -> Kit:
    """Paper lanterns that rise into the sky."""
    way = Way(0.34, 0.12, 0.95, 0.0, 0.35, flicker=0.12)
    stamps = Stamps(np.stack([_lantern(k) for k in range(3)]))
    depths = ((5, 11, 5), (10, 26, 26), (24, 70, 60), (60, 170, 110))
    made = boxes(air, "lanterns", depths, low=0.6)
    return Kit(tuple(_Painted(air, box, stamps, 3, 1, way) for box in made))


def _lantern(kind: int) -> Numbers:
    """A sky lantern lit from within: wide above, narrow below, brightest where the flame is."""
    side = 96
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / (side / 2) - 1 + 1 / side
    wide = (0.50 - 0.13 * (y + 0.1)) * np.clip((y + 0.86) / 0.34, 0, 1) ** 0.42
    inside = np.clip((wide - np.abs(x)) * side * 0.5, 0, 1) * np.clip((0.68 - y) * side * 0.5, 0, 1)
    flame = np.exp(-((x / 0.34) ** 2 + ((y - 0.55) / 0.62) ** 2))
    ribs = 1 - 0.22 * np.exp(-(((np.mod(x / np.maximum(wide, 0.05) * 2.5 + 0.5, 1) - 0.5) / 0.08) ** 2))
    glow = (0.30 + 1.35 * flame) * ribs * (1 - 0.35 * (np.abs(x) / np.maximum(wide, 0.05)) ** 3)
    hue = np.array(((1.0, 0.42, 0.10), (1.0, 0.36, 0.07), (1.0, 0.50, 0.16))[kind], np.float32)
    ink = glow[..., None] * hue * 2.1 + (flame**6)[..., None] * np.array((1.6, 0.9, 0.25), np.float32)
    halo = np.exp(-((x / 0.5) ** 2 + ((y - 0.1) / 0.55) ** 2) * 1.6) * (1 - inside) * 0.16
    picture = ink * inside[..., None] + halo[..., None] * hue
    picture[:2], picture[-2:], picture[:, :2], picture[:, -2:] = 0, 0, 0, 0
    return np.asarray(np.dstack([picture, inside * 0.98]), np.float32)


def fireflies(air: Air) -> Kit:
    """Fireflies above the ground."""
    tall = min(1.0, 0.35 + 0.5 * air.lens.eye)
    depths = ((1.4, 3.5, 10), (3, 8, 46), (7, 18, 80))
    made = boxes(air, "fireflies", depths, low=0.08, high=0.2 + 2.4 * tall)
    return Kit(tuple(_Fireflies(air, box) for box in made))


def dust(air: Air) -> Kit:
    """Motes in the light."""
    colour = np.asarray(air.light.key * 0.8 + air.light.ambient, np.float32)
    depths = ((0.8, 2, 40), (1.8, 5, 130), (4, 11, 160))
    return Kit(tuple(_Dust(air, box, colour, 0.55, 0.0026) for box in boxes(air, "dust", depths)))


def sparks(air: Air) -> Kit:
    """Embers all through the air."""
    depths = ((1.2, 3, 16), (2.6, 7, 60), (6, 16, 90))
    return Kit(tuple(_Sparks(air, box) for box in boxes(air, "sparks", depths)))


def sea_sparkle(air: Air) -> Kit:
    """Small creatures that shine in the dark of the deep."""
    made = boxes(air, "sparkle", ((1.2, 3.0, 14), (2.6, 7, 70), (6, 15, 120)))
    return Kit(tuple(_Fireflies(air, box, (0.15, 0.75, 1.0)) for box in made))


def plankton(air: Air) -> Kit:
    """What drifts in water, seen in the light from above."""
    colour = np.asarray(air.light.air * 1.1 + 0.10, np.float32)
    depths = ((0.8, 2, 40), (1.8, 5, 150), (4, 12, 200))
    return Kit(tuple(_Dust(air, box, colour, 0.5, 0.0035) for box in boxes(air, "plankton", depths)))
