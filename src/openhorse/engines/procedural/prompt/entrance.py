"""A noun of the cast and the sentence so far in, who enters and how they are tied to the others out.

Knows nothing of verbs but which of them leave a thing in one's hands.
"""

from __future__ import annotations

from collections.abc import Sequence

from openhorse.engines.procedural.brief import Bond
from openhorse.engines.procedural.prompt.kin import FAMILIES, group_size, is_carried
from openhorse.engines.procedural.prompt.lexicon import Match, lemmas
from openhorse.engines.procedural.prompt.member import Member, Phrase, is_noun, is_plural
from openhorse.engines.procedural.prompt.sentence import Sentence
from openhorse.engines.procedural.prompt.syntax import AND, is_governed, leads, verb_before

_MOUNTS = frozenset(("on", "in", "骑", "坐", "开", "乘"))
_HANDLED = frozenset(
    (
        *("read", "drink", "eat", "play", "throw", "kick", "catch", "write", "paint", "cook", "pour", "hold", "build"),
        *("fetch", "open", "blow", "pick", "wave"),
    )
)
"""What is done with a thing that the doer then has: who reads a book holds it."""
_GREGARIOUS = frozenset(("bird", "fish", "goose", "seagull", "koi", "bee", "lantern"))
"""Of these Chinese, which marks no plural, means several when it tells no number."""
_COMPOSED: dict[str, tuple[str, str]] = {
    "cyclist": ("person", "bicycle"),
    "motorcyclist": ("person", "motorcycle"),
    "rider": ("person", "horse"),
}


def appear(told: Sentence, at: int, named: str) -> None:
    """Take the noun at `at`, which names the kind and variety `named`, into the cast or into somebody's hands."""
    kind, _, variety = named.partition("/")
    if _is_compound(told, at, kind, variety):
        told.noun_at = at
        return
    parent = _parent(told, at, kind)
    if parent is not None:
        kind, variety = parent.kind, parent.variety
    bond, bearer = _object_of(told, at, kind)
    if bond == "holds" and is_carried(kind):
        _hold(told, at, kind, bearer)
        return
    known = None if parent is not None else _known(told, at, kind, variety)
    one = known or _enter(told, at, kind, variety, bond, bool(bearer))
    one.young = one.young or (known is None and is_young(told.matches[at].text))
    if parent is not None:
        one.size = "small"
    _dress(told, at, one)
    told.named.append(one)
    told.before, told.noun_at, told.latest = Phrase(), at, one
    if bond is not None and bond != "wears":
        _bind(told, at, one, bond, bearer)
    else:
        joined = at > 0 and _joins(told, at)
        told.subjects = [*told.subjects, one] if joined and one not in told.subjects else [one]
        told.begun = True
    told.bond, told.bearer, told.with_at = None, [], -9


_YOUNG: dict[str, str] = {
    "calf": "elephant cow giraffe whale camel deer dolphin", "cub": "lion tiger bear panda leopard fox wolf",
    "foal": "horse zebra unicorn", "fawn": "deer", "kitten": "cat", "puppy": "dog wolf", "pup": "dog wolf fox seal",
    "chick": "chicken bird penguin swan goose eagle owl seagull", "duckling": "duck swan", "lamb": "sheep",
    "piglet": "pig", "bunny": "rabbit", "cygnet": "swan", "gosling": "goose",
}  # fmt: skip
"""What the young are called, and of which kinds they may be."""


def is_young(text: str) -> bool:
    """Whether a noun names a young animal: a calf, a baby elephant, 小象."""
    return text.startswith(("baby ", "小")) or bool(_young(text))


def _young(text: str) -> str:
    return next(
        (_YOUNG[word] for word in lemmas(text.rpartition(" ")[2].replace("calves", "calf")) if word in _YOUNG), ""
    )


def _parent(told: Sentence, at: int, kind: str) -> Member | None:
    """Whose young the noun names: a calf beside an elephant is an elephant's, and a small one."""
    text = told.matches[at].text
    if not is_young(text) or any(one.young for one in told.cast):
        return None
    kinds = (_young(text) or kind).split()
    grown = [one for one in told.cast if one.kind in kinds and not one.young]
    return grown[-1] if grown and grown[-1] not in told.earlier else None


def _is_compound(told: Sentence, at: int, kind: str, variety: str) -> bool:
    """ "golden retriever dog", "a robot dog": two nouns side by side are one, and the second is what it is."""
    if told.noun_at != at - 1 or told.latest is None or not told.matches[at].text.isascii():
        return False
    if told.before.open or told.latest.deeds:
        return False
    if told.matches[at].text in ("family", "families"):
        told.latest.count = group_size(told.latest.kind)
        return True
    if kind != told.latest.kind:
        told.latest.variety = told.latest.variety or told.latest.kind
        told.latest.kind = kind
    told.latest.variety = variety or told.latest.variety
    return True


