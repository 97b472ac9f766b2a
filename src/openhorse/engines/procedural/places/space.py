"""A site in, space out: stars, nebulae and planets, an orbit, or the ground of a moon or of Mars. Knows no camera."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Hour
from openhorse.engines.procedural.drawing.finish import Planes
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.bistro import stood
from openhorse.engines.procedural.parts.chamber import Manner, Stand, room_depth
from openhorse.engines.procedural.parts.coast import Crag, bump, crag
from openhorse.engines.procedural.parts.equipment import monitor
from openhorse.engines.procedural.parts.furniture import table
from openhorse.engines.procedural.parts.globe import Globe, globe
from openhorse.engines.procedural.parts.grain import grain, smooth
from openhorse.engines.procedural.parts.hills import Range, hills
from openhorse.engines.procedural.parts.interior import Glow, Opening, Shell, indoors, shell
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.hours import Daylight, rgb
from openhorse.engines.procedural.world.scenery import Flat, Floor, Growth, Scenery, Site

_NEBULAE = (
    ("2a1a6e", "b03a8c", "3a7ad0"),
    ("10304e", "1f8a8a", "d08a4a"),
    ("3a0e2e", "d0503a", "e0a850"),
    ("0e1e4e", "4a5ad8", "a060d0"),
)


def paint(site: Site) -> Scenery:
    """Space, or a world's ground."""
    variety = site.shot.brief.variety or ""
    if variety in {"moon", "lunar", "moon-surface"}:
        return _moon(site)
    if variety in {"mars", "planet", "desert-planet", "red-planet"}:
        return _mars(site)
    if variety == "station":
        return _station(site)
    if variety == "galaxy":
        return Scenery(
            says="a spiral galaxy",
            sky=False,
            backdrop=_galaxy(site),
            light=_starlight(site),
            stage=(3.0, 30.0),
            medium="space",
            beds=(Bed("room", 0.10, distance=1.0),),
            mood="vast",
        )
    light = _starlight(site)
    orbit = variety in {"earth", "orbit"}
    worlds = _orbit(site) if orbit else _worlds(site, variety)

    def living(out: Planes, camera: Camera, t: float) -> None:
        for world in worlds:
            world.draw(out, camera, t)

    says = "an orbit above the earth" if orbit else "outer space, with stars and planets"
    return Scenery(
        says=says,
        flats=() if orbit else _asteroids(replace(site, light=light)),
        sky=False,
        backdrop=_nebula(site, 0.22 if orbit else 0.62),
        light=light,
        living=living,
        stage=(3.0, 30.0),
        medium="space",
        beds=(Bed("room", 0.10, distance=1.0),),
        mood="mysterious" if variety == "nebula" else "vast",
    )


def _starlight(site: Site) -> Daylight:
    """One hard light from the side, and hardly any other."""
    side = 1.0 if site.random("sun").random() < 0.5 else -1.0
    grade = replace(site.light.grade, exposure=1.0, bloom=0.36, bloom_from=0.8, vignette=0.9, gain=(1.0, 1.0, 1.03))
    return replace(
        site.light,
        azimuth=62 * side,
        elevation=24,
        size=0.0,
        key=rgb(1.35, 1.28, 1.18),
        ambient=rgb(0.055, 0.06, 0.085),
        bounce=rgb(0.02, 0.02, 0.03),
        air=rgb(0.004, 0.005, 0.010),
        clear=1e7,
        cover=-0.4,
        stars=0.0,
        rim=1.2,
        grade=grade,
    )


@dataclass(frozen=True, slots=True)
class _World:
    """A globe in the sky: where it is right of and above ahead, and how large, in units of the focal length."""

    form: Globe
    across: float
    up: float
    radius: float

    def draw(self, out: Planes, camera: Camera, t: float) -> None:
        """Draw it over `out`, turned as far as it is at `t`."""
        x, y = camera.centre + self.across * camera.focal, camera.horizon - self.up * camera.focal
        self.form.draw(out, (x, y), self.radius * camera.focal, t)


def _worlds(site: Site, variety: str) -> Sequence[_World]:
    """A great planet off centre, perhaps with rings, and a small moon."""
    random, light = site.random("worlds"), _starlight(site)
    top = site.lens.height / site.lens.focal
    wide = site.lens.width / site.lens.focal
    side = -1.0 if light.azimuth > 0 else 1.0
    kinds = ("gas", "rock", "ocean", "ice")
    kind = kinds[int(random.integers(4))]
    ringed = variety in {"saturn", "rings"} or random.random() < 0.5
    if ringed:
        kind = "gas"
    size = 0.30 * min(top, wide)
    pixels = round(size * site.lens.focal * 1.15)
    great = globe(kind, pixels, light, random, ringed)
    moon = globe("rock", max(24, round(0.24 * pixels)), light, random, False)
    level = (site.lens.horizon - 0.5 * site.lens.height) / site.lens.focal
    return (
        _World(great, side * 0.20 * wide, level + 0.06 * top, size),
        _World(moon, -side * 0.27 * wide, level + 0.27 * top, 0.24 * size),
    )


