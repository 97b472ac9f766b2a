"""Who acts in a prompt, where, and who stands in for whom: the grammar of a cast, kin, places; and 300 phrases."""

from __future__ import annotations

import importlib.util
import sys
import time
import tomllib
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

from openhorse.engines.procedural.brief import Character, Place
from openhorse.engines.procedural.prompt.kin import FAMILIES, cast_stand_in, nearest_kin
from openhorse.engines.procedural.prompt.language import choose_place, read_prompt
from openhorse.engines.procedural.prompt.places import choose_setting

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def phrases(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """benchmarks/phrases.py, which is no package, as a module."""
    spec = importlib.util.spec_from_file_location("phrases", BENCHMARKS / "phrases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "phrases", module)  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def test_the_phrases_are_understood_in_both_languages(phrases: ModuleType) -> None:
    """All labels that were met when this was written still are, and every pair of wordings is understood alike."""
    result = phrases.judge()
    missed = [wrong for marks in result.marks.values() for wrong in marks.wrong]
    assert not missed
    assert not result.disagreeing
    assert result.pairs >= 60
    assert max(result.unused.values()) < 0.02


def cast(prompt: str) -> tuple[Character, ...]:
    """Who acts in `prompt`."""
    return read_prompt(prompt).cast


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a running dog", [Character("dog", actions=("run",))]),
        ("the cat is white", [Character("cat", colour="white")]),
        ("a cat and a dog run", [Character("cat", actions=("run",)), Character("dog", actions=("run",))]),
        ("a cat. The cat sleeps", [Character("cat", actions=("sleep",))]),
        ("3 dogs", [Character("dog", count=3)]),
        ("3只狗", [Character("dog", count=3)]),
        ("a woman with an umbrella", [Character("woman", things=("umbrella",))]),
        ("a woman with her dog", [Character("woman", bond=("beside", 1)), Character("dog")]),
        ("a girl holding a cat", [Character("girl", bond=("holds", 1)), Character("cat")]),
        ("抱着猫的女孩", [Character("girl", bond=("holds", 1)), Character("cat")]),
        ("a dog next to a red car", [Character("dog", bond=("beside", 1)), Character("car", colour="red")]),
        ("骑着马的男人", [Character("man", actions=("ride",), bond=("rides", 1)), Character("horse")]),
        ("a street with red lanterns", [Character("lantern", count=3, colour="red")]),
        ("a burning castle", []),
        ("a cat with a vintage look", [Character("cat")]),
        ("a robot dog", [Character("dog", variety="robot")]),
        ("no dogs, only a cat", [Character("cat")]),
        ("a woman walks, turns and waves", [Character("woman", actions=("walk", "turn", "wave"))]),
        ("一个女孩走过来，转身挥手", [Character("girl", actions=("walk", "turn", "wave"))]),
        ("a dog walks, stops and walks on", [Character("dog", actions=("walk", "stop", "walk"))]),
        ("a girl pets a dog", [Character("girl", actions=("pet",), bond=("beside", 1)), Character("dog")]),
        ("老人遛狗", [Character("old-man", actions=("lead",), bond=("beside", 1)), Character("dog")]),
        (
            "a boy throws a ball to a dog",
            [Character("boy", actions=("throw",), things=("ball",), bond=("beside", 1)), Character("dog")],
        ),
        ("大象和小象", [Character("elephant"), Character("elephant", size="small")]),
        (
            "an elephant with its calf",
            [Character("elephant", bond=("beside", 1)), Character("elephant", size="small")],
        ),
        ("a cow and a kitten", [Character("cow"), Character("cat")]),
        ("she walks alone", [Character("woman", actions=("walk",))]),
        ("a penguin family", [Character("penguin", count=9)]),
        ("eyes like a cat", []),
        ("a man under an umbrella", [Character("man", things=("umbrella",))]),
        ("soft piano music", []),
        ("雨声", []),
    ],
)
def test_the_grammar_of_a_cast(prompt: str, expected: list[Character]) -> None:
    """Adjectives go to their noun, verbs to their subject, things to who has them; scenery and sound are nobody."""
    assert list(cast(prompt)) == expected


def test_a_noun_that_is_unknown_plays_its_kin() -> None:
    """In both languages; what has no kin stays without use."""
    assert [one.kind for one in cast("a platypus and a samovar")] == ["duck", "teapot"]
    assert [one.kind for one in cast("鸭嘴兽")] == ["duck"]
    assert read_prompt("a gizmo").unused == ("gizmo",)


