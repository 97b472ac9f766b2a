"""A site in, the open sea out: swell, storm, an island, icebergs, a harbour. Knows no camera and no player."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Canvas
from openhorse.engines.procedural.parts.coast import Crag, berg, bump, crag, palm, surf
from openhorse.engines.procedural.parts.hills import Range, hills
from openhorse.engines.procedural.parts.landmarks import on_water
from openhorse.engines.procedural.places.shore import rocky
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Colour, Flat, Pool, Scenery, Site

_STORMS = {"storm", "stormy", "rough"}
_ICE = {"icebergs", "arctic", "ice", "polar"}
_ROCKS = {"coast", "rocky", "cliffs", "cliff"}
_ISLES = {"island", "tropical", "islands"}


def paint(site: Site) -> Scenery:
    """The sea at the site's hour and weather."""
    variety = site.shot.brief.variety or ""
    storm = variety in _STORMS or "lightning" in site.shot.brief.effects
    flats: tuple[Flat, ...]
    if variety in _ICE:
        says, flats = "icebergs on a polar sea", (*_icebergs(site), *on_water(site, 0.0, 70.0))
    elif variety in _ISLES:
        says, flats = "a tropical island in the sea", (*_island(site), *on_water(site, 0.0, 100.0))
    elif variety in _ROCKS:
        coast = rocky(site, water(site, 0.75, 0.55))
        return replace(coast, flats=(*coast.flats, *on_water(site, 0.0, 110.0)))
    elif variety in {"harbour", "harbor", "port"}:
        says, flats = "a harbour", (*_harbour(site), *on_water(site, 0.0, 60.0))
    else:
        says, flats = ("a stormy sea" if storm else "the open sea"), (*_coastline(site), *on_water(site, 0.0, 70.0))
    calm = variety in {"harbour", "harbor", "port"} | _ICE
    return Scenery(
        says=says,
        flats=flats,
        pool=water(site, 1.55 if storm else 0.16 if calm else 0.55, 0.85 if storm else 0.05 if calm else 0.22),
        stage=(3.5, 26.0),
        beds=_beds(storm, calm),
        space="open",
        surface="water",
        mood="epic" if storm else "vast",
    )


def water(site: Site, heave: float, foam: float, near: float = 0.0) -> Pool:
    """The sea's water in the site's light: blue far out, green where it is shallow or tropical, grey under clouds."""
    light = site.light
    sky = light.ambient * 0.5 + light.key * 0.10
    variety = site.shot.brief.variety or ""
    if variety in _ISLES or near > 0:
        deep, thin = linear(18, 92, 110), linear(70, 190, 180)
    elif variety in _ICE:
        deep, thin = linear(20, 60, 84), linear(110, 190, 200)
    else:
        deep, thin = linear(14, 48, 72), linear(50, 140, 130)
    if light.cover > 0.3:
        deep, thin = deep * 0.6 + linear(56, 66, 70) * 0.4, thin * 0.5 + linear(84, 110, 108) * 0.4
    body = np.asarray(deep * (sky * 1.9 + 0.004), np.float32)
    windy = 1.25 if "wind" in site.shot.brief.weather else 1.0
    return Pool(
        near,
        1e6,
        body,
        chop=1.2 if heave > 1 else 0.75,
        heave=heave * windy,
        thin=np.asarray(thin, np.float32),
        foam=min(1.0, foam * windy),
        wind=0.9 if near > 0 else 0.0,
        swell=0.8 if near > 0 else 0.0,
    )


def _beds(storm: bool, calm: bool) -> tuple[Bed, ...]:
    if calm:
        return (Bed("lapping", 0.5), Bed("wind", 0.15))
    if storm:
        return (Bed("waves", 0.9, period=4.5), Bed("wind", 0.6))
    return (Bed("waves", 0.45, period=6.0), Bed("lapping", 0.3))


