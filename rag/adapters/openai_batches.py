"""Chat replies by the batch: OpenAI's files and batches, or those of a server that has them, at half the price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import openai
from openai.types import Batch

from rag.adapters.openai_chat import OpenAIChatModel
from rag.adapters.openai_errors import translate
from rag.adapters.openai_params import known_to
from rag.adapters.openai_server import address_of
from rag.adapters.server_words import shortened
from rag.models import ChatMessage, Usage

_MARK: Final = "quicktakes_requests"
"""The key of a batch's metadata that tells whose it is."""

_NO_BATCHES: Final = frozenset({404, 405, 501})
"""Statuses of servers that have no files or no batches."""

_ENDED: Final = frozenset({"completed", "failed", "expired", "cancelled"})
_LOOKS: Final = 3
"""A batch may be looked at again, as often as that helps; it is made once."""

_TIMEOUT_S: Final = 120.0
_PAGE: Final = 100
"""Batches that are listed at once: the most that OpenAI gives."""


@dataclass(frozen=True, slots=True)
class BatchState:
    """How a batch stands.

    Attributes:
        is_ended: whether nothing more will come of it.
        status: in the provider's word.
        files: of its lines, good and bad; those that are there so far.
        reason: why it failed as a whole; empty where it did not.
    """

    is_ended: bool
    status: str
    files: tuple[str, ...]
    reason: str = ""


class OpenAIBatches:
    """Makes, finds and reads batches of chat requests.

    Args:
        model: as the server calls it.
        base_url: of the server; None for OpenAI.
        api_key: None where the server takes none.

    Attributes:
        name: of the model, as provenance has it.

    Raises:
        ConfigurationError: OpenAI would be asked without a key, or the address or the key cannot be one.
    """

    def __init__(self, model: str, base_url: str | None = None, api_key: str | None = None) -> None:
        self._chat = OpenAIChatModel(model, base_url, api_key)
        self.name = self._chat.name
        self._model = model
        self._base_url = base_url
        self._api_key = api_key
        self._server = "OpenAI" if base_url is None else f"the chat server {address_of(base_url)}"

    def cost_usd(self, usage: Usage) -> float | None:
        """Return what a reply costs that is waited for; see `OpenAIChatModel.cost_usd`."""
        return self._chat.cost_usd(usage)

    def body(self, messages: Sequence[ChatMessage], params: Mapping[str, Any]) -> dict[str, Any]:
        """Return a request; ``max_completion_tokens`` has the name that the server knows it by."""
        own = [{"role": message.role, "content": message.content} for message in messages]
        return {"model": self._model, "messages": own, **known_to(self._base_url, params)}

    def submit(self, lines: bytes, mark: str) -> str | None:
        """Make a batch of lines, and return its id; None where the server has no batches. It is tried once.

        Args:
            mark: for `find`: where this is cut off, nobody knows whether the batch was made.

        Raises:
            ProviderError: the server cannot be reached, or refuses.
        """
        try:
            file = self._client.files.create(file=("requests.jsonl", lines), purpose="batch")
            batch = self._client.batches.create(
                input_file_id=file.id,
                endpoint="/v1/chat/completions",
                completion_window="24h",
                metadata={_MARK: mark},
            )
        except openai.APIStatusError as error:
            if error.status_code in _NO_BATCHES:
                return None
            raise translate(error, self._server, self._api_key) from error
        except openai.OpenAIError as error:
            raise translate(error, self._server, self._api_key) from error
        return batch.id

    def find(self, mark: str) -> str | None:
        """Return the id of the batch that was made with a mark; None where there is none."""
        try:
            listed = self._patient.batches.list(limit=_PAGE)  # page after page, the latest first
            return next((one.id for one in listed if (one.metadata or {}).get(_MARK) == mark), None)
        except openai.APIStatusError as error:
            if error.status_code in _NO_BATCHES:
                return None
            raise translate(error, self._server, self._api_key) from error
        except openai.OpenAIError as error:
            raise translate(error, self._server, self._api_key) from error

    def look(self, batch: str) -> BatchState:
        """Return how a batch stands; raises `ProviderError`."""
        try:
            told = self._patient.batches.retrieve(batch)
        except openai.OpenAIError as error:
            raise translate(error, self._server, self._api_key) from error
        files = tuple(file for file in (told.output_file_id, told.error_file_id) if file)
        return BatchState(told.status in _ENDED, told.status, files, self._reason(told))

    def read(self, file: str) -> bytes:
        """Return the lines of a file, in whatever order; raises `ProviderError`."""
        try:
            return self._patient.files.content(file).content
        except openai.OpenAIError as error:
            raise translate(error, self._server, self._api_key) from error

    def close(self) -> None:
        """Close the connections that wait to be used again."""
        self._client.close()

    def _reason(self, batch: Batch) -> str:
        errors = (batch.errors.data if batch.errors else None) or []
        return shortened("; ".join(error.message or error.code or "" for error in errors), self._api_key)

    @cached_property
    def _client(self) -> openai.OpenAI:
        return openai.OpenAI(
            api_key=self._api_key or "none", base_url=self._base_url, max_retries=0, timeout=_TIMEOUT_S
        )

    @cached_property
    def _patient(self) -> openai.OpenAI:
        return self._client.with_options(max_retries=_LOOKS)
