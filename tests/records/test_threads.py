"""Threads are kept as they were, until they are deleted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from every_row import every_row
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_answers import CELLS, OSMOSIS, make_answer
from made_clock import MadeClock

from rag.conversation import Turn, resolve, turn_of
from rag.errors import NotFoundError
from rag.models import Answer, Suggestion
from rag.records import Records, ShownTurn

QUESTIONS = ("What is osmosis?", "How does it differ from diffusion?", "Thanks!", "What is a cell?", "say that again")


def asked(question: str, history: list[Turn]) -> Answer:
    """Return an answer that says how its question was read, as the product's do."""
    resolution = resolve(question, history)
    if resolution.kind != "follow_up":
        return make_answer(question)
    return make_answer(question, resolved=resolution.resolved, carried=resolution.reason)


def test_a_loaded_history_is_the_one_kept_in_memory(records: Records) -> None:
    """Turns read back equal those that `turn_of` gives: follow-ups, thanks and talk about the answer, too."""
    thread, history = records.threads.create(), list[Turn]()
    for question in QUESTIONS:
        answer = asked(question, history)
        records.threads.append(thread.id, answer)
        history.append(turn_of(resolve(question, history), answer.text, answer.citations, answer.suggestions))
    assert records.threads.turns(thread.id) == history
    assert [turn.resolved != turn.question for turn in history] == [False, True, False, False, False]
    assert [bool(turn.subjects) for turn in history] == [True, True, False, True, False]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(exclude_categories=())), url=st.text(), carried=st.text())
def test_every_text_comes_back_as_it_was(records: Records, text: str, url: str, carried: str) -> None:
    """Zero bytes, halves of surrogate pairs, quotes: all of a turn is read back to the character."""
    answer = make_answer(text, text=text, suggestions=(Suggestion(url, text),), resolved=text or None, carried=carried)
    thread = records.threads.create()
    records.threads.append(thread.id, answer)
    assert [turn.shown for turn in records.threads.shown(thread.id)] == [ShownTurn.of(answer)]
    assert records.threads.turns(thread.id)[0].answer_text == text


def test_a_thread_is_shown_again(records: Records, clock: MadeClock) -> None:
    """What was shown is read back in its order, with the id that feedback names it by, and when."""
    answers = [make_answer(), make_answer("Why?", status="abstained", sentences=(), citations=(), corrected=None)]
    hint = make_answer(mode="hint", level=2, evidence=())
    thread = records.threads.create()
    for number, answer in enumerate([*answers, hint]):
        records.threads.append(thread.id, answer, f"answer-{number}")
    shown = records.threads.shown(thread.id)
    assert [turn.shown for turn in shown] == [ShownTurn.of(answer) for answer in [*answers, hint]]
    assert [turn.answer_id for turn in shown] == ["answer-0", "answer-1", "answer-2"]
    assert shown[-1].asked == clock.now


def test_a_thread_that_is_not_there_is_not_found(records: Records) -> None:
    """To read, go on with or delete what is not there, or no more, is an error of the caller's."""
    gone = records.threads.create().id
    records.threads.delete(gone)
    for thread_id in (gone, "", "\x00", "\ud800", "' OR 1=1 --"):
        with pytest.raises(NotFoundError):
            records.threads.turns(thread_id)
        with pytest.raises(NotFoundError):
            records.threads.shown(thread_id)
        with pytest.raises(NotFoundError):
            records.threads.append(thread_id, make_answer())
        with pytest.raises(NotFoundError):
            records.threads.delete(thread_id)


def test_a_thread_begins_empty_and_its_id_is_not_guessed(records: Records) -> None:
    """A new thread has no turns; ids are long, and of a thread alone."""
    threads = [records.threads.create() for _ in range(20)]
    assert records.threads.turns(threads[0].id) == []
    assert len({thread.id for thread in threads}) == 20
    assert all(len(thread.id) == 32 for thread in threads)


def test_answers_at_once_lose_no_turn(records: Records) -> None:
    """Eight askers of one thread at once have all their turns kept, each asker's in the order asked."""
    thread = records.threads.create()

    def ask(asker: int) -> None:
        for number in range(6):
            records.threads.append(thread.id, make_answer(f"What does {asker} ask in place {number}?"))

    with ThreadPoolExecutor(8) as askers:
        list(askers.map(ask, range(8)))
    questions = [turn.question for turn in records.threads.turns(thread.id)]
    for asker in range(8):
        own = [question for question in questions if f"does {asker} ask" in question]
        assert own == [f"What does {asker} ask in place {number}?" for number in range(6)]


def test_a_deleted_thread_is_gone_from_every_table(records: Records, url: str) -> None:
    """Nothing tells of a deleted thread: not its id, its questions, its answers; feedback on it names no answer."""
    kept, gone = records.threads.create(), records.threads.create()
    for thread, name in ((kept, "kept"), (gone, "gone")):
        records.threads.append(thread.id, replace(make_answer(f"Why {name}?"), text=f"Because {name}."), f"id-{name}")
        records.feedback.add("down", answer_id=f"id-{name}", comment="unclear", cited=[OSMOSIS])
    records.threads.delete(gone.id)
    rows = every_row(url)
    assert gone.id not in rows
    assert "gone" not in rows
    assert rows.count("unclear") == 2
    assert {one.answer_id for one in records.feedback.since(kept.created, limit=10)} == {"id-kept", None}
    assert records.threads.turns(kept.id)[0].answer_text == "Because kept."
    assert CELLS in rows
