"""A site in, what painters of rooms share out: a room's manner, and where its furniture stands. Knows no place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts import furniture as make
from openhorse.engines.procedural.parts.interior import Shell, halo, lamp_colour
from openhorse.engines.procedural.parts.model import Colour, Finish, Pose, Wall, paint_walls
from openhorse.engines.procedural.parts.paving import Paving
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Flat, Site


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind of room looks: its walls, floor and textiles."""

    says: str
    wall: Colour
    dado: Colour
    wood: Colour
    paper: str
    floor: Paving
    ground: Colour
    cloth: Colour
    accent: Colour
    beams: bool = False
    city: bool = False
    drapes: bool = True
    tall: float = 2.9


def room_depth(site: Site) -> float:
    """How far ahead the back wall is: near for a small leading player, whose eye height the lens has."""
    lens = site.lens
    lead = lens.eye * lens.focal / (0.40 * lens.height)
    return min(8.0, max(3.4, 1.55 * lead + 1.2))


def piece(
    site: Site, light: Daylight, walls: Sequence[Wall], x: float, z: float, y: float = 0.0, turn: float = 0.0
) -> Flat:
    """Furniture with its foot's middle at `x`, `y`, `z`, turned by so many radians."""
    # what stands close to a low lens is mostly out of the frame: no finer than is seen of it
    metre = min(site.fine(z), 0.5 * site.lens.height)
    lens = site.lens
    pose = Pose(-x, lens.eye - y, z, turn, (0.7 * lens.reach(z), 0.9 * lens.height / lens.metre(z)))
    finish = Finish(0.25, glow=0.35)
    layer, aside, low = paint_walls(walls, light, pose, metre, site.random(f"piece {x:.2f} {z:.2f}"), finish)
    return Flat(layer, metre, x + aside, z, y + low, haze=0.0)


@dataclass(frozen=True, slots=True)
class Stand:
    """What furniture is placed by: the room, half the visible width at its back wall, the window's side."""

    site: Site
    light: Daylight
    room: Shell
    half: float
    side: float
    manner: Manner

    def put(self, walls: Sequence[Wall], across: float, before: float, y: float = 0.0, turn: float = 0.0) -> Flat:
        """A piece `across` (−1 … 1, positive on the window's side) and `before` metres before the back wall."""
        return piece(self.site, self.light, walls, self.side * across * self.half, self.room.deep - before, y, turn)

    def shine(self, across: float, y: float, before: float, reach: float, lamp: str = "steady") -> list[Flat]:
        """The halo of a lamp, where it is lit."""
        colour = lamp_colour(self.site)
        if colour.max() < 0.05:
            return []
        x, z = self.side * across * self.half, self.room.deep - before
        return [halo(x, y, z, reach, colour * np.float32(0.55), self.site.fine(z), lamp)]


def standing_lamp(stand: Stand, across: float, before: float) -> list[Flat]:
    """A standing lamp and its light."""
    shade = make.floor_lamp(linear(226, 206, 170), lamp_colour(stand.site) * np.float32(1.5))
    return [stand.put(shade, across, before), *stand.shine(across, 1.5, before - 0.05, 1.3)]
