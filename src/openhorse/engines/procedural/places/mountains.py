"""A site in, mountains out: snow peaks over woods, towers of rock in mist, or terraced hills. Knows no camera."""

from __future__ import annotations

from dataclasses import replace

from openhorse.engines.procedural.alps.border import bare, border
from openhorse.engines.procedural.alps.light import Light, daylight_of, light_for
from openhorse.engines.procedural.alps.ranges import Stand, ranges
from openhorse.engines.procedural.alps.slope import slope
from openhorse.engines.procedural.brief import Hour
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grass import Sward, patches, sward_of, swaths, turf
from openhorse.engines.procedural.parts.land import Range, downs, karst, veil
from openhorse.engines.procedural.parts.mist import bank
from openhorse.engines.procedural.parts.rocks import boulders
from openhorse.engines.procedural.parts.seasons import is_snowy
from openhorse.engines.procedural.parts.trees import TreeKind, planted, shade_under, woods
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_HIGH = 0.052
"""How high the camera is, in units of the mountains, where nobody stands before it."""
_KARST = ("karst", "山水", "chinese", "misty", "ink", "guilin", "towers")


def paint(site: Site) -> Scenery:
    """The mountains that the brief's variety names: snow peaks unless it names others."""
    variety = site.shot.brief.variety or ""
    if any(word in variety for word in _KARST):
        return _meadow(site, "mountains like towers, in mist", _towers(site))
    if "hill" in variety or "terrace" in variety:
        return _meadow(site, "green hills", _hills(site))
    light = light_for(site.shot.brief, Hour.DAY)
    if bare(site):
        return _forest(site, light)
    site = replace(site, light=daylight_of(light, site.light, 2400.0 / (0.3 + light.mist)))
    return replace(_meadow(site, "snow mountains", ranges(site, light, Stand(400.0, 0.84))), light=site.light)


def _forest(site: Site, light: Light) -> Scenery:
    """Snow peaks over a valley full of spruces, which fall away below whoever looks; there is no ground to stand on."""
    unit = site.lens.eye / _HIGH
    site = replace(site, light=daylight_of(light, site.light, 11 * unit / (0.3 + light.mist)))
    return Scenery(
        says="snow mountains over a wooded valley",
        flats=(
            *ranges(site, light, Stand(unit, 0.86)),
            *slope(site, light, unit),
            *border(site, light, 1.1 * unit)[:-2],
        ),
        light=site.light,
        vista=0.9 * unit,
        mist=False,
        beds=(Bed("wind", 0.5), Bed("birds", 0.08, distance=0.7)),
        space="valley",
        mood="vast",
    )


def _meadow(site: Site, says: str, far: tuple[Flat, ...]) -> Scenery:
    """A mountain meadow before what is far away."""
    sward = _sward(site)
    return Scenery(
        says=says,
        flats=(*far, *_slope(site), *swaths(site, sward, 13, 0.11, 18.0), *_stones(site)),
        floor=Floor(turf(site, sward, 0.6), 5.0, patches(site), 70.0),
        stage=(2.2, 14.0),
        beds=(Bed("wind", 0.4), Bed("birds", 0.08, distance=0.7)),
        space="valley",
        mood="vast",
    )


def _sward(site: Site) -> Sward:
    plain = sward_of(site)
    if is_snowy(site):
        return Sward(linear(150, 140, 116), linear(226, 224, 222), (), 0.0, 0.5, 8, 0.8)
    white, blue, yellow = linear(244, 244, 238), linear(96, 84, 190), linear(248, 206, 60)
    return Sward(plain.dark, plain.light, (("daisy", white), ("bell", blue), ("daisy", yellow)), 0.22, 0.8)


def _range(site: Site, z: float, part: float, air: float, look: tuple[int, float, float, str]) -> Range:
    """A range that fills `part` of the frame above the horizon, behind `air` (0…1): its lines, tilt, foot and word."""
    lines, tilt, foot, word = look
    tall = part * site.lens.horizon / site.lens.metre(z)
    return Range(z, tall, lines, tilt, foot, word, haze=veil(site, z, air))


def _towers(site: Site) -> tuple[Flat, ...]:
    """Towers behind towers, each row paler, with mist between."""
    flats: list[Flat] = []
    rows = ((5200.0, 0.92, 7, 0.62), (3000.0, 0.76, 5, 0.42), (1700.0, 0.60, 4, 0.24), (900.0, 0.26, 6, 0.12))
    for k, (z, part, count, air) in enumerate(rows):
        flats.append(karst(site, _range(site, z, part, air, (150, 0.08, 0.6, f"row {k}")), count))
        tall = part * site.lens.horizon / site.lens.metre(z)
        flats.append(bank(site, 0.8 * z, 0.34 * tall, 0.0, 0.7, 0.0016 * z, f"mist {k}"))
    return tuple(flats)


def _hills(site: Site) -> tuple[Flat, ...]:
    return (
        downs(site, _range(site, 9000.0, 0.62, 0.50, (140, 0.10, 0.5, "far")), 3.0, 0.5),
        downs(site, _range(site, 4200.0, 0.46, 0.32, (150, 0.14, 0.4, "mid")), 2.6, 0.6),
        bank(site, 3300.0, 0.10 * site.lens.horizon / site.lens.metre(3300.0), 0.0, 0.6, 2.5),
        downs(site, _range(site, 1800.0, 0.34, 0.16, (160, 0.20, 0.3, "near")), 2.0, 0.4, fields=True),
    )


def _slope(site: Site) -> tuple[Flat, ...]:
    """Woods where the near ground ends, and a few trees that stand free."""
    random = site.random("slope")
    variety = site.shot.brief.variety or ""
    firs = not any(word in variety for word in (*_KARST, "hill", "terrace"))
    side = 1.0 if site.shot.seed % 2 else -1.0
    far: tuple[TreeKind, ...] = ("spruce",) if firs else ("oak", "bush", "poplar", "pine")
    near: TreeKind = "spruce" if firs else "pine"
    flats = [woods(site, far, 300.0, 20.0, 0.11), woods(site, far, 150.0, 11.0, 0.30, "nearer")]
    for part, z, tall in ((0.36, 26.0, 9.0), (0.46, 20.0, 7.0), (-0.42, 34.0, 8.5), (0.28, 40.0, 8.0)):
        z = float(z * random.uniform(0.9, 1.15))
        spot = (side * part * site.lens.reach(z), z)
        flats += [planted(near, site, spot, float(tall * random.uniform(0.85, 1.15))), shade_under(site, spot, 3.0)]
    return tuple(flats)


def _stones(site: Site) -> tuple[Flat, ...]:
    """Boulders at the sides."""
    lens = site.lens
    flats = []
    for k, (part, z, wide) in enumerate(((-0.40, 2.4, 0.20), (0.44, 3.4, 0.22), (-0.30, 6.5, 0.10))):
        near = z * lens.nearest / 1.9
        size = wide * lens.reach(near)
        flats.append(boulders(site, (part * lens.reach(near), near), size, f"stone {k}"))
    return tuple(flats)
