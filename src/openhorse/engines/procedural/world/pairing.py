"""A brief in, the same brief with everybody in it by themselves out, and who does what with whom.

A couple is a man and a woman, who flies a kite has one in the air, who plays ball has a ball. Knows no place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from openhorse.engines.procedural.brief import Brief, Character
from openhorse.engines.procedural.players.company import family_of

Manner = Literal[
    "hands", "hug", "pet", "feed", "talk", "wave", "watch", "dance", "lead", "carry", "throw", "dribble", "fly"
]


class Tie(NamedTuple):
    """What one does with another of the cast, by their numbers there."""

    manner: Manner
    one: int
    other: int


_MANNERS: Mapping[str, Manner] = {
    "hands": "hands", "kiss": "hug", "hug": "hug", "pet": "pet", "feed": "feed", "lead": "lead", "throw": "throw",
    "catch": "throw", "kick": "throw", "talk": "talk", "sing": "talk", "wave": "wave", "look": "watch", "laugh": "talk",
    "dance": "dance", "play": "pet", "point": "watch", "read": "watch",
}  # fmt: skip
"""Manners by what one is said to do, the closest first."""
_BETWEEN_PEOPLE = frozenset(("hands", "hug", "throw", "talk", "wave", "watch", "dance"))
_SMALL = frozenset(
    (
        *("dog", "cat", "rabbit", "squirrel", "mouse", "hedgehog", "fox", "bird", "duck", "chicken", "goose", "lamb"),
        *("penguin", "sheep", "goat", "pig", "monkey", "turtle", "frog", "owl", "parrot", "swan"),
    )
)
"""To these one kneels."""
_CARRIED = frozenset(("dog", "cat", "rabbit", "squirrel", "hedgehog", "mouse", "chicken", "duck"))
_PARTNERS = (("man", "woman"), ("woman", "woman"), ("woman", "man"), ("man", "man"))
_DOES: Mapping[Manner, tuple[str, str]] = {
    "hug": ("hug", "hug"), "pet": ("stand", "sit"), "feed": ("stand", "eat"), "talk": ("talk", "talk"),
    "wave": ("wave", "wave"), "watch": ("stand", ""), "dance": ("waltz", "waltz"), "throw": ("toss", "toss"),
    "carry": ("stand", "lie"), "hands": ("", ""), "lead": ("walk", "walk"), "dribble": ("stand", "stand"),
    "fly": ("stand", ""),
}  # fmt: skip
"""What the two then do, in words that players know; "" is what they do anyhow."""
_KNEELING = frozenset(("hug", "pet", "feed"))


def paired(brief: Brief, seed: int) -> Brief:
    """The brief with couples and friends told apart, and with what they fly and throw; who leads stays the first."""
    cast: list[Character] = []
    numbers: list[int] = []
    partners: list[tuple[int, Character]] = []
    for one in brief.cast:
        numbers.append(len(cast))
        first, second = _apart(_hatted(one), seed)
        cast.append(first)
        if second is not None:
            partners.append((len(cast) - 1, second))
    cast = [_retied(one, numbers) for one in cast]
    for number, second in partners:
        cast.append(replace(second, bond=("beside", number)))
    cast = _joined(cast)
    things = [_thing(cast, number) for number in range(len(cast))]
    cast = [_empty(one) if thing is not None else one for one, thing in zip(cast, things, strict=True)]
    seen = set[tuple[str, int]]()
    for thing in things:
        if thing is not None and (thing.kind, 0) not in seen:
            seen.add((thing.kind, 0))
            cast.append(thing)
    kites = any(one.kind == "kite" for one in cast)
    framing = brief.framing or (("wide",) if kites else ())
    return replace(brief, cast=tuple(cast), framing=framing)


def _hatted(one: Character) -> Character:
    """A cowboy has a hat."""
    hat = one.variety == "cowboy" and "hat" not in one.things
    return replace(one, things=(*one.things, "hat")) if hat else one


def _apart(one: Character, seed: int) -> tuple[Character, Character | None]:
    couple = "couple" in (one.kind, one.variety)
    if one.count != 2 or family_of(one.kind) != "people" or not (couple or set(one.actions) & set(_MANNERS)):
        return one, None
    chance = np.random.default_rng((seed, 23))
    kinds = _PARTNERS[0] if couple else _PARTNERS[int(chance.integers(len(_PARTNERS)))]
    if one.kind not in ("person", "couple"):
        kinds = (one.kind, one.kind)
    variety = "" if couple else one.variety
    idle = couple and not set(one.actions) & set(_MANNERS)  # a couple goes hand in hand
    actions = (*one.actions, "hands") if idle else one.actions
    first = replace(one, kind=kinds[0], variety=variety, count=1, actions=actions)
    return first, replace(first, kind=kinds[1], things=tuple(name for name in one.things if name != "umbrella"))


def individual(one: Character, number: int, seed: int) -> Character:
    """One of several of a kind: a crowd is women and men, old and young; a herd has its young, and some look up."""
    if one.count < 3 or (one.things and one.count < 5):
        return one
    kinds = _CROWDS.get(one.kind)
    if kinds is not None and not one.variety:
        return replace(one, kind=kinds[(number * 4 + seed) % len(kinds)])
    if family_of(one.kind) != "beasts" or one.count < 4:
        return one
    if number % 4 == 3 and one.size == "usual":
        return replace(one, size="small")
    return replace(one, actions=("look",)) if number % 4 == 2 and one.actions == ("eat",) else one


_CROWDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("person", "crowd"), ("woman", "man", "girl", "man", "woman", "old-man", "boy", "woman", "man")),
    "child": ("girl", "boy"),
}


def _retied(one: Character, numbers: Sequence[int]) -> Character:
    return one if one.bond is None else replace(one, bond=(one.bond[0], numbers[one.bond[1]]))


def _joined(cast: Sequence[Character]) -> list[Character]:
    """Two who are said to do the same together are tied: a man and a woman dance."""
    found = list(cast)
    for k, one in enumerate(cast):
        grown = [j for j in range(k) if cast[j].kind == one.kind and cast[j].size != "small"]
        if one.size == "small" and grown and one.bond is None:
            found[k] = replace(one, bond=("beside", grown[0]))  # the young keep to their parents
    people = [k for k, one in enumerate(cast) if family_of(one.kind) == "people" and one.count == 1]
    if len(people) == 2 and all(cast[k].bond is None for k in people):
        first, second = people
        both = [word for word in cast[first].actions if word in cast[second].actions]
        if any(_MANNERS.get(word) in _BETWEEN_PEOPLE for word in both) or "ball" in cast[second].things:
            found[second] = replace(cast[second], bond=("beside", first))
    return found


def _thing(cast: Sequence[Character], number: int) -> Character | None:
    """What somebody has in the air: a kite, a ball."""
    one = cast[number]
    if family_of(one.kind) != "people":
        return None
    if "kite" in one.things:
        return Character("kite", colour=dict(one.colours).get("kite"), bond=("above", number))
    if "ball" in one.things and {"play", "throw", "kick", "catch"} & set(one.actions):
        return Character("ball", colour=dict(one.colours).get("ball"), actions=("stand",), bond=("beside", number))
    return None


def _empty(one: Character) -> Character:
    return replace(one, things=tuple(name for name in one.things if name not in ("kite", "ball")))


def ties_of(cast: Sequence[Character]) -> tuple[Tie, ...]:
    """Who does what with whom, each of the cast with one other at most."""
    found: list[Tie] = []
    for number, one in enumerate(cast):
        if one.bond is None or not 0 <= one.bond[1] < len(cast):
            continue
        manner = _manner(cast, number, one.bond[1])
        if manner is not None:
            found.append(
                Tie(manner, *((one.bond[1], number) if one.kind in ("kite", "ball") else (number, one.bond[1])))
            )
    return tuple(found)


def _manner(cast: Sequence[Character], number: int, at: int) -> Manner | None:
    one, other = cast[number], cast[at]
    bond = one.bond[0] if one.bond is not None else None
    if one.kind == "kite" and bond == "above":
        return "fly"
    thrown = {"throw", "kick", "catch", "toss"} & set(other.actions)
    if one.kind == "ball" and family_of(other.kind) == "people":
        return "throw" if thrown or _partner(cast, at) is not None else "dribble"
    if family_of(one.kind) != "people" or bond not in ("beside", "holds"):
        return None
    people = family_of(other.kind) == "people"
    if bond == "holds" and not people:
        return "carry" if other.kind in _CARRIED else None
    if bond == "holds" or (people and "lead" in one.actions):
        return "hands"
    if "leash" in (*other.things, *one.things) and not people:
        return "lead"
    manner = next((_MANNERS[word] for word in one.actions if word in _MANNERS), None)
    if manner is None or (people and manner not in _BETWEEN_PEOPLE):
        return None
    if not people and manner in ("talk", "dance", "hands", "wave"):
        return "watch"
    return manner if people or family_of(other.kind) in ("beasts", "birds") else None


def _partner(cast: Sequence[Character], number: int) -> int | None:
    """With whom somebody plays: the other end of their bond."""
    bond = cast[number].bond
    if bond is not None and bond[0] == "beside":
        return bond[1]
    ends = [k for k, one in enumerate(cast) if one.bond == ("beside", number) and one.kind != "ball"]
    return ends[0] if ends else None


def acting(cast: Sequence[Character], ties: Sequence[Tie]) -> list[Character]:
    """The cast doing what their ties want of them."""
    found = list(cast)
    for manner, one, other in ties:
        if manner == "fly" or (manner == "throw" and cast[other].kind == "ball"):
            other = one
        first, second = _DOES[manner]
        if manner in _KNEELING and cast[other].kind in _SMALL:
            first = "kneel"
            second = "sit" if manner != "feed" or family_of(cast[other].kind) == "beasts" else "eat"
        if manner == "throw" and family_of(cast[other].kind) != "people":
            second = "look"
        found[one] = _doing(found[one], first)
        if other != one:
            found[other] = _doing(found[other], second)
    return _going_along(found)


def _going_along(cast: Sequence[Character]) -> list[Character]:
    """Who is chased runs away, and who goes with somebody goes."""
    found = list(cast)
    for one in cast:
        if one.bond is None or not 0 <= one.bond[1] < len(cast) or found[one.bond[1]].actions:
            continue
        bond, at = one.bond
        family = family_of(cast[at].kind)
        flies = family in ("birds", "insects")
        if bond == "chases":
            found[at] = replace(cast[at], actions=("fly",) if flies else ("run",))
        elif bond in ("beside", "follows", "behind", "before", "left", "right") and family in ("people", "beasts"):
            found[at] = replace(cast[at], actions=tuple(word for word in one.actions if word in _GAITS))
    return found


_GAITS = frozenset(("walk", "run", "trot"))


def _doing(one: Character, word: str) -> Character:
    """Somebody who does `word` in the place of what their tie was told by."""
    if not word:
        return replace(one, actions=tuple(a for a in one.actions if a not in ("hands", "lead")))
    kept = tuple(a for a in one.actions if a not in _MANNERS and a not in ("kneel", "toss", "hug", "waltz"))
    if word in ("walk", "talk", "waltz"):
        kept = ()
    return replace(one, actions=(*kept, word))
