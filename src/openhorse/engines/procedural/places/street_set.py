"""A site in, a street that runs across out: a shopping street, a neon alley, an old lane with lanterns.

Players walk along its pavement. Knows no camera and no player.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.brief import Place
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.bistro import letters
from openhorse.engines.procedural.parts.lamps import lantern_string, shine, street_lamp
from openhorse.engines.procedural.parts.landmarks import landmarks
from openhorse.engines.procedural.parts.model import RIGHT, UP, Finish, Ink, Pose, Wall, box, is_snowy, paint_walls
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.parts.shopfronts import NEONS, Front, row_of_fronts
from openhorse.engines.procedural.parts.towers import Row, towers
from openhorse.engines.procedural.parts.verdure import tree
from openhorse.engines.procedural.parts.windows import rect
from openhorse.engines.procedural.places.village import paint as paint_village
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_NEON = frozenset({"neon", "cyberpunk", "alley", "tokyo", "nightlife"})
_OLD = frozenset({"old-town", "chinese", "japanese", "mediterranean", "ancient", "lanterns"})


def paint(site: Site) -> Scenery:
    """A street of the brief's variety at the site's hour."""
    variety = site.shot.brief.variety or ""
    if variety in _OLD:
        village = paint_village(site)
        return replace(village, says=village.says.replace("a village", "an old town"), space="canyon")
    neon = variety in _NEON
    near = max(6.0, 1.9 * site.lens.eye * site.lens.focal / (0.40 * site.lens.height) + 2.5)
    flats = [*_rows(site, near, neon), *_furniture(site, near, neon), *landmarks(site, near * 3)]
    rainy = bool(site.shot.brief.weather & {"rain", "after-rain"})
    ground = paving(site, "asphalt" if neon else "slabs")
    if neon:
        ground = (ground * np.float32(0.55)).astype(np.float32)
    return Scenery(
        says="a neon alley" if neon else "a shopping street",
        flats=tuple(flats),
        floor=Floor(
            ground,
            3.2,
            wet=0.42 if neon else 0.28 if rainy else 0.0,
            step="step-wet" if neon or rainy else "step-pavement",
        ),
        stage=(0.25 * near, 0.8 * near),
        beds=(
            Bed("traffic", 0.2, distance=0.6),
            *((Bed("neon", 0.12),) if neon else (Bed("crowd", 0.10, distance=0.7),)),
        ),
        space="canyon",
        surface="pavement",
        mood="neon" if neon else None,
    )


def _rows(site: Site, near: float, neon: bool) -> list[Flat]:
    """The fronts behind the pavement with a gap between them, a farther row, and towers over the roofs."""
    random = site.random("street plans")
    flats = []
    for k, z in enumerate((near, near + 16.0)):
        plans: list[Front] = []
        x, wide = 0.0, site.lens.reach(z) * 1.5
        while x < wide:
            gap = k == 0 and bool(plans) and plans[-1].storeys > 0 and random.random() < 0.28
            signs = int(random.integers(1, 4)) if neon else 0
            plan = Front(
                2.6 if gap else float(random.uniform(4.6, 7.0)),
                -1 if gap else int(random.integers(2, 5)) + k,
                True,
                signs,
                modern=bool(random.random() < 0.4),
                plain=k > 0,
            )
            plans.append(plan)
            x += plan.wide
        if k == 0 and site.shot.brief.place is Place.CAFE:
            # a café that is seen from the street is in the frame's middle
            middle = next(n for n in range(len(plans) // 2, len(plans)) if plans[n].storeys > 0 or n == len(plans) - 1)
            plans[middle] = Front(7.0, 3, True, 0, name="CAFE")
        flats.append(row_of_fronts(site, z, plans, f"street row {k}"))
    z = 380.0
    metre = site.fine(z)
    row = Row(site.lens.reach(z) * 1.6, 170.0, metre, 20, (0.25, 0.95), 0.38, 0.6 if neon else 0.05)
    layer = towers(row, site.light, site.random("street towers"))
    return [*flats, Flat(layer, metre, 0.0, z, period=layer.shape[1] / metre)]


def _furniture(site: Site, near: float, neon: bool) -> list[Flat]:
    """Lamps, trees in the pavement, lanterns and signs over the way, light on what is wet."""
    random = site.random("street things")
    wide = site.lens.reach(near)
    side = 1.0 if random.random() < 0.5 else -1.0
    if not neon:
        flats = [*street_lamp(site, side * 0.30 * wide, 0.9 * near, period=max(8.0, 1.1 * wide))]
        for k, across in enumerate((-0.44, 0.16)):
            spot = (side * across * wide, 0.92 * near + 0.05 * k)
            flats.append(tree(site, spot, min(4.6, 0.55 * near), 0.8, f"street tree {k}", max(9.0, 1.6 * wide)))
        return [*flats, _bench(site, -side * 0.16 * wide, 0.93 * near, max(9.0, 1.6 * wide))]
    flats = [lantern_string(site, 0.96 * near, 4.4, 6.5, 5), _board(site, near, side, random)]
    for k in range(6):
        tone = NEONS[random.integers(0, len(NEONS))] * np.float32(0.16 * max(site.light.lamps, 0.1))
        x, y = random.uniform(-0.6, 0.6) * wide, random.uniform(2.0, 4.5)
        flats.append(shine(x, y, near - 0.5 - 0.02 * k, 2.2, tone, 1.7 * wide, "pulse" if k % 3 == 0 else "steady"))
    return flats


def _bench(site: Site, x: float, z: float, period: float) -> Flat:
    wood, iron = linear(140, 92, 56), linear(46, 48, 50)
    walls = box((-0.9, 0.42, -0.2), (1.8, 0.06, 0.45), wood)
    for y in (0.60, 0.76):
        walls += box((-0.9, y, 0.22), (1.8, 0.12, 0.04), wood)
    for u in (-0.8, 0.74):
        walls += box((u, 0, -0.18), (0.06, 0.44, 0.4), iron)
    metre = site.fine(z)
    layer, aside, low = paint_walls(
        walls, site.light, Pose(-x, site.lens.eye, z), metre, site.random("bench"), Finish(0.4, is_snowy(site), 0.1)
    )
    return Flat(layer, metre, x + aside, z, low, period=period)


def _board(site: Site, near: float, side: float, random: np.random.Generator) -> Flat:
    """A big upright neon sign at the frame's side, nearer than the fronts."""
    tone = NEONS[random.integers(0, len(NEONS))] * np.float32(0.3 + 1.2 * site.light.lamps)
    word = ("RAMEN", "HOTEL", "SUSHI", "KYOTO", "OPEN")[random.integers(0, 5)]
    tall = 0.62 * len(word) + 0.3
    ring = [(0.06, 0.06), (0.84, 0.06), (0.84, tall - 0.06), (0.06, tall - 0.06), (0.06, 0.06)]
    inks = [
        Ink(rect(0.04, 0.04, 0.82, tall - 0.08), tone * np.float32(0.10), shines=True),
        Ink(ring, tone, thick=0.05, shines=True),
    ]
    for k, letter in enumerate(word):
        inks += letters(letter, 0.24, tall - (k + 1) * 0.62 - 0.02, 0.46, tone, shines=True)
    walls = [Wall((-0.45, 0, 0), RIGHT, UP, rect(0, 0, 0.9, tall), linear(20, 18, 26), tuple(inks))]
    z, x = 0.94 * near, side * 0.40 * site.lens.reach(0.94 * near)
    metre = site.fine(z)
    layer, aside, low = paint_walls(walls, site.light, Pose(0, 0, z), metre, random, Finish(0.2, False, 0.8))
    return Flat(layer, metre, x + aside, z, 1.9 + low, lamp="flicker" if random.random() < 0.3 else "steady")
