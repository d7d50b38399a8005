"""When a watched corpus is synced, and what is said of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from index_bench import Bench

from rag.errors import ConfigurationError, IndexBusyError, NotApprovedError, ProviderRateLimitError
from rag.indexing import ALLOWANCE, Follower, SyncReport
from rag.indexing.watch import RETRY_S
from rag.wiring import sync_index

QUIET: Collection[Path] = ()


@dataclass(slots=True)
class Watched:
    """A bench that is followed, one burst for each change; keeps what was said and how often it was synced."""

    bench: Bench
    said: list[str] = field(default_factory=list[str])
    warned: list[str] = field(default_factory=list[str])
    synced: int = 0
    now_s: float = 0.0
    errors: list[Exception] = field(default_factory=list[Exception])

    def follow(self, *changes: Callable[[], Collection[Path]]) -> None:
        """Follow the folder from the beginning; each change is made, and then told."""

        def bursts() -> Iterator[Collection[Path]]:
            yield {self.bench.corpus}
            for change in changes:
                yield change()

        Follower(self.bench.corpus, self._sync, self.said.append, self.warned.append, lambda: self.now_s).follow(
            bursts()
        )

    def wait(self, seconds: float) -> Callable[[], Collection[Path]]:
        """Return a change that is the passing of quiet time."""

        def change() -> Collection[Path]:
            self.now_s += seconds
            return QUIET

        return change

    def write(self, path: str, text: str) -> Callable[[], Collection[Path]]:
        """Return a change that writes a file."""

        def change() -> Collection[Path]:
            file = self.bench.corpus / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            return {file}

        return change

    def entry(self, path: str, answer: str) -> Callable[[], Collection[Path]]:
        """Return a change that writes an entry."""

        def change() -> Collection[Path]:
            self.bench.write(path, f"What is {Path(path).stem}?", answer)
            return {self.bench.corpus / path}

        return change

    def _sync(self) -> SyncReport:
        self.synced += 1
        if self.errors:
            raise self.errors.pop(0)
        return sync_index(self.bench.settings, self.bench.embedder)


@pytest.fixture
def watched(bench: Bench) -> Watched:
    """Return a bench that can be followed."""
    return Watched(bench)


def test_it_begins_with_a_sync_and_says_one_line(watched: Watched) -> None:
    """An index that was in step is told too, so that a person sees that it works."""
    watched.follow()
    watched.follow()

    first, second = watched.said
    assert first.startswith("built anew in ")
    assert first.endswith(" s: 3 added, 8 passages embedded; 3 entries, 8 passages")
    assert second.startswith("in step in ")
    assert second.endswith(": nothing changed; 3 entries, 8 passages")
    assert watched.warned == []


def test_a_saved_entry_is_searchable(watched: Watched) -> None:
    """One burst, one sync, one line."""
    watched.follow(watched.entry("spleen.md", "A spleen filters old blood cells."))

    assert watched.synced == 2
    assert ": 1 added, 2 passages embedded; 4 entries" in watched.said[-1]
    with watched.bench.open() as generation:
        assert any("what-is-spleen" in url for url in generation.snapshot.urls)


@pytest.mark.parametrize(
    "name",
    [".a.md.swp", "a.md~", "4913", "#a.md#", ".#a.md", ".a.md.new", "README.md", "notes.txt", ".git/x.md", "sedX1y2z3"],
)
def test_other_files_cause_no_sync(watched: Watched, name: str) -> None:
    """What editors write beside an entry, hidden folders, and what is no entry; nor does their going."""

    def remove() -> Collection[Path]:
        (watched.bench.corpus / name).unlink()
        return {watched.bench.corpus / name}

    watched.follow(watched.write(name, "x"), remove, watched.wait(3600))

    assert watched.synced == 1


def test_a_save_that_changes_nothing_says_nothing(watched: Watched) -> None:
    """It is synced, since only the hash tells."""
    watched.follow(lambda: {watched.bench.corpus / "a.md"})

    assert (watched.synced, len(watched.said)) == (2, 1)


def test_folders_take_their_entries_with_them(watched: Watched, tmp_path: Path) -> None:
    """A folder that is moved out or in is one change, of the folder; so is one above the entries' own."""
    bench = watched.bench
    bench.write("x/y/z.md", "What is a zygote?", "A fertilised egg.")

    def move(source: Path, target: Path) -> Callable[[], Collection[Path]]:
        def change() -> Collection[Path]:
            shutil.move(source, target)
            return {source if source.is_relative_to(bench.corpus) else target}

        return change

    watched.follow(move(bench.corpus / "x", tmp_path / "x"), move(tmp_path / "x", bench.corpus / "w"))

    assert [line.split(": ")[1].split(";")[0] for line in watched.said[1:]] == ["1 removed", "1 added"]


