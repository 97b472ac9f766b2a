"""Characters with feathers in, players out: they fly with two-jointed wings, glide, walk, hop, peck and swim.

Knows no place and no camera. Shapes and colours are aviary.py's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.aviary import BIRDS, VARIETIES, Bird
from openhorse.engines.procedural.players.likeness import Likeness
from openhorse.engines.procedural.players.menagerie import PAINTS
from openhorse.engines.procedural.players.modelling import Model, Place, knee
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Medium, Player, Sprite, Touch

Array = NDArray[np.floating]
_TURN = 2 * math.pi
_SIZES = {"small": 0.72, "usual": 1.0, "large": 1.35}
_INK = linear(16, 13, 12)

_FLYING = {"fly", "glide", "soar", "hover", "migrate", "circle"}
_SWIMMING = {"swim", "float", "paddle", "dive"}
_STEPPING = {"walk", "run", "hop", "jump", "follow", "chase", "stroll", "wander", "march", "come", "go", "waddle"}
_EATING = {"eat", "drink", "peck", "feed", "graze"}


@dataclass(frozen=True, slots=True)
class _Pose:
    """A moment of a bird: its body's height and slope, its head's way, its wings (radians up) and its feet."""

    height: float
    slope: float
    nod: tuple[float, float] = (0.0, 0.0)
    wings: tuple[float, float] | None = None
    fold: float = 0.0
    feet: tuple[tuple[float, float], tuple[float, float]] | None = None
    blink: bool = False


class _Sculptor:
    """Models one pose."""

    def __init__(self, bird: Bird, pose: _Pose) -> None:
        self.bird, self.pose, self.model = bird, pose, Model()
        self.cos, self.sin = math.cos(pose.slope), math.sin(pose.slope)
        wing = bird.wing if bird.wing is not None else bird.back
        self.wing, self.tip = wing, bird.tip if bird.tip is not None else wing * 0.75
        self.tail = bird.tail if bird.tail is not None else self.tip
        self.head = bird.head if bird.head is not None else bird.back

    def at(self, ahead: float, up: float, near: float = 0.0) -> Place:
        """A point of the body, from its middle."""
        return (ahead * self.cos - up * self.sin, self.pose.height + ahead * self.sin + up * self.cos, near)

    def sculpt(self) -> NDArray[np.float32]:
        """All of it."""
        self._legs()
        self._body()
        self._tail()
        if self.pose.wings is None:
            self._folded()
        else:
            for side in (-1, 1):
                self._open(side, *self.pose.wings)
        self._head()
        return self.model.rig()

    def _body(self) -> None:
        add, at, bird, g = self.model.add, self.at, self.bird, self.bird.girth
        fur = 0.005
        add((at(0.09, 0.0), at(-0.07, 0.01)), (0.108 * g, 0.100 * g), bird.back, fur=fur)
        add((at(0.10, -0.030), at(-0.07, -0.034)), (0.096 * g, 0.086 * g), bird.belly, blend=0.05, fur=fur)
        add((at(-0.06, 0.012), at(-0.21, 0.020)), (0.090 * g, 0.046), bird.back, blend=0.05, fur=fur)
        add((at(-0.08, -0.03), at(-0.19, 0.0)), (0.070 * g, 0.040), bird.belly, blend=0.04, fur=fur)

    def _tail(self) -> None:
        bird = self.bird
        count = 5
        for k in range(count):
            spread = (k - (count - 1) / 2) / ((count - 1) / 2)
            long = (
                bird.fan * (1 - 0.12 * abs(spread)) if bird.name != "swallow" else bird.fan * (0.6 + 0.4 * abs(spread))
            )
            droop = -0.10 * bird.fan * (1 + 0.6 * (bird.fan > 0.5))
            up = 0.35 * bird.fan if bird.comb is not None and bird.fan < 0.5 else droop
            end = self.at(-0.20 - long, 0.012 + up, spread * long * 0.26)
            ends = self.at(-0.16, 0.016, spread * 0.02), end
            self.model.add(ends, (0.026, 0.016), self.tail, blend=0.012, fur=0.002)

    def _folded(self) -> None:
        add, at, g, bird = self.model.add, self.at, self.bird.girth, self.bird
        long = 0.6 + 0.4 * min(1.4, bird.span)
        if bird.name == "penguin":
            long = 0.85
        for side in (-1, 1):
            z = 0.082 * g * side
            tips = at(-0.20 * long - 0.05, 0.006, 0.040 * g * side)
            add((at(-0.04, -0.005, z), tips), (0.044, 0.014), self.tip, blend=0.012, fur=0.003)
            add((at(0.10, 0.012, z), at(-0.10 * long, 0.0, z)), (0.060 * g, 0.046), self.wing, blend=0.03, fur=0.005)
            add(
                (at(-0.06, 0.012, z), at(-0.19 * long, 0.012, z * 0.7)),
                (0.044, 0.022),
                self.wing * 0.86,
                blend=0.02,
                fur=0.004,
            )

    def _open(self, side: int, inner: float, outer: float) -> None:
        # arm and hand, and a feather from each of many points along them
        bird, fold = self.bird, self.pose.fold
        arm, hand = 0.23 * bird.span, 0.25 * bird.span * (1 - 0.22 * fold)
        x0, y0, _ = self.at(0.085, 0.045)
        z0 = 0.045 * bird.girth
        elbow = (x0 + 0.10 * arm, y0 + arm * math.sin(inner), z0 + arm * math.cos(inner))
        sweep = -0.22 - 0.55 * fold
        flat = math.sqrt(1 - sweep * sweep)
        way = (sweep, flat * math.sin(outer), flat * math.cos(outer))
        wrist = elbow
        ends = tuple(wrist[k] + hand * way[k] for k in range(3))

        def place(p: Sequence[float]) -> Place:
            return (p[0], p[1], p[2] * side)

        def along(a: Sequence[float], b: Sequence[float], q: float) -> list[float]:
            return [a[k] + (b[k] - a[k]) * q for k in range(3)]

        root = (x0, y0, z0)
        chord = 0.225 * bird.chord
        add = self.model.add
        for k in range(7):  # secondaries
            q = (k + 0.3) / 7
            start = along(root, elbow, q)
            end = (start[0] - chord * (1.0 - 0.05 * q), start[1] - 0.02, start[2] + 0.02 * q)
            add((place(start), place(end)), (0.022, 0.014), self.wing * 0.9, blend=0.020, fur=0.0012)
        for k in range(8):  # primaries
            q = (k + 0.5) / 8
            start = along(wrist, ends, q * 0.92)
            fan = 0.25 + 1.05 * q * q
            back = (-math.cos(fan), 0.0, 0.0)
            out = [way[j] * math.sin(fan) for j in range(3)]
            long = chord * (0.98 + 0.22 * q - 0.30 * q * q)
            end = (start[0] + (back[0] + out[0]) * long, start[1] + out[1] * long - 0.012, start[2] + out[2] * long)
            add((place(start), place(end)), (0.020, 0.0095), self.tip, blend=0.012, fur=0.0012)
        for a, b in ((root, elbow), (wrist, ends)):  # the arm and its coverts
            thick = 0.034 if a is root else 0.026
            add((place(a), place(along(a, b, 0.96))), (thick, thick * 0.7), self.wing, blend=0.03, fur=0.003)
            cover = [p - 0.07 * bird.chord * (j == 0) for j, p in enumerate(along(a, b, 0.05))]
            far = [p - 0.055 * bird.chord * (j == 0) for j, p in enumerate(along(a, b, 0.85))]
            add((place(cover), place(far)), (0.030, 0.020), self.wing, blend=0.03, fur=0.003)

    def _head(self) -> None:
        bird, model = self.bird, self.model
        r = 0.066 * bird.skull
        dx, dy = self.pose.nod
        base = self.at(0.115, 0.045)
        lean = 0.62 if bird.neck > 0.2 else 0.95
        flying = self.pose.wings is not None
        angle = (0.10 if bird.neck > 0.2 else 0.35) if flying else self.pose.slope * 0.35 + lean
        reach = bird.neck + 0.035
        if flying and bird.name in ("grey heron",):
            reach *= 0.5
        x, y = base[0] + reach * math.cos(angle) + dx, base[1] + reach * math.sin(angle) + dy
        self._neck(base, (x, y), r, flying)
        model.add(((x - 0.010, y, 0), (x + 0.014, y, 0)), (r, r * 0.94), self.head, blend=0.03, fur=0.003)
        if bird.face is not None:
            self._face(x, y, r)
        self._beak(x, y, r)
        owl = bird.eye > 1.5
        for z in (-1, 1):
            place = (x + r * (0.74 if owl else 0.42), y + r * 0.22, r * (0.46 if owl else 0.74) * z)
            out = (0.85, 0.05, 0.5 * z) if owl else (0.42, 0.1, 0.9 * z)
            ring = bird.belly * 0.8 if owl else self.head * 0.35
            if self.pose.blink:
                model.ball(place, 0.016 * bird.eye, self.head * 0.8, blend=0.004)
                model.ball(place, 0.01, self.head * 0.8, blend=0.004)
                model.ball(place, 0.01, self.head * 0.8, blend=0.004)
            else:
                model.eye(place, 0.0165 * bird.eye, out, ring, bird.iris)
        if bird.comb is not None:
            self._comb(x, y, r)

    def _neck(self, base: Place, head: tuple[float, float], r: float, flying: bool) -> None:
        bird, model = self.bird, self.model
        x, y = head
        bend = 0.0 if flying else 0.22 * max(0.0, bird.neck - 0.15)
        thick = 0.080 * bird.girth * (0.85 if bird.neck > 0.2 else 1.0)
        thin = r * (0.56 if bird.neck > 0.2 else 0.84)
        count = 6
        places, radii = [], []
        for k in range(count + 1):
            q = k / count
            s = math.sin(_TURN * q) * bend
            px = base[0] + (x - base[0]) * q + s
            py = base[1] - 0.01 + (y - base[1]) * q
            places.append((px, py, 0.0))
            radii.append(thick + (thin - thick) * min(1.0, q * 1.7))
        colour = self.head if bird.neck <= 0.2 or bird.name == "swan" else bird.belly * 0.5 + self.head * 0.5
        for k in range(count):
            dark = bird.face if bird.face is not None and bird.name.endswith("crane") and k >= 2 else colour
            model.add((places[k], places[k + 1]), (radii[k], radii[k + 1]), dark, blend=0.04, fur=0.004)

    def _face(self, x: float, y: float, r: float) -> None:
        bird = self.bird
        colour = bird.face
        assert colour is not None
        if bird.eye > 1.5:  # an owl's discs
            for z in (-1, 1):
                self.model.ball((x + r * 0.42, y - r * 0.02, r * 0.36 * z), r * 0.60, colour, blend=0.01, fur=0.004)
        elif bird.name in ("robin", "swallow", "hummingbird"):
            self.model.add(
                ((x + r * 0.4, y - r * 0.2, 0), self.at(0.15, -0.01)), (r * 0.8, 0.082), colour, blend=0.02, fur=0.003
            )
        elif bird.name in ("mallard duck", "penguin"):
            low = self.at(0.14, 0.0) if bird.name == "mallard duck" else (x - r * 0.1, y - r * 0.5, 0)
            wide = 0.098 * bird.girth if bird.name == "mallard duck" else r * 0.86
            self.model.ball(low, wide, colour, blend=0.012, fur=0.003)
        else:
            self.model.ball((x + r * 0.5, y - r * 0.05, 0), r * 0.64, colour, blend=0.01, fur=0.001)

    def _beak(self, x: float, y: float, r: float) -> None:
        bird, model = self.bird, self.model
        end = x + r * 0.8 + bird.bill
        drop = -0.012 - bird.hook * 0.3
        wide = 0.024 * min(1.2, bird.skull)
        if bird.flat:
            for z in (-0.012, 0.012):
                ends = (x + r * 0.7, y - 0.012, z * 0.6), (end, y - 0.026, z)
                model.add(ends, (0.022, 0.013), bird.beak, blend=0.012, fur=0.0, gloss=0.2)
            return
        upper = (x + r * 0.72, y - 0.004, 0.0), (end - bird.hook * 0.4, y + drop, 0.0)
        model.add(upper, (wide, 0.010 if bird.hook else 0.004), bird.beak, blend=0.006, fur=0.0, gloss=0.25)
        if bird.hook:
            hook = upper[1], (end - bird.hook * 0.35, y + drop - bird.hook * 0.75, 0.0)
            model.add(hook, (0.012, 0.004), bird.beak, blend=0.008, fur=0.0, gloss=0.25)
        lower = (x + r * 0.70, y - 0.018, 0.0), (end - 0.012 - bird.hook, y + drop - 0.010, 0.0)
        model.add(lower, (wide * 0.6, 0.003), bird.beak * 0.8, blend=0.004, fur=0.0, gloss=0.2)

    def _comb(self, x: float, y: float, r: float) -> None:
        comb = self.bird.comb
        assert comb is not None
        if self.bird.name.endswith("crane"):
            self.model.ball((x, y + r * 0.55, 0), r * 0.6, comb, blend=0.006)
            return
        for k in range(4):
            place = (x - r * 0.55 + 0.021 * k, y + r * (0.98 + 0.16 * math.sin(1.0 + 0.8 * k)), 0.0)
            self.model.ball(place, 0.0155, comb, blend=0.010)
        self.model.add(
            ((x + r * 0.8, y - r * 0.5, 0), (x + r * 0.78, y - r * 0.95, 0)), (0.013, 0.015), comb, blend=0.008
        )

    def _legs(self) -> None:
        bird, pose, model = self.bird, self.pose, self.model
        feathers = bird.belly
        for side, k in ((-1, 0), (1, 1)):
            z = 0.048 * bird.girth * side
            hip = self.at(-0.015, -0.060 * bird.girth)[:2]
            if pose.feet is None:  # in the air, drawn up or trailing
                tip = self.at(-0.20 - bird.leg * 0.9 if bird.trails else -0.14, -0.035 if bird.trails else -0.075)[:2]
                joint = self.at(-0.10, -0.055)[:2]
            else:
                tip = (pose.feet[k][0], pose.feet[k][1] + 0.012)
                bone = bird.leg * 0.60 + 0.045
                joint = knee(hip, tip, bone * 0.86, bone * 1.0, -1.0)
            thin = 0.0115 if bird.leg < 0.3 else 0.0125
            model.add(((*hip, z), (*joint, z)), (0.040 * bird.girth, thin * 1.25), feathers, blend=0.03, fur=0.004)
            model.add(((*joint, z), (*tip, z)), (thin, thin * 0.85), bird.legs, blend=0.006, fur=0.0)
            self._toes(tip, z)

    def _toes(self, tip: tuple[float, float], z: float) -> None:
        bird, lifted = self.bird, self.pose.feet is None
        low = tip[1] - (0.005 if not lifted else 0.0)
        long = -0.045 if lifted else 0.055
        for spread in (-0.030, 0.0, 0.030):
            end = (tip[0] + long, low - 0.003, z + spread)
            wide = 0.0105 if bird.swims else 0.0075
            self.model.add(
                ((tip[0], low, z), end), (0.0095, wide), bird.legs, blend=0.016 if bird.swims else 0.003, fur=0.0
            )
        self.model.add(
            ((tip[0], low, z), (tip[0] - long * 0.5, low, z)), (0.008, 0.005), bird.legs, blend=0.003, fur=0.0
        )


class Feathered:
    """One bird, which does the same for the whole shot."""

    def __init__(self, casting: Casting) -> None:
        who = casting.character
        bird = _bird_of(who.kind, who.variety, who.colour)
        self._bird, self._casting = bird, casting
        self._size = bird.size * _SIZES[who.size]
        self._mode = _mode_of(bird, who.actions)
        self.name = f"{'an' if bird.name[0] in 'aeiou' else 'a'} {bird.name}"
        self.does = {"fly": "flies", "swim": "swims", "walk": "hops" if bird.hops else "walks", "eat": "pecks"}.get(
            self._mode, "stands"
        )
        self.medium: Medium = {"fly": "air", "swim": "afloat"}.get(self._mode, "ground")  # type: ignore[assignment]
        self._waterline = 0.0
        self._beat = max(1.1, bird.beat) * casting.rate
        self._stride = 0.075 + 0.40 * bird.leg
        self._pace = (2.6 if bird.hops else 1.5 / math.sqrt(0.5 + 2.5 * bird.leg * self._size)) * casting.rate
        self._running = "run" in who.actions or "chase" in who.actions
        self._pace *= 1.6 if self._running else 1.0
        self.speed = self._speed()
        side = math.radians(-38 if self._mode == "fly" else -24)
        self._likeness = Likeness(self._size, None, side, math.radians(-66))
        boxes = [self._likeness.extent(self._rig(k / 4 / self._beat)) for k in range(4)]
        self.tall = max(max(box[2] for box in boxes) * self._size, 0.05)
        self.long = (max(box[1] for box in boxes) - min(box[0] for box in boxes)) * self._size

    def _speed(self) -> float:
        match self._mode:
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

    def _pose(self, t: float) -> _Pose:
        bird, own = self._bird, self._own(t)
        blink = (own + 0.37 * (self._casting.seed % 7)) % 3.3 < 0.12
        match self._mode:
            case "fly":
                return self._flight(t)
            case "swim":
                bob = 0.008 * math.sin(_TURN * own / 1.9)
                nod = (0.012 * math.sin(_TURN * own / 1.3), 0.006 * math.sin(_TURN * own / 2.1))
                height = 0.062 * bird.girth + bob
                slope = 0.10 + 0.02 * math.sin(_TURN * own / 2.3)
                return _Pose(height, slope, nod, feet=((-0.1, -0.06), (-0.1, -0.06)), blink=blink)
            case "walk":
                return replace(self._step(t), blink=blink)
            case _:
                return replace(self._rest(own), blink=blink)

    def _flight(self, t: float) -> _Pose:
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
        return _Pose(bob, 0.07 + 0.03 * beating, wings=(inner, outer), fold=rising * 0.9 + 0.12 * (1 - beating))

    def _standing(self) -> float:
        # a bird that stands upright has more of its body below its middle
        bird = self._bird
        return bird.leg + 0.055 * bird.girth + 0.13 * max(0.0, math.sin(bird.upright) - 0.5)

    def _step(self, t: float) -> _Pose:
        bird, p = self._bird, t * self._pace + self._casting.phase
        height = self._standing()
        if bird.hops:
            s = p % 1.0
            air = max(0.0, math.sin(math.pi * min(1.0, s / 0.62)))
            sweep = (
                self._stride * (0.5 - s / 0.62) * -0.5 if s < 0.62 else self._stride * (0.5 - (s - 0.62) / 0.38) * 0.5
            )
            foot = (sweep * 0.4, 0.10 * air)
            body = height + 0.09 * air - 0.02 * (1 - air)
            return _Pose(body, bird.upright + 0.14 * air, feet=(foot, foot))
        feet = tuple(self._foot(p + shift) for shift in (0.0, 0.5))
        sway = 0.008 * math.cos(2 * _TURN * p)
        bobbing = 0.022 * math.sin(2 * _TURN * p) if bird.neck < 0.3 else 0.010 * math.sin(2 * _TURN * p)
        return _Pose(height + sway, bird.upright, (bobbing, 0.0), feet=(feet[0], feet[1]))

    def _foot(self, p: float) -> tuple[float, float]:
        # six tenths of a step on the ground, going back as fast as the bird goes forward
        p %= 1.0
        reach = self._stride * 2 * 0.6
        if p < 0.6:
            return reach * (0.5 - p / 0.6), 0.0
        s = (p - 0.6) / 0.4
        return reach * (s * s * (3 - 2 * s) - 0.5), 0.45 * self._bird.leg * math.sin(math.pi * s)

    def _rest(self, own: float) -> _Pose:
        bird = self._bird
        height = self._standing() + 0.002 * math.sin(_TURN * own / 2.2)
        glance = math.tanh(3 * math.sin(_TURN * own / 2.7))
        nod = (0.010 * glance, 0.010 * math.tanh(3 * math.sin(_TURN * own / 1.9)))
        feet = ((-0.015, 0.0), (0.020, 0.0))
        if self._mode != "eat":
            if bird.name == "flamingo":
                feet = ((0.0, 0.55 * bird.leg), (0.0, 0.0))
            return _Pose(height, bird.upright, nod, feet=feet)
        # the head goes down to the ground and up again
        down = min(1.0, max(0.0, 0.5 + 1.6 * math.sin(_TURN * own / 2.6)))
        peck = 0.02 * max(0.0, math.sin(_TURN * own * 2.2)) * down
        tall = height + bird.neck * 0.8 + 0.03
        slope = bird.upright * (1 - down) - 0.30 * down
        return _Pose(height, slope, (0.05 * down, -(tall - 0.16) * 0.86 * down + peck), feet=feet)

    def _rig(self, t: float) -> NDArray[np.float32]:
        return _Sculptor(self._bird, self._pose(t)).sculpt()

    def draw(self, look: Look, t: float) -> Sprite:
        """Its picture at `t`."""
        rig = self._rig(t)
        tilted = replace(look, pitch=look.pitch + (0.40 if self._bird.soars else 0.18)) if self._mode == "fly" else look
        return self._likeness.draw(rig, rig, tilted, waterline=0.0 if self._mode == "swim" else None)

    def touches(self, start: float, end: float) -> Sequence[Touch]:
        """Its steps and hops; a wing beat of a large bird is heard as well."""
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
        feet = pose.feet or ()
        z = 0.048 * self._bird.girth
        found = [
            Foot(x * size, side * z * size, max(0.0, y) * size, 0.03 * size) for side, (x, y) in zip((-1, 1), feet)
        ]
        return [*found, Foot(0.0, 0.0, (pose.height - 0.1 * self._bird.girth) * size, 0.12 * self._bird.girth * size)]

    def saddle(self, t: float) -> tuple[float, float] | None:
        """Nobody rides a bird."""
        return None


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


PARTS: dict[str, Maker] = dict.fromkeys(BIRDS, _make)
