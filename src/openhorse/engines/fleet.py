"""Orders come in, films that a set of inference servers make go out: what vLLM-Omni's and SGLang's have in common.

Both speak of `/v1/videos` after OpenAI: a record with an id and a status, its film below `/content`. All servers of a
fleet run one model, or parts of it. How a film is asked for, and whether it can be stopped, is not known here.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from openhorse.cues import Credit
from openhorse.dialects import Report
from openhorse.engines.remote import Caps, Lost, Place, Sent, Servers
from openhorse.errors import EngineFailed, EngineUnavailable, InvalidOrder
from openhorse.peers import Peer, Reply, Unanswered
from openhorse.profiles import Profile
from openhorse.vocabulary import Failure, Mode, Order, Ratio, Status

HEALTH_SECONDS, FRESH_SECONDS = 3.0, 5.0
"""How long a server may take to say that it is well, and how long that is believed."""

H3 = "minimax-h3"
"""The family whose servers have requests of their own, and parts that do not do the same."""

H3_TASKS: Mapping[Mode, str] = {Mode.TEXT: "t2va", Mode.IMAGE: "fl2va", Mode.REFERENCE: "ref2va"}
H3_PARTS: Mapping[str, frozenset[str]] = {
    "fl2va": frozenset({"t2va", "fl2va"}),
    "ref2va": frozenset({"ref2va"}),
}
H3_RATIOS = tuple(map(Ratio, ("21:9", "16:9", "4:3", "1:1", "3:4", "9:16")))
"""What its servers know by name; of the other ratios the nearest is made, and the film cut to the one ordered."""

H3_LEAST_SECONDS = 4
"""Shorter films are made so long, and cut."""

NO_WORDS = "The picture comes to life with natural, gentle motion."
"""For pictures that come without a prompt: both servers want one."""

_STATUS = {
    "queued": Status.QUEUED,
    "in_progress": Status.RUNNING,
    "completed": Status.SUCCEEDED,
    "failed": Status.FAILED,
    "deleted": Status.CANCELLED,
}

_ID = re.compile(r"[A-Za-z0-9_.-]{1,200}", re.ASCII)
_OTHER_PART = re.compile(r"partition\W+(fl2va|ref2va)\b", re.IGNORECASE)
_PASSING = frozenset({404, 405, 408, 409, 425, 429})
"""Statuses below 500 that say nothing about the order: another server, or another time, may do."""

E = TypeVar("E", bound=EngineFailed)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Card:
    """What a server says of the model that it runs. `tasks` is empty where it does not tell what that can do."""

    model: str
    tasks: frozenset[str] = frozenset()


class Host:
    """One server, and what is known of it. `part` is which part of MiniMax-H3 it has, None until that is known."""

    def __init__(self, address: str, key: str | None) -> None:
        self.label, _, named = address.partition("#")
        self.peer = Peer(self.label, {} if key is None else {"authorization": f"Bearer {key}"})
        self.named = named.lower() if named.lower() in H3_PARTS else None
        self.part = self.named
        self.card: Card | None = None
        self.trouble: tuple[float, str | None] | None = None
        """When it was last asked how it is, and what was wrong."""

    def forget(self) -> None:
        """It may come back as another."""
        self.part, self.card, self.trouble = self.named, None, None


class Fleet:
    """The servers of one engine; `key` is what they want to be shown. Used from many threads; close it.

    Raises InvalidOrder for an address that cannot be a server's.
    """

    has_idempotency = True
    """A repeated request makes a second film, the same one: that costs nobody anything but time."""

    poll_seconds = 1.5

    def __init__(
        self,
        servers: Servers,
        profile: Profile,
        key: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name, self.caps = servers.name, Caps()
        self.profile = profile
        self._key, self._key_env, self._clock = key, servers.key_env, clock
        self._hosts = {host.label: host for host in (Host(check_address(url), key) for url in servers.urls)}
        self._named = tuple(self._hosts.values())

    def close(self) -> None:
        """Let go of all connections."""
        for host in list(self._hosts.values()):
            host.peer.close()

    def places(self, order: Order) -> Sequence[Place]:
        """The servers that can make `order`, as far as is known; one film at a time at each."""
        return [Place(host.label) for host in self._named if self._can(host, order)]

    def why_not(self, order: Order) -> str | None:
        """Why no server can make all of `order`, in words for the customer; None when one can."""
        reason = self.profile.why_not(order)
        if reason is None and not self.places(order):
            return f"no server of {self.name} makes {order.mode}"
        return reason

    def notes(self, order: Order) -> Sequence[str]:
        """Nothing: everything of `order` is asked for, or done here with what they make."""
        return ()

    def credit(self, order: Order) -> Credit:
        """The model that the servers run, and what its licence has shown."""
        return Credit(self.profile.title, self.profile.licence.attribution or "")

    def health(self, place: Place) -> str | None:
        """What is wrong with a server, for the operator; None when it is well."""
        host, now = self._host(place), self._clock()
        if host.trouble is None or now - host.trouble[0] >= FRESH_SECONDS:
            host.trouble = now, self._examined(host)
        return host.trouble[1]

    def ask(self, place: Place, order: Order, pictures: Sequence[Sent], once: str) -> Report:
        """Have the film of `order` made; `once` is not told, since neither server knows a repeated request."""
        host = self._host(place)
        try:
            return self._asked(host, order, [picture.png for picture in pictures])
        except EngineUnavailable as error:
            host.trouble = self._clock(), error.message  # whoever chooses a place next shall not choose this one
            raise

    def look(self, place: Place, report: Report) -> Report:
        """What the server says of it now. A film that failed is told with an HTTP error by some: the record counts.

        Raises Lost when it does not know the film any more, or has the wrong part of the model for it.
        """
        host = self._host(place)
        reply = host.peer.ask("GET", _path(report))
        found = self._read(host, reply.body)
        if found is not None and found.id == report.id:
            return found
        if reply.status == 404:
            host.forget()  # it was restarted: nothing that was known of it holds
            raise Lost(f"{host.label} does not know {report.id}")
        raise self._refused(host, reply)

    def release(self, place: Place, report: Report) -> None:
        """Have its record, and where that is how the server does it its file, removed."""
        host = self._host(place)
        host.peer.ask("DELETE", f"/v1/videos/{report.id}")

    def fetch(self, place: Place, report: Report, path: Path) -> None:
        """Bring the film that is ready to `path`. Raises StorageFull, and Lost when the server has it no more."""
        host = self._host(place)
        reply = host.peer.download(f"{_path(report)}/content", path)
        if reply.is_ok:
            return
        if reply.status not in (404, 422):
            raise self._refused(host, reply)
        now = self.look(place, report)
        if now.failure is not None:
            raise EngineFailed(now.failure.message)
        if now.status is Status.SUCCEEDED:
            raise Lost(f"{host.label} has no film of {report.id} any more")
        raise _told(host, EngineUnavailable("The film is not ready where it is made.", retry_after=2), reply)

    def _asked(self, host: Host, order: Order, pngs: Sequence[bytes]) -> Report:
        reply = self._submitted(host, self._card(host), order, pngs)
        if not reply.is_ok:
            raise self._refused(host, reply)
        report = self._read(host, reply.body)
        if report is None:
            raise _told(host, Unanswered("The engine's server answers what is not understood."), reply)
        return report

    def _submitted(self, host: Host, card: Card, order: Order, pngs: Sequence[bytes]) -> Reply:
        """What the server answers when it is asked for the film."""
        raise NotImplementedError

    def _tasks_of(self, data: Mapping[str, Any]) -> frozenset[str]:
        """What the server's model can do, of its card; empty where that says nothing."""
        return frozenset()

    def _can(self, host: Host, order: Order) -> bool:
        if self.profile.family == H3:
            return host.part is None or H3_TASKS[order.mode] in H3_PARTS[host.part]
        if host.card is None or not host.card.tasks:
            return True
        wanted = {"T2V", "TI2V"} if order.mode is Mode.TEXT else {"I2V", "TI2V"}
        return bool(wanted & host.card.tasks)

    def _host(self, place: Place) -> Host:
        """The server at a place; one that the operator has taken off the list finishes what it makes."""
        if place.label not in self._hosts:
            self._hosts.setdefault(place.label, Host(place.label, self._key))
        return self._hosts[place.label]

    def _examined(self, host: Host) -> str | None:
        try:
            reply = host.peer.ask("GET", "/health", seconds=HEALTH_SECONDS)
            if not reply.is_ok:
                host.forget()
                return f"it is not ready: {reply.status} {_detail(reply.body)}".strip()
            self._card(host)
        except EngineFailed as error:
            host.forget()
            notes = [note.removeprefix(f"{host.label}: ") for note in getattr(error, "__notes__", [])]
            return "; ".join(notes) or error.message
        return None

    def _card(self, host: Host) -> Card:
        """What the server runs, asked once. Raises EngineUnavailable when it does not say."""
        if host.card is None:
            reply = host.peer.ask("GET", "/v1/models", seconds=HEALTH_SECONDS)
            if not reply.is_ok:
                raise self._refused(host, reply)
            try:
                data = reply.body["data"][0]
                host.card = Card(str(data["id"]), self._tasks_of(data))
            except (TypeError, KeyError, IndexError) as error:
                raise _told(host, EngineUnavailable("The engine's server runs no model."), reply) from error
            if host.part is None:
                names = f"{data['id']} {data.get('root')}".lower()
                host.part = next((part for part in H3_PARTS if part in names), None)
        return host.card

    def _read(self, host: Host, body: Any) -> Report | None:
        """The record that a server answers with; None when it is none. Raises Lost for a film of another part."""
        if not isinstance(body, dict) or body.get("status") not in _STATUS or not _ID.fullmatch(str(body.get("id"))):
            return None
        status, progress = _STATUS[body["status"]], body.get("progress")
        report = Report(
            id=body["id"],
            status=status,
            progress=min(progress, 100) / 100 if isinstance(progress, int) and progress > 0 else None,
            failure=self._failure(host, body) if status is Status.FAILED else None,
        )
        return Report(report.id, status, 1.0, f"{_path(report)}/content") if status is Status.SUCCEEDED else report

    def _failure(self, host: Host, body: Mapping[str, Any]) -> Failure:
        error = body.get("error")
        code, message = (error.get("code"), str(error.get("message"))) if isinstance(error, dict) else (None, "")
        _log.warning("%s: %s failed: %s %s", host.label, body["id"], code or "", message[:2000])
        if self._learned(host, message):
            raise Lost(f"{host.label} serves {host.part} only")
        # What is wrong with the order is wrong with it the next time too.
        is_orders = isinstance(code, int) and 400 <= code < 500
        return Failure(EngineFailed.code, "The engine could not make this film.", retry=not is_orders)

    def _learned(self, host: Host, message: str) -> bool:
        """Whether a server says that the order is for another part of the model than it has; then it is known."""
        found = _OTHER_PART.search(message)
        if self.profile.family != H3 or found is None:
            return False
        host.part = found[1].lower()
        return True

    def _refused(self, host: Host, reply: Reply) -> EngineFailed:
        """Our error for an answer that is no record."""
        detail = _detail(reply.body)
        if reply.status in (401, 403):
            key = f"the key in {self._key_env} is refused" if self._key_env else "it wants a key, and none is named"
            told: EngineFailed = EngineUnavailable("The engine's server lets nobody in.", retry_after=60)
            told.add_note(key)
        elif reply.status in (502, 504):
            told = Unanswered("The engine's server does not answer.", retry_after=5)
        elif reply.status >= 500 or reply.status < 400 or reply.status in _PASSING:
            told = EngineUnavailable("The engine's server is busy or not well.", retry_after=_retry_after(reply))
        elif "Model mismatch" in detail or self._learned(host, detail):
            host.card = None
            told = EngineUnavailable("The engine's server runs another model.")
        else:
            told = EngineFailed("The engine's server did not take the order.")
        return _told(host, told, reply)


