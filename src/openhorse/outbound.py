"""Addresses that somebody gave us come in; pictures' bytes and callbacks' answers go out.

The only room that opens a connection to such an address. Knows no task, picture format or dialect.

Every name is resolved once, every answer is vetted, and the socket is opened to the vetted literal
address; so a name that changes its mind between the look and the leap gains nothing. What customers
read is generic: which host answered how is nobody's business but the operator's, and goes to the log.
"""

from __future__ import annotations

import ipaddress
import logging
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import httpcore2
import httpx2

from openhorse.errors import AddressRefused, PictureRefused, PictureUnreachable
from openhorse.settings import Network

Purpose = Literal["picture", "callback"]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Host and port in, literal addresses out; raises OSError when there are none."""

CALLBACK_SECONDS = 10.0
"""Time for one callback, from resolving the name to the end of the answer."""

CONNECT_SECONDS = 5.0
MOST_REDIRECTS = 3
HEAD_BYTES = 500
LONGEST_ADDRESS: Mapping[Purpose, int] = {"picture": 4096, "callback": 2048}

_PORTS: Mapping[Purpose, frozenset[int]] = {"picture": frozenset({80, 443}), "callback": frozenset({443})}
_SCHEMES: Mapping[Purpose, frozenset[str]] = {"picture": frozenset({"http", "https"}), "callback": frozenset({"https"})}
_USER_AGENT = b"OpenHorse"
_UNREACHABLE = "The picture could not be fetched from its address."
_REFUSED = "This server does not open that address."

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
_TUNNELS = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))  # 6to4, Teredo
_HOST = re.compile(r"(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.ASCII)
_LAST_LABEL_IS_NUMBER = re.compile(r"(^|\.)(\d+|0x[0-9a-f]*)\.?$", re.ASCII)
# A space, a control character or a backslash means one thing to one parser and another to the next.
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f-\xa0\\]")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST: `status` is None when no answer came, `head` the answer's first characters."""

    status: int | None
    milliseconds: int
    head: str
    error: str | None


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of `host` as the system's resolver gives them, in its order."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(answer[4][0]).partition("%")[0] for answer in answers]


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside a v4-mapped or NAT64 one, else the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(address.packed[-4:])
    return address


def is_public(address: Address) -> bool:
    """Whether `address` belongs to the public internet; addresses with an inner one are judged by that."""
    address = unwrapped(address)
    if isinstance(address, ipaddress.IPv6Address) and (
        address not in _UNICAST or any(address in tunnel for tunnel in _TUNNELS)
    ):
        return False
    return address.is_global and not address.is_multicast


