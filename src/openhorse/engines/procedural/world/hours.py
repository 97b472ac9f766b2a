"""A brief in, the light of its hour, weather and season out: sky, sun, air, what falls on things, and the grade.

Knows no place. Colours are linear.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Hour
from openhorse.engines.procedural.drawing.finish import Grade
from openhorse.engines.procedural.drawing.noise import linear_hex
from openhorse.engines.procedural.drawing.sky import Palette
from openhorse.engines.procedural.players.creature import Light

Colour = NDArray[np.float32]


def rgb(red: float, green: float, blue: float) -> Colour:
    """A linear colour."""
    return np.array((red, green, blue), np.float32)


@dataclass(frozen=True, slots=True)
class Daylight:
    """The light of one hour.

    `azimuth` (to the right of ahead) and `elevation` of the sun or moon are degrees; `disc` is its colour and `size`
    its radius as a part of the frame's mean side, 0 where it is not seen. `key` is its light on what faces it,
    `ambient` the sky's, `bounce` the ground's. `air` is the colour that far things fade into, `clear` the metres after
    which two thirds have. `cover` is that of the clouds (−0.4 clear … 0.4 overcast), `stars` (0…1) how many are seen.
    """

    hour: Hour
    sky: Palette
    azimuth: float
    elevation: float
    disc: Colour
    size: float
    key: Colour
    ambient: Colour
    bounce: Colour
    air: Colour
    clear: float
    cover: float
    stars: float
    rim: float
    grade: Grade

    @property
    def towards(self) -> Colour:
        """The unit vector to the sun: right, up, ahead."""
        azimuth, elevation = math.radians(self.azimuth), math.radians(self.elevation)
        flat = math.cos(elevation)
        return rgb(math.sin(azimuth) * flat, math.sin(elevation), math.cos(azimuth) * flat)

    @property
    def on_players(self) -> Light:
        """The same light as a rig takes it: its direction has a third axis to the viewer."""
        right, up, ahead = (float(part) for part in self.towards)
        up = max(up, 0.32)
        length = math.sqrt(right * right + up * up + ahead * ahead)
        towards = (right / length, up / length, -ahead / length)
        return Light(towards, _three(self.key), _three(self.ambient), _three(self.bounce), self.rim)

    @property
    def is_night(self) -> bool:
        """Whether lamps are lit."""
        return self.hour is Hour.NIGHT

    @property
    def lamps(self) -> float:
        """How much lamps and windows are lit, 0…1."""
        return {Hour.NIGHT: 1.0, Hour.DUSK: 0.75, Hour.DAWN: 0.45, Hour.DAY: 0.0}[self.hour]

    def haze(self, z: float) -> float:
        """How much of what is `z` metres away the air hides, 0…1."""
        return 1 - math.exp(-z / self.clear)


def _three(colour: Colour) -> tuple[float, float, float]:
    red, green, blue = (float(part) for part in colour)
    return red, green, blue


def _palette(colours: str, strengths: tuple[float, ...]) -> Palette:
    """Zenith, middle, horizon, sun, clouds in light and in shade: hexadecimal colours, each dimmed."""
    six = [
        (linear_hex(one) * strength).astype(np.float32)
        for one, strength in zip(colours.split(), strengths, strict=True)
    ]
    return Palette(*six)


_DUSK = Daylight(
    hour=Hour.DUSK,
    sky=_palette("35477f b25f62 ff8f42 ff8a34 ff8e5c 5c3c62", (0.52, 0.55, 0.66, 0.46, 0.78, 0.42)),
    azimuth=13,
    elevation=5.0,
    disc=rgb(9.0, 5.2, 1.9),
    size=0.024,
    key=rgb(1.9, 0.95, 0.40),
    ambient=rgb(0.23, 0.20, 0.26),
    bounce=rgb(0.17, 0.11, 0.08),
    air=rgb(0.40, 0.19, 0.17),
    clear=2400,
    cover=0.10,
    stars=0.1,
    rim=1.1,
    grade=Grade(
        exposure=0.95, bloom=0.26, bloom_from=1.0, saturation=1.08, lift=(0.012, 0.006, 0.018), gain=(1.02, 0.99, 0.95)
    ),
)
_DAWN = replace(
    _DUSK,
    hour=Hour.DAWN,
    sky=_palette("3f6cab c98a98 ffbc8c ffba80 ffc4aa 807496", (0.52, 0.52, 0.60, 0.30, 0.62, 0.44)),
    azimuth=-12,
    disc=rgb(8.0, 5.6, 3.0),
    key=rgb(1.5, 0.98, 0.62),
    ambient=rgb(0.24, 0.24, 0.30),
    bounce=rgb(0.15, 0.13, 0.11),
    air=rgb(0.44, 0.31, 0.31),
    clear=1100,
    stars=0.05,
    grade=replace(_DUSK.grade, gain=(1.0, 1.0, 1.0), lift=(0.006, 0.006, 0.012)),
)
_DAY = replace(
    _DUSK,
    hour=Hour.DAY,
    sky=_palette("1f66c0 5a9ada bcd8ea fff4dc fffcf6 96a6bc", (0.62, 0.62, 0.66, 0.07, 0.86, 0.66)),
    azimuth=40,
    elevation=42,
    size=0.0,
    key=rgb(1.12, 1.03, 0.86),
    ambient=rgb(0.22, 0.26, 0.33),
    bounce=rgb(0.17, 0.16, 0.12),
    air=rgb(0.30, 0.43, 0.60),
    clear=4200,
    cover=0.04,
    stars=0.0,
    rim=0.5,
    grade=Grade(exposure=0.84, bloom=0.16, bloom_from=1.0, vignette=0.7, saturation=1.10),
)
_NIGHT = replace(
    _DUSK,
    hour=Hour.NIGHT,
    sky=_palette("16244a 274072 48649a bed0ff 96aad7 1c2642", (0.22, 0.25, 0.30, 0.12, 0.19, 0.32)),
    azimuth=14,
    elevation=13.0,
    disc=rgb(2.6, 2.7, 2.5),
    size=0.021,
    key=rgb(0.20, 0.29, 0.49),
    ambient=rgb(0.036, 0.057, 0.115),
    bounce=rgb(0.016, 0.022, 0.038),
    air=rgb(0.026, 0.046, 0.088),
    clear=1500,
    cover=-0.05,
    stars=1.0,
    # by so little light the eye sees less colour
    grade=replace(_DUSK.grade, exposure=1.08, bloom_from=0.7, bloom=0.38, gain=(0.96, 1.0, 1.06), saturation=0.86),
)
_HOURS: Mapping[Hour, Daylight] = {Hour.DUSK: _DUSK, Hour.DAWN: _DAWN, Hour.DAY: _DAY, Hour.NIGHT: _NIGHT}


def daylight(brief: Brief, otherwise: Hour = Hour.DAY) -> Daylight:
    """The light of the brief's hour, or of `otherwise`, under its weather and tone."""
    light = _HOURS[brief.hour or otherwise]
    weather = brief.weather
    if weather & {"rain", "snow"}:
        part = 0.75 if "rain" in weather else 0.5
        light = replace(_greyed(light, part), cover=0.42, size=0.0, stars=0.0, clear=min(light.clear, 420))
    elif "clouds" in weather:
        light = replace(light, cover=light.cover + 0.24, stars=0.3 * light.stars)
    if "mist" in weather:
        light = replace(_greyed(light, 0.3), clear=min(light.clear, 90), cover=max(light.cover, 0.1))
    if "lightning" in brief.effects or brief.variety in ("storm", "stormy"):
        light = _darkened(_greyed(light, 0.3), 0.42 if light.hour is Hour.DAY else 0.7)
        light = replace(light, cover=0.42, size=0.0, stars=0.0)
    gain = {"warm": (1.03, 1.0, 0.94), "cool": (0.95, 1.0, 1.05), None: (1.0, 1.0, 1.0)}[brief.tone]
    red, green, blue = (a * b for a, b in zip(light.grade.gain, gain, strict=True))
    return replace(light, grade=replace(light.grade, gain=(red, green, blue)))


