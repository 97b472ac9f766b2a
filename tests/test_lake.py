"""The lake scene: same shot, same bits; every frame size; every hour, weather and move shows in the picture."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from numba.core.registry import CPUDispatcher

from openhorse.engines.procedural.brief import Brief, Hour, Move, Shot
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.drawing.stamps import Stamps
from openhorse.engines.procedural.lake.heights import CELL, NEAR, _height_row, _heights
from openhorse.engines.procedural.lake.light import light_for
from openhorse.engines.procedural.lake.relief import FAR, Camera
from openhorse.engines.procedural.lake.scene import Lake, _Dots
from openhorse.engines.procedural.lake.terrain import Sunlight, Terrain
from openhorse.engines.procedural.lake.valley import Valley
from openhorse.engines.procedural.scene import Scene
from openhorse.vocabulary import Frame

MISTY = Brief("a snow mountain lake in morning mist", weather=frozenset({"mist"}))
SMALL = Shot(320, 180, 3, 7, MISTY)


def digest(frame: Frame) -> str:
    """A frame's fingerprint."""
    return hashlib.sha256(bytes(frame.y) + bytes(frame.u) + bytes(frame.v)).hexdigest()


def picture(shot: Shot, index: int = 0) -> np.ndarray:
    """One frame of a new lake as RGB."""
    return to_rgb(Lake(shot).frame(index), shot.width, shot.height).astype(np.float32)


def asked(**words: object) -> Shot:
    """The small shot with a brief of these words only."""
    return replace(SMALL, brief=replace(Brief("a lake"), **words))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def lake() -> Lake:
    """The small shot's lake, drawn by many tests: frames do not depend on each other."""
    return Lake(SMALL)


@pytest.fixture(scope="module")
def still() -> Lake:
    """A lake before a camera that stands still."""
    return Lake(asked(move=Move.STATIC))


@pytest.fixture(scope="module")
def dawn(lake: Lake) -> np.ndarray:
    """Its first frame as RGB."""
    return to_rgb(lake.frame(0), 320, 180).astype(np.float32)


def test_the_same_shot_gives_the_same_bits(lake: Lake) -> None:
    """Two lakes of one shot agree to the last bit, erosion included."""
    twin = Lake(SMALL)
    assert [digest(lake.frame(index)) for index in (0, 71)] == [digest(twin.frame(index)) for index in (0, 71)]


def test_a_frame_does_not_depend_on_the_frames_before_it(lake: Lake) -> None:
    """Frame 5 is the same after frame 4 as after frame 60."""
    lake.frame(4)
    after_four = digest(lake.frame(5))
    lake.frame(60)
    assert digest(lake.frame(5)) == after_four


def test_another_seed_is_another_lake(dawn: np.ndarray) -> None:
    """The seed moves the mountains."""
    other = picture(replace(SMALL, seed=8))
    assert np.abs(other[20:95] - dawn[20:95]).mean() > 8


