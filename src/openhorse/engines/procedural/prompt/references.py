"""A prompt's matches in, what it says of each numbered reference picture out: role, name, actions, relations.

Knows no pixels. naming.py reads every single naming; here are lists of them, who does what, and who stands where.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from openhorse.engines.procedural.brief import Mention, Relation, Role
from openhorse.engines.procedural.prompt.lexicon import Match
from openhorse.engines.procedural.prompt.naming import AND, DETERMINERS, JOINTS, STRONG, Naming, read_naming

_EVERYBODY = frozenset(
    ("they", "everyone", "everybody", "all", "both", "他们", "她们", "它们", "大家", "一起", "together", "都")
)
_FULL_STOPS = frozenset(".;!?。\n")
_FURNITURE = frozenset(("table", "desk", "shelf", "plate", "tray", "桌子", "桌", "桌上", "架子"))
_SUBJECT_ROLES = (Role.ACTOR, Role.OBJECT)


def read_references(matches: Sequence[Match], references: int) -> tuple[dict[int, Mention], tuple[Relation, ...]]:
    """What is said of pictures 1…`references`, every one of them, and how they stand to each other."""
    namings = [
        read_naming(matches, at)
        for at, match in enumerate(matches)
        if match.kind in ("picture", "character") and 1 <= match.number <= references
    ]
    groups = list(_groups(matches, namings))
    for group in groups:
        _share(matches, group)
    everybody = _act(matches, groups)
    relations = tuple(dict.fromkeys(_relations(matches, groups)))
    told = {number: _summed([one for one in namings if one.number == number]) for number in range(1, references + 1)}
    return {
        number: replace(mention, actions=mention.actions | everybody) for number, mention in told.items()
    }, relations


def _summed(namings: Sequence[Naming]) -> Mention:
    """One picture's namings as one: the weightiest role, the first name, every action."""
    if not namings:
        return Mention(named=False)
    best = max(namings, key=lambda one: one.weight)  # of equals the first
    nature = next((one.nature for one in namings if one.nature is not None), None)
    actions = frozenset[str]().union(*(one.actions for one in namings))
    if best.role is None:
        return Mention(Role.ACTOR, nature, actions, sure=nature is not None or bool(actions))
    return Mention(best.role, nature, actions, best.sure)


# --- lists ----------------------------------------------------------------------------------------------------


def _groups(matches: Sequence[Match], namings: Sequence[Naming]) -> Iterator[list[Naming]]:
    """Namings that stand in one list: [Image 1], [Image 2] and [Image 3]."""
    group: list[Naming] = []
    for one in namings:
        if group and _is_joined(matches, group, one):
            group.append(one)
            continue
        if group:
            yield from _settled(matches, group)
        group = [one]
    if group:
        yield from _settled(matches, group)


def _between(matches: Sequence[Match], first: Naming, second: Naming) -> list[str]:
    return [match.text for match in matches[first.last + 1 : second.first]]


def _is_joined(matches: Sequence[Match], group: Sequence[Naming], one: Naming) -> bool:
    words = _between(matches, group[-1], one)
    if one.first <= group[-1].last or not set(words) <= JOINTS | DETERMINERS or one.bond is not None:
        return False
    if one.governed and words:
        return False
    own = {number.role for number in (group[-1], one)}
    if None not in own and len(own) > 1:
        return False
    # "in [Image 3], [Image 1] and [Image 2] dance": the first is settled and begins its sentence
    if group[0].governed and words == [","] and (group[0].role is Role.PLACE or group[0].role in STRONG):
        return False
    # "[Image 1] dances past [Image 2] and [Image 3] runs"
    acts = _acts_next(matches, one)
    return not (group[0].governed and acts and set(words) & AND)


def _acts_next(matches: Sequence[Match], one: Naming) -> bool:
    at = one.last + 1
    return at < len(matches) and bool(matches[at].values("action"))


def _settled(matches: Sequence[Match], group: list[Naming]) -> Iterator[list[Naming]]:
    """A list as one group; two with no more than a comma between them are two."""
    words = {word for first, second in itertools.pairwise(group) for word in _between(matches, first, second)}
    if len(group) == 2 and words == {","}:
        yield from ([one] for one in group)
    else:
        yield group


def _share(matches: Sequence[Match], group: Sequence[Naming]) -> None:
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


def _act(matches: Sequence[Match], groups: Sequence[list[Naming]]) -> frozenset[str]:
    """Give each action to the group that it is said of; the actions of nobody in particular are returned."""
    everybody: set[str] = set()
    starts = {group[0].first: group for group in groups}
    subject: list[Naming] | None = None
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


def _is_subject(group: Sequence[Naming]) -> bool:
    return not group[0].governed and group[0].role in (None, *_SUBJECT_ROLES)


def _is_inside(groups: Sequence[list[Naming]], at: int) -> bool:
    return any(one.first <= at <= one.last for group in groups for one in group)


def _actions_of(matches: Sequence[Match], at: int, groups: Sequence[list[Naming]]) -> set[str]:
    match = matches[at]
    actions = set(match.values("action"))
    if match.text in ("waves", "waving", "wave") and any(one.last == at - 1 for group in groups for one in group):
        actions.add("wave")
    if "rides" in match.values("relation"):
        # only who is ridden or driven goes; its rider sits
        actions.add("ride")
    return actions


def _described(matches: Sequence[Match], at: int, groups: Sequence[list[Naming]]) -> list[Naming] | None:
    """Whom an action directly before a number describes: a dancing [Image 1], 跳舞的图1."""
    following = at + 1
    if following < len(matches) and matches[following].text == "的":
        following += 1
    elif not matches[at].text.endswith("ing"):
        return None
    return next((group for group in groups if group[0].first == following and not group[0].governed), None)


def _relations(matches: Sequence[Match], groups: Sequence[list[Naming]]) -> Iterator[Relation]:
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


def _subjects(matches: Sequence[Match], groups: Sequence[list[Naming]], index: int) -> list[Naming]:
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
