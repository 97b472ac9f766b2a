"""A Hit comes in, one short mono sound goes out, of peak 1, and when it begins. Knows no ambience and no music.

Of each kind a film has a handful of variants, never the same twice in a row; and every hit is bent a little in pitch,
level and brightness, the soft ones duller, as if farther off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from openhorse.engines.procedural.score import Hit, HitKind
from openhorse.engines.procedural.sound.synthesis import (
    Samples,
    add_at,
    band,
    burst,
    chirp,
    clock,
    control_clock,
    decibels,
    enlarged,
    panned,
    pink,
    ringing,
    single,
)
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator
VARIANTS = 7


def _thud(hertz: float, seconds: float, decay: float) -> Samples:
    """A falling low tone: a weight set down."""
    return chirp(hertz * 1.5, hertz * 0.8, seconds, decay)


def _struck(samples: Samples, decay: float, attack_seconds: float = 0.002) -> Samples:
    """`samples` as if struck: there at once, gone by `decay` e-folds a second."""
    t = clock(samples.size)
    fade = np.minimum(1, (np.float32(samples.size / SAMPLE_RATE) - t) / 0.01)
    return single(samples * np.exp(-decay * t) * np.minimum(1, t / np.float32(attack_seconds)) * fade)


def _mixed(seconds: float, *parts: tuple[float, float, Samples]) -> Samples:
    """Parts, each with its start in seconds and its gain, in one sound of `seconds`."""
    track = np.zeros((1, int(seconds * SAMPLE_RATE)), np.float32)
    for start, gain, samples in parts:
        add_at(track, int(start * SAMPLE_RATE), samples[None] * np.float32(gain))
    return single(track[0])


def _noise(random: Random, seconds: float, centre: tuple[float, float], octaves: float) -> Samples:
    """Noise around a frequency that lies somewhere between the two of `centre`, another one each time."""
    return burst(random, seconds, band(random.uniform(*centre), octaves))


def step_sand(random: Random) -> Samples:
    """A paw or foot in sand: a dull thud, grains pressed together, and grains that slide after it."""
    return _mixed(
        0.24,
        (0.0, 0.9, _thud(random.uniform(62, 88), 0.16, random.uniform(26, 36))),
        (0.0, random.uniform(0.22, 0.34), _struck(_noise(random, 0.16, (900, 1700), 1.0), 34)),
        (random.uniform(0.018, 0.035), random.uniform(0.1, 0.18), _grains(random, 0.19, 3400, 22)),
    )


def step_pavement(random: Random) -> Samples:
    """A shoe on a wet pavement: the heel's click, the weight, and as the sole rolls down, water pressed aside."""
    roll = random.uniform(0.055, 0.085)
    return _mixed(
        0.24,
        (
            0.0,
            random.uniform(0.4, 0.6),
            _struck(burst(random, 0.05, band(random.uniform(1500, 2700), 0.6)), 140, 0.0008),
        ),
        (0.0, 0.7, _thud(random.uniform(110, 150), 0.12, random.uniform(42, 56))),
        (
            roll,
            random.uniform(0.1, 0.22),
            _struck(burst(random, 0.06, band(random.uniform(700, 1200), 0.8)), 90, 0.003),
        ),
        (roll + 0.008, random.uniform(0.1, 0.2), _grains(random, 0.14, random.uniform(3000, 4600), 30)),
    )


def step_grass(random: Random) -> Samples:
    """A foot in grass: blades brushed and bent, a soft weight."""
    return _mixed(
        0.26,
        (0.0, 0.6, _thud(random.uniform(74, 100), 0.14, 40)),
        (
            0.0,
            random.uniform(0.28, 0.42),
            _struck(burst(random, 0.22, band(random.uniform(2600, 3800), 0.9)), 24, 0.006),
        ),
        (random.uniform(0.03, 0.07), random.uniform(0.15, 0.25), _grains(random, 0.18, 5600, 20)),
    )


