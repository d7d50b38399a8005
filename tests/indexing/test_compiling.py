"""The searchable form is made from whole vectors only, and does not tell in what order an index was written."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from rag.adapters.catalog import Catalog
from rag.corpus import Entry
from rag.errors import IndexStateError
from rag.indexing import UnfinishedGeneration, compile_snapshot
from rag.models import CatalogChange, IndexedEntry
from rag.passages import embedded_text, passages_of, terms_of, words_of
from rag.ports import Vectors
from rag.retrieval import Snapshot, save_snapshot
from rag.testing import HashEmbedder, MemoryVectorIndex, make_entry

ENTRIES = [
    make_entry("Why do leaves look green?", "Chlorophyll.\n\n## Autumn\n\nCarotenoids.\n\n## Light\n\nIt reflects."),
    make_entry("How do kidneys filter blood?", "Nephrons sieve plasma."),
    make_entry("What do ribosomes build?", "They join amino acids.\n\n## Where\n\nIn the cytosol."),
]


def indexed(entry: Entry) -> IndexedEntry:
    """Return an entry as the index keeps it."""
    texts = (entry.question, "", entry.answer)
    return IndexedEntry(
        entry.url,
        entry.question,
        entry.answer,
        (terms_of(texts[0]), terms_of(texts[1]), terms_of(texts[2])),
        sorted({word for text in texts for word in words_of(text)}),
        tuple(passages_of(entry, HashEmbedder().count_tokens, 256)),
    )


def write(generation: UnfinishedGeneration, entries: Sequence[Entry]) -> None:
    """Put entries into an index, one after another."""
    for entry in map(indexed, entries):
        generation.catalog.apply(CatalogChange((), (), (), [entry]))
        for passage in entry.passages:
            vectors = HashEmbedder().embed([embedded_text(passage)])
            generation.vectors_of(passage.kind).add([passage.id], vectors)


def compiled(generation: UnfinishedGeneration) -> Snapshot:
    """Return the snapshot of an index."""
    return compile_snapshot(generation.catalog, generation.questions, generation.sections)


@pytest.fixture
def generation(tmp_path: Path) -> Iterator[UnfinishedGeneration]:
    """Return an index that holds the three entries."""
    with closing(Catalog(tmp_path / "catalog.sqlite3", create=True)) as catalog:
        made = UnfinishedGeneration(tmp_path, catalog, MemoryVectorIndex(), MemoryVectorIndex())
        write(made, ENTRIES)
        yield made


def test_a_snapshot_numbers_entries_by_url_and_sections_by_place(generation: UnfinishedGeneration) -> None:
    """Each row is the vector of the very passage that stands there."""
    snapshot = compiled(generation)
    entries = sorted(map(indexed, ENTRIES), key=lambda entry: entry.url)
    assert list(snapshot.urls) == [entry.url for entry in entries]
    assert snapshot.first_sections.tolist() == [0, *np.cumsum([len(entry.passages) - 1 for entry in entries])]
    for dense, kind in ((snapshot.questions, "question"), (snapshot.sections, "section")):
        passages = [p for entry in entries for p in entry.passages if p.kind == kind]
        vectors = HashEmbedder().embed([embedded_text(passage) for passage in passages])
        assert dense.vectors(np.arange(len(passages))) == pytest.approx(vectors, abs=1e-3)
    assert snapshot.postings.entries_with("nephron")[0].tolist() == [0]
    assert dict(zip(snapshot.words, snapshot.word_counts.tolist(), strict=True)) == generation.catalog.words()


def test_a_snapshot_is_the_same_whatever_the_order_of_writing(tmp_path: Path) -> None:
    """File by file, byte for byte, also where entries came, went and came back in between."""
    files: list[dict[str, bytes]] = []
    for number in range(4):
        entries = random.Random(number).sample(ENTRIES, len(ENTRIES))  # noqa: S311 not for secrets
        folder = tmp_path / str(number)
        folder.mkdir()
        with closing(Catalog(folder / "catalog.sqlite3", create=True)) as catalog:
            made = UnfinishedGeneration(folder, catalog, MemoryVectorIndex(), MemoryVectorIndex())
            write(made, entries)
            if number % 2:
                catalog.apply(CatalogChange((), [entries[0].url], (), ()))
                for passage in indexed(entries[0]).passages:
                    made.vectors_of(passage.kind).delete([passage.id])
                write(made, entries[:1])
            save_snapshot(compiled(made), folder / "snapshot")
        files.append({file.name: file.read_bytes() for file in (folder / "snapshot").iterdir()})
    assert files[0]
    assert [own == files[0] for own in files] == [True] * 4


def test_an_empty_index_has_a_snapshot(tmp_path: Path) -> None:
    """Of no entries, with nothing in it."""
    with closing(Catalog(tmp_path / "catalog.sqlite3", create=True)) as catalog:
        snapshot = compile_snapshot(catalog, MemoryVectorIndex(), MemoryVectorIndex())
    assert (list(snapshot.urls), snapshot.first_sections.tolist(), list(snapshot.words)) == ([], [0], [])


@pytest.mark.parametrize("kind", ["question", "section"])
@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda vector: vector * np.nan, "not of unit length"),
        (lambda vector: vector * np.inf, "not of unit length"),
        (lambda vector: vector * 0, "not of unit length"),
        (lambda vector: vector * 1.01, "not of unit length"),
        (lambda vector: vector * 0.99, "not of unit length"),
        (None, "holds"),
    ],
    ids=["not a number", "infinite", "zero", "too long", "too short", "missing"],
)
@pytest.mark.filterwarnings("ignore:invalid value encountered in multiply")
def test_a_spoilt_or_missing_vector_is_refused(
    generation: UnfinishedGeneration, kind: str, spoil: Callable[[Vectors], Vectors] | None, problem: str
) -> None:
    """One is enough, and its passage is named."""
    index = generation.questions if kind == "question" else generation.sections
    name = sorted(index.ids())[1]
    vectors = index.vectors([name])
    index.delete([name])
    if spoil:
        index.add([name], spoil(vectors))
    with pytest.raises(IndexStateError, match=f"{problem}.*quicktakes index doctor") as refused:
        compiled(generation)
    assert kind in str(refused.value)
    assert not spoil or name in str(refused.value)


@pytest.mark.parametrize("kind", ["question", "section"])
def test_a_vector_of_no_passage_is_refused(generation: UnfinishedGeneration, kind: str) -> None:
    """Left over beside the others, or in the place of one."""
    index = generation.questions if kind == "question" else generation.sections
    name = min(index.ids())
    index.add(["left over"], index.vectors([name]))
    with pytest.raises(IndexStateError, match="vector store holds"):
        compiled(generation)
    index.delete([name])
    with pytest.raises(IndexStateError, match="lacks 1 "):
        compiled(generation)


@pytest.mark.parametrize("kinds", ["question", "section"])
def test_an_entry_without_its_passages_is_refused(generation: UnfinishedGeneration, kinds: str) -> None:
    """A catalog that lost the question or all sections of an entry is not searched."""
    entry = indexed(make_entry("What is a spleen?", "An organ."))
    kept = tuple(passage for passage in entry.passages if passage.kind != kinds)
    lacking = IndexedEntry(entry.url, entry.question, entry.answer, entry.terms, entry.words, kept)
    generation.catalog.apply(CatalogChange((), (), (), [lacking]))
    with pytest.raises(IndexStateError, match="lacks passages"):
        compiled(generation)
