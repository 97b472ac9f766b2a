"""A site in, a suburb out: houses in their gardens behind fences and hedges, a road with its pavement before them.

Knows no camera and no player.
"""

from __future__ import annotations

import math

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grass import edge, patches, sward_of, turf
from openhorse.engines.procedural.parts.houses import Plan, Style, house
from openhorse.engines.procedural.parts.lamps import street_lamp
from openhorse.engines.procedural.parts.land import Range, downs, veil
from openhorse.engines.procedural.parts.landmarks import landmarks
from openhorse.engines.procedural.parts.model import Finish, Pose, box, is_snowy, paint_walls
from openhorse.engines.procedural.parts.roadway import Road, across
from openhorse.engines.procedural.parts.seasons import ground_light, snow_light
from openhorse.engines.procedural.parts.trees import TreeKind, planted, shade_under, woods
from openhorse.engines.procedural.parts.verdure import bushes
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_WHITE, _SLATE, _TILE = linear(236, 234, 228), linear(86, 88, 96), linear(150, 84, 62)
_STYLES = (
    Style("plaster", linear(230, 222, 204), _TILE, _WHITE, 0.62, 0.5, linear(74, 108, 122)),
    Style("brick", linear(172, 104, 82), _SLATE, _WHITE, 0.66, 0.45),
    Style("logs", linear(188, 206, 214), _SLATE, _WHITE, 0.60, 0.5, linear(52, 70, 96)),
    Style("logs", linear(236, 222, 176), linear(112, 96, 86), _WHITE, 0.60, 0.5, linear(70, 104, 80)),
    Style("plaster", linear(214, 196, 178), _SLATE, _WHITE, 0.58, 0.5),
)
_PITCH = 14.0
"""From one house to the next, metres."""


def paint(site: Site) -> Scenery:
    """A quiet street of houses at the site's hour and season, seen from over the road."""
    lead = site.lead or 9.0
    near, far = max(site.lens.nearest * 1.08, 0.66 * lead), max(6.5, 1.35 * lead)
    gardens = far + 2.2
    lawn = sward_of(site)
    flats = [
        *_far(site, gardens), *_houses(site, gardens), *_gardens(site, gardens),
        *_pavement(site, far, gardens), edge(site, lawn, gardens - 0.05, 0.10),
        *across(site, Road(near, far, linear(84, 84, 88), linear(228, 224, 212), edges=False)),
        *landmarks(site, gardens + 34),
    ]  # fmt: skip
    wet = 0.26 if site.shot.brief.weather & {"rain", "after-rain"} else 0.0
    return Scenery(
        says="a suburb of houses in their gardens",
        flats=tuple(flats),
        floor=Floor(turf(site, lawn, 0.3), 5.0, patches(site, 0.12), 50.0, wet, "step-pavement"),
        stage=(near * 1.1, 0.95 * far),
        beds=(Bed("birds", 0.2, distance=0.4), Bed("leaves", 0.10)),
        surface="pavement",
        mood="warm",
    )


def _far(site: Site, gardens: float) -> tuple[Flat, ...]:
    return (
        downs(site, Range(3600.0, 240.0, 110, 0.12, 0.5, haze=veil(site, 3600.0, 0.4)), 2.6, 0.7),
        woods(site, ("oak", "maple", "poplar", "oak"), gardens + 70, 13.0, 0.28, "suburb far"),
    )


def _houses(site: Site, gardens: float) -> list[Flat]:
    """A row of houses, and the roofs of the next street over their gardens."""
    random, flats = site.random("suburb"), list[Flat]()
    for row, (z, designs) in enumerate(((gardens + 32.0, 3), (gardens + 8.5, 5))):
        count = max(3, math.ceil(site.lens.reach(z) * 1.6 / _PITCH))
        start = 0.3 if row else 0.0
        kept: dict[int, Flat] = {}
        for k in range(count):
            x = (k - count / 2 + 0.5 + start) * _PITCH + float(random.uniform(-1.2, 1.2))
            design = k % designs
            if design not in kept:
                kept[design] = _house(site, (x, z), row * 7 + design)
            one = kept[design]
            flats.append(Flat(one.layer, one.metre, x, z + float(random.uniform(0, 1.5)), one.y, count * _PITCH))
        if row == 0:
            flats.append(bushes(site, z - 12.0, 2.2, "suburb hedge", 0.75))
    return flats


