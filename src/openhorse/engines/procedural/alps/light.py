"""A brief in, the light among mountains out: sun, sky, mist, water and grade for each hour, weather and season.

Knows no geometry: only colours (linear unless said otherwise) and angles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Hour
from openhorse.engines.procedural.drawing.finish import Grade
from openhorse.engines.procedural.drawing.noise import linear, linear_hex
from openhorse.engines.procedural.drawing.sky import Palette
from openhorse.engines.procedural.world.hours import Daylight

Colour = NDArray[np.float32]
Painted = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Light:
    """All that the hour and the weather decide. Angles in degrees (azimuth from straight ahead, right positive).

    `key` lights the land; `disc` is where the sky's sun or moon stands: for a backlit hour they differ, as a
    photographer would fill the light. `mist`, `cover`, `stars` and `falling` are amounts; `needles` are sRGB.
    """

    hour: Hour
    key: tuple[float, float]
    disc: tuple[float, float]
    direct: Colour
    sky: Colour
    bounce: Colour
    palette: Palette
    fog: Colour
    glow: Colour
    deep: Colour
    needles: tuple[Painted, Painted, Painted]
    grade: Grade
    mist: float
    haze: float
    cover: float
    stars: float = 0.0
    falling: str = ""

    def towards(self, angles: tuple[float, float]) -> Colour:
        """The unit vector (right, up, ahead) of an azimuth and an elevation."""
        azimuth, elevation = np.radians(angles)
        level = np.cos(elevation)
        return np.array((np.sin(azimuth) * level, np.sin(elevation), np.cos(azimuth) * level), np.float32)


def _rgb(*parts: float) -> Colour:
    return np.array(parts, np.float32)


def _hex(colour: str, times: float = 1.0) -> Colour:
    return np.asarray(linear_hex(colour) * times, np.float32)


def _srgb(red: float, green: float, blue: float, times: float) -> Colour:
    return np.asarray(linear(red, green, blue) * times, np.float32)


def _dawn() -> Light:
    return Light(
        hour=Hour.DAWN,
        key=(-66, 12),
        disc=(-46, 12),
        direct=_rgb(4.9, 2.65, 1.22),
        sky=_rgb(0.17, 0.245, 0.45),
        bounce=_rgb(0.11, 0.075, 0.062),
        palette=Palette(
            _hex("2f5490"),
            _hex("86a3c2"),
            _hex("f7c490", 1.05),
            _srgb(255, 160, 76, times=1.25),
            _srgb(255, 222, 190, times=1.15),
            _srgb(138, 142, 170, times=0.8),
        ),
        fog=_hex("a3afc4", 0.62),
        glow=_srgb(255, 168, 92, times=1.5),
        deep=_rgb(0.012, 0.028, 0.040),
        needles=((15, 20, 20), (92, 74, 48), (38, 44, 40)),
        grade=Grade(exposure=1.0, lift=(0.012, 0.012, 0.02), gain=(1.02, 0.99, 0.95)),
        mist=0.72,
        haze=0.055,
        cover=0.06,
    )


def _day() -> Light:
    return Light(
        hour=Hour.DAY,
        key=(-58, 40),
        disc=(-62, 44),
        direct=_rgb(2.25, 2.05, 1.74),
        sky=_rgb(0.17, 0.27, 0.46),
        bounce=_rgb(0.07, 0.07, 0.07),
        palette=Palette(
            _hex("1f55a5"),
            _hex("5f9bd6"),
            _hex("bcd8ee"),
            _srgb(255, 244, 220, times=0.8),
            _srgb(255, 252, 246, times=1.15),
            _srgb(168, 182, 204, times=0.9),
        ),
        fog=_hex("a9c4de", 0.75),
        glow=_srgb(255, 240, 214, times=0.30),
        deep=_rgb(0.008, 0.055, 0.068),
        needles=((20, 30, 22), (92, 112, 62), (52, 70, 44)),
        grade=Grade(exposure=0.88, saturation=1.08, lift=(0.008, 0.010, 0.014), gain=(1.01, 1.0, 0.98)),
        mist=0.16,
        haze=0.030,
        cover=0.02,
    )


def _dusk() -> Light:
    return Light(
        hour=Hour.DUSK,
        key=(64, 9),
        disc=(27, 5),
        direct=_rgb(3.3, 1.15, 0.50),
        sky=_rgb(0.105, 0.115, 0.245),
        bounce=_rgb(0.06, 0.035, 0.045),
        palette=Palette(
            _hex("1c2a58"),
            _hex("62628f"),
            _hex("e8915c", 0.85),
            _srgb(255, 122, 50, times=1.0),
            _srgb(255, 138, 92, times=0.85),
            _srgb(84, 76, 112, times=0.6),
        ),
        fog=_hex("6d6a8c", 0.42),
        glow=_srgb(255, 124, 58, times=0.5),
        deep=_rgb(0.012, 0.018, 0.040),
        needles=((15, 15, 22), (84, 52, 46), (44, 37, 42)),
        grade=Grade(exposure=1.05, lift=(0.014, 0.008, 0.024), gain=(1.03, 0.98, 0.96)),
        mist=0.42,
        haze=0.055,
        cover=0.10,
    )


def _night() -> Light:
    return Light(
        hour=Hour.NIGHT,
        key=(58, 34),
        disc=(17, 16),
        direct=_rgb(0.30, 0.42, 0.66),
        sky=_rgb(0.030, 0.048, 0.098),
        bounce=_rgb(0.010, 0.014, 0.022),
        palette=Palette(
            _hex("050a1c"),
            _hex("0b1736"),
            _hex("1d3158"),
            _srgb(190, 208, 245, times=0.085),
            _srgb(110, 130, 172, times=0.55),
            _srgb(24, 34, 60, times=0.6),
        ),
        fog=_hex("34486e", 0.42),
        glow=_srgb(150, 175, 220, times=0.06),
        deep=_rgb(0.003, 0.007, 0.016),
        needles=((7, 10, 17), (44, 56, 78), (22, 29, 42)),
        grade=Grade(exposure=0.8, bloom=0.5, saturation=0.95, lift=(0.008, 0.012, 0.026), gain=(0.97, 0.99, 1.04)),
        mist=0.45,
        haze=0.050,
        cover=-0.10,
        stars=1.0,
    )


_HOURS = {Hour.DAWN: _dawn, Hour.DAY: _day, Hour.DUSK: _dusk, Hour.NIGHT: _night}


def light_for(brief: Brief, otherwise: Hour = Hour.DAWN) -> Light:
    """The light that a brief asks for, at the hour `otherwise` when it names none."""
    light = _HOURS[brief.hour or otherwise]()
    if "mist" in brief.weather:
        light = replace(light, mist=min(light.mist + 0.38, 1.15), haze=light.haze * 1.35)
    if "clouds" in brief.weather:
        light = replace(light, cover=light.cover + 0.16, stars=light.stars * 0.4)
    for falling, veil in (("snow", 0.62), ("rain", 0.8)):
        if falling in brief.weather:
            light = replace(_overcast(light, veil), falling=falling)
    return _toned(light, brief.tone)


def daylight_of(light: Light, usual: Daylight, clear: float) -> Daylight:
    """The same for all else that stands in it: the hour's `usual` one under this sky, with air `clear` so far."""
    azimuth, elevation = light.disc
    air = light.fog * np.float32(1.05)
    return replace(
        usual, sky=light.palette, azimuth=azimuth, elevation=elevation, air=air.astype(np.float32), clear=clear,
        cover=light.cover, stars=light.stars, grade=light.grade,
    )  # fmt: skip


