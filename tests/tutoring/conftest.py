"""Fixtures of the tests of the tutor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from made_tutors import ENTRIES, tutor_over

from rag.adapters.minilm import MiniLMEmbedder
from rag.settings import Settings
from rag.tutoring import Tutor
from rag.wiring import QuickTakes, open_quicktakes


@pytest.fixture(scope="session")
def tutor(tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    """Return a tutor with the default embedder over a few entries of our own."""
    return tutor_over(tmp_path_factory.mktemp("tutoring"), MiniLMEmbedder(), ENTRIES)


@pytest.fixture(scope="session")
def starter(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickTakes]:
    """Give the starter corpus, indexed without a model: what hints hold depends on words alone."""
    settings = replace(
        Settings(), corpus_dir=repository / "corpus", data_dir=tmp_path_factory.mktemp("starter"), embedder="minilm"
    )
    with open_quicktakes(settings) as quicktakes:
        yield quicktakes
