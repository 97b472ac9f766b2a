"""A prompt's matches and a place among them in, how the words around it stand to it out. Knows nobody of the cast."""

from __future__ import annotations

from collections.abc import Sequence

from openhorse.engines.procedural.prompt.lexicon import Match, Meaning
from openhorse.engines.procedural.prompt.member import deeds_of, is_noun

AND = frozenset(("and", "和", "与", "跟", "、", ",", "plus", "以及"))
WHILE = frozenset(("while", "as", "when", "时", "当", "而"))
PREPOSITIONS = frozenset(
    (
        *("in", "on", "at", "by", "through", "across", "over", "under", "into", "onto", "along", "near", "against"),
        *("toward", "towards", "from", "of", "beneath", "behind", "beside", "between", "past", "around", "among"),
        *("to", "给", "above", "below", "within", "inside", "outside", "amid"),
        *("在", "从", "沿着", "到", "于", "往", "向", "对", "朝", "面对", "的"),
    )
)


_WAVES = frozenset(("wave", "waves", "waving"))
_ON = frozenset(("and", ",", "then", "while"))
_WAVED_TO = frozenset(("at", "to", "back", "again", "goodbye", "hello", "happily", "excitedly"))


def waved(matches: Sequence[Match]) -> list[Match]:
    """The matches in which "she turns and waves" tells of a hand, and of no sea."""
    found = list(matches)
    for at, match in enumerate(matches):
        if match.text not in _WAVES or not at or matches[at - 1].text not in _ON:
            continue
        does = any(one.values("deed") or one.values("action") for one in matches[max(0, at - 5) : at - 1])
        following = matches[at + 1] if at + 1 < len(matches) else None
        ends = following is None or following.kind == "stop" or following.text in _WAVED_TO
        if does and ends:
            found[at] = match._replace(meanings=frozenset((Meaning("action", "wave"),)))
    return found


def leads(matches: Sequence[Match], at: int) -> bool:
    """Whether 的 and a noun come after what begins at `at`, before the clause ends: 骑着自行车的女孩."""
    for index in range(at + 1, min(at + 9, len(matches))):
        match = matches[index]
        if match.kind == "stop":
            return False
        before = matches[index - 1]
        adjective = before.values("colour") or before.values("size") or before.values("adjective")
        if match.text.endswith("的") and not adjective:
            return _person_follows(matches, index)
    return False


def _person_follows(matches: Sequence[Match], at: int) -> bool:
    for match in matches[at + 1 : at + 5]:
        if is_noun(match):
            return not match.values("garment")
        if match.kind == "stop" or match.values("place") or match.values("feature") or match.text in AND:
            return False
    return False


def noun_follows(matches: Sequence[Match], at: int) -> bool:
    """Whether a noun comes next, with no more than adjectives before it."""
    for match in matches[at + 1 : at + 4]:
        if match.values("character") or match.values("kin"):
            return True
        if not (match.values("colour") or match.values("size") or match.text in ("的", ",")):
            return False
    return False


def verb_before(matches: Sequence[Match], at: int) -> str | None:
    """What the nearest verb before `at` in its clause says is done."""
    for match in reversed(matches[max(0, at - 5) : at]):
        if match.kind == "stop" or match.text in AND:
            return None
        deeds = deeds_of(match)
        if deeds and not match.values("character"):
            return deeds[0]
    return None


def is_governed(matches: Sequence[Match], at: int) -> bool:
    """Whether a verb with an object, or a preposition, stands before this noun: watches a bird, near a car."""
    for match in reversed(matches[max(0, at - 4) : at]):
        if match.kind == "stop" or match.text in AND or match.text in WHILE:
            return False
        if match.text in PREPOSITIONS - {"的"}:
            return True
        if "look" in match.values("deed") or deeds_of(match):
            return True
        if is_noun(match):
            return False
    return False


def is_scenery(match: Match) -> bool:
    """Whether it names what stands or falls in a place, and nobody who acts there."""
    return any(match.values(slot) for slot in ("place", "feature", "effect", "weather"))
