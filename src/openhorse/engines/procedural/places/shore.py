"""A site in, a shore out: a sandy beach before the sea, or a coast of rocks. Knows no camera and no player."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Season
from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.coast import Crag, bump, cliff, crag, palm, surf
from openhorse.engines.procedural.parts.grain import grain, mixed, ridge, smooth
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.scenery import Flat, Floor, Growth, Living, Pool, Scenery, Site

_WARM = {"tropical", "palm", "palms", "island"}


def paint(site: Site) -> Scenery:
    """A beach: sand, a line of foam, waves that break, headlands far off."""
    near = max(2.9 * site.lens.nearest, 2.2)
    snow = site.shot.brief.season is Season.WINTER or "snow" in site.shot.brief.weather
    palms = (site.shot.brief.variety or "") in _WARM
    return Scenery(
        says="a beach with palms" if palms else "a beach",
        flats=(*headlands(site), *(_palms(site) if palms else ())),
        floor=Floor(_sand(site, snow), tile=3.2, tint=_banks(site), patch=26.0, step="step-sand"),
        pool=_surf_water(site, near, palms),
        ground=_wet_sand(site, near),
        growths=(_shells(site, near),),
        stage=(site.lens.nearest, 0.85 * near),
        beds=(Bed("waves", 0.55, period=7.1, phase=2.0), Bed("birds", 0.08, distance=0.7)),
        space="open",
        surface="sand",
        mood="warm",
    )


def _surf_water(site: Site, near: float, tropical: bool) -> Pool:
    light = site.light
    sky = light.ambient * 0.95 + light.key * 0.19
    deep = linear(20, 104, 122) if tropical else linear(26, 74, 92)
    thin = linear(96, 206, 196) if tropical else linear(84, 160, 148)
    return Pool(
        near,
        1e6,
        np.asarray(deep * sky, np.float32),
        chop=0.7,
        wind=0.09 * near,
        swell=0.10 * near,
        heave=min(0.5, 0.05 * near),
        thin=np.asarray(thin, np.float32),
        foam=0.28,
    )


def _wet_sand(site: Site, near: float) -> Living:
    """What draws the sand that the last wave has wetted: darker, and with the sky in it."""
    random = site.random("wet sand")
    ragged = 0.10 * ridge(512, 7, random)
    lit = _ground(site) * np.float32(0.07)

    def ground(out: Planes, camera: Camera, t: float) -> None:
        last = min(out.shape[1], math.ceil(camera.row(0.0, 0.56 * near)))
        first = max(0, math.floor(camera.row(0.0, 1.02 * near)))
        if last - first < 2 or 0.5 * near - camera.z < 0.2:
            return
        y = np.arange(first, last)
        z = camera.eye * camera.focal / np.maximum(1.0, y + 0.5 - camera.horizon) + camera.z
        x = (np.arange(out.shape[2]) + 0.5 - camera.centre) * (near / camera.focal) + camera.x
        edge = ragged[np.floor(x * 14 / near).astype(np.int64) % 512]
        edge = cv2.blur(edge[None, :].astype(np.float32), (31, 1))
        tide = 0.05 * math.sin(math.tau * t / 7.1)
        share = (z / near)[:, None].astype(np.float32)
        wet = smooth(0.62, 0.92, share + edge + np.float32(tide)) * smooth(1.02, 0.98, share)
        # it is blurred as far as a fortieth of the frame's width: an eighth of the size will do
        mirrored = np.clip(np.round(2 * camera.horizon - y).astype(np.int64), 0, out.shape[1] - 1)
        high, low = int(mirrored.min()), int(mirrored.max()) + 1
        fine, small = (out.shape[2], last - first), (-(-out.shape[2] // 8), -(-(last - first) // 8))
        gleam = np.float32(0.62) * wet
        keep = 1 - np.float32(0.66) * gleam
        for channel in range(3):
            part = out[channel, first:last]
            sky = cv2.resize(out[channel, high:low], (small[0], low - high), interpolation=cv2.INTER_AREA)
            sky = cv2.resize(sky[mirrored - high], small, interpolation=cv2.INTER_AREA)
            sky = cv2.GaussianBlur(sky, (0, 0), out.shape[1] / 320) * np.float32(0.55) + lit[channel]
            shine = cv2.multiply(cv2.resize(sky, fine, interpolation=cv2.INTER_LINEAR), gleam)
            cv2.add(cv2.multiply(part, keep, dst=part), shine, dst=part)

    return ground


def _ground(site: Site) -> NDArray[np.float32]:
    up = max(0.18, float(site.light.towards[1]))
    return np.asarray(site.light.key * np.float32(0.25 + 0.6 * up) + site.light.ambient, np.float32)


def _sand(site: Site, snow: bool) -> NDArray[np.float32]:
    """Seamless sand seen from above: grains, wind's ripples, dents; snow where it lies."""
    random, side = site.random("sand"), 512
    fine, dents = grain((side, side), (150, 150), random, 2), grain((side, side), (9, 9), random, 4)
    wave = grain((side, side), (3, 4), random, 3)
    y = np.linspace(0, math.tau * 16, side, endpoint=False, dtype=np.float32)[:, None]
    ripples = np.sin(y + 3.2 * wave) * (0.5 + 0.5 * smooth(-0.5, 0.5, dents))
    share = smooth(-1.0, 1.0, (0.45 * fine + 0.42 * dents + 0.17 * ripples).astype(np.float32))
    dark, light = linear(172, 142, 104), linear(232, 208, 164)
    if snow:
        dark, light = linear(196, 204, 214), linear(236, 240, 246)
    return mixed(dark, light, share) * _ground(site)


