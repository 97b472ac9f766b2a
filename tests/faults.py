"""A network that fails on purpose, between a client and any TCP server (or Unix socket) of a test.

Its client connects to `Proxy.port` instead of to the server. What goes wrong is a `Fault`, which can be changed at any
time and then holds for the connections that there are, too.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

CHUNK_BYTES = 65_536

CUT_OFF = struct.pack("ii", 1, 0)
"""SO_LINGER: a socket that is closed sends RST, and forgets what it had not sent yet."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with a connection.

    `refused`: it is reset at once. `silent`: it is accepted, and nothing passes either way until the fault is another;
    then all that was held back arrives. `delay_seconds`: before each chunk. `up_bytes`, `down_bytes`: so many pass to
    the server or to the client from now on, the rest is lost with the connection, which is reset; 0 is "before the
    first". `connections`: only so many of the connections made from now on are hit, None for all, also those there are.
    """

    refused: bool = False
    silent: bool = False
    delay_seconds: float = 0.0
    up_bytes: int | None = None
    down_bytes: int | None = None
    connections: int | None = None


HEALTHY = Fault()
REFUSED = Fault(refused=True)
SILENT = Fault(silent=True)


@dataclass(eq=False)
class _Link:
    """One connection: both ends as far as they are there, and the fault that was meant for it alone."""

    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    own: Fault | None = None

    def reset(self) -> None:
        """End it without a word."""
        for writer in self.writers:
            known = writer.get_extra_info("socket")
            with suppress(OSError):
                known.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CUT_OFF)
            writer.transport.abort()


class Proxy:
    """Passes connections on from `port` of this machine to a server: (host, port), or the path of a Unix socket."""

    port: int

    def __init__(self, server: tuple[str, int] | Path) -> None:
        self._server = server
        self._fault, self._left = HEALTHY, 0
        self._links: set[_Link] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self.seen = self.broken = 0
        """Connections that were made, and those that we have reset."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Listen; `port` is known then."""
        self._thread.start()
        listening = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._accept, "127.0.0.1", 0), self._loop)
        self._listener = listening.result()
        self.port = int(self._listener.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Reset what there is, and listen no more."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def set(self, fault: Fault) -> None:
        """From now on this goes wrong; HEALTHY for nothing. Holds when this returns."""
        asyncio.run_coroutine_threadsafe(self._change(fault), self._loop).result()

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[None]:
        """This goes wrong in the block, and nothing after it."""
        self.set(fault)
        try:
            yield
        finally:
            self.set(HEALTHY)

    async def _change(self, fault: Fault) -> None:
        self._fault, self._left = fault, fault.connections or 0
        for link in self._links:
            link.own = None
        self._changed.set()  # whoever waits looks again
        self._changed = asyncio.Event()
        if fault.refused and fault.connections is None:
            for link in list(self._links):
                self._break(link)

    async def _end(self) -> None:
        self._listener.close()
        for link in list(self._links):
            link.reset()
        for serving in self._serving:
            serving.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await asyncio.sleep(0)  # transports end in the next round

    def _break(self, link: _Link) -> None:
        self.broken += 1
        link.reset()

    def _fault_of(self, link: _Link) -> Fault:
        if self._fault.connections is None:
            return self._fault
        return link.own or HEALTHY

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: asyncio complains of one of its own that is cancelled.
        serving = self._loop.create_task(self._serve(reader, writer))
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen += 1
        link = _Link([writer])
        if self._left > 0:
            self._left, link.own = self._left - 1, self._fault
        self._links.add(link)
        try:
            if (await self._patiently(link)).refused:
                self._break(link)
                return
            far_reader, far_writer = await self._connect()
            link.writers.append(far_writer)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(link, reader, far_writer, "up_bytes"))
                both.create_task(self._pump(link, far_reader, writer, "down_bytes"))
        except* OSError:  # either end has gone, or was sent away
            link.reset()
        finally:
            self._links.discard(link)
            for end in link.writers:
                end.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._server, Path):
            return await asyncio.open_unix_connection(self._server)
        return await asyncio.open_connection(*self._server)

    async def _pump(self, link: _Link, source: asyncio.StreamReader, sink: asyncio.StreamWriter, limit: str) -> None:
        seen, passed = HEALTHY, 0
        while True:
            data = await source.read(CHUNK_BYTES)
            fault = await self._patiently(link)
            if not data:
                break
            if fault is not seen:
                seen, passed = fault, 0
            most = getattr(fault, limit)
            rest = len(data) if most is None else most - passed
            passed += len(data)
            sink.write(data[: max(rest, 0)])
            await sink.drain()
            if rest < len(data):
                # What may pass must have left before the rest is lost.
                while sink.transport.get_write_buffer_size():
                    await asyncio.sleep(0.001)
                self._break(link)
                return
        if sink.can_write_eof():
            sink.write_eof()

    async def _patiently(self, link: _Link) -> Fault:
        """The fault that holds for `link` when it lets anything pass; after its delay."""
        while (fault := self._fault_of(link)).silent:
            await self._changed.wait()
        if fault.delay_seconds:
            await asyncio.sleep(fault.delay_seconds)
        return fault


@contextmanager
def faulty(server: tuple[str, int] | Path) -> Iterator[Proxy]:
    """A proxy before `server`, healthy at first."""
    proxy = Proxy(server)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
