"""Editors see how evaluation runs went, and read their reports, which can do nothing in their name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from made_service import serving
from starlette.testclient import TestClient

from api.security_headers import SECURITY_HEADERS
from evals.models import Scored
from evals.reporting.junit import junit_xml
from evals.reporting.summary import summarise
from evals.reporting.writing import summary_json
from evals.statistics import GateResults, Sampling, Selector
from evals.statistics.gates import GateResult
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


def write_report(runs: Path, name: str) -> Path:
    """Write the report of a run, which names it; return the run's folder."""
    (runs / name).mkdir()
    (runs / name / "report.html").write_text(f"<!doctype html><title>{name} é</title>", encoding="utf-8")
    return runs / name


def write_run(runs: Path, name: str) -> Path:
    """Write a scored run of forty cases, half of them right, as the harness writes it; return its folder."""
    home = write_report(runs, name)
    (home / "manifest.json").write_text(json.dumps({"system": {"name": "ours <b>"}}), encoding="utf-8")
    rows = [
        Scored(
            case=f"/{n}",
            arm=arm,
            repeat=0,
            kind="held_out_paraphrase",
            cluster=str(n),
            split="test",
            author="human",
            metrics={"content_f1": n % 2 if arm == "open" else 0.0, "words": 9.0},
        )
        for n in range(40)
        for arm in ("open", "held_out")
    ]
    summary = summary_json(summarise(rows, sampling=Sampling(draws=200)))
    (home / "summary.json").write_text(summary, encoding="utf-8")
    return home


def write_gates(home: Path, *outcomes: str) -> None:
    """Write what came of a run's gates, as the harness writes it."""
    results = [GateResult("hard", Selector(f"gate_{n}"), one, "told") for n, one in enumerate(outcomes)]  # type: ignore[arg-type]
    (home / "junit.xml").write_text(junit_xml(GateResults(tuple(results))), encoding="utf-8")


def test_a_run_is_told_by_what_the_harness_wrote_of_it(editor: TestClient, runs: Path) -> None:
    """When, what was asked, how many cases, means with intervals over the whole corpus, and whether gates passed."""
    write_gates(write_run(runs, "20260103T101500Z-00000000"), "pass", "pass")
    text = editor.get("/evals").text
    assert '<time datetime="2026-01-03T10:15:00+00:00">3 January 2026, 10:15 UTC</time>' in text
    assert "ours &lt;b&gt;, 40 cases of split test" in text
    assert '<dt>content_f1</dt><dd>0.500 <span class="quiet">0.' in text
    assert "<dt>words</dt>" not in text
    assert "All 2 gates passed" in text
    assert "Invalid" not in text


def test_gates_that_do_not_pass_are_named(editor: TestClient, runs: Path) -> None:
    """One that fails, cannot tell or is invalid has not passed; a run in which something leaked is told as invalid."""
    home = write_run(runs, "20260103T101500Z-00000000")
    write_gates(home, "pass", "fail", "inconclusive", "invalid")
    (home / "errors.jsonl").write_text("{}\n", encoding="utf-8")
    text = editor.get("/evals").text
    assert "3 of 4 gates did not pass: gate_1, gate_2, gate_3" in text
    assert "Invalid: what was to be hidden was seen" in text


def test_runs_stand_newest_first_and_each_leads_to_its_report(editor: TestClient, runs: Path) -> None:
    """The newest report is a step away even where the newest run has none."""
    names = ["20251231T000000Z-ffffffff", "20260102T000000Z-aaaaaaaa", "20260103T000000Z-00000000"]
    for name in names:
        write_report(runs, name)
    (runs / "20270101T000000Z-aaaaaaaa").mkdir()
    (runs / "20270101T000000Z-aaaaaaaa/manifest.json").write_text("{}", encoding="utf-8")
    text = editor.get("/evals").text
    assert f'<a class="go" href="/evals/{names[-1]}">' in text
    assert [text.index(f'<h3><a href="/evals/{name}">') for name in names] == sorted(
        (text.index(f'<h3><a href="/evals/{name}">') for name in names), reverse=True
    )
    assert text.count("<h3>") == 4
    assert "/evals/20270101T000000Z-aaaaaaaa" not in text
    reply = editor.get(f"/evals/{names[0]}")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert reply.text == f"<!doctype html><title>{names[0]} é</title>"


def test_the_plot_over_runs_is_shown_where_there_is_one(editor: TestClient, runs: Path) -> None:
    """It is a picture, which runs nothing, and may bring its own style."""
    write_report(runs, "20260102T000000Z-aaaaaaaa")
    assert "history.svg" not in editor.get("/evals").text
    assert editor.get("/evals/history.svg").status_code == 404
    (runs / "history.svg").write_text("<svg/>", encoding="utf-8")
    assert '<img src="/evals/history.svg"' in editor.get("/evals").text
    reply = editor.get("/evals/history.svg")
    assert (reply.text, reply.headers["content-type"]) == ("<svg/>", "image/svg+xml")
    assert reply.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_report_cannot_reach_the_service(editor: TestClient, runs: Path) -> None:
    """It is a page of no origin, runs no script and loads nothing; no cache that others share keeps it."""
    write_report(runs, "20260102T000000Z-aaaaaaaa")
    headers = editor.get("/evals/20260102T000000Z-aaaaaaaa").headers
    policy = dict.fromkeys(headers["Content-Security-Policy"].split("; "))
    assert {"sandbox", "default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'none'"} <= policy.keys()
    assert "allow-" not in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-cache, private"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_name_leads_to_runs_of_the_folder_only(editor: TestClient, runs: Path) -> None:
    """Neither a name that was never there, nor a folder that is no run, nor a way out of the folder is followed."""
    write_report(runs, "20260102T000000Z-aaaaaaaa")
    write_report(runs.parent, "rest")
    (runs.parent / "report.html").write_text("<title>outside</title>", encoding="utf-8")
    (runs / "report.html").write_text("<title>of no run</title>", encoding="utf-8")
    for name in ("%2e%2e", "..%2Frest", "%2e", "%2Fetc", "a%00b", "20260102T000000Z-bbbbbbbb", "rest"):
        reply = editor.get(f"/evals/{name}")
        assert (name, reply.status_code) == (name, 404)
        assert not any(f"<title>{title}" in reply.text for title in ("outside", "rest", "of no run"))


