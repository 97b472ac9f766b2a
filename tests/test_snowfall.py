"""Snow that gathers: the ground and what stands on it get whiter while it snows, by how hard it snows."""

from __future__ import annotations

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Brief, Shot
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.flatwork import Flatwork
from openhorse.engines.procedural.world.hours import daylight
from openhorse.engines.procedural.world.scenery import Flat, Floor, Scenery
from openhorse.engines.procedural.world.snowfall import Snowfall, SnowyGround

_CAMERA = Camera(0.0, 1.6, 0.0, 140.0, 80.0, 45.0)
_LIGHT = daylight(Brief(""))


def _fall(*weather: str, place: Scenery | None = None) -> Snowfall | None:
    shot = Shot(160, 90, 5, 3, Brief("", weather=frozenset(weather)))
    return Snowfall.of(shot, Scenery("a field") if place is None else place)


def _ground(fall: Snowfall, t: float) -> float:
    ground = SnowyGround(Floor(np.full((64, 64, 3), 0.7, np.float32), 4.0), _LIGHT, fall, 3)
    ground.gather(t)
    out = np.zeros((3, 90, 160), np.float32)
    ground.draw(out, _CAMERA)
    return float(out[:, 60:].mean())


def test_none_gathers_where_little_or_none_falls() -> None:
    """Neither light snow nor rain, nor within walls."""
    assert _fall("snow", "light") is None
    assert _fall("rain", "heavy") is None
    assert _fall("snow", place=Scenery("a room", wall=5.0)) is None


def test_heavy_snow_closes_over_the_ground_within_seconds() -> None:
    """By a tenth and more in five seconds, and faster than snow that is not heavy."""
    heavy, plain = _fall("snow", "heavy"), _fall("snow")
    assert heavy is not None and plain is not None
    start = _ground(heavy, 0.0)
    assert _ground(heavy, 5.0) > 1.1 * start
    assert _ground(heavy, 5.0) > _ground(plain, 5.0) > _ground(plain, 0.0)


def test_the_ground_is_the_same_whichever_frame_came_before() -> None:
    """It is a function of the moment, not of the frames drawn."""
    fall = _fall("snow", "heavy")
    assert fall is not None
    ground = SnowyGround(Floor(np.full((64, 64, 3), 0.7, np.float32), 4.0), _LIGHT, fall, 3)
    pictures = []
    for moments in ((3.0,), (0.0, 4.5, 3.0)):
        for t in moments:
            ground.gather(t)
        pictures.append(np.zeros((3, 90, 160), np.float32))
        ground.draw(pictures[-1], _CAMERA)
    assert np.array_equal(*pictures)


def test_snow_lies_on_upper_edges_and_comes_bit_by_bit() -> None:
    """A dark roof whitens at its top, not at its foot, more at five seconds than at one, and not at first."""
    fall = _fall("snow", "heavy")
    assert fall is not None
    layer = np.zeros((40, 40, 4), np.float32)
    layer[10:, 4:-4] = (0.05, 0.05, 0.05, 1.0)
    (snow,) = fall.flats((Flat(layer, 20.0, 0.0, 8.0, haze=0.0),), _LIGHT, 3)
    assert snow.layer[10, 6:-6, 3].mean() > 0.4
    assert not snow.layer[20:, :, 3].any()
    work, seen = Flatwork(snow, _LIGHT, 0), []
    for t in (0.0, 1.0, 5.0):
        out = np.zeros((3, 90, 160), np.float32)
        work.draw(out, _CAMERA, t)
        seen.append(float(out.sum()))
    assert seen[0] == 0 < 2 * seen[1] < seen[2]


@pytest.mark.parametrize(
    "flat",
    [
        Flat(np.full((8, 8, 4), 0.5, np.float32), 8.0, 0.0, 8.0),
        Flat(np.ones((8, 8, 4), np.float32), 8.0, 0.0, 8.0, glow=True),
        Flat(np.ones((2, 8, 4), np.float32), 8.0, 0.0, 8.0),
        Flat(np.ones((8, 8, 4), np.float32), 8.0, 0.0, 800.0),
        Flat(np.ones((8, 8, 4), np.float32), 8.0, 0.0, 8.0, pour=4.0),
    ],
    ids=["mist", "light", "a road", "far away", "a waterfall"],
)
def test_snow_lies_on_what_stands_only(flat: Flat) -> None:
    """Not on mist, light, falling water or the ground itself, which has its own."""
    fall = _fall("snow", "heavy")
    assert fall is not None
    assert not fall.flats((flat,), _LIGHT, 3)
