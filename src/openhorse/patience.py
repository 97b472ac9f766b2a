"""Something that takes time comes in, what it gives goes out, while somebody hears of the wait and may end it.

Knows nothing of what it waits for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

from openhorse.vocabulary import Progress

BEAT_SECONDS = 0.2
"""How often whoever waits is asked whether to go on."""

T = TypeVar("T")


def waited_for(call: Callable[[], T], progress: Progress) -> T:
    """What `call`, in a thread of its own, gives or raises; `progress` is told 0 meanwhile.

    What `progress` raises comes out at once; the call then ends unheard, by its own time limits.
    """
    made: Future[T] = Future()

    def run() -> None:
        try:
            made.set_result(call())
        except BaseException as error:  # noqa: BLE001 - it goes to whoever waits
            made.set_exception(error)

    Thread(target=copy_context().run, args=(run,), name="waiting", daemon=True).start()
    while True:
        progress(0.0)
        try:
            return made.result(BEAT_SECONDS)
        except NotYet:
            if made.done():
                return made.result()


def rest(seconds: float, progress: Progress) -> None:
    """Wait so long; `progress` is told 0 meanwhile."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        progress(0.0)
        time.sleep(min(left, BEAT_SECONDS))
