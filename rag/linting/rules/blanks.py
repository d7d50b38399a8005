"""Answers with what a rule must not look into replaced by spaces, so that every place keeps its number."""

from __future__ import annotations

import re

from rag.passages import maths_spans

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


def without_code(text: str) -> str:
    """Return a text of the same length with spaces for code."""
    return _CODE.sub(lambda code: " " * len(code.group()), text)


def without_maths(text: str) -> str:
    """Return a text of the same length with spaces for mathematics, its marks included."""
    pieces: list[str] = []
    position = 0
    for span, _ in maths_spans(text):
        pieces += [text[position : span.start], " " * (span.end - span.start)]
        position = span.end
    return "".join([*pieces, text[position:]])
