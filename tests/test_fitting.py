"""What place, cast and light make of each other, and which scene films it."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import numpy as np
import pytest

from openhorse.engines.procedural.brief import Brief, Character, Hour, Place, Season, Shot
from openhorse.engines.procedural.drawing.finish import to_rgb
from openhorse.engines.procedural.filming import film
from openhorse.engines.procedural.fitting import DRAWN, fit
from openhorse.engines.procedural.montage import Montage
from openhorse.engines.procedural.places.backdrop import BACKDROPS
from openhorse.engines.procedural.places.guide import PAINTERS, painter_of
from openhorse.engines.procedural.storyboard import read_storyboard
from openhorse.engines.procedural.world.scene import World


def fitted(prompt: str) -> Brief:
    """The brief of a prompt's first shot as it will be shown."""
    return fit(read_storyboard(prompt, 5).shots[0].brief, DRAWN).brief


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("Koi swim in a pond", Place.UNDERWATER),
        ("A koi pond in a garden", Place.UNDERWATER),
        ("A whale swims in the ocean", Place.UNDERWATER),
        ("A dog sits by the sea", Place.BEACH),
        ("A surfer surfs on the sea", Place.SEA),
        ("A sailing boat on the sea", Place.SEA),
        ("A café seen from a rainy street", Place.CAFE),
        ("Seagulls fly over the sea", Place.SEA),
        ("A robot walks through the streets of a cyberpunk city", Place.STREET),
        ("赛博朋克城市的夜晚，机器人走过街道", Place.STREET),
        ("A futuristic city at night", Place.SKYLINE),
    ],
)
def test_everybody_is_where_they_can_be(prompt: str, place: Place) -> None:
    """Fish below the surface, walkers on a shore, boats and birds over the water."""
    assert fitted(prompt).place is place


@pytest.mark.parametrize("prompt", ["A camel caravan crosses the desert", "沙漠中骆驼队在落日下行走"])
def test_a_caravan_is_several_camels(prompt: str) -> None:
    """A word for many of one kind brings as many as a herd."""
    (camels,) = fitted(prompt).cast
    assert camels.kind == "camel"
    assert camels.count > 3


def test_a_place_is_drawn_for_every_prompt() -> None:
    """Whatever the words, some place of ours is chosen, and all of them have a painter or a scene."""
    for prompt in ("", "xyzzy", "爱", "joy", "quarterly results", "a volcano", "a desert at noon"):
        assert fitted(prompt).place in DRAWN
    assert set(Place) == DRAWN


def test_waterfowl_glide_over_the_water_not_through_the_air() -> None:
    """A swan that glides on a lake swims; over a meadow it flies on."""
    assert "swim" in fitted("Two swans glide on a calm lake").cast[0].actions
    assert "swim" not in fitted("A swan glides over a meadow").cast[0].actions


def test_who_flies_a_kite_stands_on_the_ground() -> None:
    """The kite flies; the boy looks up."""
    boy, kite = fitted("A boy flies a red kite on a hill").cast
    assert (boy.kind, boy.actions) == ("boy", ("look",))
    assert kite.kind == "kite"


def test_riders_come_with_what_they_ride() -> None:
    """A cyclist is one with the machine; a rider sits on a horse that goes as the rider was said to."""
    assert [one.kind for one in fitted("A cyclist rides a bicycle along a road").cast] == ["cyclist"]
    horse, girl = fitted("A girl rides a white horse").cast
    assert (horse.kind, girl.kind, girl.bond) == ("horse", "girl", ("rides", 0))
    assert horse.actions
    assert "horse" in girl.things


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [("A steam train in the valley", "steam-train"), ("Hot air balloons over a valley", "hot-air-balloon")],
)
def test_somebody_is_played_under_the_most_telling_name(prompt: str, kind: str) -> None:
    """A variety that is a player of its own is cast as that."""
    assert kind in {one.kind for one in fitted(prompt).cast}


def test_who_waves_far_from_water_waves_a_hand() -> None:
    """In a meadow somebody waves; by the sea the sea does."""
    assert fitted("A girl in a red coat waves in a meadow").cast[0].actions == ("wave",)
    assert fitted("A girl, the sea, waves").cast[0].actions == ()


def test_light_and_season_follow_from_what_is_seen() -> None:
    """A candle is looked at by night unless an hour is named; blossom is in spring."""
    assert fitted("A candle on a table").hour is Hour.NIGHT
    assert fitted("A candle on a table at noon").hour is Hour.DAY
    assert fitted("Cherry trees by a river").season is Season.SPRING
    assert fitted("Aurora over a frozen lake").hour is Hour.NIGHT
    assert fitted("A candle flickers on a stage").hour is Hour.NIGHT
    assert fitted("A village with warm windows").hour is Hour.DUSK


