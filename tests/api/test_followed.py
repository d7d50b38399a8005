"""The corpus as it is open, beside the generation that is in use on disk."""

from __future__ import annotations

import asyncio

import pytest

from api import followed
from api.followed import FollowedCorpus
from rag.settings import Settings
from rag.testing import HashEmbedder, entry_text
from rag.wiring import QuickTakes, sync_index


def test_a_generation_put_in_use_while_another_is_opened_is_not_taken_for_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is open is told by its own name, so the newer one is still seen and opened."""

    def sync_meanwhile(_: QuickTakes) -> None:
        new = settings.corpus_dir / "eels.md"
        new.write_text(entry_text("Where do eels spawn?", "Eels spawn in the Sargasso Sea."), encoding="utf-8")
        sync_index(settings, HashEmbedder())

    monkeypatch.setattr(followed, "_warm_up", sync_meanwhile)
    corpus = FollowedCorpus(settings, HashEmbedder())
    assert corpus.generation is not None
    assert corpus.generation != corpus.newest()
    asyncio.run(corpus.aclose())
