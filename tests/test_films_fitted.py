"""Every film is as ordered, whatever size, length and frame rate its engine makes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from openhorse.errors import EngineFailed, FilmRejected
from openhorse.media import tracks
from openhorse.media.fitting import fitted, size_of
from openhorse.vocabulary import SAMPLE_RATE, Clip, Frame, Mode, Order, Picture, Ratio, Tier, frame_size


def order(tier: Tier = Tier.P480, ratio: Ratio | None = Ratio.R16_9, seconds: int = 1) -> Order:
    """An order of that size and length."""
    return Order("native", "m", Mode.TEXT, "a horse", tier, seconds, ratio, seed=7)


def frame(y: NDArray[Any], u: int = 100, v: int = 150) -> Frame:
    """A frame with that luma and plain chroma."""
    half = (y.shape[0] // 2, y.shape[1] // 2)
    luma = np.ascontiguousarray(np.clip(np.rint(y), 16, 235), dtype=np.uint8)
    return Frame(luma.data, np.full(half, u, np.uint8).data, np.full(half, v, np.uint8).data)


def clip(width: int, height: int, count: int, rate: Fraction | int = 24, **more: Any) -> Clip:
    """A clip whose frames tell their number by their grey, drawn into one buffer, with a click a second."""
    y = np.empty((height, width), np.uint8)
    chroma = np.full((height // 2, width // 2), 128, np.uint8)

    def frames() -> Iterator[Frame]:
        for index in range(count):
            y[:] = 16 + index
            yield Frame(y.data, chroma.data, chroma.data)

    sound = np.full((2, round(count / rate * SAMPLE_RATE)), 0.1, np.float32)
    sound[:, ::SAMPLE_RATE] = 1
    given = {"frames": frames(), "sound": sound.data} | more
    return Clip(width, height, count, engine="h3", seed=7, frame_rate=Fraction(rate), **given)


def numbers(made: Clip) -> list[int]:
    """Which frames of a clip's are shown, by their grey."""
    return [int(np.asarray(shown.y)[0, 0]) - 16 for shown in made.frames]


def test_clip_as_ordered_goes_through_untouched() -> None:
    """Nothing is copied, drawn or noted: the very clip comes out, so that the same order gives the same bits."""
    made = clip(854, 480, 24)
    assert fitted(made, order(), []) is made


@pytest.mark.parametrize(("tier", "ratio"), list(itertools.product(Tier, Ratio)))
def test_any_canvas_becomes_any_tier_and_ratio(tier: Tier, ratio: Ratio) -> None:
    """From wide and upright canvases: exact size and rate, nothing stretched, nothing added at the sides."""
    for width, height in ((448, 256), (256, 448)):
        rows, columns = np.mgrid[0:height, 0:width]
        disc = np.hypot(rows - height / 2 + 0.5, columns - width / 2 + 0.5) < 40
        drawn = frame(np.where(disc, 200, 60))
        made = fitted(clip(width, height, 27, frames=[drawn] * 27), order(tier, ratio), [])
        assert (made.width, made.height) == frame_size(tier, ratio.fraction)
        assert (made.frame_count, made.frame_rate) == (24, 24)
        shown = np.asarray(next(iter(made.frames)).y)
        assert shown.shape == (made.height, made.width)
        inside = np.argwhere(shown > 130)
        high, wide = inside.max(0) - inside.min(0) + 1
        assert wide / high == pytest.approx(1, abs=0.015)
        larger = max(made.width / width, made.height / height)
        assert np.abs(inside.mean(0) - np.array(shown.shape) / 2 + 0.5).max() < 1.5 * larger
        assert shown[:, [0, -1]].min() >= 50, "no bars"


def test_picture_decides_where_there_is_no_ratio() -> None:
    """Image-to-video has its picture's ratio; without either a film is 16:9."""
    picture = Picture(300, 400, memoryview(b""), has_alpha=False)
    assert size_of(order(ratio=None), [picture]) == frame_size(Tier.P480, Fraction(3, 4))
    assert size_of(order(ratio=None), []) == (854, 480)


