"""A mood, a length and random numbers come in, a piece of music goes out that begins and ends within it.

Knows no picture. Pads are drawn as spectra (each harmonic a narrow band of noise, which sounds like many players),
plucked notes as sums of dying partials, the bass as one; all of it stands in a hall.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len

from openhorse.engines.procedural.score import Instrument, Mood
from openhorse.engines.procedural.sound.beat import Beat
from openhorse.engines.procedural.sound.drums import play_drums
from openhorse.engines.procedural.sound.harmony import RHYTHMS, Chord, Note, chords_for, tune_for
from openhorse.engines.procedural.sound.styles import TIMBRES, Partials, Style, style_of
from openhorse.engines.procedural.sound.synthesis import (
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

RING_OUT_SECONDS = 0.15
"""Before the film's end the music is over; it falls to that over the half second before."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be played: the mood, and if it was said, on what and whether with drums.

    `softly` is for music under steps: plucked notes have no edge that could be taken for one of them. Where the steps
    make a `beat`, chords change and notes fall on it, and those that meet a step keep their edge.
    """

    mood: Mood
    instrument: Instrument | None = None
    drums: bool | None = None
    softly: bool = False
    beat: Beat | None = None


def play(random: Random, seconds: int, wish: Wish) -> Samples:
    """Stereo music of exactly `seconds`; the key and the small things are drawn from `random`.

    A chord or two without the tune open it, the tune goes over the middle, and a cadence ends it: the last chord is
    struck once and rings out within the film.
    """
    style = style_of(wish.mood, wish.instrument, wish.drums)
    home = 48 + int(random.integers(12))
    chords = on_beat(chords_for(wish.mood, seconds - RING_OUT_SECONDS, home), wish.beat)
    track = np.zeros((2, seconds * SAMPLE_RATE), np.float32)
    _play_pad(random, track, chords, style)
    _play_bass(track, chords, style, wish)
    _play_figure(random, track, chords, style, wish)
    tune = tune_for(wish.mood, chords, home, RHYTHMS[int(random.integers(len(RHYTHMS)))])
    _play_tune(random, track, tune[_opening(tune, chords) :], style, wish)
    if not (wish.softly and wish.drums is None):
        play_drums(random, track, chords, style.drums)
    wet = reverberated(track, style.hall)
    mix = track * np.float32(1 - style.wet) + wet * np.float32(style.wet)
    return _rung_out(mix)


def on_beat(chords: tuple[Chord, ...], beat: Beat | None) -> tuple[Chord, ...]:
    """The chords, each but the first moved to the step that is nearest to its change, if that leaves it its room."""
    if beat is None:
        return chords
    end, starts = chords[-1].start + chords[-1].seconds, [0.0]
    for chord in chords[1:]:
        moved = beat.struck_near(chord.start)
        starts.append(moved if abs(moved - chord.start) < 0.4 * chords[0].seconds else chord.start)
    lengths = [later - start for start, later in pairwise([*starts, end])]
    return tuple(
        replace(chord, start=start, seconds=length)
        for chord, start, length in zip(chords, starts, lengths, strict=True)
    )


def _opening(tune: tuple[Note, ...], chords: tuple[Chord, ...]) -> int:
    """How many notes of the tune fall into the opening: those of the first chord, if there are four or more."""
    return sum(note.start < chords[1].start - 1e-6 for note in tune) if len(chords) >= 4 else 0


def _rung_out(mix: Samples) -> Samples:
    end = mix.shape[1] - int(RING_OUT_SECONDS * SAMPLE_RATE)
    length = int(0.5 * SAMPLE_RATE)
    mix[:, end - length : end] *= np.cos(np.linspace(0, np.pi / 2, length, dtype=np.float32)) ** 2
    mix[:, end:] = 0
    return mix


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


def _note(partials: Partials, pitch: float, seconds: float, attack: float = 0.004) -> Samples:
    """A plucked note: its partials die each at its own pace, the high ones first."""
    t = clock(int(seconds * SAMPLE_RATE))
    sound = np.zeros(t.size, np.float32)
    for ratio, gain, decay in partials:
        if pitch * ratio < 12000:
            sound += np.float32(gain) * ringing(pitch * ratio, decay, t.size)
    edges = np.minimum(1, t / np.float32(attack)) * np.minimum(1, (np.float32(seconds) - t) / np.float32(0.15))
    return single(sound * edges)


_SOFT_ATTACK = 0.07
"""Seconds."""


def _play_bass(track: Samples, chords: tuple[Chord, ...], style: Style, wish: Wish) -> None:
    partials = ((1.0, 1.0, 0.5), (2.0, 0.35, 0.9), (3.0, 0.12, 1.6))
    for chord in chords:
        attack = _edge(wish, chord.start, 0.006)
        number = 1 if wish.softly or chord is chords[-1] else style.bass_notes
        seconds = chord.seconds / number
        sound = panned(_note(partials, hertz(chord.bass), seconds + 0.12, attack), 0.5) * np.float32(0.16 * style.bass)
        for index in range(number):
            add_at(track, int((chord.start + index * seconds) * SAMPLE_RATE), sound)


def _edge(wish: Wish, at: float, seconds: float) -> float:
    """How long a note that begins at `at` takes to do so: `seconds`, unless it must not be taken for a step."""
    free = not wish.softly or (wish.beat is not None and wish.beat.is_struck(at))
    return seconds if free else _SOFT_ATTACK


def _play_figure(random: Random, track: Samples, chords: tuple[Chord, ...], style: Style, wish: Wish) -> None:
    """The plucked notes, never quite on time; the last chord has only the first half of its figure, then rings."""
    partials, notes = TIMBRES[style.timbre], dict[tuple[int, float], Samples]()
    pans = random.permutation(np.linspace(0.25, 0.75, 4))
    if not style.pluck:
        return
    for chord in chords:
        last = chord is chords[-1]
        for part, voice, octaves, gain in style.figure:
            if last and part >= 0.5:
                continue
            pitch = chord.voices[voice] + 12 * octaves
            at = chord.start + part * chord.seconds / (1.5 if last else 1.0)
            if wish.beat is not None:
                at = wish.beat.near(at)
            attack = _edge(wish, at, 0.004)
            if (pitch, attack) not in notes:
                notes[pitch, attack] = _note(partials, hertz(pitch), 2.2, attack)
            at += random.uniform(0, 0.012) + (0.03 if wish.beat is None else 0.0)
            soft = 0.6 if attack == _SOFT_ATTACK else 1.0
            loud = np.float32(0.12 * style.pluck * soft * gain * random.uniform(0.85, 1.0))
            add_at(track, int(at * SAMPLE_RATE), panned(notes[pitch, attack] * loud, float(pans[voice])))


def _play_tune(random: Random, track: Samples, notes: tuple[Note, ...], style: Style, wish: Wish) -> None:
    """The phrase in a voice of its own: louder towards its middle, the last note held and let go."""
    if not notes or not style.tune:
        return
    middle = (notes[0].start + notes[-1].start) / 2 or 1.0
    for note in notes:
        long = min(note.seconds + 0.25, track.shape[1] / SAMPLE_RATE - note.start)
        swell = 0.75 + 0.25 * max(0.0, 1 - abs(note.start - middle) / middle)
        loud = np.float32(0.11 * style.tune * swell * random.uniform(0.92, 1.0))
        at = note.start if wish.beat is None else wish.beat.near(note.start)
        sound = _voiced(random, hertz(note.pitch), long, style, _edge(wish, at, 0.006)) * loud
        at += random.uniform(0, 0.015) + (0.02 if wish.beat is None else 0.0)
        add_at(track, int(at * SAMPLE_RATE), panned(sound, 0.45))


def _voiced(random: Random, pitch: float, seconds: float, style: Style, attack: float) -> Samples:
    match style.voice:
        case "flute":
            return _sung(random, pitch, seconds)
        case "strings":
            return _bowed(random, pitch, seconds)
        case _:
            return _note(TIMBRES[style.timbre], pitch, seconds, attack) * np.float32(0.9)


def _bowed(random: Random, pitch: float, seconds: float) -> Samples:
    """A few string players: harmonics falling evenly, each player a trace off pitch, a slow bow."""
    t = clock(int(seconds * SAMPLE_RATE))
    sound = np.zeros(t.size, np.float32)
    for cents in (-7.0, 1.0, 6.0):
        own = pitch * 2 ** (cents / 1200) * (1 + random.uniform(-0.0005, 0.0005))
        for harmonic in range(1, 9):
            if own * harmonic < 7000:
                sound += np.float32(0.3 / harmonic**1.15) * ringing(own * harmonic, 0.0, t.size)
    fall = np.minimum(1, (np.float32(seconds) - t) / np.float32(min(0.6 * seconds, 0.9)))
    rise = np.minimum(1, t / np.float32(min(0.16, 0.3 * seconds)))
    return single(sound * np.sin(np.float32(np.pi / 2) * rise * np.maximum(fall, 0)))


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
