"""A palm or a cane of bamboo asked for in, its layer out. Knows no place."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.branches import Skeleton
from openhorse.engines.procedural.parts.brush import Brush
from openhorse.engines.procedural.parts.seasons import sunward
from openhorse.engines.procedural.parts.trees import Dress, trunk_layer

_PALM = (linear(26, 52, 22), linear(136, 160, 62))
_BAMBOO = (linear(36, 66, 24), linear(168, 192, 84))


def palm(dress: Dress, tall: int, random: np.random.Generator) -> Layer:
    """A leaning palm with a crown of fronds."""
    width = math.ceil(tall * 1.05)
    lean = random.choice((-1.0, 1.0)) * random.uniform(0.06, 0.2)
    steps = np.linspace(0, 1, 9)
    x, y = lean * steps**2, 0.74 * steps
    girth = 0.021 - 0.008 * steps + 0.012 * np.exp(-steps * 14)
    limbs = np.stack(
        [x[:-1], y[:-1], 0 * x[1:], x[1:], y[1:], 0 * x[1:], girth[:-1], girth[1:]], axis=1
    )  # fmt: skip
    layer = trunk_layer(Skeleton(limbs, np.zeros((0, 3))), linear(124, 102, 78), dress, (width, tall), tall, random)
    tones = dress.tones(*_PALM)
    ink = np.zeros((2 * tall, 2 * width, 4), np.float32)
    count = 19
    order = random.permutation(count)
    for rank, k in enumerate(order):
        around = k * 2 * np.pi / count + random.normal(0, 0.12)
        _frond(ink, (x[-1], y[-1]), around, tall, tones, (rank / count, float(sunward(dress.light)[0])), random)
    fronds = cv2.resize(ink, (width, tall), interpolation=cv2.INTER_AREA)
    whole: Layer = fronds + layer * (1 - fronds[..., 3:])
    return whole


def _frond(
    ink: NDArray[np.float32],
    foot: tuple[float, float],
    around: float,
    tall: int,
    tones: NDArray[np.float32],
    look: tuple[float, float],
    random: np.random.Generator,
) -> None:
    """One frond: a bending rib with leaflets that hang from it."""
    near, sun = look
    out, lift = math.cos(around), random.uniform(0.05, 1.15)
    long = random.uniform(0.30, 0.40)
    t = np.linspace(0.04, 1, 30)
    x = foot[0] + out * long * t * (1 - 0.12 * t)
    y = foot[1] + long * (lift * 1.0 * t - (0.34 + 0.5 * lift) * t**2)
    corner = np.array((ink.shape[1] / 4, tall))
    rib = corner + np.stack([x, -y], 1) * tall
    tone = np.clip(0.25 + 0.35 * near + 0.3 * sun * out + random.normal(0, 0.08), 0, 1)
    for side in (-1.0, 1.0):
        for k in range(2, len(rib)):
            way = rib[k] - rib[k - 1]
            way /= max(1e-6, float(np.linalg.norm(way)))
            aside = np.array((-way[1], way[0])) * side
            size = tall * 0.10 * math.sin(math.pi * (0.12 + 0.86 * t[k])) * random.uniform(0.8, 1.1)
            tip = rib[k] + (0.75 * way + 0.55 * aside + np.array((0, 0.34))) * size
            broad = way * max(0.8, tall * 0.0036)
            shade = tones[int(np.clip(tone + 0.16 * side * sun + random.normal(0, 0.08), 0, 1) * (len(tones) - 1))]
            _leaflet(ink, np.stack([rib[k] - broad, tip, rib[k] + broad]), shade)
    under = np.array((0.0, 1.4))
    for a, b in pairwise(rib):
        _leaflet(ink, np.stack([a, b, b + under, a + under]), tones[min(len(tones) - 1, int(tone * 9) + 1)])


def _leaflet(ink: NDArray[np.float32], points: NDArray[np.float64], colour: NDArray[np.float32]) -> None:
    """A small polygon, in pixels of the layer, on a sheet twice as fine."""
    spots = np.rint(points * (2 << 3)).astype(np.int32)
    cv2.fillPoly(ink, [spots], (*map(float, colour), 1.0), cv2.LINE_8, 3)


def cane(dress: Dress, tall: int, random: np.random.Generator) -> Layer:
    """A cane of bamboo: jointed, bowed at its top, with sprays of narrow leaves."""
    width = math.ceil(tall * 0.5)
    joints = 15
    t = np.linspace(0, 1, joints + 1)
    bow = random.normal(0, 0.05) + random.choice((-1.0, 1.0)) * 0.03
    x, y = bow * t**3 + random.normal(0, 0.012) * t, 0.97 * t
    girth = 0.0098 * (1 - 0.75 * t)
    rows = []
    for k in range(joints):
        gap = 0.004
        rows.append([x[k], y[k] + gap, 0, x[k + 1], y[k + 1] - gap, 0, girth[k] * 0.96, girth[k + 1]])
        rows.append(
            [x[k + 1], y[k + 1] - gap, 0, x[k + 1], y[k + 1] + gap, 0, girth[k + 1] * 1.18, girth[k + 1] * 1.18]
        )
    layer = trunk_layer(
        Skeleton(np.array(rows), np.zeros((0, 3))), linear(116, 146, 62), dress, (width, tall), tall, random
    )
    count = max(50, round(380 * min(1.0, 0.3 + tall / 600)))
    up = random.uniform(0.0, 1.0, count) ** 0.7 * 0.55 + 0.44
    spread = 0.15 * np.sin(np.clip((up - 0.38) / 0.62, 0, 1) * np.pi) ** 0.7 + 0.02
    aside = random.normal(0, 0.55, count) * spread
    sun = sunward(dress.light)
    tone = 0.42 + 0.5 * sun[0] * aside / 0.15 + 0.25 * (up - 0.6) + random.normal(0, 0.12, count)
    dabs = np.stack(
        [
            width / 2 + (np.interp(up, y, x) + aside) * tall,
            tall * (1 - up + 0.10 * np.abs(aside) / 0.15 * 0.5),
            np.maximum(4.0, tall * 0.075 * random.uniform(0.7, 1.2, count)),
            np.clip(tone, 0, 1),
        ],
        axis=1,
    )
    return Brush("lances", dress.tones(*_BAMBOO, 0.7)).paint(layer, dabs.astype(np.float32), random)
