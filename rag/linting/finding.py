"""What the linter tells: a problem with its file, line and column."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing wrong with one file.

    Attributes:
        path: the file, as it was given or found.
        line, column: where, counted from 1; the column in characters.
        code: of the rule.
        message: what is wrong and what to do about it.
        fixable: whether ``--fix`` mends it.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    fixable: bool

    def __str__(self) -> str:
        mark = " [fixable]" if self.fixable else ""
        text = f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}{mark}"
        return " ".join(text.splitlines())
