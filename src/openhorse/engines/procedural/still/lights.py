"""A picture, its layout and a brief in, the lights in it out: lamps and flames, where they are and what they light.

Knows no time: glow.py lets them shine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Hour
from openhorse.engines.procedural.still.analysis import Layout
from openhorse.engines.procedural.still.plate import Field, Pixels

_MOST_LAMPS = 500
_MOST_FLAMES = 6


@dataclass(frozen=True, slots=True)
class Lights:
    """The lights of a picture at the working size.

    `lamps` numbers them from 1, 0 where there is none; `flames` is 1 in a flame, soft, and `rise` how high above its
    foot, 0…1; `halo` is what the flames light, 0…1; `flame_width` is the widest one's, a part of the mean side.
    """

    lamps: NDArray[np.int32]
    flames: Field
    rise: Field
    halo: Field
    flame_width: float = 0.0

    @property
    def has_lamps(self) -> bool:
        """Whether any lamp was found."""
        return bool(self.lamps.any())

    @property
    def has_flames(self) -> bool:
        """Whether any flame was found."""
        return bool(self.flames.any())


def find_lights(rgb: Pixels, layout: Layout, brief: Brief) -> Lights:
    """What shines by itself in a picture (height × width × 3, any size): in the dark, or where the prompt says so."""
    height, width = layout.depth.shape
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    value = small.max(axis=2)
    dark = float(np.median(value)) < 96 or brief.hour is Hour.NIGHT
    found = _flames(small) if dark or "flame" in brief.life else _no_flames(height, width)
    if (dark and "flame" not in brief.life and not found.has_flames) or "lights" in brief.life:
        return replace(found, lamps=_lamps(value, found.flames))
    return found


def _lamps(value: NDArray[np.uint8], flames: Field) -> NDArray[np.int32]:
    """Small and bright against what is around them."""
    side = max(7, max(value.shape) // 22) | 1
    standing_out = cv2.morphologyEx(value, cv2.MORPH_TOPHAT, np.ones((side, side), np.uint8))
    mask = ((standing_out > 50) & (value > 115) & (flames < 0.05)).astype(np.uint8)
    count, parts, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    area = boxes[:, cv2.CC_STAT_AREA]
    kept = np.flatnonzero((area < 0.012 * mask.size) & (np.arange(count) > 0))
    kept = kept[np.argsort(-area[kept], kind="stable")][:_MOST_LAMPS]
    names = np.zeros(count, np.int32)
    names[kept] = np.arange(1, len(kept) + 1)
    # a lamp lights a little of what is about it
    grown: NDArray[np.int32] = cv2.dilate(names[parts].astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    return grown


def _no_flames(height: int, width: int) -> Lights:
    nothing = np.zeros((height, width), np.float32)
    return Lights(np.zeros((height, width), np.int32), nothing, nothing, nothing)


def _flames(small: Pixels) -> Lights:
    """Upright, very bright and yellow or orange; none where there are too many, as those are windows and lamps."""
    height, width = small.shape[:2]
    none = _no_flames(height, width)
    red, green, blue = (small[..., channel].astype(np.int16) for channel in range(3))
    mask = ((red > 205) & (green > 105) & (red > green) & (red - blue > 25) & (green + 12 > blue)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for left, top, wide, tall, area in boxes[1:].tolist():
        if 0.0004 < area / mask.size < 0.12 and tall > 1.15 * wide and tall > 5 and top > 1:
            found.append((left, top, wide, tall))
    if not 0 < len(found) <= _MOST_FLAMES:
        return none
    flames, rise, halo = (np.zeros((height, width), np.float32) for _ in range(3))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    side = math.sqrt(height * width)
    for left, top, wide, tall in found:
        # the dark around a flame moves along, so that its outline does not tear
        middle, foot = left + wide / 2, top + tall
        around = np.clip(1.6 - np.abs(x - middle) / (1.3 * wide + 2), 0, 1)
        up = (foot - y) / tall
        reach = np.clip(np.minimum((up + 0.05) * 4, (2.1 - up) / 0.8), 0, 1)
        flames = np.maximum(flames, around * reach)
        rise = np.maximum(rise, np.clip(up, 0, 1.3) * (around * reach > 0))
        away = np.hypot(x - middle, y - (top + tall / 2)) / (0.28 * side)
        halo = np.maximum(halo, np.exp(-away))
    return replace(
        none,
        flames=flames.astype(np.float32),
        rise=rise.astype(np.float32),
        halo=halo.astype(np.float32),
        flame_width=max(wide for _, _, wide, _ in found) / side,
    )
