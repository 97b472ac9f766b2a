"""A picture and what was found in it in, how far each part gives to the air out: plants, hair and flames.

Grass bends by its height above the root, hair at its tips, a flame within its own light; what stands straight and long
beside them stays straight. Knows no time: warp.py moves what gives.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.still.analysis import Layout
from openhorse.engines.procedural.still.lights import Lights
from openhorse.engines.procedural.still.plate import Field, Pixels


def pliant(rgb: Pixels, layout: Layout) -> Field:
    """How far plants sway, 0…1 at the working size: their tips most, and nothing beside a wall or a trunk."""
    if not layout.plants.any():
        return layout.plants
    height = layout.plants.shape[0]
    tall = 0.16 * height
    rise = np.zeros_like(layout.plants)
    above = np.zeros(layout.plants.shape[1], np.float32)
    for row in range(height - 1, -1, -1):
        # a leaf or two of another colour does not cut a stalk off from its root
        above = np.where(layout.plants[row] > 0.25, above + 1, above * np.float32(0.8))
        rise[row] = np.minimum(above / np.float32(tall), 1)
    rise = cv2.GaussianBlur(rise, (0, 0), height / 60)
    swaying: Field = layout.plants * (np.float32(0.3) + np.float32(0.7) * rise)
    return swaying * (1 - rigid(rgb, layout.plants))


def rigid(rgb: Pixels, plants: Field) -> Field:
    """Where long straight edges stand upright or lie level, 0…1 and soft about them: trunks, walls, horizons.

    Such an edge is lighter on the same side all along: in a meadow any line meets many edges by chance. One with
    plants on both of its sides is a stalk, and no such thing.
    """
    height, width = plants.shape
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.0), cv2.COLOR_RGB2GRAY)
    long = round(0.19 * float(np.sqrt(width * height))) | 1
    # leaves that are out of focus are no plants to the reader, but as green
    green = small[..., 1] > cv2.max(small[..., 0], small[..., 2]) + np.int16(8)
    growing = np.maximum(plants, green.astype(np.float32))
    found = np.zeros((height, width), np.uint8)
    for slope in (-0.08, 0.0, 0.08):
        upright = _line(long, slope)
        for along, step in (
            (upright, cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=0.25)),
            (np.ascontiguousarray(upright.T), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=0.25)),
        ):
            weights = along.astype(np.float32) / float(along.sum())
            sides = np.clip(step * np.float32(1 / 9), -1, 1)
            same = np.abs(cv2.filter2D(sides, -1, weights, borderType=cv2.BORDER_REPLICATE))
            grown = cv2.filter2D(growing, -1, weights, borderType=cv2.BORDER_REPLICATE)
            straight = ((same > 0.8) & (grown < 0.7)).astype(np.uint8)
            found |= cv2.dilate(straight, along)
    reach = max(3, round(max(height, width) / 50)) | 1
    near = cv2.dilate(found, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    held: Field = np.clip(cv2.GaussianBlur(near.astype(np.float32), (0, 0), reach / 2) * np.float32(1.4), 0, 1)
    return held


def _line(long: int, slope: float) -> NDArray[np.uint8]:
    """An all but upright line of `long` pixels as the smallest kernel that holds it."""
    lean = round(slope * (long - 1) / 2)
    kernel = np.zeros((long, 2 * abs(lean) + 1), np.uint8)
    cv2.line(kernel, (abs(lean) - lean, 0), (abs(lean) + lean, long - 1), 1, 1)
    return kernel


def tresses(layout: Layout) -> Field:
    """How far a subject's hair sways, 0…1 at the working size: nought at the skull, most at the tips.

    It goes on a little beyond the hair, so that an outline moves as one with what is inside it.
    """
    assert layout.hair is not None
    hair = (layout.hair > 0.4).astype(np.uint8)
    if not hair.any() or layout.figure is None:
        return np.zeros_like(layout.hair)
    skin = ((layout.figure.matte > 0.5) & (hair == 0)).astype(np.uint8)
    if not skin.any():
        return np.zeros_like(layout.hair)
    away = cv2.distanceTransform(1 - skin, cv2.DIST_L2, 5)
    # the whole head of hair is never longer than this share of what lies farthest
    longest = max(4.0, float(np.percentile(away[hair > 0], 97)))
    loose = np.clip((away / np.float32(longest) - np.float32(0.25)) / np.float32(0.75), 0, 1)
    side = max(layout.hair.shape)
    around = cv2.dilate(layout.hair, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * (side // 50) + 1,) * 2))
    around = cv2.GaussianBlur(around, (0, 0), side / 90)
    # a face keeps still to its very edge
    calm = np.clip(away / np.float32(max(2.0, side / 60)), 0, 1)
    swaying: Field = (around * loose * loose * (3 - 2 * loose) * calm).astype(np.float32)
    return swaying


def licking(rgb: Pixels, lights: Lights) -> Field:
    """How far flames sway, 0…1 at the working size: within their own bright pixels, fading out about them.

    What is as bright but goes on beyond a flame's bounds is something lit and not a flame.
    """
    height, width = lights.flames.shape
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    red, blue = small[..., 0].astype(np.int16), small[..., 2].astype(np.int16)
    warm = ((red > 188) & (red - blue > 20) & (lights.flames > 0.02)).astype(np.uint8)
    # a heart may be white, but what is white outside is no flame
    outlines, _ = cv2.findContours(warm, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    bright = cv2.drawContours(np.zeros_like(warm), outlines, -1, 1, cv2.FILLED)
    count, parts = cv2.connectedComponents(bright, connectivity=8)
    bounds = (lights.flames < 0.4) & (lights.rise > 0.15) & (bright > 0)
    sizes, ends = np.bincount(parts.ravel(), minlength=count), np.bincount(parts[bounds], minlength=count)
    body = (bright > 0) & ((ends < 0.03 * sizes + 1) & (sizes > 5))[parts]
    if not body.any():
        return np.zeros_like(lights.flames)
    reach = max(2.0, 0.4 * lights.flame_width * float(np.sqrt(height * width)))
    outside = cv2.distanceTransform((~body).astype(np.uint8), cv2.DIST_L2, 5)
    share = np.clip(1 - outside / np.float32(reach), 0, 1)
    soft: Field = (share * share * (3 - 2 * share)).astype(np.float32)
    return soft


def chest(layout: Layout) -> Field:
    """How far a subject's breath lifts it, 0…1 at the working size: the chest most, shoulders and head by less."""
    figure = layout.figure
    assert figure is not None
    height, width = figure.matte.shape
    solid = figure.matte > 0.5
    rows = np.flatnonzero(solid.any(1))
    if not len(rows):
        return np.zeros_like(figure.matte)
    top, foot = int(rows[0]), int(rows[-1]) + 1
    neck = _neck(solid, top, foot)
    down = np.arange(height, dtype=np.float32)
    tall = max(4.0, float(foot - neck))
    below = np.clip((down - neck) / (0.3 * tall), 0, 1)
    # who stands on the ground does not lift off it
    # and a border that cuts them off has nothing to bring into view
    cut = np.clip((height - 1 - down) / (0.12 * height), 0, 1)
    ending = cut if foot >= height - 2 else np.clip((foot - down) / (0.6 * tall), 0, 1)
    lift = (0.3 + 0.7 * below * below * (3 - 2 * below)) * ending
    # arms hang beside the chest and rise by less
    spread = np.zeros_like(figure.matte)
    for row in rows:
        columns = np.flatnonzero(solid[row])
        middle, half = 0.5 * (columns[0] + columns[-1]), max(3.0, 0.5 * float(np.ptp(columns)))
        spread[row] = np.clip(1.15 - np.abs(np.arange(width) - middle) / half, 0.15, 1)
    field = cv2.GaussianBlur((lift[:, None] * spread).astype(np.float32), (0, 0), max(height, width) / 40)
    breathing: Field = (field * cut[:, None]).astype(np.float32)
    return breathing


def _neck(solid: NDArray[np.bool_], top: int, foot: int) -> int:
    """The row of the neck: where a figure is narrowest between its head and its shoulders."""
    widths = cv2.blur(solid.sum(1).astype(np.float32)[:, None], (1, 5))[:, 0]
    first, last = top + (foot - top) // 5, top + (foot - top) * 3 // 5
    if last - first < 3:
        return top + (foot - top) // 3
    return first + int(np.argmin(widths[first:last]))