def _object_of(told: Sentence, at: int, kind: str) -> tuple[Bond | None, list[Member]]:
    """The bond that waits for this noun and whose it is; ("holds", nobody) where they are yet to come."""
    family = FAMILIES.get(kind, "thing")
    if told.bond == "under" and kind == "umbrella":
        return "holds", told.bearer
    if told.bond == "on" and _is_mount(told, kind):
        return "rides", told.bearer
    if told.bond is not None:
        return told.bond, told.bearer
    if told.with_at >= 0 and at - told.with_at <= 5 and told.bearer:
        return ("holds" if is_carried(kind) else "beside"), told.bearer
    verb = verb_before(told.matches, at)
    if (is_carried(kind) or verb == "play") and family == "thing" and verb in _HANDLED and told.subjects:
        return "holds", told.subjects
    mounted = _mounted(told, at, kind)
    if mounted and told.subjects:
        return "rides", told.subjects
    if is_governed(told.matches, at) and told.subjects:
        return "beside", told.subjects
    return None, []


def _mounted(told: Sentence, at: int, kind: str) -> bool:
    """On a horse, in a boat, 坐在船上, 开着车."""
    if not _is_mount(told, kind) or not told.subjects or FAMILIES.get(told.subjects[-1].kind) == "vehicle":
        return False
    words = [match.text for match in told.matches[max(0, at - 4) : at]]
    return bool(_MOUNTS & {word for word in words if word not in AND} or any("坐在" in word for word in words))


def _is_mount(told: Sentence, kind: str) -> bool:
    return FAMILIES.get(kind) == "vehicle" or kind in ("horse", "camel", "elephant", "unicorn", "dragon")


def _hold(told: Sentence, at: int, kind: str, bearer: Sequence[Member]) -> None:
    """A thing in somebody's hands is no character of its own."""
    colour = next(iter(told.colours(at)), None)
    if bearer:
        for one in bearer:
            one.takes(kind, colour)
    else:
        told.worn.append((kind, colour))
    told.before, told.noun_at, told.bond, told.with_at = Phrase(), at, None, -9


def _known(told: Sentence, at: int, kind: str, variety: str) -> Member | None:
    """The one of this kind whom the prompt has named before: "the dog" after "a dog", or 狗 once more."""
    if told.before.count is not None or told.before.group:
        return None
    colours = (None, *told.colours(at))
    if kind == "person" and not variety and told.before.known:  # the hero, the rider: whoever was named
        people = [one for one in told.cast if FAMILIES.get(one.kind) == "person"]
        return people[0] if people else None
    for one in told.cast:
        if (
            one.kind == kind
            and variety in ("", one.variety)
            and (one.colour is None or colours[-1] in (None, one.colour))
        ):
            return one
    return None


def _enter(told: Sentence, at: int, kind: str, variety: str, bond: Bond | None, governed: bool) -> Member:
    match = told.matches[at]
    if kind in _COMPOSED:
        rider, mount = _COMPOSED[kind]
        one = Member(rider, variety, _count(told, match, rider))
        below = Member(mount, count=one.count)
        one.bond = ("rides", below)
        one.does(["ride"])
        told.admit(one)
        told.admit(below)
        return one
    one = Member(kind, variety or told.before.variety, _count(told, match, kind))
    if variety == "couple":
        one.count = 2
    told.admit(one)
    return one


def _count(told: Sentence, match: Match, kind: str) -> int:
    before = told.before
    if before.group or "group" in match.values("number"):
        return group_size(kind)
    if before.count is not None:
        return before.count
    unmarked = not match.text.isascii() or match.text.endswith("fish")
    if is_plural(match) or (kind in _GREGARIOUS and unmarked and not before.known):
        return max(3, group_size(kind) // 2)
    return 1


def _dress(told: Sentence, at: int, one: Member) -> None:
    """Give what waited for a noun to it."""
    before = told.before
    one.colour = one.colour or next(iter(told.colours(at)), None)
    one.size = one.size or before.size
    one.where = one.where or told.where
    one.does(before.deeds)
    for thing, colour in told.worn:
        one.takes(thing, colour)
    if told.coming is not None and one.bond is None:
        one.bond = told.coming
        told.put_before(one, told.coming[1])
        if told.coming[0] == "rides":
            one.does(["ride"])
    told.worn, told.coming, told.where = [], None, None


def _bind(told: Sentence, at: int, one: Member, bond: Bond, bearer: Sequence[Member]) -> None:
    """Tie who was meant to `one`; where 的 and a noun follow, that noun is meant: 骑着马的男人."""
    if told.matches[at].text.isascii() or not leads(told.matches, at):
        for other in bearer:
            if other is not one and other.bond is None:
                other.bond = (bond, one)
        if bearer:
            return
    told.coming = (bond, one)


def _joins(told: Sentence, at: int) -> bool:
    """Whether an "and" or 和 joins this noun to the one before it."""
    for match in reversed(told.matches[max(0, at - 5) : at]):
        if match.text in AND:
            return not any(one.deeds for one in told.subjects)
        if is_noun(match) or match.values("deed") or match.kind == "stop":
            return False
    return False
