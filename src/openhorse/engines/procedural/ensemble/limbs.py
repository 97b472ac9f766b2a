"""A body's pose in, backward maps out: where in the cut-out each point that is seen comes from, trunk and leg apart.

Knows no colours. All points are x right and y down in parts of the body's height, as the cut-out has them; maps are
worked out at coarse points and are smooth in between.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.ensemble.gait import Foot, Pose
from openhorse.engines.procedural.ensemble.silhouette import Build, Kind, Leg

Points = NDArray[Any]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Trunk:
    """All of a body but its legs. `pivot` is what it tips about: its hips, or its foot when it has no legs."""

    build: Build
    pivot: Point

    def unbent(self, x: Points, y: Points, pose: Pose) -> tuple[Points, Points]:
        """Where the points that are seen at `x`, `y` are in the cut-out."""
        pivot_x, pivot_y = self.pivot
        x, y = x - pose.sway, y + pose.rise
        up = pivot_y - y
        if pose.lean or pose.nod:
            x = x - self._shear(up, pose)
        if pose.stretch:
            up = up / (1 + pose.stretch)
            y = pivot_y - up
            x = pivot_x + (x - pivot_x) * (1 + pose.stretch * 0.6)
        if pose.twist:
            y = y + pose.twist * (x - pivot_x) * self._twisted(up)
        if pose.gather or pose.arch:
            x, y = self._bounded(x, y, pose)
        if pose.wag:
            y = y - self._wagged(x, pose)
        if pose.flap:
            out = (x - self._middle) / max(0.1, self._half)
            y = y - pose.flap * out * out
        if pose.turn:
            x = x - self._turned(x, y, pose)
        return x, y

    @property
    def _middle(self) -> float:
        return float(np.median(self.build.middle))

    @property
    def _half(self) -> float:
        return float(self.build.half.max())

    def _bounded(self, x: Points, y: Points, pose: Pose) -> tuple[Points, Points]:
        """What is below the belly drawn together or thrown apart, and the back arched."""
        out = (x - self._middle) / max(0.1, self._half)
        low = smooth((y - 0.5) / 0.5)
        drawn = 1 - pose.gather * low
        return self._middle + (x - self._middle) / drawn, y + pose.arch * (1 - out * out) * (1 - 0.5 * low)

    def _wagged(self, x: Points, pose: Pose) -> Points:
        """A wave that runs from the head to the tail and grows on its way."""
        facing = self.build.facing or 1
        back = np.clip(0.5 - facing * (x - self._middle) / (2 * max(0.1, self._half)), 0, 1)
        return np.asarray(pose.wag * back * back * np.sin(pose.beat - 3.6 * back))

    def bent(self, point: Point, pose: Pose) -> Point:
        """Where a point of the cut-out near the hips is seen."""
        x, y = point
        up = self.pivot[1] - y
        along = pose.lean * up
        level = pose.twist * (x - self.pivot[0]) if self.build.kind is Kind.ANIMAL else 0.0
        return x + pose.sway + along, y - pose.rise - level

    def carried(self, point: Point, pose: Pose) -> Point:
        """Where a point of the cut-out at the shoulders is seen."""
        x, y = point
        up = self.pivot[1] - y
        level = pose.twist * (x - self.pivot[0]) * float(self._twisted(np.array([up]))[0])
        up *= 1 + pose.stretch
        lean = float(self._shear(np.array([up]), pose)[0])
        return x + pose.sway + lean, self.pivot[1] - up - pose.rise - level

    def _shear(self, up: Points, pose: Pose) -> Points:
        """A lean that the head does not follow, and the head's own sway."""
        neck = self.build.neck
        if neck is None:
            top = max(0.2, self.pivot[1])
            return pose.lean * up + pose.nod * np.clip(up / top, 0, 1.2) ** 2
        height = self.pivot[1] - neck
        above = np.maximum(up - height, 0)
        head = np.clip(above / max(0.08, 0.6 * neck), 0, 1)
        return pose.lean * (np.minimum(up, height) + 0.15 * above) + pose.nod * head * head * (3 - 2 * head)

    def _twisted(self, up: Points) -> Points:
        """How much of the twist comes through: at the shoulders of a figure, all along an animal."""
        if self.build.kind is Kind.FIGURE:
            shoulder = (self.pivot[1] - (self.build.neck or 0.3)) * 0.75
            return np.exp(-(((up - shoulder) / 0.17) ** 2))
        return np.ones_like(up)

    def _turned(self, x: Points, y: Points, pose: Pose) -> Points:
        """The way by which the front of a round body moves when it turns; its outline stays."""
        rows = np.linspace(0, 1, len(self.build.half))
        middle, half = (np.interp(y, rows, line) for line in (self.build.middle, self.build.half))
        across = np.clip((x - middle) / np.maximum(half, 1e-3), -1, 1)
        neck = self.build.neck
        head = 1.0 if neck is None else 0.35 + 0.65 * np.clip((neck + 0.04 - y) / 0.08, 0, 1)
        return pose.turn * 0.3 * half * (1 - across * across) * head


