"""Corpus files on disk: found, read and loaded; a bad file never hides the good ones."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from rag.corpus.entry import Entry
from rag.corpus.reader import MAX_BYTES, parse_entry
from rag.errors import ConfigurationError, CorpusError, Problem


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder as loaded.

    Attributes:
        entries: by url, in the order of their paths.
        paths: of their files, by url.
        problems: of all files that could not be used, in the order of their paths.
    """

    entries: MappingProxyType[str, Entry]
    paths: MappingProxyType[str, Path]
    problems: tuple[Problem, ...]


def find_files(folder: Path) -> list[Path]:
    """Return the entry files below a folder, sorted: each ``*.md`` but hidden ones and ``README.md``.

    Links to folders are not followed, so a loop cannot hang.

    Raises:
        ConfigurationError: the folder does not exist or cannot be listed.
    """
    return [Path(file) for file in list_files(folder)]


def list_files(folder: Path) -> list[str]:
    """Return what `find_files` does, as text: of many thousand files, paths take longer to make than to list.

    Raises:
        ConfigurationError: the folder does not exist or cannot be listed.
    """
    require_folder(folder)
    return sorted(_walk(folder), key=lambda file: file.split(os.sep))  # noqa: PTH206 that would make them


def require_folder(folder: Path) -> None:
    """Refuse a corpus folder that is not there.

    Raises:
        ConfigurationError: there is no folder of that name.
    """
    if not folder.is_dir():
        raise ConfigurationError(
            f"corpus folder {folder} does not exist or is not a folder; name one with --corpus-dir"
        )


def is_entry_name(name: str) -> bool:
    """Return whether a file of this name is taken for an entry."""
    return name.endswith(".md") and not name.startswith(".") and name.lower() != "readme.md"


def _walk(folder: Path) -> Iterator[str]:
    def refuse(error: OSError) -> None:
        raise ConfigurationError(f"cannot list corpus folder {error.filename}: {error.strerror}") from error

    for root, folders, files in os.walk(folder, onerror=refuse):
        above = str(Path(root, "_"))[:-1]
        for name in (*files, *folders):
            if is_entry_name(name):
                yield f"{above}{name}"
        folders[:] = [name for name in folders if not name.startswith(".") and not name.endswith(".md")]


def read_file(path: Path) -> bytes:
    """Return the bytes of an entry file.

    Raises:
        CorpusError: not a readable file, or larger than `MAX_BYTES`.
    """
    try:
        if printable_path(path) != str(path):
            raise _problem(path, "QT100", "has a name that is not UTF-8; rename it")
        found = path.stat()  # before it is opened: opening a pipe would wait for someone to write
        if stat.S_ISDIR(found.st_mode):
            raise _problem(path, "QT100", "is a folder, not an entry file; rename it without .md")
        if not stat.S_ISREG(found.st_mode):
            raise _problem(path, "QT100", "is not a file (a device or a pipe); remove it")
        if found.st_size > MAX_BYTES:
            raise _problem(path, "QT105", f"has {found.st_size:,} bytes; an entry has at most {MAX_BYTES:,}")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _problem(path, "QT100", "is not a file (a dangling link, or gone meanwhile); remove it") from error
    except OSError as error:
        raise _problem(path, "QT100", f"cannot be read: {error.strerror}") from error


def read_entry(path: Path) -> Entry:
    """Return the entry in a file.

    Raises:
        CorpusError: with the one problem that stops it from being read.
    """
    return decode_entry(read_file(path), path)


def decode_entry(content: bytes, path: Path) -> Entry:
    """Return the entry in the bytes of a file.

    Raises:
        CorpusError: with the one problem that stops it from being read.
    """
    return parse_entry(decode_text(content, path), str(path))


def decode_text(content: bytes, path: Path) -> str:
    """Return the text in the bytes of a file.

    Raises:
        CorpusError: it is not UTF-8.
    """
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: byte 0x{content[error.start]:02X}; save the file as UTF-8"
        raise _problem(path, "QT101", message, line) from error


def load_corpus(folder: Path) -> Corpus:
    """Return all entries below a folder, with the problems of the files that could not be used.

    Raises:
        ConfigurationError: the folder does not exist or cannot be listed.
    """
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    home: dict[str, Path] = {}
    for path in find_files(folder):
        try:
            entry = read_entry(path)
        except CorpusError as error:
            problems.extend(error.problems)
            continue
        if entry.url in home:
            problems.append(repeated_url(path, entry, home[entry.url]))
            continue
        entries[entry.url], home[entry.url] = entry, path
    return Corpus(MappingProxyType(entries), MappingProxyType(home), tuple(problems))


def repeated_url(path: Path, entry: Entry, first: Path) -> Problem:
    """Return the problem of a second file with the url of a first one."""
    line = _line_of_key(entry, "url")
    return Problem(str(path), line, "QT140", f"url {entry.url} is taken by {first}; give one of them another")


def _line_of_key(entry: Entry, key: str) -> int:
    """Return the 1-based line on which a top-level key stands in the file an entry was read from; 1 if it was not."""
    if entry.source is None:
        return 1
    line = entry.source.opening.count("\n") + 1
    for block in entry.source.blocks:
        if block.path == (key,):
            return line
        line += block.text.count("\n")
    return 1


def printable_path(path: Path | str) -> str:
    """Return a path as text, with the bytes of its name that are not UTF-8 written as escapes."""
    name = str(path)
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")


def _problem(path: Path, code: str, message: str, line: int = 1) -> CorpusError:
    return CorpusError([Problem(printable_path(path), line, code, message)])
