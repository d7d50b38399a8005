"""Sentences of entries that say otherwise than a statement: all of it but one thing, and what excludes that instead."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from rag.grounding.aligning import Aligned, Line, line_of, phrase_of
from rag.grounding.counting import counted_otherwise
from rag.grounding.negating import negations
from rag.grounding.reading import About, Reading, read_beside
from rag.grounding.replacing import SETTINGS, instead_of, is_taken, runs
from rag.grounding.turning import turned
from rag.grounding.words import LONGEST, Word, read_words
from rag.models import Passage, Span, Verdict
from rag.passages import stem

_LEFT_OPEN: Final = 3.3
"""Weight (inverse document frequency) that the words may have together which a source neither says nor denies."""

_LEFT_OPEN_OF_ANOTHER: Final = 2.0
"""The same where the sentence is about something else: then all that the statement says must be said of that."""

_LEAST_OF_ANOTHER: Final = 2
"""Words that the two must then share."""

_SPOKEN_OF: Final = 4.0
"""Weight that what the two say alike must have together with what the sentence says otherwise."""

_SAID_TOO: Final = 1.4
"""Weight that what the two say alike must have at least: less is said of many things."""

_CONSIDERED: Final = 8
"""Sentences that are compared word by word: those that hold most of the statement."""

_NEARLY: Final = 2.0
"""What a sentence that agrees may leave open more than one that denies, and still put it in doubt."""
_SUPPOSES: Final = frozenset(
    stem(word)
    for word in "would could might if unless assumed predicted predicts thought believed proposed suggested suppose "
    "imagine hypothesis whether claimed".split()
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a sentence says of a statement.

    Attributes:
        left_open: weight of the words of the statement that it neither says nor denies.
        loose: of those, and of those that it says elsewhere or need not say again.
        open: the former, as stems; `replaced`: those of what it denies.
        denied: what it says instead of one thing in it, in a few words; empty where it says nothing else.
    """

    left_open: float
    loose: float
    open: frozenset[str]
    replaced: frozenset[str]
    denied: tuple[str, ...]


@dataclass(slots=True)
class _Account:
    """What comes of a statement word by word.

    Attributes:
        denied: what the sentence says instead of something, a few words each; `replaced`: stems of that.
        left: words that it neither says nor denies.
        is_of_another: whether the sentence may be about something else than the statement.
    """

    reading: Reading
    is_of_another: bool
    denied: list[str] = field(default_factory=list[str])
    replaced: set[str] = field(default_factory=set[str])
    left: list[Word] = field(default_factory=list[Word])

    def take_whole(self) -> None:
        """Take in what is the other way round, or counted otherwise."""
        both = turned(self.reading)
        for one, way, two in both:
            self.denied.append(f"{one.written} {way} {two.written}, not the other way round")
            self.replaced |= {one.stem, two.stem}
        for number, of, other in [] if both else counted_otherwise(self.reading):
            self.denied.append(f"{number.written} {of.written}, not {other}")
            self.replaced |= {number.stem, of.stem}

    def take(self, clause: Aligned, run: Sequence[int]) -> bool:
        """Take in words that do not stand in their place, and return whether the sentence may still say otherwise."""
        if self.replaced.issuperset(clause.words[number].stem for number in run):
            return True
        instead = instead_of(self.reading, clause, run)
        taken = () if instead is None else instead.numbers
        rest = [number for number in run if number not in taken and clause.words[number].stem not in self.replaced]
        if any(clause.words[number].role != "content" for number in rest) or is_taken(self.reading, clause, rest):
            return False
        self.left += [clause.words[number] for number in rest]
        if instead is not None:
            self.denied.append(instead.reason)
            self.is_of_another |= not instead.is_sure
            self.replaced |= {clause.words[number].stem for number in instead.numbers}
        return True

    def finding(self) -> Finding | None:
        """Return what the sentence says of the statement; None where that is in doubt."""
        reading = self.reading
        left_open = reading.weight([word.stem for word in self.left])
        limit = _LEFT_OPEN_OF_ANOTHER if self.denied and self.is_of_another else _LEFT_OPEN
        is_doubtful = bool(self.denied) and (_is_narrower(reading) or _is_aside(reading))
        if is_doubtful or left_open > limit or len(self.denied) > 1 or not self._speaks_of_it():
            return None
        astray = {clause.words[number].stem for clause in reading.clauses for number in clause.astray()}
        loose = reading.weight(astray - self.replaced)
        open_ = frozenset(word.stem for word in self.left)
        return Finding(left_open, loose, open_, frozenset(self.replaced), tuple(self.denied))

    def _speaks_of_it(self) -> bool:
        is_whole = not self.left and len(self.reading.shared) >= _LEAST_OF_ANOTHER
        said = self.reading.weight([word.stem for word in self.reading.shared])
        return is_whole or said + self.reading.weight(self.replaced) >= _SPOKEN_OF


