"""A body's measures and a stance in, the bones that carry its mesh out: limbs bent by where hands and feet are.

Knows no clothes and no actions. At rest a body stands straight with its arms down, x ahead, z to its right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.players.mesh import rotation

Array = NDArray[np.floating[Any]]


class Bone(IntEnum):
    """What carries the vertices. Of a pair the right one comes first."""

    HIPS = 0
    CHEST = 1
    HEAD = 2
    UPPER_ARM = 3
    FOREARM = 5
    HAND = 7
    THIGH = 9
    SHIN = 11
    FOOT = 13
    LIDS = 15
    MOUTH = 16
    HELD = 17
    HELD_LEFT = 18
    TAIL = 19


BONES = 21
"""The last one carries what stays on the ground."""


@dataclass(frozen=True, slots=True)
class Body:
    """Measures in metres of somebody `tall`; the head has its own scale, as children's are larger."""

    tall: float = 1.68
    head: float = 1.0
    shoulders: float = 0.160
    hips: float = 0.088
    girth: float = 1.0
    hip: float = 0.880
    thigh: float = 0.420
    shin: float = 0.390
    shoulder: float = 1.345
    upper_arm: float = 0.262
    forearm: float = 0.235
    neck: float = 1.385

    @property
    def ankle(self) -> float:
        """The height of a standing foot's ankle."""
        return self.hip - self.thigh - self.shin

    @property
    def leg(self) -> float:
        """From hip to ankle."""
        return self.thigh + self.shin

    @property
    def head_at(self) -> float:
        """The height of the head's middle."""
        return self.neck + 0.045 + 0.125 * self.head


@dataclass(frozen=True, slots=True)
class Limb:
    """Where a hand or foot is to be. Hands are given as if the chest were at rest; `pitch` lifts a foot's toe.

    `elbow` points where an elbow turns.
    """

    x: float
    y: float
    z: float
    pitch: float = 0.0
    elbow: tuple[float, float, float] = (-1.0, -0.3, 0.25)


@dataclass(frozen=True, slots=True)
class Stance:
    """One posture. Angles are radians; `sink` is how far the hips hang.

    `root` (x, y, z), `spin` (about the upright), `tip` (forward) and `bank` move the whole body. `bend`, `twist`
    and `roll` are the chest's against the hips; `nod`, `look`, `tilt` the head's against the chest. `swing` turns the
    hips.
    """

    feet: tuple[Limb, Limb]
    hands: tuple[Limb, Limb]
    root: tuple[float, float, float] = (0.0, 0.0, 0.0)
    spin: float = 0.0
    tip: float = 0.0
    bank: float = 0.0
    sink: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    lean: float = 0.0
    swing: float = 0.0
    bend: float = 0.0
    twist: float = 0.0
    roll: float = 0.0
    nod: float = 0.0
    look: float = 0.0
    tilt: float = 0.0
    mouth: float = 0.0
    lids: float = 0.0
    held: tuple[float, float, float] = (0.0, 0.0, 0.0)
    held_left: tuple[float, float, float] = (0.0, 0.0, 0.0)


def _about(turn: Array, joint: Array, to: Array) -> Array:
    # maps the rest pose so that `joint` comes to `to`
    made = np.empty((3, 4))
    made[:, :3] = turn
    made[:, 3] = to - turn @ joint
    return made


def carried(carry: Array, point: Array) -> Array:
    """A point as a bone (3 × 4) carries it."""
    return np.asarray(carry[:, :3] @ point + carry[:, 3])


def _chain(outer: Array, inner: Array) -> Array:
    made = np.empty((3, 4))
    made[:, :3] = outer[:, :3] @ inner[:, :3]
    made[:, 3] = outer[:, :3] @ inner[:, 3] + outer[:, 3]
    return made


def _frame(down: Array, ahead: Array) -> Array:
    # the turn that brings (0, −1, 0) to `down` and (1, 0, 0) as near as can be to `ahead`
    y = -down / math.sqrt(float(down @ down) + 1e-12)
    x = ahead - y * float(ahead @ y)
    x /= math.sqrt(float(x @ x) + 1e-12)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def bent(root: Array, end: Array, upper: float, lower: float, pole: Array) -> tuple[Array, Array]:
    """Where the joint between two bones is, and where their end comes if it is too far; the joint turns to `pole`."""
    way = end - root
    far = math.sqrt(float(way @ way)) + 1e-9
    reach = min(far, (upper + lower) * 0.9985)
    way = way / far
    along = (upper * upper - lower * lower + reach * reach) / (2 * reach)
    out = math.sqrt(max(upper * upper - along * along, 0.0))
    side = pole - way * float(pole @ way)
    side /= math.sqrt(float(side @ side)) + 1e-9
    return root + way * along + side * out, root + way * reach


