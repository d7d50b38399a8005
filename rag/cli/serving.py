"""``quicktakes serve``: the service over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from rag.cli.opening import open_corpus, warn
from rag.cli.options import CorpusDir, DataDir, settings_from

_APPLICATION = "api.app:create_app"
"""Handed to uvicorn by its name, as a process that it starts needs it; the doors know this room, not it them."""

_GRACE_S = 10
"""How long connections may take to end once the service is told to stop."""

Host = Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for every one that the machine has.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65_535, help="Port to listen on; 0 for one that is free.")]
Workers = Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that answer.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Write no line for each request.")]


def serve_command(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 1,
    quiet: Quiet = False,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Serve students, editors and programs over HTTP, with a page to ask on.

    The index is brought in step first; a new one is taken up while the service runs (see `quicktakes index watch`).

    Example: quicktakes serve --port 8000
    """
    import uvicorn

    from rag.records import open_records
    from rag.settings import hand_down

    settings = settings_from(corpus_dir, data_dir)
    with open_records(settings.database_url):  # what is wrong with them is told here, not by a worker
        pass
    with open_corpus(corpus_dir, data_dir, None) as quicktakes:
        warn(quicktakes.notices)
    hand_down(settings)
    uvicorn.run(
        _APPLICATION,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="auto",  # uvloop where there is one
        access_log=not quiet,
        log_level="info",
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