def _overcast(light: Light, veil: float) -> Light:
    """Under a closed sky the sun is dimmed, shadows fill, colours grey and distance fades."""
    palette = light.palette
    grey = float(palette.horizon.mean() + palette.middle.mean()) / 2 * np.array((0.93, 0.99, 1.09), np.float32)

    def greyed(colour: Colour, part: float = 0.75) -> Colour:
        return colour + (grey * float(colour.mean() / max(grey.mean(), 1e-4)) - colour) * np.float32(part * veil)

    return replace(
        light,
        direct=greyed(light.direct, 0.8) * np.float32(1 - 0.72 * veil),
        sky=greyed(light.sky, 0.6) * np.float32(1 + 0.35 * veil),
        palette=Palette(
            greyed(palette.zenith + (grey - palette.zenith) * np.float32(0.5 * veil)),
            greyed(palette.middle) * np.float32(1 - 0.25 * veil),
            greyed(palette.horizon) * np.float32(1 - 0.35 * veil),
            palette.sun * np.float32(1 - 0.85 * veil),
            greyed(palette.cloud_light) * np.float32(1 - 0.55 * veil),
            greyed(palette.cloud_shade),
        ),
        fog=greyed(light.fog) * np.float32(1 - 0.12 * veil),
        glow=light.glow * np.float32(1 - 0.8 * veil),
        mist=light.mist + 0.12,
        haze=light.haze * 1.8 + 0.02,
        cover=light.cover + 0.22,
        stars=0.0,
        needles=(light.needles[0], light.needles[2], light.needles[2]),
        grade=replace(
            light.grade,
            saturation=light.grade.saturation - 0.15 * veil,
            exposure=light.grade.exposure * (1 - 0.2 * veil),
        ),
    )


def _toned(light: Light, tone: str | None) -> Light:
    if tone is None:
        return light
    warm = 1.0 if tone == "warm" else -1.0
    red, green, blue = light.grade.gain
    gain = (red * (1 + 0.022 * warm), green * (1 + 0.002 * warm), blue * (1 - 0.035 * warm))
    tint = np.array((1 + 0.05 * warm, 1.0, 1 - 0.06 * warm), np.float32)
    return replace(light, direct=light.direct * tint, glow=light.glow * tint, grade=replace(light.grade, gain=gain))
