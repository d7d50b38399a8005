"""What students do on the pages."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

CURATED = "How are the ABO blood groups inherited?"
COMPOSED = "what do mitochondria do and how is ATP made"
NOT_COVERED = "How do axolotls regrow limbs?"
FALSE_PREMISE = "Why does the ABO gene have four main alleles?"
NEURON = "Why is the inside of a resting neuron negative?"


def ask(page: Page, question: str, mode: str = "explain") -> Locator:
    """Ask a question by the keyboard, and return its turn once the answer is whole."""
    turns = page.locator(".turn")
    before = turns.count()
    choose(page, mode)
    page.fill("#q", question)
    page.press("#q", "Enter")
    turn = turns.nth(before)
    expect(turn.locator(".rung")).to_be_visible()
    return turn


def choose(page: Page, mode: str) -> None:
    """Choose how the next question is answered."""
    page.locator(f"input[name=mode][value={mode}]").check(force=True)


def words_of(text: str) -> str:
    """Return the letters and digits of a text, to compare what is shown with what is written."""
    return "".join(re.findall(r"\w", text))
