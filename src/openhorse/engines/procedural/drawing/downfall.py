"""A shot's weather comes in, falling rain or snow is laid over each frame. Knows no scene but the light it falls in."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import FRAME_RATE, Shot
from openhorse.engines.procedural.drawing.finish import Planes


class Downfall:
    """Three sheets of streaks or flakes, each wrapping round as it falls at its own speed."""

    def __init__(self, kind: str | None, shot: Shot, tempo: float) -> None:
        """`kind` is "rain", "snow" or None for a dry sky; `tempo` below 1 lets it fall slowly."""
        self._kind, self._tempo = kind, tempo
        self._width, self._height = shot.width, shot.height
        self._unit = (shot.width * shot.height / 921600) ** 0.5
        random = np.random.default_rng(shot.seed + 9)
        self._sheets = [self._sheet(layer, random) for layer in range(3)] if kind else []

    @classmethod
    def of(cls, weather: frozenset[str], shot: Shot, tempo: float) -> Downfall:
        """What falls in this weather."""
        kind = "snow" if "snow" in weather else "rain" if "rain" in weather else None
        return cls(kind, shot, tempo)

    def draw(self, picture: Planes, index: int) -> None:
        """Lay frame `index` of the fall over `picture`, lit by what is behind it."""
        if not self._sheets:
            return
        fall = np.zeros((self._height, self._width), np.float32)
        for layer, sheet in enumerate(self._sheets):
            speed = ((0.9, 1.3, 1.9) if self._kind == "rain" else (0.09, 0.14, 0.22))[layer]
            down = int(index / FRAME_RATE * speed * self._tempo * 1.1 * self._height) % self._height
            part = sheet[self._height - down : 2 * self._height - down]
            sway = self._sway(layer, index)
            np.add(fall, part[:, sway : sway + self._width], out=fall)
        rows, columns = max(2, self._height // 24), max(2, self._width // 24)
        base, gain = (0.02, 0.5) if self._kind == "rain" else (0.10, 0.75)
        for plane in picture:
            behind = cv2.GaussianBlur(cv2.resize(plane, (columns, rows), interpolation=cv2.INTER_AREA), (0, 0), 2.0)
            light = cv2.resize(behind, (self._width, self._height), interpolation=cv2.INTER_LINEAR)
            light *= gain
            light += base
            cv2.multiply(light, fall, dst=light)
            cv2.add(plane, light, dst=plane)

    def _sway(self, layer: int, index: int) -> int:
        margin = self._margin()
        if self._kind == "rain":
            return margin // 2
        phase = index / FRAME_RATE * 0.8 * self._tempo + layer * 2
        return int(margin * (0.5 + 0.45 * np.sin(phase)))

    def _margin(self) -> int:
        return max(8, int(40 * self._unit))

    def _sheet(self, layer: int, random: np.random.Generator) -> NDArray[np.float32]:
        """Twice the frame's height, so that any cut of one frame's height joins up."""
        height, width = self._height, self._width + self._margin()
        sheet = np.zeros((height, width), np.float32)
        share = width * height / 921600 / self._unit**2
        count = int(((900, 420, 150) if self._kind == "rain" else (900, 380, 110))[layer] * share)
        for x, y, strength in zip(
            random.uniform(0, width, count),
            random.uniform(0, height, count),
            random.uniform(0.4, 1, count),
            strict=True,
        ):
            self._mark(sheet, layer, (x, y), float(strength))
        soft = (0.5, 0.7, 1.2)[layer] * self._unit
        sheet = cv2.GaussianBlur(sheet, (0, 0), max(0.4, soft), borderType=cv2.BORDER_REFLECT)
        return np.vstack([sheet, sheet])

    def _mark(self, sheet: NDArray[np.float32], layer: int, at: tuple[float, float], strength: float) -> None:
        x, y = (round(v * 16) for v in at)
        height = sheet.shape[0]
        for wrap in (0, -height):
            spot = (x, y + wrap * 16)
            if self._kind == "snow":
                size = (0.9, 1.5, 2.8)[layer] * self._unit
                cv2.circle(sheet, spot, round(size * 16), strength * 0.9, -1, cv2.LINE_8, 4)
            else:
                long = (26, 44, 80)[layer] * self._unit
                end = (spot[0] - round(long * 1.4), spot[1] + round(long * 16))
                thick = max(1, round((1, 1, 2)[layer] * self._unit))
                cv2.line(sheet, spot, end, strength * (0.5, 0.6, 0.5)[layer], thick, cv2.LINE_8, 4)
