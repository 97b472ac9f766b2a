"""A posed rig and a look in, the sprite out: facing either way, or us, as fine as the picture needs.

Knows no animal. Rigs are modelled a dog's size, so that fur and shadows suit them; `size` makes them as large as life.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.players.creature import Light, Pattern, Stand, in_view, render
from openhorse.engines.procedural.players.player import Look, Sprite

_FINEST = 560.0  # pixels per metre of the model beyond which the sprite is enlarged instead: fur is soft
_SIDE, _FRONT = math.radians(-20), math.radians(-62)


class Likeness:
    """Draws rigs of one animal."""

    def __init__(self, size: float, pattern: Pattern | None = None, side: float = _SIDE, front: float = _FRONT) -> None:
        self._size, self._pattern, self._side, self._front = size, pattern, side, front

    def extent(self, rig: NDArray[np.float32], yaw: float | None = None, pitch: float = 0.09) -> tuple[float, ...]:
        """Left, right, top and bottom of a rig as seen, in metres of the model from its origin."""
        seen = in_view(rig, rig, Stand(1, 0, 0, self._side if yaw is None else yaw, pitch))
        margin = np.maximum(seen[:, 6], seen[:, 7]) + seen[:, 13] + 0.012
        left = (np.minimum(seen[:, 0], seen[:, 3]) - margin).min()
        right = (np.maximum(seen[:, 0], seen[:, 3]) + margin).max()
        top = (np.maximum(seen[:, 1], seen[:, 4]) + margin).max()
        bottom = (np.minimum(seen[:, 1], seen[:, 4]) - margin).min()
        return float(left), float(right), float(top), float(bottom)

    def draw(self, rig: NDArray[np.float32], rest: NDArray[np.float32], look: Look, waterline: float = 0.0) -> Sprite:
        """The sprite of a rig; what is below `waterline` (metres of the model) is hidden, and there its ground point is."""
        yaw = self._front if look.facing == 0 else self._side
        left, right, top, bottom = self.extent(rig, yaw, look.pitch)
        wanted = look.metre * self._size
        fine = min(wanted, _FINEST)
        x, y = math.ceil(-left * fine) + 1, math.ceil(top * fine) + 1
        shape = (4, y + math.ceil(-bottom * fine) + 2, x + math.ceil(right * fine) + 2)
        planes = np.empty(shape, np.float32)
        light = _mirrored(look.light) if look.facing < 0 else look.light
        render(planes, rig, rest, Stand(fine, x, y, yaw, look.pitch), light, self._pattern)
        ground = float(y)
        if waterline:
            ground -= waterline * fine
            planes = np.ascontiguousarray(planes[:, : max(1, int(ground) + 1)])
            planes[:, -1] *= ground - int(ground)
        middle = float(x)
        if fine < wanted:
            planes, middle, ground = _enlarged(planes, middle, ground, wanted / fine)
        if look.facing < 0:
            planes, middle = np.ascontiguousarray(planes[:, :, ::-1]), planes.shape[2] - 1 - middle
        return Sprite(planes, middle, ground)


def _mirrored(light: Light) -> Light:
    x, y, z = light.towards
    return replace(light, towards=(-x, y, z))


def _enlarged(planes: NDArray[np.float32], x: float, y: float, by: float) -> tuple[NDArray[np.float32], float, float]:
    size = (round(planes.shape[2] * by), round(planes.shape[1] * by))
    return np.stack([cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in planes]), x * by, y * by
