"""Where one is in a sentence: whom it is about, what waits for a noun, what waits for an object, and who acts so far.

Knows no grammar: cast.py and entrance.py read a prompt by it.
"""

from __future__ import annotations

from collections.abc import Sequence

from openhorse.engines.procedural.brief import Bond, Character
from openhorse.engines.procedural.prompt.lexicon import Match
from openhorse.engines.procedural.prompt.member import Member, Phrase, unsettled

MOST_CHARACTERS = 12
"""So many different ones at most; a film has room for no more."""
_ENDS = frozenset(".;!?。\n:")
_IS = frozenset(("is", "are", "was", "were", "be", "是", "很"))


class Sentence:
    """A prompt's matches and how far they are read; `begun` tells that the clause has its subject or its verb."""

    def __init__(self, matches: Sequence[Match], known: Sequence[Character]) -> None:
        self.matches = matches
        self.cast: list[Member] = unsettled(known)
        self.earlier = list(self.cast)
        self.named: list[Member] = []
        self.subjects: list[Member] = []
        self.latest: Member | None = None
        self.before = Phrase()
        self.bond: Bond | None = None
        self.bearer: list[Member] = []
        self.with_at = -9
        self.worn: list[tuple[str, str | None]] = []
        self.coming: tuple[Bond, Member] | None = None
        self.where: str | None = None
        self.begun = False
        self.idle: set[int] = set()
        self.noun_at = -9

    def present(self) -> list[Member]:
        """Who is in this shot: everybody new, and of the earlier ones those who are named again."""
        here = [one for one in self.cast if one not in self.earlier or one in self.named]
        tied = [one.bond[1] for one in here if one.bond is not None and one.bond[1] not in here]
        for one in here:
            if one in self.earlier and not one.deeds:
                one.deeds = list(one.past)
        return [one for one in self.cast if one in here or one in tied]

    def refer(self, kind: str) -> None:
        """ "It", 他们: the leading one of those known, and where nobody is, somebody of `kind`."""
        if not self.earlier:
            self.earlier = [Member(kind)]
            self.admit(self.earlier[0])
        self.subjects = self.earlier[:1]
        self.latest, self.named, self.begun = self.earlier[0], self.earlier[:1], True

    def stop(self, text: str) -> None:
        """A comma ends a clause, a full stop a sentence, which leaves its subject to the next."""
        if text in _ENDS:
            self.finish_clause()
            self.subjects = self.subjects or ([self.latest] if self.latest else [])
        self.bond, self.bearer = None, []
        self.begun = False

    def finish_clause(self) -> None:
        """At the end of a sentence: what still waits for a noun has none."""
        before = self.before
        if before.colour is not None:
            verb = before.colour_at > 0 and self.matches[before.colour_at - 1].text in _IS
            if verb and self.subjects and self.subjects[-1].colour is None:
                self.subjects[-1].colour = before.colour
            else:
                self.idle.add(before.colour_at)
        if self.worn and self.latest is not None:
            for thing, colour in self.worn:
                self.latest.takes(thing, colour)
        self.worn, self.coming, self.where = [], None, None
        self.before = Phrase()

    def forget(self) -> None:
        """A noun that means nothing takes what stood before it."""
        if self.before.colour is not None:
            self.idle.add(self.before.colour_at)
        self.before = Phrase()

    def colours(self, at: int) -> list[str]:
        """The colour before the noun, or the one that its form tells: 白马."""
        return [self.before.colour] if self.before.colour is not None else self.matches[at].values("colour")[:1]

    def admit(self, one: Member) -> None:
        """Take `one` into the cast, while there is room."""
        if len(self.cast) < MOST_CHARACTERS:
            self.cast.append(one)

    def put_before(self, one: Member, other: Member) -> None:
        """Who rides comes before what is ridden."""
        if one in self.cast and other in self.cast and self.cast.index(one) > self.cast.index(other):
            self.cast.remove(one)
            self.cast.insert(self.cast.index(other), one)
