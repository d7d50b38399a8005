"""Lists of words and urls as text files, each line ended, so that a file cut short is noticed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def save_lines(lines: Iterable[str], file: Path) -> None:
    """Write lines, none of which may hold a line break, to a file."""
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def open_lines(file: Path) -> list[str]:
    """Return the lines that `save_lines` wrote; raises `OSError` or `ValueError` where they cannot be read whole."""
    *lines, end = file.read_text(encoding="utf-8").split("\n")
    if end:
        raise ValueError(f"{file.name} ends within a line")
    return lines
