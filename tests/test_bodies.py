"""How actors move and where they stand: what a stranger would notice in reference-to-video."""

from __future__ import annotations

import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from openhorse.engines.procedural.brief import Brief, Move, Role, Shot
from openhorse.engines.procedural.ensemble.acting import DOES, gait_for
from openhorse.engines.procedural.ensemble.actor import Actor
from openhorse.engines.procedural.ensemble.arms import find_arms
from openhorse.engines.procedural.ensemble.carrying import bonds_of, understood
from openhorse.engines.procedural.ensemble.casting import Member, cast
from openhorse.engines.procedural.ensemble.cutout import Cutout
from openhorse.engines.procedural.ensemble.gait import Gait, in_stride
from openhorse.engines.procedural.ensemble.heading import heading
from openhorse.engines.procedural.ensemble.placing import spots
from openhorse.engines.procedural.ensemble.posing import pose_at
from openhorse.engines.procedural.ensemble.scene import Ensemble
from openhorse.engines.procedural.ensemble.shine import streaked, upside_down
from openhorse.engines.procedural.ensemble.silhouette import Kind, Wheel, read_build
from openhorse.engines.procedural.ensemble.sprites import Patch, Stance
from openhorse.vocabulary import Picture

Pixels = NDArray[np.uint8]


def cutout(alpha: Pixels, colour: tuple[int, int, int] = (40, 60, 200)) -> Cutout:
    """An outline in one colour."""
    rgb = np.full((*alpha.shape, 3), colour, np.uint8)
    return Cutout(rgb, alpha.astype(np.float32) / 255, 1.0, "alpha", frozenset(), 0.4)


def puppet(arms: bool = True) -> Cutout:
    """A figure that faces us, with its arms away from its body or without any."""
    alpha = np.zeros((300, 220), np.uint8)
    cv2.circle(alpha, (110, 36), 34, 255, -1)
    cv2.rectangle(alpha, (72, 80), (148, 195), 255, -1)
    cv2.line(alpha, (110, 60), (110, 90), 255, 30)
    for x in (88, 132):
        cv2.line(alpha, (x, 190), (x, 298), 255, 24)
    if arms:
        for x, hand in ((76, 30), (144, 190)):
            cv2.line(alpha, (x, 92), (hand, 190), 255, 18)
    return cutout(alpha)


def cycle(front: int) -> Cutout:
    """A motorcycle whose front wheel, on the side `front`, stands free below nothing but its fork."""
    alpha = np.zeros((200, 340), np.uint8)
    for x in (70, 270):
        cv2.circle(alpha, (x, 138), 60, 255, -1)
    cv2.rectangle(alpha, (20, 50), (190, 100), 255, -1)
    cv2.line(alpha, (220, 20), (268, 140), 255, 12)
    return cutout(alpha if front > 0 else np.ascontiguousarray(alpha[:, ::-1]), (200, 30, 30))


def leaper() -> Cutout:
    """An animal caught in mid-run: its legs reach out before and behind."""
    alpha = np.zeros((200, 340), np.uint8)
    cv2.ellipse(alpha, (160, 90), (110, 38), 0, 0, 360, 255, -1)
    cv2.line(alpha, (250, 80), (300, 30), 255, 34)
    for start, end in (((80, 110), (20, 196)), ((235, 110), (300, 196))):
        cv2.line(alpha, start, end, 255, 20)
    return cutout(alpha, (160, 110, 40))


def shown(actor: Actor, t: float, side: int = 400) -> NDArray[np.bool_]:
    """Where an actor is seen at `t` seconds."""
    frame = np.zeros((side, side, 3), np.uint8)
    actor.posed(Stance(side / 2, side * 0.75, 1.0), t, (side, side)).lay(frame)
    return frame.max(2) > 60


# --- arms ---


def test_arms_are_found_only_where_they_are_apart() -> None:
    """Two arms away from the body are found on their sides, and none where there is none."""
    arms = find_arms(puppet().alpha, read_build(puppet()))
    assert [arm.side for arm in arms] == [-1, 1]
    assert all(arm.shoulder[1] < arm.elbow[1] < arm.hand[1] for arm in arms)
    bare = puppet(arms=False)
    assert find_arms(bare.alpha, read_build(bare)) == ()


def test_who_waves_has_a_hand_in_the_air() -> None:
    """The hand goes from below the shoulder to above it, and nothing is left where it was."""
    actor = Actor(puppet(), 200, Gait.WAVE, None)
    stance = Stance(200, 300, 1.0)
    low, high = actor.hand(stance, 0.0)[1], actor.hand(stance, 1.0)[1]
    assert low - high > 0.25 * 200
    before, after = shown(actor, 0.0), shown(actor, 1.0)
    x, y = (round(value) for value in actor.hand(stance, 0.0))
    assert before[y, x]
    assert not after[y - 3 : y + 3, x].any()


def test_who_has_no_arms_apart_sways_instead() -> None:
    """Without an arm to lift the greeting is one of the whole body."""
    assert Actor(puppet(arms=False), 120, Gait.WAVE, None).gait is Gait.SWAY


