"""Heights and colours of a piece of land in, its picture out: slope before slope, in sun and shadow.

Knows no place. Land is lines (the nearest first) × columns; it goes on seamlessly to both sides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.seasons import sunward
from openhorse.engines.procedural.world.hours import Daylight

Map = NDArray[np.float32]
Colour = NDArray[np.float32]
Colouring = Callable[["Land"], Map]


@dataclass(frozen=True, slots=True)
class Land:
    """Heights (0…1 of the picture), how steep it is, how it turns to the sun (−1…1), and what lies in shadow (0…1).

    `hollow` is above 0 where it lies lower than around it.
    """

    height: Map
    steep: Map
    facing: Map
    shadow: Map
    hollow: Map


def survey(height: Map, light: Daylight, scale: float, reach: int = 90) -> Land:
    """What light and painters ask of heights; `scale` is how many columns wide the land is as it is high."""
    right, up, near = (float(part) for part in sunward(light))
    across = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * np.float32(0.5 * scale)
    # towards the viewer only: a crest must not take the light of its hidden side
    away = np.diff(height, axis=0, prepend=height[:1]) * np.float32(scale * 0.6)
    away = np.maximum(away, np.float32(-0.15))
    length = np.sqrt(across * across + away * away + 1)
    facing = (-across * right + up + away * near) / length
    steep = 1 - 1 / length
    shadow = np.zeros_like(height)
    fall = max(0.30, up / max(0.2, abs(right))) / scale
    step = 2
    while step < reach:
        lower = np.roll(height, -step if right > 0 else step, 1) - height - np.float32(fall * step)
        np.maximum(shadow, lower, out=shadow)
        step = int(step * 1.5) + 1
    shadow = np.clip(shadow * np.float32(0.45 * scale), 0, 1)
    wide = cv2.blur(height, (31, 15), borderType=cv2.BORDER_REPLICATE)
    return Land(height, steep.astype(np.float32), facing.astype(np.float32), shadow, wide - height)


def sunlit(land: Land, colour: Map, light: Daylight) -> Map:
    """Its colours in the light: sun on what faces it, sky on the rest, less of either in hollows."""
    sun = np.clip(land.facing * np.float32(1.15) - np.float32(0.12), 0, 1) * (1 - np.float32(0.85) * land.shadow)
    open_sky = np.clip(1 - 7 * land.hollow, 0.45, 1.15)
    lit = light.key * sun[..., None] + light.ambient * (open_sky * np.float32(0.95))[..., None]
    picture: Map = (colour * lit).astype(np.float32)
    return picture


def seen(height: Map, colour: Map, rows: int, tilt: float) -> Layer:
    """The land's picture, `rows` high; `tilt` is how much of it the farthest line lies up.

    Front lines hide what is behind them; it is drawn with two or three rows for each, so that crests are smooth.
    """
    fine = _seen(height, colour, (3 if rows < 160 else 2) * rows, tilt)
    layer: Layer = cv2.resize(fine, (height.shape[1], rows), interpolation=cv2.INTER_AREA)
    return layer


def _seen(height: Map, colour: Map, rows: int, tilt: float) -> Layer:
    lines, columns = height.shape
    base = np.linspace(0, tilt, lines, dtype=np.float32)[:, None]
    risen = (base + height * np.float32(1 - tilt)) * np.float32(rows)
    top = np.maximum.accumulate(risen, axis=0)
    first = np.clip(np.floor(top - 0.5).astype(np.int64) + 1, 0, rows)
    flat = first * columns + np.arange(columns)
    counts = np.bincount(flat.ravel(), minlength=(rows + 1) * columns).reshape(rows + 1, columns)[:rows]
    behind = np.clip(np.cumsum(counts, axis=0), 0, lines - 1)
    before = np.maximum(behind - 1, 0)
    column = np.arange(columns)
    one, other = before * columns + column, behind * columns + column
    level = np.arange(rows, dtype=np.float32)[:, None] + np.float32(0.5)
    low, high = top.take(one), top.take(other)
    share = np.clip((level - low) / np.maximum(high - low, 1e-3), 0, 1)
    # what lies just behind a crest is hidden: its colour must not be seen along the crest
    share[risen.take(one) < low - 1e-3] = 1
    flat_colour = colour.reshape(-1, 3)
    picture = flat_colour.take(one, axis=0)
    picture += (flat_colour.take(other, axis=0) - picture) * share[..., None]
    cover = np.clip(top[-1] - np.arange(rows, dtype=np.float32)[:, None], 0, 1)
    layer = np.dstack([picture * cover[..., None], cover])[::-1]
    return np.ascontiguousarray(layer, np.float32)


def octave(shape: tuple[int, int], spots: tuple[float, float], random: np.random.Generator) -> Map:
    """One octave of smooth noise, −1…1, lines × columns; seamless to both sides."""
    lines, columns = shape
    down, across = max(2, round(spots[0])), max(1, round(spots[1]))
    coarse = np.pad(random.uniform(-1, 1, (down, across)).astype(np.float32), 3, mode="wrap")
    x = (np.arange(columns, dtype=np.float32) + 0.5) * (across / columns) + 2.5
    y = (np.arange(lines, dtype=np.float32) + 0.5) * (down / lines) + 2.5
    map_x, map_y = np.meshgrid(x, np.arange(down + 6, dtype=np.float32))
    wide = cv2.remap(coarse, map_x, map_y, cv2.INTER_CUBIC)
    map_x, map_y = np.meshgrid(np.arange(columns, dtype=np.float32), y)
    full = cv2.remap(wide, map_x, map_y, cv2.INTER_CUBIC)
    return np.asarray(full, np.float32)


def rolling(
    shape: tuple[int, int], spots: tuple[float, float], random: np.random.Generator, octaves: int = 5, fine: float = 0.5
) -> Map:
    """Octaves of smooth noise, about −1…1."""
    total, amount = np.zeros(shape, np.float32), 1.0
    for k in range(octaves):
        total += octave(shape, (spots[0] * 2**k, spots[1] * 2**k), random) * np.float32(amount)
        amount *= fine
    return total * np.float32(1 - fine if fine < 0.9 else 0.3) * np.float32(1.6)


def ridged(shape: tuple[int, int], spots: tuple[float, float], random: np.random.Generator, octaves: int = 7) -> Map:
    """Noise with sharp crests and smooth feet, 0…1, bent so that no crest runs straight."""
    total = np.zeros(shape, np.float32)
    weight = np.ones(shape, np.float32)
    amount = 0.5
    for k in range(octaves):
        crest = 1 - np.abs(octave(shape, (spots[0] * 2**k, spots[1] * 2**k), random)) * np.float32(1.45)
        crest = np.clip(crest, 0, 1) ** 2 * weight
        weight = np.clip(crest * np.float32(2.1), 0, 1)
        total += crest * np.float32(amount)
        amount *= 0.5
    return bent(total, shape[1] / max(1.0, spots[1]) * 0.16, spots, random)


def rounded(field: Map, across: float, away: float) -> Map:
    """The field softened by so many columns and lines; it still goes on to both sides."""
    margin = min(field.shape[1] - 1, 4 * round(across) + 4)
    wide = cv2.copyMakeBorder(field, 0, 0, margin, margin, cv2.BORDER_WRAP)
    soft = cv2.GaussianBlur(wide, (0, 0), sigmaX=across, sigmaY=away)
    return np.ascontiguousarray(soft[:, margin:-margin], np.float32)


def bent(field: Map, far: float, spots: tuple[float, float], random: np.random.Generator) -> Map:
    """The field with every point taken from up to `far` columns aside."""
    lines, columns = field.shape
    aside = rolling(field.shape, (spots[0] * 1.5, spots[1] * 1.5), random, 3) * np.float32(far)
    away = rolling(field.shape, (spots[0] * 1.5, spots[1] * 1.5), random, 3) * np.float32(0.10 * lines)
    x = np.arange(columns, dtype=np.float32) + aside
    y = np.arange(lines, dtype=np.float32)[:, None] + away
    margin = 256 if columns > 256 else columns - 1
    wide = cv2.copyMakeBorder(field, 0, 0, margin, margin, cv2.BORDER_WRAP)
    taken = cv2.remap(wide, x + margin, np.clip(y, 0, lines - 1), cv2.INTER_LINEAR)
    return np.asarray(taken, np.float32)
