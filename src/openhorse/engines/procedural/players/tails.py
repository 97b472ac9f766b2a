"""A posture in; the capsules of its tail, and of what its trunk bears besides a dog's, out: wool, humps, manes.

Knows no head and no legs. Dogs' plumes, brushes and horses' tails are quadruped.py's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from openhorse.engines.procedural.players.posture import Array, Head, Posture, Skin

_TURN = 2 * math.pi


@dataclass(frozen=True, slots=True)
class _Chain:
    """A tail: the angle it starts at, how it curls from bone to bone, its bones' length and its radii."""

    start: float
    curl: tuple[float, ...]
    bone: float
    radii: tuple[float, ...]
    hair: float | None = None
    loose: float = 1.0


_TAILS = {
    "thin": _Chain(
        2.75,
        (0, 0.02, -0.06, -0.14, -0.2, -0.2, -0.12),
        0.074,
        (0.026, 0.024, 0.022, 0.021, 0.020, 0.019, 0.017, 0.012),
    ),
    "long": _Chain(
        3.55,
        (0.28, 0.18, 0.05, -0.18, -0.3, -0.34, -0.3, -0.2),
        0.074,
        (0.032, 0.028, 0.024, 0.022, 0.021, 0.021, 0.021, 0.022, 0.014),
    ),
    "tuft": _Chain(
        3.75, (0.42, 0.22, 0.08, 0.02, 0, 0), 0.066, (0.024, 0.017, 0.013, 0.011, 0.010, 0.009, 0.008), 0.001
    ),
    "short": _Chain(3.7, (0.15, 0.1), 0.05, (0.030, 0.030, 0.012)),
    "curl": _Chain(2.35, (-0.35, -0.55, -0.62, -0.62, -0.55), 0.062, (0.034, 0.046, 0.052, 0.050, 0.042, 0.014)),
    "pig": _Chain(2.9, (0.9, 1.2, 1.3, 1.2), 0.024, (0.012, 0.010, 0.009, 0.007, 0.004), 0.001, 0.4),
    "bush": _Chain(
        2.45,
        (-0.35, -0.38, -0.22, 0.10, 0.45, 0.75, 0.80),
        0.086,
        (0.034, 0.060, 0.078, 0.086, 0.086, 0.078, 0.062, 0.026),
        0.030,
        0.4,
    ),
    "saurian": _Chain(
        3.3,
        (-0.10, -0.10, -0.08, -0.06, -0.05, -0.05, -0.04, -0.04),
        0.105,
        (0.100, 0.086, 0.072, 0.060, 0.049, 0.038, 0.028, 0.018, 0.006),
        0.001,
        0.45,
    ),
    "rat": _Chain(
        3.35,
        (-0.10, -0.12, -0.10, -0.04, 0.05, 0.1, 0.1),
        0.080,
        (0.014, 0.012, 0.011, 0.010, 0.009, 0.008, 0.007, 0.004),
        0.0008,
        0.6,
    ),
}


def draw_tail(posture: Posture) -> None:
    """A chain that swings late against the trunk."""
    build, coat = posture.build, posture.build.coat
    if build.tail == "none":
        return
    if build.tail == "bob":
        x, y, _ = posture.trunk(-0.335, 0.045)
        posture.add((x, y, 0), (x - 0.012, y + 0.012, 0), (0.048, 0.040), Skin(coat.light, fur=0.014), 0.02)
        return
    chain = _TAILS[build.tail]
    angle, x, y, z = chain.start, -0.325, 0.035 - 0.03 * posture.flex, 0.0
    count = len(chain.curl)
    there = posture.trunk(x / build.body, y, z)
    for i, curl in enumerate(chain.curl):
        q = i / count
        angle += curl
        sway = (0.10 + 0.34 * q) * posture.wave(0.12 + 0.085 * i) * chain.loose
        now = angle + sway - posture.attitude.tail * (1 - 0.5 * q)
        next_x, next_y = x + chain.bone * math.cos(now), y + chain.bone * math.sin(now)
        next_z = 0.22 * (q + 0.15) * posture.attitude.wag * chain.loose
        here, there = there, posture.trunk(next_x / build.body, next_y, next_z)
        low = max(0.0, chain.radii[i + 1] + 0.004 - there[1])  # a tail that lies on the ground
        there = (there[0], there[1] + low, there[2])
        colour = coat.base * (1 - 0.35 * q) + coat.dark * (0.35 * q)
        if build.tail in ("curl", "bush"):
            colour = coat.base * (1 - 0.6 * q) + coat.light * (0.6 * q)
        hair = build.hair if chain.hair is None else chain.hair
        posture.add(here, there, chain.radii[i : i + 2], Skin(colour, fur=hair, flow=0.5), 0.03)  # type: ignore[arg-type]
        x, y, z = next_x, next_y, next_z
    if build.tail == "tuft":
        tuft = coat.mane if coat.mane is not None else coat.dark
        end = (there[0] - 0.01, max(0.03, there[1] - 0.085), there[2])
        posture.add(there, end, (0.018, 0.024), Skin(tuft, fur=0.022, flow=1), 0.015)


