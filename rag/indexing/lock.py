"""One writer or many readers of an index folder, by a kernel lock that dies with its process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import IndexBusyError

_RETRY_S = 0.05


@contextmanager
def lock_index(file: Path, *, exclusive: bool, timeout_s: float = 30.0) -> Generator[None]:
    """Hold the lock while the block runs.

    Args:
        exclusive: to write; else to read, together with other readers.
        timeout_s: how long to wait for a process that holds it.

    Raises:
        IndexBusyError: it is still held after that time; the message names the writer's process, where there is one.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+") as handle:
        _wait_for(handle.fileno(), fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH, file, timeout_s)
        if exclusive:
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
        yield


def _wait_for(descriptor: int, kind: int, file: Path, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                holder = file.read_text() or "unknown"
                raise IndexBusyError(
                    f"the index in {file.parent} is in use (last writer: process {holder}); try again when it is done"
                ) from None
            time.sleep(_RETRY_S)
        else:
            return
