"""A site in, a stage out: curtains and footlights of a theatre, or a concert's screens and beams, before an audience.

Knows no camera and no player.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Hour
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Canvas
from openhorse.engines.procedural.parts.grain import grain, mixed, smooth
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.hours import Daylight, rgb
from openhorse.engines.procedural.world.scenery import Colour, Flat, Floor, Lamp, Scenery, Site

_CONCERT = frozenset({"concert", "rock", "festival", "club", "pop", "disco", "neon", "band"})
_TONES = (linear(255, 40, 150), linear(60, 120, 255), linear(140, 60, 255), linear(40, 230, 220), linear(255, 120, 40))


def paint(site: Site) -> Scenery:
    """A stage of the brief's variety, seen from the audience."""
    concert = (site.shot.brief.variety or "") in _CONCERT
    random = site.random("stage")
    deep = max(4.5, 1.7 * site.lens.eye * site.lens.focal / (0.40 * site.lens.height) + 0.6)
    light = _light(site, concert)
    first, second = (_TONES[int(k)] for k in random.choice(len(_TONES), 2, replace=False))
    if concert:
        flats = [_screen(site, deep, first, second), *_rig(site, deep, (first, second))]
    elif site.shot.brief.variety == "circus":
        flats = [_tent(site, deep), _ring(site, 0.72 * deep), *_rig(site, deep, _TONES[:2])]
    elif site.shot.brief.variety == "spotlight":
        top = 1.05 * site.lens.horizon / site.lens.metre(0.7 * deep) + site.lens.eye
        flats = [_beam(site, (0.3, top), -0.3, linear(255, 236, 206) * np.float32(1.3), 0.7 * deep, "steady")]
        dark = np.zeros((8, 8, 4), np.float32) + np.array((0.004, 0.003, 0.006, 1.0), np.float32)
        flats.append(Flat(dark, 8 / (1.4 * site.lens.reach(deep) + 2 * top), 0.0, deep, 0.0, haze=0.0))
        flats.append(_pool(site, 0.6 * deep, linear(170, 112, 66) * light.key * np.float32(0.8)))
        flats += _curtains(site, deep, replace(light, key=light.key * np.float32(0.2)))
    else:
        flats = [_drop(site, deep, random), *_curtains(site, deep, light), *_rig(site, deep, (linear(255, 214, 150),))]
    flats += [_edge(site, light, concert), *_audience(site, light)]
    boards = _boards(site, light, concert, first, second)
    if site.shot.brief.variety == "spotlight":
        boards = replace(boards, texture=boards.texture * np.float32(0.3), tint=None)
    return Scenery(
        says={"circus": "a circus ring", "spotlight": "a dark stage with one spotlight"}.get(
            site.shot.brief.variety or "", "a concert stage" if concert else "a theatre's stage"
        ),
        flats=tuple(flats),
        floor=boards,
        sky=False,
        stage=(0.45 * deep, 0.72 * deep),
        aside=0.42 * site.lens.reach(0.6 * deep),
        light=light,
        wall=1e9,
        beds=(Bed("crowd", 0.30 if concert else 0.08, distance=0.2),),
        space="room",
        surface="roof",
        mood="epic" if concert else "tender",
    )


def _light(site: Site, concert: bool) -> Daylight:
    """Stage light: a strong beam from above on players, the house in the dark."""
    grade = replace(
        site.light.grade,
        exposure=1.0,
        bloom=0.42,
        bloom_from=0.75,
        vignette=1.1,
        saturation=1.08,
        lift=(0.004, 0.0, 0.01),
    )
    key = rgb(1.1, 0.9, 1.05) if concert else rgb(1.35, 1.10, 0.80)
    return replace(
        site.light,
        hour=Hour.NIGHT,
        key=key,
        ambient=rgb(0.10, 0.07, 0.15) if concert else rgb(0.14, 0.09, 0.07),
        bounce=rgb(0.10, 0.05, 0.12) if concert else rgb(0.12, 0.06, 0.04),
        air=rgb(0.02, 0.012, 0.03),
        clear=1e6,
        azimuth=25,
        elevation=50,
        rim=1.3,
        grade=replace(grade, gain=(1.0, 1.0, 1.0)),
    )


