"""Engines for open-weights models over tiny pipelines of random weights, loaded from disk as real ones are."""

from __future__ import annotations

import dataclasses
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("diffusers", reason="PyTorch and diffusers are not installed")

import torch

import tiny
from openhorse import accounts, licences
from openhorse.catalog import load
from openhorse.cues import Commission
from openhorse.dialects import dialect_named
from openhorse.engines import engine_named
from openhorse.engines.diffusion import Diffusion
from openhorse.engines.diffusion.footage import image_of
from openhorse.errors import Cancelled, EngineFailed, EngineOutOfMemory, EngineUnavailable
from openhorse.house import House, now
from openhorse.profiles import profiles
from openhorse.server.intake import Intake
from openhorse.settings import Settings
from openhorse.studio import Bounds, Studio
from openhorse.vocabulary import FINAL, Clip, Mode, Order, Picture, PictureLimits, Ratio, Tier
from serving import wait_for

# diffusers' MiniMax-H3 is built with what PyTorch has a newer name for
pytestmark = pytest.mark.filterwarnings("ignore:.*weight_norm.* is deprecated:FutureWarning")

MODES = [
    ("wan", Mode.TEXT), ("wan", Mode.IMAGE),
    ("ltx", Mode.TEXT), ("ltx", Mode.IMAGE),
    ("k6", Mode.TEXT), ("k6", Mode.IMAGE),
    ("h3", Mode.TEXT), ("h3", Mode.IMAGE), ("h3", Mode.REFERENCE),
]  # fmt: skip
FRAMES = {"wan": 73, "ltx": 73, "k6": 121, "h3": 107}


def order(mode: Mode, **more: Any) -> Order:
    """Three seconds of a fox who speaks."""
    ratio = None if mode is Mode.IMAGE else Ratio.R16_9
    made = Order("native", "m", mode, 'a fox like [Image 2] says "hello"', Tier.P480, 3, ratio, seed=5)
    return dataclasses.replace(made, **more)


def picture(number: int = 0) -> Picture:
    """One of many, upright."""
    pixels = np.random.default_rng(number).integers(0, 255, (120, 80, 4), np.uint8)
    pixels[..., 3] = 255
    return Picture(80, 120, memoryview(pixels), False)


def pictures_for(mode: Mode) -> list[Picture]:
    """As many as the mode takes."""
    return [picture(number) for number in range({Mode.TEXT: 0, Mode.IMAGE: 1, Mode.REFERENCE: 9}[mode])]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with all tiny models pulled, and the environment in which they are found."""
    torch.set_num_threads(1)
    data = tmp_path_factory.mktemp("diffusion")
    for name in tiny.BUILDERS:
        tiny.build(name, data / "models")
    (data / "catalog.toml").write_text(tiny.overlay(), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENHORSE_DATA", str(data))
        patch.setenv("OPENHORSE_CATALOG", str(data / "catalog.toml"))
        patch.setenv("OPENHORSE_DEVICE", "cpu")
        patch.setenv("OMP_NUM_THREADS", "1")  # tiny work: threads would only wait for each other
        patch.delenv("OPENHORSE_MODELS", raising=False)
        yield data


@pytest.fixture(scope="module")
def engines(place: Path) -> dict[str, Diffusion]:
    """Each engine, found by its name and set up once."""
    found = {name: engine_named(name) for name in tiny.BUILDERS}
    for engine in found.values():
        engine.setup()
    return {name: engine for name, engine in found.items() if isinstance(engine, Diffusion)}


def drawn(clip: Clip) -> np.ndarray[Any, Any]:
    """The luma of every frame."""
    return np.stack([np.asarray(frame.y) for frame in clip.frames])


@pytest.mark.parametrize(("name", "mode"), MODES)
def test_every_model_films_in_every_mode(engines: dict[str, Diffusion], name: str, mode: Mode) -> None:
    """Frames of the model's own canvas and length with its sound, told step by step, in the picture's shape."""
    shares: list[float] = []
    clip = engines[name].render(order(mode), pictures_for(mode), shares.append)
    frames = drawn(clip)
    assert frames.shape == (FRAMES[name], clip.height, clip.width)
    assert clip.frame_count == FRAMES[name]
    assert (clip.width > clip.height) is (mode is not Mode.IMAGE) or clip.width == clip.height
    assert frames.std() > 1
    # MiniMax-H3's schedule ends one evaluation sooner than it counts steps
    assert shares == pytest.approx([0, 0.02, 0.46, 0.9][: 3 if name == "h3" else 4])
    assert (clip.engine, clip.seed) == (name, 5)
    if name == "wan":
        assert clip.sound is None
    else:
        assert np.asarray(clip.sound).shape == (2, FRAMES[name] * 2000)
        assert np.asarray(clip.sound).std() > 0


def test_seed_decides(engines: dict[str, Diffusion]) -> None:
    """The same seed gives the same frames, also after a film of another mode; another one gives others."""
    engine = engines["wan"]
    first = drawn(engine.render(order(Mode.TEXT), [], lambda _share: None))
    engine.render(order(Mode.IMAGE), pictures_for(Mode.IMAGE), lambda _share: None)
    again = drawn(engine.render(order(Mode.TEXT), [], lambda _share: None))
    other = drawn(engine.render(order(Mode.TEXT, seed=6), [], lambda _share: None))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("name", sorted(tiny.BUILDERS))
def test_cancel_stops_between_two_steps(engines: dict[str, Diffusion], name: str) -> None:
    """What progress raises after the first step comes out, no second step is made, and the next film is well."""
    told: list[float] = []

    def progress(share: float) -> None:
        told.append(share)
        if len(told) == 3:  # the beginning, the weights, the first step
            raise Cancelled("the customer wants it no more")

    with pytest.raises(Cancelled):
        engines[name].render(order(Mode.TEXT), [], progress)
    assert len(told) == 3
    assert engines[name].render(order(Mode.TEXT), [], lambda _share: None).frame_count == FRAMES[name]


def test_weights_that_are_not_there_are_told(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the command that fetches them."""
    monkeypatch.setenv("OPENHORSE_MODELS", str(tmp_path))
    with pytest.raises(EngineFailed, match="openhorse models pull wan"):
        engine_named("wan").setup()


