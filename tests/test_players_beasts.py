"""Animals as players: who is played, that feet do not slide, that pictures are whole and the same every time."""

from __future__ import annotations

import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest

from openhorse.engines.procedural.brief import Character
from openhorse.engines.procedural.players import beasts, birds, company, fish, insects, sealife
from openhorse.engines.procedural.players.acts import HOP, LEAP, act
from openhorse.engines.procedural.players.creature import Light
from openhorse.engines.procedural.players.gait import STAND
from openhorse.engines.procedural.players.player import Aim, Casting, Look, Player
from openhorse.engines.procedural.players.quadruped import at_rest, pose
from openhorse.engines.procedural.players.varieties import build_of

LIGHT = Light((0.5, 0.7, 0.5), (1.0, 0.9, 0.8), (0.2, 0.2, 0.3), (0.2, 0.15, 0.1))
KINDS = sorted({*beasts.PARTS, *birds.PARTS, *fish.PARTS, *insects.PARTS, *sealife.PARTS})


def played(kind: str, *actions: str, phase: float = 0.2, rate: float = 1.0, **rest: object) -> Player:
    """A player for a character."""
    who = Character(kind, actions=actions, **rest)  # type: ignore[arg-type]
    player = company.fill(Casting(who, rate, phase, seed=3))
    assert player is not None
    return player


def look(player: Player, tall: int = 48, facing: int = 1) -> Look:
    """Such that the player is about `tall` pixels high or long."""
    return Look(tall / max(player.tall, player.long), LIGHT, facing)


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_is_drawn_whole_and_inside_its_sprite(kind: str) -> None:
    """Pictures are finite, covered somewhere, premultiplied, and reach no border but the ground's."""
    player = played(kind)
    assert player.tall > 0 and player.long > 0 and player.name and player.does
    sprite = player.draw(look(player, 32), 0.4)
    planes = sprite.planes
    assert np.isfinite(planes).all()
    assert 0.35 < planes[3].max() <= 1.001
    assert planes[3].min() >= 0
    assert (np.abs(planes[:3, planes[3] == 0]) < 1e-6).all()
    edges = [planes[3, 0], planes[3, :, 0], planes[3, :, -1]]
    assert max(edge.max() for edge in edges) < 0.02
    assert 0 <= sprite.x <= planes.shape[2]


@pytest.mark.parametrize(
    "kinds",
    [
        ("deer", "elk", "moose", "reindeer"),
        ("ox", "bull", "buffalo", "yak"),
        ("rabbit", "hare"),
        ("mouse", "rat"),
        ("leopard", "jaguar", "cheetah"),
        ("llama", "alpaca"),
        ("crocodile", "alligator", "lizard"),
        ("crow", "raven", "magpie"),
        ("heron", "stork", "egret"),
        ("hawk", "falcon"),
        ("parrot", "macaw"),
        ("bee", "bumblebee", "wasp"),
        ("ladybird", "beetle"),
    ],
)
def test_who_is_told_apart_outdoors_is_told_apart_here(kinds: tuple[str, ...]) -> None:
    """Kin of the same rig have another size and another outline or other colours, and a name of their own."""
    players = [played(kind, "stand") for kind in kinds]
    assert len({player.name for player in players}) == len(kinds)
    means = [player.draw(look(player, 24), 0.4).planes.mean(axis=(1, 2)) for player in players]
    for (one, first), (other, second) in itertools.combinations(zip(players, means, strict=True), 2):
        assert (one.tall, one.long) != (other.tall, other.long)
        assert (np.abs(first - second) / (first + second)).max() > 0.02


@pytest.mark.parametrize("kind", ["dog", "bird", "fish", "butterfly", "jellyfish"])
def test_the_same_moment_is_the_same_picture_and_the_next_is_another(kind: str) -> None:
    """A picture is a function of its moment alone, whatever was drawn before it."""
    player = played(kind, "run", "fly", "swim")
    first = player.draw(look(player), 0.5).planes.copy()
    other = player.draw(look(player), 0.63).planes.copy()
    again = played(kind, "run", "fly", "swim").draw(look(player), 0.5).planes
    assert first.tobytes() == again.tobytes()
    assert first.shape != other.shape or np.abs(first - other).max() > 0.05


