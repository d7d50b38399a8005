"""Whether the evidence supports a sentence: a verdict, where it stands, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rag.grounding.comparing import Comparison, compare
from rag.grounding.words import Word, join_words, read_words
from rag.models import Passage, Span, Verdict
from rag.passages import split_sentences

_SPOKEN_OF: Final = 0.45
"""Coverage from which a sentence says what a source is about. Below it were 86 % of the invented sentences of the dev
split and 0.3 % of the true ones (`make bench-grounding`)."""

_PLAIN_WORD: Final = 2.5
"""Weight (inverse document frequency) of the one word that a source may lack: with it 2 % more of the altered sentences
of the dev split pass, and 6 % more of the true ones."""

_CONSIDERED: Final = 4
"""Windows that are compared word by word: those that hold most of the sentence's words."""

_PREFERENCE: Final = 0.05
"""What a window of a passage that was cited may hold less than another and be looked at first."""

_LONGER: Final = 0.03
"""What a window of two sentences must hold more than one of one to be looked at first."""


_REMEMBERED: Final = 2_048
"""Passages whose words are kept, some 20 KB each: the same entries answer many questions."""


@dataclass(frozen=True, slots=True)
class _Window:
    """One sentence of a source, or two that follow each other.

    Attributes:
        known: stems of what it need not say again: its entry's question and its heading.
    """

    passage: Passage
    span: Span
    words: Sequence[Word]
    stems: frozenset[str]
    known: frozenset[str]
    cost: float


class Sources:
    """What sentences are checked against: passages of entries, read once.

    Args:
        passages: each with its entry's question.
        weigh: how telling a stem is: its inverse document frequency.
    """

    def __init__(self, passages: Sequence[tuple[Passage, str]], weigh: Callable[[str], float]) -> None:
        self._windows = [window for passage, title in passages for window in _windows(passage, title)]
        self._weigh = weigh

    def check(self, sentence: str, preferred: Collection[str] = ()) -> Verdict:
        """Return what the best place in the sources says of a sentence.

        Supported: its words are there, clause by clause in their order, and so are its numbers, negations and amounts.
        Contradicted: the source speaks of the same and says otherwise. Partly: it speaks of the same, and not all that
        the sentence says can be found in it. Unsupported: nothing speaks of it.

        Args:
            preferred: ids of passages that count first where others say as much.
        """
        claim = read_words(sentence)
        weights = {word.stem: self._weigh(word.stem) for word in claim if word.carries}
        near = sorted(self._windows, key=lambda window: self._remoteness(window, weights, preferred))[:_CONSIDERED]
        judged = [(window, compare(claim, window.words, window.known, self._weigh)) for window in near]
        if not judged or not weights:
            return Verdict("unsupported", None, None, ("there is nothing to check",))
        window, found = min(judged, key=lambda pair: _distance(pair[1]))
        return self._verdict(window, found)

    def _remoteness(self, window: _Window, weights: dict[str, float], preferred: Collection[str]) -> float:
        return window.cost - _held(weights, window) - _PREFERENCE * (window.passage.id in preferred)

    def _verdict(self, window: _Window, found: Comparison) -> Verdict:
        if found.coverage < _SPOKEN_OF:
            return Verdict("unsupported", None, None, (f"nothing says {', '.join(w.written for w in found.missing)}",))
        if found.conflicts:
            return Verdict("contradicted", window.passage, window.span, found.conflicts)
        lacking = [word.stem for word in found.missing]
        is_plain = len(lacking) <= 1 and all(self._weigh(own) <= _PLAIN_WORD for own in lacking)
        if is_plain and not found.misplaced:
            return Verdict("supported", window.passage, window.span, ())
        said = (*(f"{word.written} is not said" for word in found.missing), *_places(found))
        return Verdict("partly", window.passage, window.span, said)


def _places(found: Comparison) -> Iterator[str]:
    for word in found.misplaced:
        yield f"{word.written} stands elsewhere"


def _held(weights: dict[str, float], window: _Window) -> float:
    """Return the weight of a sentence's words that a window holds as they are, as a share of all."""
    whole = sum(weights.values()) or 1.0
    return sum(w for own, w in weights.items() if own in window.stems or own in window.known) / whole


def _distance(found: Comparison) -> float:
    """Return how far a sentence is from a window: a conflict counts most, then a misplaced word, then a missing one."""
    counts = 0.1 * len(found.conflicts) + 0.06 * len(found.misplaced) + 0.05 * len(found.missing)
    return counts - found.coverage


@lru_cache(maxsize=_REMEMBERED)
def _windows(passage: Passage, title: str) -> tuple[_Window, ...]:
    known = frozenset(word.stem for word in read_words(f"{title} {passage.section}"))
    spans = split_sentences(passage.text)
    read = [read_words(passage.text[span.start : span.end]) for span in spans]
    ones = [_window(passage, span, words, known, 0.0) for span, words in zip(spans, read, strict=True)]
    pairs = [
        _window(passage, Span(spans[at].start, spans[at + 1].end), join_words(read[at], read[at + 1]), known, _LONGER)
        for at in range(len(spans) - 1)
    ]
    return (*ones, *pairs)


def _window(passage: Passage, span: Span, words: Sequence[Word], known: frozenset[str], cost: float) -> _Window:
    placed = Span(passage.start + span.start, passage.start + span.end)
    return _Window(passage, placed, words, frozenset(word.stem for word in words), known, cost)
