"""A size and random numbers in, smooth noise out, seamless where it is repeated: what painters shade and break up with.

Knows no picture. NumPy and OpenCV only: it is used once a shot.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


def grain(size: tuple[int, int], spots: tuple[float, float], random: np.random.Generator, octaves: int = 5) -> Field:
    """Noise of about −1…1, height × width, for a `size` of (width, height); seamless both ways.

    `spots` is how many of the largest spots lie across and down; each octave has twice as many, half as strong.
    """
    width, height = size
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        columns = max(1, min(round(spots[0] * 2**octave), width))
        rows = max(1, min(round(spots[1] * 2**octave), height))
        coarse = random.uniform(-1, 1, (rows, columns)).astype(np.float32)
        total += _enlarged(coarse, width, height) * np.float32(0.5**octave)
    return total * np.float32(1 / 1.25)


def _enlarged(coarse: Field, width: int, height: int) -> Field:
    """A repeated coarse field at full size, smooth across its borders."""
    rows, columns = coarse.shape
    pad = 3
    wrapped = np.pad(coarse, pad, mode="wrap")
    x = (np.arange(width, dtype=np.float32) + 0.5) * columns / width - 0.5 + pad
    y = (np.arange(height, dtype=np.float32) + 0.5) * rows / height - 0.5 + pad
    map_x, map_y = np.meshgrid(x, y)
    enlarged: Field = cv2.remap(wrapped, map_x, map_y, cv2.INTER_CUBIC)
    return enlarged


def ridge(width: int, spots: float, random: np.random.Generator, octaves: int = 7, roughness: float = 0.5) -> Field:
    """A line of `width` numbers of about −1…1 for outlines of hills; it goes on seamlessly at its ends."""
    total = np.zeros(width, np.float32)
    weight = 1.0
    for octave in range(octaves):
        count = max(2, min(round(spots * 2**octave), width))
        coarse = random.uniform(-1, 1, (1, count)).astype(np.float32)
        total += _enlarged(coarse, width, 1)[0] * np.float32(weight)
        weight *= roughness
    return total


def smooth(low: float, high: float, x: NDArray[np.floating[Any]]) -> Field:
    """0 below `low`, 1 above `high`, smooth in between."""
    part = np.clip((x - low) / (high - low), 0, 1)
    step: Field = (part * part * (3 - 2 * part)).astype(np.float32)
    return step


def mixed(one: NDArray[np.float32], other: NDArray[np.float32], share: Field) -> NDArray[np.float32]:
    """height × width × 3 from two colours (or pictures) by a field of shares."""
    picture: NDArray[np.float32] = (one + (other - one) * share[..., None]).astype(np.float32)
    return picture


def layer_of(colour: NDArray[np.float32], cover: Field) -> NDArray[np.float32]:
    """A premultiplied layer (height × width × 4) from colours (height × width × 3, or one) and their cover."""
    height, width = cover.shape
    picture = np.broadcast_to(colour, (height, width, 3)) * cover[..., None]
    return np.dstack([picture, cover]).astype(np.float32)
