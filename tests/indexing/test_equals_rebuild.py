"""However a corpus came to be, its index is the one that a build from scratch gives."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from index_bench import LEAVES, Bench, forget_open_stores

PATHS = [f"{folder}{name}.md" for folder in ("", "one/", "two/") for name in "abc"]
QUESTIONS = [f"What does organ {number} do?" for number in range(6)]
ANSWERS = [
    LEAVES,
    f"First.\n\n{LEAVES}",
    "It pumps.",
    "1. **Pump**: it pumps.\n2. **Sieve**: it sieves.",
    "I cannot answer this question.",
]


@pytest.mark.parametrize("seed", range(4))
def test_a_random_history_ends_in_the_index_of_a_rebuild(tmp_path: Path, seed: int) -> None:
    """Writes, edits, deletions, renames, swaps, breakages and shared urls, synced in steps, leave no trace."""
    chance = random.Random(seed)  # noqa: S311 not for secrets
    bench = Bench(tmp_path / "corpus", tmp_path / "data")
    bench.corpus.mkdir()
    history: list[str] = []
    for step in range(5):
        history.extend(_change(bench, chance) for _ in range(chance.randint(1, 4)))
        history.append("sync")
        bench.sync()
        assert bench.contents() == bench.contents_built_anew(tmp_path / f"anew{step}"), "; ".join(history)
        assert bench.status().state == "in step"
    forget_open_stores()


def _change(bench: Bench, chance: random.Random) -> str:
    """Make one change to the corpus; return what it was."""
    path = chance.choice(PATHS)
    file = bench.corpus / path
    others = [other for other in bench.corpus.rglob("*.md") if other != file]
    what = chance.choice(["write", "write", "write", "delete", "break", "rename", "swap"])
    if what == "write" or not file.exists():
        what = "write"
        bench.write(path, chance.choice(QUESTIONS), chance.choice(ANSWERS))
    elif what == "delete":
        file.unlink()
    elif what == "break":
        file.write_text("broken")
    elif what == "rename":
        file.rename(bench.corpus / "renamed.md")
    elif others:
        other = chance.choice(others)
        texts = file.read_bytes(), other.read_bytes()
        file.write_bytes(texts[1])
        other.write_bytes(texts[0])
    return f"{what} {path}"
