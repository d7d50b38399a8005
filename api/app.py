"""The application: what uvicorn runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager

from fastapi import FastAPI

from api.body_limit import BodyLimit
from api.followed import FollowedCorpus
from api.problems import add_problem_handlers
from api.routes import ROUTERS
from api.runs import Runs
from api.service import Service
from api.shutdown import told_to_stop
from rag.ports import Embedder
from rag.settings import Settings
from rag.wiring import open_serving_embedder

_LAST_WORDS_S = 3.0
"""How long answers under way may go on once the service is told to stop; uvicorn then waits for their last event."""


def create_app(settings: Settings | None = None, embedder: Embedder | None = None) -> FastAPI:
    """Return the application; it opens the corpus when it is started.

    Args:
        settings: the environment's where it is None.
        embedder: the settings' where it is None.
    """
    own = settings or Settings.from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        with ExitStack() as opened:
            corpus = await asyncio.to_thread(
                lambda: FollowedCorpus(own, embedder or opened.enter_context(open_serving_embedder(own)))
            )
            runs = Runs(own.streams)
            app.state.service = Service(own, corpus, runs)
            following = asyncio.create_task(corpus.follow(), name="follow the index")
            try:
                with told_to_stop(lambda: runs.close(_LAST_WORDS_S)):
                    yield
            finally:
                following.cancel()
                await runs.close(0)
                await corpus.aclose()

    app = FastAPI(
        title="QuickTakes",
        summary="Answers biology questions from a curated corpus, every sentence cited.",
        version="0.1.0",
        lifespan=lifespan,
        docs_url=None,  # its page loads scripts from outside
        redoc_url=None,
    )
    add_problem_handlers(app)
    app.add_middleware(BodyLimit)
    for router in ROUTERS:
        app.include_router(router)
    return app
