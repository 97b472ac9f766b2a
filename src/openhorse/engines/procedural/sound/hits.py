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
from openhorse.engines.procedural.sound.calls import bark, meow, neigh
from openhorse.engines.procedural.sound.creatures import bleat, hoof, moo, quack, roar, tweet, wing
from openhorse.engines.procedural.sound.foley import GROUNDS, bounce, landing, mixed, pant, splash, step, struck
from openhorse.engines.procedural.sound.objects import bell, boom, cup, horn, pop, whistle, zap
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
    ringing,
    single,
)
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator
VARIANTS = 7


def drip(random: Random) -> Samples:
    """One drop into still water."""
    pitch = random.uniform(950, 1900)
    return mixed(0.16, (0.0, 0.3, chirp(3200, 2400, 0.012, 200)), (0.008, 1.0, chirp(pitch, pitch * 1.35, 0.14, 38)))


_WHOOSH_SECONDS = 0.7


def whoosh(random: Random) -> Samples:
    """Something fast going by: air that brightens towards the middle, which is when it passes."""
    t = clock(int(_WHOOSH_SECONDS * SAMPLE_RATE)) / np.float32(_WHOOSH_SECONDS)
    swell = np.exp(-(((t - 0.5) / 0.17) ** 2)) * np.sin(np.pi * t) ** 0.5
    low, high = (burst(random, _WHOOSH_SECONDS, spectrum) for spectrum in (band(500, 0.8), band(2400, 0.8)))
    return single(low * swell + high * swell**2)


_BELL = ((1.0, 1.0, 2.2), (2.0, 0.35, 3.0), (2.76, 0.4, 4.0), (5.4, 0.25, 7.0), (8.93, 0.12, 12.0))


def _ring(hertz: float, decay: float) -> Samples:
    return struck(ringing(hertz, decay, int(1.9 * SAMPLE_RATE)), 0.0)


def chime(random: Random) -> Samples:
    """A small bell of inharmonic partials."""
    pitch = 1046.5 * 2 ** (random.choice([0, 2, 4, 7, 9]) / 12)
    return mixed(1.9, *((0.0, gain, _ring(pitch * ratio, decay)) for ratio, gain, decay in _BELL))


@dataclass(frozen=True, slots=True)
class Voicing:
    """How a hit is made, its peak at level 1 in dBFS, how much goes to the room, how far the ambience
    gives way to it (0…1), how long before its time it begins, by how many semitones its pitch varies, and how hard
    it is driven: 0 leaves its peak alone above its body, 2 brings the body 5 dB up to it, as tape does to a drum.

    A whoosh is loudest, not begun, when its hit is.
    """

    make: Callable[[Random], Samples]
    peak: float
    send: float = 0.05
    duck: float = 0.0
    lead_seconds: float = 0.0
    bend: float = 1.0
    drive: float = 0.0


def _foot(make: Callable[[Random], Samples], peak: float, send: float = 0.05) -> Voicing:
    """What comes down: everything else gives way to it by 6 dB, and it has weight.

    Undriven, a step is 18 dB of peak over what is heard of it. Brought to a film's loudness it would be all limiter,
    and the air between the steps as loud as they are.
    """
    return Voicing(make, peak, send, duck=0.5, drive=2.2)


