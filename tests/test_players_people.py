"""People and robots: what they wear and do, feet that do not slide, footfalls that meet the picture."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.players import people, robots, solid
from openhorse.engines.procedural.players.bearing import Doer
from openhorse.engines.procedural.players.creature import Light
from openhorse.engines.procedural.players.mesh import Material, tube
from openhorse.engines.procedural.players.moves import MOVES
from openhorse.engines.procedural.players.person import Body, Bone, Stance, bones, carried
from openhorse.engines.procedural.players.player import Casting, Look, Sprite
from openhorse.engines.procedural.players.puppet import Puppet
from openhorse.engines.procedural.players.shells import closed_faces
from openhorse.engines.procedural.players.solid import posed
from openhorse.engines.procedural.players.stride import RUN, SHUFFLE, STROLL, WALK, Stride

DAY = Light((0.36, 0.74, 0.56), (1.02, 0.94, 0.80), (0.20, 0.24, 0.31), (0.19, 0.155, 0.11), 0.5)
PARTS = {**people.PARTS, **robots.PARTS}


def play(kind: str, *actions: str, things: tuple[str, ...] = (), **more: object) -> Puppet:
    """The player of a part."""
    character = Character(kind, actions=actions, things=things, **more)  # type: ignore[arg-type]
    player = PARTS[kind](Casting(character, seed=3))
    assert isinstance(player, Puppet)
    return player


def picture(player: Puppet, t: float = 0.4, facing: int = 1, pixels: float = 60) -> Sprite:
    """Its picture, about so many pixels high."""
    sprite = player.draw(Look(pixels / player.tall, DAY, facing), t)
    return Sprite(sprite.planes.copy(), sprite.x, sprite.y)


@pytest.mark.parametrize("kind", sorted(PARTS)[::4])
def test_everybody_can_be_seen(kind: str) -> None:
    """Each stands on the ground point, whole, neither empty nor a blot, and lit to finite values."""
    player = play(kind)
    sprite = picture(player)
    cover = sprite.planes[3]
    assert np.isfinite(sprite.planes).all()
    assert 0.08 < cover.mean() < 0.9
    assert 0 <= sprite.x < cover.shape[1]
    rows = np.flatnonzero(cover.max(axis=1) > 0.5)
    assert cover[:2].max() == cover[:, :2].max() == 0
    if player.medium == "ground":
        assert sprite.y - rows[0] == pytest.approx(60, rel=0.16)


@pytest.mark.parametrize("stride", [WALK, STROLL, RUN, SHUFFLE])
def test_a_foot_that_bears_weight_stays_where_it_is(stride: Stride) -> None:
    """While the sole is flat it goes back exactly as fast as the body goes ahead."""
    body = Body()
    flat = [q * stride.duty for q in (0.20, 0.35, 0.50)]
    spots = [stride.foot(body, phase)[0] for phase in flat]
    assert all(spot.pitch == 0 and spot.y == pytest.approx(body.ankle) for spot in spots)
    for (first, at), (second, later) in pairwise(zip(spots, flat, strict=True)):
        assert (first.x - second.x) / ((later - at) * stride.cycle) == pytest.approx(stride.speed, rel=1e-6)


@pytest.mark.parametrize("name", ["walk", "run", "shuffle", "dance", "sit", "jump", "stand"])
def test_no_leg_is_stretched_beyond_its_reach(name: str) -> None:
    """Each ankle comes to where the move wants it, so that no foot hovers or slides."""
    body = Body()
    for t in np.linspace(0, 4, 33):
        stance = MOVES[name](Doer(body, 0.3), float(t))
        carry = bones(body, stance)
        for side, sign in ((0, 1), (1, -1)):
            wanted = np.array((stance.feet[side].x, stance.feet[side].y, stance.feet[side].z * sign))
            root = np.array(stance.root)
            if stance.spin:
                cos, sin = math.cos(stance.spin), math.sin(stance.spin)
                wanted = np.array((cos * wanted[0] + sin * wanted[2], wanted[1], cos * wanted[2] - sin * wanted[0]))
            ankle = carried(carry[Bone.FOOT + side], np.array((0, body.ankle, body.hips * sign)))
            assert np.abs(ankle - wanted - root).max() < 0.012


def test_footfalls_are_heard_when_a_foot_lands() -> None:
    """At each the foot has just come down: it was in the air before and is not after."""
    player = play("woman", "walk")
    touches = player.touches(0.0, 4.0)
    assert 6 <= len(touches) <= 10
    for touch in touches:
        own = player.time(touch.at)
        phases = [(own / WALK.cycle + half) % 1.0 for half in (0.0, 0.5)]
        assert min(min(p, 1 - p) for p in phases) < 1e-6
    joined = [*player.touches(0.0, 1.7), *player.touches(1.7, 4.0)]
    assert [touch.at for touch in joined] == [touch.at for touch in touches]


def test_a_picture_depends_on_the_moment_alone() -> None:
    """Drawn again after other moments, and by another player of the same part, it has the same bits."""
    player = play("girl", "dance", things=("scarf",))
    first = picture(player, 1.3)
    picture(player, 0.2, -1)
    again, other = picture(player, 1.3), picture(play("girl", "dance", things=("scarf",)), 1.3)
    assert np.array_equal(first.planes, again.planes)
    assert np.array_equal(first.planes, other.planes)


def test_clothes_have_the_colours_asked_for() -> None:
    """A red coat makes a redder picture, a blue one a bluer."""
    red, blue = (
        picture(play("woman", things=("coat",), colours=(("coat", name),))).planes[:3].sum(axis=(1, 2))
        for name in ("red", "blue")
    )
    assert red[0] / red[2] > 3 * blue[0] / blue[2]


def test_an_umbrella_is_held_overhead() -> None:
    """It makes her taller, and there is something above her head that was not there."""
    with_one, without = play("woman", "walk", things=("umbrella",)), play("woman", "walk")
    assert with_one.tall > without.tall + 0.25


def test_an_umbrella_leaves_the_face_free() -> None:
    """Seen from before her, nothing of its cloth is between us and her face."""
    player = play("woman", "walk", things=("umbrella",))
    points = posed(player.mesh, player.pose(0.4), None)[0]
    cloth = player.mesh.colours[:, 0] > 0.3
    cloth &= (player.mesh.bones[:, 0] == Bone.HELD) & (player.mesh.matter[:, 1] > 1)
    body = Body()
    ahead = points[cloth & (points[:, 0] > 0.1)]
    assert len(ahead) > 20
    assert ahead[:, 1].min() > body.head_at + 0.14 * body.head


def test_a_samurai_wears_his_sword() -> None:
    """It hangs at his hip, and both his hands are free as he stands."""
    armed, plain = play("samurai", "stand"), play("man", "stand")
    assert not (armed.mesh.bones[:, 0] == Bone.HELD).any()
    assert (armed.mesh.bones[:, 0] == Bone.HIPS).sum() > (plain.mesh.bones[:, 0] == Bone.HIPS).sum()


def test_deeds_look_different() -> None:
    """No two of these moves give the same stance."""
    names = ["stand", "wave", "point", "read", "drink", "play", "talk", "sing", "dance", "sit", "fly", "swim", "ski"]
    doer = Doer(Body(), 0.4)
    hands = {name: tuple((limb.x, limb.y, limb.z) for limb in MOVES[name](doer, 1.1).hands) for name in names}
    assert len(set(hands.values())) == len(names)


def test_a_mouth_that_talks_moves() -> None:
    """It opens and shuts; one that is silent stays shut."""
    doer = Doer(Body(), 0.1)
    talking = [MOVES["talk"](doer, t).mouth for t in np.linspace(0, 3, 60).tolist()]
    silent: list[Stance] = [MOVES["stand"](doer, t) for t in np.linspace(0, 3, 60).tolist()]
    assert max(talking) > 0.4
    assert min(talking) < 0.15
    assert all(stance.mouth == 0 for stance in silent)


def test_a_rider_sits_on_the_ground_point() -> None:
    """The seat is at the ground point: hips just above it, feet well below."""
    player = PARTS["woman"](Casting(Character("woman", actions=("ride",)), seed=3, riding=True))
    sprite = player.draw(Look(60, DAY), 0.3)
    below = sprite.planes.shape[1] - sprite.y
    assert 25 < below < 75
    assert sprite.y > 40


@pytest.mark.parametrize("kind", ["woman", "old-man", "knight"])
def test_backs_that_are_left_out_are_never_seen(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every triangle drawn a body looks the same as without the backs of what is closed."""
    views = [(t, facing) for t in (0.3, 0.9) for facing in (1, 0, -1)]
    kept = [picture(play(kind, "walk"), t, facing) for t, facing in views]
    monkeypatch.setattr(solid, "closed_faces", lambda mesh: np.zeros(len(mesh.faces), np.bool_))
    whole = [picture(play(kind, "walk"), t, facing) for t, facing in views]
    for one, other in zip(kept, whole, strict=True):
        assert np.abs(one.planes - other.planes).max() <= 1 / 255


