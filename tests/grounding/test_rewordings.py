"""The same said in plain other words passes."""

from __future__ import annotations

import pytest
from made_sources import support_of


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        pytest.param("Snails consume algae.", "Snails eat algae.", id="a plain word"),
        pytest.param("The shell is composed of chalk.", "The shell consists of chalk.", id="a verb"),
        pytest.param("Fertilization makes a zygote.", "Fertilisation makes a zygote.", id="spelling"),
        pytest.param("Snails have three hearts.", "Snails have 3 hearts.", id="a number as a word"),
        pytest.param("Snails lay 12,000 eggs.", "Snails lay 12000 eggs.", id="thousands"),
        pytest.param("Half of snails sleep.", "50% of snails sleep.", id="a share"),
        pytest.param("5 per cent of snails sleep.", "5% of snails sleep.", id="per cent"),
        pytest.param("Snails can't swim.", "Snails cannot swim.", id="a contraction"),
        pytest.param("Snails have no ears.", "Snails lack ears.", id="lack"),
        pytest.param("At least three rows form.", "Three or more rows form.", id="a bound"),
        pytest.param("The algae are eaten by snails.", "Snails eat the algae.", id="passive"),
        pytest.param("Snails eat the algae.", "The algae are eaten by snails.", id="active"),
        pytest.param("In drought, snails seal the shell.", "Snails seal the shell in drought.", id="a phrase moved"),
        pytest.param("The rim of the shell hardens.", "The shell's rim hardens.", id="a genitive turned"),
        pytest.param("Calcium carbonate crystals harden.", "Crystals of calcium carbonate harden.", id="a compound"),
        pytest.param("Snails slowly seal the shell.", "Snails seal the shell slowly.", id="an adverb moved"),
        pytest.param("Because rain is rare, snails sleep.", "Snails sleep because rain is rare.", id="clauses turned"),
        pytest.param("Slugs creep, and snails sleep.", "Snails sleep, and slugs creep.", id="clauses exchanged"),
        pytest.param("Snails store chalk rather than salt.", "Snails store chalk, not salt.", id="rather than"),
        pytest.param("Snails sleep.", "Snails, which are molluscs, sleep.", id="a relative clause left out"),
        pytest.param(
            "Drift shifts numbers slowly, whereas flow shifts numbers fast.",
            "Drift shifts numbers slowly, whereas flow shifts them fast.",
            id="a word said again",
        ),
        pytest.param("Snails eat algae and moss.", "Snails eat algae, moss and bark.", id="a list cut short"),
    ],
)
def test_a_plain_rewording_passes(claim: str, source: str) -> None:
    """Other plain words, spellings, clause orders and constructions change nothing."""
    assert support_of(claim, source) == "supported"


@pytest.mark.parametrize("written", ["CO2", "CO₂", "$CO_2$", r"\(\ce{CO2}\)", "**CO₂**"])
def test_chemistry_is_the_same_however_it_is_written(written: str) -> None:
    """Markdown, LaTeX and Unicode spell one thing."""
    assert support_of(f"Snails breathe out {written}.", "Snails breathe out CO₂.") == "supported"
    assert support_of("Snails breathe out CO₂.", f"- Snails *breathe* out {written}.") == "supported"


def test_one_plain_word_more_passes_and_a_telling_one_does_not() -> None:
    """A word that half of all entries hold may be added; one that tells something may not."""
    assert support_of("Snails seal the clear shell.", "Snails seal the shell.") == "supported"
    assert support_of("Snails seal the calcified shell.", "Snails seal the shell.") == "partly"


def test_heading_question_and_label_name_what_a_sentence_is_about() -> None:
    """What the entry asks, the heading names or the list item's label says need not stand in the sentence itself."""
    source = "**Winter**: The shell is sealed with slime."
    claim = "In snails, the shell is sealed with slime in winter."
    assert support_of(claim, source) != "supported"
    assert support_of(claim, source, question="How do snails live?") == "supported"
    assert support_of(claim, source, heading="Snails") == "supported"


def test_two_sentences_that_follow_each_other_support_one() -> None:
    """A claim may join two sentences of the source, not two that stand apart."""
    first, other, second = "Snails sleep in winter.", "Rain is rare.", "Slugs creep under stones."
    claim = "Snails sleep in winter, and slugs creep under stones."
    assert support_of(claim, f"{first} {second}") == "supported"
    assert support_of(claim, f"{first} {other} {second}") != "supported"


def test_an_opposite_that_the_source_has_in_its_place_is_no_conflict() -> None:
    """A sentence that holds both of a pair of opposites, as its source does, passes."""
    source = "Warmth raises the pulse, and cold lowers the pulse."
    assert support_of("Cold lowers the pulse, and warmth raises the pulse.", source) == "supported"
