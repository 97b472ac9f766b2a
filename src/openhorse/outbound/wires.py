"""A vetted address comes in, a connection to that very address goes out, whose every wait ends at one deadline."""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence

import httpcore2

from openhorse.errors import AddressRefused
from openhorse.outbound.targets import REFUSED, Address

Resolver = Callable[[str, int], Sequence[str]]
"""Host and port in, literal addresses out; raises OSError when there are none."""

CONNECT_SECONDS = 5.0


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of `host` as the system's resolver gives them, in its order."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(answer[4][0]).partition("%")[0] for answer in answers]


class Deadline:
    """A point in time; `left` is what remains until then in seconds, never negative."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then."""
        return max(0.0, self._at - time.monotonic())

    def cap(self, timeout: float | None, expired: type[Exception]) -> float:
        """`timeout` or what is left, whichever is less; raises `expired` when nothing is."""
        left = self.left()
        if left <= 0.0:
            raise expired("total time limit")
        return left if timeout is None else min(timeout, left)


class VettingBackend(httpcore2.NetworkBackend):
    """Resolves once, vets every answer and connects to the vetted literal address."""

    def __init__(self, vet: Callable[[Address], None], resolver: Resolver, deadline: Deadline) -> None:
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
        """A connection to the first address that takes one, once all of them are vetted."""
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
        """Never."""
        raise AddressRefused(REFUSED)


class _TimedStream(httpcore2.NetworkStream):
    """A stream whose every wait ends at one deadline, so that drop by drop is no way around it."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
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
