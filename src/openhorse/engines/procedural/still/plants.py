"""A look in, its plants out: how likely everything is to be leaves or grass that a wind can move.

Knows no wind.
"""

from __future__ import annotations

import cv2
import numpy as np

from openhorse.engines.procedural.still.look import Look, Mask, is_green
from openhorse.engines.procedural.still.plate import Field


def find_plants(look: Look, elsewhere: Mask) -> Field:
    """Green or straw-coloured fine texture, softened."""
    hue, saturation, value = (look.hsv[..., channel] for channel in range(3))
    # dry grass and autumn woods are the colour of wood and brass: only where something
    # green grows too, or where it covers the ground under a sky
    green = is_green(look)
    straw = (hue > 16) & (hue < 34) & (saturation > 80)
    if float(green.mean()) < 0.08 and not (elsewhere.any() and _covers_ground(look, straw | green)):
        straw = np.zeros_like(straw)
    texture = cv2.GaussianBlur(np.abs(cv2.Laplacian(look.grey, cv2.CV_32F)), (0, 0), 3)
    plants = (straw | green) & ~elsewhere & (texture > 4)
    # in the dark every hue is noise
    plants &= cv2.blur(value, (9, 9)) > 45
    share = cv2.GaussianBlur(plants.astype(np.float32), (0, 0), 2)
    # scattered specks are not plants: only broad, dense texture sways
    dense = cv2.GaussianBlur(plants.astype(np.float32), (0, 0), 12)
    if float(plants.mean()) < 0.05:
        return np.zeros(look.shape, np.float32)
    grown = plants & (dense > 0.2)
    if _is_drawn(look, grown):
        return np.zeros(look.shape, np.float32)
    soft: Field = np.clip(share * np.clip((dense - 0.2) * 4, 0, 1), 0, 1)
    return soft


def _is_drawn(look: Look, plants: Mask) -> bool:
    """Whether what is green is a drawing's even colour, or the whole picture one even grain: nothing in it grows."""
    if not plants.any() or float(np.percentile(look.fine[plants], 25)) < 1.5:
        return True
    least, most = np.percentile(cv2.blur(look.fine, (7, 7)), (10, 90))
    return bool(least > 8 and most < 2.2 * least)


def _covers_ground(look: Look, straw: Mask) -> bool:
    """Whether straw stands along the foot of the picture: boards there have their joints lying, stalks are upright."""
    height = look.shape[0]
    low = straw.copy()
    low[: height * 3 // 4] = False
    if float(low.mean()) < 0.1:
        return False
    across, down = (np.abs(cv2.Sobel(look.grey, cv2.CV_32F, *order)) for order in ((1, 0), (0, 1)))
    return float(across[low].mean()) > 0.75 * float(down[low].mean())
