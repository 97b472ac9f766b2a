"""A Shot of a street comes in, its frames and its score go out: signs, wet ground, and people who walk.

The houses are painted once; every frame moves the camera through them, hangs the near signs, mirrors all of it
in the ground and lets the walkers pass. Knows no prompt language and no sound synthesis.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Hour, Move, Shot
from openhorse.engines.procedural.drawing.downfall import Downfall
from openhorse.engines.procedural.drawing.finish import Darkroom
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Canvas, Layer, lay_scaled
from openhorse.engines.procedural.score import Bed, Hit, Score
from openhorse.engines.procedural.street.corridor import Corridor, Ground, Pose, WetGround
from openhorse.engines.procedural.street.facades import STOREY, Building, Colours
from openhorse.engines.procedural.street.houses import FAR_SIGNS, Easel, Light, paint_plate
from openhorse.engines.procedural.street.light import colours_of, grade_of, light_of, wetness
from openhorse.engines.procedural.street.signs import Flicker, Sign, Style, brightness, paint_sign
from openhorse.engines.procedural.street.walkers import Cast, Surroundings, Walker, choose_walkers, draw_walker
from openhorse.vocabulary import Frame

STREET_END = 95.0


@dataclass(frozen=True, slots=True)
class Hanging:
    """Something flat that faces the viewer, in metres, painted lit and unlit."""

    x: float
    top: float
    z: float
    scale: float
    lit: Layer
    unlit: Layer
    flicker: Flicker
    seed: int

    def layer(self, t: float) -> Layer:
        """How it looks at `t` seconds."""
        level = brightness(self.flicker, self.seed, t)
        return self.lit if level == 1.0 else cv2.addWeighted(self.lit, level, self.unlit, 1 - level, 0)


class Street:
    """A street between two rows of houses, by night unless the brief says otherwise."""

    def __init__(self, shot: Shot) -> None:
        brief = shot.brief
        self._shot = shot
        self._neon = bool(brief.looks & {"neon", "cyberpunk"}) or brief.mood == "neon"
        self._hour = brief.hour or Hour.NIGHT
        self._wet = wetness(brief)
        self._tempo = 0.4 if brief.slow_motion else 1.0
        random = np.random.default_rng(shot.seed)
        self._corridor = _corridor(shot)
        self._path = CameraPath(shot, self._corridor)
        self._light = light_of(self._hour, self._neon, brief)
        colours = colours_of(self._hour, self._neon)
        easel = _easel(self._corridor, self._path, shot)
        first = 0.85 * self._corridor.focal * self._corridor.half_width / max(easel.pose.centre_x, 1)
        houses = (_build(first, -1, colours, self._light, random), _build(first, 1, colours, self._light, random))
        signs = _choose_signs(houses, self._corridor, colours, self._neon, random)
        self._plate = paint_plate(easel, houses, signs, colours, self._light)
        self._signs = signs
        self._hangings = self._hang([sign for sign in signs if sign.z <= FAR_SIGNS], random)
        self._walkers = self._cast(random)
        self._ground = WetGround(self._corridor, self._soil(random), shot.width, shot.height)
        self._downfall = Downfall.of(brief.weather, shot, self._tempo)
        self._darkroom = Darkroom(shot.width, shot.height)
        self._grade = grade_of(self._hour, self._neon, brief)
        self._picture = np.zeros((3, shot.height, shot.width), np.float32)
        self.notes = self._describe()

    def frame(self, index: int) -> Frame:
        """Frame `index`, drawn afresh."""
        t, part = self._shot.moment(index)
        pose, picture = self._path.pose(part), self._picture
        self._plate.view(picture, pose)
        for hanging in self._hangings:
            self._show(hanging, pose, t)
        figures = []
        lights = cv2.merge([cv2.resize(plane[::6, ::6], (24, 24), interpolation=cv2.INTER_AREA) for plane in picture])
        for walker in sorted(self._walkers, key=lambda walker: -walker.place(t)[1]):
            drawn = draw_walker(walker, self._corridor, pose, t, self._surroundings(walker, pose, t, lights))
            if drawn is not None:
                drawn.mirror(picture)
                figures.append(drawn)
        self._ground.draw(picture, pose, t * self._tempo)
        for drawn in figures:
            drawn.stand(picture)
        self._downfall.draw(picture, index)
        return self._darkroom.develop(picture, index, self._grade)

    def score(self) -> Score:
        """Traffic afar, drips or rain, the tubes' hum with their very flicker, people, and every near step."""
        brief, shot = self._shot.brief, self._shot
        if brief.silent:
            return Score(shot.seconds, shot.seed)
        beds = [Bed("traffic", 0.55 if self._hour is not Hour.NIGHT else 0.42)]
        if "rain" in brief.weather:
            beds.append(Bed("rain", 0.6))
        if self._wet > 0.5:
            beds.append(Bed("drips", 0.4))
        if self._hour is not Hour.DAY:
            beds.append(Bed("neon", 0.5 if self._neon else 0.25, envelope=self._flicker()))
        if self._walkers:
            beds.append(Bed("crowd", min(0.6, 0.06 + 0.03 * len(self._walkers))))
        if "wind" in brief.weather:
            beds.append(Bed("wind", 0.4))
        music: Literal["neon", "warm"] = "neon" if self._neon or self._hour is not Hour.DAY else "warm"
        return Score(shot.seconds, shot.seed, tuple(beds), self._steps(), music if brief.music else None)

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

    def _steps(self) -> tuple[Hit, ...]:
        hits = []
        for walker in self._walkers:
            for at in walker.contacts(self._shot.seconds - 0.15):
                _, part = self._shot.moment(round(at * 24))
                pose = self._path.pose(part)
                x, z = walker.place(at)
                away = z - pose.z
                if 1.5 < away < 18:
                    column = pose.project(self._corridor, x, 0, z)[0] / self._shot.width
                    level = min(0.5, 1.9 / away)
                    hits.append(Hit("step-pavement", at, level, min(0.95, max(0.05, column))))
        return tuple(sorted(hits, key=lambda hit: hit.at))

    def _show(self, hanging: Hanging, pose: Pose, t: float) -> None:
        """A sign in the picture, and upside down in the mirror that the ground will be."""
        if hanging.z - pose.z < 1.0:
            return
        layer = hanging.layer(t)
        left, top, scale = pose.project(self._corridor, hanging.x, hanging.top, hanging.z)
        ratio = scale / hanging.scale
        lay_scaled(self._picture, layer, left, top, (ratio, ratio))
        mirrored = pose.project(self._corridor, hanging.x, -hanging.top, hanging.z)[1]
        if mirrored - layer.shape[0] * ratio < self._shot.height:
            lay_scaled(self._picture, layer, left, mirrored, (ratio, -ratio))

    def _surroundings(self, walker: Walker, pose: Pose, t: float, lights: NDArray[np.float32]) -> Surroundings:
        """The light at a walker's place, read from a tiny copy of the picture."""
        x, z = walker.place(t)
        column, row, scale = pose.project(self._corridor, x, 1.3, max(z, pose.z + 1.5))
        at = min(23, max(0, int(column / self._shot.width * 24)))
        level = min(22, max(2, int(row / self._shot.height * 24)))
        reach = min(8, 3 + int(0.5 * scale / self._shot.width * 24))
        rows = slice(level - 2, level + 2)
        left = lights[rows, max(0, at - reach) : max(1, at)].mean(axis=(0, 1))
        right = lights[rows, min(23, at + 1) : at + 1 + reach].mean(axis=(0, 1))
        above = lights[max(0, level - 8) : level, max(0, at - 3) : at + 4].mean(axis=(0, 1))
        around = (left + right + above) / 3
        ambient = self._light.ambient * 0.8 + around * 0.55
        clearness = math.exp(-(z - pose.z) / self._light.clear)
        rim = 1.6 * min(1.0, (self._light.lamps / 1.7) ** 3)
        return Surroundings(ambient, left * rim, right * rim, above * rim, self._light.haze + around * 0.2, clearness)

    def _hang(self, signs: list[Sign], random: np.random.Generator) -> list[Hanging]:
        """Paint the near signs and the lanterns over the street, the farthest first."""
        closest = max(self._path.pose(part).z for part in (0.0, 0.5, 1.0))
        hangings = []
        for sign in signs:
            scale = self._corridor.focal / max(3.0, sign.z - closest)
            painted = paint_sign(sign, scale)
            clear = math.exp(-sign.z / self._light.clear)
            board = painted.board * np.array((*(self._light.ambient * 1.2 + 0.12), 1), np.float32)
            board[..., :3] *= clear
            board[..., :3] += board[..., 3:] * (1 - clear) * self._light.haze
            lit = board.copy()
            lit[..., :3] += painted.light * (self._light.lamps * (0.35 + 0.65 * clear))
            top = sign.y + sign.height
            hangings.append(Hanging(sign.x, top, sign.z, scale, lit, board, sign.flicker, sign.seed))
        hangings += _string_lanterns(self._corridor, closest, self._light, self._neon, random)
        return sorted(hangings, key=lambda hanging: -hanging.z)

    def _cast(self, random: np.random.Generator) -> list[Walker]:
        brief = self._shot.brief
        words = brief.prompt.lower()
        if "empty" in brief.looks or any(word in words for word in _NOBODY):
            return []
        count = 12 if "crowd" in brief.looks or any(word in words for word in _MANY) else 6
        wet = bool(brief.weather & {"rain", "after-rain", "snow"})
        cast = Cast(
            count=count,
            seconds=float(self._shot.seconds),
            half_width=self._corridor.half_width,
            umbrellas=0.95 if "rain" in brief.weather else 0.8 if wet else 0.0,
            tempo=self._tempo,
            nearest=self._whole_figure() + max(0.0, self._path.pose(0.0).z, self._path.pose(1.0).z),
            side=1.0 if self._path.move is Move.PAN_LEFT else -1.0,
        )
        return choose_walkers(cast, random)

    def _whole_figure(self) -> float:
        """How near somebody may be whose feet are to be seen (metres)."""
        street, shot = self._corridor, self._shot
        return max(4.4, 1.3 * street.focal * street.eye / ((1 - self._path.level) * shot.height))

    def _soil(self, random: np.random.Generator) -> Ground:
        weather = self._shot.brief.weather
        return Ground(
            wet=self._wet,
            snow=1.0 if "snow" in weather else 0.0,
            rain=1.0 if "rain" in weather else 0.0,
            ambient=(*(float(c) for c in self._light.ambient * 0.9),),  # type: ignore[arg-type]
            crossing=float(random.uniform(8.5, 12)) if random.random() < 0.6 else 0.0,
            seed=float(random.uniform(0, 40)),
        )

    def _describe(self) -> tuple[str, ...]:
        """What was made of the brief, in plain words."""
        kind = "neon" if self._neon else "town"
        ground = "wet ground that mirrors it" if self._wet > 0.5 else "damp ground" if self._wet > 0.2 else "dry ground"
        if "snow" in self._shot.brief.weather:
            ground = "snow on the ground"
        people = f"{len(self._walkers)} people walking" if self._walkers else "nobody about"
        notes = [f"a {kind} street by {self._hour.value}, {ground}, {people}; drawn and computed, not filmed"]
        falling = [word for word in ("rain", "snow", "mist") if word in self._shot.brief.weather]
        if falling:
            notes.append("weather: " + " and ".join(falling))
        notes.append("the signs' characters are invented and mean nothing")
        return tuple(notes)


