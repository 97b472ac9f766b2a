"""A site in, a street that is seen along it out: a shopping street, a neon street, an alley; or a lane of an old town.

Players come along it, or stand in it. Knows no camera and no player.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.brief import Brief, Hour
from openhorse.engines.procedural.places.village import paint as paint_village
from openhorse.engines.procedural.score import HitKind
from openhorse.engines.procedural.street.passage import Street, is_left
from openhorse.engines.procedural.street.rows import Wish
from openhorse.engines.procedural.world.hours import daylight
from openhorse.engines.procedural.world.scenery import Floor, Scenery, Site

_NEON = frozenset({"neon", "cyberpunk", "tokyo", "nightlife"})
_OLD = frozenset({"old-town", "chinese", "japanese", "mediterranean", "ancient", "lanterns"})


def paint(site: Site) -> Scenery:
    """A street of the brief's variety at the site's hour."""
    brief = site.shot.brief
    if brief.variety in _OLD:
        village = paint_village(site)
        return replace(village, says=village.says.replace("a village", "an old town"), space="canyon")
    neon = brief.variety in _NEON or bool(brief.looks & _NEON) or brief.mood == "neon"
    hour = Hour.NIGHT if neon and brief.hour is None else site.light.hour
    street = Street(site, Wish(hour, neon, is_left(brief)))
    step: HitKind = "step-snow" if "snow" in brief.weather else "step-wet" if street.wet > 0.5 else "step-pavement"
    return Scenery(
        says=_says(brief, hour, neon, street),
        floor=Floor(np.zeros((8, 8, 3), np.float32), 1.0, step=step),
        sky=False,
        light=street.daylight(site.light if hour is site.light.hour else daylight(brief, hour)),
        passage=street,
        stage=(3.0, 14.0),
        beds=street.beds(),
        hits=street.steps(),
        space="canyon",
        surface="pavement",
        mood="neon" if neon else None,
        notes=("The signs' characters are invented and mean nothing.",),
    )


def _says(brief: Brief, hour: Hour, neon: bool, street: Street) -> str:
    """What it is, in plain words."""
    kind = "a neon street" if neon else "a town street"
    ground = "wet ground that mirrors it" if street.wet > 0.5 else "damp ground" if street.wet > 0.2 else "dry ground"
    if "snow" in brief.weather:
        ground = "snow on the ground"
    people = (
        f"{street.people} people walking by" if street.people else "nobody else about" if brief.cast else "nobody about"
    )
    return f"{kind} by {hour.value}, {ground}, {people}"
