"""A Bed of animals comes in, their voices go out: birds, gulls, night insects and frogs, stereo, as long as the film.

Knows no weather. Every call is sung anew: pitch, length and force differ a little each time, as a throat's do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.sound.setting import Setting
from openhorse.engines.procedural.sound.synthesis import (
    STEP,
    Samples,
    add_at,
    band,
    clock,
    enlarged,
    noise,
    panned,
    ringing,
    single,
    wandering,
)
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator
Call = list[tuple[float, float, float, float]]
"""Notes as (start in seconds, first and last pitch in hertz, length in seconds)."""


def birds(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """A few birds, each in its own tree, singing its own phrase and waiting between; by the sea, gulls.

    The softer the bed the fewer they are, and the longer they wait.
    """
    if setting.by_the_sea:
        return _gulls(random, count)
    track = np.zeros((2, count), np.float32)
    seconds = count / SAMPLE_RATE
    for bird in range(1 + round(bed.level * 4 + random.uniform(0, 0.9))):
        manner, pitch = int(random.integers(4)), random.uniform(2300, 4800)
        pan, near = random.uniform(0.05, 0.95), 1.0 if bird == 0 else random.uniform(0.15, 0.7)
        at = random.uniform(0.25, min(1.2 + 1.5 * bird, 0.6 * seconds))
        while at < seconds - 0.3:
            phrase = _phrase(random, manner, pitch)
            for start, low, high, length in phrase:
                note = _whistle(random, low, high, length, near) * np.float32(near * random.uniform(0.6, 1.0))
                add_at(track, int((at + start) * SAMPLE_RATE), panned(note, pan))
            at += phrase[-1][0] + random.uniform(1.4, 4.2) / (0.5 + bed.level)
    return track


def _phrase(random: Random, manner: int, pitch: float) -> Call:
    """One bird's phrase as it comes out this time: chirps, a trill, two slow whistles, or a warble."""
    pitch *= random.uniform(0.97, 1.03)
    match manner:
        case 0:
            gap = random.uniform(0.14, 0.19)
            chirps = int(random.integers(2, 5))
            return [(gap * k * random.uniform(0.97, 1.03), pitch, pitch * 0.8, 0.08) for k in range(chirps)]
        case 1:
            number, gap = int(random.integers(6, 13)), random.uniform(0.055, 0.07)
            # a trill slows and sinks as the breath goes
            return [(gap * k * (1 + 0.02 * k), pitch * (1 - 0.006 * k), pitch * 0.88, 0.042) for k in range(number)]
        case 2:
            second = pitch * random.choice([0.75, 0.8, 1.2])
            return [(0.0, pitch, pitch * 1.03, 0.22), (random.uniform(0.27, 0.34), second, second * 0.96, 0.3)]
        case _:
            steps = pitch * 2 ** (random.integers(-4, 5, int(random.integers(4, 8))) / 12)
            return [(0.095 * k, step, step * random.uniform(0.85, 1.2), 0.085) for k, step in enumerate(steps)]


def _whistle(random: Random, low: float, high: float, seconds: float, near: float) -> Samples:
    """A note from a syrinx: a curved glide with a flutter, and as it is near, its second harmonic."""
    t = clock(int(seconds * SAMPLE_RATE))
    part = t / np.float32(seconds)
    pitch = low + (high - low) * part * part + 0.012 * low * np.sin(np.float32(2 * np.pi * random.uniform(24, 45)) * t)
    turns = single((np.cumsum(pitch, dtype=np.float64) / SAMPLE_RATE) % 1) * np.float32(2 * np.pi)
    swell = np.sin(np.float32(np.pi) * np.sqrt(part)) if random.random() < 0.5 else np.sin(np.float32(np.pi) * part)
    return single(np.sin(turns) * (1 + np.float32(0.24 * near) * np.cos(turns)) * swell * swell)


def _gulls(random: Random, count: int) -> Samples:
    """One or two gulls far out: falling cries in threes and fours."""
    track = np.zeros((2, count), np.float32)
    seconds = count / SAMPLE_RATE
    at = random.uniform(0.4, 0.35 * seconds)
    while at < seconds - 0.8:
        pitch, pan, near = random.uniform(820, 1150), random.uniform(0.1, 0.9), random.uniform(0.4, 1.0)
        for cry in range(int(random.integers(2, 5))):
            length = random.uniform(0.26, 0.4) if cry else random.uniform(0.4, 0.6)
            sound = _cry(random, pitch * (1 - 0.02 * cry), length)
            add_at(track, int(at * SAMPLE_RATE), panned(sound * np.float32(near * 0.85**cry), pan))
            at += length + random.uniform(0.06, 0.16)
        at += random.uniform(2.0, 5.0)
    return track


