"""A site in, a road out: through fields, desert, mountains or a city. Across the frame for those who act on it, else to
the horizon.

Knows no camera and no player.
"""

from __future__ import annotations

import math

import numpy as np

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grain import grain, mixed, smooth
from openhorse.engines.procedural.parts.hills import Range, hills
from openhorse.engines.procedural.parts.lamps import street_lamp
from openhorse.engines.procedural.parts.landmarks import landmarks
from openhorse.engines.procedural.parts.model import SNOW, Colour, is_snowy
from openhorse.engines.procedural.parts.roadway import Avenue, Road, across, ahead, beside, lit_ground
from openhorse.engines.procedural.parts.shopfronts import Front, row_of_fronts
from openhorse.engines.procedural.parts.towers import Row, towers
from openhorse.engines.procedural.parts.verdure import LEAVES, bushes, season_of, tree
from openhorse.engines.procedural.places.sea import water
from openhorse.engines.procedural.places.shore import headlands
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_GRASS = {
    Season.SPRING: (linear(64, 112, 42), linear(132, 168, 70)),
    Season.SUMMER: (linear(70, 104, 40), linear(164, 160, 78)),
    Season.AUTUMN: (linear(116, 96, 46), linear(190, 152, 78)),
    Season.WINTER: (linear(110, 106, 88), linear(164, 156, 130)),
}
_SAND = (linear(184, 132, 84), linear(226, 176, 120))
_ASPHALT, _MARK = linear(70, 70, 74), linear(232, 226, 208)
_CITY = frozenset({"city", "avenue", "urban", "modern", "downtown"})


def paint(site: Site) -> Scenery:
    """A road of the brief's variety at the site's hour and season."""
    variety = site.shot.brief.variety or ""
    kind = "desert" if variety in ("desert", "highway") else "mountain" if variety in ("mountain", "mountains") else ""
    kind = "city" if variety in _CITY else kind or "country"
    kind = variety if variety in ("coastal", "race-track") else kind
    lead = site.lens.eye * site.lens.focal / (0.40 * site.lens.height)
    near, far = max(site.lens.nearest * 1.12, 0.62 * lead), max(5.0, 1.75 * lead)
    crossed = bool(site.shot.brief.cast) or kind in ("coastal", "race-track")
    flats = list(_FAR[kind](site, far if crossed else 14.0))
    flats += _crossing(site, near, far, kind) if crossed else _leading(site, kind)
    flats += landmarks(site, far * 2.2, 900.0)
    wet = 0.28 if site.shot.brief.weather & {"rain", "after-rain"} else 0.0
    return Scenery(
        says=_SAYS[kind],
        flats=tuple(flats),
        floor=Floor(
            _ground(site, kind), 6.0, _patches(site), 70.0, wet, "step-gravel" if kind == "desert" else "step-grass"
        ),
        pool=water(site, 0.4, 0.25, 1.45 * far) if kind == "coastal" else None,
        stage=(near * 1.15, far * 0.92) if crossed else (3.0, 16.0),
        beds=(Bed("insects" if kind == "desert" else "traffic" if kind == "city" else "birds", 0.16, distance=0.5),),
        surface="pavement",
        mood="vast" if kind in ("desert", "mountain") else None,
    )


_SAYS = {
    "country": "a country road",
    "desert": "a highway through the desert",
    "mountain": "a mountain road",
    "city": "a city avenue",
    "coastal": "a road along the sea",
    "race-track": "a race track before its stands",
}


def _ground(site: Site, kind: str) -> np.ndarray:
    random = site.random("verge")
    dark, light = _SAND if kind == "desert" else _GRASS[season_of(site)]
    if kind == "city":
        dark, light = linear(140, 138, 134), linear(164, 160, 154)
    fine, clumps = grain((512, 512), (90, 60), random, 3), grain((512, 512), (9, 9), random, 4)
    share = smooth(-0.8, 0.8, 0.7 * fine + 0.6 * clumps) * np.float32(0.4 if kind == "city" else 1.0)
    picture = mixed(dark, light, share)
    if is_snowy(site):
        picture = mixed(picture, SNOW, smooth(-0.8, 0.0, clumps + 0.3 * fine))
    return (picture * lit_ground(site)).astype(np.float32)


def _patches(site: Site) -> np.ndarray:
    field = grain((64, 64), (4, 4), site.random("fields"), 3)
    return (1 + 0.22 * field)[..., None] * np.ones(3, np.float32)


