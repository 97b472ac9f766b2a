"""A part for a thing in, what its player needs out: its name and size, its colour, its glow. Knows no kind of thing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.players.dyes import Dye, drawn, dye
from openhorse.engines.procedural.players.mesh import Array
from openhorse.engines.procedural.players.player import Casting, Look, Sprite
from openhorse.engines.procedural.players.puppet import Part, placed, spot
from openhorse.engines.procedural.players.vapours import add_halo, room


def part_of(name: str, does: str, tall: float, long: float, casting: Casting, **more: object) -> Part:
    """The part of a thing that shows its front; `more` overrides."""
    base = Part(
        name,
        does,
        tall,
        long,
        fixed=True,
        yaw=0.35,
        rate=casting.rate,
        start=casting.phase * 5 + (casting.seed % 17) * 0.61,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def colour_of(casting: Casting, *usual: str) -> Dye:
    """The colour that the words give, else one of the usual."""
    chance = np.random.default_rng((casting.seed, 12))
    return dye(casting.character.colour, drawn(chance, *usual))


def unmoving(t: float) -> Array:
    """The bones of what never moves."""
    return np.array([placed()])


def glowing(
    part: Part, at: tuple[float, float, float], radius: float, colour: tuple[float, float, float]
) -> Callable[[Sprite, Look, float], Sprite]:
    """What lays a flickering glow on a sprite, round a place in metres."""

    def glow(sprite: Sprite, look: Look, t: float) -> Sprite:
        m = look.metre
        reach = radius * 2.2 * m
        sprite = room(sprite, at[0] * m - reach, -(at[1] * m + reach), at[0] * m + reach, reach - at[1] * m)
        x, y = spot(part, sprite, look, at)
        flicker = 1 + 0.05 * math.sin(t * 7.1) + 0.04 * math.sin(t * 11.7 + 1)
        add_halo(sprite, x, y, radius * m, [c * flicker for c in colour])
        return sprite

    return glow