def _cry(random: Random, pitch: float, seconds: float) -> Samples:
    """Up quickly, down slowly, hoarse at its height: harmonics under one broad formant."""
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    part = t / seconds
    glide = pitch * (0.8 + 0.45 * np.sin(np.pi * part**0.45) - 0.12 * part)
    turns = 2 * np.pi * np.cumsum(glide) / SAMPLE_RATE
    sound = np.zeros(t.size)
    for harmonic in range(1, 7):
        sound += np.exp(-0.5 * (np.log2(harmonic * pitch / 1700) / 0.9) ** 2) * np.sin(harmonic * turns)
    hoarse = 1 + 0.25 * np.sin(2 * np.pi * random.uniform(55, 75) * t) * part
    return single(sound * hoarse * np.sin(np.pi * part**0.6) ** 1.2)


def insects(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """Crickets: three or four near by, each with its own pitch and pace, over a meadow of them."""
    track = noise(random, count, band(4300, 0.09)) * wandering(random, count, 0.5, 0.12, 0.3)
    for _ in range(3 + int(random.integers(2))):
        pitch = random.uniform(3700, 5100)
        tone = ringing(pitch, 0, count) * enlarged(_chirps(random, -(-count // STEP) + 1), count)
        track += panned(tone * np.float32(random.uniform(0.25, 1.0)), random.uniform(0.05, 0.95))
    return track


def _chirps(random: Random, size: int) -> NDArray[np.float64]:
    """A cricket's wing strokes, three or four to a chirp, as a control curve; it rests now and then."""
    curve = np.zeros(size)
    step = STEP / SAMPLE_RATE
    pulse, pause, strokes = random.uniform(0.015, 0.02), random.uniform(0.3, 0.6), int(random.integers(3, 5))
    at = random.uniform(0, pause)
    while at < size * step:
        if random.random() < 0.88:
            for stroke in range(strokes):
                first = int((at + stroke * 1.6 * pulse) / step)
                shape = np.sin(np.linspace(0, np.pi, int(pulse / step) + 2)) ** 2 * (0.6 + 0.13 * stroke)
                last = min(size, first + shape.size)
                if last > first:
                    curve[first:last] = shape[: last - first]
        at += pause * random.uniform(0.94, 1.06) + strokes * 1.6 * pulse
    return curve


def frogs(random: Random, count: int, bed: Bed, setting: Setting) -> Samples:
    """A pond at night: a few frogs, each croaking at its own pitch in its own time, over a chorus far off."""
    track = noise(random, count, band(1500, 0.25)) * wandering(random, count, 1.2, 0.03, 0.12)
    seconds = count / SAMPLE_RATE
    for _ in range(3 + round(3 * bed.level)):
        pitch, pan, near = random.uniform(480, 1250), random.uniform(0.05, 0.95), random.uniform(0.25, 1.0)
        pulses, pace = int(random.integers(3, 9)), random.uniform(18, 34)
        at = random.uniform(0.1, 1.1)
        while at < seconds - 0.6:
            croak = _croak(random, pitch * random.uniform(0.98, 1.02), pulses, pace)
            add_at(track, int(at * SAMPLE_RATE), panned(croak * np.float32(near), pan))
            at += pulses / pace + random.uniform(0.35, 1.3)
    return track


def _croak(random: Random, pitch: float, pulses: int, pace: float) -> Samples:
    """One croak: `pulses` at `pace` a second of a throat's tone and its octave, louder towards the last."""
    t = clock(int(pulses / pace * SAMPLE_RATE))
    beat = (t * np.float32(pace)) % 1
    swell = np.sin(np.float32(np.pi) * np.sqrt(beat)) ** 2 * (0.5 + 0.5 * t / t[-1])
    tone = ringing(pitch, 0, t.size) + 0.5 * ringing(2.02 * pitch, 0, t.size)
    return single(tone * swell)
