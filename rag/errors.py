"""Every error QuickTakes raises on purpose, grouped by who must act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class QuickTakesError(Exception):
    """Root of all errors raised on purpose; its message names what, where, why and what to do."""

    retryable = False


class ConfigurationError(QuickTakesError):
    """The operator must change a setting, a path or an installed package."""


class QuestionError(QuickTakesError):
    """The caller must change the question or the line of a batch file that holds it."""


class NotIndexedError(QuickTakesError):
    """The caller named an entry that is not in the index."""


class NotFoundError(QuickTakesError):
    """The caller named an entry that the corpus does not have."""


class IndexStateError(QuickTakesError):
    """The operator must repair, rebuild or unlock the index."""


class IndexBusyError(IndexStateError):
    """Another process holds the index; the same call may succeed later."""

    retryable = True


class IndexUnavailableError(IndexStateError):
    """The server that holds the vectors cannot be reached or is too slow; the same call may succeed later."""

    retryable = True


class NotApprovedError(QuickTakesError):
    """The operator must approve what a call would cost; nothing was spent."""


class ProviderError(QuickTakesError):
    """A model's server did not do what it was asked; each kind says who must act."""


class ProviderUnavailableError(ProviderError):
    """The server cannot be reached, is too slow, or failed; the same call may succeed later."""

    retryable = True


class ProviderRateLimitError(ProviderError):
    """The server wants fewer requests; the same call may succeed later.

    Attributes:
        retry_after_s: seconds that the server asks to wait; None where it does not say.
    """

    retryable = True

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class ProviderRejectedError(ProviderError):
    """The operator must change the key, the model, the address or the account: the server refuses the request."""


class ProviderReplyError(ProviderError):
    """The server replied with something else than was asked for; the operator must look at the server."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with one corpus file.

    Attributes:
        path: the file, as it was given.
        line: 1-based line in that file.
        code: stable rule code, for example ``QT111``.
        message: what is wrong and what to do about it.
    """

    path: str
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code} {self.message}"


class CorpusError(QuickTakesError):
    """An editor must change one or more corpus files.

    Attributes:
        problems: what is wrong, in the order found; never empty.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
