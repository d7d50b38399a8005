"""Whether the evidence supports a sentence: a verdict, where it stands, and why."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rag.grounding.aligning import Line, line_of
from rag.grounding.comparing import Comparison, compare
from rag.grounding.words import LONGEST, label_end, read_words
from rag.models import Passage, Span, Verdict
from rag.passages import split_sentences

_SPOKEN_OF: Final = 0.45
"""Coverage from which a sentence says what a source is about. Below it are 78 % of the invented sentences of the dev
split and 0.3 % of the true ones (`make bench-grounding`)."""

_PLAIN_WORD: Final = 4.5
"""Weight (inverse document frequency) that the words which a source lacks may have together. With 0 in its place 21 %
of the true sentences of the dev split pass, with this 26 %, and 0.5 % of the altered ones with either."""

_CONSIDERED: Final = 4
"""Windows that are compared word by word: those that hold most of the sentence's words."""

_PREFERENCE: Final = 0.05
"""What a window of a passage that was cited may hold less than another and be looked at first."""

_LONGER: Final = 0.03
"""What a window of two sentences must hold more than one of one to be looked at first."""


_UNKNOWN: Final = 7.9
"""Weight of a word that none of 1,323 entries has: over these the checks were tuned."""

_REMEMBERED: Final = 2_048
"""Passages whose words are kept, some 20 KB each: the same entries answer many questions."""


@dataclass(frozen=True, slots=True)
class _Window:
    """One sentence of a source, or two that follow each other.

    Attributes:
        read: its words as they are written.
        known: stems of what it need not say again: its entry's question, its heading and its label.
    """

    passage: Passage
    span: Span
    lines: Sequence[Line]
    read: tuple[str, ...]
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
        self._verbatim = {window.read: window for window in reversed(self._windows) if window.read}
        self._weigh = as_among_many(weigh)

    def check(self, sentence: str, preferred: Collection[str] = ()) -> Verdict:
        """Return what the best place in the sources says of a sentence.

        Supported: its words are there, clause by clause in their order, and so are its numbers, negations and amounts.
        Contradicted: the source speaks of the same and says otherwise. Partly: it speaks of the same, and not all that
        the sentence says can be found in it. Unsupported: nothing speaks of it.

        Args:
            preferred: ids of passages that are looked at first where others say as much.
        """
        if len(sentence) > LONGEST:
            return Verdict("unsupported", None, None, ("the sentence is too long to check",))
        claim = read_words(sentence)
        weights = {word.stem: self._weigh(word.stem) for word in claim if word.carries}
        verbatim = self._verbatim.get(tuple(word.written for word in claim))
        if verbatim is not None:
            return Verdict("supported", verbatim.passage, verbatim.span, ())
        near = sorted(
            self._windows,
            key=lambda window: window.cost - _held(weights, window) - _PREFERENCE * (window.passage.id in preferred),
        )[:_CONSIDERED]
        if not near or not weights:
            return Verdict("unsupported", None, None, ("there is nothing to check",))
        judged: list[tuple[_Window, Comparison]] = []
        for window in near:
            found = compare(claim, window.lines, window.known, self._weigh)
            judged.append((window, found))
            if found.is_faultless:
                break
        window, found = min(judged, key=lambda pair: _distance(pair[1]))
        return self._verdict(window, found)

    def _verdict(self, window: _Window, found: Comparison) -> Verdict:
        if found.coverage < _SPOKEN_OF:
            return Verdict("unsupported", None, None, (f"nothing says {', '.join(w.written for w in found.missing)}",))
        if found.conflicts:
            return Verdict("contradicted", window.passage, window.span, found.conflicts)
        lacking = sum(self._weigh(word.stem) if word.carries else math.inf for word in found.missing)
        is_plain = lacking <= _PLAIN_WORD
        if is_plain and not found.replaced and not found.misplaced and not found.hedges:
            return Verdict("supported", window.passage, window.span, ())
        said = (*(f"{word.written} is not said" for word in found.missing), *_places(found), *found.hedges)
        return Verdict("partly", window.passage, window.span, said)


def as_among_many(weigh: Callable[[str], float]) -> Callable[[str], float]:
    """Return weights that are as far apart in a handful of entries as in those that the checks were tuned on.

    Among ten entries a word that none has weighs 3: the checks would take it for one that says little.
    """
    stretch = max(1.0, _UNKNOWN / weigh(""))
    return lambda stem: stretch * weigh(stem)


def _places(found: Comparison) -> Iterator[str]:
    for word in found.misplaced:
        yield f"{word.written} stands elsewhere"


def _held(weights: dict[str, float], window: _Window) -> float:
    """Return the weight of a sentence's words that a window holds as they are, as a share of all."""
    whole = sum(weights.values()) or 1.0
    return sum(w for own, w in weights.items() if own in window.stems or own in window.known) / whole


def _distance(found: Comparison) -> float:
    """Return how far a sentence is from a window: a conflict counts most, then a misplaced word, then a missing one.

    A hedge of the window's that the sentence leaves out counts as a missing word.
    """
    lacking = len(found.missing) + len(found.hedges)
    counts = 0.1 * len(found.conflicts) + 0.06 * len(found.misplaced) + 0.05 * lacking
    return counts - found.coverage


@lru_cache(maxsize=_REMEMBERED)
def _windows(passage: Passage, title: str) -> tuple[_Window, ...]:
    spans = split_sentences(passage.text)
    sentences = [passage.text[span.start : span.end] for span in spans]
    subject = f"{title} {passage.section} {' '.join(sentence[: label_end(sentence)] for sentence in sentences)}"
    known = frozenset(word.stem for word in read_words(subject))
    read = [line_of(read_words(sentence), number) for number, sentence in enumerate(sentences)]
    ones = [_window(passage, span, [line], known, 0.0) for span, line in zip(spans, read, strict=True)]
    pairs = [
        _window(passage, Span(first.start, second.end), read[at : at + 2], known, _LONGER)
        for at, (first, second) in enumerate(pairwise(spans))
    ]
    return (*ones, *pairs)


def _window(passage: Passage, span: Span, lines: Sequence[Line], known: frozenset[str], cost: float) -> _Window:
    placed = Span(passage.start + span.start, passage.start + span.end)
    stems = frozenset(word.stem for line in lines for word in line.words)
    read = tuple(written for line in lines for written in line.written)
    return _Window(passage, placed, lines, read, stems, known, cost)
