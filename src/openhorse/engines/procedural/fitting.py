"""A brief in, the same brief as our places and players can show it out, and what is said of what they cannot.

Place, cast and light make something of each other: who swims is under water, a candle wants the dark, and nobody walks
on the sea. Knows no pixels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from openhorse.engines.procedural.brief import Brief, Character, Hour, Place, Season
from openhorse.engines.procedural.parts.landmarks import LANDMARKS
from openhorse.engines.procedural.places.guide import PAINTERS, painter_of
from openhorse.engines.procedural.players.company import family_of, parts
from openhorse.engines.procedural.prompt.kin import cast_stand_in
from openhorse.engines.procedural.prompt.places import choose_setting, stand_in
from openhorse.engines.procedural.world.hours import daylight

_WATERY = frozenset((Place.SEA, Place.LAKE, Place.RIVER))
_SHORES = _WATERY | {Place.BEACH}
_INDOORS = frozenset((Place.ROOM, Place.CAFE, Place.KITCHEN, Place.STAGE))
_SWIMMERS = frozenset(("turtle", "jellyfish", "octopus", "seahorse"))
"""Kinds that swim below the surface, besides all of the family of fish."""
_WALKERS = frozenset(("beasts", "people", "vehicles", "robots"))
"""Families of players that need a ground to go on."""
_BOATS = frozenset(("boat", "sailing-boat", "ship", "canoe", "raft"))
_WATERFOWL = frozenset(("swan", "duck", "goose"))
_AT_SEA = frozenset(("swim", "surf", "sail", "row", "dive", "float"))
_LIGHTS = frozenset(("candle", "lantern", "campfire", "sky-lantern"))
"""What is looked at by night, where no hour is named."""
_NIGHTLY = frozenset(("aurora", "fireflies", "fireworks", "lanterns", "stars"))
"""Effects that are seen by night only, outdoors."""
_WORLDS = frozenset(("planet", "moon", "earth", "saturn", "star"))
_ELSEWHERE: Mapping[tuple[Place, str], tuple[Place, str | None]] = {
    (Place.MOUNTAINS, "canyon"): (Place.DESERT, "canyon"),
    (Place.BEACH, "rocky"): (Place.SEA, "rocky"),
    (Place.SKYLINE, "futuristic"): (Place.SKYLINE, "cyberpunk"),
    (Place.VILLAGE, "old"): (Place.VILLAGE, "chinese"),
    (Place.VILLAGE, "fishing"): (Place.VILLAGE, "mediterranean"),
}
"""Varieties that another painter has, or has under another name."""
_BUILT: Mapping[str, str] = {"palace": "castle", "mill": "windmill", "lamps": "street-lamp"}
_SUGGESTED: Mapping[tuple[Place, str], tuple[Place, str]] = {
    (Place.MEADOW, "flowers"): (Place.MEADOW, "flowers"),
    (Place.FOREST, "cherry-trees"): (Place.FOREST, "cherry"),
    (Place.SEA, "rocks"): (Place.SEA, "rocky"),
    (Place.SEA, "cliff"): (Place.SEA, "rocky"),
    (Place.SEA, "ice"): (Place.SEA, "ice"),
    (Place.MOUNTAINS, "ice"): (Place.MOUNTAINS, "ice"),
    (Place.UNDERWATER, "seaweed"): (Place.UNDERWATER, "kelp"),
    (Place.UNDERWATER, "ruins"): (Place.UNDERWATER, "ruins"),
}
"""Kinds of a place that what stands there speaks for, where none is named."""
_BREEDS: Mapping[str, str] = {"ginger": "orange"}
"""Varieties under the name by which a player knows them."""
_RIDDEN: Mapping[str, str] = {"bicycle": "cyclist", "motorcycle": "motorcyclist", "scooter": "motorcyclist"}
"""Machines that come with who rides them, and as whom."""
_GOING = frozenset(("walk", "trot", "run", "gallop", "jump", "stand", "swim", "fly"))
_OLD_FILM = ("vintage", "old film", "old movie", "silent film", "super 8", "vhs", "老电影", "复古", "旧胶片")
_SPOTLIGHT = re.compile(r"\b(?:single|one|lone|a|the) spotlight\b|聚光灯")
"""What makes a theatre's stage dark but for its beam."""
_MANNERS = frozenset(("lowpoly", "3d", "pastel", "fantasy", "steampunk", "storybook", "documentary"))
"""Looks that are understood and that no style stands for."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A brief that can be shown, and remarks on what of it cannot."""

    brief: Brief
    remarks: tuple[str, ...] = ()


