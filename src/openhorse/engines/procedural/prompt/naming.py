"""One place in a prompt where a reference picture is named in, its role and name out, with what governs it.

Knows no other picture. The shapes in which people name pictures: a noun that owns a number ("the cat in [Image 1]",
图1中的猫), a word that governs it ("through [Image 2]", 走进图2), a word behind it ("as the background", 图3的风格).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from openhorse.engines.procedural.brief import Bond, Nature, Role
from openhorse.engines.procedural.prompt.lexicon import Match

_OWNS = frozenset(
    ("in", "of", "from", "on", "at", "as", "like", "is", "are", "be", "is in", "by", "是", "为", "像", "如", ":")
)
"""What stands between a noun and its number: the cat in [Image 1], the background is [Image 2], style: [Image 3]."""
_OWNED = frozenset(
    ("s", "的", "as", "is", "are", "be", "作为", "作", "当作", "为", "是", "like", ":", "做", "充当", "in", "one")
)
"""What stands between a number and its noun: [Image 1]'s cat, [Image 2] as the background, 图1的猫."""
DETERMINERS = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "his",
        "her",
        "its",
        "their",
        "my",
        "your",
        "our",
        "all",
        "and",
    ]
)
AND = frozenset(("and", "和", "与", "跟", "及", "以及", "、", "plus", "or"))
JOINTS = AND | {",", "also", "then"}
STRONG = (Role.STYLE, Role.WARDROBE, Role.SIGN)
"""Roles that a single word gives, whatever governs it."""
_BEHIND = frozenset(("background", "backdrop"))
"""Places that a picture is when it is "in" them."""
_BONDS: Mapping[str, Bond] = {bond: bond for bond in get_args(Bond)}
_POSTPOSED = frozenset(("beside", "behind", "left", "right", "on", "under", "above"))


@dataclass(slots=True)
class Naming:
    """One place in the text where a picture is named: its noun phrase, what governs it, and what was found.

    `first` and `last` are the phrase's first and last match; `weight` says how much a role found here counts.
    """

    number: int
    at: int
    first: int
    last: int
    role: Role | None = None
    nature: Nature | None = None
    weight: float = 0.0
    sure: bool = True
    bond: Bond | None = None
    governed: bool = False
    actions: set[str] = field(default_factory=set)


def read_naming(matches: Sequence[Match], at: int) -> Naming:
    """What the words around the number at `at` make of it."""
    one = Naming(matches[at].number, at, at, at)
    if matches[at].kind == "character":
        one.role, one.weight = Role.ACTOR, 1.5
    _read_left(matches, one)
    _read_right(matches, one)
    if matches[at].kind == "character" and one.role is Role.PLACE and not one.sure:
        one.role = Role.ACTOR
    return one


def _read_left(matches: Sequence[Match], one: Naming) -> None:
    """The noun that owns the number, and the word before that, which governs both."""
    at = one.at - 1
    while at >= 0 and matches[at].text in DETERMINERS - {"and"}:
        at -= 1
    link = at >= 0 and matches[at].text in _OWNS
    start = at - 1 if link else at
    first = _phrase_start(matches, start)
    if first <= start and _is_phrase(matches, first, link):
        one.first = first
        for index in range(start, first - 1, -1):
            _name(one, matches[index], 3.0 if link else 2.6)
        at = first - 1
        while at >= 0 and matches[at].text in DETERMINERS:
            at, one.first = at - 1, at
    _govern(matches, one, at)


def _phrase_start(matches: Sequence[Match], end: int) -> int:
    """The first match of the noun phrase that ends at `end`; past `end` when there is none."""
    at = end
    while at >= 0 and end - at < 5 and _is_noun(matches[at]):
        at -= 1
    return at + 1


def _is_noun(match: Match) -> bool:
    if match.kind not in ("form", "word", "han") or match.text in DETERMINERS or match.text in JOINTS:
        return False
    if match.values("tie") or match.values("relation") or match.values("show") or _is_on_board(match):
        return False
    known = any(match.values(slot) for slot in ("role", "noun", "subject", "place", "feature"))
    return known or not (match.values("action") or match.values("after") or match.values("plain"))


def _is_on_board(match: Match) -> bool:
    """Whether it tells where a picture hangs ("on the wall"): that names the picture before it, not the one after."""
    return match.text.startswith("on ") and "sign" in match.values("role")