def _boards(site: Site, light: Daylight, concert: bool, first: Colour, second: Colour) -> Floor:
    wood = linear(44, 42, 50) if concert else linear(146, 92, 52)
    lit = light.ambient * 1.6 + light.key * np.float32(0.30)
    texture = (paving(site, "boards", wood, indoors=True) * lit).astype(np.float32)
    # pools of light on the boards
    y, x = np.mgrid[0:64, 0:64].astype(np.float32) / 64
    pools = np.zeros((64, 64, 3), np.float32) + np.float32(0.45)
    tones = (first, second, first) if concert else (rgb(1.0, 0.85, 0.6),) * 3
    for k, tone in enumerate(tones):
        cx, cy = (k + 0.5) / 3, (0.3, 0.6, 0.4)[k]
        off = np.minimum(np.abs(x - cx), 1 - np.abs(x - cx))
        pools += np.exp(-(off**2 * 40 + (y - cy) ** 2 * 14))[..., None] * tone * np.float32(1.5)
    return Floor(texture, 2.4, pools, 12.0, 0.34 if concert else 0.16, "step-wood")


def _screen(site: Site, deep: float, first: Colour, second: Colour) -> Flat:
    """A wall of light-emitting panels: moving-looking colour fields, bars of sound, seams between its panels."""
    metre = min(site.fine(deep), 0.14 * site.lens.height)
    wide, tall = 1.35 * site.lens.reach(deep), 0.62 * site.lens.height / site.lens.metre(deep) + site.lens.eye
    width, height = math.ceil(wide * metre), math.ceil(tall * metre)
    random = site.random("screen")
    warp = grain((width, height), (3, 2), random, 4)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width - 0.5, 1 - y / height
    rays = 0.5 + 0.5 * np.sin(np.arctan2(x * wide / tall, y - 0.25) * 18 + 1.4 * warp)
    glow = np.exp(-((x * wide / tall) ** 2 + (y - 0.45) ** 2) * 3.0)
    picture = (
        mixed(first, second, smooth(-0.6, 0.6, warp + 1.6 * x)) * (0.10 + 0.34 * rays * glow + 0.22 * glow)[..., None]
    )
    bars = random.uniform(0.05, 0.42, 64) * (1 - 0.6 * np.abs(np.linspace(-1, 1, 64)))
    column = np.clip(((x + 0.5) * 64).astype(int), 0, 63)
    on = (y < 0.14 + bars[column]) & (((x + 0.5) * 64) % 1 > 0.25) & (((y * 60) % 1) > 0.3)
    picture = np.where(on[..., None], picture + mixed(second, first, y * 2) * np.float32(0.55), picture)
    seam = smooth(0.0, 0.02, np.abs(((x + 0.5) * wide / 1.2) % 1 - 0.5) - 0.0) * 0.3 + 0.7
    side = smooth(0.5, 0.47, np.abs(x))
    picture = picture * (seam * side)[..., None]
    layer = np.dstack([picture, np.ones((height, width), np.float32)]).astype(np.float32)
    return Flat(layer, width / wide, 0.0, deep, 0.0, lamp="pulse", haze=0.0)


