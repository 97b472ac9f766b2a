"""A look and its sky in, its running or falling water out: soft, or None when there is none to be sure of.

A creek is told by its colour, cooler than the wood and the rock about it, and by its foam; a fall by its streaks.
Knows no motion.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.still.look import Look, Mask
from openhorse.engines.procedural.still.plate import Field


def find_stream(look: Look, elsewhere: Mask, plants: Field, asked: bool) -> Field | None:
    """Where water runs (height × width, 0…1). `elsewhere` is what is known to be something else.

    `asked` says that the prompt speaks of running water, which lowers every bar.
    """
    if elsewhere.any() and not asked:
        return None
    lightness, red, yellow = (look.lab[..., channel] for channel in range(3))
    ground = np.median(yellow[~elsewhere]) if (~elsewhere).any() else 128.0
    if float(ground) < 124 and not asked:
        return None  # in a cool picture coolness tells nothing
    cooler = min(124.0 if asked else 122.0, float(ground) - (2 if asked else 4))
    cool = (yellow < cooler) & (yellow > 98) & (np.abs(red - 128) < 10) & (lightness > 30) & ~elsewhere
    # stones and shadows lie in every creek: bridge them before judging its parts
    side = max(3, max(look.shape) // 60) | 1
    bridged = cv2.morphologyEx(cool.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((side * 2 + 1, side), np.uint8))
    bridged = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    count, parts, boxes, centres = cv2.connectedComponentsWithStats(bridged, connectivity=8)
    foam = _foam(look) & cool
    kept = [name for name in range(1, count) if _runs(look, parts == name, boxes[name], centres[name], foam, asked)]
    if not kept:
        return None
    stream = np.isin(parts, kept)
    # where all the picture is cool, or nothing grows and nothing is rough, coolness tells nothing
    lone = float((cool & ~stream).sum()) < 0.12 * stream.size + 0.5 * float(stream.sum())
    if not asked and not (lone and (float(plants.mean()) > 0.03 or float((look.edges > 40).mean()) > 0.3)):
        return None
    soft: Field = cv2.GaussianBlur(
        (stream & (cv2.blur(cool.astype(np.float32), (5, 5)) > 0.2)).astype(np.float32), (0, 0), 1.2
    )
    return soft


def _foam(look: Look) -> Mask:
    """Small and bright against what is around it, or white altogether."""
    side = max(5, max(look.shape) // 30) | 1
    lightness = look.lab[..., 0].astype(np.uint8)
    specks: Mask = cv2.morphologyEx(lightness, cv2.MORPH_TOPHAT, np.ones((side, side), np.uint8)) > 30
    return specks | (lightness > 200)


def _runs(look: Look, part: Mask, box: NDArray[np.int32], centre: NDArray[np.float64], foam: Mask, asked: bool) -> bool:
    """Whether a cool part is running water: it goes down the picture, low in it, and carries foam."""
    height, width = look.shape
    top, tall, area = int(box[cv2.CC_STAT_TOP]), int(box[cv2.CC_STAT_HEIGHT]), int(box[cv2.CC_STAT_AREA])
    share = area / (height * width)
    if not 0.01 < share < (0.45 if asked else 0.22) or tall < 0.25 * height:
        return False
    if asked:
        return top > 0.02 * height or float(foam[part].mean()) > 0.3
    low = centre[1] > 0.4 * height and top + tall > 0.6 * height
    grey = abs(float(np.median(look.lab[part][:, 1])) - 128) < 4.5
    rough = float(np.median(look.fine[part])) > 20
    return low and grey and rough and float(foam[part].mean()) > 0.08
