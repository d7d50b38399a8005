"""Chapter 6: which words never belonged to an answer, and which only look so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Found = Callable[..., list[str]]

BEFORE = r"Newts are small.\n\n1. **Size**: a newt is shorter than a hand.\n2. "
"""Newlines stand before each fault, so that its column is counted past them."""


@pytest.mark.parametrize(
    "end",
    [
        "Newts regrow legs because the cells of the",
        r"Newts regrow legs.\n\nIn summary, the stump serves",
        "Newts regrow legs and tails,",
        "Newts regrow legs, and so do:",
        "Newts regrow legs (and tails",
        r"Newts regrow legs.\n\n1. **Closing**: skin grows.\n2. **Growing**: the cells of",
        r"Newts regrow legs.\n\n2. **Closing",
        r"Newts regrow legs.\n\n2. **Closing**:",
        r"Newts regrow legs.\n\n### Conclusion",
        r"Newts regrow legs.\n\n1.",
        r"Newts have:\n\n- skin\n- bone\n- the cells that form the stump and",
        "The wound closes over **quickly**",
        "The rate is $k$ and the",
    ],
)
def test_an_answer_that_was_cut_is_found(end: str, found: Found) -> None:
    """QT600 points at the last character of an answer that stops in the middle of a sentence."""
    assert found("QT600", answer=BEFORE + end) == [end[-1]]


@pytest.mark.parametrize(
    "end",
    [
        "Newts regrow legs.",
        "Do newts regrow legs? Yes!",
        "A newt is called a “dragon”.",
        'A newt is called a "dragon."',
        "Newts regrow legs (and tails).",
        "Newts regrow legs (and, as we saw, tails.)",
        "**Newts regrow legs.**",
        "*Newts regrow legs.*",
        r"The sum is:\n\n```\nx = 1\n```",
        r"The list is:\n\n| a | b |\n|---|---|\n| c | d |",
        "The law is $x = 5$",
        r"The law is\n\n$$x = 5$$",
        r"The law is \(x = 5\)",
        r"The law is\n\n\[x = 5\]",
        r"The parts are:\n\n- skin\n- bone\n- nerve",
        r"The parts are:\n\n1. **Skin**\n2. **Bone**",
        r"The parts are:\n\n- skin (outside)\n- bone (inside)",
        r"The parts are:\n\n- skin;\n- bone;\n- nerve",
        r"The parts are:\n\n• skin\n• bone\n• nerve",
        r"The parts are:\n\na) skin\nb) bone\nc) nerve",
        r"The sum in code is\n\n`x + y`",
        r"The sum is:\n\n6 CO₂ + 6 H₂O → C₆H₁₂O₆ + 6 O₂",
        r"Newts regrow legs.\n",
    ],
)
def test_an_answer_that_ends_is_not_found(end: str, found: Found) -> None:
    """QT600 leaves each way to end alone: a stop, marks after it, a table, code, a formula, a list of bare phrases."""
    assert found("QT600", answer=BEFORE + end) == []


def test_a_refusal_may_stop_anywhere(found: Found) -> None:
    """QT600 leaves an entry alone that no search engine offers."""
    assert found("QT600", answer="I cannot answer this", no_index="True") == []


@pytest.mark.parametrize(
    "answer",
    [
        '"Newts say ""grow"" to their legs."',
        '"""Grow"" is what newts say."',
        r'"Newts say ""grow"".\n\nThey say ""stop"" too."',
    ],
)
def test_quotation_marks_of_a_csv_file_are_found(answer: str, found: Found) -> None:
    """QT601 points at the start of an answer that is quoted as a whole, the marks inside it doubled."""
    assert found("QT601", answer=answer) == [answer]


@pytest.mark.parametrize(
    "answer",
    [
        '"Grow" is what newts say, not "heal"',
        'Newts say "grow" to their legs.',
        'The empty text is written "" in code.',
        '"All of it is quoted, and nothing inside."',
    ],
)
def test_quotation_marks_that_are_meant_have_no_finding(answer: str, found: Found) -> None:
    """QT601 leaves an answer alone that starts and ends with quoted words, or holds some."""
    assert found("QT601", answer=answer) == []


