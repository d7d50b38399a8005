"""From a question to the entries that answer it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_corpus import ENTRIES, build_retriever

from rag.adapters.minilm import MiniLMEmbedder
from rag.errors import QuestionError
from rag.models import Evidence
from rag.ports import DenseIndex, Rows, Vectors
from rag.retrieval import Retriever
from rag.retrieval.retriever import _REMEMBERED
from rag.retrieval.terms import match_terms
from rag.testing import HashEmbedder, make_entry

URLS = {name: entry.url for name, entry in ENTRIES.items()}


def urls_of(evidence: list[Evidence]) -> list[str]:
    """Return the urls of the entries found, in their order."""
    return [found.url for found in evidence]


@pytest.mark.parametrize(
    ("question", "name"),
    [
        *((entry.question, name) for name, entry in ENTRIES.items()),
        ("Why is a neuron at rest negative inside?", "neuron"),
        ("sodium potassium pump", "neuron"),
        ("what does rubisco do in the Calvin cycle", "photosynthesis"),
        ("vasopressin and the collecting duct", "kidney"),
    ],
)
def test_the_right_entry_comes_first(retriever: Retriever, question: str, name: str) -> None:
    """An entry's own question, a rewording, and words of its sections lead to it."""
    assert urls_of(retriever.retrieve(question))[0] == URLS[name]


@pytest.mark.parametrize(
    ("question", "name"),
    [("Does immunization keep us from getting sick?", "vaccine"), ("renal conservation of fluids", "kidney")],
)
def test_the_real_embedder_finds_an_entry_without_a_common_word(tmp_path: Path, question: str, name: str) -> None:
    """Meaning is enough."""
    retriever = build_retriever(tmp_path, ENTRIES.values(), MiniLMEmbedder())
    assert urls_of(retriever.retrieve(question))[0] == URLS[name]


def test_entries_are_distinct_and_carry_their_own_sections_nearest_first(retriever: Retriever) -> None:
    """Each entry is found once, ranked from 1, under its question, with all its sections in order of nearness."""
    evidence = retriever.retrieve("How do plants and neurons use water, light and potassium?")
    assert len(set(urls_of(evidence))) == len(evidence) == len(ENTRIES)
    assert [found.rank for found in evidence] == list(range(1, len(evidence) + 1))
    for found in evidence:
        assert found.title == retriever.store.question_of(found.url)
        answer = retriever.store.answer_of(found.url)
        cosines = [scored.cosine for scored in found.sections]
        assert cosines == sorted(cosines, reverse=True)
        assert found.signals.section == cosines[0]
        assert found.passage == found.sections[0].passage
        for passage in (scored.passage for scored in found.sections):
            assert (passage.url, passage.kind) == (found.url, "section")
            assert answer[passage.start : passage.end] == passage.text


def test_the_section_that_fits_best_is_shown(retriever: Retriever) -> None:
    """Of an entry's sections the one that the question is about comes first."""
    light, calvin = (
        retriever.retrieve(question)[0].passage.section
        for question in ("How does chlorophyll catch light in the thylakoids?", "Where does Rubisco fix CO2?")
    )
    assert (light, calvin) == ("Light reactions", "Calvin cycle")


@pytest.mark.parametrize("limit", [1, 2, 6, 50])
def test_the_limit_cuts_the_same_list(retriever: Retriever, limit: int) -> None:
    """A smaller limit gives the beginning of what a larger one gives."""
    question = "How do plants keep water?"
    assert retriever.retrieve(question, limit=limit) == retriever.retrieve(question, limit=100)[:limit]


def test_an_empty_corpus_gives_no_evidence(tmp_path: Path) -> None:
    """Searching before there is an entry finds nothing and does not fail."""
    assert build_retriever(tmp_path, []).retrieve("What is a cell?") == []


