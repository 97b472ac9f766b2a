"""The sea and what stands in it, under it and above it: waves with height, parts without holes, pictures that move."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Brief, Hour, Place, Shot
from openhorse.engines.procedural.parts.clouds import bank, cumulus
from openhorse.engines.procedural.parts.coast import Crag, berg, bump, crag, palm, surf
from openhorse.engines.procedural.parts.reef import branches, dome, grass, kelp, tubes
from openhorse.engines.procedural.places.guide import painter_of
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.hours import daylight
from openhorse.engines.procedural.world.scenery import Lens, Pool, Scenery, Site
from openhorse.engines.procedural.world.seawork import draw_sea, heave

_WIDTH, _HEIGHT = 192, 108
_LENS = Lens(_WIDTH, _HEIGHT, 165.0, 54.0, 1.6)
_CAMERA = Camera(0.0, 1.6, 0.0, 165.0, 96.0, 54.0)
_LIGHT = daylight(Brief("", hour=Hour.DAY))
_DEEP = np.array((0.02, 0.10, 0.16), np.float32)
_THIN = np.array((0.1, 0.4, 0.4), np.float32)


def _sea(pool: Pool, t: float = 2.0, eye: float = 1.6) -> np.ndarray:
    out = np.full((3, _HEIGHT, _WIDTH), 7.0, np.float32)
    mirror = np.full((3, _HEIGHT // 2 + 2, _WIDTH // 2), 0.5, np.float32)
    draw_sea(out, mirror, pool, replace(_CAMERA, eye=eye), _LIGHT, t)
    return out


def test_a_sea_reaches_from_the_lower_edge_to_the_horizon_without_holes() -> None:
    """All below the horizon is water, hardly anything above it is."""
    out = _sea(Pool(0.0, 1e6, _DEEP, heave=0.6, thin=_THIN))
    assert (out[:, 60:] < 7.0).all()
    assert (out[:, :45] == 7.0).all()
    assert np.isfinite(out).all()


def test_high_waves_stand_before_what_lies_behind_them() -> None:
    """A rough sea rises above the horizon, a calm one does not."""
    calm, rough = (_sea(Pool(0.0, 1e6, _DEEP, heave=high, thin=_THIN), eye=0.7) for high in (0.1, 2.2))
    assert (calm[0, :52] < 7.0).sum() == 0
    assert (rough[0, :52] < 7.0).sum() > 0


def test_a_shore_leaves_its_sand_alone() -> None:
    """What lies before the water's edge stays as it was."""
    out = _sea(Pool(8.0, 1e6, _DEEP, heave=0.4, wind=0.5, swell=0.5, thin=_THIN))
    assert (out[:, -4:] == 7.0).all()
    assert (out[:, 62] < 7.0).all()


def test_a_boat_is_lifted_by_the_waves_that_are_drawn() -> None:
    """The height at a place goes up and down by about the sea's, and not at all where there is none."""
    pool = Pool(0.0, 1e6, _DEEP, heave=1.0, thin=_THIN)
    heights = [heave(pool, 3.0, 12.0, t / 4) for t in range(60)]
    assert 0.3 < max(heights) - min(heights) < 2.2
    assert heave(replace(pool, heave=0.0), 3.0, 12.0, 1.0) == 0


def test_parts_cover_between_nothing_and_all() -> None:
    """No part's cover leaves 0…1, none is empty, and the same random numbers paint the same."""
    for paint in (
        lambda random: crag(Crag(90, 50, bump(90, random), _DEEP, _THIN, _THIN, facets=9), _LIGHT, random),
        lambda random: berg(80, 50, _LIGHT, random),
        lambda random: palm(70, _LIGHT, random),
        lambda random: surf(120, 20, _LIGHT, random),
        lambda random: dome(60, _LIGHT, random),
        lambda random: branches(60, _LIGHT, random, fan=True),
        lambda random: tubes(60, _LIGHT, random),
        lambda random: kelp(90, _LIGHT, random),
        lambda random: grass(50, _LIGHT, random),
        lambda random: cumulus(120, 70, _LIGHT, random),
    ):
        one, other = (paint(np.random.default_rng(4)) for _ in range(2))
        assert np.array_equal(one, other)
        assert np.isfinite(one).all()
        assert one[..., 3].min() >= 0
        assert one[..., 3].max() <= 1.001
        assert 0.02 < one[..., 3].mean() < 0.98


def test_a_bank_of_clouds_has_no_seam() -> None:
    """Its left end goes on at its right as smoothly as anywhere else."""
    cover = bank(240, 60, _LIGHT, np.random.default_rng(3))[..., 3]
    steps = np.abs(np.diff(cover, axis=1)).mean(axis=0)
    assert np.abs(cover[:, 0] - cover[:, -1]).mean() < 2.5 * steps.max()


def _scenery(place: Place, variety: str | None = None, words: str = "") -> Scenery:
    brief = Brief(words, place=place, variety=variety)
    painter = painter_of(brief)
    return painter.paint(Site(Shot(_WIDTH, _HEIGHT, 3, 6, brief), daylight(brief, painter.hour), _LENS))


@pytest.mark.parametrize(
    ("place", "variety", "words"),
    [
        (Place.ABSTRACT, None, "silk"),
        (Place.ABSTRACT, None, "ink"),
        (Place.ABSTRACT, None, "peace"),
        (Place.SPACE, None, ""),
        (Place.SPACE, "moon", ""),
        (Place.UNDERWATER, None, ""),
    ],
)
def test_what_lives_in_a_place_moves_and_stays_within_bounds(place: Place, variety: str | None, words: str) -> None:
    """Its own drawing changes from moment to moment, and is the same at the same moment."""
    scenery = _scenery(place, variety, words)
    assert scenery.living is not None

    def drawn(t: float) -> np.ndarray:
        out = np.full((3, _HEIGHT, _WIDTH), 0.05, np.float32)
        assert scenery.living is not None
        scenery.living(out, _CAMERA, t)
        return out

    assert np.array_equal(drawn(1.0), drawn(1.0))
    assert np.isfinite(drawn(1.0)).all()
    assert np.abs(drawn(1.0) - drawn(2.5)).max() > 0.003


def test_varieties_of_the_sea_are_different_places() -> None:
    """Each says what it is and stands differently."""
    said = {_scenery(Place.SEA, variety).says for variety in (None, "storm", "icebergs", "island", "harbour", "rocky")}
    assert len(said) == 6
    assert _scenery(Place.BEACH).floor is not None
    assert _scenery(Place.UNDERWATER).medium == "water"
    assert _scenery(Place.SPACE).medium == "space"