_NOBODY = (
    "no people",
    "nobody",
    "without people",
    "no one",
    "空无一人",
    "没有人",
    "无人的",
)
_MANY = ("busy", "繁忙")


class CameraPath:
    """Where the camera is at each part of the shot."""

    def __init__(self, shot: Shot, corridor: Corridor) -> None:
        self.move = (shot.brief.move or Move.PAN_RIGHT).plain
        self.width, self.height = shot.width, shot.height
        self.level = 0.53 + 0.05 * _uprightness(shot)
        self.reach = 0.55 if shot.brief.slow_motion else 1.0
        self.half_width = corridor.half_width

    def pose(self, part: float) -> Pose:
        """The pose when `part` (0…1) of the shot is over."""
        eased = 0.5 * part + 0.5 * part * part * (3 - 2 * part)
        offset = (2 * eased - 1) * self.reach  # −1 … 1
        centre, horizon, x, z = 0.5 * self.width, self.level * self.height, 0.0, 0.0
        match self.move:
            case Move.PAN_RIGHT | Move.PAN_LEFT:
                way = offset if self.move is Move.PAN_RIGHT else -offset
                centre -= 0.135 * self.width * way
                x = 0.075 * self.half_width * way
            case Move.PUSH_IN | Move.PULL_OUT:
                z = 1.7 * (offset if self.move is Move.PUSH_IN else -offset)
            case Move.TILT_UP | Move.TILT_DOWN:
                horizon += 0.12 * self.height * (offset if self.move is Move.TILT_UP else -offset)
            case Move.STATIC:
                pass
        return Pose(centre, horizon, x, z)