def _is_phrase(matches: Sequence[Match], first: int, link: bool) -> bool:
    """Whether what begins there is a noun phrase rather than an unknown verb: [Image 1] glides in [Image 2]."""
    if first and matches[first - 1].kind in ("picture", "character") and not matches[first].values("role"):
        return False
    if matches[first].kind == "han" and not matches[first].meanings:
        return False
    return link or any(_tells(matches[index]) for index in range(first, min(first + 5, len(matches))))


def _tells(match: Match) -> bool:
    return any(match.values(slot) for slot in ("role", "noun"))


def _name(one: Naming, match: Match, weight: float) -> None:
    """Take a role and a nature from a noun that belongs to the number; the first to give one wins."""
    role = _role_of(match)
    weight = 3.5 if weight and role in STRONG else weight
    if role is not None and weight > one.weight:
        one.role, one.weight, one.sure = role, weight, True
    natures = match.values("noun") or (["person"] if "person" in match.values("subject") else [])
    if natures and one.nature is None and role not in (Role.STYLE, Role.PLACE, Role.WARDROBE):
        one.nature = natures[-1]  # type: ignore[assignment]


def _role_of(match: Match) -> Role | None:
    """The role that a noun gives. Natures make actors of what lives and moves, and objects of things."""
    roles = [Role(value) for value in match.values("role")]
    for strong in (*STRONG, Role.PLACE):
        if strong in roles:
            return strong
    natures = match.values("noun")
    if natures and natures != ["thing"] and natures != ["plant"]:
        return Role.ACTOR
    if roles:
        return roles[0]
    if natures:
        return Role.OBJECT
    if match.values("subject"):
        return Role.ACTOR
    if match.values("place") or match.values("feature"):
        return Role.PLACE
    return None


def _govern(matches: Sequence[Match], one: Naming, at: int) -> None:
    """What the word at `at` makes of the phrase after it."""
    if at < 0:
        return
    match, before = matches[at], matches[at - 1] if at else None
    if before is not None and _is_on_board(before) and one.role is None:
        one.role, one.weight, one.governed = Role.PLACE, 2.2, True
        return
    role = _role_of(match) if match.values("role") else None
    if role in STRONG and one.weight < 3.5:
        one.role, one.weight, one.sure, one.governed = role, 3.5, True, True
        return
    shows = match.values("show") or (match.text in ("of", "with", "that") and one.role is None)
    if shows and _has_sign(matches, at):
        one.role, one.weight, one.governed = Role.SIGN, 3.4, True
        return
    for value in match.values("relation"):
        one.bond, one.governed = _BONDS[value], True
        _from_bond(one)
        return
    ties = match.values("tie")
    if not ties:
        one.governed = match.text in ("of", "with", "to", "for", "from", "用", "以", "把", "将", "让", "use", "using")
        return
    one.governed = match.text not in ("by",)
    _from_tie(one, "through" in ties, match.text, before)


def _has_sign(matches: Sequence[Match], at: int) -> bool:
    """Whether a board is spoken of in the same clause before `at`."""
    for index in range(at - 1, max(-1, at - 9), -1):
        if matches[index].kind in ("stop", "picture", "character"):
            return False
        if "sign" in matches[index].values("role"):
            return True
    return False


def _from_bond(one: Naming) -> None:
    if one.bond == "wears":
        one.role, one.weight, one.sure = Role.WARDROBE, 3.6, True
    elif one.bond in ("holds", "rides", "on") and one.role not in (Role.ACTOR, Role.PLACE):
        # a rider's mount acts with him
        one.role, one.weight, one.sure = Role.OBJECT, max(2.0, one.weight), one.bond != "on" or one.weight > 2
    elif one.bond in ("chases", "follows") and one.role is None:
        one.role, one.weight = Role.ACTOR, 2.0
    elif one.bond == "above" and one.role is None:
        one.role, one.weight, one.sure = Role.PLACE, 1.8, False


