"""A subject's word in, an animal's build and coat out. Knows no pose and no pixels.

Lengths are factors on those of a golden retriever with its withers at 0.6 m.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.markings import Pattern

Array = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Coat:
    """Linear colours of a coat: back and sides, light parts, ears, and legs below the joints if they differ.

    `under` is how far belly and cheeks take the light colour."""

    base: Array
    light: Array
    dark: Array
    socks: Array | None = None
    mane: Array | None = None
    limbs: Array | None = None
    under: float = 0.3
    iris: Array = field(default_factory=lambda: linear(46, 26, 14))


Ears = Literal["drop", "point", "long", "cat", "round", "side", "horse", "rabbit", "fan", "none"]
Tail = Literal[
    "plume", "thin", "brush", "horse", "short", "tuft", "bob", "bush", "curl", "long", "saurian", "pig", "rat", "none"
]
Horns = Literal[
    "antlers", "palms", "sweep", "bow", "cow", "ram", "goat", "unicorn", "giraffe", "tusks", "dragon", "rhino"
]


@dataclass(frozen=True, slots=True)
class Face:
    """The shape of a head, as factors on a dog's: how broad it is, how thick its muzzle, how large its eyes.

    `out` is how far its eyes stand sideways,
    `ahead` how far forward. `nose` is its kind; `iris` its colour is the coat's.
    """

    broad: float = 1.0
    cheek: float = 1.0
    thick: float = 1.0
    tip: float = 1.0
    eye: float = 1.0
    out: float = 1.0
    ahead: float = 0.0
    nose: Literal["dog", "cat", "soft", "snout", "trunk", "beak"] = "dog"
    droop: float = 0.0
    patch: NDArray[np.floating] | None = None
    snout: NDArray[np.floating] | None = None


@dataclass(frozen=True, slots=True)
class Bulk:
    """What a trunk has besides a dog's: a deeper belly, humps, wool, a ruff of long hair, wings."""

    belly: float = 0.0
    humps: int = 0
    wool: float = 0.0
    ruff: NDArray[np.floating] | None = None
    withers: float = 0.0
    saddle: NDArray[np.floating] | None = None
    wings: bool = False
    spines: bool = False


@dataclass(frozen=True, slots=True)
class Build:
    """A species: factors on the retriever's lengths, the kinds of its ears and tail, its coat.

    `hair` and `feather` are the lengths of body hair and of the long hair on chest, legs and tail, in metres.
    """

    name: str
    coat: Coat
    ears: Ears = "drop"
    tail: Tail = "plume"
    leg: float = 1.0
    girth: float = 1.0
    body: float = 1.0
    neck: float = 1.0
    neck_lift: float = 0.0
    head: float = 1.0
    muzzle: float = 1.0
    bone: float = 1.0
    hair: float = 0.009
    feather: float = 0.034
    pants: bool = True
    size: float = 1.0
    face: Face | None = None
    horns: Horns | None = None
    bulk: Bulk = Bulk()
    pattern: Pattern | None = None
    ear: float = 1.0
    sheen: float = 0.0
    gait: Literal["gallop", "trot", "amble", "hop"] = "gallop"
    foot: Literal["paw", "hoof", "pad"] = "paw"

    @property
    def hoofed(self) -> bool:
        """Whether it goes on hooves."""
        return self.foot == "hoof" or self.tail in ("horse", "short")


_GOLD = Coat(linear(192, 124, 58), linear(238, 192, 128), linear(146, 84, 36))
_RETRIEVER = Build("golden retriever", _GOLD, bone=0.92)

BUILDS: Mapping[str, Build] = {
    "dog/golden": _RETRIEVER,
    "dog": _RETRIEVER,
    "cat": Build(
        "cat",
        Coat(linear(112, 104, 96), linear(206, 200, 192), linear(78, 72, 68), iris=linear(150, 150, 40)),
        ears="point",
        tail="thin",
        leg=0.70,
        girth=0.70,
        body=0.92,
        neck=0.62,
        head=0.86,
        muzzle=0.42,
        bone=0.80,
        hair=0.007,
        feather=0.012,
        pants=False,
        size=0.72,
    ),
    "fox": Build(
        "fox",
        Coat(linear(204, 98, 40), linear(238, 228, 214), linear(70, 38, 26), socks=linear(44, 28, 24)),
        ears="point",
        tail="brush",
        leg=0.88,
        girth=0.76,
        neck=0.86,
        head=0.84,
        muzzle=0.95,
        bone=0.80,
        feather=0.024,
        pants=False,
        size=0.86,
    ),
    "wolf": Build(
        "wolf",
        Coat(linear(122, 118, 114), linear(206, 200, 190), linear(70, 66, 64), iris=linear(150, 110, 40)),
        ears="point",
        tail="brush",
        leg=1.12,
        girth=0.95,
        neck=0.95,
        neck_lift=-0.10,
        head=0.98,
        muzzle=1.12,
        hair=0.012,
        feather=0.028,
        pants=False,
        size=1.05,
    ),
    "horse": Build(
        "horse",
        Coat(
            linear(122, 66, 34),
            linear(142, 86, 48),
            linear(84, 44, 24),
            socks=linear(38, 26, 22),
            mane=linear(26, 18, 15),
        ),
        ears="long",
        tail="horse",
        leg=1.55,
        girth=1.14,
        body=1.22,
        neck=1.75,
        neck_lift=0.16,
        head=1.02,
        muzzle=2.2,
        bone=0.95,
        hair=0.002,
        feather=0.012,
        pants=False,
        size=0.92,
    ),
    "deer": Build(
        "deer",
        Coat(linear(166, 108, 64), linear(228, 208, 180), linear(126, 80, 48)),
        ears="long",
        tail="short",
        leg=1.42,
        girth=0.82,
        body=1.05,
        neck=1.38,
        neck_lift=0.26,
        head=0.72,
        muzzle=1.30,
        bone=0.72,
        hair=0.004,
        feather=0.008,
        pants=False,
        size=0.90,
    ),
}
"""The animals that can be drawn, by the subject that names them."""
