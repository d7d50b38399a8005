"""What editors do on the pages."""

from __future__ import annotations

from playwright.sync_api import Page

MISSPELT = "how do mitocondria make enrgy"


def sign_in(page: Page, key: str) -> None:
    """Show a key on the page that asks for one."""
    page.get_by_label("Your key").fill(key)
    with page.expect_navigation():  # until its scripts run
        page.get_by_role("button", name="Sign in").click()


def compare(page: Page, question: str, left: str, right: str) -> None:
    """Search on the workbench with two settings, named as the page names them."""
    page.get_by_label("A question").fill(question)
    page.get_by_label("This", exact=True).select_option(label=left)
    page.get_by_label("Beside this").select_option(label=right)
    with page.expect_navigation():
        page.get_by_role("button", name="Compare").click()
