"""Which cases of a suite are asked."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from evals.models import Case, Kind, Split


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted of a suite; None takes all.

    Attributes:
        kinds: empty for all.
        sample: how many clusters of each kind, drawn by a hash of their names: the same whenever it is asked for.
    """

    split: Split | None = None
    kinds: tuple[Kind, ...] = ()
    sample: int | None = None

    def of(self, cases: Iterable[Case]) -> list[Case]:
        """Return the cases that are wanted, in their order."""
        taken = [one for one in cases if self.split in {None, one.split} and (not self.kinds or one.kind in self.kinds)]
        if self.sample is None:
            return taken
        clusters: dict[Kind, set[str]] = defaultdict(set)
        for one in taken:
            clusters[one.kind].add(one.cluster)
        drawn = {kind: set(sorted(names, key=_lot)[: self.sample]) for kind, names in clusters.items()}
        return [one for one in taken if one.cluster in drawn[one.kind]]


def _lot(cluster: str) -> str:
    return hashlib.sha256(cluster.encode()).hexdigest()


def cases_over(cases: Mapping[str, Case], urls: Collection[str]) -> list[Case]:
    """Return the cases that can be asked of a corpus, in their order: all entries that they name are in it.

    One that names none goes with its twin, and where that names none either, with the other cases over its corpus.
    """
    known = set(urls)
    named = {url: one.sources or _twins_sources(one, cases) for url, one in cases.items()}
    there = {cases[url].corpus for url, sources in named.items() if sources and sources.keys() <= known}
    return [case for url, case in cases.items() if (named[url].keys() <= known if named[url] else case.corpus in there)]


def _twins_sources(case: Case, cases: Mapping[str, Case]) -> Mapping[str, int]:
    twin = cases.get(case.twin or "")
    return twin.sources if twin else {}
