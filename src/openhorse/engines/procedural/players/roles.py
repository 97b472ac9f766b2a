"""A part for a person in, who it is out: body, looks, outfit, hat and what is held. Knows no meshes and no moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.clothes import Outfit
from openhorse.engines.procedural.players.costumes import (
    astronaut,
    bride,
    chef,
    dancer,
    detective,
    hanfu,
    hero,
    king,
    knight,
    monk,
    ninja,
    princess,
    samurai,
    skier,
    surfer,
    witch,
    wizard,
)
from openhorse.engines.procedural.players.dyes import DYES, worn
from openhorse.engines.procedural.players.wardrobe import CHILD, GREY_HAIR, MAN, OLD, WOMAN, Person, Wardrobe, looks_of


def woman(w: Wardrobe) -> Person:
    """In a coat, a dress, or a blouse and a skirt."""
    looks = looks_of(w, ("long", "bob", "ponytail", "bun")[int(w.chance.integers(4))], lashes=True)
    body = WOMAN
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
    looks = looks_of(w, "short", beard=0.25 if w.chance.random() < 0.35 else 0.0)
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
    return Person(MAN, looks, outfit, 1.06)


def girl(w: Wardrobe) -> Person:
    """In a dress, her hair in a tail or loose."""
    looks = looks_of(w, ("pigtails", "ponytail", "bob", "long")[int(w.chance.integers(4))], lashes=True, young=True)
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
    return Person(CHILD, looks, outfit, 0.68)


def boy(w: Wardrobe) -> Person:
    """In a jersey and shorts."""
    looks = looks_of(w, "short", young=True)
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
    return Person(CHILD, looks, outfit, 0.70)


def old_man(w: Wardrobe) -> Person:
    """With a white beard, in a cardigan."""
    looks = replace(looks_of(w, "bald", beard=0.7), hair=GREY_HAIR)
    top = w.colour("coat", "green", "brown", "navy")
    outfit = Outfit(
        top, DYES["grey"] * 0.5, linear(50, 36, 28), looks.skin, buttons=True, collar=True, trim=top * 0.6, puffy=0.3
    )
    return Person(OLD, looks, outfit, 1.0, hat="cap", hat_dye=DYES["grey"] * 0.6, move="shuffle", glasses=True)


def old_woman(w: Wardrobe) -> Person:
    """Grey, with a bun and a long skirt."""
    looks = replace(looks_of(w, "bun", lashes=True), hair=GREY_HAIR)
    outfit = Outfit(
        w.colour("coat", "purple", "teal", "red"),
        DYES["grey"] * 0.5,
        linear(50, 36, 28),
        looks.skin,
        hem="long-skirt",
        buttons=True,
        collar=True,
        legs=0.0,
        puffy=0.3,
    )
    return Person(replace(OLD, shoulders=0.15), looks, outfit, 0.93, move="shuffle", glasses=True)


def person(w: Wardrobe) -> Person:
    """A woman or a man by chance."""
    return woman(w) if w.chance.random() < 0.5 else man(w)


def child(w: Wardrobe) -> Person:
    """A girl or a boy by chance."""
    return girl(w) if w.chance.random() < 0.5 else boy(w)


def musician(w: Wardrobe) -> Person:
    """With a guitar."""
    made = man(w)
    return replace(
        made,
        held="violin" if w.wears("violin") or "violin" in (w.character.variety, w.character.kind[:6]) else "guitar",
        move="play",
    )


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


def suited(w: Wardrobe) -> Person:
    """In a suit with a tie."""
    looks = looks_of(w, "short")
    suit = w.colour("suit", "navy", "grey", "black")
    outfit = Outfit(
        suit, suit, linear(34, 26, 24), looks.skin, trim=w.colour("tie", "red", "blue"), shirt=DYES["white"], puffy=0.25
    )
    return Person(MAN, looks, outfit, 1.06)


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
    "singer": woman,
    "hunter": hiker,
    "warrior": knight,
}
"""Who can be played by a person, by kind."""
