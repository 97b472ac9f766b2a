"""A site in, a cave out: dripstone from the roof and the ground, daylight through its mouth. Knows no camera."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Hour
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.coast import Crag, crag
from openhorse.engines.procedural.parts.grain import grain, mixed, ridge, smooth
from openhorse.engines.procedural.parts.interior import halo
from openhorse.engines.procedural.parts.mist import shafts
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.hours import Daylight, rgb
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_DARK, _LIGHT = linear(70, 58, 50), linear(196, 170, 140)
_ROWS = (26.0, 17.0, 11.5, 8.0, 5.4)


def paint(site: Site) -> Scenery:
    """A cave at the site's hour: its mouth far back lets that hour's light in; crystals shine at night."""
    light = _inside(site.light)
    own = replace(site, light=light)
    flats = [_mouth(own, site.light)]
    for k, z in enumerate(_ROWS):
        flats += [_edge(own, z, k, 1.0), _edge(own, z, k, -1.0)]
    if site.light.hour is not Hour.NIGHT:
        flats.append(shafts(own, 14.0, 9.0, 0.7, 6))
    flats += _crystals(own)
    return Scenery(
        says="a cave of dripstone",
        flats=tuple(flats),
        floor=Floor(_ground(own), 4.0, None, 30.0, 0.30, "step-gravel"),
        sky=False,
        backdrop=np.zeros((3, site.lens.height, site.lens.width), np.float32) + light.air[:, None, None],
        light=light,
        stage=(2.2, 7.5),
        aside=3.0,
        beds=(Bed("drips", 0.5), Bed("room", 0.15)),
        space="canyon",
        surface="ground",
        mood="mysterious",
    )


def _inside(light: Daylight) -> Daylight:
    """The little of the hour's light that comes in, and a warm lamp's beside us."""
    share = {Hour.DAY: 1.0, Hour.DAWN: 0.7, Hour.DUSK: 0.7, Hour.NIGHT: 0.25}[light.hour]
    return replace(
        light,
        key=np.asarray(light.key * np.float32(0.30) + rgb(0.34, 0.24, 0.15), np.float32),
        ambient=np.asarray(rgb(0.035, 0.042, 0.055) * (0.6 + 0.6 * share), np.float32),
        air=np.asarray(rgb(0.020, 0.026, 0.036) * (0.5 + share), np.float32),
        clear=60.0,
        azimuth=20.0,
        elevation=42.0,
        size=0.0,
        cover=-0.4,
        stars=0.0,
        rim=0.8,
        grade=replace(light.grade, exposure=1.05, bloom=0.36, bloom_from=0.7, vignette=1.1),
    )


def _mouth(site: Site, outside: Daylight) -> Flat:
    """The far end: an opening full of the hour's sky, rock about it."""
    z, lens = 40.0, site.lens
    metre = min(site.fine(z), 600.0 / lens.reach(z))
    wide, tall = 1.6 * lens.reach(z), lens.eye + 1.25 * lens.horizon / lens.metre(z)
    width, height = math.ceil(wide * metre), math.ceil(tall * metre)
    random = site.random("mouth")
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (x / width - 0.5) * wide, tall - y / metre
    rough = grain((width, height), (9, 6), random, 5)
    size = 0.34 * (tall - lens.eye)
    far = np.hypot((x - 0.10 * lens.reach(z)) / 1.25, (y - lens.eye - 0.55 * size)) / size + 0.22 * rough
    sky = mixed(outside.sky.horizon, outside.sky.middle, smooth(0.0, 2.0 * size, y - lens.eye))
    rock = mixed(_DARK, _LIGHT, smooth(-0.8, 0.8, rough)) * (
        site.light.ambient * 1.2 + outside.sky.horizon * np.exp(-np.clip(far - 0.9, 0, 9)[..., None] * 3.2) * 0.55
    )
    picture = mixed(
        (sky * np.float32(0.7 if outside.is_night else 1.35)).astype(np.float32),
        rock.astype(np.float32),
        smooth(0.86, 0.98, far),
    )
    layer = np.dstack([picture, np.ones((height, width), np.float32)]).astype(np.float32)
    return Flat(layer, metre, 0.0, z, -0.3, period=width / metre, haze=0.0)


def _edge(site: Site, z: float, number: int, way: float) -> Flat:
    """One ring of the cave: spikes of stone that stand up (way 1) or hang down (−1), taller at the sides."""
    lens, random = site.lens, site.random(f"dripstone {number} {way}")
    metre = min(site.fine(z), 900.0 / lens.reach(z))
    wide = 1.5 * lens.reach(z)
    room = lens.horizon / lens.metre(z) + lens.eye
    tall = (0.52 if way > 0 else 0.80) * room
    width, height = math.ceil(wide * metre), math.ceil(tall * metre)
    x = np.linspace(-1, 1, width, dtype=np.float32) * 1.5
    open_part = 0.62 - 0.05 * number
    side = smooth(open_part, 1.15, np.abs(x)) ** 1.2
    spikes = np.zeros(width, np.float32)
    for _ in range(26):
        at, high = float(random.uniform(-1.5, 1.5)), float(random.uniform(0.10, 0.42)) ** 1.3
        slim = float(random.uniform(0.015, 0.05))
        spikes = np.maximum(spikes, high * np.exp(-np.abs(x - at) / slim).astype(np.float32))
    low = 0.0 if way > 0 else 0.20
    inner = np.float32(0.35 if way > 0 else 1.0)
    line = low + side * 0.95 + spikes * (inner + (1 - inner) * side) + 0.05 * ridge(width, 5, random)
    profile = np.clip(line, 0.01 if way > 0 else 0.05, 1).astype(np.float32)
    layer = crag(Crag(width, height, profile, _DARK, _LIGHT, facets=60), site.light, random)
    if way < 0:
        layer = np.ascontiguousarray(layer[::-1])
        layer[..., :3] *= np.float32(0.75)
        return Flat(layer, metre, 0.0, z + 0.2, room * 1.10 - tall, haze=1.6)
    return Flat(layer, metre, 0.0, z, -0.12, haze=1.6)


def _crystals(site: Site) -> list[Flat]:
    """A faint light between the stones, blue and green, brighter when it is dark outside."""
    random, flats = site.random("crystals"), list[Flat]()
    power = np.float32(0.30 + 0.5 * site.light.lamps)
    for k, (part, z, y) in enumerate(((-0.34, 10.0, 0.5), (0.38, 7.4, 0.4), (0.26, 16.0, 0.8), (-0.42, 6.0, 0.3))):
        tone = (linear(70, 200, 255), linear(90, 255, 190), linear(190, 130, 255))[(k + int(random.integers(3))) % 3]
        x = part * site.lens.reach(z)
        flats.append(halo(x, y, z, 0.05 * site.lens.reach(z), tone * power, 40.0, "pulse"))
    return flats


def _ground(site: Site) -> NDArray[np.float32]:
    """Damp stone, uneven."""
    random, side = site.random("cave floor"), (512, 512)
    rough, fine = grain(side, (7, 7), random, 6), grain(side, (90, 90), random, 2)
    slope = np.gradient(rough, axis=0) * 40
    lit = site.light.ambient * 1.3 + site.light.key * np.clip(0.34 + 0.5 * slope, 0.03, 0.9)[..., None]
    return np.asarray(mixed(_DARK, _LIGHT, smooth(-1, 1.1, rough + 0.3 * fine)) * lit, np.float32)
