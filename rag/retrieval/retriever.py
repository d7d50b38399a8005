"""The retriever: dense over questions and sections, lexical over terms, fused and grouped by entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

from rag.errors import IndexStateError, QuestionError
from rag.models import Evidence, Passage, ScoredPassage, Signals
from rag.passages import plain_text, terms_of
from rag.ports import Embedder, LexicalIndex, PassageStore, VectorIndex, Vectors
from rag.retrieval.fusion import best_bm25, fuse, probability

_SECTIONS = 100
_QUESTIONS = 30
_BY_TERMS = 30
"""How many of each signal's best become candidates; every candidate is then scored by all signals exactly."""

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
class Retriever:
    """Finds the entries that answer a question.

    Attributes:
        dimensions: of the index's vectors, as its manifest has them; None where it has none.
    """

    embedder: Embedder
    questions: VectorIndex
    sections: VectorIndex
    lexical: LexicalIndex
    store: PassageStore
    dimensions: int | None = None

    def retrieve(self, question: str, *, limit: int = 10, exclude: Collection[str] = ()) -> list[Evidence]:
        """Return up to `limit` distinct entries, best first, each with the section that fits best.

        Args:
            exclude: urls of entries to search as if they were not in the corpus; how rare a term is, is counted over
                the whole corpus all the same. A url that no entry has excludes nothing: see `unknown_urls`.

        Raises:
            QuestionError: the question is empty, too long or broken.
            IndexStateError: the embedder gives vectors of other dimensions than the index has.
            ProviderError: the embedder failed.
        """
        check_question(question)
        vector = self.embedder.embed([plain_text(question)])[0]
        if self.dimensions not in {None, len(vector)}:
            raise IndexStateError(
                f"embedder {self.embedder.fingerprint} gives vectors of {len(vector)} dimensions, the index has "
                f"{self.dimensions}: another model answers under its name now; bring the former one back, or delete "
                "the data folder and run 'quicktakes index sync'"
            )
        terms = sorted(set(terms_of(question)))
        urls = self._candidates(vector, terms, frozenset(exclude))
        if not urls:
            return []
        passages = self.store.passages(urls)
        cosines = self._cosines(vector, passages)
        shares = self._term_shares(terms, urls)
        found: list[tuple[Signals, tuple[ScoredPassage, ...]]] = []
        for _, own in groupby(passages, key=lambda passage: passage.url):
            asked, *rest = own
            sections = tuple(sorted((ScoredPassage(p, cosines[p.id]) for p in rest), key=lambda scored: -scored.cosine))
            share = shares.get(asked.url, 0.0)
            found.append((Signals(sections[0].cosine, cosines[asked.id], share), sections))
        found.sort(key=lambda pair: (-fuse(pair[0]), pair[1][0].passage.url))
        return [
            self._evidence(rank, signals, sections) for rank, (signals, sections) in enumerate(found[:limit], start=1)
        ]

    def _evidence(self, rank: int, signals: Signals, sections: tuple[ScoredPassage, ...]) -> Evidence:
        url = sections[0].passage.url
        return Evidence(rank, url, self.store.question_of(url), probability(fuse(signals)), signals, sections)

    def _candidates(self, vector: Vectors, terms: Collection[str], exclude: frozenset[str]) -> set[str]:
        """Return the urls that any signal ranks high, none of them excluded."""
        hidden = len(self.store.passages(exclude)) if exclude else 0
        near = [found for found, _ in self.sections.search(vector, _SECTIONS + hidden)]
        near += [found for found, _ in self.questions.search(vector, _QUESTIONS + len(exclude))]
        urls = set(self.store.urls_of_passages(near).values())
        urls.update(url for url, _ in self.lexical.search_terms(terms, _BY_TERMS + len(exclude)))
        return urls - exclude

    def _cosines(self, vector: Vectors, passages: Collection[Passage]) -> dict[str, float]:
        sections = [passage.id for passage in passages if passage.kind == "section"]
        questions = [passage.id for passage in passages if passage.kind == "question"]
        return self.sections.cosines(vector, sections) | self.questions.cosines(vector, questions)

    def _term_shares(self, terms: Collection[str], urls: Collection[str]) -> dict[str, float]:
        most = best_bm25(terms, self.lexical.counts_of_terms(terms), self.lexical.entry_count())
        return {url: score / most for url, score in self.lexical.score_terms(terms, urls).items()}
