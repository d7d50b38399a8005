"""Follow-ups read as questions that stand alone, by rules and with no model; docs/conversation.md says how well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from rag.conversation.anaphora import Anaphor, find_anaphor
from rag.conversation.comparisons import compare
from rag.conversation.fragments import complete, is_fragment
from rag.conversation.grammar import MANY, NEAR, ONE, VERBS, in_plural, number_of
from rag.conversation.reading import Reading, numbers_of, read, subjects_of
from rag.conversation.small_talk import small_talk
from rag.conversation.statements import statement_of
from rag.conversation.turns import Kind, Resolution, Turn
from rag.models import Answer, Citation, Suggestion
from rag.passages import split_sentences, stem

_REMEMBERED: Final = 4
"""Turns that a word may point back to: nobody says "it" of what was spoken of longer ago."""

_MOST_CHARACTERS: Final = 160
"""Of a subject that is carried: a longer one is no name."""

_LONGEST: Final = 300
"""Characters of a follow-up: what is longer says itself what it is about."""

_COMPARES: Final = re.compile(r"\b(?:diff?e?r|compare|same as|similar|versus|vs\b)", re.IGNORECASE)
_SAID_OF_FACTS: Final = frozenset({"matter", "happen", "mean", "occur"})
_COUNTED: Final = re.compile(r"(?:an?|the)\b", re.IGNORECASE)
_PERSON: Final = re.compile(r"(?:[A-Z][a-z]+ ?)+(?=$|['’])")


def turn_of(
    resolution: Resolution,
    answer_text: str,
    citations: Iterable[Citation] = (),
    suggestions: Iterable[Suggestion] = (),
) -> Turn:
    """Return the turn of a question and its answer, as later questions look back at it."""
    cited = tuple(dict.fromkeys(citation.url for citation in citations))
    subjects: Iterable[str] = ()
    if resolution.kind not in {"meta", "greeting"}:
        subjects = (*subjects_of(resolution.resolved), *_answered(answer_text))
    kept = tuple(dict.fromkeys(one for one in subjects if len(one) <= _MOST_CHARACTERS))
    return Turn(resolution.question, resolution.resolved, answer_text, kept, cited, tuple(suggestions))


def turn_from(answer: Answer) -> Turn:
    """Return the turn of an answer, which says itself how its question was read; see `turn_of`."""
    resolved = answer.resolved or answer.question
    kind: Kind = "follow_up" if answer.resolved else small_talk(answer.question) or "stands_alone"
    resolution = Resolution(answer.question, resolved, answer.carried, kind)
    return turn_of(resolution, answer.text, answer.citations, answer.suggestions)


def resolve(question: str, history: Sequence[Turn]) -> Resolution:
    """Read a question in the light of the turns before it, the last one last.

    A question that stands alone, and one that nothing before explains, is returned as it is: what is read into one
    wrongly changes what was asked. So is one that was suggested before: it is an entry's own.
    """
    if any(question.strip() == one.question.strip() for turn in history for one in turn.suggestions):
        return Resolution(question, question, "", "stands_alone")
    kind = small_talk(question)
    if kind:
        return Resolution(question, question, "", kind)
    if len(question) > _LONGEST:
        return Resolution(question, question, "", "stands_alone")
    told = [turn for turn in history if turn.subjects][-_REMEMBERED:]
    if not told:
        return Resolution(question, question, "", "stands_alone")
    last = read(told[-1].resolved)
    return (
        _from_fragment(question, last)
        or _from_anaphor(question, told, last)
        or _from_comparison(question, told, last)
        or Resolution(question, question, "", "stands_alone")
    )


def needs_history(question: str) -> bool:
    """Return whether a question speaks of something that it does not name, whether or not the rules know of what."""
    is_asked = len(question) <= _LONGEST and small_talk(question) is None
    return is_asked and (find_anaphor(read(question)) is not None or is_fragment(question))


def _from_fragment(question: str, last: Reading) -> Resolution | None:
    resolved = complete(question, last)
    if resolved is None:
        return None
    return Resolution(question, resolved, f'completed from "{last.question.strip()}"', "follow_up")


def _from_comparison(question: str, told: Sequence[Turn], last: Reading) -> Resolution | None:
    named = list(dict.fromkeys(turn.subjects[0] for turn in reversed(told)))
    resolved = compare(question, last, named)
    return Resolution(question, resolved, f'compared with "{named[0]}"', "follow_up") if resolved else None


def _from_anaphor(question: str, told: Sequence[Turn], last: Reading) -> Resolution | None:
    reading = read(question)
    anaphor = find_anaphor(reading)
    subject = _subject_for(reading, anaphor, told, last) if anaphor else None
    if anaphor is None or subject is None:
        return None
    written = reading.text(anaphor.first, anaphor.last)
    return Resolution(question, _replaced(reading, anaphor, subject), f'"{written}" read as "{subject}"', "follow_up")


def _subject_for(reading: Reading, anaphor: Anaphor, told: Sequence[Turn], last: Reading) -> str | None:
    """Return what an anaphor stands for."""
    candidates = [subject for turn in reversed(told) for subject in turn.subjects]
    if anaphor.form == "personal":
        return next((found.group().strip() for one in candidates if (found := _PERSON.fullmatch(one))), None)
    if anaphor.form == "repeated":
        head = stem(reading.tokens[anaphor.last].word)
        return next((one for one in candidates if stem(read(one).tokens[-1].word) == head), None)
    if anaphor.form == "ones":
        head = read(candidates[0]).tokens[-1].text
        is_counted = reading.tokens[anaphor.first].word == "ones" and number_of(head) == ONE
        return in_plural(f"a {head}") if is_counted else head
    statement = statement_of(last) if _may_be_fact(reading, anaphor) else None
    if statement:
        return f"the fact that {statement}"
    agreeing = next((one for one in candidates if numbers_of(one) & anaphor.numbers), None)
    if agreeing is None and anaphor.numbers == MANY:
        return in_plural(candidates[0]) if _COUNTED.match(candidates[0]) else None
    return agreeing or candidates[0]


def _may_be_fact(reading: Reading, anaphor: Anaphor) -> bool:
    """Return whether "this" may stand for what was asked about as a whole: facts matter, but things act."""
    words = reading.words()
    if anaphor.form != "this" or anaphor.first != anaphor.last or words[anaphor.first] not in NEAR:
        return False
    after = words[anaphor.first + 1 : anaphor.first + 2]
    acts = bool(after) and after[0] in VERBS - _SAID_OF_FACTS
    return not acts and not _COMPARES.search(reading.question)


def _replaced(reading: Reading, anaphor: Anaphor, subject: str) -> str:
    """Return a question with what an anaphor stands for in its place: "its risks" are "the risks of" it."""
    question = reading.question
    first, last = reading.tokens[anaphor.first], reading.tokens[anaphor.last]
    owned = next((one for one in reading.phrases if anaphor.first < one.first <= anaphor.first + 2), None)
    if anaphor.form == "possessive" and owned:
        text, end = f"the {reading.text(anaphor.first + 1, owned.last)} of {subject}", reading.tokens[owned.last].end
    elif anaphor.form == "personal" and first.word in {"his", "her"} and owned:
        text, end = f"{subject}'s", first.end
    elif first.text.lower() in {"it's", "it’s"}:
        text, end = f"{subject} is", first.end
    else:
        text, end = subject, last.end
    starts = not question[: first.start].strip() and first.text[:1].isupper()
    return f"{question[: first.start]}{text[:1].upper() + text[1:] if starts else text}{question[end:]}"


def _answered(text: str) -> tuple[str, ...]:
    """Return what the first sentence of an answer is about."""
    spans = split_sentences(text[:_LEAD])
    subjects = subjects_of(text[spans[0].start : spans[0].end]) if spans else ()
    return subjects[:1]


_LEAD: Final = 400
"""Characters of an answer that its first sentence is looked for in."""
