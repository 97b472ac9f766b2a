"""A site in, a meadow out: grass and flowers, a line of trees, hills far off. Knows no camera and no player."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grain import grain, layer_of, mixed, smooth
from openhorse.engines.procedural.parts.hills import Range, hills
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Growth, Scenery, Site

_GRASS = {
    Season.SPRING: (linear(74, 128, 44), linear(140, 176, 74)),
    Season.SUMMER: (linear(66, 108, 38), linear(148, 158, 70)),
    Season.AUTUMN: (linear(122, 104, 48), linear(186, 152, 80)),
    Season.WINTER: (linear(196, 204, 214), linear(232, 238, 246)),
}
_FLOWERS = (linear(236, 236, 228), linear(240, 200, 60), linear(206, 70, 70), linear(150, 110, 200))


def paint(site: Site) -> Scenery:
    """A meadow at the site's hour and season."""
    dark, light = _GRASS[_season(site)]
    return Scenery(
        says=f"a meadow {'under snow' if _season(site) is Season.WINTER else 'in ' + _season(site).value}",
        flats=(*_far(site), _trees(site)),
        floor=Floor(_turf(site, dark, light), tile=7.0, tint=_patches(site), patch=90.0),
        growths=(_tufts(site, dark, light),),
        stage=(2.0, 16.0),
        beds=(Bed("birds", 0.25), Bed("leaves", 0.18)),
        surface="leaves",
        mood="warm",
    )


def _season(site: Site) -> Season:
    brief = site.shot.brief
    if brief.season is None:
        return Season.WINTER if "snow" in brief.weather else Season.SUMMER
    return brief.season


def _lit(site: Site) -> NDArray[np.float32]:
    """Light on level ground."""
    up = max(0.18, float(site.light.towards[1]))
    return site.light.key * np.float32(0.25 + 0.6 * up) + site.light.ambient


def _turf(site: Site, dark: NDArray[np.float32], light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Seamless grass seen from above, 512 pixels each way."""
    random = site.random("turf")
    blades = grain((512, 512), (70, 40), random, 3)
    clumps = grain((512, 512), (7, 7), random, 4)
    share = smooth(-0.7, 0.8, blades * 0.7 + clumps * 0.6)
    return mixed(dark * 0.7, light, share) * _lit(site)


def _patches(site: Site) -> NDArray[np.float32]:
    """Broad patches of darker and lighter grass, as cloud and ground make them."""
    random = site.random("patches")
    field = grain((64, 64), (3, 3), random, 4)
    tint: NDArray[np.float32] = (1 + 0.28 * field)[..., None] * np.array((1.0, 1.0, 0.96), np.float32)
    return tint.astype(np.float32)


def _far(site: Site) -> tuple[Flat, ...]:
    """Two ranges of hills."""
    lens = site.lens
    flats = []
    for k, (z, tall, tops) in enumerate(((3600.0, 420.0, 3.0), (1500.0, 120.0, 4.0))):
        wide = lens.reach(z) * 1.7
        metre = site.fine(z)
        form = Range(
            max(64, math.ceil(wide * metre)),
            max(16, math.ceil(tall * metre)),
            tops,
            0.45 - 0.05 * k,
            linear(62, 84, 58),
            linear(110, 124, 74),
        )
        layer = hills(form, site.light, site.random(f"hills {k}"))
        flats.append(Flat(layer, metre, 0.0, z, period=layer.shape[1] / metre))
    return tuple(flats)


def _trees(site: Site) -> Flat:
    """A far line of trees, each a heap of leafy balls."""
    z, tall = 190.0, 13.0
    metre = site.fine(z)
    wide = site.lens.reach(z) * 1.5
    width, height = math.ceil(wide * metre), math.ceil(tall * metre)
    random = site.random("trees")
    cover = np.zeros((height, width), np.float32)
    shade = np.zeros((height, width), np.float32)
    for _ in range(int(wide / 3.2)):
        x, size = random.uniform(0, width), random.uniform(0.35, 0.95) * height
        for _ in range(14):
            cx, cy = x + random.normal(0, 0.2) * size, height - size * random.uniform(0.12, 0.86)
            radius = size * random.uniform(0.07, 0.17)
            for off in (-width, 0, width):
                cv2.circle(cover, (round(cx + off), round(cy)), max(1, round(radius)), 1.0, -1, cv2.LINE_AA)
                cv2.circle(
                    shade,
                    (round(cx + off), round(cy)),
                    max(1, round(radius)),
                    float(1 - cy / height + random.uniform(-0.2, 0.2)),
                    -1,
                )
    leaves = grain((width, height), (wide / 1.2, tall / 1.2), random, 3)
    part = smooth(-0.2, 1.0, shade + 0.3 * leaves)
    colour = mixed(linear(28, 48, 24), linear(92, 112, 48), part)
    lit = site.light.ambient + site.light.key * np.float32(0.5) * part[..., None]
    return Flat(layer_of(colour * lit, cover), metre, 0.0, z, period=width / metre, sway=0.12)


def _tufts(site: Site, dark: NDArray[np.float32], light: NDArray[np.float32]) -> Growth:
    """Tufts of grass and flowers, many near and few far."""
    random = site.random("tufts")
    kinds = [_tuft(random, dark, light, None) for _ in range(3)]
    if _season(site) is not Season.WINTER:
        kinds += [_tuft(random, dark, light, flower) for flower in _FLOWERS]
    lit = np.append(_lit(site), 1.0).astype(np.float32)
    period = max(12.0, site.lens.reach(16.0) * 1.3)
    count = 1100
    near = max(1.2, site.lens.nearest * 0.8)
    z = near + (16.0 - near) * random.uniform(0, 1, count) ** 1.4
    tall = random.uniform(0.10, 0.26, count) * min(1.0, 0.4 + site.lens.eye)
    kind = np.where(random.random(count) < 0.82, random.integers(0, 3, count), random.integers(0, len(kinds), count))
    places = np.stack([random.uniform(0, period, count), z, tall, kind], axis=1)
    return Growth(np.stack(kinds) * lit, places.astype(np.float32), period)


def _tuft(
    random: np.random.Generator,
    dark: NDArray[np.float32],
    light: NDArray[np.float32],
    flower: NDArray[np.float32] | None,
) -> NDArray[np.float32]:
    """A tuft, 96 pixels each way; clear at its border except at its foot."""
    side, fine = 96, 4
    ink = np.zeros((side * fine, side * fine, 4), np.float32)
    for _ in range(16):
        foot = side * fine * (0.5 + random.normal(0, 0.08))
        lean, tall = random.normal(0, 0.22), random.uniform(0.5, 0.92)
        t = np.linspace(0, 1, 9)
        x = foot + side * fine * lean * t**2
        y = side * fine * (1 - tall * t)
        colour = dark + (light - dark) * random.uniform(0, 1)
        points = np.stack([x, y], 1)
        wide = max(1, round(side * fine * 0.012))
        cv2.polylines(ink, [np.rint(points).astype(np.int32)], False, (*map(float, colour), 1.0), wide, cv2.LINE_AA)
        if flower is not None and random.random() < 0.3:
            tip = (round(float(x[-1])), round(float(y[-1])))
            cv2.circle(ink, tip, round(side * fine * 0.03), (*map(float, flower), 1.0), -1, cv2.LINE_AA)
    small = cv2.resize(ink, (side, side), interpolation=cv2.INTER_AREA)
    small[:2], small[:, :2], small[:, -2:] = 0, 0, 0
    return np.asarray(small, np.float32)
