"""A site in, a row of shop fronts across the street out, a café in its middle. Knows no camera and no player."""

from __future__ import annotations

from dataclasses import replace

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.bistro import round_table
from openhorse.engines.procedural.parts.furniture import chair
from openhorse.engines.procedural.parts.lamps import street_lamp
from openhorse.engines.procedural.parts.landmarks import landmarks
from openhorse.engines.procedural.parts.model import Finish, Pose, box, is_snowy, moved, paint_walls
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.parts.shopfronts import Front, row_of_fronts
from openhorse.engines.procedural.parts.towers import Row, towers
from openhorse.engines.procedural.parts.verdure import tree
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site


def paint(site: Site) -> Scenery:
    """A café at the site's hour, from over the street; players walk along the pavement before it."""
    near = max(6.0, 1.9 * site.lens.eye * site.lens.focal / (0.40 * site.lens.height) + 2.5)
    flats = [*_rows(site, near), *_furniture(site, near), *landmarks(site, near * 3)]
    rainy = bool(site.shot.brief.weather & {"rain", "after-rain"})
    return Scenery(
        says="a café on a street",
        flats=tuple(flats),
        floor=Floor(
            paving(site, "slabs"), 3.2, wet=0.28 if rainy else 0.0, step="step-wet" if rainy else "step-pavement"
        ),
        stage=(0.25 * near, 0.8 * near),
        beds=(Bed("traffic", 0.2, distance=0.6), Bed("crowd", 0.10, distance=0.7)),
        space="canyon",
        surface="pavement",
    )


def _rows(site: Site, near: float) -> list[Flat]:
    """The fronts behind the pavement with a gap between them, a farther row, and towers over the roofs."""
    random = site.random("street plans")
    flats = []
    for k, z in enumerate((near, near + 16.0)):
        plans: list[Front] = []
        x, wide = 0.0, site.lens.reach(z) * 1.5
        while x < wide:
            gap = k == 0 and bool(plans) and plans[-1].storeys > 0 and random.random() < 0.28
            plan = Front(
                2.6 if gap else float(random.uniform(4.6, 7.0)),
                -1 if gap else int(random.integers(2, 5)) + k,
                True,
                0,
                modern=bool(random.random() < 0.4),
                plain=k > 0,
            )
            plans.append(plan)
            x += plan.wide
        if k == 0:
            middle = next(n for n in range(len(plans) // 2, len(plans)) if plans[n].storeys > 0 or n == len(plans) - 1)
            plans[middle] = Front(7.0, 3, True, 0, name="CAFE")
        flat = row_of_fronts(site, z, plans, f"street row {k}")
        if k == 0:
            # the café is what we have come to see
            before = sum(plan.wide for plan in plans[:middle]) + 0.5 * plans[middle].wide
            flat = replace(flat, x=flat.x + 0.5 * sum(plan.wide for plan in plans) - before)
        flats.append(flat)
    z = 380.0
    metre = site.fine(z)
    row = Row(site.lens.reach(z) * 1.6, 170.0, metre, 20, (0.25, 0.95), 0.38, 0.05)
    layer = towers(row, site.light, site.random("street towers"))
    return [*flats, Flat(layer, metre, 0.0, z, period=layer.shape[1] / metre)]


def _furniture(site: Site, near: float) -> list[Flat]:
    """Lamps, trees in the pavement, a bench."""
    random = site.random("street things")
    wide = site.lens.reach(near)
    side = 1.0 if random.random() < 0.5 else -1.0
    flats = [*street_lamp(site, side * 0.30 * wide, 0.9 * near, period=max(8.0, 1.1 * wide))]
    for k, across in enumerate((-0.47, 0.46)):
        spot = (side * across * wide, 0.92 * near + 0.05 * k)
        flats.append(tree(site, spot, min(4.6, 0.55 * near), f"street tree {k}", max(9.0, 1.6 * wide)))
    flats += [_table(site, x, 0.95 * near - 0.3 * k) for k, x in enumerate((-1.9, 2.0))]
    return [*flats, _bench(site, -side * 0.30 * wide, 0.93 * near, max(9.0, 1.6 * wide))]


def _table(site: Site, x: float, z: float) -> Flat:
    """A small table with two chairs before the café."""
    wood, seat = linear(120, 80, 52), linear(64, 100, 92)
    walls = [*round_table(wood, 0.72)]
    for side in (-1.0, 1.0):
        walls += moved(chair(wood, seat), (0.62 * side, 0.0, 0.12))
    metre = site.fine(z)
    pose, finish = Pose(-x, site.lens.eye, z), Finish(0.3, is_snowy(site), 0.1)
    layer, aside, low = paint_walls(walls, site.light, pose, metre, site.random(f"table {x}"), finish)
    return Flat(layer, metre, x + aside, z, low)


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
