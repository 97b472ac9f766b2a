"""What is being done comes in as spans, and goes to the collector that the OTEL_* variables name.

Knows nobody who does anything. Nothing of OpenTelemetry's SDK is imported unless one of its variables asks for traces,
and all is well without the extra `otel`: then every span is nobody's and costs a comparison.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

Kind = Literal["INTERNAL", "SERVER", "CLIENT", "CONSUMER"]

Attributes = Mapping[str, str | int]

_ASKING = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER")
"""Any of these asks for traces; without them the SDK would look for a collector on every machine."""

_HEADER = "traceparent"

_tracer: Any = None
"""OpenTelemetry's, while somebody listens."""

_log = logging.getLogger(__name__)


class Span:
    """One thing that is being done; nobody's when nobody listens."""

    def __init__(self, inner: Any = None) -> None:
        self._inner = inner

    def note(self, attributes: Attributes, *, name: str | None = None, failed: bool = False) -> None:
        """Say more of it, name it better, or say that it failed without an error being raised."""
        if self._inner is None:
            return
        self._inner.set_attributes(attributes)
        if name is not None:
            self._inner.update_name(name)
        if failed:
            from opentelemetry.trace import StatusCode

            self._inner.set_status(StatusCode.ERROR)


NOBODYS = Span()
"""Of what is not traced."""


@contextmanager
def span(
    name: str, attributes: Attributes | None = None, *, parent: str | None = None, kind: Kind = "INTERNAL"
) -> Iterator[Span]:
    """What is done inside. It belongs to `parent`, a W3C traceparent from elsewhere, else to the span around it.

    An error that leaves the block is recorded with it.
    """
    if _tracer is None:
        yield NOBODYS
        return
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = None if parent is None else TraceContextTextMapPropagator().extract({_HEADER: parent})
    begun = _tracer.start_as_current_span(name, context, kind=SpanKind[kind], attributes=attributes)
    with begun as inner:
        yield Span(inner)


def traceparent() -> str | None:
    """The span around the caller, as W3C Trace Context writes it, for whoever goes on in another process."""
    if _tracer is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get(_HEADER)


def set_up() -> None:
    """Send spans from now on to where OpenTelemetry's variables say, if they say so. Once a process."""
    global _tracer
    exporter = os.environ.get("OTEL_TRACES_EXPORTER", "otlp").strip() or "otlp"
    off = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    if off or exporter == "none" or not any(os.environ.get(name) for name in _ASKING):
        return
    if exporter != "otlp":
        _log.warning("OTEL_TRACES_EXPORTER=%s is not known here (otlp or none is); nothing is traced", exporter)
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        _log.warning("OTEL_* asks for traces, but the extra is not installed: openhorse[otel]; nothing is traced")
        return
    os.environ.setdefault("OTEL_SERVICE_NAME", "openhorse")
    provider = TracerProvider(resource=Resource.create())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer = provider.get_tracer("openhorse")
