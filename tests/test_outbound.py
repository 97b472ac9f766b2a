"""The one guarded door outwards: what it refuses, what it fetches, what it posts."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

import httpcore2
import pytest

from openhorse import outbound
from openhorse.errors import (
    AddressRefused,
    FilmRejected,
    Gone,
    OpenHorseError,
    PictureRefused,
    PictureUnreachable,
    StorageFailed,
    StorageFull,
    UpstreamError,
)
from openhorse.outbound import Outbound

PUBLIC = "93.184.215.14"
HERE = [ipaddress.ip_network("127.0.0.1/32")]

HOSTILE_LITERALS = [
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://127.1/",
    "http://127.0.0.1./",
    "http://127。0。0。1/",
    "http://１２７.０.０.１/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:53aa:64c::1]/",
    "http://[fe80::1%25lo]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://0.0.0.0/",
    "http://0/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://224.0.0.1/",
    "http://localhost/",
    "http://api.localhost/",
    "http://good.test@127.0.0.1/",
    "http://good.test:80@127.0.0.1/",
    "http://@127.0.0.1/",
    "http://127.0.0.1\\@good.test/",
    "http://good.test\\@127.0.0.1/",
    "http://good.test\t.127.0.0.1/",
    "http://127.0.0.1#@good.test/",
    "http://127.0.0.1%2f@good.test/",
    "http://good.test%00.internal/",
]

BAD_SYNTAX = [
    "",
    "good.test/a.png",
    "//good.test/a.png",
    "ftp://good.test/a.png",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "http:///a.png",
    "http://good.test:99999/",
    "http://good.test:0x50/",
    "http://good.test/a b.png",
    "http://good.test/\x00",
    "http://good.test:8080/a.png",
    "http://" + "a" * 260 + ".test/",
    "http://good.test/" + "a" * 4096,
]

HOSTILE_ANSWERS = [
    ["127.0.0.1"],
    ["10.1.2.3"],
    [PUBLIC, "127.0.0.1"],
    ["127.0.0.1", PUBLIC],
    ["::1"],
    ["::ffff:10.0.0.1"],
    ["64:ff9b::a00:1"],
    ["169.254.169.254"],
    ["100.100.100.200"],
    ["fd00::1"],
    ["0.0.0.0"],
]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that anybody tried to connect to; none is ever reached."""
    seen: list[str] = []

    def connect(self: httpcore2.SyncBackend, host: str, *rest: object) -> httpcore2.NetworkStream:
        seen.append(host)
        raise httpcore2.ConnectError("not from a test")

    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connect)
    return seen


def answering(*rounds: Sequence[str]) -> Callable[[str, int], Sequence[str]]:
    """A resolver that gives one answer after the other, the last for ever."""
    left = list(rounds)
    return lambda _host, _port: left.pop(0) if len(left) > 1 else left[0]


@pytest.mark.parametrize("url", HOSTILE_LITERALS + BAD_SYNTAX)
def test_hostile_address_is_refused_at_create_and_never_connected(url: str, connections: list[str]) -> None:
    """Private literals in any disguise and bad syntax are refused by their text, and by fetch too."""
    guard = Outbound()
    with pytest.raises(AddressRefused):
        guard.check_address(url, purpose="picture")
    with pytest.raises(OpenHorseError):
        guard.fetch(url, max_bytes=10)
    with pytest.raises(OpenHorseError):
        guard.download(url, Path("never.mp4"), max_bytes=10)
    assert guard.post(url.replace("http:", "https:"), b"", {}).status is None
    assert guard.upload("PUT", url.replace("http:", "https:"), b"", {}).status is None
    assert connections == []


@pytest.mark.parametrize("answer", HOSTILE_ANSWERS, ids=lambda answer: "+".join(answer))
def test_name_with_a_private_address_is_never_connected(answer: list[str], connections: list[str]) -> None:
    """One private address among a name's answers is enough to refuse it."""
    guard = Outbound(resolver=answering(answer))
    guard.check_address("https://harmless.test/a.png", purpose="picture")
    with pytest.raises(AddressRefused):
        guard.fetch("https://harmless.test/a.png", max_bytes=10)
    with pytest.raises(AddressRefused):
        guard.download("https://harmless.test/a.mp4", Path("never.mp4"), max_bytes=10)
    assert guard.post("https://harmless.test/hook", b"{}", {}).error is not None
    assert guard.upload("PUT", "https://harmless.test/a", b"", {}).error is not None
    assert connections == []


