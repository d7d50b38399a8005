"""Students' answers checked."""

from __future__ import annotations

import pytest
from made_tutors import NEURON, OSMOSIS, VESSELS, check_in_words, url_of, with_model

from rag.errors import NotFoundError, ProviderUnavailableError, QuestionError
from rag.models import Check
from rag.testing import ScriptedChatModel
from rag.tutoring import Tutor

WHOLE = (
    "Water moves across a selectively permeable membrane from higher to lower water potential. "
    "Dissolved solutes make the water potential of a solution lower. "
    "The movement stops when the water potential is the same on both sides."
)


def findings(check: Check) -> list[str]:
    """Return what was found of each sentence."""
    return [sentence.finding for sentence in check.sentences]


def check_citations(check: Check, tutor: Tutor) -> None:
    """Fail unless every fact and finding is cited by number to verbatim words of the entry."""
    for number, citation in enumerate(check.citations, start=1):
        assert citation.n == number
        assert citation.quote == tutor.answerer.store.answer_of(check.url)[citation.start : citation.end]
    for fact in check.facts:
        assert check.citations[fact.citation - 1].quote == fact.text
    for sentence in check.sentences:
        assert (sentence.citation is None) == (sentence.finding == "unsaid")
    assert sum(fact.weight for fact in check.facts) == pytest.approx(1, abs=1e-3)


def test_a_whole_answer_lacks_nothing(tutor: Tutor) -> None:
    """In the student's own words: what is said word by word is right, the rest alike; most of the score is had."""
    check = tutor.check(OSMOSIS, WHOLE)

    assert findings(check) == ["right", "alike", "right"]
    assert 'Compare: "' in check.feedback
    assert [fact.coverage for fact in check.facts][:3] == ["covered"] * 3
    assert check.score > 0.7
    check_citations(check, tutor)


@pytest.mark.parametrize(
    ("asked", "answer", "reason"),
    [
        (OSMOSIS, "Osmosis is the net movement of water from lower to higher water potential.", "other way round"),
        (OSMOSIS, "Dissolved solutes raise the water potential of a solution.", "raise, where the entry says lower"),
        (OSMOSIS, "Dissolved solutes do not lower the water potential of a solution.", "not lower"),
        (OSMOSIS, "About 30% of a cell is water.", "30%, where the entry says 70%"),
        (NEURON, "The resting potential of a neuron is about -20 mV.", "-20, where the entry says -70"),
        (VESSELS, "Arteries carry blood towards the heart and veins carry blood away from the heart.", "of veins, not"),
        (VESSELS, "Veins have thick muscular walls that bear a high pressure.", "veins, where the entry says arteries"),
    ],
)
def test_a_plain_mistake_is_wrong(tutor: Tutor, asked: str, answer: str, reason: str) -> None:
    """Turned round, opposite, negated, another number, said of another thing: with the sentence that says otherwise."""
    check = tutor.check(asked, answer)

    assert findings(check) == ["wrong"]
    assert reason in check.sentences[0].reason
    assert f'Not so: "{answer}"' in check.feedback
    check_citations(check, tutor)


def test_a_mistake_takes_back_what_is_right(tutor: Tutor) -> None:
    """The same answer with something wrong behind it scores less, and never less than nothing."""
    mistake = "Dissolved solutes raise the water potential of a solution."

    assert tutor.check(OSMOSIS, f"{WHOLE} {mistake}").score < tutor.check(OSMOSIS, WHOLE).score
    assert tutor.check(OSMOSIS, mistake).score == 0.0


def test_what_the_entry_does_not_say_is_told_neutrally(tutor: Tutor) -> None:
    """It is neither right nor wrong, and cites nothing."""
    check = tutor.check(OSMOSIS, "Elephants love bananas. Dissolved solutes lower the water potential.")

    assert findings(check) == ["unsaid", "right"]
    assert 'The entry says nothing of this: "Elephants love bananas."' in check.feedback
    check_citations(check, tutor)


