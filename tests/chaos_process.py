"""The processes that chaos kills: a real server, and a real worker in all but its studio, whose films take no time."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from forks import hurry
from openhorse import processes
from openhorse.cues import Commission, Seal
from openhorse.dialects import native
from openhorse.errors import FilmRejected
from openhorse.settings import Settings
from openhorse.studio import unseen
from openhorse.vocabulary import Progress, Show, Video

FILM = b"a film" * 1000
FILM_SECONDS = 0.05
BAD_LUCK = "that nobody can make"
"""What stands in the prompt of a film that fails."""


class QuickStudio:
    """See openhorse.studio."""

    def __init__(self, seal: Seal | None = None) -> None:
        """Nothing is sealed."""

    def __enter__(self) -> QuickStudio:
        return self

    def __exit__(self, *details: object) -> None:
        pass

    def warm(self, engine: str) -> None:
        """It is."""

    def make(self, film: Commission, progress: Progress, show: Show = unseen) -> Video:
        """A small file."""
        progress(0.1)
        threading.Event().wait(FILM_SECONDS)
        progress(0.9)
        if BAD_LUCK in film.order.prompt:
            raise FilmRejected("nobody can make it")
        film.path.write_bytes(FILM)
        return Video(
            film.blob, len(FILM), "x", 2, 2, 3, 1.0, False, None, None, film.engine, film.order.seed or 0, 0.05
        )


def serve(environment: Mapping[str, str], port: int) -> None:
    """Be a server until killed."""
    _move_in(environment)
    processes.serve(Settings(workers=0), "127.0.0.1", port, lambda _line: None)


def work(environment: Mapping[str, str]) -> None:
    """Be a worker until killed, or until taken for dead."""
    _move_in(environment)
    hurry()
    processes.Studio = QuickStudio  # type: ignore[misc, assignment]
    processes.work(Settings(), attached=False)


def _move_in(environment: Mapping[str, str]) -> None:
    os.environ.update(environment)
    # Soon after the first attempts: a receiver refuses now and then.
    native.callback_gaps = (0, 1, 1, 1, 1, 1, 1, 1)  # type: ignore[assignment]
