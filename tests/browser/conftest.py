"""A student at the pages: a real browser, the real service over the starter corpus: `make test-browser`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from serving import CHROMIUM_ARGUMENTS, chromium, serve

from rag.testing import entry_text
from rag.testing.openai_server import OpenAIServer

if find_spec("playwright"):
    from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

    expect.set_options(timeout=15_000)

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What the pages must do with: no script or style within them, nothing from elsewhere."""

HOSTILE = "Why does <script>window.hacked = 1</script> nothing run?"
HOSTILE_ANSWER = (
    "Nothing runs because <img src=x onerror=window.hacked=2> is text. <svg onload=window.hacked=3> is too.\n\n"
    r"[Links](javascript:window.hacked=4) are text, and $\text{<script>window.hacked=5</script>}$ is a formula."
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark this folder's tests, and skip them where there is no browser."""
    lacking = None if find_spec("playwright") and find_spec("axe_playwright_python") else "Playwright"
    lacking = lacking or (None if chromium() else "Chromium")
    for item in items:
        if HERE not in item.path.parents:
            continue
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))
        if lacking:
            item.add_marker(pytest.mark.skip(reason=f"{lacking} is not installed here: make test-browser"))


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory, kept_vectors: Callable[[Path], None]) -> Path:
    """Return the folder of the service over the starter corpus: one index serves it with and without a model."""
    folder = tmp_path_factory.mktemp("service")
    kept_vectors(folder / "index")
    return folder


@pytest.fixture(scope="session")
def site(scratch: Path, repository: Path) -> Iterator[str]:
    """Give the address of the service over the starter corpus, without a language model."""
    with serve(scratch, repository / "corpus") as url:
        yield url


@pytest.fixture(scope="session")
def model_server() -> Iterator[OpenAIServer]:
    """Give a model's server that replies as it is scripted."""
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="session")
def written_site(site: str, scratch: Path, repository: Path, model_server: OpenAIServer) -> Iterator[str]:
    """Give the address of the service whose answers a scripted model writes; doubtful sentences are marked."""
    assert site  # has built the index
    model = {"OPENAI_BASE_URL": model_server.url, "QUICKTAKES_CHAT_MODEL": "openai:scripted"}
    cache = {"QUICKTAKES_SUPPORT": "mark", "QUICKTAKES_ANSWER_CACHE": "0"}
    with serve(scratch, repository / "corpus", **model, **cache) as url:
        yield url


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the service over an entry that would do harm."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "corpus").mkdir()
    (folder / "corpus/hostile.md").write_text(entry_text(HOSTILE, HOSTILE_ANSWER), encoding="utf-8")
    with serve(folder, folder / "corpus") as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a browser."""
    with sync_playwright() as playwright:
        own = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGUMENTS))
        yield own
        own.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Give what opens an address as a new visitor; an error on a page or a break of its policy fails the test."""
    wrong: list[str] = []
    with ExitStack() as closing:

        def open_as(url: str, **visitor: Any) -> Page:
            context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **visitor})
            closing.callback(context.close)
            context.route("**/*", _with_policy)
            page = context.new_page()
            page.set_default_timeout(15_000)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda told: _is_break(told.text) and wrong.append(told.text))
            page.goto(url)
            return page

        yield open_as
    assert not wrong


@pytest.fixture
def page(opened: Callable[..., Page], site: str) -> Page:
    """Return the page to ask on, as it is without a language model."""
    return opened(site)


def _is_break(told: str) -> bool:
    return "Content Security Policy" in told or "Refused to" in told


def _with_policy(route: Route) -> None:
    """Hold pages to the policy, whoever sends it; a report keeps its own, which lets it do nothing."""
    if route.request.resource_type != "document":
        route.fallback()
        return
    response = route.fetch()
    own = response.headers.get("content-security-policy", "")
    policy = own if own.startswith("sandbox; default-src 'none'") else POLICY
    route.fulfill(response=response, headers={**response.headers, "content-security-policy": policy})
