"""The pages are of use to everybody: with a keyboard, a screen reader, a small screen, little patience for movement."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from students import COMPOSED, CURATED, NEURON, NOT_COVERED, ask, choose

ENTRY = "/learn/biology/questions/how-are-the-abo-blood-groups-inherited?start=0&end=140"
PATHS = (
    "/",
    "/?q=How+are+the+ABO+blood+groups+inherited%3F",
    "/browse/biology",
    "/search?q=how+is+atp+made",
    ENTRY,
    "/nope",
)
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


def assert_accessible(page: Page) -> None:
    """Fail where axe finds anything of weight."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    grave = [one for one in found if one["impact"] in {"moderate", "serious", "critical"}]
    assert not grave, [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in grave]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_page(opened: Callable[..., Page], site: str, path: str, scheme: str) -> None:
    """Each page, light and dark, has nothing that axe calls moderate, serious or critical."""
    page = opened(f"{site}{path}", color_scheme=scheme, reduced_motion="reduce")
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_conversation(opened: Callable[..., Page], site: str, scheme: str) -> None:
    """Nor has a conversation with answers, a hint, a quiz, a check, an open source, or the list of conversations."""
    page = opened(site, color_scheme=scheme, reduced_motion="reduce")
    ask(page, COMPOSED)
    ask(page, NOT_COVERED)
    ask(page, NEURON, "hint")
    choose(page, "quiz")
    page.click("#go")
    quiz = page.locator(".turn").nth(3)
    quiz.get_by_label("Your answer").fill("I do not know.")
    assert_accessible(page)
    quiz.get_by_role("button", name="Check it").click()
    expect(quiz.locator(".score")).to_be_visible()
    page.locator(".turn").first.locator(".answer a.cite").first.click()
    expect(page.locator("#source mark").first).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    choose(page, "check")
    page.click("#open-history")
    assert_accessible(page)


def test_a_keyboard_is_enough(page: Page) -> None:
    """The first key skips to the content; a way to answer, a question and the theme are chosen without a mouse."""
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("input[value=explain]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[value=simpler]")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type(CURATED)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .rung")).to_contain_text("In simpler words")


def test_shift_and_enter_begin_a_new_line(page: Page) -> None:
    """A question can have several lines."""
    page.fill("#q", "one")
    page.press("#q", "Shift+Enter")
    expect(page.locator("#q")).to_have_value("one\n")
    expect(page.locator(".turn")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_wider_than_a_phone(opened: Callable[..., Page], site: str, path: str, width: int) -> None:
    """On the smallest phones nothing has to be scrolled sideways but a table."""
    page = opened(f"{site}{path}", viewport={"width": width, "height": 700}, is_mobile=True, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_controls_are_large_enough_to_tap(opened: Callable[..., Page], site: str) -> None:
    """On a phone buttons and ways to answer are at least 24 pixels each way, as WCAG 2.2 asks."""
    page = opened(f"{site}{PATHS[1]}", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    small = page.evaluate(
        "[...document.querySelectorAll('button, .modes label, .top a, .next a')].filter((one) => one.checkVisibility())"
        ".map((one) => one.getBoundingClientRect()).filter(({width, height}) => width < 24 || height < 24).length"
    )
    assert small == 0


def test_nothing_moves_for_who_does_not_want_it(opened: Callable[..., Page], site: str) -> None:
    """Where less motion is asked for, nothing is animated."""
    page = opened(site, reduced_motion="reduce")
    ask(page, CURATED)
    assert page.evaluate("document.getAnimations().length") == 0
