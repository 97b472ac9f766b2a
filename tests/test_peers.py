"""Requests to servers that the operator has named: what they may send, and what is left of a download that fails."""

from __future__ import annotations

import errno
import http.server
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import free_port
from openhorse.errors import EngineUnavailable, StorageFull
from openhorse.peers import Bounds, Peer, Unanswered

TIGHT = Bounds(silence_seconds=1, answer_seconds=0.4, film_seconds=0.4, answer_bytes=1000, film_bytes=5000)

Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


class Far:
    """A server that answers as the test says, and notes what it was sent."""

    def __init__(self) -> None:
        self.url = ""
        self.answer: Answer = lambda handler: send(handler, 200, b"{}")
        self.paths: list[str] = []
        self.bodies: list[bytes] = []
        self.heads: list[dict[str, str]] = []


@pytest.fixture
def far() -> Iterator[Far]:
    """A server on this machine."""
    known = Far()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.paths.append(self.path)
            known.heads.append({name.lower(): value for name, value in self.headers.items()})
            known.bodies.append(self.rfile.read(int(self.headers.get("content-length", 0))))
            known.answer(self)

        do_POST = do_DELETE = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_port}"
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


def send(
    handler: http.server.BaseHTTPRequestHandler, status: int, body: bytes, length: int | None = None, **more: str
) -> None:
    """Answer with a body, whose length is told as `length`."""
    handler.send_response(status)
    for name, value in {"content-length": str(len(body) if length is None else length), **more}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, for longer than anybody waits."""
    handler.send_response(200)
    handler.send_header("content-length", "100000")
    handler.end_headers()
    for _ in range(40):
        try:
            handler.wfile.write(b" ")
        except OSError:
            return
        time.sleep(0.05)


@pytest.fixture
def peer(far: Far) -> Iterator[Peer]:
    """Whoever asks it, with tight bounds."""
    asking = Peer(far.url + "/", {"authorization": "Bearer k"}, TIGHT)
    yield asking
    asking.close()


def test_an_answer_is_json_or_else_text(far: Far, peer: Peer) -> None:
    """What can be parsed is, what cannot is told as it is, whatever the status; headers are in lower case."""
    far.answer = lambda handler: send(handler, 418, b'{"detail": "tea"}', X_Kind="Pot")
    reply = peer.ask("POST", "/v1/videos", body={"prompt": "图"}, query={"a": "b c"})
    assert (reply.status, reply.body, reply.is_ok) == (418, {"detail": "tea"}, False)
    assert reply.headers["x-kind"] == "Pot"
    assert far.paths == ["/v1/videos?a=b+c"]
    assert far.heads[0]["authorization"] == "Bearer k"
    assert far.heads[0]["accept-encoding"] == "identity"
    for raw, body in ((b"tea\xff", "tea�"), (b"", ""), (b"[" * 900, "[" * 900)):
        far.answer = lambda handler, raw=raw: send(handler, 200, raw)  # type: ignore[misc]
        assert peer.ask("GET", "/").body == body


def test_a_form_is_sent_with_its_files(far: Far, peer: Peer) -> None:
    """Fields and files are parts; a file field may come several times, in order."""
    files = [("pictures", "1.png", b"one", "image/png"), ("pictures", "2.png", b"two", "image/png")]
    assert peer.ask_form("/v1/videos", {"prompt": "图"}, files).is_ok
    assert far.heads[0]["content-type"].startswith("multipart/form-data; boundary=")
    body = far.bodies[0]
    assert body.count(b'name="pictures"; filename=') == 2
    assert body.index(b"one") < body.index(b"two")
    assert "图".encode() in body
    assert b'name="prompt"; filename' not in body


def test_bytes_are_sent_as_they_are(far: Far, peer: Peer) -> None:
    """A picture is not JSON."""
    assert peer.ask("POST", "/uploads", content=b"\x89PNG", headers={"content-type": "image/png"}).is_ok
    assert (far.bodies, far.heads[0]["content-type"]) == ([b"\x89PNG"], "image/png")


def test_redirects_are_not_followed(far: Far, peer: Peer, tmp_path: Path) -> None:
    """A key goes to the server that the operator named and to nobody else."""
    far.answer = lambda handler: send(handler, 302, b"", Location=far.url + "/elsewhere")
    assert peer.ask("GET", "/here").status == 302
    assert peer.download("/here", tmp_path / "film").status == 302
    assert far.paths == ["/here", "/here"]
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_was_not_asked() -> None:
    """Nobody at the address: surely nothing was asked for, and the customer does not hear where it is."""
    port = free_port()
    peer = Peer(f"http://127.0.0.1:{port}")
    with pytest.raises(EngineUnavailable) as caught:
        peer.ask("POST", "/v1/videos", body={})
    peer.close()
    assert not isinstance(caught.value, Unanswered)
    assert str(port) not in caught.value.message
    assert str(port) in caught.value.__notes__[0]


def test_a_server_that_falls_silent_is_unanswered(peer: Peer, far: Far) -> None:
    """The request went out: nobody knows what became of it, whether nothing, half or the wrong thing comes back."""

    def hang_up(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)

    answers: list[tuple[Answer, str]] = [
        (hang_up, "does not answer"),
        (lambda handler: send(handler, 200, b"{", length=90), "does not answer"),
        (drip, "takes too long"),
    ]
    for far.answer, told in answers:
        with pytest.raises(Unanswered, match=told):
            peer.ask("POST", "/v1/videos", body={})
    with pytest.raises(Unanswered):
        peer.ask("GET", "/", seconds=0.2)


def test_an_answer_is_bounded(far: Far, peer: Peer) -> None:
    """More than an answer has is not read, and a compressed one, which could grow, is not either."""
    far.answer = lambda handler: send(handler, 200, b" " * 1001)
    with pytest.raises(Unanswered, match="more than it may"):
        peer.ask("GET", "/")
    far.answer = lambda handler: send(handler, 200, b"\x1f\x8b", Content_Encoding="gzip")
    with pytest.raises(Unanswered, match="compresses"):
        peer.ask("GET", "/")


def test_a_film_appears_whole(far: Far, peer: Peer, tmp_path: Path) -> None:
    """The bytes are the server's; nothing else is left in the folder."""
    film = os.urandom(4000)
    far.answer = lambda handler: send(handler, 200, film)
    assert peer.download("/content", tmp_path / "film.mp4").is_ok
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]
    assert (tmp_path / "film.mp4").read_bytes() == film


def test_a_film_that_breaks_off_leaves_nothing(far: Far, peer: Peer, tmp_path: Path) -> None:
    """Half a film, one that is too large, one that never ends and a refusal all leave the folder as it was."""
    answers: list[tuple[Answer, str]] = [
        (lambda handler: send(handler, 200, b"x" * 3000, length=4000), "does not answer"),
        (lambda handler: send(handler, 200, b"x" * 5001), "more than it may"),
        (drip, "takes too long"),
    ]
    for far.answer, told in answers:
        with pytest.raises(Unanswered, match=told):
            peer.download("/content", tmp_path / "film.mp4")
        assert list(tmp_path.iterdir()) == []
    far.answer = lambda handler: send(handler, 404, b'{"detail": "Generation is still in-progress"}')
    reply = peer.download("/content", tmp_path / "film.mp4")
    assert (reply.status, reply.body) == (404, {"detail": "Generation is still in-progress"})
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_to_be_full(far: Far, peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fills while a film is written: the error says so, and nothing is left of it."""
    far.answer = lambda handler: send(handler, 200, b"x" * 4000)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        peer.download("/content", tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []
