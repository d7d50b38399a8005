"""A student reads the entries themselves."""

from __future__ import annotations

from playwright.sync_api import Page, expect

ABO = "/learn/biology/questions/how-are-the-abo-blood-groups-inherited"


def test_entries_are_browsed_page_by_page(page: Page, site: str) -> None:
    """A subject lists its questions in alphabetical order, fifty a page."""
    page.goto(f"{site}/browse/biology")
    expect(page.locator("h1")).to_have_text("Biology")
    expect(page.locator(".titles li")).to_have_count(50)
    first = page.locator(".titles a").first.inner_text()
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".pages")).to_contain_text("Page 2 of")
    assert page.locator(".titles a").first.inner_text() > first
    page.get_by_role("link", name="Before").click()
    expect(page.locator(".titles a").first).to_have_text(first)


def test_entries_are_filtered_by_their_words(page: Page, site: str) -> None:
    """A filter leaves the questions that have every word; without one it offers to ask."""
    page.goto(f"{site}/browse/biology")
    page.get_by_label("Words in the question").fill("blood groups")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".titles a")).to_have_text(["How are the ABO blood groups inherited?"])
    page.locator(".titles a").click()
    expect(page.locator("h1")).to_have_text("How are the ABO blood groups inherited?")
    page.goto(f"{site}/browse/biology?with=no+such+words")
    expect(page.get_by_role("link", name="Ask it instead")).to_be_visible()


def test_a_search_shows_the_best_passage(page: Page, site: str) -> None:
    """What is found shows its best passage, and opens the entry with it marked."""
    page.goto(f"{site}/search")
    page.get_by_label("What to look for").fill("how do cells make ATP")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".results > li")).to_have_count(10)
    expect(page.locator(".excerpt").first).to_contain_text("ATP")
    page.locator(".results h2 a").first.click()
    expect(page.locator("mark").first).to_be_in_viewport()


def test_an_entry_leads_on(page: Page, site: str) -> None:
    """An entry has its subject, related entries and its file."""
    page.goto(f"{site}{ABO}")
    expect(page.locator(".crumbs")).to_contain_text("Biology")
    with page.expect_response(f"**{ABO}?raw=true") as raw:
        page.evaluate("path => fetch(path)", page.locator("text=The entry’s file").get_attribute("href"))
    assert raw.value.text().startswith("---\n_schema: default\nid: 900142\n")
    related = page.locator(".related a").first
    title = related.inner_text()
    related.click()
    expect(page.locator("h1")).to_have_text(title)


def test_a_formula_is_mathematics(page: Page, site: str) -> None:
    """Formulas are laid out by the browser itself."""
    page.goto(f"{site}/learn/biology/questions/how-does-the-bicarbonate-buffer-keep-blood-ph-steady")
    if page.locator("math").count() == 0:
        page.goto(f"{site}/search?q=Henderson-Hasselbalch+bicarbonate")
        page.locator(".results h2 a").first.click()
    assert page.locator("math mfrac").first.evaluate("fraction => fraction.getBoundingClientRect().height") > 20


def test_what_is_not_there_is_told_in_the_same_dress(page: Page, site: str) -> None:
    """A wrong address gives a page of ours, with ways on."""
    for path in ("/nope", "/learn/biology/questions/nope", "/browse/nope"):
        response = page.goto(f"{site}{path}")
        assert response
        assert response.status == 404
        expect(page.locator("h1")).to_have_text("There is no such page")
        expect(page.get_by_role("link", name="Ask a question")).to_be_visible()
