"""A prompt's matches in, what it says of each numbered reference picture out: role, name, actions, relations.

Knows no pixels. Reads the few shapes in which people name pictures: a noun that owns a number ("the cat in
[Image 1]", 图1中的猫), a word that governs it ("through [Image 2]", 走进图2), a word behind it ("as the background",
图3的风格), lists, and who does what to whom.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

from openhorse.engines.procedural.brief import Bond, Mention, Nature, Relation, Role
from openhorse.engines.procedural.prompt.lexicon import Match

_OWNS = frozenset(
    ("in", "of", "from", "on", "at", "as", "like", "is", "are", "be", "is in", "by", "是", "为", "像", "如", ":")
)
"""What stands between a noun and its number: the cat in [Image 1], the background is [Image 2], style: [Image 3]."""
_OWNED = frozenset(
    ("s", "的", "as", "is", "are", "be", "作为", "作", "当作", "为", "是", "like", ":", "做", "充当", "in", "one")
)
"""What stands between a number and its noun: [Image 1]'s cat, [Image 2] as the background, 图1的猫."""
_DETERMINERS = frozenset(
    (
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
    )
)
_AND = frozenset(("and", "和", "与", "跟", "及", "以及", "、", "plus", "or"))
_JOINTS = _AND | {",", "also", "then"}
_STRONG = (Role.STYLE, Role.WARDROBE, Role.SIGN)
"""Roles that a single word gives, whatever governs it."""
_EVERYBODY = frozenset(
    ("they", "everyone", "everybody", "all", "both", "他们", "她们", "它们", "大家", "一起", "together", "都")
)
_FULL_STOPS = frozenset(".;!?。\n")
_FURNITURE = frozenset(("table", "desk", "shelf", "plate", "tray", "桌子", "桌", "桌上", "架子"))
_SUBJECT_ROLES = (Role.ACTOR, Role.OBJECT)
_BONDS: Mapping[str, Bond] = {bond: bond for bond in get_args(Bond)}
_ZH_OBJECT_BONDS = frozenset(("beside", "behind", "left", "right", "on", "under", "above"))
_TRAVELS = frozenset(("walk", "run", "dance", "stand", "jump", "swim", "fly", "roll", "drive", "float", "turn"))


@dataclass(slots=True)
class _Naming:
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


def read_references(matches: Sequence[Match], references: int) -> tuple[dict[int, Mention], tuple[Relation, ...]]:
    """What is said of pictures 1…`references`, every one of them, and how they stand to each other."""
    namings = [
        _naming(matches, at)
        for at, match in enumerate(matches)
        if match.kind in ("picture", "character") and 1 <= match.number <= references
    ]
    groups = list(_groups(matches, namings))
    for group in groups:
        _share(matches, group)
    everybody = _act(matches, groups)
    relations = tuple(dict.fromkeys(_relations(matches, groups)))
    told = {number: _summed([one for one in namings if one.number == number]) for number in range(1, references + 1)}
    acting = any(mention.actions for mention in told.values())
    return {
        number: replace(mention, actions=mention.actions | everybody if mention.named or not acting else everybody)
        for number, mention in told.items()
    }, relations


def _summed(namings: Sequence[_Naming]) -> Mention:
    """One picture's namings as one: the weightiest role, the first name, every action."""
    if not namings:
        return Mention(named=False)
    best = max(namings, key=lambda one: one.weight)  # of equals the first
    nature = next((one.nature for one in namings if one.nature is not None), None)
    actions = frozenset[str]().union(*(one.actions for one in namings))
    if best.role is None:
        return Mention(Role.ACTOR, nature, actions, sure=nature is not None or bool(actions))
    return Mention(best.role, nature, actions, best.sure)


# --- one naming -----------------------------------------------------------------------------------------------


