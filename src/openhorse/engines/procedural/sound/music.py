"""A mood, a length and random numbers come in, a piece of music goes out that begins and ends within it.

Knows no picture. Pads are drawn as spectra (each harmonic a narrow band of noise, which sounds like many players),
plucked notes as sums of dying partials, the bass as one; all of it stands in a hall.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len

from openhorse.engines.procedural.score import Mood
from openhorse.engines.procedural.sound.harmony import RHYTHMS, Chord, Note, chords_for, tune_for
from openhorse.engines.procedural.sound.synthesis import (
    Room,
    Samples,
    add_at,
    clock,
    panned,
    reverberated,
    ringing,
    single,
)
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator
Partials = tuple[tuple[float, float, float], ...]
"""Each partial's frequency ratio, gain, and e-folds a second by which it dies."""

TIMBRES: Mapping[str, Partials] = {
    "kalimba": ((1.0, 1.0, 2.6), (2.0, 0.12, 4.0), (5.4, 0.12, 16.0)),
    "piano": tuple((h * (1 + 0.0004 * h * h) ** 0.5, 0.9 ** (h * h / 6) / h, 1.3 + 0.75 * h) for h in range(1, 9)),
    "tine": ((1.0, 1.0, 2.0), (2.0, 0.2, 3.2), (3.0, 0.12, 5.0), (7.0, 0.06, 22.0)),
    "saw": tuple((float(h), 0.8 / h, 2.5 + 1.6 * h) for h in range(1, 11)),
    "bell": ((1.0, 1.0, 1.6), (2.76, 0.3, 3.2), (5.4, 0.14, 6.0)),
}


_SMALL_HALL = Room(2.6, 4200, 0.02)
_LARGE_HALL = Room(3.6, 5000, 0.03)
_DARK_HALL = Room(3.6, 3000, 0.03)


@dataclass(frozen=True, slots=True)
class Style:
    """How a mood is played.

    `brightness` is where the pad's harmonics begin to fall (Hz); `figure` are the notes plucked over each chord, as
    (part of the chord that is over, voice 0…3, octaves up, gain); `bass_notes` are played on each chord; `tune` is how
    loud the phrase over them is.
    """

    pad: float
    brightness: float
    timbre: str
    figure: tuple[tuple[float, int, int, float], ...]
    pluck: float
    bass: float
    bass_notes: int = 1
    wet: float = 0.4
    hall: Room = _SMALL_HALL
    tune: float = 0.0


def _even(voices: tuple[int, ...], octaves: int, gain: float = 0.8) -> tuple[tuple[float, int, int, float], ...]:
    """A figure of even notes, the first a little louder."""
    count = len(voices)
    return tuple((i / count, voice, octaves, gain if i else 1.0) for i, voice in enumerate(voices))


_ROLLED = ((0.0, 0, 0, 0.8), (0.02, 1, 0, 0.7), (0.04, 2, 0, 0.7), (0.5, 3, 1, 0.6), (0.75, 2, 1, 0.5))
_SUNG = ((0.0, 0, 0, 0.8), (0.25, 1, 0, 0.6), (0.5, 3, 1, 0.9), (0.75, 2, 0, 0.6))
_WIDE = ((0.0, 3, 1, 0.7), (0.5, 1, 1, 0.5))
_SPARSE = ((0.0, 0, 0, 0.6), (0.66, 3, 0, 0.35))
_SKIPPING = _even((0, 2, 3, 1, 2, 3), 1, 0.75)
_RUNNING = (0, 1, 2, 3, 1, 2, 3, 2)

