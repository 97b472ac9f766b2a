"""What somebody does and a moment in, the stance out: standing, walking, dancing, playing and the rest.

Knows no clothes and no pixels. Moments are seconds of the player's own time, lengths those of a grown body.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from openhorse.engines.procedural.players.person import Body, Limb, Stance
from openhorse.engines.procedural.players.stride import RUN, SHUFFLE, STROLL, WALK, Stride

_TURN = 2 * math.pi
_BACK = (-1.0, -0.15, 0.35)
_OUT = (-0.5, -0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does it: the body, how hurried, and a number of its own that sets it apart from others (0…1)."""

    body: Body
    own: float = 0.0


def wave(t: float, period: float, late: float = 0.0) -> float:
    """A sine of a period in seconds."""
    return math.sin(_TURN * (t / period - late))


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
    return Limb(x, y, z, elbow=_BACK)


def blink(t: float, own: float) -> float:
    """Lids, 0 open … 1 shut: now and then, twice in a row at times."""
    beat = (t + own * 3.1) % 3.4
    again = (t + own * 7.7) % 8.9
    return max(_closing(beat - 1.2), _closing(again - 5.0))


def _closing(t: float) -> float:
    return max(0.0, 1 - abs(t) / 0.09) ** 0.5 if abs(t) < 0.09 else 0.0


def speech(t: float) -> float:
    """How far a talking mouth opens, 0…1."""
    pause = ease(0.5 + 1.2 * math.sin(_TURN * t / 2.9 + 0.4))
    return pause * (0.18 + 0.62 * abs(math.sin(_TURN * t * 2.1) * math.sin(_TURN * t * 1.37 + 1)))


def stand(doer: Doer, t: float) -> Stance:
    """Breathes, shifts its weight, looks round, blinks."""
    body = doer.body
    breath = wave(t, 3.6, doer.own)
    weight = wave(t, 7.3, doer.own * 2)
    gaze = ease(0.5 + 1.6 * math.sin(_TURN * (t / 6.1 + doer.own))) - 0.5
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


def go(doer: Doer, t: float, stride: Stride) -> Stance:
    """Walks or runs: the arms against the legs, the chest against the hips."""
    body, p = doer.body, t / stride.cycle
    running = stride.bounce > 0
    feet = (stride.foot(body, p)[0], stride.foot(body, p + 0.5)[0])
    step = math.cos(_TURN * (p - 0.03))
    brisk = min(1.0, stride.reach / 0.7)
    if running:
        hands = tuple(
            arm(body, -0.12 + 0.72 * s, 1.62 + 0.22 * s, 0.14, 0.05 + 0.05 * max(0, s)) for s in (-step, step)
        )
    else:
        hands = tuple(
            arm(body, 0.02 + 0.44 * brisk * s, 0.18 + 0.20 * brisk * max(0.0, s + 0.35), 0.10, 0.015 * max(0, s))
            for s in (-step, step)
        )
    sway = math.sin(_TURN * (p - 0.05))
    return Stance(
        feet,
        (hands[0], hands[1]),
        sink=stride.hips(body, p),
        shift=(0.0, 0.020 * sway),
        lean=(0.17 if running else 0.025),
        swing=0.13 * step * brisk,
        bend=0.02 + (0.05 if running else 0.0) + 0.012 * math.cos(2 * _TURN * p),
        twist=-(0.42 if running else 0.24) * step * brisk,
        roll=-0.035 * sway,
        nod=-0.02 - (0.12 if running else 0.0) + 0.016 * math.cos(2 * _TURN * p + 0.8),
        look=0.11 * step * brisk + 0.06 * wave(t, 5.7, doer.own),
        tilt=0.02 * sway,
        lids=blink(t, doer.own),
        mouth=0.16 if running else 0.0,
    )


def walk(doer: Doer, t: float) -> Stance:
    """At an everyday pace."""
    return go(doer, t, WALK)


def stroll(doer: Doer, t: float) -> Stance:
    """At leisure."""
    return go(doer, t, STROLL)


def shuffle(doer: Doer, t: float) -> Stance:
    """As the old go: bent, in short steps."""
    return replace(go(doer, t, SHUFFLE), bend=0.22, nod=-0.12)


def run(doer: Doer, t: float) -> Stance:
    """With both feet off the ground between the steps."""
    return go(doer, t, RUN)


