"""An animal and a moment in; its furred picture with mirror image, shadow, prints, spray and footfalls out.

Knows no sky and no tide: the scene says where the ground is, how wet, and what light falls.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.strokes import STROKE_COLUMNS, draw_strokes
from openhorse.engines.procedural.players.creature import Light, Stand, in_view, render
from openhorse.engines.procedural.players.gait import Gait
from openhorse.engines.procedural.players.quadruped import at_rest, pose
from openhorse.engines.procedural.players.species import Build

Array = NDArray[np.floating]

_YAW, _PITCH = math.radians(-20), math.radians(5)
_FINEST = 560.0  # pixels per metre beyond which the sprite is enlarged instead: fur is soft
_GRAVITY = 9.8
_DROPS = 60
_PRINT_LIFE = 9.0


@dataclass(frozen=True, slots=True)
class Footfall:
    """A foot meets the ground (or leaves it): when, in seconds of the film, and which of the four."""

    at: float
    foot: int
    landing: bool


@dataclass(frozen=True, slots=True)
class Footing:
    """Where the animal is in the picture: its ground point, pixels per metre, and the colours around it."""

    x: float
    y: float
    pixels_per_metre: float
    shade: Array
    sparkle: Array
    sand: Array
    shadow_x: float
    shadow_strength: float


class Runner:
    """One animal that keeps its gait for the whole film, `rate` of real speed, starting at `phase` of its cycle."""

    def __init__(self, build: Build, gait: Gait, rate: float, phase: float, seed: int) -> None:
        self.build, self.gait, self.rate, self.phase, self.seed = build, gait, rate, phase, seed
        self.cycle = gait.cycle * math.sqrt(build.size * build.leg) / rate
        self.speed = gait.stride * build.leg * build.size / self.cycle
        self._rest = at_rest(build, gait)
        poses = [pose(build, gait, k / 6) for k in range(6)]
        seen = np.concatenate([in_view(p.rig, self._rest, Stand(1, 0, 0, _YAW, _PITCH)) for p in poses])
        margin = seen[:, 6:8].max(axis=1) + seen[:, 13] + 0.03
        self.left = float((np.minimum(seen[:, 0], seen[:, 3]) - margin).min())
        self.right = float((np.maximum(seen[:, 0], seen[:, 3]) + margin).max())
        self.top = float((np.maximum(seen[:, 1], seen[:, 4]) + margin).max())
        self._bottom = 0.07
        self._landings = [self._foot_at(foot, 0.0) for foot in range(4)]
        self._leavings = [self._foot_at(foot, gait.stance) for foot in range(4)]
        self._sprite = np.zeros((4, 1, 1), np.float32)

    def _foot_at(self, foot: int, into: float) -> tuple[float, float]:
        found = pose(self.build, self.gait, self.gait.footfalls[foot] + into + 1e-4).feet[foot]
        return found.x, found.z

    def footfalls(self, start: float, end: float) -> list[Footfall]:
        """All landings and leavings between two moments of the film, in order."""
        found = []
        for foot, offset in enumerate(self.gait.footfalls):
            for landing, into in ((True, 0.0), (False, self.gait.stance)):
                first = offset + into - self.phase
                k = math.ceil(start / self.cycle - first)
                while (k + first) * self.cycle < end:
                    found.append(Footfall((k + first) * self.cycle, foot, landing))
                    k += 1
        return sorted(found, key=lambda fall: (fall.at, fall.foot))

    def draw(self, out: Planes, polish: Array, footing: Footing, light: Light, t: float) -> None:
        """The animal at `t` seconds: prints, mirror image, shadow, spray behind, itself, spray before."""
        posed = pose(self.build, self.gait, t / self.cycle + self.phase)
        sprite, x0, y0 = self._picture(posed.rig, footing, light)
        draw_strokes(out, self._prints(footing, t))
        _mirror(out, polish, sprite, x0, y0, footing)
        feet = [(foot.x, foot.y, foot.z, foot.down) for foot in posed.feet]
        draw_strokes(out, self._shadows(footing, feet))
        drops = self._spray(footing, t)
        draw_strokes(out, drops[::3])
        _lay(out, sprite, x0, y0)
        draw_strokes(out, np.concatenate([drops[1::3], drops[2::3]]))

    def _picture(self, rig: Array, footing: Footing, light: Light) -> tuple[Array, int, int]:
        # the sprite, and the picture's pixel of its upper left corner
        wanted = footing.pixels_per_metre
        scale = min(1.0, _FINEST / wanted)
        fine = wanted * scale
        width, height = (
            math.ceil((self.right - self.left) * fine) + 3,
            math.ceil((self.top + self._bottom) * fine) + 3,
        )
        if self._sprite.shape != (4, height, width):
            self._sprite = np.zeros((4, height, width), np.float32)
        x0 = math.floor(footing.x + self.left * wanted)
        y0 = math.floor(footing.y - self.top * wanted)
        stand = Stand(fine, (footing.x - x0) * scale, (footing.y - y0) * scale, _YAW, _PITCH)
        render(self._sprite, rig, self._rest, stand, light)
        if scale == 1.0:
            return self._sprite, x0, y0
        size = (int(width / scale), int(height / scale))
        matrix = np.array([[scale, 0, 0.5 * scale - 0.5], [0, scale, 0.5 * scale - 0.5]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.stack([cv2.warpAffine(plane, matrix, size, flags=flags) for plane in self._sprite]), x0, y0

    def _ground(self, footing: Footing, x: float, z: float) -> tuple[float, float]:
        # a point of the ground, from metres ahead of the animal's middle and towards the viewer
        m = footing.pixels_per_metre
        sideways = x * math.cos(_YAW) + z * math.sin(_YAW)
        towards = -x * math.sin(_YAW) + z * math.cos(_YAW)
        return footing.x + sideways * m, footing.y + towards * math.sin(_PITCH) * m

    def _shadows(self, footing: Footing, feet: Sequence[tuple[float, float, float, bool]]) -> Array:
        m, size = footing.pixels_per_metre, self.build.size
        strength = footing.shadow_strength
        rows = []
        lean = footing.shadow_x * m * size
        for reach, opacity in ((0.42, 0.34), (0.24, 0.30)):
            a, b = self._ground(footing, -reach * size, 0), self._ground(footing, reach * 0.85 * size, 0)
            radius = 0.055 * m * size
            rows.append(
                (a[0] + lean, a[1] + 0.02 * m, b[0] + lean, b[1] + 0.02 * m, radius * 0.5, radius * 0.5, radius)
            )
            rows[-1] += (opacity * strength, *footing.shade)
        for x, y, z, down in feet:
            px, py = self._ground(footing, x, z)
            near = max(0.0, 1.0 - y / (0.16 * size)) if not down else 1.0
            radius = (0.030 + 0.03 * (1 - near)) * m * size
            soft = radius * (0.45 + 0.8 * (1 - near))
            rows.append((px - radius * 1.0, py, px + radius * 0.8, py, radius * 0.28, radius * 0.28, soft))
            rows[-1] += (0.62 * near * strength, *footing.shade)
        return np.array(rows, np.float32)

    def _prints(self, footing: Footing, t: float) -> Array:
        # hollows that the feet have left, which fill slowly
        rows = []
        m, size = footing.pixels_per_metre, self.build.size
        since = max(0.0, (footing.x + 0.6 * m) / (self.speed * m))
        for fall in self.footfalls(t - min(since, _PRINT_LIFE), t):
            if fall.landing:
                continue
            age = t - fall.at
            x, z = self._leavings[fall.foot]
            px, py = self._ground(footing, x - 0.01, z)
            px -= self.speed * age * m
            radius = 0.021 * m * size
            fade = 0.34 * max(0.0, 1 - age / _PRINT_LIFE)
            rows.append((px - radius, py + 1, px + radius, py + 1, radius * 0.36, radius * 0.30, radius * 0.35, fade))
            rows[-1] += tuple(footing.shade)
            rows.append(
                (px - radius, py + radius * 0.55, px + radius, py + radius * 0.55, 0.5, 0.5, radius * 0.22, fade)
            )
            rows[-1] += tuple(footing.sand * 1.15)
        return np.array(rows, np.float32).reshape(-1, STROKE_COLUMNS)

    def _spray(self, footing: Footing, t: float) -> Array:
        # wet sand and water thrown back by each foot that leaves, and a little by each that lands
        life = 0.42 / self.rate
        blocks = [self._burst(fall, footing, t) for fall in self.footfalls(t - life, t)]
        return np.concatenate([np.zeros((0, STROKE_COLUMNS), np.float32), *blocks])

    def _burst(self, fall: Footfall, footing: Footing, t: float) -> Array:
        number = round(fall.at / self.cycle * 40)
        rng = np.random.default_rng((self.seed, number & 0xFFFFFFFF, fall.foot))
        m, size = footing.pixels_per_metre, self.build.size
        count = _DROPS if not fall.landing else _DROPS // 2
        force = (1.0 if not fall.landing else 0.62) * (0.35 + 0.65 * min(1.0, self.gait.lift / 0.2)) * math.sqrt(size)
        age = (t - fall.at) * self.rate
        angle = rng.normal(2.2 if not fall.landing else 1.5, 0.38 if not fall.landing else 0.7, count)
        pace = rng.gamma(2.4, 0.50, count) * force
        vx, vy = np.cos(angle) * pace, np.sin(angle) * pace
        x, z = (self._landings if fall.landing else self._leavings)[fall.foot]
        px, py = self._ground(footing, x, z)
        drag = 1 / (1 + 1.4 * age)
        back = self.speed / self.rate * age
        height = vy * age * drag - 0.5 * _GRAVITY * age * age
        shutter = 0.009  # seconds of real time that the shutter is open
        step_x, step_y = (vx * drag - self.speed / self.rate * 0.15) * shutter, (vy - _GRAVITY * age) * shutter
        across = px + (vx * age * drag - back) * m + rng.normal(0, 0.012, count) * m
        up = py - height * m + rng.normal(0, 0.010, count) * m
        radius = rng.gamma(1.6, 0.00085, count) * m * math.sqrt(size)
        rows = np.zeros((count, STROKE_COLUMNS), np.float32)
        rows[:, 0], rows[:, 1] = across - step_x * m * 0.5, up + step_y * m * 0.5
        rows[:, 2], rows[:, 3] = across + step_x * m * 0.5, up - step_y * m * 0.5
        rows[:, 4] = 0.2
        rows[:, 5] = np.maximum(0.25, radius)
        rows[:, 6] = np.maximum(0.0016 * m, radius * 0.9)
        over = np.clip(age / 0.42, 0, 1)
        rows[:, 7] = np.clip(radius * (270 / m), 0.14, 0.72) * (1 - over * over) * (height > -0.004)
        wet = rng.random(count) < 0.55
        rows[:, 8:11] = np.where(wet[:, None], footing.sparkle, footing.sand)
        return rows


def _window(out: Planes, sprite: Array, x0: int, y0: int) -> tuple[slice, slice, slice, slice] | None:
    # the part of the picture that the sprite covers, and the part of the sprite that falls within
    top, bottom = max(0, y0), min(out.shape[1], y0 + sprite.shape[1])
    left, right = max(0, x0), min(out.shape[2], x0 + sprite.shape[2])
    if top >= bottom or left >= right:
        return None
    return slice(top, bottom), slice(left, right), slice(top - y0, bottom - y0), slice(left - x0, right - x0)


def _lay(out: Planes, sprite: Array, x0: int, y0: int) -> None:
    window = _window(out, sprite, x0, y0)
    if window is None:
        return
    rows, columns, sprite_rows, sprite_columns = window
    keep = 1 - sprite[3, sprite_rows, sprite_columns]
    for channel in range(3):
        part = out[channel, rows, columns]
        part *= keep
        part += sprite[channel, sprite_rows, sprite_columns]


def _mirror(out: Planes, polish: Array, sprite: Array, x0: int, y0: int, footing: Footing) -> None:
    # the animal upside down in the wet sand: smeared along the view, wavering, fading with height
    ground = math.floor(footing.y)
    depth = min(out.shape[1] - ground, ground - y0)
    base = ground - y0  # the sprite's row on the ground
    if depth < 2 or base + 2 >= sprite.shape[1]:
        return
    m = footing.pixels_per_metre
    rows = np.arange(depth, dtype=np.float32)
    waver = 0.006 * m * np.sin(rows * (38 / m) + 1.3) * np.minimum(1, rows / (0.12 * m))
    waver += 0.003 * m * np.sin(rows * (97 / m))
    width = sprite.shape[2]
    map_x = np.arange(width, dtype=np.float32)[None, :] + waver[:, None].astype(np.float32)
    map_y = np.repeat((base - rows)[:, None], width, axis=1).astype(np.float32)
    smear = (3, max(3, int(m * 0.02) | 1))
    image = np.stack([cv2.blur(cv2.remap(plane, map_x, map_y, cv2.INTER_LINEAR), smear) for plane in sprite])
    image *= np.clip(1.0 - rows / (m * 1.1), 0, 1)[None, :, None]
    window = _window(out, image, x0, ground)
    if window is None:
        return
    picture_rows, columns, image_rows, image_columns = window
    shine = polish[picture_rows, columns]
    keep = 1 - image[3, image_rows, image_columns] * np.minimum(0.85, shine * 2.6)
    for channel in range(3):
        part = out[channel, picture_rows, columns]
        part *= keep
        part += image[channel, image_rows, image_columns] * shine
