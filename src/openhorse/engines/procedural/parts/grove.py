"""A site and a kind of wood in, rows of its trunks, its canopy and its undergrowth out as flats. Knows no place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.brush import Brush, Spray
from openhorse.engines.procedural.parts.grain import Field, grain, layer_of, mixed, smooth
from openhorse.engines.procedural.parts.seasons import aired, sunward
from openhorse.engines.procedural.parts.trees import Dress
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


def glow_of(site: Site, grove: Grove) -> Colour:
    """The light that stands in a wood: warmer than the open air's, and coloured by its leaves."""
    light = site.light
    sun = light.key * np.array((0.075, 0.080, 0.035), np.float32)
    through = grove.leaves[1] * (light.ambient * np.float32(0.25) + light.key * np.float32(0.22))
    return (light.air * np.float32(0.24) + sun + through).astype(np.float32)


def in_air(site: Site, grove: Grove, layer: Layer, z: float, far: float) -> Layer:
    """The layer behind what the wood's own air hides `z` ahead."""
    share = grove.air * min(0.92, 0.95 * (z / far) ** 1.05)
    return aired(layer, glow_of(site, grove), share)


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
    places = []
    # among many thin stems nobody finds the same one twice
    stock = [_trunk(grove, dress, (tall, metre), random) for _ in range(min(count, 14))]
    for k in range(count):
        at = (k + random.uniform(0.1, 0.9)) / count * wide - wide / 2
        if abs(at) < clear:
            continue
        places.append((at + wide / 2) * metre)
        _lay(layer, stock[int(random.integers(0, len(stock)))], round(places[-1]))
    if places and (grove.boughs or grove.jointed):
        layer = _foliage(layer, grove, dress, (np.array(places), metre), random)
    return Flat(in_air(site, grove, layer, z, far), metre, 0.0, z, period=width / metre, haze=0.0)


def _trunk(grove: Grove, dress: Dress, size: tuple[float, float], random: np.random.Generator) -> Layer:
    """One trunk that goes up out of the frame, round and rough."""
    tall, metre = size
    height = math.ceil(tall * metre)
    girth = grove.girth * random.uniform(0.55, 1.25)
    t = np.linspace(tall, 0, height, dtype=np.float32)[:, None]
    lean, bow = random.normal(0, 0.018 if grove.jointed else 0.03), random.normal(0, 0.02)
    centre = lean * t + bow * np.sin(t * 0.7)
    # tall frames show trunks far beyond where they would have tapered to nothing
    wide = girth * np.maximum(1 - 0.03 * t, 0.25)
    if not grove.jointed:
        wide = wide * (1 + 0.75 * np.exp(-t / (1.6 * girth + 0.05)))
    half = float(np.abs(centre).max() + wide.max() * 1.25)
    width = math.ceil(2 * half * metre) + 4
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / metre - width / metre / 2
    rough = grain((width, height), (width / metre / 0.07, tall / 0.55), random, 3)
    u = (x - centre) / wide * (1 + 0.10 * rough * (0.0 if grove.jointed else 1.0))
    cover = np.clip((1 - np.abs(u)) * wide * metre + 0.5, 0, 1)
    # moss and leaves hide where it meets the ground
    cover = cover * np.clip(t / (0.35 * girth + 0.02) + 0.25 * rough, 0, 1)
    sun = sunward(dress.light)
    round_light = np.clip(0.18 + 0.75 * u * sun[0] + 0.55 * np.sqrt(np.clip(1 - u * u, 0, 1)) * sun[2], 0, 1)
    shade, lit = dress.bark(grove.bark * np.float32(random.uniform(0.75, 1.15)))
    colour = mixed(shade, lit, np.clip(round_light * (1 + 0.5 * rough), 0, 1).astype(np.float32))
    colour *= _markings(grove, (x, t), (width, height, metre), random)[..., None]
    edge = np.clip(u * float(np.sign(sun[0])) - 0.72, 0, 0.28) / 0.28
    colour += (edge * 0.35 * dress.light.rim)[..., None] * dress.light.key * grove.bark
    return layer_of(colour.astype(np.float32), cover.astype(np.float32))


def _markings(
    grove: Grove, at: tuple[Field, Field], size: tuple[int, int, float], random: np.random.Generator
) -> Field:
    """Joints of bamboo, bars of birch, cracks of any other bark: what its light is multiplied by."""
    _, t = at
    width, height, metre = size
    if grove.jointed:
        joint = (t / 0.34 + random.uniform(0, 1)) % 1
        rings = 1 - 0.55 * np.exp(-(((joint - 0.5) / 0.035) ** 2)) + 0.35 * np.exp(-(((joint - 0.58) / 0.05) ** 2))
        return np.broadcast_to(rings, (height, width)).astype(np.float32)
    if float(grove.bark.mean()) > 0.4:
        bars = grain((width, height), (width / metre / 0.16, height / metre / 0.05), random, 2)
        return np.where(bars > 0.36, np.float32(0.2), np.float32(1.0))
    cracks = grain((width, height), (width / metre / 0.035, height / metre / 0.4), random, 2)
    return (1 - 0.45 * smooth(0.1, 0.5, cracks)).astype(np.float32)


