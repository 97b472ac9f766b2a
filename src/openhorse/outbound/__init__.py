"""Addresses that somebody gave us come in; pictures' bytes, films' files and callbacks' answers go out.

The only room that opens a connection to such an address. Knows no task, picture format or dialect.

Every name is resolved once, every answer is vetted, and the socket is opened to the vetted literal
address; so a name that changes its mind between the look and the leap gains nothing. What customers
read is generic: which host answered how is nobody's business but the operator's, and goes to the log.
"""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpcore2

from openhorse.errors import (
    AddressRefused,
    FilmRejected,
    Gone,
    PictureRefused,
    PictureUnreachable,
    StorageFailed,
    StorageFull,
    UpstreamError,
)
from openhorse.outbound.targets import (
    LONGEST_ADDRESS,
    REFUSED,
    Address,
    Purpose,
    Target,
    is_public,
    joined,
    parse,
    unwrapped,
    vet_door,
)
from openhorse.outbound.wires import Deadline, Resolver, VettingBackend, resolve
from openhorse.settings import Network

__all__ = ["LONGEST_ADDRESS", "Attempt", "Outbound", "Resolver", "is_public", "unwrapped"]

CALLBACK_SECONDS = 10.0
"""Time for one callback, from resolving the name to the end of the answer."""

UPLOAD_SECONDS, FILM_SECONDS, SILENT_SECONDS = 120.0, 900.0, 60.0
"""Time for a picture on its way out, for a film on its way in, and how long either may stand still."""

MOST_REDIRECTS = 3
HEAD_BYTES = 500

_USER_AGENT = b"OpenHorse"
_UNREACHABLE = "The picture could not be fetched from its address."
_FILM_UNREACHABLE = "The film could not be fetched from its address."
_LATER = frozenset({408, 425, 429})
"""Of the 4xx, those that say nothing about whether the film is there."""

_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST: `status` is None when no answer came, `head` the answer's first characters."""

    status: int | None
    milliseconds: int
    head: str
    error: str | None


@dataclass(frozen=True, slots=True)
class _Request:
    purpose: Purpose
    method: str = "GET"
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: bytes = b""


class Outbound:
    """The guarded door outwards. `allow` are networks reachable besides the public internet,
    there on any port and by plain http; `resolver` stands in for the system's in tests.
    """

    def __init__(self, allow: Sequence[Network] = (), resolver: Resolver = resolve) -> None:
        self._allow = tuple(allow)
        self._resolver = resolver
        self._tls = httpcore2.default_ssl_context()

    def check_address(self, url: str, *, purpose: Purpose) -> None:
        """Refuse an address that could never be opened, by its text alone; touches no network.

        Raises AddressRefused for bad syntax, another scheme or port than `purpose` has, user names,
        and literal addresses outside the public internet.
        """
        self._check(parse(url, purpose), purpose)

    def _check(self, target: Target, purpose: Purpose) -> None:
        literal = target.literal
        if literal is not None:
            self._vet(literal, target, purpose)
        elif target.host.rstrip(".").rpartition(".")[2] == "localhost":
            self._vet(ipaddress.IPv4Address("127.0.0.1"), target, purpose)
        elif not self._allow:  # else only the resolved address can tell whether it is an allowed one
            vet_door(target, purpose)

    def _vet(self, address: Address, target: Target, purpose: Purpose) -> None:
        if any(candidate in network for candidate in (address, unwrapped(address)) for network in self._allow):
            return
        if not is_public(address):
            raise AddressRefused(REFUSED)
        vet_door(target, purpose)

    def fetch(self, url: str, *, max_bytes: int, deadline_seconds: float = 60.0) -> bytes:
        """The bytes at `url`, following at most three redirects, each vetted like the first.

        `deadline_seconds` bounds the whole of it. Raises AddressRefused when the address or one that
        it leads to may not be opened, PictureRefused past `max_bytes`, else PictureUnreachable.
        """
        take = partial(_read_at_most, max_bytes=max_bytes)
        try:
            return self._followed(url, _wanting("picture", b"image/*"), Deadline(deadline_seconds), take)
        except _NETWORK_ERRORS as error:
            raise PictureUnreachable(_UNREACHABLE) from error

    def download(self, url: str, path: Path, *, max_bytes: int, deadline_seconds: float = FILM_SECONDS) -> None:
        """Bring the film at `url` into the file `path`, which appears whole or not at all; redirects as in `fetch`.

        Raises AddressRefused, FilmRejected past `max_bytes`, Gone when the address answers that it has nothing for us
        (any more), StorageFull, else UpstreamError: a later time may do.
        """
        take = partial(_save, path=path, max_bytes=max_bytes)
        try:
            self._followed(url, _wanting("film", b"video/*, */*"), Deadline(deadline_seconds), take)
        except _NETWORK_ERRORS as error:
            raise UpstreamError(_FILM_UNREACHABLE) from error

    def _followed(
        self, url: str, request: _Request, deadline: Deadline, take: Callable[[httpcore2.Response], T | _Redirect]
    ) -> T:
        """What `take` makes of the answer at the end of the redirects. Raises _NETWORK_ERRORS and AddressRefused."""
        for _ in range(MOST_REDIRECTS + 1):
            target = parse(url, request.purpose)
            self._check(target, request.purpose)
            try:
                with self._answer(target, request, deadline) as response:
                    answer = take(response)
            except _NETWORK_ERRORS as error:
                _log.info("%s not fetched from %s:%d: %r", request.purpose, target.host, target.port, error)
                raise
            except AddressRefused:
                _log.info("%s's address refused: %s:%d", request.purpose, target.host, target.port)
                raise
            if not isinstance(answer, _Redirect):
                return answer
            url = joined(url, answer.location)
        _log.info("%s not fetched: more than %d redirects", request.purpose, MOST_REDIRECTS)
        raise httpcore2.RemoteProtocolError("too many redirects")

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Attempt:
        """Post `body` to a callback's address; ten seconds in all, no redirects, no exception.

        Whatever goes wrong is told in `Attempt.error`, without a word about hosts or ports.
        """
        return self._sent(url, _Request("callback", "POST", _raw(headers), body), CALLBACK_SECONDS)

    def upload(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Attempt:
        """Send a picture to the address that a vendor has for it, as `post` does with callbacks; two minutes in all."""
        return self._sent(url, _Request("upload", method, _raw(headers), body), UPLOAD_SECONDS)

    def _sent(self, url: str, request: _Request, seconds: float) -> Attempt:
        started = time.monotonic()
        head = ""
        status = None
        error = None
        try:
            target = parse(url, request.purpose)
            self._check(target, request.purpose)
            with self._answer(target, request, Deadline(seconds)) as response:
                status = response.status
                head = _head(response)
        except AddressRefused as refusal:
            error = refusal.message
        except _NETWORK_ERRORS as trouble:
            _log.info("%s to %s:%d: %r", request.purpose, target.host, target.port, trouble)
            error = _in_words(trouble)
        return Attempt(status, round((time.monotonic() - started) * 1000), head, error)

    @contextmanager
    def _answer(self, target: Target, request: _Request, deadline: Deadline) -> Iterator[httpcore2.Response]:
        """One request on a connection of its own, so that none vetted for one purpose serves another."""

        def vet(address: Address) -> None:
            self._vet(address, target, request.purpose)

        backend = VettingBackend(vet, self._resolver, deadline)
        url = httpcore2.URL(
            scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path
        )
        sent = [(b"Host", target.host_header), (b"User-Agent", _USER_AGENT), *request.headers]
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), min(deadline.left(), SILENT_SECONDS))
        with (
            httpcore2.ConnectionPool(ssl_context=self._tls, max_connections=1, network_backend=backend) as pool,
            pool.stream(
                request.method, url, headers=sent, content=request.body or None, extensions={"timeout": timeouts}
            ) as response,
        ):
            yield response


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str


