"""Entries to be read."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import JSONResponse

from api.problems import DoorError
from api.routes.documented import problems
from api.schemas import EntryReply
from api.schemas.replies import SubjectsReply, TitlesReply
from api.service import ServiceOf
from rag.library import EntryPage, Subject

router = APIRouter(prefix="/api", tags=["entries"])

EntryPath = Annotated[
    str,
    Path(
        max_length=500,
        description="An entry's url without its first slash.",
        examples=["learn/biology/questions/can-rna-act-as-an-enzyme"],
    ),
]


@router.get("/subjects", responses={200: {"model": SubjectsReply}}, response_class=JSONResponse)
async def subjects(service: ServiceOf) -> JSONResponse:
    """Return what entries are filed under."""
    return JSONResponse({"subjects": list(map(subject_to_json, service.library.subjects()))})


@router.get("/entries", responses={200: {"model": TitlesReply}, **problems()}, response_class=JSONResponse)
async def entries(
    service: ServiceOf,
    subject: Annotated[str, Query(max_length=200, description="Its folder.", examples=["biology"])],
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> JSONResponse:
    """Return the entries of a subject by their questions, in alphabetical order."""
    titles = service.library.titles_in(subject)
    shown = [asdict(title) for title in titles[offset : offset + limit]]
    return JSONResponse({"entries": shown, "total": len(titles)})


@router.get(
    "/entries/{path:path}",
    responses={
        200: {"model": EntryReply, "content": {"text/markdown": {"schema": {"type": "string"}}}},
        **problems(HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR),
    },
    response_class=JSONResponse,
)
def entry(
    path: EntryPath,
    service: ServiceOf,
    start: Annotated[int | None, Query(ge=0, description="Of a span of its answer, in characters.")] = None,
    end: Annotated[int | None, Query(ge=0)] = None,
    raw: Annotated[bool, Query(description="The file itself, byte for byte.")] = False,
) -> Response:
    """Return an entry as it is read, with the words of a span; or its file."""
    url = f"/{path}"
    if raw:
        return Response(service.library.raw(url), media_type="text/markdown; charset=utf-8")
    page = service.library.page(url)
    return JSONResponse(_entry_to_json(page, _quote(page, start, end)))


def subject_to_json(subject: Subject) -> dict[str, Any]:
    """Return a subject as JSON."""
    return {"folder": subject.folder, "name": subject.name, "entries": subject.entries}


def _quote(page: EntryPage, start: int | None, end: int | None) -> str | None:
    """Return the words of a span; raises `DoorError` where there is no such span."""
    if start is None and end is None:
        return None
    if start is None or end is None or not start < end <= len(page.answer):
        detail = f"There is no such span: its answer has {len(page.answer)} characters. Give start and end within it."
        raise DoorError(HTTPStatus.UNPROCESSABLE_ENTITY, "no-span", detail)
    return page.answer[start:end]


def _entry_to_json(page: EntryPage, quote: str | None) -> dict[str, Any]:
    return {
        "url": page.url,
        "question": page.question,
        "answer": page.answer,
        "subject": subject_to_json(page.subject),
        "path": page.path,
        "related": [asdict(title) for title in page.related],
        "quote": quote,
    }
