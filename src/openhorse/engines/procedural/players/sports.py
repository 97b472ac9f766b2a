"""Somebody and a moment in, the stance of one who jumps, sits, rides, flies, swims or glides out. Knows no mounts."""

from __future__ import annotations

import math
from dataclasses import replace

from openhorse.engines.procedural.players.bearing import OUT, TURN, Doer, arm, blink, ease, stand, wave
from openhorse.engines.procedural.players.person import Limb, Stance


def jump(doer: Doer, t: float) -> Stance:
    """Crouches, springs, lands, again and again."""
    body, beat = doer.body, (t / JUMP_PERIOD) % 1.0
    crouch = math.sin(math.pi * ease(beat / 0.30)) ** 2 if beat < 0.30 else 0.0
    air = min(max((beat - 0.26) / 0.42, 0.0), 1.0)
    height = 0.42 * 4 * air * (1 - air)
    land = math.sin(math.pi * min(max((beat - 0.68) / 0.32, 0.0), 1.0)) ** 1.5 if beat > 0.68 else 0.0
    down = 0.20 * crouch + 0.15 * land + 0.015
    tuck = 0.16 * math.sin(math.pi * air)
    feet = tuple(
        Limb(0.02 + x - 0.25 * tuck, body.ankle + tuck, 0.10, -0.55 * math.sin(math.pi * air)) for x in (0.03, -0.03)
    )
    up = ease((beat - 0.20) / 0.14) * (1 - ease((beat - 0.55) / 0.25))
    hands = tuple(arm(body, -0.7 * crouch + 2.7 * up, 0.35 + 0.2 * land, 0.18 + 0.25 * up) for _ in range(2))
    return Stance(
        (feet[0], feet[1]),
        (hands[0], hands[1]),
        root=(0, height, 0),
        sink=down,
        lean=0.40 * (crouch + 0.6 * land),
        bend=0.20 * crouch - 0.12 * up,
        nod=-0.25 * crouch - 0.10 * up,
        mouth=0.45 * up,
        lids=blink(t, doer.own),
    )


JUMP_PERIOD = 1.25
SEAT = 0.47
"""How high a stool is, in metres of a grown body."""


def sit(doer: Doer, t: float) -> Stance:
    """On a stool, hands in the lap."""
    base, body = stand(doer, t), doer.body
    feet = (Limb(0.40, body.ankle, 0.11), Limb(0.36, body.ankle, 0.11))
    hands = (Limb(0.26, body.hip + 0.09, 0.08, elbow=OUT), Limb(0.25, body.hip + 0.09, 0.07, elbow=OUT))
    return replace(
        base, feet=feet, hands=hands, sink=body.hip - SEAT - 0.075, shift=(-0.02, 0.0), lean=-0.05, bend=0.08
    )


def settle(doer: Doer, t: float) -> Stance:
    """On the ground, the knees up and the hands round them."""
    base, body = stand(doer, t), doer.body
    feet = (Limb(0.50, body.ankle, 0.10), Limb(0.46, body.ankle, 0.12))
    hands = (Limb(0.36, body.hip + 0.17, 0.10, elbow=OUT), Limb(0.35, body.hip + 0.16, 0.08, elbow=OUT))
    return replace(
        base,
        feet=feet,
        hands=hands,
        sink=body.hip - 0.13,
        shift=(-0.04, 0.0),
        lean=-0.12,
        bend=0.24,
        roll=0.0,
        tilt=0.0,
    )


def kneel(doer: Doer, t: float) -> Stance:
    """On one knee, leaning ahead a little."""
    base, body = stand(doer, t), doer.body
    knee = body.thigh * 0.97
    feet = (Limb(0.30, body.ankle, 0.10), Limb(-0.40, 0.10, 0.09, -1.15))
    return replace(base, feet=feet, sink=body.hip - knee - 0.03, shift=(-0.02, 0.0), lean=0.12, bend=0.10, roll=0.0)


def toss(doer: Doer, t: float) -> Stance:
    """Both hands before the breast, ready to throw and to catch."""
    base, body = stand(doer, t), doer.body
    beat = 0.5 - 0.5 * math.cos(TURN * t / 1.3)
    hands = tuple(
        Limb(0.30 + 0.10 * beat, body.shoulder - 0.20 + 0.16 * beat, 0.13, elbow=(-0.4, -1.0, 0.5)) for _ in range(2)
    )
    return replace(base, hands=(hands[0], hands[1]), sink=base.sink + 0.03 * (1 - beat), mouth=0.2, look=0.0)


def saddle(doer: Doer, t: float) -> Stance:
    """Astride something, hands ahead on reins or bars; the seat is where the ground would be."""
    base, body = stand(doer, t), doer.body
    sink = body.hip - 0.06
    feet = (Limb(0.13, -0.62, 0.20, 0.12), Limb(0.13, -0.62, 0.20, 0.12))
    hands = (Limb(0.36, body.hip + 0.22, 0.06, elbow=OUT), Limb(0.38, body.hip + 0.22, 0.06, elbow=OUT))
    nodding = wave(t, 0.9)
    return replace(
        base,
        feet=feet,
        hands=hands,
        sink=sink,
        shift=(0.0, 0.0),
        lean=0.03 + 0.02 * nodding,
        bend=0.05 + 0.02 * nodding,
        roll=0.0,
    )


