"""The pages of students and editors: written on the server, of use without scripts, quicker with them."""

from pathlib import Path

from fastapi import FastAPI

from api.pages import ask, browsing, entries, reports, searching, signing_in, workbench
from api.pages.failures import failure_response
from api.pages.static_files import RevalidatedFiles

__all__ = ["add_pages", "failure_response"]


def add_pages(app: FastAPI) -> None:
    """Have an app serve the pages and what they load."""
    for own in (ask, browsing, searching, entries, workbench, reports, signing_in):
        app.include_router(own.router)
    app.mount("/static", RevalidatedFiles(directory=Path(__file__).parent / "static"), name="static")
