"""The suite of our own: how many cases of which kind, that they are sound, and that they are our own words."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import get_args

import pytest

from evals.cases import Cases, grams_of, is_warning, lint_cases, read_cases
from evals.models import Case, Kind
from evals.scoring.idf import Idf
from evals.scoring.nuggets import assign_nugget
from evals.scoring.patterns import states
from evals.scoring.text import read_text
from rag.corpus import Entry, load_corpus

_COUNTS = {
    "held_out_paraphrase": 224,
    "synthesis": 60,
    "out_of_domain": 60,
    "false_premise": 60,
    "injection": 60,
    "follow_up": 60,
    "control": 300,
}
_WITH_SAME_ANSWER = {"injection", "follow_up"}
_FIRST_ID = 960_001
_EVEN = Idf("none", 1, {})
"""All words weigh the same: patterns alone decide here."""


@pytest.fixture(scope="module")
def suite(repository: Path) -> Cases:
    """Return the suite as read."""
    return read_cases(repository / "evals/datasets/suite")


@pytest.fixture(scope="module")
def starter(repository: Path) -> Mapping[str, Entry]:
    """Return the entries of the starter corpus."""
    return load_corpus(repository / "corpus").entries


@pytest.fixture(scope="module")
def real(real_files: Path) -> Mapping[str, Entry]:
    """Return the publisher's own entries; skips the test where they are absent."""
    return load_corpus(real_files / "content/learn/biology").entries


def _texts(case: Case) -> list[str]:
    said = [text for one in (*case.turns, *case.plant) for text in (one.question, one.answer)]
    return [case.question, case.answer, *said]


def _clusters(cases: Iterable[Case], kind: Kind) -> set[str]:
    return {case.cluster for case in cases if case.kind == kind}


def _copied(suite: Cases, entries: Mapping[str, Entry]) -> list[tuple[str, str]]:
    """Return the runs of eight words that cases share with entries, by url."""
    runs = {run for entry in entries.values() for text in (entry.question, entry.answer) for run in grams_of(text)}
    cases = suite.cases.values()
    return [(case.url, run) for case in cases for text in _texts(case) for run in sorted(grams_of(text) & runs)]


def test_every_file_is_a_case_in_the_folder_of_its_kind(suite: Cases) -> None:
    """All files are read, and each stands under its kind by the last part of its url."""
    assert not suite.problems
    for url, case in suite.cases.items():
        path = suite.places[url].path
        assert (path.parent.name, path.stem) == (case.kind, url.rpartition("/")[2])


def test_counts_are_as_told(suite: Cases) -> None:
    """824 cases: as many of each kind as the README says, all of them marked as synthetic."""
    assert Counter(case.kind for case in suite.cases.values()) == _COUNTS
    assert {case.author for case in suite.cases.values()} == {"synthetic"}
    assert {case.corpus for case in suite.cases.values()} == {"starter", "real"}


def test_each_kind_has_clusters_enough_to_compare_systems(suite: Cases) -> None:
    """Every kind has at least 20 independent groups in the test split, rewordings at least 80 in both together."""
    tested = [case for case in suite.cases.values() if case.split == "test"]
    assert {
        kind: len(_clusters(tested, kind)) for kind in get_args(Kind) if 0 < len(_clusters(tested, kind)) < 20
    } == {}
    assert len(_clusters(suite.cases.values(), "held_out_paraphrase")) >= 80


def test_only_rewordings_hide_their_entry(suite: Cases) -> None:
    """A rewording hides its entry and the neighbours; other cases hide nothing."""
    hidden = {(case.kind == "held_out_paraphrase", case.hold_out) for case in suite.cases.values()}
    assert hidden == {(True, "neighbourhood"), (False, "none")}


def test_split_is_drawn_by_a_hash_of_the_cluster(suite: Cases) -> None:
    """Three hashes in ten are for choosing by, so that no cluster is in both splits."""
    for case in suite.cases.values():
        drawn = int(hashlib.sha256(case.cluster.encode()).hexdigest(), 16) % 10
        assert case.split == ("dev" if drawn < 3 else "test")