@dataclass(frozen=True, slots=True)
class Chain:
    """A leg: hip, knee and sole at rest, its width, and the way (−1, 0, 1) its knee bends along the screen.

    `slope` is how far down the screen a step towards us comes, 0 for who is seen from the side.
    """

    leg: Leg
    bend: int
    facing: int
    slope: float

    def reached(self, foot: Foot, gather: float, under: float) -> Point:
        """Where the sole is; `gather` (0…1) draws it from where it was drawn to below the hip, at column `under`."""
        x, y = self.leg.sole
        x += (under - x) * gather
        if self.facing:
            return x + self.facing * foot.along, y - foot.lift
        return x, y + self.slope * foot.along - foot.lift

    def unbent(self, x: Points, y: Points, hip: Point, sole: Point, tip: float) -> tuple[Points, Points]:
        """Where the points seen at `x`, `y` are in the cut-out, when hip and sole are seen where they are given."""
        leg, knee = self.leg, self._knee(hip, sole)
        upper = Bone((leg.hip, leg.knee), (hip, knee))
        lower = Bone((leg.knee, leg.sole), (knee, sole))
        first, second = upper.undone(x, y), lower.undone(x, y)
        way = upper.way[0] + lower.way[0], upper.way[1] + lower.way[1]
        length = math.hypot(*way) or 1.0
        soft = max(0.02, 0.9 * leg.width)
        below = smooth(((x - knee[0]) * way[0] + (y - knee[1]) * way[1]) / (length * soft) + 0.5)
        rest_x, rest_y = (one + (other - one) * below for one, other in zip(first, second, strict=True))
        # the foot keeps its own attitude, but for the tip of its toe
        height = max(0.03, 0.55 * leg.width)
        past = (x - sole[0]) * lower.way[0] + (y - sole[1]) * lower.way[1]
        at_foot = smooth((past + height * 1.3) / (height * 0.9))
        cos, sin = math.cos(tip * (self.facing or 0)), math.sin(tip * (self.facing or 0))
        flat_x = leg.sole[0] + (x - sole[0]) * cos + (y - sole[1]) * sin
        flat_y = leg.sole[1] - (x - sole[0]) * sin + (y - sole[1]) * cos
        return rest_x + (flat_x - rest_x) * at_foot, rest_y + (flat_y - rest_y) * at_foot

    def _knee(self, hip: Point, sole: Point) -> Point:
        """The knee between them: bent along the screen when seen from the side, else foreshortened."""
        leg = self.leg
        one, other = math.dist(leg.hip, leg.knee), math.dist(leg.knee, leg.sole)
        apart = math.dist(hip, sole) or 1e-3
        share = one / max(1e-3, one + other)
        x, y = hip[0] + (sole[0] - hip[0]) * share, hip[1] + (sole[1] - hip[1]) * share
        # a leg drawn in mid-stride is longer than it is far from hip to ground: it is not to crouch for that
        straight = min(one + other, (leg.sole[1] - leg.hip[1]) * 0.96) if self.facing else one + other
        slack = max(0.0, 1 - apart / straight)
        if not self.bend or slack <= 0:
            return x, y
        out = self.bend * min(one, other) * math.sqrt(1 - (1 - min(slack, 0.5)) ** 2)
        across = (sole[1] - hip[1]) / apart, -(sole[0] - hip[0]) / apart
        return x + out * across[0], y + out * across[1]


class Bone:
    """One bone's way from the cut-out (`rest`) to what is seen (`now`), undone: stretched along, never across."""

    def __init__(self, rest: tuple[Point, Point], now: tuple[Point, Point]) -> None:
        self._rest, self._now = rest, now
        self._long = max(1e-3, math.dist(*rest))
        seen = max(1e-3, math.dist(*now))
        self.way = (now[1][0] - now[0][0]) / seen, (now[1][1] - now[0][1]) / seen
        self._own = (rest[1][0] - rest[0][0]) / self._long, (rest[1][1] - rest[0][1]) / self._long
        self._scale = self._long / seen

    def undone(self, x: Points, y: Points) -> tuple[Points, Points]:
        """Where on the bone at rest the points seen at `x`, `y` are."""
        from_x, from_y = x - self._now[0][0], y - self._now[0][1]
        along = (from_x * self.way[0] + from_y * self.way[1]) * self._scale
        across = from_y * self.way[0] - from_x * self.way[1]
        start = self._rest[0]
        return (
            start[0] + along * self._own[0] - across * self._own[1],
            start[1] + along * self._own[1] + across * self._own[0],
        )


def smooth(share: Points) -> Points:
    """0 below 0, 1 above 1, and an even way between."""
    clipped = np.clip(share, 0, 1)
    return np.asarray(clipped * clipped * (3 - 2 * clipped))


def chains(build: Build, slope: float) -> tuple[Chain, ...]:
    """The legs of a build; the knees of an animal's fore and hind legs bend apart."""
    found = []
    for number, leg in enumerate(build.legs):
        bend = build.facing
        if build.kind is Kind.ANIMAL:
            hind = (number < len(build.legs) / 2) == (build.facing > 0)
            bend = -build.facing if hind else build.facing
        found.append(Chain(leg, bend, build.facing, slope))
    return tuple(found)
