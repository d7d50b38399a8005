"""What the doors take and give, for FastAPI to check and to document."""

from api.schemas.replies import (
    AnswerReply,
    CheckReply,
    EntryReply,
    EvidenceReply,
    ProblemReply,
    QuizReply,
    SearchReply,
    TitleReply,
)
from api.schemas.requests import AskRequest, CheckRequest, HistoryTurn

__all__ = [
    "AnswerReply",
    "AskRequest",
    "CheckReply",
    "CheckRequest",
    "EntryReply",
    "EvidenceReply",
    "HistoryTurn",
    "ProblemReply",
    "QuizReply",
    "SearchReply",
    "TitleReply",
]
