"""A site in, the world under water out: a coral reef, a forest of kelp, the deep. Knows no camera and no player."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Hour
from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import Layer
from openhorse.engines.procedural.parts.coast import Crag, bump, crag
from openhorse.engines.procedural.parts.grain import grain, mixed, smooth
from openhorse.engines.procedural.parts.landmarks import landmark
from openhorse.engines.procedural.parts.reef import branches, dome, grass, kelp, tubes
from openhorse.engines.procedural.parts.shimmer import Shimmer, net
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.hours import Daylight, rgb
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery, Site

_SURFACE, _SHALLOW = 6.5, 1.5
"""How high the water is above the ground, and above the eye in a pond, metres."""


def paint(site: Site) -> Scenery:
    """Under water at the site's hour."""
    variety = site.shot.brief.variety or ""
    deep, woods = variety in {"deep", "abyss", "deep-sea"}, variety in {"kelp", "kelp-forest"}
    fresh = variety == "pond"
    light = _below(site.light, deep)
    light = _greened(light) if fresh else light
    under = replace(site, light=light)
    sheet = net(site.random("net"))
    bright = float(light.key.max())
    above = Shimmer(
        sheet,
        _SHALLOW + 0.3 if fresh else _SURFACE + site.lens.eye,
        7.0,
        16.0,
        1.4,
        1.0,
        np.asarray(light.key * 0.75, np.float32),
    )
    below = Shimmer(sheet, 0.0, 3.4, 12.0, 2.6 * min(1.0, 0.3 + bright), 0.0, light.key)

    def living(out: Planes, camera: Camera, t: float) -> None:
        if not deep:
            above.draw(out, camera, t)

    def ground(out: Planes, camera: Camera, t: float) -> None:
        if not deep:
            below.draw(out, camera, t)

    says = "the deep sea" if deep else "a forest of kelp under water" if woods else "a coral reef under water"
    grown = _woods(under) if woods else _reef(under)
    if variety == "ruins":
        says, grown = "sunken ruins", [*_sunken(under), *grown[::3]]
    elif fresh:
        says, grown = "a pond under its lotus leaves", _lotus(under)
    elif variety == "aquarium":
        says, grown = "an aquarium behind its glass", [*grown, _glass(under)]
    return Scenery(
        says=says,
        flats=(
            *(() if fresh else _ridges(under)),
            *grown,
            *(() if variety in ("aquarium", "pond") else _frame(under, woods)),
        ),
        floor=Floor(_sand(under), tile=4.0, tint=None, step="step-soft"),
        sky=False,
        backdrop=_water(under, deep),
        light=light,
        living=living,
        ground=ground,
        stage=(2.4, 9.0),
        medium="water",
        beds=(Bed("lapping", 0.12, distance=1.0), Bed("stream", 0.05, distance=1.0)),
        mood="mysterious" if deep else "calm",
    )


def _below(light: Daylight, deep: bool) -> Daylight:
    """The hour's light under water: blue, from above, gone after some metres."""
    strong = {Hour.DAY: 1.0, Hour.DAWN: 0.7, Hour.DUSK: 0.62, Hour.NIGHT: 0.2}[light.hour] * (0.26 if deep else 1.0)
    warm = 0.25 if light.hour in (Hour.DAWN, Hour.DUSK) else 0.0
    air = (1 - warm) * rgb(0.008, 0.095, 0.185) + warm * rgb(0.14, 0.15, 0.22)
    grade = replace(light.grade, exposure=0.95, bloom=0.30, bloom_from=0.7, gain=(0.98, 1.01, 1.03), saturation=1.14)
    return replace(
        light,
        azimuth=18,
        elevation=62,
        size=0.0,
        key=np.asarray(rgb(0.62, 0.86, 0.82) * strong, np.float32),
        ambient=np.asarray(rgb(0.06, 0.17, 0.24) * max(strong, 0.07), np.float32),
        bounce=np.asarray(rgb(0.06, 0.12, 0.13) * strong, np.float32),
        air=np.asarray(air * max(strong, 0.05), np.float32),
        clear=13.0,
        cover=0.0,
        stars=0.0,
        rim=0.7,
        grade=grade,
    )