def hail(doer: Doer, t: float) -> Stance:
    """Waves a raised hand."""
    base, body = stand(doer, t), doer.body
    sway = wave(t, 0.62)
    up = Limb(0.10, body.shoulder + 0.36, body.shoulders + 0.17 + 0.10 * sway, elbow=(-0.2, -0.7, 1.0))
    return replace(base, hands=(up, base.hands[1]), tilt=-0.08, roll=-0.05, look=0.1 * wave(t, 4.0), mouth=0.22)


def point(doer: Doer, t: float) -> Stance:
    """Points ahead and up, and looks there."""
    base, body = stand(doer, t), doer.body
    rise = 0.05 * wave(t, 3.1)
    hand = Limb(0.46, body.shoulder + 0.14 + rise, body.shoulders + 0.02, elbow=(-0.2, -1.0, 0.4))
    return replace(base, hands=(hand, base.hands[1]), nod=-0.20, look=-0.05, bend=-0.06)


def look_up(doer: Doer, t: float) -> Stance:
    """Gazes at the sky."""
    base = stand(doer, t)
    return replace(base, nod=-0.46 + 0.04 * wave(t, 4.4), bend=-0.10, look=0.25 * wave(t, 6.5), mouth=0.10)


def turn_round(doer: Doer, t: float) -> Stance:
    """Turns on the spot, with a pause each time."""
    beat = t / 3.2
    whole = math.floor(beat)
    spin = _TURN * (whole + ease((beat - whole) * 1.35))
    base = stand(doer, t)
    moving = math.sin(math.pi * min(1.0, (beat - whole) * 1.35))
    hands = tuple(arm(doer.body, 0.05, 0.3, 0.12 + 0.40 * moving) for _ in range(2))
    return replace(base, spin=spin, hands=(hands[0], hands[1]), look=0.35 * moving)


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


def _beat(t: float, bpm: float = 112.0) -> float:
    return t * bpm / 60


def dance(doer: Doer, t: float) -> Stance:
    """Eight beats of side steps, eight of waving arms with a turn, on the beat."""
    beat = _beat(t) + math.floor(doer.own * 4)
    section = math.floor(beat / 8) % 3
    return (_side_step, _reach_up, _groove)[section](doer, beat, t)


def _bounce(beat: float) -> float:
    return float(abs(math.sin(math.pi * beat)) ** 0.8)


def _side_step(doer: Doer, beat: float, t: float) -> Stance:
    body = doer.body
    side = math.sin(math.pi * beat / 2)
    down = 0.05 * (1 - _bounce(beat)) + 0.035
    lift = max(0.0, math.cos(math.pi * beat / 2)), max(0.0, -math.cos(math.pi * beat / 2))
    feet = tuple(
        Limb(0.03, body.ankle + 0.10 * up * _bounce(beat / 1.0 + 0.5), 0.15 + 0.02 * sgn * side, -0.35 * up)
        for up, sgn in zip(lift, (1, -1), strict=True)
    )
    hands = (arm(body, 0.75 + 0.5 * side, 1.5, 0.5 + 0.2 * side), arm(body, 0.75 - 0.5 * side, 1.5, 0.5 - 0.2 * side))
    return Stance(
        (feet[0], feet[1]),
        (hands[0], hands[1]),
        sink=down,
        shift=(0, 0.10 * side),
        swing=0.25 * side,
        twist=-0.45 * side,
        roll=0.16 * side,
        tilt=-0.16 * side,
        look=0.2 * side,
        nod=0.06 * _bounce(beat),
        mouth=0.25,
        lids=blink(t, doer.own),
    )


def _reach_up(doer: Doer, beat: float, t: float) -> Stance:
    body = doer.body
    side = math.sin(math.pi * beat / 2)
    turning = _TURN * ease((beat % 8 - 4) / 3.0)
    sway = math.sin(math.pi * beat)
    feet = (Limb(0.05, body.ankle, 0.13), Limb(-0.06, body.ankle + 0.03 * _bounce(beat), 0.12, -0.3 * _bounce(beat)))
    hands = tuple(
        Limb(0.10, body.shoulder + 0.34 + 0.06 * s * sway, 0.20 + 0.12 * s * side, elbow=(-0.2, -0.3, 1.2))
        for s in (1, -1)
    )
    return Stance(
        feet,
        (hands[0], hands[1]),
        sink=0.03 + 0.03 * (1 - _bounce(beat)),
        shift=(0, 0.07 * side),
        spin=turning,
        roll=0.20 * side,
        tilt=-0.2 * side,
        bend=-0.10,
        nod=-0.16,
        mouth=0.3,
        swing=0.2 * side,
        lids=blink(t, doer.own),
    )


