"""A part for a role in, who it is out: those whose clothes tell what they are. Knows no meshes and no moves."""

from __future__ import annotations

from dataclasses import replace

from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.players.clothes import Outfit
from openhorse.engines.procedural.players.dyes import DYES, drawn, worn
from openhorse.engines.procedural.players.wardrobe import (
    GREY_HAIR,
    HAIRS,
    MAN,
    OLD,
    SKINS,
    WOMAN,
    Person,
    Wardrobe,
    looks_of,
)


def dancer(w: Wardrobe) -> Person:
    """In a ballet dress."""
    looks = looks_of(w, "bun", lashes=True)
    outfit = Outfit(
        w.colour("dress", "pink", "white", "red"),
        linear(240, 214, 208),
        linear(238, 190, 190),
        looks.skin,
        hem="tutu",
        sleeve=0.12,
        legs=0.97,
        trim=DYES["white"],
    )
    return Person(WOMAN, looks, outfit, 0.98, move="ballet")


def astronaut(w: Wardrobe) -> Person:
    """In a white suit with a gilt visor."""
    looks = looks_of(w, "short")
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
    return Person(replace(MAN, head=1.05), looks, outfit, 1.06, hat="visor", hat_dye=suit)


def knight(w: Wardrobe) -> Person:
    """In armour with a plume, sword in hand."""
    looks = looks_of(w, "short")
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
    return Person(MAN, looks, outfit, 1.06, hat="helmet", hat_dye=steel, held="sword")


def wizard(w: Wardrobe) -> Person:
    """In a long robe and a pointed hat, with a beard and a staff."""
    looks = replace(looks_of(w, "long", beard=1.0), hair=GREY_HAIR)
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
    return Person(OLD, looks, outfit, 1.04, hat="wizard", hat_dye=robe, held="staff")


def witch(w: Wardrobe) -> Person:
    """In black, with a pointed hat."""
    looks = looks_of(w, "long", lashes=True)
    robe = w.colour("robe", "black", "purple")
    outfit = Outfit(
        robe, robe, linear(30, 24, 30), looks.skin, trim=DYES["purple"], hem="gown", loose=0.05, belt=DYES["purple"]
    )
    return Person(WOMAN, looks, outfit, 1.0, hat="wizard", hat_dye=robe)


def monk(w: Wardrobe) -> Person:
    """In an orange robe."""
    looks = looks_of(w, "bald")
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
    return Person(MAN, looks, outfit, 1.02)


def chef(w: Wardrobe) -> Person:
    """In white, with a tall hat."""
    looks = looks_of(w, "short", beard=0.1)
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
        replace(MAN, girth=1.2),
        looks,
        outfit,
        1.05,
        hat="chef",
        hat_dye=DYES["white"],
        held="ladle" if "cook" in w.character.actions else None,
    )


def samurai(w: Wardrobe) -> Person:
    """In lacquered armour with a horned helmet."""
    looks = looks_of(w, "topknot")
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
        collar=True,
        belt=DYES["gold"] * 0.8,
        boots=True,
    )
    return Person(MAN, looks, outfit, 1.04, hat="kabuto", hat_dye=top * 0.6, held="sheathed")


def princess(w: Wardrobe) -> Person:
    """In a wide gown with a crown."""
    looks = looks_of(w, "long", lashes=True)
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
    return Person(WOMAN, looks, outfit, 1.0, hat="crown", hat_dye=DYES["gold"])


def king(w: Wardrobe) -> Person:
    """With a beard, a crown and a red cloak."""
    looks = looks_of(w, "short", beard=0.6)
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
    return Person(OLD, looks, outfit, 1.06, hat="crown", hat_dye=DYES["gold"])


def hanfu(w: Wardrobe) -> Person:
    """In flowing sleeves: hanfu or kimono."""
    looks = replace(looks_of(w, "bun", lashes=True), hair=HAIRS[1], skin=SKINS[3])
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
    return Person(WOMAN, looks, outfit, 0.98, held="parasol" if w.wears("umbrella", "parasol") else None)


def skier(w: Wardrobe) -> Person:
    """In a bright suit, goggles and a woollen hat, on skis."""
    looks = looks_of(w, "short")
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
    return Person(MAN, looks, outfit, 1.04, hat="ski", hat_dye=DYES["white"], held="skis", move="ski")


def surfer(w: Wardrobe) -> Person:
    """In a wetsuit, on a board."""
    looks = looks_of(w, "curly")
    suit = w.colour("suit", "navy", "black", "teal")
    outfit = Outfit(suit, suit * 0.8, looks.skin, looks.skin, sleeve=0.4, legs=0.5, gloss=0.4, trim=DYES["orange"])
    return Person(MAN, looks, outfit, 1.04, held="board", move="surf")


def hero(w: Wardrobe) -> Person:
    """In a cape."""
    looks = looks_of(w, "short")
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
    return Person(replace(MAN, shoulders=0.195, girth=1.1), looks, outfit, 1.08, move="fly")


def ninja(w: Wardrobe) -> Person:
    """All in black."""
    looks = looks_of(w, "short")
    black = w.colour("suit", "black")
    outfit = Outfit(
        black, black, black, looks.skin, trim=DYES["red"], belt=DYES["red"], crossed=True, scarf=DYES["red"]
    )
    return Person(MAN, looks, outfit, 1.02, hat="hood", hat_dye=black, held="katana")


def bride(w: Wardrobe) -> Person:
    """In white, with flowers."""
    looks = looks_of(w, "bun", lashes=True)
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
    return Person(WOMAN, looks, outfit, 1.0, held="flowers")


def detective(w: Wardrobe) -> Person:
    """In a trench coat and a felt hat."""
    looks = looks_of(w, "short")
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
    return Person(MAN, looks, outfit, 1.06, hat="fedora", hat_dye=coat * 0.5)
