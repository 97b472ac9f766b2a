"""Judging orders and films: an OpenAI-compatible endpoint with its faults, others' code, and what a task hears."""

from __future__ import annotations

import base64
import io
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace as Namespace

import av
import numpy as np
import pytest
from PIL import Image

from judges import Judge, judges
from openhorse import moderation
from openhorse.care import FRAMES, UNUSED, Care, care_of
from openhorse.cues import Commission
from openhorse.enhancement import Enhanced
from openhorse.errors import Cancelled, ContentRefused, EngineUnavailable, ModerationUnavailable
from openhorse.media import glances
from openhorse.moderation import Guest, Moderator, endpoint
from openhorse.moderation.endpoint import Endpoint
from openhorse.peers import Peer
from openhorse.settings import Settings
from openhorse.vocabulary import Glimpse, Order, Progress, Show, Status, Still, Video
from shops import ORDER
from test_runs import Shop


@pytest.fixture
def judge() -> Iterator[Judge]:
    """An endpoint on this machine."""
    with judges() as made:
        yield made


@pytest.fixture
def asking(judge: Judge) -> Iterator[Endpoint]:
    """A moderator that asks it, with the patience of tests."""
    made = Endpoint(Peer(judge.url), "omni-moderation-latest", patience=30.0, pauses=(0.01,))
    yield made
    made.close()


def unmoved(_share: float) -> None:
    """Progress for nobody."""


