"""What one worker opens when it is started, and closes when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from typing import Final

from fastapi import FastAPI

from api.followed import FollowedCorpus
from api.limits import Limits
from api.metrics import Metrics
from api.observing import AnswersObserved
from api.remembering import Remembering, forget_daily
from api.runs import Runs
from api.searching import JoinedSearches
from api.service import Service
from api.shutdown import told_to_stop
from api.tools import mcp_server
from api.tracing import Tracing
from rag.ports import Embedder
from rag.records import open_records
from rag.settings import Settings
from rag.wiring import open_serving_embedder

_LAST_WORDS_S: Final = 3.0
"""How long answers under way may go on once the service is told to stop; uvicorn then waits for their last event."""


@asynccontextmanager
async def open_service(
    app: FastAPI, settings: Settings, embedder: Embedder | None, metrics: Metrics, tracing: Tracing | None
) -> AsyncGenerator[None]:
    """Open the records and the corpus for an application, and keep the latter in step, until it ends.

    Args:
        embedder: the settings' where it is None.
    """
    runs = Runs(settings.streams, AnswersObserved(metrics, tracing, names_questions=settings.log_questions))
    with ExitStack() as opened:
        if tracing is not None:
            opened.callback(tracing.close)
        records = opened.enter_context(open_records(settings.database_url))
        corpus = await asyncio.to_thread(
            lambda: FollowedCorpus(settings, embedder or opened.enter_context(open_serving_embedder(settings)))
        )
        searches = opened.enter_context(closing(JoinedSearches(is_local=settings.searches_locally)))
        remembering = opened.enter_context(closing(Remembering(records)))
        app.state.service = service = Service(
            settings, corpus, searches, runs, records, remembering, Limits(settings), metrics
        )
        try:
            with _chores(service), told_to_stop(lambda: runs.close(_LAST_WORDS_S)):
                async with mcp_server(service).http() as app.state.mcp:
                    yield
        finally:
            await runs.close(0)
            await corpus.aclose()


@contextmanager
def _chores(service: Service) -> Generator[None]:
    """Do what is to be done beside answering."""
    tasks = [
        asyncio.create_task(service.corpus.follow(), name="follow the index"),
        asyncio.create_task(forget_daily(service.records, service.settings.retention_days), name="forget what is old"),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
