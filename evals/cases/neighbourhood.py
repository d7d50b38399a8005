"""Which entries say nearly what an entry says: to ask as if it were not there, they must not be there either.

A neighbour of an entry is another one whose question is nearly the same, whose answer would score well against its
answer, that shares a run of words with it, or that it links to and is linked from. Everything is counted through
postings, so that memory grows with the text and not with the pairs.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import numpy as np
import numpy.typing as npt

from evals.scoring.idf import weight_of
from evals.scoring.text import RUN_WORDS, runs
from rag.corpus import Entry, write_file
from rag.passages import stem, words_of
from rag.ports import Vectors

LEAST_COSINE: Final = 0.85
"""Of two questions; 17 % of the publisher's Biology questions have a neighbour at 0.90 (MiniLM)."""

LEAST_F1: Final = 0.5
"""Of an answer against another's content words; copying the nearest entry that is left then scores 0.43, not 0.54."""

LEAST_CONTAINED: Final = 0.2
"""Share of the shorter answer's runs of eight words that the other holds."""

_ROWS: Final = 1000
"""Questions compared with all others at once."""

_FORMAT: Final = 1
_Numbers = npt.NDArray[np.int64]
_Weights = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Neighbourhoods:
    """The neighbours of every entry of a corpus.

    Attributes:
        corpus: hash of the entries, and of what their questions were embedded with; see `corpus_key`.
        neighbours: urls by url, sorted, the entry itself left out; every entry of the corpus has its own.
    """

    corpus: str
    neighbours: Mapping[str, tuple[str, ...]]

    def of(self, urls: Iterable[str]) -> frozenset[str]:
        """Return some entries and all their neighbours; an entry that the corpus lacks has none."""
        return frozenset(one for url in urls for one in (url, *self.neighbours.get(url, ())))


def corpus_key(entries: Sequence[Entry], embedder: str) -> str:
    """Return the hash of all that neighbourhoods are made from.

    Args:
        embedder: its fingerprint.
    """
    told = [[one.url, one.question, one.answer, [link.url for link in one.related]] for one in entries]
    bounds = [_FORMAT, LEAST_COSINE, LEAST_F1, LEAST_CONTAINED, RUN_WORDS]
    return hashlib.sha256(json.dumps([bounds, embedder, sorted(told)]).encode()).hexdigest()


def find_neighbours(entries: Sequence[Entry], questions: Vectors, embedder: str) -> Neighbourhoods:
    """Return the neighbours of every entry.

    Args:
        questions: vectors of the entries' questions, in their order.
        embedder: fingerprint of what made them.
    """
    pairs: set[tuple[int, int]] = set()
    rules = (_alike_questions(questions), _alike_answers(entries), _shared_runs(entries), _mutual_links(entries))
    for rule in rules:
        for one, other in rule:
            pairs |= {(one, other), (other, one)}
    found: dict[str, list[str]] = {entry.url: [] for entry in entries}
    for one, other in pairs:
        found[entries[one].url].append(entries[other].url)
    neighbours = {url: tuple(sorted(others)) for url, others in sorted(found.items())}
    return Neighbourhoods(corpus_key(entries, embedder), neighbours)


def near_duplicates(entries: Sequence[Entry], questions: Vectors) -> list[list[int]]:
    """Return the entries, by their place, in groups of which each is a near-duplicate of another one of its own.

    Alike are questions and runs of words here. Alike answers chain: with them the 1,009 entries of the publisher's
    Biology fall into 503 groups, of which one has 124; without them into 766 of at most 13.
    """
    first = list(range(len(entries)))

    def root(place: int) -> int:
        while first[place] != place:
            first[place] = first[first[place]]
            place = first[place]
        return place

    for rule in (_alike_questions(questions), _shared_runs(entries)):
        for one, other in rule:
            least, most = sorted((root(one), root(other)))
            first[most] = least
    groups: dict[int, list[int]] = defaultdict(list)
    for place in range(len(entries)):
        groups[root(place)].append(place)
    return list(groups.values())


