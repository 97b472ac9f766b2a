"""A site in, roads out: one that runs across the frame for those who drive by, and one that runs to the horizon.

A road is painted in perspective on flats, each strip standing as far away as it lies. Knows no place.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.parts.grain import grain, smooth
from openhorse.engines.procedural.parts.model import SNOW, Colour, is_snowy
from openhorse.engines.procedural.world.scenery import Flat, Site

Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Road:
    """A road across: its near and far edge (metres ahead), its surface, its marks; `dashed` is the middle line."""

    near: float
    far: float
    surface: Colour
    mark: Colour
    dashed: bool = True
    edges: bool = True


def lit_ground(site: Site) -> Colour:
    """Light on level ground."""
    up = max(0.18, float(site.light.towards[1]))
    return site.light.key * np.float32(0.25 + 0.6 * up) + site.light.ambient


def across(site: Site, road: Road) -> tuple[Flat, ...]:
    """The road from left to right, in strips; seamless to both sides."""
    lens = site.lens
    count = max(4, math.ceil(math.log(road.far / road.near) / 0.09))
    edges = np.geomspace(road.near, road.far, count + 1)
    flats = [_strip(site, road, float(a), float(b)) for a, b in itertools.pairwise(edges)]
    middle = math.sqrt(road.near * road.far)
    thick = 0.016 * (road.far - road.near) + 0.02
    if road.dashed:
        flats.append(_line(site, road, middle, thick, True))
    if road.edges:
        flats += [_line(site, road, z, thick, False) for z in (road.near * 1.06, road.far * 0.95)]
    return tuple(flat for flat in flats if lens.row(flat.z) < lens.height * 1.3)


def _strip(site: Site, road: Road, near: float, far: float) -> Flat:
    """The surface between two distances, a little ragged at the road's own edges."""
    lens, z = site.lens, near
    metre = min(site.fine(z), 1.2 * lens.metre(z))
    tall = lens.eye * (1 - z / far)
    period = 1.6 * lens.reach(z)
    width, height = math.ceil(period * metre), max(2, math.ceil(tall * metre) + 2)
    random = site.random(f"asphalt {near:.2f}")
    speck = grain((width, height), (width / 3, max(1, height / 2)), random, 2)
    broad = grain((width, height), (period / 2.5, 1), random, 3)
    picture = road.surface * (1 + np.float32(0.06) * speck + np.float32(0.10) * broad)[..., None]
    # wheels polish two tracks
    part = (math.sqrt(near * far) - road.near) / (road.far - road.near)
    track = 0.10 * math.exp(-(((part % 0.5) - 0.25) ** 2) / 0.006)
    picture = picture * np.float32(1 - track)
    if is_snowy(site):
        cover = smooth(-0.4, 0.8, 0.5 * broad + 0.3 * speck + np.float32(0.55 - 9 * track))
        picture = picture + (SNOW - picture) * (0.85 * cover)[..., None]
    if site.shot.brief.weather & {"rain", "after-rain"}:
        picture = picture * np.float32(0.6)
    # what is mirrored on wet ground shows through
    wet = bool(site.shot.brief.weather & {"rain", "after-rain"})
    alpha = np.full((height, width, 1), 0.7 if wet else 1.0, np.float32)
    picture = picture * lit_ground(site)
    return Flat(np.dstack([picture * alpha, alpha]).astype(np.float32), width / period, 0.0, z, -0.002, period=period)


def _line(site: Site, road: Road, z: float, thick: float, dashed: bool) -> Flat:
    """A painted line across the frame at `z`."""
    lens = site.lens
    metre = min(site.fine(z), 1.2 * lens.metre(z))
    tall = max(1.6 / metre, lens.eye * thick / z * 2.2)
    pitch = 5.0 if dashed else 2.0
    period = pitch * max(1, math.ceil(1.6 * lens.reach(z) / pitch)) if not dashed else pitch
    width, height = math.ceil(period * metre), max(2, math.ceil(tall * metre))
    x = (np.arange(width, dtype=np.float32) / width * period).astype(np.float32)
    on = np.ones(width, np.float32)
    if dashed:
        on = smooth(0.0, 0.04, x - 0.2) * smooth(0.0, 0.04, 2.6 - x)
    worn = smooth(-0.9, 0.1, grain((width, height), (max(2.0, period), 2), site.random(f"line {z:.2f}"), 4))
    cover = (on[None, :] * (0.55 + 0.4 * worn)).astype(np.float32)
    if is_snowy(site):
        cover = cover * np.float32(0.25)
    picture = cover[..., None] * road.mark * lit_ground(site)
    return Flat(np.dstack([picture, cover]).astype(np.float32), width / period, 0.0, z - 0.01, 0.0, period=period)


