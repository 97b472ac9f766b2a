"""What the engine understands of a prompt: the same in English and Chinese, forgiving, and never an error."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhorse.engines.procedural.brief import Brief, Character, Hour, Move, Place, Role
from openhorse.engines.procedural.prompt.language import choose_place, read_prompt
from openhorse.engines.procedural.prompt.lexicon import READ_CHARACTERS, correct, lemmas
from openhorse.engines.procedural.prompt.places import stand_in

SEEDS = (
    # The prompts of the vendor's own examples, and what they say in Chinese.
    (
        "A snow mountain lake in morning mist, slow camera push-in, calm and vast, warm cinematic light",
        "清晨薄雾中的雪山湖泊，镜头缓慢推进，宁静辽阔，温暖的电影光",
        Brief(
            "",
            place=Place.LAKE,
            variety="alpine",
            hour=Hour.DAWN,
            weather=frozenset({"mist"}),
            move=Move.PUSH_IN,
            tone="warm",
            mood="calm",
            looks=frozenset({"cinematic"}),
        ),
    ),
    (
        "A neon street at night after rain, reflections on the ground, cyberpunk mood, slow pan",
        "雨后夜晚的霓虹街道，地面倒影，赛博朋克氛围，缓慢摇镜",
        Brief(
            "",
            place=Place.STREET,
            variety="neon",
            hour=Hour.NIGHT,
            weather=frozenset({"after-rain"}),
            move=Move.PAN_RIGHT,
            mood="neon",
            looks=frozenset({"neon", "cyberpunk"}),
        ),
    ),
    (
        "A golden retriever running on a beach, slow motion, gentle waves, warm sunset tones",
        "一只金毛犬在海滩上奔跑，慢动作，海浪轻柔，暖色夕阳",
        Brief(
            "",
            place=Place.BEACH,
            hour=Hour.DUSK,
            subjects=("dog/golden",),
            actions=frozenset({"run"}),
            cast=(Character("dog", variety="golden", actions=("run",)),),
            features=("waves",),
            slow_motion=True,
            tone="warm",
            mood="tender",
        ),
    ),
    (
        "Use the uploaded image as first frame, slow camera push-in with gentle wind",
        "使用上传的图片作为首帧，镜头缓慢推进，微风轻拂",
        Brief("", weather=frozenset({"wind"}), move=Move.PUSH_IN),
    ),
    (
        "Make the subject turn naturally, soft background blur, gentle lighting",
        "让主体自然转身，背景柔和虚化，光线柔和",
        Brief("", actions=frozenset({"turn"}), mood="tender", looks=frozenset({"blur"})),
    ),
    (
        "Add drifting clouds and shifting light to the static landscape, cinematic",
        "为静态风景添加飘动的云朵和变幻的光影，电影感",
        Brief(
            "",
            weather=frozenset({"clouds"}),
            looks=frozenset({"cinematic"}),
            drifting_clouds=True,
            shifting_light=True,
        ),
    ),
    (
        "The character in [Image 1] walking through a scene styled like [Image 2], cinematic camera",
        "[图1]中的角色走过风格如[图2]的场景，电影感镜头",
        Brief(
            "",
            actions=frozenset({"walk"}),
            looks=frozenset({"cinematic"}),
            roles={1: Role.ACTOR, 2: Role.STYLE},
        ),
    ),
    (
        "Keep the subject design from [Image 1], moving through the mood of [Image 2]",
        "保持[图1]的主体设计，在[图2]的氛围中穿行",
        Brief("", actions=frozenset({"walk"}), roles={1: Role.ACTOR, 2: Role.STYLE}),
    ),
    (
        "Blend the subject of [Image 1] with the style of [Image 2] into a coherent clip",
        "将[图1]的主体与[图2]的风格融合成一段连贯的短片",
        Brief("", roles={1: Role.ACTOR, 2: Role.STYLE}),
    ),
)


def understood(prompt: str, references: int = 0) -> Brief:
    """The brief without the prompt's own words."""
    return replace(read_prompt(prompt, references), prompt="")


@pytest.mark.parametrize(("english", "chinese", "expected"), SEEDS)
def test_seed_prompts_give_the_same_brief_in_english_and_chinese(english: str, chinese: str, expected: Brief) -> None:
    """Every word of the vendor's examples is understood, in both languages alike."""
    references = len(expected.roles)
    assert understood(english, references) == expected
    assert understood(chinese, references) == expected


def test_the_brief_keeps_the_prompt() -> None:
    """The prompt goes along word for word."""
    assert read_prompt("A Lake!").prompt == "A Lake!"


