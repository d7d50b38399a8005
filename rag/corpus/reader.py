"""From the text of a file to an entry, or to one problem with its line."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, cast

import frontmatter
from frontmatter.default_handlers import BaseHandler

from rag.corpus.entry import Entry, RelatedArticle, Seo
from rag.corpus.header import HeaderError, Node, read_header
from rag.corpus.leaves import RELATED_KEYS, leaves_of
from rag.corpus.newlines import decode_newlines
from rag.corpus.source import Block, KeyPath, Source
from rag.errors import CorpusError, Problem

MAX_BYTES: Final = 1_048_576
"""A file larger than this is refused unread; the longest of the publisher's 35,915 entries is under 10 kB."""

_FENCE = re.compile(r"^---[ ]*$", re.MULTILINE)
_CARRIAGE_RETURN = re.compile("\r")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_KNOWN_KEYS = {
    *("_schema", "id", "date", "title", "article_title", "date_format", "post_on_text", "seo", "author", "question"),
    *("no_index", "answer", "subject", "file_name", "url", "score", *RELATED_KEYS),
}


def parse_entry(text: str, path: str = "<text>") -> Entry:
    """Return the entry that `text`, the whole of one corpus file, holds.

    Args:
        path: named in the problem if there is one.

    Raises:
        CorpusError: with the first problem found; nothing else is raised, whatever the text.
    """
    try:
        _check_characters(text)
        opening, header, closing = _split(text)
        metadata, _ = frontmatter.parse(text, handler=_EntryHandler())
        nodes = cast("dict[str, Node]", metadata)
        entry = _entry_from(nodes)
        return dataclasses.replace(entry, source=_source_of(entry, nodes, opening, header, closing))
    except HeaderError as error:
        raise CorpusError([Problem(path, error.line + 1, error.code, error.message)]) from error


class _EntryHandler(BaseHandler):
    """What python-frontmatter calls to split a file and to read its header: strict where its own are lenient."""

    FM_BOUNDARY = _FENCE
    START_DELIMITER = END_DELIMITER = "---"

    def split(self, text: str) -> tuple[str, str]:
        """Return the header and the body."""
        _, header, closing = _split(text)
        return header, closing.partition("---")[2]

    def load(self, fm: str) -> dict[str, Any]:
        """Return the header's keys, each with its place."""
        try:
            return read_header(fm)
        except HeaderError as error:
            raise HeaderError(error.line + 1, error.code, error.message) from error


def _check_characters(text: str) -> None:
    if not text.strip():
        raise HeaderError(0, "QT106", "the file is empty; an entry starts with '---' and its keys")
    if text.startswith("\ufeff"):
        raise HeaderError(0, "QT102", "the file starts with a byte-order mark; save it as UTF-8 without one")
    if found := _CARRIAGE_RETURN.search(text):
        raise HeaderError(_line_at(text, found), "QT103", "the line ends in CR; save the file with LF line ends")
    if found := _CONTROL.search(text):
        name = f"U+{ord(found.group()):04X}"
        raise HeaderError(_line_at(text, found), "QT104", f"control character {name}; delete it or restore what it was")


def _line_at(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start())


def _split(text: str) -> tuple[str, str, str]:
    """Return the opening fence, the header, and the closing fence with the body."""
    opening = _FENCE.match(text)
    if opening is None:
        why = "is empty" if text.startswith("\n") else "is not '---'"
        raise HeaderError(0, "QT110", f"the first line {why}; an entry starts with '---' on line 1")
    start = opening.end() + 1
    closing = _FENCE.search(text, start)
    if closing is None:
        raise HeaderError(0, "QT111", "the header is never closed; add a line '---' after the last key")
    return text[:start], text[start : closing.start()], text[closing.start() :]


def _entry_from(nodes: dict[str, Node]) -> Entry:
    values = _Values(nodes)
    seo = values.child("seo")
    return Entry(
        id=values.integer("id"),
        date=values.date("date"),
        seo=Seo(**{key: seo.string(key) for key in ("title", "page_description", "page_keywords")}),
        answer=values.answer(),
        no_index="no_index" in nodes and values.flag("no_index"),
        score=values.number("score") if "score" in nodes else None,
        related=tuple(_related_from(values.child(key)) for key in _related_keys(values)),
        schema=values.string("_schema"),
        extra=MappingProxyType({key: node.resolve() for key, node in nodes.items() if key not in _KNOWN_KEYS}),
        title=values.string("title"),
        article_title=values.string("article_title"),
        date_format=values.string("date_format"),
        post_on_text=values.string("post_on_text"),
        author=values.string("author"),
        question=values.string("question"),
        subject=values.string("subject"),
        file_name=values.string("file_name"),
        url=values.string("url"),
    )


