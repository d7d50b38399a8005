r"""Chapter 5: which dollar signs and which formulas are broken, and which only look so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[..., list[str]]

BEFORE = r"Newts are small.\n\n1. **Size**: a newt is shorter than a hand.\n2. "
"""Newlines stand before each fault, so that its column is counted past them."""


@pytest.mark.parametrize(
    ("answer", "at"),
    [
        (r"The speed $v = 3 is low.", "$v = 3 is"),
        (r"The speed is v = 3$ here.", "$ here."),
        (r"Let $x$ and $y be two numbers.", "$y be"),
        (r"The $K_m is 5.", "$K_m"),
        (r"Its area is $5^2 here.", "$5^2"),
        (r"Here $ stands alone.", "$ stands"),
        (r"It is $\frac{1}{2} now.", r"$\frac"),
        (r"It holds $E = mc^2$$ for all.", "$ for all"),
        (r"It holds $$E = mc^2$ for all.", "$$E = mc^2$"),
        (r"$$\nx = 2\nIt stops.", r"$$\nx"),
        (r"The shell writes `$x` and $y here.", "$y here"),
        (r"The price is \$5 and $y is open.", "$y is"),
    ],
)
def test_a_dollar_sign_without_partner_is_found(answer: str, at: str, found: Found) -> None:
    """QT500 points at the first sign of a formula that is opened and not closed, or closed and not opened."""
    assert [text.startswith(at) for text in found("QT500", answer=BEFORE + answer)] == [True]


@pytest.mark.parametrize(
    "answer",
    [
        r"The speed $v = 3$ is low.",
        r"It costs $5 and no more.",
        r"It costs $5 and then $6 each.",
        r"It costs \$5 here.",
        r"The shell writes `$x` here.",
        r"The shell has ```\necho $x\n``` here.",
        r"It holds $4^2 = 16$ here.",
        r"Both \(x\) and \[y\] hold.",
        r"Both $$a$$ and $b$ hold.",
        r"There are $5$ cells.",
        r"A $5$-fold rise from $10{,}000$ cells.",
        r"Between $1.50 and $10 a gram.",
        r"The grant of $2-million is US$5 short of $1,200.50.",
        r"Here $\text{the rate of the reaction}$ holds.",
        r"Here $p + q = 1$, so with $p = 0.6$ we have $q = 0.4$.",
        r"It kills $100\%$ of cells at $37^\circ$C and $-70$ mV.",
        r"Both $Na^+$ and $K^+$ cross.",
        r"It sells for $5, where $x$ is the rate.",
        r"The shell reads $PATH and then writes $HOME here.",
    ],
)
def test_a_dollar_sign_with_partner_or_price_has_no_finding(answer: str, found: Found) -> None:
    """QT500 leaves formulas of any kind, prices, escaped signs and code alone."""
    assert found("QT500", answer=BEFORE + answer) == []


@pytest.mark.parametrize(
    ("answer", "at"),
    [
        ("A kit costs $46 and a refill $5.", "$46 and"),
        ("It costs $5.", "$5."),
        ("They spent $46.2 billion on it.", "$46.2 billion"),
        ("Over $1,000,000.00 was paid.", "$1,000,000.00"),
        ("It is cheap ($5).", "$5)."),
        ("It costs US$5 here.", "$5 here"),
        ("Costs $5 each, and $x$ is the rate.", "$5 each"),
        ("A course of $5-10 pills.", "$5-10"),
        ("A bed costs $5/day here.", "$5/day"),
    ],
)
def test_a_price_is_found(answer: str, at: str, found: Found) -> None:
    """QT503 points at the first price, and says nothing of the formulas beside it."""
    assert [text.startswith(at) for text in found("QT503", answer=BEFORE + answer)] == [True]
    assert found("QT500", answer=BEFORE + answer) == []


@pytest.mark.parametrize(
    "answer",
    [
        r"A kit costs \$46 here.",
        "A kit costs `$46` here.",
        "A kit costs 46 dollars here.",
        r"The log has ```\n$5\n``` here.",
        r"It holds $4^2 = 16$ here.",
        r"There are $5$ cells, $2n$ chromosomes and $1{,}000$ genes.",
        r"The ratio is $9:3:3:1$, or $1/2$ and $1/4$ of all.",
        r"It is $0.05$ or $0.01$, so $5%$ or $1%$ of all.",
        r"It is $46 \times 2$ and $2\alpha$ and $3x$.",
        r"It is $5 + 3 = 8$ and $5 < 6$ here.",
        r"There are $5 + 3$ cells here.",
        r"It is $20 ÷ 4$ of all here.",
    ],
)
def test_a_number_in_mathematics_is_no_price(answer: str, found: Found) -> None:
    """QT503 leaves numbers between two signs alone, and prices that cannot be mistaken."""
    assert found("QT503", answer=BEFORE + answer) == []


@pytest.mark.parametrize(
    ("answer", "at"),
    [
        (r"The law is $a \ne b$ here.", r"\ne b$"),
        (r"The law is $a \nleq b$ here.", r"\nleq b$"),
        (r"It is $x \ni y$ here.", r"\ni y$"),
        (r"It is \(A \nsubseteq B\) here.", r"\nsubseteq B"),
        (r"It is \[a \nparallel b\] here.", r"\nparallel b"),
        (r"It is $$\sum_{x\ne y} z$$ here.", r"\ne y}"),
        (r"The arrow is $F \nearrow$ here.", r"\nearrow$"),
        (r"It is \text{a} or ext{b} here.", "ext{b}"),
        (r"It is $\frac{1}{2}$ or rac{1}{2} here.", "rac{1}"),
        (r"It is $2 imes 10^3$ cells.", "imes 10"),
        (r"In $egin{array}{c}$ it stands.", "egin{array}"),
        (r"The angle is $x heta$ here.", "heta$"),
        ("Sugar ightarrow lactate is the sum.", "ightarrow lactate"),
    ],
)
def test_a_command_that_lost_its_start_is_found(answer: str, at: str, found: Found) -> None:
    r"""QT501 points at the newline that stands where a command was, or at what is left of ``\text`` and the like."""
    assert [text.startswith(at) for text in found("QT501", answer=BEFORE + answer)] == [True]


@pytest.mark.parametrize(
    "answer",
    [
        r"The law is $a \neq b$, $\neg p$, $\nabla f$, $\nu$ and $a \notin B$.",
        r"First $a$.\n\neat well, for $b$ is.",
        r"First $a$.\ne) then $b$ is.",
        r"Here $x$.\ni. one\nii. two $y$ more.",
        r"- $x$\n- $y$\n- none of them.",
        r"The sum is $$\na = b\n$$ here.",
        r"The count is $$\ni = 1\n$$ here.",
        r"The speed is $$\nu = 3\n$$ here.",
        r"It is $\begin{pmatrix} a \\\n b \end{pmatrix}$ here.",
        r"It is $$\begin{aligned} x &= 1 \\\ni &= 2 \end{aligned}$$ here.",
        r"It is $$\begin{aligned} x &= 1 \\\ne &= 2 \end{aligned}$$ here.",
        r"It is $$a = b\n\ne = f$$ here.",
        r"The mark `ext{` is not $x$.",
        r"The next{x} and context{y} are words, $x$ is not.",
        r"Sometimes the theta wave, $\theta$, is slow.",
    ],
)
def test_a_newline_and_a_word_are_no_lost_command(answer: str, found: Found) -> None:
    """QT501 leaves newlines between formulas and after LaTeX's line breaks alone, and words that hold a fragment."""
    assert found("QT501", answer=BEFORE + answer) == []


