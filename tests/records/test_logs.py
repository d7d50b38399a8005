"""Questions without a sure answer, and feedback, are kept for editors; what is old is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from kept_answers import evidence, make_answer
from made_clock import MadeClock

from rag.models import Suggestion
from rag.records import Forgotten, Records

EVER = datetime(2000, 1, 1, tzinfo=UTC)


def test_a_question_is_logged_with_what_tells_of_the_gap(records: Records, clock: MadeClock) -> None:
    """The log has the question as asked and as read, what became of it, its best score and the five nearest."""
    answer = make_answer(
        "Does it sleep?",
        resolved="Does a fish sleep?",
        status="abstained",
        evidence=evidence(0.2, 0.31, 0.1),
        suggestions=tuple(Suggestion(f"/suggested-{number}", "?") for number in range(5)),
    )
    (number,) = records.questions.add([answer])
    (logged,) = records.questions.since(EVER, limit=10)
    assert logged.id == number
    assert logged.asked == clock.now
    assert (logged.question, logged.resolved) == ("Does it sleep?", "Does a fish sleep?")
    assert (logged.status, logged.rung, logged.score) == ("abstained", "composed", 0.31)
    assert logged.nearest == ("/entry-1", "/entry-2", "/entry-3", "/suggested-0", "/suggested-1")


@pytest.mark.parametrize(
    ("status", "scores", "is_logged"),
    [
        ("answered", (0.71,), False),
        ("answered", (0.69,), True),
        ("answered", (0.2, 0.71), False),
        ("answered", (), False),
        ("partial", (0.99,), True),
        ("abstained", (0.99,), True),
        ("abstained", (), True),
    ],
)
def test_only_what_was_not_surely_answered_is_logged(
    records: Records, status: str, scores: tuple[float, ...], *, is_logged: bool
) -> None:
    """Abstained and partial answers are logged, and those that rest on an entry which may be the wrong one."""
    numbers = records.questions.add([make_answer(status=status, evidence=evidence(*scores))])
    assert len(numbers) == is_logged
    assert len(records.questions.since(EVER, limit=10)) == is_logged


def test_thanks_are_no_gap(records: Records) -> None:
    """Greetings, thanks and talk about the answer are not logged, though the corpus does not answer them."""
    for said in ("Thanks!", "hello", "say that again"):
        assert records.questions.add([make_answer(said, status="abstained", evidence=())]) == []


def test_feedback_is_kept(records: Records, clock: MadeClock) -> None:
    """All that a reader says is read back, also where it is only a thumb; what no database stores is replaced."""
    first = records.feedback.add("up", answer_id=None)
    second = records.feedback.add(
        "down", answer_id="a1", reason="wrong", comment="no\x00, \ud800", question="Why?", cited=["/a", "/b\x00"]
    )
    newest, oldest = records.feedback.since(EVER, limit=10)
    assert (oldest.id, oldest.rating, oldest.reason, oldest.comment, oldest.cited) == (first, "up", None, None, ())
    assert (newest.id, newest.rating, newest.reason, newest.answer_id) == (second, "down", "wrong", "a1")
    assert (newest.comment, newest.question, newest.cited) == ("no\ufffd, \ufffd", "Why?", ("/a", "/b\x00"))
    assert newest.given == clock.now


def test_logs_are_read_from_a_moment_on_newest_first(records: Records, clock: MadeClock) -> None:
    """Of both logs the newest come first, as many as wanted, none older than a moment in whatever zone."""
    for number in range(4):
        records.questions.add([make_answer(f"Is it {number}?", status="abstained")])
        records.feedback.add("up", answer_id=str(number))
    third = clock.now - timedelta(seconds=3)
    elsewhere = third.astimezone(timezone(timedelta(hours=9)))
    assert [one.question for one in records.questions.since(elsewhere, limit=9)] == ["Is it 3?", "Is it 2?"]
    assert [one.question for one in records.questions.since(EVER, limit=3)] == ["Is it 3?", "Is it 2?", "Is it 1?"]
    assert [one.answer_id for one in records.feedback.since(elsewhere, limit=9)] == ["3", "2"]
    assert [one.answer_id for one in records.feedback.since(EVER, limit=3)] == ["3", "2", "1"]


def test_what_is_old_is_forgotten(records: Records, clock: MadeClock) -> None:
    """Threads not asked in, questions and feedback of before so many days go, those since stay; 0 keeps all."""
    used, unused = records.threads.create(), records.threads.create()
    records.threads.append(unused.id, make_answer(), "old")
    records.questions.add([make_answer("Is it old?", status="abstained")])
    records.feedback.add("up", answer_id="old", comment="early")
    clock.now += timedelta(days=60)
    records.threads.append(used.id, make_answer())
    records.questions.add([make_answer("Is it new?", status="abstained")])
    records.feedback.add("up", answer_id="old", comment="late")
    clock.now += timedelta(days=31)
    assert records.forget(0) == Forgotten(0, 0, 0)
    assert records.forget(92) == Forgotten(0, 0, 0)
    assert records.forget(90) == Forgotten(1, 1, 1)
    assert len(records.threads.turns(used.id)) == 1
    assert [one.question for one in records.questions.since(EVER, limit=9)] == ["Is it new?"]
    assert [(one.comment, one.answer_id) for one in records.feedback.since(EVER, limit=9)] == [("late", None)]
    assert records.forget(90) == Forgotten(0, 0, 0)