def read_against(reading: Reading) -> Finding | None:
    """Return what a sentence says of the statement that is set beside it; None where it does not speak of the same."""
    said = reading.weight([word.stem for word in reading.shared])
    speaks_of_little = reading.is_of_another and len(reading.shared) < _LEAST_OF_ANOTHER
    if said < _SAID_TOO or speaks_of_little or _supposes(reading.line, reading.taken):
        return None
    account = _Account(reading, reading.is_of_another)
    account.take_whole()
    if not all(account.take(clause, run) for clause, run in runs(reading)):
        return None
    negated = list(negations(reading))
    if negated and not _is_all_said(reading):
        return None
    account.denied += negated
    return account.finding()


def _is_all_said(reading: Reading) -> bool:
    """Return whether all of the statement stands in its place, but for where and when."""
    return all(
        phrase_of(clause.words, number)[:1] in SETTINGS
        for clause in reading.clauses
        for number in clause.astray()
        if clause.words[number].carries
    )


def _supposes(line: Line, taken: Collection[int]) -> bool:
    """Return whether the sentence tells, where it speaks of the same, what might be, or what was once thought."""
    told = {line.words[place].clause for place in taken}
    return any(word.stem in _SUPPOSES and word.clause in told for word in line.words)


def _is_aside(reading: Reading) -> bool:
    """Return whether a statement of a word or two is met with where the sentence is about something else."""
    first = min(reading.taken)
    return sum(word.carries for word in reading.taken.values()) <= _SHORT and reading.line.lead[first] > 1


_SHORT: Final = 2


def _is_narrower(reading: Reading) -> bool:
    """Return whether the sentence is about a part of what the statement is about: some plants, flowering plants."""
    words = reading.line.words
    for clause in reading.clauses[:1]:
        number, place = next(clause.pairs(), (0, 0))
        if not place or any(word.carries for word in clause.words[:number]) or words[place].role != "content":
            return False
        before = words[place - 1]
        if any(word.may_replace(before) for word in reading.claim):
            return False
        return before.clause == words[place].clause and (before.strength in {"some", "few"} or before.role == "content")
    return False


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence of an entry that may refute a statement.

    Attributes:
        text: verbatim, at `span` of the entry's decoded answer.
        terms: stems of its words.
        label: stems of its label.
        known: stems of what it is about and need not say again: its entry's question, its heading, its label.
    """

    passage: Passage
    span: Span
    text: str
    terms: frozenset[str]
    label: frozenset[str]
    known: frozenset[str]


class Refuter:
    """Finds sentences that say otherwise than a statement; each is read only where it speaks of the same.

    Args:
        weigh: how telling a stem is: its inverse document frequency.
    """

    def __init__(self, sentences: Sequence[SourceSentence], weigh: Callable[[str], float]) -> None:
        self._sentences = sentences
        self._weigh = weigh
        self._labels: dict[str, frozenset[str]] = {}
        for one in sentences:
            self._labels[one.passage.url] = self._labels.get(one.passage.url, frozenset()) | one.label

    def refute(self, statement: str) -> Verdict | None:
        """Return the verdict that a sentence contradicts a statement; None where the statement may be true.

        Stricter than `Sources.check`, which withholds what is in doubt: here what is in doubt passes. One sentence must
        say all of the statement but one thing, in its order, and what excludes that in its place: its opposite, another
        number of the same, or a rival, which is something of the same kind (`rivals.txt`), what the sentence sets
        against it, or another point of its list. Or one of the two negates what the other says. And no sentence may say
        the statement.
        """
        claim = read_words(statement)
        weights = {word.stem: self._weigh(word.stem) for word in claim if word.carries}
        if len(statement) > LONGEST or not weights:
            return None
        held = ((sum(w for own, w in weights.items() if own in one.terms), one) for one in self._sentences)
        near = sorted((pair for pair in held if pair[0] >= _SAID_TOO), key=lambda pair: -pair[0])[:_CONSIDERED]
        near = [pair for pair in near if 2 * pair[0] >= near[0][0]]
        found = [(finding, one) for _, one in near if (finding := self._read(claim, one)) is not None]
        denying = min((pair for pair in found if pair[0].denied), key=lambda pair: pair[0].left_open, default=None)
        if denying is None or any(_puts_in_doubt(other, denying[0]) for other, _ in found if not other.denied):
            return None
        return Verdict("contradicted", denying[1].passage, denying[1].span, denying[0].denied)

    def _read(self, claim: Sequence[Word], one: SourceSentence) -> Finding | None:
        about = About(one.known, one.label, self._labels[one.passage.url] - one.label)
        return read_against(read_beside(claim, _line(one.text), about, self._weigh))


def _puts_in_doubt(agreeing: Finding, denying: Finding) -> bool:
    """Return whether a sentence says what another denies."""
    return agreeing.open.isdisjoint(denying.replaced) and agreeing.loose <= denying.loose + _NEARLY


@lru_cache(maxsize=4_096)
def _line(text: str) -> Line:
    return line_of(read_words(text), 0)
