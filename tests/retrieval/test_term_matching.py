"""How well entries match what a question is about."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_snapshots import answers

from rag.models import Concept
from rag.retrieval.terms import match_terms

TERMS = ["cell", "leaf", "gene", "atp", "root", "unknown", "nowhere"]
WORDINGS = st.lists(st.lists(st.sampled_from(TERMS), min_size=1, max_size=2, unique=True), min_size=1, max_size=3)
TEXTS = st.lists(st.lists(st.sampled_from(TERMS[:5]), max_size=5), min_size=1, max_size=6)


def concept(*wordings: str, technical: bool = False) -> Concept:
    """Return a concept of some wordings, each of terms between spaces."""
    return Concept(wordings[0], tuple(tuple(wording.split()) for wording in wordings), technical)


def concepts_of(wordings: list[list[list[str]]]) -> list[Concept]:
    """Return concepts of lists of wordings."""
    return [concept(*(" ".join(terms) for terms in own)) for own in wordings]


def test_a_synonym_counts_like_the_word() -> None:
    """Of entries of one length, one that writes a concept otherwise matches as well."""
    postings = answers("heart attack x y", "myocardi infarct x y", "leaf root x y", "leaf root x y", "leaf root x y")
    shares = match_terms([concept("heart attack", "myocardi infarct")], postings).shares
    assert shares[0] == pytest.approx(shares[1])
    assert shares[0] > 0
    assert shares[2:].tolist() == [0, 0, 0]


def test_an_entry_that_writes_a_concept_twice_over_counts_by_the_better_wording_alone() -> None:
    """Both wordings together give no more than the one that is matched best."""
    postings = answers("atp x", "atp energi", "leaf root", "gene x", "gene leaf")
    both, one = (match_terms([each], postings).shares for each in (concept("atp", "energi"), concept("atp")))
    assert both[0] == one[0]
    assert both[1] == pytest.approx(max(one[1], match_terms([concept("energi")], postings).shares[1]))


def test_a_concept_weighs_what_its_first_known_wording_weighs() -> None:
    """A lay term that no entry writes weighs as the textbook's term does, not as something unheard of."""
    postings = answers("nephron x", "nephron y", "leaf x", "gene y", "root x", "root y")
    unheard, known = (match_terms([each], postings).weights[0] for each in (concept("pee"), concept("nephron")))
    assert match_terms([concept("pee", "nephron")], postings).weights[0] == known < unheard


def test_a_concept_that_no_entry_holds_lowers_every_share() -> None:
    """What the corpus never heard of cannot be matched, and counts for the most all the same."""
    postings = answers("cell leaf", "cell gene", "root atp", "root gene")
    without, beside = (match_terms(own, postings) for own in ([concept("leaf")], [concept("leaf"), concept("unknown")]))
    assert 0 < beside.shares[0] < without.shares[0] / 2
    assert beside.weights[1] > beside.weights[0]


def test_an_entry_that_holds_more_of_the_concepts_matches_better() -> None:
    """Two concepts held are more than one."""
    shares = match_terms([concept("leaf"), concept("gene")], answers("leaf gene", "leaf atp", "cell atp")).shares
    assert shares[0] > shares[1] > shares[2] == 0


def test_no_concepts_match_nothing() -> None:
    """A question of stop words matches no entry by its terms, and is no error."""
    matched = match_terms([], answers("cell", "leaf"))
    assert matched.shares.tolist() == [0, 0]
    assert matched.held(np.array([0, 1])).shape == (0, 2)


@settings(max_examples=100, deadline=None)
@given(wordings=st.lists(WORDINGS, max_size=4), texts=TEXTS)
def test_shares_are_between_0_and_1_and_go_with_what_is_held(
    wordings: list[list[list[str]]], texts: list[list[str]]
) -> None:
    """Whatever is asked: shares and parts held are from 0 to 1, and an entry that holds nothing has no share."""
    matched = match_terms(concepts_of(wordings), answers(*map(" ".join, texts)))
    held = matched.held(np.arange(len(texts)))
    assert held.shape == (len(wordings), len(texts))
    assert ((held >= 0) & (held <= 1 + 1e-6)).all()
    assert ((matched.shares >= 0) & (matched.shares < 1)).all()
    assert not matched.shares[held.sum(axis=0) == 0].any()


def test_what_is_held_of_a_concept_is_the_best_of_its_wordings() -> None:
    """A whole wording is 1, a part of one counts by weight, and another wording makes up for it."""
    postings = answers("loop henl", "loop x", "henl x", "leaf x", "loop leaf", "loop gene")
    held = match_terms([concept("henl loop")], postings).held(np.array([0, 1, 2, 3]))[0]
    assert held[0] == pytest.approx(1)
    assert 0 < held[1] < 0.5 < held[2] < 1  # "loop" is the commoner term
    assert held[3] == 0
    assert match_terms([concept("henl loop", "leaf")], postings).held(np.array([3]))[0, 0] == pytest.approx(1)