def test_arms_swing_against_the_legs() -> None:
    """When the left foot is before, the left arm is behind."""
    build = read_build(puppet())
    actor = Actor(puppet(), 120, Gait.WALK, None)
    pose = pose_at(build, actor.course, 0.02)
    assert pose.feet[0].along > 0 > pose.arms[0].angle
    assert pose.arms[1].angle > 0


# --- actions ---


@pytest.mark.parametrize("gait", [Gait.RUN, Gait.JUMP, Gait.DANCE, Gait.WAVE, Gait.SIT])
def test_actions_look_different(gait: Gait) -> None:
    """In some moment each differs from standing by far more than breathing does."""
    still = shown(Actor(puppet(), 200, Gait.STAND, None), 0.0)
    breath = max(int((shown(Actor(puppet(), 200, Gait.BREATHE, None), t) ^ still).sum()) for t in (0.4, 0.8, 1.3))
    other = max(int((shown(Actor(puppet(), 200, gait, None), t) ^ still).sum()) for t in (0.4, 0.8, 1.3))
    assert other > 1.5 * breath


def test_what_was_caught_in_mid_run_bounds() -> None:
    """It leaves the ground and comes down again, and goes along; who stands upright steps."""
    build = replace(read_build(leaper()), kind=Kind.ANIMAL)
    assert in_stride(build)
    assert gait_for(frozenset(), build, False) is Gait.BOUND
    assert gait_for(frozenset({"sit"}), build, False) is Gait.SIT
    actor = Actor(leaper(), 120, Gait.BOUND, None, build=build)
    rises = [actor.rise(t) for t in np.linspace(0, actor.course.cycle, 25)]
    assert min(rises) < 0.01 < 0.08 < max(rises)
    assert actor.pace > 0.5
    assert actor.facing != 0


def test_every_gait_has_words() -> None:
    """The notes can tell of each."""
    assert set(DOES) == set(Gait)


def test_vehicles_drive_the_way_they_face() -> None:
    """A cycle's front is where the wheel stands free, in a picture and in its mirror image."""
    for front in (1, -1):
        one = cycle(front)
        wheels = Wheel(0.35, 0.69, 0.3), Wheel(1.35, 0.69, 0.3)
        assert heading(one.rgb, one.alpha, replace(read_build(one), wheels=wheels)) == front


# --- placing ---


def member(one: Cutout, gait: Gait = Gait.BREATHE, prop: bool = False) -> Member:
    """A cut-out, cast."""
    return Member(one, read_build(one), gait, 1.0, True, prop=prop)


def shot(width: int = 640, height: int = 360, seconds: int = 5) -> Shot:
    """A shot with nothing said."""
    return Shot(width, height, seconds, 1, Brief(""))


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (480, 480)])
@pytest.mark.parametrize("count", [2, 5, 9])
def test_nobody_hides_anybody(size: tuple[int, int], count: int) -> None:
    """Whoever is nearer covers little of the upper half of those behind, and nobody is cut off by the frame."""
    company = [member(puppet(), prop=number > 5) for number in range(count)]
    found = spots(company, shot(*size))
    boxes = []
    for spot in found:
        tall = spot.height / spot.depth
        foot = size[1] * (0.54 + 0.345 / spot.depth)
        x, half = size[0] / 2 + spot.right / spot.depth, 0.5 * tall * 220 / 300 * 0.85
        boxes.append((spot.depth, x - half, x + half, foot - tall, foot - tall / 2))
    for depth, left, right, top, low in boxes:
        assert left > 0
        assert right < size[0]
        covered = sum(
            max(0.0, min(right, r) - max(left, lf)) * max(0.0, min(low, size[1]) - max(top, tp))
            for d, lf, r, tp, _ in boxes
            if d < depth
        )
        assert covered / ((right - left) * (low - top)) < 0.3
    assert max(spot.height / spot.depth for spot in found) == found[0].height / found[0].depth


def test_a_second_place_leaves_the_middle_free() -> None:
    """A board that is alone in a place stands at its side, whole: somebody may be in the middle of the picture."""
    (spot,) = spots([replace(member(puppet(), prop=True), dressed=False, aside=True)], shot())
    half = 0.5 * spot.height * 220 / 300
    assert spot.right - half > -320
    assert spot.right + half < -80


def test_no_prop_stands_in_anybodys_body() -> None:
    """At the same depth too, a broad thing leaves a broad company to be seen."""
    broad = replace(puppet(), rgb=np.tile(puppet().rgb, (1, 2, 1)), alpha=np.tile(puppet().alpha, (1, 2)))
    company = [*(member(puppet()) for _ in range(3)), member(broad), *(member(broad, prop=True) for _ in range(3))]
    found = spots(company, shot())
    for one, other in itertools.combinations(range(len(company)), 2):
        if found[one].depth == found[other].depth:
            halves = [
                0.5 * found[k].height / found[k].depth * company[k].cutout.alpha.shape[1] / 300 for k in (one, other)
            ]
            apart = abs(found[one].right - found[other].right) / found[one].depth
            assert apart > 0.8 * sum(halves)


