"""A kind in, an animal's build out: who goes on four legs. Knows no pose and no pixels; varieties.py has the breeds.

An animal is one entry of `KINDS`; its `size` makes the model (withers at about 0.6 m) as large as life.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.markings import Pattern
from openhorse.engines.procedural.players.species import BUILDS, Build, Bulk, Coat, Face

Array = NDArray[np.floating]

_BLACK = linear(26, 23, 22)
_WHITE = linear(238, 233, 224)

_CAT_FACE = Face(broad=1.10, cheek=1.12, thick=0.92, tip=0.86, eye=1.42, out=0.86, ahead=0.012, nose="cat")
_GRAZER = Face(broad=0.92, thick=1.0, tip=1.12, eye=1.12, out=1.06, ahead=-0.012, nose="soft")
_BIG_CAT = Face(broad=1.04, cheek=1.14, thick=1.18, tip=1.16, eye=1.22, out=1.0, ahead=0.010, nose="dog")


def _beast(name: str, coat: Coat, **rest: object) -> Build:
    plain: dict[str, object] = {"pants": False, "feather": 0.012, "hair": 0.006}
    return Build(name, coat, **(plain | rest))  # type: ignore[arg-type]


_CAT = _beast(
    "cat",
    Coat(linear(118, 106, 92), linear(216, 208, 196), linear(88, 78, 68), iris=linear(150, 160, 50)),
    ears="cat", ear=1.12, tail="thin", leg=0.74, girth=0.74, body=0.90, neck=0.66, head=0.94, muzzle=0.30, bone=0.82,
    hair=0.008, size=0.58, face=_CAT_FACE,
    pattern=Pattern("stripes", linear(74, 64, 54), 14, 0.70, 0.22, 0.8, belly=0.16, hair=0.0075),
)  # fmt: skip

_HORSE = _beast(
    "horse",
    Coat(linear(118, 62, 32), linear(140, 84, 48), linear(92, 48, 26), socks=linear(40, 27, 22), mane=linear(28, 20,
        17)),
    ears="horse", ear=0.9, tail="horse", leg=1.52, girth=1.16, body=1.20, neck=1.72, neck_lift=0.14, head=1.0,
    muzzle=2.05,
    bone=1.02, hair=0.002, sheen=0.13, size=1.72, face=replace(_GRAZER, snout=linear(74, 50, 40)), foot="hoof",
    bulk=Bulk(belly=0.35, withers=0.35),
)  # fmt: skip

_COW = _beast(
    "cow",
    Coat(_WHITE, linear(240, 226, 212), linear(226, 214, 200), socks=_WHITE),
    ears="side", tail="tuft", leg=1.22, girth=1.34, body=1.28, neck=1.02, neck_lift=-0.34, head=1.16, muzzle=1.62,
    bone=1.14, hair=0.002, size=1.62, gait="trot", foot="hoof", horns="cow", bulk=Bulk(belly=0.95, withers=0.2),
    face=replace(_GRAZER, broad=1.02, tip=1.42, thick=1.12, droop=0.22, snout=linear(206, 150, 136)),
    pattern=Pattern("patches", _BLACK, 4.2, 0.52, 0.03),
)  # fmt: skip

_LION = _beast(
    "lion",
    Coat(linear(190, 136, 76), linear(232, 206, 166), linear(160, 106, 56), mane=None, iris=linear(170, 120, 40)),
    ears="round", ear=0.95, tail="tuft", leg=1.0, girth=1.06, body=1.14, neck=0.90, neck_lift=-0.16, head=1.16,
    muzzle=0.86,
    bone=1.18, hair=0.0075, size=1.6, face=_BIG_CAT, bulk=Bulk(ruff=linear(96, 52, 24)),
)  # fmt: skip

_TIGER = replace(
    _LION,
    name="tiger",
    tail="long",
    coat=Coat(linear(214, 122, 44), linear(242, 228, 206), linear(190, 104, 40), iris=linear(180, 140, 50), under=0.85),
    bulk=Bulk(),
    pattern=Pattern("stripes", _BLACK, 9.0, 0.70, 0.06, 1.3, belly=0.20, hair=0.0068),
)

_BEAR = _beast(
    "bear",
    Coat(linear(92, 58, 36), linear(134, 98, 66), linear(70, 44, 28), socks=linear(62, 40, 27)),
    ears="round", ear=0.92, tail="bob", leg=0.98, girth=1.36, body=1.06, neck=0.80, neck_lift=-0.26, head=1.18,
    muzzle=0.98,
    bone=1.52, hair=0.016, size=1.42, face=replace(_BIG_CAT, eye=0.95, out=1.04, thick=1.0, tip=1.0),
    bulk=Bulk(belly=0.5, withers=0.5),
)  # fmt: skip

_RABBIT = _beast(
    "rabbit",
    Coat(linear(150, 126, 100), linear(232, 222, 206), linear(128, 104, 80)),
    ears="rabbit", tail="bob", leg=0.64, girth=0.96, body=0.74, neck=0.50, neck_lift=-0.1, head=0.86, muzzle=0.30,
    bone=0.80,
    hair=0.011, size=0.44, gait="hop", bulk=Bulk(belly=0.5),
    face=Face(broad=0.98, cheek=1.06, eye=1.5, out=1.10, ahead=-0.006, tip=0.9, nose="cat"),
)  # fmt: skip

_DEER = _beast(
    "deer",
    Coat(linear(160, 100, 56), linear(230, 212, 184), linear(128, 82, 50), socks=linear(150, 96, 58)),
    ears="side", ear=1.05, tail="short", leg=1.40, girth=0.90, body=1.04, neck=1.36, neck_lift=0.24, head=0.82,
    muzzle=1.36,
    bone=0.76, hair=0.003, size=1.34, face=replace(_GRAZER, eye=1.35, tip=0.92, snout=linear(40, 30, 28)),
    horns="antlers", foot="hoof",
)  # fmt: skip

_ELEPHANT = _beast(
    "elephant",
    Coat(linear(124, 118, 114), linear(138, 130, 126), linear(104, 98, 96)),
    ears="fan", ear=1.3, tail="tuft", leg=1.38, girth=1.60, body=1.02, neck=1.10, neck_lift=-0.16, head=1.62,
    muzzle=0.55,
    bone=2.35, hair=0.001, feather=0.0, size=2.7, gait="amble", foot="pad", horns="tusks", bulk=Bulk(belly=0.5),
    face=Face(broad=1.02, thick=0.92, eye=0.62, out=1.36, nose="trunk", ahead=0.004),
)  # fmt: skip

KINDS: Mapping[str, Build] = {
    "dog": replace(BUILDS["dog"], name="dog"),
    "cat": _CAT,
    "horse": _HORSE,
    "fox": _beast(
        "fox",
        Coat(
            linear(204, 98, 40), linear(240, 230, 216), linear(96, 48, 28), socks=linear(44, 28, 24),
            iris=linear(150, 96, 30),
        ),
        ears="point", ear=1.25, tail="brush", leg=0.90, girth=0.78, neck=0.84, head=0.86, muzzle=0.98, bone=0.80,
        hair=0.010,
        feather=0.024, size=0.72,
        face=Face(broad=1.0, cheek=1.12, thick=0.86, tip=0.80, eye=1.30, out=1.04, ahead=0.004),
    ),
    "wolf": _beast(
        "wolf",
        Coat(linear(122, 118, 114), linear(206, 200, 190), linear(78, 74, 72), iris=linear(190, 150, 60)),
        ears="point", ear=1.0, tail="brush", leg=1.12, girth=0.97, neck=0.95, neck_lift=-0.12, head=1.0, muzzle=1.14,
        hair=0.013,
        feather=0.030, size=1.15, face=Face(cheek=1.14, thick=0.98, tip=0.94, eye=1.15, out=1.06, ahead=0.002),
    ),
    "deer": _DEER,
    "cow": _COW,
    "sheep": _beast(
        "sheep",
        Coat(linear(232, 222, 200), linear(240, 232, 214), linear(120, 104, 90), socks=linear(70, 60, 54)),
        ears="side", tail="bob", leg=0.92, girth=1.06, body=0.96, neck=0.86, head=0.88, muzzle=1.20, bone=0.80,
        hair=0.004,
        size=1.12, gait="trot", foot="hoof", bulk=Bulk(wool=1.06), face=replace(_GRAZER, tip=0.94),
    ),
    "goat": _beast(
        "goat",
        Coat(linear(214, 200, 178), linear(236, 228, 214), linear(150, 128, 104), socks=linear(88, 74, 62)),
        ears="side", tail="short", leg=1.06, girth=0.98, body=0.98, neck=1.06, neck_lift=0.06, head=0.84, muzzle=1.38,
        bone=0.82, hair=0.008, feather=0.03, size=1.0, foot="hoof", horns="goat", face=_GRAZER,
    ),
    "pig": _beast(
        "pig",
        Coat(linear(232, 168, 154), linear(240, 186, 172), linear(214, 142, 130), socks=linear(226, 160, 146)),
        ears="side", ear=0.9, tail="pig", leg=0.66, girth=1.30, body=1.02, neck=0.66, neck_lift=-0.42, head=1.22,
        muzzle=0.92,
        bone=0.92, hair=0.0012, size=1.32, gait="trot", foot="hoof", bulk=Bulk(belly=0.9),
        face=Face(broad=1.0, cheek=1.15, thick=1.0, tip=1.0, eye=0.72, nose="snout"),
    ),
    "elephant": _ELEPHANT,
    "lion": _LION,
    "tiger": _TIGER,
    "leopard": replace(
        _TIGER,
        name="leopard",
        coat=Coat(linear(214, 160, 88), linear(240, 226, 200), linear(190, 136, 72), iris=linear(170, 150, 60)),
        girth=0.92, bone=1.0, head=1.0, size=1.2,
        pattern=Pattern("rosettes", linear(48, 32, 22), 15.0, 0.68, 0.10, 0.5, hair=0.0055),
    ),
    "cheetah": replace(
        _TIGER,
        name="cheetah",
        coat=Coat(linear(216, 166, 96), linear(242, 230, 206), linear(190, 140, 80), iris=linear(180, 120, 40)),
        leg=1.2, girth=0.84, bone=0.88, head=0.86, muzzle=0.7, size=1.15,
        pattern=Pattern("dots", linear(40, 28, 20), 17.0, 0.72, 0.06, 0.2, hair=0.0055),
    ),
    "bear": _BEAR,
    "panda": replace(
        _BEAR,
        name="panda",
        coat=Coat(_WHITE, _WHITE, _BLACK, socks=_BLACK, limbs=_BLACK),
        muzzle=0.66, head=1.34, size=1.15, bulk=Bulk(belly=0.3, saddle=_BLACK),
        face=Face(broad=1.08, cheek=1.25, thick=1.0, tip=1.0, eye=0.86, out=0.90, ahead=0.008, patch=_BLACK),
    ),
    "rabbit": _RABBIT,
    "squirrel": _beast(
        "squirrel",
        Coat(linear(160, 80, 38), linear(236, 220, 198), linear(120, 60, 30), under=0.85),
        ears="cat", ear=0.72, tail="bush", leg=0.62, girth=0.78, body=0.74, neck=0.52, head=0.78, muzzle=0.42,
        bone=0.76,
        hair=0.009, size=0.30, gait="hop", face=Face(broad=0.96, eye=1.34, out=1.06, nose="cat"),
    ),
    "mouse": _beast(
        "mouse",
        Coat(linear(142, 128, 116), linear(218, 206, 196), linear(176, 136, 126)),
        ears="round", ear=1.42, tail="rat", leg=0.50, girth=0.86, body=0.74, neck=0.46, neck_lift=-0.2, head=0.84,
        muzzle=0.62,
        bone=0.66, hair=0.007, size=0.16, face=Face(broad=0.9, eye=1.1, thick=0.86, tip=0.62, out=1.02, nose="cat"),
        bulk=Bulk(belly=0.4),
    ),
    "monkey": _beast(
        "monkey",
        Coat(
            linear(112, 78, 50), linear(232, 194, 160), linear(206, 164, 130), socks=linear(96, 66, 44),
            iris=linear(70, 40, 20),
            under=0.95,
        ),
        ears="round", ear=0.8, tail="long", leg=0.96, girth=0.80, body=0.80, neck=0.56, neck_lift=0.2, head=0.98,
        muzzle=0.40,
        bone=0.86, hair=0.010, size=0.72,
        face=Face(broad=1.0, cheek=1.16, thick=1.08, tip=1.05, eye=1.2, out=0.86, ahead=0.016, nose="soft"),
    ),
    "giraffe": _beast(
        "giraffe",
        Coat(
            linear(224, 194, 142), linear(236, 216, 178), linear(190, 150, 96), socks=linear(230, 208, 164),
            mane=linear(120, 66, 34),
        ),
        ears="side", tail="tuft", leg=1.95, girth=1.04, body=0.92, neck=3.7, neck_lift=0.32, head=0.86, muzzle=1.75,
        bone=0.98,
        hair=0.002, size=2.2, gait="amble", foot="hoof", horns="giraffe", bulk=Bulk(withers=0.6),
        face=replace(_GRAZER, eye=1.3), pattern=Pattern("net", linear(140, 78, 36), 8.0, 0.13, 0.05, 0.3, low=0.42),
    ),
    "zebra": replace(
        _HORSE,
        name="zebra",
        face=replace(_GRAZER, snout=linear(52, 46, 44)),
        coat=Coat(_WHITE, _WHITE, linear(190, 184, 176), socks=_WHITE, mane=_BLACK),
        size=1.45, neck=1.5, leg=1.4, tail="tuft",
        pattern=Pattern("stripes", _BLACK, 9.5, 0.52, 0.05, 0.6, belly=0.46),
    ),
    "donkey": replace(
        _HORSE,
        name="donkey",
        face=replace(_GRAZER, snout=linear(214, 206, 196)),

        coat=Coat(linear(128, 118, 108), linear(214, 206, 196), linear(98, 88, 80), socks=linear(170, 160, 150),
        mane=linear(60, 52, 48)),
        size=1.3, neck=1.3, leg=1.32, ear=1.75, tail="tuft", head=1.06,
    ),
    "camel": _beast(
        "camel",
        Coat(linear(186, 136, 84), linear(206, 162, 112), linear(150, 100, 58), socks=linear(176, 128, 80)),
        ears="side", ear=0.7, tail="tuft", leg=1.68, girth=1.10, body=1.06, neck=1.9, neck_lift=0.06, head=0.92,
        muzzle=1.7,
        bone=1.02, hair=0.006, size=1.75, gait="amble", foot="hoof", bulk=Bulk(humps=2, belly=0.4),
        face=replace(_GRAZER, droop=-0.3, tip=1.2),
    ),
    "unicorn": replace(
        _HORSE,
        name="unicorn",

        coat=Coat(linear(244, 240, 240), linear(250, 246, 246), linear(224, 214, 222), socks=linear(240, 234, 240),
        mane=linear(214, 170, 226)),
        horns="unicorn",
        face=replace(_GRAZER, snout=linear(222, 190, 196)),
    ),
    "ox": replace(
        _COW,
        name="ox",
        coat=Coat(linear(112, 70, 42), linear(140, 96, 62), linear(84, 50, 30), socks=linear(96, 60, 38)),
        pattern=None, hair=0.004, girth=1.42, bulk=Bulk(belly=0.8, withers=0.7),
    ),
    "llama": _beast(
        "llama",
        Coat(linear(226, 208, 176), linear(240, 230, 210), linear(186, 160, 124), socks=linear(206, 184, 148)),
        ears="horse", ear=0.9, tail="bob", leg=1.3, girth=1.12, body=0.96, neck=2.0, neck_lift=0.46, head=0.80,
        muzzle=1.2,
        bone=0.95, hair=0.018, feather=0.03, size=1.2, foot="hoof", face=replace(_GRAZER, eye=1.35),
    ),
    "raccoon": _beast(
        "raccoon",
        Coat(linear(112, 106, 100), linear(206, 200, 190), linear(84, 78, 74), socks=linear(50, 46, 44)),
        ears="round", ear=0.8, tail="brush", leg=0.66, girth=0.98, body=0.84, neck=0.6, head=0.94, muzzle=0.66,
        bone=0.8, hair=0.014,
        feather=0.024, size=0.62, face=Face(broad=1.05, cheek=1.2, thick=0.86, tip=0.8, eye=1.0, out=1.0,
            patch=linear(34, 30, 30)),
    ),
    "hedgehog": _beast(
        "hedgehog",
        Coat(linear(96, 78, 60), linear(206, 182, 150), linear(140, 112, 86), socks=linear(150, 120, 96)),
        ears="round", ear=0.6, tail="none", leg=0.40, girth=1.16, body=0.62, neck=0.42, neck_lift=-0.3, head=0.72,
        muzzle=0.9,
        bone=0.6, hair=0.030, size=0.30, bulk=Bulk(belly=0.4), face=Face(broad=0.9, thick=0.8, tip=0.62, eye=1.0,
            out=1.06),
    ),
    "kangaroo": _beast(
        "kangaroo",
        Coat(linear(168, 118, 80), linear(222, 190, 156), linear(132, 90, 60)),
        ears="side", ear=1.0, tail="saurian", leg=1.12, girth=0.92, body=0.90, neck=0.95, neck_lift=0.15, head=0.74,
        muzzle=1.05,
        bone=0.86, hair=0.005, size=1.35, gait="hop", face=Face(broad=0.9, eye=1.2, out=1.08, nose="dog", tip=0.9),
    ),
    "rhino": replace(
        _ELEPHANT,
        name="rhino",
        ears="horse", ear=0.7, leg=1.02, neck=0.9, neck_lift=-0.5, head=1.30, muzzle=1.7, bone=1.9, size=2.0,
        horns="rhino",
        face=replace(_GRAZER, broad=0.95, tip=1.3, thick=1.15, eye=0.8, out=1.16, droop=0.25),
    ),
    "hippo": replace(
        _ELEPHANT,
        name="hippo",
        coat=Coat(linear(122, 98, 100), linear(176, 140, 134), linear(104, 82, 84)),
        ears="round", ear=0.5, leg=0.74, neck=0.75, neck_lift=-0.5, head=1.42, muzzle=1.55, bone=1.9, size=2.2,
        horns=None,
        sheen=0.15, bulk=Bulk(belly=0.9), face=replace(_GRAZER, broad=0.95, tip=1.75, thick=1.25, eye=0.9, out=1.12,
            droop=0.1),
    ),
    "crocodile": _beast(
        "crocodile",
        Coat(linear(88, 98, 62), linear(176, 170, 120), linear(60, 68, 42), iris=linear(210, 180, 50)),
        ears="none", tail="saurian", leg=0.42, girth=0.86, body=1.4, neck=0.7, neck_lift=-0.55, head=0.98,
        muzzle=2.3, bone=1.0,
        hair=0.0012, feather=0.0, size=1.7, gait="trot", bulk=Bulk(spines=True), sheen=0.2,
        face=Face(broad=0.86, thick=0.9, tip=0.92, eye=1.2, out=1.02, nose="beak", droop=-0.55),
        pattern=Pattern("net", linear(66, 76, 46), 20.0, 0.2, 0.15, 0.3),
    ),
    "dragon": _beast(
        "dragon",
        Coat(linear(60, 118, 66), linear(196, 186, 110), linear(34, 74, 44), iris=linear(230, 170, 40)),
        ears="none", tail="saurian", leg=0.98, girth=1.06, body=1.2, neck=2.0, neck_lift=0.10, head=1.16,
        muzzle=1.45, bone=1.2,
        hair=0.0012, feather=0.0, size=3.2, gait="trot", horns="dragon", bulk=Bulk(spines=True, wings=True),
        face=Face(broad=0.9, thick=1.1, tip=1.0, eye=1.0, nose="beak", droop=0.2),
        pattern=Pattern("net", linear(44, 96, 54), 22.0, 0.20, 0.15, 0.3),
    ),
    "dinosaur": _beast(
        "dinosaur",
        Coat(linear(106, 132, 84), linear(176, 178, 128), linear(72, 96, 62)),
        ears="none", tail="saurian", leg=1.18, girth=1.42, body=1.2, neck=3.3, neck_lift=0.02, head=0.80,
        muzzle=0.95, bone=1.75,
        hair=0.001, feather=0.0, size=4.4, gait="amble", foot="pad", bulk=Bulk(belly=0.6),
        face=Face(broad=0.86, thick=1.2, tip=1.25, eye=1.25, nose="beak", droop=0.45),
        pattern=Pattern("patches", linear(72, 104, 70), 6.0, 0.56, 0.12),
    ),
}  # fmt: skip
"""The animals on four legs, by what a Character is called."""