def draw_bulk(posture: Posture) -> None:
    """Belly, withers, humps, wool, dark bands and spines."""
    build, bulk, t, g = posture.build, posture.build.bulk, posture.trunk, posture.build.girth
    coat = build.coat
    if bulk.belly:
        b = bulk.belly
        pale = coat.base * (1 - coat.under) + coat.light * coat.under
        wide = 0.105 * g * (1 + 0.28 * b)
        posture.add(t(0.12, -0.030 - 0.045 * b), t(-0.14, -0.030 - 0.040 * b), (wide, wide * 0.97), pale, 0.09)
    if bulk.withers:
        w = bulk.withers
        posture.add(t(0.16, 0.055 + 0.05 * w), t(0.06, 0.05 + 0.02 * w), (0.080 * g, 0.060 * g), coat.base, 0.09)
    for k in range(bulk.humps):
        x = -0.03 if bulk.humps == 1 else 0.09 - 0.21 * k
        posture.add(t(x, 0.10), t(x - 0.01, 0.225), (0.092, 0.060), Skin(coat.dark, fur=0.012, flow=0.6), 0.08)
    if bulk.wool:
        _draw_wool(posture, bulk.wool)
    if bulk.spines:
        for k in range(9):
            x = 0.22 - 0.066 * k
            y = 0.115 * g + (0.0 if abs(x) < 0.2 else -0.02)
            posture.add(t(x, y), t(x - 0.035, y + 0.052, 0), (0.020, 0.003), Skin(coat.dark, fur=0.0), 0.01)


def draw_saddle(posture: Posture, colour: Array) -> None:
    """A band of another colour around the shoulders, or over the back: a panda's, a shepherd's."""
    t, g = posture.trunk, posture.build.girth
    if posture.build.coat.limbs is not None:
        posture.add(t(0.150, 0.03), t(0.170, -0.10), (0.144 * g, 0.136 * g), Skin(colour), 0.010, 1.0)
    else:
        posture.add(t(0.13, 0.052), t(-0.20, 0.060), (0.100 * g, 0.086 * g), Skin(colour), 0.05, 1.0)


def _draw_wool(posture: Posture, amount: float) -> None:
    # curls over the side that is seen, in a lattice that is not quite even
    g, cream = posture.build.girth, posture.build.coat.base
    for i in range(6):
        for j in range(6):
            angle = math.radians(-72 + 42 * j + (21 if i % 2 else 0))
            uneven = 0.012 * math.sin(12.9 * i + 7.1 * j)
            far = (0.112 + uneven) * g * amount
            x = -0.285 + 0.108 * i + 0.012 * math.sin(3.3 * j + i)
            up = -0.01 + far * math.sin(angle)
            place = posture.trunk(x, up, far * math.cos(angle))
            tone = 0.94 + 0.08 * math.sin(5.1 * i + 3.7 * j)
            posture.add(place, place, (0.058 + uneven, 0.058 + uneven), Skin(cream * tone, fur=0.006, flow=0.5), 0.022)


def draw_ruff(posture: Posture, head: Head, colour: Array) -> None:
    """A lion's mane: locks in a ring behind the face, and on the chest."""
    sway = 0.012 * posture.wave(0.3)
    for k in range(11):
        angle = _TURN * (k + 0.5) / 11
        up, out = math.sin(angle), math.cos(angle)
        start = head(-0.030, 0.060 * up, 0.062 * out)
        end = head(-0.115 - sway, -0.022 + 0.140 * up, 0.124 * out)
        posture.add(start, end, (0.058, 0.056), Skin(colour * (0.85 + 0.2 * (k % 2)), fur=0.030, flow=0.6), 0.03)
    t = posture.trunk
    g = posture.build.girth
    posture.add(
        t(0.185, 0.045), head(-0.090, -0.02, 0), (0.156 * g, 0.158), Skin(colour * 0.9, fur=0.034, flow=0.8), 0.05
    )
    posture.add(t(0.245, 0.00), t(0.25, -0.13), (0.150 * g, 0.088), Skin(colour * 0.75, fur=0.036, flow=1.0), 0.05)
