"""A question is answered whatever the index is like, and the answer says how."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_index_commands import current, index_of

from rag.errors import ProviderUnavailableError
from rag.indexing.lock import lock_for_writing
from rag.testing import HashEmbedder, entry_text

Run = Callable[..., Any]
Check = Callable[[str, Any], None]

GREEN = "Why do leaves look green?"
GREEN_URL = "/learn/biology/questions/why-do-leaves-look-green"


@pytest.fixture
def data(tmp_path: Path, run: Run) -> Path:
    """Return the data folder of an index in step."""
    assert run("index", "sync").code == 0
    return tmp_path / ".quicktakes"


@pytest.fixture
def edited(tmp_path: Path, data: Path) -> Path:
    """Return the data folder of an index whose corpus has a new entry since."""
    text = entry_text("What is a spleen?", "A spleen filters blood.")
    (tmp_path / "corpus/spleens.md").write_text(text, encoding="utf-8")
    return data


def assert_answered(run: Run, check_schema: Check, *words: str) -> None:
    """Fail unless ask and search find the right entry, and say these words about how, in text and in JSON."""
    answer = run("ask", GREEN)
    assert answer.code == 0
    assert GREEN_URL in answer.out
    for word in words:
        assert word in answer.err
    for command, schema in (("ask", "ask"), ("search", "search")):
        (reply,) = run(command, GREEN, "--json").lines
        check_schema(schema, reply)
        assert len(reply["notices"]) == bool(words)
        assert all(word in reply["notices"][0] for word in words)
    assert run("search", GREEN, "--json").lines[0]["results"][0]["url"] == GREEN_URL


def test_an_index_in_step_is_nothing_to_talk_about(run: Run, data: Path, check_schema: Check) -> None:
    """There is no notice, and standard error stays empty."""
    assert data.exists()
    assert_answered(run, check_schema)
    assert run("ask", GREEN).err == ""


def test_asking_writes_nothing(run: Run, data: Path) -> None:
    """With a finished index, no file below the data folder is made, changed or removed: it may be read-only."""

    def state() -> dict[Path, tuple[int, int, int]]:
        files = [data, *data.rglob("*")]
        return {file: (file.stat().st_mtime_ns, file.stat().st_size, file.stat().st_ino) for file in files}

    before = state()

    assert run("ask", GREEN).code == 0
    assert run("search", GREEN).code == 0

    assert state() == before


def _fail_with(monkeypatch: pytest.MonkeyPatch, place: str, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(place, fail)


TROUBLES: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "the disk is full": (
        lambda patch: _fail_with(patch, "shutil.copytree", OSError(errno.ENOSPC, "No space left on device", "g2")),
        "No space left on device",
    ),
    "the folder is read-only": (
        lambda patch: _fail_with(patch, "pathlib.Path.mkdir", OSError(errno.EROFS, "Read-only file system")),
        "Read-only file system",
    ),
    "the embedder fails": (
        lambda patch: patch.setattr(HashEmbedder, "embed", _embed_questions_only),
        "out of reach",
    ),
}


def _embed_questions_only(_: HashEmbedder, texts: list[str]) -> Any:
    if any("spleen" in text for text in texts):
        raise ProviderUnavailableError("the model is out of reach")
    return _EMBED(HashEmbedder(), texts)


_EMBED = HashEmbedder.embed


@pytest.mark.usefixtures("edited")
@pytest.mark.parametrize("name", TROUBLES)
def test_an_index_that_cannot_be_brought_in_step_is_used_as_it_was(
    run: Run, check_schema: Check, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The entries that it has are found, and the answer says why the newest may be missing."""
    trouble, words = TROUBLES[name]
    trouble(monkeypatch)
    assert_answered(run, check_schema, "The index was used as it was", words)


def test_an_index_that_another_process_changes_is_used_as_it_was(
    run: Run, edited: Path, check_schema: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer comes from the generation in use, and names the process."""
    monkeypatch.setattr("rag.wiring.opening._PATIENCE_S", 0.0)
    with lock_for_writing(index_of(edited) / "lock"):
        assert_answered(run, check_schema, "The index was used as it was", "is changing the index")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "there is no index": lambda data: shutil.rmtree(data / "indexes"),
    "the pointer is garbage": lambda data: (index_of(data) / "current").write_bytes(b"\xff"),
    "the catalog is garbage": lambda data: (current(data) / "catalog.sqlite3").write_bytes(b"\xff" * 9999),
    "an array is lost": lambda data: (current(data) / "snapshot/first-sections.npy").unlink(),
    "an array is empty": lambda data: (current(data) / "snapshot/postings-gains.npy").write_bytes(b""),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_without_a_usable_index_the_files_are_searched(
    run: Run, data: Path, check_schema: Check, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], object]
) -> None:
    """Where nothing can be written and the index cannot be read, words alone find the entry, and the answer says so."""
    damage(data)
    _fail_with(monkeypatch, "rag.indexing.generation.lock_for_writing", OSError(errno.EROFS, "Read-only file system"))

    assert_answered(run, check_schema, "Searched by words only", "Read-only file system")
    (reply,) = run("ask", GREEN, "--json").lines
    assert reply["provenance"]["index"] == "words only"


def test_words_alone_compose_and_abstain(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that holds all that is asked about answers; what no entry mentions is not answered."""
    shutil.rmtree(data / "indexes")
    _fail_with(monkeypatch, "rag.indexing.generation.lock_for_writing", OSError(errno.EROFS, "Read-only file system"))

    answer = run("ask", "How do the kidneys filter the blood?", "--json")
    assert answer.code == 0
    assert "nephrons" in answer.lines[0]["text"]
    assert run("ask", "Who won the football cup?").code == 3


def test_an_embedder_that_fails_at_the_question_is_done_without(
    run: Run, data: Path, check_schema: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the index in step but no vector for the question, words alone answer, and the answer says why."""
    assert data.exists()

    def fail(*_: object) -> None:
        raise ProviderUnavailableError("the model is out of reach")

    monkeypatch.setattr(HashEmbedder, "embed", fail)

    assert_answered(run, check_schema, "Searched by words only", "out of reach")


def test_a_catalog_that_fails_at_the_question_is_done_without(
    run: Run, data: Path, check_schema: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Damage that only shows when a row is read is met as well."""
    import sqlite3  # noqa: PLC0415

    from rag.adapters.catalog import Catalog  # noqa: PLC0415
    from rag.errors import IndexStateError  # noqa: PLC0415

    whole = Catalog.passages

    def fail_on_disk(self: Catalog, urls: list[str]) -> Any:
        if str(self._file) != ":memory:":
            raise IndexStateError("a page is damaged") from sqlite3.DatabaseError()
        return whole(self, urls)

    assert data.exists()
    monkeypatch.setattr(Catalog, "passages", fail_on_disk)

    assert_answered(run, check_schema, "Searched by words only", "a page is damaged")


def test_no_flipped_bit_ends_a_question(run: Run, data: Path) -> None:
    """Whichever file readers use is damaged, at its head or within, there is an answer and no error."""
    folder = current(data) / "snapshot"
    for name in sorted(file.name for file in folder.iterdir()):
        for place in (9, -1):
            file = current(data) / "snapshot" / name
            content = bytearray(file.read_bytes())
            content[place] ^= 0x40
            file.write_bytes(bytes(content))
            assert run("ask", GREEN).code == 0, (name, place)
            run("index", "doctor")
