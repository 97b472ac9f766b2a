"""A site in, a lake's shore out: level water that mirrors mountains, or a pond with lilies. Knows no camera."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.alps.border import bare, border
from openhorse.engines.procedural.alps.light import Light, daylight_of, light_for
from openhorse.engines.procedural.alps.ranges import Stand, ranges
from openhorse.engines.procedural.brief import Hour
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.strips import beside
from openhorse.engines.procedural.parts.grass import Sward, edge, fringe, patches, sward_of, swaths, turf
from openhorse.engines.procedural.parts.land import Range, downs, veil
from openhorse.engines.procedural.parts.rocks import GREY, boulders
from openhorse.engines.procedural.parts.seasons import ground_light, is_snowy
from openhorse.engines.procedural.parts.trees import planted, shade_under, woods
from openhorse.engines.procedural.score import Bed, Mood
from openhorse.engines.procedural.world.scenery import Flat, Floor, Growth, Pool, Scenery, Site

_REEDS = Sward(linear(58, 78, 34), linear(168, 170, 90), (("reed", linear(86, 54, 30)),), 0.6, 1.0, 13, 0.9)
_GREEN = linear(18, 48, 52)
_HIGH = 0.052
"""How high over the water a lake is seen from, in units of its mountains: so high that its headlands part."""
_UNIT = 160.0
"""Metres a unit of the mountains is where somebody is there to be larger than they are."""
_FLAT = (0.34, 0.22, 0.14, 0.09, 0.06)
"""How flat the pictures of lily pads are."""
_POND = ("pond", "lotus", "lily", "lilies")


def paint(site: Site) -> Scenery:
    """A lake below mountains, or a pond with lilies where the variety names one."""
    if any(word in (site.shot.brief.variety or "") for word in _POND):
        return _pond(site)
    light = light_for(site.shot.brief)
    if bare(site):
        unit = site.lens.eye / _HIGH
        # carving the mountains takes one core a second
        begun = beside(border, site, light, 2.0 * unit)
        lake = _lake(site, light, unit)
        return replace(lake, flats=(*lake.flats, *begun.result()))
    if site.afloat is not None and len(site.shot.brief.cast) == 1 and not site.shot.brief.features:
        return _lake(site, light, _UNIT)
    return _lakeside(site, light)


def _lake(site: Site, light: Light, unit: float) -> Scenery:
    """Nothing but water before mountains; `unit` is metres a unit of the mountains."""
    return Scenery(
        says=_says(site, light),
        flats=ranges(site, light, Stand(unit)),
        pool=Pool(0.0, 40 * unit, light.deep, 0.18 * _ruffled(site)),
        light=daylight_of(light, site.light, 11 * unit / (0.3 + light.mist)),
        vista=1.55 * unit,
        mist=unit >= _UNIT,
        beds=_beds(light),
        space="valley",
        mood=_mood(light),
    )


def _lakeside(site: Site, light: Light) -> Scenery:
    """The same mountains from the shore, where somebody stands, or on the water before it."""
    near = site.shore(8.0)
    site = replace(site, light=daylight_of(light, site.light, 11 * _UNIT / (0.3 + light.mist)))
    sward = sward_of(site)
    return Scenery(
        says=_says(site, light),
        flats=(
            *ranges(site, light, Stand(_UNIT)), *_shore(site, near),
            *swaths(site, sward, 10, 0.12, 0.82 * near), edge(site, sward, 0.91 * near, 0.28),
        ),
        floor=Floor(turf(site, sward, 0.6), 4.5, patches(site), 60.0),
        pool=Pool(near, 6000.0, light.deep, 0.18 * _ruffled(site), 0.0, 1.4, 0.12),
        light=site.light,
        stage=(2.2, 0.84 * near),
        beds=_beds(light),
        space="valley",
        mood=_mood(light),
    )  # fmt: skip


def _pond(site: Site) -> Scenery:
    near = site.shore(6.2)
    sward = sward_of(site)
    return Scenery(
        says="a lily pond",
        flats=(
            *_garden(site), *_shore(site, near),
            *swaths(site, sward, 10, 0.12, 0.82 * near), edge(site, sward, 0.91 * near, 0.28),
        ),
        floor=Floor(turf(site, sward, 0.6), 4.5, patches(site), 60.0),
        pool=Pool(near, 32.0, _GREEN, 0.26, 0.0, 1.4, 0.12),
        growths=() if is_snowy(site) else (_lilies(site, near),),
        stage=(2.2, 0.84 * near),
        beds=(Bed("lapping", 0.3), Bed("birds", 0.14)),
        space="open",
        mood="tender",
    )  # fmt: skip


def _ruffled(site: Site) -> float:
    return 1.7 if "wind" in site.shot.brief.weather else 1.0


def _says(site: Site, light: Light) -> str:
    hour = {Hour.DAWN: "at dawn", Hour.DAY: "by day", Hour.DUSK: "at dusk", Hour.NIGHT: "by night"}
    weather = {"snow": ", in falling snow", "rain": ", in the rain"}.get(light.falling, "")
    mist = ", in mist" if light.mist > 0.75 and not weather else ""
    return f"a mountain lake {hour[site.shot.brief.hour or Hour.DAWN]}{weather}{mist}"


def _beds(light: Light) -> tuple[Bed, ...]:
    """Water and wind always; the birds of the hour where nothing falls."""
    birds = {Hour.DAWN: 0.3, Hour.DAY: 0.25, Hour.DUSK: 0.12, Hour.NIGHT: 0.0}[light.hour]
    if light.falling:
        birds = 0.0
    return (Bed("lapping", 0.4, period=5.2), Bed("wind", 0.4, period=7.0), *([Bed("birds", birds)] if birds else []))


def _mood(light: Light) -> Mood:
    return "calm" if light.hour in (Hour.DUSK, Hour.NIGHT) else "vast"


def _garden(site: Site) -> tuple[Flat, ...]:
    """Willows and reeds round a pond."""
    lens = site.lens
    rise = lens.horizon / lens.focal
    flats = [
        downs(site, Range(1800.0, 1800 * 0.22 * rise, 110, 0.2, 0.3, haze=veil(site, 1800.0, 0.3)), 2.4, 0.9),
        woods(site, ("oak", "birch", "willow"), 110.0, 11.0, 0.30),
        woods(site, ("oak", "bush", "willow"), 56.0, 6.5, 0.6, "garden"),
        woods(site, ("bush",), 33.2, 1.3, 0.7, "bank"),
    ]
    for part, z, tall in ((0.36, 35.0, 10.0), (-0.38, 37.0, 9.0)):
        spot = (part * lens.reach(z), z)
        flats += [planted("willow", site, spot, tall), shade_under(site, spot, 8.0)]
    return tuple(flats)


def _shore(site: Site, near: float) -> tuple[Flat, ...]:
    """Reeds, stones and one tree at the side."""
    random = site.random("shore")
    lens = site.lens
    side = 1.0 if site.shot.seed % 2 else -1.0
    flats = []
    for k in range(8):
        part = (k + float(random.uniform(0.1, 0.9))) / 8 * 1.3 - 0.65
        z = near * float(random.uniform(0.96, 1.05))
        flats.append(boulders(site, (part * lens.reach(z), z), float(random.uniform(0.35, 0.9)), f"edge {k}", GREY, 4))
    small = min(1.0, near / 6.0)  # near the water they would hide it
    for k, (part, wide) in enumerate(((0.40, 2.2), (0.52, 2.4), (-0.52, 1.9))):
        z = near * (0.98 - 0.03 * k)
        flats.append(fringe(site, _REEDS, (side * part * lens.reach(z), z), (wide * small, 1.4 * small), f"reeds {k}"))
    z = 1.2 * lens.nearest
    for k, part in enumerate((-0.46, 0.5)):
        size = (0.26 * lens.reach(z), 0.38 * lens.eye)
        flats.append(fringe(site, sward_of(site), (part * lens.reach(z), z), size, f"side {k}"))
    if near > 7:
        for part, z, tall in ((-0.45, 13.0, 6.0), (-0.54, 10.5, 6.6)):
            flats.append(planted("spruce", site, (side * part * lens.reach(z), z), tall))
    return tuple(flats)


def _lilies(site: Site, near: float) -> Growth:
    """Lily pads and lotus flowers that lie on the water."""
    random = site.random("lilies")
    light = ground_light(site.light)
    pictures = np.stack([_pad(random, light, flat) for flat in _FLAT] + [_lotus(random, light) for _ in range(2)])
    period = max(20.0, 1.6 * site.lens.reach(24.0))
    count = 420
    z = near + 0.9 + (29.0 - near) * random.uniform(0, 1, count) ** 1.5
    x = random.uniform(0, period, count)
    # they lie in flocks
    keep = np.sin(x * 0.55 + 2 * np.sin(z * 0.4)) + np.sin(z * 0.8 + x * 0.2) > 0.1
    # a pad seen from the eye's height is as flat as its distance makes it
    pad = np.abs(np.log(site.lens.eye / z)[:, None] - np.log(_FLAT)).argmin(axis=1)
    kind = np.where(random.random(count) < 0.86, pad, random.integers(len(_FLAT), len(_FLAT) + 2, count))
    tall = np.where(kind < len(_FLAT), random.uniform(0.28, 0.48, count), 0.40)
    places = np.stack([x, z, tall, kind], 1)[keep]
    return Growth(pictures, places.astype(np.float32), period)


def _pad(random: np.random.Generator, light: NDArray[np.float32], flat: float) -> NDArray[np.float32]:
    """A round leaf with its notch, seen aslant: `flat` times as high as wide."""
    side, fine = 64, 4
    ink = np.zeros((side * fine, 2 * side * fine, 4), np.float32)
    wide = 0.86 * side * fine
    centre = (side * fine, round(0.96 * side * fine - flat * wide))
    axes = (round(wide), max(2, round(flat * wide)))
    notch = int(random.integers(0, 360))
    colour = (linear(58, 106, 46) + (linear(112, 148, 66) - linear(58, 106, 46)) * random.random()) * light
    dark = (*map(float, colour * 0.35), 1.0)
    cv2.ellipse(ink, (centre[0], centre[1] + 5), axes, 0, notch, notch + 334, dark, -1)
    cv2.ellipse(ink, centre, axes, 0, notch, notch + 334, (*map(float, colour), 1.0), -1)
    for angle in range(notch + 16, notch + 330, 24):
        tip = (
            round(centre[0] + 0.9 * axes[0] * np.cos(np.radians(angle))),
            round(centre[1] + 0.9 * axes[1] * np.sin(np.radians(angle))),
        )
        cv2.line(ink, centre, tip, (*map(float, colour * 1.25), 1.0), 3)
    return _small(ink, side)


def _lotus(random: np.random.Generator, light: NDArray[np.float32]) -> NDArray[np.float32]:
    """A lotus flower: pointed petals, the outer ones lower."""
    side, fine = 64, 4
    ink = np.zeros((side * fine, 2 * side * fine, 4), np.float32)
    foot = np.array((side * fine, 0.94 * side * fine))
    for row, (long, spread, gain) in enumerate(((0.62, 1.25, 0.75), (0.72, 0.85, 0.9), (0.76, 0.4, 1.05))):
        for angle in np.linspace(-spread, spread, 7 - 2 * row):
            way = np.array((np.sin(angle), -np.cos(angle)))
            aside = np.array((-way[1], way[0])) * 0.10 * side * fine
            tip = foot + way * long * side * fine
            middle = foot + way * 0.55 * long * side * fine
            points = np.rint([foot, middle + aside, tip, middle - aside]).astype(np.int32)
            tone = (linear(246, 170, 196) * random.uniform(0.85, 1.1)) * light * gain
            cv2.fillPoly(ink, [points], (*map(float, tone), 1.0))
    return _small(ink, side)


def _small(ink: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    small = cv2.resize(ink, (2 * side, side), interpolation=cv2.INTER_AREA)
    small[:2], small[:, :2], small[:, -2:] = 0, 0, 0
    return np.asarray(small, np.float32)
