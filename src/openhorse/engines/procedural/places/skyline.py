"""A site in, a city's skyline over water out: planes of towers in haze, their lights and reflections.

Knows no camera and no player.
"""

from __future__ import annotations

import math

import numpy as np

from openhorse.engines.procedural.brief import Hour
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import soften
from openhorse.engines.procedural.parts.grain import grain, layer_of, mixed, smooth
from openhorse.engines.procedural.parts.lamps import lantern_string
from openhorse.engines.procedural.parts.landmarks import landmarks
from openhorse.engines.procedural.parts.model import Finish, Ink, Pose, Wall, box, drum, is_snowy, paint_walls
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.parts.towers import Row, towers
from openhorse.engines.procedural.parts.windows import rect
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Pool, Scenery, Site

_PLANES = (  # distance, height, towers per frame width, low and high part, lit part
    (2300.0, 640.0, 17, (0.25, 0.90), 0.30),
    (1250.0, 440.0, 14, (0.22, 1.0), 0.34),
    (760.0, 230.0, 13, (0.14, 0.95), 0.36),
)
_HAZE = {Hour.DAY: 0.75, Hour.DUSK: 0.42, Hour.DAWN: 0.55, Hour.NIGHT: 0.9}
"""How much of the hour's air is between us and the towers: less against a low sun, so that they stand dark."""


def paint(site: Site) -> Scenery:
    """A skyline at the site's hour, seen over a harbour."""
    if site.shot.brief.variety == "rooftop":
        return _rooftop(site)
    neon = site.shot.brief.variety in ("cyberpunk", "neon")
    quay = bool(site.shot.brief.cast) and site.lens.eye < 3
    flats = [*rows(site, neon), _shore(site)]
    if neon:
        flats += _traffic(site)
    flats += landmarks(site, 700.0)
    # feet must be in the frame, so low as its horizon is here
    near = site.lens.eye * site.lens.focal / max(1.0, 0.93 * site.lens.height - site.lens.horizon)
    edge = 1.4 * near if quay else 0.0
    if quay:
        flats.append(_railing(site, edge))
    night = site.light.lamps
    deep = (linear(14, 26, 40) * 0.4 + site.light.sky.zenith * 0.10).astype(np.float32)
    what = "a cyberpunk skyline" if neon else "a city skyline"
    return Scenery(
        says=f"{what} over the water {'with its lights on' if night > 0.2 else 'by day'}",
        flats=tuple(flats),
        floor=Floor(paving(site, "slabs"), 4.0, wet=_wet(site), step="step-pavement"),
        pool=Pool(edge, 690.0, deep, chop=0.5),
        stage=(near / 0.7, 0.92 * edge) if quay else (8.0, 60.0),
        beds=(Bed("traffic", 0.28, distance=0.7), Bed("lapping", 0.25)),
        surface="water",
        mood="neon" if neon else None,
    )


def _rooftop(site: Site) -> Scenery:
    """A flat roof high above the city: its parapet, a water tank, vents, strings of bulbs, towers all around."""
    lens = site.lens
    lead = lens.eye * lens.focal / (0.40 * lens.height)
    edge = max(9.0, 2.4 * lead)
    random, flats = site.random("rooftop"), list[Flat]()
    for k, (z, tall, count, lit) in enumerate(
        ((2300.0, 760.0, 17, 0.30), (900.0, 330.0, 12, 0.34), (320.0, 120.0, 8, 0.4))
    ):
        metre = site.fine(z)
        share = count * 1.6 * min(1.5, math.sqrt(lens.width / lens.height))
        row = Row(lens.reach(z) * 1.6, tall, metre, round(share), (0.35, 0.95), lit, 0.04)
        layer = towers(row, site.light, site.random(f"roof towers {k}"))
        # nothing of it may hang down before the roof on which we stand
        low, least = -0.46 * tall, lens.eye * (1 - z / edge)
        cut = max(0, math.ceil((least - low) * metre))
        layer = layer[: max(4, layer.shape[0] - cut)]
        period, air = layer.shape[1] / metre, _HAZE[site.light.hour]
        flats.append(Flat(layer, metre, 0.0, z, max(low, least), period=period, haze=air))
        # streets between the towers are hidden in the city's haze
        wide, tone = 2.0 * lens.reach(z), site.light.air * np.float32(0.8)
        rows = max(2, round(-400 * least / wide))
        haze = np.zeros((rows, 400, 4), np.float32) + np.append(tone, 1).astype(np.float32)
        flats.append(Flat(haze, 400 / wide, 0.0, z + 1, least, haze=0.0))
    flats += _glow(site, False)
    concrete, brick = linear(150, 146, 140), linear(136, 84, 66)
    walls = box((-40, 0, 0), (80, 0.95, 0.3), concrete) + box(
        (-40, 0.95, -0.06), (80, 0.1, 0.42), concrete * np.float32(1.15)
    )
    flats.append(_built(site, walls, 0.0, edge))
    side = 1.0 if random.random() < 0.5 else -1.0
    tank = drum((0, 2.6, 0), 1.5, 1.5, 2.6, [linear(120, 84, 58) * np.float32(t) for t in (0.9, 1.05) * 3], 18)
    tank += drum((0, 5.2, 0), 1.65, 0.0, 1.0, [linear(88, 80, 78)], 18)
    for x in (-1.1, 1.0):
        tank += box((x, 0, -0.6), (0.14, 2.6, 0.14), linear(60, 58, 60))
    flats.append(_built(site, tank, side * 0.34 * lens.reach(edge * 1.25), edge * 1.25))
    house = box((-1.6, 0, 0), (3.2, 2.7, 2.4), brick, [Ink(rect(0.5, 0, 1.0, 2.1), linear(70, 84, 90))])
    flats.append(_built(site, house, -side * 0.52 * lens.reach(0.86 * edge), 0.86 * edge))
    for part in (0.12, 0.30):
        vent = box(
            (-0.45, 0, 0),
            (0.9, 0.7, 0.7),
            linear(176, 180, 184),
            [Ink(rect(0.1, 0.12 * k, 0.7, 0.05), concrete * 0.4) for k in range(1, 5)],
        )
        flats.append(_built(site, vent, side * part * lens.reach(0.92 * edge), 0.92 * edge))
    warm = linear(255, 176, 90) * np.float32(0.30)
    flats.append(lantern_string(site, 0.97 * edge, 2.7, 6.0, 9, warm))
    return Scenery(
        says="a rooftop above the city",
        flats=tuple(flats),
        floor=Floor(paving(site, "slabs"), 3.2, wet=_wet(site), step="step-pavement"),
        stage=(min(2.2, 0.4 * edge), 0.85 * edge),
        beds=(Bed("traffic", 0.18, distance=1.0), Bed("wind", 0.2)),
        space="open",
        surface="pavement",
    )