def _coastline(site: Site) -> tuple[Flat, ...]:
    """A far coast on one side, so that the eye has somewhere to go; on some seas nothing at all."""
    random = site.random("coastline")
    if random.random() < 0.25:
        return ()
    z = float(random.uniform(2600, 4200))
    metre = site.fine(z)
    wide = site.lens.reach(z) * float(random.uniform(0.42, 0.62))
    width, height = math.ceil(wide * metre), max(10, math.ceil(0.075 * wide * metre))
    side = float(random.choice([-1.0, 1.0]))
    profile = bump(width, random, steep=1.1, rough=0.4)
    form = Crag(width, height, profile, linear(58, 66, 70), linear(124, 124, 108), linear(84, 104, 72), bare=0.3)
    layer = crag(form, site.light, random)
    return (Flat(layer, metre, side * site.lens.reach(z) * 0.34, z),)


def _island(site: Site) -> tuple[Flat, ...]:
    """An island with palms, a wooded hill behind it, and a smaller one far off."""
    random, lens, flats = site.random("island"), site.lens, []
    side = float(random.choice([-1.0, 1.0]))
    sand, wood = linear(236, 214, 160), linear(58, 104, 46)
    for z, across, share, tall in ((900.0, -0.3, 0.34, 0.16), (150.0, 0.20, 0.62, 0.20)):
        metre = site.fine(z)
        wide = lens.reach(z) * share
        width, height = math.ceil(wide * metre), math.ceil(wide * tall * metre)
        profile = bump(width, random, steep=0.9, rough=0.3)
        form = Crag(width, height, profile, linear(52, 66, 40), linear(120, 128, 70), wood, bare=0.02)
        x = side * across * lens.reach(z)
        flats.append(Flat(crag(form, site.light, random), metre, x, z))
        beach = np.clip(bump(width, random, steep=0.35, rough=0.05), 0, 1)
        strand = Crag(width, max(4, round(height * 0.12)), beach, np.asarray(sand * 0.8, np.float32), sand, bare=1.0)
        flats.append(Flat(crag(strand, site.light, random), metre, x, z - 1))
    z = 146.0
    for k in range(9):
        tall = float(random.uniform(9, 15))
        layer = palm(math.ceil(tall * site.fine(z)), site.light, random)
        x = side * 0.20 * lens.reach(z) + float(random.normal(0, 0.16)) * lens.reach(z)
        foot = 0.4 + 2.2 * float(random.uniform(0, 1))
        flats.append(Flat(layer, site.fine(z), x, z - 0.1 * k, foot, sway=0.35))
    flats += _frame_palms(site, side)
    return tuple(flats)


def _frame_palms(site: Site, side: float) -> list[Flat]:
    """Nearer palms on a spit at the other side of the frame."""
    random, lens = site.random("frame palms"), site.lens
    z = 24.0
    metre = site.fine(z)
    edge = -side * lens.reach(z) * 0.56
    width, height = math.ceil(9 * metre), math.ceil(0.9 * metre)
    spit = Crag(width, height, bump(width, random, 0.5, 0.1), linear(150, 130, 92), linear(240, 220, 170), bare=1.0)
    flats = [Flat(crag(spit, site.light, random), metre, edge, z)]
    for k in range(3):
        tall = float(random.uniform(6.5, 9.5))
        layer = palm(math.ceil(tall * metre), site.light, random)
        flats.append(Flat(layer, metre, edge + side * (0.9 * k - 0.6), z - 0.2 - 0.1 * k, 0.55, sway=0.3))
    return flats


def _icebergs(site: Site) -> tuple[Flat, ...]:
    """A great iceberg off centre, others far and near, floes between them."""
    random, lens, flats = site.random("icebergs"), site.lens, []
    side = float(random.choice([-1.0, 1.0]))
    for z, across, tall, wide in (
        (1500.0, -0.32, 44, 190),
        (900.0, 0.34, 30, 90),
        (420.0, 0.12, 52, 120),
        (190.0, -0.40, 15, 40),
        (90.0, 0.42, 5.5, 17),
    ):
        metre = site.fine(z)
        layer = berg(math.ceil(wide * metre), math.ceil(tall * metre), site.light, random)
        x = side * (across + float(random.uniform(-0.05, 0.05))) * lens.reach(z)
        flats.append(Flat(layer, metre, x, z, -0.02 * tall, haze=0.8))
    for k in range(9):
        z = float(random.uniform(14, 90))
        metre = site.fine(z)
        long = float(random.uniform(1.5, 5))
        layer = berg(math.ceil(long * metre), max(4, math.ceil(0.12 * long * metre)), site.light, random)
        x = (0.1 + 0.45 * float(random.random())) * (1 if k % 2 else -1) * lens.reach(z)
        flats.append(Flat(layer, metre, x, z, -0.05))
    return tuple(flats)


