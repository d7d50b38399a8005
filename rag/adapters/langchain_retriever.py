"""The corpus's search, as LangChain's retriever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from rag.models import Evidence, Search


class QuickTakesRetriever(BaseRetriever):
    """Finds entries, best first, each as the section of its answer that fits the question best.

    Without an event loop it searches in the caller's thread, with one in a thread of its own.

    Attributes:
        search: called as ``search(question, limit=..., exclude=...)``.
        limit: most entries to find.
        exclude: urls of entries to leave out.
    """

    search: Callable[..., Search]
    limit: int = 10
    exclude: frozenset[str] = frozenset()

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        found = self.search(query, limit=self.limit, exclude=self.exclude)
        return [_document(evidence) for evidence in found.evidence]


def _document(evidence: Evidence) -> Document:
    passage = evidence.passage
    metadata: dict[str, Any] = {
        "url": evidence.url,
        "title": evidence.title,
        "section": passage.section,
        "start": passage.start,
        "end": passage.end,
        "score": evidence.score,
        "rank": evidence.rank,
    }
    return Document(id=passage.id, page_content=passage.text, metadata=metadata)
