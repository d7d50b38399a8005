"""Threads, feedback and the log of questions over HTTP, and what becomes of them where they cannot be kept."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from made_answers import made_answer
from made_service import LEAVES, read_events, serving
from starlette.testclient import TestClient

from rag.errors import NotFoundError, RecordsError, RecordsUnavailableError
from rag.records import Records, open_records
from rag.records.questions import Questions
from rag.records.threads import Threads
from rag.settings import Settings

LEAVES_QUESTION = "Why do leaves look green?"
EVER = datetime(2000, 1, 1, tzinfo=UTC)


def records_of(client: TestClient) -> Records:
    """Return the records of the application."""
    return client.app.state.service.records


def ask(client: TestClient, question: str, thread_id: str, **more: Any) -> dict[str, Any]:
    """Return the answer to a question in a thread."""
    reply = client.post("/api/ask", json={"question": question, "thread_id": thread_id, **more})
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_thread_is_begun_gone_on_with_and_read(client: TestClient) -> None:
    """Questions of a thread are answered in the light of those before, and the thread is read as it was answered."""
    begun = client.post("/api/threads")
    assert begun.status_code == 201
    thread_id = begun.json()["id"]
    first = ask(client, LEAVES_QUESTION, thread_id)
    second = ask(client, "Why?", thread_id)
    assert second["resolved"] == LEAVES_QUESTION
    reply = client.get(f"/api/threads/{thread_id}")
    assert reply.headers["cache-control"] == "no-store"
    turns = reply.json()["turns"]
    assert [turn["answer_id"] for turn in turns] == [first["answer_id"], second["answer_id"]]
    for turn, answer in zip(turns, (first, second), strict=True):
        assert all(answer[name] == value for name, value in turn.items() if name != "asked")


def test_a_streamed_answer_is_kept_before_it_ends(client: TestClient) -> None:
    """When the last event comes, the turn is in its thread; a stream read again keeps it no second time."""
    thread_id = client.post("/api/threads").json()["id"]
    body, headers = {"question": LEAVES_QUESTION, "thread_id": thread_id}, {"Accept": "text/event-stream"}
    events = read_events(client.post("/api/ask", json=body, headers=headers).text)
    client.post("/api/ask", json=body, headers={**headers, "Last-Event-ID": events[0].id})
    (turn,) = client.get(f"/api/threads/{thread_id}").json()["turns"]
    assert turn["answer_id"] == events[-1].content["answer"]["answer_id"]


def test_answers_that_are_kept_together_do_not_fall_together(client: TestClient) -> None:
    """One whose thread was deleted meanwhile takes none with it that comes at the same moment."""
    records, remembering = records_of(client), client.app.state.service.remembering
    deleted, *others = (records.threads.create().id for _ in range(3))
    records.threads.delete(deleted)

    async def remember_all() -> None:
        threads = [others[0], deleted, others[1]]
        await asyncio.gather(*(remembering.remember(thread, made_answer(), thread) for thread in threads))

    assert client.portal is not None
    client.portal.call(remember_all)
    for thread in others:
        assert [turn.answer_id for turn in records.threads.shown(thread)] == [thread]


def test_a_deleted_thread_is_gone(client: TestClient) -> None:
    """After it is deleted, a thread is neither read nor gone on with, and there is nothing to delete."""
    thread_id = client.post("/api/threads").json()["id"]
    ask(client, LEAVES_QUESTION, thread_id)
    assert client.delete(f"/api/threads/{thread_id}").status_code == 204
    assert client.get(f"/api/threads/{thread_id}").status_code == 404
    assert client.delete(f"/api/threads/{thread_id}").status_code == 404
    gone = client.post("/api/ask", json={"question": LEAVES_QUESTION, "thread_id": thread_id})
    assert gone.status_code == 404
    assert "begin a new one" in gone.json()["detail"]


def test_a_thread_and_a_history_do_not_go_together(client: TestClient) -> None:
    """Which of the two is meant cannot be known."""
    thread_id = client.post("/api/threads").json()["id"]
    history = [{"question": LEAVES_QUESTION, "answer": "Chlorophyll."}]
    both = {"question": "Why?", "thread_id": thread_id, "history": history}
    assert client.post("/api/ask", json=both).json()["type"] == "urn:quicktakes:two-histories"


def test_an_answer_that_cannot_be_kept_is_given(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the database fails, or the thread was deleted meanwhile, the reader has the answer."""
    thread_id = client.post("/api/threads").json()["id"]
    for error in (RecordsUnavailableError("locked"), NotFoundError("gone")):

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(Threads, "append", fail)
        answer = ask(client, LEAVES_QUESTION, thread_id)
        assert answer["status"] == "answered"


def test_a_log_that_fails_costs_no_answer(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks outside of threads is not told of a log that could not be written."""

    def fail(*_: object) -> None:
        raise RecordsUnavailableError("locked")

    monkeypatch.setattr(Questions, "add", fail)
    answer = client.post("/api/ask", json={"question": LEAVES_QUESTION}).json()
    assert (answer["status"], answer["notices"]) == ("answered", [])


def test_a_question_without_an_answer_is_logged(client: TestClient) -> None:
    """What the corpus does not answer is in the log, what it answers is not."""
    assert client.post("/api/ask", json={"question": "What is a zzyzx?"}).json()["status"] == "abstained"
    client.post("/api/ask", json={"question": LEAVES_QUESTION})
    assert [one.question for one in records_of(client).questions.since(EVER, limit=9)] == ["What is a zzyzx?"]


def test_feedback_is_kept(client: TestClient) -> None:
    """A thumb with all that may be said with it is read back from the records."""
    answer = client.post("/api/ask", json={"question": LEAVES_QUESTION}).json()
    said = {
        "answer_id": answer["answer_id"],
        "rating": "down",
        "reason": "unclear",
        "comment": "What is it?",
        "question": LEAVES_QUESTION,
        "cited": [LEAVES],
    }
    assert client.post("/api/feedback", json=said).status_code == 204
    (kept,) = records_of(client).feedback.since(EVER, limit=9)
    assert {name: getattr(kept, name) for name in said} == {**said, "cited": (LEAVES,)}


@pytest.mark.parametrize(
    "change",
    [
        {"rating": "sideways"},
        {"reason": "because"},
        {"comment": "x" * 2_001},
        {"answer_id": ""},
        {"answer_id": "x" * 101},
        {"cited": ["/x"] * 21},
        {"stars": 5},
    ],
)
def test_feedback_that_is_none_is_refused(client: TestClient, change: dict[str, Any]) -> None:
    """Anything but what the document describes is told, and not kept."""
    said = {"answer_id": "a", "rating": "up", **change}
    assert client.post("/api/feedback", json=said).status_code == 422
    assert records_of(client).feedback.since(EVER, limit=9) == []


def test_what_is_old_is_forgotten_when_the_service_starts(settings: Settings) -> None:
    """A thread that nobody asked in for longer than the retention is gone soon after the start."""
    with open_records(settings.database_url, lambda: datetime.now(UTC) - timedelta(days=91)) as records:
        thread = records.threads.create()
    with serving(settings) as client:
        end = time.monotonic() + 10
        while client.get(f"/api/threads/{thread.id}").status_code == 200 and time.monotonic() < end:
            time.sleep(0.05)
        assert client.get(f"/api/threads/{thread.id}").status_code == 404


def test_a_service_without_its_records_does_not_start(settings: Settings, tmp_path: Path) -> None:
    """Records that cannot be opened are told at once, not to the first student who asks."""
    (tmp_path / "records.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(RecordsError, match="cannot be used"), serving(settings):
        pass
