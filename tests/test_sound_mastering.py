"""A film's sound: as loud as promised, never clipped, and silent when the scene is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from openhorse.media.sound import CEILING_DBTP, TARGET_LUFS, master, measure
from openhorse.vocabulary import SAMPLE_RATE

SECONDS = 3


def scene(kind: str) -> NDArray[np.float32]:
    """Three seconds of one kind of sound."""
    generator = np.random.default_rng(7)
    time = np.arange(SECONDS * SAMPLE_RATE) / SAMPLE_RATE
    wind = generator.normal(0, 0.01, (2, time.size))
    match kind:
        case "wind":
            sound = wind
        case "too loud":
            sound = wind * 90
        case "steps over wind":
            sound = wind * 0.1
            sound[:, ::24_000] = 1.0
        case "one ear":
            sound = wind * [[1.0], [0.0]]
        case _:
            sound = np.tile(0.1 * np.sin(2 * np.pi * 220 * time), (2, 1))
    return sound.astype(np.float32)


@pytest.mark.parametrize("kind", ["wind", "too loud", "steps over wind", "one ear", "hum"])
def test_every_scene_is_equally_loud_without_clipping(kind: str) -> None:
    """−16 LUFS within half a unit, no true peak above the ceiling, same length, still in stereo."""
    sound = scene(kind)
    mastered = master(sound)
    loudness, peak = measure(mastered.samples)
    assert mastered.samples.shape == sound.shape
    assert mastered.samples.dtype == np.float32
    assert (mastered.loudness, mastered.peak) == (loudness, peak)
    assert loudness == pytest.approx(TARGET_LUFS, abs=0.5)
    assert peak is not None
    assert peak <= CEILING_DBTP + 0.01


def test_peaks_between_samples_count() -> None:
    """A quarter-rate sine sampled at ±45° peaks 3 dB above its samples."""
    time = np.arange(SAMPLE_RATE)
    sound = np.tile(0.5 * np.sin(np.pi / 2 * time + np.pi / 4), (2, 1)).astype(np.float32)
    _, peak = measure(sound)
    assert np.abs(sound).max() == pytest.approx(0.3536, abs=1e-3)
    assert peak == pytest.approx(-6.02, abs=0.2)


def test_loudness_follows_the_standard() -> None:
    """A 997 Hz sine at 0 dBFS in one channel is −3.01 LUFS (BS.1770, the calibration case)."""
    sound = np.zeros((2, SECONDS * SAMPLE_RATE), np.float32)
    sound[0] = np.sin(2 * np.pi * 997 * np.arange(SECONDS * SAMPLE_RATE) / SAMPLE_RATE)
    loudness, peak = measure(sound)
    assert loudness == pytest.approx(-3.01, abs=0.05)
    assert peak == pytest.approx(0.0, abs=0.05)


def test_limiting_bends_the_gain_and_not_the_wave() -> None:
    """Around a peak the sound is turned down smoothly: what is between the peaks keeps its shape."""
    sound = scene("steps over wind")
    limited = master(sound).samples
    between = slice(24_000 + 4_000, 48_000 - 4_000)
    ratio = limited[:, between] / sound[:, between]
    assert ratio.std() < 1e-3 * ratio.mean()


@pytest.mark.parametrize("level", [0.0, 1e-6])
def test_silence_stays_silence(level: float) -> None:
    """What lies under the standard's gate is not blown up into noise."""
    sound = np.full((2, SAMPLE_RATE), level, np.float32)
    sound[:, ::2] *= -1
    mastered = master(sound)
    assert (mastered.loudness, mastered.peak) == (None, None)
    assert not mastered.samples.any()
    assert measure(sound) == (None, None)


def test_samples_that_are_no_numbers_are_mended() -> None:
    """An engine's slip does not spoil the whole film."""
    sound = scene("wind")
    sound[0, 100] = np.nan
    sound[1, 200] = np.inf
    mastered = master(sound)
    assert np.isfinite(mastered.samples).all()
    assert mastered.loudness == pytest.approx(TARGET_LUFS, abs=0.5)


def test_a_few_frames_are_enough() -> None:
    """Sound shorter than one gating block is mastered as if it went on."""
    assert master(scene("wind")[:, :4_000]).loudness == pytest.approx(TARGET_LUFS, abs=0.5)
