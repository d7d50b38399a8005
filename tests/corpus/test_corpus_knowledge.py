"""Refusals and answers bound to somebody's course are told from knowledge."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from rag import parse_entry
from rag.corpus import load_corpus, reason_left_out
from rag.testing import make_entry

KNOWLEDGE = "Mammals are warm-blooded animals that feed their young with milk."


@pytest.mark.parametrize(
    "answer",
    [
        "I cannot answer this question from what I was given.",
        "I can't answer that.",
        "I can’t provide an answer.",
        "I'm sorry, but nothing here speaks of newts.",
        "I am unable to say.",
        "I could not find anything about newts.",
        "Sorry, that is not covered.",
        "Unfortunately, the sources are silent.",
        "As an AI, I have no eyes.",
        "The available information does not mention newts.",
        "Based on the provided context does not say.",
        "\n  I do not have access to the notes.",
    ],
)
def test_an_answer_that_opens_by_refusing_is_a_refusal(answer: str) -> None:
    """However it is worded, an opening refusal is no knowledge."""
    assert reason_left_out(make_entry("What is a newt?", answer)) == "refusal"


def test_an_entry_marked_no_index_is_a_refusal_whatever_it_says() -> None:
    """The publisher's own mark is believed."""
    entry = make_entry("What is a newt?", KNOWLEDGE)
    assert reason_left_out(entry) is None
    assert reason_left_out(dataclasses.replace(entry, no_index=True)) == "refusal"


@pytest.mark.parametrize(
    "answer",
    [
        f"{KNOWLEDGE} However, the available information does not specify their number.",
        f"{KNOWLEDGE}\n\nThe provided context does not explicitly mention newts.",
        f"{KNOWLEDGE} The gathered text did not cover this.",
    ],
)
def test_an_answer_that_says_its_sources_lack_something_is_a_half_refusal(answer: str) -> None:
    """An answer about what its sources do not say is no knowledge."""
    assert reason_left_out(make_entry("What is a newt?", answer)) == "half-refusal"


@pytest.mark.parametrize(
    "question",
    [
        "What will be on the midterm?",
        "What topics does this module cover?",
        "How are grades given in the course?",
        "When is the final exam?",
        "What does the syllabus say about cells?",
        "How is your class organised?",
        "What is due in this assignment?",
        "What did our lecture say about osmosis?",
    ],
)
def test_a_question_about_somebodys_course_is_course_bound(question: str) -> None:
    """What only one classroom can ask is no knowledge for all."""
    assert reason_left_out(make_entry(question, KNOWLEDGE)) == "course-bound"


@pytest.mark.parametrize(
    "question",
    [
        "How did whales change in the course of evolution?",
        "What happens over the course of an infection?",
        "What defines the class Mammalia?",
        "How does this class of enzymes work?",
        "Which classes of antibodies are there?",
        "How do lectures differ from seminars?",
        "What is a module in a protein?",
        "How are I bands different from A bands?",
    ],
)
def test_a_question_of_biology_is_not_course_bound(question: str) -> None:
    """The course of evolution and the class Mammalia belong to everybody."""
    assert reason_left_out(make_entry(question, KNOWLEDGE)) is None


@pytest.mark.parametrize(
    "answer",
    [
        "Cells cannot answer every signal. Some information does not reach them.",
        "I bands of muscle shorten; A bands cannot.",
        "In genetics, available information does flow from DNA to RNA.",
        "Infection does not provide lifelong immunity.",
    ],
)
def test_an_answer_that_only_sounds_like_a_refusal_is_knowledge(answer: str) -> None:
    """Words of refusal inside a statement about nature leave nothing out."""
    assert reason_left_out(make_entry("What is a cell?", answer)) is None


@pytest.mark.real_entries
def test_every_real_refusal_is_recognised_without_its_mark(real_folder: Path, real_texts: dict[str, str]) -> None:
    """The publisher's refusals are refusals by their words, too."""
    rows = [line.split("\t") for line in (real_folder / "edge-cases.tsv").read_text(encoding="utf-8").splitlines()]
    paths = [row[1].removeprefix("content/") for row in rows if row[0] == "refusal-no_index"]
    assert len(paths) == 8
    for path in paths:
        entry = parse_entry(real_texts[path])
        assert entry.no_index
        assert reason_left_out(dataclasses.replace(entry, no_index=False)) == "refusal", path


@pytest.mark.real_entries
def test_hardly_any_real_biology_entry_is_left_out(real_folder: Path) -> None:
    """Leaving out is for the few: at most one biology entry in a hundred, and not one as a refusal."""
    corpus = load_corpus(real_folder / "content/learn/biology")
    reasons = [reason for entry in corpus.entries.values() if (reason := reason_left_out(entry))]
    assert len(reasons) <= 10
    assert "refusal" not in reasons