def test_spelling_and_notes_count(tutor: Tutor) -> None:
    """Misspelt, without capitals or stops, a line a note: the facts are found all the same."""
    notes = (
        "- watter moves acros a selectivly permeable membrain from higher to lower water potential\n- solutes lower it"
    )
    check = tutor.check(OSMOSIS, notes)

    assert len(check.sentences) == 2
    assert check.facts[0].coverage == "covered"
    assert findings(check) == ["right", "right"]


def test_an_entry_is_named_by_its_url(tutor: Tutor) -> None:
    """The check is that of its question."""
    assert tutor.check(url_of(OSMOSIS), WHOLE) == tutor.check(OSMOSIS, WHOLE)


def test_a_question_that_nothing_answers_is_not_checked(tutor: Tutor) -> None:
    """It abstains; what is far from every entry has none to offer."""
    check = tutor.check("What is the capital of France?", "Paris is the capital of France.")

    assert (check.status, check.url, check.facts, check.sentences, check.score) == ("abstained", "", (), (), 0.0)
    assert check.suggestions == ()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (" \n", "is empty"),
        ("word " * 801, "4,005 characters; give 4,000 at most"),
        ("\ud800 water", "broken character at position 0"),
        ("42 !", "holds no words"),
    ],
)
def test_a_bad_answer_is_refused(tutor: Tutor, answer: str, told: str) -> None:
    """With what is wrong about it."""
    with pytest.raises(QuestionError, match=told):
        tutor.check(OSMOSIS, answer)


def test_an_unknown_url_is_told(tutor: Tutor) -> None:
    """So is one that is excluded."""
    for url, exclude in (("/learn/none", ()), (url_of(OSMOSIS), (url_of(OSMOSIS),))):
        with pytest.raises(NotFoundError, match="there is no entry"):
            tutor.check(url, WHOLE, exclude=exclude)


@pytest.mark.parametrize("answer", ["a", "x" * 3_999, "|||| a", "<b>water</b>", "water\n" * 600])
def test_odd_answers_are_checked(tutor: Tutor, answer: str) -> None:
    """Nothing that a student may type breaks the check."""
    check = tutor.check(OSMOSIS, answer)

    assert 0 <= check.score <= 1
    check_citations(check, tutor)


PARTIAL = "Dissolved solutes lower the water potential of a solution."


def test_a_models_feedback_is_shown_where_it_says_the_same(tutor: Tutor) -> None:
    """Each sentence with the citation of what it says."""
    plain = tutor.check(OSMOSIS, PARTIAL).feedback
    notes = [line.removeprefix("- ") for line in plain.splitlines() if line]
    said = [line.rsplit(" [", 1)[0] for line in notes]
    check = check_in_words(with_model(tutor, ScriptedChatModel([[" ".join(said)]])), OSMOSIS, PARTIAL)

    assert check.provenance.model == "scripted"
    assert check.usage is not None
    assert "[" in check.feedback
    assert check.notices == ()


@pytest.mark.parametrize(
    "lie", ["You have 5 of the 5 key points.", "Osmosis is when salt moves.", "Well done, see https://x.y/z.", ""]
)
def test_a_model_that_lies_about_a_check_is_not_shown(tutor: Tutor, lie: str) -> None:
    """The feedback is ours, and a notice says so."""
    check = check_in_words(with_model(tutor, ScriptedChatModel([[lie]])), OSMOSIS, PARTIAL)

    assert check.feedback == tutor.check(OSMOSIS, PARTIAL).feedback
    assert "wording of the feedback is not shown" in check.notices[0]
    assert check.provenance.model is None


def test_a_model_that_fails_takes_nothing_from_a_check(tutor: Tutor) -> None:
    """The feedback is ours, and a notice names the failure."""
    model = ScriptedChatModel([[ProviderUnavailableError("the chat server is away")]])
    check = check_in_words(with_model(tutor, model), OSMOSIS, PARTIAL)

    assert check.feedback == tutor.check(OSMOSIS, PARTIAL).feedback
    assert "the chat server is away" in check.notices[0]
