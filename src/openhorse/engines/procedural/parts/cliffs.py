"""A site, a distance and a height in, a wall of rock out: cracked and ledged, lit, green or white on its ledges.

Knows no place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.brush import Brush
from openhorse.engines.procedural.parts.grain import Field, grain, layer_of, mixed, ridge, smooth
from openhorse.engines.procedural.parts.seasons import sunward
from openhorse.engines.procedural.parts.trees import Dress
from openhorse.engines.procedural.world.scenery import Flat, Site

_ROCK = (linear(58, 56, 54), linear(158, 148, 134))
_GREEN = (linear(24, 52, 22), linear(116, 150, 60))
_SNOW = (linear(150, 164, 186), linear(246, 248, 252))


@dataclass(frozen=True, slots=True)
class Cliff:
    """A wall `tall` metres high at `z`; about `notch` (metres right, `wide` across) it is only `lip` of that high.

    `wet` is how far about the notch the rock is wet and dark; `green` (0…1) how much grows on it.
    """

    z: float
    tall: float
    notch: float
    wide: float
    lip: float = 0.62
    wet: float = 6.0
    green: float = 0.6


def cliff(site: Site, form: Cliff) -> Flat:
    """The wall; it goes on seamlessly to both sides."""
    random = site.random(f"cliff {form.z}")
    metre = min(site.fine(form.z), site.lens.metre(form.z))
    reach = 1.55 * site.lens.reach(form.z)
    width, height = math.ceil(reach * metre), math.ceil(form.tall * metre)
    x = (np.arange(width, dtype=np.float32) + 0.5) / metre - reach / 2
    aside = np.abs(x - form.notch)
    top = 0.80 + 0.16 * ridge(width, 4, random, 6, 0.55) + 0.02 * ridge(width, 60, random, 3)
    low = np.exp(-((aside / (0.66 * form.wide)) ** 6))
    top = np.clip(top, 0.3, 0.98) * (1 - low) + form.lip * low
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    cover = np.clip((top[None, :] - up) * height + 0.5, 0, 1).astype(np.float32)
    relief, ledge = _wall((width, height), metre, random)
    colour = _rock(site, relief, up * np.ones_like(relief), random)
    wet = smooth(1.0, 0.2, (aside / form.wet)[None, :] * np.ones_like(relief))
    colour *= (1 - np.float32(0.62) * wet)[..., None]
    layer = layer_of(colour.astype(np.float32), cover)
    layer = _grown(site, layer, form, (ledge, top, metre), random)
    return Flat(layer, metre, 0.0, form.z, period=width / metre)


def _wall(size: tuple[int, int], metre: float, random: np.random.Generator) -> tuple[Field, Field]:
    """How far the rock stands out (metres), and where a ledge lies (0…1)."""
    width, height = size
    wide, tall = width / metre, height / metre
    columns = np.abs(grain(size, (wide / 2.6, tall / 16), random, 4))
    blocks = np.abs(grain(size, (wide / 6, tall / 4.5), random, 5))
    up = np.linspace(tall, 0, height, dtype=np.float32)[:, None]
    strata = up / 3.4 + 0.9 * grain(size, (wide / 14, tall / 18), random, 3)
    part = strata - np.floor(strata)
    steps = np.floor(strata) * -0.35 + smooth(0.84, 1.0, part) * -0.35
    cracks = np.abs(grain(size, (wide / 0.9, tall / 3.2), random, 4))
    out = 1.5 * columns + 2.1 * blocks + 0.75 * cracks + steps
    return out.astype(np.float32), smooth(0.80, 0.95, part)


def _rock(site: Site, out: Field, up: Field, random: np.random.Generator) -> NDArray[np.float32]:
    height, width = out.shape
    soft = cv2.GaussianBlur(out, (0, 0), 0.6)
    across, down = np.gradient(soft, axis=1) * 9, np.gradient(soft, axis=0) * 9
    length = np.sqrt(across * across + down * down + 1)
    right, high, near = (float(part) for part in sunward(site.light))
    lit = np.clip((-across * right + down * high + max(near, 0.22)) / length * 0.9 + 0.16, 0, 1)
    hollow = np.clip((cv2.blur(out, (21, 21)) - out) * 0.55, 0, 0.7)
    tone = np.clip(0.5 + 0.35 * grain((width, height), (9, 6), random, 5), 0, 1)
    own = mixed(*_ROCK, tone.astype(np.float32))
    light = site.light
    shine = light.key * (1.05 * lit**1.5)[..., None] + light.ambient
    rock: NDArray[np.float32] = (own * shine * (1 - hollow)[..., None] * (0.72 + 0.28 * up)[..., None]).astype(
        np.float32
    )
    return rock


def _grown(
    site: Site, layer: NDArray[np.float32], form: Cliff, shape: tuple[Field, Field, float], random: np.random.Generator
) -> NDArray[np.float32]:
    """Plants (or snow) along its top and on its ledges."""
    ledge, top, metre = shape
    height, width = ledge.shape
    dress = Dress.of(site)
    brush = Brush("leaves" if not dress.snow else "puff", dress.tones(*(_SNOW if dress.snow else _GREEN), 0.4))
    size = 1.5 * metre
    count = int(form.green * 12000)
    x, y = random.uniform(0, width, count), random.uniform(0, height, count)
    row, column = y.astype(int), x.astype(int)
    patch = grain((width, height), (10, 8), random, 3)[row, column]
    keep = (ledge[row, column] > 0.4) & (patch > 0.0) & (layer[row, column, 3] > 0.9)
    ledges = np.stack([x, y, size * random.uniform(0.4, 0.9, count), 0.25 + 0.4 * (1 - y / height)], 1)[keep]
    crown = int(width / size * 15 * form.green)
    cx = random.uniform(0, width, crown)
    rise = random.uniform(-1.3, 1.0, crown)
    swell = np.clip(0.7 + 0.9 * grain((width, 1), (14, 1), random, 3)[0][cx.astype(int)], 0.15, 1.6)
    cy = (1 - top[cx.astype(int)]) * height - rise * size * 0.8 * swell + 0.4 * size
    tops = np.stack([cx, cy, size * random.uniform(0.6, 1.2, crown) * swell**0.5, 0.42 + 0.32 * rise], 1)
    # the water's lip stays bare
    off = np.abs(cx / metre - width / metre / 2 - form.notch) > 0.5 * form.wide
    dabs = np.concatenate([ledges, tops[off & (cy > size)][np.argsort(rise[off & (cy > size)])]])
    dabs[:, 3] = np.clip(dabs[:, 3] + random.normal(0, 0.1, len(dabs)), 0, 1)
    return brush.paint(layer, dabs.astype(np.float32), random, True)
