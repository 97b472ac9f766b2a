"""A room's painter in, a table in that room out: the table's top close to the lens, the room behind it out of focus.

For casts of small things alone. Knows no room and no player.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.interior import indoors
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.flatwork import Flatwork
from openhorse.engines.procedural.world.groundwork import Groundwork
from openhorse.engines.procedural.world.scenery import Flat, Floor, Lens, Scenery, Site

_EYE = 0.26
"""The lens is this low (metres above the ground) only for a leading player that stands on tables."""
_THINGS = frozenset(
    {"cup", "candle", "book", "cake", "clock", "vase", "teapot", "bowl", "plate", "bread", "lantern", "apple", "fruit"}
    | {"food", "coffee", "tea", "toy", "flower", "pizza", "sushi", "noodles", "ramen", "dumplings", "burger", "cookie"}
    | {"glass", "bottle", "gift", "pen", "letter", "ring", "icecream"}
)
_LENGTH = 1.9
"""How far the table's far edge is, in distances of the leading player."""


def is_for_table(site: Site) -> bool:
    """Whether all who act are small things."""
    cast = site.shot.brief.cast
    if not cast:
        return False
    return site.lens.eye < _EYE or (site.lens.eye < 0.6 and all(one.kind in _THINGS for one in cast))


def _is_dark(site: Site) -> bool:
    """Whether the words want a dark room: by night nothing is lit there but what stands on the table."""
    return site.shot.brief.mood == "dark" and site.light.is_night


def tabletop(site: Site, painter: Callable[[Site], Scenery]) -> Scenery:
    """The scenery of a table in the room that `painter` paints; the table's top is the ground."""
    lens = site.lens
    lead = lens.eye * lens.focal / (0.40 * lens.height)
    small = 3
    room_lens = Lens(lens.width // small, lens.height // small, lens.focal / small, 0.46 * lens.height / small, 1.25)
    room = painter(replace(site, lens=room_lens, approach=1.0))
    light = room.light or indoors(site)
    dim = np.float32(0.3 if _is_dark(site) else 1.0)
    light = replace(light, key=light.key * dim, ambient=light.ambient * dim, air=light.air * dim)
    edge = _LENGTH * lead
    picture = _photograph(room, site, room_lens) * dim * dim
    flat = _backcloth(_blurred(picture, lens), lens, 2.6 * edge)
    wood = (linear(150, 96, 58), linear(104, 66, 42), linear(190, 150, 106))[int(site.random("table").integers(0, 3))]
    lit = light.ambient * 1.15 + light.key * np.float32(0.55)
    top = (paving(site, "boards", wood, indoors=True) * lit).astype(np.float32)
    return replace(
        room,
        says=f"a table in {room.says}",
        flats=(flat,),
        floor=Floor(np.ascontiguousarray(top.transpose(1, 0, 2)), 2.2 * lead, wet=0.16, step="step-wood"),
        pool=None,
        growths=(),
        sky=False,
        stage=(0.6 * lead, 1.4 * lead),
        table=0.0,
        wall=1e9 if site.shot.brief.weather else 0.0,
        light=light,
    )


def _photograph(room: Scenery, site: Site, lens: Lens) -> NDArray[np.float32]:
    """The room as a small sharp picture, 3 × height × width."""
    out = np.zeros((3, lens.height, lens.width), np.float32)
    sky = site.light.sky
    up = np.clip(np.arange(lens.height, dtype=np.float32) / max(1.0, lens.horizon), 0, 1)[:, None]
    for channel in range(3):
        out[channel] = sky.middle[channel] * (1 - up) + sky.horizon[channel] * up
    camera = Camera(0.0, lens.eye, 0.0, lens.focal, lens.width / 2, lens.horizon)
    light = room.light or site.light
    if room.floor is not None:
        Groundwork(room.floor, light).draw(out, camera)
    for flat in sorted(room.flats, key=lambda one: -one.z):
        Flatwork(flat, light, 0).draw(out, camera, 0.0)
    _hang_lights(out, site)
    return out


def _hang_lights(out: NDArray[np.float32], site: Site) -> None:
    """Strings of small lamps across the room after dark: they become round lights out of focus."""
    if site.light.lamps < 0.3 or _is_dark(site):
        return
    random, (_, height, width) = site.random("strings"), out.shape
    for string in range(2):
        first, last, sag = random.uniform(0.08, 0.3), random.uniform(0.05, 0.3), random.uniform(0.06, 0.14)
        for k in range(13):
            part = (k + random.uniform(0.3, 0.7)) / 13
            y = first + (last - first) * part + sag * 4 * part * (1 - part) + 0.02 * string
            tone = np.array((1.0, random.uniform(0.45, 0.75), random.uniform(0.12, 0.4)), np.float32)
            bright = np.float32(random.uniform(5, 15) * site.light.lamps)
            spot = np.s_[:, round(y * height) : round(y * height) + 2, round(part * width) : round(part * width) + 2]
            out[spot] += (tone * bright)[:, None, None]


def _blurred(picture: NDArray[np.float32], lens: Lens) -> NDArray[np.float32]:
    """Out of focus: each point becomes a disc, so that lamps become the round lights of a fast lens."""
    radius = max(3, round(0.0105 * math.sqrt(lens.width * lens.height)))
    side = 2 * radius + 1
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(np.float32)
    far = np.hypot(x, y) / radius
    # a little brighter at its rim, as real ones are
    disc = np.clip((1.02 - far) * radius, 0, 1) * (0.75 + 0.5 * far**3)
    disc /= disc.sum()
    planes = np.pad(picture, ((0, 0), (side, side), (side, side)), mode="edge")
    soft = [cv2.filter2D(np.minimum(plane, 24.0), -1, disc)[side:-side, side:-side] for plane in planes]
    return np.stack([cv2.GaussianBlur(plane, (0, 0), 0.8) for plane in soft])


def _backcloth(picture: NDArray[np.float32], lens: Lens, z: float) -> Flat:
    """The blurred room behind the table, wider than the frame, its foot below the table's far edge."""
    metre = lens.metre(z)
    row = lens.row(z / 2.6)
    height = math.ceil(row * 1.12)
    width = math.ceil(lens.width * 1.16)
    sheet = cv2.resize(
        picture.transpose(1, 2, 0), (width, round(width * lens.height / lens.width)), interpolation=cv2.INTER_CUBIC
    )
    top = max(0, round(0.10 * sheet.shape[0]))
    sheet = np.maximum(sheet[top : top + height], 0)
    cover = np.ones((*sheet.shape[:2], 1), np.float32)
    fade = np.clip((sheet.shape[0] - 0.5 - np.arange(sheet.shape[0], dtype=np.float32)) / (0.012 * lens.height), 0, 1)
    cover *= fade[:, None, None]
    foot = lens.eye - (row + 0.006 * lens.height - lens.horizon) / metre
    layer = np.concatenate([sheet * cover, cover], axis=2).astype(np.float32)
    small = cv2.resize(layer, (width // 3, max(2, sheet.shape[0] // 3)), interpolation=cv2.INTER_AREA)
    return Flat(np.ascontiguousarray(small), metre * small.shape[1] / width, 0.0, z, foot, haze=0.0)
