"""A clip's frame rate comes in, what is shown at each moment of a film goes out. Knows no size, no sound and no file.

A rate near 24 is played at 24, every frame once. All else shows the frame that lies nearest, and where none is near,
one that is drawn between two (see between.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from openhorse.errors import EngineFailed
from openhorse.media.between import between
from openhorse.vocabulary import FRAME_RATE, Frame

NEAR = Fraction(1, 20)
"""How far, as a share of 24, a frame rate may be from it and still be played at 24: 25 is, 30 is not."""

SAME = Fraction(1, 200)
"""Likewise, for the sound to stay as it is: after fifteen seconds of 23.976 it is 15 ms from its picture."""

SOON = Fraction(1, 96)
"""Seconds by which a frame may be shown too early or too late: nobody sees a quarter of a frame."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How a clip of `count` frames at `rate` a second becomes `wanted` frames at 24."""

    count: int
    rate: Fraction
    wanted: int

    @property
    def is_played(self) -> bool:
        """Whether its frames are shown as they come, each once, whatever their rate."""
        away = abs(self.rate / FRAME_RATE - 1)
        return away <= SAME or (away <= NEAR and self.count >= self.wanted)

    @property
    def pace(self) -> Fraction:
        """How many times as fast as it was made it is played; its sound has to follow."""
        pace = FRAME_RATE / self.rate
        return pace if self.is_played and abs(pace - 1) > SAME else Fraction(1)

    @property
    def available(self) -> int:
        """How many frames of the film it has something to show for."""
        return self.count if self.is_played else math.floor(self.count * FRAME_RATE / self.rate)

    @property
    def is_drawn(self) -> bool:
        """Whether some frames of the film are drawn between two of the clip's."""
        return not self.is_played and any(self._place(index)[1] for index in range(min(self.wanted, 48)))

    def retimed(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """The film's frames, the last one again where there are fewer; none is drawn that is not needed."""
        source = iter(frames)
        at, before, after = 0, _next(source, 0), None
        for index in range(self.wanted):
            place, share = self._place(index)
            while at < place:
                at += 1
                before, after = after or _next(source, at), None
            if not share or place + 1 >= self.count:
                yield before
                continue
            if after is None:
                before = _kept(before)
                after = _next(source, at + 1)
            yield between(before, after, share)

    def _place(self, index: int) -> tuple[int, float]:
        """The clip's frame that is shown then, and how far the film is on its way to the next one."""
        if self.is_played:
            return min(index, self.count - 1), 0.0
        exact = index * self.rate / FRAME_RATE
        nearest = round(exact)
        if abs(exact - nearest) / self.rate <= SOON:
            return min(nearest, self.count - 1), 0.0
        return min(math.floor(exact), self.count - 1), float(exact - math.floor(exact))


def _next(source: Iterator[Frame], number: int) -> Frame:
    frame = next(source, None)
    if frame is None:
        raise EngineFailed(f"The engine drew only {number} frames.")
    return frame


def _kept(frame: Frame) -> Frame:
    """A copy: an engine may draw the next frame into the same planes."""
    return Frame(*(np.array(plane, np.uint8).data for plane in (frame.y, frame.u, frame.v)))
