"""The corpus's search as LangChain's retriever."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document

from rag.adapters.langchain_retriever import QuickTakesRetriever
from rag.errors import QuestionError
from rag.models import Evidence, Passage, Query, ScoredPassage, Search, Signals

SIGNALS = Signals(0.8, 0.7, 0.6, 0.0, 1, 0.1, ("leaves",))


def evidence(rank: int) -> Evidence:
    """Return evidence of two sections."""
    sections = [Passage(f"{rank}{place}", f"/{rank}", "section", "Why", f"Text {place}.", 4, 11) for place in "ab"]
    scored = tuple(ScoredPassage(section, 0.8) for section in sections)
    return Evidence(rank, f"/{rank}", f"Question {rank}?", 0.9 / rank, SIGNALS, scored)


@dataclass
class _Searching:
    calls: list[tuple[str, int, Collection[str]]] = field(default_factory=list[Any])
    threads: list[int] = field(default_factory=list[int])

    def __call__(self, question: str, *, limit: int, exclude: Collection[str]) -> Search:
        self.calls.append((question, limit, exclude))
        self.threads.append(threading.get_ident())
        if not question:
            raise QuestionError("the question is empty")
        return Search(Query(question, question, (), ()), (evidence(1), evidence(2))[:limit])


class _Told(BaseCallbackHandler):
    def __init__(self) -> None:
        self.told: list[object] = []

    def on_retriever_start(self, serialized: object, query: str, **kwargs: Any) -> None:  # noqa: ARG002 LangChain's
        self.told.append(query)

    def on_retriever_end(self, documents: object, **kwargs: Any) -> None:  # noqa: ARG002 LangChain's
        self.told.append(documents)


def test_each_entry_is_one_document_of_its_best_section() -> None:
    """Its text is the passage's, verbatim; what a citation needs is metadata, and JSON can hold it."""
    first, second = QuickTakesRetriever(search=_Searching()).invoke("Why?")
    assert first == Document(
        id="1a",
        page_content="Text a.",
        metadata={
            "url": "/1",
            "title": "Question 1?",
            "section": "Why",
            "start": 4,
            "end": 11,
            "score": 0.9,
            "rank": 1,
        },
    )
    assert second.metadata["rank"] == 2
    assert json.loads(json.dumps(first.metadata)) == first.metadata


def test_limit_and_exclusions_reach_the_search() -> None:
    """They are set once and hold for each question."""
    search = _Searching()
    QuickTakesRetriever(search=search, limit=1, exclude=frozenset({"/9"})).invoke("Why?")
    assert search.calls == [("Why?", 1, frozenset({"/9"}))]


def test_on_an_event_loop_it_searches_in_a_thread() -> None:
    """The loop goes on meanwhile."""
    search = _Searching()
    documents = asyncio.run(QuickTakesRetriever(search=search).ainvoke("Why?"))
    assert [document.id for document in documents] == ["1a", "2a"]
    assert search.threads != [threading.get_ident()]


def test_callbacks_are_told_what_was_asked_and_found() -> None:
    """As of any retriever."""
    told = _Told()
    documents = QuickTakesRetriever(search=_Searching()).invoke("Why?", {"callbacks": [told]})
    assert told.told == ["Why?", documents]


def test_an_error_of_the_search_is_raised_as_it_is() -> None:
    """It is ours already."""
    with pytest.raises(QuestionError):
        QuickTakesRetriever(search=_Searching()).invoke("")
