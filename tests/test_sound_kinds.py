"""What the kinds of hits and beds are like: pitch, brightness, length and attack, each against what it stands for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfilt

from openhorse.engines.procedural.score import Bed, BedKind, HitKind, Score
from openhorse.engines.procedural.sound import perform
from openhorse.engines.procedural.sound.hits import HITS, STEPS
from openhorse.engines.procedural.sound.setting import setting_of
from openhorse.engines.procedural.sound.synthesis import Samples
from openhorse.vocabulary import SAMPLE_RATE

NEW_HITS: tuple[HitKind, ...] = (
    "hoof", "wing", "moo", "roar", "bleat", "quack", "tweet", "horn", "whistle", "bell", "cup", "pop", "boom", "zap",
)  # fmt: skip
NEW_BEDS: tuple[BedKind, ...] = ("underwater", "space", "cafe", "frogs", "train")


def sounds(kind: HitKind, number: int = 4) -> list[np.ndarray]:
    """A few hits of a kind, each of peak 1."""
    random = np.random.default_rng(4)
    made = [HITS[kind].make(random).astype(np.float64) for _ in range(number)]
    return [sound / np.abs(sound).max() for sound in made]


def centroid(samples: np.ndarray) -> float:
    """The spectral centre of gravity in hertz."""
    power = (np.abs(np.fft.rfft(np.atleast_2d(samples), axis=1)) ** 2).sum(axis=0)
    return float((np.fft.rfftfreq(samples.shape[-1], 1 / SAMPLE_RATE) * power).sum() / power.sum())


def centre(kind: HitKind) -> float:
    """The spectral centre of gravity of a kind."""
    return float(np.median([centroid(sound) for sound in sounds(kind)]))


def length(sound: np.ndarray) -> float:
    """Seconds in which nine tenths of the energy lie."""
    total = np.cumsum(sound**2) / np.sum(sound**2)
    return float(np.searchsorted(total, 0.95) - np.searchsorted(total, 0.05)) / SAMPLE_RATE


def rise(sound: np.ndarray) -> float:
    """Seconds from a tenth of the greatest 5 ms level to nine tenths of it."""
    level = np.sqrt(np.maximum(uniform_filter1d(np.pad(sound**2, (480, 0)), 240), 0))
    first, last = (int(np.flatnonzero(level > part * level.max())[0]) for part in (0.1, 0.9))
    return (last - first) / SAMPLE_RATE


@pytest.mark.parametrize("kind", NEW_HITS)
def test_a_hit_begins_and_ends_at_nothing_and_holds_no_click(kind: HitKind) -> None:
    """Finite, without a constant part, from nothing to nothing; after its attack no sample is out of line."""
    for sound in sounds(kind):
        assert np.isfinite(sound).all()
        assert abs(sound[0]) < 0.02
        assert np.abs(sound[-8:]).max() < 0.02
        assert abs(sound.mean()) < 0.02
        jumps = np.abs(np.diff(sound, 2))
        around = np.sqrt(np.maximum(uniform_filter1d(jumps**2, 960), 0)) + 1e-4
        assert (jumps[960:] / around[960:]).max() < 12


@pytest.mark.parametrize("kind", NEW_HITS)
def test_no_two_hits_of_a_kind_are_the_same(kind: HitKind) -> None:
    """Each is drawn anew, and the same numbers give the same bits."""
    one, other = sounds(kind, 2)
    size = min(one.size, other.size)
    assert not np.allclose(one[:size], other[:size], atol=1e-3)
    assert np.array_equal(one, sounds(kind, 1)[0])


def test_voices_stand_where_such_throats_do() -> None:
    """From a lion up to a small bird, and a whistle over a horn's plates in steam."""
    order: tuple[HitKind, ...] = ("boom", "roar", "bleat", "quack", "tweet")
    centres = [centre(kind) for kind in order]
    assert centres == sorted(centres)
    assert centre("moo") < centre("bleat")
    assert centre("tweet") > 2800
    assert centre("cup") > 1500 > centre("pop")


@pytest.mark.parametrize(("kind", "low", "high"), [
    ("moo", 85, 150), ("bleat", 230, 350), ("quack", 180, 320), ("horn", 390, 430),
])  # fmt: skip
def test_voices_have_their_pitch(kind: HitKind, low: float, high: float) -> None:
    """The period that fits best in the middle of the sound is a throat's or a pipe's own."""
    for sound in sounds(kind):
        middle = sound[int(0.3 * sound.size) :][:4800]
        likeness = np.correlate(middle, middle, "full")[middle.size - 1 :]
        first, last = int(SAMPLE_RATE / high), int(SAMPLE_RATE / low)
        within = likeness[first:last].max()
        shorter = likeness[int(SAMPLE_RATE / 1500) : first].max()
        assert within > 0.35 * likeness[0]
        assert kind == "horn" or within > 0.9 * shorter


