"""A sprite and a moment in, the same with steam, smoke, flames or a glow on it out. Knows no player and no mesh.

What shines is laid on without coverage, so that it adds to whatever is behind.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.players.creature import Light
from openhorse.engines.procedural.players.player import Sprite

Plane = NDArray[np.floating[Any]]
_SIZE = 256
_EDGE, _CORE = (2.0, 0.32, 0.02), (3.0, 1.05, 0.09)
"""A flame's light at its edge and at its core."""


@cache
def _noise(seed: int) -> Plane:
    # a tile of soft noise that repeats, 0…1
    rng = np.random.default_rng(seed)
    total = np.zeros((_SIZE, _SIZE), np.float32)
    for sigma, part in ((18.0, 1.0), (8.0, 0.55), (3.5, 0.28)):
        field = rng.random((_SIZE, _SIZE)).astype(np.float32)
        tiled = np.tile(field, (3, 3))
        soft = cv2.GaussianBlur(tiled, (0, 0), sigma)[_SIZE : 2 * _SIZE, _SIZE : 2 * _SIZE]
        total += part * (soft - soft.mean()) / soft.std()
    total = (total - total.min()) / (total.max() - total.min())
    return np.asarray(total, np.float32)


def _sampled(seed: int, u: Plane, v: Plane) -> Plane:
    # the noise at u, v in tiles
    x = np.mod(u * _SIZE, _SIZE).astype(np.float32)
    y = np.mod(v * _SIZE, _SIZE).astype(np.float32)
    return np.asarray(cv2.remap(_noise(seed), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP), np.float32)


def pad(sprite: Sprite, left: float, top: float, right: float, bottom: float) -> Sprite:
    """A copy with room around: so many pixels at each side, none where negative."""
    a, b, c, d = (max(0, math.ceil(side)) for side in (left, top, right, bottom))
    _, height, width = sprite.planes.shape
    out = np.zeros((4, height + b + d, width + a + c), np.float32)
    out[:, b : b + height, a : a + width] = sprite.planes
    return Sprite(out, sprite.x + a, sprite.y + b)


def room(sprite: Sprite, x0: float, y0: float, x1: float, y1: float) -> Sprite:
    """A copy that reaches over a box given from the ground point, in pixels (y downwards)."""
    _, height, width = sprite.planes.shape
    return pad(sprite, -(x0 + sprite.x), -(y0 + sprite.y), x1 + sprite.x - width, y1 + sprite.y - height)


def _window(
    sprite: Sprite, x0: float, y0: float, x1: float, y1: float, step: int = 1
) -> tuple[slice, slice, Plane, Plane] | None:
    _, height, width = sprite.planes.shape
    a, b = max(0, math.floor(x0)), max(0, math.floor(y0))
    c, d = min(width, math.ceil(x1)), min(height, math.ceil(y1))
    if c <= a or d <= b:
        return None
    x, y = np.meshgrid(
        np.arange(a, c, step, dtype=np.float32) + 0.5 * step, np.arange(b, d, step, dtype=np.float32) + 0.5 * step
    )
    return slice(b, d), slice(a, c), x, y


def _fine(plane: Plane, rows: slice, columns: slice) -> Plane:
    # a plane of every few pixels as one of all
    size = (columns.stop - columns.start, rows.stop - rows.start)
    if plane.shape == size[::-1]:
        return np.asarray(plane, np.float32)
    step = math.ceil(size[0] / plane.shape[1])
    large = cv2.resize(plane.astype(np.float32), None, fx=step, fy=step, interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[: size[1], : size[0]], np.float32)


def _step(length: float, fine: float) -> int:
    # every how many pixels something of this length is worth looking at
    return max(1, round(length / fine))


