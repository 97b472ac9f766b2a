"""What a scene sounds like: a Score of ambience beds, single hits and music. Knows no samples.

A scene writes its score from the same events that it draws, so picture and sound agree to the frame;
the sound package performs it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

BedKind = Literal[
    "wind", "waves", "lapping", "birds", "traffic", "rain", "drips", "crowd", "neon", "fire", "room", "stream", "leaves"
]
HitKind = Literal["step-sand", "step-pavement", "step-grass", "step-soft", "pant", "splash", "drip", "whoosh", "chime"]
Mood = Literal["calm", "vast", "warm", "neon", "tender", "bright", "dark"]


@dataclass(frozen=True, slots=True)
class Bed:
    """An ambience that lasts the whole film. `level` is 0…1.

    `period` and `phase` (seconds) place the swells of waves and gusts, so that they meet the picture: a wave
    breaks, a gust is strongest at `phase`, `phase` + `period`, …;
    `envelope` is (seconds, gain) pairs for what flickers or fades, empty for a steady bed.
    """

    kind: BedKind
    level: float
    period: float | None = None
    phase: float = 0.0
    envelope: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One sound at one moment. `at` is seconds from the start, `pan` 0 (left) … 1 (right), `level` 0…1."""

    kind: HitKind
    at: float
    level: float
    pan: float = 0.5


@dataclass(frozen=True, slots=True)
class Score:
    """All that is heard. `mood` is None for no music; a score with nothing in it is silence."""

    seconds: int
    seed: int
    beds: tuple[Bed, ...] = ()
    hits: tuple[Hit, ...] = field(default=())
    mood: Mood | None = None

    @property
    def is_silent(self) -> bool:
        """True when nothing at all is to be heard."""
        return not (self.beds or self.hits or self.mood)
