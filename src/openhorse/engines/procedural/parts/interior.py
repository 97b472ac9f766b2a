"""A site and a room's measures in; its light, its walls, ceiling and windows out, as flats. Knows no furniture.

Behind the window's opening there is the world itself: sky, weather, and what is put beyond the wall.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Hour
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.drawing.paint import soften
from openhorse.engines.procedural.parts.grain import grain, smooth
from openhorse.engines.procedural.parts.model import (
    RIGHT,
    UP,
    Colour,
    Finish,
    Ink,
    Pose,
    Wall,
    box,
    paint_walls,
    plane,
)
from openhorse.engines.procedural.parts.windows import rect
from openhorse.engines.procedural.world.hours import Daylight, rgb
from openhorse.engines.procedural.world.scenery import Flat, Site

_INDOORS = {
    Hour.DAY: (rgb(0.78, 0.74, 0.66), rgb(0.34, 0.33, 0.32), rgb(0.20, 0.16, 0.12)),
    Hour.DAWN: (rgb(0.80, 0.58, 0.42), rgb(0.25, 0.22, 0.22), rgb(0.16, 0.11, 0.08)),
    Hour.DUSK: (rgb(0.80, 0.44, 0.20), rgb(0.16, 0.115, 0.105), rgb(0.15, 0.09, 0.05)),
    Hour.NIGHT: (rgb(0.50, 0.27, 0.11), rgb(0.088, 0.064, 0.062), rgb(0.06, 0.036, 0.02)),
}


@dataclass(frozen=True, slots=True)
class Shell:
    """A room: how wide, how high, how far ahead its back wall is (metres); the colours of walls, of what is below the
    rail, of ceiling and woodwork; `paper` is the pattern of its walls."""

    wide: float
    tall: float
    deep: float
    wall: Colour
    dado: Colour
    ceiling: Colour
    wood: Colour
    paper: str = "plain"
    beams: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """A window in the back wall: its lower left corner (metres right of the middle, above the floor), its size, its
    panes across and down, and the colour of its frame."""

    x: float
    y: float
    wide: float
    tall: float
    across: int
    down: int
    frame: Colour


@dataclass(frozen=True, slots=True)
class Glow:
    """A lamp's light on the wall: where (metres), how far it reaches, its colour."""

    x: float
    y: float
    reach: float
    colour: Colour


def indoors(site: Site, side: float = -1.0) -> Daylight:
    """The light inside a room whose windows or lamps are to the left (−1) or right (1)."""
    light = site.light
    key, ambient, bounce = _INDOORS[light.hour]
    if light.hour is Hour.DAY and light.cover > 0.3:
        key, ambient = key * np.float32(0.55) * rgb(0.95, 1.0, 1.06), ambient * np.float32(0.9)
    grade = replace(light.grade, exposure=1.0, bloom=0.26, bloom_from=0.85, vignette=1.0, saturation=1.06)
    return replace(
        light,
        key=key,
        ambient=ambient,
        bounce=bounce,
        azimuth=50 * side,
        elevation=34,
        clear=1e6,
        rim=0.25,
        grade=replace(grade, gain=(1.02, 1.0, 0.97)),
    )


def shell(
    site: Site, room: Shell, light: Daylight, openings: tuple[Opening, ...] = (), glows: tuple[Glow, ...] = ()
) -> tuple[Flat, ...]:
    """The room's back wall with its windows, and its sides and ceiling in perspective."""
    flats = [_back(site, room, light, openings, glows), _sides(site, room, light, glows)]
    flats += [_frame(site, room, light, one) for one in openings]
    return tuple(flats)


def _back(site: Site, room: Shell, light: Daylight, openings: tuple[Opening, ...], glows: tuple[Glow, ...]) -> Flat:
    lens, z = site.lens, room.deep
    metre = site.fine(z)
    wide, tall = min(room.wide * 1.3, 1.35 * lens.reach(z)), room.tall + 0.3
    width, height = math.ceil(wide * metre), math.ceil(tall * metre)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (x + 0.5) / metre - wide / 2, tall - (y + 0.5) / metre
    picture = _papered(room, x, y, site.random("wallpaper"))
    picture = picture * _on_wall(room, x, y, light, glows)
    cover = np.ones((height, width), np.float32)
    for one in openings:
        inside = (x > one.x) & (x < one.x + one.wide) & (y > one.y) & (y < one.y + one.tall)
        cover = np.where(inside, np.float32(0.0), cover)
    layer = np.dstack([picture * cover[..., None], cover]).astype(np.float32)
    return Flat(layer, metre, 0.0, z, haze=0.0)