def test_rebinding_name_is_connected_only_where_it_was_vetted(connections: list[str]) -> None:
    """A name that turns private after the look is connected to the address that was looked at."""
    guard = Outbound(resolver=answering([PUBLIC], ["127.0.0.1"]))
    with pytest.raises(PictureUnreachable):
        guard.fetch("https://rebinding.test/a.png", max_bytes=10)
    assert connections == [PUBLIC]


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e", "::ffff:93.184.215.14"])
def test_public_address_is_connected(address: str, connections: list[str]) -> None:
    """The guard lets the public internet through, also as IPv6 and by NAT64."""
    with pytest.raises(PictureUnreachable):
        Outbound(resolver=answering([address])).fetch("http://good.test/a.png", max_bytes=10)
    assert [ipaddress.ip_address(seen) for seen in connections] == [ipaddress.ip_address(address)]


@pytest.mark.parametrize(
    "url",
    [
        "https://good.test/a.png",
        "http://good.test/a.png?x=1&y=2",
        "http://good.test:443/a.png",
        f"https://{PUBLIC}/a.png",
        "https://good.test/图片.png",
        "https://中国.icom.museum/a.png",
        "HTTPS://GOOD.test./a.png",
    ],
)
def test_ordinary_picture_address_is_accepted(url: str) -> None:
    """Names, public literals and addresses in any script pass the text's check."""
    Outbound().check_address(url, purpose="picture")


@pytest.mark.parametrize("url", ["http://good.test/hook", "https://good.test:8443/", "https://good.test/" + "a" * 2048])
def test_callback_must_be_https_on_443_and_short(url: str) -> None:
    """Callbacks are told secrets, so they go by TLS only."""
    with pytest.raises(AddressRefused):
        Outbound().check_address(url, purpose="callback")
    Outbound().check_address("https://good.test/hook", purpose="callback")


def test_allowed_network_is_open_on_any_port_and_by_plain_http(connections: list[str]) -> None:
    """What the operator allows is reachable, its neighbours and other names are not."""
    guard = Outbound([ipaddress.ip_network("10.0.0.0/24")], answering(["10.0.0.9"], [PUBLIC], ["10.0.1.9"]))
    guard.check_address("http://10.0.0.5:8080/hook", purpose="callback")
    guard.check_address("http://localhost.corp:8080/", purpose="callback")
    for refused in ("http://10.0.1.5/", "http://localhost:8080/", "http://127.0.0.1/"):
        with pytest.raises(AddressRefused):
            guard.check_address(refused, purpose="picture")
    with pytest.raises(PictureUnreachable):
        guard.fetch("http://inside.corp:8080/", max_bytes=1)
    for _ in range(2):  # a public address and a private one outside, neither on this port
        with pytest.raises(AddressRefused):
            guard.fetch("http://inside.corp:8080/", max_bytes=1)
    assert connections == ["10.0.0.9"]


def test_refusals_tell_nothing_about_the_network() -> None:
    """What a customer reads names no host, port or address that was found."""
    guard = Outbound(resolver=answering(["10.9.8.7"]))
    with pytest.raises(AddressRefused) as refused:
        guard.fetch("http://secret.corp/a.png", max_bytes=1)
    assert "10.9" not in refused.value.message
    assert "secret" not in refused.value.message


