"""A bird's name in, its shape and feathers out. Knows no pose and no pixels.

Lengths are those of a model about half a metre long; `size` makes it as large as life. A bird is one entry of `BIRDS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear

Array = NDArray[np.floating]

_BLACK = linear(30, 29, 32)
_WHITE = linear(238, 236, 230)
_YELLOW = linear(236, 176, 52)
_ORANGE = linear(232, 120, 40)


@dataclass(frozen=True, slots=True)
class Bird:
    """A bird: its colours, how long its neck, beak, legs and tail are, how wide its wings.

    `upright` is how steeply its body stands (radians), `beat` how often it beats its wings (per second),
    `soars` whether
    it glides between beats, `swims` whether it is at home on the water, `hops` whether it hops rather than walks.
    """

    name: str
    back: Array
    belly: Array
    head: Array | None = None
    wing: Array | None = None
    tip: Array | None = None
    tail: Array | None = None
    beak: Array = field(default_factory=lambda: _YELLOW)
    legs: Array = field(default_factory=lambda: linear(150, 110, 70))
    iris: Array = field(default_factory=lambda: linear(60, 36, 20))
    face: Array | None = None
    comb: Array | None = None
    girth: float = 1.0
    neck: float = 0.10
    skull: float = 1.0
    eye: float = 1.0
    bill: float = 0.075
    hook: float = 0.0
    flat: bool = False
    leg: float = 0.16
    fan: float = 0.17
    span: float = 1.0
    chord: float = 1.0
    upright: float = 0.42
    beat: float = 3.2
    soars: bool = False
    swims: bool = False
    hops: bool = False
    flies: bool = True
    trails: bool = False
    size: float = 0.6


def _plain(name: str, colour: Array, **rest: object) -> Bird:
    return Bird(name, colour, colour, **rest)  # type: ignore[arg-type]


BIRDS: Mapping[str, Bird] = {
    "bird": Bird(
        "bird", linear(74, 110, 160), linear(226, 214, 196), head=linear(60, 96, 150), wing=linear(62, 96, 146),
        tip=linear(44, 62, 92), beak=linear(70, 60, 50), hops=True, beat=4.4, size=0.42,
    ),
    "sparrow": Bird(
        "sparrow", linear(136, 96, 62), linear(206, 196, 180), head=linear(128, 84, 56), wing=linear(118, 78, 48),
        tip=linear(74, 52, 38), beak=linear(70, 60, 50), hops=True, beat=5.0, girth=1.08, size=0.30,
    ),
    "robin": Bird(
        "robin", linear(110, 94, 76), linear(222, 210, 192), head=linear(196, 86, 36), wing=linear(100, 84, 68),
        face=linear(206, 92, 38), beak=linear(60, 50, 44), hops=True, beat=5.0, girth=1.14, size=0.28,
    ),
    "swallow": Bird(
        "swallow", linear(36, 46, 84), linear(232, 222, 206), head=linear(34, 42, 78), face=linear(150, 60, 36),
        beak=_BLACK, fan=0.32, span=1.25, chord=0.72, beat=4.6, hops=True, girth=0.86, size=0.32,
    ),
    "pigeon": Bird(
        "pigeon", linear(128, 134, 146), linear(140, 142, 152), head=linear(84, 98, 112), tip=linear(60, 62, 70),
        beak=linear(70, 64, 62), legs=linear(200, 80, 70), girth=1.12, beat=4.0, size=0.55,
    ),
    "dove": _plain("dove", _WHITE, beak=linear(200, 140, 120), legs=linear(210, 120, 110), girth=1.06, beat=3.8,
    size=0.52),
    "crow": _plain("crow", _BLACK, beak=linear(26, 25, 26), legs=_BLACK, bill=0.10, beat=3.0, size=0.78),
    "parrot": Bird(
        "parrot", linear(206, 40, 34), linear(214, 52, 40), wing=linear(40, 96, 190), tip=linear(30, 66, 160),
        tail=linear(40, 80, 180), face=_WHITE, beak=linear(50, 46, 44), hook=0.05, bill=0.06, fan=0.40, skull=1.14,
        upright=0.85, beat=3.4, size=0.85,
    ),
    "owl": Bird(
        "owl", linear(140, 108, 76), linear(214, 192, 160), face=linear(232, 214, 184), tip=linear(96, 72, 50),
        beak=linear(80, 70, 60), iris=linear(236, 160, 30), girth=1.22, skull=1.62, eye=1.75, neck=0.035, bill=0.03,
        hook=0.03,
        leg=0.09, fan=0.13, upright=1.15, span=1.25, chord=1.25, beat=2.2, soars=True, size=0.78,
    ),
    "eagle": Bird(
        "eagle", linear(82, 56, 36), linear(94, 66, 44), head=_WHITE, tail=_WHITE, tip=linear(44, 32, 24),
        iris=linear(230, 190, 60), hook=0.045, bill=0.075, legs=_YELLOW, leg=0.13, span=1.55, chord=1.25, upright=0.7,
        beat=1.7, soars=True, size=1.35,
    ),
    "hawk": Bird(
        "hawk", linear(120, 84, 54), linear(214, 194, 164), tip=linear(60, 44, 32), iris=linear(230, 180, 50),
        hook=0.04,
        bill=0.06, legs=_YELLOW, span=1.35, chord=1.1, upright=0.75, beat=2.2, soars=True, size=0.85,
    ),
    "seagull": Bird(
        "seagull", linear(168, 174, 182), _WHITE, head=_WHITE, tail=_WHITE, tip=_BLACK, legs=linear(222, 150, 90),
        bill=0.085,
        span=1.5, chord=0.82, upright=0.22, beat=2.2, soars=True, size=0.85,
    ),
    "duck": Bird(
        "mallard duck", linear(138, 122, 104), linear(176, 166, 152), head=linear(26, 92, 60), wing=linear(122, 108,
            94),
        tip=linear(70, 60, 54), face=linear(96, 58, 38), legs=_ORANGE, bill=0.095, flat=True, girth=1.12, neck=0.13,
        leg=0.085, fan=0.10,
        upright=0.16, span=1.05, chord=0.85, beat=4.2, swims=True, size=0.85,
    ),
    "goose": Bird(
        "goose", _WHITE, _WHITE, beak=_ORANGE, legs=_ORANGE, bill=0.085, flat=True, girth=1.2, neck=0.27, leg=0.11,
        fan=0.09,
        upright=0.2, span=1.25, beat=2.8, swims=True, size=1.15,
    ),
    "swan": Bird(
        "swan", _WHITE, _WHITE, beak=_ORANGE, face=_BLACK, legs=_BLACK, bill=0.075, flat=True, girth=1.22, neck=0.42,
        leg=0.09,
        skull=0.86, fan=0.10, upright=0.14, span=1.45, chord=1.1, beat=1.9, swims=True, size=1.5,
    ),
    "chicken": Bird(
        "hen", linear(178, 96, 46), linear(196, 118, 62), tail=linear(84, 48, 30), comb=linear(208, 32, 30),
        girth=1.28, neck=0.13,
        leg=0.12, fan=0.16, upright=0.20, span=0.7, beat=5.0, bill=0.05, flies=False, legs=_YELLOW, size=0.80,
    ),
    "crane": Bird(
        "red-crowned crane", _WHITE, _WHITE, head=_WHITE, face=_BLACK, wing=_WHITE, tip=_BLACK, tail=_BLACK,
        comb=linear(200, 36, 32), beak=linear(150, 140, 104), legs=_BLACK, bill=0.15, neck=0.42, leg=0.46, fan=0.13,
        skull=0.78, upright=0.30, span=1.6, chord=1.1, beat=1.7, soars=True, trails=True, size=1.45,
    ),
    "heron": Bird(
        "grey heron", linear(130, 142, 156), linear(206, 208, 210), head=_WHITE, tip=linear(50, 54, 64),
        beak=linear(222, 172, 70), legs=linear(120, 104, 80), bill=0.17, neck=0.38, leg=0.40, fan=0.10, skull=0.74,
        upright=0.50,
        span=1.45, chord=1.15, beat=1.8, soars=True, trails=True, size=1.25,
    ),
    "flamingo": Bird(
        "flamingo", linear(240, 138, 140), linear(246, 164, 160), tip=linear(60, 36, 40), beak=linear(60, 50, 52),
        legs=linear(232, 116, 124), bill=0.10, hook=0.06, neck=0.44, leg=0.52, fan=0.07, skull=0.72, upright=0.24,
        span=1.3,
        chord=0.9, beat=2.4, trails=True, size=1.35,
    ),
    "penguin": Bird(
        "penguin", linear(36, 38, 46), _WHITE, head=linear(30, 31, 36), wing=linear(36, 38, 46), face=linear(240,
            176, 70),
        beak=linear(60, 52, 50), legs=linear(214, 140, 60), girth=1.15, neck=0.09, skull=0.95, bill=0.095, leg=0.125,
        fan=0.06,
        upright=1.42, flies=False, swims=True, size=1.45,
    ),
    "peacock": Bird(
        "peacock", linear(26, 96, 120), linear(24, 76, 130), head=linear(24, 70, 160), wing=linear(150, 130, 96),
        tail=linear(36, 110, 66), comb=linear(30, 80, 150), beak=linear(150, 140, 120), neck=0.26, leg=0.22,
        fan=0.85, skull=0.8,
        upright=0.25, flies=False, size=1.1,
    ),
    "hummingbird": Bird(
        "hummingbird", linear(40, 130, 90), linear(222, 222, 214), face=linear(200, 40, 90), beak=_BLACK, bill=0.18,
        beat=7.0,
        girth=0.9, leg=0.05, span=0.8, chord=0.8, size=0.20,
    ),
    "turkey": Bird(
        "turkey", linear(70, 50, 38), linear(84, 60, 44), head=linear(150, 110, 120), comb=linear(200, 40, 40),
        girth=1.5,
        neck=0.20, leg=0.17, fan=0.26, upright=0.32, flies=False, size=1.1,
    ),
}  # fmt: skip
"""The birds, by what a Character is called."""

VARIETIES: Mapping[str, Mapping[str, Bird]] = {
    "chicken": {
        "rooster": replace(
            BIRDS["chicken"], name="rooster", back=linear(190, 84, 32), tail=linear(22, 52, 46), fan=0.30, upright=0.42,
            head=linear(216, 138, 48), leg=0.16,
        ),
        "chick": Bird(
            "chick", linear(244, 206, 96), linear(248, 220, 130), girth=1.2, skull=1.28, neck=0.06, fan=0.05,
            leg=0.09, bill=0.035,
            beak=_ORANGE, legs=_ORANGE, eye=1.2, upright=0.35, flies=False, size=0.24,
        ),
    },
    "crow": {
        "raven": replace(
            BIRDS["crow"], name="raven", back=linear(26, 27, 36), bill=0.125, hook=0.018, fan=0.23, girth=1.1, span=1.2,
            soars=True, size=1.05,
        ),
        "magpie": Bird(
            "magpie", _BLACK, _WHITE, head=_BLACK, wing=linear(22, 32, 52), tip=linear(24, 44, 78),
            tail=linear(22, 58, 66), beak=linear(26, 25, 26), legs=_BLACK, face=_BLACK, bill=0.08, fan=0.42, beat=4.0,
            hops=True, size=0.66,
        ),
    },
    "parrot": {
        "macaw": Bird(
            "blue-and-yellow macaw", linear(24, 96, 190), linear(246, 186, 40), head=linear(40, 120, 180),
            wing=linear(22, 84, 176), tip=linear(20, 52, 130), tail=linear(22, 76, 170), face=_WHITE, beak=_BLACK,
            hook=0.06, bill=0.075, fan=0.58, skull=1.16, upright=0.85, span=1.15, beat=2.9, size=1.0,
        ),
    },
    "hawk": {
        "falcon": replace(
            BIRDS["hawk"], name="falcon", back=linear(74, 84, 100), belly=linear(230, 222, 206),
            head=linear(40, 44, 54), face=linear(228, 220, 204), wing=linear(70, 80, 96), tip=linear(38, 42, 52),
            tail=linear(62, 70, 84),
            iris=linear(50, 34, 24), chord=0.82, span=1.3, fan=0.15, beat=3.4, soars=False, size=0.72,
        ),
    },
    "heron": {
        "stork": replace(
            BIRDS["heron"], name="white stork", back=_WHITE, belly=_WHITE, wing=_WHITE, tip=_BLACK, tail=_WHITE,
            beak=linear(214, 62, 40), legs=linear(206, 58, 42), bill=0.19, neck=0.30, size=1.3,
        ),
        "egret": replace(
            BIRDS["heron"], name="egret", back=_WHITE, belly=_WHITE, wing=_WHITE, tip=_WHITE, tail=_WHITE, legs=_BLACK,
            girth=0.86, size=1.05,
        ),
    },
    "duck": {
        "duckling": Bird(
            "duckling", linear(244, 206, 96), linear(248, 220, 130), girth=1.12, skull=1.25, neck=0.07, fan=0.05,
            leg=0.07,
            bill=0.05, flat=True, beak=_ORANGE, legs=_ORANGE, eye=1.15, upright=0.25, swims=True, flies=False,
            size=0.32,
        ),
    },
}  # fmt: skip
