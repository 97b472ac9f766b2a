"""One of a cast while its prompt is read: what is said of it, and what waits for the noun to come.

Knows no order of words. Characters come in where an earlier shot has shown them, and go out when the prompt is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from openhorse.engines.procedural.brief import Bond, Character, Where
from openhorse.engines.procedural.prompt.lexicon import Match, lemmas


@dataclass(slots=True, eq=False)
class Member:
    """A character while the prompt is read."""

    kind: str
    variety: str = ""
    count: int = 1
    colour: str | None = None
    size: str | None = None
    deeds: list[str] = field(default_factory=list)
    things: list[str] = field(default_factory=list)
    colours: dict[str, str] = field(default_factory=dict)
    where: str | None = None
    bond: tuple[Bond, Member] | None = None
    past: list[str] = field(default_factory=list)
    young: bool = False

    def takes(self, thing: str, colour: str | None) -> None:
        """Wear or hold `thing`."""
        if thing not in self.things and thing != "hair":  # which one has anyhow, and of some colour
            self.things.append(thing)
        if colour is not None:
            self.colours.setdefault(thing, colour)

    def does(self, deeds: Sequence[str]) -> None:
        """Do what is said after what was said before; what is said again at once is the same."""
        for deed in deeds:
            if self.deeds[-1:] != [deed] and (deed not in self.deeds or self.deeds[-1] in _PAUSES):
                self.deeds.append(deed)


_PAUSES = frozenset(("stop", "look", "turn", "sit", "get-up", "wake"))
"""After these one may go on with what one did before."""


@dataclass(slots=True)
class Phrase:
    """What was said before a noun and waits for it."""

    count: int | None = None
    group: bool = False
    colour: str | None = None
    colour_at: int = -1
    size: str | None = None
    variety: str = ""
    known: bool = False
    deeds: list[str] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether a noun phrase has begun."""
        return self.count is not None or self.known or self.colour is not None or self.size is not None or self.group


def is_noun(match: Match) -> bool:
    """Whether it names somebody, a thing or what is worn."""
    return bool(match.values("character") or match.values("kin") or match.values("garment"))


def deeds_of(match: Match) -> list[str]:
    """What it says somebody does; the finer word where there are two."""
    if match.values("deed"):
        return match.values("deed")[:1]
    return match.values("action")[:1] or (["ride"] if "rides" in match.values("relation") else [])


def is_plural(match: Match) -> bool:
    """Whether it names several, without saying how many."""
    if "plural" in match.values("number"):
        return True
    word = match.text.rpartition(" ")[2]
    return (
        word.isascii()
        and word.endswith("s")
        and not word.endswith("ss")
        and len(lemmas(word)) > 1
        and word not in _SINGULAR
    )


_SINGULAR = frozenset(
    ("bus", "octopus", "walrus", "glass", "noodles", "drums", "goggles", "fishes", "toys", "princess")
)


def numbered(cast: Sequence[Member]) -> tuple[Character, ...]:
    """The cast as it stays, bonds by their place in it."""
    where = {id(one): index for index, one in enumerate(cast)}
    return tuple(_settled(one, where) for one in cast)


def unsettled(known: Sequence[Character]) -> list[Member]:
    """Those known from an earlier shot, with what they did there set aside."""
    ones = [
        Member(
            character.kind,
            character.variety,
            character.count,
            character.colour,
            character.size if character.size != "usual" else None,
            things=list(character.things),
            colours=dict(character.colours),
            where=character.where,
            past=list(character.actions),
        )
        for character in known
    ]
    for one, character in zip(ones, known, strict=True):
        if character.bond is not None:
            one.bond = (character.bond[0], ones[character.bond[1]])
    return ones


def _settled(one: Member, where: dict[int, int]) -> Character:
    bond = (one.bond[0], where[id(one.bond[1])]) if one.bond is not None and id(one.bond[1]) in where else None
    spot: Where | None = one.where  # type: ignore[assignment]
    size = one.size or "usual"
    return Character(
        kind=one.kind,
        variety=one.variety,
        count=one.count,
        colour=one.colour,
        size=size,  # type: ignore[arg-type]
        actions=tuple(one.deeds),
        things=tuple(one.things),
        colours=tuple(one.colours.items()),
        where=spot,
        bond=bond,
    )
