"""Films by SGLang's servers: H3's own request, forms for other models, and films that cannot be stopped."""

from __future__ import annotations

import io
import json
import logging
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import httpx2
import pytest
from PIL import Image

from inference_server import running
from openhorse.dialects import Report
from openhorse.engines.fleet import nearest
from openhorse.engines.remote import Lost, Place, Servers
from openhorse.engines.sglang import SGLang
from openhorse.errors import EngineFailed, EngineUnavailable
from openhorse.vocabulary import Mode, Ratio, Status
from sglang_server import SglangServer
from test_omni import ORDER, PROFILES, ask, ended, png

IMAGE = replace(ORDER, mode=Mode.IMAGE, ratio=None)
REFERENCE = replace(ORDER, mode=Mode.REFERENCE, prompt="[Image 1] meets [Image 2]")


@pytest.fixture
def server() -> Iterator[SglangServer]:
    """A server that has MiniMax-H3's part for text and first frames."""
    known = SglangServer()
    known.smaller = 8
    with running(known):
        yield known


@pytest.fixture
def sglang(server: SglangServer) -> Iterator[SGLang]:
    """The engine of that one server."""
    engine = SGLang(Servers("gpus", (server.url,), "h3"), PROFILES["h3"])
    yield engine
    engine.close()


def test_a_film_is_ordered_followed_and_fetched(server: SglangServer, sglang: SGLang, tmp_path: Path) -> None:
    """Progress is told while it is made; the film is there at the end and not before."""
    server.steps, server.step_seconds = 5000, 0.02
    place, report = ask(sglang, ORDER)
    seen = {report.progress}
    while len(seen) < 3:
        report = sglang.look(place, report)
        seen.add(report.progress)
    assert report.status is Status.RUNNING
    assert all(0 < share < 1 for share in seen if share is not None)
    with pytest.raises(EngineUnavailable, match="not ready"):
        sglang.fetch(place, report, tmp_path / "film.mp4")
    server.steps, server.step_seconds = 1, 0
    server.restart()
    place, report = ask(sglang, ORDER)
    report = ended(sglang, place, report)
    assert report == Report(report.id, Status.SUCCEEDED, 1.0, f"/v1/videos/{report.id}/content")
    sglang.fetch(place, report, tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert film.streams.video[0].frames == 124


def test_text_is_sent_as_h3_wants_it(server: SglangServer, sglang: SGLang) -> None:
    """JSON of H3's own kind, with none of the fields that it refuses."""
    server.go.clear()
    ask(sglang, replace(ORDER, seconds=3, ratio=Ratio.R9_21))
    assert server.sent[-1].fields == {
        "prompt": "a lake",
        "task": "t2va",
        "conditions": [],
        "target": {"short_edge": 768, "aspect_ratio": "9:16", "duration_seconds": 4},
        "seed": 7,
    }
    assert server.sent[-1].headers["content-type"] == "application/json"


def test_the_nearest_ratio_is_made() -> None:
    """Six are known by name; of the other three the one that loses least when it is cut."""
    assert {one: nearest(one) for one in Ratio if nearest(one) is not one} == {
        Ratio.R4_5: Ratio.R3_4,
        Ratio.R5_4: Ratio.R4_3,
        Ratio.R9_21: Ratio.R9_16,
    }


def test_a_first_frame_gives_the_shape(server: SglangServer, sglang: SGLang) -> None:
    """One keyframe at 0, inline, cut to the canvas that the server makes of that shape itself."""
    server.go.clear()
    for width, height in ((900, 500), (500, 900), (1000, 400), (777, 600), (400, 400)):
        ask(sglang, IMAGE, png(width, height))
        [condition] = server.sent[-1].fields["conditions"]
        head, _, payload = condition.pop("uri").partition(",")
        assert head == "data:image/png;base64"
        assert condition == {"type": "image", "role": "keyframe", "frame_index": 0}
        assert server.sent[-1].fields["target"]["aspect_ratio"] == "auto"
        with Image.open(io.BytesIO(b64decode(payload))) as image:
            assert image.size == list(server.jobs.values())[-1].size
            assert image.width / image.height == pytest.approx(width / height, rel=0.04)


def test_references_go_inline_in_their_order() -> None:
    """A server for references gets the pictures as data, never an address, and the model's names for them."""
    server = SglangServer("/models/MiniMax-H3/Ref2VA", part="ref2va")
    with running(server):
        engine = SGLang(Servers("refs", (server.url,), "h3"), PROFILES["h3"])
        server.go.clear()
        assert engine.health(Place(server.url)) is None
        assert engine.places(ORDER) == []
        ask(engine, REFERENCE, png(400, 500), png(500, 400))
        fields = server.sent[-1].fields
        assert fields["prompt"] == "<Picture 1> meets <Picture 2>"
        assert [(one["type"], one["role"]) for one in fields["conditions"]] == [("image", "reference")] * 2
        sizes = [Image.open(io.BytesIO(b64decode(one["uri"].partition(",")[2]))).size for one in fields["conditions"]]
        assert sizes == [(400, 500), (500, 400)]
        assert re.search(r"https?:", json.dumps(fields)) is None
        engine.close()


def test_the_wrong_part_is_found_out(server: SglangServer, sglang: SGLang) -> None:
    """The card says nothing of parts; the film that fails for it is lost, not failed, and the server is passed over."""
    assert sglang.health(Place(server.url)) is None
    assert len(sglang.places(REFERENCE)) == 1
    place, report = ask(sglang, REFERENCE, png(400, 500))
    with pytest.raises(Lost, match="fl2va only"):
        ended(sglang, place, report)
    assert sglang.places(REFERENCE) == []
    assert len(sglang.places(ORDER)) == 1


def test_a_film_that_is_made_is_never_dropped(server: SglangServer, sglang: SGLang) -> None:
    """DELETE would free nothing and hide that the GPU is at work: it drains, and only then its record goes."""
    server.go.clear()
    place, report = ask(sglang, ORDER)
    assert [sglang.stop(place, report) for _ in range(3)] == [False, False, False]
    assert list(server.jobs) == [report.id]
    server.go.set()
    ended(sglang, place, report)
    assert sglang.stop(place, report)
    assert server.jobs == {}
    assert sglang.stop(place, report)


def test_the_stand_in_goes_on_with_what_is_deleted(server: SglangServer, sglang: SGLang) -> None:
    """As the real one: the record is gone at once, and the next film waits for the GPU all the same."""
    server.go.clear()
    _, first = ask(sglang, ORDER)
    deleted = httpx2.delete(f"{server.url}/v1/videos/{first.id}").json()
    assert (deleted["id"], deleted["status"]) == (first.id, "deleted")
    place, second = ask(sglang, ORDER)
    assert sglang.look(place, second).status is Status.QUEUED
    server.go.set()
    ended(sglang, place, second)
    assert [job.id for job in server.made] == [first.id, second.id]


def test_a_failed_film_has_no_content(
    server: SglangServer, sglang: SGLang, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure comes with 200 here, without a code; its reason is for the operator."""
    server.breaks = [(500, "torch.OutOfMemoryError: tried to allocate 2 GiB")]
    place, report = ask(sglang, ORDER)
    with caplog.at_level(logging.WARNING):
        report = ended(sglang, place, report)
    assert report.failure is not None
    assert (report.status, report.failure.retry) == (Status.FAILED, True)
    assert "OutOfMemory" in caplog.text
    assert "OutOfMemory" not in report.failure.message
    with pytest.raises(EngineFailed, match="could not make"):
        sglang.fetch(place, report, tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_restarted_server_has_lost_its_films(server: SglangServer, sglang: SGLang) -> None:
    """The record is gone, and with it whatever drained."""
    place, report = ask(sglang, ORDER)
    server.restart()
    with pytest.raises(Lost):
        sglang.look(place, report)
    assert sglang.stop(place, report)


def test_refusals_are_the_film_s_failure(
    server: SglangServer, sglang: SGLang, caplog: pytest.LogCaptureFixture
) -> None:
    """FastAPI's {"detail": …} goes to the log; a server that warms up or has lost its worker is not well."""
    with pytest.raises(EngineFailed, match="did not take") as caught, caplog.at_level(logging.WARNING):
        ask(sglang, replace(ORDER, seed=-1))
    assert not isinstance(caught.value, EngineUnavailable)
    assert "seed must be a non-negative integer" in caplog.text
    server.trouble = "Scheduler worker exited; restart the server."
    with pytest.raises(EngineUnavailable):
        ask(sglang, ORDER)
    [place] = sglang.places(ORDER)
    assert sglang.health(place) == "The engine's server is busy or not well."
    for trouble, told in (("warming up", "503"), ("Scheduler worker exited", "503 Scheduler worker exited")):
        server.trouble = trouble
        engine = SGLang(Servers("gpus", (server.url,), "h3"), PROFILES["h3"])
        assert engine.health(place) == f"it is not ready: {told}"
        engine.close()


def test_other_models_take_forms() -> None:
    """Kandinsky and Wan: one picture at most, as a file; the card tells which of text and picture the model takes."""
    server = SglangServer("kandinskylab/Kandinsky-6.0", tasks=("T2V",))
    with running(server):
        engine = SGLang(Servers("k6", (server.url,), "k6"), PROFILES["k6"])
        server.go.clear()
        wide, high = PROFILES["k6"].canvas.size(Fraction(16, 9))
        ask(engine, ORDER)
        assert server.sent[-1].fields == {
            "prompt": "a lake",
            "width": str(wide),
            "height": str(high),
            "num_frames": "121",
            "fps": "24",
            "seed": "7",
        }
        assert server.sent[-1].files == []
        assert engine.places(IMAGE) == []
        assert engine.why_not(IMAGE) == "no server of k6 makes image-to-video"
        server.tasks = ("I2V",)
        server.restart()
        server.go.clear()
        engine.close()
        engine = SGLang(Servers("k6", (server.url,), "k6"), PROFILES["k6"])
        ask(engine, replace(IMAGE, prompt='{"a": 1}'), png(600, 600))
        assert server.sent[-1].fields["prompt"] == '{"a": 1}'
        [(field, _, kind, data)] = server.sent[-1].files
        assert (field, kind) == ("input_reference", "image/png")
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == (480, 480)
        assert engine.places(ORDER) == []
        engine.close()
