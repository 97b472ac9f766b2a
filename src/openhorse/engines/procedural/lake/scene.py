"""A Shot in; a mountain lake out, with its peaks, mist, mirror and border of pines, in frames and in sound.

Knows the brief and how to compose the view; land, water, trees and light come from their own modules.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Hour, Move, Shot
from openhorse.engines.procedural.drawing.finish import Darkroom, Planes
from openhorse.engines.procedural.drawing.sky import Clouds, Sky, View
from openhorse.engines.procedural.drawing.stamps import Stamps
from openhorse.engines.procedural.lake.flora import Border, Forest, Needles, Picture, Place, paint_conifer, paint_grass
from openhorse.engines.procedural.lake.light import Light, light_for
from openhorse.engines.procedural.lake.relief import FAR, Air, Camera, Relief
from openhorse.engines.procedural.lake.terrain import Sunlight, Terrain
from openhorse.engines.procedural.lake.valley import Valley
from openhorse.engines.procedural.lake.water import Surface, Water
from openhorse.engines.procedural.score import Bed, Mood, Score
from openhorse.vocabulary import Frame

_SUMMIT = 0.275
"""The summit's height over its distance: with `_focal` it leaves a fifth of the sky above it."""
_REACH = {Move.PUSH_IN: (0.0, 0.62), Move.PULL_OUT: (0.62, 0.0), Move.STATIC: (0.1, 0.1)}
_TILT = {Move.TILT_UP: (0.46, 0.62), Move.TILT_DOWN: (0.66, 0.52)}
"""The horizon's row at the start and at the end, as parts of the frame's height."""

_MOVES = {
    Move.STATIC: "the camera stands still",
    Move.PUSH_IN: "the camera pushes in slowly",
    Move.PULL_OUT: "the camera pulls back slowly",
    Move.PAN_LEFT: "the camera pans left",
    Move.PAN_RIGHT: "the camera pans right",
    Move.TILT_UP: "the camera tilts up",
    Move.TILT_DOWN: "the camera tilts down",
}


