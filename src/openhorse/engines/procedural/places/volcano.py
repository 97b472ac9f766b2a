"""A site in, a volcano out: its cone with glowing streams, smoke over its crater, a plain of ash. Knows no camera."""

from __future__ import annotations

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grass import Sward, fringe, patches, turf
from openhorse.engines.procedural.parts.lamps import shine
from openhorse.engines.procedural.parts.land import Range, cone, downs, veil
from openhorse.engines.procedural.parts.mist import bank
from openhorse.engines.procedural.parts.rocks import boulders
from openhorse.engines.procedural.parts.smoke import Plume, rise
from openhorse.engines.procedural.parts.trees import planted
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_BASALT = (linear(26, 24, 26), linear(104, 96, 94))
_ASH = Sward(linear(34, 30, 30), linear(96, 86, 80), (), 0.0, 0.6, 10, 0.8)
_SCRUB = Sward(linear(60, 60, 34), linear(140, 128, 76), (), 0.0, 1.0, 16, 0.8)
_Z = 5200.0


def paint(site: Site) -> Scenery:
    """A volcano that smokes by day and glows by night."""
    lens = site.lens
    tall = _Z * 0.66 * lens.horizon / lens.focal
    at = (0.10 if site.shot.seed % 2 else -0.10) * lens.reach(_Z)
    mountain, mouth = cone(site, Range(_Z, tall, 220, 0.06, 0.35, haze=veil(site, _Z, 0.24)), at)
    low = Range(1700.0, 1700 * 0.10 * lens.horizon / lens.focal, 90, 0.2, 0.3, "foot", haze=veil(site, 1700.0, 0.16))
    return Scenery(
        says="a volcano with smoke over its crater and glowing streams",
        flats=(
            *_smoke(site, at, mouth * tall, tall),
            mountain,
            *_glow(site, at, mouth * tall, tall),
            bank(site, 3800.0, 0.16 * tall, 0.0, 0.5, 3.0),
            downs(site, low, 3.0, 0.3),
            *_near(site),
        ),
        floor=Floor(turf(site, _ASH, 0.7), 5.0, patches(site, 0.35), 60.0, step="step-gravel"),
        stage=(2.2, 14.0),
        beds=(Bed("wind", 0.3), Bed("fire", 0.25, distance=0.8), Bed("thunder", 0.10, distance=1.0)),
        space="valley",
        mood="epic",
    )


def _smoke(site: Site, x: float, y: float, tall: float) -> tuple[Flat, ...]:
    """A great plume that leans with the wind, red from below when it is dark."""
    light = site.light
    grey = linear(150, 140, 138) * (light.ambient * 1.2 + light.key * np.float32(0.35))
    ember = np.array((0.75, 0.16, 0.03), np.float32) * np.float32(0.08 + 0.42 * light.lamps)
    high = rise(site, Plume(x, y, _Z + 30, 0.85 * tall, 0.95 * tall, 0.85, 0.9), grey, 0.4)
    low = rise(site, Plume(x, y - 0.02 * tall, _Z + 20, 0.42 * tall, 0.36 * tall, 0.8, 0.5), grey + ember, 0.4)
    return (*high, *low)


def _glow(site: Site, x: float, y: float, tall: float) -> tuple[Flat, ...]:
    """The crater's light on the smoke above it."""
    colour = np.array((1.0, 0.30, 0.06), np.float32) * np.float32(0.12 + 0.75 * site.light.lamps)
    return (shine(x, y, _Z - 5, 0.30 * tall, colour, lamp="pulse"),)


def _near(site: Site) -> tuple[Flat, ...]:
    """Blocks of lava, a burnt tree and a little scrub on the ash."""
    lens, flats = site.lens, list[Flat]()
    side = 1.0 if site.shot.seed % 2 else -1.0
    spots = ((-0.42, 1.5, 0.20), (0.46, 2.2, 0.24), (0.30, 4.5, 0.10), (-0.28, 8.0, 0.10), (0.14, 16.0, 0.06))
    for k, (part, far, wide) in enumerate(spots):
        z = far * lens.nearest
        size = wide * lens.reach(z)
        flats.append(boulders(site, (side * part * lens.reach(z), z), size, f"lava {k}", _BASALT, 5, 0.0))
    flats.append(planted("dead", site, (-side * 0.36 * lens.reach(26.0), 26.0), 5.5))
    for k, (part, far) in enumerate(((0.38, 1.3), (-0.30, 2.4), (-0.48, 3.6))):
        z, tall = far * lens.nearest, 0.22 * lens.eye
        flats.append(fringe(site, _SCRUB, (side * part * lens.reach(z), z), (1.4 * tall, tall), f"scrub {k}"))
    return tuple(flats)
