"""What the openai package raises, as our own errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import openai

from rag.adapters.server_words import reason_of, retry_after_s
from rag.errors import (
    ProviderError,
    ProviderRateLimitError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderUnavailableError,
)

KINDS: Final[Mapping[type[openai.OpenAIError], type[ProviderError]]] = {
    openai.APIConnectionError: ProviderUnavailableError,
    openai.APITimeoutError: ProviderUnavailableError,
    openai.ConflictError: ProviderUnavailableError,
    openai.InternalServerError: ProviderUnavailableError,
    openai.WebSocketConnectionClosedError: ProviderUnavailableError,
    openai.WebSocketQueueFullError: ProviderUnavailableError,
    openai.RateLimitError: ProviderRateLimitError,
    openai.APIResponseValidationError: ProviderReplyError,
    openai.LengthFinishReasonError: ProviderReplyError,
    openai.APIError: ProviderRejectedError,
    openai.APIStatusError: ProviderRejectedError,
    openai.AuthenticationError: ProviderRejectedError,
    openai.BadRequestError: ProviderRejectedError,
    openai.ContentFilterFinishReasonError: ProviderRejectedError,
    openai.NotFoundError: ProviderRejectedError,
    openai.OAuthError: ProviderRejectedError,
    openai.OpenAIError: ProviderRejectedError,
    openai.PermissionDeniedError: ProviderRejectedError,
    openai.UnprocessableEntityError: ProviderRejectedError,
}
"""What each class becomes; a class that is not named becomes what its nearest base becomes."""

_ALSO_UNAVAILABLE: Final = frozenset({408, 425})
"""Statuses for which the package has no class: the server timed out, or asks to come back."""


def translate(error: openai.OpenAIError, server: str, secret: str | None = None) -> ProviderError:
    """Return our error for one of the package's; the caller raises it from the other.

    Args:
        server: names the server in the message.
        secret: is taken out of the server's words.
    """
    reason = reason_of(error, secret)
    kind = _kind_of(error)
    if kind is ProviderUnavailableError:
        return kind(f"{server} cannot be used now ({reason}); check that it runs, and try again")
    if kind is ProviderReplyError:
        return kind(f"{server} gave a reply that cannot be used ({reason}); check what runs there")
    if kind is ProviderRateLimitError and isinstance(error, openai.APIStatusError):
        delay_s = retry_after_s(error.response.headers)
        when = "later" if delay_s is None else f"in {delay_s:.0f} s"
        return ProviderRateLimitError(f"{server} limits how much may be asked ({reason}); try again {when}", delay_s)
    return ProviderRejectedError(f"{server} refused the request ({reason}); {_remedy(error)}")


def _kind_of(error: openai.OpenAIError) -> type[ProviderError]:
    if isinstance(error, openai.RateLimitError) and error.code == "insufficient_quota":
        return ProviderRejectedError  # an account without money does not mend itself
    if isinstance(error, openai.APIStatusError) and error.status_code in _ALSO_UNAVAILABLE:
        return ProviderUnavailableError
    return next(KINDS[base] for base in type(error).__mro__ if base in KINDS)


def _remedy(error: openai.OpenAIError) -> str:
    if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
        return "check OPENAI_API_KEY"
    if isinstance(error, openai.NotFoundError):
        return "check the model's name and OPENAI_BASE_URL"
    return "check the model's name and the account"
