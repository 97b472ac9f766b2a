"""Pixels become a clip's planes and come back."""

from __future__ import annotations

import numpy as np
import pytest

from openhorse.media.planes import frame_from_rgb, rgb_from_frame


@pytest.mark.parametrize(
    ("rgb", "yuv"),
    [
        ((0, 0, 0), (16, 128, 128)),
        ((255, 255, 255), (235, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
    ],
)
def test_colours_have_the_values_of_bt709(rgb: tuple[int, ...], yuv: tuple[int, ...]) -> None:
    """Black, white and the three primaries, as the recommendation's limited range has them."""
    frame = frame_from_rgb(np.full((4, 6, 3), rgb, np.uint8))
    for plane, value, shape in zip((frame.y, frame.u, frame.v), yuv, ((4, 6), (2, 3), (2, 3)), strict=True):
        assert plane.shape == shape
        assert plane.c_contiguous
        assert set(np.asarray(plane).ravel().tolist()) == {value}


def test_a_smooth_picture_comes_back() -> None:
    """There and back again costs a level or two, which 8 bits in limited range cannot keep."""
    y, x = np.mgrid[0:48, 0:64]
    rgb = np.dstack([60 + 2 * x, 200 - 2 * y, 90 + x + y]).astype(np.uint8)
    back = rgb_from_frame(frame_from_rgb(rgb), 64, 48)
    assert np.abs(back.astype(int) - rgb)[2:-2, 2:-2].max() <= 3


def test_odd_sides_are_refused() -> None:
    """4:2:0 has half as many of everything."""
    with pytest.raises(ValueError, match="5×4"):
        frame_from_rgb(np.zeros((4, 5, 3), np.uint8))
