"""The application: what uvicorn runs."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api.body_limit import BodyLimit
from api.metrics import Metrics
from api.observing import Observed
from api.opening import open_service
from api.pages import add_pages, failure_response
from api.problems import add_problem_handlers
from api.routes import ROUTERS
from api.security_headers import SecurityHeaders
from api.tracing import Tracing, load_tracing
from rag.ports import Embedder
from rag.settings import Settings


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

    app = FastAPI(
        title="QuickTakes",
        summary="Answers biology questions from a curated corpus, every sentence cited.",
        version="0.1.0",
        lifespan=lambda app: open_service(app, own, embedder, metrics, tracing),
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
