"""Whatever is found wrong is mended with the least work, and the index is proven afterwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from index_bench import Bench, forget_open_stores
from test_verify import PLANTS, Plant

from rag.indexing import SNAPSHOT, Treatment
from rag.wiring import treat_index

_REPAIRS = {"stale": "synced", "snapshot": "recompiled"}


def treated(bench: Bench) -> Treatment:
    """Return what the doctor does; `bench.embedder.embedded` then holds only what that embedded."""
    forget_open_stores()
    bench.embedder.embedded.clear()
    return treat_index(bench.settings, bench.embedder)


@pytest.mark.parametrize(
    ("plant", "kind"),
    [(plant, kind) for plant, kind, _ in PLANTS.values() if kind != "cache"],
    ids=[name for name, (_, kind, _) in PLANTS.items() if kind != "cache"],
)
def test_every_difference_is_mended_with_the_least_work(bench: Bench, plant: Plant, kind: str) -> None:
    """Stale files are synced, arrays compiled again, and only for the rest is the index built anew, from the cache."""
    bench.sync()
    folder = bench.generation_folder
    plant(bench)

    treatment = treated(bench)

    assert kind in {difference.kind for difference in treatment.before.differences}
    assert treatment.repair == _REPAIRS.get(kind, "built anew")
    assert treatment.after.differences == ()
    assert treatment.after.generation == bench.generation_folder.name
    assert bench.generation_folder != folder
    if kind != "stale":
        assert treatment.embedded == 0


def test_a_whole_index_is_left_alone(bench: Bench) -> None:
    """Where nothing is wrong, nothing is written."""
    bench.sync()
    folder = bench.generation_folder

    treatment = treated(bench)

    assert (treatment.repair, treatment.before) == ("nothing", treatment.after)
    assert bench.generation_folder == folder


def test_a_missing_index_is_built(bench: Bench) -> None:
    """The doctor makes an index where there is none."""
    treatment = treated(bench)

    assert treatment.repair == "built anew"
    assert treatment.embedded == len(bench.passages())
    assert treatment.after.differences == ()


def test_an_embedding_that_was_kept_wrongly_is_made_anew(bench: Bench) -> None:
    """A wrong cached vector would come back with every rebuild: it is dropped, and that text alone embedded again."""
    bench.sync()
    with closing(sqlite3.connect(bench.data / "embeddings.sqlite3")) as database, database:
        (one, _), (_, other) = database.execute("SELECT key, vector FROM vectors LIMIT 2").fetchall()
        database.execute("UPDATE vectors SET vector = ? WHERE key = ?", (other, one))

    treatment = treated(bench)

    assert [one.kind for one in treatment.before.differences] == ["cache"]
    assert (treatment.repair, treatment.embedded) == ("built anew", 1)
    assert treatment.after.differences == ()


def test_arrays_are_compiled_into_a_new_generation(bench: Bench) -> None:
    """Readers of the damaged generation are not disturbed: it stays as it was, and another takes its place."""
    bench.sync()
    damaged = bench.generation_folder / SNAPSHOT / "words.json"
    damaged.write_text("[]")

    assert treated(bench).repair == "recompiled"

    assert damaged.read_text() == "[]"
    assert bench.status().state == "in step"
