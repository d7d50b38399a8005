"""QuickTakes RAG: answers from a curated corpus of questions and answers, every sentence cited.

>>> from rag import parse_entry, render_entry
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.corpus import Entry, parse_entry, render_entry
from rag.errors import QuickTakesError

if TYPE_CHECKING:
    from rag.chain import AnswerChain, answer_chain

__all__ = ["AnswerChain", "Entry", "QuickTakesError", "answer_chain", "parse_entry", "render_entry"]


def __getattr__(name: str) -> object:
    """Import what needs LangChain, which takes seconds, when it is first asked for."""
    if name in {"AnswerChain", "answer_chain"}:
        from rag import chain  # noqa: PLC0415 only then

        return getattr(chain, name)
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
