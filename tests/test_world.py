"""Text-to-video's scene: a multiplane camera before flats, a floor and water, and those who act there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Brief, Character, Hour, Move, Place, Shot
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.drawing.piles import Laid, Pile
from openhorse.engines.procedural.world.blocking import followed
from openhorse.engines.procedural.world.camera import Camera, plan
from openhorse.engines.procedural.world.flatwork import Flatwork
from openhorse.engines.procedural.world.groundwork import Groundwork, draw_pool
from openhorse.engines.procedural.world.hours import daylight
from openhorse.engines.procedural.world.placed import Placed
from openhorse.engines.procedural.world.scene import World
from openhorse.engines.procedural.world.scenery import Flat, Floor, Lens, Pool

WIDTH, HEIGHT = 160, 90
LENS = Lens(WIDTH, HEIGHT, 140.0, 45.0, 1.6)
CAMERA = Camera(0.0, 1.6, 0.0, 140.0, 80.0, 45.0)
LIGHT = daylight(Brief(""))


def blank() -> np.ndarray:
    """A black frame in linear light."""
    return np.zeros((3, HEIGHT, WIDTH), np.float32)


def board(**how: float) -> Flatwork:
    """A white board, a metre wide and two metres tall, twenty metres ahead, without any air before it."""
    layer = np.ones((40, 20, 4), np.float32)
    return Flatwork(Flat(layer, 20.0, how.pop("x", 0.0), 20.0, haze=0.0, **how), LIGHT, 0)


def test_a_flat_stands_where_its_place_is_projected_to() -> None:
    """A metre at twenty metres is seven pixels: its foot is on the ground's row, its top two metres above."""
    out = blank()
    board(x=2.0).draw(out, CAMERA, 0.0)
    rows, columns = np.flatnonzero(out[0].max(1) > 0.5), np.flatnonzero(out[0].max(0) > 0.5)
    assert rows[0] == pytest.approx(45 + (1.6 - 2) * 7, abs=1)
    assert rows[-1] == pytest.approx(45 + 1.6 * 7 - 1, abs=1)
    assert columns[0] == pytest.approx(80 + 1.5 * 7, abs=1)
    assert columns[-1] == pytest.approx(80 + 2.5 * 7 - 1, abs=1)


def test_what_is_near_passes_faster_than_what_is_far() -> None:
    """A camera that goes a metre to the right moves a board by a metre at its distance."""
    for z in (5.0, 20.0, 80.0):
        column = CAMERA.column(0.0, z) - replace(CAMERA, x=1.0).column(0.0, z)
        assert column == pytest.approx(140 / z)


def test_a_repeated_flat_fills_the_frame_wherever_the_camera_is() -> None:
    """No gap and no overlap: boards a metre apart make a wall, however far the camera has come."""
    wall = board(period=1.0)
    for x in (0.0, 3.3, -271.9):
        out = blank()
        wall.draw(out, replace(CAMERA, x=x), 0.0)
        assert out[0, 50].min() > 0.97
        assert out[0, 50].max() < 1.03


def test_a_mirrored_flat_hangs_below_its_foot() -> None:
    """As far below the ground's row as it stands above it, as bright as it is told."""
    up, down = blank(), blank()
    board().draw(up, CAMERA, 0.0)
    board().draw(down, CAMERA, 0.0, mirrored=0.5)
    foot = 45 + 1.6 * 7
    tall = np.flatnonzero(up[0, :, 80] > 0.5)
    hung = np.flatnonzero(down[0, :, 80] > 0.25)
    assert hung[0] == pytest.approx(2 * foot - tall[-1], abs=1.5)
    assert hung[-1] == pytest.approx(2 * foot - tall[0], abs=1.5)
    assert down[0].max() == pytest.approx(0.5, abs=0.01)


def test_haze_takes_a_far_flat_to_the_colour_of_the_air() -> None:
    """What stands twenty times as far as one sees is of the air's colour."""
    far = Flatwork(Flat(np.ones((400, 200, 4), np.float32), 0.02, 0.0, 20 * LIGHT.clear), LIGHT, 0)
    out = blank()
    far.draw(out, CAMERA, 0.0)
    assert out[:, 40, 80] == pytest.approx(LIGHT.air, abs=0.02)


def test_a_swaying_flat_keeps_its_foot() -> None:
    """The wind moves its top and leaves its foot where it is."""
    still, swaying = blank(), blank()
    board().draw(still, CAMERA, 1.0)
    board(sway=0.2).draw(swaying, CAMERA, 1.0, wind=1.5)
    moved = np.abs(still[0] - swaying[0]).max(1)
    rows = np.flatnonzero(still[0].max(1) > 0.5)
    assert moved[rows[0] + 1] > 0.5
    assert moved[rows[-1] - 1] < 0.2


def floor(camera: Camera) -> np.ndarray:
    """A floor of random grain, seen from `camera`."""
    texture = np.random.default_rng(1).uniform(0, 1, (512, 512, 3)).astype(np.float32)
    out = blank()
    Groundwork(Floor(texture, tile=40.0), replace(LIGHT, clear=1e9)).draw(out, camera)
    return out


def test_the_floor_moves_as_what_stands_on_it() -> None:
    """A camera that goes to the right sees each row of the ground go left by just as much as a flat there."""
    row = 80
    metre = (row + 0.5 - 45) / 1.6
    one, other = floor(CAMERA)[0, row], floor(replace(CAMERA, x=10 / metre))[0, row]
    assert np.abs(one[10:] - other[:-10]).max() < 0.01
    assert np.abs(one - other).max() > 0.2