def _papered(room: Shell, x: NDArray[np.float32], y: NDArray[np.float32], random: np.random.Generator) -> Colour:
    """The wall before light falls on it: paper or boards, dado, rails."""
    height, width = x.shape
    worn = 1 + 0.05 * grain((width, height), (6, 4), random, 5)
    match room.paper:
        case "stripes":
            worn = worn * (1 - 0.10 * smooth(-0.2, 0.2, np.sin(x * np.float32(math.tau / 0.36))))
        case "flowers":
            u, v = x / 0.5, y / 0.5
            u = u + 0.5 * (np.floor(v) % 2)
            petal = np.hypot(u % 1 - 0.5, v % 1 - 0.5) * (1 + 0.3 * np.cos(5 * np.arctan2(v % 1 - 0.5, u % 1 - 0.5)))
            worn = worn * (1 - 0.16 * smooth(0.26, 0.16, petal.astype(np.float32)))
        case "bricks":
            row = np.floor(y / 0.085)
            u = x / 0.25 + 0.5 * (row % 2)
            tone = random.uniform(0.72, 1.2, (64, 64))[row.astype(int) % 64, np.floor(u).astype(int) % 64]
            joint = smooth(0.03, 0.09, np.minimum(u % 1, 1 - u % 1)) * smooth(
                0.08, 0.2, np.minimum(y / 0.085 % 1, 1 - y / 0.085 % 1)
            )
            worn = worn * (tone * (0.6 + 0.4 * joint)).astype(np.float32)
        case "boards":
            u = x / 0.22
            tone = random.uniform(0.85, 1.12, 64)[np.floor(u).astype(int) % 64]
            fibre = grain((width, height), (160, 3), random, 2)
            worn = worn * (
                tone * (1 + 0.08 * fibre) * (0.6 + 0.4 * smooth(0.0, 0.06, np.minimum(u % 1, 1 - u % 1)))
            ).astype(np.float32)
        case _:
            pass
    picture: NDArray[np.float32] = (worn[..., None] * room.wall).astype(np.float32)
    low = y < 0.95
    if not np.array_equal(room.dado, room.wall):
        u = (x / 0.62) % 1
        v = y / 0.95
        panel = smooth(0.08, 0.11, np.minimum(u, 1 - u)) * smooth(0.16, 0.2, v) * smooth(0.9, 0.86, v)
        edge = smooth(0.07, 0.09, np.minimum(u, 1 - u)) * smooth(0.14, 0.16, v) * smooth(0.92, 0.9, v) - panel
        picture = np.where(low[..., None], room.dado * (0.9 + 0.1 * panel - 0.3 * edge)[..., None], picture)
        picture = np.where((np.abs(y - 0.97) < 0.035)[..., None], room.dado * np.float32(1.15), picture)
    picture = np.where((y < 0.13)[..., None], room.wood * np.float32(0.9), picture)
    crowned: Colour = np.where((y > room.tall - 0.09)[..., None], room.ceiling * np.float32(0.85), picture)
    return crowned


def _on_wall(
    room: Shell, x: NDArray[np.float32], y: NDArray[np.float32], light: Daylight, glows: tuple[Glow, ...]
) -> Colour:
    """Light on the back wall: darker in its corners and at its foot, bright about lamps."""
    corner = smooth(0.0, 1.3, room.wide / 2 - np.abs(x)) * smooth(-0.1, 0.9, room.tall - y) * smooth(-0.3, 0.7, y)
    lit = (light.ambient + light.key * np.float32(0.36))[None, None] * (0.62 + 0.38 * corner)[..., None]
    for glow in glows:
        far = ((x - glow.x) ** 2 + (y - glow.y) ** 2) / glow.reach**2
        lit = lit + (1 / (1 + 3.0 * far) ** 2)[..., None] * glow.colour
    on_wall: Colour = lit.astype(np.float32)
    return on_wall


