"""A bird and a moment of its pose in, its rig of feathers out: body, folded or open wings, neck, beak and legs.

Knows no time and no pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.players.aviary import Bird
from openhorse.engines.procedural.players.modelling import Model, Place, knee

Array = NDArray[np.floating]
_TURN = 2 * math.pi


@dataclass(frozen=True, slots=True)
class Perch:
    """A moment of a bird: its body's height and slope, its head's way, its wings (radians up) and its feet."""

    height: float
    slope: float
    nod: tuple[float, float] = (0.0, 0.0)
    wings: tuple[float, float] | None = None
    fold: float = 0.0
    feet: tuple[tuple[float, float], tuple[float, float]] | None = None
    blink: bool = False
    afloat: bool = False


class Sculptor:
    """Models one pose."""

    def __init__(self, bird: Bird, pose: Perch) -> None:
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
            root = self.at(-0.16, 0.016, spread * 0.02)
            if bird.comb is not None and bird.fan < 0.5 and bird.leg < 0.3:  # a cock's sickles rise and fall over
                lift = 1.0 - 0.25 * abs(spread)
                crest = self.at(-0.20 - long * 0.42, 0.03 + long * 0.95 * lift, spread * long * 0.20)
                end = self.at(-0.20 - long * 1.05, 0.02 + long * 0.62 * lift, spread * long * 0.30)
                self.model.add((root, crest), (0.034, 0.028), self.tail, blend=0.02, fur=0.003)
                self.model.add((crest, end), (0.028, 0.010), self.tail, blend=0.02, fur=0.003)
                continue
            droop = -0.10 * bird.fan * (1 + 0.6 * (bird.fan > 0.5))
            end = self.at(-0.20 - long, 0.012 + droop, spread * long * 0.26)
            self.model.add((root, end), (0.026, 0.016), self.tail, blend=0.012, fur=0.002)

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
        if self.pose.afloat and bird.neck > 0.2:
            angle = 1.32  # swans carry their heads high on the water
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
        bend = 0.0 if flying else (0.34 if self.pose.afloat else 0.22) * max(0.0, bird.neck - 0.15)
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
                bone = bird.leg * 0.53 + 0.042
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