@pytest.mark.parametrize("word", ["left_of", "right_of", "next_to", "behind", "in_front_of"])
def test_they_stand_to_each_other_as_the_words_say(word: str) -> None:
    """Left, right, beside, behind and before, whichever of the two comes first."""
    for subject, other in ((0, 1), (1, 0)):
        found = spots([member(puppet()), member(puppet())], shot(), ((subject, word, other),))
        one, two = found[subject], found[other]
        away = one.right / one.depth - two.right / two.depth
        match word:
            case "left_of":
                assert away < -40
            case "right_of":
                assert away > 40
            case "next_to":
                assert abs(one.depth - two.depth) < 0.15
            case "behind":
                assert one.depth > two.depth + 0.2
            case _:
                assert one.depth < two.depth - 0.05


def test_what_is_held_is_with_its_holder() -> None:
    """Holding ties the thing, not the holder; a circle of carriers is cut, and strangers are left out."""
    words = understood(((0, "holding", 1), (1, "on", 0), (0, "riding", 7)), 3)
    assert bonds_of(words) == {1: ("held", 0)}


# --- ways ---


def picture(one: Cutout) -> Picture:
    """A cut-out as the picture it came from."""
    rows, columns = one.alpha.shape
    rgba = np.dstack([one.rgb, (one.alpha * 255).astype(np.uint8)])
    return Picture(columns, rows, np.ascontiguousarray(rgba).data, True)


def meadow() -> Picture:
    """Grass under a sky."""
    rgb = np.zeros((300, 480, 3), np.uint8)
    rgb[:150] = np.linspace((90, 140, 220), (200, 220, 245), 150)[:, None]
    rgb[150:] = (70, 130, 60)
    noise = np.random.default_rng(1).integers(0, 50, (150, 480, 1))
    rgb[150:] = np.clip(rgb[150:] + noise, 0, 255)
    return Picture(480, 300, np.ascontiguousarray(np.dstack([rgb, np.full((300, 480), 255, np.uint8)])).data, False)


@pytest.mark.parametrize("actions", [frozenset({"walk"}), frozenset({"run"})])
def test_who_walks_is_on_the_way_to_the_end(actions: frozenset[str]) -> None:
    """Over a picture's own ground a walk lasts for the whole shot and ends in the frame."""
    roles = {1: Role.ACTOR, 2: Role.PLACE}
    brief = Brief("", actions=actions, roles=roles, move=Move.STATIC)
    scene = Ensemble(Shot(320, 180, 5, 1, brief), [picture(puppet()), meadow()])
    walker = scene._placed[0]
    assert walker.at(4.95) != walker.at(4.6)
    x, y, _ = scene._stage.plane.project(*walker.at(4.95), scene._framing(4.95, 0.99))
    assert 0 < x < 320
    assert 90 < y < 180


def test_the_camera_goes_along_where_the_way_is_longer_than_the_frame() -> None:
    """What crosses the screen for fifteen seconds is still on it, and its ground passes below."""
    brief = Brief("", actions=frozenset({"run"}), roles={1: Role.ACTOR, 2: Role.PLACE}, move=Move.STATIC)
    company = cast(brief, [picture(leaper()), meadow()])
    assert company.members[0].gait in (Gait.BOUND, Gait.RUN)
    scene = Ensemble(Shot(320, 180, 15, 1, brief), [picture(leaper()), meadow()])
    assert abs(scene._framing(15, 1.0).right - scene._framing(0, 0.0).right) > 20
    columns = [scene._stance(scene._placed[0], t, scene._framing(t, t / 15)).x for t in (0.0, 7.0, 14.0)]
    assert all(0 < x < 320 for x in columns)


# --- light ---


def test_streaks_of_light_tell_a_wet_street() -> None:
    """Lights drawn down over dark ground shine; furrows along it and a plain do not."""
    ground = np.full((180, 320, 3), 30, np.uint8)
    wet = ground.copy()
    for x in range(20, 320, 40):
        wet[:, x : x + 10] = (200, 60, 180)
    furrows = ground.copy()
    furrows[::12] = 200
    assert streaked(wet) > 0.6
    assert streaked(furrows) == 0
    assert streaked(ground) == 0


def test_a_reflection_begins_at_the_foot_and_fades() -> None:
    """What is nearest the ground is nearest in the mirror."""
    rgba = np.zeros((80, 20, 4), np.uint8)
    rgba[:40], rgba[40:] = (200, 0, 0, 255), (0, 0, 200, 255)
    mirror = upside_down(Patch(rgba, 5, 10), 90.0, 0.5)
    assert mirror.top == 90
    assert mirror.rgba[2, 10, 2] > 60 > mirror.rgba[2, 10, 0]
    assert mirror.rgba[-1, 10, 3] < 10
