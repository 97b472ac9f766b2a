"""Vehicles and things: meshes that hold, wheels that roll, lamps by night, flames, steam, words that can be read."""

from __future__ import annotations

import math
from importlib import import_module
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.players.creature import Light
from openhorse.engines.procedural.players.mesh import (
    Array,
    Material,
    Mesh,
    ball,
    grid,
    join,
    plate,
    refined,
    slab,
    tube,
)
from openhorse.engines.procedural.players.player import Casting, Look, Maker, Sprite
from openhorse.engines.procedural.players.puppet import Puppet, facing_yaw, placed
from openhorse.engines.procedural.players.solid import Easel, View, darkness, posed, sorted_mesh
from openhorse.engines.procedural.players.vapours import add_flame, add_halo, room

DAY = Light((0.36, 0.74, 0.56), (1.02, 0.94, 0.80), (0.20, 0.24, 0.31), (0.19, 0.155, 0.11), 0.5)
NIGHT = Light((0.50, 0.55, -0.67), (0.50, 0.60, 0.80), (0.056, 0.082, 0.150), (0.024, 0.032, 0.054), 1.1)
FAMILIES = ("cycling", "vehicles", "rails", "vessels", "aircraft", "things", "table", "fires", "garden")
PARTS: dict[str, Maker] = {
    kind: maker
    for family in FAMILIES
    for kind, maker in import_module(f"openhorse.engines.procedural.players.{family}").PARTS.items()
}
WHITE = Material((0.8, 0.8, 0.8))
REST = np.array([placed()])


def play(kind: str, *actions: str, variety: str = "", things: tuple[str, ...] = ()) -> Puppet:
    """The player of a part."""
    player = PARTS[kind](Casting(Character(kind, variety, actions=actions, things=things), seed=2))
    assert isinstance(player, Puppet)
    return player


def picture(player: Puppet, t: float = 0.4, light: Light = DAY, facing: int = 1) -> Sprite:
    """Its picture, about 60 pixels across."""
    sprite = player.draw(Look(60 / max(player.tall, player.long), light, facing), t)
    return Sprite(sprite.planes.copy(), sprite.x, sprite.y)


@pytest.mark.parametrize("kind", sorted(PARTS)[::4])
def test_everything_can_be_seen(kind: str) -> None:
    """Each is there, whole, lit to finite values, of about its size."""
    player = play(kind)
    sprite = picture(player)
    assert np.isfinite(sprite.planes).all()
    assert sprite.planes[3].max() > 0.9
    assert 0.02 < sprite.planes[3].mean() < 0.95
    assert player.tall > 0
    assert all(foot.half > 0 for foot in player.feet(0.4))


def test_wheels_turn_as_far_as_the_car_goes() -> None:
    """After a metre's way a wheel has turned by a metre over its radius."""
    player = play("car", "drive")
    way = 1.0 / (player.speed / math.cos(player.part.yaw))
    first, later = player.pose(0.0)[1], player.pose(way)[1]
    turn = later[:, :3] @ first[:, :3].T
    radius = first[1, 3]
    assert math.atan2(-turn[1, 0], turn[0, 0]) % (2 * math.pi) == pytest.approx((1 / radius) % (2 * math.pi), abs=1e-6)


def test_lamps_shine_when_it_is_dark() -> None:
    """By night a car's lights are brighter than anything of it by day."""
    assert darkness(NIGHT) > 0.9
    assert darkness(DAY) == 0
    night, day = (picture(play("car"), light=light, facing=0).planes[:3].max() for light in (NIGHT, DAY))
    assert night > 1.5 * day


def test_what_shows_its_front_is_never_seen_from_behind() -> None:
    """A sign, a clock or a book can be read whichever way it faces."""
    for kind in ("sign", "clock", "book", "phone"):
        part = play(kind).part
        assert all(abs(facing_yaw(part, facing)) < 1.0 for facing in (-1, 0, 1))


def test_a_sign_carries_its_words() -> None:
    """Longer words need a longer board."""
    short, long_ = play("sign", things=("HI",)), play("sign", things=("GRAND HOTEL",))
    assert long_.long > 1.8 * short.long


def test_a_ball_is_heard_when_it_is_on_the_ground() -> None:
    """At each bounce it is down, and half-way between two it is up."""
    player = play("ball", "bounce")
    beats = [touch.at for touch in player.touches(0.0, 4.0)]
    assert len(beats) >= 3
    for first, second in pairwise(beats):
        assert player.feet(first)[0].above < 0.02
        assert player.feet((first + second) / 2)[0].above > 0.5


def test_a_flower_grows() -> None:
    """It is small at first and tall at the end."""
    player = PARTS["flower"](Casting(Character("flower", actions=("grow",)), seed=0))
    early, late = (player.draw(Look(100, DAY), t).planes.shape[1] for t in (0.0, 5.0))
    assert late > 1.5 * early


def test_the_nearer_surface_hides_the_farther() -> None:
    """A white ball before a black plate: its middle is white, the plate's edge black."""
    mesh = join(ball((0, 0.5, 0.3), 0.2, WHITE), slab((0, 0.5, 0), (0.45, 0.45, 0.02), Material((0.01, 0.01, 0.01))))
    sprite = Easel().draw(sorted_mesh(mesh), REST, View(100, 0.0), DAY)
    middle = sprite.planes[:, round(sprite.y - 50), round(sprite.x)]
    corner = sprite.planes[:, round(sprite.y - 90), round(sprite.x - 40)]
    assert middle[3] == corner[3] == 1
    assert middle[0] > 10 * corner[0]


