"""Sentences of a Markdown text, each with its place; list items, headings and table rows end where their lines do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.models import Span
from rag.passages.maths import maths_spans

_ABBREVIATIONS = frozenset(
    "e.g i.e etc vs cf al eq vol ca approx dr prof mr mrs st sp spp subsp var ed eds min max temp".split()
)
_NUMBERED_ABBREVIATIONS = frozenset({"no", "fig", "figs"})
_END = re.compile(r"[.!?]+[\"'”’)\]*_]*(?=\s|$)")
_LINE_START = re.compile(r"[ ]*(?:#{1,6} +|>+ *|[-*+] +|\d{1,3}[.)] +)*")
_CLOSED_LINE = re.compile(r"[ ]*(?:#{1,6} |[-*+] |\d{1,3}[.)] |\||>|```|$)")
_CONTINUES = re.compile(r"[ ]*[a-z(,;$]")
"""A line that goes on with a sentence: the publisher never wraps lines, so a capital starts another sentence."""

_INITIAL_OR_TITLE = re.compile(r"(?:[A-Z]\.)+|Dr\.?|Prof\.?|Mr\.?|Mrs\.?")


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the sentences of ``text[start:end]`` as spans of `text`.

    A span leaves out the list number, bullet or heading marks before its first word, and white space around it.
    Display mathematics and code fences stay with the line that introduces them only where they share a paragraph.
    """
    end = len(text) if end is None else end
    return [
        span
        for block_start, block_end in _blocks(text, start, end)
        for span in _sentences(text, block_start, block_end)
    ]


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give runs of lines that one sentence may cross."""
    block_start: int | None = None
    position = start
    while position < end:
        line_end = text.find("\n", position, end)
        line_end = end if line_end < 0 else line_end
        line = text[position:line_end]
        if block_start is not None and (_CLOSED_LINE.match(line) or not _CONTINUES.match(line)):
            yield block_start, position
            block_start = None
        if line.strip():
            block_start = position if block_start is None else block_start
        position = line_end + 1
    if block_start is not None:
        yield block_start, end


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    marks = _LINE_START.match(text, start, end)
    begin = _skip_space(text, marks.end() if marks else start, end)
    maths = [(start + span.start, start + span.end) for span, _ in maths_spans(text[start:end])]
    for found in _END.finditer(text, begin, end):
        inside = any(opens < found.start() < closes - 1 for opens, closes in maths)
        if not inside and found.start() >= begin and _ends_sentence(text, begin, found, end):
            yield Span(begin, found.end())
            begin = _skip_space(text, found.end(), end)
    rest = text[begin:end].rstrip()
    if rest:
        yield Span(begin, begin + len(rest))


def _skip_space(text: str, position: int, end: int) -> int:
    return end - len(text[position:end].lstrip())


def _ends_sentence(text: str, begin: int, found: re.Match[str], end: int) -> bool:
    following = text[found.end() : end].lstrip()
    if not following:
        return True
    if found.group().startswith(".") and _is_abbreviation(text[begin : found.start()], following):
        return False
    return not following[0].islower()


def _is_abbreviation(before: str, following: str) -> bool:
    """Return whether a full stop belongs to the word before it: e.g., E. coli, J. D. Watson, No. 5."""
    words = before.split()
    last = words[-1].lstrip("(*_[") if words else ""
    if last.lower() in _NUMBERED_ABBREVIATIONS:
        return following[0].isdigit()
    if len(last) == 1 and last.isupper():
        name_before = len(words) > 1 and bool(_INITIAL_OR_TITLE.fullmatch(words[-2]))
        return following[0].islower() or name_before or (len(words) == 1 and following[:2].istitle())
    return last.lower() in _ABBREVIATIONS
