"""A body, its course and a moment in, a pose out: where the trunk, the head, each arm, foot and wheel are.

Knows no pixels. Feet on the ground move exactly as fast against the body as the body moves over the ground, so that no
foot slides.
"""

from __future__ import annotations

import math
from dataclasses import replace

from openhorse.engines.procedural.ensemble.gait import (
    Course,
    Foot,
    Gait,
    Pose,
    Swing,
    duty_of,
    leg_length,
    reach_of,
)
from openhorse.engines.procedural.ensemble.silhouette import Build, Kind

_GALLOP = (0.0, 0.1, 0.46, 0.57)
"""When each hind and then each fore leg comes down in a gallop, in parts of the cycle."""


def pose_at(build: Build, course: Course, t: float) -> Pose:
    """What a body does at `t` seconds."""
    turns, vigour = course.turns(t), course.vigour(t)
    match course.gait:
        case Gait.STAND:
            return Pose()
        case Gait.WALK | Gait.RUN:
            pose = _stepping(build, course.gait, turns, vigour)
        case Gait.BOUND:
            pose = _bounding(build, turns, vigour)
        case Gait.BUST | Gait.GLIDE:
            pose = _striding_unseen(course.gait, turns, vigour)
        case Gait.HOP:
            pose = _hop(turns % 1, 0.17 * vigour, vigour)
        case Gait.JUMP:
            return _jumping(build, course, t)
        case Gait.DANCE:
            return _dancing(build, turns)
        case Gait.WAVE:
            return _waving(t, _idle(build, t, course.phase))
        case Gait.SWAY:
            return _swaying(t, _idle(build, t, course.phase))
        case Gait.TURN:
            return _turning(build, t, course.phase)
        case Gait.SIT:
            return _sitting(build, _idle(build, t, course.phase))
        case Gait.SLEEP:
            return _sleeping(build, t, course)
        case Gait.BOUNCE:
            pose = _hop(turns % 1, 0.42 * vigour, vigour, _rolled(build, course, t))
        case Gait.ROLL:
            return Pose(roll=_rolled(build, course, t), vigour=vigour)
        case Gait.DRIVE:
            shake = 0.0035 * math.sin(math.tau * 2.3 * t) + 0.0025 * math.sin(math.tau * 3.7 * t + 1)
            return Pose(rise=shake, twist=0.006 * math.sin(math.tau * 0.8 * t), roll=_rolled(build, course, t),
                        vigour=vigour)  # fmt: skip
        case Gait.FLOAT:
            wave = math.sin(math.tau * t / 3.6 + course.phase * 5)
            return Pose(0.01 * wave, 0.09 + 0.03 * wave, 0.03 * math.sin(math.pi * t / 3.6 + 1), turn=0.12 * wave)
        case Gait.FLY:
            return _flying(build, t, course)
        case Gait.SWIM:
            return _swimming(t, course)
        case Gait.SHOWN:
            return Pose(turn=0.35 * math.sin(math.tau * t / 6.5 + course.phase * 5))
        case _:
            return _idle(build, t, course.phase)
    return _mixed(_idle(build, t, course.phase), pose, vigour)


def _idle(build: Build, t: float, phase: float) -> Pose:
    """Breath, a shift of the weight and a look about."""
    breath = math.sin(math.tau * (t / 3.4 + phase))
    shift = math.sin(math.tau * (t / 6.3 + phase) + 0.4)
    look = math.sin(math.tau * (t / 5.2 + phase) - 0.9)
    look = look * abs(look) ** 0.5
    if build.kind is Kind.BUST:
        return Pose(0.004 * shift, 0, 0.01 * shift, 0.006 * breath, turn=0.5 * look, nod=0.012 * look)
    if build.kind is Kind.ANIMAL:
        return Pose(0.003 * shift, 0, 0, 0.006 * breath, 0.006 * breath, turn=0.1 * look, nod=0.012 * look)
    if build.kind is Kind.MASCOT:
        return Pose(0, 0, 0.02 * shift, 0.022 * breath, turn=0.2 * look)
    if build.kind in (Kind.FIGURE, Kind.GOWN):
        return Pose(0.012 * shift, 0, 0.012 * shift, 0.007 * breath, 0.02 * shift, 0.3 * look, -0.01 * shift)
    return Pose(stretch=0.005 * breath, turn=0.2 * look)


# --- getting along ---


