"""Characters on six legs in, players out: butterflies, bees, dragonflies that fly, ladybirds and ants that walk.

Knows no place and no camera.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.album import Album
from openhorse.engines.procedural.players.likeness import Likeness
from openhorse.engines.procedural.players.markings import Pattern
from openhorse.engines.procedural.players.membranes import Band, Sheet
from openhorse.engines.procedural.players.modelling import Model, Place
from openhorse.engines.procedural.players.paints import PAINTS
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Medium, Player, Sprite, Touch

Array = NDArray[np.floating]
_TURN = 2 * math.pi
_SIZES = {"small": 0.7, "usual": 1.0, "large": 1.4}
_BLACK = linear(22, 20, 22)
_WHITE = linear(244, 240, 232)
_GLASS = linear(214, 226, 236)

Outline = tuple[tuple[float, float], ...]
_FORE: Outline = ((0.13, 0.05), (0.22, 0.17), (0.275, 0.33), (0.20, 0.375), (0.10, 0.345), (0.02, 0.27), (-0.02, 0.12))
_HIND: Outline = (
    (0.00, 0.10),
    (-0.02, 0.24),
    (-0.09, 0.285),
    (-0.17, 0.26),
    (-0.225, 0.18),
    (-0.21, 0.09),
    (-0.12, 0.03),
)
_LONG: Outline = ((0.12, 0.03), (0.15, 0.22), (0.13, 0.44), (0.085, 0.47), (0.055, 0.40), (0.05, 0.20), (0.055, 0.05))
_LOW: Outline = (
    (0.03, 0.03),
    (0.02, 0.20),
    (0.00, 0.40),
    (-0.045, 0.43),
    (-0.085, 0.36),
    (-0.075, 0.18),
    (-0.02, 0.04),
)
_SHORT: Outline = ((0.10, 0.03), (0.11, 0.14), (0.05, 0.27), (-0.02, 0.28), (-0.05, 0.20), (-0.01, 0.08))


@dataclass(frozen=True, slots=True)
class Insect:
    """An insect: its body's balls (ahead, up, radius, colour), its wings, and how it moves them.

    `beat` is wing beats a second, `open` and `swing` the angles of its wings, `flits` how far it bobs about.
    """

    name: str
    body: tuple[tuple[float, float, float, Array], ...]
    wings: tuple[Outline, ...] = ()
    colours: tuple[Array, Array] = (_GLASS, _GLASS)
    clear: bool = False
    spots: bool = True
    beat: float = 3.0
    open: float = 0.42
    swing: float = 0.85
    flits: float = 0.10
    eye: tuple[float, float, float, float] = (0.15, 0.015, 0.020, 0.017)
    feeler: float = 0.12
    legs: float = 0.10
    fur: float = 0.0012
    pattern: Pattern | None = None
    walks: bool = False
    pace: float = 0.0
    size: float = 0.15


def _butterfly(name: str, main: Array, margin: Array = _BLACK) -> Insect:
    body = (
        (0.125, 0.0, 0.026, _BLACK), (0.085, 0.0, 0.032, _BLACK), (0.045, 0.002, 0.034, _BLACK), (0.0, -0.004, 0.026,
            _BLACK),
        (-0.05, -0.014, 0.024, _BLACK), (-0.10, -0.022, 0.021, _BLACK), (-0.15, -0.028, 0.013, _BLACK),
    )  # fmt: skip
    return Insect(name, body, (_FORE, _HIND), (main, margin), fur=0.004)


_GOLD, _AMBER = linear(238, 170, 40), linear(206, 136, 36)
_DRAGON = tuple((0.02 - 0.052 * k, 0.0 - 0.002 * k, 0.019 - 0.0007 * k, linear(30, 120, 150)) for k in range(9))

_INSECTS: Mapping[str, Insect] = {
    "butterfly": _butterfly("butterfly", linear(240, 132, 22)),
    "moth": replace(_butterfly("moth", linear(196, 172, 138), linear(120, 96, 70)), fur=0.010),
    "bee": Insect(
        "bee",
        (
            (0.115, -0.01, 0.048, _BLACK), (0.045, 0.005, 0.074, _GOLD), (-0.03, -0.005, 0.062, _AMBER), (-0.085,
                -0.016, 0.068, _GOLD),
            (-0.14, -0.034, 0.060, _GOLD), (-0.19, -0.052, 0.038, _BLACK), (-0.222, -0.064, 0.010, _BLACK),
        ),
        (_SHORT,), clear=True, spots=False, beat=9.0, open=0.75, swing=0.55, flits=0.05, eye=(0.135, 0.006, 0.038,
            0.024),
        feeler=0.07, fur=0.009, pattern=Pattern("stripes", _BLACK, 13.0, 0.50, 0.08, 0.1), size=0.05,
    ),
    "dragonfly": Insect(
        "dragonfly",
        ((0.13, 0.004, 0.034, linear(40, 140, 150)), (0.08, 0.0, 0.040, linear(36, 110, 130)), (0.04, 0.0, 0.036,
            linear(30, 110, 140)), *_DRAGON),
        (_LONG, _LOW), clear=True, spots=False, beat=7.0, open=0.10, swing=0.30, flits=0.03, eye=(0.150, 0.016,
            0.026, 0.026), feeler=0.03,
        size=0.16,
    ),
    "ladybird": Insect(
        "ladybird",
        ((0.135, -0.045, 0.040, _BLACK), (0.095, -0.025, 0.062, _BLACK), (0.01, 0.0, 0.115, linear(206, 30, 24)),
        (-0.045, -0.004, 0.110, linear(206, 30, 24))),
        spots=False, eye=(0.163, -0.036, 0.026, 0.012), feeler=0.05, legs=0.09, walks=True, pace=2.2,
        pattern=Pattern("dots", _BLACK, 9.5, 0.70, 0.04, 0.05, low=-0.05), size=0.03,
    ),
    "ant": Insect(
        "ant",
        ((0.15, 0.01, 0.042, linear(70, 34, 24)), (0.085, 0.01, 0.024, linear(60, 30, 22)), (0.04, 0.012, 0.030,
            linear(70, 34, 24)), (-0.01, 0.01, 0.014, linear(60, 30, 22)), (-0.07, 0.012, 0.050, linear(54, 26, 20)),
            (-0.115, 0.006, 0.042, linear(54, 26, 20))),
        spots=False, eye=(0.165, 0.02, 0.033, 0.010), feeler=0.11, legs=0.17, walks=True, pace=3.0, size=0.03,
    ),
}  # fmt: skip

_BEE = _INSECTS["bee"]
_CREAM, _LEMON = linear(240, 232, 212), linear(246, 200, 30)
_VARIETIES: Mapping[str, Insect] = {
    "bumblebee": replace(
        _BEE,
        name="bumblebee",
        body=(
            (0.115, -0.012, 0.052, _BLACK),
            (0.055, 0.008, 0.088, _GOLD),
            (-0.045, 0.0, 0.088, _BLACK),
            (-0.130, -0.020, 0.080, _GOLD),
            (-0.205, -0.048, 0.062, _CREAM),
            (-0.235, -0.060, 0.030, _CREAM),
        ),
        beat=7.5,
        fur=0.020,
        pattern=None,
        size=0.06,
    ),
    "wasp": replace(
        _BEE,
        name="wasp",
        body=(
            (0.120, -0.004, 0.044, _LEMON),
            (0.060, 0.008, 0.056, _BLACK),
            (0.005, 0.006, 0.036, _BLACK),
            (-0.035, -0.002, 0.009, _BLACK),
            (-0.080, -0.010, 0.048, _LEMON),
            (-0.130, -0.026, 0.052, _LEMON),
            (-0.190, -0.052, 0.038, _LEMON),
            (-0.240, -0.076, 0.016, _LEMON),
            (-0.275, -0.092, 0.003, _BLACK),
        ),
        wings=(_LONG,),
        colours=(linear(214, 176, 120), linear(214, 176, 120)),
        fur=0.0012,
        feeler=0.11,
        legs=0.16,
        pattern=Pattern("stripes", _BLACK, 21.0, 0.5, 0.06, 0.1),
        flits=0.07,
        size=0.05,
    ),
    "beetle": replace(
        _INSECTS["ladybird"],
        name="beetle",
        body=(
            (0.150, -0.045, 0.040, linear(16, 34, 26)),
            (0.095, -0.028, 0.064, linear(20, 60, 44)),
            (0.01, -0.008, 0.096, linear(22, 84, 58)),
            (-0.06, -0.014, 0.096, linear(22, 84, 58)),
            (-0.13, -0.030, 0.062, linear(20, 70, 50)),
        ),
        pattern=None,
        legs=0.12,
        feeler=0.08,
        size=0.04,
    ),
    "monarch": _INSECTS["butterfly"],
    "morpho": _butterfly("blue morpho butterfly", linear(30, 110, 230)),
    "swallowtail": _butterfly("swallowtail butterfly", linear(246, 214, 90)),
}

_ALIGHT = {"sit", "stand", "sleep", "eat", "drink", "rest", "lie", "look"}
_WALKING = {"walk", "run", "crawl", "march"}


class _Body:
    """Models an insect with its wings at an angle."""

    def __init__(self, insect: Insect, angle: float, step: float | None, tilt: float) -> None:
        self.insect, self.angle, self.model, self.sheets = insect, angle, Model(), list[Sheet]()
        self.cos, self.sin = math.cos(tilt), math.sin(tilt)
        self._legs(step)
        self._trunk()
        self._head()
        for side in (-1, 1):
            for number, outline in enumerate(insect.wings):
                self._wing(outline, side, number)

    def at(self, ahead: float, up: float, near: float = 0.0) -> Place:
        """A point of the body."""
        return (ahead * self.cos - up * self.sin, ahead * self.sin + up * self.cos, near)

    def _trunk(self) -> None:
        insect = self.insect
        for k, (ahead, up, radius, colour) in enumerate(insect.body):
            after = insect.body[min(k + 1, len(insect.body) - 1)]
            middle = ((ahead + after[0]) / 2, (up + after[1]) / 2)
            ends = self.at(ahead, up), self.at(*middle)
            gloss = 0.45 if insect.fur < 0.002 else 0.0
            fur = insect.fur if colour is not _BLACK or insect.wings else 0.0
            self.model.add(ends, (radius, (radius + after[2]) / 2), colour, blend=0.012, fur=fur, gloss=gloss)

    def _head(self) -> None:
        insect = self.insect
        ahead, up, near, radius = insect.eye
        for side in (-1, 1):
            colour = linear(60, 40, 34) if insect.name != "dragonfly" else linear(70, 170, 140)
            self.model.ball(self.at(ahead, up, near * side), radius, colour, blend=0.004, fur=0.0, gloss=0.8)
            root = self.at(ahead - 0.006, up + radius * 0.8, near * 0.5 * side)
            bend = self.at(ahead + insect.feeler * 0.5, up + insect.feeler * 0.62, near * side * 1.6)
            end = self.at(ahead + insect.feeler, up + insect.feeler * 0.80, near * side * 2.3)
            self.model.add((root, bend), (0.0052, 0.0044), _BLACK, blend=0.002, fur=0.0)
            self.model.add((bend, end), (0.0044, 0.0065), _BLACK, blend=0.002, fur=0.0)

    def _legs(self, step: float | None) -> None:
        insect = self.insect
        long = insect.legs
        for side in (-1, 1):
            for k, ahead in enumerate((0.085, 0.045, 0.0)):
                root = self.at(ahead, -0.016, 0.022 * side)
                if step is None:  # drawn up in flight
                    joint = self.at(ahead + 0.010, -0.05, 0.040 * side)
                    foot = self.at(ahead - 0.035, -0.05 - long * 0.4, 0.030 * side)
                else:
                    swing = _TURN * (step + (0.5 if (k + (side > 0)) % 2 else 0.0))
                    reach = (1 - k) * long * 0.75 + ahead
                    foot = (
                        reach + 0.030 * math.cos(swing),
                        -long + 0.022 * max(0.0, math.sin(swing)),
                        long * 1.15 * side,
                    )
                    joint = ((root[0] + foot[0]) / 2, root[1] + long * 0.25, (root[2] + foot[2]) / 2 * 1.15)
                self.model.add((root, joint), (0.0075, 0.0065), _BLACK, blend=0.004, fur=0.0)
                self.model.add((joint, foot), (0.0065, 0.0042), _BLACK, blend=0.002, fur=0.0)

    def _wing(self, outline: Outline, side: int, number: int) -> None:
        insect = self.insect
        angle = self.angle - 0.10 * number
        root = 0.060 - 0.045 * number
        cosine, sine = math.cos(angle), math.sin(angle)

        def place(ahead: float, out: float) -> Place:
            return self.at(ahead, 0.022 + out * sine, side * (0.012 + out * cosine))

        tips = np.array([place(a, b) for a, b in outline])
        roots = np.array([place(root - 0.012 * k / len(outline), 0.0) for k in range(len(outline))])
        main, margin = insect.colours
        if insect.clear:
            glass = (Band(1.0, main, 0.30), Band(0.55, main, 0.16))
            self.sheets.append(Sheet(roots, tips, glass, _BLACK * 2, 0.42, near=side > 0))
            return
        bands = (
            Band(1.0, margin, 0.97), Band(0.83, main * 0.85, 0.97), Band(0.72, main, 0.98), Band(0.42,
                np.minimum(main * 1.25, 0.95), 0.9),
            Band(0.16, main * 0.4, 0.9),
        )  # fmt: skip
        rows = [(0.10 + 0.80 * k / 7, 0.915, 0.0085) for k in range(8)] if insect.spots else []
        rows += [(0.30, 0.80, 0.011), (0.42, 0.78, 0.009)] if number == 0 and insect.spots else []
        self.sheets.append(Sheet(roots, tips, bands, margin, 0.55, tuple(rows), _WHITE, near=side > 0))


class Fluttering:
    """One insect, which does the same for the whole shot."""

    def __init__(self, casting: Casting) -> None:
        who = casting.character
        insect = _insect_of(who.kind, who.variety, who.colour)
        self._insect, self._casting = insect, casting
        self._size = insect.size * _SIZES[who.size]
        self.name = f"{'an' if insect.name[0] in 'aeiou' else 'a'} {insect.name}"
        alight = bool(_ALIGHT & set(who.actions))
        self._walks = insect.walks or bool(_WALKING & set(who.actions))
        self._flies = not alight and not self._walks
        self.does = "flies" if self._flies else "walks" if self._walks and not alight else "rests"
        self.medium: Medium = "air" if self._flies else "ground"
        pace = insect.pace or 2.0
        self._pace = pace * casting.rate if self._walks and not alight else 0.0
        self.speed = (
            0.22 * casting.rate * max(0.25, math.sqrt(self._size)) if self._flies else 0.12 * self._pace * self._size
        )
        self._likeness = Likeness(self._size, insect.pattern, math.radians(-36), math.radians(-70))
        body = self._body(*self._state(0.0))
        left, right, top, _ = self._likeness.extent(body.model.rig(), body.sheets, pitch=self._pitch(0.09))
        self.tall, self.long = (top + self._ground()) * self._size, (right - left) * self._size
        self._album = Album(self.long)

    def _ground(self) -> float:
        # how far below the body's middle the ground point is
        return 0.0 if self._flies else self._insect.legs

    def _pitch(self, pitch: float) -> float:
        return pitch + (0.42 if self._insect.wings else 0.20)

    def _state(self, t: float) -> tuple[float, float | None]:
        # the angle of its wings, and where it is in its step
        insect, own = self._insect, t * self._casting.rate + 7 * self._casting.phase
        if not self._flies:
            angle = 1.05 - 0.35 * math.cos(_TURN * own / 2.6) if not insect.clear else 0.35
            return angle, t * self._pace + self._casting.phase
        p = t * insect.beat * self._casting.rate + self._casting.phase
        resting = max(0.0, math.sin(_TURN * own / 2.9)) ** 4 if not insect.clear else 0.0
        return insect.open + insect.swing * math.sin(_TURN * p) * (1 - resting), None

    def _body(self, angle: float, step: float | None) -> _Body:
        return _Body(self._insect, angle, step, 0.22 if step is None else 0.0)

    def draw(self, look: Look, t: float) -> Sprite:
        """Its picture at `t`."""
        tilted = replace(look, pitch=self._pitch(look.pitch))
        angle, step = self._state(t)
        if self._album.keeps(look):
            angle, step = round(angle * 9) / 9, None if step is None else round(step * 8) % 8 / 8
            sprite = self._album.picture(tilted, (angle, step), lambda near: self._drawn(near, angle, step))
        else:
            sprite = self._drawn(tilted, angle, step)
        lift = self._bob(t) * self._size if self._flies else self._ground() * self._size
        return replace(sprite, y=sprite.y + lift * look.metre)

    def _drawn(self, look: Look, angle: float, step: float | None) -> Sprite:
        body = self._body(angle, step)
        rig = body.model.rig()
        return self._likeness.draw(rig, rig, look, body.sheets)

    def _bob(self, t: float) -> float:
        own = t * self._casting.rate + 7 * self._casting.phase
        beat = math.sin(_TURN * (own * self._insect.beat + 0.3)) * 0.25 if not self._insect.clear else 0.0
        return self._insect.flits * (math.sin(_TURN * own / 1.7) + 0.6 * math.sin(_TURN * own / 0.93) + beat)

    def touches(self, start: float, end: float) -> Sequence[Touch]:
        """It is not heard."""
        return ()

    def feet(self, t: float) -> Sequence[Foot]:
        """Its body over the ground."""
        if self._flies:
            return ()
        return (Foot(0.0, 0.0, 0.3 * self._ground() * self._size, 0.10 * self._size),)

    def saddle(self, t: float) -> tuple[float, float] | None:
        """Nobody rides an insect."""
        return None


def _insect_of(kind: str, variety: str, colour: str | None) -> Insect:
    words = (*variety.replace("/", " ").split(), kind)
    insect = next((_VARIETIES[word] for word in words if word in _VARIETIES), None) or _INSECTS[_ALSO.get(kind, kind)]
    if colour is None or colour not in PAINTS:
        return insect
    paint = PAINTS[colour]
    if insect.wings and not insect.clear:
        margin = (
            _BLACK
            if colour not in ("black", "white")
            else linear(60, 70, 130)
            if colour == "black"
            else linear(150, 140, 130)
        )
        return replace(insect, name=f"{colour} {insect.name}", colours=(paint, margin))
    body = tuple((a, u, r, c if c is _BLACK else paint) for a, u, r, c in insect.body)
    return replace(insect, name=f"{colour} {insect.name}", body=body)


def _make(casting: Casting) -> Player:
    return Fluttering(casting)


_ALSO = {"ladybug": "ladybird", "beetle": "ladybird", "honeybee": "bee", "bumblebee": "bee", "wasp": "bee"}
"""Other names, and what they stand for."""

PARTS: dict[str, Maker] = dict.fromkeys((*_INSECTS, *_ALSO), _make)
