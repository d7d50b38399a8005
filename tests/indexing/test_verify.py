"""An index is proven equal to its corpus, and every kind of difference is found."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing

import numpy as np
import pytest
from index_bench import Bench, forget_open_stores

from rag.errors import IndexBusyError, NotApprovedError
from rag.indexing import SNAPSHOT, Purchase, Verification
from rag.testing import HashEmbedder
from rag.wiring import verify_index

Plant = Callable[[Bench], object]


def verified(bench: Bench, *, embed: bool = False) -> Verification:
    """Return what verifying finds, looking at what is on disk."""
    forget_open_stores()
    return verify_index(bench.settings, bench.embedder, embed=embed)


def catalog(statement: str) -> Plant:
    """Return a plant that changes the catalog."""

    def plant(bench: Bench) -> None:
        with closing(sqlite3.connect(bench.generation_folder / "catalog.sqlite3")) as database, database:
            assert database.execute(statement).rowcount > 0

    return plant


def _change_a_term_count(bench: Bench) -> None:
    with closing(sqlite3.connect(bench.generation_folder / "catalog.sqlite3")) as database, database:
        (url, blob) = database.execute("SELECT url, terms FROM entries").fetchone()
        counts = np.frombuffer(blob, dtype="<i4").copy()
        counts[3] += 1
        database.execute("UPDATE entries SET terms = ? WHERE url = ?", (counts.tobytes(), url))


def _swap_vectors(bench: Bench) -> None:
    with bench.vectors() as (_, sections):
        ids = sorted(sections.ids())[:2]
        vectors = sections.vectors(ids)
        sections.delete(ids)
        sections.add(ids, vectors[::-1].copy())


def _change_vector(change: Callable[[np.ndarray], np.ndarray]) -> Plant:
    def plant(bench: Bench) -> None:
        with bench.vectors() as (questions, _):
            ids = sorted(questions.ids())[:1]
            vectors = change(questions.vectors(ids)).astype(np.float32)
            questions.delete(ids)
            questions.add(ids, vectors)

    return plant


def _spoil_vector(bench: Bench) -> None:
    """Write NaN where Chroma keeps its newest vectors; through its own door it refuses them."""
    forget_open_stores()
    with closing(sqlite3.connect(bench.generation_folder / "chroma/chroma.sqlite3")) as database, database:
        (number, vector) = database.execute("SELECT seq_id, vector FROM embeddings_queue").fetchone()
        spoilt = np.full(len(vector) // 4, np.nan, dtype=np.float32).tobytes()
        database.execute("UPDATE embeddings_queue SET vector = ? WHERE seq_id = ?", (spoilt, number))


def _drop_vector(bench: Bench) -> None:
    with bench.vectors() as (_, sections):
        sections.delete(sorted(sections.ids())[:1])


def _add_vector(bench: Bench) -> None:
    with bench.vectors() as (questions, _):
        questions.add(["0" * 32], HashEmbedder().embed(["left over"]))


def _no_store(bench: Bench) -> None:
    shutil.rmtree(bench.generation_folder / "chroma")


def _garbage_store(bench: Bench) -> None:
    (bench.generation_folder / "chroma/chroma.sqlite3").write_bytes(b"\xff not a database " * 1000)


def _garbage_catalog(bench: Bench) -> None:
    (bench.generation_folder / "catalog.sqlite3").write_bytes(b"\xff not a database " * 1000)


def _swap_cached(bench: Bench) -> None:
    """Swap two vectors where they are kept for another time."""
    with closing(sqlite3.connect(bench.data / "embeddings.sqlite3")) as database, database:
        (one, first), (other, second) = database.execute("SELECT key, vector FROM vectors LIMIT 2").fetchall()
        database.executemany("UPDATE vectors SET vector = ? WHERE key = ?", [(second, one), (first, other)])


def _surplus_file(bench: Bench) -> None:
    (bench.generation_folder / SNAPSHOT / "surplus.npy").write_bytes(b"")


def _missing_file(bench: Bench) -> None:
    (bench.generation_folder / SNAPSHOT / "words.json").unlink()


def _bent(vectors: np.ndarray) -> np.ndarray:
    """Return vectors of unit length that differ a little."""
    bent = vectors + np.float32(0.001) * HashEmbedder().embed(["bent"])
    return bent / np.linalg.norm(bent, axis=1, keepdims=True)


PLANTS: dict[str, tuple[Plant, str, str]] = {
    "an edited passage": (catalog("UPDATE passages SET text = text || '.' WHERE start > 0"), "passage", "not what"),
    "a moved passage": (catalog('UPDATE passages SET "end" = "end" - 1 WHERE start > 0'), "passage", "not what"),
    "a lost passage": (catalog("DELETE FROM passages WHERE start > 0"), "passage", "not in the catalog"),
    "a passage of no file": (
        catalog("INSERT INTO passages VALUES ('x', '/of/nobody', 'section', '', 'text', 0, 4)"),
        "passage",
        "in no file",
    ),
    "a passage too many": (
        catalog(
            "INSERT INTO passages SELECT 'x', url, kind, section, text, 9, 9 FROM passages WHERE start > 0 LIMIT 1"
        ),
        "passage",
        "not in the file",
    ),
    "an edited question": (catalog("UPDATE entries SET question = 'Why?' WHERE id = 1"), "entry", "question"),
    "an edited answer": (catalog("UPDATE entries SET answer = answer || '!' WHERE id = 1"), "entry", "answer"),
    "a lost word": (catalog("UPDATE entries SET words = 'leaves' WHERE id = 1"), "entry", "words"),
    "another term count": (_change_a_term_count, "entry", "terms"),
    "terms that are no terms": (catalog("UPDATE entries SET terms = x'010203' WHERE id = 1"), "store", "catalog"),
    "terms without a name": (catalog("DELETE FROM vocabulary WHERE id = 1"), "store", "catalog"),
    "a lost entry": (catalog("DELETE FROM entries WHERE id = 1"), "entry", "not in the catalog"),
    "an entry of no file": (
        catalog(
            "INSERT INTO entries SELECT 99, '/of/nobody', question, answer, words, terms FROM entries WHERE id = 1"
        ),
        "entry",
        "in no file",
    ),
    "another url on record": (catalog("UPDATE files SET url = NULL, problem = 'x' WHERE path = 'a.md'"), "file", "url"),
    "swapped vectors": (_swap_vectors, "vector", "not that of its text"),
    "a scaled vector": (_change_vector(lambda vectors: 1.01 * vectors), "vector", "length 1.01"),
    "a vector that is no number": (_spoil_vector, "vector", "not finite"),
    "a bent vector": (_change_vector(_bent), "vector", "not that of its text"),
    "a lost vector": (_drop_vector, "vector", "has no vector"),
    "a vector too many": (_add_vector, "vector", "of no passage"),
    "no vector store": (_no_store, "store", "chroma"),
    "a damaged vector store": (_garbage_store, "store", "chroma"),
    "a damaged catalog": (_garbage_catalog, "store", "catalog"),
    "another corpus hash": (lambda bench: bench.set_meta(corpus="0" * 64), "meta", "hash"),
    "another recipe": (lambda bench: bench.set_meta(recipe="older"), "meta", "older"),
    "another embedder": (lambda bench: bench.set_meta(embedder="other:1"), "meta", "other:1"),
    "another format": (lambda bench: bench.set_meta(format="0"), "meta", "0"),
    "a swapped embedding in the cache": (_swap_cached, "cache", "not the model's"),
    "a file too many": (_surplus_file, "snapshot", "not part"),
    "a lost file": (_missing_file, "snapshot", "missing"),
    "a new file": (lambda bench: bench.write("d.md", "What is a spleen?", "It filters blood."), "stale", "added"),
    "a removed file": (lambda bench: (bench.corpus / "b.md").unlink(), "stale", "removed"),
    "an edited file": (
        lambda bench: bench.write("b.md", "How do kidneys filter blood?", "They sieve plasma."),
        "stale",
        "edited",
    ),
}


def test_an_index_just_built_is_proven(bench: Bench) -> None:
    """No difference is found after a build, a change and a rebuild, and nothing in the index is changed by looking."""
    bench.sync()
    assert verified(bench).differences == ()
    bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")
    bench.sync()
    before = bench.contents()

    found = verified(bench, embed=True)

    assert found.differences == ()
    assert (found.entries, found.generation) == (3, bench.generation_folder.name)
    assert found.passages == len(bench.passages())
    assert bench.contents() == before


@pytest.mark.parametrize(("plant", "kind", "words"), PLANTS.values(), ids=PLANTS.keys())
def test_a_planted_difference_is_found(bench: Bench, plant: Plant, kind: str, words: str) -> None:
    """Whatever is changed behind the index's back is told, with its kind, and with a place on one line."""
    bench.sync()
    plant(bench)

    found = verified(bench, embed=kind == "cache")

    told = [str(difference) for difference in found.differences if difference.kind == kind]
    assert any(words in line for line in told), found.differences
    assert not any("\n" in line for line in told)