def test_a_dressed_body_is_closed() -> None:
    """Trunk, sleeves, trouser legs and pipes look outwards and have lids: most of their backs need not be drawn."""
    assert closed_faces(play("woman", "walk").mesh).mean() > 0.75
    pipe = tube([(0, 0, 0), (0.1, 0.5, 0), (0, 1, 0)], 0.1, Material((1, 1, 1)))
    assert closed_faces(pipe).all()


def test_a_window_shows_the_same_part_of_a_picture() -> None:
    """What lies inside of it is drawn as in the whole picture, and what is outside is not drawn."""
    player = play("woman", "walk")
    whole = player.draw(Look(400, DAY), 0.5)
    whole = Sprite(whole.planes.copy(), whole.x, whole.y)
    part = player.draw(Look(400, DAY, window=(-60, -700, 60, -480)), 0.5)
    assert part.planes.shape[1] < 0.6 * whole.planes.shape[1]
    there, here = (
        sprite.planes[:, round(sprite.y) - 640 : round(sprite.y) - 480, round(sprite.x) - 60 : round(sprite.x) + 60]
        for sprite in (whole, part)
    )
    assert there.shape == here.shape
    assert there[3].mean() > 0.1
    off = np.abs(there - here)  # how open the sky is, is looked at in other places
    assert off[3].max() < 1e-6
    assert np.quantile(off, 0.99) < 0.02
