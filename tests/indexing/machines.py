"""A machine with a data folder of its own, its vectors in it or on a server; asked with no model."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rag.indexing import IndexFolder, Progress, SyncReport
from rag.settings import Settings
from rag.testing import HashEmbedder, entry_text, make_entry
from rag.wiring import QuickTakes, index_folder, open_index, sync_index

HERE = Path(__file__).parent

QUESTIONS = {
    "a.md": "Why do leaves look green?",
    "b.md": "How do kidneys filter blood?",
    "c.md": "What do ribosomes build?",
}
ANSWERS = {
    "a.md": "Leaves look green because chlorophyll reflects green light.\n\n## Autumn\n\nCarotenoids show in autumn.",
    "b.md": "Each kidney holds nephrons that press plasma through a sieve.",
    "c.md": "Ribosomes join amino acids into chains.",
}


def write_corpus(folder: Path) -> Path:
    """Write three entries into a folder, which is made."""
    folder.mkdir()
    for name, question in QUESTIONS.items():
        write(folder, name, question, ANSWERS[name])
    return folder


def write(folder: Path, name: str, question: str, answer: str) -> str:
    """Write one entry file; return the entry's url."""
    (folder / name).write_text(entry_text(question, answer), encoding="utf-8")
    return make_entry(question, answer).url


def url_of(name: str) -> str:
    """Return the url of one of the three entries."""
    return make_entry(QUESTIONS[name], ANSWERS[name]).url


@dataclass(slots=True)
class Machine:
    """A data folder, and an embedder without a model."""

    corpus: Path
    data: Path
    chroma_url: str | None = None
    embedder: HashEmbedder = field(default_factory=HashEmbedder)

    @property
    def settings(self) -> Settings:
        """Return its settings."""
        return Settings(self.corpus, self.data, chroma_url=self.chroma_url)

    @property
    def index(self) -> IndexFolder:
        """Return where its index is."""
        return index_folder(self.settings)

    @property
    def generations(self) -> list[Path]:
        """Return the folders of its generations, oldest first."""
        return sorted(self.index.path.glob("g*"))

    def sync(self, progress: Progress | None = None) -> SyncReport:
        """Sync; `embedder.embedded` then holds only what this sync embedded."""
        self.embedder.embedded.clear()
        return sync_index(self.settings, self.embedder, progress)

    @contextmanager
    def open(self) -> Iterator[QuickTakes]:
        """Open the index for questions."""
        with open_index(self.settings, HashEmbedder()) as quicktakes:
            yield quicktakes

    def best(self, question: str) -> str:
        """Return the url of the entry that answers a question best."""
        with self.open() as quicktakes:
            return best(quicktakes, question)


def best(quicktakes: QuickTakes, question: str) -> str:
    """Return the url of the entry that answers a question best."""
    return quicktakes.search(question).evidence[0].url


def collections_on(url: str, corpus: str) -> set[str]:
    """Return the names of the collections on a server that were made for a corpus folder of some name."""
    from rag.adapters.chroma_server import ChromaServer  # noqa: PLC0415 a reader does not load it

    server = ChromaServer(url)
    with server.translated():
        api, tenant, database = server._connected
        names = {model.name for model in api.list_collections(tenant=tenant, database=database)}
    server.close()
    return {name for name in names if name.startswith(f"quicktakes-{corpus}-")}


def python(program: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """Start a program of our own in another process, which can import what tests can."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    path = os.pathsep.join((str(HERE), str(HERE.parents[1])))
    return subprocess.Popen(  # noqa: S603 our own words
        command,
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
