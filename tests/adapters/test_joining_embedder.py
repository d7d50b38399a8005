"""Questions that wait at the same moment are embedded together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import numpy as np
import pytest

from rag.adapters.joining_embedder import MOST_JOINED, JoiningEmbedder
from rag.adapters.minilm import MiniLMEmbedder
from rag.errors import ProviderUnavailableError
from rag.ports import Vectors
from rag.testing import HashEmbedder

QUESTIONS = [f"Why do {word} cells {'really ' * (number % 7)}divide?" for number, word in enumerate("abcdefghij" * 5)]


class HeldEmbedder(HashEmbedder):
    """Embeds nothing until it may, and notes what it is handed."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()
        self.handed: list[Sequence[str]] = []
        self.error: Exception | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Wait, and embed."""
        self.handed.append(texts)
        assert self.may.wait(10)
        if self.error is not None:
            raise self.error
        return super().embed(texts)


@pytest.fixture
def held() -> HeldEmbedder:
    """Return an embedder that waits."""
    return HeldEmbedder()


@pytest.fixture
def joining(held: HeldEmbedder) -> Iterator[JoiningEmbedder]:
    """Give one that joins what waits for it."""
    with closing(JoiningEmbedder(held, 1)) as own:
        yield own


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_what_waits_is_joined_and_each_gets_its_own(held: HeldEmbedder, joining: JoiningEmbedder) -> None:
    """What comes while a batch is embedded waits for the next, so many at once, and gets its own vector."""
    first, *others = QUESTIONS
    with ThreadPoolExecutor(len(QUESTIONS)) as callers:
        vectors = [callers.submit(joining.embed, [first])]
        _until(lambda: len(held.handed) == 1)
        vectors += [callers.submit(joining.embed, [question]) for question in others]
        _until(lambda: len(joining._joining) == len(others))
        held.may.set()
        for question, vector in zip(QUESTIONS, vectors, strict=True):
            assert np.array_equal(vector.result(10), HashEmbedder().embed([question]))
    assert [len(batch) for batch in held.handed] == [1, *([MOST_JOINED] * 3), 1]


def test_several_texts_are_embedded_as_they_are(held: HeldEmbedder, joining: JoiningEmbedder) -> None:
    """A list goes to the embedder at once and in one piece, none with it."""
    held.may.set()
    assert np.array_equal(joining.embed(QUESTIONS), HashEmbedder().embed(QUESTIONS))
    assert joining.embed([]).shape[0] == 0
    assert held.handed == [QUESTIONS, []]


def test_a_failure_reaches_everybody_who_waits(held: HeldEmbedder, joining: JoiningEmbedder) -> None:
    """Each caller of a batch that failed is told so, and the next batch is embedded."""
    held.error = ProviderUnavailableError("gone")
    held.may.set()
    with pytest.raises(ProviderUnavailableError):
        joining.embed(["a"])
    held.error = None
    assert joining.embed(["a"]).shape[0] == 1


def test_a_joined_question_has_the_vector_that_it_has_alone() -> None:
    """The model gives a question the same vector to the bit whatever it is embedded with, so rankings are equal too."""
    embedder = MiniLMEmbedder()
    alone = np.concatenate([embedder.embed([question]) for question in QUESTIONS])
    assert np.array_equal(embedder.embed(QUESTIONS), alone)
    embedder.open_sessions()
    with closing(JoiningEmbedder(embedder, embedder.most_at_once)) as own, ThreadPoolExecutor(40) as callers:
        joined = np.concatenate(list(callers.map(lambda question: own.embed([question]), QUESTIONS)))
    assert np.array_equal(joined, alone)
