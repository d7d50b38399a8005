"""What an operator is told of requests and answers."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from made_service import serving
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api import create_app
from api.tracing import Tracing, load_tracing
from rag.cli.logs import JsonLines, TextLines
from rag.settings import Settings
from rag.testing import HashEmbedder
from rag.testing.http_server import Connection, HttpServer, Request

QUESTION = "Why do leaves look green?"
HIDDEN = "zebrafish"
STREAM = {"Accept": "text/event-stream"}


def figures(client: TestClient, name: str) -> dict[tuple[str, ...], float]:
    """Return a metric's samples by their labels, in the order of the labels' names; those above 0."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples if sample.name == name and sample.value]
    return {tuple(sample.labels[label] for label in sorted(sample.labels)): sample.value for sample in samples}


def _lines(caplog: pytest.LogCaptureFixture, logger: str) -> list[dict[str, Any]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == logger]


def test_answers_are_counted_by_how_they_were_made(settings: Settings) -> None:
    """Rung, status, mode and source tell answers apart; only what was made has stages; nothing is left under way."""
    with serving(settings) as client:
        for _ in range(3):
            client.post("/api/ask", json={"question": QUESTION})
        client.post("/api/ask", json={"question": QUESTION, "mode": "hint"}, headers=STREAM)
        client.post("/api/ask", json={"question": "Who won the football match yesterday?"})
        client.post("/api/ask", json={"question": QUESTION, "level": 2})
        counted = figures(client, "quicktakes_answers_total")
        assert counted["explain", "curated", "made", "answered"] == 1
        assert counted["explain", "curated", "given", "answered"] == 2
        assert sum(value for labels, value in counted.items() if labels[0] == "hint") == 1
        assert sum(value for labels, value in counted.items() if labels[3] == "abstained") == 1
        assert figures(client, "quicktakes_answers_failed_total") == {("question",): 1}
        assert figures(client, "quicktakes_answer_stage_seconds_count")["retrieve",] == 3
        assert figures(client, "quicktakes_answers_under_way") == {}


def test_requests_are_counted_by_route_and_never_by_what_a_caller_makes_up(client: TestClient) -> None:
    """A template stands for every path of it; what there is no route for is one label, problems are counted by kind."""
    client.get("/api/entries/learn/biology/questions/nothing")
    client.get("/nowhere/at/all")
    client.request("BREW", "/livez")
    requests = figures(client, "quicktakes_request_seconds_count")
    assert requests["GET", "/api/entries/{path:path}", "404"] == 1
    assert requests["GET", "none", "404"] >= 1
    assert any(labels[0] == "other" for labels in requests)
    problems = figures(client, "quicktakes_problems_total")
    assert problems["not-found",] >= 2
    assert "x-problem" not in client.get("/nowhere").headers


