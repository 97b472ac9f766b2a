"""High mountains: the same bits everywhere; ranges that part and join; a picture for every hour, season and company."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from numba.core.registry import CPUDispatcher

from openhorse.engines.procedural.alps import terrain as carved
from openhorse.engines.procedural.alps.heights import CELL, NEAR, _height_row, _heights
from openhorse.engines.procedural.alps.light import light_for
from openhorse.engines.procedural.alps.prospect import Air, Camera, breathe, prospect
from openhorse.engines.procedural.alps.ranges import Stand, ranges
from openhorse.engines.procedural.alps.terrain import Sunlight, Terrain
from openhorse.engines.procedural.alps.valley import Valley
from openhorse.engines.procedural.brief import Brief, Hour, Move, Place, Season, Shot
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.drawing.stamps import Stamps
from openhorse.engines.procedural.places import lakeside, mountains
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.world.hours import daylight
from openhorse.engines.procedural.world.scene import World
from openhorse.engines.procedural.world.scenery import Lens, Scenery, Site
from openhorse.vocabulary import Frame

LAKE = Brief("a lake", place=Place.LAKE, move=Move.PUSH_IN)
SMALL = Shot(320, 180, 3, 7, LAKE)


def digest(frame: Frame) -> str:
    """A frame's fingerprint."""
    return hashlib.sha256(bytes(frame.y) + bytes(frame.u) + bytes(frame.v)).hexdigest()


def asked(**words: object) -> Shot:
    """The small shot with these words in its brief."""
    return replace(SMALL, brief=replace(LAKE, **words))  # type: ignore[arg-type]


def picture(world: World, index: int = 0) -> np.ndarray:
    """One frame as RGB."""
    return to_rgb(world.frame(index), world.shot.width, world.shot.height).astype(np.float32)


@pytest.fixture(scope="module")
def dawn() -> World:
    """The small shot's lake, drawn by many tests: frames do not depend on each other."""
    return World(SMALL)


@pytest.fixture(scope="module")
def terrain() -> Terrain:
    """A valley lit from the left."""
    one = np.ones(3, np.float32)
    towards = np.array((-0.9, 0.2, 0.39), np.float32)
    return Terrain(Valley(3, 0.5, 0.27, 0.3, 0.33, 0.27), Sunlight(towards, one, one * 0.3, one * 0.1))


def test_the_same_shot_gives_the_same_bits(dawn: World) -> None:
    """Two lakes of one shot agree to the last bit, erosion included, whatever was drawn before."""
    carved._raised.cache_clear()
    twin = World(SMALL)
    dawn.frame(60)
    assert [digest(dawn.frame(index)) for index in (0, 71)] == [digest(twin.frame(index)) for index in (0, 71)]


def test_the_lake_mirrors_the_mountains(dawn: World) -> None:
    """Rows below the horizon resemble the rows above it, turned over."""
    seen = picture(dawn).mean(axis=2)[:, 60:260]
    horizon = round(dawn.lens.horizon)
    above, below = seen[horizon - 60 : horizon - 25][::-1], seen[horizon + 25 : horizon + 60]
    assert np.corrcoef(above.ravel(), below.ravel())[0, 1] > 0.5


def test_hours_differ_as_they_should(dawn: World) -> None:
    """Night is darkest and bluest, dusk redder than day, and none equals another."""
    day, dusk, night = (picture(World(asked(hour=hour))) for hour in (Hour.DAY, Hour.DUSK, Hour.NIGHT))
    first = picture(dawn)
    assert night.mean() < 0.6 * min(day.mean(), dusk.mean(), first.mean())

    def warmth(image: np.ndarray) -> float:
        return float(image[..., 0].mean() / image[..., 2].mean())

    assert warmth(night) < warmth(day) < warmth(first) < warmth(dusk)


def test_tone_turns_the_grade() -> None:
    """A warm brief is redder than a cool one."""
    warm, cool = (light_for(Brief("a lake", tone=tone)).grade.gain for tone in ("warm", "cool"))
    assert warm[0] > cool[0]
    assert warm[2] < cool[2]


def test_mist_and_clouds_thicken() -> None:
    """The words mist, clouds, snow and rain change the air in their own ways."""
    plain, mist, clouds, snow, rain = (
        light_for(Brief("a lake", weather=frozenset({word}))) for word in ("", "mist", "clouds", "snow", "rain")
    )
    assert mist.mist > plain.mist
    assert clouds.cover > plain.cover
    assert (snow.falling, rain.falling, plain.falling) == ("snow", "rain", "")
    assert snow.direct.mean() < plain.direct.mean()