def add_flame(
    sprite: Sprite,
    x: float,
    y: float,
    half: float,
    tall: float,
    t: float,
    heat: float = 1.0,
    lick: float = 1.0,
    seed: int = 5,
) -> None:
    """A flame that stands on (x, y), `half` to each side and `tall` high, in pixels; drawn in place.

    `lick` is how torn it is: 0.3 for a candle, 1 for an open fire.
    """
    found = _window(sprite, x - half * 2.2, y - tall * 1.25, x + half * 2.2, y + half * 0.7, _step(tall, 90))
    if found is None:
        return
    rows, columns, px, py = found
    v = (y - py) / tall
    high = np.clip(v, 0, 1.3)
    sway = lick * (_sampled(seed, np.full_like(v, 0.31), high * 0.35 - np.float32(t * 0.55)) - 0.5) * 1.5 * high
    u = (px - x) / half + sway
    torn = _sampled(seed + 1, u * 0.16 + 0.3, v * 0.42 * (0.6 + 0.4 * lick) - np.float32(t * 0.95))
    finer = _sampled(seed + 2, u * 0.30, v * 0.75 - np.float32(t * 1.55))
    width = np.sqrt(np.clip(high + 0.12, 0, 1)) * np.clip(1.12 - high, 0, 1) ** 0.75 * 1.55 + 0.02
    body = 1.0 - np.abs(u) / width - lick * (0.95 * (1 - torn) + 0.55 * (1 - finer) - 0.62) * (0.25 + 1.1 * high) * 1.35
    body = np.clip(body * (1.6 - 0.3 * lick), 0, 1) * np.clip((v + 0.12 * half / tall * 3) * 6 + 0.8, 0, 1)
    body *= np.clip((1.22 - high) * 5, 0, 1)
    hot = body * body * (3 - 2 * body)
    core = np.clip(hot * 1.7 - 0.55, 0, 1) * (1 - (0.4 + 0.5 * lick) * np.clip(high, 0, 1)) ** (0.6 + 1.2 * lick)
    hot, core = _fine(hot, rows, columns), _fine(core, rows, columns)
    planes = sprite.planes
    # the edge is red, the body orange, only its foot yellow: what is brighter than white has no colour left
    for c, (edge, middle) in enumerate(zip(_EDGE, _CORE, strict=True)):
        light = heat * (edge * hot**1.25 + (middle - edge) * core)
        # tongues before one another are no brighter than one
        planes[c, rows, columns] = np.maximum(planes[c, rows, columns], light)
    cover = 0.55 * hot
    planes[3, rows, columns] = np.maximum(planes[3, rows, columns], cover)


def add_halo(sprite: Sprite, x: float, y: float, radius: float, colour: Sequence[float]) -> None:
    """A glow round (x, y) in pixels that adds to what is behind; drawn in place."""
    found = _window(sprite, x - radius * 2.2, y - radius * 2.2, x + radius * 2.2, y + radius * 2.2, _step(radius, 16))
    if found is None:
        return
    rows, columns, px, py = found
    far = ((px - x) ** 2 + (py - y) ** 2) / (radius * radius)
    glow: Plane = np.clip(np.exp(-far * 1.6) * 0.7 + 0.3 / (1 + far * 6) - 0.02, 0, 1) * np.clip(1 - far / 4.8, 0, 1)
    glow = _fine(glow, rows, columns)
    for c in range(3):
        sprite.planes[c, rows, columns] += glow * colour[c]


def add_steam(
    sprite: Sprite, x: float, y: float, half: float, tall: float, t: float, light: Light, strength: float = 1.0
) -> None:
    """Wisps that rise from (x, y), in pixels; drawn in place, over what is there."""
    found = _window(sprite, x - half * 2.6, y - tall, x + half * 2.6, y, _step(tall, 90))
    if found is None:
        return
    rows, columns, px, py = found
    v = (y - py) / tall
    drift = (_sampled(11, np.full_like(v, 0.13), v * 0.28 - np.float32(t * 0.16)) - 0.5) * 3.0 * v
    u = (px - x) / half + drift
    curl = (_sampled(12, u * 0.10, v * 0.24 - np.float32(t * 0.20)) - 0.5) * 1.6
    wisp = _sampled(13, (u + curl) * 0.155 + 0.2, v * 0.21 - np.float32(t * 0.23) + curl * 0.05)
    thin = np.clip((wisp - 0.46) * 4.2, 0, 1) ** 1.3
    fade = np.clip(1 - np.abs(u) / (0.75 + 0.9 * v), 0, 1) * np.clip(v * 5, 0, 1) * np.clip(1 - v, 0, 1) ** 1.2
    cover = np.clip(thin * fade * 0.75 * strength, 0, 0.9).astype(np.float32)
    shown = cv2.boundingRect((cover > 0).astype(np.uint8))
    _lay(sprite, *_covered(cover, shown, rows, columns), _lit(light, 0.9))