def test_cases_on_one_entry_share_a_cluster(suite: Cases) -> None:
    """Cases whose first source is the same entry are not independent."""
    clusters: dict[tuple[str, str], set[str]] = defaultdict(set)
    for case in suite.cases.values():
        for url in list(case.sources)[:1]:
            clusters[case.corpus, url].add(case.cluster)
    assert [key for key, names in clusters.items() if len(names) > 1] == []


def test_twins_differ_in_one_thing(suite: Cases) -> None:
    """All but rewordings have a control; that of an injection or a follow-up is to be answered the same."""
    for case in suite.cases.values():
        twin = suite.cases[case.twin] if case.twin else None
        if case.kind == "held_out_paraphrase":
            assert twin is None
        elif case.kind != "control":
            assert twin is not None
            assert (twin.kind, twin.turns, twin.plant, twin.twin) == ("control", (), (), case.url)
            same = (twin.answer, twin.nuggets, twin.sources) == (case.answer, case.nuggets, case.sources)
            assert same == (case.kind in _WITH_SAME_ANSWER)
            assert (twin.question == case.question) == (case.kind == "injection")


def test_linter_finds_nothing_over_the_starter_corpus(suite: Cases, starter: Mapping[str, Entry]) -> None:
    """No error; that some kinds have few clusters in the small split is all that is told."""
    found = lint_cases(suite, {"starter": starter})
    assert all(is_warning(one) and "clusters in dev" in one.message for one in found), found


def test_linter_finds_nothing_over_the_real_corpus(suite: Cases, real: Mapping[str, Entry]) -> None:
    """The sources that cases on the publisher's entries name are there."""
    assert [one for one in lint_cases(suite, {"real": real}) if not is_warning(one)] == []


def test_no_case_holds_a_run_of_words_of_a_starter_entry(suite: Cases, starter: Mapping[str, Entry]) -> None:
    """Questions, references, turns and what is planted are our own words, so that copying an entry earns no bonus."""
    assert _copied(suite, starter) == []


def test_no_case_holds_a_run_of_words_of_a_real_entry(suite: Cases, real: Mapping[str, Entry]) -> None:
    """The publisher's entries are named by their urls only; nothing of them is taken over."""
    assert _copied(suite, real) == []


def test_references_are_scored_as_right(suite: Cases) -> None:
    """The scoring finds every nugget in the reference with the right polarity, and nothing that must not be said."""
    for case in suite.cases.values():
        sentences = read_text(case.answer).sentences
        assert {assign_nugget(nugget, sentences, _EVEN) for nugget in case.nuggets} <= {"supported"}, case.url
        assert [pattern for pattern in case.must_not if states(pattern, sentences)] == [], case.url


def test_right_entries_say_nothing_that_must_not_be_said(suite: Cases, starter: Mapping[str, Entry]) -> None:
    """An answer copied from the entry that is right does not count as the false premise repeated."""
    for case in suite.cases.values():
        for url in case.sources if case.corpus == "starter" and case.must_not else ():
            sentences = read_text(starter[url].answer).sentences
            assert [pattern for pattern in case.must_not if states(pattern, sentences)] == [], case.url


def test_repeating_a_false_premise_corrects_nothing(suite: Cases) -> None:
    """No question of that kind holds a wording of its own correction."""
    for case in suite.cases.values():
        if case.kind == "false_premise":
            correction = next(nugget for nugget in case.nuggets if nugget.id == "correction")
            assert assign_nugget(correction, read_text(case.question).sentences, _EVEN) != "supported", case.url


def test_refusals_forbid_no_words(suite: Cases) -> None:
    """Whether a system refuses is told by its reply as a whole, not by words that a refusal may well mention."""
    assert [case.url for case in suite.cases.values() if case.expect == "refuse" and case.must_not] == []


def test_ids_are_of_a_range_of_their_own(suite: Cases, starter: Mapping[str, Entry]) -> None:
    """A case has no id of another case or of an entry, so both may stand in one folder."""
    files = [place.path.read_text(encoding="utf-8") for place in suite.places.values()]
    ids = {int(line.removeprefix("id: ")) for text in files for line in text.split("\n")[:5] if line.startswith("id: ")}
    assert ids == set(range(_FIRST_ID, _FIRST_ID + sum(_COUNTS.values())))
    assert not ids & {entry.id for entry in starter.values()}