@dataclass(frozen=True, slots=True)
class Avenue:
    """A road to the horizon: half its width, how far right its middle is here, its surface and marks; how it winds."""

    half: float
    x: float
    surface: Colour
    mark: Colour
    shoulder: Colour
    wind: float = 0.0


def ahead(site: Site, road: Avenue) -> Flat:
    """The road to the horizon as one flat: under a push-in it maps onto itself, as ground does about where it ends."""
    lens = site.lens
    z = lens.nearest * 1.5
    rows = math.ceil(lens.height - lens.horizon) + 8
    wide = math.ceil(1.5 * lens.width)
    y = np.arange(rows, dtype=np.float32)[:, None] + 0.7
    far = lens.focal * lens.eye / y
    bend = road.wind * smooth(12.0, 260.0, far) * far * np.float32(0.12) * np.sin(far / np.float32(70.0))
    x = (np.arange(wide, dtype=np.float32)[None, :] - wide / 2 + 0.5) * far / lens.focal - road.x - bend
    cell = far / lens.focal
    random = site.random("avenue")
    ragged = 0.22 * grain((wide, rows), (60, 30), random, 4) * np.minimum(1, 14 / far)
    on = smooth(0.0, 1.0, (road.half - np.abs(x)) / np.maximum(cell, 0.03) + 0.5)
    bank = smooth(0.0, 1.0, (road.half + 0.7 + ragged * 2 - np.abs(x)) / np.maximum(cell, 0.05) + 0.5)
    fine = cv2.resize(grain((512, 256), (200, 100), random, 3), (wide, rows), interpolation=cv2.INTER_CUBIC)
    wheels = np.exp(-((((np.abs(x) - road.half * 0.5) % (road.half)) - 0.0) ** 2) / 0.10)
    picture = road.surface * (1 + np.float32(0.08) * fine - np.float32(0.10) * wheels)[..., None]
    deep = cell * far / lens.eye
    dash = smooth(-0.35, 0.35, np.sin(far * np.float32(math.tau / 7.0)) / np.maximum(1.0, deep * 0.6) + 0.1)
    line = _band(x, 0.0, 0.07, cell) * dash + _band(np.abs(x), road.half - 0.28, 0.06, cell)
    picture = picture + (road.mark - picture) * np.clip(line * 0.85, 0, 1)[..., None]
    picture = road.shoulder + (picture - road.shoulder) * on[..., None]
    if is_snowy(site):
        lies = smooth(-0.3, 0.4, fine + 0.85 - 1.0 * wheels)
        picture = picture + (SNOW - picture) * (0.92 * lies)[..., None]
    if site.shot.brief.weather & {"rain", "after-rain"}:
        picture = picture * np.float32(0.6)
    hidden = 1 - np.exp(-far / site.light.clear)
    picture = picture * lit_ground(site)
    picture = picture + (site.light.air - picture) * hidden[..., None]
    alpha = (bank * np.ones_like(x))[..., None].astype(np.float32)
    layer = np.dstack([picture * alpha, alpha]).astype(np.float32)
    metre = lens.metre(z)
    return Flat(layer, metre, 0.0, z, lens.eye - rows / metre, haze=0.0)


def _band(x: Field, middle: float, half: float, cell: Field) -> Field:
    """1 on a line of that half width, thinner than a pixel as faint as it is thin."""
    wide = np.maximum(cell, half)
    band: Field = (np.clip(1.5 - np.abs(x - middle) / wide, 0, 1) * np.minimum(1.0, half / cell)).astype(np.float32)
    return band


def beside(site: Site, make: Callable[[float, float], Flat], spots: list[float], off: float) -> list[Flat]:
    """Things at both sides of a road to the horizon, `off` metres from its middle, at those distances."""
    return [make(side * off, z) for z in spots for side in (-1.0, 1.0)]
