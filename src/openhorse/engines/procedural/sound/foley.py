"""Random numbers in, one step, landing or bounce out: mono, as long as it lasts. Knows no ambience, no music, no time.

Each has exactly one attack, at its first sample, and only dies from there: what comes after it (a sole that rolls down,
sand that slides) swells without an edge, for a second edge is heard as a second step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from openhorse.engines.procedural.sound.synthesis import Samples, add_at, band, burst, chirp, clock, pink, single
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator


def thud(hertz: float, seconds: float, decay: float) -> Samples:
    """A falling low tone: a weight set down."""
    return chirp(hertz * 1.5, hertz * 0.8, seconds, decay)


def struck(samples: Samples, decay: float, attack_seconds: float = 0.002) -> Samples:
    """`samples` as if struck: there at once, gone by `decay` e-folds a second."""
    t = clock(samples.size)
    fade = np.minimum(1, (np.float32(samples.size / SAMPLE_RATE) - t) / 0.01)
    return single(samples * np.exp(-decay * t) * np.minimum(1, t / np.float32(attack_seconds)) * fade)


def mixed(seconds: float, *parts: tuple[float, float, Samples]) -> Samples:
    """Parts, each with its start in seconds and its gain, in one sound of `seconds`."""
    track = np.zeros((1, int(seconds * SAMPLE_RATE)), np.float32)
    for start, gain, samples in parts:
        add_at(track, int(start * SAMPLE_RATE), samples[None] * np.float32(gain))
    return single(track[0])


@dataclass(frozen=True, slots=True)
class Ground:
    """What a foot meets. Pairs are the range that a value is drawn from.

    `heel` is the attack's brightness in hertz, `edge` its strength; `weight` the low tone's hertz and `heavy` its
    strength; `rub` the hertz of what is pressed or brushed aside, `rough` its strength, `fine` how it is broken up
    (pieces a second, 0 for not at all) and `decay` how fast it dies, in e-folds a second; `ring` the hertz of what
    resounds below (boards), 0 for nothing.
    """

    heel: tuple[float, float]
    edge: float
    weight: tuple[float, float]
    heavy: float
    rub: tuple[float, float]
    rough: float
    fine: float = 0.0
    decay: float = 24.0
    ring: float = 0.0


GROUNDS: Mapping[str, Ground] = {
    "sand": Ground((900, 1700), 0.5, (62, 88), 0.9, (2600, 3600), 0.4, 500, 20),
    "pavement": Ground((1500, 2700), 0.9, (110, 150), 0.7, (3000, 4600), 0.25, 0, 34),
    "wet": Ground((1800, 3200), 0.9, (110, 150), 0.6, (3800, 5600), 0.45, 900, 20),
    "grass": Ground((1800, 2800), 0.45, (74, 100), 0.6, (3200, 5200), 0.5, 260, 26),
    "snow": Ground((700, 1200), 0.5, (70, 95), 0.5, (1700, 2600), 0.8, 150, 21),
    "gravel": Ground((2000, 3400), 0.7, (90, 120), 0.5, (2600, 4200), 0.8, 110, 22),
    "wood": Ground((900, 1500), 0.8, (125, 165), 0.8, (1500, 2400), 0.12, 0, 40, 240),
    "soft": Ground((700, 1200), 0.5, (84, 118), 0.9, (1100, 1700), 0.2, 0, 38),
}


def step(ground: Ground) -> Callable[[Random], Samples]:
    """What makes steps on `ground`: the heel, the weight behind it, and what is pressed aside under both."""

    def made(random: Random) -> Samples:
        heel = burst(random, 0.08, pink(120, random.uniform(*ground.heel) * 2.2))
        parts = [
            (0.0, ground.edge * random.uniform(0.42, 0.55), struck(heel, random.uniform(55, 75), 0.0007)),
            (0.0, ground.heavy, thud(random.uniform(*ground.weight), 0.18, random.uniform(26, 36))),
            (0.0, ground.rough * random.uniform(0.4, 0.55), _pressed(random, ground)),
        ]
        if ground.ring:
            pitch = ground.ring * random.uniform(0.85, 1.15)
            parts += [(0.0, 0.3 / k, chirp(pitch * k * 1.02, pitch * k, 0.2, 26.0 * k)) for k in (1.0, 2.3)]
        return mixed(0.3, *parts)

    return made


def _pressed(random: Random, ground: Ground) -> Samples:
    """Grains, blades, snow or water under a sole: there with the heel, broken up, dying."""
    rub = burst(random, 0.3, band(random.uniform(*ground.rub), 0.9))
    if ground.fine:
        spacing = int(SAMPLE_RATE / ground.fine)
        rough = 0.55 + 0.6 * random.uniform(0, 1, rub.size // spacing + 2) ** 2
        rub = single(rub * np.interp(np.arange(rub.size) / spacing, np.arange(rough.size), rough))
    return struck(rub, ground.decay * random.uniform(0.9, 1.2), 0.003)


def pant(random: Random) -> Samples:
    """One breath out of a running animal."""
    out = burst(random, 0.2, band(random.uniform(1300, 1600), 0.7)) * np.hanning(int(0.2 * SAMPLE_RATE)) ** 1.5
    return single(out)


def bounce(random: Random) -> Samples:
    """A ball that comes down: the slap of its skin, and its air, which rings shortly at a pitch of its own."""
    pitch = random.uniform(105, 118)
    slap = burst(random, 0.06, pink(200, 3600))
    air = chirp(pitch * 7.2, pitch * 7.0, 0.12, 46)
    return mixed(
        0.3, (0.0, 0.5, struck(slap, 80, 0.0006)), (0.0, 0.9, chirp(pitch * 1.35, pitch, 0.24, 19)), (0.0, 0.2, air)
    )


def landing(random: Random) -> Samples:
    """A soft body that lands: a thump with a little give, and what is pressed out of it."""
    pat = burst(random, 0.12, pink(90, 1500))
    return mixed(
        0.34,
        (0.0, 0.5, struck(pat, 45, 0.001)),
        (0.0, 0.9, chirp(130, 62, 0.26, 17)),
        (0.0, 0.25, chirp(random.uniform(280, 340), random.uniform(190, 230), 0.16, 24)),
    )


def splash(random: Random) -> Samples:
    """Water struck: a slap, spray that falls back, bubbles."""
    parts = [
        (0.0, 0.9, struck(burst(random, 0.2, pink(250, 4000)), 26, 0.001)),
        (0.0, 0.3, struck(burst(random, 0.5, band(4500, 0.9)), 9, 0.02)),
        (0.0, 0.5, thud(110, 0.15, 30)),
    ]
    for at in random.uniform(0.04, 0.42, 10):
        pitch = random.uniform(500, 2200)
        parts.append((float(at), random.uniform(0.04, 0.15), chirp(pitch, pitch * 1.4, 0.06, 50)))
    return mixed(0.55, *parts)
