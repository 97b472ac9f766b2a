"""A site and a spot in, a tall cactus with arms out, ribbed and lit. Knows no place."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.branches import Skeleton
from openhorse.engines.procedural.parts.trees import Dress, trunk_layer
from openhorse.engines.procedural.world.scenery import Flat, Site

_GREEN = linear(96, 122, 66)


def saguaro(site: Site, spot: tuple[float, float], tall: float, word: str) -> Flat:
    """A saguaro `tall` metres high at `spot` (x, z)."""
    random = site.random(word)
    x, z = spot
    metre = site.fine(z)
    pixels = int(np.clip(tall * metre, 16, 1.4 * site.lens.height))
    rows = _column([(0.0, 0.0), (0.004, 0.5), (0.0, 0.93)], 0.052)
    for side in (-1.0, 1.0):
        at, reach = random.uniform(0.32, 0.5), random.uniform(0.13, 0.19)
        top = min(0.88, at + random.uniform(0.22, 0.42))
        bend = [(0.0, at), (side * reach * 0.75, at + 0.02), (side * reach, at + 0.08), (side * reach, top)]
        rows += _column(bend, 0.034)
    skeleton = Skeleton(np.array(rows), np.zeros((0, 3)))
    layer = trunk_layer(skeleton, _GREEN, Dress.of(site), (math.ceil(0.7 * pixels), pixels), pixels, random)
    return Flat(layer, pixels / tall, x, z)


def _column(bend: list[tuple[float, float]], girth: float) -> list[list[float]]:
    """A thick limb through these points, rounded at its end."""
    rows = []
    for (ax, ay), (bx, by) in pairwise(bend):
        rows.append([ax, ay, 0, bx, by, 0, girth, girth * 0.97])
    x, y = bend[-1]
    for k in range(5):
        low, high = k / 5, (k + 1) / 5
        wide, narrow = girth * math.sqrt(1 - low * low), girth * math.sqrt(max(0.02, 1 - high * high))
        rows.append([x, y + girth * low, 0, x, y + girth * high, 0, wide, narrow])
    return rows
