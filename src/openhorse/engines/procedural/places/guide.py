"""A brief in, the painter of its place out: each place's module, its usual hour, its horizon, and the kinds it draws.

Knows no pixels. A place is one module with a function `paint(site) -> Scenery`, and one line here; so is a kind of a
place that is painted by a module of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module

from openhorse.engines.procedural.brief import Brief, Hour, Place
from openhorse.engines.procedural.parts.landmarks import BRIDGES, bridged, landmarks, on_water
from openhorse.engines.procedural.parts.railway import track_across
from openhorse.engines.procedural.places.backdrop import lit_for, set_before
from openhorse.engines.procedural.world.scenery import Scenery, Site

_ON_RAILS = frozenset(("train", "steam-train", "tram", "subway", "locomotive"))
_TOO_FAR = 400.0
"""Metres of water beyond which nothing is built on its far shore, but on rocks in the water."""


@dataclass(frozen=True, slots=True)
class Painter:
    """Who paints a place: a module beside this one; the hour where the prompt names none, and the horizon (0 … 1).

    `kinds` are the varieties of the place that it draws otherwise than the plain one, `holds` the features that are
    there by themselves, `before` the other places that can be seen behind it (places/backdrop.py). One that `builds`
    sets up its landmarks itself; others have them set up behind all who act there, and one that is `closed` has no
    room for any.
    """

    module: str
    hour: Hour = Hour.DAY
    horizon: float = 0.5
    kinds: str = ""
    holds: str = ""
    builds: bool = False
    closed: bool = False
    before: str = ""

    def draws(self, variety: str) -> bool:
        """Whether that variety of its place looks as it should."""
        return variety in self.kinds.split()

    def shows(self, feature: str) -> bool:
        """Whether that feature is there without being built."""
        return feature in self.holds.split()

    def faces(self, feature: str) -> bool:
        """Whether that feature is another place, which can be seen from this one."""
        return feature in self.before.split()

    def paint(self, site: Site) -> Scenery:
        """The place's scenery, with the landmarks that the brief names."""
        behind = tuple(name for name in site.shot.brief.features if self.faces(name))
        site = lit_for(site, behind)
        scenery: Scenery = import_module(f"{__package__}.{self.module}").paint(site)
        scenery = _railed(scenery, site)
        if behind:
            scenery = replace(scenery, flats=set_before(site, scenery.flats, behind), light=scenery.light or site.light)
        if self.builds or self.closed or not site.shot.brief.features:
            return scenery
        near = max(16.0, 1.1 * scenery.stage[1])
        if scenery.pool is not None:
            if scenery.pool.far > _TOO_FAR:
                return replace(scenery, flats=(*scenery.flats, *on_water(site, scenery.pool.near, 48.0)))
            names = tuple(name for name in site.shot.brief.features if name not in BRIDGES)
            far = scenery.pool.far
            over = bridged(site, scenery.pool.near, far)
            scenery = replace(scenery, flats=(*scenery.flats, *over))
            site = replace(site, shot=replace(site.shot, brief=replace(site.shot.brief, features=names)))
            near = max(near, 0.93 * far)
        return replace(scenery, flats=(*scenery.flats, *landmarks(site, near)))


def _railed(scenery: Scenery, site: Site) -> Scenery:
    """The scenery with a track below whoever runs on rails."""
    rails = [one for one in site.shot.brief.cast if one.kind in _ON_RAILS]
    if (
        not rails
        or site.lead is None
        or scenery.floor is None
        or scenery.passage
        or scenery.medium != "air"
        or scenery.wall
    ):
        return scenery
    return replace(scenery, flats=(*scenery.flats, *track_across(site, site.lead)))


