"""The sound of the procedural engine: lengths, balance, and that what is heard happens when the score says."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import numpy as np
import pyloudnorm
import pytest
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfilt

from openhorse.engines.procedural.score import Bed, BedKind, Hit, HitKind, Mood, Score
from openhorse.engines.procedural.sound import MUSIC_UNDER_AMBIENCE, perform
from openhorse.engines.procedural.sound.beds import BEDS
from openhorse.engines.procedural.sound.harmony import CHORDS, PROGRESSIONS, chords_for
from openhorse.engines.procedural.sound.hits import HITS
from openhorse.engines.procedural.sound.music import STYLES
from openhorse.engines.procedural.sound.synthesis import Samples, decibels, loudness
from openhorse.vocabulary import SAMPLE_RATE

FRAME_SECONDS = 1 / 24


def heard(*parts: Bed | Hit, seconds: int = 3, seed: int = 5, mood: Mood | None = None) -> Samples:
    """The sound of a score of these parts, which is not silent."""
    beds = tuple(part for part in parts if isinstance(part, Bed))
    hits = tuple(part for part in parts if isinstance(part, Hit))
    samples = perform(Score(seconds, seed, beds, hits, mood))
    assert samples is not None
    return samples


def centroid(samples: Samples) -> float:
    """The spectral centre of gravity in hertz."""
    power = (np.abs(np.fft.rfft(samples, axis=1)) ** 2).sum(axis=0)
    return float((np.fft.rfftfreq(samples.shape[1], 1 / SAMPLE_RATE) * power).sum() / power.sum())


def crest(samples: Samples) -> float:
    """Peak over RMS in decibels."""
    return float(20 * np.log10(np.abs(samples).max() / np.sqrt(np.mean(samples**2))))


def smoothed_power(samples: Samples, seconds: float) -> np.ndarray:
    """The power of both channels together, averaged over `seconds` around each sample."""
    return uniform_filter1d((samples.astype(np.float64) ** 2).sum(axis=0), int(seconds * SAMPLE_RATE), mode="constant")


def onset_near(samples: Samples, at: float) -> tuple[float, float]:
    """When, within a tenth of a second of `at`, the sound rises most from one 15 ms to the next, and by how many dB."""
    width = int(0.015 * SAMPLE_RATE)
    total = np.concatenate([[0.0], np.cumsum((samples.astype(np.float64) ** 2).sum(axis=0) + 1e-9)])
    moments = np.arange(int((at - 0.1) * SAMPLE_RATE), int((at + 0.1) * SAMPLE_RATE), 24)
    rise = (total[moments + width] - total[moments]) / (total[moments] - total[moments - width])
    best = int(rise.argmax())
    return moments[best] / SAMPLE_RATE, float(10 * np.log10(rise[best]))


@pytest.mark.parametrize("seconds", [3, 5, 15])
def test_sound_is_exactly_as_long_as_the_film(seconds: int) -> None:
    """The samples are stereo float32, planar, contiguous, finite and in range, 48000 a second to the sample."""
    samples = heard(Bed("wind", 0.8), Hit("chime", 1.0, 0.7), seconds=seconds, mood="calm")
    assert samples.shape == (2, seconds * SAMPLE_RATE)
    assert samples.dtype == np.float32
    assert samples.flags.c_contiguous
    assert np.isfinite(samples).all()
    assert 0.01 < np.abs(samples).max() <= 0.95


def test_a_score_with_nothing_in_it_is_silence() -> None:
    """Silence is None, which is not a track of zeros."""
    assert perform(Score(5, 1)) is None


def test_every_word_of_a_score_can_be_performed() -> None:
    """No bed, hit or mood that a scene may write is missing here."""
    assert set(BEDS) == set(get_args(BedKind))
    assert set(HITS) == set(get_args(HitKind))
    assert set(STYLES) == set(PROGRESSIONS) == set(get_args(Mood))


@pytest.mark.parametrize("kind", get_args(BedKind))
def test_a_bed_fills_the_film_without_clicks_at_its_ends(kind: BedKind) -> None:
    """Each bed alone is finite, audible, wider than mono, and begins and ends at nothing."""
    samples = heard(Bed(kind, 1.0))
    assert np.isfinite(samples).all()
    assert -60 < loudness(samples) < -18
    assert np.corrcoef(samples)[0, 1] < 0.97
    assert np.abs(samples[:, :8]).max() < 1e-3
    assert np.abs(samples[:, -8:]).max() < 1e-3


def test_the_level_of_a_bed_is_its_loudness() -> None:
    """Half the level is 6 dB less."""
    loud, soft = (loudness(heard(Bed("rain", level))) for level in (1.0, 0.5))
    assert loud - soft == pytest.approx(6.02, abs=0.1)


def test_many_beds_are_no_louder_than_one() -> None:
    """A crowded score leaves the hits their room."""
    alone = loudness(heard(Bed("rain", 1.0)))
    together = loudness(heard(Bed("rain", 1.0), Bed("wind", 1.0), Bed("traffic", 1.0)))
    assert together < alone + 1.5


def test_beds_sound_like_what_they_are() -> None:
    """Rain is brighter than wind, leaves than traffic, birds than a stream, and fire crackles where a room does not."""
    centre = {
        kind: centroid(heard(Bed(kind, 1.0))) for kind in ("rain", "wind", "leaves", "traffic", "birds", "stream")
    }
    assert centre["rain"] > 5 * centre["wind"]
    assert centre["leaves"] > 5 * centre["traffic"]
    assert centre["birds"] > 2 * centre["stream"]
    assert crest(heard(Bed("fire", 1.0))) > crest(heard(Bed("room", 1.0))) + 5


def test_neon_hums_at_the_harmonics_of_the_mains() -> None:
    """Its strongest low tone is a multiple of 120 Hz."""
    samples = heard(Bed("neon", 1.0))
    spectrum = np.abs(np.fft.rfft(samples.mean(axis=0)))[: 600 * 3]
    assert int(spectrum.argmax()) / 3 % 120 == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize(("period", "phase"), [(5.0, 2.0), (6.5, 4.0), (4.0, 9.0)])
def test_waves_break_when_the_picture_says(period: float, phase: float) -> None:
    """The swell is loudest within half a second of each `phase` + k × `period`, and quiet half-way between."""
    power = smoothed_power(heard(Bed("waves", 1.0, period=period, phase=phase), seconds=15), 0.4)
    for moment in np.arange(phase % period, 15, period):
        first, last = (int(np.clip(moment + side * period / 2, 0.3, 14.4) * SAMPLE_RATE) for side in (-1, 1))
        if 0.8 < moment < 14:
            assert (first + power[first:last].argmax()) / SAMPLE_RATE == pytest.approx(moment, abs=0.5)
            assert power[first:last].max() > 4 * power[first]


def test_gusts_blow_when_the_picture_says() -> None:
    """With a period, wind is louder around its phase than half a period later."""
    power = smoothed_power(heard(Bed("wind", 1.0, period=4.0, phase=1.0), seconds=5), 0.8)
    assert power[SAMPLE_RATE] > 4 * power[3 * SAMPLE_RATE]


def test_an_envelope_flickers_a_bed() -> None:
    """Where the envelope is nothing, so is the bed; its corners do not click."""
    samples = heard(Bed("neon", 1.0, envelope=((0.0, 1.0), (0.99, 1.0), (1.0, 0.0), (2.0, 0.0), (2.01, 1.0))))
    power = smoothed_power(samples, 0.2)
    assert power[int(1.5 * SAMPLE_RATE)] < 1e-4 * power[int(0.5 * SAMPLE_RATE)]
    assert power[int(2.4 * SAMPLE_RATE)] > 0.2 * power[int(0.5 * SAMPLE_RATE)]


@pytest.mark.parametrize("kind", ["step-sand", "step-pavement", "step-grass", "step-soft", "splash"])
@pytest.mark.parametrize("around", [(Bed("wind", 1.0), Bed("lapping", 0.6)), (Bed("traffic", 1.0), Bed("crowd", 0.5))])
def test_steps_are_heard_above_the_beds_in_their_own_frame(kind: HitKind, around: tuple[Bed, ...]) -> None:
    """The sound rises by 3 dB or more within one frame of each step's time."""
    times = (0.41, 0.93, 1.4, 2.02)
    samples = heard(*around, *(Hit(kind, at, 0.8) for at in times))
    for at in times:
        found, rise = onset_near(samples, at)
        assert abs(found - at) < FRAME_SECONDS
        assert rise > 3