@pytest.mark.parametrize("question", ["", "   ", "\n\t\n", "\u00a0", "a" * 4_001, "half \ud83e"])
def test_a_question_that_is_empty_too_long_or_broken_is_refused(retriever: Retriever, question: str) -> None:
    """The caller is told, whatever the corpus."""
    with pytest.raises(QuestionError, match="question"):
        retriever.retrieve(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the and of it?",
        "why",
        "?!… --- ***",
        "|||",
        "$$$",
        "$",
        "\\",
        "\0",
        "🧬",
        "🧬🦠🧫",
        "細胞分裂とは何ですか",
        "\u200b",
        '"near" AND (or NOT "',
        "x" * 3_999,
        "cell " * 799 + "cell",
        "🧬" * 3_999,
        "?" * 4_000,
    ],
)
def test_a_strange_question_is_answered_with_scores_in_bounds(retriever: Retriever, question: str) -> None:
    """Stop words, punctuation, emoji, other scripts and the longest question are searched for like any other."""
    evidence = retriever.retrieve(question)
    assert 0 < len(evidence) <= len(ENTRIES)
    assert all(0 <= found.score <= 1 and 0 <= found.signals.terms <= 1 for found in evidence)


WORDS = sorted({word for entry in ENTRIES.values() for word in f"{entry.question} {entry.answer}".split()})


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """Return a retriever over the small corpus, with the double."""
    return build_retriever(tmp_path_factory.mktemp("bounds"), ENTRIES.values())


@settings(max_examples=80, deadline=None)
@given(words=st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)), min_size=1, max_size=12))
def test_scores_of_any_question_are_ordered_and_between_0_and_1(small: Retriever, words: list[str]) -> None:
    """A score is a degree of certainty, and better entries never have a lower one."""
    evidence = small.retrieve(f"q {' '.join(words)}")
    assert all(0 <= found.score <= 1 for found in evidence)
    assert all(0 <= found.signals.terms <= 1 for found in evidence)
    assert all(
        -1.001 <= cosine <= 1.001 for found in evidence for cosine in (found.signals.section, found.signals.question)
    )
    assert all(first.score >= second.score for first, second in pairwise(evidence))


@pytest.mark.parametrize(
    ("question", "spellings", "name"),
    [
        ("Where does Rubisco fix {}?", ["CO2", "CO₂", "$CO_2$", r"$\ce{CO2}$", r"\(CO_2\)", "CO_2"], "photosynthesis"),
        (
            "What has the formula {}?",
            ["C6H12O6", "C₆H₁₂O₆", "$C_6H_{12}O_6$", r"$\ce{C6H12O6}$", r"$\mathrm{C_6H_{12}O_6}$"],
            "glucose",
        ),
        ("What happens to {} here?", ["Na+", "Na⁺", "$Na^+$", "$Na^{+}$"], "neuron"),
    ],
)
def test_every_spelling_of_a_formula_gives_the_same_evidence(
    retriever: Retriever, question: str, spellings: list[str], name: str
) -> None:
    """How an asker types a formula changes neither the entry nor its score."""
    first, *others = (retriever.retrieve(question.format(spelling)) for spelling in spellings)
    assert first[0].url == URLS[name]
    assert [other == first for other in others] == [True] * len(others)


@pytest.mark.parametrize("name", ENTRIES)
def test_an_excluded_entry_is_hidden_though_it_is_nearest_by_every_signal(retriever: Retriever, name: str) -> None:
    """An entry asked for by its own question does not show where it is excluded; the others keep their order."""
    question = ENTRIES[name].question
    everything = urls_of(retriever.retrieve(question))
    assert everything[0] == URLS[name]
    assert urls_of(retriever.retrieve(question, exclude=[URLS[name]])) == everything[1:]


def test_excluding_what_is_not_there_changes_nothing(retriever: Retriever) -> None:
    """A url that no entry has excludes nothing."""
    question = "How do plants keep water?"
    assert retriever.retrieve(question, exclude={"/learn/nowhere"}) == retriever.retrieve(question)


