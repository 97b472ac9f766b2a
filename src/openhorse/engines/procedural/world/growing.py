"""Small things that stand in numbers and a camera in, all of them drawn that it sees out. Knows no place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.stamps import Stamps
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.scenery import Growth


class Growing:
    """Small things that stand in numbers, ready to be drawn."""

    def __init__(self, growth: Growth) -> None:
        self._stamps = Stamps(growth.pictures)
        self._growth = growth
        self._depth = np.zeros((0, 0), np.float32)

    def draw(self, out: NDArray[np.float32], camera: Camera, near: float, far: float) -> None:
        """Draw all of them between two distances that the camera sees, the farthest first."""
        if self._depth.shape != out.shape[1:]:
            self._depth = np.full(out.shape[1:], 1e9, np.float32)
        x, z, tall, kind = self._growth.places.T
        metre = camera.focal / np.maximum(z - camera.z, 0.2)
        period = self._growth.period
        around = np.mod(x - camera.x + period / 2, period) - period / 2
        column = camera.centre + around * metre
        foot = camera.horizon + camera.eye * metre
        seen = (z - camera.z > 0.3) & (z >= near) & (z < far) & (column > -60) & (column < out.shape[2] + 60)
        places = np.stack([column, foot, tall * metre, kind, np.ones_like(x), z], axis=1)[seen]
        self._stamps.draw(out, self._depth, places[np.argsort(-places[:, 5], kind="stable")].astype(np.float32))
