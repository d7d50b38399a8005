"""What changed in a corpus folder since it was last indexed, told by the hash of each file."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.corpus import MAX_BYTES, list_files, printable_path, read_file
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
    above = len(printable_path(str(corpus_dir / "_"))) - 1
    files = {printable_path(file)[above:]: file for file in list_files(corpus_dir)}
    return Changes(
        paths=_Paths(files),
        added=tuple(name for name in files if name not in records),
        edited=tuple(name for name in files if name in records and _hash_of(files[name]) != records[name].sha256),
        removed=tuple(name for name in records if name not in files),
    )


class _Paths(Mapping[str, Path]):
    """The paths of files by name, each made when it is asked for: of most, only the hash is."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def __getitem__(self, name: str) -> Path:
        return Path(self._files[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def _hash_of(file: str) -> str:
    """Return the hash that `scan_file` gives, with nothing made on the way for a file that is in order."""
    try:
        found = os.stat(file)  # noqa: PTH116 making a Path takes longer
        if stat.S_ISREG(found.st_mode) and found.st_size <= MAX_BYTES and file.isascii():
            with open(file, "rb", buffering=0) as content:  # noqa: PTH123 as above
                return hashlib.sha256(content.read()).hexdigest()
    except OSError:
        pass  # scan_file says which
    return scan_file(Path(file)).sha256


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
