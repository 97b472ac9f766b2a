"""What every procedural scene offers the engine: frames by number, a score, and notes. Knows no particular scene."""

from __future__ import annotations

from typing import Protocol

from openhorse.engines.procedural.score import Score
from openhorse.vocabulary import Frame


class Scene(Protocol):
    """One shot, ready to be drawn. Construction does the slow set-up; the same shot gives the same bits."""

    notes: tuple[str, ...]
    """What the scene shows, in plain words for the customer."""

    def frame(self, index: int) -> Frame:
        """Frame `index` (0 … frame_count − 1), a function of the shot and the index alone.

        The planes are reused by the next call.
        """

    def score(self) -> Score:
        """What is heard, written from the events that the frames show."""
