"""Cases from their files: complete entries of the product, each with a block ``eval`` that the product ignores."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar, cast, get_args

from evals.models import Author, Case, Exchange, Expect, HoldOut, Kind, Nugget, Split
from rag.corpus import Entry, decode_entry, find_files, read_file
from rag.corpus.header import Node, read_header
from rag.errors import CorpusError, Problem

BLOCK: Final = "eval"
"""The key of an entry that holds what the harness needs."""

NO_BLOCK, MISSING, UNKNOWN, WRONG, REPEATED = "EV100", "EV101", "EV102", "EV103", "EV104"
"""Codes of what keeps a file from being a case; those of files that are no entries are the product's own, ``QT1..``."""

_Choice = TypeVar("_Choice", bound=str)
_KEYS = (
    *("kind", "split", "cluster", "corpus", "sources", "hold_out", "expect", "nuggets", "must_not", "turns", "plant"),
    *("canary", "twin", "answerable", "author", "reviewed_by"),
)
_NUGGET_KEYS = ("id", "text", "weight", "any_of", "polarity", "source")
_EXCHANGE_KEYS = ("question", "answer")
_YES_OR_NO = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands: its file, and the line of its block ``eval``."""

    path: Path
    line: int


@dataclass(frozen=True, slots=True)
class Cases:
    """A folder of cases as read.

    Attributes:
        cases: by url, in the order of their paths.
        places: of the cases, by url.
        problems: of all files that could not be used, in the order of their paths.
    """

    cases: Mapping[str, Case]
    places: Mapping[str, Place]
    problems: tuple[Problem, ...]


def read_cases(folder: Path) -> Cases:
    """Return all cases below a folder, with what is wrong with the files that could not be used.

    Raises:
        ConfigurationError: the folder does not exist or cannot be listed.
    """
    return _read_folder(folder, needs_block=True)


def read_references(folder: Path) -> Cases:
    """Return all cases below a folder, and each entry that is none as one: its answer is what is right.

    Raises:
        ConfigurationError: the folder does not exist or cannot be listed.
    """
    return _read_folder(folder, needs_block=False)


def _read_folder(folder: Path, *, needs_block: bool) -> Cases:
    cases: dict[str, Case] = {}
    places: dict[str, Place] = {}
    problems: list[Problem] = []
    for path in find_files(folder):
        try:
            case, line = _case_and_line(read_file(path), path, needs_block=needs_block)
        except CorpusError as error:
            problems.extend(error.problems)
            continue
        if case.url in cases:
            message = f"url {case.url} is taken by {places[case.url].path}; give one of them another"
            problems.append(Problem(str(path), line, REPEATED, message))
            continue
        cases[case.url], places[case.url] = case, Place(path, line)
    return Cases(MappingProxyType(cases), MappingProxyType(places), tuple(problems))


def case_from(content: bytes, path: Path) -> Case:
    """Return the case in the bytes of a file.

    Raises:
        CorpusError: it is no entry, or its block ``eval`` is not one; with the one problem that stops it.
    """
    return _case_and_line(content, path, needs_block=True)[0]


def _case_and_line(content: bytes, path: Path, *, needs_block: bool) -> tuple[Case, int]:
    entry, sha256 = decode_entry(content, path), hashlib.sha256(content).hexdigest()
    if BLOCK not in entry.extra and not needs_block:
        return _reference(entry, sha256), 1
    block = _block_of(entry, str(path))
    return _case(entry, block, sha256), block.line


def _reference(entry: Entry, sha256: str) -> Case:
    """Return an entry of which nothing more is known as a case of its own question."""
    return Case(
        url=entry.url,
        kind="held_out_paraphrase",
        split="test",
        cluster=entry.url,
        corpus="references",
        question=entry.question,
        answer=entry.answer,
        expect="refuse" if entry.no_index else "answer",
        sha256=sha256,
    )


def _block_of(entry: Entry, path: str) -> _Keys:
    """Return the keys of an entry's block ``eval``, with their lines in the file."""
    if entry.source is None:  # pragma: no cover what is read has a source
        raise AssertionError("an entry that was read has no source")
    line = entry.source.opening.count("\n") + 1
    for block in entry.source.blocks:
        if block.path == (BLOCK,):
            node = read_header(block.text)[BLOCK]
            return _Keys.of(node, BLOCK, path, line)
        line += block.text.count("\n")
    message = f"there is no block '{BLOCK}'; add one with kind, split, cluster, corpus and expect"
    raise CorpusError([Problem(path, 1, NO_BLOCK, message)])


