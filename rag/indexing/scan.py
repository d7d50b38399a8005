"""What changed in a corpus folder since it was last indexed, told by the hash of each file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.corpus import find_files, printable_path, read_file
from rag.errors import CorpusError
from rag.models import FileRecord


@dataclass(frozen=True, slots=True)
class Changes:
    """How a corpus folder differs from what was indexed of it; files by name, relative to the folder, sorted.

    Attributes:
        paths: of all entry files that the folder has now, by name.
        added, edited, removed: names by what happened to the files.
    """

    paths: Mapping[str, Path]
    added: tuple[str, ...]
    edited: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.edited or self.removed)


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A file as it is now: its bytes, or the problem of reading them; and the hash of either."""

    sha256: str
    content: bytes
    problem: str | None = None


def find_changes(corpus_dir: Path, records: Mapping[str, FileRecord]) -> Changes:
    """Compare the files below a folder with the records of an index.

    Raises:
        ConfigurationError: the folder does not exist or cannot be listed.
    """
    paths = {printable_path(path.relative_to(corpus_dir)): path for path in find_files(corpus_dir)}
    known = {name: path for name, path in paths.items() if name in records}
    return Changes(
        paths=paths,
        added=tuple(name for name in paths if name not in records),
        edited=tuple(name for name, path in known.items() if scan_file(path).sha256 != records[name].sha256),
        removed=tuple(name for name in records if name not in paths),
    )


def scan_file(path: Path) -> ScannedFile:
    """Read a file once, for its hash and for what is in it."""
    try:
        content = read_file(path)
    except CorpusError as error:
        problem = str(error)
        return ScannedFile(hashlib.sha256(problem.encode()).hexdigest(), b"", problem)
    return ScannedFile(hashlib.sha256(content).hexdigest(), content)


def corpus_hash(records: Iterable[FileRecord]) -> str:
    """Return one hash for all files of a corpus: their paths and contents."""
    lines = sorted(f"{record.path}\0{record.sha256}\n" for record in records)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
