"""An answer put together sentence by sentence, as it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from rag.answering.replies import Opening
from rag.answering.shaping import Said
from rag.citations import CitationList
from rag.models import Sentence, SentenceShown

_LEADS: Final[dict[Opening, str]] = {"paragraph": "\n\n", "item": "\n- ", "sentence": " "}


@dataclass(slots=True)
class Assembly:
    """The text, sentences and citations of an answer that grows.

    Attributes:
        text: Markdown so far; each sentence stands in it after its lead.
    """

    citations: CitationList
    text: str = ""
    sentences: list[Sentence] = field(default_factory=list[Sentence])

    def add(self, said: Said, opening: Opening) -> SentenceShown:
        """Put a sentence at the end, and return what to show of it."""
        numbers = () if said.passage is None or said.span is None else (self.citations.cite(said.passage, said.span),)
        sentence = Sentence(said.text, numbers, said.support, said.verbatim)
        return self.append(sentence, self._lead(opening))

    def append(self, sentence: Sentence, lead: str) -> SentenceShown:
        """Put a sentence that is cited already at the end, after its lead."""
        self.text += lead + sentence.text
        self.sentences.append(sentence)
        cited = tuple(one for one in self.citations.citations() if one.n in sentence.citations)
        return SentenceShown(sentence, lead, cited)

    def _lead(self, opening: Opening) -> str:
        if not self.text:
            return "- " if opening == "item" else ""
        in_list = self.text.rsplit("\n", 1)[-1].startswith("- ")
        return "\n\n- " if opening == "item" and not in_list else _LEADS[opening]


def leads_in(text: str, sentences: Sequence[Sentence]) -> list[str]:
    """Return what stands before each of some sentences in a text that holds them in order."""
    leads: list[str] = []
    end = 0
    for sentence in sentences:
        start = text.index(sentence.text, end)
        leads.append(text[end:start])
        end = start + len(sentence.text)
    return leads