def _groove(doer: Doer, beat: float, t: float) -> Stance:
    body = doer.body
    side = math.sin(math.pi * beat)
    slow = math.sin(math.pi * beat / 2)
    feet = (
        Limb(0.06, body.ankle + 0.05 * max(0, side), 0.14, -0.5 * max(0, side)),
        Limb(-0.05, body.ankle + 0.05 * max(0, -side), 0.14, -0.5 * max(0, -side)),
    )
    hands = (
        Limb(0.30, body.shoulder - 0.16 + 0.14 * side, 0.12, elbow=_OUT),
        Limb(0.30, body.shoulder - 0.16 - 0.14 * side, 0.12, elbow=_OUT),
    )
    return Stance(
        feet,
        hands,
        sink=0.05 + 0.03 * _bounce(beat),
        shift=(0.02 * side, 0.06 * slow),
        swing=0.5 * slow,
        twist=-0.6 * slow,
        lean=0.05,
        bend=0.06 * side,
        tilt=0.12 * slow,
        nod=0.10 * _bounce(beat),
        look=0.2 * slow,
        mouth=0.2,
        lids=blink(t, doer.own),
    )


def ballet(doer: Doer, t: float) -> Stance:
    """A slow arabesque that rises, turns and sinks."""
    body, beat = doer.body, t / 5.2 + doer.own
    rise = ease(0.5 + 0.9 * math.sin(_TURN * beat))
    up = 0.05 * rise
    feet = (
        Limb(0.0, body.ankle + 0.055 * rise, 0.03, -0.85 * rise),
        Limb(-0.10 - 0.62 * rise, body.ankle + 0.62 * rise, 0.03, -0.5 - 0.7 * rise),
    )
    hands = (
        Limb(0.34 * rise + 0.16, body.shoulder - 0.28 + 0.46 * rise, 0.24 + 0.05 * rise, elbow=_OUT),
        Limb(0.10 - 0.26 * rise, body.shoulder - 0.28 + 0.30 * rise, 0.32 + 0.16 * rise, elbow=_OUT),
    )
    return Stance(
        feet,
        hands,
        sink=0.02 - up,
        lean=0.36 * rise,
        bend=-0.42 * rise,
        nod=-0.16 * rise,
        spin=_TURN * ease((beat % 1 - 0.55) * 2.6),
        lids=blink(t, doer.own),
        tilt=0.06 * wave(t, 4.0),
    )


SEAT = 0.47
"""How high a stool is, in metres of a grown body."""


def sit(doer: Doer, t: float) -> Stance:
    """On a stool, hands in the lap."""
    base, body = stand(doer, t), doer.body
    feet = (Limb(0.40, body.ankle, 0.11), Limb(0.36, body.ankle, 0.11))
    hands = (Limb(0.26, body.hip + 0.09, 0.08, elbow=_OUT), Limb(0.25, body.hip + 0.09, 0.07, elbow=_OUT))
    return replace(
        base, feet=feet, hands=hands, sink=body.hip - SEAT - 0.075, shift=(-0.02, 0.0), lean=-0.05, bend=0.08
    )


def saddle(doer: Doer, t: float) -> Stance:
    """Astride something, hands ahead on reins or bars; the seat is where the ground would be."""
    base, body = stand(doer, t), doer.body
    sink = body.hip - 0.06
    feet = (Limb(0.13, -0.62, 0.20, 0.12), Limb(0.13, -0.62, 0.20, 0.12))
    hands = (Limb(0.36, body.hip + 0.22, 0.06, elbow=_OUT), Limb(0.38, body.hip + 0.22, 0.06, elbow=_OUT))
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
    turn = -_TURN * t / PEDAL_PERIOD
    feet = tuple(
        Limb(
            0.20 + 0.165 * math.cos(turn + half),
            -0.56 + 0.165 * math.sin(turn + half) + body.ankle,
            0.10,
            -0.25 - 0.2 * math.sin(turn + half),
        )
        for half in (0.0, math.pi)
    )
    hands = (Limb(0.50, body.hip + 0.30, 0.22, elbow=_OUT), Limb(0.50, body.hip + 0.30, 0.22, elbow=_OUT))
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


