"""Who walks in a street and when comes in; their figures, drawn joint by joint for one moment, go out.

A figure is a small skeleton in metres: its feet stay where they touch the ground, its knees and hips follow, a
coat hangs on it, and the picture's own lights draw its edges. Knows no buildings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Canvas, Layer, lay_over
from openhorse.engines.procedural.world.camera import Camera

Rgb = NDArray[np.float32]
Spot = tuple[float, float]

STANCE = 0.6
"""The part of a stride's cycle during which a foot stands on the ground."""


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody walking: where at the start, how fast (metres a second, right and ahead), how built and dressed."""

    x: float
    z: float
    speed_x: float
    speed_z: float
    height: float
    breadth: float
    start: float
    coat: Literal["long", "jacket", "dress"]
    colours: tuple[Rgb, Rgb, Rgb]
    hair: Literal["short", "long", "bun", "hood", "hat"]
    bag: Literal["none", "back", "side"]
    umbrella: Rgb | None
    clear: bool

    @property
    def stride(self) -> float:
        """Metres from one foot's contact to its next."""
        return 0.72 * self.height

    @property
    def speed(self) -> float:
        """Metres a second."""
        return math.hypot(self.speed_x, self.speed_z)

    def place(self, t: float) -> Spot:
        """Where the walker is at `t` seconds: right, ahead."""
        return self.x + self.speed_x * t, self.z + self.speed_z * t

    def cycle(self, t: float) -> float:
        """How many strides the right foot has made."""
        return self.start + self.speed * t / self.stride

    def contacts(self, seconds: float) -> list[float]:
        """The moments at which a foot comes down, either one."""
        if self.speed <= 0:
            return []
        per_second = self.speed / self.stride
        first = math.ceil(self.start * 2) / 2
        steps = int((self.start + per_second * seconds - first) * 2) + 1
        moments = [(first + k * 0.5 - self.start) / per_second for k in range(max(0, steps))]
        return [moment for moment in moments if 0 <= moment < seconds]


@dataclass(frozen=True, slots=True)
class Cast:
    """What is asked of the walkers.

    How many, for how many seconds, half the street's width, what part of them carries an umbrella, at what tempo,
    how near they may come (metres), and on which side (−1 or 1) the nearest goes, who leads the eye. With `aside`
    all keep to the footways.
    """

    count: int
    seconds: float
    half_width: float
    umbrellas: float
    tempo: float
    nearest: float
    side: float
    aside: bool = False


_COATS = ((26, 27, 33), (40, 30, 34), (22, 32, 44), (62, 54, 48), (48, 18, 26), (84, 76, 66), (30, 42, 38))
_TROUSERS = ((18, 18, 24), (30, 32, 44), (44, 40, 38), (16, 22, 30))
_HAIRS = ((12, 10, 10), (30, 18, 12), (52, 34, 22), (18, 16, 22))
_UMBRELLAS = ((214, 34, 76), (16, 160, 196), (232, 170, 38), (120, 60, 200), (232, 232, 236), (28, 34, 52),
              (30, 150, 110))  # fmt: skip


def choose_walkers(cast: Cast, random: np.random.Generator) -> list[Walker]:
    """Cast the walkers: one near, going away in front of the camera; the others in lanes of their own."""
    lanes = np.linspace(-0.62, 0.62, max(2, cast.count)) * cast.half_width
    if cast.aside:
        lanes = np.copysign(0.72 * cast.half_width + 0.16 * np.abs(lanes), lanes)
    random.shuffle(lanes)
    return [_choose(cast, number, float(lanes[number]), random) for number in range(cast.count)]


