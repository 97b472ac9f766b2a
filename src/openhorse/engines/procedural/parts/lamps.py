"""A site and a place in, lamps out: street lamps, paper lanterns on strings, strings of bulbs. Knows no street."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Canvas, soften
from openhorse.engines.procedural.parts.model import (
    RIGHT,
    UP,
    Colour,
    Finish,
    Ink,
    Pose,
    Wall,
    box,
    drum,
    is_snowy,
    paint_walls,
)
from openhorse.engines.procedural.parts.windows import rect
from openhorse.engines.procedural.world.scenery import Flat, Site

_RED = linear(226, 44, 26)
_BULB = np.array((1.0, 0.62, 0.26), np.float32)


def street_lamp(site: Site, x: float, z: float, modern: bool = False, period: float = 0.0) -> tuple[Flat, ...]:
    """A lamp post, and its light when lamps are lit."""
    iron, lit = linear(40, 44, 46), site.light.lamps
    walls = drum((0, 0, 0), 0.13, 0.07, 0.5, [iron], 8)
    if modern:
        walls += [Wall((-0.05, 0.3, 0), RIGHT, UP, rect(0, 0, 0.10, 5.6), iron)]
        walls += box((-0.1, 5.75, -0.1), (1.3, 0.09, 0.2), iron)
        head = (1.0, 5.68)
        walls.append(
            Wall((0.7, 5.66, -0.12), RIGHT, UP, rect(0, 0, 0.5, 0.08), iron, _lit(rect(0, 0, 0.5, 0.08), lit, iron))
        )
    else:
        walls += [Wall((-0.045, 0.3, 0), RIGHT, UP, rect(0, 0, 0.09, 3.2), iron)]
        walls += box((-0.16, 3.45, -0.1), (0.32, 0.05, 0.2), iron)
        glass = [(-0.13, 0), (0.13, 0), (0.20, 0.48), (-0.20, 0.48)]
        walls.append(
            Wall((0, 3.5, -0.1), RIGHT, UP, glass, linear(200, 206, 200), _lit(glass, lit, linear(150, 160, 160)))
        )
        walls.append(
            Wall((0, 3.5, -0.12), RIGHT, UP, [(-0.01, 0), (0.01, 0), (0.01, 0.48), (-0.01, 0.48)], iron, near=0.1)
        )
        walls.append(
            Wall((0, 3.98, -0.12), RIGHT, UP, [(-0.24, 0), (0.24, 0), (0.06, 0.24), (-0.06, 0.24)], iron, roof=True)
        )
        head = (0.0, 3.74)
    metre = site.fine(z)
    layer, aside, low = paint_walls(
        walls,
        replace(site.light, rim=0.15),
        Pose(0, site.lens.eye, z),
        metre,
        site.random("lamp"),
        Finish(0.2, is_snowy(site), 0.5),
    )
    flats = [Flat(layer, metre, x + aside, z, low, period=period)]
    if lit > 0.1:
        flats.append(shine(x + head[0], head[1], z - 0.05, 2.6, _BULB * np.float32(0.55 * lit), period=period))
    return tuple(flats)


def _lit(outline: list[tuple[float, float]], lit: float, dark: Colour) -> tuple[Ink, ...]:
    if lit < 0.1:
        return (Ink(outline, dark * np.float32(0.5)),)
    return (Ink(outline, _BULB * np.float32(2.4 * lit), shines=True),)


def shine(
    x: float, y: float, z: float, reach: float, colour: Colour, period: float = 0.0, lamp: str = "steady"
) -> Flat:
    """Light in the air about a lamp."""
    side = 72
    off = np.linspace(-1, 1, side, dtype=np.float32)
    far = np.hypot(off[None, :], off[:, None])
    shape = (np.exp(-far * 5.5) * np.clip((1 - far) * 2.5, 0, 1))[..., None]
    layer = np.dstack([shape * colour, np.zeros((side, side), np.float32)]).astype(np.float32)
    return Flat(layer, side / (2 * reach), x, z, y - reach, period=period, glow=True, lamp=lamp, haze=0.6)  # type: ignore[arg-type]


def lantern_string(site: Site, z: float, high: float, wide: float, count: int, colour: Colour = _RED) -> Flat:
    """Paper lanterns on a sagging cord across the way, `wide` metres from post to post; it goes on to both sides."""
    metre = min(site.fine(z), 0.16 * site.lens.height)
    tall, lit = 1.7, site.light.lamps
    canvas = Canvas(0, 0, wide * metre, tall * metre, samples=3)
    lamps = Canvas(0, 0, wide * metre, tall * metre, samples=2)
    us = np.linspace(0, 1, 40)
    sag = 0.12 + 0.75 * 4 * us * (1 - us)
    canvas.line(np.stack([us * wide, sag], 1) * metre, 0.018 * metre, linear(30, 26, 26) * 0.4)
    dark = site.light.ambient * 1.2 + site.light.key * np.float32(0.3)
    for k in range(count):
        u = (k + 0.5) / count
        x, y = u * wide, 0.12 + 0.75 * 4 * u * (1 - u) + 0.30
        _lantern((canvas, lamps), (x, y), 0.23, metre, colour * (dark + np.float32(0.15)), colour, lit)
    body, glow = canvas.layer(), lamps.layer()[..., :3]
    body[..., :3] += soften(glow, 0.16 * metre, 0.16 * metre, 2) * np.float32(0.45) + soften(
        glow, 0.5 * metre, 0.5 * metre, 4
    ) * np.float32(0.4)
    body[:2], body[-2:, :, :3] = 0, 0
    return Flat(body, body.shape[1] / wide, 0.0, z, high - tall, period=wide, sway=0.05, haze=0.5)


def _lantern(
    canvases: tuple[Canvas, Canvas],
    at: tuple[float, float],
    r: float,
    metre: float,
    dull: Colour,
    colour: Colour,
    lit: float,
) -> None:
    """One round lantern with ribs, caps and a tassel, at `at` (metres from the upper left)."""
    canvas, lamps = canvases
    x, y = at[0] * metre, at[1] * metre
    size = r * metre
    canvas.line([(x, y - 1.3 * size), (x, y - size)], 0.014 * metre, linear(30, 26, 26))
    for k, part in enumerate((1.0, 0.78, 0.5, 0.24)):
        tone = (
            dull * np.float32(1 + 0.25 * k)
            + (colour * np.array((1, 1 + 0.9 * k, 1 + 0.9 * k)) * (0.5 + 0.32 * k)) * lit
        )
        canvas.ellipse(x, y, size * 1.12 * part, size * (0.9 if k == 0 else 0.88), tone)
    for rib in (-0.6, -0.3, 0.0, 0.3, 0.6):
        half = 1.1 * size * math.sqrt(1 - rib * rib)
        canvas.line(
            [(x - half, y + rib * 0.9 * size), (x + half, y + rib * 0.9 * size)],
            0.008 * metre,
            dull * 0.8 + colour * 0.35 * lit,
        )
    for v in (-0.95, 0.82):
        canvas.polygon(
            np.array(rect(x - 0.4 * size, y + v * size, 0.8 * size, 0.16 * size)),
            linear(210, 160, 60) * (0.3 + 0.5 * lit),
        )
    for thread in (-0.18, 0.0, 0.18):
        canvas.line(
            [(x + thread * size, y + size), (x + thread * size, y + 1.7 * size)],
            0.02 * metre,
            linear(230, 170, 60) * (0.25 + 0.4 * lit),
        )
    if lit > 0.05:
        lamps.ellipse(x, y, size, size * 0.85, colour * np.array((1.0, 1.6, 1.6)) * lit)
