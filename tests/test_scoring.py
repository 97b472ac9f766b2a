"""Films of models that make no sound are heard all the same: by what the prompt names and when the picture moves."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import find_peaks, stft

from openhorse.engines import scoring
from openhorse.engines.procedural.brief import Place
from openhorse.engines.scoring import NOTE, scored, watched
from openhorse.vocabulary import SAMPLE_RATE, Clip, Frame, Mode, Order, Ratio, Tier

JUMPS = (12, 26, 40, 61)
FRAMES = 72


def order(prompt: str) -> Order:
    """An order for three seconds."""
    return Order("native", "m", Mode.TEXT, prompt, Tier.P480, 3, Ratio.R16_9, seed=5)


def clip(jumps: Sequence[int] = JUMPS, pan: int = 0, cut: int | None = None) -> Clip:
    """A bright square that jumps to the right at `jumps`, before a texture that a camera pans over."""
    texture = np.random.default_rng(3).normal(100, 60, (240, 427 + FRAMES * pan)).astype(np.float32)
    soft = np.clip(cv2.GaussianBlur(texture, (0, 0), 4), 16, 235).astype(np.uint8)
    chroma = np.full((120, 214), 128, np.uint8)
    frames, x = [], 20
    for index in range(FRAMES):
        x += 45 if index in jumps else 0
        y = soft[:, pan * index : pan * index + 427].copy()
        y[100:150, x : x + 40] = 220
        if cut is not None and index >= cut:
            y = 251 - y
        frames.append(Frame(np.ascontiguousarray(np.pad(y, ((0, 0), (0, 1)))).data, chroma.data, chroma.data))
    return Clip(428, 240, FRAMES, frames, None, "wan", 5)


def onsets(sound: NDArray[np.float32]) -> list[float]:
    """When something begins to be heard, in frames, by spectral flux."""
    _, times, spectrum = stft(sound.mean(axis=0), SAMPLE_RATE, nperseg=1024, noverlap=768)
    flux = np.maximum(np.diff(np.log1p(100 * np.abs(spectrum)), axis=1), 0).sum(axis=0)
    found, _ = find_peaks(flux, prominence=2 * flux.std(), distance=15)
    return [float(times[one + 1] * 24) for one in found]


def heads(made: Clip) -> list[int]:
    """The frames in which motion comes to a head."""
    return [round(at * 24) for at, _, _ in watched(made, 3).heads()]


def test_steps_are_heard_when_something_moves() -> None:
    """Every jump is heard within two frames, from where it is; the film says whose sound it is."""
    made = scored(clip(), order("A horse runs across a meadow"))
    sound = np.asarray(made.sound)
    assert (sound.shape, sound.dtype) == ((2, 3 * SAMPLE_RATE), np.float32)
    assert np.abs(sound).max() <= 1
    heard = onsets(sound)
    assert all(any(abs(jump - onset) <= 2 for onset in heard) for jump in JUMPS), heard
    assert made.notes == (NOTE,)
    places = [where for _, _, where in watched(clip(), 3).heads()]
    assert places == sorted(places)
    assert places[-1] - places[0] > 0.2


def test_same_clip_and_seed_sound_the_same() -> None:
    """Bit for bit; another seed does not."""
    wish = order("A horse runs across a meadow")
    first, again = scored(clip(), wish), scored(clip(), wish)
    assert first.sound is not None
    assert first.sound == again.sound
    assert scored(dataclasses.replace(clip(), seed=6), wish).sound != first.sound


def test_camera_and_cuts_are_no_motion() -> None:
    """A pan over everything hides no jump, and the beginning of another shot is none."""
    assert heads(clip()) == list(JUMPS)
    assert set(JUMPS) <= set(heads(clip(pan=2)))
    assert 50 not in heads(clip(cut=50))


def test_still_picture_has_its_place_only() -> None:
    """Where nothing moves nothing is struck, and the meadow is heard."""
    still = clip(jumps=())
    assert heads(still) == []
    sound = np.asarray(scored(still, order("A horse stands in a meadow, no music")).sound)
    assert np.abs(sound[:, SAMPLE_RATE : 2 * SAMPLE_RATE]).max() > 0.001


def test_clip_that_can_be_drawn_once_is_heard_by_its_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its frames are left for the film, and the note says what was not done."""
    monkeypatch.setattr(scoring, "watched", lambda *_: pytest.fail("drawn"))
    frames = iter(clip().frames)
    made = scored(dataclasses.replace(clip(), frames=frames), order("Waves on a beach"))
    assert made.sound is not None
    assert made.notes == (f"{NOTE}, not of its motion",)
    assert len(list(made.frames)) == FRAMES


def test_silence_that_is_asked_for_stays() -> None:
    """The prompt has the last word."""
    silent = clip()
    assert scored(silent, order("A horse runs across a meadow, completely silent, no sound")) is silent


def test_every_place_has_a_sound() -> None:
    """None is forgotten when another is added."""
    assert set(scoring._BEDS) == set(Place)
