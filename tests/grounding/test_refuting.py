"""Statements that a sentence refutes, and those that it leaves alone."""

from __future__ import annotations

import pytest

from rag.grounding import Refuter, SourceSentence
from rag.models import Passage, Span
from rag.passages import stem, words_of


def _refuted_by(statement: str, *texts: str, label: str = "") -> str | None:
    """Return the sentence that refutes a statement; every word weighs alike."""
    sentences: list[SourceSentence] = []
    for number, text in enumerate(texts):
        passage = Passage(str(number), "/one", "section", "", text, 0, len(text))
        terms = frozenset(map(stem, words_of(text)))
        own = frozenset(map(stem, words_of(label))) if number == 0 else frozenset[str]()
        sentences.append(SourceSentence(passage, Span(0, len(text)), text, terms, own, own))
    verdict = Refuter(sentences, lambda _: 3.0).refute(statement)
    assert verdict is None or verdict.support == "contradicted"
    return None if verdict is None or verdict.passage is None else verdict.passage.text


BETA = "Each round of beta-oxidation shortens a fatty acid by two carbons."
INHIBITORS = "Competitive inhibitors bind the free enzyme, whereas uncompetitive inhibitors bind the complex."


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("each round of beta-oxidation shorten a fatty acid by three carbons", BETA),
        ("calcitonin stimulate osteoclasts", "Calcitonin inhibits osteoclasts."),
        ("red blood cells have mitochondria", "Red blood cells have no mitochondria."),
        ("plasmids not replicate independently", "Plasmids replicate independently of the chromosome."),
        ("phenylalanine hydroxylase convert tyrosine into phenylalanine",
         "Phenylalanine hydroxylase converts phenylalanine into tyrosine."),
        ("the hyphal wall contain cellulose", "The hyphal wall contains chitin."),
        ("uncompetitive inhibitors bind the free enzyme", INHIBITORS),
        ("ABO gene lies on chromosome 11", "The ABO gene lies on chromosome 9."),
        ("about 70% of sunlight is reflected by clouds", "About 30% of sunlight is reflected by clouds."),
        ("pyruvate kinase inhibit transpeptidase strongly", "Pyruvate kinase inhibits acetylcholinesterase strongly."),
    ],
)  # fmt: skip
def test_one_thing_otherwise_and_all_else_the_same_refutes(statement: str, sentence: str) -> None:
    """A number, an opposite, a negation, the other way round, a rival, what is set against it."""
    assert _refuted_by(statement, sentence) == sentence


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("each round of beta-oxidation shorten a fatty acid by two carbons", BETA),
        ("uncompetitive inhibitors bind the complex", INHIBITORS),
        ("mitochondria have two membranes", "Mitochondria carry three carriers."),
        ("plants reproduce asexually by runners", "Flowering plants reproduce sexually by pollen."),
        ("some cells have mitochondria", "Conservative copying would predict no mitochondria."),
        ("oxygen carried in blood", "Insect blood has no oxygen-carrying pigment."),
        ("muscles make lactate without oxygen", "Muscles make lactate even when oxygen is available."),
        ("about 50% of the genome is repeats", "About 48% of the genome is repeats."),
        ("mosses very tall plants", "Mosses are plants a few centimetres tall."),
    ],
)
def test_what_may_be_true_is_left_alone(statement: str, sentence: str) -> None:
    """The sentence says it, speaks of a part or of something else, supposes, or rounds."""
    assert _refuted_by(statement, sentence) is None


def test_what_another_sentence_says_is_not_refuted() -> None:
    """Of two sentences that disagree none decides."""
    assert _refuted_by("calcitonin stimulate osteoclasts", "Calcitonin inhibits osteoclasts.") is not None
    both = ("Calcitonin inhibits osteoclasts.", "Calcitonin stimulates osteoclasts.")
    assert _refuted_by("calcitonin stimulate osteoclasts", *both) is None


def test_nothing_to_compare_is_not_refuted() -> None:
    """Nor is a text that is too long to be a statement."""
    assert _refuted_by("", BETA) is None
    assert _refuted_by("of the", BETA) is None
    assert _refuted_by("fatty acid " * 300, BETA) is None
