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
_MOST_UNTOLD = 3
"""Flames found without a word of the prompt; more are lamps or windows."""


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
    told = "flame" in brief.life
    dark = float(np.median(value)) < 96 or brief.hour is Hour.NIGHT
    found = _no_flames(height, width)
    if (dark and not layout.has_sky and (layout.figure is None or not layout.figure.face)) or told:
        found = _flames(small, told)
    if (dark and not told and not found.has_flames) or "lights" in brief.life:
        return replace(found, lamps=_lamps(small, layout, found.flames, "lights" in brief.life))
    return found


def _lamps(small: Pixels, layout: Layout, flames: Field, told: bool) -> NDArray[np.int32]:
    """Small, all but white in the middle, and far brighter than the dark around them.

    Petals, badges and gaps between leaves are bright in the dark too, but neither so small nor alone, nor so bright.
    """
    value = small.max(axis=2)
    side = max(7, max(value.shape) // 22) | 1
    standing_out = cv2.morphologyEx(value, cv2.MORPH_TOPHAT, np.ones((side, side), np.uint8))
    mask = ((standing_out > 50) & (value > 115) & (flames < 0.05)).astype(np.uint8)
    count, parts, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    area = boxes[:, cv2.CC_STAT_AREA]
    lamp = (area < 0.012 * mask.size) & (np.arange(count) > 0)
    if not told:
        lamp &= _may_have_lamps(layout) and _shining(small, layout, parts, boxes)
        if lamp.sum() < 2:
            return np.zeros(mask.shape, np.int32)
    kept = np.flatnonzero(lamp)
    kept = kept[np.argsort(-area[kept], kind="stable")][:_MOST_LAMPS]
    names = np.zeros(count, np.int32)
    names[kept] = np.arange(1, len(kept) + 1)
    # a lamp lights a little of what is about it
    grown: NDArray[np.int32] = cv2.dilate(names[parts].astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    return grown


def _may_have_lamps(layout: Layout) -> bool:
    """Whether it is a night out of doors: what shines in a dark wood, or behind a portrait, is a reflection."""
    subject = layout.figure is not None and (layout.figure.separable or layout.figure.face)
    return layout.night and not subject and float(layout.plants.mean()) < 0.1


def _shining(small: Pixels, layout: Layout, parts: NDArray[np.int32], boxes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which bright parts are lamps by their looks."""
    value = small.max(axis=2).astype(np.float32)
    count = len(boxes)
    peak = np.zeros(count, np.float32)
    np.maximum.at(peak, parts.ravel(), value.ravel())
    area = boxes[:, cv2.CC_STAT_AREA]
    green = np.bincount(parts.ravel(), weights=(layout.plants > 0.3).ravel(), minlength=count) / np.maximum(1, area)
    around = cv2.blur(np.minimum(value, 130), (31, 31))
    dark = np.bincount(parts.ravel(), weights=around.ravel(), minlength=count) / np.maximum(1, area)
    lean = np.maximum(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT])
    compact = (lean < 0.14 * max(value.shape)) & (area < 0.006 * value.size)
    shining: NDArray[np.bool_] = (peak > 190) & compact & (green < 0.4) & (dark < 105)
    return shining


def _no_flames(height: int, width: int) -> Lights:
    nothing = np.zeros((height, width), np.float32)
    return Lights(np.zeros((height, width), np.int32), nothing, nothing, nothing)


def _flames(small: Pixels, told: bool) -> Lights:
    """Upright, very bright, yellow or orange, tapering, and alone in the dark, unless the prompt tells of a flame.

    None where there are too many, as those are windows and lamps.
    """
    height, width = small.shape[:2]
    none = _no_flames(height, width)
    red, green, blue = (small[..., channel].astype(np.int16) for channel in range(3))
    mask = ((red > 205) & (green > 105) & (red > green) & (red - blue > 25) & (green + 12 > blue)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, parts, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for name, (left, top, wide, tall, area) in enumerate(boxes[1:].tolist(), 1):
        if not (0.0004 < area / mask.size < 0.12 and tall > 1.15 * wide and tall > 5 and top > 1):
            continue
        if told or _is_alone(small, parts == name, (left, top, wide, tall)):
            found.append((left, top, wide, tall))
    if not 0 < len(found) <= (_MOST_FLAMES if told else _MOST_UNTOLD):
        return none
    return _burning(height, width, found)


def _is_alone(small: Pixels, part: NDArray[np.bool_], box: tuple[int, int, int, int]) -> bool:
    """Whether a bright part has a flame's looks: a hot core, a tapering tip, darkness above and beside it.

    Lit towers and windows are as bright as what is about them, and their sides are straight.
    """
    left, top, wide, tall = box
    width = part.shape[1]
    value = small.max(axis=2)
    rows = part[top : top + tall, left : left + wide].sum(1)
    quarter = max(1, tall // 4)
    taper = float(rows[:quarter].mean()) < 0.75 * float(rows.max())
    belly = int(np.argmax(cv2.blur(rows.astype(np.float32)[:, None], (1, 3))[:, 0])) > 0.3 * tall
    hot = int(np.percentile(small[part].min(axis=1), 90)) > 110 and int(np.percentile(value[part], 80)) > 245
    reach_x, reach_y = max(5, 2 * wide), max(4, tall // 2)
    x0, x1 = max(0, left - reach_x), min(width, left + wide + reach_x)
    y0 = max(0, top - reach_y)
    about = value[y0 : top + tall * 2 // 3, x0:x1]
    near = cv2.dilate(part.astype(np.uint8), np.ones((7, 7), np.uint8))[y0 : top + tall * 2 // 3, x0:x1] == 0
    dark = near.any() and float(np.percentile(about[near], 80)) < 150
    slim = rows.sum() < 0.85 * wide * tall
    return taper and belly and hot and dark and slim


def _burning(height: int, width: int, found: list[tuple[int, int, int, int]]) -> Lights:
    """Flames in the given boxes (left, top, width, height), as fields."""
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
        _no_flames(height, width),
        flames=flames.astype(np.float32),
        rise=rise.astype(np.float32),
        halo=halo.astype(np.float32),
        flame_width=max(wide for _, _, wide, _ in found) / side,
    )
