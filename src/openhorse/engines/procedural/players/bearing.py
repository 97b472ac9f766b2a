"""Somebody and a moment in, a quiet stance out, and the ways to hold an arm that every deed needs. Knows no deeds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from openhorse.engines.procedural.players.person import Body, Limb, Stance

TURN = 2 * math.pi
BACK = (-1.0, -0.15, 0.35)
OUT = (-0.5, -0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does it: the body, how hurried, and a number of its own that sets it apart from others (0…1)."""

    body: Body
    own: float = 0.0


def wave(t: float, period: float, late: float = 0.0) -> float:
    """A sine of a period in seconds."""
    return math.sin(TURN * (t / period - late))


def ease(x: float) -> float:
    """0…1, slow at both ends."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def arm(body: Body, swing: float, bend: float, out: float = 0.10, across: float = 0.0) -> Limb:
    """An arm `swing` forward and `out` sideways at the shoulder, `bend` at the elbow; radians."""
    a, b = swing, swing + bend
    x = body.upper_arm * math.sin(a) + body.forearm * math.sin(b)
    y = body.shoulder - (body.upper_arm * math.cos(a) + body.forearm * math.cos(b)) * math.cos(out)
    z = body.shoulders + (body.upper_arm + body.forearm) * math.sin(out) - across
    return Limb(x, y, z, elbow=BACK)


def blink(t: float, own: float) -> float:
    """Lids, 0 open … 1 shut: now and then, twice in a row at times."""
    beat = (t + own * 3.1) % 3.4
    again = (t + own * 7.7) % 8.9
    return max(_closing(beat - 1.2), _closing(again - 5.0))


def _closing(t: float) -> float:
    return max(0.0, 1 - abs(t) / 0.09) ** 0.5 if abs(t) < 0.09 else 0.0


def stand(doer: Doer, t: float) -> Stance:
    """Breathes, shifts its weight, looks round, blinks."""
    body = doer.body
    breath = wave(t, 3.6, doer.own)
    weight = wave(t, 7.3, doer.own * 2)
    gaze = ease(0.5 + 1.6 * math.sin(TURN * (t / 6.1 + doer.own))) - 0.5
    feet = (Limb(0.035, body.ankle, 0.105), Limb(-0.045, body.ankle, 0.105))
    hands = (
        arm(body, 0.05 + 0.02 * breath, 0.22, 0.11),
        arm(body, 0.02 + 0.02 * wave(t, 3.6, doer.own + 0.1), 0.25, 0.11),
    )
    return Stance(
        feet,
        hands,
        sink=0.016 + 0.004 * breath,
        shift=(0.0, 0.022 * weight),
        roll=0.030 * weight,
        tilt=-0.035 * weight,
        bend=-0.02 + 0.012 * breath,
        nod=0.03 + 0.03 * wave(t, 5.3),
        look=0.55 * gaze,
        lids=blink(t, doer.own),
    )
