"""A corpus as the harness needs it: its entries, and which of them say nearly the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from evals.cases.neighbourhood import (
    Neighbourhoods,
    corpus_key,
    find_neighbours,
    load_neighbourhoods,
    save_neighbourhoods,
)
from rag.adapters.embedding_cache import EmbeddingCache
from rag.corpus import Entry, load_corpus
from rag.errors import ConfigurationError
from rag.passages import plain_text
from rag.ports import Vectors
from rag.settings import Settings
from rag.wiring import embedder_fingerprint, load_embedder


@dataclass(frozen=True, slots=True)
class MeasuredCorpus:
    """The settings' corpus.

    Attributes:
        entries: by url; files that could not be used are not among them.
    """

    settings: Settings
    entries: Mapping[str, Entry]

    @property
    def sha256(self) -> str:
        """Return the hash of what the entries ask, answer and link to."""
        return corpus_key(list(self.entries.values()), "")

    def neighbourhoods(self) -> Neighbourhoods:
        """Return the neighbours of every entry, computed once for these entries and kept in the data folder.

        Raises:
            ConfigurationError: the embedder cannot be loaded.
            ProviderError: it failed.
        """
        entries = list(self.entries.values())
        fingerprint = embedder_fingerprint(self.settings)
        key = corpus_key(entries, fingerprint)
        file = self.settings.data_dir / "evals" / f"neighbourhoods-{key[:16]}.json"
        found = load_neighbourhoods(file, key)
        if found is None:
            found = find_neighbours(entries, self.question_vectors(entries), fingerprint)
            save_neighbourhoods(file, found)
        return found

    def question_vectors(self, entries: Sequence[Entry]) -> Vectors:
        """Return the vectors of entries' questions as the index has them, kept beside all others."""
        texts = [plain_text(one.question) for one in entries]
        with closing(EmbeddingCache(self.settings.data_dir / "embeddings.sqlite3")) as cache:
            return cache.embed(texts, load_embedder(self.settings))[0]


def read_corpus(settings: Settings) -> MeasuredCorpus:
    """Return the settings' corpus.

    Raises:
        ConfigurationError: the folder does not exist, or holds no entry.
    """
    entries = load_corpus(settings.corpus_dir).entries
    if not entries:
        raise ConfigurationError(f"{settings.corpus_dir} holds no entry to measure over; name another --corpus-dir")
    return MeasuredCorpus(settings, entries)
