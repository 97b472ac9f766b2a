"""Places, radii and colours in, a rig of soft capsules out (see creature.py). Knows no animal."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Place = tuple[float, float, float]


class Model:
    """Collects capsules; what is added later melts into what is there by its blend."""

    def __init__(self) -> None:
        self._rows: list[list[float]] = []

    def add(
        self,
        ends: tuple[Place, Place],
        radii: tuple[float, float],
        colour: Array,
        *,
        blend: float = 0.03,
        fur: float = 0.0012,
        gloss: float = 0.0,
        flat: float = 1.0,
        flow: float = 0.0,
    ) -> None:
        """One capsule: metres, a linear colour, and how far it melts into its neighbours."""
        red, green, blue = (float(channel) for channel in colour)
        self._rows.append([*ends[0], *ends[1], *radii, red, green, blue, blend, flat, fur, gloss, flow])

    def chain(self, places: list[Place], radii: list[float], colour: Array, **cover: float) -> None:
        """Capsules from place to place."""
        for k in range(len(places) - 1):
            self.add((places[k], places[k + 1]), (radii[k], radii[k + 1]), colour, **cover)

    def ball(self, place: Place, radius: float, colour: Array, **cover: float) -> None:
        """A ball."""
        self.add((place, place), (radius, radius), colour, **cover)

    def eye(self, place: Place, radius: float, out: Place, ring: Array, iris: Array) -> None:
        """An eye that looks along `out`: a ring of skin, an iris, a glossy pupil."""
        x, y, z = place
        self.ball(place, radius, ring, blend=0.004, fur=0.0)
        for deep, size, colour in ((0.42, 0.78, iris), (0.72, 0.58, _PUPIL)):
            there = (x + out[0] * radius * deep, y + out[1] * radius * deep, z + out[2] * radius * deep)
            self.ball(there, radius * size, colour, blend=0.001, fur=0.0, gloss=0.7)

    def rig(self) -> NDArray[np.float32]:
        """All of them, n × 16."""
        return np.array(self._rows, np.float32)


_PUPIL = np.array((0.004, 0.003, 0.003), np.float32)


def toward(angle: float, length: float, start: tuple[float, float] = (0.0, 0.0)) -> tuple[float, float]:
    """The point `length` from `start` at an angle (radians, counter-clockwise from ahead)."""
    return start[0] + length * math.cos(angle), start[1] + length * math.sin(angle)


def knee(
    root: tuple[float, float], tip: tuple[float, float], upper: float, lower: float, side: float
) -> tuple[float, float]:
    """Where the joint between two bones lies, on the side that `side` (±1) says."""
    dx, dy = tip[0] - root[0], tip[1] - root[1]
    far = min(max(math.hypot(dx, dy), abs(upper - lower) + 1e-4), 0.999 * (upper + lower))
    opening = math.acos(max(-1.0, min(1.0, (upper * upper + far * far - lower * lower) / (2 * upper * far))))
    return toward(math.atan2(dy, dx) + side * opening, upper, root)
