"""Requests come in, how fast they were answered goes out: many customers in one cheap process, over kept connections.

Written by hand over asyncio, because on a machine that the server shares with it a client must cost little; what it
does cost is measured too. Knows what a status line and a Content-Length are, and no more of HTTP.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

_TICKS = 100  # of a second; sysconf(_SC_CLK_TCK) is this on every Linux of today


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `headers` without those that are the same for all."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def raw(self) -> bytes:
        """It as it goes over the wire."""
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: bench", *(f"{k}: {v}" for k, v in self.headers)]
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(slots=True)
class Outcome:
    """What came of some requests: each one's `seconds`, the `statuses`, and where they were wanted the bodies by
    the request's place.

    `server_cpu` and `client_cpu` are seconds of processor time of the processes, `wall` the time of all together.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: dict[int, bytes] = field(default_factory=dict)
    wall: float = 0.0
    server_cpu: float = 0.0
    client_cpu: float = 0.0

    def quantile(self, part: float) -> float:
        """The time within which `part` of the requests were answered."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(part * len(self.seconds)))]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.wall

    def share(self, cpu: float) -> float:
        """Microseconds of `cpu` for each request."""
        return 1e6 * cpu / len(self.seconds)


def ask(port: int, requests: Sequence[Request], *, at_once: int, server: int, keep: bool = False) -> Outcome:
    """Send all `requests` to `port` of this machine, `at_once` of them at a time; `server` is its process's id."""
    outcome = Outcome()
    raw = enumerate([request.raw() for request in requests])
    mine, theirs = _own_cpu(), cpu_of(server)
    begin = time.perf_counter()
    uvloop.run(_all(port, raw, at_once, outcome, keep))
    outcome.wall = time.perf_counter() - begin
    outcome.client_cpu, outcome.server_cpu = _own_cpu() - mine, cpu_of(server) - theirs
    return outcome


def cpu_of(process: int) -> float:
    """Seconds of processor time that a process has used, all its threads together."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _all(port: int, raw: Iterator[tuple[int, bytes]], at_once: int, outcome: Outcome, keep: bool) -> None:
    loop = asyncio.get_running_loop()
    customers = [_Customer(raw, outcome, keep) for _ in range(at_once)]
    for customer in customers:
        await loop.create_connection(lambda it=customer: it, "127.0.0.1", port)
    await asyncio.gather(*(customer.done for customer in customers))


class _Customer(asyncio.Protocol):
    """One connection, which asks again as soon as it is answered."""

    def __init__(self, raw: Iterator[tuple[int, bytes]], outcome: Outcome, keep: bool) -> None:
        self._raw, self._outcome, self._keep = raw, outcome, keep
        self._buffer = b""
        self._began, self._place = 0.0, 0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(body) < length:
            return
        self._outcome.seconds.append(time.perf_counter() - self._began)
        self._outcome.statuses[int(head[9:12])] += 1
        if self._keep:
            self._outcome.bodies[self._place] = body
        self._buffer = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            if exc is None and self._place < 0:
                self.done.set_result(None)
            else:
                self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        self._place, raw = next(self._raw, (-1, b""))
        if not raw:
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(raw)
