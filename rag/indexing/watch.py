"""An index kept in step while its corpus folder changes: when to sync, and what to say of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rag.corpus import find_files, is_entry_name
from rag.errors import ProviderRateLimitError, QuickTakesError
from rag.indexing.sync import SyncReport

RETRY_S: Final = 5.0
"""Seconds after which a sync is tried again that another process, or a server, kept from its work."""


@dataclass(slots=True)
class Follower:
    """Syncs after each burst of changes that may concern entries, and goes on whatever comes of it.

    What went wrong is said once, and again only after a sync that went well, or where it is something else.

    Attributes:
        corpus_dir: the folder, as its operator named it.
        sync: brings the index in step.
        say: told a line for each sync that found something to do, and for the first one.
        warn: told what went wrong, and the problems of files that are new or were just saved.
        now: a clock, in seconds.
    """

    corpus_dir: Path
    sync: Callable[[], SyncReport]
    say: Callable[[str], None]
    warn: Callable[[str], None]
    now: Callable[[], float] = time.monotonic
    _folders: frozenset[Path] = frozenset()
    _problems: frozenset[str] = frozenset()
    _trouble: str | None = None
    _retry_at: float = math.inf
    _is_in_step: bool = False

    def follow(self, bursts: Iterable[Collection[Path]]) -> None:
        """Sync as often as it takes.

        Args:
            bursts: absolute paths that changed shortly after one another; none after a while of quiet. The corpus
                folder itself stands for everything in it.
        """
        for burst in bursts:
            if any(map(self._concerns_entries, burst)) or self.now() >= self._retry_at:
                self._bring_in_step(burst)

    def _concerns_entries(self, path: Path) -> bool:
        """Return whether a path is, or was, an entry file or a folder that may hold some."""
        place = path.relative_to(self.corpus_dir.absolute())
        if any(part.startswith(".") for part in place.parts):
            return False
        return is_entry_name(path.name) or path in self._folders or path.is_dir()

    def _bring_in_step(self, burst: Collection[Path]) -> None:
        self._retry_at = math.inf
        try:
            report = self.sync()
            self._folders = _folders_of(self.corpus_dir.absolute())
        except (QuickTakesError, OSError) as error:
            self._tell_trouble(error)
        else:
            self._tell(report, burst)

    def _tell_trouble(self, error: QuickTakesError | OSError) -> None:
        self._is_in_step = False
        if isinstance(error, QuickTakesError) and error.retryable:
            asked_s = error.retry_after_s if isinstance(error, ProviderRateLimitError) else None
            self._retry_at = self.now() + max(RETRY_S, asked_s or 0)
        if str(error) != self._trouble:
            self._trouble = str(error)
            self.warn(f"error: {error}{'; trying again' if self._retry_at < math.inf else ''}")

    def _tell(self, report: SyncReport, burst: Collection[Path]) -> None:
        changed = report.rebuilt or report.added or report.edited or report.removed
        if changed or not self._is_in_step:
            self.say(_summary(report))
        saved = tuple(f"{self.corpus_dir / path.relative_to(self.corpus_dir.absolute())}:" for path in burst)
        for problem in report.problems:
            if problem not in self._problems or problem.startswith(saved):
                self.warn(problem)
        self._problems = frozenset(report.problems)
        self._is_in_step, self._trouble = True, None


def _folders_of(corpus_dir: Path) -> frozenset[Path]:
    """Return the folders above all entry files: where one of them goes, entries go with it."""
    return frozenset(parent for file in find_files(corpus_dir) for parent in file.parents)


def _summary(report: SyncReport) -> str:
    """Return a sync in one line: how long it took, what changed, and what the index holds."""
    done = [
        f"{count:,} {word}"
        for count, word in (
            (report.added, "added"),
            (report.edited, "edited"),
            (report.removed, "removed"),
            (report.embedded, "passages embedded"),
        )
        if count
    ]
    kind = "built anew" if report.rebuilt else "in step"
    unusable = f", {len(report.problems):,} files not usable" if report.problems else ""
    return (
        f"{kind} in {report.elapsed_s:.2f} s: {', '.join(done) or 'nothing changed'}; "
        f"{report.entries:,} entries, {report.passages:,} passages{unusable}"
    )