@pytest.mark.parametrize(
    ("prompt", "like"),
    [
        ("GOLDEN RETRIEVERS   RUN — on BEACHES!!!", "golden retrievers run on the beach"),
        ("A golden retreiver runing on a baech", "a golden retriever runs on the beach"),
        ("snow mountian lake at sunest", "a snow mountain lake at sunset"),
        ("ｎｅｏｎ　ｓｔｒｅｅｔ", "neon street"),
        ("slow-motion, push-in", "slow motion, push in"),
        ("the camera pushes slowly in", "push in"),
        ("海灘上的狗，鏡頭拉遠", "海滩上的狗，镜头拉远"),
        ("夜晚的街道，一位女孩走路", "a girl walking in the street at night"),
        ("wolves and foxes", "some wolves and several foxes"),
    ],
)
def test_another_spelling_is_the_same_brief(prompt: str, like: str) -> None:
    """Case, punctuation, plurals, full width, traditional script and small slips change nothing."""
    assert understood(prompt) == understood(like)


@pytest.mark.parametrize(
    "word",
    ("beech", "mourning", "science", "brain", "breach", "forget", "prison", "inland", "streak", "strict", "poison"),
)
def test_a_real_word_is_not_taken_for_a_slip_of_the_pen(word: str) -> None:
    """Words that are merely like one of ours keep their own meaning, which is none."""
    brief = understood(f"a {word}")
    assert replace(brief, unused=()) == Brief("")
    assert brief.unused == (word,)


def test_words_that_silence_a_film_are_never_guessed() -> None:
    """A slip never takes the sound away."""
    assert correct("slient") is None
    assert not understood("a slient film without musci").silent


@pytest.mark.parametrize(
    ("word", "simple"),
    [
        ("running", "run"),
        ("waves", "wave"),
        ("skies", "sky"),
        ("wolves", "wolf"),
        ("gently", "gentle"),
        ("moved", "move"),
    ],
)
def test_lemmas_hold_the_simple_word(word: str, simple: str) -> None:
    """Forms of a word lead back to it, the word as written always first."""
    assert lemmas(word)[0] == word
    assert simple in lemmas(word)


def test_short_words_are_left_alone() -> None:
    """No lemma is made where a suffix is the word."""
    assert lemmas("sing") == ["sing"]
    assert lemmas("grass") == ["grass"]


@pytest.mark.parametrize(
    ("prompt", "move"),
    [
        ("slow pan", Move.PAN_RIGHT),
        ("camera pans slowly to the left", Move.PAN_LEFT),
        ("pan right", Move.PAN_RIGHT),
        ("镜头向左缓慢平移", Move.PAN_LEFT),
        ("the camera pulls back", Move.PULL_OUT),
        ("镜头拉远", Move.PULL_OUT),
        ("zoom in", Move.PUSH_IN),
        ("tilt down", Move.TILT_DOWN),
        ("tilt", Move.TILT_UP),
        ("固定镜头", Move.STATIC),
        ("static shot, no camera movement", Move.STATIC),
        ("push in, then pan left", Move.PUSH_IN),
        ("product shot, static camera", Move.STATIC),
        ("a planet orbits a star, static camera", Move.STATIC),
        ("a 360 shot of a vase", Move.ORBIT_RIGHT),
        ("a beautiful shot of a vase", None),
        ("the camera orbits around her", Move.ORBIT_RIGHT),
        ("arc shot around the bottle", Move.ORBIT_RIGHT),
        ("镜头向左环绕", Move.ORBIT_LEFT),
        ("环绕运镜", Move.ORBIT_RIGHT),
        ("crane up over the valley", Move.CRANE_UP),
        ("升降镜头", Move.CRANE_UP),
        ("镜头下降", Move.CRANE_DOWN),
        ("tracking shot to the left", Move.TRACK_LEFT),
        ("the camera tracks slowly to the right", Move.TRACK_RIGHT),
        ("跟拍", Move.TRACK_RIGHT),
        ("handheld camera follows the dog", Move.HANDHELD),
        ("手持拍摄", Move.HANDHELD),
        ("slow dolly", Move.PUSH_IN),
        ("镜头推近", Move.PUSH_IN),
        ("摇镜", Move.PAN_RIGHT),
        ("a train track in the snow", None),
        ("crane birds on a lake", None),
        ("a truck on the road", None),
        ("a frying pan", None),
        ("the static landscape", None),
    ],
)
def test_camera_moves(prompt: str, move: Move | None) -> None:
    """The first move named is the shot's; pans go right unless they are told to go left."""
    assert understood(prompt).move == move


