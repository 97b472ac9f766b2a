"""Parts of built places: landmarks, towers, rooms, tables; painted small, on the CPU."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Brief, Character, Hour, Place, Season, Shot
from openhorse.engines.procedural.parts.landmarks import LANDMARKS, landmarks
from openhorse.engines.procedural.parts.model import Finish, Light, Pose, box, paint_walls
from openhorse.engines.procedural.parts.paving import paving
from openhorse.engines.procedural.parts.towers import Row, towers
from openhorse.engines.procedural.places.guide import PAINTERS
from openhorse.engines.procedural.world.hours import daylight
from openhorse.engines.procedural.world.scenery import Flat, Lens, Scenery, Site

_SIDE = (192, 108)


def _site(hour: Hour = Hour.DAY, eye: float = 1.6, **what: object) -> Site:
    brief = replace(Brief("a place"), hour=hour, **what)  # type: ignore[arg-type]
    width, height = _SIDE
    lens = Lens(width, height, 1.15 * (width * height) ** 0.5, 0.5 * height, eye)
    return Site(Shot(width, height, 3, 5, brief), daylight(brief), lens)


def _bright(flat: Flat) -> float:
    return float(flat.layer[..., :3].max())


def _painted(place: Place, **what: object) -> Scenery:
    site = _site(place=place, **what)  # type: ignore[arg-type]
    return PAINTERS[place].paint(site)


@pytest.mark.parametrize("name", sorted(LANDMARKS))
def test_a_landmark_is_within_the_frame_and_stands_off_its_middle(name: str) -> None:
    """Every landmark is opaque somewhere, stands on the ground beside the middle, and is no taller than the frame."""
    site = _site(features=(name,))
    flat = landmarks(site, 20.0)[0]
    cover = flat.layer[..., 3]
    assert np.isfinite(flat.layer).all()
    assert cover.min() >= 0 and cover.max() <= 1 and cover.max() > 0.9
    assert flat.z >= 20.0 and flat.y < 0.5
    assert flat.tall * site.lens.metre(flat.z) < 0.95 * site.lens.height


def test_the_same_seed_builds_the_same_landmark_and_another_seed_another() -> None:
    """Landmarks are made of the shot's seed alone."""
    site = _site(features=("lighthouse",))
    one, other = (landmarks(site, 20.0)[0] for _ in range(2))
    assert np.array_equal(one.layer, other.layer)
    elsewhere = replace(site, shot=replace(site.shot, seed=6))
    assert not np.array_equal(one.layer.mean((0, 1)), landmarks(elsewhere, 20.0)[0].layer.mean((0, 1)))


def test_what_nobody_can_build_is_left_out() -> None:
    """An unknown feature makes no flat and no error."""
    assert landmarks(_site(features=("zeppelin hangar",)), 20.0) == ()


def test_windows_are_lit_at_night_alone() -> None:
    """A house is darker by night except for its windows, which outshine every part of it by day."""
    day, night = (landmarks(_site(hour, features=("house",)), 20.0)[0] for hour in (Hour.DAY, Hour.NIGHT))
    assert np.median(night.layer[..., :3][night.layer[..., 3] > 0.9]) < 0.5 * np.median(
        day.layer[..., :3][day.layer[..., 3] > 0.9]
    )
    warm = night.layer[..., 0] - night.layer[..., 2]
    assert warm.max() > 0.4


def test_snow_lies_on_roofs() -> None:
    """In winter a cabin is brighter and less coloured above than in summer."""
    summer, winter = (
        landmarks(_site(season=season, features=("cabin",)), 20.0)[0] for season in (Season.SUMMER, Season.WINTER)
    )
    upper = summer.layer.shape[0] // 2
    assert winter.layer[:upper, :, 2].sum() > 1.5 * summer.layer[:upper, :, 2].sum()