def _from_tie(one: Naming, strong: bool, word: str, before: Match | None) -> None:
    """A place, unless it has a name that says otherwise or is only sat upon."""
    if word in ("on", "over", "by", "before", "around", "past") and one.role is None:
        sitting = before is not None and {"sit"} & set(before.values("action"))
        one.bond = "on" if word == "on" else "above" if word == "over" else "before" if word == "before" else None
        one.role, one.weight, one.sure = (Role.OBJECT, 2.0, False) if sitting else (Role.PLACE, 1.8, False)
    elif one.role is None:
        one.bond = "before" if word == "in front of" else None
        one.role, one.weight, one.sure = Role.PLACE, 2.2 if strong else 1.8, strong
    elif one.role is Role.OBJECT and strong and one.nature is None:
        one.sure = False


def _read_right(matches: Sequence[Match], one: Naming) -> None:
    """The words behind a number: 's cat, as the background, 的风格, 里, 旁边."""
    at = one.at + 1
    after = _located(matches, one, at)
    linked = after
    at = at + 1 if after else at
    if after and at < len(matches) and matches[at].text != "的":
        return
    within = False
    if at < len(matches) and (matches[at].text in _OWNED or matches[at].text in ("hangs", "hanging", "mounted")):
        linked, within = True, matches[at].text == "in"
        at += 1
        while at < len(matches) and matches[at].text in DETERMINERS | {"的"}:
            at += 1
    for index in range(at, min(at + (4 if linked else 1), len(matches))):
        match = matches[index]
        if match.kind in ("stop", "picture", "character") or match.values("action") or match.values("relation"):
            return
        if match.values("tie") and not match.values("role"):
            return
        if _is_anothers(matches, index) and (within or one.weight >= 2.6):
            return
        if within and _role_of(match) is Role.PLACE and match.text not in _BEHIND:
            return  # somebody in a street is not the street
        if match.values("role") or (linked and _names(match)):
            _claim(one, match, linked)
            one.last = max(one.last, index)


def _is_anothers(matches: Sequence[Match], at: int) -> bool:
    """Whether a noun owns the number that follows it: "in the street of [Image 2]"."""
    while at < len(matches) and _is_noun(matches[at]):
        at += 1
    link = at < len(matches) and matches[at].text in _OWNS
    at += 1 if link else 0
    while at < len(matches) and matches[at].text in DETERMINERS - {"and"}:
        at += 1
    return link and at < len(matches) and matches[at].kind in ("picture", "character")


def _names(match: Match) -> bool:
    """Whether a noun behind a link says what the picture is."""
    named = bool(match.values("noun") or match.values("subject"))
    return named or (_role_of(match) is Role.PLACE and not match.values("plain"))


def _claim(one: Naming, match: Match, linked: bool) -> None:
    """A noun behind a number: stronger than a tie or a bond before it, for it is the number's own."""
    role = _role_of(match)
    own = 3.2 if linked else 1.4
    if role in (Role.OBJECT, Role.PLACE, Role.ACTOR) and one.role in (Role.WARDROBE, Role.STYLE) and one.weight > 3:
        return
    if one.bond == "holds" and role is not Role.ACTOR:
        role = Role.OBJECT
    if role is Role.ACTOR and one.bond in ("rides", "on") and match.values("noun") == ["vehicle"]:
        role = Role.OBJECT
    if role is not None and own > one.weight:
        one.role, one.weight, one.sure = role, own, True
    _name(one, match, 0.0)


def _located(matches: Sequence[Match], one: Naming, at: int) -> bool:
    """Read a Chinese word of place behind the number: 在图2里, 图2旁边, 坐在图2上面. True when there was one."""
    if at >= len(matches):
        return False
    match = matches[at]
    bonds = [value for value in match.values("relation") if value in _POSTPOSED]
    if bonds and not match.text.isascii() and not match.values("action"):
        one.bond, one.governed = _BONDS[bonds[0]], True
        one.role, one.weight, one.sure = (
            (None, 0.0, True) if one.role is Role.PLACE else (one.role, one.weight, one.sure)
        )
        if one.bond == "on":
            _from_bond(one)
        return True
    where = match.values("after")
    if not where or match.text.isascii():
        return False
    following = matches[at + 1].text if at + 1 < len(matches) else ""
    if one.bond == "on" and match.text in ("上", "上面"):
        return True
    if following != "的" and one.role in (None, Role.PLACE):
        inside = "in" in where
        one.bond = "before" if match.text in ("前", "前面", "面前", "的前面", "的面前") else None
        one.role, one.weight, one.sure, one.governed = Role.PLACE, 2.2, inside, True
    return True