def _orbit(site: Site) -> Sequence[_World]:
    """The earth's round, filling the lower part of the frame."""
    light = _starlight(site)
    wide, top = site.lens.width / site.lens.focal, site.lens.height / site.lens.focal
    radius = 0.85 * max(wide, top)
    pixels = min(900, round(radius * site.lens.focal))
    earth = globe("ocean", pixels, light, site.random("earth"), False)
    level = (site.lens.horizon - 0.5 * site.lens.height) / site.lens.focal
    return (_World(earth, 0.12 * wide, level - 0.10 * top - radius, radius),)


def _nebula(site: Site, strength: float) -> NDArray[np.float32]:
    """Clouds of glowing gas, and the dust before them."""
    random = site.random("nebula")
    width, height = site.lens.width // 2, site.lens.height // 2
    inks = [linear(*(int(ink[i : i + 2], 16) for i in (0, 2, 4))) for ink in _NEBULAE[int(random.integers(4))]]
    ratio = width / height
    warp = [grain((width, height), (2.2 * ratio, 2.2), random, 4) for _ in range(2)]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    bent = (x + warp[0] * 0.16 * width, y + warp[1] * 0.16 * height)

    def cloud(spots: float, octaves: int) -> NDArray[np.float32]:
        field = grain((width, height), (spots * ratio, spots), random, octaves)
        found: NDArray[np.float32] = cv2.remap(field, *bent, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        return found

    lean, at = float(random.uniform(-0.7, 0.7)), float(random.uniform(-0.12, 0.12))
    off = (y / height - 0.5 - at) + lean * (x / width - 0.5)
    band = np.exp(-((off / 0.30) ** 2))
    picture = np.zeros((height, width, 3), np.float32)
    for ink, spots, power in zip(inks, (1.6, 2.4, 4.0), (0.34, 0.40, 0.30), strict=True):
        glow = smooth(-0.35, 1.1, cloud(spots, 6)) ** 1.6 * (0.18 + band)
        picture += ink * (glow * power * strength)[..., None]
    dust = smooth(-0.1, 0.7, cloud(3.0, 6)) * band
    picture *= (1 - 0.75 * dust)[..., None]
    core = smooth(0.45, 1.0, cloud(2.0, 5) * 0.6 + band * 0.6)
    picture += (inks[2] * 0.25 + 0.06) * (core * 0.5 * strength)[..., None]
    whole = cv2.resize(picture, (site.lens.width, site.lens.height), interpolation=cv2.INTER_CUBIC)
    whole = np.maximum(whole, 0) + rgb(0.0022, 0.0028, 0.006)
    return np.ascontiguousarray(whole.transpose(2, 0, 1), np.float32)


def _galaxy(site: Site) -> NDArray[np.float32]:
    """A spiral of stars seen aslant: a warm heart, blue arms with rosy clouds, dark lanes."""
    random = site.random("galaxy")
    width, height = site.lens.width, site.lens.height
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    side = float(max(width, height))
    x, y = (x - 0.5 * width) / side, (y - 0.5 * height) / side
    turn, tilt = float(random.uniform(-0.5, 0.5)), 0.52
    u, v = x * math.cos(turn) + y * math.sin(turn), (y * math.cos(turn) - x * math.sin(turn)) / tilt
    far, way = np.hypot(u, v) + 1e-4, np.arctan2(v, u)
    rough, fine = grain((width, height), (9, 7), random, 6), grain((width, height), (60, 50), random, 3)
    wound = way - 3.4 * np.log(far * 9) + 0.5 * rough
    arms = np.exp(-((np.sin(wound) - 1) ** 2) * 1.1) * np.exp(-((far / 0.34) ** 2)) * smooth(0.02, 0.10, far)
    lanes = smooth(0.25, 0.8, np.cos(wound + 0.7) + 0.5 * rough) * np.exp(-((far / 0.30) ** 2))
    disc = np.exp(-((far / 0.20) ** 2)) * 0.22
    heart = np.exp(-((far / 0.055) ** 1.3))
    knots = smooth(0.30, 0.9, fine + 0.6 * rough) * arms
    picture = (
        linear(120, 160, 255) * (arms * (0.30 + 0.25 * fine))[..., None]
        + linear(255, 205, 160) * (disc + 1.4 * heart)[..., None]
        + linear(255, 120, 170) * (0.22 * knots)[..., None]
    )
    picture *= (1 - 0.6 * lanes * (1 - heart))[..., None]
    whole = np.maximum(picture, 0) + rgb(0.0022, 0.0028, 0.006)
    count = round(width * height / 900)
    rows, columns = random.integers(0, height, count), random.integers(0, width, count)
    whole[rows, columns] += (random.uniform(0, 1, (count, 1)) ** 5 * 1.6 * np.array((0.9, 0.95, 1.1))).astype(
        np.float32
    )
    return np.ascontiguousarray(whole.transpose(2, 0, 1), np.float32)


def _station(site: Site) -> Scenery:
    """A space station's cabin: white panels, screens, and the earth beyond its window."""
    light = replace(
        indoors(site), key=rgb(0.62, 0.68, 0.78), ambient=rgb(0.22, 0.25, 0.31), bounce=rgb(0.1, 0.12, 0.15)
    )
    own = replace(site, light=light)
    deep = room_depth(site)
    white, steel = linear(206, 212, 220), linear(120, 130, 146)
    pale, dado = linear(170, 178, 190), linear(150, 160, 176)
    room = Shell(max(6.4, 0.8 * deep), 2.7, deep, white, dado, pale, steel, "plain", True)
    half = min(room.wide / 2, 0.5 * site.lens.reach(deep))
    wide = min(3.0, 1.1 * half)
    opening = Opening(-0.5 * wide, 0.85, wide, 1.5, 3, 1, steel)
    blue = linear(90, 190, 255)
    glows = tuple(Glow(side * 0.8 * half, 1.6, 1.1, blue * np.float32(0.35)) for side in (-1, 1))
    stand = Stand(own, light, room, half, 1.0, Manner("", white, white, steel, "plain", "tiles", steel, blue, blue))
    flats = [*shell(own, room, light, (opening,), glows)]
    for across in (-0.82, 0.82):
        desk = table(1.5, 0.8, 0.6, white * np.float32(0.8)) + stood(monitor(0.9, blue), 0.0, 0.8)
        flats += [stand.put(desk, across, 0.8), stand.put(monitor(0.8, linear(90, 255, 190)), across, 0.1, 1.75)]
    worlds = [replace(world, up=0.02 - world.radius) for world in _orbit(site)]

    def living(out: Planes, camera: Camera, t: float) -> None:
        for world in worlds:
            world.draw(out, camera, t)

    lit = light.ambient + light.key * np.float32(0.4)
    ground = (paving(site, "tiles", linear(120, 130, 144), indoors=True) * lit).astype(np.float32)
    return Scenery(
        says="a space station above the earth",
        flats=tuple(flats),
        floor=Floor(ground, 2.4, wet=0.16, step="step-pavement"),
        sky=False,
        backdrop=_nebula(site, 0.2),
        light=light,
        living=living,
        stage=(min(2.2, 0.3 * deep), deep - 1.8),
        aside=half,
        table=0.74,
        wall=deep + 0.1,
        beds=(Bed("room", 0.3), Bed("neon", 0.08)),
        space="room",
        surface="roof",
        mood="mysterious",
    )


def _asteroids(site: Site) -> tuple[Flat, ...]:
    """Rocks that drift by at both sides, far and near."""
    random, lens, flats = site.random("asteroids"), site.lens, list[Flat]()
    for k in range(8):
        z = float(random.uniform(16, 90))
        metre = min(site.fine(z), 120)
        size = 0.016 * z * float(random.uniform(0.5, 2.2))
        layer = _boulder(max(12, round(size * metre)), site, random)
        side = 1 if k % 2 else -1
        x = side * float(random.uniform(0.16, 0.5)) * lens.reach(z)
        y = lens.eye + (lens.horizon - lens.height * float(random.uniform(0.08, 0.92))) / lens.metre(z)
        flats.append(Flat(layer, metre, x, z, y, drift=float(random.uniform(-0.012, 0.012)) * z))
    return tuple(flats)


def _boulder(size: int, site: Site, random: np.random.Generator) -> NDArray[np.float32]:
    """A rough ball of rock, lit from the sun's side."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / (size / 2) - 1
    lump = grain((size, size), (2.2, 2.2), random, 3)
    far = np.hypot(x / 0.86, y / 0.74) + 0.22 * lump
    cover = np.clip((0.92 - far) * size * 0.3, 0, 1)
    relief = np.sqrt(np.clip(1 - (far / 0.95) ** 2, 0, 1)) + 0.22 * grain((size, size), (5, 5), random, 4)
    gy, gx = np.gradient(cv2.GaussianBlur(relief, (0, 0), max(0.6, size / 90)))
    right, up = float(site.light.towards[0]), float(site.light.towards[1])
    lit = np.clip((-gx * right + gy * up) * size * 0.22 + 0.12, 0, 1.2)
    stone = linear(128, 116, 104)
    picture = stone * (lit[..., None] * site.light.key * 0.8 + site.light.ambient * 0.5)
    return np.asarray(np.dstack([picture * cover[..., None], cover]), np.float32)


def _airless(site: Site) -> Daylight:
    """A hard sun over a ground without air."""
    light = _starlight(site)
    return replace(light, elevation=19, azimuth=math.copysign(68, light.azimuth), ambient=rgb(0.03, 0.032, 0.04))


def _moon(site: Site) -> Scenery:
    """The moon's ground, the earth above its hills."""
    light = _airless(site)
    own = replace(site, light=light)
    wide, top = site.lens.width / site.lens.focal, site.lens.horizon / site.lens.focal
    size = 0.20 * min(top, 0.5 * wide)
    earth = globe("ocean", max(40, round(size * site.lens.focal * 1.2)), light, site.random("earth"), False)
    side = -1.0 if light.azimuth > 0 else 1.0
    hung = _World(earth, side * 0.17 * wide, 0.60 * top, size)

    def living(out: Planes, camera: Camera, t: float) -> None:
        hung.draw(out, camera, t)

    grey = linear(132, 130, 126)
    return Scenery(
        says="the surface of the moon, with the earth in its sky",
        flats=_heights(own, np.asarray(grey * 0.85, np.float32), grey),
        floor=Floor(_regolith(own, grey), tile=11.0, tint=_stains(own), patch=70.0, step="step-sand"),
        growths=(_stones(own, grey),),
        sky=False,
        backdrop=np.zeros((3, site.lens.height, site.lens.width), np.float32)
        + rgb(0.001, 0.0012, 0.002)[:, None, None],
        light=light,
        living=living,
        stage=(2.5, 16.0),
        medium="air",
        beds=(Bed("room", 0.08, distance=1.0),),
        mood="vast",
    )


def _mars(site: Site) -> Scenery:
    """A red desert under a dusty sky."""
    dust = rgb(0.56, 0.33, 0.19)
    night = site.shot.brief.hour is Hour.NIGHT
    dim = np.float32(0.12 if night else 1.0)
    light = replace(
        site.light,
        azimuth=-38,
        elevation=24,
        size=0.0,
        key=rgb(1.15, 0.92, 0.72) * dim,
        ambient=rgb(0.34, 0.25, 0.19) * dim,
        air=dust * dim,
        clear=900.0,
        cover=-0.4,
        stars=0.0,
        grade=replace(site.light.grade, exposure=0.9, bloom=0.2, gain=(1.0, 1.0, 0.98)),
    )
    own = replace(site, light=light)
    height, width = site.lens.height, site.lens.width
    y = np.clip((site.lens.horizon - np.arange(height, dtype=np.float32)) / site.lens.horizon, 0, 1)[:, None]
    x = np.arange(width, dtype=np.float32)[None, :] / width
    glow = np.exp(-(((x - 0.25) / 0.3) ** 2 + ((y - 0.4) / 0.4) ** 2)) * 0.3
    sky = [(float(dust[c]) * (1.15 - 0.62 * y) + glow * (0.5, 0.42, 0.38)[c]) * dim for c in range(3)]
    rust = linear(186, 98, 58)
    return Scenery(
        says="the red ground of Mars",
        flats=_heights(own, linear(104, 54, 36), rust),
        floor=Floor(_regolith(own, rust), tile=9.0, tint=_stains(own), patch=50.0, step="step-sand"),
        growths=(_stones(own, linear(128, 74, 52)),),
        sky=False,
        backdrop=np.ascontiguousarray(np.stack([np.broadcast_to(p, (height, width)) for p in sky]), np.float32),
        light=light,
        stage=(2.5, 16.0),
        beds=(Bed("wind", 0.35),),
        mood="vast",
    )


def _heights(site: Site, dark: NDArray[np.float32], bright: NDArray[np.float32]) -> tuple[Flat, ...]:
    """Two ranges of hills and a mesa."""
    lens, random, flats = site.lens, site.random("heights"), list[Flat]()
    for k, (z, tall) in enumerate(((2600.0, 260.0), (900.0, 60.0))):
        metre = site.fine(z)
        form = Range(math.ceil(lens.reach(z) * 1.7 * metre), math.ceil(tall * metre), 3.0 + k, 0.46, dark, bright)
        soft = replace(
            site.light, air=site.light.air * np.float32(0.5), ambient=site.light.ambient + site.light.key * 0.16
        )
        layer = hills(form, soft, site.random(f"range {k}"))
        flats.append(Flat(layer, metre, 0.0, z, period=layer.shape[1] / metre))
    z = 320.0
    metre = site.fine(z)
    width, height = math.ceil(0.4 * lens.reach(z) * metre), math.ceil(24 * metre)
    mesa = Crag(width, height, bump(width, random, 0.3, 0.14), dark, bright, facets=24)
    side = 1.0 if random.random() < 0.5 else -1.0
    flats.append(Flat(crag(mesa, site.light, random), metre, side * 0.36 * lens.reach(z), z, -0.4))
    return tuple(flats)


def _regolith(site: Site, tone: NDArray[np.float32]) -> NDArray[np.float32]:
    """Seamless ground of dust with small craters, lit from the side."""
    random, side = site.random("regolith"), 512
    field = 0.5 * grain((side, side), (5, 5), random, 6)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    for _ in range(46):
        radius = float(6 + 34 * random.uniform(0, 1) ** 4)
        cx, cy = random.uniform(0, side, 2)
        dx, dy = np.abs(x - cx), np.abs(y - cy)
        far = np.hypot(np.minimum(dx, side - dx), np.minimum(dy, side - dy)) / radius
        field += (np.exp(-((far - 1) ** 2) * 16) * 0.5 - np.exp(-((far / 0.8) ** 4)) * 0.7) * (radius / 36)
    slope = np.gradient(np.pad(field, 1, mode="wrap"), axis=1)[1:-1, 1:-1]
    sun = -1.0 if float(site.light.towards[0]) > 0 else 1.0
    lit = np.clip(0.42 + slope * sun * 5.0, 0.02, 1.25)[..., None]
    fine = (1 + 0.12 * grain((side, side), (140, 140), random, 2))[..., None]
    return np.asarray(tone * fine * (lit * site.light.key * 0.72 + site.light.ambient), np.float32)


def _stains(site: Site) -> NDArray[np.float32]:
    field = grain((64, 64), (3, 3), site.random("stains"), 4)
    return np.asarray((1 + 0.16 * field)[..., None] * np.ones(3, np.float32), np.float32)


def _stones(site: Site, tone: NDArray[np.float32]) -> Growth:
    """Stones that lie about, with their shadows."""
    random, kinds, side = site.random("stones"), [], 80
    sun = 1.0 if float(site.light.towards[0]) > 0 else -1.0
    for _ in range(5):
        y, x = np.mgrid[0:side, 0:side].astype(np.float32) / (side / 2) - 1
        lump = grain((side, side), (3, 3), random, 4)
        far = np.hypot(x / 0.55, (y - 0.45) / 0.42) + 0.3 * lump
        cover = np.clip((1 - far) * 12, 0, 1)
        relief = np.sqrt(np.clip(1.05 - far**2, 0, 1)) + 0.2 * lump
        gx = np.gradient(relief, axis=1) * side / 6
        lit = np.clip(0.35 - gx * sun * 0.7 + 0.2 * (0.45 - y), 0.03, 1.2)[..., None]
        picture = tone * (lit * site.light.key * 0.9 + site.light.ambient) * cover[..., None]
        shade = np.clip((1 - np.hypot((x + sun * 0.35) / 0.62, (y - 0.84) / 0.10)) * 4, 0, 0.85) * (1 - cover)
        kind = np.dstack([picture, np.clip(cover + shade, 0, 1)]).astype(np.float32)
        kind[:2], kind[:, :2], kind[:, -2:] = 0, 0, 0
        kinds.append(kind)
    count, near = 320, max(0.6, 0.8 * site.lens.nearest)
    z = near + (40.0 - near) * random.uniform(0, 1, count) ** 1.7
    tall = 0.05 + 0.35 * random.uniform(0, 1, count) ** 6 + 0.05 * random.uniform(0, 1, count)
    period = max(14.0, site.lens.reach(40.0) * 1.2)
    places = np.stack([random.uniform(0, period, count), z, tall, random.integers(0, 5, count)], axis=1)
    return Growth(np.stack(kinds), places.astype(np.float32), period)
