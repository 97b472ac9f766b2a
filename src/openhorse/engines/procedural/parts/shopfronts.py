"""A site in, rows of shop fronts and house fronts out: what is across a street. Knows no street and no room."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.bistro import letters
from openhorse.engines.procedural.parts.model import (
    RIGHT,
    UP,
    Colour,
    Finish,
    Ink,
    Pose,
    Wall,
    box,
    is_snowy,
    moved,
    paint_walls,
    plane,
)
from openhorse.engines.procedural.parts.windows import WARM, Pane, door, rect, stones, window
from openhorse.engines.procedural.world.hours import Daylight
from openhorse.engines.procedural.world.scenery import Flat, Site

Random = np.random.Generator
_FRONTS = (
    linear(170, 96, 76),
    linear(206, 190, 160),
    linear(150, 160, 164),
    linear(190, 140, 100),
    linear(120, 112, 108),
    linear(214, 204, 190),
)
_AWNINGS = (linear(176, 52, 46), linear(46, 96, 84), linear(222, 170, 70), linear(54, 78, 120), linear(120, 70, 96))
_NAMES = ("BAKERY", "BOOKS", "CAFE", "FLOWERS", "TEA", "BISTRO", "MUSIC", "PIZZA", "TOYS", "WINE", "OPTIK", "BAR")
NEONS = (linear(255, 50, 140), linear(50, 220, 255), linear(170, 80, 255), linear(255, 130, 40), linear(70, 255, 170))


@dataclass(frozen=True, slots=True)
class Front:
    """A house's front: its width, its storeys, whether there is a shop below, how many neon signs it has.

    With fewer than no storeys it is a gap between houses; a `plain` one is far off and shows no goods.
    The shop has a `name` of its own or one by chance.
    """

    wide: float
    storeys: int
    shop: bool = True
    neon: int = 0
    modern: bool = False
    plain: bool = False
    name: str = ""


def front(plan: Front, light: Daylight, random: Random) -> list[Wall]:
    """One house front, its foot's left end at (0, 0, 0)."""
    tone = _FRONTS[random.integers(0, len(_FRONTS))] * np.float32(random.uniform(0.7, 1.05))
    if plan.neon or plan.modern:
        tone = tone * np.float32(0.6)
    low, storey = 3.9, 3.1
    tall = low + plan.storeys * storey
    inks: list[Ink] = []
    if not plan.modern and random.random() < 0.45:
        inks += stones(plan.wide, tall, (0.5, 0.2), tone, random)
    count = max(2, round(plan.wide / 2.1))
    for level in range(plan.storeys):
        v = low + level * storey + 0.75
        for k in range(count):
            pane = plan.wide / count
            size = (0.78 * pane, 1.9) if plan.modern else (0.46 * pane, 1.65)
            u = pane * (k + 0.5) - size[0] / 2
            inks += window(Pane(u, v, *size), light, random, linear(60, 60, 64) if plan.modern else None, 0.5)
        inks.append(Ink(rect(0, low + level * storey, plan.wide, 0.16), tone * np.float32(0.75)))
    inks.append(Ink(rect(0, tall - 0.4, plan.wide, 0.4), tone * np.float32(0.8)))
    walls = [Wall((0, 0, 0), RIGHT, UP, rect(0, 0, plan.wide, tall), tone, tuple(inks))]
    walls += box((-0.1, tall, -0.25), (plan.wide + 0.2, 0.3, 0.5), tone * np.float32(0.9))
    walls += _shop(plan, light, random) if plan.shop else _entrance(plan, light, random)
    for k in range(plan.neon):
        walls += _neon(plan, low + 0.5 + 2.6 * k, light, random)
    return walls


