"""Markdown and LaTeX as plain words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.passages import plain_text

SPELLINGS = {
    "CO2": [
        "CO2",
        "CO₂",
        "CO_2",
        "CO_{2}",
        "$CO_2$",
        "$CO_{2}$",
        r"$\text{CO}_2$",
        r"$\mathrm{CO_2}$",
        r"$\ce{CO2}$",
        r"\(CO_2\)",
    ],
    "Na+": ["Na+", "Na⁺", "$Na^+$", "$Na^{+}$", r"$\text{Na}^+$", r"$\ce{Na+}$", r"\(Na^+\)"],
    "Ca2+": ["Ca2+", "Ca²⁺", "$Ca^{2+}$", r"$\mathrm{Ca}^{2+}$", r"$\ce{Ca^{2+}}$"],
    "C6H12O6": ["C6H12O6", "C₆H₁₂O₆", "$C_6H_{12}O_6$", "C_6H_{12}O_6", r"$\text{C}_6\text{H}_{12}\text{O}_6$"],
}


@pytest.mark.parametrize(("plain", "spelling"), [(plain, one) for plain, many in SPELLINGS.items() for one in many])
def test_spellings_of_a_formula_give_one_text(plain: str, spelling: str) -> None:
    """Subscripts, superscripts, LaTeX and plain letters meet in one spelling."""
    assert plain_text(f"The {spelling} level.") == f"The {plain} level."


@pytest.mark.parametrize("spelling", ["Cl⁻", "$Cl^-$", r"$\ce{Cl-}$", "Cl−"])
def test_spellings_of_a_negative_ion_give_one_text(spelling: str) -> None:
    """A minus written as superscript, sign or hyphen is one and the same."""
    assert plain_text(f"The {spelling} level.") == "The Cl- level."


@pytest.mark.parametrize("spelling", [r"\ce{Na+}", "Na^+"])
def test_formulas_outside_dollar_signs_are_formulas_too(spelling: str) -> None:
    """Answers hold formulas that somebody forgot to wrap."""
    assert plain_text(f"The {spelling} level.") == "The Na+ level."


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("## A heading", "A heading"),
        ("1. One\n2) Two\n- Three\n* Four", "One Two Three Four"),
        ("> Quoted\n> - listed", "Quoted listed"),
        ("**bold** *lean* ***both*** __bold__ _lean_ `code`", "bold lean both bold lean code"),
        ("[the cell](https://example.org/a_b)", "the cell"),
        ("![a cell](cell.png) drawn", "a cell drawn"),
        ("| G1 | grows |\n|:---|---:|\n| S | copies |", "G1 grows S copies"),
        ("two  spaces\n\n\tand\u00a0more", "two spaces and more"),
        ("ﬁne ½", "fine 1⁄2"),
        ("snake_case and a_b_c stay", "snake_case and a_b_c stay"),
        ("", ""),
        ("***", ""),
    ],
)
def test_marks_are_dropped_and_words_kept(markdown: str, plain: str) -> None:
    """What is left is one line of the words a reader sees."""
    assert plain_text(markdown) == plain


@pytest.mark.parametrize(
    ("maths", "plain"),
    [
        (r"$\alpha$ cells", "alpha cells"),
        (r"$3 \times 4$", "3 x 4"),
        (r"$$ x = 1 $$", "x = 1"),
        (r"\[ x = 1 \]", "x = 1"),
        (r"$\left( x \right)$", "( x )"),
        (r"$5\,\text{mm}$", "5 mm"),
    ],
)
def test_latex_commands_become_words(maths: str, plain: str) -> None:
    """Greek letters are spelled out, signs are drawn, and layout commands go."""
    assert plain_text(maths) == plain


@pytest.mark.parametrize(("command", "arrow"), [("rightarrow", "->"), ("to", "->"), ("rightleftharpoons", "<->")])
def test_arrows_are_drawn(command: str, arrow: str) -> None:
    """An arrow in mathematics reads as one drawn with signs."""
    assert plain_text(rf"$A \{command} B$").replace(" ", "") == f"A{arrow}B"


def test_the_halves_of_a_fraction_stay_two_words() -> None:
    """Numerator and denominator do not run together into a word that nobody asks for."""
    assert plain_text(r"$\frac{mass}{volume}$").split() == ["mass", "volume"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It costs $5 and $6.", ["5", "6."]),
        ("Between $5 and 20 people or $6.", ["5", "20", "people", "6."]),
        ("It costs $5 in R&D and $6 in care.", ["R&D"]),
        ("It costs $5. The cell_type column says $6.", ["cell_type"]),
    ],
)
def test_prices_are_not_mathematics(text: str, words: list[str]) -> None:
    """Between two prices, words keep their letters and the spaces around them."""
    found = plain_text(text).replace("$", "").split()
    assert [word for word in words if word not in found] == []


@given(st.text())
def test_any_text_becomes_one_trimmed_line(text: str) -> None:
    """No input raises, and white space is single spaces between words."""
    plain = plain_text(text)
    assert plain == " ".join(plain.split())


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), max_size=20))
def test_plain_words_are_left_as_they_are(words: list[str]) -> None:
    """Text without marks is its own plain text."""
    assert plain_text(" ".join(words)) == " ".join(words)
