"""Chords and a pattern come in, drums go out, on the beats of every chord but the last. Knows no harmony.

The last chord has its first stroke only: then the music rings out.
"""

from __future__ import annotations

import numpy as np

from openhorse.engines.procedural.sound.foley import struck
from openhorse.engines.procedural.sound.harmony import Chord
from openhorse.engines.procedural.sound.styles import Beat, Pattern
from openhorse.engines.procedural.sound.synthesis import Samples, add_at, band, burst, chirp, panned, single
from openhorse.vocabulary import SAMPLE_RATE

Random = np.random.Generator


def _drum(random: Random, beat: Beat) -> Samples:
    match beat:
        case "low":
            skin = np.zeros(int(0.42 * SAMPLE_RATE), np.float32)
            tone, slap = chirp(105, 52, 0.42, 9), struck(burst(random, 0.04, band(700, 1.0)), 90, 0.001)
            skin[: tone.size] += tone[: skin.size]
            skin[: slap.size] += 0.12 * slap
            return single(skin)
        case "high":
            wires = struck(burst(random, 0.2, band(2600, 0.9)), 24, 0.001)
            head = chirp(230, 170, 0.2, 22)
            return single(0.22 * wires + 0.4 * head)
        case "dry":
            return chirp(random.uniform(820, 880), 800, 0.07, 70) * np.float32(0.6)
        case _:
            return struck(burst(random, 0.07, band(7200, 0.5)), 60, 0.006) * np.float32(0.16)


def play_drums(random: Random, track: Samples, chords: tuple[Chord, ...], pattern: Pattern) -> None:
    """Add the pattern's strokes to `track`, each struck a little differently, in their places on the stage."""
    if not pattern:
        return
    kit = {beat: [_drum(random, beat) for _ in range(3)] for beat in sorted({beat for _, beat, _ in pattern})}
    pans = {"low": 0.5, "high": 0.42, "dry": 0.62, "shake": 0.35}
    for chord in chords:
        last = chord is chords[-1]
        for part, beat, gain in pattern:
            if last and part > 0:
                break
            at = chord.start + part * chord.seconds + random.uniform(0, 0.006)
            loud = np.float32(0.3 * gain * random.uniform(0.85, 1.0))
            add_at(track, int(at * SAMPLE_RATE), panned(kit[beat][int(random.integers(3))] * loud, pans[beat]))
