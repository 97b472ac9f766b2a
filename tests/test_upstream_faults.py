"""Vendors that fail: what surely was not ordered is told from what perhaps was, and nobody orders twice."""

from __future__ import annotations

import http.server
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from openhorse.catalog import load
from openhorse.dialects import NAMES, Report
from openhorse.engines.remote import Lost, Place, Sent, Unanswered
from openhorse.engines.upstream import Upstream
from openhorse.engines.vendors import UpstreamTerms
from openhorse.errors import ContentRefused, EngineUnavailable, UpstreamError
from openhorse.outbound import Outbound
from openhorse.vocabulary import Mode, Order, Ratio, Status, Tier
from test_server import png

CATALOG = load()
ORDER = Order("native", "happyhorse-1.1/text-to-video", Mode.TEXT, "a lake", Tier.P720, 5, Ratio.R16_9, seed=7)
IMAGE = Order("native", "happyhorse-1.1/image-to-video", Mode.IMAGE, "", Tier.P720, 5, None, ("blob:0",), seed=7)
KEY = "sk-of-the-operator"

Handler = http.server.BaseHTTPRequestHandler


@dataclass
class Vendor:
    """A vendor's server that answers as the test says."""

    url: str = ""
    answer: Callable[[Handler], None] = lambda _handler: None
    asked: list[tuple[str, str]] = field(default_factory=list)
    heads: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def orders(self) -> int:
        """How many films were ordered."""
        return sum(method == "POST" for method, _ in self.asked)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """It, on this machine."""
    known = Vendor()

    class Answers(Handler):
        def do_GET(self) -> None:
            known.asked.append((self.command, self.path))
            known.heads.append({name.lower(): value for name, value in self.headers.items()})
            self.rfile.read(int(self.headers.get("content-length", 0)))
            known.answer(self)

        do_POST = do_PUT = do_DELETE = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_port}"
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


def says(status: int, body: Any, **headers: str) -> Callable[[Handler], None]:
    """That status and body: JSON, or bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in {"content-length": str(len(raw)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(raw)

    return answer


def cut(handler: Handler) -> None:
    """The connection, when the order has been read."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def in_turn(*answers: Callable[[Handler], None]) -> Callable[[Handler], None]:
    """One answer after the other."""
    left = list(answers)
    return lambda handler: left.pop(0)(handler)


GUARD = Outbound([ip_network("127.0.0.0/8")])


@pytest.fixture(params=NAMES)
def upstream(request: pytest.FixtureRequest, vendor: Vendor) -> Iterator[Upstream]:
    """Who speaks to it, in each dialect."""
    speaker = Upstream(UpstreamTerms("theirs", request.param, vendor.url, "K"), CATALOG, GUARD, {"K": KEY})
    yield speaker
    speaker.close()


def order(upstream: Upstream, what: Order = ORDER, pictures: int = 0) -> Report:
    """Order a film."""
    (place,) = upstream.places(what)
    return upstream.ask(place, what, [Sent(png(), "https://pictures.example/0.png")] * pictures, "once")


def refusal(upstream: Upstream) -> EngineUnavailable:
    """What an order is answered with while nobody can be served."""
    with pytest.raises(EngineUnavailable) as caught:
        order(upstream)
    assert KEY not in caught.value.message
    return caught.value


@pytest.mark.parametrize("status", [401, 402, 403, 408, 429, 500, 503])
def test_a_refusal_of_us_or_of_the_moment_is_no_order(vendor: Vendor, upstream: Upstream, status: int) -> None:
    """Another place, or another time, may do; how long to wait is passed on, and what is wrong with our key is not."""
    words = {"code": "x", "message": f"bad key {KEY}", "error": {"code": "x", "message": f"bad key {KEY}"}}
    vendor.answer = says(status, words, Retry_After="7")
    told = refusal(upstream)
    assert not isinstance(told, Unanswered)
    assert told.retry_after == 7
    assert vendor.orders == 1


