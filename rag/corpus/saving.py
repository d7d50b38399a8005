"""Entry files written so that a kill at any moment leaves a whole one."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from rag.corpus.entry import Entry
from rag.corpus.writer import render_entry
from rag.durable import flush_names
from rag.errors import ConfigurationError, QuestionError


def write_file(path: Path, text: str) -> None:
    """Replace the text of an entry file, or make it, in one atomic step.

    A kill leaves the old file or the new one, whole. A link is followed, and the file keeps its permissions.

    Raises:
        ConfigurationError: the file cannot be written; it is as it was.
    """
    try:
        _replace(path.resolve(), text.encode())
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}; it is as it was") from error


def write_new(path: Path, entry: Entry) -> None:
    """Write the file of a new entry; one that is there is never touched.

    Raises:
        QuestionError: there is a file of that name.
        UnwritableTextError: the format has no form for the entry; nothing is written.
        ConfigurationError: it cannot be written.
    """
    content = render_entry(entry).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise QuestionError(f"{path} is there already; edit it instead") from error
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error


def _replace(target: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", suffix=".new", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o644)
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    flush_names(target.parent)
