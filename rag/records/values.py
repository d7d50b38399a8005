"""What the records hold, as it leaves them; all frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from rag.models import Answer, Citation, CorrectedPremise, Mode, Rung, Sentence, Status, Suggestion

Rating = Literal["up", "down"]
Scope = Literal["ask", "edit", "admin"]

SCOPES: Final[tuple[Scope, ...]] = ("ask", "edit", "admin")
"""What a key is for; each allows what those before it do."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation that is kept.

    Attributes:
        id: unguessable: whoever has it may read the thread, go on with it and delete it.
    """

    id: str
    created: datetime


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """What was answered in a thread, as needed to show it again; attributes as in `rag.models.Answer`."""

    question: str
    resolved: str | None
    carried: str
    status: Status
    rung: Rung
    mode: Mode
    level: int | None
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    suggestions: tuple[Suggestion, ...]
    corrected: CorrectedPremise | None
    notices: tuple[str, ...]

    @classmethod
    def of(cls, answer: Answer) -> ShownTurn:
        """Return what is kept of an answer: all but the evidence and how it was made."""
        return cls(
            question=answer.question,
            resolved=answer.resolved,
            carried=answer.carried,
            status=answer.status,
            rung=answer.rung,
            mode=answer.mode,
            level=answer.level,
            text=answer.text,
            sentences=answer.sentences,
            citations=answer.citations,
            suggestions=answer.suggestions,
            corrected=answer.corrected,
            notices=answer.notices,
        )


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn of a thread.

    Attributes:
        answer_id: that feedback names it by; None where it has none.
        asked: when it was kept.
    """

    answer_id: str | None
    asked: datetime
    shown: ShownTurn


@dataclass(frozen=True, slots=True)
class LoggedQuestion:
    """A question that the corpus does not surely answer.

    Attributes:
        resolved: as it was answered, where it is a follow-up.
        score: of the best evidence; None where none was shown.
        nearest: urls of the entries that came nearest, the best first.
    """

    id: int
    asked: datetime
    question: str
    resolved: str | None
    status: Status
    rung: Rung
    score: float | None
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader thinks of an answer.

    Attributes:
        answer_id: of the answer; None where its thread was deleted.
        cited: urls of the entries that the answer cites.
    """

    id: int
    given: datetime
    rating: Rating
    reason: str | None
    comment: str | None
    question: str | None
    answer_id: str | None
    cited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """An API key, without its secret, which nobody has but its owner.

    Attributes:
        prefix: the beginning of the secret, by which it is listed and revoked.
        scope: what it is for; see `SCOPES`.
        last_used: the day, UTC; None where it never was.
        revoked: when; None while it is valid.
    """

    name: str
    prefix: str
    scope: Scope
    created: datetime
    last_used: date | None
    revoked: datetime | None

    def allows(self, scope: Scope) -> bool:
        """Return whether the key may do what a scope is for."""
        return SCOPES.index(scope) <= SCOPES.index(self.scope)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser that showed a key.

    Attributes:
        expires: when it must show it again.
    """

    key: Key
    expires: datetime


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many of each kind were deleted because of their age."""

    threads: int
    questions: int
    feedback: int
