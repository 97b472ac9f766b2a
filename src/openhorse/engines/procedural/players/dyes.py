"""A plain colour's name in, its linear light out. Knows no player."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.drawing.noise import linear

Dye = NDArray[np.floating[Any]]

DYES: Mapping[str, Dye] = {
    "red": linear(196, 34, 36),
    "orange": linear(228, 112, 30),
    "yellow": linear(238, 186, 40),
    "gold": linear(222, 168, 60),
    "golden": linear(222, 168, 60),
    "green": linear(46, 122, 66),
    "teal": linear(28, 122, 124),
    "turquoise": linear(52, 172, 170),
    "cyan": linear(60, 176, 204),
    "blue": linear(38, 84, 176),
    "navy": linear(28, 40, 84),
    "purple": linear(104, 54, 148),
    "violet": linear(124, 78, 184),
    "pink": linear(232, 130, 160),
    "magenta": linear(200, 44, 130),
    "brown": linear(112, 70, 42),
    "beige": linear(214, 190, 154),
    "cream": linear(238, 226, 200),
    "white": linear(236, 234, 228),
    "silver": linear(182, 186, 192),
    "grey": linear(122, 124, 128),
    "gray": linear(122, 124, 128),
    "black": linear(30, 30, 34),
    "blond": linear(214, 170, 96),
    "blonde": linear(214, 170, 96),
}
"""The colours that a character may have, by their names."""


def dye(name: str | None, otherwise: Dye) -> Dye:
    """A named colour; `otherwise` where there is no such name."""
    return otherwise if name is None else DYES.get(name, otherwise)


def worn(character: Character, part: str, otherwise: Dye) -> Dye:
    """The colour of something that a character wears, holds or has."""
    return dye(dict(character.colours).get(part), otherwise)


def drawn(generator: np.random.Generator, *names: str) -> Dye:
    """One of several colours by chance."""
    return DYES[names[int(generator.integers(len(names)))]]
