"""What a question asks for: how long an answer, and how many parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.models import Concept
from rag.passages import stem, terms_of, words_of

Kind = Literal["fact", "explanation", "comparison"]
"""What a question asks for: one thing to know, why or how something is, or how two things differ."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a composed answer becomes.

    Attributes:
        sentences, words: never exceeded, but by a single sentence that is longer.
        least_words: aimed at where the entries hold as much.
    """

    sentences: int
    least_words: int
    words: int

    def shared_by(self, parts: int) -> Length:
        """Return how long the answer to each of some parts of a question becomes."""
        return Length(max(2, self.sentences // parts), self.least_words // parts, max(60, self.words // parts))


FACT = Length(sentences=3, least_words=0, words=70)
EXPLANATION = Length(sentences=14, least_words=130, words=235)
"""Names in brackets come on top: an explanation has 120 to 250 words with them."""

_LENGTHS: Mapping[Kind, Length] = {"fact": FACT, "explanation": EXPLANATION, "comparison": EXPLANATION}

_POLITE = re.compile(
    r"(?:(?:please|ok|so|hey|um|well),? |(?:can|could|would) (?:you|someone) (?:please )?)+", re.IGNORECASE
)
_ASKS_FOR_FACT = re.compile(
    r"(?:who|(?:when|where) (?:do|does|did|is|are|was|were|can|will|has|have)|which|name|"
    r"(?:(?:roughly|about|approximately|on average),? )?how (?:many|much|long|far|big|large|fast|old|often|tall|heavy|"
    r"high|deep|small|wide)|"
    r"do|does|did|is|are|was|were|can|could|has|have|about what|(?:in|at|on|to) (?:which|what)|"
    r"what (?:species|gas|class|genus|process|virus|mass|stress)\b|"
    r"what (?!is\b|are\b|was\b|were\b|does\b|do\b|did\b|happen|can\b|role|evidence)(?!\w+s\b)\w+|"
    r"what(?: is| are| was| were|'s) (?:the |a |an )?(?:\w+ )?(?:name|number|percentage|proportion|fraction|size|"
    r"formula|units?|ph|temperature|term|weight|mass|length|rate|ratio|symbol|called|word|value|energy|cost|year|date)\b|"
    r"what(?: is|'s| are) [^?]*\bcalled|what (?:does|do|did) [^?]{3,60} (?:cost|weigh|say))\b",
    re.IGNORECASE,
)
"""A question for several things ("What factors affect ...?") or for what does something ("What stops ...?") asks for an
explanation: its second word ends in an s."""

_ADJECTIVE = re.compile(r"\w+(?:al|ic|ive|ary|ant|ent|ous|ing|ed)", re.IGNORECASE)
"""One word before "and" that takes its noun from behind it: "exponential and logistic growth"."""

_ASKS_WHY = re.compile(r"(?:[,?] *(?:so )?|\b(?:and|but) )(?:why|how)\b", re.IGNORECASE)

# The two sides of a comparison, up to what follows the second.
_SIDE = r"(?:an? |the |both )?(?P<{}>[^,;?.:]{{2,60}}?)"
_END = r"(?=\s*(?:[,;?.:]|$| in (?:terms|how|the)\b| with respect\b| and (?:how|why|what)\b))"
_SIDES = tuple(
    re.compile(pattern.format(one=_SIDE.format("one"), two=_SIDE.format("two"), end=_END), re.IGNORECASE)
    for pattern in (
        r"\b(?:differ|diff?e?rences?|similarit(?:y|ies)|comparison) (?:\w+ )?between {one} (?:and|vs\.?) {two}{end}",
        r"\bwhat (?:separates|sets) {one} (?:apart )?from {two}{end}",
        r"\bdistinguish(?:es)? (?:between )?{one} (?:from|and) {two}{end}",
        r"\b(?:compare(?: and contrast)?|contrast) {one} (?:and|with|to|from) {two}{end}",
        r"\bhow (?:do|does|is|are) {one} (?:differ|different|distinct) from {two}{end}",
        r"\bhow (?:do|does|is|are) {one} and {two} (?:differ|different|compare)\b",
        r"\bdiffer(?:s|ent)? (?:in|between|among) {one} and {two}{end}",
        r"^(?:what \w+ )?{one} (?:vs\.?|versus) {two}{end}",
    )
)
_NEXT_QUESTION = re.compile(
    r"\?\s+(?=\S)|"
    r",? (?:and|but) (?=(?:how|why|what|when|where|which|who) (?:do|does|did|is|are|was|were|can|has|have|\w+s)\b)",
    re.IGNORECASE,
)
_REFERS_BACK = re.compile(r"\b(?:it|its|they|their|them|this|that|these|those|each|both|one|ones)\b", re.IGNORECASE)
_LEAST_TERMS = 2
"""A part with fewer words of its own ("and why?") cannot be searched for alone."""


def kind_of(question: str) -> Kind:
    """Return what a question asks for."""
    if sides_of(question) is not None:
        return "comparison"
    asked = _POLITE.sub("", question.strip(), count=1) if _POLITE.match(question.strip()) else question.strip()
    asks_for_fact = _ASKS_FOR_FACT.match(asked) and not _ASKS_WHY.search(asked)
    return "fact" if asks_for_fact else "explanation"


def length_for(kind: Kind) -> Length:
    """Return how long an answer a kind of question asks for."""
    return _LENGTHS[kind]


def sides_of(question: str) -> tuple[str, str] | None:
    """Return the two things that a question compares, as it writes them; None where it compares no two."""
    found = next((match for pattern in _SIDES if (match := pattern.search(question.strip()))), None)
    if found is None:
        return None
    one, two = found["one"].strip(), found["two"].strip()
    shares_noun = _ADJECTIVE.fullmatch(one) and len(two.split()) > 1
    return (" ".join([one, *two.split()[1:]]) if shares_noun else one), two


def parts_of(question: str) -> list[str]:
    """Return the questions that a question holds, in order; the question itself where its parts lean on each other."""
    parts = [part.strip(" ?") + "?" for part in _NEXT_QUESTION.split(question) if part.strip(" ?")]
    stands_alone = all(len(terms_of(part)) >= _LEAST_TERMS for part in parts)
    leans = any(_REFERS_BACK.search(part) for part in parts[1:])
    return parts if len(parts) > 1 and stands_alone and not leans else [question]


def names_in(question: str) -> list[str]:
    """Return the names that a question uses, as stems: what is written with a digit or in capitals, as C4, p53 or HIV.

    A single capital letter is a name together with the word beside it: vitamin D, S phase. A name has no other wording:
    an entry that lacks it is about something else.
    """
    if question.isupper():
        return []
    text = unicodedata.normalize("NFKC", question)
    names = [word for word in _NAME.findall(text) if not word.isdigit()]
    letters = [found.group() for found in _LETTER_NAME.finditer(text)]
    return [" ".join(map(stem, words_of(name))) for name in [*names, *letters]]


def mentions_all(text: str, names: Sequence[str], concepts: Sequence[Concept] = ()) -> bool:
    """Return whether a text has each of some names, stems compared, word beside word.

    Args:
        concepts: of the question; a name that one of them writes is mentioned by any of its wordings.
    """
    stems = f" {' '.join(map(stem, words_of(text)))} "
    return all(any(f" {reading} " in stems for reading in _readings(name, concepts)) for name in names)


def _readings(name: str, concepts: Sequence[Concept]) -> list[str]:
    own = [concept for concept in concepts if " ".join(map(stem, words_of(concept.written))) == name]
    return [name, *(" ".join(wording) for concept in own for wording in concept.wordings)]


def asks_the_same(question: str, other: str) -> bool:
    """Return whether two questions are the same but for words that carry no meaning in them, such as "main" or "does".

    Order counts (what X does to Y is not what Y does to X), except where things are compared.
    """
    own = asked_by(question)
    return bool(own) and own == asked_by(other)


@lru_cache(maxsize=16_384)
def asked_by(question: str) -> tuple[str, ...]:
    """Return what a question asks, equal for questions that ask the same; empty where its words carry no meaning."""
    letters = [f"letter {found.group(1) or found.group(2)}" for found in _LETTER_NAME.finditer(question)]
    words = [word for word in words_of(question) if word not in _FRAME]
    asked = [_SAME_MEANING.get(stem(word), stem(word)) for word in words] + letters
    return tuple(sorted(asked) if "differ" in asked else asked)


_NAME = re.compile(r"\b(?=\w*\d|\w*[A-Z]\w*[A-Z])\w{2,}\b", re.ASCII)
_LETTER_NAME = re.compile(r"\b[A-Za-z]{3,} ([A-HJ-Z])\b(?!')|\b([B-HJ-Z]) [a-z]{3,}\b")
_FRAME = frozenset(
    """
    a an the of in on to for by with from into between and is are was were be been being do does did can could would
    will should what how explain describe define discuss outline state tell me us about please main key major some its
    their it that you we i there give example examples
    """.split()
)
_SAME_MEANING = {
    "role": "function",
    "signific": "import",
    "compar": "differ",
    "contrast": "differ",
    "distinguish": "differ",
    "differenti": "differ",
    "kind": "type",
}
