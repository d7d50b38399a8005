"""What a retriever can do without, to see what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from rag.retrieval.dense import NoVectors
from rag.retrieval.retriever import Retriever

Lever = Literal["spelling", "lexicon", "reranker", "vectors"]
"""Repairing spelling; knowing what means the same; a reranker's order; comparing meanings, not words only."""


def levers_of(retriever: Retriever) -> tuple[Lever, ...]:
    """Return what a retriever uses, and could do without."""
    uses: Mapping[Lever, bool] = {
        "spelling": retriever.reader.repairer is not None,
        "lexicon": retriever.reader.uses_lexicon,
        "reranker": retriever.reranker is not None,
        "vectors": not retriever.snapshot.words_only,
    }
    return tuple(lever for lever, is_used in uses.items() if is_used)


def without(retriever: Retriever, lever: Lever) -> Retriever:
    """Return a retriever that does without one thing, and has all else from another one."""
    match lever:
        case "spelling":
            return replace(retriever, reader=replace(retriever.reader, repairer=None))
        case "lexicon":
            return replace(retriever, reader=replace(retriever.reader, uses_lexicon=False))
        case "reranker":
            return replace(retriever, reranker=None)
        case "vectors":
            words_only = replace(retriever.snapshot, questions=NoVectors(), sections=NoVectors())
            return replace(retriever, snapshot=words_only)
