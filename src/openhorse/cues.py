"""What a studio says to its child process and hears from it. Knows neither of the two, nor how a film is made.

Apart from the stage, which needs all of signal processing: whoever only talks to it starts seconds sooner without.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from openhorse import errors
from openhorse.vocabulary import Glimpse, Order, Video


@dataclass(frozen=True, slots=True)
class Warm:
    """Command: set `engine` up; answered by Ready."""

    number: int
    engine: str


@dataclass(frozen=True, slots=True)
class Credit:
    """What a film says that it was made with: the model's or the service's title, and what its licence has shown."""

    title: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """What films are signed with: PEM files of the certificate, its issuers after it, and of its private key."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Commission:
    """A film to make at `path` as `order` asks for it, by an engine, from vetted PNGs in the order given.

    `blob` is what it will be called in the store. With `source`, a film lies there that the engine, a server
    elsewhere, has made of the order already: it is cut, scaled and mastered as ordered, not rendered. `credit` is None
    for an engine that is named as the model's profile is, which says it.
    """

    order: Order
    engine: str
    pictures: tuple[bytes, ...]
    path: Path
    blob: str
    source: Path | None = None
    credit: Credit | None = None


@dataclass(frozen=True, slots=True)
class Make:
    """Command: make the film, and seal it; answered by Ready, by Progressed and Seen as it comes, and Made."""

    number: int
    film: Commission
    seal: Seal | None = None

    @property
    def engine(self) -> str:
        """The engine that makes it."""
        return self.film.engine


@dataclass(frozen=True, slots=True)
class Stop:
    """Said while a film is made: nobody wants the one of command `number` any more. It ends as soon as it can."""

    number: int


@dataclass(frozen=True, slots=True)
class Ready:
    """Answer: the engine is set up."""

    number: int


@dataclass(frozen=True, slots=True)
class Progressed:
    """Answer: how far the film is, 0…1."""

    number: int
    share: float


@dataclass(frozen=True, slots=True)
class Seen:
    """Answer: what the film looks like so far."""

    number: int
    glimpse: Glimpse


@dataclass(frozen=True, slots=True)
class Made:
    """Answer: the film lies at its path and has passed inspection."""

    number: int
    video: Video


@dataclass(frozen=True, slots=True)
class Failed:
    """Answer: the command failed. `is_expected` is False for an error that the engine never declared."""

    number: int
    error: errors.OpenHorseError
    is_expected: bool


Command = Warm | Make
Answer = Ready | Progressed | Seen | Made | Failed
