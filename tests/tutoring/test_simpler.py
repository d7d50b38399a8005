"""Simpler answers: fewer and shorter sentences of the entries."""

from __future__ import annotations

from made_tutors import NEURON, OSMOSIS, answer_of, with_model

from rag.models import Answer
from rag.testing import ScriptedChatModel
from rag.tutoring import Tutor


def check_verbatim(answer: Answer, tutor: Tutor) -> None:
    """Fail unless every sentence is an entry's own, cited and in the text."""
    for sentence in answer.sentences:
        quotes = [answer.citations[number - 1] for number in sentence.citations]
        assert sentence.verbatim
        assert any(sentence.text in quote.quote for quote in quotes)
        assert sentence.text in answer.text
        for quote in quotes:
            assert quote.quote == tutor.answerer.store.answer_of(quote.url)[quote.start : quote.end]


def test_a_simpler_answer_is_shorter_and_verbatim(tutor: Tutor) -> None:
    """Fewer words than the entry, the sentence that answers first."""
    answer = answer_of(tutor, OSMOSIS, "simpler")

    assert answer.status == "answered"
    assert answer.sentences[0].text.startswith("Osmosis is the net movement of water")
    assert len(answer.text.split()) < len(answer_of(tutor, OSMOSIS, "explain").text.split())
    check_verbatim(answer, tutor)


def test_a_term_is_explained_where_an_entry_defines_it(tutor: Tutor) -> None:
    """Once, in the words of that entry, cited."""
    answer = answer_of(tutor, OSMOSIS, "simpler")
    glosses = [one for one in answer.sentences if one.text.startswith("An equilibrium is a state")]

    assert len(glosses) == 1
    assert answer.citations[glosses[0].citations[0] - 1].title == "What is an equilibrium?"


def test_what_has_no_answer_has_no_simpler_one(tutor: Tutor) -> None:
    """It abstains as the explanation does."""
    assert answer_of(tutor, "What is the capital of France?", "simpler").status == "abstained"


def test_every_entry_of_the_starter_corpus_has_a_simpler_answer(starter: Tutor) -> None:
    """Of at most five sentences, what names add and what explains terms aside, each verbatim; every fourth is asked."""
    for url in starter.answerer.retriever.snapshot.urls[::4]:
        question = starter.answerer.store.question_of(url)
        answer = starter.in_mode("simpler", None).ask(question)
        assert answer.status == "answered", question
        assert 1 <= len(answer.sentences) <= 9, question
        check_verbatim(answer, starter)


def test_a_models_simpler_answer_is_checked_as_answers_are(tutor: Tutor) -> None:
    """What the entries bear out is shown, with the prompt of its own."""
    said = "Potassium ions leak out through open channels. The resting potential of a neuron is about -70 mV."
    model = ScriptedChatModel([[said]])
    answer = answer_of(with_model(tutor, model), NEURON, "simpler")

    assert answer.text == said
    assert answer.rung == "generated"
    assert (answer.provenance.prompt or "").startswith("simpler:")
    assert "a pupil of about twelve" in model.asked[0][0].content


def test_a_model_that_lies_is_not_shown(tutor: Tutor) -> None:
    """The entries' own sentences stand in its place."""
    lie = "Neurons are negative because chloride is pumped in by lasers."
    answer = answer_of(with_model(tutor, ScriptedChatModel([[lie]])), NEURON, "simpler")

    assert lie not in answer.text
    assert answer.sentences
    check_verbatim(answer, tutor)
