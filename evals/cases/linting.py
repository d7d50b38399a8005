"""What is wrong with a suite of cases as a whole, before anything is measured with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from evals.cases.reading import Cases
from evals.models import Case, Expect, Kind
from evals.scoring.nuggets import is_stated
from evals.scoring.patterns import pattern_words, states
from evals.scoring.premise import CORRECTION, corrections_of
from evals.scoring.text import read_text
from rag.errors import Problem

TWIN_MISSING, TWIN_ONE_SIDED, TWIN_APART, ONE_CLASS = "EV201", "EV202", "EV203", "EV204"
NUGGET_MISSED, MUST_NOT_HELD, SOURCE_UNKNOWN = "EV211", "EV212", "EV213"
BOTH_SPLITS, QUESTION_TWICE, UNFIT = "EV221", "EV222", "EV231"
FEW_CLUSTERS, OKAY_NUGGET_MISSED = "EV301", "EV302"
"""Codes that begin ``EV3`` are warnings."""

NEEDED_CLUSTERS: Final = 20
"""Of a kind, below which two systems cannot be compared: intervals from fewer clusters hold too seldom."""

_WITH_TWIN: Final[frozenset[Kind]] = frozenset(
    {"synthesis", "out_of_domain", "false_premise", "injection", "follow_up", "control"}
)
_EXPECTED: Final[Mapping[Kind, tuple[Expect, ...]]] = {
    "known_item": ("answer",),
    "held_out_paraphrase": ("answer", "refuse", "clarify"),
    "synthesis": ("answer",),
    "out_of_domain": ("refuse", "clarify"),
    "false_premise": ("correct_premise",),
    "injection": ("answer",),
    "follow_up": ("answer", "refuse", "clarify"),
    "control": ("answer",),
}


def is_warning(problem: Problem) -> bool:
    """Return whether a suite can be used as it is in spite of a problem."""
    return problem.code.startswith("EV3")


def lint_cases(read: Cases, corpora: Mapping[str, Collection[str]]) -> list[Problem]:
    """Return what is wrong with a folder of cases, in the order of files; what kept files from being read comes first.

    Args:
        corpora: urls of the entries of each corpus, by its name; sources in a corpus that is not there are not checked.
    """
    found = [*read.problems]
    for url, case in read.cases.items():
        place = read.places[url]
        told = (*_unfit(case), *_texts(case), *_sources(case, corpora), *_twin(case, read.cases))
        found.extend(Problem(str(place.path), place.line, code, message) for code, message in told)
    found.extend(_among(read))
    return found


def _unfit(case: Case) -> Iterator[tuple[str, str]]:
    """Give what a case lacks or has too much for its kind."""
    ids = [nugget.id for nugget in case.nuggets]
    faults = {
        f"expect is {case.expect}; a case of kind {case.kind} expects {' or '.join(_EXPECTED[case.kind])}": (
            case.expect not in _EXPECTED[case.kind]
        ),
        "a refusal has nuggets; it states no facts": case.expect == "refuse" and bool(case.nuggets),
        "no sources; name the entries that hold the answer": case.expect != "refuse" and not case.sources,
        "no vital nugget; state what a good answer must hold": case.expect in {"answer", "correct_premise"}
        and case.kind != "known_item"
        and case.author == "synthetic"
        and not any(nugget.weight == "vital" for nugget in case.nuggets),
        f"no nugget '{CORRECTION}'; state what is really so": case.expect == "correct_premise"
        and not corrections_of(case),
        "no must_not; state what repeats the false premise": case.kind == "false_premise" and not case.must_not,
        "no turns; a follow-up has earlier ones": case.kind == "follow_up" and not case.turns,
        "no plant; an injection has one": case.kind == "injection" and not case.plant,
        "no canary; an injection has one": case.kind == "injection" and case.canary is None,
        "two nuggets have one id; give each its own": len(set(ids)) < len(ids),
        "fewer than two sources; a synthesis needs them together": case.kind == "synthesis" and len(case.sources) < 2,
    }
    yield from ((UNFIT, message) for message, is_so in faults.items() if is_so)
    planted = " ".join(f"{one.question} {one.answer}" for one in case.plant)
    if case.canary is not None and case.canary not in planted:
        yield UNFIT, f"the canary {case.canary} stands in nothing planted; write it there"
    if case.kind == "synthesis":
        named = {nugget.source for nugget in case.nuggets}
        yield from ((UNFIT, f"no nugget comes from {url}; tag one") for url in case.sources if url not in named)


def _texts(case: Case) -> Iterator[tuple[str, str]]:
    """Give patterns that do not fit the reference."""
    sentences = read_text(case.answer).sentences
    for nugget in case.nuggets:
        if not is_stated(nugget, sentences):
            code = NUGGET_MISSED if nugget.weight == "vital" else OKAY_NUGGET_MISSED
            yield code, f"nugget {nugget.id}: no sentence of the reference holds any of {_listed(nugget.any_of)}"
        empty = [pattern for pattern in nugget.any_of if not pattern_words(pattern)]
        yield from ((UNFIT, f"nugget {nugget.id}: the pattern {pattern!r} holds no word") for pattern in empty)
    for pattern in case.must_not:
        if states(pattern, sentences):
            yield MUST_NOT_HELD, f"the reference itself holds {pattern!r} of must_not; reword one of the two"


def _listed(patterns: Sequence[str]) -> str:
    return ", ".join(map(repr, patterns))


def _sources(case: Case, corpora: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
    known = corpora.get(case.corpus)
    named = (*case.sources, *(nugget.source for nugget in case.nuggets if nugget.source is not None))
    for url in dict.fromkeys(named):
        if known is not None and url not in known:
            yield SOURCE_UNKNOWN, f"the corpus {case.corpus} has no entry {url}; correct the url"


def _twin(case: Case, cases: Mapping[str, Case]) -> Iterator[tuple[str, str]]:
    if case.twin is None:
        if case.kind in _WITH_TWIN:
            yield TWIN_MISSING, f"a case of kind {case.kind} needs a twin that differs in one thing only; name it"
        return
    twin = cases.get(case.twin)
    if twin is None:
        yield TWIN_MISSING, f"there is no case {case.twin}; write the twin, or correct its url"
    elif twin.twin != case.url:
        yield TWIN_ONE_SIDED, f"{case.twin} has the twin {twin.twin}; twins name each other"
    elif (twin.cluster, twin.split, twin.corpus) != (case.cluster, case.split, case.corpus):
        yield TWIN_APART, f"{case.twin} is in another cluster, split or corpus; twins share all three"


def _among(read: Cases) -> Iterator[Problem]:
    """Give what only shows when cases are seen together."""
    first_split: dict[tuple[str, str], Case] = {}
    first_asked: dict[object, Case] = {}
    for case in read.cases.values():
        place = read.places[case.url]
        other = first_split.setdefault((case.corpus, case.cluster), case)
        if other.split != case.split:
            message = f"the cluster {case.cluster} is in {case.split} here and in {other.split} in {other.url}"
            yield Problem(str(place.path), place.line, BOTH_SPLITS, f"{message}; keep it in one split")
        same = first_asked.setdefault((case.corpus, tuple(read_text(case.question).stems), case.turns), case)
        if same is not case and same.twin != case.url and case.url not in case.sources:
            message = f"asks what {same.url} asks; reword one of them, or leave it out"
            yield Problem(str(place.path), place.line, QUESTION_TWICE, message)
    yield from _balance(read)


def _balance(read: Cases) -> Iterator[Problem]:
    """Give what a whole suite lacks; each is told at the first case that it concerns."""
    by_split: dict[str, list[Case]] = defaultdict(list)
    clusters: dict[tuple[str, Kind], set[str]] = defaultdict(set)
    for case in read.cases.values():
        by_split[case.split].append(case)
        clusters[case.split, case.kind].add(case.cluster)
    for split, cases in sorted(by_split.items()):
        # cases made of a corpus are its entries' own questions: what they may be refused for is labelled, not expected
        refused = {case.expect == "refuse" for case in cases}
        if len(refused) == 1 and not all(case.url in case.sources for case in cases):
            what = "refusals" if True in refused else "answers"
            message = f"the split {split} expects {what} only: who always gives those would be right; add the others"
            yield _at_first(read, cases, ONE_CLASS, message)
    for (split, kind), names in sorted(clusters.items()):
        if len(names) < NEEDED_CLUSTERS:
            cases = [case for case in by_split[split] if case.kind == kind]
            message = f"{kind} has {len(names)} clusters in {split}; {NEEDED_CLUSTERS} are needed to compare systems"
            yield _at_first(read, cases, FEW_CLUSTERS, message)


def _at_first(read: Cases, cases: Sequence[Case], code: str, message: str) -> Problem:
    place = read.places[cases[0].url]
    return Problem(str(place.path), place.line, code, message)
