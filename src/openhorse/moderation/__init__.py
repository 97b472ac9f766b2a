"""An order with its pictures, or frames of a film, come in; nothing goes out, or a refusal. Knows no queue, no vendor.

A moderator is one judge of what is made here: the operator's list of words, an endpoint that classifies, or somebody
else's code by the entry points "openhorse.moderators". One that is broken lets nothing through.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

from openhorse.errors import EngineFailed, ModerationUnavailable, OpenHorseError
from openhorse.vocabulary import Order, Progress

ENTRY_POINTS = "openhorse.moderators"
"""Other people's moderators come through this entry-point group: a class or function that makes one, without
arguments."""

_log = logging.getLogger(__name__)


class Moderator(Protocol):
    """Judges orders and films. Used from many threads of a process at once.

    Both verbs raise ContentRefused to refuse, with words for the customer; ModerationUnavailable when they cannot tell.
    Anything else that they raise counts as not being able to tell. They may call `progress` with 0 while they wait,
    and let what it raises through. Pictures are JPEGs, at most 1024 pixels wide and high.
    """

    @property
    def name(self) -> str:
        """What the log calls it."""

    def before(self, order: Order, pictures: Sequence[bytes], progress: Progress) -> None:
        """Judge the prompt and the pictures in the order given, before anything is made of them."""

    def after(self, order: Order, frames: Sequence[bytes], progress: Progress) -> None:
        """Judge some frames of the finished film, evenly spread from its first to its last."""


class Guest:
    """Somebody else's moderator, loaded when it is asked for the first time."""

    def __init__(self, point: EntryPoint) -> None:
        self.name = point.name
        self._point = point
        self._lock = threading.Lock()
        self._loaded: Moderator | None = None

    def before(self, order: Order, pictures: Sequence[bytes], progress: Progress) -> None:
        """See Moderator."""
        try:
            self._moderator().before(order, pictures, progress)
        except Exception as error:
            raise self._passed_on(error) from error

    def after(self, order: Order, frames: Sequence[bytes], progress: Progress) -> None:
        """See Moderator."""
        try:
            self._moderator().after(order, frames, progress)
        except Exception as error:
            raise self._passed_on(error) from error

    def _moderator(self) -> Moderator:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._point.load()()
            return self._loaded

    def _passed_on(self, error: Exception) -> Exception:
        """Refusals and cancels as they are; whatever else went wrong, nobody has judged."""
        if isinstance(error, OpenHorseError) and not isinstance(error, EngineFailed):
            return error
        _log.error("moderator %s failed", self.name, exc_info=error)
        return ModerationUnavailable("This could not be judged by moderation; please try again later.")


def guests() -> tuple[Moderator, ...]:
    """Other people's moderators that are installed, by name."""
    return tuple(Guest(point) for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name))
