"""BM25 over arrays: the scores of the textbook."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_snapshots import Fields, answers, postings_of

from rag.retrieval.postings import FIELD_WEIGHTS, open_postings, save_postings

TERMS = ["cell", "leaf", "gene", "atp", "root"]
FIELD = st.lists(st.sampled_from(TERMS), max_size=6)
ENTRIES = st.lists(st.tuples(FIELD, FIELD, FIELD), min_size=1, max_size=8)


def by_the_book(entries: Sequence[Fields], terms: Sequence[str]) -> list[float]:
    """Return the BM25F score of each entry, but for the constant factor k1 + 1, one term and entry at a time."""
    k1, b = 1.2, 0.75
    lengths = [sum(w * len(field) for w, field in zip(FIELD_WEIGHTS, fields, strict=True)) for fields in entries]
    average = sum(lengths) / len(lengths)
    scores = [0.0] * len(entries)
    for term in terms:
        holding = sum(any(term in field for field in fields) for fields in entries)
        idf = max(1e-6, math.log((len(entries) - holding + 0.5) / (holding + 0.5)))
        for number, fields in enumerate(entries):
            frequency = sum(w * list(f).count(term) for w, f in zip(FIELD_WEIGHTS, fields, strict=True))
            if frequency:
                norm = k1 * (1 - b + b * lengths[number] / average)
                scores[number] += idf * frequency / (frequency + norm)
    return scores


@settings(max_examples=100, deadline=None)
@given(entries=ENTRIES, terms=st.lists(st.sampled_from([*TERMS, "unknown"]), unique=True, max_size=4))
def test_scores_are_those_of_the_textbook(entries: list[Fields], terms: list[str]) -> None:
    """Each entry's score is the sum over the terms of what BM25F gives, fields weighted before saturation."""
    assert postings_of(entries).scores(terms) == pytest.approx(by_the_book(entries, terms), rel=1e-4, abs=1e-6)


@given(entries=ENTRIES)
def test_a_term_leads_to_the_entries_that_hold_it(entries: list[Fields]) -> None:
    """Each once, ascending, with a gain above 0 and below 1; in other entries it is not."""
    postings = postings_of(entries)
    for term in [*TERMS, "unknown"]:
        holding = [number for number, fields in enumerate(entries) if any(term in field for field in fields)]
        found, gains = postings.entries_with(term)
        assert found.tolist() == holding
        assert all(0 < gain < 1 for gain in gains)
        assert postings.knows(term) == bool(holding)


def test_a_term_counts_most_in_the_question_and_least_in_the_answer() -> None:
    """Of entries of one length, the one that asks about the term goes before one that is filed under it."""
    postings = postings_of(
        [
            (["x", "y"], ["z", "z"], ["cell", "z", "z"]),
            (["x", "y"], ["cell", "z"], ["z", "z", "z"]),
            (["x", "cell"], ["z", "z"], ["z", "z", "z"]),
        ]
    )
    entries, gains = postings.entries_with("cell")
    assert entries.tolist() == [0, 1, 2]
    assert gains.tolist() == sorted(gains.tolist())
    assert len(set(gains.tolist())) == 3


def test_a_long_entry_gains_less_by_the_same_word() -> None:
    """Length is normalised."""
    _, gains = answers("cell", "cell and very much besides that no one asked for", "leaf").entries_with("cell")
    assert gains[0] > gains[1]


def test_the_rarer_a_term_the_more_it_weighs() -> None:
    """A term in no entry weighs most, one in nearly all entries hardly anything but not nothing."""
    postings = answers("a b c", "a b", "a", "a d", "a d")
    weights = [postings.weight(term) for term in ("nowhere", "c", "b", "a")]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == 4
    assert 0 < weights[-1] < 1e-5


def test_no_term_scores_nothing() -> None:
    """Without terms, or with terms that no entry holds, every entry scores 0."""
    postings = answers("cell", "leaf")
    assert postings.scores([]).tolist() == postings.scores(["nowhere"]).tolist() == [0, 0]


@pytest.mark.parametrize("count", [0, 3])
def test_entries_without_terms_have_postings(count: int) -> None:
    """An empty corpus, and one of entries that say nothing, can be asked like any other."""
    postings = postings_of([((), (), ())] * count)
    assert postings.scores(["cell"]).tolist() == [0] * count
    assert not postings.knows("cell")
    assert math.isfinite(postings.weight("cell"))


@pytest.mark.parametrize("texts", [(), ("",), ("cell leaf", "leaf", "gene gene")])
def test_what_is_saved_is_opened(tmp_path: Path, texts: tuple[str, ...]) -> None:
    """Terms and arrays come back as they were."""
    saved = answers(*texts)
    save_postings(saved, tmp_path)
    opened = open_postings(tmp_path, len(texts))
    assert dict(opened.numbers) == dict(saved.numbers)
    assert opened.entry_count == len(texts)
    for part in ("starts", "entries", "gains"):
        assert getattr(opened, part).dtype == getattr(saved, part).dtype
        assert np.array_equal(getattr(opened, part), getattr(saved, part))
