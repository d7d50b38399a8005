"""What is read from a question before anything is looked up."""

from __future__ import annotations

import pytest

from rag.answering.questions import (
    EXPLANATION,
    FACT,
    Kind,
    asks_the_same,
    kind_of,
    length_for,
    mentions_all,
    names_in,
    parts_of,
    sides_of,
)
from rag.models import Concept


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many chromosomes does a human cell have?", "fact"),
        ("Who discovered penicillin?", "fact"),
        ("Where does glycolysis take place?", "fact"),
        ("When do homologous chromosomes pair?", "fact"),
        ("Is a virus alive?", "fact"),
        ("Do plants respire?", "fact"),
        ("What percentage of energy passes to the next level?", "fact"),
        ("What is the formula of glucose?", "fact"),
        ("what's the pH of blood", "fact"),
        ("  Which organelle makes ATP?", "fact"),
        ("Name the bases of DNA.", "fact"),
        ("Why is the inside of a resting neuron negative?", "explanation"),
        ("How do kidneys filter blood?", "explanation"),
        ("What is photosynthesis?", "explanation"),
        ("What are the stages of mitosis?", "explanation"),
        ("What happens during meiosis?", "explanation"),
        ("What causes sickle cell disease?", "explanation"),
        ("Explain osmosis.", "explanation"),
        ("What factors affect enzyme activity?", "explanation"),
        ("What stops seawater from turning acidic?", "explanation"),
        ("When an egg is boiled, why does it go solid?", "explanation"),
        ("Which birds sing, and why?", "explanation"),
        ("During meiosis, how does swapping pieces make children differ?", "explanation"),
        ("Compare mitosis and meiosis", "comparison"),
        ("mitosis vs meiosis", "comparison"),
        ("What is the difference between a gene and an allele?", "comparison"),
        ("How does mitosis differ from meiosis?", "comparison"),
        ("How do DNA and RNA differ?", "comparison"),
    ],
)
def test_what_a_question_asks_for_is_read_from_its_words(question: str, kind: Kind) -> None:
    """A fact, an explanation, or how two things differ."""
    assert kind_of(question) == kind


def test_a_fact_is_shorter_than_an_explanation() -> None:
    """One to three sentences; an explanation aims at 120 words and, names in brackets included, stays below 250."""
    assert length_for("fact") == FACT
    assert FACT.sentences == 3
    assert FACT.words < 120 <= EXPLANATION.least_words < EXPLANATION.words < 250
    assert length_for("explanation") == length_for("comparison") == EXPLANATION


def test_parts_of_a_question_share_its_length() -> None:
    """Two parts together are as long as one answer."""
    shared = EXPLANATION.shared_by(2)

    assert 2 * shared.words <= EXPLANATION.words
    assert EXPLANATION.shared_by(1) == EXPLANATION


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Compare exponential and logistic growth.", ("exponential growth", "logistic growth")),
        ("active vs passive transport", ("active transport", "passive transport")),
        ("What is the difference between DNA and messenger RNA?", ("DNA", "messenger RNA")),
        ("How do archaea differ from bacteria in terms of walls?", ("archaea", "bacteria")),
        ("What causes Prader-Willi versus Angelman syndrome?", ("Prader-Willi", "Angelman syndrome")),
        ("Compare directional, stabilising and disruptive selection.", None),
        ("How do kidneys filter blood?", None),
    ],
)
def test_the_two_sides_of_a_comparison_are_read(question: str, sides: tuple[str, str] | None) -> None:
    """They are the question's own words, with a noun that both share; three things are no two sides."""
    assert sides_of(question) == sides


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
