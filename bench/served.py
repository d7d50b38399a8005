"""The service and the scripted model server as processes of their own, on 127.0.0.1, for measurements."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_START_S = 120.0
_STOP_S = 15.0


@dataclass(slots=True)
class Served:
    """One process that listens.

    Attributes:
        url: without a slash at its end.
        log: what it wrote to standard error.
    """

    child: subprocess.Popen[str]
    url: str
    log: list[str] = field(default_factory=list[str])

    def stop(self) -> tuple[int, float]:
        """Tell it to end, as an operator does; return its exit code, and the seconds that it took."""
        started = time.monotonic()
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(_STOP_S), time.monotonic() - started


@contextmanager
def serve(
    corpus_dir: Path, data_dir: Path, environment: Mapping[str, str], *options: str, port: int = 0
) -> Generator[Served]:
    """Give `quicktakes serve`, once it is ready; it is ended afterwards, where it still runs."""
    command = [sys.executable, "-m", "rag.cli", "serve", "--port", str(port), "--quiet", *options]
    folders = ["--corpus-dir", str(corpus_dir), "--data-dir", str(data_dir)]
    unlimited = {"QUICKTAKES_RATE": "1000000/second", "QUICKTAKES_DAILY_QUESTIONS": "0"}
    own = {**environment, **unlimited, "QUICKTAKES_DATABASE_URL": f"sqlite:///{data_dir}/records.sqlite3"}
    with _started([*command, *folders], own, re.compile(r"running on (http://[\d.:]+)")) as served:
        _wait_until_ready(served)
        yield served


@contextmanager
def serve_model(delay_s: float) -> Generator[Served]:
    """Give a model server that echoes evidence, a word after each delay."""
    command = [sys.executable, "-m", "rag.testing.openai_server", "--port", "0", "--delay", str(delay_s)]
    with _started(command, {}, re.compile(r"serving (http://[\d.:]+/v1)")) as served:
        yield served


@contextmanager
def _started(command: Sequence[str], environment: Mapping[str, str], listening: re.Pattern[str]) -> Generator[Served]:
    child = subprocess.Popen(  # noqa: S603 our own words
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    served = Served(child, "")
    found = threading.Event()

    def read() -> None:
        for line in child.stdout or ():
            served.log.append(line)
            if not served.url and (match := listening.search(line)):
                served.url = match[1]
                found.set()
        found.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        if not found.wait(_START_S) or not served.url:
            raise RuntimeError("a server did not start:\n" + "".join(served.log))
        yield served
    finally:
        if child.poll() is None:
            child.terminate()
        try:
            child.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        reader.join()


def _wait_until_ready(served: Served) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and served.child.poll() is None:
        try:
            with urllib.request.urlopen(f"{served.url}/readyz", timeout=5):  # noqa: S310 our own server
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError("the service did not become ready:\n" + "".join(served.log))