def test_every_response_has_the_id_that_its_lines_of_log_have(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A caller's own id is kept where it looks like one, and made where it does not; the answer's line has it too."""
    caplog.set_level(logging.INFO)
    reply = client.post("/api/ask", json={"question": QUESTION}, headers={"X-Request-ID": "abc-1"})
    assert reply.headers["x-request-id"] == "abc-1"
    made = client.get("/livez", headers={"X-Request-ID": "a b\tc"}).headers["x-request-id"]
    assert made != client.get("/livez").headers["x-request-id"]
    (answer,) = _lines(caplog, "api.answers")
    requests = _lines(caplog, "api.requests")
    assert (answer["request_id"], answer["status"], answer["rung"]) == ("abc-1", "answered", "curated")
    assert answer["answer"] == reply.json()["answer_id"][:8]
    assert [line["request_id"] for line in requests[:2]] == ["abc-1", made]
    assert requests[0]["route"] == "/api/ask"
    assert requests[0]["status"] == 200


def test_what_fails_without_an_answer_is_told_like_all(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """An error that nobody foresaw is a problem with an id, a line of log and a count, and holds no detail."""
    caplog.set_level(logging.INFO)
    with serving(settings) as client:
        client.app.state.service = None  # type: ignore[attr-defined]
        reply = client.get("/api/subjects")
    assert (reply.status_code, reply.json()["type"]) == (500, "urn:quicktakes:internal")
    (line,) = _lines(caplog, "api.requests")
    assert (line["status"], line["problem"], line["request_id"]) == (500, "internal", reply.headers["x-request-id"])


@pytest.mark.parametrize("names_questions", [False, True])
def test_what_was_asked_is_in_the_log_only_where_it_may_be(
    settings: Settings, caplog: pytest.LogCaptureFixture, *, names_questions: bool
) -> None:
    """Neither a question nor a search stands in any line, unless the operator wants it."""
    caplog.set_level(logging.INFO)
    with serving(settings, log_questions=names_questions) as client:
        client.post("/api/ask", json={"question": f"What is a {HIDDEN}?"})
        client.post("/api/ask", json={"question": f"What is a {HIDDEN}?", "level": 2})
        client.get("/api/search", params={"q": HIDDEN})
        client.get("/api/search", params={"q": HIDDEN * 1_000})
    ours = [record for record in caplog.records if record.name.startswith(("api", "rag"))]
    written = "\n".join(line.format(record) for line in (JsonLines(), TextLines()) for record in ours)
    assert (HIDDEN in written) == names_questions
    assert len(_lines(caplog, "api.requests")) == 4


def test_stages_are_spans_below_their_request(settings: Settings) -> None:
    """With a collector, a request is a span of the caller's trace, an answer's stages lie below it, in order."""
    exporter = InMemorySpanExporter()
    tracing = Tracing(exporter, names_questions=False)
    trace = "0af7651916cd43dd8448eb211c80319c"
    app = create_app(settings, HashEmbedder(), tracing)
    with TestClient(app) as client:
        headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
        answer = client.post("/api/ask", json={"question": QUESTION}, headers=headers).json()
        client.get("/api/search", params={"q": HIDDEN})
    spans = exporter.get_finished_spans()
    (request,) = [span for span in spans if span.name == "POST /api/ask"]
    stages = [span for span in spans if span.parent is not None and span.parent.span_id == request.context.span_id]
    assert f"{request.context.trace_id:032x}" == trace
    assert [span.name for span in stages] == [stage for stage in answer["timings_ms"] if stage != "total"]
    assert all(one.end_time == other.start_time for one, other in pairwise(stages))
    assert HIDDEN not in "".join(span.to_json() for span in spans)


class Collector(HttpServer):
    """Takes what is sent to a collector of OpenTelemetry."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[str, bytes]] = []

    async def reply(self, request: Request, connection: Connection) -> None:
        """Say that it was taken."""
        self.taken.append((request.path, request.body))
        await connection.start(200, {"Content-Type": "application/x-protobuf"}, is_chunked=True)
        await connection.finish()


@pytest.mark.enable_socket
def test_spans_reach_a_collector(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra and an address, what was traced has arrived by the time the service has ended."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    with Collector() as collector:
        address = collector.url.removesuffix("/v1")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        with serving(settings, otlp_endpoint=address) as client:
            client.post("/api/ask", json={"question": QUESTION})
    assert {path for path, _ in collector.taken} == {"/v1/traces"}
    exported = ExportTraceServiceRequest.FromString(b"".join(body for _, body in collector.taken))
    assert [one.resource.attributes[-1].value.string_value for one in exported.resource_spans] == ["quicktakes"]
    assert "POST /api/ask" in str(exported)


def test_nothing_is_traced_without_a_collector(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No address, no tracing; an address without the extra is told, and the service runs without."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    assert load_tracing(settings) is None
    assert not caplog.records
    assert load_tracing(replace(settings, otlp_endpoint="http://127.0.0.1:4318")) is None
    assert "telemetry" in caplog.text
