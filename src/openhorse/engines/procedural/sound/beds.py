"""A Bed comes in, its ambience goes out: stereo, as long as the film, unbalanced. Knows no hits and no music.

Every bed is drawn from its own random numbers, so that adding one does not change the others.
Where waves, lapping, wind or leaves have a `period`, their swell (a wave breaking, a gust) is loudest at `phase`,
`phase` + `period`, ….
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, rfft
from scipy.ndimage import uniform_filter1d
from scipy.signal import iirpeak, lfilter

from openhorse.engines.procedural.score import Bed, BedKind
from openhorse.engines.procedural.sound.synthesis import (
    Samples,
    Scatter,
    add_at,
    band,
    burst,
    chirp,
    clock,
    control_clock,
    drift,
    enlarged,
    noise,
    panned,
    pink,
    ringing,
    scattered,
    single,
)
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator


def _gusts(random: Random, count: int, bed: Bed) -> Samples:
    """A control curve 0…1: the bed's own gusts, or the weather's."""
    wander = drift(random, count, 0.45, 0.3, 1.0)
    if not bed.period:
        return wander
    swing = 0.5 + 0.5 * np.cos(2 * np.pi * (control_clock(count) - bed.phase) / bed.period)
    return single(0.25 + 0.75 * swing**1.5 * (0.8 + 0.2 * wander))


def wind(random: Random, count: int, bed: Bed) -> Samples:
    """A low rush that swells with the gusts, and a whistle that only the strong ones have."""
    gust = _gusts(random, count, bed)
    flutter = drift(random, count, 2.2, 0.75, 1.0)
    body = noise(random, count, pink(55, 420)) * enlarged(gust * flutter, count)
    howl = noise(random, count, band(520, 0.55)) * enlarged(gust**2 * drift(random, count, 0.9, 0.1, 1.0), count)
    whistle = noise(random, count, band(1250, 0.3)) * enlarged(gust**3 * drift(random, count, 0.7, 0.0, 1.0), count)
    return single(body + 0.6 * howl + 0.1 * whistle)


def leaves(random: Random, count: int, bed: Bed) -> Samples:
    """Dry rustling, in the wind's gusts and each leaf's flutter."""
    gust = _gusts(random, count, bed) ** 1.5
    near = noise(random, count, band(5200, 0.75)) * enlarged(gust * drift(random, count, 17, 0.1, 1.0), count)
    far = noise(random, count, band(2600, 0.8)) * enlarged(gust * drift(random, count, 9, 0.3, 1.0), count)
    return single(near + 0.8 * far)


_WAVE_SECONDS = 7.0


def waves(random: Random, count: int, bed: Bed) -> Samples:
    """Waves that rumble up, break at `phase` (and every `period` after), run out hissing, over a distant surf."""
    period = bed.period or _WAVE_SECONDS
    t = control_clock(count)
    rumble, crash, wash, fizz = (np.zeros((2, t.size)) for _ in range(4))
    breaks = np.arange(bed.phase % period - 2 * period, t[-1] + period, period)
    for moment, force, from_left in zip(
        breaks, random.uniform(0.8, 1.0, breaks.size), random.random(breaks.size) < 0.5, strict=True
    ):
        since = (t - moment) / min(1.0, period / 5)  # short waves break faster
        after = np.maximum(since, 0)
        roll = np.clip(0.5 + (since - 0.2) * (0.35 if from_left else -0.35), 0.2, 0.8) * np.pi / 2
        sides = np.stack([np.cos(roll), np.sin(roll)])
        rumble += force * np.where(since < 0, np.exp(-((since / 1.1) ** 2)), np.exp(-((since / 0.8) ** 2)))
        crash += force * sides * np.where(since < 0, np.exp(-((since / 0.12) ** 2)), np.exp(-after / 0.5))
        wash += force * sides[::-1] * (1 - np.exp(-after / 0.25)) * np.exp(-after / 0.9)
        fizz += force * (1 - np.exp(-after / 0.5)) * np.exp(-after / 1.5)
    layers = (
        (rumble * 0.75, pink(50, 380)),
        (crash * 1.3, pink(180, 2600)),
        (wash * 1.2, band(1900, 1.1)),
        (fizz * 0.5 * drift(random, count, 12, 0.6, 1.0), band(5200, 0.7)),
    )
    track = noise(random, count, pink(60, 900)) * 0.16
    for curve, spectrum in layers:
        track += noise(random, count, spectrum) * np.stack([enlarged(side, count) for side in curve])
    return track


def _bubbles(random: Random, number: int, low: float, high: float) -> list[Samples]:
    """Small air bubbles in water: short tones that rise as they reach the surface, small ones higher and shorter."""
    pitches = low * (high / low) ** random.random(number)
    return [
        chirp(pitch, pitch * random.uniform(1.15, 1.7), min(0.3, 60 / pitch + 0.03), pitch / 28) for pitch in pitches
    ]


def lapping(random: Random, count: int, bed: Bed) -> Samples:
    """Small water against a shore: soft slaps in an uneven rhythm, with bubbles in them."""
    beat = np.clip(drift(random, count, 1.3, -0.4, 1.0), 0, 1) ** 1.5
    if bed.period:
        beat = beat * (0.4 + 0.6 * _gusts(random, count, bed))
    slap = noise(random, count, band(650, 0.8)) * enlarged(beat, count)
    run = noise(random, count, band(1900, 0.7)) * enlarged(beat * drift(random, count, 8, 0.0, 1.0), count)
    drops = scattered(random, count, _bubbles(random, 24, 300, 1100), Scatter(rate=9, rarity=2.5))
    return single(0.5 * slap + 0.16 * run + 0.6 * drops * (0.3 + enlarged(beat, count)))


def stream(random: Random, count: int, bed: Bed) -> Samples:
    """Running water: very many bubbles, and the rush beneath them."""
    bubbles = scattered(random, count, _bubbles(random, 48, 420, 2600), Scatter(rate=85, rarity=2.2))
    rush = noise(random, count, pink(250, 3200)) * enlarged(drift(random, count, 6, 0.7, 1.0), count)
    return single(0.45 * bubbles + 0.11 * rush)


def rain(random: Random, count: int, bed: Bed) -> Samples:
    """A bright hiss that comes and goes a little, and single drops near by."""
    hiss = noise(random, count, pink(700, 11000)) * enlarged(drift(random, count, 0.5, 0.75, 1.0), count)
    sheen = noise(random, count, band(6500, 0.7)) * enlarged(drift(random, count, 3, 0.6, 1.0), count)
    taps = []
    for pitch in random.uniform(1800, 7000, 24):
        tap = burst(random, 0.012, band(pitch, 0.4))
        taps.append(0.35 * tap * np.exp(-clock(tap.size) * 420))
    return single(0.5 * hiss + 0.3 * sheen + 2 * scattered(random, count, taps, Scatter(rate=110, rarity=3.0)))


def _plip(random: Random) -> Samples:
    pitch = random.uniform(900, 2600)
    return chirp(pitch, pitch * random.uniform(1.1, 1.5), 0.11, random.uniform(40, 90))


def drips(random: Random, count: int, bed: Bed) -> Samples:
    """Drops falling into puddles, now and then."""
    return scattered(random, count, [_plip(random) for _ in range(12)], Scatter(rate=4.5, rarity=1.5))


def _song(random: Random) -> list[tuple[float, Samples]]:
    """One bird's phrase as (seconds, note): repeated chirps, a trill, or a slow whistle of two notes."""
    pitch = random.uniform(2300, 4600)
    manner = random.integers(3)
    if manner == 0:
        bend = random.uniform(0.7, 1.35)
        return [(0.15 * k, chirp(pitch, pitch * bend, 0.1, 9)) for k in range(random.integers(2, 6))]
    if manner == 1:
        note = chirp(pitch, pitch * 0.86, 0.045, 12)
        return [(0.062 * k, note) for k in range(random.integers(6, 13))]
    second = pitch * random.choice([0.75, 0.8, 1.2])
    return [(0.0, chirp(pitch, pitch * 1.02, 0.24, 5)), (0.3, chirp(second, second * 0.97, 0.32, 5))]