def test_every_kin_is_of_a_known_kind() -> None:
    """The table of kin names kinds that the lexicon knows, in less than 60 kB, and each word once."""
    package = files("openhorse.engines.procedural.prompt")
    text = (package / "kin.toml").read_text("utf-8")
    known = {
        kind.partition("/")[0] for kind in tomllib.loads((package / "lexicon.toml").read_text("utf-8"))["character"]
    }
    kin = tomllib.loads(text)["kin"]
    forms = [form for line in kin.values() for form in line.split(", ")]
    assert set(kin) <= known
    assert len(forms) == len(set(forms))
    assert len(text.encode()) < 60_000
    assert set(FAMILIES) <= known


def test_who_is_not_drawn_is_played_by_the_nearest() -> None:
    """A fox by a dog rather than by a cow; a note says so; what has no kin is left out, with a note."""
    assert nearest_kin("fox", {"dog", "cow"}) == "dog"
    assert nearest_kin("dog", {"dog", "cow"}) == "dog"
    one, note = cast_stand_in(Character("zebra", count=3), {"horse", "cat"})
    assert one == Character("horse", count=3)
    assert note is not None and "zebra" in note
    assert cast_stand_in(Character("dog"), {"dog"}) == (Character("dog"), None)
    assert cast_stand_in(Character("piano"), {"dog"})[0] is None


@pytest.mark.parametrize(
    ("prompt", "place", "variety"),
    [
        ("a café seen from a rainy street", Place.STREET, None),
        ("a village in the mountains", Place.VILLAGE, None),
        ("mountains around a lake", Place.LAKE, None),
        ("a dog by the sea", Place.BEACH, None),
        ("a lighthouse by the sea", Place.SEA, None),
        ("a city from above, drone shot", Place.SKYLINE, None),
        ("a city in the rain", Place.STREET, None),
        ("jellyfish in the ocean", Place.UNDERWATER, None),
        ("森林里的小河", Place.RIVER, None),
        ("a panda eats bamboo", Place.FOREST, "bamboo"),
        ("a fishing boat, lightning in the night sky", Place.LAKE, None),
        ("birds in the sky", Place.SKY, None),
        ("a lion hunts", Place.MEADOW, "savanna"),
    ],
)
def test_of_several_places_one_is_the_stage(prompt: str, place: Place, variety: str | None) -> None:
    """Where one stands to look, what lies in something larger, what the cast needs."""
    assert choose_setting(read_prompt(prompt)) == (place, variety)


def test_every_place_can_be_named_in_both_languages() -> None:
    """Each of the places is found by a word of either language."""
    english = (
        *("lake", "street", "beach", "mountains", "sea", "desert", "forest", "meadow", "river", "waterfall", "skyline"),
        *("village", "road", "room", "café", "kitchen", "stage", "underwater", "outer space", "sky", "abstract"),
    )
    chinese = (
        *("湖", "街道", "沙滩", "山", "大海", "沙漠", "森林", "草地", "河", "瀑布", "天际线"),
        *("村庄", "公路", "房间", "咖啡馆", "厨房", "舞台", "水下", "太空", "天空", "抽象"),
    )
    for one, other, place in zip(english, chinese, Place, strict=True):
        assert choose_place(read_prompt(one)) is choose_place(read_prompt(other)) is place


def test_reading_takes_time_in_proportion_to_the_text() -> None:
    """Five thousand characters of nouns and verbs take no more than a few times what half of them do."""
    text = "a red dog and three white cats run through the old forest while a man rides a horse, "

    def seconds(length: int) -> float:
        best = 9.0
        for turn in range(3):
            begun = time.perf_counter()
            read_prompt((f"take {turn}{length} " + text * 99)[:length])
            best = min(best, time.perf_counter() - begun)
        return best

    seconds(400)
    assert seconds(4800) < 6 * seconds(2400)


@pytest.mark.parametrize(
    ("prompt", "place"), [("a girl smiles and waves", None), ("a girl on a rock and waves", "sea")]
)
def test_a_hand_that_waves_is_no_sea(prompt: str, place: str | None) -> None:
    """After another deed "and waves" is one; elsewhere it is water."""
    brief = read_prompt(prompt)
    assert ("waves" in brief.features) is (place is not None)
    assert ("wave" in brief.cast[0].actions) is (place is None)
