"""A film is to be made by an engine elsewhere: asked for, looked at until it is ready, fetched. It lies at a path then.

Each word that is exchanged is written down as the task's try, so that whichever worker comes next goes on with it, and
what was paid for is not asked for again. Knows no protocol of any server, and not what becomes of the film.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from openhorse.dialects import Report
from openhorse.engines.remote import Lost, Place, Remote, Sent, Unanswered
from openhorse.errors import (
    Cancelled,
    ContentRefused,
    EngineFailed,
    EngineTimedOut,
    EngineUnavailable,
    OpenHorseError,
    StorageFailed,
    UpstreamError,
    kind_of,
)
from openhorse.tries import Seats, State, Tries, Try
from openhorse.vocabulary import FINAL, Failure, Order, Progress, Status

LONGEST = timedelta(hours=2)
"""How long an engine elsewhere may take, its own queue included."""

GRACE_SECONDS, PAID_GRACE_SECONDS = 60.0, 1800.0
"""How long a place that makes a film may be out of reach before the film is given up there; longer where it costs."""

SEAT_SECONDS = 0.5
"""Between two looks whether a seat is free, about."""

TICK_SECONDS = 0.2
"""The longest time between two looks whether the film is still wanted."""

ASKED_AT_MOST = 3
"""How often a place is asked that knows a repeated request by its name."""

AGAIN_SECONDS = 2.0
"""Between two words to a place that is out of reach."""

LOST_BEFORE_FAILED = 2
"""How often an engine may lose a film before it counts as failed."""

_UNSURE = "It is not known whether the engine's server took the order; it was not asked twice."
_LOST = "The engine's server lost the film."

T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be brought: the film of an order, as a file at `source`. `enhanced` goes into the try's record."""

    task_id: str
    order: Order
    pictures: tuple[Sent, ...]
    source: Path
    enhanced: str | None = None


