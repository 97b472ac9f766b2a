"""A stance and what somebody looks at and reaches for in, the stance that does so out. Knows nobody else's body."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.players.blending import between
from openhorse.engines.procedural.players.mesh import Array
from openhorse.engines.procedural.players.person import Body, Bone, Limb, Stance, bones, carried
from openhorse.engines.procedural.players.player import Aim
from openhorse.engines.procedural.players.solid import turned

_PALM = 0.085
"""From the wrist to the middle of the palm, metres of a grown body."""


def aimed(stance: Stance, body: Body, aim: Aim, yaw: float, size: float) -> Stance:
    """The stance of a body drawn `size` times and turned by `yaw` that looks and reaches where it should."""
    whole = turned(yaw, 0.0).T / size
    carry = bones(body, stance)[Bone.CHEST]
    back = carry[:, :3].T
    found = stance
    if aim.gaze is not None:
        head = carried(carry, np.array((0.0, body.head_at, 0.0)))
        found = _looking(found, back @ (whole @ np.array(aim.gaze) - head), aim.share)
    spots = [back @ (whole @ np.array(point) - carry[:, 3]) for point in aim.hands]
    return _reaching(found, body, spots, aim.share)


def _looking(stance: Stance, way: Array, share: float) -> Stance:
    level = math.hypot(way[0], way[2])
    # not all the way: a face stays in sight of the camera
    look = 0.5 * min(1.4, max(-1.4, math.atan2(-way[2], way[0]) if level > 1e-6 else 0.0))
    nod = min(0.55, max(-0.55, -math.atan2(way[1], level)))
    return replace(
        stance,
        look=stance.look + (look + 0.12 * stance.look - stance.look) * share,
        nod=stance.nod + (nod + 0.25 * stance.nod - stance.nod) * share,
    )


def _reaching(stance: Stance, body: Body, spots: list[Array], share: float) -> Stance:
    hands = list(stance.hands)
    ordered = sorted(spots, key=lambda spot: -float(spot[2]))
    sides = (0, 1) if len(ordered) > 1 else (0,) if ordered and ordered[0][2] >= 0 else (1,)
    for side, spot in zip(sides, ordered, strict=False):
        sign = (1, -1)[side]
        way = spot - np.array((0.0, body.shoulder, body.shoulders * sign))
        wrist = spot - way / (float(np.linalg.norm(way)) + 1e-9) * _PALM
        limb = Limb(float(wrist[0]), float(wrist[1]), float(wrist[2]) * sign, elbow=(-0.4, -0.9, 0.6))
        hands[side] = between(stance.hands[side], limb, share)
    return replace(stance, hands=(hands[0], hands[1]))