def test_excluding_every_entry_leaves_none(retriever: Retriever) -> None:
    """Where nothing may be found, nothing is."""
    assert retriever.retrieve("What is a cell?", exclude=list(URLS.values())) == []


@dataclass(frozen=True, slots=True)
class SilentIndex:
    """Vectors that propose nothing, and compare what others propose."""

    speaking: DenseIndex

    def search(self, vector: Vectors, limit: int, among: Rows | None = None) -> tuple[Rows, Vectors]:  # noqa: ARG002 as above
        """Find nothing."""
        rows = np.arange(0)
        return rows, self.speaking.cosines(vector, rows[:limit])

    def near(self, vector: Vectors, count: int) -> Rows | None:
        """Know what is near."""
        return self.speaking.near(vector, count)

    def cosines(self, vector: Vectors, rows: Rows) -> Vectors:
        """Return the cosine of a vector to each of some rows."""
        return self.speaking.cosines(vector, rows)

    def vectors(self, rows: Rows) -> Vectors:
        """Return the vectors of some rows."""
        return self.speaking.vectors(rows)


CROWD = 150
"""More entries than any signal proposes where none is excluded."""

FITTING = [
    make_entry(f"What do stem cells become {number}?", "Stem cells become cells.\n\n# B\n\nStem cells become tissue.")
    for number in range(CROWD)
]


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """Return a retriever over many entries that fit a question, and one that fits it less."""
    lesser = make_entry("Where are stem cells found at birth?", "Umbilical cords hold stem blood with other matter.")
    return build_retriever(tmp_path_factory.mktemp("crowded"), [*FITTING, lesser])


@pytest.mark.parametrize("signal", ["sections", "terms"])
def test_the_one_entry_left_is_found_by_each_signal_alone(crowded: Retriever, signal: str) -> None:
    """With nearly all of the corpus excluded, no excluded entry takes the place of one that is left.

    Sections and terms are what candidates come from.
    """
    found = crowded.retrieve("What do stem cells become?", limit=CROWD + 1)
    lesser = "/learn/biology/questions/where-are-stem-cells-found-at-birth"
    excluded = {entry.url for entry in FITTING}
    assert lesser not in urls_of(found)
    snapshot = crowded.snapshot
    if signal != "sections":
        snapshot = replace(snapshot, sections=SilentIndex(snapshot.sections))
    snapshot = replace(snapshot, questions=SilentIndex(snapshot.questions))
    question = "What do stem cells become?" if signal == "terms" else "What is it that they do?"
    alone = replace(crowded, snapshot=snapshot)
    concepts = crowded.reader.read(question).concepts
    assert bool(match_terms(concepts, snapshot.postings).shares.any()) == (signal == "terms")
    assert urls_of(alone.retrieve(question, exclude=excluded)) == [lesser]


@dataclass(frozen=True, slots=True)
class FirstAreNear(SilentIndex):
    """Vectors of questions of which the first three are near to any other."""

    def near(self, vector: Vectors, count: int) -> Rows:  # noqa: ARG002 as the port names them
        """Return the first three."""
        return np.arange(3)


def test_an_entry_whose_question_lies_far_is_found_by_its_words(crowded: Retriever) -> None:
    """Where the sections of the entries with the nearest questions alone are looked at, terms still find the others."""
    far = replace(crowded, snapshot=replace(crowded.snapshot, questions=FirstAreNear(crowded.snapshot.questions)))
    lesser = "/learn/biology/questions/where-are-stem-cells-found-at-birth"
    assert urls_of(far.retrieve("Which umbilical cords hold blood?"))[0] == lesser
    found = urls_of(far.retrieve("What is it that they do?", limit=CROWD))
    assert sorted(found) == sorted(entry.url for entry in FITTING)[:3]


@dataclass(frozen=True, slots=True)
class AsManyAreNear(SilentIndex):
    """Vectors of questions of which just as many are near as are asked for, the first ones."""

    def near(self, vector: Vectors, count: int) -> Rows:  # noqa: ARG002 as the port names them
        """Return the first ones."""
        return np.arange(min(count, CROWD + 1))


