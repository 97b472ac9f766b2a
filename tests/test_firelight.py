"""Fires: flames keep their colour, and what is near them is lit, warm and flickering."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from openhorse.engines.procedural.brief import Brief, Character, Hour
from openhorse.engines.procedural.players.company import fill
from openhorse.engines.procedural.players.player import Casting, Sprite
from openhorse.engines.procedural.players.vapours import add_flame
from openhorse.engines.procedural.world.camera import Camera
from openhorse.engines.procedural.world.firelight import Firelight, flicker
from openhorse.engines.procedural.world.hours import daylight
from openhorse.engines.procedural.world.placed import Placed
from openhorse.engines.procedural.world.scenery import Flat, Scenery

_CAMERA = Camera(0.0, 1.6, 0.0, 140.0, 80.0, 45.0)
_NIGHT = daylight(Brief("", hour=Hour.NIGHT))
_PLACE = Scenery("a clearing")


def _placed(kind: str, x: float, z: float) -> Placed:
    player = fill(Casting(Character(kind)))
    assert player is not None
    return Placed(kind, player, x, 0.0, z, 0.0, 1)


_FIRE = _placed("campfire", 0.0, 5.0)
_LIT = Firelight((_FIRE,), _PLACE, _NIGHT)


def test_a_flame_is_orange_and_no_tongue_of_it_is_white() -> None:
    """Red everywhere, less green the farther from its foot, next to no blue, however many tongues overlap."""
    sprite = Sprite(np.zeros((4, 120, 120), np.float32), 60.0, 100.0)
    for k in range(3):
        add_flame(sprite, 60.0 + 4 * k, 100.0, 20.0, 70.0, 0.4 + k, 0.6, 1.0)
    red, green, blue = (plane[sprite.planes[3] > 0.2].mean() for plane in sprite.planes[:3])
    assert red > 0.4
    assert green < 0.55 * red
    assert blue < 0.12 * red


def test_the_ground_near_a_fire_is_lit_warm_and_flickers() -> None:
    """Less with the distance; far from it nothing changes."""
    out = np.full((3, 90, 160), 0.05, np.float32)
    _LIT.on_ground(out, _CAMERA, 1.0)
    near, aside = out[:, 84, 80], out[:, 84, 150]
    assert near[0] > 2.0 * near[2] > 0.1
    assert near[0] > 1.5 * aside[0]
    assert np.array_equal(out[:, 50, :], np.full((3, 160), 0.05, np.float32))
    other = np.full((3, 90, 160), 0.05, np.float32)
    _LIT.on_ground(other, _CAMERA, 1.17)
    assert not np.allclose(out, other, rtol=0.01)


def test_whoever_stands_by_a_fire_is_lit_from_it() -> None:
    """From its side, stronger when nearer; the fire itself is not."""
    usual = _NIGHT.on_players
    beside, far = (_LIT.on_player(_placed("man", x, 5.0), x, 1.0, usual) for x in (1.2, 3.0))
    assert beside.key[0] > far.key[0] > usual.key[0]
    assert beside.towards[0] < -0.5
    assert _LIT.on_player(_FIRE, 0.0, 1.0, usual) == usual
    assert _LIT.on_player(_placed("man", 30.0, 5.0), 30.0, 1.0, usual) == usual


def test_flats_behind_a_fire_are_lit_and_flicker_with_it() -> None:
    """What stands right behind it gains light that burns as the fire does; what is before it hardly any."""
    board = Flat(np.full((40, 40, 4), 0.2, np.float32), 20.0, 0.0, 5.5)
    behind, before = _LIT.flats((board, replace(board, z=4.4)))
    assert (behind.lamp, behind.glow, behind.period) == ("fire", True, 0.0)
    assert behind.layer[..., 0].max() > 3 * before.layer[..., 0].max() > 0
    assert not behind.layer[..., 3].any()
    assert not _LIT.flats((replace(board, z=60.0), replace(board, x=40.0), replace(board, glow=True)))


def test_a_repeated_flat_is_lit_only_near_the_fire() -> None:
    """Its copies far off stay dark, and the light lies where the copy near the fire is."""
    hedge = Flat(np.full((20, 40, 4), 0.2, np.float32), 20.0, 7.0, 5.5, period=2.0)
    (lit,) = _LIT.flats((hedge,))
    column = int(lit.layer[..., 0].max(0).argmax())
    assert abs(lit.x - lit.wide / 2 + (column + 0.5) / lit.metre) < 0.1


def test_a_fire_is_as_bright_in_the_mean_as_it_is_said_to_be() -> None:
    """It flickers about 1, and never goes out."""
    seen = [flicker(k / 24) for k in range(24 * 20)]
    assert abs(float(np.mean(seen)) - 1) < 0.02
    assert 0.7 < min(seen) < max(seen) < 1.3
