"""Spans of requests and of the stages of answers, for a collector of OpenTelemetry; without one, nothing is loaded."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from rag.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

_NANOSECONDS: Final = 1_000_000
"""In a millisecond."""

_log: Final = logging.getLogger(__name__)


class Tracing:
    """Makes spans and hands them to an exporter, in batches and in a thread of its own.

    Attributes:
        provider: for FastAPI, which makes the spans of requests and continues those of callers.

    Args:
        names_questions: whether spans may hold what was asked: a search has it in its address.
    """

    def __init__(self, exporter: SpanExporter, *, names_questions: bool) -> None:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 of an extra
        from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider  # noqa: PLC0415 as above
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 as above

        class WithoutQuery(SpanProcessor):
            def on_start(self, span: Span, parent_context: object = None) -> None:  # noqa: ARG002 OpenTelemetry's
                if span.attributes is not None and "url.query" in span.attributes:
                    span.set_attribute("url.query", "REDACTED")

        self.provider: TracerProvider = TracerProvider(resource=Resource.create({"service.name": "quicktakes"}))
        if not names_questions:
            self.provider.add_span_processor(WithoutQuery())
        self.provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self.provider.get_tracer("quicktakes")

    def answer_made(self, answer: Mapping[str, Any]) -> None:
        """Make a span of each stage of an answer, below the request's; they ended now, one after the other."""
        timings = dict(answer["timings_ms"])
        at = time.time_ns() - round(timings.pop("total", 0.0) * _NANOSECONDS)
        for stage, milliseconds in timings.items():
            end = at + round(milliseconds * _NANOSECONDS)
            attributes = {"quicktakes.rung": answer["rung"], "quicktakes.status": answer["status"]}
            self._tracer.start_span(stage, start_time=at, attributes=attributes).end(end)
            at = end

    def close(self) -> None:
        """Send what is not sent yet."""
        self.provider.shutdown()


def load_tracing(settings: Settings) -> Tracing | None:
    """Return what sends spans to the collector that the settings name; None where they name none."""
    if settings.otlp_endpoint is None:
        return None
    try:
        exporter = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter").OTLPSpanExporter()
    except ImportError:
        _log.warning("OTEL_EXPORTER_OTLP_ENDPOINT is set, but nothing is traced: install the extra 'telemetry'")
        return None
    return Tracing(exporter, names_questions=settings.log_questions)
