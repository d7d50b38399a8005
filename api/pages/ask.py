"""The page to ask on. With scripts it asks `/api/ask` and shows the answer as it comes; without, it is the answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.answered import badge_of, sources_of
from api.pages.writing import page
from api.people import Person, PersonOf, count_question, count_request
from api.problems import problem_of
from api.routes.ask import begin
from api.runs import RunEvent
from api.schemas import AskRequest, HistoryTurn
from api.service import Service, ServiceOf
from api.streaming import result_of
from rag.errors import QuestionError
from rag.library import EntryPage, Library, Title
from rag.models import Mode

router = APIRouter(include_in_schema=False)

MODES: Final = (
    ("explain", "Explain", "The answer, every sentence with its source"),
    ("simpler", "Simpler", "The same in fewer and shorter sentences"),
    ("hint", "Hint", "What leads to the answer without giving it away"),
    ("check", "Check me", "Your own answer compared with the entry"),
    ("quiz", "Quiz me", "A question for you to answer"),
)
"""How to answer: as the form sends it, as it is called, and what it is. The last two need scripts."""

_EXAMPLES: Final = 4
_MOST_EXAMPLE: Final = 70
"""Characters of a question that is offered to begin with: one line or two."""


@router.get("/", response_class=HTMLResponse)
async def ask_page(
    request: Request,
    service: ServiceOf,
    person: PersonOf,
    q: Annotated[str, Query(description="A question to be answered on the page.")] = "",
    mode: Mode = "explain",
    about: Annotated[str, Query(max_length=500, description="Url of the entry that the question is about.")] = "",
) -> HTMLResponse:
    """Return the page, with the answer where a question came with it."""
    asked = q.strip()
    entry = service.library.page(about) if about else None
    body = AskRequest.model_construct(question=asked, mode=mode, history=_before(entry))
    reply = None
    if asked:
        await count_request(request)
        await count_question(request)
        reply = await _replied(request, service, body)
    return _ask_page(service.library, person, asked, mode, entry, reply)


async def _replied(request: Request, service: Service, body: AskRequest) -> RunEvent:
    """Return how the answer ended: `done`, or `error` with its problem."""
    try:
        run = await begin(service, body)
    except QuestionError as error:
        return RunEvent("error", {"problem": problem_of(error)})
    return await result_of(run, request.receive)


def _before(entry: EntryPage | None) -> list[HistoryTurn]:
    """Return a conversation in which an entry was just read."""
    return [] if entry is None else [HistoryTurn.model_construct(question=entry.question, answer=entry.answer)]


def _ask_page(
    library: Library, person: Person, asked: str, mode: Mode, entry: EntryPage | None, reply: RunEvent | None
) -> HTMLResponse:
    told: Mapping[str, Any] = {} if reply is None else reply.content
    problem = told.get("problem")
    answer = told.get("answer")
    about = None if entry is None else {"url": entry.url, "question": entry.question, "answer": entry.answer}
    shown: dict[str, Any] | None = None
    if answer:
        shown = {"question": asked, "answer": answer, "html": told["html"], "about": about}
    subjects = library.subjects()
    return page(
        "ask.html",
        problem["status"] if problem else HTTPStatus.OK,
        person=person,
        here="ask",
        asked=asked,
        about=about,
        mode=mode,
        modes=MODES,
        problem=problem,
        answer=answer,
        badge=badge_of(answer) if answer else None,
        sources=sources_of(answer) if answer else [],
        html=told.get("html", ""),
        shown=shown,
        entries=sum(subject.entries for subject in subjects),
        examples=[] if asked else _examples(library),
    )


def _examples(library: Library) -> list[Title]:
    """Return a few questions of the largest subject, others each time."""
    titles = [
        title
        for subject in library.subjects()[:1]
        for title in library.titles_in(subject.folder)
        if len(title.question) <= _MOST_EXAMPLE
    ]
    return secrets.SystemRandom().sample(titles, min(_EXAMPLES, len(titles)))
