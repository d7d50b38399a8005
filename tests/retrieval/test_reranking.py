"""The best entries in a reranker's order: which, by what, how sure, and what if it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from chromadb.api.client import SharedSystemClient

from rag.errors import ProviderRejectedError, ProviderUnavailableError
from rag.models import Evidence, Passage, Query, ScoredPassage, Signals
from rag.retrieval import Retriever, certainty_parts
from rag.retrieval.fusion import probability
from rag.retrieval.reranking import RERANKED, rerank
from rag.settings import Settings
from rag.testing import HashEmbedder, entry_text
from rag.wiring import open_index, sync_index

QUERY = Query("Wat are *CO₂* cels?", "What are cells?", (), ())


class Scripted:
    """A reranker that gives the scores it is told to, and 0 to further texts."""

    def __init__(self, *scores: float) -> None:
        self.scores = scores
        self.asked: list[tuple[str, list[str]]] = []

    def rerank(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return the scores of the first texts."""
        self.asked.append((question, list(texts)))
        return [*self.scores, *[0.0] * len(texts)][: len(texts)]


class Failing:
    """A reranker that fails until it is mended."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error

    def rerank(self, question: str, texts: Sequence[str]) -> Sequence[float]:  # noqa: ARG002 the port's
        """Fail, or find all equal."""
        if self.error is not None:
            raise self.error
        return [0.0] * len(texts)


def found(*cosines: float) -> list[Evidence]:
    """Return entries as the retriever finds them, with sections of these cosines."""
    evidence: list[Evidence] = []
    certainty = 1.0
    for rank, cosine in enumerate(cosines, start=1):
        signals = Signals(cosine, 0.0, 0.0, 0.0, 3, 0.0, ())
        certainty = min(certainty, probability(signals))
        text = f"Cell **{rank}** has CO₂."
        passage = Passage(f"p{rank}", f"/n{rank}", "section", "Part", text, 0, len(text))
        title = f"What is *cell* {rank}?"
        evidence.append(Evidence(rank, f"/n{rank}", title, certainty, signals, (ScoredPassage(passage, cosine),)))
    return evidence


def urls_of(evidence: Sequence[Evidence]) -> list[str]:
    """Return the urls of entries, in their order."""
    return [one.url for one in evidence]


def test_the_reranker_decides_the_order() -> None:
    """Entries stand by its scores, whatever their sign, ranked from 1, each with its own."""
    ranked, notices = rerank(Scripted(-3.0, 7.5, -0.5), QUERY, found(0.9, 0.8, 0.7))
    assert [(one.rank, one.url, one.relevance) for one in ranked] == [(1, "/n2", 7.5), (2, "/n3", -0.5), (3, "/n1", -3)]
    assert notices == ()


def test_equal_scores_keep_the_former_order() -> None:
    """A reranker that cannot tell entries apart changes nothing but what it says."""
    former = found(0.9, 0.8, 0.8, 0.7)
    ranked, _ = rerank(Scripted(0.5, 0.5, 0.5, 0.5), QUERY, former)
    assert [replace(one, relevance=None) for one in ranked] == former


def test_the_question_as_asked_is_read_beside_title_and_best_section() -> None:
    """As plain words, none replaced: no marks of Markdown, formulas in their one spelling."""
    reranker = Scripted()
    rerank(reranker, QUERY, found(0.9, 0.8))
    assert reranker.asked == [
        ("Wat are CO2 cels?", ["What is cell 1?\nPart Cell 1 has CO2.", "What is cell 2?\nPart Cell 2 has CO2."])
    ]


def test_only_the_best_are_reranked() -> None:
    """Entries beyond the twentieth are neither read nor moved, and have no score of it."""
    reranker = Scripted(*range(RERANKED))
    ranked, _ = rerank(reranker, QUERY, found(*[0.5] * (RERANKED + 3)))
    assert len(reranker.asked[0][1]) == RERANKED == 20
    assert [one.rank for one in ranked] == list(range(1, RERANKED + 4))
    assert urls_of(ranked) == [
        f"/n{number}" for number in [*range(RERANKED, 0, -1), *range(RERANKED + 1, RERANKED + 4)]
    ]
    assert [one.relevance for one in ranked[RERANKED:]] == [None] * 3


def test_nobody_is_made_surer_by_a_reranker() -> None:
    """A score is never more than the entry's signals give, and never more than that of a better entry."""
    ranked, _ = rerank(Scripted(0.1, 0.9, 0.5), QUERY, found(0.9, 0.5, 0.7))
    own = [probability(one.signals) for one in ranked]
    assert [one.score for one in ranked] == [own[0], own[0], own[0]]
    assert own[0] < own[1] < own[2]

    ranked, _ = rerank(Scripted(0.9, 0.1, 0.5), QUERY, found(0.9, 0.5, 0.7))
    assert [one.score for one in ranked] == [probability(one.signals) for one in ranked]


