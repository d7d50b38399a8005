"""Spelling repair against the words that the corpus and the biology lists hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from rag.retrieval.lexicon import lexicon_words

_SHORTEST: Final = 4
"""Letters of the shortest word that is repaired."""

_OTHER_BEGINNING: Final = 0.5
_COMMONNESS: Final = 0.08
_LIKENESS: Final = 0.3
"""What a candidate's other first letter, commonness and Jaro-Winkler likeness weigh beside one edit; chosen by eye on
the development questions' misspellings, where all but one are repaired as meant."""


@dataclass(frozen=True)
class SpellingRepairer:
    """Repairs words that neither the corpus, nor the biology lists, nor English knows.

    Attributes:
        words: of the corpus, sorted; `counts`: in how many entries each stands.
        is_english: whether a lower-case word is one.
    """

    words: Sequence[str]
    counts: npt.NDArray[np.int32]
    is_english: Callable[[str], bool]

    def repair(self, word: str) -> str | None:
        """Return the word that was probably meant by a lower-case word, or None where it is known or like no other."""
        if len(word) < _SHORTEST or not word.isalpha() or self.knows(word):
            return None
        edits = 1 if len(word) < 6 else 2 if len(word) < 10 else 3
        near = process.extract(word, self._targets, scorer=OSA.distance, score_cutoff=edits, limit=20)
        costs = [(self._cost(word, candidate, distance), candidate) for candidate, distance, _ in near]
        return min(costs)[1] if costs else None

    def knows(self, word: str) -> bool:
        """Return whether a lower-case word is spelt right, as far as we know."""
        return word in self._known or word in biology_words() or word in lexicon_words() or self.is_english(word)

    def _cost(self, word: str, candidate: str, distance: float) -> float:
        begins_otherwise = _OTHER_BEGINNING * (candidate[0] != word[0])
        commonness = _COMMONNESS * math.log(self._known.get(candidate, 1))
        return distance + begins_otherwise - commonness - _LIKENESS * JaroWinkler.similarity(word, candidate)

    @cached_property
    def _known(self) -> Mapping[str, int]:
        return dict(zip(self.words, map(int, self.counts), strict=True))

    @cached_property
    def _targets(self) -> list[str]:
        """Return what a word may be repaired to; a word that stands in one entry only may be a slip of its own."""
        told = {word for word, count in self._known.items() if count > 1 or self.is_english(word)}
        words = told | biology_words() | lexicon_words()
        return sorted(word for word in words if len(word) >= _SHORTEST and word.isalpha())


@cache
def biology_words() -> frozenset[str]:
    """Return words of biology that a dictionary of English may lack; `vocabulary.txt` was written by us."""
    return frozenset(files("rag.retrieval").joinpath("vocabulary.txt").read_text(encoding="utf-8").split())
