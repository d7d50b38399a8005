"""One writer of an index folder at a time, by a kernel lock that dies with its process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import ConfigurationError, IndexBusyError

_RETRY_S = 0.05


@contextmanager
def lock_for_writing(file: Path, *, timeout_s: float = 30.0) -> Generator[None]:
    """Hold the lock while the block runs.

    Args:
        timeout_s: how long to wait for another writer.

    Raises:
        IndexBusyError: another process still holds it after that time; the message names that process, and since when.
        ConfigurationError: the lock file cannot be made.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = file.open("a+")
    except OSError as error:
        raise ConfigurationError(
            f"cannot write to {file.parent}: {error.strerror}; name another folder with --data-dir"
        ) from error
    with handle:
        _wait_for(handle.fileno(), file, timeout_s)
        handle.truncate(0)
        handle.write(f"{os.getpid()} (since {time.strftime('%Y-%m-%d %H:%M:%S')})")
        handle.flush()
        yield


def _wait_for(descriptor: int, file: Path, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                holder = file.read_text() or "unknown"
                raise IndexBusyError(
                    f"process {holder} is changing the index in {file.parent}; try again when it is done"
                ) from None
            time.sleep(_RETRY_S)
        else:
            return
