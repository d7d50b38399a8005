"""ROUGE-Lsum and chrF, for readers who know them: context only, nothing gates on them.

Both are written here by their published definitions, since no locked package brings them; rapidfuzz finds the longest
common subsequences. Of several equally long ones it may take another than the reference programme, which can move
ROUGE-Lsum in the third decimal; the stems are those of N, where that programme has Porter's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import LCSseq

from evals.scoring.outcome import Outcomes
from evals.scoring.subject import Subject

_ORDERS: Final = range(1, 7)
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
"""A run of characters is known by a polynomial in this, modulo 2**64: two that differ hardly ever meet."""

_BETA_SQUARED: Final = 4
"""chrF2 (Popovic, 2016): up to six characters, recall weighs twice."""


def rouge_lsum(answer: Sequence[Sequence[str]], reference: Sequence[Sequence[str]]) -> float:
    """Return the F1 of the summary-level union of longest common subsequences (Lin, 2004), over sentences of stems."""
    left = Counter(stem for sentence in answer for stem in sentence)
    said, wanted = left.total(), sum(map(len, reference))
    hits = 0
    for sentence in reference:
        places = {place for other in answer for place in _common_places(sentence, other)}
        for place in places:
            if left[sentence[place]]:  # as the reference programme: a token of the answer counts once
                left[sentence[place]] -= 1
                hits += 1
    return 2 * hits / (said + wanted) if hits else 0.0


def _common_places(sentence: Sequence[str], other: Sequence[str]) -> list[int]:
    blocks = LCSseq.opcodes(sentence, other).as_matching_blocks()
    return [place for block in blocks for place in range(block.a, block.a + block.size)]


def chrf(answer: str, reference: str) -> float:
    """Return chrF2 from 0 to 1: precision and recall averaged over the orders that both texts have."""
    pairs = [(one, two) for one, two in zip(_grams(answer), _grams(reference), strict=True) if one.total and two.total]
    shares = [(_shared(one, two), one.total, two.total) for one, two in pairs]
    if not any(shared for shared, _, _ in shares):
        return 0.0
    precision = sum(shared / said for shared, said, _ in shares) / len(shares)
    recall = sum(shared / wanted for shared, _, wanted in shares) / len(shares)
    return (1 + _BETA_SQUARED) * precision * recall / (_BETA_SQUARED * precision + recall)


@dataclass(frozen=True, slots=True)
class _Grams:
    """The runs of so many characters of a text: what each is known by, sorted, and how often it is there."""

    keys: npt.NDArray[np.uint64]
    counts: npt.NDArray[np.int64]
    total: int


@lru_cache(maxsize=256)
def _grams(text: str) -> tuple[_Grams, ...]:
    codes = np.frombuffer("".join(text.split()).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    found: list[_Grams] = []
    keys = np.zeros(len(codes), np.uint64)
    for size in _ORDERS:
        keys = keys[: max(0, len(codes) - size + 1)] * _BASE + codes[size - 1 :]
        known, counts = np.unique(keys, return_counts=True)
        found.append(_Grams(known, counts, len(keys)))
    return tuple(found)


def _shared(one: _Grams, two: _Grams) -> int:
    _, ours, theirs = np.intersect1d(one.keys, two.keys, assume_unique=True, return_indices=True)
    return int(np.minimum(one.counts[ours], two.counts[theirs]).sum())


def score_overlap(subject: Subject) -> Outcomes:
    """Return both, of the texts without Markdown."""
    answer, reference = subject.answer, subject.reference
    lsum = rouge_lsum([one.stems for one in answer.sentences], [one.stems for one in reference.sentences])
    return {"rouge_lsum": lsum, "chrf": chrf(answer.plain, reference.plain)}
