"""Answers that correct what their question takes for granted."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_corpus import answerer_over, check_grounding, write_entries
from made_replies import CitingChatModel, answer_of, events_of, with_model

from rag.adapters.minilm import MiniLMEmbedder
from rag.answering import Answerer
from rag.answering.premises import CORRECTION
from rag.errors import ProviderUnavailableError
from rag.models import Answer, AnswerBegun, SentenceShown
from rag.testing import ScriptedChatModel

OXIDATION = "Each round of beta-oxidation shortens a fatty acid by two carbons."
URL = "/learn/biology/questions/how-do-cells-get-energy-from-fat"
ENTRIES = {
    "How do cells get energy from fat?": (
        "Cells get energy from fat by beta-oxidation of its fatty acids in the mitochondrion. "
        f"{OXIDATION} The carbons leave as acetyl-CoA, which enters the citric acid cycle."
    ),
    "What does calcitonin do to bone?": "Calcitonin inhibits osteoclasts, the cells that dissolve bone mineral.",
    "How do fungi feed?": "Fungi secrete enzymes into their surroundings and absorb the products of digestion.",
    "Why are red blood cells round?": "Red blood cells are round because a cytoskeleton of spectrin holds them.",
}
FALSE = "Why does each round of beta-oxidation shorten a fatty acid by three carbons?"
TRUE = FALSE.replace("three", "two")


@pytest.fixture(scope="module")
def fats(tmp_path_factory: pytest.TempPathFactory, minilm: MiniLMEmbedder) -> Answerer:
    """Return an answerer with the default embedder over a few entries."""
    folder = tmp_path_factory.mktemp("premises")
    return answerer_over(write_entries(folder / "corpus", ENTRIES), folder, minilm)


def test_an_answer_begins_with_what_the_entries_say_instead(fats: Answerer) -> None:
    """The entry's own sentence stands first, word for word and cited, and is not said again."""
    answer = fats.ask(FALSE)

    assert answer.status == "answered"
    assert answer.text.startswith(f"{CORRECTION}\n\n")
    assert answer.sentences[0].text == OXIDATION
    assert answer.text.count(OXIDATION) == 1
    assert answer.corrected is not None
    assert answer.corrected.statement == "each round of beta-oxidation shorten a fatty acid by three carbons"
    assert answer.corrected.citations == (1,)
    assert answer.citations[0].url == URL
    assert OXIDATION in answer.citations[0].quote
    check_grounding(answer, fats)


@pytest.mark.parametrize("question", [TRUE, "How do cells oxidise fat?", "What does calcitonin do?"])
def test_what_is_so_is_not_corrected(fats: Answerer, question: str) -> None:
    """The same question with the premise as the entries have it, and one that takes nothing for granted."""
    answer = fats.ask(question)

    assert answer.corrected is None
    assert CORRECTION not in answer.text


def test_what_an_entry_asks_is_answered_by_the_entry(tmp_path: Path, minilm: MiniLMEmbedder) -> None:
    """Word for word, whatever another entry says."""
    entries = {"Why does calcitonin stimulate osteoclasts?": "It does so in fish.", **ENTRIES}
    answerer = answerer_over(write_entries(tmp_path / "corpus", entries), tmp_path, minilm)
    answer = answerer.ask("Why does calcitonin stimulate osteoclasts?")

    assert (answer.rung, answer.corrected) == ("curated", None)


def test_an_excluded_entry_corrects_nothing(fats: Answerer) -> None:
    """As if it were not in the corpus."""
    assert fats.ask(FALSE, exclude=[URL]).corrected is None


def test_a_question_that_nothing_answers_is_corrected_all_the_same(
    fats: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would be an abstention becomes an answer that holds the correction alone, with a model as without."""
    monkeypatch.setattr("rag.answering.answerer.ENOUGH", 2.0)
    model = ScriptedChatModel()
    for answer in (fats.ask(FALSE), answer_of(with_model(fats, model), FALSE)):
        assert (answer.status, answer.rung) == ("answered", "composed")
        assert answer.text == f"{CORRECTION}\n\n{OXIDATION}"
        assert answer.corrected is not None
    assert model.asked == []
    assert fats.ask(TRUE).status == "abstained"


def test_stream_and_ask_agree(fats: Answerer) -> None:
    """The correction is the first sentence shown, after the words that tell what it is."""
    events = events_of(fats, FALSE)
    first, answer = events[1], events[-1]

    assert isinstance(first, SentenceShown)
    assert (first.lead, first.sentence.text) == (f"{CORRECTION}\n\n", OXIDATION)
    assert isinstance(answer, Answer)
    asked = fats.ask(FALSE)
    assert (answer.text, answer.sentences, answer.corrected) == (asked.text, asked.sentences, asked.corrected)


def test_a_model_goes_on_below_the_correction(fats: Answerer) -> None:
    """The correction is ours and shown before anything of its reply; the model is told what is false."""
    model = CitingChatModel([["The carbons leave as acetyl-CoA {0}."]])
    events = events_of(with_model(fats, model), FALSE)
    begun, first, answer = events[0], events[1], events[-1]

    assert isinstance(begun, AnswerBegun)
    assert isinstance(first, SentenceShown)
    assert first.sentence.text == OXIDATION
    assert first.sentence.verbatim
    assert isinstance(answer, Answer)
    assert (answer.rung, answer.status) == ("generated", "answered")
    assert answer.text == f"{CORRECTION}\n\n{OXIDATION}\n\nThe carbons leave as acetyl-CoA."
    assert answer.corrected is not None
    assert "It is false that:" in model.asked[0][1].content
    assert "by three carbons\n</question-" in model.asked[0][1].content
    check_grounding(answer, fats)


def test_a_model_is_told_nothing_where_nothing_is_false(fats: Answerer) -> None:
    """The request ends with the question."""
    model = CitingChatModel([["The carbons leave as acetyl-CoA {0}."]])
    answer_of(with_model(fats, model), TRUE)

    assert "It is false that" not in model.asked[0][1].content


def test_what_a_model_repeats_of_the_premise_is_never_shown(fats: Answerer) -> None:
    """Nor what it says of the correction, which stands there already."""
    repeats = "Each round of beta-oxidation shortens a fatty acid by three carbons {0}. "
    model = CitingChatModel([[repeats, "The carbons leave as acetyl-CoA {0}. ", repeats, f"{OXIDATION} "]])
    answer = answer_of(with_model(fats, model), FALSE)

    assert "three" not in answer.text
    assert "The carbons leave as acetyl-CoA." in answer.text
    assert answer.sentences[0].text == OXIDATION


@pytest.mark.parametrize("reply", ["NOT COVERED", "Elephants love bananas in Africa."])
def test_the_correction_stays_where_the_model_says_nothing_more(fats: Answerer, reply: str) -> None:
    """It declines, or writes what no entry says."""
    answer = answer_of(with_model(fats, ScriptedChatModel([[reply]])), FALSE)

    assert answer.rung == "composed"
    assert answer.text.startswith(f"{CORRECTION}\n\n{OXIDATION}")
    assert answer.corrected is not None


def test_the_composer_goes_on_below_the_correction_where_the_model_fails(fats: Answerer) -> None:
    """Without saying it again."""
    model = ScriptedChatModel([[ProviderUnavailableError("the chat server cannot be used now")]])
    answer = answer_of(with_model(fats, model), FALSE)

    assert answer.text.count(OXIDATION) == 1
    assert answer.sentences[0].text == OXIDATION
    assert len(answer.sentences) > 1
    assert answer.notices
