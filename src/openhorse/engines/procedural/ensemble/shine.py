"""A picture with a horizon in, how much its ground shines out; a patch in, what such a ground shows of it out.

Knows no stage and no actors.
"""

from __future__ import annotations

import cv2
import numpy as np

from openhorse.engines.procedural.ensemble.sprites import Patch
from openhorse.engines.procedural.still.plate import Pixels


def streaked(first: Pixels) -> float:
    """0…1: whether lights are drawn down over the ground, as on wet streets and polished floors.

    Light in streaks changes along a row far more than down a column; ground seen at a slant does the opposite.
    """
    rows = first.shape[0]
    grey = cv2.cvtColor(np.ascontiguousarray(first[round(0.64 * rows) :]), cv2.COLOR_RGB2GRAY).astype(np.float32)
    smooth = cv2.GaussianBlur(grey, (0, 0), max(1.0, rows / 180))
    across, down = (float(np.abs(cv2.Sobel(smooth, cv2.CV_32F, *axis)).mean()) for axis in ((1, 0), (0, 1)))
    # without lights brighter than the rest there is nothing to be seen in it
    lights = float(np.percentile(smooth, 98) - np.median(smooth))
    return float(np.clip((across / (down + 0.3) - 1.05) / 0.35, 0, 1) * np.clip((lights - 25) / 40, 0, 1))


def mirrored(first: Pixels, horizon: float) -> float:
    """0…1: how much what stands above the row `horizon` is seen again below it."""
    height = first.shape[0]
    span = min(horizon, height - horizon) * 0.8
    if span < 16:
        return 0.0
    grey = cv2.cvtColor(first, cv2.COLOR_RGB2GRAY)
    above = grey[round(horizon - span) : round(horizon)][::-1]
    below = grey[round(horizon) : round(horizon + span)]
    one, other = (
        cv2.resize(part, (48, 16), interpolation=cv2.INTER_AREA).astype(np.float32) for part in (above, below)
    )
    # what is the same all along a row is sky over ground, no mirror image
    one, other = (part - part.mean(1, keepdims=True) for part in (one, other))
    spread = float(one.std() * other.std())
    if spread < 9:
        return 0.0
    return float(np.clip((float((one * other).mean()) / spread - 0.25) / 0.45, 0, 1))


def upside_down(patch: Patch, foot: float, strength: float) -> Patch:
    """A patch as wet ground shows it again below its `foot` (a row of the frame), fading and blurred down."""
    low = min(patch.rgba.shape[0], max(0, round(foot) - patch.top))
    if low < 4:
        return Patch(np.zeros((0, 0, 4), np.uint8), 0, 0)
    # only what is nearest to the ground is seen before the image fades
    part = cv2.flip(patch.rgba[low * 2 // 5 : low], 0)
    rows = max(2, round(part.shape[0] * 0.8))
    half = cv2.resize(part, (part.shape[1], rows), interpolation=cv2.INTER_AREA)
    half = cv2.blur(half, (3, max(3, low // 24 | 1)))
    fade = np.linspace(strength, 0.0, rows, dtype=np.float32)[:, None, None]
    return Patch(np.asarray(half * fade, np.uint8), patch.left, patch.top + low)
