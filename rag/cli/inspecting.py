"""The commands that look at a corpus: stats, show, diff and schema."""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rag.cli.options import AsJson, CorpusDir, settings_from
from rag.cli.output import write_json
from rag.cli.progress import show_progress
from rag.errors import ConfigurationError, NotFoundError

if TYPE_CHECKING:
    from rag.corpus import Entry
    from rag.corpus.differences import EntryChange, KeyChange
    from rag.corpus.stats import CorpusStats, Spread

DIFFERENT = 1
"""Exit code of ``corpus diff`` where the folders differ."""

Before = Annotated[Path, typer.Argument(metavar="A", show_default=False, help="The folder as it was.")]
After = Annotated[Path, typer.Argument(metavar="B", show_default=False, help="The folder as it is.")]
Name = Annotated[str, typer.Argument(metavar="URL|FILE", show_default=False, help="An entry's url, slug or file.")]

_DUPLICATES = {
    "urls": ("QT140",),
    "ids": ("QT216",),
    "questions": ("QT701", "QT702"),
    "near-duplicate questions": ("QT700",),
}


def stats_command(as_json: AsJson = False, corpus_dir: CorpusDir = None) -> None:
    """Count entries, subjects, dialects, lengths, duplicates, and lint findings by rule.

    Example: quicktakes corpus stats --corpus-dir corpus
    """
    from rag.corpus import corpus_config, corpus_stats, find_files, load_corpus
    from rag.linting import RULES, Checks, lint, selected_codes

    folder = settings_from(corpus_dir, None).corpus_dir
    stats = corpus_stats(load_corpus(folder))
    config = corpus_config(folder)
    with show_progress("Checking") as progress:
        report = lint(find_files(folder), Checks(selected_codes(config.select, config.ignore), config), progress)
    findings = dict(sorted(Counter(finding.code for finding in report.findings).items()))
    duplicates = {what: sum(findings.get(code, 0) for code in codes) for what, codes in _DUPLICATES.items()}
    if as_json:
        write_json({**dataclasses.asdict(stats), "duplicates": duplicates, "findings": findings})
        return
    names = {rule.code: rule.name for rule in RULES}
    table = Table(box=None, show_header=False, pad_edge=False)
    found = {f"{code} {names[code]}": count for code, count in findings.items()}
    for name, value in (*_rows_of(stats), *_count_rows("repeated ", duplicates), *_count_rows("", found)):
        table.add_row(Text(name), value)  # a subject in square brackets is no instruction to the terminal
    Console().print(table)
    for problem in stats.problems:
        typer.echo(problem)


def _rows_of(stats: CorpusStats) -> Iterator[tuple[str, str]]:
    yield "entries", f"{stats.entries:,}"
    yield from _count_rows("  ", stats.subjects)
    yield from _count_rows("dialect ", stats.dialects)
    yield "words an answer", _spread(stats.answer_words)
    yield "words a question", _spread(stats.question_words)
    yield "characters a description", _spread(stats.description_characters)
    yield "keywords", _spread(stats.keywords)
    yield "related links", f"{stats.related_links:,}"
    yield from _count_rows("not knowledge: ", stats.left_out)
    yield "files not usable", f"{len(stats.problems):,}"


def _count_rows(before: str, counts: dict[str, int]) -> Iterator[tuple[str, str]]:
    for name, count in counts.items():
        yield f"{before}{name}", f"{count:,}"


def _spread(spread: Spread) -> str:
    return f"{spread.least:,} to {spread.most:,}, median {spread.median:,}"


def show_command(name: Name, as_json: AsJson = False, corpus_dir: CorpusDir = None) -> None:
    """Show an entry as a reader sees it, with its keywords and related entries.

    Example: quicktakes corpus show how-do-stomata-open-and-close
    """
    from rag.cli.render import show_entry
    from rag.corpus.leaves import leaves_of

    entry = _entry_named(name, corpus_dir)
    if as_json:
        texts = {".".join(key): text for key, text in leaves_of(entry).items() if text}
        write_json({**texts, "id": entry.id, "answer": entry.answer, "score": entry.score})
    else:
        show_entry(Console(), entry)


def _entry_named(name: str, corpus_dir: Path | None) -> Entry:
    """Return the entry of a file, or of a url or slug in the corpus.

    Raises:
        NotFoundError: there is none; the nearest names are given.
    """
    from rag.corpus import find_files, load_corpus, read_entry

    if os.path.isfile(name):  # noqa: PTH113 Path.is_file raises where a name is too long for a file
        return read_entry(Path(name))
    folder = settings_from(corpus_dir, None).corpus_dir
    files = find_files(folder)
    slug = PurePosixPath(name).name.removesuffix(".md")
    entries = [read_entry(path) for path in files if path.stem == slug]
    if found := next((entry for entry in entries if "/" not in name or entry.url == name), None):
        return found
    if found := load_corpus(folder).entries.get(name):  # in a file that bears another name
        return found
    nearest = difflib.get_close_matches(slug, [path.stem for path in files], n=3, cutoff=0.6)
    hint = f"; the nearest: {', '.join(nearest)}" if nearest else ""
    raise NotFoundError(f"{folder} has no entry {name[:200]!r}{hint}")


def diff_command(before: Before, after: After, as_json: AsJson = False) -> None:
    """Tell what changed between two folders, by entry and key; entries are told apart by their url.

    Exit code 1 where they differ.

    Example: quicktakes corpus diff published/ edited/
    """
    from rag.corpus import corpus_differences, load_corpus

    for folder in (before, after):
        if not folder.is_dir():
            raise ConfigurationError(f"{folder} does not exist or is not a folder")
    folders = [load_corpus(before), load_corpus(after)]
    for folder in folders:
        for problem in folder.problems:
            typer.echo(problem, err=True)
    changes = corpus_differences(*folders)
    for change in changes:
        if as_json:
            write_json(dataclasses.asdict(change))
        else:
            _show_change(change)
    counts = Counter(change.kind for change in changes)
    told = [f"{counts[kind]:,} {kind if kind != 'form' else 'in form only'}" for kind in counts]
    typer.echo(", ".join(told) if told else "no differences", err=True)
    if changes:
        raise typer.Exit(DIFFERENT)


def _show_change(change: EntryChange) -> None:
    sign = {"added": "+", "removed": "-", "changed": "~", "form": "="}[change.kind]
    note = "  (the same values, written in another way)" if change.kind == "form" else ""
    typer.echo(f"{sign} {change.url}{note}")
    for key in change.keys:
        typer.echo(f"    {key.key}")
        for line in _changed_lines(key):
            typer.echo(f"      {line}")


def _changed_lines(key: KeyChange) -> Iterator[str]:
    before, after = (text.split("\n") if text is not None else [] for text in (key.before, key.after))
    for kind, start, end, new_start, new_end in difflib.SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            yield from (f"- {line}" for line in before[start:end] if line.strip())
            yield from (f"+ {line}" for line in after[new_start:new_end] if line.strip())


def schema_command() -> None:
    """Write the JSON Schema of an entry's front matter, for editors that complete and check YAML by one.

    Example: quicktakes corpus schema > entry.schema.json
    """
    from rag.corpus import entry_schema

    typer.echo(json.dumps(entry_schema(), indent=2, ensure_ascii=False))
