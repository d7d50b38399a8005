"""The index: built from the corpus, kept in step with it, opened for reading."""

from rag.indexing.compiling import compile_snapshot
from rag.indexing.generation import SNAPSHOT, Generation, GenerationStore, IndexFolder, UnfinishedGeneration
from rag.indexing.scan import Changes, find_changes
from rag.indexing.status import IndexStatus, inspect_index
from rag.indexing.sync import Progress, SyncReport, built_with, is_usable, sync

__all__ = [
    "SNAPSHOT",
    "Changes",
    "Generation",
    "GenerationStore",
    "IndexFolder",
    "IndexStatus",
    "Progress",
    "SyncReport",
    "UnfinishedGeneration",
    "built_with",
    "compile_snapshot",
    "find_changes",
    "inspect_index",
    "is_usable",
    "sync",
]