def _greened(light: Daylight) -> Daylight:
    """The same in a pond: greener, and one sees less far."""
    tint = rgb(1.5, 1.08, 0.42)
    ambient, bounce, air = light.ambient * tint, light.bounce * tint, light.air * tint
    return replace(light, ambient=ambient, bounce=bounce, air=air, key=light.key * rgb(1.15, 1.0, 0.62), clear=9.0)


def _water(site: Site, deep: bool) -> NDArray[np.float32]:
    """The frame's depth: light from above on one side, darker down and to the sides."""
    width, height = site.lens.width, site.lens.height
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / width
    side = 0.36 if site.random("sun").random() < 0.5 else 0.64
    air, key = site.light.air, site.light.key
    level = site.lens.horizon / height
    up = np.clip((level - y) / level, 0, 1)
    glow = np.exp(-(((x - side) / 0.34) ** 2) * (width / height / 1.78) ** 2) * up**1.7
    sheer = 0.20 * up**1.6 + (0.0 if deep else 0.62) * glow
    fresh = site.shot.brief.variety == "pond"
    tint = np.array((0.62, 1.0, 0.60) if fresh else (0.32, 0.95, 1.0), np.float32)
    planes = [float(air[c]) * (1 - 0.25 * up) + float(key[c]) * float(tint[c]) * sheer for c in range(3)]
    return np.ascontiguousarray(np.stack([np.broadcast_to(p, (height, width)) for p in planes]), np.float32)


def _sand(site: Site) -> NDArray[np.float32]:
    """Rippled sand, seen from above."""
    random, side = site.random("sand"), 512
    dents, fine = grain((side, side), (6, 6), random, 4), grain((side, side), (120, 120), random, 2)
    y = np.linspace(0, math.tau * 9, side, endpoint=False, dtype=np.float32)[:, None]
    wave = np.sin(y + 3.5 * grain((side, side), (3, 3), random, 3)) * (0.6 + 0.5 * dents)
    share = smooth(-1.1, 1.1, (0.5 * wave + 0.4 * dents + 0.25 * fine).astype(np.float32))
    lit = site.light.ambient + site.light.key * 0.30
    if site.shot.brief.variety == "pond":
        return mixed(linear(62, 60, 40), linear(140, 128, 84), share) * lit
    return mixed(linear(140, 128, 98), linear(226, 212, 170), share) * lit


def _sunken(site: Site) -> list[Flat]:
    """What stands of a drowned city: colonnades, a gate, a statue that leans in the blue."""
    flats = []
    for k, (name, z, part) in enumerate(
        (("temple", 19.0, -0.16), ("ruins", 13.0, 0.26), ("ruins", 9.0, -0.34), ("statue", 10.5, 0.10))
    ):
        flat = landmark(name, site, z, z, 1.0 if k % 2 else -1.0)
        if flat is not None:
            # half as large as on land, so that it stands whole below the surface
            size = {"temple": 2.9, "ruins": 2.3}.get(name, 2.1)
            flats.append(replace(flat, metre=flat.metre * size, x=part * site.lens.reach(z), y=-0.15))
    return flats


def _glass(site: Site) -> Flat:
    """The wall about a great pane of glass, with a gleam on it; we stand in the dark before it."""
    lens, z = site.lens, 2.05
    metre = lens.metre(z)
    width, height = math.ceil(1.3 * lens.width), math.ceil(1.3 * lens.height)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = np.abs(x / lens.width - 0.65), np.abs(y / lens.height - 0.65)
    edge = np.maximum(np.maximum(x - 0.44, 0), np.maximum(y - 0.38, 0) * lens.height / lens.width)
    cover = smooth(0.018, 0.022, edge + 0.0 * x)
    rim = np.exp(-(((edge - 0.026) / 0.006) ** 2))
    picture = rgb(0.004, 0.008, 0.014) + (site.light.key * 0.22 + 0.05) * rim[..., None]
    layer = np.dstack([picture * cover[..., None], cover]).astype(np.float32)
    middle = lens.eye + (lens.horizon - 0.5 * lens.height) / metre
    return Flat(layer, metre, 0.0, z, middle - 0.65 * lens.height / metre, haze=0.0)


