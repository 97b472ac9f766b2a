"""A kind's name in, the walls of what people build for pleasure out: a fountain, a pier, a big wheel, steps.

Each is as large as such things are (metres), its foot in the middle of its ground. Knows no place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.model import RIGHT, UP, Ink, Vector, Wall, box, drum, moved
from openhorse.engines.procedural.parts.windows import WARM, rect
from openhorse.engines.procedural.world.hours import Daylight

Random = np.random.Generator
_STONE = linear(196, 188, 172)
_PLANK = linear(132, 100, 70)
_WHITE = linear(226, 226, 222)


def fountain(light: Daylight, random: Random) -> list[Wall]:
    """A round basin with two bowls on a stem, water springing and falling in arcs."""
    walls = drum((0, 0, 0), 2.5, 2.4, 0.55, [_STONE * np.float32(t) for t in (0.8, 1.05)], 26)
    water = linear(120, 170, 190)
    pool = [(2.25 * math.cos(a), 0.30 * math.sin(a)) for a in np.linspace(0, math.tau, 25)[:-1]]
    walls.append(Wall((0, 0.56, -2.0), RIGHT, UP, pool, water, near=1.2))
    for low, high, up, tall in (
        (0.35, 0.25, 0.5, 1.0),
        (0.3, 1.25, 1.5, 0.30),
        (0.2, 0.15, 1.8, 0.7),
        (0.15, 0.7, 2.5, 0.22),
    ):
        walls += [replace(w, near=1.5) for w in drum((0, up, 0), low, high, tall, [_STONE], 16)]
    spray = _WHITE * (light.ambient * 0.9 + light.key * 0.45)
    inks = []
    for k in range(22):
        reach = random.uniform(0.4, 2.0) * (1 if k % 2 else -1)
        high = random.uniform(0.5, 1.15)
        base = 2.7 if abs(reach) < 1.2 else 1.75
        t = np.linspace(0, 1, 12)
        y = base + 4 * high * t * (1 - t) * (0.6 if base < 2 else 1.0) - (base - 0.55) * t * t
        arc = [(float(reach * a), float(b)) for a, b in zip(t, y, strict=True)]
        inks.append(Ink(arc, spray * np.float32(random.uniform(0.5, 0.95)), thick=0.035, shines=True))
    walls.append(
        Wall(
            (0, 0, -1.3),
            RIGHT,
            UP,
            [(-0.01, 2.7), (0.01, 2.7), (0.01, 3.5), (-0.01, 3.5)],
            spray,
            tuple(inks),
            near=4.0,
        )
    )
    return walls


def pier(light: Daylight, random: Random) -> list[Wall]:
    """Twenty metres of a wooden pier on its piles, with a rail, and a lamp at its end."""
    walls: list[Wall] = []
    for k in range(11):
        for d in (-1.0, 1.0):
            walls += box((-10 + 2 * k - 0.11, -0.6, d), (0.22, 1.9, 0.22), _PLANK * np.float32(0.55))
    for k in range(40):
        tone = _PLANK * np.float32(random.uniform(0.8, 1.2))
        walls += [replace(w, near=0.5) for w in box((-10 + 0.5 * k, 1.3, -1.2), (0.47, 0.14, 2.6), tone)]
    for k in range(11):
        walls += [replace(w, near=1.0) for w in box((-10 + 2 * k - 0.05, 1.4, -1.15), (0.1, 1.0, 0.1), _PLANK)]
    walls += [replace(w, near=1.1) for w in box((-10, 2.3, -1.15), (20, 0.1, 0.08), _PLANK * np.float32(1.1))]
    walls += box((9.4, 1.4, 0.6), (0.12, 2.6, 0.12), linear(50, 52, 56))
    glow = (Ink(rect(0, 0, 0.4, 0.5), WARM * np.float32(0.3 + 1.6 * light.lamps), shines=True),)
    return [*walls, Wall((9.26, 3.9, 0.5), RIGHT, UP, rect(0, 0, 0.4, 0.5), _WHITE, glow, near=1.0)]


def big_wheel(light: Daylight, random: Random) -> list[Wall]:
    """A Ferris wheel with coloured gondolas, strung with lamps at night."""
    hub, radius, count = 21.0, 18.0, 16
    iron = linear(214, 218, 226)
    walls: list[Wall] = []
    for d in (-2.0, 2.0):
        for x in (-9.0, 9.0):
            leg = [(x - 0.4, 0), (x + 0.4, 0), (0.35, hub), (-0.35, hub)]
            walls.append(Wall((0, 0, d), RIGHT, UP, leg, iron * np.float32(0.8), twin=True))
    ring, spokes, lamps = [], [], []
    tones = (linear(255, 90, 110), linear(255, 200, 80), linear(90, 190, 255), linear(130, 240, 150))
    for k in range(count * 4):
        a, b = math.tau * k / (count * 4), math.tau * (k + 1) / (count * 4)
        ring.append(Ink([_on(radius, a), _on(radius, b)], iron, thick=0.34))
        ring.append(Ink([_on(0.86 * radius, a), _on(0.86 * radius, b)], iron * np.float32(0.9), thick=0.22))
        if light.lamps > 0.1:
            x, y = _on(radius, a)
            lamps.append(
                Ink(rect(x - 0.2, y - 0.2, 0.4, 0.4), tones[k % 4] * np.float32(2.0 * light.lamps), shines=True)
            )
    for k in range(count):
        a = math.tau * k / count
        tone = tones[k % 4] * np.float32(1.1 * light.lamps) if light.lamps > 0.1 else iron * np.float32(0.85)
        spokes.append(Ink([(0, 0), _on(radius, a)], tone, thick=0.14, shines=light.lamps > 0.1))
        spokes.append(Ink([_on(0.86 * radius, a), _on(radius, a + math.tau / count / 2)], iron, thick=0.12))
    wheel = Wall((0, hub, 0), RIGHT, UP, rect(-0.6, -0.6, 1.2, 1.2), iron, (*spokes, *ring, *lamps), near=1.0)
    walls.append(wheel)
    for k in range(count):
        x, y = _on(radius, math.tau * (k + 0.5) / count)
        glass = (Ink(rect(0.25, 0.9, 1.5, 0.8), WARM * np.float32(0.25 + 1.0 * light.lamps), shines=True),)
        walls += [
            replace(w, near=2.0) for w in box((x - 1, hub + y - 2.1, -0.9), (2.0, 2.0, 1.8), tones[(k * 3) % 4], glass)
        ]
    return walls


def _on(radius: float, angle: float) -> tuple[float, float]:
    return radius * math.sin(angle), radius * math.cos(angle)


def stairs(light: Daylight, random: Random) -> list[Wall]:
    """A flight of stone steps up a bank, with low walls at its sides."""
    walls: list[Wall] = []
    for k in range(16):
        tone = _STONE * np.float32(random.uniform(0.78, 0.95))
        tread: Vector = (-2.0, 0.0, 0.32 * k)
        walls += [replace(w, near=0.02 * k) for w in box(tread, (4.0, 0.17 * (k + 1), 0.34), tone)]
    for x in (-2.5, 2.0):
        for k in range(8):
            tone = _STONE * np.float32(random.uniform(0.7, 0.9))
            walls += box((x, 0, 0.64 * k), (0.5, 0.55 + 0.34 * (k + 1), 0.66), tone)
    return moved(walls, (0, 0, -2.5))


PLEASURES: Mapping[str, Callable[[Daylight, Random], list[Wall]]] = {
    "fountain": fountain,
    "pier": pier,
    "ferris-wheel": big_wheel,
    "stairs": stairs,
}
