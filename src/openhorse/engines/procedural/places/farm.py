"""A site in, a farm out: a red barn, a silo, fences, furrows with young green, bales. Knows no camera and no player."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.grain import grain, mixed, smooth
from openhorse.engines.procedural.parts.grass import fringe, patches, sward_of, swaths
from openhorse.engines.procedural.parts.land import Range, downs, veil
from openhorse.engines.procedural.parts.landmarks import landmark, landmarks
from openhorse.engines.procedural.parts.model import Finish, Pose, drum, is_snowy, paint_walls
from openhorse.engines.procedural.parts.seasons import ground_light, season_of
from openhorse.engines.procedural.parts.trees import planted, shade_under, woods
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site, Texture

_SOIL = (linear(74, 50, 34), linear(148, 108, 74))


def paint(site: Site) -> Scenery:
    """A farm at the site's hour and season: a field before it, its yard behind."""
    sward = sward_of(site)
    named = tuple(name for name in site.shot.brief.features if name not in ("barn", "fence"))
    others = replace(site, shot=replace(site.shot, brief=replace(site.shot.brief, features=named)))
    return Scenery(
        says="a farm with its barn and fields",
        flats=(
            *_far(site), *_yard(site), *landmarks(others, 60.0),
            *swaths(site, sward, 6, 0.12, 1.9 * site.lens.nearest), *_frame(site),
        ),
        floor=Floor(_furrows(site), 4.2, patches(site), 60.0, step="step-gravel"),
        stage=(2.0, 16.0),
        beds=(Bed("birds", 0.25), Bed("wind", 0.12)),
        surface="ground",
        mood="warm",
    )  # fmt: skip


def _far(site: Site) -> tuple[Flat, ...]:
    return (
        downs(site, Range(5200.0, 560.0, 120, 0.12, 0.5, haze=veil(site, 5200.0, 0.46)), 2.6, 0.4),
        downs(site, Range(1700.0, 130.0, 120, 0.20, 0.45, haze=veil(site, 1700.0, 0.24)), 3.0, 0.4, fields=True),
        woods(site, ("poplar", "oak", "oak"), 210.0, 12.0, 0.5),
    )


def _yard(site: Site) -> tuple[Flat, ...]:
    """Barn, silo and farmhouse off the middle, a fence before them, a tree beside them, bales in the field."""
    lens, random = site.lens, site.random("yard")
    side = 1.0 if site.shot.seed % 2 else -1.0
    flats = [*(flat for flat in (landmark("barn", site, 44.0, side=side),) if flat is not None)]
    z = flats[0].z
    flats.insert(0, _silo(site, flats[0].x + side * 7.5, z + 5))
    house = landmark("house", site, 1.35 * z, side=0.25 * side)
    flats = [house, *flats] if house is not None else flats
    spot = (-side * 0.34 * lens.reach(0.9 * z), 0.9 * z)
    flats += [planted("oak", site, spot, 9.0), shade_under(site, spot, 9.0)]
    for k in range(-3, 4):
        fence = landmark("fence", site, 0.72 * z, 0.72 * z, 1.0)
        if fence is not None:
            flats.append(replace(fence, x=14.0 * k))
    for k in range(5):
        at = float(random.uniform(0.36, 0.66)) * z
        flats.append(_bale(site, -side * float(random.uniform(-0.05, 0.5)) * lens.reach(at), at, k))
    return tuple(flats)


def _silo(site: Site, x: float, z: float) -> Flat:
    """A silo of steel with a dome."""
    steel = linear(176, 184, 190)
    walls = drum((0, 0, 0), 2.0, 2.0, 10.0, [steel * np.float32(t) for t in (0.94, 1.0) * 5], 20)
    for k in range(4):
        a, b = k * math.pi / 8, (k + 1) * math.pi / 8
        rise = 1.6 * (math.sin(b) - math.sin(a))
        foot = (0.0, 10 + 1.6 * math.sin(a), 0.0)
        walls += drum(foot, 2.0 * math.cos(a), 2.0 * math.cos(b), rise, [linear(150, 70, 60)], 20)
    pose = Pose(-x, site.lens.eye, z)
    metre = site.fine(z)
    layer, aside, low = paint_walls(walls, site.light, pose, metre, site.random("silo"), Finish(0.5, is_snowy(site)))
    return Flat(layer, metre, x + aside, z, low)


def _bale(site: Site, x: float, z: float, number: int) -> Flat:
    """A round bale of straw, its end towards us."""
    metre, size = site.fine(z), 1.35
    side = max(6, math.ceil(size * metre))
    random = site.random(f"bale {number}")
    y, u = np.mgrid[0:side, 0:side].astype(np.float32) / (side / 2) - 1
    far = np.hypot(u, y)
    rings = 0.85 + 0.15 * np.sin(far * 34 + 3 * grain((side, side), (3, 3), random, 2))
    light = np.clip(0.7 + 0.3 * math.copysign(1, float(site.light.towards[0])) * u - 0.3 * y, 0.2, 1.2)
    straw = mixed(linear(150, 112, 54), linear(236, 200, 120), np.clip(rings * light, 0, 1).astype(np.float32))
    lit = site.light.ambient * 1.05 + site.light.key * np.float32(0.62)
    cover = smooth(1.0, 0.93, far)
    layer = np.dstack([straw * lit * cover[..., None], cover]).astype(np.float32)
    return Flat(layer, side / size, x, z, -0.04)


def _furrows(site: Site) -> Texture:
    """Ploughed soil in ridges that run away from us, young green on them but in winter; snow where it lies."""
    random, side = site.random("furrows"), 512
    u = np.arange(side, dtype=np.float32)[None, :] / side
    clods = grain((side, side), (70, 50), random, 3)
    wave = np.cos((u * 6 + 0.02 * grain((side, side), (6, 6), random, 2)) * math.tau)
    soil = mixed(*_SOIL, smooth(-1.1, 1.3, 0.8 * wave + 0.7 * clods))
    if season_of(site) is not Season.WINTER:
        green = {Season.AUTUMN: linear(176, 150, 72)}.get(season_of(site), linear(96, 150, 56))
        tufts = smooth(0.35, 0.75, wave + 0.75 * clods - 0.1)
        soil = mixed(soil, green * (0.8 + 0.3 * clods[..., None]).astype(np.float32), tufts * np.float32(0.9))
    if is_snowy(site):
        soil = mixed(soil, linear(234, 240, 248), smooth(-0.6, 0.2, wave + 0.5 * clods) * np.float32(0.95))
    return (soil * ground_light(site.light)).astype(np.float32)


def _frame(site: Site) -> tuple[Flat, ...]:
    z = 1.15 * site.lens.nearest
    reach, sward = site.lens.reach(z), sward_of(site)
    return tuple(
        fringe(site, sward, (part * reach, z), (0.3 * reach, 0.42 * site.lens.eye), f"farm {part}")
        for part in (-0.5, 0.52)
    )
