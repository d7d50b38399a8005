"""A corpus on disk with its index, and ways to look at all that the index holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chromadb.api.client import SharedSystemClient

from rag.adapters.catalog import Catalog
from rag.adapters.chroma import ChromaVectorIndex
from rag.indexing import SNAPSHOT, Generation, IndexFolder, IndexStatus, Progress, SyncReport, built_with, inspect_index
from rag.models import Passage
from rag.ports import VectorIndex
from rag.settings import Settings
from rag.testing import HashEmbedder, entry_text, make_entry
from rag.wiring import index_folder, open_index, sync_index

LEAVES = (
    "Leaves look green because chlorophyll reflects green light.\n\n"
    "## Absorption\n\nChlorophyll absorbs mostly red and blue light.\n\n"
    "## Autumn\n\nCarotenoids show once chlorophyll is broken down."
)


@dataclass(slots=True)
class Bench:
    """A corpus folder, a data folder and an embedder without a model; Catalog, Chroma and cache are the real ones."""

    corpus: Path
    data: Path
    embedder: HashEmbedder = field(default_factory=HashEmbedder)

    @property
    def settings(self) -> Settings:
        """Return settings with these folders."""
        return Settings(self.corpus, self.data)

    @property
    def index(self) -> IndexFolder:
        """Return where the index is."""
        return index_folder(self.settings)

    @property
    def generation_folder(self) -> Path:
        """Return the folder of the generation in use."""
        return self.index.path / (self.index.path / "current").read_text()

    def write(self, path: str, question: str, answer: str) -> str:
        """Write one entry file; return the entry's url."""
        file = self.corpus / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(entry_text(question, answer), encoding="utf-8")
        return make_entry(question, answer).url

    def sync(self, progress: Progress | None = None) -> SyncReport:
        """Sync; `embedder.embedded` then holds only what this sync embedded."""
        self.embedder.embedded.clear()
        return sync_index(self.settings, self.embedder, progress)

    def status(self) -> IndexStatus:
        """Return what status says."""
        return inspect_index(self.corpus, self.index, built_with(self.embedder.fingerprint))

    def open(self) -> closing[Generation]:
        """Return the generation in use, to be opened for a block."""
        return closing(self.index.open_current())

    def passages(self) -> list[Passage]:
        """Return every passage of the index."""
        with self.open() as generation:
            return passages_in(generation)

    def answer_of(self, url: str) -> str:
        """Return the answer that the index holds for a url."""
        with self.open() as generation:
            return generation.catalog.answer_of(url)

    def counts_of_terms(self, *terms: str) -> dict[str, int]:
        """Return in how many entries of the index each term occurs, for those that occur."""
        with self.open() as generation:
            postings = generation.snapshot.postings
            return {term: len(postings.entries_with(term)[0]) for term in terms if postings.knows(term)}

    def set_meta(self, **values: str) -> None:
        """Change what the index says it was built with."""
        with closing(Catalog(self.generation_folder / "catalog.sqlite3")) as catalog:
            catalog.set_meta(values)

    @contextmanager
    def vectors(self) -> Iterator[tuple[VectorIndex, VectorIndex]]:
        """Give the vector store of the generation in use: questions and sections."""
        stores = [ChromaVectorIndex(self.generation_folder / "chroma", name) for name in ("questions", "sections")]
        yield stores[0], stores[1]
        for store in stores:
            store.close()

    def search(self, question: str) -> list[str]:
        """Return the urls found for a question, best first."""
        with open_index(self.settings, HashEmbedder()) as quicktakes:
            return [evidence.url for evidence in quicktakes.search(question).evidence]

    def snapshot_files(self) -> dict[str, bytes]:
        """Return the files of the searchable form, by name."""
        return {file.name: file.read_bytes() for file in (self.generation_folder / SNAPSHOT).iterdir()}

    def contents(self) -> dict[str, object]:
        """Return all that the index holds: files, passages, terms by entry, vectors by passage, what is searched."""
        with self.open() as generation, self.vectors() as stores:
            catalog = generation.catalog
            meta = catalog.meta()
            counts = catalog.term_counts()
            return {
                "files": list(catalog.files().values()),
                "passages": passages_in(generation),
                "passage ids": catalog.passage_ids(),
                "answers": {url: (catalog.question_of(url), catalog.answer_of(url)) for url in catalog.urls()},
                "words": sorted(catalog.words().items()),
                "terms": list(counts.names),
                "term counts": [array.tolist() for array in (counts.entries, counts.terms, counts.by_field)],
                "vectors": [{name: store.vectors([name]).tobytes() for name in store.ids()} for store in stores],
                "counts": (*(store.count() for store in stores), catalog.entry_count()),
                "snapshot": self.snapshot_files(),
                "meta": {key: meta[key] for key in ("corpus", "embedder", "recipe", "format")},
            }

    def contents_built_anew(self, data: Path) -> dict[str, object]:
        """Return what an index built from scratch in another data folder holds."""
        fresh = Bench(self.corpus, data)
        fresh.sync()
        return fresh.contents()


def forget_open_stores() -> None:
    """Let go of the Chroma stores that this process holds open, as a new process would find them."""
    SharedSystemClient.clear_system_cache()


def passages_in(generation: Generation) -> list[Passage]:
    """Return every passage of an index, in the order of entry and place."""
    records = generation.catalog.files().values()
    return generation.catalog.passages([record.url for record in records if record.url])
