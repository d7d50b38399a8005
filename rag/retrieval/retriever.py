"""The retriever: dense over questions and sections, lexical over terms, fused and grouped by entry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from rag.errors import IndexStateError, QuestionError
from rag.models import Evidence, Passage, Query, ScoredPassage, Search, Signals
from rag.ports import Embedder, PassageStore, Reranker, Rows, Vectors
from rag.recent import Recent
from rag.retrieval.fusion import fuse, probability
from rag.retrieval.query import QueryReader
from rag.retrieval.reranking import RERANKED, rerank
from rag.retrieval.snapshot import Snapshot
from rag.retrieval.terms import TermMatch, match_terms

_SECTIONS = 50
_BY_TERMS = 30
"""How many of each one's best become candidates; every candidate is then scored by all signals exactly. The entries of
the nearest questions are among them anyway: searched for as well, they changed no figure of docs/retrieval.md."""

_NEAR = 1_000
_NEAR_PART = 32
"""Sections are looked for among those of the entries whose questions lie nearest: so many, or this part of all. Over
1,009 entries a thirty-second part moved no hit rate of docs/retrieval.md by half a point; over 36,000 it saves 4 of 16
ms."""

_RUNNER_UP = 5
"""The entry whose score a lead is measured from: answers to one question rarely stand in more than four."""

_NO_VECTOR: Vectors = np.zeros(1, dtype=np.float32)

_MOST_CONCEPTS = 10
"""Counted for certainty: a pasted paragraph is no surer than a long question."""

_REMEMBERED = 256
"""Searches kept for when they are asked again; about 20 KB each."""

MOST_CHARACTERS = 4_000
"""A longer question is refused: it is more likely a pasted document, and the embedder reads 256 tokens."""


def check_question(question: str) -> None:
    """Refuse a question that cannot be searched for.

    Raises:
        QuestionError: it is empty, or longer than `MOST_CHARACTERS`.
    """
    if not question.strip():
        raise QuestionError("the question is empty; ask something")
    if len(question) > MOST_CHARACTERS:
        raise QuestionError(f"the question has {len(question):,} characters; ask it in {MOST_CHARACTERS:,} at most")
    try:
        question.encode()
    except UnicodeEncodeError as error:
        raise QuestionError(f"the question holds a broken character at position {error.start}; type it anew") from error


@dataclass(frozen=True, slots=True)
class Candidates:
    """The entries that any signal ranks high, with what each signal says of them; arrays of one number an entry.

    Attributes:
        entries: their numbers, ascending.
        section: cosine of the nearest section; `question`: of the question; `terms`: share of BM25.
        section_rows, section_cosines: of all their sections; `begins`: where those of each entry begin.
    """

    entries: Rows
    section: Vectors
    question: Vectors
    terms: Vectors
    section_rows: Rows
    section_cosines: Vectors
    begins: Rows

    @property
    def fused(self) -> Vectors:
        """Return the sums that the entries are ranked by."""
        return fuse(self.section, self.question, self.terms)


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds the entries that answer a question.

    Attributes:
        dimensions: of the index's vectors, as its manifest has them; None where it has none.
        reranker: has the last word on the order of the best; None for the order of the signals.
    """

    embedder: Embedder
    snapshot: Snapshot
    store: PassageStore
    reader: QueryReader
    dimensions: int | None = None
    reranker: Reranker | None = None
    _remembered: Recent[tuple[str, int, frozenset[str]], Search] = field(
        default_factory=lambda: Recent(_REMEMBERED), init=False, repr=False
    )

    def retrieve(self, question: str, *, limit: int = 10, exclude: Collection[str] = ()) -> list[Evidence]:
        """Return the evidence that `search` finds."""
        return list(self.search(question, limit=limit, exclude=exclude).evidence)

    def search(self, question: str, *, limit: int = 10, exclude: Collection[str] = ()) -> Search:
        """Find up to `limit` distinct entries, best first, each with the section that fits best.

        A search that was made before is remembered: an index never changes while it is open. One with a notice is
        not: what failed may work again.

        Args:
            exclude: urls of entries to search as if they were not in the corpus; how rare a term is, is counted over
                the whole corpus all the same. A url that no entry has excludes nothing: see `unknown_urls`.

        Raises:
            QuestionError: the question is empty, too long or broken.
            IndexStateError: the embedder gives vectors of other dimensions than the index has.
            ProviderError: the embedder failed.
        """
        return self.search_many([question], limit=limit, exclude=exclude)[0]

    def search_many(self, questions: Sequence[str], *, limit: int = 10, exclude: Collection[str] = ()) -> list[Search]:
        """Return what `search` finds for each of some questions; what is new of them is embedded together."""
        excluded = frozenset(exclude)
        remembered = ((question, self._remembered.get((question, limit, excluded))) for question in questions)
        found = {question: search for question, search in remembered if search is not None}
        queries = [self._read(question) for question in dict.fromkeys(questions) if question not in found]
        for query, vector in zip(queries, self._embed(queries), strict=True):
            search = found[query.question] = self._search(query, vector, limit, excluded)
            if not search.notices:
                self._remembered.put((query.question, limit, excluded), search)
        return [found[question] for question in questions]

    def forget(self) -> None:
        """Forget the searches that were made: to measure how long one takes."""
        self._remembered.clear()

    def _read(self, question: str) -> Query:
        check_question(question)
        return self.reader.read(question)

    def _search(self, query: Query, vector: Vectors | None, limit: int, exclude: frozenset[str]) -> Search:
        if not self.snapshot.urls:
            return Search(query, ())
        matched = match_terms(query.concepts, self.snapshot.postings)
        found = self.candidates(_NO_VECTOR if vector is None else vector, matched, exclude)
        if not len(found.entries):
            return Search(query, ())
        if self.reranker is None:
            return Search(query, tuple(self._evidence(found, matched, limit)), vector=vector)
        evidence, notices = rerank(self.reranker, query, self._evidence(found, matched, max(limit, RERANKED)))
        return Search(query, tuple(evidence[:limit]), notices, vector)

    def _embed(self, queries: Sequence[Query]) -> Sequence[Vectors | None]:
        """Return the vector of each query; None where there is nothing to compare it with."""
        if not queries or self.snapshot.words_only or not self.snapshot.urls:
            return [None] * len(queries)
        vectors = self.embedder.embed([query.text for query in queries])
        if self.dimensions not in {None, vectors.shape[1]}:
            raise IndexStateError(
                f"embedder {self.embedder.fingerprint} gives vectors of {vectors.shape[1]} dimensions, the index has "
                f"{self.dimensions}: another model answers under its name now; bring the former one back, or delete "
                "the data folder and run 'quicktakes index sync'"
            )
        return list(vectors)

    def candidates(self, vector: Vectors, matched: TermMatch, exclude: Collection[str] = ()) -> Candidates:
        """Return the entries to rank for a question's vector, shape ``(dimensions,)``, and its terms."""
        snapshot = self.snapshot
        excluded = snapshot.numbers(exclude)
        hidden = len(snapshot.sections_of(excluded)[0]) if len(excluded) else 0
        near = snapshot.questions.near(vector, max(_NEAR, len(snapshot.urls) // _NEAR_PART) + len(excluded))
        among = None if near is None else snapshot.sections_of(near)[0]
        by_section = snapshot.owners(snapshot.sections.search(vector, _SECTIONS + hidden, among)[0])
        by_terms = _best(matched.shares, _BY_TERMS + len(excluded))
        entries = np.setdiff1d(np.concatenate([by_section, by_terms]), excluded)
        rows, begins = snapshot.sections_of(entries)
        cosines = snapshot.sections.cosines(vector, rows)
        return Candidates(
            entries=entries,
            section=np.maximum.reduceat(cosines, begins) if len(entries) else cosines,
            question=snapshot.questions.cosines(vector, entries),
            terms=matched.shares[entries],
            section_rows=rows,
            section_cosines=cosines,
            begins=begins,
        )

    def _evidence(self, found: Candidates, matched: TermMatch, limit: int) -> list[Evidence]:
        fused = found.fused
        order = np.argsort(-fused, kind="stable")  # equal ones stay in the order of their urls
        runner_up = float(fused[order[min(_RUNNER_UP, len(order)) - 1]])
        best = order[:limit]
        held = matched.held(found.entries[best])
        missing = matched.missing(held)
        urls = [self.snapshot.urls[int(number)] for number in found.entries[best]]
        passages = {url: list(own) for url, own in groupby(self.store.passages(urls), key=lambda passage: passage.url)}
        evidence: list[Evidence] = []
        certainty = 1.0
        for rank, (place, url) in enumerate(zip(best, urls, strict=True), start=1):
            question, *sections = passages[url]
            signals = Signals(
                section=float(found.section[place]),
                question=float(found.question[place]),
                terms=float(found.terms[place]),
                missing=float(missing[rank - 1]),
                concepts=min(len(matched.concepts), _MOST_CONCEPTS),
                lead=float(fused[place]) - runner_up,
                matched=matched.written(held[:, rank - 1]),
                words_only=self.snapshot.words_only,
            )
            certainty = min(certainty, probability(signals))  # never surer of an entry than of a better one
            scored = _scored(sections, self._nearness(sections, found, int(place), matched))
            evidence.append(Evidence(rank, url, question.text, certainty, signals, scored))
        return evidence

    def _nearness(self, sections: list[Passage], found: Candidates, place: int, matched: TermMatch) -> Vectors:
        """Return how near to the question the sections of an entry are: their cosines, or the terms that they hold."""
        if self.snapshot.words_only:
            return matched.shares_in([f"{section.section} {section.text}" for section in sections])
        begin = found.begins[place]
        return found.section_cosines[begin : begin + len(sections)]


def _scored(sections: list[Passage], cosines: Vectors) -> tuple[ScoredPassage, ...]:
    scored = map(ScoredPassage, sections, cosines.tolist())
    return tuple(sorted(scored, key=lambda each: -each.cosine))


def _best(shares: Vectors, count: int) -> Rows:
    """Return the numbers of the `count` entries with the highest shares, and of their equals; none with no share."""
    holding = np.flatnonzero(shares)
    if len(holding) <= count:
        return holding
    own = shares[holding]
    return holding[own >= np.partition(own, len(own) - count)[len(own) - count]]