class Lake:
    """The scene Lake of one shot."""

    def __init__(self, shot: Shot) -> None:
        self._shot = shot
        self._move = (shot.brief.move or Move.PUSH_IN).plain
        self._light = light_for(shot.brief)
        self.notes = _notes(shot.brief, self._move, self._light)
        self._focal = min(0.98 * max(shot.width, 1.25 * shot.height), 1.72 * shot.height)
        self._turn = float(np.arctan(0.15 * shot.width / self._focal))
        ends = [self._horizon(0.0), self._horizon(1.0)]
        # what the lake mirrors must have been drawn: rows above the frame, when the horizon lies high
        self._above = 2 * max(0, int(np.ceil(shot.height / 2 - min(ends))))
        self._set_land(np.random.default_rng((shot.seed, 5)))
        self._set_air(np.random.default_rng((shot.seed, 6)))
        self._set_border(np.random.default_rng((shot.seed, 7)))
        self._darkroom = Darkroom(shot.width, shot.height)

    # ---- set-up -------------------------------------------------------------------------------

    def _set_land(self, rng: np.random.Generator) -> None:
        shot, light = self._shot, self._light
        side = float(rng.choice((-1, 1)) * rng.uniform(0.24, 0.42))
        half = shot.width / 2 / self._focal
        snowing = light.falling == "snow"
        valley = Valley(
            seed=shot.seed,
            half_width=half,
            summit=_SUMMIT,
            side=side,
            snow_line=0.24 if snowing else 0.33,
            tree_line=0.27,
            dusting=0.85 if snowing else 0.0,
        )
        sun = light.towards(light.key)
        if self._turn and self._move in (Move.PAN_LEFT, Move.PAN_RIGHT):
            valley = replace(valley, half_width=half + float(np.tan(self._turn)))
        self._terrain = Terrain(valley, Sunlight(sun, light.direct, light.sky, light.bounce))
        shade, lit, dull = light.needles
        snow = 0.75 if snowing else 0.0
        dusted = _snow_colour(light)
        sunlit = Needles(shade, lit, dusted, np.sign(sun[0]), snow, 0.9)
        shaded = Needles(shade, dull, (0.7 * dusted[0], 0.7 * dusted[1], 0.7 * dusted[2]), np.sign(sun[0]), snow, 0.5)
        self._forest = Forest(self._terrain, rng, sunlit, shaded)
        lowest = max(self._horizon(0.0), self._horizon(1.0)) + self._above
        rows = min(shot.height + self._above, int(lowest + self._focal * 0.11) + 4)
        self._relief = Relief(self._terrain, shot.width, rows)

    def _set_air(self, rng: np.random.Generator) -> None:
        shot, light = self._shot, self._light
        height = shot.height + self._above
        windy = "wind" in shot.brief.weather
        drift = 0.035 * (1.8 if shot.brief.drifting_clouds or windy else 1.0)
        clouds = Clouds(
            cover=light.cover + rng.uniform(-0.03, 0.04), drift=drift, seed=float(np.float32(rng.uniform(3, 60)))
        )
        disc = light.towards(light.disc)
        self._sky = Sky(shot.width, height, light.palette, clouds, disc)
        self._air = Air(light.haze, light.fog, light.glow, disc, _banks(light, rng, windy))
        veil = min(light.mist, 1.0)
        self._surface = Surface(0.75 * (1.7 if windy else 1.0), light.deep, light.fog * np.float32(1.05), veil * 0.8)
        self._water = Water(shot.width, height)
        self._heaven = np.zeros((3, height, shot.width), np.float32)
        self._image: Planes = np.zeros((3, height, shot.width), np.float32)
        self._cropped: Planes = np.zeros((3, shot.height, shot.width), np.float32)
        self._open = np.full((height, shot.width), FAR, np.float32)
        self._dots = _Dots(rng, light)

    def _set_border(self, rng: np.random.Generator) -> None:
        shot, light = self._shot, self._light
        unit = min(shot.height, 0.75 * shot.width + 0.2 * shot.height)
        shade, lit, _ = light.needles
        side = float(np.sign(light.key[0]))
        snow = 0.7 if light.falling == "snow" else 0.0
        needles = Needles(shade, lit, _snow_colour(light), side, snow, 0.8)
        pictures: list[tuple[Picture, Place]] = []
        for x, part, distance in _stand(rng):
            tall = max(24, int(unit * part))
            wide = int(tall * rng.uniform(0.30, 0.38))
            picture = paint_conifer(rng, tall, wide, replace(needles, fine=min(1.0, tall / 420)))
            pictures.append((picture, Place(x * shot.width, shot.height * 1.03, distance)))
        for x in (0.05, 0.97):
            bank = paint_grass(rng, max(16, int(unit * 0.11)), int(unit * rng.uniform(0.62, 0.8)), needles)
            pictures.append((bank, Place(x * shot.width, shot.height * 1.035, 3.4)))
        highest = min(self._horizon(0.0), self._horizon(1.0))  # so that no foot ever shows above the frame's edge
        self._border = Border(pictures, replace(self._camera(0.0), z=0.0, yaw=0.0, horizon_y=highest))

    # ---- frames -------------------------------------------------------------------------------

    def frame(self, index: int) -> Frame:
        """Frame `index` of the shot."""
        seconds, part = self._shot.moment(index)
        if self._shot.brief.slow_motion:
            seconds *= 0.5
        camera = self._camera(_eased(part))
        lowered = replace(camera, horizon_y=camera.horizon_y + self._above)
        self._draw(lowered, seconds)
        image = self._image
        if self._above:
            np.copyto(self._cropped, image[:, self._above :])
            image = self._cropped
        breeze = 0.004 * np.sin(seconds * 0.8) + 0.002 * np.sin(seconds * 2.1)
        self._border.draw(image, camera, float(breeze * (2.2 if "wind" in self._shot.brief.weather else 1.0)))
        self._dots.fall(image, self._open, camera, seconds)
        return self._darkroom.develop(image, index, self._light.grade)

    def _draw(self, camera: Camera, seconds: float) -> None:
        relief, image = self._relief, self._image
        relief.look(camera)
        self._forest.draw(relief.land, relief.depth, camera)
        view = View(camera.focal, camera.centre_x, camera.horizon_y, camera.yaw)
        rows, filled = relief.depth.shape[0], self._sky.draw(self._heaven, view, seconds)
        self._heaven[:, filled:rows] = 0  # nothing of an earlier frame's sky, and a dark line where land meets water
        self._dots.twinkle(self._heaven[:, :rows], relief.depth, camera, seconds)
        relief.breathe(image, self._heaven, camera, self._air, seconds)
        self._water.draw(image, relief.shore, camera, self._surface, seconds)

    def _camera(self, eased: float) -> Camera:
        start, end = _REACH.get(self._move, (0.0, 0.12))
        pan = {Move.PAN_LEFT: (1.0, -1.0), Move.PAN_RIGHT: (-1.0, 1.0)}.get(self._move)
        turn = (pan[0] + (pan[1] - pan[0]) * eased) * self._turn if pan else np.radians(-0.6 + 0.9 * eased)
        z = start + (end - start) * eased
        return Camera(
            focal=self._focal,
            centre_x=self._shot.width / 2,
            horizon_y=self._horizon(eased),
            x=0.0,
            height=0.052 + 0.006 * z,
            z=z,
            yaw=float(0.0 if self._move is Move.STATIC else turn),
        )

    def _horizon(self, eased: float) -> float:
        start, end = _TILT.get(self._move, (0.585, 0.577))
        if self._move is Move.STATIC:
            end = start
        return self._shot.height * (start + (end - start) * eased)

    # ---- sound --------------------------------------------------------------------------------

    def score(self) -> Score:
        """Water at the shore, wind, the birds of the hour, and music in the brief's mood."""
        shot, brief = self._shot, self._shot.brief
        if brief.silent:
            return Score(shot.seconds, shot.seed)
        hour = brief.hour or Hour.DAWN
        windy = "wind" in brief.weather
        beds = [
            Bed("lapping", 0.55 if windy else 0.4, period=5.2),
            Bed("wind", 0.8 if windy else 0.5 if self._light.falling else 0.4, period=7.0),
        ]
        birds = {Hour.DAWN: 0.45, Hour.DAY: 0.4, Hour.DUSK: 0.15, Hour.NIGHT: 0.0}[hour]
        if birds and not self._light.falling:
            beds.append(Bed("birds", birds))
        if hour is Hour.NIGHT and not self._light.falling:
            beds.append(Bed("insects", 0.3))
        if self._light.falling == "rain":
            beds.append(Bed("rain", 0.6))
        return Score(shot.seconds, shot.seed, tuple(beds), mood=_mood(brief, hour) if brief.music else None)


