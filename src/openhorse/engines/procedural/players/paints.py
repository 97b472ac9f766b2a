"""A plain colour's name in, the colour of a coat, feathers or wings out. Knows no animal."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear

Array = NDArray[np.floating]

PAINTS: Mapping[str, Array] = {
    "white": linear(238, 233, 224),
    "black": linear(44, 40, 40),
    "brown": linear(110, 68, 38),
    "grey": linear(128, 126, 124),
    "silver": linear(176, 176, 176),
    "red": linear(166, 70, 34),
    "orange": linear(214, 124, 52),
    "golden": linear(196, 132, 62),
    "gold": linear(196, 132, 62),
    "yellow": linear(224, 184, 84),
    "cream": linear(226, 202, 162),
    "beige": linear(206, 178, 138),
    "blue": linear(74, 112, 186),
    "green": linear(76, 146, 80),
    "pink": linear(232, 150, 170),
    "purple": linear(134, 92, 176),
    "turquoise": linear(60, 170, 170),
}
"""The colours that a coat may be asked to have."""