def save_neighbourhoods(file: Path, found: Neighbourhoods) -> None:
    """Keep neighbourhoods in a JSON file, replaced in one step.

    Raises:
        ConfigurationError: it cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    told = {"corpus": found.corpus, "neighbours": {url: list(others) for url, others in found.neighbours.items()}}
    write_file(file, json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def load_neighbourhoods(file: Path, corpus: str) -> Neighbourhoods | None:
    """Return the neighbourhoods that a file keeps for a corpus; None where there are none, or of another corpus."""
    try:
        told = cast("dict[str, object]", json.loads(file.read_text(encoding="utf-8")))
        neighbours = cast("dict[str, list[str]]", told["neighbours"])
        if told["corpus"] != corpus:
            return None
        return Neighbourhoods(corpus, {url: tuple(others) for url, others in neighbours.items()})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _alike_questions(questions: Vectors) -> Iterator[tuple[int, int]]:
    for start in range(0, len(questions), _ROWS):
        cosines = questions[start : start + _ROWS] @ questions.T
        for row, other in np.argwhere(cosines >= LEAST_COSINE):
            if start + row < other:
                yield int(start + row), int(other)


def _mutual_links(entries: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    place_of = {entry.url: place for place, entry in enumerate(entries)}
    links = {
        (place, place_of[link.url]) for place, one in enumerate(entries) for link in one.related if link.url in place_of
    }
    yield from ((one, other) for one, other in links if one < other and (other, one) in links)


class Terms:
    """The stems of entries' questions and answers, with where each answer's stand.

    Attributes:
        weights: inverse document frequency of each stem over the answers, by its number.
        answers, questions: numbers of the stems of each entry's, sorted.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        numbers: dict[str, int] = {}
        self.answers = [_numbered(map(stem, words_of(entry.answer)), numbers) for entry in entries]
        self.questions = [_numbered(map(stem, words_of(entry.question)), numbers) for entry in entries]
        self._postings = Postings(self.answers, len(numbers))
        frequencies = self._postings.counts
        self.weights: _Weights = np.array([weight_of(len(entries), int(count)) for count in frequencies])
        self._totals = np.array([float(self.weights[terms].sum()) for terms in self.answers])

    def content_f1(self, place: int) -> _Weights:
        """Return how each entry's answer scores against one entry's, the words of that entry's question left out."""
        question, answer = self.questions[place], self.answers[place]
        wanted = np.setdiff1d(answer, question, assume_unique=True)
        common = self._postings.weigh(wanted, self.weights, len(self.answers))
        own = self._totals - self._postings.weigh(question, self.weights, len(self.answers))
        total = own + float(self.weights[wanted].sum())
        return np.divide(2 * common, total, out=np.zeros_like(total), where=total > 0)


class Postings:
    """For each number, which rows hold it."""

    def __init__(self, rows: Sequence[_Numbers], size: int) -> None:
        numbers = np.concatenate([*rows, np.empty(0, dtype=np.int64)])
        places = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        self.counts: _Numbers = np.bincount(numbers, minlength=size)
        self._begins = np.concatenate([[0], np.cumsum(self.counts)])
        self._places = places[np.argsort(numbers, kind="stable")]

    def weigh(self, numbers: _Numbers, weights: _Weights, rows: int) -> _Weights:
        """Return for each row the weight of those numbers that it holds."""
        counts = self.counts[numbers]
        offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        held = self._places[np.repeat(self._begins[numbers], counts) + offsets]
        sums = np.bincount(held, weights=np.repeat(weights[numbers], counts), minlength=rows)
        return sums.astype(np.float64, copy=False)


def _numbered(keys: Iterable[str], numbers: dict[str, int]) -> _Numbers:
    return np.unique(np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64))


def _alike_answers(entries: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    terms = Terms(entries)
    for place in range(len(entries)):
        for other in np.flatnonzero(terms.content_f1(place) >= LEAST_F1):
            if other != place:
                yield place, int(other)


def grams_of(text: str) -> set[str]:
    """Return the runs of `RUN_WORDS` words of a text, as the product reads words."""
    return set(map(" ".join, runs(words_of(text), RUN_WORDS)))


def _shared_runs(entries: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    """Give pairs that share runs of words, as hashes of 63 bits: two runs with one hash are not to be expected."""
    rows = [_hashes(grams_of(entry.answer)) for entry in entries]
    found, counts = np.unique(np.concatenate([*rows, np.empty(0, dtype=np.int64)]), return_counts=True)
    repeated = found[counts > 1]
    shared = [np.searchsorted(repeated, np.intersect1d(row, repeated, assume_unique=True)) for row in rows]
    postings, weights = Postings(shared, len(repeated)), np.ones(len(repeated))
    sizes = np.array([max(len(row), 1) for row in rows])
    for place, numbers in enumerate(shared):
        contained = postings.weigh(numbers, weights, len(rows)) / np.minimum(sizes, sizes[place])
        yield from ((place, int(other)) for other in np.flatnonzero(contained >= LEAST_CONTAINED) if other > place)


def _hashes(grams: Iterable[str]) -> _Numbers:
    digests = b"".join(hashlib.blake2b(gram.encode(), digest_size=8).digest() for gram in grams)
    return np.unique(np.frombuffer(digests, dtype=np.int64))
