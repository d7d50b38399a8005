"""Writers that are killed at any moment leave an index that is whole, or that the next sync makes whole."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.kills import ROOT, kill_syncs
from rag.settings import Settings
from rag.testing import HashEmbedder, entry_text

SYNC = """
import sys
from pathlib import Path
from rag.settings import Settings
from rag.testing import HashEmbedder
from rag.wiring import sync_index
sync_index(Settings(Path(sys.argv[1]), Path(sys.argv[2])), HashEmbedder())
"""


def test_killed_syncs_lose_nothing(tmp_path: Path) -> None:
    """Three syncs are killed: what was acknowledged is kept, nothing is damaged, and the next sync is proven."""
    assert (ROOT / "rag").is_dir()
    settings = Settings(tmp_path / "corpus", tmp_path / "data")
    settings.corpus_dir.mkdir()
    for number in range(4):
        text = entry_text(f"What does organ {number} do?", f"Organ {number} pumps. It never rests.")
        (settings.corpus_dir / f"{number}.md").write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", SYNC, str(settings.corpus_dir), str(settings.data_dir)]
    rounds: list[tuple[int, int]] = []

    tally = kill_syncs(settings, HashEmbedder(), command, 3, lambda done, of: rounds.append((done, of)))

    assert rounds[-1] == (3, 3)
    assert tally.killed + tally.finished == 3
    assert tally.killed >= 1
    assert tally.in_step + tally.as_before == 3
    assert (tally.damaged, tally.broken, tally.lost) == (0, 0, 0)
    assert tally.repaired == tally.as_before