@pytest.mark.parametrize("name", ["swapped vectors", "a lost vector", "a new file", "an edited answer"])
def test_only_what_differs_is_told(bench: Bench, name: str) -> None:
    """A difference in one part is no difference of the others, apart from the arrays compiled from them."""
    bench.sync()
    plant, kind, _ = PLANTS[name]
    plant(bench)

    assert {difference.kind for difference in verified(bench).differences} <= {kind, "snapshot"}


def test_a_flipped_bit_in_any_file_that_readers_use_is_found(bench: Bench) -> None:
    """Each file of the searchable form is compared byte for byte; the difference names the file."""
    bench.sync()
    files = sorted((bench.generation_folder / SNAPSHOT).iterdir())
    assert len(files) >= 12
    for file in files:
        content = file.read_bytes()
        place = len(content) // 2
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert [(one.kind, one.where) for one in verified(bench).differences] == [("snapshot", str(file))]
        file.write_bytes(content)
    assert verified(bench).differences == ()


def test_a_stale_file_is_not_called_damage(bench: Bench) -> None:
    """Where one of two files with one url goes, the other's record follows from that: only staleness is told."""
    bench.write("z.md", "Why do leaves look green?", "Another answer.")
    bench.sync()
    (bench.corpus / "a.md").unlink()

    assert {difference.kind for difference in verified(bench).differences} == {"stale"}


