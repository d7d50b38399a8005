"""The entries of an open index, to be read, browsed and found by the words of their questions."""

from rag.library.library import EntryPage, Library, Subject, Title
from rag.library.typeahead import Typeahead

__all__ = ["EntryPage", "Library", "Subject", "Title", "Typeahead"]