def _covered(cover: Plane, shown: Sequence[int], rows: slice, columns: slice) -> tuple[slice, slice, Plane]:
    # the part of a window where a coarse cover hides anything (`shown`: left, top, width, height), and that in full
    step = math.ceil((columns.stop - columns.start) / cover.shape[1])
    left, top = max(0, shown[0] - 1), max(0, shown[1] - 1)
    part = cover[top : shown[1] + shown[3] + 1, left : shown[0] + shown[2] + 1]
    y, x = rows.start + top * step, columns.start + left * step
    rows = slice(y, min(rows.stop, y + part.shape[0] * step))
    columns = slice(x, min(columns.stop, x + part.shape[1] * step))
    return rows, columns, _fine(part, rows, columns)


def _lit(light: Light, bright: float) -> tuple[float, ...]:
    back = 0.45 + 0.35 * max(0.0, -light.towards[2])
    return tuple(
        bright * (k * back + s * 0.75 + g * 0.2) for k, s, g in zip(light.key, light.sky, light.ground, strict=True)
    )


def _lay(sprite: Sprite, rows: slice, columns: slice, cover: Plane, colour: Sequence[float]) -> None:
    keep = cv2.subtract(1.0, cover)
    for plane, light in zip(sprite.planes, (*colour, 1.0), strict=True):
        part = plane[rows, columns]
        cv2.scaleAdd(cover, light, cv2.multiply(part, keep, dst=part), dst=part)


def add_puffs(
    sprite: Sprite,
    puffs: Sequence[tuple[float, float, float, float]],
    light: Light,
    seed: int = 21,
    bright: float = 0.95,
    over: bool = True,
) -> None:
    """Clouds of smoke: (x, y, radius, cover 0…1) in pixels; drawn in place."""
    if not puffs:
        return
    spots = np.array(puffs)
    x0, y0 = (spots[:, :2] - spots[:, 2:3] * 1.5).min(axis=0)
    x1, y1 = (spots[:, :2] + spots[:, 2:3] * 1.5).max(axis=0)
    found = _window(sprite, x0, y0, x1, y1, _step(float(spots[:, 2].min()), 5))
    if found is None:
        return
    rows, columns, qx, qy = found
    clear = np.ones_like(qx)
    shade = np.zeros_like(qx)
    weight = np.full_like(qx, 1e-4)
    lx, ly = light.towards[0], light.towards[1]
    for k, (x, y, radius, cover) in enumerate(puffs):
        dx, dy = (qx - x) / radius, (qy - y) / radius
        bump = _sampled(seed + k % 3, dx * 0.16 + k * 0.37, dy * 0.16 + k * 0.61)
        far = dx * dx + dy * dy
        body = np.clip((1.35 - far - (1 - bump) * 1.15) * 1.6, 0, 1) * cover
        clear *= 1 - body
        shade += body * (0.62 + 0.38 * np.clip(dx * lx - dy * ly, -1, 1) + 0.5 * (bump - 0.5))
        weight += body
    cover_ = np.clip(1 - _fine(clear, rows, columns), 0, 1)
    tone = _fine(shade / weight, rows, columns)
    colour = _lit(light, bright * 1.25)
    planes = sprite.planes
    keep = 1 - cover_ if over else np.ones_like(cover_)
    new = cover_ if over else cover_ * (1 - planes[3, rows, columns])
    for c in range(3):
        planes[c, rows, columns] = planes[c, rows, columns] * keep + new * tone * colour[c]
    planes[3, rows, columns] = planes[3, rows, columns] * keep + new
