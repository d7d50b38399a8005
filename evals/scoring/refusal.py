"""Whether a reply refuses: the system's own word first, its wording second, and otherwise nobody knows."""

from __future__ import annotations

import re
from typing import Final, Literal

from evals.scoring.outcome import Outcomes, Unscored
from evals.scoring.subject import Subject

Stance = Literal["answered", "refused", "undetermined"]

_KNOWN: Final = r"(?:corpus|sources|context|documents?|passages?|entries|excerpts|evidence|materials?)"
_DECLINES: Final = re.compile(
    r"\bi(?:['’]m| am)? (?:can ?not|can['’]?t|could ?n['’]?t|could not|do not know|don['’]t know|unable to|not able to|"
    r"sorry|do not have|don['’]t have|found no(?:thing)?|can only)\b"
    rf"|\b{_KNOWN}(?: provided| given| available| here)? (?:do(?:es)? not|do(?:es)?n['’]t|has no|have no|cannot) "
    r"(?:answer|cover|contain|address|mention|provide|include|say|discuss|information|entry|entries)"
    rf"|\bno (?:entry|entries|information|answer|passages?|sources?) (?:in|about|on|for|here|that|was|were|could)\b"
    r"|\bnot (?:covered|answered|mentioned|addressed|discussed) (?:in|by) (?:the|these|this|my|our|any) "
    rf"(?:\w+ )?{_KNOWN}"
    r"|\b(?:outside|beyond) (?:the|my) (?:scope|subject|knowledge|corpus)\b"
    r"|\b(?:insufficient|not enough) (?:information|evidence|context) (?:to|for|in)\b",
    re.IGNORECASE,
)
"""What a system says of itself and its sources; that RNA *does not contain* thymine declines nothing."""

_SHORT: Final = 60
"""Words of the longest reply that a refusal is: longer ones that decline something may answer the rest."""


def stance_of(subject: Subject) -> Stance:
    """Return whether a reply answers or refuses."""
    if subject.reply.refused is not None:
        return "refused" if subject.reply.refused else "answered"
    declines = any(_DECLINES.search(sentence.plain) for sentence in subject.answer.sentences)
    if declines:
        return "refused" if len(subject.answer.words) <= _SHORT else "undetermined"
    return "answered" if any(one.is_claim for one in subject.answer.sentences) else "undetermined"


def score_refusal(subject: Subject) -> Outcomes:
    """Return whether a reply refuses, and whether that is wrong by what the case expects.

    What is undetermined is counted as such, and neither as a right refusal nor as an answer.
    """
    stance = stance_of(subject)
    wrong = _wrong_stance(subject)
    unknown = {"undetermined": float(stance == "undetermined")}
    if stance == "undetermined":
        reason = Unscored("system: neither answers nor refuses")
        return {**unknown, "refused": reason} | ({wrong[0]: reason} if wrong else {})
    return {**unknown, "refused": float(stance == "refused")} | ({wrong[0]: float(stance == wrong[1])} if wrong else {})


def _wrong_stance(subject: Subject) -> tuple[str, Stance] | None:
    """Return the rate that a case counts for, and the stance that is wrong; None where either is right.

    Asked as if its source were not there, a case may be refused or answered, unless it is labelled whether other
    entries cover it.
    """
    is_uncovered = subject.reply.arm == "held_out" and subject.case.answerable is False
    if subject.case.expect == "refuse" or is_uncovered:
        return "false_answer", "answered"
    if subject.case.expect == "clarify" or (subject.reply.arm == "held_out" and not subject.case.answerable):
        return None
    return "over_refusal", "refused"
