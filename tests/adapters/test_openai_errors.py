"""Everything that the openai package raises becomes an error of ours."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import openai
import pytest

from rag.adapters.openai_errors import KINDS, translate
from rag.errors import ProviderError, ProviderUnavailableError


def _below(kind: type[openai.OpenAIError]) -> Iterator[type[openai.OpenAIError]]:
    """Yield every class below one."""
    for sub in kind.__subclasses__():
        yield sub
        yield from _below(sub)


PUBLIC = [
    kind
    for name, kind in list(vars(openai).items())  # a copy: the package imports parts of itself when they are looked at
    if not name.startswith("_") and isinstance(kind, type) and issubclass(kind, Exception)
]
ELSEWHERE = {openai.InvalidWebhookSignatureError}
"""Raised only by code that receives webhooks, of which we have none."""


@pytest.mark.parametrize("kind", [kind for kind in PUBLIC if kind not in ELSEWHERE])
def test_every_public_exception_has_its_own_translation(kind: type[openai.OpenAIError]) -> None:
    """A class that a new version of the package adds fails here until somebody decides what it means."""
    assert kind in KINDS


@pytest.mark.parametrize("kind", sorted({openai.OpenAIError, *_below(openai.OpenAIError)}, key=str))
def test_every_exception_is_translated(kind: type[openai.OpenAIError]) -> None:
    """Those that the package keeps to itself become what their base becomes."""
    error = kind.__new__(kind)
    if isinstance(error, openai.APIStatusError):
        request = httpx2.Request("POST", "http://127.0.0.1/v1/embeddings")
        error.response = httpx2.Response(500, request=request)
        error.status_code = 500

    translated = translate(error, "the server")

    assert type(translated) in set(KINDS.values())
    assert str(translated).startswith("the server ")


@pytest.mark.parametrize("kind", sorted(set(KINDS.values()), key=str))
def test_every_kind_of_provider_error_is_one(kind: type[ProviderError]) -> None:
    """So that one `except` catches them all."""
    assert issubclass(kind, ProviderError)


def test_a_long_reason_is_cut() -> None:
    """A server's page of words becomes one short line."""
    message = str(translate(openai.OpenAIError("word\n" * 1_000), "the server"))

    assert len(message) < 500
    assert "\n" not in message


def test_a_cause_is_named() -> None:
    """The package says only "Connection error."; what lies below says why."""
    error = openai.APIConnectionError(request=httpx2.Request("POST", "http://127.0.0.1"))
    error.__cause__ = OSError("name cannot be resolved")

    translated = translate(error, "the server")

    assert isinstance(translated, ProviderUnavailableError)
    assert "name cannot be resolved" in str(translated)
