"""Sets of terms that are nearly the same, found without comparing every pair.

Similarity is weighted Jaccard: the weight of the terms that two sets share, of the weight of all their terms. A
term's weight is its inverse document frequency, so that "cytokinesis" tells two questions about cells apart and
"structure" does not.

Method: prefix filtering (Chaudhuri, Ganti and Kaushik, ICDE 2006; Bayardo, Ma and Srikant, WWW 2007). With all terms
in one order, rarest first, two sets of similarity t or more share a term among the first of each, taken until what is
left weighs less than t of the set. An index of those few rare terms finds every pair, and only those are compared:
the result is exact.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

_ROUNDING = 1e-9


def near_duplicates(sets: Sequence[AbstractSet[str]], least: float) -> Iterator[tuple[int, int, float]]:
    """Give each pair of sets whose similarity is `least` or more: the earlier, the later, the similarity.

    Args:
        least: above 0, at most 1.
    """
    counts = Counter(term for terms in sets for term in terms)
    weights = {term: math.log(1 + len(sets) / count) for term, count in counts.items()}
    index: dict[str, list[int]] = defaultdict(list)
    for later, terms in enumerate(sets):
        rarest = _prefix(terms, weights, least)
        for earlier in sorted({earlier for term in rarest for earlier in index[term]}):
            similarity = _weight(terms & sets[earlier], weights) / _weight(terms | sets[earlier], weights)
            if similarity >= least * (1 - _ROUNDING):
                yield earlier, later, similarity
        for term in rarest:
            index[term].append(later)


def _prefix(terms: AbstractSet[str], weights: Mapping[str, float], least: float) -> list[str]:
    """Return the rarest terms of a set, one of which any set that is similar enough must have."""
    ordered = sorted(terms, key=lambda term: (-weights[term], term))
    left = total = _weight(terms, weights)
    for count, term in enumerate(ordered, start=1):
        left -= weights[term]
        if left < least * total * (1 - _ROUNDING):
            return ordered[:count]
    return ordered


def _weight(terms: AbstractSet[str], weights: Mapping[str, float]) -> float:
    return math.fsum(weights[term] for term in terms)