@pytest.mark.parametrize(
    ("prompt", "silent", "music"),
    [
        ("a beach, silent", True, True),
        ("a silent film of a beach", True, True),
        ("no sound", True, True),
        ("海滩，无声", True, True),
        ("a silent street at night", False, True),
        ("a silent, snowy forest", False, True),
        ("无声的街道", False, True),
        ("a beach, no music", False, False),
        ("海滩，没有音乐", False, False),
        ("a beach with soft piano music", False, True),
        ("no sound or music", True, False),
        ("a beach", False, True),
    ],
)
def test_sound_and_music_can_be_refused(prompt: str, silent: bool, music: bool) -> None:
    """A film is silent when that is asked for; a silent street is only a quiet one."""
    brief = understood(prompt)
    assert (brief.silent, brief.music) == (silent, music)


@pytest.mark.parametrize(
    ("prompt", "subjects"),
    [
        ("a street with no people", ()),
        ("a street without any people or dogs", ()),
        ("没有人的街道", ()),
        ("没有人和狗的街道", ()),
        ("no people, only a dog", ("dog",)),
        ("no logos on a dog", ("dog",)),
        ("a golden retriever dog and a cat", ("dog/golden", "cat")),
        ("马上出发", ()),
        ("一匹马和一只鹿", ("horse", "deer")),
    ],
)
def test_what_is_refused_is_not_a_subject(prompt: str, subjects: tuple[str, ...]) -> None:
    """A refusal takes its noun away, and the next after "or"; the specific stands for the general."""
    assert understood(prompt).subjects == subjects


@pytest.mark.parametrize(
    ("prompt", "roles"),
    [
        ("[Image 1] as the main character, [Image 2] as the background and [Image 3] as the style", "aps"),
        ("character1 walks on the beach in image 2, holding the product from [image 3]", "apo"),
        ("图1的人物走进图2的场景，风格像图3", "aps"),
        ("角色1在海滩上奔跑，背景是图2", "ap"),
        ("The dog from [Image 1] runs through the forest of [Image 2]", "ap"),
        ("Put [Image 1] into [Image 2]", "ap"),
        ("in [Image 1]'s style, the person from [Image 2]", "sa"),
        ("第一张图的主角，第二张图的画风", "as"),
        ("the first image is walking", "a"),
        ("scene of character2, character1 dancing", "ap"),
    ],
)
def test_reference_pictures_get_their_roles(prompt: str, roles: str) -> None:
    """A picture is what the words nearest to its number call it; one called nothing is an actor."""
    named = {"a": Role.ACTOR, "p": Role.PLACE, "s": Role.STYLE, "o": Role.OBJECT}
    assert understood(prompt, 9).roles == {number: named[letter] for number, letter in enumerate(roles, 1)}


def test_pictures_that_did_not_come_get_no_role() -> None:
    """Numbers beyond the references, and zero, are ignored."""
    prompt = "the character in [Image 1] with the style of [Image 2], [Image 0] and [Image 7]"
    assert read_prompt(prompt, references=1).roles == {1: Role.ACTOR}
    assert read_prompt(prompt).roles == {}


def test_unused_tells_the_words_that_nothing_was_made_of() -> None:
    """Content words only, each once, in their order; also known words of another place."""
    assert understood("A gizmo and a gizmo fly over a purple beach").unused == ("gizmo", "purple")
    assert understood("夜晚的街道，一张签证").unused == ("签证",)
    assert understood("a lake at dawn and at dusk").unused == ("dusk",)
    assert read_prompt("a dragon flies", staged=False).unused == ("dragon",)


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("waves on the ocean", Place.SEA),
        ("大海", Place.SEA),
        ("a city in the rain", Place.STREET),
        ("waves crash against cliffs", Place.SEA),
        ("a robot", Place.STREET),
        ("a wolf under the moon", Place.FOREST),
        ("a whale", Place.SEA),
        ("an astronaut", Place.SPACE),
        ("a chef", Place.KITCHEN),
        ("a lion", Place.MEADOW),
        ("someone at night", Place.STREET),
        ("fog", Place.LAKE),
        ("falling snow", Place.MOUNTAINS),
        ("pure joy", Place.ABSTRACT),
        ("quantum chromodynamics", Place.ABSTRACT),
        ("", Place.ABSTRACT),
    ],
)
def test_a_prompt_that_names_no_place_gets_a_fitting_one(prompt: str, place: Place) -> None:
    """Who acts, the weather and the hour speak for a place; nothing at all for none, which is the abstract."""
    assert choose_place(read_prompt(prompt)) is place