def _choose(cast: Cast, number: int, lane: float, random: np.random.Generator) -> Walker:
    leads = number == 0
    away = leads or random.random() < 0.45
    pace = random.uniform(0.85, 1.2) * cast.tempo
    far = 7.0 + 26.0 * (number / max(1, cast.count - 1)) ** 1.3 + random.uniform(-0.8, 0.8)
    if leads:
        z, across = cast.nearest, cast.side * random.uniform(0.08, 0.16) * cast.half_width
        lane = lane if cast.aside else across
    elif away:
        z = far
    else:  # whoever comes towards us must still be ahead when the film ends
        z = max(far, cast.nearest + 1.6 + pace * cast.seconds)
    drift = random.uniform(-0.05, 0.05) * cast.tempo
    return Walker(
        x=lane,
        z=z,
        speed_x=drift,
        speed_z=(0.62 * pace if leads else pace) * (1 if away else -1),
        height=random.uniform(1.58, 1.86),
        breadth=random.uniform(0.9, 1.12),
        start=random.uniform(0, 1),
        coat="long" if leads else ("long", "jacket", "dress")[int(random.choice(3, p=(0.5, 0.3, 0.2)))],
        colours=(_pick(_COATS, random), _pick(_TROUSERS, random), _pick(_HAIRS, random)),
        hair=("short", "long", "bun", "hood", "hat")[int(random.integers(5))],
        bag=("none", "back", "side")[int(random.integers(3))],
        umbrella=_pick(_UMBRELLAS, random) if random.random() < cast.umbrellas * (1.4 if leads else 1.0) else None,
        clear=bool(random.random() < 0.25) and not leads,
    )


