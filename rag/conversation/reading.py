"""A question as words and the phrases that name what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.conversation.grammar import (
    ARTICLES,
    ASPECTS,
    AUXILIARIES,
    BEING,
    CONJUNCTIONS,
    INVERTING,
    MANY,
    NEAR,
    NEAR_MANY,
    NUMBERS,
    ONE,
    PARTICLES,
    PEOPLE,
    PERSONAL,
    PLURAL,
    POSSESSIVES,
    PREPOSITIONS,
    QUALITIES,
    SINGULAR,
    SLIPS,
    SPEAKERS,
    VERBS,
    WHETHER_OR_HOW,
    number_of,
)
from rag.retrieval.lexicon import known_wordings

_TOKEN = re.compile(r"[A-Za-z0-9]+(?:['’][a-z]+)?")
"""As the lexicon takes words, so that its wordings are found by place."""

_EMPTY = (
    WHETHER_OR_HOW | AUXILIARIES | CONJUNCTIONS | PREPOSITIONS | SINGULAR | PLURAL | PERSONAL | NEAR | NEAR_MANY
    | SPEAKERS | PARTICLES
)  # fmt: skip
_BEFORE_VERBS = (
    INVERTING
    | SINGULAR
    | PLURAL
    | frozenset("what who which to not that and this these those you we i he she also then".split())
)
_WITHIN_NAMES = " \"'’“”()+-–"
"""Signs between two words that may belong to one name."""

_MOST_WORDS = 12
"""Of a question that becomes a name as a whole, "the enzyme that copies DNA": a longer one could not be read."""

_OPENING = ARTICLES | NUMBERS
_WITH_A_VERB = INVERTING - frozenset("has have had hasnt havent hadnt".split())
_ADJECTIVAL = ("ic", "al", "ive", "ous", "ary", "ular", "ant", "ent")
_NOUNS_LIKE_ADJECTIVES = frozenset("animal mammal signal chemical plant agent parent gradient nutrient crystal".split())


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a question.

    Attributes:
        text: as it is written.
        word: in lower case, without apostrophe, slips of function words mended.
        start, end: characters in the question.
        gap: what stands between it and the word before.
        known: whether it is part of a wording that the lexicon knows, and so of a name.
    """

    text: str
    word: str
    start: int
    end: int
    gap: str
    known: bool

    @property
    def is_glued(self) -> bool:
        """Return whether a hyphen or stroke ties it to the word before."""
        return self.gap in {"-", "–", "/", "‑"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a question that name something.

    Attributes:
        first, last: places of its tokens, its article included.
        text: as the question writes it, article included.
        head: its last word; of several names, that of the last.
        numbers: ``one``, ``many`` or both.
        is_asked: it stands with "which", "what" or "how many".
        is_aspect: it only asks something of another.
    """

    first: int
    last: int
    text: str
    head: str
    numbers: frozenset[str]
    is_asked: bool
    is_aspect: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A question, its words, and the phrases that name things, in order."""

    question: str
    tokens: tuple[Token, ...]
    phrases: tuple[Phrase, ...]

    def words(self) -> list[str]:
        """Return its words, in lower case."""
        return [token.word for token in self.tokens]

    def text(self, first: int, last: int | None = None) -> str:
        """Return the characters from one token to another, or to the last."""
        return self.question[self.tokens[first].start : self.tokens[-1 if last is None else last].end]


@lru_cache(maxsize=1_024)
def read(question: str) -> Reading:
    """Read a question."""
    tokens = _tokens(question)
    return Reading(question, tokens, tuple(_joined(question, tokens, list(_phrases(question, tokens)))))


def asks_by_subject(reading: Reading) -> bool:
    """Return whether "which" or "what" stands with the subject, as in "Which enzyme copies DNA?"."""
    first = reading.phrases[0] if reading.phrases else None
    if first is None or not first.is_asked or reading.tokens[0].word not in {"which", "what"}:
        return False
    following = [token.word for token in reading.tokens[first.last + 1 :]]
    return bool(following) and following[0] not in INVERTING | PREPOSITIONS and not WHETHER_OR_HOW & set(following)


def main_phrases(reading: Reading) -> list[Phrase]:
    """Return the phrases that name what a question is about, the main one first."""
    return [one for one in reading.phrases if not one.is_asked and not one.is_aspect and one.head not in PEOPLE]


def subjects_of(question: str) -> tuple[str, ...]:
    """Return what a question is about, the main subject first."""
    reading = read(question)
    subjects = [phrase.text for phrase in main_phrases(reading)]
    if asks_by_subject(reading) and len(reading.tokens) <= _MOST_WORDS:
        asked = reading.phrases[0]
        subjects.insert(0, f"the {_bare(reading, asked)} that {reading.text(asked.last + 1)}")
    elif not subjects:
        subjects = [_bare(reading, phrase) for phrase in reading.phrases if phrase.is_asked]
    return tuple(dict.fromkeys(subjects))


def numbers_of(subject: str) -> frozenset[str]:
    """Return whether a subject as `subjects_of` gives it is ``one``, ``many``, or may be either."""
    phrases = read(subject).phrases
    return phrases[0].numbers if phrases else ONE | MANY


def _bare(reading: Reading, phrase: Phrase) -> str:
    first = phrase.first
    while first < phrase.last and reading.tokens[first].word in ARTICLES:
        first += 1
    return reading.text(first, phrase.last)


def _tokens(question: str) -> tuple[Token, ...]:
    found = list(_TOKEN.finditer(question))
    texts = [one.group() for one in found]
    inside = _inside_wordings(texts)
    tokens: list[Token] = []
    position = 0
    for place, one in enumerate(found):
        word = one.group().lower().replace("'", "").replace("’", "")
        known = place in inside
        gap = question[position : one.start()]
        tokens.append(Token(one.group(), SLIPS.get(word, word), one.start(), one.end(), gap, known))
        position = one.end()
    return tuple(tokens)


def _inside_wordings(texts: Sequence[str]) -> set[int]:
    """Return the places inside wordings that the lexicon knows, but for single words that are verbs or say nothing."""
    return {
        place
        for wording in known_wordings(texts)
        if wording.end - wording.start > 1 or texts[wording.start].lower() not in VERBS | _EMPTY
        for place in range(wording.start, wording.end)
    }


def _phrases(question: str, tokens: Sequence[Token]) -> Iterator[Phrase]:
    """Give the runs of words that carry meaning, each with its article, verbs left out."""
    place = 0
    while place < len(tokens):
        first = place
        while place < len(tokens) and tokens[place].word in _OPENING and not tokens[place].known:
            place += 1
        start = place
        while place < len(tokens) and _goes_on(tokens, start, place):
            place += 1
        if place - start > 1 and _is_unknown_verb(tokens, first, place):
            place -= 1
        if place > start and not all(token.word in QUALITIES and not token.known for token in tokens[start:place]):
            yield _phrase(question, tokens, first, place - 1)
        elif place == start:
            place += 1


def _goes_on(tokens: Sequence[Token], start: int, place: int) -> bool:
    """Return whether a token belongs to the name that begins at `start`."""
    token = tokens[place]
    if place == start:
        return token.known or not (token.word in _EMPTY | ARTICLES or _is_verb_here(tokens, place))
    if token.is_glued or token.gap.strip(_WITHIN_NAMES):
        return token.is_glued
    if token.known:
        return token.word not in VERBS or tokens[place - 1].known  # but "enzymes replicate DNA"
    return token.word not in _EMPTY | ARTICLES and not _ends_name(tokens, place)


def _ends_name(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a token that says something comes after a name, not within it: a verb or a quality."""
    token, before = tokens[place], tokens[place - 1].word
    if before.endswith(_ADJECTIVAL) and before not in _NOUNS_LIKE_ADJECTIVES:
        return False
    ends_there = tokens[0].word in BEING and number_of(before) == MANY  # "Are all enzymes proteins?"
    return ends_there or token.word in QUALITIES | VERBS


def _is_unknown_verb(tokens: Sequence[Token], first: int, end: int) -> bool:
    """Return whether the last word before `end` is the verb that a "do" or "can" before `first` must have."""
    if not first or tokens[first - 1].word not in _WITH_A_VERB or tokens[end - 1].known:
        return False
    if tokens[end - 1].word.endswith("s") and not tokens[end - 1].word.endswith("ss"):
        return False
    return end == len(tokens) or tokens[end].word not in VERBS | INVERTING


def _is_verb_here(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a verb, not a noun, stands where a name could begin."""
    word = tokens[place].word
    if word not in VERBS:
        return False
    if place == 0:
        following = tokens[1].word if len(tokens) > 1 else "of"
        return following != "of"  # "Describe the heart", but "Transport of water" and "Transport?"
    before = tokens[place - 1].word
    if before in BEING:
        return word.endswith(("ed", "en"))
    return before in _BEFORE_VERBS or (place > 1 and before not in _OPENING | PREPOSITIONS | POSSESSIVES | QUALITIES)


def _phrase(question: str, tokens: Sequence[Token], first: int, last: int) -> Phrase:
    """Return the phrase that two tokens bound."""
    before = [token.word for token in tokens[max(0, first - 2) : first]]
    is_asked = bool(before) and (
        before[-1] in {"which", "what", "whose"} or before in (["how", "many"], ["how", "much"])
    )
    head = tokens[last].text
    return Phrase(
        first=first,
        last=last,
        text=question[tokens[first].start : tokens[last].end],
        head=head,
        numbers=number_of(head),
        is_asked=is_asked or (tokens[first].word == "many" and before[-1:] == ["how"]),
        is_aspect=head.lower() in ASPECTS and all(token.word in _OPENING for token in tokens[first:last]),
    )


def _joined(question: str, tokens: Sequence[Token], phrases: Sequence[Phrase]) -> list[Phrase]:
    """Return phrases with those made one that "and" or a comma ties together: they are asked about together."""
    joined: list[Phrase] = []
    for phrase in phrases:
        before = joined[-1] if joined else None
        if (
            before
            and not before.is_asked
            and _are_tied(tokens, before, phrase)
            and before.is_aspect == phrase.is_aspect
        ):
            text = question[tokens[before.first].start : tokens[phrase.last].end]
            joined[-1] = Phrase(
                before.first, phrase.last, text, phrase.head, MANY, is_asked=False, is_aspect=phrase.is_aspect
            )
        else:
            joined.append(phrase)
    return joined


def _are_tied(tokens: Sequence[Token], before: Phrase, phrase: Phrase) -> bool:
    between = tokens[before.last + 1 : phrase.first]
    return len(between) == 1 and between[0].word == "and" and not tokens[phrase.first].gap.strip()