def fit(brief: Brief, drawn: frozenset[Place]) -> Fitted:
    """`brief` for the places in `drawn` and for whoever plays."""
    place, note = stand_in(brief, drawn)
    brief = replace(brief, place=place, variety=choose_setting(brief)[1])
    remarks = [note] if note else []
    cast = []
    for one in map(_waving, brief.cast) if "waves" in brief.features and place not in _SHORES else brief.cast:
        character, missed = cast_stand_in(_specific(one), parts().keys())
        cast.append(character or one)
        remarks += [missed] if missed and character else []
    brief = _in_its_place(_elsewhere(replace(brief, cast=_mounted(tuple(cast)))))
    brief, told = _built(_at_its_hour(brief))
    remarks += told
    lost = sorted(brief.looks & _MANNERS)
    remarks += [f"style not drawn: {', '.join(lost)}"] if lost else []
    return Fitted(_manner(brief), tuple(remarks))


def _specific(one: Character) -> Character:
    """Somebody under the most telling name that a player answers to: a steam train, a sports car."""
    names = [f"{one.variety}-{one.kind}", one.variety] if one.variety else []
    kind = next((name for name in names if family_of(name) == family_of(one.kind) is not None), one.kind)
    return replace(one, kind=kind, variety="" if kind != one.kind else _BREEDS.get(one.variety, one.variety))


def _waving(one: Character) -> Character:
    """Somebody who "waves" where there is no water waves a hand."""
    return replace(one, actions=("wave",)) if family_of(one.kind) == "people" and not one.actions else one


def _mounted(cast: tuple[Character, ...]) -> tuple[Character, ...]:
    """The cast with each mount before its rider, going as the rider is said to; who rides a machine is one with it."""
    riders = {k: one.bond[1] for k, one in enumerate(cast) if one.bond is not None and one.bond[0] == "rides"}
    kept = list(cast)
    gone: set[int] = set()
    for rider, mount in riders.items():
        if not 0 <= mount < len(cast) or mount == rider:
            continue
        on, machine = cast[rider], _RIDDEN.get(cast[mount].kind)
        if machine is not None:
            kept[rider] = replace(on, kind=machine, bond=None)
            gone.add(mount)
            continue
        going = tuple(word for word in on.actions if word in _GOING) or cast[mount].actions or ("walk",)
        kept[mount] = replace(cast[mount], actions=going)
        kept[rider] = replace(on, things=(*on.things, cast[mount].kind))
    whole = {one.kind for one in kept} & set(_RIDDEN.values())
    gone |= {k for k, one in enumerate(kept) if _RIDDEN.get(one.kind) in whole}
    order = sorted((k for k in range(len(cast)) if k not in gone), key=lambda k: (k in riders and k not in gone, k))
    return _chosen(kept, order)


def _chosen(cast: Sequence[Character], order: Sequence[int]) -> tuple[Character, ...]:
    """Those of a cast whose numbers are named, in that order; a tie to one who is not among them is undone."""
    place = {old: new for new, old in enumerate(order)}
    return tuple(_tied(cast[k], place) for k in order)


def _tied(one: Character, place: Mapping[int, int]) -> Character:
    """Somebody tied to the same other under their new number."""
    if one.bond is None:
        return one
    return replace(one, bond=(one.bond[0], place[one.bond[1]]) if one.bond[1] in place else None)


def _elsewhere(brief: Brief) -> Brief:
    """The place under the name by which its painter knows it."""
    if brief.place is not None and brief.variety is not None:
        place, variety = _ELSEWHERE.get((brief.place, brief.variety), (brief.place, brief.variety))
        brief = replace(brief, place=place, variety=variety)
    if brief.place is Place.STREET and brief.variety is None and "café" in brief.features:
        features = tuple(name for name in brief.features if name != "café")
        brief = replace(brief, place=Place.CAFE, variety="street", features=features)
    if brief.place is Place.STAGE and brief.variety in (None, "theatre") and _SPOTLIGHT.search(brief.prompt.lower()):
        brief = replace(brief, variety="spotlight")
    for name in brief.features:
        if brief.variety is None and brief.place is not None:
            place, variety = _SUGGESTED.get((brief.place, name), (brief.place, brief.variety))
            brief = replace(brief, place=place, variety=variety)
    season = Season.SPRING if brief.season is None and "cherry-trees" in brief.features else brief.season
    weather = brief.weather | ({"after-rain"} if "puddles" in brief.features else set())
    return replace(brief, season=season, weather=weather)


