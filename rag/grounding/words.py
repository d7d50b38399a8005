"""A sentence as the words that a check compares: what each is, and in which clause it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, Literal

from rag.passages import is_function_word, plain_text, stem

Role = Literal["content", "number", "direction", "negation", "quantifier", "function"]
Key = str | int
"""What words that may stand for each other share: a root, or the number of a group of wordings."""

_WORD = re.compile(
    r"(?P<number>(?:(?<![\w)–-])-)?\d+(?:[.,]\d+)*(?![A-Za-z\d])(?: ?%)?)|"
    r"(?P<word>[^\W\d_]+\d*[^\W_]*|\d+[A-Za-z]\w*|%)|(?P<mark>[,;:()—]|[.!?](?=\s|$))"
)
_LABEL = re.compile(r"\s*\*\*[^*\n]+\*\*: +")
"""What a list item begins with and is about, as a heading is."""

LONGEST: Final = 2_000
"""Characters of the longest sentence that is read; of a longer one only these are."""

_THOUSANDS = re.compile(r",(?=\d{3}(?:\D|$))")
_PERCENT = re.compile(r" ?(?:per ?cent)\b", re.IGNORECASE)
_RANGE_OF_PERCENT = re.compile(r"(\d)(?= ?(?:–|-|to|and|or) ?\d[\d.]* ?%)")
_AS_READ = tuple(
    (re.compile(wording, re.IGNORECASE), as_read)
    for wording, as_read in (
        (r"\bcan['’]t\b", "can not"),
        (r"(?<=[a-z])n['’]t\b|(?<=can)not\b|\b(?:rather|other) than\b|\binstead of\b", " not"),
        (r"\babove all\b", "mainly"),
        (r"\bus(?:e|es|ed|ing) up\b", "consumed"),  # of two words that say nothing by themselves
        (r"\bas (\w+) as\b", r"\1 than"),
        (r"\btimes as\b", "times"),
        (r"(?<=\w)['’]s?(?=\s|$)", ""),
        (r"\b(\w+) or more\b", r"minimally \1"),
        (r"\b(\w+) or (?:less|fewer)\b", r"maximally \1"),
        (r"\bat least\b|\bno (?:less|fewer) than\b", "minimally"),
        (r"\bat most\b|\bn(?:o|ot) more than\b", "maximally"),
    )
)
"""Wordings that are read as shorter ones, of one meaning."""

_NUMBERS: Final[Mapping[str, str]] = {
    word: digits
    for digits, words in {
        "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven", "8": "eight", "9": "nine",
        "10": "ten", "11": "eleven", "12": "twelve dozen", "20": "twenty", "30": "thirty", "40": "forty", "50": "fifty",
        "100": "hundred", "1000": "thousand", "1000000": "million", "1000000000": "billion", "1": "single",
        "50%": "half halves halved", "1/3": "third thirds", "25%": "quarter quarters",
        "2x": "twice double doubles doubled twofold", "3x": "triple triples threefold", "4x": "fourfold",
        "10x": "tenfold",
    }.items()
    for word in words.split()
}  # fmt: skip
"""Number words as digits. One is none of them: it stands for a thing as often as it counts."""

_NEGATIONS: Final = frozenset(
    "no not never without neither nor none nobody nothing lack fail unabl absent absenc miss unless".split()
)
"""As stems."""

_CONNECTIVES: Final = frozenset(
    "since although whereas even yet therefore thus hence however instead again well together moreover one ones back "
    "take taken takes taking took make made makes making come comes came go goes going get gets put puts set sets let "
    "lets hold holds held turn turns turned bring brings brought run runs keep keeps kept become becomes became "
    "happens".split()
)
"""Words that join or carry others and say little themselves."""

_APPROXIMATE: Final = frozenset("around roughly approximately".split())
_DIRECTIONS: Final = frozenset(
    "in into inward inwards out outward outwards up down before after above below over under more less fewer much from "
    "off away toward towards inside outside first last until minimally maximally".split()
)
_STRICT: Final = frozenset(
    "before after above below more less fewer much inside outside inward outward first last until minimally "
    "maximally".split()
)
"""Directions that a statement needs; the others often only go with a verb: make up, carry out."""

PREPOSITIONS: Final = frozenset(
    "in on at by of from to into onto with for between during through as than per before after until without".split()
)
DETERMINERS: Final = frozenset("a an the its their his her this that these those each same own".split())
RELATIVES: Final = frozenset("which that who where whose".split())
ATTACHED: Final = frozenset("where when if that which who whose".split())
"""What begins a clause that says something of the one before it."""

BECAUSE: Final = frozenset("because since".split())

_QUANTIFIERS: Final[Mapping[str, str]] = {
    word: strength
    for strength, words in {
        "all": "all every always entirely wholly completely invariably",
        "exact": "exactly precisely",
        "only": "only solely exclusively merely mere just",
        "most": "most mostly usually usual normally generally typically mainly chiefly largely primarily majority",
        "some": "some sometimes may might many several partly possibly occasionally often frequently commonly "
        "perhaps probably",
        "few": "few rarely seldom hardly minority barely",
    }.items()
    for word in words.split()
}
"""How much of a thing a word claims."""

_CLAUSE_STARTS: Final = frozenset(
    "and or but which while whereas because since so when although though if that who where as until".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence.

    Attributes:
        written: in lower case.
        stem: that it is compared by; a number in digits, however it is written.
        role: what it does; of a quantifier, `strength` says how much it claims.
        clause: number of the clause it stands in.
        keys: words that share one may stand for each other: the same word, a form of it, or a plain word like it.
    """

    written: str
    stem: str
    role: Role
    clause: int
    keys: frozenset[Key]

    @property
    def strength(self) -> str | None:
        """Return ``all``, ``only``, ``most``, ``some`` or ``few`` for a quantifier."""
        return _QUANTIFIERS.get(self.written)

    @property
    def carries(self) -> bool:
        """Return whether a statement changes where the word is another."""
        return self.role in {"content", "number"}

    @property
    def aligns(self) -> bool:
        """Return whether the word has a place in the order of its clause."""
        return self.role in {"content", "number", "direction"} or self.written in _CONNECTIVES

    @property
    def must_stand(self) -> bool:
        """Return whether the source must have the word in its place."""
        return self.carries or self.written in _STRICT

    @property
    def says_something(self) -> bool:
        """Return whether the word may be what its clause is about, or does."""
        return self.carries or self.written in _CONNECTIVES

    def may_replace(self, other: Word) -> bool:
        """Return whether the word may stand for another."""
        return not self.keys.isdisjoint(other.keys)


