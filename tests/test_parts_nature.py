"""Trees, land, rocks, grass and mist: painted once, lit by their hour, the same for the same seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Brief, Hour, Season, Shot
from openhorse.engines.procedural.drawing.noise import linear
from openhorse.engines.procedural.parts.brush import Brush
from openhorse.engines.procedural.parts.falls import Fall, fall
from openhorse.engines.procedural.parts.grass import patches, sward_of, swaths, turf
from openhorse.engines.procedural.parts.grove import Grove, row
from openhorse.engines.procedural.parts.land import Range, alps, downs, dunes, karst, mesas, veil
from openhorse.engines.procedural.parts.relief import seen
from openhorse.engines.procedural.parts.rocks import boulders
from openhorse.engines.procedural.parts.trees import Dress, TreeKind, tree, woods
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.flatwork import Flatwork
from openhorse.engines.procedural.world.groundwork import draw_pool
from openhorse.engines.procedural.world.hours import daylight
from openhorse.engines.procedural.world.scenery import Flat, Lens, Pool, Site

KINDS: tuple[TreeKind, ...] = (
    "oak", "maple", "birch", "willow", "cherry", "poplar", "bush", "dead", "pine", "spruce", "palm", "bamboo"
)  # fmt: skip
LENS = Lens(192, 108, 165.0, 54.0, 1.6)


def site(brief: Brief = Brief("", hour=Hour.DAY), seed: int = 3) -> Site:  # noqa: B008 - a frozen value
    """A small frame's site."""
    return Site(Shot(192, 108, 3, seed, brief), daylight(brief), LENS)


def brightness(flat: Flat) -> float:
    """The mean light of what a flat covers."""
    return float(flat.layer[..., :3].sum() / max(1e-6, flat.layer[..., 3].sum()))


@pytest.mark.parametrize("kind", KINDS)
def test_a_tree_stands_on_its_foot_and_is_its_own(kind: TreeKind) -> None:
    """Cover within 0…1, a foot in the middle of the lower edge; the same for the same number, and only then."""
    dress = Dress.of(site())
    one, same, other = (tree(kind, dress, 90, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape[0] == 90
    assert one[..., 3].min() >= 0
    assert one[..., 3].max() <= 1 + 1e-5
    assert one[..., :3].min() >= 0
    middle = one.shape[1] // 2
    assert one[-4:, middle - 6 : middle + 6, 3].max() > 0.4
    assert one[:30, :, 3].max() > 0.4
    np.testing.assert_array_equal(one, same)
    assert one.shape != other.shape or not np.array_equal(one, other)


def test_a_brush_keeps_what_was_painted_before() -> None:
    """A dab at one side leaves the other as it was, and the wrapped one comes in again there."""
    ground = np.full((40, 60, 4), 0.25, np.float32)
    brush = Brush("leaves", np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], np.float32))
    dabs = np.array([[2.0, 20.0, 16.0, 1.0]], np.float32)
    plain, wrapped = (brush.paint(ground, dabs, np.random.default_rng(1), around) for around in (False, True))
    np.testing.assert_array_equal(plain[:, 20:], ground[:, 20:])
    assert plain[:, :8, :3].max() > 0.7
    assert wrapped[:, -6:, :3].max() > 0.7


def test_leaves_turn_and_fall_by_season() -> None:
    """A maple is green in summer, red in autumn, and bare, hence lighter in weight, in winter."""
    light = daylight(Brief("", hour=Hour.DAY))
    covers, reds = {}, {}
    for season in (Season.SUMMER, Season.AUTUMN, Season.WINTER):
        layer = tree("maple", Dress(light, season), 120, np.random.default_rng(5))
        covers[season] = float(layer[..., 3].sum())
        reds[season] = float(layer[..., 0].sum() / layer[..., 1].sum())
    assert reds[Season.AUTUMN] > 1.8 * reds[Season.SUMMER]
    assert covers[Season.WINTER] < 0.6 * covers[Season.SUMMER]


@pytest.mark.parametrize("painter", [alps, downs, karst, mesas, dunes])
def test_land_goes_on_at_its_sides_and_darkens_at_night(painter) -> None:  # type: ignore[no-untyped-def]
    """A range's last column meets its first, it is opaque at its foot, and its night is darker than its day."""
    form = Range(900.0, 180.0, 60)
    day = painter(site(), form)
    cover = day.layer[..., 3]
    assert day.period == pytest.approx(day.wide)
    assert cover[-1].min() > 0.99
    jumps = np.abs(np.diff(cover, axis=1)).mean(axis=0)
    assert np.abs(cover[:, 0] - cover[:, -1]).mean() <= 1.6 * jumps.max() + 0.01
    night = painter(site(Brief("", hour=Hour.NIGHT)), form)
    assert brightness(night) < 0.4 * brightness(day)