def _darkened(light: Daylight, keep: float) -> Daylight:
    """The same under clouds so heavy that only `keep` of the light comes through."""
    dim = np.float32(keep)
    sky = light.sky
    dull = Palette(
        sky.zenith * dim,
        sky.middle * dim,
        sky.horizon * np.float32(min(1.0, 1.25 * keep)),
        sky.sun * dim,
        sky.cloud_light * dim,
        sky.cloud_shade * np.float32(0.75 * keep),
    )
    return replace(light, sky=dull, key=light.key * dim, ambient=light.ambient * dim, air=light.air * dim)


def _greyed(light: Daylight, part: float) -> Daylight:
    """The same under a closed sky: `part` of all colour goes, and most of the sun."""

    def grey(colour: Colour, keep: float = 1.0) -> Colour:
        mean = float(colour @ rgb(0.2126, 0.7152, 0.0722))
        return ((colour * (1 - part) + mean * part) * keep).astype(np.float32)

    sky = light.sky
    dull = Palette(
        grey(sky.zenith),
        grey(sky.middle, 0.85),
        grey(sky.horizon, 0.8),
        grey(sky.sun, 0.2),
        grey(sky.cloud_light, 0.72),
        grey(sky.cloud_shade, 0.85),
    )
    return replace(
        light,
        sky=dull,
        key=grey(light.key, 1 - 0.65 * part),
        ambient=grey(light.ambient, 1.15),
        air=grey(light.air, 0.9),
        disc=grey(light.disc, 0.4),
    )