def _drop(site: Site, deep: float, random: np.random.Generator) -> Flat:
    """A painted backdrop: moonlit hills, or a plain cloth washed with light."""
    metre = min(site.fine(deep), 0.14 * site.lens.height)
    wide, tall = 1.35 * site.lens.reach(deep), 0.62 * site.lens.height / site.lens.metre(deep) + site.lens.eye
    width, height = math.ceil(wide * metre), math.ceil(tall * metre)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width - 0.5, 1 - y / height
    low, high = ((linear(240, 150, 90), linear(70, 60, 130)), (linear(120, 170, 210), linear(30, 50, 110)))[
        int(random.integers(0, 2))
    ]
    wash = np.exp(-((x * 1.6) ** 2 + (y - 0.3) ** 2 * 2) * 2.2)
    picture = mixed(low, high, smooth(0.1, 0.75, y)) * (0.12 + 0.42 * wash)[..., None]
    moon = smooth(0.075, 0.068, np.hypot((x - 0.13) * wide / tall, y - 0.5))
    picture = mixed(picture, linear(255, 240, 210) * np.float32(0.8), moon * np.float32(0.9))
    for k in range(3):
        crest = 0.34 - 0.08 * k + 0.07 * grain((width, 1), (3 + 2 * k, 1), random, 5)[0]
        hill = smooth(-0.005, 0.005, crest[None, :] - y)
        picture = mixed(picture, (low * 0.10 + high * np.float32(0.22 - 0.05 * k)).astype(np.float32), hill)
    folds = 1 + 0.06 * np.sin((x + 0.01 * grain((width, height), (3, 1), random, 2)) * wide * 9)
    layer = np.dstack([picture * folds[..., None], np.ones((height, width), np.float32)]).astype(np.float32)
    return Flat(layer, width / wide, 0.0, deep, 0.0, haze=0.0)


def _tent(site: Site, deep: float) -> Flat:
    """The inside of a big top: red and white strips that run together above, tiers of people, strings of bulbs."""
    metre = min(site.fine(deep), 0.14 * site.lens.height)
    wide, tall = 1.35 * site.lens.reach(deep), 0.75 * site.lens.height / site.lens.metre(deep) + site.lens.eye
    width, height = math.ceil(wide * metre), math.ceil(tall * metre)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (x / width - 0.5) * wide / tall, 1 - y / height
    way = np.arctan2(x, 1.12 - y)
    strips = smooth(-0.06, 0.06, np.sin(way * 24))
    cloth = mixed(linear(196, 26, 30), linear(246, 236, 214), strips)
    light = 0.16 + 0.42 * np.exp(-(x * x * 2 + (y - 0.45) ** 2 * 6)) + 0.10 * np.cos(way * 24) * strips
    picture = cloth * light[..., None]
    random = site.random("tiers")
    row = np.floor((0.34 - y) * 26)
    heads = np.hypot((x * 30 + 0.5 * (row % 2)) % 1 - 0.5, ((0.34 - y) * 26) % 1 - 0.45) < 0.30
    tones = np.stack(
        [linear(*ink) for ink in ((220, 170, 130), (120, 80, 60), (200, 90, 80), (90, 110, 170), (230, 200, 120))]
    )
    pick = random.integers(0, 5, (12, 128))[np.clip(row, 0, 11).astype(int), np.floor(x * 30 + 64).astype(int) % 128]
    crowd = np.where(heads[..., None], tones[pick] * 0.30, linear(60, 26, 26) * 0.25)
    picture = np.where((y < 0.34)[..., None], crowd, picture)
    for k in range(3):
        level = 0.40 + 0.09 * k + 0.05 * (x * (2 - 0.3 * k)) ** 2
        bulb = np.exp(-(((y - level) / 0.008) ** 2)) * np.clip(np.cos(x * (70 - 14 * k)), 0, 1) ** 6
        picture = picture + linear(255, 196, 110) * (2.4 * bulb)[..., None]
    layer = np.dstack([picture, np.ones((height, width), np.float32)]).astype(np.float32)
    return Flat(layer, width / wide, 0.0, deep, 0.0, haze=0.0)


