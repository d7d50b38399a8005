"""Chapter 2, second part: titles, slugs, urls and days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import pytest

from rag.linting import Finding

Found = Callable[..., list[str]]
LintFiles = Callable[[Mapping[str, str | bytes]], list[Finding]]
MakeEntry = Callable[..., str]


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("What do newts & eels eat?", "what-do-newts--eels-eat"),
        ("What is La Tène?", "what-is-la-tne"),
        ("What are α- and β-cells?", "what-are--and-cells"),
        ("What is a 9:3:3:1 ratio?", "what-is-a-9331-ratio"),
        ("What is the Na⁺/K⁺ pump's role?", "what-is-the-nak-pumps-role"),
    ],
)
def test_names_are_the_slug_of_the_title(
    question: str, slug: str, lint_files: LintFiles, make_entry: MakeEntry
) -> None:
    """QT211 and QT213 ask for the title in lower case without its other characters, hyphens for its spaces."""
    text = make_entry("What do newts eat?", entry_id=9).replace("What do newts eat?", question)
    text = text.replace(f"title: {question}", f"title: >-\n    {question}")
    right = text.replace("what-do-newts-eat", slug)
    assert lint_files({f"{slug}.md": right}) == []
    wrong = lint_files({f"{slug}-.md": right.replace(slug, f"{slug}-")})
    assert [finding.code for finding in wrong] == ["QT211", "QT213"]


def test_a_title_without_any_slug_is_found(lint_files: LintFiles, make_entry: MakeEntry) -> None:
    """QT211 points at a title of which no character can stand in a file name."""
    text = make_entry("What do newts eat?", entry_id=9).replace("What do newts eat?", "Тритон?")
    findings = [finding for finding in lint_files({"what-do-newts-eat.md": text}) if finding.code == "QT211"]
    assert [text.split("\n")[finding.line - 1][finding.column - 1 :] for finding in findings] == ["Тритон?"]


@pytest.mark.parametrize(
    ("key", "points_at"),
    [("title", "Why do newts grow legs?"), ("article_title", "Why do newts grow legs?")],
)
def test_the_title_that_differs_is_pointed_at(key: str, points_at: str, found: Found) -> None:
    """QT210 points at the title that is not the question."""
    assert found("QT210", **{key: "Why do newts grow legs?"}) == [points_at]


def test_the_question_is_what_titles_must_be(found: Found) -> None:
    """QT210 takes the question for right, to the letter, and points at a title that differs from it."""
    assert found("QT210", question="Why do newts regrow legs") == ["Why do newts regrow legs?"]
    assert found("QT210", question="Why do Newts regrow legs?") == ["Why do newts regrow legs?"]


@pytest.mark.parametrize(
    "url",
    [
        "/learn/chemistry/questions/why-do-newts-regrow-legs",
        "/learn/biology/why-do-newts-regrow-legs",
        "learn/biology/questions/why-do-newts-regrow-legs",
        "/learn/biology/questions/why-do-newts-regrow-legs/",
        "/learn/biology/questions/why-do-newts-regrow-legs.md",
        "/learn/Biology/questions/why-do-newts-regrow-legs",
    ],
)
def test_a_url_of_another_form_is_found(url: str, found: Found) -> None:
    """QT213 points at a url with another subject, folder, slash, ending or case."""
    assert found("QT213", url=url) == [url]


@pytest.mark.parametrize(("days", "is_right"), [(-9999, True), (0, True), (1, True), (3, False), (30000, False)])
def test_a_day_in_the_future_is_found(days: int, is_right: object, found: Found) -> None:
    """QT215 points at a date that no time zone has reached."""
    day = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)).isoformat()
    assert found("QT215", date=day) == ([] if is_right else [day])


def test_every_later_owner_of_a_number_is_found(lint_files: LintFiles, make_entry: MakeEntry) -> None:
    """QT216 is given for each entry after the first that has its id, and names the first."""
    questions = ("What do newts eat?", "Where do frogs sleep?", "When do bats hunt?")
    names = ["what-do-newts-eat.md", "where-do-frogs-sleep.md", "when-do-bats-hunt.md"]
    texts = [make_entry(question, entry_id=9, answer=f"About {question} " * 10 + ".") for question in questions]
    findings = lint_files(dict(zip(names, texts, strict=True)))
    assert [(finding.code, names[0] in finding.message) for finding in findings] == [("QT216", True)] * 2
