"""What the client's logic may want done outside of it, as values: ask, open, go on reading, pause, tell.

Knows no HTTP library and no colour. Each call of the client is a generator of these (`Steps`), which a driver, plain or
async, carries out one by one: it sends back what came of each, or throws ServerUnreachable into the generator.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """A request; gives an `Answer`. `address` is below the server's own, or a whole one.

    `with_key` sends the API key, which goes nowhere but to the server's own address. `repeatable` says that it may be
    sent again when it is not known whether the first was heard. `seconds` is how long the answer may be silent.
    """

    method: str
    address: str
    query: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    with_key: bool = True
    repeatable: bool = True
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """Begin a request whose answer is read piece by piece; gives an `Answer`, whole only where it is a refusal."""

    ask: Ask
    pieces: Literal["bytes", "events"]


@dataclass(frozen=True, slots=True)
class Next:
    """The next piece of what was opened last: bytes, or an object with `event`, `data` and `id`; None at the end."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Tell:
    """Hand this to the listener or, where there is none, to whoever iterates over the call."""

    what: Any
    listener: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: `headers` in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Act = Ask | Open | Next | Pause | Tell

Steps = Generator[Act, Any, T]
"""A call as its steps; what it returns is the call's result."""
