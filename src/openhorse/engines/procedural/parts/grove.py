"""A site and a kind of wood in, rows of its trunks, its canopy and its undergrowth out as flats. Knows no place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.branches import Skeleton
from openhorse.engines.procedural.parts.brush import Brush, Spray
from openhorse.engines.procedural.parts.grain import grain
from openhorse.engines.procedural.parts.seasons import aired, sunward
from openhorse.engines.procedural.parts.trees import Dress, trunk_layer
from openhorse.engines.procedural.world.scenery import Flat, Site

Colour = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Grove:
    """A wood: its trunks' bark and radius (metres), leaves' dabs and colours, how close it stands, and its own air.

    `girth` is a trunk's radius, `gap` the metres between trunks of a row, `jointed` is bamboo's, `canopy` how much of
    the crown (0…1) hangs into the frame, `low` how much grows at the feet.
    """

    bark: Colour
    girth: float
    gap: float
    spray: Spray
    leaves: tuple[Colour, Colour]
    under: tuple[Colour, Colour]
    canopy: float = 1.0
    low: float = 1.0
    jointed: bool = False
    boughs: bool = False
    air: float = 1.0
    undergrowth: Spray = "leaves"


def glow_of(site: Site) -> Colour:
    """The light that stands in a wood: brighter and warmer than the open air's."""
    light = site.light
    return (light.air * np.float32(0.85) + light.key * np.float32(0.16) * np.array((0.9, 1.0, 0.6), np.float32)).astype(
        np.float32
    )


def row(site: Site, grove: Grove, z: float, far: float, clear: float = 0.0) -> Flat:
    """A row of trunks `z` ahead, behind its share of the wood's air; `clear` metres about the middle stay free.

    `far` is where the last row stands.
    """
    random = site.random(f"trunks {z}")
    metre = site.fine(z) if z > 5 else 0.75 * site.fine(z)
    wide = 1.55 * site.lens.reach(z)
    tall = site.lens.eye + site.lens.horizon / site.lens.metre(z) + 0.6
    width, height = math.ceil(wide * metre), math.ceil(tall * metre)
    dress = Dress.of(site)
    layer = np.zeros((height, width, 4), np.float32)
    count = max(2, round(wide / grove.gap))
    for k in range(count):
        at = (k + random.uniform(0.1, 0.9)) / count * wide - wide / 2
        if abs(at) < clear:
            continue
        _lay(layer, _trunk(grove, dress, (tall, metre), random), round((at + wide / 2) * metre))
    if grove.boughs or grove.jointed:
        layer = _foliage(layer, grove, dress, metre, random)
    share = grove.air * (1 - math.exp(-1.9 * z / far)) * 0.96
    return Flat(aired(layer, glow_of(site), share), metre, 0.0, z, period=width / metre, haze=0.0)


def _trunk(grove: Grove, dress: Dress, size: tuple[float, float], random: np.random.Generator) -> Layer:
    """One trunk that goes up out of the frame."""
    tall, metre = size
    girth = grove.girth * random.uniform(0.55, 1.25) * metre
    height = math.ceil(tall * metre)
    lean = random.normal(0, 0.018 if grove.jointed else 0.03)
    t = np.linspace(0, 1.02, 14 if grove.jointed else 8)
    x = lean * t + random.normal(0, 0.004) * np.sin(5 * t)
    wide = girth / height * (1 - 0.25 * t)
    if not grove.jointed:
        wide = wide + girth / height * 0.9 * np.exp(-t * tall / (5 * grove.girth + 0.15))
    zero = np.zeros(len(t) - 1)
    limbs = np.stack([x[:-1], t[:-1], zero, x[1:], t[1:], zero, wide[:-1], wide[1:]], axis=1)
    if grove.jointed:
        rings = [[x[k], t[k] - 0.0022, 0, x[k], t[k] + 0.0022, 0, 1.2 * wide[k], 1.2 * wide[k]] for k in range(len(t))]
        limbs = np.concatenate([limbs, np.array(rings)])
    width = math.ceil(6.0 * girth + 2 * abs(lean) * height + 8)
    skeleton = Skeleton(limbs, np.zeros((0, 3)))
    hue = np.float32(random.uniform(0.75, 1.15))
    return trunk_layer(skeleton, grove.bark * hue, dress, (width, height), height, random)


