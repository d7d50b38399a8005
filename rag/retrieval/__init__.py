"""From a question to the entries that answer it, best first."""

from rag.retrieval.fusion import idf
from rag.retrieval.related import related_entries
from rag.retrieval.retriever import Retriever, check_question

__all__ = ["Retriever", "check_question", "idf", "related_entries"]
