"""What an answer suggests to ask next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_corpus import answerer_over, write_entries
from made_replies import answer_of, with_model

from rag.adapters.minilm import MiniLMEmbedder
from rag.answering import Answerer
from rag.answering.questions import asks_the_same
from rag.answering.suggesting import NEAR, NEAR_BY_WORDS, SAME, Suggester
from rag.errors import IndexUnavailableError
from rag.models import NOTHING_SEEN, Answer, Search, Seen
from rag.ports import Rows, Vectors
from rag.retrieval import NoVectors
from rag.testing import HashEmbedder, ScriptedChatModel

Answering = Callable[[dict[str, str]], Answerer]

CELLS = {
    "What do ribosomes do in a cell?": "Ribosomes build the proteins of a cell.",
    "What is the function of ribosomes in a cell?": "Ribosomes join amino acids into proteins.",
    "How do ribosomes move along messenger RNA?": "Ribosomes move along messenger RNA by three bases.",
    "How do ribosomes find a start codon?": "Ribosomes scan messenger RNA for a start codon.",
    "How do ribosomes know where to stop?": "Release factors bind ribosomes at a stop codon.",
    "How do antibiotics stop ribosomes of bacteria?": "Antibiotics bind ribosomes of bacteria and stop them.",
    "How do lysosomes break down old proteins?": "Lysosomes digest old proteins of a cell with enzymes.",
    "Why do whales sing?": "Whales sing to find mates.",
    "What makes whales sing?": "Whales sing because males call females.",
}
RIBOSOMES = "What do ribosomes do in a cell?"


@pytest.fixture(scope="session")
def cells(tmp_path_factory: pytest.TempPathFactory, minilm: MiniLMEmbedder) -> Answerer:
    """Return an answerer with the default embedder over entries about cells, and one about whales."""
    folder = tmp_path_factory.mktemp("cells")
    return answerer_over(write_entries(folder / "corpus", CELLS), folder, minilm)


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Answerer:
    """Return an answerer over the whole starter corpus, without a model."""
    return answerer_over(repository / "corpus", tmp_path_factory.mktemp("starter"), HashEmbedder())


def titles(answer: Answer) -> list[str]:
    """Return the questions that an answer suggests."""
    return [one.question for one in answer.suggestions]


def cosines(answerer: Answerer, one: str, *others: str) -> list[float]:
    """Return the cosines of a text to others."""
    vector, *rest = answerer.retriever.embedder.embed([one, *others])
    return [float(vector @ other) for other in rest]


def test_every_suggestion_of_the_starter_corpus_is_answered_by_its_entry(starter: Answerer) -> None:
    """Asked in its turn, each gets the answer of that very entry, word for word, and suggests three others or so."""
    urls = list(starter.retriever.snapshot.urls)
    answers = {url: starter.ask(starter.store.question_of(url)) for url in urls}
    suggested = {one for answer in answers.values() for one in answer.suggestions}

    for one in suggested:
        answer = answers[one.url]
        assert answer.question == one.question == starter.store.question_of(one.url)
        assert (answer.rung, {cited.url for cited in answer.citations}) == ("curated", {one.url})
    assert len(suggested) > len(urls) / 2
    assert all(len(answer.suggestions) <= 3 for answer in answers.values())
    assert sum(len(answer.suggestions) for answer in answers.values()) > 1.5 * len(urls)


def test_suggestions_carry_on_from_the_answer(cells: Answerer) -> None:
    """They are about what was asked, never about something else, and none is cited already."""
    answer = answer_of(cells, RIBOSOMES)

    assert answer.rung == "curated"
    assert len(answer.suggestions) == 3
    assert "Why do whales sing?" not in titles(answer)
    assert any("ribosomes" in title for title in titles(answer))
    assert not {one.url for one in answer.suggestions} & {one.url for one in answer.citations}


def test_suggestions_are_not_all_about_one_thing(cells: Answerer) -> None:
    """A third question about ribosomes is nearer, but one about lysosomes is suggested in its place."""
    question = "How do ribosomes move along messenger RNA?"
    suggested = titles(cells.ask(question))
    antibiotics, lysosomes = (
        "How do antibiotics stop ribosomes of bacteria?",
        "How do lysosomes break down old proteins?",
    )
    nearer, farther = cosines(cells, question, antibiotics, lysosomes)

    assert nearer > farther
    assert lysosomes in suggested
    assert antibiotics not in suggested


def test_nothing_asks_what_was_asked_in_other_words(cells: Answerer) -> None:
    """Neither by the same words but for fillers, nor by a nearly equal vector."""
    double = "What is the function of ribosomes in a cell?"
    assert not asks_the_same(RIBOSOMES, double)
    assert cosines(cells, RIBOSOMES, double)[0] > SAME
    for question in (RIBOSOMES, double, "Please explain what ribosomes do in cells"):
        answer = cells.ask(question)
        assert answer.suggestions
        assert not {RIBOSOMES, double} & set(titles(answer))


def test_what_was_asked_is_not_suggested_though_another_entry_is_cited(cells: Answerer) -> None:
    """Two entries answer it; an answer that rests on a third suggests neither."""
    found = cells.retriever.search("What do the ribosomes of cells do?", limit=10)
    cited = {one.url for one in found.evidence if "antibiotics" in one.title}
    suggested = Suggester(cells.retriever.snapshot, cells.store).suggest(found, cited, NOTHING_SEEN, ())

    assert suggested
    assert not {RIBOSOMES, "What is the function of ribosomes in a cell?"} & {one.question for one in suggested}


def test_nothing_far_is_suggested(cells: Answerer) -> None:
    """Where no other entry is about what was answered, there is nothing to go on with."""
    answer = cells.ask("Why do whales sing?")

    assert answer.rung == "curated"
    assert answer.suggestions == ()


def test_no_two_suggestions_ask_the_same(cells: Answerer) -> None:
    """Of two entries for one question only one is suggested."""
    answer = cells.ask("How do ribosomes move along messenger RNA?")

    assert len({RIBOSOMES, "What is the function of ribosomes in a cell?"} & set(titles(answer))) == 1


@pytest.mark.parametrize("how", ["cited or suggested", "asked"])
def test_what_was_shown_before_is_not_suggested_again(cells: Answerer, how: str) -> None:
    """Nor is what asks the same as it; others take its place."""
    url, question = next((one.url, one.question) for one in cells.ask(RIBOSOMES).suggestions)
    seen = Seen(urls=(url,)) if how == "cited or suggested" else Seen(questions=(f"Tell me: {question}",))
    answer = cells.ask(RIBOSOMES, seen=seen)

    assert answer.suggestions
    assert question not in titles(answer)


def test_a_double_of_what_was_shown_before_is_not_suggested(cells: Answerer) -> None:
    """What an entry that was shown answers, another need not answer again."""
    shown = next(url for url in cells.retriever.snapshot.urls if cells.store.question_of(url) == RIBOSOMES)
    answer = cells.ask("How do antibiotics stop ribosomes of bacteria?", seen=Seen(urls=(shown,)))

    assert answer.suggestions
    assert not {RIBOSOMES, "What is the function of ribosomes in a cell?"} & set(titles(answer))


def test_excluded_entries_are_never_suggested(cells: Answerer) -> None:
    """Neither from the evidence nor from beside it."""
    exclude = [one.url for one in cells.ask(RIBOSOMES).suggestions[:2]]
    answer = cells.ask(RIBOSOMES, exclude=exclude)

    assert answer.suggestions
    assert not {one.url for one in answer.suggestions} & set(exclude)


def test_two_entries_with_one_question_are_not_suggested(answering: Answering) -> None:
    """To ask it would be answered by one of them only."""
    answerer = answering(
        {
            "How do cells divide?": "Cells divide by mitosis.",
            "How do cells move?": "Cells move with their skeleton.",
            "How do cells move? ": "Cells crawl.",
            "How do cells eat?": "Cells take up food in vesicles.",
        }
    )
    both = [url for url in answerer.retriever.snapshot.urls if "move" in url]
    assert len(both) == 2
    for question in ("How do cells divide?", "How do cells multiply in dishes?"):
        answer = answerer.ask(question)
        assert "How do cells eat?" in titles(answer)
        assert not [title for title in titles(answer) if "move" in title]


def test_an_entrys_exact_question_is_answered_by_that_entry(answering: Answering) -> None:
    """Where two entries ask the same in other words, each answers its own."""
    one, other = "Describe the structure of a leaf.", "Explain the structure of a leaf."
    answerer = answering({one: "A leaf has an epidermis. " * 9, other: "A leaf is flat: structure of a leaf."})

    assert asks_the_same(one, other)
    assert [answerer.ask(question).citations[0].title for question in (one, other)] == [one, other]


def test_an_off_topic_question_is_offered_nothing(biology: Answerer) -> None:
    """No entry is near enough to be worth offering, though some are nearest."""
    for question in ("What is the capital of France?", "tell me a joke", "asdf qwer zxcv", "???"):
        answer = biology.ask(question)
        assert (answer.status, answer.suggestions) == ("abstained", ())
        assert answer.evidence


def test_what_the_corpus_lacks_is_offered_the_nearest_entries(biology: Answerer) -> None:
    """As they rank, and only those that are near."""
    answer = biology.ask("How does C4 photosynthesis work?")
    near = [one for one in answer.evidence if max(one.signals.question, one.signals.section) >= NEAR]

    assert answer.status == "abstained"
    assert near
    assert [one.url for one in answer.suggestions] == [one.url for one in near][:3]


def test_a_streamed_answer_suggests_the_same(cells: Answerer) -> None:
    """Whoever wrote it: what it cites decides."""
    seen = Seen(urls=(cells.retriever.snapshot.urls[0],))
    assert answer_of(cells, RIBOSOMES).suggestions == cells.ask(RIBOSOMES).suggestions
    written = answer_of(
        with_model(cells, ScriptedChatModel([["Ribosomes build the proteins of a cell."]])), "What builds proteins?"
    )
    assert written.rung == "generated"
    assert written.suggestions
    assert cells.ask(RIBOSOMES, seen=seen).suggestions


def test_nothing_is_embedded_for_suggestions(answering: Answering) -> None:
    """The question's own vector and those of the index are enough."""
    answerer = answering(CELLS)
    embedder = answerer.retriever.embedder
    assert isinstance(embedder, HashEmbedder)
    found = answerer.retriever.search(RIBOSOMES, limit=10)
    before = len(embedder.embedded)
    suggester = Suggester(answerer.retriever.snapshot, answerer.store)

    assert suggester.suggest(found, {found.evidence[0].url}, NOTHING_SEEN, ())
    assert len(embedder.embedded) == before


