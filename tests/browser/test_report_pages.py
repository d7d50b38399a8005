"""An editor sees how evaluation runs went, and reads the report of one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from editors import sign_in
from playwright.sync_api import Page, expect
from serving import editors_key
from test_access import assert_accessible

from evals.reporting.history import HistoryPoint, history_svg

NAMES = ("20260102T101500Z-aaaaaaaa", "20260103T101500Z-bbbbbbbb")
MEANS = {"content_f1": (0.41, 0.38, 0.44), "grounding": (0.97, 0.95, 0.98)}
REPORT = """<!doctype html><html lang="en"><title>Report</title><style>h1 { color: rgb(1, 2, 3); }</style>
<h1>Report of {name}</h1><script>document.querySelector("h1").textContent = "hacked"</script></html>"""


@pytest.fixture
def key(site: str, scratch: Path) -> str:
    """Return the secret of a key for editing at a service with two runs and the plot of them."""
    assert site  # has made the records
    cells = [
        {"metric": name, "kind": None, "arm": "open", "author": None, "scored": {"mean": mean, "interval": interval}}
        for name, (mean, *interval) in MEANS.items()
    ]
    for name in NAMES:
        home = scratch / "runs" / name
        home.mkdir(parents=True, exist_ok=True)
        (home / "manifest.json").write_text('{"system": {"name": "quicktakes"}}', encoding="utf-8")
        (home / "summary.json").write_text(
            json.dumps({"split": "test", "n_cases": 40, "cells": cells}), encoding="utf-8"
        )
        (home / "report.html").write_text(REPORT.replace("{name}", name), encoding="utf-8")
    plot = history_svg([HistoryPoint(name, name[4:8], "quicktakes", MEANS) for name in NAMES])
    (scratch / "runs/history.svg").write_text(plot, encoding="utf-8")
    return editors_key(scratch)


def test_an_editor_sees_the_plot_and_reads_a_report(opened: Callable[..., Page], site: str, key: str) -> None:
    """Sent to sign in first; the plot is drawn; a run leads to its report, which has its style and runs no script."""
    page = opened(f"{site}/evals")
    sign_in(page, key)
    expect(page.locator("h1")).to_have_text("Evaluation runs")
    drawn = "img => img.decode().then(() => img.naturalWidth)"
    assert page.locator("img[src='/evals/history.svg']").evaluate(drawn) == 720
    expect(page.locator(".runs h3")).to_have_text(["3 January 2026, 10:15 UTC", "2 January 2026, 10:15 UTC"])
    page.locator(".runs h3 a").nth(1).click()
    expect(page.locator("h1")).to_have_text(f"Report of {NAMES[0]}")
    expect(page.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
    page.goto(f"{site}/evals")
    page.get_by_role("link", name="Read the newest report").click()
    expect(page.locator("h1")).to_have_text(f"Report of {NAMES[1]}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_runs_are_of_use_to_everybody(
    opened: Callable[..., Page], site: str, key: str, scheme: str, width: int
) -> None:
    """Axe finds nothing, nothing but the plot is wider than the smallest phone, and the keyboard moves along that."""
    page = opened(f"{site}/evals", color_scheme=scheme, viewport={"width": width, "height": 800})
    sign_in(page, key)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    plot = page.get_by_role("region", name="Run by run")
    plot.focus()
    page.keyboard.press("ArrowRight")
    if width < 720:
        page.wait_for_function("document.querySelector('.across').scrollLeft > 0")