def _stepping(build: Build, gait: Gait, turns: float, vigour: float) -> Pose:
    duty, reach, long, run = duty_of(build, gait), reach_of(build, gait), leg_length(build), gait is Gait.RUN
    feet = tuple(_foot((turns + offset) % 1, duty, reach, long * (0.34 if run else 0.17))
                 for offset in _offsets(build, gait))  # fmt: skip
    if build.kind is Kind.ANIMAL:
        return _on_four(turns, long, run, feet, vigour)
    wave, swing = math.sin(math.tau * turns), math.cos(math.tau * turns)
    arms = _swinging(build, run, swing, vigour)
    # highest when one leg stands upright under the body, lowest when both are apart
    rise = long * (0.13 if run else 0.05) * math.cos(2 * math.tau * turns + (0.3 if run else math.pi * 0.6))
    rise -= long * 0.015
    if build.facing:
        lean = build.facing * (0.11 if run else 0.025)
        return Pose(0, rise, lean, twist=0.012 * swing, turn=0.1 * swing, nod=0.006 * wave, vigour=vigour, feet=feet,
                    arms=arms)  # fmt: skip
    over = (0.03 if run else 0.02) * math.sin(math.tau * (turns - 0.05))
    return Pose(over, rise, (0.035 if run else 0.02) * math.sin(math.tau * turns + 0.3), 0, -0.06 * swing, 0.26 * swing,
                -0.008 * wave, vigour=vigour, feet=feet, arms=arms)  # fmt: skip


def _on_four(turns: float, long: float, run: bool, feet: tuple[Foot, ...], vigour: float) -> Pose:
    """An animal's trunk over its legs: level at a walk, rocking with each leap at a gallop."""
    wave = math.sin(math.tau * turns)
    if run:
        rise = long * (0.2 * abs(math.sin(math.tau * (turns + 0.2))) - 0.07)
        rock = math.cos(math.tau * (turns - 0.08))
        return Pose(0, rise, 0, 0.012 * wave, 0.055 * rock, 0, 0.012 * rock, vigour=vigour, feet=feet)
    rise = long * (0.05 * abs(math.sin(math.tau * turns + 0.6)) - 0.03)
    return Pose(0, rise, 0, 0, 0.016 * math.sin(2 * math.tau * turns), 0, 0.012 * wave, vigour=vigour, feet=feet)


def _swinging(build: Build, run: bool, swing: float, vigour: float) -> tuple[Swing, ...]:
    """Both arms, each against the leg on its own side."""
    arms = []
    for forth in (-swing, swing):
        if build.facing:
            bend = (1.25 if run else 0.22) + (0.3 if run else 0.2) * forth
            arms.append(Swing((0.85 if run else 0.42) * forth * vigour, bend * vigour, 1.0, 0.9 * vigour))
        else:
            # what comes towards us is seen shorter, and a running arm is bent
            near = max(0.0, forth) * vigour
            bend = -(1.1 if run else 0.35) * near
            arms.append(Swing((0.16 if run else 0.09) * forth * vigour, bend, 1 - (0.32 if run else 0.14) * near))
    return tuple(arms)


def _offsets(build: Build, gait: Gait) -> tuple[float, ...]:
    """The part of the cycle by which each leg is ahead; twins of single legs come after the legs themselves."""
    count = len(build.legs)
    if build.kind is not Kind.ANIMAL:
        return (0.0, 0.5)[:count] or (0.0,)
    run = gait is Gait.RUN
    seen = {True: 0, False: 0}
    offsets = []
    for index in range(count):
        hind = (index < count / 2) == (build.facing > 0)
        if run:
            # hind legs leap nearly together and so do fore legs
            offsets.append(-_GALLOP[(0 if hind else 2) + seen[hind] % 2] % 1)
        else:
            offsets.append(((0.0 if hind else 0.25) + 0.5 * seen[hind]) % 1)
        seen[hind] += 1
    return tuple(offsets + [(offset + (0.9 if run else 0.5)) % 1 for offset in offsets])


def _foot(part: float, duty: float, reach: float, high: float) -> Foot:
    if part < duty:
        share = part / duty
        return Foot(reach * (1 - 2 * share), 0.0, 0.35 * max(0.0, share - 0.75) / 0.25)
    share = (part - duty) / (1 - duty)
    eased = share * share * (3 - 2 * share)
    return Foot(reach * (2 * eased - 1), high * math.sin(math.pi * share), 0.35 - 0.6 * eased if share < 0.9 else 0.0)


