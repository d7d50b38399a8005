"""Which cases of a suite are asked."""

from __future__ import annotations

from suite_cases import SOURCE, make_case, url_of

from evals.cases import Choice, cases_over

_CASES = [
    make_case(f"{cluster}-{n}", cluster=cluster, split="dev" if n else "test") for cluster in "abcdef" for n in (0, 1)
]


def test_all_cases_are_asked_unless_something_is_chosen() -> None:
    """A choice of nothing is the whole suite, in its order."""
    assert Choice().of(_CASES) == _CASES


def test_split_and_kind_are_chosen() -> None:
    """What is of another split or kind is not asked."""
    other = make_case("other", kind="control", cluster="a")
    assert {case.split for case in Choice(split="test").of(_CASES)} == {"test"}
    assert Choice(kinds=("control",)).of([*_CASES, other]) == [other]


def test_a_sample_is_whole_clusters_and_always_the_same() -> None:
    """Some clusters of each kind, with all their cases, whatever the order of the suite."""
    drawn = Choice(sample=2).of(_CASES)
    clusters = {case.cluster for case in drawn}
    assert len(clusters) == 2
    assert drawn == [case for case in _CASES if case.cluster in clusters]
    assert drawn == Choice(sample=2).of(_CASES[::-1])[::-1]
    assert Choice(sample=99).of(_CASES) == _CASES


def test_a_sample_is_drawn_by_a_hash_of_the_clusters_names() -> None:
    """Not the first names of the alphabet, which may have much in common; a larger sample holds the smaller one."""
    samples = [{case.cluster for case in Choice(sample=n).of(_CASES)} for n in (2, 3)]
    assert samples == [{"d", "f"}, {"c", "d", "f"}]


def test_a_case_is_over_a_corpus_that_has_all_its_sources() -> None:
    """A case that names none goes with its twin, or with the corpus of the others."""
    here = make_case("here")
    half = make_case("half", sources={SOURCE: 2, "/learn/no/where": 1})
    away = make_case("away", corpus="real", sources={"/learn/no/where": 2})
    refused = make_case("refused", sources={}, twin=here.url)
    refused_away = make_case("refused-away", sources={}, corpus="real", twin=away.url)
    alone = make_case("alone", sources={}, twin=url_of("nobody"))
    alone_away = make_case("alone-away", sources={}, corpus="real")
    cases = {case.url: case for case in (here, half, away, refused, refused_away, alone, alone_away)}
    assert cases_over(cases, [SOURCE]) == [here, refused, alone]