HITS: Mapping[HitKind, Voicing] = {
    "step-sand": _foot(step(GROUNDS["sand"]), -3),
    "step-pavement": _foot(step(GROUNDS["pavement"]), -3, 0.2),
    "step-wet": _foot(step(GROUNDS["wet"]), -3, 0.2),
    "step-grass": _foot(step(GROUNDS["grass"]), -3),
    "step-snow": _foot(step(GROUNDS["snow"]), -3),
    "step-gravel": _foot(step(GROUNDS["gravel"]), -3),
    "step-wood": _foot(step(GROUNDS["wood"]), -3, 0.15),
    "step-soft": _foot(step(GROUNDS["soft"]), -4, 0.1),
    "bounce": _foot(bounce, -3, 0.15),
    "landing": _foot(landing, -3, 0.1),
    "pant": Voicing(pant, -6),
    "splash": Voicing(splash, -5, 0.15, duck=0.5, drive=1.5),
    "drip": Voicing(drip, -12, 0.35),
    "whoosh": Voicing(whoosh, -9, 0.15, lead_seconds=_WHOOSH_SECONDS / 2),
    "chime": Voicing(chime, -13, 0.4, bend=0.0),
    "bark": Voicing(bark, -5, 0.25, duck=0.5),
    "meow": Voicing(meow, -8, 0.25, duck=0.4),
    "neigh": Voicing(neigh, -6, 0.25, duck=0.5),
    "hoof": _foot(hoof, -3),
    "wing": Voicing(wing, -9),
    "moo": Voicing(moo, -6, 0.25, duck=0.4),
    "roar": Voicing(roar, -5, 0.3, duck=0.5),
    "bleat": Voicing(bleat, -7, 0.25, duck=0.4),
    "quack": Voicing(quack, -8, 0.2, duck=0.3),
    "tweet": Voicing(tweet, -12, 0.4),
    "horn": Voicing(horn, -8, 0.3, duck=0.3),
    "whistle": Voicing(whistle, -9, 0.5, duck=0.3),
    "bell": Voicing(bell, -9, 0.5, duck=0.3, bend=0.3),
    "cup": Voicing(cup, -12, 0.3),
    "pop": Voicing(pop, -12, 0.2),
    "boom": Voicing(boom, -6, 0.5, duck=0.4),
    "zap": Voicing(zap, -9, 0.2, duck=0.2),
}


STEPS = frozenset(kind for kind in HITS if kind.startswith("step-") or kind in ("bounce", "landing", "hoof"))
"""What is heard together with a movement that is seen: feet, balls, bodies that land."""

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
        sound = _driven(_bent(random, bank[turns[hit.kind] % VARIANTS], voicing.bend, far), voicing.drive)
        gain = np.float32(hit.level**_NEARER) * decibels(voicing.peak + random.uniform(-2.0, 0))
        placed = panned(sound * gain, min(1.0, max(0.0, hit.pan)))
        start = round((hit.at - voicing.lead_seconds) * SAMPLE_RATE)
        add_at(dry, start, placed)
        add_at(sent, start, placed * np.float32(voicing.send * (1 + far)))


_RELEASE = 0.2
"""Seconds after which a ducked sound is back to a third of its duck."""


def _bent(random: Random, sound: Samples, semitones: float, far: float) -> Samples:
    """`sound` up to `semitones` higher or lower, and without what the air takes of it when it is `far` (0…1)."""
    pace = 2 ** (random.uniform(-semitones, semitones) / 12)
    moved = np.interp(np.arange(int(sound.size / pace)) * pace, np.arange(sound.size), sound)
    keep = np.exp(-2 * np.pi * (12000 * 0.35**far * random.uniform(0.75, 1.0)) / SAMPLE_RATE)
    return single(lfilter([1 - keep], [1, -keep], moved))


def _driven(sound: Samples, drive: float) -> Samples:
    """`sound` into saturation: its body comes up, its peak and its attack stay where they are."""
    return sound if not drive else single(np.tanh(np.float32(drive) * sound) / np.float32(np.tanh(drive)))


def ducked(hits: tuple[Hit, ...], count: int) -> Samples | None:
    """How far everything else gives way to the hits, a gain for each of `count` samples; None when it does not.

    Down in 15 ms just before a step, up again in a quarter of a second: too short to be heard as a gap, it keeps
    steps distinct when a wave breaks over them.
    """
    t = control_clock(count)
    gain = np.ones(t.size)
    for hit in hits:
        duck = HITS[hit.kind].duck * min(1.0, 3.0 * hit.level)
        if duck:
            nearby = slice(*np.searchsorted(t, (hit.at - 0.015, hit.at + 1.2)))
            since = t[nearby] - hit.at
            depth = np.where(since < 0, 1 + since / 0.015, np.exp(-((since / _RELEASE) ** 2)))
            gain[nearby] = np.minimum(gain[nearby], 1 - duck * depth)
    return enlarged(gain, count) if gain.min() < 1 else None