class Answers(BaseHTTPRequestHandler):
    """Answers by the path; what was asked is noted on the server."""

    server: Recorder

    def do_GET(self) -> None:
        """Pictures in many moods."""
        self.server.asked.append((self.path, dict(self.headers), b""))
        name = unquote(self.path).strip("/")
        if name.startswith("to="):
            self._answer(302, b"", {"Location": name.removeprefix("to=")})
        elif name == "loop":
            self._answer(302, b"", {"Location": "/loop"})
        elif name == "drip":
            self._drip()
        elif name == "unannounced":
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 2000)
        elif name == "gzip":
            self._answer(200, b"x", {"Content-Encoding": "gzip"})
        elif name == "gone":
            self._answer(404, b"no", {})
        elif name == "busy":
            self._answer(503, b"later", {})
        elif name == "half":
            self._answer(200, b"picture", {"Content-Length": "600"})
        elif name == "nonsense":
            self.wfile.write(b"SSH-2.0-OpenSSH\r\n")
        else:
            self._answer(200, b"picture" * 100, {})

    def do_POST(self) -> None:
        """Callbacks' receivers."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), body))
        if self.path == "/drip":
            self._drip()
        else:
            self._answer(int(self.path.strip("/")), b"thank\x07 you" * 200, {"Location": "/200"})

    do_PUT = do_POST

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.0 ")
        try:
            while not self.server.done.wait(0.02):
                self.wfile.write(b"2")
        except OSError:
            return  # the client hung up, as it should

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Recorder(ThreadingHTTPServer):
    """A local server that remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.done = threading.Event()

    def address(self, path: str) -> str:
        """The address of `path` here."""
        return f"http://127.0.0.1:{self.server_port}/{path}"


@contextmanager
def running() -> Iterator[Recorder]:
    """The server in a thread of its own."""
    with Recorder() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.done.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def server() -> Iterator[Recorder]:
    """A receiver on this machine."""
    with running() as recorder:
        yield recorder


def test_fetch_brings_the_bytes_and_asks_for_them_uncompressed(
    server: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture arrives byte for byte, over a relative redirect too; the environment's proxy is not asked."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    guard = Outbound(HERE)
    assert guard.fetch(server.address("a.png"), max_bytes=700) == b"picture" * 100
    assert guard.fetch(server.address("to=/a.png"), max_bytes=700) == b"picture" * 100
    headers = server.asked[0][1]
    assert headers["Accept-Encoding"] == "identity"
    assert headers["Host"] == f"127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("path", ["a.png", "unannounced"])
def test_fetch_stops_past_the_limit(server: Recorder, path: str) -> None:
    """A picture one byte too large is refused, announced or not."""
    with pytest.raises(PictureRefused):
        Outbound(HERE).fetch(server.address(path), max_bytes=699)


@pytest.mark.parametrize("path", ["loop", "gzip", "gone", "nonsense", "drip"])
def test_fetch_gives_up_on_a_bad_server(server: Recorder, path: str) -> None:
    """Endless redirects, compression, errors, other protocols and dripping all end as unreachable."""
    with pytest.raises(PictureUnreachable) as unreachable:
        Outbound(HERE).fetch(server.address(path), max_bytes=700, deadline_seconds=0.5)
    assert unreachable.value.message == "The picture could not be fetched from its address."
    if path == "loop":
        assert len(server.asked) == 1 + outbound.MOST_REDIRECTS


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{port}/a.png",
        "http://169.254.169.254/",
        "http://localhost\\@127.0.0.1:{port}/",
        "file:///etc/passwd",
        "http://me@127.0.0.1:{port}/a.png",
    ],
)
def test_fetch_does_not_follow_a_redirect_to_a_private_address(server: Recorder, location: str) -> None:
    """Every hop is vetted like the first."""
    with pytest.raises(AddressRefused):
        Outbound(HERE).fetch(server.address("to=" + quote(location.format(port=server.server_port))), max_bytes=700)
    assert len(server.asked) == 1


def test_fetch_of_a_slow_name_ends_at_the_deadline() -> None:
    """A resolver that never answers cannot hold a task."""
    never = threading.Event()

    def resolver(_host: str, _port: int) -> Sequence[str]:
        never.wait()
        return []

    with pytest.raises(PictureUnreachable):
        Outbound(resolver=resolver).fetch("https://slow.test/", max_bytes=1, deadline_seconds=0.05)
    never.set()


