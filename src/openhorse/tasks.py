"""Orders come in, tasks come out, and every change of a task goes through here: the one door.

Each verb is one transaction that writes the row, the event and the ledger entry together. Knows no
engine, no HTTP and not what runs a task: whoever composes the program passes that in as two callables.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Unpack

import sqlalchemy as sa

from openhorse import ledger, limits, traces
from openhorse.errors import BusyError, Cancelled, Gone, InternalError, InvalidOrder, NotFound, OpenHorseError
from openhorse.ledger import Budget, Hold
from openhorse.limits import Limits, Line
from openhorse.lists import Page, Wanted, page_of
from openhorse.promises import (
    Idempotency,
    Kept,
    TwinError,
    find_all_promised,
    find_promised,
    forget_promises,
    remember,
)
from openhorse.store import rows
from openhorse.store.database import Database
from openhorse.store.tables import REMEMBERED, callback_attempts, events, tasks, tries
from openhorse.vocabulary import FINAL, MOVES, PREVIEWS, Event, Failure, Order, Quote, Status, Still, Task, Video

OnSubmit = Callable[[sa.Connection, Sequence[Task]], None]
"""Told new tasks, inside the transaction that makes them."""

OnEvent = Callable[[sa.Connection, Event, Task], None]
"""Told every event with the task as it then is, inside the transaction that makes it."""

FORGOTTEN_AT_ONCE = 200
"""Tasks that one call of `Tasks.forget` forgets at most: nobody writes meanwhile where the database is a file."""

NUL = "\0"
"""PostgreSQL will not even compare with a text that holds it, so no task is named or made with one."""

LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Submission:
    """The task that a submit led to; `replayed` when an earlier request had made it already."""

    task: Task
    replayed: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A task that is to be, with what goes with it."""

    task: Task
    lifetime: timedelta
    promise: Idempotency | None
    failure: Failure | None

    @property
    def kept(self) -> Kept | None:
        """Its promise, as it is remembered."""
        task = self.task
        return None if self.promise is None else Kept(task.key_id, self.promise, task.id, task.created_at)


