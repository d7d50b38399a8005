"""Where a source says all of a statement but one thing, and a rival of that thing in its place."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from rag.grounding.aligning import Aligned, Line, align, clauses_of, line_of, phrase_of, turn_passive
from rag.grounding.moving import may_stand
from rag.grounding.words import LONGEST, Word, are_opposite, label_end, read_words
from rag.models import Passage, Span, Verdict
from rag.passages import plain_text, split_sentences, stem, words_of

_LEFT_OPEN: Final = 5.2
"""Weight (inverse document frequency) that the words may have together which a source neither says nor denies."""

_SAID_TOO: Final = 3.3
"""Weight that what the two say alike must have at least: less is said of many things."""

_CONSIDERED: Final = 8
"""Sentences that are compared word by word: those that hold most of the statement."""

_NEARLY: Final = 2.0
"""What a sentence that agrees may leave open more than one that denies, and still put it in doubt."""

_ALIKE: Final = 1.2
"""Numbers whose ratio is smaller may be one number, rounded: a third and 30 %; of counts up to twenty none may."""

_SUPPOSES: Final = frozenset(
    stem(word)
    for word in "would could might if unless assumed predicted predicts thought believed proposed suggested suppose "
    "imagine hypothesis whether claimed".split()
)
_LOOKS_BACK: Final = frozenset("absent miss".split())


@dataclass(frozen=True, slots=True)
class Finding:
    """What a sentence says of a statement.

    Attributes:
        left_open: weight of the words of the statement that it neither says nor denies.
        denied: what it says instead of one thing in it, in a few words; empty where it says nothing else.
    """

    left_open: float
    denied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement set beside one sentence of a source, clause by clause."""

    claim: Sequence[Word]
    clauses: Sequence[Aligned]
    line: Line
    known: Collection[str]
    labels: Collection[str]
    weigh: Callable[[str], float]

    def taken(self) -> Mapping[int, Word]:
        """Return the words of the statement by the place in the sentence where it says them too."""
        return {place: clause.words[number] for clause in self.clauses for number, place in clause.pairs()}


def read_against(
    claim: Sequence[Word], line: Line, known: Collection[str], labels: Collection[str], weigh: Callable[[str], float]
) -> Finding | None:
    """Return what a sentence says of a statement; None where it does not speak of the same.

    Args:
        line: one sentence of a source.
        known: stems of what it is about and need not say again.
        labels: stems of the labels of its list, its own left out.
        weigh: how telling a stem is.
    """
    clauses = [align(clause, line) for clause in map(turn_passive, clauses_of(claim))]
    reading = Reading(claim, clauses, line, known, labels, weigh)
    taken = reading.taken()
    if sum(weigh(word.stem) for word in taken.values() if word.carries) < _SAID_TOO or _supposes(line, taken):
        return None
    replaced: list[str] = []
    left_open = 0.0
    for clause, run in _runs(reading):
        instead = _instead(reading, clause, run)
        rest = [number for number in run if instead is None or number not in instead[0]]
        if any(clause.words[number].role != "content" for number in rest) or _is_taken(reading, clause, rest):
            return None
        left_open += sum(weigh(clause.words[number].stem) for number in rest)
        replaced += [] if instead is None else [instead[1]]
    replaced += _turned(reading)
    negated = list(_negations(reading))
    if negated and (left_open or _has_moved(reading)):
        return None
    denied = (*replaced, *negated)
    return Finding(left_open, denied) if left_open <= _LEFT_OPEN and len(denied) <= 1 else None


def _supposes(line: Line, taken: Collection[int]) -> bool:
    """Return whether the sentence tells, where it speaks of the same, what might be, or what was once thought."""
    told = {line.words[place].clause for place in taken}
    return any(word.stem in _SUPPOSES and word.clause in told for word in line.words)


def _has_moved(reading: Reading) -> bool:
    return any(clause.words[number].carries for clause in reading.clauses for number in clause.astray())


