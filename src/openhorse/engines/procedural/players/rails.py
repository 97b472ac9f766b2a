"""A part for a train or a tram in, the player out: an express, a steam train with its smoke, a tram, a subway.

Knows no track: the ground point is the rails' height, under the train's middle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.coachwork import GLASS, HEAD, TAIL, TRIM, WINDOW, Shell, box_windows, lamps
from openhorse.engines.procedural.players.dyes import DYES, Dye, drawn, dye
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    disc,
    join,
    lathe,
    ring,
    slab,
    tube,
    turned_smooth,
)
from openhorse.engines.procedural.players.player import Casting, Foot, Look, Maker, Sprite
from openhorse.engines.procedural.players.puppet import Part, Puppet, placed, spot
from openhorse.engines.procedural.players.vapours import add_puffs, room
from openhorse.engines.procedural.players.wheel import CHROME, rolled

_IRON = Material(linear(38, 38, 42), gloss=0.45, metal=0.3)
_BRASS = Material(linear(212, 164, 70), gloss=0.9, metal=0.8)


def _iron_wheel(radius: float) -> Mesh:
    parts = [
        ring(radius * 0.93, radius * 0.075, _IRON, 32),
        ring(radius * 0.98, radius * 0.05, _IRON, 32).moved(0, 0, -0.04),
        disc(radius * 0.22, 0.03, _IRON, 16),
    ]
    parts += [
        slab(
            (0, radius * 0.45, 0), (radius * 0.035, radius * 0.42, 0.02), Material(linear(150, 34, 30), gloss=0.4)
        ).turned(2, k * math.pi / 5)
        for k in range(10)
    ]
    return join(*parts)


def _bogie(x: float) -> list[Mesh]:
    return [slab((x, 0.52, 0.82 * s), (1.0, 0.13, 0.06), TRIM, 0.03) for s in (1, -1)]


def carriage(middle: float, colour: Dye, roof: Dye, lines: Dye) -> Mesh:
    """A passenger coach, 7.2 m long, about x = `middle`."""
    half = 3.5
    shell = Shell(
        (
            (middle - half, 1.95, 1.12, 1.18),
            (middle - half + 0.1, 1.95, 1.22, 1.26),
            (middle + half - 0.1, 1.95, 1.22, 1.26),
            (middle + half, 1.95, 1.12, 1.18),
        ),
        7.0,
    )
    body = shell.mesh(Material(colour, gloss=0.7), 56)
    body = body.painted(body.points[:, 1] > 2.86, Material(roof, gloss=0.3))
    panes = box_windows([middle - 2.7 + k * 1.08 for k in range(6)], 2.22, 0.40, 1.262, 0.36)
    stripe = [slab((middle, 1.62, 1.264 * s), (half - 0.1, 0.05, 0.006), Material(lines, gloss=0.6)) for s in (1, -1)]
    return join(
        body,
        *panes,
        *stripe,
        *_bogie(middle - 2.3),
        *_bogie(middle + 2.3),
        slab((middle, 0.62, 0), (half, 0.12, 0.8), TRIM, 0.04),
    )


def steam_engine(colour: Dye) -> Mesh:
    """A locomotive with its tender, its front at x = 4.6."""
    paint = Material(colour, gloss=0.8)
    boiler = (
        turned_smooth([(0.02, -2.3), (0.74, -2.28), (0.76, 0.0), (0.76, 2.2), (0.70, 2.32), (0.02, 2.36)], paint, 32, 3)
        .turned(2, -math.pi / 2)
        .moved(2.0, 2.0, 0)
    )
    bands = [
        lathe([(0.768, -0.03), (0.776, 0.0), (0.768, 0.03)], _BRASS, 32).turned(2, -math.pi / 2).moved(x, 2.0, 0)
        for x in (0.5, 1.5, 2.5, 3.5)
    ]
    box = (
        lathe([(0.80, -0.45), (0.80, 0.40), (0.72, 0.46), (0.02, 0.48)], _IRON, 32)
        .turned(2, -math.pi / 2)
        .moved(4.0, 2.0, 0)
    )
    funnel = turned_smooth(
        [(0.30, 2.65), (0.22, 2.85), (0.24, 3.25), (0.34, 3.42), (0.30, 3.44), (0.20, 3.40)], _IRON, 24
    ).moved(3.95, 0, 0)
    domes = [
        turned_smooth([(0.34, 2.62), (0.32, 2.95), (0.18, 3.12), (0.0, 3.15)], m, 22).moved(x, 0, 0)
        for x, m in ((2.2, _BRASS), (0.9, paint))
    ]
    cab = [
        slab((-0.75, 2.10, 0), (0.75, 0.92, 1.12), paint, 0.06),
        slab((-0.75, 3.12, 0), (0.98, 0.07, 1.26), _IRON, 0.05),
        *(slab((-0.72, 2.45, 1.125 * s), (0.34, 0.30, 0.012), WINDOW, 0.01) for s in (1, -1)),
    ]
    tender = [
        slab((-2.95, 1.55, 0), (1.20, 0.60, 1.12), paint, 0.06),
        ball((-2.95, 2.15, 0), (1.05, 0.32, 0.95), Material(linear(20, 20, 22)), 16),
    ]
    frame = [
        slab((1.0, 0.98, 0), (3.5, 0.14, 0.62), _IRON, 0.03),
        slab((1.6, 1.26, 0), (2.7, 0.05, 1.05), Material(linear(150, 34, 30), gloss=0.4), 0.02),
        slab((-2.95, 0.8, 0), (1.3, 0.14, 0.8), _IRON, 0.03),
    ]
    catcher = [tube([(4.55, 1.0, z * 0.55), (5.15, 0.28, z)], 0.035, _IRON, 6) for z in np.linspace(-0.85, 0.85, 8)] + [
        slab((4.55, 1.02, 0), (0.06, 0.14, 1.05), Material(linear(170, 36, 30), gloss=0.5), 0.03)
    ]
    cylinders = [tube([(3.55, 0.92, 0.95 * s), (4.25, 0.92, 0.95 * s)], 0.28, paint, 16) for s in (1, -1)]
    lamp = [
        tube([(4.35, 2.86, 0), (4.62, 2.86, 0)], 0.19, _BRASS, 16),
        ball((4.80, 2.86, 0), (0.05, 0.16, 0.16), HEAD, 12),
    ]
    rails = [tube([(-0.1, 2.45, 0.82 * s), (4.3, 2.45, 0.82 * s)], 0.022, _BRASS, 6) for s in (1, -1)]
    return join(boiler, *bands, box, funnel, *domes, *cab, *tender, *frame, *catcher, *cylinders, *lamp, *rails)


def _express(colour: Dye) -> tuple[Mesh, list[tuple[float, float, float]]]:
    light = linear(236, 238, 240)
    parts = []
    for k, middle in enumerate((-7.7, 0.0)):
        half = 3.75
        shell = Shell(
            (
                (middle - half, 1.85, 1.30, 1.28),
                (middle - half + 0.08, 1.85, 1.38, 1.34),
                (middle + half, 1.85, 1.38, 1.34),
            ),
            5.0,
        )
        parts += [
            _striped(shell, colour, light),
            *box_windows([middle - 2.9 + j * 0.97 for j in range(7)], 2.32, 0.30, 1.335, 0.38),
        ]
        if k == 0:
            parts.append(slab((middle + half + 0.1, 1.85, 0), (0.12, 1.15, 1.0), TRIM, 0.03))
    nose = Shell(
        (
            (3.85, 1.85, 1.38, 1.34),
            (7.2, 1.85, 1.38, 1.34),
            (9.0, 1.70, 1.22, 1.26),
            (10.6, 1.28, 0.80, 1.00),
            (11.5, 0.98, 0.46, 0.66),
            (11.85, 0.86, 0.22, 0.30),
        ),
        3.4,
    )
    head = _striped(nose, colour, light)
    x, y = head.points[:, 0], head.points[:, 1]
    head = head.painted((x > 8.85) & (x < 10.1) & (y > 1.95 - (x - 8.85) * 0.05) & (y < 2.95), GLASS)
    parts += [
        head,
        *box_windows([4.6 + j * 0.97 for j in range(4)], 2.32, 0.30, 1.335, 0.38),
        *lamps(11.05, 1.05, 0.60, (0.26, 0.06, 0.14), HEAD),
        slab((3.80, 1.85, 0), (0.10, 1.15, 1.0), TRIM, 0.03),
    ]
    parts += [bogie for x_ in (-10.2, -5.2, -2.5, 2.5, 5.4, 8.6) for bogie in _bogie(x_)] + [
        slab((0, 0.50, 0), (10.5, 0.15, 0.95), TRIM, 0.05),
        *lamps(-11.45, 1.2, 0.9, (0.04, 0.10, 0.12), TAIL),
    ]
    wheels = [
        (x_ + d, 0.44, 0.84 * s) for x_ in (-10.2, -5.2, -2.5, 2.5, 5.4, 8.6) for d in (-0.65, 0.65) for s in (1, -1)
    ]
    return join(*parts), wheels


def _subway(colour: Dye) -> tuple[Mesh, list[tuple[float, float, float]]]:
    # three cars of steel with flat ends and wide doors: nothing pulls them
    steel, paint = Material(linear(186, 190, 196), gloss=0.85, metal=0.35), Material(colour, gloss=0.8)
    parts: list[Mesh] = []
    for middle in (-7.7, 0.0, 7.7):
        keys = [(middle + s * x, 1.85, y, z) for s, x, y, z in _ENDS]
        body = Shell(tuple(keys), 8.0).mesh(steel, 56)
        parts.append(body.painted(lambda p: (p[:, 1] < 1.46) & (p[:, 1] > 1.20), paint))
        parts += box_windows([middle - 2.95, middle - 1.0, middle + 1.0, middle + 2.95], 2.22, 0.34, 1.345, 0.42)
        for x in (middle - 2.0, middle, middle + 2.0):
            parts += [slab((x, 1.78, 1.350 * s), (0.46, 0.98, 0.010), paint, 0.02) for s in (1, -1)]
            parts += [
                slab((x + d, 2.14, 1.362 * s), (0.17, 0.44, 0.008), WINDOW, 0.02)
                for s in (1, -1)
                for d in (-0.22, 0.22)
            ]
        parts += [bogie for d in (-2.5, 2.5) for bogie in _bogie(middle + d)]
        parts.append(slab((middle, 0.62, 0), (3.4, 0.16, 0.95), TRIM, 0.04))
    parts += [slab((x, 1.85, 0), (0.10, 1.05, 0.8), TRIM, 0.03) for x in (-3.85, 3.85)]
    parts += [
        slab((11.52, 2.30, 0), (0.02, 0.44, 1.02), GLASS, 0.015),
        slab((11.52, 1.34, 0), (0.02, 0.34, 1.10), paint, 0.015),
        slab((11.53, 2.92, 0), (0.03, 0.12, 0.55), Material(linear(255, 190, 90), glow=-1.6), 0.02),
        *lamps(11.52, 1.30, 0.78, (0.05, 0.09, 0.12), HEAD),
        *lamps(-11.52, 1.2, 0.9, (0.04, 0.10, 0.12), TAIL),
    ]
    places = [m + d + e for m in (-7.7, 0.0, 7.7) for d in (-2.5, 2.5) for e in (-0.65, 0.65)]
    return join(*parts), [(x, 0.44, 0.84 * s) for x in places for s in (1, -1)]


_ENDS = ((-1, 3.82, 1.22, 1.22), (-1, 3.76, 1.34, 1.34), (1, 3.76, 1.34, 1.34), (1, 3.82, 1.22, 1.22))


def _striped(shell: Shell, colour: Dye, light: Dye) -> Mesh:
    body = shell.mesh(Material(light, gloss=0.85), 56)
    return body.painted(lambda p: (p[:, 1] < 1.62) & (p[:, 1] > 1.15), Material(colour, gloss=0.85)).painted(
        lambda p: p[:, 1] <= 0.72, TRIM
    )


def _tram(colour: Dye) -> tuple[Mesh, list[tuple[float, float, float]]]:
    shell = Shell(
        (
            (-3.9, 1.7, 0.95, 0.85),
            (-3.7, 1.72, 1.25, 1.08),
            (-3.2, 1.72, 1.30, 1.14),
            (3.2, 1.72, 1.30, 1.14),
            (3.7, 1.72, 1.25, 1.08),
            (3.9, 1.7, 0.95, 0.85),
        ),
        6.5,
    )
    body = shell.mesh(Material(colour, gloss=0.8), 60)
    body = body.painted(lambda p: p[:, 1] > 1.66, Material(DYES["cream"], gloss=0.6)).painted(
        lambda p: p[:, 1] > 2.85, Material(linear(120, 122, 126), gloss=0.3)
    )
    panes = box_windows([-2.7 + k * 0.90 for k in range(7)], 2.14, 0.40, 1.145, 0.36)
    ends = [slab((3.86 * s, 2.14, 0), (0.02, 0.42, 0.72), WINDOW, 0.015) for s in (1, -1)]
    pole = [
        tube([(-0.5, 3.02, 0), (-1.1, 3.5, 0), (-0.3, 3.98, 0)], 0.03, TRIM, 6),
        tube([(-0.3, 4.0, -0.6), (-0.3, 4.0, 0.6)], 0.025, TRIM, 6),
    ]
    lamp = [ball((3.92, 1.25, 0), (0.07, 0.16, 0.16), HEAD, 12), *lamps(-3.85, 1.1, 0.6, (0.05, 0.08, 0.08), TAIL)]
    sign = slab((3.7, 2.95, 0), (0.16, 0.14, 0.55), Material(linear(255, 220, 150), glow=-1.4), 0.04)
    wheels = [(x, 0.36, 0.82 * s) for x in (-2.2, -1.3, 1.3, 2.2) for s in (1, -1)]
    return join(
        body,
        *panes,
        *ends,
        *pole,
        *lamp,
        sign,
        *_bogie(-1.75),
        *_bogie(1.75),
        slab((0, 0.50, 0), (3.4, 0.12, 0.9), TRIM, 0.03),
    ), wheels


def _cast_steam(casting: Casting) -> Puppet:
    chance = np.random.default_rng((casting.seed, 5))
    colour = dye(casting.character.colour, drawn(chance, "green", "red", "navy", "black"))
    drivers = [(x, 0.72, 0.78 * s, 0.72) for x in (0.2, 1.75) for s in (1, -1)]
    small = [(x, 0.42, 0.78 * s, 0.42) for x in (3.3, 4.3, -2.2, -3.7, -9.9 + 1.7, -9.9 - 2.9 + 1.7) for s in (1, -1)]
    axles = [*drivers, *small]
    parts = [steam_engine(colour).on(0), carriage(-8.1, linear(132, 40, 36), linear(70, 70, 74), DYES["gold"]).on(0)]
    parts += [_iron_wheel(axle[3]).on(1 + k) for k, axle in enumerate(axles)]
    rod = [tube([(0.2, 0.72, 0.92 * s), (1.75, 0.72, 0.92 * s)], 0.045, CHROME, 8) for s in (1, -1)]
    parts.append(join(*rod).on(1 + len(axles)))
    for_bones = [(x + 3.2, y, z, r) for x, y, z, r in axles]
    mesh = join(*[part.moved(3.2, 0, 0) if k < 2 or k == len(parts) - 1 else part for k, part in enumerate(parts)])
    speed = 0.0 if {"stand", "wait"} & set(casting.character.actions) else 8.0
    part = Part(
        "a steam train",
        "stands" if not speed else "drives",
        3.5,
        17.0,
        "ground",
        speed * 0.94,
        yaw=0.34,
        frontal=0.36,
        rate=casting.rate,
        start=casting.phase,
    )

    def pose(t: float) -> Array:
        shake = 0.006 * math.sin(t * 17) * min(1.0, speed)
        found = [placed(0, shake, 0)] + [rolled(x, y, z, speed * t / r) for x, y, z, r in for_bones]
        turn = -speed * t / 0.72
        found.append(placed(0.36 * math.cos(turn), 0.36 * math.sin(turn), 0))
        return np.array(found)

    def smoke(sprite: Sprite, look: Look, t: float) -> Sprite:
        m = look.metre
        way = -1 if look.facing >= 0 else 1
        reach = 11 * m if look.facing else 3 * m
        sprite = room(sprite, min(way * reach, -4 * m), -10.5 * m, max(way * reach, 8 * m), 0)
        x, y = spot(part, sprite, look, (7.15, 3.45, 0))
        puffs = []
        beat = 0.24
        first = math.floor(t / beat)
        for k in range(first - 18, first + 1):
            age = t - k * beat
            if not 0 <= age < 4.2:
                continue
            number = (k * 7919) % 97 / 97
            rise = 1.7 * age**0.62 + 0.25 * number
            back = (0.15 + speed * 0.34) * age * (1.0 if look.facing else 0.1) * way
            puffs.append(
                (
                    x + (back + 0.25 * (number - 0.5)) * m,
                    y - rise * m,
                    (0.30 + 0.52 * age**0.75) * m,
                    0.85 * math.exp(-age / 1.9),
                )
            )
        add_puffs(sprite, puffs[::-1], look.light)
        return sprite

    return Puppet(
        part, mesh, pose, smoke, feet=lambda t: [Foot(x, 0.0, 0.35, 1.1) for x in np.linspace(-8.2, 7.6, 9).tolist()]
    )


def _cast_plain(
    casting: Casting,
    make: Callable[[Dye], tuple[Mesh, list[tuple[float, float, float]]]],
    size: tuple[float, float, float, str, tuple[str, ...]],
) -> Puppet:
    tall, long, speed, name, usual = size
    chance = np.random.default_rng((casting.seed, 6))
    body, wheels = make(dye(casting.character.colour, drawn(chance, *usual)))
    speed = 0.0 if {"stand", "wait"} & set(casting.character.actions) else speed
    radius = wheels[0][1]
    mesh = join(body.on(0), *(_iron_wheel(radius).on(1 + k) for k in range(len(wheels))))
    part = Part(
        name,
        "stands" if not speed else "drives",
        tall,
        long,
        "ground",
        speed * 0.94,
        yaw=0.32,
        frontal=0.34,
        still=not speed,
        rate=casting.rate,
        start=casting.phase,
    )

    def pose(t: float) -> Array:
        return np.array(
            [
                placed(0, 0.004 * math.sin(t * 19) * min(1.0, speed), 0),
                *(rolled(x, y, z, speed * t / radius) for x, y, z in wheels),
            ]
        )

    return Puppet(
        part,
        mesh,
        pose,
        feet=lambda t: [Foot(x, 0.0, 0.30, 1.1) for x in np.linspace(-long * 0.46, long * 0.44, 9).tolist()],
    )


def cast_train(casting: Casting) -> Puppet:
    """An express, or a steam train where the words say so."""
    if (
        casting.character.kind in ("steam-train", "locomotive")
        or casting.character.variety in ("steam", "old", "vintage")
        or "steam" in casting.character.things
    ):
        return _cast_steam(casting)
    if casting.character.kind == "tram":
        return _cast_plain(casting, _tram, (3.1, 7.9, 6.0, "a tram", ("red", "green", "yellow")))
    if casting.character.kind == "subway":
        return _cast_plain(casting, _subway, (3.2, 23.2, 13.0, "a subway train", ("red", "blue", "orange")))
    return _cast_plain(casting, _express, (3.3, 23.4, 16.0, "a train", ("blue", "red", "teal")))


PARTS: Mapping[str, Maker] = dict.fromkeys(("train", "steam-train", "tram", "subway", "locomotive"), cast_train)
"""Who plays what on rails."""
