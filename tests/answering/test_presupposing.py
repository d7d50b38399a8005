"""What a question takes for granted, read from its form."""

from __future__ import annotations

import pytest

from rag.answering.presupposing import presupposed_by


@pytest.mark.parametrize(
    ("question", "statements"),
    [
        ("Why do plants take up oxygen in photosynthesis?", ["plants take up oxygen in photosynthesis"]),
        ("Why is RNA polymerase needed for translation?", ["RNA polymerase needed for translation"]),
        ("How does the vagus nerve speed up the heart?", ["the vagus nerve speed up the heart"]),
        ("Since DNA is single-stranded, how is it copied?", ["DNA is single-stranded"]),
        ("Given that humans have 100,000 genes, why are we so complex?", ["humans have 100,000 genes"]),
        ("Because fungi are autotrophs, do they need light?", ["fungi are autotrophs"]),
        ("What makes myosin let go of actin?", ["myosin let go of actin"]),
        ("Fungi are autotrophs, right?", ["Fungi are autotrophs"]),
        ("Fungi are autotrophs, aren't they?", ["Fungi are autotrophs"]),
        ("Isn't it true that fungi are autotrophs?", ["fungi are autotrophs"]),
        ("I read that fungi are autotrophs. How do they grow?", ["fungi are autotrophs", "they grow"]),
        (
            "How does the fish heart, which has four chambers, pump blood?",
            ["the fish heart has four chambers", "the fish heart pump blood"],
        ),
        ("How many of the fish heart's four chambers pump blood?", ["the fish heart has four chambers"]),
        (
            "Where are the four chambers of the fish heart?",
            ["the fish heart has four chambers", "the four chambers of the fish heart"],
        ),
        ("Why are leaves eaten by insects?", ["leaves are eaten by insects"]),
        (
            "Which organelle of a bacterium makes ATP, the mitochondrion?",
            ["a bacterium has the mitochondrion", "the mitochondrion makes ATP"],
        ),
        ("Why do mosses have roots, and how do ferns reproduce?", ["mosses have roots", "ferns reproduce"]),
    ],
)
def test_what_is_taken_for_granted_is_a_statement_in_the_words_of_the_question(
    question: str, statements: list[str]
) -> None:
    """The verb that was moved before its subject is left out; what follows a statement is another one."""
    found = presupposed_by(question)

    assert [one for one in found if len(one.split()) > 2] == [one for one in statements if len(one.split()) > 2]


@pytest.mark.parametrize(
    "question",
    [
        "What is an enzyme?",
        "Do plants take up oxygen?",
        "Which enzyme joins Okazaki fragments?",
        "How many chambers has the heart of a fish?",
        "What would happen if DNA were single-stranded?",
        "Why would a cell without a nucleus die?",
        "How do mitosis and meiosis differ?",
        "How do you use a Punnett square?",
        "Why does it swell?",
        "Why?",
        "",
    ],
)
def test_what_asserts_nothing_takes_nothing_for_granted(question: str) -> None:
    """Nor does what supposes, compares, asks how one does something, or speaks of what was said before."""
    assert presupposed_by(question) == []
