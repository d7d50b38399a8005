"""A student taps the number of a source, and reads the very sentence that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from students import COMPOSED, CURATED, ask, words_of

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def test_a_number_opens_its_own_sentence(page: Page) -> None:
    """The source stands beside the answer, with the sentence before the number marked, and in view."""
    turn = ask(page, COMPOSED)
    for place in range(3):
        link = turn.locator(".answer a.cite").nth(place)
        sentence: str = link.evaluate(
            "link => { let text = '', node = link.parentNode.previousSibling;"
            " while (node && node.nodeName !== 'SUP') { text = node.textContent + text; node = node.previousSibling; }"
            " return text; }"
        )
        link.click()
        mark = page.locator("#source mark").first
        expect(mark).to_be_in_viewport()
        expect(link).to_have_attribute("aria-current", "true")
        assert words_of("".join(page.locator("#source mark").all_text_contents())) == words_of(sentence)
    answer, source = turn.bounding_box(), page.locator("#source").bounding_box()
    assert answer
    assert source
    assert answer["x"] + answer["width"] <= source["x"]


def test_no_other_source_is_shown_under_a_number_while_its_own_is_loaded(page: Page) -> None:
    """Until the entry has come, there is no sentence beside the answer; not the one of the number before."""
    links = ask(page, COMPOSED).locator(".answer a.cite")
    links.nth(0).click()
    expect(page.locator("#source mark").first).to_be_visible()
    held: list[Route] = []
    page.route("**/learn/**", lambda route: held.append(route))  # noqa: PLW0108 Playwright looks into what it is given
    links.nth(1).click()
    expect(page.locator("#source mark")).to_have_count(0)
    expect(page.locator("#source-title")).to_have_text(f"Source {links.nth(1).get_attribute('data-n')}")
    held[0].continue_()
    expect(page.locator("#source mark").first).to_be_visible()


def test_closing_a_source_returns_to_its_number(page: Page) -> None:
    """The source takes the focus, Escape closes it, and the focus is where the reading was."""
    link = ask(page, CURATED).locator(".answer a.cite").nth(1)
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source mark").first).to_be_visible()
    expect(page.locator("#source")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(link).to_be_focused()


def test_on_a_phone_the_source_is_below(opened: Callable[..., Page], site: str) -> None:
    """On a phone the source rises from below, and the number that was tapped stays in sight above it."""
    page = opened(site, **PHONE)
    link = ask(page, CURATED).locator(".answer a.cite").nth(6)
    link.tap()
    expect(page.locator("#source mark").first).to_be_in_viewport()
    number, source = link.bounding_box(), page.locator("#source").bounding_box()
    assert number
    assert source
    assert number["y"] + number["height"] < source["y"]
    assert source["width"] == PHONE["viewport"]["width"]
    page.get_by_role("button", name="Close the source").tap()
    expect(page.locator("#source")).to_be_hidden()


def test_a_source_that_cannot_be_loaded_says_so(page: Page) -> None:
    """Without a connection the entry's own page is offered."""
    turn = ask(page, CURATED)
    page.context.set_offline(True)
    turn.locator(".answer a.cite").first.click()
    expect(page.locator("#source")).to_contain_text("cannot be loaded")
    page.context.set_offline(False)


@pytest.mark.parametrize("scripted", [True, False])
def test_nothing_in_an_entry_runs(opened: Callable[..., Page], hostile_site: str, *, scripted: bool) -> None:
    """An entry with scripts in its question and its answer is read, browsed, found, asked and quoted; none runs."""
    page = opened(f"{hostile_site}/browse/biology", java_script_enabled=scripted)
    entry = page.locator(".titles a")
    expect(entry).to_have_text("Why does <script>window.hacked = 1</script> nothing run?")
    entry.click()
    expect(page.locator("#entry .prose")).to_contain_text("<img src=x onerror=window.hacked=2> is text.")
    page.goto(f"{hostile_site}/search?q=nothing+run")
    expect(page.locator(".results h2")).to_contain_text("<script>")
    page.goto(f"{hostile_site}/?q=Why+does+%3Cscript%3Ewindow.hacked+%3D+1%3C%2Fscript%3E+nothing+run%3F")
    expect(page.locator(".answer")).to_contain_text("<svg onload=window.hacked=3>")
    if scripted:
        page.locator(".answer a.cite").first.click()
        expect(page.locator("#source mark").first).to_be_visible()
        assert page.evaluate("window.hacked") is None
