"""Settings into an index that is synced, verified, mended and watched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path

from rag.adapters.embedding_cache import EmbeddingCache
from rag.corpus import require_folder
from rag.generations import Generations, VectorFolders, VectorServer
from rag.indexing import (
    Approve,
    Follower,
    IndexFolder,
    IndexStatus,
    Maintenance,
    Progress,
    Rollback,
    SyncReport,
    Treatment,
    Verification,
    allow_few,
    built_with,
    inspect_index,
    roll_back,
    silent,
    sync,
    sync_in_bulk,
    treat,
    verify,
)
from rag.ports import BulkEmbedder, Embedder
from rag.settings import Settings
from rag.wiring.embedders import embedder_fingerprint


def index_folder(settings: Settings, *, patience_s: float = 0.0) -> IndexFolder:
    """Return where the index of the settings' corpus lives: one folder for each corpus folder.

    Args:
        patience_s: how long to wait for another process that is changing the index.

    Raises:
        ConfigurationError: the corpus folder does not exist.
    """
    require_folder(settings.corpus_dir)
    corpus = settings.corpus_dir.resolve()
    key = hashlib.sha256(str(corpus).encode()).hexdigest()[:8]
    return IndexFolder(settings.data_dir / "indexes" / f"{corpus.name}-{key}", _generations(settings), patience_s)


def _generations(settings: Settings) -> Generations:
    if settings.chroma_url is None:
        return Generations(VectorFolders())
    return Generations(VectorServer(settings.chroma_url, settings.chroma_token))


def index_status(settings: Settings) -> IndexStatus:
    """Return what the index of the settings' corpus holds, and whether it is in step; see `rag.indexing.inspect_index`.

    Raises:
        ConfigurationError: the corpus folder does not exist, or the settings name no embedder.
    """
    return inspect_index(settings.corpus_dir, index_folder(settings), built_with(embedder_fingerprint(settings)))


def sync_index(  # noqa: PLR0913 all that a sync joins
    settings: Settings,
    embedder: Embedder,
    progress: Progress | None = None,
    *,
    approve: Approve = allow_few,
    bulk: BulkEmbedder | None = None,
    patience_s: float = 0.0,
) -> SyncReport:
    """Bring the index of the settings' corpus in step with it; see `rag.indexing.sync` and `index_folder`."""
    with _maintenance(settings, embedder, progress, approve, patience_s) as work:
        return sync(work) if bulk is None else sync_in_bulk(work, bulk)


def verify_index(
    settings: Settings,
    embedder: Embedder,
    progress: Progress | None = None,
    *,
    embed: bool = False,
    approve: Approve = allow_few,
) -> Verification:
    """Compare the index of the settings' corpus with the corpus; see `rag.indexing.verify`."""
    with _maintenance(settings, embedder, progress, approve) as work:
        return verify(work, embed=embed)


def treat_index(
    settings: Settings, embedder: Embedder, progress: Progress | None = None, *, approve: Approve = allow_few
) -> Treatment:
    """Verify the index of the settings' corpus and mend what is found; see `rag.indexing.treat`."""
    with _maintenance(settings, embedder, progress, approve) as work:
        return treat(work)


def roll_back_index(settings: Settings) -> Rollback:
    """Put the generation before the one in use back in use; see `rag.indexing.roll_back`."""
    return roll_back(index_folder(settings), built_with(embedder_fingerprint(settings)))


@contextmanager
def _maintenance(
    settings: Settings, embedder: Embedder, progress: Progress | None, approve: Approve, patience_s: float = 0.0
) -> Generator[Maintenance]:
    index = index_folder(settings, patience_s=patience_s)
    with closing(EmbeddingCache(settings.data_dir / "embeddings.sqlite3")) as cache:
        yield Maintenance(settings.corpus_dir, index, embedder, cache, progress or silent, approve)


def watch_corpus(
    corpus_dir: Path, sync: Callable[[], SyncReport], say: Callable[[str], None], warn: Callable[[str], None]
) -> None:
    """Sync after each burst of changes below a corpus folder, until interrupted; see `rag.indexing.Follower`.

    Raises:
        ConfigurationError: the system refuses to watch the folder.
    """
    from rag.adapters.folder_changes import folder_changes  # noqa: PLC0415 few need it

    Follower(corpus_dir, sync, say, warn).follow(folder_changes(corpus_dir))
