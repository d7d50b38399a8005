"""Templates filled into pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from rag.retrieval import MOST_CHARACTERS

_TEMPLATES: Final = Environment(
    loader=PackageLoader("api.pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(template: str, status: int = HTTPStatus.OK, *, here: str = "", **shown: Any) -> HTMLResponse:
    """Return a template as a page.

    Args:
        here: which of the pages in the header it is.
        shown: what the template names; a name that is missing is an error.
    """
    written = _TEMPLATES.get_template(template).render(here=here, most=MOST_CHARACTERS, **shown)
    return HTMLResponse(written, status, {"Cache-Control": "no-cache"})
