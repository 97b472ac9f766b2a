"""Who does what with whom in a text's film: told from the cast, placed at the right distance, looking and reaching."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Brief, Character, Shot
from openhorse.engines.procedural.players.aiming import aimed
from openhorse.engines.procedural.players.bearing import Doer, stand
from openhorse.engines.procedural.players.person import Body, bones, carried, grip
from openhorse.engines.procedural.players.player import Aim
from openhorse.engines.procedural.players.solid import turned
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.world.blocking import block, gather
from openhorse.engines.procedural.world.pairing import Tie, acting, individual, paired, ties_of
from openhorse.engines.procedural.world.placed import Placed
from openhorse.engines.procedural.world.scenery import Lens, Scenery

LENS = Lens(854, 480, 740.0, 240.0, 1.6)


def staged(prompt: str) -> tuple[Placed, ...]:
    """Everybody of a prompt on their place."""
    shot = Shot(854, 480, 5, 3, paired(read_prompt(prompt), 3))
    return block(gather(shot), Scenery("a place"), LENS, shot)


@pytest.mark.parametrize(
    ("prompt", "manner"),
    [
        ("a girl hugs a dog", "hug"),
        ("女孩抱着一只猫", "carry"),
        ("a girl pets a dog", "pet"),
        ("女孩喂鸽子", "feed"),
        ("two friends talk", "talk"),
        ("two friends wave to each other", "wave"),
        ("a man and a woman dance", "dance"),
        ("a couple walks on the beach", "hands"),
        ("妈妈牵着孩子的手", "hands"),
        ("a cowboy leads a horse", "lead"),
        ("老人遛狗", "lead"),
        ("a woman walks a dog on a leash", "lead"),
        ("a man looks at a woman", "watch"),
        ("a boy flies a kite", "fly"),
        ("a boy plays with a ball", "dribble"),
        ("男孩扔球给狗", "throw"),
    ],
)
def test_what_two_do_together_is_told_from_the_words(prompt: str, manner: str) -> None:
    """In both languages; a thing in the air or on a string counts as somebody."""
    assert manner in {tie.manner for tie in ties_of(paired(read_prompt(prompt), 3).cast)}


@pytest.mark.parametrize("prompt", ["a dog runs", "a man walks past a house", "two dogs run", "a red car and a boy"])
def test_who_does_nothing_together_is_not_tied(prompt: str) -> None:
    """No tie is made up."""
    assert ties_of(paired(read_prompt(prompt), 3).cast) == ()


def test_a_couple_is_a_man_and_a_woman_who_keep_step() -> None:
    """Two people of their own, side by side, at one speed and phase."""
    man, woman = staged("a couple walks hand in hand on the beach")
    assert {man.player.name, woman.player.name} == {"a man", "a woman"}
    assert man.way == woman.way != 0
    assert 0.2 < abs(man.at(2) - woman.at(2)) < 0.8
    steps = [[touch.at for touch in one.player.touches(0, 5)] for one in (man, woman)]
    assert abs(len(steps[0]) - len(steps[1])) <= 1


@pytest.mark.parametrize(
    ("prompt", "low", "high"),
    [
        ("a man and a woman hug", 0.15, 0.4),
        ("two friends talk", 0.7, 1.3),
        ("two friends wave to each other", 1.5, 2.4),
    ],
)
def test_two_face_each_other_at_a_fitting_distance(prompt: str, low: float, high: float) -> None:
    """Who embraces stands nearer than who talks, and who talks nearer than who waves."""
    one, other = staged(prompt)[:2]
    assert low < abs(one.x - other.x) < high
    assert one.facing == -other.facing == math.copysign(1, other.x - one.x)
    assert one.aims is not None and one.aims.gaze is not None
    assert one.aims.gaze[0] == pytest.approx(other.x - one.x, abs=0.01)


def test_the_middle_of_two_is_in_the_middle_of_the_frame() -> None:
    """Nobody of a pair is pushed to the edge."""
    one, other = staged("two friends talk")
    assert abs(one.x + other.x) < 0.1


def test_who_is_chased_runs_and_keeps_ahead() -> None:
    """At one speed, whoever the sentence names first."""
    cat, mouse = staged("a cat chases a mouse")
    assert cat.way == mouse.way != 0
    assert all((mouse.at(t) - cat.at(t)) * cat.way > 0 for t in (0.0, 2.5, 5.0))
    assert "run" in mouse.player.does or "gallop" in mouse.player.does or mouse.player.speed > 0


def test_a_leash_and_a_kite_have_a_string() -> None:
    """From a hand to whom it holds."""
    for prompt in ("老人遛狗", "a boy flies a kite"):
        one, other = staged(prompt)[:2]
        assert one.cord is not None and one.cord.other == 1, prompt
        assert one.way == other.way


@pytest.mark.parametrize("yaw", [-0.42, -0.78, -math.pi + 0.5])
@pytest.mark.parametrize("size", [0.7, 1.05])
def test_a_hand_comes_to_where_it_reaches(yaw: float, size: float) -> None:
    """Within a palm's width, however the body is turned and however large it is."""
    body = Body()
    spot = np.array((0.25 * math.copysign(1, math.cos(yaw)), 1.05, 0.15)) * size
    stance = aimed(stand(Doer(body, 0.3), 1.0), body, Aim(None, (tuple(spot.tolist()),)), yaw, size)  # type: ignore[arg-type]
    carry = bones(body, stance)
    palms = [turned(yaw, 0.0) @ carried(carry[7 + side], grip(body, side)) * size for side in (0, 1)]
    assert min(float(np.linalg.norm(palm - spot)) for palm in palms) < 0.09 * size


