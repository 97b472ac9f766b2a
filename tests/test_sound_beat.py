"""Music under steps is made on their beat, and steps come first: what a mixer and a film's composer would do."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from openhorse.engines.procedural.score import Bed, Hit, HitKind, Instrument, Mood, Score
from openhorse.engines.procedural.sound import hits as sounds_of_hits
from openhorse.engines.procedural.sound.beat import beat_of
from openhorse.engines.procedural.sound.harmony import chords_for
from openhorse.engines.procedural.sound.hits import HITS, place_hits
from openhorse.engines.procedural.sound.music import Wish, on_beat, play
from openhorse.engines.procedural.sound.performance import AMBIENCE_UNDER_STEPS, MUSIC_UNDER_STEPS, perform
from openhorse.engines.procedural.sound.synthesis import Samples, loudness
from openhorse.media.sound import master, measure
from openhorse.vocabulary import SAMPLE_RATE

WALK = tuple(Hit("step-soft", 0.35 + 0.56 * step, 0.5) for step in range(7))


def heard(score: Score) -> Samples:
    """The score's sound, which is not silent."""
    samples = perform(score)
    assert samples is not None
    return samples


def test_a_walk_makes_a_beat_that_goes_on() -> None:
    """Each step is a struck place, so are those before and after; between two there is one place for a note."""
    beat = beat_of(WALK)
    assert beat is not None
    assert all(beat.is_struck(hit.at) for hit in WALK)
    assert beat.struck[0] == pytest.approx(0.35)
    assert beat.struck[-1] > 14
    assert np.allclose(np.diff(beat.grid), 0.28)
    assert beat.near(0.95) == pytest.approx(0.91)
    assert not beat.is_struck(beat.near(0.63))


def test_a_gallop_has_the_beat_of_its_pairs_and_a_crowd_has_none() -> None:
    """Hoofs that fall together count once; feet that fall anyhow make no beat, nor does a single step."""
    pairs = [Hit("step-sand", 0.3 + 0.6 * leap + after, 0.5) for leap in range(5) for after in (0.0, 0.08)]
    beat = beat_of(pairs)
    assert beat is not None
    assert np.allclose(np.diff(beat.struck), 0.6)
    random = np.random.default_rng(1)
    assert beat_of([Hit("step-pavement", float(at), 0.2) for at in random.uniform(0, 4, 20)]) is None
    assert beat_of(WALK[:2]) is None
    assert beat_of([Hit("pant", 0.5 * breath, 0.5) for breath in range(6)]) is None


def share_on_steps(samples: Samples, struck: tuple[float, ...]) -> float:
    """Of all that rises above 600 Hz from one 10 ms to the next, how much does so within 40 ms of a step."""
    bright = sosfilt(butter(2, 600, "highpass", fs=SAMPLE_RATE, output="sos"), samples[:, : SAMPLE_RATE * 4])
    level = np.sqrt((bright**2).sum(axis=0).reshape(-1, 480).mean(axis=1))
    rise = np.maximum(np.diff(level), 0) ** 2
    at = (np.arange(rise.size) + 1) / 100
    near = np.abs(np.subtract.outer(at, np.asarray(struck))).min(axis=1) <= 0.04
    return float(rise[near].sum() / rise.sum())


@pytest.mark.parametrize(("mood", "instrument"), [("playful", None), ("tender", "piano"), ("bright", "bells")])
def test_plucked_notes_with_an_edge_fall_on_steps(mood: Mood, instrument: Instrument | None) -> None:
    """Under a walk, music rises sharply with the steps; left to itself it rises anywhere."""
    beat = beat_of(WALK)
    assert beat is not None
    for seed in range(2):
        made = play(np.random.default_rng(seed), 5, Wish(mood, instrument, softly=True, beat=beat))
        free = play(np.random.default_rng(seed), 5, Wish(mood, instrument))
        assert share_on_steps(made, beat.struck) > 2 * share_on_steps(free, beat.struck)


def test_music_and_ambience_lie_under_the_steps_that_they_belong_to() -> None:
    """In a film with steps the music is so much softer than they are, the ambience softer still; the steps stay."""
    beds = (Bed("waves", 0.6), Bed("wind", 0.3))
    quiet, near = (tuple(Bed(bed.kind, level * bed.level) for bed in beds) for level in (0.0, 1.0))
    steps, with_beds, full = (
        heard(Score(4, 3, some, WALK, mood)) for some, mood in ((quiet, None), (near, None), (near, "warm"))
    )
    assert loudness(steps) - loudness(with_beds - steps) == pytest.approx(AMBIENCE_UNDER_STEPS, abs=2)
    assert loudness(steps) - loudness(full - with_beds) == pytest.approx(MUSIC_UNDER_STEPS, abs=2)


@pytest.mark.parametrize("kind", ["step-snow", "step-pavement", "step-grass", "bounce", "landing"])
def test_a_film_of_steps_reaches_its_loudness_almost_without_a_limiter(kind: HitKind) -> None:
    """Driven hits have body: between them, mastering turns nothing up by 4 dB more than on their peaks."""
    hits = tuple(Hit(kind, 0.3 + 0.5 * step, 0.5) for step in range(7))
    raw = heard(Score(4, 3, (Bed("wind", 0.3),), hits))
    mastered = master(raw)
    assert mastered.loudness == pytest.approx(-16, abs=0.5)
    ratio = np.abs(mastered.samples).max(axis=0) / np.maximum(np.abs(raw).max(axis=0), 1e-4)
    held = 20 * np.log10(np.percentile(ratio[4800:-24000], [2, 98]))
    assert held[1] - held[0] < 4


def test_driving_a_hit_moves_neither_its_beginning_nor_its_peak() -> None:
    """The same hit, driven, begins at the same sample, peaks as high, and is 3 dB louder or more for it."""
    sounds = []
    for drive in (0.0, HITS["step-sand"].drive):
        track, sent = np.zeros((2, SAMPLE_RATE), np.float32), np.zeros((2, SAMPLE_RATE), np.float32)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sounds_of_hits, "HITS", {"step-sand": replace(HITS["step-sand"], drive=drive)})
            place_hits(np.random.default_rng(2), (Hit("step-sand", 0.2, 0.8),), track, sent)
        sounds.append(track)
    plain, driven = sounds
    assert np.flatnonzero(np.abs(plain[0]) > 1e-9)[0] == np.flatnonzero(np.abs(driven[0]) > 1e-9)[0]
    assert np.abs(driven).max() == pytest.approx(np.abs(plain).max(), rel=0.15)
    louder, softer = measure(driven)[0], measure(plain)[0]
    assert louder is not None
    assert softer is not None
    assert louder - softer > 3


def test_chords_change_with_the_steps() -> None:
    """The bass of a slow piece comes with a step each time, or with the film's beginning."""
    beat = beat_of(WALK)
    assert beat is not None
    chords = chords_for("bright", 7.85, 50)
    moved = on_beat(chords, beat)
    assert all(beat.is_struck(chord.start) for chord in moved[1:])
    assert all(later.start == pytest.approx(chord.start + chord.seconds) for chord, later in pairwise(moved))
    assert moved[-1].start + moved[-1].seconds == pytest.approx(7.85)
    assert min(chord.seconds for chord in moved) > 0.5 * chords[0].seconds
