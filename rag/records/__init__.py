"""What the service remembers: threads, questions without a sure answer, feedback, keys."""

from rag.records.keys import MARK
from rag.records.opening import Records, open_records
from rag.records.questions import is_telling
from rag.records.sign_ins import LASTS
from rag.records.values import (
    SCOPES,
    Feedback,
    Forgotten,
    KeptTurn,
    Key,
    LoggedQuestion,
    Rating,
    Scope,
    ShownTurn,
    SignIn,
    Thread,
)

__all__ = [
    "LASTS",
    "MARK",
    "SCOPES",
    "Feedback",
    "Forgotten",
    "KeptTurn",
    "Key",
    "LoggedQuestion",
    "Rating",
    "Records",
    "Scope",
    "ShownTurn",
    "SignIn",
    "Thread",
    "is_telling",
    "open_records",
]
