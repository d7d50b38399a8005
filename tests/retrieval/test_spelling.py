"""Misspelt words of questions are read as what was meant, and right ones are left alone."""

from __future__ import annotations

import numpy as np
import pytest

from rag.adapters.english import is_english
from rag.retrieval import SpellingRepairer


def repairer_over(**counts: int) -> SpellingRepairer:
    """Return a repairer over a corpus whose words stand in so many entries."""
    words = sorted(counts)
    return SpellingRepairer(words, np.array([counts[word] for word in words], dtype=np.int32), is_english)


REPAIRER = repairer_over(blood=9, water=9, proteins=7, plants=8, temperature=3, happens=5, energy=9, zorbule=1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("mitocondria", "mitochondria"),
        ("photosynthsis", "photosynthesis"),
        ("enzime", "enzyme"),
        ("ribosone", "ribosome"),
        ("choloroplast", "chloroplast"),
        ("osmosiss", "osmosis"),
        ("diffussion", "diffusion"),
        ("chromosone", "chromosome"),
        ("nuclues", "nucleus"),
        ("respriation", "respiration"),
        ("eukariotic", "eukaryotic"),
        ("nurotransmitter", "neurotransmitter"),
        ("tempreture", "temperature"),
        ("platns", "plants"),
        ("hapens", "happens"),
        ("bloood", "blood"),
    ],
)
def test_a_misspelt_word_is_repaired(written: str, meant: str) -> None:
    """Letters left out, added, swapped or mistaken, in words of the corpus and in words of biology it lacks."""
    assert REPAIRER.repair(written) == meant


@pytest.mark.parametrize(
    "word",
    """haemoglobin hemoglobin colour color oxidise oxidize foetus fetus leukaemia leukemia analyse analyze sulphur
    sulfur aluminium aluminum centre center behaviour behavior plasmodesmata phosphofructokinase drosophila archaea
    aldosterone myelin cytokinesis rubisco thylakoid stomata osmoregulation hydrolyse catabolism telomerase
    football guitar parliament zorbule""".split(),
)
def test_a_right_word_is_left(word: str) -> None:
    """British and American spelling, technical terms, other English, and whatever the corpus itself writes."""
    assert REPAIRER.knows(word)
    assert REPAIRER.repair(word) is None


@pytest.mark.parametrize(
    "word", ["", "a", "xq", "cel", "h2o", "p53", "brca1", "covid19", "il6", "it's", "β", "細胞分裂"]
)
def test_short_words_and_words_with_digits_or_signs_are_left(word: str) -> None:
    """They are names and formulas more often than slips."""
    assert REPAIRER.repair(word) is None


@pytest.mark.parametrize("word", ["qwertzuiop", "xxxxxxxxxxxxxxxx", "asdfghjkl"])
def test_a_word_like_no_other_is_left(word: str) -> None:
    """Where nothing is near, nothing is guessed."""
    assert REPAIRER.repair(word) is None


def test_a_word_of_a_single_entry_is_known_but_nothing_is_repaired_to_it() -> None:
    """It may be a slip of that entry's own."""
    assert repairer_over(zorbulation=1).repair("zorbulatoin") is None
    assert repairer_over(zorbulation=2).repair("zorbulatoin") == "zorbulation"


def test_of_words_as_near_the_commoner_one_is_meant() -> None:
    """What stands in more entries is asked about more often."""
    assert repairer_over(zorbat=2, zorbax=90).repair("zorbak") == "zorbax"
    assert repairer_over(zorbat=90, zorbax=2).repair("zorbak") == "zorbat"


def test_a_long_word_may_be_further_off_than_a_short_one() -> None:
    """Three slips in a word of ten letters, two from six on, one below."""
    repairer = repairer_over(zorbulation=5, zorbule=5, zorb=5)
    assert repairer.repair("zarbulatoin") == "zorbulation"
    assert repairer.repair("zqrbqle") == "zorbule"
    assert repairer.repair("zqrq") is None


def test_an_empty_corpus_still_knows_biology() -> None:
    """The lists shipped with the product are enough."""
    assert repairer_over().repair("mitocondria") == "mitochondria"
