"""A new entry for an editor to fill in."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from rag.corpus.config import Range
from rag.corpus.entry import Entry, folder_of, new_entry, slug_of
from rag.corpus.files import Corpus
from rag.corpus.knowledge import PLACEHOLDER
from rag.errors import ConfigurationError, QuestionError

_FOLDER = re.compile(r"[^\W_][^/\\.]*")


def skeleton(question: str, *, subject: str, corpus: Corpus, ids: Range | None, date: dt.date) -> Entry:
    """Return a valid entry for a question, with the next free id and everything that follows from question and subject.

    Args:
        ids: from which to take the number, see `next_id`.

    Raises:
        QuestionError: the question has no slug or cannot be shown, an entry asks it already, or the subject is no name
            of a folder.
        ConfigurationError: all ids are taken.
    """
    asked = " ".join(question.split())
    slug = slug_of(asked).strip("-")
    if not slug:
        raise QuestionError("the question has no letter a to z and no digit, so it can have no url; reword it")
    if slug == "readme" or not asked.isprintable():
        raise QuestionError(
            "the question is called like a README, or holds a character that cannot be shown; reword it"
        )
    if not _FOLDER.fullmatch(folder_of(subject)):
        raise QuestionError(f"the subject {subject!r} cannot name a folder; use letters, digits and spaces")
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
    folder = corpus_dir if corpus_dir.name == "learn" else corpus_dir / "learn"
    return (folder / folder_of(entry.subject) if folder.is_dir() else corpus_dir) / entry.file_name