def test_parts_that_the_index_has_on_the_hub_come_from_the_folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MiniMax-H3's own index names its repository for every part; nobody is called, whatever the environment allows."""
    index = json.loads((place / "models" / "h3" / "modular_model_index.json").read_text("utf-8"))
    assert index["transformer"][2]["pretrained_model_name_or_path"] == "MiniMaxAI/MiniMax-H3"
    called: list[object] = []

    def connect(_socket: object, address: object) -> None:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.socket.connect", connect)
    monkeypatch.setattr("socket.getaddrinfo", lambda *address, **_more: connect(None, address))
    engine = engine_named("h3")
    engine.setup()
    for mode in (Mode.TEXT, Mode.REFERENCE):  # each has a transformer of its own
        assert engine.render(order(mode), pictures_for(mode), lambda _share: None).frame_count == FRAMES["h3"]
    assert called == []


def test_machine_without_a_gpu_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is loaded to fail later, unless the operator asks for the processor."""
    monkeypatch.setenv("OPENHORSE_DEVICE", "auto")
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(EngineUnavailable, match="needs a GPU with 24 GB"):
        engine_named("wan").setup()


def test_orders_become_films(place: Path) -> None:
    """Every model in every mode, through a real task: as long, large and shaped as ordered, with a sound track."""
    house = House(Settings(), public_url="http://127.0.0.1")
    with house.database.transaction() as connection:
        for name in tiny.BUILDERS:
            licences.accept(connection, profiles(load())[name].licence, now())
        key, _secret = accounts.create_key(connection, label="customer")
    house.roster.forget()
    pngs = [png_of(picture(number)) for number in range(9)]
    uploads = [
        "upload:" + house.rooms.pictures.keep(key.id, png, PictureLimits(shortest_side=80)).sha256 for png in pngs
    ]
    more = {Mode.TEXT: {}, Mode.IMAGE: {"image": uploads[0]}, Mode.REFERENCE: {"references": uploads}}
    tasks = {}
    for name, mode in MODES:
        body = {"prompt": "a fox like [Image 1]" if mode is Mode.REFERENCE else "a fox", "seconds": 3, "seed": 5}
        body |= {"resolution": "480p", "engine": name, **more[mode]}
        task, _replayed = Intake(house.rooms).accept(dialect_named("native"), key, json.dumps(body).encode(), None)
        tasks[name, mode] = task.id
    with Studio(bounds=Bounds()) as studio:  # one child for all: tiny models are in nobody's way
        worker = house.worker(studio)
        worker.start()
        try:
            wait_for(lambda: all(house.rooms.tasks.any(one).status in FINAL for one in tasks.values()))
        finally:
            worker.stop()
    for (name, mode), task_id in tasks.items():
        task = house.rooms.tasks.any(task_id)
        video = task.video
        assert video is not None, f"{name} {mode}: {task.failure}"
        assert (video.frame_count, video.seconds, video.has_sound, video.engine) == (72, 3.0, True, name)
        shape = (video.width, video.height)
        assert shape == ((522, 784) if mode is Mode.IMAGE else (854, 480))
        assert ("procedural" in " ".join(video.notes)) == (name == "wan")
    house.close()


def png_of(one: Picture) -> bytes:
    """As somebody uploads it."""
    out = io.BytesIO()
    image_of(one).resize((320, 480)).save(out, "PNG")
    return out.getvalue()


def test_memory_that_runs_out_costs_one_film(place: Path, tmp_path: Path) -> None:
    """The film fails with a clear sentence, its process goes with all that it held, and a fresh one takes the next."""
    film = Commission(order(Mode.TEXT), "short of memory", (), tmp_path / "film.mp4", "films/1.mp4")
    with Studio("tiny_engines:engine_named") as studio:
        studio.warm(film.engine)
        first = studio._child
        assert first is not None
        with pytest.raises(EngineOutOfMemory, match="ran out of memory with a film of 73 frames of 64×32"):
            studio.make(film, lambda _share: None)
        studio.warm(film.engine)
        assert studio._child is not None
        assert studio._child.pid != first.pid
        with pytest.raises(ProcessLookupError):
            os.kill(first.pid, 0)
    assert not film.path.exists()
