"""What a question takes for granted, as a clause: "How do stomata open?" that stomata open."""

from __future__ import annotations

from typing import Final

from rag.conversation.grammar import AUXILIARIES, MANY, ONE, VAGUE_VERBS, VERBS
from rag.conversation.reading import Phrase, Reading

_MOST_WORDS: Final = 20
_OPENERS: Final = frozenset(
    "how why when where do does did is are was were can could will would should has have".split()
)


def statement_of(reading: Reading) -> str | None:
    """Return the clause that a question is about, or None where it is about a thing alone."""
    words = reading.words()
    if len(words) > _MOST_WORDS or not words:
        return None
    if words[:3] in (["what", "happens", "when"], ["what", "happens", "if"]):
        return reading.text(3)
    place = 0 if words[0] in AUXILIARIES else 1
    if words[0] not in _OPENERS or place >= len(words) or words[place] not in AUXILIARIES:
        return None
    subject = next((phrase for phrase in reading.phrases if phrase.first == place + 1), None)
    if subject is None or subject.last + 1 >= len(words) or words[subject.last + 1] in VAGUE_VERBS:
        return None
    return _declared(reading, place, subject)


def _declared(reading: Reading, place: int, subject: Phrase) -> str:
    auxiliary = reading.tokens[place]
    rest = reading.text(subject.last + 1)
    if auxiliary.word in {"do", "did"}:
        return f"{subject.text} {rest}"
    if auxiliary.word == "does" and reading.tokens[subject.last + 1].word in VERBS:
        verb = reading.tokens[subject.last + 1].text
        return f"{subject.text} {_third_person(verb)}{rest[len(verb) :]}"
    return f"{subject.text} {auxiliary.text.lower()} {rest}"


def _third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2:-1] not in set("aeou"):
        return f"{verb[:-1]}ies"
    if verb == "have":
        return "has"
    return f"{verb}es" if verb.endswith(("s", "x", "ch", "sh", "o")) else f"{verb}s"


def asks_whether(reading: Reading) -> bool:
    """Return whether a question is answered by yes or no."""
    return bool(reading.tokens) and reading.tokens[0].word in AUXILIARIES


def auxiliary_for(word: str, numbers: frozenset[str]) -> str:
    """Return the form of an auxiliary that agrees with a subject: "does" for one, "do" for many."""
    for one, many in (("does", "do"), ("is", "are"), ("was", "were"), ("has", "have")):
        if word in {one, many} and numbers in {ONE, MANY}:
            return one if numbers == ONE else many
    return word