def test_a_place_that_is_not_drawn_has_a_stand_in_and_a_note() -> None:
    """The nearest of those that are, and the customer is told; nothing need be said where the place is drawn."""
    drawn = {Place.LAKE, Place.STREET, Place.BEACH}
    place, note = stand_in(read_prompt("a camel in the desert"), drawn)
    assert place is Place.BEACH
    assert note is not None and "desert" in note and "beach" in note
    assert stand_in(read_prompt("a camel in the desert"), {*drawn, Place.DESERT}) == (Place.DESERT, None)
    assert stand_in(read_prompt("a robot"), set(Place)) == (Place.STREET, None)
    assert "no place" in (stand_in(read_prompt("quantum chromodynamics"), drawn)[1] or "")
    assert "shows an abstract picture." in (stand_in(read_prompt("quantum chromodynamics"), set(Place))[1] or "")


def test_a_shore_is_that_of_the_lake_or_river_which_is_named() -> None:
    """Only where no fresh water is spoken of does a shore mean the sea's."""
    assert read_prompt("A deer stands at the shore of a mountain lake").place is Place.LAKE
    assert read_prompt("a man on the shore of a river").place is Place.RIVER
    assert read_prompt("a man walks along the shore").place is Place.BEACH


def test_what_only_lends_its_colour_or_its_leaves_does_not_act() -> None:
    """A rooster-coloured sky has no rooster in it, and light between bamboo leaves no leaf."""
    assert read_prompt("A rooster-coloured sky over wheat fields").cast == ()
    assert read_prompt("阳光从竹叶间洒下").cast == ()


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        " \n\t ",
        "a" * 100_000,
        "beach " * 20_000,
        "pan slowly " * 10_000,
        "[" * 100_000,
        "image " * 20_000,
        "[Image 1] " * 10_000,
        "no " * 30_000,
        "雨" * 100_000,
        "".join(map(chr, range(32))) * 100,
        "שלום عالم",
        "🐶🏖️👩‍🚀",
        "\ufdfa" * 100_000,
        "\ud800",
        "\u202eencrypted\u202c\u0000",
    ],
)
def test_any_text_is_harmless(prompt: str) -> None:
    """Long, empty, invisible, right-to-left and broken text gives a brief whose parts stay small."""
    brief = read_prompt(prompt, 9)
    assert brief.prompt == prompt
    assert len(brief.unused) <= 40
    assert all(len(word) <= 40 for word in brief.unused)
    assert choose_place(brief) in Place


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_text_is_an_error(prompt: str) -> None:
    """Whatever the text, there is a brief, and it is always the same one."""
    assert read_prompt(prompt, 9) == read_prompt(prompt, 9)
    assert stand_in(read_prompt(prompt), set(Place))[0] is choose_place(read_prompt(prompt))


def test_nothing_is_read_beyond_the_cap() -> None:
    """As at the origin, the rest of an over-long prompt is dropped."""
    assert understood("x " * (READ_CHARACTERS // 2) + "beach").place is None
    assert understood("x " * (READ_CHARACTERS // 2 - 3) + "beach").place is Place.BEACH


@pytest.mark.parametrize(
    ("prompt", "framing", "life", "lapse"),
    [
        ("wide shot to close-up", ("wide", "close"), set(), False),
        ("从全景推近到特写", ("wide", "close"), set(), False),
        ("time-lapse of clouds", (), set(), True),
        ("延时摄影", (), set(), True),
        ("a candle flame in the dark", (), {"flame"}, False),
        ("蜡烛的火焰", (), {"flame"}, False),
        ("city lights twinkle", (), {"lights"}, False),
        ("波光粼粼", (), {"glitter"}, False),
        ("the leaves sway", (), {"leaves"}, False),
    ],
)
def test_framing_life_and_time(prompt: str, framing: tuple[str, ...], life: set[str], lapse: bool) -> None:
    """Sizes of shot in their order, what is to come alive, and whether hours pass."""
    brief = understood(prompt)
    assert (brief.framing, brief.life, brief.time_lapse) == (framing, life, lapse)


@pytest.mark.parametrize(
    ("prompt", "looks"),
    [
        ("an 8-bit dog", {"pixel"}),
        ("an 8 bit dog", {"pixel"}),
        ("a dog, super 8 footage", {"film"}),
        ("a super happy dog waits a bit", set()),
        ("这位老人在海边散步", set()),
    ],
)
def test_numbers_make_a_style_and_the_words_beside_them_alone_do_not(prompt: str, looks: set[str]) -> None:
    """Numbers by themselves are no words, so that "8 bit" must not make "bit" a style."""
    assert read_prompt(prompt).looks == looks
