"""How sure we are of an entry, and of what that is made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_corpus import ENTRIES, build_retriever

from rag.models import Signals
from rag.retrieval import Retriever, certainty_parts
from rag.retrieval.fusion import probability

SIGNALS = Signals(
    section=0.6, question=0.5, terms=0.4, missing=2.0, concepts=3, lead=0.1, matched=("enzyme",), words_only=False
)


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """Return a retriever over the small corpus, with the double."""
    folder: Path = tmp_path_factory.mktemp("certainty")
    return build_retriever(folder, ENTRIES.values())


@pytest.mark.parametrize(
    ("surer", "less_sure", "words_only"),
    [
        ({"section": 0.7}, {"section": 0.6}, False),
        ({"terms": 0.7}, {"terms": 0.6}, True),
        *[
            (*pair, words_only)
            for words_only in (False, True)
            for pair in (
                ({"lead": 0.2}, {"lead": 0.0}),
                ({"missing": 0.0}, {"missing": 6.0}),
                ({"concepts": 5}, {"concepts": 1}),
            )
        ],
    ],
)
def test_each_signal_pulls_its_way(surer: dict[str, float], less_sure: dict[str, float], *, words_only: bool) -> None:
    """A nearer section, more terms, a wider lead, a longer question make surer; a technical term lacking does not."""
    ones, others = (replace(SIGNALS, words_only=words_only, **values) for values in (surer, less_sure))
    assert 0 < probability(others) < probability(ones) < 1


def test_a_technical_term_that_the_entry_lacks_is_missing_from_it(retriever: Retriever) -> None:
    """It is weighed as BM25 weighs it; a term that the entry holds, and a plain word that it lacks, are not missing."""
    held, lacked, plain = (
        next(one for one in retriever.retrieve(question) if one.url == ENTRIES["enzyme"].url)
        for question in (
            "What makes an enzyme specific for a substrate?",
            "What makes an enzyme specific for a telomerase?",
            "What makes an enzyme specific for a football?",
        )
    )
    assert held.signals.missing == plain.signals.missing == 0
    assert lacked.signals.missing == pytest.approx(retriever.snapshot.postings.weight("telomeras"))


def test_lacking_a_technical_term_costs_certainty(retriever: Retriever) -> None:
    """What the signal says reaches the score."""
    lacked = retriever.retrieve("What makes an enzyme specific for a telomerase?")[0]
    assert certainty_parts(lacked.signals)["missing"] < 0
    assert lacked.score < probability(replace(lacked.signals, missing=0.0))
