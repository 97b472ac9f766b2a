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


def group_size(kind: str) -> int:
    """How many of a kind a flock, a herd, 一群 are."""
    return _GROUPS[FAMILIES.get(kind, "thing")]


_NEAREST: Mapping[str, tuple[str, ...]] = {}


def nearest_kin(kind: str, drawn: Collection[str]) -> str | None:
    """The kind among `drawn` that is nearest to `kind`: itself, or the next of its family; None when it has none."""
    if kind in drawn:
        return kind
    family = _MEMBERS.get(FAMILIES.get(kind, ""), "").split()
    if kind not in family:
        return None
    at = family.index(kind)
    near = sorted(
        (other for other in family if other in drawn), key=lambda other: (abs(family.index(other) - at), other)
    )
    return near[0] if near else None


def cast_stand_in(character: Character, drawn: Collection[str]) -> tuple[Character | None, str | None]:
    """Who plays `character` where only the kinds in `drawn` are drawn, and a note that says so; both None: nobody."""
    kind = nearest_kin(character.kind, drawn)
    if kind is None:
        return None, f"nobody here can play “{character.kind}”; it is left out"
    if kind == character.kind:
        return character, None
    return replace(character, kind=kind, variety=""), f"a {kind} stands in for “{character.kind}”"
