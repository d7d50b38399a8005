"""Every error QuickTakes raises on purpose, grouped by who must act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class QuickTakesError(Exception):
    """Root of all errors raised on purpose; its message names what, where, why and what to do."""

    retryable = False
    exit_code = 1
    """Of a command that it ends."""


class ConfigurationError(QuickTakesError):
    """The operator must change a setting, a path or an installed package."""


class QuestionError(QuickTakesError):
    """The caller must change the question or the line of a batch file that holds it."""


class NotIndexedError(QuickTakesError):
    """The caller named an entry that is not in the index."""


class NotFoundError(QuickTakesError):
    """The caller named an entry that the corpus does not have, or a thread or key that is not in the records."""


class IndexStateError(QuickTakesError):
    """The operator must repair, rebuild or unlock the index."""


class IndexBusyError(IndexStateError):
    """Another process holds the index; the same call may succeed later."""

    retryable = True


class IndexUnavailableError(IndexStateError):
    """The server that holds the vectors cannot be reached or is too slow; the same call may succeed later."""

    retryable = True


class RecordsError(QuickTakesError):
    """The operator must mend, move or upgrade the database of records."""


class RecordsUnavailableError(RecordsError):
    """The database is locked, or its server cannot be reached or is too slow; the same call may succeed later."""

    retryable = True


class NotApprovedError(QuickTakesError):
    """The operator must approve what a call would cost; nothing was spent."""


class ProviderError(QuickTakesError):
    """A model's server did not do what it was asked; each kind says who must act.

    Attributes:
        fault: what went wrong, in a word that logs and metrics count by.
    """

    fault = "failed"


class ProviderUnavailableError(ProviderError):
    """The server cannot be reached, is too slow, or failed; the same call may succeed later."""

    retryable = True
    fault = "unavailable"


class ProviderTooSlowError(ProviderUnavailableError):
    """The server let a deadline pass: for the first token, between two tokens, or for the whole reply."""

    fault = "too slow"


class ProviderBrokeOffError(ProviderUnavailableError):
    """The server's reply stopped before its end: a lost connection, an error amid it, no finish reason."""

    fault = "broke off"


class ProviderOpenCircuitError(ProviderUnavailableError):
    """The server failed again and again, so it is left alone for a while."""

    fault = "left alone"


class ProviderBusyError(ProviderUnavailableError):
    """As many replies as may be under way at once are."""

    fault = "busy"


class ProviderRateLimitError(ProviderError):
    """The server wants fewer requests; the same call may succeed later.

    Attributes:
        retry_after_s: seconds that the server asks to wait; None where it does not say.
    """

    retryable = True
    fault = "rate limited"

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class ProviderRejectedError(ProviderError):
    """The operator must change the key, the model, the address or the account: the server refuses the request."""

    fault = "rejected"


class ProviderReplyError(ProviderError):
    """The server replied with something else than was asked for; the operator must look at the server."""

    fault = "malformed"


class ProviderEmptyReplyError(ProviderReplyError):
    """The server finished a reply that holds nothing."""

    fault = "empty"


class ProviderTruncatedReplyError(ProviderReplyError):
    """The server cut a reply at its greatest length."""

    fault = "cut short"


class ProviderFilteredReplyError(ProviderReplyError):
    """The server's content filter stopped a reply."""

    fault = "filtered"


class SpendingLimitError(ProviderError):
    """The day's ceiling of tokens or cost is reached; the operator may raise it, or wait for the next day."""

    fault = "over budget"


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
