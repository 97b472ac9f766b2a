"""A Score comes in, its sound goes out: ambience, hits, music and speech in one balanced stereo mix, not yet mastered.

Knows no picture and no loudness target: media masters what this gives. Same score, same samples.
"""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from openhorse.engines.procedural.score import Bed, Mood, Score
from openhorse.engines.procedural.sound.beat import beat_of
from openhorse.engines.procedural.sound.beds import BEDS, enveloped, placed
from openhorse.engines.procedural.sound.hits import STEPS, ducked, place_hits
from openhorse.engines.procedural.sound.music import Wish, play
from openhorse.engines.procedural.sound.setting import Setting, setting_of
from openhorse.engines.procedural.sound.synthesis import (
    STEP,
    Samples,
    add_at,
    decibels,
    enlarged,
    loudness,
    panned,
    reverberated,
    single,
)
from openhorse.engines.procedural.sound.voice import START_SECONDS, speak
from openhorse.vocabulary import SAMPLE_RATE

AMBIENCE_UNDER_STEPS, MUSIC_UNDER_STEPS, AMBIENCE_BEHIND_STEPS = 18.0, 12.0, 0.55
"""Decibels by which either lies under the steps at least, and how far away the ambience is, in a film where somebody is
heard to walk: the steps are near, and what the film is about."""
MUSIC_UNDER_AMBIENCE = 5.0
"""Decibels."""
MUSIC_ALONE = -26.0
"""LUFS, where there is no ambience for it to lie under."""
VOICE_OVER_AMBIENCE, VOICE_OVER_STEPS, VOICE_ALONE = 7.0, 2.0, -24.0
"""Decibels, and LUFS."""
AMBIENCE_UNDER_VOICE, MUSIC_UNDER_VOICE = -4.0, -9.0
"""Decibels by which either gives way while somebody speaks."""
AMBIENCE_RISES_SECONDS, AMBIENCE_FALLS_SECONDS = 0.7, 0.7
FADE_IN_SECONDS, FADE_OUT_SECONDS = 0.004, 0.35
LOUDEST = 0.95


def perform(score: Score) -> Samples | None:
    """The score's sound, 2 × 48000·seconds float32 within ±0.95, or None when the score is silent.

    The ambience comes up and goes over 0.7 s, music has a beginning and an end of its own. Hits lie at
    their exact sample; music lies under the ambience, and both under speech. Where somebody is heard to walk, the
    steps come first, the music under them is made on their beat, and the ambience lies below both.
    """
    if score.is_silent:
        return None
    count = score.seconds * SAMPLE_RATE
    setting = setting_of(score)
    dry, sent = np.zeros((2, count), np.float32), np.zeros((2, count), np.float32)
    near, near_sent = np.zeros((2, count), np.float32), np.zeros((2, count), np.float32)
    place_hits(_random(score, "hits"), score.hits, near, near_sent)
    steps = loudness(near) if any(hit.kind in STEPS for hit in score.hits) else None
    for bed in score.beds:
        _lay(score, bed, setting, dry, sent)
    for track in (dry, sent):
        _faded(track, AMBIENCE_RISES_SECONDS, AMBIENCE_FALLS_SECONDS)
    ambience = loudness(dry) if score.beds else None
    if ambience is not None and steps is not None and ambience > steps - AMBIENCE_UNDER_STEPS:
        for track in (dry, sent):
            track *= decibels(steps - AMBIENCE_UNDER_STEPS - ambience)
        ambience = steps - AMBIENCE_UNDER_STEPS
    voice = _voice(score, ambience, steps)
    if voice is not None:
        for track in (dry, sent):
            track *= _under(voice, AMBIENCE_UNDER_VOICE)
    if score.mood:
        music = play(_random(score, f"music {score.mood}"), score.seconds, _wish(score, score.mood))
        music *= decibels(_music_loudness(steps, ambience) - loudness(music))
        dry += music if voice is None else music * _under(voice, MUSIC_UNDER_VOICE)
    gain = ducked(score.hits, count)
    if gain is not None:
        dry *= gain
        sent *= gain
    dry += near
    sent += near_sent
    if voice is not None:
        dry += voice
        sent += voice * np.float32(0.12)
    if setting.room and sent.any():
        dry += reverberated(sent, setting.room)
    _faded(dry, FADE_IN_SECONDS, FADE_OUT_SECONDS)
    peak = float(np.abs(dry).max())
    return np.ascontiguousarray(dry * np.float32(min(1.0, LOUDEST / peak)) if peak > 0 else dry)


