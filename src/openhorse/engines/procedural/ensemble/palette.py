"""Pictures in, their colours and light out, and carried over to other pictures: Lab statistics, light, brush.

Knows no scene and no time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.still.plate import Field, Pixels

Numbers = NDArray[np.float32]


def rounded(values: NDArray[Any]) -> Pixels:
    """Numbers of 0…255, and any beyond, as the nearest bytes."""
    return np.asarray(np.clip(values + 0.5, 0, 255), np.uint8)


def to_lab(rgb: Pixels) -> Numbers:
    """CIELAB in its natural units: L 0…100, a and b about −100…100."""
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)


def from_lab(lab: Numbers) -> Pixels:
    """`to_lab` undone; what no screen can show is clipped."""
    rgb = cv2.cvtColor(np.ascontiguousarray(lab, np.float32), cv2.COLOR_Lab2RGB)
    return rounded(rgb * 255)


@dataclass(frozen=True, slots=True)
class Swatch:
    """A picture's colours in Lab: their mean (3), covariance (3 × 3) and the lightness of its bright parts."""

    mean: Numbers
    covariance: Numbers
    bright: float


def swatch_of(rgb: Pixels, weight: Field | None = None) -> Swatch:
    """The swatch of a picture, of its `weight`ed part (same size, 0…1) when given."""
    scale = min(1.0, 160 / max(rgb.shape[:2]))
    size = max(2, round(rgb.shape[1] * scale)), max(2, round(rgb.shape[0] * scale))
    lab = to_lab(np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)).reshape(-1, 3)
    shares = np.ones(len(lab), np.float32)
    if weight is not None:
        shares = cv2.resize(weight, size, interpolation=cv2.INTER_AREA).reshape(-1) + np.float32(1e-6)
    shares = shares / shares.sum()
    mean = shares @ lab
    away = lab - mean
    covariance = (away * shares[:, None]).T @ away
    order = np.argsort(lab[:, 0])
    bright = lab[order[min(len(lab) - 1, int(np.searchsorted(np.cumsum(shares[order]), 0.85)))], 0]
    return Swatch(mean.astype(np.float32), covariance.astype(np.float32), float(bright))


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T)


def carried(rgb: Pixels, own: Swatch, to: Swatch, strength: float) -> Pixels:
    """`rgb` with its Lab mean and covariance moved from `own` towards `to` by `strength` (0…1).

    The linear Monge–Kantorovich map (Pitié & Kokaram 2007): of all maps that match the two, the one that moves
    colours least, so that a subject stays recognisable.
    """
    from_, onto = own.covariance.astype(np.float64) + np.eye(3) * 8, to.covariance.astype(np.float64) + np.eye(3) * 8
    root = _root(from_)
    inverse = np.linalg.inv(root)
    turn = inverse @ _root(root @ onto @ root) @ inverse
    # more than doubling a contrast only shows up noise
    values, vectors = np.linalg.eigh(turn)
    turn = (vectors * np.clip(values, 0.5, 1.7)) @ vectors.T
    lab = to_lab(rgb)
    moved = (lab - own.mean) @ turn.T.astype(np.float32) + to.mean
    return from_lab(lab + (moved - lab) * np.float32(strength))


def toned(rgb: Pixels, style: Pixels, strength: float) -> Pixels:
    """`rgb` in the very colours of `style`: each tone takes what the style has at the same rank of lightness.

    For pictures whose own colours mean nothing; `strength` is 0…1.
    """
    small = cv2.resize(style, (96, 72), interpolation=cv2.INTER_AREA)
    lab = to_lab(np.asarray(small, np.uint8)).reshape(-1, 3)
    lab = lab[np.argsort(lab[:, 0], kind="stable")]
    ranks = 33
    span = len(lab) // ranks
    ramp = np.stack([np.median(lab[k * span : (k + 1) * span], 0) for k in range(ranks)]).astype(np.float32)
    ramp = cv2.blur(ramp, (1, 3), borderType=cv2.BORDER_REPLICATE)
    own = to_lab(rgb)
    level = np.asarray(own[..., 0] * 2.55, np.uint8)
    shares = np.cumsum(np.bincount(level.ravel(), minlength=256)) / level.size
    rank = cv2.blur(shares.astype(np.float32)[level], (3, 3)) * (ranks - 1)
    moved = np.stack([np.interp(rank, np.arange(ranks), ramp[:, channel]) for channel in range(3)], -1)
    return from_lab(own + (moved.astype(np.float32) - own) * np.float32(strength))


