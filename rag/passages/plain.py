"""Markdown and LaTeX as plain words, for embedding and for term matching; never shown to a reader."""

from __future__ import annotations

import re
import unicodedata

from rag.passages.maths import maths_spans

_SYMBOLS = {"rightarrow": "->", "to": "->", "rightleftharpoons": "<->", "times": "x", "cdot": "x"}
_FRACTION = re.compile(r"\\d?frac ?\{((?:[^{}]|\{[^{}]*\})*)\} ?\{")
_WRAPPER = re.compile(r"\\(?:text|mathrm|mathbf|mathit|textbf|ce|sqrt)\b ?(?=\{)|\\(?:left|right)\b")
_SPACING = re.compile(r"\\[,;:! ]|\\q?quad\b|~")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_CHARGE = re.compile(r"\^\{?(\d*[+-])\}?")
_SUBSCRIPT = re.compile(r"(?<=[A-Za-z)])_\{?(\d+)\}?")
_LINE_MARKS = re.compile(r"^[ ]*(?:#{1,6} |>+ ?|[-*+] |\d{1,3}[.)] )+|^[ ]*\|?[ :|-]+\|[ :|-]*$", re.MULTILINE)
_EMPHASIS = re.compile(r"\*{1,3}|`+|(?<![A-Za-z0-9])_{1,2}(?=\S)|(?<=\S)_{1,2}(?![A-Za-z0-9])")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


def plain_text(markdown: str) -> str:
    """Return Markdown as one line of plain words: no marks, LaTeX as text, compatibility characters folded (NFKC).

    The three spellings of chemistry meet here: ``CO2``, ``CO₂`` and ``$CO_2$`` all give ``CO2``.
    """
    text = _EMPHASIS.sub("", _LINK.sub(r"\1", _LINE_MARKS.sub("", _without_maths(markdown)))).replace("|", " ")
    return " ".join(unicodedata.normalize("NFKC", text).replace("−", "-").split())


def _without_maths(markdown: str) -> str:
    pieces: list[str] = []
    position = 0
    for span, inner in maths_spans(markdown):
        pieces += [_chemistry(markdown[position : span.start]), _plain_maths(inner)]
        position = span.end
    return "".join([*pieces, _chemistry(markdown[position:])])


def _chemistry(text: str) -> str:
    """Return text with the subscripts and charges of formulas that stand outside mathematics written plainly."""
    return _CHARGE.sub(r"\1", _SUBSCRIPT.sub(r"\1", text))


def _plain_maths(maths: str) -> str:
    text = _SPACING.sub(" ", _WRAPPER.sub("", _FRACTION.sub(r" \1 {", maths)))
    text = _COMMAND.sub(lambda found: f" {_SYMBOLS.get(found[1], found[1])} ", text)
    return re.sub(r"[{}_^\\&]", "", text)
