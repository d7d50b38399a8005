"""The index: built from the corpus, kept in step with it, opened for reading."""

from rag.indexing.generation import Generation, IndexFolder
from rag.indexing.purchase import ALLOWANCE, Approve, Purchase, allow_few
from rag.indexing.scan import Changes, find_changes
from rag.indexing.status import IndexStatus, inspect_index
from rag.indexing.sync import Progress, SyncReport, built_with, is_usable, require_built_with, sync

__all__ = [
    "ALLOWANCE",
    "Approve",
    "Changes",
    "Generation",
    "IndexFolder",
    "IndexStatus",
    "Progress",
    "Purchase",
    "SyncReport",
    "allow_few",
    "built_with",
    "find_changes",
    "inspect_index",
    "is_usable",
    "require_built_with",
    "sync",
]
