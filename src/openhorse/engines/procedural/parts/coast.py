"""An outline and a light in; rocks, islands, icebergs and palms out, as layers. Knows no place and no camera."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.grain import Field, grain, layer_of, mixed, ridge, smooth
from openhorse.engines.procedural.world.hours import Daylight

Colour = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Crag:
    """A rock: its size in pixels, its colours in shade and in light, and what grows or lies on top of it.

    `profile` is its height along its width, 0…1; `top` covers what is level from `bare` (0 all … 1 nothing) on.
    """

    width: int
    height: int
    profile: Field
    dark: Colour
    light: Colour
    top: Colour | None = None
    bare: float = 0.45
    facets: int = 0


def bump(width: int, random: np.random.Generator, steep: float = 0.6, rough: float = 0.22) -> Field:
    """The profile of a rock that stands alone, or of an island."""
    x = np.linspace(-1, 1, width, dtype=np.float32)
    lean = float(random.uniform(-0.3, 0.3))
    body = np.clip(1 - np.abs(x - lean * (1 - x * x)), 0, 1) ** steep
    line = body * (1 + rough * ridge(width, 3, random, roughness=0.55))
    line = line * smooth(0.0, 0.06, (1 - np.abs(x)).astype(np.float32))
    profile: Field = (line / max(1e-6, float(line.max()))).astype(np.float32)
    return profile


def cliff(width: int, random: np.random.Generator, side: int) -> Field:
    """The profile of a headland that comes in from the right (side 1) or the left (−1)."""
    x = np.linspace(0, 1, width, dtype=np.float32)
    steps = smooth(0.02, 0.10, x) * 0.30 + smooth(0.22, 0.30, x) * 0.30 + smooth(0.48, 0.6, x) * 0.40
    line = steps * (0.92 + 0.12 * ridge(width, 5, random, roughness=0.55))
    line = (line / max(1e-6, float(line.max()))).astype(np.float32)
    profile: Field = line if side > 0 else line[::-1].copy()
    return profile


def crag(form: Crag, light: Daylight, random: np.random.Generator) -> Layer:
    """The rock as a layer, lit from the sun's side; its foot is dark with water and ragged."""
    height, width = form.height, form.width
    y = np.mgrid[0:height, 0:width][0].astype(np.float32)
    top = ((1 - form.profile * 0.97) * height)[None, :]
    small = max(3.0, width / height * 3)
    rough = grain((width, height), (small, 3), random, 6)
    cracks = np.abs(grain((width, height), (small * 1.6, 2), random, 4))
    depth = (y - top) / np.maximum(1, height - top)
    body = rough * 0.8 - smooth(0.22, 0.0, cracks) * 0.7
    side = 1.0 if float(light.towards[0]) >= 0 else -1.0
    across = np.gradient(body, axis=1) * side * width / small * 0.16
    down = np.gradient(body, axis=0) * height * 0.05
    slope = np.gradient(form.profile)[None, :] * -side * width / 6 * np.clip(1 - depth * 1.6, 0, 1)
    facing = across - down + slope * 0.5
    if form.facets:
        facing = 0.3 * facing + _facets(form, random)
    up = max(0.25, float(light.towards[1]))
    lit = smooth(-0.5, 0.7, (facing + 0.25 - 0.35 * depth + 0.3 * up).astype(np.float32))
    tone = smooth(-0.9, 0.9, (rough + 0.5 * facing).astype(np.float32))
    colour = mixed(form.dark, form.light, tone)
    if form.top is not None:
        level = smooth(form.bare, form.bare + 0.2, (1 - depth * 2.2 - down * 0.9 + 0.4 * rough).astype(np.float32))
        colour = mixed(colour, form.top * (0.75 + 0.4 * rough[..., None]), level)
    # with the sun behind it, its face is in shade
    faced = np.float32(1.0 - 0.62 * max(0.0, float(light.towards[2])))
    picture = colour * (light.key * lit[..., None] * faced + light.ambient * 0.95)
    # a low sun shines along the edge
    rim = np.exp(-np.clip(y - top, 0, None) / max(1.5, height * 0.012)) * np.clip(0.4 + slope, 0, 1) * light.rim
    picture = picture + light.key * (rim * 0.35)[..., None] * form.light
    wet = smooth(0.86, 0.99, (y / height + 0.04 * rough).astype(np.float32))
    picture = picture * (1 - 0.6 * wet[..., None])
    cover = np.clip(y - top + 0.5, 0, 1)
    ragged = (height - 1 - y) / max(2.0, height * 0.03) + 1.2 * rough
    cover = cover * np.clip(ragged + 0.5, 0, 1)
    return layer_of(picture.astype(np.float32), cover.astype(np.float32))


