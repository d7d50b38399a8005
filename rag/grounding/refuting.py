"""Where a source says all of a statement but one thing, and a rival of that thing in its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from rag.grounding.aligning import Aligned, Line, align, clauses_of, line_of, phrase_of, turn_passive
from rag.grounding.moving import may_stand
from rag.grounding.words import LONGEST, Word, are_opposite, read_words
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

_ALIKE: Final = 1.2
"""Numbers whose ratio is smaller may be one number, rounded: a third and 30 %; of counts up to twenty none may."""

_SUPPOSES: Final = frozenset(
    stem(word)
    for word in "would could might if unless assumed predicted predicts thought believed proposed suggested suppose "
    "imagine hypothesis whether claimed".split()
)
_LOOKS_BACK: Final = frozenset(["absent"])
_HALF: Final = frozenset("miss unless".split())
"""Negations, as stems, that may stand before or behind what they negate."""


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


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement set beside one sentence of a source, clause by clause.

    Attributes:
        known: stems of what the sentence is about and need not say again.
        label: stems of its own label; `labels`: of the other labels of its entry.
        taken: the words of the statement, by the place in the sentence where it says them too.
    """

    claim: Sequence[Word]
    clauses: Sequence[Aligned]
    line: Line
    known: Collection[str]
    label: frozenset[str]
    labels: Collection[str]
    weigh: Callable[[str], float]
    taken: Mapping[int, Word]


def read_against(
    claim: Sequence[Word],
    line: Line,
    known: Collection[str],
    label: frozenset[str],
    labels: Collection[str],
    weigh: Callable[[str], float],
) -> Finding | None:
    """Return what a sentence says of a statement; None where it does not speak of the same.

    Args:
        line: one sentence of a source.
        known: stems of what it is about and need not say again.
        label: stems of its own label.
        labels: stems of the other labels of its entry.
        weigh: how telling a stem is.
    """
    clauses = [align(clause, line) for clause in map(turn_passive, clauses_of(claim))]
    taken = {place: clause.words[number] for clause in clauses for number, place in clause.pairs()}
    reading = Reading(claim, clauses, line, known, label, labels, weigh, taken)
    said = sum(weigh(word.stem) for word in taken.values() if word.carries)
    if said < _SAID_TOO or _supposes(line, taken):
        return None
    if _is_of_another(reading) and sum(word.carries for word in taken.values()) < _LEAST_OF_ANOTHER:
        return None
    turned = _turned(reading)
    counted = [] if turned else _counted_otherwise(reading)
    denied = [f"{one.written} {way} {two.written}, not the other way round" for one, way, two in turned]
    denied += [f"{number.written} {of.written}, not {other}" for number, of, other in counted]
    replaced = {word.stem for one, _, two in turned for word in (one, two)}
    replaced |= {word.stem for number, of, _ in counted for word in (number, of)}
    left: list[Word] = []
    is_of_another = _is_of_another(reading)
    for clause, run in _runs(reading):
        if replaced.issuperset(clause.words[number].stem for number in run):
            continue
        instead = _instead(reading, clause, run)
        rest = [number for number in run if instead is None or number not in instead[0]]
        rest = [number for number in rest if clause.words[number].stem not in replaced]
        if any(clause.words[number].role != "content" for number in rest) or _is_taken(reading, clause, rest):
            return None
        left += [clause.words[number] for number in rest]
        if instead is not None:
            denied.append(instead[1])
            is_of_another |= not instead[2]
            replaced |= {clause.words[number].stem for number in instead[0]}
    negated = list(_negations(reading))
    if negated and not _is_all_said(reading):
        return None
    left_open = sum(weigh(word.stem) for word in left)
    is_whole = not left and sum(word.carries for word in taken.values()) >= _LEAST_OF_ANOTHER
    if not is_whole and said + sum(map(weigh, replaced)) < _SPOKEN_OF:
        return None
    denied += negated
    if denied and (
        _is_narrower(reading) or _is_aside(reading) or (is_of_another and left_open > _LEFT_OPEN_OF_ANOTHER)
    ):
        return None
    if left_open > _LEFT_OPEN or len(denied) > 1:
        return None
    astray = {clause.words[number].stem for clause in clauses for number in clause.astray()} - replaced
    loose = sum(map(weigh, astray))
    return Finding(left_open, loose, frozenset(word.stem for word in left), frozenset(replaced), tuple(denied))


