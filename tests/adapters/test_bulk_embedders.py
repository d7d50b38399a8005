"""The contract of `rag.ports.BulkEmbedder`, for the double and for Ray on this machine; and what only Ray does."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from rag.adapters import ray_embedding
from rag.adapters.minilm import MiniLMEmbedder
from rag.adapters.ray_embedding import RayBulkEmbedder
from rag.errors import ConfigurationError, ProviderRejectedError, ProviderUnavailableError
from rag.ports import BulkEmbedder, Embedder, Vectors
from rag.settings import Settings
from rag.testing import HashEmbedder, InlineBulkEmbedder
from rag.wiring import load_ray_embedder

TEXTS = [*(f"Cell number {number} has a wall.\0" for number in range(300)), "", "CO₂ + H₂O → 🧬", "cell", "cell"]

ray = pytest.mark.ray
on_ray = [
    ray,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore"),  # Ray's own, of its own settings
]


class RefusingEmbedder(HashEmbedder):
    """An embedder whose server refuses."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Refuse."""
        raise ProviderRejectedError(f"the key is wrong, for {len(texts)} texts")


class CrashingEmbedder(HashEmbedder):
    """An embedder that ends its process."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """End the process."""
        os._exit(len(texts))


class OtherEmbedder(HashEmbedder):
    """Another model than was asked for."""

    fingerprint = "hash-embedder:2"


@pytest.fixture(scope="session")
def token_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one home folder for all tests: Ray reads the token that it keeps there once in a process."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def home(token_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give Ray, where it is installed, a home folder; forget its settings after."""
    pytest.importorskip("ray", reason="Ray is not installed: make test-ray")
    for name in ("RAY_USAGE_STATS_ENABLED", "RAY_BACKEND_LOG_LEVEL", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(token_folder))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), *sys.path]))
    return token_folder


@pytest.fixture(params=["double", pytest.param("ray", marks=on_ray)])
def bulk(request: pytest.FixtureRequest) -> BulkEmbedder:
    """Return each bulk embedder."""
    if request.param == "double":
        return InlineBulkEmbedder(HashEmbedder())
    request.getfixturevalue("home")
    return RayBulkEmbedder(HashEmbedder, HashEmbedder.fingerprint)


def collect(batches: Iterator[tuple[list[str], Vectors]]) -> tuple[list[str], Vectors]:
    """Return all texts in the order they came, with their vectors."""
    taken = list(batches)
    return [text for texts, _ in taken for text in texts], np.concatenate([vectors for _, vectors in taken])


def test_every_text_comes_back_with_its_vector(bulk: BulkEmbedder) -> None:
    """Each as often as it was given, to the last zero character, with the vector that the embedder gives it here."""
    texts, vectors = collect(bulk.embed(iter(TEXTS)))

    assert sorted(texts) == sorted(TEXTS)
    assert vectors.dtype == np.float32
    assert np.array_equal(vectors, HashEmbedder().embed(texts))


def test_batches_come_one_by_one_and_the_rest_can_be_left(bulk: BulkEmbedder) -> None:
    """After a first batch the generator can be closed, and another call begun."""
    for _ in range(2):
        with closing(bulk.embed(TEXTS)) as batches:
            texts, vectors = next(batches)
        assert 0 < len(texts) == len(vectors) < len(TEXTS)


def test_no_texts_need_no_workers(bulk: BulkEmbedder) -> None:
    """The empty iterable gives no batch."""
    assert list(bulk.embed([])) == []


@pytest.fixture
def embed_on_ray(home: Path) -> Callable[..., tuple[list[str], Vectors]]:
    """Return what embeds the texts on Ray with what makes a worker's embedder."""
    assert home.is_dir()

    def embed(load: Callable[[], Embedder], **options: float) -> tuple[list[str], Vectors]:
        return collect(RayBulkEmbedder(load, HashEmbedder.fingerprint, **options).embed(TEXTS))

    return embed


class TestRay:
    """What only Ray does."""

    pytestmark = on_ray

    def test_vectors_are_the_models_own(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The default embedder gives on Ray what it gives here; waves and batches change nothing."""
        assert home.is_dir()
        monkeypatch.setattr(ray_embedding, "_BATCH_TEXTS", 16)
        monkeypatch.setattr(ray_embedding, "_BATCHES_A_WORKER", 2)

        texts, vectors = collect(load_ray_embedder(Settings()).embed(TEXTS[-100:]))

        assert sorted(texts) == sorted(TEXTS[-100:])
        assert np.abs(vectors - MiniLMEmbedder().embed(texts)).max() < 1e-5

    def test_what_a_worker_raises_is_raised_here(self, embed_on_ray: Callable[..., object]) -> None:
        """An embedder's error keeps its kind and its words, and its cause tells where it happened."""
        with pytest.raises(ProviderRejectedError, match="the key is wrong, for") as caught:
            embed_on_ray(RefusingEmbedder)
        assert "RefusingEmbedder" in str(caught.value.__cause__) or "rag" in str(caught.value.__cause__)

    def test_a_worker_with_another_embedder_is_refused(self, embed_on_ray: Callable[..., object]) -> None:
        """Its vectors would be kept under the wrong name."""
        with pytest.raises(ConfigurationError, match="has embedder hash-embedder:2, not hash-embedder:1"):
            embed_on_ray(OtherEmbedder)

    def test_workers_that_crash_end_the_call(self, embed_on_ray: Callable[..., object]) -> None:
        """After a time without a batch, rather than never."""
        with pytest.raises(ProviderUnavailableError, match="run the same command again"):
            embed_on_ray(CrashingEmbedder, most_silent_s=5.0)

    def test_a_cluster_that_is_not_there_ends_the_call(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """After a time, and with the setting to check."""
        assert home.is_dir()
        monkeypatch.setattr(ray_embedding, "_MOST_START_S", 2.0)
        bulk = RayBulkEmbedder(HashEmbedder, HashEmbedder.fingerprint, "127.0.0.1:1")

        with pytest.raises(ProviderUnavailableError, match=r"cannot reach Ray at 127.0.0.1:1.*QUICKTAKES_RAY_ADDRESS"):
            next(bulk.embed(TEXTS))


def test_without_ray_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is raised before anything is read."""
    monkeypatch.setattr(ray_embedding, "find_spec", lambda _: None)

    with pytest.raises(ConfigurationError, match=r"pip install 'quicktakes-rag\[ray\]'"):
        load_ray_embedder(Settings())


def test_a_key_is_not_sent_to_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's embedder is named to it; the key it takes from its own environment."""
    monkeypatch.setattr(ray_embedding, "find_spec", lambda _: object())
    settings = Settings(embedder="openai:hash", openai_base_url="http://127.0.0.1:1/v1", openai_api_key="sk-1")

    bulk = load_ray_embedder(settings)

    assert isinstance(bulk, RayBulkEmbedder)
    assert isinstance(bulk._load, partial)
    assert bulk._load.args == ("openai:hash", "http://127.0.0.1:1/v1")
    assert bulk._load().fingerprint == bulk._fingerprint