def test_a_near_slope_hides_what_is_behind_it() -> None:
    """The first line's colour is seen below its crest, the farther one's above it."""
    height = np.array([[0.5], [0.2], [0.9]], np.float32).repeat(8, axis=1)
    colour = np.zeros((3, 8, 3), np.float32)
    colour[0, :, 0], colour[1, :, 1], colour[2, :, 2] = 1, 1, 1
    layer = seen(height, colour, 40, 0.0)
    assert layer[-4, 4, 2] < 0.05
    assert layer[8, 4, 2] > 0.5
    assert layer[..., 1].max() < 0.05
    assert layer[1, 4, 3] == 0


def test_far_trunks_of_a_tall_frame_taper_to_the_top() -> None:
    """A row sixty metres ahead is seen up to forty metres high: thinner there than at the foot, and never a board."""
    tall = Site(Shot(108, 192, 3, 3, Brief("")), daylight(Brief("")), Lens(108, 192, 150.0, 110.0, 1.6))
    leaves = (linear(26, 50, 20), linear(132, 164, 60))
    oaks = Grove(linear(84, 70, 56), 0.24, 3.4, "leaves", leaves, leaves)
    cover = row(tall, oaks, 64.0, 64.0).layer[..., 3].mean(axis=1)
    high, middle = cover[: len(cover) // 8].mean(), cover[len(cover) // 2]
    assert 0 < high < middle


def test_air_hides_what_the_painter_says_and_more_in_mist() -> None:
    """A veil of a half hides a half in clear air, and never all of a mountain in mist."""
    clear, mist = site(), site(Brief("", hour=Hour.DAY, weather=frozenset({"mist"})))
    assert clear.light.haze(9000 * veil(clear, 9000, 0.5)) == pytest.approx(0.5, abs=0.01)
    assert 0.5 < mist.light.haze(9000 * veil(mist, 9000, 0.5)) < 0.8


def test_snow_whitens_ground_and_rocks() -> None:
    """Under snow turf and boulders are brighter than in summer."""
    summer, winter = site(), site(Brief("", hour=Hour.DAY, season=Season.WINTER))
    assert turf(winter, sward_of(winter)).mean() > 1.5 * turf(summer, sward_of(summer)).mean()
    stones = [brightness(boulders(one, (0.0, 3.0), 1.0, "stone")) for one in (summer, winter)]
    assert stones[1] > 1.2 * stones[0]
    assert patches(summer).shape == (64, 64, 3)


def test_swaths_keep_before_the_water() -> None:
    """Rows of grass end where the painter says, and stay low before a low eye."""
    rows = swaths(site(), sward_of(site()), 6, 0.15, 6.0)
    assert max(flat.z for flat in rows) < 6.001
    low = replace(site(), lens=replace(LENS, eye=0.3))
    shorter = swaths(low, sward_of(low), 6, 0.15, 6.0)
    assert shorter[0].tall < 0.4 * rows[0].tall
    assert woods(site(), ("oak",), 90.0, 9.0).tall < 12


def test_a_fall_pours_down_within_its_shape() -> None:
    """Streaks move between frames, come again for the same moment, and leave the rest of the frame alone."""
    veiled = fall(site(), Fall(0.0, 20.0, 4.0, 6.0))[0]
    assert veiled.pour > 0
    work = Flatwork(veiled, site().light, 1)
    camera = Camera(0.0, 1.6, 0.0, 165.0, 96.0, 54.0)
    frames = []
    for t in (0.0, 0.5, 0.0):
        out = np.zeros((3, 108, 192), np.float32)
        work.draw(out, camera, t)
        frames.append(out)
    np.testing.assert_array_equal(frames[0], frames[2])
    moved = np.abs(frames[0] - frames[1])
    assert moved.max() > 0.05
    assert moved[:, :, :40].max() == 0


def test_a_pool_keeps_to_its_shores_and_comes_and_goes() -> None:
    """Water lies between near and far and nowhere else; with a swell its near shore moves."""
    camera = Camera(0.0, 1.6, 0.0, 165.0, 96.0, 54.0)
    mirror = np.full((3, 56, 96), 0.5, np.float32)
    shores = []
    for swell in (0.0, 3.0):
        out = np.full((3, 108, 192), -1.0, np.float32)
        draw_pool(out, mirror, Pool(6.0, 40.0, np.zeros(3, np.float32), swell=swell), camera, site().light, 1.0)
        assert out[:, : int(camera.row(0.0, 40.0)) - 1].max() == -1
        assert out[:, int(camera.row(0.0, 5.0)) :].max() == -1
        assert out[:, int(camera.row(0.0, 15.0))].min() > 0
        shores.append((out[0] > -0.5).sum(axis=0))
    assert np.ptp(shores[0]) == 0
    assert shores[1].mean() < shores[0].mean() - 2
