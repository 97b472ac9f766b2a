"""A site in, mountains out: snow peaks over woods, towers of rock in mist, or terraced hills. Knows no camera."""

from __future__ import annotations

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grass import Sward, patches, sward_of, swaths, turf
from openhorse.engines.procedural.parts.land import Range, alps, downs, karst, veil
from openhorse.engines.procedural.parts.mist import bank
from openhorse.engines.procedural.parts.rocks import boulders
from openhorse.engines.procedural.parts.seasons import is_snowy
from openhorse.engines.procedural.parts.trees import TreeKind, planted, shade_under, woods
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_KARST = ("karst", "山水", "chinese", "misty", "ink", "guilin", "towers")


def paint(site: Site) -> Scenery:
    """The mountains that the brief's variety names: snow peaks unless it names others."""
    variety = site.shot.brief.variety or ""
    if any(word in variety for word in _KARST):
        says, far = "mountains like towers, in mist", _towers(site)
    elif "hill" in variety or "terrace" in variety:
        says, far = "green hills", _hills(site)
    else:
        says, far = "snow mountains", _peaks(site)
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


def _peaks(site: Site) -> tuple[Flat, ...]:
    """A wall of peaks, lower ones before it, clouds in the valley between."""
    rise = site.lens.horizon / site.lens.focal
    return (
        alps(site, _range(site, 16000.0, 0.86, 0.48, (130, 0.10, 0.5, "far")), 5, 0.34),
        bank(site, 13000.0, 13000.0 * 0.34 * rise, 0.0, 0.4, 3.0),
        alps(site, _range(site, 9000.0, 0.70, 0.22, (220, 0.14, 0.4, "wall")), 3, 0.42),
        bank(site, 6000.0, 6000.0 * 0.22 * rise, 0.0, 0.7, 5.0, "valley"),
        downs(site, _range(site, 2600.0, 0.20, 0.20, (110, 0.2, 0.3, "")), 2.4, 0.95),
        bank(site, 1900.0, 1900.0 * 0.08 * rise, 0.0, 0.5, 3.0, "low"),
    )


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
    flats = [woods(site, far, 300.0, 20.0, 0.13), woods(site, far, 150.0, 11.0, 0.5, "nearer")]
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
