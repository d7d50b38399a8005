"""Who asks: students, programs with keys, editors who signed in; and what other sites cannot make them do."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from made_service import serving
from starlette.testclient import TestClient

from api.people import COOKIE, Person, PersonOf, requires
from api.people.forgery import token_for
from api.service import Service
from rag.records import Key, Records, Scope
from rag.records.keys import Keys
from rag.settings import Settings


@pytest.fixture
def door(client: TestClient) -> TestClient:
    """Return a client of an application with doors that say who asks, and are for editors and operators only."""
    app = client.app
    assert isinstance(app, FastAPI)

    @app.api_route("/who", methods=["GET", "POST"])
    async def who(person: PersonOf) -> dict[str, str | bool | None]:
        name = person.key.name if person.key else None
        return {"name": name, "csrf_token": person.csrf_token, "may_edit": person.allows("edit")}

    @app.post("/edit")
    def edit(person: Annotated[Person, Depends(requires("edit"))]) -> str:
        assert person.key is not None
        return person.key.name

    @app.post("/admin")
    def admin(person: Annotated[Person, Depends(requires("admin"))]) -> str:
        assert person.key is not None
        return person.key.name

    return client


def key_for(client: TestClient, scope: Scope, name: str = "") -> str:
    """Return the secret of a new key."""
    return records_of(client).keys.create(name or f"a key to {scope}", scope)[1]


def records_of(client: TestClient) -> Records:
    """Return the records of the application."""
    app = client.app
    assert isinstance(app, FastAPI)
    service = app.state.service
    assert isinstance(service, Service)
    return service.records


def bearer(secret: str) -> dict[str, str]:
    """Return the header that shows a key."""
    return {"Authorization": f"Bearer {secret}"}


def sign_in(client: TestClient, name: str = "ada") -> str:
    """Sign in as an editor, and return the token of the pages."""
    client.post("/signin", data={"key": key_for(client, "edit", name)}, follow_redirects=False)
    return token_for(client.cookies[COOKIE])


def test_a_key_is_looked_for_once_a_request(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much of a question is counted by who asks it."""
    secret = key_for(client, "ask")
    looked: list[str] = []
    find = Keys.find

    def noted(own: Keys, given: str) -> Key | None:
        looked.append(given)
        return find(own, given)

    monkeypatch.setattr(Keys, "find", noted)
    asked = client.post("/api/ask", json={"question": "Why do leaves look green?"}, headers=bearer(secret))
    assert asked.status_code == 200
    assert looked == [secret]


def test_a_student_needs_no_key(door: TestClient) -> None:
    """Who shows nothing is a student, who may ask, and may not edit."""
    assert door.get("/who").json() == {"name": None, "csrf_token": None, "may_edit": False}
    refused = door.post("/edit")
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("scope", "statuses"), [("ask", (403, 403)), ("edit", (200, 403)), ("admin", (200, 200))])
def test_a_key_opens_what_its_scope_allows(door: TestClient, scope: Scope, statuses: tuple[int, int]) -> None:
    """A door for editors opens for keys to edit and to administer, one for operators only for the latter."""
    shown = bearer(key_for(door, scope))
    assert (door.post("/edit", headers=shown).status_code, door.post("/admin", headers=shown).status_code) == statuses


@pytest.mark.parametrize("secret", ["qt_", "qt_000000000000_wrong", "qt_é"])
def test_a_wrong_key_is_refused_everywhere(door: TestClient, secret: str) -> None:
    """Who shows a key that is none is told, also where a student needs none: a program would not notice else."""
    refused = door.get("/who", headers={"Authorization": f"Bearer {secret}".encode()})
    assert refused.status_code == 401
    assert refused.json()["type"] == "urn:quicktakes:wrong-key"


@pytest.mark.parametrize("shown", ["Bearer none", "Bearer", "Basic cXRfOnF0Xw==", "qt_000000000000_wrong", "Bearer é"])
def test_a_word_that_is_no_key_of_ours_is_as_none(door: TestClient, shown: str) -> None:
    """Clients that must send a key send any: with one that is none of ours, a student is let in."""
    assert door.get("/who", headers={"Authorization": shown.encode()}).json()["name"] is None


