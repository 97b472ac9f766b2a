"""A part for a person in, what chance and the words choose for it out: body, skin, hair, colours. Knows no roles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.clothes import Outfit
from openhorse.engines.procedural.players.dyes import Dye, drawn, dye, worn
from openhorse.engines.procedural.players.head import Looks
from openhorse.engines.procedural.players.person import Body

SKINS = (
    linear(238, 192, 160),
    linear(226, 172, 134),
    linear(206, 148, 108),
    linear(246, 206, 178),
    linear(160, 104, 70),
    linear(112, 70, 46),
)
HAIRS = (
    linear(44, 28, 20),
    linear(24, 20, 22),
    linear(92, 54, 28),
    linear(142, 82, 40),
    linear(196, 150, 84),
    linear(128, 46, 22),
)
_IRISES = (linear(70, 42, 22), linear(54, 98, 130), linear(64, 100, 58), linear(44, 28, 20))
GREY_HAIR = linear(206, 204, 202)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody complete. `size` scales a body built at a grown size; `hat` and `held` are names of meshes."""

    body: Body
    looks: Looks
    outfit: Outfit
    size: float = 1.0
    hat: str | None = None
    hat_dye: Dye | None = None
    held: str | None = None
    move: str | None = None
    glasses: bool = False


@dataclass(frozen=True, slots=True)
class Wardrobe:
    """What the prompt leaves open, chosen by chance: the part, and a generator of its own."""

    character: Character
    chance: np.random.Generator

    def colour(self, part: str, *names: str) -> Dye:
        """What the prompt says of a part, else of the whole, else one of some names."""
        return worn(self.character, part, drawn(self.chance, *names))

    def wears(self, *names: str) -> bool:
        """Whether any of these is worn or held."""
        return any(name in self.character.things for name in names)


WOMAN = Body(shoulders=0.145, hips=0.092, girth=0.90, head=1.02)
MAN = Body(shoulders=0.178, hips=0.086, girth=1.05, head=1.02)
OLD = Body(shoulders=0.165, hips=0.090, girth=1.12, head=1.05)
CHILD = Body(shoulders=0.140, hips=0.086, girth=0.98, head=1.46, hip=0.80, thigh=0.38, shin=0.35)


def looks_of(w: Wardrobe, cut: str, **more: object) -> Looks:
    """Skin, hair and eyes: what the words say, else by chance."""
    things = dict(w.character.colours)
    skin = SKINS[int(w.chance.integers(4))]
    hair = dye(things.get("hair"), HAIRS[int(w.chance.integers(len(HAIRS)))])
    if things.get("hair") == "black":
        hair = HAIRS[1]
    for name in ("bob", "short", "long", "ponytail", "bun", "curly", "pigtails", "bald"):
        if name in w.character.things or f"{name}-hair" in w.character.things or w.character.variety == f"{name}-hair":
            cut = name
    return Looks(skin, hair, _IRISES[int(w.chance.integers(4))], cut, **more)  # type: ignore[arg-type]
