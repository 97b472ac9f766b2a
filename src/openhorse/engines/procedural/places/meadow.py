"""A site in, a meadow out: grass or a crop, a tree or two, woods and hills behind. Knows no camera and no player."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grass import Head, Sward, fringe, patches, sward_of, swaths, turf
from openhorse.engines.procedural.parts.land import Range, downs, terraces, veil
from openhorse.engines.procedural.parts.mist import bank
from openhorse.engines.procedural.parts.seasons import is_snowy, season_of
from openhorse.engines.procedural.parts.trees import TreeKind, planted, shade_under, woods
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_WILD: tuple[tuple[Head, NDArray[np.float32]], ...] = (
    ("daisy", linear(244, 244, 238)),
    ("poppy", linear(214, 44, 32)),
    ("bell", linear(112, 96, 200)),
    ("daisy", linear(250, 208, 60)),
    ("poppy", linear(226, 120, 150)),
)
_CROPS: Mapping[str, tuple[str, Sward]] = {
    "wheat": (
        "a field of wheat",
        Sward(linear(126, 88, 34), linear(236, 192, 104), (("ear", linear(240, 198, 110)),), 0.85, 1.9, 26, 0.8),
    ),
    "lavender": (
        "a field of lavender",
        Sward(linear(52, 62, 48), linear(126, 138, 96), (("spike", linear(128, 84, 196)),), 0.95, 1.5, 20, 0.8),
    ),
    "tulips": (
        "a field of tulips",
        Sward(
            linear(40, 84, 40), linear(122, 164, 92),
            (
                ("tulip", linear(220, 40, 44)), ("tulip", linear(246, 190, 50)), ("tulip", linear(226, 96, 150)),
                ("tulip", linear(240, 232, 226)),
            ),
            0.95, 1.4, 12, 1.7, 0.2,
        ),
    ),
    "sunflowers": (
        "a field of sunflowers",
        Sward(linear(40, 72, 28), linear(126, 150, 62), (("sun", linear(250, 186, 30)),), 0.95, 2.0, 14, 1.8, 0.3),
    ),
    "rapeseed": (
        "a field of rapeseed in bloom",
        Sward(linear(48, 84, 30), linear(140, 166, 60), (("bell", linear(250, 218, 36)),), 0.97, 1.7, 16, 0.8, 0.9),
    ),
    "flowers": (
        "a meadow full of flowers",
        Sward(linear(48, 88, 30), linear(150, 178, 78), _WILD, 0.75, 1.25, 20, 1.0),
    ),
    "snow": ("a meadow under snow", Sward(linear(150, 140, 116), linear(226, 224, 222), (), 0.0, 0.6, 8, 0.8)),
}  # fmt: skip
_PETALS: Mapping[str, tuple[int, int, int]] = {
    "purple": (132, 74, 196), "violet": (120, 76, 200), "lilac": (176, 140, 214), "pink": (236, 130, 170),
    "red": (208, 40, 36), "white": (246, 245, 240), "yellow": (250, 206, 52), "orange": (240, 132, 36),
    "blue": (84, 104, 214), "紫": (132, 74, 196), "粉": (236, 130, 170), "红": (208, 40, 36),
    "白": (246, 245, 240), "黄": (250, 206, 52), "橙": (240, 132, 36), "蓝": (84, 104, 214),
}  # fmt: skip
_PETALLED = re.compile(rf"({'|'.join(_PETALS)})[色的\s-]*(?:wild|little|small|小|野)*\s*(?:flower|blossom|bloom|花)")
_SMALL_FLIERS = frozenset(("butterfly", "bee", "bumblebee", "dragonfly", "ladybug", "ladybird", "moth", "hummingbird"))
_ALONE: Mapping[Season, tuple[TreeKind, ...]] = {
    Season.SPRING: ("cherry", "oak", "birch"),
    Season.SUMMER: ("oak", "oak", "willow"),
    Season.AUTUMN: ("maple", "oak", "birch"),
    Season.WINTER: ("oak", "dead"),
}


def paint(site: Site) -> Scenery:
    """A meadow at the site's hour and season, or the field that the brief's variety names."""
    says, sward = _sward(site)
    small = any(one.kind in _SMALL_FLIERS for one in site.shot.brief.cast[:1]) and sward.share > 0.5
    # what flies from flower to flower flies among them
    grown = _blooms(site, sward) if small else (*swaths(site, sward), *_frame(site, sward))
    return Scenery(
        says=says,
        flats=(*_far(site), *_trees(site), *grown),
        floor=Floor(turf(site, sward), _tile(site), patches(site), 90.0),
        stage=(2.0, 16.0),
        beds=(Bed("birds", 0.25), Bed("leaves", 0.18)),
        surface="leaves",
        mood="warm",
    )


def _tile(site: Site) -> float:
    """Grass is as coarse as the eye is high, within reason."""
    return 5.0 * float(np.clip(site.lens.eye / 1.6, 0.3, 1.0))


def _sward(site: Site) -> tuple[str, Sward]:
    variety = site.shot.brief.variety or ""
    if is_snowy(site):
        return _CROPS["snow"]
    for name in _CROPS:
        if name in variety or name.rstrip("s") in variety:
            says, sward = _CROPS[name]
            return says, _petalled(site, sward) if name == "flowers" else sward
    plain, season = sward_of(site), season_of(site)
    if _is_terraced(site):
        return "rice terraces", Sward(linear(52, 96, 36), linear(168, 196, 84), (), 0.0, 1.3, 26, 0.7)
    share = {Season.SPRING: 0.5, Season.SUMMER: 0.28, Season.AUTUMN: 0.08, Season.WINTER: 0.0}[season]
    return f"a meadow in {season.value}", Sward(plain.dark, plain.light, _WILD, share)


def _petalled(site: Site, sward: Sward) -> Sward:
    """The flowers in the colour that the words give them."""
    named = _PETALLED.findall(site.shot.brief.prompt.lower())
    if not named:
        return sward
    heads: list[tuple[Head, NDArray[np.float32]]] = []
    for word in named:
        ink = linear(*_PETALS[word])
        heads += [("daisy", ink), ("spike", ink * np.float32(1.15)), ("bell", ink * np.float32(0.9))]
    return replace(sward, heads=tuple(heads), share=0.92, far=0.35)


def _blooms(site: Site, sward: Sward) -> tuple[Flat, ...]:
    """Flowers as high as the lens, from the far meadow up to it: what is small is seen among them."""
    lens, random = site.lens, site.random("blooms")
    lead = site.lead or 2.0 * lens.nearest
    tall = replace(sward, tall=1.0, blades=12, share=0.9)
    flats = list(swaths(site, tall, 9, 0.34, 9.0 * lead))
    for k, part in enumerate((3.4, 2.7, 2.1, 1.65, 1.3, 1.06, 0.84)):
        z = part * lead
        for side in (-1.0, 1.0):
            size = (0.62 * lens.reach(z), lens.eye * float(random.uniform(0.66, 0.98)))
            flat = fringe(site, tall, (side * 0.32 * lens.reach(z), z), size, f"bloom {k} {side}")
            flats.append(replace(flat, x=flat.x * float(random.uniform(0.6, 1.2)), period=1.36 * flat.wide))
    return tuple(flats)


def _far(site: Site) -> tuple[Flat, ...]:
    """Hills behind hills, or hillsides of terraces."""
    if _is_terraced(site):
        rise = site.lens.horizon / site.lens.focal
        return (
            downs(site, Range(5200.0, 5200 * 0.80 * rise, 120, 0.1, 0.5, haze=veil(site, 5200.0, 0.55)), 2.2, 0.7),
            bank(site, 2500.0, 2500 * 0.40 * rise, 0.0, 0.6, 2.0),
            terraces(
                site, Range(1200.0, 1200 * 0.80 * rise, 260, 0.30, 0.35, "far", haze=veil(site, 1200.0, 0.24)), 1.3
            ),
            bank(site, 700.0, 700 * 0.16 * rise, 0.0, 0.4, 1.0),
            terraces(site, Range(420.0, 420 * 0.56 * rise, 260, 0.40, 0.10, "near", haze=veil(site, 420.0, 0.06)), 1.0),
        )
    return (
        downs(site, Range(5200.0, 620.0, 120, 0.12, 0.5, haze=veil(site, 5200.0, 0.46)), 2.6, 0.35),
        downs(site, Range(1900.0, 150.0, 120, 0.20, 0.45, haze=veil(site, 1900.0, 0.26)), 3.4, 0.55, fields=True),
        downs(site, Range(620.0, 30.0, 90, 0.35, 0.15, haze=veil(site, 620.0, 0.12)), 3.0, 0.4),
    )


def _is_terraced(site: Site) -> bool:
    return any(word in (site.shot.brief.variety or "") for word in ("rice", "terrace", "padd"))


def _trees(site: Site) -> tuple[Flat, ...]:
    """A far wood, and one tree that the eye rests on, off the middle."""
    random = site.random("trees")
    kinds: tuple[TreeKind, ...] = ("oak", "maple", "poplar", "oak", "birch")
    blossom = any(word in (site.shot.brief.variety or "") for word in ("cherry", "sakura", "blossom", "orchard"))
    if blossom:
        # trees in blossom make it spring
        spring = replace(site.shot.brief, season=Season.SPRING, weather=site.shot.brief.weather - {"snow"})
        site, kinds = replace(site, shot=replace(site.shot, brief=spring)), ("cherry",)
    side = 1.0 if site.shot.seed % 2 else -1.0
    z = float(random.uniform(24, 32))
    x = side * site.lens.reach(z) * random.uniform(0.25, 0.34)
    alone: tuple[TreeKind, ...] = ("cherry",) if blossom else _ALONE[season_of(site)]
    lone = alone[int(random.integers(0, len(alone)))]
    tall, far = float(random.uniform(7.5, 9.5)), -side * site.lens.reach(60.0) * random.uniform(0.3, 0.44)
    if _is_terraced(site):
        return (planted("oak", site, (x, z), tall), shade_under(site, (x, z), 0.9 * tall))
    return (
        woods(site, kinds, 260.0, 13.0, 0.3),
        woods(site, ("cherry",) if blossom else ("bush", "oak"), 130.0, 5.0, 0.8 if blossom else 1.9, "hedge"),
        planted(lone, site, (x, z), tall),
        shade_under(site, (x, z), 0.9 * tall),
        planted("cherry" if blossom else "oak", site, (far, 60.0), 9.0),
        shade_under(site, (far, 60.0), 9.0),
    )


def _frame(site: Site, sward: Sward) -> tuple[Flat, ...]:
    """Tall growth at the sides, near the lens."""
    z = site.lens.nearest * 1.15
    reach, tall = site.lens.reach(z), 0.42 * site.lens.eye
    flats = []
    for side, part in ((-1.0, 0.50), (1.0, 0.52)):
        size = (0.30 * reach, tall * (1.0 if side > 0 else 0.75))
        flats.append(fringe(site, sward, (side * part * reach, z), size, f"side {side}"))
    return tuple(flats)
