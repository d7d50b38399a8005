"""``quicktakes serve``: the service over HTTP."""

from __future__ import annotations

import gc
import signal
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Annotated, Any

import typer

from rag.cli.logs import LogFormat, log_config
from rag.cli.opening import open_corpus, warn
from rag.cli.options import CorpusDir, DataDir, settings_from

_APPLICATION = "api.app:create_app"
"""Handed to uvicorn by its name, as a process that it starts needs it; the doors know this room, not it them."""

_GRACE_S = 10
"""How long connections may take to end once the service is told to stop."""

_STARTED_WITHIN_S = 60
"""How long a worker may take to say that it lives, which it does when all is imported: 3 s, but 10 on a busy machine;
uvicorn starts one that takes longer anew, for ever."""

Host = Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for every one that the machine has.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65_535, help="Port to listen on; 0 for one that is free.")]
Workers = Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that answer.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Write no line for each request and answer.")]
LogLines = Annotated[LogFormat, typer.Option("--log-format", help="Lines of log to read, or for programs.")]


def serve_command(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 1,
    quiet: Quiet = False,
    log_format: LogLines = "text",
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Serve students, editors and programs over HTTP, with a page to ask on.

    The index is brought in step first; a new one is taken up while the service runs (see `quicktakes index watch`).

    Example: quicktakes serve --port 8000
    """
    from rag.records import open_records
    from rag.settings import hand_down, share_metrics

    settings = settings_from(corpus_dir, data_dir)
    with open_records(settings.database_url):  # what is wrong with them is told here, not by a worker
        pass
    with open_corpus(corpus_dir, data_dir, None) as quicktakes:
        warn(quicktakes.notices)
    hand_down(settings)
    with TemporaryDirectory(prefix="quicktakes-") as shared:
        if workers > 1:
            share_metrics(Path(shared))
        _run(host, port, workers, log_config(log_format, quiet=quiet))


def _run(host: str, port: int, workers: int, logging: dict[str, Any]) -> None:
    """Serve until told to end; raises `SystemExit` where it cannot."""
    import uvicorn

    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn ends in peace, and then raises what it caught for whoever was there before
        signal.signal(number, _end)
    uvicorn.run(
        _APPLICATION,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="auto",  # uvloop where there is one
        access_log=False,  # api.observing writes its own
        log_config=logging,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_worker_healthcheck=_STARTED_WITHIN_S,
    )


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 signal's
    """End with success: to be told to stop is no failure.

    What is in memory goes with the process: to look through it for cycles, as Python does in the end, takes seconds.
    """
    gc.freeze()
    raise SystemExit(0)
