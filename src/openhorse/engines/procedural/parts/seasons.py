"""A site in, its season, its snow and the light on its ground out: what painters of anything outdoors ask first.

Knows no place and no part.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Site

Colour = NDArray[np.float32]


def season_of(site: Site) -> Season:
    """The brief's season; snow is winter's where it names none, and else it is summer."""
    brief = site.shot.brief
    if brief.season is None:
        return Season.WINTER if "snow" in brief.weather else Season.SUMMER
    return brief.season


def is_snowy(site: Site) -> bool:
    """Whether snow lies: in winter, and wherever it falls."""
    return season_of(site) is Season.WINTER or "snow" in site.shot.brief.weather


def wetness(site: Site) -> float:
    """How much bare ground mirrors: 0 when dry."""
    return 0.12 if site.shot.brief.weather & {"rain", "after-rain"} else 0.0


def ground_light(light: Daylight) -> Colour:
    """The light on level ground."""
    up = max(0.18, float(light.towards[1]))
    return (light.key * np.float32(0.25 + 0.6 * up) + light.ambient).astype(np.float32)


def snow_light(light: Daylight) -> Colour:
    """The light on level snow: of a low sun it has little, and so shows the colour of the sky."""
    up = max(0.08, float(light.towards[1]))
    return (light.key * np.float32(0.16 + 0.56 * up) + light.ambient * np.float32(1.3)).astype(np.float32)


def sunward(light: Daylight) -> Colour:
    """The unit vector to the light as a painter shades by it: right, up, to the viewer.

    A sun ahead, however low, still models what it shines past: its side and its top are brighter.
    """
    right, up, ahead = (float(part) for part in light.towards)
    side = 0.35 if right >= 0 else -0.35
    towards = np.array((side + 1.2 * right, max(up, 0.42), 0.28 - 0.42 * ahead), np.float32)
    return towards / np.float32(np.linalg.norm(towards))


def aired(layer: Layer, air: Colour, share: float) -> Layer:
    """The layer behind so much (0…1) of air of that colour."""
    mix = np.diag([1 - share, 1 - share, 1 - share, 1.0])
    mix[:3, 3] = air * share
    tinted: Layer = cv2.transform(layer, mix)
    return tinted
