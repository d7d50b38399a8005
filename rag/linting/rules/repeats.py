"""Chapter 7: the same question asked more than once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from rag.linting.near_duplicates import near_duplicates
from rag.linting.rule import Fault, corpus_rule
from rag.linting.summary import Summary
from rag.passages import terms_of

NEAR = 0.74
"""Similarity from which two questions are called near-duplicates; see `rag.linting.near_duplicates`.

Of the publisher's 1,009 Biology questions 46 pairs reach it, and of these 44 ask the same thing, judged by reading.
At 0.65 there are 88 pairs, and about 1 in 4 asks something else.
"""

_CHARGE = re.compile(r"(?<=\w)[+-](?!\w)")
_SIGN = re.compile(r"[\W_]+")


def questions_like(question: str, others: Sequence[str]) -> list[int]:
    """Return the places of the questions that ask the same, or nearly."""
    pairs = near_duplicates([frozenset(terms_of(each)) for each in (*others, question)], NEAR)
    return [earlier for earlier, later, _ in pairs if later == len(others)]


@corpus_rule(
    "QT700",
    "near-duplicate-question",
    bad="(“How do newts regrow legs?” beside “Why do newts regrow legs?”)",
    good="(“How do newts regrow legs?” beside “What do newts eat?”)",
)
def near_duplicate_question(entries: Sequence[Summary]) -> Iterator[tuple[Summary, Fault]]:
    """Two entries that ask nearly the same split their readers, and drift apart as they are edited.

    Improve one, and let the other go. Questions are compared by their stemmed words, without those of grammar, in
    any order.
    """
    asked = [entry for entry in entries if not entry.no_index]
    for one, other, share in near_duplicates([frozenset(terms_of(entry.question)) for entry in asked], NEAR):
        first, later = asked[one], asked[other]
        if _plain(first.question) != _plain(later.question):
            message = f"asks nearly the same ({share:.0%}) as {first.path}: {first.question!r}"
            yield later, Fault(message, ("question",))


@corpus_rule(
    "QT701",
    "two-answers",
    bad="(“Why do newts regrow legs?” in two files, with two answers)",
    good="(one answer to each question)",
)
def two_answers(entries: Sequence[Summary]) -> Iterator[tuple[Summary, Fault]]:
    """One question with two answers leaves the reader to choose.

    Where both are right, one answer can say so.
    """
    for first, later in _asked_again(entries):
        if later.answer != first.answer:
            yield later, Fault(f"{first.path} answers the same question in another way; keep one answer", ("question",))


@corpus_rule(
    "QT702",
    "filed-twice",
    bad="(“Why do newts regrow legs?” in two files, with one answer)",
    good="(one file for each question)",
)
def filed_twice(entries: Sequence[Summary]) -> Iterator[tuple[Summary, Fault]]:
    """The same question with the same answer in two files: an edit of one leaves the other behind."""
    for first, later in _asked_again(entries):
        if later.answer == first.answer and later.url != first.url:
            yield (
                later,
                Fault(
                    f"{first.path} holds the same question and answer; keep one of them, or edit both", ("question",)
                ),
            )


def _asked_again(entries: Sequence[Summary]) -> Iterator[tuple[Summary, Summary]]:
    first_by_question: dict[str, Summary] = {}
    for entry in entries:
        if entry.no_index:
            continue
        first = first_by_question.setdefault(_plain(entry.question), entry)
        if first is not entry:
            yield first, entry


def _plain(question: str) -> str:
    """Return a question in lower case without punctuation and spaces, charges kept: CD4⁺ is not CD4⁻."""
    folded = unicodedata.normalize("NFKC", question.lower()).replace("−", "-")
    return _SIGN.sub("", _CHARGE.sub(lambda sign: "plus" if sign.group() == "+" else "minus", folded))
