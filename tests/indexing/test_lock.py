"""One writer at a time, readers at any time: the lock is the kernel's, so it dies with its process."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from index_bench import Bench

from rag.errors import ConfigurationError, IndexBusyError
from rag.indexing import IndexFolder
from rag.indexing.lock import lock_for_writing

HOLD = """
import sys
from pathlib import Path
from rag.indexing.lock import lock_for_writing
with lock_for_writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def _held_by_a_process(file: Path) -> Iterator[subprocess.Popen[str]]:
    """Give a process that holds the lock until the block ends."""
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.stdin.close()


def _try_to_lock(file: Path) -> None:
    with lock_for_writing(file, timeout_s=0):
        pass


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a lock file goes; its folder does not exist yet."""
    return tmp_path / "index/lock"


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every lock give up at once."""
    monkeypatch.setitem(lock_for_writing.__wrapped__.__kwdefaults__, "timeout_s", 0.0)


def test_a_writer_is_alone(file: Path) -> None:
    """A second writer is refused with an error that can be tried again, and gets in once the first is done."""
    with lock_for_writing(file), pytest.raises(IndexBusyError) as refused:
        _try_to_lock(file)

    assert refused.value.retryable
    _try_to_lock(file)


def test_the_refusal_names_the_writers_process(file: Path) -> None:
    """Whoever is kept out learns which process to wait for."""
    with _held_by_a_process(file) as process, pytest.raises(IndexBusyError, match=rf"process {process.pid}\b"):
        _try_to_lock(file)


def test_a_lock_dies_with_its_process(file: Path) -> None:
    """A writer that is killed leaves nothing behind that keeps others out."""
    with _held_by_a_process(file) as process:
        process.kill()
        process.wait()
        _try_to_lock(file)


def test_a_writer_waits_for_the_one_before(file: Path) -> None:
    """A writer that comes while another is busy gets in when that is done."""
    entered = threading.Event()

    def write() -> None:
        with lock_for_writing(file):
            entered.set()

    writer = threading.Thread(target=write)
    with _held_by_a_process(file):
        writer.start()
        assert not entered.wait(0.2)
    writer.join()
    assert entered.is_set()


def test_a_lock_that_cannot_be_made_is_the_operators_error(tmp_path: Path) -> None:
    """Where a file stands in the place of the folder, the message names it and the option to change."""
    (tmp_path / "taken").write_text("")

    with pytest.raises(ConfigurationError, match=r"taken.*--data-dir"):
        _try_to_lock(tmp_path / "taken/lock")


@pytest.mark.usefixtures("no_waiting")
def test_a_change_is_refused_while_another_process_writes_but_reading_is_not(bench: Bench) -> None:
    """Status and search go on with the index as it was; a sync with something to do has to wait."""
    bench.sync()
    bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")

    with _held_by_a_process(bench.index.path / "lock"):
        assert bench.status().state == "stale"
        assert bench.search("leaves green")
        with pytest.raises(IndexBusyError):
            bench.sync()

    assert bench.sync().edited == 1


@pytest.mark.usefixtures("no_waiting")
def test_a_sync_with_nothing_to_do_needs_no_lock(bench: Bench) -> None:
    """An index in step can be asked while another process holds the lock."""
    bench.sync()

    with _held_by_a_process(bench.index.path / "lock"):
        assert not bench.sync().rebuilt


@pytest.mark.usefixtures("no_waiting")
def test_a_sync_holds_the_lock_while_it_writes(bench: Bench) -> None:
    """Nobody else writes from the first change to the last; afterwards the lock is free."""
    refused: list[bool] = []

    def look(_done: int, _total: int) -> None:
        with pytest.raises(IndexBusyError):
            _try_to_lock(bench.index.path / "lock")
        refused.append(True)

    bench.sync(look)

    assert refused
    _try_to_lock(bench.index.path / "lock")


def test_a_sync_that_got_the_lock_after_another_finds_the_work_done(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changed before it waited was brought in step meanwhile: nothing is written again."""
    bench.sync()
    bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")
    lock = IndexFolder.lock

    @contextmanager
    def lock_after_another(index: IndexFolder) -> Iterator[None]:
        monkeypatch.setattr(IndexFolder, "lock", lock)
        assert bench.sync().edited == 1
        with lock(index):
            yield

    monkeypatch.setattr(IndexFolder, "lock", lock_after_another)
    report = bench.sync()

    assert (report.added, report.edited, report.removed, report.rebuilt) == (0, 0, 0, False)
    assert bench.generation_folder.name == "g000002"
