"""A brief and its hour come in, a street's light goes out: sky, air, palette, wetness and how it is developed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Hour
from openhorse.engines.procedural.drawing.finish import Grade
from openhorse.engines.procedural.street.facades import Colours, default_colours
from openhorse.engines.procedural.street.houses import Light


def wetness(brief: Brief) -> float:
    """0 dry … 1 puddles. A street at night of which nothing is said keeps a sheen."""
    if brief.weather & {"rain", "after-rain"}:
        return 1.0
    words = brief.prompt.lower()
    if any(word in words for word in ("wet", "puddle", "reflection", "reflect", "倒影", "湿", "积水", "水洼")):
        return 1.0
    if brief.weather & {"mist", "snow"}:
        return 0.45
    return 0.3 if (brief.hour or Hour.NIGHT) is not Hour.DAY else 0.05


def colours_of(hour: Hour, neon: bool) -> Colours:
    """The palette of signs, shops and walls as the hour shows it."""
    colours = default_colours(neon)
    if hour is Hour.NIGHT or not neon:
        return colours
    # by daylight the walls of a neon street show the paint that night hides
    return replace(colours, wall=tuple(wall * 2.4 for wall in colours.wall))


def _rgb(red: float, green: float, blue: float) -> NDArray[np.float32]:
    return np.array((red, green, blue), np.float32)


_NONE = _rgb(0, 0, 0)


def light_of(hour: Hour, neon: bool, brief: Brief) -> Light:
    """The hour's light, thickened by mist, rain or snow."""
    match hour:
        case Hour.NIGHT if neon:
            light = Light(
                zenith=_rgb(0.004, 0.005, 0.016), horizon=_rgb(0.06, 0.018, 0.075), ambient=_rgb(0.10, 0.09, 0.17),
                haze=_rgb(0.030, 0.012, 0.050), glow=_rgb(0.10, 0.028, 0.11), clear=105, lamps=1.7, windows=0.9,
                sun=_NONE,
            )  # fmt: skip
        case Hour.NIGHT:
            light = Light(
                zenith=_rgb(0.003, 0.005, 0.014), horizon=_rgb(0.035, 0.028, 0.03), ambient=_rgb(0.055, 0.06, 0.09),
                haze=_rgb(0.03, 0.024, 0.022), glow=_rgb(0.14, 0.085, 0.04), clear=120, lamps=1.6, windows=0.9,
                sun=_NONE,
            )  # fmt: skip
        case Hour.DAWN:
            light = Light(
                zenith=_rgb(0.10, 0.19, 0.44), horizon=_rgb(0.80, 0.56, 0.46), ambient=_rgb(0.40, 0.44, 0.58),
                haze=_rgb(0.22, 0.20, 0.24), glow=_rgb(0.40, 0.25, 0.15), clear=160, lamps=1.0, windows=0.5,
                sun=_NONE,
            )  # fmt: skip
        case Hour.DUSK:
            light = Light(
                zenith=_rgb(0.055, 0.075, 0.24), horizon=_rgb(0.80, 0.28, 0.16), ambient=_rgb(0.25, 0.22, 0.42),
                haze=_rgb(0.17, 0.08, 0.13), glow=_rgb(0.50, 0.19, 0.06), clear=150, lamps=1.4,
                windows=0.75, sun=_NONE,
            )  # fmt: skip
        case Hour.DAY:
            light = Light(
                zenith=_rgb(0.10, 0.24, 0.62), horizon=_rgb(0.50, 0.70, 0.95), ambient=_rgb(0.95, 1.0, 1.12),
                haze=_rgb(0.36, 0.46, 0.60), glow=_rgb(0.16, 0.14, 0.10), clear=420, lamps=0.5, windows=0.35,
                sun=_rgb(1.75, 1.5, 1.12),
            )  # fmt: skip
    if brief.weather & {"rain", "after-rain", "clouds", "snow"} and hour is Hour.DAY:
        grey = _rgb(0.52, 0.56, 0.62)
        light = replace(light, zenith=grey * 0.8, horizon=grey * 1.15, haze=grey * 0.8, ambient=_rgb(0.95, 1.0, 1.08),
                        sun=_NONE)  # fmt: skip
    if brief.weather & {"mist"}:
        light = replace(light, clear=light.clear * 0.36, haze=light.haze * 1.35)
    elif brief.weather & {"rain", "snow"}:
        light = replace(light, clear=light.clear * 0.72)
    return light


def grade_of(hour: Hour, neon: bool, brief: Brief) -> Grade:
    """How the hour's light is developed, with the brief's tone."""
    if hour is Hour.DAY:
        grade = Grade(exposure=0.82, bloom=0.14, bloom_from=1.3, vignette=0.7, saturation=1.2)
    elif hour is Hour.NIGHT:
        saturation, lift = (1.22, (0.0, 0.0, 0.012)) if neon else (1.1, (0.004, 0.003, 0.006))
        grade = Grade(exposure=1.0, bloom=0.36, bloom_from=0.75, streak=0.18, vignette=1.3, saturation=saturation,
                      lift=lift, gain=(1.0, 0.985, 1.03), grain=0.04)  # fmt: skip
    else:
        grade = Grade(exposure=0.95, bloom=0.28, bloom_from=0.95, streak=0.1, vignette=1.1, saturation=1.2)
    if brief.tone == "warm":
        return replace(grade, gain=(1.05, 0.99, 0.9))
    if brief.tone == "cool":
        return replace(grade, gain=(0.92, 0.99, 1.07))
    return grade
