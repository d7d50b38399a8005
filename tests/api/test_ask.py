"""Questions over HTTP: whole answers, streams, lost and stopped ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from jsonschema import Draft202012Validator
from made_service import LEAVES, read_events
from starlette.testclient import TestClient

from rag.errors import RecordsError
from rag.records import open_records
from rag.settings import Settings

QUESTION = "Why do leaves look green?"
STREAM = {"Accept": "text/event-stream"}


def test_an_answer_is_the_json_of_the_command_line_with_an_id(client: TestClient, repository: Any) -> None:
    """``/api/ask`` gives, beside its ``answer_id`` and ``html``, what ``quicktakes ask --json`` does."""
    reply = client.post("/api/ask", json={"question": QUESTION})
    answer = reply.json()
    assert reply.status_code == 200
    assert answer.pop("answer_id")
    assert answer.pop("html").startswith("<p>Leaves look green because")
    assert answer["rung"] == "curated"
    schema = (repository / "docs/schemas/ask.schema.json").read_text(encoding="utf-8")
    Draft202012Validator(json.loads(schema)).validate(answer)


def test_a_stream_ends_with_the_very_answer(client: TestClient) -> None:
    """The events come in order, one of them ends the stream, and it holds what a whole reply would."""
    reply = client.post("/api/ask", json={"question": QUESTION}, headers=STREAM)
    events = read_events(reply.text)
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert [event.name for event in events] == ["status", "evidence", "status", "sentence", "suggestions", "done"]
    whole = client.post("/api/ask", json={"question": QUESTION}).json()
    told = {**events[-1].content["answer"], "html": events[-1].content["html"]}
    told_of_itself = {"answer_id", "timings_ms"}
    assert {key: told[key] for key in told.keys() - told_of_itself} == {
        key: whole[key] for key in whole.keys() - told_of_itself
    }


def test_a_lost_stream_goes_on_after_the_last_event_that_came(client: TestClient) -> None:
    """With the id of an event, what comes is every event after it, as it was, and none before."""
    events = read_events(client.post("/api/ask", json={"question": QUESTION}, headers=STREAM).text)
    for place, event in enumerate(events):
        again = client.post("/api/ask", json={"question": "other"}, headers={**STREAM, "Last-Event-ID": event.id})
        assert read_events(again.text) == events[place + 1 :]


@pytest.mark.parametrize(
    ("last_event_id", "status", "code"), [("gone:3", 410, "answer-gone"), ("x", 422, "no-event-id")]
)
def test_an_answer_that_is_not_here_is_not_made_up(
    client: TestClient, last_event_id: str, status: int, code: str
) -> None:
    """An id of no answer here, or of none at all, is refused before a stream begins."""
    headers = {**STREAM, "Last-Event-ID": last_event_id}
    reply = client.post("/api/ask", json={"question": QUESTION}, headers=headers)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["type"] == f"urn:quicktakes:{code}"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "question: Field required"),
        ({"question": "  "}, "the question is empty"),
        ({"question": "a" * 4_001}, "at most 4000 characters"),
        ({"question": "\ud800"}, "question"),
        ({"question": QUESTION, "mode": "shout"}, "mode"),
        ({"question": QUESTION, "level": 4}, "level"),
        ({"question": QUESTION, "level": 2}, "level"),
        ({"question": QUESTION, "colour": "red"}, "colour"),
        ({"question": QUESTION, "history": [{"question": "x"}]}, "history.0.answer"),
    ],
)
@pytest.mark.parametrize("headers", [{}, STREAM])
def test_a_bad_question_is_told_where_and_why(
    client: TestClient, body: dict[str, Any], told: str, headers: dict[str, str]
) -> None:
    """Before anything is answered, a problem names the field that is wrong; a stream tells it as its only end."""
    content = json.dumps(body)
    reply = client.post("/api/ask", content=content, headers={**headers, "Content-Type": "application/json"})
    if reply.status_code == 200:
        (last,) = [event for event in read_events(reply.text) if event.name in {"done", "error"}]
        problem = last.content["problem"]
    else:
        problem = reply.json()
    assert problem["status"] == 422
    assert told in problem["detail"]


def test_a_follow_up_is_resolved_against_the_history_that_is_sent(client: TestClient) -> None:
    """With turns before it, a question that leans on them is answered as the one it stands for, and says so."""
    history = [{"question": "What do ribosomes build?", "answer": "Ribosomes join amino acids into long chains."}]
    events = read_events(
        client.post("/api/ask", json={"question": "How do they do it?", "history": history}, headers=STREAM).text
    )
    (resolved,) = [event.content for event in events if event.name == "resolved"]
    assert "ribosomes" in resolved["resolved"].lower()
    assert events[-1].content["answer"]["resolved"] == resolved["resolved"]


def test_an_entry_that_is_hidden_is_not_cited(client: TestClient) -> None:
    """An excluded entry answers nothing."""
    answer = client.post("/api/ask", json={"question": QUESTION, "exclude": [LEAVES]}).json()
    assert LEAVES not in {one["url"] for one in answer["citations"]}


def test_a_question_the_corpus_cannot_answer_is_an_answer(client: TestClient) -> None:
    """Abstaining is a status of a whole answer, not an error."""
    answer = client.post("/api/ask", json={"question": "Who won the football match yesterday?"}).json()
    assert (answer["status"], answer["citations"]) == ("abstained", [])


def test_an_answer_that_is_over_can_be_stopped_without_harm(client: TestClient) -> None:
    """Stopping what has ended changes nothing; stopping what never was is told."""
    name = client.post("/api/ask", json={"question": QUESTION}).json()["answer_id"]
    assert client.delete(f"/api/ask/{name}").status_code == 204
    assert client.delete("/api/ask/nothing").status_code == 410


def test_a_thread_remembers_what_was_asked(client: TestClient, settings: Settings) -> None:
    """A question asked in a thread is resolved against the ones before it there, and becomes its last turn."""
    with open_records(settings.database_url) as records:
        thread = records.threads.create().id
        client.post("/api/ask", json={"question": "What do ribosomes build?", "thread_id": thread})
        answer = client.post("/api/ask", json={"question": "How do they do it?", "thread_id": thread}).json()
        assert "ribosomes" in answer["resolved"].lower()
        kept = records.threads.shown(thread)
    assert [turn.shown.question for turn in kept] == ["What do ribosomes build?", "How do they do it?"]
    assert kept[-1].answer_id == answer["answer_id"]
    assert client.post("/api/ask", json={"question": QUESTION, "thread_id": "gone"}).status_code == 404
    both = {"question": QUESTION, "thread_id": thread, "history": [{"question": "Why?", "answer": "So."}]}
    assert client.post("/api/ask", json=both).status_code == 422


def test_a_question_that_is_not_answered_is_kept_for_an_editor(client: TestClient, settings: Settings) -> None:
    """What the corpus cannot answer is logged with what came nearest; what it answers surely is not."""
    for question in (QUESTION, "How do volcanoes erupt?"):
        client.post("/api/ask", json={"question": question})
    with open_records(settings.database_url) as records:
        logged = records.questions.since(datetime(2000, 1, 1, tzinfo=UTC), limit=10)
    assert [one.question for one in logged] == ["How do volcanoes erupt?"]


def test_records_that_fail_lose_no_answer(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """Where nothing can be recorded, the answer comes all the same and the log says why."""
    database = client.app.state.service.records.database
    database.close()
    with patch.object(type(database), "writing", side_effect=RecordsError("the disk is full")):
        answer = client.post("/api/ask", json={"question": "How do volcanoes erupt?"})
    assert answer.status_code == 200
    assert "the disk is full" in caplog.text