@pytest.mark.parametrize(
    ("answer", "at"),
    [
        (r"The rate is $k_a_b$ here.", "_a_b"),
        (r"It is $x^2^3$ here.", "^2^3"),
        (r"It is \(x_{a}_{b}\) here.", "_{a}_{b}"),
        (r"It is $$\sigma_{2s}^*^2$$ here.", "^*^2"),
        (r"It is $x_\alpha_\beta$ here.", r"_\alpha_\beta"),
        (r"It is $x_1 _2$ here.", "_1 _2"),
        (r"It is $x_{a_{b}}_c$ here.", "_{a_{b}}_c"),
        (r"It is $a_b^c_d$ here.", "_b^c_d"),
    ],
)
def test_two_scripts_in_a_row_are_found(answer: str, at: str, found: Found) -> None:
    """QT502 points at the first of two subscripts or two superscripts of one letter."""
    assert [text.startswith(at) for text in found("QT502", answer=BEFORE + answer)] == [True]


@pytest.mark.parametrize(
    "answer",
    [
        r"The rate is $k_{a_b}$ here.",
        r"It is $x_1^2$ and $x^2_1$ here.",
        r"It is $x_1 + x_2 + x_3$ and $x_1x_2$ here.",
        r"It is $p^2 + 2pq + q^2 = 1$ here.",
        r"It is ${x^2}^3$ and $x^{a^b}$ here.",
        r"The name `a_b_c` and the name a_b_c are no mathematics, $x$ is.",
        r"Sugar is $C_6H_{12}O_6$, and peroxide $H_2O_2$.",
        r"Carbon is $^{14}_6C$ or ${}^{14}_{6}C$ here.",
        r"The alleles are $I^AI^B$ and $X^HX^h$ here.",
        r"It is $\sum_{i=1}^{n} x_i^2$ and $\int_0^1 x^2$ here.",
        r"It is $K_\mathrm{m}^\mathrm{app}$ here.",
        r"Ions are $\ce{SO4^{2-}}$ and $\ce{Na^+}$ here.",
    ],
)
def test_scripts_of_several_letters_have_no_finding(answer: str, found: Found) -> None:
    """QT502 leaves a subscript beside a superscript alone, scripts in braces, and names in code."""
    assert found("QT502", answer=BEFORE + answer) == []