def test_nearest_questions_do_not_crowd_out_the_entries_that_are_left(
    monkeypatch: pytest.MonkeyPatch, crowded: Retriever
) -> None:
    """As many more entries are looked at as are excluded."""
    monkeypatch.setattr("rag.retrieval.retriever._NEAR", 3)
    excluded = {entry.url for entry in FITTING}
    near = replace(crowded, snapshot=replace(crowded.snapshot, questions=AsManyAreNear(crowded.snapshot.questions)))
    found = near.retrieve("What is it that they do?", exclude=excluded)
    assert urls_of(found) == ["/learn/biology/questions/where-are-stem-cells-found-at-birth"]


def test_equal_entries_are_ordered_by_url_whatever_the_order_they_came_in(tmp_path: Path) -> None:
    """Ties are stable."""
    twins = [
        make_entry("What is a cell?", "A unit of life.", subject=subject)
        for subject in ("Zoology", "Botany", "Biology")
    ]
    found = [
        build_retriever(tmp_path / str(number), order).retrieve("What is a cell?")
        for number, order in enumerate((twins, twins[::-1]))
    ]
    assert found[0] == found[1]
    assert len({evidence.score for evidence in found[0]}) == 1
    assert urls_of(found[0]) == sorted(entry.url for entry in twins)


def test_asking_twice_gives_the_same(retriever: Retriever) -> None:
    """Nothing of a question stays behind."""
    first = retriever.retrieve("How do plants keep water?")
    retriever.retrieve("Why is a neuron negative?", exclude=[URLS["kidney"]])
    assert retriever.retrieve("How do plants keep water?") == first


RETRIEVE = """
import json, sys
from pathlib import Path
from small_corpus import ENTRIES, build_retriever
retriever = build_retriever(Path(sys.argv[1]), ENTRIES.values())
questions = ["How do plants keep water and light?", "sodium potassium neuron CO2", "the of and"]
exclude = {ENTRIES[name].url for name in ("enzyme", "vaccine")}
found = [retriever.retrieve(question, exclude=exclude) for question in questions]
print(json.dumps([[(one.url, one.score, one.passage.id) for one in evidence] for evidence in found]))
"""


def test_results_do_not_depend_on_how_python_hashes(tmp_path: Path) -> None:
    """Processes with other hash seeds find the same entries with the same scores."""
    outputs = []
    for seed in ("0", "1", "4242"):
        command = [sys.executable, "-c", RETRIEVE, str(tmp_path / seed)]
        here = Path(__file__).parent
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join([str(here), str(here.parent)])}
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603 our own
        outputs.append(json.loads(done.stdout))
    assert outputs[0][0]
    assert outputs[0] == outputs[1] == outputs[2]


@pytest.mark.parametrize("answer", ["# Only a heading", "# One\n\n## Two"])
def test_an_entry_without_a_section_does_not_break_the_search(tmp_path: Path, answer: str) -> None:
    """An answer that is all headings leaves the other entries to be found."""
    odd = make_entry("What is a rest?", answer)
    retriever = build_retriever(tmp_path, [odd, *ENTRIES.values()])
    assert URLS["neuron"] in urls_of(retriever.retrieve("Why is a neuron at rest negative?"))


def test_a_search_made_before_is_remembered(tmp_path: Path) -> None:
    """The same question, limit and exclusion are answered without the embedder, whatever was asked in between."""
    embedder = HashEmbedder()
    retriever = build_retriever(tmp_path, ENTRIES.values(), embedder)
    embedder.embedded.clear()
    first = retriever.search("How do plants keep water?")
    other = retriever.search("Why is a neuron negative?")
    assert len(embedder.embedded) == 2
    assert retriever.search("How do plants keep water?") is first
    assert retriever.search("Why is a neuron negative?") is other
    assert len(embedder.embedded) == 2


