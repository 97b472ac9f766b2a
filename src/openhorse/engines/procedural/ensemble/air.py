"""A frame of stage and actors in, the same frame out with air in it: shadows, drifting light, motes, grain.

What lies over everything is what makes several pictures one. Knows no actors, only their patches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from openhorse.engines.procedural.brief import Shot
from openhorse.engines.procedural.ensemble.palette import Light, rounded
from openhorse.engines.procedural.ensemble.sprites import Contact, Patch, Stance
from openhorse.engines.procedural.still.plate import Field, Pixels

_MOTES = 26
_GRAIN_ROOM = 61


class Air:
    """The air of one shot."""

    def __init__(self, shot: Shot, light: Light, texture: Pixels | None = None) -> None:
        """`texture` (128 is none, height × width) is the paper or canvas on which everything is painted."""
        self._shot, self._light, self._texture = shot, light, texture
        draw = np.random.default_rng(shot.seed + 2)
        self._drift = _cloud_tile(draw)
        self._vignette = _vignette(64, 36)
        size = shot.height + _GRAIN_ROOM, shot.width + _GRAIN_ROOM
        noise = draw.normal(0, 2.0, size)
        grain = np.clip(np.rint(noise), -8, 8).astype(np.int8)
        self._up = _coloured(np.maximum(grain, 0).astype(np.uint8))
        self._down = _coloured(np.maximum(-grain, 0).astype(np.uint8))
        self._motes = draw.random((_MOTES, 6)).astype(np.float32)

    # --- shadows ---

    def cast_shadows(self, onto: Pixels, seen: Sequence[tuple[Patch, Stance, Sequence[Contact]]]) -> None:
        """Darken `onto`, in place, where actors keep the light from the ground: their patches, stances and contacts."""
        height, width = onto.shape[:2]
        rows, columns = height // 4, width // 4
        thrown, touching = np.zeros((rows, columns), np.uint8), np.zeros((rows, columns), np.uint8)
        for patch, stance, contacts in seen:
            if not patch.rgba.size or stance.y > height * 1.01:
                continue
            cv2.max(thrown, self._thrown(patch, stance, (rows, columns)), dst=thrown)
            # the nearest to the ground last: its shadow is the darkest
            for contact in sorted(contacts, key=lambda one: -one.above):
                _touch(touching, contact, height)
        if not (thrown.any() or touching.any()):
            return
        spread = max(0.6, height / 360)
        soft = cv2.GaussianBlur(thrown, (0, 0), spread * 1.6).astype(np.float32) * (0.3 + 0.3 * self._light.strength)
        soft = np.maximum(soft, cv2.GaussianBlur(touching, (0, 0), spread * 1.3).astype(np.float32) * 0.75)
        dark = soft > 1
        down, across = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
        if not down.size:
            return
        first, last = int(down[0]), min(rows, int(down[-1]) + 2)
        start, end = max(0, int(across[0]) - 1), min(columns, int(across[-1]) + 2)
        # shadows are lit by the sky: they keep a little of the ambient colour
        ambient = self._light.ambient / max(0.05, float(self._light.ambient.max()))
        kept = rounded(255 - soft[first:last, start:end, None] * (1 - 0.12 * ambient))
        region = onto[
            first * 4 : height if last == rows else last * 4, start * 4 : width if end == columns else end * 4
        ]
        shade = cv2.resize(kept, (region.shape[1], region.shape[0]), interpolation=cv2.INTER_LINEAR)
        region[:] = cv2.multiply(np.ascontiguousarray(region), shade, scale=1 / 255)

    def _thrown(self, patch: Patch, stance: Stance, size: tuple[int, int]) -> Pixels:
        """A patch's alpha laid down on the ground about its foot, at a quarter of the size."""
        alpha = patch.rgba[..., 3]
        small = cv2.resize(
            alpha, (max(1, alpha.shape[1] // 4), max(1, alpha.shape[0] // 4)), interpolation=cv2.INTER_AREA
        )
        away, along = -self._light.side * 0.75, (-0.34 if self._light.behind else 0.16)
        left, top, foot = patch.left / 4, patch.top / 4, stance.y / 4
        # column + (foot − row) × away, foot + (row − foot) × along
        turn = np.array([[1, -away, left + (foot - top) * away], [0, along, foot + (top - foot) * along]], np.float32)
        return np.asarray(cv2.warpAffine(small, turn, (size[1], size[0]), flags=cv2.INTER_LINEAR), np.uint8)

    # --- what lies over everything ---

    def finish(self, picture: Pixels, index: int) -> Pixels:
        """`picture` under drifting light, with motes in the air, a vignette and grain; changed in place."""
        t, _ = self._shot.moment(index)
        height, width = picture.shape[:2]
        self._scatter(picture, t)
        light = self._light_at(t)
        shade = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)
        if self._texture is not None:
            shade = cv2.multiply(shade, self._texture, scale=1 / 128)
        cv2.multiply(picture, cv2.cvtColor(shade, cv2.COLOR_GRAY2RGB), dst=picture, scale=1 / 128)
        x, y = (index * 37) % _GRAIN_ROOM, (index * 23) % _GRAIN_ROOM
        part = np.s_[y : y + height, x : x + width]
        cv2.add(picture, self._up[part], dst=picture)
        cv2.subtract(picture, self._down[part], dst=picture)
        return picture

    def _light_at(self, t: float) -> Pixels:
        """The light over the frame, 128 as it is: soft patches that drift, and darker corners."""
        strong = 0.13 if self._shot.brief.shifting_light else 0.06
        turn = np.array([[0.8, 0, t * 1.6], [0, 0.8, t * 0.35]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        patches = cv2.warpAffine(self._drift, turn, (64, 36), flags=flags, borderMode=cv2.BORDER_WRAP)
        arriving = min(1.0, t / 1.5)
        light = 128 * (1 + strong * arriving * patches) * self._vignette
        return rounded(light)

    def _scatter(self, picture: Pixels, t: float) -> None:
        """Motes of dust in the light, near ones large and soft, drifting up and along."""
        height, width = picture.shape[:2]
        unit = math.sqrt(width * height) / 960
        colour = np.clip(self._light.colour * 0.7 + 0.3, 0, 1) * 255
        for x0, y0, size, pace, turn, glow in self._motes:
            near = 0.25 + float(size) ** 3
            x = ((float(x0) + (0.006 + 0.014 * near) * t * (0.5 + float(pace))) % 1.1 - 0.05) * width
            y = ((float(y0) - (0.004 + 0.012 * near) * t) % 1.1 - 0.05) * height
            x += math.sin(t * (0.5 + float(pace)) + 6.28 * float(turn)) * 9 * unit
            strength = (0.28 - 0.18 * near) * (0.55 + 0.45 * math.sin(t * (0.8 + float(pace)) + 6.28 * float(glow)))
            _glint(picture, (x, y), (1.2 + 7.5 * near) * unit, colour * max(0.0, strength))


def _touch(touching: Pixels, contact: Contact, height: int) -> None:
    """The dark line where something meets the ground, paler and wider the higher it is."""
    away = max(0.0, contact.above) / height
    strength = int(225 / (1 + 22 * away))
    half = contact.half * (1 + 2.5 * away)
    axes = max(1, int(half * 4)), max(1, int((0.26 * half + 0.003 * height) * 4))
    # four fractional bits at a quarter of the size, so that the shadow does not step
    centre = int(contact.x * 4), int((contact.y - 0.12 * half) * 4)
    cv2.ellipse(touching, centre, axes, 0, 0, 360, (strength,), -1, cv2.LINE_AA, 4)


def _glint(picture: Pixels, centre: tuple[float, float], radius: float, colour: Field) -> None:
    reach = int(radius * 2) + 1
    x, y = int(centre[0]), int(centre[1])
    top, bottom = max(0, y - reach), min(picture.shape[0], y + reach + 1)
    left, right = max(0, x - reach), min(picture.shape[1], x + reach + 1)
    if bottom <= top or right <= left:
        return
    rows = (np.arange(top, bottom, dtype=np.float32) - np.float32(centre[1])) / np.float32(radius)
    columns = (np.arange(left, right, dtype=np.float32) - np.float32(centre[0])) / np.float32(radius)
    blob = np.exp(-rows * rows)[:, None] * np.exp(-columns * columns)[None]
    region = picture[top:bottom, left:right]
    region[:] = np.minimum(region + blob[..., None] * colour.astype(np.float32), 255).astype(np.uint8)


def _cloud_tile(draw: np.random.Generator) -> Field:
    """A soft seamless tile of 96 × 96 of about −1…1."""
    noise = draw.standard_normal((96, 96))
    cycles = np.hypot(np.fft.fftfreq(96)[:, None], np.fft.rfftfreq(96)[None]) * 96
    smooth = np.fft.irfft2(np.fft.rfft2(noise) * np.exp(-((cycles / 4.5) ** 2)), (96, 96))
    return np.asarray(np.clip(smooth / smooth.std() * 0.7, -1, 1), np.float32)


def _vignette(width: int, height: int) -> Field:
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    return np.asarray(1.02 - 0.17 * np.clip((x * x + y * y) / 2, 0, 1) ** 1.3, np.float32)


def _coloured(grey: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)
