"""An entry at its own address, with the place that a citation rests on marked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.pages.writing import page
from api.people import PersonOf
from api.rendering import entry_html
from api.service import ServiceOf
from rag.models import Span

router = APIRouter(include_in_schema=False)


@router.get("/learn/{folder}/questions/{slug}", response_class=HTMLResponse)
def entry_page(
    folder: str,
    slug: str,
    service: ServiceOf,
    person: PersonOf,
    start: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    end: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> HTMLResponse:
    """Return an entry's page; characters `start` to `end` of its decoded answer are marked, where there are any."""
    entry = service.library.page(f"/learn/{folder}/questions/{slug}")
    html = entry_html(entry.answer, Span(start, end) if start < end else None)
    return page("entry.html", person=person, here="browse", entry=entry, html=html, cited='id="cited"' in html)