def bones(body: Body, stance: Stance) -> Array:
    """The bones as a count × 3 × 4 array."""
    found = np.zeros((BONES, 3, 4))
    whole = rotation(1, stance.spin) @ rotation(2, -stance.tip) @ rotation(0, stance.bank)
    pelvis = np.array((0.0, body.hip, 0.0))
    root = _about(whole, np.zeros(3), np.array(stance.root))
    if stance.tip or stance.bank:  # about the hips, not the feet
        root = _about(whole, pelvis, np.array(stance.root) + pelvis)
    hips = rotation(1, stance.swing) @ rotation(2, -stance.lean)
    at = pelvis + np.array((stance.shift[0], -stance.sink, stance.shift[1]))
    found[Bone.HIPS] = _chain(root, _about(hips, pelvis, at))
    waist = np.array((0.0, body.hip + 0.13, 0.0))
    chest = rotation(1, stance.twist) @ rotation(0, stance.roll) @ rotation(2, -stance.bend)
    found[Bone.CHEST] = _chain(found[Bone.HIPS], _about(chest, waist, waist))
    neck = np.array((-0.005, body.neck, 0.0))
    head = rotation(1, stance.look) @ rotation(0, stance.tilt) @ rotation(2, -stance.nod)
    found[Bone.HEAD] = _chain(found[Bone.CHEST], _about(head, neck, neck))
    found[Bone.TAIL] = found[Bone.HEAD]
    _set_face(found, body, stance)
    for side, sign in enumerate((1, -1)):
        _set_arm(found, body, stance, side, sign)
        _set_leg(found, body, stance, side, sign, root)
    _set_held(found, body, stance, whole)
    found[BONES - 1] = np.eye(3, 4)
    return found


def _set_face(found: Array, body: Body, stance: Stance) -> None:
    lids = np.eye(3, 4)
    lids[0, 3] = -0.02 * body.head * (1 - stance.lids)
    found[Bone.LIDS] = _chain(found[Bone.HEAD], lids)
    mouth = np.array((0.0, body.head_at - 0.068 * body.head, 0.0))
    gape = np.diag((1.0 if stance.mouth > 0.02 else 0.8, max(stance.mouth, 0.02), 1.0 - 0.25 * stance.mouth))
    found[Bone.MOUTH] = _chain(found[Bone.HEAD], _about(gape, mouth, mouth - (0, 0.008 * stance.mouth, 0)))


def _set_arm(found: Array, body: Body, stance: Stance, side: int, sign: int) -> None:
    rest = np.array((0.0, body.shoulder, body.shoulders * sign))
    limb = stance.hands[side]
    root = carried(found[Bone.CHEST], rest)
    end = carried(found[Bone.CHEST], np.array((limb.x, limb.y, limb.z * sign)))
    pole = found[Bone.CHEST][:, :3] @ (np.array(limb.elbow) * (1, 1, sign))
    elbow, wrist = bent(root, end, body.upper_arm, body.forearm, pole)
    found[Bone.UPPER_ARM + side] = _about(_frame(elbow - root, -pole), rest, root)
    joint = rest - (0, body.upper_arm, 0)
    fore = _frame(wrist - elbow, -pole)
    found[Bone.FOREARM + side] = _about(fore, joint, elbow)
    found[Bone.HAND + side] = _about(fore, joint - (0, body.forearm, 0), wrist)


def _set_leg(found: Array, body: Body, stance: Stance, side: int, sign: int, root: Array) -> None:
    rest = np.array((0.0, body.hip, body.hips * sign))
    limb = stance.feet[side]
    hip = carried(found[Bone.HIPS], rest)
    end = carried(root, np.array((limb.x, limb.y, limb.z * sign)))
    ahead = (found[Bone.HIPS][:, :3] + root[:, :3]) @ np.array((1.0, 0.0, 0.10 * sign))
    knee, ankle = bent(hip, end, body.thigh, body.shin, ahead)
    found[Bone.THIGH + side] = _about(_frame(knee - hip, ahead), rest, hip)
    joint = rest - (0, body.thigh, 0)
    found[Bone.SHIN + side] = _about(_frame(ankle - knee, ahead), joint, knee)
    foot = root[:, :3] @ rotation(1, -0.12 * sign) @ rotation(2, limb.pitch)
    found[Bone.FOOT + side] = _about(foot, joint - (0, body.shin, 0), ankle)


def _set_held(found: Array, body: Body, stance: Stance, whole: Array) -> None:
    # what is held stands upright but for its own turns, its origin in the hand
    for side, angles in enumerate((stance.held, stance.held_left)):
        palm = grip(body, side)
        turn = whole @ rotation(1, angles[1]) @ rotation(0, angles[2]) @ rotation(2, angles[0])
        found[Bone.HELD + side] = _about(turn, np.zeros(3), carried(found[Bone.HAND + side], palm))


def grip(body: Body, side: int) -> Array:
    """Where a hand at rest closes round what it holds."""
    return np.array((0.018, body.shoulder - body.upper_arm - body.forearm - 0.055, body.shoulders * (1, -1)[side]))