def _naming(matches: Sequence[Match], at: int) -> _Naming:
    """What the words around the number at `at` make of it."""
    one = _Naming(matches[at].number, at, at, at)
    if matches[at].kind == "character":
        one.role, one.weight = Role.ACTOR, 1.5
    _read_left(matches, one)
    _read_right(matches, one)
    if matches[at].kind == "character" and one.role is Role.PLACE and not one.sure:
        one.role = Role.ACTOR
    return one


def _read_left(matches: Sequence[Match], one: _Naming) -> None:
    """The noun that owns the number, and the word before that, which governs both."""
    at = one.at - 1
    while at >= 0 and matches[at].text in _DETERMINERS - {"and"}:
        at -= 1
    link = at >= 0 and matches[at].text in _OWNS
    start = at - 1 if link else at
    first = _phrase_start(matches, start)
    if first <= start and _is_phrase(matches, first, link):
        one.first = first
        for index in range(start, first - 1, -1):
            _name(one, matches[index], 3.0 if link else 2.6)
        at = first - 1
        while at >= 0 and matches[at].text in _DETERMINERS:
            at, one.first = at - 1, at
    _govern(matches, one, at)


def _phrase_start(matches: Sequence[Match], end: int) -> int:
    """The first match of the noun phrase that ends at `end`; past `end` when there is none."""
    at = end
    while at >= 0 and end - at < 5 and _is_noun(matches[at]):
        at -= 1
    return at + 1


def _is_noun(match: Match) -> bool:
    if match.kind not in ("form", "word", "han") or match.text in _DETERMINERS or match.text in _JOINTS:
        return False
    if match.values("tie") or match.values("relation") or match.values("show") or _is_on_board(match):
        return False
    known = any(match.values(slot) for slot in ("role", "noun", "subject", "place", "near"))
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


def _name(one: _Naming, match: Match, weight: float) -> None:
    """Take a role and a nature from a noun that belongs to the number; the first to give one wins."""
    role = _role_of(match)
    weight = 3.5 if weight and role in _STRONG else weight
    if role is not None and weight > one.weight:
        one.role, one.weight, one.sure = role, weight, True
    natures = match.values("noun") or (["person"] if "person" in match.values("subject") else [])
    if natures and one.nature is None and role not in (Role.STYLE, Role.PLACE, Role.WARDROBE):
        one.nature = natures[-1]  # type: ignore[assignment]


def _role_of(match: Match) -> Role | None:
    """The role that a noun gives. Natures make actors of what lives and moves, and objects of things."""
    roles = [Role(value) for value in match.values("role")]
    for strong in (*_STRONG, Role.PLACE):
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
    if match.values("place") or match.values("near") or match.values("shows"):
        return Role.PLACE
    return None


def _govern(matches: Sequence[Match], one: _Naming, at: int) -> None:
    """What the word at `at` makes of the phrase after it."""
    if at < 0:
        return
    match, before = matches[at], matches[at - 1] if at else None
    if before is not None and _is_on_board(before) and one.role is None:
        one.role, one.weight, one.governed = Role.PLACE, 2.2, True
        return
    role = _role_of(match) if match.values("role") else None
    if role in _STRONG and one.weight < 3.5:
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


def _from_bond(one: _Naming) -> None:
    if one.bond == "wears":
        one.role, one.weight, one.sure = Role.WARDROBE, 3.6, True
    elif one.bond in ("holds", "rides", "on") and one.role not in (Role.ACTOR, Role.PLACE):
        # a rider's mount acts with him
        one.role, one.weight, one.sure = Role.OBJECT, max(2.0, one.weight), one.bond != "on" or one.weight > 2
    elif one.bond in ("chases", "follows") and one.role is None:
        one.role, one.weight = Role.ACTOR, 2.0
    elif one.bond == "above" and one.role is None:
        one.role, one.weight, one.sure = Role.PLACE, 1.8, False


def _from_tie(one: _Naming, strong: bool, word: str, before: Match | None) -> None:
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


