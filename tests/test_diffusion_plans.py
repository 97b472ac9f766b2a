"""What is decided of a model before anything is loaded: length, canvas, memory, words. Needs no PyTorch."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from openhorse.catalog import load
from openhorse.engines import readiness
from openhorse.engines.diffusion import clip_of, unused, wish_for
from openhorse.engines.diffusion.footage import Footage, image_of, sound_of
from openhorse.engines.diffusion.placing import Need, Placement, Room, need_of, placement
from openhorse.engines.diffusion.wording import with_speech
from openhorse.engines.readiness import why_not_ready
from openhorse.errors import EngineFailed, EngineUnavailable, InvalidOrder
from openhorse.profiles import profiles
from openhorse.studio import Bounds
from openhorse.vocabulary import SAMPLE_RATE, Mode, Order, Picture, Ratio, Tier

PROFILES = profiles(load())
ORDER = Order("native", "m", Mode.TEXT, "a fox", Tier.P720, 5, Ratio.R16_9, seed=3)
GB = 1_000_000_000
NEED = Need(whole=40 * GB, weights=34 * GB, largest_part=10 * GB, least=8 * GB)


@pytest.mark.parametrize(
    ("name", "lengths"),
    [
        ("h3", [107, 107, 124, 158, 175, 192, 226, 243, 277, 294, 328, 345, 362]),
        ("ltx", [73, 97, 121, 145, 169, 193, 217, 241, 265, 289, 313, 337, 361]),
        ("wan", [73, 97, 121]),
        ("k6", [121, 121, 121]),
    ],
)
def test_films_are_made_at_least_as_long_as_ordered(name: str, lengths: list[int]) -> None:
    """The next count that the model can make: 17n+5, 8n+1, 4n+1, or the only one."""
    profile = PROFILES[name]
    low, high = profile.seconds
    assert [profile.frames.count(seconds) for seconds in range(low, high + 1)] == lengths
    assert all(count >= 24 * seconds for seconds, count in enumerate(lengths, low))
    with pytest.raises(InvalidOrder):
        profile.frames.count(high + 6)


def test_canvases_of_minimax_h3() -> None:
    """All nine ratios as diffusers' own rule has them."""
    sizes = {str(ratio): PROFILES["h3"].canvas.size(ratio.fraction) for ratio in Ratio}
    assert sizes == {
        "16:9": (1344, 768),
        "9:16": (768, 1344),
        "1:1": (768, 768),
        "4:3": (1024, 768),
        "3:4": (768, 1024),
        "5:4": (960, 768),
        "4:5": (768, 960),
        "21:9": (1536, 672),
        "9:21": (672, 1536),
    }


@pytest.mark.parametrize("name", ["h3", "ltx", "k6", "wan"])
def test_canvases_are_what_the_model_can_make(name: str) -> None:
    """Of every ratio that a first frame may have: whole multiples, no larger than it may be, near the ratio."""
    canvas = PROFILES[name].canvas
    for ratio in np.linspace(0.4, 2.5, 43):
        width, height = canvas.size(Fraction(float(ratio)).limit_denominator(1000))
        assert width % canvas.multiple == height % canvas.multiple == 0
        assert width * height <= canvas.most
        assert abs(width / height / ratio - 1) < 0.08


@pytest.mark.parametrize(
    ("gpu", "host", "where"),
    [(40, 0, Placement.WHOLE), (39, 64, Placement.PARTS), (13, 64, Placement.PARTS), (12, 64, Placement.LAYERS)],
)
def test_weights_lie_where_there_is_room(gpu: int, host: int, where: Placement) -> None:
    """All on the GPU, part by part where its largest part and a quarter more fit, else layer by layer."""
    assert placement(Room(gpu * GB, host * GB), NEED, "A model") is where


@pytest.mark.parametrize(
    ("room", "reason"),
    [
        (Room(None, 64 * GB), "needs a GPU with 8 GB of memory; there is none here"),
        (Room(7 * GB, 64 * GB), "needs 8 GB of the GPU's memory; 7 GB are free"),
        (Room(20 * GB, 30 * GB), "needs 40 GB of the GPU's memory, or 34 GB of the machine's"),
    ],
)
def test_too_little_room_is_refused_with_the_reason(room: Room, reason: str) -> None:
    """No GPU, too small a GPU, and nowhere for what the GPU does not hold."""
    with pytest.raises(EngineUnavailable, match=reason):
        placement(room, NEED, "A model")


def test_room_of_the_machine_may_be_unknown() -> None:
    """Then it is not the reason to refuse."""
    assert placement(Room(20 * GB, None), NEED, "A model") is Placement.PARTS