def test_a_breath_is_heard_in_its_own_band() -> None:
    """A pant, soft as it is, lifts the octave around 1.5 kHz by 3 dB over the sea."""
    samples = heard(Bed("waves", 0.7, period=5, phase=4), Bed("wind", 0.3), Hit("pant", 1.0, 0.3))
    voiced = sosfilt(butter(2, (1000, 2200), "bandpass", fs=SAMPLE_RATE, output="sos"), samples.mean(axis=0))
    before, during = (np.mean(voiced[int(at * SAMPLE_RATE) :][:7200] ** 2) for at in (0.8, 1.0))
    assert 10 * np.log10(during / before) > 3


def test_steps_are_heard_through_a_breaking_wave() -> None:
    """The ambience gives way, so that a step on the very moment of the break is still an onset."""
    samples = heard(Bed("waves", 1.0, period=6, phase=1.5), Bed("wind", 0.4), Hit("step-sand", 1.5, 0.8))
    found, rise = onset_near(samples, 1.5)
    assert abs(found - 1.5) < FRAME_SECONDS
    assert rise > 2


@pytest.mark.parametrize("kind", get_args(HitKind))
def test_a_hit_lies_at_its_exact_sample(kind: HitKind) -> None:
    """Nothing is heard before a hit; a whoosh is loudest at its time instead."""
    samples = heard(Hit(kind, 1.25, 1.0))
    power = (samples**2).sum(axis=0)
    lead = int(HITS[kind].lead_seconds * SAMPLE_RATE)
    begin = int(1.25 * SAMPLE_RATE) - lead
    assert power[:begin].max() < 1e-12
    assert power[begin : begin + int(0.05 * SAMPLE_RATE)].max() > 1e-9
    if lead:
        assert smoothed_power(samples, 0.05).argmax() / SAMPLE_RATE == pytest.approx(1.25, abs=0.1)


