"""Signs and lanterns in, what hangs in a street out: painted once, drawn into every frame and its mirror image.

Knows no houses and no people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Canvas, Layer
from openhorse.engines.procedural.drawing.piles import Laid, Pile
from openhorse.engines.procedural.street.corridor import Corridor
from openhorse.engines.procedural.street.houses import Light
from openhorse.engines.procedural.street.signs import Flicker, Sign, brightness, paint_sign
from openhorse.engines.procedural.world.camera import Camera


@dataclass(frozen=True, slots=True)
class Hanging:
    """Something flat that faces the viewer: where its upper left corner is (metres right, up, ahead), its picture.

    `layer` (height × width × 4, premultiplied linear) has `scale` pixels a metre.
    """

    x: float
    top: float
    z: float
    layer: Layer
    scale: float
    flicker: Flicker = "steady"
    seed: int = 0


class Hangings:
    """All that hangs in a street, ready to be drawn."""

    def __init__(self, hangings: list[Hanging]) -> None:
        self._pile = Pile()
        self._kept = []
        for one in sorted(hangings, key=lambda one: -one.z):
            size = max(1, one.layer.shape[1] // 2), max(1, one.layer.shape[0] // 2)
            small = cv2.resize(one.layer, size, interpolation=cv2.INTER_AREA)
            self._kept.append((one, self._pile.add(one.layer), self._pile.add(small)))

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        """Draw all at `t` seconds."""
        laid = []
        for one, sheet, _ in self._seen(camera):
            left, top, ratio = camera.column(one.x, one.z), camera.row(one.top, one.z), camera.metre(one.z) / one.scale
            laid.append(Laid(sheet, left, top, ratio, gain=brightness(one.flicker, one.seed, t)))
        self._pile.draw(out, laid)

    def mirror(self, out: Planes, camera: Camera, t: float) -> None:
        """Draw all upside down into a picture of half the frame's size."""
        half, laid = camera.halved(), []
        for one, _, sheet in self._seen(camera):
            ratio = half.metre(one.z) * 2 / one.scale
            foot = half.row(-one.top, one.z) - self._pile.size(sheet)[0] * ratio
            gain = brightness(one.flicker, one.seed, t)
            laid.append(Laid(sheet, half.column(one.x, one.z), foot, ratio, gain=gain, turned=-1.0))
        self._pile.draw(out, laid)

    def _seen(self, camera: Camera) -> list[tuple[Hanging, int, int]]:
        return [kept for kept in self._kept if kept[0].z - camera.z >= 1.0]


def hang_signs(signs: list[Sign], corridor: Corridor, closest: float, light: Light) -> list[Hanging]:
    """Signs painted for a camera that comes as near as `closest` metres ahead of the street's beginning."""
    hangings = []
    for sign in signs:
        scale = corridor.focal / max(3.0, sign.z - closest)
        painted = paint_sign(sign, scale)
        clear = math.exp(-sign.z / light.clear)
        lit = painted.board * np.array((*(light.ambient * 1.2 + 0.12), 1), np.float32)
        lit[..., :3] *= clear
        lit[..., :3] += lit[..., 3:] * (1 - clear) * light.haze
        lit[..., :3] += painted.light * (light.lamps * (0.35 + 0.65 * clear))
        corner = sign.x, sign.y + sign.height, sign.z
        hangings.append(Hanging(*corner, lit, scale, sign.flicker, sign.seed))
    return hangings


def string_lanterns(
    corridor: Corridor, closest: float, light: Light, neon: bool, random: np.random.Generator
) -> list[Hanging]:
    """Wires across the street, some with paper lanterns."""
    hangings = []
    for number in range(6):
        z = random.uniform(9, 40)
        scale = corridor.focal / max(3.0, z - closest)
        ends = (random.uniform(5.4, 9.5), random.uniform(5.4, 9.5))
        sag, half = random.uniform(0.6, 1.3), corridor.half_width
        top = max(ends) + 0.1
        canvas = Canvas(0, 0, 2 * half * scale, (top - min(ends) + sag + 0.6) * scale, samples=2)
        lamps = np.zeros((canvas.height, canvas.width, 3), np.float32)
        share = np.linspace(0, 1, 41)
        drop = (top - (ends[0] + (ends[1] - ends[0]) * share) + 4 * sag * share * (1 - share)) * scale
        canvas.line(np.stack([share * canvas.width, drop], 1), max(0.8, 0.022 * scale), (0.004, 0.004, 0.007))
        tint = linear(255, 74, 40) if number % 2 else linear(255, 190, 110)
        if number % 3 != 1 or not neon:
            for at in np.linspace(0.12, 0.88, 7):
                middle = float(np.interp(at, share, drop)) + 0.26 * scale
                _hang_lantern(canvas, lamps, (at * canvas.width, middle), scale, tint)
        wire = canvas.layer()
        clear = math.exp(-z / light.clear)
        wire[..., :3] += wire[..., 3:] * (1 - clear) * light.haze
        wire[..., :3] += lamps * light.lamps * (0.4 + 0.6 * clear)
        hangings.append(Hanging(-half, top, z, wire, scale))
    return hangings


def _hang_lantern(
    canvas: Canvas, lamps: NDArray[np.float32], at: tuple[float, float], scale: float, tint: NDArray[np.float32]
) -> None:
    """A ribbed paper lantern with dark caps, brightest in its middle."""
    x, y = at
    wide, tall = 0.15 * scale, 0.19 * scale
    canvas.ellipse(x, y, wide, tall, tint * 0.2)
    for way in (-1, 1):
        canvas.line(
            [(x - wide * 0.4, y + way * tall), (x + wide * 0.4, y + way * tall)], max(0.8, 0.04 * scale), (0, 0, 0)
        )
    rows = (np.arange(lamps.shape[0], dtype=np.float32) + 0.5 - y)[:, None] / tall
    columns = (np.arange(lamps.shape[1], dtype=np.float32) + 0.5 - x)[None, :] / wide
    inside = np.clip(1.02 - rows**2 - columns**2, 0, 1)
    lamps += (inside**0.6 * (0.85 + 0.15 * np.cos(rows * 14)))[..., None] * tint * 0.85
