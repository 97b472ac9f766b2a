"""A site and a variety in, a street in perspective out: houses, signs, wet ground, passers-by. Satisfies Passage.

The houses are painted once; every frame moves the camera through them, hangs the near signs and mirrors all of it in
the ground. Knows no prompt language, no players and no sound synthesis.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Hour, Move, Shot
from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.strips import beside
from openhorse.engines.procedural.parts.landmarks import landmarks
from openhorse.engines.procedural.players.company import family_of
from openhorse.engines.procedural.score import Bed, Hit
from openhorse.engines.procedural.street.corridor import Corridor, Ground, WetGround
from openhorse.engines.procedural.street.hangings import Hangings, hang_signs, string_lanterns
from openhorse.engines.procedural.street.houses import FAR_SIGNS, Beyond, Easel, paint_plate
from openhorse.engines.procedural.street.light import colours_of, grade_of, light_of, wetness
from openhorse.engines.procedural.street.rows import STREET_END, Wish, build_row, choose_signs
from openhorse.engines.procedural.street.signs import brightness
from openhorse.engines.procedural.street.walkers import Cast, Drawn, Surroundings, Walker, choose_walkers, draw_walker
from openhorse.engines.procedural.world.camera import Camera, Path, plan
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.lanes import MOST_BACK
from openhorse.engines.procedural.world.scenery import Flat, Lens, Site

_CELLS = 24
"""Cells each way of the coarse picture in which figures find the light around them."""
_NOBODY = ("no people", "nobody", "without people", "no one", "空无一人", "没有人", "无人的")
_LEFT = ("abandoned", "derelict", "ghost town", "废弃", "荒废")
_IN_SKY = frozenset(("aurora", "fireworks", "lightning", "rainbow", "stars", "sun-shafts"))
_MANY = ("busy", "繁忙")


def is_empty(brief: Brief) -> bool:
    """Whether nobody is to be about but who is named."""
    return "empty" in brief.looks or is_left(brief) or any(word in brief.prompt.lower() for word in _NOBODY)


def is_left(brief: Brief) -> bool:
    """Whether everybody has left it for good."""
    return any(word in brief.prompt.lower() for word in _LEFT)


class Street:
    """A street between two rows of houses, seen along it."""

    end = STREET_END

    def __init__(self, site: Site, wish: Wish) -> None:
        shot, brief = site.shot, site.shot.brief
        self._shot, self._wish = shot, wish
        self._tempo = 0.4 if brief.slow_motion else 1.0
        random = np.random.default_rng(shot.seed)
        self._corridor = _corridor(site.lens)
        self.half = self._corridor.half_width
        self._path = plan(brief, site.lens, site.lead or 8.0, shot.seconds, shot.seed)
        self.wet = wetness(brief)
        self._light = light_of(wish.hour, wish.neon, brief)
        if wish.left:
            self._light = replace(self._light, lamps=0.1 * self._light.lamps)
        colours = colours_of(wish.hour, wish.neon)
        cameras = _cameras(self._path, shot)
        easel = _easel(self._corridor, cameras, shot)
        first = 0.85 * self._corridor.focal * self.half / max(easel.centre_x, 1)
        left, right = (build_row(first, side, colours, self._light, wish, random) for side in (-1, 1))
        self._signs = choose_signs((left, right), self._corridor, colours, wish.neon, random)
        beyond = Beyond(_sights(site), bool(brief.effects & _IN_SKY))
        self._plate = paint_plate(easel, (left, right), self._signs, colours, self._light, beyond)
        closest = max(camera.z for camera in cameras)
        near = [sign for sign in self._signs if sign.z <= FAR_SIGNS]
        hangings = hang_signs(near, self._corridor, closest, self._light)
        hangings += string_lanterns(self._corridor, closest, self._light, wish.neon, random)
        self._hangings = Hangings(hangings)
        self._walkers = self._cast(site, random)
        self._figures: list[Drawn] = []
        self._first = self._path.at(0.0, 0.0)
        self._lights = self._shed()
        self._ground = WetGround(self._corridor, self._soil(random), shot.width, shot.height)

    # -- frames ----------------------------------------------------------------------------------------------

    def walls(self, out: Planes, mirror: Planes, camera: Camera, t: float) -> None:
        """Draw all that rises over the ground into `out`, and its image in the ground into `mirror`, half as large."""
        walkers = sorted(self._walkers, key=lambda walker: -walker.place(t)[1])
        begun = [beside(draw_walker, walker, camera, t, self._surroundings(walker, t)) for walker in walkers]
        self._plate.view(out, camera)
        self._plate.mirror(mirror, camera)
        self._hangings.draw(out, camera, t)
        self._hangings.mirror(mirror, camera, t)
        self._figures = [drawn for drawn in (figure.result() for figure in begun) if drawn is not None]
        for drawn in self._figures:
            drawn.mirror(mirror)

    def ground(self, out: Planes, mirror: Planes, camera: Camera, t: float) -> None:
        """Draw the ground, in which `mirror` is seen, and the passers-by who stand on it."""
        self._ground.draw(out, mirror, camera, t * self._tempo)
        for drawn in self._figures:
            drawn.stand(out)

    # -- what it tells ---------------------------------------------------------------------------------------

    @property
    def people(self) -> int:
        """How many pass by."""
        return len(self._walkers)

    def daylight(self, usual: Daylight) -> Daylight:
        """The light on who acts there: the hour's, and by lamplight what the street itself throws on them."""
        light, lamps = self._light, usual.lamps
        grade = grade_of(self._wish.hour, self._wish.neon, self._shot.brief)
        middle = _CELLS // 2
        level = round(self._first.horizon / self._shot.height * _CELLS)
        rows = slice(max(0, level - 6), max(2, level + 1))
        sides = [self._lights[rows, part].mean(axis=(0, 1)) for part in (slice(1, middle), slice(middle, -1))]
        around = (sides[0] + sides[1]) / 2
        side = 1.0 if sides[1].sum() > sides[0].sum() else -1.0
        if self._wish.hour is Hour.DAY:
            return replace(usual, grade=grade, air=light.haze, clear=light.clear, ambient=usual.ambient * 1.25)
        key = usual.key * (1 - 0.75 * lamps) + 2.6 * lamps * sides[int(side > 0)]
        return replace(
            usual,
            grade=grade,
            air=light.haze,
            clear=light.clear,
            azimuth=side * 112.0,
            elevation=32.0,
            key=key.astype(np.float32),
            ambient=(0.75 * light.ambient + 0.5 * around).astype(np.float32),
            bounce=(0.3 * light.ambient + 0.25 * around).astype(np.float32),
            rim=1.5,
        )

    def beds(self) -> tuple[Bed, ...]:
        """Traffic afar, drips, the tubes' hum with their very flicker, people."""
        brief = self._shot.brief
        beds = [Bed("traffic", 0.55 if self._wish.hour is not Hour.NIGHT else 0.42)]
        if self.wet > 0.5:
            beds.append(Bed("drips", 0.4))
        if self._wish.hour is not Hour.DAY:
            beds.append(Bed("neon", 0.5 if self._wish.neon else 0.25, envelope=self._flicker()))
        if self._walkers:
            beds.append(Bed("crowd", min(0.6, 0.06 + 0.03 * len(self._walkers))))
        if "wind" in brief.weather:
            beds.append(Bed("wind", 0.4))
        return tuple(beds)

    def steps(self) -> tuple[Hit, ...]:
        """The steps of those who pass near, where and when their feet come down."""
        hits = []
        for walker in self._walkers:
            for at in walker.contacts(self._shot.seconds - 0.15):
                camera = self._path.at(at, at / self._shot.seconds)
                x, z = walker.place(at)
                away = z - camera.z
                if 1.5 < away < 18:
                    column = camera.column(x, z) / self._shot.width
                    level = min(0.5, 1.9 / away)
                    hits.append(Hit("step-pavement", at, level, min(0.95, max(0.05, column))))
        return tuple(sorted(hits, key=lambda hit: hit.at))

    def _flicker(self) -> tuple[tuple[float, float], ...]:
        """How bright the near tubes are together, twelve times a second."""
        near = [sign for sign in self._signs if sign.z <= FAR_SIGNS and sign.flicker != "steady"]
        if not near:
            return ()
        times = np.arange(0, self._shot.seconds + 1e-6, 1 / 12)
        weights = [1 / sign.z for sign in near]
        levels = [
            sum(w * brightness(s.flicker, s.seed, float(t)) for s, w in zip(near, weights, strict=True)) / sum(weights)
            for t in times
        ]
        return tuple((float(t), float(level)) for t, level in zip(times, levels, strict=True))

    # -- set-up ----------------------------------------------------------------------------------------------

    def _shed(self) -> NDArray[np.float32]:
        """A coarse picture of the street, from which figures are lit: cells × cells × 3."""
        shot, camera = self._shot, self._first
        picture = np.zeros((3, shot.height, shot.width), np.float32)
        mirror = np.zeros((3, shot.height // 2 + 2, (shot.width + 1) // 2), np.float32)
        self._plate.view(picture, camera)
        self._plate.mirror(mirror, camera)
        self._hangings.draw(picture, camera, 0.0)
        level = min(shot.height // 2, max(0, int(camera.horizon / 2)))
        for channel in range(3):
            size = mirror.shape[2], shot.height // 2
            mirror[channel, :level] = cv2.resize(picture[channel], size, interpolation=cv2.INTER_AREA)[:level]
        cells = [
            cv2.resize(plane[: shot.height // 2], (_CELLS, _CELLS), interpolation=cv2.INTER_AREA) for plane in mirror
        ]
        return np.stack(cells, axis=-1)

    def _surroundings(self, walker: Walker, t: float) -> Surroundings:
        """The light at a walker's place."""
        x, z = walker.place(t)
        camera, shot, lights = self._first, self._shot, self._lights
        z = max(z, camera.z + 1.5)
        scale = camera.metre(z)
        at = min(_CELLS - 1, max(0, int(camera.column(x, z) / shot.width * _CELLS)))
        level = min(_CELLS - 2, max(2, int(camera.row(1.3, z) / shot.height * _CELLS)))
        reach = min(8, 3 + int(0.5 * scale / shot.width * _CELLS))
        rows = slice(level - 2, level + 2)
        left = lights[rows, max(0, at - reach) : max(1, at)].mean(axis=(0, 1))
        right = lights[rows, min(_CELLS - 1, at + 1) : at + 1 + reach].mean(axis=(0, 1))
        above = lights[max(0, level - 8) : level, max(0, at - 3) : at + 4].mean(axis=(0, 1))
        around = (left + right + above) / 3
        ambient = self._light.ambient * 0.8 + around * 0.55
        clearness = math.exp(-z / self._light.clear)
        rim = 1.6 * min(1.0, (self._light.lamps / 1.7) ** 3)
        return Surroundings(ambient, left * rim, right * rim, above * rim, self._light.haze + around * 0.2, clearness)

    def _cast(self, site: Site, random: np.random.Generator) -> list[Walker]:
        shot, brief = self._shot, self._shot.brief
        words = brief.prompt.lower()
        if is_empty(brief):
            return []
        many = "crowd" in brief.looks or any(word in words for word in _MANY)
        wet = bool(brief.weather & {"rain", "after-rain", "snow"})
        nearest = max(4.4, 1.3 * site.lens.focal * site.lens.eye / (shot.height - site.lens.horizon))
        if brief.cast:  # who is named acts before those who are not
            nearest = max(13.0, 1.8 * (site.lead or 8.0) + 3.0)
        cast = Cast(
            count=12 if many else 4 if brief.cast else 6,
            seconds=float(shot.seconds),
            half_width=self.half,
            umbrellas=0.95 if "rain" in brief.weather else 0.8 if wet else 0.0,
            tempo=self._tempo,
            nearest=nearest + max(0.0, self._path.at(0.0, 0.0).z, self._path.at(shot.seconds, 1.0).z),
            aside=any(family_of(one.kind) == "vehicles" for one in brief.cast),
            side=1.0 if (brief.move or Move.PAN_RIGHT).plain is Move.PAN_LEFT else -1.0,
        )
        return choose_walkers(cast, random)

    def _soil(self, random: np.random.Generator) -> Ground:
        weather = self._shot.brief.weather
        shed = self._light.ambient * 0.9
        if "snow" in weather:
            # it lies in the light of all the shops
            shed = shed + 0.5 * self._lights[_CELLS // 4 : _CELLS // 2].mean(axis=(0, 1))
        red, green, blue = (float(part) for part in shed)
        return Ground(
            wet=self.wet,
            snow=1.0 if "snow" in weather else 0.0,
            rain=1.0 if "rain" in weather else 0.0,
            ambient=(red, green, blue),
            crossing=float(random.uniform(8.5, 12)) if random.random() < 0.6 else 0.0,
            seed=float(random.uniform(0, 40)),
        )


def _corridor(lens: Lens) -> Corridor:
    """Narrower where the frame is upright, so that both walls are seen."""
    upright = min(1.0, max(0.0, (1.35 - lens.width / lens.height) / 0.79))
    return Corridor(lens.focal, 4.6 - 1.0 * upright, lens.eye, STREET_END)


def _sights(site: Site) -> tuple[Flat, ...]:
    """The landmarks that the brief names, at the street's end, the first of them in its middle."""
    far = 1.25 * STREET_END
    flats = [flat for flat in landmarks(site, far) if not flat.glow] if site.shot.brief.features else []
    middle = flats[0].x if flats else 0.0
    return tuple(replace(flat, x=flat.x - middle) for flat in sorted(flats, key=lambda flat: -flat.z))


def _cameras(path: Path, shot: Shot) -> list[Camera]:
    """Where the camera may be in the course of a shot, also if it goes back before those who come."""
    cameras = [path.at(part * shot.seconds, part) for part in (0.0, 0.25, 0.5, 0.75, 1.0)]
    back = 0.5 * MOST_BACK if shot.brief.cast else 0.0
    return [replace(camera, z=camera.z + way * back) for camera in cameras for way in (-1, 1)]


def _easel(corridor: Corridor, cameras: list[Camera], shot: Shot) -> Easel:
    """An empty plate just large enough for every camera."""
    left = right = above = below = 0.0
    for camera in cameras:
        for edge, way in ((camera.centre, 1), (shot.width - camera.centre, -1)):
            distance = camera.focal * (corridor.half_width + way * camera.x) / max(edge, 1.0)
            depth = max(1.0, distance + camera.z)
            reach = corridor.focal * corridor.half_width / depth
            stretch = corridor.focal / camera.focal * max(1.0, distance / depth)
            lift = corridor.focal * max(0.0, camera.eye - corridor.eye) / depth
            left, right = (max(left, reach), right) if way > 0 else (left, max(right, reach))
            above = max(above, camera.horizon * stretch - lift)
            below = max(below, (shot.height - camera.horizon) * stretch + lift)
    below = min(below, 0.62 * corridor.focal)
    half = math.ceil(max(left, right)) + 4
    return Easel(corridor, 2 * half, math.ceil(above + below) + 4, (float(half), float(math.ceil(above) + 2)))
