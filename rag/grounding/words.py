"""A sentence as the words that a check compares: what each is, and in which clause it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, Literal

from rag.passages import is_function_word, plain_text, stem

Role = Literal["content", "number", "direction", "negation", "quantifier", "function"]

_WORD = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*(?![a-z\d]))|(?P<word>[^\W\d_]+\d*[^\W_]*|\d+[a-z]\w*)|"
    r"(?P<mark>[,;:()—]|[.!?](?=\s|$))"
)
_THOUSANDS = re.compile(r",(?=\d{3}(?:\D|$))")
_CONTRACTED_NOT = re.compile(r"(?<=[a-z])n['’]t\b|(?<=can)not\b")

_NUMBERS: Final[Mapping[str, str]] = {
    word: number
    for number, words in (
        *((str(place), word) for place, word in enumerate("two three four five six seven eight nine ten".split(), 2)),
        *(
            ("11", "eleven"),
            ("12", "twelve dozen"),
            ("20", "twenty"),
            ("30", "thirty"),
            ("40", "forty"),
            ("50", "fifty"),
        ),
        *(("100", "hundred"), ("1000", "thousand"), ("1000000", "million"), ("1000000000", "billion"), ("1", "single")),
        *(("1/2", "half halves halved"), ("1/3", "third thirds"), ("1/4", "quarter quarters")),
        *(("2x", "twice double doubles doubled twofold"), ("3x", "triple triples threefold"), ("10x", "tenfold")),
    )
    for word in words.split()
}
"""Number words as digits. One is none of them: it stands for a thing as often as it counts."""

_NEGATIONS: Final = frozenset(
    "no not never without neither none nobody nothing lack fail unabl absent absenc miss".split()
)
"""As stems."""

_CONNECTIVES: Final = frozenset(
    "since although whereas even yet therefore thus hence however instead again well together moreover one ones back "
    "take taken takes taking took make made makes making come comes came go goes going get gets put puts set sets let "
    "lets hold holds held turn turns turned bring brings brought run runs keep keeps kept become becomes became "
    "happens".split()
)
"""Words that join or carry others and say little themselves."""

_DIRECTIONS: Final = frozenset(
    "in into inward inwards out outward outwards up down before after above below over under more less from off away "
    "toward towards inside outside first last".split()
)

_QUANTIFIERS: Final[Mapping[str, str]] = {
    word: strength
    for strength, words in {
        "all": "all every always entirely wholly completely invariably",
        "only": "only solely exclusively merely mere just",
        "most": "most mostly usually usual normally generally typically mainly chiefly largely primarily majority",
        "some": "some sometimes may might could many several partly possibly occasionally often frequently commonly "
        "perhaps probably",
        "few": "few rarely seldom hardly minority barely",
    }.items()
    for word in words.split()
}
"""How much of a thing a word claims."""

_CLAUSE_STARTS: Final = frozenset(
    "and or but which while whereas because since so when although though if that who where as until for".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence.

    Attributes:
        written: in lower case.
        stem: that it is compared by; a number in digits, however it is written.
        role: what it does; of a quantifier, `strength` says how much it claims.
        clause: number of the clause it stands in.
    """

    written: str
    stem: str
    role: Role
    clause: int

    @property
    def strength(self) -> str | None:
        """Return ``all``, ``only``, ``most``, ``some`` or ``few`` for a quantifier."""
        return _QUANTIFIERS.get(self.written)

    @property
    def carries(self) -> bool:
        """Return whether a statement changes where the word is another."""
        return self.role in {"content", "number"}


def read_words(text: str) -> tuple[Word, ...]:
    """Return the words of a sentence, or of some, in order; Markdown and LaTeX are read as plain words."""
    return tuple(_words(_CONTRACTED_NOT.sub(" not", plain_text(text).lower())))


def join_words(first: Sequence[Word], second: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words of two sentences that follow each other."""
    clauses = first[-1].clause + 1 if first else 0
    return (*first, *(replace(word, clause=word.clause + clauses) for word in second))


def _words(text: str) -> Iterator[Word]:
    clause = 0
    for found in _WORD.finditer(text):
        written = found.group()
        if found["mark"]:
            clause += 1
        elif found["number"]:
            yield Word(written, _THOUSANDS.sub("", written), "number", clause)
        else:
            clause += written in _CLAUSE_STARTS
            yield _word(written, clause)


def _word(written: str, clause: int) -> Word:
    if written in _NUMBERS:
        return Word(written, _NUMBERS[written], "number", clause)
    own = stem(written)
    if own in _NEGATIONS:
        return Word(written, own, "negation", clause)
    if written in _QUANTIFIERS:
        return Word(written, own, "quantifier", clause)
    if written in _DIRECTIONS:
        return Word(written, own, "direction", clause)
    return Word(written, own, "function" if _is_plain(written) else "content", clause)


def _is_plain(written: str) -> bool:
    return is_function_word(written) or written in _CONNECTIVES


@lru_cache(maxsize=65_536)
def may_replace(one: str, other: str) -> bool:
    """Return whether one stem may stand for another: the same, a form of the same word, or a plain word like it."""
    return one == other or _are_forms(one, other) or bool(_groups_of(one) & _groups_of(other))


@lru_cache(maxsize=65_536)
def are_opposite(one: str, other: str) -> bool:
    """Return whether two stems turn a statement round: listed opposites, or one the other with a negating prefix."""
    if other in _opposites().get(one, ()):
        return True
    shorter, longer = sorted((one, other), key=len)
    return any(longer == prefix + shorter for prefix in _NEGATING_PREFIXES if len(shorter) >= _SHORTEST_PREFIXED)


_NEGATING_PREFIXES: Final = ("un", "in", "im", "ir", "il", "non", "dis", "de", "a", "an", "anti", "hypo", "hyper")
_SHORTEST_PREFIXED: Final = 4

_SHARED_LETTERS: Final = 5
_SHARED_PART: Final = 0.6


def _are_forms(one: str, other: str) -> bool:
    """Return whether two stems begin alike, as fertilis and fertiliz or diffus and diffusion do."""
    shared = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    shared = min(len(one), len(other)) if shared is None else shared
    alike = shared >= _SHARED_LETTERS and shared >= _SHARED_PART * max(len(one), len(other))
    return alike and not any(map(str.isdigit, one + other))


@cache
def _groups() -> Mapping[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(_lines("wordings.txt")):
        for word in line.split():
            groups.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


def _groups_of(own: str) -> frozenset[int]:
    return _groups().get(own, frozenset())


@cache
def _opposites() -> Mapping[str, frozenset[str]]:
    opposites: dict[str, set[str]] = {}
    for line in _lines("opposites.txt"):
        left, right = ([stem(word) for word in side.split()] for side in line.split("|"))
        for one in left:
            for other in right:
                if one != other:
                    opposites.setdefault(one, set()).add(other)
                    opposites.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in opposites.items()}


def _lines(name: str) -> list[str]:
    text = files("rag.grounding").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
