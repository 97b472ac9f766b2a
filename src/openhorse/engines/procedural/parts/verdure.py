"""A site and a measure in, simple greenery out: a roadside tree, a poplar, a bank of bushes. Knows no place.

For built places; a season's colours and snow are taken from the site.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grain import grain, layer_of, mixed, smooth
from openhorse.engines.procedural.parts.model import SNOW, is_snowy
from openhorse.engines.procedural.parts.trees import planted
from openhorse.engines.procedural.world.scenery import Flat, Site

LEAVES = {
    Season.SPRING: (linear(64, 104, 46), linear(178, 186, 96)),
    Season.SUMMER: (linear(36, 66, 32), linear(122, 148, 64)),
    Season.AUTUMN: (linear(120, 58, 26), linear(226, 150, 54)),
    Season.WINTER: (linear(84, 88, 96), linear(206, 214, 226)),
}


def season_of(site: Site) -> Season:
    """The brief's season; winter where it snows, summer otherwise."""
    brief = site.shot.brief
    return brief.season or (Season.WINTER if is_snowy(site) else Season.SUMMER)


def tree(
    site: Site, at: tuple[float, float], tall: float, broad: float = 0.75, what: str = "tree", period: float = 0.0
) -> Flat:
    """A tree at (x, z): a crown of clumps of leaves, lit from the sun's side, on a forked trunk; bare in winter."""
    x0, z = at
    if season_of(site) is Season.WINTER:
        firs = site.random(f"{what} {x0:.1f} {z:.1f}").random() < 0.4
        return replace(planted("spruce" if firs else "oak", site, at, tall, what), period=period)
    metre = min(site.fine(z), 0.9 * site.lens.height / tall)
    wide = tall * broad
    width, height = max(12, math.ceil(wide * metre)), max(16, math.ceil(tall * metre))
    random = site.random(f"{what} {x0:.1f} {z:.1f}")
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (x / width - 0.5) * 2, y / height
    clumps = np.zeros((height, width), np.float32)
    light = np.zeros((height, width), np.float32)
    side = math.copysign(1.0, float(site.light.towards[0]) or 1.0)
    for _ in range(70):
        a, r = random.uniform(0, math.tau), math.sqrt(random.uniform(0, 1))
        cx, cy = 0.70 * r * math.cos(a), 0.36 + 0.28 * r * math.sin(a)
        size = random.uniform(0.12, 0.26)
        flat = size * 0.5 * broad / 0.75
        near = _about(cy * height, flat * height, height), _about((cx + 1) / 2 * width, size / 2 * width, width)
        far = np.hypot((x[near] - cx) / size, (y[near] - cy) / flat)
        ball = np.clip(1 - far, 0, 1)
        shade = np.clip(0.5 + 0.45 * side * (x[near] - cx) / size - 0.55 * (y[near] - cy) / (0.4 * size), 0, 1)
        light[near] = np.where(ball > clumps[near], shade, light[near])
        clumps[near] = np.maximum(clumps[near], ball)
    light = cv2.GaussianBlur(light, (0, 0), 0.6 + 0.018 * width)
    whole = 0.5 + 0.35 * side * x - 0.6 * (y - 0.36) / 0.3
    light = (0.55 * light + 0.45 * np.clip(whole, 0, 1)).astype(np.float32)
    leaves = grain((width, height), (wide * 2.6, tall * 2.6), random, 4)
    cover = smooth(0.10, 0.22, clumps + 0.16 * leaves * smooth(0.0, 0.12, clumps))
    dark, bright = LEAVES[season_of(site)]
    part = smooth(0.1, 1.0, 0.75 * light + 0.48 * leaves + 0.08)
    picture = mixed(dark * np.float32(0.75), bright, part)
    lit = site.light.ambient + site.light.key * np.float32(0.55) * part[..., None]
    trunk = _trunk(width, height, random)
    bark = linear(74, 58, 46) * (site.light.ambient + site.light.key * np.float32(0.2))
    lit_picture = np.where((trunk > cover)[..., None], bark, picture * lit)
    layer = layer_of(lit_picture.astype(np.float32), np.maximum(cover, trunk))
    return Flat(layer, height / tall, x0, z, -0.05, period=period, sway=0.10 * tall / 8)


def _about(middle: float, reach: float, count: int) -> slice:
    """The pixels of `count` that lie no farther than `reach` from the middle."""
    return slice(max(0, math.floor(middle - reach)), min(count, math.ceil(middle + reach) + 1))


def _trunk(width: int, height: int, random: np.random.Generator) -> np.ndarray:
    cover = np.zeros((height, width), np.float32)
    foot = (width // 2, height)
    for _ in range(5):
        tip = (round(width * random.uniform(0.3, 0.7)), round(height * random.uniform(0.3, 0.5)))
        fork = (round(width * random.uniform(0.47, 0.53)), round(height * random.uniform(0.60, 0.7)))
        cv2.line(cover, foot, fork, 1.0, max(1, round(0.045 * width)), cv2.LINE_AA)
        cv2.line(cover, fork, tip, 1.0, max(1, round(0.02 * width)), cv2.LINE_AA)
    return cover


def bushes(site: Site, z: float, tall: float, what: str = "bushes", full: float = 0.55) -> Flat:
    """A bank of bushes at `z` over all of the frame's width, going on seamlessly to both sides."""
    metre = min(site.fine(z), 0.5 * site.lens.height / tall)
    wide = 1.6 * site.lens.reach(z)
    width, height = math.ceil(wide * metre), max(8, math.ceil(tall * metre))
    random = site.random(f"{what} {z:.1f}")
    spots = max(3.0, wide / tall * 0.9)
    crown = full + (1 - full) * grain((width, 1), (spots, 1), random, 5)[0]
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    leaves = grain((width, height), (spots * 3, 3), random, 5)
    cover = smooth(-0.03, 0.05, crown[None, :] - up + 0.14 * leaves)
    part = smooth(-0.7, 0.8, 0.8 * leaves + 0.9 * (up - 0.4))
    dark, bright = LEAVES[season_of(site)]
    picture = mixed(dark, bright * np.float32(0.9), part)
    if is_snowy(site):
        picture = mixed(picture, SNOW, smooth(0.0, 0.6, leaves + 0.7 * up))
    lit = site.light.ambient * 1.05 + site.light.key * (0.15 + 0.35 * part)[..., None]
    return Flat(
        layer_of((picture * lit).astype(np.float32), cover), metre, 0.0, z, -0.05, period=width / metre, sway=0.04
    )
