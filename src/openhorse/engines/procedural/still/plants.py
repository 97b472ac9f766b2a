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
    straw = (hue > 16) & (hue < 34) & (saturation > 80)
    texture = cv2.GaussianBlur(np.abs(cv2.Laplacian(look.grey, cv2.CV_32F)), (0, 0), 3)
    plants = (straw | is_green(look) & (saturation > 45)) & ~elsewhere & (texture > 4)
    # in the dark every hue is noise
    plants &= cv2.blur(value, (9, 9)) > 45
    share = cv2.GaussianBlur(plants.astype(np.float32), (0, 0), 2)
    # scattered specks are not plants: only broad, dense texture sways
    dense = cv2.GaussianBlur(plants.astype(np.float32), (0, 0), 12)
    if float(plants.mean()) < 0.05:
        return np.zeros(look.shape, np.float32)
    soft: Field = np.clip(share * np.clip((dense - 0.2) * 4, 0, 1), 0, 1)
    return soft
