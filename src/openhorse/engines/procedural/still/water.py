"""A look and its sky in, its still or rolling water out: a mask below a level shore.

Knows no motion; what falls or runs is found in stream.py.
"""

from __future__ import annotations

import cv2
import numpy as np

from openhorse.engines.procedural.still.look import Look, Mask, is_green


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


def join_at_level_shore(look: Look, sky: Mask, water: Mask) -> int | None:
    """The row in which water begins right below the sky, if it is one row for much of the width.

    The strip between them, where the edge itself kept either from being found, is shared out in place.
    """
    height, width = sky.shape
    met = sky.any(0) & water.any(0)
    bottom = height - 1 - np.argmax(sky[::-1], axis=0)
    top = np.argmax(water, axis=0)
    met &= np.abs(top - bottom) <= max(8, height // 24)
    if met.sum() < 0.3 * width:
        return None
    above, below = int(np.median(bottom[met])), int(np.median(top[met]))
    level = (np.abs(bottom[met] - above) <= 2) & (np.abs(top[met] - below) <= max(2, height // 60))
    if level.mean() < 0.7:
        return None
    first, last = max(1, min(above, below) - 2), min(height - 2, max(above, below) + 2)
    steps = np.abs(look.grey[first + 1 : last + 2] - look.grey[first - 1 : last])[:, met]
    row = first + int(np.argmax(np.median(steps, axis=1)))
    sky[above:row, met] = True
    water[row:below, met] = True
    sky[row:], water[:row] = False, False
    return row


def find_water(look: Look, sky: Mask, sea: Mask, horizon: float) -> Mask:
    """Broad, smooth, level regions below the horizon that are blue or mirror the sky's colour."""
    height, width = sky.shape
    below = (look.down > horizon - 0.02) & ~sky & ~is_green(look)
    hue, saturation = look.hsv[..., 0], look.hsv[..., 1]
    blue = (hue > 84) & (hue < 130) & (saturation > 45) & (look.hsv[..., 2] > 70) & (look.edges < 90)
    found = ((blue | _mirrors_sky(look, sky, horizon)) & below) | sea
    # stalks and masts in front cut a sea into slivers: bridge them before judging its parts
    bridged = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 15), np.uint8))
    found = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((3, 9), np.uint8))
    _, parts, boxes, _ = cv2.connectedComponentsWithStats(found, connectivity=4)
    wide = (boxes[:, cv2.CC_STAT_WIDTH] > width * 0.3) & (boxes[:, cv2.CC_STAT_AREA] > 0.015 * height * width)
    wide &= boxes[:, cv2.CC_STAT_WIDTH] > boxes[:, cv2.CC_STAT_HEIGHT]
    wide[0] = False
    kept: Mask = wide[parts] | (sea & (found > 0))
    return kept


def _mirrors_sky(look: Look, sky: Mask, horizon: float) -> Mask:
    """Smooth parts with the colour of the low sky; none under a dark sky, where every shadow has it."""
    low = look.lab[sky & (look.down > horizon * 0.5)]
    tone = np.median(low, axis=0) if len(low) else np.zeros(3, np.float32)
    if tone[0] < 90:
        return np.zeros_like(sky)
    # a grey sky has the colour of roads and meadows too: only what is quite smooth may be its mirror
    grey = float(np.abs(tone[1:] - 128).max()) < 3.5
    # lightness counts less: water is darker than the sky that it shows
    distance = np.abs(look.lab - tone) * np.array((0.45, 1, 1), np.float32)
    mirror: Mask = (distance.sum(2) < (32 if grey else 26)) & (look.edges < (14 if grey else 22))
    return mirror