def _lay(layer: Layer, piece: Layer, middle: int) -> None:
    """Set a piece on the layer's foot, wrapped at its sides."""
    width = layer.shape[1]
    piece = piece[-layer.shape[0] :]
    columns = (np.arange(piece.shape[1]) + middle - piece.shape[1] // 2) % width
    ground = layer[-piece.shape[0] :]
    ground[:, columns] = piece + ground[:, columns] * (1 - piece[..., 3:])


def _foliage(layer: Layer, grove: Grove, dress: Dress, metre: float, random: np.random.Generator) -> Layer:
    """Sprays that stand out from the trunks."""
    height, width = layer.shape[:2]
    size = (0.42 if grove.jointed else 0.6) * metre
    count = int(min(1500, width * height / (size * size) * (0.5 if grove.jointed else 0.8)))
    up = random.uniform(0.0, 1.0, count) ** (0.6 if grove.jointed else 1.0)
    patch = grain((width, 1), (9, 1), random, 3)[0]
    x = random.uniform(0, width, count)
    keep = random.random(count) < np.clip(up * 1.3 - 0.25 + 0.5 * patch[x.astype(int) % width], 0, 1)
    tone = 0.25 + 0.5 * up + random.normal(0, 0.16, count)
    dabs = np.stack([x, height * (1 - up), size * random.uniform(0.5, 1.1, count), np.clip(tone, 0, 1)], 1)[keep]
    return Brush(grove.spray, dress.tones(*grove.leaves, 0.8)).paint(layer, dabs.astype(np.float32), random, True)


def canopy(site: Site, grove: Grove, z: float, far: float) -> Flat:
    """Leaves that hang into the frame from above, `z` ahead, and let the light through."""
    random = site.random(f"canopy {z}")
    metre = min(site.fine(z), 1.0 * site.lens.metre(z))
    wide = 1.55 * site.lens.reach(z)
    top = site.lens.eye + site.lens.horizon / site.lens.metre(z)
    hang = 0.52 * grove.canopy * (top - site.lens.eye)
    width, height = math.ceil(wide * metre), max(16, math.ceil((hang + 0.3) * metre))
    dress = Dress.of(site)
    size = max(0.5, 0.035 * z) * metre * 0.9
    count = int(min(5200, 5.5 * width * height / (size * size)))
    x, down = random.uniform(0, width, count), random.uniform(0, 1, count)
    clumps = grain((width, max(8, height // 2)), (9, 3), random, 3)
    thick = clumps[(down * (clumps.shape[0] - 1)).astype(int), x.astype(int) % width]
    keep = down < 0.62 + 0.55 * thick
    tone = 0.30 + 0.30 * down + 0.40 * thick + random.normal(0, 0.12, count)
    dabs = np.stack([x, down * 0.86 * height, size * random.uniform(0.6, 1.2, count), np.clip(tone, 0, 1)], 1)
    order = np.argsort(dabs[:, 3] + random.uniform(0, 0.4, count), kind="stable")
    dabs = dabs[order][keep[order]].astype(np.float32)
    brush = Brush(grove.spray, dress.tones(*grove.leaves, 0.9))
    layer = brush.paint(np.zeros((height, width, 4), np.float32), dabs, random, True)
    share = grove.air * (1 - math.exp(-1.9 * z / far)) * 0.9
    return Flat(
        aired(layer, glow_of(site), share), metre, 0.0, z, y=top - height / metre + 0.3,
        period=width / metre, haze=0.0,
    )  # fmt: skip


def undergrowth(site: Site, grove: Grove, z: float, tall: float, far: float, clear: float = 0.0) -> Flat:
    """Bushes and ferns in a row `z` ahead, up to `tall` metres high."""
    random = site.random(f"under {z}")
    metre = min(site.fine(z), site.lens.metre(z))
    wide = 1.55 * site.lens.reach(z)
    width, height = math.ceil(wide * metre), max(6, math.ceil(tall * 1.1 * metre))
    sun = float(sunward(site.light)[0])
    clumps = max(6, round(wide / (tall * 0.8)))
    rows = []
    for k in range(clumps):
        at = (k + random.uniform(0, 1)) / clumps * wide
        if abs(at - wide / 2) < clear:
            continue
        size = random.uniform(0.35, 1.0) * tall
        each = 26
        aside, up = random.normal(0, 0.42, each), np.abs(random.normal(0, 0.45, each))
        keep = up < 0.86
        tone = 0.15 + 0.55 * up + 0.25 * sun * aside + random.normal(0, 0.1, each)
        dab = size * 0.42 * random.uniform(0.7, 1.2, each)
        spots = np.stack([at + aside * size, up * size + 0.1 * size, dab, np.clip(tone, 0, 1)], 1)
        rows.append(spots[keep][np.argsort(-up[keep])])
    if not rows:
        rows = [np.zeros((0, 4))]
    dabs = np.concatenate(rows)
    dabs[:, 0] *= metre
    dabs[:, 1] = height - dabs[:, 1] * metre
    dabs[:, 2] *= metre
    brush = Brush(grove.undergrowth, Dress.of(site).tones(*grove.under, 0.5))
    layer = brush.paint(np.zeros((height, width, 4), np.float32), dabs.astype(np.float32), random, True)
    share = grove.air * (1 - math.exp(-1.9 * z / far)) * 0.9
    flat = aired(layer, glow_of(site), share)
    return Flat(flat, metre, 0.0, z, period=width / metre, sway=0.02 * tall, haze=0.0)


SNOW_UNDER = (linear(150, 162, 180), linear(246, 248, 252))
"""What grows at the feet of a wood under snow looks like."""
