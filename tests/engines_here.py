"""Engines for tests of what is around them: one of this machine, others elsewhere that a test plays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openhorse.cues import Credit
from openhorse.dialects import Report
from openhorse.engines.remote import Caps, Lost, Place, Remote, Sent
from openhorse.errors import StorageFull
from openhorse.vocabulary import Order, Status


@dataclass
class EnginesHere:
    """What a roster answers: the engine that an order names, else all of `names` in order."""

    names: Sequence[str] = ("procedural",)
    elsewhere: dict[str, Remote] = field(default_factory=dict)

    def route(self, order: Order) -> Sequence[str]:
        """See openhorse.runs.making."""
        return (order.engine,) if order.engine else tuple(self.names)

    def remote(self, name: str) -> Remote | None:
        """See openhorse.runs.making."""
        return self.elsewhere.get(name)


@dataclass
class Far:
    """An engine elsewhere, played: films go on until `ready` is set; `on_…` are called first and may raise."""

    name: str = "far"
    seats: Sequence[Place] = (Place("a"),)
    caps: Caps = field(default_factory=Caps)
    poll_seconds: float = 0.01
    has_idempotency: bool = False
    stops: bool = True
    film: bytes = b"a film from afar"
    asked: list[tuple[str, Order, str]] = field(default_factory=list)
    looked: int = 0
    fetched: int = 0
    stopped: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    sick: set[str] = field(default_factory=set)
    ready: threading.Event = field(default_factory=threading.Event)
    reports: dict[str, Report] = field(default_factory=dict)
    on_ask: Callable[[], None] = lambda: None
    on_look: Callable[[], None] = lambda: None
    on_fetch: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.ready.set()

    def places(self, order: Order) -> Sequence[Place]:
        """See Remote."""
        return self.seats

    def why_not(self, order: Order) -> str | None:
        """See Remote."""
        return None

    def notes(self, order: Order) -> Sequence[str]:
        """See Remote."""
        return ("told no seed",)

    def credit(self, order: Order) -> Credit:
        """See Remote."""
        return Credit("A model", "Made with a model")

    def health(self, place: Place) -> str | None:
        """See Remote."""
        return "sick" if place.label in self.sick else None

    def ask(self, place: Place, order: Order, pictures: Sequence[Sent], once: str) -> Report:
        """A repeated name is the same film, where that is so here."""
        if self.has_idempotency and once in self.reports:
            return self.reports[once]
        self.asked.append((place.label, order, once))
        key = once if self.has_idempotency else f"film-{len(self.asked)}"
        self.reports[key] = Report(key, Status.RUNNING)
        self.on_ask()
        return self.reports[key]

    def look(self, place: Place, report: Report) -> Report:
        """See Remote."""
        self.looked += 1
        self.on_look()
        if report.id not in self.reports:
            raise Lost(report.id)
        if self.ready.is_set() and self.reports[report.id].status is Status.RUNNING:
            self.reports[report.id] = Report(report.id, Status.SUCCEEDED, 1.0, "/film")
        return self.reports[report.id]

    def fetch(self, place: Place, report: Report, path: Path) -> None:
        """See Remote."""
        self.fetched += 1
        self.on_fetch()
        path.write_bytes(self.film)

    def release(self, place: Place, report: Report) -> None:
        """See Remote."""
        self.released.append(report.id)

    def stop(self, place: Place, report: Report) -> bool:
        """See Remote."""
        self.stopped.append(report.id)
        return self.stops


def full() -> None:
    """What a full disk does."""
    raise StorageFull("full")