def _banks(site: Site) -> NDArray[np.float32]:
    field = grain((64, 64), (3, 3), site.random("banks"), 4)
    tint: NDArray[np.float32] = (1 + 0.13 * field)[..., None] * np.array((1.0, 0.99, 0.97), np.float32)
    return tint.astype(np.float32)


def headlands(site: Site) -> tuple[Flat, ...]:
    """A wooded headland on one side, another behind it."""
    random, lens = site.random("headlands"), site.lens
    flats: list[Flat] = []
    side = float(random.choice([-1.0, 1.0]))
    for z, tall, share, along in ((3800.0, 0.06, 0.62, 0.42), (1300.0, 0.11, 0.5, 0.48)):
        metre = site.fine(z)
        wide = lens.reach(z) * share
        width, height = math.ceil(wide * metre), max(8, math.ceil(wide * tall * metre))
        profile = bump(width, random, steep=0.9, rough=0.3)
        form = Crag(width, height, profile, linear(70, 68, 62), linear(150, 138, 112), linear(62, 88, 50), bare=0.1)
        flats.append(Flat(crag(form, site.light, random), metre, side * along * lens.reach(z), z))
    return tuple(flats)


def _palms(site: Site) -> tuple[Flat, ...]:
    """Palms that lean in from one side."""
    random, lens = site.random("palms"), site.lens
    flats: list[Flat] = []
    side = float(random.choice([-1.0, 1.0]))
    for k in range(3):
        z = max(7.0, 1.5 * lens.nearest) * (1 + 0.25 * k)
        metre = min(site.fine(z), 150)
        tall = float(random.uniform(0.6, 0.85)) * site.shot.height / lens.metre(z) * 1.1
        layer = palm(math.ceil(tall * metre), site.light, random)
        flats.append(Flat(layer, metre, side * (0.42 + 0.08 * k) * lens.reach(z), z, sway=0.25))
    return tuple(flats)


def _shells(site: Site, near: float) -> Growth:
    """Pebbles, shells and weed on the sand."""
    random, kinds = site.random("shells"), []
    side = 48
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / (side / 2) - 1
    for ink in ((96, 90, 84), (226, 208, 188), (150, 120, 96), (70, 76, 52)):
        warp = grain((side, side), (3, 3), random, 3)
        far = np.hypot(x / 0.8, (y - 0.45) / 0.42) + 0.25 * warp
        cover = np.clip((1 - far) * 9, 0, 1)
        lit = np.clip(0.55 - 0.6 * (y - 0.45) + 0.3 * warp, 0.15, 1.1)[..., None]
        picture = linear(*ink) * lit * cover[..., None]
        shade = np.clip((1 - np.hypot(x / 0.95, (y - 0.8) / 0.14)) * 3, 0, 0.4)
        kind = np.dstack([picture, np.maximum(cover, shade * (1 - cover))]).astype(np.float32)
        kind[:2], kind[:, :2], kind[:, -2:] = 0, 0, 0
        kinds.append(kind)
    lit = np.append(_ground(site), 1.0).astype(np.float32)
    count, close = 260, max(0.4, 0.8 * site.lens.nearest)
    z = close + (0.76 * near - close) * random.uniform(0, 1, count) ** 1.2
    period = max(3.0, site.lens.reach(near) * 1.4)
    tall = random.uniform(0.008, 0.03, count) ** 1.0 * (1.2 + 0.4 * random.exponential(1, count))
    places = np.stack([random.uniform(0, period, count), z, tall, random.integers(0, 4, count)], axis=1)
    return Growth(np.stack(kinds) * lit, places.astype(np.float32), period)


