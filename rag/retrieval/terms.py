"""How well entries match what a question is about, by their terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.models import Concept
from rag.passages import terms_of
from rag.ports import Rows, Vectors
from rag.retrieval.postings import Postings


@dataclass(frozen=True, slots=True)
class TermMatch:
    """The concepts of one question, compared with every entry.

    Attributes:
        concepts: of the question.
        weights: how telling each concept is, shape ``(concepts,)``.
        shares: BM25 of the concepts as a share of the most that they could give, shape ``(entries,)``.
    """

    postings: Postings
    concepts: Sequence[Concept]
    weights: Vectors
    shares: Vectors

    def held(self, entries: Rows) -> Vectors:
        """Return how much of each concept some entries hold, from 0 to 1, shape ``(concepts, entries)``."""
        held = np.zeros((len(self.concepts), len(entries)), dtype=np.float32)
        for own, concept in zip(held, self.concepts, strict=True):
            for wording in concept.wordings:
                np.maximum(own, self._share_held(wording, entries), out=own)
        return held

    def missing(self, held: Vectors) -> Vectors:
        """Return the weight of the heaviest technical concept that each entry lacks, shape ``(entries,)``.

        Args:
            held: what `held` gave for them.
        """
        technical = np.array([concept.technical for concept in self.concepts], dtype=np.bool_)
        lacking = self.weights[technical, np.newaxis] * (1 - held[technical])
        return lacking.max(axis=0, initial=0.0)

    def written(self, held: Vectors) -> tuple[str, ...]:
        """Return the concepts that an entry holds some of, as the question writes them; `held`: its shares."""
        return tuple(concept.written for concept, share in zip(self.concepts, held.tolist(), strict=True) if share > 0)

    def shares_in(self, texts: Sequence[str]) -> Vectors:
        """Return how much of the concepts' weight each text holds, from 0 to 1, shape ``(texts,)``."""
        held = np.zeros((len(texts), len(self.concepts)), dtype=np.float32)
        for row, text in zip(held, texts, strict=True):
            own = set(terms_of(text))
            for place, concept in enumerate(self.concepts):
                row[place] = max(len(own.intersection(wording)) / len(wording) for wording in concept.wordings)
        whole = float(self.weights.sum())
        return held @ self.weights / whole if whole else held.sum(axis=1)

    def _share_held(self, wording: Sequence[str], entries: Rows) -> Vectors:
        weights = [self.postings.weight(term) for term in wording]
        present = [self.postings.present(term, entries) for term in wording]
        return (np.array(weights) @ np.array(present) / sum(weights)).astype(np.float32)


def match_terms(concepts: Sequence[Concept], postings: Postings) -> TermMatch:
    """Compare the concepts of a question with every entry.

    A concept counts by the wording that an entry matches best, and weighs what the first of its wordings that the
    corpus knows weighs. One that no entry holds weighs most: an entry that lacks it can match in part only.
    """
    weights = np.zeros(len(concepts), dtype=np.float32)
    total = np.zeros(postings.entry_count, dtype=np.float32)
    for place, concept in enumerate(concepts):
        known = [wording for wording in concept.wordings if all(map(postings.knows, wording))]
        weights[place] = _weight((known or concept.wordings)[0], postings)
        if len(known) == 1 and len(known[0]) == 1:  # most are one word, and need no array over all entries
            entries, gains = postings.entries_with(known[0][0])
            total[entries] += weights[place] * gains
            continue
        best = np.zeros(postings.entry_count, dtype=np.float32)
        for wording in known:
            np.maximum(best, postings.scores(wording) / _weight(wording, postings), out=best)
        total += weights[place] * best
    whole = float(weights.sum())
    return TermMatch(postings, concepts, weights, total / whole if whole else total)


def _weight(wording: Sequence[str], postings: Postings) -> float:
    return sum(map(postings.weight, wording))