STYLES: Mapping[Mood, Style] = {
    "calm": Style(1.0, 900, "kalimba", _even((0, 2, 1, 3), 1), 0.5, 0.55, wet=0.45, tune=0.6),
    "vast": Style(1.2, 1500, "bell", _WIDE, 0.3, 0.8, wet=0.5, hall=_LARGE_HALL, tune=0.7),
    "warm": Style(0.7, 800, "tine", _ROLLED, 0.7, 0.6, tune=0.8),
    "neon": Style(0.8, 1300, "saw", _even(_RUNNING, 0, 0.7), 0.5, 0.7, bass_notes=4, wet=0.35, tune=0.7),
    "tender": Style(0.55, 900, "piano", _SUNG, 0.9, 0.4, tune=0.9),
    "bright": Style(
        0.6, 1800, "kalimba", _even((0, 2, 3, 1, 2, 3), 1, 0.75), 0.9, 0.55, bass_notes=2, wet=0.3, tune=0.8
    ),
    "dark": Style(1.2, 600, "bell", _SPARSE, 0.3, 1.0, wet=0.5, hall=_DARK_HALL, tune=0.35),
}


def play(random: Random, seconds: int, mood: Mood) -> Samples:
    """Stereo music of exactly `seconds` in `mood`; the key and the small things are drawn from `random`."""
    style = STYLES[mood]
    home = 48 + int(random.integers(12))
    chords = chords_for(mood, float(seconds), home)
    track = np.zeros((2, seconds * SAMPLE_RATE), np.float32)
    _play_pad(random, track, chords, style)
    _play_bass(track, chords, style)
    _play_figure(random, track, chords, style)
    _play_tune(random, track, tune_for(mood, chords, home, RHYTHMS[int(random.integers(len(RHYTHMS)))]), style)
    wet = reverberated(track, style.hall)
    return track * np.float32(1 - style.wet) + wet * np.float32(style.wet)


def hertz(note: float) -> float:
    """The frequency of a MIDI note number."""
    return float(440 * 2 ** ((note - 69) / 12))


_OVERLAP_SECONDS = 0.9


def _play_pad(random: Random, track: Samples, chords: tuple[Chord, ...], style: Style) -> None:
    """One swell for each chord, each fading into the next; the last fades out with the film."""
    for chord in chords:
        last = chord is chords[-1]
        rise = min(_OVERLAP_SECONDS, chord.seconds / 2)
        length = int((chord.seconds + (0 if last else rise)) * SAMPLE_RATE)
        t = clock(length)
        fall = chord.seconds * 0.75 if last else rise
        ramps = np.minimum(
            1, np.minimum(t / np.float32(rise), (np.float32(length / SAMPLE_RATE) - t) / np.float32(fall))
        )
        swell = np.sin(np.float32(np.pi / 2) * np.maximum(ramps, 0))
        sound = _pad(random, [hertz(note) for note in chord.voices], length, style.brightness)
        add_at(track, int(chord.start * SAMPLE_RATE), sound * swell * np.float32(0.1 * style.pad))


