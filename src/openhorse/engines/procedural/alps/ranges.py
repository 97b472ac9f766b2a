"""A site and a lie of the land in, its mountains out: ranges, wooded headlands and banks of mist, each a flat.

They are carved, lit and painted once; a frame only lays them over one another. Knows no place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from openhorse.engines.procedural.alps.forest import Forest
from openhorse.engines.procedural.alps.light import Light
from openhorse.engines.procedural.alps.prospect import Air, Camera, Prospect, breathe, prospect
from openhorse.engines.procedural.alps.terrain import Sunlight, Terrain
from openhorse.engines.procedural.alps.valley import Valley
from openhorse.engines.procedural.brief import Move, Season
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.grain import grain, layer_of, smooth
from openhorse.engines.procedural.parts.seasons import is_snowy
from openhorse.engines.procedural.parts.spruces import Needles
from openhorse.engines.procedural.world.scenery import Flat, Site

_RANGES = (
    # from, to and standing at, in units ahead: headlands, the far shore, its slopes, the peaks
    (1.15, 2.35, 2.3),
    (2.35, 3.6, 3.1),
    (3.6, 5.6, 4.9),
    (5.6, 12.6, 6.3),
)
_BANKS = (
    # ahead, half as high, units; strength, drift: mist before each range, and rags of it on the water
    (5.5, 0.220, 0.50, 0.030),
    (3.55, 0.070, 0.66, 0.030),
    (2.60, 0.026, 0.75, 0.040),
    (2.28, 0.016, 0.50, 0.045),
)
_OVERLAP = 0.5
"""How far a range goes on behind the next one, which a camera that goes aside would else see the cut of."""
_FINE = 1.1
"""Pixels painted for one of the frame: a camera that pushes in comes that much nearer."""
_MARGINS = {
    Move.PAN_LEFT: 0.24, Move.PAN_RIGHT: 0.24, Move.ORBIT_LEFT: 0.2, Move.ORBIT_RIGHT: 0.2,
    Move.TRACK_LEFT: 0.26, Move.TRACK_RIGHT: 0.26,
}  # fmt: skip
"""How far beyond the frame's sides the land goes on, in frame widths."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How mountains stand: metres a unit of theirs is (they begin two units ahead), and their part of the sky."""

    metres: float
    part: float = 0.8


def ranges(site: Site, light: Light, stand: Stand) -> tuple[Flat, ...]:
    """A valley's ranges and the mist between them, all that the site's lens sees of them."""
    terrain = Terrain(_valley(site, stand), _sunlight(light))
    forest = Forest(terrain, site.random("forest"), *needles(site, light))
    camera, size = _camera(site, stand)
    air = Air(light.haze, light.fog, light.glow, light.towards(light.disc))
    flats = []
    for near, far, at in _RANGES:
        reach = near, far + _OVERLAP
        seen = prospect(terrain, camera, size, reach)
        forest.draw(seen, camera, reach)
        breathe(seen, camera, air)
        flats.append(_standing(seen, camera, at, stand.metres))
    return (*flats, *(_bank(site, light, stand, k) for k in range(len(_BANKS))))


def _valley(site: Site, stand: Stand) -> Valley:
    lens, random = site.lens, np.random.default_rng((site.shot.seed, 5))
    snowing, season = is_snowy(site), site.shot.brief.season
    summery = season is Season.SUMMER
    margin = _MARGINS.get(site.shot.brief.move or Move.PUSH_IN, 0.0)
    return Valley(
        seed=site.shot.seed,
        half_width=(0.46 + margin) * lens.width / lens.focal,
        summit=min(0.34, stand.part * lens.horizon / lens.focal),
        side=float(random.choice((-1, 1)) * random.uniform(0.24, 0.42)),
        snow_line=0.24 if snowing else 0.62 if summery else 0.33,
        tree_line=0.33 if summery else 0.27,
        dusting=0.85 if snowing else 0.0,
    )


def _sunlight(light: Light) -> Sunlight:
    return Sunlight(light.towards(light.key), light.direct, light.sky, light.bounce)


def _snow_colour(light: Light) -> tuple[float, float, float]:
    """Snow under this light, as sRGB 0…255 for the painter."""
    lit = np.clip((light.sky * 0.9 + light.direct * 0.16) * 0.85, 0, 1) ** (1 / 2.2) * 255
    return float(lit[0]), float(lit[1]), float(lit[2])


def needles(site: Site, light: Light) -> tuple[Needles, Needles]:
    """Of conifers in the sun, and of such in the mountains' shadow."""
    shade, lit, dull = light.needles
    white, snow = _snow_colour(light), 0.75 if is_snowy(site) else 0.0
    dim = 0.7 * white[0], 0.7 * white[1], 0.7 * white[2]
    side = math.copysign(1.0, light.key[0])
    return Needles(shade, lit, white, side, snow, 0.9), Needles(shade, dull, dim, side, snow, 0.5)


def _camera(site: Site, stand: Stand) -> tuple[Camera, tuple[int, int]]:
    """What the land is looked at with, and how many columns and rows of it there are."""
    lens = site.lens
    margin = 0.05 + _MARGINS.get(site.shot.brief.move or Move.PUSH_IN, 0.0)
    width = math.ceil(lens.width * (1 + 2 * margin) * _FINE)
    height = lens.eye / stand.metres
    lowest = lens.horizon + lens.focal * height / _RANGES[0][0]
    focal = lens.focal * _FINE
    return Camera(focal, width / 2, lens.horizon * _FINE, height), (width, math.ceil(lowest * _FINE) + 4)


def _standing(seen: Prospect, camera: Camera, at: float, metres: float) -> Flat:
    """What is seen of a range as a flat, of the rows alone on which there is anything."""
    rows = np.flatnonzero(seen.land[3].max(axis=1) > 0.004)
    first, last = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 1)
    layer: Layer = np.ascontiguousarray(seen.land[:, first:last].transpose(1, 2, 0))
    foot = camera.height - (last - camera.horizon_y) * at / camera.focal
    return Flat(layer, camera.focal / (at * metres), 0.0, at * metres, foot * metres, haze=0.0)


def _bank(site: Site, light: Light, stand: Stand, number: int) -> Flat:
    """A bank of mist that drifts before a range: thick where it lies, torn above."""
    at, half, strength, drift = _BANKS[number]
    z, tall = at * stand.metres, 2.2 * half * (0.72 + 0.5 * light.mist) * stand.metres
    random = site.random(f"bank {number}")
    wide = 1.7 * site.lens.reach(z)
    metre = 560 / wide
    width, height = 560, max(6, math.ceil(tall * metre))
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    wisps = grain((width, height), (6, 2.2), random, 5)
    body = np.clip(0.72 + 0.9 * wisps - 1.25 * np.clip((up - 0.25) / 0.75, 0, None) ** 2 * (1 - 0.5 * wisps), 0, 1)
    cover = body * smooth(0.0, 0.22, up) * smooth(1.0, 0.8, up) * np.float32(min(strength * light.mist, 0.97))
    colour = (light.fog * np.float32(1.1) + light.glow * np.float32(0.04)) * (1 + 0.10 * wisps[..., None])
    layer = layer_of(colour.astype(np.float32), cover.astype(np.float32))
    return Flat(layer, metre, 0.0, z, -0.22 * tall, period=wide, drift=drift * stand.metres * 0.5, haze=0.0)
