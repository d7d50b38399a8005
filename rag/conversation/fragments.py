"""Follow-ups that leave out what the question before said: "And in plants?", "why?", "an example?", "do fungi?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.conversation.grammar import AUXILIARIES, LIVING, MANY, PREPOSITIONS, VERBS, in_plural, number_of
from rag.conversation.reading import Phrase, Reading, main_phrases, read
from rag.conversation.statements import asks_whether, auxiliary_for, statement_of
from rag.passages import stem

_OPENER: Final = re.compile(
    r"\s*(?:(?:and|adn|or|but|so|ok|okay|also|then|now)\b[\s,]*)*(?:(?:what|waht|wat|how) (?:about|abt|bout)\b\s*)?",
    re.IGNORECASE,
)
_CARRIES: Final = re.compile(r"\b(?:and|adn|or|about|abt|bout)\b", re.IGNORECASE)
_CLOSER: Final = re.compile(r"[\s,]*\b(?:too|also|instead|as well|then|please|though)?[\s?.!]*$", re.IGNORECASE)
_BARE: Final = {
    "why": "Why", "how": "How", "when": "When", "where": "Where", "how come": "Why", "how so": "How", "why so": "Why",
    "why is that": "Why", "why is this": "Why", "since when": "When", "why not": "Why", "but why": "Why",
}  # fmt: skip
_FRONTED: Final = frozenset(
    "in for during without at under of with inside within before after among at on between".split()
)
_CONTRASTS: Final = frozenset({"differ", "compar", "same", "relat"})
_ASKING: Final = frozenset("what whats is are the any can could you give tell show me name there".split())
_FOR: Final = frozenset("evidence cure cures treatment treatments antidote vaccine remedy reason reasons".split())
_ADJECTIVAL: Final = ("ic", "al", "ive", "ous", "ary", "ular")
_LEAST_SUFFIX: Final = 3
"""Letters that words of one pattern end in: missense and nonsense, mRNA and tRNA."""


def complete(question: str, last: Reading) -> str | None:
    """Return a fragment completed from the question before it; None where the question is no fragment."""
    opener = _OPENER.match(question)
    begin = opener.end() if opener else 0
    closer = _CLOSER.search(question, begin)
    text = question[begin : closer.start() if closer else len(question)]
    carries = bool(_CARRIES.search(question[:begin]))
    fragment = read(text)
    if not fragment.tokens:
        return None
    bare = _BARE.get(" ".join(fragment.words())) or (_happening(fragment) if statement_of(last) else None)
    if bare:
        return _asked_by(bare, last)
    return (
        _quality(fragment, last)
        or _other_subject(fragment, last)
        or _aspect(fragment, last)
        or _placed(fragment, last)
        or _renamed(fragment, last, carries=carries)
    )


def is_fragment(question: str) -> bool:
    """Return whether a question leaves out what it is about: it goes on with "and" or "what about", or has no verb."""
    opener = _OPENER.match(question)
    begin = opener.end() if opener else 0
    fragment = read(question[begin:])
    if _CARRIES.search(question[:begin]) or not fragment.tokens:
        return bool(fragment.tokens)
    begins = fragment.words()[0]
    return not _has_verb(fragment) and (begins in _FRONTED or begins in _BARE)


def _happening(fragment: Reading) -> str | None:
    """Return the question word of "when did this happen?"."""
    match fragment.words():
        case [word, "do" | "does" | "did", "this" | "that" | "it", "happen" | "occur"]:
            return _BARE.get(word)
        case _:
            return None


def _asked_by(word: str, last: Reading) -> str | None:
    """Return the question before, asked with another question word."""
    words = last.words()
    if asks_whether(last):
        return f"{word} {_lowered(last.question)}"
    if words[:1] and words[0] in {"how", "why", "when", "where"} and words[1:2] and words[1] in AUXILIARIES:
        return f"{word} {last.question[last.tokens[1].start :]}"
    main = main_phrases(last)
    return f"{word} {main[0].text}?" if main else None


def _quality(fragment: Reading, last: Reading) -> str | None:
    """Complete "how accurate?" or "how many are there?"."""
    words = fragment.words()
    main = main_phrases(last)
    if not main or words[0] != "how":
        return None
    if words[1:2] == ["many"] and len(words) <= 4 and not fragment.phrases and words[2:3] in ([], ["are"], ["of"]):
        rest = f" {fragment.text(2)}" if len(words) > 2 and words[2] == "are" else ""
        return f"{fragment.text(0, 1)} {_bare(in_plural(main[0].text))}{rest}?"
    if len(words) != 2 or words[1] in AUXILIARIES | VERBS:
        return None
    return f"{fragment.text(0, 1)} {auxiliary_for('is', main[0].numbers)} {main[0].text}?"


def _other_subject(fragment: Reading, last: Reading) -> str | None:
    """Complete "do fungi?", where the question before was answered by yes or no."""
    words = fragment.words()
    is_short = (
        len(fragment.phrases) == 1 and fragment.phrases[0].first == 1 and fragment.phrases[0].last == len(words) - 1
    )
    if words[0] not in AUXILIARIES or not is_short or not asks_whether(last) or not last.phrases:
        return None
    rest = last.text(last.phrases[0].last + 1) if last.phrases[0].last + 1 < len(last.tokens) else ""
    return f"{fragment.text(0)} {rest}".strip() + "?"


def _aspect(fragment: Reading, last: Reading) -> str | None:
    """Complete "an example?" or "What are the symptoms?"."""
    main = main_phrases(last)
    only = fragment.phrases[0] if len(fragment.phrases) == 1 else None
    if only is None or not only.is_aspect or not main or only.last != len(fragment.tokens) - 1:
        return None
    asked = set(fragment.words()[: only.first])
    if asked - _ASKING:
        return None
    noun = _lowered(_bare(only.text))
    if only.head.lower().startswith("difference"):
        return None
    link = "for" if only.head.lower() in _FOR else "of"
    if asked & {"you", "give", "tell", "show", "name", "there"}:
        return f"{fragment.text(0)} {link} {main[0].text}?"
    many = number_of(only.head) == MANY
    article = "" if many and only.head.lower() == "examples" else "an " if noun.startswith("example") else "the "
    return f"What {'are' if many else 'is'} {article}{noun} {link} {main[0].text}?"


def _placed(fragment: Reading, last: Reading) -> str | None:
    """Complete "And in plants?": what stands there takes the place of its like, or is added."""
    words = fragment.words()
    if words[0] not in _FRONTED or _has_verb(fragment) or len(words) < 2:
        return None
    phrase = fragment.phrases[0] if fragment.phrases else None
    placed = next((one for one in last.phrases if _stands_after(last, one, words[0])), None)
    if placed is not None:
        text = _with_head(fragment, 1, placed, last)
        return _with(last, placed, text)
    if words[0] == "during" or words[0] == "at":
        timed = next(
            (one for one in last.phrases if _stands_after(last, one, "at") or _stands_after(last, one, "during")), None
        )
        if timed is not None:
            before = last.question[: last.tokens[_preposition(last, timed)].start]
            return f"{before}{fragment.text(0)}{_rest(last, timed)}"
    living = next((one for one in last.phrases if one.head.lower() in LIVING), None)
    if phrase and phrase.head.lower() in LIVING and living:
        return _with(last, living, phrase.text)
    return f"{last.question.rstrip(' ?.!')} {fragment.text(0)}?"


def _renamed(fragment: Reading, last: Reading, *, carries: bool) -> str | None:
    """Complete "what about fish?": the name takes the place of its like in the question before."""
    if _has_verb(fragment) or not last.phrases or len(fragment.phrases) > 1:
        return None
    words = fragment.words()
    if words[-1] in {"one", "ones"}:
        target = (main_phrases(last) or last.phrases)[0]
        return _with(last, target, _with_head(fragment, 0, target, last)) if carries else None
    if not fragment.phrases or not _is_all(fragment, fragment.phrases[0]):
        return None
    name = fragment.phrases[0]
    like = _like(fragment, name, last) if carries or len(words) == 1 else None
    if like is not None:
        first, end, numbers = like
        return _put(last, first, end, name.text, numbers)
    main = main_phrases(last)
    if not carries or not main:
        return None
    is_compared = {stem(word) for word in last.words()} & _CONTRASTS and " and " in main[0].text
    return f"What {auxiliary_for('is', name.numbers)} {name.text}?" if is_compared else _with(last, main[0], name.text)


def _like(fragment: Reading, name: Phrase, last: Reading) -> tuple[int, int, frozenset[str] | None] | None:
    """Return the places of what in the last question a name is like, and the number of what is renamed as a whole."""
    own = [token.word for token in fragment.tokens[name.first : name.last + 1] if token.word not in {"a", "an", "the"}]
    for phrase in last.phrases:
        words = [token.word for token in last.tokens[phrase.first : phrase.last + 1]]
        same_head = stem(words[-1]) == stem(own[-1]) and (len(own) > 1 or len(words) == 1)
        if same_head and (len(own) > 1 or words != own):
            return phrase.first, phrase.last, name.numbers
    for phrase in last.phrases:
        for place in range(phrase.first, phrase.last + 1):
            word = last.tokens[place].word
            if len(own) > 1 and own[:-1] == [token.word for token in last.tokens[place : place + len(own) - 1]]:
                return place, min(place + len(own) - 1, phrase.last), None
            if len(own) == 1 and word != own[0] and place < phrase.last and _are_alike(word, own[0]):
                return place, place, None
            if len(own) == 1 and word != own[0] and place == phrase.last and _share_suffix(word, own[0]):
                return phrase.first, phrase.last, name.numbers
    living = next((one for one in last.phrases if one.head.lower() in LIVING), None)
    if living is not None and own[-1] in LIVING:
        return living.first, living.last, name.numbers
    return None


def alike_in(name: Phrase, fragment: Reading, target: Phrase, last: Reading) -> str | None:
    """Return a name in the last question with the word replaced that another is like, its head kept; None for none."""
    own = fragment.tokens[name.last].word
    if name.first != name.last:
        return None
    for place in range(target.first, target.last):
        if _are_alike(last.tokens[place].word, own) or target.last - target.first == 1:
            tokens = [token.text for token in last.tokens[target.first : target.last + 1]]
            tokens[place - target.first] = fragment.tokens[name.last].text
            return " ".join(tokens)
    return None


def _are_alike(word: str, other: str) -> bool:
    return _share_suffix(word, other) or (word.endswith(_ADJECTIVAL) and other.endswith(_ADJECTIVAL))


def _share_suffix(word: str, other: str) -> bool:
    return min(len(word), len(other)) > _LEAST_SUFFIX and word[-_LEAST_SUFFIX:] == other[-_LEAST_SUFFIX:]


def _with_head(fragment: Reading, first: int, target: Phrase, last: Reading) -> str:
    """Return what a fragment names from a token on, where "one" stands for the head of a name in the last question."""
    if fragment.tokens[-1].word not in {"one", "ones"}:
        return fragment.text(first)
    described = [token for token in fragment.tokens[first:-1] if token.word not in {"a", "an", "the"}]
    kept = max(target.first, target.last - len(described))
    before = [token.text for token in last.tokens[target.first : kept]]
    after = last.text(target.last, target.last)
    text = " ".join([*before, *(token.text for token in described), after])
    article = fragment.tokens[first].word
    is_missing = article in {"a", "an", "the"} and not (before and before[0].lower() in {"a", "an", "the"})
    return f"{article} {text}" if is_missing else text


def _with(last: Reading, phrase: Phrase, text: str) -> str:
    numbers = read(text).phrases[-1].numbers if read(text).phrases else None
    return _put(last, phrase.first, phrase.last, text, numbers)


def _put(last: Reading, first: int, end: int, text: str, numbers: frozenset[str] | None) -> str:
    """Return the last question with some of its words replaced, its auxiliary agreeing with what comes after it."""
    head = last.question[: last.tokens[first].start]
    before = last.tokens[first - 1] if first else None
    if before is not None and numbers is not None and before.word in AUXILIARIES:
        agreeing = auxiliary_for(before.word, numbers)
        if agreeing != before.word:
            agreeing = agreeing.capitalize() if before.text[0].isupper() else agreeing
            head = f"{last.question[: before.start]}{agreeing}{last.question[before.end : last.tokens[first].start]}"
    return f"{head}{text}{last.question[last.tokens[end].end :]}"


def _rest(last: Reading, phrase: Phrase) -> str:
    return last.question[last.tokens[phrase.last].end :]


def _preposition(last: Reading, phrase: Phrase) -> int:
    place = phrase.first - 1
    while place > 0 and last.tokens[place].word not in PREPOSITIONS:
        place -= 1
    return place


def _stands_after(last: Reading, phrase: Phrase, preposition: str) -> bool:
    before = [token.word for token in last.tokens[max(0, phrase.first - 2) : phrase.first]]
    return before[-1:] == [preposition] or before == [preposition, "the"]


def _has_verb(fragment: Reading) -> bool:
    named = {place for phrase in fragment.phrases for place in range(phrase.first, phrase.last + 1)}
    words = [token.word for place, token in enumerate(fragment.tokens) if place not in named]
    return any(word in AUXILIARIES or word in VERBS for word in words)


def _is_all(fragment: Reading, phrase: Phrase) -> bool:
    before: Sequence[str] = [token.word for token in fragment.tokens[: phrase.first]]
    return phrase.last == len(fragment.tokens) - 1 and set(before) <= {"the", "in", "other"}


def _bare(text: str) -> str:
    return re.sub(r"^(?:a|an|the|any|some)\s+", "", text, flags=re.IGNORECASE)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