def birds(random: Random, count: int, bed: Bed) -> Samples:
    """A few birds, each in its own tree, singing its own phrase again and again."""
    track = np.zeros((2, count), np.float32)
    seconds = count / SAMPLE_RATE
    for _ in range(2 + int(random.integers(3))):
        song, pan, far = _song(random), random.uniform(0.05, 0.95), random.uniform(0.2, 1.0)
        at = random.uniform(0.1, min(2.5, seconds / 2))
        while at < seconds:
            for offset, note in song:
                note_gain = np.float32(far * random.uniform(0.7, 1.0))
                add_at(track, int((at + offset) * SAMPLE_RATE), panned(note * note_gain, pan))
            at += song[-1][0] + random.uniform(0.9, 3.2)
    return track


def traffic(random: Random, count: int, bed: Bed) -> Samples:
    """A city's rumble, and cars that pass from one side to the other."""
    seconds = count / SAMPLE_RATE
    rumble = noise(random, count, pink(38, 240)) * enlarged(drift(random, count, 0.35, 0.6, 1.0), count)
    t = control_clock(count)
    left, right = np.zeros(t.size), np.zeros(t.size)
    number = max(1, round(seconds / 3.5))
    for slot in range(number):
        moment = (slot + random.uniform(0.15, 0.85)) * seconds / number
        width, towards = random.uniform(0.6, 1.2), random.choice([-1.0, 1.0])
        near = random.uniform(0.4, 1.0) / (1 + ((t - moment) / width) ** 2) ** 1.5
        side = 1 / (1 + np.exp(-(t - moment) * towards * 2 / width))
        left += near * (1 - side)
        right += near * side
    passing = np.stack([enlarged(left, count), enlarged(right, count)])
    tyres = noise(random, count, pink(160, 1700), width=0.4) + 0.35 * noise(random, count, band(2900, 0.6), width=0.4)
    return single(0.5 * rumble + 0.9 * tyres * passing)


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


