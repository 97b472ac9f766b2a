"""What a prompt says of the sound is obeyed: moods, instruments, drums, things to be heard, and refusals."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from openhorse.engines.procedural.direction import direct
from openhorse.engines.procedural.prompt.language import read_prompt
from openhorse.engines.procedural.score import MOODS, Bed, Mood, Score
from openhorse.engines.procedural.sound.wishes import Wishes, heeded, read_wishes, with_animals
from openhorse.vocabulary import Mode, Order, Ratio, Tier

LAKE = Score(5, 3, (Bed("lapping", 0.4),), mood="calm")


@pytest.mark.parametrize(
    "prompt",
    [
        "a lake, no music",
        "only ambient sound",
        "a forest with natural sounds only",
        "without any background music",
        "music: none",
        "湖面，没有音乐",
        "只有环境声的森林",
    ],
)
def test_no_music_is_obeyed(prompt: str) -> None:
    """However it is refused, there is none, and what else is heard stays."""
    score = heeded(LAKE, read_wishes(prompt))
    assert score.mood is None
    assert score.beds == LAKE.beds


def test_only_the_ambience_of_a_place_is_left() -> None:
    """The whole way from an order: the beach keeps its waves and loses its music, and silence is silence."""

    def score(prompt: str) -> Score:
        order = Order("native", "test", Mode.TEXT, prompt, Tier("480p"), 3, Ratio.R16_9, seed=3)
        return direct(order, [], 160, 90).score()

    assert score("a beach at sunset").mood == "warm"
    assert score("a beach at sunset, epic music").mood == "epic"
    quiet = score("a beach at sunset, only ambient sound")
    assert quiet.mood is None
    assert quiet.beds
    assert score("a beach at sunset, silent film, epic").is_silent


@pytest.mark.parametrize(
    ("prompt", "mood"),
    [
        ("an epic battle", "epic"), ("a playful kitten", "playful"), ("a mysterious door", "mysterious"),
        ("she is sad", "sad"), ("a tense chase", "tense"), ("serene morning", "calm"), ("boundless plains", "vast"),
        ("cozy cabin", "warm"), ("cyberpunk alley", "neon"), ("a tender kiss", "tender"), ("a happy dog", "bright"),
        ("a sinister house", "dark"), ("史诗般的战场", "epic"), ("俏皮的小猫", "playful"), ("神秘的森林", "mysterious"),
        ("悲伤的女孩", "sad"), ("紧张的追逐", "tense"), ("宁静的湖", "calm"), ("辽阔的草原", "vast"),
        ("温馨的小屋", "warm"),
        ("赛博朋克小巷", "neon"), ("温柔的目光", "tender"), ("欢快的小狗", "bright"), ("阴森的房子", "dark"),
        ("a calm lake, tense music", "tense"), ("a horse with a saddle", None), ("not sad at all", None),
    ],
)  # fmt: skip
def test_mood_words_choose_the_music(prompt: str, mood: Mood | None) -> None:
    """Every mood in both languages; beside the word music outranks elsewhere; a saddle is not sad."""
    assert read_wishes(prompt, read_prompt(prompt).mood).mood == mood


def test_one_table_has_words_for_every_mood_in_both_languages() -> None:
    """The lexicon's moods are the score's, no more and no fewer, each with English words and Chinese ones."""
    table = tomllib.loads((files("openhorse.engines.procedural.prompt") / "lexicon.toml").read_text("utf-8"))["mood"]
    assert set(table) == set(MOODS)
    for mood, words in table.items():
        assert any(word.isascii() for word in words.split(", "))
        assert any(not word.isascii() for word in words.split(", "))
        for word in words.split(", "):
            assert read_prompt(word).mood == mood


@pytest.mark.parametrize(
    ("prompt", "seen", "heard"),
    [
        ("a calm lake with tense music", "calm", "tense"),
        ("宁静的湖面，悲伤的音乐", "calm", "sad"),
        ("an eerie forest, a playful soundtrack", "mysterious", "playful"),
        ("music, a sad girl", "sad", "sad"),
        ("a lake, music", None, None),
    ],
)
def test_music_may_have_another_mood_than_the_picture(prompt: str, seen: Mood | None, heard: Mood | None) -> None:
    """What is said beside the word music is the music's; without such a word it has the picture's mood."""
    brief = read_prompt(prompt)
    assert brief.mood == seen
    assert read_wishes(prompt, brief.mood).mood == heard


def test_instruments_and_drums_are_heard_only_where_music_is_meant() -> None:
    """A piano in the picture plays nothing; "music: piano" does."""
    assert read_wishes("music: piano").instrument == "piano"
    assert read_wishes("soft guitar music").instrument == "guitar"
    assert read_wishes("悲伤的钢琴曲").instrument == "piano"
    assert read_wishes("a man at a piano in a bar").instrument is None
    assert read_wishes("epic music with drums").drums is True
    assert read_wishes("upbeat music, no drums").drums is False
    assert read_wishes("a street").drums is None
    wished = heeded(LAKE, read_wishes("music: piano, with drums"))
    assert (wished.instrument, wished.drums, wished.mood) == ("piano", True, "calm")


def test_named_sounds_are_added_once() -> None:
    """Thunder comes to a lake, its own sounds are not doubled, and a dog barks within the film."""
    score = heeded(LAKE, read_wishes("thunder over the lake, a dog barking, no birdsong"))
    assert [bed.kind for bed in score.beds] == ["lapping", "thunder"]
    barks = [hit for hit in score.hits if hit.kind == "bark"]
    assert barks
    assert all(0 < bark.at < 4.5 for bark in barks)
    assert heeded(score, read_wishes("thunder")).beds == score.beds


def test_animals_of_pictures_have_voices() -> None:
    """A cat reference meows, and nothing is invented for a fox."""
    assert with_animals(Wishes(), ("cat",)).things == ("meow",)
    assert with_animals(Wishes(), ("dog/golden", "fox")).things == ("bark",)
