"""A site and a size in, boulders out as a flat: facets in sun and shadow, moss or snow upon them. Knows no place."""

from __future__ import annotations

import math

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.grain import grain, layer_of, mixed, smooth
from openhorse.engines.procedural.parts.seasons import is_snowy, sunward
from openhorse.engines.procedural.parts.trees import Dress
from openhorse.engines.procedural.world.scenery import Flat, Site

GREY = (linear(72, 70, 70), linear(164, 156, 146))
RED = (linear(112, 60, 40), linear(214, 146, 100))
WET = (linear(34, 36, 36), linear(104, 108, 104))


def boulder(dress: Dress, wide: int, tall: int, colours: tuple[np.ndarray, np.ndarray], random: np.random.Generator,
            moss: float = 0.4) -> Layer:  # fmt: skip
    """One boulder in pixels: a heap of facets."""
    x = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
    y = np.linspace(1, 0, tall, dtype=np.float32)[:, None]
    rough = grain((wide, tall), (5, 4), random, 5)
    # it is the least of many half spaces: cut faces, not a ball
    form = np.full((tall, wide), 2.0, np.float32)
    normal = np.zeros((tall, wide, 3), np.float32)
    # its top and its sides close it within the picture, whatever is cut off it
    closing = [(0.0, 1.0, 0.35), (0.9, 0.35, 0.35), (-0.9, 0.35, 0.35)]
    for k in range(16):
        around, rise = random.uniform(0, 2 * np.pi), random.uniform(0.0, 1.0)
        cut = (math.cos(around), 0.25 + rise, 0.6 + 0.8 * abs(math.sin(around)))
        face = np.array(closing[k] if k < len(closing) else cut)
        face /= np.linalg.norm(face)
        # height over the picture's plane on that face
        plane = (0.74 + 0.10 * random.random() - x * face[0] - 0.86 * y * face[1] + 0.09 * rough) / face[2]
        lower = plane < form
        form = np.where(lower, plane, form)
        normal = np.where(lower[..., None], face.astype(np.float32), normal)
    cover = np.clip(form * tall * 0.6 + 0.5, 0, 1).astype(np.float32)
    cover[:, :1], cover[:, -1:] = 0, 0
    lit = np.clip(normal @ sunward(dress.light) * 0.9 + 0.12 + 0.22 * rough, 0, 1).astype(np.float32)
    shade, light = dress.bark(colours[0])[0], dress.bark(colours[1])[1]
    colour = mixed(shade, light, lit * lit) * (0.55 + 0.45 * smooth(0.0, 0.35, y * np.ones_like(x)))[..., None]
    up = smooth(0.50, 0.78, normal[..., 1] + 0.25 * rough)
    if dress.snow:
        top = mixed(*dress.bark(linear(236, 241, 248)), np.clip(0.5 + 0.5 * lit, 0, 1))
        colour = mixed(colour, top, up * np.float32(0.95))
    elif moss:
        green = mixed(*dress.bark(linear(96, 118, 48)), lit)
        colour = mixed(colour, green, up * np.float32(moss) * smooth(-0.3, 0.4, rough))
    return layer_of(colour.astype(np.float32), cover)


def boulders(
    site: Site, spot: tuple[float, float], wide: float, word: str,
    colours: tuple[np.ndarray, np.ndarray] = GREY, count: int = 4, moss: float = 0.5,
) -> Flat:  # fmt: skip
    """A heap of boulders `wide` metres across at `spot` (x, z)."""
    x, z = spot
    random = site.random(f"boulders {word}")
    metre = min(site.fine(z), 620 / wide)
    width, height = max(20, math.ceil(wide * metre)), max(10, math.ceil(0.5 * wide * metre))
    layer = np.zeros((height, width, 4), np.float32)
    dress = Dress(site.light, Dress.of(site).season, is_snowy(site))
    for k in range(count):
        part = random.uniform(0.22, 0.42) if k else random.uniform(0.48, 0.62)
        w, h = round(part * width), round(part * width * random.uniform(0.42, 0.72))
        h = min(h, height)
        piece = boulder(dress, max(8, w), max(6, h), colours, random, moss)
        left = round(random.uniform(0, width - piece.shape[1])) if k else (width - w) // 2
        part_of = layer[height - piece.shape[0] :, left : left + piece.shape[1]]
        part_of[:] = piece + part_of * (1 - piece[..., 3:])
    foot = np.clip((height - np.arange(height, dtype=np.float32)) / max(2.0, 0.05 * height), 0, 1)
    layer *= foot[:, None, None]
    return Flat(layer, metre, x, z)