class Elsewhere:
    """Goes on errands. One a worker; used from the threads of its runs."""

    def __init__(self, tries: Tries, now: Callable[[], datetime]) -> None:
        self._tries, self._now = tries, now

    def bring(self, remote: Remote, errand: Errand, progress: Progress) -> Try:
        """The film lies at the errand's source; the try, still open: `Tries.end` it as MADE.

        `progress` is told 0…1, at least a few times a second; when it raises Cancelled, the place is told that nobody
        wants the film. Raises EngineUnavailable when no place can be asked, SpendingCapReached, EngineFailed or
        UpstreamError for what went wrong there, ContentRefused.
        """
        while True:
            this, is_new = self._standing(remote, errand), False
            if this is None:
                this, is_new = self._seated(remote, errand, progress), True
            if errand.source.exists():  # it appears whole or not at all
                return this
            try:
                return self._talked(remote, errand, this, progress, is_new=is_new)
            except StorageFailed:
                raise  # ours, and soon over: then the conversation goes on where it was
            except Lost:
                self._lose(remote, errand, this)
            except Unanswered:
                self._tries.end(this, State.UNSURE, Failure(UpstreamError.code, _UNSURE, retry=False))
                raise UpstreamError(_UNSURE) from None
            except EngineUnavailable:
                self._tries.withdraw(this)
                raise
            except Cancelled:
                self._stopped(remote, self._tries.again(this))
                raise
            except OpenHorseError as error:
                failure = Failure(error.code, error.message, error.retry)
                this = self._tries.again(this)
                self._tries.end(this, State.FAILED, failure, charged=_costs(this))
                raise

    def drain(self, remote_of: Callable[[str], Remote | None]) -> None:
        """See to the tries that nobody wants any more: free the seats of those that have ended where they were made."""
        for this in self._tries.needless():
            remote = remote_of(this.engine)
            try:
                self._let_go(remote, this)
            except OpenHorseError as error:
                if self._now() - this.asked_at > LONGEST:
                    self._tries.end(this, State.STOPPED, charged=True)
                _log.warning("task %s: %s cannot be asked to stop: %s", this.task_id, this.place, error)

    def _let_go(self, remote: Remote | None, this: Try) -> None:
        if remote is None or this.report is None or this.place is None:
            self._tries.end(this, State.UNSURE)
            return
        place = Place(this.place)
        try:
            report = remote.look(place, this.report)
        except Lost:
            self._tries.end(this, State.STOPPED)
            return
        if remote.stop(place, report) or report.status in FINAL:
            self._tries.end(this, State.STOPPED, charged=report.status is Status.SUCCEEDED)
        elif this.state is not State.DRAINING:
            self._tries.drain(this)

    def _of(self, remote: Remote, errand: Errand) -> Sequence[Try]:
        return [one for one in self._tries.of(errand.task_id) if one.engine == remote.name]

    def _standing(self, remote: Remote, errand: Errand) -> Try | None:
        """What an earlier worker, or an earlier turn of this step, has left: an open try, or a film that was made."""
        for this in reversed(self._of(remote, errand)):
            if this.is_open or this.state is State.MADE:
                return this
        return None

    def _seated(self, remote: Remote, errand: Errand, progress: Progress) -> Try:
        """A new try at a place that is well and has room; waits for one. Raises EngineUnavailable when none is well."""
        caps = (remote.caps.day_micros, remote.caps.month_micros)
        while True:
            faults = {place: remote.health(place) for place in remote.places(errand.order)}
            well = [place for place, fault in faults.items() if fault is None]
            if not well:
                told = "; ".join(f"{place.label}: {fault}" for place, fault in faults.items())
                _log.warning("task %s: %s is not well: %s", errand.task_id, remote.name, told)
                raise EngineUnavailable("The engine's server is not well.")
            seats = [seats_of(place) for place in well]
            this = self._tries.take_seat(errand.task_id, remote.name, seats, caps, errand.enhanced)
            if this is not None:
                return this
            _wait(SEAT_SECONDS, progress, 0.0)

    def _talked(self, remote: Remote, errand: Errand, this: Try, progress: Progress, *, is_new: bool) -> Try:
        """From asking to fetching."""
        if this.report is None:
            this = self._asked(remote, errand, this, progress, is_new=is_new)
        while this.report is not None and this.report.status not in FINAL:
            _wait(remote.poll_seconds, progress, this.report.progress or 0.0)
            if self._now() - this.asked_at > LONGEST:
                with suppress(OpenHorseError, Lost):
                    remote.stop(_place(this), this.report)
                raise EngineTimedOut("The engine's server took too long to make the film.")
            this = self._looked(remote, this, progress)
        assert this.report is not None
        _check(this.report)
        place, report = _place(this), this.report
        self._insisted(this, progress, lambda: remote.fetch(place, report, errand.source))
        return this

    def _asked(self, remote: Remote, errand: Errand, this: Try, progress: Progress, *, is_new: bool) -> Try:
        """Asked once, and again only where a repeated request is known by its name. Raises Unanswered."""
        if not is_new and not remote.has_idempotency:
            raise Unanswered("its worker died while it was asked")
        once = f"{this.task_id}-{this.number}"
        for turn in range(ASKED_AT_MOST):
            try:
                return self._tries.hear(this, remote.ask(_place(this), errand.order, errand.pictures, once))
            except Unanswered as error:
                if not remote.has_idempotency or turn + 1 == ASKED_AT_MOST:
                    raise
                _wait(error.retry_after or AGAIN_SECONDS, progress, 0.0)
        raise AssertionError

    def _looked(self, remote: Remote, this: Try, progress: Progress) -> Try:
        """What the place says now; written down when there is news in it."""
        last = this.report
        assert last is not None
        place = _place(this)
        report = self._insisted(this, progress, lambda: remote.look(place, last))
        if replace(report, progress=None) != replace(last, progress=None):
            return self._tries.hear(this, report)
        return replace(this, report=report)

    def _insisted(self, this: Try, progress: Progress, ask: Callable[[], T]) -> T:
        """What a place answers that makes a film, asked again while it is out of reach. Raises Lost in the end."""
        since = time.monotonic()
        share = this.report.progress or 0.0 if this.report else 0.0
        while True:
            try:
                return ask()
            except EngineUnavailable as error:
                if time.monotonic() - since > (PAID_GRACE_SECONDS if this.micros else GRACE_SECONDS):
                    raise Lost(f"out of reach: {error}") from error
                _wait(error.retry_after or AGAIN_SECONDS, progress, share)

    def _lose(self, remote: Remote, errand: Errand, this: Try) -> None:
        """A lost film is made once more with the same seed, unless it has cost something. Raises EngineFailed."""
        _log.warning("task %s: %s has lost its film", this.task_id, this.place)
        lost = 1 + sum(one.state is State.LOST for one in self._of(remote, errand))
        is_over = this.micros > 0 or lost >= LOST_BEFORE_FAILED
        failure = Failure(EngineFailed.code, _LOST, retry=True)
        self._tries.end(self._tries.again(this), State.FAILED if is_over else State.LOST, failure, charged=True)
        if is_over:
            raise EngineFailed(_LOST)

    def _stopped(self, remote: Remote, this: Try) -> None:
        """Nobody wants the film any more; where it cannot be stopped its seat stays taken until it has ended."""
        try:
            self._let_go(remote, this)
        except (OpenHorseError, Lost):
            self._tries.drain(this)


def seats_of(place: Place) -> Seats:
    """What of a place is counted."""
    return Seats(place.label, place.seats, place.per_second, place.micros)


def _costs(this: Try) -> bool:
    """Whether the place says that it charges for a film that was not made."""
    return bool(this.report is not None and this.report.charge_micros)


def _place(this: Try) -> Place:
    assert this.place is not None
    return Place(this.place, micros=this.micros)


def _check(report: Report) -> None:
    """Raises what became of a film that was not made."""
    if report.status is Status.SUCCEEDED:
        return
    failure = report.failure or Failure(EngineFailed.code, f"The film was {report.status} where it is made.", True)
    kind = kind_of(failure.code)
    if kind is None or not issubclass(kind, EngineFailed | UpstreamError | ContentRefused):
        kind = UpstreamError  # what was asked wrongly there, was asked wrongly by us
    elif issubclass(kind, EngineUnavailable):
        kind = EngineFailed  # it was there, and has ended
    raise kind(failure.message)


def _wait(seconds: float, progress: Progress, share: float) -> None:
    """Wait about so long; of many who wait, not all look at the same moment."""
    until = time.monotonic() + seconds * random.uniform(0.8, 1.2)
    progress(share)
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, TICK_SECONDS))
        progress(share)