def _built(site: Site, walls: list[Wall], x: float, z: float) -> Flat:
    metre = min(site.fine(z), 0.2 * site.lens.height)
    pose = Pose(-x, site.lens.eye, z, crop=(0.7 * site.lens.reach(z), math.inf))
    finish = Finish(0.7, is_snowy(site))
    layer, aside, low = paint_walls(walls, site.light, pose, metre, site.random(f"roof {x:.1f}"), finish)
    return Flat(layer, metre, x + aside, z, low)


def _wet(site: Site) -> float:
    return 0.35 if site.shot.brief.weather & {"rain", "after-rain"} else 0.0


def rows(site: Site, neon: bool = False) -> list[Flat]:
    """Planes of towers behind one another, from 760 metres on, and their light in the haze; they repeat sideways."""
    flats = _glow(site, neon)
    for k, (z, tall, count, heights, lit) in enumerate(_PLANES):
        tall *= 1.25 if neon else 1.0
        metre = site.fine(z)
        wide = site.lens.reach(z) * 1.6
        share = count * 1.6 * min(1.5, math.sqrt(site.lens.width / site.lens.height))
        row = Row(wide, tall, metre, round(share), heights, lit, (0.35, 0.5, 0.7)[k] if neon else 0.04)
        layer = towers(row, site.light, site.random(f"towers {k}"))
        flats.append(Flat(layer, metre, 0.0, z, period=layer.shape[1] / metre, haze=_HAZE[site.light.hour]))
    return flats


def _shore(site: Site) -> Flat:
    """The far bank: trees and a wall with a row of lamps."""
    z, tall = 700.0, 22.0
    metre = site.fine(z) * 1.3
    width, height = math.ceil(site.lens.reach(z) * 1.6 * metre), math.ceil(tall * metre)
    random = site.random("shore")
    top = 0.55 + 0.3 * grain((width, 1), (width / metre / 30, 1), random, 5)[0]
    rows = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    cover = smooth(-0.04, 0.04, np.maximum(0.35 * top[None, :] + 0.1, 0.3) - rows)
    leaves = smooth(-0.3, 0.7, grain((width, height), (width / metre / 6, 3), random, 3))
    crowns = mixed(linear(26, 40, 28), linear(76, 96, 58), leaves)
    if is_snowy(site):
        crowns = mixed(linear(150, 158, 170), linear(226, 232, 240), leaves)
    wall = mixed(crowns, linear(120, 116, 112), smooth(0.16, 0.14, np.broadcast_to(rows, (height, width)) * 1.0))
    lit = site.light.ambient + site.light.key * np.float32(0.25)
    layer = layer_of((wall * lit).astype(np.float32), cover)
    if site.light.lamps > 0.1:
        _lamp_row(layer, metre, site)
    return Flat(layer, metre, 0.0, z, period=width / metre)


