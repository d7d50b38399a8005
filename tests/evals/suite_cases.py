"""Cases to build suites from."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from evals.cases import render_case
from evals.models import Case, Nugget

SOURCE = "/learn/biology/questions/what-is-osmosis"
DAY = dt.date(2026, 1, 31)


def url_of(name: str) -> str:
    """Return the url of a case."""
    return f"/learn/biology/questions/{name}"


def make_case(name: str, **changes: object) -> Case:
    """Return a case that is right, but for what is changed."""
    case = Case(
        url=url_of(name),
        kind="held_out_paraphrase",
        split="test",
        cluster="osmosis",
        corpus="starter",
        question=f"Which way does water move by osmosis ({name})?",
        answer="Water moves by osmosis towards the side with more solute. No ATP is used.",
        expect="answer",
        sources={SOURCE: 2},
        hold_out="neighbourhood",
        nuggets=(
            Nugget("n1", "Water moves towards the solute", "vital", ("more solute", "concentrated")),
            Nugget("n2", "It is passive", "okay", ("no atp", "passive*")),
        ),
        must_not=("less solute",),
        author="synthetic",
    )
    return replace(case, **changes)


def write_cases(folder: Path, *cases: Case) -> Path:
    """Write cases into a folder, and return it."""
    folder.mkdir(exist_ok=True)
    for number, case in enumerate(cases, start=1):
        (folder / f"{case.url.rpartition('/')[2]}.md").write_text(render_case(case, number, DAY), encoding="utf-8")
    return folder
