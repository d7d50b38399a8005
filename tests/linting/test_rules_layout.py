"""Chapter 2, first part, and comments: how keys are written, and where a finding points."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from rag.linting import Finding

Found = Callable[..., list[str]]
LintFiles = Callable[[Mapping[str, str | bytes]], list[Finding]]
NEWT_FILE = "why-do-newts-regrow-legs.md"


def codes(findings: list[Finding]) -> list[str]:
    """Return the codes of findings, in their order."""
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        ("subject:", "colour: green\nsubject:", "colour: green"),
        ("author:", "  description: Newts.\nauthor:", "description: Newts."),
        ("\n---\n", "\ncolour:\n  skin: green\n---\n", "colour:"),
    ],
)
def test_a_key_of_no_format_is_found_where_it_stands(
    before: str, after: str, at: str, lint_files: LintFiles, newt: str
) -> None:
    """QT200 points at a key at the top, or below `seo`, that the format does not name."""
    text = newt.replace(before, after)
    findings = lint_files({NEWT_FILE: text})
    unknown = [finding for finding in findings if finding.code == "QT200"]
    assert [text.split("\n")[finding.line - 1][finding.column - 1 :] for finding in unknown] == [at]
    assert set(codes(findings)) <= {"QT200", "QT201"}


@pytest.mark.parametrize(
    ("key", "after"),
    [
        ("subject: Biology\n", "author: QuickTakes\n"),
        ("id: 7\n", "url: /learn/biology/questions/why-do-newts-regrow-legs\n"),
        ("  title: QuickTakes | Biology\n", "newt, blastema, limb, wound healing\n"),
    ],
)
def test_keys_in_another_order_are_found(key: str, after: str, lint_files: LintFiles, newt: str) -> None:
    """QT201 is given once for a key that was moved, at the top or below `seo`."""
    assert codes(lint_files({NEWT_FILE: newt.replace(key, "", 1).replace(after, after + key, 1)})) == ["QT201"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("_schema", "article"),
        ("date_format", "DD MMM YYYY"),
        ("post_on_text", "Posted"),
        ("author", "Quicktakes"),
        ("author", "author"),
    ],
)
def test_another_value_of_a_constant_is_found(key: str, value: str, found: Found) -> None:
    """QT202 points at the value, also where the key holds the same letters."""
    assert found("QT202", **{key: value}) == [value]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("subject: Biology", "subject: 'Biology'"),
        ("subject: Biology", "subject:  Biology"),
        ("subject: Biology", "subject: >-\n    Biology"),
        ("id: 7", "id: 07"),
        ("author: QuickTakes", "author: QuickTakes  "),
        ("question: >-", "question: |-"),
        ("question: >-\n    Why", "question: >-\n  Why"),
        ("question: >-\n    Why do", "question: >-\n    Why\n    do"),
        ("\ntitle: Why do newts regrow legs?", '\ntitle: "Why do newts regrow legs?"'),
    ],
)
def test_another_form_of_the_same_value_is_found(before: str, after: str, lint_files: LintFiles, newt: str) -> None:
    """QT203 is given for quotes, spaces, block styles and line breaks that the format does not write."""
    findings = lint_files({NEWT_FILE: newt.replace(before, after)})
    assert [(finding.code, finding.fixable) for finding in findings] == [("QT203", True)]


def test_another_indent_is_found(lint_files: LintFiles, newt: str) -> None:
    """QT203 is given for keys below `seo` that are not indented by two, though none of them can move alone."""
    text = re.sub(r"^  (?=title|page_)", "   ", newt, flags=re.MULTILINE)
    assert set(codes(lint_files({NEWT_FILE: text}))) == {"QT203"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("subject: Biology", "# the newts' own\nsubject: Biology"),
        ("subject: Biology", "\nsubject: Biology"),
        ("author: QuickTakes", "# first\n\n# second\nauthor: QuickTakes"),
    ],
)
def test_comments_and_empty_lines_between_keys_are_allowed(
    before: str, after: str, lint_files: LintFiles, newt: str
) -> None:
    """An editor may write comments and leave lines empty between keys."""
    assert lint_files({NEWT_FILE: newt.replace(before, after)}) == []


def test_a_value_that_needs_its_form_keeps_it(found: Found) -> None:
    """QT203 leaves the form alone that a value cannot do without: plain, this author would be a list."""
    assert found("QT203", author='"[QuickTakes]"') == []
    assert found("QT203", author='"QuickTakes"')


@pytest.mark.parametrize(
    ("titles", "related", "is_right"),
    [
        ("plain plain", "", True),
        ("folded folded", "", True),
        ("plain folded", "", False),
        ("folded plain", "", False),
        ("folded folded", "score: -1.0\n", True),
        ("plain plain", "score: -1.0\n", False),
        ("folded plain", "score: -1.0\n", False),
    ],
)
def test_titles_fit_the_dialect(titles: str, related: str, is_right: object, lint_files: LintFiles, newt: str) -> None:
    """QT205 asks for both titles in one form, and for the folded one beside a score."""
    for key, form in zip(("title", "article_title"), titles.split(), strict=True):
        if form == "folded":
            newt = newt.replace(f"\n{key}: Why", f"\n{key}: >-\n    Why")
    text = newt.replace("\n---\n", f"\n{related}---\n")
    assert codes(lint_files({NEWT_FILE: text})) == ([] if is_right else ["QT205"])


def test_a_score_without_related_articles_may_be_followed_by_an_empty_line(lint_files: LintFiles, eel: str) -> None:
    """QT204 allows the one empty line that the publisher writes there, and its absence."""
    name = "how-do-eels-sense-fields.md"
    assert lint_files({name: eel}) == []
    assert lint_files({name: eel.replace("-1.0\n\n---", "-1.0\n---")}) == []
    assert codes(lint_files({name: eel.replace("-1.0\n\n---", "-1.0\n\n\n---")})) == ["QT204"]


@pytest.mark.parametrize(
    ("comment", "count"),
    [
        ("# quicktakes: ignore QT202", 0),
        ("# quicktakes: ignore QT202, QT150", 0),
        ("# quicktakes: ignore-file QT202", 0),
        ("# quicktakes: ignore QT999", 1),
        ("# quicktakes: ignore QT202 QT99", 1),
        ("# quicktakes: ignore-file QT20", 1),
        ("# quicktakes: ignore QT998 QT999", 2),
        ("# quicktakes: ignore", 1),
        ("# quicktakes: ignore qt202", 1),
        ("# quicktakes may ignore QT999", 0),
        ("# QT999", 0),
    ],
)
def test_a_comment_that_names_no_rule_is_found(comment: str, count: int, lint_files: LintFiles, newt: str) -> None:
    """QT150 is given for each code that no rule has, for a comment without a code, and for no other comment."""
    text = newt.replace("author:", f"{comment}\nauthor:")
    assert codes(lint_files({NEWT_FILE: text})) == ["QT150"] * count
