"""Random numbers in, one call of an animal that is named out: mono, a bark, a meow, a neigh. Knows no time.

A throat is a row of harmonics of a gliding pitch under formants that move as the mouth opens.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.sound.foley import mixed
from openhorse.engines.procedural.sound.synthesis import Samples, band, burst, single
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator
Curve = NDArray[np.float64]


def part_of(seconds: float) -> Curve:
    """How much of `seconds` is over, 0…1, at each sample of them."""
    return np.arange(int(seconds * SAMPLE_RATE)) / (seconds * SAMPLE_RATE)


def throat(pitch: Curve, formants: tuple[tuple[Curve | float, Curve | float], ...], harmonics: int = 24) -> Curve:
    """Harmonics of `pitch` (hertz at each sample) under `formants` (hertz, gain)."""
    turns = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    sound = np.zeros(pitch.size)
    for harmonic in range(1, harmonics + 1):
        f = harmonic * pitch
        gain = np.zeros(pitch.size)
        for hertz, strength in formants:
            gain += strength / (1 + ((f - hertz) / (0.22 * np.asarray(hertz))) ** 2)
        sound += gain * np.where(f < 14000, 1, 0) * np.sin(harmonic * turns) / harmonic**0.35
    return sound


def bark(random: Random) -> Samples:
    """One bark of a dog: hoarse, up and down within a fifth of a second."""
    part = part_of(random.uniform(0.17, 0.22))
    base = random.uniform(330, 460)
    opened = np.sin(np.pi * part**0.6)
    voice = throat(base * (0.8 + 0.5 * opened), ((500 + 500 * opened, 1.0), (1500 + 300 * opened, 0.6), (2900.0, 0.2)))
    rough = burst(random, part.size / SAMPLE_RATE + 0.001, band(1200, 0.9))[: part.size]
    swell = np.minimum(1, part / 0.05) * (1 - part) ** 1.3
    return single((voice / np.abs(voice).max() + 0.35 * rough / np.abs(rough).max()) * swell)


def meow(random: Random) -> Samples:
    """A cat's meow: the mouth opens and closes over a second less a little."""
    part = part_of(random.uniform(0.6, 0.85))
    opened = np.sin(np.pi * part**0.8) ** 1.2
    pitch = random.uniform(480, 620) * (1 + 0.28 * opened - 0.16 * part) * (1 + 0.008 * np.sin(2 * np.pi * 7 * part))
    voice = throat(pitch, ((700 + 700 * opened, 1.0), (1900 + 500 * opened, 0.5), (3600.0, 0.15)), 14)
    return single(voice * np.sin(np.pi * part**0.7) ** 1.1)


def neigh(random: Random) -> Samples:
    """A horse: high and shaken, sinking to a snort."""
    part = part_of(random.uniform(1.0, 1.25))
    shake = 1 + 0.09 * np.sin(2 * np.pi * (8 + 5 * part) * part * 1.1)
    pitch = random.uniform(760, 900) * (1.12 - 0.6 * part**1.4) * shake
    voice = throat(pitch, ((1100.0, 1.0), (2300.0, 0.6), (3900.0, 0.25)), 12)
    tremble = 0.65 + 0.35 * np.sin(2 * np.pi * 13 * part)
    voice *= np.minimum(1, part / 0.06) * (1 - part) ** 0.8 * tremble
    snort = burst(random, 0.3, band(700, 1.0)) * np.hanning(int(0.3 * SAMPLE_RATE))
    return mixed(1.6, (0.0, 1.0, single(voice / np.abs(voice).max())), (1.05, 0.08, single(snort)))