def _ridges(site: Site) -> tuple[Flat, ...]:
    """Rocks that rise in the blue, on both sides."""
    random, lens, flats = site.random("ridges"), site.lens, list[Flat]()
    for k, (z, across, share, tall) in enumerate(
        ((26.0, -0.30, 0.7, 7.0), (20.0, 0.42, 0.6, 6.0), (14.0, -0.50, 0.42, 3.4), (12.0, 0.52, 0.36, 2.4))
    ):
        metre = min(site.fine(z), 60)
        wide = lens.reach(z) * share
        width, height = math.ceil(wide * metre), math.ceil(tall * metre)
        line = bump(width, random, steep=0.42, rough=0.20)
        top = linear(110, 90, 120) if k % 2 else linear(84, 120, 96)
        form = Crag(width, height, line, linear(46, 52, 60), linear(128, 124, 116), top, 0.55)
        flats.append(Flat(crag(form, site.light, random), metre, across * lens.reach(z), z, -0.2))
    return tuple(flats)


def _reef(site: Site) -> list[Flat]:
    """Corals in clusters, most of them at the sides, a few behind the stage."""
    random, flats = site.random("reef"), list[Flat]()
    metre = min(site.fine(5.0), 200.0)
    kinds = [_coral(site, random, metre, k) for k in range(13)]
    heaps = [(float(random.uniform(0.34, 0.52)), float(random.uniform(4.2, 9.0))) for _ in range(7)]
    heaps += [(float(random.uniform(0.02, 0.30)), float(random.uniform(9.8, 14.0))) for _ in range(5)]
    for number, (aside, far) in enumerate(heaps):
        side = 1 if number % 2 else -1
        for k in range(7):
            z = far * float(random.uniform(0.92, 1.16))
            x = side * aside * site.lens.reach(far) + float(random.normal(0, 0.55))
            layer, sway = kinds[int(random.integers(len(kinds)))]
            if random.random() < 0.5:
                layer = np.ascontiguousarray(layer[:, ::-1])
            size = metre * float(random.uniform(0.75, 1.6)) * (1.0 if k else 0.7)
            flats.append(Flat(layer, size, x, z, -0.05, sway=sway))
    return flats


def _coral(site: Site, random: np.random.Generator, metre: float, kind: int) -> tuple[Layer, float]:
    """A coral, and how far it sways."""
    pixels = max(24, round(float(random.uniform(0.5, 1.1)) * metre))
    sway = 0.0
    match kind % 6:
        case 0:
            layer = dome(round(pixels * 1.3), site.light, random)
        case 1 | 3:
            layer = branches(pixels, site.light, random)
        case 2:
            layer, sway = branches(pixels, site.light, random, fan=True), 0.05
        case 4:
            layer = tubes(pixels, site.light, random)
        case _:
            layer, sway = grass(pixels, site.light, random), 0.12
    return layer, sway


def _woods(site: Site) -> list[Flat]:
    """Kelp that rises to the surface, in depth."""
    random, flats = site.random("woods"), list[Flat]()
    metre = min(site.fine(8.0), 110.0)
    kinds = [kelp(round(float(random.uniform(5.0, 8.5)) * metre), site.light, random) for _ in range(5)]
    for k in range(17):
        z = float(random.uniform(6.0, 20.0))
        aside = float(random.uniform(0.16, 0.62)) if z < 10 else float(random.uniform(0.0, 0.6))
        x = aside * (1 if k % 2 else -1) * site.lens.reach(z)
        size = metre * float(random.uniform(0.9, 1.3))
        flats.append(Flat(kinds[int(random.integers(5))], size, x, z, sway=0.55))
    return [*flats, *_reef(site)[:21]]


