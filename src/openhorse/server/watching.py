"""Requests pass through, each with an id; how many, how long and how they ended is counted for /metrics.

Knows no route and no vendor. What one server process saw is counted in it; the queue, and what workers have measured,
is read from the database.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from uuid import uuid4

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openhorse.dialects import NAMES
from openhorse.estimates import load_of
from openhorse.logs import about
from openhorse.measures import histograms
from openhorse.store.database import Database
from openhorse.traces import NOBODYS, Span, span

CONTENT_TYPE = CONTENT_TYPE_LATEST

_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds in seconds; requests that wait for their film take minutes."""

_PROBES = frozenset({"/health", "/ready", "/metrics"})
"""Asked every few seconds for ever, and part of nothing: not traced."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Watching:
    """What this server process has seen. One instance a process."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        """`now` is the time, aware."""
        self._registry = CollectorRegistry()
        labels = ("dialect", "method", "route", "status")
        self._requests = Counter("openhorse_http_requests", "Answers", labels, registry=self._registry)
        self._seconds = Histogram(
            "openhorse_http_seconds", "Time to the whole answer", labels[:3], buckets=BUCKETS, registry=self._registry
        )
        self._registry.register(_Line(database, now))

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)

    def saw(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one answer; routes are told by their template, so that ids make no series of their own."""
        route = _template(scope)
        first = route.split("/")[1] if route.startswith("/") else ""
        dialect = first if first in NAMES else "native"
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._requests.labels(dialect, method, route, str(status)).inc()
        self._seconds.labels(dialect, method, route).observe(seconds)


def _template(scope: Scope) -> str:
    """The matched route's template, with the prefix under which its router is included: `/hiapi/v1/tasks/{task_id}`."""
    template = getattr(scope.get("route"), "path", None)
    if template is None:
        return "unmatched"
    if ":path}" in template:  # stands for any number of parts, and is included without a prefix
        return str(template)
    parts = scope["path"].split("/")
    return "/".join(parts[: len(parts) - template.count("/")]) + str(template)


class Watched:
    """ASGI middleware: gives every request an id, the customer's own where it is decent, and counts the answer."""

    def __init__(self, app: ASGIApp, watching: Watching) -> None:
        self._app, self._watching = app, watching

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; its id stands in X-Request-ID of the answer and in what is logged meanwhile."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        number = given if _ID.fullmatch(given) else str(uuid4())
        began, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            await send(message)

        with about(request=number), _traced(scope, headers.get(b"traceparent"), number) as asked:
            try:
                await self._app(scope, receive, answer)
            finally:
                self._watching.saw(scope, status, time.perf_counter() - began)
                _describe(asked, scope, status)


def _traced(scope: Scope, given: bytes | None, number: str) -> AbstractContextManager[Span]:
    """The span of a request, in the trace that it may belong to."""
    if scope["path"] in _PROBES:
        return nullcontext(NOBODYS)
    parent = None if given is None else given.decode("latin-1")
    return span(scope["method"], {"openhorse.request": number}, parent=parent, kind="SERVER")


def _describe(asked: Span, scope: Scope, status: int) -> None:
    """By OpenTelemetry's names: the route tells what was asked for, and only what is our fault is an error."""
    route = _template(scope)
    facts: dict[str, str | int] = {"http.request.method": scope["method"], "http.response.status_code": status}
    asked.note(facts | {"http.route": route}, name=f"{scope['method']} {route}", failed=status >= 500)


class _Line(Collector):
    """The queue, as the database has it at the moment; the same for every server over one database."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now

    def collect(self) -> Iterable[Metric]:
        """Open tasks by status, the age of the oldest that waits, workers, and the measured rates."""
        load = load_of(self._database, self._now())
        open_tasks = GaugeMetricFamily("openhorse_open_tasks", "Tasks that have not ended", labels=["status"])
        for status, count in load.tasks.items():
            open_tasks.add_metric([status.value], count)
        yield open_tasks
        yield GaugeMetricFamily("openhorse_oldest_waiting_seconds", "Age of the oldest queued task", load.oldest)
        yield GaugeMetricFamily("openhorse_workers", "Workers that are listed as alive", load.workers)
        rates = GaugeMetricFamily(
            "openhorse_render_rate", "Seconds of rendering per second of film, median", labels=["engine", "tier"]
        )
        for (engine, tier), rate in load.rates.items():
            rates.add_metric([engine, tier.value], rate)
        yield rates
        steps = HistogramMetricFamily(
            "openhorse_step_seconds", "Time of a run's steps", labels=["step", "engine", "result"]
        )
        calls = HistogramMetricFamily(
            "openhorse_callback_seconds", "Time of callback attempts", labels=["dialect", "result"]
        )
        for series, histogram in histograms(self._database).items():
            if series.kind == "step":
                steps.add_metric([series.name, series.engine, series.result], histogram.buckets, histogram.seconds)
            else:
                calls.add_metric([series.name, series.result], histogram.buckets, histogram.seconds)
        yield steps
        yield calls