def test_name_that_does_not_resolve_is_unreachable() -> None:
    """So is a resolver's error."""

    def resolver(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    guard = Outbound(resolver=resolver)
    with pytest.raises(PictureUnreachable):
        guard.fetch("https://nowhere.test/", max_bytes=1)
    assert guard.post("https://nowhere.test/", b"", {}).error == "No connection to the receiver."


def test_download_brings_a_film_into_a_file_whole(server: Recorder, tmp_path: Path) -> None:
    """Over a redirect as well; nothing else lies beside it afterwards."""
    film = tmp_path / "film.mp4"
    Outbound(HERE).download(server.address("to=/a.mp4"), film, max_bytes=700)
    assert film.read_bytes() == b"picture" * 100
    assert list(tmp_path.iterdir()) == [film]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("gone", Gone),
        ("a.mp4", FilmRejected),
        ("unannounced", FilmRejected),
        ("half", UpstreamError),
        ("busy", UpstreamError),
        ("loop", UpstreamError),
        ("nonsense", UpstreamError),
        ("drip", UpstreamError),
        ("to=http://127.0.0.2/a.mp4", AddressRefused),
    ],
)
def test_download_tells_a_dead_link_from_a_bad_moment(
    server: Recorder, tmp_path: Path, path: str, kind: type[OpenHorseError]
) -> None:
    """What is gone, too large or forbidden stays so; the rest may do later. Half a film is never left lying about."""
    with pytest.raises(OpenHorseError) as caught:
        Outbound(HERE).download(server.address(path), tmp_path / "film.mp4", max_bytes=699, deadline_seconds=0.5)
    assert type(caught.value) is kind
    assert "127.0.0" not in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_download_blames_the_disk_for_what_is_the_disks(server: Recorder, tmp_path: Path) -> None:
    """A full disk, and a folder that is not there, are not the vendor's fault."""
    (tmp_path / "film.mp4.part").symlink_to("/dev/full")
    with pytest.raises(StorageFull):
        Outbound(HERE).download(server.address("a.mp4"), tmp_path / "film.mp4", max_bytes=700)
    with pytest.raises(StorageFailed):
        Outbound(HERE).download(server.address("a.mp4"), tmp_path / "none" / "film.mp4", max_bytes=700)


def test_upload_sends_a_picture_where_it_is_wanted(server: Recorder) -> None:
    """With the headers that were asked for, by the method that was."""
    assert (
        Outbound(HERE).upload("PUT", server.address("204"), b"a picture", {"Content-Type": "image/png"}).status == 204
    )
    path, headers, body = server.asked[0]
    assert (path, body, headers["Content-Type"]) == ("/204", b"a picture", "image/png")


def test_post_delivers_body_and_headers(server: Recorder) -> None:
    """The receiver gets exactly the bytes that were signed; the answer's head is kept, printable."""
    made = Outbound(HERE).post(server.address("200"), b'{"a": 1}', {"X-Signature": "abc"})
    assert (made.status, made.error) == (200, None)
    assert made.head.startswith("thank  you")
    assert len(made.head) <= outbound.HEAD_BYTES
    path, headers, body = server.asked[0]
    assert (path, body, headers["X-Signature"]) == ("/200", b'{"a": 1}', "abc")


@pytest.mark.parametrize("status", [204, 302, 410, 500])
def test_post_reports_the_status_and_follows_nothing(server: Recorder, status: int) -> None:
    """A redirect is an answer like any other."""
    assert Outbound(HERE).post(server.address(str(status)), b"{}", {}).status == status
    assert len(server.asked) == 1


def test_post_to_a_dripping_receiver_ends_in_time(server: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit is for the whole attempt, not for each byte."""
    monkeypatch.setattr(outbound, "CALLBACK_SECONDS", 0.3)
    made = Outbound(HERE).post(server.address("drip"), b"{}", {})
    assert (made.status, made.error) == (None, "The receiver did not answer in time.")
    assert made.milliseconds >= 300


def test_post_tells_a_broken_handshake_from_a_closed_door(server: Recorder) -> None:
    """The two commonest faults of a receiver are told apart in the log of attempts."""
    secure = server.address("200").replace("http:", "https:")
    assert "TLS" in (Outbound(HERE).post(secure, b"{}", {}).error or "")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    assert Outbound(HERE).post(closed, b"{}", {}).error == "No connection to the receiver."