def test_coverage_is_the_area() -> None:
    """A square of a metre covers its pixels, without holes between its triangles."""
    sprite = Easel().draw(sorted_mesh(slab((0, 0.5, 0), (0.5, 0.5, 0.5), WHITE)), REST, View(80, 0.0), DAY)
    assert sprite.planes[3].sum() == pytest.approx(6400, rel=0.02)
    inside = sprite.planes[3, int(sprite.y) - 70 : int(sprite.y) - 10, int(sprite.x) - 30 : int(sprite.x) + 30]
    assert inside.min() == 1


def test_what_stands_before_the_light_casts_a_shadow() -> None:
    """A plate is darker where a bar above it keeps the key off."""
    light = Light((0.0, 0.9, 0.43), (1.0, 1.0, 1.0), (0.02, 0.02, 0.02), (0.02, 0.02, 0.02), 0.0)
    floor = slab((0, 0.0, 0), (0.5, 0.02, 0.5), WHITE)
    bar = tube([(-0.6, 0.30, 0.0), (0.6, 0.30, 0.0)], 0.06, WHITE)
    bare, shaded = (
        Easel().draw(sorted_mesh(mesh), REST, View(120, 0.0, 1.2), light) for mesh in (floor, join(floor, bar))
    )
    assert bare.planes[0].max() > 0.5
    low = shaded.planes[0, :, round(shaded.x)][shaded.planes[3, :, round(shaded.x)] == 1].min()
    assert low < 0.4 * bare.planes[0].max()


def test_a_plate_looks_outward_whichever_way_round_it_is_given() -> None:
    """Its front's normals point to +z, and its winding agrees."""
    square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    for outline in (square, square[::-1]):
        mesh = plate(outline, 0.1, WHITE)
        a, b, c = (mesh.points[mesh.faces[:, k]] for k in range(3))
        face = np.cross(b - a, c - a)
        size = np.sqrt((face**2).sum(axis=1))
        agree = (face * mesh.normals[mesh.faces[:, 0]]).sum(axis=1)[size > 1e-9]
        assert (agree < 0).all() or (agree > 0).all()


def test_bones_carry_vertices() -> None:
    """Moved by one bone, by another, and half-way between the two."""
    one, two = placed(1, 0, 0), placed(0, 2, 0)
    mesh = sorted_mesh(
        join(
            ball((0, 0, 0), 0.1, WHITE).on(1),
            ball((0, 0, 0), 0.1, WHITE).on(0),
            ball((0, 0, 0), 0.1, WHITE).on(0, 1, 0.5),
        )
    )
    points, _ = posed(mesh, np.array([one, two]), None)
    count = len(points) // 3
    for part, wanted in zip(np.split(points, 3), ((1, 0, 0), (0, 2, 0), (0.5, 1, 0)), strict=True):
        assert len(part) == count
        assert np.allclose(part.mean(axis=0), wanted, atol=1e-5)


def test_a_glow_adds_and_a_flame_is_brighter_than_white() -> None:
    """A halo covers nothing; a flame's values pass 1, and it stands above its foot."""
    sprite = room(Sprite(np.zeros((4, 1, 1), np.float32), 0, 0), -40, -90, 40, 20)
    add_halo(sprite, sprite.x, sprite.y - 40, 20, (1.0, 0.5, 0.2))
    assert sprite.planes[3].max() == 0
    assert 0.5 < sprite.planes[0].max() < 1.5
    add_flame(sprite, sprite.x, sprite.y, 12, 60, 0.7)
    rows = np.flatnonzero(sprite.planes[3].max(axis=1) > 0.1)
    assert sprite.planes[0].max() > 2
    assert rows[0] < sprite.y - 30
    assert rows[-1] < sprite.y + 12


def test_steam_rises_from_a_cup() -> None:
    """Above the rim there is something, it changes with the moment, and the same moment gives the same bits."""
    player = play("cup")
    first, later, again = (picture(player, t) for t in (0.5, 1.3, 0.5))
    assert not np.array_equal(first.planes, later.planes)
    assert np.array_equal(first.planes, again.planes)
    above = first.planes[3, : int(first.y - 0.12 * 60 / 0.155)]
    assert above.max() > 0.02


def test_a_border_is_cut_finer_and_the_surface_stays() -> None:
    """Triangles that a border runs through are cut up, so that it is straight to a fourth; their area is the same."""
    wall = grid(np.stack(np.meshgrid(np.arange(5.0), np.arange(5.0), [0.0], indexing="ij"), -1)[:, :, 0], WHITE)

    def inside(points: Array) -> NDArray[np.bool_]:
        return np.asarray(points[:, 0] + 0.5 * points[:, 1] < 2.3)

    def area(mesh: Mesh) -> Array:
        a, b, c = (mesh.points[mesh.faces[:, k]] for k in range(3))
        return np.asarray(np.sqrt((np.cross(b - a, c - a) ** 2).sum(axis=1)) / 2)

    cut = refined(wall, inside)
    mixed = inside(cut.points)[cut.faces]
    mixed = mixed.any(axis=1) & ~mixed.all(axis=1)
    assert area(cut).sum() == pytest.approx(area(wall).sum())
    assert area(cut)[mixed].max() == pytest.approx(0.5 / 16)
    assert len(cut.faces) < 3 * len(wall.faces) + 200
