"""Editors see how a question is read and why entries are found, with two settings side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from api.pages.searching import place_of
from api.pages.writing import page
from api.people import WITHIN_RATE, Person, requires
from api.problems import DoorError
from api.service import ServiceOf
from rag.models import Evidence, Search, Signals
from rag.retrieval import MOST_CHARACTERS, Lever, certainty_parts, levers_of, rank_parts, without
from rag.wiring import QuickTakes

router = APIRouter(include_in_schema=False)

Setting = Literal["whole"] | Lever
"""Everything as it is set up, or what is done without."""

_NAMES: Final[Mapping[Setting, str]] = {
    "whole": "As it is set up",
    "spelling": "Without spelling repair",
    "lexicon": "Without the lexicon",
    "reranker": "Without the reranker",
    "vectors": "Words only",
}
_RESULTS: Final = 10


@dataclass(frozen=True, slots=True)
class Row:
    """An entry found.

    Attributes:
        href: of its page, where its best section is marked.
        signals: their values by name, those that say something.
        ranked_by, sure_by: what each signal adds to its rank, and to the log odds of its score.
        moved: how many places higher than with the other setting; None where it is not among those found with that.
    """

    evidence: Evidence
    href: str
    signals: Mapping[str, float]
    ranked_by: Mapping[str, float]
    sure_by: Mapping[str, float]
    moved: int | None


@dataclass(frozen=True, slots=True)
class Side:
    """What was found with a setting."""

    name: str
    found: Search
    rows: Sequence[Row]


@router.get("/workbench", response_class=HTMLResponse, dependencies=[WITHIN_RATE])
def workbench_page(
    service: ServiceOf,
    person: Annotated[Person, Depends(requires("edit"))],
    q: Annotated[str, Query(max_length=MOST_CHARACTERS, description="A question to search for.")] = "",
    left: Setting = "whole",
    right: Annotated[Setting | None, Query(description="None for the last of those that are offered.")] = None,
) -> HTMLResponse:
    """Return the page with what is found for a question; the form alone where nothing is asked."""
    quicktakes = service.quicktakes  # once: both sides are searched in one index
    offered: list[Setting] = ["whole", *levers_of(quicktakes.retriever)]
    chosen = (left, right or offered[-1])
    if not set(chosen) <= set(offered):
        raise DoorError(HTTPStatus.UNPROCESSABLE_ENTITY, "no-setting", "There is nothing of that kind to do without.")
    asked = q.strip()
    sides = _sides([(_NAMES[setting], _search(quicktakes, asked, setting)) for setting in chosen]) if asked else []
    return page(
        "workbench.html",
        person=person,
        here="workbench",
        asked=asked,
        offered={setting: _NAMES[setting] for setting in offered},
        chosen=dict(zip(("left", "right"), chosen, strict=True)),
        sides=sides,
        alike=all(row.moved == 0 for side in sides for row in side.rows),
    )


def _search(quicktakes: QuickTakes, asked: str, setting: Setting) -> Search:
    if setting != "whole":
        quicktakes = replace(quicktakes, retriever=without(quicktakes.retriever, setting))
    return quicktakes.search(asked, limit=_RESULTS)


def _sides(searches: Sequence[tuple[str, Search]]) -> list[Side]:
    """Return two searches, each with how it differs from the other."""
    pairs = zip(searches, reversed(searches), strict=True)
    return [Side(name, found, _rows(found.evidence, other.evidence)) for (name, found), (_, other) in pairs]


def _rows(found: Sequence[Evidence], others: Sequence[Evidence]) -> list[Row]:
    there = {one.url: one.rank for one in others}
    return [_row(one, None if one.url not in there else there[one.url] - one.rank) for one in found]


def _row(evidence: Evidence, moved: int | None) -> Row:
    own = evidence.signals
    return Row(evidence, place_of(evidence), _told(own), rank_parts(own), certainty_parts(own), moved)


def _told(signals: Signals) -> dict[str, float]:
    cosines = {} if signals.words_only else {"section": signals.section, "question": signals.question}
    return {**cosines, "terms": signals.terms, "missing": signals.missing, "lead": signals.lead}