def png(width: int = 8, height: int = 8, colour: str = "red") -> bytes:
    """A picture."""
    out = io.BytesIO()
    Image.new("RGBA", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def film_at(path: Path, frames: int = 48) -> Path:
    """A film that grows brighter."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(24))
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(frames):
            level = np.full((48, 64, 3), 255 * number // (frames - 1), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(level)))
        container.mux(stream.encode())
    return path


def test_what_is_well_goes_through(judge: Judge, asking: Endpoint, tmp_path: Path) -> None:
    """The prompt as text, each picture and frame alone, as the official SDK types them; the key in its header."""
    mine = Care((asking,))
    mine.before(replace(ORDER, prompt="a lake"), [png(), png(3000, 20)])
    mine.after(ORDER, film_at(tmp_path / "film.mp4"))
    assert [one["model"] for one in judge.asked] == ["omni-moderation-latest"] * (3 + FRAMES)
    assert judge.asked[0]["input"] == "a lake"
    shown = [base64.b64decode(one["input"][0]["image_url"]["url"].partition(",")[2]) for one in judge.asked[1:]]
    pictures = [Image.open(io.BytesIO(jpeg)) for jpeg in shown]
    assert [one.size for one in pictures[:2]] == [(8, 8), (1024, 7)]
    assert [one.size for one in pictures[2:]] == [(64, 48)] * FRAMES
    levels = [np.asarray(one).mean() for one in pictures[2:]]
    assert levels[0] < 5
    assert levels[-1] > 250
    assert levels == sorted(levels)


@pytest.mark.parametrize(
    ("prompt", "flag", "message"),
    [
        ("a fight", None, "The prompt is refused by moderation: violence."),
        ("a gory fight", None, "The prompt is refused by moderation: violence, graphic violence."),
        ("a lake", "sexual/minors", "Picture 1 is refused by moderation: sexual content with minors."),
    ],
)
def test_what_is_flagged_is_refused_in_plain_words(
    judge: Judge,
    asking: Endpoint,
    caplog: pytest.LogCaptureFixture,
    prompt: str,
    flag: str | None,
    message: str,
) -> None:
    """Category by category; the audit has who and why, and nothing of the prompt."""
    judge.bad, judge.flag = {"fight": "violence", "gory": "violence/graphic"}, flag
    with pytest.raises(ContentRefused) as refused:
        Care((asking,)).before(replace(ORDER, prompt=prompt), [png(), png()])
    assert refused.value.message == message
    assert f"refused at stage order by endpoint: {message}" in caplog.text
    assert prompt not in caplog.text


def test_a_film_is_refused_as_one(judge: Judge, asking: Endpoint, tmp_path: Path) -> None:
    """By its first bad frame; the words begin as dialects know them."""
    judge.flag = "violence"
    with pytest.raises(ContentRefused, match=r"^The film is refused by moderation: violence\.$"):
        Care((asking,)).after(ORDER, film_at(tmp_path / "film.mp4"))
    assert len(judge.asked) == 1


def test_an_order_without_words_has_only_pictures_to_show(judge: Judge, asking: Endpoint) -> None:
    """And an endpoint that reads only text is shown none."""
    Care((asking,)).before(replace(ORDER, prompt=""), [png()])
    assert [type(one["input"]) for one in judge.asked] == [list]
    Care((replace(asking, sees=False),)).before(replace(ORDER, prompt="a lake"), [png()])
    assert judge.asked[1]["input"] == "a lake"
    assert len(judge.asked) == 2


@pytest.mark.parametrize(
    "fault", [500, 503, 429, "nonsense", {}, {"results": []}, {"results": [{}]}, {"results": [{"flagged": "no"}]}, []]
)
def test_an_answer_that_is_no_verdict_is_asked_for_again(judge: Judge, asking: Endpoint, fault: object) -> None:
    """Until there is one; nothing is let through for lack of it."""
    judge.bad, judge.faults = {"fight": "violence"}, [fault, fault]
    with pytest.raises(ContentRefused):
        asking.before(replace(ORDER, prompt="a fight"), (), unmoved)
    assert len(judge.asked) == 3


def test_silence_is_waited_out_and_asked_again(judge: Judge, asking: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that takes a request and says nothing."""
    monkeypatch.setattr(endpoint, "ANSWER_SECONDS", 0.2)
    judge.faults = ["silence"]
    asking.before(replace(ORDER, prompt="a lake"), (), unmoved)
    assert len(judge.asked) == 2


@pytest.mark.parametrize(
    ("failure", "kind", "asked"),
    [("wait", ModerationUnavailable, 9), ("refuse", ContentRefused, 2), ("allow", None, 2)],
)
def test_a_setting_says_what_happens_without_a_verdict(
    judge: Judge,
    asking: Endpoint,
    caplog: pytest.LogCaptureFixture,
    failure: endpoint.Failure,
    kind: type[Exception] | None,
    asked: int,
) -> None:
    """By default a while of asking, then an error of ours that may be tried again; never let through in silence."""
    judge.faults = [500] * 1000
    mine = replace(asking, failure=failure, patience=0.0 if failure != "wait" else 0.5, pauses=(0.01, 0.05))
    if kind is None:
        mine.before(replace(ORDER, prompt="a lake"), (), unmoved)
        assert "let through unjudged: HTTP status 500" in caplog.text
    else:
        with pytest.raises(kind) as raised:
            mine.before(replace(ORDER, prompt="a lake"), (), unmoved)
        assert isinstance(raised.value, ModerationUnavailable | ContentRefused)
        assert raised.value.retry is (failure == "wait")
        assert "could not be judged: HTTP status 500" in caplog.text
    assert (len(judge.asked) >= 2) if failure == "wait" else (len(judge.asked) == asked)


def test_a_refusal_of_the_request_itself_is_not_asked_again(judge: Judge, asking: Endpoint) -> None:
    """A wrong key or model does not heal by waiting."""
    judge.faults = [401]
    with pytest.raises(ModerationUnavailable):
        asking.before(replace(ORDER, prompt="a lake"), (), unmoved)
    assert len(judge.asked) == 1


def test_an_endpoint_that_is_not_there_is_no_verdict(asking: Endpoint) -> None:
    """Nothing listens; where it would be, no customer hears."""
    peer = Peer("http://127.0.0.1:9/v1")
    with pytest.raises(ModerationUnavailable) as raised:
        replace(asking, peer=peer, patience=0.0).before(replace(ORDER, prompt="a lake"), (), unmoved)
    assert "127.0.0.1" not in raised.value.message
    peer.close()


def test_a_cancel_is_heard_while_it_is_waited(judge: Judge, asking: Endpoint) -> None:
    """Within a request and between two."""
    judge.faults = ["silence"]
    heard = threading.Event()

    def cancelled(_share: float) -> None:
        if judge.asked:
            heard.set()
            raise Cancelled("by the customer")

    began = time.monotonic()
    with pytest.raises(Cancelled):
        asking.before(replace(ORDER, prompt="a lake"), (), cancelled)
    assert heard.is_set()
    assert time.monotonic() - began < endpoint.ANSWER_SECONDS


class Broken:
    """A moderator that fails at its work."""

    name = "broken"
    error: Exception = ValueError("a bug")

    def before(self, order: Order, pictures: Sequence[bytes], progress: Progress) -> None:
        """Fail."""
        raise self.error

    def after(self, order: Order, frames: Sequence[bytes], progress: Progress) -> None:
        """Fail."""
        raise self.error


class Faces(Broken):
    """A moderator that refuses."""

    error = ContentRefused("A face without consent.")


class Away(Broken):
    """A moderator whose own server is away."""

    error = EngineUnavailable("away")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("test_moderation:Broken", ModerationUnavailable),
        ("test_moderation:Away", ModerationUnavailable),
        ("test_moderation:Faces", ContentRefused),
        ("test_moderation:Missing", ModerationUnavailable),
        ("no_such_module:Thing", ModerationUnavailable),
        ("test_moderation:png", ModerationUnavailable),
    ],
)
def test_other_peoples_moderators_fail_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, kind: type[Exception]
) -> None:
    """One that breaks, cannot be loaded or is none at all lets nothing through."""
    point = EntryPoint("theirs", value, moderation.ENTRY_POINTS)
    monkeypatch.setattr(moderation, "entry_points", lambda group: [point] if group == moderation.ENTRY_POINTS else [])
    mine = care_of(Settings())
    assert [judge.name for judge in mine.moderators] == ["theirs"]
    with pytest.raises(kind):
        mine.before(replace(ORDER, prompt="a lake"), [])
    with pytest.raises(kind):
        mine.after(ORDER, film_at(tmp_path / "film.mp4", 3))