def _mood(brief: Brief, hour: Hour) -> Mood:
    return brief.mood or ("calm" if hour in (Hour.DUSK, Hour.NIGHT) else "vast")


def _notes(brief: Brief, move: Move, light: Light) -> tuple[str, ...]:
    hour = {Hour.DAWN: "at dawn", Hour.DAY: "by day", Hour.DUSK: "at dusk", Hour.NIGHT: "by night"}
    weather = {"snow": ", in falling snow", "rain": ", in the rain"}.get(light.falling, "")
    mist = ", in mist" if light.mist > 0.6 and not weather else ""
    slow = ("in slow motion",) if brief.slow_motion else ()
    return (f"a mountain lake {hour[brief.hour or Hour.DAWN]}{weather}{mist}", _MOVES[move], *slow)


def _eased(part: float) -> float:
    """Starts and stops gently, and moves evenly in between."""
    smooth = part * part * part * (part * (part * 6 - 15) + 10)
    return 0.45 * smooth + 0.55 * part * part * (3 - 2 * part)


def _snow_colour(light: Light) -> tuple[float, float, float]:
    """Snow under this light, as sRGB 0…255 for the painter."""
    lit = np.clip((light.sky * 0.9 + light.direct * 0.16) * 0.85, 0, 1) ** (1 / 2.2) * 255
    return float(lit[0]), float(lit[1]), float(lit[2])


