"""A brief in, the painter of its place out: each place's module, its usual hour and where its horizon is.

Knows no pixels. A place is one module with a function `paint(site) -> Scenery`, and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module

from openhorse.engines.procedural.brief import Brief, Hour, Place
from openhorse.engines.procedural.parts.landmarks import landmarks
from openhorse.engines.procedural.world.scenery import Scenery, Site

_TOO_FAR = 400.0
"""Metres of water beyond which nothing is built on its far shore."""


@dataclass(frozen=True, slots=True)
class Painter:
    """Who paints a place: a module beside this one; the hour where the prompt names none, and the horizon (0 … 1).

    One that `builds` sets up its landmarks itself; others have them set up behind all who act there.
    """

    module: str
    hour: Hour = Hour.DAY
    horizon: float = 0.5
    builds: bool = False

    def paint(self, site: Site) -> Scenery:
        """The place's scenery, with the landmarks that the brief names."""
        scenery: Scenery = import_module(f"{__package__}.{self.module}").paint(site)
        if self.builds or not site.shot.brief.features or not scenery.sky or scenery.medium != "air":
            return scenery
        near = max(16.0, 1.1 * scenery.stage[1])
        if scenery.pool is not None:
            if scenery.pool.far > _TOO_FAR:
                return scenery
            near = max(near, 0.93 * scenery.pool.far)
        return replace(scenery, flats=(*scenery.flats, *landmarks(site, near)))


PAINTERS: Mapping[Place, Painter] = {
    Place.MEADOW: Painter("meadow", Hour.DAY, 0.5),
    Place.MOUNTAINS: Painter("mountains", Hour.DAY, 0.58),
    Place.DESERT: Painter("desert", Hour.DAY, 0.52),
    Place.RIVER: Painter("river", Hour.DAY, 0.5),
    Place.WATERFALL: Painter("waterfall", Hour.DAY, 0.60),
    Place.LAKE: Painter("lakeside", Hour.DAWN, 0.5),
    Place.FOREST: Painter("forest", Hour.DAY, 0.55),
    Place.SKYLINE: Painter("skyline", Hour.NIGHT, 0.66, builds=True),
    Place.SKYLINE: Painter("skyline", Hour.NIGHT, 0.66),
    Place.STREET: Painter("street_set", Hour.DUSK, 0.53),
    Place.STAGE: Painter("stage", Hour.NIGHT, 0.42),
    Place.ROOM: Painter("room", Hour.DAY, 0.44),
    Place.ROAD: Painter("road", Hour.DAY, 0.46),
    Place.VILLAGE: Painter("village", Hour.DAY, 0.53),
    Place.CAFE: Painter("cafe", Hour.DUSK, 0.44),
    Place.KITCHEN: Painter("kitchen", Hour.DAY, 0.44),
    Place.ABSTRACT: Painter("abstract", Hour.NIGHT, 0.5),
    Place.BEACH: Painter("shore", Hour.DUSK, 0.42),
    Place.SEA: Painter("sea", Hour.DAY, 0.46),
    Place.SKY: Painter("sky", Hour.DAY, 0.56),
    Place.SPACE: Painter("space", Hour.NIGHT, 0.5),
    Place.UNDERWATER: Painter("underwater", Hour.DAY, 0.52),
}


def painter_of(brief: Brief) -> Painter:
    """The painter of the brief's place."""
    return PAINTERS.get(brief.place or Place.MEADOW, PAINTERS[Place.MEADOW])
