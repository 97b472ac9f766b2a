"""A head's looks in, its mesh out: face with eyes, brows and mouth, and hair as volumes. Knows no hats and no moves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.dyes import Dye
from openhorse.engines.procedural.players.mesh import Array, Material, Mesh, ball, hose, join, smooth, tube
from openhorse.engines.procedural.players.person import Body, Bone

HairCut = Literal["short", "bob", "long", "ponytail", "bun", "bald", "curly", "topknot", "pigtails", "cropped"]

_HALF = np.array((0.098, 0.125, 0.088))  # half axes of the skull, ahead, up, sideways
_WHITE = linear(250, 246, 240)
_INK = linear(22, 16, 16)
_LIP = linear(176, 74, 70)


@dataclass(frozen=True, slots=True)
class Looks:
    """Who it is: linear colours of skin, hair and eyes, the cut of the hair, lashes, and a beard's length 0…1."""

    skin: Dye
    hair: Dye
    iris: Dye
    cut: HairCut = "short"
    lashes: bool = False
    beard: float = 0.0
    young: bool = False


def skull(points: Array) -> Array:
    """A unit ball's points as a head: narrower at the jaw, a chin, a flat face."""
    x, y, z = points.T.copy()
    low = np.clip(-y, 0, 1)
    narrow = 1 - 0.30 * low**1.6
    back = np.where(x < 0, 1 + 0.10 * np.clip(y + 0.5, 0, 1), 1.0)
    jaw = np.where(x > 0, 1 - 0.06 * low**2, 1 - 0.42 * low**1.4)
    return np.asarray(np.stack([x * jaw * back, y, z * narrow], axis=1) * _HALF)


def on_face(y: float, z: float) -> float:
    """How far ahead the face is at a height and a side, in heads."""
    u, w = y / _HALF[1], z / (_HALF[2] * (1 - 0.30 * max(0.0, -y / _HALF[1]) ** 1.6))
    return float(_HALF[0] * math.sqrt(max(0.0, 1 - u * u - w * w)))


def make_head(body: Body, looks: Looks) -> Mesh:
    """Head, neck, face and hair, on their bones."""
    skin = Material(looks.skin, gloss=0.10, soft=0.9)
    head = replace_points(ball((0, 0, 0), 1.0, skin, 18), skull)
    parts = [_blushing(head, looks).on(Bone.HEAD)]
    parts += [_ear(skin, sign) for sign in (1, -1)]
    nose = [(0.094, 0.012, 0), (0.106, -0.016, 0)] if not looks.young else [(0.097, -0.006, 0), (0.103, -0.017, 0)]
    parts.append(tube(nose, (0.009, 0.0145), skin, 10).on(Bone.HEAD))
    parts += [part for sign in (1, -1) for part in _eye(looks, skin, sign)]
    parts += _mouth(looks)
    parts += _hair(looks)
    made = join(*parts).scaled(body.head).moved(0.012, body.head_at, 0)
    neck = tube([(-0.014, body.neck - 0.06, 0), (-0.006, body.head_at - 0.07 * body.head, 0)], 0.047, skin, 14)
    height = np.clip((neck.points[:, 1] - body.neck + 0.02) / 0.07, 0, 1)
    return join(made, neck.scaled(1, 1, 1).on(Bone.CHEST, Bone.HEAD, height))


