"""A student whose browser runs no scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from students import CURATED, FALSE_PREMISE, NEURON, NOT_COVERED, words_of


@pytest.fixture
def plain(opened: Callable[..., Page], site: str) -> Page:
    """Return the page to ask on, in a browser that runs no scripts."""
    return opened(site, java_script_enabled=False)


def ask_by_form(page: Page, question: str) -> None:
    """Ask with the form alone."""
    page.fill("#q", question)
    page.click("#go")


def test_a_question_is_answered(plain: Page) -> None:
    """The form brings the answer, what it is made from, its sources and where to go on."""
    ask_by_form(plain, CURATED)
    expect(plain.locator(".asked")).to_have_text(CURATED)
    expect(plain.locator(".rung")).to_have_text("From the QuickTakes answer")
    expect(plain.locator(".answer")).to_contain_text("Bombay phenotype")
    expect(plain.locator(".sources li")).to_have_count(1)
    expect(plain.locator(".next a").first).to_be_visible()


def test_a_number_leads_to_the_sentence(plain: Page) -> None:
    """The number of a source is a link to the entry's page, with the sentence marked and scrolled to."""
    ask_by_form(plain, CURATED)
    plain.locator(".answer a.cite").nth(9).click()
    expect(plain.locator("h1")).to_have_text(CURATED)
    expect(plain.locator("mark").first).to_be_in_viewport()
    assert words_of("".join(plain.locator("mark").all_text_contents())).endswith("thesameredcells")


def test_a_hint_is_given(plain: Page) -> None:
    """The ways to answer that need no scripts are there, the others are not offered."""
    plain.locator("input[value=hint]").check(force=True)
    ask_by_form(plain, NEURON)
    expect(plain.locator(".rung")).to_have_text("Hint 1 of 3")
    expect(plain.locator("input[value=quiz]")).to_be_hidden()
    expect(plain.locator("#theme")).to_be_hidden()


def test_what_is_not_covered_and_what_is_not_so_is_said(plain: Page, site: str) -> None:
    """An abstention and a corrected premise are told as they are with scripts."""
    ask_by_form(plain, NOT_COVERED)
    expect(plain.locator(".rung")).to_have_text("Not covered")
    plain.locator(".next a").first.click()
    expect(plain.locator(".rung")).to_have_text("From the QuickTakes answer")
    plain.goto(site)
    ask_by_form(plain, FALSE_PREMISE)
    expect(plain.locator(".corrected")).to_contain_text("four main alleles")


def test_a_question_that_cannot_be_asked_is_told(plain: Page, site: str) -> None:
    """A question without a word, or an address that is none, gives a page that says so."""
    plain.goto(f"{site}/?q=%3F%3F%3F")
    expect(plain.locator(".trouble, .abstained").first).to_be_visible()
    plain.goto(f"{site}/?q={'x' * 5000}")
    expect(plain.locator(".trouble")).to_be_visible()
    plain.goto(f"{site}/?q=x&mode=nothing")
    expect(plain.locator("h1")).to_have_text("That address cannot be read")
