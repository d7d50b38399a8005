"""How much of an entry's key facts a student has, and which of his sentences the entry bears out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from rag.grounding.words import Key, Word
from rag.models import Coverage
from rag.ports import Vectors
from rag.tutoring.contrasts import base_of
from rag.tutoring.facts import KeyFact, Weigh
from rag.tutoring.reading import StudentSentence
from rag.tutoring.sources import EntrySource, Place, keys_of

_IN_ONE: Final = 4 / 9
_IN_ALL: Final = 3 / 9
_MEANT: Final = 2 / 9
"""What counts for a key fact: its words in one sentence of the student's, in all of them, the cosine of the nearest.
Chosen with the thresholds on the dev split of `make bench-tutoring`, where they agree with four labels in five; a lower
threshold for what is had in part finds more of it, and takes as much that is missing for it."""

_COVERED: Final = 0.58
_PARTLY: Final = 0.36
_RIGHT: Final = 0.4
"""Least mean of the words in one place of the entry, in all of it, and of the nearest place's cosine, for a sentence to
be borne out; chosen in the same way."""

_ASKED: Final = 0.25
"""What a word of the question counts beside others: a student who says it again has said little."""

_MOST: Final = 5.0
"""Weight (inverse document frequency) up to which rarer words count more."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a student says, as it is compared.

    Attributes:
        sentences: his; `vectors`: of them, a row each.
    """

    sentences: Sequence[StudentSentence]
    vectors: Vectors

    def without(self, left_out: Collection[int]) -> Said:
        """Return what is left without the sentences of some numbers."""
        kept = [number for number in range(len(self.sentences)) if number not in left_out]
        return Said([self.sentences[number] for number in kept], self.vectors[kept])


def coverage_of(fact: KeyFact, vector: Vectors, said: Said, asked: Collection[Key], weigh: Weigh) -> Coverage:
    """Return how much of a key fact a student has.

    Args:
        vector: of the fact, shape ``(dimensions,)``.
        said: without what is wrong.
        asked: keys of the question's words.
    """
    if not said.sentences:
        return "missing"
    one = max(_share(fact.words, keys_of(sentence.words), asked, weigh) for sentence in said.sentences)
    every = keys_of([word for sentence in said.sentences for word in sentence.words])
    cosine = max(_cosines(said.vectors, vector))
    score = _IN_ONE * one + _IN_ALL * _share(fact.words, every, asked, weigh) + _MEANT * cosine
    return "covered" if score >= _COVERED else "partly" if score >= _PARTLY else "missing"


def place_of(sentence: StudentSentence, vector: Vectors, entry: EntrySource, weigh: Weigh) -> Place | None:
    """Return the place of an entry that bears a sentence out; None where it says nothing of it.

    Args:
        vector: of the sentence, shape ``(dimensions,)``.
    """
    cosines = _cosines(entry.vectors, vector)
    shares = [_share(sentence.words, place.keys, entry.asked, weigh) for place in entry.places]
    every = _share(sentence.words, entry.keys, entry.asked, weigh)
    if (max(shares) + every + max(cosines)) / 3 < _RIGHT:
        return None
    return entry.places[max(range(len(shares)), key=lambda number: shares[number] + cosines[number])]


def _cosines(vectors: Vectors, vector: Vectors) -> list[float]:
    """Return the cosine of a vector to each of some; 0 where an embedder that failed gave one of them."""
    if vectors.shape[1] != len(vector):
        return [0.0] * len(vectors)
    return (vectors @ vector).tolist()


def _share(words: Sequence[Word], keys: Collection[Key], asked: Collection[Key], weigh: Weigh) -> float:
    """Return the share by weight of words that have one of some keys."""
    weights = [
        (word, min(weigh(word.stem), _MOST) * (_ASKED if any(key in asked for key in word.keys) else 1))
        for word in words
        if word.carries
    ]
    held = sum(
        weight for word, weight in weights if any(key in keys for key in word.keys) or base_of(word.written) in keys
    )
    return held / (sum(weight for _, weight in weights) or 1.0)
