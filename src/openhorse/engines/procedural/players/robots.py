"""A part for a robot in, the player out: a friendly one on two legs, and a small one on wheels.

Knows no place. The one on legs has a body's bones, and so does whatever people do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.bearing import Doer
from openhorse.engines.procedural.players.dyes import Dye, drawn, dye, worn
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    join,
    lathe,
    ring,
    rotation,
    slab,
    tube,
    turned_smooth,
)
from openhorse.engines.procedural.players.moves import MOVES, STRIDES, holding
from openhorse.engines.procedural.players.order import Act, in_order, pace_of
from openhorse.engines.procedural.players.performance import Deed, Performance, schedule
from openhorse.engines.procedural.players.person import Body, Bone, Stance, bones
from openhorse.engines.procedural.players.player import Casting, Foot, Maker, Touch
from openhorse.engines.procedural.players.props import PROPS
from openhorse.engines.procedural.players.puppet import Part, Puppet, placed, regular
from openhorse.engines.procedural.players.wheel import rolled, wheel

_JOINT = Material(linear(58, 60, 66), gloss=0.5, metal=0.4)
_SCREEN = Material(linear(10, 14, 20), gloss=1.0)
_BODY = Body(tall=1.5, head=1.18, shoulders=0.185, hips=0.088)


def _humanoid(colour: Dye, eyes: Dye) -> Mesh:
    shell, light = Material(colour, gloss=0.75), Material(eyes, glow=3.0)
    accent = Material(eyes * 0.5 + 0.02, gloss=0.7)
    b = _BODY
    parts = [
        _on(
            turned_smooth([(0.06, -0.13), (0.135, -0.09), (0.150, 0.0), (0.10, 0.08), (0.05, 0.09)], shell, 30)
            .scaled(0.85, 1, 1)
            .moved(0, b.hip + 0.02, 0),
            Bone.HIPS,
        )
    ]
    chest = (
        turned_smooth([(0.07, 0.0), (0.14, 0.04), (0.185, 0.16), (0.180, 0.27), (0.10, 0.345), (0.05, 0.35)], shell, 36)
        .scaled(0.78, 1, 1)
        .moved(0, b.hip + 0.13, 0)
    )
    parts += [
        _on(chest, Bone.CHEST),
        _on(ball((0.118, b.shoulder - 0.10, 0), (0.035, 0.055, 0.055), light, 14), Bone.CHEST),
        _on(ring(0.064, 0.010, _JOINT, 26).turned(1, math.pi / 2).moved(0.127, b.shoulder - 0.10, 0), Bone.CHEST),
    ]
    parts.append(_on(slab((-0.135, b.shoulder - 0.12, 0), (0.05, 0.12, 0.10), accent, 0.035), Bone.CHEST))
    waist = lathe(
        [(0.070, 0), (0.078, 0.015), (0.068, 0.030), (0.078, 0.045), (0.066, 0.06), (0.076, 0.075), (0.07, 0.09)],
        _JOINT,
        24,
    ).moved(0, b.hip + 0.085, 0)
    parts.append(waist.on(Bone.HIPS, Bone.CHEST, 0.5))
    parts.append(_on(tube([(0, b.neck - 0.05, 0), (0, b.neck + 0.08, 0)], 0.042, _JOINT, 14), Bone.CHEST))
    parts += _head(shell, accent, light)
    for side, sign in ((0, 1), (1, -1)):
        parts += _arm(b, side, sign, shell, accent) + _leg(b, side, sign, shell, accent)
    return join(*parts)


def _on(mesh: Mesh, bone: int) -> Mesh:
    return mesh.on(bone)


def _head(shell: Material, accent: Material, light: Material) -> list[Mesh]:
    y = _BODY.head_at - 0.01
    head = slab((0, y, 0), (0.125, 0.115, 0.150), shell, 0.095)
    screen = slab((0.075, y - 0.005, 0), (0.058, 0.080, 0.118), _SCREEN, 0.055)
    parts = [
        head,
        screen,
        *(ball((-0.005, y, 0.155 * s), (0.050, 0.058, 0.022), accent, 14) for s in (1, -1)),
        tube([(-0.02, y + 0.10, 0), (-0.03, y + 0.20, 0)], 0.008, _JOINT, 8),
        ball((-0.03, y + 0.215, 0), 0.022, light, 10),
    ]
    smile = [(0.1325 - 0.8 * z * z, y - 0.045 + 5.0 * z * z, z) for z in np.linspace(-0.045, 0.045, 9)]
    made = [part.on(Bone.HEAD) for part in (*parts, tube(smile, 0.0055, light, 6))]
    for s in (1, -1):
        eye = ball((0.128, y + 0.018, 0.052 * s), (0.009, 0.030, 0.024), light, 12)
        made.append(eye.on(Bone.LIDS).moved(0.0, 0, 0))
    return made


def _capsule(top: float, bottom: float, z: float, wide: tuple[float, float], material: Material) -> Mesh:
    return tube(
        [(0, top, z), (0, (top + bottom) / 2, z), (0, bottom, z)],
        (wide[0], (wide[0] + wide[1]) / 2, wide[1]),
        material,
        18,
    )


def _arm(b: Body, side: int, sign: int, shell: Material, accent: Material) -> list[Mesh]:
    z = b.shoulders * sign
    elbow, wrist = b.shoulder - b.upper_arm, b.shoulder - b.upper_arm - b.forearm
    parts = [
        _on(ball((0, b.shoulder, z), 0.068, accent, 16), Bone.UPPER_ARM + side),
        _on(_capsule(b.shoulder - 0.05, elbow + 0.04, z, (0.038, 0.036), _JOINT), Bone.UPPER_ARM + side),
        _on(ball((0, elbow, z), 0.046, accent, 14), Bone.FOREARM + side),
        _on(_capsule(elbow - 0.05, wrist + 0.02, z, (0.044, 0.056), shell), Bone.FOREARM + side),
        _on(ball((0.005, wrist - 0.035, z), (0.038, 0.042, 0.030), _JOINT, 12), Bone.HAND + side),
    ]
    parts += [
        _on(
            tube(
                [
                    (0.016 * math.cos(k), wrist - 0.055, z + 0.018 * math.sin(k)),
                    (0.030 * math.cos(k) + 0.012, wrist - 0.105, z + 0.022 * math.sin(k)),
                ],
                (0.013, 0.010),
                shell,
                8,
            ),
            Bone.HAND + side,
        )
        for k in (0.3, 2.2, 4.2)
    ]
    return parts


def _leg(b: Body, side: int, sign: int, shell: Material, accent: Material) -> list[Mesh]:
    z = b.hips * sign
    knee = b.hip - b.thigh
    foot = slab((0.045, 0.038, z), (0.120, 0.038, 0.058), shell, 0.034)
    return [
        _on(ball((0, b.hip - 0.03, z), 0.072, accent, 14), Bone.THIGH + side),
        _on(_capsule(b.hip - 0.09, knee + 0.05, z, (0.055, 0.048), _JOINT), Bone.THIGH + side),
        _on(ball((0, knee, z), 0.056, accent, 14), Bone.SHIN + side),
        _on(_capsule(knee - 0.06, b.ankle + 0.05, z, (0.056, 0.072), shell), Bone.SHIN + side),
        _on(foot, Bone.FOOT + side),
        _on(slab((0.045, 0.010, z), (0.124, 0.010, 0.062), _JOINT, 0.008), Bone.FOOT + side),
    ]


def cast_robot(casting: Casting) -> Puppet:
    """The one on legs, or the small one where the words want it."""
    if (
        casting.character.kind in ("droid", "small-robot")
        or casting.character.variety in ("small", "wheeled", "droid")
        or casting.character.size == "small"
    ):
        return _cast_droid(casting)
    character = casting.character
    chance = np.random.default_rng((casting.seed, 14))
    shell = dye(character.colour, drawn(chance, "white", "white", "yellow", "teal", "orange"))
    mesh = _humanoid(shell, worn(character, "eyes", drawn(chance, "cyan", "turquoise", "orange")))
    known = [action for action in character.actions if action in MOVES]
    move = known[0] if known else "ride" if casting.riding else "stand"
    held = next((thing for thing in character.things if thing in PROPS), None)
    if held is not None:
        mesh = join(mesh, PROPS[held][0](worn(character, held, dye(PROPS[held][2], shell))).on(Bone.HELD))
    doer = Doer(_BODY, float(chance.random()))
    size, stride = 0.95, STRIDES.get(move)

    acts = in_order(character.actions, casting.seconds)
    deeds = [Deed(_move(act)) for act in acts]
    show, timeline = None, None
    if len(set(deeds)) > 1 and not casting.riding:
        timeline = schedule(acts, deeds, (size * 0.91, casting.rate), (casting.seconds, casting.room))
        show = Performance(doer, deeds, timeline, (casting.rate, casting.phase * 5))

    def stance(t: float) -> Stance:
        now = MOVES[move](doer, t) if show is None else show.stance(t)
        return now if held is None or not PROPS[held][1] else holding(now, _BODY, 0, PROPS[held][1])

    part = Part(
        "a robot",
        ", ".join(f"{deed.move}s" for deed in deeds) if show else {"dance": "dances"}.get(move, f"{move}s"),
        1.95 * size,
        0.7,
        "air" if move == "fly" else "ground",
        0.0 if stride is None else stride.speed * size * 0.91,
        size=size,
        yaw=0.42 if stride else 0.75,
        rate=casting.rate,
        start=casting.phase * (stride.cycle if stride and show is None else 5),
    )

    def pose(t: float) -> Array:
        found = bones(_BODY, stance(t))
        lids = found[Bone.LIDS]
        shut = 1 - 0.85 * stance(t).lids
        head = found[Bone.HEAD]
        squash = placed(turn=np.diag((1.0, shut, 1.0)), about=(0.128, _BODY.head_at + 0.008, 0))
        lids[:, :3] = head[:, :3] @ squash[:, :3]
        lids[:, 3] = head[:, :3] @ squash[:, 3] + head[:, 3]
        return found

    def steps(start: float, end: float) -> list[Touch]:
        if show is not None:
            return [Touch(at, "step-soft", 0.7) for at, _ in show.steps(start, end)]
        if stride is None:
            return []
        return [
            Touch(at, "step-soft", 0.7)
            for at in regular(-part.start / part.rate, stride.cycle / 2 / part.rate, start, end)
        ]

    feet = [Foot(0.04, s * 0.1, 0.0, 0.11) for s in (1, -1)]
    return Puppet(part, mesh, pose, touches=steps, feet=lambda t: feet, timeline=timeline)


def _move(act: Act) -> str:
    name = pace_of(act)
    return name if name in MOVES else "stand"


def _cast_droid(casting: Casting) -> Puppet:
    """A small one: a round body on two wheels, a head that looks about."""
    chance = np.random.default_rng((casting.seed, 15))
    colour = dye(casting.character.colour, drawn(chance, "orange", "white", "teal", "yellow"))
    shell, light = Material(colour, gloss=0.7), Material(linear(110, 220, 255), glow=3.0)
    body = [
        slab((0, 0.30, 0), (0.15, 0.14, 0.16), shell, 0.09),
        slab((0.135, 0.29, 0), (0.03, 0.075, 0.09), _JOINT, 0.02),
        *(
            ball((0.165, 0.26 + 0.05 * k, 0.04), 0.011, Material(linear(*c), glow=2.0), 8)
            for k, c in ((0, (255, 80, 60)), (1, (255, 200, 60)))
        ),
        tube([(0, 0.42, 0), (0.02, 0.54, 0)], 0.030, _JOINT, 12),
        *(slab((0, 0.17, 0.19 * s), (0.06, 0.035, 0.02), _JOINT, 0.015) for s in (1, -1)),
    ]
    head = [tube([(0.0, 0.60, 0.075 * s), (0.085, 0.60, 0.075 * s)], 0.070, shell, 22) for s in (1, -1)] + [
        tube([(0.09, 0.60, 0.075 * s), (0.135, 0.60, 0.075 * s)], 0.058, _SCREEN, 20) for s in (1, -1)
    ]
    head += [ball((0.185, 0.605, 0.075 * s), (0.014, 0.030, 0.030), light, 14) for s in (1, -1)] + [
        slab((0.02, 0.60, 0), (0.05, 0.04, 0.05), _JOINT, 0.02),
        tube([(-0.02, 0.66, 0), (-0.05, 0.80, 0)], 0.006, _JOINT, 6),
        ball((-0.05, 0.81, 0), 0.016, Material(linear(255, 90, 70), glow=2.5), 8),
    ]
    arms = [
        join(
            tube([(0, 0.35, 0.17 * s), (0.10, 0.27, 0.215 * s), (0.21, 0.31, 0.18 * s)], 0.021, _JOINT, 10),
            ball((0.225, 0.315, 0.18 * s), (0.03, 0.026, 0.026), shell, 10),
        ).on(2 + k)
        for k, s in enumerate((1, -1))
    ]
    mesh = join(join(*body).on(0), join(*head).on(1), *arms, *(wheel(0.13, 0.07, "steel").on(4 + k) for k in (0, 1)))
    stays = not ({"walk", "run", "roll", "drive", "turn", "explore"} & set(casting.character.actions))
    speed = 0.0 if stays else 0.8
    part = Part(
        "a small robot",
        "looks about" if stays else "rolls",
        0.83,
        0.5,
        "ground",
        speed * 0.88,
        yaw=0.5,
        rate=casting.rate,
        start=casting.phase * 6,
    )
    own = float(chance.random()) * 9

    def pose(t: float) -> Array:
        now = t + own
        rock = 0.05 * math.sin(now * 2.1) if speed else 0.025 * math.sin(now * 1.7)
        base = placed(0, 0.004 * math.sin(now * 11) * bool(speed), 0, rotation(2, rock), (0, 0.13, 0))
        look = 0.55 * math.tanh(2.5 * math.sin(now * 0.9))
        head_turn = placed(
            0,
            0.012 * math.sin(now * 3.1),
            0,
            rotation(1, look) @ rotation(0, 0.16 * math.sin(now * 1.3)) @ rotation(2, 0.10 * math.sin(now * 0.7)),
            (0.02, 0.54, 0),
        )
        wave = "wave" in casting.character.actions
        swing = [
            placed(
                0,
                0,
                0,
                rotation(2, (1.3 + 0.5 * math.sin(now * 9)) if wave and s > 0 else 0.3 * math.sin(now * 2.3 + s)),
                (0, 0.35, 0),
            )
            for s in (1, -1)
        ]
        carried = [_under(base, part_) for part_ in (head_turn, *swing)]
        return np.array([base, *carried, *(rolled(0, 0.13, 0.195 * s, speed * t / 0.13) for s in (1, -1))])

    return Puppet(
        part, mesh, pose, feet=lambda t: [Foot(0, 0.195 * s, 0, 0.05) for s in (1, -1)] + [Foot(0, 0, 0.12, 0.14)]
    )


def _under(outer: Array, inner: Array) -> Array:
    whole = np.zeros((3, 4))
    whole[:, :3] = outer[:, :3] @ inner[:, :3]
    whole[:, 3] = outer[:, :3] @ inner[:, 3] + outer[:, 3]
    return whole


PARTS: Mapping[str, Maker] = dict.fromkeys(("robot", "humanoid-robot", "droid", "small-robot", "android"), cast_robot)
"""Who plays which robot."""
