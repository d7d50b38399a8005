"""Students' answers checked, hints given and questions asked on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
Check = Callable[[str, Any], None]

LEAVES = "Why do leaves look green?"


def test_a_check_is_in_the_form_of_its_schema(run: Run, check_schema: Check) -> None:
    """What is right, alike, wrong and unsaid of an answer, with the entry's words."""
    result = run("check", LEAVES, "Leaves are green. Elephants fly.", "--json")

    assert (result.code, result.err) == (0, "")
    check_schema("check", result.lines[0])
    assert result.lines[0]["status"] == "checked"
    assert [one["text"] for one in result.lines[0]["sentences"]] == ["Leaves are green.", "Elephants fly."]


def test_what_no_entry_answers_is_not_checked(run: Run, check_schema: Check) -> None:
    """Exit code 3, as for an answer."""
    result = run("check", "Who won the election in 1998?", "Nobody did.", "--json")

    assert result.code == 3
    check_schema("check", result.lines[0])
    assert result.lines[0]["status"] == "abstained"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("check", LEAVES, " "), "the student's answer is empty"),
        (("check", LEAVES, "a" * 4_001), "4,001 characters"),
        (("check", "/no/such/entry", "Leaves are green."), "no entry '/no/such/entry'"),
        (("quiz", "leaves", "--url", "/no/such/entry"), "a topic and a url are given"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(run: Run, arguments: tuple[str, ...], told: str) -> None:
    """What it is, and what to give instead."""
    result = run(*arguments)

    assert result.code == 1
    assert told in result.err
    assert result.err.count("\n") == 1


def test_a_question_is_the_same_for_a_seed(run: Run, check_schema: Check) -> None:
    """In the form of its schema, and it can be checked by its url."""
    first, second = (run("quiz", "--seed", "7", "--json").lines[0] for _ in range(2))

    check_schema("quiz", first)
    assert first == second
    assert run("check", first["url"], "It is so.", "--json").lines[0]["question"] == first["question"]


def test_a_hint_says_its_mode_and_level(run: Run, check_schema: Check) -> None:
    """And cites nothing."""
    reply = run("ask", LEAVES, "--mode", "hint", "--level", "2", "--json").lines[0]

    check_schema("ask", reply)
    assert (reply["mode"], reply["level"], reply["citations"], reply["evidence"]) == ("hint", 2, [], [])
