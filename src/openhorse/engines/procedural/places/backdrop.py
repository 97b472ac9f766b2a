"""A site and another place's name in, how that place is seen from afar out: mountains, a forest, a city's towers.

What a place is set before ("a barn before snowy mountains"). Knows no camera and not what stands before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from openhorse.engines.procedural.alps.light import daylight_of, light_for
from openhorse.engines.procedural.alps.ranges import Stand, ranges
from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.parts.seasons import season_of
from openhorse.engines.procedural.parts.trees import TreeKind, woods
from openhorse.engines.procedural.places.skyline import rows
from openhorse.engines.procedural.world.scenery import Flat, Site

_UNIT = 400.0
"""Metres a unit of the mountains is: their foothills begin some 900 metres away."""
_TOWERING = 0.84
"""Their part of the sky."""
_FOREST_AT = 90.0
_WOODS: Mapping[Season, tuple[TreeKind, ...]] = {
    Season.WINTER: ("spruce", "spruce", "pine"),
    Season.AUTUMN: ("oak", "maple", "birch", "spruce"),
}


@dataclass(frozen=True, slots=True)
class Backdrop:
    """How a place is seen from afar: what paints its flats, and how far ahead what it hides begins, in metres."""

    paint: Callable[[Site], tuple[Flat, ...]]
    hides: float


def lit_for(site: Site, names: tuple[str, ...]) -> Site:
    """The site under the sky that its backdrop needs: mountains bring their own."""
    if "mountains" not in names:
        return site
    light = light_for(site.shot.brief, site.light.hour)
    return replace(site, light=daylight_of(light, site.light, 2400.0 / (0.3 + light.mist)))


def set_before(site: Site, flats: tuple[Flat, ...], names: tuple[str, ...]) -> tuple[Flat, ...]:
    """`flats` with the backdrops of these names behind them, instead of what those would hide."""
    chosen = [BACKDROPS[name] for name in names if name in BACKDROPS]
    if not chosen:
        return flats
    hidden = max(one.hides for one in chosen)
    behind = tuple(flat for one in chosen for flat in one.paint(site))
    return (*behind, *(flat for flat in flats if flat.z < hidden))


def _mountains(site: Site) -> tuple[Flat, ...]:
    return ranges(site, light_for(site.shot.brief, site.light.hour), Stand(_UNIT, _TOWERING))


def _forest(site: Site) -> tuple[Flat, ...]:
    kinds: tuple[TreeKind, ...] = _WOODS.get(season_of(site), ("oak", "oak", "birch", "spruce"))
    return (
        woods(site, kinds, 1.5 * _FOREST_AT, 27.0, 0.10, "backdrop"),
        woods(site, kinds, _FOREST_AT, 20.0, 0.13, "edge of the backdrop"),
    )


def _skyline(site: Site) -> tuple[Flat, ...]:
    return tuple(rows(site))


BACKDROPS: Mapping[str, Backdrop] = {
    "mountains": Backdrop(_mountains, 2600.0),
    "forest": Backdrop(_forest, 1.5 * _FOREST_AT),
    "skyline": Backdrop(_skyline, 760.0),
}
"""Other places that can be seen behind one, by their names."""
