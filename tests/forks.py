"""Processes for tests to kill, forked from one that has imported everything already: each is up in no time, has a
number of its own, and dies of kill -9 like any other.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Any

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["openhorse.processes"])

SILENCE_SECONDS = 4.0
"""After which a worker that hurries takes another for lost."""


def fork(work: Callable[..., None], *arguments: Any) -> BaseProcess:
    """A process that does `work`, a function that it can import; it does not outlive this one."""
    process = FORKS.Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def hurry() -> None:
    """Let a worker in this process wait for less: the same steps, in the same order, for people who watch."""
    from openhorse import runs
    from openhorse.store import postgres

    runs.RECONCILE_SECONDS, runs.LONGEST_PAUSE_SECONDS, runs.RETURN_SECONDS = 3.0, 1.0, 3.0
    runs.roll.SILENCE_SECONDS = SILENCE_SECONDS
    postgres.SILENT_MILLISECONDS = round(SILENCE_SECONDS * 1000)
    postgres._ALIVE |= {"keepalives_idle": 1, "keepalives_interval": 1, "tcp_user_timeout": 3000, "connect_timeout": 3}
    postgres._SERVER_SIDE |= {"tcp_keepalives_idle": 1, "tcp_keepalives_interval": 1, "tcp_user_timeout": 3000}


@contextmanager
def forked(work: Callable[..., None], *arguments: Any) -> Iterator[BaseProcess]:
    """A process that is killed with -9 when the block ends."""
    process = fork(work, *arguments)
    try:
        yield process
    finally:
        process.kill()
        process.join()
