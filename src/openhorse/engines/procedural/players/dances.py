"""Somebody and a moment in, the stance of a dance out, on the beat. Knows no music: the beat is 112 a minute."""

from __future__ import annotations

import math

from openhorse.engines.procedural.players.bearing import OUT, TURN, Doer, arm, blink, ease, wave
from openhorse.engines.procedural.players.person import Limb, Stance


def beat_of(t: float, bpm: float = 112.0) -> float:
    """How many beats have passed."""
    return t * bpm / 60


def dance(doer: Doer, t: float) -> Stance:
    """Eight beats of side steps, eight of waving arms with a turn, on the beat."""
    beat = beat_of(t) + math.floor(doer.own * 4)
    section = math.floor(beat / 8) % 3
    return (_side_step, _reach_up, _groove)[section](doer, beat, t)


def waltz(doer: Doer, t: float) -> Stance:
    """Steps from side to side before a partner."""
    return _side_step(doer, beat_of(t, 92.0), t)


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
    turning = TURN * ease((beat % 8 - 4) / 3.0)
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
        Limb(0.30, body.shoulder - 0.16 + 0.14 * side, 0.12, elbow=OUT),
        Limb(0.30, body.shoulder - 0.16 - 0.14 * side, 0.12, elbow=OUT),
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
    rise = ease(0.5 + 0.9 * math.sin(TURN * beat))
    up = 0.05 * rise
    feet = (
        Limb(0.0, body.ankle + 0.055 * rise, 0.03, -0.85 * rise),
        Limb(-0.10 - 0.62 * rise, body.ankle + 0.62 * rise, 0.03, -0.5 - 0.7 * rise),
    )
    hands = (
        Limb(0.34 * rise + 0.16, body.shoulder - 0.28 + 0.46 * rise, 0.24 + 0.05 * rise, elbow=OUT),
        Limb(0.10 - 0.26 * rise, body.shoulder - 0.28 + 0.30 * rise, 0.32 + 0.16 * rise, elbow=OUT),
    )
    return Stance(
        feet,
        hands,
        sink=0.02 - up,
        lean=0.36 * rise,
        bend=-0.42 * rise,
        nod=-0.16 * rise,
        spin=TURN * ease((beat % 1 - 0.55) * 2.6),
        lids=blink(t, doer.own),
        tilt=0.06 * wave(t, 4.0),
    )