def test_a_whistle_is_a_chord() -> None:
    """Three pipes, a minor third and a fifth: each of them stands out of the steam."""
    for sound in sounds("whistle"):
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.size)))
        f = np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE)
        tones = f[(f > 400) & (f < 750)][spectrum[(f > 400) & (f < 750)] > 0.3 * spectrum.max()]
        lowest = float(tones.min())
        assert 400 < lowest < 500
        for ratio in (1.0, 1.19, 1.5):
            assert np.abs(tones / lowest - ratio).min() < 0.02


def test_what_is_struck_begins_at_once_and_what_is_sung_does_not() -> None:
    """A hoof, a cup, a bell and a bubble are there within 16 ms; a cow, a whistle and a wing take their time."""
    struck: tuple[HitKind, ...] = ("hoof", "cup", "bell", "pop")
    swelling: tuple[HitKind, ...] = ("moo", "whistle", "wing", "roar")
    assert max(rise(sound) for kind in struck for sound in sounds(kind)) < 0.016
    assert min(rise(sound) for kind in swelling for sound in sounds(kind)) > 0.03


def test_a_bell_rings_long_and_a_cup_does_not() -> None:
    """Bronze sounds ten times as long as porcelain that stands on a saucer."""
    assert min(map(length, sounds("bell"))) > 0.6
    assert max(map(length, sounds("cup"))) < 0.08
    assert max(map(length, sounds("pop"))) < 0.05
    assert min(map(length, sounds("boom"))) > 0.15


def test_a_zap_falls_and_a_bubble_rises() -> None:
    """By an octave or more from the first third to the last, and by a fifth upwards."""
    for sound in sounds("zap"):
        first, last = (centroid(part) for part in (sound[: sound.size // 3], sound[-sound.size // 3 :]))
        assert first > 2 * last
    for sound in sounds("pop"):
        crossings = np.flatnonzero(np.diff(np.signbit(sound[480:3000])))
        gaps = np.diff(crossings)
        assert gaps[:3].mean() > 1.4 * gaps[-3:].mean()


def test_hoofs_are_steps() -> None:
    """What is seen to come down leads the mix, as feet do."""
    assert "hoof" in STEPS


def bed(kind: BedKind, period: float | None = None, seed: int = 3) -> Samples:
    """Five seconds of a bed alone."""
    samples = perform(Score(5, seed, (Bed(kind, 0.8, period=period),)))
    assert samples is not None
    return samples


def share_above(samples: Samples, hertz: float) -> float:
    """The part of the power above `hertz`."""
    high = sosfilt(butter(4, hertz, "highpass", fs=SAMPLE_RATE, output="sos"), samples)
    return float(np.mean(high**2) / np.mean(samples**2))


def test_under_water_and_in_space_there_is_little_treble() -> None:
    """Both are dull, a café is not; and space hums on a tone where water does not."""
    assert share_above(bed("underwater"), 1000) < 0.05
    assert share_above(bed("space"), 1000) < 0.05
    assert share_above(bed("cafe"), 1000) > 0.08
    spectrum = np.abs(np.fft.rfft(bed("space").mean(axis=0)))[: 5 * 400]
    assert int(spectrum.argmax()) / 5 == pytest.approx(41.2, abs=1) or spectrum[200:212].max() > 0.3 * spectrum.max()
    assert spectrum.max() > 40 * np.median(spectrum)


def test_a_train_beats_on_its_rails() -> None:
    """The level of a train comes again after the time from one joint to the next."""
    level = uniform_filter1d((bed("train", period=1.0) ** 2).sum(axis=0).astype(np.float64), 1440)[48_000:-48_000:480]
    level = np.log(level) - np.log(level).mean()
    likeness = np.correlate(level, level, "full")[level.size - 1 :]
    assert 95 <= 60 + int(likeness[60:140].argmax()) <= 105


def test_frogs_croak_in_their_own_octaves() -> None:
    """Most of what frogs say lies between 400 Hz and 3 kHz, in pulses."""
    samples = bed("frogs")
    assert share_above(samples, 400) - share_above(samples, 3000) > 0.8
    level = uniform_filter1d((samples**2).sum(axis=0), 480)[::480]
    assert np.percentile(level, 95) > 6 * np.median(level)


def test_a_cafe_is_a_room() -> None:
    """Its walls answer."""
    assert setting_of(Score(3, 1, (Bed("cafe", 0.5),))).space == "room"
