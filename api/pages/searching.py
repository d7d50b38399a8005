"""Entries found by a question, each with its best passage."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.pages.writing import page
from api.people import WITHIN_RATE, PersonOf
from api.rendering import prose_html
from api.service import ServiceOf
from rag.models import Evidence
from rag.retrieval import MOST_CHARACTERS

router = APIRouter(include_in_schema=False)

_RESULTS: Final = 10


@router.get("/search", response_class=HTMLResponse, dependencies=[WITHIN_RATE])
def search_page(
    service: ServiceOf, person: PersonOf, q: Annotated[str, Query(max_length=MOST_CHARACTERS)] = ""
) -> HTMLResponse:
    """Return the page of what was found; the form alone where nothing is asked."""
    asked = q.strip()
    if not asked:
        return page("search.html", person=person, here="search", asked="", results=[], notices=())
    found = service.quicktakes.search(asked, limit=_RESULTS)
    results = list(map(_result, found.evidence))
    return page("search.html", person=person, here="search", asked=asked, results=results, notices=found.notices)


def _result(evidence: Evidence) -> dict[str, str]:
    passage = evidence.passage
    is_section = passage.kind == "section"
    return {
        "title": evidence.title,
        "href": place_of(evidence),
        "section": passage.section,
        "html": prose_html(passage.text) if is_section else "",
    }


def place_of(evidence: Evidence) -> str:
    """Return the address of an entry's page, where its best section is marked."""
    passage = evidence.passage
    is_section = passage.kind == "section"
    return f"{evidence.url}?start={passage.start}&end={passage.end}#cited" if is_section else evidence.url
