"""A task and its pictures come in, a finished film goes out, made by the first of its engines that can.

Moderation and the prompt come before the engines and after them. Knows no queue and not what makes a step durable: a
step may be done again after a crash, and then goes on with the tries that are written down.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from openhorse.care import Care
from openhorse.cues import Commission
from openhorse.engines.remote import Place, Remote, Sent
from openhorse.enhancement import Enhanced
from openhorse.errors import (
    DatabaseUnavailable,
    EngineFailed,
    EngineTimedOut,
    EngineUnavailable,
    FilmRejected,
    OpenHorseError,
    SpendingCapReached,
    UpstreamError,
    kind_of,
)
from openhorse.runs.elsewhere import Elsewhere, Errand
from openhorse.tries import State, Tries, Try
from openhorse.vocabulary import Failure, Order, Progress, Show, Task, Video

AWAY_SECONDS = 600.0
"""How long a task goes round its engines while all that could still make it are out of reach."""

ROUND_SECONDS = 5.0
"""Between two such rounds, about."""

MADE_SHARE = 0.95
"""Progress when a film that is made elsewhere is here; the rest is cutting and mastering it."""

_FAILED = (EngineFailed, FilmRejected, UpstreamError)
"""After these the next engine may do better."""

_log = logging.getLogger(__name__)


class Engines(Protocol):
    """Which engines there are; see openhorse.roster."""

    def route(self, order: Order) -> Sequence[str]:
        """Those that can make `order`, in order of preference. Raises NoEngine."""

    def remote(self, name: str) -> Remote | None:
        """The engine elsewhere of that name; None for one of this machine."""


class Studio(Protocol):
    """Makes films; see openhorse.studio."""

    def make(self, film: Commission, progress: Progress, show: Show) -> Video:
        """Render, encode and check the film; `show` a few frames on the way."""


@dataclass(frozen=True, slots=True)
class Kit:
    """What films are made with."""

    engines: Engines
    studio: Studio
    care: Care
    tries: Tries
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Wish:
    """A film to be made at `path`, to be called `blob`, of a task and its pictures; who hears of it."""

    task: Task
    pictures: tuple[Sent, ...]
    path: Path
    blob: str
    progress: Progress
    show: Show

    @property
    def source(self) -> Path:
        """Where what comes from elsewhere lies until the film is finished."""
        return source_of(self.path)


def source_of(path: Path) -> Path:
    """Where what comes from elsewhere lies until the film at `path` is finished."""
    return path.with_suffix(".source")


class Maker:
    """Makes films, one at a time in each thread that asks."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._elsewhere = Elsewhere(kit.tries, kit.now)

    def make(self, wish: Wish) -> Video:
        """The film lies at its path.

        Raises ContentRefused, NoEngine, whatever the last of the engines failed with, and what `progress` raises.
        """
        order = wish.task.order
        self._kit.care.before(order, [picture.png for picture in wish.pictures], _standing_still(wish))
        failed = self._failed_before(wish.task)
        until = time.monotonic() + AWAY_SECONDS
        while True:
            away: dict[str, OpenHorseError] = {}
            for engine in self._kit.engines.route(order):
                if engine in failed:
                    continue
                try:
                    video = self._made_by(engine, wish)
                except _FAILED as error:
                    _log.warning("task %s: %s: %s", wish.task.id, engine, error)
                    if isinstance(error, EngineUnavailable) and not isinstance(error, SpendingCapReached):
                        away[engine] = error
                    else:
                        failed[engine] = error
                else:
                    return replace(video, notes=(*video.notes, *_told(failed | away, engine)))
            if not away:
                raise _last(failed)
            if time.monotonic() > until:
                raise _last(away)
            _rest(_last(away).retry_after or ROUND_SECONDS, _standing_still(wish))

    def break_off(self, task_id: str) -> None:
        """A task has ended without a film: no engine of this machine makes it any more."""
        for this in self._kit.tries.of(task_id):
            if this.is_open and this.place is None:
                self._kit.tries.end(this, State.STOPPED)

    def release(self, task_id: str) -> None:
        """The film of a task lies in the store: whoever made it elsewhere need not keep it."""
        for one in self._kit.tries.of(task_id):
            this = self._kit.tries.end(one, State.MADE) if one.is_open else one
            remote = self._kit.engines.remote(this.engine)
            if this.state is State.MADE and remote is not None and this.report is not None and this.place is not None:
                try:
                    remote.release(Place(this.place), this.report)
                except OpenHorseError as error:
                    _log.info("task %s: %s keeps its film: %s", task_id, this.place, error)

    def drain(self) -> None:
        """Free the seats of films elsewhere that nobody wants any more, as they end."""
        self._elsewhere.drain(self._kit.engines.remote)

    def _failed_before(self, task: Task) -> dict[str, OpenHorseError]:
        """What a worker that died had found out, so that nobody is asked again who has failed."""
        found = {}
        for one in self._kit.tries.of(task.id):
            if one.state in (State.FAILED, State.UNSURE) and one.failure is not None:
                kind = kind_of(one.failure.code) or EngineFailed
                found[one.engine] = kind(one.failure.message)
        return found

    def _made_by(self, engine: str, wish: Wish) -> Video:
        began = time.monotonic()
        enhanced = self._enhanced(engine, wish)
        order = replace(wish.task.order, prompt=enhanced.prompt)
        remote = self._kit.engines.remote(engine)
        make = self._made_here if remote is None else self._made_elsewhere
        this, video = make(engine, order, enhanced, wish)
        # A film that is there is not made again for want of a database: its try is ended with its task.
        with suppress(DatabaseUnavailable):
            self._kit.tries.end(this, State.MADE)
        self._kit.care.after(order, wish.path, _standing_still(wish))
        notes = (*video.notes, enhanced.note) if enhanced.note else video.notes
        taken = (self._kit.now() - this.asked_at).total_seconds()
        seconds = round(max(taken, time.monotonic() - began), 3)
        prompt = None if enhanced.prompt == wish.task.order.prompt else enhanced.prompt
        return replace(video, notes=notes, prompt=prompt, render_seconds=seconds)

    def _enhanced(self, engine: str, wish: Wish) -> Enhanced:
        """The prompt for `engine`; what it was made into once stays so."""
        for one in self._kit.tries.of(wish.task.id):
            if one.engine == engine and one.enhanced is not None:
                return Enhanced(**json.loads(one.enhanced))
        return self._kit.care.enhance(wish.task.order, engine, _standing_still(wish))

    def _made_here(self, engine: str, order: Order, enhanced: Enhanced, wish: Wish) -> tuple[Try, Video]:
        """By an engine of this machine. One that crashes gets a second chance, same seed."""
        begun = [one for one in self._kit.tries.of(wish.task.id) if one.is_open and one.engine == engine]
        this = begun[-1] if begun else self._kit.tries.begin(wish.task.id, engine, _text(enhanced))
        return this, self._finished(this, Commission(order, engine, _pngs(wish), wish.path, wish.blob), wish)

    def _made_elsewhere(self, engine: str, order: Order, enhanced: Enhanced, wish: Wish) -> tuple[Try, Video]:
        """By a server; what it has made is cut, scaled and mastered here."""
        remote = self._kit.engines.remote(engine)
        assert remote is not None
        wish.source.parent.mkdir(parents=True, exist_ok=True)
        errand = Errand(wish.task.id, order, wish.pictures, wish.source, _text(enhanced))
        this = self._elsewhere.bring(remote, errand, lambda share: wish.progress(share * MADE_SHARE))
        here = replace(wish, progress=lambda share: wish.progress(MADE_SHARE + share * (1 - MADE_SHARE)))
        film = Commission(order, engine, _pngs(wish), wish.path, wish.blob, wish.source, remote.credit(order))
        video = self._finished(this, film, here)
        return this, replace(video, notes=(*video.notes, *remote.notes(order)))

    def _finished(self, this: Try, film: Commission, wish: Wish) -> Video:
        try:
            return self._played(film, wish)
        except _FAILED as error:
            failure = Failure(error.code, error.message, error.retry)
            self._kit.tries.end(this, State.FAILED, failure, charged=this.micros > 0)
            wish.source.unlink(missing_ok=True)
            raise

    def _played(self, film: Commission, wish: Wish) -> Video:
        film.path.unlink(missing_ok=True)
        try:
            return self._kit.studio.make(film, wish.progress, wish.show)
        except (EngineTimedOut, EngineUnavailable):
            raise
        except EngineFailed as error:
            _log.warning("task %s: %s: %s; trying once more", wish.task.id, film.engine, error)
            return self._kit.studio.make(film, wish.progress, wish.show)


def _pngs(wish: Wish) -> tuple[bytes, ...]:
    return tuple(picture.png for picture in wish.pictures)


def _text(enhanced: Enhanced) -> str:
    return json.dumps(asdict(enhanced))


def _standing_still(wish: Wish) -> Progress:
    """Hears whether the film is still wanted while nothing of it is made."""
    return lambda _share: wish.progress(0.0)


def _told(failed: Mapping[str, OpenHorseError], engine: str) -> tuple[str, ...]:
    """That others had been asked first, in words for the customer."""
    return tuple(f"{name} failed ({error.code}); made by {engine}" for name, error in failed.items())


def _last(failed: Mapping[str, OpenHorseError]) -> OpenHorseError:
    return list(failed.values())[-1]


def _rest(seconds: float, progress: Progress) -> None:
    until = time.monotonic() + seconds * random.uniform(0.8, 1.2)
    while time.monotonic() < until:
        progress(0.0)
        time.sleep(0.2)
