"""A prompt's matches in, its cast out: who acts, how many, in which colours, doing what, with what, and who with whom.

Knows no place and no pixels. There is one pass from left to right: a noun takes the adjectives before it, a verb
goes to whom the sentence is about, and a word like "holding", 骑着 or "behind" waits for its noun.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from openhorse.engines.procedural.brief import Bond, Character
from openhorse.engines.procedural.prompt.entrance import appear
from openhorse.engines.procedural.prompt.lexicon import Match
from openhorse.engines.procedural.prompt.member import (
    Phrase,
    deeds_of,
    is_noun,
    numbered,
)
from openhorse.engines.procedural.prompt.sentence import Sentence
from openhorse.engines.procedural.prompt.syntax import (
    PREPOSITIONS,
    WHILE,
    is_scenery,
    leads,
    noun_follows,
)

_ONES = frozenset(("a", "an", "another", "each", "every"))
_KNOWN = frozenset(("the", "this", "that", "his", "her", "its", "their", "same", "那", "这", "其"))
_WITH = frozenset(("with", "带", "带着", "有", "牵着"))
_PRONOUNS = frozenset(("it", "he", "she", "they", "他", "她", "它", "他们", "她们", "它们"))
_ALONE = {"she": "woman", "he": "man", "她": "woman", "他": "man"}
"""Who a pronoun is that refers to nobody."""
_BONDS: dict[str, Bond] = {
    "beside": "beside", "behind": "behind", "left": "left", "right": "right", "on": "on", "under": "under",
    "above": "above", "chases": "chases", "follows": "follows", "holds": "holds", "wears": "wears", "rides": "rides",
}  # fmt: skip
_ADJECTIVES = ("colour", "size", "adjective")


class Cast(NamedTuple):
    """Who acts, and which matches (by their place in the list) a colour or a number of nobody stands at."""

    characters: tuple[Character, ...]
    idle: frozenset[int]


def read_cast(matches: Sequence[Match], known: Sequence[Character] = ()) -> Cast:
    """Everybody that `matches` name, the leading one first; of those `known` before, whom they name again."""
    reader = _Reader(matches, known)
    for at in range(len(matches)):
        reader.read(at)
    reader.finish_clause()
    return Cast(numbered(reader.present()), frozenset(reader.idle))


class _Reader(Sentence):
    """Reads one match after another into the sentence."""

    # --- one match -------------------------------------------------------------------------------------------

    def read(self, at: int) -> None:
        match = self.matches[at]
        if match.kind == "stop":
            self.stop(match.text)
        elif match.text in _ONES or match.text in _KNOWN:
            self.before.count = 1 if match.text in _ONES else self.before.count
            self.before.known = match.text in _KNOWN
        elif match.text in _PRONOUNS and not self.named and (self.earlier or match.text in _ALONE):
            self.refer(_ALONE.get(match.text, ""))
        elif match.text in _WITH or match.text in PREPOSITIONS:
            self._preposition(at)
        elif match.text in WHILE:
            self.begun = False
            self.bond = None
        elif not self._describes(at):
            self._tell(at)

    def _preposition(self, at: int) -> None:
        text = self.matches[at].text
        if text in _WITH:
            self.with_at = at
            theirs = self.latest is not None and not is_scenery(self.matches[at - 1])
            self.bearer = [self.latest] if self.latest is not None and theirs else []
            self._act(at)
        elif text != "的":
            self.with_at = -9
            if self.matches[at].values("relation"):
                self._relate(at)

    # --- adjectives ------------------------------------------------------------------------------------------

    def _describes(self, at: int) -> bool:
        """Take a number, a colour, a size or a manner for the noun to come; False when it is none."""
        match, before = self.matches[at], self.before
        if match.values("adjective") and at + 1 < len(self.matches) and is_noun(self.matches[at + 1]):
            before.variety = match.values("adjective")[0]
            return True
        if is_noun(match) and not (match.values("colour") and self._is_adjective(at)):
            return False
        if match.text == "们" and self.noun_at == at - 1 and self.latest is not None:
            self.latest.count = max(3, self.latest.count)
            self.noun_at = at
            return True
        numbers = [value for value in match.values("number") if value != "plural"]
        if numbers:
            self._number(numbers[0])
            return True
        if match.values("where"):
            self._place(match)
            return True
        if match.values("colour"):
            if before.colour is not None and before.colour_at >= 0:
                self.idle.add(before.colour_at)
            before.colour, before.colour_at = match.values("colour")[0], at
            return True
        if match.values("size"):
            before.size = match.values("size")[0]
            return not match.values("action")
        if match.values("adjective") and noun_follows(self.matches, at) and self.matches[at + 1].text != ",":
            before.variety = match.values("adjective")[0]
            return True
        return False

    def _is_adjective(self, at: int) -> bool:
        """An orange is a colour where a noun comes next."""
        return self.matches[at].text.isascii() and noun_follows(self.matches, at)

    def _number(self, value: str) -> None:
        if value == "group":
            self.before.group = True
        else:
            self.before.count = 3 if value == "few" else int(value)

    def _place(self, match: Match) -> None:
        where = match.values("where")[0]
        if self.begun and self.subjects:
            for one in self.subjects:
                one.where = one.where or where
        else:
            self.where = where

    # --- nouns, verbs and what ties them ---------------------------------------------------------------------

    def _tell(self, at: int) -> None:
        match = self.matches[at]
        kinds = match.values("character") or match.values("kin")
        if match.values("garment") and not (kinds and not self._is_dressed()):
            self._wear(at, match.values("garment")[0])
        elif kinds and not self._is_verb(at):
            appear(self, at, kinds[0])
        elif match.values("relation"):
            self._act(at)
            self._relate(at)
        elif match.values("deed") or match.values("action"):
            self._act(at)
        elif is_scenery(match):
            self._scenery(at)
        elif match.kind in ("word", "han"):
            self.forget()

    def _is_dressed(self) -> bool:
        return self.bond in ("wears", "holds") or self.with_at >= 0

    def _is_verb(self, at: int) -> bool:
        """Whether a word that may be a noun or a verb is a verb here: "she plants a tree" after a subject."""
        match = self.matches[at]
        if not (match.values("deed") or match.values("action")) or match.text in ("drawing",):
            return False
        return bool(self.subjects) and not self.before.open and self.noun_at == at - 1

    def _scenery(self, at: int) -> None:
        """Waves, trees or a street: where the sentence is about them, what they do is not the cast's doing."""
        previous = self.matches[at - 1].text if at else ""
        led = any(match.text in PREPOSITIONS or match.values("tie") for match in self.matches[max(0, at - 4) : at])
        if not self.begun and not led and previous not in PREPOSITIONS and self.matches[at].kind == "form":
            follows = self.matches[at + 1] if at + 1 < len(self.matches) else None
            if follows is not None and follows.values("deed") and not follows.values("character"):
                self.subjects, self.begun = [], True
        self.forget()
        self.bond = None if self.bond in ("holds", "rides") else self.bond

    def _wear(self, at: int, garment: str) -> None:
        colour = next(iter(self.colours(at)), None)
        self.before = Phrase()
        bearers = self.bearer or ([self.latest] if self.latest is not None else [])
        if bearers and not (self.bond == "wears" and not self.bearer and not self.begun):
            for one in bearers:
                one.takes(garment, colour)
        else:
            self.worn.append((garment, colour))

    def _relate(self, at: int) -> None:
        """A bond waits for its object; "on the back of", 骑着, "next to"."""
        match = self.matches[at]
        if match.values("deed") and "look" in match.values("deed"):
            return
        values = [value for value in match.values("relation") if value in _BONDS]
        order = ("rides", "holds", "wears", "chases", "follows")
        value = next((one for one in order if one in values), values[0] if values else None)
        if value is None:
            return
        self.bond = _BONDS[value]
        self.bearer = list(self.subjects) if self.begun else []
        if not self.bearer and self.latest is not None and match.text.isascii():
            self.bearer = [self.latest]

    def _act(self, at: int) -> None:
        match = self.matches[at]
        deeds = deeds_of(match)
        if not deeds or self._is_named(at) or self._is_of_scenery(at):
            return
        if deeds == ["ride"] and (leads(self.matches, at) or not self.subjects):
            return  # whoever comes after 骑着马的 rides; the horse does not
        if self._is_attribute(at):
            self.before.deeds += deeds
            return
        doers = self.subjects
        if self.noun_at == at - 1 and self.latest is not None and match.text.split(" ")[0].endswith("ing"):
            doers = [self.latest] if self.latest not in self.subjects else self.subjects
        if not doers and not self.begun:
            self.before.deeds += deeds
        for one in doers:
            one.does(deeds)
            for thing in match.values("carried"):
                one.takes(thing, None)
        self.begun = True

    def _is_named(self, at: int) -> bool:
        """Whether what may be a verb is a noun here: a smile, a vintage look."""
        match = self.matches[at]
        if not match.text.isascii() or match.text.endswith("ing"):
            return False
        described = at > 0 and any(self.matches[at - 1].values(slot) for slot in ("look", "tone", "mood"))
        before = self.matches[at - 1] if at else match
        article = (
            before.text in _ONES
            or before.text in _KNOWN
            or (not is_noun(before) and any(before.values(slot) for slot in _ADJECTIVES))
        )
        return article or (described and "look" in match.values("deed"))

    def _is_of_scenery(self, at: int) -> bool:
        """Whether a verb describes what is no character: a burning castle, on melting ice."""
        if not self.matches[at].text.endswith("ing") or at + 1 == len(self.matches):
            return False
        led = self.before.open or (at > 0 and self.matches[at - 1].text in PREPOSITIONS)
        following = self.matches[at + 1]
        return led and not is_noun(following) and (is_scenery(following) or following.kind == "word")

    def _is_attribute(self, at: int) -> bool:
        """Whether a verb describes the noun after it: a running dog, 奔跑的狗, 在海滩上奔跑的狗."""
        text = self.matches[at].text
        if text.isascii():
            return self.before.open and text.endswith("ing") and noun_follows(self.matches, at)
        return (self.before.open or not self.begun) and leads(self.matches, at)