@pytest.mark.parametrize(
    "stray",
    [
        "[Badge]",
        "[1]",
        "[1][2]",
        "[source] [more]",
        "[a link](https://example.org)",
        "![badge](https://example.org/badge.png)",
        "【1†source】",
        "😀",
        "👍🏽",
        "❤️",
        "✅",
        "★★★",
        "⭐",
        "<br>",
        "</s>",
    ],
)
@pytest.mark.parametrize("space", ["", " ", r"\n\n"])
def test_what_follows_the_last_sentence_is_found(stray: str, space: str, found: Found) -> None:
    """QT602 points at a badge, marker, tag or emoji behind the last sentence, however far behind."""
    assert found("QT602", answer=f"{BEFORE}Newts regrow legs.{space}{stray}") == [stray]


@pytest.mark.parametrize(
    "end",
    [
        "Newts regrow legs.",
        "Newts regrow legs [most of them].",
        "The acid is counted as [H⁺].",
        r"The law is\n\nrate = k[A][B]",
        r"The law is\n\nrate = k [A]",
        r"The law is\n\n$K = \frac{[A]}{[B]}$",
        r"The law is\n\n\[x = 5\]",
        "The first is `a[0]`",
        r"The signs are:\n\n- ♀ female\n- ♂ male",
        "The signs are ♀ and ♂",
        "More is said [there](https://example.org).",
        r"The list is:\n\n| a |\n|---|\n| [b] |",
    ],
)
def test_brackets_and_signs_that_belong_have_no_finding(end: str, found: Found) -> None:
    """QT602 leaves brackets, links and signs alone that are part of a sentence, a formula, a list or a table."""
    assert found("QT602", answer=BEFORE + end) == []


@pytest.mark.parametrize("end", ["★" * 40 + " of 40", "-" * 300_000], ids=["stars", "dashes"])
def test_a_long_row_of_marks_does_not_hang(
    end: str, tmp_path: Path, lay_over_newt: Callable[[str], tuple[str, frozenset[int]]]
) -> None:
    """A row of marks is linted at once, though there are 2**39 ways to cut forty stars into stray endings."""
    file = tmp_path / "newts.md"
    file.write_text(lay_over_newt(f"answer: >-\n    Newts regrow legs. {end}")[0], encoding="utf-8")
    code = (
        "import pathlib, sys; from rag.linting import *; "
        "lint([pathlib.Path(sys.argv[1])], Checks(selected_codes(['QT6'], ())))"
    )
    subprocess.run([sys.executable, "-c", code, str(file)], check=True, timeout=30)  # noqa: S603 our own words


@pytest.mark.parametrize(
    "answer",
    [
        "I cannot answer this question based on the available information.",
        "I can’t answer this question.",
        "I'm sorry, but I do not know.",
        "I am unable to answer.",
        "The gathered information does not say how newts regrow legs.",
        "The provided context does not cover newts.",
    ],
)
def test_a_refusal_without_mark_is_found(answer: str, found: Found) -> None:
    """QT603 is given for an answer that opens by refusing, and not where `no_index` marks it."""
    assert [text.startswith(answer[:10].strip()) for text in found("QT603", answer=answer)] == [True]
    assert found("QT603", answer=answer, no_index="True") == []


