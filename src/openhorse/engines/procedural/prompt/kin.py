"""A kind of character in, its family, its usual number in a group and its nearest kin out. Knows no prompt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from openhorse.engines.procedural.brief import Character

_MEMBERS: Mapping[str, str] = {
    "person": "person man woman boy girl child baby old-man old-woman dancer astronaut knight wizard robot monk chef "
    "musician skier skater surfer samurai princess king angel mermaid ghost skeleton",
    "beast": "dog wolf fox cat leopard tiger lion horse unicorn zebra deer cow goat sheep pig elephant giraffe camel "
    "bear panda rabbit squirrel mouse hedgehog monkey dinosaur dragon monster lizard frog",
    "bird": "bird eagle owl parrot seagull swan goose duck chicken peacock crane flamingo penguin bat",
    "swimmer": "fish goldfish koi shark dolphin whale seal turtle jellyfish octopus crab snail snake",
    "insect": "butterfly bee dragonfly firefly ladybird ant",
    "vehicle": "car bus truck tractor train tram motorcycle bicycle carriage boat sailing-boat ship submarine plane "
    "helicopter drone balloon rocket spaceship",
    "plant": "flower plant leaf tree",
}
"""The families; near kin stand side by side. Every other kind is a thing."""

FAMILIES: Mapping[str, str] = {kind: family for family, kinds in _MEMBERS.items() for kind in kinds.split()}

_GROUPS = {"person": 5, "beast": 6, "bird": 9, "swimmer": 12, "insect": 9, "vehicle": 5, "plant": 9, "thing": 6}


_FIXED = frozenset(
    ("campfire", "snowman", "scarecrow", "statue", "planet", "earth", "swing", "chair", "mirror", "tree")
)


def is_carried(kind: str) -> bool:
    """Whether somebody can have it in his hands: a thing or a flower, but no statue."""
    return FAMILIES.get(kind, "thing") in ("thing", "plant") and kind not in _FIXED


def group_size(kind: str) -> int:
    """How many of a kind a flock, a herd, 一群 are."""
    return _GROUPS[FAMILIES.get(kind, "thing")]


_ALIKE = (
    *_MEMBERS.values(),
    "cup glass teapot bottle box bag",
    "candle lantern lamp campfire",
    "feather kite paper-plane toy-balloon balloon",
    "paper-boat boat",
    "ball fruit crystal planet earth heart coin",
    "cake food fruit",
    "book sign phone clock music-box camera-thing mirror",
    "piano guitar violin flute drum",
    "statue snowman scarecrow toy sword chair swing windchime shoe umbrella",
)
"""Kinds that may stand in for each other, near ones side by side."""


def nearest_kin(kind: str, drawn: Collection[str]) -> str | None:
    """The kind among `drawn` that is nearest to `kind`: itself, or the next of those like it; None when it has none."""
    if kind in drawn:
        return kind
    for alike in (names.split() for names in _ALIKE):
        near = [other for other in alike if other in drawn]
        if kind in alike and near:
            at = alike.index(kind)
            return min(near, key=lambda other: (abs(alike.index(other) - at), other))
    return None


def cast_stand_in(character: Character, drawn: Collection[str]) -> tuple[Character | None, str | None]:
    """Who plays `character` where only the kinds in `drawn` are drawn, and a note that says so; both None: nobody."""
    kind = nearest_kin(character.kind, drawn)
    if kind is None:
        return None, f"nobody here can play “{character.kind}”; it is left out"
    if kind == character.kind:
        return character, None
    return replace(character, kind=kind, variety=""), f"a {kind} stands in for “{character.kind}”"
