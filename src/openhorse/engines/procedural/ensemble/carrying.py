"""Somebody who is held, ridden or stood upon in, where that puts what is with it out.

Knows no pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from openhorse.engines.procedural.ensemble.blocking import Placed
from openhorse.engines.procedural.ensemble.casting import Cast, Member
from openhorse.engines.procedural.ensemble.silhouette import Kind
from openhorse.engines.procedural.ensemble.sprites import Stance
from openhorse.engines.procedural.ensemble.tailoring import torso_of

Relations = Sequence[tuple[int, str, int]]
"""Subject, word and object; the numbers are those of the members."""

CARRIED = frozenset({"on", "riding", "held", "worn"})
"""Relations in which one goes wherever the other does."""

_MEANT = {
    "beside": "next_to", "left": "left_of", "right": "right_of", "before": "in_front_of", "holds": "holding",
    "rides": "riding", "chases": "chasing", "follows": "chasing",
}  # fmt: skip
"""A brief's words for the same."""


def by_member(company: Cast) -> Relations:
    """The relations of a company, whose numbers are the pictures', by the members' own.

    Who has no body that is seen as a whole wears nothing.
    """
    places = {member.number: place for place, member in enumerate(company.members)}
    found = [(places[one.subject], one.bond, places[one.object]) for one in company.relations]
    return [one for one in found if one[1] != "wears" or can_wear(company.members[one[0]], company.members[one[2]])]


def can_wear(who: Member, what: Member) -> bool:
    """Whether somebody can be dressed in it: a whole figure in what was cut out."""
    return who.build.kind in _BODIES and not who.bust and what.dressed


def understood(relations: Relations, count: int) -> tuple[tuple[int, str, int], ...]:
    """Relations in one set of words; what is held is its subject. What names nobody on the stage is left out."""
    found = []
    for subject, word, other in relations:
        word = _MEANT.get(word, word)
        if subject == other or not (0 <= subject < count and 0 <= other < count):
            continue
        match word:
            case "holding":
                found.append((other, "held", subject))
            case "wears":
                found.append((other, "worn", subject))
            case "under":
                found.append((other, "on", subject))
            case _:
                found.append((subject, word, other))
    return tuple(found)


def bonds_of(relations: Relations) -> dict[int, tuple[str, int]]:
    """Who is carried: by number the word and who carries it. Nobody is carried by somebody who is carried himself."""
    bonds: dict[int, tuple[str, int]] = {}
    for subject, word, other in relations:
        if word in CARRIED and subject not in bonds and other not in bonds:
            if any(carrier == subject for _, carrier in bonds.values()):
                continue
            bonds[subject] = word, other
    return bonds


_BODIES = frozenset((Kind.FIGURE, Kind.GOWN, Kind.MASCOT))
_SADDLE = {Kind.ANIMAL: 0.62, Kind.VEHICLE: 0.55}
"""How high, in heights of what is ridden, a rider's foot would be."""


def carried(
    one: Placed, other: Placed, stance_of: Callable[[Placed, float, Any], Stance], t: float, view: Any
) -> Stance:
    """Where `one` is that is on, rides, or is held by `other`."""
    under = stance_of(other, t, view)
    tall = other.actor.height * under.scale
    scale = under.scale / other.size * one.size
    word = one.bond[0] if one.bond else "on"
    middle = float(other.actor.build.middle[12]) - other.actor.foot
    if word == "held":
        x, y = other.actor.hand(under, t)
        # a hand is at what it holds, not below it
        return Stance(x, y + 0.35 * one.actor.height * scale, scale)
    rise = other.actor.rise(t) * tall
    if word == "worn":
        top = float(other.actor.build.middle[8]) - other.actor.foot
        high = (1 - torso_of(other.actor.alpha).neck) * tall
        return Stance(under.x + top * tall, under.y - rise - high + one.actor.height * scale, scale)
    if word == "riding":
        high = _SADDLE.get(other.actor.build.kind, 0.6)
        long = sum(leg.sole[1] - leg.hip[1] for leg in one.actor.build.legs[:1]) * 0.75
        back = -0.05 * other.actor.facing * tall
        return Stance(
            under.x + middle * tall + back, under.y - rise - (high * tall - long * one.actor.height * scale), scale
        )
    top = float(other.actor.build.middle[1]) - other.actor.foot
    return Stance(under.x + 0.5 * (top + middle) * tall, under.y - rise - 0.96 * tall, scale)
