"""A Shot by the sea in; frames and a score out: sky, tide, an animal running along the water, gulls.

Knows no encoder. Where the prompt says nothing it is dusk, and the camera travels with the animal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.beach.daylight import daylight, hour_of
from openhorse.engines.procedural.beach.runner import Footing, Runner
from openhorse.engines.procedural.beach.shore import EYE, Shore, Tide
from openhorse.engines.procedural.brief import Brief, Hour, Move, Shot
from openhorse.engines.procedural.drawing.finish import Darkroom
from openhorse.engines.procedural.drawing.sky import Clouds, Sky, View
from openhorse.engines.procedural.drawing.strokes import STROKE_COLUMNS, draw_strokes
from openhorse.engines.procedural.players.gait import GALLOP, TROT, WALK, Gait
from openhorse.engines.procedural.players.species import BUILDS
from openhorse.engines.procedural.score import Bed, Hit, Mood, Score
from openhorse.vocabulary import Frame

Array = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class _Camera:
    """The frame at one moment: everything that is drawn is enlarged by `zoom` about (`pivot`) and then shifted."""

    zoom: float
    pivot: tuple[float, float]
    shift: tuple[float, float]

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the plain frame falls."""
        return (
            self.pivot[0] + (x - self.pivot[0]) * self.zoom + self.shift[0],
            self.pivot[1] + (y - self.pivot[1]) * self.zoom + self.shift[1],
        )