class Refuter:
    """Finds sentences that say otherwise than a statement; each is read only where it speaks of the same.

    Args:
        passages: sections of entries, each with its entry's question.
        weigh: how telling a stem is: its inverse document frequency.
    """

    def __init__(self, passages: Sequence[tuple[Passage, str]], weigh: Callable[[str], float]) -> None:
        self._sentences = [sentence for passage, title in passages for sentence in _sentences(passage, title)]
        self._weigh = weigh

    def refute(self, statement: str) -> Verdict | None:
        """Return the verdict that a statement is contradicted, with the sentence that shows it; None where it may be true.

        Stricter than `Sources.check`, which withholds what is in doubt: here what is in doubt passes. One sentence must
        say all of the statement but one thing, in its order, and what excludes that in its place: its opposite, another
        number of the same, or a rival, which is something of the same kind (`rivals.txt`), what the sentence itself sets
        against it, or another point of its list. Or one of the two negates what the other says. And no sentence may say
        the statement.
        """
        claim = read_words(statement)
        weights = {word.stem: self._weigh(word.stem) for word in claim if word.carries}
        if len(statement) > LONGEST or not weights:
            return None
        held = ((sum(w for own, w in weights.items() if own in one.terms), one) for one in self._sentences)
        near = sorted((pair for pair in held if pair[0] >= _SAID_TOO), key=lambda pair: -pair[0])[:_CONSIDERED]
        refuting: tuple[float, Verdict] | None = None
        agreeing = math.inf
        for _, one in near:
            found = self._read(claim, one)
            if found is not None and found.denied:
                if refuting is None or found.left_open < refuting[0]:
                    refuting = found.left_open, Verdict("contradicted", one.passage, one.span, found.denied)
            elif found is not None:
                agreeing = min(agreeing, found.left_open)
        return None if refuting is None or agreeing <= refuting[0] + _NEARLY else refuting[1]

    def _read(self, claim: Sequence[Word], one: _Sentence) -> Finding | None:
        others = (other.label for other in self._sentences if other.passage.url == one.passage.url)
        labels = frozenset[str]().union(*others) - one.label
        start = one.passage.start
        line = _line(one.passage.text[one.span.start - start : one.span.end - start])
        return read_against(claim, line, one.known, labels, self._weigh)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of an entry, with the stems of its words, of its label, and of what it need not say again."""

    passage: Passage
    span: Span
    terms: frozenset[str]
    label: frozenset[str]
    known: frozenset[str]


@lru_cache(maxsize=2_048)
def _sentences(passage: Passage, title: str) -> tuple[_Sentence, ...]:
    about = frozenset(map(stem, words_of(f"{title} {passage.section}")))
    found: list[_Sentence] = []
    for span in split_sentences(passage.text):
        text = passage.text[span.start : span.end]
        if not text.startswith("|"):
            label = frozenset(map(stem, words_of(plain_text(text[: label_end(text)]))))
            placed = Span(passage.start + span.start, passage.start + span.end)
            terms = frozenset(map(stem, words_of(plain_text(text))))
            found.append(_Sentence(passage, placed, terms, label, about | label))
    return tuple(found)


@lru_cache(maxsize=4_096)
def _line(text: str) -> Line:
    return line_of(read_words(text), 0)


_SETTINGS: Final = (("in",), ("during",), ("at",), ("on",))
"""Prepositions of where and when something is so, which may stand anywhere."""


def _runs(reading: Reading) -> Iterator[tuple[Aligned, list[int]]]:
    """Give the words of the statement that stand nowhere, or not in their place, with those beside them."""
    for clause in reading.clauses:
        astray = [number for number in clause.astray() if not _is_excused(reading, clause, number)]
        run: list[int] = []
        for number in astray:
            if run and any(clause.words[between].carries for between in range(run[-1] + 1, number)):
                yield clause, run
                run = []
            run.append(number)
        if run:
            yield clause, run


def _is_excused(reading: Reading, clause: Aligned, number: int) -> bool:
    """Return whether a word is said elsewhere in the sentence to the same effect, or names what all is about."""
    word = clause.words[number]
    if reading.line.says(word):
        is_setting = phrase_of(clause.words, number)[:1] in _SETTINGS and word.role == "content"
        return is_setting or may_stand(clause, number, reading.clauses)
    if word.role == "direction" and _is_before_same(clause, number):
        return True
    first = next((place for place, one in enumerate(clause.words) if one.carries), 0)
    return word.stem in reading.known and (number == first or bool(phrase_of(clause.words, number)))


def _is_before_same(clause: Aligned, number: int) -> bool:
    """Return whether a direction stands before the same word in the sentence."""
    after = next((place for place in range(number + 1, len(clause.words)) if clause.words[place].carries), None)
    theirs = clause.line.words
    return after is not None and any(
        clause.words[number].written in {one.written for one in theirs[max(0, place - 3) : place]}
        for place in clause.line.places_of(clause.words[after])
    )


def _is_taken(reading: Reading, clause: Aligned, run: Sequence[int]) -> bool:
    """Return whether some word of a run stands elsewhere in the sentence, or begins the statement."""
    return run[:1] == [0] or any(reading.line.says(clause.words[number]) for number in run)


def _instead(reading: Reading, clause: Aligned, run: Sequence[int]) -> tuple[Sequence[int], str] | None:
    """Return which words of a run the sentence has something else in the place of, and what excludes them."""
    theirs = reading.line.words
    taken = reading.taken()
    gap = [place for place in clause.gap(run[0]) if place not in taken]
    for number in run:
        other = _other_count(reading, clause, number)
        if other is not None:
            return [number], f"{clause.words[number].written}, not {other}"
        for place in gap:
            if are_opposite(clause.words[number], theirs[place]):
                return [number], f"{clause.words[number].written}, not {theirs[place].written}"
    ours = [clause.words[number] for number in run if clause.words[number].carries]
    instead = [theirs[place] for place in gap if theirs[place].carries]
    if ours and instead and (_are_rivals(ours, instead) or _is_other_subject(reading, clause, run, gap)):
        return run, f"{ours[-1].written}, not {instead[-1].written}"
    return None


def _other_count(reading: Reading, clause: Aligned, number: int) -> str | None:
    """Return which other number the sentence has of the same, where it has one and not the statement's."""
    own = clause.words[number]
    after = clause.words[number + 1 : number + 2]
    if own.role != "number":
        return None
    words = reading.line.words
    if own.stem.endswith("%"):
        gap = set(clause.gap(number))
        theirs = [word.stem for place, word in enumerate(words) if word.stem.endswith("%") and place in gap]
    elif after and after[0].carries:
        places = [place for place in reading.line.places_of(after[0]) if place]
        theirs = [count for place in places if (count := _count(words[place - 1])) is not None]
    else:
        return None
    if not theirs or any(count == own.stem or _may_be_rounded(own.stem, count) for count in theirs):
        return None
    return theirs[0]


