"""A prompt's matches and its cast in, where the film is set out: place, variety, features; else the best guess.

Knows no pixels, and who draws what only by what it is told: `stand_in` is given the places that are drawn.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from openhorse.engines.procedural.brief import Brief, Character, Move, Place
from openhorse.engines.procedural.prompt.kin import FAMILIES
from openhorse.engines.procedural.prompt.lexicon import Match

_SEEN = frozenset(("seen", "viewed", "watched", "visible"))
_FLYERS = frozenset(
    (
        *("plane", "helicopter", "balloon", "toy-balloon", "paper-plane", "kite", "drone", "rocket", "spaceship"),
        *("dragon", "angel", "feather", "whale", "unicorn"),
    )
)
_OUTSIDE = frozenset(("窗外", "outside the window", "outside the windows", "beyond the window", "out the window"))
_AT_SEA = frozenset(("ship", "sailing-boat", "whale", "dolphin", "submarine"))
_SUBMERGED = frozenset(("fish", "goldfish", "jellyfish", "octopus", "turtle", "koi"))
_STEEP = frozenset(("lighthouse", "cliff", "pier", "rocks"))
_FRESH = frozenset(("lake", "river"))
_FROM_ABOVE = frozenset((Move.CRANE_UP, Move.CRANE_DOWN))

_RANKS: Mapping[str, int] = {"sky": 0, "abstract": 0, "mountains": 1, "city": 1, "meadow/flowers": 1, "road/railway": 1}
"""Of several places the highest rank is where the film is set: a village in the mountains is a village."""


_A: Mapping[Place, str] = {
    Place.ABSTRACT: "an abstract picture",
    Place.MOUNTAINS: "mountains",
    Place.SEA: "the sea",
    Place.SKY: "the sky",
    Place.SPACE: "open space",
    Place.UNDERWATER: "the sea from below",
}
"""Places of which one does not say “a …”, as the notes name them."""


class Setting(NamedTuple):
    """Where a film is set; None where nothing says so."""

    place: Place | None
    variety: str | None
    features: tuple[str, ...]


def read_setting(matches: Sequence[Match], cast: Sequence[Character], move: Move | None) -> Setting:
    """The place that was named, what else is said of it, and what else stands there."""
    told = list(dict.fromkeys(match.values("feature")[0] for match in matches if match.values("feature")))
    if _is_only_above(matches, cast, told):
        return Setting(None, None, tuple(told))
    hints = [hint for match in matches for hint in match.values("variety")]
    namings = _namings(matches) or hints[:1]
    if not namings:
        return Setting(None, None, tuple(told))
    if _FRESH & {naming.partition("/")[0] for naming in namings} and "sea" not in namings:
        namings = [naming for naming in namings if naming != "coast"]  # a lake has shores as well
    if "street" in {naming.partition("/")[0] for naming in namings}:
        namings = ["street/neon" if naming == "skyline/futuristic" else naming for naming in namings]
    chosen = max(range(len(namings)), key=lambda at: (_rank(namings[at]), -at))
    name, _, variety = namings[chosen].partition("/")
    place = _settled(name, variety, told, cast, move)
    others = [naming.partition("/")[0] for naming in namings]
    for naming in [*namings, *hints]:
        if not variety and naming.startswith(f"{place.value}/"):
            variety = naming.partition("/")[2]
    seen = [other for other in others if other not in (name, place.value, "sky", "coast", "city")]
    if place is Place.SEA and {"underwater"} & set(others):
        place = Place.UNDERWATER
    return Setting(place, variety or None, tuple(dict.fromkeys([*told, *seen])))


def _is_only_above(matches: Sequence[Match], cast: Sequence[Character], features: Sequence[str]) -> bool:
    """Whether no more than a sky is named, over what stands or goes on the ground: that is where the film is set."""
    named = {value for match in matches for value in match.values("place")}
    grounded = any(FAMILIES.get(one.kind) not in ("bird", "insect") and one.kind not in _FLYERS for one in cast)
    return named == {"sky"} and (grounded or bool(set(features) - {"moon", "sun"}))


def _namings(matches: Sequence[Match]) -> list[str]:
    """The places in the order of their weight: what a thing is seen from comes before it."""
    found: list[str] = []
    ahead = outside = False
    views: list[str] = []
    for at, match in enumerate(matches):
        outside = (outside and match.kind != "stop") or match.text in _OUTSIDE
        if match.text in _SEEN and at + 1 < len(matches) and matches[at + 1].text in ("from", "through"):
            ahead = True
        values = match.values("place")
        if values:
            value = max(values, key=len)
            if outside:
                views.append(value)
            elif ahead or _is_in_last(matches, at):
                found.insert(0, value)
            else:
                found.append(value)
            ahead = False
    return found or views


def _is_in_last(matches: Sequence[Match], at: int) -> bool:
    """Whether the place at `at` lies in the one before it, as Chinese says it: 森林里的小河 is a river."""
    if matches[at].text.isascii() or at < 2 or matches[at - 1].text != "的":
        return False
    between = matches[max(0, at - 4) : at - 1]
    seen = any("look" in match.values("deed") for match in between)  # 从街道看到的咖啡馆 stays in the street
    return any(match.values("place") for match in between) and not seen


def _rank(naming: str) -> int:
    return _RANKS.get(naming, _RANKS.get(naming.partition("/")[0], 2))


def _settled(
    name: str, variety: str, features: Sequence[str], cast: Sequence[Character], move: Move | None
) -> Place:  # fmt: skip
    """The place itself: a coast is beach or sea, a city is seen from its streets or from afar."""
    kinds = {one.kind for one in cast}
    if name == "coast":
        return Place.SEA if kinds & _AT_SEA or _STEEP & set(features) else Place.BEACH
    if name == "city":
        above = move in _FROM_ABOVE or kinds & {"plane", "helicopter", "balloon", "drone", "spaceship", "eagle"}
        return Place.SKYLINE if above else Place.STREET
    if name == "sea" and not variety and kinds & _SUBMERGED and not kinds & {"boat", "sailing-boat", "ship"}:
        return Place.UNDERWATER
    return Place(name)


# --- where a film is set when nothing says so ----------------------------------------------------------------


@cache
def _votes() -> dict[str, list[tuple[Place, int]]]:
    """For what was understood, the places that it speaks for and how strongly."""
    votes: dict[str, list[tuple[Place, int]]] = {}
    for place, weights in _table()["votes"].items():
        for weight, hints in weights.items():
            for hint in hints.split():
                votes.setdefault(hint, []).append((Place(place), int(weight)))
    return votes


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "places.toml").read_text("utf-8"))


_SAVANNA = frozenset(("lion", "elephant", "giraffe", "zebra", "leopard"))


def choose_setting(brief: Brief) -> tuple[Place, str | None]:
    """The place and variety that were named, else those for which the rest of `brief` speaks; else the abstract."""
    if brief.place is not None:
        return brief.place, brief.variety
    votes: Counter[Place] = Counter()
    for hint in _hints(brief):
        for place, weight in _votes().get(hint, ()):
            votes[place] += weight
    if not votes:
        return Place.ABSTRACT, None
    place = max(votes, key=lambda place: votes[place])  # of equal ones, the first that was named wins
    if place is Place.MEADOW and {one.kind for one in brief.cast} & _SAVANNA:
        return place, "savanna"
    return place, brief.variety


def _hints(brief: Brief) -> Iterator[str]:
    for at, one in enumerate(brief.cast):
        if at < 3:
            yield f"kind/{one.kind}"
            yield from (f"action/{action}" for action in one.actions[:2])
    yield from (f"feature/{feature}" for feature in brief.features)
    yield from (f"effect/{word}" for word in sorted(brief.effects))
    yield from (f"weather/{word}" for word in sorted(brief.weather))
    yield from (f"look/{word}" for word in sorted(brief.looks))
    yield f"season/{brief.season}"
    yield f"hour/{brief.hour}"


def stand_in(brief: Brief, drawn: Collection[Place]) -> tuple[Place, str | None]:
    """The place to use of those that are `drawn` (one at least), and a sentence for the customer when it is another."""
    wanted, _ = choose_setting(brief)
    if wanted in drawn:
        place = wanted
    else:
        nearest = [Place(name) for name in _table()["nearest"][wanted.value].split()]
        place = next((near for near in nearest if near in drawn), None) or sorted(drawn)[0]
    if brief.place is not None and place is not wanted:
        return place, f"This engine does not draw a “{wanted.value}” yet; the {place.value} stands in for it."
    if brief.place is None and not _is_pointed(brief):
        return place, f"The prompt names no place; it shows {_A.get(place, f'a {place.value}')}."
    return place, None


def _is_pointed(brief: Brief) -> bool:
    """Whether what was understood points to a place, so that no word of excuse is due."""
    return any(_votes().get(hint) for hint in _hints(brief))