def test_by_words_only_the_nearest_by_words_are_offered(answering: Answering) -> None:
    """There are no vectors to go on from; an entry that shares a word or none is not offered."""
    answerer = answering(CELLS)
    snapshot = replace(answerer.retriever.snapshot, questions=NoVectors(), sections=NoVectors())
    by_words = replace(answerer, retriever=replace(answerer.retriever, snapshot=snapshot))
    answer = by_words.ask(RIBOSOMES)

    assert answer.rung == "curated"
    assert answer.suggestions
    assert not {RIBOSOMES, "Why do whales sing?"} & set(titles(answer))
    assert by_words.ask("Who won the football match yesterday evening?").suggestions == ()

    url = answer.suggestions[0].url
    assert url not in {one.url for one in by_words.ask(RIBOSOMES, seen=Seen(urls=(url,))).suggestions}


def test_by_words_only_two_entries_with_one_question_are_not_suggested(answering: Answering) -> None:
    """Nor there."""
    answerer = answering({"How do cells move?": "With a skeleton.", "How do cells move? ": "They crawl."})
    snapshot = replace(answerer.retriever.snapshot, questions=NoVectors(), sections=NoVectors())
    by_words = replace(answerer, retriever=replace(answerer.retriever, snapshot=snapshot))
    answer = by_words.ask("Where do cells move?")

    assert all(one.signals.terms > NEAR_BY_WORDS for one in answer.evidence)
    assert answer.suggestions == ()


def test_an_index_that_fails_costs_no_answer(cells: Answerer) -> None:
    """The vectors are on a server that has gone: the answer is whole, without suggestions."""

    class Gone(NoVectors):
        @staticmethod
        def vectors(rows: Rows) -> Vectors:
            raise IndexUnavailableError(f"gone: {len(rows)} rows")

    found = cells.retriever.search(RIBOSOMES, limit=10)
    snapshot = replace(cells.retriever.snapshot, questions=Gone())
    cited = {found.evidence[0].url}

    assert Suggester(snapshot, cells.store).suggest(found, cited, NOTHING_SEEN, ()) == ()


def test_a_search_keeps_the_vector_of_its_question(cells: Answerer) -> None:
    """It is what the embedder gave; two searches are compared without it."""
    found = cells.retriever.search(RIBOSOMES)
    assert found.vector is not None
    assert np.allclose(found.vector, cells.retriever.embedder.embed([found.query.text])[0])
    assert found == Search(found.query, found.evidence)