def _crossing(site: Site, near: float, far: float, kind: str) -> list[Flat]:
    """The road across, and what stands along its far side."""
    yellow = linear(236, 190, 70) if kind == "desert" else _MARK
    flats = list(across(site, Road(near, far, _ASPHALT, yellow)))
    random = site.random("roadside")
    wide = site.lens.reach(far)
    if kind == "race-track":
        return flats + [_kerb(site, z) for z in (far * 1.02, near * 1.0)]
    if kind == "city":
        return flats
    for k in range(6):
        x, z = (k - 2.5 + random.uniform(-0.3, 0.3)) * wide * 0.34, far * random.uniform(1.15, 1.7)
        if kind == "country" or (kind == "mountain" and k % 2):
            tall = min(9.0, 0.5 * far * random.uniform(0.8, 1.2))
            flats.append(tree(site, (x, z), tall, f"roadside {k}", wide * 2.1))
    if kind != "desert":
        flats.append(bushes(site, far * 1.08, 0.055 * far + 0.1, "verge", 0.35))
    flats += _posts(site, far * 1.03)
    return flats


def _posts(site: Site, z: float) -> list[Flat]:
    """Posts along the road, with a rail on some roads."""
    metre, pitch = site.fine(z), max(3.0, 0.42 * z)
    tall = 0.85
    height, width = math.ceil(tall * metre), max(3, math.ceil(0.12 * metre))
    lit = site.light.ambient * 1.3 + site.light.key * np.float32(0.35)
    layer = np.ones((height, width, 4), np.float32)
    tone = np.linspace(0.7, 1.1, width, dtype=np.float32)[None, :, None]
    layer[..., :3] = linear(226, 222, 212) * lit * tone
    layer[round(0.15 * height) : round(0.36 * height), :, :3] = linear(50, 46, 46) * lit * tone
    layer[:, 0], layer[:, -1] = layer[:, 0] * 0.5, layer[:, -1] * 0.5
    return [Flat(layer, metre, 0.3 * pitch, z, period=pitch)]


def _leading(site: Site, kind: str) -> list[Flat]:
    """The road to the horizon and what stands along it."""
    random = site.random("leading")
    yellow = linear(236, 190, 70) if kind == "desert" else _MARK
    shoulder = linear(176, 140, 100) if kind == "desert" else linear(128, 116, 96)
    half = 5.5 if kind == "city" else 3.2
    flats = [ahead(site, Avenue(half, 0.25, _ASPHALT, yellow, shoulder, 0.0 if kind in ("desert", "city") else 0.5))]
    if kind == "city":
        trees = beside(site, lambda x, z: tree(site, (x, z), 6.5, "city tree"), [10.0, 16.0, 26.0, 41.0], half + 4)
        return flats + _lamp_rows(site, half + 1.0) + trees + [bushes(site, 130.0, 8.0, "park", 0.6)]
    if kind == "desert":
        return flats + _poles(site)
    spots = [9.0, 13.0, 19.0, 27.0, 39.0, 56.0, 82.0, 120.0]
    flats += beside(
        site,
        lambda x, z: tree(site, (x * random.uniform(0.95, 1.3), z), float(random.uniform(7.5, 10.5)), "avenue"),
        spots,
        half + 3.4,
    )
    return flats


def _lamp_rows(site: Site, off: float) -> list[Flat]:
    flats: list[Flat] = []
    for z in (12.0, 20.0, 32.0, 50.0, 80.0):
        flats += street_lamp(site, off, z) + street_lamp(site, -off, z)
    return flats


def _poles(site: Site) -> list[Flat]:
    """Telegraph poles with their wires' ends, smaller and smaller."""
    flats = []
    tone = linear(66, 50, 40) * (site.light.ambient * 1.2 + site.light.key * np.float32(0.3))
    for z in (14.0, 22.0, 34.0, 53.0, 82.0, 126.0):
        metre, tall, wide = site.fine(z), 7.5, 2.2
        layer = np.zeros((math.ceil(tall * metre), math.ceil(wide * metre), 4), np.float32)
        middle, half = layer.shape[1] // 2, max(1, round(0.10 * metre))
        layer[:, middle - half : middle + half] = (*tone, 1.0)
        for y in (0.3, 0.9):
            row = round(y * metre)
            layer[row : row + max(1, round(0.12 * metre))] = (*tone, 1.0)
        flats.append(Flat(layer, metre, 6.4, z))
    return flats


def _ranges(
    site: Site, shapes: tuple[tuple[float, float, float, float], ...], tones: tuple[Colour, Colour]
) -> list[Flat]:
    flats = []
    for k, (z, tall, tops, rough) in enumerate(shapes):
        metre = site.fine(z)
        width = math.ceil(site.lens.reach(z) * 1.7 * metre)
        form = Range(max(64, width), max(16, math.ceil(tall * metre)), tops, rough, *tones)
        layer = hills(form, site.light, site.random(f"road hills {k}"))
        flats.append(Flat(layer, metre, 0.0, z, period=layer.shape[1] / metre))
    return flats


def _country(site: Site, far: float) -> list[Flat]:
    flats = _ranges(site, ((3200.0, 330.0, 3.0, 0.44), (1200.0, 84.0, 4.0, 0.42)), LEAVES[season_of(site)])
    return [*flats, bushes(site, max(150.0, 9 * far), 9.0, "far wood", 0.5)]


