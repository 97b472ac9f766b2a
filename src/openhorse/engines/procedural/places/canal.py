"""A site in, a canal through a town out: tall gabled houses along a quay, lamps, moored boats. Knows no camera."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.houses import Plan, Style, house
from openhorse.engines.procedural.parts.lamps import street_lamp
from openhorse.engines.procedural.parts.landmarks import landmark, landmarks
from openhorse.engines.procedural.parts.model import Finish, Pose, Wall, box, is_snowy, moved, paint_walls
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.parts.seasons import ground_light
from openhorse.engines.procedural.parts.trees import planted
from openhorse.engines.procedural.score import Bed
from openhorse.engines.procedural.world.scenery import Flat, Floor, Pool, Scenery, Site

_FRONTS = (
    linear(172, 84, 62), linear(222, 196, 150), linear(196, 128, 84), linear(150, 66, 54), linear(214, 176, 120),
    linear(132, 96, 84), linear(226, 214, 190),
)  # fmt: skip
_ROOFS = (linear(120, 62, 46), linear(92, 70, 66), linear(140, 74, 52))


def paint(site: Site) -> Scenery:
    """A canal between quays at the site's hour."""
    near = site.shore(6.2)
    far = 3.4 * near + 8
    return Scenery(
        says="a canal between old houses",
        flats=(*_houses(site, far + 4.5), *_quay(site, far), *_moored(site, near, far), *_kerb(site, near)),
        floor=Floor(paving(site, "cobbles"), 3.0, step="step-pavement"),
        pool=Pool(near, far, linear(30, 56, 50), 0.34, 0.12, 0.0),
        stage=(2.0, 0.85 * near),
        beds=(Bed("lapping", 0.4), Bed("crowd", 0.06, distance=0.8)),
        space="canyon",
        surface="water",
        mood="warm",
    )


def _houses(site: Site, z: float) -> list[Flat]:
    """A row of narrow houses of four storeys, wall to wall, each of its own colour; a gap where a lane goes in."""
    random, lens = site.random("canal houses"), site.lens
    walls: list[Wall] = []
    x, wide = 0.0, 1.5 * lens.reach(z)
    while x < wide:
        front = float(random.uniform(4.6, 6.4))
        wall, roof = (tones[int(random.integers(0, len(tones)))] for tones in (_FRONTS, _ROOFS))
        face = "brick" if random.random() < 0.5 else "plaster"
        shutters = linear(60, 92, 76) if random.random() < 0.5 else None
        style = Style(face, wall, roof, linear(236, 230, 216), 1.3, 0.15, shutters)  # type: ignore[arg-type]
        tall = float(random.uniform(8.6, 11.2))
        plan = Plan(front, 8.0, tall, 3 if tall < 10 else 4, random.random() < 0.75)
        walls += moved(house(plan, style, site.light, random), (x + front / 2, 0, float(random.uniform(0, 0.3))))
        x += front + (3.2 if random.random() < 0.08 else 0.05)
    metre = min(site.fine(z), 0.085 * lens.height)
    finish = Finish(0.7, is_snowy(site), 0.6)
    layer, aside, low = paint_walls(walls, site.light, Pose(x / 2, lens.eye, 6 * z), metre, random, finish)
    return [Flat(layer, metre, aside - x / 2, z, low, period=x), *landmarks(_without(site), 1.3 * z)]


def _without(site: Site) -> Site:
    """The site without the features that stand on the canal already."""
    named = tuple(name for name in site.shot.brief.features if name not in ("boat", "street-lamp"))
    return replace(site, shot=replace(site.shot, brief=replace(site.shot.brief, features=named)))


def _quay(site: Site, z: float) -> list[Flat]:
    """The far quay: its wall of stone, lamps and trees on it."""
    metre = min(site.fine(z), 1.0 * site.lens.metre(z))
    wide, tall = 1.6 * site.lens.reach(z), 1.0
    width, height = math.ceil(wide * metre), max(4, math.ceil(tall * metre))
    random = site.random("quay")
    blocks = np.repeat(np.repeat(random.uniform(0.7, 1.1, (2, math.ceil(wide / 0.9))), math.ceil(height / 2), 0), 1, 1)
    columns = np.minimum((np.arange(width) / metre / 0.9).astype(int), blocks.shape[1] - 1)
    tone = blocks[:height, columns].astype(np.float32)
    tone[-max(1, height // 3) :] *= np.float32(0.55)  # wet and green at the water
    light = site.light.ambient + site.light.key * np.float32(0.35)
    picture = linear(150, 140, 124) * tone[..., None] * light
    picture[: max(1, height // 8)] = linear(206, 198, 180) * ground_light(site.light)
    layer = np.dstack([picture, np.ones((height, width), np.float32)]).astype(np.float32)
    flats = [Flat(layer, metre, 0.0, z, -0.06, period=width / metre)]
    for part in (-0.42, -0.08, 0.30):
        flats += [replace(flat, y=flat.y + 0.9) for flat in street_lamp(site, part * site.lens.reach(z), z + 0.8)]
    for part in (-0.28, 0.12, 0.46):
        tree = planted("oak", site, (part * site.lens.reach(z + 1.6), z + 1.6), 5.6)
        flats.append(replace(tree, y=0.9))
    return flats


def _moored(site: Site, near: float, far: float) -> list[Flat]:
    """Boats along the far quay."""
    flats: list[Flat] = []
    side = 1.0 if site.shot.seed % 2 else -1.0
    for k, part in enumerate((-0.30, 0.05, 0.36)):
        boat = landmark("boat", site, 0.90 * far, 0.90 * far, 1.0)
        if boat is not None:
            flats.append(replace(boat, x=side * part * site.lens.reach(far), y=boat.y - 0.1, z=(0.90 - 0.02 * k) * far))
    return flats


def _kerb(site: Site, near: float) -> list[Flat]:
    """The near quay's edge of stone, and bollards on it."""
    flats: list[Flat] = []
    z = 0.97 * near
    metre = min(site.fine(z), 0.4 * site.lens.height)
    stone = linear(176, 168, 152)
    scale = min(1.0, site.lens.eye / 1.4)
    walls: list[Wall] = []
    for k in range(12):
        tone = stone * np.float32(site.random(f"kerb {k}").uniform(0.85, 1.1))
        walls += box((1.5 * k * scale, 0, 0), (1.47 * scale, 0.14 * scale, 0.4 * scale), tone)
    long = 18.0 * scale
    pose = Pose(long / 2, site.lens.eye, 4 * z)
    layer, aside, low = paint_walls(walls, site.light, pose, metre, site.random("kerb"), Finish(0.8, is_snowy(site)))
    flats.append(Flat(layer, metre, aside - long / 2, z, low, period=long))
    iron = linear(46, 50, 54)
    post = box((-0.11, 0, -0.1), (0.22, 0.55, 0.2), iron) + box((-0.15, 0.55, -0.14), (0.30, 0.09, 0.28), iron)
    for part in (-0.38, 0.02, 0.40):
        x = part * site.lens.reach(z)
        pose = Pose(-x, site.lens.eye, z)
        small = moved(post, (0, 0, 0), 0.0, scale)
        layer, aside, low = paint_walls(
            small, site.light, pose, metre, site.random("post"), Finish(0.5, is_snowy(site))
        )
        flats.append(Flat(layer, metre, x + aside, z - 0.1, low + 0.1))
    return flats
