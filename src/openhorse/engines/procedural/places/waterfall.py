"""A site in, a waterfall out: it pours from a cliff into a pool; wet rocks, spray, leaves. Knows no camera."""

from __future__ import annotations

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.cliffs import Cliff, cliff
from openhorse.engines.procedural.parts.falls import Fall, fall
from openhorse.engines.procedural.parts.grass import edge, fringe, patches, sward_of, swaths, turf
from openhorse.engines.procedural.parts.land import Range, downs, veil
from openhorse.engines.procedural.parts.mist import bank
from openhorse.engines.procedural.parts.rocks import GREY, WET, boulders
from openhorse.engines.procedural.parts.trees import TreeKind, planted, woods
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Pool, Scenery, Site

_Z = 46.0
_NEAR = 8.5


def paint(site: Site) -> Scenery:
    """A waterfall among cliffs; among palms where the variety is of the jungle."""
    sward = sward_of(site)
    return Scenery(
        says="a waterfall",
        flats=(
            *_wall(site),
            *_banks(site),
            *swaths(site, sward, 10, 0.12, 0.84 * _NEAR),
            edge(site, sward, 0.93 * _NEAR, 0.34),
        ),
        floor=Floor(turf(site, sward, 0.6), 4.0, patches(site), 40.0),
        pool=Pool(_NEAR, _Z - 1.0, linear(22, 74, 78), 0.7, 0.5, 1.2),
        stage=(2.2, 7.4),
        beds=(Bed("waterfall", 0.75), Bed("birds", 0.12)),
        space="canyon",
        mood="epic",
    )


def _wall(site: Site) -> tuple[Flat, ...]:
    """The cliff, what shows above it, and the water that comes down."""
    random = site.random("wall")
    lens = site.lens
    side = 1.0 if site.shot.seed % 2 else -1.0
    top = lens.eye + 0.90 * lens.horizon / lens.metre(_Z)
    notch = side * float(random.uniform(0.02, 0.14)) * lens.reach(_Z)
    wide = float(np.clip(0.20 * lens.reach(_Z), 4.0, 0.24 * top * 2))
    form = Cliff(_Z, top, notch, wide, 0.64, 1.7 * wide)
    lip = top * 0.66
    tall = 0.92 * lens.horizon / lens.metre(700.0)
    return (
        downs(site, Range(700.0, tall, 120, 0.1, 0.2, haze=veil(site, 700.0, 0.45)), 2.0, 0.95),
        cliff(site, form),
        *fall(site, Fall(notch, _Z - 0.5, 0.80 * wide, lip), "main"),
        *fall(site, Fall(notch + side * 0.60 * wide, _Z - 0.4, 0.13 * wide, 0.99 * lip, 0.0), "side"),
        *fall(site, Fall(notch - side * 0.56 * wide, _Z - 0.4, 0.09 * wide, 0.97 * lip, 0.0), "thin"),
        bank(site, _Z - 3.0, 0.20 * top, 0.0, 0.42, 0.35, "spray"),
    )


def _banks(site: Site) -> tuple[Flat, ...]:
    """Rocks at its foot and in the pool, trees at both sides, growth before them."""
    random = site.random("banks")
    lens = site.lens
    jungle = any(word in (site.shot.brief.variety or "") for word in ("jungle", "tropic", "rain"))
    trees: tuple[TreeKind, ...] = ("palm", "oak") if jungle else ("oak", "birch", "pine")
    flats: list[Flat] = []
    spots = ((-0.30, 43.0, 0.16), (0.26, 42.0, 0.14), (-0.10, 39.0, 0.07), (0.40, 36.0, 0.2), (-0.44, 33.0, 0.22),
             (0.22, 24.0, 0.07), (-0.30, 17.0, 0.10), (0.42, 12.5, 0.13))  # fmt: skip
    for k, (part, z, wide) in enumerate(spots):
        z *= float(random.uniform(0.95, 1.03))
        size = wide * lens.reach(z)
        flats.append(boulders(site, (part * lens.reach(z), z), size, f"wet {k}", WET, 4, 0.6))
    for k, (part, z, tall) in enumerate(((-0.47, 30.0, 9.0), (0.49, 26.0, 8.5), (-0.52, 12.0, 6.5), (0.54, 10.0, 6.5))):
        kind = trees[int(random.integers(0, len(trees)))]
        flats.append(planted(kind, site, (part * lens.reach(z), z), min(tall, 0.42 * lens.reach(z)), f"bank {k}"))
    flats.append(woods(site, ("bush",), _Z - 1.6, 2.0, 1.6, "foot"))
    for k, (part, far, wide) in enumerate(((-0.44, 1.4, 0.2), (0.47, 1.7, 0.22), (0.36, 3.4, 0.12))):
        z = far * lens.nearest
        flats.append(boulders(site, (part * lens.reach(z), z), wide * lens.reach(z), f"near {k}", GREY, 4, 0.8))
    sward = sward_of(site)
    for k, (part, far) in enumerate(((-0.36, 1.25), (0.40, 1.3))):
        z = far * lens.nearest
        clump = (0.22 * lens.reach(z), 0.36 * lens.eye)
        flats.append(fringe(site, sward, (part * lens.reach(z), z), clump, f"side {k}"))
    return tuple(flats)
