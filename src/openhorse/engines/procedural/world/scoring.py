"""A place and its players in, the score of their sounds out, to the frame. Knows no pixels and no samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from openhorse.engines.procedural.brief import Hour, Shot
from openhorse.engines.procedural.gusts import forces
from openhorse.engines.procedural.score import Bed, BedKind, Hit, HitKind, Mood, Score
from openhorse.engines.procedural.world.placed import Placed
from openhorse.engines.procedural.world.scenery import Scenery

_MOST_HITS = 160
_RUNNING: Mapping[str, tuple[BedKind, float]] = {
    **dict.fromkeys(("car", "bus", "truck", "motorcycle", "tractor", "plane", "helicopter", "rocket"), ("engine", 0.5)),
    **dict.fromkeys(("ship", "spaceship", "drone"), ("engine", 0.3)),
    **dict.fromkeys(("train", "tram", "bicycle"), ("wheels", 0.5)),
    **dict.fromkeys(("boat", "sailing-boat", "swan", "duck", "goose"), ("lapping", 0.4)),
    **dict.fromkeys(("campfire", "candle", "lantern"), ("fire", 0.35)),
    "clock": ("clock", 0.6),
}
"""What is heard of a player for as long as it is there, and how loud."""


def compose(
    shot: Shot,
    scenery: Scenery,
    placed: Sequence[Placed],
    across: Callable[[Placed, float], float],
    effects: tuple[tuple[Bed, ...], tuple[Hit, ...]] = ((), ()),
) -> Score:
    """All that is heard; `across` tells where (0 left … 1 right) somebody is at a moment; `effects` add theirs."""
    brief = shot.brief
    if brief.silent:
        return Score(shot.seconds, shot.seed)
    return Score(
        shot.seconds,
        shot.seed,
        (*_beds(shot, scenery), *_running(placed, across, shot), *effects[0]),
        tuple(sorted((*_hits(shot, scenery, placed, across), *scenery.hits, *effects[1]), key=lambda hit: hit.at)),
        _mood(shot, scenery) if brief.music else None,
        scenery.space,
        scenery.surface,
    )


def _beds(shot: Shot, scenery: Scenery) -> list[Bed]:
    beds = list(scenery.beds)
    heard = {bed.kind for bed in beds}
    if "rain" in shot.brief.weather and "rain" not in heard:
        beds.append(Bed("rain", 0.5))
    if scenery.sky and "wind" not in heard:
        pace = 0.5 if shot.brief.slow_motion else 1.0
        level = 0.45 if "wind" in shot.brief.weather else 0.16
        beds.append(Bed("wind", level, gusts=forces(shot.seconds, pace, shot.seed)))
    return beds


def _running(placed: Sequence[Placed], across: Callable[[Placed, float], float], shot: Shot) -> list[Bed]:
    """One bed for each kind that is heard all the time, where it is half-way through."""
    kinds = {one.kind: one for one in reversed(placed) if one.kind in _RUNNING}
    beds = []
    for kind, one in kinds.items():
        bed, level = _RUNNING[kind]
        beds.append(Bed(bed, level, pan=across(one, shot.seconds / 2), distance=min(0.8, one.z / 120)))
    return beds


def _hits(
    shot: Shot, scenery: Scenery, placed: Sequence[Placed], across: Callable[[Placed, float], float]
) -> list[Hit]:
    hits = []
    for one in placed:
        for touch in one.player.touches(0.0, shot.seconds):
            kind: HitKind = touch.kind
            if kind == "step-soft" and scenery.floor is not None:
                kind = scenery.floor.step
            hits.append(Hit(kind, touch.at, touch.level, across(one, touch.at)))
        if one.bounces:
            moments = [(k + part) * one.bounces for k in range(_MOST_HITS) for part in one.lands]
            hits += [Hit("bounce", at, 0.7, across(one, at)) for at in moments if at < shot.seconds]
    hits.sort(key=lambda hit: -hit.level)
    return sorted(hits[:_MOST_HITS], key=lambda hit: hit.at)


def _mood(shot: Shot, scenery: Scenery) -> Mood:
    """The mood that the words name, else the place's own, else the hour's."""
    return shot.brief.mood or scenery.mood or ("dark" if shot.brief.hour is Hour.NIGHT else "calm")
