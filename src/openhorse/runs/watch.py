"""A run's steps come in as they are done, spans and seconds go out. Knows no step, and no queue."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from openhorse import measures
from openhorse.errors import Cancelled, OpenHorseError
from openhorse.measures import Series
from openhorse.runs.steps import Bench, Stopping
from openhorse.traces import span

_log = logging.getLogger(__name__)


class Watch:
    """One run of one task, as far as this process makes it."""

    def __init__(self, bench: Bench, engine: str) -> None:
        self._bench, self._engine = bench, engine
        self._seen: list[tuple[Series, float]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step, done inside; one that is broken off because the worker stops is not counted."""
        began, result = time.perf_counter(), "done"
        with span(name, {"openhorse.engine": self._engine}):
            try:
                yield
            except Stopping:
                result = ""
                raise
            except Cancelled:
                result = "cancelled"
                raise
            except Exception:
                result = "failed"
                raise
            finally:
                if result:
                    self._seen.append((Series("step", name, self._engine, result), time.perf_counter() - began))

    def close(self) -> None:
        """Count what was seen. No film fails for it: where the database does not take it, it is forgotten."""
        if not self._seen:
            return
        try:
            with self._bench.database.transaction() as connection:
                measures.count(connection, self._seen)
        except OpenHorseError as error:
            _log.warning("the seconds of %d steps are not counted: %s", len(self._seen), error)


@contextmanager
def watched(bench: Bench, task_id: str) -> Iterator[Watch]:
    """The run of a task, made inside: a part of the trace in which it was ordered, in whichever process that was."""
    engine, trace = "", None
    try:
        task = bench.tasks.any(task_id)
        trace = task.traceparent
        engine = bench.engines.route(task.order)[0]
    except OpenHorseError:
        pass  # the first step will meet the same, and knows what to do about it
    watch = Watch(bench, engine)
    with span("run", {"openhorse.task": task_id}, parent=trace, kind="CONSUMER"):
        try:
            yield watch
        finally:
            watch.close()
