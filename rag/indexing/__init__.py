"""The index: built from the corpus, kept in step with it, opened for reading."""

from rag.indexing.generation import Generation, IndexFolder
from rag.indexing.scan import Changes, find_changes
from rag.indexing.status import IndexStatus, inspect_index
from rag.indexing.sync import Progress, SyncReport, built_with, is_usable, sync

__all__ = [
    "Changes",
    "Generation",
    "IndexFolder",
    "IndexStatus",
    "Progress",
    "SyncReport",
    "built_with",
    "find_changes",
    "inspect_index",
    "is_usable",
    "sync",
]
