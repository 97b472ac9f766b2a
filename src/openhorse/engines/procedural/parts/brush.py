"""Tones and a kind of dab in, a brush out: it lays thousands of small leaves, needles or petals on a layer.

Knows no tree and no light: a tone is a colour that is lit already. A dab is a picture of a spray of leaves, so that a
crown is made of leaves and not of discs.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.drawing.stamps import Stamps

Spray = Literal["leaves", "blossom", "needles", "lances", "fine", "fern", "puff"]
Field = NDArray[np.float32]

_SIDE = 44
_FINER = 4
_VARIANTS = 5


class Brush:
    """Dabs of one kind in a number of tones (n × 3, linear light, the darkest first)."""

    def __init__(self, spray: Spray, tones: NDArray[np.float32]) -> None:
        masks = np.stack([_mask(spray, variant) for variant in range(_VARIANTS)])
        value, cover = masks[:, 0], masks[:, 1]
        pictures = np.empty((len(tones), _VARIANTS, _SIDE, _SIDE, 4), np.float32)
        pictures[..., :3] = (value * cover)[None, ..., None] * tones[:, None, None, None, :]
        pictures[..., 3] = cover[None]
        self._tones = len(tones)
        self._stamps = Stamps(pictures.reshape(-1, _SIDE, _SIDE, 4))

    def paint(self, layer: Layer, dabs: Field, random: np.random.Generator, wrapped: bool = False) -> Layer:
        """`layer` with dabs laid over it in their order. `dabs` is n × 4: x, y, size in pixels and tone (0…1).

        A wrapped layer goes on at its other side.
        """
        width = layer.shape[1]
        places = np.zeros((len(dabs), 6), np.float32)
        places[:, 0], places[:, 2], places[:, 4] = dabs[:, 0], dabs[:, 2], 1
        places[:, 1] = dabs[:, 1] + dabs[:, 2] / 2
        tone = np.clip(np.rint(dabs[:, 3] * (self._tones - 1)), 0, self._tones - 1)
        places[:, 3] = tone * _VARIANTS + random.integers(0, _VARIANTS, len(dabs))
        if wrapped:
            places = np.repeat(places, 3, axis=0)
            places[0::3, 0] -= width
            places[2::3, 0] += width
            places = places[(places[:, 0] > -places[:, 2]) & (places[:, 0] < width + places[:, 2])]
        return _stamped(layer, self._stamps, places)


class Stock:
    """Whole pictures of one size (kinds × height × width × 4) to be set in numbers: tufts, stones, trees."""

    def __init__(self, pictures: NDArray[np.float32], smallest: int = 6) -> None:
        self.kinds = len(pictures)
        self._slim = pictures.shape[2] / pictures.shape[1]
        self._stamps = Stamps(pictures, smallest)

    def strew(self, layer: Layer, places: Field, wrapped: bool = True) -> Layer:
        """`layer` with pictures set on it in the order of `places`: n × 5 of middle x, foot y, height, kind, gain."""
        width = layer.shape[1]
        rows = np.zeros((len(places), 6), np.float32)
        rows[:, :5] = places
        if wrapped:
            copies = [rows + np.array((off, 0, 0, 0, 0, 0), np.float32) for off in (-width, 0, width)]
            rows = np.stack(copies, 1).reshape(-1, 6)
            half = rows[:, 2] * self._slim / 2
            rows = rows[(rows[:, 0] > -half) & (rows[:, 0] < width + half)]
        return _stamped(layer, self._stamps, rows)


def _stamped(layer: Layer, stamps: Stamps, places: Field) -> Layer:
    """The layer with these places stamped on it."""
    planes = np.stack(cv2.split(layer))
    stamps.draw(planes, np.full(layer.shape[:2], 1e9, np.float32), places)
    painted: Layer = cv2.merge(list(planes))
    return painted


@cache
def _mask(spray: Spray, variant: int) -> Field:
    """Light within a dab (about 1) and its cover, 2 × side × side."""
    random = np.random.default_rng((variant, *spray.encode()))
    big = _SIDE * _FINER
    value, cover = np.ones((big, big), np.uint8) * 128, np.zeros((big, big), np.uint8)
    for points, shade in _leaves(spray, random):
        spots = [np.rint(points * big).astype(np.int32)]
        cv2.fillPoly(value, spots, float(np.clip(128 * shade, 40, 255)))
        cv2.fillPoly(cover, spots, 255)
    if spray == "puff":
        cover = cv2.GaussianBlur(cover, (0, 0), big * 0.05)
        value = cv2.GaussianBlur(value, (0, 0), big * 0.05)
    size = (_SIDE, _SIDE)
    small = [cv2.resize(one, size, interpolation=cv2.INTER_AREA).astype(np.float32) for one in (value, cover)]
    mask = np.stack([small[0] / 128, small[1] / 255])
    mask[1, :2], mask[1, -2:], mask[1, :, :2], mask[1, :, -2:] = 0, 0, 0, 0
    return mask


def _leaves(spray: Spray, random: np.random.Generator) -> list[tuple[NDArray[np.float64], float]]:
    """Outlines in a unit square, y downwards, each with its shade."""
    counts = {"leaves": 17, "blossom": 22, "needles": 34, "lances": 11, "fine": 26, "fern": 15, "puff": 9}
    found = []
    for k in range(counts[spray]):
        angle, far = random.uniform(0, 2 * np.pi), 0.37 * np.sqrt(random.uniform(0, 1))
        x, y = 0.5 + far * np.cos(angle), 0.5 + far * np.sin(angle)
        shade = 1.0 + random.uniform(-0.2, 0.2) - 0.35 * (y - 0.5)
        if spray == "leaves":
            found.append((_leaf(x, y, random.uniform(0, np.pi), random.uniform(0.06, 0.10), 0.5), shade))
        elif spray == "blossom":
            found.append((_leaf(x, y, random.uniform(0, np.pi), random.uniform(0.045, 0.075), 0.85), shade))
        elif spray == "fine":
            found.append((_leaf(x, y, random.uniform(0, np.pi), random.uniform(0.03, 0.055), 0.6), shade))
        elif spray == "needles":
            found.append(
                (
                    _leaf(x, y, np.pi / 2 + random.normal(0, 0.7), random.uniform(0.09, 0.17), 0.13),
                    shade * random.uniform(0.75, 1.15),
                )
            )
        elif spray == "lances":
            heading = np.pi / 2 + random.normal(0, 0.75)
            found.append((_leaf(x, y, heading, random.uniform(0.13, 0.2), 0.17), shade))
        elif spray == "fern":
            heading = -np.pi / 2 + (k - 7) * 0.19 + random.normal(0, 0.05)
            long = random.uniform(0.16, 0.22)
            spot = 0.5 + long * np.cos(heading), 0.86 + long * np.sin(heading)
            found.append((_leaf(*spot, heading, long, 0.16), 0.8 + 0.4 * random.random()))
        else:
            found.append((_leaf(0.5 + 0.5 * (x - 0.5), 0.5 + 0.4 * (y - 0.5), 0.0, 0.12, 0.8), shade))
    return found


def _leaf(x: float, y: float, heading: float, long: float, slim: float) -> NDArray[np.float64]:
    """A pointed leaf about (x, y)."""
    along = np.array((-1.0, -0.45, 0.25, 1.0, 0.25, -0.45)) * long
    aside = np.array((0.0, 0.85, 0.8, 0.0, -0.8, -0.85)) * long * slim
    cos, sin = np.cos(heading), np.sin(heading)
    return np.stack([x + along * cos - aside * sin, y + along * sin + aside * cos], axis=1)
