"""A style and random numbers in, the walls of a house out: timbered, of logs, plastered, of stone, with curved roofs.

Knows no place. The house's foot is in the middle of its ground, its front towards the viewer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.model import AWAY, RIGHT, UP, Colour, Ink, Vector, Wall, box, plane
from openhorse.engines.procedural.parts.windows import Pane, courses, door, rect, stones, tiles, window
from openhorse.engines.procedural.world.hours import Daylight

Face = Literal["plaster", "timber", "logs", "stone", "brick"]


@dataclass(frozen=True, slots=True)
class Style:
    """How houses are built: what of, in which colours, how steep (roof height per half depth), how far eaves reach."""

    face: Face
    wall: Colour
    roof: Colour
    wood: Colour
    steep: float = 1.0
    eaves: float = 0.45
    shutters: Colour | None = None


CABIN = Style("logs", linear(128, 86, 52), linear(74, 62, 58), linear(92, 62, 40), 0.9, 0.6)
COTTAGE = Style(
    "plaster", linear(232, 222, 200), linear(150, 74, 52), linear(110, 78, 52), 1.0, 0.4, linear(70, 104, 92)
)
STONE = Style("stone", linear(168, 158, 140), linear(92, 88, 92), linear(90, 70, 54), 1.0, 0.3)
BARN = Style("logs", linear(152, 52, 42), linear(84, 80, 82), linear(226, 220, 210), 0.8, 0.4)
TIMBERED = (
    Style("timber", linear(238, 226, 200), linear(146, 70, 50), linear(72, 46, 34), 1.5, 0.35, linear(64, 96, 76)),
    Style("timber", linear(224, 190, 140), linear(126, 64, 50), linear(60, 42, 34), 1.4, 0.35, linear(130, 50, 46)),
    Style("timber", linear(200, 206, 196), linear(104, 74, 66), linear(66, 50, 42), 1.6, 0.35, linear(60, 80, 110)),
    Style("plaster", linear(226, 172, 120), linear(150, 76, 56), linear(110, 80, 60), 1.3, 0.35, linear(90, 70, 56)),
    Style("timber", linear(222, 206, 178), linear(136, 60, 46), linear(86, 56, 38), 1.5, 0.35, linear(150, 120, 60)),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A house's size: width, depth, height to the eaves (metres); how many storeys; whether its gable is in front."""

    wide: float
    deep: float
    tall: float
    storeys: int = 1
    gable: bool = False
    chimney: bool = True
    entrance: bool = True


def house(plan: Plan, style: Style, light: Daylight, random: np.random.Generator) -> list[Wall]:
    """A house of that plan and style, windows lit by chance."""
    if plan.gable:
        return _gabled(plan, style, light, random)
    w, deep, tall = plan.wide, plan.deep, plan.tall
    rise = style.steep * deep / 2
    front = _face(plan, style, light, random, w, tall, plan.entrance)
    side_outline = [(0, 0), (deep, 0), (deep, tall), (deep / 2, tall + rise), (0, tall)]
    side = _face(plan, style, light, random, deep, tall, False) + _attic(deep, tall, rise, style, light, random)
    walls = [
        Wall((-w / 2, 0, 0), RIGHT, UP, rect(0, 0, w, tall), style.wall, tuple(front)),
        Wall((w / 2, 0, 0), AWAY, UP, side_outline, style.wall, tuple(side)),
        Wall((-w / 2, 0, deep), (0, 0, -1), UP, side_outline, style.wall, tuple(side)),
    ]
    walls += _slopes(w, deep, tall, rise, style, random)
    if plan.chimney:
        walls += chimney((w * 0.28, tall + rise * 0.5, deep * 0.42), 0.75, rise * 0.5 + 0.9, random)
    return walls


