"""Characters of the water in, players out: fish, sharks, dolphins and whales, on whose bodies waves run.

Knows no place and no camera. Shapes are shoal.py's; what has no fins is sealife.py's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.album import Album
from openhorse.engines.procedural.players.likeness import Likeness
from openhorse.engines.procedural.players.membranes import Band, Sheet
from openhorse.engines.procedural.players.modelling import Model, Place
from openhorse.engines.procedural.players.paints import PAINTS
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Medium, Player, Sprite, Touch
from openhorse.engines.procedural.players.shoal import FISH, VARIETIES, Fish

Array = NDArray[np.floating]
_TURN = 2 * math.pi
_STATIONS = 11
_STEPS = 20  # pictures of a small one for each beat of its tail
_LENGTH = 0.56  # nose to tail stalk
_SIZES = {"small": 0.7, "usual": 1.0, "large": 1.4}


class _Body:
    """Models a fish at one moment of its wave; `wave` 0 is straight."""

    def __init__(self, fish: Fish, phase: float, wave: float) -> None:
        self.fish, self.phase, self.wave, self.model = fish, phase, wave, Model()
        self.small, self.sheets = fish.size < 2, list[Sheet]()

    def at(self, s: float, up: float = 0.0, near: float = 0.0) -> Place:
        """A point of the body: 0 at the nose, 1 at the stalk, beyond it the tail."""
        fish = self.fish
        swing = self.wave * fish.bend * (0.10 + 0.25 * s + 0.85 * s * s) * math.sin(_TURN * (self.phase - 0.85 * s))
        x = (0.5 - s) * _LENGTH
        return (x, up + swing, near) if fish.plane == "up" else (x, up, near + swing)

    def half(self, s: float, most: float) -> float:
        """Half the body's height or width at a station."""
        fish = self.fish
        q = min(1.0, max(0.0, s))
        front = math.sin(math.pi * 0.5 * min(1.0, (q + 0.012) / 0.36)) ** (0.35 + fish.nose)
        back = 1.0 if q < 0.36 else 0.5 + 0.5 * math.cos(math.pi * (q - 0.36) / 0.64)
        here: float = fish.stalk * min(1.0, q * 3) * 0.9 + (most - fish.stalk * 0.9) * front * back + 0.004
        return here

    def sculpt(self) -> NDArray[np.float32]:
        """All of it."""
        self._trunk()
        self._tail()
        self._fins()
        self._head()
        return self.model.rig()

    def _trunk(self) -> None:
        fish, add = self.fish, self.model.add
        cover = {"fur": 0.0011, "gloss": fish.gloss}
        stations = [k / _STATIONS for k in range(_STATIONS + 1)]
        for a, b in pairwise(stations):
            wide = (self.half(a, fish.thick), self.half(b, fish.thick))
            rise = tuple(max(0.0, self.half(s, fish.tall) - self.half(s, fish.thick)) for s in (a, b))
            add((self.at(a), self.at(b)), wide, fish.back, blend=0.02, **cover)
            if fish.tall > fish.thick * 1.15:
                for up in (0.55, 1.0):
                    thin = (wide[0] * (1.02 - 0.42 * up), wide[1] * (1.02 - 0.42 * up))
                    for way, colour in ((1, fish.back), (-1, fish.belly)):
                        ends = self.at(a, way * up * rise[0]), self.at(b, way * up * rise[1])
                        add(ends, thin, colour, blend=0.035, **cover)
            else:
                under = self.at(a, -0.34 * wide[0]), self.at(b, -0.34 * wide[1])
                add(under, (wide[0] * 0.86, wide[1] * 0.86), fish.belly, blend=0.012, **cover)

    def _tail(self) -> None:
        fish = self.fish
        long = fish.tail * (0.8 + 0.2 * fish.veil)
        roots, tips = [], []
        count = 9 if self.small else 21
        for k in range(count):
            spread = 2 * k / (count - 1) - 1
            reach = long * (1 - fish.forked * 0.55 * (1 - abs(spread)))
            out = spread * long * (0.62 + 0.25 * fish.forked)
            flutter = 0.020 * (fish.veil - 0.8) * math.sin(_TURN * (self.phase + 0.13 * k))
            s = 1.0 + reach / _LENGTH
            if fish.plane == "up":
                roots.append(self.at(0.95, 0.0, spread * 0.014))
                tips.append(self.at(s, flutter, out))
            else:
                roots.append(self.at(0.95, spread * fish.stalk * 0.8))
                tips.append(self.at(s, out, flutter))
        self._fin(roots, tips, 0.016)

    def _fin(self, roots: list[Place], tips: list[Place], wide: float = 0.014, near: bool = False) -> None:
        # a small fish's is a veil between rays; a large one's is flesh
        fish = self.fish
        if not self.small:
            for start, end in zip(roots, tips, strict=True):
                cover = {"fur": 0.0011, "gloss": fish.gloss * 0.5}
                self.model.add((start, end), (wide, wide * 0.5), fish.fin, blend=0.022, **cover)
            return
        clear = 0.52 if fish.veil > 1.3 else 0.66
        bands = (Band(1.0, fish.fin, clear), Band(0.62, fish.fin, 0.5), Band(0.3, fish.fin * 0.92, 0.8))
        self.sheets.append(Sheet(np.array(roots), np.array(tips), bands, fish.fin * 0.45, 0.4, near=near))

    def _fins(self) -> None:
        self._dorsal()
        row = 0.5 + 0.5 * math.sin(_TURN * self.phase * (1.0 if self.small else 0.5))
        for side in (-1, 1):
            self._breast(side, row)
        fish = self.fish
        if fish.plane == "side":  # and one below
            roots, tips = [], []
            for k in range(5 if self.small else 12):
                s = 0.62 + (0.20 if self.small else 0.10) * k / (4 if self.small else 11)
                low = -self.half(s, fish.tall) * 0.80
                roots.append(self.at(s, low))
                tips.append(
                    self.at(
                        s + 0.14, low - (0.075 if self.small else 0.05) * fish.veil * (1.1 - 0.7 * (s - 0.62) / 0.2)
                    )
                )
            self._fin(roots, tips)

    def _dorsal(self) -> None:
        fish = self.fish
        front, back, high = fish.dorsal
        count = 8 if self.small else 16
        roots, tips = [], []
        for k in range(count):
            q = k / (count - 1)
            s = 0.5 - (front + (back - front) * q) / _LENGTH
            top = self.half(s, fish.tall) * 0.82
            tall = high * (0.45 + 0.55 * math.sin(math.pi * (0.22 + 0.62 * q))) if self.small else high * (1 - 0.85 * q)
            lean = 0.12 + 0.10 * fish.veil if self.small else high * 0.9 / _LENGTH
            wave = 0.012 * math.sin(_TURN * (self.phase - q)) if self.small else 0.0
            roots.append(self.at(s, top))
            tips.append(self.at(s + lean * 0.7, top + tall, wave))
        self._fin(roots, tips, 0.017)

    def _breast(self, side: int, row: float) -> None:
        # breast fins row slowly
        fish = self.fish
        root = self.at(0.33, -0.36 * self.half(0.33, fish.tall), side * self.half(0.33, fish.thick) * 0.92)
        roots, tips = [], []
        count = 6 if self.small else 12
        for k in range(count):
            q = k / (count - 1)
            long = (
                fish.flipper
                * (0.75 + 0.25 * fish.veil)
                * ((1 - 0.40 * q) if not self.small else (0.8 + 0.2 * math.sin(3 * q)))
            )
            wide = 0.35 + 0.5 * row
            angle = (0.25 + 0.8 * wide) - 0.95 * q * (1.0 if self.small else 0.55)
            roots.append((root[0] - 0.012 * q, root[1] + 0.016 * q, root[2]))
            drop = math.sin(angle) * long
            tips.append(
                (
                    root[0] - math.cos(angle) * long,
                    root[1] - drop * 0.75,
                    root[2] + side * (0.2 + drop * 0.6) * long * 2,
                )
            )
        self._fin(roots, tips, 0.019, near=side > 0)

    def _head(self) -> None:
        fish, model = self.fish, self.model
        if fish.beak:
            beak = self.at(0.05, -0.018), (self.at(0.0)[0] + fish.beak, self.at(0.0)[1] - 0.030, self.at(0.0)[2])
            model.add(beak, (0.034, 0.019), fish.back * 0.6 + fish.belly * 0.4, blend=0.03, gloss=fish.gloss)
        s = 0.13 if self.small else 0.16
        up = 0.16 if fish.plane == "side" else -0.16
        iris = fish.iris if fish.iris is not None else linear(210, 180, 90) if self.small else fish.back * 0.3
        for side in (-1, 1):
            x, y, z = self.at(
                s, up * self.half(s, fish.tall), side * self.half(s, fish.thick) * (0.94 if self.small else 0.99)
            )
            ring = _PALE if self.small else fish.back * 0.4
            model.eye((x, y, z), fish.eye, (0.35, 0.05, 0.93 * side), ring, iris)
            if fish.name == "orca":
                patch = self.at(0.22, 0.3 * self.half(0.2, fish.tall), side * self.half(0.22, fish.thick) * 0.84)
                model.ball(patch, 0.022, fish.belly, blend=0.004, gloss=0.2)
        if fish.name.endswith("shark"):
            self._jaws()
        mouth = self.at(0.012, -0.012)
        if fish.size < 2:
            model.ball((mouth[0] + 0.006, mouth[1], mouth[2]), 0.0105, fish.belly * 0.55, blend=0.006)

    def _jaws(self) -> None:
        # a shark's mouth lies under its snout; slits before the breast fins
        fish, model = self.fish, self.model
        for side in (-1, 1):
            corner = self.at(0.13, -0.62 * self.half(0.13, fish.tall), side * self.half(0.13, fish.thick) * 0.62)
            middle = self.at(0.055, -0.74 * self.half(0.07, fish.tall))
            model.add((middle, corner), (0.0065, 0.004), _GAPE, blend=0.003, fur=0.0)
            for k in range(4):
                s = 0.235 + 0.020 * k
                top = self.at(s, 0.22 * self.half(s, fish.tall), side * self.half(s, fish.thick) * 1.0)
                low = self.at(s + 0.012, -0.30 * self.half(s, fish.tall), side * self.half(s, fish.thick) * 0.99)
                model.add((top, low), (0.0062, 0.0050), fish.back * 0.4, blend=0.003, fur=0.0)