class Tasks:
    """All tasks of this installation. Safe to use from many threads and processes at once."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime],
        on_submit: OnSubmit,
        on_event: OnEvent,
        defaults: Limits = limits.HOUSE,
        queue_limit: int = limits.LONGEST_LINE,
    ) -> None:
        """`defaults` hold where a key says nothing else; `queue_limit` tasks of all keys may be queued."""
        self._database = database
        self._now = now
        self._on_submit = on_submit
        self._on_event = on_event
        self._defaults = defaults
        self._line = Line(queue_limit)

    def submit(
        self,
        key_id: str,
        task_id: str,
        order: Order,
        quote: Quote,
        *,
        lifetime: timedelta,
        idempotency: Idempotency | None = None,
        failure: Failure | None = None,
    ) -> Submission:
        """Accept an order: once this returns, the task ends exactly once, whatever happens to us.

        Draws the seed when the order has none. `lifetime` is how long the film is kept once it is made.
        With `failure`, the task has failed from the start: what the dialect reports as a failed task, not a refusal.
        Raises IdempotencyMismatch, TooManyTasks, StorageQuotaExceeded and InsufficientBalance; then nothing is written.
        """
        (made,) = self.submit_all([self.draft(key_id, task_id, order, quote, lifetime, idempotency, failure)])
        if isinstance(made, Exception):
            raise made
        return made

    def draft(
        self,
        key_id: str,
        task_id: str,
        order: Order,
        quote: Quote,
        lifetime: timedelta,
        idempotency: Idempotency | None = None,
        failure: Failure | None = None,
    ) -> Draft:
        """What `submit` is told, for `submit_all`; the task belongs to the trace of whoever asks for this."""
        if order.seed is None:
            order = replace(order, seed=secrets.randbelow(LARGEST_SEED + 1))
        now = self._now()
        task = Task(task_id, key_id, order, quote, Status.QUEUED, 0.0, now, traceparent=traces.traceparent())
        return Draft(task, lifetime, idempotency, failure)

    def submit_all(self, drafts: Sequence[Draft]) -> list[Submission | Exception]:
        """`submit` for each of them, all in one transaction where that is quicker; what it raises is given instead."""
        made = self._database.commit(self._take_in, drafts)
        return [
            self._twin_of(draft, one) if isinstance(one, sa.exc.IntegrityError | TwinError) else one
            for draft, one in zip(drafts, made, strict=True)
        ]

    def _twin_of(self, draft: Draft, error: Exception) -> Submission | Exception:
        """A twin request was faster by a hair: what it has made is the answer to this one too."""
        try:
            replay = self.find_replay(draft.task.key_id, draft.promise) if draft.promise else None
        except OpenHorseError as refused:
            return refused
        return error if replay is None else Submission(replay, replayed=True)

    def find_replay(self, key_id: str, idempotency: Idempotency) -> Task | None:
        """The task that an earlier request with this idempotency key made, None when there was none.

        A cheap look before any work is done for the request. Raises IdempotencyMismatch.
        """
        with self._database.reading() as connection:
            made = find_promised(connection, key_id, idempotency, self._now())
            return None if made is None else _row(connection, made)

    def get(self, task_id: str, key_id: str) -> Task:
        """One of this key's tasks. Raises NotFound, also for other keys' tasks and deleted ones."""
        with self._database.reading() as connection:
            return _owned(connection, task_id, key_id)

    def get_all(self, wanted: Sequence[tuple[str, str]]) -> list[Task | NotFound]:
        """What `get` says of each task and key, by one look; NotFound in its place is not raised."""
        # No id of ours has other characters, and one that no database takes must not spoil the others' look.
        ids = list({task_id for task_id, _ in wanted if task_id.isascii() and task_id.isprintable()})
        with self._database.reading() as connection:
            found = {row.id: row for row in connection.execute(_OF_IDS, {"ids": ids}) if not row.hidden}
        return [
            rows.read_task(found[task_id])
            if task_id in found and found[task_id].key_id == key_id
            else _not_found(task_id)
            for task_id, key_id in wanted
        ]

    def any(self, task_id: str) -> Task:
        """Any key's task, also a deleted one. Raises NotFound."""
        with self._database.reading() as connection:
            return _row(connection, task_id)

    def page(self, key_id: str, **wanted: Unpack[Wanted]) -> Page:
        """Some of this key's tasks, as `wanted`: the ten newest where nothing is said."""
        with self._database.reading() as connection:
            return page_of(connection, key_id, **wanted)

    def events(self, task_id: str, key_id: str, *, after: int = 0) -> tuple[Event, ...]:
        """What has happened to a task since event `after`, in order. Raises NotFound."""
        with self._database.reading() as connection:
            _owned(connection, task_id, key_id)
            later = sa.select(events).where(events.c.task_id == task_id, events.c.id > after).order_by(events.c.id)
            return tuple(rows.read_event(row) for row in connection.execute(later))

    def event(self, event_id: int) -> Event:
        """One event of any task. Raises NotFound."""
        with self._database.reading() as connection:
            row = connection.execute(sa.select(events).where(events.c.id == event_id)).one_or_none()
            if row is None:
                raise NotFound(f"no event {event_id}")
            return rows.read_event(row)

    def start(self, task_id: str) -> Task:
        """A run begins, or begins again after a crash. Raises Cancelled; a task that has ended comes back as it is."""
        return self._move(task_id, Status.RUNNING, unless=FINAL | {Status.RUNNING, Status.STORING})

    def progress(self, task_id: str, value: float) -> None:
        """Note how far the render is, 0…1; it never goes back. Raises Cancelled when nobody waits for it any more."""
        running = (tasks.c.id == task_id) & (tasks.c.status == Status.RUNNING.value)
        further = sa.case((tasks.c.progress < value, value), else_=tasks.c.progress)
        with self._database.transaction() as connection:
            written = connection.execute(sa.update(tasks).where(running).values(progress=further)).rowcount
            if not written and (status := _row(connection, task_id).status) in FINAL:
                raise Cancelled(f"the task is {status}")

    def show(self, task_id: str, still: Still) -> None:
        """Note a still that lies in the store; of a task that is not running any more nothing is noted.

        The first preview begins anew: what is there of later frames is of an earlier try.
        """
        with self._database.transaction() as connection:
            task = _row(connection, task_id, to_change=True)
            if task.status is Status.RUNNING:
                keep = [one for one in task.stills if one.name != still.name]
                keep = [one for one in keep if still.name != PREVIEWS[0] or not one.seconds]
                noted = {"stills": rows.stills_text([*keep, still])}
                connection.execute(sa.update(tasks).where(tasks.c.id == task_id).values(noted))

    def storing(self, task_id: str) -> Task:
        """The film is rendered and goes to the store; from here it can no longer be cancelled. Raises Cancelled."""
        return self._move(task_id, Status.STORING, unless=FINAL | {Status.STORING}, progress=1.0)

    def finish(self, task_id: str, video: Video) -> Task:
        """The film lies in the store: charge for it. A task that has ended before comes back as it is."""
        return self._move(task_id, Status.SUCCEEDED, unless=FINAL, video=rows.video_text(video), film_bytes=video.bytes)

    def fail(self, task_id: str, failure: Failure) -> Task:
        """There will be no film: give the money back. A task that has ended before comes back as it is."""
        return self._move(task_id, Status.FAILED, unless=FINAL, failure=rows.failure_text(failure))

    def cancel(self, task_id: str, key_id: str, *, only_queued: bool = False) -> Task:
        """Stop a task that is queued or running, or only one that is queued, and give the money back.

        It comes back as it is when it can no longer be stopped: compare its status. Raises NotFound.
        """
        with self._database.transaction() as connection:
            task = _owned(connection, task_id, key_id, to_change=True)
            if only_queued and task.status is not Status.QUEUED:
                return task
            return self._cancel(connection, task)

    def delete(self, task_id: str, key_id: str) -> None:
        """Hide a task for good, cancelling it first when it is queued or running; its film is removed soon.

        The accounts stay. Raises NotFound, and BusyError in the moment in which the film is being stored.
        """
        with self._database.transaction() as connection:
            task = self._cancel(connection, _owned(connection, task_id, key_id, to_change=True))
            if task.status not in FINAL:
                raise BusyError("the film is being stored; try again in a moment", retry_after=1)
            over = {"expires_at": self._now()} if task.status is Status.SUCCEEDED else {}
            if over:
                limits.uncount_film(connection, key_id, task_id)
            connection.execute(sa.update(tasks).where(tasks.c.id == task_id).values(hidden=True, **over))

    def expire(self, task_id: str) -> Task:
        """The film is gone from the store. Only a task that has succeeded changes."""
        return self._move(task_id, Status.EXPIRED, unless=frozenset(Status) - {Status.SUCCEEDED})

    def keep(self, task_id: str, key_id: str, lifetime: timedelta, echo: Mapping[str, str]) -> Task:
        """Let a film that is there live for `lifetime` from now, and its order's echo say so.

        Raises NotFound, Gone when the film was deleted or has expired, InvalidOrder when there is none (yet) or it is
        kept already, StorageQuotaExceeded when the key's share of the store is full.
        """
        mine = (tasks.c.id == task_id) & (tasks.c.key_id == key_id) & REMEMBERED
        with self._database.transaction() as connection:
            row = None if NUL in task_id else connection.execute(_selected(mine, True)).one_or_none()
            if row is None:
                raise NotFound(f"no task {task_id!r}")
            task, now = rows.read_task(row), self._now()
            if row.hidden or task.status is Status.EXPIRED or (task.expires_at or now + lifetime) <= now:
                raise Gone("this film was deleted or has expired")
            if task.status is not Status.SUCCEEDED or echo.items() <= task.order.echo.items():
                raise InvalidOrder("there is no film of this task that could be kept longer")
            limits.check_storage(connection, key_id, limits.limits_of(connection, key_id, self._defaults))
            order = replace(task.order, echo={**task.order.echo, **echo})
            kept = {"order": rows.order_text(order), "expires_at": now + lifetime}
            connection.execute(sa.update(tasks).where(tasks.c.id == task_id).values(kept))
            return replace(task, order=order, expires_at=now + lifetime)

    def unfinished(self) -> tuple[Task, ...]:
        """Every task that has not ended, oldest first."""
        open_ones = [status.value for status in Status if status not in FINAL]
        query = sa.select(tasks).where(tasks.c.status.in_(open_ones)).order_by(tasks.c.created_at, tasks.c.id)
        with self._database.reading() as connection:
            return tuple(rows.read_task(row) for row in connection.execute(query))

    def outlived(self, limit: int = 1000) -> tuple[Task, ...]:
        """Tasks whose film should go, for its time is over; that of a deleted task's film ends with it."""
        over = (tasks.c.status == Status.SUCCEEDED.value) & (tasks.c.expires_at <= self._now())
        query = sa.select(tasks).where(over).order_by(tasks.c.expires_at).limit(limit)
        with self._database.reading() as connection:
            return tuple(rows.read_task(row) for row in connection.execute(query))

    def forget_idempotency(self) -> int:
        """Drop the idempotency keys whose time is over; how many there were."""
        return forget_promises(self._database, self._now())

    def forget(self, before: datetime) -> int:
        """Forget what was ordered, made and told in tasks that ended before then and have no film; how many.

        At most FORGOTTEN_AT_ONCE, the oldest first. Their rows stay, hidden, for the accounts that rest on them.
        """
        # By what it is not: a list of what it may be would tempt SQLite to look through all of them.
        gone = tasks.c.status != Status.SUCCEEDED.value
        old = sa.select(tasks.c.id).where(REMEMBERED, tasks.c.finished_at < before, gone)
        blank = {"order": "", "video": None, "failure": None, "callback_url": None, "hidden": True}
        blank["traceparent"] = None
        with self._database.transaction(alone="forget tasks") as connection:
            ids = list(connection.scalars(old.order_by(tasks.c.finished_at).limit(FORGOTTEN_AT_ONCE)))
            for table in (callback_attempts, events):
                connection.execute(sa.delete(table).where(table.c.task_id.in_(ids)))
            # What was paid for elsewhere stays with the accounts.
            connection.execute(sa.delete(tries).where(tries.c.task_id.in_(ids), tries.c.micros == 0))
            connection.execute(sa.update(tasks).where(tasks.c.id.in_(ids)).values(blank))
        return len(ids)

    def _take_in(self, connection: sa.Connection, drafts: Sequence[Draft]) -> list[Submission]:
        """Write new tasks, all or none. Raises what submit does, where one of several is refused one of its errors."""
        earlier = self._earlier(connection, drafts) if len(drafts) > 1 else {}
        new = [draft for draft in drafts if draft.task.id not in earlier]
        if new:
            self._write(connection, new)
        return [
            Submission(earlier[one.task.id], replayed=True)
            if one.task.id in earlier
            else Submission(self._begun(connection, one), replayed=False)
            for one in drafts
        ]

    def _earlier(self, connection: sa.Connection, drafts: Sequence[Draft]) -> dict[str, Task]:
        """The tasks that were made before for the promises of some of these, by the ids that they would have now."""
        promised = [draft.kept for draft in drafts if draft.kept]
        found = zip(promised, find_all_promised(connection, promised), strict=True) if promised else ()
        return {one.task_id: _row(connection, made) for one, made in found if made is not None}

    def _write(self, connection: sa.Connection, drafts: Sequence[Draft]) -> None:
        new = [draft.task for draft in drafts]
        connection.execute(_NEW_TASK, [rows.new_task(draft.task, draft.lifetime) for draft in drafts])
        # Before anything that a twin request might find used up: it waits here, and becomes a replay.
        remember(connection, [draft.kept for draft in drafts if draft.kept])
        self._hold(connection, new)
        standing = [draft.task for draft in drafts if draft.failure is None]
        if standing:
            self._on_submit(connection, standing)
        told = [{"task_id": task.id, "status": task.status.value, "at": task.created_at} for task in new]
        numbers = {row.task_id: row.id for row in connection.execute(_NEW_EVENTS, told)}
        for task in new:
            self._on_event(connection, Event(numbers[task.id], task.id, task.status, task.created_at), task)

    def _begun(self, connection: sa.Connection, draft: Draft) -> Task:
        if draft.failure is None:
            return draft.task
        return self._change(connection, draft.task, Status.FAILED, {"failure": rows.failure_text(draft.failure)})

    def _hold(self, connection: sa.Connection, new: Sequence[Task]) -> None:
        """Set aside what the tasks need of what their keys may use."""
        allowed = limits.allow(connection, Counter(task.key_id for task in new), self._defaults, self._line)
        budgets = {key_id: Budget(some.day_micros, some.month_micros) for key_id, some in allowed.items()}
        ledger.hold_all(
            connection,
            [Hold(one.key_id, one.id, one.quote.micros, budgets[one.key_id], one.created_at) for one in new],
        )

    def _cancel(self, connection: sa.Connection, task: Task) -> Task:
        if Status.CANCELLED not in MOVES[task.status]:
            return task
        return self._change(connection, task, Status.CANCELLED, {})

    def _move(self, task_id: str, to: Status, *, unless: Collection[Status], **columns: Any) -> Task:
        """Move a task, or leave it when its status is in `unless`. Raises Cancelled on the way to a film."""
        with self._database.transaction() as connection:
            task = _row(connection, task_id, to_change=True)
            if task.status is Status.CANCELLED and to in (Status.RUNNING, Status.STORING):
                raise Cancelled("the task was cancelled")
            if task.status in unless:
                return task
            return self._change(connection, task, to, columns)

    def _change(self, connection: sa.Connection, task: Task, to: Status, columns: dict[str, Any]) -> Task:
        """The only place that writes a status: row, event and money together, as a compare-and-set."""
        if to not in MOVES[task.status]:
            raise InternalError(f"task {task.id} cannot go from {task.status} to {to}")
        now = self._now()
        if "film_bytes" in columns:  # its stills fill the store as well
            columns["film_bytes"] += sum(still.bytes for still in task.stills)
        unchanged = (tasks.c.id == task.id) & (tasks.c.status == task.status.value)
        written = connection.execute(
            sa.update(tasks).where(unchanged).values(status=to.value, **_times(to, now), **_lost(to), **columns)
        )
        if written.rowcount != 1:
            raise InternalError(f"task {task.id} was moved by somebody else")
        if to is Status.SUCCEEDED:
            _keep_for_its_lifetime(connection, task.id, now)
            ledger.capture(connection, task.key_id, task.id, task.quote.micros, now)
            limits.count_film(connection, task.key_id, columns["film_bytes"])
        elif to is Status.EXPIRED:
            limits.uncount_film(connection, task.key_id, task.id)
        elif to in (Status.FAILED, Status.CANCELLED):
            ledger.release(connection, task.key_id, task.id, task.quote.micros, now)
        changed = _row(connection, task.id)
        self._tell(connection, changed, now)
        return changed

    def _tell(self, connection: sa.Connection, task: Task, at: datetime) -> None:
        row = {"task_id": task.id, "status": task.status.value, "at": at}
        number = connection.execute(_NEW_EVENT, row).scalar_one()
        self._on_event(connection, Event(number, task.id, task.status, at), task)


