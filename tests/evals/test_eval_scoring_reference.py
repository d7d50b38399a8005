"""What compares a reply with its reference, by examples reckoned by hand."""

from __future__ import annotations

import math

import pytest

from evals.scoring import Idf, content_f1, score
from evals.scoring.overlap import chrf, rouge_lsum
from evals.scoring.text import citation_numbers, read_text, tokens_of, without_citations
from tests.evals.scored_replies import EVEN, make_case, make_reply, materials


def test_content_f1_leaves_the_words_of_the_question_out() -> None:
    """Of {red, blue} against {red, green, pale}, one is shared: P 1/2, C 1/3, F1 0.4; water counts for nothing."""
    found = content_f1("water red blue", "water red green pale", "water", EVEN)
    assert found == pytest.approx(0.4)


def test_content_f1_weighs_rare_words_more() -> None:
    """A shared word that 3 of 9 entries hold weighs ln(10 / 3.5), one that none holds ln(10 / 0.5)."""
    idf = Idf("", 9, {"red": 3})
    common, rare = math.log(10 / 3.5), math.log(20)
    assert content_f1("red", "red blue", "", idf) == pytest.approx(2 * common / (2 * common + rare))


def test_a_word_that_every_entry_holds_still_weighs_a_little() -> None:
    """ln(101 / 100.5) is 0.005; no word weighs less than 0.05, so that no text weighs nothing."""
    assert Idf("", 100, {"red": 100}).weight("red") == 0.05


def test_precision_and_completeness_are_told_apart() -> None:
    """All that a short reply says is right, and it is half of what is wanted."""
    case = make_case(question="Why?", answer="red green")
    found = score(case, make_reply("red"), materials()).metrics
    assert (found["content_precision"], found["content_completeness"]) == (1.0, 0.5)


def test_a_reference_that_repeats_its_question_is_unscored() -> None:
    """Where the reference adds nothing to the question, that is the case's fault."""
    case = make_case(question="What moves water?", answer="Water moves.")
    assert score(case, make_reply("Salt."), materials()).unscored["content_f1"].startswith("case: ")


def test_a_reply_of_question_words_only_scores_nothing() -> None:
    """Echoing the question has content F1 0."""
    assert score(make_case(), make_reply("What moves water?"), materials()).metrics["content_f1"] == 0.0


def test_f1_is_told_from_the_floor_up() -> None:
    """With a floor of 0.2, 0.4 is a quarter of the way to 1."""
    case = make_case(question="water", answer="water red green pale")
    found = score(
        case, make_reply("water red blue"), materials(floors={(case.url, "open"): 0.2, (case.url, "held_out"): 0.9})
    ).metrics
    assert found["content_f1_rescaled"] == pytest.approx(0.25)


def test_rouge_lsum_is_that_of_its_paper() -> None:
    """Lin's example: union of w1 w2 and w1 w3 w5 covers 4 of the reference's 5; F1 with 9 words said is 8/14."""
    found = rouge_lsum(
        [["w1", "w2", "w6", "w7", "w8"], ["w1", "w3", "w8", "w9", "w5"]], [["w1", "w2", "w3", "w4", "w5"]]
    )
    assert found == pytest.approx(2 * 4 / (10 + 5))


def test_chrf_is_reckoned_over_the_orders_that_both_have() -> None:
    """`abc` against `abd`: orders 1 to 3 share 2/3, 1/2 and 0, so both sides average 7/18."""
    assert chrf("abc", "abd") == pytest.approx(7 / 18)


def test_chrf_weighs_recall_twice() -> None:
    """`ab` against `abcd`: precision 1; recall (2/4 + 1/3) / 2 = 5/12; F2 is 5 P R / (4 P + R) = 25/53."""
    assert chrf("ab", "abcd") == pytest.approx(25 / 53)


@pytest.mark.parametrize("mark", ["[1]", "[^1]", r"\[1]", r"\[^1\]", "【1†source】"])
def test_a_citation_mark_is_read_and_is_no_word(mark: str) -> None:
    """Marks are cited numbers, and leave no digit behind."""
    assert (citation_numbers(f"Water moves {mark}."), without_citations(f"Water moves {mark}.")) == (
        (1,),
        "Water moves.",
    )


@pytest.mark.parametrize(("marks", "numbers"), [("[1][2]", (1, 2)), ("[2, 1]", (2, 1)), ("[1-3]", (1, 2, 3))])
def test_several_marks_are_several_citations(marks: str, numbers: tuple[int, ...]) -> None:
    """Lists, rows and ranges name each of their numbers."""
    assert citation_numbers(f"It moves {marks}") == numbers


def test_a_link_is_no_citation() -> None:
    """A number that is the text of a link cites nothing."""
    assert citation_numbers("see [1](https://example.org)") == ()


def test_greek_letters_are_their_names() -> None:
    """A β-sheet and a beta sheet are of the same words."""
    assert tokens_of("β-sheet") == tokens_of("beta sheet")


def test_formulas_meet_in_one_spelling() -> None:
    """Subscripts, LaTeX and plain digits give the same word."""
    assert tokens_of("CO₂") == tokens_of("$CO_2$") == tokens_of("CO2")


def test_text_without_latin_letters_has_no_words() -> None:
    """Chinese has no word of N: it is no claim, and scores nothing."""
    case = make_case()
    assert not read_text("水通过膜移动。").words
    assert score(case, make_reply("水通过膜移动。"), materials()).metrics["content_f1"] == 0.0


def test_a_table_counts_by_its_words() -> None:
    """Bars and rules of a Markdown table are no words."""
    assert tokens_of("| cell | wall |\n| --- | :-: |\n| plant | yes |") == tokens_of("cell wall plant yes")


def test_literal_newlines_and_entities_are_read() -> None:
    r"""A written ``\\n`` parts words, and ``&amp;`` is no word."""
    assert tokens_of("root\\nshoot &amp; leaf") == tokens_of("root shoot leaf")