@pytest.mark.parametrize(
    "answer",
    [cut, says(502, b"<html>Bad gateway</html>"), says(504, b""), says(200, b"<html>Welcome"), says(200, {"ok": 1})],
    ids=["cut", "gateway", "late", "page", "riddle"],
)
def test_an_order_that_may_have_arrived_is_sent_once(
    vendor: Vendor, upstream: Upstream, answer: Callable[[Handler], None]
) -> None:
    """Whoever asks decides whether to ask again; a request that the vendor knows again carries its name."""
    vendor.answer = answer
    for _ in range(2):
        assert isinstance(refusal(upstream), Unanswered)
    assert vendor.orders == 2
    names = {head.get("idempotency-key") for head in vendor.heads}
    assert len(names) == 1
    assert (names != {None}) == upstream.has_idempotency
    assert vendor.heads[0]["authorization"] == f"Bearer {KEY}"


def test_an_order_that_never_left_was_surely_not_placed(vendor: Vendor) -> None:
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"http://127.0.0.1:{listener.getsockname()[1]}"
    speaker = Upstream(UpstreamTerms("theirs", "dashscope", closed, "K"), CATALOG, GUARD, {"K": KEY})
    assert not isinstance(refusal(speaker), Unanswered)
    assert speaker.health(Place("x")) == "it does not answer"
    speaker.close()