def test_who_cannot_be_played_has_a_stand_in_that_is_told_of() -> None:
    """A kind nobody plays becomes its nearest kin, and the customer reads so."""
    remarks = fit(read_storyboard("A seal on the ice", 5).shots[0].brief, DRAWN).remarks
    assert any("stands in" in remark for remark in remarks)


def words(section: str) -> list[str]:
    """The names of a section of the lexicon."""
    lexicon = files("openhorse.engines.procedural.prompt") / "lexicon.toml"
    return list(tomllib.loads(lexicon.read_text("utf-8"))[section])


def test_every_kind_of_place_is_drawn_or_said_not_to_be() -> None:
    """No kind that the prompt reader knows is passed over in silence, and none that is drawn is excused."""
    for name in (*words("place"), *words("variety")):
        place, _, kind = name.partition("/")
        if kind:
            shown = fit(Brief("", place=Place(place), variety=kind), DRAWN)
            told = any(f"“{kind.replace('-', ' ')}”" in remark for remark in shown.remarks)
            drawn = shown.brief.variety is not None and painter_of(shown.brief).draws(shown.brief.variety)
            assert told is not drawn, name


def test_a_place_is_set_before_another() -> None:
    """What can be seen from a place goes to its painter and is not excused; behind walls nothing is seen."""
    for place, painter in PAINTERS.items():
        for far in BACKDROPS:
            shown = fit(Brief("", place=place, features=(far,)), DRAWN)
            if painter.faces(far):
                assert shown.brief.features == (far,), (place, far)
                assert not shown.remarks, (place, far)
            else:
                assert shown.brief.features == (), (place, far)
    assert not any(painter.before for painter in PAINTERS.values() if painter.closed)


def test_a_backdrop_fills_the_sky_and_leaves_the_ground() -> None:
    """Mountains and towers take a part of the frame above the horizon; the near ground is nearly the place's own."""
    plain, *others = (
        World(Shot(160, 90, 3, 1, Brief("", place=Place.MEADOW, hour=Hour.DAY, features=features))).frame(0)
        for features in ((), ("mountains",), ("skyline",))
    )
    for other in others:
        changed = np.abs(to_rgb(other, 160, 90).astype(int) - to_rgb(plain, 160, 90)).max(2) > 24
        assert changed[15:40].mean() > 0.2
        assert changed[70:].mean() < 0.1


def test_every_thing_that_stands_somewhere_is_drawn_or_said_not_to_be() -> None:
    """Each feature, in each place: built, there by itself, seen at that hour, or told of."""
    for name in words("feature"):
        for place in Place:
            shown = fit(Brief("", place=place, features=(name,)), DRAWN)
            told = any(name.replace("-", " ") in remark for remark in shown.remarks)
            painter = painter_of(shown.brief)
            built = bool(shown.brief.features) and not painter.closed
            there = (
                painter.shows(name)
                or name in ("puddles", "sun", "moon", shown.brief.variety)
                or name in shown.brief.effects
            )
            assert told or built or there, (name, place)


def test_the_sun_is_told_of_when_it_is_not_in_the_picture() -> None:
    """At dusk it stands over the meadow, at noon it is above the frame."""
    assert not fit(Brief("", place=Place.MEADOW, features=("sun",), hour=Hour.DUSK), DRAWN).remarks
    assert fit(Brief("", place=Place.MEADOW, features=("sun",), hour=Hour.DAY), DRAWN).remarks


def test_several_shots_become_one_film_of_the_asked_length() -> None:
    """Takes follow one another without a gap, and a style that is named is every shot's."""
    board = read_storyboard("First a fox walks in the snow, then a deer stands in a forest, watercolour", 4)
    made = film(board, Shot(160, 90, 4, 1, Brief("")))
    assert isinstance(made.scene, Montage)
    assert [take.start for take in made.scene.takes] == [0, made.scene.takes[0].frames]
    assert sum(take.frames for take in made.scene.takes) == 96
    assert all("style: watercolour" in note for note in made.scene.notes if "style" in note)
    assert sum("style" in note for note in made.scene.notes) == 2


def test_nobody_is_tied_to_a_world_that_is_part_of_the_place() -> None:
    """A ship that flies past a planet loses the tie with it, and another's tie keeps its partner."""
    ship, dog = Character("spaceship", bond=("behind", 0)), Character("dog", bond=("beside", 1))
    brief = fit(Brief("", place=Place.SPACE, cast=(Character("planet"), ship, dog)), DRAWN).brief
    assert [(one.kind, one.bond) for one in brief.cast] == [("spaceship", None), ("dog", ("beside", 0))]