def _is_all_said(reading: Reading) -> bool:
    """Return whether all of the statement stands in its place, but for where and when."""
    return all(
        phrase_of(clause.words, number)[:1] in _SETTINGS
        for clause in reading.clauses
        for number in clause.astray()
        if clause.words[number].carries
    )


def _is_of_another(reading: Reading) -> bool:
    """Return whether what the statement is about is not what the sentence is about."""
    first = reading.clauses[0]
    return next((place is None for word, place in zip(first.words, first.places, strict=True) if word.carries), False)


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
        near = [pair for pair in near if 2 * pair[0] >= near[0][0]]
        found = [(finding, one) for _, one in near if (finding := self._read(claim, one)) is not None]
        denying = min((pair for pair in found if pair[0].denied), key=lambda pair: pair[0].left_open, default=None)
        if denying is None or any(_puts_in_doubt(other, denying[0]) for other, _ in found if not other.denied):
            return None
        return Verdict("contradicted", denying[1].passage, denying[1].span, denying[0].denied)

    def _read(self, claim: Sequence[Word], one: SourceSentence) -> Finding | None:
        labels = self._labels[one.passage.url] - one.label
        return read_against(claim, _line(one.text), one.known, one.label, labels, self._weigh)


def _puts_in_doubt(agreeing: Finding, denying: Finding) -> bool:
    """Return whether a sentence says what another denies."""
    return agreeing.open.isdisjoint(denying.replaced) and agreeing.loose <= denying.loose + _NEARLY


@lru_cache(maxsize=4_096)
def _line(text: str) -> Line:
    return line_of(read_words(text), 0)


_WHEN: Final = frozenset("when while if".split())
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
    if word.stem in reading.label:
        return True
    if word.carries and _has_rival(reading, clause, number):
        return False
    if reading.line.says(word):
        is_setting = phrase_of(clause.words, number)[:1] in _SETTINGS or clause.words[0].written in _WHEN
        is_setting = is_setting and word.role == "content"
        return is_setting or may_stand(clause, number, reading.clauses)
    if word.role == "direction" and _is_before_same(clause, number):
        return True
    first = next((place for place, one in enumerate(clause.words) if one.carries), 0)
    return word.stem in reading.known and (number == first or bool(phrase_of(clause.words, number)))


def _excludes(reading: Reading, word: Word, place: int) -> bool:
    """Return whether a word of the sentence is the opposite of one; "two metres long" is none of "short"."""
    other, before = reading.line.words[place], reading.line.words[place - 1] if place else None
    is_measure = other.written in _MEASURED and before is not None and before.role in {"content", "number"}
    is_particle = word.written in {"inward", "outward"}  # "die out" goes nowhere
    return not is_measure and not is_particle and word.role == other.role and are_opposite(word, other)


_MEASURED: Final = frozenset("tall long wide high deep thick old".split())


def _gap(clause: Aligned, number: int) -> range:
    """Return where a word should have been, with what is joined to the end of that: "contains ribose and uracil"."""
    gap, words = clause.gap(number), clause.line.words
    end = gap.stop
    while gap and end < len(words) and words[end].written in _JOINS and clause.line.starts[end] == end:
        joined = clause.line.clause_end(end)
        if joined - end > _MOST_JOINED or any(place is not None and place >= end for place in clause.places):
            break
        end = joined
    return range(gap.start, end)


_JOINS: Final = frozenset(("and", "or"))
_MOST_JOINED: Final = 3


def _has_rival(reading: Reading, clause: Aligned, number: int) -> bool:
    """Return whether what excludes a word stands in its place."""
    word, words = clause.words[number], reading.line.words
    gap = [place for place in _gap(clause, number) if place not in reading.taken]
    return any(
        _excludes(reading, word, place) or (words[place].carries and _are_rivals([word], [words[place]]))
        for place in gap
    )


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


