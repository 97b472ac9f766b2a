"""A light and random numbers in; corals, sponges, kelp and sea grass out, as layers. Knows no place and no camera."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.grain import grain, layer_of, smooth
from openhorse.engines.procedural.world.hours import Daylight

_INKS = (
    (236, 96, 92),
    (244, 150, 74),
    (232, 196, 84),
    (190, 92, 170),
    (120, 110, 210),
    (92, 176, 160),
    (238, 130, 160),
)
_FINE = 2


def _lit(light: Daylight) -> NDArray[np.float32]:
    return np.asarray(light.ambient * 0.9 + light.key * 0.45, np.float32)


def dome(size: int, light: Daylight, random: np.random.Generator) -> Layer:
    """A brain coral: a dome with winding furrows, `size` pixels wide."""
    height = max(8, round(size * 0.62))
    y, x = np.mgrid[0:height, 0:size].astype(np.float32)
    u, v = x / size * 2 - 1, 1 - y / height
    bent = grain((size, height), (3, 2), random, 3) * 0.08
    far = np.hypot(u * 1.02, v * 0.98) + bent
    cover = np.clip((0.96 - far) * size * 0.25, 0, 1)
    field = grain((size, height), (7, 5), random, 2)
    furrow = np.abs(np.sin(field * 9.0))
    round_off = np.sqrt(np.clip(1 - far**2, 0, 1))
    lit = (0.30 + 0.75 * v * round_off + 0.2 * round_off) * (0.55 + 0.5 * smooth(0.1, 0.6, furrow.astype(np.float32)))
    ink = linear(*_INKS[int(random.integers(len(_INKS)))])
    picture = ink * lit[..., None] * _lit(light)
    return layer_of(picture.astype(np.float32), cover.astype(np.float32))


def branches(size: int, light: Daylight, random: np.random.Generator, fan: bool = False) -> Layer:
    """A coral that branches, `size` pixels each way; a `fan` is flat, fine and close."""
    side = size * _FINE
    ink = np.zeros((side, side, 4), np.float32)
    colour = linear(*_INKS[int(random.integers(len(_INKS)))])
    lit = _lit(light)
    wide = 0.020 if fan else 0.052
    spread = 0.30 if fan else 0.42

    def grow(x: float, y: float, angle: float, long: float, thick: float, depth: int) -> None:
        if depth == 0 or long < 1.5:
            return
        tip = (x + long * math.cos(angle), y - long * math.sin(angle))
        high = 1 - y / side
        shade = (0.32 + 0.7 * high) * random.uniform(0.85, 1.15)
        tone = colour * shade + (0.35 if depth == 1 else 0.0) * high
        ends = (round(x), round(y)), (round(tip[0]), round(tip[1]))
        cv2.line(ink, ends[0], ends[1], (*map(float, tone * lit), 1.0), max(1, round(thick)), cv2.LINE_AA)
        for _ in range(3 if random.random() < (0.55 if fan else 0.35) else 2):
            turn = random.normal(0, spread)
            further = angle + turn + 0.12 * (math.pi / 2 - angle)
            grow(*tip, further, long * random.uniform(0.72, 0.9), thick * 0.80, depth - 1)

    for k in range(5 if fan else 4):
        start = math.pi / 2 + (k - 1.5) * (0.34 if fan else 0.42) + random.normal(0, 0.1)
        grow(side * (0.5 + 0.03 * (k - 2)), side * 0.99, start, side * 0.17, side * wide, 7 if fan else 6)
    small = cv2.resize(ink, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def tubes(size: int, light: Daylight, random: np.random.Generator) -> Layer:
    """A bundle of tube sponges, `size` pixels each way."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    picture = np.zeros((size, size, 4), np.float32)
    ink = linear(*_INKS[int(random.integers(len(_INKS)))])
    lit = _lit(light)
    for _ in range(int(random.integers(5, 9))):
        foot, lean = random.uniform(0.3, 0.7), random.normal(0, 0.14)
        tall, wide = random.uniform(0.4, 0.92), random.uniform(0.05, 0.085)
        up = (1 - y) / tall
        middle = foot + lean * up**1.4
        half = wide * (0.7 + 0.35 * up)
        off = (x - middle) / half
        body = np.clip((1 - np.abs(off)) * half * size * 0.7, 0, 1) * np.clip((1 - up) * size * 0.1, 0, 1)
        shade = (0.35 + 0.6 * (1 - y)) * (0.5 + 0.6 * np.sqrt(np.clip(1 - off**2, 0, 1)))
        mouth = np.clip(1.2 - np.hypot(off / 0.75, (up - 0.965) / 0.05), 0, 1) * 0.8
        tone = ink * (shade * (1 - mouth))[..., None] * lit
        picture[..., :3] = picture[..., :3] * (1 - body[..., None]) + tone * body[..., None]
        picture[..., 3] = picture[..., 3] * (1 - body) + body
    return picture