def step_soft(random: Random) -> Samples:
    """A soft sole or a paw on something soft: heel, then ball of the foot."""
    return _mixed(
        0.2,
        (0.0, 0.9, _thud(random.uniform(84, 118), 0.14, random.uniform(38, 48))),
        (0.0, random.uniform(0.15, 0.25), _struck(_noise(random, 0.1, (550, 950), 0.8), 50)),
        (
            random.uniform(0.05, 0.07),
            random.uniform(0.05, 0.12),
            _struck(burst(random, 0.08, band(1300, 0.9)), 60, 0.006),
        ),
    )


def _grains(random: Random, seconds: float, hertz: float, decay: float) -> Samples:
    """Many small pieces that rub and settle: noise broken up at random, dying."""
    rub = burst(random, seconds, band(hertz, 0.8))
    rough = random.uniform(0, 1, rub.size // 160 + 2) ** 2.5
    broken = np.interp(np.arange(rub.size) / 160, np.arange(rough.size), rough)
    return _struck(single(rub * broken * 2.2), decay, 0.008)


def pant(random: Random) -> Samples:
    """One breath of a running animal: out, and shorter, in."""
    out = burst(random, 0.17, band(random.uniform(1300, 1600), 0.7)) * np.hanning(int(0.17 * SAMPLE_RATE)) ** 1.5
    back = burst(random, 0.12, band(2300, 0.6)) * np.hanning(int(0.12 * SAMPLE_RATE)) ** 1.5
    return _mixed(0.34, (0.0, 1.0, out.astype(np.float32)), (0.2, 0.55, back.astype(np.float32)))


def splash(random: Random) -> Samples:
    """Water struck: a slap, spray that falls back, bubbles."""
    parts = [
        (0.0, 0.8, _struck(burst(random, 0.2, pink(250, 4000)), 26)),
        (0.015, 0.35, _struck(burst(random, 0.5, band(4500, 0.9)), 9, 0.03)),
        (0.0, 0.5, _thud(110, 0.15, 30)),
    ]
    for at in random.uniform(0.04, 0.42, 14):
        pitch = random.uniform(500, 2200)
        parts.append((float(at), random.uniform(0.05, 0.3), chirp(pitch, pitch * 1.4, 0.06, 50)))
    return _mixed(0.55, *parts)


def drip(random: Random) -> Samples:
    """One drop into still water."""
    pitch = random.uniform(950, 1900)
    return _mixed(0.16, (0.0, 0.3, chirp(3200, 2400, 0.012, 200)), (0.008, 1.0, chirp(pitch, pitch * 1.35, 0.14, 38)))


_WHOOSH_SECONDS = 0.7


def whoosh(random: Random) -> Samples:
    """Something fast going by: air that brightens towards the middle, which is when it passes."""
    t = clock(int(_WHOOSH_SECONDS * SAMPLE_RATE)) / np.float32(_WHOOSH_SECONDS)
    swell = np.exp(-(((t - 0.5) / 0.17) ** 2)) * np.sin(np.pi * t) ** 0.5
    low, high = (burst(random, _WHOOSH_SECONDS, spectrum) for spectrum in (band(500, 0.8), band(2400, 0.8)))
    return single(low * swell + high * swell**2)


_BELL = ((1.0, 1.0, 2.2), (2.0, 0.35, 3.0), (2.76, 0.4, 4.0), (5.4, 0.25, 7.0), (8.93, 0.12, 12.0))


def _ring(hertz: float, decay: float) -> Samples:
    return _struck(ringing(hertz, decay, int(1.9 * SAMPLE_RATE)), 0.0)


def chime(random: Random) -> Samples:
    """A small bell of inharmonic partials."""
    pitch = 1046.5 * 2 ** (random.choice([0, 2, 4, 7, 9]) / 12)
    return _mixed(1.9, *((0.0, gain, _ring(pitch * ratio, decay)) for ratio, gain, decay in _BELL))


@dataclass(frozen=True, slots=True)
class Voicing:
    """How a hit is made, its peak at level 1 in dBFS, how much goes to the room, how far the ambience
    gives way to it (0…1), how long before its time it begins, and by how many semitones its pitch varies.

    A whoosh is loudest, not begun, when its hit is.
    """

    make: Callable[[Random], Samples]
    peak: float
    send: float = 0.05
    duck: float = 0.0
    lead_seconds: float = 0.0
    bend: float = 1.0


HITS: Mapping[HitKind, Voicing] = {
    "step-sand": Voicing(step_sand, -3, duck=0.5),
    "step-pavement": Voicing(step_pavement, -3, 0.2, duck=0.5),
    "step-grass": Voicing(step_grass, -6, duck=0.5),
    "step-soft": Voicing(step_soft, -8, 0.1, duck=0.4),
    "pant": Voicing(pant, -6),
    "splash": Voicing(splash, -5, 0.15, duck=0.4),
    "drip": Voicing(drip, -12, 0.35),
    "whoosh": Voicing(whoosh, -9, 0.15, lead_seconds=_WHOOSH_SECONDS / 2),
    "chime": Voicing(chime, -13, 0.4, bend=0.0),
}


_CLEAR = 0.5
"""The level from which on a hit is so near that nothing of its high tones is lost."""


_NEARER = 0.7
"""Soft hits are played a little louder than they are, as a film's foley is: a far step still has to be heard."""


def place_hits(random: Random, hits: tuple[Hit, ...], dry: Samples, sent: Samples) -> None:
    """Add every hit to `dry`, and its share for the room to `sent`, at its exact sample."""
    banks: dict[HitKind, list[Samples]] = {}
    for kind in sorted({hit.kind for hit in hits}):
        sounds = [HITS[kind].make(random) for _ in range(VARIANTS)]
        banks[kind] = [sound / np.abs(sound).max() for sound in sounds]
    turns = dict.fromkeys(banks, 0)
    for hit in hits:
        voicing, bank = HITS[hit.kind], banks[hit.kind]
        turns[hit.kind] += 1 + int(random.integers(VARIANTS - 1))  # any but the last one
        far = 1 - min(1.0, hit.level / _CLEAR)
        sound = _bent(random, bank[turns[hit.kind] % VARIANTS], voicing.bend, far)
        gain = np.float32(hit.level**_NEARER) * decibels(voicing.peak + random.uniform(-2.0, 0))
        placed = panned(sound * gain, min(1.0, max(0.0, hit.pan)))
        start = round((hit.at - voicing.lead_seconds) * SAMPLE_RATE)
        add_at(dry, start, placed)
        add_at(sent, start, placed * np.float32(voicing.send * (1 + far)))


def _bent(random: Random, sound: Samples, semitones: float, far: float) -> Samples:
    """`sound` up to `semitones` higher or lower, and without what the air takes of it when it is `far` (0…1)."""
    pace = 2 ** (random.uniform(-semitones, semitones) / 12)
    moved = np.interp(np.arange(int(sound.size / pace)) * pace, np.arange(sound.size), sound)
    keep = np.exp(-2 * np.pi * (12000 * 0.35**far * random.uniform(0.75, 1.0)) / SAMPLE_RATE)
    return single(lfilter([1 - keep], [1, -keep], moved))


def ducked(hits: tuple[Hit, ...], count: int) -> Samples | None:
    """How far everything else gives way to the hits, a gain for each of `count` samples; None when it does not.

    Down in 15 ms just before a step, up again in a tenth of a second: too short to be heard as a gap, it keeps
    steps distinct when a wave breaks over them.
    """
    t = control_clock(count)
    gain = np.ones(t.size)
    for hit in hits:
        duck = HITS[hit.kind].duck * min(1.0, 2.5 * hit.level)
        if duck:
            nearby = slice(*np.searchsorted(t, (hit.at - 0.015, hit.at + 0.6)))
            since = t[nearby] - hit.at
            depth = np.where(since < 0, 1 + since / 0.015, np.exp(-since / 0.1))
            gain[nearby] = np.minimum(gain[nearby], 1 - duck * depth)
    return enlarged(gain, count) if gain.min() < 1 else None
