"""The pages that students read: written on the server, of use without scripts, quicker with them."""

from pathlib import Path

from fastapi import FastAPI

from api.pages import ask, browsing, entries, searching
from api.pages.failures import failure_response
from api.pages.static_files import RevalidatedFiles

__all__ = ["add_pages", "failure_response"]


def add_pages(app: FastAPI) -> None:
    """Have an app serve the pages and what they load."""
    for router in (ask.router, browsing.router, searching.router, entries.router):
        app.include_router(router)
    app.mount("/static", RevalidatedFiles(directory=Path(__file__).parent / "static"), name="static")
