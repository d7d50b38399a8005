"""What changed in a corpus folder since it was last indexed, told by the hash of each file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rag.corpus import find_files, printable_path, read_file
from rag.errors import CorpusError
from rag.models import FileRecord

_MOST_THREADS = 4


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
    above = len(printable_path(corpus_dir / "_")) - 1
    paths = {printable_path(path)[above:]: path for path in find_files(corpus_dir)}
    known = [name for name in paths if name in records]
    hashes = _hashes([paths[name] for name in known])
    return Changes(
        paths=paths,
        added=tuple(name for name in paths if name not in records),
        edited=tuple(name for name, sha256 in zip(known, hashes, strict=True) if sha256 != records[name].sha256),
        removed=tuple(name for name in records if name not in paths),
    )


def _hashes(files: Sequence[Path]) -> list[str]:
    """Return the hash of each file, in their order; reading and hashing leave Python to other threads."""
    threads = min(os.cpu_count() or 1, _MOST_THREADS)
    share = -(-len(files) // threads)
    shares = [files[start : start + share] for start in range(0, len(files), max(share, 1))]
    with ThreadPoolExecutor(threads) as pool:
        return [sha256 for own in pool.map(_hash_each, shares) for sha256 in own]


def _hash_each(files: Sequence[Path]) -> list[str]:
    return [scan_file(file).sha256 for file in files]


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