def pedal(doer: Doer, t: float) -> Stance:
    """On a bicycle: the feet go round with the pedals."""
    base, body = stand(doer, t), doer.body
    turn = -TURN * t / PEDAL_PERIOD
    feet = tuple(
        Limb(
            0.20 + 0.165 * math.cos(turn + half),
            -0.56 + 0.165 * math.sin(turn + half) + body.ankle,
            0.10,
            -0.25 - 0.2 * math.sin(turn + half),
        )
        for half in (0.0, math.pi)
    )
    hands = (Limb(0.50, body.hip + 0.30, 0.22, elbow=OUT), Limb(0.50, body.hip + 0.30, 0.22, elbow=OUT))
    return replace(
        base,
        feet=(feet[0], feet[1]),
        hands=hands,
        sink=body.hip - 0.075,
        shift=(0.0, 0.0),
        lean=0.32,
        bend=0.10,
        nod=-0.34,
        roll=0.02 * math.sin(turn),
    )


PEDAL_PERIOD = 1.15


def soar(doer: Doer, t: float) -> Stance:
    """Flies like a hero: level, one fist ahead."""
    body = doer.body
    bob = wave(t, 2.3)
    feet = (Limb(-0.02, body.ankle - 0.02, 0.055, -1.1), Limb(-0.10 + 0.02 * bob, body.ankle + 0.06, 0.055, -1.2))
    hands = (Limb(0.05, body.shoulder + 0.47, 0.17, elbow=(0, 0, 1)), arm(body, -0.05, 0.5, 0.12))
    return Stance(
        feet,
        hands,
        root=(0, -0.05 + 0.03 * bob, 0),
        tip=1.22 + 0.04 * bob,
        bank=0.10 * wave(t, 3.7),
        bend=-0.12,
        nod=-0.62,
        lids=blink(t, doer.own),
    )


def drift(doer: Doer, t: float) -> Stance:
    """Floats without weight: limbs loose, turning slowly."""
    body = doer.body
    a, b = wave(t, 5.3, doer.own), wave(t, 6.7, doer.own + 0.3)
    feet = (
        Limb(0.10 + 0.05 * a, body.ankle + 0.14 + 0.04 * b, 0.12, -0.6),
        Limb(-0.18 - 0.05 * b, body.ankle + 0.20, 0.10, -0.75),
    )
    hands = (
        Limb(0.30 + 0.04 * b, body.shoulder - 0.14 + 0.08 * a, 0.36, elbow=OUT),
        Limb(0.18 - 0.05 * a, body.shoulder - 0.08 + 0.08 * b, 0.42, elbow=OUT),
    )
    return Stance(
        feet,
        hands,
        root=(0, 0.06 * a, 0),
        tip=0.20 + 0.12 * b,
        bank=0.10 * a,
        spin=0.35 * wave(t, 11.0),
        nod=-0.1,
        look=0.2 * b,
        lids=blink(t, doer.own),
    )


def swim(doer: Doer, t: float) -> Stance:
    """The crawl: level, arms wheeling, feet beating."""
    body = doer.body
    turn = TURN * t / 1.7
    hands = tuple(
        Limb(
            0.10 - 0.22 * math.sin(turn + half) * 0.9,
            body.shoulder + 0.44 * math.cos(turn + half),
            0.20,
            elbow=(-0.6, 0.0, 0.9),
        )
        for half in (0.0, math.pi)
    )
    feet = tuple(Limb(0.11 * math.sin(3 * turn + half), body.ankle + 0.02, 0.07, -1.1) for half in (0.0, math.pi))
    return Stance(
        (feet[0], feet[1]),
        (hands[0], hands[1]),
        root=(0, -body.hip - 0.02, 0),
        tip=1.42,
        roll=0.0,
        twist=0.35 * math.sin(turn),
        bend=-0.10,
        nod=-0.55,
        look=0.4 * math.sin(turn),
        lids=blink(t, doer.own),
    )


def glide(doer: Doer, t: float) -> Stance:
    """On skis, a board or skates: low, leaning from edge to edge."""
    body = doer.body
    carve = wave(t, 2.2)
    feet = (Limb(0.05, body.ankle, 0.10), Limb(-0.01, body.ankle, 0.10))
    hands = (
        Limb(0.32, body.shoulder - 0.28, 0.26 + 0.05 * carve, elbow=OUT),
        Limb(0.30, body.shoulder - 0.28, 0.26 - 0.05 * carve, elbow=OUT),
    )
    return Stance(
        feet,
        hands,
        sink=0.19 + 0.03 * abs(carve),
        shift=(-0.08, 0.05 * carve),
        lean=0.42,
        bend=0.20,
        nod=-0.45,
        roll=0.10 * carve,
        tilt=-0.1 * carve,
        lids=blink(t, doer.own),
    )


def surf(doer: Doer, t: float) -> Stance:
    """Sideways on a board, arms out for balance."""
    body = doer.body
    sway = wave(t, 1.9)
    feet = (Limb(0.36, body.ankle, 0.05), Limb(-0.34, body.ankle, 0.05))
    hands = (
        Limb(0.34, body.shoulder - 0.05 + 0.10 * sway, 0.24, elbow=OUT),
        Limb(-0.26, body.shoulder - 0.02 - 0.10 * sway, 0.30, elbow=OUT),
    )
    return Stance(
        feet,
        hands,
        root=(0, 0.03 * sway, 0),
        sink=0.25 + 0.04 * sway,
        lean=0.20,
        bend=0.18,
        nod=-0.30,
        swing=0.55,
        twist=0.25,
        look=-0.75,
        roll=0.08 * sway,
        bank=0.05 * sway,
        lids=blink(t, doer.own),
    )