def test_a_revoked_key_is_refused(door: TestClient) -> None:
    """From the moment it is revoked, a key opens nothing, and the browser that showed it is a student's."""
    secret = key_for(door, "edit", "ada")
    door.post("/signin", data={"key": secret}, follow_redirects=False)
    assert door.get("/who").json()["name"] == "ada"
    records_of(door).keys.revoke("ada")
    assert door.get("/who").json()["name"] is None
    assert door.get("/who", headers=bearer(secret)).status_code == 401


def test_an_editor_signs_in_and_out(door: TestClient) -> None:
    """A key that is posted gives a cookie that no script and no other site can use; signed out, it is worthless."""
    reply = door.post("/signin", data={"key": key_for(door, "edit", "ada"), "next": "/learn"}, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/learn")
    cookie = reply.headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/"} <= set(cookie.split("; "))
    assert "secure" not in cookie
    token = door.cookies[COOKIE]
    who = door.get("/who").json()
    assert who == {"name": "ada", "csrf_token": token_for(token), "may_edit": True}
    out = door.post("/signout", data={"csrf_token": who["csrf_token"]}, follow_redirects=False)
    assert out.status_code == 303
    assert COOKIE not in door.cookies
    door.cookies[COOKIE] = token
    assert door.get("/who").json()["name"] is None


def test_over_https_the_cookie_is_for_https_only(settings: Settings) -> None:
    """Where the page came over HTTPS, as a trusted proxy tells, the cookie never travels without it."""
    with serving(settings) as client:
        client.base_url = "https://testserver"
        reply = client.post("/signin", data={"key": key_for(client, "edit")}, follow_redirects=False)
        assert "; secure" in reply.headers["set-cookie"].lower()


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil", "evil", ""])
def test_signing_in_leads_to_this_site_only(door: TestClient, path: str) -> None:
    """Whatever a link asks for, who signs in stays on this site."""
    reply = door.post("/signin", data={"key": key_for(door, "edit"), "next": path}, follow_redirects=False)
    assert reply.headers["location"] == "/workbench"


def test_only_keys_to_edit_sign_in(door: TestClient) -> None:
    """A key to ask, and none at all, gives no cookie."""
    assert door.post("/signin", data={"key": key_for(door, "ask")}).status_code == 403
    assert door.post("/signin", data={"key": "qt_wrong"}).status_code == 401
    assert door.post("/signin").status_code == 422
    assert COOKIE not in door.cookies


def test_another_site_cannot_sign_anybody_in(door: TestClient) -> None:
    """A form on another site's page is refused, which would have an editor write under somebody else's name."""
    shown = {"key": key_for(door, "edit")}
    for site in ("cross-site", "same-site"):
        assert door.post("/signin", data=shown, headers={"Sec-Fetch-Site": site}).status_code == 403
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert door.post("/signin", data=shown, headers=headers, follow_redirects=False).status_code == 303


def test_what_an_editor_changes_needs_the_token_of_the_page(door: TestClient) -> None:
    """With the cookie alone nothing is changed, anywhere; with the token in a header or a field it is."""
    token = sign_in(door)
    other = token_for("another sign-in")
    for refused in (
        door.post("/edit"),
        door.post("/edit", json={"csrf_token": token}),
        door.post("/edit", headers={"X-CSRF-Token": other}),
        door.post("/edit", headers={"X-CSRF-Token": "é".encode()}),
        door.post("/edit", data={"csrf_token": other}),
        door.post("/edit", files={"csrf_token": (None, token)}),
        door.post(f"/edit?csrf_token={token}"),
        door.post("/signout"),
        door.delete("/api/threads/any"),
        door.post("/api/ask", json={"question": "Why do leaves look green?"}),
    ):
        assert refused.status_code == 403, refused.request.url
        assert refused.json()["type"] == "urn:quicktakes:forged"
    assert door.post("/edit", headers={"X-CSRF-Token": token}).json() == "ada"
    assert door.post("/edit", data={"csrf_token": token}).json() == "ada"
    assert door.post("/edit", headers=bearer(key_for(door, "edit", "program"))).json() == "program"


def test_a_cookie_of_nobody_is_a_students(door: TestClient) -> None:
    """A cookie that stands for no sign-in, or no more, is as none: a student is not locked out by it."""
    door.cookies[COOKIE] = "stale"
    assert door.post("/who").json() == {"name": None, "csrf_token": None, "may_edit": False}