def _shop(plan: Front, light: Daylight, random: Random) -> list[Wall]:
    """A shop window with goods in warm light, a door, a name over it, an awning."""
    w = plan.wide
    wood = _AWNINGS[random.integers(0, len(_AWNINGS))]
    lit = max(light.lamps, 0.16)
    hue = WARM * np.array((1, 1.2, 1.4))
    if plan.neon:
        hue = 0.15 * hue + 0.45 * NEONS[random.integers(0, len(NEONS))]
    glass = hue * np.float32(0.24 * lit) + light.sky.middle * np.float32(0.10 * (1 - light.lamps))
    inks = [Ink(rect(0.1, 0, w - 0.2, 3.5), wood * np.float32(0.55))]
    panes = max(2, round(w / 2.0))
    for k in range(panes):
        u, pw = 0.25 + (w - 0.5) * k / panes, (w - 0.5) / panes - 0.12
        if k == panes // 2:
            inks += door(Pane(u + 0.1, 0, pw - 0.2, 2.5), wood * np.float32(0.8))
            inks.append(Ink(rect(u + 0.25, 0.9, pw - 0.5, 1.4), glass * 1.1, shines=True))
            continue
        if plan.plain:
            inks.append(Ink(rect(u, 0.55, pw, 2.1), glass * 1.2, shines=True))
        else:
            inks += _display(u, pw, glass, lit, random)
    name = plan.name or _NAMES[random.integers(0, len(_NAMES))]
    sign = linear(250, 226, 180) * np.float32(0.6 + 0.5 * light.lamps)
    size = min(0.42, (w - 1.0) / (0.62 * len(name)))
    inks += letters(name, w / 2 - 0.32 * size * len(name), 2.96, size, sign, shines=light.lamps > 0.1)
    walls = [Wall((0, 0, -0.04), RIGHT, UP, rect(0.1, 0, w - 0.2, 3.5), wood, tuple(inks), near=0.2)]
    if random.random() < 0.7 and not plan.neon:
        walls += _awning(w, wood, random)
    return walls


def _display(u: float, wide: float, glass: Colour, lit: float, random: Random) -> list[Ink]:
    """What is behind a pane: a lit back wall, shelves, goods, small lamps, and the sky's gleam on the glass."""
    inks = [
        Ink(rect(u, 0.55, wide, 2.1), glass * 0.75, shines=True),
        Ink(rect(u, 1.25, wide, 1.1), glass * 1.35, shines=True),
    ]
    inks.append(Ink(rect(u, 2.35, wide, 0.3), glass * 0.5, shines=True))
    for v in (0.55, 1.15, 1.7):
        k = u + 0.06
        while k < u + wide - 0.15:
            gw, gh = random.uniform(0.07, 0.22), random.uniform(0.12, 0.42)
            tone = linear(*random.uniform(40, 235, 3)) * np.float32(0.30 * lit + 0.02) + glass * 0.25
            inks.append(Ink(rect(k, v, min(gw, u + wide - k), gh), tone, shines=True))
            k += gw + random.uniform(0.02, 0.16)
        inks.append(Ink(rect(u, v - 0.04, wide, 0.04), glass * 0.4, shines=True))
    for k in range(max(1, round(wide / 0.7))):
        spot = u + wide * (k + 0.5) / max(1, round(wide / 0.7))
        inks.append(Ink(rect(spot - 0.07, 2.28, 0.14, 0.09), WARM * np.float32(2.2 * lit), shines=True))
    inks.append(Ink([(u + 0.2 * wide, 0.6), (u + 0.45 * wide, 2.6)], glass * 1.5 + 0.015, thick=0.05, shines=True))
    return inks


def _awning(wide: float, colour: Colour, random: Random) -> list[Wall]:
    """A striped awning."""
    other = linear(236, 228, 210)
    count = max(4, round(wide / 0.45))
    walls = []
    for k in range(count):
        x0, x1 = wide * k / count, wide * (k + 1) / count
        tone = colour if k % 2 else other
        corners = [(x0, 2.45, -1.15), (x1, 2.45, -1.15), (x1, 2.95, -0.05), (x0, 2.95, -0.05)]
        walls.append(replace(plane(corners, tone), twin=True, near=1.2))
        flap = [(0, 0.0), (x1 - x0, 0.0), (x1 - x0, 0.22), (0, 0.22)]
        walls.append(Wall((x0, 2.24, -1.15), RIGHT, UP, flap, tone * np.float32(0.85), near=1.3, twin=True))
    return walls


