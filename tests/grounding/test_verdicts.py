"""What a verdict holds, for every sentence there may be."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sources import check, sources_of, support_of, weigh

from rag.corpus import parse_entry
from rag.grounding import Sources
from rag.grounding.words import read_words
from rag.models import Passage
from rag.passages import passages_of, split_sentences

WORDS = (
    "snails slugs seal shells slowly in winter with slime and chalk never eat algae because rain is rare 12 50%".split()
)

SENTENCES = st.lists(st.sampled_from(WORDS), min_size=2, max_size=14).map(lambda words: " ".join(words).capitalize())


def test_a_verdict_names_the_place_in_the_entry() -> None:
    """The span is that of the sentence that says it, counted in the entry's answer."""
    text = "Rain is rare. Snails seal the shell. Slugs creep."
    verdict = check("Snails seal the shell.", text)
    assert verdict.span is not None
    assert verdict.passage is not None
    assert text[verdict.span.start - 100 : verdict.span.end - 100] == "Snails seal the shell."


def test_a_verdict_that_is_not_supported_says_why() -> None:
    """The reason names the word."""
    assert check("Snails seal the burrow.", "Snails seal the shell.").reasons == ("burrow is not said",)
    assert check("Snails never sleep.", "Snails sleep.").reasons == ("the source does not negate sleep",)


@pytest.mark.parametrize("claim", ["", " ", "...", "|---|---|", "It is so.", "$", "**"])
def test_where_nothing_is_said_nothing_is_supported(claim: str) -> None:
    """A sentence without a word that carries meaning is unsupported, with no place."""
    verdict = check(claim, "Snails sleep.")
    assert (verdict.support, verdict.span) == ("unsupported", None)


def test_without_sources_nothing_is_supported() -> None:
    """No passage, and a passage without words, support nothing."""
    assert Sources([], weigh).check("Snails sleep.").support == "unsupported"
    assert support_of("Snails sleep.", "") == "unsupported"


def test_a_sentence_that_is_too_long_to_be_one_is_not_supported() -> None:
    """Ten thousand words are not compared, even where the source begins with them: what is not read does not pass."""
    text = "snail shell " * 5_000
    assert support_of(text, text) == "unsupported"
    assert check(text, "Snails sleep.").reasons == ("the sentence is too long to check",)


@settings(max_examples=60, deadline=None)
@given(sentences=st.lists(SENTENCES, min_size=1, max_size=5), number=st.integers(0, 4))
def test_a_sentence_of_the_source_is_supported_word_for_word(sentences: list[str], number: int) -> None:
    """Whatever a source says, it says."""
    sentence = sentences[number % len(sentences)]
    says_something = any(word.carries for word in read_words(sentence))
    assert (support_of(sentence, ". ".join(sentences) + ".") == "supported") or not says_something


@settings(max_examples=60, deadline=None)
@given(seed=st.randoms(use_true_random=False))
def test_shuffled_words_are_not_supported(seed: random.Random) -> None:
    """The words of a sentence in another order say something else, or nothing."""
    words = "amber beetles carve deep galleries under elm bark".split()
    shuffled = words.copy()
    seed.shuffle(shuffled)
    supported = support_of(" ".join(shuffled), f"{' '.join(words)}.") == "supported"
    assert supported == (shuffled == words)


@settings(max_examples=150, deadline=None)
@given(claim=st.text(max_size=120), text=st.text(max_size=160))
def test_checking_any_text_against_any_text_gives_a_verdict(claim: str, text: str) -> None:
    """Checking never fails, and a place that it names lies in the passage."""
    verdict = check(claim, text)
    if verdict.span is not None:
        assert 100 <= verdict.span.start < verdict.span.end <= 100 + len(text)


@settings(max_examples=80, deadline=None)
@given(claim=SENTENCES, sentences=st.lists(SENTENCES, max_size=4))
def test_checking_any_sentence_gives_a_verdict(claim: str, sentences: list[str]) -> None:
    """Negations, amounts, causes and numbers in any order are compared without failing."""
    assert sources_of(". ".join(sentences)).check(claim).support in {
        "supported",
        "partly",
        "contradicted",
        "unsupported",
    }


def test_every_statement_of_the_starter_corpus_is_supported_by_its_entry(repository: Path) -> None:
    """Each sentence of each entry, as it stands, is what the entry says, and the verdict names a place that says it."""
    for file in sorted((repository / "corpus").glob("*-*.md")):
        entry = parse_entry(file.read_text(encoding="utf-8"))
        passages = [one for one in passages_of(entry, lambda text: len(text.split()), 256) if one.kind == "section"]
        sources = Sources([(passage, entry.question) for passage in passages], weigh)
        for passage in passages:
            check_all_supported(sources, passage)


def check_all_supported(sources: Sources, passage: Passage) -> None:
    """Check each sentence of a passage."""
    for span in split_sentences(passage.text):
        sentence = passage.text[span.start : span.end]
        verdict = sources.check(sentence)
        assert verdict.support == "supported" or not read_words(sentence), sentence
        if verdict.passage is not None and verdict.span is not None:
            start = verdict.passage.start
            assert verdict.passage.text[verdict.span.start - start : verdict.span.end - start] == sentence


def test_what_two_small_words_say_together_is_checked() -> None:
    """To be used up is to be consumed: it is negated, and denied, like any verb."""
    source = "Enzymes speed up reactions, and they are not used up because they return to their original state."
    assert check("Enzymes are used up.", source).support == "contradicted"
    assert check("Enzymes are not used up.", source).support == "supported"
    assert check("Glucose is consumed.", "Glucose is used up.").support == "supported"
