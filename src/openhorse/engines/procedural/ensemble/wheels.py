"""A cut-out's wheels in, discs that turn out: the colours of what turns, apart from the light that lies on it.

Knows no gait and no stage.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from openhorse.engines.procedural.ensemble.palette import rounded
from openhorse.engines.procedural.ensemble.silhouette import Build, Kind, Wheel
from openhorse.engines.procedural.ensemble.sprites import Sprite, over
from openhorse.engines.procedural.still.plate import Field, Pixels


@dataclass(frozen=True, slots=True)
class Disc:
    """What turns: its unlit colours and the light that lies on it whichever way it is turned (128 is none)."""

    wheel: Wheel
    face: Sprite
    light: Sprite

    def lay(self, canvas: Sprite, centre: tuple[float, float], size: tuple[float, float], angle: float) -> None:
        """Over `canvas`, in place, about `centre`, turned by `angle` under light that does not turn.

        `size` is the radius in pixels and how much it is squashed down.
        """
        (x, y), (radius, squash) = centre, size
        scale = 2 * radius / self.face.shape[0]
        top, left = max(0, int(y - radius) - 2), max(0, int(x - radius) - 2)
        bottom, right = min(canvas.shape[0], int(y + radius) + 3), min(canvas.shape[1], int(x + radius) + 3)
        if bottom - top < 2 or right - left < 2:
            return
        middle = self.face.shape[0] / 2
        seen = []
        for turned, image in ((angle, self.face), (0.0, self.light)):
            cos, sin = math.cos(turned) / scale, math.sin(turned) / scale
            forth = np.array([[cos, sin / squash], [-sin, cos / squash]])
            shift = np.array((middle, middle)) - forth @ np.array((x - left, y - top))
            turn = np.column_stack([forth, shift]).astype(np.float32)
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            seen.append(cv2.warpAffine(image, turn, (right - left, bottom - top), flags=flags))
        face, light = seen
        coloured = cv2.multiply(np.ascontiguousarray(face[..., :3]), np.ascontiguousarray(light), scale=1 / 128)
        over(canvas, np.dstack([coloured, face[..., 3]]), top, left)


def discs_of(build: Build, plain: Pixels, lit: Pixels, alpha: Field) -> tuple[Disc, ...]:
    """Wheels, or the whole of a ball, as they are without light, and the light on them."""
    height, width = alpha.shape
    wheels = build.wheels
    if build.kind is Kind.BALL:
        wheels = (Wheel(width / height / 2, 0.5, 0.5),)
    found = []
    for wheel in wheels:
        if build.kind is not Kind.BALL:
            # the tyre looks the same all round, and a fender may lie over it: only what is inside turns
            wheel = replace(wheel, radius=0.78 * wheel.radius)
        side = max(4, round(2 * wheel.radius * height))
        turn = np.array([[1, 0, wheel.x * height - side / 2], [0, 1, wheel.y * height - side / 2]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        face, shown, cover = (cv2.warpAffine(part, turn, (side, side), flags=flags) for part in (plain, lit, alpha))
        whole = build.kind is Kind.BALL
        found.append(_disc(wheel, face, shown, np.asarray(cover, np.float32), whole))
    return tuple(found)


def _disc(wheel: Wheel, face: Pixels, shown: Pixels, cover: Field, whole: bool) -> Disc:
    """A disc whose own light and shade are taken from its colours and given to the light on it."""
    side = face.shape[0]
    y, x = (np.mgrid[0:side, 0:side] + np.float32(0.5)) / np.float32(side / 2) - 1
    radius = np.hypot(x, y)
    inside = np.clip((0.985 - radius) * side / 2, 0, 1) * cover
    grey = face.astype(np.float32).mean(2) + 8
    light = shown.astype(np.float32).mean(2) + 8
    shade = np.ones_like(grey)
    if whole:
        # a smooth fit to the logarithm of what is there: the light that was on it when it was drawn
        terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], -1)
        known = radius < 0.93
        fit = np.linalg.lstsq(terms[known], np.log(grey[known]), rcond=None)[0]
        fit[0] = 0
        shade = np.exp(np.clip(0.8 * (terms @ fit), -0.7, 0.5)).astype(np.float32)
    relit = cv2.GaussianBlur(light / grey, (0, 0), max(1.0, side * 0.03)) * shade
    colours = np.clip(face / shade[..., None], 0, 255)
    tint = shown.reshape(-1, 3).mean(0) / np.maximum(1, face.reshape(-1, 3).mean(0))
    tint = tint / max(1e-3, float(tint.mean()))
    rgba = rounded(np.dstack([np.clip(colours * tint, 0, 255) * inside[..., None], inside * 255]))
    return Disc(wheel, rgba, rounded(cv2.cvtColor(relit.astype(np.float32), cv2.COLOR_GRAY2RGB) * 128))