def test_a_box_shows_the_side_that_is_turned_to_us_and_is_lit_by_its_face() -> None:
    """Seen from its right a box is wider than its front, and its top is not seen from below."""
    light = daylight(Brief("a place", hour=Hour.DAY))
    walls = box((-1, 0, 0), (2, 2, 2), np.array((0.5, 0.5, 0.5), np.float32))
    random = np.random.default_rng(0)
    flush, _, _ = paint_walls(walls, light, Pose(0.0, 1.0, 10.0), 20.0, random, Finish(0.0, glow=0.0))
    turned, _, _ = paint_walls(walls, light, Pose(6.0, 1.0, 10.0), 20.0, random, Finish(0.0, glow=0.0))
    assert turned[..., 3].sum() > 1.15 * flush[..., 3].sum()
    lamp = Light(light)
    sunny, dark = lamp.on(np.array((1.0, 0.0, 0.0))), lamp.on(np.array((-1.0, 0.0, 0.0)))
    assert sunny.sum() > 2 * dark.sum()


def test_towers_go_on_seamlessly_and_have_many_lit_windows_at_night() -> None:
    """A row of towers joins its own other end, and only at night it shines."""
    row = Row(400.0, 200.0, 1.0, 14, lit=0.5)
    lit = {}
    for hour in (Hour.DAY, Hour.NIGHT):
        layer = towers(row, daylight(Brief("a city", hour=hour)), np.random.default_rng(3))
        lit[hour] = int((layer[..., :3].max(2) > 0.3).sum())
        inner = np.abs(np.diff(layer[..., 3], axis=1)).mean(0)
        assert np.abs(layer[:, 0, 3] - layer[:, -1, 3]).mean() <= inner.max()
    assert lit[Hour.NIGHT] > 300


@pytest.mark.parametrize("kind", ["slabs", "cobbles", "boards", "tiles", "asphalt", "tatami"])
def test_a_paving_is_seamless(kind: str) -> None:
    """The texture's first row and column go on from its last ones as smoothly as anywhere inside."""
    texture = paving(_site(), kind).mean(2)  # type: ignore[arg-type]
    for axis in (0, 1):
        steps = np.abs(np.diff(texture, axis=axis)).mean(1 - axis)
        seam = np.abs(np.take(texture, 0, axis) - np.take(texture, -1, axis)).mean()
        assert seam <= 1.2 * steps.max()


def test_a_room_has_a_hole_for_its_window_and_keeps_the_weather_out() -> None:
    """The back wall is open where the window is, weather falls beyond it, and lamps burn by night alone."""
    by_day = _painted(Place.ROOM, weather=frozenset({"rain"}))
    by_night = _painted(Place.ROOM, hour=Hour.NIGHT)
    wall = next(flat for flat in by_day.flats if abs(flat.z - (by_day.wall - 0.1)) < 1e-6)
    middle = wall.layer[..., 3][:, wall.layer.shape[1] // 8 : -wall.layer.shape[1] // 8]
    assert 0.03 < (middle < 0.5).mean() < 0.5
    assert any(flat.z > by_day.wall for flat in by_day.flats)
    assert by_night.light is not None and by_night.light.key[0] > 2 * by_night.light.key[2]
    assert any(flat.glow for flat in by_night.flats)


def test_small_things_alone_stand_on_a_table_before_the_room_out_of_focus() -> None:
    """A cup makes a table of the ground and one soft flat of the room; a person makes a room of many flats."""
    cup = _painted(Place.KITCHEN, cast=(Character("cup"),), eye=0.12)
    person = _painted(Place.KITCHEN, cast=(Character("woman"),))
    assert cup.table == 0.0 and len(cup.flats) == 1 and cup.stage[1] < 1.0
    assert person.table and len(person.flats) > 8 and person.stage[1] > 2.0
    inside = cup.flats[0].layer[4:-12, 4:-4, :3]
    assert np.abs(np.diff(inside, axis=1)).max() < 0.25 * inside.max()


@pytest.mark.parametrize("place", [Place.VILLAGE, Place.ROAD, Place.STREET, Place.STAGE, Place.SKYLINE, Place.CAFE])
def test_nothing_hides_the_players(place: Place) -> None:
    """In the middle of the frame no opaque flat stands nearer than the players' nearest place."""
    scenery = _painted(place, cast=(Character("woman"),))
    lens = _site().lens
    for flat in scenery.flats:
        if flat.z >= scenery.stage[0] or flat.glow or flat.period:
            continue
        row, column = lens.row(flat.z, flat.y + flat.tall), abs(flat.x) - flat.wide / 2
        assert row > 0.8 * lens.height or column * lens.metre(flat.z) > 0.12 * lens.width