@pytest.mark.parametrize("kind", ["horse", "duck", "shark"])
def test_who_faces_left_is_lit_from_the_same_side(kind: str) -> None:
    """The picture to the left is the mirrored one under the mirrored light."""
    player = played(kind)
    right = look(player)
    x, y, z = LIGHT.towards
    mirrored = replace(right, facing=-1, light=replace(LIGHT, towards=(-x, y, z)))
    a, b = player.draw(right, 0.3), player.draw(mirrored, 0.3)
    assert np.array_equal(a.planes, b.planes[:, :, ::-1])
    assert a.x + b.x == a.planes.shape[2] - 1


@pytest.mark.parametrize(
    ("kind", "action"), [("dog", "run"), ("horse", "walk"), ("rabbit", "run"), ("elephant", "run")]
)
def test_bearing_feet_stay_where_they_are_on_the_ground(kind: str, action: str) -> None:
    """A foot on the ground goes back exactly as fast as the animal goes forward."""
    player = played(kind, action)
    step, held = 0.004, 0
    for k in range(60):
        before, after = player.feet(k * 0.02)[:4], player.feet(k * 0.02 + step)[:4]
        for a, b in zip(before, after, strict=True):
            if a.above == b.above == 0.0 and abs((a.ahead - b.ahead) - player.speed * step) < 0.2 * player.speed * step:
                held += 1
            elif a.above == b.above == 0.0:  # at the very ends of a stance the leg may be at full stretch
                assert abs(a.ahead - b.ahead) <= 2.2 * player.speed * step
    assert held > 60


def test_footfalls_come_when_feet_come_down() -> None:
    """Each of the four is heard once a cycle; slow motion spreads them; who stands is not heard."""
    quick, slow = played("dog", "run"), played("dog", "run", rate=0.5)
    assert len(quick.touches(0, 4)) == pytest.approx(2 * len(slow.touches(0, 4)), abs=4)
    times = [touch.at for touch in quick.touches(0.0, 2.0)]
    assert times == sorted(times)
    assert [t.at for t in quick.touches(0.0, 1.0)] + [t.at for t in quick.touches(1.0, 2.0)] == times
    assert not played("dog", "stand").touches(0, 4)


def test_a_dog_barks_when_its_mouth_opens() -> None:
    """The bark's moments are those of the attitude's open mouth; a rabbit has no voice."""
    dog = played("dog", "bark", phase=0.0)
    moments = [touch.at for touch in dog.touches(0, 4) if touch.kind == "bark"]
    assert dog.does == "barks" and len(moments) >= 4
    build = build_of("dog")
    assert build is not None
    calling = act(("bark",), build).attitude
    for moment in moments:
        assert calling(build, moment + 0.06, 3).gape > 0.5 > calling(build, moment - 0.25, 3).gape
    assert not played("rabbit", "bark").touches(0, 4)


@pytest.mark.parametrize(
    "action", ["stand", "sit", "lie", "sleep", "eat", "play", "dance", "rear", "wave", "howl", "shake"]
)
@pytest.mark.parametrize("kind", ["dog", "cat", "horse", "rabbit", "cow", "elephant"])
def test_attitudes_keep_the_rig_whole_and_above_the_ground(kind: str, action: str) -> None:
    """Whatever it does, it is as many capsules, of finite places, and nothing sinks deep into the ground."""
    build = build_of(kind)
    assert build is not None
    doing = act((action,), build)
    rest = at_rest(build, doing.gait)
    before = None
    for k in range(24):
        attitude = doing.attitude(build, k / 24, 3)
        rig = pose(build, doing.gait, 0.0, attitude).rig
        assert rig.shape == rest.shape and np.isfinite(rig).all()
        lowest = np.minimum(rig[:, 1] - rig[:, 6], rig[:, 4] - rig[:, 7]).min()
        assert lowest > -0.12 * build.size
        if before is not None:
            assert np.abs(rig[:, :6] - before).max() < 0.25 * build.size
        before = rig[:, :6]


def test_colour_variety_and_size_are_heeded() -> None:
    """A black horse is darker than a white one, a foal smaller than a horse, a large dog larger than a small one."""
    pictures = [played("horse", colour=colour).draw(Look(24, LIGHT), 0.2).planes for colour in ("black", "white")]
    dark, pale = (planes[:3].sum() / planes[3].sum() for planes in pictures)
    assert pale > 3 * dark
    assert played("horse", variety="foal").tall < 0.75 * played("horse").tall
    assert played("dog", size="large").tall > 1.5 * played("dog", size="small").tall
    assert played("dog", variety="husky").name == "a husky"
    assert played("cat", colour="orange").name == "a ginger cat"


