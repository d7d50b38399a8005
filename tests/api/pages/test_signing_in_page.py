"""The page that editors sign in on, where it leads, and what pages show to who signed in."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from made_service import LEAVES, serving
from starlette.testclient import TestClient

from api import create_app
from api.people import COOKIE
from rag.records import Scope
from rag.settings import Settings

PAGE = {"Accept": "text/html,application/xhtml+xml"}


def key_for(client: TestClient, scope: Scope) -> str:
    """Return the secret of a new key."""
    return client.app.state.service.records.keys.create(f"a key to {scope}", scope)[1]  # type: ignore[attr-defined]


def sign_in(client: TestClient) -> None:
    """Sign in as an editor, as a browser does."""
    client.post("/signin", data={"key": key_for(client, "edit")}, headers=PAGE, follow_redirects=False)
    assert COOKIE in client.cookies


def test_who_asks_for_an_editors_page_signs_in_and_gets_it(client: TestClient) -> None:
    """A browser is sent to sign in, the page remembers where from, and the key leads there."""
    asked = "/workbench?q=why+do+leaves+look+green&left=lexicon"
    sent = client.get(asked, headers=PAGE, follow_redirects=False)
    assert sent.status_code == 303
    place = urlsplit(sent.headers["location"])
    assert (place.path, parse_qs(place.query)) == ("/signin", {"next": [asked]})
    form = client.get(sent.headers["location"], headers=PAGE).text
    field = re.search(r'name="next" value="([^"]*)"', form)
    assert field
    path = field[1].replace("&amp;", "&")
    reply = client.post("/signin", data={"key": f" {key_for(client, 'edit')} ", "next": path}, headers=PAGE)
    assert (reply.status_code, reply.url.path) == (200, "/workbench")
    assert "Why do leaves look green?" in reply.text


def test_a_program_is_told_that_it_needs_a_key(client: TestClient) -> None:
    """What does not read pages gets the problem, and is sent nowhere."""
    reply = client.get("/workbench", follow_redirects=False)
    assert reply.status_code == 401
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_key_to_ask_does_not_open_the_workbench(client: TestClient) -> None:
    """The workbench is for editors: a key of lower scope is refused, one for editing shows the page."""
    statuses = {
        scope: client.get("/workbench", headers={"Authorization": f"Bearer {key_for(client, scope)}"}).status_code
        for scope in ("ask", "edit")
    }
    assert statuses == {"ask": 403, "edit": 200}


def test_an_address_too_long_to_come_back_to_is_cut(client: TestClient) -> None:
    """A question as long as it may be still leads to sign in, and then to the page without it."""
    sent = client.get("/workbench", params={"q": "x" * 3_000}, headers=PAGE, follow_redirects=False)
    assert sent.headers["location"] == "/signin?next=%2Fworkbench"


@pytest.mark.parametrize(("scope", "status"), [(None, 401), ("ask", 403)])
def test_a_key_that_opens_nothing_is_told_on_the_page(client: TestClient, scope: Scope | None, status: int) -> None:
    """The page says what is wrong, keeps where to go on to, and never shows the key again."""
    secret = key_for(client, scope) if scope else "qt_000000000000_wrong"
    reply = client.post("/signin", data={"key": secret, "next": LEAVES}, headers=PAGE)
    assert reply.status_code == status
    assert 'role="alert"' in reply.text
    assert ("There is no such key" if scope is None else "to sign in takes one for") in reply.text
    assert f'name="next" value="{LEAVES}"' in reply.text
    assert secret not in reply.text
    assert COOKIE not in client.cookies


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "evil"])
def test_the_page_leads_to_this_site_only(client: TestClient, path: str) -> None:
    """Whatever a link asks for, who signs in by it, or is signed in, goes to a page of ours."""
    assert 'name="next" value="/workbench"' in client.get("/signin", params={"next": path}, headers=PAGE).text
    sign_in(client)
    sent = client.get("/signin", params={"next": path}, headers=PAGE, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, "/workbench")


@pytest.mark.parametrize("path", ["/", "/?q=leaves", "/browse/biology", "/search?q=leaves", LEAVES, "/workbench"])
def test_pages_lead_an_editor_to_the_workbench_and_out(client: TestClient, path: str) -> None:
    """Who signed in finds both on every page, with the token that signs out; and no cache may keep that."""
    sign_in(client)
    reply = client.get(path, headers=PAGE)
    assert '<a href="/workbench"' in reply.text
    assert reply.headers["cache-control"] == "no-cache, private"
    token = re.search(r'name="csrf_token" value="(\w+)"', reply.text)
    assert token
    assert f'<meta name="csrf-token" content="{token[1]}">' in reply.text
    out = client.post("/signout", data={"csrf_token": token[1]}, headers=PAGE)
    assert (out.status_code, out.url.path) == (200, "/")
    assert COOKIE not in client.cookies
    assert "/workbench" not in out.text


def test_students_are_shown_nothing_of_it(client: TestClient) -> None:
    """Nobody else's page names the workbench, or holds a token."""
    page = client.get("/", headers=PAGE)
    assert "workbench" not in page.text
    assert "csrf" not in page.text
    assert page.headers["cache-control"] == "no-cache"


def test_pages_that_work_for_the_caller_are_counted(settings: Settings) -> None:
    """Questions on the page count for rate and budget as those of programs do, searches for the rate only."""
    with serving(settings, rate="3/minute") as client:
        statuses = [client.get("/search?q=leaves", headers=PAGE).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert client.get("/?q=leaves", headers=PAGE).status_code == 429
        assert client.get("/", headers=PAGE).status_code == 200
        assert client.get(LEAVES, headers=PAGE).status_code == 200


def test_questions_on_the_page_are_of_the_days_budget(settings: Settings) -> None:
    """Once the questions of a day are asked, the page says when to come back; searches and reading go on."""
    with serving(settings, daily_questions=1) as client:
        assert client.get("/?q=leaves", headers=PAGE).status_code == 200
        refused = client.get("/?q=leaves", headers=PAGE)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 80_000
        assert "too many questions today" in refused.text
        assert client.post("/api/ask", json={"question": "leaves"}).status_code == 429
        assert client.get("/search?q=leaves", headers=PAGE).status_code == 200
        assert client.get("/", headers=PAGE).status_code == 200


def test_the_form_is_no_endpoint_for_programs(settings: Settings) -> None:
    """The document of the service lists where a key is shown, and no page."""
    paths = create_app(settings).openapi()["paths"]
    assert set(paths["/signin"]) == {"post"}
    assert "/workbench" not in paths
