"""A sign's measures, colour and seed come in, its painted board and its light go out. Knows no street.

No typeface for CJK can be counted on, so boards carry Latin words, pictograms and invented characters that
read as neon signage and mean nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.paint import Canvas, Layer, Mask, Points, fitted, lettering, strokes

Flicker = Literal["steady", "pulse", "faulty"]
Style = Literal["box", "tubes", "pale", "round", "dots"]

WORDS = (
    "HOTEL", "BAR", "RAMEN", "CLUB", "NEON", "OPEN", "24H", "CAFE", "SUSHI", "JAZZ", "ARCADE", "TAXI", "TEA", "NOODLE",
    "LOTUS", "MOON", "DREAM", "ECHO", "ORBIT", "KOI", "VINYL", "TOKEN", "CINEMA", "PHARMA", "SOBA", "GRILL",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sign:
    """A board that faces the viewer, in metres: its inner lower corner is at (x, y, z); `width` runs to the right."""

    x: float
    y: float
    z: float
    width: float
    height: float
    colour: tuple[float, float, float]
    style: Style
    flicker: Flicker
    seed: int


def brightness(flicker: Flicker, seed: int, t: float) -> float:
    """How bright a tube burns at `t` seconds, 0…1: steady, breathing slowly, or failing now and then."""
    phase = (seed % 97) * 0.31
    if flicker == "pulse":
        return 0.78 + 0.22 * math.sin(t * 1.7 + phase)
    if flicker == "faulty":
        unrest = math.sin(t * 23.0 + phase) * math.sin(t * 7.3 + phase * 2) * math.sin(t * 2.1 + phase * 3)
        return 0.22 if unrest > 0.22 else 1.0
    return 1.0


@dataclass(frozen=True, slots=True)
class PaintedSign:
    """The board without its light, and its light alone (height × width × 3) at full brightness."""

    board: Layer
    light: NDArray[np.float32]


def paint_sign(sign: Sign, scale: float) -> PaintedSign:
    """Paint `sign` at `scale` pixels per metre."""
    width, height = max(3, round(sign.width * scale)), max(3, round(sign.height * scale))
    canvas = Canvas(0, 0, width, height, samples=2)
    random = np.random.default_rng(sign.seed)
    colour = np.array(sign.colour, np.float32)
    _paint_board(canvas, sign.style, scale)
    ink = _inscription(sign, width, height, random)
    if sign.style == "box":
        light = _light_box(ink, colour, random)
    elif sign.style == "pale":
        light = _pale_box(ink, colour)
    elif sign.style == "dots":
        light = _dot_matrix(ink, colour, scale)
    else:
        light = _tubes(np.maximum(ink, _border(width, height, sign.style, scale)), colour, scale)
    board = canvas.layer()
    return PaintedSign(board, np.ascontiguousarray(light * board[..., 3:]))


def _paint_board(canvas: Canvas, style: Style, scale: float) -> None:
    width, height, rim = canvas.width, canvas.height, max(1.0, 0.04 * scale)
    if style == "round":
        canvas.ellipse(width / 2, height / 2, width / 2, height / 2, (0.03, 0.03, 0.04))
        canvas.ellipse(width / 2, height / 2, width / 2 - rim, height / 2 - rim, (0.012, 0.012, 0.018))
        return
    canvas.polygon([(0, 0), (width, 0), (width, height), (0, height)], (0.035, 0.035, 0.045))
    inner = [(rim, rim), (width - rim, rim), (width - rim, height - rim), (rim, height - rim)]
    canvas.polygon(inner, (0.012, 0.011, 0.018))


def _light_box(
    ink: NDArray[np.float32], colour: NDArray[np.float32], random: np.random.Generator
) -> NDArray[np.float32]:
    """A coloured acrylic face, brighter along its inner tubes, with white or dark characters."""
    height, width = ink.shape
    rows = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    face = (0.85 - 0.28 * columns**2) * (0.96 - 0.22 * rows**4)
    face *= _inside(height, width, 0.06)
    letters = np.array((1.6, 1.6, 1.55), np.float32) if random.random() < 0.7 else colour * 0.02
    body = face[..., None] * colour * 0.85
    lit: NDArray[np.float32] = body * (1 - ink[..., None]) + letters * ink[..., None] * np.minimum(
        1, face[..., None] * 1.4
    )
    return lit


def _pale_box(ink: NDArray[np.float32], colour: NDArray[np.float32]) -> NDArray[np.float32]:
    """A white face with coloured characters and a coloured edge."""
    height, width = ink.shape
    columns = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    face = (0.92 - 0.35 * columns**2) * _inside(height, width, 0.07)
    white = np.array((0.86, 0.9, 1.0), np.float32) * 0.9
    edge = _inside(height, width, 0.02) - _inside(height, width, 0.1)
    mixed = white * (1 - ink[..., None]) + colour * 0.55 * ink[..., None]
    lit: NDArray[np.float32] = mixed * face[..., None] + colour * 1.1 * np.maximum(edge, 0)[..., None]
    return lit


def _dot_matrix(ink: NDArray[np.float32], colour: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """A field of lamps: lit where the characters are, glimmering elsewhere."""
    height, width = ink.shape
    pitch = max(3.0, 0.045 * scale)
    u = np.cos(np.arange(width, dtype=np.float32) * (2 * np.pi / pitch))[None, :]
    v = np.cos(np.arange(height, dtype=np.float32) * (2 * np.pi / pitch))[:, None]
    lamp = 0.35 + 0.65 * np.clip(0.5 - 0.5 * (u + v), 0, 1)
    level = (0.06 + 1.5 * ink) * lamp * _inside(height, width, 0.06)
    lit: NDArray[np.float32] = level[..., None] * colour
    return lit


def _tubes(ink: NDArray[np.float32], colour: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """Glowing tubes: a pale core, a saturated wall, and light on the board behind."""
    halo = cv2.GaussianBlur(ink, (0, 0), max(0.6, 0.055 * scale))
    core = np.clip(cv2.GaussianBlur(ink, (0, 0), max(0.4, 0.008 * scale)) * 2 - 1.1, 0, 1)
    colours = colour * (1.5 * ink + 0.5 * halo)[..., None]
    lit: NDArray[np.float32] = colours + np.float32(0.75) * core[..., None]
    return lit


def _inside(height: int, width: int, rim: float) -> NDArray[np.float32]:
    """1 inside, 0 in a rim that is `rim` of the shorter side wide."""
    edge = rim * min(height, width)
    rows = np.minimum(np.arange(height) + 0.5, np.arange(height)[::-1] + 0.5)[:, None]
    columns = np.minimum(np.arange(width) + 0.5, np.arange(width)[::-1] + 0.5)[None, :]
    inside: NDArray[np.float32] = np.clip(np.minimum(rows, columns) - edge + 0.5, 0, 1).astype(np.float32)
    return inside


def _border(width: int, height: int, style: Style, scale: float) -> NDArray[np.float32]:
    canvas = Canvas(0, 0, width, height, samples=2)
    inset, tube = 0.075 * scale, max(1.0, 0.028 * scale)
    if style == "round":
        angles = np.linspace(0, 2 * np.pi, 61)
        ring = np.stack(
            [width / 2 + (width / 2 - inset) * np.cos(angles), height / 2 + (height / 2 - inset) * np.sin(angles)], 1
        )
        canvas.line(ring, tube, (1, 1, 1))
    else:
        left, right, top, bottom = inset, width - inset, inset, height - inset
        frame = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        canvas.line(frame, tube, (1, 1, 1))
    return canvas.layer()[..., 3]


def _inscription(sign: Sign, width: int, height: int, random: np.random.Generator) -> NDArray[np.float32]:
    """The sign's characters as coverage, height × width."""
    ink = np.zeros((height, width), np.float32)
    margin = 0.17 if sign.style in ("tubes", "round") else 0.13
    if sign.style == "round":
        side = round(width * 0.5)
        _stamp(ink, fitted(_pictogram(int(random.integers(len(PICTOGRAMS)))), side, side), width // 2, height // 2)
    elif height > 1.6 * width:
        _write_down(ink, margin, random)
    elif width > 1.6 * height:
        word = lettering(WORDS[int(random.integers(len(WORDS)))], 72)
        side = min(height * (1 - 2 * margin), (width * (1 - margin)) * word.shape[0] / word.shape[1])
        _stamp(ink, fitted(word, round(side * word.shape[1] / word.shape[0]), round(side)), width // 2, height // 2)
    else:
        side = round(min(width, height) * (1 - 2 * margin))
        drawn = _pictogram(int(random.integers(len(PICTOGRAMS)))) if random.random() < 0.6 else character(sign.seed)
        _stamp(ink, fitted(drawn, side, side), width // 2, height // 2)
    return ink


def _write_down(ink: NDArray[np.float32], margin: float, random: np.random.Generator) -> None:
    """A column of characters, or of a word's letters, filling the board's height."""
    height, width = ink.shape
    cell = width * (1 - 2 * margin)
    count = max(1, int(height * (1 - margin) / (cell * 1.12)))
    fitting = [word for word in WORDS if count - 1 <= len(word) <= count]
    if fitting and random.random() < 0.45:
        word = fitting[int(random.integers(len(fitting)))]
        drawn = [lettering(letter, 72) for letter in word]
    else:
        drawn = [character(int(random.integers(1 << 30))) for _ in range(count)]
        if random.random() < 0.35:
            drawn[0] = _pictogram(int(random.integers(len(PICTOGRAMS))))
    step = min(height * (1 - margin) / len(drawn), cell * 1.35)
    top = (height - step * len(drawn)) / 2
    for place, mask in enumerate(drawn):
        tall = round(min(cell, step * 0.86))
        wide = max(1, min(round(cell), round(tall * mask.shape[1] / mask.shape[0])))
        _stamp(ink, fitted(mask, wide, tall), width // 2, round(top + step * (place + 0.5)))


def _stamp(ink: NDArray[np.float32], mask: Mask, x: int, y: int) -> None:
    top, left = max(0, y - mask.shape[0] // 2), max(0, x - mask.shape[1] // 2)
    part = ink[top : top + mask.shape[0], left : left + mask.shape[1]]
    np.maximum(part, mask[: part.shape[0], : part.shape[1]].astype(np.float32) / 255, out=part)


@cache
def character(seed: int) -> Mask:
    """An invented character of strokes, built as Han characters are: a crown, a body, feet, or two halves."""
    random = np.random.default_rng(seed)
    first, second = (_PARTS[int(number)] for number in random.choice(len(_PARTS), 2, replace=False))
    if random.random() < 0.45:
        split = 0.36 + 0.1 * random.random()
        paths = [_placed(first, 0.02, 0.04, split - 0.05, 0.92)]
        paths += [_placed(second, split + 0.06, 0.02, 0.92 - split, 0.96)]
    else:
        split = 0.34 + 0.2 * random.random()
        paths = [_placed(first, 0.06, 0.02, 0.88, split - 0.06)]
        paths += [_placed(second, 0.1, split + 0.06, 0.8, 0.9 - split)]
    return strokes([path for part in paths for path in part], 72, 0.085)


_PARTS: tuple[tuple[Points, ...], ...] = (
    (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)), ((0.0, 0.5), (1.0, 0.5))),
    (((0.0, 0.35), (1.0, 0.35)), ((0.5, 0.0), (0.5, 1.0)), ((0.5, 0.4), (0.05, 0.95)), ((0.5, 0.4), (0.95, 0.95))),
    (((0.0, 0.1), (1.0, 0.1)), ((0.12, 0.5), (0.88, 0.5)), ((0.0, 0.95), (1.0, 0.95)), ((0.5, 0.1), (0.5, 0.95))),
    (((0.5, 0.0), (0.5, 0.22)), ((0.0, 0.22), (1.0, 0.22)), ((0.32, 0.22), (0.05, 1.0)), ((0.68, 0.22), (0.95, 1.0))),
    (((0.0, 0.05), (1.0, 0.05), (0.92, 0.95), (0.7, 0.85)), ((0.45, 0.05), (0.3, 0.6), (0.02, 0.98))),
    (((0.5, 0.0), (0.0, 0.5)), ((0.5, 0.0), (1.0, 0.5)), ((0.22, 0.6), (0.78, 0.6)), ((0.5, 0.6), (0.5, 1.0))),
    (((0.05, 0.1), (0.2, 0.28)), ((0.0, 0.45), (0.15, 0.6)), ((0.02, 1.0), (0.3, 0.7)), ((0.5, 0.0), (0.5, 1.0)),
     ((0.35, 0.3), (1.0, 0.3)), ((0.4, 0.65), (1.0, 0.65))),
    (((0.0, 1.0), (0.0, 0.0), (1.0, 0.0), (1.0, 1.0)), ((0.25, 0.4), (0.75, 0.4)), ((0.5, 0.4), (0.5, 0.85))),
)  # fmt: skip


def _placed(part: tuple[Points, ...], x: float, y: float, width: float, height: float) -> list[Points]:
    return [[(x + u * width, y + v * height) for u, v in path] for path in part]


def _arc(x: float, y: float, across: float, up: float, start: float, end: float) -> Points:
    angles = np.radians(np.linspace(start, end, 19))
    return [(x + across * math.cos(a), y + up * math.sin(a)) for a in angles]


_HEART = [(0.5 + 0.028 * 16 * math.sin(a) ** 3,
           0.47 - 0.028 * (13 * math.cos(a) - 5 * math.cos(2 * a) - 2 * math.cos(3 * a) - math.cos(4 * a)))
          for a in np.linspace(0, 2 * math.pi, 40)]  # fmt: skip
_STAR = [(0.5 + r * math.sin(k * math.pi / 5), 0.53 - r * math.cos(k * math.pi / 5))
         for k, r in zip(range(11), (0.46, 0.19) * 5 + (0.46,), strict=True)]  # fmt: skip

PICTOGRAMS: tuple[tuple[Points, ...], ...] = (
    # a bowl with chopsticks and steam, a cocktail, a cup, a fish, a heart, a star, a moon, an arrow, an eye, a note
    (_arc(0.5, 0.5, 0.42, 0.4, 0, 180), ((0.06, 0.5), (0.94, 0.5)), ((0.55, 0.48), (0.95, 0.1)),
     ((0.65, 0.48), (1.0, 0.2)), ((0.25, 0.4), (0.3, 0.28), (0.22, 0.18), (0.27, 0.06)), ((0.34, 0.9), (0.66, 0.9))),
    (((0.1, 0.08), (0.9, 0.08), (0.5, 0.5), (0.1, 0.08)), ((0.5, 0.5), (0.5, 0.9)), ((0.28, 0.92), (0.72, 0.92)),
     ((0.5, 0.3), (0.78, 0.0))),
    (((0.14, 0.35), (0.7, 0.35), (0.64, 0.85), (0.2, 0.85), (0.14, 0.35)), _arc(0.7, 0.56, 0.2, 0.15, -90, 90),
     ((0.32, 0.26), (0.36, 0.16), (0.3, 0.06)), ((0.52, 0.26), (0.56, 0.16), (0.5, 0.06))),
    (_arc(0.42, 0.5, 0.36, 0.26, 0, 360), ((0.76, 0.5), (0.97, 0.28), (0.97, 0.72), (0.76, 0.5)),
     _arc(0.24, 0.44, 0.03, 0.03, 0, 360)),
    (_HEART,),
    (_STAR,),
    (_arc(0.5, 0.5, 0.42, 0.42, 40, 320), _arc(0.66, 0.5, 0.3, 0.32, 55, 305)),
    (((0.04, 0.5), (0.6, 0.5)), ((0.4, 0.2), (0.72, 0.5), (0.4, 0.8)), ((0.64, 0.2), (0.96, 0.5), (0.64, 0.8))),
    (_arc(0.5, 0.78, 0.52, 0.5, 205, 335), _arc(0.5, 0.22, 0.52, 0.5, 25, 155), _arc(0.5, 0.5, 0.13, 0.13, 0, 360)),
    (((0.32, 0.8), (0.32, 0.12), (0.82, 0.04), (0.82, 0.7)), _arc(0.21, 0.8, 0.11, 0.09, 0, 360),
     _arc(0.71, 0.7, 0.11, 0.09, 0, 360)),
)  # fmt: skip


@cache
def _pictogram(number: int) -> Mask:
    return strokes(PICTOGRAMS[number], 96, 0.06)