def _gabled(plan: Plan, style: Style, light: Daylight, random: np.random.Generator) -> list[Wall]:
    w, deep, tall = plan.wide, plan.deep, plan.tall
    rise = style.steep * w / 2
    outline = [(0, 0), (w, 0), (w, tall), (w / 2, tall + rise), (0, tall)]
    front = _face(plan, style, light, random, w, tall, plan.entrance) + _attic(w, tall, rise, style, light, random)
    side = _face(plan, style, light, random, deep, tall, False)
    over = style.eaves
    walls = [
        Wall((-w / 2, 0, 0), RIGHT, UP, outline, style.wall, tuple(front)),
        Wall((w / 2, 0, 0), AWAY, UP, rect(0, 0, deep, tall), style.wall, tuple(side)),
        Wall((-w / 2, 0, deep), (0, 0, -1), UP, rect(0, 0, deep, tall), style.wall, tuple(side)),
    ]
    drop = over * style.steep
    length = float(np.hypot(w / 2 + over, rise + drop))
    ink = tuple(tiles(deep + 2 * over, length, 0.45, style.roof, random))
    top = (0.0, tall + rise, 0.0)
    right = [(w / 2 + over, tall - drop, -over), (w / 2 + over, tall - drop, deep + over)]
    right += [(0, top[1], deep + over), (0, top[1], -over)]
    left = [(-w / 2 - over, tall - drop, deep + over), (-w / 2 - over, tall - drop, -over)]
    left += [(0, top[1], -over), (0, top[1], deep + over)]
    slopes = (plane(corners, style.roof, roof=True, near=0.4, twin=True) for corners in (right, left))
    walls += [replace(slope, inks=ink) for slope in slopes]
    # the boards along the gable's edge
    for side_x in (-1.0, 1.0):
        edge = [(side_x * (w / 2 + over), tall - drop), (0.0, tall + rise), (0.0, tall + rise - 0.32)]
        edge.append((side_x * (w / 2 + over), tall - drop - 0.32))
        walls.append(Wall((0, 0, -over), RIGHT, UP, edge, style.wood, near=0.5, twin=True))
    return walls


def _slopes(w: float, deep: float, tall: float, rise: float, style: Style, random: np.random.Generator) -> list[Wall]:
    over = style.eaves
    drop = over * style.steep
    length = float(np.hypot(deep / 2 + over, rise + drop))
    ink = tuple(tiles(w + 2 * over, length, 0.45, style.roof, random))
    ends = -w / 2 - over, w / 2 + over
    front = [(ends[0], tall - drop, -over), (ends[1], tall - drop, -over)]
    front += [(ends[1], tall + rise, deep / 2), (ends[0], tall + rise, deep / 2)]
    eave = box((ends[0], tall - drop - 0.18, -over), (w + 2 * over, 0.18, 0.1), style.wood * np.float32(0.8))
    return [plane(front, style.roof, inks=ink, roof=True, near=0.4), *(_nearer(eave))]  # type: ignore[arg-type]


def _nearer(walls: list[Wall]) -> list[Wall]:
    return [replace(wall, near=0.6) for wall in walls]


def chimney(foot: Vector, wide: float, tall: float, random: np.random.Generator) -> list[Wall]:
    """A brick chimney with a lip."""
    x, y, d = foot
    brick = linear(142, 88, 70)
    ink = stones(wide, tall, (0.3, 0.14), brick, random)
    walls = box((x - wide / 2, y, d - wide / 2), (wide, tall, wide), brick * np.float32(0.9), ink, ink)
    walls += box(
        (x - wide * 0.62, y + tall, d - wide * 0.62), (wide * 1.24, 0.16, wide * 1.24), brick * np.float32(0.7)
    )
    return _nearer(walls)


def _face(
    plan: Plan, style: Style, light: Daylight, random: np.random.Generator, wide: float, tall: float, entrance: bool
) -> list[Ink]:
    """One side of a house: its surface, its windows in rows, its door."""
    inks: list[Ink] = []
    match style.face:
        case "logs":
            inks += courses(wide, tall, 0.30, style.wall, random)
        case "stone":
            inks += stones(wide, tall, (0.62, 0.34), style.wall, random)
        case "brick":
            inks += stones(wide, tall, (0.42, 0.18), style.wall, random)
        case "timber":
            inks += _beams(wide, tall, plan.storeys, style, random)
        case "plaster":
            inks.append(Ink(rect(0, 0, wide, 0.5), style.wall * np.float32(0.7)))
    storey = tall / plan.storeys
    count = max(1, round(wide / 2.6))
    size = min(1.05, 0.42 * wide / count), min(1.45, 0.5 * storey)
    for level in range(plan.storeys):
        for k in range(count):
            u = wide * (k + 0.5) / count - size[0] / 2
            if entrance and level == 0 and k == count // 2:
                inks += door(Pane(u - 0.05, 0, size[0] + 0.1, min(2.1, 0.8 * storey)), style.wood * np.float32(0.8))
                continue
            pane = Pane(u, level * storey + 0.36 * storey, *size)
            inks += window(pane, light, random, style.wood if style.face == "logs" else None)
            if style.shutters is not None:
                inks += _shutters(pane, style.shutters)
    return inks


