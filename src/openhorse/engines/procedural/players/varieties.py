"""A kind, a variety and a colour in, an animal's build out: breeds, colours and the young. Knows no pose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.markings import Pattern
from openhorse.engines.procedural.players.menagerie import KINDS
from openhorse.engines.procedural.players.paints import PAINTS
from openhorse.engines.procedural.players.species import BUILDS, Build, Bulk, Coat, Face

_BLACK = linear(26, 23, 22)
_WHITE = linear(238, 233, 224)


def _dog(name: str, coat: Coat, **rest: object) -> Build:
    plain: dict[str, object] = {
        "ears": "point", "ear": 1.0, "tail": "brush", "hair": 0.010, "feather": 0.022, "pants": False,
        "face": Face(cheek=1.05, eye=1.2, out=1.06),
    }  # fmt: skip
    return Build(name, coat, **(plain | rest))  # type: ignore[arg-type]


_MUZZLE = KINDS["deer"].face or Face()
_DARK_MUZZLE = replace(KINDS["ox"].face or Face(), snout=linear(44, 38, 36))
_TAN = Coat(linear(196, 128, 66), linear(242, 232, 216), linear(150, 88, 42), under=0.85)
_VARIETIES: Mapping[str, Mapping[str, Build]] = {
    "dog": {
        "golden": replace(BUILDS["dog"], name="golden retriever"),
        "labrador": replace(BUILDS["dog"], name="labrador", hair=0.004, feather=0.012, tail="thin", pants=False),
        "husky": _dog(
            "husky",
            Coat(
                linear(112, 114, 120), linear(240, 238, 234), linear(70, 72, 78), socks=_WHITE,
                iris=linear(120, 190, 230),
            ),
            tail="curl", size=1.0, hair=0.013, feather=0.030,
        ),
        "shiba": _dog(
            "shiba", Coat(linear(206, 128, 62), linear(246, 234, 214), linear(186, 108, 50), socks=_WHITE, under=0.85),
            tail="curl", size=0.72, face=Face(broad=1.04, cheek=1.22, tip=0.9, eye=1.2, out=1.08),
        ),
        "corgi": _dog(
            "corgi", replace(_TAN, socks=_WHITE), leg=0.52, girth=0.98, body=1.06, ear=1.35, tail="bob", size=0.72,
            muzzle=0.92, bone=0.9,
        ),
        "shepherd": _dog(
            "German shepherd", Coat(linear(150, 104, 62), linear(200, 156, 106), linear(46, 38, 32)), ear=1.25,
            size=1.05, muzzle=1.12, bulk=Bulk(saddle=linear(52, 42, 36)),
        ),
        "dalmatian": _dog(
            "dalmatian", Coat(_WHITE, _WHITE, linear(60, 54, 52)), ears="drop", tail="thin", hair=0.002,
            feather=0.01, size=0.98,
            pattern=Pattern("dots", _BLACK, 13.0, 0.74, 0.05, 0.2),
        ),
        "beagle": _dog(
            "beagle", Coat(linear(168, 104, 56), _WHITE, linear(132, 76, 40), socks=_WHITE, under=0.9), ears="drop",
            ear=1.2,
            tail="thin", hair=0.003, size=0.66, bulk=Bulk(),
        ),
        "collie": _dog(
            "border collie", Coat(linear(44, 40, 40), _WHITE, linear(34, 30, 30), socks=_WHITE, under=0.9),
            ears="point",
            ear=0.85, hair=0.016, feather=0.034, size=0.9,
        ),
        "poodle": _dog(
            "poodle", Coat(linear(226, 206, 176), linear(238, 224, 200), linear(206, 180, 144)), ears="drop",
            tail="bob", size=0.66, bulk=Bulk(wool=0.95),
        ),
    },
    "cat": {
        "tabby": KINDS["cat"],
        "orange": replace(
            KINDS["cat"], name="ginger cat",
            coat=Coat(linear(212, 126, 54), linear(244, 226, 200), linear(190, 104, 44), iris=linear(180, 150, 40)),
            pattern=Pattern("stripes", linear(176, 88, 32), 14, 0.70, 0.22, 0.8, belly=0.16, hair=0.0075),
        ),
        "calico": replace(
            KINDS["cat"], name="calico cat", coat=Coat(_WHITE, _WHITE, linear(190, 110, 50), iris=linear(150, 160, 50)),
            pattern=Pattern("patches", linear(196, 108, 44), 5.5, 0.54, 0.03),
        ),
        "siamese": replace(
            KINDS["cat"], name="Siamese cat",
            coat=Coat(linear(222, 200, 168), linear(90, 66, 52), linear(62, 46, 38), socks=linear(74, 54, 44),
            iris=linear(90, 150, 220)),
            pattern=None,
        ),
    },
    "deer": {
        "doe": replace(KINDS["deer"], name="doe", horns=None),
        "fawn": replace(KINDS["deer"], horns=None, pattern=Pattern("dots", _WHITE, 15.0, 0.80, 0.06, 0.1, low=0.42)),
        "elk": replace(
            KINDS["deer"], name="elk", coat=Coat(linear(172, 132, 88), linear(206, 176, 134), linear(66, 44, 30),
            socks=linear(70, 48, 34), limbs=linear(92, 64, 44)),
            hair=0.007, girth=1.04, bone=0.95, leg=1.46, size=1.78, bulk=Bulk(withers=0.3),
        ),
        "moose": replace(
            KINDS["deer"], name="moose", coat=Coat(linear(74, 52, 38), linear(96, 74, 56), linear(54, 38, 30),
            socks=linear(140, 124, 106)),
            horns="palms", ears="side", hair=0.010, girth=1.12, bone=1.0, leg=1.66, neck=1.05, neck_lift=0.0, head=1.02,
            muzzle=1.9, size=1.82, bulk=Bulk(withers=1.0, belly=0.3),
            face=replace(_MUZZLE, droop=0.5, tip=1.5, thick=1.2, eye=1.0),
        ),
        "reindeer": replace(
            KINDS["deer"], name="reindeer", coat=Coat(linear(122, 100, 82), linear(226, 218, 206), linear(98, 78, 62),
            socks=linear(92, 74, 60), under=0.7),
            horns="sweep", hair=0.013, girth=1.02, bone=0.95, leg=1.22, neck=1.15, neck_lift=-0.10, size=1.22,
        ),
    },
    "leopard": {
        "jaguar": replace(
            KINDS["leopard"], name="jaguar", coat=Coat(linear(206, 142, 66), linear(238, 222, 190),
            linear(178, 118, 56), iris=linear(190, 160, 50)),
            girth=1.10, bone=1.22, head=1.12, leg=0.92, size=1.3,
            pattern=Pattern("rosettes", linear(34, 22, 16), 10.5, 0.62, 0.10, 0.5, hair=0.0055),
        ),
    },
    "rabbit": {
        "hare": replace(
            KINDS["rabbit"], name="hare", coat=Coat(linear(164, 122, 74), linear(232, 222, 206), linear(96, 72, 50)),
            leg=0.92, girth=0.82, body=0.84, ear=1.3, neck=0.6, muzzle=0.42, hair=0.008, size=0.54,
        ),
    },
    "mouse": {
        "rat": replace(
            KINDS["mouse"], name="rat", coat=Coat(linear(98, 84, 72), linear(176, 162, 148), linear(186, 140, 130)),
            ear=0.92, body=0.90, muzzle=0.84, hair=0.010, size=0.30,
        ),
    },
    "llama": {
        "alpaca": replace(
            KINDS["llama"], name="alpaca", coat=Coat(linear(196, 152, 104), linear(216, 178, 134),
            linear(160, 116, 76), socks=linear(190, 146, 100)),
            neck=1.55, leg=1.05, muzzle=0.85, size=1.05, bulk=Bulk(wool=0.9),
        ),
    },
    "crocodile": {
        "lizard": replace(KINDS["crocodile"], name="lizard", size=0.3, muzzle=1.1, leg=0.5),
        "alligator": replace(
            KINDS["crocodile"], name="alligator", coat=Coat(linear(44, 48, 40), linear(196, 184, 146),
            linear(30, 33, 29), iris=linear(190, 160, 60)),
            muzzle=1.7, girth=1.0, face=replace(KINDS["crocodile"].face or Face(), broad=1.12, thick=1.1, tip=1.5),
            pattern=Pattern("net", linear(26, 29, 24), 20.0, 0.2, 0.15, 0.3),
        ),
    },
    "lion": {"lioness": replace(KINDS["lion"], name="lioness", bulk=Bulk()), "cub": replace(KINDS["lion"],
        bulk=Bulk())},
    "ox": {
        "yak": replace(
            KINDS["ox"], name="yak", coat=Coat(linear(66, 46, 36), linear(90, 66, 52), linear(50, 35, 28),
            socks=linear(60, 42, 34)), hair=0.034, horns="bow", bulk=Bulk(belly=1.0, withers=1.0),
            face=_DARK_MUZZLE,
        ),
        "bull": replace(
            KINDS["ox"], name="bull", coat=Coat(linear(46, 34, 30), linear(66, 50, 44), linear(36, 27, 24),
            socks=linear(38, 29, 26)), girth=1.5, bone=1.25, neck=0.94, size=KINDS["ox"].size * 1.04,
            face=_DARK_MUZZLE,
        ),
        "buffalo": replace(
            KINDS["ox"], name="buffalo", coat=Coat(linear(62, 60, 62), linear(84, 80, 80), linear(48, 46, 48),
            socks=linear(150, 142, 132)), horns="bow", girth=1.46, hair=0.002,
            face=_DARK_MUZZLE,
        ),
    },
    "sheep": {"ram": replace(KINDS["sheep"], name="ram", horns="ram")},
    "bear": {"polar": replace(KINDS["bear"], name="polar bear", coat=Coat(linear(236, 230, 214), linear(240, 236, 224),
    linear(214, 206, 188)))},
}  # fmt: skip

ALSO: Mapping[str, tuple[str, str]] = {
    "puppy": ("dog", "puppy"), "kitten": ("cat", "kitten"), "foal": ("horse", "foal"), "pony": ("horse", "pony"),
    "fawn": ("deer", "fawn"), "stag": ("deer", ""), "elk": ("deer", "elk"), "moose": ("deer", "moose"),
    "reindeer": ("deer", "reindeer"), "calf": ("cow", "calf"), "lamb": ("sheep", "lamb"), "ram": ("sheep", "ram"),
    "piglet": ("pig", "piglet"), "bunny": ("rabbit", "bunny"), "hare": ("rabbit", "hare"), "bull": ("ox", "bull"),
    "buffalo": ("ox", "buffalo"), "yak": ("ox", "yak"), "polar-bear": ("bear", "polar"), "rat": ("mouse", "rat"),
    "lioness": ("lion", "lioness"),
    "jaguar": ("leopard", "jaguar"), "alpaca": ("llama", "alpaca"), "alligator": ("crocodile", "alligator"),
    "lizard": ("crocodile", "lizard"),
}  # fmt: skip
"""Other names, and the kind and variety that they stand for."""

_YOUNG = {"puppy", "kitten", "foal", "fawn", "calf", "lamb", "piglet", "cub", "kid", "baby", "pup", "bunny", "pony"}
_TWO_TONE = {"fox", "husky", "corgi", "shiba", "squirrel", "panda", "tiger"}


def build_of(kind: str, variety: str = "", colour: str | None = None) -> Build | None:
    """The build of a kind on four legs, in the colour that is asked for; None for others."""
    if kind in ALSO:
        kind, also = ALSO[kind]
        variety = f"{also} {variety}"
    if kind not in KINDS:
        return None
    words = variety.replace("/", " ").split()
    found = next((_VARIETIES[kind][word] for word in words if word in _VARIETIES.get(kind, {})), KINDS[kind])
    if colour is not None and colour in PAINTS:
        found = _painted(found, colour)
    young = next((word for word in words if word in _YOUNG), None)
    return _young(found, young) if young else found


def _painted(build: Build, colour: str) -> Build:
    paint, coat = PAINTS[colour], build.coat
    if colour in ("orange", "red") and build.name == "cat":
        return _VARIETIES["cat"]["orange"]
    light = coat.light if build.name in _TWO_TONE else paint * 0.55 + np.minimum(paint * 1.6 + 0.08, 0.9) * 0.45
    mane = None if coat.mane is None else _WHITE * 0.85 if colour == "white" else paint * 0.22
    socks = None if coat.socks is None else coat.socks if build.name in _TWO_TONE else paint * 0.8
    keep = build.name in ("zebra", "giraffe", "tiger", "leopard", "cheetah", "dalmatian", "panda")
    marks = build.pattern if keep or build.pattern is None else None
    ruff = build.bulk.ruff
    bulk = build.bulk if ruff is None else replace(build.bulk, ruff=paint * 0.6)
    name = f"{colour} {build.name}"
    face = build.face
    if face is not None and face.snout is not None and build.hoofed:
        face = replace(face, snout=paint * 0.55 + linear(206, 160, 150) * (0.25 if colour == "white" else 0.0))
    new = replace(coat, base=paint, light=light, dark=paint * 0.72, socks=socks, mane=mane)
    return replace(build, name=name, coat=new, pattern=marks, bulk=bulk, face=face)


def _young(build: Build, word: str) -> Build:
    face = None if build.face is None else replace(build.face, eye=build.face.eye * 1.22, cheek=build.face.cheek * 1.06)
    small = {"pony": 0.8, "bunny": 0.8}.get(word, 0.56)
    horns = None if build.horns in ("antlers", "palms", "sweep", "cow", "bow", "tusks", "goat", "ram") else build.horns
    return replace(
        build,
        name=f"{build.name} {word}" if word == "cub" else word if word != "baby" else f"baby {build.name}",
        size=build.size * small,
        head=build.head * (1.0 if word == "pony" else 1.26),
        leg=build.leg * 0.90,
        body=build.body * 0.90,
        muzzle=build.muzzle * 0.80,
        neck=build.neck * 0.88,
        hair=build.hair * 1.15,
        face=face,
        horns=horns,
    )
