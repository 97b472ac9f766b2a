"""A player's touches and the floor in, what they throw up out: dust from dry ground, snow, drops from wet ground.

Knows no player's body. Every touch throws the same at every frame that shows it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.strokes import STROKE_COLUMNS
from openhorse.engines.procedural.players.player import Touch
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.placed import Placed
from openhorse.engines.procedural.world.scenery import Floor

_LIFE = 0.7
_PUFFS = 7
_GRAVITY = 9.8
_DUSTY = {"step-sand": 1.0, "step-gravel": 0.5, "step-snow": 0.8, "step-grass": 0.0}
"""How much a dry floor gives, by what a step on it sounds like; drops come from any floor that is wet."""


class Traces:
    """What feet throw up from one floor."""

    def __init__(self, floor: Floor, light: Daylight, seed: int) -> None:
        self._dust = _DUSTY.get(floor.step, 0.0) if floor.wet < 0.1 else 0.0
        self._wet = min(1.0, 1.5 * floor.wet)
        self._colour = np.asarray(floor.texture.reshape(-1, 3).mean(0) * 1.15, np.float32)
        self._drop = np.asarray(light.ambient * 1.6 + 0.3 * light.key, np.float32)
        self._seed = seed

    @property
    def any(self) -> bool:
        """Whether this floor gives anything."""
        return self._dust > 0 or self._wet > 0.05

    def of(self, one: Placed, camera: Camera, t: float, rate: float) -> NDArray[np.float32]:
        """Soft strokes (n × STROKE_COLUMNS) of all that `one` has thrown up by `t`; `rate` is the speed of time."""
        touches = one.player.touches(max(0.0, t - _LIFE / rate), t)
        bursts = [self._burst(one, touch, camera, t, rate) for touch in touches if not touch.soft and touch.at <= t]
        return np.concatenate([np.zeros((0, STROKE_COLUMNS), np.float32), *bursts])

    def _burst(self, one: Placed, touch: Touch, camera: Camera, t: float, rate: float) -> NDArray[np.float32]:
        """One touch's puffs or drops at `t`."""
        random = np.random.default_rng((self._seed, round(touch.at * 1000), round(1000 * abs(touch.ahead))))
        age = (t - touch.at) * rate
        force = touch.level * np.sqrt(max(0.2, one.player.tall)) * (0.5 + min(1.0, abs(one.way) / 6))
        wet = self._wet > 0.05
        count = _PUFFS * (2 if wet else 1)
        back = -one.facing * random.gamma(2.0, 0.35, count) * force
        up = random.gamma(2.0, 0.5 if wet else 0.16, count) * force
        x = one.at(touch.at) + one.facing * touch.ahead + back * age / (1 + (0.5 if wet else 2.5) * age)
        y = up * age - 0.5 * _GRAVITY * age * age if wet else up * age / (1 + 1.5 * age)
        metre = camera.metre(one.z)
        columns = camera.centre + (x - camera.x) * metre
        lines = camera.row(0.0, one.z) - np.maximum(y, 0) * metre
        over = min(1.0, age / _LIFE)
        grown = (0.006 if wet else 0.05 + 0.22 * over) * np.sqrt(force) * random.uniform(0.6, 1.4, count) * metre
        rows = np.zeros((count, STROKE_COLUMNS), np.float32)
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = columns, lines, columns, lines
        rows[:, 4] = rows[:, 5] = np.maximum(0.3, grown * (0.6 if wet else 0.25))
        rows[:, 6] = np.maximum(0.5, grown * (0.6 if wet else 0.9))
        strength = 0.7 * self._wet * (y > 0) if wet else np.full(count, 0.20 * self._dust)
        rows[:, 7] = strength * (1 - over) ** 1.5 * min(1.0, force)
        rows[:, 8:11] = self._drop if wet else self._colour
        return rows