@pytest.mark.parametrize(
    "answer",
    [
        "Newts regrow legs, and I cannot.",
        "I bands shorten while A bands do not.",
        "Unfortunately, there is no cure for this disease, since the nerve cells that die are never replaced.",
        "Unfortunately, the immune system cannot tell the graft from a germ.",
        "The available iron does not suffice for all of them, so siderophores are released.",
    ],
)
def test_an_answer_that_regrets_is_no_refusal(answer: str, found: Found) -> None:
    """QT603 leaves an answer alone that speaks of biology, in whatever mood."""
    assert found("QT603", answer=answer) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The provided text does not mention frogs.",
        "The gathered information does not specify which.",
        "The available information does not explicitly mention why.",
        "The provided text doesn't mention frogs.",
        "The given text does not mention frogs.",
    ],
)
def test_a_sentence_on_missing_sources_is_found(sentence: str, found: Found) -> None:
    """QT604 is given where an answer says that its sources lack something, and not where `no_index` marks it."""
    assert found("QT604", answer=BEFORE + sentence)
    assert found("QT604", answer=BEFORE + sentence, no_index="True") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The available water does not contain salt.",
        "The information in DNA does not specify the place of each cell.",
        "The sources of nitrogen do not include the gas itself.",
        "Genetic information does not explain everything.",
    ],
)
def test_a_sentence_on_sources_in_nature_has_no_finding(sentence: str, found: Found) -> None:
    """QT604 leaves sources, information and text alone that are biology's."""
    assert found("QT604", answer=BEFORE + sentence) == []


@pytest.mark.parametrize(
    "question",
    [
        "What does the midterm ask about newts?",
        "What is covered in this module?",
        "What does our syllabus say about newts?",
        "What is the grading of the course?",
        "What will the final exam cover?",
    ],
)
def test_a_question_about_a_course_is_found(question: str, found: Found) -> None:
    """QT605 points at a question that only the members of one course can answer."""
    assert found("QT605", question=question) == [question]


@pytest.mark.parametrize(
    "question",
    [
        "What changes in the course of evolution?",
        "How does the course of malaria differ in children?",
        "What is special about this class of enzymes?",
        "Which module of a protein binds DNA?",
        "How do cortisol and exam stress relate?",
        "What is the time course for an action potential?",
        "What determines the course a disease takes?",
    ],
)
def test_a_question_about_the_course_of_things_has_no_finding(question: str, found: Found) -> None:
    """QT605 leaves courses, classes and modules alone that are biology's."""
    assert found("QT605", question=question) == []


@pytest.mark.parametrize(
    "address",
    [
        "newts@example.org",
        "first.last+tag@uni-x.example.ac.uk",
        "NEWTS_99@EXAMPLE.MUSEUM",
    ],
)
@pytest.mark.parametrize("around", ["Ask {}.", "Ask (<{}>)!", "Ask [us](mailto:{}) now.", r"Ask\n{}\nnow."])
def test_an_e_mail_address_is_found(address: str, around: str, found: Found) -> None:
    """QT606 points at an address, whatever stands around it."""
    assert [text.startswith(address) for text in found("QT606", answer=BEFORE + around.format(address))] == [True]


@pytest.mark.parametrize(
    "sentence",
    ["At p@q it ends.", "Write @newts.", "So 5 @ 3.2 V.", "It is a@b.", "At root@localhost it is.", "x@3.14"],
)
def test_an_at_sign_alone_is_no_address(sentence: str, found: Found) -> None:
    """QT606 leaves an at sign alone that no domain follows."""
    assert found("QT606", answer=BEFORE + sentence) == []


def test_each_address_is_found(found: Found) -> None:
    """QT606 and QT607 are given for each address and number, each at its own place."""
    answer = BEFORE + "Ask a@example.org or b@example.org, or call 555-012-3456, or 1-800-NEWTS-00."
    assert [text[:6] for text in found("QT606", answer=answer)] == ["a@exam", "b@exam"]
    assert [text[:5] for text in found("QT607", answer=answer)] == ["555-0", "1-800"]


@pytest.mark.parametrize(
    "number",
    [
        "555-012-3456",
        "555.012.3456",
        "(555) 012-3456",
        "1-555-012-3456",
        "1-800-NEWTS-00",
        "+1 555 012 3456",
        "+1 (555) 012-3456",
        "+15550123456",
        "+44 20 7946 0000",
        "+49 (0)30 123456",
        "555‑012‑3456",
    ],
)
def test_a_telephone_number_is_found(number: str, found: Found) -> None:
    """QT607 points at a number as people write it, with hyphens that break or not, dots, spaces or brackets."""
    for around in ("Call {}.", "Call **{}**, please.", r"Call:\n\n{}"):
        assert [text.startswith(number) for text in found("QT607", answer=BEFORE + around.format(number))] == [True]


