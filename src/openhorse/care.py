"""Settings come in; what goes out is all that is done with an order besides making it: moderation and its prompt.

Knows no queue, no task and no vendor: whoever takes orders in or makes films asks it at the right moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openhorse.enhancement import Enhanced, Enhancer
from openhorse.moderation import Moderator
from openhorse.settings import Settings
from openhorse.vocabulary import Order, Progress


def _unwatched(_share: float) -> None:
    """Nobody asks how far it is, and nobody cancels it."""


@dataclass(frozen=True, slots=True)
class Care:
    """What an installation does with orders besides making them. As it is by default, it lets everything through.

    Used from many threads of a process at once. `progress` is called at least every quarter of a second while
    something is waited for, and what it raises comes out.
    """

    moderators: tuple[Moderator, ...] = ()
    enhancer: Enhancer | None = None

    def deny(self, order: Order) -> None:
        """Refuse at once what needs no thinking about; asks nobody. Raises ContentRefused."""

    def before(self, order: Order, pictures: Sequence[bytes], progress: Progress = _unwatched) -> None:
        """Judge an order and its pictures, vetted PNGs, before any engine is asked.

        Raises ContentRefused, and EngineUnavailable when a judge does not answer, however often asked.
        """
        for moderator in self.moderators:
            moderator.before(order, pictures, progress)

    def enhance(self, order: Order, engine: str, progress: Progress = _unwatched) -> Enhanced:
        """The prompt for `engine` to make `order` from; the order's own in case of doubt.

        Asks an endpoint, whose answer may differ at every call: keep what came out with the task.
        """
        return Enhanced(order.prompt) if self.enhancer is None else self.enhancer.enhance(order, engine)

    def after(self, order: Order, film: Path, progress: Progress = _unwatched) -> None:
        """Judge the finished film, before anybody can see it. Raises as `before` does."""


def care_of(settings: Settings) -> Care:
    """What `settings` ask for. Raises InvalidOrder for settings that cannot be followed."""
    return Care()