def _facets(form: Crag, random: np.random.Generator) -> Field:
    """Each point's facing, the same all over a facet, −1…1."""
    rows, columns = max(8, form.height // 2), max(8, form.width // 2)
    spots = random.uniform(0, 1, (form.facets, 2)) * (columns, rows)
    tilt = random.uniform(-0.9, 0.9, form.facets).astype(np.float32)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    warp = grain((columns, rows), (6, 4), random, 3) * 0.03 * columns
    best = np.full((rows, columns), np.inf, np.float32)
    found = np.zeros((rows, columns), np.float32)
    for (sx, sy), value in zip(spots, tilt, strict=True):
        far = np.abs(x + warp - sx) + np.abs(y - sy) * 0.55 + 0.3 * np.hypot(x - sx, y - sy)
        nearer = far < best
        best, found = np.where(nearer, far, best), np.where(nearer, value, found)
    whole: Field = cv2.resize(found, (form.width, form.height), interpolation=cv2.INTER_LINEAR)
    return whole


def berg(width: int, height: int, light: Daylight, random: np.random.Generator) -> Layer:
    """An iceberg: white where the sun is, blue in its clefts and at the water."""
    profile = bump(width, random, steep=0.42, rough=0.34)
    steps = np.round(profile * 5) / 5
    profile = (0.55 * profile + 0.45 * cv2.blur(steps[None, :].astype(np.float32), (max(3, width // 60) | 1, 1))[0]) * (
        profile > 0
    )
    form = Crag(width, height, profile.astype(np.float32), linear(96, 160, 196), linear(244, 250, 255), facets=26)
    layer = crag(form, light, random)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    glow = smooth(0.78, 0.97, np.broadcast_to(y, layer.shape[:2]).astype(np.float32)) * layer[..., 3]
    turquoise = linear(70, 190, 210) * (light.ambient * 0.9 + light.key * 0.35)
    layer[..., :3] += turquoise * (0.7 * glow)[..., None]
    return layer


def palm(tall: int, light: Daylight, random: np.random.Generator) -> Layer:
    """A palm that leans, `tall` pixels high and as wide."""
    fine = 2
    side = max(24, tall) * fine
    ink = np.zeros((side, side, 4), np.float32)
    lean = float(random.uniform(0.10, 0.30) * random.choice([-1.0, 1.0]))
    t = np.linspace(0, 1, 24)
    x = side * (0.5 - 0.5 * lean + lean * t**1.6)
    y = side * (1 - 0.66 * t)
    side_lit = 1.0 if float(light.towards[0]) >= 0 else -1.0
    bark, shade = linear(150, 118, 84), linear(70, 52, 38)
    lit = light.ambient + light.key * 0.55
    for k in range(23):
        thick = max(1, round(side * (0.022 - 0.009 * t[k])))
        ring = 0.75 + 0.25 * (k % 2)
        for off, colour in ((0.0, shade), (0.28 * side_lit * thick, bark * ring)):
            ends = [(round(float(x[j] + off)), round(float(y[j]))) for j in (k, k + 1)]
            wide = thick if off == 0 else max(1, thick // 2)
            cv2.line(ink, ends[0], ends[1], (*map(float, colour * lit), 1.0), wide, cv2.LINE_AA)
    crown = (float(x[-1]), float(y[-1]))
    fronds = sorted(random.uniform(-0.35, math.pi + 0.35, 17), key=lambda a: -abs(a - math.pi / 2))
    for k, angle in enumerate(fronds):
        _frond(ink, crown, float(angle), side * float(random.uniform(0.24, 0.33)), light, k / 17)
    small = cv2.resize(ink, (side // fine, side // fine), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _frond(
    ink: NDArray[np.float32], crown: tuple[float, float], angle: float, long: float, light: Daylight, order: float
) -> None:
    """One frond: a rib that bends down, and leaflets along it."""
    t = np.linspace(0, 1, 20)
    x = crown[0] + long * t * math.cos(angle)
    y = crown[1] - long * (t * math.sin(angle) * 0.8 - 0.62 * t * t)
    lit = light.ambient * 1.1 + light.key * (0.22 + 0.35 * order)
    for k in range(1, 19):
        dx, dy = x[k + 1] - x[k - 1], y[k + 1] - y[k - 1]
        norm = math.hypot(dx, dy) + 1e-6
        reach = long * 0.22 * math.sin(math.pi * min(1, 0.15 + 0.85 * t[k])) + 1
        for side in (-1.0, 1.0):
            tip = (
                x[k] + (dx / norm * 0.7 - side * dy / norm * 0.55) * reach,
                y[k] + (dy / norm * 0.7 + side * dx / norm * 0.55) * reach + 0.35 * reach,
            )
            green = linear(88, 136, 54) if side * dx > 0 else linear(40, 78, 34)
            ends = (round(float(x[k])), round(float(y[k]))), (round(float(tip[0])), round(float(tip[1])))
            cv2.line(ink, ends[0], ends[1], (*map(float, green * lit), 1.0), max(1, round(long * 0.016)), cv2.LINE_AA)
    rib = np.stack([x, y], 1)
    colour = (*map(float, linear(128, 150, 70) * lit), 1.0)
    cv2.polylines(ink, [np.rint(rib).astype(np.int32)], False, colour, max(1, round(long * 0.012)), cv2.LINE_AA)


def surf(width: int, height: int, light: Daylight, random: np.random.Generator) -> Layer:
    """White water at the foot of rocks: thick below, torn above; meant to be swayed."""
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    cloud = grain((width, height), (max(4.0, width / height * 1.2), 2), random, 5)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    cover = smooth(0.15, 0.75, (y + 0.55 * cloud - 0.28 * np.abs(x) ** 3).astype(np.float32))
    cover = cover * np.clip((1 - np.abs(x)) * 6, 0, 1) * np.clip((1 - y) * 7, 0, 1) * 0.9
    white = light.ambient * 1.35 + light.key * 0.4
    return layer_of((white * (0.85 + 0.2 * cloud[..., None])).astype(np.float32), cover.astype(np.float32))