def _count(word: Word) -> str | None:
    return word.stem if word.role == "number" else _COUNTED.get(word.written)


_COUNTED: Final = {"one": "1", "both": "2"}


def _may_be_rounded(one: str, other: str) -> bool:
    try:
        low, high = sorted(abs(float(number.strip("%x"))) for number in (one, other))
    except ValueError:
        return True
    return high > 20 and low > 0 and high / low < _ALIKE


def _is_other_subject(reading: Reading, clause: Aligned, run: Sequence[int], gap: Sequence[int]) -> bool:
    """Return whether the sentence says the statement of something else, and another thing of what this one is about."""
    first = next((place for place, word in enumerate(clause.words) if word.carries), 0)
    if run[0] != first or clause is not reading.clauses[0] or not gap:
        return False
    line, head = reading.line, clause.words[run[-1]]
    own = line.starts[gap[0]]
    elsewhere = [place for place in line.places_of(head) if line.starts[place] != own]
    is_subject = max(reading.weigh(line.words[place].stem) for place in gap) >= _TELLING and any(
        sum(word.carries for word in line.words[line.starts[place] : place]) <= _BEFORE_HEAD
        and line.words[max(own, line.starts[place])].written in _CONTRASTS
        for place in elsewhere
    )
    is_point = not line.places_of(head) and head.stem in reading.labels
    return is_subject or is_point