def test_a_missing_index_is_a_difference(bench: Bench) -> None:
    """Without an index the corpus has nothing to be equal to, and nothing is written to find that out."""
    found = verified(bench)

    assert [difference.kind for difference in found.differences] == ["missing"]
    assert not bench.data.exists()


def test_an_index_that_is_being_changed_is_not_verified(bench: Bench) -> None:
    """A vector store is one process's at a time: the error names the other process at once."""
    bench.sync()

    with bench.index.lock(), pytest.raises(IndexBusyError, match=r"process \d+ \(since .+\) is changing the index"):
        verified(bench)


def test_nothing_is_bought_unasked(bench: Bench) -> None:
    """With an embedder that may cost money, the whole corpus is counted first, and a refusal ends it."""
    bench.sync()
    asked: list[int] = []

    def refuse(purchase: Purchase) -> None:
        asked.append(purchase.passages)
        raise NotApprovedError("no")

    paid = HashEmbedder()
    paid.usd_per_million_tokens = 0.02
    assert not verify_index(bench.settings, paid, approve=refuse).differences
    with pytest.raises(NotApprovedError):
        verify_index(bench.settings, paid, embed=True, approve=refuse)
    assert asked == [len(bench.passages())]
    assert paid.embedded == []


def test_progress_is_told_to_the_end(bench: Bench) -> None:
    """Every file is counted."""
    bench.sync()
    told: list[tuple[int, int]] = []

    verify_index(bench.settings, bench.embedder, lambda done, total: told.append((done, total)))

    assert told[-1] == (3, 3)


def test_unused_folders_do_not_matter(bench: Bench) -> None:
    """What a killed process left behind is no part of the index."""
    bench.sync()
    shutil.copytree(bench.generation_folder, bench.index.path / "g000009")

    assert verified(bench).differences == ()
