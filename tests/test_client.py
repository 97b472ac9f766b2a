"""The Python client in both colours: against a served OpenHorse, and against servers and networks that misbehave."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import json
import re
import runpy
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import httpx2
import pytest
from PIL import Image

import openhorse
from conftest import SECRET, House
from openhorse import signatures
from openhorse.client import drivers
from openhorse.errors import (
    CallerError,
    Cancelled,
    Gone,
    IdempotencyInFlight,
    InsufficientBalance,
    InvalidOrder,
    MissingKey,
    NotFound,
    RateLimited,
    ServerUnreachable,
    SignatureRefused,
    TaskFailed,
    UpstreamError,
    WrongKey,
)
from openhorse.vocabulary import Failure, Video
from serving import SECRET as SERVED_SECRET
from serving import Served, landscape

Handler = Callable[[httpx2.Request], httpx2.Response]


class Spoken:
    """A client of either colour, called in the same way: what the async one answers is awaited here."""

    def __init__(self, is_async: bool, url: str, key: str | None, handler: Handler | None = None, **given: Any) -> None:
        transport = None if handler is None else httpx2.MockTransport(handler)
        self._is_async = is_async
        self._made: Callable[[], Any] = lambda: (
            openhorse.AsyncClient(url, key, http=httpx2.AsyncClient(transport=transport, trust_env=False), **given)
            if is_async
            else openhorse.Client(url, key, http=httpx2.Client(transport=transport, trust_env=False), **given)
        )

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **given: (
            asyncio.run(self._later(name, args, given)) if self._is_async else (self._now(name, args, given))
        )

    def _now(self, name: str, args: Any, given: Any) -> Any:
        with self._made() as client:
            answer = getattr(client, name)(*args, **given)
            return list(answer) if inspect.isgenerator(answer) else answer

    async def _later(self, name: str, args: Any, given: Any) -> Any:
        async with self._made() as client:
            answer = getattr(client, name)(*args, **given)
            return [one async for one in answer] if inspect.isasyncgen(answer) else await answer


ROOT = Path(__file__).parent.parent

Speak = Callable[..., Spoken]


@pytest.fixture(params=["plain", "async"])
def speak(request: pytest.FixtureRequest) -> Speak:
    """Makes clients of one colour, then of the other."""
    return lambda *args, **given: Spoken(request.param == "async", *args, **given)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client paused, which here takes no time."""
    made: list[float] = []

    async def sleep(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr(drivers.time, "sleep", made.append)
    monkeypatch.setattr(drivers.anyio, "sleep", sleep)
    return made


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An OpenHorse with the engine that takes no time."""
    with Served(tmp_path_factory.mktemp("served")) as server:
        yield server


URL = "http://openhorse.test"
FILM = b"a film, as far as anybody can tell" * 1000


def task_object(
    status: str = "succeeded", link: str = f"{URL}/files/1.mp4", film: bytes | None = FILM
) -> dict[str, Any]:
    """As much of a task object as the client looks at."""
    facts = {"url": link, "bytes": len(film), "sha256": hashlib.sha256(film).hexdigest(), "seed": 7} if film else None
    return {"id": "task_1", "object": "task", "status": status, "progress": 1.0, "film": facts, "error": None}


def answering(*answers: Any, heard: list[httpx2.Request] | None = None) -> Handler:
    """Gives each answer once, in this order, or what makes it; an exception is a connection that breaks."""
    waiting = list(answers)

    def handle(request: httpx2.Request) -> httpx2.Response:
        if heard is not None:
            heard.append(request)
        answer = waiting.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx2.Response) else answer()

    return handle


class Broken(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that breaks off after its pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        raise httpx2.ReadError("the connection is gone")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        raise httpx2.ReadError("the connection is gone")


def refusal(status: int, code: str, **headers: str) -> httpx2.Response:
    """As the server words it."""
    error = {"code": code, "message": f"this is {code}", "field": "seconds", "retry": False}
    return httpx2.Response(status, json={"error": error}, headers={"X-Request-ID": "req-1"} | headers)


# Against a served OpenHorse.


def test_a_film_is_made_and_saved(speak: Speak, served: Served, tmp_path: Path) -> None:
    """One call: the file is the film that the task tells of, progress goes up to 1, and no file is written over."""
    client = speak(served.url, SERVED_SECRET)
    heard: list[float] = []
    wishes: dict[str, Any] = {"seconds": 3, "resolution": "480p", "seed": 5}
    film = client.make("a lake", output=tmp_path / "film.mp4", on_progress=heard.append, timeout=500, **wishes)
    assert (film.path, film.task["status"]) == (tmp_path / "film.mp4", "succeeded")
    assert hashlib.sha256(film.bytes).hexdigest() == film.task["film"]["sha256"]
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    with pytest.raises(FileExistsError):
        client.make("a lake", output=tmp_path / "film.mp4", **wishes)
    with pytest.raises(InvalidOrder, match="no folder"):
        client.make("a lake", output=tmp_path / "nowhere" / "film.mp4", **wishes)
    assert client.list(size=1)["data"][0]["id"] == film.task["id"], "what could not be saved was not ordered"
    assert list(tmp_path.iterdir()) == [film.path]


def test_a_task_is_followed_listed_and_deleted(speak: Speak, served: Served) -> None:
    """Every call of a task's life, in the same words in both colours."""
    client = speak(served.url, SERVED_SECRET)
    quote = client.quote("a lake", seconds=3, image="no/such/file.png")
    assert (quote["price"]["usd"], quote["price"]["seconds"]) == ("0.420000", 3)
    task = client.submit("a lake", seconds=3, resolution="480p", image=landscape())
    events = client.stream(task)
    numbers = [int(event.id) for event in events if isinstance(event, openhorse.StatusEvent)]
    assert numbers == sorted(set(numbers))
    assert events[-1].task["status"] == "succeeded"
    assert client.stream(task, after=events[-1].id) == [], "nothing is told twice"
    assert hashlib.sha256(client.read(task["id"])).hexdigest() == client.get(task)["film"]["sha256"]
    assert client.wait(task, timeout=1)["status"] == client.cancel(task)["status"] == "succeeded"
    assert task["id"] in [one["id"] for one in client.list(status=["succeeded", "failed"])["data"]]
    assert client.usage()["total"]["films"] >= 1
    assert "happyhorse-1.1/text-to-video" in str(client.catalog())
    assert client.list(mode="text-to-video", after=task["id"], status="cancelled")["data"] == []
    assert client.callbacks(state="given_up")["data"] == []
    assert client.try_callback("http://127.0.0.1:9/")["delivered"] is False
    assert client.delete(task) is None
    with pytest.raises(NotFound) as caught:
        client.get(task)
    assert caught.value.request_id


def test_a_server_on_another_port_than_it_knows_hands_out_its_films(
    speak: Speak, served: Served, pauses: object
) -> None:
    """A link to where nobody listens is tried at the address by which the server was reached."""
    client = speak(served.url, SERVED_SECRET)
    task = client.wait(client.submit("a lake", seconds=3, resolution="480p"))
    film = dict(task["film"], url=task["film"]["url"].replace(served.url, "http://127.0.0.1:9"))
    assert len(client.read(dict(task, film=film))) == film["bytes"]


# Against a server whose tasks are moved by the test.


def test_a_lost_answer_orders_nothing_twice(speak: Speak, house: House, pauses: list[float]) -> None:
    """The order was taken in and its answer lost: it is sent again and is the same task; the next one is another."""
    lost = [True, False, False]

    def handle(request: httpx2.Request) -> httpx2.Response:
        answer = house.client.request(request.method, request.url, content=request.read(), headers=request.headers)
        if request.method == "POST" and lost.pop(0):
            raise httpx2.ReadError("the connection is gone")
        return httpx2.Response(answer.status_code, content=answer.content, headers={"X-Request-ID": "1"})

    client = speak(house.url, SECRET, handle)
    task = client.submit("a lake", seconds=3)
    assert house.enqueued == [task["id"]]
    assert client.submit("a lake", seconds=3)["id"] != task["id"]
    assert len(pauses) == 1


def test_refusals_are_errors_of_ours(speak: Speak, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code, message, field and the request's id arrive; no key is noticed before anything is sent."""
    with pytest.raises(InvalidOrder) as caught:
        speak(house.url, SECRET).submit("a lake", seconds=99)
    assert (caught.value.code, caught.value.field) == ("invalid_order", "seconds")
    assert caught.value.request_id
    with pytest.raises(WrongKey):
        speak(house.url, "sk-not-this-one").list()
    monkeypatch.delenv("OPENHORSE_API_KEY", raising=False)
    with pytest.raises(MissingKey, match="OPENHORSE_API_KEY"):
        speak(URL, None, answering()).stream("task_1")
    monkeypatch.setenv("OPENHORSE_API_KEY", SECRET)
    monkeypatch.setenv("OPENHORSE_BASE_URL", house.url + "/")
    assert speak(None, None).list()["total"] == 0
    with pytest.raises(CallerError, match="http"):
        speak("localhost:8000", SECRET).list()


def test_pictures_of_every_kind_are_uploaded(speak: Speak, house: House, tmp_path: Path) -> None:
    """Path, text, bytes, open file and Pillow image are one upload; addresses are left as they are."""
    data = landscape()
    path = tmp_path / "land.png"
    path.write_bytes(data)
    sent: list[Any] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        body = request.read()
        if request.url.path.endswith("/tasks"):
            sent.append(json.loads(body))
        answer = house.client.request(request.method, request.url, content=body, headers=request.headers)
        return httpx2.Response(answer.status_code, content=answer.content)

    client = speak(house.url, SECRET, handle)
    with path.open("rb") as file, Image.open(path) as image:
        references = [path, str(path), data, file, image.convert("CMYK")]
        client.submit("[Image 1] walks", references=references)
    ids = sent[0]["references"]
    assert len(set(ids[:4])) == 1
    assert all(one.startswith("upload:") for one in ids)
    client.submit("[Image 1] walks", references=[ids[0], "HTTPS://pictures.example/1.png"])
    assert sent[1]["references"] == [ids[0], "HTTPS://pictures.example/1.png"]
    with pytest.raises(InvalidOrder, match=r"missing\.png: No such file"):
        client.submit("", image=tmp_path / "missing.png")
    with pytest.raises(InvalidOrder, match="a picture is a path"):
        client.submit("", image=object())


@pytest.mark.parametrize(
    ("end", "error"), [("failed", TaskFailed), ("cancelled", Cancelled), ("queued", NotFound), ("expired", Gone)]
)
def test_a_task_without_a_film_says_why(speak: Speak, house: House, end: str, error: type[Exception]) -> None:
    """`wait` gives the task that has ended in any way; `save` raises what became of it, with the task's own code."""
    client = speak(house.url, SECRET)
    task = client.submit("a lake", seconds=3)
    tasks = house.rooms.tasks
    if end == "cancelled":
        client.cancel(task)
    elif end != "queued":
        tasks.start(task["id"])
    if end == "failed":
        tasks.fail(task["id"], Failure("engine_timed_out", "it took too long", retry=True))
    if end == "expired":
        tasks.storing(task["id"])
        tasks.finish(task["id"], Video("films/1.mp4", 1, "0", 2, 2, 72, 3.0, False, None, None, "plain", 1, 1.0))
        house.clock.advance(days=400)
        tasks.expire(task["id"])
    if end == "queued":
        with pytest.raises(TimeoutError, match="it goes on"):
            client.wait(task, timeout=0)
    else:
        assert client.wait(task)["status"] == end
    with pytest.raises(error) as caught:
        client.save(task["id"])
    if isinstance(caught.value, TaskFailed):
        assert (caught.value.reason, caught.value.task["id"]) == ("engine_timed_out", task["id"])


# Against networks and servers that misbehave.


def test_refusals_that_pass_are_waited_out(speak: Speak, pauses: list[float]) -> None:
    """`Retry-After` is honoured as seconds and as a date, else pauses grow; a wait of ten minutes is the caller's."""
    page = httpx2.Response(200, json={"data": []})
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    busy = [
        refusal(429, "rate_limited", **{"Retry-After": "7"}),
        refusal(429, "too_many_tasks", **{"Retry-After": then}),
        refusal(503, "busy"),
        httpx2.Response(502, text="<html>a proxy's page</html>"),
        httpx2.ConnectError("refused"),
    ]
    assert speak(URL, "sk", answering(*busy, page)).list() == {"data": []}
    assert pauses[0] == 7.0
    assert 30 < pauses[1] <= 40
    assert 1 <= pauses[2] <= 2 <= pauses[3] <= 4 <= pauses[4] <= 8
    pauses.clear()
    with pytest.raises(RateLimited) as caught:
        speak(URL, "sk", answering(refusal(429, "rate_limited", **{"Retry-After": "600"}))).list()
    assert (caught.value.retry_after, pauses) == (600, [])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda: refusal(402, "budget_exceeded"), InsufficientBalance),
        (lambda: refusal(409, "idempotency_in_flight"), IdempotencyInFlight),
        (lambda: httpx2.Response(502, text="<html>"), UpstreamError),
        (lambda: httpx2.Response(418), openhorse.OpenHorseError),
        (lambda: httpx2.Response(200, text="<html>Welcome to nginx"), UpstreamError),
        (httpx2.ConnectError("refused"), ServerUnreachable),
    ],
)
def test_what_does_not_pass_is_an_error(speak: Speak, pauses: list[float], answer: Any, error: type[Exception]) -> None:
    """After so many retries as were allowed, and none where it cannot help."""
    heard: list[httpx2.Request] = []
    with pytest.raises(error):
        speak(URL, "sk", answering(*[answer] * 3, heard=heard), retries=2).submit("a lake")
    passes = isinstance(answer, Exception) or answer().status_code in (409, 502)
    assert len(heard) == (3 if passes else 1)
    assert len({request.headers["idempotency-key"] for request in heard}) == 1


