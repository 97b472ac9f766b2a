"""A site in, a forest out: rows of trunks in hazy light, leaves above, undergrowth, a path. Knows no camera."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from openhorse.engines.procedural.brief import Hour, Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Canvas
from openhorse.engines.procedural.drawing.strips import beside, side_by_side
from openhorse.engines.procedural.parts.grain import grain, layer_of, mixed, smooth
from openhorse.engines.procedural.parts.grove import SNOW_UNDER, Grove, canopy, glow_of, row, undergrowth
from openhorse.engines.procedural.parts.lamps import shine
from openhorse.engines.procedural.parts.mist import bank, shafts
from openhorse.engines.procedural.parts.seasons import ground_light, is_snowy, season_of, wetness
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site, Texture

_GREEN = (linear(26, 50, 20), linear(132, 164, 60))
_FRESH = (linear(44, 80, 26), linear(176, 204, 90))
_FERN = (linear(22, 46, 18), linear(118, 150, 58))
_GROVES: Mapping[str, tuple[str, Grove]] = {
    "broad": ("a forest", Grove(linear(84, 70, 56), 0.24, 3.4, "leaves", _GREEN, _FERN)),
    "pine": (
        "a pine forest",
        Grove(
            linear(132, 86, 62), 0.21, 2.7, "needles", (linear(16, 38, 26), linear(92, 120, 66)), _FERN, 0.8, 0.8,
            boughs=True, undergrowth="fern",
        ),
    ),
    "bamboo": (
        "a bamboo forest",
        Grove(
            linear(110, 144, 58), 0.068, 0.95, "lances", (linear(40, 74, 26), linear(172, 198, 84)),
            (linear(30, 58, 20), linear(128, 160, 66)), 0.9, 0.6, jointed=True, undergrowth="lances",
        ),
    ),
    "birch": (
        "a birch forest",
        Grove(linear(218, 212, 202), 0.125, 2.0, "fine", (linear(54, 88, 30), linear(172, 196, 88)), _FERN, 0.85, 0.8),
    ),
    "cherry": (
        "a grove of cherry trees in blossom",
        Grove(
            linear(78, 58, 54), 0.17, 2.9, "blossom", (linear(206, 120, 146), linear(255, 224, 233)),
            (linear(44, 80, 30), linear(150, 184, 84)),
        ),
    ),
    "maple": (
        "a forest of red maples",
        Grove(
            linear(86, 70, 60), 0.2, 3.0, "leaves", (linear(120, 22, 14), linear(236, 84, 34)),
            (linear(104, 40, 16), linear(214, 112, 42)),
        ),
    ),
    "jungle": (
        "a jungle",
        Grove(
            linear(78, 72, 52), 0.30, 4.0, "lances", (linear(18, 52, 24), linear(110, 164, 60)),
            (linear(14, 48, 22), linear(104, 168, 62)), 1.25, 1.9, undergrowth="fern",
        ),
    ),
}  # fmt: skip
_AUTUMN = (linear(128, 62, 16), linear(240, 158, 46))
_BARE = (linear(70, 74, 84), linear(132, 136, 146))
_WORDS = {
    "conifer": "pine",
    "spruce": "pine",
    "fir": "pine",
    "taiga": "pine",
    "sakura": "cherry",
    "blossom": "cherry",
    "redwood": "pine",
    "rain": "jungle",
    "tropic": "jungle",
}
_ROWS = (64.0, 44.0, 31.0, 22.0, 15.5, 11.0)
_FAR = 64.0


def paint(site: Site) -> Scenery:
    """A forest of the kind that the brief's variety names."""
    says, grove = _grove(site)
    magic: tuple[Flat, ...] = ()
    if site.shot.brief.variety == "enchanted":
        says, magic = "an enchanted forest with mushrooms that glow", _mushrooms(site)
    # each is painted with random numbers of its own
    floor = beside(_floor, site, grove)
    far, close = _deep(site, grove), _near(site, grove)
    painted = list(side_by_side([*far, *close]))
    deep, near = painted[: len(far)], painted[len(far) :]
    return Scenery(
        says=says,
        flats=(*deep, *magic, *near),
        floor=floor.result(),
        stage=(2.2, 9.5),
        aside=3.2,
        beds=(Bed("birds", 0.22), Bed("leaves", 0.3)),
        space="wood",
        surface="leaves",
        mood="mysterious" if site.light.is_night else "calm",
    )


