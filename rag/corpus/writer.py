"""From an entry back to the text of its file: what did not change keeps its bytes."""

from __future__ import annotations

import dataclasses
import json
import re

import yaml

from rag.corpus.entry import Entry
from rag.corpus.header import HeaderError, read_header
from rag.corpus.leaves import CONTAINER, RELATED_KEYS, leaves_of
from rag.corpus.newlines import UnwritableTextError
from rag.corpus.reader import parse_entry
from rag.corpus.source import Block, KeyPath, Source
from rag.errors import CorpusError

_FOLDED_KEYS = {"title", "article_title", "page_description", "page_keywords", "question", "answer"}
_STRING_KEYS = {*_FOLDED_KEYS, "_schema", "date_format", "post_on_text", "author", "subject", "file_name", "url"}
_YAML_1_1 = yaml.resolver.Resolver()
_BODY = "\n&nbsp;"
_TEXT_INDENT = re.compile(r"\n([ ]+)")


def render_entry(entry: Entry) -> str:
    """Return the text of the entry's file.

    For an entry that was read, every key whose value is unchanged keeps its very characters, and so does whatever
    surrounds the header. A new entry is written in the publisher's newer dialect: folded titles and a score.

    Raises:
        UnwritableTextError: a value has no form in the format: it is empty, spans lines (other than the answer),
            holds a control character, starts with a space, or would read back as another.
    """
    leaves = leaves_of(entry)
    if len(entry.related) > len(RELATED_KEYS):
        raise UnwritableTextError(f"{entry.url} has {len(entry.related)} related articles; the format holds five")
    source = entry.source or Source(opening="---\n", blocks=(), closing="")
    blocks = _merge(source.blocks, leaves)
    same_keys = [block.path for block in blocks] == [block.path for block in source.blocks]
    closing = source.closing if same_keys else _close(entry, source.closing)
    text = source.opening + "".join(block.text for block in blocks) + closing
    if blocks != list(source.blocks):
        _check(text, entry)
    return text


def _check(text: str, entry: Entry) -> None:
    """Refuse a text that reads back as another entry; the answer is checked where it is encoded."""
    try:
        back = parse_entry(text, entry.file_name)
    except CorpusError as error:
        raise UnwritableTextError(f"the entry would not read back: {error}") from error
    if dataclasses.replace(back, answer=entry.answer) != entry:
        raise UnwritableTextError(f"{entry.url} would read back as another entry; check its numbers and extra keys")


def _merge(blocks: tuple[Block, ...], leaves: dict[KeyPath, str]) -> list[Block]:
    """Return the blocks to write: kept or rewritten, without those that left, with new ones in their place."""
    merged: list[Block] = []
    for block in blocks:
        if kept := _carry_over(block, leaves):
            merged.append(kept)
        elif merged:  # what stood below a key that left stays below the one before it
            merged[-1] = dataclasses.replace(merged[-1], text=merged[-1].text + block.split()[1])
    place_of = {block.path: place for place, block in enumerate(merged)}
    place = added = 0
    for path, leaf in leaves.items():
        if path in place_of:
            place = place_of[path] + added + 1
        else:
            merged.insert(place, Block(path, _write(path, leaf), leaf))
            place, added = place + 1, added + 1
    return merged


def _carry_over(block: Block, leaves: dict[KeyPath, str]) -> Block | None:
    if block.path not in leaves:
        is_ours_and_left = block.leaf is not None or (len(block.path) > 1 and block.path[:1] not in leaves)
        return None if is_ours_and_left else block
    leaf = leaves[block.path]
    return block if leaf == block.leaf else Block(block.path, _rewrite(block, leaf), leaf)


def _close(entry: Entry, closing: str) -> str:
    """Return the closing fence and body; a scored entry without related articles has an empty line before them."""
    empty_line = "\n" if entry.score is not None and not entry.related else ""
    return empty_line + (closing.lstrip("\n") or f"---\n{_BODY}")


def _rewrite(block: Block, leaf: str) -> str:
    """Return the lines of a key with another value: as they were indented and folded, and with their comments."""
    own, below = block.split()
    first_line, _, rest = own.partition("\n")
    comment = block.comment_beside()
    indent = len(first_line) - len(first_line.lstrip(" "))
    is_folded = first_line.removesuffix(comment).rstrip().endswith((">-", ">", "|-", "|"))
    text_indent = _TEXT_INDENT.match("\n" + rest) if is_folded else None
    written = _render(
        block.path,
        leaf,
        indent=indent,
        text_indent=len(text_indent[1]) if text_indent else max(_text_indent(block.path), indent + 2),
        is_folded=is_folded,
    )
    return with_comment(written, comment) + below


def with_comment(lines: str, comment: str) -> str:
    """Return the lines of a key with a comment at the end of the first."""
    first_line, _, rest = lines.partition("\n")
    return f"{first_line}{comment}\n{rest}"


def _write(path: KeyPath, leaf: str) -> str:
    if leaf == CONTAINER:
        return f"{path[-1]}:\n"
    return _render(path, leaf, indent=_indent(path), text_indent=_text_indent(path), is_folded=is_folded_key(path))


def forms_of(path: KeyPath, leaf: str) -> tuple[str, str]:
    """Return the lines of one key as the format writes them, plain and under ``>-``; either may not read back."""
    return _forms(path, leaf, _indent(path), _text_indent(path))


def is_folded_key(path: KeyPath) -> bool:
    """Return whether a new entry has the text of this key under ``>-``."""
    return path[-1] in _FOLDED_KEYS and path != ("seo", "title")


def _indent(path: KeyPath) -> int:
    return 0 if len(path) == 1 else 2 if path[0] == "seo" else 4


def _text_indent(path: KeyPath) -> int:
    return 8 if path[0] in RELATED_KEYS else 4


def _render(path: KeyPath, leaf: str, *, indent: int, text_indent: int, is_folded: bool) -> str:
    """Return the lines of one key: plain where it was plain and that reads back, else folded."""
    plain, folded = _forms(path, leaf, indent, text_indent)
    for text in (folded,) if is_folded or _resolves_to_another_type(path, leaf) else (plain, folded):
        if _reads_back(text, path, leaf):
            return text
    raise UnwritableTextError(
        f"{'.'.join(path)} cannot be written as {leaf[:60]!r}: a value is one line of printable text, "
        "neither empty nor starting with a space"
    )


def _forms(path: KeyPath, leaf: str, indent: int, text_indent: int) -> tuple[str, str]:
    key = " " * indent + path[-1]
    return f"{key}: {leaf}\n", f"{key}: >-\n{' ' * text_indent}{leaf}\n"


def _resolves_to_another_type(path: KeyPath, leaf: str) -> bool:
    """Return whether YAML 1.1 would read a text, written plain, as a number, a date or a word such as No."""
    tag = str(_YAML_1_1.resolve(yaml.ScalarNode, leaf, (True, False)))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] typed loosely
    return path[-1] in _STRING_KEYS and tag != "tag:yaml.org,2002:str"


def _reads_back(text: str, path: KeyPath, leaf: str) -> bool:
    try:
        node = read_header(text).get(path[-1])
    except (HeaderError, UnicodeEncodeError):
        return False
    if node is None or not leaf.strip():
        return False
    if path[-1] in _STRING_KEYS:  # "[]" is text here, and would read back as a list
        return leaf == node.value
    return leaf in (node.value, json.dumps(node.resolve(), ensure_ascii=False))
