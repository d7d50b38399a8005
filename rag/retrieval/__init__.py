"""From a question to the entries that answer it, best first."""

from rag.retrieval.dense import DenseArrays, NoVectors, dense_arrays
from rag.retrieval.fusion import certainty_parts, rank_parts
from rag.retrieval.levers import Lever, levers_of, without
from rag.retrieval.postings import Postings, count_postings
from rag.retrieval.query import QueryReader
from rag.retrieval.related import related_entries
from rag.retrieval.retriever import MOST_CHARACTERS, Retriever, check_question
from rag.retrieval.snapshot import Snapshot, open_snapshot, save_snapshot
from rag.retrieval.spelling import SpellingRepairer
from rag.retrieval.stored import StoredVectors, stored_vectors

__all__ = [
    "MOST_CHARACTERS",
    "DenseArrays",
    "Lever",
    "NoVectors",
    "Postings",
    "QueryReader",
    "Retriever",
    "Snapshot",
    "SpellingRepairer",
    "StoredVectors",
    "certainty_parts",
    "check_question",
    "count_postings",
    "dense_arrays",
    "levers_of",
    "open_snapshot",
    "rank_parts",
    "related_entries",
    "save_snapshot",
    "stored_vectors",
    "without",
]
