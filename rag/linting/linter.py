"""A corpus checked: its files on all processors, then its entries together."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rag.corpus import write_file
from rag.errors import ConfigurationError
from rag.linting.checking import CheckedFile, Checks, check_file, with_links
from rag.linting.finding import Finding
from rag.linting.rule import LinkFix
from rag.linting.rules import CORPUS_RULES, RULES
from rag.linting.suppressions import is_silenced

Progress = Callable[[int, int], None]
"""Called with how many files are done, and how many there are."""

_CHUNK = 100
_FEW = 500
"""Files that one process checks in less time than it takes to start others."""


@dataclass(frozen=True, slots=True)
class LintReport:
    """What a run found.

    Attributes:
        files: how many were checked.
        findings: that remain, by path and line.
        mended: the files that were mended, or would be.
    """

    files: int
    findings: tuple[Finding, ...]
    mended: tuple[MendedFile, ...]


@dataclass(frozen=True, slots=True)
class MendedFile:
    """A file's text before and after its fixes."""

    path: Path
    before: str
    after: str


def selected_codes(select: Sequence[str], ignore: Sequence[str]) -> frozenset[str]:
    """Return the rules' codes that begin with one of `select` (all, where that is empty) and with none of `ignore`.

    Raises:
        ConfigurationError: a code begins no rule's.
    """
    codes = [rule.code for rule in RULES]
    for given in (*select, *ignore):
        if not given or not any(code.startswith(given) for code in codes):
            raise ConfigurationError(f"no rule has a code that begins with {given!r}; docs/rules.md lists them")
    chosen = [code for code in codes if not select or code.startswith(tuple(select))]
    return frozenset(code for code in chosen if not code.startswith(tuple(ignore)))


def lint(
    files: Sequence[Path], checks: Checks, progress: Progress | None = None, *, beside: Sequence[Path] = ()
) -> LintReport:
    """Check files, each by itself and all of them together; mend them as `checks` says.

    Args:
        beside: the other files of the corpus, which are not checked, but against which links, ids and questions are.

    Raises:
        ConfigurationError: the corpus's settings leave out a rule that does not exist, or a mended file cannot be
            written; those before it are, whole, and it is as it was.
    """
    for ignored in checks.config.ignore_in.values():
        selected_codes((), ignored)
    checked: list[CheckedFile] = []
    known: list[CheckedFile] = []
    unchecked = Checks(frozenset(), checks.config)
    for found, some, how in ((known, beside, unchecked), (checked, files, checks)):
        for done in _check_files(some, how):
            found.extend(done)
            if progress:
                progress(len(known) + len(checked), len(beside) + len(files))
    together = list(_check_together(known, checked, checks))
    mended = {
        file.path: MendedFile(file.path, file.before, file.after) for file in checked if file.before != file.after
    }
    if checks.mend and any(link for _, link in together):
        _mend_links(together, mended, checks)
        if checks.write:  # a link's title can take a line more, so all that is left is found anew
            left = lint(files, dataclasses.replace(checks, mend=False, write=False), beside=beside)
            return LintReport(len(files), left.findings, tuple(mended.values()))
        together = [(finding, link) for finding, link in together if link is None]
    findings = [finding for file in checked for finding in file.findings] + [finding for finding, _ in together]
    return LintReport(len(files), tuple(sorted(findings)), tuple(mended.values()))


def _check_files(files: Sequence[Path], checks: Checks) -> Iterator[list[CheckedFile]]:
    chunks = [files[start : start + _CHUNK] for start in range(0, len(files), _CHUNK)]
    check = partial(_check_chunk, checks=checks)
    processes = _processor_count()
    if len(files) < _FEW or processes < 2:
        yield from map(check, chunks)
        return
    # Spawned, not forked: the progress bar has a thread, and a fork in the middle of its work may never end.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield from pool.map(check, chunks)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _processor_count() -> int:
    """Return how many processors this process may use, which in a container can be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _check_chunk(files: Sequence[Path], *, checks: Checks) -> list[CheckedFile]:
    return [check_file(path, checks) for path in files]


def _check_together(
    known: Sequence[CheckedFile], checked: Sequence[CheckedFile], checks: Checks
) -> Iterator[tuple[Finding, tuple[Path, LinkFix] | None]]:
    """Give the findings that take all entries to find, with the link that would mend each.

    Of two entries that clash the later one is told: those that are only known come first.
    """
    path_of = {str(file.path): file.path for file in checked}
    summaries = [file.summary for file in (*known, *checked) if file.summary]
    for rule in CORPUS_RULES:
        if rule.code not in checks.codes:
            continue
        for summary, fault in rule.check(summaries):
            path = path_of.get(summary.path)
            if path is None:
                continue
            if rule.code in checks.codes_for(path) and not is_silenced(summary.silenced, fault.key, rule.code):
                link = (path, fault.fix) if isinstance(fault.fix, LinkFix) else None
                line, column = summary.places[fault.key]
                yield Finding(summary.path, line, column, rule.code, fault.message, link is not None), link


def _mend_links(
    together: Iterable[tuple[Finding, tuple[Path, LinkFix] | None]], mended: dict[Path, MendedFile], checks: Checks
) -> None:
    links: dict[Path, list[LinkFix]] = defaultdict(list)
    for _, fix in together:
        if fix:
            links[fix[0]].append(fix[1])
    for path, wanted in links.items():
        before = mended[path].before if path in mended else path.read_bytes().decode()
        after = with_links(mended[path].after if path in mended else before, wanted)
        mended[path] = MendedFile(path, before, after)
        if checks.write:
            write_file(path, after)