def _grove(site: Site) -> tuple[str, Grove]:
    """The wood in its season."""
    variety = site.shot.brief.variety or "broad"
    variety = next((to for word, to in _WORDS.items() if word in variety), variety)
    name = next((name for name in _GROVES if name in variety), "broad")
    says, grove = _GROVES[name]
    season, bare = Season.AUTUMN if "autumn" in variety else season_of(site), False
    if name in ("broad", "birch"):
        leaves = {Season.SPRING: _FRESH, Season.AUTUMN: _AUTUMN}.get(season, grove.leaves)
        if name == "birch" and season is Season.AUTUMN:
            leaves = (linear(150, 104, 20), linear(250, 208, 76))
        bare = season is Season.WINTER
        grove = replace(grove, leaves=_BARE if bare else leaves, canopy=0.0 if bare else grove.canopy)
        if season is Season.AUTUMN:
            grove = replace(grove, under=(linear(92, 54, 18), linear(206, 138, 48)))
        says += f" in {season.value}" if season is not Season.SUMMER else ""
    if is_snowy(site):
        white = (linear(70, 92, 90), linear(226, 234, 240)) if name == "pine" else (_BARE if bare else grove.leaves)
        grove = replace(grove, under=SNOW_UNDER, leaves=white)
        says += " under snow"
    return says, grove


def _deep(site: Site, grove: Grove) -> list[Callable[[], Flat]]:
    """What paints the wood from its lit end to where the stage begins."""
    works: list[Callable[[], Flat]] = [partial(_end, site, grove)]
    for k, z in enumerate(_ROWS):
        clear = (1.9, 2.0, 2.1, 2.2, 2.4, 2.7)[k]
        works.append(partial(row, site, grove, z, _FAR, clear))
        works.append(partial(undergrowth, site, grove, z - 0.6, grove.low * (1.5 - 0.1 * k), _FAR, clear - 0.5))
        if grove.canopy and k in (1, 3, 5):
            works.append(partial(canopy, site, grove, z - 0.3, _FAR))
    works.append(partial(bank, site, 26.0, 3.4, strength=0.22, word="wood"))
    if not site.light.is_night and site.light.cover < 0.3:
        works.append(partial(shafts, site, 13.0, 9.0, 0.5 if site.light.hour is Hour.DAY else 0.7))
    return works


def _end(site: Site, grove: Grove) -> Flat:
    """The light at the wood's end, with the ghosts of trees in it; it hides the sky and the far ground."""
    random = site.random("end")
    z = _FAR * 1.25
    wide, tall = 1.55 * site.lens.reach(z), site.lens.eye + site.lens.horizon / site.lens.metre(z) + 6
    metre = min(site.fine(z), 1.0 * site.lens.metre(z)) / 2
    width, height = round(wide * metre), round(tall * metre)
    glow = glow_of(site, grove)
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    # most light comes through low, off the middle, on the sun's side
    at = 0.5 + 0.10 * float(np.sign(site.light.towards[0]))
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    heart = np.exp(-(((x - at) / 0.16) ** 2) - ((up - 0.30) / 0.36) ** 2)
    ghosts = smooth(0.05, 0.5, grain((width, 1), (60, 1), random, 3))
    leaves = grain((width, height), (36, 16), random, 4)
    veil = np.clip(0.35 + 0.5 * up + 0.35 * leaves + 0.16 * ghosts, 0, 1)
    own = (grove.leaves[0] + grove.leaves[1]) * np.float32(0.5)
    shade = own * (site.light.ambient + site.light.key * np.float32(0.25)) * np.float32(0.7)
    colour = mixed(glow * np.float32(0.95), shade + glow * np.float32(0.3), veil)
    colour += (heart * 0.8).astype(np.float32)[..., None] * (glow + site.light.key * np.float32(0.16))
    return Flat(
        layer_of(colour.astype(np.float32), np.ones((height, width), np.float32)), metre, 0.0, z, y=-0.4,
        period=width / metre, haze=0.0,
    )  # fmt: skip


def _near(site: Site, grove: Grove) -> list[Callable[[], Flat]]:
    """What paints dark trunks and leaves at the sides, nearer than the stage."""
    lens = site.lens
    z = 5.4
    half = 0.5 * lens.reach(z)
    near = max(1.25 * lens.nearest, 0.9)
    low = replace(grove, air=0.25 * grove.air)
    works: list[Callable[[], Flat]] = [
        partial(row, site, replace(low, gap=3.0 * grove.gap + 1.5), z, _FAR, 0.72 * half),
        partial(undergrowth, site, low, z - 0.4, 0.62 * min(1.0, lens.eye) * grove.low**0.5, _FAR, 0.55 * half),
        partial(undergrowth, site, low, near, 0.26 * min(1.3, lens.eye), _FAR, 0.30 * lens.reach(near)),
    ]
    if grove.canopy:
        works.append(partial(canopy, site, replace(low, canopy=0.42 * grove.canopy), z - 0.8, _FAR))
    return works