def _uprightness(shot: Shot) -> float:
    """0 for wide frames, 1 for frames at least as tall as 9:16."""
    return min(1.0, max(0.0, (1.35 - shot.width / shot.height) / 0.79))


def _corridor(shot: Shot) -> Corridor:
    upright = _uprightness(shot)
    focal = 0.84 * max(shot.width, (1.2 - 0.3 * upright) * shot.height)
    return Corridor(focal, 4.6 - 1.0 * upright, 1.55, STREET_END)


def _easel(corridor: Corridor, path: CameraPath, shot: Shot) -> Easel:
    """An empty plate just large enough for every pose of the path."""
    left = right = above = below = 0.0
    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        pose = path.pose(part)
        for edge, way in ((pose.centre_x, 1), (shot.width - pose.centre_x, -1)):
            distance = corridor.focal * (corridor.half_width + way * pose.x) / max(edge, 1.0)
            depth = max(1.0, distance + pose.z)
            reach = corridor.focal * corridor.half_width / depth
            stretch = max(1.0, distance / depth)
            left, right = (max(left, reach), right) if way > 0 else (left, max(right, reach))
            above, below = max(above, pose.horizon_y * stretch), max(below, (shot.height - pose.horizon_y) * stretch)
    below = min(below, 0.62 * corridor.focal)
    half = math.ceil(max(left, right)) + 4
    return Easel(corridor, 2 * half, math.ceil(above + below) + 4, (float(half), float(math.ceil(above) + 2)))


