"""An Order and its vetted pictures come in, a finished film lies at a path and its Video goes out.

Keeps one warm child process (see stage) that can be killed at any moment: a crash, a hang or too much
memory costs the one film. Knows no task, money or store.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from openhorse import cues
from openhorse.catalog import load
from openhorse.cues import Commission, Seal
from openhorse.errors import Cancelled, EngineFailed, EngineTimedOut
from openhorse.profiles import Profile, profiles
from openhorse.vocabulary import Glimpse, Progress, Show, Video

TICK_SECONDS = 0.25
"""Longest time between two looks at whether the film is still wanted and its child still well."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may take. `memory_bytes` is resident memory (watched on Linux); a child found with
    more than half of it between two films is replaced, as is one that has made `films`. An engine that is
    `alone` shares its child with no other such. A child may take `cancel_seconds` to end a film that nobody wants
    before it is killed, and with it all that it holds.
    """

    setup_seconds: float = 600.0
    film_seconds: float = 900.0
    memory_bytes: int = 8 << 30
    films: int = 50
    alone: bool = False
    cancel_seconds: float = 0.0

    @classmethod
    def of(cls, engine: str) -> Bounds:
        """What the child of an engine may take by default: more where it holds a model's weights.

        They may all be in the machine's memory, and in it once more while they are read; a film of fifteen seconds
        takes a GPU an hour where most of them are.
        """
        profile = _models().get(engine)
        if profile is None:
            return cls()
        memory_bytes = 2 * profile.memory_bytes + (8 << 30)
        # Between two steps it can end a film, and a step takes seconds; to read the weights again takes minutes.
        return cls(3600.0, 14400.0, memory_bytes, alone=True, cancel_seconds=60.0)


@cache
def _models() -> Mapping[str, Profile]:
    """The models whose weights a child may hold. What an operator's catalog adds has no engine here."""
    return profiles(load())


def unseen(glimpse: Glimpse) -> None:
    """Shows nobody."""


