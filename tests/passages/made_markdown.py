"""Markdown answers made by Hypothesis, in which every word outside headings is known by its looks."""

from __future__ import annotations

import re
from itertools import count

from hypothesis import strategies as st

WORD = re.compile(r"\bw\d+q\b")
"""A word outside headings; the ones in headings start with another letter."""

_SEPARATORS = (
    " ",
    " ",
    " ",
    ", ",
    ". ",
    "? ",
    "! ",
    ": ",
    "; ",
    " e.g. ",
    " (E. coli) ",
    " 3.5 ",
    " $x. Y$ ",
    " CO₂ ",
    " $5 ",
)
_LINE = st.lists(st.sampled_from(_SEPARATORS), min_size=1, max_size=60)
_HEADING_LINE = st.lists(st.just(" "), min_size=1, max_size=20)


@st.composite
def answers(draw: st.DrawFn) -> str:
    """Return an answer of headings, paragraphs, lists, quotes, tables, code fences and display mathematics."""
    numbers = count()

    def line() -> str:
        return "".join(f"w{next(numbers)}q{separator}" for separator in draw(_LINE)).strip()

    def heading() -> str:
        words = " ".join(f"h{next(numbers)}q" for _ in draw(_HEADING_LINE))
        return f"{'#' * draw(st.integers(1, 6))} {words}"

    def label() -> str:
        return draw(st.sampled_from(["", f"**w{next(numbers)}q**: ", f"**w{next(numbers)}q:** "]))

    def items(indent: str, mark: str) -> str:
        gap = draw(st.sampled_from(["\n", "\n\n"]))
        return gap.join(f"{indent}{mark} {label()}{line()}" for _ in range(draw(st.integers(1, 4))))

    def table() -> str:
        rows = [f"| {line()} | {line()} |" for _ in range(draw(st.integers(1, 5)))]
        return "\n".join([f"| w{next(numbers)}q | w{next(numbers)}q |", "|---|---|", *rows])

    makers = {
        "heading": heading,
        "paragraph": line,
        "lines": lambda: f"{line()}\n{line()}",
        "leads in": lambda: f"w{next(numbers)}q as follows:",
        "numbered": lambda: items("", "1."),
        "bullets": lambda: items("", draw(st.sampled_from("-*+"))),
        "nested": lambda: f"1. {label()}{line()}\n{items('   ', '-')}",
        "item with heading": lambda: f"- {line()}\n\n  {heading()}\n\n  {line()}",
        "quote": lambda: f"> {line()}\n> {line()}",
        "table": table,
        "fence": lambda: f"```\n{line()}\n\n# w{next(numbers)}q\n```",
        "open fence": lambda: f"~~~\n{line()}",
        "display": lambda: f"$$\nw{next(numbers)}q = \\frac{{w{next(numbers)}q}}{{2}} \\\\\nw{next(numbers)}q\n$$",
        "rule": lambda: "---",
        "html": lambda: f"<div>\n{line()}\n</div>",
        "indented": lambda: f"        {line()}",
        "reference": lambda: f"[w{next(numbers)}q]: /w{next(numbers)}q",
    }
    kinds = draw(st.lists(st.sampled_from(sorted(makers)), min_size=1, max_size=14))
    blocks = [makers[kind]() for kind in kinds]
    gaps = [draw(st.sampled_from(["\n\n", "\n\n", "\n", "\n \n"])) for _ in blocks]
    return "".join(part for pair in zip(blocks, gaps, strict=True) for part in pair).strip()
