"""The only place that turns settings into objects."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Sequence
from contextlib import ExitStack, aclosing, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from rag.adapters.catalog import Catalog
from rag.adapters.embedding_cache import EmbeddingCache
from rag.adapters.english import is_english
from rag.adapters.minilm import MiniLMEmbedder
from rag.adapters.optional_embedder import OptionalEmbedder
from rag.answering import Answerer, Composer
from rag.conversation import Resolution, Turn, resolve
from rag.corpus import require_folder
from rag.errors import ConfigurationError, IndexStateError, NotApprovedError, ProviderError, QuickTakesError
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
    read_words,
    require_usable,
    roll_back,
    silent,
    sync,
    sync_in_bulk,
    treat,
    verify,
)
from rag.models import Answer, AnswerBegun, AnswerEvent, Provenance, Search, SentenceShown, SupportPolicy
from rag.ports import BulkEmbedder, ChatModel, Embedder, Reranker
from rag.retrieval import QueryReader, Retriever, Snapshot, SpellingRepairer, related_entries
from rag.settings import DEFAULT_EMBEDDER, Settings
from rag.wiring.chat import Chat, chat_model_names, make_generator, open_chat

_Result = TypeVar("_Result")
_Reply = TypeVar("_Reply", Answer, Search)
_Resolved = TypeVar("_Resolved", bound=Answer | AnswerBegun)


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


@dataclass(frozen=True, slots=True)
class QuickTakes:
    """An open corpus: ask it, search it.

    Attributes:
        chat: writes answers with a language model; None where there is none.
        notices: what every answer says of how it was made; see `rag.models.Search.notices`.
        substitute: gives what to use instead where the index or the embedder fails a call; without one, it raises.
    """

    retriever: Retriever
    answerer: Answerer
    chat: Chat | None = None
    notices: tuple[str, ...] = ()
    substitute: Callable[[QuickTakesError], QuickTakes] | None = None

    def ask(self, question: str, *, exclude: Collection[str] = (), history: Sequence[Turn] = ()) -> Answer:
        """Answer a question; see `rag.answering.Answerer`. With a chat model, never call it on an event loop.

        Args:
            history: what was asked and answered before, the last turn last; see `rag.conversation.turn_of`. A follow-up
                is answered as the question that it stands for, which the answer names.
        """
        if self.chat is not None:
            return self.chat.portal.call(self._last_event, question, exclude, history)
        asked = resolve(question, history)
        answer = self._try(lambda own: own.with_notices(own.answerer.ask(asked.resolved, exclude=exclude)))
        return _as_asked(answer, asked)

    async def stream(
        self, question: str, *, exclude: Collection[str] = (), history: Sequence[Turn] = ()
    ) -> AsyncGenerator[AnswerEvent]:
        """Answer a question while it is being written; see `ask` and `rag.answering.Answerer.stream`."""
        asked = resolve(question, history)
        async with aclosing(self._stream(asked.resolved, exclude)) as events:
            async for event in events:
                yield event if isinstance(event, SentenceShown) else _as_asked(event, asked)

    async def _stream(self, question: str, exclude: Collection[str]) -> AsyncGenerator[AnswerEvent]:
        begun = False
        try:
            async with aclosing(self.answerer.stream(question, exclude=exclude)) as events:
                async for event in events:
                    begun = True
                    yield self.with_notices(event) if isinstance(event, Answer) else event
        except (IndexStateError, ProviderError) as error:
            if self.substitute is None or begun:
                raise
            substitute = await asyncio.to_thread(self.substitute, error)
        else:
            return
        async with aclosing(substitute._stream(question, exclude)) as events:  # noqa: SLF001 another of this class
            async for event in events:
                yield event

    async def _last_event(self, question: str, exclude: Collection[str], history: Sequence[Turn]) -> Answer:
        async with aclosing(self.stream(question, exclude=exclude, history=history)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return event
        raise AssertionError("an answer has no end")  # pragma: no cover the last event is the answer

    def search(self, question: str, *, limit: int = 10, exclude: Collection[str] = ()) -> Search:
        """Find the entries that answer a question; see `rag.retrieval.Retriever.search`."""
        return self._try(lambda own: own.with_notices(own.retriever.search(question, limit=limit, exclude=exclude)))

    def unknown_urls(self, urls: Collection[str]) -> set[str]:
        """Return which of some urls no file of the corpus has: to exclude them would exclude nothing."""
        return self._try(lambda own: own.retriever.store.unknown_urls(urls))

    def related(self, urls: Sequence[str], *, limit: int = 5) -> dict[str, list[str]]:
        """Return for each entry the urls of others about the same thing; see `rag.retrieval.related_entries`."""
        return related_entries(urls, self.retriever.snapshot, limit=limit)

    def with_notices(self, reply: _Reply) -> _Reply:
        """Return an answer or a search that says what there is to say of all of them, before what it says itself."""
        return replace(reply, notices=(*self.notices, *reply.notices))

    def _try(self, call: Callable[[QuickTakes], _Result]) -> _Result:
        """Return what a call gives; where index or embedder fail it, what it gives with the substitute."""
        try:
            return call(self)
        except (IndexStateError, ProviderError) as error:
            if self.substitute is None:
                raise
            return call(self.substitute(error))


def _as_asked(event: _Resolved, asked: Resolution) -> _Resolved:
    """Return an event that names the question as it was asked, and as it was resolved."""
    if asked.kind != "follow_up":
        return event
    return replace(event, question=asked.question.strip(), resolved=asked.resolved, carried=asked.reason)


def with_chat_model(quicktakes: QuickTakes, model: ChatModel, support: SupportPolicy | None = None) -> QuickTakes:
    """Return an open corpus whose answers a chat model writes.

    Args:
        support: the policy; None for that of the corpus as it is open, ``strict`` where no model is set up there.
    """
    answerer = quicktakes.answerer
    own = answerer.generator
    generator = make_generator(
        model, quicktakes.retriever.snapshot.postings.weight, support or (own.policy if own else "strict")
    )
    return replace(quicktakes, answerer=replace(answerer, generator=generator))


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


def load_ray_embedder(settings: Settings) -> BulkEmbedder:
    """Return what embeds on Ray with the embedder that the settings name.

    Raises:
        ConfigurationError: Ray is not installed, or there is no embedder of that name.
    """
    from rag.adapters.ray_embedding import RayBulkEmbedder  # noqa: PLC0415 few need it

    load = partial(_load_on_worker, settings.embedder, settings.openai_base_url)
    return RayBulkEmbedder(load, embedder_fingerprint(settings), settings.ray_address)


def _load_on_worker(embedder: str, openai_base_url: str | None) -> Embedder:
    """Return an embedder for one core; a key is taken from the worker's own environment and never sent there."""
    settings = replace(Settings.from_environment(), embedder=embedder, openai_base_url=openai_base_url)
    return MiniLMEmbedder(most_sessions=1) if _openai_model(settings) is None else load_embedder(settings)