def _lotus(site: Site) -> list[Flat]:
    """Lotus stalks that rise to their leaves on the surface, water grass and stones at the bottom."""
    random, lens, flats = site.random("lotus"), site.lens, list[Flat]()
    metre = min(site.fine(4.0), 150.0)
    kinds = [_stalk(site, random, metre, lens.eye + _SHALLOW) for _ in range(6)]
    weeds = [grass(max(24, round(0.55 * metre)), site.light, random) for _ in range(4)]
    stones = [
        dome(max(24, round(0.5 * metre)), replace(site.light, key=site.light.key * 0.4), random) for _ in range(3)
    ]
    for layer in stones:
        layer[..., :3] = layer[..., :3].mean(axis=2, keepdims=True) * np.array((1.0, 0.95, 0.7), np.float32)
    for k in range(30):
        z = float(random.uniform(3.2, 13.0))
        aside = float(random.uniform(0.16, 0.62)) if z < 7 else float(random.uniform(0.0, 0.62))
        x = aside * (1 if k % 2 else -1) * lens.reach(z)
        flats.append(Flat(kinds[k % len(kinds)], metre, x, z, sway=0.05))
        at = z * float(random.uniform(0.95, 1.1))
        low = stones[k % 3] if k % 4 == 0 else weeds[k % 4]
        size = metre * float(random.uniform(0.8, 1.8))
        flats.append(Flat(low, size, x + float(random.normal(0, 0.8)), at, -0.04, sway=0.0 if k % 4 == 0 else 0.08))
    return flats


def _stalk(site: Site, random: np.random.Generator, metre: float, tall: float) -> Layer:
    """A stalk and the leaf that it carries, seen from below: the light shines through it."""
    half = float(random.uniform(0.30, 0.55))
    wide, high = round(2.4 * half * metre), round((tall + 0.12) * metre)
    fine = 2
    ink = np.zeros((high * fine, wide * fine, 4), np.float32)
    light = site.light
    stem = linear(70, 92, 44) * (light.ambient + light.key * np.float32(0.25))
    up = np.linspace(0, 1, 24)
    bend = float(random.normal(0, 0.10))
    across = 0.5 * wide + metre * (bend * np.sin(up * math.pi) + 0.03 * np.sin(up * 9))
    points = np.stack([across, high - 0.08 * metre - up * (tall - 0.02) * metre], 1)
    points[0, 1] = high
    cv2.polylines(
        ink,
        [np.rint(points * fine).astype(np.int32)],
        False,
        (*map(float, stem), 1.0),
        max(2, round(0.026 * metre * fine)),
    )
    leaf = linear(104, 150, 52) * (light.ambient * np.float32(0.8) + light.key * np.float32(0.75))
    top = (round(points[-1, 0] * fine), round(0.1 * metre * fine))
    axes = (round(half * metre * fine), max(2, round(0.16 * half * metre * fine)))
    cv2.ellipse(ink, top, axes, 0, 0, 360, (*map(float, leaf * 0.45), 1.0), -1)
    cv2.ellipse(
        ink, top, (round(axes[0] * 0.93), max(1, round(axes[1] * 0.72))), 0, 0, 360, (*map(float, leaf), 1.0), -1
    )
    for angle in np.linspace(0, math.tau, 13)[:-1]:
        tip = (round(top[0] + 0.9 * axes[0] * math.cos(angle)), round(top[1] + 0.66 * axes[1] * math.sin(angle)))
        cv2.line(ink, top, tip, (*map(float, leaf * 0.6), 1.0), fine)
    layer: Layer = cv2.resize(ink, (wide, high), interpolation=cv2.INTER_AREA)
    return layer


def _frame(site: Site, woods: bool) -> list[Flat]:
    """Dark growth in the corners, near and soft."""
    random, lens, flats = site.random("frame"), site.lens, list[Flat]()
    dim = replace(site.light, key=site.light.key * np.float32(0.25), ambient=site.light.ambient * np.float32(0.5))
    for side in (-1, 1):
        for k in range(3):
            z = 2.3 + 0.3 * k
            metre = min(site.fine(z), 150.0)
            x = side * (0.47 + 0.05 * k) * lens.reach(z)
            foot = lens.eye - (lens.height * 1.02 - lens.horizon) / lens.metre(z)
            if woods or k == 1:
                tall = 1.9 if woods else 1.2
                layer = kelp(round(tall * metre), dim, random)
                flats.append(Flat(layer, metre, x, z, foot, sway=0.2))
            else:
                layer = branches(round(0.7 * metre), dim, random, fan=k == 2)
                flats.append(Flat(layer, metre, x, z, foot, sway=0.02))
    return flats