def test_what_would_do_harm_twice_is_asked_once(speak: Speak, pauses: list[float]) -> None:
    """A redelivery whose answer is lost is not asked for again; a deletion that was heard the first time is done."""
    heard: list[httpx2.Request] = []
    with pytest.raises(ServerUnreachable):
        speak(URL, "sk", answering(httpx2.ReadError("gone"), heard=heard)).redeliver("task_1")
    assert len(heard) == 1
    speak(URL, "sk", answering(httpx2.ReadError("gone"), refusal(404, "not_found"))).delete("task_1")


def test_a_stream_that_dies_goes_on_where_it_was(speak: Speak, pauses: list[float]) -> None:
    """Cut in the middle of an event, refused, and ended by a restart: each event is told once, in order."""
    heard: list[httpx2.Request] = []
    running, ended = json.dumps(task_object("running")), json.dumps(task_object())
    head = {"Content-Type": "text/event-stream"}
    first = f'id: 4\nevent: status\ndata: {running}\n\n: still here\n\nevent: progress\ndata: {{"id":"task_1","progr'
    second = 'event: progress\ndata: {"id":"task_1","progress":0.5}\n\n'
    second += 'event: preview\ndata: {"url":"x","seconds":1.5}\n\nevent: news\ndata: {}\n\n'
    third = f"id: 6\nevent: status\ndata: {ended}\n\n"
    client = speak(
        URL,
        "sk",
        answering(
            httpx2.Response(200, headers=head, stream=Broken(first.encode())),
            refusal(503, "busy"),
            httpx2.Response(200, headers=head, content=second.encode()),
            httpx2.Response(200, headers=head, content=third.encode()),
            heard=heard,
        ),
    )
    events = client.stream("task_1")
    assert [event.name for event in events] == ["status", "progress", "preview", "news", "status"]
    assert (events[1].progress, events[2].url, events[2].seconds) == (0.5, "x", 1.5)
    assert [request.headers.get("last-event-id") for request in heard] == [None, "4", "4", "4"]


