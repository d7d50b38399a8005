"""The index: built from the corpus, kept in step with it, proven, and opened for reading."""

from rag.indexing.bulk import sync_in_bulk
from rag.indexing.compiling import compile_snapshot
from rag.indexing.differences import Difference
from rag.indexing.doctor import Treatment, treat
from rag.indexing.generation import SNAPSHOT, Generation, GenerationStore, IndexFolder, UnfinishedGeneration
from rag.indexing.maintenance import Maintenance
from rag.indexing.purchase import ALLOWANCE, Approve, Purchase, allow_few
from rag.indexing.requirements import built_with, is_usable, require_usable
from rag.indexing.rollback import Rollback, roll_back
from rag.indexing.scan import Changes, find_changes
from rag.indexing.status import IndexStatus, inspect_index
from rag.indexing.sync import SyncReport, build_anew, sync
from rag.indexing.verify import Verification, verify
from rag.indexing.watch import Follower
from rag.indexing.words import read_words
from rag.indexing.writing import Progress, silent

__all__ = [
    "ALLOWANCE",
    "SNAPSHOT",
    "Approve",
    "Changes",
    "Difference",
    "Follower",
    "Generation",
    "GenerationStore",
    "IndexFolder",
    "IndexStatus",
    "Maintenance",
    "Progress",
    "Purchase",
    "Rollback",
    "SyncReport",
    "Treatment",
    "UnfinishedGeneration",
    "Verification",
    "allow_few",
    "build_anew",
    "built_with",
    "compile_snapshot",
    "find_changes",
    "inspect_index",
    "is_usable",
    "read_words",
    "require_usable",
    "roll_back",
    "silent",
    "sync",
    "sync_in_bulk",
    "treat",
    "verify",
]
