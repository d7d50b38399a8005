"""A student has his own answer checked, and is asked."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from students import NOT_COVERED, choose

ENZYMES = "How do enzymes speed up reactions without being used up?"


def test_an_answer_is_checked_point_by_point(page: Page) -> None:
    """Each key point is covered, partly there or missing, each sentence judged; all lead to the entry."""
    choose(page, "check")
    page.fill("#q", ENZYMES)
    page.fill("#own-answer", "Enzymes bind substrates in an active site. Bananas are yellow.")
    page.click("#go")
    turn = page.locator(".turn")
    expect(turn.locator(".score")).to_contain_text("of the 6 key points")
    expect(turn.locator("h3", has_text="The key points")).to_be_visible()
    expect(turn.locator(".points li.missing").first).to_contain_text("Missing")
    expect(turn.locator(".points li.unsaid")).to_contain_text("Not in the entry")
    turn.locator(".points a.cite").last.click()
    expect(page.locator("#source mark").first).to_be_in_viewport()


def test_what_no_entry_answers_is_not_checked(page: Page) -> None:
    """Without an entry there is nothing to check against, and the page says so."""
    choose(page, "check")
    page.fill("#q", NOT_COVERED)
    page.fill("#own-answer", "They have stem cells.")
    page.click("#go")
    expect(page.locator(".turn")).to_contain_text("cannot be checked")
    expect(page.locator(".turn .next a").first).to_be_visible()


def test_a_quiz_asks_hints_and_checks(page: Page) -> None:
    """A question comes, its answer is checked, another can be had, and a hint to it."""
    choose(page, "quiz")
    page.fill("#q", "photosynthesis")
    page.click("#go")
    turn = page.locator(".turn").first
    expect(turn).to_contain_text("key points")
    question = turn.locator(".asked").inner_text()
    turn.get_by_role("button", name="A hint").click()
    expect(page.locator(".turn").nth(1).locator(".rung")).to_have_text("Hint 1 of 3")
    expect(page.locator(".turn").nth(1).locator(".asked")).to_have_text(question)
    turn.get_by_label("Your answer").fill("Plants use light to make sugar.")
    turn.get_by_role("button", name="Check it").click()
    expect(turn.locator(".score")).to_contain_text("key points")
    turn.get_by_role("button", name="Quiz me").click()
    expect(page.locator(".turn").nth(2).get_by_label("Your answer")).to_be_visible()


def test_an_answer_must_be_there_to_be_checked(page: Page) -> None:
    """An empty answer is not sent; the box for it is where the typing goes on."""
    choose(page, "check")
    page.fill("#q", ENZYMES)
    page.click("#go")
    expect(page.locator("#own-answer")).to_be_focused()
    expect(page.locator(".turn")).to_have_count(0)