class Studio:
    """Makes films one at a time in a child process. `finder` names the function, as "module:function",
    that finds engines by name there; without `bounds` each engine's own hold. With a `seal` every film is signed.
    Close it, or use it as a context manager.
    """

    def __init__(
        self, finder: str = "openhorse.engines:engine_named", bounds: Bounds | None = None, seal: Seal | None = None
    ) -> None:
        self._finder = finder
        self._bounds_of = Bounds.of if bounds is None else lambda _engine: bounds
        self._seal = seal
        self._numbers = itertools.count(1)
        self._child: _Child | None = None
        self._is_closed = False
        self._lock = threading.Lock()
        # On Linux a child dies with the thread that started it, so one thread that stays starts them all.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="studio")

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def warm(self, engine: str) -> None:
        """Start the child and set `engine` up in it; returns when it is ready.

        Raises InvalidOrder for an unknown engine, EngineFailed when it does not come up.
        """
        with self._lock:
            command = cues.Warm(next(self._numbers), engine)
            self._run(command, _unheard, unseen)

    def make(self, film: Commission, progress: Progress, show: Show = unseen) -> Video:
        """Make a film.

        `progress` is called from this thread with 0…1, at least about four times a second even when
        nothing moves, so that a cancel is seen; when it raises, the film is given up and the error comes
        out here. `show` is called from this thread, too, with a few frames on the way. Raises whatever the
        engine declares, EngineTimedOut, EngineFailed after a crash, and FilmRejected when the film fails
        its inspection; then nothing is left at its path.
        """
        with self._lock:
            try:
                made = self._run(cues.Make(next(self._numbers), film, self._seal), progress, show)
            except BaseException:
                film.path.unlink(missing_ok=True)
                raise
        assert made is not None
        return made

    def close(self) -> None:
        """Kill the child, and with it whatever it is making."""
        self._is_closed = True
        self._retire()
        self._starter.shutdown()

    def _run(self, command: cues.Command, progress: Progress, show: Show) -> Video | None:
        if self._is_closed:
            raise EngineFailed("The studio is closed.")
        child, bounds = self._child_for(command.engine), self._bounds_of(command.engine)
        try:
            child.send(command)
            self._wait(child, command, cues.Ready, bounds.setup_seconds, progress, show)
            if isinstance(command, cues.Warm):
                return None
            made = self._wait(child, command, cues.Made, bounds.film_seconds, progress, show)
        except _Declared as declared:
            raise declared.error from None
        except Cancelled:
            if not _ended(child, command, bounds.cancel_seconds):
                self._replace(command.engine)
            raise
        except BaseException:
            self._replace(command.engine)
            raise
        assert isinstance(made, cues.Made)
        child.films += 1
        if child.films >= bounds.films or (child.resident_bytes() or 0) > self._memory_bytes(child) // 2:
            self._replace(command.engine)
        return made.video

    def _wait(
        self,
        child: _Child,
        command: cues.Command,
        wanted: type[cues.Ready] | type[cues.Made],
        seconds: float,
        progress: Progress,
        show: Show,
    ) -> cues.Answer:
        """The child's `wanted` answer to `command`, telling `progress` and `show` meanwhile."""
        deadline = time.monotonic() + seconds
        next_look = 0.0
        share = 0.0
        while True:
            answer = child.answer(TICK_SECONDS)
            if answer is not None and answer.number == command.number:
                if isinstance(answer, wanted):
                    return answer
                if isinstance(answer, cues.Failed):
                    raise _Declared(answer.error) if answer.is_expected else answer.error
                if isinstance(answer, cues.Progressed):
                    share = answer.share
                elif isinstance(answer, cues.Seen):
                    show(answer.glimpse)
            if time.monotonic() >= next_look:
                self._look_after(child, deadline)
                progress(share)
                next_look = time.monotonic() + TICK_SECONDS

    def _look_after(self, child: _Child, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise EngineTimedOut("The film took too long to make.")
        resident = child.resident_bytes()
        if resident is not None and resident > self._memory_bytes(child):
            _log.error("child %d killed at %d bytes of memory", child.pid, resident)
            raise EngineFailed("The engine needed too much memory for the film.")

    def _memory_bytes(self, child: _Child) -> int:
        """What a child may hold: the most that any engine in it may."""
        return max(self._bounds_of(engine).memory_bytes for engine in child.engines)

    def _child_for(self, engine: str) -> _Child:
        """A child for `engine`: a fresh one where this one holds another model's weights, which would be in its way."""
        child = self._child
        others = child.engines - {engine} if child is not None and self._bounds_of(engine).alone else ()
        if any(self._bounds_of(other).alone for other in others):
            self._retire()
            child = None
        child = child or self._start()
        child.engines.add(engine)
        return child

    def _start(self) -> _Child:
        self._child = self._starter.submit(_Child, self._finder).result()
        return self._child

    def _replace(self, engine: str) -> None:
        """A fresh child that sets `engine` up while nobody waits for it."""
        self._retire()
        if self._is_closed:
            return
        with contextlib.suppress(EngineFailed):  # then the next film tries again, and tells
            self._child_for(engine).send(cues.Warm(next(self._numbers), engine))

    def _retire(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


class Studios:
    """Several studios as one: each film is made in one that is free. Close it, or use it as a context manager."""

    def __init__(self, studios: Sequence[Studio]) -> None:
        self._studios = tuple(studios)
        self._free: queue.SimpleQueue[Studio] = queue.SimpleQueue()
        for studio in studios:
            self._free.put(studio)

    def __enter__(self) -> Studios:
        return self

    def __exit__(self, *details: object) -> None:
        for studio in self._studios:
            studio.close()

    def warm(self, engine: str) -> None:
        """See Studio."""
        for studio in self._studios:
            studio.warm(engine)

    def make(self, film: Commission, progress: Progress, show: Show = unseen) -> Video:
        """See Studio. Waits while none is free."""
        studio = self._free.get()
        try:
            return studio.make(film, progress, show)
        finally:
            self._free.put(studio)


class _Declared(Exception):
    """The engine answered with an error of ours: the child is well."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def _ended(child: _Child, command: cues.Command, seconds: float) -> bool:
    """Whether the child, told that nobody wants the film, has given it up within so long, and is well."""
    until = time.monotonic() + seconds
    with contextlib.suppress(EngineFailed):
        if seconds:
            child.send(cues.Stop(command.number))
        while time.monotonic() < until:
            answer = child.answer(TICK_SECONDS)
            if answer is not None and answer.number == command.number:
                if isinstance(answer, cues.Made):
                    return True
                if isinstance(answer, cues.Failed):
                    return answer.is_expected
    return False


def _unheard(share: float) -> None:
    """Progress for nobody."""


class _Child:
    """One child process and the two pipes to it."""

    def __init__(self, finder: str) -> None:
        program = f"from openhorse import stage; stage.main({finder!r}, {os.getpid()})"
        # A session of its own: Ctrl-C is the parent's to handle, and a kill takes its own children too.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)},
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._commands = self._process.stdin
        self._answers: queue.SimpleQueue[cues.Answer | None] = queue.SimpleQueue()
        self.films = 0
        self.engines: set[str] = set()
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), name="answers", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _read(self, answers: IO[bytes]) -> None:
        with answers:
            try:
                while True:
                    self._answers.put(pickle.load(answers))
            except (EOFError, OSError, pickle.UnpicklingError):
                self._answers.put(None)

    def send(self, command: cues.Command | cues.Stop) -> None:
        """Raises EngineFailed when the child is gone."""
        try:
            pickle.dump(command, self._commands)
            self._commands.flush()
        except OSError as error:
            raise EngineFailed("The engine stopped unexpectedly.") from error

    def answer(self, seconds: float) -> cues.Answer | None:
        """The next answer, None when none comes within `seconds`. Raises EngineFailed when the child is gone."""
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            return None
        if answer is None:
            _log.error("child %d ended with %s", self.pid, self._process.wait())
            raise EngineFailed("The engine stopped unexpectedly.")
        return answer

    def resident_bytes(self) -> int | None:
        """Memory that the child holds, None where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            return None
        return pages * os.sysconf("SC_PAGE_SIZE")

    def kill(self) -> None:
        """End the child and its children, and wait until it is gone."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        with contextlib.suppress(OSError):
            self._commands.close()
