"""Citations: numbered by first use, each quote cut from its entry so that it cannot be anything but verbatim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rag.models import Citation, Passage, Span


@dataclass(slots=True)
class CitationList:
    """The citations of one answer, growing sentence by sentence.

    Attributes:
        answer_of: returns an entry's decoded answer by its url.
        question_of: returns an entry's question by its url.
    """

    answer_of: Callable[[str], str]
    question_of: Callable[[str], str]
    _spans: dict[str, tuple[Passage, Span]] = field(default_factory=dict[str, tuple[Passage, Span]])

    def cite(self, passage: Passage, span: Span) -> int:
        """Return the number of the citation of a section, widened to hold `span`, a part of that section.

        Raises:
            ValueError: the span is not inside the section.
        """
        if not passage.start <= span.start < span.end <= passage.end:
            raise ValueError(f"{span} is not inside the section {passage.start}-{passage.end} of {passage.url}")
        _, known = self._spans.get(passage.id, (passage, span))
        self._spans[passage.id] = (passage, Span(min(known.start, span.start), max(known.end, span.end)))
        return list(self._spans).index(passage.id) + 1

    def adopt(self, citation: Citation, other: CitationList) -> int:
        """Return the number here of a citation of another list; its quote is cited here too."""
        passage, span = other.place_of(citation)
        return self.cite(passage, span)

    def place_of(self, citation: Citation) -> tuple[Passage, Span]:
        """Return the section that a citation of this list quotes, and the quote's place."""
        return list(self._spans.values())[citation.n - 1]

    def citations(self) -> tuple[Citation, ...]:
        """Return the citations by number."""
        return tuple(
            Citation(
                n=number,
                url=passage.url,
                title=self.question_of(passage.url),
                section=passage.section,
                quote=self.answer_of(passage.url)[span.start : span.end],
                start=span.start,
                end=span.end,
            )
            for number, (passage, span) in enumerate(self._spans.values(), start=1)
        )
