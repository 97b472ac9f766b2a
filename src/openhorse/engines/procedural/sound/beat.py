"""The hits of a score come in, the beat that they make goes out: where music made for the picture has notes.

Knows no pitch and no samples. Somebody who walks makes a beat, and so does a ball; a street full of people does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from openhorse.engines.procedural.score import Hit
from openhorse.engines.procedural.sound.hits import STEPS

_SHORTEST_SECONDS = 0.2
"""A hit that follows another one sooner belongs to it: the second hoof of a gallop's pair."""
_UNEVEN = 0.3
"""How much the gaps between hits may differ and still be a beat: their standard deviation over their mean."""
_LONGEST_SECONDS = 0.36
"""Between two hits that are farther apart there are more places for a note: half-way, and half-way of that."""
_LONGEST_FILM_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Beat:
    """`struck` are the seconds at which something comes down in the picture, or would if it went on before the first
    and after the last; `grid` are these and the places between them where notes may lie. Both ascend.
    """

    struck: tuple[float, ...]
    grid: tuple[float, ...]

    def near(self, at: float) -> float:
        """The place for a note that is meant to begin at `at`."""
        return min(self.grid, key=lambda place: abs(place - at))

    def struck_near(self, at: float) -> float:
        """The struck place nearest to `at`."""
        return min(self.struck, key=lambda place: abs(place - at))

    def is_struck(self, at: float) -> bool:
        """Whether a hit falls on `at`."""
        return abs(self.struck_near(at) - at) < 1e-6


def beat_of(hits: Iterable[Hit]) -> Beat | None:
    """The beat of the steps, bounces and landings among `hits`; None where they make none."""
    struck: list[float] = []
    for at in sorted(hit.at for hit in hits if hit.kind in STEPS):
        if not struck or at - struck[-1] >= _SHORTEST_SECONDS:
            struck.append(at)
    gaps = np.diff(struck)
    if gaps.size < 2 or gaps.std() > _UNEVEN * gaps.mean():
        return None
    usual = float(np.median(gaps))
    before = np.arange(struck[0], -1e-9, -usual)[::-1]
    after = np.arange(struck[-1], _LONGEST_FILM_SECONDS, usual)
    whole = [*(float(at) for at in before[:-1]), *struck, *(float(at) for at in after[1:])]
    return Beat(tuple(whole), tuple(_divided(whole)))


def _divided(struck: list[float]) -> list[float]:
    """`struck` with as many places between as there is time for."""
    grid: list[float] = []
    for at, later in pairwise(struck):
        parts = 1
        while (later - at) / parts > _LONGEST_SECONDS:
            parts *= 2
        grid += [at + part * (later - at) / parts for part in range(parts)]
    return [*grid, struck[-1]]
