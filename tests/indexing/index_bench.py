"""A corpus on disk with its index, and ways to look at all that the index holds."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from chromadb.api.client import SharedSystemClient

from rag.indexing import Generation, IndexFolder, IndexStatus, Progress, SyncReport, built_with, inspect_index
from rag.models import Passage
from rag.passages import terms_of
from rag.retrieval import Retriever
from rag.settings import Settings
from rag.testing import HashEmbedder, entry_text, make_entry
from rag.wiring import index_folder, sync_index

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
        """Return in how many entries of the index each term occurs."""
        with self.open() as generation:
            return generation.catalog.counts_of_terms(terms)

    def set_meta(self, **values: str) -> None:
        """Change what the index says it was built with."""
        with self.open() as generation:
            generation.catalog.set_meta(values)

    def search(self, question: str) -> list[str]:
        """Return the urls found for a question, best first."""
        with self.open() as generation:
            catalog = generation.catalog
            retriever = Retriever(HashEmbedder(), generation.questions, generation.sections, catalog, catalog)
            return [evidence.url for evidence in retriever.retrieve(question)]

    def contents(self) -> dict[str, object]:
        """Return all that the index holds: files, passages, vectors by passage, terms by entry."""
        with self.open() as generation:
            catalog = generation.catalog
            passages = passages_in(generation)
            ids = [passage.id for passage in passages]
            probe = HashEmbedder().embed(["cell"])[0]
            terms = sorted({term for passage in passages for term in terms_of(passage.text)})
            scores = catalog.score_terms(terms, {passage.url for passage in passages})
            meta = catalog.meta()
            return {
                "files": list(catalog.files().values()),
                "passages": passages,
                "answers": {passage.url: catalog.answer_of(passage.url) for passage in passages},
                "question vectors": _rounded(generation.questions.cosines(probe, ids) if ids else {}),
                "section vectors": _rounded(generation.sections.cosines(probe, ids) if ids else {}),
                "counts": (generation.questions.count(), generation.sections.count(), catalog.entry_count()),
                "term counts": catalog.counts_of_terms(terms),
                "term scores": _rounded(scores),
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


def _rounded(scores: dict[str, float]) -> dict[str, float]:
    return {key: round(score, 5) for key, score in scores.items()}
