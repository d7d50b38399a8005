"""Templates filled into pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.people import Person
from api.people.forgery import FIELD
from rag.retrieval import MOST_CHARACTERS

_TEMPLATES: Final = Environment(
    loader=PackageLoader("api.pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(
    template: str, status: int = HTTPStatus.OK, *, person: Person | None, here: str = "", **shown: Any
) -> HTMLResponse:
    """Return a template as a page.

    Args:
        person: who reads it; None where that is not known, as where what went wrong may be just that.
        here: which of the pages in the header it is.
        shown: what the template names; a name that is missing is an error.
    """
    csrf_token = None if person is None else person.csrf_token
    written = _TEMPLATES.get_template(template).render(
        here=here, most=MOST_CHARACTERS, csrf_token=csrf_token, csrf_field=FIELD, **shown
    )
    return HTMLResponse(written, status, {"Cache-Control": "no-cache" if csrf_token is None else "no-cache, private"})