def embedder_fingerprint(settings: Settings) -> str:
    """Return the fingerprint of the embedder that the settings name, without loading it and with no key.

    Raises:
        ConfigurationError: there is none of that name, or its server's address cannot be one.
    """
    model = _openai_model(settings)
    if model is None:
        return MiniLMEmbedder.fingerprint
    from rag.adapters.openai_server import openai_fingerprint  # noqa: PLC0415 the package takes a second to import

    return openai_fingerprint(model, settings.openai_base_url)


def _openai_model(settings: Settings) -> str | None:
    """Return the model's name of ``openai:<model>``, or None for ``minilm``."""
    if model := _model_at_openai(settings.embedder):
        return model
    if settings.embedder != DEFAULT_EMBEDDER:
        raise ConfigurationError(
            f"there is no embedder {settings.embedder!r}; set QUICKTAKES_EMBEDDER to {DEFAULT_EMBEDDER}, or to "
            "openai:<model>, such as openai:text-embedding-3-small"
        )
    return None


def load_reranker(settings: Settings) -> Reranker | None:
    """Return the reranker that the settings name, if they name one.

    Raises:
        ConfigurationError: there is none of that name, or its server's address or key is missing or cannot be one.
    """
    if settings.reranker is None:
        return None
    model = _model_at_openai(settings.reranker)
    if model is None:
        raise ConfigurationError(
            f"there is no reranker {settings.reranker!r}; set QUICKTAKES_RERANKER to openai:<model>, such as "
            "openai:bge-reranker-v2-m3, or unset it to do without"
        )
    from rag.adapters.openai_reranker import OpenAIReranker  # noqa: PLC0415 the package takes a second to import

    return OpenAIReranker(model, settings.openai_base_url, settings.openai_api_key)


def _model_at_openai(name: str) -> str | None:
    """Return the model's name of ``openai:<model>``, or None for anything else."""
    provider, _, model = name.partition(":")
    return model.strip() or None if provider == "openai" else None


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
            generator = chat.generator if chat else None
            composer = Composer(embedder, snapshot.postings)
            yield QuickTakes(retriever, Answerer(retriever, composer, catalog, provenance, generator), chat)


def _check_models(settings: Settings) -> None:
    """Tell a setting that is wrong before anything is embedded."""
    load_reranker(settings)
    chat_model_names(settings)


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
        generator = chat.generator if chat else None
        composer = Composer(embedder, snapshot.postings)
        return QuickTakes(retriever, Answerer(retriever, composer, catalog, provenance, generator), chat)


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