def _shutters(pane: Pane, colour: Colour) -> list[Ink]:
    inks = []
    for u in (pane.u - 0.46 * pane.wide, pane.u + 1.06 * pane.wide):
        inks.append(Ink(rect(u, pane.v, 0.40 * pane.wide, pane.tall), colour))
        for k in range(5):
            v = pane.v + pane.tall * (k + 0.5) / 5
            inks.append(
                Ink(rect(u + 0.05 * pane.wide, v, 0.30 * pane.wide, 0.06 * pane.tall), colour * np.float32(0.6))
            )
    return inks


def _beams(wide: float, tall: float, storeys: int, style: Style, random: np.random.Generator) -> list[Ink]:
    """Timber framing: sills, posts and braces."""
    wood = style.wood
    inks: list[Ink] = []
    storey = tall / storeys
    inks += [Ink(rect(0, min(level * storey, tall - 0.2), wide, 0.22), wood) for level in range(storeys + 1)]
    bays = max(2, round(wide / 1.3))
    for level in range(storeys):
        for k in range(bays + 1):
            u = min(wide - 0.18, wide * k / bays)
            inks.append(Ink(rect(u, level * storey, 0.18, storey), wood))
        for k in (0, bays - 1):
            u, v = wide * k / bays, level * storey
            ends = [(u, v), (u + wide / bays, v + storey)]
            inks.append(Ink(ends if k == 0 else [(ends[1][0], v), (u, v + storey)], wood, thick=0.16))
    return inks


def _attic(
    wide: float, tall: float, rise: float, style: Style, light: Daylight, random: np.random.Generator
) -> list[Ink]:
    """What is in a gable."""
    inks: list[Ink] = []
    if style.face == "timber":
        inks.append(Ink([(0, tall), (wide / 2, tall + rise)], style.wood, thick=0.2))
        inks.append(Ink([(wide, tall), (wide / 2, tall + rise)], style.wood, thick=0.2))
        inks.append(Ink(rect(wide * 0.25, tall + rise * 0.48, wide * 0.5, 0.18), style.wood))
        inks.append(Ink(rect(wide / 2 - 0.09, tall + rise * 0.48, 0.18, rise * 0.52), style.wood))
    elif style.face == "logs":
        for k in range(int(rise / 0.3)):
            half = wide / 2 * (1 - (k + 1) * 0.3 / rise)
            inks.append(Ink(rect(wide / 2 - half, tall + k * 0.3, 2 * half, 0.06), style.wall * np.float32(0.5)))
    size = min(0.9, 0.22 * wide)
    inks += window(Pane(wide / 2 - size / 2, tall + 0.14 * rise, size, min(1.1, 0.32 * rise)), light, random)
    return inks


# -- roofs that curve ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Curved:
    """A curved East Asian roof: half width and half depth at its eaves, its height, how far its corners rise."""

    half: float
    deep: float
    rise: float
    lift: float
    ridge: float
    colour: Colour


