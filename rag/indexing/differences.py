"""The ways in which an index can differ from what its corpus makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["missing", "store", "meta", "stale", "file", "entry", "passage", "vector", "cache", "snapshot"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which an index is not what the corpus makes it.

    Attributes:
        kind: ``missing`` (no index), ``store`` (cannot be opened or read), ``meta`` (built with or from something
            else), ``stale`` (a file changed since), ``file`` (a record), ``entry``, ``passage``, ``vector``, ``cache``
            (an embedding kept for another time) or ``snapshot`` (the arrays that readers use).
        where: a url, path or file.
        what: is wrong.
    """

    kind: Kind
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.what}"


@dataclass(slots=True)
class Findings:
    """What a comparison found so far, and how much it compared."""

    differences: list[Difference] = field(default_factory=list[Difference])
    wrongly_cached: list[str] = field(default_factory=list[str])
    entries: int = 0
    passages: int = 0

    def add(self, kind: Kind, where: str, what: str) -> None:
        """Note a difference."""
        self.differences.append(Difference(kind, where, what))
