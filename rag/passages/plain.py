"""Markdown and LaTeX as plain words, for embedding and for term matching; never shown to a reader."""

from __future__ import annotations

import re
import unicodedata

_MATHS = re.compile(r"\$\$?(?P<dollars>[^$]+)\$\$?|\\\((?P<parens>.+?)\\\)|\\\[(?P<brackets>.+?)\\\]", re.DOTALL)
_MATHS_NAMES = {"rightarrow": "->", "to": "->", "rightleftharpoons": "<->", "times": "x", "cdot": "x", "frac": " "}
_SPACING_COMMAND = re.compile(r"\\[,;:! ]|\\(?:left|right|quad|qquad|text|mathrm|mathbf|ce|textbf|mathit)\b")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_LINE_MARKS = re.compile(r"^[ ]*(?:#{1,6} |>+ ?|[-*+] |\d{1,3}[.)] )+|^[ ]*\|?[ :|-]+\|[ :|-]*$", re.MULTILINE)
_EMPHASIS = re.compile(r"\*{1,3}|`+|(?<![A-Za-z0-9])_{1,2}(?=\S)|(?<=\S)_{1,2}(?![A-Za-z0-9])")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_SUBSCRIPT = re.compile(r"(?<=[A-Za-z)])_\{?(\d+)\}?")


def plain_text(markdown: str) -> str:
    """Return Markdown as one line of plain words: no marks, LaTeX as text, compatibility characters folded (NFKC).

    The three spellings of chemistry meet here: ``CO2``, ``CO₂`` and ``$CO_2$`` all give ``CO2``.
    """
    text = _MATHS.sub(lambda found: _plain_maths(next(filter(None, found.groups()))), markdown)
    text = _LINK.sub(r"\1", _LINE_MARKS.sub("", text))
    text = _EMPHASIS.sub("", _SUBSCRIPT.sub(r"\1", text)).replace("|", " ")
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _plain_maths(maths: str) -> str:
    text = _SPACING_COMMAND.sub(" ", maths)
    text = _COMMAND.sub(lambda found: _MATHS_NAMES.get(found[1], f" {found[1]} "), text)
    return re.sub(r"(?<=[A-Za-z0-9)]) (?=[0-9+-])", "", re.sub(r"[{}_^\\&]", "", text))
