"""What composed answers look like: their length, the names they give, and two things side by side."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from made_corpus import check_grounding

from rag.answering import Answerer
from rag.answering.comparing import Sides, compare
from rag.answering.lines import Weighed, lines_of
from rag.answering.questions import EXPLANATION
from rag.answering.relevance import Source
from rag.answering.selection import say_the_same
from rag.answering.statements import statements_in
from rag.answering.wording import name_of_reference, says_little, says_nothing
from rag.models import Answer, Passage

Answering = Callable[[dict[str, str]], Answerer]

LEAVES = {"Why do leaves look green?": "Chlorophyll reflects green light."}

GROWTH = {
    "How does exponential growth of a population differ from logistic growth?": (
        "Exponential growth and logistic growth are two ways in which a population grows.\n\n"
        "### Exponential growth\n\n"
        "- **Limits**: Nothing slows exponential growth down, since food never runs short.\n"
        "- **Growth pattern**: This curve bends upwards without end, like the letter J.\n\n"
        "### Logistic growth\n\n"
        "- **Limits**: Food and space slow logistic growth when a population is dense.\n"
        "- **Growth pattern**: This curve flattens at the carrying capacity, like the letter S.\n\n"
        "### In nature\n\n"
        "Bacteria in a fresh flask begin with exponential growth, whereas logistic growth describes them later."
    ),
    **LEAVES,
}


def _ask(answerer: Answerer, question: str) -> Answer:
    answer = answerer.ask(question)
    assert (answer.status, answer.rung) == ("answered", "composed")
    check_grounding(answer, answerer)
    return answer


def test_two_things_are_compared_in_a_table(answering: Answering) -> None:
    """Aspects that an entry tells of both sides become rows, each cell verbatim, and what names both comes around."""
    answer = _ask(answering(GROWTH), "Compare logistic and exponential growth of a population")

    lines = answer.text.splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("| Logistic growth"))
    rows = [line for line in lines[head + 2 :] if line.startswith("|")]
    assert lines[head].startswith("| Logistic growth of a population | Exponential growth of a population |")
    assert [row.count("**Limits**") for row in rows] == [2, 0]
    assert rows[0].index("dense") < rows[0].index("runs short")
    assert "letter S" in rows[1]
    assert "whereas" in answer.text


def test_a_point_that_does_not_say_what_it_is_about_stands_below_its_heading(answering: Answering) -> None:
    """The heading is shown in brackets, and is no part of the sentence."""
    answer = _ask(answering(GROWTH), "Why does a curve of population growth flatten at the carrying capacity?")

    curve = next(sentence.text for sentence in answer.sentences if "flattens" in sentence.text)
    before = answer.text[: answer.text.index(curve)]
    assert "[Logistic growth]" in before
    assert "[" not in curve


def test_a_reference_is_named_where_its_antecedent_is_left_out(answering: Answering) -> None:
    """A sentence that opens with "This process" can answer alone, since the one before it defines the process."""
    answerer = answering(
        {
            "How does a kidney work daily?": (
                "Ultrafiltration is a process in kidneys of animals. This process squeezes plasma at 10 mmHg pressure."
            ),
            **LEAVES,
        }
    )

    answer = _ask(answerer, "Which pressure squeezes plasma in kidneys?")

    assert answer.text in {
        "[Ultrafiltration] This process squeezes plasma at 10 mmHg pressure.",
        "Ultrafiltration is a process in kidneys of animals. This process squeezes plasma at 10 mmHg pressure.",
    }


@pytest.mark.parametrize(
    ("before", "sentence", "name"),
    [
        ("Osmosis is a process by which water moves.", "This process needs no energy.", "Osmosis"),
        ("Osmosis is the movement of water.", "It needs no energy.", "Osmosis"),
        ("Enzymes (proteins) are a kind of catalyst.", "They are not used up.", "Enzymes"),
        ("The light reaction is a stage of photosynthesis.", "During this stage, water is split.", "Light reaction"),
        ("Pigment P is the main pigment of leaves.", "These pigments take in blue light.", None),
        ("Osmosis is a process by which water moves.", "They need no energy.", None),
        ("Osmosis is a process by which water moves.", "This enzyme needs no energy.", None),
        ("Glycolysis breaks glucose down.", "This process needs no oxygen.", None),
        ("It is a process by which water moves.", "This process needs no energy.", None),
        ("Osmosis is a process by which water moves.", "However, energy is needed.", None),
    ],
)
def test_a_name_is_given_only_where_there_is_no_doubt(before: str, sentence: str, name: str | None) -> None:
    """What the sentence before defines, in its own number and by its own noun; anything else stays unnamed."""
    assert name_of_reference(before, sentence) == name


def test_an_explanation_is_long_enough_where_the_entry_holds_enough(answering: Answering) -> None:
    """It has 120 to 250 words, from the entry that answers, though only a part of that is near to the question."""
    words = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu".split()
    paragraphs = [
        f"The {word} of a nephron holds {' '.join(f'{word}{number}' for number in range(20))}." for word in words
    ]
    answerer = answering(
        {
            "How do nephrons filter blood plasma daily?": "Nephrons filter blood plasma all day.\n\n"
            + "\n\n".join(paragraphs),
            **LEAVES,
        }
    )

    answer = _ask(answerer, "Why do nephrons filter blood plasma?")

    assert answer.sentences[0].text == "Nephrons filter blood plasma all day."
    assert 120 <= len(answer.text.split()) <= 250


def test_paragraphs_of_one_sentence_are_joined(answering: Answering) -> None:
    """An answer of prose is no list of scraps: sentences of neighbouring paragraphs of one entry share one."""
    sentences = (
        "Nephrons filter blood plasma all day.",
        "Tubules of nephrons take salts back.",
        "Urea stays in the tubules for good.",
    )
    answerer = answering({"How does a nephron work?": "\n\n".join(sentences), **LEAVES})

    assert _ask(answerer, "Why do nephrons filter blood plasma?").text == " ".join(sentences)


@pytest.mark.parametrize(
    "text",
    [
        "$T$ is the time spent foraging.",
        "r = the rate of growth in a year.",
        "Glucose + ATP → glucose-6-phosphate + ADP",
    ],
)
def test_a_legend_or_an_equation_is_no_sentence(text: str) -> None:
    """What explains a formula that is not shown tells nothing."""
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text",
    ["T cells are made in the bone marrow.", "This is how water moves through it.", "It is a kind of sugar too."],
)
def test_a_sentence_that_opens_with_a_short_word_is_no_legend(text: str) -> None:
    """A letter is a symbol only where it stands alone."""
    assert not says_nothing(text)


def test_praise_tells_little() -> None:
    """A sentence that calls its subject crucial is the last to be chosen."""
    assert says_little("Water plays a crucial role in cells.")
    assert not says_little("Water dissolves salts in cells.")


def test_a_label_decides_which_side_a_point_is_on() -> None:
    """A point labelled with one side belongs to it, though its words set it against the other."""
    text = (
        "- **DNA**: Contains deoxyribose, with one oxygen less than the sugar of RNA.\n"
        "- **RNA**: Contains ribose, which makes it less stable than DNA is."
    )
    aspects = ("Sugar in the chain", "Stability over time")
    passages = [Passage(aspect, "/a", "section", aspect, text.replace("sugar", aspect), 0, 400) for aspect in aspects]
    weighed = [
        Weighed(statement, Source(1, 0.5), 1.0)
        for passage in passages
        for statement in statements_in(passage, follows_heading=True)
    ]

    chosen = compare(lines_of(weighed), Sides(("RNA", "DNA"), ("rna", "dna")), EXPLANATION)

    assert [(one.side, one.row, one.statement.label) for one in chosen[:2]] == [("RNA", 0, "RNA"), ("DNA", 0, "DNA")]


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ("Glomeruli of kidneys filter 180 litres of blood plasma each day.", True),
        ("Glomeruli of kidneys filter 120 litres of blood plasma each day.", False),
        ("Glomeruli of kidneys never filter 180 litres of blood plasma each day.", False),
    ],
)
def test_sentences_with_other_numbers_or_a_negation_are_not_merged(other: str, *, is_same: bool) -> None:
    """However alike they are in words, two entries agree only where both say so."""
    text = "Glomeruli of kidneys filter 180 litres of blood plasma each day."
    one, two = (
        statements_in(Passage(url, url, "section", "", said, 0, len(said)), follows_heading=False)[0]
        for url, said in (("/a", text), ("/b", other))
    )

    assert say_the_same(one, two) == is_same


def test_a_paragraph_brings_the_sentence_that_it_leans_on_from_the_one_before(answering: Answering) -> None:
    """A paragraph that opens with a reference comes after the last sentence of the paragraph before, if at all."""
    answerer = answering(
        {
            "How does a kidney work daily?": (
                "Every renal corpuscle holds a tuft of capillaries.\n\n"
                "These filter blood plasma of kidney nephrons at high pressure."
            ),
            **LEAVES,
        }
    )

    answer = _ask(answerer, "Explain how kidney nephrons filter blood plasma at high pressure")

    assert [sentence.text.split()[0] for sentence in answer.sentences] == ["Every", "These"]
