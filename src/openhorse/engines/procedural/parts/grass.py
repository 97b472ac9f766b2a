"""A site in, what grows on its ground out: turf, tufts, flowers, corn, reeds, ferns, as textures, pictures and flats.

Knows no place and no camera.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.brush import Stock
from openhorse.engines.procedural.parts.grain import grain, mixed, smooth
from openhorse.engines.procedural.parts.seasons import ground_light, is_snowy, season_of, snow_light
from openhorse.engines.procedural.world.scenery import Flat, Site, Texture

Colour = NDArray[np.float32]
Head = Literal["none", "daisy", "poppy", "tulip", "spike", "ear", "reed", "bell", "sun"]

_SIDE, _FINER = 96, 4
_GRASS = {
    Season.SPRING: (linear(52, 82, 38), linear(146, 166, 92)),
    Season.SUMMER: (linear(54, 74, 36), linear(150, 152, 88)),
    Season.AUTUMN: (linear(84, 70, 36), linear(190, 158, 92)),
    Season.WINTER: (linear(92, 88, 64), linear(178, 164, 120)),
}
_DRY = linear(182, 160, 104)
_SNOW = (linear(178, 190, 208), linear(240, 243, 248))


@dataclass(frozen=True, slots=True)
class Sward:
    """What covers the ground: the colours of its blades, dark and light, and the heads that stand among them.

    `share` is how many of the tufts carry a head; `tall` multiplies their height. `blades` and `broad` shape a tuft.
    `far` is how much of a crop's ground has the colour of its heads.
    """

    dark: Colour
    light: Colour
    heads: tuple[tuple[Head, Colour], ...] = ()
    share: float = 0.0
    tall: float = 1.0
    blades: int = 22
    broad: float = 1.0
    far: float = 0.75


def sward_of(site: Site) -> Sward:
    """Plain grass in the site's season."""
    dark, light = _GRASS[season_of(site)]
    return Sward(dark, light)


def turf(site: Site, sward: Sward, rough: float = 0.4) -> Texture:
    """Seamless ground under a sward seen from above, 512 pixels each way; snow where it lies."""
    random = site.random("turf")
    size = (512, 512)
    field = 0.75 * grain(size, (90, 60), random, 2) + rough * grain(size, (9, 9), random, 4)
    if is_snowy(site):
        soft = 0.5 + 0.4 * grain(size, (5, 5), random, 4) + 0.08 * grain(size, (150, 150), random, 1)
        return mixed(*_SNOW, np.clip(soft, 0, 1)) * snow_light(site.light)
    share = smooth(-1.1, 1.4, field)
    ground = mixed(sward.dark * np.float32(0.9), sward.light, share * np.float32(0.6))
    if sward.share < 0.8:
        # no meadow is of one green: here and there it has dried
        dried = smooth(-0.1, 1.3, 0.7 * grain(size, (4, 4), random, 3) + 0.4 * field)
        ground = mixed(ground, _DRY, dried * np.float32(0.34))
    if sward.share > 0.8:
        # far off a crop has the colour of its heads
        heads = np.mean([colour for _, colour in sward.heads], axis=0)
        part = smooth(-0.5, 0.6, field) * np.float32(sward.far)
        ground = mixed(ground, heads.astype(np.float32) * np.float32(0.7), part)
    return (ground * ground_light(site.light)).astype(np.float32)


def patches(site: Site, strength: float = 0.2) -> Texture:
    """Broad darker and lighter patches, as cloud and ground make them."""
    field = grain((64, 64), (3, 3), site.random("patches"), 4)
    warm = grain((64, 64), (2, 2), site.random("warmth"), 3)
    tint = np.stack([1 + strength * field + 0.07 * warm, 1 + strength * field, 1 + strength * field - 0.08 * warm], -1)
    return tint.astype(np.float32)


def swaths(site: Site, sward: Sward, count: int = 17, tall: float = 0.15, farthest: float = 26.0) -> tuple[Flat, ...]:
    """Rows of tufts one behind the other, from the frame's lower edge on: turf that stands, and stirs in the wind.

    `tall` is in heights of the eye, so that a small animal looks over them as a man does.
    """
    # the first row's feet are below the frame
    near = site.lens.nearest * 0.94
    far = min(farthest, max(farthest * site.lens.eye / 1.2, near * 6))
    far = max(far, 1.02 * near)
    stock = Stock(tufts(site, sward, site.random("swaths"), 14))
    flats = []
    for k in range(count):
        z = near * (far / near) ** (k / (count - 1))
        flats.append(_swath(site, sward, stock, z, tall * site.lens.eye * sward.tall))
    return tuple(flats)


