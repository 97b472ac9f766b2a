"""A way of going on two legs and a phase in, where the feet are out: no foot slides while it bears weight.

Knows no arms and no clothes. Lengths are those of a grown body, scaled by whoever draws it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from openhorse.engines.procedural.players.person import Body, Limb

_TOE, _HEEL = (0.112, -0.066), (-0.052, -0.066)  # from the ankle to where the foot rolls over


@dataclass(frozen=True)
class Stride:
    """How feet follow one another: seconds for both steps, the part a foot is down, its way on the ground in metres.

    `lift` is how high an ankle swings, `bob` how far the hips rise and fall, `apart` the feet's distance from the
    middle. `strike` and `push` are how far the toe is up at landing and down at leaving, radians.
    """

    cycle: float
    duty: float
    reach: float
    lift: float
    bob: float
    apart: float = 0.062
    strike: float = 0.30
    push: float = 0.75
    ahead: float = 0.48
    bounce: float = 0.0

    @property
    def speed(self) -> float:
        """Metres a second."""
        return self.reach / self.duty / self.cycle

    def foot(self, body: Body, phase: float) -> tuple[Limb, float]:
        """A foot `phase` (0…1) after its landing, and how high its sole is above the ground."""
        p = phase % 1.0
        if p < self.duty:
            q = p / self.duty
            return self._rolled(body, self._flat(q), self._roll(q)), 0.0
        s = (p - self.duty) / (1 - self.duty)
        s2, s3 = s * s, s * s * s
        first, last = self._flat(0.0), self._flat(1.0)
        slope = -self.reach / self.duty * (1 - self.duty) * 0.55
        x = (2 * s3 - 3 * s2 + 1) * last + (3 * s2 - 2 * s3) * first + (s3 - 2 * s2 + s + s3 - s2) * slope
        turn = s * s * (3 - 2 * s)
        pitch = -self.push * (1 - turn) ** 1.5 * (1 - 0.2 * s) + self.strike * turn
        up = self.lift * float(math.sin(math.pi * s**0.8) ** 1.15)
        rolled = self._rolled(body, x, pitch)
        return Limb(rolled.x, rolled.y + up, rolled.z, pitch), up

    def _flat(self, q: float) -> float:
        return (self.ahead - q) * self.reach

    def _roll(self, q: float) -> float:
        if q < 0.16:
            return float(self.strike * (1 - q / 0.16) ** 1.5)
        if q > 0.55:
            return float(-self.push * ((q - 0.55) / 0.45) ** 1.6)
        return 0.0

    def _rolled(self, body: Body, x: float, pitch: float) -> Limb:
        # over its heel or its toe, which stays where it is
        px, py = _HEEL if pitch > 0 else _TOE
        cos, sin = math.cos(pitch), math.sin(pitch)
        py *= body.ankle / 0.07
        return Limb(x + px - (cos * px - sin * py), body.ankle + py - (sin * px + cos * py), self.apart, pitch)

    def hips(self, body: Body, phase: float) -> float:
        """How far the hips are below a straight stand."""
        return self._deep(body) - self.bob * self._wave(phase)

    def _wave(self, phase: float) -> float:
        # highest while one leg passes the other; in a run, while both are in the air
        late = self.duty / 2 if not self.bounce else (self.duty + 1.5) / 2
        return math.cos(4 * math.pi * (phase - late))

    def _deep(self, body: Body) -> float:
        return self._depths.setdefault((body.hip, body.thigh), self._find_deep(body))

    @cached_property
    def _depths(self) -> dict[tuple[float, float], float]:
        return {}

    def _find_deep(self, body: Body) -> float:
        # so deep that no leg on the ground is stretched
        most = 0.0
        for phase in np.linspace(0, self.duty, 24):
            foot, _ = self.foot(body, float(phase))
            straight = math.sqrt(max((body.leg * 0.992) ** 2 - foot.x**2, 1e-4)) + foot.y
            most = max(most, body.hip - straight + self.bob * self._wave(float(phase)))
        return most + 0.004


WALK = Stride(cycle=1.00, duty=0.60, reach=0.62, lift=0.075, bob=0.016, ahead=0.42)
STROLL = Stride(cycle=1.2, duty=0.63, reach=0.52, lift=0.06, bob=0.013, push=0.6, ahead=0.42)
RUN = Stride(
    cycle=0.70, duty=0.36, reach=0.78, lift=0.30, bob=0.042, apart=0.045, strike=0.12, push=0.9, ahead=0.40, bounce=1.0
)
MARCH = Stride(cycle=1.0, duty=0.60, reach=0.62, lift=0.14, bob=0.022)
SHUFFLE = Stride(cycle=1.30, duty=0.68, reach=0.40, lift=0.035, bob=0.010, strike=0.14, push=0.4)