def test_a_hit_is_heard_where_it_is() -> None:
    """Pan 0 is left, 1 is right, a half is both."""
    for pan, balance in ((0.0, 1), (1.0, -1)):
        left, right = np.mean(heard(Hit("step-sand", 1.0, 1.0, pan)) ** 2, axis=1)
        assert np.sign(left - right) == balance
        assert max(left, right) > 20 * min(left, right)
    left, right = np.mean(heard(Hit("step-sand", 1.0, 1.0, 0.5)) ** 2, axis=1)
    assert left == pytest.approx(right, rel=0.1)


def test_two_steps_are_never_the_same_sound() -> None:
    """Neighbouring hits of a kind differ in more than their level."""
    samples = heard(*(Hit("step-pavement", at, 1.0) for at in (0.5, 1.0, 1.5, 2.0)))[0]
    steps = [samples[int(at * SAMPLE_RATE) :][:4800] for at in (0.5, 1.0, 1.5, 2.0)]
    for one, next_one in pairwise(steps):
        assert np.corrcoef(one, next_one)[0, 1] < 0.98


def test_hits_outside_the_film_are_left_out() -> None:
    """A hit before the beginning or after the end is no error, and adds nothing."""
    alone = heard(Hit("drip", 1.0, 1.0))
    crowded = heard(Hit("drip", 1.0, 1.0), Hit("drip", -2.0, 1.0), Hit("drip", 99.0, 1.0))
    assert np.array_equal(alone, crowded)


def test_the_same_score_gives_the_same_bits() -> None:
    """Sound is a function of the score; another seed is another sound."""
    score = (Bed("waves", 0.8, 5, 2), Bed("birds", 0.5), Bed("crowd", 0.3), Hit("splash", 1.0, 0.5))
    first = heard(*score, mood="tender")
    assert np.array_equal(first, heard(*score, mood="tender"))
    assert not np.array_equal(first, heard(*score, mood="tender", seed=6))


@pytest.mark.parametrize("mood", get_args(Mood))
def test_music_begins_and_ends_within_the_film(mood: Mood) -> None:
    """Music is there in the first second, and has died away at the end without being cut."""
    samples = heard(mood=mood)
    power = smoothed_power(samples, 0.1)
    assert loudness(samples) == pytest.approx(-26, abs=2)
    assert power[: SAMPLE_RATE // 2].max() > 0.05 * power.max()
    assert power[-int(0.1 * SAMPLE_RATE) :].max() < 0.05 * power.max()
    assert not samples[:, -1].any() or np.abs(samples[:, -1]).max() < 1e-4


def test_music_lies_under_the_ambience() -> None:
    """What music adds to a mix is softer than the ambience, by the amount that the house plays it under."""
    ambience = heard(Bed("rain", 0.6), seconds=5)
    with_music = heard(Bed("rain", 0.6), seconds=5, mood="calm")
    under = loudness(ambience) - loudness(with_music - ambience)
    assert under == pytest.approx(MUSIC_UNDER_AMBIENCE, abs=1)


@pytest.mark.parametrize("mood", get_args(Mood))
@pytest.mark.parametrize("seconds", [3, 5, 8, 15])
def test_chords_come_home_smoothly(mood: Mood, seconds: int) -> None:
    """The last chord is the home chord and ends with the film; voices step, no chord comes twice in a row."""
    home = 50
    chords = chords_for(mood, seconds, home)
    assert chords[-1].bass % 12 == home % 12
    assert chords[-1].start + chords[-1].seconds == pytest.approx(seconds)
    assert {voice % 12 for voice in chords[-1].voices} <= {
        (home + tone) % 12 for tone in CHORDS[PROGRESSIONS[mood].cadence[1]]
    }
    for before, after in pairwise(chords):
        moves = [abs(now - then) for now, then in zip(after.voices, before.voices, strict=True)]
        assert max(moves) <= 9
        assert sum(moves) <= 16
        assert (before.bass, before.voices) != (after.bass, after.voices)


def test_our_loudness_agrees_with_the_standard() -> None:
    """The cheap measure that balances the mix is within a decibel of ITU-R BS.1770 as pyloudnorm has it."""
    meter = pyloudnorm.Meter(SAMPLE_RATE)
    for kind in ("rain", "wind", "neon", "stream"):
        samples = heard(Bed(kind, 1.0), seconds=5) * decibels(12)
        assert loudness(samples) == pytest.approx(meter.integrated_loudness(samples.T.astype(np.float64)), abs=1)