def _stand(rng: np.random.Generator) -> list[tuple[float, float, float]]:
    """Border trees: middle as a part of the width, height in units of the frame, distance; the far ones first.

    Some stand outside the opening view, for a camera that turns.
    """
    trees = [
        (-0.20, 0.66, 4.6),
        (1.22, 0.72, 4.6),
        (0.135, 0.36, 5.4),
        (0.868, 0.40, 5.4),
        (0.93, 0.62, 4.4),
        (0.075, 0.58, 4.4),
        (-0.10, 0.74, 3.9),
        (1.12, 0.66, 3.9),
        (0.995, 0.84, 3.7),
        (0.012, 0.80, 3.7),
    ]
    mirrored = rng.random() < 0.5
    stand = []
    for x, part, distance in trees:
        x = x + rng.uniform(-0.012, 0.012)
        stand.append((1 - x if mirrored else x, part * rng.uniform(0.9, 1.08), distance))
    return stand


def _banks(light: Light, rng: np.random.Generator, windy: bool) -> NDArray[np.float32]:
    """Mist in the valley, from the cloud belt on the far slopes to rags before the nearest shore."""
    banks = np.array(
        (
            # distance, centre, half height, grain, stretch, drift, strength, softness
            (6.2, 0.50, 0.120, 0.9, 6.0, 0.030, 0.62, 0.9),
            (5.0, 0.04, 0.200, 0.9, 6.0, 0.026, 0.95, 0.8),
            (4.0, 0.03, 0.110, 1.3, 10.0, 0.040, 0.95, 0.5),
            (3.1, 0.01, 0.065, 1.8, 15.0, 0.050, 0.95, 0.4),
            (2.4, 0.00, 0.040, 2.4, 22.0, 0.060, 0.80, 0.3),
            (1.6, 0.00, 0.024, 3.4, 34.0, 0.070, 0.55, 0.2),
        ),
        np.float32,
    )
    banks[:, 0] += rng.uniform(-0.15, 0.15, len(banks)).astype(np.float32)
    banks[:, 2] *= 0.72 + 0.5 * light.mist
    banks[:, 6] = np.minimum(banks[:, 6] * light.mist, 0.97)
    if windy:
        banks[:, 5] *= 2.2
    return banks


class _Dots:
    """Stars over the lake, and what falls before it."""

    def __init__(self, rng: np.random.Generator, light: Light) -> None:
        self._stars = 900 if light.stars > 0 else 0
        self._shine = light.stars
        self._moon = light.towards(light.disc)
        self._turned = rng.uniform(-1.1, 1.1, 900), rng.uniform(0.03, 1.0, 900) ** 1.1, rng.random(900)
        falling = {"snow": 2400, "rain": 1300, "": 0}[light.falling]
        self._rain = light.falling == "rain"
        self._drops = rng.random((falling, 5))
        self._stamps = Stamps(_heavenly(), smallest=8)
        self._falling = Stamps(_streak(light) if self._rain else _flakes(light), smallest=8)

    def twinkle(self, out: Planes, depth: NDArray[np.float32], camera: Camera, seconds: float) -> None:
        """Stars on the open sky."""
        if not self._stars:
            return
        azimuth, climb, chance = self._turned
        x = camera.centre_x + np.tan(azimuth - camera.yaw) * camera.focal
        y = camera.horizon_y - climb * camera.focal / np.cos(azimuth - camera.yaw)
        unit = (depth.shape[1] * camera.focal) ** 0.5 / 1260
        bright = (0.25 + 1.9 * chance**9) * (1 + 0.3 * np.sin(seconds * (2 + 3 * chance) + chance * 90))
        bright = bright * np.clip(climb * 4, 0.1, 1) * self._shine
        places = np.stack([x, y, (2.6 + 2.4 * chance**12) * unit, 0 * x, bright, 0 * x + FAR / 10], axis=1)
        self._stamps.draw(out, depth, places.astype(np.float32))
        column, height, ahead = self._seen_moon(camera)
        moon = np.array([(column, camera.horizon_y - height + 17 * unit, 34 * unit, 1, 1.0, FAR / 10)], np.float32)
        if ahead:
            self._stamps.draw(out, depth, moon)

    def _seen_moon(self, camera: Camera) -> tuple[float, float, bool]:
        """The moon's column, its height over the horizon in pixels, and whether it is ahead at all."""
        right, up, ahead = (float(part) for part in self._moon)
        across = right * np.cos(camera.yaw) - ahead * np.sin(camera.yaw)
        ahead = right * np.sin(camera.yaw) + ahead * np.cos(camera.yaw)
        scale = camera.focal / max(ahead, 0.1)
        return camera.centre_x + across * scale, up * scale, ahead > 0.1

    def fall(self, out: Planes, depth: NDArray[np.float32], camera: Camera, seconds: float) -> None:
        """Flakes or drops in a box of air that goes with the camera; they come in again where they left."""
        if not len(self._drops):
            return
        across, up, ahead, size, phase = self._drops.T
        z = 0.30 + 1.9 * np.mod(ahead**0.6 - camera.z / 1.9, 1)
        speed = 2.4 if self._rain else 0.075 + 0.05 * size
        lift = np.mod(up - speed * seconds / (0.9 * z + 0.2), 1)
        waver = 0 if self._rain else 0.012 * np.sin(seconds * (0.9 + size) + phase * 40)
        aside = np.mod(across + seconds * (0.02 + 0.02 * size) + waver - camera.yaw * 0.9, 1)
        scale = camera.focal / z
        x = (aside * 1.2 - 0.1) * out.shape[2]
        foot = (1.15 - lift * 1.3) * out.shape[1]
        tall = (0.075 if self._rain else 0.0030 + 0.0024 * size) * scale
        kind = 0 * x if self._rain else 0.0 + (z < 0.55)
        places = np.stack([x, foot, np.minimum(tall, out.shape[1] * 0.3), kind, 0 * x + 1, 0 * x], axis=1)
        self._falling.draw(out, depth, places[np.argsort(-z)].astype(np.float32))


