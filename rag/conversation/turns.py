"""What a conversation is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.models import Suggestion

Kind = Literal["stands_alone", "follow_up", "meta", "greeting"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation, and what was answered.

    Attributes:
        question: as it was asked.
        resolved: as it stands alone; the question itself where nothing was carried into it.
        answer_text: what was answered; empty where nothing was.
        subjects: what the turn was about, the main one first; empty for thanks, greetings and talk about the answer.
        cited: urls of the entries that the answer cites.
        suggestions: that it ended with.
    """

    question: str
    resolved: str
    answer_text: str
    subjects: tuple[str, ...]
    cited: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """A question as it stands alone.

    Attributes:
        question: as it was asked.
        resolved: the question to search for; equal to `question`, to the byte, but for a follow-up.
        reason: what was carried into it, to be shown to the reader; empty but for a follow-up.
        kind: ``follow_up`` where something was carried; ``meta`` for talk about the answer, ``greeting`` for greetings
            and thanks, neither of which is a question to search for.
    """

    question: str
    resolved: str
    reason: str
    kind: Kind
