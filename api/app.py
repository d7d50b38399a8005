"""The application: what uvicorn runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api.body_limit import BodyLimit
from api.followed import FollowedCorpus
from api.limits import Limits
from api.metrics import Metrics
from api.observing import AnswersObserved, Observed
from api.pages import add_pages, failure_response
from api.problems import add_problem_handlers, problem_of
from api.remembering import forget_daily, remember_answer
from api.routes import ROUTERS
from api.runs import Runs
from api.security_headers import SecurityHeaders
from api.service import Service
from api.shutdown import told_to_stop
from api.tracing import Tracing, load_tracing
from rag.mcp import McpServer
from rag.ports import Embedder
from rag.records import open_records
from rag.settings import Settings
from rag.wiring import open_serving_embedder

_LAST_WORDS_S = 3.0
"""How long answers under way may go on once the service is told to stop; uvicorn then waits for their last event."""


def create_app(
    settings: Settings | None = None, embedder: Embedder | None = None, tracing: Tracing | None = None
) -> FastAPI:
    """Return the application; it opens the corpus when it is started.

    Args:
        settings: the environment's where it is None.
        embedder: the settings' where it is None.
        tracing: the settings' where it is None.
    """
    own = settings or Settings.from_environment()
    metrics = Metrics(own.metrics_dir)
    tracing = tracing or load_tracing(own)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        limits = Limits(own)
        runs = Runs(own.streams, AnswersObserved(metrics, tracing, names_questions=own.log_questions))
        with ExitStack() as opened:
            if tracing is not None:
                opened.callback(tracing.close)
            records = opened.enter_context(open_records(own.database_url))
            corpus = await asyncio.to_thread(
                lambda: FollowedCorpus(own, embedder or opened.enter_context(open_serving_embedder(own)))
            )
            app.state.service = Service(own, corpus, runs, records, limits, metrics)
            chores = [
                asyncio.create_task(corpus.follow(), name="follow the index"),
                asyncio.create_task(forget_daily(records, own.retention_days), name="forget what is old"),
            ]
            tools = McpServer(
                lambda: corpus.quicktakes,
                lambda error: problem_of(error)["detail"],
                lambda answer: remember_answer(records, None, answer, ""),
            )
            try:
                async with tools.http() as app.state.mcp:
                    with told_to_stop(lambda: runs.close(_LAST_WORDS_S)):
                        yield
            finally:
                for chore in chores:
                    chore.cancel()
                await runs.close(0)
                await corpus.aclose()

    app = FastAPI(
        title="QuickTakes",
        summary="Answers biology questions from a curated corpus, every sentence cited.",
        version="0.1.0",
        lifespan=lifespan,
        telemetry={
            "tracer_provider": None if tracing is None else tracing.provider,
            "tracing": tracing is not None,
            "operation_spans": False,
            "metrics": False,  # see api.metrics
            "logs": False,
            "auto_configure": False,
        },
        docs_url=None,  # its page loads scripts from outside
        redoc_url=None,
    )
    respond = add_problem_handlers(app, failure_response)
    app.add_middleware(BodyLimit)
    if own.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=own.cors_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
            expose_headers=["Retry-After"],  # cookies are for our own pages only
        )
    app.add_middleware(SecurityHeaders)  # the last one added is the outermost
    app.add_middleware(Observed, metrics=metrics, respond=respond)
    for router in ROUTERS:
        app.include_router(router)
    add_pages(app)
    return app