def curved_roof(roof: Curved, y: float, d: float = 0.0) -> list[Wall]:
    """The roof with its eaves at height `y`, its middle `d` away: hipped, concave, its corners turned up, ribbed."""
    across, down = min(13, max(8, round(1.1 * roof.half))), 3
    walls: list[Wall] = []
    # the far side is never seen
    for side in (0, 1, 3):
        wide, deep = (roof.half, roof.deep) if side % 2 == 0 else (roof.deep, roof.half)
        ridge_wide = roof.ridge * roof.half if side % 2 == 0 else 0.02
        ridge_deep = 0.02 if side % 2 == 0 else roof.ridge * roof.half

        def point(a: float, s: float, wide=wide, deep=deep, rw=ridge_wide, rd=ridge_deep, side=side) -> Vector:  # type: ignore[no-untyped-def]
            x = a * (wide + (rw - wide) * s)
            z = -(deep + (rd - deep) * s)
            up = y + roof.rise * s**1.55 + roof.lift * abs(a) ** 2.8 * (1 - s) ** 2
            for _ in range(side):
                x, z = -z, x
            return (x, up, z + d)

        for j in range(down):
            s0, s1 = j / down, (j + 1) / down
            for i in range(2 * across):
                # tiles and ridges by turns, in triangles: four points of a curved roof are not in one plane
                a0, a1 = (_along((k // 2 + 0.68 * (k % 2)) / across) for k in (i, i + 1))
                tone = roof.colour * np.float32((0.9 + 0.2 * s0) * (0.62 if i % 2 else 1.0))
                low, right, top, left = point(a0, s0), point(a1, s0), point(a1, s1), point(a0, s1)
                walls += [plane(three, tone, roof=True) for three in ((low, right, top), (low, top, left))]
        # the thick edge below the tiles
        for i in range(across):
            a0, a1 = _along(i / across), _along((i + 1) / across)
            low, high = point(a0, 0), point(a1, 0)
            drop = 0.05 * roof.rise + 0.12
            foot, end = (low[0], low[1] - drop, low[2]), (high[0], high[1] - drop, high[2])
            board = linear(96, 60, 44)
            walls += [plane(three, board, near=0.05) for three in ((foot, end, high), (foot, high, low))]
    # what is seen of it from below
    w, h = roof.half, roof.deep
    ring = (
        (-0.5, 0.95),
        (0.5, 0.95),
        (0.95, 0.5),
        (0.95, -0.5),
        (0.5, -0.95),
        (-0.5, -0.95),
        (-0.95, -0.5),
        (-0.95, 0.5),
    )
    soffit = [(u * w, y - 0.05, d + v * h) for u, v in ring]
    return [*walls, plane(soffit, linear(92, 60, 44), twin=True)]


def _along(part: float) -> float:
    """−1…1 along the eaves, in shorter steps to its corners, where it bends."""
    return float(np.sin((part - 0.5) * np.pi))


@dataclass(frozen=True, slots=True)
class Hall:
    """A storey of posts under a curved roof: half width, half depth, height; the colours of posts and wall."""

    half: float
    deep: float
    tall: float
    post: Colour
    wall: Colour
    bays: int = 5


def hall(plan: Hall, y: float, light: Daylight, random: np.random.Generator, d: float = 0.0) -> list[Wall]:
    """A hall: posts, lattice windows between them that shine when lamps are lit, a beam on top."""
    walls = []
    for wide, k in ((plan.half, 0), (plan.deep, 1), (plan.deep, 3)):
        inks = _lattice(plan, 2 * wide, light, random)
        if k == 0:
            walls.append(
                Wall((-plan.half, y, d - plan.deep), RIGHT, UP, rect(0, 0, 2 * wide, plan.tall), plan.wall, inks)
            )
        elif k == 1:
            walls.append(
                Wall((plan.half, y, d - plan.deep), AWAY, UP, rect(0, 0, 2 * wide, plan.tall), plan.wall, inks)
            )
        else:
            walls.append(
                Wall((-plan.half, y, d + plan.deep), (0, 0, -1), UP, rect(0, 0, 2 * wide, plan.tall), plan.wall, inks)
            )
    return walls


def _lattice(plan: Hall, wide: float, light: Daylight, random: np.random.Generator) -> tuple[Ink, ...]:
    bays = max(2, round(plan.bays * wide / (2 * plan.half)))
    pitch, tall = wide / bays, plan.tall
    inks: list[Ink] = []
    for k in range(bays):
        lit = light.lamps * random.uniform(0.7, 1.2)
        paper = np.array((1.0, 0.52, 0.2), np.float32) * np.float32(0.40 * lit)
        u, v, w, h = k * pitch + 0.14 * pitch, 0.08 * tall, 0.72 * pitch, 0.70 * tall
        inks.append(Ink(rect(u, v, w, h), plan.post * np.float32(0.35)))
        if light.lamps > 0.1 and random.random() < 0.85:
            inks.append(Ink(rect(u, v, w, h), paper, shines=True))
            inks.append(Ink(rect(u, v, w, 0.5 * h), paper * np.float32(1.5), shines=True))
        bars = [rect(u + w * i / 4 - 0.02, v, 0.05, h) for i in range(1, 4)]
        inks += [Ink(bar, plan.post * np.float32(0.5)) for bar in bars]
        inks += [Ink(rect(u, v + part * h, w, 0.05), plan.post * np.float32(0.5)) for part in (0.32, 0.58, 0.8)]
    for k in range(bays + 1):
        thick = 0.16 * min(pitch, 2.0)
        u = min(max(0.0, k * pitch - thick / 2), wide - thick)
        inks.append(Ink(rect(u, 0, thick, tall), plan.post))
        inks.append(Ink(rect(u, 0, thick * 0.35, tall), plan.post * np.float32(1.25)))
    inks.append(Ink(rect(0, 0.82 * tall, wide, 0.18 * tall), plan.post * np.float32(0.85)))
    return tuple(inks)
