"""The service as a process of its own, as an operator starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import httpx

from rag.settings import Settings

_START_S = 90.0
_STOP_S = 20.0


@dataclass(slots=True)
class ServedProcess:
    """A running service; `log` is what it wrote to standard error so far."""

    child: subprocess.Popen[str]
    url: str = ""
    log: list[str] = field(default_factory=list)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Tell it to end; return its exit code, and the seconds that it took."""
        started = time.monotonic()
        self.child.send_signal(number)
        return self.child.wait(_STOP_S), time.monotonic() - started


@contextmanager
def served(settings: Settings, environment: Mapping[str, str], *options: str) -> Iterator[ServedProcess]:
    """Give the service over a corpus, once it is ready; it is ended afterwards, where it still runs."""
    folders = ["--corpus-dir", str(settings.corpus_dir), "--data-dir", str(settings.data_dir)]
    command = [sys.executable, "-m", "rag.cli", "serve", "--port", "0", *folders, *options]
    records = {"QUICKTAKES_DATABASE_URL": f"sqlite:///{settings.data_dir.parent}/records.sqlite3"}
    own = {name: value for name, value in os.environ.items() if not name.startswith(("QUICKTAKES_", "OPENAI_"))}
    child = subprocess.Popen(  # noqa: S603 our own command
        command, env={**own, **records, **environment}, stderr=subprocess.PIPE, text=True, cwd=settings.data_dir.parent
    )
    process = ServedProcess(child)
    urls: SimpleQueue[str] = SimpleQueue()
    reader = threading.Thread(target=_read, args=(process, urls))
    reader.start()
    try:
        process.url = urls.get(timeout=_START_S)
        assert process.url, "".join(process.log)
        _wait_until_ready(process.url)
        yield process
    except Empty:
        raise AssertionError("".join(process.log)) from None
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        reader.join()
        assert child.stderr is not None
        child.stderr.close()


def _read(process: ServedProcess, urls: SimpleQueue[str]) -> None:
    for line in process.child.stderr or ():
        process.log.append(line)
        if found := re.search(r"running on (http://[\d.:]+)", line):
            urls.put(found[1])
    urls.put("")


def _wait_until_ready(url: str) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the service is not ready")
