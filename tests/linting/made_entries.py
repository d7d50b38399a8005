"""Entries as plain text, built without the product's own writer, and the linter run over folders of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from rag.corpus import CorpusConfig, Entry, find_files, parse_entry, slug_of
from rag.linting import Checks, Finding, LintReport, lint, selected_codes

QUESTION = "Why do geckos stick to glass?"
OTHER = "How do owls fly without noise?"
THIRD = "What makes honey last for years?"

ANSWER = (
    r"Millions of hairs on each toe come so close to the pane that weak forces between molecules add up.\n\n"
    r"1. **Hairs**: each one splits into hundreds of flat tips, and every tip touches the surface by itself.\n"
    r"2. **Release**: the toe rolls off from its end, so that only a few tips let go at a time.\n\n"
    r"In summary, many tiny contacts hold together what no single one could carry."
)
DESCRIPTION = "The answer explains how the hairs below a toe hold on to a smooth pane."
KEYWORDS = "gecko, toe, hair, surface"

Link = tuple[int, str]
"""Id and title of a related article; its url follows from the title."""


def url_of(question: str) -> str:
    """Return the url of a Biology entry."""
    return f"/learn/biology/questions/{slug_of(question)}"


def made_text(
    question: str = QUESTION,
    *,
    number: int = 1,
    older: bool = False,
    links: Sequence[Link] = (),
    answer: str = ANSWER,
) -> str:
    """Return a whole file that no rule finds fault with.

    Args:
        older: plain titles and no score, as the publisher's older files are.
        answer: as it is written in the file.
    """
    titles = (f"title: {question}", f"article_title: {question}")
    if not older:
        titles = tuple(title.replace(": ", ": >-\n    ", 1) for title in titles)
    lines = [
        "---",
        "_schema: default",
        f"id: {number}",
        "date: 2026-01-31",
        *titles,
        "date_format: MMM DD, YYYY",
        "post_on_text: Posted on",
        "seo:",
        "  title: QuickTakes | Biology",
        "  page_description: >-",
        f"    {DESCRIPTION}",
        "  page_keywords: >-",
        f"    {KEYWORDS}",
        "author: QuickTakes",
        "question: >-",
        f"    {question}",
        "answer: >-",
        f"    {answer}",
        "subject: Biology",
        f"file_name: {slug_of(question)}.md",
        f"url: {url_of(question)}",
        *([] if older else ["score: -1.0"]),
        *(link_lines(place, *link) for place, link in enumerate(links, start=1)),
        *([] if older or links else [""]),
        "---",
        "",
        "&nbsp;",
    ]
    return "\n".join(lines)


def link_lines(place: int, number: int, title: str) -> str:
    """Return the lines of one related article, without the last newline."""
    return (
        f"related_article{place}:\n    id: {number}\n    title: >-\n        {title}\n"
        f"    subject: Biology\n    url: {url_of(title)}"
    )


def exchange(text: str, old: str, new: str) -> str:
    """Return a text with its only occurrence of `old` replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the text"
    return text.replace(old, new)


def write_entries(folder: Path, texts: Mapping[str, str | bytes]) -> list[Path]:
    """Write files by their names below a folder, byte for byte, and return their paths in that order."""
    paths = [folder / name for name in texts]
    for path, content in zip(paths, texts.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return paths


def write_entry(folder: Path, text: str, question: str = QUESTION) -> Path:
    """Write the file of one entry under the name that its question gives it, and return its path."""
    return write_entries(folder, {f"{slug_of(question)}.md": text})[0]


def check(
    files: Path | Sequence[Path], select: Sequence[str] = (), ignore: Sequence[str] = (), **config: Any
) -> list[Finding]:
    """Return what the linter finds in a folder or in files; nothing is written."""
    return list(run(files, Checks(selected_codes(select, ignore), CorpusConfig(**config))).findings)


def mend(files: Path | Sequence[Path], select: Sequence[str] = (), ignore: Sequence[str] = ()) -> LintReport:
    """Run the linter as ``--fix`` does."""
    return run(files, Checks(selected_codes(select, ignore), mend=True, write=True))


def run(files: Path | Sequence[Path], checks: Checks) -> LintReport:
    """Run the linter on a folder or on files."""
    return lint(find_files(files) if isinstance(files, Path) else files, checks)


def codes_of(findings: Sequence[Finding]) -> list[str]:
    """Return the codes of findings in their order."""
    return [finding.code for finding in findings]


def read(path: Path) -> str:
    """Return the text of a file with its line ends as they are."""
    return path.read_bytes().decode()


def values_of(text: str) -> dict[str, object]:
    """Return every value of an entry by the name of its field."""
    entry = parse_entry(text)
    return {each.name: getattr(entry, each.name) for each in dataclasses.fields(Entry) if each.name != "source"}


def changed_fields(before: str, after: str) -> set[str]:
    """Return the names of the fields whose values differ between two texts that can be read."""
    old, new = values_of(before), values_of(after)
    return {name for name in old if old[name] != new[name]}


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines that only the first text has, and those that only the second has, in their order."""
    old, new = before.split("\n"), after.split("\n")
    gone: list[str] = []
    come: list[str] = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            gone += old[start:end]
            come += new[new_start:new_end]
    return gone, come


def line_of(text: str, start: str) -> int:
    """Return the number, from 1, of the only line that begins so."""
    (number,) = [number for number, line in enumerate(text.split("\n"), start=1) if line.startswith(start)]
    return number


def stamp(path: Path) -> tuple[int, int, bytes]:
    """Return what a write would change: the file's inode, the time of its last change and its bytes."""
    state = path.stat()
    return state.st_ino, state.st_mtime_ns, path.read_bytes()
