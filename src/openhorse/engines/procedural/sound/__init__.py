"""A Score comes in, its sound goes out: ambience, hits and music in one balanced stereo mix, not yet mastered.

Knows no picture and no loudness target: media masters what this gives. Same score, same samples.
"""

from __future__ import annotations

import zlib

import numpy as np

from openhorse.engines.procedural.score import Bed, Score
from openhorse.engines.procedural.sound.beds import BEDS, enveloped
from openhorse.engines.procedural.sound.hits import ducked, place_hits
from openhorse.engines.procedural.sound.music import play
from openhorse.engines.procedural.sound.synthesis import Room, Samples, decibels, loudness, reverberated
from openhorse.vocabulary import SAMPLE_RATE

AIR = Room(seconds=1.3, brightness=5000)
MUSIC_UNDER_AMBIENCE = 7.0
"""Decibels."""
MUSIC_ALONE = -26.0
"""LUFS, where there is no ambience for it to lie under."""
FADE_IN_SECONDS, FADE_OUT_SECONDS = 0.02, 0.35
LOUDEST = 0.95


def perform(score: Score) -> Samples | None:
    """The score's sound, 2 × 48000·seconds float32 within ±0.95, or None when the score is silent.

    Fades in over 20 ms and out over 350 ms. Hits lie at their exact sample; music lies under the ambience.
    """
    if score.is_silent:
        return None
    count = score.seconds * SAMPLE_RATE
    dry, sent = np.zeros((2, count), np.float32), np.zeros((2, count), np.float32)
    for bed in score.beds:
        _lay(score, bed, dry, sent)
    ambience = loudness(dry) if score.beds else None
    if score.mood:
        music = play(_random(score, f"music {score.mood}"), score.seconds, score.mood)
        target = MUSIC_ALONE if ambience is None else max(ambience, -45.0) - MUSIC_UNDER_AMBIENCE
        dry += music * decibels(target - loudness(music))
    gain = ducked(score.hits, count)
    if gain is not None:
        dry *= gain
        sent *= gain
    place_hits(_random(score, "hits"), score.hits, dry, sent)
    if sent.any():
        dry += reverberated(_random(score, "air"), sent, AIR)
    return _faded(dry)


def _random(score: Score, name: str) -> np.random.Generator:
    """Random numbers of its own for everything that is heard, so that one addition leaves the rest as it was."""
    return np.random.default_rng((score.seed, zlib.crc32(name.encode())))


def _lay(score: Score, bed: Bed, dry: Samples, sent: Samples) -> None:
    """Add one bed at its loudness. The more beds, the less each: together they are no louder than one."""
    voicing = BEDS[bed.kind]
    samples = voicing.make(_random(score, f"bed {bed.kind}"), dry.shape[1], bed)
    crowding = max(1.0, sum(other.level**2 for other in score.beds)) ** 0.5
    gain = decibels(voicing.loudness - loudness(samples)) * np.float32(bed.level / crowding)
    samples = enveloped(samples * gain, bed.envelope)
    dry += samples
    if voicing.send:
        sent += samples * np.float32(voicing.send)


def _faded(mix: Samples) -> Samples:
    rise, fall = int(FADE_IN_SECONDS * SAMPLE_RATE), int(FADE_OUT_SECONDS * SAMPLE_RATE)
    mix[:, :rise] *= np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32)) ** 2
    mix[:, -fall:] *= np.cos(np.linspace(0, np.pi / 2, fall, dtype=np.float32)) ** 2
    peak = float(np.abs(mix).max())
    return np.ascontiguousarray(mix * np.float32(min(1.0, LOUDEST / peak)) if peak > 0 else mix)
