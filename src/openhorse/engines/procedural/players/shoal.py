"""A fish's name in, its shape and colours out. Knows no pose and no pixels. A fish is one entry of `FISH`.

Lengths are those of a model 0.7 m long; `size` makes it as large as life.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.markings import Pattern

Array = NDArray[np.floating]

_WHITE = linear(238, 236, 230)
_BLACK = linear(24, 24, 28)


@dataclass(frozen=True, slots=True)
class Fish:
    """A fish or whale: its colours, how tall and thick its body is, its fins, and how it bends.

    `plane` tells whether its tail swings sideways (fish) or up and down (whales); `veil` is how long its fins flow.
    """

    name: str
    back: Array
    belly: Array
    fin: Array
    tall: float = 0.17
    thick: float = 0.10
    nose: float = 0.45
    stalk: float = 0.030
    plane: Literal["side", "up"] = "side"
    veil: float = 1.0
    dorsal: tuple[float, float, float] = (0.10, -0.14, 0.10)
    tail: float = 0.17
    forked: float = 0.5
    beak: float = 0.0
    flipper: float = 0.11
    eye: float = 0.019
    iris: Array | None = None
    pattern: Pattern | None = None
    gloss: float = 0.22
    beat: float = 1.5
    bend: float = 0.060
    size: float = 0.3


_KOI = Fish(
    "koi", _WHITE, _WHITE, linear(240, 226, 212), tall=0.125, thick=0.09, veil=1.15, forked=0.4, tail=0.17,
    dorsal=(0.09, -0.12, 0.075), pattern=Pattern("patches", linear(222, 74, 28), 5.6, 0.50, 0.05), beat=1.0, size=0.75,
)  # fmt: skip

FISH: Mapping[str, Fish] = {
    "fish": Fish(
        "tropical fish", linear(244, 176, 34), linear(250, 214, 96), linear(236, 150, 30), tall=0.21, thick=0.075,
        forked=0.25,
        dorsal=(0.16, -0.20, 0.12), iris=linear(40, 40, 60), size=0.30,
        pattern=Pattern("stripes", linear(36, 70, 160), 4.6, 0.74, 0.07, 0.35),
    ),
    "clownfish": Fish(
        "clownfish", linear(240, 104, 22), linear(246, 128, 40), linear(240, 110, 24), tall=0.165, thick=0.095,
        forked=0.0,
        dorsal=(0.17, -0.18, 0.075), veil=0.9, size=0.24, beat=1.9, pattern=Pattern("stripes", _WHITE, 4.3, 0.70,
            0.05, 0.2),
    ),
    "goldfish": Fish(
        "goldfish", linear(240, 118, 22), linear(250, 176, 70), linear(250, 150, 60), tall=0.165, thick=0.115,
        veil=1.75, forked=0.75,
        dorsal=(0.10, -0.14, 0.13), tail=0.22, beat=1.1, size=0.26, iris=linear(220, 150, 40),
    ),
    "koi": _KOI,
    "shark": Fish(
        "shark", linear(98, 110, 124), linear(222, 226, 228), linear(84, 96, 110), tall=0.080, thick=0.072,
        nose=0.62, stalk=0.024,
        dorsal=(0.05, -0.04, 0.10), tail=0.15, forked=1.0, flipper=0.15, eye=0.0105, gloss=0.10, beat=0.75,
        bend=0.075, size=4.6,
    ),
    "dolphin": Fish(
        "dolphin", linear(92, 112, 136), linear(214, 220, 224), linear(78, 96, 118), tall=0.086, thick=0.078,
        nose=0.42, stalk=0.024,
        plane="up", dorsal=(-0.01, -0.08, 0.075), tail=0.11, forked=0.9, beak=0.060, flipper=0.11, eye=0.0095,
        gloss=0.30, beat=0.95,
        bend=0.055, size=3.4,
    ),
    "whale": Fish(
        "whale", linear(52, 70, 92), linear(196, 204, 208), linear(46, 62, 82), tall=0.112, thick=0.104, nose=0.22,
        stalk=0.024,
        plane="up", dorsal=(-0.14, -0.18, 0.030), tail=0.13, forked=0.8, flipper=0.20, eye=0.0075, gloss=0.16,
        beat=0.32, bend=0.050,
 size=17.0,
    ),
    "orca": Fish(
        "orca", linear(24, 25, 30), _WHITE, linear(22, 23, 28), tall=0.098, thick=0.088, nose=0.36, plane="up",
        stalk=0.026,
        dorsal=(0.04, -0.04, 0.15), tail=0.12, forked=0.8, flipper=0.12, eye=0.0080, gloss=0.3, beat=0.7, bend=0.05,
        size=9.0,
    ),
    "salmon": Fish(
        "salmon", linear(110, 126, 140), linear(226, 226, 226), linear(120, 110, 110), tall=0.105, thick=0.08,
        nose=0.5, forked=0.45,
        dorsal=(0.04, -0.04, 0.06), gloss=0.4, size=1.0, pattern=Pattern("dots", linear(50, 56, 64), 30.0, 0.80,
        0.05, 0.2),
    ),
}  # fmt: skip
"""The fish and whales, by what a Character is called."""

VARIETIES: Mapping[str, Fish] = {
    "clown": FISH["clownfish"],
    "blue": replace(
        FISH["fish"], name="blue tang", back=linear(26, 74, 200), belly=linear(40, 100, 220), fin=linear(246, 206, 50),
        pattern=Pattern("patches", _BLACK, 4.0, 0.58, 0.04),
    ),
    "angel": replace(FISH["fish"], name="angelfish", tall=0.27, dorsal=(0.12, -0.20, 0.24), veil=1.5),
}  # fmt: skip