def _mushrooms(site: Site) -> tuple[Flat, ...]:
    """Tall mushrooms at both sides whose caps shine, and lights among the trees."""
    random, lens, flats = site.random("mushrooms"), site.lens, list[Flat]()
    power = np.float32(0.55 + 0.45 * site.light.lamps)
    for k in range(15):
        z = float(random.uniform(3.2, 15.0))
        tone = (linear(90, 210, 255), linear(255, 140, 220), linear(150, 255, 170))[k % 3] * power
        x = (1 if k % 2 else -1) * float(random.uniform(0.16, 0.5)) * lens.reach(z)
        tall = float(random.uniform(0.3, 1.1)) * min(1.0, lens.eye / 1.2)
        metre = min(site.fine(z), 260.0)
        canvas = Canvas(0, 0, tall * metre, tall * metre, samples=2)
        stem = linear(226, 216, 200) * (site.light.ambient * 1.2 + site.light.key * np.float32(0.3)) + tone * 0.08
        canvas.limb(
            (0.5 * tall * metre, tall * metre),
            (0.5 * tall * metre, 0.4 * tall * metre),
            0.09 * tall * metre,
            0.06 * tall * metre,
            stem,
        )
        cap = [(0.5 + 0.46 * math.cos(a), 0.46 - 0.40 * math.sin(a)) for a in np.linspace(0, math.pi, 19)]
        canvas.polygon([(u * tall * metre, v * tall * metre) for u, v in cap], tone * 0.75)
        for u, v, r in ((0.36, 0.28, 0.06), (0.6, 0.22, 0.07), (0.72, 0.37, 0.045), (0.5, 0.38, 0.05)):
            canvas.ellipse(u * tall * metre, v * tall * metre, r * tall * metre, 0.8 * r * tall * metre, tone * 1.9)
        flats.append(Flat(canvas.layer(), metre, x, z, haze=0.3))
        flats.append(shine(x, 0.7 * tall, z - 0.02, 1.3 * tall, tone * np.float32(0.5), lamp="pulse"))
    return tuple(flats)


def _floor(site: Site, grove: Grove) -> Floor:
    """Earth and litter, moss, patches of sun; snow where it lies."""
    return Floor(
        _litter(site, grove), 3.2 * float(np.clip(site.lens.eye / 1.6, 0.35, 1.0)), _dapple(site), 26.0,
        wet=wetness(site), step="step-snow" if is_snowy(site) else "step-grass",
    )  # fmt: skip


def _litter(site: Site, grove: Grove) -> Texture:
    random = site.random("litter")
    size = (512, 512)
    fine, broad = grain(size, (110, 110), random, 2), grain(size, (6, 6), random, 4)
    light = ground_light(site.light) * np.float32(0.62)
    if is_snowy(site):
        soft = np.clip(0.55 + 0.35 * broad + 0.1 * fine, 0, 1).astype(np.float32)
        return mixed(linear(168, 182, 202), linear(238, 242, 248), soft) * light * np.float32(1.3)
    earth = mixed(linear(54, 42, 28), linear(126, 100, 66), smooth(-0.9, 1.0, fine + 0.4 * broad))
    leaves = smooth(0.30, 0.55, grain(size, (64, 64), random, 2))
    fallen = linear(186, 116, 44) if grove.under[1][0] > grove.under[1][1] else linear(138, 112, 66)
    ground = mixed(earth, fallen, leaves * np.float32(0.7))
    moss = mixed(grove.under[0], grove.under[1] * np.float32(0.8), smooth(-0.8, 0.9, fine))
    whole: Texture = mixed(ground, moss, smooth(-0.1, 0.5, broad) * np.float32(0.75)) * light
    return whole.astype(np.float32)


def _dapple(site: Site) -> Texture:
    """Patches of sun on the ground between shadows."""
    field = grain((64, 64), (9, 9), site.random("dapple"), 2)
    strength = 0.0 if site.light.cover > 0.3 else 1.3
    spots = smooth(0.18, 0.62, field)[..., None]
    sun = site.light.key / max(1e-3, float(site.light.key.max()))
    return (0.72 + 0.14 * field[..., None] + strength * spots * sun).astype(np.float32)
