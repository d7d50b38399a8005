"""Hints lead, and hold nothing of the answer."""

from __future__ import annotations

import re

import pytest
from made_tutors import OSMOSIS, answer_of, events_of, with_model

from rag.errors import ProviderUnavailableError, QuestionError
from rag.grounding.words import read_words
from rag.models import HINT_LEVELS, Answer, AnswerBegun, SentenceShown
from rag.passages import is_function_word, terms_of
from rag.testing import ScriptedChatModel
from rag.tutoring import Tutor, key_facts

BLANK = re.compile(r"\w?____\S*")


def told_by(text: str) -> set[str]:
    """Return the stems of what a text says, its blanks aside."""
    shown = BLANK.sub(" ", text)
    return {word.stem for word in read_words(shown) if word.carries} | set(terms_of(shown))


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_no_hint_of_the_starter_corpus_gives_anything_away(starter: Tutor, step: int) -> None:
    """Of every fourth entry, or of all, at the last level: no word of a key fact but the question's."""
    retriever = starter.answerer.retriever
    for url in retriever.snapshot.urls[::step]:
        question = retriever.store.question_of(url)
        own = next(one for one in retriever.search(question).evidence if one.url == url)
        facts = key_facts(retriever.reader.read(question), own.sections, retriever.snapshot.postings)
        secret = set[str]().union(*(told_by(fact.text) for fact in facts)) - told_by(question)
        secret = {stem for stem in secret if stem != "A" and not is_function_word(stem)}
        hint = starter.in_mode("hint", HINT_LEVELS[-1]).ask(question)
        assert hint.status == "answered"
        assert not secret & told_by(hint.text), (question, hint.text)
        assert (hint.citations, hint.evidence, hint.suggestions) == ((), (), ())


def test_each_level_leads_further(tutor: Tutor) -> None:
    """It says all that the one before does, and more; the third has the key sentence with blanks."""
    texts = [answer_of(tutor, OSMOSIS, "hint", level).text for level in HINT_LEVELS]

    assert texts[1].startswith(texts[0])
    assert texts[2].startswith(texts[1])
    assert len(set(texts)) == 3
    assert "____" in texts[2]
    assert "____" not in texts[1]


def test_a_hint_streams_as_answers_do(tutor: Tutor) -> None:
    """Begun, sentence by sentence, whole; without evidence, which would give the answer away."""
    begun, *shown, answer = events_of(tutor, OSMOSIS, "hint", 3)

    assert isinstance(begun, AnswerBegun)
    assert isinstance(answer, Answer)
    assert (begun.evidence, answer.evidence, answer.citations) == ((), (), ())
    assert answer.text == "".join(f"{one.lead}{one.sentence.text}" for one in shown if isinstance(one, SentenceShown))
    assert (answer.status, answer.mode, answer.level) == ("answered", "hint", 3)


def test_a_hint_to_what_nothing_answers_abstains(tutor: Tutor) -> None:
    """As the answer would."""
    answer = answer_of(tutor, "What is the capital of France?", "hint")

    assert (answer.status, answer.sentences) == ("abstained", ())


@pytest.mark.parametrize(("mode", "level"), [("hint", 0), ("hint", 4), ("explain", 1), ("simpler", 2)])
def test_a_level_that_is_none_is_refused(tutor: Tutor, mode: str, level: int) -> None:
    """Levels are 1 to 3, and of hints."""
    with pytest.raises(QuestionError, match=f"level {level} cannot be given"):
        tutor.in_mode(mode, level)  # type: ignore[arg-type]


def test_a_mode_that_is_none_is_refused(tutor: Tutor) -> None:
    """The message names those that are."""
    with pytest.raises(QuestionError, match="name explain, simpler or hint"):
        tutor.in_mode("louder", None)  # type: ignore[arg-type]


def test_a_models_wording_is_shown_where_it_says_the_same(tutor: Tutor) -> None:
    """It is told the hint, and not the entry."""
    plain = answer_of(tutor, OSMOSIS, "hint", 1)
    model = ScriptedChatModel([[plain.text.replace("\n\n", " ")]])
    answer = answer_of(with_model(tutor, model), OSMOSIS, "hint", 1)

    assert (answer.rung, answer.provenance.model, answer.notices) == ("generated", "scripted", ())
    assert not any("selectively permeable" in message.content for message in model.asked[0])


@pytest.mark.parametrize(
    "leak",
    [
        "Think of water that crosses a selectively permeable membrane.",
        "It moves from higher to lower potential.",
        "The answer starts with net movement.",
        "Paris is the capital of France.",
    ],
)
@pytest.mark.parametrize("level", HINT_LEVELS)
def test_what_a_model_leaks_is_never_shown(tutor: Tutor, leak: str, level: int) -> None:
    """Not even behind the whole hint: the hint stays ours, and a notice says so."""
    plain = answer_of(tutor, OSMOSIS, "hint", level)
    model = ScriptedChatModel([[f"{plain.text} {leak}".replace("\n\n", " ")]])
    events = events_of(with_model(tutor, model), OSMOSIS, "hint", level)
    answer = events[-1]

    assert isinstance(answer, Answer)
    assert answer.text == plain.text
    assert "wording of the hint is not shown" in answer.notices[0]
    assert not any(leak in one.sentence.text for one in events if isinstance(one, SentenceShown))


def test_a_model_that_fails_leaves_the_hint(tutor: Tutor) -> None:
    """A notice names the failure."""
    model = ScriptedChatModel([["Think ", ProviderUnavailableError("the chat server is away")]])
    answer = answer_of(with_model(tutor, model), OSMOSIS, "hint", 2)

    assert answer.text == answer_of(tutor, OSMOSIS, "hint", 2).text
    assert "the chat server is away" in answer.notices[0]