def _related_keys(values: _Values) -> list[str]:
    keys = [key for key in RELATED_KEYS if key in values.nodes]
    if gap := next((wanted for wanted, key in zip(RELATED_KEYS, keys, strict=False) if wanted != key), None):
        raise HeaderError(values.nodes[keys[-1]].line + 1, "QT133", f"{keys[-1]} is given without {gap}; number from 1")
    return keys


def _related_from(values: _Values) -> RelatedArticle:
    strings = {key: values.string(key) for key in ("title", "subject", "url")}
    return RelatedArticle(id=values.integer("id"), **strings)


@dataclass(frozen=True, slots=True)
class _Values:
    """Typed access to the keys of one mapping; what is missing or of another type is a located problem."""

    nodes: dict[str, Node]
    parent: str = ""
    line: int = 0

    def string(self, key: str) -> str:
        node = self._node(key)
        if not isinstance(node.value, str):
            raise self._wrong(key, "must be text, not keys or a list")
        if not node.value.strip():
            raise self._wrong(key, "is empty; give it a value")
        return node.value

    def answer(self) -> str:
        answer = decode_newlines(self.string("answer"))
        if not answer.strip():
            raise self._wrong("answer", "is empty; give it a value")
        return answer

    def integer(self, key: str) -> int:
        text = self.string(key)
        if not re.fullmatch(r"[-+]?[0-9]{1,18}", text, re.ASCII):
            raise self._wrong(key, f"must be a whole number of at most 18 digits, not {text[:40]!r}")
        return int(text)

    def number(self, key: str) -> float:
        text = self.string(key)
        if not re.fullmatch(r"[-+]?[0-9]{1,17}(\.[0-9]{1,17})?", text, re.ASCII):
            raise self._wrong(key, f"must be a number such as -1.0, not {text[:40]!r}")
        return float(text)

    def flag(self, key: str) -> bool:
        text = self.string(key)
        if text not in {"True", "true", "False", "false"}:
            raise self._wrong(key, f"must be True or False, not {text[:40]!r}")
        return text.lower() == "true"

    def date(self, key: str) -> dt.date:
        text = self.string(key)
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise self._wrong(key, f"must be a date such as 2026-01-31, not {text[:40]!r}") from None

    def child(self, key: str) -> _Values:
        node = self._node(key)
        if not isinstance(node.value, dict):
            raise self._wrong(key, "must hold keys of its own, indented below it")
        return _Values(node.value, parent=f"{self.parent}{key}.", line=node.line + 1)

    def _node(self, key: str) -> Node:
        if key not in self.nodes:
            raise HeaderError(self.line, "QT130", f"the key {self.parent}{key} is missing; add it")
        return self.nodes[key]

    def _wrong(self, key: str, message: str) -> HeaderError:
        return HeaderError(self.nodes[key].line + 1, "QT131", f"{self.parent}{key} {message}")


def _source_of(entry: Entry, nodes: dict[str, Node], opening: str, header: str, closing: str) -> Source:
    places = sorted(_places(nodes, header))
    starts = [start for start, _ in places]
    ends = [*starts[1:], len(header.rstrip("\n")) + 1]
    leaves = leaves_of(entry)
    blocks = tuple(
        Block(path, header[start:end], leaves.get(path)) for (start, path), end in zip(places, ends, strict=True)
    )
    return Source(opening=opening + header[: starts[0]], blocks=blocks, closing=header[ends[-1] :] + closing)


def _places(nodes: dict[str, Node], header: str, parent: KeyPath = ()) -> Iterator[tuple[int, KeyPath]]:
    """Give each key's line start; keys of ours that hold keys are followed into them."""
    last_start = -1
    for key, node in nodes.items():
        path = (*parent, key)
        start = header.rfind("\n", 0, node.key_start) + 1
        if start == last_start:
            raise HeaderError(node.line + 1, "QT132", f"the key {'.'.join(path)} must start a line of its own")
        last_start = start
        yield start, path
        if isinstance(node.value, dict) and not parent and (key == "seo" or key in RELATED_KEYS):
            if node.flow:
                raise HeaderError(
                    node.line + 1, "QT132", f"the keys of {key} must stand on lines of their own, without braces"
                )
            yield from _places(node.value, header, path)