def _house(site: Site, at: tuple[float, float], number: int) -> Flat:
    x, z = at
    random = site.random(f"suburb house {number}")
    style = _STYLES[(number + site.shot.seed) % len(_STYLES)]
    storeys = 2 if random.random() < 0.6 else 1
    plan = Plan(
        float(random.uniform(7.6, 9.2)), 7.5, 2.75 * storeys, storeys, random.random() < 0.45, random.random() < 0.5
    )
    walls = house(plan, style, site.light, random)
    # a garage at its side, its door of boards
    garage = Plan(3.4, 5.0, 2.5, 1, True, False, False)
    side = plan.wide / 2 + 1.7
    walls += [*box((side - 1.7, 0, 0.8), (3.4, 2.6, 5.0), style.wall * np.float32(0.95))]
    walls += box((side - 1.35, 0.02, 0.76), (2.7, 2.15, 0.05), _WHITE * np.float32(0.82))
    for k in range(4):
        walls += box((side - 1.35, 0.5 + 0.5 * k, 0.74), (2.7, 0.04, 0.03), _WHITE * np.float32(0.5))
    walls += box((side - 1.9, garage.tall + 0.1, 0.5), (3.8, 0.22, 5.6), style.roof)
    metre = min(site.fine(z), 0.085 * site.lens.height)
    pose = Pose(float(np.clip(-x, -0.5 * z, 0.5 * z)), site.lens.eye, z, 0.12 * math.copysign(1, x))
    layer, _, low = paint_walls(walls, site.light, pose, metre, random, Finish(0.35, is_snowy(site), 0.6))
    return Flat(layer, metre, x, z, low)


def _gardens(site: Site, z: float) -> list[Flat]:
    """Trees, shrubs and a picket fence; a letter box at the gate; a lamp."""
    random, wide = site.random("gardens"), site.lens.reach(z)
    kinds: tuple[TreeKind, ...] = ("oak", "maple", "birch", "cherry")
    flats: list[Flat] = []
    for k, across_ in enumerate((-0.46, 0.40, -0.12, 0.62)):
        spot = (across_ * 1.15 * wide, z + float(random.uniform(3.0, 6.0)))
        tall = float(random.uniform(4.2, 6.4))
        flats += [planted(kinds[(k + site.shot.seed) % 4], site, spot, tall), shade_under(site, spot, 0.8 * tall)]
    flats += [bushes(site, z + 7.4, 0.9, "house shrubs", 0.35), _fence(site, z + 0.6)]
    flats += street_lamp(site, 0.30 * wide, z - 0.5, modern=True, period=max(16.0, 1.5 * wide))
    return flats


def _fence(site: Site, z: float) -> Flat:
    """White pickets with gaps for the gates; it goes on to both sides."""
    metre, tall = min(site.fine(z), 0.3 * site.lens.height), 0.86
    pickets = round(_PITCH / 0.16)
    width, height = round(_PITCH * metre), math.ceil(tall * metre)
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / metre
    y = tall - (np.arange(height, dtype=np.float32)[:, None] + 0.5) / metre
    part = x * pickets / _PITCH % 1
    picket = (np.abs(part - 0.5) < 0.33) & (y < 0.80 - 0.16 * np.abs(part - 0.5))
    rail = (np.abs(y - 0.22) < 0.035) | (np.abs(y - 0.58) < 0.035)
    gate = (x > 0.42 * _PITCH) & (x < 0.42 * _PITCH + 3.0)
    cover = ((picket | rail) & ~gate).astype(np.float32)
    lit = site.light.ambient * 1.1 + site.light.key * np.float32(0.42)
    shade = np.where(picket, 1.0, 0.72)[..., None] * (0.82 + 0.18 * y / tall)[..., None]
    layer = np.dstack([_WHITE * lit * shade * cover[..., None], cover]).astype(np.float32)
    return Flat(layer, metre, 0.0, z, period=width / metre)


def _pavement(site: Site, far: float, gardens: float) -> list[Flat]:
    """Light slabs between the road and the gardens, behind a kerb."""
    lens, flats = site.lens, list[Flat]()
    stone = linear(178, 174, 166)
    lit = snow_light(site.light) if is_snowy(site) else ground_light(site.light)
    tone = linear(226, 232, 242) * np.float32(0.86) if is_snowy(site) else stone
    count = 7
    for k in range(count):
        z0, z1 = (far + (gardens - far) * (k + d) / count for d in (0, 1))
        metre = site.fine(z0)
        tall = lens.eye * (1 - z0 / z1)
        pitch = 1.1
        width, height = max(8, round(4 * pitch * metre)), max(2, math.ceil(tall * metre) + 2)
        x = (np.arange(width, dtype=np.float32) + 0.5) / metre
        seam = 1 - 0.22 * (np.abs(x / pitch % 1 - 0.5) > 0.5 - 0.6 / (pitch * metre))
        shade = seam[None, :, None] * np.float32(0.86 if k % 3 == 0 else 1.0 if k % 2 else 0.96)
        layer = np.ones((height, width, 4), np.float32)
        layer[..., :3] = tone * lit * shade
        flats.append(Flat(layer, metre, 0.0, z0, -0.002, period=width / metre))
    metre = site.fine(far)
    kerb = np.ones((max(2, math.ceil(0.12 * metre)), 64, 4), np.float32)
    kerb[..., :3] = tone * lit * np.float32(0.62)
    return [*flats, Flat(kerb, metre, 0.0, far - 0.02, -0.03, period=64 / metre)]
