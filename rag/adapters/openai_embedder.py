"""Vectors from OpenAI, or from any server that speaks its embeddings protocol (Ollama, vLLM, llama.cpp, ...)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from rag.adapters.openai_server import OpenAIServer, openai_fingerprint
from rag.adapters.retrying import RetryPolicy
from rag.adapters.server_words import reason_of
from rag.errors import ConfigurationError, ProviderReplyError
from rag.ports import Vectors
from rag.tokens import estimate_tokens

USD_PER_MILLION_TOKENS: Final[Mapping[str, float]] = {
    "text-embedding-3-small": 0.02,
    "text-embedding-3-large": 0.13,
    "text-embedding-ada-002": 0.10,
}
"""OpenAI's prices as price trackers gave them in May 2026; the provider's bill decides."""

_MAX_TOKENS: Final = 256
"""So long are the default embedder's passages too, and every model that is served reads at least this much."""

_BATCH_SIZE: Final = 32
"""Texts in one request: what the strictest common server takes by default (Hugging Face's); OpenAI takes 2,048."""

_BATCH_TOKENS: Final = _BATCH_SIZE * _MAX_TOKENS
"""Estimated tokens in one request; OpenAI takes 300,000."""


class OpenAIEmbedder:
    """Unit-length vectors of whatever dimensions the model gives; implements the port `rag.ports.Embedder`.

    Its fingerprint is known without a call, so an index can be inspected with no server: provider and model, and for
    another server than OpenAI's a hash of its address, since two servers may mean two models by one name. Dimensions
    are known only from a first reply, so they are no part of it; the index's manifest records them.

    Args:
        model: as the server calls it.
        base_url: of the server; None for OpenAI.
        api_key: None where the server takes none.
        policy: when failed requests are made again.

    Raises:
        ConfigurationError: OpenAI would be asked without a key, or the address or the key cannot be one.
    """

    max_tokens = _MAX_TOKENS
    batch_size = _BATCH_SIZE

    def __init__(
        self, model: str, base_url: str | None = None, api_key: str | None = None, policy: RetryPolicy | None = None
    ) -> None:
        if api_key is None and base_url is None:
            raise ConfigurationError(
                "OpenAI embeds nothing without a key; set OPENAI_API_KEY, or OPENAI_BASE_URL to a server that needs "
                "none"
            )
        self.fingerprint = openai_fingerprint(model, base_url)
        self._model = model
        self._base_url = base_url
        self._is_free = api_key is None
        self._policy = policy or RetryPolicy()
        self._server = OpenAIServer("embeddings", base_url, api_key)
        self._dimensions: int | None = None

    @property
    def usd_per_million_tokens(self) -> float | None:
        """Return the price of the model: 0 at a server that takes no key, None where it is unknown."""
        if self._base_url is None:
            return USD_PER_MILLION_TOKENS.get(self._model)
        return 0.0 if self._is_free else None

    def count_tokens(self, text: str) -> int:
        """Return an estimate of the length of a text in tokens."""
        return estimate_tokens(text)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the unit-length vectors of texts, shape ``(len(texts), dimensions)``, in their order.

        Raises:
            ProviderError: the server cannot be reached, refuses, or gives something else than one vector for each text.
        """
        parts = [self._policy.call(partial(self._request, batch)) for batch in self._batches(texts)]
        return np.concatenate(parts) if parts else np.empty((0, self._dimensions or 0), dtype=np.float32)

    def _batches(self, texts: Sequence[str]) -> Iterator[list[str]]:
        batch: list[str] = []
        tokens = 0
        for text in texts:
            count = self.count_tokens(text)
            if batch and (len(batch) == _BATCH_SIZE or tokens + count > _BATCH_TOKENS):
                yield batch
                batch, tokens = [], 0
            batch.append(text or " ")  # OpenAI refuses an empty text
            tokens += count
        if batch:
            yield batch

    def _request(self, texts: list[str], timeout_s: float) -> Vectors:
        body = {"model": self._model, "input": texts, "encoding_format": "base64"}
        reply = self._server.post("/embeddings", body, timeout_s)
        try:
            vectors = read_vectors(reply, len(texts), self._dimensions)
        except (ValueError, RecursionError) as error:
            raise ProviderReplyError(
                f"{self._server.name} gave a reply that is not {len(texts)} vectors ({reason_of(error)}); "
                f"check that {self._model} is an embeddings model and what runs there"
            ) from error
        self._dimensions = vectors.shape[1]
        return vectors


def read_vectors(reply: bytes, count: int, dimensions: int | None = None) -> Vectors:
    """Return the unit vectors of a reply, shape ``(count, dimensions)``, in the order of its texts.

    Args:
        dimensions: as they were before; None where any will do.

    Raises:
        ValueError: it does not hold just one vector for each text, all of one length, finite and not zero.
    """
    body: Any = json.loads(reply)
    try:
        items = {item["index"]: item["embedding"] for item in body["data"]}
        length = len(body["data"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"no list of embeddings with index: {type(error).__name__} {error}") from error
    if length != count or items.keys() != set(range(count)):
        raise ValueError(f"{length} embeddings with the indexes {sorted(map(str, items))[:5]}... for {count} texts")
    rows = [_decode(items[place]) for place in range(count)]
    shapes = {row.shape for row in rows}
    if len(shapes) > 1 or rows[0].ndim != 1 or rows[0].size != (dimensions or rows[0].size or None):
        after = f" after {dimensions} dimensions" if dimensions else ""
        raise ValueError(f"embeddings of the shapes {sorted(shapes)}{after}")
    vectors = np.array(rows)
    peaks = np.abs(vectors).max(axis=1, keepdims=True)
    if not (np.isfinite(peaks).all() and peaks.all()):
        raise ValueError("an embedding that is zero or holds a number that is not finite")
    vectors /= peaks  # so that no square is too great or too small for a float
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def _decode(embedding: Any) -> npt.NDArray[np.float64]:
    """Return an embedding that came as base64 of little-endian float32, or as the list of numbers some servers send."""
    if isinstance(embedding, str):
        return np.frombuffer(base64.b64decode(embedding, validate=True), dtype="<f4").astype(np.float64)
    try:
        return np.asarray(embedding, dtype=np.float64)
    except (TypeError, OverflowError) as error:
        raise ValueError(f"an embedding that is no list of numbers: {error}") from error
