"""A site in, the polar ice out: snow that the wind has combed, a glacier's blue walls, peaks. Knows no camera."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.coast import berg
from openhorse.engines.procedural.parts.grain import grain, mixed, smooth
from openhorse.engines.procedural.parts.land import Range, alps, veil
from openhorse.engines.procedural.parts.mist import bank
from openhorse.engines.procedural.parts.seasons import ground_light
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site, Texture


def paint(site: Site) -> Scenery:
    """A field of ice at the site's hour; there it is always winter."""
    white = replace(site, shot=replace(site.shot, brief=replace(site.shot.brief, season=Season.WINTER)))
    rise = site.lens.horizon / site.lens.focal
    far = (
        alps(white, Range(16000.0, 16000 * 0.62 * rise, 120, 0.1, 0.5, "ice", haze=veil(site, 16000.0, 0.52)), 4, 0.0),
        bank(site, 9000.0, 9000 * 0.16 * rise, 0.0, 0.6, 3.0, "ice"),
    )
    return Scenery(
        says="a field of ice before blue glaciers",
        flats=(*far, *_walls(site), *_hummocks(site)),
        floor=Floor(_snow(site), 6.0, _blue(site), 46.0, 0.08, "step-snow"),
        stage=(2.2, 16.0),
        beds=(Bed("wind", 0.5),),
        space="open",
        surface="ground",
        mood="vast",
    )


def _walls(site: Site) -> tuple[Flat, ...]:
    """The glacier's edge at both sides, one wall behind the other."""
    random, lens, flats = site.random("ice walls"), site.lens, list[Flat]()
    side = 1.0 if random.random() < 0.5 else -1.0
    for k, (z, across, share, tall) in enumerate(
        ((1900.0, 0.10, 1.1, 0.20), (900.0, -0.40, 0.62, 0.26), (420.0, 0.44, 0.46, 0.30), (150.0, -0.50, 0.30, 0.24))
    ):
        metre = min(site.fine(z), 1.0 * lens.metre(z))
        wide, high = share * lens.reach(z), tall * lens.horizon / lens.metre(z)
        layer = berg(math.ceil(wide * metre), max(8, math.ceil(high * metre)), site.light, random)
        flats.append(Flat(layer, metre, side * across * lens.reach(z), z, -0.02 * high))
        if k < 3:
            flats.append(bank(site, 0.9 * z, 0.06 * z * lens.horizon / lens.focal, 0.0, 0.5, 0.8, f"drift {k}"))
    return tuple(flats)


def _hummocks(site: Site) -> tuple[Flat, ...]:
    """Blocks that the ice has pushed up, small ones near."""
    random, lens, flats = site.random("hummocks"), site.lens, list[Flat]()
    for k in range(11):
        z = float(18.0 * 5.0 ** random.uniform(0, 1))
        high = float(random.uniform(0.012, 0.032)) * z
        wide = high * float(random.uniform(1.6, 3.2))
        metre = min(site.fine(z), 300.0 / wide)
        layer = berg(math.ceil(wide * metre), max(6, math.ceil(high * metre)), site.light, random)
        x = (1 if k % 2 else -1) * float(random.uniform(0.16, 0.55)) * lens.reach(z)
        flats.append(Flat(layer, metre, x, z, -0.04 * high))
    return tuple(flats)


def _snow(site: Site) -> Texture:
    """Snow with the ridges that wind makes, all one way, blue in their lee."""
    random, side = site.random("sastrugi"), 512
    bend = grain((side, side), (3, 3), random, 3)
    y = np.linspace(0, math.tau * 11, side, endpoint=False, dtype=np.float32)[:, None]
    ridge = np.sin(y + 2.6 * bend) * smooth(-0.4, 0.5, grain((side, side), (4, 9), random, 4))
    field = 0.5 + 0.24 * ridge + 0.26 * grain((side, side), (7, 16), random, 5)
    light = ground_light(site.light) * np.float32(0.86)
    return (mixed(linear(150, 182, 214), linear(246, 250, 254), np.clip(field, 0, 1)) * light).astype(np.float32)


def _blue(site: Site) -> Texture:
    """Where the wind has blown the snow away the bare ice is blue."""
    bare = smooth(0.28, 0.62, grain((64, 64), (4, 6), site.random("bare ice"), 4))
    return mixed(np.ones(3, np.float32), np.array((0.50, 0.76, 0.92), np.float32), bare)
