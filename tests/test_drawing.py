"""What all scenes draw with: sheets laid over a frame, and work done beside other work."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from openhorse.engines.procedural import _meanwhile
from openhorse.engines.procedural.drawing.piles import lay, spans_of
from openhorse.engines.procedural.drawing.strips import side_by_side
from openhorse.vocabulary import Frame


@pytest.mark.parametrize("turned", [1.0, -1.0])
@pytest.mark.parametrize("scale", [1.0, 0.7, 1.6])
def test_sheet_looks_the_same_in_a_frame_that_cuts_it(turned: float, scale: float) -> None:
    """Of a sheet only what a frame shows is kept; the frame's pixels do not tell."""
    sheet = np.random.default_rng(4).uniform(0, 0.5, (4, 60, 90)).astype(np.float32)
    whole = np.full((3, 200, 260), 0.25, np.float32)
    part = np.full((3, 41, 53), 0.25, np.float32)
    lay(whole, sheet, (60.3, 70.6, scale), turned=turned)
    lay(part, sheet, (60.3 - 81, 70.6 - 79, scale), turned=turned)
    assert np.abs(whole[:, 79:120, 81:134] - part).max() < 1e-3
    assert np.ptp(part) > 0.1


def test_faint_light_of_any_colour_counts_as_something() -> None:
    """A texel is drawn that has but a little blue, or but covers."""
    layer = np.zeros((24, 200, 4), np.float32)
    layer[3, 20, 2], layer[3, 120, 3] = 0.01, 0.01
    (first, second), *_ = spans_of(layer)
    assert first[0] <= 20 < first[1]
    assert second[0] <= 120 < second[1]
    assert second[0] > first[1]


def test_works_side_by_side_keep_their_order() -> None:
    """Results come in the order of the works, whichever is done first."""
    other = threading.Event()

    def slow() -> str:
        assert other.wait(10)
        return "first"

    def quick() -> str:
        other.set()
        return "second"

    assert list(side_by_side([slow, quick])) == ["first", "second"]


def test_frames_drawn_beside_the_sound_are_kept() -> None:
    """Frames that are drawn while something else is made come first, each once, though the engine reuses its planes."""
    plane, heard = np.zeros((2, 2), np.uint8), threading.Event()

    def draw() -> Iterator[Frame]:
        for index in range(5):
            plane[:] = index
            if index == 2:
                heard.set()
            yield Frame(plane.data, plane.data, plane.data)

    frames = draw()
    sound, early = _meanwhile(lambda: heard.wait(10), frames)
    assert sound
    assert len(early) >= 3
    assert [frame.y[0, 0] for frame in (*early, *frames)] == [0, 1, 2, 3, 4]
    assert early[0].y.shape == (2, 2)