@pytest.mark.parametrize(("width", "height"), [(366, 158), (158, 366), (270, 406), (222, 166)])
def test_every_even_size_is_drawn_to_its_edges(width: int, height: int) -> None:
    """Frames whose sides four does not divide have whole planes, a summit well inside, and no unlit border."""
    scene = Lake(replace(SMALL, width=width, height=height))
    frame = scene.frame(30)
    assert (len(bytes(frame.y)), len(bytes(frame.u))) == (width * height, width * height // 4)
    luma = np.frombuffer(bytes(frame.y), np.uint8).reshape(height, width)
    assert luma[: height // 8].mean() > 90
    assert luma[:, -2:].mean() > 30
    assert luma[-2:].mean() > 20
    covered = np.flatnonzero(scene._relief.land[3].max(axis=1) > 0.5)
    assert 0.03 * height < covered[0] < 0.45 * height


def test_the_lake_mirrors_the_mountains(dawn: np.ndarray) -> None:
    """Rows below the horizon resemble the rows above it, turned over."""
    horizon = round(0.585 * 180)
    above = dawn[horizon - 60 : horizon - 25, 60:260].mean(axis=2)[::-1]
    below = dawn[horizon + 25 : horizon + 60, 60:260].mean(axis=2)
    assert np.corrcoef(above.ravel(), below.ravel())[0, 1] > 0.5


def test_hours_differ_as_they_should(dawn: np.ndarray) -> None:
    """Night is darkest and bluest, dusk redder than day, and none equals another."""
    day, dusk, night = (picture(asked(hour=hour)) for hour in (Hour.DAY, Hour.DUSK, Hour.NIGHT))
    assert night.mean() < 0.6 * min(day.mean(), dusk.mean(), dawn.mean())

    def warmth(image: np.ndarray) -> float:
        return float(image[..., 0].mean() / image[..., 2].mean())

    assert warmth(night) < warmth(day) < warmth(dawn) < warmth(dusk)


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


@pytest.mark.parametrize("word", ["snow", "rain"])
def test_what_falls_moves_downwards(word: str) -> None:
    """Flakes and drops are seen, and are elsewhere in the next frame."""
    dots = _Dots(np.random.default_rng(3), light_for(Brief("a lake", weather=frozenset({word}))))
    camera = Camera(focal=310, centre_x=160, horizon_y=105, x=0, height=0.05, z=0, yaw=0)
    depth = np.full((180, 320), FAR, np.float32)
    falls = []
    for seconds in (0.0, 1 / 24):
        out = np.zeros((3, 180, 320), np.float32)
        dots.fall(out, depth, camera, seconds)
        falls.append(out[0])
    assert 0.001 < (falls[0] > 0.02).mean() < 0.4
    assert np.abs(falls[0] - falls[1]).max() > 0.02


def test_push_in_makes_the_land_grow(lake: Lake) -> None:
    """By the end of a push-in the land fills more of the frame."""
    covered = []
    for index in (0, 71):
        lake.frame(index)
        covered.append(float(lake._relief.land[3].sum()))
    assert covered[1] > 1.03 * covered[0]


@pytest.mark.parametrize("move", list(Move))
def test_every_move_moves_the_camera_as_it_says(move: Move) -> None:
    """The camera's path starts and ends where the move's name says, and starts gently."""
    scene = Lake.__new__(Lake)
    scene._shot, scene._move, scene._focal, scene._turn = SMALL, move.plain, 300.0, 0.15
    start, end = scene._camera(0.0), scene._camera(1.0)
    signs = {
        Move.STATIC: start == end,
        Move.PUSH_IN: end.z > start.z + 0.3,
        Move.PULL_OUT: end.z < start.z - 0.3,
        Move.PAN_LEFT: end.yaw < start.yaw - 0.1,
        Move.PAN_RIGHT: end.yaw > start.yaw + 0.1,
        Move.TILT_UP: end.horizon_y > start.horizon_y + 10,
        Move.TILT_DOWN: end.horizon_y < start.horizon_y - 10,
    }
    assert signs[move.plain]


def test_a_still_camera_still_shows_life(still: Lake) -> None:
    """With a static camera water, mist and clouds move, and the mountains do not."""
    first = to_rgb(still.frame(0), 320, 180).astype(np.float32)
    land = still._relief.land[3].copy()
    last = to_rgb(still.frame(60), 320, 180).astype(np.float32)
    assert np.array_equal(land, still._relief.land[3])
    assert np.abs(first[125:] - last[125:]).mean() > 0.8


def test_slow_motion_halves_time(still: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frame 20 in slow motion has the air and the water of frame 10, for a camera that stands still."""
    still.frame(10)
    usual = still._image.copy()
    monkeypatch.setattr(still, "_shot", asked(move=Move.STATIC, slow_motion=True))
    still.frame(20)
    assert np.array_equal(still._image, usual)


def test_a_tilted_view_is_mirrored_from_rows_above_the_frame() -> None:
    """When the horizon lies high the lake's foot is not a smear of the frame's top row."""
    shot = asked(move=Move.TILT_UP)
    luma = picture(shot)[-20:, 100:220].mean(axis=2)
    assert luma.std(axis=0).mean() > 0.5


def test_the_map_is_land_and_water_of_the_right_height() -> None:
    """The highest angle in view is the summit asked for, water lies before the shore, and nothing is unlit or NaN."""
    towards = np.array((-0.9, 0.2, 0.39), np.float32)
    one = np.ones(3, np.float32)
    terrain = Terrain(Valley(3, 0.5, 0.27, 0.3, 0.33, 0.27), Sunlight(towards, one, one * 0.3, one * 0.1))
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


def test_the_score_follows_the_brief(lake: Lake) -> None:
    """Water and wind always, birds in the morning only, rain when it rains, nothing when silence is asked."""
    kinds = {bed.kind for bed in lake.score().beds}
    assert kinds == {"lapping", "wind", "birds"}
    assert lake.score().mood == "vast"
    scene = Lake.__new__(Lake)
    scene._shot = asked(hour=Hour.NIGHT, weather=frozenset({"rain"}), music=False)
    scene._light = light_for(scene._shot.brief)
    assert {bed.kind for bed in scene.score().beds} == {"lapping", "wind", "rain"}
    assert scene.score().mood is None
    scene._shot = asked(silent=True)
    assert scene.score().is_silent
    scene._shot = asked(mood="tender")
    assert scene.score().mood == "tender"


def test_notes_are_plain_words(lake: Lake) -> None:
    """The notes say what is shown and what the camera does."""
    scene: Scene = lake
    assert scene.notes == ("a mountain lake at dawn, in mist", "the camera pushes in slowly")