def crowd(random: Random, count: int, bed: Bed) -> Samples:
    """Nine people talking at once, none to be understood."""
    murmur = np.zeros((2, count // 4), np.float32)
    for _ in range(9):
        murmur += panned(_voice(random, count // 4) * np.float32(random.uniform(0.6, 1)), random.uniform(0.05, 0.95))
    bins = np.zeros((2, count // 2 + 1), np.complex64)
    quarter = rfft(murmur, axis=1)
    bins[:, : quarter.shape[1]] = quarter * 4
    return single(irfft(bins, count, axis=1))


def neon(random: Random, count: int, bed: Bed) -> Samples:
    """A transformer's hum with its harmonics, and the gas crackling at every half-wave of the mains."""
    hum = 0.6 * ringing(120, 0, count) + ringing(240, 0, count) + 0.5 * ringing(360, 0, count)
    half_wave = 0.5 + 0.5 * ringing(120, 0, count)
    buzz = np.square(np.square(np.square(half_wave)))
    gas = noise(random, count, band(3400, 0.8), width=0.5) * buzz
    return single(0.4 * np.stack([hum, hum]) + 0.9 * gas)


def fire(random: Random, count: int, bed: Bed) -> Samples:
    """A soft roar, and wood that cracks: many small cracks, a few loud ones."""
    roar = noise(random, count, pink(60, 600)) * enlarged(drift(random, count, 3.5, 0.4, 1.0), count)
    hiss = noise(random, count, band(4200, 0.9)) * enlarged(drift(random, count, 6, 0.2, 1.0), count)
    cracks = []
    for seconds in random.uniform(0.004, 0.03, 20):
        crack = burst(random, seconds, pink(700, 9000))
        cracks.append(crack * np.exp(-clock(crack.size) * np.float32(5 / seconds)))
    return single(0.4 * roar + 0.06 * hiss + 1.6 * scattered(random, count, cracks, Scatter(rate=24, rarity=4.0)))


def room(random: Random, count: int, bed: Bed) -> Samples:
    """The air of a room with nobody in it."""
    return single(noise(random, count, pink(50, 500)) + 0.12 * noise(random, count, pink(400, 5000)))


@dataclass(frozen=True, slots=True)
class Voicing:
    """How a bed is made, its loudness at level 1 in LUFS, and how much of it goes to the room around."""

    make: Callable[[Random, int, Bed], Samples]
    loudness: float
    send: float = 0.0


BEDS: Mapping[BedKind, Voicing] = {
    "wind": Voicing(wind, -27),
    "waves": Voicing(waves, -25),
    "lapping": Voicing(lapping, -29),
    "birds": Voicing(birds, -32, 0.8),
    "traffic": Voicing(traffic, -28),
    "rain": Voicing(rain, -27),
    "drips": Voicing(drips, -34, 0.6),
    "crowd": Voicing(crowd, -29, 0.6),
    "neon": Voicing(neon, -34),
    "fire": Voicing(fire, -27),
    "room": Voicing(room, -38),
    "stream": Voicing(stream, -28),
    "leaves": Voicing(leaves, -30),
}


def enveloped(samples: Samples, envelope: tuple[tuple[float, float], ...]) -> Samples:
    """`samples` with the bed's envelope on them, its corners rounded so that none clicks."""
    if not envelope:
        return samples
    seconds, gains = zip(*sorted(envelope), strict=True)
    curve = uniform_filter1d(np.interp(control_clock(samples.shape[1]), seconds, gains), 5, mode="nearest")
    return single(samples * enlarged(curve, samples.shape[1]))