_DAY, _DAWN, _DUSK, _NIGHT = Hour.DAY, Hour.DAWN, Hour.DUSK, Hour.NIGHT
_ALPS = "rocks trees snow-peaks cliff forest"
_WIDE = "mountains forest skyline"
PAINTERS: Mapping[Place, Painter] = {
    Place.MEADOW: Painter(
        "meadow", _DAY, 0.5, "flowers lavender rapeseed sunflowers tulips wheat rice", "trees flowers", before=_WIDE
    ),
    Place.MOUNTAINS: Painter("mountains", _DAY, 0.58, "snow hills", _ALPS),
    Place.DESERT: Painter("desert", _DAY, 0.52, "dunes rocky oasis canyon", "sand rocks", before="mountains skyline"),
    Place.RIVER: Painter("river", _DAY, 0.5, "stream canyon karst", "trees reeds rocks meadow", before=_WIDE),
    Place.WATERFALL: Painter("waterfall", _DAY, 0.60, "", "rocks cliff trees forest mountains"),
    Place.LAKE: Painter("lakeside", _DAWN, 0.56, "alpine pond", "trees reeds snow-peaks mountains forest"),
    Place.FOREST: Painter("forest", _DAY, 0.55, "bamboo conifer birch maple jungle cherry enchanted", "trees path"),
    Place.SKYLINE: Painter("skyline", _NIGHT, 0.66, "cyberpunk rooftop", "lamps house tower", builds=True),
    Place.STREET: Painter(
        "street", _DUSK, 0.53, "alley old-town neon", "shops windows signs house lamps gate", builds=True
    ),
    Place.STAGE: Painter("stage", _NIGHT, 0.42, "theatre concert club circus spotlight", "crowd", closed=True),
    Place.ROOM: Painter(
        "room",
        _DAY,
        0.44,
        "living-room bedroom study office classroom studio attic hall laboratory station gym cabin shop",
        "windows table",
        closed=True,
    ),
    Place.ROAD: Painter(
        "road", _DAY, 0.46, "highway mountain desert coastal race-track", "trees path meadow", builds=True, before=_WIDE
    ),
    Place.VILLAGE: Painter(
        "village",
        _DAY,
        0.53,
        "chinese mediterranean water-town european",
        "house windows trees lamps gate street",
        builds=True,
        before="mountains forest",
    ),
    Place.CAFE: Painter(
        "cafe", _DUSK, 0.44, "street restaurant bar tea-house bakery", "windows table lamps shops street", closed=True
    ),
    Place.KITCHEN: Painter("kitchen", _DAY, 0.44, "", "windows table oven", closed=True),
    Place.ABSTRACT: Painter("abstract", _NIGHT, 0.5, "ink liquid particles geometric fractal", closed=True),
    Place.BEACH: Painter("shore", _DUSK, 0.42, "tropical", "sand waves sea", before="mountains skyline"),
    Place.SEA: Painter(
        "sea", _DAY, 0.46, "storm ice island harbour rocky", "waves", builds=True, before="mountains skyline"
    ),
    Place.SKY: Painter("sky", _DAY, 0.56, closed=True),
    Place.SPACE: Painter(
        "space", _NIGHT, 0.5, "orbit planet moon mars nebula galaxy station", "asteroids", closed=True
    ),
    Place.UNDERWATER: Painter(
        "underwater", _DAY, 0.52, "deep reef kelp aquarium ruins pond", "rocks sand", closed=True
    ),
}
OWN: Mapping[tuple[Place, str], Painter] = {
    (Place.ROOM, "cave"): Painter("cave", _DAY, 0.5, "cave", "rocks", closed=True),
    (Place.RIVER, "canal"): Painter("canal", _DUSK, 0.52, "canal", "house windows lamps boat trees", builds=True),
    (Place.FOREST, "swamp"): Painter("swamp", _DAWN, 0.54, "swamp", "trees reeds"),
    (Place.MEADOW, "farm"): Painter("farm", _DAY, 0.5, "farm", "barn fence trees house", builds=True, before=_WIDE),
    (Place.MEADOW, "garden"): Painter(
        "park", _DAY, 0.5, "garden", "trees flowers bench lamps fountain path", builds=True, before=_WIDE
    ),
    (Place.STREET, "market"): Painter(
        "market", _DAY, 0.5, "market", "shops signs lamps house windows street", builds=True
    ),
    (Place.STREET, "suburb"): Painter(
        "suburb",
        _DAY,
        0.5,
        "suburb",
        "house windows trees lamps fence path flowers meadow street",
        builds=True,
        before=_WIDE,
    ),
    (Place.ROAD, "tunnel"): Painter("tunnel", _DAY, 0.47, "tunnel", "lamps path", closed=True),
    (Place.ROAD, "railway"): Painter(
        "railway", _DAY, 0.48, "railway", "trees flowers meadow", builds=True, before=_WIDE
    ),
    (Place.MEADOW, "savanna"): Painter("savanna", _DAY, 0.52, "savanna", "trees", before="mountains"),
    (Place.MOUNTAINS, "ice"): Painter("icefield", _DAY, 0.52, "ice", "ice cliff snow-peaks"),
    (Place.MOUNTAINS, "volcano"): Painter("volcano", _DUSK, 0.60, "volcano", "rocks"),
}
"""Kinds of a place that a module of their own paints."""


def painter_of(brief: Brief) -> Painter:
    """The painter of the brief's place, or of that kind of it."""
    place = brief.place or Place.ABSTRACT
    return OWN.get((place, brief.variety or ""), PAINTERS[place])
