"""A cut-out and its stage's light in, the same cut-out as it would look there out: graded, painted, shaded, edged.

Knows no motion: it is done once, so that an actor looks the same throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.ensemble.palette import Light, Swatch, graded, painted, rounded, swatch_of
from openhorse.engines.procedural.still.plate import Field, Pixels


@dataclass(frozen=True, slots=True)
class Dressing:
    """How an actor is made to belong: the stage's swatch and light, the ground's colour and the grade's strength.

    `ground` is display-referred RGB in 0…1; `brush` in pixels paints the actor as the stage is painted, 0 not at all;
    `styled` lets its colours become as pale, or as loud, as the swatch's. `around` is the picture (height × width × 3)
    where the actor will stand: its brightness, its warmth and its sharpness are matched. None where it is imagined.
    """

    swatch: Swatch
    light: Light
    ground: NDArray[np.float32]
    strength: float
    brush: int = 0
    styled: bool = False
    around: Pixels | None = None


def dressed(rgb: Pixels, alpha: Field, dressing: Dressing) -> Pixels:
    """The actor graded into its stage and lit by it; done once, so that it looks the same throughout."""
    if dressing.brush:
        rgb = painted(rgb, dressing.brush)
    if dressing.around is not None:
        rgb = _softened(rgb, alpha, dressing.around)
    own = swatch_of(rgb, alpha)
    rgb = graded(rgb, own, dressing.swatch, dressing.strength, 0.55 if dressing.styled else 0.7)
    colours = np.asarray(rgb, np.float32) * np.float32(_exposure(own, dressing) / 255)
    if dressing.around is not None:
        colours *= _warmth(dressing.around, dressing.strength)
    return rounded(_lit(colours, alpha, dressing) * 255)


def _exposure(own: Swatch, dressing: Dressing) -> float:
    """A dark stage darkens who stands in it, but never past telling who it is."""
    bright, least = dressing.swatch.bright, 0.62
    if dressing.around is not None:
        # what counts is how light it is where one stands, more so before a bright sky
        near = swatch_of(dressing.around)
        bright, least = 0.35 * bright + 0.65 * (0.5 * near.bright + 0.6 * float(near.mean[0])), 0.55
    return float(np.clip((bright + 22) / (min(own.bright, 80) + 12), least, 1.06))


def _warmth(around: Pixels, strength: float) -> NDArray[np.float32]:
    """The colour of the light that falls there, as three factors about 1: that of the lighter half, mostly evened."""
    pixels = around.reshape(-1, 3).astype(np.float32)
    level = pixels @ np.array((0.2126, 0.7152, 0.0722), np.float32)
    light = pixels[level >= np.median(level)].mean(0) + 24
    factors = (light / light.mean()) ** np.float32(0.2 * strength)
    return np.asarray(np.clip(factors, 0.88, 1.12), np.float32)


def _softened(rgb: Pixels, alpha: Field, around: Pixels) -> Pixels:
    """No sharper than what is around it; a little, for faces must stay faces."""
    ratio = _fineness(around) / max(1e-3, _fineness(rgb, alpha))
    sigma = float(np.clip(1.1 * (0.85 - ratio), 0, 0.8)) * alpha.shape[0] / 330
    return rgb if sigma < 0.2 else np.asarray(cv2.GaussianBlur(rgb, (0, 0), min(sigma, 2.0)), np.uint8)


def _fineness(rgb: Pixels, alpha: Field | None = None) -> float:
    """How much of a picture's contrast is in its finest detail."""
    grey = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY).astype(np.float32)
    inside = np.ones(grey.shape, bool) if alpha is None else cv2.erode(alpha, np.ones((5, 5), np.uint8)) > 0.95
    if inside.sum() < 60:
        return 1.0
    fine, broad = (np.abs(grey - cv2.GaussianBlur(grey, (0, 0), sigma))[inside].mean() for sigma in (0.9, 3.6))
    return float(fine / (broad + 0.7))


def _lit(colours: NDArray[np.float32], alpha: Field, dressing: Dressing) -> NDArray[np.float32]:
    """Shading of a body that is round like a cushion, a rim from the light, bounce and shade near the ground."""
    light, height = dressing.light, alpha.shape[0]
    padded = cv2.copyMakeBorder(alpha, 32, 32, 32, 32, cv2.BORDER_CONSTANT)
    body = _small_blur(padded, 0.085 * height)
    slope_x = cv2.Sobel(body, cv2.CV_32F, 1, 0)[32:-32, 32:-32] * height / 8
    slope_y = cv2.Sobel(body, cv2.CV_32F, 0, 1)[32:-32, 32:-32] * height / 8
    toward = np.clip(-(slope_x * light.side * 0.8 - slope_y * 0.6) * 0.35, -1, 1)
    shade = 1 + 0.24 * (0.4 + 0.6 * light.strength) * toward
    edge = cv2.GaussianBlur(padded, (0, 0), max(0.8, 0.007 * height))[32:-32, 32:-32]
    across = cv2.Sobel(edge, cv2.CV_32F, 1, 0) * 0.014 * height
    down = cv2.Sobel(edge, cv2.CV_32F, 0, 1) * 0.014 * height
    rim = np.clip(-across * light.side + down * 0.4, 0, 1) * alpha * (0.42 if light.behind else 0.22)
    up = 1 - np.linspace(0, 1, height, dtype=np.float32)[:, None]
    occluded = 0.66 + 0.34 * np.clip(up / 0.16, 0, 1) ** 0.7
    colours = colours * (shade * occluded)[..., None]
    bounce = 0.13 * np.clip(1 - up / 0.4, 0, 1)[..., None]
    colours = colours + (dressing.ground * (0.4 + colours) - colours * 0.5) * bounce
    wrap = np.clip(1.0 - edge, 0, 0.5)[..., None] * 0.22
    colours = colours + (light.ambient - colours) * wrap
    # light on an edge takes the colour of what it falls on, and only a little of its own
    colours = colours + rim[..., None] * light.colour * (0.75 * colours + 0.16)
    return np.asarray(_shouldered(colours), np.float32)


def _shouldered(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colours above 0.8 bent back under 1, so that what is bright keeps its hue."""
    over = np.maximum(colours - 0.8, 0)
    return np.asarray(np.minimum(colours, 0.8) + over / (1 + over / 0.18), np.float32)


def _small_blur(values: Field, sigma: float) -> Field:
    """A wide blur at a quarter of the size."""
    rows, columns = values.shape
    small = cv2.resize(values, (max(2, columns // 4), max(2, rows // 4)), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma / 4))
    # slopes are taken of this: the steps of the enlargement must not show in them
    enlarged = cv2.resize(blurred, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.blur(cv2.blur(enlarged, (5, 5)), (5, 5)), np.float32)
