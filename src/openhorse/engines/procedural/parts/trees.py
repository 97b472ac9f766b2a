"""A kind of tree, its season and light in, the tree as a layer out: limbs, and leaves laid on dab by dab.

Knows no place and no camera. The layer's foot is the middle of its lower edge.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.branches import Habit, Points, Skeleton, draw_limbs, grow
from openhorse.engines.procedural.parts.brush import Brush, Spray, Stock
from openhorse.engines.procedural.parts.grain import grain, layer_of, mixed
from openhorse.engines.procedural.parts.seasons import is_snowy, season_of, sunward
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Flat, Site

TreeKind = Literal[
    "oak",
    "maple",
    "birch",
    "willow",
    "cherry",
    "poplar",
    "bush",
    "dead",
    "pine",
    "spruce",
    "palm",
    "bamboo",
    "acacia",
]
Colour = NDArray[np.float32]

_TONES = 9


@dataclass(frozen=True, slots=True)
class Dress:
    """What a plant wears: the light on it, its season, and whether snow lies on it."""

    light: Daylight
    season: Season
    snow: bool = False

    @classmethod
    def of(cls, site: Site) -> Dress:
        """That of a site's plants."""
        return cls(site.light, season_of(site), is_snowy(site))

    def tones(self, dark: Colour, light: Colour, through: float = 0.5) -> NDArray[np.float32]:
        """Lit colours from deep shade to full light; `through` is how much light leaves let through."""
        share = np.linspace(0, 1, _TONES, dtype=np.float32)[:, None]
        own = dark + (light - dark) * share
        lit = self.light.ambient * (0.45 + 0.75 * share) + self.light.key * (0.95 * share**1.6)
        glow = light * np.array((1.15, 1.05, 0.45), np.float32) * self.light.key * (through * share**4)
        tones: NDArray[np.float32] = (own * lit + glow * np.float32(0.5)).astype(np.float32)
        return tones

    def bark(self, colour: Colour) -> tuple[Colour, Colour]:
        """Bark in shade and in light."""
        shade = colour * (self.light.ambient * np.float32(0.7) + self.light.bounce * np.float32(0.3))
        return shade, colour * (self.light.ambient + self.light.key * np.float32(0.85))


@dataclass(frozen=True, slots=True)
class Species:
    """A broad-leaved tree: how it branches, its dabs (size and clump, parts of its height), its bark and leaves.

    Leaves `hang` below their twigs and clothe the crown down to `skirt` below its top twigs; a layer is `wide` heights.
    The crown of one that is `umbrella` is pressed into a sheet near its top.
    """

    habit: Habit
    spray: Spray
    dab: float
    clump: float
    bark: Colour
    leaves: tuple[Colour, Colour]
    spring: tuple[Colour, Colour]
    autumn: tuple[tuple[Colour, Colour], ...]
    dense: float = 1.0
    hang: float = 0.0
    wide: float = 1.25
    skirt: float = 0.28
    umbrella: bool = False


