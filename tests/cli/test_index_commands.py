"""``quicktakes index verify``, ``doctor`` and ``rollback``, and a second writer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.indexing.lock import lock_for_writing

Run = Callable[..., Any]


def index_of(data: Path) -> Path:
    """Return the folder of the only index below a data folder."""
    (folder,) = (data / "indexes").iterdir()
    return folder


def current(data: Path) -> Path:
    """Return the folder of the generation in use."""
    return index_of(data) / (index_of(data) / "current").read_text()


@pytest.fixture
def data(tmp_path: Path, run: Run) -> Path:
    """Return the data folder of an index in step."""
    assert run("index", "sync").code == 0
    return tmp_path / ".quicktakes"


@pytest.mark.usefixtures("data")
def test_a_proven_index_ends_with_0(run: Run) -> None:
    """One line says what was compared; --json says the same."""
    result = run("index", "verify")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("The index is what the corpus makes it: 3 entries and ")

    (found,) = run("index", "verify", "--embed", "--json").lines
    assert found["equal"] is True
    assert (found["entries"], found["differences"], found["generation"]) == (3, [], "g000001")


def test_a_difference_ends_with_1(run: Run, data: Path) -> None:
    """Each difference is one line; --json has its kind, place and words."""
    file = current(data) / "snapshot/words.json"
    file.write_text("[]")

    result = run("index", "verify")
    assert result.code == 1
    assert result.out.splitlines() == [
        f"snapshot: {file.relative_to(data.parent)}: is not what catalog and vectors compile to"
    ]
    assert "'quicktakes index doctor' mends them" in result.err

    result = run("index", "verify", "--json")
    (found,) = result.lines
    assert result.code == 1
    assert found["equal"] is False
    assert [difference["kind"] for difference in found["differences"]] == ["snapshot"]


def test_the_doctor_mends_and_proves(run: Run, data: Path) -> None:
    """It says what was wrong, what was done, and that the index is proven; then there is nothing to mend."""
    (current(data) / "snapshot/words.json").write_text("[]")

    result = run("index", "doctor")
    assert result.code == 0
    assert "Found 1; the index was recompiled (0 passages embedded)." in result.out
    assert "The index is what the corpus makes it" in result.out
    assert "Nothing to mend." in run("index", "doctor").out

    (current(data) / "catalog.sqlite3").write_bytes(b"")
    (treatment,) = run("index", "doctor", "--json").lines
    assert (treatment["repair"], treatment["embedded"]) == ("built anew", 0)
    assert treatment["before"]["equal"] is False
    assert treatment["after"]["equal"] is True


def test_a_rollback_says_which_generation_is_in_use(run: Run, data: Path, tmp_path: Path) -> None:
    """The generation before is in use; without one, the error is one line."""
    assert "no generation before g000001" in run("index", "rollback").err
    (tmp_path / "corpus/leaves.md").unlink()
    run("index", "sync")

    result = run("index", "rollback")

    assert (result.code, result.out) == (0, "Generation g000001 is in use again, instead of g000002.\n")
    assert current(data).name == "g000001"


@pytest.mark.parametrize("command", ["sync", "verify", "doctor", "rollback"])
def test_a_second_writer_is_told_at_once(run: Run, data: Path, tmp_path: Path, command: str) -> None:
    """While one process changes the index, another is told which, and since when, and ends with 1."""
    (tmp_path / "corpus/leaves.md").unlink()

    with lock_for_writing(index_of(data) / "lock"):
        result = run("index", command)

    assert (result.code, result.out) == (1, "")
    assert "is changing the index" in result.err
    assert "(since 2" in result.err


def test_json_is_one_object_a_line(run: Run, data: Path) -> None:
    """What --json writes is nothing but JSON."""
    for command in ("verify", "doctor"):
        assert len(run("index", command, "--json").out.splitlines()) == 1
    assert json.dumps(sorted(folder.name for folder in index_of(data).glob("g*"))) == '["g000001"]'
