"""What becomes of a sentence that a model wrote: shown as it is, put in the entry's own words, or left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from rag.answering.fencing import Request
from rag.answering.premises import FalsePremise
from rag.answering.replies import Draft
from rag.answering.wording import leans_back, says_nothing
from rag.grounding import Sources
from rag.models import Passage, Span, Support, SupportPolicy
from rag.passages import plain_text, split_sentences, words_of

_FOREIGN = re.compile(r"https?:|www\.|<[a-z/!]|\]\(|&[a-z#0-9]+;|`", re.IGNORECASE)
"""Links, images, tags, code: nothing that a sentence about biology needs, and nothing that entries are cited for."""

_KEY: Final = re.compile(r"\[[a-z]\d[a-z]\]", re.IGNORECASE)
"""Of a passage, as it stands in a prompt."""

_LEAKED_WORDS: Final = 8
"""So many words in a row that the instructions hold are theirs: the usual length for telling copied text."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence to show.

    Attributes:
        passage, span: that it stands on; None for one that is shown unsupported, and marked so.
        verbatim: whether it is the entry's own, word for word.
    """

    text: str
    support: Support
    passage: Passage | None
    span: Span | None
    verbatim: bool

    @property
    def source(self) -> str:
        """Return the words of the entry that it stands on."""
        return "" if self.passage is None or self.span is None else _text_of(self.passage, self.span)


@dataclass(slots=True)
class Shaper:
    """Decides what is shown of one reply.

    Nothing is shown as a fact that no entry says. A sentence that the evidence speaks of, but does not bear out word by
    word, is replaced by the entry's own sentences, once; one that nothing speaks of is left out, or marked.

    Attributes:
        false: what the question takes for granted and was corrected above; neither it nor its correction is shown.
        policy: ``strict`` shows what is supported only; ``mark`` also shows, and marks, what is supported in part or
            not at all. What an entry contradicts is shown by neither.
        written, left_out: sentences so far that the model wrote, and that nothing was shown for.
    """

    sources: Sources
    request: Request
    policy: SupportPolicy
    false: FalsePremise | None = None
    written: int = 0
    left_out: int = 0
    _quoted: list[tuple[str, Span]] = field(default_factory=list[tuple[str, Span]])
    _instructions: frozenset[tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Read the instructions, to know them again, and what was quoted already."""
        told = self.request.messages[0].content.replace(self.request.tag, "")
        self._instructions = _runs_of_instructions(_KEY.sub("[]", told))
        if self.false is not None:
            self._quoted += [(one.passage.id, one.span) for one in self.false.shown]

    def shape(self, draft: Draft) -> list[Said]:
        """Return what to show for a sentence; empty where it is left out."""
        self.written += 1
        says_what_is_false = self.false is not None and self.false.is_repeated_by(draft.text)
        said = [] if says_what_is_false or self._is_foreign(draft.text) else self._supported(draft)
        self.left_out += not said
        return said

    def instead_of(self, said: Said) -> list[Said]:
        """Return what to show in the place of a sentence that is not to be shown after all."""
        quoted = [] if said.passage is None or said.span is None else self._quote(said.passage, said.span)
        self.left_out += not quoted
        return quoted

    def _supported(self, draft: Draft) -> list[Said]:
        cited = {self.request.passages[key].id for key in draft.keys if key in self.request.passages}
        verdict = self.sources.check(draft.text, preferred=cited)
        is_marked = self.policy == "mark" and verdict.support in {"partly", "unsupported"}
        if verdict.support == "supported" or is_marked:
            return [Said(draft.text, verdict.support, verdict.passage, verdict.span, verbatim=False)]
        if verdict.passage is None or verdict.span is None:
            return []
        return self._quote(verdict.passage, verdict.span)

    def _quote(self, passage: Passage, span: Span) -> list[Said]:
        """Return the sentences of a span that were not quoted yet, after the one they lean on."""
        quoted: list[Said] = []
        for own in _readable(passage, span):
            text = _text_of(passage, own)
            if (passage.id, own) not in self._quoted and not says_nothing(text):
                self._quoted.append((passage.id, own))
                quoted.append(Said(text, "supported", passage, own, verbatim=True))
        return quoted

    def _is_foreign(self, text: str) -> bool:
        """Return whether a sentence holds links or markup, or words of the instructions, or the fence, or asks."""
        leaks = self.request.tag in text.lower() or not self._instructions.isdisjoint(_runs(text))
        return leaks or text.endswith("?") or holds_markup(text)


def holds_markup(text: str) -> bool:
    """Return whether a text holds a link, an image, a tag or code."""
    return bool(_FOREIGN.search(text))


def _readable(passage: Passage, span: Span) -> list[Span]:
    """Return the sentences of a span, with those before it that its first one leans on."""
    every = [Span(passage.start + own.start, passage.start + own.end) for own in split_sentences(passage.text)]
    first = next(place for place, own in enumerate(every) if own.end > span.start)
    while first > 0 and leans_back(_text_of(passage, every[first])):
        first -= 1
    inside = [own for own in every[first:] if own.start < span.end]
    while inside and leans_back(_text_of(passage, inside[0])):  # it leans on what stands in another section
        del inside[0]
    return inside


def _text_of(passage: Passage, span: Span) -> str:
    return passage.text[span.start - passage.start : span.end - passage.start]


@lru_cache(maxsize=64)
def _runs_of_instructions(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of a prompt, which is the same for every answer without what is drawn anew."""
    return _runs(text)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = words_of(plain_text(_KEY.sub("", text)))
    return frozenset(tuple(words[at : at + _LEAKED_WORDS]) for at in range(len(words) - _LEAKED_WORDS + 1))
