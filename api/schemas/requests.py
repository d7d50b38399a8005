"""What callers send."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rag.models import Mode
from rag.retrieval import MOST_CHARACTERS

_MOST_TURNS = 100
_MOST_URLS = 100
_MOST_ANSWER = 20_000

Question = Annotated[str, Field(max_length=MOST_CHARACTERS, description="In plain words.")]
Url = Annotated[str, Field(max_length=500, description="An entry's own, `/learn/<subject>/questions/<slug>`.")]


class Request(BaseModel):
    """A body with no member that is not asked for: a misspelt one is told, not left out."""

    model_config = ConfigDict(extra="forbid")


class HistoryTurn(Request):
    """A question that was asked before, and the text of its answer."""

    question: Question
    answer: Annotated[str, Field(max_length=_MOST_ANSWER)]


class AskRequest(Request):
    """A question to be answered from the entries."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "How do kidneys concentrate urine?"}]})

    question: Question
    mode: Annotated[Mode, Field(description="As it is, in fewer and shorter sentences, or a hint.")] = "explain"
    level: Annotated[int | None, Field(ge=1, le=3, description="How far a hint leads.")] = None
    history: Annotated[list[HistoryTurn], Field(max_length=_MOST_TURNS, description="The last turn last.")] = []
    thread_id: Annotated[
        str | None, Field(max_length=100, description="Of the thread that it is asked in, instead of a history.")
    ] = None
    exclude: Annotated[list[Url], Field(max_length=_MOST_URLS, description="Entries to answer without.")] = []


class CheckRequest(Request):
    """A student's answer, to be checked against the entry that answers the question."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"question": "How do enzymes speed up reactions?", "answer": "They raise the temperature."}]
        }
    )

    question: Annotated[Question, Field(description="The question, or the url of the entry that asks it.")]
    answer: Annotated[str, Field(max_length=_MOST_ANSWER, description="In the student's own words.")]
