"""The real service on this machine, in a process of its own, and the browser to read it with."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.records import open_records

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",  # which root cannot have
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_STARTED_WITHIN_S = 600.0
"""The first index of the starter corpus takes over a minute of CPU; machines that run tests are busy."""

_STOPPED_WITHIN_S = 15.0


def chromium() -> str | None:
    """Return where the browser is; None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def serve(folder: Path, corpus: Path, **environment: str) -> Iterator[str]:
    """Run the service over a corpus while the block runs; give its address.

    Args:
        folder: for its index, records and log.
        environment: variables that are set for it.
    """
    port = _free_port()
    command = [Path(sys.executable).with_name("quicktakes"), "serve", "--port", str(port), "--quiet"]
    own = {name: value for name, value in os.environ.items() if not name.startswith(("QUICKTAKES_", "OPENAI_"))}
    own |= {"QUICKTAKES_RATE": "1000000/second", "QUICKTAKES_DAILY_QUESTIONS": "0"}  # one address asks for all tests
    own |= {"QUICKTAKES_CORPUS_DIR": str(corpus), "QUICKTAKES_DATA_DIR": str(folder / "index"), **environment}
    with (folder / "service.log").open("ab") as log:
        running = subprocess.Popen(command, cwd=folder, env=own, stdout=log, stderr=log)  # noqa: S603 our own words
        try:
            _wait_for(f"http://127.0.0.1:{port}/livez", running, folder)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()
            try:
                running.wait(_STOPPED_WITHIN_S)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def editors_key(folder: Path) -> str:
    """Return the secret of a new key for editing at the service that was started in a folder."""
    with open_records(f"sqlite:///{folder}/quicktakes-records.sqlite3") as records:
        return records.keys.create(f"an editor {secrets.token_hex(4)}", "edit")[1]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait_for(url: str, running: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _STARTED_WITHIN_S
    while running.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 our own server
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the service did not start: {(folder / 'service.log').read_text(encoding='utf-8')}")