def _sides(site: Site, room: Shell, light: Daylight, glows: tuple[Glow, ...]) -> Flat:
    """Both side walls and the ceiling as one painted flat at two thirds of the way."""
    lens = site.lens
    z = 0.72 * room.deep
    above = (room.tall - lens.eye) * lens.focal / max(1.0, lens.horizon)
    near = 0.62 * min(room.deep, room.wide * lens.focal / lens.width, above)
    d0, d1, half = near - z, room.deep - z, room.wide / 2
    deep = d1 - d0
    board = Ink(rect(0, 0, deep, 0.13), room.wood * np.float32(0.9))
    dado = [Ink(rect(0, 0, deep, 0.95), room.dado), Ink(rect(0, 0.93, deep, 0.08), room.dado * np.float32(1.15))]
    if np.array_equal(room.dado, room.wall):
        dado = []
    inks = (*dado, board, Ink(rect(0, room.tall - 0.09, deep, 0.09), room.ceiling * np.float32(0.85)))
    face = rect(0, 0, deep, room.tall)
    walls = [
        Wall((-half, 0, d0), (0, 0, 1), UP, face, room.wall, inks, twin=True),
        Wall((half, 0, d0), (0, 0, 1), UP, face, room.wall, inks, twin=True),
        plane(
            [(-half, room.tall, d1), (half, room.tall, d1), (half, room.tall, d0), (-half, room.tall, d0)],
            room.ceiling,
            twin=True,
        ),
    ]
    if room.beams:
        for k in range(4):
            d = d0 + (k + 0.5) * deep / 4
            walls += [
                replace(w, near=0.5, twin=True)
                for w in box((-half, room.tall - 0.2, d), (room.wide, 0.2, 0.2), room.wood)
            ]
    metre = site.fine(room.deep)
    pose = Pose(0.0, lens.eye, z, crop=(0.64 * lens.reach(z), 0.8 * lens.height / lens.metre(z)))
    layer, aside, low = paint_walls(walls, light, pose, metre, site.random("sides"), Finish(0.3))
    height, width = layer.shape[:2]
    # darker towards us, as what is beside a lens is
    across = np.abs(np.linspace(-1, 1, width, dtype=np.float32)) * width / metre / lens.reach(z)
    fall = 1 - 0.55 * smooth(0.55, 1.05, across)
    layer[..., :3] *= fall[None, :, None]
    for glow in glows:
        y = low + (height - np.arange(height, dtype=np.float32)[:, None]) / metre
        x = aside + (np.arange(width, dtype=np.float32)[None, :] - width / 2) / metre
        scale = z / room.deep
        far = ((x - glow.x * scale) ** 2 + (y - lens.eye - (glow.y - lens.eye) * scale) ** 2) / (
            glow.reach * scale
        ) ** 2
        layer[..., :3] += (0.5 / (1 + 3.0 * far) ** 2)[..., None] * glow.colour * room.ceiling * layer[..., 3:]
    return Flat(layer, metre, aside, z, low, haze=0.0)


def _frame(site: Site, room: Shell, light: Daylight, one: Opening) -> Flat:
    """A window's frame, bars and sill, and the gleam of its panes."""
    z = room.deep - 0.02
    w, h, edge = one.wide, one.tall, 0.09
    front = [
        *_ring(-edge, -edge, w + 2 * edge, h + 2 * edge, edge + 0.02, one.frame),
        *(Ink(rect(w * k / one.across - 0.025, 0, 0.05, h), one.frame) for k in range(1, one.across)),
        *(Ink(rect(0, h * k / one.down - 0.025, w, 0.05), one.frame) for k in range(1, one.down)),
    ]
    walls = [Wall((0, 0, 0), RIGHT, UP, ink.outline, ink.colour, near=0.01 * k) for k, ink in enumerate(front)]
    walls += [replace(wall, near=0.5) for wall in box((-0.16, -0.15, -0.18), (w + 0.32, 0.07, 0.2), one.frame)]
    metre = site.fine(z)
    pose = Pose(-one.x, site.lens.eye - one.y, z)
    layer, aside, low = paint_walls(walls, light, pose, metre, site.random(f"frame {one.x}"), Finish(0.2))
    return Flat(layer, metre, one.x + aside, z, one.y + low, haze=0.0)


def _ring(u: float, v: float, wide: float, tall: float, thick: float, colour: Colour) -> list[Ink]:
    tone = colour * np.float32(1.06)
    return [
        Ink(rect(u, v, thick, tall), colour),
        Ink(rect(u + wide - thick, v, thick, tall), colour * np.float32(0.9)),
        Ink(rect(u, v + tall - thick, wide, thick), tone),
        Ink(rect(u, v, wide, thick), tone),
    ]