def _ring(site: Site, z: float) -> Flat:
    """The ring's far edge, red with golden stars."""
    metre = min(site.fine(z), 0.3 * site.lens.height)
    wide, tall = 0.95 * site.lens.reach(z), 0.42
    canvas = Canvas(0, 0, wide * metre, 1.6 * tall * metre, samples=2)
    for k in range(24):
        a, b = (math.sin((j / 24 - 0.5) * math.pi) for j in (k, k + 1))
        drop = [0.5 * tall * math.sqrt(max(0.0, 1 - e * e)) for e in (a, b)]
        left, right = (0.5 + 0.5 * e for e in (a, b))
        tone = linear(190, 24, 30) if k % 2 else linear(240, 226, 200)
        for low, colour in ((tall, tone * np.float32(0.55)), (0.14 * tall, linear(226, 170, 70) * np.float32(0.8))):
            face = [(left, drop[0]), (right, drop[1]), (right, drop[1] + low), (left, drop[0] + low)]
            canvas.polygon([(u * wide * metre, v * metre) for u, v in face], colour)
    return Flat(canvas.layer(), metre, 0.0, z, -0.1, haze=0.0)


def _cloth(
    size: tuple[int, int], folds: float, light: Daylight, random: np.random.Generator, gather: float
) -> NDArray[np.float32]:
    """Red velvet, height × width × 3; `gather` pulls its folds to one side towards the middle of its height."""
    width, height = size
    u = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    v = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    bend = gather * np.sin(np.pi * np.clip(v * 1.3, 0, 1)) * u
    wander = 0.04 * grain((width, height), (3, 1), random, 3)
    phase = (u + bend + wander) * math.tau * folds
    shade = 0.50 + 0.34 * np.sin(phase) + 0.12 * np.sin(2.3 * phase + 1.0)
    sheen = np.clip(np.sin(phase - 0.6), 0, 1) ** 6
    lit = light.ambient * 1.2 + light.key * np.float32(0.20)
    fall = 0.55 + 0.45 * v
    red = linear(170, 18, 28)
    velvet = (red * lit)[None, None] * (shade * fall)[..., None]
    cloth: NDArray[np.float32] = (velvet + linear(255, 70, 60) * 0.10 * (sheen * fall)[..., None]).astype(np.float32)
    return cloth


def _curtains(site: Site, deep: float, light: Daylight) -> list[Flat]:
    """Velvet at both sides, drawn back, and a swag above with a gold fringe."""
    flats, random = [], site.random("velvet")
    gold = linear(220, 160, 60)
    for layer_number, z in enumerate((0.88 * deep, 0.62 * deep)):
        reach = site.lens.reach(z)
        wide, tall = reach * 0.30, 0.62 * site.lens.height / site.lens.metre(z) + site.lens.eye
        metre = min(site.fine(z), 0.16 * site.lens.height)
        size = math.ceil(wide * metre), math.ceil(tall * metre)
        for side in (-1.0, 1.0):
            cloth = _cloth(size, 7, light, random, 0.25)
            v = np.linspace(0, 1, size[1], dtype=np.float32)[:, None]
            edge = 0.94 - 0.26 * smooth(0.1, 0.62, v) + 0.20 * smooth(0.62, 1.0, v)
            u = np.linspace(0, 1, size[0], dtype=np.float32)[None, :]
            cover = smooth(0.012, -0.012, u - edge)
            trim = smooth(0.03, 0.02, np.abs(u - edge + 0.03))
            cloth = mixed(cloth, (gold * light.key * 0.3).astype(np.float32), trim * np.float32(0.7))
            layer = np.dstack([cloth * cover[..., None], cover]).astype(np.float32)
            layer = np.ascontiguousarray(layer if side < 0 else layer[:, ::-1])
            x = side * (0.5 * reach - 0.36 * wide - 0.10 * reach * layer_number * 0.6 + 0.09 * reach)
            flats.append(Flat(layer, size[0] / wide, x, z, 0.0, sway=0.02, haze=0.0))
    return [*flats, _swag(site, 0.6 * deep, light)]