_GAPE = linear(60, 34, 36)
_PALE = linear(240, 238, 226)


class Swimmer:
    """One fish or whale, which swims the whole shot; it hovers where it is told to stay."""

    def __init__(self, casting: Casting) -> None:
        who = casting.character
        fish = _fish_of(who.kind, who.variety, who.colour)
        self._fish, self._casting = fish, casting
        self._size = fish.size / 0.7 * _SIZES[who.size]
        self.name = f"{'an' if fish.name[0] in 'aeiou' else 'a'} {fish.name}"
        self._leaps = who.kind in ("dolphin", "whale", "orca", "salmon") and bool({"jump", "leap"} & set(who.actions))
        stays = any(action in ("stand", "sleep", "float", "sit", "lie", "look", "eat") for action in who.actions)
        self.does = "leaps" if self._leaps else "hovers" if stays else "swims"
        self.medium: Medium = "water"
        quick = 1.7 if {"run", "chase", "race", "dash"} & set(who.actions) else 1.0
        self._beat = fish.beat * quick * casting.rate
        self.speed = 0.0 if stays else 0.34 * self._beat * self._size * _LENGTH
        self._wave = 0.55 if stays else 1.0
        self._likeness = Likeness(self._size, fish.pattern, math.radians(-26), math.radians(-46))
        body = _Body(fish, 0.0, 0.0)
        self._rest = body.sculpt()
        left, right, top, bottom = self._likeness.extent(self._rest, body.sheets)
        self.tall, self.long = (top - bottom) * self._size, (right - left) * self._size
        self._album = Album(self.long)

    def draw(self, look: Look, t: float) -> Sprite:
        """Its picture at `t`."""
        phase = t * self._beat + self._casting.phase
        if self._leaps or not self._album.keeps(look):
            return self._drawn(look, phase, t)
        step = round(phase * _STEPS) % (2 * _STEPS)
        return self._album.picture(look, step, lambda near: self._drawn(near, step / _STEPS, t))

    def _drawn(self, look: Look, phase: float, t: float) -> Sprite:
        body = _Body(self._fish, phase, self._wave)
        rig = body.sculpt()
        rest, lift = self._rest, 0.0
        if self._leaps:
            rig, lift = self._leap(rig, t)
        sprite = self._likeness.draw(rig, rest, look, body.sheets)
        return replace(sprite, y=sprite.y + lift * look.metre) if lift else sprite

    def _leap(self, rig: Array, t: float) -> tuple[NDArray[np.float32], float]:
        # out of the water in an arc and back, its nose along its way
        part = (t * self._casting.rate / 2.4 + self._casting.phase) % 1.0
        slope = 0.95 * math.cos(math.pi * part)
        cosine, sine = math.cos(slope), math.sin(slope)
        out = rig.copy()
        for x, y in ((0, 1), (3, 4)):
            out[:, x] = rig[:, x] * cosine - rig[:, y] * sine
            out[:, y] = rig[:, x] * sine + rig[:, y] * cosine
        return out, (1.5 * math.sin(math.pi * part) - 0.6) * 0.5 * self._size

    def touches(self, start: float, end: float) -> Sequence[Touch]:
        """The splash of one that leaps."""
        if not self._leaps:
            return ()
        every = 2.4 / self._casting.rate
        found = []
        for into, level in ((0.12, 0.5), (0.90, 0.9)):
            first = (into - self._casting.phase) * every
            k = math.ceil((start - first) / every)
            while (at := first + k * every) < end:
                found.append(Touch(at, "splash", level))
                k += 1
        return sorted(found, key=lambda touch: touch.at)

    def feet(self, t: float) -> Sequence[Foot]:
        """Nothing of it rests on the ground."""
        return ()

    def saddle(self, t: float) -> tuple[float, float] | None:
        """Its back, if it is large."""
        if self._fish.size < 2:
            return None
        return 0.0, self._fish.tall * 0.9 * self._size


def _fish_of(kind: str, variety: str, colour: str | None) -> Fish:
    fish = next((VARIETIES[word] for word in variety.replace("/", " ").split() if word in VARIETIES), FISH[kind])
    if kind == "fish" and colour == "blue":
        return VARIETIES["blue"]
    if colour is None or colour not in PAINTS:
        return fish
    paint = PAINTS[colour]
    pale = np.minimum(paint * 1.5 + 0.05, 0.9)
    keep = fish.pattern if kind in ("koi", "clownfish") else None
    return replace(fish, name=f"{colour} {fish.name}", back=paint, belly=pale, fin=paint * 0.85, pattern=keep)


def _make(casting: Casting) -> Player:
    return Swimmer(casting)


PARTS: dict[str, Maker] = dict.fromkeys(FISH, _make)
