"""A habit of growth and random numbers in, a tree's limbs and the ends of its twigs out. Knows no leaves and no light.

A tree is 1 tall and stands on the origin: x to the right, y up, z to the viewer.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Habit:
    """How a tree branches.

    Its trunk is bare up to `trunk`; each of `levels` forkings makes `forks` limbs, turned away by `spread` radians and
    `shorter` than the limb before. They strive upwards by `rise` (down where it is below 0). `girth` is the trunk's
    radius, `crooked` how much limbs bend.
    """

    trunk: float = 0.3
    levels: int = 5
    forks: int = 3
    spread: float = 0.62
    shorter: float = 0.74
    rise: float = 0.12
    girth: float = 0.028
    crooked: float = 0.12


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Limbs as n × 8 (both ends' x, y, z, and both radii), the trunk first, and the twigs' ends (m × 3)."""

    limbs: Points
    tips: Points


def grow(habit: Habit, random: np.random.Generator) -> Skeleton:
    """A tree of that habit, no two alike."""
    spots = np.zeros((1, 3))
    ways = _unit(np.array([[random.normal(0, 0.05), 1.0, 0.0]]))
    limbs, girth, long = [], np.array([habit.girth]), habit.trunk
    for step in range(2):
        ends = spots + ways * long * (0.55, 0.45)[step]
        limbs.append(_joined(spots, ends, girth, girth * 0.86))
        spots, girth = ends, girth * 0.86
        ways = _unit(ways + random.normal(0, habit.crooked * 0.5, ways.shape))
    long = 0.27 * (1 - habit.trunk) / 0.7
    for level in range(habit.levels):
        count = habit.forks if level % 2 == 0 else max(2, habit.forks - 1)
        spots, ways, girth = (np.repeat(one, count, axis=0) for one in (spots, ways, girth))
        ways = _turned(ways, habit, count, random)
        lengths = long * random.uniform(0.7, 1.25, (len(ways), 1))
        thin = girth * 0.60 * random.uniform(0.8, 1.1, len(girth))
        middle = spots + ways * lengths * 0.5
        limbs.append(_joined(spots, middle, girth * 0.72, thin * 1.05))
        ways = _unit(ways + random.normal(0, habit.crooked, ways.shape))
        spots = middle + ways * lengths * 0.5
        limbs.append(_joined(middle, spots, thin * 1.05, thin))
        girth, long = thin, long * habit.shorter
    return _scaled(np.concatenate(limbs), spots)


def _turned(ways: Points, habit: Habit, count: int, random: np.random.Generator) -> Points:
    """Each way turned aside: the limbs of one fork stand around it evenly, and all strive up."""
    around = np.tile(np.arange(count) * (2 * np.pi / count), len(ways) // count)
    around += np.repeat(random.uniform(0, 2 * np.pi, len(ways) // count), count) + random.normal(0, 0.4, len(ways))
    aside = np.stack([np.cos(around), np.zeros(len(ways)), np.sin(around)], axis=1)
    aside -= ways * (aside * ways).sum(1, keepdims=True)
    angle = habit.spread * random.uniform(0.6, 1.3, (len(ways), 1))
    return _unit(ways * np.cos(angle) + _unit(aside) * np.sin(angle) + np.array((0.0, habit.rise, 0.0)))


def _scaled(limbs: Points, tips: Points) -> Skeleton:
    tall = max(tips[:, 1].max(), 0.5) * 1.06
    return Skeleton(limbs / tall, tips / tall)


def _joined(start: Points, end: Points, wide: Points, narrow: Points) -> Points:
    return np.concatenate([start, end, wide[:, None], narrow[:, None]], axis=1)


def _unit(ways: Points) -> Points:
    unit: Points = ways / np.maximum(np.linalg.norm(ways, axis=1, keepdims=True), 1e-9)
    return unit


def draw_limbs(
    limbs: Points, size: tuple[int, int], tall: float, side: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The limbs' cover and their light (0…1), height × width, for a tree `tall` pixels high in the foot's middle.

    `side` is where the light comes from: −1 the left … 1 the right.
    """
    width, height = size
    cover = np.zeros((height, width), np.uint8)
    light = np.zeros((height, width), np.uint8)
    scale, corner = np.array((tall, -tall)), np.array((width / 2, height))
    starts, ends = corner + limbs[:, 0:2] * scale, corner + limbs[:, 3:5] * scale
    wide, narrow = np.maximum(0.3, limbs[:, 6] * tall), np.maximum(0.22, limbs[:, 7] * tall)
    whole = _strips(starts, ends, wide, narrow)
    shades = []
    for share, off in ((1.0, 0.0), (0.72, 0.28), (0.36, 0.5)):
        aside = np.array((side * off, -0.2 * off))
        shifted = starts + aside * wide[:, None], ends + aside * narrow[:, None]
        shades.append(_strips(*shifted, wide * share, narrow * share))
    for k in range(len(limbs)):
        cv2.fillPoly(cover, [whole[k]], 255, cv2.LINE_AA, 4)
        for strips, value in zip(shades if wide[k] > 0.7 else shades[1:2], (70, 130, 215), strict=False):
            cv2.fillPoly(light, [strips[k]], value, cv2.LINE_AA, 4)
    if tall > 200:
        light = cv2.GaussianBlur(light, (0, 0), tall / 500)
    most = np.float32(1 / 255)
    return cover.astype(np.float32) * most, light.astype(np.float32) * most


def _strips(starts: Points, ends: Points, wide: Points, narrow: Points) -> NDArray[np.int32]:
    """The quadrilaterals of tapered limbs, a little longer than they so that joints close, in sixteenths."""
    way = _unit(ends - starts)
    aside = np.stack([-way[:, 1], way[:, 0]], axis=1)
    wide, narrow = wide[:, None], narrow[:, None]
    a, b = starts - way * wide * 0.3, ends + way * narrow * 0.4
    points = np.stack([a + aside * wide, b + aside * narrow, b - aside * narrow, a - aside * wide], axis=1)
    return np.rint((points - 0.5) * 16).astype(np.int32)
