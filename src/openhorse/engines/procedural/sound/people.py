"""A Bed of people comes in, their voices go out: a crowd, a café. Nobody is to be understood. Knows no place."""

from __future__ import annotations

import numpy as np
from scipy.fft import irfft, rfft
from scipy.signal import iirpeak, lfilter

from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.sound.objects import cup
from openhorse.engines.procedural.sound.setting import Setting
from openhorse.engines.procedural.sound.synthesis import (
    Samples,
    Scatter,
    drift,
    enlarged,
    noise,
    panned,
    pink,
    scattered,
    single,
    wandering,
)
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator


def _voice(random: Random, count: int) -> Samples:
    """One speaker heard from afar, at a quarter of the sample rate: a buzz, two vowels, syllables and pauses."""
    rate = SAMPLE_RATE / 4
    pitch = enlarged(drift(random, count, 2.5, 0.88, 1.14), count) * np.float32(random.uniform(95, 225) / rate)
    buzz = (2 * (np.cumsum(pitch, dtype=np.float64) % 1) - 1).astype(np.float32)
    talks = np.clip(drift(random, count, 0.8, -0.3, 1.6), 0, 1)
    syllables = enlarged(np.clip(drift(random, count, 20, -0.5, 1.0), 0, 1) * talks, count)
    spoken = np.zeros(count, np.float32)
    for low, high in ((420, 620), (680, 1000), (1200, 2300)):
        numerator, denominator = iirpeak(random.uniform(low, high), 3.0, fs=rate)
        vowel = enlarged(drift(random, count, 14, 0.0, 1.0), count)
        spoken += lfilter(numerator, denominator, buzz).astype(np.float32) * vowel
    spoken *= syllables
    return single(spoken / (np.sqrt(np.mean(spoken * spoken)) + 1e-6))


def crowd(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """Nine people talking at once, none to be understood."""
    murmur = np.zeros((2, count // 4), np.float32)
    for _ in range(9):
        murmur += panned(_voice(random, count // 4) * np.float32(random.uniform(0.6, 1)), random.uniform(0.05, 0.95))
    bins = np.zeros((2, count // 2 + 1), np.complex64)
    quarter = rfft(murmur, axis=1)
    bins[:, : quarter.shape[1]] = quarter * 4
    return single(irfft(bins, count, axis=1))


def cafe(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """A café: a murmur of tables, the air of the room, and cups that are set down, here and there a near one."""
    murmur = crowd(random, count, bed, setting)
    murmur /= np.float32(np.sqrt(np.mean(murmur * murmur)) + 1e-6)
    air = noise(random, count, pink(80, 900)) * wandering(random, count, 0.5, 0.2, 0.4)
    clinks = [cup(random) * np.float32(0.8) for _ in range(8)]
    return single(murmur + air + scattered(random, count, clinks, Scatter(rate=1.6, rarity=1.6)))
