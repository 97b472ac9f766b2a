"""A Bed of a machine comes in, its sound goes out: an engine, wheels that roll. Knows no traffic and no crowd."""

from __future__ import annotations

import numpy as np

from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.sound.setting import Setting
from openhorse.engines.procedural.sound.synthesis import (
    Samples,
    band,
    drift,
    enlarged,
    noise,
    pink,
    single,
    wandering,
)
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator


def engine(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """A four-stroke that pulls: firings at a pitch that wanders with the load, an exhaust's formants, a breath of air.

    No two firings of a turn are alike, which is what makes it an engine and not an organ.
    """
    turns = enlarged(drift(random, count, 0.8, 0.94, 1.06), count) * np.float32(random.uniform(24, 30) / SAMPLE_RATE)
    phase = np.cumsum(turns, dtype=np.float64)
    sound = np.zeros(count, np.float32)
    for half in range(1, 25):  # orders of half a turn: four cylinders fire twice a turn
        gain = (1.0 if half % 4 == 0 else random.uniform(0.12, 0.35)) / (1 + (half / 9) ** 2)
        sound += np.float32(gain) * np.sin(
            single((phase * half / 2) % 1) * np.float32(2 * np.pi) + random.uniform(0, 6)
        )
    rough = noise(random, count, pink(90, 1400), width=0.5)
    air = noise(random, count, band(2600, 0.9)) * wandering(random, count, 5, 0.5, 1.0)
    firing = (0.6 + 0.4 * np.abs(np.sin(single((phase * 2) % 1) * np.float32(np.pi)))).astype(np.float32)
    return single(np.stack([sound, np.roll(sound, 19)]) * 0.5 + 0.5 * rough * firing + 0.08 * air)


def wheels(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """Tyres or a ball rolling over ground: a rumble and a hiss, uneven once a turn; brighter where it is wet."""
    turn = bed.period or 0.6
    t = np.arange(count, dtype=np.float32) / np.float32(SAMPLE_RATE)
    uneven = single(0.8 + 0.2 * np.cos(np.float32(2 * np.pi / turn) * (t - np.float32(bed.phase))))
    rumble = noise(random, count, pink(60, 500), width=0.5) * uneven
    hiss = noise(random, count, pink(900, 7000 if setting.wet else 4200)) * wandering(random, count, 4, 0.6, 1.0)
    return single(rumble + (0.5 if setting.wet else 0.22) * hiss * uneven)
