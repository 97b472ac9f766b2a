"""An order's prompt comes in, the one that the film is made from goes out. Knows no queue, no task and no vendor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from openhorse.vocabulary import Order, Progress


@dataclass(frozen=True, slots=True)
class Enhanced:
    """What the film is made from: the order's own prompt where nothing was, or could be, made of it.

    `note` says in plain words what was done or why not, None when nothing was tried.
    """

    prompt: str
    note: str | None = None


class Enhancer(Protocol):
    """Writes prompts anew. Used from many threads of a process at once."""

    def enhance(self, order: Order, engine: str, progress: Progress) -> Enhanced:
        """The prompt for `engine` to make `order` from. Raises only what `progress` does: else the prompt stays."""
