"""A site in, a road tunnel out, seen along it: its vault, its lamps, the marks on its road, day at its far end.

Satisfies Passage: it draws itself, and whoever drives comes along it. Knows no camera but by what it is given.
"""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Hour
from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grain import grain, smooth
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.hours import Daylight, rgb
from openhorse.engines.procedural.world.scenery import Floor, Scenery, Site

Field = NDArray[np.floating[Any]]
Truth = NDArray[np.bool_]

_HALF, _WALL, _RISE = 5.4, 2.6, 3.2
"""Half the width of the road, how high the walls stand, and how much higher the vault is: metres."""
_BAY = 12.0
"""From one lamp to the next."""
_ROWS, _COLUMNS = 512, 512
"""Texels along a bay and around it: floor, right wall, vault, left wall."""
_COARSE = 2
"""Every how many pixels of the frame it is traced."""
_SODIUM = rgb(1.0, 0.62, 0.26)


def paint(site: Site) -> Scenery:
    """A tunnel with its lamps on, whatever the hour outside."""
    tunnel = Tunnel(site)
    return Scenery(
        says="a road tunnel",
        floor=Floor(np.zeros((8, 8, 3), np.float32), 1.0, step="step-pavement"),
        sky=False,
        light=_daylight(site.light),
        passage=tunnel,
        stage=(3.0, 16.0),
        beds=(Bed("traffic", 0.35, distance=0.5), Bed("wind", 0.2)),
        space="canyon",
        surface="pavement",
        mood="tense",
    )


def _daylight(light: Daylight) -> Daylight:
    """The lamps' light from above on whoever is there."""
    return Daylight(
        hour=Hour.NIGHT, sky=light.sky, azimuth=10, elevation=62, disc=light.disc, size=0.0, key=_SODIUM * 0.95,
        ambient=_SODIUM * 0.20 + rgb(0.02, 0.025, 0.03), bounce=_SODIUM * 0.12, air=_SODIUM * 0.10, clear=160.0,
        cover=0.0, stars=0.0, rim=0.8, grade=light.grade,
    )  # fmt: skip


class Tunnel:
    """A straight tunnel of bays that are all alike, with daylight at its end."""

    half, end = 3.6, 130.0

    def __init__(self, site: Site) -> None:
        self._sheet = _bay(site)
        lens = site.lens
        size = math.ceil(lens.width / _COARSE), math.ceil(lens.height / _COARSE)
        self._x, self._y = np.meshgrid(*(np.arange(n, dtype=np.float32) * _COARSE + _COARSE / 2 for n in size))
        sky = site.light.sky
        self._day = (sky.horizon * np.float32(0.9 if site.light.hour is not Hour.NIGHT else 0.25)).astype(np.float32)
        self._air = (_SODIUM * 0.16).astype(np.float32)
        self._ground: Planes = np.zeros((3, 1, 1), np.float32)

    def walls(self, out: Planes, mirror: Planes, camera: Camera, t: float) -> None:
        """Draw the whole tunnel; what stands in it is mirrored by nothing."""
        across, up = (self._x - camera.centre) / camera.focal, (camera.horizon - self._y) / camera.focal
        far, around = _hit(across, up, camera.x, camera.eye)
        bay = (far + camera.z) / np.float32(_BAY)
        rows = (bay - np.floor(bay)) * _ROWS
        seen = cv2.remap(
            self._sheet, around * np.float32(_COLUMNS), rows.astype(np.float32), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        )  # fmt: skip
        # far bays are finer than pixels: their mean shows
        fine = np.clip(far / 90.0, 0, 1)[..., None]
        seen = seen + (self._sheet.mean((0, 1)) - seen) * fine
        air = (1 - np.exp(-far / 150.0))[..., None]
        seen = seen + (self._air - seen) * air
        mouth = smooth(self.end - 14.0, self.end, far + camera.z)[..., None]
        glow = np.exp(-(across**2 + (up - 0.02) ** 2) / 0.010)[..., None] * np.float32(0.30)
        seen = seen + (self._day * np.float32(1.5) - seen) * mouth + self._day * glow
        whole = cv2.resize(seen.astype(np.float32), (out.shape[2], out.shape[1]), interpolation=cv2.INTER_LINEAR)
        for plane, colour in zip(out, cv2.split(whole), strict=True):
            plane[:] = colour

    def ground(self, out: Planes, mirror: Planes, camera: Camera, t: float) -> None:
        """The ground is drawn with the walls."""


