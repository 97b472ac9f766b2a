"""A site in, a garden or park out: a lawn, beds in flower, clipped hedges, a path, old trees. Knows no camera."""

from __future__ import annotations

from dataclasses import replace

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grass import Head, Sward, fringe, patches, sward_of, turf
from openhorse.engines.procedural.parts.lamps import street_lamp
from openhorse.engines.procedural.parts.land import Range, downs, veil
from openhorse.engines.procedural.parts.landmarks import landmark, landmarks
from openhorse.engines.procedural.parts.roadway import Avenue, ahead
from openhorse.engines.procedural.parts.seasons import is_snowy, season_of
from openhorse.engines.procedural.parts.trees import TreeKind, planted, shade_under, woods
from openhorse.engines.procedural.parts.verdure import bushes
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_BEDS: tuple[tuple[tuple[Head, tuple[int, int, int]], ...], ...] = (
    (("tulip", (222, 44, 52)), ("tulip", (246, 196, 60)), ("daisy", (250, 246, 240))),
    (("poppy", (236, 110, 160)), ("daisy", (252, 220, 236)), ("spike", (140, 100, 210))),
    (("spike", (120, 90, 200)), ("daisy", (250, 214, 70)), ("bell", (110, 130, 226))),
)
_TREES: dict[Season, tuple[TreeKind, ...]] = {
    Season.SPRING: ("cherry", "oak", "cherry", "birch"),
    Season.SUMMER: ("oak", "maple", "willow", "birch"),
    Season.AUTUMN: ("maple", "oak", "maple", "birch"),
    Season.WINTER: ("oak", "spruce", "oak", "birch"),
}


def paint(site: Site) -> Scenery:
    """A garden at the site's hour and season."""
    lawn = replace(sward_of(site), tall=0.45)
    return Scenery(
        says="a garden in flower" if not is_snowy(site) else "a garden under snow",
        flats=(
            *_far(site), *_trees(site), *_things(site), _path(site),
            *_verge(site, lawn), *_beds(site),
        ),
        floor=Floor(turf(site, lawn, 0.3), 4.0, patches(site, 0.12), 50.0),
        stage=(2.0, 14.0),
        beds=(Bed("birds", 0.3), Bed("leaves", 0.15)),
        surface="leaves",
        mood="tender",
    )  # fmt: skip


def _far(site: Site) -> tuple[Flat, ...]:
    return (
        downs(site, Range(3200.0, 260.0, 110, 0.12, 0.5, haze=veil(site, 3200.0, 0.4)), 2.6, 0.7),
        woods(site, ("oak", "maple", "poplar", "oak"), 120.0, 14.0, 0.26, "park far"),
        woods(site, ("bush", "oak"), 74.0, 5.0, 0.7, "park shrubs"),
        bushes(site, 46.0, 1.5, "hedge", 0.95),
    )


def _trees(site: Site) -> tuple[Flat, ...]:
    """Old trees at both sides, the nearest cut by the frame."""
    lens, flats = site.lens, list[Flat]()
    kinds, side = _TREES[season_of(site)], 1.0 if site.shot.seed % 2 else -1.0
    for k, (part, z, tall) in enumerate(
        ((0.42, 20.0, 9.0), (-0.44, 26.0, 10.0), (-0.28, 44.0, 9.0), (0.22, 58.0, 9.0))
    ):
        spot = (side * part * lens.reach(z), z)
        flats += [planted(kinds[k], site, spot, tall), shade_under(site, spot, 0.9 * tall)]
    return tuple(flats)


def _things(site: Site) -> list[Flat]:
    """A bench and lamps by the path, a fountain at its end, and what else the words ask for."""
    named = tuple(name for name in site.shot.brief.features if name not in ("bench", "fountain", "flowers"))
    others = replace(site, shot=replace(site.shot, brief=replace(site.shot.brief, features=named)))
    flats = [*landmarks(others, 40.0)]
    side = 1.0 if site.shot.seed % 2 else -1.0
    for name, z, x in (("fountain", 24.0, 0.0), ("bench", 13.0, -3.4 * side)):
        thing = landmark(name, site, z, z, side)
        flats += [replace(thing, x=x)] if thing is not None else []
    for z in (11.0, 20.0):
        flats += street_lamp(site, side * 3.2, z)
    return flats


def _verge(site: Site, lawn: Sward) -> list[Flat]:
    """Grass along both sides of the path."""
    spots = [(k, far * site.lens.nearest, side) for k, far in enumerate((1.15, 1.5, 2.0, 2.8, 4.0)) for side in (-1, 1)]
    return [fringe(site, lawn, (side * (2.7 + 0.3 * k), at), (2.2, 0.20), f"lawn {k} {side}") for k, at, side in spots]


def _path(site: Site) -> Flat:
    gravel = linear(206, 186, 150)
    return ahead(site, Avenue(1.5, 0.0, gravel, gravel, linear(150, 136, 96)))


def _beds(site: Site) -> list[Flat]:
    """Beds in flower along the path, one colour after the other; bare under snow."""
    lens, flats = site.lens, list[Flat]()
    if is_snowy(site):
        return flats
    plain = sward_of(site)
    for k, z in enumerate((11.0, 7.5, 5.2, 3.7, 2.7)):
        heads = tuple((head, linear(*ink)) for head, ink in _BEDS[(k + site.shot.seed) % 3])
        sward = Sward(linear(34, 70, 28), plain.light, heads, 0.95, 1.0, 14, 1.1, 0.4)
        scale = min(1.0, lens.eye / 1.4)
        for side in (-1.0, 1.0):
            x = side * (2.6 + 0.16 * z)
            if abs(x) - 1.2 < 0.5 * lens.reach(z):
                flats.append(
                    fringe(site, sward, (x * scale, z * scale), (2.4 * scale, 0.62 * scale), f"bed {k} {side}")
                )
    return flats