def _instead(reading: Reading, clause: Aligned, run: Sequence[int]) -> tuple[Sequence[int], str, bool] | None:
    """Return which words of a run the sentence has something else in the place of, and what excludes them."""
    theirs = reading.line.words
    taken = reading.taken
    gap = [place for place in _gap(clause, run[0]) if place not in taken]
    for number in run:
        other = _other_percentage(reading, clause, number)
        if other is not None:
            return [number], f"{clause.words[number].written}, not {other}", True
        for place in gap:
            if _excludes(reading, clause.words[number], place):
                return [number], f"{clause.words[number].written}, not {theirs[place].written}", True
    ours = [clause.words[number] for number in run if clause.words[number].carries]
    instead = [theirs[place] for place in gap if theirs[place].carries]
    if ours and instead and (_are_rivals(ours, instead) or _is_other_subject(reading, clause, run, gap)):
        return run, f"{ours[-1].written}, not {instead[-1].written}", False
    return None


def _counted_otherwise(reading: Reading) -> list[tuple[Word, Word, str]]:
    """Return a number of the statement, what it counts or numbers, and the other number that the sentence has of that."""
    said = {word.stem for word in reading.claim}
    for before, own, after in zip([None, *reading.claim], reading.claim, [*reading.claim[1:], None], strict=False):
        count = "1" if own.written == "one" else own.stem
        if own.role != "number" and own.written != "one":
            continue
        for of, way in ((after, -1), (before, 1)):
            if of is None or not of.carries or of.role == "number" or of.clause != own.clause:
                continue
            theirs = list(_counts_of(reading.line, of, way, own.written == "one"))
            if not theirs:
                continue
            if any(other in said or other == count or _may_be_rounded(count, other) for other in theirs):
                return []
            return [(own, of, theirs[0])]
    return []


def _counts_of(line: Line, of: Word, way: int, is_one: bool) -> Iterator[str]:  # noqa: FBT001
    """Give the numbers beside a word; only "both" where the statement speaks of one."""
    for place in sorted(line.places_of(of)):
        beside = line.words[place + way] if 0 <= place + way < len(line.words) else None
        if beside is None or (is_one and beside.written not in {"both", "one"}):
            continue
        count = _count(beside)
        if count is not None and (way < 0 or beside.role == "number"):
            yield count


def _other_percentage(reading: Reading, clause: Aligned, number: int) -> str | None:
    """Return which other percentage the sentence has in the place of one."""
    own, words = clause.words[number], reading.line.words
    if not own.stem.endswith("%") or own.role != "number":
        return None
    theirs = [words[place].stem for place in clause.gap(number) if words[place].stem.endswith("%")]
    return theirs[0] if theirs and not any(_may_be_rounded(own.stem, other) for other in theirs) else None


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
    same = [place for place in line.places_of(head) if line.words[place].stem == head.stem]
    elsewhere = [place for place in same if line.starts[place] != own]
    is_subject = max(reading.weigh(line.words[place].stem) for place in gap) >= _TELLING and any(
        sum(word.carries for word in line.words[line.starts[place] : place]) <= _BEFORE_HEAD
        and line.words[max(own, line.starts[place])].written in _CONTRASTS
        for place in elsewhere
    )
    instead = {line.words[place].stem for place in gap if line.words[place].carries}
    is_point = not line.places_of(head) and head.stem in reading.labels and instead <= reading.label
    return is_subject or is_point


_BEFORE_HEAD: Final = 1
_TELLING: Final = 2.0
_CONTRASTS: Final = frozenset("whereas while but although though".split())


_KINDS: Final = ("as", "os")
"""Endings, as stems have them, of enzymes and of sugars."""


