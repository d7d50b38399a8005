"""Processes that read an index on disk are disturbed neither by each other nor by one that syncs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from machines import QUESTIONS, Machine, best, python, url_of, write, write_corpus

from rag.errors import IndexStateError
from rag.indexing import Generation

SYNCS = 5

ASK_ON = """
import sys
from pathlib import Path
from threading import Thread
from machines import QUESTIONS, Machine, best, url_of
machine = Machine(Path(sys.argv[1]), Path(sys.argv[2]))
stop = Thread(target=sys.stdin.read)
stop.start()
opened = 0
while stop.is_alive():
    with machine.open() as quicktakes:
        for name, question in QUESTIONS.items():
            assert best(quicktakes, question) == url_of(name), question
    opened += 1
    if opened == 1:
        print("reading", flush=True)
print(opened, flush=True)
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine with an index on disk."""
    made = Machine(write_corpus(tmp_path / "corpus"), tmp_path / "data")
    made.sync()
    return made


def test_readers_in_other_processes_answer_right_while_generations_change(machine: Machine) -> None:
    """Two of them open the index and ask, over and over, while syncs put new generations in use and remove old ones."""
    readers = [python(ASK_ON, machine.corpus, machine.data) for _ in range(2)]
    try:
        for reader in readers:
            assert reader.stdout
            assert reader.stdout.readline() == "reading\n"
        for number in range(SYNCS):
            write(machine.corpus, "d.md", "What do lysosomes digest?", f"Lysosomes digest {number} worn organelles.")
            machine.sync()
    finally:
        said = [reader.communicate()[0] for reader in readers]
    assert [reader.returncode for reader in readers] == [0, 0]
    assert all(int(opened) > 1 for opened in said)


def test_a_reader_goes_on_after_its_generation_was_removed(machine: Machine) -> None:
    """Its files stay open: it finds, and shows, all that it opened, however many generations came after."""
    folder = machine.generations[0]
    with machine.open() as reader:
        for number in range(2):
            write(machine.corpus, "c.md", "What do lysosomes digest?", f"Lysosomes digest {number} worn organelles.")
            machine.sync()
        assert not folder.exists()
        assert [best(reader, question) for question in QUESTIONS.values()] == [url_of(name) for name in QUESTIONS]
        assert reader.ask(QUESTIONS["c.md"]).sentences
    assert machine.best("What do lysosomes digest?") not in map(url_of, QUESTIONS)


def overtaken(machine: Machine, monkeypatch: pytest.MonkeyPatch, *, times: int) -> None:
    """Let so many openings each find that two syncs have ended since the pointer was read."""
    real = type(machine.index.store).open
    openings: list[Path] = []

    def open_late(store: object, folder: Path) -> Generation:
        openings.append(folder)
        if len(openings) <= times:
            newer = folder.with_name(f"g{int(folder.name[1:]) + 2:06d}")
            shutil.copytree(folder, newer)
            (machine.index.path / "current").write_text(newer.name)
            shutil.rmtree(folder)
        return real(store, folder)

    monkeypatch.setattr(type(machine.index.store), "open", open_late)


def test_a_reader_that_two_syncs_overtake_opens_the_newer_generation(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The generation that it was told of may be removed before it is open; then it asks again."""
    overtaken(machine, monkeypatch, times=1)
    assert machine.best("What do ribosomes build?") == url_of("c.md")


def test_a_generation_that_cannot_be_opened_is_told(machine: Machine) -> None:
    """Where the pointer still names it, to ask again would help nobody."""
    (machine.generations[0] / "catalog.sqlite3").unlink()
    with pytest.raises(IndexStateError, match=r"catalog\.sqlite3"):
        machine.best("What do ribosomes build?")


NO_CHROMA = """
import sys
from pathlib import Path
from machines import QUESTIONS, Machine, best
machine = Machine(Path(sys.argv[1]), Path(sys.argv[2]))
machine.sync()
with machine.open() as quicktakes:
    best(quicktakes, QUESTIONS["a.md"])
print("chromadb" in sys.modules)
"""


def test_a_reader_loads_no_vector_store(machine: Machine) -> None:
    """Where the index is in step, neither syncing nor asking waits for Chroma to be imported."""
    reader = python(NO_CHROMA, machine.corpus, machine.data)
    assert reader.communicate()[0] == "False\n"
