"""QuickTakes RAG: answers from a curated corpus of questions and answers, every sentence cited.

>>> from rag import parse_entry, render_entry
"""

from rag.corpus import Entry, parse_entry, render_entry
from rag.errors import QuickTakesError

__all__ = ["Entry", "QuickTakesError", "parse_entry", "render_entry"]