_RUST = ((linear(96, 44, 16), linear(206, 118, 40)), (linear(104, 66, 18), linear(214, 156, 50)))
_RED = (
    (linear(110, 20, 14), linear(226, 70, 30)),
    (linear(122, 40, 12), linear(238, 124, 34)),
    (linear(130, 74, 16), linear(240, 176, 54)),
)
_GOLD = ((linear(128, 86, 16), linear(244, 200, 70)), (linear(116, 92, 26), linear(226, 196, 84)))
_GREEN = (linear(24, 46, 18), linear(128, 156, 56))
_FRESH = (linear(40, 74, 24), linear(168, 196, 84))
_SPECIES: Mapping[str, Species] = {
    "oak": Species(
        Habit(0.26, 5, 3, 0.66, 0.74, 0.10, 0.034), "leaves", 0.062, 0.085, linear(82, 66, 52), _GREEN, _FRESH, _RUST
    ),
    "maple": Species(
        Habit(0.26, 5, 3, 0.58, 0.74, 0.16, 0.026), "leaves", 0.060, 0.085, linear(90, 76, 64), _GREEN, _FRESH, _RED
    ),
    "birch": Species(
        Habit(0.46, 5, 2, 0.44, 0.78, 0.20, 0.016, 0.10), "fine", 0.052, 0.075, linear(214, 208, 198),
        (linear(44, 74, 26), linear(156, 182, 80)), _FRESH, _GOLD, 0.6, 0.2, 0.8, 0.42,
    ),
    "willow": Species(
        Habit(0.24, 5, 3, 0.70, 0.72, 0.16, 0.034), "lances", 0.075, 0.055, linear(88, 76, 58),
        (linear(52, 78, 28), linear(170, 186, 86)), (linear(66, 92, 32), linear(196, 210, 104)), _GOLD,
        1.0, 1.0, 1.35, 0.0,
    ),
    "cherry": Species(
        Habit(0.24, 5, 3, 0.72, 0.74, 0.08, 0.028, 0.16), "blossom", 0.056, 0.08, linear(70, 52, 50),
        _GREEN, (linear(198, 112, 136), linear(255, 226, 234)), _RED, 1.0, 0.1, 1.4, 0.16,
    ),
    "poplar": Species(
        Habit(0.16, 6, 2, 0.24, 0.80, 0.32, 0.018), "fine", 0.055, 0.06, linear(104, 96, 84),
        (linear(36, 62, 24), linear(126, 156, 64)), _FRESH, _GOLD, 0.9, 0.0, 0.5, 0.72,
    ),
    "bush": Species(
        Habit(0.10, 4, 4, 0.80, 0.70, 0.06, 0.03), "leaves", 0.13, 0.17, linear(74, 60, 44), _GREEN, _FRESH, _RUST,
        1.0, 0.0, 2.0, 0.45,
    ),
    "acacia": Species(
        Habit(0.34, 5, 3, 0.86, 0.78, 0.02, 0.026, 0.16), "fine", 0.045, 0.05, linear(92, 74, 56),
        (linear(52, 62, 24), linear(150, 150, 66)), _FRESH, _RUST, 1.0, 0.0, 1.9, 0.05, True,
    ),
    "dead": Species(
        Habit(0.30, 5, 3, 0.66, 0.74, 0.06, 0.03, 0.24), "leaves", 0.05, 0.07, linear(104, 92, 80), _GREEN, _FRESH,
        _RUST, 0.0, 0.0, 1.2,
    ),
}  # fmt: skip


def tree(kind: TreeKind, dress: Dress, tall: int, random: np.random.Generator) -> Layer:
    """A tree `tall` pixels high, no two alike; pines, palms and bamboo come from their own modules."""
    if kind in ("pine", "spruce"):
        from openhorse.engines.procedural.parts.conifers import conifer

        return conifer(kind, dress, tall, random)
    if kind in ("palm", "bamboo"):
        from openhorse.engines.procedural.parts.tropics import cane, palm

        return palm(dress, tall, random) if kind == "palm" else cane(dress, tall, random)
    return _broad(_SPECIES[kind], dress, tall, random)


def planted(kind: TreeKind, site: Site, spot: tuple[float, float], tall: float, word: str = "") -> Flat:
    """A tree `tall` metres high that stands at `spot` (x, z) and sways."""
    x, z = spot
    metre = site.fine(z)
    pixels = int(np.clip(tall * metre, 12, 1.5 * site.lens.height))
    layer = tree(kind, Dress.of(site), pixels, site.random(f"{kind} {x:.2f} {z:.2f} {word}"))
    return Flat(layer, pixels / tall, x, z, sway=0.016 * tall)


def woods(site: Site, kinds: tuple[TreeKind, ...], z: float, tall: float, gap: float = 0.34, word: str = "") -> Flat:
    """A line of trees of these kinds `z` ahead, up to `tall` metres high and `gap` heights apart; it repeats."""
    random = site.random(f"woods {z} {word}")
    metre = site.fine(z)
    wide = site.lens.reach(z) * 1.6
    width, height = math.ceil(wide * metre), max(8, math.ceil(tall * 1.05 * metre))
    pictures = sprites(kinds, Dress.of(site), min(height, 200), random, 7)
    count = max(4, int(wide / (tall * gap)))
    x = (np.arange(count) + random.uniform(-0.6, 0.6, count)) * width / count
    size = random.uniform(0.5, 1.0, count) * height * (0.72 + 0.28 * np.sin(x / width * 2 * np.pi * 3 + z))
    order = np.argsort(-size + random.uniform(0, 0.4, count) * height)
    feet = np.full(count, height, np.float32)
    rows = np.stack([x, feet, size, random.integers(0, len(pictures), count), random.uniform(0.8, 1.1, count)], 1)
    layer = Stock(pictures, 4).strew(np.zeros((height, width, 4), np.float32), rows[order].astype(np.float32))
    return Flat(layer, metre, 0.0, z, period=width / metre, sway=0.01 * tall)


