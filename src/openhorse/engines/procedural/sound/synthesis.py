"""Numbers in, stereo samples out: shaped noise, slow curves, scattered grains, a room, loudness. Knows no noun.

Samples are float32 at 48 kHz; stereo is 2 × n, mono n. Slow curves are made at the control rate (one value for
every 64 samples) and enlarged, which costs a sixty-fourth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from openhorse.vocabulary import SAMPLE_RATE

Samples = NDArray[np.float32]
Spectrum = Callable[[Samples], Samples]
"""Gain for each frequency in hertz."""

STEP = 64
"""Samples for each control value; whole seconds are whole numbers of steps."""

_TWO_PI = 2 * np.pi
_LONGEST_LOOP = int(6.4 * SAMPLE_RATE)


def both(sides: Iterable[NDArray[np.floating]], count: int) -> Samples:
    """Two control curves, one for each side, enlarged to 2 × `count`."""
    return np.stack([enlarged(side, count) for side in sides])


def single(values: Any) -> Samples:
    """`values` as float32, copied only if they were anything else."""
    return np.asarray(values, np.float32)


def clock(count: int) -> Samples:
    """Seconds of each of `count` samples."""
    return single(np.arange(count, dtype=np.float32) / np.float32(SAMPLE_RATE))


def control_clock(count: int) -> NDArray[np.float64]:
    """Seconds of each control value of `count` samples, and of one more."""
    return np.arange(-(-count // STEP) + 1, dtype=np.float64) * (STEP / SAMPLE_RATE)


def enlarged(control: NDArray[np.floating], count: int) -> Samples:
    """`count` samples that run straight from each control value to the next."""
    values = np.asarray(control, np.float32)
    ramp = np.arange(STEP, dtype=np.float32) / np.float32(STEP)
    return single((values[:-1, None] + np.diff(values)[:, None] * ramp).ravel()[:count])


def pink(low: float, high: float) -> Spectrum:
    """Equal power in every octave between two frequencies, falling steeply outside them."""

    def gain(frequency: Samples) -> Samples:
        f = np.maximum(frequency, 1)
        below, above = np.square(np.float32(low) / f), np.square(f / np.float32(high))
        return single(1 / (np.sqrt(f) * (1 + below * below) * (1 + above * above)))

    return gain


def band(centre: float, octaves: float) -> Spectrum:
    """A bell around `centre`, falling to 0.6 at `octaves` from it."""

    def gain(frequency: Samples) -> Samples:
        distance = np.log2(np.maximum(frequency, 1) / np.float32(centre)) / np.float32(octaves)
        return single(np.exp(-0.5 * distance * distance))

    return gain


def noise(random: np.random.Generator, count: int, spectrum: Spectrum, width: float = 0.85) -> Samples:
    """Stereo noise of RMS 1 with this spectrum. `width` 0 is mono; basses are always nearly so.

    Noise of more than six seconds is a seamless loop of a length of its own: nobody hears six seconds of noise
    come again, least of all in layers that never meet again in the same way.
    """
    loop = int(random.uniform(5.2, 6.4) * SAMPLE_RATE)
    length = next_fast_len(min(count, loop) if count > _LONGEST_LOOP else count, real=True)
    frequency = np.arange(length // 2 + 1, dtype=np.float32) * np.float32(SAMPLE_RATE / length)
    gain = spectrum(frequency).astype(np.float32)
    gain[0] = 0
    used = int(np.flatnonzero(gain > gain.max() * 1e-3)[-1]) + 1
    drawn = random.standard_normal((2, used, 2), np.float32).view(np.complex64)[..., 0]
    alike = 1 - np.float32(width) * (1 - np.exp(-frequency[:used] / 150))
    drawn[1] = alike * drawn[0] + np.sqrt(1 - alike * alike) * drawn[1]
    bins = np.zeros((2, length // 2 + 1), np.complex64)
    bins[:, :used] = drawn * gain[:used]
    samples = single(irfft(bins, length, axis=1)[:, :count])
    samples /= np.sqrt(np.mean(samples * samples))
    return samples if length >= count else np.tile(samples, (1, -(-count // length)))[:, :count]


def drift(random: np.random.Generator, count: int, hertz: float, low: float = 0.0, high: float = 1.0) -> Samples:
    """A control curve that wanders smoothly between `low` and `high`, changing its mind `hertz` times a second."""
    times = control_clock(count) * hertz
    values = random.uniform(low, high, int(times[-1]) + 3)
    index = times.astype(np.int64)
    u = times - index
    u = u * u * (3 - 2 * u)
    return (values[index] * (1 - u) + values[index + 1] * u).astype(np.float32)


def wandering(random: np.random.Generator, count: int, hertz: float, low: float, high: float) -> Samples:
    """Two slow curves that half agree, 2 × `count`: what is everywhere, and now more here, now more there."""
    shared = drift(random, count, hertz, low, high)
    return both((0.5 * (shared + drift(random, count, hertz, low, high)) for _ in range(2)), count)


def panned(mono: Samples, pan: float) -> Samples:
    """`mono` at `pan` (0 left … 1 right) with equal power."""
    angle = pan * np.pi / 2
    return single(np.stack([mono * np.float32(np.cos(angle)), mono * np.float32(np.sin(angle))]))


def add_at(track: Samples, start: int, samples: Samples) -> None:
    """Add stereo `samples` to `track` from `start` on, leaving out what lies before its beginning or beyond its end."""
    first, last = max(0, -start), min(samples.shape[1], track.shape[1] - start)
    if last > first:
        track[:, start + first : start + last] += samples[:, first:last]


@dataclass(frozen=True, slots=True)
class Scatter:
    """How grains fall: `rate` a second on average, their gain u^`rarity` for even u, so that few are loud."""

    rate: float
    rarity: float = 2.0
    spread: float = 0.9


def scattered(random: np.random.Generator, count: int, bank: Sequence[Samples], how: Scatter) -> Samples:
    """Grains of `bank` (mono) all over `count` samples, each at its own moment, place and loudness."""
    track = np.zeros((2, count), np.float32)
    number = int(random.poisson(how.rate * count / SAMPLE_RATE))
    starts = np.sort(random.integers(0, count, number))
    gains = random.random(number) ** how.rarity
    pans = 0.5 + how.spread * (random.random(number) - 0.5)
    which = random.integers(0, len(bank), number)
    for start, gain, pan, index in zip(starts, gains, pans, which, strict=True):
        add_at(track, int(start), panned(bank[index] * np.float32(gain), float(pan)))
    return track


def chirp(start_hertz: float, end_hertz: float, seconds: float, decay: float) -> Samples:
    """A tone gliding from one frequency to another, dying by `decay` e-folds a second, without a click."""
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    turns = start_hertz * t + (end_hertz - start_hertz) * t * t / (2 * seconds)
    edge = np.minimum(1, t / 0.001) * np.minimum(1, (seconds - t) / 0.01)
    return single(np.sin(_TWO_PI * turns) * np.exp(-decay * t) * edge)


_BLOCK = 512


def ringing(hertz: float, decay: float, count: int) -> Samples:
    """A sine from zero, dying by `decay` e-folds a second.

    A sum of angles: sines of one block and of the blocks' beginnings give all the others by two products each,
    an eighth of the time that a sine for every sample takes.
    """
    turn = complex(-decay, 2 * np.pi * hertz) / SAMPLE_RATE
    within = np.exp(turn * np.arange(_BLOCK)).astype(np.complex64)
    blocks = np.exp(turn * _BLOCK * np.arange(-(-count // _BLOCK))).astype(np.complex64)[:, None]
    return single((blocks.real * within.imag + blocks.imag * within.real).ravel()[:count])


def burst(random: np.random.Generator, seconds: float, spectrum: Spectrum) -> Samples:
    """Mono noise of RMS 1 with this spectrum, without an envelope."""
    return single(noise(random, int(seconds * SAMPLE_RATE), spectrum, width=0.0)[0])


@dataclass(frozen=True, slots=True)
class Room:
    """A reverberating room: its decay to a millionth in seconds, the frequency up to which it rings, its first gap."""

    seconds: float
    brightness: float
    gap_seconds: float = 0.012


@lru_cache(maxsize=4)
def _response(room: Room, size: int) -> NDArray[np.complex64]:
    """The spectrum, for `size` samples, of what a room gives back of one clap: each side of energy 1.

    A room is the same in every film, so that it need not be built for each.
    """
    random = np.random.default_rng(5)
    length = int(room.seconds * SAMPLE_RATE)
    fall = np.exp(-6.9 * clock(length) / np.float32(room.seconds))
    bright = noise(random, length, pink(150, room.brightness), width=1.0) * fall * fall
    response = noise(random, length, pink(90, room.brightness / 3), width=1.0) * fall + bright
    response[:, : int(0.004 * SAMPLE_RATE)] *= np.linspace(0, 1, int(0.004 * SAMPLE_RATE), dtype=np.float32)
    response /= np.sqrt(np.sum(response * response, axis=1, keepdims=True))
    return np.asarray(rfft(response, size, axis=1), np.complex64)


def reverberated(dry: Samples, room: Room) -> Samples:
    """What the room gives back of `dry`, about as loud as it, without it; as long as it."""
    gap = int(room.gap_seconds * SAMPLE_RATE)
    count = dry.shape[1]
    size = next_fast_len(count + int(room.seconds * SAMPLE_RATE), real=True)
    wet = single(irfft(rfft(dry, size, axis=1) * _response(room, size), size, axis=1))
    return np.concatenate([np.zeros((2, gap), np.float32), wet[:, : count - gap]], axis=1)


_WINDOW = 8192


def loudness(samples: Samples) -> float:
    """K-weighted loudness of stereo `samples` in LUFS, without gates; −120 for silence.

    Close enough to balance by (within 1 dB of ITU-R BS.1770 for steady sound), and cheap: the spectrum of every
    other window, no filter.
    """
    count = samples.shape[1] // _WINDOW * _WINDOW
    frames = samples[:, :count].reshape(2, -1, _WINDOW)[:, ::2] if count else samples[:, None, :]
    size = frames.shape[2]
    f = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    shelf = 10 ** (0.4 / (1 + (1500 / np.maximum(f, 1)) ** 4))  # +4 dB in power above 1.5 kHz
    weight = shelf / (1 + (38 / np.maximum(f, 1)) ** 4)
    power = np.mean(np.abs(rfft(frames, axis=2)) ** 2, axis=1).sum(axis=0)
    total = 2 * float(np.sum(power * weight)) / size**2
    return -0.691 + 10 * np.log10(total) if total > 1e-12 else -120.0


def decibels(value: float) -> np.float32:
    """The factor that `value` decibels are."""
    return np.float32(10 ** (value / 20))
