"""A site in, a savanna out: dry grass, acacias, a hill of rock, air that is full of dust. Knows no camera."""

from __future__ import annotations

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grass import Sward, fringe, patches, swaths, turf
from openhorse.engines.procedural.parts.land import Range, downs, mesas, veil
from openhorse.engines.procedural.parts.mist import bank
from openhorse.engines.procedural.parts.seasons import is_snowy
from openhorse.engines.procedural.parts.trees import planted, shade_under, woods
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_DRY = Sward(linear(128, 92, 44), linear(232, 194, 112), (("ear", linear(226, 190, 116)),), 0.35, 1.5, 24, 0.7)
_GREEN = Sward(linear(88, 88, 34), linear(196, 182, 88), (("ear", linear(206, 190, 110)),), 0.3, 1.4, 24, 0.7)


def paint(site: Site) -> Scenery:
    """A plain of dry grass with a few flat-topped trees; greener after rain."""
    rainy = bool(site.shot.brief.weather & {"rain", "after-rain"}) or is_snowy(site)
    sward = _GREEN if rainy else _DRY
    return Scenery(
        says="a savanna with acacias",
        flats=(*_far(site), *_trees(site), *swaths(site, sward, 16, 0.15), *_frame(site, sward)),
        floor=Floor(turf(site, sward, 0.7), 5.0, patches(site, 0.3), 80.0),
        stage=(2.0, 18.0),
        beds=(Bed("insects", 0.22), Bed("birds", 0.10, distance=0.6), Bed("wind", 0.16)),
        space="open",
        surface="leaves",
        mood="vast",
    )


def _far(site: Site) -> tuple[Flat, ...]:
    """Low blue hills, one of them a rock with a flat top, and dust above the plain."""
    rise = site.lens.horizon / site.lens.focal
    return (
        mesas(site, Range(7000.0, 7000 * 0.26 * rise, 120, 0.1, 0.3, "far", haze=veil(site, 7000.0, 0.62)), 2),
        downs(site, Range(2400.0, 2400 * 0.07 * rise, 80, 0.3, 0.3, "low", haze=veil(site, 2400.0, 0.34)), 2.0, 0.2),
        bank(site, 900.0, 900 * 0.10 * rise, 0.0, 0.45, 1.2, "heat"),
    )


def _trees(site: Site) -> tuple[Flat, ...]:
    """Acacias: a line of them far off, then ever fewer and larger, the largest off the middle."""
    random, lens = site.random("acacias"), site.lens
    side = 1.0 if site.shot.seed % 2 else -1.0
    flats = [
        woods(site, ("acacia", "bush"), 520.0, 9.0, 1.2, "far acacias"),
        woods(site, ("acacia", "acacia", "bush"), 240.0, 9.0, 3.2, "acacias"),
    ]
    for part, z, share in ((0.30, 34.0, 0.62), (-0.36, 62.0, 0.40), (0.02, 110.0, 0.25), (-0.14, 150.0, 0.18)):
        z = float(z * random.uniform(0.92, 1.08))
        tall = min(9.5, share * lens.horizon / lens.metre(z))
        spot = (side * part * lens.reach(z), z)
        flats += [planted("acacia", site, spot, tall), shade_under(site, spot, 1.3 * tall, 0.6)]
    return tuple(flats)


def _frame(site: Site, sward: Sward) -> tuple[Flat, ...]:
    """Tall grass at the sides, near the lens."""
    z = site.lens.nearest * 1.15
    reach, tall = site.lens.reach(z), 0.55 * site.lens.eye
    return tuple(fringe(site, sward, (part * reach, z), (0.34 * reach, tall), f"side {part}") for part in (-0.50, 0.52))
