"""An Order and its pictures come in, a Clip goes out: the Engine protocol and how engines are found.

Knows no HTTP, money, task or storage.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Protocol

from openhorse.errors import InvalidOrder
from openhorse.vocabulary import Clip, Order, Picture, Progress

ENTRY_POINTS = "openhorse.engines"
"""Built-in engines and other people's come through this one entry-point group."""


class Engine(Protocol):
    """Makes clips. One instance lives in one worker's child process and is used by one thread."""

    name: str

    def setup(self) -> None:
        """Load and warm up what every render needs; called once, before the first render."""

    def render(self, order: Order, pictures: Sequence[Picture], progress: Progress) -> Clip:
        """Make the clip that `order` asks for from its vetted pictures, in the order given.

        `order.seed` is never None here. The clip's frames may be drawn lazily while they are
        iterated, and `progress` may be called from there. Raises EngineFailed, and lets
        Cancelled out of `progress` through.
        """


def engine_names() -> list[str]:
    """The names of all installed engines, sorted."""
    return sorted({point.name for point in entry_points(group=ENTRY_POINTS)})


def engine_named(name: str) -> Engine:
    """The engine called `name`, not yet set up. Raises InvalidOrder listing those that exist."""
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            make = point.load()
            engine: Engine = make()
            return engine
    raise InvalidOrder(f"unknown engine {name!r}; available: {', '.join(engine_names())}", field="engine")
