"""The entries by subject."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.writing import page
from api.people import PersonOf
from api.problems import DoorError
from api.service import ServiceOf
from rag.library import Title

router = APIRouter(prefix="/browse", include_in_schema=False)

_ON_A_PAGE: Final = 50


@router.get("", response_class=HTMLResponse)
async def browse_page(service: ServiceOf, person: PersonOf) -> Response:
    """Return the page of all subjects; where there is but one, go to it."""
    subjects = service.library.subjects()
    if len(subjects) == 1:
        return RedirectResponse(f"/browse/{subjects[0].folder}")
    total = sum(subject.entries for subject in subjects)
    return page("browse.html", person=person, here="browse", subjects=subjects, total=total)


@router.get("/{folder}", response_class=HTMLResponse)
def subject_page(
    folder: str,
    service: ServiceOf,
    person: PersonOf,
    words: Annotated[str, Query(alias="with", max_length=200)] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """Return a page of a subject's questions: all, or those that have some words."""
    subjects = service.library.subjects()
    subject = next((one for one in subjects if one.folder == folder), None)
    if subject is None:
        raise DoorError(HTTPStatus.NOT_FOUND, "no-subject", "No entry is filed under that subject.")
    titles = [title for title in service.library.titles_in(folder) if _has(title, words)]
    pages = max(1, -(-len(titles) // _ON_A_PAGE))
    number = min(number, pages)
    shown = titles[(number - 1) * _ON_A_PAGE : number * _ON_A_PAGE]
    return page(
        "subject.html",
        person=person,
        here="browse",
        subject=subject,
        has_others=len(subjects) > 1,
        words=words.strip(),
        titles=shown,
        total=len(titles),
        number=number,
        pages=pages,
    )


def _has(title: Title, words: str) -> bool:
    """Return whether a question has every word, or its beginning or middle."""
    question = title.question.casefold()
    return all(word in question for word in words.casefold().split())
