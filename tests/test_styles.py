"""Looks: each makes another picture of a picture, calmly, and every scene can have it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Shot
from openhorse.engines.procedural.drawing.finish import Darkroom, Grade
from openhorse.engines.procedural.world.styles import Style, look_of, picture_of

_WIDTH, _HEIGHT = 256, 144
_LOOKS = (
    "watercolour",
    "oil",
    "ink",
    "anime",
    "papercut",
    "sketch",
    "clay",
    "pixel",
    "noir",
    "vintage",
    "film",
    "cyberpunk",
    "neon",
    "cinematic",
    "painting",
)


def _picture() -> NDArray[np.uint8]:
    """Hills before a sky, with a ball: flat areas, borders, a soft gradient."""
    y, x = np.mgrid[0:_HEIGHT, 0:_WIDTH].astype(np.float32)
    picture = np.stack([60 + 0.9 * y, 120 + 0.4 * y, 220 - 0.5 * y], axis=-1)
    picture[y > 90 + 12 * np.sin(x / 30)] = (70, 110, 50)
    cv2.circle(picture, (80, 60), 26, (210, 60, 40), -1)
    return picture.astype(np.uint8)


def _style(look: str, seed: int = 3, prompt: str = "") -> Style | None:
    return Style.of(Shot(_WIDTH, _HEIGHT, 3, seed, Brief(prompt, looks=frozenset({look}))))


@pytest.mark.parametrize("look", _LOOKS)
def test_a_look_makes_another_picture_and_keeps_what_it_shows(look: str) -> None:
    """It changes the picture, yet the ball is still darker or lighter than the sky round it."""
    style, picture = _style(look), _picture()
    assert style is not None
    done = style.finish(picture, 0)
    assert done.shape == picture.shape
    assert done.dtype == np.uint8
    assert np.abs(done.astype(int) - picture).mean() > 2
    ball, sky = done[50:70, 70:90].mean(axis=(0, 1)), done[30:60, 150:180].mean(axis=(0, 1))
    assert np.abs(ball - sky).max() > 12
    assert np.array_equal(picture, _picture())


@pytest.mark.parametrize("look", sorted(set(_LOOKS) - {"vintage"}))
def test_nothing_boils(look: str) -> None:
    """The same picture looks the same at every frame; only an old film weaves and flickers."""
    style = _style(look)
    assert style is not None
    assert np.array_equal(style.finish(_picture(), 0), style.finish(_picture(), 17))


def test_an_old_film_flickers_as_its_seed_says() -> None:
    """Two frames differ, the same frame twice does not."""
    style, again = _style("vintage"), _style("vintage")
    assert style is not None
    assert again is not None
    assert np.array_equal(style.finish(_picture(), 4), again.finish(_picture(), 4))
    assert not np.array_equal(style.finish(_picture(), 4), style.finish(_picture(), 5))


def test_looks_without_a_manner_change_nothing() -> None:
    """A crowd or a blur is no style; black and white is one by its grade alone."""
    assert _style("crowd") is None
    grey = _style("monochrome")
    assert grey is not None
    assert grey.grade(Grade()).saturation == 0
    assert np.array_equal(grey.finish(_picture(), 0), _picture())


def test_the_words_tell_with_what_a_painting_is_painted() -> None:
    """Oil, ink, else water colours, in English and in Chinese."""
    looks = frozenset({"painting"})
    assert look_of(Brief("an oil painting of a boat", looks=looks)) == "oil"
    assert look_of(Brief("水墨画风格的山", looks=looks)) == "ink"
    assert look_of(Brief("a watercolour of a boat", looks=looks)) == "watercolour"


def test_a_developed_frame_is_read_back_as_the_picture_it_was() -> None:
    """Within what halving the colours costs."""
    picture = cv2.GaussianBlur(_picture(), (0, 0), 6)
    frame = Darkroom(_WIDTH, _HEIGHT).convert(np.ascontiguousarray(picture))
    back = picture_of(frame, _WIDTH, _HEIGHT)
    assert np.abs(back.astype(int) - picture).max() <= 5