def check_address(url: str) -> str:
    """`url` as a server's address, without a slash at its end. Raises InvalidOrder."""
    match = re.fullmatch(r"(https?://[^/?#@\s]+(?:/[^?#@\s]*)?)(#[A-Za-z0-9]+)?", url)
    if match is None:
        raise InvalidOrder("must be http:// or https://, a host, and neither a user name nor a query", field="url")
    return match[1].rstrip("/") + (match[2] or "")


def nearest(ratio: Ratio) -> Ratio:
    """Of the ratios that MiniMax-H3's servers have names for, the one that loses least when it is cut to `ratio`."""
    return min(H3_RATIOS, key=lambda one: max(one.fraction / ratio.fraction, ratio.fraction / one.fraction))


def _told(host: Host, error: E, reply: Reply) -> E:
    """The error with what the server said, which is for the operator: in a note, and in the log."""
    note = f"{host.label}: {reply.status} {_detail(reply.body)}".strip()
    error.add_note(note)
    _log.warning("%s", "; ".join(error.__notes__))
    return error


def _detail(body: Any) -> str:
    """What a server says is wrong: FastAPI's `detail`, vLLM's `error`, or a proxy's page."""
    if isinstance(body, dict):
        body = body.get("detail") or body.get("error") or body
    if isinstance(body, dict):
        body = body.get("message") or body
    return str(body)[:2000]


def _retry_after(reply: Reply) -> int:
    told = reply.headers.get("retry-after", "")
    return min(int(told), 60) if told.isdecimal() else 5


def _path(report: Report) -> str:
    return f"/v1/videos/{report.id}"
