"""Which entries are knowledge: refusals and answers bound to somebody's course are kept, but never cited."""

from __future__ import annotations

import re

from rag.corpus.entry import Entry

_REFUSES = re.compile(
    r"\s*(?:(?:i(?:['’]m| am) (?:sorry|unable|not able)|i (?:can ?not|can['’]t|could not|couldn['’]t|do not|don['’]t) "
    r"(?:answer|provide|find|have|access|determine)|sorry\b|unfortunately,? (?:i|the|there)\b|as an ai\b)"
    r"|(?:based on )?the (?:gathered|available|provided|given) (?:information|content|context|text|sources?|material) "
    r"(?:does|do|did) not)",
    re.IGNORECASE,
)
_LACKS_SOURCE = re.compile(
    r"\b(?:gathered|available|provided) (?:information|content|context|text|sources?) "
    r"(?:does|do|did) not (?:\w+ ){0,2}(?:provide|contain|include|specify|mention|indicate|cover|address|explain|offer)",
    re.IGNORECASE,
)
_ON_A_COURSE = re.compile(
    r"\b(?:(?:this|your|our|my) (?:course|module|midterm|exam|syllabus|lecture|class|quiz|assignment|homework|textbook|"
    r"handout|semester)|the (?:course|midterm|final exam|syllabus))\b(?! of\b)",
    re.IGNORECASE,
)


PLACEHOLDER = "To be written."
"""What a new entry holds where an editor must write; the linter finds it, and it is never cited."""


def on_a_course(question: str) -> str | None:
    """Return the words that bind a question to somebody's course or exam, or None where it is asked of the subject."""
    found = _ON_A_COURSE.search(question)
    return found.group() if found else None


def reason_left_out(entry: Entry) -> str | None:
    """Return why an entry is not indexed as knowledge, or None where it is.

    ``refusal``: it is marked ``no_index`` or its answer opens by refusing. ``half-refusal``: its answer says that its
    sources lack what was asked. ``course-bound``: its question asks about somebody's course or exam. ``unfinished``: its answer
    is still to be written.
    """
    if entry.answer.startswith(PLACEHOLDER):
        return "unfinished"
    if entry.no_index or _REFUSES.match(entry.answer):
        return "refusal"
    if _LACKS_SOURCE.search(entry.answer):
        return "half-refusal"
    return "course-bound" if on_a_course(entry.question) else None
