"""A prompt's matches in, its cast out: who acts, how many, in which colours, doing what, with what, and who with whom.

Knows no place and no pixels. There is one pass from left to right: a noun takes the adjectives before it, a verb
goes to whom the sentence is about, and a word like "holding", 骑着 or "behind" waits for its noun.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from openhorse.engines.procedural.brief import Bond, Character
from openhorse.engines.procedural.prompt.kin import FAMILIES, group_size, is_carried
from openhorse.engines.procedural.prompt.lexicon import Match
from openhorse.engines.procedural.prompt.member import (
    Member,
    Phrase,
    deeds_of,
    is_noun,
    is_plural,
    numbered,
    unsettled,
)
from openhorse.engines.procedural.prompt.syntax import (
    AND,
    PREPOSITIONS,
    WHILE,
    is_governed,
    is_scenery,
    leads,
    noun_follows,
    verb_before,
)

MOST_CHARACTERS = 12
"""So many different ones at most; a film has room for no more."""

_ENDS = frozenset(".;!?。\n:")
_ONES = frozenset(("a", "an", "another", "each", "every"))
_KNOWN = frozenset(("the", "this", "that", "his", "her", "its", "their", "same", "那", "这", "其"))
_WITH = frozenset(("with", "带", "带着", "有", "牵着"))
_IS = frozenset(("is", "are", "was", "were", "be", "是", "很"))
_PRONOUNS = frozenset(("it", "he", "she", "they", "他", "她", "它", "他们", "她们", "它们"))
_BONDS: dict[str, Bond] = {
    "beside": "beside", "behind": "behind", "left": "left", "right": "right", "on": "on", "under": "under",
    "above": "above", "chases": "chases", "follows": "follows", "holds": "holds", "wears": "wears", "rides": "rides",
}  # fmt: skip
_MOUNTS = frozenset(("on", "in", "骑", "坐", "开", "乘"))
_HANDLED = frozenset(
    (
        *("read", "drink", "eat", "play", "throw", "kick", "catch", "write", "paint", "cook", "pour", "hold", "build"),
        *("fetch", "open", "blow", "pick", "wave"),
    )
)
"""What is done with a thing that the doer then has: who reads a book holds it."""
_ADJECTIVES = ("colour", "size", "adjective")
_GREGARIOUS = frozenset(("bird", "fish", "goose", "seagull", "koi", "bee", "lantern"))
"""Of these Chinese, which marks no plural, means several when it tells no number."""
_COMPOSED: dict[str, tuple[str, str]] = {
    "cyclist": ("person", "bicycle"),
    "motorcyclist": ("person", "motorcycle"),
    "rider": ("person", "horse"),
}


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


class _Reader:
    """Where one is in a sentence: whom it is about, what waits for a noun, what waits for an object."""

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

    # --- one match -------------------------------------------------------------------------------------------

    def read(self, at: int) -> None:
        match = self.matches[at]
        if match.kind == "stop":
            self._stop(match.text)
        elif match.text in _ONES or match.text in _KNOWN:
            self.before.count = 1 if match.text in _ONES else self.before.count
            self.before.known = match.text in _KNOWN
        elif match.text in _PRONOUNS and self.earlier and not self.named:
            self._refer()
        elif match.text in _WITH or match.text in PREPOSITIONS:
            self._preposition(at)
        elif match.text in WHILE:
            self.begun = False
            self.bond = None
        elif not self._describes(at):
            self._tell(at)

    def _refer(self) -> None:
        """ "It", 他们: the leading one of those known."""
        self.subjects = self.earlier[:1]
        self.latest, self.named, self.begun = self.earlier[0], self.earlier[:1], True

    def _stop(self, text: str) -> None:
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

    def _preposition(self, at: int) -> None:
        text = self.matches[at].text
        if text in _WITH:
            self.with_at = at
            theirs = self.latest is not None and not is_scenery(self.matches[at - 1])
            self.bearer = [self.latest] if self.latest is not None and theirs else []
        elif text != "的":
            self.with_at = -9
            if self.matches[at].values("relation"):
                self._relate(at)

    # --- adjectives ------------------------------------------------------------------------------------------

    def _describes(self, at: int) -> bool:
        """Take a number, a colour, a size or a manner for the noun to come; False when it is none."""
        match, before = self.matches[at], self.before
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
        if match.values("adjective") and noun_follows(self.matches, at):
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
            self._appear(at, kinds[0])
        elif match.values("relation"):
            self._act(at)
            self._relate(at)
        elif match.values("deed") or match.values("action"):
            self._act(at)
        elif is_scenery(match):
            self._scenery(at)
        elif match.kind in ("word", "han"):
            self._forget()

    def _is_dressed(self) -> bool:
        return self.bond in ("wears", "holds") or self.with_at >= 0

    def _is_verb(self, at: int) -> bool:
        """Whether a word that may be a noun or a verb is a verb here: "she plants a tree" after a subject."""
        match = self.matches[at]
        if not (match.values("deed") or match.values("action")) or match.text in ("drawing",):
            return False
        return bool(self.subjects) and not self.before.open and self.noun_at == at - 1

    def _forget(self) -> None:
        """A noun that means nothing takes what stood before it."""
        if self.before.colour is not None:
            self.idle.add(self.before.colour_at)
        self.before = Phrase()

    def _scenery(self, at: int) -> None:
        """Waves, trees or a street: where the sentence is about them, what they do is not the cast's doing."""
        previous = self.matches[at - 1].text if at else ""
        led = any(match.text in PREPOSITIONS or match.values("tie") for match in self.matches[max(0, at - 4) : at])
        if not self.begun and not led and previous not in PREPOSITIONS and self.matches[at].kind == "form":
            follows = self.matches[at + 1] if at + 1 < len(self.matches) else None
            if follows is not None and follows.values("deed") and not follows.values("character"):
                self.subjects, self.begun = [], True
        self._forget()
        self.bond = None if self.bond in ("holds", "rides") else self.bond

    def _wear(self, at: int, garment: str) -> None:
        colour = next(iter(self._colours(at)), None)
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
        if (
            self._is_named(at)
            or not deeds
            or (deeds == ["ride"] and leads(self.matches, at))
            or self._is_of_scenery(at)
        ):
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

    # --- somebody appears ------------------------------------------------------------------------------------

    def _appear(self, at: int, named: str) -> None:
        kind, _, variety = named.partition("/")
        if self._is_compound(at, kind, variety):
            self.noun_at = at
            return
        bond, bearer = self._object_of(at, kind)
        if bond == "holds" and is_carried(kind):
            self._hold(at, kind, bearer)
            return
        one = self._known(at, kind, variety) or self._enter(at, kind, variety, bond, bool(bearer))
        self._dress(at, one)
        self.named.append(one)
        self.before, self.noun_at, self.latest = Phrase(), at, one
        if bond is not None and bond != "wears":
            self._bind(at, one, bond, bearer)
        else:
            joined = at > 0 and self._joins(at)
            self.subjects = [*self.subjects, one] if joined and one not in self.subjects else [one]
            self.begun = True
        self.bond, self.bearer, self.with_at = None, [], -9

    def _is_compound(self, at: int, kind: str, variety: str) -> bool:
        """ "golden retriever dog", "a robot dog": two nouns side by side are one, and the second is what it is."""
        if self.noun_at != at - 1 or self.latest is None or not self.matches[at].text.isascii():
            return False
        if self.before.open or self.latest.deeds:
            return False
        if kind != self.latest.kind:
            self.latest.variety = self.latest.variety or self.latest.kind
            self.latest.kind = kind
        self.latest.variety = variety or self.latest.variety
        return True

    def _object_of(self, at: int, kind: str) -> tuple[Bond | None, list[Member]]:
        """The bond that waits for this noun and whose it is; ("holds", nobody) where they are yet to come."""
        family = FAMILIES.get(kind, "thing")
        if self.bond == "on" and self._is_mount(kind):
            return "rides", self.bearer
        if self.bond is not None:
            return self.bond, self.bearer
        if self.with_at >= 0 and at - self.with_at <= 5 and self.bearer:
            return ("holds" if is_carried(kind) else "beside"), self.bearer
        verb = verb_before(self.matches, at)
        if (is_carried(kind) or verb == "play") and family == "thing" and verb in _HANDLED and self.subjects:
            return "holds", self.subjects
        mounted = self._mounted(at, kind)
        if mounted and self.subjects:
            return "rides", self.subjects
        if is_governed(self.matches, at) and self.subjects:
            return "beside", self.subjects
        return None, []

    def _mounted(self, at: int, kind: str) -> bool:
        """On a horse, in a boat, 坐在船上, 开着车."""
        if not self._is_mount(kind) or not self.subjects or FAMILIES.get(self.subjects[-1].kind) == "vehicle":
            return False
        words = [match.text for match in self.matches[max(0, at - 4) : at]]
        return bool(_MOUNTS & {word for word in words if word not in AND} or any("坐在" in word for word in words))

    def _is_mount(self, kind: str) -> bool:
        return FAMILIES.get(kind) == "vehicle" or kind in ("horse", "camel", "elephant", "unicorn", "dragon")

    def _hold(self, at: int, kind: str, bearer: Sequence[Member]) -> None:
        """A thing in somebody's hands is no character of its own."""
        colour = next(iter(self._colours(at)), None)
        if bearer:
            for one in bearer:
                one.takes(kind, colour)
        else:
            self.worn.append((kind, colour))
        self.before, self.noun_at, self.bond, self.with_at = Phrase(), at, None, -9

    def _known(self, at: int, kind: str, variety: str) -> Member | None:
        """The one of this kind whom the prompt has named before: "the dog" after "a dog", or 狗 once more."""
        if self.before.count is not None or self.before.group:
            return None
        colours = (None, *self._colours(at))
        for one in self.cast:
            if (
                one.kind == kind
                and variety in ("", one.variety)
                and (one.colour is None or colours[-1] in (None, one.colour))
            ):
                return one
        return None

    def _colours(self, at: int) -> list[str]:
        """The colour before the noun, or the one that its form tells: 白马."""
        return [self.before.colour] if self.before.colour is not None else self.matches[at].values("colour")[:1]

    def _enter(self, at: int, kind: str, variety: str, bond: Bond | None, governed: bool) -> Member:
        match = self.matches[at]
        if kind in _COMPOSED:
            rider, mount = _COMPOSED[kind]
            one = Member(rider, variety, self._count(match, rider))
            below = Member(mount, count=one.count)
            one.bond = ("rides", below)
            one.does(["ride"])
            self._admit(one)
            self._admit(below)
            return one
        one = Member(kind, variety or self.before.variety, self._count(match, kind))
        if variety == "couple":
            one.count = 2
        self._admit(one)
        return one

    def _admit(self, one: Member) -> None:
        if len(self.cast) < MOST_CHARACTERS:
            self.cast.append(one)

    def _count(self, match: Match, kind: str) -> int:
        before = self.before
        if before.group or "group" in match.values("number"):
            return group_size(kind)
        if before.count is not None:
            return before.count
        unmarked = not match.text.isascii() or match.text.endswith("fish")
        if is_plural(match) or (kind in _GREGARIOUS and unmarked and not before.known):
            return max(3, group_size(kind) // 2)
        return 1

    def _dress(self, at: int, one: Member) -> None:
        """Give what waited for a noun to it."""
        before = self.before
        one.colour = one.colour or next(iter(self._colours(at)), None)
        one.size = one.size or before.size
        one.where = one.where or self.where
        one.does(before.deeds)
        for thing, colour in self.worn:
            one.takes(thing, colour)
        if self.coming is not None and one.bond is None:
            one.bond = self.coming
            self._lead(one, self.coming[1])
            if self.coming[0] == "rides":
                one.does(["ride"])
        self.worn, self.coming, self.where = [], None, None

    def _bind(self, at: int, one: Member, bond: Bond, bearer: Sequence[Member]) -> None:
        """Tie who was meant to `one`; where 的 and a noun follow, that noun is meant: 骑着马的男人."""
        if self.matches[at].text.isascii() or not leads(self.matches, at):
            for other in bearer:
                if other is not one and other.bond is None:
                    other.bond = (bond, one)
            if bearer:
                return
        self.coming = (bond, one)

    def _lead(self, one: Member, other: Member) -> None:
        """Who rides comes before what is ridden."""
        if one in self.cast and other in self.cast and self.cast.index(one) > self.cast.index(other):
            self.cast.remove(one)
            self.cast.insert(self.cast.index(other), one)

    def _joins(self, at: int) -> bool:
        """Whether an "and" or 和 joins this noun to the one before it."""
        for match in reversed(self.matches[max(0, at - 5) : at]):
            if match.text in AND:
                return not any(one.deeds for one in self.subjects)
            if is_noun(match) or match.values("deed") or match.kind == "stop":
                return False
        return False
