"""A part for what shines or floats in, the player out: lanterns, balloons, a campfire. Knows no place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players import props
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    ball,
    join,
    lathe,
    ring,
    rotation,
    slab,
    smooth,
    tube,
    turned_smooth,
)
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Sprite
from openhorse.engines.procedural.players.puppet import Puppet, placed, spot
from openhorse.engines.procedural.players.staging import colour_of, glowing, part_of, unmoving
from openhorse.engines.procedural.players.thing import Thing, puppet_of
from openhorse.engines.procedural.players.vapours import add_flame, add_halo, add_puffs, room

_WOOD = Material(linear(112, 74, 44), gloss=0.1)
_BARK = Material(linear(92, 66, 46))


def cast_lantern(casting: Casting) -> Puppet:
    """A paper lantern: standing, hanging, or a sky lantern where it flies."""
    character = casting.character
    flying = (
        character.kind == "sky-lantern"
        or character.variety == "sky"
        or {"fly", "float", "rise"} & set(character.actions)
    )
    return _sky_lantern(casting) if flying else _standing_lantern(casting)


def _sky_lantern(casting: Casting) -> Puppet:
    paper = Material(
        colour_of(casting, "orange", "orange", "gold") * 0.8 + linear(255, 190, 110) * 0.2, soft=1.2, glow=1.0
    )
    body = turned_smooth(
        [(0.24, 0.0), (0.31, 0.18), (0.36, 0.45), (0.33, 0.68), (0.18, 0.80), (0.0, 0.83)], paper, 36, 6
    )
    y = body.points[:, 1]
    hot = 0.35 + 1.5 * np.exp(-(((y - 0.05) / 0.38) ** 2))
    body = body.coloured(body.colours * hot[:, None])
    mesh = join(
        body,
        ring(0.24, 0.008, _WOOD, 28).turned(0, math.pi / 2),
        ball((0, 0.03, 0), (0.05, 0.03, 0.05), Material(linear(255, 220, 120), glow=4.0), 8),
    )
    part = part_of("a sky lantern", "floats", 0.85, 0.72, casting, medium="air", speed=0.12, still=False, fixed=True)
    glow = glowing(part, (0, 0.35, 0), 0.75, (0.42, 0.19, 0.05))
    return Puppet(
        part,
        mesh,
        lambda t: np.array(
            [
                placed(
                    0.03 * math.sin(t * 0.8),
                    0.05 * math.sin(t * 0.9),
                    0,
                    rotation(2, 0.07 * math.sin(t * 1.1)) @ rotation(1, t * 0.2),
                )
            ]
        ),
        glow,
    )


def _standing_lantern(casting: Casting) -> Puppet:
    colour = colour_of(casting, "red", "red", "orange")
    if casting.character.variety in ("storm", "oil", "camping"):
        return _storm_lantern(casting)
    globe = props.lantern(colour)
    keep = globe.points[:, 1] < 0.20  # without its stick
    faces = globe.faces[
        keep[globe.faces].all(axis=1) & (np.abs(globe.points[globe.faces][:, :, 0].mean(axis=1) - 0.28) < 0.16)
    ]
    one = replace(globe, faces=np.ascontiguousarray(faces)).moved(-0.28, -0.07, 0).scaled(1.5)
    post = [
        tube([(0, 0, 0), (0, 1.28, 0)], (0.030, 0.022), _WOOD, 10),
        tube(smooth([(0, 1.26, 0), (0.12, 1.38, 0), (0.28, 1.36, 0)], 5), 0.018, _WOOD, 8),
        tube([(0.28, 1.36, 0), (0.28, 1.18, 0)], 0.005, Material(linear(30, 26, 24)), 5),
        slab((0, 0.02, 0), (0.11, 0.02, 0.11), _WOOD, 0.01),
    ]
    hung = one.moved(0.28, 1.33, 0).on(1)
    part = part_of("a lantern", "glows", 1.42, 0.7, casting)

    def pose(t: float) -> Array:
        return np.array(
            [
                placed(),
                placed(
                    turn=rotation(2, 0.06 * math.sin(t * 1.5)) @ rotation(0, 0.05 * math.sin(t * 1.9)),
                    about=(0.28, 1.36, 0),
                ),
            ]
        )

    return Puppet(
        part,
        join(*post, hung),
        pose,
        glowing(part, (0.28, 0.99, 0), 0.55, (0.55, 0.20, 0.07)),
        feet=lambda t: [Foot(0, 0, 0, 0.12)],
    )


def _storm_lantern(casting: Casting) -> Puppet:
    iron = Material(colour_of(casting, "black", "green", "red"), gloss=0.6, metal=0.3)
    glass = [
        tube(
            smooth(
                [
                    (0.075 * math.cos(a), 0.09, 0.075 * math.sin(a)),
                    (0.098 * math.cos(a), 0.17, 0.098 * math.sin(a)),
                    (0.070 * math.cos(a), 0.27, 0.070 * math.sin(a)),
                ],
                5,
            ),
            0.005,
            iron,
            6,
        )
        for a in np.arange(6) * math.pi / 3
    ]
    mesh = join(
        lathe([(0.12, 0), (0.12, 0.055), (0.08, 0.09)], iron, 30),
        lathe([(0.075, 0.27), (0.09, 0.30), (0.045, 0.35), (0.05, 0.37), (0.0, 0.38)], iron, 30),
        *glass,
        tube(
            smooth([(-0.10, 0.30, 0), (-0.09, 0.45, 0), (0, 0.50, 0), (0.09, 0.45, 0), (0.10, 0.30, 0)], 6),
            0.006,
            iron,
            7,
        ),
        ball((0, 0.09, 0), (0.02, 0.02, 0.02), Material(linear(40, 30, 24)), 8),
    )
    made = Thing(mesh, "a lantern", 0.52, 0.25, "glows", flames=((0, 0.105, 0, 0.022, 0.115),), halo=6.0)
    return puppet_of(made, casting)


def cast_balloon(casting: Casting) -> Puppet:
    """A balloon, or a bunch, that strains at its string."""
    colour = colour_of(casting, "red", "blue", "yellow", "pink")
    bunch = casting.character.kind == "balloons" or casting.character.variety in ("party", "bunch")
    mesh = props.balloons(colour) if bunch else props.balloon(colour)
    part = part_of(
        "balloons" if bunch else "a balloon",
        "floats",
        1.7 if bunch else 1.33,
        0.8 if bunch else 0.3,
        casting,
        medium="air",
        speed=0.15,
        breeze=0.5,
        still=False,
    )
    return Puppet(
        part,
        mesh,
        lambda t: np.array(
            [placed(0.04 * math.sin(t * 0.9), 0.05 * math.sin(t * 1.2), 0, rotation(2, 0.08 * math.sin(t * 1.0)))]
        ),
    )


def cast_fire(casting: Casting) -> Puppet:
    """A campfire: logs, stones, flames, sparks and smoke."""
    logs = []
    for k in range(6):
        a = k * math.pi / 3 + 0.2
        logs.append(
            tube(
                [(0.42 * math.cos(a), 0.05, 0.42 * math.sin(a)), (-0.04 * math.cos(a), 0.34, -0.04 * math.sin(a))],
                (0.062, 0.05),
                _BARK,
                10,
            )
        )
        logs.append(
            ball(
                (0.42 * math.cos(a) * 1.05, 0.045, 0.42 * math.sin(a) * 1.05),
                (0.03, 0.052, 0.052),
                Material(linear(176, 132, 84)),
                8,
            ).turned(1, 0)
        )
    logs = [
        log.coloured(
            log.colours * (1 - 0.85 * np.clip(log.points[:, 1:2] / 0.25, 0, 1))
            + np.clip(0.12 - np.abs(log.points[:, 1:2] - 0.16), 0, 1) * np.array((2.6, 0.7, 0.12))
        )
        for log in logs
    ]
    rng = np.random.default_rng(3)
    stones = [
        ball(
            (0.60 * math.cos(a), 0.05, 0.60 * math.sin(a)),
            (0.09 + 0.03 * rng.random(), 0.075, 0.10),
            Material(linear(104, 100, 98) * (0.8 + 0.4 * rng.random())),
            9,
        )
        for a in np.linspace(0, 2 * np.pi, 15, endpoint=False)
    ]
    embers = ball((0, 0.05, 0), (0.30, 0.05, 0.30), Material(linear(255, 90, 24), glow=1.5), 12)
    part = part_of("a campfire", "burns", 1.25, 1.35, casting, lift=0.08)

    def burn(sprite: Sprite, look: Look, t: float) -> Sprite:
        m = look.metre
        sprite = room(sprite, -1.9 * m, -2.7 * m, 1.9 * m, 0.9 * m)
        x, y = spot(part, sprite, look, (0, 0.10, 0))
        flicker = 1 + 0.10 * math.sin(t * 9.1) + 0.07 * math.sin(t * 14.3 + 1) + 0.05 * math.sin(t * 23.1)
        add_halo(sprite, x, y - 0.35 * m, 0.84 * m, (0.50 * flicker, 0.20 * flicker, 0.05 * flicker))
        puffs = []
        first = math.floor(t / 0.22)
        for k in range(first - 16, first + 1):
            age = t - k * 0.22
            side = ((k * 7919) % 97) / 97 - 0.5
            puffs.append(
                (
                    x + (0.3 * side + 0.16 * age * math.sin(k)) * m,
                    y - (0.85 + 0.62 * age) * m,
                    (0.12 + 0.16 * age) * m,
                    0.13 * math.exp(-age / 1.6) * min(1.0, age * 2),
                )
            )
        add_puffs(sprite, puffs[::-1], look.light, bright=0.5)
        add_flame(sprite, x - 0.13 * m, y, 0.20 * m, 0.62 * m, t * 1.15 + 3, 0.42, 1.0, 5)
        add_flame(sprite, x + 0.15 * m, y, 0.19 * m, 0.56 * m, t * 1.2 + 7, 0.42, 1.0, 6)
        add_flame(sprite, x, y + 0.02 * m, 0.29 * m, 1.02 * m, t * 1.05, 0.62, 1.0, 7)
        _sparks(sprite, x, y - 0.3 * m, m, t)
        return sprite

    return Puppet(
        replace(part, still=True), join(*logs, *stones, embers), unmoving, burn, feet=lambda t: [Foot(0, 0, 0, 0.62)]
    )


def _sparks(sprite: Sprite, x: float, y: float, m: float, t: float) -> None:
    first = math.floor(t / 0.07)
    _, height, width = sprite.planes.shape
    for k in range(first - 24, first + 1):
        age = t - k * 0.07
        life = 0.8 + ((k * 31) % 17) / 17
        if not 0 < age < life:
            continue
        side = ((k * 7919) % 97) / 97 - 0.5
        px = x + (0.45 * side + 0.10 * math.sin(5 * age + k)) * m * (0.5 + age)
        py = y - (0.2 + 1.25 * age) * m
        glow = 3.2 * (1 - age / life)
        radius = max(0.7, 0.007 * m)
        a, b, c, d = (
            int(px - 2 * radius - 1),
            int(py - 2 * radius - 1),
            int(px + 2 * radius + 2),
            int(py + 2 * radius + 2),
        )
        if a < 0 or b < 0 or c > width or d > height:
            continue
        u, v = np.meshgrid(np.arange(a, c) + 0.5 - px, np.arange(b, d) + 0.5 - py)
        dot = np.exp(-(u * u + v * v) / (radius * radius))
        for channel, part in enumerate((1.0, 0.45, 0.12)):
            sprite.planes[channel, b:d, a:c] += (dot * glow * part).astype(np.float32)


PARTS: Mapping[str, Maker] = {
    **dict.fromkeys(("lantern", "sky-lantern"), cast_lantern),
    **dict.fromkeys(("balloon", "balloons"), cast_balloon),
    **dict.fromkeys(("campfire", "bonfire", "fire"), cast_fire),
}
"""Who plays what shines or floats."""