def _read_right(matches: Sequence[Match], one: _Naming) -> None:
    """The words behind a number: 's cat, as the background, 的风格, 里, 旁边."""
    at = one.at + 1
    after = _located(matches, one, at)
    linked = after
    at = at + 1 if after else at
    if after and at < len(matches) and matches[at].text != "的":
        return
    if at < len(matches) and (matches[at].text in _OWNED or matches[at].text in ("hangs", "hanging", "mounted")):
        linked = True
        at += 1
        while at < len(matches) and matches[at].text in _DETERMINERS | {"的"}:
            at += 1
    for index in range(at, min(at + (4 if linked else 1), len(matches))):
        match = matches[index]
        if match.kind in ("stop", "picture", "character") or match.values("action") or match.values("relation"):
            return
        if match.values("tie") and not match.values("role"):
            return
        if match.values("role") or (linked and _names(match)):
            _claim(one, match, linked)
            one.last = max(one.last, index)


def _names(match: Match) -> bool:
    """Whether a noun behind a link says what the picture is."""
    named = bool(match.values("noun") or match.values("subject"))
    return named or (_role_of(match) is Role.PLACE and not match.values("plain"))


def _claim(one: _Naming, match: Match, linked: bool) -> None:
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


def _located(matches: Sequence[Match], one: _Naming, at: int) -> bool:
    """Read a Chinese word of place behind the number: 在图2里, 图2旁边, 坐在图2上面. True when there was one."""
    if at >= len(matches):
        return False
    match = matches[at]
    bonds = [value for value in match.values("relation") if value in _ZH_OBJECT_BONDS]
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


# --- lists ----------------------------------------------------------------------------------------------------


def _groups(matches: Sequence[Match], namings: Sequence[_Naming]) -> Iterator[list[_Naming]]:
    """Namings that stand in one list: [Image 1], [Image 2] and [Image 3]."""
    group: list[_Naming] = []
    for one in namings:
        if group and _is_joined(matches, group, one):
            group.append(one)
            continue
        if group:
            yield from _settled(matches, group)
        group = [one]
    if group:
        yield from _settled(matches, group)


def _between(matches: Sequence[Match], first: _Naming, second: _Naming) -> list[str]:
    return [match.text for match in matches[first.last + 1 : second.first]]


def _is_joined(matches: Sequence[Match], group: Sequence[_Naming], one: _Naming) -> bool:
    words = _between(matches, group[-1], one)
    if one.first <= group[-1].last or not set(words) <= _JOINTS | _DETERMINERS or one.bond is not None:
        return False
    if one.governed and words:
        return False
    own = {number.role for number in (group[-1], one)}
    if None not in own and len(own) > 1:
        return False
    # "in [Image 3], [Image 1] and [Image 2] dance": the first is settled and begins its sentence
    if group[0].governed and words == [","] and (group[0].role is Role.PLACE or group[0].role in _STRONG):
        return False
    # "[Image 1] dances past [Image 2] and [Image 3] runs"
    acts = _acts_next(matches, one)
    return not (group[0].governed and acts and set(words) & _AND)


def _acts_next(matches: Sequence[Match], one: _Naming) -> bool:
    at = one.last + 1
    return at < len(matches) and bool(matches[at].values("action"))


def _settled(matches: Sequence[Match], group: list[_Naming]) -> Iterator[list[_Naming]]:
    """A list as one group; two with no more than a comma between them are two."""
    words = {word for first, second in itertools.pairwise(group) for word in _between(matches, first, second)}
    if len(group) == 2 and words == {","}:
        yield from ([one] for one in group)
    else:
        yield group


