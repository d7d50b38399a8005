r"""Chapter 5: LaTeX in answers: ``$..$``, ``$$..$$``, ``\(..\)`` and ``\[..\]``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rag.linting.page import Page
from rag.linting.rule import Fault, page_rule
from rag.linting.rules.blanks import without_code, without_maths
from rag.linting.rules.fragments import lost_command
from rag.models import Span
from rag.passages import maths_spans

_ANSWER = ("answer",)
_DOLLARS = re.compile(r"\$+")
_PRICE = re.compile(r"\$ ?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?![\d^_\\=+*{}])")
_LOST_AFTER_NEWLINE = re.compile(
    r"(?<!\\\\)\n(?:e|eq|i|gtr|subset|ewline|eg|less|leq|geq|exists|abla|otin|ot|mid|u|atural|earrow|warrow|onumber|parallel|prec|succ|sim|cong|subseteq|supseteq|"
    r"leftarrow|rightarrow|Leftarrow|Rightarrow|vdash|orm)(?![A-Za-z])"
)
_GROUP = r"(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+(?:\{[^{}]*\})?|[^\s\\{}])"
_DOUBLE_SCRIPT = re.compile(rf"_{_GROUP}\s*(?:\^{_GROUP}\s*)?_{_GROUP}|\^{_GROUP}\s*(?:_{_GROUP}\s*)?\^")
_WORDS = re.compile(r"\\(?:text|mathrm|mbox|operatorname)\{[^{}]*\}")
_MARK = re.compile(r"(?<!\\)\\[()\[\]]")
_BRACE = re.compile(r"(?<!\\)[{}]")
_SIDED = re.compile(r"\\(left|right)(?![A-Za-z])")
_ENVIRONMENT = re.compile(r"\\(begin|end)\{([A-Za-z]+\*?)\}")


@page_rule(
    "QT500",
    "unbalanced-dollar",
    bad="answer: >-\n    The speed $v = 3 is low.",
    good="answer: >-\n    The speed $v = 3$ is low.",
)
def unbalanced_dollar(page: Page) -> Iterator[Fault]:
    """Mathematics opens and closes with `$` or `$$`.

    A single one turns the words that follow into mathematics, or shows as it is.
    """
    stray = [place for place in _stray_dollars(page.entry.answer) if not place.is_price]
    if len(stray) % 2 or sum(len(each.text) for each in stray) % 2:
        yield Fault(
            f"a '$' has no partner: {_around(page, stray[0].start)}; close the formula", _ANSWER, stray[0].start
        )


@page_rule(
    "QT501",
    "eaten-command",
    bad=r"answer: >-" + "\n    " + r"The law is $a \ne b$, or ext{not equal}.",
    good=r"answer: >-" + "\n    " + r"The law is $a \neq b$, or \text{not equal}.",
)
def eaten_command(page: Page) -> Iterator[Fault]:
    r"""In an answer a backslash and an n are a newline, so `\ne` and `\nleq` lose their backslash.

    `\neq` and `\not\leq` do not. Other commands lost it to an escape: `ext{` is what is left of `\text{`.
    """
    answer = _without_code(page.entry.answer)
    for span, inner in maths_spans(answer):
        if "\n\n" not in inner and (lost := _LOST_AFTER_NEWLINE.search(inner)) and inner[: lost.start()].strip():
            at = answer.index(inner, span.start) + lost.start()
            name = lost.group()[1:]
            yield Fault(f"a newline stands where a command \\n{name} may have been: {_around(page, at)}", _ANSWER, at)
    if lost := lost_command(answer):
        message = f"{lost.group()!r} is what a lost backslash left of a LaTeX command"
        yield Fault(f"{message}: {_around(page, lost.start())}", _ANSWER, lost.start())


@page_rule(
    "QT502",
    "double-script",
    bad="answer: >-\n    The rate is $k_a_b$.",
    good="answer: >-\n    The rate is $k_{a_b}$.",
)
def double_script(page: Page) -> Iterator[Fault]:
    """Two subscripts or two superscripts in a row are an error in LaTeX: the whole formula is shown as its source."""
    for span, inner in _maths(page):
        if found := _DOUBLE_SCRIPT.search(_WORDS.sub(lambda words: "x" * len(words.group()), inner)):
            at = page.entry.answer.index(inner, span.start) + found.start()
            yield Fault(
                f"two scripts in a row in {found.group()!r}; put the first with its letter in braces", _ANSWER, at
            )


@page_rule(
    "QT503",
    "price-as-mathematics",
    bad="answer: >-\n    A kit costs $46 and a refill $5.",
    good="answer: >-\n    A kit costs 46 dollars and a refill 5.",
)
def price_as_mathematics(page: Page) -> Iterator[Fault]:
    r"""Between two prices written with `$` the words may be shown as mathematics, without spaces.

    Write the currency as a word or code, or `\$`.
    """
    prices = [place for place in _stray_dollars(page.entry.answer) if place.is_price]
    if prices:
        more = f" (and {len(prices) - 1} more)" if len(prices) > 1 else ""
        yield Fault(
            f"the price {prices[0].text!r}{more} can be mistaken for mathematics; write '46 dollars' or '\\$46'",
            _ANSWER,
            prices[0].start,
        )


@page_rule(
    "QT504",
    "unbalanced-mathematics",
    bad=r"answer: >-" + "\n    " + r"It is $\frac{1}{2$.",
    good=r"answer: >-" + "\n    " + r"It is $\frac{1}{2}$.",
)
def unbalanced_mathematics(page: Page) -> Iterator[Fault]:
    r"""Braces, `\left` and `\right`, `\begin` and `\end`, `\(` and `\)` come in pairs.

    Where one is missing the formula is shown as its source.
    """
    if not _holds_latex(page.entry.answer):
        return
    for span, inner in _maths(page):
        if what := _unbalanced(inner):
            yield Fault(f"{what} has no partner in {inner.strip()[:60]!r}", _ANSWER, span.start)
    answer = _without_code(page.entry.answer)
    for opening, closing in ((r"\(", r"\)"), (r"\[", r"\]")):
        found = [mark for mark in _MARK.finditer(answer) if mark.group() in {opening, closing}]
        if sum(1 if mark.group() == opening else -1 for mark in found):
            message = f"{opening} and {closing} do not come in pairs; close the formula"
            yield Fault(message, _ANSWER, found[0].start())


def _unbalanced(formula: str) -> str | None:
    depth = 0
    for brace in _BRACE.findall(formula):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return "'}'"
    sides = Counter(_SIDED.findall(formula))
    environments = Counter(_ENVIRONMENT.findall(formula))
    if depth:
        return "'{'"
    if sides["left"] != sides["right"]:
        return r"\left or \right"
    unpaired = [name for _, name in environments if environments["begin", name] != environments["end", name]]
    return f"\\begin{{{unpaired[0]}}}" if unpaired else None


def _holds_latex(answer: str) -> bool:
    """Return whether an answer can hold mathematics at all: 7 in 8 of the publisher's Biology answers cannot."""
    return any(sign in answer for sign in "$\\{")


def _maths(page: Page) -> Iterator[tuple[Span, str]]:
    return maths_spans(_without_code(page.entry.answer))


def _without_code(answer: str) -> str:
    """Return an answer of the same length in which code, and dollars meant as dollars, are spaces."""
    return without_code(answer).replace(r"\$", "  ")


@dataclass(frozen=True, slots=True)
class _Dollar:
    start: int
    text: str
    is_price: bool


def _stray_dollars(answer: str) -> list[_Dollar]:
    """Return the dollar signs of an answer that neither open nor close mathematics."""
    if "$" not in answer:
        return []
    rest = without_maths(_without_code(answer))
    found: list[_Dollar] = []
    for dollars in _DOLLARS.finditer(rest):
        price = _PRICE.match(rest, dollars.start())
        found.append(_Dollar(dollars.start(), price.group() if price else dollars.group(), price is not None))
    return found


def _around(page: Page, place: int) -> str:
    return repr(page.entry.answer[max(0, place - 20) : place + 30])