def _swag(site: Site, z: float, light: Daylight) -> Flat:
    """The valance above: scallops of velvet with a gold fringe."""
    reach, random = site.lens.reach(z) * 1.25, site.random("swag")
    top = site.lens.eye + site.lens.horizon / site.lens.metre(z) * 1.1
    tall = 0.30 * site.lens.height / site.lens.metre(z)
    metre = min(site.fine(z), 0.16 * site.lens.height)
    size = math.ceil(reach * metre), math.ceil(tall * metre)
    u = np.linspace(0, 1, size[0], dtype=np.float32)[None, :]
    v = np.linspace(0, 1, size[1], dtype=np.float32)[:, None]
    scallop = np.abs(np.sin(u * math.pi * 6))
    edge = 0.62 + 0.28 * scallop
    cloth = _cloth(size, 30, light, random, 0.0)
    drape = 0.65 + 0.35 * np.sin((v * 5 - 2.4 * scallop) * 4)
    cloth = cloth * (0.5 + 0.6 * drape)[..., None]
    cover = smooth(0.01, -0.01, v - edge)
    fringe = smooth(0.05, 0.04, np.abs(v - edge + 0.05)) * (0.7 + 0.3 * np.sin(u * size[0] * 0.9))
    cloth = mixed(
        cloth.astype(np.float32),
        (linear(230, 170, 70) * light.key * 0.35).astype(np.float32),
        fringe.astype(np.float32),
    )
    layer = np.dstack([cloth * cover[..., None], cover]).astype(np.float32)
    return Flat(layer, size[0] / reach, 0.0, z, top - tall, sway=0.01, haze=0.0)


def _rig(site: Site, deep: float, tones: tuple[Colour, ...]) -> list[Flat]:
    """Beams of spotlights from above, and the lamps that throw them."""
    flats, random = [], site.random("rig")
    z = 0.80 * deep
    reach = site.lens.reach(z)
    top = site.lens.eye + site.lens.horizon / site.lens.metre(z) * 1.05
    count = 6 if len(tones) > 1 else 3
    for k in range(count):
        x = ((k + 0.5) / count - 0.5) * reach * 0.95
        lean = -x * random.uniform(0.35, 0.8) if len(tones) == 1 else random.uniform(-0.22, 0.22) * reach
        lamp: Lamp = "pulse" if len(tones) > 1 and k % 2 else "steady"
        flats.append(_beam(site, (x, top), lean, tones[k % len(tones)], z + 0.02 * k, lamp))
    return flats


def _beam(site: Site, head: tuple[float, float], lean: float, tone: Colour, z: float, lamp: Lamp) -> Flat:
    """One beam from its lamp down to the boards, `lean` metres to the right on its way."""
    tall, spread = head[1], 0.34 * head[1]
    wide = abs(lean) + 2 * spread + 0.4
    metre = min(40.0, site.fine(z))
    width, height = math.ceil(wide * metre), math.ceil(tall * metre)
    v = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-wide / 2, wide / 2, width, dtype=np.float32)[None, :]
    middle = (v - 0.5) * lean
    half = 0.04 * tall + spread * 0.55 * v
    body = np.exp(-(((x - middle) / half) ** 2) * 1.6) * (0.10 + 0.9 * (1 - v) ** 1.6)
    dust = 1 + 0.35 * grain((width, height), (3, 4), site.random(f"dust {head[0]:.2f}"), 3)
    head_glow = np.exp(-((x - middle[0]) ** 2 + (v * tall) ** 2) / 0.06) * 3.0
    shape = (0.42 * body * dust * smooth(1.0, 0.9, v) + head_glow) * smooth(0, 0.04, (wide / 2 - np.abs(x)) / wide)
    layer = np.dstack([shape[..., None] * tone, np.zeros((height, width), np.float32)]).astype(np.float32)
    return Flat(layer, metre, head[0] + lean / 2, z, 0.0, glow=True, lamp=lamp, haze=0.0)