def _music_loudness(steps: float | None, ambience: float | None) -> float:
    """LUFS: under the steps where there are any, else under the ambience."""
    if steps is not None:
        return steps - MUSIC_UNDER_STEPS
    return MUSIC_ALONE if ambience is None else max(ambience, -45.0) - MUSIC_UNDER_AMBIENCE


def _wish(score: Score, mood: Mood) -> Wish:
    return Wish(mood, score.instrument, score.drums, any(hit.kind in STEPS for hit in score.hits), beat_of(score.hits))


def _random(score: Score, name: str) -> np.random.Generator:
    """Random numbers of its own for everything that is heard, so that one addition leaves the rest as it was."""
    return np.random.default_rng((score.seed, zlib.crc32(name.encode())))


def _lay(score: Score, bed: Bed, setting: Setting, dry: Samples, sent: Samples) -> None:
    """Add one bed at its loudness. The more beds, the less each: together they are no louder than one."""
    voicing, steps = BEDS[bed.kind], any(hit.kind in STEPS for hit in score.hits)
    if steps and bed.kind not in ("engine", "wheels"):
        bed = replace(bed, distance=max(bed.distance, AMBIENCE_BEHIND_STEPS))
    samples = placed(voicing.make(_random(score, f"bed {bed.kind}"), dry.shape[1], bed, setting), bed)
    crowding = max(1.0, sum(other.level**2 for other in score.beds)) ** 0.5
    gain = decibels(voicing.loudness - loudness(samples)) * np.float32(bed.level / crowding)
    samples = enveloped(samples * gain, bed.envelope)
    dry += samples
    if voicing.send:
        sent += samples * np.float32(voicing.send)


def _voice(score: Score, ambience: float | None, steps: float | None) -> Samples | None:
    """The score's lines, spoken in the middle and above ambience and steps; None where nobody speaks."""
    spoken = speak(score.lines, score.seconds)
    if spoken is None:
        return None
    target = VOICE_ALONE if ambience is None else max(ambience, -38.0) + VOICE_OVER_AMBIENCE
    if steps is not None:
        target = max(target, steps + VOICE_OVER_STEPS)
    samples = panned(spoken.samples, 0.5)
    track = np.zeros((2, score.seconds * SAMPLE_RATE), np.float32)
    add_at(track, int(START_SECONDS * SAMPLE_RATE), samples * decibels(target - loudness(samples)))
    return track


def _under(voice: Samples, depth: float) -> Samples:
    """A gain that is `depth` decibels where there is `voice` and shortly around it, 1 elsewhere."""
    count = voice.shape[1]
    blocks = np.abs(voice[0, : count // STEP * STEP]).reshape(-1, STEP).max(axis=1) > 0
    present = maximum_filter1d(np.append(blocks, blocks[-1]).astype(np.float64), int(0.5 * SAMPLE_RATE / STEP))
    smooth = uniform_filter1d(present, int(0.3 * SAMPLE_RATE / STEP), mode="nearest")
    return enlarged(single(decibels(depth) ** smooth), count)


def _faded(mix: Samples, rise_seconds: float, fall_seconds: float) -> None:
    """Let `mix` rise from nothing and fall to it, in place."""
    rise, fall = int(rise_seconds * SAMPLE_RATE), int(fall_seconds * SAMPLE_RATE)
    mix[:, :rise] *= np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32)) ** 2
    mix[:, -fall:] *= np.cos(np.linspace(0, np.pi / 2, fall, dtype=np.float32)) ** 2
