"""Glimpses of a film that is being made come in, its stills lie in the store and are noted with its task.

A film never waits for them and never fails for them: what cannot be stored is not shown. Knows no engine and no codec.
"""

from __future__ import annotations

import logging
import queue
import threading
from types import TracebackType
from typing import Self

from openhorse.store.blobs import Blobs
from openhorse.tasks import Tasks
from openhorse.vocabulary import FIRST, LAST, PREVIEWS, Glimpse, Still

STILLS = "stills"
"""The folder in the store."""

PATIENCE_SECONDS = 10.0
"""How long the end of a film, or of its making, waits for the store to take its last still."""

_log = logging.getLogger(__name__)


def still_key(task_id: str, name: str) -> str:
    """Where a task's still lies in the store. The same at every try, so that a film made again replaces it."""
    return f"{STILLS}/{task_id}.{name}.jpg"


def still_keys(task_id: str) -> tuple[str, ...]:
    """Wherever there may be a still of a task, also one that was stored and, for a crash, not noted."""
    return tuple(still_key(task_id, name) for name in (*PREVIEWS, FIRST, LAST))


def task_of(key: str) -> str | None:
    """The task whose still lies at `key`; None when it is no still's."""
    name = key.removeprefix(f"{STILLS}/").partition(".")[0]
    return name if key in still_keys(name) else None


class Showing:
    """Stores what `show` is given of one film, in a thread of its own. A context manager: at its end that is done."""

    def __init__(self, blobs: Blobs, tasks: Tasks, task_id: str) -> None:
        self._blobs, self._tasks, self._task_id = blobs, tasks, task_id
        self._given: queue.SimpleQueue[Glimpse | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._store_all, name="stills", daemon=True)
        self._over = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over = kind is not None  # nobody will look at a film that is not made
        self._given.put(None)
        self._thread.join(PATIENCE_SECONDS)
        self._over = True

    def show(self, glimpse: Glimpse) -> None:
        """Store it soon. Raises nothing and returns at once."""
        self._given.put(glimpse)

    def _store_all(self) -> None:
        while (glimpse := self._given.get()) is not None and not self._over:
            try:
                self._store(glimpse)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is no reason to be without a film
                _log.warning("no still %r of task %s: %s", glimpse.name, self._task_id, error)

    def _store(self, glimpse: Glimpse) -> None:
        """The blob first, then the row: what a task says that it has, it has."""
        key = still_key(self._task_id, glimpse.name)
        self._blobs.put_bytes(key, glimpse.jpeg)
        self._tasks.show(self._task_id, Still(glimpse.name, glimpse.seconds, len(glimpse.jpeg), key))
