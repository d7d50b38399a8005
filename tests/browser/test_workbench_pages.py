"""An editor signs in, compares settings, asks as students do, and signs out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from editors import MISSPELT, compare, sign_in
from playwright.sync_api import Page, expect
from serving import editors_key
from students import CURATED, ask
from test_access import assert_accessible

SETTINGS = ("As it is set up", "Without spelling repair")


@pytest.fixture
def key(site: str, scratch: Path) -> str:
    """Return the secret of a key for editing."""
    assert site  # has made the records
    return editors_key(scratch)


def test_an_editor_signs_in_searches_and_signs_out(opened: Callable[..., Page], site: str, key: str) -> None:
    """Without scripts: sent to sign in, a wrong key told, settings compared, an entry read, signed out."""
    page = opened(f"{site}/workbench", java_script_enabled=False)
    sign_in(page, "qt_000000000000_wrong")
    expect(page.get_by_role("alert")).to_contain_text("There is no such key")
    sign_in(page, key)
    expect(page.locator("h1")).to_have_text("Workbench")
    compare(page, MISSPELT, *SETTINGS)
    left, right = page.locator(".sides section").all()
    expect(left.locator("h2")).to_have_text(SETTINGS[0])
    expect(left.locator("ins").first).to_have_text("mitochondria")
    expect(right.locator("ins")).to_have_count(0)
    assert left.locator("tbody tr").count() == right.locator("tbody tr").count() == 10
    expect(right.locator(".move").first).to_be_visible()
    left.locator("summary").first.click()
    expect(left.locator("details").first).to_contain_text("certainty")
    title = left.locator("td > a").first.inner_text()
    left.locator("td > a").first.click()
    expect(page.locator("h1")).to_have_text(title)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Workbench")).to_have_count(0)
    page.goto(f"{site}/workbench")
    expect(page.locator("h1")).to_have_text("Sign in to edit")


def test_an_editor_asks_as_students_do(opened: Callable[..., Page], site: str, key: str) -> None:
    """The scripts of who signed in send the token that shows the page is ours: nothing is refused as forged."""
    page = opened(f"{site}/signin?next=/")
    sign_in(page, key)
    turn = ask(page, CURATED)
    expect(turn.locator(".rung")).to_have_text("From the QuickTakes answer")
    with page.expect_response(lambda reply: reply.url.endswith("/api/feedback")) as told:
        turn.locator(".votes button").first.click()
    assert told.value.ok


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_editors_pages_are_of_use_to_everybody(
    opened: Callable[..., Page], site: str, key: str, scheme: str, width: int
) -> None:
    """Axe finds nothing on the pages to sign in and to compare, and nothing is wider than the smallest phone."""
    page = opened(
        f"{site}/workbench", color_scheme=scheme, reduced_motion="reduce", viewport={"width": width, "height": 800}
    )
    sign_in(page, "qt_000000000000_wrong")
    _assert_of_use(page, width)
    sign_in(page, key)
    _assert_of_use(page, width)
    compare(page, MISSPELT, *SETTINGS)
    page.locator("summary").first.click()
    _assert_of_use(page, width)


def _assert_of_use(page: Page, width: int) -> None:
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
