"""An order with its pictures, or a film's frames, come in; nothing goes out, or a refusal. Knows no queue, no vendor.

A moderator is one judge of what is made here: the operator's list of words, an endpoint that classifies, or somebody
else's code by the entry points "openhorse.moderators".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from openhorse.vocabulary import Order, Progress

ENTRY_POINTS = "openhorse.moderators"
"""Other people's moderators come through this entry-point group: a class or function that makes one, without
arguments."""


class Moderator(Protocol):
    """Judges orders and films. Used from many threads of a process at once.

    Both verbs raise ContentRefused to refuse, EngineUnavailable when they cannot tell; anything else that they raise
    counts as not being able to tell. They call `progress` while they wait, and let what it raises through.
    """

    name: str

    def before(self, order: Order, pictures: Sequence[bytes], progress: Progress) -> None:
        """Judge the prompt and the pictures, vetted PNGs in the order given, before anything is made of them."""

    def after(self, order: Order, frames: Sequence[bytes], progress: Progress) -> None:
        """Judge some frames of the finished film, JPEGs evenly spread from its first one on."""
