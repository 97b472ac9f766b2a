"""A mood and a length come in, chords led from one to the next and a tune over them go out. Knows no samples.

Pitches are MIDI note numbers. A progression opens at home, wanders as long as there is time, and ends in a cadence;
the tune is one phrase: it rises to its middle and comes home by step with the last chord.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, cycle, islice, pairwise

from openhorse.engines.procedural.score import Mood

CHORDS: Mapping[str, tuple[int, ...]] = {
    # Semitones above the home note, the root first; four notes each, so that every voice has one.
    "I": (0, 4, 7, 2),
    "Imaj7": (0, 4, 11, 7),
    "I6": (0, 4, 7, 9),
    "ii": (2, 5, 9, 0),
    "II": (2, 6, 9, 0),
    "iii": (4, 7, 11, 2),
    "IV": (5, 9, 0, 7),
    "IVmaj7": (5, 9, 0, 4),
    "V": (7, 11, 2, 9),
    "V7": (7, 11, 2, 5),
    "Vsus": (7, 0, 2, 5),
    "vi": (9, 0, 4, 7),
    "i": (0, 3, 7, 2),
    "iv": (5, 8, 0, 3),
    "v": (7, 10, 2, 5),
    "bII": (1, 5, 8, 0),
    "bIII": (3, 7, 10, 2),
    "bVI": (8, 0, 3, 7),
    "bVII": (10, 2, 5, 0),
}


@dataclass(frozen=True, slots=True)
class Progression:
    """Chord names: where the music goes (again and again, if there is time), how it ends, and how long a chord is."""

    opening: tuple[str, ...]
    cadence: tuple[str, str]
    chord_seconds: float


PROGRESSIONS: Mapping[Mood, Progression] = {
    "calm": Progression(("I", "vi", "IVmaj7", "ii"), ("Vsus", "I"), 3.6),
    "vast": Progression(("I", "II", "vi", "iii", "IV"), ("IV", "I"), 3.4),
    "warm": Progression(("Imaj7", "vi", "ii", "IVmaj7"), ("Vsus", "Imaj7"), 2.8),
    "neon": Progression(("i", "bVI", "bIII", "bVII"), ("bVII", "i"), 2.4),
    "tender": Progression(("I", "iii", "vi", "IVmaj7"), ("V", "I"), 2.8),
    "bright": Progression(("I", "V", "vi", "IV"), ("V", "I6"), 2.0),
    "dark": Progression(("i", "bVI", "iv", "bII"), ("v", "i"), 3.4),
    "epic": Progression(("i", "bVI", "bIII", "bVII", "iv"), ("V7", "i"), 1.8),
    "playful": Progression(("I", "vi", "ii", "V", "I6", "IV"), ("V7", "I"), 1.35),
    "mysterious": Progression(("i", "bII", "iv", "bVI"), ("V7", "i"), 2.9),
    "sad": Progression(("i", "iv", "bVII", "bIII", "bVI"), ("V7", "i"), 3.1),
    "tense": Progression(("i", "bII", "i", "iv"), ("V7", "i"), 1.8),
}


@dataclass(frozen=True, slots=True)
class Chord:
    """Four upper voices, low to high, over a bass, from `start` for `seconds`."""

    voices: tuple[int, ...]
    bass: int
    start: float
    seconds: float


def chords_for(mood: Mood, seconds: float, home: int) -> tuple[Chord, ...]:
    """Chords that fill `seconds` and come home, to the key of `home` (a note between 48 and 59).

    The last chord is a half longer than the others.
    """
    progression = PROGRESSIONS[mood]
    number = max(2, round(seconds / progression.chord_seconds))
    wander = list(islice(cycle(progression.opening), number - 1))
    if number > 2 and wander[number - 3] == progression.cadence[0]:
        del wander[number - 3]  # one step ahead, rather than the same chord twice
    names = [*wander[: number - 2], *progression.cadence]
    length = seconds / (number + 0.5)
    chords: list[Chord] = []
    voices: tuple[int, ...] | None = None
    for index, name in enumerate(names):
        notes = CHORDS[name]
        voices = _led({(home + note) % 12 for note in notes}, (home + notes[1]) % 12, voices, home + 12)
        bass = 36 + (home + notes[0]) % 12
        last = index == number - 1
        chords.append(Chord(voices, bass, index * length, length * (1.5 if last else 1.0)))
    return tuple(chords)


@dataclass(frozen=True, slots=True)
class Note:
    """One note of the tune: MIDI `pitch` from `start`, for `seconds`."""

    pitch: int
    start: float
    seconds: float


RHYTHMS: tuple[tuple[float, ...], ...] = ((0.0, 0.5), (0.0, 0.5, 0.75), (0.0, 0.375, 0.75), (0.25, 0.5, 0.75))
"""When the notes of a motif begin, as parts of a chord."""


def tune_for(mood: Mood, chords: tuple[Chord, ...], home: int, rhythm: tuple[float, ...]) -> tuple[Note, ...]:
    """A tune over `chords`: notes on chord tones, between them steps of the scale, the last one home and held.

    Every other chord takes up the same rhythm, those between breathe with half of it.
    """
    progression = PROGRESSIONS[mood]
    used = (*progression.opening, *progression.cadence)
    scale = {(home + tone) % 12 for name in used for tone in CHORDS[name]}
    notes: list[Note] = []
    before, top = home + 19, home + 24
    for index, chord in enumerate(chords[:-1]):
        rise = math.sin(math.pi * index / max(1, len(chords) - 1))
        tones = {voice % 12 for voice in chord.voices}
        parts = rhythm if index % 2 == 0 else rhythm[:2]
        for order, part in enumerate(parts):
            aim = home + 16 + 7 * rise
            allowed = tones if order == 0 else scale
            before = _nearest(allowed, before, aim, top)
            until = parts[order + 1] if order + 1 < len(parts) else 1.0
            notes.append(Note(before, chord.start + part * chord.seconds, (until - part) * chord.seconds))
    last = chords[-1]
    ends = (home + 12, home + 24)
    notes.append(Note(min(ends, key=lambda end: abs(end - before)), last.start, last.seconds))
    return tuple(notes)


def _nearest(allowed: set[int], before: int, aim: float, top: int) -> int:
    """The next note: near the one before but not the same, and on the way to `aim`."""
    ways = [note for note in range(before - 9, before + 10) if note % 12 in allowed and note != before and note <= top]
    return min(ways, key=lambda note: (abs(note - before) + 1.2 * abs(note - aim), note))


def _led(tones: set[int], third: int, before: tuple[int, ...] | None, centre: int) -> tuple[int, ...]:
    """The four voices of a chord that move least from those before, with its third and without muddy seconds below."""
    notes = [note for note in range(centre - 9, centre + 10) if note % 12 in tones]
    ways = [way for way in combinations(notes, 4) if _sounds_well(way, third)]
    return min(ways, key=lambda way: (_effort(way, before, centre), way))


def _sounds_well(way: tuple[int, ...], third: int) -> bool:
    gaps = [upper - lower for lower, upper in pairwise(way)]
    has_third = any(note % 12 == third for note in way)
    return has_third and len({note % 12 for note in way}) >= 3 and max(gaps) <= 9 and gaps[0] >= 3 and min(gaps) >= 2


def _effort(way: tuple[int, ...], before: tuple[int, ...] | None, centre: int) -> float:
    stray = 0.5 * abs(sum(way) / 4 - centre)
    if before is None:
        return stray + 0.05 * (way[-1] - way[0])
    moves = sum(abs(now - then) for now, then in zip(way, before, strict=True))
    return stray + moves + 4.0 * _parallels(way, before) + max(0, abs(way[-1] - before[-1]) - 4)


def _parallels(way: tuple[int, ...], before: tuple[int, ...]) -> int:
    """How many pairs of voices move together in fifths or octaves, which makes two voices sound like one."""
    count = 0
    for low, high in combinations(range(4), 2):
        interval = (way[high] - way[low]) % 12
        same = interval == (before[high] - before[low]) % 12
        count += same and interval in (0, 7) and way[low] != before[low]
    return count
