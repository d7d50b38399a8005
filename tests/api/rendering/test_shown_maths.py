"""Formulas are shown as mathematics, or as they were written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rendering import prose_html
from api.rendering.maths import mathml


@pytest.mark.parametrize("source", ["$x^2$", r"\(x^2\)", "$$x^2$$", "Here: $ x^2 $."])
def test_formulas_in_a_line_are_mathml(source: str) -> None:
    """Each way to write a formula within a line gives MathML."""
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in prose_html(source)


@pytest.mark.parametrize("source", ["$$\nx^2\n$$", "\\[\nx^2\n\\]", "So:\n\n$$ x^2 $$\n\nand on"])
def test_formulas_on_their_own_lines_are_blocks(source: str) -> None:
    """A formula on lines of its own is shown on one."""
    assert '<p class="equation"><math display="block">' in prose_html(source).replace("equation ", "equation")


@pytest.mark.parametrize("source", ["It costs $5 or $6.", "From $5 million to $10 million.", "A $ sign and a $ sign."])
def test_prices_are_no_formulas(source: str) -> None:
    """Dollars stay dollars, as they do for the index."""
    assert prose_html(source) == f"<p>{source}</p>\n"


def test_chemistry_is_read() -> None:
    r"""``\ce`` gives the counts and charges of a formula as they are written by hand."""
    assert mathml(r"\ce{H2O}", is_block=False) == mathml(r"\mathrm{H_{2}O}", is_block=False)
    assert mathml(r"\ce{Ca^2+}", is_block=False) == mathml(r"\mathrm{Ca^{2+}}", is_block=False)
    assert mathml(r"\ce{2H2 + O2 -> 2H2O}", is_block=False).count("<msub>") == 3


@pytest.mark.parametrize(
    "source", ["x^", r"\frac{a", r"\left( x", "x_1_2", r"\nosuchcommand{x}", "{" * 300, "x" * 3000, r"\begin{matrix}"]
)
def test_a_bad_formula_shows_its_source(source: str) -> None:
    """What cannot be read as LaTeX is shown as it was written, never as an error or as half a formula."""
    assert mathml(source, is_block=False).startswith('<code class="formula">')


def test_text_in_a_formula_is_text() -> None:
    """A formula's words cannot be markup: its reader takes them as they are."""
    assert "<mtext>a\xa0&lt;b&gt;</mtext>" in mathml(r"\text{a <b>}", is_block=False)


@given(
    st.lists(
        st.sampled_from(
            [
                *"xy12+-=^_{}()[]&<>\\ ",
                r"\frac",
                r"\text{",
                r"\left",
                r"\right",
                r"\begin{matrix}",
                r"\end{matrix}",
                r"\sqrt",
                r"\ce{",
                r"\over",
                r"\limits",
                r"\hline",
                r"\genfrac",
                r"\mathrm",
                r"\color",
            ]
        ),
        max_size=25,
    ).map("".join)
)
def test_no_formula_is_an_error(source: str) -> None:
    """Whatever LaTeX is written, something is shown."""
    assert mathml(source, is_block=True).startswith(("<math", "<code"))
