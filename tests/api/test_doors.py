"""Entries, search, tutoring and health over HTTP, and how every error is told."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest
from made_service import ENTRIES, LEAVES, serving
from starlette.testclient import TestClient

from api.problems import STATUS, problem_of, status_of
from rag import errors
from rag.errors import IndexStateError, ProviderRateLimitError, QuickTakesError
from rag.settings import Settings
from rag.testing import HashEmbedder, entry_text
from rag.wiring import sync_index


def leaves_of(kind: type[QuickTakesError]) -> list[type[QuickTakesError]]:
    """Return the kinds of errors that have no kinds of their own."""
    kinds = kind.__subclasses__()
    return [leaf for each in kinds for leaf in leaves_of(each)] if kinds else [kind]


@pytest.mark.parametrize("kind", [each for each in leaves_of(QuickTakesError) if each.__module__ == errors.__name__])
def test_every_error_has_a_status(kind: type[QuickTakesError]) -> None:
    """No error raised on purpose is without a status, and those that may be tried again are no caller's fault."""
    status = next(STATUS[base] for base in kind.__mro__ if base in STATUS)
    assert status >= 500 if kind.retryable else status >= 400


def test_our_own_faults_are_told_to_the_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    """A problem of ours names no file and no address; the log does."""
    with caplog.at_level(logging.ERROR):
        problem = problem_of(IndexStateError("/srv/secret/index is damaged"))
    assert problem["status"] == status_of(IndexStateError("")) == 503
    assert "secret" not in str(problem)
    assert "secret" in caplog.text


def test_a_wait_that_a_server_asks_for_is_passed_on() -> None:
    """A rate limit's own seconds are those that the caller is told."""
    assert problem_of(ProviderRateLimitError("slow down", 12.4))["retry_after_s"] == 12


def test_an_entry_is_read_with_the_words_of_a_span(client: TestClient) -> None:
    """An entry comes with its answer, and with the words between two characters of it."""
    page = client.get(f"/api/entries{LEAVES}", params={"start": 0, "end": 6}).json()
    assert (page["question"], page["answer"]) == ENTRIES["leaves.md"]
    assert page["quote"] == "Leaves"
    assert page["path"] == "leaves.md"
    assert page["subject"] == {"folder": "biology", "name": "Biology", "entries": 3}


def test_an_entrys_file_comes_byte_for_byte(client: TestClient, settings: Settings) -> None:
    """The raw entry is its file."""
    reply = client.get(f"/api/entries{LEAVES}", params={"raw": True})
    assert reply.content == (settings.corpus_dir / "leaves.md").read_bytes()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/entries/learn/biology/questions/nothing", 404),
        ("/api/entries/../../etc/passwd", 404),
        (f"/api/entries{LEAVES}?start=3", 422),
        (f"/api/entries{LEAVES}?start=3&end=3", 422),
        (f"/api/entries{LEAVES}?start=3&end=99999", 422),
        ("/api/nothing", 404),
        ("/api/search", 422),
        ("/api/search?q=%20", 422),
        ("/api/search?q=x&limit=0", 422),
        ("/api/quiz?topic=zzzzqqqq", 404),
    ],
)
def test_what_is_not_there_is_a_problem(client: TestClient, path: str, status: int) -> None:
    """Whatever is wrong with a request is told as a problem with its status and a reason."""
    reply = client.get(path)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["status"] == status
    assert reply.json()["detail"]


def test_entries_are_listed_by_subject(client: TestClient) -> None:
    """A subject's entries come in the order of their questions, a page at a time, and are counted."""
    assert [one["folder"] for one in client.get("/api/subjects").json()["subjects"]] == ["biology"]
    listed = client.get("/api/entries", params={"subject": "biology", "limit": 2, "offset": 1}).json()
    assert listed["total"] == 3
    assert [one["question"] for one in listed["entries"]] == ["What do ribosomes build?", "Why do leaves look green?"]


def test_what_is_typed_completes_to_questions(client: TestClient) -> None:
    """The beginnings of words find the questions that hold them."""
    found = client.get("/api/suggest", params={"q": "leav gre"}).json()["entries"]
    assert [one["url"] for one in found] == [LEAVES]
    assert client.get("/api/suggest", params={"q": "?!"}).json()["entries"] == []


def test_search_explains_itself(client: TestClient) -> None:
    """Results come best first; explained, each says what its signals gave."""
    found = client.get("/api/search", params={"q": "green leaves", "explain": True}).json()
    assert found["results"][0]["url"] == LEAVES
    assert "signals" in found["results"][0]["why"]
    assert found["read_as"]["text"]


def test_a_quiz_question_is_checked(client: TestClient) -> None:
    """The answer to a quiz question is checked against the entry that it is from; the same seed asks the same."""
    asked = client.get("/api/quiz", params={"seed": 5}).json()
    assert client.get("/api/quiz", params={"seed": 5}).json() == asked
    body = {"question": asked["url"], "answer": dict(ENTRIES.values())[asked["question"]]}
    check = client.post("/api/check", json=body).json()
    assert (check["status"], check["url"], check["score"]) == ("checked", asked["url"], 1.0)


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    """Whether a length is told or not, a body over the limit gets 413."""
    large = b"x" * 4_000_001
    told = client.post("/api/ask", content=large)
    untold = client.post("/api/ask", content=iter([large[:9], large]))
    assert told.status_code == untold.status_code == 413


def test_a_new_index_is_taken_up_while_the_service_runs(settings: Settings) -> None:
    """An entry that was published is found within two seconds of its sync, and ``/readyz`` tells the generation."""
    with serving(settings) as client:
        before = client.get("/readyz").json()
        assert before["status"] == "ready"
        new = settings.corpus_dir / "eels.md"
        new.write_text(entry_text("Where do eels spawn?", "Eels spawn in the Sargasso Sea."), encoding="utf-8")
        sync_index(settings, HashEmbedder())
        end = time.monotonic() + 2
        while client.get("/readyz").json()["generation"] == before["generation"] and time.monotonic() < end:
            time.sleep(0.05)
        assert client.get("/readyz").json()["status"] == "ready"
        answer = client.post("/api/ask", json={"question": "Where do eels spawn?"}).json()
        assert "Sargasso" in answer["text"]


def test_a_service_without_an_index_answers_by_words_and_is_not_ready(settings: Settings, tmp_path: Path) -> None:
    """Where no index can be written, questions are answered from the files, and ``/readyz`` says 503."""
    (tmp_path / "scratch").write_text("no folder")
    with serving(settings) as client:
        assert client.get("/livez").status_code == 200
        assert client.get("/readyz").status_code == 503
        answer = client.post("/api/ask", json={"question": "Why do leaves look green?"}).json()
        assert answer["notices"]
        assert "chlorophyll" in answer["text"]


def test_the_document_describes_every_endpoint_with_an_example(client: TestClient) -> None:
    """OpenAPI's document is valid JSON that names every path, with examples of what to send."""
    document = client.get("/openapi.json").json()
    assert {"/api/ask", "/api/search", "/api/entries/{path}", "/api/check", "/api/quiz", "/readyz"} <= set(
        document["paths"]
    )
    assert document["components"]["schemas"]["AskRequest"]["examples"]
