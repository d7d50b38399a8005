"""The YAML between the fences, read from parser events so that hostile input is stopped before it is built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import yaml
from yaml.error import Mark
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: ten times slower, same events
    from yaml import SafeLoader as _Loader

MAX_DEPTH = 8
"""Mappings and lists inside one another; a real entry has 2, an evaluation case 4."""

_NESTED = f"nested more than {MAX_DEPTH} levels deep; an entry needs two"
_TOO_DEEP = "exceeded maximum nesting depth"
"""What PyYAML (6.0.4) says by itself of a thousand levels, before we have counted ours."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?[0-9]{1,17}\.[0-9]{1,17}")
_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "~": None, "": None}

# What libyaml was doing when it met the end of something never closed: the fault is where that began.
_OPENED = {"scanning a simple key", "scanning a quoted scalar", "parsing a flow sequence", "parsing a flow mapping"}

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class Node:
    """One YAML value with its place.

    Attributes:
        value: a string as written (never resolved), a list, or a mapping from key to node.
        plain: whether a string was written without quotes or block style.
        key_start: offset in the header, in characters, of its key, or of itself where it has none.
        flow: whether a mapping or list is written in braces or brackets.
        line: 0-based line of the value, or of its key where it has one.
    """

    value: str | list[Node] | dict[str, Node]
    plain: bool
    key_start: int
    line: int
    flow: bool = False

    def resolve(self) -> Value:
        """Return plain YAML values: of the plain strings only JSON's numbers and words are converted.

        ``007``, ``NO`` and ``2025-01-01`` stay strings: they are gene symbols and dates, not octals and booleans.
        """
        if isinstance(self.value, dict):
            return {key: node.resolve() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.resolve() for node in self.value]
        return _resolve_plain(self.value) if self.plain else self.value


class HeaderError(Exception):
    """A header that cannot be read: 0-based line in the header, rule code and message."""

    def __init__(self, line: int, code: str, message: str) -> None:
        super().__init__(message)
        self.line, self.code, self.message = line, code, message


def read_header(text: str) -> dict[str, Node]:
    """Return the top-level keys of a YAML header.

    Raises:
        HeaderError: not one YAML mapping, or one with aliases, merge keys, tags, duplicate keys or deep nesting.
    """
    try:
        return _read_documents(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        opened = (error.context or "").removeprefix("while ") in _OPENED
        mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
        reason = error.problem or error.context or "invalid YAML"
        if reason == _TOO_DEEP:
            raise HeaderError(mark.line if mark else 0, "QT123", _NESTED) from error
        raise HeaderError(mark.line if mark else 0, "QT120", f"not valid YAML: {reason}{_hint(reason)}") from error
    except yaml.YAMLError as error:
        raise HeaderError(0, "QT120", f"not valid YAML: {error}") from error


def _read_documents(events: Iterator[Event]) -> dict[str, Node]:
    roots: list[Node] = []
    for event in events:
        if isinstance(event, NodeEvent):
            roots.append(_read_node(event, events, depth=0))
            if len(roots) > 1:
                raise HeaderError(roots[1].line, "QT112", "the header holds a second YAML document; keep one")
    if not roots or roots[0].value == "":
        raise HeaderError(0, "QT112", "the header is empty; an entry needs keys such as question and answer")
    root = roots[0]
    if not isinstance(root.value, dict):
        kind = "a list" if isinstance(root.value, list) else "a single value"
        raise HeaderError(root.line, "QT112", f"the header is {kind}; it must be keys with values")
    return root.value


def _read_node(event: NodeEvent, events: Iterator[Event], depth: int, key: ScalarEvent | None = None) -> Node:
    line = _mark(event).line
    if isinstance(event, AliasEvent) or event.anchor is not None:
        raise HeaderError(line, "QT121", "aliases (*name) and anchors (&name) are not allowed; write the value out")
    if depth > MAX_DEPTH:
        raise HeaderError(line, "QT123", _NESTED)
    value: str | list[Node] | dict[str, Node]
    if isinstance(event, ScalarEvent):
        value = event.value
    elif isinstance(event, MappingStartEvent):
        value = _read_mapping(events, depth + 1)
    else:
        value = _read_sequence(events, depth + 1)
    if getattr(event, "tag", None) is not None:
        raise HeaderError(line, "QT125", "tags (!name) are not allowed; write the plain value")
    place = _mark(key or event)
    return Node(
        value=value,
        plain=isinstance(event, ScalarEvent) and bool(event.implicit[0]),
        key_start=place.index,
        line=place.line,
        flow=bool(getattr(event, "flow_style", False)),
    )


def _read_mapping(events: Iterator[Event], depth: int) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for event in events:
        if isinstance(event, MappingEndEvent):
            break
        line = _mark(event).line
        if not isinstance(event, ScalarEvent) or event.anchor is not None or event.tag is not None:
            raise HeaderError(line, "QT126", "a key must be a single word, without anchor or tag")
        if event.value == "<<":
            raise HeaderError(line, "QT122", "merge keys (<<) are not allowed; write the keys out")
        if event.value in nodes:
            raise HeaderError(line, "QT124", f"the key {event.value!r} is given twice; keep one of the two")
        value = cast("NodeEvent", next(events))  # the parser gives a key's value right after the key
        nodes[event.value] = _read_node(value, events, depth, key=event)
    return nodes


def _read_sequence(events: Iterator[Event], depth: int) -> list[Node]:
    nodes: list[Node] = []
    for event in events:
        if isinstance(event, SequenceEndEvent):
            break
        nodes.append(_read_node(cast("NodeEvent", event), events, depth))  # a list holds values only
    return nodes


def _mark(event: Event) -> Mark:
    return cast("Mark", event.start_mark)  # None only on events that were not parsed


def _resolve_plain(text: str) -> Value:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _hint(reason: str) -> str:
    if "mapping values are not allowed" in reason:
        return "; a value that holds ': ' must be written under '>-' on a line of its own"
    if "could not find expected ':'" in reason:
        return "; a key is missing its colon"
    return ""
