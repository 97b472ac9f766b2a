"""Where fires burn in a place; the light that they throw on its ground, its flats and its players out.

Knows no flame: who burns draws that. Falls off with the distance, and flickers everywhere alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.players.creature import Light
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.placed import Placed
from openhorse.engines.procedural.world.scenery import Flat, Scenery

Numbers = NDArray[np.floating[Any]]
_WARM = np.array((1.0, 0.42, 0.11), np.float32)
_FIRES = {
    "campfire": (1.5, 1.7),
    "bonfire": (1.9, 2.4),
    "fire": (1.5, 1.7),
    "candle": (0.5, 0.5),
    "lantern": (0.5, 0.9),
}
"""How strong the light of a kind is, and after how many metres half of it is gone."""
_HIGH = 0.55
"""Metres above the ground from which a fire shines, but for small ones."""
_LEAST = 0.04
"""The part of its strength below which a fire lights nothing any more."""
_GRID = 8
"""Pixels of the frame for one at which light on the ground is worked out."""


@dataclass(frozen=True, slots=True)
class Fire:
    """A fire that stands at `x`, `y`, `z`: how strong it is, and after how many metres half its light is gone."""

    x: float
    y: float
    z: float
    strong: float
    half: float

    def at(self, x: Numbers | float, y: Numbers | float, z: Numbers | float) -> Planes:
        """What of its light comes to a place."""
        high = min(_HIGH, self.half)
        far = (x - self.x) ** 2 + (y - self.y - high) ** 2 + (z - self.z) ** 2
        return np.asarray(self.strong / (1 + far / self.half**2) ** 1.25, np.float32)

    @property
    def reach(self) -> float:
        """Metres after which it lights nothing."""
        return float(self.half * math.sqrt(_LEAST ** (-1 / 1.25) - 1))


def flicker(t: float) -> float:
    """How bright a fire is at `t`, 1 in the mean."""
    return 1 + 0.10 * math.sin(9.1 * t) + 0.07 * math.sin(14.3 * t + 1) + 0.05 * math.sin(23.1 * t)


class Firelight:
    """All fires of a place, and what they light."""

    def __init__(
        self, placed: Sequence[Placed], scenery: Scenery, light: Daylight, others: Iterable[Fire] = ()
    ) -> None:
        air = scenery.medium == "air"
        self._fires = [*others, *(fire for fire in map(_fire_of, placed) if fire is not None and air)]
        self._light = light
        level = light.key * np.float32(0.34) + light.ambient
        self._share = (_WARM / np.maximum(level, 0.02)).astype(np.float32)
        """How many times what lies there is brighter for one unit of fire light."""

    def flats(self, flats: Sequence[Flat]) -> tuple[Flat, ...]:
        """What the fires add to flats near them, each right before the flat that it lights."""
        lit = (_lit(flat, fire, self._share) for flat in flats for fire in self._fires)
        return tuple(flat for flat in lit if flat is not None)

    def on_ground(self, out: Planes, camera: Camera, t: float) -> None:
        """Light up the ground that is drawn in `out`."""
        height, width = out.shape[1:]
        first = max(0, math.ceil(camera.horizon) + 2)
        if first >= height:
            return
        for fire in self._fires:
            near = camera.metre(max(0.4, fire.z - fire.reach - camera.z) + camera.z)
            bottom = min(height, math.ceil(camera.horizon + camera.eye * near))
            middle, side = camera.column(fire.x, fire.z), fire.reach * camera.metre(fire.z) * 1.6
            left, right = max(0, math.floor(middle - side)), min(width, math.ceil(middle + side))
            if left >= right or first >= bottom:
                continue
            rows = np.arange(first, bottom, _GRID, dtype=np.float32)[:, None] + _GRID / 2
            columns = np.arange(left, right, _GRID, dtype=np.float32)[None, :] + _GRID / 2
            far = camera.focal * camera.eye / np.maximum(rows - camera.horizon, 0.5)
            x = camera.x + (columns - camera.centre) * far / camera.focal
            coarse = 1.4 * fire.at(x, 0.0, far + camera.z) * np.float32(flicker(t))
            coarse = np.maximum(coarse - _LEAST * fire.strong, 0)
            window = out[:, first:bottom, left:right]
            gain = cv2.resize(coarse, (right - left, bottom - first), interpolation=cv2.INTER_LINEAR)
            for plane, share in zip(window, self._share, strict=True):
                plane *= 1 + gain * share

    def on_player(self, one: Placed, x: float, t: float, usual: Light) -> Light:
        """The light on somebody who stands at `x` at `t`; a thing that keeps still is lit without a flicker."""
        middle = one.y + 0.5 * one.player.tall
        for fire in self._fires:
            if _is_of(one, fire):
                continue
            strong = 0.75 * float(fire.at(x, middle, one.z)) * (1.0 if one.still else flicker(t))
            if strong > _LEAST * fire.strong:
                usual = _warmed(usual, strong, (fire.x - x, fire.y + 0.3 - middle, one.z - fire.z + 0.25))
        return usual


def _fire_of(one: Placed) -> Fire | None:
    if one.kind not in _FIRES or one.player.medium != "ground":
        return None
    strong, half = _FIRES[one.kind]
    small = one.kind in ("candle", "lantern")
    return Fire(one.x, one.y + (0.9 * one.player.tall if small else 0.0), one.z, strong, half)


def _is_of(one: Placed, fire: Fire) -> bool:
    return one.kind in _FIRES and abs(one.x - fire.x) < 1e-6 and abs(one.z - fire.z) < 1e-6


def _warmed(usual: Light, strong: float, way: tuple[float, float, float]) -> Light:
    """The usual light and that of a fire that lies `way` (right, up, to the viewer)."""
    length = math.sqrt(sum(part * part for part in way)) or 1.0
    share = strong / (strong + sum(usual.key) / 3 + 1e-6)
    mixed = [share * part / length + (1 - share) * old for part, old in zip(way, usual.towards, strict=True)]
    whole = math.sqrt(sum(part * part for part in mixed)) or 1.0
    right, up, ahead = (part / whole for part in mixed)

    def add(old: tuple[float, float, float], part: float) -> tuple[float, float, float]:
        red, green, blue = (one + part * strong * float(tone) for one, tone in zip(old, _WARM, strict=True))
        return red, green, blue

    return replace(
        usual,
        towards=(right, up, ahead),
        key=add(usual.key, 1.0),
        sky=add(usual.sky, 0.10),
        ground=add(usual.ground, 0.3),
    )


def _lit(flat: Flat, fire: Fire, share: NDArray[np.float32]) -> Flat | None:
    """What a fire adds to one flat; None for what shines itself, is too far, or is seen from its dark side."""
    behind = flat.z - fire.z
    reach = math.sqrt(max(0.0, fire.reach**2 - behind**2))
    if flat.glow or reach == 0 or flat.z < 0.6 * fire.z:
        return None
    metre, (height, width) = flat.metre, flat.layer.shape[:2]
    start = flat.x - flat.wide / 2
    first, last = (math.floor((fire.x + side * reach - start) * metre) for side in (-1, 1))
    pitch = round(flat.period * metre) if flat.period > 0 else 0
    if not pitch:
        first, last = max(0, first), min(width, last)
    if last - first < 2 or last - first > 6 * width + 4000:
        return None
    columns = np.arange(first, last)
    layer = flat.layer[:, (columns % pitch if pitch else columns) % width, :3]
    if pitch > width:
        layer = layer * (columns % pitch < width)[:, None]
    top = max(0, height - math.ceil((fire.y + _HIGH + reach - flat.y) * metre))
    up = flat.y + (height - np.arange(top, height, dtype=np.float32)[:, None] - 0.5) / metre
    # what stands before a fire turns its dark side to us
    seen = np.float32(1.0 if behind > -0.1 else 0.12)
    light = np.maximum(fire.at(start + (columns[None, :] + 0.5) / metre, up, flat.z) - _LEAST * fire.strong, 0) * seen
    added = layer[top:] * (light[..., None] * share)
    if added.max(initial=0) < 0.002:
        return None
    sheet = np.dstack([added, np.zeros(added.shape[:2], np.float32)]).astype(np.float32)
    x = start + (first + last) / 2 / metre
    return replace(flat, layer=sheet, x=x, z=flat.z - 1e-4, period=0.0, glow=True, lamp="fire")
