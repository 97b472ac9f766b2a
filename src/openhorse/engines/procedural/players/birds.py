"""Characters with feathers in, players out: they fly with two-jointed wings, glide, walk, hop, peck and swim.

Knows no place and no camera. Shapes and colours are aviary.py's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.players.album import Album
from openhorse.engines.procedural.players.aviary import BIRDS, VARIETIES, Bird
from openhorse.engines.procedural.players.blending import between
from openhorse.engines.procedural.players.likeness import Likeness
from openhorse.engines.procedural.players.order import in_order, pace_of
from openhorse.engines.procedural.players.paints import PAINTS
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Medium, Player, Sprite, Touch
from openhorse.engines.procedural.players.plumage import Perch, Sculptor
from openhorse.engines.procedural.players.timeline import Span, Timeline

_TURN = 2 * math.pi
_HIGH = 1.15
"""How high above the ground one flies that lands, in its own heights."""
_SIZES = {"small": 0.72, "usual": 1.0, "large": 1.35}

_FLYING = {"fly", "glide", "soar", "hover", "migrate", "circle"}
_SWIMMING = {"swim", "float", "paddle", "dive"}
_STEPPING = {"walk", "run", "hop", "jump", "follow", "chase", "stroll", "wander", "march", "come", "go", "waddle"}
_EATING = {"eat", "drink", "peck", "feed", "graze"}


class Feathered:
    """One bird; `timeline` tells when it does what, where it does several things."""

    def __init__(self, casting: Casting) -> None:
        who = casting.character
        bird = _bird_of(*_called(who.kind, who.variety), who.colour)
        self._bird, self._casting = bird, casting
        self._size = bird.size * _SIZES[who.size]
        self._modes = _modes_of(bird, who.actions, casting.seconds)
        self._mode = self._modes[0]
        self.name = f"{'an' if bird.name[0] in 'aeiou' else 'a'} {bird.name}"
        said = {"fly": "flies", "swim": "swims", "walk": "hops" if bird.hops else "walks", "eat": "pecks"}
        self.does = ", ".join(said.get(mode, "stands") for mode in self._modes)
        self.medium: Medium = {"fly": "air", "swim": "afloat"}.get(self._mode, "ground")  # type: ignore[assignment]
        if len(self._modes) > 1:
            self.medium = "ground"
        self._waterline = 0.0
        self._beat = max(1.1, bird.beat) * casting.rate
        self._stride = 0.075 + 0.40 * bird.leg
        self._pace = (2.6 if bird.hops else 1.5 / math.sqrt(0.5 + 2.5 * bird.leg * self._size)) * casting.rate
        self._running = "run" in who.actions or "chase" in who.actions
        self._pace *= 1.6 if self._running else 1.0
        self.speed = self._speed(self._mode)
        self.timeline: Timeline | None = None
        side = math.radians(-38 if self._mode == "fly" else -24)
        self._likeness = Likeness(self._size, None, side, math.radians(-66))
        boxes = [self._likeness.extent(self._rig(k / 4 / self._beat)) for k in range(4)]
        self.tall = max(max(box[2] for box in boxes) * self._size, 0.05)
        self.long = (max(box[1] for box in boxes) - min(box[0] for box in boxes)) * self._size
        self._album = Album(self.long)
        if len(self._modes) > 1:
            self.timeline = self._scheduled()

    def _scheduled(self) -> Timeline:
        spans = []
        for mode in self._modes:
            flies, speed = mode == "fly", self._speed(mode)
            cycle = speed / (self._pace if mode == "walk" else 1.0)
            spans.append(Span(mode, 0.5 * speed if flies else speed, cycle, 1.0, 0.0, _HIGH * self.tall * flies))
        return Timeline(spans, self._casting.seconds, self._casting.room)

    def _speed(self, mode: str) -> float:
        match mode:
            case "fly":
                return (2.4 + 3.2 * math.sqrt(self._size * self._bird.span)) * self._casting.rate
            case "walk":
                return self._stride * 2 * self._pace * self._size * (0.5 if self._bird.hops else 1.0)
            case "swim":
                return 0.35 * math.sqrt(self._size) * self._casting.rate
            case _:
                return 0.0

    def _own(self, t: float) -> float:
        return t * self._casting.rate + 9.0 * self._casting.phase

    def _pose(self, t: float) -> Perch:
        if self.timeline is None:
            return self._posed(self._mode, t, t * self._pace)
        before, after, share = self.timeline.now(t, 1.6)
        way = self.timeline.cycles(t)
        first, second = (self._posed(self._modes[k], t, way) for k in (before, after))
        if (first.wings is None) == (second.wings is None):
            return between(first, second, share)
        # one that lands or takes off brakes with its body upright and its wings high
        aloft = 1 - share if second.wings is None else share
        mixed = between(first, second, share)
        wings = mixed.wings or (0.0, 0.0)
        brake = 4 * share * (1 - share)
        wings = (wings[0] * aloft + 1.15 * (1 - aloft), wings[1] * aloft + 1.3 * (1 - aloft))
        return replace(mixed, slope=mixed.slope + 0.45 * brake, wings=wings, fold=max(mixed.fold, 0.9 * (1 - aloft)))

    def _posed(self, mode: str, t: float, way: float) -> Perch:
        bird, own = self._bird, self._own(t)
        blink = (own + 0.37 * (self._casting.seed % 7)) % 3.3 < 0.12
        match mode:
            case "fly":
                return self._flight(t)
            case "swim":
                bob = 0.008 * math.sin(_TURN * own / 1.9)
                nod = (0.012 * math.sin(_TURN * own / 1.3), 0.006 * math.sin(_TURN * own / 2.1))
                height = 0.062 * bird.girth + bob
                slope = 0.10 + 0.02 * math.sin(_TURN * own / 2.3)
                return Perch(height, slope, nod, feet=((-0.1, -0.06), (-0.1, -0.06)), blink=blink, afloat=True)
            case "walk":
                return replace(self._step(way), blink=blink)
            case _:
                return replace(self._rest(own, mode), blink=blink)

    def _flight(self, t: float) -> Perch:
        bird = self._bird
        p = t * self._beat + self._casting.phase
        own = self._own(t)
        beating = 1.0
        if bird.soars:  # beats and glides in turn, never in step with its neighbours
            wish = math.sin(_TURN * (own / 5.2 + 0.31 * (self._casting.seed % 11)))
            beating = min(1.0, max(0.0, 0.65 + 1.6 * wish))
        up = math.sin(_TURN * p)
        lag = math.sin(_TURN * (p - 0.13))
        rising = max(0.0, math.cos(_TURN * p)) * beating
        inner = 0.10 + beating * (0.10 + 0.72 * up) + 0.04 * (1 - beating) * math.sin(own)
        outer = inner + beating * (0.62 * (lag - up) * 1.5 + 0.12 * lag) - 0.10 * (1 - beating)
        bob = -0.035 * up * beating / bird.span
        return Perch(bob, 0.07 + 0.03 * beating, wings=(inner, outer), fold=rising * 0.9 + 0.12 * (1 - beating))

    def _standing(self) -> float:
        # a bird that stands upright has more of its body below its middle
        bird = self._bird
        return bird.leg + 0.055 * bird.girth + 0.13 * max(0.0, math.sin(bird.upright) - 0.5)

    def _step(self, way: float) -> Perch:
        bird, p = self._bird, way + self._casting.phase
        height = self._standing()
        if bird.hops:
            s = p % 1.0
            air = max(0.0, math.sin(math.pi * min(1.0, s / 0.62)))
            sweep = (
                self._stride * (0.5 - s / 0.62) * -0.5 if s < 0.62 else self._stride * (0.5 - (s - 0.62) / 0.38) * 0.5
            )
            foot = (sweep * 0.4, 0.10 * air)
            body = height + 0.09 * air - 0.02 * (1 - air)
            return Perch(body, bird.upright + 0.14 * air, feet=(foot, foot))
        feet = tuple(self._foot(p + shift) for shift in (0.0, 0.5))
        sway = 0.008 * math.cos(2 * _TURN * p)
        bobbing = 0.022 * math.sin(2 * _TURN * p) if bird.neck < 0.3 else 0.010 * math.sin(2 * _TURN * p)
        return Perch(height + sway, bird.upright, (bobbing, 0.0), feet=(feet[0], feet[1]))

    def _foot(self, p: float) -> tuple[float, float]:
        # six tenths of a step on the ground, going back as fast as the bird goes forward
        p %= 1.0
        reach = self._stride * 2 * 0.6
        if p < 0.6:
            return reach * (0.5 - p / 0.6), 0.0
        s = (p - 0.6) / 0.4
        return reach * (s * s * (3 - 2 * s) - 0.5), 0.45 * self._bird.leg * math.sin(math.pi * s)

    def _rest(self, own: float, mode: str) -> Perch:
        bird = self._bird
        height = self._standing() + 0.002 * math.sin(_TURN * own / 2.2)
        glance = math.tanh(3 * math.sin(_TURN * own / 2.7))
        nod = (0.010 * glance, 0.010 * math.tanh(3 * math.sin(_TURN * own / 1.9)))
        feet = ((-0.015, 0.0), (0.020, 0.0))
        if mode != "eat":
            if bird.name == "flamingo":
                feet = ((0.0, 0.55 * bird.leg), (0.0, 0.0))
            return Perch(height, bird.upright, nod, feet=feet)
        # the head goes down to the ground and up again
        down = min(1.0, max(0.0, 0.5 + 1.6 * math.sin(_TURN * own / 2.6)))
        peck = 0.02 * max(0.0, math.sin(_TURN * own * 2.2)) * down
        tall = height + bird.neck * 0.8 + 0.03
        slope = bird.upright * (1 - down) - 0.30 * down
        return Perch(height, slope, (0.05 * down, -(tall - 0.16) * 0.86 * down + peck), feet=feet)

    def _rig(self, t: float) -> NDArray[np.float32]:
        return Sculptor(self._bird, self._pose(t)).sculpt()

    def draw(self, look: Look, t: float) -> Sprite:
        """Its picture at `t`."""
        pose = self._pose(t)
        tilted = look
        if self._mode == "fly" and self.timeline is None:
            tilted = replace(look, pitch=look.pitch + (0.40 if self._bird.soars else 0.18))
        if not self._album.keeps(look):
            return self._drawn(tilted, pose)
        pose = _coarse(pose)
        return self._album.picture(tilted, pose, lambda near: self._drawn(near, pose))

    def _drawn(self, look: Look, pose: Perch) -> Sprite:
        rig = Sculptor(self._bird, pose).sculpt()
        return self._likeness.draw(rig, rig, look, waterline=0.0 if self._mode == "swim" else None)

    def touches(self, start: float, end: float) -> Sequence[Touch]:
        """Its steps and hops; a wing beat of a large bird is heard as well."""
        if self.timeline is not None:
            phases = [(shift - self._casting.phase) % 1.0 for shift in ((0.0,) if self._bird.hops else (0.0, 0.5))]
            falls = self.timeline.falls(phases, start, end)
            level = min(1.0, 0.12 + 0.12 * self._size)
            walks = [at for at, _ in falls if self._modes[self.timeline.number(at)] == "walk"]
            return [Touch(at, "step-soft", level, soft=True) for at in walks]
        if self._mode == "walk":
            every = 1.0 / self._pace / (1 if self._bird.hops else 2)
            return self._every(start, end, every, 0.12 + 0.12 * self._size)
        return ()

    def _every(self, start: float, end: float, every: float, level: float) -> list[Touch]:
        first = -self._casting.phase / self._pace
        k = math.ceil((start - first) / every)
        found = []
        while (at := first + k * every) < end:
            found.append(Touch(at, "step-soft", min(1.0, level), soft=True))
            k += 1
        return found

    def feet(self, t: float) -> Sequence[Foot]:
        """Its feet and its body over the ground."""
        if self.medium != "ground":
            return ()
        pose, size = self._pose(t), self._size
        feet, lift = pose.feet or (), 0.0 if self.timeline is None else self.timeline.lift(t)
        z = 0.048 * self._bird.girth
        found = [
            Foot(x * size, side * z * size, max(0.0, y) * size + lift, 0.03 * size)
            for side, (x, y) in zip((-1, 1), feet, strict=False)
        ]
        under = (pose.height - 0.1 * self._bird.girth) * size + lift
        return [*found, Foot(0.0, 0.0, under, 0.12 * self._bird.girth * size)]

    def saddle(self, t: float) -> tuple[float, float] | None:
        """Nobody rides a bird."""
        return None


def _coarse(pose: Perch) -> Perch:
    """A pose in steps too small to be seen on a small bird."""

    def pair(numbers: tuple[float, float], parts: int) -> tuple[float, float]:
        return round(numbers[0] * parts) / parts, round(numbers[1] * parts) / parts

    wings = None if pose.wings is None else pair(pose.wings, 8)
    feet = None if pose.feet is None else (pair(pose.feet[0], 40), pair(pose.feet[1], 40))
    height, slope, fold = round(pose.height * 40) / 40, round(pose.slope * 12) / 12, round(pose.fold * 3) / 3
    return Perch(height, slope, pair(pose.nod, 40), wings, fold, feet, afloat=pose.afloat)


def _modes_of(bird: Bird, actions: Sequence[str], seconds: float) -> list[str]:
    """What it does, one after the other; one that lands flies before, and one that takes off stands."""
    modes: list[str] = []
    for act in in_order(actions, seconds):
        if act[0] == "land" and bird.flies:
            modes += [*(["fly"] if not modes else []), "stand"]
        elif act[0] in ("rise", "leave") and bird.flies:
            modes += [*(["stand"] if not modes else []), "fly"]
        else:
            modes.append("stand" if act[0] == "stop" else _mode_of(bird, (pace_of(act, "fly"),)))
    kept = [mode for k, mode in enumerate(modes) if not k or modes[k - 1] != mode]
    if kept[:2] == ["fly", "stand"] and len(kept) > 2:
        del kept[1]  # one that lands and hops is seen to stand anyhow
    return kept if len(kept) > 1 and "swim" not in kept else [_mode_of(bird, actions)]


def _mode_of(bird: Bird, actions: Sequence[str]) -> str:
    for action in actions:
        if action in _FLYING and bird.flies:
            return "fly"
        if action in _SWIMMING and bird.swims:
            return "swim"
        if action in _STEPPING:
            return "walk"
        if action in _EATING:
            return "eat"
        if action in ("stand", "sit", "look", "sleep", "sing", "call", "turn", "lie"):
            return "stand"
    if bird.swims and bird.name != "penguin":
        return "swim"
    return "fly" if bird.flies and (bird.soars or bird.hops) and not bird.eye > 1.5 else "stand"


def _bird_of(kind: str, variety: str, colour: str | None) -> Bird:
    words = variety.replace("/", " ").split()
    varieties = VARIETIES.get(kind, {})
    bird = next((varieties[word] for word in words if word in varieties), BIRDS[kind])
    if colour is None or colour not in PAINTS:
        return bird
    paint = PAINTS[colour]
    light = (
        bird.belly
        if kind in ("penguin", "bird") and colour != "white"
        else paint * 0.7 + 0.3 * np.minimum(paint * 1.5, 0.9)
    )
    name = f"{colour} {bird.name}"
    return replace(
        bird, name=name, back=paint, belly=light, head=paint, wing=paint * 0.9, tip=paint * 0.7, tail=paint * 0.8
    )


def _make(casting: Casting) -> Player:
    return Feathered(casting)


_ALSO = {
    "gull": ("seagull", ""), "hen": ("chicken", ""), "rooster": ("chicken", "rooster"), "cock": ("chicken", "rooster"),
    "chick": ("chicken", "chick"), "duckling": ("duck", "duckling"), "mallard": ("duck", ""),
    "falcon": ("hawk", "falcon"),
    "raven": ("crow", "raven"), "magpie": ("crow", "magpie"), "stork": ("heron", "stork"), "egret": ("heron", "egret"),
    "macaw": ("parrot", "macaw"),
}  # fmt: skip
"""Other names, and the kind and variety that they stand for."""


def _called(kind: str, variety: str) -> tuple[str, str]:
    known, also = _ALSO.get(kind, (kind, ""))
    return known, f"{also} {variety}".strip()


PARTS: dict[str, Maker] = dict.fromkeys((*BIRDS, *_ALSO), _make)