@dataclass(frozen=True, slots=True)
class _Target:
    """An address taken apart once; what is checked here is what is connected to."""

    scheme: str
    host: str
    port: int
    host_header: bytes
    path: bytes

    @property
    def literal(self) -> Address | None:
        """The host as an IP address, None when it is a name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None


def _parse(text: str, purpose: Purpose) -> _Target:
    if len(text) > LONGEST_ADDRESS[purpose]:
        raise AddressRefused(f"The address is longer than {LONGEST_ADDRESS[purpose]} characters.")
    match = re.match(r"(?i:https?)://([^/?#]*)", text)
    if match is None or _AMBIGUOUS.search(text):
        raise AddressRefused("The address is not a well-formed http or https URL.")
    if "@" in match[1]:
        raise AddressRefused("The address must not carry a user name or password.")
    try:
        url = httpx2.URL(text)
        host = url.raw_host.decode("ascii")
        port = url.port or (443 if url.scheme == "https" else 80)
    except (httpx2.InvalidURL, ValueError) as error:
        raise AddressRefused("The address is not a well-formed http or https URL.") from error
    target = _Target(url.scheme, host, port, url.netloc, url.raw_path)
    if not _well_formed_host(target) or not 0 < port < 65536:
        raise AddressRefused("The address is not a well-formed http or https URL.")
    return target


def _well_formed_host(target: _Target) -> bool:
    if target.literal is not None:
        return True
    # Left to themselves, resolvers read 2130706433, 0x7f.1 and 0177.0.0.1 as 127.0.0.1.
    return (
        len(target.host) <= 253
        and _HOST.fullmatch(target.host) is not None
        and _LAST_LABEL_IS_NUMBER.search(target.host) is None
    )


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
        self._check(_parse(url, purpose), purpose)

    def _check(self, target: _Target, purpose: Purpose) -> None:
        literal = target.literal
        if literal is not None:
            self._vet(literal, target, purpose)
        elif target.host.rstrip(".").rpartition(".")[2] == "localhost":
            self._vet(ipaddress.IPv4Address("127.0.0.1"), target, purpose)
        elif not self._allow:  # else only the resolved address can tell whether it is an allowed one
            self._vet_door(target, purpose)

    def _vet(self, address: Address, target: _Target, purpose: Purpose) -> None:
        if any(candidate in network for candidate in (address, unwrapped(address)) for network in self._allow):
            return
        if not is_public(address):
            raise AddressRefused(_REFUSED)
        self._vet_door(target, purpose)

    @staticmethod
    def _vet_door(target: _Target, purpose: Purpose) -> None:
        if target.scheme not in _SCHEMES[purpose]:
            raise AddressRefused("The address must begin with https://.")
        if target.port not in _PORTS[purpose]:
            ports = " or ".join(str(port) for port in sorted(_PORTS[purpose]))
            raise AddressRefused(f"The address must use port {ports}.")

    def fetch(self, url: str, *, max_bytes: int, deadline_seconds: float = 60.0) -> bytes:
        """The bytes at `url`, following at most three redirects, each vetted like the first.

        `deadline_seconds` bounds the whole of it. Raises AddressRefused when the address or one that
        it leads to may not be opened, PictureRefused past `max_bytes`, else PictureUnreachable.
        """
        deadline = _Deadline(deadline_seconds)
        for _ in range(MOST_REDIRECTS + 1):
            target = _parse(url, "picture")
            self._check(target, "picture")
            try:
                answer = self._get(target, deadline, max_bytes)
            except _NETWORK_ERRORS as error:
                _log.info("picture not fetched from %s:%d: %r", target.host, target.port, error)
                raise PictureUnreachable(_UNREACHABLE) from error
            except AddressRefused:
                _log.info("picture's address refused: %s:%d", target.host, target.port)
                raise
            if isinstance(answer, bytes):
                return answer
            url = _joined(url, answer.location)
        _log.info("picture not fetched: more than %d redirects", MOST_REDIRECTS)
        raise PictureUnreachable(_UNREACHABLE)

    def _get(self, target: _Target, deadline: _Deadline, max_bytes: int) -> bytes | _Redirect:
        headers = [(b"Accept", b"image/*"), (b"Accept-Encoding", b"identity")]
        with self._answer("GET", target, "picture", headers, b"", deadline) as response:
            given = {name.lower(): value for name, value in response.headers}
            if response.status in (301, 302, 303, 307, 308) and b"location" in given:
                return _Redirect(given[b"location"].decode("latin-1"))
            if response.status != 200:
                raise httpcore2.RemoteProtocolError(f"status {response.status}")
            if given.get(b"content-encoding", b"identity").lower() != b"identity":
                raise httpcore2.RemoteProtocolError("compressed although identity was asked for")
            return _read_at_most(response, max_bytes, given.get(b"content-length", b""))

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Attempt:
        """Post `body` to a callback's address; ten seconds in all, no redirects, no exception.

        Whatever goes wrong is told in `Attempt.error`, without a word about hosts or ports.
        """
        started = time.monotonic()
        head = ""
        status = None
        error = None
        try:
            target = _parse(url, "callback")
            self._check(target, "callback")
            raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
            with self._answer("POST", target, "callback", raw, body, _Deadline(CALLBACK_SECONDS)) as response:
                status = response.status
                head = _head(response)
        except AddressRefused as refusal:
            error = refusal.message
        except _NETWORK_ERRORS as trouble:
            _log.info("callback to %s:%d: %r", target.host, target.port, trouble)
            error = _in_words(trouble)
        return Attempt(status, round((time.monotonic() - started) * 1000), head, error)

    @contextmanager
    def _answer(
        self,
        method: str,
        target: _Target,
        purpose: Purpose,
        headers: Sequence[tuple[bytes, bytes]],
        body: bytes,
        deadline: _Deadline,
    ) -> Iterator[httpcore2.Response]:
        """One request on a connection of its own, so that none vetted for one purpose serves another."""

        def vet(address: Address) -> None:
            self._vet(address, target, purpose)

        backend = _VettingBackend(vet, self._resolver, deadline)
        url = httpcore2.URL(
            scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path
        )
        sent = [(b"Host", target.host_header), (b"User-Agent", _USER_AGENT), *headers]
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), deadline.left())
        with (
            httpcore2.ConnectionPool(ssl_context=self._tls, max_connections=1, network_backend=backend) as pool,
            pool.stream(method, url, headers=sent, content=body or None, extensions={"timeout": timeouts}) as response,
        ):
            yield response


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str


_NETWORK_ERRORS = (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError, OSError)


def _joined(url: str, location: str) -> str:
    if _AMBIGUOUS.search(location):
        raise AddressRefused(_REFUSED)
    try:
        return str(httpx2.URL(url).join(location))
    except (httpx2.InvalidURL, ValueError) as error:
        raise AddressRefused(_REFUSED) from error


def _read_at_most(response: httpcore2.Response, max_bytes: int, announced: bytes) -> bytes:
    too_big = PictureRefused(f"The picture is larger than {max_bytes:,} bytes.")
    if announced.isdigit() and int(announced) > max_bytes:
        raise too_big
    data = bytearray()
    for chunk in response.iter_stream():
        data += chunk
        if len(data) > max_bytes:
            raise too_big
    return bytes(data)


def _head(response: httpcore2.Response) -> str:
    """The first characters of an answer; what is lost on the way does not undo its status."""
    data = bytearray()
    try:
        for chunk in response.iter_stream():
            data += chunk
            if len(data) >= HEAD_BYTES:
                break
    except _NETWORK_ERRORS as error:
        _log.info("callback's answer broke off: %r", error)
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


class _Deadline:
    """A point in time; `left` is what remains until then in seconds, never negative."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        return max(0.0, self._at - time.monotonic())

    def cap(self, timeout: float | None, expired: type[Exception]) -> float:
        """`timeout` or what is left, whichever is less; raises `expired` when nothing is."""
        left = self.left()
        if left <= 0.0:
            raise expired("total time limit")
        return left if timeout is None else min(timeout, left)


