"""Wordings of a fact are found within a sentence."""

from __future__ import annotations

import pytest

from evals.scoring.patterns import holds, pattern_words
from evals.scoring.text import read_text


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("channel protein*", "Channel proteins let ions through."),
        ("releas* atp", "The head is releasing ATP."),
        ("no atp", "It needs **no** ATP."),
        ("co2", "Plants take up CO₂ and water."),
        ("co2", "Plants take up $CO_2$ and water."),
        ("na+", "The pump moves Na⁺ out."),
        ("does not burst", "It doesn't, or rather does not, burst. A cell does not burst."),
        ("doesnt burst", "A plant cell doesn’t burst."),
        ("β sheet", "It folds into a Β-sheet."),
        ("cell walls", "The cell wall holds."),
    ],
)
def test_pattern_is_found(pattern: str, text: str) -> None:
    """Endings, stems, case, signs, typography, Markdown and LaTeX count for nothing."""
    assert holds(pattern, read_text(text).sentences)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("channel protein", "Channel-forming proteins let ions through."),
        ("cell wall", "It is a cell. Wall pressure follows."),
        ("passive*", "Compassion is not meant; nor is impassive."),
        ("no atp", "ATP is needed, no matter what."),
        ("+*", "Na+ is a cation."),
        ("", "Anything."),
    ],
)
def test_pattern_is_not_found(pattern: str, text: str) -> None:
    """Words apart, words of two sentences, other beginnings and patterns without a word are not found."""
    assert not holds(pattern, read_text(text).sentences)


def test_pattern_of_signs_has_no_words() -> None:
    """What holds no letter or digit is no pattern; a star belongs to the word before it."""
    assert pattern_words("++") == ()
    assert pattern_words("Release* ATP") == (("release", True), ("atp", False))
