"""A body and an outfit in, the mesh of the dressed body out, on its bones. Knows no head, no moves and no light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.dyes import Dye
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    grid,
    hose,
    join,
    lathe,
    loft,
    plugged,
    slab,
    smooth,
    tube,
)
from openhorse.engines.procedural.players.person import Body, Bone

Hem = Literal["none", "coat", "skirt", "long-skirt", "dress", "tutu", "gown", "robe"]


@dataclass(frozen=True, slots=True)
class Outfit:
    """What is worn below the neck; colours are linear.

    `sleeve` is how far the sleeves reach along the arm, 0…1; `loose` how wide they hang at the wrist. `hem` is what
    hangs from the waist. `puffy` thickens everything.
    """

    top: Dye
    bottom: Dye
    shoes: Dye
    skin: Dye
    trim: Dye | None = None
    sleeve: float = 1.0
    legs: float = 1.0
    loose: float = 0.0
    hem: Hem = "none"
    puffy: float = 0.0
    gloss: float = 0.0
    metal: float = 0.0
    collar: bool = False
    buttons: bool = False
    shirt: Dye | None = None
    belt: Dye | None = None
    scarf: Dye | None = None
    backpack: Dye | None = None
    cape: Dye | None = None
    boots: bool = False
    crossed: bool = False


def column(sections: Sequence[tuple[float, ...]], material: Material, sides: int = 26, square: float = 2.3) -> Mesh:
    """A trunk from (height, middle ahead, half depth, half width), bottom first."""
    keys = np.array(sections)
    keys = smooth(keys, 4)
    keys[:, 1] *= -1
    trunk = plugged(loft([tuple(k) for k in keys.tolist()], material, sides, square), material, sides)
    return trunk.turned(2, np.pi / 2)


def dress_body(body: Body, outfit: Outfit) -> Mesh:
    """Everything but the head and what the hands hold."""
    parts = [*_trunk(body, outfit)]
    for side in (0, 1):
        parts += [*_arm(body, outfit, side), *_leg(body, outfit, side)]
    if outfit.hem != "none":
        parts.append(_hem(body, outfit))
    parts += _extras(body, outfit)
    return join(*parts)


def _cloth(outfit: Outfit, colour: Dye, **more: float) -> Material:
    return Material(colour, gloss=outfit.gloss, metal=outfit.metal, **more)


def _trunk(body: Body, outfit: Outfit) -> list[Mesh]:
    g, w, hips, p = body.girth, body.shoulders, body.hips, outfit.puffy * 0.03
    top = body.shoulder
    low = body.hip
    span = top - low
    sections = [
        (low - 0.07, 0.0, 0.080 * g + p, hips + 0.050 * g + p),
        (low + 0.03, -0.006, 0.096 * g + p, hips + 0.066 * g + p),
        (low + 0.30 * span, 0.004, 0.084 * g + p, hips * 0.55 + 0.078 * g + p),
        (low + 0.45 * span, 0.006, 0.086 * g + p, hips * 0.55 + 0.078 * g + p),
        (low + 0.78 * span, 0.010, 0.100 * g + p, w * 0.90 + 0.012 * g + p),
        (top + 0.004, -0.004, 0.078 * g + p, w * 0.96 + p),
        (top + 0.042, -0.010, 0.056 + p, w * 0.66 + p),
        (top + 0.075, -0.012, 0.040 + p * 0.5, 0.055 + p * 0.5),
    ]
    mesh = column(sections, _cloth(outfit, outfit.top))
    y = mesh.points[:, 1]
    share = np.clip((y - low - 0.08) / 0.16, 0, 1)
    edge = low + (0.075 if outfit.hem in ("none", "skirt", "long-skirt") else -9)
    lower = np.clip((edge - y) / 0.004, 0, 1)[:, None]
    mesh = mesh.coloured(mesh.colours * (1 - lower) + outfit.bottom * lower).on(Bone.HIPS, Bone.CHEST, share)
    parts = [mesh]
    if outfit.shirt is not None:
        parts += _shirt_front(body, outfit)
    return parts


def _front(body: Body, outfit: Outfit, y: float) -> float:
    # about how far ahead the chest is at a height
    p = outfit.puffy * 0.03
    share = (y - body.hip) / (body.shoulder - body.hip)
    return float(np.interp(share, (0.0, 0.3, 0.78, 1.0, 1.1), (0.092, 0.088, 0.110, 0.076, 0.045))) * body.girth + p


def _shirt_front(body: Body, outfit: Outfit) -> list[Mesh]:
    assert outfit.shirt is not None
    top, low = body.shoulder + 0.055, body.hip + 0.58 * (body.shoulder - body.hip)
    rows = []
    for y in np.linspace(low, top, 7):
        half = 0.004 + 0.046 * (y - low) / (top - low)
        x = _front(body, outfit, float(y))
        rows.append([(x + 0.004 - 3 * z * z, y, z) for z in np.linspace(half, -half, 7)])
    chest = grid(np.array(rows), Material(outfit.shirt)).on(Bone.CHEST)
    tie = tube(
        [(_front(body, outfit, y) + 0.006, y, 0.0) for y in (low, low + 0.10, top - 0.02)],
        (0.013, 0.011, 0.007),
        Material(outfit.trim if outfit.trim is not None else outfit.top * 0.4),
        8,
    )
    return [chest, tie.scaled(1.0, 1, 1).on(Bone.CHEST)]


def _tapered(path: Array, radii: Sequence[float], material: Material, sides: int = 14) -> Mesh:
    wide = np.interp(np.linspace(0, 1, len(path)), np.linspace(0, 1, len(radii)), radii)
    return tube(path, wide.tolist(), material, sides)


def _down(top: float, bottom: float, z: float, count: int, x: float = 0.0) -> Array:
    return np.stack([np.full(count, x), np.linspace(top, bottom, count), np.full(count, z)], axis=1)


def _joint(mesh: Mesh, y: float, wide: float, upper: int, lower: int) -> Mesh:
    share = np.clip((y + wide - mesh.points[:, 1]) / (2 * wide), 0, 1)
    return mesh.on(upper, lower, share * share * (3 - 2 * share))


def _arm(body: Body, outfit: Outfit, side: int) -> list[Mesh]:
    z = body.shoulders * (1, -1)[side]
    g = body.girth**0.6
    top, elbow = body.shoulder, body.shoulder - body.upper_arm
    wrist = elbow - body.forearm
    p = outfit.puffy * 0.03
    bones = (Bone.UPPER_ARM + side, Bone.FOREARM + side)
    skin = Material(outfit.skin, gloss=0.08, soft=0.85)
    parts = [
        _joint(
            _tapered(_down(top - 0.03, wrist, z, 14), (0.040 * g, 0.036 * g, 0.031 * g, 0.026 * g), skin),
            elbow,
            0.035,
            *bones,
        )
    ]
    end = top + (wrist - 0.012 - top) * outfit.sleeve
    cloth = _cloth(outfit, outfit.top)
    share = outfit.sleeve
    wide = [
        0.053 * g + p,
        0.050 * g + p,
        (0.050 - 0.010 * share) * g + p,
        (0.050 - 0.015 * share) * g + p + outfit.loose * 0.4,
    ]
    if outfit.loose:
        wide[-1] = 0.05 + outfit.loose
    path = _down(top - 0.008, end, z, 16)
    radii = np.interp(np.linspace(0, 1, 16), np.linspace(0, 1, len(wide)), wide)
    round_ = wide[0]
    caps = [(top - 0.008 + round_ * up, part) for up, part in ((0.99, 0.05), (0.90, 0.42), (0.70, 0.71), (0.36, 0.93))]
    path = np.concatenate([[(0, y, z) for y, _ in caps], path])
    radii = np.concatenate([[round_ * r for _, r in caps], radii])
    sleeve = hose(path, radii, cloth, 16)
    if not outfit.loose:
        sleeve = plugged(sleeve, cloth, 16)
    low = np.clip((top - sleeve.points[:, 1]) / (top - wrist), 0, 1)
    parts.append(_joint(sleeve, elbow, 0.04, *bones).swaying(outfit.loose * 0.5 * low**2))
    if share > 0.6 and not outfit.loose:
        trim = outfit.trim if outfit.trim is not None else outfit.top * 0.8
        cuff = lathe(
            [
                (wide[-1] + 0.001, end - 0.004),
                (wide[-1] + 0.006, end + 0.002),
                (wide[-1] + 0.006, end + 0.030),
                (wide[-1], end + 0.036),
            ],
            _cloth(outfit, trim),
            14,
        )
        parts.append(cuff.moved(0, 0, z).on(Bone.FOREARM + side))
    parts += _hand(
        outfit,
        wrist,
        z,
        side,
        skin if outfit.puffy < 1.5 else _cloth(outfit, outfit.trim if outfit.trim is not None else outfit.top),
    )
    return parts


def _hand(outfit: Outfit, wrist: float, z: float, side: int, material: Material) -> list[Mesh]:
    big = 1.0 + 0.25 * (outfit.puffy > 1.5)
    palm = ball((0.004, wrist - 0.040, z), (0.030 * big, 0.044 * big, 0.019 * big), material, 9)
    fingers = tube(
        [(0.010, wrist - 0.060, z), (0.018, wrist - 0.092, z), (0.030, wrist - 0.098, z)],
        (0.021 * big, 0.018 * big, 0.013 * big),
        material,
        9,
    )
    thumb = tube([(0.022, wrist - 0.022, z), (0.040, wrist - 0.056, z)], (0.011 * big, 0.009 * big), material, 7)
    return [part.on(Bone.HAND + side) for part in (palm, fingers, thumb)]


def _leg(body: Body, outfit: Outfit, side: int) -> list[Mesh]:
    z = body.hips * (1, -1)[side]
    g = body.girth**0.6
    knee, ankle = body.hip - body.thigh, body.ankle
    p = outfit.puffy * 0.022
    bones = (Bone.THIGH + side, Bone.SHIN + side)
    skin = Material(outfit.skin, gloss=0.08, soft=0.85)
    parts = []
    if outfit.legs < 0.95:
        leg = _tapered(
            _down(body.hip - 0.1, ankle - 0.01, z, 16), (0.070 * g, 0.060 * g, 0.050 * g, 0.047 * g, 0.033 * g), skin
        )
        parts.append(_joint(leg, knee, 0.045, *bones))
    if outfit.legs > 0.05:
        end = body.hip + (ankle - 0.02 - body.hip) * outfit.legs
        radii = (0.088 * g + p, 0.080 * g + p, 0.068 * g + p, 0.060 * g + p, 0.058 * g + p)
        path = _down(body.hip - 0.015, end + 0.028 * (outfit.legs > 0.9), z * 0.97, 18)
        wide = np.interp(np.linspace(0, 1, 18), np.linspace(0, 1, 5), radii)
        path = np.concatenate([[(0, body.hip + 0.05, z * 0.9)], path])
        cloth = _cloth(outfit, outfit.bottom)
        trousers = plugged(hose(path, np.concatenate([[0.02], wide]), cloth, 16), cloth, 16)
        parts.append(_joint(trousers, knee, 0.05, *bones))
    parts += _shoe(body, outfit, z, side)
    return parts


def _shoe(body: Body, outfit: Outfit, z: float, side: int) -> list[Mesh]:
    leather = Material(outfit.shoes, gloss=0.35, metal=outfit.metal)
    tall, p = body.ankle, 1 + 0.22 * outfit.puffy
    foot = body.tall / 1.68 * (0.98 + 0.08 * (body.tall < 1.4)) * p
    keys = [
        (-0.062, 0.40, 0.012, 0.010),
        (-0.058, 0.52, 0.040, 0.026),
        (-0.030, 0.62, 0.048, 0.034),
        (0.020, 0.58, 0.045, 0.036),
        (0.070, 0.42, 0.032, 0.041),
        (0.115, 0.34, 0.026, 0.040),
        (0.150, 0.28, 0.018, 0.030),
        (0.163, 0.26, 0.006, 0.012),
    ]
    sections = [(x * foot, tall * y, h * tall / 0.072, w * foot) for x, y, h, w in smooth(keys, 3).tolist()]
    shoe = loft(sections, leather, 16).moved(0, 0, z)
    flat = np.maximum(shoe.points[:, 1], 0.006)
    shoe = Mesh(
        np.column_stack([shoe.points[:, 0], flat, shoe.points[:, 2]]),
        shoe.normals,
        shoe.colours,
        shoe.matter,
        shoe.faces,
        shoe.bones,
        shoe.share,
        shoe.sway,
    )
    sole = np.clip((0.020 - shoe.points[:, 1]) / 0.004, 0, 1)[:, None]
    shoe = shoe.coloured(shoe.colours * (1 - sole * 0.55) + 0.10 * sole * (outfit.shoes.mean() < 0.5))
    parts = [shoe.on(Bone.FOOT + side)]
    shaft = 0.26 if outfit.boots else 0.035
    boot = lathe([(0.046 * p, tall - 0.03), (0.046 * p, tall + 0.04), (0.057 * p, tall + shaft)], leather, 14).moved(
        -0.004, 0, z
    )
    share = np.clip((boot.points[:, 1] - tall + 0.01) / 0.05, 0, 1)
    parts.append(boot.on(Bone.FOOT + side, Bone.SHIN + side, share))
    return parts


_HEMS = {
    "coat": (0.46, 0.075, 0.012),
    "skirt": (0.36, 0.13, 0.016),
    "long-skirt": (0.68, 0.11, 0.018),
    "tutu": (0.30, 0.34, 0.020),
    "dress": (0.52, 0.15, 0.022),
    "gown": (0.82, 0.21, 0.028),
    "robe": (0.80, 0.09, 0.016),
}
"""How long a hem hangs below the waist, how far it spreads, how deep its folds are, in metres."""


def _hem(body: Body, outfit: Outfit) -> Mesh:
    long, spread, fold = _HEMS[outfit.hem]
    scale = body.hip / 0.88
    long = min(long * scale, body.hip + 0.10 - 0.045)
    top = body.hip + 0.115
    half_deep, half_wide = 0.090 * body.girth, body.hips * 0.55 + 0.080 * body.girth
    rows = []
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    p = outfit.puffy * 0.03
    for s in np.linspace(0, 1, 15):
        hip = np.sin(np.pi * min(1.0, s * long / 0.22) * 0.5)
        out = 0.032 * hip + spread * s**1.15 + p  # a thigh that swings stays below the cloth
        wave = fold * s * (np.sin(turn * 9 + 0.6) * 0.7 + np.sin(turn * 5 + 2 + s) * 0.5)
        deep, wide = half_deep + out + wave, half_wide + (body.hips * 0.45) * hip + out * 0.9 + wave
        rows.append(np.stack([np.cos(turn) * deep, np.full(48, top - long * s), -np.sin(turn) * wide], axis=1))
    colour = outfit.top if outfit.hem not in ("skirt", "long-skirt") else outfit.bottom
    mesh = grid(np.array(rows)[::-1], _cloth(outfit, colour), closed=True)
    s = np.repeat(np.linspace(1, 0, 15), 48)
    if outfit.trim is not None and outfit.hem in ("gown", "robe", "dress"):
        band = ((s > 0.94) * 1.0)[:, None]
        mesh = mesh.coloured(mesh.colours * (1 - band) + outfit.trim * band)
    z = mesh.points[:, 2]
    side = np.clip(np.abs(z) / 0.07, 0, 1)
    share = np.clip(s * 1.25 - 0.1, 0, 1) * side * (0.62 if outfit.hem in ("coat", "robe") else 0.46)
    share = np.maximum(
        share,
        np.clip(s * 2.4 - 0.1, 0, 1) * np.clip(mesh.points[:, 0] / 0.10, 0, 1) * np.clip(np.abs(z) / 0.05, 0, 1) * 0.74,
    )
    near = z > 0
    bones = np.where(near, int(Bone.THIGH), int(Bone.THIGH) + 1)
    made = mesh.on(Bone.HIPS, Bone.THIGH, share).swaying(0.11 * s**1.6 * (1.3 if outfit.hem == "gown" else 1.0))
    made.bones[:, 1] = bones
    return made


def _extras(body: Body, outfit: Outfit) -> list[Mesh]:
    parts = []
    neck = body.neck
    trim = outfit.trim if outfit.trim is not None else outfit.top * 0.75
    if outfit.collar:
        ring = lathe(
            [(0.072, neck - 0.035), (0.078, neck + 0.0), (0.072, neck + 0.038), (0.060, neck + 0.030), (0.056, neck)],
            _cloth(outfit, trim),
            22,
        )
        parts.append(ring.scaled(0.95, 1, 1.12).moved(-0.010, 0, 0).on(Bone.CHEST))
    if outfit.buttons:
        for k in range(5):
            y = body.shoulder - 0.04 - k * 0.085 * body.hip / 0.88
            bone = Bone.CHEST if y > body.hip + 0.16 else Bone.HIPS
            parts.append(
                ball((_front(body, outfit, y) + 0.002, y, 0.0), 0.010, Material(trim * 0.8, gloss=0.6), 6).on(bone)
            )
    if outfit.belt is not None:
        half = body.hips * 0.55 + 0.088 * body.girth + outfit.puffy * 0.03
        low = body.hip + 0.13
        belt = lathe(
            [(0.98, -0.022), (1.04, -0.018), (1.04, 0.018), (0.98, 0.022)], Material(outfit.belt, gloss=0.3), 26
        )
        parts.append(
            belt.scaled(0.094 * body.girth + outfit.puffy * 0.03 + 0.004, 1, half + 0.002)
            .moved(0.002, low, 0)
            .on(Bone.HIPS, Bone.CHEST, 0.35)
        )
    if outfit.crossed:
        for sign in (1, -1):
            path = [
                (-0.030, neck + 0.005, 0.060 * sign),
                (0.055, neck - 0.035, 0.058 * sign),
                (_front(body, outfit, body.shoulder - 0.10) + 0.006 * (sign > 0), body.shoulder - 0.10, 0.012 * sign),
                (_front(body, outfit, body.hip + 0.18) + 0.004, body.hip + 0.18, -0.060 * sign),
            ]
            parts.append(hose(smooth(path, 5), np.full(16, 0.022), Material(trim), 8, 0.35).on(Bone.CHEST))
    if outfit.scarf is not None:
        parts += _scarf(body, outfit.scarf)
    if outfit.backpack is not None:
        parts += _backpack(body, outfit.backpack)
    if outfit.cape is not None:
        parts.append(_cape(body, outfit.cape))
    return parts


def _scarf(body: Body, colour: Dye) -> list[Mesh]:
    wool = Material(colour)
    turn = np.linspace(0, 2 * np.pi, 22)
    path = np.stack(
        [np.cos(turn) * 0.068 - 0.004, body.neck + 0.006 + 0.010 * np.cos(turn * 2), np.sin(turn) * 0.074], axis=1
    )
    loop = tube(path, 0.034, wool, 10).on(Bone.CHEST)
    rows = []
    for s in np.linspace(0, 1, 12):
        x, y = -0.070 - 0.10 * s - 0.03 * s * s, body.neck - 0.01 - 0.40 * s
        rows.append([(x + 0.01 * np.sin(w * 2), y, 0.030 + w * 0.045) for w in (-1, -0.5, 0, 0.5, 1)])
    tail = grid(np.array(rows), wool)
    s = np.repeat(np.linspace(0, 1, 12), 5)
    stripe = (np.floor(s * 12) % 3 == 2) * 0.35
    return [loop, tail.coloured(tail.colours * (1 - stripe[:, None])).on(Bone.CHEST).swaying(0.30 * s**1.4)]


def _backpack(body: Body, colour: Dye) -> list[Mesh]:
    from openhorse.engines.procedural.players.mesh import slab

    y, deep = body.shoulder - 0.15, -0.165 * body.girth
    bag = slab((deep, y, 0), (0.075, 0.185, 0.130), Material(colour), 0.055)
    pocket = slab((deep - 0.075, y - 0.06, 0), (0.035, 0.085, 0.095), Material(colour * 0.8), 0.03)
    roll = tube([(deep, y + 0.215, -0.11), (deep, y + 0.215, 0.11)], 0.048, Material(colour * 0.6 + 0.05), 12)
    straps = [
        tube(
            smooth(
                [
                    (deep + 0.06, y + 0.17, 0.075 * s),
                    (0.0, body.shoulder + 0.055, 0.085 * s),
                    (0.105, body.shoulder - 0.06, 0.092 * s),
                    (0.085, y - 0.10, 0.115 * s),
                    (deep + 0.07, y - 0.13, 0.10 * s),
                ],
                5,
            ),
            0.016,
            Material(colour * 0.7),
            8,
        )
        for s in (1, -1)
    ]
    return [part.on(Bone.CHEST) for part in (bag, pocket, roll, *straps)]


def _cape(body: Body, colour: Dye) -> Mesh:
    rows = []
    for s in np.linspace(0, 1, 16):
        y = body.shoulder + 0.05 - (body.shoulder - 0.16) * s
        half = 0.14 + 0.17 * s
        rows.append(
            [
                (-0.105 - 0.13 * s + 0.11 * (w * w) * (1 - s) + 0.022 * s * np.sin(w * 8), y, half * w)
                for w in np.linspace(-1, 1, 21)
            ]
        )
    cape = grid(np.array(rows), Material(colour))
    s = np.repeat(np.linspace(0, 1, 16), 21)
    return cape.on(Bone.CHEST, Bone.HIPS, np.clip(s * 1.1 - 0.2, 0, 1)).swaying(0.34 * s**1.5)


def shoulder_guards(body: Body, colour: Array) -> list[Mesh]:
    """Rows of lacquered plates that hang on cords: a samurai's."""
    cord = Material(linear(214, 164, 62))
    parts = []
    for side, sign in ((0, 1), (1, -1)):
        for k in range(5):
            paint = Material(colour * (1.0 if k % 2 else 0.72) + 0.01, gloss=0.7)
            at = (0.0, body.shoulder + 0.035 - 0.048 * k, (body.shoulders + 0.052 + 0.010 * k) * sign)
            row = slab((0, 0, 0), (0.098, 0.028, 0.008), paint, 0.007).turned(0, -0.16 * sign).moved(*at)
            cords = [slab((x, at[1], at[2] + 0.009 * sign), (0.007, 0.020, 0.004), cord) for x in (-0.055, 0.055)]
            parts.append(join(row, *cords).on(Bone.UPPER_ARM + side, Bone.CHEST, 0.5))
    return parts
