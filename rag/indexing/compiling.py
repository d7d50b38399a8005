"""The searchable form of a generation, made from its catalog and its vectors; checked on the way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.errors import IndexStateError
from rag.models import PassageKind
from rag.ports import UNIT_TOLERANCE, Catalog, DenseIndex, VectorIndex, Vectors
from rag.retrieval import NoVectors, Snapshot, count_postings, dense_arrays, stored_vectors


def compile_snapshot(
    catalog: Catalog, questions: VectorIndex, sections: VectorIndex, *, in_place: bool = False
) -> Snapshot:
    """Return the snapshot of a generation: a function of what it holds, whatever the order it was written in.

    Args:
        in_place: search the vectors where they are stored, rather than in arrays made from them.

    Raises:
        IndexStateError: vectors are missing, left over, not finite or not of unit length.
    """
    asked, told, counts = _passage_ids(catalog, catalog.urls())
    return _compiled(
        catalog,
        counts,
        _searchable(questions, asked, "question", in_place=in_place),
        _searchable(sections, told, "section", in_place=in_place),
    )


def compile_words(catalog: Catalog) -> Snapshot:
    """Return the snapshot of a catalog without vectors, to be searched by words only; raises `IndexStateError`."""
    return _compiled(catalog, _passage_ids(catalog, catalog.urls())[2], NoVectors(), NoVectors())


def _compiled(catalog: Catalog, counts: Sequence[int], questions: DenseIndex, sections: DenseIndex) -> Snapshot:
    urls = catalog.urls()
    words = catalog.words()
    names = sorted(words)
    return Snapshot(
        urls=urls,
        first_sections=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        questions=questions,
        sections=sections,
        postings=count_postings(catalog.term_counts(), len(urls)),
        words=names,
        word_counts=np.array([words[name] for name in names], dtype=np.int32),
    )


def _passage_ids(catalog: Catalog, urls: Sequence[str]) -> tuple[list[str], list[str], list[int]]:
    """Return the ids of all questions and of all sections, by entry, and how many sections each entry has."""
    asked: list[str] = []
    told: list[str] = []
    counts = dict.fromkeys(urls, 0)
    for url, kind, passage_id in catalog.passage_ids():
        if url not in counts:
            raise IndexStateError(
                f"the catalog has passages of {url}, and no such entry; run 'quicktakes index doctor'"
            )
        if kind == "question":
            asked.append(passage_id)
        else:
            told.append(passage_id)
            counts[url] += 1
    if len(asked) != len(urls) or not all(counts.values()):
        raise IndexStateError("the catalog lacks passages; run 'quicktakes index doctor'")
    return asked, told, list(counts.values())


def _searchable(index: VectorIndex, ids: Sequence[str], kind: PassageKind, *, in_place: bool) -> DenseIndex:
    vectors = _checked_vectors(index, ids, kind)
    return stored_vectors(index, ids) if in_place else dense_arrays(vectors)


def _checked_vectors(index: VectorIndex, ids: Sequence[str], kind: PassageKind) -> Vectors:
    if index.count() != len(ids):
        raise IndexStateError(
            f"the vector store holds {index.count():,} {kind} vectors, and there are {len(ids):,} {kind} passages; "
            "run 'quicktakes index doctor'"
        )
    if not ids:
        return np.empty((0, 0), dtype=np.float32)
    vectors = index.vectors(ids)
    lengths = np.linalg.norm(vectors, axis=1)
    wrong = ~(np.abs(lengths - 1) <= UNIT_TOLERANCE)  # NaN is wrong too
    if wrong.any():
        raise IndexStateError(
            f"{int(wrong.sum()):,} {kind} vectors are not of unit length, first that of passage "
            f"{ids[int(np.argmax(wrong))]}; run 'quicktakes index doctor'"
        )
    return vectors
