"""What stays on the student's device, and what he says of an answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect
from students import CURATED, NOT_COVERED, ask, choose


def test_conversations_are_kept_and_deleted(page: Page) -> None:
    """A conversation is there after a reload, whole, can be gone on with, and is gone once it is deleted."""
    ask(page, CURATED)
    choose(page, "quiz")
    page.click("#go")
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").nth(1).get_by_label("Your answer")).to_be_visible()
    page.reload()
    expect(page.locator(".turn")).to_have_count(0)
    page.click("#open-history")
    page.locator("#kept button").first.click()
    expect(page.locator(".turn")).to_have_count(2)
    page.locator(".turn .answer a.cite").first.click()
    expect(page.locator("#source mark").first).to_be_visible()
    page.click("#open-history")
    expect(page.locator("#kept")).to_contain_text("2 questions")
    page.get_by_role("button", name=f"Delete: {CURATED}").click()
    expect(page.locator("#kept")).to_contain_text("None yet.")
    page.keyboard.press("Escape")
    page.reload()
    page.click("#open-history")
    expect(page.locator("#kept")).to_contain_text("None yet.")
    assert page.evaluate("localStorage.getItem('quicktakes.talks')") == "[]"


def test_a_kept_conversation_is_gone_on_with(page: Page) -> None:
    """A follow-up in a conversation of before leans on it."""
    ask(page, CURATED)
    page.reload()
    page.click("#open-history")
    page.locator("#kept button").first.click()
    expect(ask(page, "and how common are they?").locator(".resolved")).to_contain_text("ABO blood groups")


def test_all_conversations_are_deleted_at_once(page: Page) -> None:
    """After asking once more, everything is deleted."""
    ask(page, CURATED)
    page.click("#new-talk")
    ask(page, NOT_COVERED)
    page.click("#open-history")
    expect(page.locator("#kept li")).to_have_count(2)
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#forget-all")
    expect(page.locator("#kept")).to_contain_text("None yet.")


def test_a_new_conversation_knows_nothing_of_the_last(page: Page) -> None:
    """What is asked in a new one stands alone."""
    ask(page, CURATED)
    page.click("#new-talk")
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#welcome")).to_be_visible()
    expect(ask(page, "and how common are they?").locator(".resolved")).to_have_count(0)


def test_a_page_works_where_nothing_can_be_kept(opened: Callable[..., Page], site: str) -> None:
    """Where the browser forbids storage, all else works."""
    page = opened(site)
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })")
    page.reload()
    expect(ask(page, CURATED).locator(".answer")).to_contain_text("Bombay phenotype")
    page.click("#theme")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_theme_is_chosen_and_kept(opened: Callable[..., Page], site: str) -> None:
    """The pages follow the system, until the switch says otherwise, on every page from then on."""
    page = opened(site, color_scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.goto(f"{site}/browse")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def test_feedback_is_sent_with_its_reason(page: Page) -> None:
    """Helpful is one press; not helpful asks why, and sends that with the answer's id."""
    sent: list[dict[str, Any]] = []

    def take(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or ""))
        route.fulfill(status=204)

    page.route("**/api/feedback", take)
    turn = ask(page, CURATED)
    turn.get_by_role("button", name="Helpful", exact=True).click()
    expect(turn).to_contain_text("Thank you.")
    turn.get_by_role("button", name="Not helpful").click()
    turn.get_by_role("button", name="Hard to understand").click()
    turn.get_by_label("What was wrong, in your own words").fill("too long")
    turn.get_by_role("button", name="Send").click()
    expect(turn).to_contain_text("Thank you.")
    up, down = sent
    assert up.keys() == {"answer_id", "rating", "question", "cited"}
    assert down == {**up, "rating": "down", "reason": "unclear", "comment": "too long"}
    assert up["cited"] == ["/learn/biology/questions/how-are-the-abo-blood-groups-inherited"]
    assert len(up["answer_id"]) > 10


def test_feedback_that_fails_says_so(page: Page) -> None:
    """Where it cannot be sent, nothing is pretended."""
    page.route("**/api/feedback", lambda route: route.abort())
    turn = ask(page, CURATED)
    turn.get_by_role("button", name="Helpful", exact=True).click()
    expect(turn).to_contain_text("could not be sent")