def _build(first: float, side: int, colours: Colours, light: Light, random: np.random.Generator) -> list[Building]:
    """A row of houses from `first` metres to the street's end, no two neighbours alike."""
    row: list[Building] = []
    z = first - random.uniform(0, 2.5)
    styles: tuple[Literal["punched", "ribbon", "balcony"], ...] = ("punched", "balcony", "ribbon", "punched")
    while z < STREET_END:
        width = random.uniform(4.6, 9.0)
        if z + width > STREET_END - 4.0:  # no sliver of a house at the end
            width = STREET_END - z
        storeys = round(random.uniform(3, 9) * (1 + 0.5 * z / STREET_END))
        row.append(
            Building(
                z0=z,
                z1=z + width,
                height=3.7 + storeys * STOREY + random.uniform(0.4, 1.2),
                style=styles[int(random.integers(4))],
                wall=colours.wall[int(random.integers(len(colours.wall)))] * np.float32(random.uniform(0.65, 1.25)),
                window=colours.window[int(random.integers(len(colours.window)))],
                lit=float(random.uniform(0.2, 0.55)) * min(1.0, light.windows),
                shop_level=float(random.uniform(0.38, 0.68)),
                mirrored=side > 0,
                seed=int(random.integers(1 << 30)),
            )
        )
        z += width
    return row


def _choose_signs(
    houses: tuple[list[Building], list[Building]],
    corridor: Corridor,
    colours: Colours,
    neon: bool,
    random: np.random.Generator,
) -> list[Sign]:
    """Boards that stand out from the fronts, more of them in a neon street."""
    signs = []
    for side, row in ((-1, houses[0]), (1, houses[1])):
        for building in row:
            count = int(random.integers(1, 4)) if neon else int(random.integers(0, 3))
            floor = 3.75 + random.uniform(0, 0.5)
            for _ in range(count):
                sign = _choose_sign(building, side, floor, corridor, colours, random)
                if sign.y + sign.height > building.height - 0.3:
                    break
                signs.append(sign)
                floor = sign.y + sign.height + random.uniform(0.25, 1.4) if random.random() < 0.5 else floor
    return sorted(signs, key=lambda sign: -sign.z)


