"""A site and a spot in, falling water out: a veil that pours, and the spray at its foot. Knows no place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from openhorse.engines.procedural.parts.grain import grain, layer_of, smooth
from openhorse.engines.procedural.world.scenery import Flat, Site


@dataclass(frozen=True, slots=True)
class Fall:
    """Water that falls from `top` to `foot` metres above the ground at (x, z), `wide` metres across."""

    x: float
    z: float
    wide: float
    top: float
    foot: float = 0.0


def fall(site: Site, form: Fall, word: str = "") -> tuple[Flat, ...]:
    """The veil and its spray."""
    random = site.random(f"fall {form.x:.2f} {form.z} {word}")
    # falling water is soft, and is made anew for every frame
    metre = min(0.6 * site.fine(form.z), 420 / form.wide)
    tall = form.top - form.foot
    width, height = max(8, math.ceil(1.4 * form.wide * metre)), max(12, math.ceil(tall * metre))
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    across = np.linspace(-1.4, 1.4, width, dtype=np.float32)[None, :]
    ragged = grain((width, height), (7, 3), random, 4)
    edge = 0.78 + 0.20 * down + 0.16 * ragged
    cover = smooth(0.0, 0.35, (edge - np.abs(across)).astype(np.float32))
    cover *= smooth(-0.015, 0.035, down + 0.02 * ragged) * (0.97 - 0.12 * down)
    thin = np.clip(0.85 + 0.35 * ragged, 0.4, 1).astype(np.float32)
    light = site.light
    sun = 0.34 + 0.16 * ragged + 0.10 * across * float(np.sign(light.towards[0]))
    white = light.ambient * np.float32(1.5) + light.key * sun[..., None].astype(np.float32)
    veil = Flat(
        layer_of(white.astype(np.float32), (cover * thin).astype(np.float32)), metre, form.x, form.z, form.foot,
        pour=max(2.0, 0.62 * tall),
    )  # fmt: skip
    return veil, *_spray(site, form, word)


def _spray(site: Site, form: Fall, word: str) -> tuple[Flat, ...]:
    """Two clouds that hang at its foot and drift apart slowly."""
    random = site.random(f"spray {form.x:.2f} {word}")
    light = site.light
    flats = []
    for k, (wide, tall, way) in enumerate(((3.4, 0.42, 0.12), (2.4, 0.28, -0.10))):
        metre = 150 / (wide * form.wide)
        width, height = 150, max(8, math.ceil(tall * (form.top - form.foot) * metre))
        x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
        y = np.linspace(1, 0, height, dtype=np.float32)[:, None]
        wisps = grain((width, height), (5, 4), random, 4)
        body = np.clip(1.1 - x * x * 1.25 - y * 1.15 + 0.5 * wisps, 0, 1) ** 1.3
        body *= smooth(1.0, 0.75, np.abs(x)) * smooth(1.0, 0.75, y) * smooth(0.0, 0.10, y)
        colour = light.ambient * np.float32(1.4) + light.key * np.float32(0.3)
        layer = layer_of(colour, (0.62 * body).astype(np.float32))
        flats.append(Flat(layer, metre, form.x, form.z - 0.3 - 0.8 * k, form.foot - 0.02 * tall, drift=way))
    return tuple(flats)
