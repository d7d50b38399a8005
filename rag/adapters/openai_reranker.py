"""Relevance scores from any server that speaks the common rerank protocol (vLLM, llama.cpp, LiteLLM, Infinity, ...)."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from rag.adapters.openai_server import OpenAIServer
from rag.adapters.retrying import RetryPolicy
from rag.adapters.server_words import reason_of
from rag.errors import ConfigurationError, ProviderReplyError

_POLICY: Final = RetryPolicy(deadline_s=10.0, call_timeout_s=10.0, most_calls=2)
"""Somebody waits, and there is an order to serve without a reranker: it is asked twice, and within ten seconds."""


class OpenAIReranker:
    """Scores texts at a server that is addressed as OpenAI's are; implements the port `rag.ports.Reranker`.

    All texts go in one request: ``POST {base_url}/rerank``.

    Args:
        model: as the server calls it.
        base_url: of the server; OpenAI has no reranker.
        api_key: None where the server takes none.
        policy: when a failed request is made again.

    Raises:
        ConfigurationError: there is no address, or the address or the key cannot be one.
    """

    def __init__(
        self, model: str, base_url: str | None, api_key: str | None = None, policy: RetryPolicy = _POLICY
    ) -> None:
        if base_url is None:
            raise ConfigurationError(
                "OpenAI has no reranker; set OPENAI_BASE_URL to a server that has one, such as "
                "http://127.0.0.1:8080/v1, or unset QUICKTAKES_RERANKER"
            )
        self._model = model
        self._server = OpenAIServer("rerank", base_url, api_key)
        self._policy = policy

    def rerank(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return the relevance of each text to the question, in the order of the texts; the scale is the model's own.

        Raises:
            ProviderError: the server cannot be reached, refuses, or gives something else than one score for each text.
        """
        return self._policy.call(partial(self._request, question, list(texts))) if texts else []

    def _request(self, question: str, texts: list[str], timeout_s: float) -> list[float]:
        body = {"model": self._model, "query": question, "documents": texts}
        reply = self._server.post("/rerank", body, timeout_s)
        try:
            return read_scores(reply, len(texts))
        except (ValueError, RecursionError) as error:
            raise ProviderReplyError(
                f"{self._server.name} gave a reply that is not {len(texts)} relevance scores ({reason_of(error)}); "
                f"check that {self._model} is a reranker and what runs there"
            ) from error


def read_scores(reply: bytes, count: int) -> list[float]:
    """Return the relevance scores of a reply, in the order of its texts: servers send the best first.

    Raises:
        ValueError: it does not hold just one finite score for each text.
    """
    body: Any = json.loads(reply)
    try:
        scored = [(result["index"], result["relevance_score"]) for result in body["results"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"no results with index and relevance_score: {type(error).__name__} {error}") from error
    if any(type(index) is not int for index, _ in scored) or sorted(index for index, _ in scored) != list(range(count)):
        raise ValueError(
            f"{len(scored)} results with the indexes {[index for index, _ in scored][:5]} for {count} texts"
        )
    return [_finite(score) for _, score in sorted(scored)]


def _finite(score: object) -> float:
    try:
        number = float(score) if isinstance(score, int | float) and not isinstance(score, bool) else math.nan
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"a relevance score that is no finite number: {score!r:.50}")
    return number
