"""A brief in, the light of its hour on a shore out: sky, sun, water, what falls on an animal, and the grade.

Knows no pixels. Colours are linear.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.beach.shore import Water
from openhorse.engines.procedural.brief import Brief, Hour
from openhorse.engines.procedural.drawing.finish import Grade
from openhorse.engines.procedural.drawing.noise import linear, linear_hex
from openhorse.engines.procedural.drawing.sky import Palette
from openhorse.engines.procedural.players.creature import Light

Array = NDArray[np.float32]


def _rgb(red: float, green: float, blue: float) -> Array:
    return np.array((red, green, blue), np.float32)


def _dimmed(colour: Array, strength: float) -> Array:
    return (colour * strength).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Daylight:
    """One hour by the sea: sky, sun (azimuth and elevation in degrees, disc colour and size), water, animal, grade."""

    sky: Palette
    azimuth: float
    elevation: float
    disc: Array
    disc_size: float
    water: Water
    animal: Light
    sparkle: Array
    grade: Grade
    cover: float
    shadow: float
    land: Array


_DUSK = Daylight(
    sky=Palette(
        _dimmed(linear_hex("35477f"), 0.52),
        _dimmed(linear_hex("b25f62"), 0.55),
        _dimmed(linear_hex("ff8f42"), 0.66),
        _dimmed(linear(255, 138, 52), 0.46),
        _dimmed(linear(255, 142, 92), 0.78),
        _dimmed(linear(92, 60, 98), 0.42),
    ),
    azimuth=13,
    elevation=4.4,
    disc=_rgb(9.0, 5.2, 1.9),
    disc_size=0.024,
    water=Water(
        deep=_rgb(0.045, 0.050, 0.075),
        shallow=_rgb(0.20, 0.15, 0.115),
        sand=_rgb(0.42, 0.29, 0.195),
        key=_rgb(0.95, 0.46, 0.19),
        ambient=_rgb(0.22, 0.17, 0.19),
        foam=_rgb(0.74, 0.52, 0.43),
        glitter=_rgb(2.5, 1.30, 0.50),
    ),
    animal=Light((0.58, 0.40, -0.71), (2.7, 1.30, 0.52), (0.235, 0.215, 0.27), (0.20, 0.125, 0.085), 1.15),
    sparkle=_rgb(1.45, 0.86, 0.46),
    grade=Grade(
        exposure=0.95,
        bloom=0.26,
        bloom_from=1.0,
        vignette=1.0,
        saturation=1.08,
        lift=(0.012, 0.006, 0.018),
        gain=(1.02, 0.99, 0.95),
    ),
    cover=0.12,
    shadow=1.0,
    land=_rgb(0.16, 0.085, 0.105),
)

_DAWN = replace(
    _DUSK,
    sky=Palette(
        _dimmed(linear_hex("3f6cab"), 0.52),
        _dimmed(linear_hex("c98a98"), 0.52),
        _dimmed(linear_hex("ffbc8c"), 0.60),
        _dimmed(linear(255, 186, 128), 0.30),
        _dimmed(linear(255, 196, 170), 0.62),
        _dimmed(linear(128, 116, 150), 0.44),
    ),
    azimuth=-12,
    elevation=4.0,
    disc=_rgb(8.0, 5.6, 3.0),
    water=replace(
        _DUSK.water,
        deep=_rgb(0.050, 0.085, 0.120),
        shallow=_rgb(0.19, 0.20, 0.19),
        key=_rgb(0.75, 0.48, 0.30),
        ambient=_rgb(0.22, 0.215, 0.26),
        foam=_rgb(0.66, 0.57, 0.56),
        glitter=_rgb(2.0, 1.25, 0.72),
    ),
    animal=Light((-0.55, 0.42, -0.72), (2.0, 1.25, 0.75), (0.24, 0.25, 0.32), (0.17, 0.135, 0.11), 1.1),
    sparkle=_rgb(1.5, 1.2, 0.95),
    grade=replace(_DUSK.grade, gain=(1.0, 1.0, 1.0)),
    land=_rgb(0.13, 0.11, 0.145),
)

_DAY = replace(
    _DUSK,
    sky=Palette(
        _dimmed(linear_hex("1f66c0"), 0.62),
        _dimmed(linear_hex("5a9ada"), 0.62),
        _dimmed(linear_hex("bcd8ea"), 0.66),
        _dimmed(linear(255, 244, 220), 0.07),
        _dimmed(linear(255, 252, 246), 0.86),
        _dimmed(linear(150, 166, 188), 0.66),
    ),
    azimuth=38,
    elevation=40,
    disc_size=0.0,
    water=Water(
        deep=_rgb(0.008, 0.085, 0.180),
        shallow=_rgb(0.090, 0.34, 0.35),
        sand=_rgb(0.52, 0.41, 0.29),
        key=_rgb(1.25, 1.14, 0.95),
        ambient=_rgb(0.24, 0.27, 0.31),
        foam=_rgb(0.86, 0.90, 0.92),
        glitter=_rgb(1.0, 1.0, 0.95),
        haze=0.0025,
    ),
    animal=Light((0.36, 0.74, 0.56), (1.02, 0.94, 0.80), (0.20, 0.24, 0.31), (0.19, 0.155, 0.11), 0.5),
    sparkle=_rgb(1.25, 1.3, 1.3),
    grade=Grade(exposure=0.82, bloom=0.16, bloom_from=1.0, vignette=0.7, saturation=1.10),
    cover=0.04,
    shadow=1.15,
    land=_rgb(0.14, 0.20, 0.24),
)

_NIGHT = replace(
    _DUSK,
    sky=Palette(
        _dimmed(linear_hex("16244a"), 0.42),
        _dimmed(linear_hex("274072"), 0.42),
        _dimmed(linear_hex("48649a"), 0.46),
        _dimmed(linear(190, 208, 255), 0.12),
        _dimmed(linear(150, 170, 215), 0.30),
        _dimmed(linear(28, 38, 66), 0.50),
    ),
    azimuth=11,
    elevation=9.0,
    disc=_rgb(2.6, 2.7, 2.5),
    disc_size=0.021,
    water=Water(
        deep=_rgb(0.006, 0.012, 0.026),
        shallow=_rgb(0.020, 0.032, 0.050),
        sand=_rgb(0.22, 0.22, 0.24),
        key=_rgb(0.22, 0.27, 0.36),
        ambient=_rgb(0.085, 0.11, 0.18),
        foam=_rgb(0.17, 0.22, 0.31),
        glitter=_rgb(0.80, 0.92, 1.05),
        haze=0.003,
    ),
    animal=Light((0.50, 0.55, -0.67), (0.50, 0.60, 0.80), (0.056, 0.082, 0.150), (0.024, 0.032, 0.054), 1.1),
    sparkle=_rgb(0.50, 0.60, 0.76),
    grade=replace(_DUSK.grade, exposure=1.15, bloom_from=0.7, bloom=0.34, gain=(0.97, 1.0, 1.05), saturation=1.0),
    cover=0.0,
    shadow=0.8,
    land=_rgb(0.012, 0.018, 0.034),
)

_HOURS: Mapping[Hour, Daylight] = {Hour.DUSK: _DUSK, Hour.DAWN: _DAWN, Hour.DAY: _DAY, Hour.NIGHT: _NIGHT}


def hour_of(brief: Brief) -> Hour:
    """The hour that the brief names; else day for a cool tone, dusk for any other."""
    if brief.hour is not None:
        return brief.hour
    return Hour.DAY if brief.tone == "cool" else Hour.DUSK


def daylight(brief: Brief) -> Daylight:
    """The light of the brief's hour under its weather and tone."""
    light = _HOURS[hour_of(brief)]
    weather = brief.weather
    if "rain" in weather:
        grey = _greyed(light, 0.78)
        light = replace(grey, cover=0.42, disc_size=0.0, water=replace(grey.water, haze=0.03, chop=1.6))
    elif "clouds" in weather:
        light = replace(light, cover=light.cover + 0.24)
    if "mist" in weather:
        light = replace(light, cover=max(light.cover, 0.1), water=replace(light.water, haze=0.09))
    gain = {"warm": (1.03, 1.0, 0.94), "cool": (0.95, 1.0, 1.05), None: (1.0, 1.0, 1.0)}[brief.tone]
    red, green, blue = (a * b for a, b in zip(light.grade.gain, gain, strict=True))
    return replace(light, grade=replace(light.grade, gain=(red, green, blue)))


def _greyed(light: Daylight, part: float) -> Daylight:
    def grey(colour: Array, keep: float = 1.0) -> Array:
        mean = float(colour @ _rgb(0.2126, 0.7152, 0.0722))
        return ((colour * (1 - part) + mean * part) * keep).astype(np.float32)

    sky, water, animal = light.sky, light.water, light.animal
    dull = Palette(
        grey(sky.zenith),
        grey(sky.middle, 0.85),
        grey(sky.horizon, 0.75),
        grey(sky.sun, 0.2),
        grey(sky.cloud_light, 0.72),
        grey(sky.cloud_shade, 0.85),
    )
    red, green, blue = (float(c) for c in grey(np.array(animal.key, np.float32), 0.4))
    return replace(
        light,
        sky=dull,
        water=replace(water, key=grey(water.key, 0.35), foam=grey(water.foam, 0.85), glitter=grey(water.glitter, 0.08)),
        animal=replace(animal, key=(red, green, blue)),
        shadow=light.shadow * 0.6,
    )
