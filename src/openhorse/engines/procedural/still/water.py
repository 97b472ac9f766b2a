"""A look and its sky in, its still or rolling water out: a mask below a level shore.

Knows no motion; what falls or runs is found in stream.py.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.still.horizon import horizon_line, mirror_line, mirroring_shore
from openhorse.engines.procedural.still.look import Look, Mask, is_green
from openhorse.engines.procedural.still.sky import is_glowing, is_skylike


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
    """Broad, smooth, level regions below the horizon that are blue or mirror the sky's colour, or all above them."""
    height, width = sky.shape
    glowing = _glowing_sea(look, sky)
    if glowing is not None:
        return glowing
    below = (look.down > horizon - 0.02) & ~sky & ~is_green(look)
    hue, saturation = look.hsv[..., 0], look.hsv[..., 1]
    blue = (hue > 84) & (hue < 130) & (saturation > 45) & (look.hsv[..., 2] > 70) & (look.edges < 90)
    low = look.lab[sky & (look.down > horizon * 0.5)]
    tone = np.median(low, axis=0) if len(low) else np.zeros(3, np.float32)
    shore, likeness = mirror_line(look)
    if likeness <= 0.6 and not sea.any():
        lake = _lake(look, tone)
        if lake is not None:
            return lake & ~sky
    mirror = _mirrors_sky(look, tone)
    line = horizon_line(look)
    if likeness > 0.6:
        mirror, sea = look.down > shore / height, sea & (look.down > shore / height)
    elif line is not None:
        mirror |= is_skylike(look) & (look.down > line / height)
    raw = (blue | mirror) & ~sky
    found = (raw & below) | sea
    if likeness > 0.6:
        found &= look.down > shore / height
    # stalks and masts in front cut a sea into slivers: bridge them before judging its parts
    bridged = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 15), np.uint8))
    found = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((3, 9), np.uint8))
    _, parts, boxes, _ = cv2.connectedComponentsWithStats(found, connectivity=4)
    # what trees and towers leave of a sea may be narrow; what is only blue must be broad
    of_sea = np.bincount(parts.ravel(), weights=sea.ravel(), minlength=len(boxes)) > 0.5 * boxes[:, cv2.CC_STAT_AREA]
    wide = boxes[:, cv2.CC_STAT_WIDTH] > width * np.where(of_sea, 0.25, 0.42)
    wide &= boxes[:, cv2.CC_STAT_AREA] > 0.015 * height * width
    wide &= boxes[:, cv2.CC_STAT_WIDTH] > boxes[:, cv2.CC_STAT_HEIGHT]
    for name in np.flatnonzero(wide[1:]) + 1:
        part = parts == name
        wide[name] = likeness > 0.6 or (_is_level(look, part, sky, raw) and _is_lit_by(look, part, tone))
    wide[0] = False
    kept: Mask = wide[parts]
    return kept


def _glowing_sea(look: Look, sky: Mask) -> Mask | None:
    """All between the level foot of a sky with a low sun and the beach, where it glows as well; else None.

    It is a sea if waves streak it; a plain holds none.
    """
    height = look.shape[0]
    columns = sky.any(0)
    if columns.mean() < 0.9:
        return None
    foot = (height - np.argmax(sky[::-1], axis=0))[columns]
    row = int(np.median(foot))
    # hills may stand on the horizon
    if (np.abs(foot - row) <= 2).mean() < 0.55 or row > 0.85 * height or not is_glowing(look, sky, row):
        return None
    line = horizon_line(look)
    shore = line if line is not None and line > row + 0.1 * height else height
    waves = look.grey[row + 3 : shore].astype(np.float32)
    streaked = np.abs(np.diff(waves, axis=0)).mean() > 1.5 * np.abs(np.diff(waves, axis=1)).mean()
    down = np.arange(height)[:, None]
    sea: Mask = (down >= row) & (down < shore) & ~sky & bool(streaked)
    return sea


def _lake(look: Look, tone: NDArray[np.float32]) -> Mask | None:
    """All below a shore that mirrors what is above it, down to a foot in which the low sky itself is seen again.

    What is its own mirror image beyond doubt need not show that: water that is looked down on is darker than its sky.
    """
    found = mirroring_shore(look)
    if found is None:
        return None
    shore, likeness = found
    seen = (np.abs(look.lab - tone) * np.array((0.45, 1, 1), np.float32)).sum(2) < 40
    if likeness < 0.6 and float(seen[look.down > 0.85].mean()) < 0.20:
        return None
    # trees of the near bank stand before it
    before = is_green(look) & (look.edges > 40)
    dark = look.lab[..., 0] < 0.7 * tone[0]
    before |= (cv2.blur((look.edges > 60).astype(np.float32), (5, 31)) > 0.85) & dark
    lake = (look.down > shore / look.shape[0]) & ~before
    closed = cv2.morphologyEx(lake.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 5), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((3, 7), np.uint8))
    water: Mask = opened > 0
    return water


def _is_level(look: Look, part: Mask, sky: Mask, raw: Mask) -> bool:
    """Whether a part begins in one row for half of its width, as water does at its far shore and no hill does.

    With land between it and the sky, and nothing rough in it, a shore may wind more. What goes on above, in `raw`,
    only ends there because nothing above the horizon is looked at.
    """
    height = part.shape[0]
    columns = part.any(0)
    top = np.argmax(part, axis=0)[columns]
    begins = ~raw[np.maximum(top - 5, 0), np.flatnonzero(columns)]
    tall = float(np.ptp(np.flatnonzero(part.any(1))))
    rows = np.bincount(top[begins], minlength=height).astype(np.float32)
    near = np.convolve(rows, np.ones(2 * max(2, height // 50) + 1), "same")
    ends = (height - 1 - np.argmax(sky[::-1], axis=0))[columns]
    low = float(np.median(top)) > 0.5 * height
    inland = low and float(np.median(top - ends)) > 0.04 * height and float(np.median(look.fine[part])) < 14
    return float(near.max()) > (0.33 if inland else 0.5) * len(top) and tall > 0.04 * height


def _is_lit_by(look: Look, part: Mask, tone: NDArray[np.float32]) -> bool:
    """Whether a part's colour may come from a sky of that tone: snow is brighter, sand and mud are warmer."""
    lightness, red, yellow = np.median(look.lab[part], axis=0) - tone
    cool = yellow < 5 or (yellow + tone[2] < 120 and lightness < 0) or (tone[2] > 132 and yellow < 20)
    return bool(lightness < 14 and cool and red < 16)


def _mirrors_sky(look: Look, tone: NDArray[np.float32]) -> Mask:
    """Smooth parts with the colour of the low sky; none under a dark sky, where every shadow has it."""
    if tone[0] < 90:
        return np.zeros(look.shape, bool)
    # a grey sky has the colour of roads and meadows too: only what is quite smooth may be its mirror
    grey = float(np.abs(tone[1:] - 128).max()) < 3.5
    # lightness counts less: water is darker than the sky that it shows
    distance = np.abs(look.lab - tone) * np.array((0.45, 1, 1), np.float32)
    mirror: Mask = (distance.sum(2) < (32 if grey else 26)) & (look.edges < (14 if grey else 22))
    return mirror