def _lamp_row(layer: np.ndarray, metre: float, site: Site) -> None:
    height, width = layer.shape[:2]
    random = site.random("shore lamps")
    y = np.arange(height, dtype=np.float32)[:, None]
    for k in range(int(width / metre / 24)):
        x = (k + random.uniform(0.3, 0.7)) * 24 * metre
        left, right = max(0, int(x - 5 * metre)), min(width, int(x + 5 * metre))
        off = (np.arange(left, right, dtype=np.float32)[None, :] - x) / metre
        down = (y - 0.72 * height) / metre
        far = off * off + down * down
        shine = (np.exp(-far / 0.35) * 3.0 + np.exp(-far / 6) * 0.35) * site.light.lamps
        layer[:, left:right, :3] += shine[..., None] * np.array((1.0, 0.66, 0.30), np.float32)


def _glow(site: Site, neon: bool) -> list[Flat]:
    """The city's light in the haze above its streets, between the planes of towers."""
    if site.light.lamps < 0.2:
        return []
    return [_bank(site, neon, 1900.0, 1.0), _bank(site, neon, 1000.0, 0.7)]


def _bank(site: Site, neon: bool, z: float, strength: float) -> Flat:
    metre = 0.05
    width, height = math.ceil(site.lens.reach(z) * 1.6 * metre), math.ceil(0.47 * z * metre)
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    strength *= 1.0 if site.light.hour is Hour.NIGHT else 0.4
    drift = 1 + 0.5 * grain((width, 1), (4, 1), site.random(f"glow {z}"), 2)
    warm, cool = linear(255, 60, 190) * np.float32(0.26), linear(60, 120, 255) * np.float32(0.26)
    if not neon:
        warm, cool = linear(255, 160, 80) * np.float32(0.17), linear(255, 130, 110) * np.float32(0.12)
    share = smooth(-0.5, 0.5, grain((width, 1), (3, 1), site.random("glow tone"), 2))
    colour = mixed(warm, cool, share) * np.float32(site.light.lamps * strength)
    shape = (np.exp(-up * 4.5) * smooth(1.0, 0.7, up) * drift)[..., None]
    layer = np.dstack([colour * shape, np.zeros((height, width), np.float32)]).astype(np.float32)
    return Flat(layer, metre, 0.0, z, period=width / metre, glow=True, haze=0.0)


def _traffic(site: Site) -> list[Flat]:
    """Lights that fly between the towers, to both sides."""
    random, flats = site.random("flying"), []
    z, metre = 740.0, site.fine(740.0)
    for lane in range(5):
        wide = site.lens.reach(z) * random.uniform(1.1, 1.5)
        layer = np.zeros((max(5, round(4 * metre)), math.ceil(wide * metre), 4), np.float32)
        tone = (linear(255, 70, 60), linear(200, 230, 255), linear(255, 170, 70))[lane % 3] * np.float32(2.2)
        for _ in range(7):
            x, middle = int(random.uniform(8, layer.shape[1] - 8)), layer.shape[0] // 2
            layer[middle - 1 : middle + 1, x - 2 : x + 3, :3] += tone
        layer[..., :3] += _spread(layer[..., :3])
        speed = random.uniform(14, 34) * (1 if lane % 2 else -1)
        flats.append(Flat(layer, metre, 0.0, z - lane, 50 + 40 * lane, period=wide, drift=speed, glow=True, haze=0.3))
    return flats


def _spread(light: np.ndarray) -> np.ndarray:
    return soften(np.ascontiguousarray(light, np.float32), 3, 2, 2)


def _railing(site: Site, z: float) -> Flat:
    """The promenade's railing, with a lamp post here and there."""
    scale = z / 9.0
    metre, wide, tall = site.fine(z), 4.0 * scale, 1.05 * scale
    height, width = math.ceil(tall * metre), math.ceil(wide * metre)
    layer = np.zeros((height, width, 4), np.float32)
    iron = linear(58, 62, 70) * (site.light.ambient * 1.3 + site.light.key * 0.2)
    shine = linear(150, 156, 166) * (site.light.ambient * 1.5 + site.light.key * 0.5)

    def bar(x0: float, y0: float, x1: float, y1: float) -> None:
        rows, columns = (
            slice(round((tall - y1) * metre), max(1, round((tall - y0) * metre))),
            slice(round(x0 * metre), max(1, round(x1 * metre))),
        )
        layer[rows, columns] = (*iron, 1.0)
        layer[rows.start : rows.start + max(1, round(0.012 * metre)), columns] = (*shine, 1.0)

    bar(0, 0.0, wide, 0.10 * scale)
    bar(0, 0.96 * tall, wide, tall)
    bar(0, 0.52 * scale, wide, 0.55 * scale)
    bar(0, 0.30 * scale, wide, 0.33 * scale)
    bar(0, 0, 0.09 * scale, tall)
    return Flat(layer, width / wide, 0.0, z, period=wide)
