"""Vectors remembered by text and model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.adapters.embedding_cache import EmbeddingCache
from rag.testing import HashEmbedder


class OtherEmbedder(HashEmbedder):
    """Another model, by its fingerprint."""

    fingerprint = "hash-embedder:2"


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[EmbeddingCache]:
    """Return an empty cache."""
    with closing(EmbeddingCache(tmp_path / "embeddings.sqlite3")) as opened:
        yield opened


def test_nothing_is_embedded_twice(cache: EmbeddingCache) -> None:
    """The second call computes only what is new, and says how much that was."""
    embedder = HashEmbedder()
    assert cache.embed(["cell", "leaf"], embedder)[1] == 2
    assert cache.embed(["leaf", "root", "cell"], embedder)[1] == 1
    assert embedder.embedded == ["cell", "leaf", "root"]


def test_repeated_texts_in_one_call_are_embedded_once(cache: EmbeddingCache) -> None:
    """Each of them still gets its row."""
    embedder = HashEmbedder()
    vectors, computed = cache.embed(["cell", "leaf", "cell", "cell"], embedder)
    assert computed == 2
    assert embedder.embedded == ["cell", "leaf"]
    assert np.array_equal(vectors, HashEmbedder().embed(["cell", "leaf", "cell", "cell"]))


def test_vectors_survive_reopening(tmp_path: Path) -> None:
    """A cache opened again gives the very same vectors and computes none."""
    texts = ["cell", "Why do leaves look green?", "CO₂", ""]
    with closing(EmbeddingCache(tmp_path / "embeddings.sqlite3")) as first:
        vectors, _ = first.embed(texts, HashEmbedder())
    embedder = HashEmbedder()
    with closing(EmbeddingCache(tmp_path / "embeddings.sqlite3")) as second:
        again, computed = second.embed(texts, embedder)
    assert (computed, embedder.embedded) == (0, [])
    assert np.array_equal(again, vectors)


def test_each_model_has_vectors_of_its_own(cache: EmbeddingCache) -> None:
    """A text known from one model is computed anew for another."""
    cache.embed(["cell"], HashEmbedder())
    other = OtherEmbedder()
    assert cache.embed(["cell"], other)[1] == 1
    assert cache.embed(["cell"], HashEmbedder())[1] == 0
    assert other.embedded == ["cell"]


def test_more_texts_than_one_lookup_holds_keep_their_order(cache: EmbeddingCache) -> None:
    """Known and new texts by the thousand each get their own row."""
    texts = [f"cell{number}" for number in range(1_201)]
    cache.embed(texts[::2], HashEmbedder())
    vectors, computed = cache.embed(texts, HashEmbedder())
    assert computed == 600
    assert np.array_equal(vectors, HashEmbedder().embed(texts))


def test_vectors_computed_elsewhere_are_found(cache: EmbeddingCache) -> None:
    """What was kept is not computed again, and is given back as it was."""
    cache.keep(["cell", "leaf"], HashEmbedder().embed(["cell", "leaf"]), HashEmbedder())
    assert cache.missing(["leaf", "root", "cell"], HashEmbedder()) == ["root"]
    embedder = HashEmbedder()
    vectors, computed = cache.embed(["leaf", "cell"], embedder)
    assert (computed, embedder.embedded) == (0, [])
    assert np.array_equal(vectors, HashEmbedder().embed(["leaf", "cell"]))


def test_no_texts_give_no_vectors(cache: EmbeddingCache) -> None:
    """The empty list is no error."""
    vectors, computed = cache.embed([], HashEmbedder())
    assert (len(vectors), computed) == (0, 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=8))
def test_the_cache_gives_what_the_embedder_gives(texts: list[str], cache: EmbeddingCache) -> None:
    """Whatever the texts, a cached vector is the computed one."""
    assert np.array_equal(cache.embed(texts, HashEmbedder())[0], HashEmbedder().embed(texts))


def test_an_embedder_that_fails_leaves_the_cache_as_it_was(cache: EmbeddingCache) -> None:
    """After a failure the same call can be made again."""

    class FailingEmbedder(HashEmbedder):
        def embed(self, texts: object) -> np.ndarray:
            raise MemoryError(texts)

    with pytest.raises(MemoryError):
        cache.embed(["cell"], FailingEmbedder())
    assert cache.embed(["cell"], HashEmbedder())[1] == 1


@pytest.mark.parametrize("content", [b"", b"no database " * 1_000, b"SQLite format 3\0" + b"\0" * 5_000])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, content: bytes) -> None:
    """A cache holds nothing that cannot be computed again: damage costs time, not the answer."""
    file = tmp_path / "embeddings.sqlite3"
    file.write_bytes(content)
    with closing(EmbeddingCache(file)) as cache:
        assert cache.embed(["cell"], HashEmbedder())[1] == 1
    with closing(EmbeddingCache(file)) as cache:
        assert cache.embed(["cell"], HashEmbedder())[1] == 0
