"""A Score comes in, its sound goes out; besides, what a prompt wishes to hear is read here.

Imports what makes sound only when it is made: reading a prompt needs none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openhorse.engines.procedural.score import Score
    from openhorse.engines.procedural.sound.synthesis import Samples


def perform(score: Score) -> Samples | None:
    """The score's sound, 2 × 48000·seconds float32 within ±0.95, or None when the score is silent."""
    from openhorse.engines.procedural.sound.performance import perform as performed

    return performed(score)
