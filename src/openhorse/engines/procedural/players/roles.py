"""A part for a person in, who it is out: body, looks, outfit, hat and what is held. Knows no meshes and no moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.clothes import Outfit
from openhorse.engines.procedural.players.dyes import DYES, Dye, drawn, dye, worn
from openhorse.engines.procedural.players.head import Looks
from openhorse.engines.procedural.players.person import Body

_SKINS = (
    linear(238, 192, 160),
    linear(226, 172, 134),
    linear(206, 148, 108),
    linear(246, 206, 178),
    linear(160, 104, 70),
    linear(112, 70, 46),
)
_HAIRS = (
    linear(44, 28, 20),
    linear(24, 20, 22),
    linear(92, 54, 28),
    linear(142, 82, 40),
    linear(196, 150, 84),
    linear(128, 46, 22),
)
_IRISES = (linear(70, 42, 22), linear(54, 98, 130), linear(64, 100, 58), linear(44, 28, 20))
_GREY_HAIR = linear(206, 204, 202)


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


_WOMAN = Body(shoulders=0.145, hips=0.092, girth=0.90, head=1.02)
_MAN = Body(shoulders=0.178, hips=0.086, girth=1.05, head=1.02)
_OLD = Body(shoulders=0.165, hips=0.090, girth=1.12, head=1.05)
_CHILD = Body(shoulders=0.140, hips=0.086, girth=0.98, head=1.46, hip=0.80, thigh=0.38, shin=0.35)


def _looks(w: Wardrobe, cut: str, **more: object) -> Looks:
    things = dict(w.character.colours)
    skin = _SKINS[int(w.chance.integers(4))]
    hair = dye(things.get("hair"), _HAIRS[int(w.chance.integers(len(_HAIRS)))])
    if things.get("hair") == "black":
        hair = _HAIRS[1]
    for name in ("bob", "short", "long", "ponytail", "bun", "curly", "pigtails", "bald"):
        if name in w.character.things or f"{name}-hair" in w.character.things or w.character.variety == f"{name}-hair":
            cut = name
    return Looks(skin, hair, _IRISES[int(w.chance.integers(4))], cut, **more)  # type: ignore[arg-type]


def woman(w: Wardrobe) -> Person:
    """In a coat, a dress, or a blouse and a skirt."""
    looks = _looks(w, ("long", "bob", "ponytail", "bun")[int(w.chance.integers(4))], lashes=True)
    body = _WOMAN
    style = int(w.chance.integers(3))
    outfit = Outfit(
        w.colour("top", "cream", "teal", "white", "pink"),
        w.colour("skirt", "navy", "brown", "teal"),
        DYES["brown"],
        looks.skin,
        hem="skirt",
        legs=0.0,
        collar=False,
        sleeve=0.97,
    )
    if w.wears("coat") or (style == 0 and not w.wears("dress", "skirt", "jacket", "shirt")):
        coat = w.colour("coat", "red", "beige", "teal", "orange")
        outfit = Outfit(
            coat,
            linear(40, 42, 52),
            linear(52, 34, 28),
            looks.skin,
            trim=coat * 0.7,
            hem="coat",
            collar=True,
            buttons=True,
            boots=True,
            puffy=0.25,
            belt=coat * 0.6,
        )
    elif w.wears("dress", "gown") or style == 1:
        outfit = Outfit(
            w.colour("dress", "red", "teal", "yellow", "white", "blue"),
            DYES["cream"],
            DYES["brown"],
            looks.skin,
            hem="dress",
            sleeve=0.32,
            legs=0.0,
            belt=None,
        )
    return Person(body, looks, outfit, 0.985)


def man(w: Wardrobe) -> Person:
    """In a jacket, or a shirt and trousers."""
    looks = _looks(w, "short", beard=0.25 if w.chance.random() < 0.35 else 0.0)
    top = w.colour("jacket", "navy", "teal", "brown", "green", "grey")
    top = worn(w.character, "shirt", worn(w.character, "coat", top))
    style = int(w.chance.integers(2))
    outfit = Outfit(
        top,
        w.colour("trousers", "navy", "grey", "brown", "black"),
        linear(60, 40, 30),
        looks.skin,
        collar=style == 0,
        buttons=style == 0,
        trim=top * 0.72,
    )
    if w.wears("coat"):
        outfit = replace(outfit, hem="coat", collar=True, buttons=True, puffy=0.25)
    return Person(_MAN, looks, outfit, 1.06)


def girl(w: Wardrobe) -> Person:
    """In a dress, her hair in a tail or loose."""
    looks = _looks(w, ("pigtails", "ponytail", "bob", "long")[int(w.chance.integers(4))], lashes=True, young=True)
    top = w.colour("dress", "yellow", "red", "pink", "teal", "blue")
    top = worn(w.character, "coat", top)
    outfit = Outfit(
        top,
        DYES["white"],
        DYES["red"] if top[0] < 0.5 else DYES["navy"],
        looks.skin,
        hem="dress",
        sleeve=0.30,
        legs=0.0,
        trim=top * 0.5 + 0.4,
    )
    if w.wears("coat", "raincoat", "jacket"):
        outfit = replace(
            outfit,
            hem="coat",
            sleeve=1.0,
            legs=1.0,
            bottom=linear(60, 70, 100),
            collar=True,
            buttons=True,
            puffy=0.3,
            trim=top * 0.75,
        )
    return Person(_CHILD, looks, outfit, 0.68)


def boy(w: Wardrobe) -> Person:
    """In a jersey and shorts."""
    looks = _looks(w, "short", young=True)
    top = w.colour("shirt", "red", "blue", "green", "orange", "teal")
    top = worn(w.character, "jacket", worn(w.character, "coat", top))
    outfit = Outfit(
        top,
        w.colour("trousers", "navy", "beige", "brown"),
        DYES["white"],
        looks.skin,
        sleeve=0.42,
        legs=0.52,
        trim=DYES["white"],
    )
    if w.wears("coat", "raincoat", "jacket"):
        outfit = replace(
            outfit,
            sleeve=1.0,
            legs=1.0,
            collar=True,
            buttons=True,
            puffy=0.3,
            hem="coat" if w.wears("coat", "raincoat") else "none",
            trim=top * 0.7,
        )
    return Person(_CHILD, looks, outfit, 0.70)


def old_man(w: Wardrobe) -> Person:
    """With a white beard, in a cardigan."""
    looks = replace(_looks(w, "bald", beard=0.7), hair=_GREY_HAIR)
    top = w.colour("coat", "green", "brown", "navy")
    outfit = Outfit(
        top, DYES["grey"] * 0.5, linear(50, 36, 28), looks.skin, buttons=True, collar=True, trim=top * 0.6, puffy=0.3
    )
    return Person(_OLD, looks, outfit, 1.0, hat="cap", hat_dye=DYES["grey"] * 0.6, move="shuffle", glasses=True)


def old_woman(w: Wardrobe) -> Person:
    """Grey, with a bun and a long skirt."""
    looks = replace(_looks(w, "bun", lashes=True), hair=_GREY_HAIR)
    outfit = Outfit(
        w.colour("coat", "purple", "teal", "red"),
        DYES["grey"] * 0.5,
        linear(50, 36, 28),
        looks.skin,
        hem="skirt",
        buttons=True,
        collar=True,
        legs=0.0,
        puffy=0.3,
    )
    return Person(replace(_OLD, shoulders=0.15), looks, outfit, 0.93, move="shuffle", glasses=True)


def person(w: Wardrobe) -> Person:
    """A woman or a man by chance."""
    return woman(w) if w.chance.random() < 0.5 else man(w)


def child(w: Wardrobe) -> Person:
    """A girl or a boy by chance."""
    return girl(w) if w.chance.random() < 0.5 else boy(w)


def dancer(w: Wardrobe) -> Person:
    """In a ballet dress."""
    looks = _looks(w, "bun", lashes=True)
    outfit = Outfit(
        w.colour("dress", "pink", "white", "red"),
        linear(240, 214, 208),
        linear(238, 190, 190),
        looks.skin,
        hem="dress",
        sleeve=0.12,
        legs=0.97,
        trim=DYES["white"],
    )
    return Person(_WOMAN, looks, outfit, 0.98, move="ballet")


def astronaut(w: Wardrobe) -> Person:
    """In a white suit with a gilt visor."""
    looks = _looks(w, "short")
    suit = w.colour("suit", "white")
    outfit = Outfit(
        suit,
        suit,
        suit * 0.75,
        looks.skin,
        trim=linear(226, 96, 40),
        puffy=2.0,
        gloss=0.15,
        boots=True,
        belt=DYES["grey"] * 0.6,
        backpack=suit * 0.85,
    )
    return Person(replace(_MAN, head=1.05), looks, outfit, 1.06, hat="visor", hat_dye=suit)


def knight(w: Wardrobe) -> Person:
    """In armour with a plume, sword in hand."""
    looks = _looks(w, "short")
    steel = w.colour("armour", "silver")
    outfit = Outfit(
        steel,
        steel * 0.9,
        steel * 0.8,
        looks.skin,
        trim=DYES["gold"],
        puffy=0.7,
        gloss=0.9,
        metal=0.85,
        boots=True,
        belt=DYES["brown"],
        collar=True,
        cape=w.colour("cape", "red", "blue"),
    )
    return Person(_MAN, looks, outfit, 1.06, hat="helmet", hat_dye=steel, held="sword")


def wizard(w: Wardrobe) -> Person:
    """In a long robe and a pointed hat, with a beard and a staff."""
    looks = replace(_looks(w, "long", beard=1.0), hair=_GREY_HAIR)
    robe = w.colour("robe", "blue", "purple")
    outfit = Outfit(
        robe,
        robe * 0.6,
        linear(60, 40, 30),
        looks.skin,
        trim=DYES["gold"],
        hem="robe",
        loose=0.06,
        belt=DYES["gold"] * 0.7,
        puffy=0.3,
    )
    return Person(_OLD, looks, outfit, 1.04, hat="wizard", hat_dye=robe, held="staff")


def witch(w: Wardrobe) -> Person:
    """In black, with a pointed hat."""
    looks = _looks(w, "long", lashes=True)
    robe = w.colour("robe", "black", "purple")
    outfit = Outfit(
        robe, robe, linear(30, 24, 30), looks.skin, trim=DYES["purple"], hem="gown", loose=0.05, belt=DYES["purple"]
    )
    return Person(_WOMAN, looks, outfit, 1.0, hat="wizard", hat_dye=robe)


def monk(w: Wardrobe) -> Person:
    """In an orange robe."""
    looks = _looks(w, "bald")
    robe = w.colour("robe", "orange")
    outfit = Outfit(
        robe,
        robe * 0.8,
        linear(90, 60, 40),
        looks.skin,
        trim=robe * 0.55,
        hem="robe",
        loose=0.05,
        crossed=True,
        belt=robe * 0.6,
    )
    return Person(_MAN, looks, outfit, 1.02)


def chef(w: Wardrobe) -> Person:
    """In white, with a tall hat."""
    looks = _looks(w, "short", beard=0.1)
    outfit = Outfit(
        DYES["white"],
        DYES["grey"] * 0.5,
        DYES["black"],
        looks.skin,
        trim=linear(200, 60, 50),
        buttons=True,
        collar=True,
        puffy=0.35,
    )
    return Person(
        replace(_MAN, girth=1.2),
        looks,
        outfit,
        1.05,
        hat="chef",
        hat_dye=DYES["white"],
        held="ladle" if "cook" in w.character.actions else None,
    )


def musician(w: Wardrobe) -> Person:
    """With a guitar."""
    made = man(w)
    return replace(
        made, held="violin" if w.wears("violin") or w.character.variety == "violin" else "guitar", move="play"
    )


def samurai(w: Wardrobe) -> Person:
    """In lacquered armour with a horned helmet."""
    looks = _looks(w, "topknot")
    top = w.colour("armour", "red", "navy", "black")
    outfit = Outfit(
        top * 0.8,
        linear(34, 34, 44),
        linear(40, 32, 28),
        looks.skin,
        trim=DYES["gold"],
        hem="coat",
        puffy=0.7,
        gloss=0.5,
        crossed=True,
        belt=DYES["gold"] * 0.8,
        boots=True,
    )
    return Person(_MAN, looks, outfit, 1.04, hat="kabuto", hat_dye=top * 0.6, held="katana")


def princess(w: Wardrobe) -> Person:
    """In a wide gown with a crown."""
    looks = _looks(w, "long", lashes=True)
    gown = w.colour("dress", "pink", "blue", "violet", "gold")
    outfit = Outfit(
        gown,
        gown,
        DYES["white"],
        looks.skin,
        trim=DYES["gold"],
        hem="gown",
        sleeve=0.28,
        legs=0.2,
        belt=DYES["gold"],
        puffy=0.1,
    )
    return Person(_WOMAN, looks, outfit, 1.0, hat="crown", hat_dye=DYES["gold"])


def king(w: Wardrobe) -> Person:
    """With a beard, a crown and a red cloak."""
    looks = _looks(w, "short", beard=0.6)
    outfit = Outfit(
        w.colour("robe", "blue", "purple"),
        linear(80, 30, 40),
        linear(60, 36, 28),
        looks.skin,
        trim=DYES["gold"],
        hem="coat",
        puffy=0.5,
        belt=DYES["gold"],
        boots=True,
        collar=True,
        cape=DYES["red"],
    )
    return Person(_OLD, looks, outfit, 1.06, hat="crown", hat_dye=DYES["gold"])


def hanfu(w: Wardrobe) -> Person:
    """In flowing sleeves: hanfu or kimono."""
    looks = replace(_looks(w, "bun", lashes=True), hair=_HAIRS[1], skin=_SKINS[3])
    robe = worn(w.character, "hanfu", w.colour("kimono", "white", "red", "teal", "pink"))
    outfit = Outfit(
        robe,
        robe * 0.9,
        DYES["white"],
        looks.skin,
        trim=drawn(w.chance, "red", "teal", "violet", "navy"),
        hem="gown" if not w.wears("kimono") else "robe",
        loose=0.12,
        crossed=True,
        belt=drawn(w.chance, "red", "navy", "teal"),
        legs=0.3,
    )
    return Person(_WOMAN, looks, outfit, 0.98, held="parasol" if w.wears("umbrella", "parasol") else None)


def skier(w: Wardrobe) -> Person:
    """In a bright suit, goggles and a woollen hat, on skis."""
    looks = _looks(w, "short")
    top = w.colour("jacket", "red", "blue", "yellow", "orange")
    outfit = Outfit(
        top,
        linear(34, 38, 50),
        DYES["black"],
        looks.skin,
        trim=DYES["white"],
        puffy=0.8,
        collar=True,
        boots=True,
        gloss=0.1,
    )
    return Person(_MAN, looks, outfit, 1.04, hat="ski", hat_dye=DYES["white"], held="skis", move="ski")


def surfer(w: Wardrobe) -> Person:
    """In a wetsuit, on a board."""
    looks = _looks(w, "curly")
    suit = w.colour("suit", "navy", "black", "teal")
    outfit = Outfit(suit, suit * 0.8, looks.skin, looks.skin, sleeve=0.4, legs=0.5, gloss=0.4, trim=DYES["orange"])
    return Person(_MAN, looks, outfit, 1.04, held="board", move="surf")


def farmer(w: Wardrobe) -> Person:
    """In a straw hat and dungarees."""
    made = man(w)
    outfit = replace(
        made.outfit,
        bottom=DYES["blue"] * 0.7,
        boots=True,
        collar=False,
        buttons=False,
        top=w.colour("shirt", "red", "green", "cream"),
    )
    return replace(made, outfit=outfit, hat="straw", hat_dye=linear(224, 186, 110))


def fisherman(w: Wardrobe) -> Person:
    """In a straw hat, with a rod."""
    return replace(farmer(w), held="fishing-rod", move="stand")


def hero(w: Wardrobe) -> Person:
    """In a cape."""
    looks = _looks(w, "short")
    suit = w.colour("suit", "blue", "red", "navy")
    outfit = Outfit(
        suit,
        suit,
        DYES["red"],
        looks.skin,
        trim=DYES["red"],
        belt=DYES["gold"],
        boots=True,
        cape=w.colour("cape", "red"),
        gloss=0.2,
    )
    return Person(replace(_MAN, shoulders=0.195, girth=1.1), looks, outfit, 1.08, move="fly")


def ninja(w: Wardrobe) -> Person:
    """All in black."""
    looks = _looks(w, "short")
    black = w.colour("suit", "black")
    outfit = Outfit(
        black, black, black, looks.skin, trim=DYES["red"], belt=DYES["red"], crossed=True, scarf=DYES["red"]
    )
    return Person(_MAN, looks, outfit, 1.02, hat="hood", hat_dye=black, held="katana")


def bride(w: Wardrobe) -> Person:
    """In white, with flowers."""
    looks = _looks(w, "bun", lashes=True)
    outfit = Outfit(
        DYES["white"],
        DYES["white"],
        DYES["white"],
        looks.skin,
        trim=linear(255, 250, 244),
        hem="gown",
        sleeve=0.25,
        legs=0.2,
        cape=linear(250, 248, 246),
    )
    return Person(_WOMAN, looks, outfit, 1.0, held="flowers")


def detective(w: Wardrobe) -> Person:
    """In a trench coat and a felt hat."""
    looks = _looks(w, "short")
    coat = w.colour("coat", "beige", "brown")
    outfit = Outfit(
        coat,
        linear(40, 40, 46),
        linear(40, 28, 22),
        looks.skin,
        trim=coat * 0.7,
        hem="coat",
        collar=True,
        buttons=True,
        belt=coat * 0.6,
        puffy=0.3,
    )
    return Person(_MAN, looks, outfit, 1.06, hat="fedora", hat_dye=coat * 0.5)


def suited(w: Wardrobe) -> Person:
    """In a suit with a tie."""
    looks = _looks(w, "short")
    suit = w.colour("suit", "navy", "grey", "black")
    outfit = Outfit(
        suit, suit, linear(34, 26, 24), looks.skin, trim=w.colour("tie", "red", "blue"), shirt=DYES["white"], puffy=0.25
    )
    return Person(_MAN, looks, outfit, 1.06)


def doctor(w: Wardrobe) -> Person:
    """In a white coat."""
    made = w.chance.random() < 0.5
    base = woman(w) if made else man(w)
    outfit = Outfit(
        DYES["white"],
        linear(60, 80, 110),
        DYES["white"],
        base.looks.skin,
        trim=linear(210, 216, 220),
        hem="coat",
        shirt=DYES["teal"],
        puffy=0.2,
    )
    return replace(base, outfit=outfit, glasses=True)


def hiker(w: Wardrobe) -> Person:
    """With a backpack and a staff's worth of road ahead."""
    base = person(w)
    top = w.colour("jacket", "orange", "red", "teal", "yellow")
    outfit = Outfit(
        top,
        linear(70, 66, 58),
        linear(90, 60, 40),
        base.looks.skin,
        trim=top * 0.7,
        puffy=0.4,
        collar=True,
        boots=True,
        backpack=w.colour("backpack", "green", "navy", "red"),
    )
    return replace(base, outfit=outfit)