def _disc() -> NDArray[np.float32]:
    """Distance from the middle of a small square picture, 1 at its sides."""
    side = np.linspace(-1, 1, 33, dtype=np.float32)
    return np.hypot(side[:, None], side[None, :])


def _pictures(*kinds: tuple[NDArray[np.float32], NDArray[np.float32]]) -> NDArray[np.float32]:
    """Pictures for Stamps, each from its coverage and its colour."""
    return np.stack([np.dstack([shape[..., None] * colour, shape]) for shape, colour in kinds]).astype(np.float32)


def _heavenly() -> NDArray[np.float32]:
    """Two kinds: a star and the full moon."""
    radius = _disc()
    silver = np.array((0.85, 0.92, 1.0), np.float32)
    seas = cv2.GaussianBlur(np.random.default_rng(4).normal(size=radius.shape).astype(np.float32), (0, 0), 2.2)
    star, moon = np.clip(1 - radius, 0, 1) ** 2, np.clip((0.9 - radius) * 9, 0, 1)
    return _pictures((star, silver), (moon, (1.5 + 2.4 * seas)[..., None] * silver))


def _white(light: Light) -> NDArray[np.float32]:
    lit = light.sky * np.float32(1.6) + light.direct * np.float32(0.5) + light.fog * np.float32(0.35)
    return np.asarray(np.clip(lit, 0, 1.6), np.float32)


def _flakes(light: Light) -> NDArray[np.float32]:
    """Two kinds: a flake, and one so close that it is out of focus."""
    radius = _disc()
    sharp, blurred = np.clip(1.2 * (1 - radius), 0, 1) ** 1.3 * 0.8, np.clip((1 - radius) * 2, 0, 1) * 0.22
    return _pictures((sharp, _white(light)), (blurred, _white(light)))


def _streak(light: Light) -> NDArray[np.float32]:
    """One kind: a drop of rain, drawn out by its fall."""
    across, along = np.linspace(-1, 1, 7, dtype=np.float32), np.linspace(-1, 1, 96, dtype=np.float32)
    shape = np.clip(1 - np.abs(across * 1.4), 0, 1)[None, :] * np.clip(1 - along**2, 0, 1)[:, None]
    return _pictures((shape * np.float32(0.10), _white(light)))
