"""The only place that turns settings into objects."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from rag.adapters.embedding_cache import EmbeddingCache
from rag.adapters.english import is_english
from rag.adapters.minilm import MiniLMEmbedder
from rag.answering import Answerer, Composer
from rag.corpus import require_folder
from rag.errors import ConfigurationError
from rag.generations import Generations, VectorFolders, VectorServer
from rag.indexing import (
    Approve,
    IndexFolder,
    IndexStatus,
    Progress,
    SyncReport,
    allow_few,
    built_with,
    inspect_index,
    require_built_with,
    sync,
)
from rag.models import Answer, Provenance, Search
from rag.ports import Embedder
from rag.retrieval import QueryReader, Retriever, Snapshot, SpellingRepairer, related_entries
from rag.settings import DEFAULT_EMBEDDER, Settings


def index_folder(settings: Settings) -> IndexFolder:
    """Return where the index of the settings' corpus lives: one folder for each corpus folder.

    Raises:
        ConfigurationError: the corpus folder does not exist.
    """
    require_folder(settings.corpus_dir)
    corpus = settings.corpus_dir.resolve()
    key = hashlib.sha256(str(corpus).encode()).hexdigest()[:8]
    return IndexFolder(settings.data_dir / "indexes" / f"{corpus.name}-{key}", _generations(settings))


def _generations(settings: Settings) -> Generations:
    if settings.chroma_url is None:
        return Generations(VectorFolders())
    return Generations(VectorServer(settings.chroma_url, settings.chroma_token))


@dataclass(frozen=True, slots=True)
class QuickTakes:
    """An open corpus: ask it, search it."""

    retriever: Retriever
    answerer: Answerer

    def ask(self, question: str, *, exclude: Collection[str] = ()) -> Answer:
        """Answer a question; see `rag.answering.Answerer.ask`."""
        return self.answerer.ask(question, exclude=exclude)

    def unknown_urls(self, urls: Collection[str]) -> set[str]:
        """Return which of some urls no file of the corpus has: to exclude them would exclude nothing."""
        return self.retriever.store.unknown_urls(urls)

    def related(self, urls: Sequence[str], *, limit: int = 5) -> dict[str, list[str]]:
        """Return for each entry the urls of others about the same thing; see `rag.retrieval.related_entries`."""
        return related_entries(urls, self.retriever.snapshot, limit=limit)

    def search(self, question: str, *, limit: int = 10, exclude: Collection[str] = ()) -> Search:
        """Find the entries that answer a question; see `rag.retrieval.Retriever.search`."""
        return self.retriever.search(question, limit=limit, exclude=exclude)


def load_embedder(settings: Settings) -> Embedder:
    """Return the embedder that the settings name.

    Raises:
        ConfigurationError: there is none of that name, the default's files are missing or are not the ones it was
            measured with, or a server's address or key is missing or cannot be one.
    """
    model = _openai_model(settings)
    if model is None:
        return MiniLMEmbedder()
    from rag.adapters.openai_embedder import OpenAIEmbedder  # noqa: PLC0415 the package takes a second to import

    return OpenAIEmbedder(model, settings.openai_base_url, settings.openai_api_key)


def embedder_fingerprint(settings: Settings) -> str:
    """Return the fingerprint of the embedder that the settings name, without loading it and with no key.

    Raises:
        ConfigurationError: there is none of that name, or its server's address cannot be one.
    """
    model = _openai_model(settings)
    if model is None:
        return MiniLMEmbedder.fingerprint
    from rag.adapters.openai_embedder import openai_fingerprint  # noqa: PLC0415 the package takes a second to import

    return openai_fingerprint(model, settings.openai_base_url)


def _openai_model(settings: Settings) -> str | None:
    """Return the model's name of ``openai:<model>``, or None for ``minilm``."""
    provider, _, model = settings.embedder.partition(":")
    if provider == "openai" and model.strip():
        return model.strip()
    if settings.embedder != DEFAULT_EMBEDDER:
        raise ConfigurationError(
            f"there is no embedder {settings.embedder!r}; set QUICKTAKES_EMBEDDER to {DEFAULT_EMBEDDER}, or to "
            "openai:<model>, such as openai:text-embedding-3-small"
        )
    return None


def index_status(settings: Settings) -> IndexStatus:
    """Return what the index of the settings' corpus holds, and whether it is in step; see `rag.indexing.inspect_index`.

    Raises:
        ConfigurationError: the corpus folder does not exist, or the settings name no embedder.
    """
    return inspect_index(settings.corpus_dir, index_folder(settings), built_with(embedder_fingerprint(settings)))


def sync_index(
    settings: Settings, embedder: Embedder, progress: Progress | None = None, *, approve: Approve = allow_few
) -> SyncReport:
    """Bring the index of the settings' corpus in step with it; see `rag.indexing.sync`."""
    index = index_folder(settings)
    with closing(EmbeddingCache(settings.data_dir / "embeddings.sqlite3")) as cache:
        return sync(settings.corpus_dir, index, embedder, cache, progress, approve=approve)


@contextmanager
def open_index(settings: Settings, embedder: Embedder) -> Generator[QuickTakes]:
    """Open the index of the settings' corpus as it is, for questions.

    Raises:
        IndexStateError: there is no index, it cannot be used, or it was built with another embedder or recipe.
    """
    with closing(index_folder(settings).open_current()) as generation:
        require_built_with(generation, built_with(embedder.fingerprint))
        catalog = generation.catalog
        meta = catalog.meta()
        dimensions = int(meta["dimensions"]) if "dimensions" in meta else None
        snapshot = generation.snapshot
        retriever = Retriever(embedder, snapshot, catalog, _query_reader(snapshot), dimensions)
        provenance = Provenance(meta["corpus"], f"{meta['recipe']}:{generation.folder.name}", meta["embedder"])
        yield QuickTakes(
            retriever, Answerer(retriever, Composer(embedder, generation.snapshot.postings), catalog, provenance)
        )


def _query_reader(snapshot: Snapshot) -> QueryReader:
    return QueryReader(SpellingRepairer(snapshot.words, snapshot.word_counts, is_english))


@contextmanager
def open_synced(
    settings: Settings, embedder: Embedder, progress: Progress | None = None
) -> Generator[tuple[QuickTakes, SyncReport]]:
    """Bring the index of the settings' corpus in step, and open it for questions; see `sync_index` and `open_index`."""
    report = sync_index(settings, embedder, progress)
    with open_index(settings, embedder) as quicktakes:
        yield quicktakes, report


@contextmanager
def open_quicktakes(settings: Settings) -> Generator[QuickTakes]:
    """Bring the index of the settings' corpus in step, and open it for questions.

    Raises:
        QuickTakesError: the corpus folder, the index or the embedder cannot be used.
    """
    index_folder(settings)
    with open_synced(settings, load_embedder(settings)) as (quicktakes, _):
        yield quicktakes
