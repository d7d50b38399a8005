"""What is read from a question before anything is looked up."""

from __future__ import annotations

import pytest

from rag.answering.questions import (
    EXPLANATION,
    FACT,
    Length,
    asks_the_same,
    length_for,
    mentions_all,
    names_in,
    parts_of,
)
from rag.models import Concept


@pytest.mark.parametrize(
    ("question", "length"),
    [
        ("How many chromosomes does a human cell have?", FACT),
        ("Who discovered penicillin?", FACT),
        ("Where does glycolysis take place?", FACT),
        ("When do homologous chromosomes pair?", FACT),
        ("Is a virus alive?", FACT),
        ("Do plants respire?", FACT),
        ("What percentage of energy passes to the next level?", FACT),
        ("What is the formula of glucose?", FACT),
        ("what's the pH of blood", FACT),
        ("  Which organelle makes ATP?", FACT),
        ("Name the bases of DNA.", FACT),
        ("Why is the inside of a resting neuron negative?", EXPLANATION),
        ("How do kidneys filter blood?", EXPLANATION),
        ("What is photosynthesis?", EXPLANATION),
        ("What are the stages of mitosis?", EXPLANATION),
        ("What happens during meiosis?", EXPLANATION),
        ("What causes sickle cell disease?", EXPLANATION),
        ("Explain osmosis.", EXPLANATION),
        ("Compare mitosis and meiosis", EXPLANATION),
    ],
)
def test_a_question_for_a_fact_asks_for_a_short_answer(question: str, length: Length) -> None:
    """Facts get a few sentences, explanations get more."""
    assert length_for(question) == length


def test_a_fact_is_shorter_and_stricter_than_an_explanation() -> None:
    """Fewer sentences, fewer words, and only what is about as relevant as the first sentence."""
    assert FACT.sentences < EXPLANATION.sentences
    assert FACT.words < EXPLANATION.words
    assert FACT.least_relevance > EXPLANATION.least_relevance


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "How do kidneys filter blood and why do leaves look green?",
            ["How do kidneys filter blood?", "why do leaves look green?"],
        ),
        (
            "What is osmosis pressure? What is active transport?",
            ["What is osmosis pressure?", "What is active transport?"],
        ),
        (
            "How do kidneys filter blood, and what do ribosomes build?",
            ["How do kidneys filter blood?", "what do ribosomes build?"],
        ),
    ],
)
def test_a_question_of_two_parts_is_cut(question: str, parts: list[str]) -> None:
    """Parts that can be asked alone are answered alone."""
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "How do kidneys filter blood?",
        "What is DNA and how does it replicate?",
        "What do enzymes do and why?",
        "What are mitosis and meiosis?",
        "Where do sodium and potassium ions go?",
        "What is a gene? How do these differ from alleles?",
        "Why do leaves look green",
        "?",
    ],
)
def test_a_question_whose_parts_lean_on_each_other_stays_whole(question: str) -> None:
    """A part that refers back, or has too few words of its own, is never cut off."""
    assert parts_of(question) == [question]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("How does C4 photosynthesis work?", {"c4"}),
        ("How does HIV infect a cell?", {"hiv"}),
        ("What does p53 do?", {"p53"}),
        ("How is mRNA made?", {"mrna"}),
        ("Why is CO₂ soluble?", {"co2"}),
        ("What is NADPH used for in C3 plants?", {"nadph", "c3"}),
        ("Why do leaves look green?", set()),
        ("Who was Darwin?", set()),
        ("What are the 3 stages?", set()),
        ("WHY DO LEAVES LOOK GREEN?", set()),
    ],
)
def test_names_are_words_with_digits_or_capitals(question: str, names: set[str]) -> None:
    """A name has no other wording, so it must stand in the evidence; a question in capitals has none to tell."""
    assert set(names_in(question)) == names


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("Why do leaves look green?", "Why do leaves look green?"),
        ("why do LEAVES look green", "Why do leaves look green?"),
        ("Why does a green leaf wilt ?!", "Why do green leafs wilt?"),
        ("Explain how the kidneys filter the blood.", "How do kidneys filter blood?"),
        ("What is CO₂?", "What is CO2?"),
        ("Which animals don't lay eggs?", "Which animals don’t lay eggs?"),
    ],
)
def test_case_punctuation_and_function_words_do_not_matter(question: str, other: str) -> None:
    """Two wordings with the same words that matter ask the same, both ways."""
    assert asks_the_same(question, other)
    assert asks_the_same(other, question)


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("Why do leaves look green?", "Why do leaves look red?"),
        ("Which animals lay eggs?", "Which animals do not lay eggs?"),
        ("Can cells live without oxygen?", "Can cells live with oxygen?"),
        ("Why do leaves look green?", "Why do leaves look green in spring?"),
        ("What is C3 photosynthesis?", "What is C4 photosynthesis?"),
    ],
)
def test_another_word_or_a_negation_asks_something_else(question: str, other: str) -> None:
    """One word that matters, or one that turns the meaning round, is enough."""
    assert not asks_the_same(question, other)
    assert not asks_the_same(other, question)


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("How does DNA become RNA?", "How does RNA become DNA?"),
        ("Which enzyme converts glucose to glycogen?", "Which enzyme converts glycogen to glucose?"),
        ("Do wolves eat sheep?", "Do sheep eat wolves?"),
    ],
)
def test_a_question_turned_round_asks_something_else(question: str, other: str) -> None:
    """Who does what to whom is part of a question, though the words are the same."""
    assert not asks_the_same(question, other)


def test_questions_of_function_words_only_are_not_the_same() -> None:
    """Where no word is left to compare, nothing shows that two questions ask the same."""
    assert not asks_the_same("How are you?", "What is this about?")


def test_a_name_is_mentioned_by_what_means_the_same() -> None:
    """An entry that spells an abbreviation out is about the thing; one that has half of the words is not."""
    concepts = [Concept("ER", (("er",), ("endoplasm", "reticulum")), technical=True)]
    names = names_in("What does the ER do in a CELL line?")[:1]
    assert names == ["er"]
    assert mentions_all("The ER folds proteins.", names, concepts)
    assert mentions_all("The endoplasmic reticulum folds proteins.", names, concepts)
    assert not mentions_all("The sarcoplasmic reticulum stores calcium.", names, concepts)
    assert not mentions_all("The endoplasmic reticulum folds proteins.", names)
