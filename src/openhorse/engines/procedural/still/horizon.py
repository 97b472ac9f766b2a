"""A look in, a row out: where a level line runs right across the picture, or about which all of it is mirrored.

Knows neither sky nor water, which both ask for it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.still.look import Look, Mask

ALIKE, _ALIKE_IF_LEVEL, _LEVEL = 0.38, 0.30, 0.88
"""How alike both sides of a shore must be, and how much less so where that part of its width lies in one row."""


def horizon_line(look: Look) -> int | None:
    """The row of a level edge right across a picture, or of the shore below which all is mirrored; else None."""
    height = look.shape[0]
    smooth = cv2.GaussianBlur(look.lab, (0, 0), 1.2)
    step = np.abs(np.roll(smooth, -3, 0) - np.roll(smooth, 3, 0)).sum(2)
    first, last = int(height * 0.2), int(height * 0.87)
    strength = np.median(step, axis=1)
    usual = float(np.median(strength[first:last]))
    strength[:first], strength[last:] = 0, 0
    row = int(np.argmax(strength))
    straight = float((np.abs(np.argmax(step[max(0, row - 9) : row + 10], 0) - min(9, row)) <= 2).mean())
    rise = float(strength[row]) / max(2.0, usual)
    if (rise > 2.2 and straight > 0.5) or (rise > 5 and straight > 0.4):
        return row
    shore, likeness = mirror_line(look)
    return shore if likeness > 0.6 else None


def mirror_line(look: Look) -> tuple[int, float]:
    """The row about which a picture is most its own mirror image, and how much so: 1 is perfectly.

    What is alike along rows or columns (a clear sky, trunks) is alike on both sides of any row and does not count.
    """
    scale = 4
    height = look.shape[0] // scale
    lab = cv2.resize(look.lab, (look.shape[1] // scale, height), interpolation=cv2.INTER_AREA)
    lab = lab - np.median(lab, axis=1, keepdims=True)
    best, likeness = height // 2, 0.0
    third = lab.shape[1] // 3
    for row in range(int(0.35 * height), int(0.82 * height)):
        reach = min(row, height - row, int(0.22 * height))
        window = lab[row - reach : row + reach]
        window = window - window.mean(0, keepdims=True)
        above, below = window[:reach][::-1], window[reach:]
        # one thing alone is its own mirror image about its middle; a shore is one for all the width
        alikes = sorted(_alike(above[:, at : at + third], below[:, at : at + third]) for at in (0, third, 2 * third))
        alike = min(_alike(above, below), 2.5 * alikes[0])
        if alike > likeness:
            best, likeness = row, alike
    return best * scale, likeness


def mirroring_shore(look: Look) -> tuple[int, float] | None:
    """The row of a level shore below which the picture goes on as above it, mirrored and a little foreshortened.

    Weaker than `mirror_line`, for waves break up what stands far behind a shore: here the order of the broad bands
    (wood, rock, sky) counts too, so only a level edge right at that row is believed: the more level it is, the less
    alike need both sides be, for mist may lie on a far shore. The second number is how alike they are.
    """
    scale = 4
    height = look.shape[0] // scale
    lab = cv2.resize(look.lab, (look.shape[1] // scale, height), interpolation=cv2.INTER_AREA)
    lab = cv2.GaussianBlur(lab, (0, 0), 1)
    smooth = cv2.GaussianBlur(look.lab, (0, 0), 1.2)
    step = np.abs(np.roll(smooth, -3, 0) - np.roll(smooth, 3, 0)).sum(2)
    best: tuple[int, float] | None = None
    for row in range(int(0.45 * height), int(0.75 * height)):
        level, edge = _levelness(step, row * scale)
        if level < 0.5:
            continue
        reach = min(height - row, row)
        for foreshortened in (0.8, 0.9, 1.0):
            far = round(reach / foreshortened)
            if far > row:
                continue
            above = cv2.resize(lab[row - far : row][::-1], (lab.shape[1], reach), interpolation=cv2.INTER_AREA)
            below = lab[row : row + reach]
            alike = _alike(above - above.mean((0, 1)), below - below.mean((0, 1)))
            if alike > (ALIKE if level < _LEVEL else _ALIKE_IF_LEVEL) and (best is None or alike > best[1]):
                best = edge, alike
    return best


def _levelness(step: NDArray[np.float32], row: int) -> tuple[float, int]:
    """The most level edge near a row: the part of the width in which it is one, and its own row."""
    return max(
        (float((np.abs(np.argmax(step[near - 6 : near + 7], 0) - 6) <= 2).mean()), near)
        for near in range(row - 6, row + 7)
    )


def _alike(above: NDArray[np.float32], below: NDArray[np.float32]) -> float:
    scatter = float(np.sqrt((above**2).sum() * (below**2).sum()))
    return float((above * below).sum()) / max(scatter, 9.0 * above.size)


def sea_horizon(look: Look, sky: Mask) -> int | None:
    """The row of a straight, level step inside the supposed sky: below it lies water."""
    height, width = sky.shape
    reach = 4
    smooth = cv2.GaussianBlur(look.lab, (0, 0), 1.2)
    step = np.abs(np.roll(smooth, -reach, 0) - np.roll(smooth, reach, 0)).sum(2)
    inside = np.roll(sky, -reach, 0) & np.roll(sky, reach, 0) & sky
    step, count = step * inside, inside.sum(1)
    strength = step.sum(1) / np.maximum(count, 1)
    broad = count > width * 0.3
    if not broad.any():
        return None
    usual = float(np.median(strength[broad]))
    strength[~broad] = 0
    strength[: int(height * 0.12)] = 0
    strength[-reach - 1 :] = 0
    row = int(np.argmax(strength))
    if strength[row] <= max(5.0, usual * 2.2):
        return None
    above = min(9, row)
    window = step[row - above : row + 10]
    near_row = (np.abs(np.argmax(window, 0) - above) <= 3) & (window.max(0) > 4)
    return row if near_row.sum() > 0.45 * count[row] else None