@pytest.mark.parametrize("error", [ProviderUnavailableError("no one there"), ProviderRejectedError("bad key")])
def test_a_reranker_that_fails_leaves_the_former_order(error: Exception) -> None:
    """The entries are served as they were found, and the notice says why."""
    former = found(0.9, 0.8)
    ranked, notices = rerank(Failing(error), QUERY, former)
    assert ranked == former
    assert notices == (f"the results were not reranked: {error}",)


def test_a_mistake_in_a_reranker_is_not_hidden() -> None:
    """Only what a server can do wrong is forgiven."""
    with pytest.raises(ZeroDivisionError):
        rerank(Failing(ZeroDivisionError()), QUERY, found(0.9))


QUESTION = "What do stem cells become?"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    """Give a retriever over thirty entries, none of which it reranks."""
    folder = tmp_path_factory.mktemp("reranked")
    settings = Settings(folder / "corpus", folder / "kept")
    write_entries(settings.corpus_dir, 30)
    sync_index(settings, HashEmbedder())
    SharedSystemClient.clear_system_cache()
    with open_index(settings, HashEmbedder()) as quicktakes:
        yield quicktakes.retriever


def write_entries(folder: Path, count: int) -> None:
    """Write entries that fit the question less and less."""
    folder.mkdir()
    for number in range(count):
        text = entry_text(f"What do stem cells become {number}?", f"Stem cells become tissue{' of kind' * number}.")
        (folder / f"n{number}.md").write_text(text, encoding="utf-8")


def test_without_a_reranker_nothing_is_said_of_one(plain: Retriever) -> None:
    """Neither a score of its nor a notice."""
    search = plain.search(QUESTION)
    assert {one.relevance for one in search.evidence} == {None}
    assert search.notices == ()


@pytest.mark.parametrize("limit", [1, 5, 20, 30])
def test_the_limit_cuts_what_was_reranked(plain: Retriever, limit: int) -> None:
    """The twentieth can come first however few are asked for."""
    former = urls_of(plain.retrieve(QUESTION, limit=30))
    reranker = Scripted(*range(RERANKED))
    evidence = replace(plain, reranker=reranker).retrieve(QUESTION, limit=limit)
    assert urls_of(evidence) == [*former[RERANKED - 1 :: -1], *former[RERANKED:]][:limit]
    assert len(reranker.asked[0][1]) == RERANKED
    assert all(first.score >= second.score for first, second in pairwise(evidence))


def test_an_excluded_entry_is_not_reranked(plain: Retriever) -> None:
    """What is left out is not sent to a server either."""
    first, second, *_ = plain.retrieve(QUESTION)
    reranker = Scripted()
    evidence = replace(plain, reranker=reranker).retrieve(QUESTION, exclude=[first.url])
    assert evidence[0].url == second.url
    assert not any(text.startswith(f"{first.title}\n") for text in reranker.asked[0][1])


def test_a_reranked_search_is_remembered(plain: Retriever) -> None:
    """Asked again, it costs nothing."""
    reranker = Scripted(0.1, 0.9)
    retriever = replace(plain, reranker=reranker)
    assert retriever.search(QUESTION) == retriever.search(QUESTION)
    assert len(reranker.asked) == 1


def test_a_failure_is_not_remembered(plain: Retriever) -> None:
    """The same question asked again is reranked when the server is back."""
    reranker = Failing(ProviderUnavailableError("no one there"))
    retriever = replace(plain, reranker=reranker)
    failed = retriever.search(QUESTION)
    assert urls_of(failed.evidence) == urls_of(plain.retrieve(QUESTION))
    assert "no one there" in failed.notices[0]
    reranker.error = None
    mended = retriever.search(QUESTION)
    assert mended.notices == ()
    assert mended.evidence[0].relevance == 0


def test_where_nothing_is_found_nobody_is_asked(plain: Retriever) -> None:
    """With every entry left out there is nothing to rank."""
    reranker = Scripted()
    everything = urls_of(plain.retrieve(QUESTION, limit=30))
    assert replace(plain, reranker=reranker).search(QUESTION, exclude=everything).evidence == ()
    assert reranker.asked == []


def test_the_reranker_is_no_part_of_the_certainty(plain: Retriever) -> None:
    """What is explained as the certainty's parts stays their whole sum."""
    one = replace(plain, reranker=Scripted(0.9)).retrieve(QUESTION)[0]
    assert set(certainty_parts(one.signals)) == {"intercept", "section", "missing", "concepts", "lead"}
    assert one.score == probability(one.signals)