def graded(rgb: Pixels, own: Swatch, stage: Swatch, strength: float, palest: float = 0.7) -> Pixels:
    """A subject's `rgb` brought into a stage's light by `strength` (0…1), about neutral grey and its own lightness.

    Unlike `carried`, what is white stays nearly white and skin stays skin: only the stage's cast, a part of its
    contrast and of its colourfulness come over, the latter down to `palest`.
    """
    contrast = float(np.clip(np.sqrt((stage.covariance[0, 0] + 60) / (own.covariance[0, 0] + 60)), 0.75, 1.15))
    vivid = float(np.clip(np.sqrt((_colourfulness(stage) + 90) / (_colourfulness(own) + 90)), palest, 1.2))
    cast = np.clip(0.55 * stage.mean[1:], -15, 15)
    lab = to_lab(rgb)
    level = own.mean[0] + float(np.clip(0.2 * (stage.mean[0] - own.mean[0]), -12, 6))
    moved = np.empty_like(lab)
    moved[..., 0] = level + (lab[..., 0] - own.mean[0]) * contrast
    # neither black nor white takes on much of a cast
    middle = np.clip(lab[..., :1] * (100 - lab[..., :1]) / 1600, 0.25, 1)
    moved[..., 1:] = lab[..., 1:] * vivid + cast * middle
    return from_lab(lab + (moved - lab) * np.float32(strength))


def _colourfulness(swatch: Swatch) -> float:
    return float(np.trace(swatch.covariance[1:, 1:]) + (swatch.mean[1:] ** 2).sum())


def painted(rgb: Pixels, brush: int) -> Pixels:
    """`rgb` as if laid on with a brush of about `brush` pixels: a smooth four-quadrant Kuwahara filter."""
    image = rgb.astype(np.float32)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    side = brush + 1
    total, weights = np.zeros_like(image), np.zeros_like(grey)
    for anchor in ((0, 0), (brush, 0), (0, brush), (brush, brush)):
        mean = cv2.blur(image, (side, side), anchor=anchor)
        level = cv2.blur(grey, (side, side), anchor=anchor)
        spread = np.maximum(cv2.blur(grey * grey, (side, side), anchor=anchor) - level * level, 0)
        weight = 1 / (4 + spread) ** 2
        total += mean * weight[..., None]
        weights += weight
    # a quarter of the original keeps the corners of the brush from showing
    mixed = 0.75 * total / weights[..., None] + 0.25 * image
    return rounded(mixed)


def texture_of(rgb: Pixels, width: int, height: int) -> NDArray[np.uint8]:
    """The brush, paper or grain of a picture, as a height × width factor for luma with 128 for none.

    What is finer than a sixtieth of the picture; mirrored where the frame is larger.
    """
    scale = max(1.0, 0.6 * math.sqrt(width * height / (rgb.shape[0] * rgb.shape[1])))
    scale = min(scale, 2.0) if scale > 1 else max(0.5, math.sqrt(width * height / (rgb.shape[0] * rgb.shape[1])))
    size = max(16, round(rgb.shape[1] * scale)), max(16, round(rgb.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = cv2.cvtColor(cv2.resize(rgb, size, interpolation=how), cv2.COLOR_RGB2GRAY)
    # a median keeps the edges of things, which are no texture, out of the difference
    smooth = cv2.medianBlur(grey, max(5, max(size) // 75) | 1)
    fine = grey.astype(np.float32) - smooth
    usual = float(fine.std()) + 0.5
    fine = fine * np.exp(-((fine / (3 * usual)) ** 2))
    strength = min(0.05, 0.006 * usual) / max(0.5, float(fine.std()))
    factor = rounded(128 * (1 + np.float32(strength) * fine))
    across, down = math.ceil(width / size[0]), math.ceil(height / size[1])
    lane = np.concatenate([factor if k % 2 == 0 else factor[:, ::-1] for k in range(across)], 1)
    whole = np.concatenate([lane if k % 2 == 0 else lane[::-1] for k in range(down)], 0)
    return np.ascontiguousarray(whole[:height, :width])


@dataclass(frozen=True, slots=True)
class Light:
    """The light of a stage. `side` is where it comes from, −1 (left) … 1 (right); `behind` says from beyond the actors.

    `colour` and `ambient` are display-referred RGB in 0…1; `strength` 0 (flat) … 1 (hard).
    """

    side: float
    behind: bool
    colour: Numbers
    ambient: Numbers
    strength: float


def light_of(rgb: Pixels) -> Light:
    """The light that a picture seems to be lit by: where its upper part is brightest, and how much brighter."""
    small = cv2.resize(rgb, (64, 36), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    upper = cv2.GaussianBlur(small[:24], (0, 0), 2)
    level = upper @ np.array((0.2126, 0.7152, 0.0722), np.float32)
    weight = np.clip(level - np.percentile(level, 80), 0, None) ** 1.5 + 1e-6
    x = np.linspace(-1, 1, 64, dtype=np.float32)
    side = float((weight.sum(0) * x).sum() / weight.sum())
    brightest = upper.reshape(-1, 3)[level.reshape(-1) >= np.percentile(level, 92)].mean(0)
    contrast = float(np.percentile(level, 97) - np.percentile(level, 30))
    side = float(np.clip(side * 1.5, -1, 1)) or 0.4
    peak = brightest / max(0.05, float(brightest.max()))
    return Light(side, contrast > 0.2, peak, small.mean((0, 1)), float(np.clip(contrast * 1.6, 0.15, 0.9)))
