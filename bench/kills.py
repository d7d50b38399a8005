"""What becomes of an index whose writers are killed: `make bench-kills CORPUS=folder`.

Each round edits a few entries of a copy of the corpus, starts a sync in a child process, and ends it with SIGKILL at a
random moment of its usual duration. Then the index is verified, and where it is not in step, synced and verified again.
No round may find damage that the next sync leaves, or lose what a sync that returned had written.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rag.cli.progress import show_progress
from rag.indexing import Progress
from rag.indexing.scan import corpus_hash, find_changes, scan_file
from rag.models import FileRecord
from rag.ports import Embedder
from rag.settings import Settings
from rag.wiring import index_folder, load_embedder, sync_index, verify_index

ROOT = Path(__file__).resolve().parents[1]

_ROUNDS = 200
_EDITS = 3
_MARGIN = 1.15
"""Of the usual duration: some syncs are to finish first."""


@dataclass(slots=True)
class Tally:
    """How many rounds ended in which way.

    Attributes:
        killed, finished: before it returned, and after.
        in_step: the index was already the new one; `as_before`: still the old one, whole; `damaged`: neither.
        repaired: out of step or damaged, and proven after the next sync.
        broken: not proven even then.
        lost: rounds after which the index was neither of the last acknowledged corpus nor of the new one.
    """

    killed: int = 0
    finished: int = 0
    in_step: int = 0
    as_before: int = 0
    damaged: int = 0
    repaired: int = 0
    broken: int = 0
    lost: int = 0


def main() -> None:
    """Run the rounds and print their table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(Path(scratch, "corpus"), Path(scratch, "index"))
        shutil.copytree(arguments.corpus_dir, settings.corpus_dir, copy_function=shutil.copyfile)
        command = [sys.executable, "-m", "rag.cli", "index", "sync"]
        folders = ["--corpus-dir", str(settings.corpus_dir), "--data-dir", str(settings.data_dir)]
        with show_progress("Killing") as progress:
            tally = kill_syncs(settings, load_embedder(settings), [*command, *folders], arguments.rounds, progress)
    table = Table("rounds", str(arguments.rounds))
    for name, count in dataclasses.asdict(tally).items():
        table.add_row(name.replace("_", " "), str(count))
    Console().print(table)
    if tally.broken or tally.lost:
        sys.exit(1)


def kill_syncs(
    settings: Settings, embedder: Embedder, command: Sequence[str], rounds: int, progress: Progress
) -> Tally:
    """Kill one sync a round and tell what was found; `command` syncs the settings' corpus with this embedder."""
    chance = random.Random(0)  # noqa: S311 not for secrets; the same edits and moments each time
    sync_index(settings, embedder)
    usual_s = min(_time_of_a_sync(settings, command, chance) for _ in range(2))
    tally = Tally()
    for number in range(rounds):
        acknowledged = _corpus_now(settings)
        _edit(settings.corpus_dir, chance)
        if _was_killed(command, chance.uniform(0, _MARGIN * usual_s)):
            tally.killed += 1
            expected = {acknowledged, _corpus_now(settings)}
        else:
            tally.finished += 1
            expected = {_corpus_now(settings)}
        tally.lost += _corpus_in_use(settings) not in expected
        _prove(settings, embedder, tally)
        progress(number + 1, rounds)
    return tally


def _prove(settings: Settings, embedder: Embedder, tally: Tally) -> None:
    kinds = {difference.kind for difference in verify_index(settings, embedder).differences}
    if not kinds:
        tally.in_step += 1
        return
    if kinds == {"stale"}:
        tally.as_before += 1
    else:
        tally.damaged += 1
    sync_index(settings, embedder)
    if verify_index(settings, embedder).differences:
        tally.broken += 1
    else:
        tally.repaired += 1


def _time_of_a_sync(settings: Settings, command: Sequence[str], chance: random.Random) -> float:
    _edit(settings.corpus_dir, chance)
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)  # noqa: S603 our own command
    return time.perf_counter() - started


def _was_killed(command: Sequence[str], after_s: float) -> bool:
    """Start a command and kill it after some seconds; return whether it was still running then."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:  # noqa: S603
        try:
            child.wait(after_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return child.returncode < 0


def _edit(corpus_dir: Path, chance: random.Random) -> None:
    """Add a sentence to a few entries."""
    files = sorted(corpus_dir.rglob("*.md"))
    for file in chance.sample(files, min(_EDITS, len(files))):
        text = file.read_text(encoding="utf-8")
        added = f" Sentence {chance.randrange(10**9)} was added here."
        file.write_text(text.replace("\nsubject: ", f"{added}\nsubject: ", 1), encoding="utf-8")


def _corpus_now(settings: Settings) -> str:
    paths = find_changes(settings.corpus_dir, {}).paths
    return corpus_hash(FileRecord(name, scan_file(path).sha256) for name, path in paths.items())


def _corpus_in_use(settings: Settings) -> str:
    with closing(index_folder(settings).open_current()) as generation:
        return generation.catalog.meta()["corpus"]


if __name__ == "__main__":
    main()