def test_wish_is_the_models_own(tmp_path: Path) -> None:
    """Its canvas, its length and its steps; image-to-video follows the picture, what is transparent is white."""
    pixels = np.zeros((300, 200, 4), np.uint8)
    pixels[:, :100] = (10, 20, 30, 255)
    picture = Picture(200, 300, memoryview(pixels), True)
    wish = wish_for(PROFILES["wan"], replace(ORDER, mode=Mode.IMAGE, ratio=None), [picture])
    assert (wish.width, wish.height) == (704, 1056)
    assert (wish.frames, wish.steps, wish.seed, wish.rate) == (121, 50, 3, 24)
    assert [wish.pictures[0].getpixel((x, 5)) for x in (5, 150)] == [(10, 20, 30), (255, 255, 255)]
    assert image_of(picture).size == (200, 300)


def test_clip_is_what_the_model_made() -> None:
    """More frames than asked for are kept, fewer are refused."""
    wish = replace(wish_for(PROFILES["wan"], ORDER, []), frames=4)
    clip = clip_of(PROFILES["wan"], wish, Footage(np.full((5, 32, 64, 3), 128, np.uint8)))
    assert (clip.width, clip.height, clip.frame_count, clip.sound, clip.seed) == (64, 32, 5, None, 3)
    assert [frame.y.shape for frame in clip.frames] == [(32, 64)] * 5
    with pytest.raises(EngineFailed, match="made 3 frames instead of 4"):
        clip_of(PROFILES["wan"], wish, Footage(np.zeros((3, 32, 64, 3), np.uint8)))


@pytest.mark.parametrize("rate", [16_000, 24_000, 32_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_sound_comes_at_48_kilohertz_and_as_long_as_the_picture(rate: int, channels: int) -> None:
    """The same tone in two channels, whatever the model's rate, around zero; what is missing at the end is silence."""
    seconds = Fraction(121, 24)
    tone = 0.1 + 0.5 * np.sin(np.arange(int(seconds * rate) - 700) * (440 * 2 * np.pi / rate))
    sound = sound_of(Footage(np.empty((0, 2, 2, 3), np.uint8), np.stack([tone] * channels), rate), seconds)
    assert sound is not None
    assert sound.shape == (2, 242_000)
    assert sound.dtype == np.float32
    spectrum = np.abs(np.fft.rfft(sound[1, : 2 * SAMPLE_RATE]))
    assert np.argmax(spectrum) == 880  # of two seconds: 440 Hz
    assert np.abs(sound[0]).max() == pytest.approx(0.5, abs=0.03)
    assert np.array_equal(sound[0], sound[1])


def test_sound_that_is_none_is_refused() -> None:
    """NaN would be silence, and nobody would know."""
    broken = Footage(np.empty((0, 2, 2, 3), np.uint8), np.full((2, 100), np.nan, np.float32), SAMPLE_RATE)
    with pytest.raises(EngineFailed):
        sound_of(broken, Fraction(1))


def test_speech_is_marked_as_kandinsky_reads_it() -> None:
    """Whatever the quotation marks; an apostrophe is none."""
    assert with_speech('She says "hello there" and it\'s late') == "She says <S>hello there<E> and it's late"
    assert with_speech("他说“你好”，她说「再见」") == "他说<S>你好<E>，她说<S>再见<E>"


def test_reason_names_the_extra_and_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First what is not installed, then what was not pulled, each with the command that helps."""
    monkeypatch.setattr(readiness, "_missing", lambda: ("torch", "diffusers"))
    assert "pip install 'openhorse[diffusers]'" in (why_not_ready(PROFILES["h3"], tmp_path) or "")
    monkeypatch.setattr(readiness, "_missing", lambda: ())
    assert "openhorse models pull h3" in (why_not_ready(PROFILES["h3"], tmp_path) or "")


def test_a_server_starts_without_pytorch() -> None:
    """Neither what the roster asks nor an engine that is not set up imports it."""
    code = (
        "import sys; from openhorse.engines.diffusion import wan; import openhorse.engines.readiness;"
        "wan(); print(sorted({'torch', 'diffusers', 'transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_model_has_a_child_with_room_for_its_weights() -> None:
    """More memory and time than other engines, and no other model beside it."""
    plain, model = Bounds.of("procedural"), Bounds.of("h3")
    assert plain == Bounds()
    assert model.alone
    assert model.memory_bytes > PROFILES["h3"].memory_bytes
    assert model.film_seconds > plain.film_seconds


def test_of_two_transformers_one_is_counted(tmp_path: Path) -> None:
    """Films from references have a transformer of their own, which takes the other's place in memory."""
    for part, size in {"transformer": 60, "transformer_ref": 70, "text_encoder": 50}.items():
        (tmp_path / part).mkdir()
        (tmp_path / part / "model.safetensors").write_bytes(bytes(size))
    need = need_of(tmp_path, 200, 10, unused(Mode.TEXT))
    assert (need.weights, need.largest_part) == (110, 60)
    need = need_of(tmp_path, 200, 10, unused(Mode.REFERENCE))
    assert (need.weights, need.largest_part) == (120, 70)
