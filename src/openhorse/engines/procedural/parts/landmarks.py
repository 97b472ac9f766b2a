"""A site and its brief's features in, flats of lighthouses, cabins, bridges, castles … out, lit at night, snowed on.

Outdoor places stand them behind their players. Knows no place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.coast import Crag, bump, crag
from openhorse.engines.procedural.parts.grass import Sward, fringe
from openhorse.engines.procedural.parts.lamps import shine, street_lamp
from openhorse.engines.procedural.parts.model import Finish, Pose, is_snowy, paint_walls
from openhorse.engines.procedural.parts.monuments import BUILDERS
from openhorse.engines.procedural.parts.pleasures import PLEASURES
from openhorse.engines.procedural.parts.rocks import boulders
from openhorse.engines.procedural.parts.sights import SIGHTS
from openhorse.engines.procedural.parts.trees import TreeKind, planted, shade_under
from openhorse.engines.procedural.world.scenery import Flat, Site


@dataclass(frozen=True, slots=True)
class _Kind:
    """A landmark's height in metres, the part of the frame's height it takes, its width per height, how far turned."""

    tall: float
    share: float
    broad: float = 0.8
    turn: float = 0.0


_KINDS = {
    "lighthouse": _Kind(24, 0.46, 0.7),
    "cabin": _Kind(6.2, 0.20, 1.5, 0.45),
    "house": _Kind(8.5, 0.24, 1.5, 0.4),
    "barn": _Kind(8.5, 0.22, 1.3, 0.5),
    "church": _Kind(23.5, 0.42, 0.6, 0.35),
    "castle": _Kind(56, 0.44, 1.3),
    "windmill": _Kind(21, 0.40, 0.8, 0.3),
    "temple": _Kind(14.5, 0.26, 1.8, 0.28),
    "pagoda": _Kind(24, 0.46, 0.5, 0.3),
    "torii": _Kind(6.5, 0.28, 1.4, 0.2),
    "bridge": _Kind(7.0, 0.13, 5.0),
    "fence": _Kind(1.2, 0.10, 12.0),
    "well": _Kind(3.1, 0.22, 0.9, 0.3),
    "bench": _Kind(0.95, 0.11, 2.1, 0.3),
    "tent": _Kind(1.95, 0.19, 1.8, 0.45),
    "campfire": _Kind(1.2, 0.16, 1.5),
    "boat": _Kind(1.0, 0.11, 4.5, 0.25),
    "pyramid": _Kind(64, 0.30, 1.7, 0.5),
    "statue": _Kind(7.8, 0.36, 0.45, 0.2),
    "ruins": _Kind(9.6, 0.26, 2.4, 0.2),
    "tower": _Kind(105, 0.44, 0.5),
    "gate": _Kind(8.2, 0.32, 1.6, 0.2),
    "wall": _Kind(27, 0.24, 4.6),
    "suspension-bridge": _Kind(40, 0.26, 4.4),
    "pavilion": _Kind(5.6, 0.26, 1.2, 0.3),
    "fountain": _Kind(3.6, 0.24, 1.5),
    "pier": _Kind(4.4, 0.12, 4.6),
    "ferris-wheel": _Kind(41, 0.46, 1.0),
    "stairs": _Kind(2.9, 0.20, 1.8, 0.2),
}
_SAME = {"lamp": "street-lamp", "streetlamp": "street-lamp", "eiffel": "tower", "great-wall": "wall", "archway": "gate"}
_FLAMING = frozenset({"campfire"})
BRIDGES = frozenset(("bridge", "suspension-bridge"))
_LAMPS = ("street-lamp", "lamp", "streetlamp")
_GROWN = ("trees", "cherry-trees", "rocks", "reeds", "flowers")
LANDMARKS = frozenset({*_KINDS, *_SAME, *_GROWN, "street-lamp"})
"""The features that can be built, or planted."""


def landmarks(site: Site, z: float = 30.0, far: float = math.inf) -> tuple[Flat, ...]:
    """A flat for each of the brief's features that can be built, the first one to the left or right by chance.

    They stand on the ground between `z` and `far` metres ahead, each as far as lets it take its due share of the frame.
    """
    side = 1.0 if site.random("landmarks").random() < 0.5 else -1.0
    flats: list[Flat] = []
    for k, name in enumerate(name for name in site.shot.brief.features if name in LANDMARKS):
        if _SAME.get(name, name) == "street-lamp":
            flats += street_lamp(site, side * 0.3 * site.lens.reach(z), z)
        if name in _GROWN:
            flats += _grown(name, site, z, far, side)
        flat = landmark(name, site, z, far, side * (1 if k % 2 == 0 else -1) * (1 + 0.4 * (k // 2)))
        if flat is not None:
            flats.append(flat)
            if name in _FLAMING:
                glow = np.array((1.0, 0.40, 0.10), np.float32) * np.float32(0.25 + 0.45 * site.light.lamps)
                flats.append(shine(flat.x, 0.5, flat.z - 0.1, 3.2, glow, lamp="flicker"))
            if name == "lighthouse" and site.light.lamps > 0.3:
                flats.append(_beam(site, flat))
    return tuple(flats)


def bridged(site: Site, near: float, far: float) -> tuple[Flat, ...]:
    """The bridges that the brief names, over water from `near` to `far` ahead: behind its far bank they would hide.

    They are as long as half the frame is wide there.
    """
    flats: list[Flat] = []
    at = 0.5 * near + 0.5 * far
    side = 1.0 if site.random("landmarks").random() < 0.5 else -1.0
    for name in site.shot.brief.features:
        flat = landmark(name, site, at, at, side) if name in BRIDGES else None
        if flat is not None:
            scale = 0.55 * site.lens.reach(at) / flat.wide
            flats.append(replace(flat, metre=flat.metre / scale, x=side * 0.22 * site.lens.reach(at), y=scale * flat.y))
    return tuple(flats)


def on_water(site: Site, near: float, z: float) -> tuple[Flat, ...]:
    """The brief's features by wide water that begins `near` ahead: on rocks `z` ahead, or on the near shore.

    A pier stands in the water itself, what grows stands at the water's edge.
    """
    side = 1.0 if site.random("landmarks").random() < 0.5 else -1.0
    flats: list[Flat] = []
    names = [name for name in site.shot.brief.features if name in LANDMARKS]
    for k, name in enumerate(names):
        alone = replace(site, shot=replace(site.shot, brief=replace(site.shot.brief, features=(name,))))
        where = side * (1 if k % 2 == 0 else -1)
        if name in _GROWN or (_KINDS[_SAME.get(name, name)].tall < 3.2 if name not in _LAMPS else True):
            if near > 0:
                flats += landmarks(alone, 0.6 * near, 0.78 * near)
        elif name == "pier":
            pier = landmark(name, site, max(1.6 * near, 9.0), max(1.6 * near, 26.0), where)
            flats += [pier] if pier is not None else []
        else:
            kind = _KINDS[_SAME.get(name, name)]  # the rock lifts it: it must be farther away to be whole
            whole = 1.45 * kind.tall * site.lens.focal / (kind.share * site.lens.height)
            flats += _on_a_rock(alone, max(z, whole) * (1 + 0.3 * k), f"rock {k}")
    return tuple(flats)


def _on_a_rock(site: Site, z: float, word: str) -> list[Flat]:
    """What the words want built, on a rock that stands out of the water."""
    flats: list[Flat] = []
    for flat in landmarks(site, z):
        if flat.glow and flats:
            flats.append(replace(flat, y=flat.y + 0.10 * flats[0].tall))
            continue
        metre, wide, tall = site.fine(flat.z), 2.4 * flat.wide, 0.22 * flat.tall
        width, height = max(16, math.ceil(wide * metre)), max(8, math.ceil(tall * metre))
        profile = bump(width, site.random(word), steep=0.45, rough=0.3)
        top = linear(226, 230, 236) if is_snowy(site) else None
        form = Crag(width, height, profile, linear(44, 46, 48), linear(128, 122, 112), top, bare=0.2)
        rock = Flat(crag(form, site.light, site.random(word)), metre, flat.x, flat.z - 0.5)
        flats += [replace(flat, y=0.10 * flat.tall), rock]
    return flats


def _grown(name: str, site: Site, z: float, far: float, side: float) -> list[Flat]:
    """A group of what grows or lies by itself, off the middle: blossoming trees, rocks, reeds, flowers."""
    lens, flats = site.lens, list[Flat]()
    if name in ("trees", "cherry-trees"):
        if name == "cherry-trees":  # blossom is in spring
            brief = replace(site.shot.brief, season=Season.SPRING, weather=site.shot.brief.weather - {"snow"})
            site = replace(site, shot=replace(site.shot, brief=brief))
        for k, (part, more) in enumerate(((0.34, 1.0), (-0.40, 1.25), (0.16, 1.8), (-0.22, 2.1), (0.46, 2.4))):
            away = min(more * z, far)
            at = (side * part * lens.reach(away), away)
            tall = min(9.0, 0.62 * lens.horizon / lens.metre(away))
            kind: TreeKind = "cherry" if name == "cherry-trees" else ("oak", "birch", "maple")[k % 3]
            flats += [planted(kind, site, at, tall, name), shade_under(site, at, tall)]
        return flats
    for k, (part, more) in enumerate(((0.30, 1.0), (-0.36, 1.1), (0.42, 1.25), (-0.20, 1.7))):
        away = min(more * z, far)
        x, size = side * part * lens.reach(away), 0.14 * lens.reach(away)
        if name == "rocks":
            flats.append(boulders(site, (x, away), size, f"{name} {k}"))
        else:
            flats.append(fringe(site, _CLUMPS[name], (x, away), (size, 0.5 * size), f"{name} {k}"))
    return flats


_CLUMPS = {
    "reeds": Sward(linear(58, 78, 34), linear(168, 170, 90), (("reed", linear(86, 54, 30)),), 0.7, 1.0, 14, 0.9),
    "flowers": Sward(
        linear(36, 74, 30),
        linear(132, 164, 76),
        (("daisy", linear(250, 236, 240)), ("poppy", linear(226, 84, 130)), ("spike", linear(130, 104, 210))),
        0.9,
    ),
}


def _beam(site: Site, flat: Flat) -> Flat:
    """The two beams of a lighthouse's lamp in the air, coming and going as it turns."""
    wide, tall, metre = 64.0, 9.0, max(2.0, 0.5 * site.fine(flat.z))
    x = np.abs(np.linspace(-1, 1, math.ceil(wide * metre), dtype=np.float32))[None, :]
    y = np.linspace(-1, 1, math.ceil(tall * metre), dtype=np.float32)[:, None]
    spread = 0.10 + 0.75 * x
    shape = np.exp(-((y / spread) ** 2) * 3) * (1 - x) ** 1.6 / (1 + 3 * x)
    colour = np.array((1.0, 0.86, 0.55), np.float32) * np.float32(0.5 * site.light.lamps)
    layer = np.dstack([shape[..., None] * colour, np.zeros_like(shape)]).astype(np.float32)
    lamp = flat.y + 0.865 * flat.tall
    return Flat(layer, metre, flat.x - 1.4, flat.z + 0.5, lamp - tall / 2, glow=True, lamp="pulse", haze=0.5)


