"""A Bed of a machine comes in, its sound goes out: an engine, wheels that roll, a train. Knows no traffic."""

from __future__ import annotations

import numpy as np

from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.sound.foley import mixed, struck, thud
from openhorse.engines.procedural.sound.setting import Setting
from openhorse.engines.procedural.sound.synthesis import (
    Samples,
    add_at,
    band,
    burst,
    drift,
    enlarged,
    noise,
    panned,
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


_AXLES = (0.0, 0.13, 0.3, 0.43)
"""When the axles of two bogies cross a joint of the rails, as parts of the time from one joint to the next."""


def train(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """A train at speed: its rolling weight, steel that hisses, and the joints of the rails under its axles.

    `period` is the time from one joint to the next.
    """
    period = bed.period or 1.15
    weight = noise(random, count, pink(40, 320)) * wandering(random, count, 0.8, 0.7, 1.0)
    steel = noise(random, count, pink(700, 5200)) * wandering(random, count, 2.5, 0.1, 0.22)
    joints = [
        mixed(0.2, (0.0, 1.0, thud(95, 0.18, 26)), (0.0, 0.3, struck(burst(random, 0.06, band(1700, 0.8)), 70, 0.002)))
        for _ in range(5)
    ]
    clacks, at, number = np.zeros((2, count), np.float32), bed.phase % period - period, 0
    while at < count / SAMPLE_RATE:
        for axle, part in enumerate(_AXLES):
            joint = joints[number % 5] * np.float32(random.uniform(0.7, 1.0))
            start = int((at + part * period) * SAMPLE_RATE)
            add_at(clacks, start, panned(joint, 0.35 if axle < 2 else 0.65))
            number += 1
        at += period
    return single(0.8 * weight + steel + 1.6 * clacks)
