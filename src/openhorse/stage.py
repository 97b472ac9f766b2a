"""Commands come in on standard input, films lie at their paths and answers go out on standard output.

This is the child process in which a studio's films are made: it holds the engines, set up once.
Knows no task, money, store or network.
"""

from __future__ import annotations

import ctypes
import errno
import importlib
import logging
import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from typing import IO, Any

from openhorse import errors
from openhorse.cues import Answer, Command, Commission, Failed, Made, Make, Progressed, Ready, Seen, Stop
from openhorse.engines import Engine
from openhorse.finishing import Watch, finished
from openhorse.media import inputs, reading
from openhorse.vocabulary import Clip, Glimpse, Order, Picture, Progress, Show, Video

DRAWN_SHARE = 0.95
"""Progress when the last frame is drawn and coded; the rest is inspecting the file."""

_PROGRESS_SECONDS = 0.1
_PROGRESS_STEP = 0.02
_SET_PARENT_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG


EngineFinder = Callable[[str], Engine]
Maker = Callable[[Order, Sequence[Picture], Progress], Clip]


def main(finder: str, parent: int) -> None:
    """Serve commands until the parent process is gone. `finder` is "module:function", see EngineFinder."""
    _die_with(parent)
    logging.basicConfig(level=logging.INFO)
    commands, answers = _private_pipes()
    module, _, name = finder.partition(":")
    stage = Stage(getattr(importlib.import_module(module), name), _teller(answers))
    waiting: queue.SimpleQueue[Command] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(commands, waiting, stage), name="commands", daemon=True).start()
    while True:
        stage.obey(waiting.get())


def _die_with(parent: int) -> None:
    """End this process when its parent ends, however that comes about."""
    if sys.platform == "linux":
        # The end of standard input tells too, but cannot be heard while a kernel holds the interpreter.
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The two pipes to the parent; what engines print to standard output goes to standard error from here on."""
    commands = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return commands, answers


def _listen(commands: IO[bytes], waiting: queue.SimpleQueue[Command], stage: Stage) -> None:
    while True:
        try:
            said = pickle.load(commands)
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(1)  # the parent is gone, perhaps in the middle of a film that nobody wants now
        if isinstance(said, Stop):
            stage.stop(said.number)
        else:
            waiting.put(said)


def _teller(answers: IO[bytes]) -> Callable[[Answer], None]:
    turn = threading.Lock()  # engines may tell their progress from a thread of their own

    def tell(answer: Answer) -> None:
        with turn:
            pickle.dump(answer, answers)
            answers.flush()

    return tell


class Stage:
    """Obeys commands one by one, telling `tell` about each."""

    def __init__(self, find: EngineFinder, tell: Callable[[Answer], None]) -> None:
        self._find = find
        self._tell = tell
        self._engines: dict[str, Engine] = {}
        self._unwanted = 0

    def stop(self, number: int) -> None:
        """Have the film of that command, and of all before it, end when its engine next tells how far it is."""
        self._unwanted = number

    def obey(self, command: Command) -> None:
        """Carry `command` out; whatever goes wrong becomes an answer."""
        try:
            if isinstance(command, Make):
                make = self._maker(command.film)
                self._tell(Ready(command.number))
                self._tell(Made(command.number, self._film(make, command)))
            else:
                self._engine(command.engine)
                self._tell(Ready(command.number))
        except errors.OpenHorseError as error:
            # What ran out of memory may hold most of it yet: that child is done for, whoever said so.
            is_well = not isinstance(error, errors.EngineOutOfMemory)
            self._tell(Failed(command.number, _plain(error), is_expected=is_well))
        except Exception as error:  # noqa: BLE001 - an engine may raise anything, and the studio decides
            if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):  # FFmpeg's errors have one, too
                self._tell(Failed(command.number, _no_room(command), is_expected=True))
                return
            logging.getLogger(__name__).error("engine %s failed:\n%s", command.engine, traceback.format_exc())
            failed = errors.EngineFailed("The engine failed while making the film.")
            self._tell(Failed(command.number, failed, is_expected=False))

    def _maker(self, wish: Commission) -> Maker:
        """What makes the clip: the engine, set up, or the film that one elsewhere has made, which needs none here."""
        if wish.source is None:
            return self._engine(wish.engine).render
        source = wish.source
        return lambda order, _pictures, _progress: reading.read_clip(source, wish.engine, order.seed or 0)

    def _film(self, make: Maker, command: Make) -> Video:
        started = time.monotonic()
        wish, progress = command.film, self._progress(command.number)
        pictures = [inputs.decode(png) for png in wish.pictures]
        clip = make(wish.order, pictures, progress)
        return finished(clip, command, pictures, Watch(progress, self._show(command.number), started))

    def _engine(self, name: str) -> Engine:
        if name not in self._engines:
            engine = self._find(name)
            engine.setup()
            self._engines[name] = engine
        return self._engines[name]

    def _progress(self, number: int) -> Progress:
        """A progress that only grows and is not told more often than anybody wants to know."""
        furthest = told = 0.0
        told_at = -_PROGRESS_SECONDS

        def progress(share: float) -> None:
            nonlocal furthest, told, told_at
            if number <= self._unwanted:
                raise errors.Cancelled("the film is not wanted any more")
            furthest = max(furthest, min(share, 1.0) * DRAWN_SHARE)
            now = time.monotonic()
            if now - told_at >= _PROGRESS_SECONDS or furthest - told >= _PROGRESS_STEP:
                told, told_at = furthest, now
                self._tell(Progressed(number, furthest))

        return progress

    def _show(self, number: int) -> Show:
        def show(glimpse: Glimpse) -> None:
            self._tell(Seen(number, glimpse))

        return show


def _no_room(command: Command) -> errors.StorageFull:
    """The disk on which films are made is full; the half that was made must not keep it so."""
    if isinstance(command, Make):
        command.film.path.unlink(missing_ok=True)
    return errors.StorageFull("The disk on which films are made is full.")


def _plain(error: errors.OpenHorseError) -> errors.OpenHorseError:
    """The error as its nearest kind in `errors`, which the parent surely knows."""
    kind: Any = next(kind for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
    plain: errors.OpenHorseError = kind(error.message, field=error.field, retry_after=error.retry_after)
    return plain
