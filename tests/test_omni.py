"""Films by vLLM-Omni's servers: what is sent, what is understood of the answers, and every trap on the way."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from inference_server import running
from omni_server import OmniServer
from openhorse.catalog import load
from openhorse.dialects import Report
from openhorse.engines.added import talker
from openhorse.engines.mentions import renamed
from openhorse.engines.omni import Omni
from openhorse.engines.remote import Lost, Place, Sent, Servers, Unanswered
from openhorse.engines.sglang import SGLang
from openhorse.errors import EngineFailed, EngineUnavailable, InvalidOrder
from openhorse.outbound import Outbound
from openhorse.profiles import profiles
from openhorse.vocabulary import Mode, Order, Ratio, Status, Tier

PROFILES = profiles(load())
ORDER = Order("native", "happyhorse-1.1", Mode.TEXT, "a lake", Tier.P720, 5, ratio=Ratio.R16_9, seed=7)


def png(width: int, height: int, colour: tuple[int, ...] = (40, 90, 200)) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def server() -> Iterator[OmniServer]:
    """A server that has all of MiniMax-H3."""
    known = OmniServer()
    known.smaller = 8
    with running(known):
        yield known


@pytest.fixture
def omni(server: OmniServer) -> Iterator[Omni]:
    """The engine of that one server."""
    engine = Omni(Servers("gpus", (server.url,), "h3"), PROFILES["h3"])
    yield engine
    engine.close()


def ended(engine: Omni, place: Place, report: Report) -> Report:
    """What is said of a film when it has ended."""
    for _ in range(2000):
        report = engine.look(place, report)
        if report.status not in (Status.QUEUED, Status.RUNNING):
            return report
    raise AssertionError(report)


def ask(engine: Omni, order: Order, *pictures: bytes) -> tuple[Place, Report]:
    """Ask at the engine's first place."""
    place = engine.places(order)[0]
    return place, engine.ask(place, order, [Sent(one) for one in pictures], "once")


