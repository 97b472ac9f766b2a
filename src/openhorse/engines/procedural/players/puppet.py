"""A mesh and a way of moving in, a player out: what people, vehicles and things have in common.

Knows no kind of player and no place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.players.creature import Light
from openhorse.engines.procedural.players.mesh import Mesh
from openhorse.engines.procedural.players.player import Aim, Foot, Look, Medium, Sprite, Touch
from openhorse.engines.procedural.players.solid import Easel, View, sorted_mesh, turned
from openhorse.engines.procedural.players.timeline import Timeline

Array = NDArray[np.floating[Any]]
Pose = Callable[[float], Array]
"""Bones (count × 3 × 4) at a moment of the player's own time."""
Reach = Callable[[float, Aim, float], Array]
"""The same of one who looks and reaches for something while its rig is turned by an angle."""
Finish = Callable[[Sprite, Look, float], Sprite]
"""What is added to a picture: steam, flames, glow. Takes the sprite, how it is seen, and the player's own time."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a puppet is called and how large it is, in metres; how it goes; how it is turned to the viewer.

    `yaw` is how far one that goes to the right is turned towards us, `frontal` how far from straight on one is that
    faces us. `breeze` is how strongly things trail behind, `still` tells that nothing of it ever moves. What is
    `fixed` shows its front to whichever side it faces. `lift` is how far it is tipped
    towards us beyond the camera's own look down.
    """

    name: str
    does: str
    tall: float
    long: float
    medium: Medium = "ground"
    speed: float = 0.0
    size: float = 1.0
    yaw: float = 0.45
    frontal: float = 0.30
    breeze: float = 0.4
    still: bool = False
    fixed: bool = False
    lift: float = 0.0
    rate: float = 1.0
    start: float = 0.0


class Puppet:
    """A player made of one mesh. Its own time is the film's times its rate, from where it starts."""

    def __init__(
        self,
        part: Part,
        mesh: Mesh,
        pose: Pose,
        finish: Finish | None = None,
        touches: Callable[[float, float], Sequence[Touch]] | None = None,
        feet: Callable[[float], Sequence[Foot]] | None = None,
        seat: Callable[[float], tuple[float, float]] | None = None,
        timeline: Timeline | None = None,
        reach: Reach | None = None,
    ) -> None:
        self.part, self.mesh, self.pose, self.finish = part, sorted_mesh(mesh), pose, finish
        self._touches, self._feet, self._seat = touches, feet, seat
        self.timeline, self.reach = timeline, reach
        self.name, self.does, self.medium = part.name, part.does, part.medium
        self.tall, self.long, self.speed = part.tall, part.long, part.speed * part.rate
        self._easel = Easel()
        self._light_parts = np.flatnonzero(self.mesh.sway > 0)
        self._kept: tuple[tuple[float, Light, int, float], Sprite] | None = None

    def time(self, t: float) -> float:
        """The player's own time at a moment of the film."""
        return t * self.part.rate + self.part.start

    def draw(self, look: Look, t: float) -> Sprite:
        """Its picture at `t`."""
        own = self.time(t)
        key = (look.metre, look.light, look.facing, look.pitch)
        if self.part.still and self._kept is not None and self._kept[0] == key:
            sprite = self._kept[1]
        else:
            # what is kept, or added to, is wanted whole
            window = look.window if self.finish is None and not self.part.still else None
            yaw = facing_yaw(self.part, look.facing, look.turn)
            view = View(look.metre * self.part.size, yaw, look.pitch + self.part.lift, window)
            bones = self.pose(own)
            if look.aim is not None and self.reach is not None:
                bones = self.reach(own, look.aim, view.yaw)
            sprite = self._easel.draw(self.mesh, bones, view, look.light, self._wind(own))
            self._kept = key, sprite
        return sprite if self.finish is None else self.finish(sprite, look, own)

    def _wind(self, t: float) -> Array | None:
        if not len(self._light_parts):
            return None
        p = self.mesh.points[self._light_parts]
        along = p[:, 1] * 5.0 - p[:, 0] * 2.0
        flutter = np.sin(t * 5.6 + along) + 0.5 * np.sin(t * 9.1 + along * 1.9 + p[:, 2] * 6)
        swell = 0.75 + 0.25 * math.sin(t * 1.3)
        wind = np.zeros((len(self.mesh.points), 3), np.float32)
        strong = self.part.breeze
        wind[self._light_parts, 0] = -strong * (swell + 0.22 * flutter)
        wind[self._light_parts, 1] = strong * (0.16 + 0.16 * flutter)
        wind[self._light_parts, 2] = strong * 0.30 * np.sin(t * 4.3 + along * 1.3)
        return wind

    def touches(self, start: float, end: float) -> Sequence[Touch]:
        """What is heard of it between two moments, in order."""
        return () if self._touches is None else self._touches(start, end)

    def feet(self, t: float) -> Sequence[Foot]:
        """What keeps the light from the ground below it at `t`."""
        return () if self._feet is None else self._feet(t)

    def saddle(self, t: float) -> tuple[float, float] | None:
        """Where a rider sits at `t`."""
        return None if self._seat is None else self._seat(self.time(t))


def facing_yaw(part: Part, facing: int, turn: float = 0.0) -> float:
    """How the rig is turned for one that faces right, left or us, or turns from a side towards us."""
    if part.fixed:
        return -part.yaw if facing > 0 else part.yaw if facing < 0 else -0.15
    if facing == 0:
        return -math.pi / 2 + part.frontal
    side, front = (-part.yaw, part.frontal) if facing > 0 else (-math.pi + part.yaw, -part.frontal)
    if turn < 0:
        return side + (math.pi / 2 - math.copysign(0.4, facing) - (side if facing > 0 else side + 2 * math.pi)) * -turn
    return side + (front - math.pi / 2 - side) * turn


def spot(part: Part, sprite: Sprite, look: Look, point: Sequence[float]) -> tuple[float, float]:
    """The sprite's pixel of a place in the rig's own metres."""
    turn = turned(facing_yaw(part, look.facing, look.turn), look.pitch + part.lift)
    seen = turn @ np.asarray(point, np.float64) * look.metre * part.size
    return sprite.x + float(seen[0]), sprite.y - float(seen[1])


def placed(
    x: float = 0.0, y: float = 0.0, z: float = 0.0, turn: Array | None = None, about: Sequence[float] = (0, 0, 0)
) -> Array:
    """A bone: turned about a point, then pushed aside."""
    made = np.zeros((3, 4))
    made[:, :3] = np.eye(3) if turn is None else turn
    pivot = np.asarray(about, np.float64)
    made[:, 3] = pivot - made[:, :3] @ pivot + (x, y, z)
    return made


def regular(at: float, period: float, start: float, end: float) -> list[float]:
    """The moments at, at + period, … that lie from `start` up to before `end`."""
    found = []
    k = math.ceil((start - at) / period - 1e-9)
    while at + k * period < end:
        found.append(at + k * period)
        k += 1
    return found