def _desert(site: Site, far: float) -> list[Flat]:
    rock = linear(150, 84, 56), linear(216, 138, 90)
    flats = _ranges(site, ((5200.0, 620.0, 4.0, 0.50), (2100.0, 130.0, 5.0, 0.48)), rock)
    return [*flats, bushes(site, max(30.0, 2.2 * far), 0.6, "scrub", 0.05)]


def _mountain(site: Site, far: float) -> list[Flat]:
    stone = (
        (linear(92, 98, 104), linear(190, 194, 200))
        if not is_snowy(site)
        else (linear(130, 140, 156), linear(226, 232, 242))
    )
    peaks = _ranges(site, ((6500.0, 2300.0, 4.0, 0.58), (3600.0, 900.0, 5.0, 0.52)), stone)
    slopes = _ranges(site, ((900.0, 150.0, 4.0, 0.5),), LEAVES[season_of(site)])
    return [*peaks, *slopes, bushes(site, max(120.0, 8 * far), 8.0, "pines", 0.5)]


def _city(site: Site, far: float) -> list[Flat]:
    z = 620.0
    metre = site.fine(z)
    row = Row(site.lens.reach(z) * 1.6, 190.0, metre, 32, (0.25, 0.95), 0.36)
    layer = towers(row, site.light, site.random("avenue towers"))
    flats = [Flat(layer, metre, 0.0, z, period=layer.shape[1] / metre)]
    if site.shot.brief.cast:
        random, plans, x = site.random("avenue fronts"), [], 0.0
        while x < site.lens.reach(far * 1.6) * 1.4:
            plans.append(Front(float(random.uniform(6, 10)), int(random.integers(3, 6)), modern=random.random() < 0.6))
            x += plans[-1].wide
        flats.append(row_of_fronts(site, far * 1.6, plans, "avenue row"))
        flats += street_lamp(site, 2.0, far * 1.2, modern=True, period=max(9.0, 0.6 * site.lens.reach(far)))
    return flats


def _coastal(site: Site, far: float) -> list[Flat]:
    """Headlands over the sea."""
    return [*headlands(site)]


def _kerb(site: Site, z: float) -> Flat:
    """A kerb of red and white at the track's edge."""
    metre = min(site.fine(z), 0.4 * site.lens.height)
    pitch, tall = max(1.2, 0.09 * z), max(2.5 / metre, 0.05 * site.lens.eye)
    width, height = max(4, math.ceil(2 * pitch * metre)), max(3, math.ceil(tall * metre))
    layer = np.ones((height, width, 4), np.float32)
    layer[..., :3] = linear(214, 36, 34) * lit_ground(site)
    layer[:, width // 2 :, :3] = linear(238, 236, 230) * lit_ground(site)
    return Flat(layer, width / (2 * pitch), 0.0, z, 0.0, period=2 * pitch)


def _race(site: Site, far: float) -> list[Flat]:
    """A stand full of people under its roof, flags, a fence before it, woods behind."""
    random, z = site.random("stands"), max(26.0, 2.6 * far)
    metre, wide, tall = min(site.fine(z), 26.0), 44.0, 9.0
    width, height = math.ceil(wide * metre), math.ceil(tall * metre)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / metre, tall - y / metre
    row = np.floor((y - 1.6) / 0.62)
    seat = np.floor(x / 0.5 + 0.5 * (row % 2))
    tones = random.uniform(0.15, 1.0, (16, 128, 3)).astype(np.float32)
    picture = tones[np.clip(row, 0, 15).astype(int), seat.astype(int) % 128] * np.float32(0.55)
    head = np.hypot((x / 0.5 + 0.5 * (row % 2)) % 1 - 0.5, ((y - 1.6) / 0.62) % 1 - 0.62) < 0.24
    picture = np.where(head[..., None], linear(214, 168, 136), picture)
    picture = np.where(
        (y < 1.6)[..., None], linear(226, 226, 228) * (0.85 + 0.15 * (np.floor(x / 4) % 2))[..., None], picture
    )
    roof = y > 7.9
    picture = np.where(roof[..., None], linear(196, 44, 40), picture)
    post = (np.abs(x % 8 - 4) < 0.14) & (y > 6.2)
    picture = np.where(post[..., None], linear(230, 230, 232), picture)
    picture = np.where(((y > 6.6) & ~roof & ~post)[..., None], linear(70, 74, 84), picture)
    cover = np.ones((height, width), np.float32) * ((x > 0.6) & (x < wide - 0.6))
    shade = np.where((y > 1.6) & ~roof, 0.45, 1.0)[..., None]
    lit = site.light.ambient * 1.15 + site.light.key * np.float32(0.45)
    layer = np.dstack([picture * shade * lit * cover[..., None], cover]).astype(np.float32)
    return [
        *_country(site, far)[:-1],
        bushes(site, 3.4 * z, 11.0, "track wood", 0.7),
        Flat(layer, metre, 0.0, z, period=wide + 3),
    ]


_FAR = {
    "coastal": _coastal,
    "race-track": _race,
    "country": _country,
    "desert": _desert,
    "mountain": _mountain,
    "city": _city,
}
