"""What somebody does and a moment in, the stance out: standing, walking, dancing, playing and the rest.

Knows no clothes and no pixels. Moments are seconds of the player's own time, lengths those of a grown body.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from openhorse.engines.procedural.players.bearing import BACK, OUT, TURN, Doer, arm, blink, ease, stand, wave
from openhorse.engines.procedural.players.dances import ballet, beat_of, dance, waltz
from openhorse.engines.procedural.players.person import Body, Limb, Stance
from openhorse.engines.procedural.players.sports import (
    drift,
    glide,
    jump,
    kneel,
    pedal,
    saddle,
    settle,
    sit,
    soar,
    surf,
    swim,
    toss,
)
from openhorse.engines.procedural.players.stride import RUN, SHUFFLE, STROLL, WALK, Stride


def speech(t: float) -> float:
    """How far a talking mouth opens, 0…1."""
    pause = ease(0.5 + 1.2 * math.sin(TURN * t / 2.9 + 0.4))
    return pause * (0.18 + 0.62 * abs(math.sin(TURN * t * 2.1) * math.sin(TURN * t * 1.37 + 1)))


def go(doer: Doer, t: float, stride: Stride) -> Stance:
    """Walks or runs: the arms against the legs, the chest against the hips."""
    body, p = doer.body, t / stride.cycle
    running = stride.bounce > 0
    feet = (stride.foot(body, p)[0], stride.foot(body, p + 0.5)[0])
    step = math.cos(TURN * (p - 0.03))
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
    sway = math.sin(TURN * (p - 0.05))
    return Stance(
        feet,
        (hands[0], hands[1]),
        sink=stride.hips(body, p),
        shift=(0.0, 0.020 * sway),
        lean=(0.17 if running else 0.025),
        swing=0.13 * step * brisk,
        bend=0.02 + (0.05 if running else 0.0) + 0.012 * math.cos(2 * TURN * p),
        twist=-(0.42 if running else 0.24) * step * brisk,
        roll=-0.035 * sway,
        nod=-0.02 - (0.12 if running else 0.0) + 0.016 * math.cos(2 * TURN * p + 0.8),
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
    up = Limb(0.13, body.shoulder + 0.30, body.shoulders + 0.26 + 0.10 * sway, elbow=(-0.2, -0.8, 1.0))
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
    spin = TURN * (whole + ease((beat - whole) * 1.35))
    base = stand(doer, t)
    moving = math.sin(math.pi * min(1.0, (beat - whole) * 1.35))
    hands = tuple(arm(doer.body, 0.05, 0.3, 0.12 + 0.40 * moving) for _ in range(2))
    return replace(base, spin=spin, hands=(hands[0], hands[1]), look=0.35 * moving)


def read(doer: Doer, t: float) -> Stance:
    """Holds something up before the eyes and looks at it."""
    base, body = stand(doer, t), doer.body
    hands = (Limb(0.30, body.shoulder - 0.17, 0.075, elbow=OUT), Limb(0.30, body.shoulder - 0.17, 0.075, elbow=OUT))
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
    beat = beat_of(t, 96)
    stroke = math.sin(TURN * beat)
    fret = 0.03 * math.sin(TURN * beat / 8) + 0.02 * math.sin(TURN * beat / 3)
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
    draw = math.sin(TURN * t / 1.5) * (0.8 + 0.2 * math.sin(TURN * t / 4.1))
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
    turn = TURN * t / 1.3
    right = Limb(0.30 + 0.05 * math.cos(turn), body.hip + 0.24, 0.05 + 0.05 * math.sin(turn), elbow=OUT)
    left = Limb(0.28, body.hip + 0.18, 0.12, elbow=OUT)
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
    "sit-down": settle,
    "kneel": kneel,
    "toss": toss,
    "waltz": waltz,
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
        "up": Limb(0.21, body.shoulder - 0.15, 0.19, elbow=(-0.5, -0.9, 0.5)),
        "before": Limb(0.33, body.shoulder - 0.12, 0.15, elbow=(-0.4, -1.0, 0.5)),
        "high": Limb(0.14, body.shoulder + 0.34, 0.20, elbow=(-0.2, -0.6, 1.0)),
        "chest": Limb(0.25, body.shoulder - 0.22, 0.03, elbow=OUT),
        "arm": Limb(0.10, body.hip + 0.18, 0.22, elbow=BACK),
    }.get(how)
    if held is None:
        return stance
    old = stance.hands[side]
    rise = 0.02 * (old.x - 0.1)  # what is carried still feels the step
    hands = list(stance.hands)
    hands[side] = replace(held, y=held.y + rise)
    return replace(stance, hands=(hands[0], hands[1]))
