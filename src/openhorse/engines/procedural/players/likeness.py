"""A posed rig and a look in, the sprite out: facing either way, or us, as fine as the picture needs.

Knows no animal. Rigs are modelled a dog's size, so that fur and shadows suit them; `size` makes them as large as life.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.players.creature import Light, Stand, in_view, render
from openhorse.engines.procedural.players.markings import Pattern
from openhorse.engines.procedural.players.membranes import Sheet, draw_sheet
from openhorse.engines.procedural.players.membranes import extent as extent_of_sheets
from openhorse.engines.procedural.players.player import Look, Sprite

_FINEST = 460.0  # pixels per metre of the model beyond which the sprite is enlarged instead: fur is soft
_STEPS = 48  # enough for what passes one limb to reach another behind it: few rays take so many
_SIDE, _FRONT = math.radians(-20), math.radians(-62)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How rigs of one animal are drawn: as large as life, its pattern, and how far it turns to us.

    `cover` below 1 lets the background shine through all of it.
    """

    size: float
    pattern: Pattern | None = None
    side: float = _SIDE
    front: float = _FRONT
    cover: float = 1.0

    def extent(
        self, rig: NDArray[np.float32], sheets: Sequence[Sheet] = (), yaw: float | None = None, pitch: float = 0.09
    ) -> tuple[float, float, float, float]:
        """Left, right, top and bottom of a rig as seen, in metres of the model from its origin."""
        stand = Stand(1, 0, 0, self.side if yaw is None else yaw, pitch)
        seen = in_view(rig, rig, stand)
        margin = np.maximum(seen[:, 6], seen[:, 7]) + seen[:, 13] + 0.012
        low, high = np.minimum(seen[:, 0:2], seen[:, 3:5]), np.maximum(seen[:, 0:2], seen[:, 3:5])
        left, bottom = (low - margin[:, None]).min(axis=0)
        right, top = (high + margin[:, None]).max(axis=0)
        if sheets:
            corners = extent_of_sheets(sheets, stand)
            left, bottom = np.minimum((left, bottom), corners.min(axis=0) - 0.035)
            right, top = np.maximum((right, top), corners.max(axis=0) + 0.035)
        return float(left), float(right), float(top), float(bottom)

    def draw(
        self,
        rig: NDArray[np.float32],
        rest: NDArray[np.float32],
        look: Look,
        sheets: Sequence[Sheet] = (),
        waterline: float | None = None,
    ) -> Sprite:
        """The sprite of a rig with its fins or wings.

        What is below `waterline` (metres of the model) is hidden, and there its ground point is.
        """
        yaw = self.front if look.facing == 0 else self.side + (self.front - self.side) * look.turn
        left, right, top, bottom = self.extent(rig, sheets, yaw, look.pitch)
        wanted = look.metre * self.size
        fine = min(wanted, _FINEST)
        x, y = max(0, math.ceil(-left * fine)) + 1, max(0, math.ceil(top * fine)) + 1
        height, width = y + max(0, math.ceil(-bottom * fine)) + 2, x + max(0, math.ceil(right * fine)) + 2
        stand = Stand(fine, x, y, yaw, look.pitch)
        light = _mirrored(look.light) if look.facing < 0 else look.light
        planes = np.empty((4, height, width), np.float32)
        render(planes, rig, rest, stand, light, self.pattern, _STEPS)
        if self.cover < 1:
            planes *= self.cover
        planes = _dressed(planes, sheets, stand, light)
        middle, ground = float(x), float(y)
        if waterline is not None:
            planes, ground = _sunk(planes, ground - waterline * fine)
        if fine < wanted:
            planes, middle, ground = _enlarged(planes, middle, ground, wanted / fine)
        if look.facing < 0:
            planes, middle = np.ascontiguousarray(planes[:, :, ::-1]), planes.shape[2] - 1 - middle
        return Sprite(planes, middle, ground)


def _dressed(planes: NDArray[np.float32], sheets: Sequence[Sheet], stand: Stand, light: Light) -> NDArray[np.float32]:
    # the body over the sheets behind it, under those before it
    behind = [sheet for sheet in sheets if not sheet.near]
    if behind:
        back = np.zeros_like(planes)
        for sheet in behind:
            draw_sheet(back, sheet, stand, light)
        back *= 1 - planes[3]
        planes += back
    for sheet in sheets:
        if sheet.near:
            draw_sheet(planes, sheet, stand, light)
    return planes


def _sunk(planes: NDArray[np.float32], line: float) -> tuple[NDArray[np.float32], float]:
    # the water's line is soft, as it wets what it touches
    rows = np.arange(planes.shape[1], dtype=np.float32)
    keep = np.clip((line - rows) / 2.0 + 0.5, 0, 1)
    planes *= keep[:, None]
    last = min(planes.shape[1], max(1, math.ceil(line) + 2))
    return np.ascontiguousarray(planes[:, :last]), line


def _mirrored(light: Light) -> Light:
    x, y, z = light.towards
    return replace(light, towards=(-x, y, z))


def _enlarged(planes: NDArray[np.float32], x: float, y: float, by: float) -> tuple[NDArray[np.float32], float, float]:
    size = (round(planes.shape[2] * by), round(planes.shape[1] * by))
    return np.stack([cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in planes]), x * by, y * by
