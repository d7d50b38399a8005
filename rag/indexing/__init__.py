"""The index: built from the corpus, kept in step with it, opened for reading."""

from rag.indexing.compiling import compile_snapshot
from rag.indexing.generation import SNAPSHOT, Generation, GenerationStore, IndexFolder, UnfinishedGeneration
from rag.indexing.purchase import ALLOWANCE, Approve, Purchase, allow_few
from rag.indexing.scan import Changes, find_changes
from rag.indexing.status import IndexStatus, inspect_index
from rag.indexing.sync import Progress, SyncReport, built_with, is_usable, require_built_with, sync

__all__ = [
    "ALLOWANCE",
    "SNAPSHOT",
    "Approve",
    "Changes",
    "Generation",
    "GenerationStore",
    "IndexFolder",
    "IndexStatus",
    "Progress",
    "Purchase",
    "SyncReport",
    "UnfinishedGeneration",
    "allow_few",
    "built_with",
    "compile_snapshot",
    "find_changes",
    "inspect_index",
    "is_usable",
    "require_built_with",
    "sync",
]
