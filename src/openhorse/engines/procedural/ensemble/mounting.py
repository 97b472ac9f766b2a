"""A whole picture in, something that shows it in a scene out: a billboard, a screen or an easel, as a cut-out.

For pictures that cannot be cut out cleanly: they are shown as what they are. Knows no stage and no time.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.ensemble.cutout import Cutout
from openhorse.engines.procedural.still.plate import Pixels

Mount = Literal["billboard", "screen", "easel"]

_EDGES: dict[Mount, tuple[tuple[float, tuple[int, int, int]], ...]] = {
    "billboard": ((0.012, (236, 232, 222)), (0.02, (88, 92, 98))),
    "screen": ((0.006, (60, 66, 80)), (0.022, (20, 22, 28))),
    "easel": ((0.03, (238, 233, 224)), (0.006, (58, 42, 32)), (0.022, (104, 74, 50))),
}
_POST: dict[Mount, tuple[int, int, int]] = {"billboard": (78, 82, 88), "screen": (26, 28, 34), "easel": (120, 86, 56)}


def mounted(rgb: Pixels, mount: Mount) -> Cutout:
    """The whole picture (height × width × 3), edged and standing on posts or an easel's legs."""
    scale = min(1.0, 900 / max(rgb.shape[:2]))
    size = max(8, round(rgb.shape[1] * scale)), max(8, round(rgb.shape[0] * scale))
    board = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    if mount == "screen":
        board = _glowing(board)
    side = max(size)
    for width, colour in _EDGES[mount]:
        edge = max(1, round(width * side))
        framed = cv2.copyMakeBorder(board, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=colour)
        board = np.asarray(framed, np.uint8)
    rows, columns = board.shape[:2]
    below = round((0.34 if mount == "easel" else 0.28) * side)
    canvas = np.full((rows + below, columns, 3), _POST[mount], np.uint8)
    alpha = np.zeros((rows + below, columns), np.uint8)
    thick = max(3, round(0.022 * side))
    for start, end in _legs(mount, columns):
        cv2.line(
            alpha, (round(start * columns), rows - 2), (round(end * columns), rows + below - thick), 255, thick, 16
        )
    shade = np.linspace(0.75, 1.1, below, dtype=np.float32)[:, None, None]
    canvas[rows:] = np.clip(canvas[rows:] * shade, 0, 255)
    canvas[:rows], alpha[:rows] = board, 255
    return Cutout(canvas, np.asarray(alpha / np.float32(255), np.float32), 1.0, "alpha", frozenset(), 1.0)


def _legs(mount: Mount, columns: int) -> tuple[tuple[float, float], ...]:
    if mount == "easel":
        return (0.3, 0.14), (0.7, 0.86), (0.5, 0.5)
    return (0.2, 0.2), (0.8, 0.8)


def _glowing(rgb: Pixels) -> Pixels:
    """A picture that shines by itself: its lights a little brighter, its darks never quite black."""
    values: NDArray[np.float32] = rgb.astype(np.float32)
    return np.asarray(np.clip(values * 1.08 + 10, 0, 255), np.uint8)