def _hit(across: Field, up: Field, x: float, eye: float) -> tuple[Field, Field]:
    """How far ahead each line of sight meets the tunnel, and where around it, 0…1."""
    side = np.where(across > 0, _HALF - x, _HALF + x) / np.maximum(np.abs(across), 1e-5)
    floor = np.where(up < 0, eye / np.maximum(-up, 1e-5), 1e9)
    # the vault is half an ellipse on the walls
    a, b = across / _HALF, up / _RISE
    c, d = x / _HALF, (eye - _WALL) / _RISE
    p, q, r = a * a + b * b, a * c + b * d, c * c + d * d - 1
    vault = (-q + np.sqrt(np.maximum(q * q - p * r, 0))) / np.maximum(p, 1e-9)
    high = eye + up * side
    far = np.minimum(np.where(high > _WALL, vault, side), floor)
    far = np.minimum(far, 400.0).astype(np.float32)
    px, py = x + across * far, eye + up * far
    on_floor = floor <= far + 1e-3
    on_wall = ~on_floor & (py <= _WALL)
    angle = np.arctan2((py - _WALL) / _RISE, px / _HALF) / math.pi
    right = px > 0
    around = np.where(
        on_floor, 0.25 * (px / _HALF * 0.5 + 0.5),
        np.where(on_wall, np.where(right, 0.25 + 0.125 * py / _WALL, 1.0 - 0.125 * py / _WALL), 0.375 + 0.5 * angle),
    )  # fmt: skip
    return far, np.clip(around, 0.001, 0.999).astype(np.float32)


def _bay(site: Site) -> Field:
    """One bay unrolled and lit, `_ROWS` along it, `_COLUMNS` around it."""
    random = site.random("tunnel")
    u = (np.arange(_COLUMNS, dtype=np.float32)[None, :] + 0.5) / _COLUMNS
    z = (np.arange(_ROWS, dtype=np.float32)[:, None] + 0.5) / _ROWS * _BAY
    floor, vault = u < 0.25, (u >= 0.375) & (u < 0.875)
    x = np.where(floor, (u / 0.25 - 0.5) * 2 * _HALF, 0.0)
    high = np.where(u >= 0.875, (1 - u) / 0.125, (u - 0.25) / 0.125) * _WALL
    rough = grain((_COLUMNS, _ROWS), (60, 60), random, 3)
    stain = grain((_COLUMNS, _ROWS), (16, 3), random, 4)
    asphalt = linear(66, 66, 70) * (1 + 0.14 * rough[..., None])
    tile = linear(196, 190, 172) * (1 + 0.05 * rough + 0.10 * stain)[..., None]
    concrete = linear(120, 112, 104) * (1 + 0.08 * rough + 0.16 * stain)[..., None]
    seams = (np.abs(z % 0.6 - 0.3) > 0.285) | (np.abs(high % 0.4 - 0.2) > 0.188)
    tile = tile * np.where(seams, 0.72, 1.0)[..., None]
    joint = (np.abs(z % 6.0 - 3.0) > 2.96)[..., None]
    concrete = concrete * np.where(joint, 0.6, 1.0)
    sheet = np.where(floor[..., None], asphalt, np.where(vault[..., None], concrete, tile)).astype(np.float32)
    white, red = linear(228, 224, 210), linear(170, 44, 36)
    edges = floor & (np.abs(np.abs(x) - _HALF + 1.1) < 0.08)
    dash = floor & (np.abs(x) < 0.08) & (z % 12.0 < 5.0)
    sheet = np.where((edges | dash)[..., None], white * (0.8 + 0.1 * rough[..., None]), sheet)
    kerb = floor & (np.abs(x) > _HALF - 0.75)
    sheet = np.where(kerb[..., None], linear(142, 138, 130) * np.float32(0.9), sheet)
    band = ~floor & ~vault & (np.abs(high - 1.15) < 0.13)
    sheet = np.where(band[..., None], red, sheet)
    return _lit(sheet, (u, z, x, high), floor, vault)


def _lit(sheet: Field, where: tuple[Field, Field, Field, Field], floor: Truth, vault: Truth) -> Field:
    """The bay under its two lamps, which shine themselves."""
    u, z, x, high = where
    along = np.minimum(z, _BAY - z)
    angle = np.clip((u - 0.375) / 0.5, 0, 1) * math.pi
    right = u < 0.5
    px = np.where(vault, _HALF * np.cos(angle), np.where(floor, x, np.where(right, _HALF, -_HALF)))
    py = np.where(vault, _WALL + _RISE * np.sin(angle), np.where(floor, 0.0, high))
    light = np.zeros(np.broadcast(u, z).shape, np.float32)
    lamps = np.zeros_like(light)
    for side in (-1.0, 1.0):
        lx, ly = side * _HALF * math.cos(math.radians(52)), _WALL + _RISE * math.sin(math.radians(52))
        far = (px - lx) ** 2 + (py - ly) ** 2 + (1.05 * along) ** 2
        light += (0.9 / (1 + far / 9.0) ** 1.3).astype(np.float32)
        near = (px - lx) ** 2 + (py - ly) ** 2
        lamps += (smooth(0.16, 0.05, near) * smooth(0.95, 0.8, along) * vault).astype(np.float32)
    glow = np.exp(-((py - _WALL - 2.5) ** 2) / 2.0) * vault * 0.05
    lit = sheet * ((0.06 + light + glow)[..., None] * _SODIUM + rgb(0.02, 0.025, 0.03))
    return (lit + lamps[..., None] * (_SODIUM * 3.4 + 0.4)).astype(np.float32)