@pytest.mark.parametrize(
    "words",
    [
        "on 2026-01-31",
        "doi 10.1038/s41586-020-2649-2",
        "ISBN 978-0-13-468599-1",
        "ISSN 0028-0836",
        "ORCID 0000-0002-1825-0097",
        "CAS 58-08-2",
        "CAS 7732-18-5",
        "gene ENSG00000139618",
        "transcript NM_000492.4",
        "at chr7:117,120,017-117,308,719",
        "term GO:0008150",
        "enzyme EC 2.7.11.1",
        "100-200 cells",
        "100-200-300 cells",
        "300–400 mOsm",
        "years 1850-1900",
        "the ratio 315:108:101:32",
        "5550123456 reads",
        "from -70 mV to +30 mV",
        "at +30, +40 and +50 mV",
        "position +1 to +20",
        "an 800-mg dose",
        "strain X555-012-3456",
        "lot 77-555-012-3456",
        "lot 555-012-34567",
        "lot 555-012-3456-9",
        "4.6 x 10^9 years",
    ],
)
def test_a_number_of_science_is_no_telephone_number(words: str, found: Found) -> None:
    """QT607 leaves dates, identifiers, ranges, voltages and doses alone."""
    assert found("QT607", answer=f"{BEFORE}It is {words}.") == []


@pytest.mark.parametrize(
    ("answer", "at"),
    [
        (BEFORE + "Based on the gathered information, newts regrow legs.", "gathered information"),
        (BEFORE + "Newts regrow legs (gathered information).", "gathered information"),
        (BEFORE + "As an AI language model, I see no newts.", "As an AI"),
        (BEFORE + "According to the provided text, newts regrow legs.", "According to"),
        (BEFORE + "Based on the information provided, newts regrow legs.", "Based on"),
        (BEFORE + "I hope this helps!", "I hope"),
        (BEFORE + "Let me know if it does not.", "Let me know"),
        ("Certainly! Newts regrow legs.", "Certainly!"),
        ("Sure, newts regrow legs.", "Sure,"),
    ],
)
def test_a_language_model_speaking_is_found(answer: str, at: str, found: Found) -> None:
    """QT608 points at what a model says of itself, of its sources or to its user."""
    assert [text.startswith(at) for text in found("QT608", answer=answer)] == [True]


@pytest.mark.parametrize(
    "answer",
    [
        "Cells act based on the information in DNA.",
        "It changed in the course of evolution.",
        "Sure-footed goats climb, and surely newts do not.",
        "Certainly not all newts regrow legs.",
        "Information that the eye has gathered goes to the brain.",
        "Bees gathered information about flowers and danced.",
        "Neurons act on the information supplied by the retina.",
        "Bacteria take the carbon from the sources given to them.",
    ],
)
def test_information_in_nature_is_no_boilerplate(answer: str, found: Found) -> None:
    """QT608 leaves information, sources and certainty alone that are biology's."""
    assert found("QT608", answer=answer) == []


def test_letters_that_grow_in_lower_case_do_not_move_the_place(found: Found) -> None:
    """QT608 points at its words behind a letter whose lower case is longer, too."""
    assert found("QT608", answer="İstanbul has newts. I hope this helps.") == ["I hope this helps."]


@pytest.mark.parametrize(
    ("answer", "at"),
    [
        ("The **stump grows.", "**stump"),
        ("The stump** grows.", "** grows"),
        (r"**Skin: it grows.\n3. **Bone**: it too.", "**Skin"),
        ("Both **skin** and **bone grow.", "**bone"),
        (r"The code is\n\n```\nx = 1", "```"),
    ],
)
def test_markup_that_is_not_closed_is_found(answer: str, at: str, found: Found) -> None:
    """QT609 points at the bold or the code fence that changes how all after it is shown."""
    assert [text.startswith(at) for text in found("QT609", answer=BEFORE + answer)] == [True]


