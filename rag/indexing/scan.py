"""What changed in a corpus folder since it was last indexed, told by the hash of each file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.corpus import find_files, read_file
from rag.errors import CorpusError
from rag.models import FileRecord


@dataclass(frozen=True, slots=True)
class Changes:
    """How a corpus folder differs from what was indexed of it; paths are relative to the folder, sorted.

    Attributes:
        added, edited, removed: paths by what happened to them.
        file_count: how many entry files the folder has now.
    """

    added: tuple[str, ...]
    edited: tuple[str, ...]
    removed: tuple[str, ...]
    file_count: int

    def __bool__(self) -> bool:
        return bool(self.added or self.edited or self.removed)


def find_changes(corpus_dir: Path, records: Mapping[str, FileRecord]) -> Changes:
    """Compare the files below a folder with the records of an index.

    Raises:
        ConfigurationError: the folder does not exist or cannot be listed.
    """
    paths = {str(path.relative_to(corpus_dir)): path for path in find_files(corpus_dir)}
    return Changes(
        added=tuple(name for name in paths if name not in records),
        edited=tuple(name for name, path in paths.items() if name in records and hash_of(path) != records[name].sha256),
        removed=tuple(name for name in records if name not in paths),
        file_count=len(paths),
    )


def hash_of(path: Path) -> str:
    """Return the sha256 of a file's bytes, or of the problem that stops it from being read."""
    try:
        content = read_file(path)
    except CorpusError as error:
        content = str(error).encode()
    return hashlib.sha256(content).hexdigest()
