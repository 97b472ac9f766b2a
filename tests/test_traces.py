"""Traces: one from a customer's request through the run in another process to the callbacks; none without the extra."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from conftest import House
from databases import url_of
from openhorse import traces
from openhorse.errors import FilmRejected
from openhorse.vocabulary import Callback
from serving import SECRET, Served, wait_for
from test_runs import ORDER, Shop, until

TRACE = "0af7651916cd43dd8448eb211c80319c"
GIVEN = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop without a worker, on SQLite: nothing here depends on the database."""
    made = Shop(tmp_path, url_of(tmp_path), datetime.now(UTC))
    yield made
    made.stop()
    made.queues.close()
    made.database.close()


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Gives the spans that have ended, oldest first."""
    pytest.importorskip("opentelemetry.sdk", reason="the extra otel is not installed")
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(traces, "_tracer", provider.get_tracer("test"))
    return kept.get_finished_spans


def test_a_request_continues_its_customers_trace_and_the_task_keeps_it(house: House, spans: Any) -> None:
    """The request is part of the trace in its traceparent, the submit part of the request, and the task's row tells."""
    body = {"model": "happyhorse-1.1/text-to-video", "input": {"prompt": "a lake"}}
    asked = {"traceparent": GIVEN, "X-Request-ID": "mine"}
    assert house.client.post("/v1/tasks", json=body, headers=asked).status_code == 200
    house.client.get("/health")  # a probe: not traced
    house.client.get("/nowhere", headers={"traceparent": "indecent"})
    submit, post, other = until(lambda: len(spans()) == 3 and spans())
    assert [f"{one.context.trace_id:032x}" for one in (submit, post)] == [TRACE, TRACE]
    assert (post.name, submit.name, other.name) == ("POST /hiapi/v1/tasks", "submit", "GET unmatched")
    assert f"{post.parent.span_id:016x}" == "b7ad6b7169203331"
    assert submit.parent.span_id == post.context.span_id
    assert other.parent is None
    assert (post.attributes["http.response.status_code"], post.attributes["openhorse.request"]) == (200, "mine")
    task = house.rooms.tasks.any(house.enqueued[0])
    assert task.traceparent == f"00-{TRACE}-{submit.context.span_id:016x}-01"
    assert submit.attributes["openhorse.task"] == task.id


def test_a_run_goes_on_with_the_trace_of_its_order(shop: Shop, spans: Any) -> None:
    """The steps are parts of the run, run and callback attempts parts of what the row remembers, whoever makes them."""
    shop.answers = [500]
    with traces.span("order"):
        made = shop.submit(replace(ORDER, callback=Callback("https://x/hook")))
        failing = shop.submit(replace(ORDER, engine="other"))
    shop.start()
    assert shop.ended(made).video
    shop.studio.failures = [FilmRejected("black")]
    assert shop.ended(failing).failure
    until(lambda: len(spans()) == 12)
    found = spans()
    order = found[0]
    assert {one.context.trace_id for one in found} == {order.context.trace_id}
    runs = [one for one in found if one.name == "run"]
    assert [run.attributes["openhorse.task"] for run in runs] == [made, failing]
    assert {one.parent.span_id for one in found if one.name in ("run", "callback")} == {order.context.span_id}
    parts = [[one.name for one in found if one.parent and one.parent.span_id == run.context.span_id] for run in runs]
    assert parts == [["fetch", "render", "store", "finish"], ["fetch", "render", "fail"]]
    attempts = [one for one in found if one.name == "callback"]
    assert [one.attributes["http.response.status_code"] for one in attempts] == [500, 200]
    failed = [one.name for one in found if not one.status.is_ok]
    assert sorted(failed) == ["callback", "render"]


@contextmanager
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Somebody who takes spans in by OTLP over HTTP: the address, and path and body of what has come."""
    got: list[tuple[str, bytes]] = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", got
        server.shutdown()


def spans_of(told: tuple[str, bytes]) -> list[Any]:
    """The spans in what has come from one process."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    (resource,) = ExportTraceServiceRequest.FromString(told[1]).resource_spans
    return [span for scope in resource.scope_spans for span in scope.spans]


def test_spans_reach_the_collector_that_the_variables_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """By OTLP over HTTP, under the service's name."""
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otel is not installed")
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    with collector() as (address, got):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        monkeypatch.setenv("OTEL_SERVICE_NAME", "films")
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setattr(traces, "_tracer", None)
        traces.set_up()
        with traces.span("work", {"openhorse.task": "t"}):
            pass
        path, body = until(lambda: got and got[0])
        traces._tracer.span_processor.shutdown()
    (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
    names = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert (path, names["service.name"]) == ("/v1/traces", "films")
    assert [one.name for one in resource.scope_spans[0].spans] == ["work"]


def test_a_trace_goes_through_all_processes(tmp_path: Path) -> None:
    """The server's spans and its worker's, each told by its own process, are one trace: that of the customer."""
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otel is not installed")
    with collector() as (address, got):
        settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "50", "NO_PROXY": "127.0.0.1"}
        with Served(tmp_path, **settings) as served:
            headers = {"Authorization": f"Bearer {SECRET}", "traceparent": GIVEN}
            order = {"prompt": "a lake", "seconds": 3, "resolution": "480p"}
            httpx2.post(f"{served.url}/openhorse/v1/tasks", json=order, headers=headers, trust_env=False)
            wait_for(lambda: "run" in {one.name for told in got for one in spans_of(told)})
    mine = [[one for one in spans_of(told) if one.trace_id.hex() == TRACE] for told in got]
    spans = {one.name: one for told in mine for one in told}
    assert {"submit", "run", "fetch", "render", "store", "finish"} <= set(spans)
    assert spans["run"].parent_span_id == spans["submit"].span_id
    assert spans["render"].parent_span_id == spans["run"].span_id
    assert not any({"submit", "run"} <= {one.name for one in told} for told in mine)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"}, ""),
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "zipkin is not known"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}, "extra is not installed"),
    ],
)
def test_nobody_listens(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, variables: dict[str, str], said: str
) -> None:
    """Unless asked for, and without the extra with a word in the log: everything works, and no task has a trace."""
    for name in ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http.trace_exporter"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(traces, "_tracer", None)
    traces.set_up()
    with traces.span("work", parent=GIVEN) as work:
        work.note({"openhorse.task": "t"}, name="more", failed=True)
        assert traces.traceparent() is None
    assert said in caplog.text
    assert bool(caplog.text) is bool(said)


def test_what_nobody_asks_for_is_not_imported() -> None:
    """Not even OpenTelemetry's interface, which another library may have brought."""
    code = "import sys; from openhorse import traces; traces.set_up()\nwith traces.span('x'): traces.traceparent()\n"
    code += "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