# Made once: every order or poll asks these, and to build them takes longer than to answer them.
_OF_IDS = sa.select(tasks).where(tasks.c.id.in_(sa.bindparam("ids", expanding=True)))


_NEW_TASK = sa.insert(tasks)
_NEW_EVENT = sa.insert(events).returning(events.c.id)
_NEW_EVENTS = sa.insert(events).returning(events.c.task_id, events.c.id)


def _times(to: Status, now: datetime) -> dict[str, datetime]:
    if to is Status.RUNNING:
        return {"started_at": now}
    if to in (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED):
        return {"finished_at": now}
    return {}


def _lost(to: Status) -> dict[str, None]:
    """Without its film, nothing of a task can be shown."""
    return {"stills": None} if to in FINAL - {Status.SUCCEEDED} else {}


def _keep_for_its_lifetime(connection: sa.Connection, task_id: str, now: datetime) -> None:
    mine = tasks.c.id == task_id
    lifetime = connection.scalar(sa.select(tasks.c.lifetime_micros).where(mine)) or 0
    connection.execute(sa.update(tasks).where(mine).values(expires_at=now + timedelta(microseconds=lifetime)))


def _owned(connection: sa.Connection, task_id: str, key_id: str, *, to_change: bool = False) -> Task:
    mine = (tasks.c.id == task_id) & (tasks.c.key_id == key_id) & tasks.c.hidden.is_(False)
    row = None if NUL in task_id else connection.execute(_selected(mine, to_change)).one_or_none()
    if row is None:
        raise _not_found(task_id)
    return rows.read_task(row)


def _row(connection: sa.Connection, task_id: str, *, to_change: bool = False) -> Task:
    row = connection.execute(_selected((tasks.c.id == task_id) & REMEMBERED, to_change)).one_or_none()
    if row is None:
        raise _not_found(task_id)
    return rows.read_task(row)


def _not_found(task_id: str) -> NotFound:
    return NotFound(f"no task {task_id!r}")


def _selected(wanted: sa.ColumnElement[bool], to_change: bool) -> sa.Select[Any]:
    """One task's row, locked until the transaction ends when it is `to_change` (SQLite has one writer anyway)."""
    found = sa.select(tasks).where(wanted)
    return found.with_for_update() if to_change else found