class Beach:
    """The sea at an hour of the day, with an animal along the water's edge if the brief names one that we have."""

    notes: tuple[str, ...]

    def __init__(self, shot: Shot) -> None:
        self.shot, brief = shot, shot.brief
        self._rng = np.random.default_rng(shot.seed)
        self.hour = hour_of(brief)
        self._light = daylight(brief)
        self._rate = 0.5 if brief.slow_motion else 1.0
        width, height = shot.width, shot.height
        self._focal = 1.36 * math.sqrt(width * height)
        self._horizon = height * min(0.50, max(0.40, 0.40 + 0.10 * (height / width - 0.6)))
        self._light_numbers()
        self.runner = self._make_runner()
        self._place_runner()
        self._seeded()
        self._out = np.zeros((3, height, width), np.float32)
        self._darkroom = Darkroom(width, height)
        self.notes = self._notes()

    # -- set-up ----------------------------------------------------------------------------------------------

    def _light_numbers(self) -> None:
        light, width = self._light, self.shot.width
        azimuth = math.radians(light.azimuth)
        if light.disc_size:  # a low sun stays in the frame, also in a tall one
            reach = math.atan(0.29 * width / self._focal)
            azimuth = math.copysign(min(abs(azimuth), reach), azimuth)
        elevation = math.radians(light.elevation)
        self._sun = np.array(
            (math.sin(azimuth) * math.cos(elevation), math.sin(elevation), math.cos(azimuth) * math.cos(elevation)),
            np.float32,
        )

    def _make_runner(self) -> Runner | None:
        brief = self.shot.brief
        named = next((subject for subject in brief.subjects if subject in BUILDS), None)
        phase = float(self._rng.random())
        if named is None:
            return None
        return Runner(BUILDS[named], _gait(brief), self._rate, phase, self.shot.seed)

    def _place_runner(self) -> None:
        width, height = self.shot.width, self.shot.height
        self._metre = 0.0
        if self.runner is None:
            return
        runner = self.runner
        long = runner.right - runner.left
        self._metre = min(0.50 * height / runner.top, 0.88 * width / long, 0.62 * height)
        # the ground lies as far below the horizon as a dog's shoulder is high, whatever the animal
        self._ground = self._horizon + min(0.433 * height, 0.56 * self._metre * runner.top / 0.62)
        room = max(0.0, width - long * self._metre)
        self._x = width * 0.5 - (runner.right + runner.left) * 0.5 * self._metre - room * 0.07

    def _seeded(self) -> None:
        rng, brief, light = self._rng, self.shot.brief, self._light
        seed = float(rng.uniform(3, 60))
        period = float(rng.uniform(4.6, 5.6))
        self._tide = Tide(period, float(rng.uniform(0.55, 0.95)), seed)
        drift = 0.05 if brief.drifting_clouds or "wind" in brief.weather else 0.022
        clouds = Clouds(light.cover + float(rng.uniform(-0.03, 0.03)), 0.34, 0.46, 1.5, drift * self._rate, seed + 7.7)
        self._sky = Sky(self.shot.width, self.shot.height, light.sky, clouds, self._sun)
        self._shore = Shore(self.shot.width, self.shot.height, light.water, self._tide)
        self._camera_start = float(rng.uniform(0, 40))
        self._land = _headland(rng, light.azimuth)
        self._birds = rng.uniform(0, 1, (int(rng.integers(3, 6)), 5))
        self._stars = rng.uniform(0, 1, (220, 3))
        self._drops = rng.uniform(0, 1, (420, 3))

    def _notes(self) -> tuple[str, ...]:
        brief = self.shot.brief
        times = {Hour.DUSK: "at sunset", Hour.DAWN: "at dawn", Hour.DAY: "by day", Hour.NIGHT: "by moonlight"}
        notes = [f"A beach {times[self.hour]}, drawn from the prompt by the procedural engine."]
        if self.runner is not None:
            moves = {"gallop": "runs", "trot": "trots", "walk": "walks"}[self.runner.gait.name]
            slow = ", in slow motion" if brief.slow_motion else ""
            notes.append(f"A {self.runner.build.name} {moves} along the water{slow}.")
        missing = [subject for subject in brief.subjects if subject not in BUILDS]
        if missing:
            notes.append(f"Not drawn: {', '.join(missing)}; this scene has animals on four legs only.")
        return tuple(notes)

    # -- frames ----------------------------------------------------------------------------------------------

    def frame(self, index: int) -> Frame:
        """Frame `index` (0 … frame_count − 1) of the film."""
        t, part = self.shot.moment(index)
        camera = self._camera(part)
        self._draw(t, camera)
        return self._darkroom.develop(self._out, index, self._light.grade)

    def _draw(self, t: float, camera: _Camera) -> None:
        out = self._out
        centre, horizon = camera.point(self.shot.width * 0.5, self._horizon)
        view = View(self._focal * camera.zoom, centre, horizon)
        self._sky.draw(out, view, t)
        if self.hour is Hour.NIGHT:
            draw_strokes(out, self._starlight(view))
        sun_x = self._draw_sun(view)
        self._draw_land(view)
        self._draw_mist(view)
        draw_strokes(out, self._gulls(view, t))
        self._shore.draw(out, view, self._travelled(t), t * self._rate, sun_x)
        if self.runner is not None:
            self._draw_runner(self.runner, camera, t)
        if "rain" in self.shot.brief.weather:
            draw_strokes(out, self._rain(t))

    def _camera(self, part: float) -> _Camera:
        # eased, so that the move neither starts nor stops with a jerk
        width, height = self.shot.width, self.shot.height
        eased = part * part * (3 - 2 * part) * 0.5 + part * 0.5
        move = (self.shot.brief.move or Move.STATIC).plain
        room = max(
            0.02, 0.5 - (0.5 * (self.runner.right - self.runner.left) * self._metre / width if self.runner else 0.3)
        )
        sweep = min(0.14, room) * width * (2 * eased - 1)
        zoom, shift_x, shift_y = 1.0, 0.0, 0.0
        match move:
            case Move.PUSH_IN:
                zoom = 1.0 + 0.14 * eased
            case Move.PULL_OUT:
                zoom = 1.14 - 0.14 * eased
            case Move.PAN_LEFT:
                shift_x = sweep
            case Move.PAN_RIGHT:
                shift_x = -sweep
            case Move.TILT_UP:
                shift_y = height * 0.10 * (eased - 0.6)
            case Move.TILT_DOWN:
                shift_y = height * 0.10 * (0.4 - eased)
            case Move.STATIC:
                pass
        return _Camera(zoom, (width * 0.5, self._horizon + 0.12 * height), (shift_x, shift_y))

    def _travelled(self, t: float) -> float:
        # how far along the shore the camera has come, in shore units
        if self.runner is None:
            drift = 0.0 if self.shot.brief.move in (Move.STATIC, Move.HANDHELD) else 0.16 * self._rate
            return self._camera_start + drift * t
        return self._camera_start + self.runner.speed * t * self._unit()

    def _unit(self) -> float:
        # shore units in one metre of the animal's: the eye's height in the picture over its height in the shore
        return EYE * self._metre / (self._ground - self._horizon)

    def _draw_sun(self, view: View) -> float:
        sun, light = self._sun, self._light
        x = view.centre_x + view.focal * sun[0] / sun[2]
        y = view.horizon_y - view.focal * sun[1] / math.hypot(sun[0], sun[2])
        radius = light.disc_size * math.sqrt(self.shot.width * self.shot.height)
        if radius:
            cover = 0.95 if light.cover < 0.25 else 0.25  # behind an overcast only a glimmer
            soft = radius * 0.10
            draw_strokes(self._out, np.array([(x, y, x, y, radius, radius, soft, cover, *light.disc)], np.float32))
        return float(x)

    def _draw_land(self, view: View) -> None:
        # a headland far off: its height by azimuth, hazy towards the horizon's colour
        width = self.shot.width
        bottom = int(view.horizon_y)
        azimuth = (np.arange(width) - view.centre_x) / view.focal
        heights = np.interp(azimuth, self._land[0], self._land[1]) * view.focal
        tallest = int(heights.max()) + 2
        top = max(0, bottom - tallest)
        if top >= bottom or tallest <= 2:
            return
        above = view.horizon_y - np.arange(top, bottom + 1)[:, None]
        cover = np.clip(heights[None, :] - above + 0.5, 0, 1).astype(np.float32)
        haze = self._out[:, max(0, top - 2)].mean(axis=1)
        for channel in range(3):
            rows = self._out[channel, top : bottom + 1]
            colour = self._light.land[channel] * 0.80 + haze[channel] * 0.20
            rows += (colour - rows) * cover * 0.86

    def _draw_mist(self, view: View) -> None:
        if "mist" not in self.shot.brief.weather:
            return
        bottom = min(self.shot.height, int(view.horizon_y) + 2)
        rows = np.arange(bottom, dtype=np.float32)[:, None]
        thick = 0.88 * np.exp(-(((view.horizon_y - rows) / (0.10 * self.shot.height)) ** 2))
        for channel in range(3):
            part = self._out[channel, :bottom]
            mean = float(part[-3].mean()) * 0.92
            part += (mean - part) * thick

    def _draw_runner(self, runner: Runner, camera: _Camera, t: float) -> None:
        light = self._light
        sway = 0.012 * self.shot.width * math.sin(2 * math.pi * t / 7.0 + self._tide.seed)
        x, y = camera.point(self._x + sway, self._ground)
        sand = light.water.sand * (light.water.key * 0.18 + light.water.ambient) * 0.75
        lean = -0.10 if light.azimuth > 0 else 0.10
        footing = Footing(x, y, self._metre * camera.zoom, sand * 0.22, light.sparkle, sand * 0.8, lean, light.shadow)
        runner.draw(self._out, self._shore.polish, footing, light.animal, t)

    def _gulls(self, view: View, t: float) -> Array:
        if self.hour is Hour.NIGHT or "rain" in self.shot.brief.weather:
            return np.zeros((0, STROKE_COLUMNS), np.float32)
        rows = []
        span = 0.026 * math.sqrt(self.shot.width * self.shot.height)
        dark = np.minimum(self._light.land * 0.9, 0.35)
        for x, y, size, beat, way in self._birds:
            ahead = 1 if way > 0.4 else -1
            wide = span * (0.45 + 0.6 * size)
            px = view.centre_x + (((x + ahead * 0.012 * t * self._rate * (0.6 + size)) % 1.2) - 0.6) * self.shot.width
            py = view.horizon_y * (0.30 + 0.48 * y) + 3 * math.sin(t * 0.8 + 6 * y)
            beating = min(1.0, max(0.0, 0.5 + 2 * math.sin(t * 0.5 + 9 * beat)))  # between beats they glide
            flap = math.sin(2 * math.pi * (t * self._rate * (1.5 + beat) + x)) * (0.3 + 0.7 * beating)
            for side in (-1, 1):
                near = 0.62 if side * ahead < 0 else 1.0
                ex, ey = px + side * wide * 0.42 * near, py - wide * (0.17 + 0.22 * flap)
                tx, ty = px + side * wide * near, py - wide * (0.10 + 0.10 * flap)
                rows.append((px, py, ex, ey, wide * 0.055, wide * 0.045, 0.8, 0.85, *dark))
                rows.append((ex, ey, tx, ty, wide * 0.045, 0.2, 0.8, 0.85, *dark))
            rows.append(
                (px - ahead * wide * 0.16, py, px + ahead * wide * 0.2, py, wide * 0.03, wide * 0.05, 0.8, 0.85, *dark)
            )
        return np.array(rows, np.float32)

    def _starlight(self, view: View) -> Array:
        rows = []
        size = math.sqrt(self.shot.width * self.shot.height) / 960
        for x, y, bright in self._stars:
            px = view.centre_x + (x - 0.5) * self.shot.width * 1.3
            py = view.horizon_y * (0.04 + 0.88 * y)  # the topmost row stands for all that wet sand mirrors beyond it
            glow = 0.25 + 0.75 * bright**4
            rows.append((px, py, px, py, 0.35 * size, 0.35 * size, 0.9 * size, glow * (1 - y * 0.6), 0.75, 0.80, 0.95))
        return np.array(rows, np.float32)

    def _rain(self, t: float) -> Array:
        width, height = self.shot.width, self.shot.height
        x, y, depth = self._drops.T
        fall = t * self._rate * (1.5 + 1.2 * depth)
        py = ((y + fall) % 1.15 - 0.08) * height
        px = ((x - 0.10 * (y + fall)) % 1.1 - 0.05) * width
        length = height * (0.025 + 0.045 * depth)
        rows = np.zeros((len(x), STROKE_COLUMNS), np.float32)
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = px, py, px - length * 0.09, py + length
        rows[:, 4:6] = 0.3
        rows[:, 6] = 0.8
        rows[:, 7] = 0.10 + 0.16 * depth
        rows[:, 8:11] = self._light.water.foam * 0.95
        return rows

    # -- sound -----------------------------------------------------------------------------------------------

    def score(self) -> Score:
        """Waves that swell with the swash, wind, footfalls and breath at the very moments that are drawn."""
        shot, brief = self.shot, self.shot.brief
        if brief.silent:
            return Score(shot.seconds, shot.seed)
        period = self._tide.period / self._rate
        beds = [
            Bed("waves", 0.62, period=period, phase=-self._tide.phase % 1 * period),
            Bed("wind", 0.45 if "wind" in brief.weather else 0.22),
        ]
        if "rain" in brief.weather:
            beds.append(Bed("rain", 0.5))
        elif self.hour is not Hour.NIGHT:
            beds.append(Bed("birds", 0.16))
        moods: dict[Hour, Mood] = {Hour.DUSK: "warm", Hour.DAWN: "tender", Hour.DAY: "bright", Hour.NIGHT: "calm"}
        mood = (moods[self.hour] if brief.tone != "warm" else "warm") if brief.music else None
        return Score(shot.seconds, shot.seed, tuple(beds), self._hits(), mood)

    def _hits(self) -> tuple[Hit, ...]:
        runner = self.runner
        if runner is None:
            return ()
        pan = min(1.0, max(0.0, self._x / self.shot.width))
        level = {"gallop": 0.5, "trot": 0.36, "walk": 0.26}[runner.gait.name]
        falls = [fall for fall in runner.footfalls(0.0, self.shot.seconds - 0.1) if fall.landing]
        hits = [Hit("step-sand", fall.at, level * (1.0 if fall.foot > 1 else 0.85), pan) for fall in falls]
        if runner.build.name == "golden retriever" and runner.gait.name != "walk":
            # a running dog breathes out as its fore feet land
            hits += [Hit("pant", fall.at, 0.16, pan) for fall in falls if fall.foot == 3]
        return tuple(sorted(hits, key=lambda hit: (hit.at, hit.kind)))


def _gait(brief: Brief) -> Gait:
    if "walk" in brief.actions and "run" not in brief.actions:
        return WALK
    return GALLOP if "run" in brief.actions else TROT


def _headland(rng: np.random.Generator, sun: float) -> tuple[Array, Array]:
    """A far shore's height (radians) by azimuth, on the side away from the sun."""
    azimuth = np.linspace(-1.2, 1.2, 600)
    side = -1.0 if sun > 0 else 1.0
    start, long = float(rng.uniform(0.10, 0.22)), float(rng.uniform(0.25, 0.5))
    along = (azimuth * side - start) / long
    rough = np.interp(azimuth, np.linspace(-1.2, 1.2, 90), rng.normal(0, 1, 90))
    rough = cv2.GaussianBlur(rough.reshape(1, -1), (0, 0), 5).ravel() * 0.5 + rng.normal(0, 0.02, 600)
    rise = np.clip(along, 0, 1) ** 0.7 * 0.030 * (1 + 0.45 * rough)
    return azimuth.astype(np.float32), np.clip(rise, 0, None).astype(np.float32)