def test_settings_make_the_endpoint(judge: Judge) -> None:
    """Address, model, key; without any of them nobody judges."""
    assert care_of(Settings()) == Care()
    mine = care_of(Settings(moderation_url=judge.url + "/", moderation_key="sk-1", moderation_model="m"))  # type: ignore[arg-type]
    mine.before(replace(ORDER, prompt="a lake"), [])
    assert (judge.paths, judge.keys, judge.asked[0]["model"]) == (["/v1/moderations"], ["Bearer sk-1"], "m")
    mine.close()


@pytest.fixture
def shop(tmp_path: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop whose orders and films are judged; its films are no real ones."""
    monkeypatch.setattr(glances, "frames_of", lambda _film, _count: [b"jpeg"])
    made = Shop(tmp_path, f"sqlite:///{tmp_path / 'shop.db'}", datetime.now(UTC))
    peer = Peer(judge.url)
    made.bench = replace(made.bench, care=Care((Endpoint(peer, patience=0.0, pauses=(0.01,)),)))
    yield made
    made.stop()
    peer.close()
    made.queues.close()
    made.database.close()


def test_a_refused_order_costs_nothing_and_asks_no_engine(
    shop: Shop, judge: Judge, caplog: pytest.LogCaptureFixture
) -> None:
    """The task fails with words for its customer; the audit names key and task."""
    judge.bad = {"lake": "violence"}
    task_id = shop.submit(replace(ORDER, prompt="a lake"))
    shop.start()
    task = shop.ended(task_id)
    assert task.failure is not None
    assert (task.status, task.failure.code, task.failure.retry) == (Status.FAILED, "content_refused", False)
    assert task.failure.message == "The prompt is refused by moderation: violence."
    assert (shop.studio.calls, shop.balance().available) == ([], 100_000)
    assert "refused at stage order by endpoint" in caplog.text


def test_a_refused_film_is_not_kept(shop: Shop, judge: Judge) -> None:
    """Neither in the store nor in the folder where it was made; nothing is charged."""
    judge.flag = "sexual"
    task_id = shop.submit(replace(ORDER, prompt=""))
    shop.start()
    task = shop.ended(task_id)
    assert task.failure is not None
    assert task.failure.message == "The film is refused by moderation: sexual content."
    assert (len(shop.studio.calls), shop.balance().available, task.stills) == (1, 100_000, ())
    assert not [path for path in shop.folder.rglob("*") if path.suffix in (".mp4", ".jpg")]


def test_a_film_that_nobody_can_judge_is_made_once(shop: Shop, judge: Judge) -> None:
    """The task fails as ours, to be tried again, free of charge; no other engine is asked for the same film."""
    judge.faults = [200, 500, 500, 500]
    judge.faults[0] = None
    task_id = shop.submit(replace(ORDER, prompt="a lake"))
    shop.start()
    task = shop.ended(task_id)
    assert task.failure is not None
    assert (task.failure.code, task.failure.retry) == ("moderation_unavailable", True)
    assert (len(shop.studio.calls), shop.balance().available) == (1, 100_000)


@pytest.mark.parametrize("flag", [None, "sexual"])
def test_nobody_sees_anything_of_a_film_before_it_is_judged(shop: Shop, judge: Judge, flag: str | None) -> None:
    """Its stills are there once it may be seen."""
    seen_before: list[tuple[Still, ...]] = []
    make = shop.studio.make

    def showing(film: Commission, progress: Progress, show: Show) -> Video:
        show(Glimpse("0", 0.0, b"jpeg"))
        time.sleep(0.1)
        seen_before.append(shop.tasks.any(task_id).stills)
        return make(film, progress, show)

    shop.bench = replace(shop.bench, studio=Namespace(make=showing))
    judge.flag = flag
    task_id = shop.submit(replace(ORDER, prompt=""))
    shop.start()
    task = shop.ended(task_id)
    assert seen_before == [()]
    assert [one.name for one in task.stills] == ([] if flag else ["0"])


class Writer:
    """Writes prompts anew."""

    def enhance(self, order: Order, engine: str, progress: Progress) -> Enhanced:
        """A worse one."""
        return Enhanced(f"{order.prompt}, a fight", "written anew")


def test_what_a_prompt_was_made_into_is_judged_too(judge: Judge, asking: Endpoint) -> None:
    """What would be refused is not used; the order's own words are."""
    mine = Care((asking,), Writer())
    order = replace(ORDER, prompt="a lake")
    assert mine.enhance(order, "h3") == Enhanced("a lake, a fight", "written anew")
    judge.bad = {"fight": "violence"}
    assert mine.enhance(order, "h3") == Enhanced("a lake", UNUSED)


def test_a_guest_is_a_moderator() -> None:
    """As mypy sees the built-in ones, too."""
    judges: Sequence[Moderator] = [Guest(EntryPoint("a", "b:c", "d")), Broken()]
    assert [judge.name for judge in judges] == ["a", "broken"]
