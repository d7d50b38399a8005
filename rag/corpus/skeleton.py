"""A new entry for an editor to fill in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from rag.corpus.config import Range
from rag.corpus.entry import Entry, folder_of, new_entry, slug_of
from rag.corpus.files import Corpus
from rag.corpus.knowledge import PLACEHOLDER
from rag.errors import ConfigurationError, QuestionError

def skeleton(question: str, *, subject: str, corpus: Corpus, ids: Range | None, date: dt.date) -> Entry:
    """Return a valid entry for a question, with the next free id and everything that follows from question and subject.

    Args:
        ids: from which to take the number, see `next_id`.

    Raises:
        QuestionError: the question is empty, more than one line, without a slug, or asked by an entry already.
        ConfigurationError: all ids are taken.
    """
    asked = " ".join(question.split())
    if not slug_of(asked).strip("-"):
        raise QuestionError("the question has no letter a to z and no digit, so it can have no url; reword it")
    entry = new_entry(
        id=next_id(corpus, ids),
        date=date,
        question=asked,
        answer=PLACEHOLDER,
        subject=subject,
        page_description=PLACEHOLDER,
        page_keywords=PLACEHOLDER,
    )
    if entry.url in corpus.entries:
        raise QuestionError(f"{corpus.paths[entry.url]} has this question, or one with the same url; edit it instead")
    return entry


def next_id(corpus: Corpus, ids: Range | None) -> int:
    """Return the number after the highest one taken: in a range, if one is given.

    Raises:
        ConfigurationError: the highest number of the range is taken.
    """
    least, most = ids or (1, 10**9)
    taken = [entry.id for entry in corpus.entries.values() if least <= entry.id <= most]
    following = max(taken, default=least - 1) + 1
    if following > most:
        raise ConfigurationError(f"id {most}, the last of corpus.ids, is taken; widen the range in quicktakes.toml")
    return following


def place_for(entry: Entry, corpus_dir: Path) -> Path:
    """Return where the file of an entry belongs: in its subject's folder below ``learn``, where a corpus has one."""
    folder = corpus_dir / "learn"
    return (folder / folder_of(entry.subject) if folder.is_dir() else corpus_dir) / entry.file_name