def _entrance(plan: Front, light: Daylight, random: Random) -> list[Wall]:
    inks = []
    for k in range(max(2, round(plan.wide / 2.4))):
        u = plan.wide * (k + 0.5) / max(2, round(plan.wide / 2.4)) - 0.6
        if k == 1:
            inks += door(Pane(u, 0, 1.3, 2.5), linear(90, 60, 44))
        else:
            inks += window(Pane(u, 1.0, 1.2, 1.7), light, random)
    return [Wall((0, 0, -0.02), RIGHT, UP, rect(0, 0, plan.wide, 3.6), linear(120, 110, 100), tuple(inks), near=0.1)]


def _neon(plan: Front, y: float, light: Daylight, random: Random) -> list[Wall]:
    """A sign: upright or lying, a box with glowing letters and a glowing frame."""
    tone = NEONS[random.integers(0, len(NEONS))] * np.float32(0.25 + 1.2 * light.lamps)
    other = NEONS[random.integers(0, len(NEONS))] * np.float32(0.2 + 1.0 * light.lamps)
    name = ("RAMEN", "HOTEL", "CLUB", "NOVA", "BAR", "KARAOKE", "SUSHI", "ZEN", "OPEN", "24H")[random.integers(0, 10)]
    dark = linear(22, 20, 30)
    if random.random() < 0.6:
        step = 0.62
        wide, tall = 0.85, step * len(name) + 0.3
        inks = [Ink(rect(0.05, 0.05, wide - 0.1, tall - 0.1), tone * 0.12, shines=True)]
        inks += _frame(wide, tall, other)
        for k, letter in enumerate(name):
            inks += letters(letter, 0.22, tall - (k + 1) * step - 0.05, 0.48, tone, shines=True)
        u = random.uniform(0.1, max(0.2, plan.wide - 1.1))
        return [Wall((u, y, -0.9), RIGHT, UP, rect(0, 0, wide, tall), dark, tuple(inks), near=2.0, twin=True)]
    size = 0.55
    wide, tall = 0.42 * len(name) + 0.5, 0.95
    inks = [Ink(rect(0.05, 0.05, wide - 0.1, tall - 0.1), other * 0.10, shines=True), *_frame(wide, tall, other)]
    inks += letters(name, 0.25, 0.2, size, tone, shines=True)
    u = random.uniform(0.1, max(0.2, plan.wide - wide))
    return [Wall((u, y, -0.4), RIGHT, UP, rect(0, 0, wide, tall), dark, tuple(inks), near=1.5, twin=True)]


def _frame(wide: float, tall: float, colour: Colour) -> list[Ink]:
    ring = [(0.06, 0.06), (wide - 0.06, 0.06), (wide - 0.06, tall - 0.06), (0.06, tall - 0.06), (0.06, 0.06)]
    return [Ink(ring, colour, thick=0.06, shines=True)]


def row_of_fronts(site: Site, z: float, plans: list[Front], what: str) -> Flat:
    """House fronts side by side at `z`, going on seamlessly to both sides."""
    random, lens = site.random(what), site.lens
    walls: list[Wall] = []
    x = 0.0
    for plan in plans:
        if plan.storeys >= 0:
            walls += moved(front(plan, site.light, random), (x, 0, 0.12 * float(random.integers(0, 3))))
        x += plan.wide
    metre = min(site.fine(z), 0.09 * lens.height)
    # each copy is seen from before its middle, so that it fits its neighbours
    pose = Pose(x / 2, lens.eye, z * 6)
    finish = Finish(0.6, is_snowy(site), 0.6)
    layer, aside, low = paint_walls(walls, site.light, pose, metre, random, finish)
    return Flat(layer, metre, aside - x / 2, z, low, period=x)


def across_the_street(site: Site, z: float) -> tuple[Flat, ...]:
    """What a big window looks out on: the fronts across the way."""
    random = site.random("across")
    wide = max(18.0, site.lens.reach(z) * 1.2)
    plans, x = [], 0.0
    while x < wide:
        plans.append(Front(float(random.uniform(5, 8)), int(random.integers(2, 4))))
        x += plans[-1].wide
    return (row_of_fronts(site, z, plans, "across fronts"),)