def test_unknown_actions_become_the_nearest() -> None:
    """Kin count as what they are kin to; what nobody knows is a walk; rabbits hop where others walk."""
    build, rabbit = build_of("dog"), build_of("rabbit")
    assert build is not None and rabbit is not None
    assert act(("graze",), build).does == act(("eat",), build).does
    assert act(("levitate",), build).does == "walks"
    assert act((), build).gait is STAND
    assert act(("run",), rabbit).gait is HOP
    assert act(("leap",), build).gait is LEAP


def test_media_and_speeds_fit_what_is_done() -> None:
    """Birds that fly are in the air and go forward, ducks are afloat, hens stay on the ground; who sits stays."""
    assert played("bird", "fly").medium == "air" and played("bird", "fly").speed > 1
    assert played("duck", "swim").medium == "afloat"
    assert played("chicken", "fly").medium == "ground"
    assert played("fish").medium == "water"
    assert played("butterfly", "sit").medium == "ground"
    assert played("dog", "swim").medium == "afloat"
    assert played("dragon", "fly").medium == "air"
    assert played("dog", "sit").speed == 0
    assert played("cheetah", "run").speed > played("cheetah", "walk").speed > 0


def test_wings_beat_and_bodies_bend_without_jumps() -> None:
    """From frame to frame no picture is wholly another: sizes change by little."""
    for kind, action in (("eagle", "fly"), ("shark", "swim"), ("snake", "walk"), ("turtle", "swim")):
        player = played(kind, action)
        shapes = [player.draw(look(player), k / 24).planes.shape[1] for k in range(12)]
        for before, after in itertools.pairwise(shapes):
            assert abs(after - before) <= 14


@pytest.mark.parametrize("tall", [60, 130])
def test_bodies_are_solid_at_every_scale(tall: int) -> None:
    """Nothing shines through the middle of a smooth hide, however coarse the pixels and whatever the light."""
    player = played("hippo", "stand")
    for towards in (LIGHT.towards, (0.5, 0.3, -0.62)):
        seen = replace(look(player, tall), light=replace(LIGHT, towards=towards))
        sprite = player.draw(seen, 0.3)
        across, up = round(0.12 * player.long * seen.metre), round(0.55 * player.tall * seen.metre)
        x, y = round(sprite.x), round(sprite.y)
        middle = sprite.planes[3, y - up - tall // 20 : y - up + tall // 20, x - across : x + across]
        assert middle.size and middle.min() > 0.995


def test_riders_sit_on_backs() -> None:
    """A horse has a saddle near its withers, a cat has none."""
    horse = played("horse", "walk")
    saddle = horse.saddle(0.3)
    assert saddle is not None and 0.4 * horse.tall < saddle[1] < 0.8 * horse.tall
    assert played("cat").saddle(0.3) is None


def test_a_head_follows_who_is_near() -> None:
    """Who looks at somebody above lifts its head, at somebody before the camera turns it, and else does neither."""
    dog = played("dog", "sit")
    plain = look(dog, 60)
    high = replace(plain, aim=Aim((0.7, 1.6, 0.0)))
    near = replace(plain, aim=Aim((0.6, 0.5, 0.6)))

    covers = [dog.draw(how, 0.4).planes[3].copy() for how in (plain, high)]
    assert not np.array_equal(*covers)
    assert isinstance(dog, beasts.Beast)
    rest, lifted, turned = (dog._pose(0.4, dog._gaze(how)).rig for how in (plain, high, near))
    assert lifted[:, 1].max() > rest[:, 1].max() + 0.005
    assert turned[:, 2].max() > lifted[:, 2].max() + 0.01
    asleep = played("dog", "sleep")
    assert isinstance(asleep, beasts.Beast) and asleep._gaze(high) is None


def test_no_light_shines_between_a_limb_and_what_is_behind_it() -> None:
    """A ray that grazes the near leg comes to the far one: no bright seam runs along the outline inside of a body."""
    sprite = played("elephant").draw(Look(90.0, LIGHT), 0.65)
    cover = sprite.planes[3]
    closed = cv2.morphologyEx(cover, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    assert (closed - cover > 0.35).sum() < 0.001 * (cover > 0.5).sum()
