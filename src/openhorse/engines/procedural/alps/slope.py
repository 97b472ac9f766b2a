"""A site and its light among mountains in, a wooded slope that falls away below the camera out. Knows no place."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from openhorse.engines.procedural.alps.light import Light
from openhorse.engines.procedural.alps.ranges import needles
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.brush import Stock
from openhorse.engines.procedural.parts.grain import grain, layer_of, mixed, smooth
from openhorse.engines.procedural.parts.spruces import paint_spruce
from openhorse.engines.procedural.world.scenery import Flat, Site

_ROWS = (
    # the tops' row from the horizon (0) to the lower edge (1), height in frames, units ahead, and how hazy
    (-0.24, 0.09, 2.20, 1.5), (-0.08, 0.10, 2.08, 1.25), (0.07, 0.115, 1.94, 1.0), (0.18, 0.135, 1.78, 0.8),
    (0.30, 0.165, 1.62, 0.6), (0.43, 0.21, 1.46, 0.4), (0.58, 0.30, 1.30, 0.2),
)  # fmt: skip
_KINDS, _TALLEST = 5, 170


def slope(site: Site, light: Light, metres: float) -> tuple[Flat, ...]:
    """Rows of spruces, one below the other down to the frame's lower edge; a unit of the mountains is `metres`."""
    pictures = _spruces(site, light)
    return tuple(_row(site, light, pictures, metres, number) for number in range(len(_ROWS)))


def _spruces(site: Site, light: Light) -> np.ndarray:
    """Some in the sun and some in the shade, as pictures of one size."""
    random, side = site.random("spruces"), _TALLEST // 2
    pictures = np.zeros((2 * _KINDS, _TALLEST + 4, side, 4), np.float32)
    for k in range(2 * _KINDS):
        wide = int(random.integers(50, 66))
        look = replace(needles(site, light)[k % 2], fine=0.5)
        left = (side - wide) // 2
        pictures[k, 4:, left : left + wide] = paint_spruce(random, _TALLEST, wide, look)
    return pictures


def _row(site: Site, light: Light, pictures: np.ndarray, metres: float, number: int) -> Flat:
    """One row of trees, with the dark of more of them between and below it; its ground rises and falls."""
    lens, (top, part, far, hidden) = site.lens, _ROWS[number]
    random, z = site.random(f"row {number}"), far * metres
    tall, width = math.ceil(part * lens.height), math.ceil(1.6 * lens.width)
    trees = _strewn(pictures, (width, tall), random)
    height = 3 * tall  # the next row begins well above its foot
    bowl = 0.3 + np.cos(np.linspace(0, 2 * np.pi, width, dtype=np.float32))[None, :]  # it is a valley
    rise = (0.28 * grain((width, 1), (3, 1), random, 3) + 0.45 * bowl) * np.float32(tall)
    y = np.arange(height, dtype=np.float32)[:, None] - np.float32(0.5 * tall) + rise
    x = np.ascontiguousarray(np.broadcast_to(np.arange(width, dtype=np.float32), y.shape))
    layer = cv2.remap(trees, x, y, cv2.INTER_LINEAR)
    layer = _over(layer, _boughs(site, light, y / tall, random))
    metre = lens.metre(z)
    foot = (top * (lens.height - lens.horizon) + height - 0.3 * tall) / metre
    return Flat(layer, metre, 0.0, z, lens.eye - foot, period=width / metre, haze=hidden)


def _strewn(pictures: np.ndarray, size: tuple[int, int], random: np.random.Generator) -> Layer:
    """A dense row of trees, the small ones before the tall ones."""
    width, tall = size
    count = max(8, int(width / (tall * 0.055)))
    x = (np.arange(count) + random.uniform(-0.6, 0.6, count)) * width / count
    high = random.uniform(0.5, 1.0, count) * tall
    order = np.argsort(-high + random.uniform(0, 0.4, count) * tall)
    kind, bright = random.integers(0, len(pictures), count), random.uniform(0.75, 1.2, count)
    rows = np.stack([x, np.full(count, tall), high, kind, bright], 1)[order]
    return Stock(pictures, 4).strew(np.zeros((tall, width, 4), np.float32), rows.astype(np.float32))


def _boughs(site: Site, light: Light, down: np.ndarray, random: np.random.Generator) -> Layer:
    """What is seen between trees: boughs in the shade."""
    height, width = down.shape
    spots = grain((width, height), (width / 9, height / 14), random, 3)
    look = needles(site, light)[1]
    dark, lit = linear(*look.shade), linear(*(look.snow_colour if look.snow else look.light))
    colour = mixed(dark, lit, smooth(0.3, 1.8, spots + (0.5 if look.snow else 0.0)))
    return layer_of(colour.astype(np.float32), smooth(0.40, 0.60, (down + 0.10 * spots).astype(np.float32)))


def _over(one: Layer, other: Layer) -> Layer:
    return (one + other * (1 - one[..., 3:])).astype(np.float32)