class _VettingBackend(httpcore2.NetworkBackend):
    """Resolves once, vets every answer and connects to the vetted literal address."""

    def __init__(self, vet: Callable[[Address], None], resolver: Resolver, deadline: _Deadline) -> None:
        self._vet = vet
        self._resolver = resolver
        self._deadline = deadline
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = self._addresses(host, port)
        for address in addresses:
            self._vet(address)
        trouble: Exception = httpcore2.ConnectError("no address")
        for address in addresses:
            seconds = self._deadline.cap(CONNECT_SECONDS, httpcore2.ConnectTimeout)
            try:
                stream = self._sockets.connect_tcp(str(address), port, seconds, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                trouble = error
            else:
                return _TimedStream(stream, self._deadline)
        raise trouble

    def _addresses(self, host: str, port: int) -> list[Address]:
        answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolver(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(OSError(f"resolve {host!r}: {error}"))

        # The system's resolver takes no time limit, so it is left behind when it exceeds ours.
        threading.Thread(target=ask, name="resolve", daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline.cap(None, httpcore2.ConnectTimeout))
        except queue.Empty:
            raise httpcore2.ConnectTimeout("resolving took too long") from None
        if isinstance(answer, OSError):
            raise httpcore2.ConnectError(str(answer))
        return [ipaddress.ip_address(text) for text in dict.fromkeys(answer)]

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        raise AddressRefused(_REFUSED)


class _TimedStream(httpcore2.NetworkStream):
    """A stream whose every wait ends at one deadline, so that drop by drop is no way around it."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.cap(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.cap(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        seconds = self._deadline.cap(timeout, httpcore2.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