def _harbour(site: Site) -> tuple[Flat, ...]:
    """A quay of gabled houses, masts before it, a mole with a light at its end, hills behind."""
    random, lens = site.random("harbour"), site.lens
    z = 1700.0
    metre = site.fine(z)
    wide = lens.reach(z) * 1.6
    green = linear(70, 92, 60) if site.shot.brief.season is not Season.WINTER else linear(206, 214, 224)
    form = Range(math.ceil(wide * metre), math.ceil(170 * metre), 3.0, 0.42, np.asarray(green * 0.6, np.float32), green)
    back = hills(form, site.light, random)
    return (
        Flat(back, metre, 0.0, z, period=back.shape[1] / metre),
        _quay(site),
        *_boats(site),
        *_mole(site),
    )


_FRONTS = (
    (196, 84, 62),
    (222, 186, 110),
    (120, 148, 170),
    (232, 224, 206),
    (156, 62, 56),
    (110, 140, 110),
    (214, 140, 90),
)


def _quay(site: Site) -> Flat:
    """A row of houses on a quay; their windows are lit when lamps are."""
    random, z = site.random("quay"), 120.0
    metre = site.fine(z)
    wide = site.lens.reach(z) * 1.55
    canvas = Canvas(0, 0, wide * metre, 17 * metre)
    lit, shade = site.light.ambient + site.light.key * 0.5, site.light.ambient
    snow = site.shot.brief.season is Season.WINTER or "snow" in site.shot.brief.weather
    x, foot = 0.0, 15.2 * metre
    while x < wide:
        broad, tall = float(random.uniform(5, 8)), float(random.uniform(6.5, 11))
        front = linear(*_FRONTS[int(random.integers(len(_FRONTS)))]) * (lit if random.random() < 0.6 else shade * 1.3)
        left, right, eaves = x * metre, (x + broad) * metre, foot - tall * metre
        ridge_y = eaves - 0.42 * broad * metre
        canvas.polygon([(left, foot), (left, eaves), (right, eaves), (right, foot)], front)
        roof = (linear(236, 240, 246) if snow else linear(112, 60, 46)) * lit
        canvas.polygon([(left - 4, eaves), ((left + right) / 2, ridge_y), (right + 4, eaves)], roof * 0.9)
        canvas.polygon(
            [(left, eaves + 2), ((left + right) / 2, ridge_y + 0.1 * broad * metre), (right, eaves + 2)], front
        )
        _windows(canvas, (left, right, eaves, foot), site, random)
        x += broad * float(random.uniform(1.0, 1.12))
    stone = linear(112, 108, 100)
    canvas.polygon([(0, foot), (wide * metre, foot), (wide * metre, 17 * metre), (0, 17 * metre)], stone * lit * 0.7)
    canvas.line([(0, foot), (wide * metre, foot)], 0.18 * metre, stone * lit * 1.2)
    return Flat(canvas.layer(), metre, 0.0, z, period=wide)


def _windows(canvas: Canvas, house: tuple[float, float, float, float], site: Site, random: np.random.Generator) -> None:
    left, right, eaves, foot = house
    wide, dark = right - left, linear(40, 46, 54) * (site.light.ambient + site.light.key * 0.25)
    for row in range(3):
        y = eaves + (foot - eaves) * (0.10 + 0.32 * row)
        for k in range(3):
            x = left + wide * (0.14 + 0.28 * k)
            glass: Colour = dark
            if random.random() < 0.6 * site.light.lamps:
                glass = np.asarray(linear(255, 190, 96) * float(random.uniform(0.9, 1.9)), np.float32)
            size = 0.13 * wide, 0.17 * (foot - eaves)
            frame = [(x, y), (x + size[0], y), (x + size[0], y + size[1]), (x, y + size[1])]
            canvas.polygon(frame, glass)