def edge(site: Site, sward: Sward, z: float, tall: float) -> Flat:
    """One row of tufts up to `tall` metres high `z` ahead: for a bank or a border."""
    stock = Stock(tufts(site, sward, site.random(f"edge {z}"), 10))
    return _swath(site, sward, stock, z, tall)


def _swath(site: Site, sward: Sward, stock: Stock, z: float, tall: float) -> Flat:
    random = site.random(f"swath {z:.3f}")
    metre = site.fine(z)
    wide = site.lens.reach(z) * 1.55
    height, width = max(5, math.ceil(tall * metre * 1.1)), max(32, math.ceil(wide * metre))
    count = int(width / max(1.5, height * 0.14))
    x = random.uniform(0, width, count)
    # denser and taller here, thin there: a meadow grows in waves, a crop evenly
    even = 0.2 if sward.share > 0.8 else 1.0
    wave = even * grain((width, 1), (7, 1), random, 3)[0][x.astype(int) % width]
    size = height * random.uniform(0.5, 0.98, count) * np.clip(0.85 + 0.4 * wave, 0.4, 1.0)
    headed = random.random(count) < sward.share * np.clip(0.6 + 1.6 * wave + 0.4 * (1 - even), 0.08, 1.5)
    bearing = headed & (len(sward.heads) > 0)
    kinds = np.where(bearing, random.integers(4, stock.kinds, count), random.integers(0, 4, count))
    feet = height - random.uniform(0, 0.12, count) * height
    rows = np.stack([x, feet, size, kinds, random.uniform(0.82, 1.1, count)], 1)[np.argsort(feet, kind="stable")]
    layer = stock.strew(np.zeros((height, width, 4), np.float32), rows.astype(np.float32))
    # feet melt into the ground
    melt = np.clip((height - np.arange(height, dtype=np.float32)) / (0.4 * height), 0, 1)
    layer *= melt[:, None, None]
    return Flat(layer, metre, 0.0, z, period=width / metre, sway=0.05 * tall)