def _lay(layer: Layer, piece: Layer, middle: int) -> None:
    """Set a piece on the layer's foot, wrapped at its sides."""
    width = layer.shape[1]
    piece = piece[-layer.shape[0] :]
    left = middle - piece.shape[1] // 2
    for off in (-width, 0, width):
        first, last = max(0, left + off), min(width, left + off + piece.shape[1])
        if first < last:
            part = piece[:, first - left - off : last - left - off]
            ground = layer[-piece.shape[0] :, first:last]
            ground[:] = part + ground * (1 - part[..., 3:])


def _foliage(
    layer: Layer, grove: Grove, dress: Dress, stems: tuple[NDArray[np.float64], float], random: np.random.Generator
) -> Layer:
    """Boughs, or sprays of bamboo, that stand out from their stems in bunches."""
    places, metre = stems
    height = layer.shape[0]
    each, dabs_each = (5, 7) if grove.jointed else (7, 22)
    bunches = len(places) * each
    x = np.repeat(places, each)
    up = random.uniform(0.42, 1.05, bunches) * height
    side = random.choice((-1.0, 1.0), bunches)
    long = (0.5 if grove.jointed else 1.25) * metre * random.uniform(0.6, 1.2, bunches)
    out = random.uniform(0.05, 1.0, (bunches, dabs_each))
    size = 0.34 * metre * random.uniform(0.7, 1.2, out.shape)
    spot_x = x[:, None] + side[:, None] * out * long[:, None]
    drop = (0.30 * out**2 + random.normal(0, 0.10, out.shape)) * long[:, None]
    sun = float(sunward(dress.light)[0])
    tone = 0.30 + 0.25 * out + 0.25 * sun * side[:, None] * out + random.normal(0, 0.13, out.shape)
    spots = np.stack([spot_x, height - up[:, None] + drop, size, np.clip(tone, 0, 1)], axis=-1).reshape(-1, 4)
    return Brush(grove.spray, dress.tones(*grove.leaves, 0.8)).paint(layer, spots.astype(np.float32), random, True)


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
    return Flat(
        in_air(site, grove, layer, z, far), metre, 0.0, z, y=top - height / metre + 0.3,
        period=width / metre, haze=0.0,
    )  # fmt: skip


def undergrowth(site: Site, grove: Grove, z: float, tall: float, far: float, clear: float = 0.0) -> Flat:
    """Bushes and ferns in a row `z` ahead, up to `tall` metres high."""
    random = site.random(f"under {z}")
    metre = min(site.fine(z), site.lens.metre(z))
    wide = 1.55 * site.lens.reach(z)
    width, height = math.ceil(wide * metre), max(6, math.ceil(tall * 1.1 * metre))
    sun = float(sunward(site.light)[0])
    clumps = max(6, round(wide / (tall * 0.7)))
    rows = []
    for k in range(clumps):
        at = (k + random.uniform(0, 1)) / clumps * wide
        if abs(at - wide / 2) < clear:
            continue
        size = random.uniform(0.35, 1.0) * tall
        each = 20 if grove.undergrowth == "fern" else 64
        aside, up = random.normal(0, 0.40, each), np.abs(random.normal(0, 0.40, each))
        keep = up < 0.86 - 0.5 * np.abs(aside)
        tone = 0.04 + 0.70 * up + 0.25 * sun * aside + random.normal(0, 0.09, each)
        dab = size * (0.55 if grove.undergrowth == "fern" else 0.28) * random.uniform(0.7, 1.25, each)
        spots = np.stack([at + aside * size, up * size + 0.06 * size, dab, np.clip(tone, 0, 1)], 1)
        rows.append(spots[keep][np.argsort(-up[keep])])
    if not rows:
        rows = [np.zeros((0, 4))]
    dabs = np.concatenate(rows)
    dabs[:, 0] *= metre
    dabs[:, 1] = height - dabs[:, 1] * metre
    dabs[:, 2] *= metre
    brush = Brush(grove.undergrowth, Dress.of(site).tones(*grove.under, 0.5))
    layer = brush.paint(np.zeros((height, width, 4), np.float32), dabs.astype(np.float32), random, True)
    return Flat(in_air(site, grove, layer, z, far), metre, 0.0, z, period=width / metre, sway=0.02 * tall, haze=0.0)


SNOW_UNDER = (linear(150, 162, 180), linear(246, 248, 252))
"""What grows at the feet of a wood under snow looks like."""
