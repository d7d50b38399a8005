"""What an index keeps of a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.models.passages import Passage


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a corpus file held when it was last read.

    Attributes:
        path: relative to the corpus folder.
        sha256: of the file's bytes.
        url: of its entry; None where a problem hides it.
        left_out: why its entry is not indexed as knowledge; None where it is.
        problem: the located problem as text; None where there is none.
    """

    path: str
    sha256: str
    url: str | None = None
    left_out: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class IndexedEntry:
    """An entry as the index keeps it.

    Attributes:
        answer: decoded, so that passages' offsets count its characters.
        terms: stems of its question, its topics (description and keywords) and its answer, with repeats.
        words: the distinct words of all three, as they are written but in lower case.
        passages: its question first, then its sections in order.
    """

    url: str
    question: str
    answer: str
    terms: tuple[Sequence[str], Sequence[str], Sequence[str]]
    words: Sequence[str]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class CatalogChange:
    """What one sync does to the catalog, all at once."""

    gone_paths: Sequence[str]
    gone_urls: Sequence[str]
    files: Sequence[FileRecord]
    entries: Sequence[IndexedEntry]


@dataclass(frozen=True, slots=True)
class TermCounts:
    """How often terms occur in entries: one row for each term of each entry.

    Attributes:
        names: the terms, sorted; each occurs somewhere.
        terms: places in `names`, shape ``(rows,)``.
        entries: numbers of entries, shape ``(rows,)``, ascending.
        by_field: occurrences in the question, the topics and the answer, shape ``(rows, 3)``.
    """

    names: Sequence[str]
    terms: npt.NDArray[np.int32]
    entries: npt.NDArray[np.int32]
    by_field: npt.NDArray[np.int32]
