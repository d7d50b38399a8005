"""The command ``quicktakes corpus lint``."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.progress import show_progress

if TYPE_CHECKING:
    from rag.corpus import CorpusConfig

FOUND = 1
"""Exit code where something was found that remains."""


class Format(StrEnum):
    """How findings are written."""

    text = "text"
    json = "json"
    github = "github"
    sarif = "sarif"


Paths = Annotated[
    list[Path] | None, typer.Argument(show_default=False, help="Files and folders; else the corpus folder.")
]
Select = Annotated[
    list[str] | None,
    typer.Option("--select", metavar="CODES", help="Only these rules, or those that begin so: QT5,QT301; repeatable."),
]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", metavar="CODES", help="All rules but these; repeatable.")]
OutputFormat = Annotated[Format, typer.Option("--format", help="How to write findings.")]
Fix = Annotated[
    bool, typer.Option("--fix", help="Mend what can be mended without guessing, each file in one atomic step.")
]
Diff = Annotated[bool, typer.Option("--diff", help="Write what --fix would change as a patch, and change nothing.")]


def lint_command(
    paths: Paths = None,
    select: Select = None,
    ignore: Ignore = None,
    output_format: OutputFormat = Format.text,
    fix: Fix = False,
    diff: Diff = False,
) -> None:
    """Check entries by the rules in docs/rules.md: each finding with file, line, column, rule and reason.

    Links, ids and questions are checked against the whole corpus, even where one file is named. Bounds and the rules to
    run stand in quicktakes.toml beside or above the files, or under [tool.quicktakes.corpus] in pyproject.toml. Exit
    code 1 where something was found that remains.

    Example: quicktakes corpus lint corpus --fix
    """
    from rag.cli.findings import write_findings
    from rag.corpus import corpus_config
    from rag.linting import Checks, lint, selected_codes
    from rag.settings import Settings

    given = paths or [Settings.from_environment().corpus_dir]
    files, config = _files_of(given), corpus_config(given[0])
    codes = selected_codes(_codes(select) or config.select, (*_codes(ignore), *config.ignore))
    beside = _files_beside(given, files, config)
    with show_progress("Checking") as progress:
        report = lint(files, Checks(codes, config, mend=fix or diff, write=fix and not diff), progress, beside=beside)
    if diff:
        for file in report.mended:
            typer.echo(_patch_of(file.path, file.before, file.after), nl=False)
    else:
        write_findings(report.findings, output_format.value)
    fixable = sum(finding.fixable for finding in report.findings)
    mended = f", {len(report.mended):,} files {'to mend' if diff else 'mended'}" if report.mended else ""
    hint = f" ({fixable:,} can be mended with --fix)" if fixable and not (fix or diff) else ""
    typer.echo(f"{report.files:,} files checked{mended}, {len(report.findings):,} findings{hint}", err=True)
    if report.findings or (diff and report.mended):
        raise typer.Exit(FOUND)


def _codes(given: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(code.strip().upper() for codes in given or () for code in codes.split(",") if code.strip())


def _files_of(paths: Sequence[Path]) -> list[Path]:
    """Return the entry files that paths name, each once, in their order."""
    from rag.corpus import find_files, printable_path
    from rag.errors import ConfigurationError

    for path in paths:
        if not path.exists():
            raise ConfigurationError(f"{printable_path(path)} does not exist; name a file or a folder of entries")
    files = [file for path in paths for file in ([path] if path.is_file() else find_files(path))]
    return list({_identity(file): file for file in reversed(files)}.values())[::-1]


def _identity(file: Path) -> str:
    """Return what two paths of one file have in common; a link that leads to itself has only its own."""
    return os.path.realpath(file)


def _files_beside(paths: Sequence[Path], files: Sequence[Path], config: CorpusConfig) -> list[Path]:
    """Return the rest of the corpus: what lies below its quicktakes.toml, or else beside the files that were named."""
    from rag.corpus import find_files

    has_root = config.folder is not None and (config.folder / "quicktakes.toml").is_file()
    roots = (
        {Path(os.path.relpath(config.folder))}
        if config.folder and has_root
        else {path.parent for path in paths if path.is_file()}
    )
    known = {_identity(file): file for root in sorted(roots) for file in find_files(root)}
    given = {_identity(file) for file in files}
    return [file for identity, file in known.items() if identity not in given]


def _patch_of(path: Path, before: str, after: str) -> str:
    """Return a change as a patch that ``git apply`` and ``patch`` accept: a file's missing last newline is said."""
    name = path.as_posix().lstrip("/")
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Return lines with their newlines, cut at newlines only, as patches are."""
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]