def shade_under(site: Site, spot: tuple[float, float], wide: float, strength: float = 0.5) -> Flat:
    """The shade on the ground under what stands at `spot` (x, z), `wide` metres across."""
    x, z = spot
    lens = site.lens
    deep = 0.42 * wide
    tall = max(0.02, lens.eye * (z / (z - deep) - z / (z + deep)))
    width, height = 64, 24
    u = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    v = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    cover = (
        np.clip(1.15 - np.sqrt(u * u + v * v), 0, 1) ** 0.8
        * np.clip(1.0 - np.maximum(np.abs(u), np.abs(v)), 0, 0.2)
        * 5
    )
    layer = layer_of(site.light.ambient * np.float32(0.12), (cover * strength).astype(np.float32))
    layer = cv2.resize(layer, (width, max(2, round(width * tall / wide))), interpolation=cv2.INTER_AREA)
    return Flat(layer, width / wide, x - 0.1 * wide * float(np.sign(site.light.towards[0])), z + 0.02, -tall / 2)


def sprites(
    kinds: tuple[TreeKind, ...], dress: Dress, tall: int, random: np.random.Generator, count: int
) -> NDArray[np.float32]:
    """Several trees as pictures of one size, for stamping: count × height × width × 4."""
    layers = [tree(kinds[k % len(kinds)], dress, tall, random) for k in range(count)]
    height, width = max(one.shape[0] for one in layers), max(one.shape[1] for one in layers) + 4
    pictures = np.zeros((count, height, width, 4), np.float32)
    for picture, layer in zip(pictures, layers, strict=True):
        left = (width - layer.shape[1]) // 2
        picture[height - layer.shape[0] :, left : left + layer.shape[1]] = layer
    pictures[:, :1] = 0
    return pictures


def _broad(kind: Species, dress: Dress, tall: int, random: np.random.Generator) -> Layer:
    bare = kind.dense == 0 or dress.season is Season.WINTER
    # without leaves it is the twigs that make the picture
    habit = replace(kind.habit, levels=kind.habit.levels + 1) if bare else kind.habit
    skeleton = grow(habit, random)
    if kind.umbrella:
        skeleton = Skeleton(_pressed(skeleton.limbs, (1, 4)), _pressed(skeleton.tips, (1,)))
    width = math.ceil(tall * kind.wide)
    reach = float(np.abs(skeleton.tips[:, 0]).max() + 0.8 * kind.clump)
    shrink = min(1.0, 0.5 * kind.wide / reach)
    if not bare:
        # leaves hide what is thinner than a pixel
        thick = skeleton.limbs[:, 6] * tall > 0.5
        skeleton = Skeleton(skeleton.limbs[thick], skeleton.tips)
    # snow on twigs too thin to carry a line of it lightens them
    frosted = 0.4 * min(1.0, 120 / tall) if bare and dress.snow else 0.0
    bark = kind.bark + (linear(232, 238, 246) - kind.bark) * np.float32(frosted)
    limbs = trunk_layer(skeleton, bark, dress, (width, tall), tall * shrink, random)
    if bare:
        return _snowed(limbs, skeleton, kind, dress, tall * shrink, random) if dress.snow else limbs
    dark, light = _leaf_colours(kind, dress.season, random)
    brush = Brush(kind.spray, dress.tones(dark, light))
    dabs, depth = _crown(skeleton, kind, tall, sunward(dress.light), random)
    dabs[:, 0] = width / 2 + dabs[:, 0] * tall * shrink
    dabs[:, 1] = tall - dabs[:, 1] * tall * shrink
    dabs[:, 2] *= tall * shrink
    dabs[:, 2] = np.maximum(dabs[:, 2], 4.0)
    behind = depth < -0.1 * np.ptp(depth)
    dabs[behind, 3] *= 0.5
    layer = brush.paint(np.zeros((tall, width, 4), np.float32), dabs[behind], random)
    layer = limbs + layer * (1 - limbs[..., 3:])
    return brush.paint(layer, dabs[~behind], random)


def _pressed(points: Points, columns: tuple[int, ...]) -> Points:
    """The points with what is above the middle pressed up into a sheet."""
    out = points.copy()
    for column in columns:
        y = out[:, column]
        out[:, column] = np.where(y > 0.42, 0.42 + 0.50 * (1 - np.exp(-(y - 0.42) / 0.16)), y)
    return out


def _leaf_colours(kind: Species, season: Season, random: np.random.Generator) -> tuple[Colour, Colour]:
    if season is Season.AUTUMN:
        dark, light = kind.autumn[int(random.integers(0, len(kind.autumn)))]
    else:
        dark, light = kind.spring if season is Season.SPRING else kind.leaves
    hue = np.array((random.uniform(0.86, 1.14), 1.0, random.uniform(0.85, 1.1)), np.float32)
    return dark * hue, light * hue