def _share(matches: Sequence[Match], group: Sequence[_Naming]) -> None:
    """What governs or names the list's first, or is said after its last, holds for all."""
    if len(group) < 2:
        return
    first, last = group[0], group[-1]
    for one in group:
        source = first if first.role is not None else last
        if one.role is None and source.role is not None:
            one.role, one.weight, one.sure = source.role, source.weight, source.sure
        if one.bond is None and first.bond is not None:
            one.bond = first.bond
        one.governed = one.governed or first.governed
    after = [match.text for match in matches[last.last + 1 : last.last + 4]]
    if set(after) & _FURNITURE and after and after[0] in ("on", "在", "upon", "are"):
        for one in group:
            if one.role is None:
                one.role, one.weight = Role.OBJECT, 2.0


# --- who does what --------------------------------------------------------------------------------------------


def _act(matches: Sequence[Match], groups: Sequence[list[_Naming]]) -> frozenset[str]:
    """Give each action to the group that it is said of; the actions of nobody in particular are returned."""
    everybody: set[str] = set()
    starts = {group[0].first: group for group in groups}
    subject: list[_Naming] | None = None
    for at, match in enumerate(matches):
        if match.text in _FULL_STOPS:
            # a sentence that names nobody goes on about the last
            subject = subject if subject is not None else None
        group = starts.get(at)
        if group is not None and _is_subject(group):
            subject = group
        if match.text in _EVERYBODY and group is None:
            if match.text not in ("一起", "together", "都", "all", "both"):
                subject = None
            continue
        actions = _actions_of(matches, at, groups)
        if not actions or _is_inside(groups, at):
            continue
        whose = _described(matches, at, groups) or subject
        if whose is None:
            everybody |= actions
        else:
            for one in whose:
                one.actions |= actions
    return frozenset(everybody)


def _is_subject(group: Sequence[_Naming]) -> bool:
    return not group[0].governed and group[0].role in (None, *_SUBJECT_ROLES)


def _is_inside(groups: Sequence[list[_Naming]], at: int) -> bool:
    return any(one.first <= at <= one.last for group in groups for one in group)


def _actions_of(matches: Sequence[Match], at: int, groups: Sequence[list[_Naming]]) -> set[str]:
    match = matches[at]
    actions = set(match.values("action"))
    if match.text in ("waves", "waving", "wave") and any(one.last == at - 1 for group in groups for one in group):
        actions.add("wave")
    if "rides" in match.values("relation"):
        # only who is ridden or driven goes; its rider sits
        actions.add("ride")
    return actions


def _described(matches: Sequence[Match], at: int, groups: Sequence[list[_Naming]]) -> list[_Naming] | None:
    """Whom an action directly before a number describes: a dancing [Image 1], 跳舞的图1."""
    following = at + 1
    if following < len(matches) and matches[following].text == "的":
        following += 1
    elif not matches[at].text.endswith("ing"):
        return None
    return next((group for group in groups if group[0].first == following and not group[0].governed), None)


def _relations(matches: Sequence[Match], groups: Sequence[list[_Naming]]) -> Iterator[Relation]:
    """How those who are governed by a relation stand to whom the sentence is about."""
    for index, group in enumerate(groups):
        bond = group[0].bond
        if bond is None or (bond in ("before", "on", "above") and group[0].role is Role.PLACE and group[0].sure):
            continue
        subjects = _subjects(matches, groups, index)
        for subject in subjects:
            for one in group:
                if subject.number != one.number:
                    yield Relation(subject.number, bond, one.number)


def _subjects(matches: Sequence[Match], groups: Sequence[list[_Naming]], index: int) -> list[_Naming]:
    """The nearest group before `index` in its sentence that is no object itself; else the next after it."""
    for group in reversed(groups[:index]):
        if any(match.text in _FULL_STOPS for match in matches[group[-1].last : groups[index][0].first]):
            break
        if group[0].role in (Role.PLACE, Role.STYLE) and group[0].sure:
            continue
        if not group[0].governed:
            return group
    for group in groups[index + 1 :]:
        if not group[0].governed and group[0].role in (None, *_SUBJECT_ROLES):
            return group
    previous = [group for group in groups[:index] if group[0].role in (None, *_SUBJECT_ROLES)]
    return previous[-1] if previous else []