def test_a_stream_of_a_task_that_ended_unseen_ends(speak: Speak, pauses: list[float]) -> None:
    """A proxy that holds events back, or a server that has nothing to add: the task itself is asked for."""
    quiet = httpx2.Response(200, headers={"Content-Type": "text/event-stream"}, content=b": still here\n\n")
    assert speak(URL, "sk", answering(quiet, httpx2.Response(200, json=task_object()))).stream("task_1") == []


def test_a_download_is_taken_up_where_it_broke(speak: Speak, pauses: list[float], tmp_path: Path) -> None:
    """A cut, then a link that died: the rest alone is fetched, without the key, and the file appears whole."""
    heard: list[httpx2.Request] = []
    half = len(FILM) // 2
    fresh = task_object(link="http://bucket.test/2.mp4")
    answers = [
        httpx2.Response(200, stream=Broken(FILM[:half])),
        refusal(410, "gone"),
        httpx2.Response(200, json=fresh),
        httpx2.Response(307, headers={"Location": "http://elsewhere.test/2.mp4"}),
        httpx2.Response(206, content=FILM[half:]),
    ]
    film = speak(URL, "sk", answering(*answers, heard=heard)).save(task_object(), tmp_path / "film.mp4")
    assert film.path.read_bytes() == FILM
    assert list(tmp_path.iterdir()) == [film.path]
    assert [request.headers.get("range") for request in heard] == [
        None,
        *[f"bytes={half}-"] * 1,
        None,
        *[f"bytes={half}-"] * 2,
    ]
    with_key = [str(request.url) for request in heard if "authorization" in request.headers]
    assert with_key == [f"{URL}/openhorse/v1/tasks/task_1"]


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([lambda: httpx2.Response(200, content=FILM[:-1] + b"!")], UpstreamError),
        ([lambda: refusal(410, "gone"), lambda: httpx2.Response(200, json=task_object("expired", film=None))], Gone),
        ([lambda: httpx2.Response(200, content=FILM[:5])] * 2, ServerUnreachable),
    ],
)
def test_what_is_not_the_film_is_not_kept(
    speak: Speak, pauses: list[float], tmp_path: Path, answers: Sequence[Any], error: type[Exception]
) -> None:
    """Other bytes than the task says, a film that has expired, one that never arrives whole: nothing is left behind."""
    short = [lambda: httpx2.Response(206, content=b"")] * 4
    with pytest.raises(error):
        speak(URL, "sk", answering(*answers, *short), retries=2).save(task_object(), tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []


def test_progress_may_be_heard_by_a_coroutine() -> None:
    """What an async listener returns is awaited."""
    heard = []

    async def listen(share: float) -> None:
        await asyncio.sleep(0)
        heard.append(share)

    spoken = Spoken(True, URL, "sk", answering(httpx2.Response(200, json=task_object())))
    assert spoken.wait("task_1", on_progress=listen)["id"] == "task_1"
    assert heard == [1.0]


# Callbacks, and the package itself.


def signed(body: bytes, *secrets: str, at: float = 1000.0) -> dict[str, str]:
    """Headers as a callback has them."""
    stamp = str(int(at))
    signature = " ".join(signatures.sign("msg", stamp, body, secret) for secret in secrets)
    return {"Webhook-Id": "msg", "webhook-timestamp": stamp, "WEBHOOK-SIGNATURE": signature}


def test_a_callback_is_believed_when_it_is_signed() -> None:
    """By either secret while they rotate, on either side; the task comes back."""
    body = b'{"id": "task_1"}'
    for ours, theirs in (("new", ["new"]), (["new", "old"], ["old"]), ("old", ["new", "old"]), ("whsec_bmV3", ["new"])):
        assert openhorse.verify_callback(body, signed(body, *theirs), ours, now=1000.0) == {"id": "task_1"}


@pytest.mark.parametrize(
    ("body", "headers", "now", "message"),
    [
        (b"{}", {}, 1000.0, "not signed"),
        (b"{ }", signed(b"{}", "secret"), 1000.0, "not of this body"),
        (b"{}", signed(b"{}", "another"), 1000.0, "not made with this secret"),
        (b"{}", signed(b"{}", "secret"), 1301.0, "300 s from now"),
        (b"{}", signed(b"{}", "secret"), 699.0, "300 s from now"),
        (b"{}", signed(b"{}", "secret") | {"webhook-timestamp": "soon"}, 1000.0, "no number"),
        (b"{}", signed(b"{}", "secret") | {"WEBHOOK-SIGNATURE": "v1,é"}, 1000.0, "not made"),
        (b"[]", signed(b"[]", "secret"), 1000.0, "no JSON object"),
    ],
)
def test_a_callback_is_refused_when_it_is_not(body: bytes, headers: dict[str, str], now: float, message: str) -> None:
    """Unsigned, changed, signed by somebody else, too old or too new."""
    with pytest.raises(SignatureRefused, match=message):
        openhorse.verify_callback(body, headers, "secret", now=now)
    with pytest.raises(SignatureRefused):
        openhorse.verify_callback(body, headers, "", now=now)


def test_both_colours_have_the_same_calls() -> None:
    """Every public name of one is one of the other, with the same parameters and help."""
    for name, method in inspect.getmembers(openhorse.Client, inspect.isfunction):
        if not name.startswith("_"):
            other = getattr(openhorse.AsyncClient, name)
            assert list(inspect.signature(method).parameters)[1:] == list(inspect.signature(other).parameters)[1:]
            assert method.__doc__


def test_importing_the_package_imports_next_to_nothing() -> None:
    """Neither HTTP library nor engine nor server; the client imports no room of the server's; every name is there."""
    code = """
        import sys, openhorse
        assert {name for name in sys.modules if name.startswith("openhorse.")} == {"openhorse.errors"}
        for name in set(openhorse.__all__) - {"generate"}:
            assert getattr(openhorse, name) is not None
        rooms = {name.split(".")[1] for name in sys.modules if name.startswith("openhorse.")}
        assert rooms == {"errors", "vocabulary", "signatures", "client"}, rooms
        heavy = {"numpy", "numba", "cv2", "av", "PIL", "pydantic", "sqlalchemy", "fastapi", "dbos"}
        assert not heavy & set(sys.modules), heavy & set(sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", dedent(code)], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    with pytest.raises(AttributeError):
        openhorse.no_such_name  # noqa: B018


def test_the_documentation_and_the_example_run(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each Python block of docs/client.md in order, and examples/python_client.py, against a real server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENHORSE_BASE_URL", served.url)
    monkeypatch.setenv("OPENHORSE_API_KEY", SERVED_SECRET)
    for name in ("first-frame.png", "character.png"):
        Path(name).write_bytes(landscape())
    page = (ROOT / "docs" / "client.md").read_text("utf-8")
    page = page.replace("http://127.0.0.1:8000", served.url).replace("sk-…", SERVED_SECRET)
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(compile(block, "docs/client.md", "exec"), names)
    names["client"].close()
    assert sorted(path.name for path in tmp_path.glob("*.mp4")) == [
        "film.mp4",
        "lake-1.mp4",
        "lake-2.mp4",
        "openhorse-7.mp4",
        "walk.mp4",
    ]
    assert "seconds seconds should be less than or equal to 15" in capsys.readouterr().out
    for name in vars(openhorse.Client):
        assert name.startswith("_") or name == "close" or f"`{name}(" in page or f"client.{name}(" in page, name
    runpy.run_path(str(ROOT / "examples" / "python_client.py"))["main"](served.url, "a fox")
    assert {"openhorse-1.mp4", "openhorse-2.mp4"} < {path.name for path in tmp_path.iterdir()}
    assert "spent this month: $" in capsys.readouterr().out