def rocky(site: Site, pool: Pool) -> Scenery:
    """A coast of cliffs and rocks on which the sea breaks."""
    return Scenery(
        says="a rocky coast",
        flats=(*_cliffs(site), *_stacks(site), *_near_rocks(site)),
        pool=pool,
        stage=(4.0, 26.0),
        beds=(Bed("waves", 0.75, period=5.3), Bed("wind", 0.3)),
        space="open",
        surface="water",
        mood="epic",
    )


def _rock(site: Site, size: tuple[float, float], z: float, profile: str, name: str) -> Flat:
    """A rock `size` metres wide and high at `z`, still in the middle."""
    random, metre = site.random(name), site.fine(z)
    width, height = math.ceil(size[0] * metre), math.ceil(size[1] * metre)
    green = site.shot.brief.season is not Season.WINTER and "snow" not in site.shot.brief.weather
    top = linear(92, 116, 58) if green else linear(226, 232, 240)
    if profile == "bump":
        line, bare = bump(width, random, steep=0.5, rough=0.45), 0.75 if green else 0.35
    else:
        line, bare = cliff(width, random, 1 if profile == "right" else -1), 0.42
    dark, light = linear(52, 48, 46), linear(150, 136, 120)
    return Flat(crag(Crag(width, height, line, dark, light, top, bare, 40), site.light, random), metre, 0.0, z, -0.2)


def _set(flat: Flat, site: Site, x: float, name: str) -> tuple[Flat, Flat]:
    """The rock at `x`, and the white water at its foot."""
    random = site.random(name)
    width = round(flat.layer.shape[1] * 1.06)
    height = max(5, round(min(0.16 * flat.tall, 2.2) * flat.metre))
    foam = surf(width, height, site.light, random)
    placed = Flat(flat.layer, flat.metre, x, flat.z, flat.y)
    return placed, Flat(foam, flat.metre, x, flat.z - 0.2, -0.25, sway=0.06 * flat.z / 10)


def _cliffs(site: Site) -> tuple[Flat, ...]:
    """Headlands that come in from one side, one behind the other."""
    random, lens = site.random("cliffs"), site.lens
    flats: list[Flat] = []
    side = float(random.choice([-1.0, 1.0]))
    for k, (z, share, tall) in enumerate(((1600.0, 0.75, 0.22), (520.0, 0.62, 0.36), (170.0, 0.46, 0.62))):
        wide = lens.reach(z) * share
        high = min(wide * tall, 0.36 * site.shot.height / lens.metre(z))
        rock = _rock(site, (wide, high), z, "right" if side > 0 else "left", f"cliff {k}")
        flats += _set(rock, site, side * (0.52 - share / 2 + 0.06) * lens.reach(z), f"cliff foam {k}")
    return tuple(flats)


def _stacks(site: Site) -> tuple[Flat, ...]:
    """Rocks that stand in the sea on the other side."""
    random, lens = site.random("stacks"), site.lens
    flats: list[Flat] = []
    away = -1.0 if site.random("cliffs").choice([-1.0, 1.0]) > 0 else 1.0
    for k, (z, across) in enumerate(((320.0, 0.12), (190.0, 0.30), (95.0, 0.42))):
        high = float(random.uniform(0.05, 0.11)) * z
        rock = _rock(site, (high * float(random.uniform(0.8, 1.7)), high), z, "bump", f"stack {k}")
        flats += _set(rock, site, away * across * lens.reach(z), f"stack foam {k}")
    return tuple(flats)


def _near_rocks(site: Site) -> tuple[Flat, ...]:
    """Low rocks in the corners, near the camera."""
    lens = site.lens
    flats: list[Flat] = []
    for k, (z, across, high) in enumerate(((34.0, -0.52, 2.6), (21.0, 0.54, 1.7))):
        rock = _rock(site, (lens.reach(z) * 0.34, high), z, "bump", f"near {k}")
        flats += _set(rock, site, across * lens.reach(z), f"near foam {k}")
    return tuple(flats)