def test_a_broken_entry_is_told_with_its_line_when_it_is_saved(watched: Watched) -> None:
    """Each time that it is saved, and not when others are; the others go on."""
    broken = watched.write("broken.md", "nothing")
    watched.follow(broken, watched.entry("spleen.md", "It filters."), watched.write("broken.md", "nothing yet"))

    path = watched.bench.corpus / "broken.md"
    assert [line.startswith(f"{path}:1: QT") for line in watched.warned] == [True, True]
    assert ["1 files not usable" in line for line in watched.said] == [False, True, True, True]
    assert watched.synced == 4


def test_a_folder_that_vanishes_and_returns(watched: Watched, tmp_path: Path) -> None:
    """Said once; the index stays as it was until the folder is there again."""
    corpus, away = watched.bench.corpus, tmp_path / "away"

    def vanish() -> Collection[Path]:
        corpus.rename(away)
        return {corpus}

    def come_back() -> Collection[Path]:
        away.rename(corpus)
        return {corpus}

    watched.follow(vanish, watched.wait(60), come_back)

    assert watched.warned == [
        f"error: corpus folder {corpus} does not exist or is not a folder; name one with --corpus-dir"
    ]
    assert len(watched.said) == 2
    assert watched.said[1].endswith("nothing changed; 3 entries, 8 passages")


def test_a_lock_held_elsewhere_is_waited_for_and_said_once(watched: Watched) -> None:
    """The sync is tried again after a while, without another change."""
    watched.errors = [IndexBusyError("process 7 is changing the index")] * 3
    watched.follow(watched.wait(RETRY_S / 2), watched.wait(RETRY_S / 2), watched.wait(RETRY_S), watched.wait(RETRY_S))

    assert watched.synced == 4
    assert watched.warned == ["error: process 7 is changing the index; trying again"]
    assert len(watched.said) == 1


def test_a_server_is_not_asked_sooner_than_it_wants(watched: Watched) -> None:
    """A rate limit that says how long it lasts is waited for."""
    watched.errors = [ProviderRateLimitError("slow down", retry_after_s=90)]
    watched.follow(watched.wait(89), watched.wait(1))

    assert (watched.synced, len(watched.said)) == (2, 1)


@pytest.mark.parametrize("error", [ConfigurationError("no"), NotApprovedError("no"), OSError("no")])
def test_other_errors_wait_for_the_next_change(watched: Watched, error: Exception) -> None:
    """They are said once, however often they come, until a sync goes well."""
    watched.errors = [error, error]
    spleen, liver = watched.entry("spleen.md", "It filters."), watched.entry("liver.md", "It stores.")
    watched.follow(watched.wait(3600), spleen, liver)

    assert watched.synced == 3
    assert watched.warned == ["error: no"]
    assert "5 entries" in watched.said[0]


def test_what_exceeds_the_allowance_is_said_not_bought(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with every sync on the way; a few passages are bought."""
    monkeypatch.setattr(watched.bench.embedder, "usd_per_million_tokens", 1.0)

    def write_many() -> Collection[Path]:
        changes = [watched.entry(f"n{number}.md", f"Cell {number}.") for number in range(ALLOWANCE)]
        return {path for change in changes for path in change()}

    watched.follow(write_many)

    assert len(watched.bench.embedder.embedded) == 8
    (warning,) = watched.warned
    assert f"{2 * ALLOWANCE} passages" in warning
    assert "nothing was spent: run 'quicktakes index sync'" in warning


def test_an_interruption_after_the_switch_leaves_the_index_usable(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The generation that is in use already is not taken for an unfinished one."""
    bench.sync()
    bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")
    bench.sync()
    bench.write("b.md", "How do kidneys filter blood?", "Tubules sieve plasma.")
    whole_rmtree = shutil.rmtree

    interrupted: list[Path] = []

    def interrupt(folder: Path) -> None:
        if interrupted:
            whole_rmtree(folder)
            return
        interrupted.append(folder)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("rag.generations.shutil.rmtree", interrupt)
        with pytest.raises(KeyboardInterrupt):
            bench.sync()

    assert bench.status().state == "in step"