def _boats(site: Site) -> list[Flat]:
    """Moored boats with masts, at both sides of the middle."""
    random, flats = site.random("boats"), []
    lit = site.light.ambient + site.light.key * 0.5
    for k in range(7):
        z = float(random.uniform(34, 100))
        metre = site.fine(z)
        long, tall = float(random.uniform(5, 9)), float(random.uniform(7, 12))
        canvas = Canvas(0, 0, (long + 1) * metre, (tall + 1.3) * metre)
        foot, left, right = (tall + 1.25) * metre, 0.4 * metre, (long + 0.6) * metre
        deck = foot - 1.1 * metre
        hull = linear(*(((238, 236, 230), (40, 70, 110), (150, 44, 40), (60, 110, 100))[k % 4])) * lit
        body = [(left, deck - 0.25 * metre), (right, deck), (right - 0.5 * metre, foot), (left + 0.9 * metre, foot)]
        canvas.polygon(body, hull)
        canvas.line([(left, deck - 0.25 * metre), (right, deck)], 0.14 * metre, linear(250, 246, 236) * lit)
        cabin = left + 0.42 * long * metre
        canvas.polygon(
            [
                (cabin, deck),
                (cabin + 1.6 * metre, deck),
                (cabin + 1.4 * metre, deck - 1.0 * metre),
                (cabin, deck - metre),
            ],
            linear(236, 228, 210) * lit,
        )
        mast = left + 0.36 * long * metre
        wood = linear(120, 92, 60) * lit
        canvas.line([(mast, deck), (mast, foot - tall * metre)], 0.10 * metre, wood)
        for end in ((left, deck - 0.3 * metre), (right, deck)):
            canvas.line([(mast, foot - 0.97 * tall * metre), end], 0.03 * metre, wood * 0.8)
        canvas.line([(mast, deck - 1.2 * metre), (mast + 0.4 * long * metre, deck - 1.1 * metre)], 0.12 * metre, wood)
        x = (0.16 + 0.36 * float(random.random())) * (1 if k % 2 else -1) * site.lens.reach(z)
        flats.append(Flat(canvas.layer(), metre, x, z, -0.15))
    return flats


def _mole(site: Site) -> tuple[Flat, ...]:
    """A mole of stones that comes in from one side, with a small light at its end."""
    random, lens, z = site.random("mole"), site.lens, 46.0
    side = 1 if random.random() < 0.5 else -1
    metre = site.fine(z)
    wide = lens.reach(z) * 0.34
    width, height = math.ceil(wide * metre), math.ceil(2.1 * metre)
    x = np.linspace(0, 1, width, dtype=np.float32)
    profile = np.clip(x * 14, 0, 1) ** 0.6 * (0.9 + 0.1 * np.sin(x * 90 + 3 * np.sin(x * 37)))
    profile = (profile if side > 0 else profile[::-1]).astype(np.float32)
    stones = crag(
        Crag(width, height, profile, linear(66, 64, 62), linear(164, 156, 144), facets=60), site.light, random
    )
    at = side * lens.reach(z) * 0.36
    tip = at - side * (wide / 2 - 1.2)
    canvas = Canvas(0, 0, 1.4 * metre, 4.4 * metre)
    lit = site.light.ambient + site.light.key * 0.5
    canvas.limb(
        (0.7 * metre, 4.3 * metre), (0.7 * metre, 1.3 * metre), 0.42 * metre, 0.3 * metre, linear(196, 40, 36) * lit
    )
    lamp = linear(255, 226, 170) * (0.5 + 3.2 * site.light.lamps)
    canvas.ellipse(0.7 * metre, 0.9 * metre, 0.24 * metre, 0.34 * metre, lamp)
    canvas.polygon(
        [(0.35 * metre, 0.55 * metre), (0.7 * metre, 0.12 * metre), (1.05 * metre, 0.55 * metre)],
        linear(90, 20, 20) * lit,
    )
    foam = surf(width, max(6, round(0.5 * metre)), site.light, random)
    return (
        Flat(canvas.layer(), metre, tip, z + 0.1, 1.8),
        Flat(stones, metre, at, z, -0.1),
        Flat(foam, metre, at, z - 0.2, -0.3, sway=0.3),
    )