def _built(brief: Brief) -> tuple[Brief, list[str]]:
    """The brief with the kind of its place and the features that are drawn, and what is said of the others."""
    remarks, painter = [], painter_of(brief)
    if brief.variety is not None and not painter.draws(brief.variety):
        kind = brief.variety.replace("-", " ")
        remarks.append(f"place: a plain {brief.place} is drawn instead of “{kind}”")
        brief = replace(brief, variety=None)
    lit = daylight(brief, painter.hour)
    disc, wet = lit.size > 0, bool(brief.weather & {"rain", "after-rain"})
    shown = {"moon": disc and lit.is_night, "sun": disc and not lit.is_night, "puddles": wet}
    names, lost = [], []
    for name in brief.features:
        built = _BUILT.get(name, name)
        if painter.faces(name):
            names.append(name)
        elif built in LANDMARKS and not painter.closed:
            names.append(built)
            remarks += [f"a {built} stands in for “{name}”"] if name in ("palace", "mill") else []
        elif not (painter.shows(name) or name == brief.variety or (shown.get(name) and not painter.closed)):
            lost.append(name.replace("-", " "))
    remarks += [f"not drawn there: {', '.join(lost)}"] if lost else []
    return replace(brief, features=tuple(names)), remarks


def _in_its_place(brief: Brief) -> Brief:
    """Who acts where they can: under water, on the shore, on the water, below their kite."""
    swims = [family_of(one.kind) == "fish" or one.kind in _SWIMMERS for one in brief.cast]
    watery = brief.place in _WATERY
    if swims and all(swims) and watery:
        return replace(brief, place=Place.UNDERWATER, variety=brief.variety if brief.place is Place.SEA else "pond")
    walkers = {family_of(one.kind) for one in brief.cast} & _WALKERS
    if brief.place is Place.SEA and walkers and not _is_afloat(brief):
        brief = replace(brief, place=Place.BEACH)
    if brief.place in _INDOORS:
        brief = replace(brief, effects=brief.effects - {"smoke"})  # what steams there steams by itself
    else:
        named = [replace(one, kind="hot-air-balloon") if one.kind == "balloon" else one for one in brief.cast]
        brief = replace(brief, cast=tuple(named))
    if brief.place is Place.SPACE:
        # worlds are part of that place
        brief = replace(
            brief, cast=_chosen(brief.cast, [k for k, one in enumerate(brief.cast) if one.kind not in _WORLDS])
        )
    if (brief.place, brief.variety) == (Place.STREET, "market"):
        brief = _visited(brief)
    if any(one.kind == "kite" for one in brief.cast):
        brief = replace(brief, cast=tuple(map(_flying_a_kite, brief.cast)), framing=brief.framing or ("wide",))
    if not brief.cast and brief.place is Place.ROOM and "candles" in brief.effects:
        brief = replace(brief, cast=(Character("candle", actions=("burn",)),), effects=brief.effects - {"candles"})
    if watery:
        cast = [replace(one, actions=_swimming(one.actions)) if one.kind in _WATERFOWL else one for one in brief.cast]
        brief = replace(brief, cast=tuple(cast))
    return brief


def _visited(brief: Brief) -> Brief:
    """A market with somebody in it, unless it is said to be empty; its lanterns hang there by themselves."""
    brief = replace(brief, cast=_chosen(brief.cast, [k for k, one in enumerate(brief.cast) if one.kind != "lantern"]))
    if brief.cast or "empty" in brief.looks:
        return brief
    return replace(brief, cast=(Character("person", count=4, actions=("walk",)),), framing=brief.framing or ("wide",))


def _at_its_hour(brief: Brief) -> Brief:
    """Night for what shines in the dark, where the words name no hour; dusk for a village's lit windows."""
    if brief.hour is not None:
        return brief
    dark = brief.place in _INDOORS and brief.mood == "dark"
    shines = brief.effects & _NIGHTLY and brief.place not in _INDOORS | {Place.UNDERWATER, Place.SPACE, Place.ABSTRACT}
    if dark or shines or any(one.kind in _LIGHTS for one in brief.cast):
        return replace(brief, hour=Hour.NIGHT)
    lit = brief.place is Place.VILLAGE and "windows" in brief.features and "warm" in (brief.tone, brief.mood)
    return replace(brief, hour=Hour.DUSK) if lit else brief


def _manner(brief: Brief) -> Brief:
    """An old film where the words say more than "film"."""
    text = brief.prompt.casefold()
    if "film" in brief.looks and any(word in text for word in _OLD_FILM):
        return replace(brief, looks=brief.looks | {"vintage"})
    return brief


def _is_afloat(brief: Brief) -> bool:
    """Whether somebody swims, surfs, or has a boat to be in."""
    return any(one.kind in _BOATS or _AT_SEA & set(one.actions) for one in brief.cast)


def _flying_a_kite(one: Character) -> Character:
    """Somebody who lets a kite fly stands below it and looks up."""
    if family_of(one.kind) != "people" or "fly" not in one.actions:
        return one
    return replace(one, actions=("look",), bond=None)


def _swimming(actions: tuple[str, ...]) -> tuple[str, ...]:
    """A waterfowl's actions on the water: it glides over it rather than through the air."""
    return tuple("swim" if one in ("glide", "float", "drift") else one for one in actions) or ("swim",)


DRAWN = frozenset(PAINTERS)
"""Every place that is drawn."""