def test_the_floor_comes_nearer_when_the_camera_goes_ahead() -> None:
    """A push-in by four metres brings what was eight metres ahead to four metres."""
    near, gone = floor(CAMERA), floor(replace(CAMERA, z=4.0))
    row = int(45 + 1.6 * 140 / 4)
    assert row >= HEIGHT  # four metres ahead is just below the frame: compare eight with twelve
    twelve, eight = round(45 - 0.5 + 1.6 * 140 / 12), round(45 - 0.5 + 1.6 * 140 / 8)
    assert abs(float(near[0, twelve, 70:90].mean()) - float(gone[0, eight, 70:90].mean())) < 0.2


def test_water_shows_what_stands_beyond_it() -> None:
    """Where the sky is red water is red, with its own colour in it, and nothing is drawn above the far shore."""
    out, mirror = blank(), np.zeros((3, HEIGHT // 2 + 2, WIDTH // 2), np.float32)
    mirror[0] = 1.0
    pool = Pool(near=0.0, far=60.0, deep=np.array((0, 0, 0.2), np.float32), chop=0.2)
    draw_pool(out, mirror, pool, CAMERA, replace(LIGHT, clear=1e9, cover=0.4), 0.0)
    shore = int(45 + 1.6 * 140 / 60)
    assert out[:, :shore].max() == 0
    assert out[0, shore + 2].min() > 0.5
    assert out[0, -1].max() < out[0, shore + 2].max()
    assert out[2, -1].min() > 0.05


def placed(way: float) -> Placed:
    """One that goes `way` metres a second, ten metres ahead."""
    return Placed("dog", None, 0.0, 0.0, 10.0, way, 1 if way >= 0 else -1)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", [6.0, -9.0])
def test_the_camera_goes_along_with_whoever_would_leave_the_frame(way: float) -> None:
    """A runner stays in the frame for the whole shot, and crosses some of it."""
    shot = Shot(WIDTH, HEIGHT, 5, 1, Brief(""))
    speed = followed([placed(way)], LENS, shot)
    crossed = abs(way - speed) * 5 / LENS.reach(10.0)
    assert 0.1 < crossed < 0.5


def test_the_camera_watches_who_can_cross_the_frame() -> None:
    """A slow walker goes through a frame that stands still."""
    assert followed([placed(1.0)], LENS, Shot(WIDTH, HEIGHT, 5, 1, Brief(""))) == 0


@pytest.mark.parametrize("move", list(Move))
def test_every_move_starts_and_ends_gently(move: Move) -> None:
    """The first and the last frames' steps are smaller than those in the middle; nothing jumps."""
    path = plan(Brief("", move=move), LENS, 8.0, 5, 3)
    places = np.array([[c.column(1, 20), c.row(1, 20)] for c in (path.at(k / 24, k / 119) for k in range(120))])
    steps = np.hypot(*np.diff(places, axis=0).T)
    assert steps.max() < 0.02 * WIDTH
    if move not in (Move.STATIC, Move.HANDHELD):
        assert steps.max() > 0.01
        assert max(steps[0], steps[-1]) < 0.5 * steps.max()


def test_a_place_has_its_own_light_at_every_hour() -> None:
    """Day is brighter than dusk, dusk brighter than night, and another seed is another picture."""
    shot = Shot(WIDTH, HEIGHT, 3, 1, Brief("", place=Place.MEADOW))
    means = []
    for hour in (Hour.DAY, Hour.DUSK, Hour.NIGHT):
        world = World(replace(shot, brief=replace(shot.brief, hour=hour)))
        means.append(float(to_rgb(world.frame(5), WIDTH, HEIGHT).mean()))
    assert means[0] > means[1] > means[2] > 10
    one, again, other = (bytes(World(replace(shot, seed=seed)).frame(5).y) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_nothing_tall_passes_before_a_lead_who_is_followed() -> None:
    """Beside a running dog a near wall is left out, grass and a far wall stay; before a camera at rest it stays."""
    cast = (Character("dog", actions=("run",)),)
    world = World(Shot(WIDTH, HEIGHT, 2, 1, Brief("", place=Place.MEADOW, cast=cast)))
    wall, grass = np.ones((80, 20, 4), np.float32), np.ones((2, 20, 4), np.float32)
    near, low, far = (Flat(layer, 20.0, 0.0, z) for layer, z in ((wall, 1.5), (grass, 1.5), (wall, 30.0)))
    world.scenery = replace(world.scenery, flats=(near, low, far), growths=())
    world._build()
    assert world.camera(40).x != 0
    assert {id(work.flat) for work in world._flats} == {id(low), id(far)}
    world._path = replace(world._path, follow=None)
    world._build()
    assert len(world._flats) == 3


def test_many_sheets_are_drawn_as_each_of_them_would_be() -> None:
    """One pass over three sheets, one of them swaying, one added, gives what three passes give; far ones to 1/1000."""
    random, pile = np.random.default_rng(4), Pile()
    sheets = [random.uniform(0, 1, (40, 60, 4)).astype(np.float32) for _ in range(3)]
    for sheet in sheets:
        sheet[..., :3] *= sheet[..., 3:]
    laid = [Laid(pile.add(sheet), 20.3 * k, 9.7 + k, 1.1, sway=2.0 * k, hides=k % 2) for k, sheet in enumerate(sheets)]
    once, thrice = blank(), blank()
    pile.draw(once, laid)
    for one in laid:
        pile.draw(thrice, [one])
    np.testing.assert_array_equal(once, thrice)
    assert np.abs(pile.layer(1) - sheets[1]).max() < 1 / 4000
    # at its own size and place a sheet is shown as it is
    exact = blank()
    pile.draw(exact, [Laid(0, 5.0, 7.0, 1.0)])
    np.testing.assert_allclose(exact[:, 7:47, 5:65], sheets[0][..., :3].transpose(2, 0, 1), atol=1e-3)
