"""A site and a distance in, a range of land out as a flat: snow peaks, downs, karst towers, mesas, dunes.

Knows no place. Every range goes on seamlessly to both sides and is wider than the frame by half.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.relief import (
    Land,
    Map,
    bent,
    octave,
    ridged,
    rolling,
    rounded,
    seen,
    sunlit,
    survey,
)
from openhorse.engines.procedural.parts.seasons import is_snowy, season_of
from openhorse.engines.procedural.world.scenery import Flat, Site

Colour = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Range:
    """Where a range stands and how high it is, in metres; `lines` is how finely its depth is drawn.

    `tilt` is how much of its picture is ground seen from above, `foot` how much air lies at its foot.
    """

    z: float
    tall: float
    lines: int = 160
    tilt: float = 0.22
    foot: float = 0.35
    word: str = ""
    y: float = 0.0
    haze: float = 1.0


def veil(site: Site, z: float, share: float) -> float:
    """The `haze` of a flat at `z` that hides `share` (0…1) of it in clear air; in mist more, but never all of it."""
    thicker = max(1.0, 1000.0 / site.light.clear)
    hidden = min(max(share, 0.74), 1 - (1 - share) ** thicker)
    return -math.log(max(1e-3, 1 - hidden)) * site.light.clear / z


def _grid(site: Site, form: Range) -> tuple[int, int, float]:
    """Columns and rows of its picture, and pixels a metre."""
    # air softens what is far: it needs no more pixels than this
    metre = 0.88 * site.lens.metre(form.z)
    wide = 1.55 * site.lens.reach(form.z)
    return max(64, math.ceil(wide * metre)), max(12, math.ceil(form.tall * metre)), metre


def _flat(site: Site, form: Range, height: Map, colour: Map, grid: tuple[int, int, float]) -> Flat:
    """The lit land as a flat with the air at its foot."""
    columns, rows, metre = grid
    layer = seen(height, colour, rows, form.tilt)
    up = (np.arange(rows, dtype=np.float32)[::-1] / rows)[:, None]
    hidden = np.float32(form.foot) * np.clip(1 - up / 0.62, 0, 1) ** 1.5
    layer[..., :3] += (layer[..., 3:] * site.light.air - layer[..., :3]) * hidden[..., None]
    return Flat(layer, metre, 0.0, form.z, y=form.y, period=columns / metre, haze=form.haze)


def _blend(one: Map | Colour, other: Map | Colour, share: Map) -> Map:
    blend: Map = (one + (other - one) * share[..., None]).astype(np.float32)
    return blend


def _step(low: float, high: float, x: Map) -> Map:
    part = np.clip((x - low) / (high - low), 0, 1)
    step: Map = (part * part * (3 - 2 * part)).astype(np.float32)
    return step


def alps(site: Site, form: Range, peaks: int = 5, snow: float = 0.42) -> Flat:
    """High peaks, with snow above `snow` of their height (all over in winter) and woods on their feet."""
    grid = _grid(site, form)
    shape = (form.lines, grid[0])
    random = site.random(f"alps {form.word} {form.z}")
    height = _peaks(shape, peaks, random)
    land = survey(height, site.light, grid[1] * 1.0)
    return _flat(site, form, height, sunlit(land, _alpine(land, site, snow, random), site.light), grid)


def _peaks(shape: tuple[int, int], peaks: int, random: np.random.Generator) -> Map:
    """Heights of peaks that stand one behind the other and lower towards the front."""
    lines, columns = shape
    x = np.arange(columns, dtype=np.float32)[None, :] / columns
    d = np.linspace(0, 1, lines, dtype=np.float32)[:, None]
    mass = np.zeros(shape, np.float32)
    for k in range(peaks):
        at = (k + random.uniform(0.15, 0.85)) / peaks
        deep, tall = random.uniform(0.45, 0.95), random.uniform(0.55, 1.0) if k else 1.0
        aside = np.abs((x - at + 0.5) % 1 - 0.5) * peaks
        far = np.sqrt((aside / random.uniform(0.5, 0.85)) ** 2 + ((d - deep) / 0.55) ** 2)
        mass = np.maximum(mass, np.float32(tall) * np.exp(-(far**1.25) * np.float32(1.5)).astype(np.float32))
    folds = ridged(shape, (2.2, peaks * 1.6), random, 8)
    crags = ridged(shape, (7, peaks * 7), random, 5)
    height = mass * (0.40 + 0.80 * folds) + 0.20 * folds * (0.3 + mass) + 0.13 * (crags - 0.4) * mass
    height *= _step(-0.25, 0.5, d)
    whole: Map = (height / max(1e-3, float(height.max())) * 0.97).astype(np.float32)
    return whole


def _alpine(land: Land, site: Site, snow: float, random: np.random.Generator) -> Map:
    """Rock, woods and meadows below, snow where it holds."""
    shape = land.height.shape
    rough = rolling(shape, (12, shape[1] / 40), random, 4)
    fine = octave(shape, (shape[0], shape[1] / 2.5), random)
    rock = _blend(linear(84, 80, 82), linear(142, 130, 120), np.clip(0.5 + 0.5 * rough + 0.15 * fine, 0, 1))
    autumn = season_of(site) is Season.AUTUMN
    woods = _blend(
        linear(52, 50, 26) if autumn else linear(24, 46, 30),
        linear(142, 104, 44) if autumn else linear(84, 108, 54),
        np.clip(0.3 + 0.4 * fine + 0.3 * rough, 0, 1),
    )
    colour = _blend(woods, rock, _step(0.16, 0.34, land.height + 0.12 * rough + 0.3 * (land.steep - 0.5)))
    line = 0.05 if is_snowy(site) else snow
    holds = _step(-0.10, 0.10, land.height - line + 0.12 * rough - 0.95 * (land.steep - 0.44) + 1.2 * land.hollow)
    return _blend(colour, linear(240, 244, 252), holds * np.float32(0.96))


def downs(site: Site, form: Range, tops: float = 3.0, woods: float = 0.5, fields: bool = False) -> Flat:
    """Rolling hills, wooded in part (0…1), or parted into fields."""
    grid = _grid(site, form)
    shape = (form.lines, grid[0])
    random = site.random(f"downs {form.word} {form.z}")
    swell = rolling(shape, (1.6, tops), random, 4, 0.42)
    d = np.linspace(0, 1, form.lines, dtype=np.float32)[:, None]
    height = np.clip(0.46 + 0.42 * swell, 0.02, 1) * (0.25 + 0.75 * _step(0.0, 0.75, d))
    patch = rolling(shape, (5, tops * 5), random, 5, 0.6)
    covered = _step(0.22 - 0.55 * woods, 0.34 - 0.55 * woods, patch)
    crowns = np.maximum(octave(shape, (form.lines * 0.5, shape[1] / 4.0), random), -0.4)
    height = (height / max(1e-3, float(height.max())) * 0.94).astype(np.float32)
    treed = height + covered * (0.022 + 0.020 * crowns)
    land = survey(treed, site.light, grid[1] * 1.0, 40)
    colour = _pasture(site, patch, shape, random, fields)
    dark, light = _WOODS[season_of(site)]
    wood = _blend(dark, light, np.clip(0.35 + 0.5 * crowns + 0.25 * octave(shape, (20, tops * 9), random), 0, 1))
    colour = _blend(colour, wood, covered)
    if is_snowy(site):
        colour = _blend(colour, linear(232, 238, 247), np.clip(0.92 - 0.5 * covered, 0, 1))
    return _flat(site, form, treed.astype(np.float32), sunlit(land, colour, site.light), grid)


_WOODS = {
    Season.SPRING: (linear(40, 70, 28), linear(128, 160, 68)),
    Season.SUMMER: (linear(26, 52, 24), linear(96, 122, 50)),
    Season.AUTUMN: (linear(96, 50, 20), linear(206, 140, 48)),
    Season.WINTER: (linear(48, 44, 42), linear(104, 96, 88)),
}
_PASTURE = {
    Season.SPRING: (linear(78, 122, 44), linear(150, 182, 82)),
    Season.SUMMER: (linear(82, 112, 46), linear(168, 170, 84)),
    Season.AUTUMN: (linear(134, 112, 56), linear(194, 158, 86)),
    Season.WINTER: (linear(112, 106, 76), linear(166, 152, 112)),
}


def _pasture(site: Site, patch: Map, shape: tuple[int, int], random: np.random.Generator, fields: bool) -> Map:
    dark, light = _PASTURE[season_of(site)]
    colour = _blend(dark, light, np.clip(0.5 + 0.4 * patch, 0, 1))
    if not fields:
        return colour
    lines, columns = shape
    x = np.arange(columns, dtype=np.float32)[None, :] + 60 * octave(shape, (2, 3), random)
    d = np.arange(lines, dtype=np.float32)[:, None] + 14 * octave(shape, (2, 4), random)
    strip = (np.floor(x / columns * 14) * 7 + np.floor(d / lines * 6) * 13).astype(np.int64) % 5
    crops = np.stack([light, dark, linear(206, 178, 96), linear(120, 140, 60), linear(150, 124, 84)])
    return _blend(colour, crops[strip], np.full(shape, 0.65, np.float32))


def terraces(site: Site, form: Range, tops: float = 1.6) -> Flat:
    """A hillside of rice terraces: level water and young rice, held by dark banks that follow the slope."""
    grid = _grid(site, form)
    shape = (form.lines, grid[0])
    random = site.random(f"terraces {form.word} {form.z}")
    d = np.linspace(0, 1, form.lines, dtype=np.float32)[:, None]
    swell = rolling(shape, (1.4, tops), random, 3, 0.36) + 0.05 * rolling(shape, (4, tops * 4), random, 2)
    smooth_height = np.clip(0.40 + 0.42 * swell, 0.0, 1) * (0.10 + 0.90 * _step(0.0, 0.95, d))
    smooth_height = smooth_height / max(1e-3, float(smooth_height.max())) * np.float32(0.95)
    count = 13
    level = smooth_height * count
    part = level - np.floor(level)
    riser = _step(0.78, 1.0, part.astype(np.float32))
    height = ((np.floor(level) + riser) / count).astype(np.float32)
    land = survey(height, site.light, grid[1] * 0.7, 40)
    # each terrace bears its own: some are flooded, some green
    kind = np.sin(np.floor(level) * 2.4 + 2.5 * octave(shape, (2, tops * 3), random)).astype(np.float32)
    dark, light = _PASTURE[season_of(site)]
    rice = _blend(dark, light, np.clip(0.5 + 0.5 * octave(shape, (form.lines / 2, shape[1] / 6), random), 0, 1))
    colour = sunlit(land, _blend(rice, linear(70, 84, 40), riser * np.float32(0.8)), site.light)
    sky = (site.light.sky.horizon * np.float32(0.75) + site.light.sky.middle * np.float32(0.35)).astype(np.float32)
    flooded = _step(-0.1, 0.15, kind) * (1 - _step(0.55, 0.75, part.astype(np.float32)))
    colour = _blend(colour, sky, flooded * np.float32(0.85))
    return _flat(site, form, height, colour, grid)


def karst(site: Site, form: Range, towers: int = 9, seed: str = "") -> Flat:
    """Steep wooded towers of rock that rise out of mist."""
    grid = _grid(site, form)
    shape = (form.lines, grid[0])
    random = site.random(f"karst {form.word} {form.z} {seed}")
    x = np.arange(shape[1], dtype=np.float32)[None, :] / shape[1]
    d = np.linspace(0, 1, form.lines, dtype=np.float32)[:, None]
    warp = 0.10 * rolling(shape, (3, towers * 2), random, 4)
    height = np.zeros(shape, np.float32)
    for k in range(towers):
        at, deep = (k + random.uniform(0.1, 0.9)) / towers, random.uniform(0.25, 0.95)
        tall, slim = random.uniform(0.35, 0.9) if k else 0.97, random.uniform(0.30, 0.52)
        aside = np.abs((x - at + 0.5) % 1 - 0.5) * towers
        far = (np.sqrt((aside / slim) ** 2 + ((d - deep) / 0.22) ** 2) + warp * 2).astype(np.float32)
        # a tower: walls nearly upright, and a rounded top
        height = np.maximum(height, np.float32(tall) * _step(1.12, 0.25, far) ** np.float32(0.7))
    crags = ridged(shape, (8, towers * 4), random, 5)
    height = (height * (0.84 + 0.26 * crags)).astype(np.float32)
    land = survey(height, site.light, grid[1] * 0.8)
    fine = octave(shape, (form.lines * 0.6, shape[1] / 4), random)
    rough = rolling(shape, (8, towers * 5), random, 4)
    dark, light = _WOODS[Season.SUMMER if not is_snowy(site) else Season.WINTER]
    wood = _blend(dark, light, np.clip(0.35 + 0.5 * fine + 0.3 * rough, 0, 1))
    rock = _blend(linear(96, 92, 88), linear(176, 166, 150), np.clip(0.5 + 0.6 * crags - 0.3 + 0.2 * fine, 0, 1))
    colour = _blend(wood, rock, _step(0.52, 0.78, land.steep + np.float32(0.22) * rough - np.float32(0.03)))
    if is_snowy(site):
        colour = _blend(colour, linear(238, 242, 250), _step(0.75, 0.45, land.steep + 0.2 * rough))
    return _flat(site, form, height, sunlit(land, colour, site.light), grid)


def cone(site: Site, form: Range, at: float) -> tuple[Flat, float]:
    """A volcano whose middle is `at` metres right of ahead, and how high its crater is as a part of the flat's height.

    Gullies run down it on all sides; in some of them lava glows, the brighter the darker it is.
    """
    grid = _grid(site, form)
    shape = (form.lines, grid[0])
    random = site.random(f"cone {form.z}")
    x = (np.arange(shape[1], dtype=np.float32)[None, :] + 0.5 - shape[1] / 2) / grid[2] - at
    d = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None] - np.float32(0.1)
    across = x / np.float32(1.55 * form.tall)
    far, way = np.hypot(across, d), np.arctan2(across, -d)
    rough = rolling(shape, (6, shape[1] / 60), random, 5)
    gully = np.zeros(shape, np.float32)
    for count in (7, 13, 29):
        turn = way * count + 3.0 * random.uniform() + np.float32(1.3) * rough
        gully += np.sin(turn).astype(np.float32) * np.float32(1.2 / count)
    slope = np.exp(-far * np.float32(2.1)) * (1 + np.float32(0.9) * gully * np.clip(far * 2, 0, 1))
    brim = np.float32(0.80) + 0.03 * np.sin(way * 3 + 1)
    height = np.minimum(slope, brim - np.clip(0.13 - far, 0, 1) * 1.6) + 0.02 * rough * np.clip(1 - far, 0, 1)
    top = float(height.max()) * 1.02
    height = np.clip(height / top, 0, 1).astype(np.float32)
    land = survey(height, site.light, grid[1] * 1.0)
    fine = rolling(shape, (20, shape[1] / 14), random, 3)
    stone = _blend(linear(48, 42, 42), linear(128, 108, 98), np.clip(0.45 + 0.4 * rough + 0.2 * fine, 0, 1))
    dark, light = _WOODS[season_of(site)]
    stone = _blend(stone, _blend(dark, light, np.clip(0.5 + fine, 0, 1)), _step(0.30, 0.12, height + 0.05 * rough))
    if is_snowy(site):
        stone = _blend(stone, linear(232, 238, 247), _step(0.1, 0.5, height + 0.2 * rough) * np.float32(0.8))
    colour = sunlit(land, stone, site.light)
    hot = np.zeros(shape, np.float32)
    for turn, long, wide in ((0.25, 0.85, 0.030), (-0.55, 0.60, 0.040), (0.9, 0.45, 0.030)):
        off = way - turn - np.float32(0.25) * np.sin(far * 9 + 5 * turn) - np.float32(0.10) * rough
        hot += np.exp(-((off * np.maximum(far, 0.10) / np.float32(wide * 0.55)) ** 2)) * _step(long, 0.3 * long, far)
    hot *= (d < 0) | (far < 0.12)
    burn = np.array((1.0, 0.22, 0.03), np.float32) + np.array((0, 0.3, 0.1), np.float32) * np.clip(hot, 0, 1)[..., None]
    colour = colour + burn * (np.clip(hot, 0, 1) ** 1.5 * np.float32(0.55 + 1.9 * site.light.lamps))[..., None]
    mouth = (form.tilt * 0.45 + (0.80 / top) * (1 - form.tilt)) * 0.97
    return _flat(site, form, height, colour.astype(np.float32), grid), float(mouth)


def mesas(site: Site, form: Range, count: int = 4) -> Flat:
    """Table mountains of banded red rock over slopes of scree."""
    grid = _grid(site, form)
    shape = (form.lines, grid[0])
    random = site.random(f"mesas {form.word} {form.z}")
    mass = rolling(shape, (1.6, count), random, 5, 0.5)
    mass = bent(mass, shape[1] / count * 0.05, (6, count * 4), random)
    crags = ridged(shape, (10, count * 10), random, 4)
    mass = mass + 0.10 * crags
    d = np.linspace(0, 1, form.lines, dtype=np.float32)[:, None]
    scree = 0.26 * _step(-0.45, 0.25, mass)
    walls = 0.52 * _step(0.18, 0.27, mass) + 0.16 * _step(0.40, 0.45, mass)
    height = ((scree + walls + 0.02 * crags) * (0.4 + 0.6 * _step(0.0, 0.4, d))).astype(np.float32)
    height /= max(1e-3, float(height.max())) * 1.03
    land = survey(height, site.light, grid[1] * 1.0)
    rough = rolling(shape, (10, count * 8), random, 4)
    bands = np.sin(height * 58 + 1.4 * rough) * 0.5 + 0.25 * np.sin(height * 131 + rough)
    rock = _blend(linear(126, 62, 38), linear(214, 136, 88), np.clip(0.5 + 0.42 * bands + 0.1 * rough, 0, 1))
    sand = _blend(linear(168, 108, 66), linear(216, 158, 104), np.clip(0.5 + 0.5 * rough, 0, 1))
    colour = _blend(sand, rock, _step(0.30, 0.55, land.steep))
    return _flat(site, form, height, sunlit(land, colour, site.light), grid)


def dunes(site: Site, form: Range, crests: float = 3.0) -> Flat:
    """Dunes: long slopes to windward, sharp winding crests, steep lee sides in shadow, ripples."""
    grid = _grid(site, form)
    shape = (form.lines, grid[0])
    random = site.random(f"dunes {form.word} {form.z}")
    lines, columns = shape
    x = np.arange(columns, dtype=np.float32)[None, :] / columns * crests
    d = np.linspace(0, 1, lines, dtype=np.float32)[:, None]
    wind = 0.55 * rolling(shape, (1.3, crests * 0.8), random, 3, 0.4) + 0.12 * rolling(
        shape, (4, crests * 3), random, 2
    )
    total = np.zeros(shape, np.float32)
    for k, (share, lean) in enumerate(((1.0, 1.1), (0.42, -1.9))):
        phase = (x * (k + 1) + lean * d + wind * (1 + 0.6 * k) + random.uniform(0, 1)) % 1
        # up the long way, down the short one
        total += np.float32(share) * np.where(phase < 0.74, (phase / 0.74) ** 1.5, ((1 - phase) / 0.26) ** 0.9)
    swell = 0.6 + 0.4 * rolling(shape, (1, crests * 0.5), random, 2)
    height = (total / 1.42 * swell * (0.34 + 0.66 * _step(0.0, 0.8, d))).astype(np.float32)
    # a crest is as round as its sand lies; sharper, it would take light from its hidden side by fits and starts
    height = rounded(height, 5.0, 1.9)
    height = height / max(1e-3, float(height.max())) * np.float32(0.96)
    land = survey(height, site.light, grid[1] * 2.2, 200)
    tone = rolling(shape, (3, crests * 2), random, 3)
    ripple = np.sin((d * 60 + x * 24 + 2.5 * wind) * 6.0) * (0.07 if form.z < 400 else 0.0)
    sand = _blend(linear(180, 118, 68), linear(230, 176, 118), np.clip(0.5 + 0.4 * tone + ripple, 0, 1))
    colour = sunlit(land, sand, site.light)
    return _flat(site, form, height, colour, grid)