def cyclist(w: Wardrobe) -> Person:
    """With a helmet."""
    base = person(w)
    outfit = Outfit(
        w.colour("shirt", "yellow", "red", "teal"),
        linear(34, 36, 44),
        DYES["white"],
        base.looks.skin,
        sleeve=0.45,
        legs=0.55,
        trim=DYES["white"],
    )
    return replace(base, outfit=outfit, hat="bike", hat_dye=w.colour("helmet", "red", "white"), move="pedal")


ROLES: Mapping[str, Callable[[Wardrobe], Person]] = {
    "person": person,
    "woman": woman,
    "man": man,
    "girl": girl,
    "boy": boy,
    "child": child,
    "old-man": old_man,
    "old-woman": old_woman,
    "grandfather": old_man,
    "grandmother": old_woman,
    "couple": person,
    "crowd": person,
    "traveller": hiker,
    "hiker": hiker,
    "explorer": hiker,
    "dancer": dancer,
    "ballerina": dancer,
    "astronaut": astronaut,
    "knight": knight,
    "wizard": wizard,
    "witch": witch,
    "monk": monk,
    "chef": chef,
    "cook": chef,
    "musician": musician,
    "guitarist": musician,
    "violinist": musician,
    "samurai": samurai,
    "princess": princess,
    "queen": princess,
    "king": king,
    "hanfu": hanfu,
    "skier": skier,
    "surfer": surfer,
    "farmer": farmer,
    "fisherman": fisherman,
    "superhero": hero,
    "hero": hero,
    "ninja": ninja,
    "bride": bride,
    "detective": detective,
    "businessman": suited,
    "doctor": doctor,
    "scientist": doctor,
    "racer": cyclist,
    "singer": dancer,
    "hunter": hiker,
    "soldier": knight,
    "warrior": knight,
}
"""Who can be played by a person, by kind."""