def test_a_repeated_order_waits_for_the_first(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """HiAPI's 409 while the first request is in hand; in the end it tells the film, or nobody knows."""
    monkeypatch.setattr("openhorse.engines.upstream.IN_FLIGHT_SECONDS", 0)
    busy = says(409, {"code": 409, "message": "wait", "data": None, "error_code": "IDEMPOTENCY_KEY_PROCESSING"})
    speaker = Upstream(UpstreamTerms("theirs", "hiapi", vendor.url, "K"), CATALOG, GUARD, {"K": KEY})
    vendor.answer = in_turn(busy, says(200, {"code": 200, "data": {"taskId": "tk-hiapi-1"}}))
    assert order(speaker).id == "tk-hiapi-1"
    vendor.answer = busy
    assert isinstance(refusal(speaker), Unanswered)
    another = {"code": 422, "message": "another body", "data": None, "error_code": "IDEMPOTENCY_KEY_MISMATCH"}
    vendor.answer = says(422, another)
    assert isinstance(refusal(speaker), Unanswered)
    speaker.close()


MODERATED = {
    "dashscope": (400, {"code": "DataInspectionFailed", "message": "Input data may contain inappropriate content."}),
    "wavespeed": (400, {"code": 400, "message": "nsfw", "error_code": 1200}),
    "evolink": (400, {"error": {"code": "content_policy_violation", "message": "no"}}),
    "native": (400, {"error": {"code": "content_refused", "message": "no"}}),
    "openai": (400, {"error": {"code": "moderation_blocked", "message": "no", "type": "invalid_request_error"}}),
}


@pytest.mark.parametrize("dialect", MODERATED)
def test_their_moderations_refusal_is_a_refusal(vendor: Vendor, dialect: str) -> None:
    """The customer hears of it as of our own; anything else that they find wrong with an order is told in words."""
    speaker = Upstream(UpstreamTerms("theirs", dialect, vendor.url, "K"), CATALOG, GUARD, {"K": KEY})
    status, body = MODERATED[dialect]
    vendor.answer = says(status, body)
    with pytest.raises(ContentRefused):
        order(speaker)
    wrong = {"code": "InvalidParameter", "message": "too odd", "error": {"code": "odd", "message": "too odd"}}
    vendor.answer = says(400, wrong)
    with pytest.raises(UpstreamError, match="too odd"):
        order(speaker)
    speaker.close()


def test_a_picture_that_the_vendor_cannot_fetch_is_not_asked_for_again(vendor: Vendor) -> None:
    """Another engine may do; to wait would not help."""
    speaker = Upstream(UpstreamTerms("theirs", "dashscope", vendor.url, "K"), CATALOG, GUARD, {"K": KEY})
    vendor.answer = says(400, {"code": "InvalidURL.Timeout", "message": "Download xxx timeout"})
    with pytest.raises(UpstreamError, match="timeout"):
        order(speaker)
    speaker.close()


def test_an_empty_balance_is_ours_to_fill(vendor: Vendor) -> None:
    """DashScope's Arrearage is a 400; WaveSpeed and EvoLink tell it beforehand."""
    arrears = says(400, {"code": "Arrearage", "message": "Access denied, please make sure your account is in good."})
    spent = {
        "wavespeed": {"code": 200, "data": {"balance": 0}},
        "evolink": {"data": {"user": {"remaining_credits": -1.5}, "token": {"unlimited_credits": False}}},
    }
    speaker = Upstream(UpstreamTerms("theirs", "dashscope", vendor.url, "K"), CATALOG, GUARD, {"K": KEY})
    vendor.answer = arrears
    assert not isinstance(refusal(speaker), Unanswered)
    speaker.close()
    for dialect, body in spent.items():
        speaker = Upstream(UpstreamTerms("theirs", dialect, vendor.url, "K"), CATALOG, GUARD, {"K": KEY})
        vendor.answer = says(200, body)
        assert speaker.health(Place("x")) == "its balance is spent"
        asked = len(vendor.asked)
        assert speaker.health(Place("x")) == "its balance is spent"  # remembered for a while
        assert len(vendor.asked) == asked
        speaker.close()


@pytest.mark.parametrize("status", [401, 429, 500, 502])
def test_a_vendor_that_is_away_is_looked_at_again(vendor: Vendor, upstream: Upstream, status: int) -> None:
    """The film that it makes is not lost for that; an answer without a word of it is no answer."""
    going = Report("v1", Status.RUNNING)
    for vendor.answer in (says(status, {"message": "x"}), says(200, b"<html>"), cut):
        with pytest.raises(EngineUnavailable):
            upstream.look(Place("x"), going)


def test_a_film_at_a_strangers_address_is_vetted(vendor: Vendor, tmp_path: Path) -> None:
    """The vendor's own host may be private, what its answer names may not; a dead link and a bad moment differ."""
    speaker = Upstream(UpstreamTerms("theirs", "wavespeed", vendor.url, "K"), CATALOG, Outbound(), {"K": KEY})
    place = Place("x")

    def done(film: str) -> Report:
        return Report("v1", Status.SUCCEEDED, film=film)

    vendor.answer = says(200, b"a film")
    speaker.fetch(place, done(f"{vendor.url}/films/1.mp4"), tmp_path / "1.mp4")
    assert (tmp_path / "1.mp4").read_bytes() == b"a film"
    for private in ("http://127.0.0.2/film.mp4", "http://169.254.169.254/latest", "file:///etc/passwd"):
        with pytest.raises(UpstreamError):
            speaker.fetch(place, done(private), tmp_path / "2.mp4")
    speaker.close()
    speaker = Upstream(UpstreamTerms("theirs", "wavespeed", vendor.url, "K"), CATALOG, GUARD, {"K": KEY})
    stranger = vendor.url.replace("127.0.0.1", "localhost")
    speaker.fetch(place, done(f"{stranger}/films/1.mp4"), tmp_path / "4.mp4")
    assert (tmp_path / "4.mp4").read_bytes() == b"a film"
    assert ["authorization" in head for head in vendor.heads] == [True, False]
    elsewhere = vendor.url.replace("127.0.0.1", "127.0.0.2")
    prediction = {"data": {"id": "v1", "status": "completed", "outputs": [f"{elsewhere}/dead.mp4"]}}
    asked = len(vendor.asked)
    vendor.answer = says(503, b"")
    with pytest.raises(EngineUnavailable):
        speaker.fetch(place, done(f"{vendor.url}/film.mp4"), tmp_path / "3.mp4")
    vendor.answer = in_turn(says(410, b""), says(200, prediction))
    with pytest.raises((UpstreamError, EngineUnavailable)):
        speaker.fetch(place, done(f"{vendor.url}/film.mp4"), tmp_path / "3.mp4")
    assert [path for _, path in vendor.asked[asked:]] == ["/film.mp4", "/film.mp4", "/api/v3/predictions/v1/result"]
    assert not list(tmp_path.glob("[23]*"))
    speaker.close()


@pytest.mark.parametrize(("status", "kind"), [(400, UpstreamError), (401, EngineUnavailable), (503, EngineUnavailable)])
@pytest.mark.parametrize("dialect", ["dashscope", "wavespeed", "evolink", "native"])
def test_an_upload_that_fails_orders_nothing(vendor: Vendor, dialect: str, status: int, kind: type[Exception]) -> None:
    """No film is asked for without its pictures; a picture that got lost on the way is no order that got lost."""
    speaker = Upstream(UpstreamTerms("theirs", dialect, vendor.url, "K"), CATALOG, GUARD, {"K": KEY})
    vendor.answer = says(status, {"code": "x", "message": "no"})
    with pytest.raises(kind):
        order(speaker, IMAGE, pictures=1)
    vendor.answer = cut
    with pytest.raises(EngineUnavailable) as caught:
        order(speaker, IMAGE, pictures=1)
    assert not isinstance(caught.value, Unanswered)
    assert not any("generation" in path or path.endswith("/tasks") for _, path in vendor.asked)
    speaker.close()


def test_uploads_go_where_the_vendor_says_without_the_key(vendor: Vendor) -> None:
    """WaveSpeed's ticket may name another host, which never sees the key; a private one is not opened."""
    other = vendor.url.replace("127.0.0.1", "localhost")
    ticket = {"download_url": "https://cdn.example/0.png", "upload": {"method": "PUT", "url": f"{other}/put"}}
    created = says(200, {"data": {"id": "v1", "status": "created"}})
    vendor.answer = in_turn(says(200, {"data": ticket}), says(200, b""), created)
    speaker = Upstream(UpstreamTerms("theirs", "wavespeed", vendor.url, "K"), CATALOG, GUARD, {"K": KEY})
    assert order(speaker, IMAGE, pictures=1).id == "v1"
    assert [path for _, path in vendor.asked][:2] == ["/api/v3/media/uploads", "/put"]
    assert "authorization" not in vendor.heads[1]
    speaker.close()
    speaker = Upstream(UpstreamTerms("theirs", "wavespeed", vendor.url, "K"), CATALOG, Outbound(), {"K": KEY})
    vendor.answer = says(200, {"data": ticket})
    with pytest.raises((UpstreamError, EngineUnavailable)):
        order(speaker, IMAGE, pictures=1)
    assert [path for _, path in vendor.asked][3:] == ["/api/v3/media/uploads"]
    speaker.close()


def test_hiapi_needs_an_address_for_a_picture(vendor: Vendor) -> None:
    """It has no upload: without a public link of ours there is nothing to order with."""
    speaker = Upstream(UpstreamTerms("theirs", "hiapi", vendor.url, "K"), CATALOG, GUARD, {"K": KEY})
    (place,) = speaker.places(IMAGE)
    with pytest.raises(UpstreamError, match="public"):
        speaker.ask(place, IMAGE, [Sent(png())], "once")
    assert vendor.asked == []
    speaker.close()


def test_a_film_that_dashscope_forgot_is_lost(vendor: Vendor) -> None:
    """Its answer is a 200 that says UNKNOWN."""
    speaker = Upstream(UpstreamTerms("theirs", "dashscope", vendor.url, "K"), CATALOG, GUARD, {"K": KEY})
    vendor.answer = says(200, {"request_id": "r", "output": {"task_id": "v1", "task_status": "UNKNOWN"}})
    with pytest.raises(Lost):
        speaker.look(Place("x"), Report("v1", Status.RUNNING))
    speaker.close()
