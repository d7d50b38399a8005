"""An answer's text with the numbers of its citations in it, whole or sentence by sentence as it comes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rag.answering import leads_in
from rag.models import Answer, Sentence

SUPPORT_MARKS: Final[Mapping[str, str]] = {
    "partly": " *(supported in part)*",
    "unsupported": " *(no entry says this)*",
}
"""What stands behind a sentence that is shown though the entries do not support it."""

_NEW_LINE: Final = re.compile(r"\s*\n")


@dataclass(slots=True)
class Footnotes:
    """Writes one answer: each sentence at once, its numbers before the next one.

    Sentences of one line that rest on the same citations share their numbers, behind the last of them; so do the rows
    of a table, within the last row. What is marked as not supported shares none, and is marked at once.

    Attributes:
        opening: what a number begins with; a backslash keeps a Markdown reader from taking it for a link.
    """

    opening: str = "["
    _owing: Sentence | None = None
    _length: int = 0

    def add(self, lead: str, sentence: Sentence) -> str:
        """Return what to write when a sentence comes: what was owed to the one before, its lead, and itself."""
        owed = self._owed(lead, sentence)
        self._length += len(lead) + len(sentence.text)
        written = owed + lead + sentence.text[: len(sentence.text) - len(_closing(sentence))]
        mark = SUPPORT_MARKS.get(sentence.support)
        self._owing = sentence if mark is None else None
        return written if mark is None else written + self._numbered(sentence) + mark

    def finish(self, text: str) -> str:
        """Return what to write after the last sentence.

        Args:
            text: of the whole answer, which begins with all that was added.
        """
        owed = self._owed("\n", None)
        self._owing = None
        return owed + text[self._length :]

    def _owed(self, lead: str, following: Sentence | None) -> str:
        owing = self._owing
        if owing is None:
            return ""
        return _closing(owing) if _shares(owing, lead, following) else self._numbered(owing)

    def _numbered(self, sentence: Sentence) -> str:
        """Return the numbers of a sentence, and the end of its row."""
        closing = _closing(sentence)
        if not sentence.citations or _is_rule(sentence):
            return closing
        numbers = " " + "".join(f"{self.opening}{n}]" for n in sentence.citations)
        return f"{numbers} |" if closing else numbers


def _shares(sentence: Sentence, lead: str, following: Sentence | None) -> bool:
    """Return whether the numbers of a sentence stand behind the one that follows, or a later one.

    Args:
        lead: what stands between them.
    """
    if following is None or following.citations != sentence.citations or following.support in SUPPORT_MARKS:
        return False
    return _is_row(following) if _is_row(sentence) else not (_NEW_LINE.match(lead) or _is_row(following))


def with_footnotes(answer: Answer, opening: str = "[") -> str:
    """Return the text of an answer with the numbers of its citations; see `Footnotes`."""
    footnotes = Footnotes(opening)
    leads = leads_in(answer.text, answer.sentences)
    written = [footnotes.add(lead, sentence) for lead, sentence in zip(leads, answer.sentences, strict=True)]
    return "".join([*written, footnotes.finish(answer.text)])


def _is_row(sentence: Sentence) -> bool:
    return sentence.text.startswith("|")


def _is_rule(sentence: Sentence) -> bool:
    """Return whether a sentence is the line below a table's head."""
    return _is_row(sentence) and not sentence.text.strip("|-: ")


def _closing(sentence: Sentence) -> str:
    """Return the end of a table's row, which its numbers stand before."""
    text = sentence.text
    return text[len(text[:-1].rstrip()) :] if _is_row(sentence) and text.endswith("|") else ""
