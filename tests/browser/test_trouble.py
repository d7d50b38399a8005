"""What goes wrong is told in plain words, with what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from students import COMPOSED, CURATED, ask

_LOSE_A_STREAM = """
(() => {
  const real = window.fetch;
  window.asks = [];
  window.fetch = async (path, options = {}) => {
    const response = await real(path, options);
    if (path !== "/api/ask") return response;
    window.asks.push(options.headers["Last-Event-ID"] || "");
    if (window.asks.length > window.losses) return response;
    const reader = response.body.getReader();
    let sent = 0;
    const body = new ReadableStream({
      async pull(controller) {
        const { value, done } = await reader.read();
        if (done || sent > 900) { reader.cancel(); return controller.error(new TypeError("network error")); }
        const part = value.slice(0, 1500);
        sent += part.length;
        controller.enqueue(part);
      },
    });
    return new Response(body, { status: response.status, headers: response.headers });
  };
})();
"""
"""Breaks the first streams off after some bytes, amid an event."""


def refuse(page: Page, problem: dict[str, Any]) -> None:
    """Have the service answer every question with a problem."""

    def answer(route: Route) -> None:
        route.fulfill(status=problem["status"], content_type="application/problem+json", body=json.dumps(problem))

    page.route("**/api/ask", answer)


def submit(page: Page, question: str) -> None:
    """Ask a question without waiting for its answer."""
    page.fill("#q", question)
    page.press("#q", "Enter")


def test_a_lost_stream_goes_on_where_it_broke_off(page: Page) -> None:
    """The connection is taken up again after the last event that came, and the answer is whole, nothing twice."""
    page.add_init_script(f"window.losses = 1; {_LOSE_A_STREAM}")
    page.reload()
    turn = ask(page, COMPOSED)
    asks: list[str] = page.evaluate("window.asks")
    assert asks[0] == ""
    assert len(asks) == 2
    assert asks[1].rpartition(":")[2].isdecimal()
    lost = turn.locator(".answer").inner_text()
    page.reload()
    page.evaluate("window.losses = 0")
    assert ask(page, COMPOSED).locator(".answer").inner_text() == lost


def test_an_answer_that_is_gone_is_asked_anew(page: Page) -> None:
    """Where the service does not know the answer any more, it is asked again from the beginning."""
    page.add_init_script(f"window.losses = 1; {_LOSE_A_STREAM}")
    page.reload()
    gone = {"type": "urn:quicktakes:answer-gone", "title": "Gone", "status": 410, "detail": "Ask again."}

    def forget(route: Route) -> None:
        if route.request.headers.get("last-event-id"):
            route.fulfill(status=410, content_type="application/problem+json", body=json.dumps(gone))
        else:
            route.fallback()

    page.route("**/api/ask", forget)
    expect(ask(page, CURATED).locator(".answer")).to_contain_text("Bombay phenotype")
    assert page.evaluate("window.asks.length") == 3


def test_offline_is_told_and_mended(page: Page) -> None:
    """Without a connection the page says so, keeps the question, and asks it when the connection is back."""
    page.context.set_offline(True)
    submit(page, CURATED)
    expect(page.locator(".trouble")).to_contain_text("You are offline.")
    page.context.set_offline(False)
    expect(page.locator(".turn .rung")).to_have_text("From the QuickTakes answer")
    expect(page.locator(".turn")).to_have_count(1)


def test_too_many_questions_are_told_with_the_wait(page: Page) -> None:
    """A limit says how long to wait; the button waits as long, and then asks again."""
    problem = {
        "type": "urn:quicktakes:limit",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "x",
        "retry_after_s": 2,
    }
    refuse(page, problem)
    submit(page, CURATED)
    expect(page.locator(".trouble")).to_contain_text("Too many questions in a short time.")
    again = page.locator(".trouble button")
    expect(again).to_be_disabled()
    expect(again).to_contain_text("Try again in")
    page.unroute("**/api/ask")
    expect(again).to_be_enabled()
    again.click()
    expect(page.locator(".turn .rung")).to_have_text("From the QuickTakes answer")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (503, "As many answers as can be are being written."),
        (500, "Something went wrong, and not through you."),
        (422, "This cannot be asked."),
    ],
)
def test_problems_are_told_in_plain_words(page: Page, status: int, told: str) -> None:
    """Whose fault it is and what to do is said, without codes."""
    detail = "As many answers as can be are being written. Ask again in a moment."
    refuse(page, {"type": "urn:quicktakes:x", "title": "T", "status": status, "detail": detail})
    submit(page, CURATED)
    expect(page.locator(".trouble")).to_contain_text(told)
    expect(page.locator(".trouble button")).to_have_count(0 if status == 422 else 1)
    expect(page.locator("#go")).to_be_visible()


def test_a_proxys_own_error_is_told(page: Page) -> None:
    """An error that is no problem of ours, as a proxy writes it, is told all the same."""
    page.route("**/api/ask", lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad</h1>"))
    submit(page, CURATED)
    expect(page.locator(".trouble")).to_contain_text("Something went wrong")


def test_a_failed_check_can_be_tried_again(page: Page) -> None:
    """A quiz that fails says so, and is had by trying again."""
    page.route("**/api/quiz", lambda route: route.abort())
    page.locator("input[name=mode][value=quiz]").check(force=True)
    page.click("#go")
    expect(page.locator(".trouble")).to_contain_text("cannot be reached")
    page.unroute("**/api/quiz")
    page.locator(".trouble button").click()
    expect(page.locator(".turn").get_by_label("Your answer")).to_be_visible()
