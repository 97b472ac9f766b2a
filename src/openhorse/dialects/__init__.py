"""One vendor's words for our nouns, both ways: JSON in, Order out; Task in, JSON out. No I/O.

Each dialect is a module of pure functions that satisfies `Dialect`; none imports another.
Capabilities (which models, limits, prices) come from the catalog, so a dialect holds words only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol, cast

from openhorse.catalog import Catalog
from openhorse.errors import OpenHorseError
from openhorse.vocabulary import Order, Task, Video

Link = Callable[[Video], str]
"""Makes the absolute, signed address under which a film can be fetched until it expires."""

NAMES = ("native", "hiapi")


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP: the status, the JSON body and extra headers."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class Dialect(Protocol):
    """What every dialect module offers."""

    name: str

    callback_gaps: tuple[int, ...]
    """Seconds to wait before attempt 1, 2, …; after the last one the callback is given up."""

    def new_task_id(self, now: datetime) -> str:
        """A new id in the vendor's form; ids sort by time and tell their dialect."""

    def read_order(self, body: Any, catalog: Catalog) -> Order:
        """The order that a parsed JSON body asks for.

        Raises UnknownModel, InvalidOrder or MalformedRequest naming the field and what is allowed.
        """

    def write_task(self, task: Task, link: Link) -> dict[str, Any]:
        """The task as the vendor's query answers it, without the envelope."""

    def write_error(self, error: OpenHorseError) -> Answer:
        """The refusal in the vendor's own shape."""

    def write_callback(self, task: Task, link: Link) -> bytes:
        """The body posted to the customer's callback address."""

    def sign_callback(self, body: bytes, secret: str, now: datetime) -> dict[str, str]:
        """The headers by which the receiver knows that the callback is ours."""


def dialect_named(name: str) -> Dialect:
    """The dialect called `name`, one of NAMES. Raises KeyError."""
    if name not in NAMES:
        raise KeyError(name)
    return cast(Dialect, import_module(f"openhorse.dialects.{name}"))