def kelp(tall: int, light: Daylight, random: np.random.Generator) -> Layer:
    """A stalk of kelp with its blades, `tall` pixels high and a fifth as wide; meant to be swayed."""
    height, width = tall * _FINE, max(16, round(tall * 0.26)) * _FINE
    ink = np.zeros((height, width, 4), np.float32)
    lit, phase = _lit(light), random.uniform(0, math.tau)
    count = max(8, round(18 * random.uniform(0.8, 1.2)))
    t = np.linspace(0, 1, 40)
    x = width * (0.5 + 0.16 * np.sin(5 * t + phase))
    y = height * (1 - 0.98 * t)
    stalk = linear(96, 92, 38) * lit
    for k in range(39):
        ends = (round(float(x[k])), round(float(y[k]))), (round(float(x[k + 1])), round(float(y[k + 1])))
        cv2.line(ink, ends[0], ends[1], (*map(float, stalk), 1.0), max(1, round(width * 0.02)), cv2.LINE_AA)
    for k in range(count):
        at = (k + 0.6) / (count + 0.5)
        j = min(38, int(at * 39))
        side = 1 if k % 2 else -1
        long = width * random.uniform(0.30, 0.46)
        s = np.linspace(0, 1, 14)
        angle = random.uniform(0.15, 0.8)
        px = x[j] + side * long * s * math.cos(angle)
        py = y[j] - long * 1.5 * (s * math.sin(angle) + 0.25 * s * s) + 0.05 * long * np.sin(7 * s + k)
        half = long * 0.10 * np.sin(np.pi * np.clip(0.08 + 0.92 * s, 0, 1)) * (1 + 0.2 * np.sin(15 * s))
        outline = np.concatenate([np.stack([px, py - half], 1), np.stack([px, py + half], 1)[::-1]])
        tone = linear(*((118, 122, 44) if k % 3 else (152, 140, 58))) * random.uniform(0.65, 1.15) * (0.55 + 0.6 * at)
        cv2.fillPoly(ink, [np.rint(outline * 16).astype(np.int32)], (*map(float, tone * lit), 1.0), cv2.LINE_AA, 4)
    small = cv2.resize(ink, (width // _FINE, height // _FINE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def grass(size: int, light: Daylight, random: np.random.Generator) -> Layer:
    """A tuft of sea grass, `size` pixels each way; meant to be swayed."""
    side = size * _FINE
    ink, lit = np.zeros((side, side, 4), np.float32), _lit(light)
    for _ in range(26):
        foot, lean = side * random.normal(0.5, 0.12), random.normal(0, 0.2)
        tall = side * random.uniform(0.4, 0.95)
        t = np.linspace(0, 1, 10)
        px, py = foot + side * lean * t**2, side - tall * t
        tone = linear(70, 140, 70) * random.uniform(0.5, 1.2) * lit
        line = np.rint(np.stack([px, py], 1)).astype(np.int32)
        cv2.polylines(ink, [line], False, (*map(float, tone), 1.0), max(1, round(side * 0.014)), cv2.LINE_AA)
    small = cv2.resize(ink, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)
