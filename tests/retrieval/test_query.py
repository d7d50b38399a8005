"""Questions as they are searched for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.adapters.english import is_english
from rag.models import Query, Rewrite
from rag.passages import plain_text
from rag.retrieval import QueryReader, SpellingRepairer

WORDS = ["blood", "cause", "hypertension", "mitochondria", "plants"]
REPAIRER = SpellingRepairer(WORDS, np.full(len(WORDS), 5, dtype=np.int32), is_english)
READER = QueryReader(REPAIRER)


def wordings(query: Query) -> dict[str, set[str]]:
    """Return the wordings of each concept, as written."""
    return {concept.written: {" ".join(terms) for terms in concept.wordings} for concept in query.concepts}


def test_a_question_in_the_textbooks_words_is_read_as_it_stands() -> None:
    """Nothing is rewritten; every word that carries meaning is a concept."""
    query = READER.read("What do plants release in sunlight?")
    assert query.text == query.question == "What do plants release in sunlight?"
    assert query.rewrites == ()
    assert wordings(query) == {"plants": {"plant"}, "release": {"releas"}, "sunlight": {"sunlight"}}


def test_rewrites_are_told_in_order_with_the_words_before_and_after() -> None:
    """Spelling first, then wordings, each in the order of the question; the text is what they make of it."""
    query = READER.read("Do mitocondria in plnts cause high blood pressure or the flu?")
    assert query.rewrites == (
        Rewrite("spelling", "mitocondria", "mitochondria"),
        Rewrite("spelling", "plnts", "plants"),
        Rewrite("wording", "high blood pressure", "hypertension"),
        Rewrite("wording", "flu", "influenza"),
    )
    assert query.text == "Do mitochondria in plants cause hypertension or the influenza?"
    assert query.question == "Do mitocondria in plnts cause high blood pressure or the flu?"


def test_words_misspelt_within_a_lay_term_are_known_once_repaired() -> None:
    """Spelling is repaired before wordings are looked for."""
    query = READER.read("What is high blod pressure?")
    assert [rewrite.read_as for rewrite in query.rewrites] == ["blood", "hypertension"]
    assert query.text == "What is hypertension?"


def test_a_lay_term_is_one_concept_with_all_its_wordings() -> None:
    """What means the same is looked for at once; the question's own words come first; it is technical."""
    query = READER.read("What causes high blood pressure?")
    concept = query.concepts[0]
    assert (concept.written, concept.technical) == ("high blood pressure", True)
    assert concept.wordings[:2] == (("high", "blood", "pressur"), ("hypertens",))
    assert wordings(query).keys() == {"high blood pressure", "causes"}


def test_the_textbooks_term_is_not_rewritten_but_has_its_wordings() -> None:
    """Lay terms in entries are found by it; a capital makes no other term of it."""
    for written in ("hypertension", "Hypertension"):
        query = READER.read(f"Is {written} common?")
        assert query.rewrites == ()
        assert "high blood pressur" in wordings(query)[written]


def test_a_term_that_stands_twice_is_rewritten_in_both_places_and_told_once() -> None:
    """What a word became is never rewritten again, though it holds the word itself."""
    query = READER.read("Is lupus in the young like lupus in the old?")
    assert query.text == ("Is systemic lupus erythematosus in the young like systemic lupus erythematosus in the old?")
    assert query.rewrites == (Rewrite("wording", "lupus", "systemic lupus erythematosus"),)
    assert [concept.written for concept in query.concepts].count("lupus") == 1


def test_no_rewrite_touches_what_another_one_wrote() -> None:
    """A short term is not rewritten within the long one that stands for other words."""
    query = READER.read("Is mtDNA like DNA?")
    assert query.text == "Is mitochondrial DNA like deoxyribonucleic acid?"


def test_a_name_in_mid_sentence_is_left() -> None:
    """A capital begins a name, which no list can know; the first word has its capital from the sentence."""
    query = READER.read("Plnts and Mitocondria were studied by Plnts")
    assert query.rewrites == (Rewrite("spelling", "Plnts", "plants"),)
    assert "Mitocondria" in query.text


@pytest.mark.parametrize(
    ("spellings", "terms"),
    [
        (["CO2", "CO₂", "$CO_2$", r"$\ce{CO2}$", r"\(CO_2\)", "CO_2"], {"co2", "carbon dioxid"}),
        (["H2O", "H₂O", "$H_2O$", r"$\ce{H2O}$"], {"h2o", "water"}),
        (["Na+", "Na⁺", "$Na^+$", "$Na^{+}$"], {"na", "sodium"}),
        (["C6H12O6", "C₆H₁₂O₆", "$C_6H_{12}O_6$"], {"c6h12o6"}),
    ],
)
def test_every_spelling_of_a_formula_is_read_alike(spellings: list[str], terms: set[str]) -> None:
    """Text and concepts do not tell how a formula was typed."""
    first, *others = (READER.read(f"What becomes of {spelling} here?") for spelling in spellings)
    assert terms <= {" ".join(wording) for concept in first.concepts for wording in concept.wordings}
    for other in others:
        assert (other.text, other.concepts, other.rewrites) == (first.text, first.concepts, first.rewrites)


def test_each_lever_can_be_switched_off() -> None:
    """Without lexicon or repairer the question is read without them."""
    question = "Do mitocondria cause the flu?"
    assert READER.read(question).text == "Do mitochondria cause the influenza?"
    assert QueryReader(None).read(question).text == "Do mitocondria cause the influenza?"
    assert QueryReader(REPAIRER, uses_lexicon=False).read(question).text == "Do mitochondria cause the flu?"
    assert QueryReader(None, uses_lexicon=False).read(question).text == question


def test_terms_of_biology_and_unheard_of_words_are_technical() -> None:
    """Words of everyday English are not: an entry may answer without them."""
    technical = {concept.written: concept.technical for concept in READER.read("Does rubisco surprise xqzzt?").concepts}
    assert technical == {"rubisco": True, "surprise": False, "xqzzt": True}


@pytest.mark.parametrize("question", ["?", "why", "🧬", "$$$", "|||", "\\", "\0", "What is the and of it?"])
def test_a_question_that_says_nothing_has_no_concepts(question: str) -> None:
    """It is read without an error, and nothing is rewritten."""
    query = READER.read(question)
    assert query.concepts == query.rewrites == ()


PIECES = [
    "lupus",
    "DNA",
    "mtDNA",
    "flu",
    "mitocondria",
    "high",
    "blood",
    "pressure",
    "CO2",
    "Na+",
    "ER",
    "and",
    "(",
    "\\1",
]


@settings(max_examples=200, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=8), separator=st.sampled_from([" ", "-", ", "]))
def test_any_question_is_read_the_same_again_and_without_an_empty_concept(pieces: list[str], separator: str) -> None:
    """Reading is a function; every concept has words, each with a stem; what is not rewritten stays in the text."""
    question = separator.join(pieces)
    query = READER.read(question)
    assert READER.read(question) == query
    assert all(
        concept.written and all(all(terms) and terms for terms in concept.wordings) for concept in query.concepts
    )
    assert len({concept.wordings for concept in query.concepts}) == len(query.concepts)
    assert len(set(query.rewrites)) == len(query.rewrites)
    if not query.rewrites:
        assert query.text == plain_text(question)
