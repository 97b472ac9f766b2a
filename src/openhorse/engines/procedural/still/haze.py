"""A picture's depth and a moment in, haze out: mist that drifts, and what rain and snow hang between us and far things.

Knows no layers: composite.py lays it over each as thick as that one is far.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call"
# The kernel is compiled by Numba, which types its arguments itself.

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from openhorse.engines.procedural.drawing.noise import C1, ROW, F, I, clamp01, exp, fbm2
from openhorse.engines.procedural.still.plate import Field, Pixels


@njit(**ROW)
def _haze_row(out, depth, y, horizon, aspect, t, amount, patchy, overhead):
    away = (y - horizon) * F(4.2)
    # over the horizon it thins out towards the zenith; below it lies as thick as things are far
    band = overhead + (C1 - overhead) * exp(-away * away) if y < horizon else C1
    for x in range(out.shape[0]):
        u = F(I(x)) / F(out.shape[0]) * aspect
        drift = fbm2(u * F(2.6) - t * F(0.09), y * F(5.5) + t * F(0.02) + F(3.0))
        thick = C1 + patchy * F(1.6) * drift
        out[x] = clamp01(amount * band * (C1 - F(0.85) * depth[x]) * thick)


@njit(nogil=True, **ROW)
def _haze(out, depth, horizon, aspect, t, amount, patchy, overhead):
    for y in range(out.shape[0]):
        _haze_row(out[y], depth[y], F(I(y)) / F(out.shape[0]), horizon, aspect, t, amount, patchy, overhead)


@dataclass(frozen=True, slots=True)
class Air:
    """How thick the air gets (`amount`, 0…1 of what is farthest), how soon (seconds), how uneven it is, how white
    of itself (0…1), and how much of it there is overhead (0…1)."""

    amount: float
    within: float
    patchy: float
    whiter: float = 0.0
    overhead: float = 0.25

    def at(self, t: float) -> float:
        """How thick it is after `t` seconds: clear at nought."""
        part = min(1.0, max(0.0, t / self.within))
        return self.amount * part * part * (3 - 2 * part)


class Haze:
    """The haze before one picture."""

    def __init__(self, air: Air, rgb: Pixels, horizon: float) -> None:
        """`rgb` is the picture, for the haze to have its light; `horizon` a part of the height, nought for none."""
        self.air, self._horizon = air, horizon
        small = rgb[:: max(1, rgb.shape[0] // 40), :: max(1, rgb.shape[1] // 40)].reshape(-1, 3).astype(np.float32)
        # mist is as bright as the light that it scatters, but never far brighter than what it hangs among
        tone = np.minimum(np.percentile(small, 93, axis=0), 70 + 2.4 * np.median(small, axis=0))
        self.colour = _towards(tone, air.whiter)
        self._aspect = rgb.shape[1] / rgb.shape[0]

    def over(self, depth: Field, t: float) -> Field:
        """How much of things at `depth` (on any grid, 0 far … 1 near) it hides at `t` seconds."""
        out = np.empty_like(depth)
        numbers = (self._horizon, self._aspect, t, self.air.at(t), self.air.patchy, self.air.overhead)
        _haze(out, np.ascontiguousarray(depth), *(F(n) for n in numbers))
        return out


def _towards(tone: Field, whiter: float) -> tuple[float, float, float]:
    """A haze's colour: paler than `tone`, and white as far as the picture is bright enough for it."""
    grey = float(tone.mean())
    white = min(238.0, 1.25 * grey + 40)
    red, green, blue = (float(min(240.0, (0.25 * c + 0.75 * grey) * (1 - whiter) + white * whiter)) for c in tone)
    return red, green, blue


def air_of(weather: frozenset[str]) -> Air | None:
    """What a weather does to the air; None for nothing."""
    heavy, light = "heavy" in weather, "light" in weather
    if "mist" in weather:
        return Air(0.9 if heavy else 0.45 if light else 0.66, 2.5, 0.6, 0.35, 0.6 if heavy else 0.35)
    if "snow" in weather:
        return Air(0.88 if heavy else 0.1 if light else 0.28, 3.0, 0.4, 0.7, 0.85 if heavy else 0.25)
    if "rain" in weather:
        return Air(0.42 if heavy else 0.1 if light else 0.22, 3.5, 0.35)
    return None
