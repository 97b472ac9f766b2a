"""Stations and corners in, hulls and sails out, and what a vessel is made of. Knows no vessel and no water."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.dyes import Dye
from openhorse.engines.procedural.players.mesh import Material, Mesh, grid, join, smooth, tube

_DECK = Material(linear(196, 154, 100), gloss=0.1)


@dataclass(frozen=True, slots=True)
class Vessel:
    """A hull on bone 0, and on bones 1 and 2 what moves (oars, a sail). `roll` is how much it rocks, radians."""

    mesh: Mesh
    tall: float
    long: float
    wide: float
    speed: float
    roll: float
    name: str
    oars: bool = False
    seat: tuple[float, float] | None = None
    funnels: tuple[tuple[float, float], ...] = ()


def hull(
    keys: list[tuple[float, float, float, float]],
    paint: Material,
    inside: Material,
    deck: float | None = None,
    stripe: Dye | None = None,
) -> Mesh:
    """An open hull of stations (x, keel, gunwale, half width), stern to bow; `deck` closes it that far below."""
    stations = smooth(keys, 6)
    turn = np.linspace(0, 1, 15)
    rows = []
    for x, keel, rim, half in stations:
        flare = np.sin(turn * np.pi / 2) ** 0.72 * half
        y = keel + (rim - keel) * (1 - np.cos(turn * np.pi / 2)) ** 0.85
        port = np.stack([np.full(15, x), y, -flare], axis=1)[::-1]
        rows.append(np.concatenate([port, (port * (1, 1, -1))[::-1][1:]]))
    shape = np.array(rows)
    outer = grid(shape[:, ::-1], paint)
    if stripe is not None:
        part = (outer.points[:, 1] - np.interp(outer.points[:, 0], stations[:, 0], stations[:, 1])) / np.interp(
            outer.points[:, 0], stations[:, 0], stations[:, 2] - stations[:, 1]
        )
        outer = outer.painted((part > 0.80) & (part < 0.93), Material(stripe, gloss=paint.gloss))
    inner = grid(shape * (1.0, 1.0, 0.94) + (0, 0.02, 0), inside)
    rims = [
        tube(
            np.stack([stations[:, 0], stations[:, 2], stations[:, 3] * s], axis=1),
            0.028 * max(1.0, stations[-1, 0] / 4),
            inside,
            8,
        )
        for s in (1, -1)
    ]
    parts = [outer, inner, *rims]
    if deck is not None:
        across = np.linspace(1, -1, 5)
        parts.append(
            grid(
                np.array([[(x, rim - deck, half * 0.95 * w) for w in across] for x, _, rim, half in stations])[:, ::-1],
                _DECK,
            )
        )
    return join(*parts)


def sail_of(corners: list[tuple[float, float, float]], belly: float, colour: Dye, bands: Dye | None = None) -> Mesh:
    """A sail over three or four corners (foot fore, foot aft, head aft, head fore), bellied to us."""
    a, b, c, d = (np.array(p) for p in corners)
    u, v = np.meshgrid(np.linspace(0, 1, 14), np.linspace(0, 1, 14), indexing="ij")
    u, v = u[..., None], v[..., None]
    points = (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * c)
    points = points + np.array((0, 0, 1.0)) * (
        belly * np.sin(np.pi * u) ** 0.8 * np.sin(np.pi * np.clip(v * 0.9 + 0.05, 0, 1))
    )
    sail = grid(points, Material(colour, soft=1.4))
    seams = 1 - 0.07 * (np.abs((v[..., 0].ravel() * 6) % 1 - 0.5) > 0.42)
    sail = sail.coloured(sail.colours * seams[:, None])
    if bands is not None:
        height = v[..., 0].ravel()
        sail = sail.painted((height > 0.45) & (height < 0.60), Material(bands, soft=1.4))
    return sail
