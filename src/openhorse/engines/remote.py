"""An Order and its pictures come in, a finished film elsewhere goes out: the protocol of servers that make films.

Inference servers and hosted vendors alike: asked, looked at now and then, fetched from. What is durable about that, who
may ask how much at once, and what comes after a failure is not known here: each verb does one thing, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from openhorse.cues import Credit
from openhorse.dialects import Report
from openhorse.peers import Unanswered as Unanswered  # `ask` raises it; who asks need not know of peers
from openhorse.vocabulary import Order


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order may be made: one server, or one model of a vendor's. `seats` films go on there at once.

    `per_second` is how many may be asked for in a second, None for any number; `micros` what this order costs there.
    """

    label: str
    seats: int = 1
    per_second: int | None = None
    micros: int = 0


@dataclass(frozen=True, slots=True)
class Servers:
    """An engine's inference servers as the operator named them.

    `urls` are what their addresses begin with, all of them serving the model of the profile of that name; behind a `#`
    may stand which part of it a server was started with (MiniMax-H3's "fl2va" or "ref2va"). `key_env` is the
    environment variable in which their key is, None when they want none.
    """

    name: str
    urls: tuple[str, ...]
    profile: str
    key_env: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A vetted picture: its PNG, and an https address at which anybody can fetch it, None when there is none."""

    png: bytes
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Caps:
    """What the operator lets an engine cost in a day and in a month (UTC), in micro-US-dollars; None for any amount."""

    day_micros: int | None = None
    month_micros: int | None = None


class Remote(Protocol):
    """One engine that is elsewhere. Used from many threads of a process at once.

    Every verb raises EngineUnavailable when the place cannot be reached, is too busy or lets nobody in (another place,
    or another time, may do), EngineFailed for the film's own failure, ContentRefused when its moderation refuses.
    """

    name: str
    caps: Caps
    poll_seconds: float
    """How often it may be looked at, about."""
    has_idempotency: bool
    """Whether `ask` with the same `once` twice makes one film only, so that it may be asked again when in doubt."""

    def places(self, order: Order) -> Sequence[Place]:
        """Where `order` may be made, without asking anybody. Empty when nowhere."""

    def why_not(self, order: Order) -> str | None:
        """Why it cannot do all that `order` asks for, in words for the customer; None when it can."""

    def notes(self, order: Order) -> Sequence[str]:
        """What of `order` is not asked for there, though it does no harm, in words for the customer."""

    def credit(self, order: Order) -> Credit:
        """What the film of `order` says that it was made with."""

    def health(self, place: Place) -> str | None:
        """What is wrong with a place; None when it is well. Takes at most a few seconds, raises nothing."""

    def ask(self, place: Place, order: Order, pictures: Sequence[Sent], once: str) -> Report:
        """Have the film of `order` made, whose seed is never None; what the place says of it, its id above all.

        `once` names this request for places that tell a repeated one by its name. Sends one creation at most. Raises
        Unanswered, an EngineUnavailable, when that may have arrived; after any other error none has.
        """

    def look(self, place: Place, report: Report) -> Report:
        """What the place says of it now. Raises Lost when it does not know the film any more."""

    def fetch(self, place: Place, report: Report, path: Path) -> None:
        """Bring the film that is ready to `path`, which is free. Raises StorageFull."""

    def release(self, place: Place, report: Report) -> None:
        """The film is ours and kept: what the place holds of it is not needed any more. Costs nothing when it fails."""

    def stop(self, place: Place, report: Report) -> bool:
        """Nobody wants the film any more. Whether it has ended; False when it goes on there and holds its seat."""


class Lost(Exception):
    """The place answers, and does not know the film that it had been asked for: it was restarted."""