def read_words(text: str) -> tuple[Word, ...]:
    """Return the words of a sentence, or of some, in order; Markdown and LaTeX are read as plain words."""
    plain = plain_text(text[label_end(text) : LONGEST])
    plain = _RANGE_OF_PERCENT.sub(r"\1%", _PERCENT.sub("%", plain))
    for wording, as_read in _AS_READ:
        plain = wording.sub(as_read, plain)
    return tuple(_particles(list(_words(plain))))


def label_end(text: str) -> int:
    """Return where the label of a list item ends: 0 without one."""
    label = _LABEL.match(text)
    return label.end() if label else 0


def _words(text: str) -> Iterator[Word]:
    clause = 0
    begins = True
    for found in _WORD.finditer(text):
        written = found.group()
        if found["mark"]:
            clause += 1
        elif found["number"]:
            number = _THOUSANDS.sub("", written.replace(" ", ""))
            yield Word(written, number, "number", clause, frozenset((number,)))
        elif len(written) == 1 and written.isupper() and not (begins and written == "A"):
            yield Word(written, written, "content", clause, frozenset((written,)))
        else:
            clause += written.lower() in _CLAUSE_STARTS
            yield _word(written.lower(), clause)
        begins = bool(found["mark"])


def _particles(words: list[Word]) -> Iterator[Word]:
    """Give words, with an "in" or "out" that ends its clause as what it says there: inward, outward."""
    for place, word in enumerate(words):
        ends = place + 1 == len(words) or words[place + 1].clause != word.clause
        yield _word(_ENDS_CLAUSE[word.written], word.clause) if ends and word.written in _ENDS_CLAUSE else word


_ENDS_CLAUSE: Final = {"in": "inward", "out": "outward"}


@lru_cache(maxsize=65_536)
def _word(written: str, clause: int) -> Word:
    if written in _NUMBERS:
        return Word(written, _NUMBERS[written], "number", clause, frozenset((_NUMBERS[written],)))
    own = stem(written)
    return Word(written, own, _role(written, own), clause, _keys(own))


def _role(written: str, own: str) -> Role:
    if own in _NEGATIONS:
        return "negation"
    if written in _QUANTIFIERS:
        return "quantifier"
    if written in _DIRECTIONS:
        return "direction"
    is_plain = written in _CONNECTIVES | _APPROXIMATE or (
        is_function_word(written) and (len(written) > 1 or written == "a")
    )
    return "function" if is_plain else "content"


def are_opposite(one: Word, other: Word) -> bool:
    """Return whether two words turn a statement round: listed opposites, or one the other with a negating prefix."""
    return other.stem in _opposites_of(one.written) or one.stem in _opposites_of(other.written)


@lru_cache(maxsize=65_536)
def _opposites_of(written: str) -> frozenset[str]:
    """Return the stems that are listed as a word's opposites, and what it negates by a prefix."""
    own = stem(written)
    bare = [
        rest
        for prefix in _NEGATING_PREFIXES
        if written.startswith(prefix) and len(written) >= len(prefix) + _SHORTEST_PREFIXED
        for rest in (stem(written[len(prefix) :]), own[len(prefix) :])
    ]
    return frozenset((*_opposites().get(own, ()), *bare))


_NEGATING_PREFIXES: Final = ("un", "in", "im", "ir", "il", "non", "dis", "de", "a", "an", "anti", "hypo", "hyper")
_SHORTEST_PREFIXED: Final = 4

_ENDINGS: Final = re.compile(
    r"(?:(?:is|iz|if|f|ific)?ation|ition|ement|ment|ness|ion|iti|iv|ous|al|ic|is|iz|ant|ent|anc|enc|er|or|en|ar|ed|th|e|i|y)$"
)
"""Endings that make another form of the same word. Those that make another thing are none of them: -ase, -ose, -ate,
-ite, -in, -ogen, -ism."""

_SHORTEST_ROOT: Final = 4


@lru_cache(maxsize=65_536)
def _keys(own: str) -> frozenset[Key]:
    """Return the root of a stem, and the groups of wordings that the stem is in."""
    return frozenset((_root(own), *_groups().get(own, ())))


def _root(own: str) -> str:
    """Return what the forms of a word have in common, in either spelling: fertilisation and fertilize."""
    one = own.replace("ae", "e").replace("oe", "e").replace("our", "or").replace("sulph", "sulf")
    root = _ENDINGS.sub("", one)
    return root if len(root) >= _SHORTEST_ROOT and not root[-1].isdigit() else one


@cache
def _groups() -> Mapping[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(_lines("wordings.txt")):
        for word in line.split():
            groups.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


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
