"""Answers that were given before are told again, and forgotten where they may be others now."""

from __future__ import annotations

from typing import Any

import pytest
from made_service import read_events
from starlette.testclient import TestClient

from api.asking import Asked
from api.given import GivenAnswers
from rag.conversation import resolve, turn_of
from rag.models import Answer
from rag.retrieval import Retriever

QUESTION = "Why do leaves look green?"
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the questions that were searched for, as they come."""
    asked: list[str] = []
    search = Retriever.search

    def noted(own: Retriever, question: str, **options: Any) -> Any:
        asked.append(question)
        return search(own, question, **options)

    monkeypatch.setattr(Retriever, "search", noted)
    return asked


def _told(client: TestClient, **body: Any) -> dict[str, Any]:
    return client.post("/api/ask", json={"question": QUESTION, **body}).json()


def test_a_repeated_question_is_not_answered_anew(client: TestClient, made: list[str]) -> None:
    """The second reply says what the first one does, under an id of its own that can be read on and rated."""
    first, second = _told(client, exclude=["/x"]), _told(client, exclude=["/x"])
    assert made == [QUESTION]
    assert first["answer_id"] != second["answer_id"]
    own = {"answer_id", "timings_ms"}
    assert {key: first[key] for key in first.keys() - own} == {key: second[key] for key in second.keys() - own}
    assert second["timings_ms"] == {"total": 0.0}
    events = read_events(client.post("/api/ask", json={"question": QUESTION, "exclude": ["/x"]}, headers=STREAM).text)
    names = {event.id.split(":")[0] for event in events}
    assert names == {events[0].content["run"], events[-1].content["answer"]["answer_id"]}
    assert len(names | {first["answer_id"], second["answer_id"]}) == 3
    assert made == [QUESTION]


@pytest.mark.parametrize(
    "other", [{"mode": "hint"}, {"mode": "hint", "level": 2}, {"mode": "simpler"}, {"exclude": ["/y"]}]
)
def test_what_is_asked_otherwise_is_another_answer(client: TestClient, made: list[str], other: dict[str, Any]) -> None:
    """Mode, level and what is hidden are part of the question."""
    plain = _told(client)
    made.clear()
    assert _told(client, **other)["mode"] == other.get("mode", "explain")
    assert made
    made.clear()
    assert _told(client)["text"] == plain["text"]
    assert not made


def test_a_conversation_is_not_remembered(client: TestClient, made: list[str]) -> None:
    """With turns before it, a question is answered anew each time."""
    history = [{"question": "What do ribosomes build?", "answer": "Ribosomes join amino acids into long chains."}]
    for times in (1, 2):
        _told(client, history=history)
        assert made == [QUESTION] * times


def test_a_changed_index_forgets(client: TestClient) -> None:
    """What was remembered belongs to the index that is open: with another one, nothing is."""
    corpus = client.app.state.service.corpus  # type: ignore[attr-defined]
    answers = corpus.answers
    assert client.portal is not None
    client.portal.call(corpus._replace, corpus._open_newest())
    assert corpus.answers is not answers


async def _ask(answers: GivenAnswers, question: str) -> None:
    if answers.get(Asked(question)) is None:
        async for _ in answers.events(Asked(question), _forget, "a-name"):
            pass


async def _forget(answer: Answer, name: str) -> None:
    """Keep nothing of an answer."""


def test_the_answers_asked_for_longest_ago_give_way(client: TestClient, made: list[str]) -> None:
    """Beyond the bytes that there may be, one that was asked for again stays, and an older one goes."""
    quicktakes = client.app.state.service.quicktakes  # type: ignore[attr-defined]
    questions = ["Why do leaves look green?", "How do kidneys filter blood?", "What do ribosomes build?"]
    all_of_them = GivenAnswers(quicktakes)
    assert client.portal is not None
    for question in questions:
        client.portal.call(_ask, all_of_them, question)
    few = GivenAnswers(quicktakes, all_of_them._bytes - 200)
    for question in [*questions[:2], questions[0], questions[2]]:
        client.portal.call(_ask, few, question)
    made.clear()
    for question in (questions[0], questions[2]):
        client.portal.call(_ask, few, question)
    assert not made
    client.portal.call(_ask, few, questions[1])
    assert made == [questions[1]]
    assert 0 < few._bytes < all_of_them._bytes


def test_a_repeated_question_is_recorded_as_any_other(client: TestClient) -> None:
    """In a thread, an answer that was given before is a turn like one that was made for it, under its own id."""
    _told(client)
    records = client.app.state.service.records  # type: ignore[attr-defined]
    thread = records.threads.create().id
    answer = _told(client, thread_id=thread)
    (turn,) = records.threads.shown(thread)
    assert (turn.answer_id, turn.shown.text) == (answer["answer_id"], answer["text"])


def test_turns_are_part_of_what_is_asked(client: TestClient) -> None:
    """A question with turns before it is not told what it was told without."""
    quicktakes = client.app.state.service.quicktakes  # type: ignore[attr-defined]
    answers = GivenAnswers(quicktakes)
    turn = turn_of(resolve("What do ribosomes build?", []), "Chains.")

    assert client.portal is not None
    client.portal.call(_ask, answers, QUESTION)
    assert answers.get(Asked(QUESTION)) is not None
    assert answers.get(Asked(QUESTION, history=[turn])) is None