_NETWORK_ERRORS = (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError, OSError)


def _wanting(purpose: Purpose, accepted: bytes) -> _Request:
    return _Request(purpose, headers=[(b"Accept", accepted), (b"Accept-Encoding", b"identity")])


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def _opened(response: httpcore2.Response) -> _Redirect | int:
    """Where a GET's answer leads to, or how many bytes it announces, 0 for none. Raises RemoteProtocolError."""
    given = {name.lower(): value for name, value in response.headers}
    if response.status in (301, 302, 303, 307, 308) and b"location" in given:
        return _Redirect(given[b"location"].decode("latin-1"))
    if response.status != 200:
        raise httpcore2.RemoteProtocolError(f"status {response.status}")
    if given.get(b"content-encoding", b"identity").lower() != b"identity":
        raise httpcore2.RemoteProtocolError("compressed although identity was asked for")
    announced = given.get(b"content-length", b"")
    return int(announced) if announced.isdigit() else 0


def _read_at_most(response: httpcore2.Response, *, max_bytes: int) -> bytes | _Redirect:
    opened = _opened(response)
    if isinstance(opened, _Redirect):
        return opened
    too_big = PictureRefused(f"The picture is larger than {max_bytes:,} bytes.")
    if opened > max_bytes:
        raise too_big
    data = bytearray()
    for chunk in response.iter_stream():
        data += chunk
        if len(data) > max_bytes:
            raise too_big
    return bytes(data)


def _save(response: httpcore2.Response, *, path: Path, max_bytes: int) -> _Redirect | None:
    if 400 <= response.status < 500 and response.status not in _LATER:
        raise Gone("The film's link does not work any more.")
    opened = _opened(response)
    if isinstance(opened, _Redirect):
        return opened
    too_big = FilmRejected(f"The film is larger than {max_bytes:,} bytes.")
    if opened > max_bytes:
        raise too_big
    part = path.with_name(path.name + ".part")
    try:
        with _disk(), part.open("wb") as file:
            for chunk in response.iter_stream():
                if file.tell() + len(chunk) > max_bytes:
                    raise too_big
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        with _disk():
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return None


@contextmanager
def _disk() -> Iterator[None]:
    """What goes wrong with a file of ours is not the network's fault, whose errors are no OSError here."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("The disk on which films are made is full.") from error
        raise StorageFailed("The film could not be written.") from error


def _head(response: httpcore2.Response) -> str:
    """The first characters of an answer; what is lost on the way does not undo its status."""
    data = bytearray()
    try:
        for chunk in response.iter_stream():
            data += chunk
            if len(data) >= HEAD_BYTES:
                break
    except _NETWORK_ERRORS as error:
        _log.info("an answer broke off: %r", error)
    text = bytes(data[:HEAD_BYTES]).decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in text)


def _in_words(error: Exception) -> str:
    if isinstance(error, (httpcore2.TimeoutException, TimeoutError)):
        return "The receiver did not answer in time."
    if any(isinstance(reason, ssl.SSLError) for reason in error.args):  # httpcore2 wraps what happened
        return "The receiver's TLS certificate or handshake was not accepted."
    if isinstance(error, httpcore2.ConnectError):
        return "No connection to the receiver."
    return "The receiver broke the connection off or did not speak HTTP."
