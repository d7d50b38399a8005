"""Hints: what leads to an answer and holds none of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from rag.answering.questions import Kind, kind_of
from rag.grounding.words import read_words
from rag.passages import is_function_word, plain_text, terms_of
from rag.tutoring.facts import KeyFact

_TOKEN = re.compile(r"[^\W_]+(?:[-'’–][^\W_]+)*[+⁺⁻]*")
_BLANK: Final = "____"
_LETTERED: Final = 4
"""Letters from which a blanked word shows its first."""

_SHOWN: Final = frozenset("from into through with by a".split())
"""Words of direction that a blanked sentence needs to be read."""

_COUNTS: Final = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}

_WHY = re.compile(r"\bwhy\b", re.IGNORECASE)
_WHAT_IS = re.compile(r"\s*(?:what (?:is|are)|define)\b", re.IGNORECASE)
_ASKED_FOR: Final[dict[str, tuple[str, ...]]] = {
    "comparison": (
        "It asks how things differ: take one feature after another, and say for each what it is on either side.",
        "It asks for a comparison, point by point.",
    ),
    "fact": ("It asks for one thing to know, not for a long explanation.", "It asks for a fact."),
    "why": ("It asks for a reason: say what brings it about, and then why that matters.", "It asks for a reason."),
    "what": (
        "It asks what something is: say what sort of thing, and then what sets it apart from others of its sort.",
        "It asks for a definition.",
    ),
    "explanation": (
        "It asks for an explanation: say what comes about, and then by what means.",
        "It asks for an explanation.",
    ),
}
"""What a kind of question asks for; the shorter one where a word of the longer would give something away."""

_ASKED: Final = 3
"""What a telling word counts more in a question than in an answer."""

_LAST: Final = ("Go back to the question and take it word by word.", "Look again at what is asked.", "Think again.")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a hint must not hold.

    Attributes:
        stems: of the words and numbers of the key facts that the question does not hold.
    """

    stems: frozenset[str]

    def leak_in(self, text: str) -> bool:
        """Return whether a text holds a word or number of the answer; blanks with a first letter do not."""
        shown = re.sub(rf"\w?{_BLANK}\S*", " ", text)
        stems = {word.stem for word in read_words(shown) if word.carries} | set(terms_of(shown))
        return not self.stems.isdisjoint(stems)


def secrets_of(question: str, facts: Sequence[KeyFact]) -> Secrets:
    """Return what an answer's key facts hold and its question does not."""
    asked = {word.stem for word in read_words(question)} | set(terms_of(question))
    texts = [fact.text for fact in facts]
    told = {word.stem for text in texts for word in read_words(text) if word.carries}
    every = told | {term for text in texts for term in terms_of(text)}
    return Secrets(frozenset(stem for stem in every - asked if stem != "A" and not is_function_word(stem)))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a hint may lead by.

    Attributes:
        text: of the entry that answers, to tell which part of biology it is about.
        headings: of the entry.
        others: questions of the entries found next, nearest first.
    """

    text: str
    headings: Sequence[str]
    others: Sequence[str]


def hints_for(question: str, facts: Sequence[KeyFact], around: Surroundings, level: int) -> list[str]:
    """Return the hints up to a level, each leading further than the one before."""
    secrets = secrets_of(question, facts)
    hints = [*_first(question, facts, around.text, secrets)]
    if level > 1:
        hints += _second(around.others, around.headings, secrets)
    if level > 2:
        hints.append(_third(question, facts, secrets))
    return hints or [next((one for one in _LAST if not secrets.leak_in(one)), _BLANK)]


def _first(question: str, facts: Sequence[KeyFact], text: str, secrets: Secrets) -> Iterator[str]:
    """Give the part of biology, what kind of thing is asked for, and how many points the answer has."""
    yield from _one_of([f"Think of this part of biology: {name}." for name in topics_of(question, text)], secrets)
    yield from _one_of(_ASKED_FOR[_asked_for(question)], secrets)
    count = _COUNTS.get(len(facts))
    counted = [f"A full answer makes {count} points.", f"It takes {count} sentences."] if count else []
    yield from _one_of([*counted, "There is more than one point to make."], secrets)


def _second(others: Sequence[str], headings: Sequence[str], secrets: Secrets) -> list[str]:
    """Return what to read first, and headings that do not give it away."""
    hints = list(_one_of([f'Read this first: "{other}"' for other in others], secrets))
    named = [heading for heading in dict.fromkeys(headings) if heading and not secrets.leak_in(heading)]
    if named:
        hints += _one_of([f"The answer goes over: {', '.join(named)}."], secrets)
    return hints or list(_one_of(["Say first what the words of the question mean.", *_LAST], secrets))


def _third(question: str, facts: Sequence[KeyFact], secrets: Secrets) -> str:
    """Return the sentence that counts most with the words blanked that the question does not hold."""
    key = max(facts, key=lambda fact: fact.weight)
    asked = {word.stem for word in read_words(question)} | set(terms_of(question))
    label = next(iter(_one_of(["Fill in: ", "Complete: "], secrets)), "")
    return label + blanked(key.text, asked)


def blanked(text: str, shown: set[str]) -> str:
    """Return a sentence as plain words, with a blank and its first letter for each word that is not to be shown.

    Args:
        shown: stems that may stand.
    """
    return _TOKEN.sub(lambda found: _blank(found.group(), shown), plain_text(text))


def _blank(word: str, shown: set[str]) -> str:
    read = read_words(word)
    is_plain = bool(read) and all(one.role in {"function", "quantifier"} or one.written in _SHOWN for one in read)
    stems = {one.stem for one in read} | set(terms_of(word))
    if (is_plain and len(word) > 1 and not terms_of(word)) or (stems and stems <= shown):
        return word
    letters = word if word.isalpha() and len(word) >= _LETTERED else ""
    return f"{letters[:1].lower()}{_BLANK}"


def _one_of(texts: Sequence[str], secrets: Secrets) -> Iterator[str]:
    """Give the first text that holds nothing of the answer, if there is one."""
    yield from (text for text in [next((one for one in texts if not secrets.leak_in(one)), None)] if text)


def _asked_for(question: str) -> str:
    kind: Kind = kind_of(question)
    if kind != "explanation":
        return kind
    return "why" if _WHY.search(question) else "what" if _WHAT_IS.match(question) else kind


def topics_of(question: str, text: str) -> list[str]:
    """Return the names of the parts of biology that an entry is about, the likeliest with its second name."""
    terms = set(terms_of(text))
    asked = set(terms_of(question))
    counts = [(len(words & terms) + _ASKED * len(words & asked), names) for names, words in _topics()]
    best = sorted(counts, key=lambda one: -one[0])[:1]
    return [name for count, names in best if count for name in names]


@cache
def _topics() -> list[tuple[tuple[str, ...], frozenset[str]]]:
    text = files("rag.tutoring").joinpath("topics.txt").read_text(encoding="utf-8")
    lines = [line.split(":", 1) for line in text.splitlines() if line and not line.startswith("#")]
    return [(tuple(name.strip() for name in names.split("|")), frozenset(terms_of(words))) for names, words in lines]
