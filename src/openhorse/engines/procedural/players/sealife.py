"""Characters of the sea and the ground that have neither fins nor four long legs in, players out.

Turtles row, jellyfish pulse, octopuses trail their arms, crabs go sideways, snakes wind, snails creep. Knows no place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.likeness import Likeness
from openhorse.engines.procedural.players.markings import Pattern
from openhorse.engines.procedural.players.membranes import Band, Sheet
from openhorse.engines.procedural.players.modelling import Model, Place
from openhorse.engines.procedural.players.paints import PAINTS
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Medium, Player, Sprite, Touch

Array = NDArray[np.floating]
_TURN = 2 * math.pi
_SIZES = {"small": 0.7, "usual": 1.0, "large": 1.4}
_DARK = linear(24, 22, 22)
_WHITE = linear(236, 232, 222)

Sculptor = Callable[[float, float, Array], tuple[Model, list[Sheet]]]
"""Models an animal: where it is in its cycle, how strongly it moves (0…1), and its colour."""


def _turtle(phase: float, strong: float, colour: Array) -> tuple[Model, list[Sheet]]:
    model = Model()
    skin = colour * 0.8 + linear(150, 160, 110) * 0.25
    row = math.sin(_TURN * phase) * strong
    late = math.cos(_TURN * phase) * strong
    for side in (-1, 1):
        root = (0.13, -0.035, 0.12 * side)
        out = (0.10 - 0.05 * late, -0.03 + 0.11 * row, 0.26 * side)
        tip = (-0.02 - 0.08 * late, -0.03 + 0.22 * row, 0.38 * side)
        model.chain([root, out, tip], [0.042, 0.046, 0.012], skin, blend=0.03, fur=0.0012)
        hind = [(-0.17, -0.04, 0.10 * side), (-0.25 + 0.02 * late, -0.05 - 0.03 * row, 0.17 * side)]
        model.chain(hind, [0.034, 0.026], skin, blend=0.02, fur=0.0012)
    model.add(((0.20, 0.0, 0), (0.27, 0.015, 0)), (0.048, 0.052), skin, blend=0.03)
    model.add(((0.27, 0.015, 0), (0.325, 0.000, 0)), (0.055, 0.032), skin, blend=0.03)
    model.add(((0.10, -0.045, 0), (-0.13, -0.045, 0)), (0.115, 0.095), linear(206, 190, 140), blend=0.02)
    shell = colour * 0.55 + linear(92, 66, 36) * 0.45
    for z in (-0.075, 0.075, 0.0):  # a flat dome, highest before its middle
        long, wide, up = 0.115 - 0.5 * abs(z), 0.098 - 0.16 * abs(z), -0.022 + 0.028 * (z == 0.0)
        model.add(((long, up, z), (-long * 1.25, up - 0.012, z)), (wide, wide * 0.72), shell, blend=0.05, gloss=0.25)
    for side in (-1, 1):
        model.eye((0.295, 0.032, 0.040 * side), 0.0125, (0.4, 0.2, 0.88 * side), skin * 0.5, linear(40, 34, 20))
    return model, []


def _jellyfish(phase: float, strong: float, colour: Array) -> tuple[Model, list[Sheet]]:
    model, sheets = Model(), list[Sheet]()
    squeeze = 0.5 + 0.5 * math.sin(_TURN * phase)
    wide = 0.205 - 0.045 * squeeze * strong
    tall = 0.150 + 0.030 * squeeze * strong
    count = 28
    glow = np.minimum(colour * 1.25 + 0.06, 1.2)
    model.ball((0, tall * 0.25, 0), wide * 0.30, glow, blend=0.03)
    for k in range(6):  # arms in the middle, frilled
        angle = _TURN * k / 6
        places: list[Place] = []
        for j in range(6):
            q = j / 5
            sway = 0.040 * q * math.sin(_TURN * (phase * 0.5 - 0.55 * q) + k)
            places.append((0.045 * math.cos(angle) + sway, -0.02 - 0.30 * q, 0.045 * math.sin(angle)))
        model.chain(places, [0.022, 0.020, 0.017, 0.013, 0.009, 0.004], glow * 0.85, blend=0.02)
    rim: list[Place] = []
    for k in range(count):
        angle = _TURN * k / count
        frill = 1 + 0.03 * math.cos(8 * angle)
        rim.append((wide * frill * math.cos(angle), -0.015 - 0.02 * squeeze, wide * frill * math.sin(angle)))
    for k in range(count):  # long threads from the rim
        if k % 2:
            continue
        long = 0.42 + 0.12 * math.sin(2.7 * k)
        line = np.array([_thread(rim[k], long, j / 9, phase, k) for j in range(10)])
        sheets.append(Sheet(line - _THREAD, line + _THREAD, (Band(1.0, glow, 0.45),), near=rim[k][2] > 0))
    sheets += _bell(wide, tall, glow)
    return model, sheets


def _thread(root: Place, long: float, q: float, phase: float, k: int) -> Place:
    sway = 0.055 * q * math.sin(_TURN * (phase * 0.5 - 0.7 * q) + 0.9 * k)
    return (root[0] * (1 - 0.25 * q) + sway, root[1] - long * q, root[2] * (1 - 0.25 * q))


def _bell(wide: float, tall: float, glow: Array) -> list[Sheet]:
    # domes within domes, each a little smaller and paler: a body that light passes through
    found = []
    for shrink, cover, tone in ((1.0, 0.30, 0.75), (0.86, 0.20, 0.95), (0.66, 0.22, 1.15), (0.40, 0.30, 1.3)):
        angles = np.linspace(0, math.pi, 17)
        top = np.stack([wide * shrink * np.cos(angles), tall * shrink * np.sin(angles) ** 0.8, 0 * angles], axis=1)
        low = np.stack([wide * shrink * np.cos(angles), -0.055 * np.sin(angles) - 0.012, 0 * angles], axis=1)
        found.append(Sheet(low, top, (Band(1.0, glow * tone, cover),), near=True))
    return found


def _octopus(phase: float, strong: float, colour: Array) -> tuple[Model, list[Sheet]]:
    model = Model()
    pale = colour * 0.6 + linear(240, 200, 180) * 0.4
    for k in range(8):
        angle = _TURN * (k + 0.5) / 8
        places: list[Place] = []
        out_x, out_z = math.cos(angle), math.sin(angle)
        for j in range(8):
            q = j / 7
            swing = math.sin(_TURN * (phase - 0.5 * q) + 1.3 * k)
            far = 0.06 + 0.24 * q + 0.02 * swing * q
            drop = -0.02 - 0.16 * math.sin(1.9 * q) + 0.10 * q * q + 0.055 * q * swing * (0.4 + 0.6 * strong)
            twist = 0.5 * q * math.sin(_TURN * phase * 0.5 + k)
            x = far * (out_x * math.cos(twist) - out_z * math.sin(twist))
            z = far * (out_x * math.sin(twist) + out_z * math.cos(twist))
            places.append((x, drop, z))
        radii = [0.040, 0.036, 0.031, 0.026, 0.021, 0.016, 0.011, 0.005]
        model.chain(places, radii, colour if k % 2 else colour * 0.9, blend=0.03, gloss=0.15)
        under = [(x, y - 0.010, z) for x, y, z in places[1:6]]
        model.chain(under, [r * 0.80 for r in radii[1:6]], pale, blend=0.006)
    swell = 0.008 * math.sin(_TURN * phase)
    model.add(((0.0, 0.02, 0), (-0.02, 0.06, 0)), (0.085, 0.085), colour, blend=0.05, gloss=0.15)
    model.add(((-0.03, 0.13, 0), (-0.10, 0.22, 0)), (0.100 + swell, 0.086 + swell), colour, blend=0.06, gloss=0.15)
    for side in (-1, 1):
        model.ball((0.045, 0.085, 0.062 * side), 0.030, colour, blend=0.012, gloss=0.1)
        model.eye((0.060, 0.092, 0.074 * side), 0.0215, (0.5, 0.15, 0.85 * side), _WHITE, linear(210, 160, 50))
    return model, []


def _crab(phase: float, strong: float, colour: Array) -> tuple[Model, list[Sheet]]:
    model = Model()
    low = 0.105
    for side in (-1, 1):  # it goes sideways, so its width lies along the way
        for k in range(4):
            step = _TURN * (phase + (0.5 if (k + (side > 0)) % 2 else 0.0))
            z = 0.09 - 0.055 * k
            lift = 0.03 * max(0.0, math.sin(step)) * strong
            foot = (side * (0.30 - 0.02 * abs(k - 1)) + 0.03 * math.cos(step) * strong, lift, z * 1.7)
            joint = (side * 0.225, low + 0.085 + lift, z * 1.4)
            places = [(side * 0.11, low, z), joint, foot]
            model.chain(places, [0.022, 0.018, 0.006], colour * 0.9, blend=0.008, gloss=0.25)
        wave = 0.03 * math.sin(_TURN * phase * 0.5 + side)
        arm = [
            (side * 0.12, low + 0.01, 0.09),
            (side * 0.22, low + 0.07 + wave, 0.15),
            (side * 0.19, low + 0.13 + wave, 0.20),
        ]
        model.chain(arm, [0.026, 0.030, 0.036], colour, blend=0.012, gloss=0.3)
        x, y, z = arm[2]
        model.add((arm[2], (x - side * 0.045, y + 0.055, z + 0.03)), (0.044, 0.010), colour, blend=0.012, gloss=0.3)
        model.add((arm[2], (x - side * 0.085, y + 0.018, z + 0.03)), (0.030, 0.008), colour, blend=0.010, gloss=0.3)
    model.add(((-0.085, low + 0.005, 0), (0.085, low + 0.005, 0)), (0.088, 0.088), colour, blend=0.02, gloss=0.3)
    model.add(
        ((-0.07, low - 0.02, 0.02), (0.07, low - 0.02, 0.02)), (0.075, 0.075), colour * 0.5 + _WHITE * 0.3, blend=0.02
    )
    for side in (-1, 1):
        stalk = (side * 0.040, low + 0.075, 0.055), (side * 0.048, low + 0.135, 0.075)
        model.add(stalk, (0.010, 0.009), colour, blend=0.006)
        model.ball(stalk[1], 0.0185, _DARK, blend=0.002, fur=0.0, gloss=0.8)
    return model, []


def _snake(phase: float, strong: float, colour: Array) -> tuple[Model, list[Sheet]]:
    model = Model()
    count = 22
    places: list[Place] = []
    for k in range(count + 1):
        q = k / count
        wave = math.sin(_TURN * (phase + 1.9 * q)) * (0.25 + 0.75 * strong)
        places.append((0.46 - 0.92 * q, 0.030, 0.085 * wave * min(1.0, 0.35 + 2 * q)))
    x, _, z = places[0]
    places[0] = (x, 0.105, z)
    places[1] = (places[1][0] + 0.01, 0.060, places[1][2])
    radii = [0.026 + 0.008 * math.sin(math.pi * min(1.0, k / count * 1.3)) for k in range(count + 1)]
    radii = [r * (1 - max(0.0, k / count - 0.72) * 3.1) for k, r in enumerate(radii)]
    model.chain(places, radii, colour, blend=0.02, gloss=0.3)
    model.add((places[0], (x + 0.065, 0.108, z)), (0.036, 0.024), colour, blend=0.02, gloss=0.3)
    for side in (-1, 1):
        model.eye(
            (x + 0.034, 0.126, z + 0.025 * side), 0.0105, (0.4, 0.2, 0.9 * side), colour * 0.3, linear(220, 180, 40)
        )
    tongue = 0.05 * max(0.0, math.sin(_TURN * phase * 1.5)) + 0.004
    model.add(((x + 0.085, 0.100, z), (x + 0.085 + tongue, 0.098, z)), (0.004, 0.003), linear(200, 40, 50), blend=0.002)
    return model, []


def _snail(phase: float, strong: float, colour: Array) -> tuple[Model, list[Sheet]]:
    model = Model()
    skin = linear(190, 168, 130)
    stretch = 0.015 * math.sin(_TURN * phase) * strong
    model.add(((0.13 + stretch, 0.030, 0), (-0.16, 0.020, 0)), (0.038, 0.020), skin, blend=0.02, gloss=0.4)
    model.add(((0.13 + stretch, 0.035, 0), (0.20 + stretch, 0.095, 0)), (0.036, 0.032), skin, blend=0.03, gloss=0.4)
    turns = 16
    for k in range(turns):  # the house, wound towards its middle
        q = k / turns
        angle = 1.2 * math.pi + 4.1 * math.pi * q
        far = 0.072 * (1 - q)
        place = (-0.03 + far * math.cos(angle), 0.125 + far * math.sin(angle), 0.012 * q * 3)
        tone = 0.85 + 0.25 * (k % 2)
        model.ball(place, 0.060 * (1 - 0.62 * q), colour * tone, blend=0.010, gloss=0.3)
    for side in (-1, 1):
        root = (0.205 + stretch, 0.115, 0.014 * side)
        tip = (0.245 + stretch, 0.195 + 0.01 * math.sin(_TURN * phase + side), 0.032 * side)
        model.add((root, tip), (0.0085, 0.006), skin, blend=0.006, gloss=0.3)
        model.ball(tip, 0.0105, _DARK, blend=0.003, fur=0.0, gloss=0.6)
    return model, []


@dataclass(frozen=True, slots=True)
class _Kind:
    """An animal: its colour, who models it, its medium, its cycle in seconds, its way in a cycle, and how we see it."""

    colour: Array
    sculptor: Sculptor
    medium: Medium
    does: str
    cycle: float
    stride: float
    size: float
    pattern: Pattern | None = None
    side: float = -0.5
    front: float = -1.1
    pitch: float = 0.12
    cover: float = 1.0


_KINDS: Mapping[str, _Kind] = {
    "turtle": _Kind(
        linear(70, 106, 62), _turtle, "water", "swims", 2.2, 0.45, 1.3,
        Pattern("net", linear(58, 52, 30), 10.0, 0.16, 0.08, 0.2), pitch=0.35,
    ),
    "jellyfish": _Kind(linear(176, 120, 226), _jellyfish, "water", "drifts", 2.4, 0.08, 0.8, side=-0.2, front=-0.2,
    pitch=0.10, cover=0.5),
    "octopus": _Kind(linear(206, 84, 60), _octopus, "water", "swims", 2.2, 0.20, 1.6, pitch=0.10),
    "crab": _Kind(linear(214, 66, 34), _crab, "ground", "scuttles", 0.55, 0.12, 0.40, side=-0.12, front=-0.12,
    pitch=0.20),
    "snake": _Kind(
        linear(116, 128, 60), _snake, "ground", "winds along", 1.7, 0.44, 1.5,
        Pattern("patches", linear(60, 60, 34), 12.0, 0.55, 0.08), side=-0.25, pitch=0.28,
    ),
    "snail": _Kind(linear(170, 104, 52), _snail, "ground", "creeps", 2.6, 0.05, 0.12, side=-0.35),
}  # fmt: skip

_THREAD = np.array((0.003, 0.0, 0.0))
_RESTING = {"stand", "sit", "sleep", "lie", "rest", "look"}


class Creeping:
    """One of them, which does the same for the whole shot."""

    def __init__(self, casting: Casting) -> None:
        who = casting.character
        kind = _KINDS[who.kind]
        self._kind, self._casting = kind, casting
        self._size = kind.size * _SIZES[who.size]
        painted = who.colour is not None and who.colour in PAINTS
        self._colour = PAINTS[who.colour] if painted and who.colour is not None else kind.colour
        called = f"{who.colour} {who.kind}" if painted else who.kind
        self.name = f"{'an' if called[0] in 'aeiou' else 'a'} {called}"
        rests = bool(_RESTING & set(who.actions))
        self._strong = 0.35 if rests else 1.0
        self.does = "rests" if rests else kind.does
        walks = who.kind == "turtle" and bool({"walk", "crawl", "run"} & set(who.actions))
        self.medium: Medium = "ground" if walks else kind.medium
        self._cycle = kind.cycle / casting.rate * (2.0 if rests else 1.0)
        self.speed = 0.0 if rests else kind.stride * self._size / self._cycle
        self._likeness = Likeness(self._size, kind.pattern, kind.side, kind.front, kind.cover)
        self._rest, sheets = self._model(0.0)
        left, right, top, bottom = self._likeness.extent(self._rest, sheets, pitch=kind.pitch)
        self._lift = 0.09 if walks else 0.0
        self.tall = (top - (bottom if self.medium == "water" else -self._lift)) * self._size
        self.long = (right - left) * self._size

    def _model(self, t: float) -> tuple[NDArray[np.float32], list[Sheet]]:
        model, sheets = self._kind.sculptor(t / self._cycle + self._casting.phase, self._strong, self._colour)
        return model.rig(), sheets

    def draw(self, look: Look, t: float) -> Sprite:
        """Its picture at `t`."""
        rig, sheets = self._model(t)
        tilted = replace(look, pitch=look.pitch + self._kind.pitch)
        sprite = self._likeness.draw(rig, self._rest, tilted, sheets)
        return replace(sprite, y=sprite.y + self._lift * self._size * look.metre) if self._lift else sprite

    def touches(self, start: float, end: float) -> Sequence[Touch]:
        """It is not heard."""
        return ()

    def feet(self, t: float) -> Sequence[Foot]:
        """What lies on the ground."""
        if self.medium != "ground":
            return ()
        half = 0.5 * self.long
        return tuple(Foot(half * k, 0.0, 0.02 * self._size, 0.10 * self._size) for k in (-0.6, -0.2, 0.2, 0.6))

    def saddle(self, t: float) -> tuple[float, float] | None:
        """Nobody rides it."""
        return None


def _make(casting: Casting) -> Player:
    return Creeping(casting)


PARTS: dict[str, Maker] = dict.fromkeys(_KINDS, _make)