def curtain(site: Site, room: Shell, light: Daylight, at: tuple[float, float, float, float], colour: Colour) -> Flat:
    """A hanging curtain: its left end and foot (metres), width and height; folds, lit from behind by day."""
    x, y, wide, tall = at
    z = room.deep - 0.12
    metre = site.fine(z)
    width, height = max(4, math.ceil(wide * metre)), max(4, math.ceil(tall * metre))
    random = site.random(f"curtain {x:.2f}")
    u = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    v = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    wander = 0.10 * grain((width, height), (2, 1), random, 2)
    folds = np.sin((u + wander * (0.3 + v)) * math.tau * max(2.0, wide / 0.13))
    second = np.sin((u + 0.6 * wander) * math.tau * max(3.0, wide / 0.07) + 1.0)
    shade = 0.72 + 0.26 * folds + 0.07 * second
    through = light.sky.horizon * np.float32(0.28) * (1 - light.lamps) if light.hour is not Hour.NIGHT else 0.0
    lit = light.ambient * 1.1 + light.key * np.float32(0.42)
    picture = colour * (lit * shade[..., None] + through * (0.6 + 0.4 * folds)[..., None])
    edge = np.minimum(smooth(0, 0.02, u), smooth(1, 0.98, u))
    hem = smooth(1.0, 0.985, v + 0.012 * folds)
    cover = (edge * hem * np.ones_like(shade)).astype(np.float32)
    layer = np.dstack([picture * cover[..., None], cover]).astype(np.float32)
    return Flat(layer, width / wide, x + wide / 2, z, y, sway=0.02, haze=0.0)


def halo(x: float, y: float, z: float, reach: float, colour: Colour, metre: float, lamp: str = "steady") -> Flat:
    """The light about a lamp in the room's air."""
    side = max(8, math.ceil(2 * reach * min(metre, 40.0)))
    off = np.linspace(-1, 1, side, dtype=np.float32)
    far = np.hypot(off[None, :], off[:, None])
    shape = (np.exp(-far * 3.6) * smooth(1.0, 0.55, far))[..., None]
    layer = np.dstack([shape * colour, np.zeros((side, side), np.float32)]).astype(np.float32)
    return Flat(layer, side / (2 * reach), x, z, y - reach, glow=True, lamp=lamp, haze=0.0)  # type: ignore[arg-type]


def lamp_colour(site: Site) -> Colour:
    """How much of a warm lamp's light is in the room: none in a bright day."""
    dull = site.light.cover > 0.3
    strength = max(site.light.lamps, 0.45 if dull else 0.0)
    return linear(255, 186, 104) * np.float32(strength)


def sunbeams(site: Site, room: Shell, one: Opening, side: float) -> tuple[Flat, ...]:
    """The sun's light through a window: its panes on the floor; none under clouds or at night."""
    light = site.light
    if light.hour is Hour.NIGHT or light.cover > 0.2:
        return ()
    lens, z = site.lens, room.deep - 0.5
    colour = light.key * np.float32(0.15 if light.hour is Hour.DAY else 0.13)
    walls = []
    pane, deep, lean = one.wide / one.across, 1.7, -0.55 * side
    for k in range(one.across):
        for j in range(one.down):
            d0, d1 = -0.2 - deep * j / one.down, -0.2 - deep * (j + 0.92) / one.down
            x = one.x + k * pane
            near, far = x - lean * 2 * d1, x - lean * 2 * d0
            corners = [
                (near, 0.004, d1),
                (near + 0.92 * pane, 0.004, d1),
                (far + 0.92 * pane, 0.004, d0),
                (far, 0.004, d0),
            ]
            walls.append(replace(plane(corners, colour), twin=True))
    inks = [replace(wall, inks=(Ink(wall.outline, colour, shines=True),)) for wall in walls]
    metre = min(site.fine(z), 0.7 * lens.height)
    layer, aside, low = paint_walls(
        inks, light, Pose(0.0, lens.eye, z), metre, site.random("beams"), Finish(0.0, glow=0.2)
    )
    soft = soften(layer[..., :3] * layer[..., 3:], 0.03 * metre, 0.015 * metre, 2)
    patch = np.dstack([soft, np.zeros(soft.shape[:2], np.float32)]).astype(np.float32)
    return (Flat(patch, metre, aside, z, low, glow=True, haze=0.0),)
