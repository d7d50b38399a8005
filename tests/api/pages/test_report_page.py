"""Editors read the newest report of an evaluation run, which can do nothing in their name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from made_service import serving
from starlette.testclient import TestClient

from api.security_headers import SECURITY_HEADERS
from rag.settings import Settings


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Return the folder of runs, empty."""
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


@pytest.fixture
def editor(settings: Settings, runs: Path) -> Iterator[TestClient]:
    """Give a client that signed in."""
    with serving(replace(settings, runs_dir=runs)) as client:
        secret = client.app.state.service.records.keys.create("ada", "edit")[1]  # type: ignore[attr-defined]
        client.post("/signin", data={"key": secret}, follow_redirects=False)
        client.headers["Accept"] = "text/html"
        yield client


def write_report(runs: Path, name: str) -> None:
    """Write the report of a run, which names it."""
    (runs / name).mkdir()
    (runs / name / "report.html").write_text(f"<!doctype html><title>{name} é</title>", encoding="utf-8")


def test_the_newest_report_is_shown(editor: TestClient, runs: Path) -> None:
    """Of several runs it is the one that began last, as its name says; one without a report is passed over."""
    for name in ("20260102T000000Z-aaaaaaaa", "20260103T000000Z-00000000", "20251231T000000Z-ffffffff"):
        write_report(runs, name)
    (runs / "20270101T000000Z-aaaaaaaa").mkdir()
    reply = editor.get("/evals")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert reply.text == "<!doctype html><title>20260103T000000Z-00000000 é</title>"
    write_report(runs, "20260104T000000Z-00000000")
    assert "20260104" in editor.get("/evals").text


def test_a_report_cannot_reach_the_service(editor: TestClient, runs: Path) -> None:
    """It is a page of no origin, runs no script and loads nothing; no cache that others share keeps it."""
    write_report(runs, "20260102T000000Z-aaaaaaaa")
    headers = editor.get("/evals").headers
    policy = dict.fromkeys(headers["Content-Security-Policy"].split("; "))
    assert {"sandbox", "default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'none'"} <= policy.keys()
    assert "allow-" not in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-cache, private"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_without_a_report_it_is_told_how_to_make_one(editor: TestClient, runs: Path) -> None:
    """An empty folder and one that is not there show the same plain page, under the policy of all pages."""
    for _ in range(2):
        reply = editor.get("/evals")
        assert reply.status_code == 200
        assert "quicktakes eval run" in reply.text
        assert '<a href="/evals" aria-current="page">Report</a>' in reply.text
        assert reply.headers["Content-Security-Policy"] == SECURITY_HEADERS["Content-Security-Policy"]
        if runs.exists():
            runs.rmdir()


def test_only_editors_read_it(settings: Settings, runs: Path) -> None:
    """Who did not sign in is sent to, and a key of lower scope is refused; nobody else's page leads there."""
    write_report(runs, "20260102T000000Z-aaaaaaaa")
    with serving(replace(settings, runs_dir=runs)) as client:
        sent = client.get("/evals", headers={"Accept": "text/html"}, follow_redirects=False)
        assert (sent.status_code, sent.headers["location"]) == (303, "/signin?next=%2Fevals")
        secret = client.app.state.service.records.keys.create("bob", "ask")[1]  # type: ignore[attr-defined]
        assert client.get("/evals", headers={"Authorization": f"Bearer {secret}"}).status_code == 403
        assert "/evals" not in client.get("/", headers={"Accept": "text/html"}).text


def test_the_folder_is_set_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """``QUICKTAKES_RUNS_DIR`` names it; it is ``runs`` where nothing does."""
    monkeypatch.delenv("QUICKTAKES_RUNS_DIR", raising=False)
    assert Settings.from_environment().runs_dir == Path("runs")
    monkeypatch.setenv("QUICKTAKES_RUNS_DIR", "/srv/runs")
    assert Settings.from_environment().runs_dir == Path("/srv/runs")
