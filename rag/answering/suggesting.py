"""What to ask next: entries near to a question and its answer that the reader has not been shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt

from rag.answering.questions import asked_by
from rag.errors import IndexStateError
from rag.models import Evidence, Search, Seen, Suggestion
from rag.ports import PassageStore, Rows, Vectors
from rag.retrieval import MOST_CHARACTERS, Snapshot

Flags = npt.NDArray[np.bool_]

NEAR: Final = 0.36
"""Least cosine at which an entry is about what was asked: of 30 off-topic questions and greetings of the dev split 2
have an entry above it, of 74 about biology that the corpus lacks 67. `make bench-suggestions` has the test
split too."""

NEAR_BY_WORDS: Final = 0.35
"""The same where nothing is known but terms, of the most that they could give; it tells less well."""

SAME: Final = 0.8
"""Cosine from which two questions are taken for one in other words: of six pairs of the publisher's entries read at
each of 0.87, 0.85, 0.83 and 0.80, six, four, three and two ask the same. No two of the starter corpus are as near."""

_MOST: Final = 3
_NEIGHBOURS: Final = 24
"""Entries looked at beside the evidence: so many stay enough when most of them were shown before."""

_NEARNESS: Final = 0.7
"""What nearness counts, and the rest unlikeness to the suggestions before (maximal marginal relevance; Carbonell and
Goldstein, SIGIR 1998): of 18 answers read, at 1.0 some suggestions were about one thing, at 0.5 some about another."""

_EQUAL: Final = 0.999
"""Cosine of questions that are the same to the letter, with what half precision loses."""

_TWINS: Final = 8
"""Nearest questions among which an equal one is looked for: equal vectors may belong to questions in other letters."""


@dataclass(frozen=True, slots=True)
class _Pool:
    """Entries to choose from, with the vectors of their questions.

    Attributes:
        nearness: what they are chosen by; of what must not be chosen, less than anything.
        spread: what likeness to the suggestions before takes from nearness.
        searched: those of them whose equals are all in the pool.
    """

    entries: Rows
    vectors: Vectors
    nearness: Vectors
    spread: float
    searched: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Suggester:
    """Offers entries to ask for next, with no model and nothing embedded for it."""

    snapshot: Snapshot
    store: PassageStore

    def suggest(
        self, found: Search, cited: Collection[str], seen: Seen, exclude: Collection[str]
    ) -> tuple[Suggestion, ...]:
        """Return up to three entries whose own question, asked, they answer word for word.

        None asks what was asked, now or before, or what an entry asks that was shown, in the same or in other words.
        After an answer they carry on from it, the nearest first, but not all about one thing; where nothing is cited
        they are the nearest entries, and there are none where nothing is near. There are none either where the index
        fails: an answer is not lost for what might be asked next.

        Args:
            cited: urls of the entries that the answer cites.
            exclude: urls of entries never to offer.
        """
        try:
            return tuple(islice(self._suggest(found, cited, seen, exclude), _MOST))
        except IndexStateError:
            return ()

    def _suggest(
        self, found: Search, cited: Collection[str], seen: Seen, exclude: Collection[str]
    ) -> Iterator[Suggestion]:
        hidden = {*cited, *seen.urls, *exclude}
        shown = [self._vectors(urls) for urls in (cited, seen.urls) if urls]
        if cited and found.vector is not None:
            middle = _unit(found.vector + _unit(shown[0].sum(axis=0)))
            pool = self._neighbours(found, middle, hidden)
            shown.append(found.vector[np.newaxis])
        else:
            pool = self._nearest(found, hidden)
        asked = map(asked_by, (found.query.question, *seen.questions, *map(self.store.question_of, cited)))
        is_new = np.isfinite(pool.nearness)
        for vectors in shown:
            is_new &= _cosines(pool.vectors[:, np.newaxis], vectors).max(axis=1, initial=-1) < SAME
        return self._pick(pool, is_new, set(asked))

    def _nearest(self, found: Search, hidden: Collection[str]) -> _Pool:
        """Return the entries that were found near, to be chosen as they rank."""
        titles = Counter(one.title.strip() for one in found.evidence)
        ranks = {
            one.url: one.rank
            for one in found.evidence
            if _is_near(one) and one.url not in hidden and titles[one.title.strip()] == 1
        }
        entries = self.snapshot.numbers(ranks)
        nearness = np.array([-ranks[self._url(entry)] for entry in entries], dtype=np.float32)
        return _Pool(entries, self.snapshot.questions.vectors(entries), nearness, 0.0)

    def _neighbours(self, found: Search, middle: Vectors, hidden: Collection[str]) -> _Pool:
        """Return the entries near to what lies amid the question and those cited."""
        rows = self.snapshot.questions.search(middle, _NEIGHBOURS + _TWINS)[0].tolist()
        evidence = self.snapshot.numbers([one.url for one in found.evidence]).tolist()
        entries = np.array(sorted({*rows, *evidence}), dtype=np.intp)
        vectors = self.snapshot.questions.vectors(entries)
        nearness = _cosines(vectors, middle)
        may_not = [self._url(entry) in hidden for entry in entries]
        weighed = np.where((nearness < NEAR) | may_not, -np.inf, _NEARNESS * nearness).astype(np.float32)
        return _Pool(entries, vectors, weighed, 1 - _NEARNESS, frozenset(rows[:_NEIGHBOURS]))

    def _pick(self, pool: _Pool, is_new: Flags, asked: set[tuple[str, ...]]) -> Iterator[Suggestion]:
        """Give entries that ask something new, the best first.

        Args:
            is_new: which may be chosen.
            asked: what was asked; see `rag.answering.questions.asked_by`.
        """
        likeness = np.zeros(len(pool.entries), dtype=np.float32)
        while is_new.any():
            best = int(np.argmax(np.where(is_new, pool.nearness - pool.spread * likeness, -np.inf)))
            is_new[best] = False
            url = self._url(pool.entries[best])
            question = self.store.question_of(url)
            asks = asked_by(question)
            alike = _cosines(pool.vectors, pool.vectors[best])
            if asks in asked or not self._answers_itself(pool, best, alike, question):
                continue
            yield Suggestion(url, question)
            asked.add(asks)
            is_new &= alike < SAME
            likeness = np.maximum(likeness, alike)

    def _answers_itself(self, pool: _Pool, place: int, alike: Vectors, question: str) -> bool:
        """Return whether an entry's question, asked, is answered by that entry: none other has the very same.

        Args:
            alike: cosines of the question to those of the pool.
        """
        if not asked_by(question) or len(question) > MOST_CHARACTERS:
            return False
        entry = pool.entries[place]
        equal = pool.entries[alike >= _EQUAL]
        if int(entry) not in pool.searched:
            rows, cosines = self.snapshot.questions.search(pool.vectors[place], _TWINS)
            equal = np.concatenate([equal, rows[cosines >= _EQUAL]])
        others = (self.store.question_of(self._url(other)) for other in equal if other != entry)
        return all(other.strip() != question.strip() for other in others)

    def _url(self, entry: np.intp) -> str:
        return self.snapshot.urls[int(entry)]

    def _vectors(self, urls: Collection[str]) -> Vectors:
        """Return the vectors of the questions of those of some urls that have an entry."""
        return self.snapshot.questions.vectors(self.snapshot.numbers(urls))


def _is_near(evidence: Evidence) -> bool:
    signals = evidence.signals
    if signals.words_only:
        return signals.terms >= NEAR_BY_WORDS
    return max(signals.question, signals.section) >= NEAR


def _cosines(vectors: Vectors, others: Vectors) -> Vectors:
    """Return the cosines of vectors to others, as they are broadcast.

    Not by a product of matrices: that would be shared among threads, which wait for each other on a busy machine.
    """
    return np.vecdot(vectors, others)


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    return (vector / length if length else vector).astype(np.float32)