def _choose_sign(
    building: Building, side: int, floor: float, corridor: Corridor, colours: Colours, random: np.random.Generator
) -> Sign:
    shape = random.random()
    if shape < 0.56:
        width = random.uniform(0.75, 1.2)
        height = width * random.uniform(2.2, 5.2)
    elif shape < 0.8:
        width = height = random.uniform(0.9, 1.3)
    else:
        height = random.uniform(0.55, 0.8)
        width = height * random.uniform(2.2, 3.0)
    styles: tuple[Style, ...] = ("box", "tubes", "tubes", "pale", "dots")
    style = styles[int(random.integers(len(styles)))]
    if width == height and random.random() < 0.55:
        style = "round"
    chance = random.random()
    flicker: Flicker = "steady" if chance < 0.72 else "pulse" if chance < 0.9 else "faulty"
    gap = 0.18
    x = -corridor.half_width + gap if side < 0 else corridor.half_width - gap - width
    r, g, b = colours.neon[int(random.integers(len(colours.neon)))]
    z = random.uniform(building.z0 + 0.3, building.z1 - 0.2)
    return Sign(
        x, floor, z, width, height, (float(r), float(g), float(b)), style, flicker, int(random.integers(1 << 30))
    )


def _string_lanterns(
    corridor: Corridor, closest: float, light: Light, neon: bool, random: np.random.Generator
) -> list[Hanging]:
    """Wires across the street, some with paper lanterns."""
    hangings = []
    for number in range(6):
        z = random.uniform(9, 40)
        scale = corridor.focal / max(3.0, z - closest)
        ends = (random.uniform(5.4, 9.5), random.uniform(5.4, 9.5))
        sag, half = random.uniform(0.6, 1.3), corridor.half_width
        top = max(ends) + 0.1
        canvas = Canvas(0, 0, 2 * half * scale, (top - min(ends) + sag + 0.6) * scale, samples=2)
        lamps = np.zeros((canvas.height, canvas.width, 3), np.float32)
        share = np.linspace(0, 1, 41)
        drop = (top - (ends[0] + (ends[1] - ends[0]) * share) + 4 * sag * share * (1 - share)) * scale
        canvas.line(np.stack([share * canvas.width, drop], 1), max(0.8, 0.022 * scale), (0.004, 0.004, 0.007))
        tint = linear(255, 74, 40) if number % 2 else linear(255, 190, 110)
        if number % 3 != 1 or not neon:
            for at in np.linspace(0.12, 0.88, 7):
                middle = float(np.interp(at, share, drop)) + 0.26 * scale
                _hang_lantern(canvas, lamps, (at * canvas.width, middle), scale, tint)
        wire = canvas.layer()
        clear = math.exp(-z / light.clear)
        wire[..., :3] += wire[..., 3:] * (1 - clear) * light.haze
        lit = wire.copy()
        lit[..., :3] += lamps * light.lamps * (0.4 + 0.6 * clear)
        hangings.append(Hanging(-half, top, z, scale, lit, wire, "steady", 0))
    return hangings


def _hang_lantern(
    canvas: Canvas, lamps: NDArray[np.float32], at: tuple[float, float], scale: float, tint: NDArray[np.float32]
) -> None:
    """A ribbed paper lantern with dark caps, brightest in its middle."""
    x, y = at
    wide, tall = 0.15 * scale, 0.19 * scale
    canvas.ellipse(x, y, wide, tall, tint * 0.2)
    for way in (-1, 1):
        canvas.line(
            [(x - wide * 0.4, y + way * tall), (x + wide * 0.4, y + way * tall)], max(0.8, 0.04 * scale), (0, 0, 0)
        )
    rows = (np.arange(lamps.shape[0], dtype=np.float32) + 0.5 - y)[:, None] / tall
    columns = (np.arange(lamps.shape[1], dtype=np.float32) + 0.5 - x)[None, :] / wide
    inside = np.clip(1.02 - rows**2 - columns**2, 0, 1)
    lamps += (inside**0.6 * (0.85 + 0.15 * np.cos(rows * 14)))[..., None] * tint * 0.85
