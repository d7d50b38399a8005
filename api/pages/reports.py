"""Editors read how evaluation runs went, and the report of each."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from api.pages.runs import has_report, is_file, read_bytes, read_run, run_names
from api.pages.writing import page
from api.people import WITHIN_RATE, Person, requires
from api.service import ServiceOf

router = APIRouter(prefix="/evals", include_in_schema=False, dependencies=[WITHIN_RATE])

_POLICY: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
"""A report shows what systems said: as a page of no origin, without scripts, nothing in it could reach the service."""

_HEADERS: Final = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache, private"}
_ON_A_PAGE: Final = 20
_HISTORY: Final = "history.svg"

Editor = Annotated[Person, Depends(requires("edit"))]


@router.get("")
def runs_page(
    service: ServiceOf, person: Editor, number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1
) -> Response:
    """Return the page of all runs, the newest first; where there is none, it tells how one is made."""
    runs = service.settings.runs_dir
    names = run_names(runs)
    pages = max(1, -(-len(names) // _ON_A_PAGE))
    number = min(number, pages)
    shown = names[(number - 1) * _ON_A_PAGE : number * _ON_A_PAGE]
    return page(
        "reports.html",
        person=person,
        here="evals",
        folder=str(runs),
        runs=[read_run(runs, name) for name in shown],
        newest=next((name for name in names if has_report(runs, name)), None),
        has_history=is_file(runs / _HISTORY),
        number=number,
        pages=pages,
    )


@router.get("/history.svg")
def history(service: ServiceOf, person: Editor) -> Response:
    """Return the plot of headline metrics over all runs."""
    plot = read_bytes(service.settings.runs_dir / _HISTORY)
    if plot is None:
        return _missing(person, "There is no plot", "It is drawn by quicktakes eval report.")
    return Response(plot, media_type="image/svg+xml", headers=_HEADERS)


@router.get("/{name}")
def report_page(name: str, service: ServiceOf, person: Editor) -> Response:
    """Return the report of a run of the folder; a name that is not listed there leads nowhere."""
    runs = service.settings.runs_dir
    report = read_bytes(runs / name / "report.html") if name in run_names(runs) else None
    if report is None:
        told = "There is no such run, or it has no report that can be read: quicktakes eval report writes one."
        return _missing(person, "There is no such report", told)
    return Response(report, media_type="text/html", headers=_HEADERS)


def _missing(person: Person, title: str, told: str) -> Response:
    code = HTTPStatus.NOT_FOUND
    return page("failure.html", code, person=person, here="evals", code=int(code), title=title, detail=told)