def _bounding(build: Build, turns: float, vigour: float) -> Pose:
    """A gallop of the body as a whole: two leaps to a cycle, one stretched out and one drawn together."""
    wave, rock = math.sin(math.tau * turns), math.cos(math.tau * turns)
    rise = 0.11 * abs(wave) * vigour
    return Pose(0, rise, 0, -0.02 * wave, (build.facing or 1) * 0.11 * rock, 0, 0.012 * rock, vigour=vigour,
                gather=-0.2 * wave + 0.06, arch=-0.05 * wave)  # fmt: skip


def _striding_unseen(gait: Gait, turns: float, vigour: float) -> Pose:
    """Somebody walks whose legs are not to be seen."""
    wave, twice = math.sin(math.tau * turns), abs(math.sin(math.tau * turns))
    deep = 0.7 if gait is Gait.BUST else 1.0
    rise = (0.016 * twice - (0.03 if gait is Gait.BUST else 0)) * vigour
    return Pose(0.008 * wave * vigour, rise, 0.026 * deep * wave * vigour, nod=-0.012 * wave * vigour,
                twist=0.03 * wave * vigour, vigour=vigour)  # fmt: skip


def _flying(build: Build, t: float, course: Course) -> Pose:
    """In the air: it bobs and banks, and beats what wings it has."""
    beat = math.sin(math.tau * (t / 0.55 + course.phase))
    wave = math.sin(math.tau * (t / 3.1 + course.phase))
    wings = 0.0 if build.kind in (Kind.HANGING, Kind.FIGURE, Kind.GOWN, Kind.BUST) else 0.07 * beat
    return Pose(0.012 * wave, 0.05 * wave - 0.25 * wings, 0.05 * math.cos(math.tau * (t / 3.1 + course.phase)), 0,
                0.03 * wave, 0.15 * wave, flap=wings)  # fmt: skip


def _swimming(t: float, course: Course) -> Pose:
    beat = math.tau * (t / course.cycle + course.phase)
    bob = math.sin(math.tau * (t / 2.7 + course.phase))
    return Pose(0, 0.025 * bob, 0, 0, 0.03 * math.cos(math.tau * (t / 2.7 + course.phase)), 0.25 * math.sin(beat),
                wag=0.075, beat=beat)  # fmt: skip


# --- on the spot ---


def _hop(part: float, high: float, vigour: float, roll: float = 0.0) -> Pose:
    """A crouch, a flight of six tenths of the cycle, a landing that gives."""
    if part < 0.2:
        return Pose(stretch=-0.11 * vigour * math.sin(math.pi * part / 0.2), roll=roll, vigour=vigour)
    if part < 0.8:
        flight = (part - 0.2) / 0.6
        fast = abs(1 - 2 * flight)
        return Pose(0, high * 4 * flight * (1 - flight), stretch=0.05 * vigour * fast, roll=roll, vigour=vigour)
    return Pose(stretch=-0.09 * vigour * math.sin(math.pi * (part - 0.8) / 0.2), roll=roll, vigour=vigour)


def _jumping(build: Build, course: Course, t: float) -> Pose:
    """Leaps on the spot: knees give and push off, arms are thrown up, legs are drawn up in flight."""
    part = course.turns(t) % 1
    pose = _hop(part, 0.24, 1.0)
    if not build.legs:
        return pose
    long = leg_length(build)
    flying = pose.rise > 0
    rise = pose.rise if flying else 2.2 * long * pose.stretch
    tuck = 0.22 * long * min(1.0, pose.rise / 0.12)
    feet = tuple(Foot(0, rise + tuck if flying else 0.0) for _ in range(2 * len(build.legs)))
    high = math.sin(math.pi * min(1.0, max(0.0, (part - 0.1) / 0.8)))
    arms = tuple(Swing(1.9 * high * high, 0.35 * high) for _ in range(2))
    return Pose(0, rise, stretch=0.3 * pose.stretch, turn=0.15 * high, feet=feet, arms=arms, vigour=1.0)