def test_a_range_is_what_lies_between_its_distances(terrain: Terrain) -> None:
    """Near and far land, each drawn alone, are together what is seen of both, and each keeps to its distances."""
    camera = Camera(180.0, 120.0, 90.0, 0.05)
    whole = prospect(terrain, camera, (240, 110), (1.15, 12.6))
    near, far = (prospect(terrain, camera, (240, 110), reach) for reach in ((1.15, 3.6), (3.6, 12.6)))
    assert near.depth[near.land[3] > 0.5].max() < 3.7
    assert far.depth[far.land[3] > 0.5].min() > 3.5
    joined = near.land + far.land * (1 - near.land[3])
    assert np.abs(joined - whole.land).mean() < 0.02
    assert np.abs(far.land[3].max(axis=0) - whole.land[3].max(axis=0)).mean() < 0.05


def test_air_hides_what_is_far_and_glows_towards_the_sun(terrain: Terrain) -> None:
    """The far peaks come nearer to the fog's colour than the near shore, and are brighter on the sun's side."""
    camera = Camera(180.0, 120.0, 90.0, 0.05)
    fog, sun = np.array((0.2, 0.4, 0.9), np.float32), np.array((-0.5, 0.1, 0.86), np.float32)
    blue = []
    for reach in ((1.15, 3.6), (5.6, 12.6)):
        seen = prospect(terrain, camera, (240, 110), reach)
        seen.land[:3] = 0
        breathe(seen, camera, Air(0.1, fog, fog, sun))
        solid = seen.land[3] > 0.99
        blue.append(float(seen.land[2][solid].mean()))
        left, right = (seen.land[2][:, half][solid[:, half]].mean() for half in (slice(0, 110), slice(130, 240)))
        assert left > right
    assert blue[1] > 1.3 * blue[0]


def site_for(shot: Shot, **more: float) -> Site:
    """What a painter of the mountains is asked for."""
    lens = Lens(shot.width, shot.height, 1.15 * (shot.width * shot.height) ** 0.5, 0.56 * shot.height, 1.6)
    return Site(shot, daylight(shot.brief), lens, **more)


@pytest.mark.parametrize(("width", "height"), [(320, 180), (158, 366)])
def test_every_format_has_its_summit_below_the_frame_s_edge(width: int, height: int) -> None:
    """Ranges stand at their distances, and the peaks take the part of the sky that is asked for."""
    shot = replace(SMALL, width=width, height=height)
    site, light = site_for(shot), light_for(LAKE)
    flats = ranges(site, light, Stand(30.0))
    tops = [site.lens.row(one.z, one.y + one.tall) for one in flats]
    assert 0.05 < min(tops) / height < 0.40
    peaks = max(flats, key=lambda one: one.z)
    assert peaks.wide > 1.05 * site.lens.reach(peaks.z)
    assert peaks.tall == max(one.tall for one in flats)


def test_seasons_move_the_snow() -> None:
    """In summer less of the peaks is white than by default, and in winter more."""
    white = []
    for season in (Season.SUMMER, None, Season.WINTER):
        brief = replace(LAKE, season=season, hour=Hour.DAY)
        flats = ranges(site_for(replace(SMALL, brief=brief)), light_for(brief), Stand(30.0))
        land = np.concatenate([one.layer.reshape(-1, 4) for one in flats if not one.period])
        white.append(float((land[land[:, 3] > 0.9, 0] > 0.35).mean()))
    assert white[0] < 0.85 * white[1]
    assert white[2] > 1.05 * white[1]


def scenery_of(shot: Shot, monkeypatch: pytest.MonkeyPatch) -> Scenery:
    """A place without the mountains themselves, which are the same in all."""
    for place in (lakeside, mountains):
        monkeypatch.setattr(place, "ranges", lambda *_: ())
    return World(shot).scenery