def _pick(colours: tuple[tuple[int, int, int], ...], random: np.random.Generator) -> Rgb:
    return linear(*colours[int(random.integers(len(colours)))])


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The light that a figure stands in, linear: from all round, from the left, the right and above, and the air."""

    ambient: Rgb
    left: Rgb
    right: Rgb
    above: Rgb
    air: Rgb
    clearness: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure drawn for one moment: its layer, where its corner lies, and the ground under it.

    `foot` is the column and row that it stands on, `shadow` half the width and height of the shade at its feet.
    """

    layer: Layer
    left: int
    top: int
    foot: Spot
    shadow: Spot

    def stand(self, picture: Planes) -> None:
        """Lay the figure over the picture, and the shade that it casts round its feet."""
        self._darken(picture)
        lay_over(picture, self.layer, self.left, self.top)

    def mirror(self, picture: Planes) -> None:
        """Lay its reflection over a picture of half the size, upside down from the ground it stands on."""
        size = max(1, self.layer.shape[1] // 2), max(1, self.layer.shape[0] // 2)
        if min(size) < 4:
            return
        small = cv2.resize(self.layer, size, interpolation=cv2.INTER_AREA)
        top = round(self.foot[1] - self.top / 2 - size[1])
        lay_over(picture, np.ascontiguousarray(small[::-1]), round(self.left / 2), top)

    def _darken(self, picture: Planes) -> None:
        (x, y), (across, down) = self.foot, self.shadow
        rows = np.arange(max(0, int(y - 2 * down)), min(picture.shape[1], int(y + 2 * down) + 2))
        columns = np.arange(max(0, int(x - 2 * across)), min(picture.shape[2], int(x + 2 * across) + 2))
        if rows.size and columns.size:
            v = ((rows + 0.5 - y) / max(down, 0.7)) ** 2
            u = ((columns + 0.5 - x) / max(across, 0.7)) ** 2
            shade = (1 - 0.6 * np.exp(-1.5 * v)[:, None] * np.exp(-1.5 * u)[None, :]).astype(np.float32)
            picture[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] *= shade


class _Figure:
    """One walker at one moment: joints in metres, seen by a camera, painted on a canvas."""

    def __init__(self, walker: Walker, camera: Camera, t: float) -> None:
        self.walker, self.camera = walker, camera
        self.at_x, self.at_z = walker.place(t)
        speed = max(walker.speed, 1e-6)
        self.ahead_x, self.ahead_z = walker.speed_x / speed, walker.speed_z / speed
        self.turn = walker.cycle(t)
        self.foot_x, self.ground = camera.column(self.at_x, self.at_z), camera.row(0.0, self.at_z)
        self.scale = camera.metre(self.at_z)
        reach = (0.78 if walker.umbrella is not None else 0.46) * self.scale
        tall = walker.height * (1.36 if walker.umbrella is not None else 1.06) * self.scale
        samples = 2 if tall > 70 else 4
        low = 0.16 * self.scale + 2
        self.canvas = Canvas(self.foot_x - reach, self.ground - tall, 2 * reach, tall + low, samples)
        self.bob = 0.022 * math.cos(4 * math.pi * (self.turn - 0.3))

    def see(self, aside: float, up: float, ahead: float) -> Spot:
        """A point of the body (metres to its right, up, ahead of it) in the picture."""
        x = self.at_x + aside * self.ahead_z + ahead * self.ahead_x
        z = self.at_z - aside * self.ahead_x + ahead * self.ahead_z
        return self.camera.column(x, z), self.camera.row(up, z)

    def paint(self) -> None:
        """Paint everything, from what is farthest to what is nearest."""
        walker = self.walker
        facing_us = self.ahead_z < 0
        if walker.umbrella is not None:
            self._shaft()
            if facing_us:
                self._open_umbrella(walker.umbrella)
        sides = sorted((-1, 1), key=lambda side: -self._foot(side)[0] * self.ahead_z)
        for side in sides:
            self._leg(side)
        self._arm(-1 if facing_us else 1, behind=True)
        self._coat(facing_us)
        self._arm(1 if facing_us else -1, behind=False)
        self._head(facing_us)
        if walker.bag == "back" and not facing_us:
            self._backpack()
        if walker.umbrella is not None and not facing_us:
            self._open_umbrella(walker.umbrella)

    def _foot(self, side: int) -> tuple[float, float, float]:
        """A foot on its path: metres ahead of the body, up, and its pitch (heel up is positive)."""
        walker = self.walker
        part = (self.turn + (0.0 if side > 0 else 0.5)) % 1.0
        reach = walker.stride * STANCE / 2
        if part < STANCE:
            share = part / STANCE
            return reach * (1 - 2 * share), 0.0, 0.5 * max(0.0, share - 0.72) / 0.28
        share = (part - STANCE) / (1 - STANCE)
        eased = share * share * (3 - 2 * share)
        return reach * (2 * eased - 1), 0.13 * math.sin(math.pi * share) ** 1.2, 0.5 - 0.75 * share

    def _leg(self, side: int) -> None:
        h, wide = self.walker.height, self.walker.breadth
        ahead, up, pitch = self._foot(side)
        hip_up = 0.49 * h + self.bob
        ankle_up = 0.055 * h + up + 0.07 * max(0.0, pitch)
        bone = 0.252 * h
        dy, dz = ankle_up - hip_up, ahead
        span = min(math.hypot(dy, dz), 2 * bone * 0.998)
        bend = math.sqrt(max(0.0, bone * bone - span * span / 4))
        length = max(math.hypot(dy, dz), 1e-6)
        knee_up, knee_ahead = hip_up + dy / 2 + bend * dz / length, dz / 2 - bend * dy / length
        hip, knee = self.see(side * 0.052 * h, hip_up, 0.0), self.see(side * 0.05 * h, knee_up, knee_ahead)
        ankle = self.see(side * 0.045 * h, ankle_up, ahead)
        size, skirt = self.scale * h * wide, self.walker.coat == "dress"
        cloth = self.walker.colours[1] if not skirt else self.walker.colours[1] * 0.8
        slim = 0.8 if skirt else 1.0
        self.canvas.limb(hip, knee, 0.052 * size * slim, 0.035 * size * slim, cloth)
        self.canvas.limb(knee, ankle, 0.035 * size * slim, 0.024 * size * slim, cloth)
        heel = self.see(side * 0.047 * h, 0.028 * h + up + 0.10 * max(0.0, pitch), ahead - 0.03 * h)
        toe = self.see(side * 0.056 * h, 0.018 * h + up + 0.08 * max(0.0, -pitch), ahead + 0.09 * h)
        self.canvas.limb(heel, toe, 0.024 * self.scale * h, 0.02 * self.scale * h, cloth * 0.45)

    def _half(self, aside: float, thick: float) -> float:
        """Half the width that a body part of these half axes (parts of the height) shows from here."""
        return math.hypot(aside * self.ahead_z, thick * self.ahead_x) * self.walker.height * self.walker.breadth

    def _coat(self, facing_us: bool) -> None:
        walker, h = self.walker, self.walker.height
        hem = {"long": 0.30, "jacket": 0.45, "dress": 0.36}[walker.coat]
        flare = {"long": 0.118, "jacket": 0.102, "dress": 0.135}[walker.coat]
        waist = {"long": 0.098, "jacket": 0.1, "dress": 0.08}[walker.coat]
        sway = 0.02 * h * math.sin(2 * math.pi * self.turn)
        # (height, half width, half depth, sideways swing), parts of the walker's height
        profile = (
            (hem, flare, 0.105, 1.0),
            (0.48, flare * 0.92, 0.09, 0.6),
            (0.60, waist, 0.07, 0.2),
            (0.70, 0.105, 0.075, 0.0),
            (0.775, 0.122, 0.07, 0.0),
            (0.812, 0.112, 0.06, 0.0),
            (0.835, 0.066, 0.05, 0.0),
            (0.868, 0.036, 0.04, 0.0),
        )
        left, right = [], []
        for up, half, thick, swing in profile:
            x, y = self.see(0.0, up * h + self.bob, 0.0)
            x, shown = x + sway * swing * self.scale, self._half(half, thick) * self.scale
            left.append((x - shown, y))
            right.append((x + shown, y))
        self.canvas.polygon(left + right[::-1], walker.colours[0])
        self._tailor(left, right, facing_us)

    def _tailor(self, left: list[Spot], right: list[Spot], facing_us: bool) -> None:
        """Seams: a vent or an opening, a belt, a collar; only where they would be seen."""
        if self.scale * self.walker.height < 90:
            return
        coat, thin = self.walker.colours[0], max(0.6, 0.006 * self.scale)
        middle = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(left, right, strict=True)]
        dark, pale = coat * 0.45, coat * 1.9
        self.canvas.line(middle[0:3] if not facing_us else middle[0:7], thin, dark)
        if self.walker.coat == "long":
            self.canvas.line([left[2], middle[2], right[2]], 0.022 * self.scale, coat * 0.6)
        self.canvas.line([left[6], (middle[6][0], middle[6][1] + 0.02 * self.scale), right[6]], thin * 2, pale)
        for share in (0.28, 0.72):
            fold = [(a[0] + (b[0] - a[0]) * share, a[1]) for a, b in zip(left[:3], right[:3], strict=True)]
            self.canvas.line(fold, thin, coat * 0.72)

    def _arm(self, side: int, behind: bool) -> None:
        walker, h = self.walker, self.walker.height
        swing = math.sin(2 * math.pi * (self.turn + (0.25 if side > 0 else 0.75)))
        if walker.umbrella is not None and side > 0:
            elbow, hand = (0.128, 0.64, 0.03), (0.075, 0.70, 0.11)
        else:
            bend = -0.045 * swing
            elbow, hand = (0.142, 0.635, bend), (0.135, 0.49, 2.1 * bend + 0.03)
        size = self.scale * h * walker.breadth
        joints = [self.see(a * side * h * walker.breadth, u * h + self.bob, f * h)
                  for a, u, f in ((0.105, 0.79, 0.0), elbow, hand)]  # fmt: skip
        cloth = walker.colours[0] * (0.8 if behind else 1.12)
        self.canvas.limb(joints[0], joints[1], 0.034 * size, 0.028 * size, cloth)
        self.canvas.limb(joints[1], joints[2], 0.028 * size, 0.021 * size, cloth)
        self.canvas.ellipse(*joints[2], 0.021 * size, 0.024 * size, _SKIN)
        if walker.bag == "side" and side < 0:
            self._handbag(joints[2])

    def _handbag(self, hand: Spot) -> None:
        x, y = hand
        size = self.scale * self.walker.height
        leather = self.walker.colours[2] * 1.6 + 0.01
        corners = [(x - 0.065 * size, y + 0.03 * size), (x + 0.065 * size, y + 0.03 * size),
                   (x + 0.075 * size, y + 0.13 * size), (x - 0.075 * size, y + 0.13 * size)]  # fmt: skip
        self.canvas.polygon(corners, leather)

    def _backpack(self) -> None:
        h, leather = self.walker.height, self.walker.colours[1] * 1.7 + 0.008
        half = self._half(0.085, 0.07) * self.scale
        (x, top), (_, low) = self.see(0, 0.79 * h + self.bob, -0.08 * h), self.see(0, 0.56 * h + self.bob, -0.09 * h)
        corner = 0.25 * half
        self.canvas.polygon([(x - half, low), (x - half, top + corner), (x - half + corner, top),
                             (x + half - corner, top), (x + half, top + corner), (x + half, low)], leather)  # fmt: skip
        middle = top + 0.55 * (low - top)
        self.canvas.line([(x - half, middle), (x + half, middle)], max(0.6, 0.008 * self.scale), leather * 0.4)

    def _head(self, facing_us: bool) -> None:
        h, hair = self.walker.height, self.walker.colours[2]
        size = self.scale * h
        neck, base = self.see(0, 0.885 * h + self.bob, 0.012 * h), self.see(0, 0.845 * h + self.bob, 0.0)
        x, y = self.see(0, 0.932 * h + self.bob, 0.018 * h)
        self.canvas.limb(base, neck, 0.032 * size, 0.028 * size, _SKIN * 0.6)
        wide, tall = 0.047 * size, 0.063 * size
        style = self.walker.hair
        if style == "hood":
            self.canvas.ellipse(x, y + 0.01 * size, wide * 1.35, tall * 1.2, self.walker.colours[0] * 1.15)
            if facing_us:
                self.canvas.ellipse(x, y + 0.015 * size, wide * 0.85, tall * 0.85, _SKIN * 0.5)
            return
        if style == "long" and not facing_us:
            self.canvas.limb((x, y), (x, y + 0.10 * size), wide * 1.12, wide * 1.0, hair)
        self.canvas.ellipse(x, y, wide, tall, _SKIN)
        if facing_us:
            if style == "long":
                for side in (-1, 1):
                    top, tip = (x + side * wide * 0.85, y - 0.02 * size), (x + side * wide * 0.9, y + 0.09 * size)
                    self.canvas.limb(top, tip, 0.014 * size, 0.02 * size, hair)
            angles = np.radians(np.linspace(175, 365, 14))
            cap = np.stack([x + wide * 1.1 * np.cos(angles), y - 0.004 * size + tall * 1.1 * np.sin(angles)], 1)
            self.canvas.polygon(np.vstack([cap, [(x, y - 0.02 * size)]]), hair)
            self.canvas.ellipse(x, y + 0.045 * size, wide * 0.6, 0.012 * size, _SKIN * 0.62)
        else:
            self.canvas.ellipse(x, y - 0.002 * size, wide * 1.1, tall * 1.04, hair)
        if style == "bun":
            self.canvas.ellipse(x, y - tall * 1.05, 0.024 * size, 0.022 * size, hair)
        if style == "hat":
            felt = self.walker.colours[0] * 0.8
            self.canvas.ellipse(x, y - 0.028 * size, wide * 1.75, 0.014 * size, felt)
            self.canvas.ellipse(x, y - 0.045 * size, wide * 1.08, 0.034 * size, felt)

    def _apex(self) -> tuple[float, float, float]:
        """The top of the umbrella: aside, up, ahead (metres)."""
        wobble = 0.006 * math.sin(4 * math.pi * self.turn) + self.bob * 0.5
        return 0.06 * self.walker.height, 1.19 * self.walker.height + wobble, 0.05 * self.walker.height

    def _shaft(self) -> None:
        (aside, up, ahead), h = self._apex(), self.walker.height
        hand = self.see(0.075 * h, 0.69 * h + self.bob, 0.11 * h)
        self.canvas.line([hand, self.see(aside, up + 0.05, ahead)], max(0.7, 0.014 * self.scale), _METAL)

    def _open_umbrella(self, cloth: Rgb) -> None:
        """Eight panels between curved ribs, the far ones seen from inside."""
        lean = 0.05 * math.sin(self.walker.start * 9)
        aside, apex_up, ahead = self._apex()
        reach, drop = 0.56, 0.25
        apex = self.see(aside, apex_up, ahead)

        def rim(angle: float, out: float, down: float) -> Spot:
            a, b = reach * out * math.cos(angle), reach * out * math.sin(angle)
            return self.see(aside + a, apex_up - drop * down + lean * a, ahead + b)

        step = 2 * math.pi / 8
        panels = sorted(range(8), key=lambda k: -math.sin((k + 0.5) * step) * self.ahead_z)
        for k in panels:
            a, b, middle = k * step, (k + 1) * step, (k + 0.5) * step
            far = math.sin(middle) * self.ahead_z > 0
            outline = [apex, rim(a, 0.35, 0.10), rim(a, 0.72, 0.42), rim(a, 1, 1), rim(middle, 0.93, 0.9),
                       rim(b, 1, 1), rim(b, 0.72, 0.42), rim(b, 0.35, 0.10)]  # fmt: skip
            sideways = math.cos(middle) * self.ahead_z
            shade = 0.30 if far else 0.62 + 0.38 * sideways * sideways + 0.12 * (k % 2)
            clear = self.walker.clear
            self.canvas.polygon(outline, _FILM if clear else cloth * shade, 0.30 if clear else 1.0)
            edge = [rim(a, 1, 1), rim(middle, 0.93, 0.9), rim(b, 1, 1)]
            if self.scale > 34:
                ribs = _FILM * 1.6 if clear else cloth * shade * 0.5
                self.canvas.line(outline[:4], max(0.5, 0.006 * self.scale), ribs, 0.6 if clear else 1.0)
                self.canvas.line(edge, max(0.5, 0.008 * self.scale), ribs * 1.2, 0.8 if clear else 1.0)


