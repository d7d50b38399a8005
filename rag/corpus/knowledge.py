"""Which entries are knowledge: refusals and answers bound to somebody's course are kept, but never cited."""

from __future__ import annotations

import re

from rag.corpus.entry import Entry

_SOURCE = r"(?:information|content|context|text|sources?|material)"
_NOT = r"(?: not|n['’]t)"
_REFUSES = re.compile(
    r"\W*(?:(?:unfortunately,? )?(?:i(?:['’]m| am) (?:sorry|unable|not able)|i apologi[sz]e\b|"
    r"i (?:can ?not|can['’]t|could not|couldn['’]t|do not|don['’]t) (?:answer|provide|find|have|access|determine))|"
    r"sorry\b|this question can(?:not|['’]t| not) be answered|as an ai\b|"
    rf"unfortunately,? (?:the (?:(?:gathered|available|provided|given) {_SOURCE}|sources? )|"
    rf"there is (?:no|not enough|insufficient) {_SOURCE})|"
    rf"(?:based on )?the (?:gathered|available|provided|given) {_SOURCE} (?:does|do|did){_NOT}\b)",
    re.IGNORECASE,
)
_TELLS = r"(?:provide|contain|include|specify|mention|indicate|cover|address|explain|offer)"
_LACKS_SOURCE = re.compile(
    rf"\b(?:gathered|available|provided|given) {_SOURCE} (?:does|do|did){_NOT} (?:\w+ ){{0,2}}{_TELLS}|"
    rf"\bthe (?:text|passage|context) (?:does|did){_NOT} (?:\w+ )?{_TELLS}|"
    rf"\bnot (?:mentioned|provided|covered|specified|included) in the (?:gathered|available|provided|given) {_SOURCE}",
    re.IGNORECASE,
)
_ON_A_COURSE = re.compile(
    r"\b(?:(?:this|your|our|my) (?:\w+ )?(?:course|module|midterm|exam|syllabus|lecture|class|quiz|assignment|homework|"
    r"textbook|handout|semester)|the (?:mid-?term|final exam|syllabus|marking scheme)|"
    r"(?:lab|practical|written|mid-?term|final) (?:practical )?(?:exam|quiz)(?:s|zes)?|"
    r"(?:in|on|for|during) the exam(?:ination)?|(?:quiz|chapter|week|lecture|module) \d+|"
    r"the course (?:structure|content|materials?|outline|objectives|requirements|work)|"
    r"(?:in|for|by|from|throughout|of) the course(?! (?:a|an|the|that|this)\b))\b(?! of\b)",
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
    sources lack what was asked. ``course-bound``: its question asks about somebody's course or exam. ``unfinished``:
    its answer is still to be written.
    """
    if entry.answer.startswith(PLACEHOLDER):
        return "unfinished"
    if entry.no_index or _REFUSES.match(entry.answer):
        return "refusal"
    if _LACKS_SOURCE.search(entry.answer):
        return "half-refusal"
    return "course-bound" if on_a_course(entry.question) else None