def trunk_layer(
    skeleton: Skeleton, bark: Colour, dress: Dress, size: tuple[int, int], tall: float, random: np.random.Generator
) -> Layer:
    """The limbs alone, with bark."""
    right = float(sunward(dress.light)[0])
    cover, light = draw_limbs(skeleton.limbs, size, tall, float(np.sign(right)))
    rough = grain(size, (size[0] / max(2.0, tall * 0.012), size[1] / max(4.0, tall * 0.06)), random, 3)
    shade, lit = dress.bark(bark)
    colour = mixed(shade, lit, np.clip(light * (1 + 0.5 * rough) + 0.12 * rough, 0, 1).astype(np.float32))
    if float(bark.mean()) > 0.4:
        # a white bark is marked with dark bars
        bars = grain(size, (size[0] / max(3.0, tall * 0.05), size[1] / max(2.0, tall * 0.012)), random, 2)
        colour *= np.where(bars > 0.34, np.float32(0.22), np.float32(1.0))[..., None]
    return layer_of(colour.astype(np.float32), cover)


def _crown(
    skeleton: Skeleton, kind: Species, tall: int, towards: Colour, random: np.random.Generator
) -> tuple[NDArray[np.float32], Points]:
    """Dabs from the back to the front in the tree's own measure, and how near each is."""
    tips = _clothed(skeleton.tips, kind.skirt, random)
    each = max(3, round(26 * kind.dense * min(1.0, 0.35 + tall / 420) * min(1.0, 150 / len(tips))))
    around = random.normal(0, 1, (len(tips), each, 3))
    around /= np.linalg.norm(around, axis=2, keepdims=True)
    radius = random.uniform(0.35, 1.0, (len(tips), each, 1)) ** 0.6
    spots = tips[:, None] + around * radius * kind.clump * (1.0, 0.72, 1.0)
    if kind.hang:
        spots[..., 1] -= random.uniform(0, 1, spots.shape[:2]) ** 1.3 * kind.hang * 0.34
        spots[..., 1] = np.maximum(spots[..., 1], 0.09)
    middle, extent = tips.mean(0), np.maximum(tips.std(0) * 2, 0.08)
    whole = (spots - middle) / extent
    near = np.linalg.norm(whole, axis=2)
    lit = (around * radius) @ towards * 0.42 + (whole @ towards) * 0.26
    tone = 0.33 + lit + 0.10 * np.clip(near - 0.6, -0.5, 0.6) + random.normal(0, 0.07, lit.shape)
    size = kind.dab * random.uniform(0.75, 1.3, lit.shape) * (1 + 0.6 * max(0.0, 1 - tall / 160))
    dabs = np.stack([spots[..., 0], spots[..., 1], size, np.clip(tone, 0, 1)], axis=-1).reshape(-1, 4)
    depth = spots[..., 2].ravel() + 0.3 * (radius[..., 0].ravel() - 0.7) * kind.clump
    order = np.argsort(depth, kind="stable")
    return dabs[order].astype(np.float32), depth[order]


def _clothed(tips: Points, skirt: float, random: np.random.Generator) -> Points:
    """The twigs' ends and others below them: a crown is round, and is not a roof."""
    if skirt == 0:
        return tips
    below = np.repeat(tips, 1 + round(2.5 * skirt), axis=0)
    down = random.uniform(0.1, 1.0, len(below))
    middle = tips[:, 0].mean()
    below[:, 1] = np.maximum(below[:, 1] - skirt * down, np.minimum(below[:, 1], 0.27))
    # the skirt draws in again towards its foot
    below[:, (0, 2)] = (below[:, (0, 2)] - (middle, 0)) * (1.06 - 0.5 * down[:, None] ** 2) + (middle, 0)
    return np.concatenate([tips, below])


def _snowed(
    layer: Layer, skeleton: Skeleton, kind: Species, dress: Dress, tall: float, random: np.random.Generator
) -> Layer:
    """Bare limbs with snow on their upper sides."""
    limbs = skeleton.limbs.copy()
    flat = np.abs(limbs[:, 3] - limbs[:, 0]) > 0.35 * np.abs(limbs[:, 4] - limbs[:, 1])
    limbs = limbs[flat & (limbs[:, 6] * tall > 0.5) & (random.random(len(limbs)) < 0.7)]
    limbs[:, (1, 4)] += 0.8 * limbs[:, 6:7]
    limbs[:, 6:] = np.minimum(limbs[:, 6:] * 0.34, 0.004)
    cover, light = draw_limbs(limbs, (layer.shape[1], layer.shape[0]), tall, 1.0)
    shade, lit = dress.bark(linear(232, 238, 246))
    snow = layer_of(mixed(shade, lit, np.clip(0.4 + light, 0, 1)), cover * np.float32(0.92))
    whole: Layer = snow + layer * (1 - snow[..., 3:])
    return whole