_SKIN = linear(176, 128, 104)
_METAL = linear(120, 124, 134)
_FILM = linear(190, 204, 216)


def draw_walker(walker: Walker, camera: Camera, t: float, light: Surroundings) -> Drawn | None:
    """Draw a walker as seen at `t` seconds; None when out of the picture or too near to be drawn."""
    if walker.place(t)[1] - camera.z < 1.5:
        return None
    figure = _Figure(walker, camera, t)
    figure.paint()
    layer = _illuminate(figure.canvas.layer(), figure.scale, light)
    across = 0.3 * figure.scale
    down = across * min(1.0, 1.3 * camera.eye * figure.scale / camera.focal)
    return Drawn(layer, figure.canvas.left, figure.canvas.top, (figure.foot_x, figure.ground), (across, down))


def _illuminate(layer: Layer, scale: float, light: Surroundings) -> Layer:
    """Light what was painted: softly all round, and along the edges by what shines beside and above it."""
    whole = cv2.extractChannel(layer, 3)
    # the light round a large figure's edge is smooth enough to be made at half the size
    part = 2 if scale > 90 else 1
    size = max(2, whole.shape[1] // part), max(2, whole.shape[0] // part)
    alpha = whole if part == 1 else cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    step = max(1, round(0.014 * scale / part))
    edges = cv2.merge([*(_edge(alpha, step, dx, dy) for dx, dy in ((-1, 0), (1, 0), (0, -1))), alpha])
    # lamps beside a figure also reach its flanks; these are smooth, hence made small
    size = max(2, whole.shape[1] // 4), max(2, whole.shape[0] // 4)
    small = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    flanks = cv2.merge([_edge(small, max(1, round(1.2 * step * part)), dx, 0) for dx in (-1, 1)])
    clear = light.clearness
    # both work on premultiplied colours; the fourth row leaves alpha as it is
    gains = np.array([[0.34 * clear], [0.34 * clear], [0.26 * clear], [1 - clear]], np.float32)
    rim = np.zeros((4, 4), np.float32)
    rim[:3] = (np.stack([light.left, light.right, light.above, light.air]) * gains).T
    body = np.zeros((4, 3), np.float32)
    body[:3] = (np.stack([1.3 * light.left, 1.3 * light.right, light.ambient]) * clear).T
    body[3, 2] = 1.0
    size = whole.shape[1], whole.shape[0]
    cv2.multiply(layer, cv2.resize(cv2.transform(flanks, body), size, interpolation=cv2.INTER_LINEAR), dst=layer)
    shine = cv2.transform(edges, rim)
    cv2.add(layer, shine if part == 1 else cv2.resize(shine, size, interpolation=cv2.INTER_LINEAR), dst=layer)
    return layer


def _edge(alpha: NDArray[np.float32], step: int, dx: int, dy: int) -> NDArray[np.float32]:
    """Where a shape ends within `step` pixels towards (dx, dy), softened."""
    height, width = alpha.shape
    edge = alpha.copy()
    if step < min(height, width):
        inner = edge[max(0, -dy * step) : height, max(0, -dx * step) : width - max(0, dx * step)]
        inner -= alpha[: height - max(0, -dy * step), max(0, dx * step) : width - max(0, -dx * step)]
    np.maximum(edge, 0, out=edge)
    soft: NDArray[np.float32] = cv2.multiply(cv2.blur(edge, (step, step)), alpha)
    return soft