def test_a_film_is_ordered_looked_at_and_fetched(server: OmniServer, omni: Omni, tmp_path: Path) -> None:
    """From the order to the mp4: the model's own canvas and frame count, whose first five seconds will be the film."""
    server.smaller = 1
    server.go.clear()
    place, report = ask(omni, ORDER)
    assert place == Place(server.url, seats=1)
    assert (report.status, report.film) == (Status.QUEUED, None)
    with pytest.raises(EngineUnavailable, match="not ready"):
        omni.fetch(place, report, tmp_path / "film.mp4")
    server.go.set()
    report = ended(omni, place, report)
    assert report == Report(report.id, Status.SUCCEEDED, 1.0, f"/v1/videos/{report.id}/content")
    omni.fetch(place, report, tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as film:
        video = film.streams.video[0]
        assert (video.width, video.height, video.frames) == (1344, 768, 124)
        assert film.streams.audio[0].sample_rate == 32_000
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_text_is_sent_as_h3_wants_it(server: OmniServer, omni: Omni) -> None:
    """A named ratio, at least four seconds, the served model's name; 4:5 and its kin by width and height besides."""
    named = [("21:9", None), ("4:3", None), ("4:5", ("768", "960")), ("5:4", ("960", "768")), ("9:21", ("672", "1536"))]
    server.go.clear()
    for ratio, size in named:
        ask(omni, replace(ORDER, ratio=Ratio(ratio), seconds=3))
        fields = server.sent[-1].fields
        nearest = {"4:5": "3:4", "5:4": "4:3", "9:21": "9:16"}.get(ratio, ratio)
        assert fields.pop("width", None) == (size and size[0])
        assert fields.pop("height", None) == (size and size[1])
        assert json.loads(fields.pop("extra_params")) == {"task": "t2va"}
        assert fields == {
            "prompt": "a lake",
            "model": "MiniMaxAI/MiniMax-H3",
            "seconds": "4",
            "seed": "7",
            "aspect_ratio": nearest,
        }
        assert server.sent[-1].files == []
    assert [job.size for job in server.jobs.values()] == [(1536, 672), (1024, 768), (768, 960), (960, 768), (672, 1536)]


def test_a_first_frame_is_cut_to_the_canvas(server: OmniServer, omni: Omni) -> None:
    """The server stretches what is of another shape: it gets the very canvas, and a prompt where there is none."""
    order = replace(ORDER, mode=Mode.IMAGE, ratio=None, prompt="", pictures=("blob:1",))
    server.go.clear()
    ask(omni, order, png(1500, 1000, (255, 0, 0, 0)))
    request = server.sent[-1]
    [(field, name, kind, data)] = request.files
    assert (field, kind) == ("input_reference", "image/png")
    assert name.endswith(".png")
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (1152, 768) == (int(request.fields["width"]), int(request.fields["height"]))
        assert image.getpixel((9, 9)) == (255, 255, 255)  # what nobody sees is not sent as a colour
    assert json.loads(request.fields["extra_params"]) == {"task": "fl2va"}
    assert "aspect_ratio" not in request.fields
    assert request.fields["prompt"].strip()
    assert [job.size for job in server.jobs.values()] == [(1152, 768)]


def test_references_go_as_files_in_their_order(server: OmniServer, omni: Omni) -> None:
    """Nine repeated fields, <Picture i> for [Image i], the task by name; no width and height, which would bend them."""
    prompt = "[Image 2] meets character1 and 图 3 on a 地图3"
    order = replace(ORDER, mode=Mode.REFERENCE, prompt=prompt, ratio=Ratio.R4_5)
    server.go.clear()
    ask(omni, order, *(png(400 + 10 * i, 400) for i in range(8)), png(4200, 1680))
    request = server.sent[-1]
    assert [field for field, *_ in request.files] == ["input_references"] * 9
    sizes = [Image.open(io.BytesIO(data)).size for *_, data in request.files]
    assert sizes == [(400 + 10 * i, 400) for i in range(8)] + [(4096, 1639)]
    assert request.fields["prompt"] == "<Picture 2> meets <Picture 1> and <Picture 3> on a 地图3"
    assert json.loads(request.fields["extra_params"]) == {"task": "ref2va"}
    assert request.fields["aspect_ratio"] == "3:4"
    assert "width" not in request.fields
    assert [job.faults for job in server.jobs.values()] == [None]


def test_pictures_are_renamed_in_any_form() -> None:
    """The numbers are what counts; the form is the model's."""
    assert renamed("[image 10], [ Image 2 ] and 蓝图1", "picture {}") == "picture 10, picture 2 and 蓝图1"


def test_other_models_get_sizes_and_frames_by_number(tmp_path: Path) -> None:
    """LTX-2 and Wan are asked for a canvas and a frame count of theirs; one first frame, no task."""
    server = OmniServer("Lightricks/LTX-2")
    with running(server):
        engine = Omni(Servers("ltx", (server.url,), "ltx"), PROFILES["ltx"])
        server.go.clear()
        ask(engine, ORDER)
        assert server.sent[-1].fields == {
            "prompt": "a lake",
            "model": "Lightricks/LTX-2",
            "seed": "7",
            "num_frames": "121",
            "fps": "24",
            "width": "1248",
            "height": "704",
        }
        ask(engine, replace(ORDER, mode=Mode.IMAGE, ratio=None), png(900, 900))
        with Image.open(io.BytesIO(server.sent[-1].files[0][3])) as image:
            assert image.size == (704, 704)
        assert engine.why_not(replace(ORDER, mode=Mode.REFERENCE)) == "LTX-2 has no reference-to-video"
        engine.close()


def test_a_failed_film_is_read_though_it_comes_as_an_http_error(
    server: OmniServer, omni: Omni, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The record is the body of a 400 or 500, and counts. The customer reads a clean sentence, the log says why."""
    for code, retry in ((400, False), (500, True)):
        server.breaks = [(code, "CUDA out of memory at /models/h3")]
        place, report = ask(omni, ORDER)
        with caplog.at_level(logging.WARNING):
            report = ended(omni, place, report)
        assert report.failure is not None
        assert (report.status, report.failure.code, report.failure.retry) == (Status.FAILED, "engine_failed", retry)
        assert "CUDA" not in report.failure.message
        assert "CUDA out of memory at /models/h3" in caplog.text
        with pytest.raises(EngineFailed, match="could not make") as caught:
            omni.fetch(place, report, tmp_path / "film.mp4")
        assert not isinstance(caught.value, EngineUnavailable)
    assert list(tmp_path.iterdir()) == []


def test_a_restarted_server_has_lost_its_films(server: OmniServer, omni: Omni, tmp_path: Path) -> None:
    """It answers, and does not know the film: that is not the same as being out of reach."""
    place, report = ask(omni, ORDER)
    server.restart()
    for verb in (lambda: omni.look(place, report), lambda: omni.fetch(place, report, tmp_path / "film.mp4")):
        with pytest.raises(Lost):
            verb()
    assert omni.stop(place, report)
    again = ended(omni, place, omni.ask(place, ORDER, (), "twice"))
    server.jobs[again.id].film = None
    with pytest.raises(Lost):
        omni.fetch(place, again, tmp_path / "film.mp4")


def test_a_server_that_is_gone_is_unavailable(server: OmniServer, omni: Omni) -> None:
    """Every verb says so; its health is not believed any more, and it was not asked for anything."""
    place, report = ask(omni, ORDER)
    assert omni.health(place) is None
    server.kill()
    verbs = (
        lambda: omni.look(place, report),
        lambda: omni.stop(place, report),
        lambda: omni.ask(place, ORDER, (), "2"),
    )
    for verb in verbs:
        with pytest.raises(EngineUnavailable) as caught:
            verb()
        assert server.url not in caught.value.message
    assert not isinstance(caught.value, Unanswered)
    assert omni.health(place) == "The engine's server does not answer."
    server.restart()


def test_a_film_is_stopped_for_good(server: OmniServer, omni: Omni) -> None:
    """While it drains it holds its seat; then it is gone, and so it is when it is stopped twice."""
    server.go.clear()
    place, report = ask(omni, ORDER)
    server.drains = 2
    assert [omni.stop(place, report) for _ in range(4)] == [False, False, True, True]
    assert server.deleted == [report.id]
    server.go.set()
    place, report = ask(omni, replace(ORDER, seconds=4))
    ended(omni, place, report)
    assert omni.stop(place, report)  # which frees the server's disk of it
    assert server.jobs == {}
    assert len(server.made) == 1


def test_a_server_serves_its_part_only() -> None:
    """One server for references, one for the rest: told by the operator, by the model's name, or by a refusal."""
    refs, rest = OmniServer(part="ref2va"), OmniServer("/models/MiniMax-H3/FL2VA", part="fl2va")
    reference = replace(ORDER, mode=Mode.REFERENCE)
    with running(refs), running(rest):
        engine = Omni(Servers("gpus", (refs.url, rest.url), "h3"), PROFILES["h3"])
        assert [place.label for place in engine.places(ORDER)] == [refs.url, rest.url]
        assert [engine.health(place) for place in engine.places(ORDER)] == [None, None]
        assert [place.label for place in engine.places(reference)] == [refs.url]
        place, report = ask(engine, ORDER)
        assert place.label == refs.url
        with pytest.raises(Lost):
            ended(engine, place, report)
        assert [place.label for place in engine.places(ORDER)] == [rest.url]
        engine.close()
        told = Omni(Servers("gpus", (refs.url + "/#ref2va", rest.url + "#FL2VA"), "h3"), PROFILES["h3"])
        assert [place.label for place in told.places(ORDER)] == [rest.url]
        assert [place.label for place in told.places(reference)] == [refs.url]
        told.close()
        alone = Omni(Servers("gpus", (rest.url + "#fl2va",), "h3"), PROFILES["h3"])
        assert alone.why_not(ORDER) is None
        assert alone.why_not(reference) == "no server of gpus makes reference-to-video"
        alone.close()


def test_keys_are_shown_and_asked_for(server: OmniServer) -> None:
    """Without the right key the server is not well, though its /health says so: the note names the variable."""
    server.key = "sesame"
    server.restart()
    for key, variable, wrong in (("sesame", "GPU_KEY", None), ("mellon", "GPU_KEY", "GPU_KEY"), (None, None, "a key")):
        engine = Omni(Servers("gpus", (server.url,), "h3", variable), PROFILES["h3"], key)
        place = Place(server.url)
        found = engine.health(place)
        if wrong is None:
            assert found is None
            assert engine.ask(place, ORDER, (), "once").id
        else:
            assert found is not None
            assert wrong in found
            assert "mellon" not in found
            with pytest.raises(EngineUnavailable, match="lets nobody in") as caught:
                engine.ask(place, ORDER, (), "once")
            assert wrong in " ".join(caught.value.__notes__)
            assert wrong not in caught.value.message
        engine.close()


def test_health_is_asked_now_and_then(server: OmniServer) -> None:
    """What was heard is believed for a while, good or bad."""
    time = [0.0]
    engine = Omni(Servers("gpus", (server.url,), "h3"), PROFILES["h3"], None, lambda: time[0])
    place = Place(server.url)
    assert engine.health(place) is None
    server.trouble = "dead"
    assert engine.health(place) is None
    time[0] = 6
    assert engine.health(place) == "it is not ready: 503 {'status': 'unhealthy'}"
    server.trouble = None
    time[0] = 12
    assert engine.health(place) is None
    engine.close()


def test_a_server_with_another_model_is_not_used(server: OmniServer, omni: Omni) -> None:
    """It came back with another model meanwhile: it refuses the name, and is asked for its name again."""
    assert omni.health(Place(server.url)) is None
    server.model = "MiniMaxAI/MiniMax-H3-next"
    with pytest.raises(EngineUnavailable, match="another model"):
        ask(omni, ORDER)
    ask(omni, ORDER)
    assert server.sent[-1].fields["model"] == "MiniMaxAI/MiniMax-H3-next"


def test_refusals_are_told_apart(server: OmniServer, omni: Omni) -> None:
    """What is wrong with the order is the film's failure; what is wrong with the server is not."""
    with pytest.raises(EngineFailed, match="did not take") as caught:
        ask(omni, replace(ORDER, prompt="x" * 2_000_000))  # more than a form's field holds
    assert not isinstance(caught.value, EngineUnavailable)

    def broken() -> None:
        raise RuntimeError("no handler")

    server.before = broken
    with pytest.raises(EngineUnavailable, match="busy or not well") as caught:
        ask(omni, ORDER)
    assert not isinstance(caught.value, Unanswered)


def test_an_engine_that_was_added_speaks_to_its_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the operator has added is constructed by its kind, with the key of its variable."""
    monkeypatch.setenv("GPU_KEY", "sesame")
    server = OmniServer(key="sesame")
    with running(server):
        for kind, speaks in (("omni", Omni), ("sglang", SGLang)):
            engine = talker(kind, Servers("gpus", (server.url,), "h3", "GPU_KEY"), load(), Outbound())
            assert isinstance(engine, speaks)
            assert engine.health(Place(server.url)) is None
            engine.close()


def test_addresses_are_checked() -> None:
    """What cannot be a server's address is refused when the engine is made; a path below the host is fine."""
    for url in ("gpu:8000", "ftp://gpu", "http://me:pw@gpu", "http://gpu/?a=1", "http://gpu/ x", ""):
        with pytest.raises(InvalidOrder):
            Omni(Servers("gpus", (url,), "h3"), PROFILES["h3"])
    engine = Omni(Servers("gpus", ("https://gpu/one/", "https://gpu/one"), "h3"), PROFILES["h3"])
    assert [place.label for place in engine.places(ORDER)] == ["https://gpu/one"]
    engine.close()


def test_the_stand_in_makes_films_of_their_seeds(server: OmniServer, omni: Omni) -> None:
    """The same order and seed are the same bytes, another seed is another film; else no test could tell them apart."""
    films = []
    for seed in (7, 7, 8):
        place, report = ask(omni, replace(ORDER, seed=seed))
        ended(omni, place, report)
        films.append(server.jobs[report.id].film)
    assert films[0] == films[1] != films[2]
    assert films[2] is not None
    with av.open(io.BytesIO(films[2])) as film:
        frame = next(film.decode(video=0)).to_ndarray(format="rgb24")
    assert np.ptp(frame.mean(axis=(0, 2))) > 60