def _case(entry: Entry, block: _Keys, sha256: str) -> Case:
    block.allow(_KEYS)
    return Case(
        url=entry.url,
        kind=block.choice("kind", cast("tuple[Kind, ...]", get_args(Kind))),
        split=block.choice("split", cast("tuple[Split, ...]", get_args(Split))),
        cluster=block.text("cluster"),
        corpus=block.text("corpus"),
        question=entry.question,
        answer=entry.answer,
        expect=block.choice("expect", cast("tuple[Expect, ...]", get_args(Expect))),
        sources=_sources(block),
        hold_out=block.choice("hold_out", cast("tuple[HoldOut, ...]", get_args(HoldOut)), "none"),
        nuggets=tuple(_nugget(keys) for keys in block.children("nuggets")),
        must_not=block.texts("must_not"),
        turns=_exchanges(block, "turns"),
        plant=_exchanges(block, "plant"),
        canary=block.optional_text("canary"),
        twin=block.optional_text("twin"),
        answerable=block.flag("answerable"),
        author=block.choice("author", cast("tuple[Author, ...]", get_args(Author)), "human"),
        reviewed_by=block.optional_text("reviewed_by"),
        sha256=sha256,
    )


def _sources(block: _Keys) -> dict[str, int]:
    if "sources" not in block:
        return {}
    grades = block.child("sources")
    return {url: int(grades.choice(url, ("1", "2"))) for url in grades.nodes}


def _nugget(keys: _Keys) -> Nugget:
    keys.allow(_NUGGET_KEYS)
    any_of = keys.texts("any_of")
    if not any_of:
        raise keys.wrong("any_of", "must hold at least one wording")
    return Nugget(
        id=keys.text("id"),
        text=keys.text("text"),
        weight=keys.choice("weight", ("vital", "okay")),
        any_of=any_of,
        polarity=keys.choice("polarity", ("positive", "negative"), "positive"),
        source=keys.optional_text("source"),
    )


def _exchanges(block: _Keys, key: str) -> tuple[Exchange, ...]:
    found: list[Exchange] = []
    for keys in block.children(key):
        keys.allow(_EXCHANGE_KEYS)
        found.append(Exchange(keys.text("question"), keys.text("answer")))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Keys:
    """Typed access to a mapping of a block; what is missing, unknown or of another type is a problem with its line.

    Attributes:
        name: of the mapping, as it is told: ``eval.nuggets[2]``.
        line: 1-based, of the mapping in the file.
        first: 1-based line on which the whole block begins, which the nodes count from.
    """

    nodes: dict[str, Node]
    name: str
    path: str
    line: int
    first: int

    @classmethod
    def of(cls, node: Node, name: str, path: str, first: int) -> _Keys:
        line = first + node.line
        if not isinstance(node.value, dict):
            raise CorpusError([Problem(path, line, WRONG, f"{name} must hold keys of its own")])
        return cls(node.value, name, path, line, first)

    def __contains__(self, key: str) -> bool:
        return key in self.nodes

    def allow(self, keys: Collection[str]) -> None:
        for key in self.nodes:
            if key not in keys:
                raise self._problem(key, UNKNOWN, f"is no key of a case; there are {', '.join(keys)}")

    def text(self, key: str) -> str:
        if key not in self.nodes:
            raise CorpusError([Problem(self.path, self.line, MISSING, f"the key {self.name}.{key} is missing; add it")])
        value = self.nodes[key].value
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "must be text, and not empty")
        return value

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if key in self.nodes and self.nodes[key].resolve() is not None else None

    def choice(self, key: str, choices: tuple[_Choice, ...], default: _Choice | None = None) -> _Choice:
        if default is not None and key not in self.nodes:
            return default
        text = self.text(key)
        for choice in choices:
            if text == choice:
                return choice
        raise self.wrong(key, f"is {text[:40]!r}; it must be one of {', '.join(choices)}")

    def flag(self, key: str) -> bool | None:
        text = self.optional_text(key)
        if text is None:
            return None
        if text.lower() not in _YES_OR_NO:
            raise self.wrong(key, f"is {text[:40]!r}; it must be true or false")
        return _YES_OR_NO[text.lower()]

    def texts(self, key: str) -> tuple[str, ...]:
        found: list[str] = []
        for node in self._items(key):
            if not isinstance(node.value, str) or not node.value.strip():
                raise self.wrong(key, "must be a list of texts, none of them empty")
            found.append(node.value)
        return tuple(found)

    def child(self, key: str) -> _Keys:
        return _Keys.of(self.nodes[key], f"{self.name}.{key}", self.path, self.first)

    def children(self, key: str) -> list[_Keys]:
        nodes = enumerate(self._items(key), start=1)
        return [_Keys.of(node, f"{self.name}.{key}[{number}]", self.path, self.first) for number, node in nodes]

    def wrong(self, key: str, message: str) -> CorpusError:
        return self._problem(key, WRONG, message)

    def _items(self, key: str) -> list[Node]:
        if key not in self.nodes:
            return []
        value = self.nodes[key].value
        if not isinstance(value, list):
            raise self.wrong(key, "must be a list")
        return value

    def _problem(self, key: str, code: str, message: str) -> CorpusError:
        line = self.first + self.nodes[key].line
        return CorpusError([Problem(self.path, line, code, f"{self.name}.{key} {message}")])
