"""A follow-up is searched for in both wordings."""

from __future__ import annotations

from collections.abc import Callable

from rag.conversation import Resolution, search_both
from rag.models import Evidence, Query, Search, Signals

FOLLOW_UP = Resolution("And in plants?", "How does respiration work in plants?", "completed", "follow_up")


def searching(scores: dict[str, float | None], asked: list[str]) -> Callable[[str], Search]:
    """Return a search that is as sure of its first entry as told, None for finding none, and notes what it is asked."""

    def search(question: str) -> Search:
        asked.append(question)
        score = scores[question]
        signals = Signals(0, 0, 0, 0, 1, 0, ())
        evidence = () if score is None else (Evidence(1, "/a", "A?", score, signals, ()),)
        return Search(Query(question, question, (), ()), evidence)

    return search


def test_the_surer_search_is_taken() -> None:
    """Both wordings are searched for; the one surer of its first entry wins, the resolved one where they are equal."""
    for own, resolved, winner in [
        (0.9, 0.4, FOLLOW_UP.question),
        (0.4, 0.9, FOLLOW_UP.resolved),
        (0.5, 0.5, FOLLOW_UP.resolved),
        (0.1, None, FOLLOW_UP.question),
        (None, None, FOLLOW_UP.resolved),
    ]:
        asked: list[str] = []
        found = search_both(FOLLOW_UP, searching({FOLLOW_UP.question: own, FOLLOW_UP.resolved: resolved}, asked))
        assert found.query.question == winner
        assert sorted(asked) == sorted([FOLLOW_UP.question, FOLLOW_UP.resolved])


def test_a_question_that_stands_alone_is_searched_for_once() -> None:
    """There is only one wording of it."""
    asked: list[str] = []
    search_both(Resolution("What is DNA?", "What is DNA?", "", "stands_alone"), searching({"What is DNA?": 0.9}, asked))
    assert asked == ["What is DNA?"]