def _pool(site: Site, z: float, tone: Colour) -> Flat:
    """The light of a single beam on the boards."""
    eye, half, deep = site.lens.eye, 1.5, 0.8
    tall = eye * (z / (z - deep) - z / (z + deep))
    width, height = 160, max(12, round(160 * tall / (2 * half)))
    u = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    v = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    lit = smooth(1.0, 0.72, np.hypot(u, v)) * (0.75 + 0.25 * np.exp(-(u * u + v * v) * 2))
    layer = np.dstack([lit[..., None] * tone, np.zeros((height, width), np.float32)]).astype(np.float32)
    return Flat(layer, width / (2 * half), 0.0, z + 0.3, -tall / 2 - 0.02, glow=True, haze=0.0)


def _edge(site: Site, light: Daylight, concert: bool) -> Flat:
    """The stage's front edge with its row of footlights, seen from below the boards."""
    lens = site.lens
    row = lens.horizon + 0.885 * (lens.height - lens.horizon)
    z = lens.eye * lens.focal / max(1.0, row - lens.horizon)
    metre, reach = site.fine(z), lens.reach(z) * 1.5
    tall = 0.20 * lens.height / lens.metre(z)
    width, height = math.ceil(reach * metre), math.ceil(tall * metre)
    v = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    picture = (
        np.ones((height, width, 1), np.float32) * (linear(60, 38, 26) if not concert else linear(26, 26, 32))
    ) * (0.30 - 0.24 * v)[..., None]
    picture[: max(1, height // 26)] = (linear(200, 140, 70) if not concert else linear(90, 90, 110)) * np.float32(0.55)
    step = max(0.25, 0.09 * reach)
    u = (np.arange(width, dtype=np.float32) / metre)[None, :] % step - step / 2
    spots = np.exp(-(u**2) / (0.03 * step) ** 2 - (v - 0.09) ** 2 / 0.0022)
    picture += spots[..., None] * linear(255, 200, 120) * np.float32(1.3)
    layer = np.dstack([picture, np.ones((height, width), np.float32)]).astype(np.float32)
    return Flat(layer, metre, 0.0, z, -tall, haze=0.0)


def _audience(site: Site, light: Daylight) -> list[Flat]:
    """Two rows of heads and shoulders against the light, some with their arms up."""
    flats, lens, random = [], site.lens, site.random("audience")
    lively = (site.shot.brief.variety or "") in _CONCERT
    for k, (part, size) in enumerate(((0.885, 0.060), (0.935, 0.085))):
        row, head = part * lens.height, size * lens.height
        wide = lens.width * 1.5
        canvas = Canvas(0, 0, wide, 3.2 * head, samples=2)
        x = -head
        while x < wide + head:
            y = 1.5 * head + random.uniform(-0.25, 0.25) * head
            tone = (linear(24, 18, 24) * 0.5 + light.ambient * 0.05) * (1 - 0.4 * k)
            canvas.ellipse(x, y, 0.40 * head, 0.52 * head, tone)
            canvas.ellipse(x, y + 1.55 * head, 0.95 * head, 0.95 * head, tone)
            if lively and random.random() < 0.35:
                hand = (x + random.uniform(-0.7, 0.7) * head, max(0.15 * head, y - 1.3 * head))
                canvas.limb((x + 0.5 * head, y + 1.1 * head), hand, 0.17 * head, 0.12 * head, tone)
            x += head * random.uniform(1.25, 1.8)
        layer = cv2.GaussianBlur(canvas.layer(), (0, 0), 0.5 + 0.05 * head)
        rim = np.clip(layer[..., 3] - np.roll(layer[..., 3], max(1, round(0.07 * head)), 0), 0, 1)
        rim[: round(0.1 * head)] = 0
        layer[..., :3] += rim[..., None] * light.key * np.float32(0.16)
        z = 1.2 + 0.02 * (1 - k)
        metre = lens.metre(z)
        foot = lens.eye - (row + 2.2 * head - lens.horizon) / metre
        flats.append(
            Flat(layer.astype(np.float32), metre, 0.0, z, foot, period=layer.shape[1] / metre, sway=0.01, haze=0.0)
        )
    return flats