@pytest.mark.parametrize(
    ("prompt", "ground"),
    [
        ("a mountain lake at dawn", False),
        ("a sailing boat on a mountain lake", False),
        ("a horse stands by a mountain lake", True),
        ("snow mountains", False),
        ("a hiker walks in the mountains", True),
    ],
)
def test_there_is_ground_only_for_who_stands_on_it(prompt: str, ground: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody and a boat have water or woods to the lower edge; who walks has a meadow."""
    assert (scenery_of(replace(SMALL, brief=read_prompt(prompt)), monkeypatch).floor is not None) is ground


def test_the_mirror_shows_no_tree_of_the_near_bank(dawn: World) -> None:
    """The spruces at the sides, whose feet are below the water, are not mirrored; the mountains are."""
    flats = dawn.scenery.flats
    assert {one.mirrored for one in flats if one.sway} == {False}
    assert sum(one.mirrored for one in flats) == 8


def test_a_push_in_passes_what_is_near_faster(dawn: World) -> None:
    """By the end the trees have grown much, the headland some and the peaks a little."""
    start, end = dawn.camera(0), dawn.camera(71)
    tree, head, peaks = (end.metre(z) / start.metre(z) for z in sorted(one.z for one in dawn.scenery.flats)[::8][:3])
    assert tree > head > peaks > 1.02


def test_the_map_is_land_and_water_of_the_right_height(terrain: Terrain) -> None:
    """The highest angle in view is the summit asked for, water lies before the shore, and nothing is unlit or NaN."""
    ahead = (NEAR + CELL * np.arange(terrain.height.shape[0]))[:, None]
    across = CELL * (np.arange(terrain.height.shape[1]) - terrain.height.shape[1] / 2)[None, :]
    angle = np.where(np.abs(across) < 0.5 * ahead, terrain.height / ahead, 0)
    assert 0.26 < angle.max() < 0.36
    assert (terrain.height[0] < 0).mean() > 0.5
    assert np.isfinite(terrain.colour).all()
    assert terrain.colour.min() >= -0.05
    assert (terrain.summit >= terrain.height.reshape(56, 32, 72, 32).max(axis=(1, 3))).all()


def interpreted(kernel: Any) -> Any:
    """A kernel, and all that it calls, as plain Python: one rounding after the other, as it is written."""
    plain = kernel.py_func
    scope = {
        name: interpreted(value) if name in plain.__code__.co_names and isinstance(value, CPUDispatcher) else value
        for name, value in plain.__globals__.items()
    }
    return FunctionType(plain.__code__, scope, plain.__name__)


def test_mountains_are_the_same_bits_on_every_processor() -> None:
    """Compiled, a row of heights is what its source says to the last bit: nothing is fused, reordered or approximate.

    Otherwise the rain that carves the mountains would go other ways on another processor.
    """
    columns, line = 48, 900
    coast = np.linspace((1.2, 0.1), (3.9, 0.8), columns, dtype=np.float32).T.copy()
    summits = np.array([(-7.1, 7.0, 1.25, 1.5, 1.0), (-6.9, 6.1, 0.8, 1.1, 0.6)], np.float32)
    land = np.zeros((line + 1, columns), np.float32)
    _heights(land, np.float32(77.7), coast, summits, line, line + 1)
    with np.errstate(over="ignore"):
        expected = np.zeros(columns, np.float32)
        interpreted(_height_row)(expected, np.int32(line), np.float32(77.7), coast, summits)
    assert land[line].min() > 0.1
    assert land[line].tobytes() == expected.tobytes()


def test_stamps_stay_behind_what_is_nearer() -> None:
    """A stamp is drawn where it is nearer than the depth, not elsewhere, and depth follows it."""
    stamps = Stamps(np.pad(np.ones((1, 14, 6, 4), np.float32), ((0, 0), (1, 1), (1, 1), (0, 0))))
    out, depth = np.zeros((4, 40, 40), np.float32), np.full((40, 40), 5.0, np.float32)
    depth[:, :20] = 1.0
    stamps.draw(out, depth, np.array([(20, 30, 16, 0, 0.5, 2.0)], np.float32))
    assert out[3, :, :20].max() == 0
    assert out[0, 16:28, 21].mean() == pytest.approx(0.5, abs=0.02)
    assert depth[22, 21] == pytest.approx(2.04)


def test_the_beds_follow_the_hour_and_the_weather(monkeypatch: pytest.MonkeyPatch) -> None:
    """Water and wind always, birds in the morning only and not in the rain."""
    hours: tuple[dict[str, object], ...] = ({}, {"hour": Hour.NIGHT}, {"weather": frozenset({"rain"})})
    morning, night, rain = ({bed.kind for bed in scenery_of(asked(**words), monkeypatch).beds} for words in hours)
    assert morning == {"lapping", "wind", "birds"}
    assert night == rain == {"lapping", "wind"}
