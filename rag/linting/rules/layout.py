"""Chapter 2, first part: keys, their order and how each is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from rag.corpus import Entry, parse_entry
from rag.corpus.leaves import CONTAINER
from rag.corpus.source import Block, KeyPath
from rag.corpus.writer import forms_of, is_folded_key, with_comment
from rag.errors import CorpusError
from rag.linting.page import Page
from rag.linting.rule import Fault, page_rule

_CONSTANTS = {
    "_schema": ("schema", "default"),
    "date_format": ("date_format", "MMM DD, YYYY"),
    "post_on_text": ("post_on_text", "Posted on"),
    "author": ("author", "QuickTakes"),
}
_TITLES = {"title", "article_title"}


@page_rule("QT200", "unknown-key", bad="colour: green", good="score: -1.0")
def unknown_key(page: Page) -> Iterator[Fault]:
    """The format names all its keys; one it does not name is mistyped or belongs elsewhere.

    It is kept, and ignored.
    """
    for key in page.entry.extra:
        yield Fault(f"the format has no key {key!r}; correct or delete it", (key,))
    for path in page.blocks:
        if len(path) > 1 and path not in page.leaves:
            yield Fault(f"{path[0]} has no key {path[1]!r}; correct or delete it", path)


@page_rule("QT201", "key-order", bad="id: 7\n_schema: default", good="_schema: default\nid: 7", mends=True)
def key_order(page: Page) -> Iterator[Fault]:
    """Keys stand in one order in all of the publisher's files, so that a change shows as a change of its lines."""
    written = list(page.blocks)
    rank = {path: number for number, path in enumerate(page.leaves)}
    after = [path for path in written if path not in rank]
    right = [*sorted((path for path in written if path in rank), key=rank.__getitem__), *after]
    if written != right:
        wrong = next(found for found, wanted in zip(written, right, strict=True) if found != wanted)
        blocks = "".join(page.blocks[path][1].text for path in right)
        # Which key a comment is for would be a guess.
        has_comments = "#" in page.source.opening or any("#" in block.split()[1] for _, block in page.blocks.values())
        text = None if has_comments else page.source.opening + blocks + page.source.closing
        yield Fault(f"{'.'.join(wrong)} is out of order; the order is {_order(right)}", wrong, fix=text)


def _order(paths: list[tuple[str, ...]]) -> str:
    return " ".join(dict.fromkeys(path[0] for path in paths))


@page_rule("QT202", "constant", bad="date_format: DD/MM/YYYY", good="date_format: MMM DD, YYYY", mends=True)
def constant(page: Page) -> Iterator[Fault]:
    """Four keys have one value: `_schema`, `date_format`, `post_on_text` and `author`."""
    for key, (field, value) in _CONSTANTS.items():
        if getattr(page.entry, field) != value:
            yield Fault(f"{key} must be {value!r}", (key,), fix=dataclasses.replace(page.entry, **{field: value}))


@page_rule("QT203", "written-form", bad='subject: "Biology"', good="subject: Biology", mends=True)
def written_form(page: Page) -> Iterator[Fault]:
    """Each key is written in one way, so that two editors never differ in anything but words.

    Texts that may be long stand under `>-` on one line, the others plain, without quotes or spare spaces.
    """
    for path in page.blocks:
        if path not in page.leaves or path[0] in page.entry.extra or _is_in_form(page, path):
            continue
        whole = [other for other in page.blocks if other[0] == path[0]]  # keys below one key are indented alike
        texts = (_in_form(page, paths) for paths in ([path], whole))
        if text := next((text for text in texts if _reads_as(page.entry, text)), None):
            yield Fault(f"{'.'.join(path)} is not written as the format writes it", path, fix=text)


def _is_in_form(page: Page, path: KeyPath) -> bool:
    block = page.blocks[path][1]
    if block.text == forms_of(path, page.leaves[path])[is_folded_key(path)]:  # nearly always, and told at once
        return True
    return block.split()[0] == _wanted(block, page.leaves[path])


def _in_form(page: Page, paths: Sequence[KeyPath]) -> str:
    """Return the text with some keys written as the format writes them."""
    text = page.text
    for path in reversed(paths):
        start, block = page.blocks[path]
        if path in page.leaves:
            text = text[:start] + _wanted(block, page.leaves[path]) + text[start + len(block.split()[0]) :]
    return text


def _wanted(block: Block, leaf: str) -> str:
    """Return the lines of a key as the format writes them, with the comment that stands beside it."""
    if leaf == CONTAINER:
        return with_comment(f"{block.path[0]}:\n", block.comment_beside())
    plain, folded = (with_comment(lines, block.comment_beside()) for lines in forms_of(block.path, leaf))
    may_be_plain = not is_folded_key(block.path) or (block.path[-1] in _TITLES and block.split()[0] == plain)
    return plain if may_be_plain else folded


@page_rule(
    "QT204",
    "frame",
    bad="(a newline after `&nbsp;`, or text below the header)",
    good="(the file ends with `&nbsp;`)",
    mends=True,
)
def frame(page: Page) -> Iterator[Fault]:
    """A file is its header and then, after an empty line, `&nbsp;` without a newline.

    What else stands below the header is never read, so it is lost on students.
    """
    closing = page.source.closing
    body = closing.partition("---")[2].strip()
    scored_alone = page.entry.score is not None and not page.entry.related
    wanted = ("\n" if scored_alone and closing.startswith("\n") else "") + "---\n\n&nbsp;"
    first_line, _, rest = page.text.partition("\n")
    if body not in {"", "&nbsp;"}:
        yield Fault("text stands below the header, where nobody reads it; move it into answer")
    elif closing != wanted or first_line != "---":
        text = "---\n" + rest[: len(rest) - len(closing)] + wanted
        yield Fault(
            "a file starts with '---' and ends with '---', an empty line and '&nbsp;', without a newline", fix=text
        )


@page_rule(
    "QT205",
    "mixed-dialect",
    bad="title: Why do newts regrow legs?\nscore: -1.0",
    good="title: >-\n    Why do newts regrow legs?\nscore: -1.0",
    mends=True,
)
def mixed_dialect(page: Page) -> Iterator[Fault]:
    """An entry with a score or related articles has its titles under `>-`; one without has both plain or both so.

    A plain title breaks the file as soon as it holds `: `, and with it each entry that links to it.
    """
    plain = [path for path in (("title",), ("article_title",)) if not _is_folded(page.blocks[path][1])]
    is_newer = page.entry.score is not None or bool(page.entry.related)
    if len(plain) == 1 or (plain and is_newer):
        text = page.text
        for path in reversed(plain):
            start, block = page.blocks[path]
            folded = with_comment(forms_of(path, page.leaves[path])[1], block.comment_beside())
            text = text[:start] + folded + text[start + len(block.split()[0]) :]
        yield Fault("titles must be written under '>-' here", plain[0], fix=text)


def _is_folded(block: Block) -> bool:
    return "\n" in block.split()[0].removesuffix("\n")


def _reads_as(entry: Entry, text: str) -> bool:
    """Return whether a text holds the very entry: a change of form must never change a value."""
    try:
        return parse_entry(text) == entry
    except CorpusError:
        return False