def read(doer: Doer, t: float) -> Stance:
    """Holds something up before the eyes and looks at it."""
    base, body = stand(doer, t), doer.body
    hands = (Limb(0.30, body.shoulder - 0.17, 0.075, elbow=_OUT), Limb(0.30, body.shoulder - 0.17, 0.075, elbow=_OUT))
    return replace(base, hands=hands, nod=0.34 + 0.02 * wave(t, 4.1), look=0.06 * wave(t, 2.6), held=(-0.95, 0.0, 0.0))


def drink(doer: Doer, t: float) -> Stance:
    """Lifts a cup to the lips, sips, lowers it."""
    base, body = stand(doer, t), doer.body
    beat = (t / 4.6 + doer.own * 0.3) % 1.0
    up = ease((beat - 0.18) / 0.20) * (1 - ease((beat - 0.66) / 0.20))
    low, high = (0.28, body.shoulder - 0.20, 0.06), (0.155, body.head_at - 0.155, -0.065)
    spot = [a + (b - a) * up for a, b in zip(low, high, strict=True)]
    hand = Limb(spot[0], spot[1], spot[2] + 0.05, elbow=(-0.4, -0.8, 0.9))
    return replace(
        base,
        hands=(hand, base.hands[1]),
        nod=0.05 - 0.16 * up,
        held=(0.55 * up * ease((beat - 0.34) / 0.1), 0, 0),
        lids=max(base.lids, 0.7 * up),
    )


def strum(doer: Doer, t: float) -> Stance:
    """Plays a guitar: one hand on the strings, the other along the neck."""
    base, body = stand(doer, t), doer.body
    beat = _beat(t, 96)
    stroke = math.sin(_TURN * beat)
    fret = 0.03 * math.sin(_TURN * beat / 8) + 0.02 * math.sin(_TURN * beat / 3)
    right = Limb(0.185, body.hip + 0.20 + 0.035 * stroke, -0.02 + 0.05, elbow=(-0.9, -0.1, 1.0))
    left = Limb(0.20, body.hip + 0.345 + fret * 0.4, 0.345 + fret, elbow=(-0.3, -1.0, 0.5))
    return replace(
        base,
        hands=(right, left),
        nod=0.18 + 0.06 * abs(math.sin(math.pi * beat)),
        look=-0.30,
        tilt=0.05 * math.sin(math.pi * beat),
        shift=(0, 0.02 * math.sin(math.pi * beat / 2)),
    )


def bow(doer: Doer, t: float) -> Stance:
    """Plays a violin under the chin: the bow goes to and fro."""
    base, body = stand(doer, t), doer.body
    draw = math.sin(_TURN * t / 1.5) * (0.8 + 0.2 * math.sin(_TURN * t / 4.1))
    right = Limb(0.26 + 0.03 * draw, body.shoulder - 0.02 - 0.05 * draw, 0.02 + 0.13 * draw, elbow=(-0.1, -0.8, 1.0))
    left = Limb(0.34, body.shoulder + 0.055, 0.19, elbow=(0.0, -1.0, 0.1))
    return replace(
        base,
        hands=(right, left),
        nod=0.10,
        look=-0.34,
        tilt=-0.26,
        roll=0.04 * wave(t, 3.0),
        shift=(0, 0.02 * wave(t, 3.0)),
        lids=max(base.lids, 0.75),
        held=(0.0, 0.5, 0.0),
    )


def cook(doer: Doer, t: float) -> Stance:
    """Stirs before the belly."""
    base, body = stand(doer, t), doer.body
    turn = _TURN * t / 1.3
    right = Limb(0.30 + 0.05 * math.cos(turn), body.hip + 0.24, 0.05 + 0.05 * math.sin(turn), elbow=_OUT)
    left = Limb(0.28, body.hip + 0.18, 0.12, elbow=_OUT)
    return replace(base, hands=(right, left), nod=0.30, roll=0.02 * math.sin(turn))


def talk(doer: Doer, t: float) -> Stance:
    """Speaks, with one hand, then the other."""
    base, body = stand(doer, t), doer.body
    a, b = ease(0.5 + wave(t, 2.9, 0.1)), ease(0.5 + wave(t, 3.7, 0.6))
    hands = (
        arm(body, 0.25 + 0.25 * a, 0.9 + 0.55 * a + 0.1 * wave(t, 0.7), 0.18),
        arm(body, 0.2 + 0.2 * b, 0.7 + 0.5 * b, 0.18),
    )
    return replace(
        base, hands=hands, mouth=speech(t), nod=0.05 * wave(t, 1.3), tilt=0.05 * wave(t, 2.2), look=0.12 * wave(t, 3.3)
    )