def test_what_is_remembered_of_a_question_is_not_given_for_another_limit_or_exclusion(tmp_path: Path) -> None:
    """Each way of asking has its own answer, in whatever order they are asked."""
    retriever = build_retriever(tmp_path, ENTRIES.values())
    question = ENTRIES["kidney"].question
    whole = urls_of(retriever.retrieve(question))
    assert urls_of(retriever.retrieve(question, limit=1)) == whole[:1]
    assert urls_of(retriever.retrieve(question, exclude=[URLS["kidney"]])) == whole[1:]
    assert urls_of(retriever.retrieve(question)) == whole


def test_no_more_searches_are_remembered_than_there_is_room_for(tmp_path: Path) -> None:
    """The one that was asked longest ago is forgotten, not one that was asked again since."""
    embedder = HashEmbedder()
    retriever = build_retriever(tmp_path, [ENTRIES["enzyme"]], embedder)
    for number in range(_REMEMBERED):
        retriever.search(f"question {number}")
    retriever.search("question 0")
    retriever.search("one more")
    embedder.embedded.clear()
    retriever.search("question 0")
    assert embedder.embedded == []
    retriever.search("question 1")
    assert len(embedder.embedded) == 1


def test_what_is_embedded_is_the_question_as_it_was_read(tmp_path: Path) -> None:
    """Spelling repaired and lay terms replaced; the search tells both."""
    embedder = HashEmbedder()
    retriever = build_retriever(tmp_path, ENTRIES.values(), embedder)
    embedder.embedded.clear()
    query = retriever.search("Can an enzime lower high blood pressure?").query
    assert embedder.embedded == [query.text] == ["Can an enzyme lower hypertension?"]
    assert [rewrite.written for rewrite in query.rewrites] == ["enzime", "high blood pressure"]


def test_a_misspelt_question_finds_what_the_right_one_finds(retriever: Retriever) -> None:
    """But for the question and its rewriting, the searches are one."""
    right, misspelt = (
        retriever.search(f"How does a {word} protect people from infection?") for word in ("vaccine", "vacine")
    )
    assert misspelt.evidence == right.evidence
    assert misspelt.evidence[0].url == URLS["vaccine"]


def test_an_entry_matches_what_it_holds_of_the_question(retriever: Retriever) -> None:
    """The concepts named are the question's own words, those that the entry holds; none is missing where it has all."""
    search = retriever.search("What does vasopressin do to the medulla, a neuron or rubisco?")
    matched = {found.url: found.signals.matched for found in search.evidence}
    assert matched[URLS["kidney"]] == ("vasopressin", "medulla")
    assert matched[URLS["neuron"]] == ("neuron",)
    assert matched[URLS["enzyme"]] == ()
    whole = retriever.search("vasopressin in the medulla").evidence[0]
    assert (whole.url, whole.signals.missing) == (URLS["kidney"], 0)


def test_the_lead_is_measured_from_the_fifth_entry(retriever: Retriever) -> None:
    """The first leads by the most, the fifth by nothing, and what follows lags behind."""
    leads = [found.signals.lead for found in retriever.retrieve("How do plants keep water?")]
    assert leads == sorted(leads, reverse=True)
    assert leads[4] == 0
    assert leads[0] > 0 >= leads[5]


@settings(max_examples=80, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_what_an_entry_matches_is_among_the_concepts_of_the_question(small: Retriever, words: list[str]) -> None:
    """In their order, each once; an entry that matches none has no share, one that lacks nothing misses nothing."""
    search = small.search(f"q {' '.join(words)}")
    written = [concept.written for concept in search.query.concepts]
    for found in search.evidence:
        places = [written.index(each) for each in found.signals.matched]
        assert len(found.signals.matched) <= len(written)
        assert places == sorted(places)
        assert found.signals.matched or found.signals.terms == 0
        assert found.signals.missing >= 0
