"""A real Chroma server on this machine, in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STARTED_WITHIN_S = 60.0
_STOPPED_WITHIN_S = 10.0


@contextmanager
def run_chroma(folder: Path, port: int | None = None) -> Iterator[str]:
    """Run a server over a folder while the block runs; give its url."""
    port = port or free_port()
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1"]
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        running = subprocess.Popen(  # noqa: S603 our own words
            [*command, "--port", str(port)],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "ANONYMIZED_TELEMETRY": "False"},
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/api/v2/heartbeat", running)
            yield f"http://127.0.0.1:{port}"
        finally:
            stop(running)


def stop(running: subprocess.Popen[bytes]) -> None:
    """Stop a process, by force if it must be."""
    running.terminate()
    try:
        running.wait(_STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait_for(url: str, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _STARTED_WITHIN_S
    while running.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 our own server
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the Chroma server did not start (exit code {running.poll()})")
