"""A site in, a swamp out: dark water between dead trees hung with moss, reeds, mist. Knows no camera and no player."""

from __future__ import annotations

import math

import cv2
import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.grain import grain, smooth
from openhorse.engines.procedural.parts.grass import Sward, edge, fringe, patches, swaths, turf
from openhorse.engines.procedural.parts.mist import bank, shafts
from openhorse.engines.procedural.parts.rocks import boulders
from openhorse.engines.procedural.parts.trees import planted, woods
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Pool, Scenery, Site

_MOSS = Sward(linear(40, 52, 22), linear(126, 134, 62), (("reed", linear(86, 58, 34)),), 0.35, 1.1, 20, 0.9)
_REEDS = Sward(linear(56, 66, 30), linear(150, 150, 80), (("reed", linear(86, 54, 30)),), 0.7, 1.0, 14, 0.8)
_BANK = (linear(50, 54, 34), linear(112, 112, 64))


def paint(site: Site) -> Scenery:
    """A swamp at the site's hour."""
    near = site.shore(6.4)
    return Scenery(
        says="a swamp",
        flats=(
            *_beyond(site), *_trees(site, near), *_islets(site, near), *_rim(site, near),
            *swaths(site, _MOSS, 10, 0.14, 0.85 * near), edge(site, _MOSS, 0.93 * near, 0.26),
        ),
        floor=Floor(turf(site, _MOSS, 0.7), 4.0, patches(site, 0.35), 40.0),
        pool=Pool(near, 62.0, linear(20, 30, 18), 0.16, 0.05, 1.4),
        stage=(2.2, 0.86 * near),
        beds=(Bed("insects", 0.35), Bed("drips", 0.2), Bed("birds", 0.06, distance=0.8)),
        space="wood",
        mood="mysterious",
    )  # fmt: skip


def _beyond(site: Site) -> tuple[Flat, ...]:
    """Walls of wood, each paler in the damp air."""
    rise = site.lens.horizon / site.lens.focal
    flats = [woods(site, ("oak", "willow", "oak"), 150.0, 150 * 0.72 * rise, 0.16, "swamp far")]
    flats.append(bank(site, 130.0, 130 * 0.34 * rise, 0.0, 0.85, 0.2, "swamp"))
    flats.append(woods(site, ("dead", "willow", "oak"), 82.0, 82 * 0.80 * rise, 0.42, "swamp mid"))
    flats.append(woods(site, ("bush",), 64.0, 3.0, 0.6, "swamp bank"))
    flats.append(bank(site, 50.0, 50 * 0.22 * rise, 0.0, 0.5, 0.15, "swamp low"))
    if not site.light.is_night and site.light.cover < 0.3:
        flats.append(shafts(site, 40.0, 26.0, 0.45, 7))
    return tuple(flats)


def _trees(site: Site, near: float) -> tuple[Flat, ...]:
    """Dead trees that stand in the water, moss hanging from them."""
    random, lens, flats = site.random("swamp trees"), site.lens, list[Flat]()
    side = 1.0 if site.shot.seed % 2 else -1.0
    for k, (part, z, share) in enumerate(
        ((0.34, 17.0, 0.98), (-0.42, 13.0, 0.94), (-0.20, 32.0, 0.80), (0.14, 44.0, 0.70), (0.48, 30.0, 0.85))
    ):
        z = max(z, 1.15 * near)
        tall = 1.15 * share * lens.horizon / lens.metre(z)
        x = side * part * lens.reach(z)
        flats.append(planted("dead", site, (x, z), tall))
        for j in range(7):
            long = float(random.uniform(0.14, 0.30)) * tall
            off = float(random.uniform(-0.30, 0.30)) * tall
            top = float(random.uniform(0.62, 0.84)) * tall
            layer = _moss(site, long, z, random)
            metre = layer.shape[0] / long
            flats.append(Flat(layer, metre, x + off, z - 0.05 - 0.01 * j, top - long, sway=0.05 * long))
        flats.append(boulders(site, (x, z - 0.3), 0.30 * tall, f"root {k}", _BANK, 3, 0.9))
    return tuple(flats)


def _moss(site: Site, long: float, z: float, random: np.random.Generator) -> Layer:
    """A beard of moss, its threads of unequal length."""
    metre = min(site.fine(z), 180.0 / long)
    height, width = max(8, math.ceil(long * metre)), max(5, math.ceil(0.26 * long * metre))
    v = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    u = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    ends = 0.85 + 0.4 * grain((width, 1), (5, 1), random, 2)[0][None, :] - 0.9 * np.abs(u) ** 1.5
    threads = 0.55 + 0.7 * grain((width, height), (6, 2), random, 2)
    cover = smooth(0.10, -0.30, v - ends) * threads * smooth(0.0, 0.22, v) * smooth(0.95, 0.6, np.abs(u))
    light = site.light.ambient * 1.1 + site.light.key * np.float32(0.32)
    tone = linear(112, 124, 84) * (1.05 - 0.5 * v)[..., None] * light
    layer = np.dstack([tone * np.clip(cover, 0, 1)[..., None], np.clip(cover, 0, 1)]).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(layer, (0, 0), 0.5), np.float32)


def _islets(site: Site, near: float) -> tuple[Flat, ...]:
    """Tussocks in the water, each with its reeds."""
    random, lens, flats = site.random("islets"), site.lens, list[Flat]()
    for k in range(10):
        z = float(near * 1.12 * (46.0 / near) ** random.uniform(0, 1))
        x, wide = float(random.uniform(-0.52, 0.52)) * lens.reach(z), float(random.uniform(1.2, 3.2))
        flats.append(boulders(site, (x, z), wide, f"islet {k}", _BANK, 3, 1.0))
        flats.append(fringe(site, _REEDS, (x, z - 0.1), (0.9 * wide, 0.55 * wide), f"islet {k}"))
    return tuple(flats)


def _rim(site: Site, near: float) -> tuple[Flat, ...]:
    """Reeds at the near water's edge, at the sides."""
    small = min(1.0, near / 6.0)
    spots = ((0.42, 2.2, 0.97), (0.54, 2.6, 0.92), (-0.47, 2.2, 0.96), (-0.56, 2.4, 0.90))
    return tuple(
        fringe(site, _REEDS, (part * site.lens.reach(near), far * near), (wide * small, 1.5 * small), f"rim {part}")
        for part, wide, far in spots
    )
