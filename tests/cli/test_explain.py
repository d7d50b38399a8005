"""``search --explain`` tells how a question was read, and what made each entry's rank and score."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

MISSPELT = "How do kidnys filter blood with a nephrn and ATP?"


@pytest.fixture
def explained(run: Callable[..., Any]) -> dict[str, Any]:
    """Return the JSON of an explained search."""
    (reply,) = run("search", MISSPELT, "--explain", "--json").lines
    return reply


def test_an_explained_search_follows_the_schema(explained: dict[str, Any], check_schema: Callable[..., None]) -> None:
    """What --explain adds is part of the contract."""
    check_schema("search", explained)


def test_rewrites_are_told_with_what_they_replaced(explained: dict[str, Any]) -> None:
    """Spelling repairs and wordings of the lexicon stand apart, and the text is the question with both."""
    rewrites = {(each["kind"], each["written"], each["read_as"]) for each in explained["read_as"]["rewrites"]}
    assert ("spelling", "kidnys", "kidneys") in rewrites
    assert ("wording", "ATP", "adenosine triphosphate") in rewrites
    assert "kidneys" in explained["read_as"]["text"]
    assert "adenosine triphosphate" in explained["read_as"]["text"]


def test_the_parts_of_certainty_make_the_score(explained: dict[str, Any]) -> None:
    """The first entry's score is the logistic function of the sum that is told."""
    first = explained["results"][0]
    log_odds = sum(first["why"]["certainty_parts"].values())
    assert first["score"] == pytest.approx(1 / (1 + math.exp(-log_odds)), abs=0.001)


def test_the_parts_of_the_rank_put_the_entries_in_their_order(explained: dict[str, Any]) -> None:
    """Entries are ranked by the sums that are told, and the signals are what is weighed in them."""
    sums = [sum(result["why"]["rank_parts"].values()) for result in explained["results"]]
    assert sums == sorted(sums, reverse=True)
    assert sums[0] > sums[-1]
    for result in explained["results"]:
        assert result["why"]["rank_parts"]["section"] == result["why"]["signals"]["section"]


def test_words_that_matched_are_those_of_the_question_that_the_entry_holds(explained: dict[str, Any]) -> None:
    """The entry about kidneys holds the repaired word; the one about ribosomes does not."""
    matched = {result["url"].rsplit("/", 1)[1]: result["why"]["matched"] for result in explained["results"]}
    assert "kidneys" in matched["how-do-kidneys-filter-blood"]
    assert all("kidneys" not in words for url, words in matched.items() if "kidneys" not in url)


def test_without_explain_nothing_is_explained(run: Callable[..., Any]) -> None:
    """The short reply stays short."""
    (reply,) = run("search", MISSPELT, "--json").lines
    assert "read_as" not in reply
    assert all("why" not in result for result in reply["results"])


def test_the_terminal_shows_the_same(run: Callable[..., Any], explained: dict[str, Any]) -> None:
    """A person reads the rewrites, the sums of each entry and its words."""
    shown = run("search", MISSPELT, "--explain").out
    assert f"Read as: {explained['read_as']['text']}" in shown
    assert "kidnys → kidneys (spelling)" in shown
    first = explained["results"][0]["why"]
    assert f"rank {sum(first['rank_parts'].values()):.2f} = " in shown
    assert f"certainty {sum(first['certainty_parts'].values()):.2f} = " in shown
    assert f"matched: {', '.join(first['matched'])}" in shown
