"""A site in, a railway through fields out: a line across for trains, or ahead to the horizon. Knows no train."""

from __future__ import annotations

import math

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Canvas
from openhorse.engines.procedural.parts.grass import Sward, fringe, patches, sward_of, swaths, turf
from openhorse.engines.procedural.parts.land import Range, downs, veil
from openhorse.engines.procedural.parts.landmarks import landmarks
from openhorse.engines.procedural.parts.railway import track_ahead
from openhorse.engines.procedural.parts.trees import planted, woods
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site


def paint(site: Site) -> Scenery:
    """A railway: below the train where one runs, else to the horizon."""
    crossed = site.lead is not None
    sward, flats = sward_of(site), list(_far(site))
    living = None
    if not crossed:
        living = track_ahead(site)
        flats += [_mast(site, side * 3.4, z) for z in (9.0, 15.0, 24.0, 38.0, 60.0, 96.0) for side in (-1, 1)]
    z = site.lead or 12.0
    random = site.random("line side")
    for k in range(5):
        at, part = float(z * random.uniform(2.2, 4.5)), (k - 2 + random.uniform(-0.3, 0.3)) * 0.24
        if crossed or abs(part) > 0.1:
            flats.append(planted(("oak", "birch", "bush")[k % 3], site, (part * site.lens.reach(at), at), 7.0))
    flats += [*landmarks(site, 2.2 * z, 900.0), *_verge(site, sward, crossed, z)]
    return Scenery(
        says="a railway through the country",
        flats=tuple(flats),
        floor=Floor(turf(site, sward, 0.5), 5.0, patches(site), 70.0),
        ground=living,
        stage=(2.2, max(16.0, z)),
        beds=(Bed("birds", 0.14, distance=0.5), Bed("wind", 0.16)),
        mood="vast",
    )


def _far(site: Site) -> tuple[Flat, ...]:
    return (
        downs(site, Range(5200.0, 560.0, 110, 0.12, 0.5, haze=veil(site, 5200.0, 0.46)), 2.6, 0.5),
        downs(site, Range(1700.0, 100.0, 110, 0.20, 0.4, haze=veil(site, 1700.0, 0.24)), 3.4, 0.6, fields=True),
        woods(site, ("oak", "poplar", "oak", "bush"), 320.0, 13.0, 0.4),
    )


def _verge(site: Site, sward: Sward, crossed: bool, z: float) -> tuple[Flat, ...]:
    """Grass before the line, or at both sides of it."""
    if crossed:
        return swaths(site, sward, 8, 0.12, min(20.0, 0.8 * z))
    spots = [
        (k, far * site.lens.nearest, side) for k, far in enumerate((1.2, 1.7, 2.5, 3.6, 5.4, 8.0)) for side in (-1, 1)
    ]
    return tuple(
        fringe(site, sward, (side * (3.5 + 0.2 * k), at), (1.9, 0.30), f"verge {k} {side}") for k, at, side in spots
    )


def _mast(site: Site, x: float, z: float) -> Flat:
    """A mast of the overhead line with its arm over the track."""
    metre, tall, wide = site.fine(z), 6.4, 4.6
    canvas = Canvas(0, 0, wide * metre, tall * metre, samples=2)
    iron = linear(96, 104, 108) * (site.light.ambient * 1.2 + site.light.key * np.float32(0.3))
    side = math.copysign(1.0, x)
    foot = wide / 2
    tip = foot - side * 2.2
    for a, b, thick in (
        ((foot, tall), (foot, 0.1), 0.20),
        ((foot, 0.7), (tip, 1.1), 0.09),
        ((foot, 1.7), (tip, 1.1), 0.07),
        ((tip, 1.1), (tip, 1.45), 0.06),
    ):
        canvas.line([(a[0] * metre, a[1] * metre), (b[0] * metre, b[1] * metre)], thick * metre, iron)
    return Flat(canvas.layer(), metre, x, z)
