"""One file checked, and mended."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.corpus import (
    CorpusConfig,
    Entry,
    UnwritableTextError,
    decode_text,
    parse_entry,
    printable_path,
    read_file,
    render_entry,
    write_file,
)
from rag.corpus.source import KeyPath
from rag.errors import CorpusError, Problem
from rag.linting.finding import Finding
from rag.linting.page import Page
from rag.linting.rule import Fault, LinkFix
from rag.linting.rules import PAGE_RULES, REPAIRS
from rag.linting.summary import Summary, summarise
from rag.linting.suppressions import is_silenced, silenced_by_comments

_MAX_FIXES = 100
"""Of one file; a file with more is mended further by the next run."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What to look for, and whether to mend it.

    Attributes:
        codes: of the rules to run.
        config: the corpus's own bounds, and what it leaves out by file.
        mend: apply the fixes that are safe.
        write: write what was mended.
    """

    codes: frozenset[str]
    config: CorpusConfig = field(default_factory=CorpusConfig)
    mend: bool = False
    write: bool = False

    def codes_for(self, path: Path) -> frozenset[str]:
        """Return the codes of the rules to run on a file."""
        ignored = self.config.ignored_in(path)
        return frozenset(code for code in self.codes if not code.startswith(ignored)) if ignored else self.codes


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What became of one file.

    Attributes:
        findings: that remain.
        summary: None where the file cannot be read.
        before, after: its text; equal where nothing was mended, and both empty where nothing had to be kept.
    """

    path: Path
    findings: list[Finding]
    summary: Summary | None
    before: str = ""
    after: str = ""


def check_file(path: Path, checks: Checks) -> CheckedFile:
    """Check a file, mend it if asked to, and say what remains."""
    codes = checks.codes_for(path)
    try:
        before = decode_text(read_file(path), path)
    except CorpusError as error:
        findings = [_finding_of(problem, fixable=False) for problem in error.problems if problem.code in codes]
        return CheckedFile(path, findings, None)
    after, checked = before, _CheckedText(path, before, codes, checks.config)
    for _ in range(_MAX_FIXES if checks.mend else 0):
        fixed = next((fixed for _, fixed in checked.found if fixed is not None), None)
        if fixed is None:
            break
        after, checked = fixed, _CheckedText(path, fixed, codes, checks.config)
    summary = summarise(checked.page, checked.silenced) if checked.page else None
    if checks.write and after != before:
        write_file(path, after)
    kept = (before, after) if after != before else ("", "")
    return CheckedFile(path, [finding for finding, _ in checked.found], summary, *kept)


def with_links(text: str, links: list[LinkFix]) -> str:
    """Return the text of an entry with some of its related articles replaced."""
    entry = parse_entry(text)
    related = list(entry.related)
    for link in links:
        related[link.number - 1] = link.article
    return render_entry(dataclasses.replace(entry, related=tuple(related)))


class _CheckedText:
    """A text with what its rules found.

    Attributes:
        page: None where the text cannot be read.
        silenced: codes that comments silence, by key.
        found: each finding with the text as it would be without it.
    """

    def __init__(self, path: Path, text: str, codes: frozenset[str], config: CorpusConfig) -> None:
        self.page: Page | None = None
        self.silenced: Mapping[KeyPath, frozenset[str]] = {}
        try:
            self.page = Page(path, text, parse_entry(text, printable_path(path)), config)
        except CorpusError as error:
            self.found = [_check_problem(text, problem) for problem in error.problems if problem.code in codes]
            return
        self.silenced = silenced_by_comments(self.page.source)
        self.found = list(_check_page(self.page, codes, self.silenced))


def _check_page(
    page: Page, codes: frozenset[str], silenced: Mapping[KeyPath, frozenset[str]]
) -> Iterator[tuple[Finding, str | None]]:
    for rule in PAGE_RULES:
        if rule.code not in codes:
            continue
        for fault in rule.check(page):
            if not is_silenced(silenced, fault.key, rule.code):
                fixed = _fixed(page, fault)
                line, column = page.place(fault.key, fault.offset)
                path = printable_path(page.path)
                yield Finding(path, line, column, rule.code, fault.message, fixed is not None), fixed


def _check_problem(text: str, problem: Problem) -> tuple[Finding, str | None]:
    fixed = _repaired(text, problem)
    return _finding_of(problem, fixable=fixed is not None), fixed


def _fixed(page: Page, fault: Fault) -> str | None:
    """Return the text that a fault's fix gives, where that is another text and one that can be read."""
    if fault.fix is None or isinstance(fault.fix, LinkFix):
        return None
    try:
        text = render_entry(fault.fix) if isinstance(fault.fix, Entry) else fault.fix
        parse_entry(text)
    except (CorpusError, UnwritableTextError):
        return None
    return text if text != page.text else None


def _repaired(text: str, problem: Problem) -> str | None:
    """Return an unreadable text repaired, where that rids it of its problem."""
    repaired = REPAIRS[problem.code](text)
    if repaired == text:
        return None
    try:
        parse_entry(repaired)
    except CorpusError as error:
        if problem.code in {left.code for left in error.problems}:
            return None
    return repaired


def _finding_of(problem: Problem, *, fixable: bool) -> Finding:
    return Finding(problem.path, problem.line, 1, problem.code, problem.message, fixable)
