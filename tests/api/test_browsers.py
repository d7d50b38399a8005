"""What browsers are told: which sites may call, and what pages may load."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from made_service import LEAVES, serving
from starlette.testclient import TestClient

from rag.errors import ConfigurationError
from rag.settings import Settings

OURS = "https://learn.example"


def preflight(client: TestClient, origin: str, method: str = "POST") -> str | None:
    """Return the site that may send a request, as the service says before it is sent."""
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    reply = client.options(
        "/api/ask", headers={**headers, "Access-Control-Request-Headers": "authorization,content-type,last-event-id"}
    )
    return reply.headers.get("access-control-allow-origin") if reply.status_code == 200 else None


def test_by_default_no_other_site_may_call(client: TestClient) -> None:
    """No site but its own has a browser's leave to read what the service says."""
    assert preflight(client, OURS) is None
    assert "access-control-allow-origin" not in client.get("/livez", headers={"Origin": OURS}).headers


def test_sites_of_the_list_may_call(settings: Settings) -> None:
    """A site that is listed may ask and read, errors too; another may not; cookies go with neither."""
    with serving(settings, cors_origins=(OURS,)) as client:
        assert preflight(client, OURS) == OURS
        assert preflight(client, OURS, "PUT") is None
        assert preflight(client, "https://evil.example") is None
        for path in ("/livez", "/api/nothing"):
            headers = client.get(path, headers={"Origin": OURS}).headers
            assert headers["access-control-allow-origin"] == OURS
            assert "access-control-allow-credentials" not in headers
            assert "Origin" in headers["vary"]
        assert (
            "access-control-allow-origin"
            not in client.get("/livez", headers={"Origin": "https://evil.example"}).headers
        )


def test_the_list_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sites stand with commas between; blanks and repeats do no harm."""
    monkeypatch.setenv("QUICKTAKES_CORS_ORIGINS", f" {OURS}, http://127.0.0.1:8080,{OURS}, http://[::1]:80,")
    assert Settings.from_environment().cors_origins == (OURS, "http://127.0.0.1:8080", "http://[::1]:80")


@pytest.mark.parametrize("origin", ["*", "learn.example", f"{OURS}/", f"{OURS}/path", "https://Learn.example", "null"])
def test_what_is_no_site_is_refused(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    """A site that no browser would name as its origin is told at the start: it would never be let in."""
    monkeypatch.setenv("QUICKTAKES_CORS_ORIGINS", origin)
    with pytest.raises(ConfigurationError, match="QUICKTAKES_CORS_ORIGINS"):
        Settings.from_environment()


def test_every_response_has_the_headers_that_protect(client: TestClient) -> None:
    """Replies, problems, refused bodies, streams and faults say that nothing is to be loaded but from here."""

    def fail() -> None:
        raise RuntimeError("by the test")

    assert isinstance(client.app, FastAPI)
    client.app.add_api_route("/fault", fail)
    question = {"question": "Why do leaves look green?"}
    replies = [
        client.get("/livez"),
        client.get(f"/api/entries{LEAVES}"),
        client.get("/nothing"),
        client.get("/fault"),
        client.post("/api/ask", content=b"x" * 4_000_001),
        client.post("/api/ask", json=question, headers={"Accept": "text/event-stream"}),
    ]
    assert [reply.status_code for reply in replies] == [200, 200, 404, 500, 413, 200]
    for reply in replies:
        assert reply.headers["content-security-policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "same-origin"
        assert "microphone=()" in reply.headers["permissions-policy"]
        assert reply.headers["cross-origin-opener-policy"] == "same-origin"
