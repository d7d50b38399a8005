"""Settings into an open corpus, as well as it can be opened."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rag.adapters.catalog import Catalog
from rag.adapters.english import is_english
from rag.adapters.optional_embedder import OptionalEmbedder
from rag.answering import Answerer, Composer
from rag.errors import IndexStateError, NotApprovedError, QuickTakesError
from rag.indexing import (
    Progress,
    SyncReport,
    built_with,
    read_words,
    require_usable,
)
from rag.models import Provenance
from rag.ports import Embedder, PassageStore
from rag.retrieval import QueryReader, Retriever, Snapshot, SpellingRepairer
from rag.settings import Settings
from rag.wiring.chat import Chat, chat_model_names, judge_model_names, open_chat
from rag.wiring.embedders import load_embedder, load_reranker
from rag.wiring.indexes import index_folder, sync_index
from rag.wiring.quicktakes import QuickTakes


@contextmanager
def open_index(settings: Settings, embedder: Embedder) -> Generator[QuickTakes]:
    """Open the index of the settings' corpus as it is, for questions; nothing is written, and no lock is taken.

    Raises:
        IndexStateError: there is no index, it cannot be used, or it was built with another embedder or recipe.
        ConfigurationError: the settings name a reranker that cannot be used.
    """
    reranker = load_reranker(settings)
    with closing(index_folder(settings).open_current()) as generation:
        require_usable(generation, built_with(embedder.fingerprint))
        catalog = generation.catalog
        meta = catalog.meta()
        dimensions = int(meta["dimensions"]) if "dimensions" in meta else None
        snapshot = generation.snapshot
        retriever = Retriever(embedder, snapshot, catalog, _query_reader(snapshot), dimensions, reranker)
        provenance = Provenance(meta["corpus"], f"{meta['recipe']}:{generation.folder.name}", meta["embedder"])
        with open_chat(settings, snapshot.postings.weight) as chat:
            yield _quicktakes(retriever, catalog, provenance, chat)


def _quicktakes(retriever: Retriever, store: PassageStore, provenance: Provenance, chat: Chat | None) -> QuickTakes:
    composer = Composer(retriever.embedder, retriever.snapshot.postings)
    generator, keeper = (chat.generator, chat.keeper) if chat else (None, None)
    return QuickTakes(retriever, Answerer(retriever, composer, store, provenance, generator, keeper), chat)


def _check_models(settings: Settings) -> None:
    """Tell a setting that is wrong before anything is embedded."""
    load_reranker(settings)
    chat_model_names(settings)
    judge_model_names(settings)


def _query_reader(snapshot: Snapshot) -> QueryReader:
    return QueryReader(SpellingRepairer(snapshot.words, snapshot.word_counts, is_english))


@contextmanager
def open_synced(
    settings: Settings, embedder: Embedder, progress: Progress | None = None
) -> Generator[tuple[QuickTakes, SyncReport]]:
    """Bring the index of the settings' corpus in step, and open it for questions; see `sync_index` and `open_index`."""
    _check_models(settings)
    report = sync_index(settings, embedder, progress)
    with open_index(settings, embedder) as quicktakes:
        yield quicktakes, report


@contextmanager
def open_for_reading(
    settings: Settings, embedder: Embedder, progress: Progress | None = None
) -> Generator[tuple[QuickTakes, SyncReport | None]]:
    """Open the settings' corpus for questions as well as it can be: its files are enough.

    The index is brought in step and used. Where that cannot be done, it is used as it was; where there is none to use,
    the entries are read into memory and searched by words only. `QuickTakes.notices` and every answer say so. The
    report is None where the index was not brought in step.

    Raises:
        ConfigurationError: the corpus folder does not exist, or the settings name a reranker or a Chroma server that
            cannot be used; one that does not answer is no error.
        NotApprovedError: bringing the index in step would cost money; see `rag.indexing.allow_few`.
    """
    index_folder(settings)
    _check_models(settings)
    report: SyncReport | None = None
    trouble: QuickTakesError | OSError | None = None
    try:
        report = sync_index(settings, embedder, progress, patience_s=_PATIENCE_S)
    except NotApprovedError:
        raise
    except (QuickTakesError, OSError) as error:
        trouble = error
    with ExitStack() as opened:
        words_only = _WordsOnly(settings, embedder, progress, opened)
        try:
            quicktakes = opened.enter_context(open_index(settings, embedder))
        except IndexStateError as error:
            yield words_only(trouble or error), None
            return
        notices = () if trouble is None else (f"The index was used as it was, not in step: {_told(trouble)}",)
        yield replace(quicktakes, notices=notices, substitute=words_only), report


_PATIENCE_S = 2.0
"""How long a question waits for another process that is changing the index; an edit of a few entries takes less."""


@dataclass(slots=True)
class _WordsOnly:
    """The corpus itself, read into memory when it is first needed."""

    settings: Settings
    embedder: Embedder
    progress: Progress | None
    opened: ExitStack
    _read: QuickTakes | None = None

    def __call__(self, error: QuickTakesError | OSError) -> QuickTakes:
        """Return what searches by words only, and says why."""
        self._read = self._read or self._open()
        return replace(self._read, notices=(f"Searched by words only: {_told(error)}",))

    def _open(self) -> QuickTakes:
        catalog = self.opened.enter_context(closing(Catalog(Path(":memory:"), create=True)))
        embedder = OptionalEmbedder(self.embedder)
        snapshot = read_words(self.settings.corpus_dir, catalog, embedder, self.progress)
        retriever = Retriever(embedder, snapshot, catalog, _query_reader(snapshot))
        provenance = Provenance(catalog.meta()["corpus"], "words only", "none")
        chat = self.opened.enter_context(open_chat(self.settings, snapshot.postings.weight))
        return _quicktakes(retriever, catalog, provenance, chat)


def _told(error: QuickTakesError | OSError) -> str:
    return f"{error.filename or 'disk'}: {error.strerror or error}" if isinstance(error, OSError) else str(error)


@contextmanager
def open_quicktakes(settings: Settings) -> Generator[QuickTakes]:
    """Open the settings' corpus for questions; see `open_for_reading`.

    Raises:
        ConfigurationError: the corpus folder does not exist, or the embedder cannot be loaded.
        NotApprovedError: bringing the index in step would cost money.
    """
    index_folder(settings)
    with open_for_reading(settings, load_embedder(settings)) as (quicktakes, _):
        yield quicktakes