def sing(doer: Doer, t: float) -> Stance:
    """Sings from a full breast."""
    base, body = stand(doer, t), doer.body
    swell = ease(0.5 + wave(t, 2.6))
    hands = (
        arm(body, 0.5 + 0.6 * swell, 0.55, 0.25 + 0.35 * swell),
        arm(body, 0.35 + 0.4 * swell, 0.7, 0.2 + 0.3 * swell),
    )
    return replace(
        base,
        hands=hands,
        mouth=0.35 + 0.6 * swell * (0.8 + 0.2 * wave(t, 0.23)),
        nod=-0.10 - 0.12 * swell,
        bend=-0.08 * swell,
        lids=max(base.lids, 0.6 * ease(0.3 + wave(t, 5.2))),
    )


def embrace(doer: Doer, t: float) -> Stance:
    """Opens the arms."""
    base, body = stand(doer, t), doer.body
    wide = 0.06 * wave(t, 2.4)
    hands = tuple(Limb(0.34, body.shoulder - 0.03, 0.26 + wide, elbow=(-0.5, -0.9, 0.6)) for _ in range(2))
    return replace(base, hands=(hands[0], hands[1]), nod=-0.05, mouth=0.2)


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
        Limb(0.30 + 0.04 * b, body.shoulder - 0.14 + 0.08 * a, 0.36, elbow=_OUT),
        Limb(0.18 - 0.05 * a, body.shoulder - 0.08 + 0.08 * b, 0.42, elbow=_OUT),
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
    turn = _TURN * t / 1.7
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
        Limb(0.32, body.shoulder - 0.28, 0.26 + 0.05 * carve, elbow=_OUT),
        Limb(0.30, body.shoulder - 0.28, 0.26 - 0.05 * carve, elbow=_OUT),
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
        Limb(0.34, body.shoulder - 0.05 + 0.10 * sway, 0.24, elbow=_OUT),
        Limb(-0.26, body.shoulder - 0.02 - 0.10 * sway, 0.30, elbow=_OUT),
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


Move = Callable[[Doer, float], Stance]

MOVES: Mapping[str, Move] = {
    "stand": stand,
    "walk": walk,
    "stroll": stroll,
    "run": run,
    "wave": hail,
    "point": point,
    "look-up": look_up,
    "turn": turn_round,
    "jump": jump,
    "dance": dance,
    "ballet": ballet,
    "sit": sit,
    "ride": saddle,
    "read": read,
    "drink": drink,
    "play": strum,
    "bow": bow,
    "cook": cook,
    "talk": talk,
    "sing": sing,
    "hug": embrace,
    "fly": soar,
    "float": drift,
    "swim": swim,
    "ski": glide,
    "surf": surf,
    "pedal": pedal,
    "shuffle": shuffle,
}
"""What can be done, by name."""

STRIDES: Mapping[str, Stride] = {"walk": WALK, "stroll": STROLL, "run": RUN, "shuffle": SHUFFLE}
"""The moves that get somebody ahead on foot."""


def holding(stance: Stance, body: Body, side: int, how: str) -> Stance:
    """The same with one hand held as what it carries needs: up (an umbrella), before (a lantern), down (a bag)."""
    held = {
        "up": Limb(0.20, body.shoulder - 0.20, 0.13, elbow=(-0.5, -0.9, 0.5)),
        "before": Limb(0.33, body.shoulder - 0.12, 0.15, elbow=(-0.4, -1.0, 0.5)),
        "high": Limb(0.14, body.shoulder + 0.34, 0.20, elbow=(-0.2, -0.6, 1.0)),
        "chest": Limb(0.25, body.shoulder - 0.22, 0.03, elbow=_OUT),
        "arm": Limb(0.10, body.hip + 0.18, 0.22, elbow=_BACK),
    }.get(how)
    if held is None:
        return stance
    old = stance.hands[side]
    rise = 0.02 * (old.x - 0.1)  # what is carried still feels the step
    hands = list(stance.hands)
    hands[side] = replace(held, y=held.y + rise)
    return replace(stance, hands=(hands[0], hands[1]))
