"""The sound of the procedural engine: lengths, balance, and that what is heard happens when the score says."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import numpy as np
import pyloudnorm
import pytest
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, correlate, sosfilt

from openhorse.engines.procedural.score import Bed, BedKind, Hit, HitKind, Mood, Score, Space, Surface
from openhorse.engines.procedural.sound.animals import birds
from openhorse.engines.procedural.sound.beds import BEDS
from openhorse.engines.procedural.sound.harmony import CHORDS, PROGRESSIONS, RHYTHMS, chords_for, tune_for
from openhorse.engines.procedural.sound.hits import HITS
from openhorse.engines.procedural.sound.performance import MUSIC_UNDER_AMBIENCE, perform
from openhorse.engines.procedural.sound.setting import Setting, setting_of
from openhorse.engines.procedural.sound.styles import STYLES
from openhorse.engines.procedural.sound.synthesis import Samples, decibels, loudness
from openhorse.media.sound import master
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
    """Rain is brighter than wind, leaves than traffic, birds than a stream, and fire crackles where rain does not."""
    centre = {
        kind: centroid(heard(Bed(kind, 1.0))) for kind in ("rain", "wind", "leaves", "traffic", "birds", "stream")
    }
    assert centre["rain"] > 5 * centre["wind"]
    assert centre["leaves"] > 5 * centre["traffic"]
    assert centre["birds"] > 2 * centre["stream"]
    assert crest(heard(Bed("fire", 1.0))) > crest(heard(Bed("rain", 1.0))) + 2


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


# --- nothing cheap: what a listener would notice ---

CLICK = 10.0
"""How far a sample may jump beyond the jumps just before it; a drop or a bird stays below, a cut does not."""


def roughest(samples: Samples) -> float:
    """The greatest second difference over the RMS of those in the ten milliseconds before it."""
    jumps = np.abs(np.diff(samples.astype(np.float64), 2, axis=1)).max(axis=0)
    total = np.concatenate([[0.0], np.cumsum(jumps**2)])
    at = np.arange(488, jumps.size)
    before = np.sqrt((total[at - 8] - total[at - 488]) / 480)
    return float((jumps[488:] / np.maximum(before, 3e-4)).max())


def test_a_cut_would_be_found_as_a_click() -> None:
    """The measure that the next tests trust sees a sound that is broken off."""
    samples = heard(Bed("traffic", 0.42), Bed("neon", 0.5), Bed("crowd", 0.2), mood="calm")
    assert roughest(samples) < CLICK
    samples[:, 72_000:] = 0
    assert roughest(samples) > CLICK


SCORES = (
    (Bed("lapping", 0.4, 5.2), Bed("wind", 0.4, 7.0), Bed("birds", 0.45)),
    (Bed("traffic", 0.42), Bed("neon", 0.5), Bed("crowd", 0.2)),
    (Bed("waves", 0.62, 9.0, 2.0), Bed("wind", 0.22), Bed("birds", 0.16)),
    (Bed("leaves", 0.4, 6.0), Bed("wind", 0.5, 6.0), Bed("insects", 0.4)),
    (Bed("room", 0.3),),
)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("beds", SCORES)
def test_many_films_begin_and_end_softly_and_never_click(beds: tuple[Bed, ...], seed: int) -> None:
    """Whatever the seed: up from nothing within half a second, down to nothing at the end, no sample out of line."""
    samples = heard(*beds, seed=seed, mood="calm")
    level = [float(np.sqrt(np.mean(samples[:, at : at + 2400] ** 2))) for at in (0, 48_000, 3 * 48_000 - 2400)]
    assert level[0] < 0.5 * level[1]
    assert level[2] < 0.1 * level[1]
    assert roughest(samples) < CLICK


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["step-sand", "step-pavement", "step-soft", "splash"])
def test_mastered_films_keep_the_house_loudness(kind: HitKind, seed: int) -> None:
    """−16 LUFS and at most −1 dBTP, also where steps stand high over their ambience."""
    hits = (Hit(kind, 0.3 + 0.5 * step, 0.5, 0.3 + 0.08 * step) for step in range(5))
    beds = SCORES[seed % (5 if kind == "step-soft" else 4)]  # in a room one walks on something soft
    mastered = master(heard(*beds, *hits, seed=seed, mood="vast"))
    assert mastered.loudness == pytest.approx(-16, abs=0.5)
    assert mastered.peak is not None
    assert mastered.peak <= -1


@pytest.mark.parametrize("kind", sorted(set(get_args(BedKind)) - {"birds"}))  # a single bird sits in one place
def test_either_side_of_a_bed_lives_by_itself(kind: BedKind) -> None:
    """Stereo width: the sides share no more than their basses and what stands in the middle."""
    samples = heard(Bed(kind, 1.0), seconds=5)
    high = sosfilt(butter(4, 500, "highpass", fs=SAMPLE_RATE, output="sos"), samples)
    assert abs(np.corrcoef(high)[0, 1]) < 0.85


@pytest.mark.parametrize("kind", ["wind", "waves", "rain", "room", "traffic", "leaves"])
def test_beds_move_by_themselves(kind: BedKind) -> None:
    """No bed is a still noise: its loudness wanders, and so does its balance."""
    samples = heard(Bed(kind, 1.0), seconds=15)[:, SAMPLE_RATE : 14 * SAMPLE_RATE]
    left, right = (10 * np.log10((side.reshape(-1, 24_000) ** 2).mean(axis=1)) for side in samples)
    assert np.ptp(left + right) / 2 > 0.8
    assert np.std(left - right) > 0.1


def test_between_gusts_the_air_is_not_dead() -> None:
    """Calm wind has something above 4 kHz, if little."""
    samples = heard(Bed("wind", 1.0, period=4.0, phase=0.0), seconds=5)[
        :, int(1.8 * SAMPLE_RATE) : int(2.2 * SAMPLE_RATE)
    ]
    high = sosfilt(butter(4, 4000, "highpass", fs=SAMPLE_RATE, output="sos"), samples)
    below = 10 * np.log10(np.mean(high[:, 2400:] ** 2) / np.mean(samples[:, 2400:] ** 2))
    assert -50 < below < -15


def test_rain_sounds_like_what_it_falls_on() -> None:
    """A street is brighter than leaves, leaves than a roof; the beds tell which it is, the score may say so itself."""
    centres = {}
    for surface in get_args(Surface):
        samples = perform(Score(3, 5, (Bed("rain", 1.0),), surface=surface))
        assert samples is not None
        centres[surface] = centroid(samples)
    assert centres["pavement"] > centres["ground"] > centres["leaves"] > 1.3 * centres["roof"]
    assert setting_of(Score(3, 1, (Bed("rain", 1), Bed("traffic", 1)))).surface == "pavement"
    assert setting_of(Score(3, 1, (Bed("rain", 1), Bed("lapping", 1)))).surface == "water"
    assert setting_of(Score(3, 1, (Bed("rain", 1), Bed("lapping", 1)), surface="roof")).surface == "roof"


def test_places_answer_each_in_its_own_way() -> None:
    """After a chime a valley rings longer than a room, and a beach is dry."""
    tails = {}
    for space in get_args(Space):
        samples = perform(Score(3, 5, hits=(Hit("drip", 0.5, 1.0),), space=space))
        assert samples is not None
        tails[space] = float(np.mean(samples[:, int(0.9 * SAMPLE_RATE) : int(1.5 * SAMPLE_RATE)] ** 2))
    assert tails["open"] < 1e-12
    assert tails["valley"] > 3 * tails["room"]
    assert tails["canyon"] > tails["room"]
    kinds: dict[BedKind, Space] = {"waves": "open", "traffic": "canyon", "lapping": "valley", "room": "room"}
    for kind, space in kinds.items():
        assert setting_of(Score(3, 1, (Bed("wind", 1), Bed(kind, 1)))).space == space


def test_a_bird_does_not_sing_the_same_phrase_twice() -> None:
    """No half second of birdsong comes again sample for sample, nor nearly so."""
    samples = heard(Bed("birds", 0.5), seconds=15, seed=3)[0].astype(np.float64)
    loud = int(uniform_filter1d(samples**2, 12_000).argmax())
    phrase = samples[max(0, loud - 6000) : loud + 6000]
    likeness = correlate(samples, phrase, method="fft") / (phrase @ phrase)
    likeness[max(0, loud - 18_000) : loud + 18_000] = 0
    assert np.abs(likeness).max() < 0.8


def test_gulls_are_heard_by_the_sea_and_insects_at_their_pitch() -> None:
    """Birds over waves cry far below songbirds; crickets stand at 3.5 to 5.5 kHz."""
    low = butter(6, 1700, "lowpass", fs=SAMPLE_RATE, output="sos")
    shares = []
    for setting in (Setting(by_the_sea=True), Setting()):
        calls = [birds(np.random.default_rng(seed), 5 * SAMPLE_RATE, Bed("birds", 0.3), setting) for seed in range(6)]
        shares.append(np.mean([np.mean(sosfilt(low, call) ** 2) / np.mean(call**2) for call in calls]))
    assert shares[0] > 5 * shares[1]
    spectrum = np.abs(np.fft.rfft(heard(Bed("insects", 1.0)).mean(axis=0)))
    assert 3500 < spectrum.argmax() / 3 < 5500


def test_soft_hits_are_duller() -> None:
    """What is far has lost its high tones, not only its level."""
    shares = []
    for level in (0.8, 0.1):
        samples = heard(Hit("step-pavement", 1.0, level))
        high = sosfilt(butter(4, 4000, "highpass", fs=SAMPLE_RATE, output="sos"), samples)
        shares.append(np.mean(high**2) / np.mean(samples**2))
    assert shares[1] < 0.75 * shares[0]


@pytest.mark.parametrize("mood", get_args(Mood))
@pytest.mark.parametrize("seconds", [3, 5, 9, 15])
def test_a_tune_is_one_phrase_that_comes_home(mood: Mood, seconds: int) -> None:
    """Within the film, singable steps, on the chord where a chord begins, the home note last and held longest."""
    chords = chords_for(mood, seconds, 50)
    for rhythm in RHYTHMS:
        notes = tune_for(mood, chords, 50, rhythm)
        assert notes[-1].pitch % 12 == 50 % 12
        assert notes[-1].start + notes[-1].seconds == pytest.approx(seconds)
        assert notes[-1].seconds == max(note.seconds for note in notes)
        assert all(later.start > note.start for note, later in pairwise(notes))
        assert all(abs(later.pitch - note.pitch) <= 9 for note, later in pairwise(notes[:-1]))
        for chord in chords[:-1]:
            first = next(note for note in notes if note.start >= chord.start)
            assert first.pitch % 12 in {voice % 12 for voice in chord.voices}
