"""Bytes from a connection come in, requests with a head of bounded size and time go on. Knows no path and no body.

Uvicorn's parser takes heads of any size and waits for them for ever; what is refused here has no path yet, so that its
answer has no dialect's shape.
"""

from __future__ import annotations

from asyncio import TimerHandle
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

MOST_HEADERS = 200
"""Browsers send some 20, proxies add as many."""

HEAD_BYTES = 65_536
"""Of all headers and the address together: what h11, uvicorn's other parser, allows as well."""

HEAD_SECONDS = 20.0
"""From the first byte (or the connection) to the head's last one."""

_TOO_LARGE = f"The request's head has more than {MOST_HEADERS} headers or {HEAD_BYTES} bytes."
_TOO_SLOW = "The request's head did not arrive in time."


class _HeadRefusedError(Exception):
    """Stops the parser."""


class Wire(HttpToolsProtocol):
    """One connection. Heads that are too large are answered 431, those that do not end in time 408, and closed."""

    head_seconds: ClassVar[float] = HEAD_SECONDS

    _patience: TimerHandle | None = None
    _heads = _taken = _unseen = 0
    """How many heads began; bytes of the present one that the parser has told, and that came while it told nothing."""

    _in_head = _refused = False

    def connection_made(self, transport) -> None:  # type: ignore[no-untyped-def]
        """Wait for the first request, not for ever."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        self._heard()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless this connection was refused already."""
        if self._refused or self.transport.is_closing():
            return
        if self._patience is None and (self.cycle is None or self.cycle.response_complete):
            self._wait()  # what follows an answer is another request, or rest that nobody reads
        heads = self._heads
        super().data_received(data)
        if self._in_head and self._heads == heads:  # a line that has not ended yet is told by nobody
            self._unseen += len(data)
            if self._unseen > HEAD_BYTES:
                self._refuse(431, _TOO_LARGE)

    def send_400_response(self, msg: str) -> None:
        """What the parser does not take is answered: by its size where that was why."""
        if not self._refused:
            self._refuse(400, msg)

    def on_message_begin(self) -> None:
        """A request's first byte."""
        super().on_message_begin()
        self._heads += 1
        self._in_head, self._taken, self._unseen = True, 0, 0

    def on_url(self, url: bytes) -> None:
        """A part of the address."""
        self._take(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A whole header."""
        self._take(len(name) + len(value))
        if len(self.headers) == MOST_HEADERS:
            self._refuse(431, _TOO_LARGE)
            raise _HeadRefusedError
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole; what follows is the body, whose time is bounded where it is read."""
        self._in_head = False
        self._heard()
        super().on_headers_complete()

    def _take(self, size: int) -> None:
        self._taken += size
        if self._taken > HEAD_BYTES:
            self._refuse(431, _TOO_LARGE)
            raise _HeadRefusedError

    def _wait(self) -> None:
        self._patience = self.loop.call_later(self.head_seconds, self._give_up)

    def _heard(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if self.transport.is_closing():
            return
        if self._in_head:
            self._refuse(408, _TOO_SLOW)
        else:  # nothing was asked, or a body goes on that has its answer
            self.transport.close()

    def _refuse(self, status: int, text: str) -> None:
        """Answer in plain words, and close; say nothing where it would stand within another request's answer."""
        if self._refused:
            return
        self._refused = True
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.close()
            return
        body = text.encode("ascii", "replace")
        head = b"".join(b"%s: %s\r\n" % header for header in self.server_state.default_headers)
        self.transport.write(
            STATUS_LINE[status]
            + head
            + b"content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (len(body), body)
        )
        self.transport.close()