def _pad(random: Random, pitches: list[float], length: int, brightness: float) -> Samples:
    """A chord of RMS 1 held by many players a few cents apart, wide in the stereo field."""
    size = next_fast_len(length, real=True)
    bins = np.zeros((2, size // 2 + 1), np.complex64)
    per_bin = SAMPLE_RATE / size
    for pitch in pitches:
        for harmonic in range(1, 13):
            frequency = pitch * harmonic
            if frequency > 9000:
                break
            gain = harmonic**-1.1 / (1 + (frequency / brightness) ** 2)
            spread = max(0.6, 0.0045 * frequency / per_bin)  # about 8 cents
            first, last = int(frequency / per_bin - 3 * spread), int(frequency / per_bin + 3 * spread) + 2
            bell = np.exp(-0.5 * ((np.arange(first, last) - frequency / per_bin) / spread) ** 2) / spread**0.5
            bins[:, first:last] += gain * bell * _players(random, last - first)
    sound = single(irfft(bins, size, axis=1)[:, :length])
    return single(sound / np.sqrt(np.mean(sound * sound)))


def _players(random: Random, number: int) -> NDArray[np.complex128]:
    """Random phases and strengths for both sides, half of them shared."""
    drawn = random.standard_normal((3, number, 2)) @ np.array([1, 1j])
    return np.stack([drawn[0] + drawn[2], drawn[1] + drawn[2]])


def _note(partials: Partials, pitch: float, seconds: float) -> Samples:
    """A plucked note: its partials die each at its own pace, the high ones first."""
    t = clock(int(seconds * SAMPLE_RATE))
    sound = np.zeros(t.size, np.float32)
    for ratio, gain, decay in partials:
        if pitch * ratio < 12000:
            sound += np.float32(gain) * ringing(pitch * ratio, decay, t.size)
    edges = np.minimum(1, t / np.float32(0.004)) * np.minimum(1, (np.float32(seconds) - t) / np.float32(0.15))
    return single(sound * edges)


def _play_bass(track: Samples, chords: tuple[Chord, ...], style: Style) -> None:
    partials = ((1.0, 1.0, 0.5), (2.0, 0.35, 0.9), (3.0, 0.12, 1.6))
    for chord in chords:
        number = 1 if chord is chords[-1] else style.bass_notes
        seconds = chord.seconds / number
        sound = panned(_note(partials, hertz(chord.bass), seconds + 0.12), 0.5) * np.float32(0.16 * style.bass)
        for index in range(number):
            add_at(track, int((chord.start + index * seconds) * SAMPLE_RATE), sound)


def _play_figure(random: Random, track: Samples, chords: tuple[Chord, ...], style: Style) -> None:
    """The plucked notes, never quite on time; the last chord has only the first half of its figure, then rings."""
    partials, notes = TIMBRES[style.timbre], dict[int, Samples]()
    pans = random.permutation(np.linspace(0.25, 0.75, 4))
    for chord in chords:
        last = chord is chords[-1]
        for part, voice, octaves, gain in style.figure:
            if last and part >= 0.5:
                continue
            pitch = chord.voices[voice] + 12 * octaves
            if pitch not in notes:
                notes[pitch] = _note(partials, hertz(pitch), 2.2)
            at = chord.start + part * chord.seconds / (1.5 if last else 1.0) + 0.03 + random.uniform(0, 0.012)
            loud = np.float32(0.12 * style.pluck * gain * random.uniform(0.85, 1.0))
            add_at(track, int(at * SAMPLE_RATE), panned(notes[pitch] * loud, float(pans[voice])))


def _play_tune(random: Random, track: Samples, notes: tuple[Note, ...], style: Style) -> None:
    """The phrase, sung by a soft voice of its own: louder towards its middle, the last note held and let go."""
    middle = (notes[0].start + notes[-1].start) / 2 or 1.0
    for note in notes:
        long = min(note.seconds + 0.25, track.shape[1] / SAMPLE_RATE - note.start)
        swell = 0.75 + 0.25 * max(0.0, 1 - abs(note.start - middle) / middle)
        loud = np.float32(0.11 * style.tune * swell * random.uniform(0.92, 1.0))
        at = note.start + 0.02 + random.uniform(0, 0.015)
        add_at(track, int(at * SAMPLE_RATE), panned(_sung(random, hertz(note.pitch), long) * loud, 0.45))


def _sung(random: Random, pitch: float, seconds: float) -> Samples:
    """A breath of a flute: three harmonics, a vibrato that comes late, soft edges."""
    t = clock(int(seconds * SAMPLE_RATE))
    rate, late = np.float32(2 * np.pi * random.uniform(4.6, 5.4)), np.minimum(1, t / np.float32(0.6))
    bend = np.float32(0.0035 * pitch / SAMPLE_RATE) * np.sin(rate * t) * late
    phase = np.cumsum(bend + np.float64(pitch / SAMPLE_RATE)) % 1
    sine = np.sin(single(phase) * np.float32(2 * np.pi))
    cosine = np.cos(single(phase) * np.float32(2 * np.pi))
    # the second and third harmonics out of the first
    sound = sine * (1 + np.float32(0.44) * cosine + np.float32(0.07) * (3 - 4 * sine * sine))
    fall = np.minimum(1, (np.float32(seconds) - t) / np.float32(min(0.6 * seconds, 0.9)))
    rise = np.minimum(1, t / np.float32(0.09))
    return single(sound * np.sin(np.float32(np.pi / 2) * rise * fall) * np.exp(np.float32(-0.5) * t))
