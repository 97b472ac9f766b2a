"""Random numbers in, one sound of an animal out, mono: hoof, wing, moo, roar, bleat, quack, tweet.

Knows no time. Throats are those of calls.py; a hoof and a wing are struck like the steps of foley.py.
"""

from __future__ import annotations

import numpy as np

from openhorse.engines.procedural.sound.calls import part_of, throat
from openhorse.engines.procedural.sound.foley import mixed, struck, thud
from openhorse.engines.procedural.sound.synthesis import Samples, band, burst, chirp, pink, single
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator


def hoof(random: Random) -> Samples:
    """A hoof set down on earth: the hollow knock of its wall, the weight above it, a little of the ground."""
    pitch = random.uniform(430, 560)
    horn = struck(burst(random, 0.06, band(pitch * 2.4, 0.5)), 90, 0.0006)
    return mixed(
        0.28,
        (0.0, 0.34, horn),
        (0.0, 0.5, chirp(pitch * 1.05, pitch, 0.09, 60)),
        (0.0, 0.9, thud(random.uniform(70, 95), 0.2, 28)),
        (0.0, 0.22, struck(burst(random, 0.2, band(1800, 0.9)), 32, 0.003)),
    )


def wing(random: Random) -> Samples:
    """One beat of a large bird's wing: air pushed down, soft at both its ends, and the quills at its middle."""
    seconds = random.uniform(0.2, 0.26)
    push, quills = (burst(random, seconds, spectrum) for spectrum in (pink(120, 900), band(2300, 0.8)))
    part = np.arange(push.size) / push.size
    swell = np.sin(np.pi * part**0.55) ** 1.4
    return single(push * swell + 0.3 * quills * swell**3)


def moo(random: Random) -> Samples:
    """A cow: closed lips that open, a low voice that rises a little and sinks."""
    part = part_of(random.uniform(1.2, 1.5))
    opened = np.clip((part - 0.12) / 0.3, 0, 1)
    pitch = random.uniform(105, 130) * (0.86 + 0.22 * np.sin(np.pi * part**0.7) - 0.06 * part)
    formants = ((240 + 260 * opened, 1.0), (620 + 420 * opened, 0.15 + 0.45 * opened), (2300.0, 0.06))
    breath = 1 + 0.06 * np.sin(2 * np.pi * 5.5 * part) * opened
    return single(throat(pitch, formants, 30) * np.minimum(1, part / 0.1) * np.minimum(1, (1 - part) / 0.3) * breath)


def roar(random: Random) -> Samples:
    """A lion: a deep throat that breaks up as it opens, and dies away in breath."""
    part = part_of(random.uniform(1.3, 1.7))
    opened = np.sin(np.pi * part**0.6)
    pitch = random.uniform(62, 80) * (0.75 + 0.5 * opened)
    voice = throat(pitch, ((320 + 280 * opened, 1.0), (850 + 350 * opened, 0.7), (2200.0, 0.2)), 40)
    rough = 1 - 0.7 * opened * (0.5 + 0.5 * np.sin(2 * np.pi * np.cumsum(pitch / 2) / SAMPLE_RATE)) ** 2
    breath = burst(random, part.size / SAMPLE_RATE + 0.001, pink(180, 2600))[: part.size]
    swell = np.minimum(1, part / 0.14) * (1 - part) ** 1.1
    return single((voice / np.abs(voice).max() * rough + 0.2 * breath) * swell)


def bleat(random: Random) -> Samples:
    """A sheep: one vowel, shaken eight times a second."""
    part = part_of(random.uniform(0.65, 0.85))
    shake = np.sin(2 * np.pi * 8.5 * part * 0.75)
    pitch = random.uniform(260, 330) * (1.02 - 0.1 * part) * (1 + 0.03 * shake)
    voice = throat(pitch, ((750.0, 1.0), (1650.0, 0.7), (2700.0, 0.3)), 26)
    return single(voice * (0.7 + 0.3 * shake) * np.minimum(1, part / 0.08) * (1 - part) ** 0.7)


def quack(random: Random) -> Samples:
    """A duck: a reed rather than a throat, bright at once and short."""
    part = part_of(random.uniform(0.18, 0.24))
    pitch = random.uniform(230, 280) * (1.12 - 0.3 * part)
    voice = throat(pitch, ((1050 - 250 * part, 1.0), (2300.0, 0.8), (3400.0, 0.35)), 34)
    return single(voice * np.minimum(1, part / 0.04) * (1 - part) ** 0.9)


def tweet(random: Random) -> Samples:
    """A small bird near by, once: two or three quick falling notes."""
    pitch = random.uniform(3300, 4600)
    notes = []
    for number in range(int(random.integers(2, 4))):
        top = pitch * random.uniform(0.95, 1.05)
        part = part_of(0.075)
        turns = np.cumsum(top * (1.12 - 0.34 * part)) / SAMPLE_RATE
        note = np.sin(2 * np.pi * turns) * np.sin(np.pi * part**0.6) ** 2
        notes.append((0.11 * number, 1.0 - 0.12 * number, single(note)))
    return mixed(0.42, *notes)