def replace_points(mesh: Mesh, change: Callable[[Array], Array]) -> Mesh:
    """A mesh with its points moved, and its normals after them."""
    points = change(mesh.points)
    a, b, c = (points[mesh.faces[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    normals = np.zeros_like(points)
    for k in range(3):
        np.add.at(normals, mesh.faces[:, k], face)
    normals /= np.maximum(np.sqrt((normals**2).sum(axis=1, keepdims=True)), 1e-12)
    sign = np.sign((normals * mesh.normals).sum())
    return replace(mesh, points=points, normals=normals * sign)


def _blushing(head: Mesh, looks: Looks) -> Mesh:
    points = head.points
    warm = np.zeros(len(points))
    for sign in (1, -1):
        far = ((points - (0.07, -0.032, 0.052 * sign)) ** 2).sum(axis=1)
        warm += np.exp(-far / (2 * 0.024**2))
    return head.coloured(head.colours * (1 + warm[:, None] * np.array((0.10, -0.20, -0.16))))


def _ear(skin: Material, sign: int) -> Mesh:
    return ball((-0.012, -0.008, 0.087 * sign), (0.019, 0.028, 0.010), skin, 8).on(Bone.HEAD)


def _eye(looks: Looks, skin: Material, sign: int) -> list[Mesh]:
    big = 1.16 if looks.young else 1.05 if looks.lashes else 0.94
    y, z = 0.004, 0.036 * sign
    x = on_face(y, z) - 0.006
    out = sign * 0.30  # eyes look a little outward, as the face is round

    def layer(ahead: float, size: float, colour: Dye, **more: float) -> Mesh:
        shape = ball((0, 0, 0), (0.011, 0.0200 * big * size, 0.0165 * big * size), Material(colour, **more), 10)
        return shape.turned(1, -out).moved(x + ahead, y, z).on(Bone.HEAD)

    parts = [layer(0.0, 1.0, _WHITE, gloss=0.5)]
    parts.append(layer(0.0024, 0.74, looks.iris, gloss=0.6))
    parts.append(layer(0.0042, 0.44, _INK, gloss=0.9))
    light = ball((x + 0.0135, y + 0.0075 * big, z + 0.0045), 0.0034 * big, Material(_WHITE, glow=0.55), 6)
    parts.append(light.on(Bone.HEAD))
    lid = ball((0, 0, 0), (0.0135, 0.0215 * big, 0.018 * big), skin, 10).turned(1, -out).moved(x + 0.0035, y, z)
    parts.append(lid.on(Bone.LIDS))
    arc = [
        (x + 0.010 - 0.9 * (k * 0.007) ** 2 * 20, y + 0.0205 * big - 0.0035 * k * k * big, z + k * 0.0085 * big)
        for k in (-1.9, -1, 0, 1, 1.9)
    ]
    line = 0.0026 if looks.lashes else 0.0016
    parts.append(tube(smooth(arc, 3), line, Material(_INK * 1.2), 6).on(Bone.HEAD))
    brow = [
        (
            on_face(0.042 + 0.006 * (1 - abs(k)), z * (1 + 0.45 * k * 0.9)) + 0.001,
            0.040 + 0.007 * (1 - k * k) - 0.002 * k,
            z * (1 + 0.42 * k),
        )
        for k in (-1.0, -0.3, 0.4, 1.0)
    ]
    thick = 0.0030 if looks.lashes or looks.young else 0.0046
    parts.append(tube(smooth(brow, 3), thick, Material(looks.hair * 0.75), 6).on(Bone.HEAD))
    return parts


def _mouth(looks: Looks) -> list[Mesh]:
    def at(k: float) -> tuple[float, float, float]:
        y = -0.068 + 0.010 * k * k
        return on_face(y, 0.024 * k) + 0.0005, y, 0.024 * k

    lips = tube(
        smooth([at(k) for k in (-1.0, -0.5, 0.0, 0.5, 1.0)], 4),
        0.0034 if looks.lashes else 0.0026,
        Material(_LIP if looks.lashes else _LIP * 0.62 + looks.skin * 0.2, gloss=0.25),
        6,
    )
    gape = ball((on_face(-0.068, 0) - 0.006, -0.068, 0), (0.0125, 0.020, 0.019), Material(linear(92, 26, 30)), 10)
    parts = [lips.on(Bone.HEAD), gape.on(Bone.MOUTH)]
    if looks.beard:
        beard = ball((0, 0, 0), 1.0, Material(looks.hair), 14)
        long = looks.beard

        def shape(points: Array) -> Array:
            x, y, z = points.T
            drop = np.where(y < 0, 1 + 1.1 * long, 1.0)
            return np.stack(
                [0.046 + x * 0.058, -0.086 + y * 0.044 * drop, z * 0.070 * (1 - 0.35 * long * (y < 0) * -y)], 1
            )

        low = (beard.points[:, 1] < 0) * -beard.points[:, 1]
        parts.append(replace_points(beard, shape).on(Bone.HEAD).swaying(0.02 * long * low))
        parts.append(
            tube(
                [(0.094, -0.048, 0.026), (0.104, -0.044, 0), (0.094, -0.048, -0.026)], 0.010, Material(looks.hair), 8
            ).on(Bone.HEAD)
        )
    return parts


def _cap(looks: Looks, thick: float, low: float, fringe: float) -> Mesh:
    """Hair that lies on the skull, open for the face; `low` is how far down its sides reach."""

    def shape(points: Array) -> Array:
        skin = skull(points)
        x, y, z = points.T
        hairline = fringe + 0.10 * np.abs(z)
        face = np.clip((x - 0.02 - 0.25 * np.clip(-y, 0, 1)) / 0.26, 0, 1) * np.clip((hairline - y) / 0.16, 0, 1)
        below = np.clip((low - y) / 0.15, 0, 1)
        grow = thick * (1 - np.maximum(face, below) * 1.9)
        ripple = 0.006 * np.sin(np.arctan2(z, y) * 9 + x * 6) + 0.004 * np.sin(np.arctan2(z, x + 0.4) * 17)
        shift = np.array((-0.006, 0.004, 0.0)) * (grow > 0)[:, None]
        return np.asarray(skin * (1 + grow[:, None] + ripple[:, None] * (grow > 0)[:, None]) + shift)

    cap = replace_points(ball((0, 0, 0), 1.0, Material(looks.hair, gloss=0.32), 34), shape)
    sheen = 1 + 0.22 * np.sin(np.arctan2(cap.points[:, 2], cap.points[:, 1]) * 23)
    return cap.coloured(cap.colours * sheen[:, None]).on(Bone.HEAD)


def _lock(
    looks: Looks, path: list[tuple[float, float, float]], radii: list[float], sway: float, flat: float = 1.0
) -> Mesh:
    spots = smooth(path, 4)
    wide = np.interp(np.linspace(0, 1, len(spots)), np.linspace(0, 1, len(radii)), radii)
    wide *= np.sqrt(np.clip(np.linspace(0.02, 5.0, len(spots)), 0, 1))  # round at its root
    lock = hose(spots, wide, Material(looks.hair, gloss=0.32), 10, flat)
    along = np.repeat(np.linspace(0, 1, len(spots)), 10)
    strands = 1 + 0.16 * np.sin(np.tile(np.arange(10), len(spots)) * 2.6)
    return lock.coloured(lock.colours * strands[:, None]).on(Bone.HEAD, Bone.TAIL, along).swaying(sway * along**1.5)


def _hair(looks: Looks) -> list[Mesh]:
    cut = looks.cut
    if cut == "bald":
        return [_cap(looks, 0.045, -0.42, 1.6)] if looks.beard else []
    low = {"short": -0.36, "bob": -0.95, "long": -1.0, "curly": -0.7}.get(cut, -0.50)
    thick = {"short": 0.13, "bob": 0.17, "long": 0.16, "curly": 0.20}.get(cut, 0.11)
    parts = [_cap(looks, thick, low, 0.34 if cut != "short" else 0.40)]
    if cut == "short":
        for z, long in ((0.056, 0.8), (0.030, 1.0), (0.0, 1.1), (-0.032, 1.0), (-0.058, 0.8)):
            x = 0.040 - 0.5 * abs(z)
            sweep = [
                (x - 0.03, 0.108 - abs(z) * 0.4, z + 0.02),
                (x + 0.040, 0.120 - abs(z) * 0.5, z + 0.008),
                (x + 0.048 + 0.016 * long, 0.088 - abs(z) * 0.3, z - 0.012),
                (x + 0.040, 0.064 - abs(z) * 0.2, z - 0.030),
            ]
            parts.append(_lock(looks, sweep, [0.030, 0.030, 0.022, 0.004], 0.004, 0.7))
    if cut in ("bob", "long", "ponytail", "bun", "pigtails"):
        for sign in (1, -1):  # the fringe parts to the sides
            side = [
                (0.070, 0.106, 0.012),
                (0.092, 0.074, 0.046 * sign),
                (0.062, 0.020, 0.084 * sign),
                (0.042, -0.050, 0.090 * sign),
            ]
            parts.append(_lock(looks, side, [0.020, 0.026, 0.018, 0.006], 0.008, 0.6))
    if cut == "bob":
        for sign in (1, -1):
            path = [(0.0, 0.085, 0.055), (0.004, 0.02, 0.096), (0.010, -0.06, 0.100), (0.022, -0.135, 0.084)]
            sides = [(x, y, z * sign) for x, y, z in path]
            parts.append(_lock(looks, sides, [0.030, 0.042, 0.048, 0.012], 0.02, 0.7))
    if cut == "long":
        for z in (-0.072, -0.036, 0.0, 0.036, 0.072):
            back = -0.075 + abs(z) * 0.5
            parts.append(
                _lock(
                    looks,
                    [
                        (back + 0.035, 0.075, z * 0.8),
                        (back + 0.0, 0.0, z * 1.2),
                        (back - 0.030, -0.12, z * 1.4),
                        (back - 0.034, -0.26, z * 1.5),
                        (back - 0.020, -0.40 + abs(z) * 0.6, z * 1.3),
                    ],
                    [0.052, 0.054, 0.044, 0.006],
                    0.13,
                    0.8,
                )
            )
    if cut == "ponytail":
        parts.append(
            _lock(
                looks,
                [(-0.085, 0.070, 0), (-0.145, 0.075, 0), (-0.185, -0.02, 0), (-0.175, -0.16, 0), (-0.150, -0.27, 0)],
                [0.022, 0.036, 0.042, 0.034, 0.006],
                0.15,
            )
        )
        parts.append(ball((-0.105, 0.074, 0), (0.016, 0.028, 0.028), Material(_LIP), 8).on(Bone.HEAD))
    if cut == "pigtails":
        for sign in (1, -1):
            parts.append(
                _lock(
                    looks,
                    [
                        (-0.03, 0.03, 0.085 * sign),
                        (-0.045, 0.02, 0.125 * sign),
                        (-0.05, -0.08, 0.150 * sign),
                        (-0.04, -0.17, 0.140 * sign),
                    ],
                    [0.018, 0.032, 0.034, 0.006],
                    0.10,
                )
            )
            parts.append(ball((-0.036, 0.028, 0.105 * sign), 0.020, Material(_LIP), 8).on(Bone.HEAD))
    if cut == "bun":
        parts.append(ball((-0.098, 0.085, 0), (0.045, 0.045, 0.048), Material(looks.hair, gloss=0.3), 12).on(Bone.HEAD))
    if cut == "topknot":
        parts.append(ball((-0.030, 0.150, 0), (0.030, 0.036, 0.028), Material(looks.hair, gloss=0.3), 10).on(Bone.HEAD))
    if cut == "curly":
        turn = np.random.default_rng(7)
        for k in range(46):
            up, round_ = 1 - 1.55 * (k + 0.5) / 46, k * 2.39996
            wide = math.sqrt(max(0.0, 1 - up * up))
            x, z = math.cos(round_) * wide, math.sin(round_) * wide
            if x > 0.30 and up < 0.45:
                continue
            size = 0.030 + 0.010 * float(turn.random())
            parts.append(
                ball((x * 0.100 - 0.006, up * 0.122 + 0.010, z * 0.095), size, Material(looks.hair), 7).on(Bone.HEAD)
            )
    return parts
