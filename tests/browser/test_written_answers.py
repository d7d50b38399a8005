"""Answers that a language model writes, as a student sees them come."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from students import COMPOSED, ask

from rag.testing.chat_script import ChatReply
from rag.testing.openai_server import OpenAIServer


@pytest.fixture
def written(opened: Callable[..., Page], written_site: str, model_server: OpenAIServer) -> Page:
    """Return the page to ask on, where a scripted model writes."""
    model_server.chat_scripts.clear()
    return opened(written_site)


def test_a_written_answer_says_so(written: Page) -> None:
    """What a model wrote is called written, from how many entries."""
    turn = ask(written, COMPOSED)
    expect(turn.locator(".rung")).to_contain_text("Written from")
    turn.locator(".answer a.cite").first.click()
    expect(written.locator("#source mark").first).to_be_in_viewport()


def test_doubtful_sentences_are_marked(written: Page, model_server: OpenAIServer) -> None:
    """A sentence that the sources do not bear out is underlined, and says so beside it."""
    model_server.chat_scripts.append(
        ChatReply("Mitochondria make ATP by oxidative phosphorylation. A Danish baker drew mitochondria in 1702.")
    )
    turn = ask(written, COMPOSED)
    expect(turn.locator(".doubted").last).to_contain_text("Danish baker")
    expect(turn.locator(".verdict").last).to_have_text("not supported")


def test_an_answer_is_stopped(written: Page, model_server: OpenAIServer) -> None:
    """Stop ends the answer at once, for the model too; what came stays, and it can be asked again."""
    model_server.chat_scripts.append(
        ChatReply("Mitochondria make ATP by oxidative phosphorylation. " * 40, first_delay_s=0.2, delay_s=0.2)
    )
    before = len(model_server.chats)
    written.fill("#q", COMPOSED)
    written.press("#q", "Enter")
    expect(written.locator(".turn .answer")).to_contain_text("ATP")
    expect(written.locator("#go")).to_be_hidden()
    with written.expect_request(lambda request: request.method == "DELETE"):
        written.get_by_role("button", name="Stop").click()
    expect(written.locator(".turn")).to_contain_text("Stopped.")
    expect(written.locator(".turn .answer")).to_contain_text("ATP")
    assert model_server.chats[before].left.wait(10)
    written.get_by_role("button", name="Ask it again").click()
    expect(written.locator(".turn .rung")).to_contain_text("Written from")
    expect(written.locator("#go")).to_be_visible()


def test_another_question_ends_the_first(written: Page, model_server: OpenAIServer) -> None:
    """Who asks something else does not wait for the answer before."""
    model_server.chat_scripts.append(ChatReply("Mitochondria make ATP. " * 60, delay_s=0.2))
    written.fill("#q", COMPOSED)
    written.press("#q", "Enter")
    expect(written.locator(".turn .status")).to_be_visible()
    turn = ask(written, "How are the ABO blood groups inherited?")
    expect(turn.locator(".rung")).to_have_text("From the QuickTakes answer")
    expect(written.locator(".turn").first).to_contain_text("Stopped.")