def tufts(site: Site, sward: Sward, random: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Pictures of tufts, 96 pixels each way, lit; all but the first four carry the sward's heads."""
    pictures = []
    for k in range(count):
        head = sward.heads[k % len(sward.heads)] if k >= 4 and sward.heads else None
        pictures.append(tuft(site, sward, random, head))
    return np.stack(pictures)


def tuft(site: Site, sward: Sward, random: np.random.Generator, head: tuple[Head, Colour] | None) -> Layer:
    """One tuft: blades that are dark at their feet and lit at their tips."""
    side = _SIDE * _FINER
    ink, flowers = np.zeros((side, side, 4), np.float32), np.zeros((side, side, 4), np.float32)
    light = site.light
    up = max(0.25, float(light.towards[1]))
    for k in range(sward.blades):
        lean, tall = random.normal(0, 0.17), random.uniform(0.45, 0.9)
        bears = head is not None and k >= sward.blades - 3
        if bears:
            lean, tall = 0.6 * lean, random.uniform(0.66, 0.94)
        t = np.linspace(0, 1, 7)
        foot = 0.5 + random.normal(0, 0.10)
        points = np.stack([foot + lean * t**2, 1 - tall * t * (1 - 0.12 * abs(lean) * t)], 1) * side
        own = sward.dark + (sward.light - sward.dark) * random.uniform(0.1, 1.0)
        _blade(ink, points, side * 0.011 * sward.broad * (0.6 if bears else 1.0), own)
        if bears and head is not None:
            lit = head[1] * (light.ambient + light.key * (0.5 + 0.4 * up))
            _head(flowers, head[0], points[-1], side, lit, random)
    small, heads = (cv2.resize(one, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA) for one in (ink, flowers))
    rise = np.linspace(1, 0, _SIDE, dtype=np.float32)[:, None, None]
    low = light.ambient * np.float32(0.8) + light.key * np.float32(0.22)
    tip = light.ambient * np.float32(1.1) + light.key * np.float32(0.32 + 0.45 * up + 0.2 * light.rim)
    small[..., :3] *= low + (tip - low) * rise
    small = heads + small * (1 - heads[..., 3:])
    small[:2], small[:, :2], small[:, -2:] = 0, 0, 0
    return np.asarray(small, np.float32)


def _blade(ink: NDArray[np.float32], points: NDArray[np.float64], wide: float, colour: Colour) -> None:
    """A tapering blade."""
    half = (wide * (1 - 0.85 * np.linspace(0, 1, len(points))))[:, None] * np.array((1.0, 0.0))
    outline = np.concatenate([points - half, (points + half)[::-1]])
    cv2.fillPoly(ink, [np.rint(outline).astype(np.int32)], (*map(float, colour), 1.0))


def _head(
    ink: NDArray[np.float32],
    kind: Head,
    tip: NDArray[np.float64],
    side: int,
    colour: Colour,
    random: np.random.Generator,
) -> None:
    """A flower or an ear at a stalk's end."""

    def dot(x: float, y: float, across: float, down: float, tone: Colour, turn: float = 0.0) -> None:
        centre, axes = (round(x), round(y)), (max(1, round(across)), max(1, round(down)))
        cv2.ellipse(ink, centre, axes, turn, 0, 360, (*map(float, tone), 1.0), -1)

    x, y = float(tip[0]), max(float(tip[1]), 0.1 * side)
    unit = side * 0.01
    if kind == "daisy":
        for angle in np.arange(0, 360, 36) + random.uniform(0, 36):
            cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            dot(
                x + 2.6 * unit * cos,
                y + 1.7 * unit * sin,
                2.3 * unit,
                0.9 * unit,
                colour * random.uniform(0.8, 1.1),
                angle,
            )
        dot(x, y, 1.5 * unit, 1.1 * unit, np.array((1.0, 0.55, 0.06), np.float32) * colour.max())
    elif kind == "poppy":
        for off in (-2.0, 2.0, 0.0):
            dot(x + off * unit, y - abs(off) * 0.4 * unit, 2.8 * unit, 2.3 * unit, colour * random.uniform(0.7, 1.15))
        dot(x, y + 0.2 * unit, 0.9 * unit, 0.7 * unit, colour * 0.12)
    elif kind == "tulip":
        for off, gain in ((-1.9, 0.7), (1.9, 0.85), (0.0, 1.1)):
            dot(x + off * 1.5 * unit, y + 1.0 * unit, 2.7 * unit, 6.4 * unit, colour * gain, 7 * off)
    elif kind in ("spike", "bell"):
        count = 17 if kind == "spike" else 9
        for k in range(count):
            down = k / count
            tone = colour * random.uniform(0.65, 1.2)
            size = (1.0 + 0.9 * down) * unit
            dot(x + random.normal(0, 1.0 + 0.8 * down) * unit, y + 26 * down * unit, size, size * 1.2, tone)
    elif kind == "ear":
        for k in range(12):
            tone = colour * (1.15 - 0.03 * k) * random.uniform(0.85, 1.1)
            dot(
                x + (1 if k % 2 else -1) * 0.9 * unit,
                y + 1.5 * k * unit,
                1.2 * unit,
                2.0 * unit,
                tone,
                25 if k % 2 else -25,
            )
    elif kind == "sun":
        for angle in np.arange(0, 360, 20) + random.uniform(0, 20):
            cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            petal = colour * random.uniform(0.75, 1.1)
            dot(x + 5.4 * unit * cos, y + 5.6 * unit + 4.8 * unit * sin, 3.4 * unit, 1.5 * unit, petal, angle)
        dot(x, y + 5.6 * unit, 3.9 * unit, 3.5 * unit, linear(92, 56, 26) * colour.max())
    elif kind == "reed":
        dot(x, y + 7 * unit, 1.7 * unit, 7 * unit, colour)


def fringe(site: Site, sward: Sward, spot: tuple[float, float], size: tuple[float, float], word: str) -> Flat:
    """A clump of tall growth at `spot` (x, z), `size` metres wide and high: for the frame's sides."""
    random = site.random(f"fringe {word}")
    x, z = spot
    wide, tall = size
    metre = min(site.fine(z), 900.0 / max(wide, tall))
    width, height = max(24, math.ceil(wide * metre)), max(16, math.ceil(tall * metre))
    pictures = tufts(site, sward, random, 12)
    count = max(12, int(14 * wide / tall))
    at = np.clip(random.normal(0.5, 0.19, count), 0.12, 0.88)
    high = height * np.clip(1.1 - 2.0 * np.abs(at - 0.5), 0.3, 1) * random.uniform(0.7, 1.0, count)
    kinds = np.where(random.random(count) < sward.share, random.integers(4, 12, count), random.integers(0, 4, count))
    feet = height * (1 - random.uniform(0, 0.10, count))
    rows = np.stack([at * width, feet, high, kinds, random.uniform(0.6, 1.0, count)], 1)
    layer = Stock(pictures).strew(np.zeros((height, width, 4), np.float32), rows.astype(np.float32), wrapped=False)
    layer *= np.clip((height - np.arange(height, dtype=np.float32)) / (0.16 * height), 0, 1)[:, None, None]
    return Flat(layer, metre, x, z, sway=0.05 * tall)
