"""A site in, what hangs in the air out: banks of mist that drift, and shafts of sun. Knows no place."""

from __future__ import annotations

import math

import numpy as np

from openhorse.engines.procedural.parts.grain import grain, layer_of, smooth
from openhorse.engines.procedural.world.scenery import Flat, Site


def bank(
    site: Site, z: float, tall: float, y: float = 0.0, strength: float = 0.6, drift: float = 0.25, word: str = ""
) -> Flat:
    """A bank of mist `tall` metres high: thick at its foot, frayed at its top, drifting."""
    random = site.random(f"bank {z} {word}")
    wide = 1.6 * site.lens.reach(z)
    metre = min(site.fine(z), 700.0 / wide)
    width, height = max(32, math.ceil(wide * metre)), max(8, math.ceil(tall * metre))
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    wisps = grain((width, height), (7, 2.2), random, 4)
    cover = smooth(0.0, 0.9, (1.05 - up + 0.75 * wisps - 0.35).astype(np.float32)) * smooth(1.0, 0.7, up)
    cover *= np.float32(strength) * smooth(0.0, 0.25, up)
    light = site.light
    colour = light.air * np.float32(1.05) + light.key * np.float32(0.05)
    return Flat(layer_of(colour, cover), metre, 0.0, z, y, period=width / metre, drift=drift, haze=0.0)


def shafts(site: Site, z: float, tall: float, strength: float = 0.5, count: int = 9) -> Flat:
    """Shafts of sun that slant down from where it stands, as light before what is behind them."""
    random = site.random(f"shafts {z}")
    wide = 1.25 * site.lens.reach(z)
    metre = min(site.fine(z), 420.0 / wide)
    width, height = max(32, math.ceil(wide * metre)), max(16, math.ceil(tall * metre))
    right, up, _ = (float(part) for part in site.light.towards)
    slant = float(np.clip(-right / max(0.35, up) * 0.8, -0.9, 0.9)) or 0.3
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    # every shaft leaves one far point above the frame
    across = (x - width / 2 - slant * (y - height * 0.2)) / (1 + 0.55 * y / height)
    beams = np.zeros((height, width), np.float32)
    for _ in range(count):
        at, half = random.uniform(-0.55, 0.55) * width, random.uniform(0.010, 0.045) * width
        beams += np.float32(random.uniform(0.3, 1)) * np.exp(-(((across - at) / half) ** 2)).astype(np.float32)
    down = (y / height).astype(np.float32)
    fade = smooth(0.0, 0.12, down) * smooth(1.0, 0.45, down) * np.clip(1.2 - np.abs(x / width - 0.5) * 2.2, 0, 1)
    dust = 0.8 + 0.4 * grain((width, height), (6, 6), random, 3)
    power = (np.minimum(beams, 1.3) * fade * dust * strength).astype(np.float32)
    layer = np.dstack([power[..., None] * site.light.key * np.float32(0.6), np.zeros_like(power)])
    return Flat(layer.astype(np.float32), metre, 0.0, z, glow=True, lamp="steady", haze=0.0)