def _are_rivals(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Return whether things of one kind end our words, and end or begin theirs."""
    own, other = [tuple(word.stem.lower() for word in words) for words in (ours, theirs)]
    if any(own[-1].endswith(kind) and other[-1].endswith(kind) and own[-1] != other[-1] for kind in _KINDS):
        return True
    kinds = {kind: thing for size in _SIZES if size <= len(own) for kind, thing in _kinds_of(own[-size:])}
    return any(
        kinds.get(kind, rival) != rival and not _holds(other, own[-1:])
        for size in _SIZES
        for words in (other[-size:], other[:size])
        for kind, rival in _kinds_of(words)
    )


_SIZES: Final = (1, 2, 3)
"""Words that a thing in `rivals.txt` has."""


def _holds(stems: tuple[str, ...], thing: tuple[str, ...]) -> bool:
    return any(stems[at : at + len(thing)] == thing for at in range(len(stems) - len(thing) + 1))


def _kinds_of(words: tuple[str, ...]) -> Collection[tuple[int, int]]:
    """Return the kinds that a thing is one of, by number, each with its own number in it."""
    return _rivals().get(words, ())


@cache
def _rivals() -> Mapping[tuple[str, ...], frozenset[tuple[int, int]]]:
    text = files("rag.grounding").joinpath("rivals.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    kinds: dict[tuple[str, ...], set[tuple[int, int]]] = {}
    for kind, line in enumerate(lines):
        for number, thing in enumerate(line.split()):
            for name in thing.split("/"):
                kinds.setdefault(tuple(map(stem, name.split("-"))), set()).add((kind, number))
    return {thing: frozenset(numbers) for thing, numbers in kinds.items()}


def _negations(reading: Reading) -> Iterator[str]:
    """Give what only one of the two negates of what both say in the same place."""
    ours = {
        place: clause.words[governed]
        for clause in reading.clauses
        for governed in _negated(clause.words, looks_back=False)
        if all(word.written != "without" for word in clause.words[:governed])
        for number, place in clause.pairs()
        if number == governed
    }
    if sum(word.role == "negation" for word in reading.claim) > len(ours):
        return  # what it negates is not there, or it only says in what circumstances something is so
    theirs = set(_negated(reading.line.words, looks_back=True))
    taken = reading.taken
    shadow = {at for place in theirs for at in range(place, place + _SCOPE)}
    for place, word in ours.items():
        if place not in shadow:
            yield f"the source does not negate {word.written}"
    for place in theirs:
        if place in taken and place not in ours and _head(reading.line.words, place) in taken:
            yield f"the source negates {taken[place].written}"


def _turned(reading: Reading) -> list[tuple[Word, str, Word]]:
    """Return what the sentence has the other way round: from one thing into another, before it, more than it."""
    own, other = (dict.fromkeys(_about(words)) for words in (reading.claim, reading.line.words))
    return [
        (one, way, two)
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


def _head(words: Sequence[Word], place: int) -> int:
    """Return where the words end that stand together from a place on: "no oxygen-carrying pigment" is about pigment."""
    end = place
    while end + 1 < len(words) and words[end + 1].role == "content" and words[end + 1].clause == words[place].clause:
        end += 1
    return next((at for at in range(end, place, -1) if not words[at].written.endswith("ly")), place)


_SCOPE: Final = 3
"""Words from the one that is negated which may be what a statement has negated: "lack true roots", "without roots"."""


def _negated(words: Sequence[Word], *, looks_back: bool) -> Iterator[int]:
    """Give where the word of each whole negation stands: the next in its clause that carries.

    Args:
        looks_back: where there is none, give what the clause is about.
    """
    for place, (word, after) in enumerate(pairwise([*words, None])):
        is_negation = word is not None and (word.role == "negation" or word.written == "non")
        if word is None or not is_negation or word.stem in _HALF or (after and after.role == "quantifier"):
            continue
        own = [at for at, other in enumerate(words) if other.clause == word.clause and other.carries]
        later = [at for at in own if at > place and not words[at].written.endswith("ly")]
        before = [at for at in own if at < place]
        if word.stem in _LOOKS_BACK:
            yield from before[-1:]
        else:
            yield from later[:1] or (before[:1] if looks_back else ())
