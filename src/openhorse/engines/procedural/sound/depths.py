"""A Bed of where nobody breathes comes in, its sound goes out: under water, and space. Knows no animal."""

from __future__ import annotations

import numpy as np

from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.sound.setting import Setting
from openhorse.engines.procedural.sound.synthesis import (
    Samples,
    add_at,
    band,
    chirp,
    noise,
    panned,
    pink,
    ringing,
    single,
    wandering,
)
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator


def underwater(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """The weight of water, dull and moving, surges that pass through it, and now and then bubbles that rise."""
    weight = noise(random, count, pink(35, 240)) * wandering(random, count, 0.4, 0.5, 1.0)
    surge = noise(random, count, band(420, 0.7)) * wandering(random, count, 0.35, 0.1, 0.8)
    far = noise(random, count, pink(500, 2400)) * wandering(random, count, 0.6, 0.02, 0.07)
    bubbles = np.zeros((2, count), np.float32)
    at = random.uniform(0.2, 1.2)
    while at < count / SAMPLE_RATE - 0.8:
        pan, pitch = random.uniform(0.15, 0.85), random.uniform(260, 520)
        for number in range(int(random.integers(4, 10))):
            # those that come later are smaller, and so higher
            hertz = pitch * (1 + 0.09 * number) * random.uniform(0.9, 1.1)
            bubble = chirp(hertz, hertz * 1.5, 0.07, 34) * np.float32(random.uniform(0.3, 1.0))
            add_at(bubbles, int((at + 0.06 * number * random.uniform(0.7, 1.3)) * SAMPLE_RATE), panned(bubble, pan))
        at += random.uniform(1.2, 3.2)
    return single(weight + 0.7 * surge + far + 0.9 * bubbles)


_DRONE = (41.2, 61.8, 82.4, 123.6, 164.8)


def space(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """What films have between the stars: a low hum of fifths that beats slowly, and a breath of noise far off."""
    hum = np.zeros((2, count), np.float32)
    for number, hertz in enumerate(_DRONE):
        for side in range(2):
            for cents in (-4.0, 5.0):
                tone = ringing(hertz * 2 ** ((cents + random.uniform(-2, 2)) / 1200), 0, count)
                hum[side] += tone * np.float32(0.5 / (1 + number))
    hum *= wandering(random, count, 0.25, 0.45, 1.0)
    breath = noise(random, count, pink(180, 2600)) * wandering(random, count, 0.3, 0.03, 0.12)
    shine = noise(random, count, band(3100, 0.12)) * wandering(random, count, 0.5, 0.0, 0.02)
    return single(hum + breath + shine)
