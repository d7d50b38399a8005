"""Editors read the report of the newest evaluation run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, Response

from api.pages.writing import page
from api.people import WITHIN_RATE, Person, requires
from api.service import ServiceOf

router = APIRouter(include_in_schema=False)

_POLICY: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
"""A report shows what systems said: as a page of no origin, without scripts, nothing in it could reach the service."""


@router.get("/evals", dependencies=[WITHIN_RATE])
def report_page(service: ServiceOf, person: Annotated[Person, Depends(requires("edit"))]) -> Response:
    """Return the report of the newest run that has one; where none has, a page that tells how one is made."""
    runs = service.settings.runs_dir
    report = newest_report(runs)
    if report is None:
        return page("reports.html", person=person, here="evals", runs=str(runs))
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache, private"}
    return FileResponse(report, media_type="text/html", headers=headers)


def newest_report(runs: Path) -> Path | None:
    """Return the report of the run whose name sorts last, which begins with when it began; None where there is none."""
    return max(runs.glob("*/report.html"), key=lambda file: file.parent.name, default=None)
