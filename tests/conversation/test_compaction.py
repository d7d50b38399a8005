"""Long threads are kept short."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.conversation import Turn, compact


def count_words(text: str) -> int:
    """Return the number of words."""
    return len(text.split())


def turn(question: str, answer: str) -> Turn:
    """Return a turn whose resolved question is one word longer."""
    return Turn(question, f"{question} resolved", answer, ("cells",))


THREAD = [turn("one", "a b c"), turn("two", "d e f"), turn("three", "g h i")]


def test_a_thread_that_fits_is_kept_whole() -> None:
    """Three turns of five words each fit fifteen."""
    assert compact(THREAD, 15, count_words) == THREAD


def test_older_turns_are_kept_as_their_resolved_questions() -> None:
    """The newest turn is whole; those before it keep the question alone, and what they were about."""
    kept = compact(THREAD, 9, count_words)
    assert [(one.resolved, one.answer_text) for one in kept] == [
        ("one resolved", ""),
        ("two resolved", ""),
        ("three resolved", "g h i"),
    ]
    assert kept[0].subjects == ("cells",)


def test_the_oldest_are_dropped() -> None:
    """What does not fit as a question either is left out, and all before it."""
    assert [one.question for one in compact(THREAD, 7, count_words)] == ["two", "three"]
    assert compact(THREAD, 1, count_words) == []


def test_an_answer_too_long_is_left_out_and_its_question_kept() -> None:
    """One answer that exceeds the budget takes nothing from the questions."""
    thread = [turn("one", "short"), turn("two", "word " * 50)]
    kept = compact(thread, 10, count_words)
    assert [(one.question, one.answer_text) for one in kept] == [("one", ""), ("two", "")]


@given(st.lists(st.tuples(st.text("ab ", max_size=9), st.text("cd ", max_size=30)), max_size=8), st.integers(0, 40))
def test_the_budget_holds(said: list[tuple[str, str]], most_tokens: int) -> None:
    """What is kept is the end of the thread, and never has more tokens than it may."""
    thread = [turn(question, answer) for question, answer in said]
    kept = compact(thread, most_tokens, count_words)
    assert sum(count_words(one.resolved) + count_words(one.answer_text) for one in kept) <= most_tokens
    assert [one.question for one in kept] == [one.question for one in thread[len(thread) - len(kept) :]]
