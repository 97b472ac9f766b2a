"""A moment and a seed in, the force of the wind out: the one function that bends leaves and is heard in them.

Knows no picture and no sound. Three slow waves whose periods never meet again, drawn together so that a gust rises over
a second or so, and long lulls lie between.
"""

from __future__ import annotations

import math

_WAVES = ((6.1, 1.0), (3.7, 0.55), (2.3, 0.3))
"""Periods in seconds, and weights."""
_LULL = 0.3
STRONGEST = 1.5
"""How much farther a gust bends leaves than the wind does on the whole."""


def force(seconds: float, seed: int) -> float:
    """The wind's force, 0.3 in a lull … 1 in a gust, at `seconds` of its own time; the first gust comes early."""
    total = sum(weight for _, weight in _WAVES)
    swing = sum(
        weight * math.cos(math.tau * (seconds - 0.9 - 0.17 * (seed % 7)) / period + index * ((seed >> 3) % 5) * 0.5)
        for index, (period, weight) in enumerate(_WAVES)
    )
    part = 0.5 + 0.5 * swing / total
    return _LULL + (1 - _LULL) * part * part * (3 - 2 * part)


def forces(length: float, pace: float, seed: int) -> tuple[tuple[float, float], ...]:
    """(Second of the film, force) ten times a second, as scores take them; `pace` is the speed of the wind's time."""
    return tuple((step / 10, force(step / 10 * pace, seed)) for step in range(int(length * 10) + 2))