_BEFORE_HEAD: Final = 1
_TELLING: Final = 2.5
_CONTRASTS: Final = frozenset("whereas while but and although though".split())


_KINDS: Final = ("as", "os")
"""Endings, as stems have them, of enzymes and of sugars."""


def _are_rivals(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    own, other = [word.stem.lower() for word in ours], [word.stem.lower() for word in theirs]
    if any(own[-1].endswith(kind) and other[-1].endswith(kind) and own[-1] != other[-1] for kind in _KINDS):
        return True
    return any(
        one != rival
        for line in _rivals()
        for one in line
        if _holds(own, one)
        for rival in line
        if _holds(other, rival) and not _holds(other, one)
    )


def _holds(stems: Sequence[str], thing: tuple[str, ...]) -> bool:
    return any(tuple(stems[at : at + len(thing)]) == thing for at in range(len(stems) - len(thing) + 1))


@cache
def _rivals() -> tuple[tuple[tuple[str, ...], ...], ...]:
    text = files("rag.grounding").joinpath("rivals.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(tuple(tuple(map(stem, thing.split("-"))) for thing in line.split()) for line in lines)


def _negations(reading: Reading) -> Iterator[str]:
    """Give what only one of the two negates of what both say in the same place."""
    ours = {
        place: clause.words[governed]
        for clause in reading.clauses
        for governed in _negated(clause.words)
        for number, place in clause.pairs()
        if number == governed
    }
    theirs = set(_negated(reading.line.words))
    taken = reading.taken()
    shadow = {at for place in theirs for at in range(place, place + _SCOPE)}
    for place, word in ours.items():
        if place not in shadow:
            yield f"the source does not negate {word.written}"
    for place in theirs:
        if place in taken and place not in ours:
            yield f"the source negates {taken[place].written}"


def _turned(reading: Reading) -> list[str]:
    """Return what the sentence has the other way round: from one thing into another, before it, more than it."""
    own, other = (dict.fromkeys(_about(words)) for words in (reading.claim, reading.line.words))
    return [
        f"{one.written} {way} {two.written}, not the other way round"
        for one, way, two in own
        for there, their_way, here in other
        if way == their_way and one.may_replace(here) and two.may_replace(there) and not one.may_replace(two)
    ][:1]


def _about(words: Sequence[Word]) -> Iterator[tuple[Word, str, Word]]:
    for place, word in enumerate(words):
        if word.written in _TURNS:
            before = next((one for one in reversed(words[:place]) if one.carries), None)
            after = next((one for one in words[place + 1 : place + 4] if one.carries), None)
            if before is not None and after is not None:
                yield before, word.written, after


_TURNS: Final = frozenset("into before after than".split())

_SCOPE: Final = 3
"""Words from the one that is negated which may be what a statement has negated: "lack true roots", "without roots"."""


def _negated(words: Sequence[Word]) -> Iterator[int]:
    """Give where each whole negation's word stands: the next that carries; of "absent" the one before."""
    for place, (word, after) in enumerate(pairwise([*words, None])):
        if word is None or word.role != "negation" or (after is not None and after.role == "quantifier"):
            continue
        if word.stem in _LOOKS_BACK:
            yield from [at for at in range(place - 1, -1, -1) if words[at].carries][:1]
        else:
            carrying = (at for at in range(place + 1, len(words)) if words[at].carries)
            yield from [at for at in carrying if not words[at].written.endswith("ly")][:1]
