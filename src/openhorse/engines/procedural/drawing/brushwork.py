"""Finished pictures in, pictures in a painter's or an old camera's manner out, height × width × 3, 8 bits.

Every texture (paper, canvas, hatching) stays where it is in the frame, so that nothing boils. Knows no scene.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.parts.grain import grain

Picture = NDArray[np.uint8]
Finish = Callable[[Picture, int], Picture]
"""A finished picture and its frame's number in, the picture in its manner out."""
Field = NDArray[np.float32]
Maps = tuple[NDArray[Any], NDArray[Any]]


def _texture(field: Field, low: float, high: float) -> Picture:
    """A field of about −1…1 as grey factors `low` … `high` of 255, as a picture."""
    grey = np.clip(low + (high - low) * (0.5 + 0.5 * field), 0, 1) * 255
    return np.ascontiguousarray(np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2))


def _times(picture: Picture, factor: Picture) -> Picture:
    """One picture times another, both as parts of 255."""
    product: Picture = cv2.multiply(picture, factor, scale=1 / 255)
    return product


_STROKES = 720.0
"""The mean side, in pixels, at which strokes are laid: a smaller frame keeps its own, or it would drown in them."""


def _scaled(width: int, height: int) -> float:
    """By how much a frame is made smaller before strokes are laid on it, 1 at most."""
    return min(1.0, _STROKES / math.sqrt(width * height))


def _smoothed(picture: Picture, times: int = 2) -> Picture:
    """Flat areas with clear borders, at the size at which strokes are laid."""
    height, width = picture.shape[:2]
    part = _scaled(width, height)
    small = cv2.resize(picture, (round(width * part), round(height * part)), interpolation=cv2.INTER_AREA)
    for _ in range(max(1, round(times * small.shape[0] * small.shape[1] / _STROKES**2))):
        small = cv2.medianBlur(small, 5)
    return np.asarray(small, np.uint8)


