"""A site in, a village out: houses about a lane: timbered, under curved roofs with lanterns, white by the sea, in snow.

Knows no camera and no player.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.strips import side_by_side
from openhorse.engines.procedural.parts.hills import Range, hills
from openhorse.engines.procedural.parts.houses import (
    CABIN,
    STONE,
    TIMBERED,
    Curved,
    Hall,
    Plan,
    curved_roof,
    hall,
    house,
)
from openhorse.engines.procedural.parts.lamps import lantern_string, street_lamp
from openhorse.engines.procedural.parts.landmarks import landmarks
from openhorse.engines.procedural.parts.model import Finish, Pose, Wall, box, drum, is_snowy, paint_walls
from openhorse.engines.procedural.parts.paving import Paving, paving
from openhorse.engines.procedural.parts.smoke import Plume, rise
from openhorse.engines.procedural.parts.verdure import LEAVES, bushes, season_of, tree
from openhorse.engines.procedural.parts.windows import Pane, door, window
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Flat, Floor, Pool, Scenery, Site

Random = np.random.Generator
Builder = Callable[[Daylight, Random], list[Wall]]
_ASIAN = frozenset({"chinese", "japanese", "asian", "old-town", "water-town", "ancient"})
_WHITE = frozenset({"mediterranean", "greek", "white", "coastal"})


def paint(site: Site) -> Scenery:
    """A village of the brief's variety at the site's hour and season."""
    variety = site.shot.brief.variety or ""
    if variety in _ASIAN:
        return _set(site, "an old town of tiled roofs and red lanterns", _asian, "slabs")
    if variety in _WHITE:
        return _set(site, "a white village by the sea", _white, "slabs")
    if is_snowy(site) or variety == "snow":
        return _set(site, "a village in the snow", _snowed, "cobbles")
    return _set(site, "a village of timbered houses", _timbered, "cobbles")


def _set(site: Site, says: str, build: Builder, ground: Paving) -> Scenery:
    asian, white = build is _asian, build is _white
    near = max(7.0, 2.3 * _lead(site))
    flats = [*_far(site, white), *_houses(site, build, near), *_dressing(site, near, asian, white)]
    flats += landmarks(site, near * 3)
    texture = paving(site, ground)
    pool = Pool(near * 6, 4000.0, linear(20, 70, 96), 0.8) if white else None
    wet = 0.32 if site.shot.brief.weather & {"rain", "after-rain"} else 0.0
    night = site.light.lamps > 0.5
    return Scenery(
        says=says,
        flats=tuple(flats),
        floor=Floor(texture, 3.0, wet=wet, step="step-snow" if is_snowy(site) else "step-pavement"),
        pool=pool,
        stage=(min(2.5, 0.4 * near), 0.75 * near),
        beds=(Bed("insects" if night and not is_snowy(site) else "birds", 0.14, distance=0.4),),
        space="open",
        surface="roof",
        mood="warm",
    )


def _lead(site: Site) -> float:
    """How far ahead the leading player is likely to act."""
    return site.lens.eye * site.lens.focal / (0.40 * site.lens.height)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of houses: how far, how far apart, how high up; how many designs there are of its houses."""

    z: float
    pitch: float
    lift: float
    designs: int


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a house of a row stands, the how manieth it is, and whether smoke rises behind it."""

    number: int
    x: float
    z: float
    smokes: bool


def _houses(site: Site, build: Builder, near: float) -> list[Flat]:
    """Three rows of houses: a near one with a gap where the lane goes on, a middle one, and a far one up a slope."""
    random, flats = site.random("houses"), []
    rows = (_Row(near * 1.05 + 6, 8.6, 0.0, 5), _Row(near * 1.2 + 19, 9.5, 0.0, 2), _Row(near + 42, 11.0, 3.0, 2))
    for number, row in enumerate(rows):
        count = max(3, math.ceil(site.lens.reach(row.z) * 1.7 / row.pitch))
        spots: list[_Spot] = []
        for k in range(count):
            if number == 0 and k == count // 2:
                continue
            z, x = row.z + random.uniform(-1.5, 2.5), (k - count / 2 + random.uniform(0.3, 0.7)) * row.pitch
            spots.append(_Spot(k, x, z, _smokes(site, build, number, random)))
        for spot, design in zip(spots, _designed(site, build, number, row, spots), strict=True):
            flat = replace(design, x=spot.x, z=spot.z, period=count * row.pitch)
            flats.append(flat)
            if spot.smokes:
                flats += _smoke(site, flat)
        if number:
            flats.append(bushes(site, row.z - 3, 1.0 + row.lift, f"hedge {number}", 0.62))
    return flats


def _designed(site: Site, build: Builder, number: int, row: _Row, spots: list[_Spot]) -> list[Flat]:
    """A house for each place of a row: each design is painted as its first one is seen."""
    first: dict[int, _Spot] = {}
    for spot in spots:
        first.setdefault(spot.number % row.designs, spot)
    # each has random numbers of its own
    works = (partial(_one, site, build, row, (one.z, one.x), f"house {number} {one.number}") for one in first.values())
    designs = dict(zip(first, side_by_side(works), strict=True))
    return [designs[spot.number % row.designs] for spot in spots]


def _smokes(site: Site, build: Builder, row: int, random: Random) -> bool:
    """Whether smoke rises from behind its roof, oftener in winter."""
    asked = "smoke" in site.shot.brief.effects
    if build is _white or row > 1:
        return False
    return random.random() <= (1.0 if asked else 0.7 if is_snowy(site) else 0.2)


def _smoke(site: Site, flat: Flat) -> list[Flat]:
    lit = site.light.ambient * 2.0 + site.light.key * np.float32(0.3)
    plume = Plume(flat.x + 1.2, 0.72 * flat.tall, flat.z + 4.5, 8.0, 5.0, 0.34, 1.0)
    return [replace(one, period=flat.period) for one in rise(site, plume, lit)]


def _one(site: Site, build: Builder, row: _Row, at: tuple[float, float], what: str) -> Flat:
    z, x = at
    random = site.random(what)
    walls = build(site.light, random)
    turn = float(random.uniform(-0.4, 0.4)) + 0.25 * math.copysign(1, x)
    metre = min(site.fine(z), 0.085 * site.lens.height)
    aside = min(max(-x, -0.6 * z), 0.6 * z)
    pose = Pose(aside, site.lens.eye - row.lift, z, turn)
    layer, off, low = paint_walls(walls, site.light, pose, metre, random, Finish(0.7, is_snowy(site), 0.6))
    return Flat(layer, metre, x + off, z, row.lift + low)


def _timbered(light: Daylight, random: Random) -> list[Wall]:
    style = TIMBERED[random.integers(0, len(TIMBERED))]
    gable = random.random() < 0.55
    storeys = 2 if random.random() < 0.75 else 3
    wide = float(random.uniform(5.6, 7.6))
    return house(Plan(wide, float(random.uniform(6, 8)), 2.7 * storeys, storeys, gable), style, light, random)


def _snowed(light: Daylight, random: Random) -> list[Wall]:
    style = (CABIN, STONE, CABIN, TIMBERED[0])[random.integers(0, 4)]
    storeys = 1 if random.random() < 0.6 else 2
    return house(
        Plan(float(random.uniform(6, 8)), 6.5, 2.8 * storeys, storeys, random.random() < 0.6), style, light, random
    )


def _asian(light: Daylight, random: Random) -> list[Wall]:
    """A house of dark wood and white plaster under a curved roof, of one or two storeys."""
    dark, plaster = linear(84, 48, 34), linear(224, 216, 198)
    half, deep = float(random.uniform(3.2, 4.2)), 2.8
    tile = linear(62, 68, 74) * np.float32(random.uniform(0.8, 1.15))
    walls = hall(Hall(half, deep, 3.0, dark, plaster, int(random.integers(3, 6))), 0.25, light, random)
    walls += box((-half - 0.2, 0, -deep - 0.2), (2 * half + 0.4, 0.25, 2 * deep + 0.4), linear(140, 136, 128))
    if random.random() < 0.6:
        walls += curved_roof(Curved(half + 1.0, deep + 1.0, 0.9, 0.35, 0.86, tile), 3.15)
        walls += hall(Hall(half * 0.94, deep * 0.92, 2.4, dark, plaster, 5), 3.55, light, random)
        walls += curved_roof(Curved(half + 1.1, deep + 1.1, 2.1, 0.75, 0.78, tile), 5.85)
    else:
        walls += curved_roof(Curved(half + 1.1, deep + 1.1, 2.1, 0.7, 0.78, tile), 3.15)
    return walls


def _white(light: Daylight, random: Random) -> list[Wall]:
    """White cubes on one another with blue doors, shutters and now and then a dome."""
    white, blue = linear(240, 238, 232), linear(40, 96, 160)
    walls: list[Wall] = []
    y, wide, deep = 0.0, float(random.uniform(5.5, 7.5)), 5.0
    for level in range(int(random.integers(1, 4))):
        inks = []
        count = max(1, round(wide / 2.4))
        for k in range(count):
            u = wide * (k + 0.5) / count - 0.45
            if level == 0 and k == 0:
                inks += door(Pane(u, 0, 1.0, 2.1, 0.5), blue)
            else:
                inks += window(Pane(u, 1.0, 0.85, 1.2, 0.35 if random.random() < 0.4 else 0.0), light, random, blue)
        walls += box((-wide / 2 + 0.3 * level, y, 0.5 * level), (wide, 2.9, deep), white * np.float32(0.97), inks, inks)
        walls += box((-wide / 2 + 0.3 * level - 0.08, y + 2.9, 0.5 * level - 0.08), (wide + 0.16, 0.25, 0.2), white)
        y, wide, deep = y + 2.9, wide * random.uniform(0.5, 0.8), deep * 0.8
    if random.random() < 0.4:
        for k in range(5):
            a0, a1 = k * math.pi / 10, (k + 1) * math.pi / 10
            walls += drum(
                (0, y + 1.7 * math.sin(a0), 2.0),
                1.7 * math.cos(a0),
                1.7 * math.cos(a1),
                1.7 * (math.sin(a1) - math.sin(a0)),
                [blue],
            )
    return walls


def _far(site: Site, white: bool) -> list[Flat]:
    """Wooded hills behind the village, or headlands over the sea."""
    flats = []
    dark, bright = LEAVES[season_of(site)]
    shapes = ((2600.0, 330.0, 3.0), (700.0, 78.0, 4.0)) if not white else ((3900.0, 260.0, 3.0),)
    for k, (z, tall, tops) in enumerate(shapes):
        metre = site.fine(z)
        wide = site.lens.reach(z) * 1.7
        form = Range(math.ceil(wide * metre), max(16, math.ceil(tall * metre)), tops, 0.46, dark, bright)
        layer = hills(form, site.light, site.random(f"village hills {k}"))
        flats.append(Flat(layer, metre, 0.0, z, period=layer.shape[1] / metre))
    if not white:
        flats.append(bushes(site, 95.0, 9.0, "wood", 0.6))
    return flats


def _dressing(site: Site, near: float, asian: bool, white: bool) -> list[Flat]:
    """Trees between the houses, lamps or lanterns, a dark tree that frames the picture."""
    random, flats = site.random("dressing"), []
    side = 1.0 if random.random() < 0.5 else -1.0
    z = near * 1.05 + 4
    wide = site.lens.reach(z)
    if not white:
        for k, across in enumerate((-0.42, 0.36, 0.05)):
            flats.append(tree(site, (across * wide * 1.1, z + 11 + 3 * k), 8.5, "village tree", wide * 2.2))
    flats.append(tree(site, (side * 0.56 * site.lens.reach(near * 0.95), near * 0.95), 0.75 * near, "frame"))
    if asian:
        flats += [lantern_string(site, z + 1.0, 4.9, 7.5, 6), lantern_string(site, z + 9.0, 5.6, 9.0, 7)]
    else:
        flats += street_lamp(site, -side * 0.34 * wide, z + 0.3, period=wide * 1.6)
    return flats
