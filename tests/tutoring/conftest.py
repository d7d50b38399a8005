"""Fixtures of the tests of the tutor."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_tutors import ENTRIES, tutor_of, tutor_over

from rag.adapters.minilm import MiniLMEmbedder
from rag.testing import HashEmbedder
from rag.tutoring import Tutor


@pytest.fixture(scope="session")
def tutor(tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    """Return a tutor with the default embedder over a few entries of our own."""
    return tutor_over(tmp_path_factory.mktemp("tutoring"), MiniLMEmbedder(), ENTRIES)


@pytest.fixture(scope="session")
def starter(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    """Return a tutor over the starter corpus, without a model: what is tested of it depends on words alone."""
    return tutor_of(repository / "corpus", tmp_path_factory.mktemp("starter"), HashEmbedder())
