"""A prompt as shots: where it is divided, how long each is, what a later one keeps, and what is told of it all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhorse.engines.procedural.brief import FRAME_RATE, Hour, Place
from openhorse.engines.procedural.storyboard import Storyboard, explain, explain_prompt, read_storyboard


def kinds(story: Storyboard) -> list[str]:
    """Who leads each shot."""
    return [shot.brief.cast[0].kind if shot.brief.cast else "" for shot in story.shots]


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("a dog on a beach", 1),
        ("first a dog runs, then it stops, finally it sits", 3),
        ("首先一只狗奔跑，然后它停下，最后它坐下", 3),
        ("Shot 1: a lake. Shot 2: a forest. Shot 3: a desert.", 3),
        ("Scene one - a lake; Scene two - a forest", 2),
        ("镜头一：湖。镜头二：森林。", 2),
        ("第一个镜头，湖；第二个镜头，森林", 2),
        ("1. a lake\n2. a forest\n3. a desert", 3),
        ("[0-3s] a lake [3-5s] a forest", 2),
        ("0:00-0:02 a lake, 0:02-0:04 a forest, 0:04-0:06 a desert", 3),
        ("0-3秒：湖，3-5秒：森林", 2),
        ("[0s] a lake [3s] a forest", 2),
        ("a lake, cut to a forest, then cut to a desert", 3),
        ("湖面，镜头切换到森林", 2),
        ("a lake dissolves to a forest", 2),
        ("first wide, then close-up", 2),
        ("the camera pushes in, then pans left", 1),
        ("a man walks and then turns around", 1),
        ("a man walks down a street, then a dog runs on a beach", 2),
        ("a lake at dawn, then at night", 2),
        ("a lake, fade to black", 1),
        ("a ship fades into the distance", 1),
        ("a caterpillar morphs into a butterfly", 1),
        ("a man waits at the end of the street", 1),
        ("她的神情由温柔转为冷厉", 1),
        ("最后一缕阳光洒在湖面上", 1),
        ("the scene slowly dissolves into a forest, a lake", 1),
        ("a lake, the scene dissolves into a forest", 2),
        ("湖面，画面转到森林", 2),
        ("one continuous shot: first a lake, then a forest, finally a desert", 1),
        ("一镜到底，首先是湖，然后是森林", 1),
        ("a girl's first day at school", 1),
        ("the first rays of the sun on a lake", 1),
        ("2024-2025, a city", 1),
        ("a 3-5 year old child", 1),
        ("", 1),
    ],
)
def test_where_a_prompt_is_divided(prompt: str, count: int) -> None:
    """By a first and a then, labels, time codes and cuts; not where one shot only goes on."""
    assert len(read_storyboard(prompt, 8).shots) == count


def test_shots_fill_the_film_without_a_gap() -> None:
    """They follow each other to the last frame, evenly where nothing says how long they are."""
    story = read_storyboard("Shot 1: a lake. Shot 2: a forest. Shot 3: a desert.", 7)
    starts = [shot.start for shot in story.shots]
    assert starts == [0, 56, 112]
    assert [shot.frames for shot in story.shots] == [56, 56, 56]
    assert story.frames == 7 * FRAME_RATE


@pytest.mark.parametrize(
    ("prompt", "seconds", "expected"),
    [
        ("[0-3s] a lake [3-5s] a forest", 5, [3, 2]),
        ("[0-3s] a lake [3-5s] a forest", 8, [3, 5]),
        ("[0-6s] a lake [6-12s] a forest", 6, [3, 3]),
        ("0:00-0:01 a lake 0:01-0:05 a forest", 5, [1, 4]),
        ("[0s] a lake [4s] a forest", 6, [4, 2]),
        ("[0-0.2s] a lake [0.2-4s] a forest", 4, [1, 3]),
        ("Shot 1 (4s): a lake. Shot 2 (2s): a forest.", 6, [4, 2]),
        ("分镜 1 (生成 4s)\n湖。\n分镜 2 (生成 2s)\n森林。", 6, [4, 2]),
    ],
)
def test_time_codes_set_the_lengths(prompt: str, seconds: int, expected: list[int]) -> None:
    """Those that run past the film are shrunk to it, the last shot takes what is left, none is under a second."""
    assert [shot.seconds for shot in read_storyboard(prompt, seconds).shots] == expected


def test_a_film_too_short_leaves_shots_out_and_says_so() -> None:
    """At least a second for each: three seconds have three of five shots."""
    story = read_storyboard("".join(f"Shot {number}: a lake. " for number in range(1, 6)), 3)
    assert (len(story.shots), story.left_out) == (3, 2)
    assert explain(story)["left_out"] == 2
    many = read_storyboard("".join(f"Shot {number}: a lake. " for number in range(1, 12)), 15)
    assert len(many.shots) == 8


def test_a_later_shot_keeps_what_it_does_not_speak_of() -> None:
    """The dog that stops is the same dog, on the same beach, at the same hour, in the same rain and style."""
    story = read_storyboard(
        "Anime style. First a small white dog runs on a beach at night in the rain, then the dog stops, "
        "finally a close-up in the morning",
        6,
    )
    first, second, third = (shot.brief for shot in story.shots)
    assert first.cast[0].actions == ("run",)
    assert (second.cast[0].colour, second.cast[0].size, second.cast[0].actions) == ("white", "small", ("stop",))
    assert second.place is third.place is Place.BEACH
    assert (second.hour, third.hour) == (Hour.NIGHT, Hour.DAWN)
    assert second.weather == {"rain"} and "anime" in second.looks
    assert third.framing == ("close",) and third.cast[0].kind == "dog"


def test_another_place_empties_the_scene_and_a_roof_keeps_the_rain_out() -> None:
    """A cut to a kitchen shows neither the cat of the street nor its rain; a new character leads its own shot."""
    story = read_storyboard("a cat on a rainy street, cut to a kitchen, cut to a mouse on a table", 6)
    assert kinds(story) == ["cat", "", "mouse"]
    assert story.shots[1].brief.weather == frozenset()


def test_a_pronoun_is_who_led_before() -> None:
    """It, 她: the leading one of the shot before."""
    for prompt in ("Shot 1: a fox sleeps. Shot 2: it wakes up.", "镜头一：狐狸睡觉。镜头二：它醒来。"):
        second = read_storyboard(prompt, 6).shots[1].brief
        assert [(one.kind, one.actions) for one in second.cast] == [("fox", ("wake",))]


def test_a_dissolve_is_told_from_a_cut() -> None:
    """In both languages; the first shot begins with a cut."""
    english = read_storyboard("a lake, dissolve to a forest, cut to a desert", 6)
    chinese = read_storyboard("湖泊，叠化到森林，切换到沙漠", 6)
    for story in (english, chinese):
        assert [shot.entry for shot in story.shots] == ["cut", "dissolve", "cut"]
        assert [shot.brief.place for shot in story.shots] == [Place.LAKE, Place.FOREST, Place.DESERT]


def test_explain_is_json_and_alike_in_both_languages() -> None:
    """Everything that is set, and the words without use; nothing that is not said."""
    english = explain(read_storyboard("two red foxes run in a snowy forest at dawn, then cut to a gizmo", 6))
    chinese = explain(read_storyboard("两只红色的狐狸黎明时在雪中的森林里奔跑，然后切换到签证", 6))
    assert json.loads(json.dumps(english)) == english
    assert english["shots"][0] == chinese["shots"][0] == {
        "start": 0.0,
        "seconds": 3.0,
        "entry": "cut",
        "place": "forest",
        "hour": "dawn",
        "weather": ["snow"],
        "cast": [{"kind": "fox", "count": 2, "colour": "red", "actions": ["run"]}],
    }  # fmt: skip
    assert (english["unused"], chinese["unused"]) == (["gizmo"], ["签证"])


def test_explain_tells_acts_in_order_and_who_is_tied_to_whom() -> None:
    """What goes on at the same time stands together; who does one thing has no list of acts."""
    man, dog = explain(read_storyboard("a man walks with his dog, stops, sits down and reads", 6))["shots"][0]["cast"]
    assert man["acts"] == ["walk", "stop", "sit + read"]
    assert man["bond"] == ["beside", 1]
    assert "acts" not in dog


def test_explain_prompt_tells_speech_and_sound_apart() -> None:
    """What is said and heard is no picture: no piano stands in the street, and it does not rain."""
    told = explain_prompt('A girl says "Good morning!" on a street, soft piano music, the sound of rain', 5)
    assert told["speech"] == [{"text": "Good morning!", "language": "en", "voice": "woman"}]
    assert told["sound"] == {"instrument": "piano", "things": ["rain"], "mood": "tender"} or "piano" in str(
        told["sound"]
    )
    assert [one["kind"] for one in told["shots"][0]["cast"]] == ["girl"]
    assert "weather" not in told["shots"][0]


def test_explain_of_pictures_tells_their_roles_and_no_place() -> None:
    """With references the pictures are the cast."""
    told = explain_prompt("The cat in [Image 1] dances in [Image 2]", 5, references=2)
    assert told["shots"][0]["roles"] == {"1": "actor", "2": "place"}
    assert "place" not in told["shots"][0] and "cast" not in told["shots"][0]


@given(st.text(max_size=200), st.integers(3, 15))
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_film(prompt: str, seconds: int) -> None:
    """Whatever the text, its shots fill the film, and each has at least a second."""
    story = read_storyboard(prompt, seconds)
    assert story.frames == seconds * FRAME_RATE
    assert all(shot.frames >= FRAME_RATE for shot in story.shots)
    json.dumps(explain(story))


@pytest.mark.parametrize("part", ["then ", "cut to ", "Shot 1: ", "[0-1s] ", "然后", "镜头一：", "first ", "0-3秒"])
def test_repeated_marks_are_harmless(part: str) -> None:
    """A text of nothing but marks is short work."""
    assert len(read_storyboard(part * 2000, 15).shots) <= 8
