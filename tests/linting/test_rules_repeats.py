"""Chapter 7: which questions ask the same, and which only look so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from rag.corpus import slug_of
from rag.linting import Finding

LintFiles = Callable[[Mapping[str, str | bytes]], list[Finding]]
MakeEntry = Callable[..., str]

OTHERS = [
    "What do bats hear at night?",
    "Where does a root grow?",
    "Which wolf leads a pack?",
    "When do swifts sleep?",
    "Why does iron rust in water?",
    "How fast does a nerve fire?",
]
"""Words that two questions share weigh less where others have them too; these share none."""
TEN_WORDS = "Cells of the stump divide again, and a bud forms. "


@pytest.fixture
def repeats(lint_files: LintFiles, make_entry: MakeEntry) -> Callable[..., list[str]]:
    """A function that lints entries on some questions among others: the codes of chapter 7, in their order."""

    def run(*questions: str, no_index: tuple[str, ...] = ()) -> list[str]:
        files: dict[str, str | bytes] = {}
        for number, question in enumerate((*questions, *OTHERS)):
            mark = {"no_index": "no_index: True"} if question in no_index else {}
            text = make_entry(question, entry_id=number, answer=f"{TEN_WORDS * 5}Number {number}.", **mark)
            files[f"{number}/{slug_of(question)}.md"] = text
        return [finding.code for finding in lint_files(files) if finding.code.startswith("QT7")]

    return run


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("Why do newts regrow legs?", "How do newts regrow legs?"),
        ("How do newts and frogs regrow legs?", "How do frogs and newts regrow their legs?"),
        ("Describe the role of ATP in muscle.", "What is the role of ATP in muscles?"),
        ("How do enzymes lower activation energy?", "How does an enzyme lower the activation energy of it?"),
        ("Compare mitosis with meiosis.", "How do meiosis and mitosis compare?"),
    ],
)
def test_a_question_in_other_words_is_found(first: str, later: str, repeats: Callable[..., list[str]]) -> None:
    """QT700 is given whatever the order of the words, their endings and the words of grammar around them."""
    assert repeats(first, later) == ["QT700"]
    assert repeats(later, first) == ["QT700"]


@pytest.mark.parametrize(
    "questions",
    [
        [f"What is the role of the {part} in a cell?" for part in ("nucleus", "ribosome", "membrane", "centriole")],
        ["How do newts regrow legs?", "What do newts eat?"],
        ["What is mitosis?", "What is meiosis?"],
        ["How do plants absorb water?", "How do plants absorb light?"],
        ["What is it?", "Why is that?"],
    ],
)
def test_one_rare_word_makes_two_questions(questions: list[str], repeats: Callable[..., list[str]]) -> None:
    """QT700 is not given for questions of one frame that ask of different things, nor for words of grammar alone."""
    assert repeats(*questions) == []


@pytest.mark.parametrize(
    ("longer", "codes"), [("Why do newts regrow lost legs?", []), ("Why do newts soon regrow lost legs?", ["QT700"])]
)
def test_the_more_is_shared_the_less_one_word_tells(
    longer: str, codes: list[str], repeats: Callable[..., list[str]]
) -> None:
    """QT700 is given where a question adds one word to four, but not where it adds one to three."""
    assert repeats(longer.replace("lost ", ""), longer) == codes


def test_each_pair_is_found_once(repeats: Callable[..., list[str]]) -> None:
    """Of three questions that ask the same, the later two are found, against each earlier one."""
    asked = ["Why do newts regrow legs?", "How do newts regrow legs?", "How can newts regrow their legs?"]
    assert repeats(*asked) == ["QT700"] * 3


def test_what_is_not_indexed_repeats_nothing(repeats: Callable[..., list[str]]) -> None:
    """QT700 leaves refusals alone: a reader meets only one of the two."""
    first, later = "Why do newts regrow legs?", "How do newts regrow legs?"
    assert repeats(first, later, no_index=(first,)) == []
    assert repeats(first, later, no_index=(later,)) == []


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("Why do newts regrow legs?", "Why do newts regrow legs?"),
        ("Why do newts regrow legs?", "why do newts re-grow legs"),
        ("What is a protein's fold?", "What is a protein’s fold?"),
    ],
)
def test_one_question_with_two_answers_is_found(first: str, later: str, repeats: Callable[..., list[str]]) -> None:
    """QT701, and not QT700 too, is given for a question that differs in case and punctuation alone."""
    assert repeats(first, later) == ["QT701"]


@pytest.mark.parametrize(
    ("first", "later"),
    [("What is an F+ cell?", "What is an F− cell?"), ("What is a CD4⁺ cell?", "What is a CD4⁻ cell?")],
)
def test_a_charge_makes_two_questions(first: str, later: str, repeats: Callable[..., list[str]]) -> None:
    """QT701 is not given for two questions that differ in a plus and a minus: these are no punctuation."""
    assert "QT701" not in repeats(first, later)


@pytest.mark.parametrize("refused", [0, 1])
def test_a_refusal_is_no_second_answer(refused: int, lint_files: LintFiles, newt: str) -> None:
    """QT701 is not given where one of two answers is a refusal that no reader meets, whichever comes first."""
    refusal = re.sub(
        r"answer: >-\n    .+", "no_index: True\nanswer: >-\n    I cannot answer this question.", newt
    ).replace("id: 7", "id: 9")
    refusal = refusal.replace("Biology", "Zoology").replace("/biology/", "/zoology/")
    texts = [newt, refusal] if refused else [refusal, newt]
    files = {f"{number}/why-do-newts-regrow-legs.md": text for number, text in enumerate(texts)}
    assert lint_files(files) == []