@pytest.mark.parametrize(
    ("count", "rate", "seconds"),
    [(107, 24, 3), (107, 24, 4), (124, 24, 5), (362, 24, 15), (121, 24, 5), (126, 25, 5), (81, 16, 5), (61, 12, 5)],
)
def test_picture_and_sound_are_cut_together(count: int, rate: int, seconds: int) -> None:
    """MiniMax-H3's frame counts, 8n + 1, and other rates: as many frames and samples as ordered."""
    made = fitted(
        clip(64, 64, count, rate, frames=itertools.repeat(frame(np.full((64, 64), 90)))), order(seconds=seconds), []
    )
    assert made.frame_count == 24 * seconds
    assert np.asarray(made.sound).shape == (2, seconds * SAMPLE_RATE)
    assert "frames" in made.notes[-1]


def test_what_is_cut_is_the_end() -> None:
    """The first frames are shown and the first sound heard, faded out where it is cut."""
    made = fitted(clip(854, 480, 40), order(), [])
    assert numbers(made) == list(range(24))
    sound = np.asarray(made.sound)
    assert sound[0, 0] == 1
    assert sound[0, SAMPLE_RATE // 2] == pytest.approx(0.1)
    assert abs(sound[0, -1]) < 1e-3
    assert made.notes == ("made at 854×480, 40 frames; 24 frames shown",)


def test_lack_of_two_frames_is_made_up_and_of_more_is_refused() -> None:
    """The last frame stays a moment; a clip that is shorter than that is rejected before anything is drawn."""
    assert numbers(fitted(clip(854, 480, 22), order(), [])) == [*range(22), 21, 21]
    with pytest.raises(FilmRejected, match=r"0\.9 of 1 seconds"):
        fitted(clip(854, 480, 21, frames=None), order(), [])


def test_engine_that_draws_fewer_than_it_says_is_found_out() -> None:
    """A clip that ends before its time is no film."""
    made = fitted(clip(854, 480, 40, frames=[frame(np.full((480, 854), 90))] * 9), order(), [])
    with pytest.raises(EngineFailed, match="only 9 frames"):
        numbers(made)


def test_rates_near_24_are_played_at_24() -> None:
    """25 frames a second: each is shown once, and the sound goes as much slower, at its own pitch."""
    tone = np.sin(np.arange(2 * SAMPLE_RATE) * (2 * np.pi * 440 / SAMPLE_RATE)).astype(np.float32)
    made = fitted(clip(854, 480, 50, 25, sound=np.stack([tone, tone]).data), order(), [])
    assert numbers(made) == list(range(24))
    heard = np.asarray(made.sound)[0, 4800:-4800]
    loudest = np.argmax(np.abs(np.fft.rfft(heard))) * SAMPLE_RATE / heard.size
    assert loudest == pytest.approx(440, abs=2)
    assert "played at 24 a second" in made.notes[-1]
    clicks = np.zeros((2, 2 * SAMPLE_RATE), np.float32)
    clicks[:, 40_000:40_200] = 0.5
    slower = tracks.paced(clicks, 0.96)
    assert np.argmax(slower[0] > 0.2) == pytest.approx(40_000 / 0.96, abs=SAMPLE_RATE / 24)


def test_film_rate_is_24_without_a_word_of_23_976() -> None:
    """Nobody hears a thousandth: the sound stays as it is."""
    made = fitted(clip(854, 480, 30, Fraction(24_000, 1001)), order(), [])
    assert numbers(made) == list(range(24))
    assert np.asarray(made.sound)[0, 0] == 1


def test_rates_far_above_24_are_thinned_out() -> None:
    """Of 48 every second frame, of 60 the nearest."""
    assert numbers(fitted(clip(854, 480, 60, 48), order(), [])) == list(range(0, 48, 2))
    shown = numbers(fitted(clip(854, 480, 70, 60), order(), []))
    assert all(abs(number - 2.5 * index) <= 0.5 for index, number in enumerate(shown))


def test_frames_are_drawn_between_two_that_are_far_apart() -> None:
    """Of 16 frames a second: what moves evenly goes on moving evenly, and is seen once in every frame."""
    rows, columns = np.mgrid[0:120, 0:214]

    def at(step: float) -> Frame:
        soft = np.exp(-(((rows - 60) / 14) ** 2 + ((columns - 60 - step) / 14) ** 2))
        return frame(40 + 160 * soft + 6 * np.sin(rows / 5) * np.sin((columns - step) / 6))

    source = clip(214, 120, 20, 16, frames=[at(4.5 * index) for index in range(20)])
    made = fitted(source, order(), [])
    places = []
    for shown in made.frames:
        bright = np.clip(np.asarray(shown.y, np.float64) - 80, 0, None)
        places.append(float((bright * np.arange(854)).sum() / bright.sum()))
    steps = np.diff(places)
    assert steps.mean() == pytest.approx(3 * 854 / 214, rel=0.02)
    assert steps.std() < 0.12 * steps.mean()
    assert "frames drawn between its own" in made.notes[-1]


def test_enlarged_picture_is_as_near_as_lanczos_and_sharper() -> None:
    """A known picture at two thirds, enlarged: no worse than Pillow's Lanczos, and its edges steeper."""
    rows, columns = np.mgrid[0:480, 0:854]
    truth = 126 + 60 * np.sin(columns**2 / 4000) * np.cos(rows / 17) + 30 * ((rows // 24 + columns // 40) % 2)
    small = np.asarray(Image.fromarray(truth.astype(np.uint8)).resize((570, 320), Image.Resampling.LANCZOS))
    plain = np.asarray(
        Image.fromarray(small).resize((854, 480), Image.Resampling.LANCZOS, box=(0.333, 0, 569.667, 320))
    )
    made = fitted(clip(570, 320, 24, frames=[frame(small)] * 24), order(), [])
    shown = np.asarray(next(iter(made.frames)).y)

    def error(picture: NDArray[Any]) -> float:
        return float(np.sqrt(np.mean((picture[8:-8, 8:-8] - truth[8:-8, 8:-8]) ** 2)))

    def steepness(picture: NDArray[Any]) -> float:
        return float(np.abs(np.diff(picture.astype(np.float64), axis=1)).mean())

    assert error(shown) <= 1.05 * error(plain)
    assert steepness(shown) > 1.01 * steepness(plain)
    assert shown.min() >= 16
    assert shown.max() <= 235


def test_model_may_enlarge_first() -> None:
    """A model that enlarges is asked where the clip is too small, and what it gives is fitted."""
    asked = []

    def enlarge(small: Clip) -> Clip:
        asked.append(small.width)
        return clip(1024, 576, small.frame_count)

    made = fitted(clip(512, 288, 24), order(), [], enlarge)
    assert made.notes == ("made at 512×288, 24 frames; enlarged by a model, scaled to 854×480, 24 frames shown",)
    fitted(clip(1024, 576, 24), order(), [], enlarge)
    assert asked == [512]


def test_frames_can_be_drawn_twice_where_the_clips_can() -> None:
    """A second pass, as for its sound, sees the same."""
    made = fitted(clip(64, 64, 24, frames=[frame(np.full((64, 64), 90 + n)) for n in range(24)]), order(), [])
    assert numbers(made) == numbers(made) == [74 + n for n in range(24)]


def test_sound_that_ends_too_soon_is_told() -> None:
    """Silence at the end is no secret."""
    made = fitted(clip(854, 480, 24, sound=np.ones((2, SAMPLE_RATE // 2), np.float32).data), order(), [])
    assert np.asarray(made.sound).shape == (2, SAMPLE_RATE)
    assert not np.asarray(made.sound)[:, SAMPLE_RATE // 2 :].any()
    assert made.notes == ("its sound ends 0.5 seconds before the picture",)


@pytest.mark.parametrize(("rate", "channels"), [(32_000, 1), (24_000, 2), (44_100, 2), (48_000, 1), (16_000, 6)])
def test_sound_of_any_rate_and_channels_is_stereo_at_48_khz(rate: int, channels: int) -> None:
    """Its length and its pitch stay; both ears hear something."""
    tone = np.sin(np.arange(rate) * (2 * np.pi * 440 / rate)).astype(np.float32)
    heard = tracks.stereo(np.stack([tone] * channels), rate)
    assert heard.shape == (2, SAMPLE_RATE)
    assert heard.dtype == np.float32
    assert heard.flags.c_contiguous
    for ear in heard:
        assert np.argmax(np.abs(np.fft.rfft(ear))) == 440
