"""A mesh with what moves, burns and steams in, the player of a thing out. Knows no kind of thing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from openhorse.engines.procedural.players.mesh import Array, Mesh
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Sprite
from openhorse.engines.procedural.players.puppet import Part, Puppet, placed, spot
from openhorse.engines.procedural.players.vapours import add_flame, add_halo, add_steam, room

Bones = Callable[[float], Array]


@dataclass(frozen=True, slots=True)
class Thing:
    """A mesh, its bones in time (None where nothing moves), and what burns or steams: places (x, y, z) and a size.

    `flames` and `steam` are (x, y, z, half width, height) in metres.
    """

    mesh: Mesh
    name: str
    tall: float
    long: float
    does: str = "stands"
    bones: Bones | None = None
    flames: tuple[tuple[float, float, float, float, float], ...] = ()
    steam: tuple[tuple[float, float, float, float, float], ...] = ()
    yaw: float = 0.5
    lick: float = 0.3
    halo: float = 6.0
    lift: float = 0.10


def puppet_of(made: Thing, casting: Casting) -> Puppet:
    """The player of a thing."""
    sways = bool((made.mesh.sway > 0).any())
    part = Part(
        made.name,
        made.does,
        made.tall,
        made.long,
        "ground",
        0.0,
        yaw=made.yaw,
        fixed=True,
        lift=made.lift,
        still=made.bones is None and not sways,
        breeze=0.5,
        rate=casting.rate,
        start=casting.phase * 5 + (casting.seed % 13) * 0.71,
    )
    rest = np.array([placed()])
    bones = made.bones
    finish = _burning(made, part) if made.flames or made.steam else None
    return Puppet(part, made.mesh, (lambda t: rest) if bones is None else bones, finish, feet=lambda t: _below(made))


def _below(made: Thing) -> Sequence[Foot]:
    half = made.long * 0.34
    return [Foot(0.0, 0.0, 0.0, half), Foot(0.0, 0.0, made.tall * 0.2, half * 1.2)]


def _burning(made: Thing, part: Part) -> Callable[[Sprite, Look, float], Sprite]:
    def burn(sprite: Sprite, look: Look, t: float) -> Sprite:
        m = look.metre
        wide = max(
            [max(f[3] * 3, f[4] * made.halo * 0.66) + abs(f[0]) for f in made.flames]
            + [s[3] * 3 + abs(s[0]) for s in made.steam]
        )
        top = max(
            [f[1] + f[4] * max(1.3, 0.45 + made.halo * 0.66) for f in made.flames]
            + [s[1] + s[4] * 1.05 for s in made.steam]
        )
        sprite = room(sprite, -wide * m, -(top + 0.01) * m, wide * m, 0.3 * wide * m)
        for k, (x, y, z, half, tall) in enumerate(made.flames):
            px, py = spot(part, sprite, look, (x, y, z))
            flicker = 1 + 0.07 * math.sin(t * 11 + k * 2.1) + 0.05 * math.sin(t * 17.3 + k)
            add_flame(
                sprite,
                px,
                py + 0.1 * half * m,
                half * m,
                tall * m * flicker,
                t * 0.9 + k * 1.7,
                1.0,
                made.lick,
                5 + k % 3,
            )
            if made.halo:
                add_halo(
                    sprite,
                    px,
                    py - tall * 0.45 * m,
                    tall * made.halo * 0.30 * m,
                    (0.50 * flicker, 0.25 * flicker, 0.075 * flicker),
                )
        for x, y, z, half, tall in made.steam:
            px, py = spot(part, sprite, look, (x, y, z))
            add_steam(sprite, px, py, half * m, tall * m, t, look.light)
        return sprite

    return burn
