"""A size, a light and random numbers in; heaped clouds out, as layers. Knows no place and no camera."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.grain import Field, grain, layer_of, smooth
from openhorse.engines.procedural.world.hours import Daylight


def _balls(
    shape: tuple[int, int], spots: NDArray[np.float64], soft: float, seamless: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How near the surface of a heap of balls is at each point, and how far inside of its outline, in pixels."""
    height, width = shape
    near, inside = np.full(shape, -1e6, np.float32), np.full(shape, -1e6, np.float32)
    for x, y, radius, ahead in spots:
        # a cloud's torn edge reaches beyond its balls
        reach = radius + 4 * soft
        for off in (-width, 0, width) if seamless else (0,):
            x0, x1 = max(0, math.floor(x + off - reach)), min(width, math.ceil(x + off + reach) + 1)
            y0, y1 = max(0, math.floor(y - reach)), min(height, math.ceil(y + reach) + 1)
            if x0 >= x1 or y0 >= y1:
                continue
            dy, dx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
            square = (dx - np.float32(x + off)) ** 2 + (dy - np.float32(y)) ** 2
            rise = np.sqrt(np.maximum(np.float32(radius * radius) - square, 0)) + np.float32(ahead)
            rise = np.where(square < radius * radius, rise, -1e6)
            np.maximum(near[y0:y1, x0:x1], rise, out=near[y0:y1, x0:x1])
            np.maximum(inside[y0:y1, x0:x1], np.float32(radius) - np.sqrt(square), out=inside[y0:y1, x0:x1])
    return near, inside


def _shaded(
    near: Field, inside: Field, light: Daylight, random: np.random.Generator, soft: float, foot: float
) -> Layer:
    """Balls as a cloud: its edges torn, lit from the sun's side, bright through its thin parts, in shade below."""
    height, width = near.shape
    spots = (max(3.0, width / height * 3), 3)
    rough = grain((width, height), (spots[0] * 2, spots[1] * 2), random, 5)
    torn = inside + rough * soft * 2.2
    cover = smooth(-0.3 * soft, 1.5 * soft, torn.astype(np.float32))
    body = cv2.GaussianBlur(np.where(near < -1e5, 0, near).astype(np.float32), (0, 0), max(1.0, soft * 1.1))
    body = body + rough * soft * 1.5
    right, up, ahead = (float(part) for part in light.towards)
    gy, gx = np.gradient(body)
    bright = (-gx * right + gy * max(up, 0.25) - 0.55 * ahead + 0.55) / np.sqrt(1 + gx**2 + gy**2)
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height
    lit = smooth(-0.35, 0.95, (bright + 0.46 * (1 - y) - 0.26).astype(np.float32))
    thin = np.exp(-np.clip(inside, 0, None) / (3.0 * soft)) * max(0.0, ahead) * 0.8
    sky = light.sky
    shade, day = sky.cloud_shade, sky.cloud_light
    picture = shade + (day - shade) * lit[..., None] + light.key * (thin * 0.30)[..., None]
    low = np.clip((1 - y) / max(1e-3, foot), 0, 1) if foot > 0 else np.ones_like(y)
    return layer_of(picture.astype(np.float32), (cover * low).astype(np.float32))


def cumulus(width: int, height: int, light: Daylight, random: np.random.Generator) -> Layer:
    """A heaped cloud that stands alone, flat below."""
    spots = []
    tops = int(random.integers(2, 5))
    for _ in range(tops):
        middle, tall = random.uniform(0.22, 0.78) * width, random.uniform(0.5, 0.84) * height
        for _ in range(26):
            part = random.uniform(0, 1)
            radius = height * random.uniform(0.09, 0.21) * (1.15 - 0.5 * part)
            x = middle + random.normal(0, 0.13) * width * (1.25 - part)
            y = height - 0.12 * height - part * tall * 0.7
            spots.append((x, y, radius, random.uniform(-0.3, 0.6) * radius))
    for _ in range(46):
        radius = height * random.uniform(0.07, 0.15)
        x = width * np.clip(random.normal(0.5, 0.2), 0.1, 0.9)
        spots.append((x, height * random.uniform(0.76, 0.86), radius, random.uniform(0, 0.8) * radius))
    heap = np.array(spots)
    heap[:, 0] = np.clip(heap[:, 0], heap[:, 2] * 1.25, width - heap[:, 2] * 1.25)
    heap[:, 1] = np.clip(heap[:, 1], heap[:, 2] * 1.3, None)
    soft = max(2.0, height * 0.022)
    near, inside = _balls((height, width), heap, soft, seamless=False)
    return _shaded(near, inside, light, random, soft, 0.22)


def bank(width: int, height: int, light: Daylight, random: np.random.Generator, peaks: float = 4.0) -> Layer:
    """A sea of clouds seen from the side: seamless, with domes and towers along its top, lost in haze at its foot."""
    x = np.arange(width) / width * math.tau
    line = sum(np.sin(k * x + random.uniform(0, math.tau)) / k**0.7 for k in range(1, round(peaks) * 2))
    line = (line - line.min()) / (line.max() - line.min())
    spots = []
    count = round(110 * max(1.0, width / height / 6))
    for k in range(count):
        at = int(random.integers(width))
        top = height * (0.48 - 0.34 * line[at] ** 1.3)
        part = random.uniform(0, 1)
        radius = height * random.uniform(0.10, 0.30) * (0.8 + 0.5 * part)
        spots.append((at, top + radius * 1.2 + part * (height - top) * 0.9, radius, part * height * 1.1 + k * 1e-3))
    soft = max(2.0, height * 0.034)
    near, inside = _balls((height, width), np.array(spots), soft, seamless=True)
    y = np.arange(height, dtype=np.float32)[:, None]
    inside = np.maximum(inside, y - height * 0.52)
    near = np.maximum(near, np.where(y > height * 0.52, (y / height - 0.3) * height * 1.1, -1e6))
    return _shaded(near.astype(np.float32), inside.astype(np.float32), light, random, soft, 0.34)
