"""Small entries, written by us, to build corpora from."""

from __future__ import annotations

import datetime as dt

from rag.corpus import Entry, new_entry, render_entry


def make_entry(question: str, answer: str, *, id: int = 1, subject: str = "Biology") -> Entry:  # noqa: A002 the format's name
    """Return a whole entry for a question and an answer."""
    return new_entry(
        id=id,
        date=dt.date(2026, 1, 31),
        question=question,
        answer=answer,
        subject=subject,
        page_description=f"The answer to: {question}",
        page_keywords="one, two, three",
    )


def entry_text(question: str, answer: str, *, subject: str = "Biology") -> str:
    """Return the text of a whole entry file for a question and an answer."""
    return render_entry(make_entry(question, answer, subject=subject))