def _dancing(build: Build, turns: float) -> Pose:
    """Two beats to a cycle: weight from side to side, a dip on each beat, arms in turn, a look to either side."""
    wave, dip = math.sin(math.tau * turns), 0.5 - 0.5 * math.cos(2 * math.tau * turns)
    slow = math.sin(math.pi * turns)
    if not build.legs:
        squash = -0.09 * (1 - dip)
        return Pose(0.03 * wave, 0.09 * dip, 0.16 * wave, squash, turn=0.4 * slow, twist=0.06 * wave)
    long = leg_length(build)
    feet = []
    for number in range(2 * len(build.legs)):
        up = wave if number % 2 else -wave
        feet.append(Foot(0.0, 0.36 * long * max(0.0, up) ** 1.5))
    if build.kind is Kind.ANIMAL:
        return Pose(0, 0.05 * long * dip, 0, -0.015 * dip, 0.06 * wave, 0, 0.02 * wave, feet=tuple(feet))
    arms = tuple(Swing(1.25 + 0.85 * side * wave, 0.55 + 0.3 * side * wave) for side in (1, -1))
    return Pose(0.035 * wave, -0.16 * long * (1 - dip), 0.07 * wave, 0, 0.07 * wave, 0.5 * slow, -0.03 * wave,
                feet=tuple(feet), arms=arms, vigour=0.0)  # fmt: skip


def _waving(t: float, idle: Pose) -> Pose:
    """One arm goes up and waves."""
    up = _eased((t - 0.1) / 0.5)
    shake = math.sin(math.tau * 1.7 * t)
    arms = (Swing(), Swing(2.25 * up, up * (0.35 + 0.42 * shake)))
    return replace(idle, lean=idle.lean - 0.02 * up, turn=0.15 * up, arms=arms)


def _swaying(t: float, idle: Pose) -> Pose:
    """A greeting without arms: it sways and nods."""
    up, shake = _eased((t - 0.1) / 0.5), math.sin(math.tau * 1.2 * t)
    return replace(idle, lean=idle.lean + 0.08 * shake * up, nod=idle.nod + 0.02 * shake * up, twist=0.04 * shake * up)


def _eased(share: float) -> float:
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def _turning(build: Build, t: float, phase: float) -> Pose:
    """To one side, a moment's rest, to the other: as far as what is flat can turn."""
    wave = math.sin(math.tau * (t / 3.6 + phase))
    turn = math.tanh(2.2 * wave)
    step = abs(math.cos(math.tau * (t / 3.6 + phase))) ** 6
    up = 0.12 * leg_length(build) * step
    feet = tuple(Foot(0, up * (0.5 + 0.5 * math.sin(math.tau * 1.6 * t + math.pi * n))) for n in range(4))
    return Pose(0.012 * turn, 0, 0.02 * turn, 0, 0.02 * turn, 0.95 * turn, 0.015 * turn,
                feet=feet if build.legs else ())  # fmt: skip


def _sitting(build: Build, idle: Pose) -> Pose:
    """Down on bent legs; an animal on its haunches. Who has no legs to be seen sinks a little."""
    long = leg_length(build)
    if build.kind is Kind.ANIMAL:
        return replace(idle, rise=-0.12 * long, twist=idle.twist + 0.2 * (build.facing or 1))
    if build.legs:
        return replace(idle, rise=-0.52 * long, sway=0.3 * idle.sway)
    return replace(idle, stretch=idle.stretch - 0.05)


def _sleeping(build: Build, t: float, course: Course) -> Pose:
    """The head sinks, and what moves is a slow breath."""
    breath = math.sin(math.tau * (t / course.cycle + course.phase))
    sunk = min(1.0, t / 2.2)
    sunk = sunk * sunk * (3 - 2 * sunk)
    side = -1 if course.phase > 0.5 else 1
    low = 0.07 if build.kind is Kind.MASCOT else 0.02
    return Pose(0, 0, 0.03 * side * sunk, 0.014 * breath - low * sunk, 0, 0, side * (0.05 * sunk + 0.004 * breath))


def _rolled(build: Build, course: Course, t: float) -> float:
    """The angle by which what is round has turned on its way."""
    radius = build.wheels[0].radius if build.wheels else 0.5
    return course.pace * course.going(t) / max(0.05, radius)


def _mixed(idle: Pose, pose: Pose, vigour: float) -> Pose:
    """A gait that dies away into breathing."""
    if vigour >= 1:
        return pose
    rest = 1 - vigour
    return replace(
        pose,
        sway=idle.sway * rest + pose.sway * vigour,
        rise=pose.rise * vigour,
        lean=idle.lean * rest + pose.lean * vigour,
        stretch=idle.stretch * rest + pose.stretch,
        twist=idle.twist * rest + pose.twist * vigour,
        turn=idle.turn * rest + pose.turn * vigour,
        nod=idle.nod * rest + pose.nod * vigour,
        gather=pose.gather * vigour,
        arch=pose.arch * vigour,
        feet=tuple(Foot(foot.along * vigour, foot.lift * vigour, foot.tip * vigour) for foot in pose.feet),
    )
