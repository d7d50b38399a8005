"""What the system was told to write, put on disk: it outlives a loss of power, not only a kill."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def flush_file(file: Path) -> None:
    """Put what was written to a file on disk."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_names(folder: Path) -> None:
    """Put the names in a folder on disk; some file systems cannot, and need not."""
    with suppress(OSError):
        flush_file(folder)


def flush_folder(folder: Path) -> None:
    """Put a folder on disk with everything in it, files before the names that lead to them."""
    for path in folder.iterdir():
        if path.is_dir():
            flush_folder(path)
        else:
            flush_file(path)
    flush_names(folder)
