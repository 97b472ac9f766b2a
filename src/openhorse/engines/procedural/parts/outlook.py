"""A site in, what is seen through a window out: a garden, a city, and drops on the panes. Knows no room."""

from __future__ import annotations

import math

import cv2
import numpy as np

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grain import grain, layer_of, mixed, smooth
from openhorse.engines.procedural.parts.model import SNOW, Colour, is_snowy
from openhorse.engines.procedural.parts.towers import Row, towers
from openhorse.engines.procedural.world.scenery import Flat, Site

_LEAVES = {
    Season.SPRING: (linear(70, 110, 50), linear(214, 170, 186)),
    Season.SUMMER: (linear(40, 74, 34), linear(128, 156, 70)),
    Season.AUTUMN: (linear(120, 62, 30), linear(222, 150, 60)),
    Season.WINTER: (linear(96, 96, 104), linear(220, 226, 236)),
}


def garden(site: Site, z: float, wide: float) -> tuple[Flat, ...]:
    """Shrubs just outside and trees behind them, softer than what is in the room; `wide` metres of them are seen."""
    season = site.shot.brief.season or (Season.WINTER if is_snowy(site) else Season.SUMMER)
    dark, light = _LEAVES[season]
    far = _foliage(site, z + 26, 9.0, wide * 4 + 14, (dark * 0.8, light * 0.8), 0.5)
    near = _foliage(site, z + 5, 1.75, wide * 2 + 6, (dark, light), 0.72)
    return far, near


def _foliage(site: Site, z: float, tall: float, wide: float, tones: tuple[Colour, Colour], full: float) -> Flat:
    metre = site.fine(z)
    width, height = math.ceil(wide * metre), math.ceil(tall * metre)
    random = site.random(f"foliage {z:.1f}")
    crown = full + (1 - full) * grain((width, 1), (wide / tall * 1.2, 1), random, 5)[0]
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    leaves = grain((width, height), (wide * 0.5, tall * 0.5), random, 5)
    cover = smooth(-0.03, 0.05, crown[None, :] - up + 0.16 * leaves)
    part = smooth(-0.7, 0.8, leaves * 0.8 + 0.9 * (up - 0.4))
    lit = site.light.ambient * 1.1 + site.light.key * np.float32(0.35)
    picture = mixed(tones[0], tones[1], part)
    if is_snowy(site):
        picture = mixed(picture, SNOW, smooth(0.1, 0.5, leaves + 0.6 * up))
    layer = layer_of((picture * lit).astype(np.float32), cover)
    soft = cv2.GaussianBlur(layer, (0, 0), 0.018 * metre + 0.6)
    return Flat(soft, width / wide, 0.0, z, -0.3, sway=0.05)


def city(site: Site, wide: float) -> tuple[Flat, ...]:
    """Towers at two distances, as from a high floor; `wide` is the visible part of the view in frame widths."""
    flats = []
    for k, (z, tall, lit) in enumerate(((900.0, 330.0, 0.35), (420.0, 130.0, 0.4))):
        metre = site.fine(z)
        reach = site.lens.reach(z) * wide
        row = Row(reach, tall, metre, max(4, round(12 * wide)), (0.3, 0.95), lit)
        layer = towers(row, site.light, site.random(f"outlook {k}"))
        flats.append(Flat(layer, metre, 0.0, z, -40.0 if k == 0 else -30.0, period=layer.shape[1] / metre, haze=0.7))
    return tuple(flats)


def drops(site: Site, at: tuple[float, float, float, float], z: float) -> Flat:
    """Rain on a pane: its left end and foot (metres), width and height. Beads and the tracks they leave."""
    x, y, wide, tall = at
    metre = site.fine(z)
    width, height = max(8, math.ceil(wide * metre)), max(8, math.ceil(tall * metre))
    random = site.random(f"drops {x:.2f}")
    light = np.zeros((height, width), np.float32)
    for _ in range(round(220 * wide * tall)):
        px, py, radius = random.uniform(0, width), random.uniform(0, height), random.uniform(0.004, 0.013) * metre
        shine = float(random.uniform(0.25, 1.0))
        centre = (round(px * 8), round(py * 8))
        cv2.circle(light, centre, max(4, round(radius * 8)), 0.4 * shine, -1, cv2.LINE_AA, 3)
        cv2.circle(
            light, (centre[0], centre[1] + round(radius * 4)), max(3, round(radius * 4)), shine, -1, cv2.LINE_AA, 3
        )
        if random.random() < 0.22:
            top = (round(px + random.normal(0, 2)), round(py - random.uniform(0.08, 0.5) * metre))
            cv2.line(light, top, (round(px), round(py)), 0.22 * shine, 1, cv2.LINE_AA)
    sky = site.light.sky.horizon * np.float32(0.30) + site.light.ambient * np.float32(0.3)
    sky = sky + linear(255, 190, 120) * np.float32(0.10 * site.light.lamps)
    layer = np.dstack([light[..., None] * sky, 0.25 * np.minimum(light, 1)]).astype(np.float32)
    return Flat(layer, width / wide, x + wide / 2, z, y, haze=0.0)