@pytest.mark.parametrize(
    ("answer", "at"),
    [
        (r"It is $\frac{1}{2$ here.", r"$\frac"),
        (r"It is $x}$ here.", "$x}"),
        (r"It is $$e^{-x$$ here.", "$$e"),
        (r"It is \(\frac{1}{2\) here.", r"\(\frac"),
        (r"It is $\left( x$ here.", r"$\left"),
        (r"It is $x \right)$ here.", r"$x \right"),
        (r"It is $\begin{array} x$ here.", r"$\begin"),
        (r"It is $\begin{cases} x \end{array}$ here.", r"$\begin"),
        (r"It is \(x here.", r"\(x here"),
        (r"It is x\] here.", r"\] here"),
    ],
)
def test_a_half_of_a_pair_is_found(answer: str, at: str, found: Found) -> None:
    """QT504 points at the formula in which a brace, a side or an environment has no partner, or at the open mark."""
    assert [text.startswith(at) for text in found("QT504", answer=BEFORE + answer)] == [True]


@pytest.mark.parametrize(
    "answer",
    [
        r"It is $\frac{1}{2}$ here.",
        r"The set $\{a, b\}$ and the set $[0, 1)$ are two.",
        r"It is $\left( x \right)$ and $\left. x \right|$ here.",
        r"It is $\left\{ x \right.$ here.",
        r"It runs $\leftarrow$ or $\rightarrow$ or $\leftrightarrow$ here.",
        r"Both \(x\) and \[y\] hold.",
        r"The mark `\(` opens, and $x$ is.",
        r"A { stands alone beside $x$ here.",
        r"It is $$\begin{aligned} a &= 1 \\[4pt] b &= 2 \end{aligned}$$ here.",
        r"Ions are \ce{SO4^{2-}} and \ce{Fe^{3+}} here.",
        r"The code has ```\nf(\(x) {\n``` here.",
    ],
)
def test_pairs_have_no_finding(answer: str, found: Found) -> None:
    """QT504 leaves whole pairs alone, escaped braces, arrows, row breaks with a height, and code."""
    assert found("QT504", answer=BEFORE + answer) == []