def landmark(name: str, site: Site, z: float, far: float = math.inf, side: float = 1.0) -> Flat | None:
    """One landmark off the middle by `side` (−1 left, 1 right), or None for one that nobody can build."""
    name = _SAME.get(name, name)
    kind = _KINDS.get(name)
    if kind is None:
        return None
    lens, random = site.lens, site.random(f"landmark {name}")
    wanted = kind.tall * lens.focal / (kind.share * lens.height)
    wanted = max(wanted, kind.tall * kind.broad * lens.focal / (0.62 * lens.width))
    z = min(max(z, wanted), far)
    # off the middle, and not so far that it is cut
    x = side * min(0.25, max(0.0, 0.5 - 0.55 * kind.tall * kind.broad / lens.reach(z))) * lens.reach(z)
    metre = site.fine(z)
    pose = Pose(-x, lens.eye, z, math.copysign(kind.turn, side))
    walls = {**BUILDERS, **SIGHTS, **PLEASURES}[name](site.light, random)
    finish = Finish(0.6, is_snowy(site), 0.5 + 0.04 * kind.tall)
    layer, aside, low = paint_walls(walls, site.light, pose, metre, random, finish)
    return Flat(layer, metre, x + aside, z, low, lamp="flicker" if name in _FLAMING else "steady")
