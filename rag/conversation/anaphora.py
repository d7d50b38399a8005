"""Words of a question that stand for something named before: "it", "they", "this process", "one"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from rag.conversation.grammar import (
    ARTICLES,
    AUXILIARIES,
    BEING,
    CLAUSE_OPENERS,
    CONJUNCTIONS,
    GENERIC,
    MANY,
    NEAR,
    NEAR_MANY,
    NUMBERS,
    ONE,
    PARTICLES,
    PERSONAL,
    PLURAL,
    POSSESSIVES,
    PREPOSITIONS,
    QUALITIES,
    SINGULAR,
    VERBS,
    WHETHER_OR_HOW,
    number_of,
)
from rag.conversation.reading import Phrase, Reading

Form = Literal["pronoun", "possessive", "personal", "this", "one", "ones", "repeated"]

_ANY: Final = ONE | MANY

_JUDGED: Final = frozenset(
    """
    true possible impossible important likely unlikely necessary useful good bad hard easy time said known thought
    better best common safe dangerous clear advantageous difficult essential
    """.split()
)
_IMPERSONAL: Final = {
    "take": {"to", "for"},
    "takes": {"to", "for"},
    "mean": {"for", "to", "that", "if", "when"},
    "means": {"for", "to", "that", "if", "when"},
    "matter": {"what", "whether", "if", "how", "that", "which", "where", "when", "who"},
    "matters": {"what", "whether", "if", "how", "that", "which", "where", "when", "who"},
}
"""Verbs whose "it" stands for nothing where one of these words follows."""


@dataclass(frozen=True, slots=True)
class Anaphor:
    """Words of a question that stand for something named before.

    Attributes:
        first, last: their places.
        form: ``this`` may stand for a fact, ``ones`` for the head of a name only; ``repeated`` is "these cells" after
            "T cells", and stands for nothing where no such name was used.
        numbers: of what they may stand for: ``one``, ``many`` or both.
    """

    first: int
    last: int
    form: Form
    numbers: frozenset[str]


def find_anaphor(reading: Reading) -> Anaphor | None:
    """Return what a question says of something that it does not name; None where it names all that it speaks of.

    Only the first such word is looked at: where the question itself names what it stands for, the others follow.
    """
    for place in range(len(reading.tokens)):
        anaphor = _anaphor_at(reading, place)
        if anaphor is not None:
            return None if _is_bound(reading, anaphor) else anaphor
    return None


def _anaphor_at(reading: Reading, place: int) -> Anaphor | None:
    token = reading.tokens[place]
    word = token.word
    if token.known or token.is_glued:
        return None
    if word in SINGULAR:
        return None if _is_impersonal(reading, place) else Anaphor(place, place, _form(reading, place), ONE)
    if word in PLURAL or word == "their":
        return Anaphor(place, place, _form(reading, place), MANY)
    if word in PERSONAL:
        return Anaphor(place, place, "personal", _ANY)
    if word in NEAR | NEAR_MANY:
        return _demonstrative(reading, place)
    return _one(reading, place) if word in {"one", "ones"} else None


def _form(reading: Reading, place: int) -> Form:
    token = reading.tokens[place]
    is_short_for_is = "'" in token.text or "’" in token.text
    return "possessive" if token.word in POSSESSIVES and not is_short_for_is else "pronoun"


def _is_impersonal(reading: Reading, place: int) -> bool:
    """Return whether an "it" stands for nothing: "Is it true that ...", "What does it mean for ...", "it costs"."""
    following = reading.words()[place + 1 :]
    if following and following[0] in BEING:
        following = following[1:]
    if not following or (reading.tokens[place].word != "it" and "'" not in reading.tokens[place].text):
        return False
    first, rest = following[0], following[1:]
    if first in {"costs", "cost", "seems", "seem", "gets"} or (first == "called" and {"when", "if"} & set(rest)):
        return bool(rest)
    if place and reading.tokens[place - 1].word in {"make", "makes", "made"} and first in PREPOSITIONS:
        return True
    if first in _IMPERSONAL:
        return bool(_IMPERSONAL[first] & set(rest))
    opens = any(word in {"that", "if", "when", "whether"} for word in rest)
    return first in _JUDGED and (opens or _has_infinitive(rest))


def _has_infinitive(words: Sequence[str]) -> bool:
    return any(word == "to" and following in VERBS | {"be", "have"} for word, following in pairwise(words))


def _demonstrative(reading: Reading, place: int) -> Anaphor | None:
    words = reading.words()
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    if any(":" in token.gap for token in reading.tokens[place + 1 :]) or after in {
        "who",
        "whose",
        "which",
        "that",
        "of",
    }:
        return None
    numbers = ONE if words[place] in NEAR else MANY
    named = next((phrase for phrase in reading.phrases if phrase.first == place + 1), None)
    points_alone = (
        after in {"", "so", "all"} | AUXILIARIES | PREPOSITIONS | CONJUNCTIONS | QUALITIES | PARTICLES | ARTICLES
    )
    if points_alone or (after in VERBS and before in AUXILIARIES | CONJUNCTIONS):
        return None if _is_conjunction(words, place) else Anaphor(place, place, "this", numbers)
    if named is None or (words[place] == "that" and _is_conjunction(words, place)):
        return None
    generic = named.head.lower() in GENERIC and named.first == named.last
    return Anaphor(place, named.last, "this" if generic else "repeated", _ANY if generic else named.numbers)


def _is_conjunction(words: Sequence[str], place: int) -> bool:
    """Return whether "that" opens a clause: it follows a noun, or a verb that goes on after it."""
    if (
        words[place] != "that"
        or place == 0
        or words[place - 1] in AUXILIARIES | PREPOSITIONS | CONJUNCTIONS | WHETHER_OR_HOW
    ):
        return False
    ends = place + 1 == len(words) or words[place + 1] in PREPOSITIONS | {"and"}
    return not (words[place - 1] in VERBS and ends)


def _one(reading: Reading, place: int) -> Anaphor | None:
    words = reading.words()
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    has_more = after not in {""} | AUXILIARIES | CONJUNCTIONS | PREPOSITIONS | (
        {"different"} if words[place] == "one" else VERBS | QUALITIES
    )
    if has_more or after in {"of", "that", "who", "which"}:
        return None
    is_described = before in NUMBERS or any(phrase.last == place - 1 for phrase in reading.phrases)
    if is_described:
        return Anaphor(place, place, "ones", _ANY)
    is_counted = (
        before in ARTICLES | {"the", "which", "this", "that", "only", "more"} | WHETHER_OR_HOW or words[place] == "ones"
    )
    return None if is_counted else Anaphor(place, place, "one", ONE)


def _is_bound(reading: Reading, anaphor: Anaphor) -> bool:
    """Return whether the question itself names, before it, what an anaphor stands for.

    Within one clause, "it" is never what the clause is about: "How do bacteria pass it on?". Whether a name may be
    meant is taken broadly: a follow-up that is left as it is does less harm than a question that is changed.
    """
    before = [phrase for phrase in reading.phrases if phrase.last < anaphor.first and not phrase.is_aspect]
    if anaphor.form in {"one", "ones"}:
        return any(phrase.last < anaphor.first - (anaphor.form == "ones") for phrase in before)
    if anaphor.form == "repeated":
        return False
    if any(_agrees(reading, phrase, anaphor) and _may_be_meant(reading, phrase, anaphor) for phrase in before):
        return True
    asks_who = any(token.word == "who" for token in reading.tokens[: anaphor.first])
    return asks_who and anaphor.form != "this" and anaphor.numbers >= MANY and _has_boundary(reading, 0, anaphor.first)


def _agrees(reading: Reading, phrase: Phrase, anaphor: Anaphor) -> bool:
    """Return whether any word of a phrase has the number of an anaphor; a fact, which "this" may mean, has none."""
    tokens = reading.tokens[phrase.first : phrase.last + 1]
    return (
        anaphor.form == "this"
        or any(number_of(token.text) & anaphor.numbers for token in tokens)
        or bool(phrase.numbers & anaphor.numbers)
    )


def _may_be_meant(reading: Reading, phrase: Phrase, anaphor: Anaphor) -> bool:
    return anaphor.form == "possessive" or _has_boundary(reading, phrase.last, anaphor.first)


def _has_boundary(reading: Reading, start: int, end: int) -> bool:
    """Return whether one clause ends between two tokens, be it unmarked: "proteins they no longer need"."""
    between = reading.tokens[start + 1 : end + 1]
    if any(token.word in CLAUSE_OPENERS or set(token.gap) & set(",:;.?!—") for token in between):
        return True
    words = [token.word for token in between]
    asks_again = any(word == "or" and after in AUXILIARIES for word, after in pairwise(words))
    return asks_again or (end - start > 1 and _opens_unmarked(reading, end))


def _opens_unmarked(reading: Reading, place: int) -> bool:
    """Return whether a clause about a name opens right after it with "it" or "they"."""
    before = reading.tokens[place - 1].word
    names_before = before in {"thing", "things", "something", "anything", "everything"}
    return reading.tokens[place].word in {"it", "they"} and (
        names_before or any(one.last == place - 1 for one in reading.phrases)
    )
