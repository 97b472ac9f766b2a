"""Weather and effects: each draws something of its own, moves with the camera, and stays where it can be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Hour, Place, Shot
from openhorse.engines.procedural.effects.air import Box
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.effects import Effects
from openhorse.engines.procedural.world.hours import daylight
from openhorse.engines.procedural.world.scenery import Floor, Lens, Scenery

_WIDTH, _HEIGHT = 192, 108
_LENS = Lens(_WIDTH, _HEIGHT, 165.0, 54.0, 1.6)
_CAMERA = Camera(0.0, 1.6, 0.0, 165.0, 96.0, 54.0)
_DRAWN = (
    "aurora",
    "bubbles",
    "candles",
    "dust",
    "fire",
    "fireflies",
    "fireworks",
    "lanterns",
    "leaves",
    "petals",
    "rain",
    "rainbow",
    "smoke",
    "snow",
    "sparks",
    "stars",
    "sun-shafts",
)


def _effects(words: set[str], medium: str = "air", place: Place = Place.MEADOW, seed: int = 5) -> Effects:
    brief = Brief("", place=place, hour=Hour.NIGHT, effects=frozenset(words), weather=frozenset(words))
    shot = Shot(_WIDTH, _HEIGHT, 4, seed, brief)
    floor = Floor(np.ones((8, 8, 3), np.float32), 1.0)
    scenery = Scenery("a place", medium=medium, floor=floor)  # type: ignore[arg-type]
    return Effects(shot, scenery, _LENS, daylight(replace(brief, weather=frozenset())))


def _drawn(effects: Effects, camera: Camera = _CAMERA, t: float = 1.4) -> NDArray[np.float32]:
    out = np.full((3, _HEIGHT, _WIDTH), 0.1, np.float32)
    effects.behind(out, camera, t)
    for effect in effects.between:
        effects.draw(effect, out, camera, t)
    return out


@pytest.mark.parametrize("word", _DRAWN)
def test_every_effect_is_seen_and_is_the_same_each_time(word: str) -> None:
    """It changes the picture, within bounds, moves, and comes out the same from the same seed."""
    one, other = _drawn(_effects({word})), _drawn(_effects({word}))
    assert np.array_equal(one, other)
    assert np.isfinite(one).all()
    assert one.min() > -1e-3
    assert np.abs(one - 0.1).max() > 0.004
    if word != "rainbow":
        assert np.abs(one - _drawn(_effects({word}), t=1.9)).max() > 0.002


def test_near_particles_pass_the_camera_faster_than_far_ones() -> None:
    """A camera that goes right sees them go left, by as many pixels as a metre has at their distance."""
    spots = np.array(((0.2, 0.5, 0.3), (0.2, 0.5, 0.8)), np.float32)
    full = np.full(2, 20.0, np.float32)
    box = Box(2.0, 12.0, 0.0, full, full, spots)
    before = box.seen(_CAMERA, (0.0, 0.0, 0.0))
    after = box.seen(replace(_CAMERA, x=0.5), (0.0, 0.0, 0.0))
    assert np.allclose(before.x - after.x, 0.5 * before.metre, atol=1e-2)
    assert before.metre[0] > 1.5 * before.metre[1]


def test_it_does_not_rain_indoors_or_under_water() -> None:
    """What belongs out of doors is not drawn where there is none; water has its own."""
    assert not _effects({"rain", "stars"}, place=Place.CAFE).between
    under = _effects({"rain"}, medium="water")
    assert under.between
    assert not np.array_equal(_drawn(under), _drawn(_effects({"rain"})))


def test_lightning_lights_up_everything_for_a_moment_and_thunders() -> None:
    """The gain is above 1 at a strike only, and the score has thunder that swells after it."""
    effects = _effects({"lightning"})
    gains = [effects.gain(step / 24) for step in range(96)]
    assert max(gains) > 1.3
    assert sum(gain > 1.05 for gain in gains) < 40
    beds, _ = effects.sounds()
    strike = int(np.argmax(gains)) / 24
    thunder = next(bed for bed in beds if bed.kind == "thunder")
    curve = dict(thunder.envelope)
    assert curve[round(strike + 0.4, 1)] > curve[0.0] + 0.3


def test_rockets_are_heard_when_they_burst() -> None:
    """Every sound of the fireworks lies within the film."""
    _, hits = _effects({"fireworks"}).sounds()
    assert any(hit.kind == "landing" for hit in hits)
    assert all(0 <= hit.at < 4 for hit in hits)


def test_mist_and_fires_bring_flats_of_their_own() -> None:
    """They stand in the place, and cover no more than all."""
    flats = (*_effects({"mist"}).flats, *_effects({"fire"}).flats, *_effects({"candles"}).flats)
    assert len(flats) > 8
    for flat in flats:
        assert flat.layer[..., 3].min() >= 0
        assert flat.layer[..., 3].max() <= 1.001