def test_what_cannot_be_read_is_told_not_failed_on(editor: TestClient, runs: Path) -> None:
    """A half-written run, files that hold something else, and folders in the place of files make no error."""
    half = write_run(runs, "20260104T000000Z-00000000")
    whole = (half / "summary.json").read_text(encoding="utf-8")
    (half / "summary.json").write_text(whole[:1000], encoding="utf-8")
    (half / "manifest.json").write_bytes(b"\xff\xfe")
    (half / "junit.xml").write_text("<testsuites><testsuite", encoding="utf-8")
    odd = write_run(runs, "a run of ours? <i>")
    (odd / "summary.json").write_text('{"cells": [{"metric": 3}], "n_cases": "many", "split": null}', encoding="utf-8")
    (odd / "report.html").unlink()
    (odd / "report.html").mkdir()
    (runs / "20260105T000000Z-00000000/report.html").mkdir(parents=True)
    (runs / "history.svg").mkdir()
    (runs / "notes.txt").write_text("mine", encoding="utf-8")
    reply = editor.get("/evals")
    assert reply.status_code == 200
    assert "An unknown system, not scored" in reply.text
    assert "ours &lt;b&gt;, not scored, without a report" in reply.text
    assert "<h3>a run of ours? &lt;i&gt;</h3>" in reply.text
    assert "20260105T000000Z" not in reply.text
    for lost in ("a run of ours%3F <i>", "20260105T000000Z-00000000", "history.svg"):
        missing = editor.get(f"/evals/{lost}")
        assert missing.status_code == 404
        assert "quicktakes eval report" in missing.text
        assert '<a href="/evals" aria-current="page">Report</a>' in missing.text


def test_many_runs_are_shown_page_by_page(editor: TestClient, runs: Path) -> None:
    """Twenty at a time; a page beyond the last is the last."""
    for n in range(45):
        write_report(runs, f"20260101T0000{n:02d}Z-00000000")
    assert [editor.get(f"/evals?page={n}").text.count("<h3>") for n in (1, 2, 3, 9)] == [20, 20, 5, 5]
    second = editor.get("/evals?page=2").text
    assert 'href="/evals?page=1" rel="prev"' in second
    assert 'href="/evals?page=3" rel="next"' in second
    assert "/evals/20260101T000044Z-00000000" in second  # the newest, from every page


def test_without_a_run_it_is_told_how_to_make_one(editor: TestClient, runs: Path) -> None:
    """An empty folder, one that is not there and a file in its place show the same plain page."""
    for make in (lambda: None, runs.rmdir, runs.touch):
        make()
        reply = editor.get("/evals")
        assert reply.status_code == 200
        assert "There is no run yet" in reply.text
        assert "quicktakes eval run" in reply.text
        assert '<a href="/evals" aria-current="page">Report</a>' in reply.text
        assert reply.headers["Content-Security-Policy"] == SECURITY_HEADERS["Content-Security-Policy"]


def test_only_editors_read_it(settings: Settings, runs: Path) -> None:
    """Who did not sign in is sent to, and a key of lower scope is refused; nobody else's page leads there."""
    write_report(runs, "20260102T000000Z-aaaaaaaa")
    (runs / "history.svg").write_text("<svg/>", encoding="utf-8")
    with serving(replace(settings, runs_dir=runs)) as client:
        secret = client.app.state.service.records.keys.create("bob", "ask")[1]  # type: ignore[attr-defined]
        for path in ("/evals", "/evals/20260102T000000Z-aaaaaaaa", "/evals/history.svg"):
            sent = client.get(path, headers={"Accept": "text/html"}, follow_redirects=False)
            assert (sent.status_code, sent.headers["location"]) == (303, f"/signin?next={path.replace('/', '%2F')}")
            assert client.get(path, headers={"Authorization": f"Bearer {secret}"}).status_code == 403
        assert "/evals" not in client.get("/", headers={"Accept": "text/html"}).text


def test_the_folder_is_set_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """``QUICKTAKES_RUNS_DIR`` names it; it is ``runs`` where nothing does."""
    monkeypatch.delenv("QUICKTAKES_RUNS_DIR", raising=False)
    assert Settings.from_environment().runs_dir == Path("runs")
    monkeypatch.setenv("QUICKTAKES_RUNS_DIR", "/srv/runs")
    assert Settings.from_environment().runs_dir == Path("/srv/runs")