def test_a_crowd_is_many_people_and_a_herd_has_its_young() -> None:
    """Not one of a crowd is like all the others; one in four of a herd is small."""
    crowd = Character("person", count=9, actions=("walk",))
    assert len({individual(crowd, k, 3).kind for k in range(9)}) >= 4
    herd = [individual(Character("sheep", count=8, actions=("eat",)), k, 3) for k in range(8)]
    assert [one.size for one in herd].count("small") == 2
    assert {one.actions for one in herd} == {("eat",), ("look",)}
    assert individual(Character("woman", count=2), 1, 3).kind == "woman"


def test_the_young_keep_to_their_parents() -> None:
    """A calf goes beside the elephant whose it is, at its pace."""
    mother, calf = staged("an elephant and her calf walk")
    assert calf.player.tall < 0.85 * mother.player.tall
    assert calf.way == mother.way
    assert abs(calf.player.speed - mother.player.speed) < 0.05 * mother.player.speed


@pytest.mark.parametrize(
    ("prompt", "away"), [("a man looks at the sea", True), ("a man on the beach looks at the camera", False)]
)
def test_who_looks_out_over_a_place_turns_away_from_us(prompt: str, away: bool) -> None:
    """To the sea, not to the camera."""
    man = staged(prompt)[0]
    assert (man.turned(1.0) < 0) is away


def test_a_ball_that_is_bounced_is_heard_when_it_is_low() -> None:
    """Once each time, where its path is lowest."""
    ball = next(one for one in staged("a boy plays with a ball") if one.kind == "ball")
    lows = [ball.lifted((k + 0.5) * ball.bounces) for k in range(4)]
    assert max(lows) < 0.05 < ball.lifted(0.0)


def test_a_ball_that_is_thrown_is_heard_when_it_is_caught() -> None:
    """It flies until then, and lies in somebody's hands after."""
    ball = next(one for one in staged("two men play catch with a ball") if one.kind == "ball")
    first, second = (part * ball.bounces for part in ball.lands)
    for caught in (first, second):
        before, then, after = ((ball.at(t), ball.lifted(t)) for t in (caught - 0.1, caught, caught + 0.1))
        assert math.dist(before, then) > 0.05
        assert after == pytest.approx(then, abs=1e-6)


def test_a_horse_goes_and_stops_as_its_rider_does() -> None:
    """Who rides gets on; who rides and stops stands at the end, and so does the horse."""
    _, horse = staged("a man rides a horse")
    assert horse.player.speed > 1 and horse.way
    _, horse = staged("a man rides a horse, then stops")
    assert horse.timeline is not None
    first, last = horse.gone(0.5) - horse.gone(0.3), horse.gone(4.9) - horse.gone(4.7)
    assert last < 0.1 * first


def test_some_of_a_crowd_come_the_other_way() -> None:
    """Not all walk in one direction."""
    shot = Shot(854, 480, 5, 3, Brief("", cast=(Character("person", count=6, actions=("walk",)),)))
    placed = block(gather(shot), Scenery("a place"), LENS, shot)
    assert len({math.copysign(1, one.way) for one in placed}) == 2
    assert placed[0].way * placed[2].way > 0


def test_deeds_of_a_tie_take_the_place_of_the_words() -> None:
    """Who pets a dog kneels and the dog sits; what somebody does before that stays."""
    cast = (Character("girl", actions=("run", "pet"), bond=("beside", 1)), Character("dog"))
    girl, dog = acting(cast, (Tie("pet", 0, 1),))
    assert girl.actions == ("run", "kneel")
    assert dog.actions == ("sit",)
    walker = replace(cast[0], actions=("walk",))
    assert acting((walker, cast[1]), ())[1].actions == ("walk",)