def _enlarged(small: Picture, like: Picture) -> Picture:
    whole = cv2.resize(small, (like.shape[1], like.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.uint8)


def _lines(small: Picture, fine: float, wide: float, gain: float, floor: float) -> Picture:
    """Dark lines where it gets dark beside light: 255 for none, grey."""
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    near = cv2.GaussianBlur(grey, (0, 0), fine).astype(np.int16)
    off = cv2.GaussianBlur(grey, (0, 0), wide).astype(np.int16)
    return np.asarray(np.clip(255 + (near - off + floor) * gain, 0, 255), np.uint8)


def _curve(points: tuple[tuple[float, float], ...]) -> Picture:
    """A tone curve as a table of 256."""
    x, y = zip(*points, strict=True)
    return np.asarray(np.interp(np.arange(256), x, y) + 0.5, np.uint8)


def _wobble(width: int, height: int, random: np.random.Generator, spots: float, reach: float) -> Maps:
    """Where each pixel is taken from when everything lies `reach` pixels off its place, here and there."""
    shift = [grain((width, height), (spots, spots * height / width), random, 3) * reach for _ in range(2)]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    fixed = cv2.convertMaps(x + shift[0], y + shift[1], cv2.CV_16SC2)
    return np.asarray(fixed[0]), np.asarray(fixed[1])


def _margin(width: int, height: int, random: np.random.Generator, wide: float) -> Field:
    """0 at the frame's torn edge … 1 inside, `wide` (parts of the mean side) from it."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    side = math.sqrt(width * height)
    edge = np.minimum.reduce([x, width - 1 - x, y, height - 1 - y]) / side
    rough = grain((width, height), (14, 14 * height / width), random, 5)
    margin: Field = np.clip((edge / wide + 0.55 * rough - 0.35) * 2.4, 0, 1).astype(np.float32)
    return margin


class Watercolour:
    """Washes with dark borders on rough paper."""

    def __init__(self, width: int, height: int, random: np.random.Generator) -> None:
        paper = grain((width, height), (width / 5, height / 5), random, 3)
        wash = grain((width, height), (6, 6 * height / width), random, 4)
        self._paper = _texture(paper, 0.93, 1.0)
        self._wash = _texture(wash + 0.35 * paper, 0.80, 1.08)
        self._maps = _wobble(width, height, random, 60, 1.6)
        bare = 1 - _margin(width, height, random, 0.045)
        self._bare = np.repeat((bare * 255).astype(np.uint8)[..., None], 3, axis=2)
        self._light = _curve(((0, 34), (64, 92), (150, 186), (215, 240), (255, 252)))

    def __call__(self, picture: Picture, index: int) -> Picture:
        """Frame `index` in this manner."""
        small = _smoothed(picture, 3)
        border = _lines(small, 1.0, 3.2, 1.7, 4)
        small = cv2.LUT(small, self._light)
        small = _times(np.asarray(small, np.uint8), cv2.cvtColor(cv2.max(border, 120), cv2.COLOR_GRAY2RGB))
        whole = cv2.remap(_enlarged(small, picture), *self._maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        # pigment gathers in the paper's hollows: what is painted is lighter and darker by the wash
        ink = cv2.bitwise_not(np.asarray(whole, np.uint8))
        ink = _times(np.asarray(ink, np.uint8), self._wash)
        ink = cv2.subtract(ink, self._bare)
        return _times(np.asarray(cv2.bitwise_not(ink), np.uint8), self._paper)


class Oil:
    """Dabs of thick paint on canvas, lit from above."""

    def __init__(self, width: int, height: int, random: np.random.Generator) -> None:
        self._maps = _wobble(width, height, random, 46, 5.5)
        dabs = np.zeros((height, width), np.float32)
        scale = math.sqrt(width * height) / 960
        for _ in range(3400):
            x, y = random.uniform(0, width), random.uniform(0, height)
            angle, long = random.normal(0.5, 0.7), random.uniform(12, 30) * scale
            ends = (round(x), round(y)), (round(x + long * math.cos(angle)), round(y + long * math.sin(angle)))
            cv2.line(dabs, *ends, float(random.uniform(0, 1)), max(2, round(random.uniform(4, 9) * scale)), cv2.LINE_AA)
        bristles = grain((width, height), (width / 3, height / 14), random, 2)
        relief = cv2.GaussianBlur(dabs, (0, 0), 1.1 * scale) + 0.10 * bristles
        light = np.gradient(relief, axis=0) * -1.5 + np.gradient(relief, axis=1) * -0.8
        self._raised = _texture(np.clip(light * 1.3, -1, 1), 0.86, 1.0)
        self._shine = _texture(np.clip(light * 2.2 - 0.8, -1, 1), 0.0, 0.12)
        self._rich = _curve(((0, 0), (60, 48), (140, 146), (215, 232), (255, 255)))

    def __call__(self, picture: Picture, index: int) -> Picture:
        """Frame `index` in this manner."""
        small = _smoothed(picture, 4)
        whole = cv2.remap(_enlarged(small, picture), *self._maps, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT)
        whole = _times(np.asarray(cv2.LUT(whole, self._rich), np.uint8), self._raised)
        return np.asarray(cv2.add(whole, _times(whole, self._shine) + self._shine // 3), np.uint8)


class InkWash:
    """Black ink on rice paper, with a breath of colour."""

    def __init__(self, width: int, height: int, random: np.random.Generator) -> None:
        fibre = grain((width, height), (width / 40, height / 3), random, 3)
        cloud = grain((width, height), (5, 5 * height / width), random, 5)
        tint = np.array((0.965, 0.94, 0.885), np.float32)
        grey = (1 + 0.015 * fibre + 0.03 * cloud)[..., None] * tint
        self._paper = np.clip(grey * 255, 0, 255).astype(np.uint8)
        self._maps = _wobble(width, height, random, 40, 1.8)
        bare = 1 - _margin(width, height, random, 0.075)
        self._bare = (bare * 255).astype(np.uint8)
        self._tone = _curve(((0, 6), (50, 34), (100, 96), (150, 180), (200, 240), (235, 255), (255, 255)))

    def __call__(self, picture: Picture, index: int) -> Picture:
        """Frame `index` in this manner."""
        small = _smoothed(picture, 3)
        line = _lines(small, 0.7, 2.2, 5.5, 3)
        grey = cv2.LUT(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), self._tone)
        blurred = cv2.GaussianBlur(grey, (0, 0), 3)
        grey = cv2.min(cv2.addWeighted(grey, 0.8, blurred, 0.2, 0), line)
        ink = cv2.cvtColor(np.asarray(grey, np.uint8), cv2.COLOR_GRAY2RGB)
        hue = cv2.addWeighted(ink, 0.82, cv2.max(small, ink), 0.18, 0)
        whole = cv2.remap(
            _enlarged(np.asarray(hue, np.uint8), picture), *self._maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        bare = cv2.cvtColor(self._bare, cv2.COLOR_GRAY2RGB)
        return _times(np.asarray(cv2.max(whole, bare), np.uint8), self._paper)


class Anime:
    """Flat colours in a few tones, thin dark lines."""

    def __init__(self, width: int, height: int, random: np.random.Generator) -> None:
        steps = np.arange(256) / 255 * 6
        low = np.floor(steps)
        part = np.clip((steps - low - 0.5) / 0.22 + 0.5, 0, 1)
        flat = (low + part) / 6 * 255
        self._tones = np.clip(0.72 * flat + 0.28 * np.arange(256), 0, 255).astype(np.uint8)

    def __call__(self, picture: Picture, index: int) -> Picture:
        """Frame `index` in this manner."""
        small = _smoothed(picture, 2)
        line = _lines(small, 0.6, 1.8, 9.0, 4)
        colour = cv2.cvtColor(small, cv2.COLOR_RGB2HSV)
        hue, rich, bright = cv2.split(colour)
        rich = cv2.convertScaleAbs(rich, alpha=1.16, beta=3)
        bright = cv2.LUT(bright, self._tones)
        flat = cv2.cvtColor(cv2.merge([hue, rich, bright]), cv2.COLOR_HSV2RGB)
        whole = _enlarged(np.asarray(flat, np.uint8), picture)
        # what is fine stays: eyes, windows, leaves
        fine = cv2.addWeighted(whole, 0.72, picture, 0.28, 0)
        drawn = cv2.resize(line, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
        return _times(np.asarray(fine, np.uint8), np.asarray(cv2.cvtColor(cv2.max(drawn, 70), cv2.COLOR_GRAY2RGB)))


class PaperCut:
    """Sheets of paper one above the other, each with its shadow."""

    _LEVELS = 7

    def __init__(self, width: int, height: int, random: np.random.Generator) -> None:
        fibre = grain((width, height), (width / 6, height / 6), random, 3)
        self._paper = _texture(fibre, 0.93, 1.0)
        self._level = (np.arange(256) * self._LEVELS // 256).astype(np.uint8)
        self._shift = max(2, round(math.sqrt(width * height) * _scaled(width, height) / 150))

    def __call__(self, picture: Picture, index: int) -> Picture:
        """Frame `index` in this manner."""
        small = _smoothed(picture, 4)
        small = np.asarray(cv2.blur(small, (3, 3)), np.uint8)
        grey = cv2.medianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), 5)
        level = cv2.LUT(grey, self._level)
        tone = ((level.astype(np.float32) + 0.6) / self._LEVELS * 255) / np.maximum(grey, 8)
        flat = cv2.multiply(small, cv2.merge([tone, tone, tone]), dtype=cv2.CV_8U)
        flat = (np.asarray(cv2.medianBlur(np.asarray(flat, np.uint8), 5)) // 24 * 24 + 12).astype(np.uint8)
        # a darker sheet lies above a lighter one, and throws its shadow down and to the right
        by = self._shift
        moved = np.pad(level, ((by, 0), (by // 2 + 1, 0)), mode="edge")[: level.shape[0], : level.shape[1]]
        under = np.where(moved < level, 255, 0).astype(np.uint8)
        shade = cv2.GaussianBlur(under, (0, 0), by * 0.6)
        edge = np.where(np.pad(level, ((0, 1), (0, 1)), mode="edge")[1:, 1:] > level, 26, 0).astype(np.uint8)
        dim = cv2.subtract(np.full_like(shade, 255), cv2.convertScaleAbs(shade, alpha=0.42))
        flat = _times(flat, np.asarray(cv2.cvtColor(dim, cv2.COLOR_GRAY2RGB), np.uint8))
        flat = np.asarray(cv2.add(flat, cv2.cvtColor(edge, cv2.COLOR_GRAY2RGB)), np.uint8)
        return _times(_enlarged(flat, picture), self._paper)


class Sketch:
    """Pencil: contours, and hatching where it is dark."""

    def __init__(self, width: int, height: int, random: np.random.Generator) -> None:
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        rough = grain((width, height), (width / 9, height / 9), random, 3)
        pitch = max(4.0, math.sqrt(width * height) / 960 * 6.5)

        def hatch(angle: float) -> Field:
            along = x * math.cos(angle) + y * math.sin(angle) + 2.0 * rough
            found: Field = (0.5 + 0.5 * np.cos(math.tau * along / pitch) + 0.28 * rough).astype(np.float32)
            return found

        self._hatch = [np.clip(hatch(a) * 110, 0, 150).astype(np.uint8) for a in (0.85, 2.2)]
        paper = (1 + 0.03 * rough)[..., None] * np.array((0.97, 0.955, 0.925), np.float32)
        self._paper = np.clip(paper * 255, 0, 255).astype(np.uint8)
        self._first = _curve(((0, 255), (90, 235), (170, 90), (215, 0), (255, 0)))
        self._second = _curve(((0, 255), (50, 215), (100, 60), (130, 0), (255, 0)))

    def __call__(self, picture: Picture, index: int) -> Picture:
        """Frame `index` in this manner."""
        grey = cv2.cvtColor(_smoothed(picture, 1), cv2.COLOR_RGB2GRAY)
        line = _lines(_smoothed(picture, 1), 0.8, 2.4, 5.5, 2)
        size = (picture.shape[1], picture.shape[0])
        grey = np.asarray(cv2.resize(grey, size), np.uint8)
        drawn = np.asarray(cv2.resize(line, size), np.uint8)
        for table, hatch in ((self._first, self._hatch[0]), (self._second, self._hatch[1])):
            dark = cv2.multiply(cv2.LUT(grey, table), hatch, scale=1 / 255)
            drawn = np.asarray(cv2.subtract(drawn, dark), np.uint8)
        drawn = cv2.max(drawn, 42)
        tint = cv2.addWeighted(cv2.cvtColor(drawn, cv2.COLOR_GRAY2RGB), 0.90, picture, 0.10, 0)
        return _times(np.asarray(tint, np.uint8), self._paper)


class Clay:
    """Everything kneaded: soft forms, a sheen, finger prints."""

    def __init__(self, width: int, height: int, random: np.random.Generator) -> None:
        lump = grain((width, height), (26, 26 * height / width), random, 4)
        swirl = np.sin(34 * grain((width, height), (9, 9 * height / width), random, 2)) * 0.25
        relief = lump + swirl
        light = np.gradient(relief, axis=0) * -1.0 + np.gradient(relief, axis=1) * -0.7
        self._prints = _texture(np.clip(light * 4, -1, 1), 0.92, 1.0)
        self._maps = _wobble(width, height, random, 22, 4.0)

    def __call__(self, picture: Picture, index: int) -> Picture:
        """Frame `index` in this manner."""
        small = _smoothed(picture, 5)
        grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), 2.4)
        across = cv2.Sobel(grey, cv2.CV_16S, 1, 1, ksize=3)
        bump = cv2.convertScaleAbs(across, alpha=-0.55)
        high = np.where(across > 0, bump, 0).astype(np.uint8)
        low = np.where(across < 0, bump, 0).astype(np.uint8)
        small = cv2.subtract(small, cv2.cvtColor(low, cv2.COLOR_GRAY2RGB))
        small = cv2.add(small, cv2.cvtColor(high, cv2.COLOR_GRAY2RGB))
        whole = cv2.remap(
            _enlarged(np.asarray(small, np.uint8), picture),
            *self._maps,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )
        return _times(np.asarray(whole, np.uint8), self._prints)


_BAYER = np.array(((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5)), np.float32) / 16 - 0.5


class Pixels:
    """Large pixels in few colours, dithered."""

    def __init__(self, width: int, height: int, random: np.random.Generator) -> None:
        by = max(3, round(math.sqrt(width * height) / 160))
        self._size = max(8, width // by), max(8, height // by)
        columns, rows = self._size
        pattern = np.tile(_BAYER, (rows // 4 + 1, columns // 4 + 1))[:rows, :columns]
        self._dither = np.repeat((pattern * 15)[..., None], 3, axis=2).astype(np.float32)

    def __call__(self, picture: Picture, index: int) -> Picture:
        """Frame `index` in this manner."""
        small = cv2.resize(picture, self._size, interpolation=cv2.INTER_AREA).astype(np.float32)
        grey = small.mean(axis=2, keepdims=True)
        small = grey + (small - grey) * 1.25 + self._dither
        few = np.clip(np.rint(small / 42.5) * 42.5, 0, 255).astype(np.uint8)
        whole = cv2.resize(few, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_NEAREST)
        return np.asarray(whole, np.uint8)


class Noir:
    """Hard light: deep blacks, bright whites, the corners lost."""

    def __init__(self, width: int, height: int, random: np.random.Generator) -> None:
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        far = np.hypot((x / width - 0.5) * 1.1, (y / height - 0.48) * 1.25)
        self._corners = _texture(1 - 2 * np.clip((far - 0.28) * 1.5, 0, 1) ** 1.3, 0.12, 1.0)
        self._curve = _curve(((0, 0), (48, 14), (110, 92), (165, 190), (215, 242), (255, 255)))

    def __call__(self, picture: Picture, index: int) -> Picture:
        """Frame `index` in this manner."""
        return _times(np.asarray(cv2.LUT(picture, self._curve), np.uint8), self._corners)


class OldFilm:
    """A worn print: it weaves and flickers, with scratches, specks and soft corners."""

    def __init__(self, width: int, height: int, random: np.random.Generator) -> None:
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        far = np.hypot((x / width - 0.5) * 1.15, (y / height - 0.5) * 1.2)
        self._corners = _texture(1 - 2 * np.clip((far - 0.34) * 1.5, 0, 1) ** 1.5, 0.42, 1.0)
        self._seed = int(random.integers(1 << 30))
        self._unit = math.sqrt(width * height) / 960
        grey = np.arange(256)
        fade = [np.clip(a + grey * b, 0, 255) for a, b in ((30, 0.86), (22, 0.84), (20, 0.74))]
        self._fade = np.stack(fade, axis=1).astype(np.uint8)[None]

    def __call__(self, picture: Picture, index: int) -> Picture:
        """Frame `index` in this manner."""
        random = np.random.default_rng((self._seed, index))
        weave = 0.9 * self._unit
        dx = weave * math.sin(1.7 * index) * 0.5 + float(random.normal(0, 0.35)) * weave
        dy = weave * math.sin(0.9 * index + 1) + float(random.normal(0, 0.5)) * weave
        move = np.array(((1.008, 0, dx - 0.004 * picture.shape[1]), (0, 1.008, dy - 0.004 * picture.shape[0])))
        size = (picture.shape[1], picture.shape[0])
        moved = cv2.warpAffine(picture, move, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        faded = cv2.LUT(moved, self._fade)
        light = 1 + 0.025 * math.sin(2.1 * index) + float(random.normal(0, 0.012))
        aged = _times(np.asarray(cv2.convertScaleAbs(faded, alpha=light), np.uint8), self._corners)
        return self._worn(np.ascontiguousarray(aged), random, index)

    def _worn(self, picture: Picture, random: np.random.Generator, index: int) -> Picture:
        height, width = picture.shape[:2]
        # a scratch stays for half a second and wanders
        steady = np.random.default_rng((self._seed, 7, index // 12))
        if steady.random() < 0.6:
            x = round(steady.uniform(0.05, 0.95) * width + 2 * self._unit * math.sin(0.8 * index))
            part = picture[:, max(0, x) : x + max(1, round(self._unit))]
            part[:] = np.clip(part.astype(np.int16) + int(steady.choice([-38, 34])), 0, 255).astype(np.uint8)
        for _ in range(int(random.integers(0, 5))):
            spot = (round(random.uniform(0, width)), round(random.uniform(0, height)))
            shade = 225 if random.random() < 0.6 else 40
            size = max(1, round(random.uniform(0.6, 2.4) * self._unit))
            axes = (size, max(1, round(size * random.uniform(0.4, 1.6))))
            cv2.ellipse(
                picture, spot, axes, float(random.uniform(0, 180)), 0, 360, (shade, shade, shade - 12), -1, cv2.LINE_AA
            )
        return picture


class Curve:
    """A tone curve for each channel, and red and blue a little apart at the sides where `apart` pixels are given."""

    def __init__(self, curves: tuple[tuple[tuple[float, float], ...], ...], apart: int = 0) -> None:
        self._table = np.stack([_curve(one) for one in curves], axis=1)[None]
        self._apart = apart

    def __call__(self, picture: Picture, index: int) -> Picture:
        """Frame `index` in this manner."""
        toned = np.asarray(cv2.LUT(picture, self._table), np.uint8)
        by = self._apart
        if not by:
            return toned
        split = toned.copy()
        split[:, by:, 0] = toned[:, :-by, 0]
        split[:, :-by, 2] = toned[:, by:, 2]
        return split
