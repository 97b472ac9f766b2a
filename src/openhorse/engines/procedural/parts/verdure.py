"""A site and a measure in, simple greenery out: a roadside tree, a poplar, a bank of bushes. Knows no place.

For built places; a season's colours and snow are taken from the site.
"""

from __future__ import annotations

import math

import numpy as np

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts import trees
from openhorse.engines.procedural.parts.grain import grain, layer_of, mixed, smooth
from openhorse.engines.procedural.parts.model import SNOW, is_snowy
from openhorse.engines.procedural.world.scenery import Flat, Site

LEAVES = {
    Season.SPRING: (linear(64, 104, 46), linear(178, 186, 96)),
    Season.SUMMER: (linear(36, 66, 32), linear(122, 148, 64)),
    Season.AUTUMN: (linear(120, 58, 26), linear(226, 150, 54)),
    Season.WINTER: (linear(84, 88, 96), linear(206, 214, 226)),
}


_LEAVED: tuple[trees.TreeKind, ...] = ("oak", "maple", "oak", "birch")
_WINTRY: tuple[trees.TreeKind, ...] = ("oak", "spruce", "oak")


def season_of(site: Site) -> Season:
    """The brief's season; winter where it snows, summer otherwise."""
    brief = site.shot.brief
    return brief.season or (Season.WINTER if is_snowy(site) else Season.SUMMER)


def tree(site: Site, at: tuple[float, float], tall: float, what: str = "tree", period: float = 0.0) -> Flat:
    """A tree of a kind by chance at (x, z): of town and roadside, bare or a fir in winter."""
    x, z = at
    random = site.random(f"{what} {x:.1f} {z:.1f}")
    kinds = _WINTRY if season_of(site) is Season.WINTER else _LEAVED
    kind = kinds[int(random.integers(len(kinds)))]
    # there are many of them: the nearest are painted less fine than they are seen
    pixels = max(12, round(min(tall * site.fine(z), 0.6 * site.lens.height)))
    layer = trees.tree(kind, trees.Dress.of(site), pixels, random)
    return Flat(layer, pixels / tall, x, z, period=period, sway=0.016 * tall)


def bushes(site: Site, z: float, tall: float, what: str = "bushes", full: float = 0.55) -> Flat:
    """A bank of bushes at `z` over all of the frame's width, going on seamlessly to both sides."""
    metre = min(site.fine(z), 0.5 * site.lens.height / tall)
    wide = 1.6 * site.lens.reach(z)
    width, height = math.ceil(wide * metre), max(8, math.ceil(tall * metre))
    random = site.random(f"{what} {z:.1f}")
    spots = max(3.0, wide / tall * 0.9)
    crown = full + (1 - full) * grain((width, 1), (spots, 1), random, 5)[0]
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    leaves = grain((width, height), (spots * 3, 3), random, 5)
    cover = smooth(-0.03, 0.05, crown[None, :] - up + 0.14 * leaves)
    part = smooth(-0.7, 0.8, 0.8 * leaves + 0.9 * (up - 0.4))
    dark, bright = LEAVES[season_of(site)]
    picture = mixed(dark, bright * np.float32(0.9), part)
    if is_snowy(site):
        picture = mixed(picture, SNOW, smooth(0.0, 0.6, leaves + 0.7 * up))
    lit = site.light.ambient * 1.05 + site.light.key * (0.15 + 0.35 * part)[..., None]
    return Flat(
        layer_of((picture * lit).astype(np.float32), cover), metre, 0.0, z, -0.05, period=width / metre, sway=0.04
    )
