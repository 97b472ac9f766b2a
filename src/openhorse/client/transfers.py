"""A task comes in; its film's bytes, or what happens to it, go out as they arrive, over connections that may die.

Knows no file's place: who calls gives an open file. Writing into it holds an async program up for as long as the system
takes to copy a piece, which is less than a thread would cost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from openhorse.client.acts import Answer, Ask, Next, Open, Pause, Steps, Tell
from openhorse.client.asking import Site, pause_seconds, wait_after
from openhorse.client.words import Event, PreviewEvent, ProgressEvent, StatusEvent, Task
from openhorse.errors import Gone, ServerUnreachable, UpstreamError
from openhorse.vocabulary import FINAL

SILENCE_SECONDS = 45.0
"""A stream of events that is silent for so long is dead: the server says something every 15 s."""

_DEAD_LINK = frozenset({403, 404, 410})


def download(site: Site, task: Task, out: BinaryIO, again: Callable[[], Steps[Task]]) -> Steps[None]:
    """Write the film of `task` into `out`; `again` asks for the task anew when the film's link has died.

    Raises Gone when the film has, UpstreamError when other bytes arrive than the task says.
    """
    film = task["film"]
    assert film is not None
    failures, renewed = 0, False
    while out.tell() < film["bytes"]:
        before = out.tell()
        try:
            answer: Answer = yield Open(_piece(site, film["url"], before, failures), "bytes")
            if answer.status in _DEAD_LINK and not renewed:
                renewed, fresh = True, (yield from again())
                if fresh["film"] is None or fresh["status"] == "expired":
                    raise Gone(f"the film of task {task['id']} has expired")
                film = fresh["film"]
                continue
            if answer.status >= 400:
                failures += 1
                yield Pause(wait_after(answer, failures, site.retries))
                continue
            if before and answer.status != 206:  # whoever answers cannot go on in the middle
                out.seek(0)
                out.truncate()
            while (piece := (yield Next())) is not None:
                out.write(piece)
        except ServerUnreachable:
            pass
        failures = 0 if out.tell() > before else failures + 1
        if failures > site.retries:
            raise ServerUnreachable(f"the film did not arrive whole from {_host(film['url'])}")
        if out.tell() < film["bytes"]:
            yield Pause(pause_seconds(failures + 1))
    _check(out, film["sha256"])


def follow(site: Site, task_id: str, path: str, again: Callable[[], Steps[Task]], after: str = "") -> Steps[None]:
    """Tell what happens to a task until it has ended, each thing once. `after` is the last event's id that is known."""
    site.check_key()
    failures = 0
    while True:
        headers = {"Last-Event-ID": after} if after else {}
        news = False
        try:
            answer: Answer = yield Open(Ask("GET", path, headers=headers, seconds=SILENCE_SECONDS), "events")
            if answer.status >= 400:
                failures += 1
                yield Pause(wait_after(answer, failures, site.retries))
                continue
            while (piece := (yield Next())) is not None:
                if not piece.data:  # it says only when to come back
                    continue
                news, event = True, _read(piece)
                if isinstance(event, StatusEvent):
                    after = event.id
                yield Tell(event)
                if isinstance(event, StatusEvent) and event.task["status"] in FINAL:
                    return
        except ServerUnreachable:
            pass
        failures = 0 if news else failures + 1
        if failures > site.retries:
            raise ServerUnreachable(f"nothing is heard of task {task_id} any more from {site.url}")
        if not news and (yield from again())["status"] in FINAL:
            return
        yield Pause(pause_seconds(failures + 1))


def _read(piece: Any) -> Event:
    """The event in a piece of the stream. Raises UpstreamError for one whose data is no JSON object."""
    try:
        data = json.loads(piece.data)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise UpstreamError("the server's stream of events says something that is no JSON object")
    if piece.event == "status":
        return StatusEvent("status", data, piece.id, data)  # type: ignore[arg-type]
    if piece.event == "progress":
        return ProgressEvent("progress", data, float(data.get("progress", 0.0)))
    if piece.event == "preview" and isinstance(data.get("url"), str):
        return PreviewEvent("preview", data, float(data.get("seconds", 0.0)), data["url"])
    return Event(piece.event, data)


def _piece(site: Site, address: str, start: int, failures: int) -> Ask:
    """The request for the film from byte `start` on. The key is not sent: the link is signed, and may lead elsewhere.

    A server behind a mapped port may not know the address by which we reach it: every other time, its films are asked
    for where it answers us.
    """
    parts = urlsplit(address)
    if failures % 2 and parts.path.startswith("/files/"):
        address = f"{site.url}{parts.path}?{parts.query}"
    return Ask("GET", address, headers={"Range": f"bytes={start}-"} if start else {}, with_key=False)


def _check(out: BinaryIO, sha256: str) -> None:
    out.seek(0)
    digest = hashlib.sha256()
    while piece := out.read(1 << 20):
        digest.update(piece)
    if digest.hexdigest() != sha256:
        raise UpstreamError("the film that arrived is not the one that was made: its SHA-256 differs")


def _host(address: str) -> str:
    return urlsplit(address).netloc or address
