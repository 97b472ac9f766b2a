"""The kinds of places: each that is declared is painted, small, and is another picture than the plain place."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Brief, Character, Hour, Place, Shot
from openhorse.engines.procedural.parts.landmarks import bridged, landmark, on_water
from openhorse.engines.procedural.parts.railway import track_across
from openhorse.engines.procedural.places.guide import OWN, painter_of
from openhorse.engines.procedural.world.hours import daylight
from openhorse.engines.procedural.world.scenery import Lens, Scenery, Site

_WIDE, _TALL = 96, 54
_KINDS = [
    (Place.MOUNTAINS, "ice"),
    (Place.RIVER, "canal"),
    (Place.ROOM, "cave"),
    (Place.ROOM, "gym"),
    (Place.STAGE, "circus"),
    (Place.STREET, "market"),
    (Place.STREET, "suburb"),
    (Place.ROAD, "tunnel"),
    (Place.UNDERWATER, "pond"),
]


def site_of(brief: Brief, **how: float) -> Site:
    """A small site for that brief by day."""
    lens = Lens(_WIDE, _TALL, 1.15 * (_WIDE * _TALL) ** 0.5, 0.5 * _TALL, 1.6)
    return Site(Shot(_WIDE, _TALL, 3, 5, brief), daylight(brief), lens, **how)


def painted(place: Place, kind: str | None = None, **what: object) -> Scenery:
    """The scenery of a place's kind."""
    brief = replace(Brief("", place=place, variety=kind, hour=Hour.DAY), **what)  # type: ignore[arg-type]
    return painter_of(brief).paint(site_of(brief))


@pytest.mark.parametrize(("place", "kind"), _KINDS)
def test_a_kind_that_is_declared_is_another_picture(place: Place, kind: str) -> None:
    """It says what it is, and it is painted without a flaw in its numbers."""
    scenery = painted(place, kind)
    assert scenery.says != plain(place)
    assert all(np.isfinite(flat.layer).all() for flat in scenery.flats)


@cache
def plain(place: Place) -> str:
    """What the plain place says it is."""
    return painted(place).says


def test_a_track_lies_below_whoever_runs_on_rails() -> None:
    """A train in a meadow stands on rails and their bed of stones; a dog does not."""
    brief = Brief("", place=Place.MEADOW, cast=(Character("train"),), hour=Hour.DAY)
    railed = painter_of(brief).paint(site_of(brief, lead=20.0))
    bare = painter_of(brief).paint(site_of(replace(brief, cast=(Character("dog"),)), lead=20.0))
    assert len(railed.flats) - len(bare.flats) == len(track_across(site_of(brief), 20.0))
    depths = [flat.z for flat in track_across(site_of(brief), 20.0)]
    assert depths == sorted(depths, reverse=True)
    assert min(depths) < 20.0 - 0.72 and max(depths) > 20.0 + 0.72


def test_what_is_built_by_wide_water_stands_on_rocks_or_on_the_shore() -> None:
    """A castle has a rock of its own, a pier stands in the water, a tree and a bench stand on the near shore."""
    for name, near, flats in (("castle", False, 2), ("pier", False, 1), ("trees", True, None), ("bench", True, 1)):
        made = on_water(site_of(Brief("", features=(name,), hour=Hour.DAY)), 8.0, 48.0)
        assert flats is None or len(made) == flats, name
        assert all((flat.z < 8.0) is near for flat in made), name
    assert not on_water(site_of(Brief("", features=("bench",), hour=Hour.DAY)), 0.0, 48.0)  # an open sea has no shore


def test_a_kind_that_has_a_painter_of_its_own_is_declared_there() -> None:
    """A kind that the guide sends elsewhere is one that its painter knows."""
    for place, kind in OWN:
        assert painter_of(Brief("", place=place, variety=kind)).draws(kind)


def test_a_bridge_stands_in_the_river_it_crosses() -> None:
    """It is neither behind the far bank nor wider than the frame."""
    site = site_of(Brief("", features=("bridge",), hour=Hour.DAY))
    (bridge,) = bridged(site, 8.0, 27.0)
    assert 8.0 < bridge.z < 27.0
    assert bridge.wide < site.lens.reach(bridge.z)


def test_a_wheel_is_strung_with_lamps_at_night() -> None:
    """A Ferris wheel shines in the dark."""
    night = site_of(Brief("", hour=Hour.NIGHT))
    wheel = landmark("ferris-wheel", night, 60.0)
    assert wheel is not None
    assert float(wheel.layer[..., :3].max()) > 1.0
