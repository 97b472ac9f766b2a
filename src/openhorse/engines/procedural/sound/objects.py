"""Random numbers in, one sound of a made thing or of the sky out, mono: horn, whistle, bell, cup, pop, boom, zap.

Knows no time and no animal.
"""

from __future__ import annotations

import numpy as np

from openhorse.engines.procedural.sound.foley import mixed, struck
from openhorse.engines.procedural.sound.synthesis import Samples, band, burst, chirp, pink, ringing, single
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator
Partials = tuple[tuple[float, float, float], ...]

_BRONZE: Partials = ((0.5, 0.5, 1.1), (1.0, 1.0, 1.5), (1.19, 0.6, 2.0), (1.5, 0.35, 2.4), (2.0, 0.55, 2.8),
                     (2.66, 0.25, 4.5), (4.1, 0.12, 8.0))  # fmt: skip
"""A church bell: hum, prime, minor third, fifth and nominal, each with its gain and its e-folds a second."""
_PORCELAIN: Partials = ((1.0, 1.0, 22.0), (1.83, 0.6, 28.0), (2.74, 0.5, 36.0), (4.2, 0.25, 50.0))


def _rung(pitch: float, partials: Partials, seconds: float) -> list[tuple[float, float, Samples]]:
    """Each partial as a part to mix, from nothing within a millisecond to nothing at `seconds`."""
    count = int(seconds * SAMPLE_RATE)
    return [
        (0.0, gain, struck(ringing(pitch * ratio, decay, count), 0.0, 0.001))
        for ratio, gain, decay in partials
        if pitch * ratio < 14000
    ]


def _reed(pitch: float, count: int, harmonics: int, brightness: float) -> Samples:
    """A driven reed or pipe: harmonics of `pitch` hertz that fall above `brightness`."""
    tones = range(1, harmonics + 1)
    return single(sum(ringing(pitch * h, 0, count) / (h * (1 + (pitch * h / brightness) ** 2)) for h in tones))


def horn(random: Random) -> Samples:
    """A car's horn: two plates a major third apart, held shortly."""
    seconds = random.uniform(0.38, 0.5)
    count, low = int(seconds * SAMPLE_RATE), random.uniform(395, 425)
    tone = _reed(low, count, 12, 2600) + _reed(low * 1.26, count, 10, 2600)
    return single(tone * _held(count, 0.012, 0.05))


def whistle(random: Random) -> Samples:
    """A steam train's whistle: three pipes of a chord that come up with the steam, and steam around them."""
    seconds = random.uniform(1.3, 1.6)
    count, low = int(seconds * SAMPLE_RATE), random.uniform(430, 470)
    tone = sum((_reed(low * ratio, count, 5, 1800) for ratio in (1.0, 1.19, 1.5)), np.zeros(count, np.float32))
    steam = burst(random, seconds + 0.001, band(2600, 0.9))[:count]
    return single((tone + 0.16 * steam) * _held(count, 0.09, 0.3))


def _held(count: int, rise_seconds: float, fall_seconds: float) -> Samples:
    t = np.arange(count) / SAMPLE_RATE
    fall = np.minimum(1, (count / SAMPLE_RATE - t) / fall_seconds)
    return single(np.sin(np.pi / 2 * np.minimum(1, t / rise_seconds)) * np.sin(np.pi / 2 * np.maximum(fall, 0)))


def bell(random: Random) -> Samples:
    """A bell of bronze, struck once: a church's from a little way off, its minor third in it."""
    tap = struck(burst(random, 0.03, band(2400, 0.8)), 160, 0.0008)
    return mixed(2.6, (0.0, 0.12, tap), *_rung(random.uniform(360, 420), _BRONZE, 2.6))


def cup(random: Random) -> Samples:
    """A cup set down on its saucer: porcelain that is damped at once."""
    pitch = random.uniform(1900, 2600)
    tap = struck(burst(random, 0.02, band(5200, 0.7)), 220, 0.0005)
    return mixed(0.3, (0.0, 0.4, tap), *_rung(pitch, _PORCELAIN, 0.28))


def pop(random: Random) -> Samples:
    """A bubble that bursts: a short round tone that rises."""
    pitch = random.uniform(420, 760)
    return mixed(0.09, (0.0, 1.0, chirp(pitch, pitch * 2.1, 0.08, 55)), (0.0, 0.08, chirp(3800, 3000, 0.006, 400)))


def boom(random: Random) -> Samples:
    """A firework or a thunderclap far off: a soft blow that the land rolls after."""
    blow = struck(burst(random, 0.5, pink(40, 700)), 9, 0.004)
    roll = struck(burst(random, 1.6, pink(35, 220)), 2.6, 0.05)
    return mixed(1.7, (0.0, 0.9, chirp(75, 38, 0.5, 8)), (0.0, 0.4, blow), (0.0, 0.18, roll))


def zap(random: Random) -> Samples:
    """A ray gun or a robot's joint: a buzzing tone that falls three octaves in a quarter of a second."""
    t = np.arange(int(random.uniform(0.22, 0.3) * SAMPLE_RATE)) / SAMPLE_RATE
    part = t / t[-1]
    pitch = random.uniform(1500, 2100) * 2 ** (-3 * part)
    turns = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    tone = np.sin(turns + 1.8 * np.sin(2.01 * turns))
    return single(tone * np.minimum(1, t / 0.004) * (1 - part) ** 1.2)
