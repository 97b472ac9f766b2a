"""A spruce or a pine asked for in, its layer out; a pine is flat clouds of needles on a bare stem.

Knows no place.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.branches import Points, Skeleton
from openhorse.engines.procedural.parts.brush import Brush
from openhorse.engines.procedural.parts.seasons import sunward
from openhorse.engines.procedural.parts.spruces import Needles, paint_spruce, painted
from openhorse.engines.procedural.parts.trees import Dress, trunk_layer

_SPRUCE = (linear(14, 34, 26), linear(84, 112, 62))
_PINE = (linear(20, 40, 24), linear(108, 130, 66))
_SNOW = (linear(120, 136, 160), linear(250, 251, 255))


def conifer(kind: str, dress: Dress, tall: int, random: np.random.Generator) -> Layer:
    """A spruce or a pine `tall` pixels high."""
    return _spruce(dress, tall, random) if kind == "spruce" else _pine(dress, tall, random)


def _spruce(dress: Dress, tall: int, random: np.random.Generator) -> Layer:
    fresh = np.array((random.uniform(0.9, 1.15), 1.0, random.uniform(0.9, 1.1)), np.float32)
    lit = dress.tones(_SPRUCE[0] * fresh, _SPRUCE[1] * fresh, 0.25)
    white = dress.tones(*_SNOW, 0.0)[-1]
    side = float(np.sign(sunward(dress.light)[0]))
    snow = 0.7 if dress.snow else 0.0
    look = Needles(painted(lit[0]), painted(lit[-2]), painted(white), side, snow, 0.8, min(1.0, tall / 420))
    return paint_spruce(random, tall, max(6, round(tall * random.uniform(0.32, 0.42))), look)


def _pine(dress: Dress, tall: int, random: np.random.Generator) -> Layer:
    width = math.ceil(tall * 0.86)
    lean = random.normal(0, 0.05)
    bend = [(0.0, 0.0), (lean, 0.4), (lean * 0.6 + random.normal(0, 0.03), 0.72), (lean, 0.95)]
    limbs = [_stem(bend, (0.022, 0.016, 0.011, 0.003)).limbs]
    clumps: list[tuple[float, float, float, float]] = []
    for k in range(11):
        up = 0.46 + 0.5 * (k + random.uniform(0, 0.8)) / 11
        foot = float(np.interp(up, [p[1] for p in bend], [p[0] for p in bend]))
        angle = random.uniform(0, 2 * np.pi)
        reach = random.uniform(0.16, 0.30) * (1.25 - up) / 0.6
        x, z, y = foot + reach * math.cos(angle), reach * math.sin(angle), up + 0.05 * random.uniform(-0.3, 1.2)
        limbs.append(np.array([[foot, up - 0.03, 0, x, y, z, 0.007, 0.003]]))
        clumps.append((x, y, z, random.uniform(0.075, 0.12)))
    clumps.append((lean, 0.94, 0.0, 0.09))
    layer = trunk_layer(
        Skeleton(np.concatenate(limbs), np.zeros((0, 3))), linear(126, 84, 62), dress, (width, tall), tall, random
    )
    each = max(16, round(80 * min(1.0, 0.3 + tall / 500)))
    rows = []
    for x, y, z, radius in sorted(clumps, key=lambda one: one[2]):
        spread = random.normal(0, 1, (each, 3)) * np.array((1.0, 0.34, 0.6)) * radius * 0.62
        size = np.full(each, 0.036)
        out = np.clip(spread[:, 1] / radius * 1.6 + 0.5, 0, 1)
        rows.append(np.stack([x + spread[:, 0], y + spread[:, 1], size, z + spread[:, 2], out], axis=1))
    return _needled(layer, np.concatenate(rows), _PINE, dress, tall, random)


def _stem(bend: list[tuple[float, float]], girths: tuple[float, ...]) -> Skeleton:
    limbs: list[list[float]] = []
    for (a, b), (wide, narrow) in zip(pairwise(bend), pairwise(girths), strict=True):
        limbs.append([a[0], a[1], 0, b[0], b[1], 0, wide, narrow])
    points: Points = np.array(limbs)
    return Skeleton(points, np.zeros((0, 3)))


def _needled(
    layer: Layer,
    dabs: NDArray[np.float64],
    colours: tuple[NDArray[np.float32], NDArray[np.float32]],
    dress: Dress,
    tall: int,
    random: np.random.Generator,
) -> Layer:
    """Needles over the stem, from the back to the front, and snow upon them."""
    towards = sunward(dress.light)
    dabs = dabs[np.argsort(dabs[:, 3], kind="stable")]
    wide = max(float(np.abs(dabs[:, 0]).max()), 0.05)
    tone = (
        0.06 + 0.42 * dabs[:, 4] ** 1.5 + 0.30 * towards[0] * dabs[:, 0] / wide + 0.16 * towards[2] * dabs[:, 3] / wide
    )
    tone += random.normal(0, 0.10, len(dabs)) + 0.1 * dabs[:, 1]
    places = np.stack(
        [
            layer.shape[1] / 2 + dabs[:, 0] * tall,
            tall - dabs[:, 1] * tall,
            np.maximum(dabs[:, 2] * tall * random.uniform(0.8, 1.3, len(dabs)), 3.0),
            np.clip(tone, 0, 1),
        ],
        axis=1,
    ).astype(np.float32)
    hue = np.array((random.uniform(0.9, 1.15), 1.0, random.uniform(0.9, 1.1)), np.float32)
    brush = Brush("needles", dress.tones(colours[0] * hue, colours[1] * hue, 0.25))
    layer = brush.paint(layer, places, random)
    if dress.snow:
        upper = dabs[:, 4] > 0.3
        white = places[upper & (random.random(len(dabs)) < 0.34)]
        white[:, 1] -= 0.16 * white[:, 2]
        white[:, 3] = np.clip(0.3 + 1.3 * white[:, 3], 0, 1)
        layer = Brush("needles", dress.tones(*_SNOW, 0.0)).paint(layer, white.astype(np.float32), random)
    return layer
