"""Questions to a student."""

from __future__ import annotations

import pytest
from made_tutors import ENTRIES, OSMOSIS, url_of

from rag.errors import NotFoundError, QuestionError
from rag.tutoring import Tutor


def test_a_seed_draws_the_same_question(tutor: Tutor) -> None:
    """And different seeds draw different ones."""
    drawn = {tutor.quiz(seed=seed).question for seed in range(30)}

    assert tutor.quiz(seed=7) == tutor.quiz(seed=7)
    assert len(drawn) > 2
    assert drawn <= set(ENTRIES)


def test_without_a_seed_one_is_drawn_and_told(tutor: Tutor) -> None:
    """So that the question can be asked again."""
    asked = tutor.quiz()

    assert tutor.quiz(seed=asked.seed) == asked


def test_what_was_asked_is_not_asked_again(tutor: Tutor) -> None:
    """Excluding each in turn goes through all of them, and then it is told."""
    asked: list[str] = []
    for _ in range(4):
        asked.append(tutor.quiz(seed=1, exclude=asked).url)

    assert len(set(asked)) == 4
    with pytest.raises(QuestionError, match="are excluded"):
        tutor.quiz(exclude=[url_of(question) for question in ENTRIES])


def test_a_topic_and_a_url_choose_the_entry(tutor: Tutor) -> None:
    """By what is searched for, or by name."""
    assert tutor.quiz("arteries", seed=2).question == "How do arteries, veins and capillaries differ?"
    assert tutor.quiz(url=url_of(OSMOSIS)).question == OSMOSIS


def test_what_cannot_be_asked_about_is_told(tutor: Tutor) -> None:
    """Unknown topics and urls, both at once, nothing to search for."""
    with pytest.raises(NotFoundError, match="no entry is about 'zzqx'"):
        tutor.quiz("zzqx")
    with pytest.raises(NotFoundError, match="there is no entry '/none'"):
        tutor.quiz(url="/none")
    with pytest.raises(QuestionError, match="one of the two"):
        tutor.quiz("eggs", url=url_of(OSMOSIS))
    with pytest.raises(QuestionError, match="is empty"):
        tutor.quiz(" ")


def test_a_question_does_not_hold_its_answer(starter: Tutor) -> None:
    """Said back as the answer, it covers no key fact, and scores nothing or next to it."""
    for seed in range(12):
        asked = starter.quiz(seed=seed)
        check = starter.check(asked.url, asked.question)
        assert check.score < 0.35, asked.question
        assert sum(fact.coverage == "covered" for fact in check.facts) <= 1, asked.question
        assert len(check.facts) == asked.points