@pytest.mark.parametrize(
    "answer",
    [
        "The **stump** grows.",
        "***The stump*** grows.",
        "The mark `**` opens bold.",
        r"The code is\n\n```\na ** b\n```\n\nhere.",
        "It is $x^{**}$ here.",
        r"It is \(x^{**}\) here.",
        "Power is 2 ** 3 and 4 ** 5 here.",
        "The difference is significant (**).",
    ],
)
def test_asterisks_that_are_no_bold_have_no_finding(answer: str, found: Found) -> None:
    """QT609 leaves whole pairs alone, code, formulas, and the asterisks of statistics."""
    assert found("QT609", answer=BEFORE + answer) == []


def test_the_bounds_count_words_and_no_marks(found: Found) -> None:
    """QT610 counts 40 words as 40, however many dashes, bars and bullets stand between them."""
    words = " ".join(["newt"] * 39)
    assert found("QT610", answer=f"{words} – | - | * legs.") == []
    assert found("QT610", answer=f"{words} – | - | * .")
    assert found("QT610", answer="I cannot answer this.", no_index="True") == []


def test_only_what_is_left_to_write_is_a_placeholder(found: Found) -> None:
    """QT611 is given for what a new entry starts with, in the answer and in the description."""
    assert found("QT611", answer="To be written.") == ["To be written."]
    assert found("QT611", description="To be written.") == ["To be written."]
    assert found("QT611", answer="To be written into DNA, viral RNA is copied first.") == []


@pytest.mark.parametrize(
    "escape",
    ["&amp;", "&lt;", "&nbsp;", "&#8217;", "&#x27;", r"\u00b0", r"\xe9", r"\"", "&deg;", "&alpha;", "&rarr;"],
)
def test_an_escape_is_found_wherever_it_is_shown(escape: str, found: Found) -> None:
    """QT612 points at an escape of JSON or HTML in the answer, the description and the keywords."""
    for key in ("answer", "description", "keywords"):
        assert [text.startswith(escape) for text in found("QT612", **{key: f"Newts, skin {escape} bone, legs."})] == [
            True
        ]


@pytest.mark.parametrize(
    "answer",
    [
        "Salt & water, and R&D; more.",
        "The mark `&amp;` is HTML.",
        r"The code is\n\n```\n\u00b0\n```\n\nhere.",
        r"It is $\underline{x}$, $\upsilon$, $\xi$ and $\xrightarrow{a}$ here.",
    ],
)
def test_what_only_looks_like_an_escape_has_no_finding(answer: str, found: Found) -> None:
    """QT612 leaves ampersands, code and LaTeX alone."""
    assert found("QT612", answer=BEFORE + answer) == []


@pytest.mark.parametrize("character", "’“–éü°µ²βα−→₂×ΔπσÅ≥•")
def test_a_character_read_in_the_wrong_encoding_is_found(character: str, found: Found) -> None:
    """QT613 points at the bytes of a character that were read as Windows-1252, wherever they are shown."""
    misread = character.encode().decode("cp1252")
    for key in ("answer", "description", "keywords", "question"):
        assert [text.startswith(misread) for text in found("QT613", **{key: f"Newts, skin {misread}bone, legs"})] == [
            True
        ]


@pytest.mark.parametrize(
    "answer",
    ["café, naïve, façade", "5 °C, 3 µm, ½", "β-cells, α-helix, Δψ", "Ångström, Île, SÃO PAULO, Â", "A → B ≥ C"],
)
def test_letters_with_accents_have_no_finding(answer: str, found: Found) -> None:
    """QT613 leaves text alone that was read as it was written."""
    assert found("QT613", answer=answer) == []
