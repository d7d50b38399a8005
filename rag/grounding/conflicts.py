"""Where a source says otherwise than a claim: numbers, opposites, negations, amounts, causes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Final

from rag.grounding.aligning import Aligned, Line
from rag.grounding.words import ATTACHED, BECAUSE, Word, are_opposite

_CAUSAL: Final = frozenset(
    "because since so as due owing therefore thus hence reason why cause causes caused result results leads make makes "
    "lets explain explains means by through for".split()
)
_THEREFORE: Final = frozenset("so therefore thus hence".split())
_LOOKS_BACK: Final = frozenset("absent miss fail".split())


def conflicts_of(
    clauses: Sequence[Aligned], claim: Sequence[Word], lines: Sequence[Line], known: Collection[str]
) -> Iterator[str]:
    """Give each way in which the source says otherwise, in a few words."""
    source = [word for line in lines for word in line.words]
    yield from _numbers(claim, source, known)
    yield from _negations(clauses, claim, lines)
    yield from _quantities(claim, source)
    for clause in clauses:
        yield from _opposites(clause, claim, source)
        yield from _counts(clause)
        yield from _ways(clause)
    yield from _causes(clauses, source)
    yield from _sequence(clauses)
    yield from _attachments(clauses)


def _numbers(claim: Sequence[Word], source: Sequence[Word], known: Collection[str]) -> Iterator[str]:
    """Give each number of the claim that the source does not have."""
    said = {word.stem for word in source} | set(known)
    for word in claim:
        if word.role == "number" and word.stem not in said and word.written[0] in "-0123456789":
            yield f"{word.written} is not in the source"


def _counts(clause: Aligned) -> Iterator[str]:
    """Give each thing of which the claim counts another number than the source."""
    theirs = clause.line.words
    for number, place in clause.pairs():
        own, other = _count(clause.words, number), _count(theirs, place)
        if own and other and own != other:
            elsewhere = clause.line.places_of(clause.words[number])
            if all(_count(theirs, there) != own for there in elsewhere):
                yield f"{own} {clause.words[number].written}, not {other}"


def _count(words: Sequence[Word], place: int) -> str | None:
    before = words[place - 1] if place else None
    if before is None or words[place].role != "content":
        return None
    if before.written in _COUNTED:
        return _COUNTED[before.written]
    return before.stem if before.role == "number" else None


_COUNTED: Final = {"one": "1", "single": "1", "both": "2", "many": "many"}


def _ways(clause: Aligned) -> Iterator[str]:
    """Give each thing that the claim has come from where the source has it go to, or after what it has before."""
    for number, place in clause.pairs():
        if clause.words[number].role == "content":
            ours, theirs = _way(clause.words, number), _way(clause.line.words, place)
            if ours and theirs and _WAYS[ours][0] == _WAYS[theirs][0] and _WAYS[ours] != _WAYS[theirs]:
                yield f"{ours} {clause.words[number].written}, not {theirs}"


def _way(words: Sequence[Word], place: int) -> str | None:
    """Return the telling preposition right before a word, or before its determiner."""
    for word in reversed(words[max(0, place - 2) : place]):
        if word.written in _WAYS:
            return word.written
        if word.role != "function":
            return None
    return None


_WAYS: Final = {
    word: (family, number)
    for family, ways in enumerate((("from", "to into onto toward towards"), ("before", "after", "between", "until")))
    for number, words in enumerate(ways)
    for word in words.split()
}
"""Prepositions that exclude each other, of place and of time."""


def _opposites(clause: Aligned, claim: Sequence[Word], source: Sequence[Word]) -> Iterator[str]:
    """Give each word of a clause whose opposite the source has instead, or on the way to it."""
    everywhere, here, said = _stems(claim), _stems(clause.words), _stems(source)
    theirs = clause.line.words
    before: int | None = None
    for number, (word, place) in enumerate(zip(clause.words, clause.places, strict=True)):
        if word.role == "function":
            continue
        if place is None and word.stem not in said:
            rivals = [there for there in clause.region() if theirs[there].stem not in everywhere]
        elif place is not None and before is not None:
            rivals = [there for there in range(before + 1, place) if theirs[there].stem not in here]
        else:
            rivals = []
        yield from (
            f"{word.written}, not {theirs[there].written}"
            for there in rivals
            if are_opposite(word, theirs[there])
            or (word.role == theirs[there].role == "number" and _unit(clause.words, number) == _unit(theirs, there))
        )
        before = before if place is None else place


def _unit(words: Sequence[Word], place: int) -> str:
    """Return what a number counts: the word after it, or its per cent."""
    if words[place].written.endswith("%"):
        return "%"
    return words[place + 1].stem if place + 1 < len(words) else ""


def _negations(clauses: Sequence[Aligned], claim: Sequence[Word], lines: Sequence[Line]) -> Iterator[str]:
    """Give what only one of the two negates, of what both speak of.

    Two negations are the same where they govern the same word, or stand in clauses that are aligned with each other.
    """
    said = {
        number: {(clause.line.sentence, clause.line.words[place].clause) for _, place in clause.pairs()}
        for number, clause in ((clause.words[0].clause, clause) for clause in clauses)
    }
    aligned = set[tuple[int, int]]().union(*said.values())
    source = [word for line in lines for word in line.words]
    theirs = [((line.sentence, clause), words) for line in lines for clause, words in _negated(line.words)]
    for clause, governed in _negated(claim):
        match = next((other for other in theirs if any(a.may_replace(b) for a in governed for b in other[1])), None)
        match = match or next((other for other in theirs if other[0] in said.get(clause, ())), None)
        if match is not None:
            theirs.remove(match)
        elif not _says_opposite(governed, source):
            yield f"the source does not negate {' '.join(word.written for word in governed) or 'it'}"
    for place, governed in theirs:
        if place in aligned and not _says_opposite(governed, claim):
            yield f"the source negates {' '.join(word.written for word in governed)}"


def _says_opposite(governed: Sequence[Word], other: Sequence[Word]) -> bool:
    """Return whether the other says with a word of its own what here is negated."""
    said = _stems(other)
    return any(are_opposite(one, word) for one in governed if one.stem not in said for word in other)


def _stems(words: Sequence[Word]) -> set[str]:
    return {word.stem for word in words}


def _negated(words: Sequence[Word]) -> list[tuple[int, list[Word]]]:
    """Return, with its clause, what each negation governs: the next word that carries; of some, the one before too."""
    governed: list[tuple[int, list[Word]]] = []
    for place, word in enumerate(words):
        if word.role == "negation":
            after = [other for other in words[place + 1 :] if other.carries and not other.written.endswith("ly")][:1]
            before = [other for other in words[:place] if other.carries][-1:]
            governed.append((word.clause, [*after, *before] if word.stem in _LOOKS_BACK else after))
    return governed


def _causes(clauses: Sequence[Aligned], source: Sequence[Word]) -> Iterator[str]:
    """Give each effect of the claim that the source has as a cause, and each cause that it does not have as one."""
    causes = [clause.words[0].written in BECAUSE for clause in clauses]
    theirs = [
        any(clause.line.words[clause.line.starts[place]].written in BECAUSE for _, place in clause.pairs())
        for clause in clauses
    ]
    for clause, is_cause, is_their_cause in zip(clauses, causes, theirs, strict=True):
        says_therefore = any(clause.line.words[place].written in _THEREFORE for place in clause.region())
        if is_cause and ((any(theirs) and not is_their_cause) or says_therefore):
            yield "what the source gives as the cause is the effect"
    if any(causes) and not any(word.written in _CAUSAL for word in source):
        yield "the source gives no cause"


def _sequence(clauses: Sequence[Aligned]) -> Iterator[str]:
    """Give what the claim has happen then, and the source before."""
    for earlier, later in pairwise(clauses):
        first, second = [place for _, place in earlier.pairs()], [place for _, place in later.pairs()]
        is_then = any(word.written == "then" for word in later.words[:2])
        if is_then and first and second and earlier.line is later.line and second[0] < first[-1]:
            yield f"{later.words[-1].written} is not then"


def _attachments(clauses: Sequence[Aligned]) -> Iterator[str]:
    """Give each subordinate clause that the source has with another main clause."""
    for main, clause in pairwise(clauses):
        line, mains = clause.line, {main.line.starts[place] for _, place in main.pairs()}
        starts = {line.starts[place] for _, place in clause.pairs()}
        if clause.words[0].written in ATTACHED and len(starts) == 1 and mains and main.line is line:
            start = next(iter(starts))
            if start and line.words[start].written in ATTACHED and not mains & {start, line.starts[start - 1]}:
                yield f"{' '.join(word.written for word in clause.words)} is said of something else"


def hedges_of(clauses: Sequence[Aligned], claim: Sequence[Word]) -> Iterator[str]:
    """Give each hedge that the source has in a clause of which the claim speaks, and the claim has nowhere.

    To leave one out is to say more than the source does; it is not to say otherwise.
    """
    ours = {word.strength for word in claim}
    for clause in clauses:
        line = clause.line.words
        said = {line[place].clause for number, place in clause.pairs() if clause.words[number].carries}
        for word in line:
            if word.strength in {"most", "some", "few"} and word.clause in said and word.strength not in ours:
                yield f"the source says {word.written}"


def _quantities(claim: Sequence[Word], source: Sequence[Word]) -> Iterator[str]:
    """Give each claim of all, or of only, that the source does not make."""
    theirs = {word.strength for word in source}
    each = any(word.written in {"each", "any", "both"} for word in source)
    for place, word in enumerate(claim):
        is_counted = any(other.role == "number" for other in claim[place + 1 : place + 3])
        excused = is_counted if word.strength == "only" or word.written == "every" else each and word.written == "every"
        if word.strength in {"all", "exact", "only", "few"} and word.strength not in theirs and not excused:
            yield f"{word.written}, which the source does not say"
